//! Workbook: the bytes of a spreadsheet of any kind → sheets of cells.
//!
//! Comes in: a frozen file and bounds. Goes out: a [`Workbook`], or one [`Problem`] in a clerk's
//! words. It looks at the contents, not only at the name's ending, never trusts what a file says of
//! its own size, and a damaged file can neither stop the run nor take its memory.

mod archive;
mod block;
mod builder;
mod bundle;
mod detect;
mod draft;
mod excel;
mod guard;
mod model;
mod sheet;
mod shelf;
mod spool;
mod text;
pub mod worker;

#[cfg(test)]
pub(crate) mod made;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use draft::Draft;
use spool::{Contents, Sink, Spool};

use termwise_base::problem::{Place, Problem};
use termwise_config::ReadingLimits;

pub use model::{Merge, Value};
pub use sheet::{Row, Sheet};
pub use shelf::Shelf;

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

impl Workbook {
    /// A workbook whose cells lie in a spool.
    fn of(contents: Contents, spool: &Spool) -> Self {
        let sheet = |(about, blocks)| Sheet::new(about, blocks, spool.clone());
        let Contents { sheets, separator, problems } = contents;
        Self { sheets: sheets.into_iter().map(sheet).collect(), separator, problems }
    }
}

/// What the mapping knows of a text file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CsvHints {
    /// Separator, or found by looking.
    pub separator: Option<char>,
    /// Encoding label, or found by looking.
    pub encoding: Option<String>,
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

/// Reads a spreadsheet that is in memory, here and now. Its `name` is what the file is called in
/// messages and by whose ending text files are known. Spreadsheets from outside are better opened by a
/// [`Shelf`], which does this where nothing can be harmed.
pub fn open_bytes(bytes: &[u8], name: &str, limits: &ReadingLimits, csv: &CsvHints) -> Result<Workbook, Problem> {
    Ok(read(bytes, name, limits, csv, Sink::default())?.held())
}

/// Reads a spreadsheet into a sink.
fn read<'a>(
    bytes: &[u8],
    name: &'a str,
    limits: &'a ReadingLimits,
    csv: &CsvHints,
    sink: Sink,
) -> Result<Draft<'a>, Problem> {
    let place = || Place::file(name);
    let kind = detect::kind(bytes, name).map_err(|problem| problem.at(place()))?;
    let read = guard::quietly(|| {
        let mut draft = Draft::new(name, limits, sink);
        match kind {
            detect::FileKind::Text => text::read(bytes, csv, &mut draft),
            detect::FileKind::Zip => excel::read_zip(bytes, csv, &mut draft),
            detect::FileKind::Xls => excel::read_xls(bytes, &mut draft),
        }
        .map(|()| draft)
    });
    let draft = read.unwrap_or_else(|| Err(damaged())).map_err(|problem| problem.at(place()))?;
    if draft.is_empty() {
        return Err(Problem::error("This workbook has no sheet with cells.")
            .at(place())
            .hint("Open it in the spreadsheet program: if something is there, save it again as .xlsx."));
    }
    Ok(draft)
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

#[cfg(test)]
mod tests {
    use super::*;

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
