//! What the leadership team may see: how teams' goals add up, and candidates for goals.
//!
//! The same thresholds as for any figure. A group that is hidden is left out whole.

use crate::config::goals::Population;
use crate::config::{MeasureId, PeriodId, Privacy};
use crate::goals::align::Alignment;
use crate::goals::inquire::Candidate;
use crate::goals::{Found, Unit};

use super::{Audience, Cleared, Count, Figure, Rule};

/// Alignment and candidates of one school.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// A line for each school goal that can be added up.
    pub alignment: Vec<AlignmentFigures>,
    /// Places of team goals that serve no school goal.
    pub orphans: Vec<usize>,
    /// Candidates, largest decidable room first.
    pub candidates: Vec<CandidateFigures>,
    /// Smaller groups of which nothing is shown.
    pub left_out: usize,
}

/// How one school goal is served.
#[derive(Debug, Clone, PartialEq)]
pub struct AlignmentFigures {
    /// Place of the goal in the project.
    pub goal: usize,
    /// Places of the team goals that serve it.
    pub teams: Vec<usize>,
    /// Students in the goal's figure; none if hidden.
    pub students: Option<u32>,
    /// The share now.
    pub now: Figure,
    /// Students in at least one team goal.
    pub covered: Count,
    /// Students in more than one.
    pub twice: Count,
    /// The share if every team goal were met, at best, in whole percent (0–1).
    pub best_case: Option<f64>,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateFigures {
    /// Its area.
    pub area: String,
    /// Whose results.
    pub population: Population,
    /// What is measured.
    pub measure: MeasureId,
    /// When.
    pub period: PeriodId,
    /// The share at or above the line.
    pub figure: Figure,
    /// What one student is worth, as a share.
    pub one_student: f64,
    /// The smallest change that can be shown, as a share.
    pub smallest: f64,
    /// For a program: the share of the others, and the chance of such a distance if there were none (0–1).
    pub others: Option<(Figure, f64)>,
}

/// Clears alignment and candidates of one school for one audience.
pub fn clear_overview(
    privacy: &Privacy,
    audience: Audience,
    alignment: &[Alignment],
    orphans: Vec<usize>,
    candidates: &[Candidate],
) -> Cleared<Overview> {
    let rule = Rule::new(privacy, audience);
    let found = |met: u32, of: u32, one_class: bool| Found { met: Some(met), of, one_class, ..Found::default() };
    let shown: Vec<CandidateFigures> = candidates
        .iter()
        .filter_map(|candidate| {
            let figure = rule.figure(&Unit::Share, &found(candidate.met, candidate.of, candidate.one_class));
            figure.exact()?;
            let others = candidate.others.and_then(|others| {
                let figure = rule.figure(&Unit::Share, &found(others.met, others.of, false));
                figure.exact().map(|_| (figure, super::whole(others.chance)))
            });
            Some(CandidateFigures {
                area: candidate.area.clone(),
                population: candidate.population.clone(),
                measure: candidate.measure,
                period: candidate.period,
                figure,
                one_student: 1.0 / f64::from(candidate.of),
                smallest: candidate.smallest?,
                others,
            })
        })
        .collect();
    let line = |line: &Alignment| {
        let now = rule.figure(&Unit::Share, &found(line.met, line.students, false));
        let exact = now.exact().is_some();
        let count = |n: u32| if n == 0 { Count::Exactly(0) } else { rule.count(n) };
        AlignmentFigures {
            goal: line.goal,
            teams: line.teams.iter().map(|team| team.plc_goal).collect(),
            students: exact.then_some(line.students),
            covered: if exact { count(line.covered) } else { Count::Untold },
            twice: if exact { count(line.twice) } else { Count::Untold },
            best_case: line
                .best_case
                .filter(|_| exact)
                .map(|best| super::whole(f64::from(best) / f64::from(line.students.max(1)))),
            now,
        }
    };
    Cleared(Overview {
        alignment: alignment.iter().map(line).collect(),
        orphans,
        left_out: candidates.len() - shown.len(),
        candidates: shown,
    })
}
