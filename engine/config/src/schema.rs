//! JSON Schemas of the configuration files, for editors that complete and check while one writes.
//!
//! Comes in: which file. Goes out: the schema of what it may hold, with the words of this source. What
//! the schema cannot say (a level that must stand on its scale) is checked by `termwise check`.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;

/// A file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// `termwise.toml`.
    Project,
    /// `measures.toml`.
    Measures,
    /// A file in the folder `mappings`.
    Mapping,
    /// A file in the folder `goals`.
    Goals,
}

/// The schema (JSON Schema, draft 2020-12).
pub fn of(which: Which) -> Value {
    match which {
        Which::Project => of_type::<super::load::File>(),
        Which::Measures => of_type::<super::measures::File>(),
        Which::Mapping => of_type::<super::mapping::File>(),
        Which::Goals => of_type::<super::goals::File>(),
    }
}

/// The schema of what a type reads. Where it names settings, it allows no others: none would be read.
pub(super) fn of_type<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    let close = |schema: &mut schemars::Schema| {
        if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
            schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    };
    RecursiveTransform(close).transform(&mut schema);
    schema.to_value()
}
