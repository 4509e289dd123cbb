//! What the command says: success and failure, as a newcomer reads them.

use std::path::Path;

mod common;

use common::{read, sample, sample_without, termwise, write};

/// Exit code, stdout and stderr of the real binary, run in the sample division or another folder.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = termwise(folder, arguments);
    format!(
        "exit {}\n{}{}",
        output.status.code().expect("an exit code"),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Edits a file of a project; that must change it.
fn edit(project: &Path, file: &str, change: impl Fn(&str) -> String) {
    let before = read(project, file);
    let after = change(&before);
    assert_ne!(before, after, "{file} is as it was");
    write(project, file, &after);
}

/// The sample's configuration without its data, with one file changed.
fn changed(file: &str, change: impl Fn(&str) -> String) -> tempfile::TempDir {
    let project = sample_without(&["data"]);
    edit(project.path(), file, change);
    project
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
    assert!(said.contains("--> termwise.toml:6:1"), "{said}");
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
    let project = sample_without(&["data"]);
    let said = said(project.path(), &["check"]);
    assert!(said.starts_with("exit 1"), "{said}");
    assert!(said.contains("The source “willow-bend” finds no file."), "{said}");
    assert!(said.contains("No spreadsheet has a result for a closed reporting period."), "{said}");
}

#[test]
fn a_missing_column_is_told_with_the_nearest_name() {
    let project = sample();
    edit(project.path(), "mappings/reading-tabs.toml", |text| text.replace("Student #", "Studnet #"));
    let said = said(project.path(), &["check", "--as-of", "2026-04-15"]);
    assert!(said.starts_with("exit 1"), "{said}");
    let file = said.find("data/2024-25/blue-heron/reading.xlsx\n").expect("the file’s own line");
    assert!(said[file..].contains("sheet “Gr K A”"), "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.to_lowercase().contains("is “student #” meant?"), "{said}");
}

#[test]
fn an_unknown_plugin_is_told_with_the_nearest() {
    let project = sample();
    edit(project.path(), "goals/willow-bend.toml", |text| {
        text.replacen("school = \"willow-bend\"", "school = \"willow-bend\"\nmetric = \"share-at-or-abov\"", 1)
            .replacen("metric = \"share-at-or-above\"\n", "", 1)
    });
    let said = said(project.path(), &["check", "--as-of", "2026-04-15", "--all"]);
    assert!(
        said.contains("the plugin “share-at-or-abov” is not in plugins.lock (did you mean share-at-or-above?)"),
        "{said}"
    );
    assert!(said.contains("goals/willow-bend.toml:5:10"), "{said}");
    assert!(said.starts_with("exit 1"), "{said}");
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

/// What a user of the binary alone starts from.
#[test]
fn shipped_templates_are_listed_and_copied_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = |arguments: &[&str]| said(folder.path(), arguments);
    let list = here(&["template", "list"]);
    assert!(list.contains("\nlib/theme.typ             Colours, sizes and spaces of every report\n"), "{list}");
    assert!(!list.contains("example/"), "{list}");
    assert_eq!(
        here(&["template", "copy", "staff.typ", "lib/theme.typ"]),
        "exit 0\ncopied: templates/staff.typ\ncopied: templates/lib/theme.typ\n"
    );
    let own = folder.path().join("templates/staff.typ");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates/staff.typ");
    assert_eq!(std::fs::read(&own).expect("a copy"), std::fs::read(shipped).expect("the file"));
    std::fs::write(&own, "// ours").expect("written");
    assert_eq!(here(&["template", "copy", "staff.typ"]), "exit 0\nkept as it is: templates/staff.typ\n");
    assert_eq!(std::fs::read_to_string(&own).expect("ours"), "// ours");
    assert!(here(&["template", "list"]).contains("(in templates/)"));
    assert!(here(&["template", "copy", "stafff.typ"]).contains("did you mean “staff.typ”?"));
    // The last word may be the project.
    std::fs::create_dir(folder.path().join("other")).expect("a folder");
    assert_eq!(here(&["template", "copy", "plc.typ", "other"]), "exit 0\ncopied: other/templates/plc.typ\n");
}

/// A division's own words are held against the shipped ones before anything is printed.
#[test]
fn words_that_cannot_be_used_are_told_with_their_place() {
    let project = sample();
    let with = |words: &str| {
        write(project.path(), "templates/words/en.toml", words);
        said(project.path(), &["check", "--as-of", "2026-03-20", "--all"])
    };
    let told = with("[page]\ngoal-n = \"Goal {n} of {totl}\"\nour-gaols = \"x\"\n");
    assert!(told.starts_with("exit 1"), "{told}");
    assert!(
        told.contains(
            "error: Nothing fills in {totl} in the word “page.goal-n”.\n  --> templates/words/en.toml:2:23\n"
        ),
        "{told}"
    );
    assert!(told.contains("expected: {n}, {total}\n  help: The shipped text is “Goal {n} of {total}”."), "{told}");
    assert!(
        told.contains("error: The reports use no word “page.our-gaols”.\n  --> templates/words/en.toml:3:1\n"),
        "{told}"
    );
    assert!(
        told.contains("help: Is “page.our-goals” meant? Words for templates of your own go under [own]."),
        "{told}"
    );

    let told = with("[page]\ngoal-n = \"Goal {n}\"\n[own]\ngreeting = \"Dear {all}\"\n");
    assert!(told.starts_with("exit 0"), "{told}");
    let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("The word “page.goal-n” leaves out {total}, so the reports do not print it."), "{told}");
}

/// A file in the wrong folder changes nothing; it is told where it belongs.
#[test]
fn files_that_nothing_uses_are_told() {
    let project = sample();
    for (file, text) in [
        ("theme.typ", "// lost"),
        ("staff.typ", "#import \"lib/ours.typ\": *"),
        ("lib/ours.typ", "#image(\"icons/\" + \"a\" + \".svg\", alt: \"\")"),
        ("lib/icons/a.svg", ""),
        ("words/de.toml", ""),
    ] {
        write(project.path(), &format!("templates/{file}"), text);
    }
    let told = said(project.path(), &["check", "--as-of", "2026-03-20", "--all"]);
    let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("Nothing uses this file."), "{told}");
    assert!(flat.contains("move it to templates/lib/theme.typ."), "{told}");
    for (file, idle) in [
        ("templates/theme.typ", true),
        ("words/de.toml", true),
        ("ours.typ", false),
        ("a.svg", false),
        ("staff.typ", false),
    ] {
        assert_eq!(flat.contains(file), idle, "{file}: {told}");
    }
}
