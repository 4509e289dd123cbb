//! Small xlsx files for tests, written part by part so that every oddity can be made.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use termwise_base::problem::a1;

/// One sheet: name, lines of cells parted by `|`, merged ranges, whether it is hidden.
///
/// A cell is text, or `n:` and a number, `d:` and a serial number shown as a date, `e:` and an error.
pub(crate) struct Made<'a> {
    pub(crate) name: &'a str,
    pub(crate) lines: &'a [&'a str],
    pub(crate) merges: &'a [&'a str],
    pub(crate) hidden: bool,
}

/// The bytes of a workbook.
pub(crate) fn xlsx(sheets: &[Made<'_>]) -> Vec<u8> {
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        (
            "_rels/.rels".to_owned(),
            "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
             relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                .to_owned(),
        ),
        (
            "xl/styles.xml".to_owned(),
            "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>".to_owned(),
        ),
    ];
    let (mut tabs, mut relations) = (String::new(), String::new());
    for (number, sheet) in (1..).zip(sheets) {
        let state = if sheet.hidden { " state=\"hidden\"" } else { "" };
        let _ = write!(tabs, "<sheet name=\"{}\" sheetId=\"{number}\"{state} r:id=\"r{number}\"/>", sheet.name);
        let _ = write!(
            relations,
            "<Relationship Id=\"r{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
             worksheet\" Target=\"worksheets/s{number}.xml\"/>"
        );
        parts.push((format!("xl/worksheets/s{number}.xml"), sheet_xml(sheet)));
    }
    parts.push(("xl/workbook.xml".to_owned(), format!("<workbook><sheets>{tabs}</sheets></workbook>")));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{relations}</Relationships>")));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("a workbook").into_inner()
}

fn sheet_xml(sheet: &Made<'_>) -> String {
    let mut xml = String::from("<worksheet><sheetData>");
    for (row, line) in (0u32..).zip(sheet.lines) {
        let _ = write!(xml, "<row r=\"{}\">", row + 1);
        for (col, cell) in (0u32..).zip(line.split('|')).filter(|(_, cell)| !cell.trim().is_empty()) {
            let (cell, at) = (cell.trim(), a1(row, col));
            let _ = match cell.split_once(':') {
                Some(("n", number)) => write!(xml, "<c r=\"{at}\"><v>{number}</v></c>"),
                Some(("d", serial)) => write!(xml, "<c r=\"{at}\" s=\"1\"><v>{serial}</v></c>"),
                Some(("e", error)) => write!(xml, "<c r=\"{at}\" t=\"e\"><v>{error}</v></c>"),
                _ => {
                    let text = cell.replace('&', "&amp;").replace('<', "&lt;");
                    write!(xml, "<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
                }
            };
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData>");
    if !sheet.merges.is_empty() {
        let _ = write!(xml, "<mergeCells count=\"{}\">", sheet.merges.len());
        for merge in sheet.merges {
            let _ = write!(xml, "<mergeCell ref=\"{merge}\"/>");
        }
        xml.push_str("</mergeCells>");
    }
    xml.push_str("</worksheet>");
    xml
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::{CsvHints, Merge, open_bytes};
    use termwise_config::ReadingLimits;

    fn open(
        bytes: &[u8],
        limits: &ReadingLimits,
    ) -> Result<crate::workbook::Workbook, termwise_base::problem::Problem> {
        open_bytes(bytes, "x.xlsx", limits, &CsvHints::default())
    }

    fn small() -> Vec<u8> {
        xlsx(&[
            Made { name: "Gr 1", lines: &["A|B|", "n:12|d:45904|e:#N/A"], merges: &["B1:C1"], hidden: false },
            Made { name: "Old", lines: &["x"], merges: &[], hidden: true },
        ])
    }

    #[test]
    fn cells_types_merges_and_visibility_are_read() {
        let book = open(&small(), &ReadingLimits::default()).expect("read");
        let sheet = &book.sheets[0];
        let cells: Vec<String> = sheet
            .rows()
            .flat_map(|row| {
                row.cells().map(|(col, value)| format!("{}.{col} {value:?}", row.number)).collect::<Vec<_>>()
            })
            .collect();
        for expected in ["0.0 Text(\"A\")", "1.0 Number(12.0)", "1.1 Date(45904.0)", "1.2 Error(\"#N/A\")"] {
            assert!(cells.contains(&expected.to_owned()), "{expected} in {cells:?}");
        }
        assert_eq!(sheet.merges, Some(vec![Merge { top: 0, bottom: 0, left: 1, right: 2 }]));
        assert_eq!((sheet.hidden, book.sheets[1].hidden), (false, true));
    }

    #[test]
    fn bounds_are_told_in_their_own_words() {
        let one = ReadingLimits { sheets: 1, ..ReadingLimits::default() };
        assert!(open(&small(), &one).expect_err("refused").message.contains("more sheets"));
        let little = ReadingLimits { inflated_bytes: 300, ..ReadingLimits::default() };
        assert!(open(&small(), &little).expect_err("refused").message.contains("unpacks to more"));
        let few = ReadingLimits { cells: 2, ..ReadingLimits::default() };
        let book = open(&small(), &few).expect("the small sheet stays");
        assert_eq!(book.sheets.len(), 1);
        assert!(book.problems[0].message.contains("more cells"));
    }

    #[test]
    fn a_stated_size_of_billions_of_cells_costs_nothing() {
        let bytes = xlsx(&[Made { name: "s", lines: &["a"], merges: &["A1:XFD1048576"], hidden: false }]);
        let book = open(&bytes, &ReadingLimits::default()).expect("read");
        assert_eq!(book.sheets[0].filled(), 1);
    }

    #[test]
    fn files_cut_anywhere_are_refused_or_read_but_never_panic() {
        let whole = small();
        for end in (0..whole.len()).step_by(7) {
            assert!(open(&whole[..end], &ReadingLimits::default()).is_err());
        }
        for at in (0..whole.len()).step_by(3) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            let _ = open(&bytes, &ReadingLimits::default());
        }
        let cut = open(&whole[..whole.len() / 2], &ReadingLimits::default()).expect_err("refused");
        assert!(cut.message.contains("incomplete"), "{}", cut.message);
    }
}
