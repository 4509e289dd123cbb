//! Rules of the house that a compiler does not know.

use std::path::Path;

/// The stages in the order of the flow. A stage imports only those before it.
const STAGES: [&str; 10] =
    ["sources", "workbook", "dataset", "doctor", "inspect", "metrics", "goals", "disclosure", "reports", "delivery"];
/// What sits on top and may be imported by nothing but itself.
const TOP: [&str; 3] = ["run", "schedule", "cli"];

#[test]
fn data_flows_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/src");
    let mut checked = 0;
    for (place, stage) in STAGES.iter().enumerate() {
        for entry in walkdir::WalkDir::new(root.join(stage)).into_iter().flatten().filter(|e| e.file_type().is_file()) {
            let text = std::fs::read_to_string(entry.path()).expect("a source file");
            for later in STAGES[place + 1..].iter().chain(&TOP) {
                checked += 1;
                assert!(
                    !text.contains(&format!("crate::{later}::")),
                    "{} imports the later stage {later}",
                    entry.path().display()
                );
            }
        }
    }
    assert!(checked > 100);
}

/// Every word that the engine asks for stands in the shipped dictionary.
#[test]
fn no_word_is_missing_from_the_dictionary() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = walkdir::WalkDir::new(root.join("engine/src/reports/compose")).into_iter().flatten();
    let read = |entry: walkdir::DirEntry| std::fs::read_to_string(entry.path()).expect("a source file");
    let source: String = files.filter(|entry| entry.file_type().is_file()).map(read).collect();
    let text = std::fs::read_to_string(root.join("report-templates/words/en.toml")).expect("the dictionary");
    let words: toml::Table = text.parse().expect("a dictionary");
    let key = regex::Regex::new(r#""([a-z-]+)\.([a-z-]+)""#).expect("a pattern");
    let mut checked = 0;
    for found in key.captures_iter(&source) {
        checked += 1;
        assert!(words.get(&found[1]).and_then(|s| s.get(&found[2])).is_some(), "{} is missing", &found[0]);
    }
    // The facts of the SMART check have a section of their own.
    let facts = regex::Regex::new(r#"[^.]text\("([a-z-]+)""#).expect("a pattern");
    let smart = std::fs::read_to_string(root.join("engine/src/reports/compose/smart.rs")).expect("the source");
    for found in facts.captures_iter(&smart) {
        checked += 1;
        assert!(words["fact"].get(&found[1]).is_some(), "fact.{} is missing", &found[1]);
    }
    assert!(checked > 130, "only {checked} words were looked for");
}

/// What is shipped keeps to its own rules of wording.
#[test]
fn shipped_words_single_nobody_out_and_claim_no_cause() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = std::fs::read_dir(root.join("report-templates/words")).expect("the dictionaries");
    for file in words.flatten() {
        let text = std::fs::read_to_string(file.path()).expect("a dictionary");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let found = termwise::wording::read(line, &termwise::wording::LANGUAGES);
            assert!(found.is_empty(), "{}: {line}: {found:?}", file.path().display());
        }
    }
}

/// Every dictionary has the keys of the English one and fills in the same words; and every plural form that
/// its language needs.
#[test]
fn the_dictionaries_are_twins() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/words");
    let read = |file: &str| -> toml::Table {
        std::fs::read_to_string(folder.join(file)).expect("a dictionary").parse().expect("TOML")
    };
    let blanks = |value: &toml::Value| -> std::collections::BTreeSet<String> {
        let text = match value {
            toml::Value::Table(forms) => forms.values().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(" "),
            other => other.as_str().expect("a text").to_owned(),
        };
        let blank = regex::Regex::new(r"\{\^?([a-z]+)\}").expect("a pattern");
        blank.captures_iter(&text).map(|found| found[1].to_owned()).collect()
    };
    let english = read("en.toml");
    for (file, plurals) in [("fr.toml", &["one", "other"][..]), ("uk.toml", &["one", "few", "many", "other"])] {
        let other = read(file);
        let keys = |table: &toml::Table| -> Vec<String> {
            let sections = table.iter().flat_map(|(section, keys)| {
                keys.as_table().into_iter().flatten().map(move |(key, _)| format!("{section}.{key}"))
            });
            sections.collect()
        };
        let sorted = |table: &toml::Table| keys(table).into_iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(sorted(&english), sorted(&other), "{file}");
        for key in keys(&english) {
            let (section, name) = key.split_once('.').expect("a section");
            let (here, there) = (&english[section][name], &other[section][name]);
            assert_eq!(blanks(here), blanks(there), "{file}: {key}");
            if let (true, Some(forms)) = (here.is_table(), there.as_table()) {
                assert!(plurals.iter().all(|form| forms.contains_key(*form)), "{file}: {key} lacks a plural form");
            }
        }
    }
}

/// Only disclosure makes a `Cleared`, and the pure stages use no clock, file or environment.
#[test]
fn pure_stages_stay_pure() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/src");
    for stage in ["goals", "disclosure"] {
        for entry in walkdir::WalkDir::new(root.join(stage)).into_iter().flatten().filter(|e| e.file_type().is_file()) {
            let text = std::fs::read_to_string(entry.path()).expect("a source file");
            for forbidden in ["std::fs", "std::env", "Timestamp::now", "rusqlite", "println!"] {
                assert!(!text.contains(forbidden), "{} uses {forbidden}", entry.path().display());
            }
        }
    }
}

/// A released contract is never changed: a new version is a new folder.
#[test]
fn released_contracts_are_frozen() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let frozen = [("1.0.0", "0af5302fbe3fb64c4d4ca399f4c7c7c139c75de3f12d0c83d5256f722d4e5985")];
    for (version, digest) in frozen {
        let text =
            std::fs::read_to_string(root.join(format!("plugins/wit/v{version}/metric.wit"))).expect("a contract");
        let found = termwise::digest::sha256(text.replace('\r', "").as_bytes());
        assert_eq!(found, digest, "the contract {version} was changed");
    }
    let folders = std::fs::read_dir(root.join("plugins/wit")).expect("the contracts").count();
    assert_eq!(folders, frozen.len(), "each released contract is frozen here");
    assert_eq!(termwise::metrics::VERSIONS.len(), frozen.len(), "each has its adapter");
}
