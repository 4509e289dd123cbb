//! Metrics: observations → measurements, computed by the division's WebAssembly plugins.
//!
//! Comes in: the dataset, the goals' questions, the pinned components. Goes out: one
//! [`Measurement`] per group, or the reason why there is none ([`Unavailable`]). A plugin sees
//! columns of numbers with students as row numbers; never a name, an id, a file or a clock.

pub mod ask;
pub mod builder;
mod cache;
mod contract;
pub mod host;
pub mod lock;

use std::collections::BTreeMap;

/// Rows of numbers for many groups, as a plugin sees them. Rows of one group stand together:
/// group `g` is rows `offsets[g]..offsets[g + 1]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Group boundaries, one more than there are groups; starts with 0.
    pub offsets: Vec<u32>,
    /// Columns of equal length.
    pub columns: Vec<Column>,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name, as the plugin's description asks for it: `value`, `class`, `line`, `start-value` …
    pub name: String,
    /// Which of the goal's measures (0-based), for columns that repeat by measure.
    pub series: u32,
    /// Cells.
    pub data: ColumnData,
}

/// Cells of a column, one per row.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Numbers; NaN where there is none.
    Number(Vec<f64>),
    /// Classes of readings: [`crate::config::CodeClass`] as a byte.
    Class(Vec<u8>),
}

/// A parameter of a metric.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Parameter {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// Parameters by name.
pub type Parameters = BTreeMap<String, Parameter>;

/// Which kind of figure an output is: what must be known to protect people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivacyKind {
    /// A number of people.
    Count,
    /// A part of a number of people.
    Proportion,
    /// A mean.
    Mean,
    /// A median or another quantile.
    Quantile,
    /// Counts by part.
    Distribution,
}

/// A column that a plugin wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Name, as in `value`.
    pub name: String,
    /// Whether its cells are classes (else numbers).
    pub class: bool,
    /// Whether there is one for each measure.
    pub by_measure: bool,
}

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Id.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title by language.
    pub title: BTreeMap<String, String>,
    /// Explanation by language.
    pub explanation: BTreeMap<String, String>,
    /// Parameters with their defaults.
    pub parameters: Vec<(String, Option<f64>)>,
    /// Columns.
    pub columns: Vec<ColumnSpec>,
    /// Outputs with their privacy kind.
    pub outputs: Vec<(String, PrivacyKind)>,
    /// Keys of the reasons for leaving a row out.
    pub left_out: Vec<String>,
}

/// What a plugin found for one group. One [`Output`] for each output in its description.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// In the order of the description.
    pub outputs: Vec<Output>,
    /// Rows left out of the denominator, by reason key of the description (`excluded`, `missing`,
    /// `unmatched` …), in its order.
    pub left_out: Vec<(String, u32)>,
}

/// One number of a measurement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    /// The value; none when the group has nothing to count.
    pub value: Option<f64>,
    /// Students who count (for a proportion).
    pub numerator: Option<u32>,
    /// Students asked about.
    pub denominator: u32,
    /// Students whose readings went in.
    pub contributors: u32,
    /// Interval, if the metric has one.
    pub interval: Option<(f64, f64)>,
}

/// Why a metric has no answer; printed as “not available, because …”.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// No such plugin in `plugins.lock`.
    #[error("the plugin “{name}” is not in plugins.lock{}", did_you_mean(nearest))]
    Unknown {
        /// Name asked for.
        name: String,
        /// Nearest names.
        nearest: Vec<String>,
    },
    /// The component's bytes are not those that the lock names.
    #[error("the plugin “{0}” is not the one that plugins.lock names (its digest differs)")]
    Modified(String),
    /// It cannot be loaded or does not fit the contract.
    #[error("the plugin “{name}” cannot be used: {why}")]
    Unfit {
        /// Plugin.
        name: String,
        /// One sentence.
        why: String,
    },
    /// It was stopped at a limit: fuel, time, memory or output.
    #[error("the plugin “{name}” was stopped: {why}")]
    Stopped {
        /// Plugin.
        name: String,
        /// One sentence.
        why: String,
    },
    /// It answered with an error of its own.
    #[error("the plugin “{name}” gave no answer: {why}")]
    Refused {
        /// Plugin.
        name: String,
        /// One sentence.
        why: String,
    },
}

fn did_you_mean(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!(" (did you mean {}?)", nearest.join(", ")) }
}
