//! The goals' questions: from each metric's description to its table, and its answers back.
//!
//! Comes in: the roll, a goal or a [`Question`], and what each metric wants to see. Goes out: [`Answers`].

use std::collections::BTreeMap;

use termwise_config::goals::{Counting, Measured, Population};
use termwise_config::{MeasureId, PeriodId};
use termwise_metric::{
    Cause, Description, Kind, Measurement, Metrics, Moment, Parameter, Parameters, PrivacyKind, Unavailable,
};
use termwise_reading::dataset::PersonId;

use crate::distribution::{count_parts, parts_of};
use crate::moves::Moves;
use crate::population::{Whose, split};
use crate::question::{Question, Span};
use crate::roll::{Member, Roll};
use crate::table::{Asked, table};
use crate::window::alike;

pub use crate::distribution::{Distribution, Parts};
pub use crate::population::Group;

/// What a plugin found for one group in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The period whose results it looked at.
    pub period: PeriodId,
    /// The group that it is about.
    pub group: Group,
    /// Students of the group enrolled on the period's closing day (respondents for a survey).
    pub population: u32,
    /// Whether the group is one class, whose figure would be its teacher's.
    pub one_class: bool,
    /// The plugin's numbers.
    pub measurement: Measurement,
}

/// Everything that was found for one goal.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What the metric says of itself, where it got so far.
    pub metric: Option<Description>,
    /// One answer per period and group, by time, then group; or why there are none.
    pub result: Result<Vec<Answer>, Unavailable>,
    /// Distributions by measure, then period (share goals only).
    pub distributions: Vec<Distribution>,
    /// What their parts are.
    pub parts: Parts,
    /// Periods of the past in which anybody of the population has a reading, also before the baseline.
    pub given: Vec<PeriodId>,
    /// Measures of which nobody in the school has ever had a reading.
    pub never_read: Vec<MeasureId>,
    /// Who is behind the change since the period before.
    pub moves: Option<Moves>,
    /// Students of the school's programs that the goal is about who have a reading now, by grade.
    pub by_grade: Vec<(String, u32)>,
    /// How many belong to the population on the day that counts for the period.
    pub population: u32,
}

/// More measures than this no metric is tried with.
const MOST_MEASURES: usize = 4;

/// Asks one goal's plugin about every period and group, in one call.
pub fn ask(roll: &Roll<'_>, plan: &Measured, now: PeriodId, metrics: &mut dyn Metrics) -> Answers {
    let parts = parts_of(roll.project, plan, now);
    let mut distributions = Vec::new();
    let (metric, result) = match metrics.describe(&plan.metric) {
        Err(why) => (None, Err(why)),
        Ok(metric) => {
            let question = Question::of(roll.project, plan, now);
            let groups = groups(roll, &question, &metric);
            if matches!(plan.kind, Counting::Share { .. }) {
                for Asked { span, rows, .. } in groups.iter().filter(|asked| asked.group == Group::All) {
                    let of = |measure: &MeasureId| count_parts(roll, (*measure, span.period), rows, &parts);
                    distributions.extend(plan.measures.iter().map(of));
                }
            }
            let result = answers(roll, &question, &metric, groups, metrics);
            (Some(metric), result)
        }
    };
    distributions.sort_by_key(|d| (d.measure, d.period));
    let given: Vec<PeriodId> = (0..=now.0)
        .map(PeriodId)
        .filter(|period| roll.has_readings(&plan.measures, *period, &roll.members(plan, *period)))
        .collect();
    let moves = match (&metric, &result) {
        (Some(metric), Ok(answers)) => moves(roll, plan, (metric, answers), now, metrics),
        _ => None,
    };
    let never_read = plan.measures.iter().copied().filter(|measure| !roll.is_read(*measure)).collect();
    Answers {
        metric,
        result,
        distributions,
        parts,
        given,
        never_read,
        moves,
        by_grade: by_grade(roll, plan, now),
        population: u32::try_from(roll.members(plan, now).len()).unwrap_or(u32::MAX),
    }
}

/// Who is behind the change since the last period before that is measured with the same yardstick; none if there is none.
fn moves(
    roll: &Roll<'_>,
    plan: &Measured,
    (metric, answers): (&Description, &[Answer]),
    now: PeriodId,
    metrics: &mut dyn Metrics,
) -> Option<Moves> {
    let all = || answers.iter().filter(|answer| answer.group == Group::All);
    let measured = |before: &&Answer| before.period < now && alike(roll.project, &plan.kind, before.period, now);
    let before = all().filter(measured).map(|answer| answer.period).max()?;
    let counted = if plan.population.staff || plan.metric == "share-at-or-above" {
        None
    } else {
        let whole = |period: PeriodId| all().find(|answer| answer.period == period).map(|answer| &answer.measurement);
        let mut who = |period| counted(roll, plan, metric, (period, whole(period)?), metrics);
        who(before).zip(who(now))
    };
    let counts = |period: PeriodId, person: PersonId| {
        let (then, here) = counted.as_ref()?;
        if period == now { here } else { then }.get(&person).copied()
    };
    let known: Option<&dyn Fn(PeriodId, PersonId) -> Option<bool>> =
        if counted.is_some() { Some(&counts) } else { None };
    Some(Moves::between(roll, plan, (before, now), known))
}

/// Of whom the goal's share is made in a period: everybody of whom the metric knows, and whether they count. The
/// metric is asked about one student at a time; the answers stay in this stage. None if its figure is no share, or
/// if what it says of each does not add up to what it says of all: then it does not count students one by one.
fn counted(
    roll: &Roll<'_>,
    plan: &Measured,
    metric: &Description,
    (period, whole): (PeriodId, &Measurement),
    metrics: &mut dyn Metrics,
) -> Option<BTreeMap<PersonId, bool>> {
    let place = metric.judged_by(plan)?;
    if metric.outputs.get(place)?.privacy != PrivacyKind::Proportion {
        return None;
    }
    let mut question = Question::of(roll.project, plan, period);
    question.spans.retain(|span| span.period == period);
    let all = groups(roll, &question, metric).into_iter().find(|asked| asked.group == Group::All);
    let rows = all.into_iter().flat_map(|asked| asked.rows).filter(|row| row.now);
    let span = question.spans.first()?;
    let mine: Vec<Asked<'_, '_>> = rows.map(|row| Asked { span, group: Group::All, rows: vec![row] }).collect();
    let found = measurements(roll, &question, metric, &mine, metrics).ok()?;
    let counts = |(asked, found): (&Asked<'_, '_>, Measurement)| {
        let output = found.outputs.get(place)?;
        (output.denominator == 1).then_some((asked.rows[0].person, output.numerator? > 0))
    };
    let counted: BTreeMap<PersonId, bool> = mine.iter().zip(found).filter_map(counts).collect();
    let whole = whole.outputs.get(place)?;
    let met = counted.values().filter(|counts| **counts).count();
    let adds_up = whole.denominator as usize == counted.len() && whole.numerator.map(|n| n as usize) == Some(met);
    adds_up.then_some(counted)
}

/// Students with a reading on the goal's first measure, by grade: how many there would be in a goal about
/// more grades.
fn by_grade(roll: &Roll<'_>, plan: &Measured, now: PeriodId) -> Vec<(String, u32)> {
    let (Some(measure), false) = (plan.measures.first(), plan.population.staff) else { return Vec::new() };
    let whole = Population { grades: Vec::new(), ..plan.population.clone() };
    let everybody = roll.members(Whose { population: &whole, ..Whose::from(plan) }, now);
    let read = |m: &&Member| roll.reading(*measure, now, m.person).is_some();
    let count = |grade: &String| everybody.iter().filter(|m| m.grade == grade).filter(read).count();
    let grades = &roll.project.school(plan.school).grades;
    grades.iter().map(|grade| (grade.clone(), u32::try_from(count(grade)).unwrap_or(u32::MAX))).collect()
}

/// What a metric finds in the latest period of a question that has results: everybody and the groups.
pub fn latest(roll: &Roll<'_>, question: &Question, metrics: &mut dyn Metrics) -> Vec<Answer> {
    let Ok(metric) = metrics.describe(&question.metric) else { return Vec::new() };
    let by_time = question.spans.iter().rev().map(|span| groups_in(roll, question, &metric, span));
    let last = by_time.into_iter().find(|groups| !groups.is_empty()).unwrap_or_default();
    answers(roll, question, &metric, last, metrics).unwrap_or_default()
}

/// How many measures the goal's metric would take, if it refuses as many as the goal names whatever the results:
/// it is asked about a group without anybody.
pub fn measures_taken(
    roll: &Roll<'_>,
    plan: &Measured,
    metric: &Description,
    metrics: &mut dyn Metrics,
) -> Option<usize> {
    let last = roll.project.calendar.periods.len().checked_sub(1).map(PeriodId)?;
    let first = *plan.measures.first()?;
    let asked = Question::in_periods(roll.project, plan, &[last]);
    let mut refused = |measures: Vec<MeasureId>| {
        let question = Question { measures, ..asked.clone() };
        let nobody = Asked { span: &question.spans[0], group: Group::All, rows: Vec::new() };
        let answer = measurements(roll, &question, metric, &[nobody], metrics);
        matches!(answer, Err(Unavailable { cause: Cause::Refused(_), .. }))
    };
    let named = plan.measures.len();
    if !refused(plan.measures.clone()) {
        return None;
    }
    let other = |n: usize| plan.measures.iter().copied().chain(std::iter::repeat(first)).take(n).collect();
    (1..=MOST_MEASURES).find(|n| *n != named && !refused(other(*n)))
}

/// What a metric finds in the population as a whole, in each period of the question that has results.
pub fn of_all(roll: &Roll<'_>, question: &Question, metrics: &mut dyn Metrics) -> Vec<Answer> {
    let Ok(metric) = metrics.describe(&question.metric) else { return Vec::new() };
    let mut groups = groups(roll, question, &metric);
    groups.retain(|asked| asked.group == Group::All);
    answers(roll, question, &metric, groups, metrics).unwrap_or_default()
}

/// The groups that a metric is asked about, period by period.
fn groups<'a, 'q>(roll: &Roll<'a>, question: &'q Question, metric: &Description) -> Vec<Asked<'a, 'q>> {
    question.spans.iter().flat_map(|span| groups_in(roll, question, metric, span)).collect()
}

/// The groups that a metric is asked about in one period. A period without a single reading has no point on the
/// line: the window was missed, or is still to come.
fn groups_in<'a, 'q>(
    roll: &Roll<'a>,
    question: &'q Question,
    metric: &Description,
    span: &'q Span,
) -> Vec<Asked<'a, 'q>> {
    let mut earlier = metric.columns.iter().filter(|column| column.moment != Moment::Now).peekable();
    let people = if earlier.peek().is_some() {
        roll.members_since(question, (span.start, span.period), earlier.any(|column| column.kind == Kind::Member))
    } else {
        roll.members(question, span.period)
    };
    if !roll.has_readings(&question.measures, span.period, &people) {
        return Vec::new();
    }
    split(people).into_iter().map(|(group, rows)| Asked { span, group, rows }).collect()
}

/// The plugin's answers for these groups.
fn answers(
    roll: &Roll<'_>,
    question: &Question,
    metric: &Description,
    groups: Vec<Asked<'_, '_>>,
    metrics: &mut dyn Metrics,
) -> Result<Vec<Answer>, Unavailable> {
    let found = measurements(roll, question, metric, &groups, metrics)?;
    let population = |rows: &[Member<'_>]| u32::try_from(rows.iter().filter(|m| m.now).count()).unwrap_or(u32::MAX);
    let answer = |(Asked { span, group, rows }, measurement): (Asked<'_, '_>, Measurement)| Answer {
        period: span.period,
        group,
        population: population(&rows),
        one_class: roll.is_one_class(question, span.period, &rows),
        measurement,
    };
    Ok(groups.into_iter().zip(found).map(answer).collect())
}

/// What the plugin measures, one measurement for each group.
fn measurements(
    roll: &Roll<'_>,
    question: &Question,
    metric: &Description,
    groups: &[Asked<'_, '_>],
    metrics: &mut dyn Metrics,
) -> Result<Vec<Measurement>, Unavailable> {
    if question.compare.is_none() && metric.columns.iter().any(|c| c.kind == Kind::Side) {
        let why = "it compares two groups, and the goal does not say which (`compare`)".to_owned();
        return Err(Unavailable::new(&question.metric, Cause::Refused(why)));
    }
    let mut parameters = question.parameters.0.clone();
    let mut ask = |groups: &[Asked<'_, '_>], parameters: &Parameters| {
        metrics.evaluate(&question.metric, parameters, &table(roll, question, metric, groups))
    };
    if question.by_gain {
        // A gain that differs between periods is asked for one period at a time.
        let mut all = Vec::new();
        for chunk in groups.chunk_by(|a, b| a.span.period == b.span.period) {
            let gain = chunk[0].span.gain.map(|gain| ("gain".to_owned(), Parameter::Number(gain.0)));
            parameters.extend(gain);
            all.extend(ask(chunk, &parameters)?);
        }
        return Ok(all);
    }
    // The k of a k-of-m rule is a whole number.
    if let Some(at_least) = question.at_least.filter(|_| metric.parameters.has_whole("at-least")) {
        parameters.entry("at-least".into()).or_insert(Parameter::Number(f64::from(at_least)));
    }
    ask(groups, &parameters)
}
