//! What a goal counts: the kinds that a file may name, and what becomes of those with a figure.

use std::collections::BTreeMap;

use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

/// What a goal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Kind {
    /// Students at or above the line of the expectation table.
    Share,
    /// The same students who grew by enough since an earlier period of the school year.
    MatchedGrowth,
    /// Whatever a metric counts: absence that should fall, a gap that should narrow, a median.
    Metric,
    /// Several measures in one goal, each with its own baseline and target.
    Several,
    /// No number, but dated judgements on a rubric.
    Narrative,
}

impl Kind {
    /// The kinds that have a figure.
    pub(super) const MEASURED: [Self; 3] = [Self::Share, Self::MatchedGrowth, Self::Metric];
}

/// What a measured goal counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Counting {
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

impl Counting {
    /// The period within the year from which on growth is counted, as in `P1`; none for a goal about where
    /// students stand.
    pub fn since(&self) -> Option<&str> {
        match self {
            Self::MatchedGrowth { from, .. } | Self::Metric { from: Some(from) } => Some(from),
            Self::Share { .. } | Self::Metric { from: None } => None,
        }
    }

    /// For growth of the same students: how much of it is asked for by a period, in steps of the scale; none if that was
    /// not agreed on, or the goal is about something else.
    pub fn gain(&self, period: &str) -> Option<f64> {
        match self {
            Self::MatchedGrowth { gain, .. } => gain.get(period).or_else(|| gain.get("*")).copied(),
            _ => None,
        }
    }
}
