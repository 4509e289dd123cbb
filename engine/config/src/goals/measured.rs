//! Goals with a figure: what is counted of whom, by which metric.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use super::super::check::Check;
use super::super::population::{Population, RawPopulation};
use super::super::spot::{At, spanned};
use super::super::words::{Word, Words};
use super::super::{Calendar, MeasureId, Measures, Project, SchoolId};
use super::aim::{Aim, RawBaseline, RawInterim};
use super::amendment::{Amendment, RawAmendment};
use super::counting::{Counting, Kind};
use super::course::Aims;
use super::growth::RawGrowth;

/// One figure of a goal: who is asked, what is counted, and where it starts and ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The school whose results count.
    pub school: SchoolId,
    /// Whose results of this school.
    pub population: Population,
    /// Which measures (m of the k-of-m rule).
    pub measures: Vec<MeasureId>,
    /// The plugin that computes it, as in `share-at-or-above`.
    pub metric: String,
    /// Parameters that the goal sets for it.
    pub parameters: BTreeMap<String, Parameter>,
    /// Two parts of the population that the metric compares.
    pub compare: Option<[Population; 2]>,
    /// What is counted.
    pub kind: Counting,
    /// The metric's output that the goal is judged by; none is its first.
    pub output: Option<String>,
    /// Which way is better, where the metric leaves it open.
    pub direction: Option<Way>,
    /// How far from the line is still near it, in the goal's own unit.
    pub tolerance: Option<f64>,
    /// What is said of a student who counts, in the past tense, as in “read at or above level”; none
    /// means a phrase made from the measure.
    pub indicator: Option<String>,
    /// What it aims at.
    pub aims: Aims,
    /// Of a part of a goal: the deadlines that amendments of the whole set, each after its day.
    pub put_off: Vec<(Date, Date)>,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Way {
    /// More is better.
    Up,
    /// Less is better.
    Down,
}

impl Way {
    /// 1 if more is better, −1 if less is.
    pub fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }
}

/// A parameter of a metric.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Parameter {
    /// True or false.
    Flag(bool),
    /// One number, as a line or a count of days.
    Number(f64),
    /// A word: one of those that the metric lists, if it lists any.
    Word(String),
    /// Several numbers, in the order written.
    Numbers(Vec<f64>),
}

/// How a goal or a part of one is written to be measured.
pub(super) struct RawMeasured<'a> {
    /// Where to point when something is missing.
    pub(super) place: Range<usize>,
    /// None where the word is not known.
    pub(super) kind: Option<Kind>,
    /// Where the kind is written, else `place`.
    pub(super) kind_place: Range<usize>,
    pub(super) title: &'a At<String>,
    pub(super) indicator: Option<&'a At<String>>,
    /// A part's own; none where it has that of its goal.
    pub(super) population: Option<&'a RawPopulation>,
    pub(super) measures: &'a [At<String>],
    pub(super) at_least: Option<&'a At<u32>>,
    pub(super) metric: Option<&'a At<String>>,
    pub(super) output: Option<&'a At<String>>,
    pub(super) parameters: &'a BTreeMap<String, At<Parameter>>,
    pub(super) from: Option<&'a At<String>>,
    pub(super) direction: Option<&'a At<Word<Way>>>,
    pub(super) compare: Option<&'a At<Vec<RawPopulation>>>,
    pub(super) growth: Option<&'a RawGrowth>,
    pub(super) baseline: Option<&'a At<RawBaseline>>,
    pub(super) target: Option<&'a At<f64>>,
    pub(super) tolerance: Option<&'a At<f64>>,
    pub(super) interim: &'a [RawInterim],
    pub(super) amendments: &'a [RawAmendment],
}

/// What a measured goal takes from its school, and a part from its goal.
pub(super) struct Frame {
    pub(super) school: SchoolId,
    pub(super) population: Population,
    /// The deadline as first agreed.
    pub(super) deadline: Date,
    /// Deadlines that the whole set later, each after its day.
    pub(super) put_off: Vec<(Date, Date)>,
}

/// A setting: its name, where it stands if it is set, and the kinds of goals that it belongs to.
type OfKind = (&'static str, Option<Range<usize>>, &'static [Kind]);

impl Check<'_> {
    /// How a goal or a part of one is measured; none if that cannot be said.
    pub(super) fn measured(
        &mut self,
        raw: &RawMeasured<'_>,
        frame: Frame,
        amendments: &[Amendment],
        project: &Project,
    ) -> Option<Measured> {
        let here = project.schools.get(frame.school.0);
        let population = raw.population.map(|own| self.population(own, here)).unwrap_or(frame.population);
        let measures = self.measures(raw.measures, "measures", &project.measures);
        let kind = self.counting(raw, &measures, project);
        let first = self.aim(raw, frame.deadline, &project.calendar);
        let compare = raw.compare.and_then(|sides| self.compare(sides, &population, here));
        let direction = raw.direction.and_then(|word| self.word(word, "direction"));
        let tolerance = self.tolerance(raw.tolerance);
        let indicator = self.maybe_text(raw.indicator.map(|text| &**text), "indicator");
        let parameters = self.parameters(raw.parameters);
        let metric = self.maybe_text(raw.metric.map(|metric| &**metric), "metric");
        let output = self.maybe_text(raw.output.map(|output| &**output), "output");
        let (kind, first) = (kind?, first?);
        let shipped = match kind {
            Counting::MatchedGrowth { .. } => "share-growing",
            Counting::Share { .. } | Counting::Metric { .. } => "share-at-or-above",
        };
        Some(Measured {
            school: frame.school,
            population,
            measures,
            metric: metric.unwrap_or_else(|| shipped.to_owned()),
            parameters,
            compare,
            kind,
            output,
            direction,
            tolerance,
            indicator,
            aims: Aims::amended(first, amendments, &frame.put_off),
            put_off: frame.put_off,
        })
    }

    /// Measures by their ids, each once.
    pub(super) fn measures(&mut self, raw: &[At<String>], name: &str, measures: &Measures) -> Vec<MeasureId> {
        self.list(&spanned(raw), name);
        let mut found = Vec::new();
        for id in raw {
            let measure = measures.by_id(id.get_ref());
            if measure.is_none() {
                self.unknown(id.span(), "measure", id.get_ref(), measures.measures.iter().map(|m| m.id.as_str()));
            }
            found.extend(measure);
        }
        found
    }

    fn parameters(&mut self, raw: &BTreeMap<String, At<Parameter>>) -> BTreeMap<String, Parameter> {
        for (name, value) in raw {
            let sound = match value.get_ref() {
                Parameter::Number(number) => number.is_finite(),
                Parameter::Numbers(numbers) => numbers.iter().all(|number| number.is_finite()),
                Parameter::Flag(_) | Parameter::Word(_) => true,
            };
            if !sound {
                let message = format!("The parameter `{name}` is not a number that a metric can work with.");
                self.fault(value.span(), message, "Write a number, and not `inf` or `nan`.");
            }
        }
        raw.iter().map(|(name, value)| (name.clone(), value.get_ref().clone())).collect()
    }

    fn tolerance(&mut self, raw: Option<&At<f64>>) -> Option<f64> {
        let value = raw?;
        if !value.get_ref().is_finite() || *value.get_ref() < 0.0 {
            self.fault(value.span(), "A tolerance is a number of 0 or more.", "Write it in the goal's unit.");
        }
        Some(*value.get_ref())
    }

    /// Start, target and deadline; none if one is missing or cannot be read.
    fn aim(&mut self, raw: &RawMeasured<'_>, deadline: Date, calendar: &Calendar) -> Option<Aim> {
        if raw.target.is_none() || raw.baseline.is_none() {
            self.fault(
                raw.place.clone(),
                "This goal does not say where it starts and what it aims at.",
                "Add `baseline = { period = \"…\" }` and `target = 0.75`.",
            );
        }
        let baseline = raw.baseline.and_then(|baseline| self.baseline(baseline, raw.kind, calendar));
        let target = raw.target.map(|target| self.figure(target, raw.kind, "target"));
        let interim = self.interims(raw.interim, raw.kind, calendar);
        Some(Aim { baseline: baseline?, target: target?, deadline, interim })
    }

    /// What is counted; none if that cannot be said.
    fn counting(&mut self, raw: &RawMeasured<'_>, measures: &[MeasureId], project: &Project) -> Option<Counting> {
        if raw.measures.is_empty() {
            self.fault(raw.place.clone(), "This goal does not say what is measured.", "Add `measures = [\"…\"]`.");
        }
        match raw.kind? {
            Kind::Share => Some(self.at_the_line(raw, measures, project)),
            Kind::MatchedGrowth => self.growth(raw.growth, &raw.kind_place, measures, &project.calendar),
            Kind::Metric => Some(self.by_metric(raw, &project.calendar)),
            Kind::Several | Kind::Narrative => None,
        }
    }

    fn at_the_line(&mut self, raw: &RawMeasured<'_>, measures: &[MeasureId], project: &Project) -> Counting {
        let all = u32::try_from(measures.len()).unwrap_or(1).max(1);
        let at_least = raw.at_least.map_or(all, |k| *k.get_ref());
        if let Some(k) = raw.at_least.filter(|_| at_least == 0 || at_least > all) {
            self.fault(
                k.span(),
                format!("`at-least` is {at_least}; it goes from 1 to the number of measures, which is {all}."),
                format!("Use a number from 1 to {all}."),
            );
        }
        for (id, name) in measures.iter().zip(raw.measures) {
            if !project.measures.expectations.iter().any(|e| e.measures.contains(id)) {
                self.fault(
                    name.span(),
                    format!("The measure “{}” has no expectation table, so nobody can be at level.", name.get_ref()),
                    "Add an [[expectation]] for it to measures.toml.",
                );
            }
        }
        Counting::Share { at_least }
    }

    fn by_metric(&mut self, raw: &RawMeasured<'_>, calendar: &Calendar) -> Counting {
        if raw.metric.is_none() {
            self.fault(
                raw.kind_place.clone(),
                "A goal of kind “metric” does not say which metric computes it.",
                "Add `metric = \"NAME\"`; `termwise plugin list` shows the names.",
            );
        }
        if raw.indicator.is_none() {
            self.fault(
                raw.kind_place.clone(),
                "A goal of kind “metric” does not say what is counted.",
                "Add `indicator = \"…\"`: what is said of a student who counts, as in “missed one day in ten”.",
            );
        }
        if let Some(from) = raw.from {
            self.period_of_a_year(from, calendar);
        }
        Counting::Metric { from: raw.from.map(|from| from.get_ref().clone()) }
    }

    /// A setting that only goals of these kinds have, where a goal of another kind has it.
    pub(super) fn belongs(&mut self, name: &str, span: Option<Range<usize>>, kind: Kind, to: &[Kind]) {
        let (Some(span), false) = (span, to.contains(&kind)) else { return };
        let kinds: Vec<String> = to.iter().map(|kind| format!("“{}”", kind.id())).collect();
        let kinds = match kinds.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => kinds.concat(),
        };
        let hint = match (name, to) {
            ("from", _) => {
                "Write `growth = { from = …, gain = … }` for a growth goal, or set `kind = \"metric\"`.".to_owned()
            }
            (_, [one]) => format!("Set `kind = \"{}\"`, or take `{name}` away.", one.id()),
            _ => format!("Take `{name}` away, or choose another `kind`."),
        };
        self.fault(span, format!("`{name}` belongs to goals of kind {kinds}."), hint);
    }

    /// Settings of one kind that stand in a goal, or a part, of another: they would change nothing.
    pub(super) fn settings_of_kind(&mut self, raw: &RawMeasured<'_>, kind: Kind) {
        let own: [OfKind; 10] = [
            ("growth", raw.growth.map(|growth| growth.from.span()), &[Kind::MatchedGrowth]),
            ("from", raw.from.map(|from| from.span()), &[Kind::Metric]),
            ("at-least", raw.at_least.map(|at_least| at_least.span()), &[Kind::Share]),
            ("measures", raw.measures.first().map(|first| first.span()), &Kind::MEASURED),
            ("metric", raw.metric.map(|metric| metric.span()), &Kind::MEASURED),
            ("parameters", raw.parameters.values().next().map(|first| first.span()), &Kind::MEASURED),
            ("output", raw.output.map(|output| output.span()), &Kind::MEASURED),
            ("direction", raw.direction.map(|direction| direction.span()), &Kind::MEASURED),
            ("compare", raw.compare.map(|compare| compare.span()), &Kind::MEASURED),
            ("tolerance", raw.tolerance.map(|tolerance| tolerance.span()), &Kind::MEASURED),
        ];
        for (name, span, kinds) in own {
            self.belongs(name, span, kind, kinds);
        }
        self.belongs("indicator", raw.indicator.map(|text| text.span()), kind, &Kind::MEASURED);
    }
}
