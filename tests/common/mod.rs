//! For tests through the real binary: copies of projects, calls of `termwise`, and what it left behind.

// Each test file uses some of these.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of the sample division that a test may change and run, without what the engine made in it.
pub fn sample() -> tempfile::TempDir {
    copy_of("samples/prairie-crocus")
}

/// The same without some of its files and folders, as in `["data", "goals"]`.
pub fn sample_without(parts: &[&str]) -> tempfile::TempDir {
    let project = sample();
    for part in parts {
        let path = project.path().join(part);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.unwrap_or_else(|why| panic!("{part}: {why}"));
    }
    project
}

/// A copy of a project of this repository, without what the engine made in it.
pub fn copy_of(project: &str) -> tempfile::TempDir {
    let to = tempfile::tempdir().expect("a temporary folder");
    copy(&repository().join(project), to.path());
    to
}

/// Copies a project without what the engine made in it.
fn copy(from: &Path, to: &Path) {
    let own = ["out", ".termwise", "delivered", "models"];
    for entry in walkdir::WalkDir::new(from)
        .into_iter()
        .filter_entry(|e| e.depth() != 1 || !own.contains(&e.file_name().to_string_lossy().as_ref()))
        .map(|entry| entry.expect("a readable project"))
    {
        let place = to.join(entry.path().strip_prefix(from).expect("inside"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(place).expect("a folder");
        } else {
            std::fs::copy(entry.path(), place).expect("a copy");
        }
    }
}

/// Calls `termwise` in a folder, with nobody there to be asked.
pub fn termwise(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_termwise"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("termwise starts")
}

/// What a call said, on both streams, and its exit code.
pub fn told(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = termwise(folder, arguments);
    let both = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&both).into_owned())
}

/// What a call printed on stdout as JSON; what it said on stderr, if that is none.
pub fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = termwise(folder, arguments);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Every model that a run left in the folder `models`, by place, as in `blue-heron/staff.en`; there is at least one.
pub fn models(project: &Path) -> BTreeMap<String, Value> {
    let files = walkdir::WalkDir::new(project.join("models")).into_iter().map(|entry| entry.expect("readable"));
    let jsons = files.filter(|entry| entry.path().extension().is_some_and(|end| end == "json"));
    let read = |entry: walkdir::DirEntry| {
        let parts: Vec<String> = entry.path().iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let place = parts[parts.len() - 2..].join("/").trim_end_matches(".json").to_owned();
        (place, serde_json::from_slice(&std::fs::read(entry.path()).expect("a model")).expect("JSON"))
    };
    let all: BTreeMap<String, Value> = jsons.map(read).collect();
    assert!(!all.is_empty(), "no models in {}", project.display());
    all
}

/// One of these models about 2025-26/P2.
pub fn model(project: &Path, place: &str) -> Value {
    let path = project.join("models/out/2025-26/P2").join(format!("{place}.json"));
    let bytes = std::fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The goal of a model with this id.
pub fn goal<'a>(model: &'a Value, id: &str) -> &'a Value {
    let goals = model["goals"].as_array().expect("goals");
    goals.iter().find(|goal| goal["id"] == id).unwrap_or_else(|| panic!("no goal {id}"))
}

/// The problems of one severity in what a run or a check printed as JSON, one a line.
pub fn messages(outcome: &Value, severity: &str) -> String {
    let list = outcome["problems"].as_array().expect("problems").iter();
    list.filter(|problem| problem["severity"] == severity).map(|problem| format!("{problem}\n")).collect()
}

/// Writes a file of a project, with the folders to it.
pub fn write(project: &Path, file: &str, text: &str) {
    let path = project.join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("written");
}

/// A text file of a project.
pub fn read(project: &Path, file: &str) -> String {
    std::fs::read_to_string(project.join(file)).unwrap_or_else(|why| panic!("{file}: {why}"))
}

/// Replaces text in a file of a project; it must be there.
pub fn change(project: &Path, file: &str, from: &str, to: &str) {
    let text = read(project, file);
    assert!(text.contains(from), "{file} has no {from:?}");
    write(project, file, &text.replace(from, to));
}
