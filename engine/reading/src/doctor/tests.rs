//! Annotated copies, read back by another program's eyes: calamine for cells, the parts for notes.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use proptest::prelude::*;

use termwise_base::problem::{Place, Problem};
use termwise_config::ReadingLimits;

use super::annotate;
use crate::workbook::made::{Made, xlsx};
use crate::workbook::{CsvHints, Sheet, Value, Workbook, open_bytes};

fn book(sheets: &[Made<'_>]) -> Workbook {
    open_bytes(&xlsx(sheets), "x.xlsx", &ReadingLimits::default(), &CsvHints::default()).expect("read")
}

fn of(sheets: Vec<Sheet>) -> Workbook {
    Workbook { sheets, separator: None, problems: Vec::new() }
}

fn small() -> Workbook {
    book(&[
        Made {
            name: "Gr 1 A",
            lines: &[
                "Reading levels",
                "Student|Level|Day",
                "n:104|Q?|d:45904",
                "n:105|=1+1|d:45904.5",
                "n:1.5|e:#N/A|x",
            ],
            merges: &["A1:C1", "B1:D2", "A9:XFD1048576"],
            hidden: false,
        },
        Made { name: "Old", lines: &["n:7"], merges: &[], hidden: true },
    ])
}

fn unreadable() -> Problem {
    Problem::warning("This result could not be read, so it was set aside.")
        .at(Place::file("x.xlsx").sheet("Gr 1 A").cell(2, 1))
        .found("“Q?”")
        .expected("a level from RB to Z")
        .hint("Correct the cell.")
}

fn copied(book: &Workbook, problems: &[Problem]) -> Vec<u8> {
    annotate(book, "x.xlsx", &problems.iter().collect::<Vec<_>>()).expect("a copy")
}

/// Sheets of the copy, as text.
fn cells(bytes: &[u8]) -> Vec<(String, Vec<String>)> {
    let mut copy: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    copy.worksheets()
        .into_iter()
        .map(|(name, range)| {
            let filled = range.used_cells().map(|(row, col, value)| {
                let (first_row, first_col) = range.start().unwrap_or_default();
                format!("{}.{} {}", row as u32 + first_row, col as u32 + first_col, shown(value))
            });
            (name, filled.collect())
        })
        .collect()
}

fn shown(value: &Data) -> String {
    match value {
        Data::DateTime(when) => format!("day {}", when.as_f64()),
        Data::String(text) => format!("text {text}"),
        other => format!("{other}"),
    }
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    zip.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn a_copy_has_the_cells_of_the_original() {
    let original = small();
    let copy = cells(&copied(&original, &[unreadable()]));
    assert_eq!(copy.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Termwise findings", "Gr 1 A", "Old"]);
    for (sheet, (_, copied)) in original.sheets.iter().zip(&copy[1..]) {
        let mut wanted = Vec::new();
        for row in sheet.rows() {
            wanted.extend(row.cells().map(|(col, value)| {
                let text = match value {
                    Value::Number(number) | Value::Percent(number) => number.to_string(),
                    Value::Text(text) => format!("text {text}"),
                    Value::Error(word) => format!("text {word}"),
                    Value::Date(serial) => format!("day {serial}"),
                    Value::Bool(yes) => yes.to_string(),
                };
                format!("{}.{col} {text}", row.number)
            }));
        }
        assert_eq!(copied, &wanted);
    }
}

#[test]
fn a_copy_keeps_merges_that_can_be_kept_and_hidden_sheets() {
    let bytes = copied(&small(), &[unreadable()]);
    assert!(part(&bytes, "xl/worksheets/sheet2.xml").contains("<mergeCells count=\"1\"><mergeCell ref=\"A1:C1\"/>"));
    assert!(part(&bytes, "xl/workbook.xml").contains("<sheet name=\"Old\" sheetId=\"3\" state=\"hidden\""));
}

#[test]
fn a_copy_says_which_cells_it_cannot_hold() {
    let wide = format!("a{}b", "|".repeat(16_384));
    let bytes = copied(&of(vec![Sheet::from_lines("Wide", &[&wide]), Sheet::from_lines("Small", &["a|b"])]), &[]);
    assert_eq!(cells(&bytes)[1].1, ["0.0 text a"]);
    let note = part(&bytes, "xl/comments1.xml");
    assert!(note.contains("are not in this copy: Wide."), "{note}");
}

#[test]
fn the_first_sheet_lists_every_finding() {
    let lost = Problem::error("This sheet could not be read.").at(Place::file("x.xlsx").sheet("Gone"));
    let bytes = copied(&small(), &[unreadable(), lost]);
    let list = &cells(&bytes)[0].1;
    for wanted in ["1.1 text Gone", "1.7 text error", "2.0 2", "2.1 text Gr 1 A", "2.2 text B3", "2.4 text “Q?”"] {
        assert!(list.contains(&wanted.to_owned()), "{wanted} in {list:?}");
    }
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<hyperlink ref=\"C3\" location=\"'Gr 1 A'!B3\""), "{sheet}");
    assert!(sheet.contains("<autoFilter ref=\"A1:H3\"/>") && sheet.contains("state=\"frozen\""), "{sheet}");
}

#[test]
fn notes_say_what_the_findings_say() {
    let comment = Problem::note("This result has a comment.").at(Place::file("x.xlsx").sheet("Gr 1 A").cell(2, 1));
    let whole = Problem::warning("This sheet has no date.").at(Place::file("x.xlsx").sheet("Gr 1 A"));
    let bytes = copied(&small(), &[comment, unreadable(), whole]);
    let notes = part(&bytes, "xl/comments1.xml");
    for wanted in [
        "<author>Termwise</author>",
        "<comment ref=\"A1\"",
        "This sheet has no date.",
        "<comment ref=\"B3\"",
        "This result could not be read, so it was set aside.\nFound: “Q?”\nExpected: a level from RB to Z\n\
         What to do: Correct the cell.\n\nThis result has a comment.",
    ] {
        assert!(notes.contains(wanted), "{wanted} in {notes}");
    }
    assert!(part(&bytes, "xl/worksheets/sheet2.xml").contains("<tabColor rgb=\"FFF0E442\"/>"));
}

#[test]
fn the_same_findings_give_the_same_bytes() {
    let problems = [unreadable(), Problem::error("All of it.").at(Place::file("x.xlsx").sheet("Old"))];
    let first = copied(&small(), &problems);
    // The archive's own clock counts in steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(first, copied(&small(), &problems));
}

#[test]
fn what_looks_like_a_formula_stays_text() {
    let bytes = copied(&small(), &[unreadable().found("=2+2")]);
    assert!(cells(&bytes)[1].1.contains(&"3.1 text =1+1".to_owned()));
    assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
    assert!(!part(&bytes, "xl/worksheets/sheet2.xml").contains("<f>"));
}

#[test]
fn the_limits_of_spreadsheets_are_kept() {
    let text = "x".repeat(40_000);
    let taken = "Termwise findings";
    let long = "Results of every grade and every team";
    let book = of(vec![
        Sheet::from_lines(long, &[&text, "a", &"|".repeat(20_000)]),
        Sheet::from_lines(long, &[&("|".repeat(20_000) + "far")]),
        Sheet::from_lines(taken, &["b"]),
        Sheet::from_lines("a:b[c]", &["c"]),
    ]);
    let at = |cell: &str| Place { cell: Some(cell.into()), ..Place::file("x.xlsx").sheet(long) };
    let problems: Vec<Problem> =
        ["XFE1", "A1048577", "B2", "nonsense"].map(|cell| Problem::error(&text).at(at(cell)).hint(&text)).into();
    let copy = cells(&copied(&book, &problems));
    let names: Vec<&str> = copy.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["Termwise findings (2)", "Results of every grade and ever", "Results of every grade and (2)", taken, "a_b_c_",]
    );
    assert_eq!(copy[1].1[0].chars().count(), "0.0 text ".len() + 32_767);
    assert!(copy[2].1.is_empty());
}

#[test]
fn a_file_that_cannot_be_opened_gets_a_list() {
    let problem = Problem::error("This file is damaged.").at(Place::file("x.xlsx"));
    let copy = cells(&copied(&of(Vec::new()), &[problem]));
    assert_eq!(copy.len(), 1);
    assert!(copy[0].1.contains(&"1.3 text This file is damaged.".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in names, cells and findings, a copy is made, and any reader can open it.
    #[test]
    fn no_text_makes_a_copy_fail(name in any::<String>(), other in any::<String>(), line in any::<String>(), place in "[A-Z]{1,3}[0-9]{1,8}") {
        let book = of(vec![Sheet::from_lines(&name, &[&line]), Sheet::from_lines(&other, &[&line, &name])]);
        let place = Place { cell: Some(place), ..Place::file("x.xlsx").sheet(&name) };
        let copy = cells(&copied(&book, &[Problem::warning(&line).at(place).found(&other).hint(&name)]));
        prop_assert_eq!(copy.len(), 3);
    }
}
