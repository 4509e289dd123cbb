//! What a report prints of a goal, held against the oracle's file, a line for each difference.

use std::collections::BTreeMap;

use serde_json::Value;

/// A text; empty if there is none.
pub fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn rounded(value: f64) -> i64 {
    (value + 1e-9).round() as i64
}

/// A figure as reports print it; of a gap, its size.
fn text(goal: &str, value: f64) -> String {
    let minus = if value < -1e-9 { "\u{2212}" } else { "" };
    if goal.starts_with("gap") {
        let n = rounded(value.abs() * 100.0);
        return format!("{n} {}", if n == 1 { "point" } else { "points" });
    }
    if goal.starts_with("median") || goal.ends_with(".median") {
        let tenths = rounded(value * 10.0).abs();
        let n = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
        return format!("{minus}{n} points");
    }
    format!("{}%", rounded(value * 100.0))
}

/// The number between two pieces of a text.
fn number(text: &str, before: &str, after: &str) -> Option<u64> {
    let digits = |text: &str| text.chars().rev().take_while(char::is_ascii_digit).count();
    text.match_indices(after).find_map(|(end, _)| {
        let (rest, n) = text[..end].split_at(end - digits(&text[..end]));
        rest.ends_with(before).then(|| n.parse().ok()).flatten()
    })
}

/// As in “March 2026”.
fn month(period: &Value) -> String {
    let period = string(period);
    let (year, id) = period.split_once('/').expect("a period");
    let first: u32 = year[..4].parse().expect("a year");
    match id {
        "P1" => format!("November {first}"),
        "P2" => format!("March {}", first + 1),
        _ => format!("June {}", first + 1),
    }
}

/// What is printed and was not expected, a line each.
pub struct Differences {
    edition: String,
    goal: String,
    /// A line each.
    pub lines: Vec<String>,
    /// How often each thing was compared.
    pub counts: BTreeMap<String, usize>,
}

impl Differences {
    /// None yet.
    pub fn of(edition: String) -> Self {
        Self { edition, goal: String::new(), lines: Vec::new(), counts: BTreeMap::new() }
    }

    fn unless(&mut self, holds: bool, what: &str, found: &Value, expected: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
        if !holds {
            self.lines.push(format!("{}, {}: {what}: {found}, expected {expected}", self.edition, self.goal));
        }
    }

    /// A printed figure; a gap may say besides who leads.
    fn figure(&mut self, what: &str, found: &Value, value: f64) {
        let (printed, wanted) = (string(found), text(&self.goal, value));
        let same = if self.goal.starts_with("gap") {
            printed.strip_prefix(&wanted).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        } else {
            printed == wanted
        };
        self.unless(same, what, found, &wanted);
    }

    fn goal(&mut self, found: &Value, expected: &Value) {
        let verdict = string(&expected["verdict"]);
        let key = expected["printed"].as_str().unwrap_or(&verdict);
        self.unless(found["verdict"]["key"] == key, "verdict", &found["verdict"], key);
        if let Some(level) = expected["level"].as_u64() {
            self.unless(found["rubric"]["reached"] == level, "level", &found["rubric"]["reached"], &level.to_string());
        }
        if expected["now"].is_null() && expected["target"].is_null() {
            return;
        }
        self.now(found, expected, &verdict);
        if let Some(value) = expected["start"].as_f64() {
            self.figure("start", &found["baseline"]["text"], value);
        }
        self.figure("target", &found["target"]["text"], expected["target"].as_f64().expect("a target"));
        if verdict == "not-available" {
            return;
        }
        let ended = expected["ended"] == true;
        let more = expected["more"].as_u64().filter(|n| *n > 0 && verdict != "not-enough-data");
        if !ended {
            let wanted = more.map_or("nothing".to_owned(), |n| format!("about {n} "));
            let holds = more.map_or(found["more"].is_null(), |_| string(&found["more"]).starts_with(&wanted));
            self.unless(holds, "more", &found["more"], &wanted);
        }
        if let (Some(chance), "on-track" | "too-early") = (expected["chance"].as_f64(), verdict.as_str()) {
            let chance = format!("{}%", rounded(chance * 100.0));
            let told = &found["verdict"]["explain"];
            self.unless(string(told).contains(&chance), "chance", told, &chance);
        }
        self.points(found, expected);
        self.rules(found, expected);
        self.change(found, expected);
        if let Some(met) = expected["first-met"].as_bool() {
            let last = found["amendments"].as_array().and_then(|a| a.last()).map_or(&Value::Null, |a| &a["first"]);
            let wanted = if met { "has been met, too" } else { " not " };
            self.unless(string(last).contains(wanted), "first target", last, wanted);
        }
    }

    fn now(&mut self, found: &Value, expected: &Value, verdict: &str) {
        let (now, printed) = (&expected["now"], &found["now"]);
        let Some(value) = now["value"].as_f64() else { return };
        self.figure("now", &printed["text"], value);
        let n = match now["met"].as_u64() {
            Some(met) => format!("{met}\u{a0}of\u{a0}{}", now["of"]),
            None => now["of"].to_string(),
        };
        self.unless(string(&printed["n"]) == n, "students", &printed["n"], &n);
        let when = month(&now["period"]);
        self.unless(string(&printed["when"]) == when, "when", &printed["when"], &when);
        if let Some(leader @ ("North" | "South")) = now["leads"].as_str() {
            let other = if leader == "North" { "South" } else { "North" };
            let told = string(&printed["text"]);
            self.unless(told.contains(leader) && !told.contains(other), "who leads", &printed["text"], leader);
        }
        let falls = ["fall", "absence", "gap"].iter().any(|name| self.goal.starts_with(name));
        if falls && verdict == "target-not-met" {
            for told in [&found["verdict"]["explain"], &found["sentence"]] {
                self.unless(!string(told).contains("under the target"), "side of the target", told, "over the target");
            }
        }
    }

    /// Every point of the chart's table: period, figure, students, line.
    fn points(&mut self, found: &Value, expected: &Value) {
        let rows = found["progress"]["table"]["rows"].as_array().cloned().unwrap_or_default();
        for point in expected["points"].as_array().into_iter().flatten() {
            let Some(value) = point["value"].as_f64() else { continue };
            let month = month(&point["period"]);
            let Some(row) = rows.iter().find(|row| string(&row[0]).starts_with(&month)) else {
                self.unless(false, "table", &Value::Null, &format!("a row of {month}"));
                continue;
            };
            self.figure(&month, &row[1], value);
            match point.get("line").map(Value::as_f64) {
                Some(Some(line)) => self.figure(&format!("{month}, line"), &row[3], line),
                Some(None) => self.unless(row[3] == "–", &format!("{month}, line"), &row[3], "–"),
                // Not said: the page may have a line for another window, or the goal had ended.
                None => {}
            }
        }
    }

    /// The rules side by side.
    fn rules(&mut self, found: &Value, expected: &Value) {
        let Some(rules) = expected["rules"].as_object() else { return };
        if rules.values().filter(|word| !word.is_null()).count() < 2 {
            return;
        }
        let words = |key: &Value| match key.as_str() {
            Some("on-track") => "On track",
            Some("watch") => "Close: worth watching",
            Some("behind") => "Likely to need support",
            _ => "nothing",
        };
        let printed = found["panel"]["rows"].as_array().cloned().unwrap_or_default();
        self.unless(printed.len() == rules.len(), "rules", &found["panel"], &format!("{rules:?}"));
        let order = ["latest", "consecutive", "median", "trend"].into_iter().filter(|rule| rules.contains_key(*rule));
        for (row, rule) in printed.iter().zip(order) {
            let wanted = words(&rules[rule]);
            self.unless(row[1] == wanted, rule, &row[1], wanted);
        }
    }

    /// The point before, and the same children first.
    fn change(&mut self, found: &Value, expected: &Value) {
        if let (Some(value), false) = (expected["last"]["value"].as_f64(), found["last"].is_null()) {
            self.figure("the point before", &found["last"]["text"], value);
            let when = month(&expected["last"]["period"]);
            self.unless(string(&found["last"]["when"]) == when, "the point before", &found["last"]["when"], &when);
        }
        if let (Some(changed), Some(told)) = (expected["changed-sides"].as_bool(), found["change"].as_str()) {
            self.unless(told.contains("changed sides") == changed, "sides", &found["change"], &changed.to_string());
        }
        let (printed, wanted) = (&found["same-children"], &expected["children"]);
        for key in ["both", "stayed-at", "rose", "fell", "stayed-below", "new", "gone"] {
            if let (Some(found), Some(wanted)) = (printed[key].as_u64(), wanted[key].as_u64()) {
                self.unless(found == wanted, key, &printed[key], &wanted.to_string());
            }
        }
        // The same in words, of which each number stands beside what it counts.
        let people = string(&found["people"]);
        for (key, before, after) in [
            ("same", "", " students have results both now"),
            ("newly", "", " were in this group then, without a result"),
            ("same", "", " students are counted both now"),
            ("newly", "", " were in this group then and were not counted"),
            ("arrived", "", " have joined it since"),
            ("gone", "Counted then but not now: ", "."),
            ("both", "of the ", " measured both times"),
            ("stayed-at", "", " stayed at level"),
            ("rose", "", " rose"),
            ("fell", "", " fell "),
            ("stayed-below", "", " stayed below"),
            ("stayed-at", "this was true of ", " both times"),
            ("rose", "of ", " only now"),
            ("fell", "of ", " only then"),
            ("stayed-below", "of ", " neither time"),
        ] {
            let wanted = expected["moves"][key].as_u64().or(expected["children"][key].as_u64());
            if let (Some(told), Some(wanted)) = (number(&people, before, after), wanted) {
                self.unless(told == wanted, key, &found["people"], &wanted.to_string());
            }
        }
    }

    /// All goals of an edition, with their parts.
    pub fn whole(&mut self, found: &BTreeMap<String, Value>, expected: &BTreeMap<String, Value>) {
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{}", self.edition);
        for (id, goal) in found {
            self.goal = id.clone();
            self.goal(goal, &expected[id]);
            let parts = expected[id]["parts"].as_array().into_iter().flatten();
            for (part, wanted) in goal["parts"].as_array().expect("parts").iter().zip(parts) {
                self.goal = format!("{id}, {}", string(&part["title"]));
                self.goal(part, wanted);
            }
        }
    }
}
