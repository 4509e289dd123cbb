//! Scales, codes, measures and dated expectation tables (`measures.toml`).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Calendar, PeriodId};

/// Place of a measure in [`Measures::measures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureId(pub usize);

/// What a reading counts as. The declared class of every code, and of every proper value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CodeClass {
    /// A score on the scale; it has a value.
    Score = 0,
    /// No score, but the student counts as below (“out of range — below”).
    CountsAsBelow = 1,
    /// Left out of the denominator, with a reason (absent, exempt).
    Excluded = 2,
    /// No reading at all was found.
    Missing = 3,
}

/// What a code in a cell means.
#[derive(Debug, Clone, PartialEq)]
pub enum Code {
    /// A place on the scale, as `ND` is the lowest of `ND, 1, 2, 3, 4`.
    Score(f64),
    /// Counts as below.
    CountsAsBelow,
    /// Left out, with the reason that is printed.
    Excluded(String),
    /// A data error: the cell is set aside and reported.
    Error,
}

/// How values of a scale are read.
#[derive(Debug, Clone, PartialEq)]
pub enum ScaleKind {
    /// Named levels from lowest to highest; the value is the place in this list.
    Ordered {
        /// Level names, lowest first.
        levels: Vec<String>,
        /// Other spellings → level name.
        aliases: BTreeMap<String, String>,
        /// Whether a range such as `J/K` counts as its lower level (else its upper).
        range_counts_as_lower: bool,
    },
    /// A number with bounds.
    Number {
        /// Lowest value that can be true.
        lowest: f64,
        /// Highest value that can be true.
        highest: f64,
    },
    /// A share between 0 and 1, written `0.79`, `79%` or `79 %`; values are kept as 0–1.
    Percent,
}

/// A scale with its codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Name in the file.
    pub id: String,
    /// How values are read.
    pub kind: ScaleKind,
    /// Codes by their spelling, upper case.
    pub codes: BTreeMap<String, Code>,
}

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
}

/// Which part of the expectation table a threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Below every line of the table.
    Below,
    /// At least the “approaching” line.
    Approaching,
    /// At least the “at” line: the student is at or above level.
    At,
    /// At least the “above” line.
    Above,
}

/// An expectation table of some measures, in force from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Measures it speaks of.
    pub measures: Vec<MeasureId>,
    /// First day in force.
    pub from: Date,
    /// As printed, as in “Division reading expectations, September 2025”.
    pub title: String,
    /// Lowest value of each band: band → grade → period id (`P1`) → value.
    /// Grade or period id `*` means “every other”.
    pub lines: BTreeMap<Band, BTreeMap<String, BTreeMap<String, f64>>>,
}

/// Everything in `measures.toml`, checked.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    /// Scales.
    pub scales: Vec<Scale>,
    /// Measures; [`MeasureId`] is the place in this list.
    pub measures: Vec<Measure>,
    /// Expectation tables, sorted by the day they come into force.
    pub expectations: Vec<Expectation>,
}

impl Measures {
    /// The measure with this id.
    pub fn measure(&self, id: MeasureId) -> &Measure {
        &self.measures[id.0]
    }

    /// The scale of a measure.
    pub fn scale_of(&self, id: MeasureId) -> &Scale {
        &self.scales[self.measures[id.0].scale]
    }

    /// The measure named `id` in the files.
    pub fn by_id(&self, id: &str) -> Option<MeasureId> {
        self.measures.iter().position(|m| m.id == id).map(MeasureId)
    }

    /// The measure that a spreadsheet calls `word` (id, title or another spelling; case ignored).
    pub fn by_word(&self, word: &str) -> Option<MeasureId> {
        let word = word.trim().to_lowercase();
        self.measures
            .iter()
            .position(|m| {
                m.id.to_lowercase() == word
                    || m.title.to_lowercase() == word
                    || m.also_called.iter().any(|a| a.trim().to_lowercase() == word)
            })
            .map(MeasureId)
    }

    /// The table in force for a measure on the closing day of a period.
    pub fn expectation(&self, measure: MeasureId, calendar: &Calendar, period: PeriodId) -> Option<&Expectation> {
        let day = calendar.period(period).closes;
        self.expectations.iter().rev().find(|e| e.from <= day && e.measures.contains(&measure))
    }

    /// The lowest value that counts as `band` for a grade in a period, by the table in force.
    pub fn line(
        &self,
        measure: MeasureId,
        band: Band,
        grade: &str,
        calendar: &Calendar,
        period: PeriodId,
    ) -> Option<f64> {
        let grades = self.expectation(measure, calendar, period)?.lines.get(&band)?;
        let periods = grades.get(grade).or_else(|| grades.get("*"))?;
        periods.get(&calendar.period(period).id).or_else(|| periods.get("*")).copied()
    }
}
