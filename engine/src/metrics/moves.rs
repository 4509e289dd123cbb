//! Who is behind a change: the same students, or others.
//!
//! Comes in: the dataset, a goal, two periods. Goes out: counts of people. It says nothing of how any
//! of them did, but for how many of the same students crossed the line.

use std::collections::BTreeMap;

use crate::config::goals::GoalKind;
use crate::config::measures::Band;
use crate::config::{CodeClass, Goal, PeriodId, Project};
use crate::dataset::{Dataset, PersonId};

use super::population::{Member, members, reading};

/// How the people behind two figures differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moves {
    /// The earlier period.
    pub since: PeriodId,
    /// With results both times.
    pub same: u32,
    /// In the population both times, with a result now only.
    pub newly_measured: u32,
    /// With a result now, and not in the population then.
    pub arrived: u32,
    /// In the population both times, with a result then only.
    pub no_longer_measured: u32,
    /// With a result then, and no longer in the population.
    pub left: u32,
    /// Of the same students: at the line now and not then, and the other way round. None where the goal
    /// is about something else than that line.
    pub crossed: Option<(u32, u32)>,
}

impl Moves {
    /// Compares the goal's population in two periods.
    pub fn between(project: &Project, dataset: &Dataset, goal: &Goal, since: PeriodId, now: PeriodId) -> Self {
        let by_person = |period: PeriodId| -> BTreeMap<PersonId, Member> {
            members(project, dataset, goal, period).into_iter().map(|m| (m.person, m)).collect()
        };
        let (before, here) = (by_person(since), by_person(now));
        let has = |period: PeriodId, person: PersonId| {
            let counts = |found: Option<(CodeClass, f64)>| {
                matches!(found, Some((CodeClass::Score | CodeClass::CountsAsBelow, _)))
            };
            goal.measures.iter().any(|measure| counts(reading(dataset, *measure, period, person)))
        };
        let line = matches!(goal.kind, GoalKind::Share { .. }) && goal.metric == "share-at-or-above";
        let mut moves = Self {
            since,
            same: 0,
            newly_measured: 0,
            arrived: 0,
            no_longer_measured: 0,
            left: 0,
            crossed: (line && !goal.population.staff).then_some((0, 0)),
        };
        for (person, member) in &here {
            match (before.get(person), has(now, *person), has(since, *person)) {
                (Some(then), true, true) => {
                    moves.same += 1;
                    if let Some((up, down)) = &mut moves.crossed {
                        let at = |period, member: &Member| at_line(project, dataset, goal, period, member);
                        match (at(since, then), at(now, member)) {
                            (Some(false), Some(true)) => *up += 1,
                            (Some(true), Some(false)) => *down += 1,
                            _ => {}
                        }
                    }
                }
                (Some(_), true, false) => moves.newly_measured += 1,
                (Some(_), false, true) => moves.no_longer_measured += 1,
                (None, true, _) => moves.arrived += 1,
                _ => {}
            }
        }
        moves.left = before.keys().filter(|person| !here.contains_key(*person) && has(since, **person)).count() as u32;
        moves
    }
}

/// Whether somebody is at or above the line on as many of the goal's measures as it asks for; none if
/// that is not known of them. The rule is that of the metric `share-at-or-above`.
pub fn at_line(project: &Project, dataset: &Dataset, goal: &Goal, period: PeriodId, member: &Member) -> Option<bool> {
    let GoalKind::Share { at_least } = goal.kind else { return None };
    let (mut at, mut open) = (0, 0);
    for measure in &goal.measures {
        let line = project.measures.line(*measure, Band::At, &member.grade, &project.calendar, period);
        match (reading(dataset, *measure, period, member.person), line) {
            (Some((CodeClass::Score, value)), Some(line)) => at += u32::from(value >= line),
            (Some((CodeClass::CountsAsBelow, _)), Some(_)) => {}
            _ => open += 1,
        }
    }
    if at >= at_least { Some(true) } else { (at + open < at_least).then_some(false) }
}
