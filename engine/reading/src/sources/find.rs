//! Globs → paths of spreadsheets, in a defined order.

use std::collections::BTreeSet;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use termwise_base::problem::{Place, Problem, nearest};
use termwise_config::{Project, SourceSpec};

/// Files below a project folder; more is not a project folder but a whole disk.
const MOST_FILES: usize = 200_000;

/// Endings of spreadsheets.
const SPREADSHEETS: [&str; 8] = [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".zip"];

/// What lies in a project folder.
pub(super) struct Listing {
    /// Every (path, source) pair once, sorted.
    pub(super) found: BTreeSet<(String, usize)>,
    /// Spreadsheets that no source finds, and that none leaves out on purpose.
    pub(super) others: Vec<String>,
}

/// Finds every file of every source.
pub(super) fn files(project: &Project, problems: &mut Vec<Problem>) -> Listing {
    let mut found = BTreeSet::new();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let listed = list(&project.root, problems);
    for (index, source) in project.sources.iter().enumerate() {
        let place = || {
            let mut place = Place::file("termwise.toml");
            place.line = Some(source.line);
            place
        };
        let mut compile = |pattern: &String| {
            glob(pattern)
                .map_err(|why| {
                    let what = format!("The source “{}” has a pattern that cannot be used: {why}.", source.id);
                    problems.push(Problem::error(what).at(place()).found(format!("“{pattern}”")));
                })
                .ok()
        };
        let except: Vec<GlobMatcher> = source.except.iter().filter_map(&mut compile).collect();
        let wanted: Vec<(&String, GlobMatcher)> =
            source.files.iter().filter_map(|pattern| Some((pattern, compile(pattern)?))).collect();
        for (pattern, matcher) in wanted {
            let mut any = false;
            for path in listed.iter().filter(|path| matcher.is_match(Path::new(path))) {
                any = true;
                named.insert(path);
                if !except.iter().any(|other| other.is_match(Path::new(path))) {
                    found.insert((path.clone(), index));
                }
            }
            if !any {
                problems.push(nothing_found(&source.id, pattern, &listed).at(place()));
            }
        }
    }
    let spreadsheet = |path: &str| SPREADSHEETS.iter().any(|ending| path.to_lowercase().ends_with(ending));
    let others = listed.iter().filter(|path| spreadsheet(path) && !named.contains(path.as_str())).cloned().collect();
    Listing { found, others }
}

/// The source that reads, or would read, a file of this path, relative to the project folder.
pub(super) fn reading<'a>(project: &'a Project, path: &str) -> Option<&'a SourceSpec> {
    let matches =
        |patterns: &[String]| patterns.iter().flat_map(|p| glob(p)).any(|glob| glob.is_match(Path::new(path)));
    let passed_over = path.split('/').any(|part| part.starts_with('.')) || own(path.split('/').next().unwrap_or(path));
    let mut sources = project.sources.iter().filter(|_| !passed_over);
    sources.find(|source| matches(&source.files) && !matches(&source.except))
}

fn nothing_found(source: &str, pattern: &str, listed: &[String]) -> Problem {
    // Only files of the kind that is looked for: a spreadsheet is not meant by the name of a goal file.
    let kind = |path: &str| Path::new(path).extension().map(|kind| kind.to_string_lossy().to_lowercase());
    let same_kind = |path: &&str| kind(pattern).is_none_or(|wanted| wanted.contains('*') || kind(path) == Some(wanted));
    let near = nearest(pattern, listed.iter().map(String::as_str).filter(same_kind));
    let problem = Problem::error(format!("The source “{source}” finds no file.")).expected(format!("“{pattern}”"));
    if near.is_empty() {
        problem.hint("Put the file there, or correct `files`.")
    } else {
        let near: Vec<String> = near.iter().map(|name| format!("“{name}”")).collect();
        problem.hint(format!("Did you mean {}?", near.join(" or ")))
    }
}

fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    let relative = pattern.trim_start_matches("./");
    if Path::new(relative).is_absolute() || relative.split('/').any(|part| part == "..") {
        return Err("it must stay within the project folder".to_owned());
    }
    GlobBuilder::new(relative)
        .literal_separator(true)
        .case_insensitive(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| error.kind().to_string())
}

/// Files below the project folder, relative and with `/`, sorted; without hidden ones, lock files
/// of spreadsheet programs, and what the engine writes itself.
fn list(root: &Path, problems: &mut Vec<Problem>) -> Vec<String> {
    let walk = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name.starts_with("~$") || (entry.depth() == 1 && own(&name)))
    });
    let mut listed = Vec::new();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().map(|path| relative(root, path)).unwrap_or_default();
                problems.push(Problem::warning("This folder cannot be looked into.").at(Place::file(path)));
                continue;
            }
        };
        if entry.file_type().is_file() {
            listed.push(relative(root, entry.path()));
        }
        if listed.len() >= MOST_FILES {
            problems.push(Problem::error("The project folder holds too many files.").hint("Keep only its data there."));
            break;
        }
    }
    listed.sort();
    listed
}

/// Whether the engine writes this folder of the project itself.
fn own(name: &str) -> bool {
    name == "out" || name == "delivered"
}

fn relative(root: &Path, path: &Path) -> String {
    let parts: Vec<String> = path
        .strip_prefix(root)
        .unwrap_or(path)
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_stays_in_its_folder() {
        let sound = glob("data/*/reading*.xlsx").expect("a glob");
        assert!(sound.is_match("data/blue/Reading 1.XLSX"));
        assert!(!sound.is_match("data/blue/deep/reading.xlsx"));
        assert!(glob("../other/*.xlsx").is_err());
        assert!(glob("data/[").is_err());
    }

    #[test]
    fn lock_files_and_reports_are_no_sources() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["data/a.xlsx", "data/~$a.xlsx", ".termwise/frozen/b.xlsx", "out/c.xlsx"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, "x").expect("written");
        }
        let mut problems = Vec::new();
        assert_eq!(list(folder.path(), &mut problems), ["data/a.xlsx"]);
        assert!(problems.is_empty());
    }

    #[test]
    fn a_glob_without_files_names_the_nearest() {
        let listed = ["data/reading-2025.xlsx".to_owned(), "notes.txt".to_owned()];
        let problem = nothing_found("r", "data/raeding-*.xlsx", &listed);
        assert_eq!(problem.hint.as_deref(), Some("Did you mean “data/reading-2025.xlsx”?"));
    }
}
