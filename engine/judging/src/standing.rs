//! Where each student of a team stands against a goal's line, for the team itself.
//!
//! Comes in: the dataset and a goal. Goes out: people by part of the scale. Nothing is shown of it but
//! through the stage that clears names.

use termwise_config::measures::Band;
use termwise_config::{CodeClass, Goal, MeasureId, PeriodId, Plc, Project};
use termwise_reading::dataset::{Dataset, PersonId};

use crate::population::{members, reading};

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
pub fn standing(project: &Project, dataset: &Dataset, goal: &Goal, plc: &Plc, period: PeriodId) -> Vec<Standing> {
    // A gap between two groups is nobody's own line.
    if goal.population.staff || goal.compare.is_some() {
        return Vec::new();
    }
    let mine = members(project, dataset, goal, period);
    let mine: Vec<_> = mine.iter().filter(|m| plc.grades.is_empty() || plc.grades.contains(&m.grade)).collect();
    let of_measure = |measure: MeasureId| {
        let people: Vec<(PersonId, Stands)> = mine
            .iter()
            .filter_map(|m| {
                let line = |band: Band| project.measures.line(measure, band, &m.grade, &project.calendar, period);
                let at = line(Band::At)?;
                let stands = match reading(dataset, measure, period, m.person) {
                    Some((CodeClass::CountsAsBelow, _)) => Stands::Below,
                    Some((CodeClass::Score, value)) if line(Band::Above).is_some_and(|above| value >= above) => {
                        Stands::Above
                    }
                    Some((CodeClass::Score, value)) if value >= at => Stands::At,
                    Some((CodeClass::Score, _)) => Stands::Below,
                    Some((CodeClass::Excluded | CodeClass::Missing, _)) | None => Stands::NoResult,
                };
                Some((m.person, stands))
            })
            .collect();
        (!people.is_empty()).then_some(Standing { measure, people })
    };
    goal.measures.iter().filter_map(|measure| of_measure(*measure)).collect()
}
