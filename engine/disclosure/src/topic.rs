//! What a figure is about: which question, of whom, and when.
//!
//! Two figures with one topic are one figure, wherever they stand.

use std::collections::BTreeSet;

use termwise_config::goals::{Counting, Goal, Measured};
use termwise_config::{MeasureId, PeriodId};
use termwise_judging::ask::Group;
use termwise_judging::goals::Judged;

/// Where a figure stands: goal, part of it, period, group.
pub(super) type FigurePlace = (usize, Option<usize>, PeriodId, Group);

/// What a figure is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic {
    /// What is asked of each of them.
    pub question: String,
    /// The reporting period that it is about.
    pub period: PeriodId,
    /// Whose result it is.
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
pub(super) fn grades(judged: &Judged) -> Vec<String> {
    judged.by_grade.iter().map(|(grade, _)| grade.clone()).collect()
}

/// A goal with a number, or each of the parts of one.
pub(super) fn leaves<'a, 'b>(
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
