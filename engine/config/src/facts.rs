//! Facts about a cell: what patterns capture, mappings take from names and cells, and sources say of all their files.

use std::collections::BTreeMap;

use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr, VariantNames};

/// A fact about a cell that may come from the sheet's name, the file's name, another cell, a row's
/// column, the value column's header, or the source's own settings. Its key is the word of a [`Fact`].
pub type Facts = BTreeMap<String, String>;

/// What a capture or a setting may say of a cell.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, EnumMessage, EnumString, IntoStaticStr, VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Fact {
    /// The school, by its id, its name or another word for it.
    School,
    /// The school year, as in 2025-26.
    Year,
    /// The reporting period, by its id, its name or another word for it.
    Period,
    /// What was assessed.
    Measure,
    /// The student's grade.
    Grade,
    /// The student's program.
    Program,
}

impl Fact {
    /// Every word for a fact.
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;
}
