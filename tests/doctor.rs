//! Annotated copies, made by the real command of a division with known faults.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

mod common;

use common::{sample, termwise};

/// Whether it went well, stdout and stderr.
fn check(project: &Path, more: &[&str]) -> (bool, String, String) {
    let output = termwise(project, &[&["check", "--as-of", "2026-04-15"], more].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

fn annotated(project: &Path, to: &Path) -> (bool, String, String) {
    check(project, &["--annotate", to.to_str().expect("a path in UTF-8")])
}

/// Files below a folder, relative.
fn files(folder: &Path) -> BTreeSet<String> {
    let walk = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let relative = |path: &Path| path.strip_prefix(folder).expect("inside").to_string_lossy().replace('\\', "/");
    walk.map(|entry| relative(entry.path())).collect()
}

fn part(workbook: &Path, name: &str) -> String {
    let file = std::fs::File::open(workbook).expect("a workbook");
    let mut text = String::new();
    let mut zip = zip::ZipArchive::new(file).expect("an archive");
    zip.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

/// The problems of the check that are about spreadsheets, as JSON.
fn problems(project: &Path) -> Vec<serde_json::Value> {
    let (_, out, _) = check(project, &["--json"]);
    let outcome: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let all = outcome["problems"].as_array().expect("problems").iter();
    all.filter(|p| p["place"]["file"].as_str().is_some_and(|file| file.starts_with("data/"))).cloned().collect()
}

/// The text of the note at a cell.
fn note(comments: &str, cell: &str) -> String {
    let start = comments.find(&format!("<comment ref=\"{cell}\"")).expect("a note at the cell");
    let end = comments[start..].find("</comment>").expect("its end");
    let text = regex::Regex::new("<t[^>]*>([^<]*)</t>").expect("a pattern");
    text.captures_iter(&comments[start..start + end]).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_spreadsheet_with_a_finding_gets_a_copy() {
    let project = sample();
    let to = tempfile::tempdir().expect("a temporary folder");
    let folder = to.path().join("to mend");
    let (good, out, _) = annotated(project.path(), &folder);
    assert!(good, "{out}");

    let found = problems(project.path());
    let wanted: BTreeSet<String> =
        found.iter().map(|p| format!("{}.findings.xlsx", p["place"]["file"].as_str().expect("a file"))).collect();
    assert_eq!(files(&folder), wanted);
    assert_eq!(wanted.len(), 3, "{wanted:?}");
    for path in &wanted {
        assert!(out.contains(&format!("wrote {}\n", folder.join(path).display())), "{out}");
    }
    assert_eq!(out.matches("the same personal data as the originals").count(), 1, "{out}");

    let copy = folder.join("data/2025-26/blue-heron/reading.xlsx.findings.xlsx");
    let notes = comments_of(&copy, "Gr 1 A");
    let told = note(&notes, "F14");
    let mine: Vec<&serde_json::Value> = found.iter().filter(|p| is_at(p, "Gr 1 A", "F14")).collect();
    assert_eq!(mine.len(), 2, "{found:?}");
    for problem in mine {
        let texts = [("", "message"), ("Found: ", "found"), ("Expected: ", "expected"), ("What to do: ", "hint")];
        for (title, key) in texts {
            if let Some(text) = problem[key].as_str() {
                assert!(told.contains(&format!("{title}{text}")), "{title}{text} in {told}");
            }
        }
    }
    assert!(told.contains("Found: “Q?”"), "{told}");
}

fn is_at(problem: &serde_json::Value, sheet: &str, cell: &str) -> bool {
    let place = &problem["place"];
    let file = place["file"].as_str().is_some_and(|file| file.ends_with("blue-heron/reading.xlsx"));
    file && place["sheet"] == sheet && place["cell"] == cell
}

/// The notes of a sheet: its number in the copy, then the part that its relations name.
fn comments_of(workbook: &Path, sheet: &str) -> String {
    let tabs = part(workbook, "xl/workbook.xml");
    let number = regex::Regex::new(&format!("<sheet name=\"{sheet}\" sheetId=\"([0-9]+)\"")).expect("a pattern");
    let number = &number.captures(&tabs).expect("the sheet")[1];
    let relations = part(workbook, &format!("xl/worksheets/_rels/sheet{number}.xml.rels"));
    let comments = regex::Regex::new("Target=\"../(comments[0-9]+.xml)\"").expect("a pattern");
    part(workbook, &format!("xl/{}", &comments.captures(&relations).expect("notes")[1]))
}

#[test]
fn the_same_check_writes_the_same_bytes_and_parses_nothing_again() {
    let project = sample();
    let to = tempfile::tempdir().expect("a temporary folder");
    let cells = project.path().join(".termwise/cells");
    assert!(annotated(project.path(), &to.path().join("a")).0);
    let parsed = files(&cells);
    assert_eq!(parsed.len(), 18, "one spool for each spreadsheet, and no more for the copies: {parsed:?}");
    assert!(annotated(project.path(), &to.path().join("b")).0);
    assert_eq!(files(&cells), parsed);
    let copies = files(&to.path().join("a"));
    assert_eq!((copies.len(), &copies), (3, &files(&to.path().join("b"))));
    for path in copies {
        let bytes = |folder: &str| std::fs::read(to.path().join(folder).join(&path)).expect("a copy");
        assert_eq!(bytes("a"), bytes("b"), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn copies_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let project = sample();
    let to = tempfile::tempdir().expect("a temporary folder");
    let folder = to.path().join("copies");
    assert!(annotated(project.path(), &folder).0);
    let mode = |path: PathBuf| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(folder.clone()), 0o700);
    assert_eq!(mode(folder.join("data/2025-26/blue-heron")), 0o700);
    let copies = files(&folder);
    assert_eq!(copies.len(), 3, "{copies:?}");
    for path in copies {
        assert_eq!(mode(folder.join(path)), 0o600);
    }
}

#[test]
fn a_file_that_cannot_be_opened_gets_the_list_only() {
    let project = sample();
    let broken = "data/2025-26/blue-heron/reading.xlsx";
    std::fs::write(project.path().join(broken), b"%PDF-1.7 no spreadsheet").expect("written");
    let to = tempfile::tempdir().expect("a temporary folder");
    annotated(project.path(), to.path());
    let copy = to.path().join(format!("{broken}.findings.xlsx"));
    assert_eq!(part(&copy, "xl/workbook.xml").matches("<sheet ").count(), 1);
    assert!(part(&copy, "xl/sharedStrings.xml").contains("a PDF"));
}

#[test]
fn copies_never_become_spreadsheets_of_the_division() {
    let project = sample();
    let toml = project.path().join("termwise.toml");
    let text = std::fs::read_to_string(&toml).expect("the project");
    let text = text.replacen("files = [\"data/", "files = [\"copies/**/*.xlsx\", \"data/", 1);
    std::fs::write(toml, text).expect("written");
    let folder = project.path().join("copies");
    let (good, _, told) = annotated(project.path(), &folder);
    assert!(!good && told.contains("choose a folder outside the project"), "{told}");
    assert!(!folder.exists());
}

#[test]
fn json_stays_json_beside_copies() {
    let project = sample();
    let to = tempfile::tempdir().expect("a temporary folder");
    let path = to.path().to_str().expect("a path in UTF-8");
    let (_, out, told) = check(project.path(), &["--json", "--annotate", path]);
    let outcome: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert!(outcome["problems"].is_array() && outcome.get("frozen").is_none());
    assert!(told.contains("wrote "), "{told}");
}

#[test]
fn the_same_finding_is_told_once_for_a_file() {
    let project = sample();
    let (_, _, told) = check(project.path(), &[]);
    assert_eq!(told.matches("data/2025-26/blue-heron/reading.xlsx\n").count(), 1, "{told}");
    assert_eq!(told.matches("    sheet “Gr 1 A”: F14 “Q?”\n").count(), 1, "{told}");
    let file = told.find("data/2025-26/blue-heron/reading.xlsx\n").expect("the file's own line");
    assert!(told[file..].lines().all(|line| line.chars().count() <= 100), "{told}");
}
