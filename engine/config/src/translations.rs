//! The division's own texts in other languages: `translations/<language>.toml`.
//!
//! The key of a translation is the text itself, so a text that is edited loses its translation instead
//! of keeping a stale one. What has no translation is printed as it was written and is marked in the
//! report as a passage in its language. Every text has a language: that of its goal, of its team's school, or
//! the division's. Names of schools and of the division keep their spelling and are no texts; a translation
//! that is the same as the text says of any other name that it keeps its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use termwise_base::problem::{Place, Problem};

use super::measures::ScaleKind;
use super::spot::At;
use super::{Project, toml_file};

/// Areas that have a word in the dictionaries.
const AREAS: [&str; 3] = ["literacy", "numeracy", "well-being"];

/// The folder of translations in a project.
pub const FOLDER: &str = "translations";

/// The division's texts in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Translation {
    /// What still has to be done with it, as in “needs review by a native speaker”; empty: nothing.
    pub review: String,
    /// Who signed it.
    pub reviewed_by: String,
    /// Text as written → text in this language. Runs of white space in a key count as one space.
    texts: BTreeMap<String, String>,
}

impl Translation {
    /// The translation of a text, if there is one.
    pub fn get(&self, text: &str) -> Option<&str> {
        self.texts.get(&key(text)).map(String::as_str)
    }

    /// All texts that have a translation, as keys.
    pub fn known(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

/// Texts of the project in one language: a file in the folder `translations`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct File {
    /// What still has to be done with it; empty: nothing.
    #[serde(default)]
    review: String,
    /// Who signed it.
    #[serde(default)]
    reviewed_by: String,
    /// The text as it is written = its translation.
    #[serde(default)]
    texts: BTreeMap<At<String>, String>,
}

/// A text with its white space evened out.
pub fn key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads every translation of a project, by language. Entries without a translation (`""`) count as
/// missing.
pub(super) fn load(root: &Path, problems: &mut Vec<Problem>) -> BTreeMap<String, Translation> {
    let mut found = BTreeMap::new();
    for path in toml_file::in_folder(root, FOLDER) {
        let Some((file, text)) = toml_file::read::<File>(root, &path, problems) else { continue };
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for (written, translated) in file.texts {
            let place = written.span();
            let written = key(written.get_ref());
            if translated.trim().is_empty() {
                continue;
            }
            if texts.insert(written, translated).is_some() {
                problems.push(
                    Problem::error("This text is translated twice.")
                        .at(text.place(place))
                        .hint("Texts that differ in their spaces only are one text. Keep one of the two."),
                );
            }
        }
        let language = path.trim_start_matches(FOLDER).trim_matches('/').trim_end_matches(".toml").to_owned();
        found.insert(language, Translation { review: file.review, reviewed_by: file.reviewed_by, texts });
    }
    found
}

/// A text that no file of the project has: a metric's own, by language.
pub type Told = BTreeMap<String, String>;

/// The languages of a report's text that is in none of them: English if there is, else the first.
pub fn fallback(told: &Told) -> Option<(&str, &str)> {
    let first = told.get_key_value("en").or_else(|| told.iter().next());
    first.map(|(language, text)| (language.as_str(), text.as_str()))
}

impl Project {
    /// The project with its texts in `language`, as far as they are translated. What is written in it needs
    /// no translation, and neither does what is spelt like a text that is in it.
    pub fn in_language(&self, language: &str) -> Self {
        let mut project = self.clone();
        let none = Translation::default();
        let translation = self.translations.get(language).unwrap_or(&none);
        let (mut at_home, mut missing) = (BTreeSet::new(), BTreeMap::new());
        each_text(&mut project, &mut |written_in, text| {
            if written_in == language {
                at_home.insert(text.clone());
            } else if let Some(translated) = translation.get(text) {
                at_home.insert(translated.to_owned());
                translated.clone_into(text);
            } else {
                missing.entry(text.clone()).or_insert_with(|| written_in.to_owned());
            }
        });
        missing.retain(|text, _| !at_home.contains(text));
        project.untranslated = missing;
        project.language = Some(language.to_owned());
        project
    }

    /// A text in `written_in` that stands in the data or comes from a plugin, in the language of this project;
    /// none if it has no translation into it.
    pub fn translated<'a>(&'a self, text: &'a str, written_in: &str) -> Option<&'a str> {
        match &self.language {
            Some(language) if language != written_in => self.translations.get(language)?.get(text),
            _ => Some(text),
        }
    }

    /// Every text of the project that a report may print and that is not written in `language`, once, in
    /// order, each with its own language.
    pub fn texts_to_translate(&self, language: &str) -> Vec<(String, String)> {
        let (mut seen, mut texts) = (BTreeSet::new(), Vec::new());
        each_text(&mut self.clone(), &mut |written_in, text| {
            if written_in != language && seen.insert(text.clone()) {
                texts.push((text.clone(), written_in.to_owned()));
            }
        });
        texts
    }

    /// How each text is printed in `language`, by its own language and itself.
    pub fn printed_in(&self, language: &str) -> BTreeMap<(String, String), String> {
        let translation = self.translations.get(language);
        let mut printed = BTreeMap::new();
        each_text(&mut self.clone(), &mut |written_in, text| {
            let translated = translation.filter(|_| written_in != language).and_then(|known| known.get(text));
            printed.insert((written_in.to_owned(), text.clone()), translated.unwrap_or(text).to_owned());
        });
        printed
    }

    /// Which translations are missing or are not used by any text, a note a language. `told` are the texts of
    /// the goals' metrics, `past` those that the record of the goals still quotes.
    pub fn translation_gaps(&self, told: &[Told], past: &BTreeSet<String>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let languages: BTreeSet<&String> = self.reports.all_languages(&self.division.languages).collect();
        for language in languages {
            let mut missing = self.in_language(language).untranslated;
            let translation = self.translations.get(language);
            let open = |text: &str| translation.is_none_or(|known| known.get(text).is_none());
            missing.extend(self.told_to_translate(language, told).into_iter().filter(|(text, _)| open(text)));
            let n = missing.len();
            if n == 0 {
                continue;
            }
            let what = if n == 1 { "1 text has".to_owned() } else { format!("{n} texts have") };
            // Where it is not the division's language, it is said which.
            let mut own: BTreeMap<&String, usize> = BTreeMap::new();
            missing.values().for_each(|written_in| *own.entry(written_in).or_default() += 1);
            let own: Vec<String> = match own.keys().next() {
                Some(only) if own.len() == 1 && **only == self.division.written_in => Vec::new(),
                _ => own.iter().map(|(written_in, n)| format!("{n} written in “{written_in}”")).collect(),
            };
            let own = if own.is_empty() { String::new() } else { format!(" ({})", own.join(", ")) };
            problems.push(
                Problem::warning(format!(
                    "{what} no translation for the reports in “{language}”{own}; what is printed of them is printed as written."
                ))
                .at(Place::file(format!("{FOLDER}/{language}.toml")))
                .hint(format!(
                    "`termwise translate {language}` adds them to the file; then write the translations. A text that was edited \
                     needs its translation anew; a name that stays as it is has itself as its translation."
                )),
            );
        }
        for (language, translation) in &self.translations {
            let own = self.texts_to_translate(language).into_iter().map(|(text, _)| key(&text));
            let used: BTreeSet<String> = own
                .chain(told.iter().filter_map(fallback).map(|(_, text)| key(text)))
                .chain(past.iter().map(|text| key(text)))
                .collect();
            let stale = translation.known().filter(|known| !used.contains(*known)).count();
            if stale > 0 {
                problems.push(
                    Problem::note(format!("{stale} of the translations belong to no text of the project any more."))
                        .at(Place::file(format!("{FOLDER}/{language}.toml")))
                        .hint("The text was edited or removed: move the translation to the new text, or delete it."),
                );
            }
        }
        problems
    }

    /// Of texts that are in no file of the project, those that need a translation into `language`, each with its
    /// own language.
    pub fn told_to_translate(&self, language: &str, told: &[Told]) -> Vec<(String, String)> {
        let others = told.iter().filter(|told| !told.contains_key(language)).filter_map(fallback);
        others.map(|(written_in, text)| (text.to_owned(), written_in.to_owned())).collect()
    }
}

/// Whether a name is an abbreviation in capitals, which is the same in every language.
pub fn is_abbreviation(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

/// Whether a level of a scale or an answer of a survey is a word; letters and numbers are not.
pub fn is_word(level: &str) -> bool {
    level.chars().filter(|c| c.is_alphabetic()).count() > 3
}

/// Visits every text that a report may print, with its language. Names and keys are left alone; texts that are
/// keys to the data as well (levels, answers) are shown to `visit` and not changed: see [`Project::translated`].
fn each_text(project: &mut Project, visit: &mut dyn FnMut(&str, &mut String)) {
    let division = project.division.written_in.clone();
    let of_schools: Vec<String> = project.schools.iter().map(|school| school.written_in.clone()).collect();
    let of_teams: Vec<String> = project.plcs.iter().map(|plc| of_schools[plc.school.0].clone()).collect();
    let mut ours = |text: &mut String| visit(&division, text);
    ours(&mut project.division.contact);
    // A period that is called by its month is printed by the language's own name of it.
    for period in project.calendar.periods.iter().filter(|period| !period.is_named_by_month()) {
        ours(&mut period.name.clone());
    }
    for measure in &mut project.measures.measures {
        ours(&mut measure.title);
        measure.instruments.iter_mut().for_each(|(_, name)| ours(name));
        if let Some(area) = measure.area.as_ref().filter(|area| !AREAS.contains(&area.as_str())) {
            ours(&mut area.clone());
        }
    }
    for table in &mut project.measures.expectations {
        ours(&mut table.title);
    }
    for scale in &project.measures.scales {
        let ScaleKind::Ordered { levels, .. } = &scale.kind else { continue };
        for level in levels.iter().filter(|level| is_word(level)) {
            ours(&mut level.clone());
        }
    }
    for goal in project.goals.iter().filter(|goal| !AREAS.contains(&goal.area.as_str())) {
        ours(&mut goal.area.clone());
    }
    // Programs are keys to the data as well; one that is an abbreviation is a name.
    let goals = project.goals.iter().flat_map(|goal| std::iter::once(goal).chain(goal.parts()));
    let populations = goals.flat_map(|goal| goal.compare().into_iter().flatten().chain([goal.population()]));
    for program in populations.flat_map(|population| &population.programs) {
        if !is_abbreviation(program) {
            ours(&mut program.clone());
        }
    }
    project.reports.extra.iter_mut().for_each(|report| ours(&mut report.title));
    for (plc, written_in) in project.plcs.iter_mut().zip(&of_teams) {
        visit(written_in, &mut plc.name);
    }
    for goal in &mut project.goals {
        let written_in = goal.written_in.clone();
        goal.each_text(&mut |_, text| visit(&written_in, text));
    }
    for goal in &mut project.plc_goals {
        visit(&of_teams[goal.plc], &mut goal.title);
    }
}
