//! Where each student of a team stands against a goal's line, for the team itself.
//!
//! Comes in: the roll and a goal. Goes out: people by part of the scale. Nothing is shown of it but
//! through the stage that clears names.

use termwise_config::goals::Measured;
use termwise_config::measures::Band;
use termwise_config::{CodeClass, MeasureId, PeriodId, Plc};
use termwise_reading::dataset::PersonId;

use crate::roll::Roll;

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// Below the line.
    Below,
    /// At it.
    At,
    /// Above it: ready to be extended.
    Above,
    /// No result in the period.
    NoResult,
}

impl Stands {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Below, Self::At, Self::Above, Self::NoResult];

    /// Where a reading stands against the lines of its table. The one rule for every place that asks, and that of the
    /// metric `share-at-or-above`: a code that counts as below is below, with or without a line; a score without a
    /// line, or that is not a number, stands nowhere (none).
    pub fn of(reading: Option<(CodeClass, f64)>, line: impl Fn(Band) -> Option<f64>) -> Option<Self> {
        match reading {
            Some((CodeClass::CountsAsBelow, _)) => Some(Self::Below),
            Some((CodeClass::Score, value)) => {
                let at = line(Band::At).filter(|at| !at.is_nan() && !value.is_nan())?;
                let above = line(Band::Above).is_some_and(|above| value >= above);
                Some(if above {
                    Self::Above
                } else if value >= at {
                    Self::At
                } else {
                    Self::Below
                })
            }
            Some((CodeClass::Excluded | CodeClass::Missing, _)) | None => Some(Self::NoResult),
        }
    }

    /// Whether the line is reached; none where there is no result.
    pub fn reached(self) -> Option<bool> {
        match self {
            Self::Below => Some(false),
            Self::At | Self::Above => Some(true),
            Self::NoResult => None,
        }
    }

    /// Its key in dictionaries and models.
    pub fn key(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::At => "at",
            Self::Above => "above",
            Self::NoResult => "no-result",
        }
    }
}

/// The students of one measure of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What was measured.
    pub measure: MeasureId,
    /// Who stands where, in order of person.
    pub people: Vec<(PersonId, Stands)>,
}

/// Where the students stand whom the team teaches, measure by measure; only measures with a line. Students
/// whose reading does not count (absent with a reason …) have no result.
pub fn standing(roll: &Roll<'_>, plan: &Measured, plc: &Plc, period: PeriodId) -> Vec<Standing> {
    // A gap between two groups is nobody's own line.
    if plan.population.staff || plan.compare.is_some() {
        return Vec::new();
    }
    let mine = roll.members(plan, period);
    let mine: Vec<_> =
        mine.iter().filter(|m| plc.grades.is_empty() || plc.grades.iter().any(|grade| grade == m.grade)).collect();
    let (measures, calendar) = (&roll.project.measures, &roll.project.calendar);
    let of_measure = |measure: MeasureId| {
        let line = |grade: &str, band: Band| measures.line(measure, band, grade, calendar, period);
        // A measure without a line for any of them is not held against one.
        mine.iter().find(|m| line(m.grade, Band::At).is_some())?;
        let stands =
            |grade: &str, person: PersonId| Stands::of(roll.reading(measure, period, person), |band| line(grade, band));
        let people = mine.iter().filter_map(|m| Some((m.person, stands(m.grade, m.person)?))).collect();
        Some(Standing { measure, people })
    };
    plan.measures.iter().filter_map(|measure| of_measure(*measure)).collect()
}
