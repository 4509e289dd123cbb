//! What must hold of every verdict through the binary: order means nothing, and another school is no concern of
//! this one.

use std::path::Path;

use calamine::Reader;
use serde_json::Value;

mod common;

use common::{change, copy_of, termwise};

fn project() -> tempfile::TempDir {
    copy_of("tests/worked")
}

/// The goals of both schools' staff reports.
fn goals(project: &Path) -> Value {
    let arguments = ["run", "--as-of", "2026-03-20", "--dry-run", "--audience", "staff", "--models", "models"];
    let output = termwise(project, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let school = |school: &str| {
        let path = project.join("models/out/2025-26/P2").join(school).join("staff.en.json");
        let model: Value = serde_json::from_slice(&std::fs::read(path).expect("a model")).expect("JSON");
        model["goals"].clone()
    };
    serde_json::json!([school("maple"), school("cedar")])
}

/// The rows of a workbook's first sheet.
fn rows(path: &Path) -> Vec<Vec<calamine::Data>> {
    let mut book = calamine::open_workbook_auto(path).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    range.rows().map(<[calamine::Data]>::to_vec).collect()
}

fn write(path: &Path, rows: &[Vec<calamine::Data>]) {
    use calamine::Data;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (r, row) in (0u32..).zip(rows) {
        for (c, cell) in (0u16..).zip(row) {
            let written = match cell {
                Data::Float(number) => sheet.write_number(r, c, *number),
                Data::Int(number) => sheet.write_number(r, c, *number as f64),
                Data::DateTime(at) => sheet.write_number_with_format(r, c, at.as_f64(), &day),
                Data::String(text) => sheet.write_string(r, c, text),
                _ => continue,
            };
            written.expect("a cell");
        }
    }
    book.save(path).expect("a workbook");
}

/// Students in another order, on the roster and in the results.
#[test]
fn the_order_of_students_changes_nothing() {
    let project = project();
    let before = goals(project.path());
    for year in ["2023-24", "2024-25", "2025-26"] {
        for (file, step) in [("roster.xlsx", 7), ("results.xlsx", 11)] {
            let path = project.path().join("data").join(year).join(file);
            let mut all = rows(&path);
            let body = all.split_off(1);
            // Every row once: in steps through the list, which share no factor with its length.
            let step = (step..).find(|step| gcd(*step, body.len()) == 1).expect("a step");
            all.extend((0..body.len()).map(|n| body[n * step % body.len()].clone()));
            write(&path, &all);
        }
    }
    assert_eq!(goals(project.path()), before);
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Another school with its own files.
fn with_another_school(grade: &str) -> tempfile::TempDir {
    let project = project();
    let school = format!(
        "[[school]]\nid = \"birch\"\nname = \"Birch School\"\ngrades = [\"{grade}\"]\n\n[[year]]\nid = \"2023-24\""
    );
    change(project.path(), "termwise.toml", "[[year]]\nid = \"2023-24\"", &school);
    let sources = "[[source]]\nid = \"birch-roster\"\nfiles = [\"data/*/birch-roster.xlsx\"]\nmapping = \"roster\"\n\
                   set = { school = \"birch\" }\n\n[[source]]\nid = \"birch\"\nfiles = [\"data/*/birch.xlsx\"]\n\
                   mapping = \"results\"\nset = { school = \"birch\" }\n\n[privacy]";
    change(project.path(), "termwise.toml", "[privacy]", sources);
    for year in ["2023-24", "2024-25", "2025-26"] {
        let folder = project.path().join("data").join(year);
        let text = |text: &str| calamine::Data::String(text.into());
        let head = |words: &[&str]| words.iter().map(|word| text(word)).collect::<Vec<_>>();
        let mut roster = vec![head(&["Student", "Family", "Given", "School", "Grade", "Program"])];
        let mut results = vec![head(&["Student", "School", "Term", "Math", "Read", "Write", "Spell"])];
        for n in 0..25 {
            let number = calamine::Data::Float(f64::from(90_000 + n));
            let row = [text(&format!("Other{n}")), text("Given"), text("birch"), text(grade), text("North")];
            roster.push([vec![number.clone()], row.to_vec()].concat());
            for term in ["November", "March"] {
                let score = calamine::Data::Float(f64::from(40 + (n * 7) % 60));
                let scores = vec![score; 4];
                results.push([vec![number.clone(), text("birch"), text(term)], scores].concat());
            }
        }
        write(&folder.join("birch-roster.xlsx"), &roster);
        write(&folder.join("birch.xlsx"), &results);
    }
    project
}

#[test]
fn an_unrelated_school_changes_nothing() {
    let project = with_another_school("8");
    assert_eq!(goals(project.path()), goals(self::project().path()));
}

/// A school with the same grades is part of what the division has done before; figures and verdicts are
/// this school's own.
#[test]
fn a_school_with_the_same_grades_changes_no_figure() {
    let plain = |project: &tempfile::TempDir| {
        let mut goals = goals(project.path());
        for goal in goals.as_array_mut().expect("schools").iter_mut().flat_map(|s| s.as_array_mut().expect("goals")) {
            goal.as_object_mut().expect("a goal").remove("smart");
        }
        goals
    };
    assert_eq!(plain(&with_another_school("3")), plain(&project()));
}
