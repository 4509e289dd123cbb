//! From a finished run to the readers' folders: holding, approval, retries, exactly one row.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use termwise_base::digest::sha256;
use termwise_config::delivery::{Delivery, FolderSink, Readers};
use termwise_config::goals::Audience;
use termwise_config::{Edition, Format, ReportId};
use termwise_operations::delivery::{approve, deliver};
use termwise_operations::ledger::{Artefact, ArtefactStatus, Filter, Ledger, RunStart, RunStatus};

fn at(hour: u8) -> Timestamp {
    format!("2026-03-20T{hour:02}:00:00Z").parse().unwrap()
}

/// A run that makes one report for each audience of one school, with the given content.
fn run(root: &Path, ledger: &mut Ledger, content: &str) {
    let start = RunStart {
        code: "1a2b3c4d".to_owned(),
        started: at(1),
        trigger: "command".to_owned(),
        period: "2025-26/P2".to_owned(),
        as_of: jiff::civil::date(2026, 3, 20),
        inputs_digest: "00".to_owned(),
    };
    let run = ledger.begin(&start).unwrap();
    for audience in [Audience::Staff, Audience::ParentCouncil] {
        let report =
            ReportId { period: "2025-26/P2".into(), school: "blue-heron".into(), name: audience.id().to_owned() };
        let edition = Edition { report, language: "en".into(), format: Format::Pdf };
        let file = edition.file(root);
        let bytes = format!("{content} for {}", audience.id());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &bytes).unwrap();
        let artefact = Artefact {
            id: 0,
            edition,
            sha256: sha256(bytes.as_bytes()),
            audience: audience.id().to_owned(),
            produced: at(1),
            status: ArtefactStatus::Produced,
        };
        ledger.record_artefact(run, &artefact, audience == Audience::ParentCouncil).unwrap();
    }
    ledger.finish(run, at(2), RunStatus::Done).unwrap();
}

fn folders(folders: &[(&str, &[Audience])]) -> Delivery {
    let folders = folders
        .iter()
        .map(|(name, audiences)| FolderSink {
            name: (*name).to_owned(),
            path: format!("delivered/{name}"),
            readers: Readers::of(audiences),
        })
        .collect();
    Delivery { hold: Readers::of(&[Audience::ParentCouncil]), folders }
}

/// Files under a folder, relative, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().display().to_string().replace('\\', "/"))
        .collect();
    found.sort();
    found
}

const STAFF: &str = "2025-26/P2/blue-heron/staff.en.pdf";
const PARENTS: &str = "2025-26/P2/blue-heron/parent-council.en.pdf";

#[test]
fn parents_reports_wait_until_they_are_approved() {
    let project = tempfile::tempdir().unwrap();
    let (root, any) = (project.path(), Filter::default());
    let mut ledger = Ledger::open(root).unwrap();
    let delivery = folders(&[("drive", &[])]);
    run(root, &mut ledger, "first");

    let report = deliver(root, &delivery, &mut ledger, &any, at(3)).unwrap();
    assert_eq!(files(&root.join("delivered/drive")), [STAFF]);
    assert_eq!(report.held.iter().map(|held| held.edition.path()).collect::<Vec<_>>(), [format!("out/{PARENTS}")]);

    let (approved, problems) = approve(root, &mut ledger, &any, at(4)).unwrap();
    assert_eq!((approved.len(), problems.len()), (1, 0));
    deliver(root, &delivery, &mut ledger, &any, at(5)).unwrap();
    assert_eq!(files(&root.join("delivered/drive")), [PARENTS, STAFF]);
    assert_eq!(fs::read_to_string(root.join("delivered/drive").join(PARENTS)).unwrap(), "first for parent-council");

    // The same run again: nothing to approve, nothing to deliver.
    run(root, &mut ledger, "first");
    let report = deliver(root, &delivery, &mut ledger, &any, at(6)).unwrap();
    assert!(report.delivered.is_empty() && report.held.is_empty() && report.problems.is_empty());
}

#[test]
fn a_changed_report_must_be_approved_again_and_overwrites_nothing() {
    let project = tempfile::tempdir().unwrap();
    let (root, any) = (project.path(), Filter::default());
    let mut ledger = Ledger::open(root).unwrap();
    let delivery = folders(&[("drive", &[])]);
    run(root, &mut ledger, "first");
    approve(root, &mut ledger, &any, at(3)).unwrap();
    deliver(root, &delivery, &mut ledger, &any, at(3)).unwrap();

    run(root, &mut ledger, "second");
    let report = deliver(root, &delivery, &mut ledger, &any, at(4)).unwrap();
    assert_eq!(report.held.len(), 1);
    insta::assert_snapshot!(report.problems[0], @r"
    note: “drive” already has another report by that name, so the new one was delivered as 2025-26/P2/blue-heron/staff.en.rev2.pdf.
      --> out/2025-26/P2/blue-heron/staff.en.pdf
    ");
    let staff2 = "2025-26/P2/blue-heron/staff.en.rev2.pdf";
    assert_eq!(files(&root.join("delivered/drive")), [PARENTS, STAFF, staff2]);
    assert_eq!(fs::read_to_string(root.join("delivered/drive").join(STAFF)).unwrap(), "first for staff");
    assert_eq!(fs::read_to_string(root.join("delivered/drive").join(staff2)).unwrap(), "second for staff");
}

#[test]
fn a_file_changed_by_hand_is_neither_approved_nor_sent() {
    let project = tempfile::tempdir().unwrap();
    let (root, any) = (project.path(), Filter::default());
    let mut ledger = Ledger::open(root).unwrap();
    run(root, &mut ledger, "first");
    for path in [PARENTS, STAFF] {
        fs::write(root.join("out").join(path), "edited").unwrap();
    }
    let (approved, problems) = approve(root, &mut ledger, &any, at(3)).unwrap();
    assert_eq!((approved.len(), problems.len()), (0, 1));
    let report = deliver(root, &folders(&[("drive", &[])]), &mut ledger, &any, at(3)).unwrap();
    insta::assert_snapshot!(report.problems[0], @r"
    error: A finished report is no longer the file that the run made, so it is not sent.
      --> out/2025-26/P2/blue-heron/staff.en.pdf
      help: Run `termwise run` again, and leave reports as they are: to change one, change what it is made from.
    ");
    assert!(!root.join("delivered").exists());
}

#[test]
fn what_could_not_be_delivered_is_delivered_later_and_once() {
    let project = tempfile::tempdir().unwrap();
    let (root, any) = (project.path(), Filter::default());
    let mut ledger = Ledger::open(root).unwrap();
    let delivery = folders(&[("drive", &[]), ("web", &[Audience::Staff])]);
    run(root, &mut ledger, "first");
    fs::create_dir(root.join("delivered")).unwrap();
    fs::write(root.join("delivered/drive"), "a file where the folder should be").unwrap();

    let report = deliver(root, &delivery, &mut ledger, &any, at(3)).unwrap();
    assert_eq!(files(&root.join("delivered/web")), [STAFF], "one sink that fails does not keep the other");
    assert_eq!(report.problems.len(), 1);
    assert!(report.problems[0].is_error() && report.problems[0].message.contains("“drive”"));

    fs::remove_file(root.join("delivered/drive")).unwrap();
    deliver(root, &delivery, &mut ledger, &any, at(4)).unwrap();
    let report = deliver(root, &delivery, &mut ledger, &any, at(5)).unwrap();
    assert!(report.delivered.is_empty());
    let staff = &ledger.artefacts_free(&any).unwrap()[0];
    let rows: Vec<(String, Timestamp)> =
        ledger.deliveries(staff).unwrap().into_iter().map(|row| (row.sink, row.at)).collect();
    assert_eq!(rows, [("drive".to_owned(), at(4)), ("web".to_owned(), at(3))]);
    assert_eq!(staff.status, ArtefactStatus::Delivered);
}

#[test]
fn a_new_ledger_finds_what_was_delivered_before() {
    let project = tempfile::tempdir().unwrap();
    let (root, any) = (project.path(), Filter::default());
    let delivery = folders(&[("drive", &[])]);
    for hour in [3, 4] {
        let mut ledger = Ledger::in_memory().unwrap();
        run(root, &mut ledger, "first");
        deliver(root, &delivery, &mut ledger, &any, at(hour)).unwrap();
        let staff = &ledger.artefacts_free(&any).unwrap()[0];
        let outcome = &ledger.deliveries(staff).unwrap()[0].outcome;
        assert_eq!(outcome, if hour == 3 { "new" } else { "already-there" });
    }
    assert_eq!(files(&root.join("delivered/drive")), [STAFF]);
}
