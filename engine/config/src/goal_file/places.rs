//! Where the settings of a goal stand in its file, for what is found out about it later.

use std::ops::Range;

use super::super::goals::Places;
use super::super::load::Check;
use super::{Calendar, RawGoal, RawInterim, RawMeasured, amendments_by_day, interims_by_time, judgements_by_day};

impl Check<'_> {
    /// The places of a goal's settings, or of a part's: what a part takes from its goal stands there.
    pub(super) fn places(&self, raw: &RawMeasured<'_>, goal: &RawGoal, calendar: &Calendar) -> Places {
        let mut places = Places::default();
        let mut put = |name: String, span: Range<usize>| {
            places.0.insert(name, self.text.place(span));
        };
        put(String::new(), raw.place.clone());
        put("title".into(), raw.title.span());
        put("statement".into(), goal.statement.span());
        put("deadline".into(), goal.deadline.span());
        let words = [
            ("metric", raw.metric),
            ("output", raw.output),
            ("direction", raw.direction),
            ("from", raw.from),
            ("target-level", &goal.target_level),
        ];
        for (name, span) in words.into_iter().filter_map(|(name, word)| Some((name, word.as_ref()?.span()))) {
            put(name.into(), span);
        }
        raw.growth.iter().for_each(|growth| put("growth".into(), growth.from.span()));
        raw.target.iter().for_each(|target| put("target".into(), target.span()));
        raw.baseline.iter().for_each(|baseline| put("baseline".into(), baseline.span()));
        raw.compare.iter().for_each(|compare| put("compare".into(), compare.span()));
        goal.rubric.iter().for_each(|rubric| put("rubric".into(), rubric.span()));
        raw.measures.first().into_iter().for_each(|first| put("measures".into(), first.span()));
        for (name, value) in raw.parameters {
            put(format!("parameters.{name}"), value.span());
        }
        let interims = |before: &str, list: &[RawInterim], put: &mut dyn FnMut(String, Range<usize>)| {
            for (i, interim) in interims_by_time(list, calendar).into_iter().enumerate() {
                put(format!("{before}interim.{i}"), interim.period.span());
                let target = interim.target.iter().map(toml::Spanned::span);
                let level = interim.level.iter().map(toml::Spanned::span);
                target.chain(level).for_each(|span| put(format!("{before}interim.{i}.target"), span));
            }
        };
        interims("", raw.interim, &mut put);
        for (i, amendment) in amendments_by_day(raw.amendments).into_iter().enumerate() {
            let name = format!("amendment.{i}");
            put(name.clone(), amendment.on.span());
            amendment.target.iter().for_each(|target| put(format!("{name}.target"), target.span()));
            amendment.deadline.iter().for_each(|day| put(format!("{name}.deadline"), day.span()));
            amendment.baseline.iter().for_each(|baseline| put(format!("{name}.baseline"), baseline.span()));
            amendment.statement.iter().for_each(|text| put(format!("{name}.statement"), text.span()));
            amendment.title.iter().for_each(|text| put(format!("{name}.title"), text.span()));
            interims(&format!("{name}."), amendment.interim.as_deref().unwrap_or_default(), &mut put);
        }
        let whole = amendments_by_day(&goal.amendment).into_iter().filter_map(|whole| whole.deadline.as_ref());
        for (i, deadline) in whole.enumerate() {
            put(format!("put-off.{i}"), deadline.span());
        }
        for (i, judgement) in judgements_by_day(&goal.judgement).into_iter().enumerate() {
            put(format!("judgement.{i}"), judgement.on.span());
        }
        places
    }
}
