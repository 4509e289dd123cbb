//! Annotated copies → a folder.
//!
//! Comes in: the problems of a check and the frozen files it read. Goes out: one copy for each
//! spreadsheet with a finding, at the path of the original, readable by its owner only. What was read
//! before is not parsed again.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;

use termwise_base::private;
use termwise_base::problem::Problem;
use termwise_config::{Mapping, Project};

use super::annotate;
use crate::sources::{self, FrozenFile};
use crate::workbook::{CsvHints, Shelf, Workbook};

/// Endings of the files that are told of although they could not be copied into the project's memory.
const SPREADSHEETS: [&str; 9] = ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv", "txt", "tab"];

/// Writes `folder/<path>.findings.xlsx` for every spreadsheet with a finding. Their paths, in order.
pub fn write(
    project: &Project,
    files: &[FrozenFile],
    problems: &[Problem],
    folder: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut by_path: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
    for problem in problems {
        if let Some(path) = &problem.place.file {
            by_path.entry(path).or_default().push(problem);
        }
    }
    let frozen = |path: &str| files.iter().find(|file| file.path_relative == path);
    by_path.retain(|path, _| frozen(path).is_some() || is_spreadsheet(path));
    let targets: Vec<PathBuf> = by_path.keys().map(|path| target(folder, path)).collect();
    stays_unread(project, folder, &targets)?;
    let shelf = Shelf::of_project(project)?;
    for ((path, problems), to) in by_path.iter().zip(&targets) {
        // Of a file that cannot be opened there is nothing to copy; the list says why.
        let book = frozen(path).and_then(|file| open(project, &shelf, file)).unwrap_or_else(nothing);
        let bytes = annotate(&book, path, problems).or_else(|_| annotate(&nothing(), path, problems))?;
        private::write(to, &bytes)
            .with_context(|| format!("“{}” cannot be written; is it open in a spreadsheet program?", to.display()))?;
    }
    Ok(targets)
}

fn nothing() -> Workbook {
    Workbook { sheets: Vec::new(), separator: None, problems: Vec::new() }
}

fn is_spreadsheet(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| SPREADSHEETS.contains(&ending.to_lowercase().as_str()))
}

/// Where the copy of a file goes: never out of the folder.
fn target(folder: &Path, path: &str) -> PathBuf {
    let within = Path::new(path).components().filter(|part| matches!(part, Component::Normal(_)));
    let mut to = within.fold(folder.to_owned(), |to, part| to.join(part)).into_os_string();
    to.push(".findings.xlsx");
    to.into()
}

/// Refuses a folder whose copies the next run would take for spreadsheets of the division.
fn stays_unread(project: &Project, folder: &Path, targets: &[PathBuf]) -> anyhow::Result<()> {
    let (Ok(root), Ok(here)) = (project.root.canonicalize(), std::path::absolute(folder)) else { return Ok(()) };
    let folder = canonical(&here);
    for target in targets {
        let inside = std::path::absolute(target)?.strip_prefix(&here).map(|path| folder.join(path)).unwrap_or_default();
        let Ok(path) = inside.strip_prefix(&root) else { continue };
        let path = path.to_string_lossy().replace('\\', "/");
        anyhow::ensure!(
            sources::reading(project, &path).is_none(),
            "the copies may not go into “{}”: the next run would read “{path}” as a spreadsheet of the division; choose \
             a folder outside the project",
            here.display()
        );
    }
    Ok(())
}

/// The folder without links and `..`, as far as it exists.
fn canonical(folder: &Path) -> PathBuf {
    match (folder.canonicalize(), folder.parent(), folder.file_name()) {
        (Ok(real), ..) => real,
        (Err(_), Some(parent), Some(name)) => canonical(parent).join(name),
        _ => folder.to_owned(),
    }
}

/// The workbook as the check read it.
fn open(project: &Project, shelf: &Shelf, file: &FrozenFile) -> Option<Workbook> {
    let source = project.sources.get(file.source_index)?;
    let hints = project.mappings.get(&source.mapping).map(hints).unwrap_or_default();
    shelf.open(&file.frozen_path, &file.digest, &file.path_relative, &hints).ok()
}

fn hints(mapping: &Mapping) -> CsvHints {
    CsvHints { separator: mapping.csv_separator, encoding: mapping.csv_encoding.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_never_leaves_its_folder() {
        let to = |path| target(Path::new("out"), path);
        assert_eq!(to("data/a.xlsx"), Path::new("out/data/a.xlsx.findings.xlsx"));
        assert_eq!(to("../../a.csv"), Path::new("out/a.csv.findings.xlsx"));
        assert_eq!(to("/etc/a.csv"), Path::new("out/etc/a.csv.findings.xlsx"));
    }

    #[test]
    fn configuration_is_no_spreadsheet() {
        assert!(is_spreadsheet("data/Reading.XLSX"));
        assert!(!is_spreadsheet("termwise.toml") && !is_spreadsheet("data"));
    }
}
