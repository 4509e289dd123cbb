//! The first sheet of an annotated copy: every finding, one a row.
//!
//! Comes in: findings, in the order in which they are to be numbered. Goes out: a sheet that can be
//! filtered, with a link to each cell.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use termwise_base::problem::{Severity, a1};

use super::finding::{Finding, colour};
use super::names::{CELL, ROWS, short};

/// Headings and widths, from the left.
const COLUMNS: [(&str, f64); 8] = [
    ("No.", 6.0),
    ("Sheet", 18.0),
    ("Cell", 9.0),
    ("What is wrong", 48.0),
    ("Found", 26.0),
    ("Expected", 30.0),
    ("What to do", 52.0),
    ("Kind", 10.0),
];

/// A sheet can have no more links (65 530).
const LINKS: u32 = 65_000;

/// Writes the list. `tabs` are the names of the copied sheets.
pub(super) fn write(
    sheet: &mut Worksheet,
    name: &str,
    tabs: &[String],
    findings: &[Finding<'_>],
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let heading = Format::new().set_bold().set_text_wrap().set_background_color("#DDE3EA").set_align(FormatAlign::Top);
    for (col, (title, width)) in (0u16..).zip(COLUMNS) {
        sheet.set_column_width(col, width)?;
        sheet.write_string_with_format(0, col, title, &heading)?;
    }
    let listed = findings.len().min(ROWS as usize - 1);
    for (row, finding) in (1u32..).zip(&findings[..listed]) {
        line(sheet, row, tabs, finding)?;
    }
    let last = u32::try_from(listed).unwrap_or(ROWS - 1);
    sheet.autofilter(0, 0, last, COLUMNS.len() as u16 - 1)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

fn line(sheet: &mut Worksheet, row: u32, tabs: &[String], finding: &Finding<'_>) -> Result<(), XlsxError> {
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let problem = finding.problem;
    let text = |text: &Option<String>| text.as_deref().map(|text| short(text, CELL).into_owned()).unwrap_or_default();
    sheet.write_number_with_format(row, 0, row, &plain)?;
    sheet.write_string_with_format(row, 1, text(&problem.place.sheet), &plain)?;
    match (finding.sheet.and_then(|place| tabs.get(place)), finding.cell) {
        (Some(tab), Some((at, col))) if row <= LINKS => {
            let cell = a1(at, col.into());
            let link = format!("internal:'{}'!{cell}", tab.replace('\'', "''"));
            let linked =
                plain.clone().set_font_color("#0B5394").set_underline(rust_xlsxwriter::FormatUnderline::Single);
            sheet.write_url_with_options(row, 2, link.as_str(), &cell, "", Some(&linked))?;
        }
        _ => {
            sheet.write_string_with_format(row, 2, text(&problem.place.cell), &plain)?;
        }
    }
    sheet.write_string_with_format(row, 3, short(&problem.message, CELL), &plain)?;
    sheet.write_string_with_format(row, 4, text(&problem.found), &plain)?;
    sheet.write_string_with_format(row, 5, text(&problem.expected), &plain)?;
    sheet.write_string_with_format(row, 6, text(&problem.hint), &plain)?;
    sheet.write_string_with_format(row, 7, word(problem.severity), &colour(plain, problem.severity))?;
    Ok(())
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
