//! Worked examples: 49 goals over a small fictional division, spreadsheets in, every printed figure out.
//!
//! The expected figures come from `tests/oracle/worked/oracle.py`, which reads the workbooks with another
//! library, takes its statistics from scipy and shares no code with the engine.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

mod common;

use common::{copy, termwise};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worked")
}

/// The goals of the staff reports, as the templates get them.
fn printed(settings: impl Fn(String) -> String) -> Vec<Value> {
    let project = tempfile::tempdir().expect("a folder");
    copy(&root(), project.path());
    let file = project.path().join("termwise.toml");
    std::fs::write(&file, settings(std::fs::read_to_string(&file).expect("settings"))).expect("settings");
    let output = termwise(
        project.path(),
        &["run", "--as-of", "2026-03-20", "--dry-run", "--audience", "staff", "--models", "models"],
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    ["maple", "cedar"]
        .iter()
        .flat_map(|school| {
            // Written where the command was run.
            let path = project.path().join("models/out/2025-26/P2").join(school).join("staff.en.json");
            let model: Value = serde_json::from_slice(&std::fs::read(path).expect("a model")).expect("JSON");
            model["goals"].as_array().expect("goals").clone()
        })
        .collect()
}

fn expected(file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(root().join(file)).expect("the oracle's file")).expect("JSON")
}

fn rounded(value: f64) -> i64 {
    (value + 1e-9).round() as i64
}

/// A figure as reports print it.
fn text(goal: &str, value: f64) -> String {
    let minus = if value < -1e-9 { "\u{2212}" } else { "" };
    if goal.starts_with("gap") {
        let n = rounded(value * 100.0).abs();
        let minus = if n == 0 { "" } else { minus };
        return format!("{minus}{n} {}", if n == 1 { "point" } else { "points" });
    }
    if goal.starts_with("median") || goal.ends_with(".median") {
        let tenths = rounded(value * 10.0).abs();
        let n = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
        return format!("{minus}{n} points");
    }
    format!("{}%", rounded(value * 100.0))
}

fn compare(goal: &str, found: &Value, expected: &Value) {
    assert_eq!(found["verdict"]["key"], expected["verdict"], "{goal}: {}", found["verdict"]["explain"]);
    let Some(now) = expected.get("now") else { return };
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(value) = now["value"].as_f64() {
        assert_eq!(string(&found["now"]["text"]), text(goal, value), "{goal}: now");
        let n = match now["met"].as_u64() {
            Some(met) => format!("{met}\u{a0}of\u{a0}{}", now["of"]),
            None => now["of"].to_string(),
        };
        assert_eq!(string(&found["now"]["n"]), n, "{goal}: students");
    }
    if let Some(value) = expected["start"].as_f64() {
        assert_eq!(string(&found["baseline"]["text"]), text(goal, value), "{goal}: start");
    }
    assert_eq!(string(&found["target"]["text"]), text(goal, expected["target"].as_f64().expect("a target")), "{goal}");
    if expected["verdict"] == "not-available" {
        return;
    }
    let more = expected["more"].as_u64().filter(|n| *n > 0 && expected["verdict"] != "not-enough-data");
    assert_eq!(found["more"].as_str().is_some(), more.is_some(), "{goal}: {}", found["more"]);
    if let Some(more) = more {
        assert!(string(&found["more"]).starts_with(&format!("about {more} ")), "{goal}: {}", found["more"]);
    }
    if let (Some(chance), "on-track" | "too-early") =
        (expected["chance"].as_f64(), string(&expected["verdict"]).as_str())
        && goal != "is-start"
    {
        let chance = format!("{}%", rounded(chance * 100.0));
        assert!(string(&found["verdict"]["explain"]).contains(&chance), "{goal}: {chance}: {}", found["verdict"]);
    }
    // Every point of the chart's table: period, figure, students, line.
    let rows = found["progress"]["table"]["rows"].as_array().expect("rows");
    for point in expected["points"].as_array().into_iter().flatten() {
        let Some(value) = point["value"].as_f64() else { continue };
        let (year, id) =
            string(&point["period"]).split_once('/').map(|(y, p)| (y.to_owned(), p.to_owned())).expect("a key");
        let first: u32 = year[..4].parse().expect("a year");
        let month = match id.as_str() {
            "P1" => format!("November {first}"),
            "P2" => format!("March {}", first + 1),
            _ => format!("June {}", first + 1),
        };
        let row =
            rows.iter().find(|row| row[0] == month.as_str()).unwrap_or_else(|| panic!("{goal}: no {month}: {rows:?}"));
        assert_eq!(row[1], text(goal, value), "{goal}, {month}");
        let line = point["line"].as_f64().map_or("–".to_owned(), |line| text(goal, line));
        assert_eq!(row[3], line, "{goal}, {month}: line");
    }
    // The rules side by side.
    if let Some(rules) =
        expected["rules"].as_object().filter(|rules| rules.values().filter(|w| !w.is_null()).count() > 1)
    {
        let words = |key: &Value| match key.as_str() {
            Some("on-track") => "On track",
            Some("watch") => "Close: worth watching",
            Some("behind") => "Likely to need support",
            _ => "nothing",
        };
        let printed = found["panel"]["rows"].as_array().unwrap_or_else(|| panic!("{goal}: no rules"));
        for (row, rule) in printed.iter().zip(["latest", "consecutive", "median", "trend"]) {
            assert_eq!(row[1], words(&rules[rule]), "{goal}: {rule}");
        }
        assert_eq!(printed.len(), rules.len(), "{goal}: rules");
    }
    // Who is behind the change.
    let moves = &expected["moves"];
    if let (Some(people), Some(same)) = (found["people"].as_str(), moves["same"].as_u64()) {
        let (newly, arrived) = (moves["newly"].as_u64().unwrap_or(0), moves["arrived"].as_u64().unwrap_or(0));
        let open = |n: u64| n == 0 || n >= 3;
        let wanted = if same < 3 {
            "These are different students".to_owned()
        } else if newly + arrived < 3 {
            "These are the same students".to_owned()
        } else if open(newly) && open(arrived) {
            format!("{same} students have results now")
        } else {
            "Some of these students".to_owned()
        };
        assert!(people.starts_with(&wanted), "{goal}: {moves}: {people}");
        if let Some(gone) = moves["gone"].as_u64().filter(|n| *n >= 3) {
            assert!(people.contains(&format!("Counted then and not now: {gone}.")), "{goal}: {moves}: {people}");
        }
        if let (Some(rose), Some(fell)) = (moves["rose"].as_u64(), moves["fell"].as_u64())
            && open(rose)
            && open(fell)
            && same >= 3
        {
            assert!(
                people.contains(&format!("{rose} rose to the line and {fell} fell below")),
                "{goal}: {moves}: {people}"
            );
        }
    }
    if let Some(met) = expected["first-met"].as_bool() {
        let told = string(&found["amendments"].as_array().and_then(|a| a.last()).expect("an amendment")["first"]);
        assert!(told.contains(if met { "is reached, too" } else { "is not reached" }), "{goal}: {told}");
    }
}

fn check(found: &[Value], expected: &Value) {
    let expected = expected.as_object().expect("goals");
    assert_eq!(found.len(), expected.len());
    for goal in found {
        let id = goal["id"].as_str().expect("an id");
        compare(id, goal, &expected[id]);
        for (part, wanted) in
            goal["parts"].as_array().expect("parts").iter().zip(expected[id]["parts"].as_array().into_iter().flatten())
        {
            compare(&format!("{id}, {}", part["title"]), part, wanted);
        }
    }
}

#[test]
fn every_figure_is_that_of_the_oracle() {
    let expected = expected("expected.json");
    check(&printed(|settings| settings), &expected);
    let verdicts: BTreeSet<&str> =
        expected.as_object().expect("goals").values().filter_map(|goal| goal["verdict"].as_str()).collect();
    assert_eq!(verdicts.len(), 9, "every verdict of the data is shown: {verdicts:?}");
}

#[test]
fn the_line_can_be_counted_in_days_of_classes() {
    let expected = expected("expected-instructional.json");
    check(&printed(|settings| settings.replace("\"calendar\"", "\"instructional\"")), &expected);
}
