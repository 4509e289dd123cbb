//! SMART goals and their strategies (`goals/*.toml`).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{MeasureId, PeriodId, SchoolId};

/// Who a report is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// The staff meeting.
    Staff,
    /// One professional learning community.
    Plc,
    /// The parent council.
    ParentCouncil,
}

impl Audience {
    /// Every audience, in the order in which reports are made.
    pub const ALL: [Self; 3] = [Self::Staff, Self::Plc, Self::ParentCouncil];

    /// Its name in files, options and folders.
    pub fn id(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Plc => "plc",
            Self::ParentCouncil => "parent-council",
        }
    }
}

/// Whose results a goal is about. Empty lists mean “all”.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Population {
    /// Grades, as in `3`.
    pub grades: Vec<String>,
    /// Programs, as in `EUBP`.
    pub programs: Vec<String>,
    /// True if the goal is about the staff's answers to a survey, not about students.
    pub staff: bool,
}

/// Where the goal starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum Baseline {
    /// Computed from the results of this period.
    Period(PeriodId),
    /// A stated share (0–1) as of a day.
    Value {
        /// Share, 0–1.
        share: f64,
        /// The day it held.
        on: Date,
    },
}

/// What is counted.
#[derive(Debug, Clone, PartialEq)]
pub enum GoalKind {
    /// Share of students at or above the line of the expectation table, on at least `at_least` of
    /// the goal's measures.
    Share {
        /// k of the k-of-m rule.
        at_least: u32,
    },
    /// Share of the same students who grew by at least `gain` steps of the scale since the period
    /// `from` of the same school year.
    MatchedGrowth {
        /// Id of the starting period within the year, as in `P1`.
        from: String,
        /// Steps by period id (`P2` → 2); `*` is every other period.
        gain: BTreeMap<String, f64>,
    },
    /// Whatever the goal's metric counts.
    Metric {
        /// Id of the period within the year that it compares with; none: the baseline's period.
        from: Option<String>,
    },
}

/// A parameter of a metric.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Parameter {
    /// True or false.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
    /// Numbers.
    Numbers(Vec<f64>),
}

/// A strategy that the team chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    /// What is done.
    pub text: String,
    /// The team that does it (never a person).
    pub team: Option<String>,
    /// Since when.
    pub since: Option<Date>,
    /// `proposed`, `selected`, `under-way`, `done` or `stopped`.
    pub status: String,
}

/// A target on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Interim {
    /// At the close of this period …
    pub period: PeriodId,
    /// … the share should stand here (0–1).
    pub target: f64,
}

/// A SMART goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// Id, unique in the project.
    pub id: String,
    /// The school whose goal it is.
    pub school: SchoolId,
    /// `literacy`, `numeracy`, `well-being` or a division's own word.
    pub area: String,
    /// Short title.
    pub title: String,
    /// The goal as it was agreed.
    pub statement: String,
    /// Why it matters, in one or two sentences.
    pub why: String,
    /// What is said of a student who counts, in the past tense, as in “read at or above level”; none
    /// means a phrase made from the measure.
    pub indicator: Option<String>,
    /// Whose results.
    pub population: Population,
    /// Which measures (m of the k-of-m rule).
    pub measures: Vec<MeasureId>,
    /// The plugin that computes it, as in `share-at-or-above`.
    pub metric: String,
    /// Parameters that the goal sets for it.
    pub parameters: BTreeMap<String, Parameter>,
    /// The metric's output that the goal is judged by; none is its first.
    pub output: Option<String>,
    /// Two parts of the population that the metric compares.
    pub compare: Option<[Population; 2]>,
    /// What is counted.
    pub kind: GoalKind,
    /// Start.
    pub baseline: Baseline,
    /// Target share, 0–1.
    pub target: f64,
    /// The day by which it should be reached.
    pub deadline: Date,
    /// Targets on the way, by time.
    pub interim: Vec<Interim>,
    /// Strategies, in order.
    pub strategies: Vec<Strategy>,
    /// Questions for discussion among staff.
    pub questions: Vec<String>,
    /// How families can help, in plain words.
    pub families: Option<String>,
    /// A question for the parent council.
    pub council_question: Option<String>,
    /// Audiences that see it.
    pub audiences: Vec<Audience>,
    /// Ids of the PLCs that work on it.
    pub plcs: Vec<String>,
    /// Where it stands in its file, for messages: path and 1-based line.
    pub place: (String, usize),
}
