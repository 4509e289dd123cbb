//! The text of a mapping file, part by part, each with the reason behind it.
//!
//! Comes in: a family of sheets with its facts. Goes out: TOML that the mapping language accepts. Only
//! words that occur in the file become patterns.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::mapping::MappingKind;

use super::patterns::{escape, glob_of};
use super::propose::Writer;
use super::roles::{Given, IDENTITY, Role};
use super::rows::names_somebody;
use super::toml_text::{line, list, quoted};

impl Writer<'_> {
    /// The whole file.
    pub(super) fn mapping(&mut self, kind: MappingKind, ids: &BTreeMap<String, String>) -> String {
        let (word, rows) = match kind {
            MappingKind::Assessment => ("assessment", "students with results"),
            MappingKind::Roster | MappingKind::OneRoster => ("roster", "enrolments"),
            MappingKind::Survey => ("survey", "answers of people without names"),
            MappingKind::Names => ("names", "exceptions"),
            MappingKind::Strategies => ("strategies", "strategies"),
            MappingKind::Decisions => ("decisions", "decisions"),
        };
        let count: u32 = self.of_family().map(|sheet| sheet.rows.data).sum();
        let mut out = format!(
            "# Proposed by `termwise inspect` for {}: {count} rows of {rows}.\n# Look through it; “check this” stands where it may be wrong.\n",
            self.request.file_name()
        );
        line(&mut out, "kind", &quoted(word), "");
        self.sheets_part(&mut out);
        self.header_part(&mut out);
        self.rows_part(&mut out);
        self.columns_part(&mut out, kind);
        if kind != MappingKind::Roster {
            self.values_part(&mut out, ids);
        }
        self.facts_part(&mut out, kind);
        self.codes_part(&mut out, kind);
        if let Some(separator) = self.book.separator.filter(|_| self.decimal_comma()) {
            out.push_str("[csv]\n");
            line(&mut out, "separator", &quoted(&separator.to_string()), "");
            line(&mut out, "decimal", "\",\"", "numbers such as 12,5 occur");
        }
        out
    }

    fn decimal_comma(&self) -> bool {
        let comma = |text: &str| {
            text.split_once(',').is_some_and(|(a, b)| {
                !a.is_empty() && !b.is_empty() && format!("{a}{b}").bytes().all(|c| c.is_ascii_digit())
            })
        };
        self.of_family()
            .filter_map(|sheet| sheet.table.as_ref())
            .flat_map(|t| &t.columns)
            .any(|c| c.values.seen.keys().any(|key| comma(key)))
    }

    fn sheets_part(&self, out: &mut String) {
        if self.book.separator.is_some() {
            return;
        }
        let wanted: Vec<&str> = self.of_family().map(|sheet| sheet.name.as_str()).collect();
        let others: Vec<&str> = self
            .book
            .sheets
            .iter()
            .filter(|s| !wanted.contains(&s.name.as_str()) && !s.hidden)
            .map(|s| s.name.as_str())
            .collect();
        if others.is_empty() && wanted.len() == 1 {
            return;
        }
        out.push_str("[sheets]\n");
        match glob_of(&wanted, &others) {
            Some(glob) => line(out, "use", &list(&[glob]), &format!("{} tabs", wanted.len())),
            None if wanted.len() <= others.len() || wanted.len() == 1 => {
                line(out, "use", &list(&wanted.iter().map(|name| escape(name)).collect::<Vec<_>>()), "");
            }
            None => {}
        }
        if !others.is_empty() {
            line(out, "skip", &list(&others.iter().map(|name| escape(name)).collect::<Vec<_>>()), "of another layout");
        }
    }

    fn header_part(&self, out: &mut String) {
        let Some(table) = self.of_family().find_map(|sheet| sheet.table.as_ref()) else { return };
        out.push_str("[header]\n");
        line(out, "find", &list(&self.find_words()), "");
        let deepest =
            self.of_family().filter_map(|sheet| sheet.table.as_ref()).map(|table| table.first).max().unwrap_or(0);
        if deepest >= 25 {
            line(out, "within", &(deepest + 5).to_string(), "");
        }
        if table.header_rows > 1 {
            line(out, "rows", &table.header_rows.to_string(), "");
        }
        if table.explanation_rows > 0 {
            line(out, "explanation-rows", &table.explanation_rows.to_string(), "rows under the header that explain it");
        }
    }

    /// Words that find the header on every sheet: one of its first row and one of its last among them.
    fn find_words(&self) -> Vec<String> {
        let tables: Vec<_> = self.of_family().filter_map(|sheet| sheet.table.as_ref()).collect();
        let Some(first) = tables.first() else { return Vec::new() };
        let everywhere = |word: &String| {
            word.chars().count() < 300
                && tables.iter().all(|table| table.words.iter().flatten().any(|other| other == word))
        };
        let place = |word: &String| first.words.iter().position(|row| row.contains(word));
        let given = self.of_family().next().map(|sheet| sheet.given.as_slice()).unwrap_or_default();
        let mut all: Vec<(usize, String)> = first
            .words
            .iter()
            .flatten()
            .filter(|w| everywhere(w))
            .map(|word| (self.weight(word, given), word.clone()))
            .collect();
        all.sort_by_key(|(weight, _)| *weight);
        let mut picked: Vec<String> = Vec::new();
        let last = first.words.len() - 1;
        let only_in = |word: &String, row: usize| {
            first.words.iter().enumerate().all(|(at, words)| (at == row) == words.contains(word))
        };
        for (_, word) in &all {
            let needed = picked.len() < 2
                && (last == 0
                    || picked.is_empty()
                    || (only_in(word, last) && !picked.iter().any(|p| only_in(p, last)))
                    || (only_in(word, 0) && !picked.iter().any(|p| only_in(p, 0))));
            if needed && !picked.contains(word) && place(word).is_some() {
                picked.push(word.clone());
            }
        }
        picked.iter().map(|word| self.cut(&escape(word), 60)).collect()
    }

    /// Words of columns with a role come first, then those of results, then the rest.
    fn weight(&self, word: &str, given: &[Given]) -> usize {
        let table = self.of_family().find_map(|sheet| sheet.table.as_ref());
        let column =
            table.and_then(|table| table.columns.iter().find(|column| column.last() == word || column.path == word));
        match column.and_then(|column| given.iter().find(|one| one.col == column.col)).map(|one| &one.role) {
            Some(Role::Named(role)) if IDENTITY.contains(role) => 0,
            Some(Role::Named(_)) => 1,
            Some(Role::Results) => 2,
            _ if self.known.period_in(word).is_some() => 3,
            _ => 4,
        }
    }

    /// A text cut at a word, with `*` for the rest.
    fn cut(&self, text: &str, most: usize) -> String {
        if text.chars().count() <= most {
            return text.to_owned();
        }
        let cut: String = text.chars().take(most).collect();
        format!("{}*", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
    }

    fn rows_part(&self, out: &mut String) {
        let mut skip: Vec<String> = Vec::new();
        let mut stop: Vec<String> = Vec::new();
        for sheet in self.of_family() {
            let sound = |pattern: &&String| !names_somebody(pattern, &sheet.names);
            skip.extend(sheet.rows.skip.iter().filter(sound).cloned());
            stop.extend(sheet.rows.stop.iter().filter(sound).cloned());
        }
        for list in [&mut skip, &mut stop] {
            let mut seen = BTreeSet::new();
            list.retain(|pattern| seen.insert(pattern.to_lowercase()));
            list.truncate(12);
        }
        if skip.is_empty() && stop.is_empty() {
            return;
        }
        out.push_str("[rows]\n");
        if !skip.is_empty() {
            line(out, "skip-when", &list(&skip), "rows with figures that are nobody's");
        }
        if !stop.is_empty() {
            line(out, "stop-when", &list(&stop), "what stands from here on is not data");
        }
    }

    fn columns_part(&self, out: &mut String, kind: MappingKind) {
        let mut roles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for sheet in self.of_family() {
            for one in &sheet.given {
                let (Role::Named(role), Some(column)) =
                    (&one.role, sheet.table.as_ref().and_then(|t| t.column(one.col)))
                else {
                    continue;
                };
                let unfit = match kind {
                    MappingKind::Roster | MappingKind::OneRoster => matches!(*role, "period" | "measure"),
                    MappingKind::Assessment => matches!(*role, "entered" | "left"),
                    MappingKind::Names => {
                        !matches!(*role, "id" | "provincial-id" | "name" | "school" | "grade" | "year")
                    }
                    MappingKind::Strategies | MappingKind::Decisions => *role != "grade",
                    MappingKind::Survey => {
                        !matches!(*role, "school" | "year" | "period" | "measure" | "grade" | "program")
                    }
                };
                let name = escape(&column.path);
                if !unfit && !roles.get(role).is_some_and(|names| names.contains(&name)) {
                    roles.entry(role).or_default().push(name);
                }
            }
        }
        if roles.is_empty() {
            return;
        }
        out.push_str("[columns]\n");
        const ORDER: [&str; 14] = [
            "id",
            "provincial-id",
            "name",
            "family",
            "given",
            "preferred",
            "school",
            "grade",
            "program",
            "year",
            "period",
            "measure",
            "entered",
            "left",
        ];
        for role in ORDER {
            if let Some(names) = roles.get(role) {
                line(out, role, &list(names), "");
            }
        }
    }

    fn facts_part(&self, out: &mut String, kind: MappingKind) {
        if let Some(pattern) =
            self.facts.from_sheet.as_ref().filter(|p| kind != MappingKind::Roster || p.contains("{grade}"))
        {
            out.push_str("[from-sheet]\n");
            line(out, "pattern", &quoted(pattern), "");
        }
        if let Some(pattern) = &self.facts.from_file {
            out.push_str("[from-file]\n");
            line(out, "pattern", &quoted(pattern), "");
        }
        for (cell, pattern) in &self.facts.from_cells {
            out.push_str("[[from-cell]]\n");
            line(out, "cell", &quoted(cell), "");
            line(out, "pattern", &quoted(pattern), "");
        }
    }
}
