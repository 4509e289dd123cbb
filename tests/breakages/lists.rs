//! Rosters, text files and whole files.

use super::book::Cell::{Date, Empty, Number, Text};
use super::*;

pub fn rows() -> Vec<Row> {
    [rosters(), texts(), files()].into_iter().flatten().collect()
}

fn rosters() -> Vec<Row> {
    let roster = |name, at, value| cell(name, ROSTER, "Enrolment", at, value);
    let lost = |row: Row| {
        row.told_of(WILLOW, "The student of this row is not on the roster of 2025-26", "All grades", "A21", "")
            .counts(-1, 1, 0)
            .counts_of(WILLOW, -1, 1, -8)
    };
    vec![
        roster("a grade in other words", "F637", Text("Gr. 7")),
        roster("a grade as a number", "F637", Number(7.0)),
        roster("a school by its letters", "E637", Text("WBCS")),
        roster("a day as text that is clear", "H637", Text("2025-09-03")),
        roster("no first day", "H637", Empty),
        roster("a last day to come", "I637", Date(46_203.0)),
        lost(roster("no grade", "F637", Empty)).told("This row of the roster has no grade", "Enrolment", "F637", ""),
        lost(roster("a split grade", "F637", Text("7/8"))).told(
            "There is no grade of this name. The row was set aside.",
            "Enrolment",
            "F637",
            "“7/8”",
        ),
        lost(roster("no school", "E637", Empty)).told(
            "Nothing says which school this enrolment belongs to",
            "Enrolment",
            "E637",
            "",
        ),
        roster("a first day in another year", "H637", Date(46_268.0)).told(
            "This first day is after the end of the school year",
            "Enrolment",
            "H637",
            "2026-09-03",
        ),
        row("days that moved by four years", ROSTER, |division| division.book(ROSTER, Book::flag1904))
            .told("This first day and 631 more are after the end of the school year.", "Enrolment", "H6", "2029-09-04")
            .hint("1904"),
    ]
}

fn texts() -> Vec<Row> {
    let first = |name, line: &'static str| {
        row(name, SCREENER, move |division| {
            division.text(SCREENER, |text| {
                text.split_inclusive('\n').enumerate().map(|(n, old)| if n == 1 { line } else { old }).collect()
            });
        })
    };
    let moved = |row: Row, to| row.told(UNREADABLE, "screener", to, "“47”").gone(UNREADABLE, "screener", "E158");
    vec![
        first("a line that ends early", "044666;Abernethy, Zahra;4;Term 1\r\n").counts(-1, 0, -1),
        first("a line that goes on", "044666;Abernethy, Zahra;4;Term 1;15;;;\r\n"),
        first("a separator within a name", "044666;Abernethy; Zahra;4;Term 1;15;\r\n")
            .told("There is no reporting period of 2025-26 of this name.", "screener", "D2", "“4”")
            .counts(-1, 1, -1),
        first("a name in the column of terms", "044666;x;4;Abernethy, Zahra;15;\r\n")
            .told("There is no reporting period of 2025-26 of this name.", "screener", "D2", WITHHELD)
            .counts(-1, 1, -1),
        first("a number in the column of terms", "x;Abernethy;4;044666;15;\r\n")
            .told("There is no reporting period of 2025-26 of this name.", "screener", "D2", WITHHELD)
            .counts(-1, 1, -1),
        row("tabs between the fields", SCREENER, |division| {
            division.text(SCREENER, |text| text.replace(';', "\t"));
        })
        .told("The header of the table was not found", "screener", "", "")
        .hint("parted by “;”")
        .severity("error")
        .gone(UNREADABLE, "screener", "E158")
        .counts(-271, 274, -271),
        row("UTF-8 without its mark", SCREENER, |division| {
            let text = unicode(division);
            division.write(SCREENER, text.as_bytes());
        }),
        row("UTF-16 of another machine", SCREENER, |division| {
            let text = format!("\u{feff}{}", unicode(division));
            division.write(SCREENER, &text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
        }),
        row("line ends of an old Macintosh", SCREENER, |division| {
            division.text(SCREENER, |text| text.replace("\r\n", "\r"));
        }),
        moved(
            row("a title above the header", SCREENER, |division| {
                division.text(SCREENER, |text| format!("Numeracy screener 2025-26\r\n{text}"));
            }),
            "E159",
        ),
        moved(
            row("a line that names the separator", SCREENER, |division| {
                division.text(SCREENER, |text| format!("sep=;\r\n{text}"));
            }),
            "E159",
        ),
        row("no end of the last line", SCREENER, |division| {
            division.text(SCREENER, |text| text.trim_end().to_owned());
        }),
        // As in a spreadsheet program, the lines between the marks are one row, so the rows below move up.
        row("two quotation marks that are not closed", SCREENER, |division| {
            division.text(SCREENER, |text| {
                let text = text.replacen(";4;Term 1;15;", ";4;Term 1;\"15;", 1);
                text.replacen(";4;Term 1;14;", ";4;Term 1;\"14;", 1)
            });
        })
        .told("A quotation mark is opened in this cell and closed lines below", "screener", "E2", "")
        .severity("error")
        .told(UNREADABLE, "screener", "E155", "“47”")
        .gone(UNREADABLE, "screener", "E158")
        .counts(-4, 0, -4),
    ]
}

fn files() -> Vec<Row> {
    vec![
        row("a workbook of Numbers", WILLOW, |division| {
            division.write(WILLOW, &archive([("Index/Document.iwa", b"x".as_slice())]));
        })
        .told("This file was made by Numbers.", "", "", "")
        .severity("error")
        .counts(-18, 0, -132),
        row("a workbook packed into an archive", WILLOW, |division| {
            let bytes = division.bytes(WILLOW);
            division.write(WILLOW, &archive([("all-results.xlsx", bytes.as_slice())]));
        })
        .told("This file is a zip archive with spreadsheets inside.", "", "", "")
        .severity("error")
        .counts(-18, 0, -132),
        row("an old Word document with the name of a workbook", CARD, |division| {
            division.write(CARD, &compound(&["WordDocument"]));
        })
        .told("This file is a Word document", "", "", "")
        .severity("error")
        .counts(-287, 0, -1673),
        row("a text file that is a web page", SCREENER, |division| {
            division.write(SCREENER, b"<!DOCTYPE html><html><body>Please sign in.</body></html>");
        })
        .told("This file is a web page", "", "", "")
        .severity("error")
        .gone(UNREADABLE, "screener", "E158")
        .counts(-271, -1, -271),
        row("a workbook with the name of an old one", CARD, |division| {
            let bytes = division.bytes(WILLOW);
            division.write(CARD, &bytes);
        })
        .told(
            "The header of the table was not found",
            "All grades",
            "",
            "“Local ID”, “Student”, “Gr”, “November”, “March”, “June”, “Reading”, “Knowledge and Understanding”, “Mental \
             Math and Estimation”, “Problem Solving”, “Reading”, “Knowledge and Understanding” and 6 more",
        )
        .severity("error")
        .counts(-287, 24, -1673),
        row("a picture with the name of a text file", SCREENER, |division| {
            division.write(SCREENER, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01");
        })
        .told("This file is not text", "", "", "")
        .severity("error")
        .gone(UNREADABLE, "screener", "E158")
        .counts(-271, -1, -271),
        row("a workbook that somebody has open in LibreOffice", ROSTER, |division| {
            division.write("data/2025-26/.~lock.roster.xlsx#", b",clerk,office,01.04.2026 10:00,file:///home;");
        })
        .told("Somebody has this workbook open", "", "", "")
        .severity("note"),
        row("a text file cut off within a line", SCREENER, |division| {
            let bytes = division.bytes(SCREENER);
            division.write(SCREENER, &bytes[..bytes.len() - 10]);
        })
        .told("The last line of this file is cut off", "screener", "D275", "")
        .counts(-1, 0, -1),
        row("this year's roster is gone", ROSTER, |division| division.remove(ROSTER))
            .told_of(
                "termwise.toml",
                "There is no roster of 2025-26",
                "",
                "",
                "results of 2025-26 in “data/2025-26/blue-heron/attendance.csv”, “data/2025-26/blue-heron/reading.xlsx”, “data/2025-26/blue-heron/report-card.xls”, \
                 “data/2025-26/saskatoon-berry/problem-task.xlsx”, “data/2025-26/saskatoon-berry/reading.ods”, \
                 “data/2025-26/saskatoon-berry/screener.csv”, “data/2025-26/willow-bend/all-results.xlsx”",
            )
            .severity("error")
            .gone_of(READING, UNREADABLE, "Gr 1 A", "F14")
            .gone_of(READING, "The student number in this cell is on no roster", "Gr 2 A", "A33")
            .gone_of(READING, "One student has two different results", "Gr 4 C", "F32")
            .gone_of(TASK, "The name in this cell is not on the roster", "Middle years", "B68")
            .gone_of(TASK, UNREADABLE, "Middle years", "L77")
            .gone_of(TASK, UNREADABLE, "Middle years", "P109")
            .gone_of(SCREENER, UNREADABLE, "screener", "E158")
            .counts(-632, 0, 0)
            .counts_of("data/2025-26/blue-heron/attendance.csv", -719, 719, -1438)
            .counts_of(READING, -362, 362, -960)
            .counts_of(CARD, -287, 287, -1673)
            .counts_of(TASK, -131, 131, -155)
            .counts_of(ODS, -250, 250, -487)
            .counts_of(SCREENER, -271, 271, -271)
            .counts_of(WILLOW, -18, 18, -132),
        row("a file that no source reads", WILLOW, |division| {
            let bytes = division.bytes(WILLOW);
            division.write("data/2025-26/willow-bend/all-results (new).xlsx", &bytes);
        })
        .told_of("data/2025-26/willow-bend/all-results (new).xlsx", "No source reads this spreadsheet", "", "", "")
        .severity("note"),
    ]
}
