//! The record of the goals: every text that a goal has had, chained by digests, so that a quiet edit shows.
//!
//! A goal that reads otherwise than its last entry is recorded with what happened: an amendment was added
//! below it, or it was edited without one. Entries are only ever added. A draft is nothing that anybody agreed
//! on, so its texts are no entries; to call an agreed goal a draft again is one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::params;
use serde_json::Value;
use sha2::{Digest, Sha256};

use termwise_base::digest::hex;

use super::Ledger;
use super::runs::read;

/// What happened to a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It was seen for the first time, or again after it had been removed.
    Entered,
    /// An amendment was added.
    Amended,
    /// Something was changed without one.
    Edited,
    /// It is no longer in the files.
    Removed,
}

impl What {
    const ALL: [Self; 4] = [Self::Entered, Self::Amended, Self::Edited, Self::Removed];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Amended => "amended",
            Self::Edited => "edited",
            Self::Removed => "removed",
        }
    }
}

/// One entry of the record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct GoalRecord {
    /// The goal's id.
    pub goal: String,
    /// 1, 2, … for each goal.
    pub number: u32,
    /// The day of the run that saw it first.
    #[serde(serialize_with = "as_text")]
    pub day: Date,
    /// What happened.
    pub what: What,
    /// What was agreed: a JSON object, with `amendments` among its fields; empty for a removal.
    pub body: String,
    /// Digest of the entry before; empty for the first.
    pub previous: String,
    /// SHA-256 (hex) over all of these.
    pub digest: String,
}

/// A day as in `2026-03-20`.
fn as_text<S: serde::Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

impl GoalRecord {
    fn new(goal: &str, before: Option<&Self>, day: Date, what: What, body: String) -> Self {
        let number = before.map_or(1, |before| before.number + 1);
        let previous = before.map_or_else(String::new, |before| before.digest.clone());
        let mut record = Self { goal: goal.to_owned(), number, day, what, body, previous, digest: String::new() };
        record.digest = record.computed();
        record
    }

    /// The digest that its contents have.
    fn computed(&self) -> String {
        let Self { goal, number, day, what, body, previous, .. } = self;
        let mut hash = Sha256::new();
        for part in [goal.as_str(), &number.to_string(), &day.to_string(), what.word(), body, previous] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hex(&hash.finalize())
    }
}

/// The record of all goals.
#[derive(Debug, Clone, Default)]
pub struct GoalBook {
    /// Entries by goal, in order.
    pub records: BTreeMap<String, Vec<GoalRecord>>,
}

impl GoalBook {
    /// Adds an entry for every goal that reads otherwise than in its last entry, and for every goal that is
    /// gone. `now` is what each goal says; a draft says `"draft": true`. Returns what was added.
    pub fn update(&mut self, now: &BTreeMap<String, Value>, day: Date) -> Vec<GoalRecord> {
        let mut added = Vec::new();
        for (goal, body) in now {
            let draft = is_draft(body);
            if draft && !self.records.contains_key(goal) {
                continue;
            }
            let entries = self.records.entry(goal.clone()).or_default();
            let gone = entries.last().is_some_and(|last| last.what == What::Removed);
            let text = body.to_string();
            // A goal that was taken out and comes back is held against what it said before.
            let what = match entries.iter().rev().find(|entry| !entry.body.is_empty()) {
                None => What::Entered,
                Some(last) if last.body == text && gone => What::Entered,
                Some(last) if last.body == text => continue,
                Some(last) if draft && serde_json::from_str(&last.body).is_ok_and(|body| is_draft(&body)) => continue,
                Some(last) if only_amended(&last.body, body) => What::Amended,
                Some(_) => What::Edited,
            };
            let record = GoalRecord::new(goal, entries.last(), day, what, text);
            entries.push(record.clone());
            added.push(record);
        }
        for (goal, entries) in self.records.iter_mut().filter(|(goal, _)| !now.contains_key(*goal)) {
            if entries.last().is_some_and(|last| last.what != What::Removed) {
                let record = GoalRecord::new(goal, entries.last(), day, What::Removed, String::new());
                entries.push(record.clone());
                added.push(record);
            }
        }
        added
    }

    /// What a goal said before an entry; none before its first.
    pub fn before(&self, record: &GoalRecord) -> Option<&GoalRecord> {
        let entries = self.records.get(&record.goal)?.iter();
        entries.rev().find(|entry| entry.number < record.number && !entry.body.is_empty())
    }

    /// The first entry of each goal that was altered after it was made, or whose predecessor is missing.
    pub fn broken(&self) -> Vec<&GoalRecord> {
        let mut broken = Vec::new();
        for entries in self.records.values() {
            let mut previous = String::new();
            for (place, record) in entries.iter().enumerate() {
                let fits = record.number as usize == place + 1
                    && record.previous == previous
                    && record.digest == record.computed();
                if !fits {
                    broken.push(record);
                    break;
                }
                previous.clone_from(&record.digest);
            }
        }
        broken
    }

    /// One digest over the last entries of these goals: printed, it ties paper to record.
    pub fn head<'a>(&self, goals: impl IntoIterator<Item = &'a str>) -> String {
        let mut hash = Sha256::new();
        for goal in goals {
            let last = self.records.get(goal).and_then(|entries| entries.last());
            hash.update(last.map_or("", |last| last.digest.as_str()).as_bytes());
        }
        hex(&hash.finalize())
    }
}

/// Whether a goal is marked as a draft.
fn is_draft(body: &Value) -> bool {
    body.get("draft") == Some(&Value::Bool(true))
}

/// Whether nothing but amendments was added at the end.
fn only_amended(before: &str, now: &Value) -> bool {
    let (Ok(Value::Object(mut before)), Value::Object(now)) = (serde_json::from_str(before), now) else {
        return false;
    };
    let mut now = now.clone();
    let list = |value: Option<Value>| match value {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let (old, new) = (list(before.remove("amendments")), list(now.remove("amendments")));
    let kept = new.len() >= old.len() && old.iter().zip(&new).all(|(old, new)| old == new || only_worded(old, new));
    before == now && kept && new != old
}

/// Whether an amendment is the same but for a title or a statement that it had not, and has now: its numbers
/// stand as they were agreed on.
fn only_worded(old: &Value, new: &Value) -> bool {
    let (Some(old), Some(mut new)) = (old.as_object(), new.as_object().cloned()) else { return false };
    ["title", "statement"].iter().filter(|name| !old.contains_key(**name)).for_each(|name| drop(new.remove(*name)));
    *old == new
}

/// What differs between two entries, leaf by leaf: name, before, after.
pub fn differences(before: &str, after: &str) -> Vec<(String, String, String)> {
    let leaves = |text: &str| {
        let mut found = BTreeMap::new();
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            leaf("", &value, &mut found);
        }
        found
    };
    let (before, after) = (leaves(before), leaves(after));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |of: &BTreeMap<String, String>, name: &String| of.get(name).cloned().unwrap_or_else(|| "–".to_owned());
    names
        .into_iter()
        .map(|name| (name.clone(), value(&before, name), value(&after, name)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

fn leaf(name: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}, {part}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(field, value)| leaf(&below(field), value, found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, value)| leaf(&below(&(i + 1).to_string()), value, found));
        }
        Value::Null => {}
        Value::String(text) => drop(found.insert(name.to_owned(), text.clone())),
        other => drop(found.insert(name.to_owned(), other.to_string())),
    }
}

impl Ledger {
    /// The whole record.
    pub fn goal_book(&self) -> anyhow::Result<GoalBook> {
        let mut query = self.connection.prepare(
            "SELECT goal, number, day, kind, body, previous, digest FROM goal_records ORDER BY goal, number",
        )?;
        let rows = query.query_map([], |row| {
            let kind: String = row.get(3)?;
            Ok(GoalRecord {
                goal: row.get(0)?,
                number: row.get(1)?,
                day: read(row, 2)?,
                // A kind that nobody knows was put there by hand; its digest will not fit either.
                what: What::ALL.into_iter().find(|what| what.word() == kind).unwrap_or(What::Edited),
                body: row.get(4)?,
                previous: row.get(5)?,
                digest: row.get(6)?,
            })
        })?;
        let mut book = GoalBook::default();
        for row in rows {
            let record = row?;
            book.records.entry(record.goal.clone()).or_default().push(record);
        }
        Ok(book)
    }

    /// Adds entries to the record.
    pub fn record_goal_texts(&mut self, records: &[GoalRecord]) -> anyhow::Result<()> {
        let step = self.connection.transaction()?;
        for record in records {
            step.execute(
                "INSERT INTO goal_records (goal, number, day, kind, body, previous, digest)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    record.goal,
                    record.number,
                    record.day.to_string(),
                    record.what.word(),
                    record.body,
                    record.previous,
                    record.digest
                ],
            )?;
        }
        Ok(step.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    fn texts(body: Value) -> BTreeMap<String, Value> {
        BTreeMap::from([("reading".to_owned(), body)])
    }

    fn day(n: i8) -> Date {
        date(2026, 1, n)
    }

    #[test]
    fn amendments_are_told_from_quiet_edits() {
        let mut book = GoalBook::default();
        let first = json!({"target": 0.75, "amendments": []});
        assert_eq!(book.update(&texts(first.clone()), day(1))[0].what, What::Entered);
        assert!(book.update(&texts(first.clone()), day(2)).is_empty());
        let amended = json!({"target": 0.75, "amendments": [{"target": 0.7}]});
        assert_eq!(book.update(&texts(amended), day(3))[0].what, What::Amended);
        // An amendment that gets its words is no edit; one that gets others is.
        let mut worded = book.clone();
        let words = |statement: &str| json!({"target": 0.75, "amendments": [{"target": 0.7, "statement": statement}]});
        assert_eq!(worded.update(&texts(words("70 %")), day(4))[0].what, What::Amended);
        assert_eq!(worded.update(&texts(words("60 %")), day(5))[0].what, What::Edited);
        let edited = json!({"target": 0.6, "amendments": [{"target": 0.7}]});
        let added = book.update(&texts(edited), day(4));
        assert_eq!((added[0].what, added[0].number), (What::Edited, 3));
        // To take an amendment back is an edit, too.
        assert_eq!(book.update(&texts(first), day(5))[0].what, What::Edited);
        assert_eq!(book.update(&BTreeMap::new(), day(6))[0].what, What::Removed);
        assert!(book.broken().is_empty());
    }

    #[test]
    fn a_draft_is_recorded_when_it_is_agreed_and_not_before() {
        let mut book = GoalBook::default();
        let draft = |title: &str| texts(json!({"title": title, "draft": true, "amendments": []}));
        let agreed = |title: &str| texts(json!({"title": title, "amendments": []}));
        assert!(book.update(&draft("One"), day(1)).is_empty());
        assert!(book.update(&draft("Two"), day(2)).is_empty() && book.records.is_empty());
        assert_eq!(book.update(&agreed("Three"), day(3))[0].what, What::Entered);
        // There is no way around the record: neither by a draft nor by taking the goal out for a while.
        assert_eq!(book.update(&draft("Three"), day(4))[0].what, What::Edited);
        assert!(book.update(&draft("Four"), day(5)).is_empty());
        let added = book.update(&agreed("Five"), day(6));
        assert_eq!(added[0].what, What::Edited);
        assert_eq!(book.before(&added[0]).map(|before| before.number), Some(2));
        assert_eq!(book.update(&BTreeMap::new(), day(7))[0].what, What::Removed);
        assert_eq!(book.update(&agreed("Five"), day(8))[0].what, What::Entered);
        book.update(&BTreeMap::new(), day(9));
        assert_eq!(book.update(&agreed("Six"), day(10))[0].what, What::Edited);
        assert!(book.broken().is_empty());
    }

    #[test]
    fn an_altered_entry_breaks_the_chain() {
        let mut ledger = Ledger::in_memory().unwrap();
        let mut book = GoalBook::default();
        for (n, target) in [(1, 0.75), (2, 0.7), (3, 0.65)] {
            let added = book.update(&texts(json!({"target": target, "amendments": []})), day(n));
            ledger.record_goal_texts(&added).unwrap();
        }
        assert!(ledger.goal_book().unwrap().broken().is_empty());
        let altered = "UPDATE goal_records SET body = '{\"target\":0.7,\"amendments\":[]}' WHERE number = 1";
        ledger.connection.execute(altered, []).unwrap();
        let book = ledger.goal_book().unwrap();
        assert_eq!(book.broken().iter().map(|r| r.number).collect::<Vec<_>>(), [1]);
        // Nor can the first entry be taken away.
        ledger.connection.execute("DELETE FROM goal_records WHERE number = 1", []).unwrap();
        assert_eq!(ledger.goal_book().unwrap().broken().len(), 1);
    }

    #[test]
    fn differences_name_what_changed() {
        let found =
            differences("{\"target\":0.75,\"measures\":[\"a\"]}", "{\"target\":0.7,\"measures\":[\"a\",\"b\"]}");
        assert_eq!(
            found,
            [
                ("measures, 2".to_owned(), "–".to_owned(), "b".to_owned()),
                ("target".to_owned(), "0.75".to_owned(), "0.7".to_owned())
            ]
        );
    }
}
