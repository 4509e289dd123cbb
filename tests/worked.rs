//! Worked examples: 119 goals over two small fictional divisions, spreadsheets in, every printed figure out.
//!
//! The expected figures come from `tests/oracle/worked/oracle.py`, which reads the workbooks with another
//! library, takes its statistics from scipy and shares no code with the engine. The first division has one day
//! and every rule; the second has four school years and many days, so that goals end and later years come.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

mod common;
#[path = "common/differences.rs"]
mod differences;

use common::{copy_of, termwise};
use differences::{Differences, string};

/// A run: which period is reported, on which day.
struct Edition {
    project: &'static str,
    schools: [&'static str; 2],
    period: &'static str,
    day: &'static str,
    settings: fn(String) -> String,
}

fn two_rivers(settings: fn(String) -> String) -> Edition {
    Edition { project: "worked", schools: ["maple", "cedar"], period: "2025-26/P2", day: "2026-03-20", settings }
}

fn three_lakes(period: &'static str, day: &'static str, settings: fn(String) -> String) -> Edition {
    Edition { project: "worked-ends", schools: ["birch", "alder"], period, day, settings }
}

fn as_they_are(settings: String) -> String {
    settings
}

fn containing_deadline(settings: String) -> String {
    settings.replace("[judging]\n", "[judging]\ndeciding-period = \"containing-deadline\"\n")
}

fn root(project: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(project)
}

/// The goals of the staff reports, as the templates get them.
fn printed(edition: &Edition) -> BTreeMap<String, Value> {
    let project = copy_of(&format!("tests/{}", edition.project));
    let file = project.path().join("termwise.toml");
    let settings = std::fs::read_to_string(&file).expect("settings");
    std::fs::write(&file, (edition.settings)(settings)).expect("settings");
    let arguments = ["run", "--period", edition.period, "--as-of", edition.day, "--dry-run", "--audience", "staff"];
    let output = termwise(project.path(), &[&arguments[..], &["--models", "models"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut goals = BTreeMap::new();
    for school in edition.schools {
        // Written where the command was run.
        let path = project.path().join("models/out").join(edition.period).join(school).join("staff.en.json");
        let model: Value = serde_json::from_slice(&std::fs::read(path).expect("a model")).expect("JSON");
        for goal in model["goals"].as_array().expect("goals") {
            goals.insert(string(&goal["id"]), goal.clone());
        }
    }
    goals
}

fn expected(project: &str, file: &str) -> BTreeMap<String, Value> {
    serde_json::from_slice(&std::fs::read(root(project).join(file)).expect("the oracle's file")).expect("JSON")
}

/// Runs the program and holds what it prints against the oracle's file.
fn check(edition: &Edition, file: &str) -> (BTreeMap<String, Value>, Differences) {
    let found = printed(edition);
    let mut differences = Differences::of(file.to_owned());
    differences.whole(&found, &expected(edition.project, file));
    (found, differences)
}

fn none(differences: &[String]) {
    assert!(differences.is_empty(), "{} differ\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn every_figure_is_that_of_the_oracle() {
    let (_, differences) = check(&two_rivers(as_they_are), "expected.json");
    none(&differences.lines);
    let expected = expected("worked", "expected.json");
    let verdicts: BTreeSet<String> = expected.values().map(|goal| string(&goal["verdict"])).collect();
    assert_eq!(verdicts.len(), 9, "every verdict of the data is shown: {verdicts:?}");
}

#[test]
fn the_line_can_be_counted_in_days_of_classes() {
    let edition = two_rivers(|settings| settings.replace("\"calendar\"", "\"instructional\""));
    none(&check(&edition, "expected-instructional.json").1.lines);
}

/// What a report may leave out and must have often enough to be compared.
const COMPARED: &[&str] = &[
    "level",
    "start",
    "now",
    "students",
    "when",
    "who leads",
    "more",
    "chance",
    "rules",
    "median",
    "sides",
    "the point before",
    "side of the target",
    "both",
    "stayed-at",
    "rose",
    "fell",
    "stayed-below",
    "new",
    "gone",
    "same",
];

/// All days of the second division, in order; what was final stays.
fn days(name: &str, settings: fn(String) -> String, days: &[(&'static str, &'static str)]) {
    let (mut lines, mut counts, mut ended) = (Vec::new(), BTreeMap::<String, usize>::new(), BTreeMap::new());
    for (place, (period, day)) in days.iter().enumerate() {
        // One that looks back, made after a report about a later period, does not know how a goal ends.
        let looks_back = days[place + 1..].iter().any(|(_, later)| later < day);
        let file = format!("expected/{name}{}-on-{day}.json", period.replace('/', "-"));
        let (found, differences) = check(&three_lakes(period, day, settings), &file);
        lines.extend(differences.lines);
        for (what, n) in differences.counts {
            *counts.entry(what).or_default() += n;
        }
        for (goal, wanted) in expected("worked-ends", &file) {
            if looks_back {
                continue;
            }
            let (verdict, now) = (&found[&goal]["verdict"]["key"], &found[&goal]["now"]);
            if let Some((was, then)) = ended.get(&goal)
                && (was, then) != (verdict, now)
            {
                lines.push(format!("{file}, {goal}: {verdict} {now} after the end, was {was} {then}"));
            }
            if wanted["ended"] == true {
                ended.entry(goal).or_insert((verdict.clone(), now.clone()));
            }
        }
        // Which of two groups is written first makes no difference.
        for (goal, model) in found.iter().filter(|(goal, _)| goal.starts_with("gap") && !goal.ends_with("-swapped")) {
            let swapped = &found[&format!("{goal}-swapped")];
            for part in ["verdict", "baseline", "last", "now", "target", "change", "panel"] {
                if model[part] != swapped[part] {
                    lines.push(format!("{file}, {goal}: {part}: {}, swapped {}", model[part], swapped[part]));
                }
            }
        }
    }
    none(&lines);
    assert!(ended.len() > 10, "goals have ended: {}", ended.len());
    for what in COMPARED {
        let n = counts.get(*what).copied().unwrap_or(0);
        assert!(n > days.len(), "{what} is compared, not only left out: {n} times; {counts:?}");
    }
}

#[test]
fn a_goal_that_has_ended_stays_as_it_was_decided() {
    let order = [
        ("2025-26/P2", "2026-03-20"),
        ("2025-26/P2", "2027-07-05"),
        ("2025-26/P3", "2026-06-26"),
        ("2025-26/P3", "2026-07-01"),
        ("2026-27/P1", "2026-11-30"),
        ("2026-27/P1", "2027-01-05"),
        ("2026-27/P2", "2027-03-20"),
        ("2026-27/P3", "2027-07-05"),
    ];
    days("", as_they_are, &order);
}

#[test]
fn the_period_in_which_the_deadline_falls_can_decide() {
    let order = [
        ("2025-26/P2", "2026-03-20"),
        ("2025-26/P2", "2026-06-10"),
        ("2025-26/P3", "2026-06-26"),
        ("2026-27/P2", "2027-03-20"),
    ];
    days("containing-", containing_deadline, &order);
}
