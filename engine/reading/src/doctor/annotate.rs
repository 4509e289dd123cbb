//! A copy of a workbook in which every finding is marked where it is.
//!
//! Comes in: a workbook as it was read, and what was found in it. Goes out: the bytes of an xlsx file:
//! a list of the findings, then the sheets with their values. The same workbook and findings give the
//! same bytes. Nothing that somebody wrote into a spreadsheet can make the copy fail.

use std::collections::{BTreeMap, HashSet};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Note, Workbook as Xlsx, Worksheet, XlsxError};

use termwise_base::problem::{Problem, Severity};

use super::finding::{At, Finding, at, colour, fill};
use super::list;
use super::names::{CELL, COLS, NOTE, Names, ROWS, short};
use crate::workbook::{Merge, Sheet, Value, Workbook};

/// Cells that merges may cover in one sheet: what a file states costs nothing, its copy does.
const MERGED: u64 = 200_000;

/// Columns of the copy are as wide as what stands in them, but no wider (in pixels).
const WIDEST: u32 = 220;

/// A copy of `book` with `problems`, which are those of the file at `path`, marked in it.
pub fn annotate(book: &Workbook, path: &str, problems: &[&Problem]) -> anyhow::Result<Vec<u8>> {
    let mut names = Names::default();
    let tabs: Vec<String> = book.sheets.iter().map(|sheet| names.take(&sheet.name)).collect();
    let mut findings: Vec<Finding<'_>> = problems.iter().map(|problem| Finding::of(book, problem)).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.problem.severity));

    let mut copy = Xlsx::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    copy.set_properties(
        &DocProperties::new()
            .set_title(short(&format!("Findings in {path}"), 255))
            .set_author("Termwise")
            .set_comment("Values only: formulas, colours and comments of the original are left out.")
            .set_creation_datetime(&made),
    );
    let beyond: Vec<&str> = book.sheets.iter().filter(|sheet| is_too_large(sheet)).map(|s| s.name.as_str()).collect();
    list::write(copy.add_worksheet(), &names.take("Termwise findings"), &tabs, &findings)?;
    if !beyond.is_empty() {
        copy.worksheet_from_index(0)?.insert_note(
            0,
            3,
            &Note::new(format!("Cells beyond row {ROWS} or column XFD are not in this copy: {}.", beyond.join(", ")))
                .set_author("Termwise"),
        )?;
    }
    let looks = Looks::new();
    for (place, (sheet, tab)) in book.sheets.iter().zip(&tabs).enumerate() {
        let mine: Vec<&Finding<'_>> = findings.iter().filter(|finding| finding.sheet == Some(place)).collect();
        let to = copy.add_worksheet();
        to.set_name(tab)?.set_hidden(sheet.hidden);
        merges(to, sheet.merges.as_deref().unwrap_or_default())?;
        mark(to, &mine)?;
        values(to, sheet, &mine, &looks)?;
        to.set_autofit_max_width(WIDEST).autofit();
        anyhow::ensure!(!sheet.is_broken(), "what was read of the sheet “{}” is damaged", sheet.name);
    }
    Ok(copy.save_to_buffer()?)
}

/// Whether a sheet has cells beyond those that a sheet of the copy may have.
fn is_too_large(sheet: &Sheet) -> bool {
    sheet.rows().any(|row| row.number >= ROWS || row.cells().last().is_some_and(|(col, _)| col >= COLS))
}

/// Merges cells as the original does; what overlaps, or lies beyond the end of a sheet, stays unmerged.
fn merges(to: &mut Worksheet, merges: &[Merge]) -> Result<(), XlsxError> {
    let mut covered: HashSet<At> = HashSet::new();
    let mut looked = 0;
    let plain = Format::new();
    for merge in merges {
        let (Some(first), Some(last)) = (at(merge.top, merge.left), at(merge.bottom, merge.right)) else { continue };
        if first >= last || first.1 > last.1 {
            continue;
        }
        let cells = u64::from(last.0 - first.0 + 1) * u64::from(last.1 - first.1 + 1);
        if looked + cells > MERGED {
            continue;
        }
        looked += cells;
        let inside = || (first.0..=last.0).flat_map(|row| (first.1..=last.1).map(move |col| (row, col)));
        if inside().all(|cell| !covered.contains(&cell)) {
            covered.extend(inside());
            to.merge_range(first.0, first.1, last.0, last.1, "", &plain)?;
        }
    }
    Ok(())
}

/// Fills the cells with findings and puts notes on them. What is about a whole sheet stands at A1, and
/// its tab is coloured.
fn mark(to: &mut Worksheet, findings: &[&Finding<'_>]) -> Result<(), XlsxError> {
    let mut notes: BTreeMap<At, Vec<String>> = BTreeMap::new();
    for finding in findings {
        notes.entry(finding.cell.unwrap_or_default()).or_default().push(told(finding.problem));
    }
    for ((row, col), texts) in notes {
        let text = texts.join("\n\n");
        let text = short(&text, NOTE);
        let lines: usize = text.lines().map(|line| 1 + line.chars().count() / 52).sum();
        let height = u32::try_from(30 + 14 * lines.min(30)).unwrap_or(450);
        to.insert_note(row, col, &Note::new(text).set_author("Termwise").set_width(320).set_height(height))?;
    }
    // The findings are sorted: the gravest of them comes first.
    if let Some(whole) = findings.iter().find(|finding| finding.cell.is_none()) {
        to.set_tab_color(fill(whole.problem.severity));
    }
    for finding in findings.iter().rev() {
        if let Some((row, col)) = finding.cell {
            to.write_blank(row, col, &colour(Format::new(), finding.problem.severity))?;
        }
    }
    Ok(())
}

/// What a note says of a problem.
fn told(problem: &Problem) -> String {
    let mut text = problem.message.clone();
    for (title, more) in [("Found", &problem.found), ("Expected", &problem.expected), ("What to do", &problem.hint)] {
        if let Some(more) = more {
            text.push_str(&format!("\n{title}: {more}"));
        }
    }
    text
}

fn values(to: &mut Worksheet, sheet: &Sheet, findings: &[&Finding<'_>], looks: &Looks) -> Result<(), XlsxError> {
    let mut marked: BTreeMap<At, Severity> = BTreeMap::new();
    for finding in findings {
        if let Some(cell) = finding.cell {
            marked.entry(cell).or_insert(finding.problem.severity);
        }
    }
    for row in sheet.rows() {
        for (col, value) in row.cells() {
            let Some((row, col)) = at(row.number, col) else { continue };
            let marked = if marked.is_empty() { None } else { marked.get(&(row, col)).copied() };
            put(to, (row, col), value, marked, looks)?;
        }
    }
    Ok(())
}

fn put(
    to: &mut Worksheet,
    (row, col): At,
    value: Value<'_>,
    marked: Option<Severity>,
    looks: &Looks,
) -> Result<(), XlsxError> {
    match value {
        // A serial number that is no day stays the number it is.
        Value::Date(serial) if serial.is_finite() && serial >= 0.0 => {
            to.write_number_with_format(row, col, serial, looks.of(marked, shape(serial)))?
        }
        Value::Number(number) | Value::Date(number) => {
            to.write_number_with_format(row, col, number, looks.of(marked, Shape::Plain))?
        }
        Value::Percent(share) => to.write_number_with_format(row, col, share, looks.of(marked, Shape::Percent))?,
        Value::Text(text) => {
            to.write_string_with_format(row, col, short(text, CELL), looks.of(marked, Shape::Plain))?
        }
        Value::Bool(yes) => to.write_boolean_with_format(row, col, yes, looks.of(marked, Shape::Plain))?,
        Value::Error(word) => to.write_string_with_format(row, col, word, looks.of(marked, Shape::Plain))?,
    };
    Ok(())
}

/// How a value is shown.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Plain,
    Percent,
    Day,
    DayAndTime,
    Time,
}

fn shape(serial: f64) -> Shape {
    match serial {
        serial if serial < 1.0 => Shape::Time,
        serial if serial.fract() == 0.0 => Shape::Day,
        _ => Shape::DayAndTime,
    }
}

/// Every look of a cell, made once.
struct Looks([Format; 4 * SHAPES.len()]);

/// Number formats in the order of [`Shape`].
const SHAPES: [&str; 5] = ["", "0.##%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"];

impl Looks {
    fn new() -> Self {
        let marks = [None, Some(Severity::Note), Some(Severity::Warning), Some(Severity::Error)];
        Self(std::array::from_fn(|place| {
            let shape = SHAPES[place % SHAPES.len()];
            let format = if shape.is_empty() { Format::new() } else { Format::new().set_num_format(shape) };
            marks[place / SHAPES.len()].map_or(format.clone(), |severity| colour(format, severity))
        }))
    }

    fn of(&self, marked: Option<Severity>, shape: Shape) -> &Format {
        let mark = match marked {
            None => 0,
            Some(Severity::Note) => 1,
            Some(Severity::Warning) => 2,
            Some(Severity::Error) => 3,
        };
        &self.0[mark * SHAPES.len() + shape as usize]
    }
}
