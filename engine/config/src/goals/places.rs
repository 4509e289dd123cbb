//! Where the settings of a goal stand in its file, for what is found out about it later.

use std::collections::BTreeMap;
use std::ops::Range;

use termwise_base::problem::Place;

use super::super::Calendar;
use super::super::check::Check;
use super::super::spot::{At, Day};
use super::aim::{self, RawInterim};
use super::amendment::{self, RawAmendment};
use super::measured::RawMeasured;
use super::narrative::{self, RawNarrative};

/// Where the settings of a goal stand in its file, by name, as in `target`, `interim.0.target` or
/// `amendment.1.deadline`; the members of lists in the order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(pub BTreeMap<String, Place>);

impl Places {
    /// The place of a setting, else of the nearest thing around it that has one.
    pub fn at(&self, name: &str) -> Place {
        let mut name = name;
        loop {
            if let Some(place) = self.0.get(name) {
                return place.clone();
            }
            match name.rsplit_once('.') {
                Some((around, _)) => name = around,
                None => return self.0.get("").cloned().unwrap_or_default(),
            }
        }
    }
}

/// What a part of a goal shares with the whole.
pub(super) struct RawWhole<'a> {
    pub(super) statement: &'a At<String>,
    pub(super) deadline: &'a Day,
    pub(super) amendments: &'a [RawAmendment],
    pub(super) narrative: RawNarrative<'a>,
}

impl Check<'_> {
    /// The places of a goal's settings, or of a part's: what a part takes from its goal stands there.
    pub(super) fn places(&self, raw: &RawMeasured<'_>, goal: &RawWhole<'_>, calendar: &Calendar) -> Places {
        let mut places = Places::default();
        let mut put = |name: String, span: Range<usize>| {
            places.0.insert(name, self.text.place(span));
        };
        put(String::new(), raw.place.clone());
        put("title".into(), raw.title.span());
        put("statement".into(), goal.statement.span());
        put("deadline".into(), goal.deadline.span());
        let words = [
            ("metric", raw.metric.map(|word| word.span())),
            ("output", raw.output.map(|word| word.span())),
            ("direction", raw.direction.map(|word| word.span())),
            ("from", raw.from.map(|word| word.span())),
            ("target-level", goal.narrative.target_level.map(|word| word.span())),
        ];
        for (name, span) in words.into_iter().filter_map(|(name, span)| Some((name, span?))) {
            put(name.into(), span);
        }
        raw.growth.iter().for_each(|growth| put("growth".into(), growth.from.span()));
        raw.target.iter().for_each(|target| put("target".into(), target.span()));
        raw.baseline.iter().for_each(|baseline| put("baseline".into(), baseline.span()));
        raw.compare.iter().for_each(|compare| put("compare".into(), compare.span()));
        goal.narrative.rubric.iter().for_each(|rubric| put("rubric".into(), rubric.span()));
        raw.measures.first().into_iter().for_each(|first| put("measures".into(), first.span()));
        for (name, value) in raw.parameters {
            put(format!("parameters.{name}"), value.span());
        }
        let interims = |before: &str, list: &[RawInterim], put: &mut dyn FnMut(String, Range<usize>)| {
            for (i, interim) in aim::by_time(list, calendar).into_iter().enumerate() {
                put(format!("{before}interim.{i}"), interim.period.span());
                let target = interim.target.iter().map(|number| number.span());
                let level = interim.level.iter().map(|level| level.span());
                target.chain(level).for_each(|span| put(format!("{before}interim.{i}.target"), span));
            }
        };
        interims("", raw.interim, &mut put);
        for (i, amendment) in amendment::by_day(raw.amendments).into_iter().enumerate() {
            let name = format!("amendment.{i}");
            put(name.clone(), amendment.on.span());
            amendment.target.iter().for_each(|target| put(format!("{name}.target"), target.span()));
            amendment.deadline.iter().for_each(|day| put(format!("{name}.deadline"), day.span()));
            amendment.baseline.iter().for_each(|baseline| put(format!("{name}.baseline"), baseline.span()));
            amendment.statement.iter().for_each(|text| put(format!("{name}.statement"), text.span()));
            amendment.title.iter().for_each(|text| put(format!("{name}.title"), text.span()));
            interims(&format!("{name}."), amendment.interim.as_deref().unwrap_or_default(), &mut put);
        }
        let whole = amendment::by_day(goal.amendments).into_iter().filter_map(|whole| whole.deadline.as_ref());
        for (i, deadline) in whole.enumerate() {
            put(format!("put-off.{i}"), deadline.span());
        }
        for (i, judgement) in narrative::by_day(goal.narrative.judgements).into_iter().enumerate() {
            put(format!("judgement.{i}"), judgement.on.span());
        }
        places
    }
}
