//! Workbook: the bytes of a spreadsheet of any kind → sheets of cells.
//!
//! Comes in: a frozen file and bounds. Goes out: a [`Workbook`], or one [`Problem`] in a clerk's
//! words. It looks at the contents, not only at the name's ending, never trusts what a file says of
//! its own size, and a damaged file can neither stop the run nor take its memory.

mod archive;
mod detect;
mod excel;
mod guard;
mod text;

#[cfg(test)]
pub(crate) mod made;

use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::config::ReadingLimits;
use crate::problem::{Place, Problem};

/// A spreadsheet, read.
#[derive(Debug)]
pub struct Workbook {
    /// Sheets in their order in the file.
    pub sheets: Vec<Sheet>,
    /// The separator of a text file; none for real workbooks.
    pub separator: Option<char>,
    /// Sheets that could not be read, one problem each.
    pub problems: Vec<Problem>,
}

/// What the mapping knows of a text file.
#[derive(Debug, Clone, Default)]
pub struct CsvHints {
    /// Separator, or found by looking.
    pub separator: Option<char>,
    /// Encoding label, or found by looking.
    pub encoding: Option<String>,
}

/// The value of a filled cell. Numbers that are shown as dates are dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A number (a percentage is the share: 79 % is 0.79).
    Number(f64),
    /// Text, never empty.
    Text(&'a str),
    /// True or false.
    Bool(bool),
    /// A date or time as a serial number of the 1900 system; see [`day`].
    Date(f64),
    /// An error, as in `#N/A`.
    Error(&'static str),
}

/// A rectangle of merged cells, zero-based, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// Last row.
    pub bottom: u32,
    /// First column.
    pub left: u32,
    /// Last column.
    pub right: u32,
}

/// One sheet. Only filled cells are kept, by row, then column.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Name on the tab (a text file: the file's stem).
    pub name: String,
    /// Whether the tab is hidden.
    pub hidden: bool,
    /// Merged cells, if the format tells them.
    pub merges: Option<Vec<Merge>>,
    cells: Vec<Cell>,
    rows: Vec<(u32, usize)>,
    // All text of the sheet end to end: one allocation instead of one per cell.
    text: String,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    row: u32,
    col: u32,
    value: Stored,
}

#[derive(Debug, Clone, Copy)]
enum Stored {
    Number(f64),
    Date(f64),
    Text { start: u32, len: u32 },
    Bool(bool),
    Error(&'static &'static str),
}

/// The filled cells of one row.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// Zero-based number.
    pub number: u32,
    cells: &'a [Cell],
    text: &'a str,
}

impl<'a> Row<'a> {
    /// Columns and values, left to right.
    pub fn cells(self) -> impl Iterator<Item = (u32, Value<'a>)> {
        self.cells.iter().map(move |cell| (cell.col, seen(cell.value, self.text)))
    }

    /// The leftmost filled cell.
    pub fn first(self) -> Option<(u32, Value<'a>)> {
        self.cells.first().map(|cell| (cell.col, seen(cell.value, self.text)))
    }
}

fn seen(stored: Stored, text: &str) -> Value<'_> {
    match stored {
        Stored::Number(number) => Value::Number(number),
        Stored::Date(serial) => Value::Date(serial),
        Stored::Text { start, len } => Value::Text(&text[start as usize..(start + len) as usize]),
        Stored::Bool(yes) => Value::Bool(yes),
        Stored::Error(word) => Value::Error(word),
    }
}

impl Sheet {
    /// Whether nothing is filled in.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// How many rows hold something.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many cells hold something.
    pub fn filled(&self) -> usize {
        self.cells.len()
    }

    /// The `index`-th of the rows that hold something.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        let (number, start) = *self.rows.get(index)?;
        let end = self.rows.get(index + 1).map_or(self.cells.len(), |next| next.1);
        Some(Row { number, cells: &self.cells[start..end], text: &self.text })
    }

    /// Rows that hold something, from the top.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).filter_map(|index| self.row(index))
    }

    /// The first of the rows that hold something at or below row `number`, by place.
    pub fn place_of(&self, number: u32) -> usize {
        self.rows.partition_point(|(row, _)| *row < number)
    }

    /// The value at a zero-based row and column; nothing if the cell is empty.
    pub fn get(&self, row: u32, col: u32) -> Option<Value<'_>> {
        let found = self.row(self.place_of(row)).filter(|r| r.number == row)?;
        let at = found.cells.binary_search_by_key(&col, |cell| cell.col).ok()?;
        Some(seen(found.cells[at].value, &self.text))
    }

    /// A sheet made of lines of text, for trying things out: cells are split at `|`, trimmed, and
    /// empty ones left out.
    pub fn from_lines(name: &str, lines: &[&str]) -> Self {
        let mut builder = Builder::new(name, &ReadingLimits::default());
        for (row, line) in (0..).zip(lines) {
            for (col, cell) in (0..).zip(line.split('|')) {
                // The default bounds are far above any text written by hand.
                let _ = builder.push(row, col, Value::Text(cell.trim()));
            }
        }
        builder.finish()
    }
}

/// Why a sheet is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TooMuch {
    Cells(u64),
    Text(u64),
}

/// Collects the cells of a sheet under bounds.
struct Builder {
    sheet: Sheet,
    sorted: bool,
    most_cells: u64,
    most_text: u64,
}

impl Builder {
    fn new(name: &str, limits: &ReadingLimits) -> Self {
        Self {
            sheet: Sheet { name: name.to_owned(), ..Sheet::default() },
            sorted: true,
            most_cells: limits.cells,
            most_text: limits.inflated_bytes.min(u64::from(u32::MAX)),
        }
    }

    /// Adds a cell; blank text is left out.
    fn push(&mut self, row: u32, col: u32, value: Value<'_>) -> Result<(), TooMuch> {
        let value = match value {
            Value::Number(number) => Stored::Number(number),
            Value::Date(serial) => Stored::Date(serial),
            Value::Bool(yes) => Stored::Bool(yes),
            Value::Error(word) => Stored::Error(error_word(word)),
            Value::Text(text) => {
                if text.bytes().all(|b| b.is_ascii_whitespace()) {
                    return Ok(());
                }
                let start = self.sheet.text.len() as u64;
                if start + text.len() as u64 > self.most_text {
                    return Err(TooMuch::Text(self.most_text));
                }
                self.sheet.text.push_str(text);
                let fits = |n: u64| u32::try_from(n).expect("bounded by u32::MAX above");
                Stored::Text { start: fits(start), len: fits(text.len() as u64) }
            }
        };
        if self.sheet.cells.len() as u64 >= self.most_cells {
            return Err(TooMuch::Cells(self.most_cells));
        }
        if let Some(last) = self.sheet.cells.last() {
            self.sorted &= (last.row, last.col) < (row, col);
        }
        self.sheet.cells.push(Cell { row, col, value });
        Ok(())
    }

    fn finish(mut self) -> Sheet {
        let cells = &mut self.sheet.cells;
        if !self.sorted {
            // A cell that is written twice keeps its last value, as in spreadsheet programs.
            cells.reverse();
            cells.sort_by_key(|cell| (cell.row, cell.col));
            cells.dedup_by_key(|cell| (cell.row, cell.col));
        }
        let mut rows: Vec<(u32, usize)> = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            if rows.last().is_none_or(|(row, _)| *row != cell.row) {
                rows.push((cell.row, place));
            }
        }
        self.sheet.rows = rows;
        self.sheet
    }
}

const ERRORS: [&str; 9] =
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA", "#ERROR!"];

fn error_word(word: &str) -> &'static &'static str {
    ERRORS.iter().find(|known| **known == word).unwrap_or(&ERRORS[8])
}

/// The day of a serial number of the 1900 system; nothing if there is no such day.
pub fn day(serial: f64) -> Option<Date> {
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let days = serial.floor() as i64;
    // The 1900 system counts a 29 February 1900 that never was.
    let days = if days < 60 { days + 1 } else { days };
    jiff::civil::date(1899, 12, 30).checked_add(days.days()).ok()
}

/// Opens a spreadsheet. `path` is where the bytes are, `name` what the file is called in messages
/// and by whose ending text files are known.
pub fn open(path: &Path, name: &str, limits: &ReadingLimits, csv: &CsvHints) -> Result<Workbook, Problem> {
    let size = std::fs::metadata(path).map(|meta| meta.len()).unwrap_or(0);
    if size > limits.file_bytes {
        return Err(Problem::error("This file is larger than a spreadsheet may be.")
            .at(Place::file(name))
            .found(format!("{} MB", size >> 20))
            .expected(format!("at most {} MB", limits.file_bytes >> 20))
            .hint("Split it, or raise `file-mib` under [reading] in termwise.toml."));
    }
    let bytes = std::fs::read(path)
        .map_err(|error| Problem::error(format!("This file cannot be read: {error}.")).at(Place::file(name)))?;
    open_bytes(&bytes, name, limits, csv)
}

/// Opens a spreadsheet that is in memory.
pub fn open_bytes(bytes: &[u8], name: &str, limits: &ReadingLimits, csv: &CsvHints) -> Result<Workbook, Problem> {
    let place = || Place::file(name);
    let kind = detect::kind(bytes, name).map_err(|problem| problem.at(place()))?;
    let read = guard::quietly(|| match kind {
        detect::Kind::Text => text::read(bytes, name, limits, csv),
        detect::Kind::Zip => excel::read_zip(bytes, name, limits),
        detect::Kind::Xls => excel::read_xls(bytes, name, limits),
    });
    let workbook = read.unwrap_or_else(|| Err(damaged())).map_err(|problem| problem.at(place()))?;
    if workbook.sheets.is_empty() && workbook.problems.is_empty() {
        return Err(Problem::error("This workbook has no sheet with cells.").at(place()));
    }
    Ok(workbook)
}

/// The message for a file whose inside makes no sense.
fn damaged() -> Problem {
    Problem::error("This file is damaged: its inside cannot be read as a spreadsheet.")
        .hint("Open it in the spreadsheet program and save it again as .xlsx, or copy it again from where it came.")
}

/// The message for a file that wants a password.
fn protected() -> Problem {
    Problem::error("This workbook is protected with a password, so it cannot be read.")
        .hint("Save a copy without a password: File, Info, Protect Workbook.")
}

/// The message for a sheet that is too much.
fn too_much(why: TooMuch) -> Problem {
    match why {
        TooMuch::Cells(most) => Problem::error("This sheet holds more cells than a sheet may.")
            .expected(format!("at most {most} filled cells"))
            .hint("Split it, or raise `cells` under [reading] in termwise.toml."),
        TooMuch::Text(most) => Problem::error("This sheet holds more text than a sheet may.")
            .expected(format!("at most {} MB", most >> 20))
            .hint("Split it, or raise `inflated-mib` under [reading] in termwise.toml."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_their_address() {
        let sheet = Sheet::from_lines("s", &["a||c", "", "|e"]);
        assert_eq!(sheet.get(0, 2), Some(Value::Text("c")));
        assert_eq!(sheet.get(0, 1), None);
        assert_eq!(sheet.get(2, 1), Some(Value::Text("e")));
        assert_eq!(sheet.rows().map(|row| row.number).collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn cells_out_of_order_are_sorted_and_the_last_value_stays() {
        let mut builder = Builder::new("s", &ReadingLimits::default());
        for (row, col, number) in [(1, 0, 1.0), (0, 0, 2.0), (1, 0, 3.0)] {
            builder.push(row, col, Value::Number(number)).expect("within bounds");
        }
        let sheet = builder.finish();
        assert_eq!((sheet.get(0, 0), sheet.get(1, 0)), (Some(Value::Number(2.0)), Some(Value::Number(3.0))));
        assert_eq!(sheet.filled(), 2);
    }

    #[test]
    fn bounds_hold() {
        let limits = ReadingLimits { cells: 2, inflated_bytes: 5, ..ReadingLimits::default() };
        let mut builder = Builder::new("s", &limits);
        assert_eq!(builder.push(0, 0, Value::Text("abcdef")), Err(TooMuch::Text(5)));
        assert_eq!(builder.push(0, 0, Value::Text("abc")), Ok(()));
        assert_eq!(builder.push(0, 1, Value::Number(1.0)), Ok(()));
        assert_eq!(builder.push(0, 2, Value::Number(1.0)), Err(TooMuch::Cells(2)));
    }

    /// Serial numbers as shown by a spreadsheet program: 1 is 1 January 1900, 61 is 1 March 1900,
    /// 45 904 is 4 September 2025.
    #[test]
    fn serial_numbers_are_days() {
        assert_eq!(day(1.0), Some(jiff::civil::date(1900, 1, 1)));
        assert_eq!(day(61.0), Some(jiff::civil::date(1900, 3, 1)));
        assert_eq!(day(45_904.75), Some(jiff::civil::date(2025, 9, 4)));
        assert_eq!(day(0.5), None);
        assert_eq!(day(f64::NAN), None);
    }
}
