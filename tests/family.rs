//! One truth over the reports of a run, through the real binary: verdicts, hidden figures, strategies and
//! decisions, in every audience and language. What the pass refuses is tested beside it (`engine/run/src/family/tests.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

mod common;

use common::{change, json, messages, repository, sample, termwise};

const BERRY: &str = "goals/saskatoon-berry.toml";

/// Every model of a run, by its place, as in `saskatoon-berry/staff.en`.
fn models(project: &Path, more: &[&str]) -> BTreeMap<String, Value> {
    let output = termwise(project, &[&["run", "--dry-run", "--models", "models"], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    common::models(project)
}

/// A goal in every model that has it; there is at least one.
fn goals<'a>(models: &'a BTreeMap<String, Value>, id: &str) -> Vec<(&'a str, &'a Value)> {
    let all = models.iter().flat_map(|(name, model)| {
        model["goals"].as_array().expect("goals").iter().map(move |goal| (name.as_str(), goal))
    });
    let found: Vec<_> = all.filter(|(_, goal)| goal["id"] == id).collect();
    assert!(!found.is_empty(), "no report has {id}");
    found
}

fn words(language: &str) -> toml::Table {
    let path = repository().join(format!("report-templates/words/{language}.toml"));
    std::fs::read_to_string(path).expect("a dictionary").parse().expect("TOML")
}

/// Of five grades one has results, and it is one class: too few for a verdict, for everybody; the figure is for
/// the team alone, and who does not see it is told by which rule.
#[test]
fn too_few_results_are_the_same_reason_for_everybody() {
    let project = sample();
    let models = models(project.path(), &["--as-of", "2026-04-15"]);
    let all = goals(&models, "sb-problem-48");
    let audiences: BTreeSet<&str> = all.iter().map(|(name, _)| name.rsplit('/').next().expect("a name")).collect();
    for wanted in
        ["staff.en", "plc-berry-middle.en", "leadership.en", "division.en", "parent-council.fr", "parent-council.uk"]
    {
        assert!(audiences.contains(wanted), "{audiences:?}");
    }
    for (name, goal) in all {
        assert_eq!(goal["verdict"]["key"], "not-enough-data", "{name}");
        assert_eq!(goal["verdict"]["ground"], "low-coverage", "{name}");
        let team = name.contains("/plc-");
        let text = models[name].to_string();
        assert_eq!(text.contains("64%") && text.contains("16\u{a0}of\u{a0}25"), team, "{name}");
        let one_class = words("en")["hidden"]["one-class"].as_str().expect("a text").to_owned();
        let hides = goal["now"]["text"] == "hidden to protect privacy";
        assert_eq!(goal["verdict"]["explain"].as_str().expect("a text").contains(&one_class), hides, "{name}");
        assert!(hides || team || name.contains("parent-council"), "{name}");
    }
    // Nowhere on the leadership's pages, in none of the tables.
    let sheet = models["saskatoon-berry/leadership.en"].to_string();
    assert!(!sheet.contains("64%") && !sheet.contains("of\u{a0}25"), "{sheet}");
}

/// A group that one audience does not see is “not shown” there, with the number of its own rule, in each language.
#[test]
fn the_rule_that_hides_a_result_is_named() {
    let project = sample();
    let models = models(project.path(), &["--as-of", "2026-04-15"]);
    let mut seen = 0;
    for (name, goal) in goals(&models, "wb-numeracy-13") {
        let verdict = &goal["verdict"];
        let (language, audience) = match name {
            "willow-bend/parent-council.fr" => ("fr", "parent-council"),
            "willow-bend/parent-council.uk" => ("uk", "parent-council"),
            "willow-bend/parent-council.en" => ("en", "parent-council"),
            "division/division.en" => ("en", "division"),
            _ => continue,
        };
        seen += 1;
        let rule =
            words(language)["hidden"][&format!("small-{audience}")].as_str().expect("a text").replace("{n}", "10");
        assert_eq!(verdict["key"], "not-shown", "{name}");
        assert_eq!(verdict["ground"], "small", "{name}");
        assert_eq!(verdict["explain"], rule.as_str(), "{name}");
    }
    assert_eq!(seen, 4);
    // Another number, another sentence.
    change(project.path(), "termwise.toml", "parent-council = 10", "parent-council = 12");
    let models = models_of(&project, "2025-26/P2");
    let (_, goal) =
        goals(&models, "wb-numeracy-13").into_iter().find(|(name, _)| name.ends_with("council.en")).expect("it");
    assert_eq!(goal["verdict"]["explain"], "The group is too small: parents see only groups of 12 or more.");
}

/// Fewer students than any verdict needs: one reason for everybody.
#[test]
fn too_few_students_are_the_same_reason_for_everybody() {
    let project = sample();
    change(project.path(), "termwise.toml", "minimum-students = 5", "minimum-students = 8");
    let models = models(project.path(), &["--as-of", "2026-04-15"]);
    for (name, goal) in goals(&models, "wb-numeracy-13") {
        assert_eq!(goal["verdict"]["key"], "not-enough-data", "{name}");
        assert_eq!(goal["verdict"]["ground"], "few-students", "{name}");
        assert!(goal["verdict"]["explain"].as_str().expect("a text").contains('8'), "{name}");
    }
}

/// What the school is doing is what is under way on the closing day.
#[test]
fn strategies_are_told_as_of_the_closing_day() {
    let project = sample();
    change(
        project.path(),
        BERRY,
        "text = \"Homework room on Tuesdays and Thursdays\"\nteam = \"Middle years and student services teams\"\nsince = 2026-02-17",
        "text = \"Homework room on Tuesdays and Thursdays\"\nteam = \"Middle years and student services teams\"\nsince = 2026-04-01",
    );
    let models = models(project.path(), &["--as-of", "2026-04-15"]);
    let mut seen = BTreeMap::new();
    for goal in models.values().flat_map(|model| model["goals"].as_array().expect("goals")) {
        for strategy in goal["strategies"].as_array().expect("strategies") {
            if let (Some(text), Some(key)) = (strategy["text"].as_str(), strategy["key"].as_str()) {
                seen.insert(text.to_owned(), key.to_owned());
            }
        }
    }
    for (text, key) in [
        ("Homework room on Tuesdays and Thursdays", "later"),
        ("A reading block of thirty minutes in all subjects, once a week", "stopped"),
        ("Evening workshop for families: reading together when you have ten minutes", "done"),
        ("Reading buddies with Grade 4", "selected"),
        ("A second try at the screener for students who were absent", "proposed"),
        ("Two problem-solving lessons in each cycle, planned by both grades together", "under-way"),
    ] {
        assert_eq!(seen.get(text).map(String::as_str), Some(key), "{text}");
    }
    // Not on the chart of the period, either.
    for (name, goal) in goals(&models, "sb-screener-78") {
        assert!(!goal["progress"].to_string().contains("Homework"), "{name}");
    }
    // In November the workshop was not thought of, and the reading block was under way.
    let november = models_of(&project, "2025-26/P1");
    for (name, goal) in goals(&november, "sb-reading-48") {
        assert_eq!(goal["strategies"][0]["key"], "under-way", "{name}");
    }
}

fn models_of(project: &tempfile::TempDir, period: &str) -> BTreeMap<String, Value> {
    std::fs::remove_dir_all(project.path().join("models")).expect("removed");
    models(project.path(), &["--as-of", "2026-04-15", "--period", period])
}

/// The parents' pages list what is under way, and neither what has stopped nor the council's question as a step.
#[test]
fn the_councils_pages_put_things_where_they_belong() {
    let project = sample();
    let output = termwise(
        project.path(),
        &["run", "--as-of", "2026-04-15", "--school", "saskatoon-berry", "--audience", "parent-council"],
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = project.path().join("out/2025-26/P2/saskatoon-berry");
    let web = std::fs::read_to_string(folder.join("parent-council.en.html")).expect("the web page");
    let text = pdf_extract::extract_text(folder.join("parent-council.en.pdf")).expect("the report");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for page in [&web, &text] {
        assert!(!page.contains("A reading block of thirty minutes"), "stopped");
        assert!(page.contains("A common unit on fractions"), "under way");
        assert!(page.contains("What do your older children like to read?"));
    }
    // Once, under its own heading; on the insert another goal's question may stand.
    assert!(!text.contains("What comes next What do your older"), "{text}");
    assert!(text.contains("What comes next. A second try at the screener"), "{text}");
    // The whole why, not its first sentence.
    assert!(text.contains("we set an early date") || text.contains("We set an early date to see"), "{text}");
}

/// A decision is read back with its goal; what was before it is named as before.
#[test]
fn a_decision_names_its_goal_and_begins_after_its_day() {
    let project = sample();
    let models = models(project.path(), &["--as-of", "2026-04-15"]);
    let staff =
        goals(&models, "bh-reading-1").into_iter().find(|(name, _)| name.ends_with("/staff.en")).expect("staff").1;
    let decision = &staff["decisions"][0];
    let text = decision["text"].as_str().expect("a text");
    assert!(text.contains("on the goal “Grade 1 reading in English”"), "{text}");
    assert_eq!(decision["before-on"], "2025-11-21");
    assert_eq!(decision["since-on"][0], "2026-03-13");
    let since = decision["since"].as_str().expect("a text");
    let (before, after) = since.split_once("Since then: ").expect("both");
    assert!(before.starts_with("Before: November 2025") && after.starts_with("March 2026"), "{since}");
}

/// No verdict points at a table that is not there.
#[test]
fn mixed_signs_point_at_the_rules_only_where_they_are_printed() {
    let project = sample();
    let models = models(project.path(), &["--as-of", "2026-04-15"]);
    let all = goals(&models, "bh-problem-14");
    assert!(all.len() > 2);
    for (name, goal) in all {
        assert_eq!(goal["verdict"]["key"], "mixed", "{name}");
        let points = goal["verdict"]["explain"].as_str().expect("a text").contains("The table shows");
        assert_eq!(points, name.ends_with("/staff.en"), "{name}");
    }
}

/// The pass finds nothing in the sample, in both years, for every period.
#[test]
fn the_sample_is_one_truth() {
    let project = sample();
    for period in ["2024-25/P1", "2024-25/P2", "2024-25/P3", "2025-26/P1", "2025-26/P2"] {
        let arguments = ["run", "--dry-run", "--as-of", "2026-04-15", "--period", period, "--json"];
        let outcome = json(project.path(), &arguments);
        assert_eq!(messages(&outcome, "error"), "", "{period}");
        assert_eq!(outcome["not_made"], serde_json::json!([]), "{period}");
        let reports = outcome["reports"].as_array().expect("reports").len();
        assert!(reports >= 25, "{period}: {reports}");
    }
}

/// `check` says of each goal what the staff report of its school says, whatever is hidden in other schools.
#[test]
fn what_a_goal_can_decide_is_the_same_for_those_who_write_it() {
    let project = sample();
    let printed = models(project.path(), &["--as-of", "2026-04-15", "--audience", "staff"]);
    let checked = json(project.path(), &["check", "--as-of", "2026-04-15", "--json"]);
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let mut told: Vec<(String, Vec<serde_json::Value>)> = list(&checked["decidable"])
        .iter()
        .map(|goal| (goal["goal"].as_str().expect("an id").to_owned(), list(&goal["sentences"])))
        .collect();
    let mut printed: Vec<(String, Vec<serde_json::Value>)> = printed
        .values()
        .flat_map(|model| list(&model["goals"]))
        .map(|goal| (goal["id"].as_str().expect("an id").to_owned(), list(&goal["decide"])))
        .filter(|(_, sentences)| !sentences.is_empty())
        .collect();
    // The page of a goal with parts has the sentences of its parts elsewhere.
    told.retain(|(goal, _)| !goal.contains('.'));
    told.sort_by(|a, b| a.0.cmp(&b.0));
    printed.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(printed.len() > 5, "{}", printed.len());
    assert_eq!(told, printed);
}
