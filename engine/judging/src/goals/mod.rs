//! Goals: measurements → verdicts, reporting period by reporting period.
//!
//! Comes in: a goal, its answers, the tolerances. Goes out: a [`Judged`] goal with its points, its
//! aimline and a verdict with the numbers it rests on. It reads no file, no clock and no database; the day of
//! judgement is given ([`term`]). A goal that has ended is judged by the result that decided it, whatever came
//! later. What an audience may see is not decided here: everything in this module is unprotected.

pub mod aimline;
pub mod align;
pub mod chance;
pub mod decide;
pub mod fits;
pub mod inquire;
mod misfit;
mod narrative;
pub mod panel;
mod points;
mod several;
pub mod smart;
pub mod term;
pub mod verdict;

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_config::goals::{Aim, Audience, Baseline, Counting, Measured};
use termwise_config::{Goal, MeasureId, PeriodId, Project};
use termwise_metric::{Cause, Description, Unavailable, english};

use crate::ask::{Answer, Answers, Distribution, Group, Parts};
use crate::moves::Moves;
use crate::window;

pub use aimline::{Aimline, Clock};
pub use decide::Decidable;
pub use narrative::judge_narrative;
pub use panel::Panel;
pub use points::{Ahead, Break, Found, Point, Start, Unit};
pub use several::judge_several;
pub use smart::{Past, Pool, Smart};
pub use term::{Term, open, term};
pub use termwise_config::goals::Way;
pub use verdict::{Missing, Verdict};

/// One part in 10⁹: less than any two shares of people differ by, more than binary rounding adds up to.
pub const ROUNDING: f64 = 1e-9;

/// What staff said of one statement of a survey, survey by survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belief {
    /// The statement.
    pub measure: MeasureId,
    /// When, who agreed, who answered; by time.
    pub surveys: Vec<(PeriodId, u32, u32)>,
}

/// A goal, judged as of one period. Unprotected.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The goal.
    pub goal: &'a Goal,
    /// The period that its figures are about: the one reported on, or the one that decided a goal that has ended.
    pub now: PeriodId,
    /// Whether the deadline has passed, so that the verdict stays.
    pub ended: bool,
    /// The day of judgement.
    pub day: Date,
    /// The day up to which amendments count.
    pub agreed: Date,
    /// Another verdict that an audience was given as the final one: its key, and the day; set by the run.
    pub was_final: BTreeMap<Audience, (String, Date)>,
    /// Points after the one that decided it, for a goal that has ended; they change nothing.
    pub later: Vec<Point>,
    /// What its figures are.
    pub unit: Unit,
    /// Which way is better.
    pub way: Way,
    /// The deadline in force.
    pub deadline: Date,
    /// What it aims at as of `now`; none for a goal with parts or without a number.
    pub aim: Option<Aim>,
    /// Points by time; empty when nothing was measured.
    pub points: Vec<Point>,
    /// Whether all points are of one line; growth over times of different length is not.
    pub one_line: bool,
    /// The last period before that is measured with the same yardstick.
    pub before: Option<PeriodId>,
    /// Where the goal starts from, if that could be found.
    pub start: Option<Start>,
    /// The line from start to target.
    pub aimline: Option<Aimline>,
    /// The verdict as of `now`.
    pub verdict: Verdict,
    /// What each rule says.
    pub panel: Panel,
    /// Where the aimline stood on the closing day of `now`, in the goal's unit (shares are 0–1).
    pub expected: Option<f64>,
    /// How far from the line was still near it, in the goal's unit.
    pub tolerance: Option<f64>,
    /// The chance of a figure so good if nothing had changed since the start (0–1).
    pub chance: Option<f64>,
    /// Further students needed to reach the target with this many students.
    pub more_students: Option<u32>,
    /// Whether the figure reaches what was agreed first, where that was amended since.
    pub first_met: Option<bool>,
    /// Counts by part.
    pub distributions: Vec<Distribution>,
    /// What the parts are.
    pub parts: Parts,
    /// What the metric says of itself, if it could be asked.
    pub metric: Option<Description>,
    /// Who is behind the change since the point before.
    pub moves: Option<Moves>,
    /// The SMART check, letter by letter.
    pub smart: Smart,
    /// What so many students can decide.
    pub decidable: Option<Decidable>,
    /// The parts of a goal with several measures.
    pub several: Vec<Judged<'a>>,
    /// For a narrative goal: place of the latest judgement.
    pub judgement: Option<usize>,
    /// What staff said of the statements beside the goal's why.
    pub beliefs: Vec<Belief>,
    /// How many were asked in a staff survey, by reporting period.
    pub asked: BTreeMap<PeriodId, u32>,
    /// Students of the school with a result now, by grade.
    pub by_grade: Vec<(String, u32)>,
    /// Observations that are others now than when the last reports were issued; set by the run.
    pub corrected: u32,
}

impl<'a> Judged<'a> {
    /// A goal of which nothing is known yet.
    fn blank(project: &Project, goal: &'a Goal, term: &Term) -> Self {
        Self {
            goal,
            now: term.at,
            ended: term.ended,
            day: term.day,
            agreed: term.agreed,
            was_final: BTreeMap::new(),
            later: Vec::new(),
            unit: Unit::Share,
            way: Way::Up,
            deadline: term.deadline,
            aim: goal.aim(term.agreed).cloned(),
            points: Vec::new(),
            one_line: true,
            before: None,
            start: None,
            aimline: None,
            verdict: Verdict::NotEnoughData(verdict::Lack::NoReadings),
            panel: Panel::default(),
            expected: None,
            tolerance: None,
            chance: None,
            more_students: None,
            first_met: None,
            distributions: Vec::new(),
            parts: Parts::Bands(Vec::new()),
            metric: None,
            moves: None,
            smart: Smart::default(),
            decidable: None,
            several: Vec::new(),
            judgement: None,
            beliefs: Vec::new(),
            asked: project.school(goal.school).staff_asked.clone(),
            by_grade: Vec::new(),
            corrected: 0,
        }
    }

    /// Whether a result of this period is measured with the same yardstick as that of `now`.
    fn alike(&self, project: &Project, period: PeriodId) -> bool {
        self.goal.kind().is_none_or(|kind| window::alike(project, kind, period, self.now))
    }

    /// The point of the period reported on.
    pub fn point_now(&self) -> Option<&Point> {
        self.points.iter().find(|p| p.period == self.now)
    }

    /// The last point before the period reported on that is measured with the same yardstick.
    pub fn point_before(&self) -> Option<&Point> {
        self.points.iter().find(|p| Some(p.period) == self.before)
    }
}

/// Judges one goal in its term; `past` is what its metric found before the goal began, here and in the
/// division's other schools.
pub fn judge<'a>(project: &Project, goal: &'a Goal, answers: Answers, past: &Past, term: &Term) -> Judged<'a> {
    let mut judged = Judged::blank(project, goal, term);
    let Answers { metric, result, distributions, parts, given, never_read, moves, by_grade, population } = answers;
    let anybody = population > 0;
    (judged.metric, judged.distributions, judged.parts, judged.moves) = (metric, distributions, parts, moves);
    judged.by_grade = by_grade;
    let known = smart::Known { population, given: &given, never_read: &never_read, past };
    match figures(project, &mut judged, result) {
        Ok(()) => hold(project, &mut judged, anybody),
        Err(why) => judged.verdict = Verdict::NotAvailable(Missing::Told(why)),
    }
    judged.decidable = decide::decidable(project, &judged);
    judged.smart = smart::check(project, &judged, &known);
    judged
}

/// From answers to points.
fn figures(project: &Project, judged: &mut Judged<'_>, result: Result<Vec<Answer>, Unavailable>) -> Result<(), String> {
    let Some(plan) = judged.goal.measured() else { return Ok(()) };
    // A target above 1 is no share, whatever the metric that is not there would have said.
    let known = points::unit(plan, judged.metric.as_ref());
    let number = || judged.aim.as_ref().is_some_and(|aim| aim.target > 1.0).then(|| Unit::Steps(String::new()));
    judged.unit = known.or_else(number).unwrap_or(Unit::Share);
    let output = points::output(plan, judged.metric.as_ref()).map_err(|misfit| misfit.why);
    if let Ok(output) = &output {
        (judged.unit, judged.way) = (output.unit.clone(), output.way);
    }
    // Why a metric is not there says more than what it would have been asked for.
    let (answers, output) = (result.map_err(|why| why.to_string())?, output?);
    if let Some(why) = unanswered(judged, plan, &answers, output.place) {
        return Err(why);
    }
    judged.points = points::points(project, plan, &answers, &output)?;
    judged.one_line = points::one_line(project, judged);
    judged.start = points::start(project, judged, &judged.points);
    let earlier = judged.points.iter().rev().map(|p| p.period).filter(|period| *period < judged.now);
    judged.before = earlier.into_iter().find(|period| judged.alike(project, *period));
    Ok(())
}

/// Why a metric that counted students has no number for them, where it says so: levels have no mean.
fn unanswered(judged: &Judged<'_>, plan: &Measured, answers: &[Answer], output: usize) -> Option<String> {
    let now = answers.iter().find(|answer| answer.group == Group::All && answer.period == judged.now)?;
    let found = &now.measurement;
    let own = found.outputs.get(output)?;
    if own.value.is_some() || own.denominator == 0 || found.notes.is_empty() {
        return None;
    }
    let metric = judged.metric.as_ref()?;
    let said = |note: &String| metric.messages.iter().find(|(key, _)| key == note).map(|(_, texts)| english(texts));
    let said: Vec<&str> = found.notes.iter().filter_map(said).map(|text| text.trim_end_matches('.')).collect();
    let told = Unavailable {
        plugin: plan.metric.clone(),
        metric: Some(english(&metric.title).to_owned()),
        cause: Cause::Refused(said.join("; ")),
    };
    Some(told.to_string())
}

/// The period of the last result after the start of a goal that has ended: it decides. `answers` reach up to the
/// deciding period; none if there is no result after the start.
pub fn last_result(project: &Project, goal: &Goal, answers: &Answers, term: &Term) -> Option<PeriodId> {
    let mut judged = Judged::blank(project, goal, term);
    judged.metric.clone_from(&answers.metric);
    figures(project, &mut judged, answers.result.clone()).ok()?;
    let aim = judged.aim.as_ref()?;
    let after = |point: &&Point| {
        let from = match &aim.baseline {
            Baseline::Period(period) => point.period > *period,
            Baseline::Value { on, .. } => point.on > *on,
            Baseline::FirstFull(_) => judged.start.as_ref().is_none_or(|start| point.on > start.on),
        };
        from && judged.alike(project, point.period) && point.all.value().is_some()
    };
    judged.points.iter().rev().find(after).map(|point| point.period)
}

/// Points of later periods than the one that decided a goal that has ended. Up to the end they are of results that
/// could not decide it: of one side of a gap, or of growth over another time.
pub fn later(project: &Project, judged: &Judged<'_>, answers: &Answers) -> Vec<Point> {
    let Some(plan) = judged.goal.measured() else { return Vec::new() };
    let Ok(output) = points::output(plan, judged.metric.as_ref()) else { return Vec::new() };
    let Ok(found) = &answers.result else { return Vec::new() };
    let points = points::points(project, plan, found, &output).unwrap_or_default();
    let last = term::deciding(project, judged.deadline);
    let after = |period: PeriodId| last.is_none_or(|last| period > last);
    points
        .into_iter()
        .filter(|point| point.period > judged.now)
        .map(|point| Point { groups: Vec::new(), after: after(point.period), ..point })
        .collect()
}

/// Holds the figure against target and line.
fn hold(project: &Project, judged: &mut Judged<'_>, anybody: bool) {
    let Some((plan, aim)) = judged.goal.measured().zip(judged.aim.clone()) else { return };
    let (calendar, now, way) = (&project.calendar, judged.now, judged.way);
    let on = calendar.period(now).closes;
    let clock = Clock { calendar, school: plan.school, instructional: project.judging.instructional_days };
    if let Some((start, changed)) =
        judged.start.as_ref().and_then(|start| Some((start, points::instrument_since(project, plan, start.on, on)?)))
    {
        judged.verdict = Verdict::NotAvailable(Missing::Instrument(changed.0, changed.1, start.on));
        return;
    }
    // Growth until March and growth until June are no points of one line.
    let mine = |period: PeriodId| points::one_line(project, judged) || judged.alike(project, period);
    let own = aim.interim.iter().find(|i| i.period == now && !points::ends_alike(project, judged));
    let own = own.filter(|_| !points::one_line(project, judged)).map(|interim| interim.target);
    let aimline = judged.start.as_ref().filter(|_| own.is_none()).map(|start| {
        let interim = aim.interim.iter().filter(|i| mine(i.period));
        let interim = interim.map(|i| (calendar.period(i.period).closes, i.target));
        Aimline::new((start.on, start.value), interim, (aim.deadline, aim.target))
    });
    let expected: Vec<Option<f64>> = judged
        .points
        .iter()
        .map(|point| match &aimline {
            Some(line) if mine(point.period) => line.at(point.on, clock),
            _ => own.filter(|_| point.period == now),
        })
        .collect();
    judged.expected = own.or_else(|| aimline.as_ref().and_then(|line| line.at(on, clock)));
    judged.aimline = aimline;
    judged.points.iter_mut().zip(expected).for_each(|(point, expected)| point.expected = expected);
    let point = judged.points.iter().find(|p| p.period == now).cloned();
    let tolerance = point.as_ref().map_or(0.0, |point| points::tolerance(&project.judging, judged, &point.all));
    let start = judged.start.as_ref();
    let chance = point.as_ref().zip(start).and_then(|(point, start)| points::chance(judged, &point.all, start));
    let series = points::series(project, judged, clock);
    let opens = plan.kind.since().is_some_and(|from| calendar.period(now).id == from);
    let (verdict, panel) = verdict::verdict(&verdict::Held {
        judging: &project.judging,
        aim: &aim,
        way,
        on,
        point: point.as_ref(),
        is_start: start.is_some_and(|start| start.on >= on),
        ended: judged.ended,
        anybody,
        opens,
        unlike: start.is_none() && !points::one_line(project, judged),
        expected: judged.expected,
        asked_so_far: start.zip(judged.expected).map_or(0.0, |(start, line)| way.sign() * (line - start.value)),
        tolerance,
        chance,
        series: &series,
    });
    let first_aim = &plan.aims.first;
    let amended = aim.target != first_aim.target || aim.deadline != first_aim.deadline;
    let amended = amended && (points::one_line(project, judged) || points::ends_alike(project, judged));
    // What was agreed first is held against its own deadline.
    let first = if judged.day > first_aim.deadline {
        let last = term::deciding(project, first_aim.deadline);
        let after = |p: &&Point| Some(p.period) <= last && start.is_none_or(|start| p.on > start.on);
        judged.points.iter().rev().find(after)
    } else {
        point.as_ref()
    };
    let reached = |value: f64| way.sign() * (value - first_aim.target) >= -ROUNDING;
    judged.first_met = first.filter(|_| amended).and_then(|point| point.all.value()).map(reached);
    judged.more_students = point.as_ref().and_then(|point| match point.all.met {
        Some(met) if point.all.of > 0 && judged.unit == Unit::Share => {
            Some(more_students(way, aim.target, met, point.all.of))
        }
        _ => None,
    });
    (judged.verdict, judged.panel, judged.tolerance) = (verdict, panel, point.map(|_| tolerance));
    judged.chance = chance;
}

/// `⌈target·n⌉ − met`, never below zero; for a share that should fall `met − ⌊target·n⌋`. The product is
/// rounded to nine places first, so that 0.7 × 10 is 7 and not 7.000000000000001.
pub fn more_students(way: Way, target: f64, met: u32, of: u32) -> u32 {
    let exact = (target * f64::from(of) * 1e9).round() / 1e9;
    match way {
        Way::Up => (exact.ceil() as u32).saturating_sub(met),
        Way::Down => met.saturating_sub(exact.floor() as u32),
    }
}

/// Whether the goal is about growth of the same students.
pub fn is_growth(kind: &Counting) -> bool {
    matches!(kind, Counting::MatchedGrowth { .. })
}

/// The last day of classes that a figure of a period may come from.
pub(crate) fn closes(project: &Project, period: PeriodId) -> Date {
    project.calendar.period(period).closes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_students_is_the_ceiling_and_never_negative() {
        let up = |target, met, of| more_students(Way::Up, target, met, of);
        // By hand: 0.75 · 54 = 40.5 → 41 students, 34 have it → 7 more.
        assert_eq!(up(0.75, 34, 54), 7);
        // 0.7 · 10 = 7 exactly; in binary 0.7 · 10 may come out a hair above.
        assert_eq!(up(0.7, 7, 10), 0);
        assert_eq!(up(0.58, 29, 50), 0);
        assert_eq!(up(0.5, 9, 10), 0);
        // At most 10 % of 54 is 5 students; 9 are away too often, so 4 fewer.
        assert_eq!(more_students(Way::Down, 0.1, 9, 54), 4);
        assert_eq!(more_students(Way::Down, 0.1, 5, 54), 0);
    }
}
