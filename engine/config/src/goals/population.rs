//! Whose results a goal is about, and the two groups that it compares.

use super::super::check::Check;
use super::super::population::{Population, RawPopulation};
use super::super::schools::School;
use super::super::spot::{At, spanned};

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
