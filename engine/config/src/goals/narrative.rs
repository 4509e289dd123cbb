//! Goals without a number: a rubric, and what meetings found on it.

use std::ops::Range;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::super::check::{Check, date_of};
use super::super::population::Population;
use super::super::spot::{At, Day, spanned};
use super::super::{Calendar, PeriodId};
use super::aim::{RawInterim, by_time};
use super::amendment::OneOrMany;

/// A goal without a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrative {
    /// Whom it is about.
    pub population: Population,
    /// The day by which it should be reached, as first agreed.
    pub deadline: Date,
    /// Levels, lowest first.
    pub rubric: Vec<String>,
    /// Place of the level to be reached.
    pub target: usize,
    /// Levels on the way: at the close of a period, the place of the level. By time.
    pub interim: Vec<(PeriodId, usize)>,
    /// Judgements by day.
    pub judgements: Vec<Judgement>,
}

/// What was found at a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The day.
    pub on: Date,
    /// Place of the level in the rubric.
    pub level: usize,
    /// What it rests on.
    pub text: String,
    /// Who agreed.
    pub agreed_by: Vec<String>,
}

/// What a meeting found about a goal without a number.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Judgement")]
pub(super) struct RawJudgement {
    /// The day, as in 2025-11-18 (without quotes).
    pub(super) on: Day,
    /// The level of the rubric.
    level: At<String>,
    /// What the judgement rests on.
    text: At<String>,
    /// Who agreed.
    agreed_by: At<OneOrMany>,
}

/// How a goal is written to be judged without a number.
pub(super) struct RawNarrative<'a> {
    /// Where the kind is written, else the goal's id.
    pub(super) kind_place: Range<usize>,
    pub(super) rubric: Option<&'a At<Vec<At<String>>>>,
    pub(super) target_level: Option<&'a At<String>>,
    pub(super) interim: &'a [RawInterim],
    pub(super) judgements: &'a [RawJudgement],
}

/// Judgements in the order of their days.
pub(super) fn by_day(raw: &[RawJudgement]) -> Vec<&RawJudgement> {
    let mut sorted: Vec<&RawJudgement> = raw.iter().collect();
    sorted.sort_by_key(|judgement| date_of(judgement.on.get_ref()));
    sorted
}

impl Check<'_> {
    /// A goal without a number; none if its target is not a level of its rubric.
    pub(super) fn narrative(
        &mut self,
        raw: &RawNarrative<'_>,
        (population, deadline): (Population, Date),
        calendar: &Calendar,
    ) -> Option<Narrative> {
        let rubric = raw.rubric.map(|rubric| spanned(rubric.get_ref())).unwrap_or_default();
        for level in &rubric {
            self.text(level, "rubric");
        }
        let rubric: Vec<String> = rubric.into_iter().map(Spanned::into_inner).collect();
        if rubric.len() < 2 {
            self.fault(
                raw.rubric.map_or_else(|| raw.kind_place.clone(), |rubric| rubric.span()),
                "A narrative goal needs a rubric of at least two levels.",
                "Add `rubric = [\"lowest level\", …, \"highest level\"]`.",
            );
        }
        let target = match raw.target_level {
            Some(word) => self.level(word, &rubric),
            None => {
                let hint = "Add `target-level = \"…\"`, one of the rubric's.";
                self.fault(raw.kind_place.clone(), "A narrative goal does not say which level is to be reached.", hint);
                None
            }
        };
        let mut interim = Vec::new();
        for raw in by_time(raw.interim, calendar) {
            let period = self.period(&raw.period, calendar);
            match (&raw.level, &raw.target) {
                (Some(level), None) => interim.extend(period.zip(self.level(level, &rubric))),
                _ => self.fault(
                    raw.period.span(),
                    "On the way to a level of a rubric there are levels, not numbers.",
                    "Write `{ period = \"2025-26/P2\", level = \"…\" }`.",
                ),
            }
        }
        let mut judgements = Vec::new();
        for raw in by_day(raw.judgements) {
            let (on, level) = (self.date(&raw.on), self.level(&raw.level, &rubric));
            let text = self.text(&raw.text, "text");
            if raw.agreed_by.get_ref().is_blank() {
                let hint = "Fill in `agreed-by`, as in `agreed-by = [\"Staff meeting\"]`.";
                self.fault(raw.agreed_by.span(), "A judgement says who agreed.", hint);
            }
            let agreed_by = raw.agreed_by.get_ref().all();
            judgements.extend(level.map(|level| Judgement { on, level, text, agreed_by }));
        }
        Some(Narrative { population, deadline, rubric, target: target?, interim, judgements })
    }

    /// The place of a level in a rubric, if it is there.
    fn level(&mut self, word: &Spanned<String>, rubric: &[String]) -> Option<usize> {
        let found = rubric.iter().position(|level| level == word.get_ref());
        if found.is_none() {
            self.unknown(word.span(), "level of the rubric", word.get_ref(), rubric.iter().map(String::as_str));
        }
        found
    }
}
