//! Rules of the house that a compiler does not know.

use std::collections::{BTreeMap, BTreeSet};
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

/// A module's path within its crate; the root's is empty.
type Module = Vec<String>;

/// The sources of a crate or a program by module, without comments and tests.
fn sources(folder: &Path) -> BTreeMap<Module, String> {
    let comment = regex::Regex::new(r"//[^\n]*").expect("a pattern");
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let path = entry.expect("readable").into_path();
        let name = path.strip_prefix(folder).expect("below it").with_extension("");
        let mut module: Module = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if path.extension().is_none_or(|kind| kind != "rs") || module.iter().any(|part| part == "tests") {
            continue;
        }
        module.pop_if(|last| ["lib", "main", "mod"].contains(&last.as_str()));
        let text = std::fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        found.insert(module, comment.replace_all(code, "").into_owned());
    }
    found
}

/// The paths that a `use` names, one for each leaf of its tree.
fn leaves(tree: &str) -> Vec<Vec<String>> {
    let token = regex::Regex::new(r"as \w+|\w+|[{},]").expect("a pattern");
    let (mut found, mut path, mut groups, mut is_leaf) = (Vec::new(), Vec::<String>::new(), vec![0], false);
    for token in token.find_iter(tree).map(|token| token.as_str()).chain([","]) {
        match token {
            "{" => {
                groups.push(path.len());
                is_leaf = false;
            }
            "}" | "," => {
                if std::mem::take(&mut is_leaf) {
                    found.push(path.clone());
                }
                let group = if token == "}" { groups.pop() } else { groups.last().copied() };
                path.truncate(group.unwrap_or_default());
            }
            "self" if !path.is_empty() => is_leaf = true,
            alias if alias.starts_with("as ") => {}
            name => {
                path.push(name.to_owned());
                is_leaf = true;
            }
        }
    }
    found
}

/// Who imports what from whom, by module; imports between a module and those below it are left out.
type Imports = BTreeMap<Module, BTreeMap<Module, String>>;

fn imports(sources: &BTreeMap<Module, String>) -> Imports {
    let tree = regex::Regex::new(r"\buse ([^;]*);").expect("a pattern");
    let inline = regex::Regex::new(r"\b(?:crate|super|self)(?:::\w+)+").expect("a pattern");
    let uses: BTreeMap<&Module, Vec<Vec<String>>> = sources
        .iter()
        .map(|(module, code)| (module, tree.captures_iter(code).flat_map(|found| leaves(&found[1])).collect()))
        .collect();
    let mut all = Imports::new();
    for (module, code) in sources {
        let code = tree.replace_all(code, "");
        let inline = inline.find_iter(&code).flat_map(|found| leaves(found.as_str()));
        let mine = all.entry(module.clone()).or_default();
        for path in uses[module].iter().cloned().chain(inline) {
            let Some(from) = home(&uses, module, &path) else { continue };
            if !from.starts_with(module) && !module.starts_with(&from) {
                mine.insert(from, path.join("::"));
            }
        }
    }
    all
}

/// The module that a path leads to. What a module has from another by a `use` of its own is imported from there.
fn home(uses: &BTreeMap<&Module, Vec<Vec<String>>>, module: &Module, path: &[String]) -> Option<Module> {
    let mut at = module.clone();
    let mut rest = path;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            "self" => {}
            _ => break,
        }
        rest = others;
    }
    let relative = rest.len() < path.len();
    while let Some((first, others)) = rest.split_first() {
        let below = [at.as_slice(), std::slice::from_ref(first)].concat();
        if !uses.contains_key(&below) {
            break;
        }
        (at, rest) = (below, others);
    }
    if !relative && at == *module {
        return None;
    }
    let handed_on = rest.first().and_then(|name| uses.get(&at)?.iter().find(|path| path.last() == Some(name)));
    handed_on.and_then(|path| home(uses, &at, path)).or(Some(at))
}

/// The modules of a circle, each with what it imports from the next.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    let mut left: BTreeSet<&Module> = imports.keys().collect();
    // Whoever imports nothing from those that are left is in no circle.
    let next = |left: &BTreeSet<&Module>, module: &Module| {
        imports[module].iter().find(|(from, _)| left.contains(from)).map(|(from, path)| (from.clone(), path.clone()))
    };
    while let Some(free) = left.iter().copied().find(|module| next(&left, module).is_none()) {
        left.remove(free);
    }
    let mut way = vec![(*left.first()?).clone()];
    let mut told = Vec::new();
    loop {
        let last = way.last()?.clone();
        let (from, path) = next(&left, &last)?;
        told.push(format!("{} imports {path} from {}", last.join("/"), from.join("/")));
        if let Some(start) = way.iter().position(|module| *module == from) {
            return Some(told.split_off(start));
        }
        way.push(from);
    }
}

/// Within a crate, too, imports go one way: files form no circle, unless it is one of a module and what is below it.
#[test]
fn files_import_in_no_circle() {
    let made_up = |files: &[(&str, &str)]| {
        let module = |name: &str| name.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        circle(&imports(&files.iter().map(|(name, code)| (module(name), (*code).to_owned())).collect()))
    };
    let direct = made_up(&[("", ""), ("a", "use super::b::B;"), ("b", "fn f(_: crate::a::A) {}")]);
    assert_eq!(direct.expect("a circle"), ["a imports super::b::B from b", "b imports crate::a::A from a"]);
    let handed_on = [("", "pub use a::{self, A};"), ("a", "use super::{b::{self, B}, c};"), ("b", "use super::A;")];
    assert!(made_up(&handed_on).is_some());
    let families = [("", "mod a; use a::A; struct R;"), ("a", "use super::R; use b::B;"), ("a/b", "use super::A;")];
    assert_eq!(made_up(&families), None);

    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine");
    let mut found = Vec::new();
    for folder in CRATES.map(|name| engine.join(name).join("src")).into_iter().chain([engine.join("cli")]) {
        let sources = sources(&folder);
        assert!(sources.len() > 3, "{} has {} files", folder.display(), sources.len());
        found.extend(circle(&imports(&sources)).map(|told| format!("{}:\n  {}", folder.display(), told.join("\n  "))));
    }
    assert!(found.is_empty(), "files import from each other in a circle:\n{}", found.join("\n"));
}
