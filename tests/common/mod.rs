//! For tests through the real binary: a copy of the sample division, and calls of `termwise`.

// Each test file uses some of these.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of the sample division, so that tests do not disturb it.
pub fn sample() -> tempfile::TempDir {
    let to = tempfile::tempdir().expect("a temporary folder");
    copy(&repository().join("samples/prairie-crocus"), to.path());
    to
}

/// Copies a project without what the engine made in it.
pub fn copy(from: &Path, to: &Path) {
    let skip = ["out", ".termwise", "delivered"];
    for entry in walkdir::WalkDir::new(from)
        .into_iter()
        .filter_entry(|e| e.depth() != 1 || !skip.contains(&e.file_name().to_string_lossy().as_ref()))
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

/// Replaces text in a file of a project; it must be there.
pub fn change(project: &Path, file: &str, from: &str, to: &str) {
    let path = project.join(file);
    let text = std::fs::read_to_string(&path).expect("a file of the project");
    assert!(text.contains(from), "{file} has no {from:?}");
    std::fs::write(path, text.replace(from, to)).expect("written");
}
