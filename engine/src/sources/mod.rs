//! Sources: find the division's spreadsheets and freeze them.
//!
//! Comes in: the project's `[[source]]` globs. Goes out: [`FrozenFile`]s, copies named by the digest
//! of their bytes, so that a file edited during a run cannot mix into it and any run can be rebuilt.
//! It never looks into a spreadsheet and never changes one.

mod find;
mod freeze;

use std::path::PathBuf;

use crate::config::Project;
use crate::problem::Problem;

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

/// The source whose globs fit a path, whether a file lies there or not.
pub fn reading<'a>(project: &'a Project, path: &str) -> Option<&'a crate::config::SourceSpec> {
    project.sources.iter().find(|source| source.files.iter().any(|pattern| find::fits(pattern, path)))
}

/// Every file of every source by its path and the source's place, without freezing anything.
pub fn found(project: &Project) -> std::collections::BTreeSet<(String, usize)> {
    find::files(project, &mut Vec::new())
}

/// Finds and freezes every file of every source, sorted by path, then source. What cannot be found
/// or copied is told; the rest goes on.
pub fn freeze(project: &Project, problems: &mut Vec<Problem>) -> Vec<FrozenFile> {
    let mut files: Vec<FrozenFile> = Vec::new();
    for (path, source_index) in find::files(project, problems) {
        // Several mappings may read the same workbook; it is copied once.
        if let Some(known) = files.last().filter(|file| file.path_relative == path) {
            let again = FrozenFile { source_index, ..known.clone() };
            files.push(again);
            continue;
        }
        match freeze::copy(&project.root, &path, project.reading_limits.file_bytes) {
            Ok((digest, frozen_path)) => {
                files.push(FrozenFile { path_relative: path, frozen_path, digest, source_index });
            }
            Err(problem) => problems.push(problem),
        }
    }
    files
}
