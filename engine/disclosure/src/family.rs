//! What the figures of one report give away together.
//!
//! Comes in: the goals of a school, cleared one by one. Goes out: figures to hide besides, so that a group that
//! is hidden cannot be had from the whole and its other parts, also where these stand under other goals. Two
//! figures about the same people, question and time are one figure: hidden in one place, hidden everywhere.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::goals::{Counting, Goal, Measured};
use termwise_config::{MeasureId, PeriodId};
use termwise_judging::ask::Group;
use termwise_judging::goals::Judged;

use super::rule::{KINDS, Rule};
use super::{Figure, GoalFigures};

/// Where a figure stands: goal, part of it, period, group.
pub(super) type FigurePlace = (usize, Option<usize>, PeriodId, Group);

/// What a figure is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic {
    /// What is asked of each of them.
    pub question: String,
    /// When.
    pub period: PeriodId,
    /// Whose.
    pub crowd: Crowd,
}

/// The people of a school that a figure is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crowd {
    /// Grades; empty: all.
    pub grades: Vec<String>,
    /// Programs; empty: all.
    pub programs: Vec<String>,
    /// Staff who answered a survey.
    pub staff: bool,
}

impl Topic {
    /// The share of people at or above the line in one measure.
    pub fn at_line(measure: MeasureId, period: PeriodId, crowd: Crowd) -> Self {
        Self { question: format!("share of 1 in {:?}", [measure]), period, crowd }
    }
}

impl Crowd {
    /// The people of a goal, or a group of them, in a school with these grades.
    pub fn of(population: &termwise_config::goals::Population, school: &[String], group: &Group) -> Self {
        let mut grades = population.grades.clone();
        let mut programs = population.programs.clone();
        match group {
            Group::All => {}
            Group::Grade(grade) => grades = vec![grade.clone()],
            Group::Program(program) => programs = vec![program.clone()],
        }
        for list in [&mut grades, &mut programs] {
            list.sort_unstable();
            list.dedup();
        }
        if !school.is_empty() && school.iter().all(|grade| grades.contains(grade)) {
            grades.clear();
        }
        Self { grades, programs, staff: population.staff }
    }
}

/// What a goal's figure is about; `school` are the grades of its school. None for a goal that has no figure of its own.
pub fn known(goal: &Goal, school: &[String], period: PeriodId, group: &Group) -> Option<Topic> {
    let plan = goal.measured()?;
    let Measured { metric, output, parameters, kind, measures, compare, .. } = plan;
    let question = match kind {
        Counting::Share { at_least } if metric == "share-at-or-above" && parameters.is_empty() && output.is_none() => {
            format!("share of {at_least} in {measures:?}")
        }
        // What it is compared with is a part of the question.
        _ => {
            let starts: Vec<_> = goal.amendments.iter().map(|amendment| &amendment.baseline).collect();
            let start = &plan.aims.first.baseline;
            format!("{metric} {output:?} {parameters:?} {kind:?} {measures:?} {compare:?} {start:?} {starts:?}")
        }
    };
    Some(Topic { question, period, crowd: Crowd::of(&plan.population, school, group) })
}

/// The grades of a judged goal's school.
fn grades(judged: &Judged) -> Vec<String> {
    judged.by_grade.iter().map(|(grade, _)| grade.clone()).collect()
}

/// A goal with a number, or each of the parts of one.
fn leaves<'a, 'b>(
    goals: &'a [(usize, &'a Judged<'b>)],
) -> impl Iterator<Item = (usize, Option<usize>, &'a Judged<'b>)> {
    goals.iter().flat_map(|(place, judged)| {
        let parts = judged.several.iter().enumerate().map(|(part, judged)| (*place, Some(part), judged));
        std::iter::once((*place, None, *judged)).chain(parts)
    })
}

/// What the goals' own figures are about.
pub(super) fn of_goals(goals: &[(usize, &Judged)]) -> BTreeSet<Topic> {
    let each = leaves(goals).flat_map(|(_, _, judged)| {
        let grades = grades(judged);
        judged
            .points
            .iter()
            .chain(&judged.later)
            .filter_map(move |point| known(judged.goal, &grades, point.period, &Group::All))
    });
    each.collect()
}

/// Whether a group of a judged goal has a goal of its own.
pub(super) fn is_own(rule: &Rule, judged: &Judged, period: PeriodId, group: &Group) -> bool {
    known(judged.goal, &grades(judged), period, group).is_some_and(|about| rule.own.contains(&about))
}

/// Figures that must be hidden besides.
pub(super) fn gives_away(rule: &Rule, goals: &[(usize, &Judged)], figures: &[GoalFigures]) -> Vec<FigurePlace> {
    // Every figure of the report by what it is about.
    let mut all: BTreeMap<Topic, Vec<(FigurePlace, &Figure)>> = BTreeMap::new();
    let judged: BTreeMap<(usize, Option<usize>), &Judged> =
        leaves(goals).map(|(place, part, judged)| ((place, part), judged)).collect();
    for figures in figures.iter().flat_map(|figures| std::iter::once(figures).chain(&figures.several)) {
        let Some(judged) = judged.get(&(figures.goal, figures.part)) else { continue };
        let grades = grades(judged);
        for point in &figures.points {
            let whole = std::iter::once((&Group::All, &point.figure));
            for (group, figure) in whole.chain(point.groups.iter().map(|(group, figure)| (group, figure))) {
                let spot = (figures.goal, figures.part, point.period, group.clone());
                if let Some(about) = known(judged.goal, &grades, point.period, group) {
                    all.entry(about).or_default().push((spot, figure));
                }
            }
        }
    }
    let shown = |figure: &Figure| matches!(figure, Figure::Shown { .. });
    let mut more = BTreeSet::new();
    let open = |places: &[(FigurePlace, &Figure)]| -> Vec<FigurePlace> {
        places.iter().filter(|(_, figure)| shown(figure)).map(|(spot, _)| spot.clone()).collect()
    };
    for places in all.values().filter(|places| places.iter().any(|(_, figure)| **figure == Figure::Hidden)) {
        more.extend(open(places));
    }
    if more.is_empty() {
        for (place, part, judged) in leaves(goals) {
            let grades = grades(judged);
            let about = |period: PeriodId, group: &Group| known(judged.goal, &grades, period, group);
            for point in judged.points.iter().chain(&judged.later) {
                let whole = about(point.period, &Group::All).and_then(|about| all.get(&about));
                let whole = whole.is_some_and(|places| places.iter().any(|(_, figure)| shown(figure)));
                for kind in KINDS.iter().filter(|_| whole) {
                    let parts = point.groups.iter().filter(|(group, found)| kind(group) && found.of > 0);
                    let (known, unknown): (Vec<_>, Vec<_>) = parts
                        .map(|(group, found)| {
                            (
                                about(point.period, group)
                                    .and_then(|about| all.get(&about))
                                    .map_or(Vec::new(), |p| open(p)),
                                found,
                            )
                        })
                        .partition(|(spots, _)| !spots.is_empty());
                    let of: u32 = unknown.iter().map(|(_, found)| found.of).sum();
                    let alone = unknown.len() == 1 || of < rule.minimum;
                    let small = unknown.iter().any(|(_, found)| rule.hides(&judged.unit, found).is_some());
                    // Rather a row of a table than a goal's own figure.
                    let least = known
                        .into_iter()
                        .min_by_key(|(spots, found)| (spots.iter().any(|(.., group)| *group == Group::All), found.of));
                    if let (true, Some((spots, _))) = (small && alone, least) {
                        more.extend(spots);
                    }
                }
                if !more.is_empty() {
                    tracing::debug!(place, part, "a figure is hidden because others would give it away");
                }
            }
        }
    }
    more.into_iter().filter(|spot| !rule.taken.contains(spot)).collect()
}

#[cfg(test)]
mod tests;
