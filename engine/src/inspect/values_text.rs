//! The `[[value]]` parts of a mapping: which column holds which measure in which period.
//!
//! Comes in: groups of result columns. Goes out: patterns that capture what the project knows by its
//! word, and settings with a question for what it does not know.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::pattern::{Pattern, fold};

use super::facts;
use super::headings::{Heading, Part};
use super::propose::Writer;
use super::results::Measured;
use super::rows::escape;
use super::toml_text::{inline, line, quoted};

/// Longest heading that is written out whole in a pattern.
const LONGEST_LITERAL: usize = 44;

impl Writer<'_> {
    pub(super) fn values_part(&mut self, out: &mut String, ids: &BTreeMap<String, String>) {
        let mut blocks: Vec<(String, Vec<(String, String)>, String)> = Vec::new();
        let mut asked = BTreeSet::new();
        let mut questions = Vec::new();
        for (group, measured) in self.measured() {
            let id = ids.get(&measured.id).unwrap_or(&measured.id);
            for (path, heading) in &group.headings {
                let (column, mut set, captured) = self.value_pattern(path, heading, measured);
                if !captured && group.by_word.is_none() {
                    set.push(("measure".to_owned(), id.clone()));
                }
                let mut comment = String::new();
                if let Some(period) = heading.period.as_ref().filter(|_| !self.resolves(heading)) {
                    let year = &self.facts.years[0];
                    let ours = facts::nearest(self.known, year, period.month).unwrap_or_else(|| "P1".to_owned());
                    comment = format!("check this: “{}” is taken for {ours}", period.word);
                    if asked.insert(period.word.to_lowercase()) {
                        questions.push(format!(
                            "The calendar has no reporting period “{}”; {ours} is taken. If that is right, add `also-called = [{}]` to {ours} of {year} in termwise.toml.",
                            period.word, quoted(&period.word)
                        ));
                    }
                    set.push(("period".to_owned(), ours));
                }
                set.sort();
                if !blocks.iter().any(|(known, facts, _)| *known == column && *facts == set) {
                    blocks.push((column, set, comment));
                }
            }
            if let Some(doubt) = &measured.doubt {
                questions.push(doubt.clone());
            }
        }
        self.facts.questions.extend(questions);
        for (column, set, comment) in blocks {
            out.push_str("[[value]]\n");
            line(out, "column", &quoted(&column), &comment);
            if !set.is_empty() {
                line(out, "set", &inline(&set), "");
            }
        }
    }

    /// Years, and words in a column of periods, that the calendar lacks: only the calendar can learn them.
    pub(super) fn lacking(&self) -> Vec<String> {
        let Some(project) = self.known.project else { return Vec::new() };
        let year = &self.facts.years[0];
        let column = self.of_family().find_map(|sheet| sheet.column_of("period"));
        let words = column.into_iter().flat_map(|column| column.values.seen.keys());
        let lacking = words.filter_map(|word| self.known.period(word)).filter(|p| p.id.is_none());
        let ask = lacking.map(|period| {
            let ours = facts::nearest(self.known, year, period.month).unwrap_or_else(|| "P1".to_owned());
            format!(
                "Rows say “{}”, which the calendar does not know. Add `also-called = [{}]` to the period that is meant (perhaps {ours}) in termwise.toml; until then these rows are set aside.",
                period.word, quoted(&period.word)
            )
        });
        let mut all: Vec<String> = ask.collect();
        let known: BTreeSet<&str> = project.calendar.periods.iter().map(|p| p.year.as_str()).collect();
        for year in self.facts.years.iter().filter(|year| !known.contains(year.as_str())) {
            all.push(format!("termwise.toml has no school year {year}. Add it with its reporting periods; until then its rows are set aside."));
        }
        all
    }

    /// Whether the calendar will know the period of a heading by its word.
    fn resolves(&self, heading: &Heading) -> bool {
        self.known.project.is_none() || heading.period.as_ref().is_none_or(|period| period.id.is_some())
    }

    /// A pattern on the heading, and whether it captures the measure.
    fn value_pattern(
        &self,
        path: &str,
        heading: &Heading,
        measured: &Measured,
    ) -> (String, Vec<(String, String)>, bool) {
        let mut captured = false;
        let mut parts: Vec<String> = Vec::new();
        let named = |label: &str| match self.known.measure(label) {
            Some(id) => self.known.project.is_some_and(|project| project.measures.measure(id).id == measured.id),
            None => measured.is_new && fold(label).to_lowercase() == measured.title.to_lowercase(),
        };
        for segment in &heading.segments {
            let mut text = String::new();
            for part in segment {
                match part {
                    Part::Period(_) if self.resolves(heading) => text.push_str("{period}"),
                    Part::Grade(_) => text.push_str("{grade}"),
                    Part::Words(words)
                        if segment.len() == 1
                            && heading.segments.len() > 1
                            && *words == heading.label
                            && named(words) =>
                    {
                        captured = true;
                        text.push_str("{measure}");
                    }
                    Part::Words(words) => text.push_str(&escape_inside(words)),
                    Part::Period(word) => text.push_str(&escape_inside(word)),
                }
            }
            parts.push(text);
        }
        let pattern = parts.join(" / ");
        let literal = !pattern.contains('{');
        if literal && path.chars().count() > LONGEST_LITERAL {
            return (self.shortened(path), Vec::new(), captured);
        }
        (pattern, Vec::new(), captured)
    }

    /// The first words of a long heading, as many as no other column begins with.
    fn shortened(&self, path: &str) -> String {
        let whole = escape(path);
        let others: Vec<&str> = self
            .of_family()
            .filter_map(|sheet| sheet.table.as_ref())
            .flat_map(|t| &t.columns)
            .map(|c| c.path.as_str())
            .filter(|other| *other != path && !other.is_empty())
            .collect();
        let words: Vec<&str> = whole.split(' ').collect();
        let fits = |pattern: &str| {
            Pattern::new(pattern).is_ok_and(|p| p.matches(path) && !others.iter().any(|other| p.matches(other)))
        };
        (5..words.len()).map(|n| format!("{}*", words[..n].join(" "))).find(|pattern| fits(pattern)).unwrap_or(whole)
    }
}

/// Like [`escape`], but spaces at the ends stay: they part words from captures.
fn escape_inside(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '*' | '{' | '}') { '?' } else { c }).collect()
}
