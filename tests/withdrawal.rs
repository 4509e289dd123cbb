//! What a newer run supersedes, and editions that go together: through the real binary.

use std::path::{Path, PathBuf};

use serde_json::Value;

mod common;

use common::{change, goal, json, model, sample, termwise, told};

const COUNCIL: [&str; 4] = ["--school", "blue-heron", "--audience", "parent-council"];

/// Runs on a day and gives what was said as JSON.
fn run(project: &Path, day: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["run", "--as-of", day, "--json", "--models", "models"];
    arguments.extend(more);
    json(project, &arguments)
}

/// File names of a list of paths.
fn names(outcome: &Value, list: &str) -> Vec<String> {
    let paths = outcome[list].as_array().expect("a list").iter().filter_map(Value::as_str);
    paths.filter_map(|path| path.rsplit('/').next()).map(str::to_owned).collect()
}

/// Files of one report under a folder, by name.
fn files(folder: &Path, report: &str) -> Vec<String> {
    let all = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let mut found: Vec<String> = all
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(&format!("{report}.")))
        .collect();
    found.sort();
    found
}

fn out(project: &Path) -> PathBuf {
    project.join("out/2025-26/P2/blue-heron")
}

fn delivered(project: &Path) -> PathBuf {
    project.join("delivered/2025-26/P2/blue-heron")
}

/// What the council is told of attendance, by language.
fn share(project: &Path, language: &str) -> String {
    let model = model(project, &format!("blue-heron/parent-council.{language}"));
    goal(&model, "bh-absence")["now"]["text"]
        .as_str()
        .expect("a figure")
        .chars()
        .filter(|c| c.is_ascii_digit())
        .collect()
}

/// Forty more children missed half of their days in autumn and winter.
fn correct(project: &Path) {
    let path = project.join("data/2025-26/blue-heron/attendance.csv");
    let text = std::fs::read_to_string(&path).expect("attendance");
    let mut changed = 0;
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            let last = cells.len() - 1;
            if changed < 40 && line.contains(",Term 2,") && cells[last].parse::<u32>().is_ok_and(|days| days < 3) {
                changed += 1;
                cells[last] = "30".to_owned();
            }
            cells.join(",")
        })
        .collect();
    assert_eq!(changed, 40);
    std::fs::write(&path, lines.join("\r\n") + "\r\n").expect("attendance");
}

const RIGHT: &str = "D’ici juin 2026, au plus 12\u{a0}%";
const WRONG: &str = "D’ici juin 2026, au plus 21\u{a0}%";

/// How many rows of the ledger's artefacts are superseded and were delivered.
fn superseded(project: &Path, like: &str) -> (u32, u32) {
    let ledger = rusqlite::Connection::open(project.join(".termwise/ledger.sqlite")).expect("the ledger");
    let sql = "SELECT count(*), count(d.artefact) FROM artefacts a LEFT JOIN deliveries d ON d.artefact = a.id \
               WHERE superseded IS NOT NULL AND report || '.' || edition LIKE ?1";
    ledger.query_row(sql, [like], |row| Ok((row.get(0)?, row.get(1)?))).expect("a count")
}

#[test]
fn a_correction_with_a_wrong_translation_sends_neither_edition_until_it_is_mended() {
    let project = sample();
    let folder = project.path();
    let first = run(folder, "2026-03-20", &COUNCIL);
    assert_eq!(names(&first, "withdrawn"), [""; 0]);
    let old = share(folder, "en");
    assert_eq!(share(folder, "fr"), old);
    let all = files(&out(folder), "parent-council");
    assert!(all.len() == 8 && all.contains(&"parent-council.fr.html".to_owned()), "{all:?}");

    correct(folder);
    change(folder, "translations/fr.toml", RIGHT, WRONG);
    let second = run(folder, "2026-03-27", &COUNCIL);
    let new = share(folder, "en");
    assert_ne!(new, old);
    let french = ["parent-council.fr.html", "parent-council.fr.pdf"];
    assert_eq!(names(&second, "withdrawn"), french);
    assert_eq!(names(&second, "not_made").iter().filter(|name| french.contains(&name.as_str())).count(), 2);
    // Neither in the folder nor in the queue is anything of the old figure.
    let left: Vec<String> = all.iter().filter(|name| !name.contains(".fr.")).cloned().collect();
    assert_eq!(files(&out(folder), "parent-council"), left);
    assert_eq!(superseded(folder, "%parent-council.fr.%"), (2, 0));

    let (code, said) = told(folder, &["approve"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(!said.contains("waits for approval:") && said.contains("Nothing can be approved yet."), "{said}");
    for choice in [&["--all"][..], &COUNCIL[..], &["--period", "2025-26/P2"][..]] {
        let (code, said) = told(folder, &[&["approve"], choice].concat());
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("parent-council.fr.pdf: The report does not say the same as"), "{said}");
        assert!(said.contains("the numbers are 12 2026 and 12 2026 2026 21") && said.contains("help: Mend"), "{said}");
        assert_eq!(said.matches("Editions of this report are missing").count(), 1, "{said}");
        assert!(!said.contains("approved:"), "{said}");
    }
    let (_, said) = told(folder, &["deliver"]);
    assert!(said.contains("Editions of this report are missing"), "{said}");
    assert_eq!(files(&delivered(folder), "parent-council"), [""; 0]);

    change(folder, "translations/fr.toml", WRONG, RIGHT);
    let third = run(folder, "2026-03-27", &COUNCIL);
    assert_eq!((names(&third, "withdrawn").len(), names(&third, "not_made").len()), (0, 0));
    let (code, said) = told(folder, &["approve", "--all"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(files(&delivered(folder), "parent-council"), all);
    assert_eq!((share(folder, "en"), share(folder, "fr")), (new.clone(), new));
}

/// What readers have is not taken from them; the ledger says that it no longer holds.
#[test]
fn what_was_delivered_stays_and_is_called_superseded() {
    let project = sample();
    let folder = project.path();
    run(folder, "2026-03-20", &COUNCIL);
    let (code, said) = told(folder, &["approve", "--all"]);
    assert_eq!(code, Some(0), "{said}");
    let before = files(&delivered(folder), "parent-council");
    assert_eq!(before.len(), 8);

    // The Ukrainian one is refused: alone, as a web page, and beside English.
    correct(folder);
    change(
        folder,
        "translations/uk.toml",
        "До червня 2026 року не більше ніж 12\u{a0}%",
        "До червня 2026 року не більше ніж 21\u{a0}%",
    );
    let (code, said) = told(folder, &[&["run", "--as-of", "2026-03-27"], &COUNCIL[..]].concat());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("4 reports from earlier runs no longer hold, so they were withdrawn"), "{said}");
    assert!(said.contains("Copies that were delivered stay where they are"), "{said}");
    assert_eq!(files(&delivered(folder), "parent-council"), before);
    let gone = ["en-uk.html", "en-uk.pdf", "uk.html", "uk.pdf"].map(|name| format!("parent-council.{name}"));
    let here = files(&out(folder), "parent-council");
    assert!(here.len() == 4 && gone.iter().all(|name| !here.contains(name)), "{here:?}");
    assert_eq!(superseded(folder, "%parent-council.%uk.%"), (4, 4));
    let (_, said) = told(folder, &["approve", "--all"]);
    assert!(gone.iter().all(|name| said.contains(name.as_str())), "{said}");
    assert_eq!(files(&delivered(folder), "parent-council"), before);
}

/// An audience whose reports wait for nobody: one language cannot be typeset, so the other does not go out alone.
#[test]
fn an_edition_that_cannot_be_typeset_holds_the_others_back_without_approval_too() {
    let project = sample();
    let folder = project.path();
    let staff = ["--school", "blue-heron", "--audience", "staff"];
    change(folder, "termwise.toml", "[reports.languages]\n", "[reports.languages]\nstaff = [\"en\", \"fr\"]\n");
    run(folder, "2026-03-20", &staff);
    let both = ["staff.en.pdf", "staff.fr.pdf"];
    assert_eq!(files(&delivered(folder), "staff"), both);

    correct(folder);
    std::fs::create_dir_all(folder.join("templates")).expect("a folder");
    let shipped = std::fs::read_to_string(common::repository().join("report-templates/staff.typ")).expect("a template");
    let refusing =
        format!("#assert(json(\"/model.json\").lang != \"fr\", message: \"not in this language\")\n{shipped}");
    std::fs::write(folder.join("templates/staff.typ"), refusing).expect("a template");
    let outcome = run(folder, "2026-03-27", &staff);
    assert_eq!(
        (names(&outcome, "reports"), names(&outcome, "withdrawn")),
        (vec![both[0].into()], vec![both[1].into()])
    );
    assert_eq!(files(&out(folder), "staff"), both[..1]);
    assert_eq!(files(&delivered(folder), "staff"), both, "the new English one alone stays here");
    assert_eq!(superseded(folder, "%staff.fr.pdf"), (1, 1));
    let (code, said) = told(folder, &["deliver"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("staff.fr.pdf: The report") && said.contains("not in this language"), "{said}");
    assert_eq!(files(&delivered(folder), "staff"), both);

    std::fs::remove_file(folder.join("templates/staff.typ")).expect("the template goes");
    run(folder, "2026-03-27", &staff);
    let now = ["staff.en.pdf", "staff.en.rev2.pdf", "staff.fr.pdf", "staff.fr.rev2.pdf"];
    assert_eq!(files(&delivered(folder), "staff"), now);
}

/// A restricted run touches what it was asked for; what is planned no longer goes; a dry run takes nothing away.
#[test]
fn a_run_withdraws_what_it_was_asked_for_and_nothing_else() {
    let project = sample();
    let folder = project.path();
    run(folder, "2026-03-20", &["--school", "blue-heron"]);
    let staff = files(&out(folder), "staff");
    let packets = |project: &Path| files(&out(project), "plc-grades-2-4").len();
    assert_eq!((staff.len(), packets(folder)), (1, 1));

    change(folder, "termwise.toml", "parent-council = [\"en\", \"fr\", \"uk\"]", "parent-council = [\"en\", \"uk\"]");
    run(folder, "2026-03-27", &["--school", "blue-heron", "--dry-run"]);
    run(folder, "2026-03-27", &["--school", "blue-heron", "--audience", "staff"]);
    run(folder, "2026-03-27", &["--school", "willow-bend", "--audience", "parent-council"]);
    assert_eq!(files(&out(folder), "parent-council").len(), 8);
    let outcome = run(folder, "2026-03-27", &COUNCIL);
    assert_eq!(names(&outcome, "withdrawn"), ["parent-council.fr.html", "parent-council.fr.pdf"]);
    assert_eq!(files(&out(folder), "parent-council").len(), 6);
    let (code, said) = told(folder, &["approve", "--school", "blue-heron"]);
    assert_eq!(code, Some(0), "nothing is missing that nobody asks for: {said}");
    assert!(!said.contains(".fr."), "{said}");

    // A team that is no more has no packet.
    let team = "[[plc]]\nid = \"readers\"\nname = \"Reading PLC\"\nschool = \"blue-heron\"\ngrades = [\"1\"]\n\n";
    let first = "[[plc]]\nid = \"bilingual\"";
    let literacy = "goals/blue-heron-literacy.toml";
    change(folder, "termwise.toml", first, &format!("{team}{first}"));
    change(folder, literacy, "plcs = [\"early-literacy\"]", "plcs = [\"early-literacy\", \"readers\"]");
    let outcome = run(folder, "2026-03-28", &["--school", "blue-heron", "--audience", "plc"]);
    assert!(names(&outcome, "reports").contains(&"plc-readers.en.pdf".to_owned()), "{outcome}");
    change(folder, "termwise.toml", team, "");
    change(folder, literacy, ", \"readers\"", "");
    let outcome = run(folder, "2026-03-28", &["--school", "blue-heron", "--audience", "plc"]);
    assert_eq!(names(&outcome, "withdrawn"), ["plc-readers.en.pdf"], "{outcome}");
    assert_eq!(files(&out(folder), "plc-readers"), [""; 0]);
    assert_eq!(packets(folder), 1);
    assert_eq!(files(&out(folder), "staff"), staff);
}

/// A run that ended in the middle: nothing of its reports goes out, nothing is lost, and the next run mends it.
#[test]
fn after_a_crash_reports_wait_for_the_next_run() {
    let project = sample();
    let folder = project.path();
    run(folder, "2026-03-20", &COUNCIL);
    // What such a run leaves behind: it said what it would make, and put one file in its place.
    let ledger = rusqlite::Connection::open(folder.join(".termwise/ledger.sqlite")).expect("the ledger");
    assert_eq!(ledger.execute("UPDATE editions SET state = 'wanted'", []).expect("an update"), 8);
    drop(ledger);
    let english = out(folder).join("parent-council.en.pdf");
    let sound = std::fs::read(&english).expect("a report");
    std::fs::write(&english, "half a run").expect("written");
    let (code, said) = told(folder, &["approve", "--all"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the run that makes it has not finished"), "{said}");
    assert_eq!(files(&delivered(folder), "parent-council"), [""; 0]);
    assert_eq!(files(&out(folder), "parent-council").len(), 8);

    run(folder, "2026-03-20", &COUNCIL);
    assert!(std::fs::read(&english).expect("a report") == sound, "the same inputs, the same bytes");
    let (code, said) = told(folder, &["approve", "--all"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(files(&delivered(folder), "parent-council").len(), 8);
}

/// Reports of one period that rest on other spreadsheets never go out beside each other.
#[test]
fn a_run_for_some_readers_holds_back_what_waits_for_others() {
    let project = sample();
    change(project.path(), "termwise.toml", "hold = [\"parent-council\"]", "hold = [\"staff\", \"parent-council\"]");
    let school = ["--school", "blue-heron"];
    run(project.path(), "2026-03-20", &school);
    let waits = |report: &str| {
        let output = termwise(project.path(), &["approve"]);
        String::from_utf8_lossy(&output.stdout)
            .contains(&format!("waits for approval: out/2025-26/P2/blue-heron/{report}."))
    };
    assert!(waits("staff") && waits("parent-council"));
    // The same spreadsheets: nothing has changed for anybody.
    run(project.path(), "2026-03-20", &COUNCIL);
    assert!(waits("staff") && waits("parent-council"));
    // What goes out of another period in between changes the code of the next run, and no figure.
    run(project.path(), "2026-03-20", &[school[0], school[1], "--period", "2025-26/P1"]);
    termwise(project.path(), &["approve", "--period", "2025-26/P1"]);
    run(project.path(), "2026-03-20", &COUNCIL);
    assert!(waits("staff") && waits("parent-council"));
    correct(project.path());
    run(project.path(), "2026-03-20", &COUNCIL);
    assert!(!waits("staff") && waits("parent-council"));
    // What another school's run reads is no matter of this one.
    run(project.path(), "2026-03-20", &["--school", "willow-bend"]);
    assert!(waits("parent-council"));
    let (_, said) = told(project.path(), &["approve", "--all"]);
    assert!(said.contains("spreadsheets or settings have changed"), "{said}");
    assert!(!files(&delivered(project.path()), "parent-council").is_empty());
    assert!(files(&delivered(project.path()), "staff").is_empty(), "{:?}", files(&delivered(project.path()), "staff"));
    run(project.path(), "2026-03-20", &school);
    termwise(project.path(), &["approve", "--all"]);
    assert!(!files(&delivered(project.path()), "staff").is_empty());
}
