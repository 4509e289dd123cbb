//! Measures: what is assessed, on which scale, with what.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::check::{Check, Names};
use super::super::spot::{At, Day, spanned};
use super::scale::Scale;

/// Something that is assessed: one number or level a student a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Name in the files.
    pub id: String,
    /// Name as printed, as in “English reading level”.
    pub title: String,
    /// Place in [`Measures::scales`].
    pub scale: usize,
    /// Other spellings met in spreadsheets.
    pub also_called: Vec<String>,
    /// `literacy`, `numeracy`, `well-being` or a division's own word, where it says so.
    pub area: Option<String>,
    /// With what it is taken, from a day on, by day; empty where nobody says.
    pub instruments: Vec<(Date, String)>,
    /// Whether a reading is counted over the whole reporting period, as days absent are, and not found on a day
    /// in it; none where nobody says.
    pub over_period: Option<bool>,
}

impl Measure {
    /// With what it was taken on a day.
    pub fn instrument(&self, on: Date) -> Option<&str> {
        self.instruments.iter().rev().find(|(from, _)| *from <= on).map(|(_, name)| name.as_str())
    }
}

/// Something that is assessed.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Measure")]
pub(super) struct RawMeasure {
    /// Name as printed.
    title: At<String>,
    /// Name of its scale.
    scale: At<String>,
    /// Other names that spreadsheets have for it.
    #[serde(default)]
    also_called: Vec<At<String>>,
    /// What it belongs to: "literacy", "numeracy", "well-being" or a word of your own.
    area: Option<At<String>>,
    /// With what it is taken, from a day on.
    #[serde(default)]
    instrument: Vec<RawInstrument>,
    /// Whether a reading is counted over the whole reporting period, as days absent are.
    over_period: Option<bool>,
}

/// With what a measure is taken.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Instrument")]
struct RawInstrument {
    /// Name as printed, with its edition.
    name: At<String>,
    /// First day on which it was used, as in 2025-09-01 (without quotes).
    from: Day,
}

impl Check<'_> {
    pub(super) fn measure(
        &mut self,
        id: &At<String>,
        raw: &RawMeasure,
        scales: &[Scale],
        names: &mut Names,
    ) -> Option<Measure> {
        let scale = scales.iter().position(|s| s.id == *raw.scale.get_ref());
        if scale.is_none() {
            self.unknown(raw.scale.span(), "scale", raw.scale.get_ref(), scales.iter().map(|s| s.id.as_str()));
        }
        let words: Vec<_> = [id, &raw.title].into_iter().chain(&raw.also_called).collect();
        let words: Vec<_> = words.iter().map(|word| (word.get_ref().as_str(), word.span())).collect();
        names.take(self, id.get_ref(), &words);
        Some(Measure {
            id: self.text(id, "id"),
            title: self.text(&raw.title, "title"),
            also_called: self.list(&spanned(&raw.also_called), "also-called"),
            over_period: raw.over_period,
            area: raw.area.as_ref().map(|area| self.text(area, "area")),
            instruments: self.instruments(&raw.instrument),
            scale: scale?,
        })
    }

    /// Instruments by the day from which on they were used.
    fn instruments(&mut self, raw: &[RawInstrument]) -> Vec<(Date, String)> {
        let mut instruments: Vec<(Date, String)> = Vec::new();
        for instrument in raw {
            let name = self.text(&instrument.name, "name");
            let Some(day) = self.maybe_date(&instrument.from) else { continue };
            if instruments.iter().any(|(other, _)| *other == day) {
                let message = format!("Two instruments are used from {day} on.");
                self.fault(instrument.from.span(), message, "Correct the date of one of the two.");
            }
            instruments.push((day, name));
        }
        instruments.sort_by_key(|(day, _)| *day);
        instruments
    }
}
