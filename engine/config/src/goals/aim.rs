//! Where a goal starts, and what it aims at.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::super::check::Check;
use super::super::spot::{At, Day};
use super::super::{Calendar, Period, PeriodId};
use super::counting::Kind;

/// What a goal aims at: the part of it that amendments change.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// Where it starts: a figure that is stated, or the period that gives it.
    pub baseline: Baseline,
    /// Target, in the unit of the goal's output: shares are 0–1.
    pub target: f64,
    /// The day by which it should be reached.
    pub deadline: Date,
    /// Targets on the way, by time.
    pub interim: Vec<Interim>,
}

/// Where the goal starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum Baseline {
    /// Computed from the results of this period.
    Period(PeriodId),
    /// Computed from the results of the first period, from this one on, that has enough of them.
    FirstFull(PeriodId),
    /// A stated figure as of a day.
    Value {
        /// In the unit of the goal's output: shares are 0–1.
        value: f64,
        /// The day it held.
        on: Date,
    },
}

/// A target on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interim {
    /// At the close of this period …
    pub period: PeriodId,
    /// … the figure should stand here, in the goal's unit.
    pub target: f64,
}

/// Where a goal starts: a reporting period, the first full one, or a figure with its day.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Baseline")]
pub(super) struct RawBaseline {
    /// The reporting period from whose results the start is worked out, as in "2024-25/P3".
    period: Option<At<String>>,
    /// From this reporting period on, the first in which enough of the population have results.
    first_full_period_from: Option<At<String>>,
    /// The older word for `value`.
    share: Option<At<f64>>,
    /// A stated figure, in the goal’s unit; needs `on`.
    value: Option<At<f64>>,
    /// The day of the stated figure, as in 2025-06-20 (without quotes).
    on: Option<Day>,
}

/// A target on the way.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Interim")]
pub(super) struct RawInterim {
    /// The reporting period at whose close it should be reached, as in "2025-26/P2".
    pub(super) period: At<String>,
    /// The figure, in the goal’s unit.
    pub(super) target: Option<At<f64>>,
    /// For kind "narrative": the level of the rubric.
    pub(super) level: Option<At<String>>,
}

/// Targets on the way in the order of time.
pub(super) fn by_time<'a>(raw: &'a [RawInterim], calendar: &Calendar) -> Vec<&'a RawInterim> {
    let mut sorted: Vec<&RawInterim> = raw.iter().collect();
    sorted.sort_by_key(|interim| calendar.by_key(interim.period.get_ref()));
    sorted
}

impl Check<'_> {
    /// A number in the goal's unit: a share from 0 to 1, unless a metric of another kind counts it.
    pub(super) fn figure(&mut self, value: &Spanned<f64>, kind: Option<Kind>, name: &str) -> f64 {
        match kind {
            Some(Kind::Metric) => {
                self.finite(value, name);
                *value.get_ref()
            }
            _ => self.fraction(value, name),
        }
    }

    /// A number that is one: TOML also knows `inf` and `nan`.
    pub(super) fn finite(&mut self, value: &Spanned<f64>, name: &str) {
        if !value.get_ref().is_finite() {
            let message = format!("`{name}` is {}, which is not a number that can be reached.", value.get_ref());
            self.fault(value.span(), message, format!("Write a number, as in `{name} = 3.5`."));
        }
    }

    /// A reporting period by its key, as in `2025-26/P2`.
    pub(super) fn period(&mut self, key: &Spanned<String>, calendar: &Calendar) -> Option<PeriodId> {
        let found = calendar.by_key(key.get_ref());
        if found.is_none() {
            let known: Vec<String> = calendar.periods.iter().map(Period::key).collect();
            self.unknown(key.span(), "reporting period", key.get_ref(), known.iter().map(String::as_str));
        }
        found
    }

    pub(super) fn baseline(
        &mut self,
        raw: &At<RawBaseline>,
        kind: Option<Kind>,
        calendar: &Calendar,
    ) -> Option<Baseline> {
        let RawBaseline { period, first_full_period_from, share, value, on } = raw.get_ref();
        match (period, first_full_period_from, share, value, on) {
            (Some(period), None, None, None, None) => self.period(period, calendar).map(Baseline::Period),
            (None, Some(period), None, None, None) => self.period(period, calendar).map(Baseline::FirstFull),
            (None, None, Some(value), None, Some(on)) | (None, None, None, Some(value), Some(on)) => {
                Some(Baseline::Value { value: self.figure(value, kind, "value"), on: self.date(on) })
            }
            _ => {
                self.fault(
                    raw.span(),
                    "The baseline is neither a reporting period nor a share with its day.",
                    "Write `{ period = \"2024-25/P3\" }`, `{ value = 0.58, on = 2025-06-20 }` or \
                     `{ first-full-period-from = \"2025-26/P1\" }`.",
                );
                None
            }
        }
    }

    pub(super) fn interims(&mut self, raw: &[RawInterim], kind: Option<Kind>, calendar: &Calendar) -> Vec<Interim> {
        let mut found = Vec::new();
        for interim in by_time(raw, calendar) {
            let period = self.period(&interim.period, calendar);
            match (&interim.target, &interim.level) {
                (Some(target), None) => {
                    let target = self.figure(target, kind, "target");
                    found.extend(period.map(|period| Interim { period, target }));
                }
                _ => self.fault(
                    interim.period.span(),
                    "This interim target has no number.",
                    "Write `{ period = \"2025-26/P2\", target = 0.68 }`.",
                ),
            }
        }
        found
    }
}
