//! Cells and columns as `inspect` remembers them: what occurs how often, never which student it was.
//!
//! Comes in: values of a sheet. Goes out: owned [`Cell`]s, [`Column`]s with counts, and shapes
//! (`Aaaa, Aaaa`) that stand for identities wherever something is shown.

use std::collections::BTreeMap;

use termwise_config::pattern::fold;

use crate::dataset::words;
use crate::workbook::Value;

/// Different values that a column remembers; identities and free text have more and need no more.
const MOST_VALUES: usize = 3_000;

/// A value that outlives its sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Number(f64),
    Text(String),
    Bool(bool),
    Date(f64),
    Error(&'static str),
}

impl Cell {
    pub(super) fn of(value: Value<'_>) -> Self {
        match value {
            Value::Number(number) | Value::Percent(number) => Self::Number(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Bool(yes) => Self::Bool(yes),
            Value::Date(serial) => Self::Date(serial),
            Value::Error(word) => Self::Error(word),
        }
    }

    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::Text(text),
            Self::Bool(yes) => Value::Bool(*yes),
            Self::Date(serial) => Value::Date(*serial),
            Self::Error(word) => Value::Error(word),
        }
    }

    /// What the cell says, folded.
    pub(super) fn text(&self) -> String {
        words::text(self.value()).into_owned()
    }

    /// Whether a header could say this: words, not figures.
    pub(super) fn is_words(&self) -> bool {
        let figures = |text: &str| text.chars().any(char::is_numeric) && !text.chars().any(char::is_alphabetic);
        matches!(self, Self::Text(text) if !figures(text) || fold(text).starts_with('#'))
    }

    /// The number that a cell holds, also as text with a point or a comma.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => {
                let text = text.trim();
                let clear = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-'));
                clear.then(|| text.replace(',', ".").parse().ok()).flatten()
            }
            _ => None,
        }
    }
}

/// The values of a column or of several, with how often each occurs.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    pub(super) seen: BTreeMap<String, (Option<Cell>, u32)>,
    /// More values than are remembered.
    pub(super) more: u32,
}

impl Values {
    pub(super) fn add(&mut self, cell: Cell) {
        let key = cell.text();
        if key.is_empty() {
            return;
        }
        if let Some(entry) = self.seen.get_mut(&key) {
            entry.1 += 1;
        } else if self.seen.len() < MOST_VALUES {
            self.seen.insert(key, (Some(cell), 1));
        } else {
            self.more += 1;
        }
    }

    pub(super) fn extend(&mut self, other: &Self) {
        for (key, (cell, times)) in &other.seen {
            let entry = self.seen.entry(key.clone()).or_insert_with(|| (cell.clone(), 0));
            entry.1 += times;
        }
        self.more += other.more;
    }

    /// Cells with how often each occurs.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&Cell, u32)> {
        self.seen.values().filter_map(|(cell, times)| Some((cell.as_ref()?, *times)))
    }

    /// Filled cells.
    pub(super) fn total(&self) -> u32 {
        self.seen.values().map(|(_, times)| times).sum::<u32>() + self.more
    }

    /// Part of the filled cells of which something is true; none is 0.
    pub(super) fn share(&self, what: impl Fn(&Cell) -> bool) -> f64 {
        let known: u32 = self.cells().map(|(_, times)| times).sum();
        let hits: u32 = self.cells().filter(|(cell, _)| what(cell)).map(|(_, times)| times).sum();
        if known == 0 { 0.0 } else { f64::from(hits) / f64::from(known) }
    }

    /// The most frequent values, best first.
    pub(super) fn commonest(&self) -> Vec<(&str, u32)> {
        let mut all: Vec<(&str, u32)> = self.seen.iter().map(|(key, (_, times))| (key.as_str(), *times)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all
    }
}

/// One column under a header.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub(super) col: u32,
    /// Header path as the reader sees it; empty if nothing stands above the column.
    pub(super) path: String,
    pub(super) values: Values,
}

impl Column {
    /// The last part of the path.
    pub(super) fn last(&self) -> &str {
        self.path.rsplit(" / ").next().unwrap_or(&self.path)
    }

    /// In words: text, numbers, dates, yes/no, or a mixture.
    pub(super) fn kind(&self) -> &'static str {
        let share = |what: fn(&Cell) -> bool| self.values.share(what) > 0.9;
        if self.values.total() == 0 {
            "empty"
        } else if share(|c| matches!(c, Cell::Number(_))) {
            "numbers"
        } else if share(|c| matches!(c, Cell::Date(_))) {
            "dates"
        } else if share(|c| matches!(c, Cell::Bool(_))) {
            "yes/no"
        } else if share(|c| matches!(c, Cell::Text(_))) {
            if share(|c| c.number().is_some()) { "numbers as text" } else { "text" }
        } else {
            "mixed"
        }
    }
}

/// A text with its letters and digits made alike: `Abernethy, Mila` is `Aaaa, Aaaa`.
pub(super) fn shape(text: &str) -> String {
    let mut out = String::new();
    let mut run = 0;
    for c in text.chars().take(60) {
        let like = match c {
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_numeric() => '0',
            c => c,
        };
        let most = if like == '0' { 9 } else { 3 };
        run = if out.ends_with(like) { run + 1 } else { 1 };
        if run <= most {
            out.push(like);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_tell_nothing_but_the_form() {
        assert_eq!(shape("Abernethy, Mila"), "Aaaa, Aaaa");
        assert_eq!(shape("038043"), "000000");
        assert_eq!(shape("Коваль"), "Aaaa");
    }

    #[test]
    fn equal_words_are_counted_together() {
        let mut values = Values::default();
        for cell in [Cell::Text("3".into()), Cell::Number(3.0), Cell::Text(" ".into()), Cell::Text("ABS".into())] {
            values.add(cell);
        }
        assert_eq!(values.commonest(), [("3", 2), ("ABS", 1)]);
        assert_eq!(values.total(), 3);
    }
}
