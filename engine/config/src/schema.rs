//! JSON Schemas of the configuration files, for editors that complete and check while one writes.
//!
//! Comes in: which file. Goes out: the schema of what it may hold, with the words of this source. What
//! the schema cannot say (a level that must stand on its scale) is checked by `termwise check`.

use schemars::generate::SchemaSettings;

/// A file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// A file in the folder `mappings`.
    Mapping,
    /// `measures.toml`.
    Measures,
    /// A file in the folder `goals`.
    Goals,
}

/// The schema (JSON Schema, draft 2020-12).
pub fn of(which: Which) -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let schema = match which {
        Which::Mapping => generator.into_root_schema_for::<super::mapping::File>(),
        Which::Measures => generator.into_root_schema_for::<super::measures::File>(),
        Which::Goals => generator.into_root_schema_for::<super::goal_file::File>(),
    };
    schema.to_value()
}
