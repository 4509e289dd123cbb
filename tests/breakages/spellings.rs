//! Ways to write a result, and cells around it.

use super::book::Cell::{Bool, Date, Empty, Error, Formula, Number, Text};
use super::*;

const TWICE: &str = "One student has two different results for";

pub fn rows() -> Vec<Row> {
    [levels(), marks(), cells(), scores(), students()].into_iter().flatten().collect()
}

/// A child stands twice in a class with two levels. Both cells are written anew: if the spelling is read
/// as just this level, the contradiction is gone.
fn same(name: &'static str, spelling: &'static str, level: &'static str) -> Row {
    row(name, READING, move |division| {
        division.book(READING, |book| {
            book.set("Gr 4 C", "F31", Text(spelling));
            book.set("Gr 4 C", "F32", Text(level));
        });
    })
    .gone(TWICE, "Gr 4 C", "F32")
    .counts(2, -2, 1)
}

fn levels() -> Vec<Row> {
    vec![
        same("between two levels", "S/T", "S"),
        same("between two levels, with spaces", "S / T", "S"),
        same("between two levels, with a long dash", "S\u{2014}T", "S"),
        same("between two levels, in words", "S to T", "S"),
        same("secure at a level", "S+", "S"),
        same("not quite at a level", "S-", "S"),
        same("not quite at a level, with a minus", "S\u{2212}", "S"),
        same("below a level, by a sign", "<T", "S"),
        same("below a level, by a sign and a space", "< T", "S"),
        same("below a level, in words", "Below T", "S"),
        same("above the last level", ">Z", "Z"),
        same("secure at the last level", "Z+", "Z"),
        same("before the first letter", "PreA", "RB"),
        same("below the first letter", "<A", "RB"),
        same("a small letter", "s", "S"),
        same("a code in small letters", "abs", "ABS"),
        same("a code with spaces about it", "\u{a0}moved ", "Moved"),
        cell("a letter of another alphabet", READING, "Gr 1 A", "F8", Text("\u{41d}"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“\u{41d}”")
            .counts(-1, 1, -1),
        cell("a range downwards", READING, "Gr 1 A", "F8", Text("I/H"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“I/H”")
            .counts(-1, 1, -1),
        cell("two levels in one cell", READING, "Gr 1 A", "F8", Text("G, H"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“G, H”")
            .counts(-1, 1, -1),
        cell("a level with a mark for a footnote", READING, "Gr 1 A", "F8", Text("H*"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“H*”")
            .counts(-1, 1, -1),
        cell("a level in quotation marks", READING, "Gr 1 A", "F8", Text("\u{201c}H\u{201d}"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“\"H\"”")
            .counts(-1, 1, -1),
    ]
}

/// The last student of the sheet once more below, with one mark of the two written in words.
fn same_mark(name: &'static str, spelling: &'static str, mark: &'static str) -> Row {
    row(name, WILLOW, move |division| {
        division.book(WILLOW, |book| {
            book.set("All grades", "A24", Number(64_239.0));
            book.set("All grades", "K23", Text(spelling));
            book.set("All grades", "K24", Text(mark));
        });
    })
    .counts(1, 0, 0)
}

fn marks() -> Vec<Row> {
    vec![
        same_mark("a mark with a plus", "2+", "2"),
        same_mark("a mark with a minus", "3-", "3"),
        same_mark("between two marks", "2/3", "2"),
        same_mark("between two marks, with a dash", "3\u{2013}4", "3"),
        same_mark("a mark with a needless .0", "3.0", "3"),
        same_mark("not demonstrated, which is the lowest mark", "nd", "ND"),
        same_mark("incomplete, in small letters", "in", "IN"),
        cell("a mark of 0", WILLOW, "All grades", "E8", Number(0.0))
            .told(UNREADABLE, "All grades", "E8", "“0”")
            .counts(-1, 1, -1),
        cell("a share for a mark", WILLOW, "All grades", "E8", Text("79%"))
            .told(UNREADABLE, "All grades", "E8", "“79%”")
            .counts(-1, 1, -1),
        cell("a level among the marks", WILLOW, "All grades", "E8", Text("D"))
            .told(UNREADABLE, "All grades", "E8", "“D”")
            .counts(-1, 1, -1),
        cell("a mark among the levels", WILLOW, "All grades", "D8", Number(3.0))
            .told(UNREADABLE, "All grades", "D8", "“3”")
            .counts(-1, 1, -1),
    ]
}

fn cells() -> Vec<Row> {
    let read = |name, at, value| cell(name, READING, "Gr 1 A", at, value);
    vec![
        row("a code that is declared as a fault", READING, |division| {
            let declared = "[scale.reading-level.codes]\n\"?\" = { class = \"error\" }";
            division.text("measures.toml", |text| text.replacen("[scale.reading-level.codes]", declared, 1));
            division.book(READING, |book| book.set("Gr 1 A", "F8", Text("?")));
        })
        .told(UNREADABLE, "Gr 1 A", "F8", "“?”")
        .hint("declared as a data error")
        .counts(-1, 1, -1),
        read("no result at the start", "D8", Empty).counts(0, 0, -1),
        read("a box that is not ticked", "F8", Bool(false))
            .told(UNREADABLE, "Gr 1 A", "F8", "“FALSE”")
            .counts(-1, 1, -1),
        read("a name that the program does not know", "F8", Error("#NAME?"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“#NAME?”")
            .hint("The formula")
            .counts(-1, 1, -1),
        read("a formula that comes to nothing", "F8", Formula("IF(1=2,\"H\",\"\")", "")).counts(0, 0, -1),
        row("a comment on a result", READING, |division| {
            division.book(READING, |book| book.comment("Gr 1 C", "F8", "read at home"));
        })
        .told("This result has a comment", "Gr 1 C", "F8", "")
        .severity("note"),
        row("a comment on a name", READING, |division| {
            division.book(READING, |book| book.comment("Gr 1 C", "B8", "new in class"));
        }),
        read("a number and a level", "F8", Text("025204 H"))
            .told(UNREADABLE, "Gr 1 A", "F8", WITHHELD)
            .counts(-1, 1, -1),
        read("a number and a question mark", "F8", Text("025204?"))
            .told(UNREADABLE, "Gr 1 A", "F8", WITHHELD)
            .counts(-1, 1, -1),
        read("a level and a name", "F8", Text("H/Andrusiak"))
            .told(UNREADABLE, "Gr 1 A", "F8", WITHHELD)
            .counts(-1, 1, -1),
        read("a name in brackets", "F8", Text("(Andrusiak)"))
            .told(UNREADABLE, "Gr 1 A", "F8", WITHHELD)
            .counts(-1, 1, -1),
        read("whose sheet it is", "F8", Text("Andrusiak's sheet"))
            .told(UNREADABLE, "Gr 1 A", "F8", WITHHELD)
            .counts(-1, 1, -1),
        read("a number with a sign", "F8", Text("#25204")).told(UNREADABLE, "Gr 1 A", "F8", WITHHELD).counts(-1, 1, -1),
    ]
}

fn scores() -> Vec<Row> {
    let score = |name, value: &'static str| {
        row(name, SCREENER, move |division| {
            division.text(SCREENER, |text| text.replacen(";4;Term 1;15;", &format!(";4;Term 1;{value};"), 1));
        })
    };
    vec![
        score("no points, which is a score", "0"),
        score("no score", "").counts(-1, 0, -1),
        score("points of all points", "15/40"),
        score("points of another number", "15/20").told(UNREADABLE, "screener", "E2", "“15/20”").counts(-1, 1, -1),
        score("points with their unit", "15 pts").told(UNREADABLE, "screener", "E2", "“15 pts”").counts(-1, 1, -1),
        score("a decimal comma with a zero", "15,0"),
        score("a code for points", "abs"),
        score("a code that this scale does not have", "NA")
            .told(UNREADABLE, "screener", "E2", "“NA”")
            .counts(-1, 1, -1),
    ]
}

fn students() -> Vec<Row> {
    let read = |name, at, value| cell(name, READING, "Gr 1 A", at, value);
    let nobody = |row: Row| row.told("The student number in this cell", "Gr 1 A", "A8", "").counts(-1, 1, -2);
    let task = |name, value| cell(name, TASK, "Middle years", "B28", Text(value));
    let cyrillic = |name, value| {
        row(name, READING, move |division| {
            division.book(READING, |book| {
                book.set("Gr 2 B – EUBP", "A30", Empty);
                book.set("Gr 2 B – EUBP", "B30", Text(value));
            });
        })
    };
    vec![
        read("a number with a space in it", "A8", Text("025 204")),
        read("a number with an apostrophe before it", "A8", Text("'025204")),
        read("a number that was last year's", "A8", Text("010848"))
            .told("The student of this row is not on the roster of 2025-26", "Gr 1 A", "A8", "")
            .counts(-1, 1, -2),
        nobody(read("a number as a power of ten", "A8", Text("2.52E+04"))),
        nobody(read("a number with a word after it", "A8", Text("025204 new"))),
        nobody(read("a number that became a date", "A8", Date(25_204.0))),
        nobody(read("a number with a fraction", "A8", Number(25_204.5))),
        row("a student in two classes with the same result", READING, |division| {
            division.book(READING, |book| {
                book.set("Gr 1 C", "A33", Text("025204"));
                book.set("Gr 1 C", "F33", Text("H"));
            });
        })
        .counts(1, 0, 0),
        row("a student in two classes with different results", READING, |division| {
            division.book(READING, |book| {
                book.set("Gr 1 C", "A33", Text("025204"));
                book.set("Gr 1 C", "F33", Text("E"));
            });
        })
        .told(
            TWICE,
            "Gr 1 C",
            "F33",
            "“E” here, but “H” in data/2025-26/blue-heron/reading.xlsx, sheet “Gr 1 A”, cell F8",
        )
        .counts(-1, 2, -1),
        task("a name with a middle letter", "O’Brien, Malik J.")
            .told("The name in this cell is not on the roster of 2025-26", "Middle years", "B28", "")
            .hint("is spelled almost the same")
            .counts(-1, 1, -2),
        task("a given name as a letter", "O’Brien, M.")
            .told("The name in this cell is not on the roster of 2025-26", "Middle years", "B28", "")
            .hint("is spelled almost the same")
            .counts(-1, 1, -2),
        cyrillic("a Ukrainian name in Ukrainian letters", "Гнатюк, Євген"),
        cyrillic("a Ukrainian name in Latin letters", "Hnatiuk, Yevhen"),
        cyrillic("a Ukrainian name in Latin letters as a family writes it", "Hnatyuk, Evgen")
            .told("The name in this cell is not on the roster of 2025-26", "Gr 2 B – EUBP", "B30", "")
            .hint("is spelled almost the same")
            .counts(-1, 1, -4),
        read("a number that a formula does not find", "A8", Error("#N/A"))
            .told("The formula in this cell has an error", "Gr 1 A", "A8", "“#N/A”")
            .counts(-1, 1, -2),
    ]
}
