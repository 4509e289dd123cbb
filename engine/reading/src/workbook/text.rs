//! csv files and their like: text separated by commas, semicolons or tabs, in whatever encoding a school's program
//! writes.
//!
//! Comes in: bytes. Goes out: a workbook with one sheet, all cells text. Rows keep the numbers that
//! a spreadsheet program shows, blank lines included.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use termwise_base::problem::{Place, Problem};

use super::CsvHints;
use super::draft::{Draft, Stop};
use super::model::{SheetInfo, Value};

/// Lines looked at to find the separator.
const LOOK: usize = 30;

/// Reads a text file as a sheet with the name of the file.
pub(super) fn read(bytes: &[u8], hints: &CsvHints, draft: &mut Draft<'_>) -> Result<(), Problem> {
    let stem = draft.name.rsplit('/').next().unwrap_or(draft.name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let about = SheetInfo { name: stem.to_owned(), ..SheetInfo::default() };
    read_sheet(bytes, about, hints, draft)
}

/// Reads text as a sheet.
pub(super) fn read_sheet(
    bytes: &[u8],
    about: SheetInfo,
    hints: &CsvHints,
    draft: &mut Draft<'_>,
) -> Result<(), Problem> {
    let text = decode(bytes, hints.encoding.as_deref());
    if text.chars().take(4096).any(|c| c == '\0') {
        return Err(Problem::error("This file is not text, although its name says so.")
            .hint("Export it again as .csv or .xlsx."));
    }
    let (said, body) = separator_line(&text);
    let separator = hints.separator.or(said).unwrap_or_else(|| find_separator(body));
    draft.separated(Some(separator));
    let mut faults = Vec::new();
    let place = Place::file(draft.name).sheet(&about.name);
    draft.sheet(about, |builder| {
        faults.clear();
        // Fields of the first record, and whether all others have as many.
        let (mut fields, mut alike) = (0, true);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(separator).unwrap_or(b','))
            .from_reader(body.as_bytes());
        let mut record = csv::StringRecord::new();
        // The line that only names the separator is a row of the file, too.
        let mut row = u32::from(said.is_some());
        loop {
            let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            if !reader.read_record(&mut record).map_err(|_| Stop::Damaged)? {
                return Ok(());
            }
            let rest = body.get(start..).unwrap_or("");
            // A record ends at the first half of `\r\n`; the other half is no blank line.
            let halved = start > 0 && body.as_bytes().get(start - 1) == Some(&b'\r');
            row += blank_lines(rest.strip_prefix('\n').filter(|_| halved).unwrap_or(rest));
            // The last record of a file whose quotation mark is never closed holds all that follows.
            let last = reader.position().byte() >= body.len() as u64;
            let odd = last && rest.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
            if let Some(col) = record.iter().position(|field| field.contains('\n')).filter(|_| odd) {
                faults.push((Fault::Unclosed, row, col));
                return Ok(());
            }
            if let Some(col) = record.iter().position(|field| holds_lines(field, separator, fields)) {
                faults.push((Fault::Swallowed, row, col));
                row += 1;
                continue;
            }
            if last && alike && row > 3 && record.len() < fields && !body.ends_with(['\n', '\r']) {
                faults.push((Fault::CutOff, row, record.len() - 1));
            }
            fields = if fields == 0 { record.len() } else { fields };
            alike &= record.len() == fields;
            for (col, field) in (0..).zip(&record) {
                builder.push(row, col, Value::Text(plain(field)))?;
            }
            row += 1;
        }
    });
    for (fault, row, col) in faults {
        draft.told(fault.problem().at(place.clone().cell(row, u32::try_from(col).unwrap_or(0))));
    }
    Ok(())
}

/// What may be wrong with the lines of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// A quotation mark takes the rest of the file.
    Unclosed,
    /// Two stray quotation marks take the lines between them.
    Swallowed,
    /// The last line is shorter than all others and has no end.
    CutOff,
}

impl Fault {
    fn problem(self) -> Problem {
        match self {
            Self::Unclosed => Problem::error(
                "A quotation mark is opened in this cell and not closed, so nothing from here on was read.",
            )
            .hint("Close the quotation mark, or delete it, then save the file again."),
            Self::Swallowed => Problem::error(
                "A quotation mark is opened in this cell and closed lines below, so these lines were not read.",
            )
            .hint("Delete the quotation marks that do not belong there, then save the file again."),
            Self::CutOff => {
                Problem::warning("The last line of this file is cut off: it is shorter than all others and has no end.")
                    .hint("Copy the file again from where it came.")
            }
        }
    }
}

/// Whether a field holds whole lines of the table: after a line break as many separators as lines have.
fn holds_lines(field: &str, separator: char, fields: usize) -> bool {
    let whole = |line: &str| line.matches(separator).count() + 2 >= fields;
    fields > 3 && field.split(['\n', '\r']).skip(1).any(whole)
}

/// A field written as `="00123"` (to keep its zeros) is what stands between the quotes.
fn plain(field: &str) -> &str {
    let field = field.trim();
    field.strip_prefix("=\"").and_then(|inner| inner.strip_suffix('"')).unwrap_or(field)
}

/// The parser skips blank lines before a record without a word.
fn blank_lines(rest: &str) -> u32 {
    let mut lines = 0;
    let mut bytes = rest.bytes().peekable();
    while let Some(byte @ (b'\r' | b'\n')) = bytes.next() {
        if byte == b'\r' && bytes.peek() == Some(&b'\n') {
            bytes.next();
        }
        lines += 1;
    }
    lines
}

fn decode<'a>(bytes: &'a [u8], label: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    if let Some(encoding) = label.and_then(|label| Encoding::for_label(label.as_bytes())) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    // UTF-16 without a mark: Latin letters and separators have a zero as their other half.
    let look = &bytes[..bytes.len().min(1024)];
    let zeros = |odd: usize| look.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = look.len() / 4;
    if odd > many && even == 0 {
        return UTF_16LE.decode_without_bom_handling(bytes).0;
    }
    if even > many && odd == 0 {
        return UTF_16BE.decode_without_bom_handling(bytes).0;
    }
    match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => text,
        None => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Excel's own first line `sep=;`.
fn separator_line(text: &str) -> (Option<char>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let said = first.trim_end_matches('\r').to_lowercase();
    match said.strip_prefix("sep=").map(str::as_bytes) {
        Some([one]) if one.is_ascii() => (Some(char::from(*one)), rest),
        _ => (None, text),
    }
}

/// The separator that splits most lines, and splits them alike.
fn find_separator(text: &str) -> char {
    let count = |separator: char| -> usize {
        let mut counts: Vec<usize> = Vec::new();
        let (mut quoted, mut here) = (false, 0);
        for c in text.chars().take(100_000) {
            match c {
                '"' => quoted = !quoted,
                '\n' if !quoted => {
                    counts.push(here);
                    here = 0;
                    if counts.len() == LOOK {
                        break;
                    }
                }
                c if c == separator && !quoted => here += 1,
                _ => {}
            }
        }
        counts.push(here);
        counts.retain(|n| *n > 0);
        counts.sort_unstable();
        // Lines with the commonest number of fields say more than one line with many commas.
        counts.chunk_by(|a, b| a == b).map(|alike| alike.len() * 1000 + alike[0].min(999)).max().unwrap_or(0)
    };
    let mut best = (0, ',');
    for separator in [';', '\t', ',', '|'] {
        let score = count(separator);
        if score > best.0 {
            best = (score, separator);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::super::open_bytes;
    use super::*;
    use proptest::prelude::*;
    use termwise_config::ReadingLimits;

    fn cells(bytes: &[u8]) -> (Option<char>, Vec<(u32, u32, String)>) {
        let book = open_bytes(bytes, "x.csv", &ReadingLimits::default(), &CsvHints::default()).expect("read");
        let mut cells = Vec::new();
        for row in book.sheets[0].rows() {
            cells.extend(row.cells().map(|(col, value)| match value {
                Value::Text(text) => (row.number, col, text.to_owned()),
                other => panic!("text expected: {other:?}"),
            }));
        }
        (book.separator, cells)
    }

    fn cell(row: u32, col: u32, text: &str) -> (u32, u32, String) {
        (row, col, text.to_owned())
    }

    #[test]
    fn windows_1252_with_semicolons_and_decimal_commas() {
        let (separator, found) = cells(b"Num\xe9ro;Note\r\n0012;12,5\r\n0013;3,5\r\n");
        assert_eq!(separator, Some(';'));
        assert_eq!(found[0], cell(0, 0, "Numéro"));
        assert_eq!(found[3], cell(1, 1, "12,5"));
    }

    #[test]
    fn every_encoding_gives_the_same_cells() {
        let text = "Name,Level\nЛеся,J\n";
        let mut marked = vec![0xef, 0xbb, 0xbf];
        marked.extend(text.as_bytes());
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut big = vec![0xfe, 0xff];
        big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        let expected = cells(text.as_bytes());
        assert_eq!(expected.1[2], cell(1, 0, "Леся"));
        for bytes in [marked, little, big] {
            assert_eq!(cells(&bytes), expected);
        }
    }

    #[test]
    fn rows_are_numbered_like_a_spreadsheet() {
        let (_, found) = cells(b"a,b\n\n\r\n\"two\nlines\",x\n,y\n");
        assert_eq!(
            found,
            [cell(0, 0, "a"), cell(0, 1, "b"), cell(3, 0, "two\nlines"), cell(3, 1, "x"), cell(4, 1, "y")]
        );
        let (separator, found) = cells(b"sep=;\na;b,c\n");
        assert_eq!((separator, &found[0]), (Some(';'), &cell(1, 0, "a")));
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_told_where_it_opens() {
        let text = b"id,level\n1,A\n2,\"B\n3,C\n4,D\n";
        let book = open_bytes(text, "x.csv", &ReadingLimits::default(), &CsvHints::default()).expect("read");
        assert_eq!(book.sheets[0].len(), 2);
        assert_eq!(book.problems[0].place.cell.as_deref(), Some("B3"));
        assert_eq!(cells(b"id,level\n1,\"A \"\"x\"\"\"\n").1.len(), 4);
    }

    #[test]
    fn tabs_and_kept_zeros() {
        let (separator, found) = cells(b"id\tlevel\n=\"00123\"\tJ, K\n");
        assert_eq!((separator, &found[2]), (Some('\t'), &cell(1, 0, "00123")));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = open_bytes(&bytes, "x.csv", &ReadingLimits::default(), &CsvHints::default());
        }

        #[test]
        fn simple_cells_come_back_as_written(rows in proptest::collection::vec(
            proptest::collection::vec("[a-zA-Z0-9éїґ .]{0,12}", 2..5), 1..8)) {
            let mut text = String::from("first;second\n");
            for row in &rows {
                text.push_str(&row.join(";"));
                text.push('\n');
            }
            let (_, found) = cells(text.as_bytes());
            let expected: Vec<_> = (1..).zip(&rows).flat_map(|(row, fields)| {
                (0..).zip(fields).filter(|(_, f)| !f.trim().is_empty()).map(move |(col, f)| cell(row, col, f.trim()))
            }).collect();
            prop_assert_eq!(&found[2..], &expected[..]);
        }
    }
}
