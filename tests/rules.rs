//! Rules of the house that a compiler does not know.

use std::path::Path;

/// The crates in the order of the flow. Each names only earlier ones in its manifest, so that no import against the
/// flow compiles.
const CRATES: [&str; 10] =
    ["base", "config", "reading", "metric", "plugins", "judging", "disclosure", "reports", "operations", "run"];
/// Heavy libraries, each known to one crate alone.
const ALONE: [(&str, &str); 2] = [("wasmtime", "plugins"), ("typst", "reports")];

/// Names of the dependencies in a manifest, those of tests and build scripts included.
fn dependencies(manifest: &Path) -> Vec<String> {
    fn collect(table: &toml::Table, names: &mut Vec<String>) {
        for (key, value) in table {
            match value {
                toml::Value::Table(listed) if key.ends_with("dependencies") => names.extend(listed.keys().cloned()),
                toml::Value::Table(inner) if key != "workspace" => collect(inner, names),
                _ => {}
            }
        }
    }
    let text = std::fs::read_to_string(manifest).expect("a manifest");
    let mut names = Vec::new();
    collect(&text.parse().expect("TOML"), &mut names);
    names
}

#[test]
fn manifests_keep_the_order_of_the_flow() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let engine = std::fs::read_dir(root.join("engine")).expect("the crates").flatten();
    let mut found: Vec<String> = engine
        .filter(|entry| entry.path().join("src/lib.rs").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let mut known = CRATES.map(str::to_owned);
    known.sort();
    assert_eq!(found, known, "a crate has its place in the flow");
    for (place, name) in CRATES.iter().enumerate() {
        let listed = dependencies(&root.join("engine").join(name).join("Cargo.toml"));
        assert!(!listed.is_empty() || place == 0, "{name}");
        for later in &CRATES[place..] {
            assert!(!listed.contains(&format!("termwise-{later}")), "{name} imports the later crate {later}");
        }
        for (heavy, home) in ALONE {
            let knows = listed.iter().any(|one| one == heavy || one.starts_with(&format!("{heavy}-")));
            assert_eq!(knows, *name == home, "{name} and {heavy}");
        }
    }
    let top = dependencies(&root.join("Cargo.toml"));
    assert!(top.contains(&"termwise-run".to_owned()));
    for (heavy, _) in ALONE {
        assert!(!top.iter().any(|one| one == heavy || one.starts_with(&format!("{heavy}-"))), "{heavy}");
    }
}

/// Every word that the engine asks for stands in the shipped dictionary.
#[test]
fn no_word_is_missing_from_the_dictionary() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = walkdir::WalkDir::new(root.join("engine/reports/src/compose")).into_iter().flatten();
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
    let smart = std::fs::read_to_string(root.join("engine/reports/src/compose/smart.rs")).expect("the source");
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
    let files: Vec<_> = words.map(|file| file.expect("readable")).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(file.path()).expect("a dictionary");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let found = termwise_config::wording::read(line, &termwise_config::wording::LANGUAGES);
            assert!(found.is_empty(), "{}: {line}: {found:?}", file.path().display());
        }
    }
}

/// Readers of a report do not have the repository, so no sentence names a file in it.
#[test]
fn no_report_names_a_file_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = regex::Regex::new(r"[a-z]+/[a-z-]+\.|\.(md|toml|rs|typ)\b").expect("a pattern");
    let mut checked = 0;
    for entry in std::fs::read_dir(root.join("report-templates/words")).expect("the dictionaries").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("a dictionary");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            checked += 1;
            assert!(!file.is_match(line), "{}: {line}", entry.path().display());
        }
    }
    assert!(checked > 2000, "only {checked} lines were looked at");
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
        let mut counted = 0;
        for key in keys(&english) {
            let (section, name) = key.split_once('.').expect("a section");
            let (here, there) = (&english[section][name], &other[section][name]);
            assert_eq!(blanks(here), blanks(there), "{file}: {key}");
            assert!(!here.is_table() || there.is_table(), "{file}: {key} has one form for every number");
            if let Some(forms) = there.as_table() {
                counted += 1;
                assert!(plurals.iter().all(|form| forms.contains_key(*form)), "{file}: {key} lacks a plural form");
            }
        }
        assert!(counted > 20, "{file}: only {counted} words have plural forms");
    }
}

/// What reads a clock, a file, the environment or a database, prints, or draws by chance; as one finds it in a source.
fn impure(source: &str) -> Option<&str> {
    // Modules of the standard library by their path, however a `use` names them; clocks by what asks them.
    let pattern = r"(?x)
        \b (?: fs | env | net | process | thread | io ) ::
        | \b std::\{ [^}]* \b (?: fs | env | net | process | thread | io | time ) \b
        | \b std::time \b
        | \b (?: SystemTime | Instant | File | OpenOptions | rusqlite | tempfile | walkdir | getrandom | rand ) \b
        | ::now\(
        | \b (?: e?print (?:ln)? | dbg | env ) !";
    regex::Regex::new(pattern).expect("a pattern").find(source).map(|found| found.as_str())
}

/// The pure stages use no clock, file, environment or database.
#[test]
fn pure_stages_stay_pure() {
    for one in [
        "std::fs::read(path)",
        "use std::{collections::BTreeMap, fs};",
        "jiff::Zoned::now()",
        "Timestamp::now()",
        "std::time::Instant::now()",
        "File::open(path)",
        "std::env::var(\"HOME\")",
        "rusqlite::Connection::open(path)",
        "eprintln!(\"{found}\")",
    ] {
        assert!(impure(one).is_some(), "{one}");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine");
    let mut checked = 0;
    for stage in ["judging", "disclosure"] {
        let listed = dependencies(&root.join(stage).join("Cargo.toml"));
        for library in ["rusqlite", "walkdir", "getrandom", "rand", "chrono", "nix"] {
            assert!(!listed.contains(&library.to_owned()), "{stage} has {library}");
        }
        for entry in walkdir::WalkDir::new(root.join(stage).join("src")) {
            let path = entry.expect("readable").into_path();
            // Tests read the sample.
            if !path.is_file() || path.file_name().is_some_and(|name| name == "tests.rs") {
                continue;
            }
            checked += 1;
            let text = std::fs::read_to_string(&path).expect("a source file");
            // Comments may speak of clocks; tests within a file stand at its end.
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let code = code.join("\n");
            let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            assert_eq!(impure(code), None, "{}", path.display());
        }
    }
    assert!(checked > 20, "only {checked} files were looked at");
}

/// A released contract is never changed: a new version is a new folder.
#[test]
fn released_contracts_are_frozen() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let frozen = [("1.0.0", "0af5302fbe3fb64c4d4ca399f4c7c7c139c75de3f12d0c83d5256f722d4e5985")];
    for (version, digest) in frozen {
        let text =
            std::fs::read_to_string(root.join(format!("plugins/wit/v{version}/metric.wit"))).expect("a contract");
        let found = termwise_base::digest::sha256(text.replace('\r', "").as_bytes());
        assert_eq!(found, digest, "the contract {version} was changed");
    }
    let folders = std::fs::read_dir(root.join("plugins/wit")).expect("the contracts").count();
    assert_eq!(folders, frozen.len(), "each released contract is frozen here");
    assert_eq!(termwise_plugins::VERSIONS.len(), frozen.len(), "each has its adapter");
}
