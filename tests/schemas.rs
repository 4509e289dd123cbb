//! The schemas of the configuration, through the command: printed, written into a project, and named by what the
//! commands write.

use std::path::{Path, PathBuf};

mod common;

use common::{repository, termwise, told};

/// The file that the first line of a configuration file names.
fn named(file: &Path) -> PathBuf {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let line = text.lines().next().unwrap_or_default();
    let reference = line.strip_prefix("#:schema ").unwrap_or_else(|| panic!("{}: {line}", file.display()));
    file.parent().expect("its folder").join(reference)
}

#[test]
fn the_command_prints_what_stands_beside_the_sample() {
    for which in ["project", "measures", "mapping", "goals"] {
        let printed = termwise(&repository(), &["schema", which]).stdout;
        let file = repository().join(format!("samples/prairie-crocus/schemas/{which}.json"));
        assert!(!printed.is_empty() && std::fs::read(file).expect("a schema") == printed, "{which}");
    }
    let page = termwise(&repository(), &["schema", "--markdown"]).stdout;
    assert!(std::fs::read(repository().join("docs/configuration.md")).expect("the page") == page);
}

#[test]
fn what_inspect_writes_names_a_schema_that_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let sheet = folder.path().join("marks.csv");
    std::fs::write(&sheet, "Student #,Grade,Reading\n1001,3,2\n1002,3,3\n1003,3,1\n1004,3,2\n").expect("written");
    let project = folder.path().join("division");
    let (_, said) = told(folder.path(), &["inspect", "marks.csv", "--project", "division", "--write"]);
    let mappings = std::fs::read_dir(project.join("mappings")).unwrap_or_else(|_| panic!("{said}"));
    let mut files: Vec<PathBuf> = mappings.map(|entry| entry.expect("an entry").path()).collect();
    assert!(!files.is_empty(), "{said}");
    files.extend(["termwise.toml", "measures.toml"].map(|file| project.join(file)));
    for file in files {
        assert!(named(&file).is_file(), "{}", file.display());
    }
}
