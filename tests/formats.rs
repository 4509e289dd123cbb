//! Every format is read, and every file of a folder full of them is read or refused with a sentence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use termwise_base::digest::sha256;
use termwise_config::ReadingLimits;
use termwise_reading::workbook::{CsvHints, Shelf, Value, Workbook};

/// Longest time that any file may take.
const LONGEST: Duration = Duration::from_secs(10);

fn shelf(folder: &Path) -> Shelf {
    let program = Path::new(env!("CARGO_BIN_EXE_termwise"));
    Shelf::with_program(&folder.join("cells"), &ReadingLimits::default(), program).expect("a shelf")
}

fn open(shelf: &Shelf, path: &Path) -> Result<Workbook, termwise_base::problem::Problem> {
    let bytes = std::fs::read(path).expect("read");
    shelf.open(path, &sha256(&bytes), &path.to_string_lossy(), &CsvHints::default())
}

/// Cells of the first sheet, as `A1 value`.
fn cells(book: &Workbook) -> Vec<String> {
    let mut cells = Vec::new();
    for row in book.sheets[0].rows() {
        for (col, value) in row.cells() {
            let shown = match value {
                Value::Number(number) => number.to_string(),
                Value::Text(text) => text.to_owned(),
                other => format!("{other:?}"),
            };
            cells.push(format!("{} {shown}", termwise_base::problem::a1(row.number, col)));
        }
    }
    cells
}

#[test]
fn every_format_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    let seed = |path: &str| open(&shelf, &Path::new("engine/fuzz/seeds").join(path)).expect("read");
    let book = seed("xlsx/marks.xlsx");
    assert_eq!(
        cells(&book)[..9],
        ["A1 Reading", "A2 Student #", "B2 Gr", "C2 November", "D2 March", "A3 101", "B3 1", "C3 B", "D3 J/K"]
    );
    assert_eq!(cells(&book)[16..], ["A7 Date(46023.0)", "B7 5"]);
    assert_eq!(book.sheets[0].comments, [(2, 2)]);
    assert_eq!(book.sheets[0].merges.as_ref().map(Vec::len), Some(1));
    assert!(book.sheets[0].is_coloured() && book.sheets[0].at(6).expect("a row").fill(0) > 0);
    assert!(book.sheets[1].hidden && book.sheets[1].is_empty());
    let rows = ["A1 Student #", "B1 Gr", "C1 November", "D1 March", "A2 101", "B2 1", "C2 B", "D2 J/K", "A3 102"];
    assert_eq!(cells(&seed("ods/marks.ods"))[..9], rows);
    assert_eq!(cells(&seed("xls/marks.xls"))[1..6], cells(&book)[1..6]);
    assert_eq!(cells(&seed("xlsb/marks.xlsb"))[2..], ["A2 101", "B2 B", "A3 102", "B3 C"]);
    assert_eq!(cells(&seed("csv/semicolons.csv"))[..3], ["A1 Élève", "B1 Student #", "C1 Gr"]);
    assert_eq!(cells(&seed("csv/utf16.csv"))[..2], ["A2 Student #", "B2 Gr"]);
}

/// Files that nobody here made can be tried as well: `TERMWISE_CORPUS=/some/folder cargo test --test
/// formats -- --nocapture` reads every spreadsheet below that folder beside the project's own.
#[test]
fn every_file_is_read_or_refused_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    let own = ["samples/prairie-crocus/data", "engine/fuzz/seeds"].map(PathBuf::from);
    let more = std::env::var_os("TERMWISE_CORPUS").map(PathBuf::from);
    let mut messages: BTreeMap<String, usize> = BTreeMap::new();
    let (mut files, mut longest) = (0, (Duration::ZERO, PathBuf::new()));
    for root in own.iter().chain(&more) {
        for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok) {
            let kind = entry.path().extension().map(|kind| kind.to_string_lossy().to_lowercase()).unwrap_or_default();
            if !["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv"].contains(&kind.as_str()) {
                continue;
            }
            let start = Instant::now();
            let read = open(&shelf, entry.path());
            let took = start.elapsed();
            files += 1;
            if took > longest.0 {
                longest = (took, entry.path().to_owned());
            }
            let told = match read {
                Ok(book) => {
                    for sheet in &book.sheets {
                        assert_eq!(sheet.rows().count(), sheet.len(), "{}", entry.path().display());
                    }
                    let problems = book.problems.into_iter().map(|p| p.message);
                    problems.chain(["read".to_owned()]).next().unwrap_or_default()
                }
                Err(problem) => {
                    assert!(problem.hint.is_some(), "{}: without help: {problem}", entry.path().display());
                    assert!(
                        !problem.message.contains("for an unknown reason"),
                        "{}: {problem}",
                        entry.path().display()
                    );
                    problem.message
                }
            };
            if more.is_some() && told != "read" {
                println!("{}: {told}", entry.path().display());
            }
            *messages.entry(told).or_default() += 1;
        }
    }
    println!("{files} files, the longest took {:?}: {}", longest.0, longest.1.display());
    messages.iter().for_each(|(told, count)| println!("{count:5} {told}"));
    assert!(files > 20 && longest.0 < LONGEST, "{} took {:?}", longest.1.display(), longest.0);
}
