//! A finding: a problem, where it is in the copy, and how its cell looks there.

use rust_xlsxwriter::{Format, FormatBorder};

use termwise_base::problem::{Problem, Severity};
use termwise_config::mapping::address;

use super::names::{COLS, ROWS};
use crate::workbook::Workbook;

/// A cell of the copy: row and column, zero-based.
pub(super) type At = (u32, u16);

/// A problem, and where it is in the copy.
pub(super) struct Finding<'a> {
    pub(super) problem: &'a Problem,
    /// Place of its sheet in the workbook.
    pub(super) sheet: Option<usize>,
    pub(super) cell: Option<At>,
}

impl<'a> Finding<'a> {
    /// Finds the place of a problem in the copy of a workbook.
    pub(super) fn of(book: &Workbook, problem: &'a Problem) -> Self {
        let named = |name: &String| book.sheets.iter().position(|sheet| sheet.name == *name);
        let sheet = problem.place.sheet.as_ref().and_then(named);
        let cell = problem.place.cell.as_deref().and_then(address).and_then(|(row, col)| at(row, col));
        Self { problem, sheet, cell }
    }
}

/// The cell, unless it lies beyond what a sheet may have.
pub(super) fn at(row: u32, col: u32) -> Option<At> {
    (row < ROWS && col < COLS).then_some((row, u16::try_from(col).ok()?))
}

/// The look of a cell with a finding. Colours of Okabe and Ito, which colour-blind people can tell
/// apart; an error also has a thick frame and white letters, so that a print in grey shows it too.
pub(super) fn colour(format: Format, severity: Severity) -> Format {
    let format = format.set_background_color(fill(severity));
    match severity {
        Severity::Error => format.set_border(FormatBorder::Thick).set_bold().set_font_color("#FFFFFF"),
        Severity::Warning => format.set_border(FormatBorder::Thin).set_font_color("#000000"),
        Severity::Note => format.set_border(FormatBorder::Dotted).set_font_color("#000000"),
    }
}

/// The colour behind a finding of this severity.
pub(super) fn fill(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "#B34700",
        Severity::Warning => "#F0E442",
        Severity::Note => "#9BD3F2",
    }
}
