//! `[[goal.decision]]`: what meetings decided about a goal.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::audience::Audience;
use super::super::check::Check;
use super::super::spot::{At, Day};
use super::super::words::Word;
use super::AMONG_STAFF;

/// What a meeting decided about a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The day.
    pub on: Date,
    /// Which meeting, as in “Staff meeting”.
    pub meeting: String,
    /// What was decided.
    pub text: String,
    /// To whom it is read back.
    pub audiences: Vec<Audience>,
}

/// What a meeting decided about a goal.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Decision")]
pub(super) struct RawDecision {
    /// The day, as in 2025-11-26 (without quotes).
    on: Day,
    /// Which meeting, as in "Staff meeting".
    meeting: At<String>,
    /// What was decided.
    text: At<String>,
    /// To whom it is read back. Left out: staff, PLCs and leadership.
    audiences: Option<At<Vec<At<Word<Audience>>>>>,
}

impl Check<'_> {
    /// Decisions in the order of their days.
    pub(super) fn decisions(&mut self, raw: &[RawDecision]) -> Vec<Decision> {
        let mut decisions = Vec::new();
        for raw in raw {
            decisions.push(Decision {
                on: self.date(&raw.on),
                meeting: self.text(&raw.meeting, "meeting"),
                text: self.text(&raw.text, "text"),
                audiences: self.audiences(raw.audiences.as_ref()).unwrap_or_else(|| AMONG_STAFF.to_vec()),
            });
        }
        decisions.sort_by_key(|decision| decision.on);
        decisions
    }

    /// Audiences by name; none if nothing is written.
    pub(super) fn audiences(&mut self, raw: Option<&At<Vec<At<Word<Audience>>>>>) -> Option<Vec<Audience>> {
        let raw = raw?;
        if raw.get_ref().is_empty() {
            self.fault(
                raw.span(),
                "`audiences` is empty, so nobody would read this.",
                "Name at least one, as in `audiences = [\"staff\"]`, or take the line away.",
            );
        }
        let mut found: Vec<Audience> = Vec::new();
        for word in raw.get_ref() {
            let audience = self.word(word, "audience");
            if audience.is_some_and(|audience| found.contains(&audience)) {
                let message = format!("`audiences` names “{}” twice.", word.get_ref().written());
                self.fault(word.span(), message, "Name each once.");
            }
            found.extend(audience);
        }
        Some(found)
    }
}
