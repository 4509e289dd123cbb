//! The `[[value]]` parts of a mapping: which column holds which measure in which period.
//!
//! Comes in: groups of result columns. Goes out: patterns that capture what the project knows by its
//! word, and settings with a question for what it does not know.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::pattern::{Pattern, fold};

use super::facts;
use super::headings::{Heading, Part};
use super::patterns::{escape, escape_inside};
use super::propose::Writer;
use super::results::Measured;
use super::toml_text::{inline, line, quoted};

/// Longest heading that is written out whole in a pattern.
const LONGEST_LITERAL: usize = 44;

/// One `[[value]]`.
#[derive(Default)]
struct Block {
    column: String,
    set: Vec<(&'static str, String)>,
    comment: String,
}

impl Writer<'_> {
    pub(super) fn values_part(&mut self, out: &mut String, ids: &BTreeMap<String, String>) {
        let mut blocks: Vec<Block> = Vec::new();
        let mut questions = BTreeSet::new();
        for (group, measured) in self.measured() {
            let id = ids.get(&measured.id).unwrap_or(&measured.id);
            for (path, heading) in &group.headings {
                let (column, captured) = self.value_pattern(path, heading, measured);
                let mut block = Block { column, ..Block::default() };
                if !captured && group.by_word.is_none() {
                    block.set.push(("measure", id.clone()));
                }
                questions.extend(self.unknown_period(heading, &mut block));
                if !blocks.iter().any(|known| known.column == block.column && known.set == block.set) {
                    blocks.push(block);
                }
            }
            questions.extend(measured.doubt.clone());
        }
        self.facts.questions.extend(questions);
        for block in blocks {
            out.push_str("[[value]]\n");
            line(out, "column", &quoted(&block.column), &block.comment);
            if !block.set.is_empty() {
                line(out, "set", &inline(&block.set), "");
            }
        }
    }

    /// A period in a heading that the calendar lacks is set by its place in the year, with a question.
    fn unknown_period(&self, heading: &Heading, block: &mut Block) -> Option<String> {
        let period = heading.period.as_ref().filter(|_| !self.resolves(heading))?;
        let year = &self.facts.years[0];
        let ours = facts::nearest(self.known, year, period.month).unwrap_or_else(|| "P1".to_owned());
        block.comment = format!("check this: “{}” is taken for {ours}", period.word);
        block.set.push(("period", ours.clone()));
        Some(format!(
            "The calendar has no reporting period “{word}”; {ours} is taken. If that is right, add `also-called = [{}]` to \
             {ours} of {year} in termwise.toml.",
            quoted(&period.word),
            word = period.word
        ))
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
    fn value_pattern(&self, path: &str, heading: &Heading, measured: &Measured) -> (String, bool) {
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
            return (self.shortened(path), captured);
        }
        (pattern, captured)
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
