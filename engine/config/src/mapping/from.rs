//! The sections that take facts from names of sheets, paths of files and single cells.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::check::Check;
use super::super::pattern::Pattern;
use super::super::spot::At;
use super::columns::OneOrMany;

/// Most rows and columns of a sheet (xlsx).
const SHEET: (u32, u32) = (1 << 20, 1 << 14);

/// A fact taken from a cell above the table.
#[derive(Debug, Clone, PartialEq)]
pub struct FromCell {
    /// Zero-based row and column.
    pub cell: (u32, u32),
    /// Pattern with captures, as in `Reporting period: {period}`.
    pub pattern: Pattern,
}

/// Facts that a name gives.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "From")]
pub(super) struct RawFrom {
    /// What is written there, with captures, as in "Gr {grade}*"; the first pattern that fits counts.
    pattern: At<OneOrMany>,
}

/// Facts that a cell above the table gives.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "FromCell")]
pub(super) struct RawFromCell {
    /// Address of the cell, as in B2.
    #[schemars(regex(pattern = "^[A-Za-z]{1,3}[0-9]{1,7}$"))]
    cell: At<String>,
    /// What is written there, with captures, as in "Reporting period: {period}".
    pattern: At<String>,
}

impl Check<'_> {
    /// Patterns that must capture something.
    pub(super) fn from(&mut self, raw: Option<&RawFrom>) -> Vec<Pattern> {
        let Some(from) = raw else { return Vec::new() };
        self.one_or_many(&from.pattern, "pattern", true)
    }

    pub(super) fn cell_fact(&mut self, from: &RawFromCell) -> Option<FromCell> {
        let cell = address(from.cell.get_ref());
        if cell.is_none() {
            self.fault(
                from.cell.span(),
                format!("“{}” is not the address of a cell.", from.cell.get_ref()),
                "Write it as in B2.",
            );
        }
        let pattern = self.pattern(&from.pattern, true);
        Some(FromCell { cell: cell?, pattern: pattern? })
    }
}

/// Zero-based row and column of an A1 address; none for anything else, and for a cell that no sheet has.
pub fn address(cell: &str) -> Option<(u32, u32)> {
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = cell.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || !number.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut col = 0u32;
    for letter in letters.chars() {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        col = col * 26 + (letter as u32 - 'A' as u32 + 1);
    }
    let row: u32 = number.parse().ok()?;
    (row >= 1 && row <= SHEET.0 && col <= SHEET.1).then(|| (row - 1, col - 1))
}
