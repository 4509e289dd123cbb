//! `[[goal.strategy]]`: what staff do to reach a goal.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumCount, EnumIter, EnumMessage, EnumString, IntoStaticStr, VariantArray};

use super::super::School;
use super::super::check::Check;
use super::super::spot::{At, Day, spanned};
use super::super::words::Word;

/// How far a strategy is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumCount,
    EnumIter,
    EnumMessage,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Stage {
    /// Somebody thought of it.
    Proposed,
    /// It was chosen.
    Selected,
    /// Staff are doing it.
    UnderWay,
    /// It came to its end.
    Done,
    /// It was given up.
    Stopped,
}

impl Stage {
    /// Every stage, in the order of a strategy's life.
    pub const ALL: [Self; Self::COUNT] = *Self::VARIANTS.first_chunk().expect("as many as there are");

    /// Its word in files and dictionaries.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// A strategy that the team chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    /// What is done.
    pub text: String,
    /// The team that does it (never a person).
    pub team: Option<String>,
    /// At which grades; empty: at all of the goal's.
    pub grades: Vec<String>,
    /// Since when it has its status.
    pub since: Option<Date>,
    /// How far it is now.
    pub status: Stage,
    /// What it was before, by day.
    pub history: Vec<(Stage, Date)>,
}

impl Strategy {
    /// Whether it was known on a day: not all that is dated of it lies later.
    pub fn known(&self, day: Date) -> bool {
        let mut dates = self.since.into_iter().chain(self.history.iter().map(|(_, day)| *day)).peekable();
        dates.peek().is_none() || dates.any(|dated| dated <= day)
    }

    /// From when it was (or has been) under way, and when it ended.
    pub fn phase(&self) -> Option<(Date, Option<Date>)> {
        let begun = self.history.iter().find(|(stage, _)| *stage == Stage::UnderWay).map(|(_, day)| *day);
        match self.status {
            Stage::UnderWay => begun.or(self.since).map(|day| (day, None)),
            Stage::Done | Stage::Stopped => begun.map(|day| (day, self.since)),
            Stage::Proposed | Stage::Selected => None,
        }
    }

    /// The same, as it was known on a day: what began later is not under way yet, and what ended later has not
    /// ended.
    pub fn phase_on(&self, day: Date) -> Option<(Date, Option<Date>)> {
        let (from, to) = self.phase()?;
        (from <= day).then(|| (from, to.filter(|to| *to <= day)))
    }

    /// How far it was on a day, and since when; none if nothing is written of it up to then. A status without a
    /// day holds at any time.
    pub fn on(&self, day: Date) -> Option<(Stage, Option<Date>)> {
        let Some(since) = self.since else { return Some((self.status, None)) };
        let last = self.history.iter().copied().chain([(self.status, since)]).rev().find(|(_, on)| *on <= day);
        last.map(|(stage, on)| (stage, Some(on)))
    }
}

/// What staff do to reach a goal.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Strategy")]
pub(super) struct RawStrategy {
    /// What is done.
    text: At<String>,
    /// The team that does it, never a person.
    team: Option<At<String>>,
    /// At which grades. Left out: at all of the goal’s.
    #[serde(default)]
    grades: Vec<At<String>>,
    /// Since when it has its status, as in 2025-10-06 (without quotes).
    since: Option<Day>,
    /// How far it is now. Left out: proposed.
    status: Option<At<Word<Stage>>>,
    /// What it was before.
    #[serde(default)]
    history: Vec<RawStage>,
}

/// How far a strategy was.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Stage")]
struct RawStage {
    /// How far it was.
    status: At<Word<Stage>>,
    /// Since when, as in 2025-09-15 (without quotes).
    on: Day,
}

impl Check<'_> {
    pub(super) fn strategy(&mut self, raw: &RawStrategy, school: Option<&School>) -> Strategy {
        for grade in &raw.grades {
            self.grade(grade, school);
        }
        let since = raw.since.as_ref().and_then(|day| self.maybe_date(day));
        let mut history = Vec::new();
        for before in &raw.history {
            let stage = self.word(&before.status, "status");
            let on = self.maybe_date(&before.on);
            if let (Some(on), Some(since)) = (on, since)
                && on > since
            {
                self.fault(
                    before.on.span(),
                    format!("The strategy had this status from {on}, and has its present one since {since}."),
                    "`history` lists what a strategy was before; correct one of the two dates.",
                );
            }
            history.extend(stage.zip(on));
        }
        history.sort_by_key(|(_, day)| *day);
        Strategy {
            text: self.text(&raw.text, "text"),
            team: self.maybe_text(raw.team.as_deref(), "team"),
            grades: self.list(&spanned(&raw.grades), "grades"),
            since,
            status: self.word_or(raw.status.as_deref(), "status", Stage::Proposed),
            history,
        }
    }
}
