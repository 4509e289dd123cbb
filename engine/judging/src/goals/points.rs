//! From a metric's answers to the points of a goal: which output it is judged by, in which unit, and what
//! stands between two points.

use jiff::civil::Date;

use termwise_base::problem::nearest;
use termwise_config::goals::{Aim, Baseline, Counting, Measured, Way};
use termwise_config::{Judging, PeriodId, Project};
use termwise_metric::{Description, Direction, Output, OutputSpec, PrivacyKind};

use crate::ask::{Answer, Group};
use crate::window;

use super::chance::{self, From};
use super::misfit::Misfit;
use super::panel::{Series, Step};
use super::{Clock, Judged, closes, is_growth};

/// What a goal's figures are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A part of the students, 0–1.
    Share,
    /// The difference of two shares: 0.01 is a percentage point.
    Difference,
    /// The distance between the shares of two groups, whichever of them is ahead: its size.
    Gap,
    /// Levels or points of a scale; the metric's own word for it, as in `points`.
    Steps(String),
}

/// A goal's figure in one period, for the whole population and its groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The period of the figure.
    pub period: PeriodId,
    /// The closing day.
    pub on: Date,
    /// Everyone in the goal's population.
    pub all: Found,
    /// By grade and by program, where there is more than one.
    pub groups: Vec<(Group, Found)>,
    /// Whether these are the same children as in the point before: same school year.
    pub same_children: bool,
    /// What changed between the point before and this one.
    pub broken: Option<Break>,
    /// Whether it is measured with the same yardstick as the point before: growth over a window as long.
    pub alike: bool,
    /// Where the aimline stood on that day, in the goal's unit (shares are 0–1).
    pub expected: Option<f64>,
    /// Whether it came after the goal had ended.
    pub after: bool,
}

impl Point {
    /// A point without groups, joined to nothing.
    pub fn plain(period: PeriodId, on: Date, all: Found) -> Self {
        let (groups, broken, expected) = (Vec::new(), None, None);
        Self { period, on, all, groups, same_children: false, broken, alike: true, expected, after: false }
    }
}

/// Why two points cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// Another instrument: from, to.
    Instrument(String, String),
    /// Another expectation table: its title.
    Table(String),
}

/// A figure with what was left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The figure in the unit of the metric's output, where it is no share of `of`; of a gap its size.
    pub number: Option<f64>,
    /// Who is ahead, for a gap that is not nothing.
    pub ahead: Option<Ahead>,
    /// Students who count, for a share.
    pub met: Option<u32>,
    /// Students with the readings needed.
    pub of: u32,
    /// Students of the population on the closing day.
    pub population: u32,
    /// The lower and upper end of its interval, in the figure's unit, as the metric gave them.
    pub interval: Option<(f64, f64)>,
    /// The median gain in steps of the measure's scale, for a growth goal.
    pub median: Option<f64>,
    /// What the figure is made of: (students who count, students), as the metric declares it.
    pub rests_on: Vec<(u32, u32)>,
    /// Whether the group is one class, whose figure would be its teacher's.
    pub one_class: bool,
    /// Left out of the denominator, by reason key.
    pub left_out: Vec<(String, u32)>,
}

impl Found {
    /// The figure; none for an empty group.
    pub fn value(&self) -> Option<f64> {
        match self.met {
            Some(met) => (self.of > 0).then(|| f64::from(met) / f64::from(self.of)),
            None => self.number,
        }
    }

    /// Students in the smallest group that the figure tells of.
    pub fn fewest(&self) -> u32 {
        self.rests_on.iter().map(|(_, of)| *of).min().unwrap_or(self.of)
    }
}

/// Which of two groups is ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// The first that the goal names in `compare`.
    First,
    /// The second.
    Second,
}

impl Ahead {
    /// The size of a gap, first side less second, and who is ahead.
    pub fn of(difference: f64) -> (f64, Option<Self>) {
        let ahead = match difference {
            first if first > 0.0 => Some(Self::First),
            second if second < 0.0 => Some(Self::Second),
            _ => None,
        };
        (difference.abs(), ahead)
    }

    /// 1 where the first group is ahead, −1 where the second is: first side less second again.
    pub fn sign(self) -> f64 {
        match self {
            Self::First => 1.0,
            Self::Second => -1.0,
        }
    }
}

/// Where a goal starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// The day.
    pub on: Date,
    /// The figure in the goal's unit (shares are 0–1); of a gap its size.
    pub value: f64,
    /// Who was ahead, for a gap.
    pub ahead: Option<Ahead>,
    /// The point it was computed from; none for a stated value.
    pub point: Option<Point>,
}

/// The output that a goal is judged by.
pub(super) struct Chosen {
    pub(super) place: usize,
    median: Option<usize>,
    rests_on: Vec<usize>,
    pub(super) unit: Unit,
    pub(super) way: Way,
}

/// What the figures of a goal are, as far as its metric says so, whatever else may be wrong with the goal.
pub(super) fn unit(goal: &Measured, metric: Option<&Description>) -> Option<Unit> {
    let metric = metric?;
    unit_of(goal, metric.outputs.get(metric.judged_by(goal)?)?)
}

/// What the numbers of an output are; none if no goal can be judged by it.
fn unit_of(goal: &Measured, output: &OutputSpec) -> Option<Unit> {
    match output.privacy {
        PrivacyKind::Proportion => Some(Unit::Share),
        PrivacyKind::Difference if goal.compare.is_some() => Some(Unit::Gap),
        PrivacyKind::Difference => Some(Unit::Difference),
        PrivacyKind::Mean | PrivacyKind::Quantile => Some(Unit::Steps(output.unit.clone())),
        PrivacyKind::Count | PrivacyKind::Distribution => None,
    }
}

/// The output that a goal names, else the one that is meant.
pub(super) fn output(goal: &Measured, metric: Option<&Description>) -> Result<Chosen, Misfit> {
    let outputs = metric.map_or(&[][..], |metric| &metric.outputs);
    let place = match (metric.and_then(|metric| metric.judged_by(goal)), &goal.output) {
        (Some(place), _) => place,
        (None, None) => 0,
        (None, Some(key)) => {
            let known: Vec<&str> = outputs.iter().map(|o| o.key.as_str()).collect();
            let hint = match nearest(key, known.iter().copied()).first() {
                Some(near) => format!("Did you mean “{near}”?"),
                None => "Name one of its outputs, or leave `output` out for the first.".to_owned(),
            };
            let why = format!("its metric has no output “{key}” (it has: {})", known.join(", "));
            return Err(Misfit::new("output", why, hint));
        }
    };
    let Some(found) = outputs.get(place) else {
        return Err(Misfit::new("metric", "its metric answered without a number", "Choose another metric."));
    };
    let Some(unit) = unit_of(goal, found) else {
        let why = format!(
            "its metric's output “{}” is a {}, and a goal is judged by a share, a difference of shares, a median \
             or a mean",
            found.key,
            found.privacy.word()
        );
        return Err(Misfit::new("output", why, "Name another output of the metric as `output`."));
    };
    let way = match (found.direction, goal.direction) {
        // A gap is there to narrow.
        (Direction::Neither, None | Some(Way::Down)) if unit == Unit::Gap => Way::Down,
        (Direction::Neither, Some(Way::Up)) if unit == Unit::Gap => {
            let why = "its `direction` is “up”, but a gap is meant to narrow";
            let hint = "Remove `direction`. The target is the size that the gap may have.";
            return Err(Misfit::new("direction", why, hint));
        }
        (Direction::Up, None | Some(Way::Up)) => Way::Up,
        (Direction::Down, None | Some(Way::Down)) => Way::Down,
        (Direction::Neither, Some(way)) => way,
        (Direction::Neither, None) => {
            let why = format!(
                "its metric does not say which way of “{}” is better; write `direction = \"up\"` or \"down\"",
                found.key
            );
            return Err(Misfit::new(
                "metric",
                why,
                "Add `direction = \"up\"` if more is better, or \"down\" if less is.",
            ));
        }
        (Direction::Up | Direction::Down, Some(_)) => {
            let why = format!("its `direction` is not that of its metric's output “{}”", found.key);
            return Err(Misfit::new("direction", why, "Remove `direction`: the metric says which way is better."));
        }
    };
    let median =
        if is_growth(&goal.kind) { outputs.iter().position(|o| o.privacy == PrivacyKind::Quantile) } else { None };
    let by_key = |key: &String| outputs.iter().position(|output| output.key == *key);
    let rests_on = found.rests_on.iter().filter_map(by_key).collect();
    Ok(Chosen { place, median, rests_on, unit, way })
}

/// Gathers the answers by period.
pub(super) fn points(
    project: &Project,
    goal: &Measured,
    answers: &[Answer],
    output: &Chosen,
) -> Result<Vec<Point>, String> {
    let mut points: Vec<Point> = Vec::new();
    for chunk in answers.chunk_by(|a, b| a.period == b.period) {
        let period = chunk[0].period;
        let mut all = None;
        let mut groups = Vec::new();
        for answer in chunk {
            let found = found(answer, output)?;
            match &answer.group {
                Group::All => all = Some(found),
                group => groups.push((group.clone(), found)),
            }
        }
        let Some(all) = all else { continue };
        let before = points.last();
        let same_children =
            before.is_some_and(|p| project.calendar.period(p.period).year == project.calendar.period(period).year);
        let broken = before.and_then(|before| broken(project, goal, before.period, period));
        let alike = before.is_none_or(|before| window::alike(project, &goal.kind, before.period, period));
        let on = closes(project, period);
        points.push(Point { period, on, all, groups, same_children, broken, alike, expected: None, after: false });
    }
    Ok(points)
}

/// The figure in a measurement.
fn found(answer: &Answer, output: &Chosen) -> Result<Found, String> {
    let outputs = &answer.measurement.outputs;
    let found: &Output = outputs.get(output.place).ok_or("its metric answered without a number")?;
    let rests_on = output.rests_on.iter().filter_map(|place| outputs.get(*place));
    let share = output.unit == Unit::Share;
    if share && found.numerator.is_none() {
        return Err("its metric's proportion has no numerator".into());
    }
    let number = found.value.filter(|_| !share);
    let gap = output.unit == Unit::Gap;
    Ok(Found {
        number: if gap { number.map(f64::abs) } else { number },
        ahead: number.filter(|_| gap).and_then(|number| Ahead::of(number).1),
        met: found.numerator.filter(|_| share),
        of: if share { found.denominator } else { found.contributors },
        population: answer.population,
        interval: found.interval,
        median: output.median.and_then(|place| outputs.get(place)).and_then(|o| o.value),
        rests_on: rests_on.map(|o| (o.numerator.unwrap_or(0), o.denominator)).collect(),
        one_class: answer.one_class,
        left_out: answer.measurement.left_out.clone(),
    })
}

/// What changed between two periods that makes their figures different things.
fn broken(project: &Project, goal: &Measured, before: PeriodId, now: PeriodId) -> Option<Break> {
    let day = |period| closes(project, period);
    if let Some((from, to)) = instrument_since(project, goal, day(before), day(now)) {
        return Some(Break::Instrument(from, to));
    }
    // Growth is counted in steps of the scale, whatever is expected.
    if is_growth(&goal.kind) {
        return None;
    }
    goal.measures.iter().find_map(|measure| {
        let table = |period| project.measures.expectation(*measure, &project.calendar, period);
        let (old, new) = (table(before)?, table(now)?);
        (old.from != new.from && old.lines != new.lines).then(|| Break::Table(new.title.clone()))
    })
}

/// The first change of an instrument of the goal's measures after one day and up to another: from, to.
pub(super) fn instrument_since(project: &Project, goal: &Measured, from: Date, to: Date) -> Option<(String, String)> {
    goal.measures.iter().find_map(|measure| {
        let measure = project.measures.measure(*measure);
        let (old, new) = (measure.instrument(from)?, measure.instrument(to)?);
        (old != new).then(|| (old.to_owned(), new.to_owned()))
    })
}

/// The goal's start: its stated value, or the figure of its starting period. For a goal about growth it is that of
/// a window as long as the one that is reported on, in the same school year; a stated value is taken to be that of
/// the window in which the goal ends.
pub(super) fn start(project: &Project, judged: &Judged<'_>, points: &[Point]) -> Option<Start> {
    let (kind, aim) = (judged.goal.kind()?, judged.aim.as_ref()?);
    let of = |point: &Point| {
        let value = point.all.value()?;
        let on = closes(project, point.period);
        Some(Start { on, value, ahead: point.all.ahead, point: Some(point.clone()) })
    };
    let at = |period: PeriodId| points.iter().find(|p| p.period == period).and_then(of);
    // A window is nothing to hold itself against, unless the goal starts with it.
    let itself =
        |baseline: &Baseline| !matches!(baseline, Baseline::Period(p) | Baseline::FirstFull(p) if *p == judged.now);
    let like = |baseline: &Baseline| {
        let like = window::like_start(project, kind, baseline, judged.now);
        like.filter(|period| *period != judged.now || !itself(baseline)).and_then(at)
    };
    // Where growth is counted from, nothing is held against anything yet.
    let opens = kind.since().is_some_and(|from| project.calendar.period(judged.now).id == from);
    match &aim.baseline {
        Baseline::Period(period) if opens => at(*period),
        Baseline::Value { value, on } => {
            if opens || one_line(project, judged) || ends_alike(project, judged) {
                let (size, ahead) = if judged.unit == Unit::Gap { Ahead::of(*value) } else { (*value, None) };
                return Some(Start { on: *on, value: size, ahead, point: None });
            }
            like(&aim.baseline)
        }
        baseline @ Baseline::Period(period) => {
            if one_line(project, judged) {
                at(*period)
            } else {
                like(baseline)
            }
        }
        Baseline::FirstFull(from) => {
            let full = |p: &&Point| {
                f64::from(p.all.of) >= project.judging.full_coverage * f64::from(p.all.population) - 1e-9
                    && p.all.of > 0
            };
            let first = points.iter().filter(|p| p.period >= *from).find(full)?;
            if one_line(project, judged) { of(first) } else { like(&Baseline::FirstFull(first.period)) }
        }
    }
}

/// Whether all results of the goal are points of one line: it is not about growth, or its figure adds up from a
/// start within the school year, as a median gain since November does.
pub(super) fn one_line(project: &Project, judged: &Judged<'_>) -> bool {
    let Some(from) = judged.goal.kind().and_then(Counting::since) else { return true };
    let Some(Aim { baseline: Baseline::Value { on, .. }, .. }) = &judged.aim else { return false };
    let year = &project.calendar.period(judged.now).year;
    let opens = project.calendar.of_year(year).next().map(|first| project.calendar.period(first).opens);
    let closes = project.calendar.by_key(&format!("{year}/{from}")).map(|from| closes(project, from));
    let within = opens.is_some_and(|opens| *on >= opens) && closes.is_some_and(|closes| *on <= closes);
    within && matches!(judged.unit, Unit::Steps(_))
}

/// Whether the goal ends in a window as long as the one that is reported on: then the target is its target.
pub(super) fn ends_alike(project: &Project, judged: &Judged<'_>) -> bool {
    super::term::deciding(project, judged.deadline).is_none_or(|last| judged.alike(project, last))
}

/// How far from the line is still near it, in the goal's unit.
pub(super) fn tolerance(judging: &Judging, judged: &Judged<'_>, found: &Found) -> f64 {
    match judged.unit {
        Unit::Share | Unit::Difference | Unit::Gap => {
            judging.tolerance_points.max(judging.tolerance_students / f64::from(found.fewest().max(1)))
        }
        Unit::Steps(_) => judged.goal.measured().and_then(|plan| plan.tolerance).unwrap_or_else(|| {
            let line = judged.start.as_ref().zip(judged.aim.as_ref());
            let way = line.map_or(0.0, |(start, aim)| (aim.target - start.value).abs());
            judging.tolerance_part * way
        }),
    }
}

/// The chance of a figure so good if nothing had changed since the start.
pub(super) fn chance(judged: &Judged<'_>, found: &Found, start: &Start) -> Option<f64> {
    let value = found.value()?;
    let then = start.point.as_ref().map(|point| &point.all);
    let error = |found: &Found| match judged.unit {
        Unit::Steps(_) => found.interval.map(|(low, high)| ((high - low) / (2.0 * Z)).powi(2)),
        _ => Some(found.rests_on.iter().map(|side| chance::variance(*side)).sum()),
    };
    match judged.unit {
        Unit::Share => {
            let from = then.map_or(Some(From::Stated(start.value)), |then| Some(From::Counted(then.met?, then.of)));
            Some(chance::if_nothing_changed((found.met?, found.of), from?, judged.way))
        }
        Unit::Gap => {
            let variance: f64 = error(found)? + then.map_or(Some(0.0), error)?;
            (variance > 0.0).then(|| chance::normal_within(value, start.value, variance.sqrt()))
        }
        Unit::Difference | Unit::Steps(_) => {
            let variance: f64 = error(found)? + then.map_or(Some(0.0), error)?;
            let change = judged.way.sign() * (value - start.value);
            (variance > 0.0).then(|| chance::normal_at_least(change / variance.sqrt()))
        }
    }
}

/// Half the width of a 95 % interval in standard errors.
const Z: f64 = 1.959_964;

/// The points that the rule panel looks at: since the start, with enough students, and on one side of the
/// last break.
pub(super) fn series(project: &Project, judged: &Judged<'_>, clock: Clock) -> Series {
    let (Some(start), Some(line), Some(aim)) = (&judged.start, &judged.aimline, &judged.aim) else {
        return Series::default();
    };
    let alike = |p: &&Point| one_line(project, judged) || judged.alike(project, p.period);
    let since = judged.points.iter().filter(|p| p.on > start.on && p.period <= judged.now);
    let since: Vec<&Point> = since.filter(alike).collect();
    let from = since.iter().rposition(|p| p.broken.is_some() && p.period > since[0].period).unwrap_or(0);
    let mut series = Series { sign: judged.way.sign(), target: aim.target, ..Series::default() };
    let Some(first) = since.get(from).map(|p| p.on) else { return series };
    let days = |day: Date| f64::from(first.until(day).map_or(0, |span| span.get_days()));
    series.deadline = days(aim.deadline);
    for point in &since[from..] {
        let (Some(value), Some(expected)) = (point.all.value(), line.at(point.on, clock)) else { continue };
        if point.all.fewest() < project.judging.minimum_students {
            continue;
        }
        series.steps.push(Step {
            day: days(point.on),
            value,
            ahead: judged.way.sign() * (value - expected),
            tolerance: tolerance(&project.judging, judged, &point.all),
        });
    }
    series
}
