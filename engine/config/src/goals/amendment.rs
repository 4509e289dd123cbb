//! `[[goal.amendment]]`: changes of a goal that people agreed on.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::super::Calendar;
use super::super::check::{Check, date_of};
use super::super::spot::{At, Day};
use super::aim::{Aim, Baseline, Interim, RawBaseline, RawInterim};
use super::counting::Kind;

/// A change of a goal that people agreed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    /// The day from which it holds.
    pub on: Date,
    /// Why the goal was changed, in the school's words; reports print it.
    pub reason: String,
    /// Who agreed, as in “Parent council”.
    pub agreed_by: Vec<String>,
    /// The new target, in the unit of the goal's output (shares are 0–1); none leaves it as it was.
    pub target: Option<f64>,
    /// The new deadline.
    pub deadline: Option<Date>,
    /// The new baseline.
    pub baseline: Option<Baseline>,
    /// The new targets on the way.
    pub interim: Option<Vec<Interim>>,
    /// The goal in its new words.
    pub statement: Option<String>,
    /// The new short title.
    pub title: Option<String>,
}

impl Amendment {
    /// What a goal aims at from then on.
    pub fn change(&self, aim: &mut Aim) {
        let Self { target, deadline, baseline, interim, .. } = self;
        aim.target = target.unwrap_or(aim.target);
        aim.deadline = deadline.unwrap_or(aim.deadline);
        if let Some(baseline) = baseline {
            aim.baseline = baseline.clone();
        }
        if let Some(interim) = interim {
            aim.interim.clone_from(interim);
        }
    }
}

/// A change of a goal that people agreed on: at least one of statement, title, target, deadline, baseline, interim.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Amendment")]
pub(super) struct RawAmendment {
    /// The day from which it holds, as in 2026-01-20 (without quotes).
    pub(super) on: Day,
    /// The goal in its new words.
    pub(super) statement: Option<At<String>>,
    /// The new short title.
    pub(super) title: Option<At<String>>,
    /// Why it was changed.
    reason: At<String>,
    /// Who agreed, as in ["Staff meeting", "Parent council"].
    agreed_by: At<OneOrMany>,
    /// The new target, in the goal’s unit.
    pub(super) target: Option<At<f64>>,
    /// The new deadline, as in 2026-06-26 (without quotes).
    pub(super) deadline: Option<Day>,
    /// Where the goal starts now.
    pub(super) baseline: Option<At<RawBaseline>>,
    /// The new targets on the way; they take the place of the old ones.
    pub(super) interim: Option<Vec<RawInterim>>,
}

/// One text or several.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn all(&self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one.clone()],
            Self::Many(many) => many.clone(),
        }
    }

    /// Whether nobody is named, or somebody is by an empty name.
    pub(super) fn is_blank(&self) -> bool {
        let all = self.all();
        all.is_empty() || all.iter().any(|one| one.trim().is_empty())
    }
}

/// Amendments in the order of their days: a goal's places are named by it.
pub(super) fn by_day(raw: &[RawAmendment]) -> Vec<&RawAmendment> {
    let mut sorted: Vec<&RawAmendment> = raw.iter().collect();
    sorted.sort_by_key(|amendment| date_of(amendment.on.get_ref()));
    sorted
}

impl Check<'_> {
    /// What was agreed on, by day, of a goal of this kind; none if that is not known.
    pub(super) fn amendments(
        &mut self,
        raw: &[RawAmendment],
        kind: Option<Kind>,
        calendar: &Calendar,
    ) -> Vec<Amendment> {
        by_day(raw).into_iter().filter_map(|amendment| self.amendment(amendment, kind, calendar)).collect()
    }

    /// A change that was agreed on; none if its baseline cannot be read.
    fn amendment(&mut self, raw: &RawAmendment, kind: Option<Kind>, calendar: &Calendar) -> Option<Amendment> {
        if raw.reason.get_ref().trim().is_empty() || raw.agreed_by.get_ref().is_blank() {
            self.fault(
                raw.reason.span(),
                "An amendment says why, and who agreed.",
                "Fill in `reason` and `agreed-by`, as in `agreed-by = [\"Staff meeting\"]`.",
            );
        }
        let numbers = raw.target.is_some() || raw.deadline.is_some() || raw.baseline.is_some() || raw.interim.is_some();
        if !numbers && raw.statement.is_none() && raw.title.is_none() {
            self.fault(
                raw.on.span(),
                "This amendment changes nothing.",
                "Add what is new: `target`, `deadline`, `baseline`, `interim`, `statement` or `title`.",
            );
        }
        let on = self.date(&raw.on);
        let target = raw.target.as_ref().map(|target| self.figure(target, kind, "target"));
        let deadline = raw.deadline.as_ref().map(|day| self.date(day));
        let interim = raw.interim.as_ref().map(|interim| self.interims(interim, kind, calendar));
        let statement = self.maybe_text(raw.statement.as_deref(), "statement");
        let title = self.maybe_text(raw.title.as_deref(), "title");
        let baseline = match &raw.baseline {
            Some(baseline) => Some(self.baseline(baseline, kind, calendar)?),
            None => None,
        };
        let (reason, agreed_by) = (raw.reason.get_ref().clone(), raw.agreed_by.get_ref().all());
        Some(Amendment { on, reason, agreed_by, target, deadline, baseline, interim, statement, title })
    }

    /// A text that need not be written, and is not empty where it is.
    pub(super) fn maybe_text(&mut self, raw: Option<&Spanned<String>>, name: &str) -> Option<String> {
        raw.map(|text| self.text(text, name))
    }
}
