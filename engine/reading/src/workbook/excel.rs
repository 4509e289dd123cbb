//! Workbooks proper, by calamine: cells stream into sheets, and no stated dimension is believed.
//!
//! Comes in: bytes. Goes out: a workbook; a sheet that cannot be read becomes a problem and the
//! others stay.

use std::io::Cursor;

use calamine::{
    Cell, CellErrorType, Data, DataRef, FillPattern, Ods, OdsError, Range, Reader, Sheet as Tab, SheetType,
    SheetVisible, Style, Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};

use termwise_base::problem::Problem;
use termwise_config::ReadingLimits;

use super::archive::{self, Format};
use super::builder::{Builder, Refused};
use super::draft::{Draft, Stop, bound_sheets};
use super::model::{Merge, SheetInfo, Value};
use super::{CsvHints, bundle, damaged, detect, guard, protected};

/// Days between the two date systems of Excel (Microsoft, “Differences between the 1900 and the
/// 1904 date system”).
const SHIFT_1904: f64 = 1462.0;

type Bytes<'a> = Cursor<&'a [u8]>;

/// Reads xlsx, xlsm, xlsb, ods, and archives of text files.
pub(super) fn read_zip(bytes: &[u8], csv: &CsvHints, draft: &mut Draft<'_>) -> Result<(), Problem> {
    match archive::examine(bytes, draft.limits)? {
        Format::Xlsx => read_xlsx(bytes, draft),
        Format::Xlsb => read_xlsb(bytes, draft),
        Format::Ods => read_ods(bytes, draft),
        Format::Text => bundle::read(bytes, csv, draft),
    }
}

fn read_xlsx(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Problem> {
    // Merged and commented cells stand elsewhere in the archive: another thread looks there meanwhile.
    let (read, parts) = std::thread::scope(|scope| {
        let parts = scope.spawn(|| guard::quietly(|| archive::parts(bytes)).flatten());
        (xlsx_cells(bytes, draft), parts.join().ok().flatten())
    });
    let (places, mut book) = read?;
    let parts = parts.filter(|parts| parts.len() == book.sheets_metadata().len());
    let mut cut = Vec::new();
    for (place, about) in places.into_iter().zip(draft.abouts()) {
        match &parts {
            Some(parts) => {
                about.merges = Some(parts[place].merges.clone());
                about.comments.clone_from(&parts[place].comments);
                if parts[place].cut {
                    cut.push(about.name.clone());
                }
            }
            None => {
                let found = book.merge_cells_by_sheet_name(&about.name).unwrap_or_default();
                about.merges = Some(found.into_iter().map(merge).collect());
            }
        }
    }
    cut.iter().for_each(|sheet| draft.too_many_parts(sheet));
    Ok(())
}

/// Reads the cells of every sheet; the places of the sheets that were read come back.
fn xlsx_cells<'b>(bytes: &'b [u8], draft: &mut Draft<'_>) -> Result<(Vec<usize>, Xlsx<Bytes<'b>>), Problem> {
    let mut book: Xlsx<Bytes<'_>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => protected(),
        XlsxError::Unrecognized { typ: "sheet:type", .. } => {
            Problem::error("This workbook has a sheet of a kind that is not read, such as a sheet of macros.")
                .hint("Open it in the spreadsheet program, delete that sheet from a copy, and save it as .xlsx.")
        }
        _ => damaged(),
    })?;
    let shift = if book.has_1904_epoch() { SHIFT_1904 } else { 0.0 };
    let mut places = Vec::new();
    for (place, tab) in tabs(book.sheets_metadata(), draft.limits)? {
        if let Err(XlsxError::NotAWorksheet(_)) = book.worksheet_cells_reader(&tab.name) {
            // A tab without cells: a chart.
            continue;
        }
        let read = draft.sheet(about(&tab), |builder| {
            let mut reader = book.worksheet_cells_reader(&tab.name).map_err(|_| Stop::Damaged)?;
            let fills = fills(reader.styles());
            let percents: Vec<bool> = reader.styles().iter().map(is_percent).collect();
            while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|_| Stop::Damaged)? {
                push(builder, &cell, shift, percents.get(style).copied().unwrap_or_default())?;
                if let Some(fill @ 1..) = fills.get(style).copied() {
                    let (row, col) = cell.get_position();
                    builder.fill(row, col, fill);
                }
            }
            Ok(())
        });
        if read {
            places.push(place);
        }
    }
    Ok((places, book))
}

/// Whether numbers of this style are shown as percentages.
fn is_percent(style: &Style) -> bool {
    style.number_format.as_ref().is_some_and(|format| format.format_code.contains('%'))
}

/// Style → number of its fill colour: styles of one colour share a number, 0 is no colour.
fn fills(styles: &[Style]) -> Vec<u32> {
    let mut known: Vec<String> = Vec::new();
    let coloured = |style: &Style| {
        let fill = style.fill.as_ref()?;
        let plain = matches!(fill.pattern, FillPattern::None);
        (!plain).then(|| format!("{:?} {:?}", fill.pattern, fill.foreground_color))
    };
    styles
        .iter()
        .map(|style| {
            let Some(colour) = coloured(style) else { return 0 };
            let place = known.iter().position(|other| *other == colour).unwrap_or_else(|| {
                known.push(colour);
                known.len() - 1
            });
            u32::try_from(place + 1).unwrap_or(u32::MAX)
        })
        .collect()
}

fn read_xlsb(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Problem> {
    let mut book: Xlsb<Bytes<'_>> = Xlsb::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsbError::Password => protected(),
        _ => damaged(),
    })?;
    let shift = if book.has_1904_epoch() { SHIFT_1904 } else { 0.0 };
    for (_, tab) in tabs(book.sheets_metadata(), draft.limits)? {
        draft.sheet(about(&tab), |builder| {
            let mut reader = book.worksheet_cells_reader(&tab.name).map_err(|_| Stop::Damaged)?;
            while let Some(cell) = reader.next_cell().map_err(|_| Stop::Damaged)? {
                push(builder, &cell, shift, false)?;
            }
            Ok(())
        });
    }
    Ok(())
}

/// Reads the old binary format.
pub(super) fn read_xls(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Problem> {
    let mut book: Xls<Bytes<'_>> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => protected(),
        _ if detect::is_enciphered_xls(bytes) => protected(),
        _ => damaged(),
    })?;
    let shift = if book.has_1904_epoch() { SHIFT_1904 } else { 0.0 };
    for (_, tab) in tabs(book.sheets_metadata(), draft.limits)? {
        let merges = book.merge_cells_by_sheet_name(&tab.name).unwrap_or_default().into_iter().map(merge).collect();
        let about = SheetInfo { merges: Some(merges), ..about(&tab) };
        let range = book.worksheet_range(&tab.name);
        draft.sheet(about, |builder| whole(builder, range.as_ref().map_err(|_| Stop::Damaged)?, shift));
    }
    Ok(())
}

fn read_ods(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Problem> {
    let most = draft.limits.cells;
    let mut book: Ods<Bytes<'_>> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => protected(),
        OdsError::CellLimitExceeded { .. } => super::draft::too_much(Refused::Cells(most)),
        _ => damaged(),
    })?;
    for (_, tab) in tabs(book.sheets_metadata(), draft.limits)? {
        let range = book.worksheet_range(&tab.name);
        draft.sheet(about(&tab), |builder| whole(builder, range.as_ref().map_err(|_| Stop::Damaged)?, 0.0));
    }
    Ok(())
}

/// The tabs with cells and their places among all.
fn tabs(all: &[Tab], limits: &ReadingLimits) -> Result<Vec<(usize, Tab)>, Problem> {
    bound_sheets(all.len(), limits)?;
    Ok(all.iter().enumerate().filter(|(_, tab)| tab.typ == SheetType::WorkSheet).map(|(i, t)| (i, t.clone())).collect())
}

fn about(tab: &Tab) -> SheetInfo {
    SheetInfo { name: tab.name.clone(), hidden: tab.visible != SheetVisible::Visible, ..SheetInfo::default() }
}

fn merge(found: calamine::Dimensions) -> Merge {
    Merge { top: found.start.0, left: found.start.1, bottom: found.end.0, right: found.end.1 }
}

/// One cell as it comes.
fn push(builder: &mut Builder<'_>, cell: &Cell<DataRef<'_>>, shift: f64, percent: bool) -> Result<(), Stop> {
    let value = match cell.get_value() {
        DataRef::Empty => return Ok(()),
        DataRef::Int(number) if percent => Value::Percent(*number as f64),
        DataRef::Float(number) if percent => Value::Percent(*number),
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
    Ok(builder.push(row, col, value)?)
}

/// Cells of a range that calamine holds whole.
fn whole(builder: &mut Builder<'_>, range: &Range<Data>, shift: f64) -> Result<(), Stop> {
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
        builder.push(place(row, top), place(col, left), value)?;
    }
    Ok(())
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
