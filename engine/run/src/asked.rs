//! What is wrong with what the goals ask, beyond what their files alone give away: held against what their
//! metrics say of themselves, and against results.

use std::collections::{BTreeMap, BTreeSet};

use termwise_base::problem::Problem;
use termwise_config::contradictions::{self, Counted, Known, Start};
use termwise_config::goals::{Baseline, Counting, Measured, Way};
use termwise_config::{Goal, PeriodId};
use termwise_disclosure::{Cleared, GoalFigures};
use termwise_judging::ask::{self, Group};
use termwise_judging::goals::{Judged, fits};
use termwise_judging::question::Question;
use termwise_judging::roll::Roll;
use termwise_judging::window;
use termwise_metric::Metrics;
use termwise_metric::{Cause, Unavailable};
use termwise_plugins::host::{OfRelease, Plugins, Release};

use super::InReleases;

/// What is known of the goals before any result is looked at.
pub(super) struct Asked {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Ids of the goals and parts that do not fit their metrics.
    pub at_fault: BTreeSet<String>,
    /// What the others count.
    known: BTreeMap<String, (Way, Counted)>,
}

/// Holds every goal against what its metric says of itself, and its texts against its numbers.
pub(super) fn check(roll: &Roll<'_>, plugins: &mut Plugins) -> Asked {
    let project = roll.project;
    let mut asked = Asked { problems: Vec::new(), at_fault: BTreeSet::new(), known: BTreeMap::new() };
    let mut metrics = OfRelease { plugins, release: Release::Current };
    for goal in &project.goals {
        for part in goal.measured_parts() {
            asked.fit(roll, part, &mut metrics);
        }
        let calendar = &project.calendar;
        asked.problems.extend(contradictions::in_time(goal, calendar, project.judging.containing_deadline));
        asked.problems.extend(contradictions::narrative(goal, calendar));
        for (part, _) in goal.measured_parts() {
            if let Some((way, counted)) = asked.known.get(&part.id) {
                let known = Known { way: *way, counted: counted.clone(), start: &|_| None };
                asked.problems.extend(contradictions::levels(part, calendar, &known));
            }
        }
        let counted = |id: &str| asked.known.get(id).map(|(_, counted)| counted.clone());
        asked.problems.extend(contradictions::texts::check(goal, calendar, &counted));
    }
    asked
}

impl Asked {
    /// Holds a goal or a part of one against its metric.
    fn fit(&mut self, roll: &Roll<'_>, (goal, plan): (&Goal, &Measured), metrics: &mut dyn Metrics) {
        let unavailable = |why: &str| format!("The goal “{}” is not available, because {why}.", goal.id);
        let metric = match metrics.describe(&plan.metric) {
            Ok(metric) => metric,
            Err(why @ Unavailable { cause: Cause::Unknown(_), .. }) => {
                let problem = Problem::error(unavailable(&why.to_string()))
                    .hint("Correct `metric`; `termwise plugin list` shows the plugins that may run.");
                self.at_fault.insert(goal.id.clone());
                self.problems.push(problem.at(goal.places.at("metric")));
                return;
            }
            // What ails a plugin is reported when it is asked.
            Err(_) => return,
        };
        let misfits = fits::check(plan, &metric);
        for misfit in &misfits {
            let problem = Problem::error(unavailable(&misfit.why)).hint(&misfit.hint);
            self.problems.push(problem.at(goal.places.at(&misfit.setting)));
        }
        if fits::from_is_idle(plan, &metric) {
            let message = format!("The metric of the goal “{}” compares with no earlier period.", goal.id);
            let problem = Problem::warning(message).hint("Remove `from`, or choose a metric of growth.");
            self.problems.push(problem.at(goal.places.at("from")));
        }
        if !misfits.is_empty() {
            self.at_fault.insert(goal.id.clone());
        } else if let Some(takes) = ask::measures_taken(roll, plan, &metric, metrics) {
            let told = |n: usize| if n == 1 { "1 measure".to_owned() } else { format!("{n} measures") };
            let why = format!(
                "it names {}, and its metric “{}” takes {}",
                told(plan.measures.len()),
                plan.metric,
                told(takes)
            );
            let hint = format!("docs/metrics/{}.md says which measures it takes, in which order.", plan.metric);
            self.at_fault.insert(goal.id.clone());
            self.problems.push(Problem::error(unavailable(&why)).hint(hint).at(goal.places.at("measures")));
        }
        if let Some(known) = fits::counted(roll.project, plan, &metric) {
            self.known.insert(goal.id.clone(), known);
        }
    }
}

/// Holds every goal against where it starts, as results have it, and the order of its measures against both
/// orders' results. `cleared` is what staff may see of them, by school. What was reported before is not repeated.
pub(super) fn judged(
    roll: &Roll<'_>,
    (judged, cleared, now): (&[InReleases<'_>], &[Cleared<Vec<GoalFigures>>], PeriodId),
    asked: &Asked,
    plugins: &mut Plugins,
) -> Vec<Problem> {
    let (project, mut found) = (roll.project, Vec::new());
    let mut metrics = OfRelease { plugins, release: Release::Current };
    let all: Vec<(usize, &Judged)> = judged.iter().enumerate().map(|(place, both)| (place, &both.current)).collect();
    for (place, whole) in all {
        let mine = cleared.get(whole.goal.school.0).into_iter().flat_map(|school| school.iter());
        let figures = mine.into_iter().find(|figures| figures.goal == place);
        let parts: Vec<(&Judged, Option<&GoalFigures>)> = if whole.several.is_empty() {
            vec![(whole, figures)]
        } else {
            let figures = |part: usize| figures.and_then(|figures| figures.several.get(part));
            whole.several.iter().enumerate().map(|(part, judged)| (judged, figures(part))).collect()
        };
        for (part, figures) in parts {
            let Some((way, counted)) = asked.known.get(&part.goal.id) else { continue };
            let start = |baseline: &Baseline| {
                // Growth is held against growth over a time as long.
                let ends = project.calendar.deciding(part.deadline, project.judging.containing_deadline)?;
                let known = part.aim.as_ref().is_some_and(|aim| *baseline == aim.baseline)
                    && part.goal.kind().is_none_or(|kind| window::alike(project, kind, part.now, ends));
                let start = part.start.as_ref().filter(|_| known)?;
                let cleared = figures.and_then(|figures| figures.start.as_ref());
                let shown = cleared.is_some_and(|(on, figure)| *on == start.on && figure.exact().is_some());
                Some(Start { on: start.on, value: start.value, shown, stated: false })
            };
            let known = Known { way: *way, counted: counted.clone(), start: &start };
            found.extend(contradictions::levels(part.goal, &project.calendar, &known));
            found.extend(turned_around(roll, part.goal, now, &mut metrics));
        }
    }
    found.retain(|problem| !asked.problems.contains(problem));
    found
}

/// Measures that stand in the wrong order: hardly anybody can be counted so, and most can be the other way
/// round.
fn turned_around(roll: &Roll<'_>, goal: &Goal, now: PeriodId, metrics: &mut dyn Metrics) -> Option<Problem> {
    let plan = goal.measured()?;
    if !matches!(plan.kind, Counting::Metric { .. }) || plan.measures.len() != 2 {
        return None;
    }
    let mut counted = |question: &Question| {
        let answers = ask::latest(roll, question, metrics);
        let all = answers.iter().find(|answer| answer.group == Group::All)?;
        all.measurement.outputs.first().map(|output| output.denominator)
    };
    let question = Question::of(roll.project, plan, now);
    let turned = Question { measures: plan.measures.iter().rev().copied().collect(), ..question.clone() };
    let (so, otherwise) = (counted(&question)?, counted(&turned)?);
    let id = |place: usize| roll.project.measures.measure(plan.measures[place]).id.clone();
    (so < otherwise.div_ceil(2)).then(|| {
        Problem::error(format!("The measures of the goal “{}” stand in the wrong order for its metric.", goal.id))
            .found(format!(
                "{}, {}: most results contradict each other so, and do not the other way round",
                id(0),
                id(1)
            ))
            .expected(format!("measures = [\"{}\", \"{}\"]", id(1), id(0)))
            .hint(format!("docs/metrics/{}.md says which measure comes first.", plan.metric))
            .at(goal.places.at("measures"))
    })
}
