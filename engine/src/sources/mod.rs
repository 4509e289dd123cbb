//! Sources: find the division's spreadsheets and freeze them.
//!
//! Comes in: the project's `[[source]]` globs. Goes out: [`FrozenFile`]s, copies named by the digest
//! of their bytes, so that a file edited during a run cannot mix into it and any run can be rebuilt.
//! It never looks into a spreadsheet and never changes one.

mod find;
mod folder;
mod freeze;

use std::path::{Path, PathBuf};

use crate::config::{Project, oneroster};
use crate::problem::{Place, Problem};

use folder::Found;
pub use freeze::{frozen_folder, private_folder};

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

/// The source whose globs fit a path, whether a file lies there or not.
pub fn reading<'a>(project: &'a Project, path: &str) -> Option<&'a crate::config::SourceSpec> {
    let any = |globs: &[String]| globs.iter().any(|glob| find::fits(glob, path));
    project.sources.iter().find(|source| any(&source.files) && !any(&source.except))
}

/// Every file of every source by its path and the source's place, without freezing anything.
pub fn found(project: &Project) -> std::collections::BTreeSet<(String, usize)> {
    find::files(project, &mut Vec::new())
}

/// Finds and freezes every file of every source, sorted by path, then source. What cannot be found
/// or copied is told; the rest goes on.
pub fn freeze(project: &Project, problems: &mut Vec<Problem>) -> Vec<FrozenFile> {
    let mut files: Vec<FrozenFile> = Vec::new();
    let mut whole_folder = false;
    let is_export = |source: usize| project.sources.get(source).is_some_and(|s| s.mapping == oneroster::NAME);
    for Found { path, source: source_index, folder } in folder::gathered(find::files(project, problems), is_export) {
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

/// Whether the next run would read a spreadsheet at `path`, relative to the project folder.
pub fn reads(project: &Project, path: &str) -> bool {
    find::reads(project, path)
}

/// Whether a spreadsheet program has its lock file beside the workbook.
fn in_use(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else { return false };
    [format!("~${name}"), format!(".~lock.{name}#")].iter().any(|lock| path.with_file_name(lock).is_file())
}
