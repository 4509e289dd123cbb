//! A folder of csv files that belong together, as a OneRoster export is: frozen as one file.
//!
//! Comes in: the path of the folder's `manifest.csv`. Goes out: a copy by digest, a stored zip whose
//! bytes depend on the names and contents of the csv files and on nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use termwise_base::problem::{Place, Problem};

use super::freeze::{PAUSE, TRIES, being_written, fault, keep};

/// A file that a source finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: String,
    pub(super) source: usize,
    /// Whether it stands for all csv files of its folder.
    pub(super) folder: bool,
}

/// Lets the manifest of a folder stand for the csv files beside it; in an export without one, the
/// list of users does. `is_export` tells of a source whether its files are exports.
pub(super) fn gathered(found: BTreeSet<(String, usize)>, is_export: impl Fn(usize) -> bool) -> Vec<Found> {
    let mut leaders: BTreeMap<(String, usize), String> = BTreeMap::new();
    for name in ["manifest.csv", "users.csv"] {
        for (path, source) in &found {
            let (folder, file) = split(path);
            if file.eq_ignore_ascii_case(name) && (name == "manifest.csv" || is_export(*source)) {
                leaders.entry((folder.to_owned(), *source)).or_insert_with(|| path.clone());
            }
        }
    }
    let mut out = Vec::new();
    for (path, source) in found {
        let leader =
            leaders.get(&(split(&path).0.to_owned(), source)).filter(|_| path.to_lowercase().ends_with(".csv"));
        let leads = leader == Some(&path);
        if leads || leader.is_none() {
            out.push(Found { path, source, folder: leads });
        }
    }
    out
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Copies the csv files beside `path`, the folder's manifest, as one file. A folder that changes
/// meanwhile is tried again for a moment.
pub(super) fn copy(root: &Path, path: &str, most: u64) -> Result<(String, PathBuf), Problem> {
    let unread = |error: io::Error| fault(path, &error);
    let at = root.join(path);
    let folder = at.parent().unwrap_or(root);
    for _ in 0..TRIES {
        let before = csv_files(folder).map_err(unread)?;
        let size: u64 = before.values().map(|file| file.size).sum();
        if size > most {
            return Err(Problem::error("The csv files of this folder are together larger than a spreadsheet may be.")
                .at(Place::file(path))
                .found(format!("{} MB", size >> 20))
                .expected(format!("at most {} MB", most >> 20))
                .hint("Raise `file-mib` under [reading] in termwise.toml, if they are what they should be."));
        }
        let bytes = pack(&before).map_err(unread)?;
        if csv_files(folder).map_err(unread)? == before {
            return keep(root, &bytes).map_err(unread);
        }
        std::thread::sleep(PAUSE);
    }
    Err(being_written(path))
}

/// One csv file of a folder.
#[derive(Debug, PartialEq, Eq)]
struct Csv {
    name: String,
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
}

/// The csv files of a folder by their names in lower case, without hidden ones.
fn csv_files(folder: &Path) -> io::Result<BTreeMap<String, Csv>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        let key = name.to_lowercase();
        if !key.ends_with(".csv") || name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        let meta = fs::metadata(&path)?;
        if meta.is_file() {
            // Two names that differ in case only are both kept; the reader tells them.
            let key = if files.contains_key(&key) { format!("{key} {name}") } else { key };
            files.insert(key, Csv { name, path, size: meta.len(), modified: meta.modified().ok() });
        }
    }
    Ok(files)
}

fn pack(files: &BTreeMap<String, Csv>) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o600);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut sorted: Vec<&Csv> = files.values().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    for file in sorted {
        zip.start_file(file.name.as_str(), options)?;
        // A file that grows meanwhile is noticed by its size; no more of it is read than it had.
        io::copy(&mut fs::File::open(&file.path)?.take(file.size), &mut zip)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, files: &[(&str, &str)]) {
        fs::create_dir_all(folder).expect("made");
        for (name, text) in files {
            fs::write(folder.join(name), text).expect("written");
        }
    }

    const EXPORT: [(&str, &str); 3] = [("users.csv", "a,b\n1,2\n"), ("manifest.csv", "x,y\n"), ("orgs.csv", "c\n3\n")];

    #[test]
    fn the_same_files_give_the_same_bytes_whenever_they_were_written() {
        let root = tempfile::tempdir().expect("a folder");
        write(&root.path().join("one"), &EXPORT);
        write(&root.path().join("two"), &EXPORT.iter().rev().copied().collect::<Vec<_>>());
        write(&root.path().join("two"), &[(".hidden.csv", "x"), ("notes.txt", "x")]);
        let old = fs::File::options().write(true).open(root.path().join("two/users.csv")).expect("opened");
        old.set_modified(SystemTime::UNIX_EPOCH).expect("set");
        let (one, path) = copy(root.path(), "one/manifest.csv", 1000).expect("copied");
        let (two, _) = copy(root.path(), "two/manifest.csv", 1000).expect("copied");
        assert_eq!(one, two);
        let zip = zip::ZipArchive::new(fs::File::open(path).expect("there")).expect("an archive");
        let names: Vec<String> = zip.file_names().map(|name| name.expect("a name").into_owned()).collect();
        assert_eq!(names, ["manifest.csv", "orgs.csv", "users.csv"]);
        write(&root.path().join("two"), &[("orgs.csv", "c\n4\n")]);
        assert_ne!(copy(root.path(), "two/manifest.csv", 1000).expect("copied").0, one);
    }

    #[test]
    fn a_manifest_stands_for_the_files_beside_it() {
        let paths = ["a/manifest.csv", "a/users.csv", "a/marks.xlsx", "a/deep/users.csv", "b/users.csv"];
        let found = paths.iter().map(|path| ((*path).to_owned(), 0)).chain([("a/users.csv".to_owned(), 1)]).collect();
        let kept: Vec<(String, usize, bool)> = gathered(found, |source| source == 1)
            .into_iter()
            .map(|found| (found.path, found.source, found.folder))
            .collect();
        let expected = [
            ("a/deep/users.csv", 0, false),
            ("a/manifest.csv", 0, true),
            ("a/marks.xlsx", 0, false),
            ("a/users.csv", 1, true),
            ("b/users.csv", 0, false),
        ];
        assert_eq!(kept, expected.map(|(path, source, folder)| (path.to_owned(), source, folder)));
    }

    #[test]
    fn a_folder_that_is_too_large_is_told() {
        let root = tempfile::tempdir().expect("a folder");
        write(root.path(), &EXPORT);
        let told = copy(root.path(), "manifest.csv", 10).expect_err("refused");
        assert!(told.message.contains("together larger"), "{}", told.message);
    }
}
