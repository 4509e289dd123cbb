//! What reports say about goals that were edited without an amendment.
//!
//! Comes in: the record. Goes out: by goal and day, which of the things that people agree on changed, as things
//! and not as words: every edition says them in its language. What was put back is not a change any more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value, json};

use termwise_config::{Project, SchoolId};
use termwise_operations::ledger::{GoalBook, GoalRecord, What};
use termwise_reports::compose::{Changed, Edit, Said};

/// What may change in a goal, in the order in which it is reported.
const FIELDS: [&str; 21] = [
    "draft",
    "school",
    "area",
    "title",
    "statement",
    "population",
    "measures",
    "compare",
    "metric",
    "direction",
    "tolerance",
    "kind",
    "rubric",
    "target",
    "target-level",
    "deadline",
    "baseline",
    "interim",
    "parts",
    "amendments",
    // Whatever else is recorded one day.
    "other",
];

/// The goal itself is 0, its parts count from 1; the field is its place in [`FIELDS`].
type Key = (usize, usize);

/// One thing that an entry of the record changed.
struct Difference {
    number: u32,
    day: Date,
    key: Key,
    before: Value,
    after: Value,
}

/// Goals of a school that were edited without an amendment, and were not put back since.
pub(super) fn edits(book: &GoalBook, project: &Project, school: SchoolId) -> Vec<Edit> {
    let mut found = Vec::new();
    for (place, goal) in project.goals.iter().enumerate().filter(|(_, goal)| goal.school == school) {
        let mut open: Vec<Difference> = Vec::new();
        for record in book.records.get(&goal.id).into_iter().flatten().filter(|record| record.what == What::Edited) {
            let Some(before) = book.before(record) else { continue };
            for step in steps(before, record) {
                // Back at what it said before: neither this change nor those on the way are there any more.
                let back = open.iter().rposition(|known| known.key == step.key && known.before == step.after);
                match back.map(|at| open[at].number) {
                    Some(first) => open.retain(|known| known.key != step.key || known.number < first),
                    None => open.push(step),
                }
            }
        }
        let numbers: BTreeSet<u32> = open.iter().map(|step| step.number).collect();
        for number in numbers {
            let mut mine: Vec<&Difference> = open.iter().filter(|step| step.number == number).collect();
            mine.sort_by_key(|step| step.key);
            let changed = mine.iter().map(|step| changed(step)).collect();
            found.push(Edit { goal: place, day: mine[0].day, changed });
        }
    }
    found
}

/// Texts of earlier days that reports quote: their translations are still of use.
pub(super) fn texts(book: &GoalBook, project: &Project) -> BTreeSet<String> {
    let schools = (0..project.schools.len()).map(SchoolId);
    let changed = schools.flat_map(|school| edits(book, project, school)).flat_map(|edit| edit.changed);
    let said = changed.flat_map(|changed| [changed.before, changed.after]);
    said.filter_map(|said| if let Said::Text(text) = said { Some(text) } else { None }).collect()
}

/// What differs between two entries.
fn steps(before: &GoalRecord, record: &GoalRecord) -> Vec<Difference> {
    let (one, two) = (fields(&before.body), fields(&record.body));
    let parts = FIELDS.iter().position(|field| *field == "parts").map(|field| (0, field));
    let same_parts = parts.is_none_or(|key| one.get(&key) == two.get(&key));
    let value = |of: &BTreeMap<Key, Value>, key: &Key| of.get(key).cloned().unwrap_or(Value::Null);
    let mut steps: Vec<Difference> = Vec::new();
    for key in one.keys().chain(two.keys()).copied().collect::<BTreeSet<_>>() {
        let (before, after) = (value(&one, &key), value(&two, &key));
        // Parts are compared while they are the same ones; what a part takes from its goal is reported once.
        let told = steps.iter().any(|known| known.key == (0, key.1) && known.before == before && known.after == after);
        if before == after || told || (key.0 > 0 && !same_parts) {
            continue;
        }
        // An amendment that was added properly is none of it.
        if FIELDS[key.1] == "amendments"
            && let (Some(old), Some(new)) = (before.as_array(), after.as_array())
            && new.starts_with(old)
        {
            continue;
        }
        steps.push(Difference { number: record.number, day: record.day, key, before, after });
    }
    if steps.is_empty() {
        let (before, after) = (Value::from(before.body.as_str()), Value::from(record.body.as_str()));
        steps.push(Difference { number: record.number, day: record.day, key: (0, FIELDS.len() - 1), before, after });
    }
    steps
}

/// What an entry of the record says, thing by thing; see [`super::record::text`] for its shape.
fn fields(body: &str) -> BTreeMap<Key, Value> {
    let mut found = BTreeMap::new();
    let Ok(body) = serde_json::from_str::<Value>(body) else { return found };
    let mut put = |of: usize, field: &str, value: Value| {
        let place = FIELDS.iter().position(|known| *known == field);
        if let Some(place) = place.filter(|_| !value.is_null()) {
            found.insert((of, place), value);
        }
    };
    for field in ["draft", "school", "area", "title", "statement", "amendments"] {
        put(0, field, body[field].clone());
    }
    let parts = body["parts"].as_array().map_or(&[][..], Vec::as_slice);
    put(0, "parts", json!(parts.len()));
    for (of, measured) in std::iter::once(&body["measured"]).chain(parts).enumerate() {
        if of > 0 {
            put(of, "title", measured["title"].clone());
        }
        for field in ["population", "measures", "compare", "direction", "tolerance"] {
            put(of, field, measured[field].clone());
        }
        let (kind, aim) = (&measured["kind"], &measured["aim"]);
        put(of, "metric", json!([measured["metric"], measured["output"], measured["parameters"]]));
        put(of, "kind", json!([kind["kind"], kind["at-least"], kind["from"], kind["gain"]]));
        put(of, "rubric", kind["rubric"].clone());
        put(of, "target-level", kind["target-level"].clone());
        put(of, "interim", json!([aim["interim"], kind["interim"]]));
        for field in ["target", "deadline", "baseline"] {
            put(of, field, aim[field].clone());
        }
    }
    found
}

fn changed(step: &Difference) -> Changed {
    let field = FIELDS[step.key.1];
    let said = |value: &Value| match (field, value) {
        ("title" | "statement" | "target-level", Value::String(text)) => Said::Text(text.clone()),
        ("area", Value::String(key)) => Said::Area(key.clone()),
        ("deadline", Value::String(day)) => day.parse().map_or(Said::Untold, Said::Day),
        ("target", Value::Number(n)) => n.as_f64().map_or(Said::Untold, Said::Number),
        _ => Said::Untold,
    };
    let field = if field == "draft" && step.after.is_null() { "agreed" } else { field };
    Changed { part: step.key.0.checked_sub(1), field, before: said(&step.before), after: said(&step.after) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;

    fn goal(title: &str, target: f64) -> Value {
        let aim = json!({"target": target, "deadline": "2026-06-26", "baseline": null, "interim": []});
        let measured = json!({"title": title, "kind": {"kind": "share"}, "aim": aim});
        json!({"title": title, "measured": measured, "parts": [], "amendments": []})
    }

    /// The changes that stay open, as `day field`.
    fn open(texts: &[Value]) -> Vec<String> {
        let mut project = termwise_config::load::load(Path::new("../../samples/prairie-crocus")).0.expect("the sample");
        project.goals.truncate(1);
        let id = project.goals[0].id.clone();
        let mut book = GoalBook::default();
        for (n, text) in (1..).zip(texts) {
            book.update(&BTreeMap::from([(id.clone(), text.clone())]), date(2026, 1, n));
        }
        let edits = edits(&book, &project, project.goals[0].school);
        edits.iter().flat_map(|edit| edit.changed.iter().map(|c| format!("{} {}", edit.day.day(), c.field))).collect()
    }

    #[test]
    fn what_was_put_back_is_no_change() {
        let (a, b, c) = (goal("A", 0.7), goal("B", 0.7), goal("C", 0.6));
        assert_eq!(open(&[a.clone(), b.clone()]), ["2 title"]);
        assert_eq!(open(&[a.clone(), b.clone(), a.clone()]), [""; 0]);
        assert_eq!(open(&[a.clone(), b.clone(), c.clone()]), ["2 title", "3 title", "3 target"]);
        // Back at the first title by a longer way; the target is still another one.
        assert_eq!(open(&[a.clone(), b.clone(), c.clone(), goal("A", 0.6)]), ["3 target"]);
        assert_eq!(open(&[a.clone(), b.clone(), c, b]), ["2 title"]);
        // What nobody here has a word for is told all the same.
        let mut more = a.clone();
        more["measured"]["weight"] = json!(2);
        assert_eq!(open(&[a.clone(), more.clone()]), ["2 other"]);
        assert_eq!(open(&[a.clone(), more, a]), [""; 0]);
    }

    #[test]
    fn parts_are_told_by_themselves_unless_they_follow_their_goal() {
        let with = |grades: &str, target: f64| {
            let measured = |target: f64| {
                let aim = json!({"target": target, "deadline": "2026-06-26"});
                json!({"title": "P", "population": {"grades": [grades]}, "kind": {"kind": "share"}, "aim": aim})
            };
            json!({"title": "T", "measured": measured(1.0), "parts": [measured(0.7), measured(target)], "amendments": []})
        };
        assert_eq!(open(&[with("1", 0.8), with("2", 0.8)]), ["2 population"]);
        assert_eq!(open(&[with("1", 0.8), with("1", 0.7)]), ["2 target"]);
    }
}
