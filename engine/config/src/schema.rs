//! JSON Schemas of the configuration files, for editors that complete and check while one writes.
//!
//! Comes in: which file. Goes out: the schema of what it may hold, with the words of this source. What
//! the schema cannot say (a level that must stand on its scale) is checked by `termwise check`.
//!
//! A project keeps the schemas in a folder of its own, and its files name them in their first line. So an editor
//! needs neither a network nor to know where Termwise is installed.

use std::path::Path;

use serde_json::Value;
use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};

use super::shape::of_type;
use super::{goals, load, mapping, measures};

/// The folder of a project that holds the schemas.
pub const FOLDER: &str = "schemas";

/// A file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
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

impl Which {
    /// Every file that has one.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Where a project keeps the schema, relative to its folder, as in `schemas/mapping.json`.
    pub fn path(self) -> String {
        format!("{FOLDER}/{}.json", <&str>::from(self))
    }

    /// The first line of such a file, which names the schema for editors, with its end.
    pub fn first_line(self) -> String {
        let up = match self {
            Self::Project | Self::Measures => ".",
            Self::Mapping | Self::Goals => "..",
        };
        format!("#:schema {up}/{}\n", self.path())
    }

    /// The files that it is the schema of, for headings.
    pub fn files(self) -> &'static str {
        match self {
            Self::Project => "termwise.toml",
            Self::Measures => "measures.toml",
            Self::Mapping => "mappings/NAME.toml",
            Self::Goals => "goals/NAME.toml",
        }
    }
}

/// The schema (JSON Schema, draft 2020-12).
pub fn of(which: Which) -> Value {
    match which {
        Which::Project => of_type::<load::File>(),
        Which::Measures => of_type::<measures::File>(),
        Which::Mapping => of_type::<mapping::File>(),
        Which::Goals => of_type::<goals::File>(),
    }
}

/// The text of the schema's file.
pub fn text(which: Which) -> String {
    format!("{:#}\n", of(which))
}

/// Writes every schema into a project's folder; the paths come back. Errors if a file cannot be written.
pub fn write(root: &Path) -> std::io::Result<Vec<String>> {
    std::fs::create_dir_all(root.join(FOLDER))?;
    Which::all().map(|which| std::fs::write(root.join(which.path()), text(which)).map(|()| which.path())).collect()
}
