//! Goals with several measures: their parts, and how many of them must be reached.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::Project;
use super::super::check::Check;
use super::super::population::{Population, RawPopulation};
use super::super::spot::At;
use super::super::words::{Word, Words};
use super::aim::{RawBaseline, RawInterim};
use super::amendment::RawAmendment;
use super::counting::Kind;
use super::growth::RawGrowth;
use super::measured::{Frame, Parameter, RawMeasured, Way};
use super::places::RawWhole;
use super::{Goal, Plan};

/// A goal with several measures, each judged by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Several {
    /// Whose results, for parts that do not say it.
    pub population: Population,
    /// The day by which it should be reached, as first agreed.
    pub deadline: Date,
    /// How many of the parts must be reached; all, if that is their number.
    pub at_least: u32,
    /// The parts: goals that are measured, and take what they do not say from the whole.
    pub parts: Vec<Goal>,
}

/// One of several measures of a goal. What it leaves out of `population`, it takes from the goal.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Part")]
pub(super) struct RawPart {
    /// Short title, as reports print it.
    pub(super) title: At<String>,
    /// What is true of a student who counts, in the past tense, as in "read at or above level".
    indicator: Option<At<String>>,
    /// Whose results count. Left out: those of the goal’s population.
    population: Option<RawPopulation>,
    /// Ids of the measures that are counted.
    #[serde(default)]
    measures: Vec<At<String>>,
    /// For kind "share": on how many of the measures a student must be at or above the line. Left out: on all.
    #[schemars(range(min = 1))]
    at_least: Option<At<u32>>,
    /// Name of the metric that computes the part. Kind "metric" needs it.
    metric: Option<At<String>>,
    /// The metric’s own parameters.
    #[serde(default)]
    parameters: BTreeMap<String, At<Parameter>>,
    /// The metric’s output that the part is judged by. Left out: its first.
    output: Option<At<String>>,
    /// For kind "metric": the reporting period of the school year to compare with, as in "P1".
    from: Option<At<String>>,
    /// Which way is better, where the metric leaves it open.
    direction: Option<At<Word<Way>>>,
    /// The two parts of the population that the metric compares.
    #[schemars(length(equal = 2))]
    compare: Option<At<Vec<RawPopulation>>>,
    /// What is counted, as in a goal: "share" (if left out), "matched-growth" or "metric".
    kind: Option<At<Word<Kind>>>,
    /// For kind "matched-growth": since when, and by how much.
    growth: Option<RawGrowth>,
    /// Where the part starts.
    baseline: Option<At<RawBaseline>>,
    /// What it aims at, in the unit of the metric’s output.
    target: Option<At<f64>>,
    /// How far from the line is still near it, in the part’s unit. Left out: the division’s rule.
    #[schemars(range(min = 0))]
    tolerance: Option<At<f64>>,
    /// Targets on the way.
    #[serde(default)]
    interim: Vec<RawInterim>,
    /// What was agreed since; a new deadline is an amendment of the goal itself.
    #[serde(default)]
    amendment: Vec<RawAmendment>,
}

/// How many parts must be reached: a number, "all" or "any".
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Rule")]
pub(super) enum RawRule {
    Number(u32),
    Word(String),
}

impl RawPart {
    fn measured(&self, kind: Kind) -> RawMeasured<'_> {
        RawMeasured {
            place: self.title.span(),
            kind: Some(kind),
            kind_place: self.kind.as_ref().map_or_else(|| self.title.span(), |kind| kind.span()),
            title: &self.title,
            indicator: self.indicator.as_ref(),
            population: self.population.as_ref(),
            measures: &self.measures,
            at_least: self.at_least.as_ref(),
            metric: self.metric.as_ref(),
            output: self.output.as_ref(),
            parameters: &self.parameters,
            from: self.from.as_ref(),
            direction: self.direction.as_ref(),
            compare: self.compare.as_ref(),
            growth: self.growth.as_ref(),
            baseline: self.baseline.as_ref(),
            target: self.target.as_ref(),
            tolerance: self.tolerance.as_ref(),
            interim: &self.interim,
            amendments: &self.amendment,
        }
    }
}

impl Check<'_> {
    /// How many of the parts must be reached. `place` is where the goal's kind is written.
    pub(super) fn rule(&mut self, rule: Option<&At<RawRule>>, parts: usize, place: &Range<usize>) -> u32 {
        let all = u32::try_from(parts).unwrap_or(u32::MAX);
        if all < 2 {
            self.fault(place.clone(), "A goal of kind “several” has at least two parts.", "Add a [[goal.part]] each.");
        }
        let Some(rule) = rule else { return all };
        match rule.get_ref() {
            RawRule::Word(word) if word == "all" => all,
            RawRule::Word(word) if word == "any" => 1,
            RawRule::Number(k) if (1..=all).contains(k) => *k,
            _ => {
                let hint = format!("Use “all”, “any” or a number from 1 to {all}.");
                self.fault(rule.span(), "This rule is not known.", hint);
                all
            }
        }
    }

    /// The parts of a goal, which take what they do not say from it; none if one of them cannot be read.
    pub(super) fn parts(
        &mut self,
        raw: &[RawPart],
        whole: &RawWhole<'_>,
        goal: &Goal,
        project: &Project,
    ) -> Option<Vec<Goal>> {
        let parts: Vec<Option<Goal>> = raw
            .iter()
            .enumerate()
            .map(|(place, part)| {
                let kind = self.word_or(part.kind.as_deref(), "kind of goal", Kind::Share);
                if !Kind::MEASURED.contains(&kind) {
                    self.fault(
                        part.kind.as_ref().map_or_else(|| part.title.span(), |kind| kind.span()),
                        format!("A part cannot be of kind “{}”.", kind.id()),
                        "Use share, matched-growth or metric.",
                    );
                    return None;
                }
                for deadline in part.amendment.iter().filter_map(|amendment| amendment.deadline.as_ref()) {
                    self.fault(
                        deadline.span(),
                        "A part ends with its goal.",
                        "Write the new `deadline` in a [[goal.amendment]] of the goal itself.",
                    );
                }
                let view = part.measured(kind);
                self.settings_of_kind(&view, kind);
                let title = self.text(&part.title, "title");
                let amendments = self.amendments(view.amendments, Some(kind), &project.calendar);
                let put_off = goal.amendments.iter().filter_map(|whole| Some((whole.on, whole.deadline?))).collect();
                let frame = Frame {
                    school: goal.school,
                    population: goal.population().clone(),
                    deadline: goal.first_deadline(),
                    put_off,
                };
                let plan = self.measured(&view, frame, &amendments, project)?;
                Some(Goal {
                    id: format!("{}.{}", goal.id, place + 1),
                    title,
                    plan: Plan::Measured(plan),
                    amendments,
                    places: self.places(&view, whole, &project.calendar),
                    ..goal.clone()
                })
            })
            .collect();
        parts.into_iter().collect()
    }
}
