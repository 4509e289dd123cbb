//! Workbooks proper, by calamine: cells stream into sheets, and no stated dimension is believed.
//!
//! Comes in: bytes. Goes out: a workbook; a sheet that cannot be read becomes a problem and the
//! others stay.

use std::io::Cursor;

use calamine::{
    Cell, CellErrorType, Data, DataRef, Ods, OdsError, Range, Reader, Sheet as Tab, SheetType, SheetVisible, Xls,
    XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};

use crate::config::ReadingLimits;
use crate::problem::{Place, Problem};

use super::archive::{self, Format};
use super::{Builder, Merge, Sheet, Value, Workbook, damaged, protected, too_much};

/// Days between the two date systems of Excel (Microsoft, “Differences between the 1900 and the
/// 1904 date system”).
const SHIFT_1904: f64 = 1462.0;

type Bytes<'a> = Cursor<&'a [u8]>;

/// Reads xlsx, xlsm, xlsb and ods.
pub(super) fn read_zip(bytes: &[u8], name: &str, limits: &ReadingLimits) -> Result<Workbook, Problem> {
    let archive = archive::examine(bytes, limits)?;
    match archive.format {
        Format::Xlsx => read_xlsx(bytes, name, limits, archive.merges),
        Format::Xlsb => read_xlsb(bytes, name, limits),
        Format::Ods => read_ods(bytes, limits),
    }
}

fn read_xlsx(
    bytes: &[u8],
    name: &str,
    limits: &ReadingLimits,
    merges: Option<Vec<Vec<Merge>>>,
) -> Result<Workbook, Problem> {
    let mut book: Xlsx<Bytes<'_>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => protected(),
        _ => damaged(),
    })?;
    let shift = if book.has_1904_epoch() { SHIFT_1904 } else { 0.0 };
    let tabs = tabs(book.sheets_metadata(), limits)?;
    let merges = merges.filter(|merges| merges.len() == book.sheets_metadata().len());
    let mut out = Collected::new(name);
    for (place, tab) in tabs {
        let found = match &merges {
            Some(merges) => merges[place].clone(),
            None => book
                .merge_cells_by_sheet_name(&tab.name)
                .map(|found| found.into_iter().map(merge).collect())
                .unwrap_or_default(),
        };
        match book.worksheet_cells_reader(&tab.name) {
            Ok(mut reader) => {
                out.add(stream(&tab, limits, shift, || reader.next_cell()), Some(found));
            }
            // A tab without cells: a chart.
            Err(XlsxError::NotAWorksheet(_)) => {}
            Err(_) => out.broken(&tab, damaged_sheet()),
        }
    }
    Ok(out.book)
}

fn read_xlsb(bytes: &[u8], name: &str, limits: &ReadingLimits) -> Result<Workbook, Problem> {
    let mut book: Xlsb<Bytes<'_>> = Xlsb::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsbError::Password => protected(),
        _ => damaged(),
    })?;
    let shift = if book.has_1904_epoch() { SHIFT_1904 } else { 0.0 };
    let mut out = Collected::new(name);
    for (_, tab) in tabs(book.sheets_metadata(), limits)? {
        match book.worksheet_cells_reader(&tab.name) {
            Ok(mut reader) => out.add(stream(&tab, limits, shift, || reader.next_cell()), None),
            Err(_) => out.broken(&tab, damaged_sheet()),
        }
    }
    Ok(out.book)
}

/// Reads the old binary format.
pub(super) fn read_xls(bytes: &[u8], name: &str, limits: &ReadingLimits) -> Result<Workbook, Problem> {
    let mut book: Xls<Bytes<'_>> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => protected(),
        _ => damaged(),
    })?;
    let shift = if book.has_1904_epoch() { SHIFT_1904 } else { 0.0 };
    let mut out = Collected::new(name);
    for (_, tab) in tabs(book.sheets_metadata(), limits)? {
        let merges = book.merge_cells_by_sheet_name(&tab.name).unwrap_or_default().into_iter().map(merge).collect();
        match book.worksheet_range(&tab.name) {
            Ok(range) => out.add(whole(&tab, limits, shift, &range), Some(merges)),
            Err(_) => out.broken(&tab, damaged_sheet()),
        }
    }
    Ok(out.book)
}

fn read_ods(bytes: &[u8], limits: &ReadingLimits) -> Result<Workbook, Problem> {
    let mut book: Ods<Bytes<'_>> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => protected(),
        OdsError::CellLimitExceeded { .. } => too_much(super::TooMuch::Cells(limits.cells)),
        _ => damaged(),
    })?;
    let mut out = Collected::new("");
    for (_, tab) in tabs(book.sheets_metadata(), limits)? {
        match book.worksheet_range(&tab.name) {
            Ok(range) => out.add(whole(&tab, limits, 0.0, &range), None),
            Err(_) => out.broken(&tab, damaged_sheet()),
        }
    }
    Ok(out.book)
}

/// The workbook so far.
struct Collected<'a> {
    name: &'a str,
    book: Workbook,
}

impl<'a> Collected<'a> {
    fn new(name: &'a str) -> Self {
        Self { name, book: Workbook { sheets: Vec::new(), separator: None, problems: Vec::new() } }
    }

    fn add(&mut self, read: Result<Sheet, (Tab, Problem)>, merges: Option<Vec<Merge>>) {
        match read {
            Ok(mut sheet) => {
                sheet.merges = merges;
                self.book.sheets.push(sheet);
            }
            Err((tab, problem)) => self.broken(&tab, problem),
        }
    }

    fn broken(&mut self, tab: &Tab, problem: Problem) {
        self.book.problems.push(problem.at(Place::file(self.name).sheet(&tab.name)));
    }
}

/// The tabs with cells and their places among all.
fn tabs(all: &[Tab], limits: &ReadingLimits) -> Result<Vec<(usize, Tab)>, Problem> {
    if all.len() > limits.sheets {
        return Err(Problem::error("This workbook has more sheets than a workbook may.")
            .found(format!("{} sheets", all.len()))
            .expected(format!("at most {}", limits.sheets))
            .hint("Split it, or raise `sheets` under [reading] in termwise.toml."));
    }
    Ok(all.iter().enumerate().filter(|(_, tab)| tab.typ == SheetType::WorkSheet).map(|(i, t)| (i, t.clone())).collect())
}

fn damaged_sheet() -> Problem {
    Problem::error("This sheet is damaged, so it was set aside.")
        .hint("Open the workbook in the spreadsheet program and save it again.")
}

fn merge(found: calamine::Dimensions) -> Merge {
    Merge { top: found.start.0, left: found.start.1, bottom: found.end.0, right: found.end.1 }
}

fn builder(tab: &Tab, limits: &ReadingLimits) -> Builder {
    let mut builder = Builder::new(&tab.name, limits);
    builder.sheet.hidden = tab.visible != SheetVisible::Visible;
    builder
}

/// Cells as they come.
fn stream<'a, E>(
    tab: &Tab,
    limits: &ReadingLimits,
    shift: f64,
    mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, E>,
) -> Result<Sheet, (Tab, Problem)> {
    let mut builder = builder(tab, limits);
    loop {
        let cell = match next() {
            Ok(Some(cell)) => cell,
            Ok(None) => return Ok(builder.finish()),
            Err(_) => return Err((tab.clone(), damaged_sheet())),
        };
        let value = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::Int(number) => Value::Number(*number as f64),
            DataRef::Float(number) => Value::Number(*number),
            DataRef::String(text) => Value::Text(text),
            DataRef::SharedString(text) => Value::Text(text),
            DataRef::Bool(yes) => Value::Bool(*yes),
            DataRef::DateTime(date) => Value::Date(date.as_f64() + shift),
            DataRef::DateTimeIso(text) => iso(text),
            DataRef::DurationIso(text) => Value::Text(text),
            DataRef::Error(error) => Value::Error(word(error)),
        };
        let (row, col) = cell.get_position();
        builder.push(row, col, value).map_err(|why| (tab.clone(), too_much(why)))?;
    }
}

/// Cells of a range that calamine holds whole.
fn whole(tab: &Tab, limits: &ReadingLimits, shift: f64, range: &Range<Data>) -> Result<Sheet, (Tab, Problem)> {
    let mut builder = builder(tab, limits);
    let (top, left) = range.start().unwrap_or_default();
    for (row, col, data) in range.used_cells() {
        let value = match data {
            Data::Empty => continue,
            Data::Int(number) => Value::Number(*number as f64),
            Data::Float(number) => Value::Number(*number),
            Data::String(text) => Value::Text(text),
            Data::Bool(yes) => Value::Bool(*yes),
            Data::DateTime(date) => Value::Date(date.as_f64() + shift),
            Data::DateTimeIso(text) => iso(text),
            Data::DurationIso(text) => Value::Text(text),
            Data::Error(error) => Value::Error(word(error)),
        };
        let place = |offset: usize, start: u32| u32::try_from(offset).unwrap_or(u32::MAX).saturating_add(start);
        builder.push(place(row, top), place(col, left), value).map_err(|why| (tab.clone(), too_much(why)))?;
    }
    Ok(builder.finish())
}

/// A date as ODS writes it (`2025-09-04` or `2025-09-04T10:30:00`), as a serial number.
fn iso(text: &str) -> Value<'_> {
    let parsed = text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let Some(date) = parsed else { return Value::Text(text) };
    match date.since((jiff::Unit::Day, jiff::civil::date(1899, 12, 30))) {
        Ok(span) => Value::Date(f64::from(span.get_days())),
        Err(_) => Value::Text(text),
    }
}

fn word(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}
