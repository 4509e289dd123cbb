//! From a finished run to the readers' folders: holding, approval, retries, exactly one row.

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use termwise_base::digest::sha256;
use termwise_base::problem::Severity;
use termwise_config::delivery::{Delivery, FolderSink, OwnReport, Readers};
use termwise_config::goals::Audience;
use termwise_config::{Edition, ReportId};
use termwise_operations::delivery::{approve, clear, deliver, withdrawn};
use termwise_operations::ledger::{
    Artefact, ArtefactStatus, Became, Filter, Ledger, MadeFrom, RunStart, RunStatus, WantedEdition,
};

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
        let edition = edition(audience.id(), "en.pdf");
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

/// An edition of a report of one school.
fn edition(name: &str, ending: &str) -> Edition {
    let report = ReportId { period: "2025-26/P2".into(), school: "blue-heron".into(), name: name.to_owned() };
    report.edition(ending).unwrap()
}

/// A run from one spreadsheet that wants the editions (name, ending, audience) and makes those that have a content;
/// it ends unless one of the others has no reason. Goes out: what holds no longer.
fn run_of(root: &Path, ledger: &mut Ledger, spreadsheet: &str, asked: &[(Edition, Audience, Made)]) -> Vec<Edition> {
    let start = RunStart {
        code: "1a2b3c4d".to_owned(),
        started: at(1),
        trigger: "command".to_owned(),
        period: "2025-26/P2".to_owned(),
        as_of: jiff::civil::date(2026, 3, 20),
        inputs_digest: spreadsheet.to_owned(),
    };
    let run = ledger.begin(&start).unwrap();
    let from = MadeFrom { path: "data/a.xlsx".to_owned(), source: Some(0), digest: spreadsheet.to_owned() };
    ledger.record_made_from(run, &[from]).unwrap();
    let wanted: Vec<WantedEdition> = asked
        .iter()
        .map(|(edition, audience, made)| WantedEdition {
            edition: edition.clone(),
            audience: audience.id().to_owned(),
            refused: if let Made::Refused(why) = made { Some((*why).to_owned()) } else { None },
        })
        .collect();
    let names = asked.iter().map(|(edition, ..)| edition.report.name.clone()).collect();
    let scope = Filter { reports: Some(names), ..Filter::default() };
    let mut over = ledger.expect(run, (&scope, "2025-26/P2"), &wanted, at(1)).unwrap();
    let became: Vec<Became> = asked
        .iter()
        .filter_map(|(edition, audience, made)| {
            let Made::With(content) = made else { return None };
            let file = edition.file(root);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, content).unwrap();
            let artefact = Artefact {
                id: 0,
                edition: edition.clone(),
                sha256: sha256(content.as_bytes()),
                audience: audience.id().to_owned(),
                produced: at(1),
                status: ArtefactStatus::Produced,
            };
            Some(Became::Made(artefact, *audience == Audience::ParentCouncil))
        })
        .collect();
    over.extend(ledger.record_editions(run, &became, at(2)).unwrap());
    ledger.finish(run, at(2), RunStatus::Done).unwrap();
    over
}

/// What a run did with an edition.
enum Made {
    With(&'static str),
    Refused(&'static str),
    /// The run ended in the middle.
    NotYet,
}

#[test]
fn editions_of_a_report_are_approved_and_delivered_together_or_not_at_all() {
    let project = tempfile::tempdir().unwrap();
    let (root, any) = (project.path(), Filter::default());
    let mut ledger = Ledger::open(root).unwrap();
    let delivery = folders(&[("drive", &[])]);
    let council = |ending: &str, made: Made| (edition("parent-council", ending), Audience::ParentCouncil, made);
    let staff = |ending: &str, made: Made| (edition("staff", ending), Audience::Staff, made);
    let asked = [
        council("en.pdf", Made::With("one")),
        council("fr.html", Made::Refused("It says something else.")),
        council("fr.pdf", Made::Refused("It says something else.")),
        council("uk.pdf", Made::NotYet),
        staff("en.pdf", Made::With("one")),
        staff("fr.pdf", Made::NotYet),
    ];
    run_of(root, &mut ledger, "x", &asked);
    let (approved, problems) = approve(root, &mut ledger, &any, at(3)).unwrap();
    assert!(approved.is_empty());
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    insta::assert_snapshot!(problem, @r"
    warning: Editions of this report are missing, so no other edition is approved or delivered. parent-council.fr.html, parent-council.fr.pdf: It says something else; parent-council.uk.pdf: the run that makes it has not finished.
      --> out/2025-26/P2/blue-heron/parent-council.*
      expected: all its editions, which go to their readers together
      help: Correct what is named there, then run `termwise run` for this report. To do without an edition, take its language out of `languages` in termwise.toml and run again.
    ");
    let round = deliver(root, &delivery, &mut ledger, &any, at(3)).unwrap();
    assert!(round.delivered.is_empty() && round.held.is_empty());
    let told: Vec<&str> = round.problems.iter().filter_map(|problem| problem.message.split(',').next()).collect();
    assert_eq!(told, ["Editions of this report are missing", "An edition of this report is missing"]);
    assert!(!root.join("delivered").exists());

    // All of them are there: they go.
    let asked = [
        council("en.pdf", Made::With("one")),
        council("fr.html", Made::With("un")),
        council("fr.pdf", Made::With("un")),
        council("uk.pdf", Made::With("odyn")),
        staff("en.pdf", Made::With("one")),
        staff("fr.pdf", Made::With("un")),
    ];
    run_of(root, &mut ledger, "x", &asked);
    assert_eq!(approve(root, &mut ledger, &any, at(4)).unwrap().0.len(), 4);
    deliver(root, &delivery, &mut ledger, &any, at(4)).unwrap();
    assert_eq!(files(&root.join("delivered/drive")).len(), 6);
}

#[test]
fn what_rests_on_other_spreadsheets_than_a_later_report_is_held_back() {
    let project = tempfile::tempdir().unwrap();
    let (root, any) = (project.path(), Filter::default());
    let mut ledger = Ledger::open(root).unwrap();
    let delivery = folders(&[("drive", &[])]);
    let one = |name: &str, audience: Audience| (edition(name, "en.pdf"), audience, Made::With("one"));
    let council = || one("parent-council", Audience::ParentCouncil);
    run_of(root, &mut ledger, "x", &[council(), one("leadership", Audience::Leadership)]);
    run_of(root, &mut ledger, "y", &[one("staff", Audience::Staff)]);

    let (approved, problems) = approve(root, &mut ledger, &any, at(3)).unwrap();
    assert!(approved.is_empty());
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    insta::assert_snapshot!(problem, @r"
    warning: Spreadsheets or settings have changed since this report was made, and other reports of the period rest on the changes. A report that could contradict them is neither approved nor delivered.
      --> out/2025-26/P2/blue-heron/parent-council.*
      expected: all reports of a period made from the same spreadsheets and settings
      help: Run `termwise run` for all schools and audiences of this period; it brings every report up to date.
    ");
    let round = deliver(root, &delivery, &mut ledger, &any, at(3)).unwrap();
    assert_eq!(files(&root.join("delivered/drive")), [STAFF]);
    let [problem] = round.problems.as_slice() else { panic!("{:?}", round.problems) };
    assert!(problem.message.contains("since this report and 1 more were made"), "{problem}");
    assert!(round.held.is_empty());

    // Made again from the same: nothing is old any more.
    run_of(root, &mut ledger, "y", &[council(), one("leadership", Audience::Leadership)]);
    assert_eq!(approve(root, &mut ledger, &any, at(4)).unwrap().0.len(), 1);
    deliver(root, &delivery, &mut ledger, &any, at(4)).unwrap();
    assert_eq!(files(&root.join("delivered/drive")).len(), 3);
}

#[test]
fn a_report_of_the_divisions_own_goes_where_it_is_named_and_to_folders_for_all() {
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    let mut ledger = Ledger::open(root).unwrap();
    let trustees = OwnReport { id: "trustees".into(), like: Audience::Staff, names: vec!["trustees".into()] };
    let mut delivery = folders(&[("all", &[]), ("staffroom", &[Audience::Staff]), ("boardroom", &[])]);
    delivery.folders[2].readers = Readers { audiences: Vec::new(), own: vec![trustees] };
    let one = |name: &str| (edition(name, "en.pdf"), Audience::Staff, Made::With("one"));
    run_of(root, &mut ledger, "x", &[one("staff"), one("trustees")]);
    deliver(root, &delivery, &mut ledger, &Filter::default(), at(3)).unwrap();
    const TRUSTEES: &str = "2025-26/P2/blue-heron/trustees.en.pdf";
    assert_eq!(files(&root.join("delivered/all")), [STAFF, TRUSTEES]);
    assert_eq!(files(&root.join("delivered/staffroom")), [STAFF]);
    assert_eq!(files(&root.join("delivered/boardroom")), [TRUSTEES]);
}

#[test]
fn what_is_superseded_leaves_the_folder_of_reports_and_is_named() {
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    let mut ledger = Ledger::open(root).unwrap();
    let languages = ["en", "fr", "uk", "a", "b", "c", "d", "e"];
    let all: Vec<_> = languages
        .map(|language| (edition("staff", &format!("{language}.pdf")), Audience::Staff, Made::With("one")))
        .into();
    assert_eq!(run_of(root, &mut ledger, "x", &all), []);
    assert!(withdrawn(&ledger, &[]).unwrap().is_none());

    // Only English is asked for now.
    let over = run_of(root, &mut ledger, "x", &all[..1]);
    assert_eq!(over.len(), 7);
    let mut problems = Vec::new();
    clear(root, &ledger, &mut problems).unwrap();
    assert_eq!((files(&root.join("out")).as_slice(), problems.as_slice()), (&[STAFF.to_owned()][..], &[][..]));
    insta::assert_snapshot!(withdrawn(&ledger, &over[..1]).unwrap().unwrap(), @r"
    note: A report from an earlier run no longer holds, so it was withdrawn.
      --> out/2025-26/P2/blue-heron/staff.a.pdf
    ");
    let many = withdrawn(&ledger, &over).unwrap().unwrap().message;
    assert!(many.starts_with("7 reports from earlier runs no longer hold, so they were withdrawn: "), "{many}");
    assert!(many.ends_with("staff.fr.pdf and 1 more."), "{many}");
    let six = withdrawn(&ledger, &over[..6]).unwrap().unwrap().message;
    assert!(six.ends_with("staff.fr.pdf."), "{six}");

    // A place that cannot be cleared is named and does not end the run.
    fs::create_dir_all(over[0].file(root).join("in use")).unwrap();
    clear(root, &ledger, &mut problems).unwrap();
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert!(problem.message.starts_with("A superseded report could not be removed: "), "{problem}");
}

#[test]
fn readers_who_have_a_withdrawn_report_are_thought_of() {
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    let mut ledger = Ledger::open(root).unwrap();
    let one = |ending: &str| (edition("staff", ending), Audience::Staff, Made::With("one"));
    run_of(root, &mut ledger, "x", &[one("en.pdf"), one("fr.pdf")]);
    deliver(root, &folders(&[("drive", &[])]), &mut ledger, &Filter::default(), at(3)).unwrap();
    let over = run_of(root, &mut ledger, "x", &[one("en.pdf")]);
    let problem = withdrawn(&ledger, &over).unwrap().unwrap();
    assert_eq!(problem.severity, Severity::Warning);
    assert!(problem.hint.unwrap().starts_with("Copies that were delivered stay where they are."));
    assert!(root.join("delivered/drive/2025-26/P2/blue-heron/staff.fr.pdf").is_file());
}
