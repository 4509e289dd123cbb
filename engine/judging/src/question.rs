//! What a metric is asked, as a value: about whom, on which measures, with which parameters, in which periods.
//!
//! Comes in: a measured goal, or what somebody wants to know without a goal. Goes out: a [`Question`]. Two goals that
//! ask the same have equal questions, so a question is the key under which its answers are kept.

use std::cmp::Ordering;

use termwise_config::goals::{Baseline, Counting, Measured, Population};
use termwise_config::{MeasureId, PeriodId, Project, SchoolId};
use termwise_metric::{Parameter, Parameters};

use crate::window::like_start;

/// What a metric is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The school whose results count.
    pub school: SchoolId,
    /// Whose results of this school.
    pub population: Population,
    /// Which measures, in the metric's order.
    pub measures: Vec<MeasureId>,
    /// The metric, by name.
    pub metric: String,
    /// Its parameters.
    pub parameters: Given,
    /// For a share at the line: on how many of the measures. A metric with a whole parameter `at-least` gets it.
    pub at_least: Option<u32>,
    /// Two parts of the population that the metric compares.
    pub compare: Option<[Population; 2]>,
    /// Whether every period is asked about by itself, with its own `gain`.
    pub by_gain: bool,
    /// The periods asked about, by time.
    pub spans: Vec<Span>,
}

/// A period that is asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The period with which it is compared; itself, if there is no earlier one.
    pub start: PeriodId,
    /// The period.
    pub period: PeriodId,
    /// For growth of the same students: what is asked for by then, in steps of the scale.
    pub gain: Option<Number>,
}

/// A number in an order of its own: that of [`f64::total_cmp`], in which every number is equal to itself.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub f64);

/// Parameters in an order of their own: by name, then kind, then value.
#[derive(Debug, Clone, Default)]
pub struct Given(pub Parameters);

/// Where a question without a goal starts: at the beginning of the calendar.
const EVER: Baseline = Baseline::Period(PeriodId(0));

impl Question {
    /// What a goal asks in its periods up to `now`.
    pub fn of(project: &Project, plan: &Measured, now: PeriodId) -> Self {
        Self::over(project, plan, &periods_of(project, plan, now), |period| start_of(project, plan, period))
    }

    /// What a goal asks in some of the calendar's periods, whatever its own are.
    pub(crate) fn in_periods(project: &Project, plan: &Measured, periods: &[PeriodId]) -> Self {
        Self::over(project, plan, periods, |period| start_of(project, plan, period))
    }

    /// What a goal would ask of the past of a school, as far back as the calendar goes and up to `until`.
    pub fn past(project: &Project, plan: &Measured, (school, until): (SchoolId, PeriodId)) -> Self {
        let periods = periods_since(project, &plan.kind, &[&EVER], until);
        let start = |period| start_since(project, &plan.kind, &EVER, period);
        Self { school, ..Self::over(project, plan, &periods, start) }
    }

    /// The share at or above the line of one measure, by the shipped metric, as far back as the calendar goes and up to
    /// `until`.
    pub fn at_line(
        project: &Project,
        (school, population): (SchoolId, Population),
        measure: MeasureId,
        until: PeriodId,
    ) -> Self {
        let kind = Counting::Share { at_least: 1 };
        let periods = periods_since(project, &kind, &[&EVER], until).into_iter();
        let start = |period| start_since(project, &kind, &EVER, period);
        Self {
            school,
            population,
            measures: vec![measure],
            metric: "share-at-or-above".into(),
            parameters: Given::default(),
            at_least: Some(1),
            compare: None,
            by_gain: false,
            spans: periods.map(|period| Span { start: start(period), period, gain: None }).collect(),
        }
    }

    fn over(project: &Project, plan: &Measured, periods: &[PeriodId], start: impl Fn(PeriodId) -> PeriodId) -> Self {
        let (at_least, by_gain) = match &plan.kind {
            Counting::Share { at_least } => (Some(*at_least), false),
            Counting::Metric { .. } => (None, false),
            Counting::MatchedGrowth { .. } => (None, true),
        };
        // A gain that was not agreed on is not a number, which every metric of growth refuses.
        let gain = |period| plan.kind.gain(&project.calendar.period(period).id).unwrap_or(f64::NAN);
        let span = |period| Span { start: start(period), period, gain: by_gain.then(|| Number(gain(period))) };
        Self {
            school: plan.school,
            population: plan.population.clone(),
            measures: plan.measures.clone(),
            metric: plan.metric.clone(),
            parameters: Given(plan.parameters.clone()),
            at_least,
            compare: plan.compare.clone(),
            by_gain,
            spans: periods.iter().map(|period| span(*period)).collect(),
        }
    }
}

/// The periods in which a goal is measured, up to `now`: from its baseline on; a goal that compares
/// with an earlier period of the year has none in that period itself, because nobody can have grown.
pub fn periods_of(project: &Project, plan: &Measured, now: PeriodId) -> Vec<PeriodId> {
    // What was agreed first stays on the chart, so its points do, too.
    let baselines = [&plan.aims.first.baseline, &plan.aims.on(project.calendar.period(now).closes).baseline];
    periods_since(project, &plan.kind, &baselines, now)
}

fn periods_since(project: &Project, kind: &Counting, baselines: &[&Baseline], now: PeriodId) -> Vec<PeriodId> {
    let calendar = &project.calendar;
    (0..=now.0)
        .map(PeriodId)
        .filter(|id| {
            // What is reported on is measured, even if the goal starts later; growth in spring beside growth in
            // the spring before.
            *id == now
                || baselines.iter().any(|baseline| like_start(project, kind, baseline, now) == Some(*id))
                || baselines.iter().any(|baseline| match baseline {
                    Baseline::Period(start) | Baseline::FirstFull(start) => *id >= *start,
                    Baseline::Value { on, .. } => calendar.period(*id).closes > *on,
                })
        })
        .filter(|id| match kind {
            Counting::Share { .. } | Counting::Metric { from: None } => true,
            Counting::Metric { from: Some(from) } => of_the_year(project, *id, from).is_some_and(|start| start < *id),
            // A period for which no gain is set is not asked about.
            Counting::MatchedGrowth { from, .. } => {
                let set = kind.gain(&calendar.period(*id).id).is_some();
                set && of_the_year(project, *id, from).is_some_and(|start| start < *id)
            }
        })
        .collect()
}

/// The period with which a goal compares what it finds in `period`: the one that it names, else its
/// baseline's, else the first of the school year.
fn start_of(project: &Project, plan: &Measured, period: PeriodId) -> PeriodId {
    start_since(project, &plan.kind, &plan.aims.on(project.calendar.period(period).closes).baseline, period)
}

fn start_since(project: &Project, kind: &Counting, baseline: &Baseline, period: PeriodId) -> PeriodId {
    let named = kind.since().and_then(|from| of_the_year(project, period, from));
    let baseline = match baseline {
        Baseline::Period(start) | Baseline::FirstFull(start) => Some(*start),
        Baseline::Value { .. } => None,
    };
    let first = || project.calendar.of_year(&project.calendar.period(period).year).min();
    named.or(baseline).or_else(first).unwrap_or(period).min(period)
}

/// The period `id` of the same school year as `period`.
fn of_the_year(project: &Project, period: PeriodId, id: &str) -> Option<PeriodId> {
    let year = &project.calendar.period(period).year;
    project.calendar.by_key(&format!("{year}/{id}"))
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Ord for Given {
    fn cmp(&self, other: &Self) -> Ordering {
        let values = || self.0.values().zip(other.0.values()).map(|(one, two)| in_order(one, two));
        self.0.keys().cmp(other.0.keys()).then_with(|| values().find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
    }
}

fn in_order(one: &Parameter, two: &Parameter) -> Ordering {
    use Parameter::{Flag, Number, Numbers, Word};
    let kind = |parameter: &Parameter| match parameter {
        Flag(_) => 0,
        Number(_) => 1,
        Word(_) => 2,
        Numbers(_) => 3,
    };
    match (one, two) {
        (Flag(one), Flag(two)) => one.cmp(two),
        (Number(one), Number(two)) => one.total_cmp(two),
        (Word(one), Word(two)) => one.cmp(two),
        (Numbers(one), Numbers(two)) => {
            let mut each = one.iter().zip(two).map(|(one, two)| one.total_cmp(two));
            each.find(|order| order.is_ne()).unwrap_or_else(|| one.len().cmp(&two.len()))
        }
        _ => kind(one).cmp(&kind(two)),
    }
}

/// Equality and partial order of a type whose order is total.
macro_rules! by_order {
    ($($name:ty),*) => {$(
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other).is_eq()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
    )*};
}

by_order!(Number, Given);

#[cfg(test)]
mod tests {
    use super::*;

    fn given(parameters: &[(&str, Parameter)]) -> Given {
        Given(parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn parameters_are_equal_only_if_names_kinds_and_values_are() {
        let all = [
            given(&[]),
            given(&[("a", Parameter::Flag(true))]),
            given(&[("a", Parameter::Number(1.0))]),
            given(&[("a", Parameter::Number(f64::NAN))]),
            given(&[("a", Parameter::Word("1".into()))]),
            given(&[("a", Parameter::Numbers(vec![1.0]))]),
            given(&[("a", Parameter::Numbers(vec![1.0, 2.0]))]),
            given(&[("b", Parameter::Flag(true))]),
            given(&[("a", Parameter::Flag(true)), ("b", Parameter::Flag(true))]),
        ];
        for (place, one) in all.iter().enumerate() {
            for (other, two) in all.iter().enumerate() {
                assert_eq!(one == two, place == other, "{one:?} {two:?}");
                assert_eq!(one.cmp(two), two.cmp(one).reverse());
            }
        }
    }
}
