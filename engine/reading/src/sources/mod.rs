//! Sources: find the division's spreadsheets and freeze them.
//!
//! Comes in: the project's `[[source]]` globs. Goes out: [`FrozenFile`]s, copies named by the digest
//! of their bytes, so that a file edited during a run cannot mix into it and any run can be rebuilt.
//! It never looks into a spreadsheet and never changes one.

mod find;
mod folder;
mod freeze;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use termwise_base::problem::{Place, Problem};
use termwise_config::{Project, SourceSpec, oneroster};

use folder::Found;
pub use freeze::frozen_folder;

/// A spreadsheet, copied by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenFile {
    /// Path relative to the project folder, with `/`.
    pub path_relative: String,
    /// Where the copy is.
    pub frozen_path: PathBuf,
    /// SHA-256 of the bytes, hex.
    pub digest: String,
    /// Place in [`Project::sources`].
    pub source_index: usize,
}

/// The source that reads, or would read, a file of this path relative to the project folder.
pub fn reading<'a>(project: &'a Project, path: &str) -> Option<&'a SourceSpec> {
    find::reading(project, path)
}

/// Every file of every source by its path and the source's place, without freezing anything.
pub fn found(project: &Project) -> BTreeSet<(String, usize)> {
    find::files(project, &mut Vec::new()).found
}

/// Finds and freezes every file of every source, sorted by path, then source. What cannot be found
/// or copied is told; the rest goes on.
pub fn freeze(project: &Project, problems: &mut Vec<Problem>) -> Vec<FrozenFile> {
    let mut files: Vec<FrozenFile> = Vec::new();
    let mut whole_folder = false;
    let is_export = |source: usize| project.sources.get(source).is_some_and(|s| s.mapping == oneroster::NAME);
    let listing = find::files(project, problems);
    let gathered = folder::gathered(listing.found, is_export);
    problems.extend(left_out(listing.others, &gathered));
    for Found { path, source: source_index, folder } in gathered {
        // Several mappings may read the same workbook; it is copied once.
        if let Some(known) = files.last().filter(|file| file.path_relative == path && folder == whole_folder) {
            let again = FrozenFile { source_index, ..known.clone() };
            files.push(again);
            continue;
        }
        whole_folder = folder;
        if in_use(&project.root.join(&path)) {
            problems.push(
                Problem::note("Somebody has this workbook open: what is not saved yet is not read.")
                    .at(Place::file(&path)),
            );
        }
        let most = project.reading_limits.file_bytes;
        let copy = if folder { folder::copy } else { freeze::copy };
        match copy(&project.root, &path, most) {
            Ok((digest, frozen_path)) => {
                files.push(FrozenFile { path_relative: path, frozen_path, digest, source_index });
            }
            Err(problem) => problems.push(problem),
        }
    }
    files
}

/// Keeps the bytes of a file that is no spreadsheet — a setting, a plugin — under their digest.
pub fn keep(root: &Path, bytes: &[u8]) -> std::io::Result<String> {
    freeze::keep(root, bytes).map(|(digest, _)| digest)
}

/// Spreadsheets that no source reads, although they lie beside others that are read.
fn left_out(others: Vec<String>, read: &[Found]) -> Vec<Problem> {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let folders: BTreeSet<String> = read.iter().map(|found| folder(&found.path)).collect();
    // All csv files of a folder are read with the one that stands for them.
    let whole: BTreeSet<String> = read.iter().filter(|found| found.folder).map(|found| folder(&found.path)).collect();
    let beside = |path: &String| folders.contains(&folder(path)) && !whole.contains(&folder(path));
    let told = |path: String| {
        Problem::note("No source reads this spreadsheet, although it lies beside others that are read.")
            .at(Place::file(path))
            .hint("If it should be read, correct its name or `files` of the source; if not, name it in `except`.")
    };
    others.into_iter().filter(beside).map(told).collect()
}

/// Whether a spreadsheet program has its lock file beside the workbook.
fn in_use(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { return false };
    [format!("~${name}"), format!(".~lock.{name}#")].iter().any(|lock| path.with_file_name(lock).is_file())
}
