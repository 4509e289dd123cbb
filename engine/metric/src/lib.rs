//! What a metric is: the [`Table`] that it sees, what it says of itself ([`Description`]), and what it answers, one
//! [`Measurement`] per group or the reason why there is none ([`Unavailable`]).
//!
//! A metric sees columns of numbers with students as row numbers; never a name, an id, a file or a clock. Who runs
//! it is not known here: judging asks [`Metrics`] by name, and the plugins' host answers.

pub mod parameters;
mod unavailable;

use std::collections::BTreeMap;

use termwise_config::goals::Measured;

pub use parameters::{Parameter, Parameters, Schema};
pub use termwise_config::measures::Band;
pub use unavailable::{Cause, Limit, Unavailable};

/// Rows of cells for many groups, as a plugin sees them. Rows of one group stand together:
/// group `g` is rows `offsets[g]..offsets[g + 1]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Group boundaries, one more than there are groups; starts with 0.
    pub offsets: Vec<u32>,
    /// Columns of equal length.
    pub columns: Vec<Column>,
    /// The scale of each measure.
    pub scales: Vec<Scale>,
}

impl Table {
    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }
}

/// One column of a table: one measure, one period, one cell for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name, as the plugin's description asks for it.
    pub name: String,
    /// Which of the goal's measures (0-based).
    pub measure: u32,
    /// Which of the periods (0-based, earliest first); 0 unless the column comes for each period.
    pub period: u32,
    /// One cell for each row of the table.
    pub data: ColumnData,
}

/// Cells of a column, one per row.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Numbers; NaN where there is none.
    Numbers(Vec<f64>),
    /// Codes, such as [`termwise_config::CodeClass`] as a byte.
    Codes(Vec<u8>),
}

/// What is known of a measure's scale.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scale {
    /// Levels of an ordered scale; 0 for a scale of numbers.
    pub levels: u32,
    /// Lowest and highest place, both possible, where they are known: levels count from 0, percentages are 0–1,
    /// numbers are in the scale's own unit.
    pub range: Option<(f64, f64)>,
}

/// Texts by language (BCP 47 code).
pub type Texts = BTreeMap<String, String>;

/// The English text, else the first.
pub fn english(texts: &Texts) -> &str {
    texts.get("en").or_else(|| texts.values().next()).map_or("", String::as_str)
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Scores as places on the scale.
    Value,
    /// What readings count as.
    Class,
    /// The lowest score in a band of the expectation table.
    Line(Band),
    /// Days since the close of the first period.
    Day,
    /// Whether the student belonged to the group.
    Member,
    /// Which of two compared groups.
    Side,
}

impl Kind {
    /// Whether the cells are numbers (else codes).
    pub fn is_numbers(self) -> bool {
        matches!(self, Self::Value | Self::Line(_) | Self::Day)
    }

    /// Whether there is one such column for each measure.
    pub fn by_measure(self) -> bool {
        matches!(self, Self::Value | Self::Class | Self::Line(_))
    }
}

/// Which periods a column comes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The one asked about.
    Now,
    /// The one compared with.
    Start,
    /// Every one from start to now.
    Each,
}

/// A column that a plugin wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    /// The plugin's own name for it.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// For when.
    pub moment: Moment,
    /// What for.
    pub explanation: Texts,
}

impl ColumnSpec {
    /// What a lock must grant for it, as in `value@now` or `line-at@start`.
    pub fn grant(&self) -> String {
        let kind = match self.kind {
            Kind::Value => "value",
            Kind::Class => "class",
            Kind::Line(Band::Below | Band::Approaching) => "line-approaching",
            Kind::Line(Band::At) => "line-at",
            Kind::Line(Band::Above) => "line-above",
            Kind::Day => "day",
            Kind::Member => "member",
            Kind::Side => "side",
        };
        let moment = match self.moment {
            Moment::Now => "now",
            Moment::Start => "start",
            Moment::Each => "each",
        };
        format!("{kind}@{moment}")
    }
}

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
    /// Made of other outputs.
    Difference,
}

impl PrivacyKind {
    /// Its word in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Proportion => "proportion",
            Self::Mean => "mean",
            Self::Quantile => "quantile",
            Self::Distribution => "distribution",
            Self::Difference => "difference",
        }
    }
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// More is neither better nor worse.
    Neither,
}

/// A number that a plugin answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputSpec {
    /// Name in kebab-case, unique among the outputs; a goal names it in `output`.
    pub key: String,
    /// What reports call it, by language.
    pub title: Texts,
    /// Unit in kebab-case, as in `students` or `percentage-points`.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// How it is protected.
    pub privacy: PrivacyKind,
    /// Keys of the outputs it is made of.
    pub rests_on: Vec<String>,
    /// Parts of a distribution, lowest first; none: the levels of the scale.
    pub parts: Vec<(String, Texts)>,
}

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Name in kebab-case, by which goals and the lock ask for it.
    pub id: String,
    /// Semantic version, as in `1.0.0`.
    pub version: String,
    /// What reports call it, by language.
    pub title: Texts,
    /// One or two sentences for readers of reports, by language.
    pub explanation: Texts,
    /// What a goal may set under `parameters`.
    pub parameters: Schema,
    /// What it must be given; the lock grants each ([`ColumnSpec::grant`]).
    pub columns: Vec<ColumnSpec>,
    /// What it answers for each group, in this order.
    pub outputs: Vec<OutputSpec>,
    /// Reasons for leaving a row out: key and text.
    pub left_out: Vec<(String, Texts)>,
    /// What else it may say: key and text.
    pub messages: Vec<(String, Texts)>,
}

impl Description {
    /// The place of the output that a goal is judged by: the one it names; else the first, and of a goal that compares
    /// two groups the first difference. None if it names one that there is not.
    pub fn judged_by(&self, goal: &Measured) -> Option<usize> {
        let difference = |_| self.outputs.iter().position(|output| output.privacy == PrivacyKind::Difference);
        match &goal.output {
            Some(key) => self.outputs.iter().position(|output| output.key == *key),
            None => goal.compare.as_ref().and_then(difference).or(Some(0)),
        }
    }

    /// What a lock must grant, sorted, each once.
    pub fn grants(&self) -> Vec<String> {
        let mut grants: Vec<String> = self.columns.iter().map(ColumnSpec::grant).collect();
        grants.sort();
        grants.dedup();
        grants
    }
}

/// What a plugin found for one group. One [`Output`] for each output in its description.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// In the order of the description.
    pub outputs: Vec<Output>,
    /// Rows left out of the first output's denominator, by reason key, in the description's order.
    pub left_out: Vec<(String, u32)>,
    /// Keys of the description's messages that hold for this group.
    pub notes: Vec<String>,
}

/// One number of a measurement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    /// The value, in the unit that the description gives the output; none when the group has nothing to count, and
    /// for a distribution.
    pub value: Option<f64>,
    /// Students who count (for a proportion or count).
    pub numerator: Option<u32>,
    /// Students asked about.
    pub denominator: u32,
    /// Students whose readings went in.
    pub contributors: u32,
    /// The lower and upper end of its interval, in the unit of the value, if the metric has one.
    pub interval: Option<(f64, f64)>,
    /// Students by part (for a distribution).
    pub counts: Vec<u32>,
}

/// Metrics that can be asked by name.
pub trait Metrics {
    /// What a metric says of itself.
    fn describe(&mut self, name: &str) -> Result<Description, Unavailable>;

    /// One measurement per group of the table.
    fn evaluate(&mut self, name: &str, parameters: &Parameters, table: &Table)
    -> Result<Vec<Measurement>, Unavailable>;
}
