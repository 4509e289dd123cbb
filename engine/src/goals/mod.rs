//! Goals: measurements → verdicts, reporting period by reporting period.
//!
//! Comes in: a goal, its answers, the tolerances. Goes out: a [`Judged`] goal with its points, its
//! aimline and a verdict with the numbers it rests on. It reads no file, no clock and no database;
//! the day of judgement is the closing day of the reporting period. What an audience may see is not
//! decided here: everything in this module is unprotected.

pub mod aimline;
pub mod verdict;

use jiff::civil::Date;

use crate::config::goals::{Baseline, GoalKind};
use crate::config::{Goal, PeriodId, Project};
use crate::metrics::ask::{Answer, Answers, Distribution, Group, Parts};
use crate::metrics::{Description, Direction, Output, PrivacyKind};

pub use aimline::Aimline;
pub use verdict::Verdict;

/// A goal's share in one period, for the whole population and its groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When.
    pub period: PeriodId,
    /// The closing day.
    pub on: Date,
    /// Everyone in the goal's population.
    pub all: Share,
    /// By grade and by program, where there is more than one.
    pub groups: Vec<(Group, Share)>,
    /// Whether these are the same children as in the point before: same school year.
    pub same_children: bool,
}

/// How many of how many, with what was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Students who count.
    pub met: u32,
    /// Students with the readings needed.
    pub of: u32,
    /// Students of the population on the closing day.
    pub population: u32,
    /// Wilson interval (0–1), as the metric gave it.
    pub interval: Option<(f64, f64)>,
    /// The median gain, for a growth goal.
    pub median: Option<f64>,
    /// Left out of the denominator, by reason key.
    pub left_out: Vec<(String, u32)>,
}

impl Share {
    /// `met / of`, 0–1; none for an empty group.
    pub fn value(&self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.met) / f64::from(self.of))
    }
}

/// A goal, judged as of one period. Unprotected.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The goal.
    pub goal: &'a Goal,
    /// The period reported on.
    pub now: PeriodId,
    /// Points by time; empty when nothing was measured.
    pub points: Vec<Point>,
    /// Where the goal starts from, if that could be found.
    pub start: Option<Start>,
    /// The line from start to target.
    pub aimline: Option<Aimline>,
    /// The verdict as of `now`.
    pub verdict: Verdict,
    /// Where the aimline stood on the closing day of `now` (0–1).
    pub expected: Option<f64>,
    /// Further students needed to reach the target with this many students: `⌈target·n⌉ − met`.
    pub more_students: Option<u32>,
    /// Counts by part.
    pub distributions: Vec<Distribution>,
    /// What the parts are.
    pub parts: Parts,
    /// What the metric says of itself, if it could be asked.
    pub metric: Option<Description>,
}

/// Where a goal starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// The day.
    pub on: Date,
    /// The share, 0–1.
    pub share: f64,
    /// The point it was computed from; none for a stated value.
    pub period: Option<PeriodId>,
}

impl Judged<'_> {
    /// The point of the period reported on.
    pub fn point_now(&self) -> Option<&Point> {
        self.points.iter().find(|p| p.period == self.now)
    }

    /// The last point before the period reported on that is no baseline of other children's.
    pub fn point_before(&self) -> Option<&Point> {
        self.points.iter().rev().find(|p| p.period < self.now)
    }
}

/// Judges one goal as of the period `now`.
pub fn judge<'a>(project: &Project, goal: &'a Goal, answers: Answers, now: PeriodId) -> Judged<'a> {
    let Answers { metric, result, distributions, parts } = answers;
    let mut judged = Judged {
        goal,
        now,
        points: Vec::new(),
        start: None,
        aimline: None,
        verdict: Verdict::NotEnoughData(verdict::Lack::NoReadings),
        expected: None,
        more_students: None,
        distributions,
        parts,
        metric,
    };
    let answers = match result {
        Ok(answers) => answers,
        Err(why) => {
            judged.verdict = Verdict::NotAvailable(why.to_string());
            return judged;
        }
    };
    let median = median_gain(goal, judged.metric.as_ref());
    let shown = output(goal, judged.metric.as_ref()).and_then(|place| points(project, &answers, (place, median)));
    judged.points = match shown {
        Ok(points) => points,
        Err(why) => {
            judged.verdict = Verdict::NotAvailable(why);
            return judged;
        }
    };
    judged.start = start(project, goal, &judged.points);
    judged.aimline = judged.start.as_ref().map(|start| {
        let interim = goal.interim.iter().map(|i| (project.calendar.period(i.period).closes, i.target));
        Aimline::new((start.on, start.share), interim, (goal.deadline, goal.target))
    });
    let on = project.calendar.period(now).closes;
    judged.expected = judged.aimline.as_ref().and_then(|line| line.at(on));
    let point = judged.points.iter().find(|p| p.period == now);
    judged.verdict = verdict::verdict(&project.judging, goal, point, judged.expected, on);
    judged.more_students = point.filter(|p| p.all.of > 0).map(|p| more_students(goal.target, p.all.met, p.all.of));
    judged
}

/// `⌈target·n⌉ − met`, never below zero. The product is rounded to nine places first, so that
/// 0.7 × 10 is 7 and not 7.000000000000001.
pub fn more_students(target: f64, met: u32, of: u32) -> u32 {
    let needed = ((target * f64::from(of) * 1e9).round() / 1e9).ceil();
    (needed as u32).saturating_sub(met)
}

/// Gathers the answers by period.
fn points(
    project: &Project,
    answers: &[Answer],
    (output, median): (usize, Option<usize>),
) -> Result<Vec<Point>, String> {
    let mut points: Vec<Point> = Vec::new();
    for chunk in answers.chunk_by(|a, b| a.period == b.period) {
        let period = chunk[0].period;
        let mut all = None;
        let mut groups = Vec::new();
        for answer in chunk {
            let share = share(answer, output, median)?;
            match &answer.group {
                Group::All => all = Some(share),
                group => groups.push((group.clone(), share)),
            }
        }
        let Some(all) = all else { continue };
        let same_children = points
            .last()
            .is_some_and(|before| project.calendar.period(before.period).year == project.calendar.period(period).year);
        points.push(Point { period, on: project.calendar.period(period).closes, all, groups, same_children });
    }
    Ok(points)
}

/// The place of the output that a goal is judged by: the one it names, else the first. It must be a
/// proportion, because targets are shares.
fn output(goal: &Goal, metric: Option<&Description>) -> Result<usize, String> {
    let outputs = metric.map_or(&[][..], |metric| &metric.outputs);
    let place = match &goal.output {
        None => 0,
        Some(key) => outputs.iter().position(|o| o.key == *key).ok_or_else(|| {
            let known: Vec<&str> = outputs.iter().map(|o| o.key.as_str()).collect();
            format!("its metric has no output “{key}” (it has: {})", known.join(", "))
        })?,
    };
    match outputs.get(place) {
        Some(found) if found.direction == Direction::Down => Err(format!(
            "less of its metric's output “{}” is better, and a goal is judged by a share that should rise",
            found.key
        )),
        Some(found) if found.privacy == PrivacyKind::Proportion => Ok(place),
        Some(found) => Err(format!(
            "its metric's output “{}” is a {}, and a goal is judged by a proportion",
            found.key,
            found.privacy.word()
        )),
        None => Err("its metric answered without a number".into()),
    }
}

/// The place of the median gain among the outputs of a growth goal's metric.
fn median_gain(goal: &Goal, metric: Option<&Description>) -> Option<usize> {
    let outputs = metric.filter(|_| is_growth(goal)).map(|metric| &metric.outputs)?;
    outputs.iter().position(|output| output.privacy == PrivacyKind::Quantile)
}

/// The share in a measurement.
fn share(answer: &Answer, output: usize, median: Option<usize>) -> Result<Share, String> {
    let outputs = &answer.measurement.outputs;
    let found: &Output = outputs.get(output).ok_or("its metric answered without a number")?;
    Ok(Share {
        met: found.numerator.ok_or("its metric's proportion has no numerator")?,
        of: found.denominator,
        population: answer.population,
        interval: found.interval,
        median: median.and_then(|place| outputs.get(place)).and_then(|o| o.value),
        left_out: answer.measurement.left_out.clone(),
    })
}

/// The goal's start: its stated value, or the share of its starting period.
fn start(project: &Project, goal: &Goal, points: &[Point]) -> Option<Start> {
    match goal.baseline {
        Baseline::Value { share, on } => Some(Start { on, share, period: None }),
        Baseline::Period(period) => {
            let point = points.iter().find(|p| p.period == period)?;
            Some(Start { on: project.calendar.period(period).closes, share: point.all.value()?, period: Some(period) })
        }
    }
}

/// Whether the goal is about growth of the same students.
pub fn is_growth(goal: &Goal) -> bool {
    matches!(goal.kind, GoalKind::MatchedGrowth { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_students_is_the_ceiling_and_never_negative() {
        // By hand: 0.75 · 54 = 40.5 → 41 students, 34 have it → 7 more.
        assert_eq!(more_students(0.75, 34, 54), 7);
        // 0.7 · 10 = 7 exactly; in binary 0.7 · 10 may come out a hair above.
        assert_eq!(more_students(0.7, 7, 10), 0);
        assert_eq!(more_students(0.58, 29, 50), 0);
        assert_eq!(more_students(0.5, 9, 10), 0);
    }
}
