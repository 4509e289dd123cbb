//! Whose results a goal is about, and the two groups that it compares.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::School;
use super::super::check::Check;
use super::super::spot::{At, spanned};

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
    grades: Vec<At<String>>,
    /// Programs, as the roster spells them.
    #[serde(default)]
    programs: Vec<At<String>>,
    /// Whether it is about the answers of a staff survey, not about students.
    #[serde(default)]
    staff: bool,
}

impl RawPopulation {
    /// What it says, as it is written.
    pub(crate) fn checked(&self) -> Population {
        let words = |list: &[At<String>]| list.iter().map(|word| word.get_ref().clone()).collect();
        Population { grades: words(&self.grades), programs: words(&self.programs), staff: self.staff }
    }
}

impl Check<'_> {
    /// A part of a school: grades that it has, each word once.
    pub(super) fn population(&mut self, raw: &RawPopulation, school: Option<&School>) -> Population {
        for grade in &raw.grades {
            self.grade(grade, school);
        }
        Population {
            grades: self.list(&spanned(&raw.grades), "grades"),
            programs: self.list(&spanned(&raw.programs), "programs"),
            staff: raw.staff,
        }
    }

    /// The two sides of a comparison within `whole`.
    pub(super) fn compare(
        &mut self,
        raw: &At<Vec<RawPopulation>>,
        whole: &Population,
        school: Option<&School>,
    ) -> Option<[Population; 2]> {
        let [first, second] = raw.get_ref().as_slice() else {
            self.fault(
                raw.span(),
                "`compare` names two parts of the population, no more and no less.",
                "Write `compare = [{ programs = [\"EUBP\"] }, { programs = [\"English\"] }]`.",
            );
            return None;
        };
        let (first, second) = (self.population(first, school), self.population(second, school));
        if first.meets(&second) {
            self.fault(
                raw.span(),
                "A student can be in both groups that `compare` names.",
                "Name two groups that share nobody: two programs, or other grades.",
            );
            return None;
        }
        if [&first, &second].iter().any(|side| !side.meets(whole)) {
            self.fault(
                raw.span(),
                "`compare` names a group that has nobody of the goal’s population.",
                "Name two parts of the population, or widen `population`.",
            );
            return None;
        }
        Some([first, second])
    }
}
