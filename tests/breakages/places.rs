//! Where things stand: headers, columns, tabs and what is around a table.

use super::book::Cell::{Empty, Number, Text};
use super::*;

pub fn rows() -> Vec<Row> {
    [headers(), columns(), tables(), tabs()].into_iter().flatten().collect()
}

const CLASS: &str = "Gr 1 C";
const COLONY: &str = "All grades";

fn headers() -> Vec<Row> {
    let head = |name, at, value| cell(name, READING, CLASS, at, Text(value));
    vec![
        head("a header in capitals over two lines", "A5", "STUDENT\n#"),
        head("a header with a space that does not break", "A5", "Student\u{a0}#"),
        head("a period by its short name", "F5", "Mar"),
        head("a period by its other name, in capitals", "F5", "TERM 2"),
        row("a header once more further down", WILLOW, |division| {
            division.book(WILLOW, |book| {
                book.push_down(COLONY, 15, 2);
                book.copy_row(COLONY, 4, 15);
                book.copy_row(COLONY, 5, 16);
            });
        }),
        // The row below it says the same of one student, so it contradicts unless the new order holds.
        row("a header once more in another order", WILLOW, |division| {
            division.book(WILLOW, |book| {
                book.push_down(COLONY, 25, 4);
                book.copy_row(COLONY, 4, 25);
                book.copy_row(COLONY, 5, 26);
                book.set(COLONY, "E26", Text("Problem Solving"));
                book.set(COLONY, "G26", Text("Knowledge and Understanding"));
                book.set(COLONY, "A27", Number(48_995.0));
                book.set(COLONY, "E27", Number(4.0));
                book.set(COLONY, "G27", Number(2.0));
            });
        })
        .counts(1, 0, 0),
        row("a result twice under one header, otherwise", WILLOW, |division| {
            division.book(WILLOW, |book| {
                book.set(COLONY, "P4", Text("March"));
                book.set(COLONY, "P5", Text("Reading"));
                book.set(COLONY, "P8", Text("B"));
            });
        })
        .told(
            "One student has two different results for English reading level in March",
            COLONY,
            "P8",
            "“B” here, but “I” in data/2025-26/willow-bend/all-results.xlsx, sheet “All grades”, cell H8",
        )
        .counts(-1, 1, -1),
        head("a period with a slip of the pen", "F5", "Mrach")
            .told("There is no reporting period of 2025-26 of this name.", CLASS, "F5", "“Mrach”")
            .hint("Did you mean “March”?")
            .severity("error")
            .counts(0, 0, -23),
        cell("a period in another language", WILLOW, COLONY, "H4", Text("Printemps"))
            .told("There is no reporting period of 2025-26 of this name.", COLONY, "H4", "“Printemps”")
            .severity("error")
            .counts(0, 0, -66),
        cell("a measure in other words", WILLOW, COLONY, "G5", Text("Word problems"))
            .told("There is no measure of this name.", COLONY, "G5", "“Word problems”")
            .severity("error")
            .counts(0, 0, -16),
    ]
}

fn columns() -> Vec<Row> {
    vec![
        row("a spacer column", READING, |division| division.book(READING, |book| book.push_right(CLASS, "F", 1))),
        row("a column that no mapping knows", READING, |division| {
            division.book(READING, |book| {
                book.push_right(CLASS, "J", 1);
                book.set(CLASS, "J5", Text("Lexile"));
                for line in 8..32 {
                    book.set(CLASS, &format!("J{line}"), Number(400.0 + f64::from(line)));
                }
            });
        }),
        row("a column of results that is gone", SURVEY, |division| {
            division.book(SURVEY, |book| book.clear_column("March survey", "C"));
        })
        .told(
            "The column with some results is missing.",
            "March survey",
            "",
            "“Response”, “I believe every student in my care can reach grade-level expectations with the right \
             support.”, “Looking at student data with colleagues helps me to decide what to do next.”, “In our school \
             we share responsibility for all students, not only for our own class.”",
        )
        .counts(0, 0, -27),
        row("no column of programs", ROSTER, |division| {
            division.book(ROSTER, |book| book.clear_column("Enrolment", "G"));
        })
        .told(
            "The column with the role “program” is missing.",
            "Enrolment",
            "",
            "“Student Number”, “Legal Last Name”, “Legal First Name”, “Preferred Name”, “School”, “Grade”, “Entry Date”, \
             “Exit Date”",
        ),
        row("a header of points in other words", SCREENER, |division| {
            division.text(SCREENER, |text| text.replacen(";Score;", ";Scores;", 1));
        })
        .told(
            "The header of the table was not found",
            "screener",
            "",
            "“Student No.”, “Élève / Student”, “Grade”, “Term”, “Scores”, “Remarque”",
        )
        .hint("Is “Scores” meant?")
        .severity("error")
        .gone(UNREADABLE, "screener", "E158")
        .counts(-271, 274, -271),
        row("no column of preferred names", ROSTER, |division| {
            division.book(ROSTER, |book| book.clear_column("Enrolment", "D"));
        })
        .told(
            "The column with the role “preferred” is missing.",
            "Enrolment",
            "",
            "“Student Number”, “Legal Last Name”, “Legal First Name”, “School”, “Grade”, “Program”, “Entry Date”, \
             “Exit Date”",
        )
        .told_of(TASK, "The name in this cell is not on the roster of 2025-26", "Middle years", "B13", "")
        .told_of(TASK, "The name in this cell is not on the roster of 2025-26", "Middle years", "B19", "")
        .told_of(TASK, "The name in this cell is not on the roster of 2025-26", "Middle years", "B42", "")
        .told_of(TASK, "The name in this cell is not on the roster of 2025-26", "Middle years", "B83", "")
        .told_of(TASK, "The name in this cell is not on the roster of 2025-26", "Middle years", "B124", "")
        .counts_of(TASK, -5, 5, -6),
        row("no column of terms", SCREENER, |division| {
            division.text(SCREENER, |text| text.replacen(";Term;", ";;", 1));
        })
        .told(
            "The column with the role “period” is missing.",
            "screener",
            "",
            "“Student No.”, “Élève / Student”, “Grade”, “Score”, “Remarque”",
        )
        .severity("error")
        .gone(UNREADABLE, "screener", "E158")
        // Without it nobody can tell data from the two rows that have no result.
        .counts(-271, 273, -271),
    ]
}

fn tables() -> Vec<Row> {
    vec![
        row("a heading within the table", WILLOW, |division| {
            division.book(WILLOW, |book| {
                book.push_down(COLONY, 15, 1);
                book.set(COLONY, "A15", Text("Older students"));
            });
        }),
        row("an empty row within the table", WILLOW, |division| {
            division.book(WILLOW, |book| book.push_down(COLONY, 15, 1));
        }),
        cell("a legend beside the table", WILLOW, COLONY, "Q8", Text("ND = not demonstrated")),
        row("no legend", WILLOW, |division| {
            division.book(WILLOW, |book| {
                book.set(COLONY, "A25", Empty);
                book.set(COLONY, "A26", Empty);
            });
        }),
        row("a legend above the header", WILLOW, |division| {
            division.book(WILLOW, |book| {
                book.set(COLONY, "A3", Text("Legend: ND, 1–4 as on the report card."));
                book.set(COLONY, "A25", Empty);
                book.set(COLONY, "A26", Empty);
            });
        }),
        cell("a total with a level", WILLOW, COLONY, "D24", Text("M"))
            .told("This row has a result but no student", COLONY, "A24", "")
            .counts(0, 1, 0),
        row("a hidden row", READING, |division| division.book(READING, |book| book.hide_row("Gr 1 A", 8))),
        // The row is a student's with results, whatever its first cell says.
        cell("the word of a legend in a student's row", TASK, "Middle years", "A30", Text("Scale")),
        cell("the word of a heading in a student's row", TASK, "Middle years", "A30", Text("Grade 4")),
        row("a legend in the place of a student", TASK, |division| {
            division.book(TASK, |book| {
                book.set("Middle years", "A30", Text("Scale"));
                book.set("Middle years", "B30", Empty);
            });
        })
        .told("The table ends with this row", "Middle years", "A30", "")
        .gone("The name in this cell is not on the roster", "Middle years", "B68")
        .gone(UNREADABLE, "Middle years", "L77")
        .gone(UNREADABLE, "Middle years", "P109")
        .counts(-109, 107, -114),
        row("no explanation row", READING, |division| {
            division.book(READING, |book| {
                book.copy_row(CLASS, 8, 7);
                for column in ["E", "G", "H", "I"] {
                    book.set(CLASS, &format!("{column}7"), Empty);
                }
                for column in ["A", "B", "C", "D", "F", "K"] {
                    book.set(CLASS, &format!("{column}8"), Empty);
                }
            });
        }),
    ]
}

fn tabs() -> Vec<Row> {
    vec![
        row("a tab with notes", READING, |division| {
            division.book(READING, |book| book.add_sheet("Notes", "Reading night is in May."));
        }),
        row("a tab with notes that is named like a class", READING, |division| {
            division.book(READING, |book| book.add_sheet("Gr 1 notes", "Reading night is in May."));
        })
        .told("The header of the table was not found", "Gr 1 notes", "", "")
        .severity("error")
        .counts(0, 1, 0),
        row("a tab with notes where every tab is read", WILLOW, |division| {
            division.book(WILLOW, |book| book.add_sheet("Notes", "Reading night is in May."));
        })
        .told("The header of the table was not found", "Notes", "", ""),
        row("no tab of sums", READING, |division| division.book(READING, |book| book.remove_sheet("Summary"))),
        row("an empty tab", READING, |division| {
            division.book(READING, |book| {
                book.add_sheet("Gr 1 D", "");
                book.set("Gr 1 D", "A1", Empty);
            });
        }),
        row("a tab twice", READING, |division| {
            division.book(READING, |book| book.copy_sheet(CLASS, "Gr 1 C (2)"));
        })
        .counts(24, 0, 0),
        row("a tab twice, under a name of its own", READING, |division| {
            division.book(READING, |book| book.copy_sheet(CLASS, "Copy of Gr 1 C"));
        })
        .told("This sheet holds the table that is looked for", "Copy of Gr 1 C", "", ""),
        row("a star in the name of a tab", READING, |division| {
            division.book(READING, |book| book.rename_sheet(CLASS, "Gr 1 C ⭐"));
        }),
        row("a damaged tab", SURVEY, |division| division.book(SURVEY, |book| book.damage("March survey")))
            .told("This sheet is damaged", "March survey", "", "")
            .severity("error")
            .counts(-28, 0, -111),
    ]
}
