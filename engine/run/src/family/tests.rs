//! Each rule of the pass, broken on purpose in reports of the sample's own goals: both places are named.

use std::path::Path;

use termwise_config::goals::Plan;
use termwise_config::load::load;
use termwise_judging::goals::align::Alignment;
use termwise_judging::goals::smart::{Fact, Letter, Smart};
use termwise_judging::goals::verdict::Lack;
use termwise_judging::goals::{self, Found, Judged, Point, Verdict};
use termwise_judging::roll::Roll;
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

/// A report of the school, by its name.
fn report(name: &str) -> ReportId {
    ReportId { period: NOW.to_owned(), school: "saskatoon-berry".to_owned(), name: name.to_owned() }
}

/// An edition, which a test may alter.
struct Made {
    edition: Edition,
    from: Rc<Sources>,
    model: Model,
}

fn editions(project: &Project) -> Vec<Made> {
    editions_of(project, |_| {})
}

/// The same of goals that a test has altered.
fn editions_of(project: &Project, alter: impl Fn(&mut Judged)) -> Vec<Made> {
    let now = project.calendar.by_key(NOW).expect("the period");
    let mut all = [judged(project, READING, (93, 128, 140), false), judged(project, PROBLEM, (16, 25, 140), true)];
    all.iter_mut().for_each(alter);
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
        let subject = Subject { school, audience, plc, now, own: None };
        let names = disclosure::clear_names(&Roll::new(project, &dataset), (audience, plc), now);
        let beside = Beside { overview: overview.as_ref(), names: &names };
        let origin =
            Origin { code: "12345678", made: jiff::civil::date(2026, 4, 15), files: &[], edits: &[], record: "0" };
        let model = compose::compose(project, &subject, &goals, &words, &beside, &origin);
        let id = audience.id();
        let report = report(id);
        let parts = vec![SchoolFigures { school, goals, overview, trials: BTreeSet::new() }];
        let from = Sources::new(&report, (audience, plc), now, parts);
        Made { edition: report.edition("en.pdf").expect("an edition"), from, model }
    });
    each.collect()
}

fn check(project: &Project, editions: &[Made]) -> Vec<(Vec<ReportId>, String)> {
    let page = |Made { edition, from, model }: &'_ Made| (edition.clone(), Rc::clone(from), model.clone());
    let pages: Vec<_> = editions.iter().map(page).collect();
    let pages: Vec<Page<'_>> = pages.iter().map(|(edition, from, model)| Page { edition, from, model }).collect();
    super::check(project, &pages, Date::MAX)
        .into_iter()
        .map(|refusal| (refusal.reports.into_iter().collect(), refusal.problem.to_string()))
        .collect()
}

/// Breaks a model of one audience; what is told of it.
fn broken(audience: Audience, change: impl Fn(&mut Model)) -> Vec<(Vec<ReportId>, String)> {
    let project = project();
    let mut editions = editions(&project);
    let edition = editions.iter_mut().find(|edition| edition.from.audience == audience).expect("an edition");
    change(&mut edition.model);
    check(&project, &editions)
}

/// There is one refusal, of these reports, that says all of this.
fn told(found: &[(Vec<ReportId>, String)], reports: &[&str], texts: &[&str]) {
    let wanted: Vec<ReportId> = reports.iter().map(|id| report(id)).collect();
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
    let mut editions = editions(&project);
    assert_eq!(check(&project, &editions), []);
    for edition in &mut editions {
        let verdict = &goal(&mut edition.model, PROBLEM).verdict;
        assert_eq!((verdict.key, verdict.ground), ("not-enough-data", Some("low-coverage")), "{}", edition.edition);
        let hidden = edition.from.parts[0].goals[1].now == Figure::Hidden;
        assert_eq!(verdict.hidden_by, hidden.then_some("one-class"), "{}", edition.edition);
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
fn what_is_hidden_is_on_no_chart_and_in_no_attachment() {
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
    let Plan::Measured(plan) = &mut project.goals[reading].plan else { panic!("{READING} is measured") };
    plan.aims.first.target = 0.70;
    let mut editions = editions_of(&project, |judged| {
        if judged.goal.id == READING {
            judged.aim.as_mut().expect("an aim").target = 0.65;
        }
    });
    assert_eq!(percents("75 % of 12,5% and 3 points"), [75.0, 12.5]);
    let found = check(&project, &editions);
    told(&found, &["staff"], &["another target than the one in force", "statement", READING]);
    // One that has it is printed.
    for edition in &mut editions {
        goal(&mut edition.model, READING).statement = "By spring, 65% will read at level.".into();
    }
    assert!(!check(&project, &editions).iter().any(|(_, text)| text.contains("another target")));
}
