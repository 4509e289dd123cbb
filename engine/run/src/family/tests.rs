//! Each rule of the pass, broken on purpose in reports of the sample's own goals: both places are named.

use std::path::Path;

use termwise_config::load::load;
use termwise_disclosure::Count;
use termwise_judging::goals::align::Alignment;
use termwise_judging::goals::smart::{Fact, Letter, Smart};
use termwise_judging::goals::verdict::Lack;
use termwise_judging::goals::{self, Found, Judged, Point, Verdict};
use termwise_reading::dataset::Dataset;
use termwise_reports::compose::{self, Beside, Origin, Subject};
use termwise_reports::templates::TemplateRoots;

use super::*;
use crate::words;

const NOW: &str = "2025-26/P2";
/// Grades 4–8 in reading: a decision and a strategy that ended.
const READING: &str = "sb-reading-48";
/// Grades 4–8 in problem solving: one class has results.
const PROBLEM: &str = "sb-problem-48";

fn project() -> Project {
    let (project, problems) = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/prairie-crocus"));
    let mut project = project.unwrap_or_else(|| panic!("{problems:?}"));
    let reading = project.goals.iter_mut().find(|goal| goal.id == READING).expect("the goal");
    reading.decisions.push(termwise_config::goals::Decision {
        on: jiff::civil::date(2026, 1, 20),
        meeting: "Staff meeting".into(),
        text: "Look at the reading block again".into(),
        audiences: vec![Audience::Staff],
    });
    project
}

fn place(project: &Project, id: &str) -> usize {
    project.goals.iter().position(|goal| goal.id == id).expect("a goal of the sample")
}

/// A goal with a figure in November and in March.
fn judged<'a>(project: &'a Project, id: &str, (met, of, population): (u32, u32, u32), one_class: bool) -> Judged<'a> {
    let now = project.calendar.by_key(NOW).expect("the period");
    let goal = &project.goals[place(project, id)];
    let mut judged = goals::judge_several(project, goal, Vec::new(), (now, jiff::civil::date(2026, 3, 13)));
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

/// An edition, which a test may alter.
struct Edition {
    path: String,
    from: Rc<Sources>,
    model: Model,
}

fn editions(project: &Project, alter: impl Fn(Audience, &mut Vec<GoalFigures>)) -> Vec<Edition> {
    let now = project.calendar.by_key(NOW).expect("the period");
    let all = [judged(project, READING, (93, 128, 140), false), judged(project, PROBLEM, (16, 25, 140), true)];
    let places = [READING, PROBLEM].map(|id| place(project, id));
    let school = project.goals[places[0]].school;
    let team = project.plcs.iter().find(|plc| plc.id == "berry-middle").expect("the team");
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
    let words = words(&TemplateRoots::of_project(&project.root), "en").expect("the dictionary");
    let audiences = [
        (Audience::Staff, None),
        (Audience::Plc, Some(team)),
        (Audience::ParentCouncil, None),
        (Audience::Leadership, None),
    ];
    let dataset = Dataset::default();
    let each = audiences.into_iter().map(|(audience, plc)| {
        let mine: Vec<(usize, &Judged)> = places.into_iter().zip(&all).collect();
        let goals = disclosure::clear(&project.privacy, audience, &mine);
        let overview = (audience == Audience::Leadership)
            .then(|| disclosure::clear_overview(project, (audience, school), &goals, &alignment, Vec::new(), &[]));
        let goals = goals.altered(|goals| alter(audience, goals));
        let subject = Subject { school, audience, plc, now, own: None };
        let names = disclosure::clear_names(project, &dataset, (audience, plc), now);
        let beside = Beside { overview: overview.as_ref(), names: &names };
        let origin =
            Origin { code: "12345678", made: jiff::civil::date(2026, 4, 15), files: &[], edits: &[], record: "0" };
        let model = compose::compose(project, &subject, &goals, &words, &beside, &origin);
        let id = audience.id();
        let report = format!("out/{NOW}/saskatoon-berry/{id}.*.pdf");
        let parts = vec![Source { school, goals, overview, trials: BTreeSet::new() }];
        let from = Sources::new(&report, (audience, plc), now, parts);
        Edition { path: report.replace('*', "en"), from, model }
    });
    each.collect()
}

fn check(project: &Project, editions: &[Edition]) -> Vec<(Vec<String>, String)> {
    let page = |edition: &'_ Edition| -> (String, Rc<Sources>, Model) {
        (edition.path.clone(), Rc::clone(&edition.from), edition.model.clone())
    };
    let pages: Vec<_> = editions.iter().map(page).collect();
    let pages: Vec<Page<'_>> = pages.iter().map(|(path, from, model)| Page { path, from, model }).collect();
    super::check(project, &pages, Date::MAX)
        .into_iter()
        .map(|refusal| (refusal.reports.into_iter().collect(), refusal.problem.to_string()))
        .collect()
}

/// Breaks a model of one audience; what is told of it.
fn broken(audience: Audience, change: impl Fn(&mut Model)) -> Vec<(Vec<String>, String)> {
    let project = project();
    let mut editions = editions(&project, |_, _| {});
    let edition = editions.iter_mut().find(|edition| edition.from.audience == audience).expect("an edition");
    change(&mut edition.model);
    check(&project, &editions)
}

/// Breaks the cleared figures of one audience.
fn leaked(audience: Audience, change: impl Fn(&mut Vec<GoalFigures>)) -> Vec<(Vec<String>, String)> {
    let project = project();
    let altered = editions(&project, |known, goals| {
        if known == audience {
            change(goals);
        }
    });
    check(&project, &altered)
}

/// There is one refusal, of these reports, that says all of this.
fn told(found: &[(Vec<String>, String)], reports: &[&str], texts: &[&str]) {
    let wanted: Vec<String> = reports.iter().map(|id| format!("out/{NOW}/saskatoon-berry/{id}.*.pdf")).collect();
    let found = found.iter().filter(|(reports, _)| *reports == wanted);
    let any = found.clone().any(|(_, text)| texts.iter().all(|part| text.contains(part)));
    assert!(any, "{texts:?} of {reports:?} is not in {:#?}", found.collect::<Vec<_>>());
}

fn goal<'a>(model: &'a mut Model, id: &str) -> &'a mut GoalModel {
    model.goals.iter_mut().find(|goal| goal.id == id).expect("the goal")
}

#[test]
fn sound_reports_pass_and_give_one_reason_to_everybody() {
    let project = project();
    let mut editions = editions(&project, |_, _| {});
    assert_eq!(check(&project, &editions), []);
    for edition in &mut editions {
        let verdict = &goal(&mut edition.model, PROBLEM).verdict;
        assert_eq!((verdict.key, verdict.ground), ("not-enough-data", Some("low-coverage")), "{}", edition.path);
        let hidden = edition.from.parts[0].goals[1].now == Figure::Hidden;
        assert_eq!(verdict.hidden_by, hidden.then_some("one-class"), "{}", edition.path);
    }
}

#[test]
fn two_verdicts_of_one_goal_are_refused() {
    let found = broken(Audience::ParentCouncil, |model| goal(model, READING).verdict.key = "watch");
    told(
        &found,
        &["parent-council", "staff"],
        &["two verdicts", "staff.en.pdf, goal “sb-reading-48”: behind", ": watch"],
    );
    let found = broken(Audience::Leadership, |model| goal(model, PROBLEM).verdict.ground = Some("no-readings"));
    told(&found, &["leadership", "staff"], &["for two reasons", "(low-coverage)", "(no-readings)"]);
}

#[test]
fn what_is_hidden_names_its_rule() {
    let found = broken(Audience::ParentCouncil, |model| {
        let verdict = &mut goal(model, READING).verdict;
        (verdict.key, verdict.ground) = ("not-shown", None);
    });
    told(&found, &["parent-council", "staff"], &["no rule for it is named", "staff.en.pdf"]);
    let found = broken(Audience::Staff, |model| goal(model, PROBLEM).verdict.hidden_by = None);
    told(&found, &["staff"], &["no rule for it is named", PROBLEM]);
}

#[test]
fn what_is_hidden_in_one_place_is_printed_in_no_other() {
    // The same question about the same students, in another goal of the report.
    let found = leaked(Audience::Staff, |goals| {
        let (mut twin, hidden) = (goals[1].clone(), goals[1].points[1].figure == Figure::Hidden);
        assert!(hidden, "one class");
        twin.points[1].figure = Figure::Shown {
            value: 0.64,
            bound: disclosure::Bound::Exact,
            of: 25,
            met: None,
            interval: None,
            ahead: None,
        };
        goals.push(twin);
    });
    told(&found, &["staff"], &["hidden in one place and printed in another", PROBLEM, NOW]);
    let found = broken(Audience::Staff, |model| {
        let progress = goal(model, PROBLEM).progress.as_mut().expect("a chart");
        progress.points[1].y = Some(0.64);
    });
    told(&found, &["staff"], &["shows what is hidden", "chart", PROBLEM]);
    let found = broken(Audience::Leadership, |model| {
        model.figures_csv = model
            .figures_csv
            .replace(&format!("{PROBLEM},{NOW},all,,hidden,"), &format!("{PROBLEM},{NOW},all,0.64,exact,25"));
    });
    told(&found, &["leadership"], &["attached figures", PROBLEM]);
}

#[test]
fn the_leaderships_sheet_tells_no_more_than_the_goal() {
    let project = project();
    let mut editions = editions(&project, |_, _| {});
    let last = editions.iter_mut().find(|edition| edition.from.audience == Audience::Leadership).expect("the sheet");
    let sources = Rc::get_mut(&mut last.from).expect("one edition");
    let part = &mut sources.parts[0];
    assert_eq!(part.overview.as_ref().expect("a sheet").alignment[1].now, Figure::Hidden);
    assert_eq!(part.overview.as_ref().expect("a sheet").alignment[0].best_case, Some(0.73));
    part.overview = part.overview.take().map(|overview| {
        overview.altered(|overview| {
            overview.alignment[1].best_case = Some(0.64);
            overview.alignment[0].covered = Count::Exactly(126);
        })
    });
    let found = check(&project, &editions);
    told(&found, &["leadership"], &["tells more of “sb-problem-48”", "add up to", "goal “sb-problem-48”"]);
    told(&found, &["leadership"], &["Two counts of the leadership's sheet", READING]);
}

#[test]
fn counts_that_give_a_third_one_are_refused() {
    // 128 are counted.
    let found = leaked(Audience::Staff, |goals| goals[0].smart[0].facts = vec![Fact::Population(131)]);
    told(&found, &["staff"], &["give a third one that is hidden", "goal “sb-reading-48”"]);
    // “Fewer than 5”, beside those who belong.
    let found = leaked(Audience::Plc, |goals| goals[0].left_out = vec![("missing".into(), Count::Fewer(5))]);
    told(&found, &["plc"], &["give a third one that is hidden"]);
}

#[test]
fn the_whole_less_what_is_shown_is_refused() {
    let found = leaked(Audience::Staff, |goals| {
        let shown = |of| Figure::Shown {
            value: 0.7,
            bound: disclosure::Bound::Exact,
            of,
            met: None,
            interval: None,
            ahead: None,
        };
        let grade = |grade: &str| Group::Grade(grade.into());
        goals[0].points[1].groups =
            vec![(grade("4"), Figure::Hidden), (grade("5"), shown(60)), (grade("6"), shown(65))];
    });
    told(&found, &["staff"], &["the whole less the groups", "grade 4", "goal “sb-reading-48”, 2025-26/P2"]);
}

#[test]
fn strategies_and_decisions_stand_in_their_time() {
    let found = broken(Audience::ParentCouncil, |model| goal(model, READING).strategies[0].key = "under-way".into());
    told(&found, &["parent-council"], &["printed as under way on 2026-03-13", "strategy 1"]);
    let found = broken(Audience::Staff, |model| {
        let decision = &mut goal(model, READING).decisions[0];
        assert_eq!(decision.before_on.as_deref(), Some("2025-11-21"));
        assert_eq!(decision.since_on, ["2026-03-13"]);
        decision.since_on.insert(0, "2025-11-21".into());
    });
    told(&found, &["staff"], &["results of another time", "decision of 2026-01-20"]);
    let found = broken(Audience::Staff, |model| goal(model, READING).decisions[0].goal = "Another".into());
    told(&found, &["staff"], &["results of another time or goal"]);
}

#[test]
fn sentences_point_at_what_is_there_and_are_whole() {
    let found = broken(Audience::Leadership, |model| goal(model, READING).verdict.shown_by = Some("panel"));
    told(&found, &["leadership"], &["points at a table that this report does not have"]);
    let found = broken(Audience::ParentCouncil, |model| goal(model, READING).why_short = "From Grade 4 on.".into());
    told(&found, &["parent-council"], &["The why of “sb-reading-48” was cut", "why-short"]);
}

#[test]
fn a_statement_of_another_target_is_refused() {
    let mut project = project();
    let reading = place(&project, READING);
    project.goals[reading].first.target = 0.70;
    let mut editions = editions(&project, |_, goals| goals[0].aim.target = 0.65);
    assert_eq!(percents("75 % of 12,5% and 3 points"), [75.0, 12.5]);
    let found = check(&project, &editions);
    told(&found, &["staff"], &["another target than the one in force", "statement", READING]);
    // One that has it is printed.
    for edition in &mut editions {
        goal(&mut edition.model, READING).statement = "By spring, 65% will read at level.".into();
    }
    assert!(!check(&project, &editions).iter().any(|(_, text)| text.contains("another target")));
}
