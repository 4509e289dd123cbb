//! Growth of the same students: since when, and by how many steps of the scale.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::super::check::Check;
use super::super::spot::At;
use super::super::{Calendar, MeasureId};
use super::counting::Counting;

/// Growth of the same students within a school year.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Growth")]
pub(super) struct RawGrowth {
    /// The reporting period from which growth is counted, as in "P1".
    pub(super) from: At<String>,
    /// Steps of the scale to grow by: one number, or one for each reporting period, as in { P2 = 2, P3 = 4 }.
    gain: At<Gain>,
}

/// One number of steps for every period, or a number for each.
enum Gain {
    Every(f64),
    ByPeriod(BTreeMap<At<String>, At<f64>>),
}

/// The ways to write a [`Gain`], for its schema.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "Gain")]
#[allow(dead_code, reason = "only its schema is used")]
enum GainShape {
    /// For every reporting period.
    Every(f64),
    /// By reporting period.
    ByPeriod(BTreeMap<String, f64>),
}

impl JsonSchema for Gain {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        GainShape::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        GainShape::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Gain {
    /// By hand, because an untagged enum loses the places of what it holds.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Gain;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a number, or a number for each reporting period, as in { P2 = 2, P3 = 4 }")
            }

            fn visit_i64<E>(self, steps: i64) -> Result<Gain, E> {
                Ok(Gain::Every(steps as f64))
            }

            fn visit_f64<E>(self, steps: f64) -> Result<Gain, E> {
                Ok(Gain::Every(steps))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Gain, A::Error> {
                let mut steps = BTreeMap::new();
                while let Some((period, by)) = map.next_entry()? {
                    steps.insert(period, by);
                }
                Ok(Gain::ByPeriod(steps))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Check<'_> {
    /// What a growth goal asks for; none if it does not say so. `place` is where its kind is written.
    pub(super) fn growth(
        &mut self,
        raw: Option<&RawGrowth>,
        place: &Range<usize>,
        measures: &[MeasureId],
        calendar: &Calendar,
    ) -> Option<Counting> {
        let Some(growth) = raw else {
            self.fault(
                place.clone(),
                "A growth goal needs to know from when and by how much.",
                "Add `growth = { from = \"P1\", gain = 2 }`.",
            );
            return None;
        };
        self.period_of_a_year(&growth.from, calendar);
        if measures.len() != 1 {
            self.fault(
                place.clone(),
                format!("A growth goal is about one measure; this one names {}.", measures.len()),
                "Make a goal for each measure.",
            );
        }
        let mut gain = BTreeMap::new();
        match growth.gain.get_ref() {
            Gain::Every(steps) => {
                self.steps(*steps, growth.gain.span());
                gain.insert("*".to_owned(), *steps);
            }
            Gain::ByPeriod(by_period) => {
                if by_period.is_empty() {
                    let hint = "Write one for each reporting period, as in `gain = { P2 = 2, P3 = 4 }`.";
                    self.fault(growth.gain.span(), "This growth goal asks for no gain.", hint);
                }
                for (period, steps) in by_period {
                    if period.get_ref() != "*" {
                        self.period_of_a_year(period, calendar);
                    }
                    self.steps(*steps.get_ref(), steps.span());
                    gain.insert(period.get_ref().clone(), *steps.get_ref());
                }
            }
        }
        Some(Counting::MatchedGrowth { from: growth.from.get_ref().clone(), gain })
    }

    /// Steps of the scale that a student is asked to grow by.
    fn steps(&mut self, steps: f64, span: Range<usize>) {
        if !steps.is_finite() || steps < 0.0 {
            let message = format!("A gain of {steps} is not growth.");
            self.fault(span, message, "Write how many steps of the scale a student should grow by, 0 or more.");
        }
    }

    /// The id of a period within a year, as in `P1`.
    pub(super) fn period_of_a_year(&mut self, id: &At<String>, calendar: &Calendar) {
        if !calendar.periods.iter().any(|period| period.id == *id.get_ref()) {
            let known: BTreeSet<&str> = calendar.periods.iter().map(|p| p.id.as_str()).collect();
            self.unknown(id.span(), "reporting period", id.get_ref(), known);
        }
    }
}
