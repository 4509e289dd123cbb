//! What a clerk is told when a spreadsheet is broken as spreadsheets get broken in schools.
//!
//! Each row of the table breaks a copy of the sample division in one way and runs the real binary. What
//! is told beyond the unbroken sample, what is no longer told, and how the rows and results of every file
//! change, and how the command ends, must be exactly what the row says: a fault that goes untold or is told of the wrong cell fails,
//! and so does data that is dropped without a word.

#[path = "breakages/book.rs"]
mod book;
mod common;
#[path = "breakages/lists.rs"]
mod lists;
#[path = "breakages/places.rs"]
mod places;
#[path = "breakages/spellings.rs"]
mod spellings;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex::Regex;
use serde_json::Value;

use book::Cell::{Bool, Date, Empty, Error, FailedFormula, Formula, Number, Text};
use book::{Book, Division, archive, compound, copy};

const READING: &str = "data/2025-26/blue-heron/reading.xlsx";
const CARD: &str = "data/2025-26/blue-heron/report-card.xls";
const SURVEY: &str = "data/2025-26/blue-heron/staff-survey.xlsx";
const SCREENER: &str = "data/2025-26/saskatoon-berry/screener.csv";
const ODS: &str = "data/2025-26/saskatoon-berry/reading.ods";
const TASK: &str = "data/2025-26/saskatoon-berry/problem-task.xlsx";
const WILLOW: &str = "data/2025-26/willow-bend/all-results.xlsx";
const ROSTER: &str = "data/2025-26/roster.xlsx";

const UNREADABLE: &str = "This result could not be read, so it was set aside.";

const WITHHELD: &str = "(not shown, because it could be a name or a student number)";

/// One way to break the sample.
struct Row {
    name: &'static str,
    file: &'static str,
    change: Box<dyn Fn(&Division) + Send + Sync>,
    told: Vec<Finding>,
    gone: Vec<Finding>,
    /// File → change of its rows used whole and of those set aside, wholly or in part, and of its results.
    tallies: BTreeMap<&'static str, [i64; 3]>,
}

/// A finding as a row of the table names it.
struct Finding {
    message: &'static str,
    file: &'static str,
    sheet: &'static str,
    cell: &'static str,
    found: &'static str,
    hint: &'static str,
    severity: &'static str,
}

/// A change of one file, with nothing told and nothing counted otherwise.
fn row(name: &'static str, file: &'static str, change: impl Fn(&Division) + Send + Sync + 'static) -> Row {
    Row { name, file, change: Box::new(change), told: Vec::new(), gone: Vec::new(), tallies: BTreeMap::new() }
}

/// A cell of a workbook that is overwritten.
fn cell(
    name: &'static str,
    file: &'static str,
    sheet: &'static str,
    at: &'static str,
    cell: book::Cell<'static>,
) -> Row {
    row(name, file, move |division| division.book(file, |book| book.set(sheet, at, cell)))
}

impl Row {
    /// Told of the file: how the message begins, sheet, cell, and what was found (all of it).
    fn told(self, message: &'static str, sheet: &'static str, cell: &'static str, found: &'static str) -> Self {
        let file = self.file;
        self.told_of(file, message, sheet, cell, found)
    }

    fn told_of(
        mut self,
        file: &'static str,
        message: &'static str,
        sheet: &'static str,
        cell: &'static str,
        found: &'static str,
    ) -> Self {
        self.told.push(Finding { message, file, sheet, cell, found, hint: "", severity: "warning" });
        self
    }

    /// Advice that the last finding must hold.
    fn hint(mut self, hint: &'static str) -> Self {
        self.told.last_mut().expect("a finding").hint = hint;
        self
    }

    /// How grave the last finding is, if it is not a warning.
    fn severity(mut self, severity: &'static str) -> Self {
        self.told.last_mut().expect("a finding").severity = severity;
        self
    }

    /// No longer told of the file.
    fn gone(self, message: &'static str, sheet: &'static str, cell: &'static str) -> Self {
        let file = self.file;
        self.gone_of(file, message, sheet, cell)
    }

    fn gone_of(mut self, file: &'static str, message: &'static str, sheet: &'static str, cell: &'static str) -> Self {
        self.gone.push(Finding { message, file, sheet, cell, found: "", hint: "", severity: "" });
        self
    }

    /// How the file's rows used, its rows set aside and its results change.
    fn counts(self, used: i64, aside: i64, results: i64) -> Self {
        let file = self.file;
        self.counts_of(file, used, aside, results)
    }

    fn counts_of(mut self, file: &'static str, used: i64, aside: i64, results: i64) -> Self {
        self.tallies.insert(file, [used, aside, results]);
        self
    }
}

fn table() -> Vec<Row> {
    let here = [cells(), students(), headers(), sheets(), rosters(), texts(), files()];
    let others = [spellings::rows(), places::rows(), lists::rows()];
    here.into_iter().chain(others).flatten().collect()
}

/// Results that people and spreadsheet programs write.
fn cells() -> Vec<Row> {
    let read = |name, at, value| cell(name, READING, "Gr 1 A", at, value);
    let card = |name, at, value| cell(name, WILLOW, "All grades", at, value);
    vec![
        read("a level that does not exist", "F8", Text("Q9"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“Q9”")
            .counts(-1, 1, -1),
        read("a level that became a date", "F9", Date(46_027.0))
            .told(UNREADABLE, "Gr 1 A", "F9", "“2026-01-05 (a date)”")
            .hint("into a date")
            .counts(-1, 1, -1),
        card("a mark that became a date", "E8", Date(46_115.0))
            .told(UNREADABLE, "All grades", "E8", "“2026-04-03 (a date)”")
            .hint("into a date")
            .counts(-1, 1, -1),
        card("a mark of 5", "E8", Number(5.0)).told(UNREADABLE, "All grades", "E8", "“5”").counts(-1, 1, -1),
        read("a broken reference", "F8", Error("#REF!"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“#REF!”")
            .hint("The formula")
            .counts(-1, 1, -1),
        read("a look-up that finds nothing", "F8", FailedFormula("VLOOKUP(A8,Old!A:B,2,0)", "#N/A"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“#N/A”")
            .hint("The formula")
            .counts(-1, 1, -1),
        read("a division by zero", "F8", FailedFormula("1/0", "#DIV/0!"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“#DIV/0!”")
            .hint("The formula")
            .counts(-1, 1, -1),
        read("a formula with its result", "F8", Formula("UPPER(\"g\")", "G")),
        read("non-breaking spaces", "F8", Text("\u{a0}H\u{a0}")),
        read("a range with a smart dash", "F8", Text("H\u{2013}I")),
        read("a range over the whole scale", "F8", Text("A/Z"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“A/Z”")
            .counts(-1, 1, -1),
        read("a running record in a column of levels", "F8", Text("94% / 0.25 SC"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“94% / 0.25 SC”")
            .counts(-1, 1, -1),
        read("a code that nobody declared", "F8", Text("XYZ"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“XYZ”")
            .counts(-1, 1, -1),
        read("a ticked box", "F8", Bool(true)).told(UNREADABLE, "Gr 1 A", "F8", "“TRUE”").counts(-1, 1, -1),
        read("a result taken away", "F8", Empty).counts(0, 0, -1),
        read("a zero for no result", "F8", Number(0.0)).told(UNREADABLE, "Gr 1 A", "F8", "“0”").counts(-1, 1, -1),
        read("not applicable", "F8", Text("N/A")).told(UNREADABLE, "Gr 1 A", "F8", "“N/A”").counts(-1, 1, -1),
        read("a question mark", "F8", Text("?")).told(UNREADABLE, "Gr 1 A", "F8", "“?”").counts(-1, 1, -1),
        read("a dash for no result", "F8", Text("\u{2013}")).told(UNREADABLE, "Gr 1 A", "F8", "“-”").counts(-1, 1, -1),
        read("only a space", "F8", Text(" ")).counts(0, 0, -1),
        read("small letters and a line break", "F8", Text("h\n")),
        read("a level in words", "F8", Text("Level H")),
        read("above the last level but one", "F8", Text(">Y"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“>Y”")
            .counts(-1, 1, -1),
        card("half a mark", "E8", Number(3.5)).told(UNREADABLE, "All grades", "E8", "“3.5”").counts(-1, 1, -1),
        card("a mark as text", "E8", Text("3.0")),
        cell("an answer that is not on the scale", SURVEY, "March survey", "B4", Text("Agree a lot"))
            .told(UNREADABLE, "March survey", "B4", "“Agree a lot”")
            .counts(-1, 1, -1),
        row("a level that does not exist, in OpenDocument", ODS, |division| {
            division.book(ODS, |book| book.replace("content.xml", "<text:p>OOR</text:p>", "<text:p>OOX</text:p>"));
        })
        .told(UNREADABLE, "Reading", "E68", "“OOX”")
        .counts(-1, 1, -1),
        read("the fault corrected", "F14", Text("G")).gone(UNREADABLE, "Gr 1 A", "F14").counts(1, -1, 1),
    ]
}

/// Who a row is about.
fn students() -> Vec<Row> {
    let read = |name, at, value| cell(name, READING, "Gr 1 A", at, value);
    let task = |name, value| cell(name, TASK, "Middle years", "B28", Text(value));
    vec![
        read("a number without its zeros", "A8", Number(25_204.0)),
        read("a number with a needless .0", "A8", Text("025204.0")),
        read("a number that nobody has", "A8", Text("999998"))
            .told("The student number in this cell is on no roster", "Gr 1 A", "A8", "")
            .counts(-1, 1, -2),
        read("no number but a name", "A8", Empty),
        row("neither number nor name", READING, |division| {
            division.book(READING, |book| {
                book.set("Gr 1 A", "A8", Empty);
                book.set("Gr 1 A", "B8", Empty);
            });
        })
        .told("This row has a result but no student", "Gr 1 A", "A8", "")
        .counts(-1, 1, -2),
        cell("one student twice with the same result", READING, "Gr 4 C", "F32", Text("S"))
            .gone("One student has two different results", "Gr 4 C", "F32")
            .counts(2, -2, 1),
        row("one student twice with different results", READING, |division| {
            division.book(READING, |book| {
                book.set("Gr 1 A", "A9", Text("025204"));
                book.set("Gr 1 A", "B9", Empty);
            });
        })
        .told(
            "One student has two different results for English reading level in March",
            "Gr 1 A",
            "F9",
            "“G” here, but “H” in data/2025-26/blue-heron/reading.xlsx, sheet “Gr 1 A”, cell F8",
        )
        .counts(-2, 2, -3),
        read("a number of another child than the name", "A9", Text("025204"))
            .told("The student number in this cell belongs to a student of another name", "Gr 1 A", "A9", "")
            .counts(-1, 1, -2),
        task("a name that nobody has", "O’Brian, Mallick")
            .told("The name in this cell is not on the roster of 2025-26", "Middle years", "B28", "")
            .counts(-1, 1, -2),
        cell("a name that two students have", READING, "Gr 2 B – EUBP", "A16", Empty)
            .told("Several students on the roster have the name in this cell", "Gr 2 B – EUBP", "B16", "")
            .counts(-1, 1, -4),
        task("a straight apostrophe", "O'Brien, Malik"),
        task("a Ukrainian apostrophe", "O\u{2bc}Brien, Malik"),
        task("a name in capitals, first name first", "MALIK  O\u{2018}BRIEN"),
    ]
}

/// Headers that somebody touched.
fn headers() -> Vec<Row> {
    vec![
        cell("a header with a slip of the pen", READING, "Gr 1 C", "A5", Text("Studnet #"))
            .told(
                "The header of the table was not found",
                "Gr 1 C",
                "",
                "“Studnet #”, “Student”, “Gr”, “November”, “March”, “June”, “Comments”, “Guided group”, “English”, \
                 “Ukrainian”, “English”, “Ukrainian” and 2 more",
            )
            .hint("Is “Studnet #” meant?")
            .severity("error")
            .counts(-24, 38, -47),
        row("notes above the header", READING, |division| {
            division.book(READING, |book| {
                book.push_down("Gr 1 C", 5, 3);
                book.set("Gr 1 C", "A5", Text("Reminder: all levels by Friday."));
                book.set("Gr 1 C", "A6", Text("Ask the office for the new numbers."));
            });
        }),
        row("a header that is gone", READING, |division| {
            division.book(READING, |book| {
                for column in ["A", "B", "C", "D", "F", "H", "J", "K"] {
                    book.set("Gr 1 C", &format!("{column}5"), Empty);
                }
            });
        })
        .told(
            "The header of the table was not found",
            "Gr 1 C",
            "",
            "“English”, “Ukrainian”, “English”, “Ukrainian”, “English”, “Ukrainian”",
        )
        .hint("“Student #” is missing there.")
        .severity("error")
        .counts(-24, 37, -47),
        cell("a statement of the survey in other words", SURVEY, "March survey", "C3", Text("Changes I make"))
            .told(
                "The column with some results is missing.",
                "March survey",
                "",
                "“Response”, “I believe every student in my care can reach grade-level expectations with the right \
                 support.”, “Changes I make”, “Looking at student data with colleagues helps me to decide what to do \
                 next.”, “In our school we share responsibility for all students, not only for our own class.”",
            )
            .told("This column holds what looks like results", "March survey", "C4", "")
            .counts(0, 0, -27),
        cell("a header of results that is empty", READING, "Gr 1 C", "F6", Empty)
            .told("This column holds what looks like results", "Gr 1 C", "F8", "")
            .counts(0, 0, -23),
        cell("a measure with a slip of the pen", WILLOW, "All grades", "G5", Text("Problem Solvng"))
            .told("There is no measure of this name.", "All grades", "G5", "“Problem Solvng”")
            .hint("Did you mean “Problem Solving”?")
            .severity("error")
            .counts(0, 0, -16),
        cell("a legend above its place", READING, "Gr 1 A", "A10", Text("Legend"))
            .told("The table ends with this row", "Gr 1 A", "A10", "")
            .gone(UNREADABLE, "Gr 1 A", "F14")
            .counts(-21, 20, -42),
        row("two results in one merged cell", READING, |division| {
            division.book(READING, |book| {
                book.merge("Gr 1 A", "F8:F9");
                book.set("Gr 1 A", "F9", Empty);
            });
        })
        .told("This cell is merged with the one above it", "Gr 1 A", "F9", "")
        .counts(-1, 1, -1),
        cell("a name among the results", READING, "Gr 1 A", "F8", Text("Andrusiak, Isla"))
            .told(UNREADABLE, "Gr 1 A", "F8", WITHHELD)
            .counts(-1, 1, -1),
        cell("a number among the results", READING, "Gr 1 A", "F8", Text("025204"))
            .told(UNREADABLE, "Gr 1 A", "F8", WITHHELD)
            .counts(-1, 1, -1),
        row("a header that is no longer merged", READING, |division| {
            division.book(READING, |book| {
                book.unmerge("Gr 1 C", "J5:J6");
                book.unmerge("Gr 1 C", "A5:A6");
            });
        }),
    ]
}

/// Tabs, totals and colours.
fn sheets() -> Vec<Row> {
    vec![
        row("every tab renamed", SURVEY, |division| {
            division.book(SURVEY, |book| {
                book.rename_sheet("November survey", "Nov staff");
                book.rename_sheet("March survey", "Mar staff");
            });
        })
        .told("This workbook has no sheet that the mapping reads.", "", "", "“Nov staff”, “Mar staff”")
        .severity("error")
        .told("This sheet holds the table that is looked for", "Nov staff", "", "")
        .told("This sheet holds the table that is looked for", "Mar staff", "", "")
        .counts(-55, 0, -218),
        row("one tab renamed", READING, |division| {
            division.book(READING, |book| book.rename_sheet("Gr 1 C", "Grade 1 C"));
        })
        .told("This sheet holds the table that is looked for", "Grade 1 C", "", "")
        .counts(-24, 0, -47),
        row("one tab hidden", READING, |division| division.book(READING, |book| book.hide_sheet("Gr 1 C")))
            .told("This hidden sheet holds the table that is looked for", "Gr 1 C", "", "")
            .severity("note")
            .counts(-24, 0, -47),
        row("the only tab with results hidden", TASK, |division| {
            division.book(TASK, |book| book.hide_sheet("Middle years"));
        })
        .told("This workbook has no sheet that the mapping reads.", "", "", "“Middle years”, “Overview”")
        .hint("hidden")
        .severity("error")
        .told("This hidden sheet holds the table that is looked for", "Middle years", "", "")
        .severity("note")
        .gone("The name in this cell is not on the roster", "Middle years", "B68")
        .gone(UNREADABLE, "Middle years", "L77")
        .gone(UNREADABLE, "Middle years", "P109")
        .counts(-131, -3, -155),
        cell("totals under another name", READING, "Gr 1 C", "A32", Text("Number at level"))
            .told("The student number in this cell is on no roster", "Gr 1 C", "A32", "")
            .counts(0, 1, 0),
        row("a colour for a result", READING, |division| {
            division.book(READING, |book| book.fill("Gr 1 A", "F13", "FFC000"));
        })
        .told("This cell is empty but coloured", "Gr 1 A", "F13", "")
        .counts(-1, 1, 0),
        row("a title over the whole table", READING, |division| {
            division.book(READING, |book| book.merge("Gr 1 C", "A1:K1"));
        }),
    ]
}

/// The list of the division office.
fn rosters() -> Vec<Row> {
    let lost = |row: Row| {
        row.told_of(WILLOW, "The student of this row is not on the roster of 2025-26", "All grades", "A21", "")
            .counts(-1, 1, 0)
            .counts_of(WILLOW, -1, 1, -8)
    };
    let roster = |name, at, value| cell(name, ROSTER, "Enrolment", at, value);
    vec![
        lost(roster("a grade that does not exist", "F637", Text("Grade 15"))).told(
            "There is no grade of this name. The row was set aside.",
            "Enrolment",
            "F637",
            "“Grade 15”",
        ),
        lost(roster("a grade that the school does not teach", "E637", Text("Blue Heron School"))).told(
            "Blue Heron School has no grade 7; the row was set aside.",
            "Enrolment",
            "F637",
            "",
        ),
        lost(roster("a student who left before the first day", "I637", Date(45_534.0))).told(
            "The student left before the first day; the row was set aside.",
            "Enrolment",
            "I637",
            "2024-08-30",
        ),
        lost(roster("a day as text", "H637", Text("04/09/2025"))).told(
            "This cell should hold a date; the row was set aside.",
            "Enrolment",
            "H637",
            "“04/09/2025”",
        ),
        lost(roster("a row without a number", "A637", Empty)).told(
            "This row of the roster has no student number",
            "Enrolment",
            "A637",
            "",
        ),
        lost(roster("a school that does not exist", "E637", Text("Willow Bnd"))).told(
            "There is no school of this name. The row was set aside.",
            "Enrolment",
            "E637",
            "“Willow Bnd”",
        ),
        lost(roster("one number for two names", "A637", Text("074081"))).told(
            "This student number stands for two different names",
            "Enrolment",
            "A637",
            "",
        ),
        row("a student who is enrolled twice", ROSTER, |division| {
            division.book(ROSTER, |book| again(book, "Saskatoon Berry School"))
        })
        .told("This student is enrolled twice on the same day", "Enrolment", "A637", "")
        .counts(0, 1, 0),
        row("the same row twice", ROSTER, |division| {
            division.book(ROSTER, |book| again(book, "Willow Bend Colony School"))
        })
        .counts(1, 0, 0),
        roster("an exit day under another name", "I5", Text("Exit"))
            .told(
                "The column with the role “left” is missing.",
                "Enrolment",
                "",
                "“Student Number”, “Legal Last Name”, “Legal First Name”, “Preferred Name”, “School”, “Grade”, \
                 “Program”, “Entry Date”, “Exit”",
            )
            .hint("Did you mean “Exit”?"),
        row("days counted from 1904 on", ROSTER, |division| {
            division.book(ROSTER, |book| book.date1904("Enrolment", "HI"))
        }),
    ]
}

/// Writes the last student of the roster once more, at another school.
fn again(book: &mut Book, school: &str) {
    for column in ["A", "B", "C", "F", "G"] {
        let said = book.column("Enrolment", column).remove(&637).expect("the last row");
        book.set("Enrolment", &format!("{column}638"), Text(&said));
    }
    book.set("Enrolment", "E638", Text(school));
    book.set("Enrolment", "H638", Date(45_903.0));
}

/// Text files as other programs save them.
fn texts() -> Vec<Row> {
    let score = |name, value: &'static str| {
        row(name, SCREENER, move |division| {
            division.text(SCREENER, |text| text.replacen(";4;Term 1;15;", &format!(";4;Term 1;{value};"), 1));
        })
    };
    let moved = |row: Row, to| row.told(UNREADABLE, "screener", to, "“47”").gone(UNREADABLE, "screener", "E158");
    vec![
        score("a quotation mark that is not closed", "\"15")
            .told("A quotation mark is opened in this cell and not closed", "screener", "E2", "")
            .severity("error")
            .gone(UNREADABLE, "screener", "E158")
            .counts(-271, -1, -271),
        score("a number out of the scale", "41").told(UNREADABLE, "screener", "E2", "“41”").counts(-1, 1, -1),
        score("a share for points", "85 %").told(UNREADABLE, "screener", "E2", "“85 %”").counts(-1, 1, -1),
        score("a decimal point", "15.5"),
        score("a number with two commas", "1,5,5").told(UNREADABLE, "screener", "E2", "“1,5,5”").counts(-1, 1, -1),
        score("a number below the scale", "-3").told(UNREADABLE, "screener", "E2", "“-3”").counts(-1, 1, -1),
        row("a term that does not exist", SCREENER, |division| {
            division.text(SCREENER, |text| text.replacen(";4;Term 1;15;", ";4;Term 7;15;", 1));
        })
        .told("There is no reporting period of 2025-26 of this name.", "screener", "D2", "“Term 7”")
        .counts(-1, 1, -1),
        row("UTF-8 with its mark", SCREENER, |division| {
            let text = unicode(division);
            division.write(SCREENER, format!("\u{feff}{text}").as_bytes());
        }),
        row("UTF-16", SCREENER, |division| {
            let text = format!("\u{feff}{}", unicode(division));
            division.write(SCREENER, &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        }),
        moved(
            row("empty lines between the others", SCREENER, |division| {
                division.text(SCREENER, |text| text.replacen("\r\n", "\r\n\r\n\r\n", 1));
            }),
            "E160",
        ),
        row("line ends of another system", SCREENER, |division| {
            division.text(SCREENER, |text| text.replace("\r\n", "\n"));
        }),
        row("every field in quotes", SCREENER, |division| {
            division.text(SCREENER, |text| {
                let quoted = |line: &str| format!("\"{}\"\r\n", line.replace(';', "\";\""));
                text.lines().map(quoted).collect()
            });
        }),
    ]
}

/// The text of the screener, which is in Windows-1252.
fn unicode(division: &Division) -> String {
    division.bytes(SCREENER).into_iter().map(|byte| if byte == 0x92 { '’' } else { char::from(byte) }).collect()
}

/// Files that are something else than their name says, or not whole.
fn files() -> Vec<Row> {
    let willow = |name, bytes: Vec<u8>, message| {
        row(name, WILLOW, move |division| division.write(WILLOW, &bytes))
            .told(message, "", "", "")
            .severity("error")
            .counts(-18, 0, -132)
    };
    let card = |name, text: &'static str, message| {
        row(name, CARD, move |division| division.write(CARD, text.as_bytes()))
            .told(message, "", "", "")
            .severity("error")
            .counts(-287, 0, -1673)
    };
    let entry: &[u8] = b"<w:document/>";
    vec![
        willow("an empty file", Vec::new(), "This file is empty (0 bytes)."),
        willow("a file of zeros", vec![0; 8192], "This file holds nothing but zeros"),
        row("half a file", WILLOW, |division| {
            let bytes = division.bytes(WILLOW);
            division.write(WILLOW, &bytes[..bytes.len() / 2]);
        })
        .told("This file is incomplete", "", "", "")
        .severity("error")
        .counts(-18, 0, -132),
        willow(
            "a text with the name of a workbook",
            b"Local ID,Student\r\n11403,x\r\n".to_vec(),
            "This file is plain text, although its name ends in .xlsx.",
        ),
        willow(
            "a PDF with the name of a workbook",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n".to_vec(),
            "This file is a PDF",
        ),
        willow(
            "a Word document with the name of a workbook",
            archive([("[Content_Types].xml", b"<Types/>".as_slice()), ("word/document.xml", entry)]),
            "This file is a Word document",
        ),
        willow(
            "an archive of other files",
            archive([("all-results/readme.txt", b"see inside".as_slice())]),
            "This file is a zip archive without a workbook",
        ),
        willow(
            "a workbook with a password",
            compound(&["EncryptionInfo", "EncryptedPackage"]),
            "This workbook is protected with a password",
        ),
        card(
            "a web page with the name of a workbook",
            "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><body><table><tr><td>1</td></tr></table></body></html>",
            "This file is a web page, although its name ends in .xls.",
        ),
        card(
            "a workbook in XML of 2003",
            "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"></Workbook>",
            "This file is in the XML format of Excel 2003.",
        ),
        row("a workbook that somebody has open", ROSTER, |division| {
            division.write("data/2025-26/~$roster.xlsx", b"\x05Clerk");
        })
        .told("Somebody has this workbook open", "", "", "")
        .severity("note"),
        row("this year's file gone, last year's still there", WILLOW, |division| division.remove(WILLOW))
            .told_of(
                "termwise.toml",
                "The source “willow-bend” has results for 2024-25 but none for 2025-26.",
                "",
                "",
                "",
            )
            .counts(-18, 0, -132),
        row("a school whose files are all gone", WILLOW, |division| {
            division.remove(WILLOW);
            division.remove("data/2024-25/willow-bend/all-results.xlsx");
        })
        .told_of("termwise.toml", "The source “willow-bend” finds no file.", "", "", "")
        .severity("error")
        .counts(-18, 0, -132)
        .counts_of("data/2024-25/willow-bend/all-results.xlsx", -18, 0, -198),
    ]
}

#[test]
fn every_breakage_is_told_as_it_should_be() {
    // Once more, for copies of this kind are of old files.
    let whole = tempfile::tempdir().expect("a temporary folder");
    copy(common::sample().path(), whole.path());
    let before = check(whole.path());
    let hidden = Hidden::of(whole.path());
    let rows = table();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((place, row)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, rows.get(n)?)))
                {
                    // The copy brings the frozen copies and the cells that were read, so that only what
                    // is broken has to be read again.
                    let broken = tempfile::tempdir().expect("a temporary folder");
                    copy(whole.path(), broken.path());
                    let division = Division { folder: broken.path().to_owned() };
                    (row.change)(&division);
                    let faults = compare(row, &before, &check(broken.path()), &hidden);
                    if !faults.is_empty() {
                        wrong.lock().expect("no panic").insert(place, faults);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    let told: String = wrong.values().flat_map(|faults| faults.chars()).collect();
    assert!(wrong.is_empty(), "{} of {} breakages:\n{told}", wrong.len(), rows.len());
}

/// What `termwise check` answers, and how it ends.
struct Answer {
    said: Value,
    code: Option<i32>,
}

fn check(project: &Path) -> Answer {
    let output = Command::new(env!("CARGO_BIN_EXE_termwise"))
        .args(["check".as_ref(), project.as_os_str(), "--as-of".as_ref(), "2026-04-15".as_ref(), "--json".as_ref()])
        .output()
        .expect("termwise starts");
    let said = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)));
    Answer { said, code: output.status.code() }
}

/// What is wrong with what was told; empty if nothing is.
fn compare(row: &Row, before: &Answer, after: &Answer, hidden: &Hidden) -> String {
    let mut faults = String::new();
    let wanted = i32::from(row.told.iter().any(|finding| finding.severity == "error"));
    if after.code != Some(wanted) {
        let _ = writeln!(faults, "  ends with {:?}, not with {wanted}", after.code);
    }
    let (before, after) = (&before.said, &after.said);
    // Where nothing is told and nothing counted otherwise, nothing may be judged otherwise.
    let nothing = row.told.is_empty() && row.gone.is_empty() && row.tallies.is_empty();
    if nothing && before["verdicts"] != after["verdicts"] {
        let _ = writeln!(faults, "  judges otherwise");
    }
    let list = |answer: &Value| answer["problems"].as_array().expect("a list").clone();
    let (old, new) = (list(before), list(after));
    let (mut told, mut gone) = (without(&new, &old), without(&old, &new));
    for problem in &told {
        if let Some(word) = hidden.shown_by(problem) {
            let _ = writeln!(faults, "  names a student ({word}): {problem}");
        }
    }
    for (wanted, found, what) in [(&row.told, &mut told, "told"), (&row.gone, &mut gone, "gone")] {
        for finding in wanted {
            match found.iter().position(|problem| finding.is(problem, what == "told")) {
                Some(place) => drop(found.remove(place)),
                None => {
                    let Finding { message, file, sheet, cell, found, hint, severity } = finding;
                    let _ = writeln!(
                        faults,
                        "  not {what}: {severity} | {message} | {file} | {sheet} | {cell} | {found} | {hint}"
                    );
                }
            }
        }
        for problem in found {
            let _ = writeln!(faults, "  {what} beyond that: {problem}");
        }
    }
    let (old, new) = (tallies(before), tallies(after));
    for file in old.keys().chain(new.keys().filter(|file| !old.contains_key(*file))) {
        let at = |tallies: &BTreeMap<String, [i64; 3]>| tallies.get(file).copied().unwrap_or_default();
        let (old, new) = (at(&old), at(&new));
        let change = [new[0] - old[0], new[1] - old[1], new[2] - old[2]];
        let wanted = row.tallies.get(file.as_str()).copied().unwrap_or_default();
        if change != wanted {
            let _ = writeln!(faults, "  {file}: used, set aside and results change by {change:?}, not by {wanted:?}");
        }
    }
    if faults.is_empty() { faults } else { format!("{} ({})\n{faults}", row.name, row.file) }
}

/// The problems of one list that are not in the other, each as often as it is.
fn without(list: &[Value], other: &[Value]) -> Vec<Value> {
    let mut other = other.to_vec();
    let mut left = Vec::new();
    for problem in list {
        match other.iter().position(|known| known == problem) {
            Some(place) => drop(other.swap_remove(place)),
            None => left.push(problem.clone()),
        }
    }
    left
}

fn tallies(answer: &Value) -> BTreeMap<String, [i64; 3]> {
    let count = |file: &Value, what: &str| file[what].as_i64().expect("a count");
    let files = answer["files"].as_array().expect("a list");
    files
        .iter()
        .map(|file| {
            let path = file["path"].as_str().expect("a path").to_owned();
            // A row of which a cell was set aside is one that something is wrong with, whatever else was used of it.
            let aside = count(file, "set_aside") + count(file, "in_part");
            (path, [count(file, "used"), aside, count(file, "observations")])
        })
        .collect()
}

impl Finding {
    fn is(&self, problem: &Value, whole: bool) -> bool {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let place = &problem["place"];
        text(&problem["message"]).starts_with(self.message)
            && text(&place["file"]) == self.file
            && text(&place["sheet"]) == self.sheet
            && text(&place["cell"]) == self.cell
            && (!whole || text(&problem["found"]) == self.found)
            && text(&problem["hint"]).contains(self.hint)
            && (!whole || text(&problem["severity"]) == self.severity)
    }
}

/// What no message may show: the names and numbers of the students.
struct Hidden {
    words: BTreeSet<String>,
    numbers: Regex,
}

impl Hidden {
    fn of(project: &Path) -> Self {
        let roster = Book::open(&std::fs::read(project.join(ROSTER)).expect("the roster"));
        let words = ["B", "C"].iter().flat_map(|column| roster.column("Enrolment", column).into_values()).collect();
        Self { words, numbers: Regex::new(r"\b\d{5,6}\b").expect("a pattern") }
    }

    fn shown_by(&self, problem: &Value) -> Option<String> {
        let said: String = ["message", "found", "expected", "hint"]
            .iter()
            .filter_map(|field| problem[field].as_str())
            .flat_map(|text| [text, " "])
            .collect();
        let mut words = said.split(|c: char| !c.is_alphanumeric() && c != '-');
        words.find(|word| self.words.contains(*word) || self.numbers.is_match(word)).map(str::to_owned)
    }
}
