//! A cell → what it counts as on a scale.
//!
//! Comes in: a scale, its codes and a value. Goes out: a reading, or why there is none. It never
//! guesses: a word that is neither on the scale nor a declared code is set aside.

use std::collections::{BTreeMap, HashMap};

use termwise_config::mapping::{Mapping, Unit};
use termwise_config::measures::{Code, Scale, ScaleKind};
use termwise_config::pattern::{Pattern, VALUE, fold};
use termwise_config::{CodeClass, Measures};

use crate::workbook::Value;

use super::numerals::{numeral, percent, plain, rounded};
use super::words;

/// Widest range of levels that is read as “between these two”, as in `J/K`.
const WIDEST_RANGE: usize = 2;

/// What a cell counts as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    pub(crate) class: CodeClass,
    /// NaN unless the class is a score.
    pub(crate) value: f64,
    /// Place in the list of reasons; 0 unless excluded.
    pub(crate) reason: u16,
}

/// What became of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// Nothing was written there.
    Blank,
    /// A reading.
    Reading(Reading),
    /// Set aside, with advice.
    Rejected(String),
}

/// The reason why a mapping leaves results out that were assessed at another grade, if it does.
pub(super) fn off_grade(mapping: &Mapping) -> Option<&'static str> {
    let named = mapping.columns.contains_key("assessment-grade");
    (named && !mapping.keep_off_grade).then_some("assessed at another grade")
}

/// Every reason why a reading may be left out, each once; place 0 is empty.
pub(super) fn reasons<'a>(measures: &'a Measures, mappings: impl Iterator<Item = &'a Mapping> + Clone) -> Vec<String> {
    let codes = measures.scales.iter().map(|s| &s.codes).chain(mappings.clone().map(|mapping| &mapping.codes));
    let declared = codes.flat_map(BTreeMap::values).filter_map(|code| match code {
        Code::Excluded(reason) => Some(reason.as_str()),
        _ => None,
    });
    let mut reasons = vec![String::new()];
    let off_grade = mappings.filter_map(|mapping| -> Option<&'a str> { off_grade(mapping) });
    for reason in declared.chain(off_grade) {
        if !reasons.iter().any(|known| known == reason) {
            reasons.push(reason.to_owned());
        }
    }
    reasons
}

/// Reads the values of one scale, with the codes of one mapping before the scale's own.
pub(crate) struct ScaleReader<'a> {
    scale: &'a Scale,
    exact: HashMap<String, Option<Reading>>,
    levels: HashMap<String, usize>,
    /// Whether any level or code is a numeral.
    numerals: bool,
}

fn score(value: f64) -> Reading {
    Reading { class: CodeClass::Score, value, reason: 0 }
}

impl<'a> ScaleReader<'a> {
    pub(crate) fn new(scale: &'a Scale, mapping_codes: &BTreeMap<String, Code>, reasons: &[String]) -> Self {
        let mut exact = HashMap::new();
        let mut levels = HashMap::new();
        if let ScaleKind::Ordered { levels: names, aliases, .. } = &scale.kind {
            for (place, name) in names.iter().enumerate() {
                levels.insert(key(name), place);
            }
            for (alias, name) in aliases {
                if let Some(place) = names.iter().position(|level| level == name) {
                    levels.insert(key(alias), place);
                }
            }
            exact.extend(levels.iter().map(|(word, place)| (word.clone(), Some(score(*place as f64)))));
        }
        // The mapping's codes come last, so they win.
        for (word, code) in scale.codes.iter().chain(mapping_codes) {
            let none = |class| Some(Reading { class, value: f64::NAN, reason: 0 });
            let reading = match code {
                Code::Score(value) => Some(score(*value)),
                // A mapping's code may belong to another scale than this one.
                Code::Level(level) => match place_of(scale, level) {
                    Some(value) => Some(score(value)),
                    None => continue,
                },
                Code::CountsAsBelow => none(CodeClass::CountsAsBelow),
                Code::Excluded(reason) => {
                    let place = reasons.iter().position(|known| known == reason).unwrap_or(0);
                    none(CodeClass::Excluded).map(|r| Reading { reason: u16::try_from(place).unwrap_or(0), ..r })
                }
                Code::Error => None,
            };
            exact.insert(key(word), reading);
        }
        let numerals = exact.keys().any(|word| word.parse::<f64>().is_ok());
        Self { scale, exact, levels, numerals }
    }

    /// Whether it reads named levels.
    pub(super) fn is_ordered(&self) -> bool {
        matches!(self.scale.kind, ScaleKind::Ordered { .. })
    }

    /// What was expected, for messages.
    pub(super) fn expected(&self) -> String {
        match &self.scale.kind {
            ScaleKind::Ordered { levels, .. } => match (levels.first(), levels.last()) {
                (Some(first), Some(last)) => format!("a level from {first} to {last}, or a declared code"),
                _ => "a declared code".to_owned(),
            },
            ScaleKind::Number { lowest, highest } => {
                format!("a number from {lowest} to {highest}, or a declared code")
            }
            ScaleKind::Percent => "a share such as 0.79 or 79 %, or a declared code".to_owned(),
        }
    }

    /// Reads the part of a cell that holds the result. A word that is declared or on the scale counts
    /// for the whole cell.
    pub(super) fn read_part(
        &self,
        value: Value<'_>,
        part: Option<&Pattern>,
        unit: Option<Unit>,
        comma: Option<bool>,
    ) -> Outcome {
        let Some(part) = part else { return self.read_unit(value, unit, comma) };
        let said = words::text(value);
        if said.is_empty() {
            return Outcome::Blank;
        }
        if self.exact.contains_key(&key(&said)) {
            return self.read(value, comma);
        }
        match part.capture(&said).and_then(|mut captured| captured.remove(VALUE)) {
            Some(found) => self.read_unit(Value::Text(&found), unit, comma),
            None => Outcome::Rejected(format!(
                "The mapping expects “{}” in this cell: correct one of them.",
                part.written()
            )),
        }
    }

    /// Reads one cell whose bare numbers are meant as `unit` says.
    fn read_unit(&self, value: Value<'_>, unit: Option<Unit>, comma: Option<bool>) -> Outcome {
        let Some(unit) = unit else { return self.read(value, comma) };
        let bare = match value {
            Value::Percent(share) => {
                return match self.scale.kind {
                    ScaleKind::Number { highest, .. } => self.number(rounded(share * highest)),
                    _ => self.number(share),
                };
            }
            Value::Number(number) => Some(number),
            Value::Text(text) if !self.exact.contains_key(&key(text)) => plain(&key(text), comma),
            _ => None,
        };
        let Some(bare) = bare else { return self.read(value, comma) };
        let share = if unit == Unit::Percent { bare / 100.0 } else { bare };
        match self.scale.kind {
            ScaleKind::Number { highest, .. } => self.number(share * highest),
            _ => self.number(share),
        }
    }

    /// Reads one cell. `comma` says whether text numbers have a decimal comma; none if nobody knows.
    pub(crate) fn read(&self, value: Value<'_>, comma: Option<bool>) -> Outcome {
        match value {
            Value::Text(text) => match self.exact.get(text) {
                Some(found) => self.declared(*found),
                None => self.text(text, comma),
            },
            Value::Number(number) => self.number(number),
            Value::Percent(share) => self.percentage(share),
            Value::Date(_) => Outcome::Rejected(
                "The spreadsheet program turned what was typed into a date. Format the column as text and type it again."
                    .to_owned(),
            ),
            Value::Error(word) => match self.exact.get(word) {
                Some(found) => self.declared(*found),
                None => Outcome::Rejected("The formula in this cell has an error: correct it.".to_owned()),
            },
            Value::Bool(yes) => self.text(if yes { "TRUE" } else { "FALSE" }, comma),
        }
    }

    fn declared(&self, found: Option<Reading>) -> Outcome {
        found.map_or_else(
            || Outcome::Rejected("This code is declared as a data error: write the result instead.".to_owned()),
            Outcome::Reading,
        )
    }

    /// Why a text is none of the scale's values, as far as it looks like something known.
    fn refused(&self, word: &str, comma: Option<bool>) -> Outcome {
        const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
        let numbers = matches!(self.scale.kind, ScaleKind::Number { .. } | ScaleKind::Percent);
        let parts: Vec<&str> = word.split(['-', '/', '.', ' ']).collect();
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let named = |part: &str| MONTHS.iter().any(|month| part.starts_with(month));
        let month = parts.iter().any(|part| digits(part)) && parts.iter().any(|part| named(part));
        let year =
            parts.len() == 3 && parts.iter().all(|part| digits(part)) && parts.iter().any(|part| part.len() == 4);
        let hint = if month || year {
            "This looks like a date that a spreadsheet program made. Format the column as text and type the result again."
        } else if numbers && plain(word, comma).is_some() {
            "This number is outside the scale: correct it."
        } else if numbers && word.ends_with('%') {
            "A percentage does not fit this scale: write points, or give the measure a scale of kind “percent”."
        } else {
            return self.unknown();
        };
        Outcome::Rejected(hint.to_owned())
    }

    fn unknown(&self) -> Outcome {
        Outcome::Rejected(format!(
            "Correct the cell, or declare the word as a code of the scale “{}” in measures.toml.",
            self.scale.id
        ))
    }

    fn number(&self, number: f64) -> Outcome {
        if let Some(found) = self.numerals.then(|| self.exact.get(&number.to_string())).flatten() {
            return self.declared(*found);
        }
        match self.scale.kind {
            ScaleKind::Ordered { .. } => self.unknown(),
            ScaleKind::Number { lowest, highest } if (lowest..=highest).contains(&number) => {
                Outcome::Reading(score(number))
            }
            ScaleKind::Percent if (0.0..=1.0).contains(&number) => Outcome::Reading(score(number)),
            ScaleKind::Percent if number > 1.0 && number <= 100.0 => Outcome::Rejected(
                "Format the column as a percentage, or declare a number scale from 0 to 100.".to_owned(),
            ),
            _ => Outcome::Rejected("This number is outside the scale: correct it.".to_owned()),
        }
    }

    /// A number that is shown as a percentage: 85% are not 0.85 points.
    fn percentage(&self, share: f64) -> Outcome {
        match self.scale.kind {
            ScaleKind::Percent => self.number(share),
            ScaleKind::Number { highest, .. } if (highest - 100.0).abs() < f64::EPSILON => {
                self.number(rounded(share * 100.0))
            }
            _ => self.refused(&key(&words::text(Value::Percent(share))), None),
        }
    }

    fn text(&self, text: &str, comma: Option<bool>) -> Outcome {
        let word = key(text);
        if word.is_empty() {
            return Outcome::Blank;
        }
        if let Some(found) = self.exact.get(&word) {
            return self.declared(*found);
        }
        let found = match &self.scale.kind {
            ScaleKind::Ordered { range_counts_as_lower, .. } => {
                self.ordered(&word, *range_counts_as_lower).map(|place| place as f64)
            }
            ScaleKind::Number { lowest, highest } => {
                numeral(&word, comma, *highest).filter(|number| (*lowest..=*highest).contains(number))
            }
            ScaleKind::Percent => percent(&word, comma),
        };
        found.map_or_else(|| self.refused(&word, comma), |value| Outcome::Reading(score(value)))
    }

    /// The place of a level written with `+`, `-`, `<`, `>`, as a range or as a number.
    fn ordered(&self, word: &str, lower: bool) -> Option<usize> {
        let level = |word: &str| {
            let word = word.trim();
            let word = word.strip_prefix("LEVEL ").or_else(|| word.strip_prefix("LVL ")).unwrap_or(word).trim();
            self.levels.get(word).copied().or_else(|| {
                // A level that is a number may have been stored as one.
                let number: f64 = word.parse().ok()?;
                self.levels.get(&number.to_string()).copied()
            })
        };
        let top = self.levels.values().copied().max()?;
        if let Some(found) = level(word) {
            return Some(found);
        }
        if let Some(found) = word.strip_suffix(['+', '-']).and_then(level) {
            return Some(found);
        }
        if let Some(found) = word.strip_prefix('<').or_else(|| word.strip_prefix("BELOW ")).and_then(level) {
            return found.checked_sub(1);
        }
        if let Some(found) = word.strip_prefix('>').or_else(|| word.strip_prefix("ABOVE ")).and_then(level) {
            return (found == top).then_some(top);
        }
        for separator in ["/", "-", " TO "] {
            // Every place, because a level's own name may hold the separator.
            for (at, _) in word.match_indices(separator) {
                let (from, to) = (&word[..at], &word[at + separator.len()..]);
                // A number and a word, as in `1 - Agree`, are two names of one level and not its ends.
                let numeral = |end: &str| end.trim().parse::<f64>().is_ok();
                let (Some(low), Some(high), true) = (level(from), level(to), numeral(from) == numeral(to)) else {
                    continue;
                };
                if low < high && high - low <= WIDEST_RANGE {
                    return Some(if lower { low } else { high });
                }
            }
        }
        None
    }
}

/// The value of a level that is written by its name, or of a number.
fn place_of(scale: &Scale, level: &str) -> Option<f64> {
    match &scale.kind {
        ScaleKind::Ordered { levels, .. } => levels.iter().position(|known| known == level).map(|place| place as f64),
        ScaleKind::Number { lowest, highest } => {
            level.parse().ok().filter(|number| (*lowest..=*highest).contains(number))
        }
        ScaleKind::Percent => level.parse().ok().filter(|share| (0.0..=1.0).contains(share)),
    }
}

fn key(word: &str) -> String {
    fold(word).to_uppercase()
}

/// A reading in the words of its scale, for messages.
pub(super) fn shown(scale: &Scale, reading: Reading, reasons: &[String]) -> String {
    match (reading.class, &scale.kind) {
        (CodeClass::Score, ScaleKind::Ordered { levels, .. }) => {
            levels.get(reading.value as usize).map_or_else(|| "a level".to_owned(), |level| format!("“{level}”"))
        }
        (CodeClass::Score, _) => words::quoted(Value::Number(reading.value)),
        (CodeClass::Excluded, _) => reasons.get(usize::from(reading.reason)).cloned().unwrap_or_default(),
        (CodeClass::CountsAsBelow, _) => "a code that counts as below".to_owned(),
        (CodeClass::Missing, _) => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests;
