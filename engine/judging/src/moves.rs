//! Who is behind a change: the same students, or others.
//!
//! Comes in: the roll, a goal, two periods. Goes out: counts of people. It says nothing of how any
//! of them did, but for how many of the same students stayed at the line, rose, fell or stayed below.

use std::collections::BTreeMap;

use termwise_config::goals::{Counting, Measured};
use termwise_config::measures::Band;
use termwise_config::{CodeClass, PeriodId};
use termwise_reading::dataset::PersonId;

use crate::roll::{Member, Roll};
use crate::standing::Stands;

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
    /// Of the same students, how they stood at the line then and now. None where the goal is about something
    /// else than that line.
    pub stood: Option<Stood>,
}

/// The same students at a line, then and now. The four together are all who were measured both times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stood {
    /// At or above it both times.
    pub stayed_at: u32,
    /// Below it then, at or above it now.
    pub rose: u32,
    /// At or above it then, below it now.
    pub fell: u32,
    /// Below it both times.
    pub stayed_below: u32,
}

impl Stood {
    /// The four numbers.
    pub fn all(self) -> [u32; 4] {
        [self.stayed_at, self.rose, self.fell, self.stayed_below]
    }
}

impl Moves {
    /// Compares the goal's population in two periods. `counts` says of a goal that is no line of a table who counts
    /// in a period, by person; none where its figure is no share.
    pub fn between(
        roll: &Roll<'_>,
        plan: &Measured,
        (since, now): (PeriodId, PeriodId),
        counts: Option<&dyn Fn(PeriodId, PersonId) -> Option<bool>>,
    ) -> Self {
        let by_person = |period: PeriodId| -> BTreeMap<PersonId, Member<'_>> {
            roll.members(plan, period).into_iter().map(|m| (m.person, m)).collect()
        };
        let (before, here) = (by_person(since), by_person(now));
        let line = matches!(plan.kind, Counting::Share { .. }) && plan.metric == "share-at-or-above";
        let at = |period: PeriodId, member: &Member<'_>| match counts {
            Some(counts) if !line => counts(period, member.person),
            _ => at_line(roll, plan, period, member),
        };
        // Where it is known who counts, those of whom it is known: these are the students of its figures.
        let known = line || counts.is_some();
        let from = |period: PeriodId| {
            let year = &roll.project.calendar.period(period).year;
            roll.project.calendar.by_key(&format!("{year}/{}", plan.kind.since()?))
        };
        let has = |period: PeriodId, member: &Member<'_>| {
            let counts = |found: Option<(CodeClass, f64)>| {
                matches!(found, Some((CodeClass::Score | CodeClass::CountsAsBelow, _)))
            };
            let read = |period: PeriodId| {
                plan.measures.iter().any(|measure| counts(roll.reading(*measure, period, member.person)))
            };
            // Growth needs a result at the start of its window, too.
            let grown = || read(period) && from(period).is_none_or(&read);
            if known { at(period, member).is_some() } else { grown() }
        };
        let mut moves = Self {
            since,
            same: 0,
            newly_measured: 0,
            arrived: 0,
            no_longer_measured: 0,
            left: 0,
            stood: (known && !plan.population.staff).then(Stood::default),
        };
        for (person, member) in &here {
            let then = before.get(person);
            match (then, has(now, member), then.is_some_and(|then| has(since, then))) {
                (Some(then), true, true) => {
                    moves.same += 1;
                    if let Some(stood) = &mut moves.stood {
                        *match (at(since, then), at(now, member)) {
                            (Some(true), Some(true)) => &mut stood.stayed_at,
                            (Some(true), _) => &mut stood.fell,
                            (_, Some(true)) => &mut stood.rose,
                            _ => &mut stood.stayed_below,
                        } += 1;
                    }
                }
                (Some(_), true, false) => moves.newly_measured += 1,
                (Some(_), false, true) => moves.no_longer_measured += 1,
                (None, true, _) => moves.arrived += 1,
                _ => {}
            }
        }
        let left = before.iter().filter(|(person, then)| !here.contains_key(*person) && has(since, then));
        moves.left = left.count() as u32;
        moves
    }
}

/// Whether somebody is at or above the line on as many of the goal's measures as it asks for; none if
/// that is not known of them. The rule is that of the metric `share-at-or-above`.
pub fn at_line(roll: &Roll<'_>, plan: &Measured, period: PeriodId, member: &Member<'_>) -> Option<bool> {
    let Counting::Share { at_least } = plan.kind else { return None };
    let (mut at, mut open) = (0, 0);
    for measure in &plan.measures {
        let line =
            |band: Band| roll.project.measures.line(*measure, band, member.grade, &roll.project.calendar, period);
        match Stands::of(roll.reading(*measure, period, member.person), line).and_then(Stands::reached) {
            Some(reached) => at += u32::from(reached),
            None => open += 1,
        }
    }
    if at >= at_least { Some(true) } else { (at + open < at_least).then_some(false) }
}
