//! A hidden group is not the whole less its other parts, wherever in the report these stand.

use std::path::Path;

use termwise_config::goals::{Audience, Plan, Population};
use termwise_config::load::load;
use termwise_config::{PeriodId, Project};
use termwise_judging::ask::Group;
use termwise_judging::goals::align::Alignment;
use termwise_judging::goals::inquire::{Candidate, Others};
use termwise_judging::goals::{self, Found, Judged, Point, Verdict};

use crate::topic::Crowd;
use crate::{Cleared, Count, Figure, GoalFigures, Hiding, clear, clear_overview};

/// Two goals about reading: of these grades together, and of Grade 1.
fn project(grades: &[&str]) -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/prairie-crocus");
    let mut project = load(&root).0.expect("the sample");
    let reading = project.goals.iter().find(|goal| goal.id == "sb-reading-48").expect("a goal").clone();
    let two = [("wide", grades), ("own", &["1"][..])].map(|(id, grades)| {
        let grades = grades.iter().map(|grade| (*grade).to_owned()).collect();
        let population = Population { grades, ..Population::default() };
        let mut goal = termwise_config::Goal { id: id.into(), ..reading.clone() };
        if let Plan::Measured(plan) = &mut goal.plan {
            plan.population = population;
        }
        goal
    });
    project.goals = two.into();
    project
}

fn now(project: &Project) -> PeriodId {
    project.calendar.by_key("2025-26/P2").expect("the period")
}

fn judged<'a>(project: &'a Project, place: usize, of: u32, grades: &[(&str, u32)]) -> Judged<'a> {
    let goal = &project.goals[place];
    let mut judged =
        goals::judge_several(project, goal, (0, Vec::new()), (now(project), jiff::civil::date(2026, 3, 13)));
    let found = |of: u32| Found { met: Some(of / 2), of, population: of, ..Found::default() };
    let mut point = Point::plain(judged.now, project.calendar.period(judged.now).closes, found(of));
    point.groups = grades.iter().map(|(grade, of)| (Group::Grade((*grade).into()), found(*of))).collect();
    judged.points = vec![point];
    judged.verdict = Verdict::Behind;
    judged.by_grade = project.school(goal.school).grades.iter().map(|grade| (grade.clone(), 0)).collect();
    judged
}

fn cleared(grades: &[(&str, u32)], audience: Audience) -> Cleared<Vec<GoalFigures>> {
    let project = project(&grades.iter().map(|(grade, _)| *grade).collect::<Vec<_>>());
    let whole = judged(&project, 0, grades.iter().map(|(_, of)| of).sum(), grades);
    let own = judged(&project, 1, grades[0].1, &[]);
    clear(&project.privacy, audience, &[(0, &whole), (1, &own)])
}

fn hidden(figures: &GoalFigures) -> Vec<bool> {
    figures.points[0].groups.iter().map(|(_, figure)| *figure == Figure::Hidden).collect()
}

#[test]
fn a_group_without_a_goal_of_its_own_goes_with_a_small_one() {
    // Grade 3 is larger than Grade 1, but Grade 1 is a goal of its own.
    let found = cleared(&[("1", 20), ("2", 3), ("3", 40)], Audience::Staff);
    assert_eq!(hidden(&found[0]), [false, true, true]);
    assert!(matches!(found[1].now, Figure::Shown { of: 20, .. }));
    assert_eq!(found[1].hidden, None);
}

#[test]
fn a_goal_that_leaves_one_small_group_alone_is_hidden_and_says_so() {
    for audience in [Audience::Staff, Audience::ParentCouncil, Audience::Division] {
        // 23 less 20 are three children, also where no table says so.
        let found = cleared(&[("1", 20), ("2", 3)], audience);
        assert!(matches!(found[0].now, Figure::Shown { of: 23, .. }), "{audience:?}");
        assert_eq!((&found[1].now, found[1].hidden), (&Figure::Hidden, Some(Hiding::Beside)), "{audience:?}");
        assert!(hidden(&found[0]).iter().all(|hidden| *hidden), "{audience:?}");
        // Nothing small, nothing hidden.
        let found = cleared(&[("1", 20), ("2", 30)], audience);
        assert_eq!(found[1].hidden, None, "{audience:?}");
    }
}

#[test]
fn two_hidden_groups_that_are_small_together_take_a_third() {
    let found = cleared(&[("1", 20), ("2", 2), ("3", 2), ("4", 30)], Audience::Staff);
    assert_eq!(hidden(&found[0]), [false, true, true, true]);
}

fn candidates(project: &Project, groups: &[(&[&str], u32)]) -> Vec<Candidate> {
    let candidate = |(grades, of): &(&[&str], u32)| Candidate {
        area: "literacy".into(),
        population: Population { grades: grades.iter().map(|g| (*g).to_owned()).collect(), ..Population::default() },
        measure: project.goals[0].measures()[0],
        period: now(project),
        met: of / 2,
        of: *of,
        one_class: false,
        smallest: Some(0.1),
        others: Some(Others { met: 10, of: 30, chance: 0.3 }),
    };
    groups.iter().map(candidate).collect()
}

#[test]
fn candidates_do_not_give_a_hidden_group_away() {
    let project = project(&["1", "2"]);
    let school = project.goals[0].school;
    let (whole, own) = (judged(&project, 0, 23, &[("1", 20), ("2", 3)]), judged(&project, 1, 20, &[]));
    let shown = |goals: &Cleared<Vec<GoalFigures>>, groups: &[(&[&str], u32)]| -> Vec<(Vec<String>, bool)> {
        let all = candidates(&project, groups);
        let sheet = clear_overview(&project, (Audience::Leadership, school), goals, &[], Vec::new(), &all);
        assert_eq!(sheet.left_out, groups.len() - sheet.candidates.len());
        sheet.candidates.iter().map(|c| (c.population.grades.clone(), c.others.is_some())).collect()
    };
    let none = clear(&project.privacy, Audience::Leadership, &[]);
    // The whole less the other grade.
    assert_eq!(shown(&none, &[(&[], 23), (&["1"], 20), (&["2"], 3)]), [(vec![], true)]);
    // Two are left over, and nobody knows how they part.
    let found = shown(&none, &[(&[], 63), (&["1"], 20), (&["2"], 3), (&["3"], 40)]);
    assert_eq!(found.iter().map(|(grades, _)| grades.len()).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(found[1].0, ["3"]);
    // Where nothing is small, all are shown.
    assert_eq!(shown(&none, &[(&[], 60), (&["1"], 20), (&["2"], 40)]).len(), 3);
    // What a goal's table hides is no candidate.
    let goals = clear(&project.privacy, Audience::Leadership, &[(0, &whole), (1, &own)]);
    let found = shown(&goals, &[(&["1"], 20)]);
    assert_eq!(found, []);
}

/// 40 students in the goal's figure, 20 of them at level.
#[test]
fn a_goals_line_on_the_sheet_tells_no_few_students() {
    let project = project(&["1", "2"]);
    let school = project.goals[0].school;
    let whole = judged(&project, 0, 40, &[]);
    let sheet = |(met, students): (u32, u32), covered: u32, twice: u32| {
        let goals = clear(&project.privacy, Audience::Leadership, &[(0, &whole)]);
        let line = Alignment { goal: 0, students, met, teams: Vec::new(), covered, twice, best_case: Some(met + 5) };
        let sheet = clear_overview(&project, (Audience::Leadership, school), &goals, &[line], Vec::new(), &[]);
        let line = &sheet.alignment[0];
        (line.students, line.covered, line.twice, line.best_case)
    };
    let n = Count::Exactly;
    assert_eq!(sheet((20, 40), 30, 12), (Some(40), n(30), n(12), Some(0.63)));
    assert_eq!(sheet((20, 40), 0, 0), (Some(40), n(0), n(0), Some(0.63)));
    assert_eq!(sheet((20, 40), 40, 40), (Some(40), n(40), n(40), Some(0.63)), "all of them");
    // 40 less 36 and 30 less 26 are four; five may be told.
    assert_eq!(sheet((20, 40), 36, 12), (Some(40), Count::Untold, n(12), Some(0.63)));
    assert_eq!(sheet((20, 40), 35, 12), (Some(40), n(35), n(12), Some(0.63)));
    assert_eq!(sheet((20, 40), 30, 26), (Some(40), n(30), Count::Untold, Some(0.63)));
    assert_eq!(sheet((20, 40), 30, 4).2, Count::Fewer(5));
    // Counts of another figure than the one that is told are not told.
    assert_eq!(sheet((21, 40), 30, 12), (None, Count::Untold, Count::Untold, None));
    assert_eq!(sheet((20, 41), 30, 12), (None, Count::Untold, Count::Untold, None));
}

#[test]
fn the_people_of_a_goal_are_the_same_however_they_are_written() {
    let school = ["1", "2", "3"].map(str::to_owned);
    let population = |grades: &[&str], programs: &[&str]| Population {
        grades: grades.iter().map(|one| (*one).to_owned()).collect(),
        programs: programs.iter().map(|one| (*one).to_owned()).collect(),
        ..Population::default()
    };
    let crowd =
        |grades: &[&str], programs: &[&str], group: &Group| Crowd::of(&population(grades, programs), &school, group);
    let all = Group::All;
    assert_eq!(crowd(&["3", "1", "2", "1"], &[], &all), crowd(&[], &[], &all), "every grade is the school");
    assert_eq!(crowd(&["2", "1"], &[], &all), crowd(&["1", "2", "2"], &[], &all));
    assert_ne!(crowd(&["1", "2"], &[], &all), crowd(&[], &[], &all));
    assert_eq!(crowd(&["1", "2"], &["North"], &Group::Grade("1".into())), crowd(&["1"], &["North"], &all));
    assert_eq!(crowd(&["1"], &[], &Group::Program("North".into())), crowd(&["1"], &["North"], &all));
    // Of a school whose grades nobody named, no list is the whole.
    assert_eq!(Crowd::of(&population(&["1"], &[]), &[], &all).grades, ["1"]);
}
