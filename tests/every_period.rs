//! A period without a reading, or without one of the spreadsheets, costs nobody a report: every period of the
//! sample division, whole and with each of its files taken away.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

mod common;

use common::{change, sample, termwise};

const PERIODS: [(&str, &str); 6] = [
    ("2024-25/P1", "2024-12-01"),
    ("2024-25/P2", "2025-04-01"),
    ("2024-25/P3", "2025-07-05"),
    ("2025-26/P1", "2025-12-01"),
    ("2025-26/P2", "2026-04-15"),
    ("2025-26/P3", "2026-07-05"),
];

/// The sample, every report of which is made in three languages.
fn in_three_languages() -> tempfile::TempDir {
    let project = sample();
    change(project.path(), "termwise.toml", "languages = [\"en\"]", "languages = [\"en\", \"fr\", \"uk\"]");
    project
}

fn spreadsheets(project: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(project.join("data")).sort_by_file_name().into_iter();
    files.map(|entry| entry.expect("readable").into_path()).filter(|path| path.is_file()).collect()
}

/// Reports that a run would make, or made, and what it says is wrong with reports.
fn run(project: &Path, period: &str, as_of: &str, more: &[&str]) -> (BTreeSet<String>, Vec<String>) {
    let arguments = [&["run", "--period", period, "--as-of", as_of, "--json"], more].concat();
    let output = termwise(project, &arguments);
    let outcome: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{period}: {}", String::from_utf8_lossy(&output.stderr)));
    let texts = |key: &str| -> Vec<String> {
        let list = outcome[key].as_array().expect("a list").iter();
        list.map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect()
    };
    let refused = texts("not_made");
    let told = if refused.is_empty() { Vec::new() } else { [refused, texts("problems")].concat() };
    (texts("reports").into_iter().collect(), told)
}

/// Alt texts that say more than the rest of their chart, by the engine's own check of a finished report.
fn alt_texts(models: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for entry in walkdir::WalkDir::new(models).sort_by_file_name() {
        let path = entry.expect("readable").into_path();
        if path.is_file() {
            let model: Value = serde_json::from_slice(&std::fs::read(&path).expect("a model")).expect("JSON");
            let found = termwise::reports::proof::alt_texts(&model).err().unwrap_or_default();
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    faults
}

#[test]
fn every_report_of_every_period_is_made_whatever_file_is_missing() {
    let project = in_three_languages();
    let files = spreadsheets(project.path());
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for (period, as_of) in PERIODS {
        for missing in std::iter::once(None).chain(files.iter().map(Some)) {
            // Only what the period can read makes a difference.
            let hidden = project.path().join("hidden");
            if let Some(file) = missing {
                std::fs::rename(file, &hidden).expect("moved");
            }
            let models = tempfile::tempdir().expect("a folder");
            let folder = models.path().to_string_lossy().into_owned();
            let (reports, told) = run(project.path(), period, as_of, &["--dry-run", "--models", &folder]);
            let faults = alt_texts(models.path());
            if let Some(file) = missing {
                std::fs::rename(&hidden, file).expect("moved back");
            }
            let reports: BTreeSet<String> = reports.iter().map(|path| path.replace(period, "")).collect();
            let without = missing.map_or_else(String::new, |file| format!(" without {}", file.display()));
            assert!(told.is_empty() && faults.is_empty(), "{period}{without}: {told:#?} {faults:#?}");
            if expected.is_empty() {
                expected.clone_from(&reports);
            }
            assert_eq!(reports, expected, "{period}{without}");
        }
    }
    assert!(expected.len() >= 63, "{}", expected.len());
}

/// The same, typeset and read again: each period as it is.
#[test]
fn every_report_of_every_period_is_typeset() {
    let all = std::env::var_os("TERMWISE_ALL_LANGUAGES").is_some();
    let project = if all { in_three_languages() } else { sample() };
    for (period, as_of) in PERIODS {
        // As the example of `run --help` does it.
        let (reports, told) = run(project.path(), period, as_of, &[]);
        assert!(told.is_empty(), "{period}: {told:#?}");
        assert!(reports.len() >= 25, "{period}: {}", reports.len());
    }
}

/// What a period has when the newest files of a school are missing, typeset.
#[test]
fn a_school_without_its_newest_files_gets_its_reports() {
    let project = sample();
    for school in ["blue-heron", "saskatoon-berry", "willow-bend"] {
        std::fs::remove_dir_all(project.path().join("data/2025-26").join(school)).expect("taken away");
        let (reports, told) = run(project.path(), "2025-26/P2", "2026-04-15", &["--school", school]);
        assert!(told.is_empty(), "{school}: {told:#?}");
        assert!(reports.len() >= 6, "{school}: {reports:?}");
    }
}
