//! Parts of a school: whose results a goal is about, or who is taught as one class.

use schemars::JsonSchema;
use serde::Deserialize;

use super::spot::At;

/// Whose results a goal is about. Empty lists mean “all”.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Population {
    /// Grades, as in `3`.
    pub grades: Vec<String>,
    /// Programs, as in `EUBP`.
    pub programs: Vec<String>,
    /// True if the goal is about the staff's answers to a survey, not about students.
    pub staff: bool,
}

impl Population {
    /// Whether a student can be in both.
    pub fn meets(&self, other: &Self) -> bool {
        let share = |a: &[String], b: &[String]| a.is_empty() || b.is_empty() || a.iter().any(|one| b.contains(one));
        share(&self.grades, &other.grades) && share(&self.programs, &other.programs)
    }
}

/// A part of a school. An empty list means all.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Population")]
pub(crate) struct RawPopulation {
    /// Grades, as in "3".
    #[serde(default)]
    pub(crate) grades: Vec<At<String>>,
    /// Programs, as the roster spells them.
    #[serde(default)]
    pub(crate) programs: Vec<At<String>>,
    /// Whether it is about the answers of a staff survey, not about students.
    #[serde(default)]
    pub(crate) staff: bool,
}

impl RawPopulation {
    /// What it says, as it is written.
    pub(crate) fn checked(&self) -> Population {
        let words = |list: &[At<String>]| list.iter().map(|word| word.get_ref().clone()).collect();
        Population { grades: words(&self.grades), programs: words(&self.programs), staff: self.staff }
    }
}
