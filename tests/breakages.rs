//! What a clerk is told when a spreadsheet is broken as spreadsheets get broken in schools.
//!
//! Each row of the table breaks a copy of the sample division in one way and runs the real binary. What
//! is told beyond the unbroken sample, what is no longer told, and how the rows and results of every file
//! change must be exactly what the row says: a fault that goes untold or is told of the wrong cell fails,
//! and so does data that is dropped without a word.

#[path = "breakages/book.rs"]
mod book;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex::Regex;
use serde_json::Value;

use book::Cell::{Bool, Date, Empty, Error, FailedFormula, Formula, Number, Text};
use book::{Book, Division, copy};

const READING: &str = "data/2025-26/blue-heron/reading.xlsx";
const CARD: &str = "data/2025-26/blue-heron/report-card.xls";
const SURVEY: &str = "data/2025-26/blue-heron/staff-survey.xlsx";
const SCREENER: &str = "data/2025-26/saskatoon-berry/screener.csv";
const TASK: &str = "data/2025-26/saskatoon-berry/problem-task.xlsx";
const WILLOW: &str = "data/2025-26/willow-bend/all-results.xlsx";
const ROSTER: &str = "data/2025-26/roster.xlsx";

const UNREADABLE: &str = "This result could not be read, so it was set aside.";

/// One way to break the sample.
struct Row {
    name: &'static str,
    file: &'static str,
    change: Box<dyn Fn(&Division) + Send + Sync>,
    told: Vec<Finding>,
    gone: Vec<Finding>,
    /// File → change of its rows used and set aside, and of its results.
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
}

/// A change of one file, with nothing told and nothing counted otherwise.
fn row(name: &'static str, file: &'static str, change: impl Fn(&Division) + Send + Sync + 'static) -> Row {
    Row { name, file, change: Box::new(change), told: Vec::new(), gone: Vec::new(), tallies: BTreeMap::new() }
}

/// A cell of a workbook that is overwritten.
fn cell(name: &'static str, file: &'static str, sheet: &'static str, at: &'static str, cell: book::Cell<'static>) -> Row {
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
        self.told.push(Finding { message, file, sheet, cell, found, hint: "" });
        self
    }

    /// Advice that the last finding must hold.
    fn hint(mut self, hint: &'static str) -> Self {
        self.told.last_mut().expect("a finding").hint = hint;
        self
    }

    /// No longer told of the file.
    fn gone(mut self, message: &'static str, sheet: &'static str, cell: &'static str) -> Self {
        self.gone.push(Finding { message, file: self.file, sheet, cell, found: "", hint: "" });
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
    [cells(), students()].into_iter().flatten().collect()
}

/// Results that people and spreadsheet programs write.
fn cells() -> Vec<Row> {
    let read = |name, at, value| cell(name, READING, "Gr 1 A", at, value);
    let card = |name, at, value| cell(name, WILLOW, "All grades", at, value);
    vec![
        read("a level that does not exist", "F8", Text("Q9")).told(UNREADABLE, "Gr 1 A", "F8", "“Q9”").counts(-1, 1, -1),
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
        read("a range over the whole scale", "F8", Text("A/Z")).told(UNREADABLE, "Gr 1 A", "F8", "“A/Z”").counts(-1, 1, -1),
        read("a running record in a column of levels", "F8", Text("94% / 0.25 SC"))
            .told(UNREADABLE, "Gr 1 A", "F8", "“94% / 0.25 SC”")
            .counts(-1, 1, -1),
        read("a code that nobody declared", "F8", Text("XYZ")).told(UNREADABLE, "Gr 1 A", "F8", "“XYZ”").counts(-1, 1, -1),
        read("a ticked box", "F8", Bool(true)).told(UNREADABLE, "Gr 1 A", "F8", "“TRUE”").counts(-1, 1, -1),
        read("a result taken away", "F8", Empty).counts(0, 0, -1),
        read("a zero for no result", "F8", Number(0.0)).told(UNREADABLE, "Gr 1 A", "F8", "“0”").counts(-1, 1, -1),
        read("the fault corrected", "F14", Text("G")).gone(UNREADABLE, "Gr 1 A", "F14").counts(1, -1, 1),
    ]
}

/// Who a row is about.
fn students() -> Vec<Row> {
    vec![]
}

#[test]
fn every_breakage_is_told_as_it_should_be() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/prairie-crocus");
    let whole = tempfile::tempdir().expect("a temporary folder");
    for part in ["termwise.toml", "measures.toml", "mappings", "goals", "data"] {
        copy(&sample.join(part), &whole.path().join(part));
    }
    let before = check(whole.path());
    let hidden = Hidden::of(whole.path());
    let rows = table();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((place, row)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, rows.get(n)?))) {
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

/// What `termwise check` answers.
fn check(project: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_termwise"))
        .args(["check".as_ref(), project.as_os_str(), "--as-of".as_ref(), "2026-04-15".as_ref(), "--json".as_ref()])
        .output()
        .expect("termwise starts");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// What is wrong with what was told; empty if nothing is.
fn compare(row: &Row, before: &Value, after: &Value, hidden: &Hidden) -> String {
    let mut faults = String::new();
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
                    let Finding { message, file, sheet, cell, found, hint } = finding;
                    let _ = writeln!(faults, "  not {what}: {message} | {file} | {sheet} | {cell} | {found} | {hint}");
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
            (path, ["used", "set_aside", "observations"].map(|what| count(file, what)))
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
