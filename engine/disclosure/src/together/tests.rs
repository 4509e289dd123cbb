//! Each rule, broken on purpose in cleared figures of the sample's own goals: both places are named.

use std::path::Path;

use termwise_config::load::load;
use termwise_judging::goals::align::Alignment;
use termwise_judging::goals::smart::{Fact, Letter, Smart};
use termwise_judging::goals::verdict::Lack;
use termwise_judging::goals::{self, Found, Judged, Point, Verdict};

use super::*;
use crate::{Bound, Count, clear, clear_overview};

const NOW: &str = "2025-26/P2";
/// Grades 4–8 in reading.
const READING: &str = "sb-reading-48";
/// Grades 4–8 in problem solving: one class has results.
const PROBLEM: &str = "sb-problem-48";

fn project() -> Project {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/prairie-crocus")).0.expect("the sample")
}

fn place(project: &Project, id: &str) -> usize {
    project.goals.iter().position(|goal| goal.id == id).expect("a goal of the sample")
}

/// A goal with a figure in November and in March.
fn judged<'a>(project: &'a Project, id: &str, (met, of, population): (u32, u32, u32), one_class: bool) -> Judged<'a> {
    let now = project.calendar.by_key(NOW).expect("the period");
    let goal = &project.goals[place(project, id)];
    let mut judged = goals::judge_several(project, goal, (0, Vec::new()), (now, jiff::civil::date(2026, 3, 13)));
    let found = |met: u32, of: u32| Found { met: Some(met), of, population, one_class, ..Found::default() };
    let point = |key: &str, found: Found| {
        let period = project.calendar.by_key(key).expect("a period");
        Point::plain(period, project.calendar.period(period).closes, found)
    };
    let left_out = vec![("missing".to_owned(), population - of)];
    judged.points = vec![point("2025-26/P1", found(met - 2, of)), point(NOW, Found { left_out, ..found(met, of) })];
    judged.verdict = if 2 * of < population { Verdict::NotEnoughData(Lack::LowCoverage) } else { Verdict::Behind };
    judged.by_grade = project.school(goal.school).grades.iter().map(|grade| (grade.clone(), 0)).collect();
    judged.smart = Smart {
        letters: vec![
            Letter { letter: 'S', facts: vec![Fact::Population(population)] },
            Letter { letter: 'M', facts: vec![Fact::Readings { of, population, enough: true }] },
        ],
    };
    judged
}

/// What is found of both goals for one audience, after a test has altered what was cleared.
fn found(
    audience: Audience,
    goals: impl FnOnce(&mut Vec<GoalFigures>),
    sheet: impl FnOnce(&mut Overview),
) -> Vec<Breach> {
    let project = project();
    let all = [judged(&project, READING, (93, 128, 140), false), judged(&project, PROBLEM, (16, 25, 140), true)];
    let places = [READING, PROBLEM].map(|id| place(&project, id));
    let mine: Vec<(usize, &Judged)> = places.into_iter().zip(&all).collect();
    let school = project.goals[places[0]].school;
    let cleared = clear(&project.privacy, audience, &mine);
    let line = |goal: usize, (met, students): (u32, u32)| Alignment {
        goal,
        students,
        met,
        teams: Vec::new(),
        covered: 0,
        twice: 0,
        best_case: Some(met),
    };
    let alignment = [line(places[0], (93, 128)), line(places[1], (16, 25))];
    let overview = (audience == Audience::Leadership)
        .then(|| clear_overview(&project, (audience, school), &cleared, &alignment, Vec::new(), &[]).altered(sheet));
    let cleared = cleared.altered(goals);
    breaches(&project, &[Source { audience, plc: None, school, goals: &cleared, overview: overview.as_ref() }])
}

fn leaked(audience: Audience, change: impl FnOnce(&mut Vec<GoalFigures>)) -> Vec<Breach> {
    found(audience, change, |_| {})
}

/// One of these says all of this.
fn told(found: &[Breach], texts: &[&str]) {
    let said = |breach: &Breach| format!("{} {} {} {}", breach.message, breach.two[0].1, breach.two[1].1, breach.help);
    let any = found.iter().any(|breach| texts.iter().all(|text| said(breach).contains(text)));
    assert!(any, "{texts:?} is not in {found:#?}");
}

fn shown(value: f64, of: u32) -> Figure {
    Figure::Shown { value, bound: Bound::Exact, of, met: None, interval: None, ahead: None }
}

#[test]
fn what_was_cleared_has_no_breach() {
    for audience in Audience::ALL {
        assert_eq!(leaked(audience, |_| {}), [], "{audience:?}");
    }
}

#[test]
fn what_is_hidden_in_one_place_is_told_in_no_other() {
    // The same question about the same students, in another goal of the report.
    let breaches = leaked(Audience::Staff, |goals| {
        assert_eq!(goals[1].points[1].figure, Figure::Hidden, "one class");
        goals[0].0.points[1].groups.clear();
        goals[0].0.goal = goals[1].goal;
        goals[0].0.points[1].figure = shown(0.64, 25);
    });
    told(&breaches, &["hidden in one place and printed in another", PROBLEM, NOW]);
}

#[test]
fn two_values_of_one_figure_are_a_breach() {
    let breaches = leaked(Audience::Staff, |goals| {
        goals[1].0.goal = goals[0].goal;
        goals[1].0.points[1].figure = shown(0.64, 25);
    });
    told(&breaches, &["printed with two values", READING, NOW]);
}

#[test]
fn the_leaderships_sheet_tells_no_more_than_the_goal() {
    let breaches = found(
        Audience::Leadership,
        |_| {},
        |sheet| {
            assert_eq!(sheet.alignment[1].now, Figure::Hidden);
            assert_eq!(sheet.alignment[0].best_case, Some(0.73));
            sheet.alignment[1].best_case = Some(0.64);
            sheet.alignment[0].covered = Count::Exactly(126);
        },
    );
    told(&breaches, &["says more about “sb-problem-48”", "add up to", "goal “sb-problem-48”"]);
    told(&breaches, &["Two counts on the leadership sheet", READING]);
}

#[test]
fn counts_that_give_a_third_one_are_a_breach() {
    // 128 are counted.
    let breaches = leaked(Audience::Staff, |goals| goals[0].0.smart[0].facts = vec![Fact::Population(131)]);
    told(&breaches, &["give away a third one, which is hidden", "goal “sb-reading-48”"]);
    // “Fewer than 5”, beside those who belong.
    let breaches = leaked(Audience::Plc, |goals| goals[0].0.left_out = vec![("missing".into(), Count::Fewer(5))]);
    told(&breaches, &["give away a third one, which is hidden"]);
}

#[test]
fn the_whole_less_what_is_shown_is_a_breach() {
    let breaches = leaked(Audience::Staff, |goals| {
        let grade = |grade: &str| Group::Grade(grade.into());
        goals[0].0.points[1].groups =
            vec![(grade("4"), Figure::Hidden), (grade("5"), shown(0.7, 60)), (grade("6"), shown(0.7, 65))];
    });
    told(&breaches, &["the whole minus the groups", "grade 4", "goal “sb-reading-48”, 2025-26/P2"]);
}
