//! Whether a goal asks its metric for what the metric can answer.
//!
//! Comes in: a goal and what its metric says of itself. Goes out: every setting that does not fit, and what
//! the goal's numbers are. No result is looked at.

use termwise_config::Project;
use termwise_config::contradictions::Counted;
use termwise_config::goals::{Counting, Measured, Parameter, Way};
use termwise_config::measures::ScaleKind;
use termwise_metric::{Cause, Description, Kind, Moment, Parameters, Unavailable, english};

use super::points::{self, Unit};

pub use super::misfit::Misfit;

/// Everything in which a goal does not fit its metric.
pub fn check(goal: &Measured, metric: &Description) -> Vec<Misfit> {
    let mut found = parameters(goal, metric);
    let sides = metric.columns.iter().any(|column| column.kind == Kind::Side);
    // A difference of which nobody says between whom leaves open which way is better; that is told first.
    if goal.compare.is_some() || !sides {
        found.extend(points::output(goal, Some(metric)).err());
    }
    match (&goal.compare, sides) {
        (None, true) => found.push(Misfit::new(
            "metric",
            format!("its metric “{}” compares two groups, and the goal does not say which (`compare`)", goal.metric),
            "Write `compare = [{ programs = [\"EUBP\"] }, { programs = [\"English\"] }]`.",
        )),
        (Some(_), false) => found.push(Misfit::new(
            "compare",
            format!("its metric “{}” compares no groups, so `compare` would have no effect", goal.metric),
            "Remove `compare`, or set `metric = \"gap\"`. A single group goes into `population`.",
        )),
        _ => {}
    }
    found
}

/// Whether `from` is written where the metric compares with no earlier period.
pub fn from_is_idle(goal: &Measured, metric: &Description) -> bool {
    matches!(goal.kind, Counting::Metric { from: Some(_) }) && metric.columns.iter().all(|c| c.moment == Moment::Now)
}

/// What the numbers of a goal are and which way is better; none if the goal does not fit its metric.
pub fn counted(project: &Project, goal: &Measured, metric: &Description) -> Option<(Way, Counted)> {
    let output = points::output(goal, Some(metric)).ok()?;
    let counted = match &output.unit {
        Unit::Share => Counted::Share,
        Unit::Difference => Counted::Difference { gap: false },
        Unit::Gap => Counted::Difference { gap: true },
        // Points and levels lie on the scale, and so do their differences; rates have no end that is known.
        Unit::Steps(unit) if ["points", "levels", "steps"].contains(&unit.as_str()) => {
            Counted::Steps(goal.measures.first().map(|id| {
                let (low, high) = match &project.measures.scale_of(*id).kind {
                    ScaleKind::Ordered { levels, .. } => (0.0, levels.len().saturating_sub(1) as f64),
                    ScaleKind::Number { lowest, highest } => (*lowest, *highest),
                    ScaleKind::Percent => (0.0, 1.0),
                };
                let far = high.max(high - low);
                (low.min(-far), far)
            }))
        }
        Unit::Steps(_) => Counted::Steps(None),
    };
    Some((output.way, counted))
}

/// Parameters that the metric does not take so.
fn parameters(goal: &Measured, metric: &Description) -> Vec<Misfit> {
    let mut given: Vec<(&str, Parameters)> = vec![("metric", goal.parameters.clone())];
    match &goal.kind {
        Counting::Share { at_least } if metric.parameters.has_whole("at-least") => {
            given[0].1.entry("at-least".into()).or_insert(Parameter::Number(f64::from(*at_least)));
        }
        Counting::MatchedGrowth { gain, .. } => {
            let with = |steps: &f64| {
                let mut all = goal.parameters.clone();
                all.insert("gain".into(), Parameter::Number(*steps));
                ("growth", all)
            };
            given = gain.values().map(with).collect();
        }
        _ => {}
    }
    let mut found: Vec<Misfit> = Vec::new();
    for (setting, given) in given {
        let Err(why) = metric.parameters.complete(&given) else { continue };
        let own = goal.parameters.keys().find(|name| why.contains(&format!("“{name}”")));
        let setting = own.map_or_else(|| setting.to_owned(), |name| format!("parameters.{name}"));
        let told = Unavailable {
            plugin: goal.metric.clone(),
            metric: Some(english(&metric.title).to_owned()),
            cause: Cause::Refused(why),
        };
        let misfit = Misfit::new(
            &setting,
            told.to_string(),
            format!("docs/metrics and `termwise plugin list` show what the metric “{}” takes.", goal.metric),
        );
        if !found.contains(&misfit) {
            found.push(misfit);
        }
    }
    found
}
