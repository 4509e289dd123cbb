//! What measures.toml lacks: scales with every code found, and measures; and codes for one mapping.
//!
//! Comes in: what result columns measure. Goes out: TOML blocks. A word that nobody knows is declared
//! an error, so that nothing is counted by guessing.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::mapping::MappingKind;
use termwise_config::measures::ScaleKind;
use termwise_config::pattern::fold;

use super::family::Group;
use super::propose::{Proposal, Taken, Writer, free};
use super::results::Measured;
use super::roles::short;
use super::rows::names_somebody;
use super::scales::well_known;
use super::toml_text::{aliases, key, line, list, quoted};

/// Codes proposed for one scale.
const MOST_CODES: usize = 30;

impl Writer<'_> {
    /// Well-known words that an existing scale does not declare, for this file only.
    pub(super) fn codes_part(&mut self, out: &mut String, kind: MappingKind) {
        if kind == MappingKind::Roster {
            return;
        }
        let levels: BTreeSet<String> = self.levels();
        let mut codes: BTreeMap<String, &'static str> = BTreeMap::new();
        for (_, measured) in self.measured().filter(|(_, measured)| measured.new_scale.is_none()) {
            for (word, _) in &measured.fit.unread {
                let upper = fold(word).to_uppercase();
                if let Some(reason) = well_known(word).filter(|_| !levels.contains(&upper)) {
                    codes.insert(upper, reason);
                }
            }
        }
        let unknown = self.unknown_words(&codes);
        self.facts.questions.extend(unknown);
        if codes.is_empty() {
            return;
        }
        out.push_str("[codes]\n");
        for (word, reason) in codes {
            line(out, &key(&word), &format!("{{ class = \"excluded\", reason = {} }}", quoted(reason)), "check this");
        }
    }

    /// Words that a scale of the project cannot read, one question a scale.
    fn unknown_words(&self, codes: &BTreeMap<String, &'static str>) -> Vec<String> {
        let mut words: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (_, measured) in self.measured().filter(|(_, measured)| measured.new_scale.is_none()) {
            let unread = measured.fit.unread.iter().filter(|(word, _)| !codes.contains_key(&fold(word).to_uppercase()));
            let safe = unread.filter(|(word, _)| self.is_code(word)).map(|(word, times)| format!("“{word}” ({times})"));
            words.entry(&measured.scale).or_default().extend(safe);
        }
        let told = words.into_iter().filter(|(_, words)| !words.is_empty());
        told.map(|(scale, words)| {
            let words: Vec<String> = words.into_iter().take(8).collect();
            format!(
                "The scale “{scale}” does not know {}: correct these cells, or declare the words in measures.toml.",
                words.join(", ")
            )
        })
        .collect()
    }

    /// Whether a word may be shown as a code: short, no date, no part of a name.
    fn is_code(&self, word: &str) -> bool {
        word.chars().count() <= 20
            && word.split(' ').count() <= 4
            && !word.ends_with("(a date)")
            && !self.of_family().any(|sheet| names_somebody(word, &sheet.names))
    }

    /// Every level that a scale of this file has, upper case: a code of the mapping must not hide one.
    fn levels(&self) -> BTreeSet<String> {
        let kinds = self.measured().filter_map(|(_, measured)| match &measured.new_scale {
            Some(guess) => Some(&guess.scale.kind),
            None => self.known.project?.measures.scales.iter().find(|s| s.id == measured.scale).map(|s| &s.kind),
        });
        let levels =
            kinds.filter_map(|kind| if let ScaleKind::Ordered { levels, .. } = kind { Some(levels) } else { None });
        levels.flatten().map(|level| level.to_uppercase()).collect()
    }

    /// Blocks for measures.toml; comes back with the ids that new measures got.
    pub(super) fn measures(&mut self, proposal: &mut Proposal, taken: &mut Taken) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        let mut out = String::new();
        let mut questions = Vec::new();
        let mut scales: BTreeMap<String, String> = BTreeMap::new();
        let groups: Vec<(&Group, &Measured)> = self.measured().filter(|(_, measured)| measured.is_new).collect();
        for (_, measured) in &groups {
            let Some(guess) = &measured.new_scale else { continue };
            if scales.contains_key(&measured.scale) {
                continue;
            }
            let times = taken.scales.entry(measured.scale.clone()).and_modify(|n| *n += 1).or_insert(1);
            let id = if self.known.project.is_some_and(|p| p.measures.scales.iter().any(|s| s.id == measured.scale))
                || *times > 1
            {
                format!("{}-{}", measured.scale, *times + 1)
            } else {
                measured.scale.clone()
            };
            let same = groups.iter().filter(|(_, other)| other.scale == measured.scale);
            let unread: Vec<&(String, u32)> = same.flat_map(|(_, other)| &other.fit.unread).collect();
            out.push_str(&self.scale_text(&id, &guess.scale.kind, &guess.what, &unread, &mut questions));
            scales.insert(measured.scale.clone(), id);
        }
        for (group, measured) in &groups {
            if ids.contains_key(&measured.id) {
                continue;
            }
            let id = free(&measured.id, &mut taken.measures);
            let scale = scales.get(&measured.scale).unwrap_or(&measured.scale);
            out.push_str(&format!("[measure.{}]\n", key(&id)));
            line(&mut out, "title", &quoted(&measured.title), "as printed in reports; check this");
            line(&mut out, "scale", &quoted(scale), "");
            let label = group.by_word.as_deref().unwrap_or(&group.headings[0].1.label);
            if !label.is_empty()
                && label.chars().count() < 60
                && fold(label).to_lowercase() != measured.title.to_lowercase()
                && label.contains(|c: char| c.is_alphabetic())
                && group.by_word.is_some()
            {
                line(&mut out, "also-called", &list(&[label]), "");
            }
            out.push('\n');
            if self.known.project.is_some() {
                questions.push(format!(
                    "“{}” is proposed as a new measure ({}). Is it one of yours under another name?",
                    short(&measured.title),
                    measured.why
                ));
            }
            ids.insert(measured.id.clone(), id);
        }
        proposal.measures.push_str(&out);
        self.facts.questions.extend(questions);
        ids
    }

    fn scale_text(
        &self,
        id: &str,
        kind: &ScaleKind,
        what: &str,
        unread: &[&(String, u32)],
        questions: &mut Vec<String>,
    ) -> String {
        let mut out = format!("# {what}\n[scale.{}]\n", key(id));
        match kind {
            ScaleKind::Ordered { levels, aliases: other, .. } => {
                line(&mut out, "kind", "\"ordered\"", "");
                line(&mut out, "levels", &list(levels), "lowest first; check this");
                if let [low, high, ..] = levels.as_slice()
                    && levels.iter().all(|level| level.len() <= 2)
                {
                    line(&mut out, "range", "\"lower\"", &format!("“{low}/{high}” counts as {low}; check this"));
                }
                if !other.is_empty() {
                    line(&mut out, "aliases", &aliases(other), "");
                }
            }
            ScaleKind::Number { lowest, highest } => {
                line(&mut out, "kind", "\"number\"", "");
                line(&mut out, "lowest", &lowest.to_string(), "");
                line(&mut out, "highest", &highest.to_string(), "check this: what is the most that can be true?");
            }
            ScaleKind::Percent => line(&mut out, "kind", "\"percent\"", ""),
        }
        let mut codes: BTreeMap<String, String> = BTreeMap::new();
        for (word, times) in unread {
            let shown = word.to_uppercase();
            if !self.is_code(word) || codes.len() >= MOST_CODES || codes.contains_key(&shown) {
                continue;
            }
            let line = match well_known(word) {
                Some(reason) => format!("{{ class = \"excluded\", reason = {} }} # check this", quoted(reason)),
                None => {
                    questions.push(format!("What does “{word}” mean ({times} of the cells)? It is proposed as an error of the scale “{id}”, so these cells are set aside."));
                    "{ class = \"error\" } # check this: nobody said what it means".to_owned()
                }
            };
            codes.insert(shown, line);
        }
        if !codes.is_empty() {
            out.push_str(&format!("[scale.{}.codes]\n", key(id)));
            for (word, line) in codes {
                out.push_str(&format!("{} = {line}\n", key(&word)));
            }
        }
        out.push('\n');
        out
    }
}
