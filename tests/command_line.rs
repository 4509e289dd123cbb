//! What the command says: success and failure, as a newcomer reads them.

use std::path::Path;
use std::process::Command;

/// Exit code, stdout and stderr of the real binary, run in the sample division or another folder.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_termwise"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("termwise starts");
    format!(
        "exit {}\n{}{}",
        output.status.code().expect("an exit code"),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The sample's configuration without its data, with one file changed.
fn changed(file: &str, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let to = tempfile::tempdir().expect("a temporary folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/prairie-crocus");
    for part in ["termwise.toml", "measures.toml", "mappings", "goals", "translations"] {
        for entry in walkdir::WalkDir::new(from.join(part)).into_iter().flatten().filter(|e| e.file_type().is_file()) {
            let name = entry.path().strip_prefix(&from).expect("inside");
            let place = to.path().join(name);
            std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
            let text = std::fs::read_to_string(entry.path()).expect("text");
            let text = if name == Path::new(file) { change(text) } else { text };
            std::fs::write(place, text).expect("a file");
        }
    }
    to
}

#[test]
fn a_folder_without_a_project_is_told() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let said = said(empty.path(), &["run"]);
    assert!(said.starts_with("exit 1"), "{said}");
    assert!(said.contains("There is no termwise.toml in this folder."), "{said}");
    assert!(said.contains("termwise run samples/prairie-crocus"), "{said}");
}

#[test]
fn a_misspelt_setting_is_told_with_its_line_and_the_nearest_name() {
    let project = changed("termwise.toml", |text| text.replace("time-zone", "time-zome"));
    let said = said(project.path(), &["check"]);
    assert!(said.starts_with("exit 1"), "{said}");
    assert!(said.contains("--> termwise.toml:5:1"), "{said}");
    assert!(said.contains("time-zone"), "{said}");
}

#[test]
fn a_goal_that_names_an_unknown_measure_is_told() {
    let project = changed("goals/willow-bend.toml", |text| {
        text.replace("measures = [\"reading-en\"]", "measures = [\"reading-em\"]")
    });
    let said = said(project.path(), &["check"]);
    assert!(said.starts_with("exit 1"), "{said}");
    assert!(said.contains("There is no measure “reading-em”."), "{said}");
    assert!(said.contains("“reading-en”"), "{said}");
    assert!(said.contains("goals/willow-bend.toml:"), "{said}");
}

#[test]
fn a_glob_without_files_is_told() {
    let project = changed("termwise.toml", |text| text);
    let said = said(project.path(), &["check"]);
    assert!(said.starts_with("exit 1"), "{said}");
    assert!(said.contains("No spreadsheet has a result for a closed reporting period."), "{said}");
}

#[test]
fn a_missing_column_is_told_with_the_nearest_name() {
    let project = changed("mappings/reading-tabs.toml", |text| text.replace("Student #", "Studnet #"));
    copy_data(project.path());
    let said = said(project.path(), &["check", "--as-of", "2026-04-15"]);
    assert!(said.starts_with("exit 1"), "{said}");
    let file = said.find("data/2024-25/blue-heron/reading.xlsx\n").expect("the file’s own line");
    assert!(said[file..].contains("sheet “Gr K A”"), "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.to_lowercase().contains("is “student #” meant?"), "{said}");
}

/// The sample's spreadsheets.
fn copy_data(project: &Path) {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/prairie-crocus/data");
    for entry in walkdir::WalkDir::new(&sample).into_iter().flatten().filter(|e| e.file_type().is_file()) {
        let place = project.join("data").join(entry.path().strip_prefix(&sample).expect("inside"));
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        std::fs::copy(entry.path(), place).expect("a copy");
    }
}

#[test]
fn an_unknown_plugin_is_told_with_the_nearest() {
    let project = changed("goals/willow-bend.toml", |text| {
        text.replacen("school = \"willow-bend\"", "school = \"willow-bend\"\nmetric = \"share-at-or-abov\"", 1)
            .replacen("metric = \"share-at-or-above\"\n", "", 1)
    });
    copy_data(project.path());
    let said = said(project.path(), &["check", "--as-of", "2026-04-15", "--all"]);
    assert!(
        said.contains("the plugin “share-at-or-abov” is not in plugins.lock (did you mean share-at-or-above?)"),
        "{said}"
    );
    assert!(said.starts_with("exit 0"), "{said}");
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(said(here, &["rum"]).starts_with("exit 2"));
    let said = said(here, &["run", "samples/prairie-crocus", "--school", "blue-herron", "--dry-run"]);
    assert!(said.starts_with("exit 1") && said.contains("did you mean “blue-heron”?"), "{said}");
}

#[test]
fn the_schedule_shows_what_comes() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = said(here, &["schedule", "next", "samples/prairie-crocus", "-n", "3"]);
    assert!(said.starts_with("exit 0"), "{said}");
    assert_eq!(said.lines().filter(|line| line.contains("America/Winnipeg")).count(), 3, "{said}");
}
