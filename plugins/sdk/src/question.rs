//! What a metric is asked: parameters, groups and columns by name.

use core::ops::Range;

use crate::{COUNTS_AS_BELOW, Cells, EXCLUDED, Fault, Measurement, ParameterValue, Question, SCORE};

/// One student's reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A score, as a place on the scale.
    Score(f64),
    /// No score, but the student counts as below.
    CountsAsBelow,
    /// Left out with a reason.
    Excluded,
    /// None.
    Missing,
}

/// Values and classes of one measure in one period.
#[derive(Debug, Clone, Copy)]
pub struct Scores<'a> {
    value: &'a [f64],
    class: &'a [u8],
}

impl Scores<'_> {
    /// The reading in this row. A score without a value is none.
    pub fn at(&self, row: usize) -> Reading {
        match (self.class.get(row), self.value.get(row)) {
            (Some(&SCORE), Some(value)) if !value.is_nan() => Reading::Score(*value),
            (Some(&COUNTS_AS_BELOW), _) => Reading::CountsAsBelow,
            (Some(&EXCLUDED), _) => Reading::Excluded,
            _ => Reading::Missing,
        }
    }

    /// The score in this row, if there is one.
    pub fn score(&self, row: usize) -> Option<f64> {
        match self.at(row) {
            Reading::Score(value) => Some(value),
            _ => None,
        }
    }
}

impl Question {
    /// A parameter that is a number.
    pub fn number(&self, name: &str) -> Result<f64, Fault> {
        match self.parameter(name)? {
            ParameterValue::Number(value) => Ok(*value),
            _ => Err(Fault::BadParameter(name.into())),
        }
    }

    /// A parameter that is a whole number from 0.
    pub fn whole(&self, name: &str) -> Result<u32, Fault> {
        let value = self.number(name)?;
        let fits = value >= 0.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0;
        if fits { Ok(value as u32) } else { Err(Fault::BadParameter(name.into())) }
    }

    /// A parameter that is true or false.
    pub fn flag(&self, name: &str) -> Result<bool, Fault> {
        match self.parameter(name)? {
            ParameterValue::Flag(value) => Ok(*value),
            _ => Err(Fault::BadParameter(name.into())),
        }
    }

    /// A parameter that is a word.
    pub fn word(&self, name: &str) -> Result<&str, Fault> {
        match self.parameter(name)? {
            ParameterValue::Word(value) => Ok(value),
            _ => Err(Fault::BadParameter(name.into())),
        }
    }

    fn parameter(&self, name: &str) -> Result<&ParameterValue, Fault> {
        let found = self.parameters.iter().find(|p| p.name == name);
        found.map(|p| &p.value).ok_or_else(|| Fault::BadParameter(name.into()))
    }

    /// How many measures the goal has.
    pub fn measures(&self) -> u32 {
        self.scales.len() as u32
    }

    /// For how many periods the column `name` comes.
    pub fn periods(&self, name: &str) -> u32 {
        self.columns.iter().filter(|c| c.name == name).map(|c| c.period + 1).max().unwrap_or(0)
    }

    /// A column of numbers, one per row: of this measure, in this period (0 for `now` and `start`).
    pub fn numbers(&self, name: &str, measure: u32, period: u32) -> Result<&[f64], Fault> {
        match self.cells(name, measure, period)? {
            Cells::Numbers(cells) if cells.len() == self.rows() => Ok(cells),
            _ => Err(Fault::BadShape),
        }
    }

    /// A column of codes, one per row.
    pub fn codes(&self, name: &str, measure: u32, period: u32) -> Result<&[u8], Fault> {
        match self.cells(name, measure, period)? {
            Cells::Codes(cells) if cells.len() == self.rows() => Ok(cells),
            _ => Err(Fault::BadShape),
        }
    }

    fn cells(&self, name: &str, measure: u32, period: u32) -> Result<&Cells, Fault> {
        let found = self.columns.iter().find(|c| c.name == name && c.measure == measure && c.period == period);
        found.map(|c| &c.cells).ok_or_else(|| Fault::MissingColumn(name.into()))
    }

    /// A column of values with the column of their classes.
    pub fn scores(&self, value: &str, class: &str, measure: u32, period: u32) -> Result<Scores<'_>, Fault> {
        Ok(Scores { value: self.numbers(value, measure, period)?, class: self.codes(class, measure, period)? })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.offsets.last().map_or(0, |end| *end as usize)
    }

    /// The rows of each group.
    pub fn groups(&self) -> Result<impl Iterator<Item = Range<usize>>, Fault> {
        if self.offsets.first() != Some(&0) || !self.offsets.is_sorted() {
            return Err(Fault::BadShape);
        }
        Ok(self.offsets.windows(2).map(|pair| pair[0] as usize..pair[1] as usize))
    }

    /// One measurement for the rows of each group.
    pub fn each_group(&self, measure: impl FnMut(Range<usize>) -> Measurement) -> Result<Vec<Measurement>, Fault> {
        Ok(self.groups()?.map(measure).collect())
    }
}
