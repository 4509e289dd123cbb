//! The division's own texts in other languages: `translations/<language>.toml`.
//!
//! The key of a translation is the text itself, so a text that is edited loses its translation instead
//! of keeping a stale one. What has no translation is printed as it was written and is marked in the
//! report as a passage in that language. Names of schools, of the division and of programs keep their
//! spelling and are no texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::problem::{Place, Problem};

use super::goals::{Amendment, GoalKind};
use super::measures::ScaleKind;
use super::{Goal, Project, toml_file};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default)]
    review: String,
    #[serde(default)]
    reviewed_by: String,
    #[serde(default)]
    texts: BTreeMap<Spanned<String>, String>,
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

impl Project {
    /// The project with its texts in `language`, as far as they are translated, and the texts that are
    /// not. The language in which the project is written needs no translation.
    pub fn in_language(&self, language: &str) -> (Self, BTreeSet<String>) {
        let mut project = self.clone();
        let mut missing = BTreeSet::new();
        if language == self.division.written_in {
            return (project, missing);
        }
        let none = Translation::default();
        let translation = self.translations.get(language).unwrap_or(&none);
        each_text(&mut project, &mut |text| match translation.get(text) {
            Some(translated) => translated.clone_into(text),
            None => {
                missing.insert(text.clone());
            }
        });
        project.language = Some(language.to_owned());
        (project, missing)
    }

    /// A text that stands in the data or comes from a plugin, in the language of this project.
    pub fn own<'a>(&'a self, text: &'a str) -> &'a str {
        let translation = self.language.as_ref().and_then(|language| self.translations.get(language));
        translation.and_then(|translation| translation.get(text)).unwrap_or(text)
    }

    /// Every text of the project that a report may print and that is no name, once, in order.
    pub fn printed_texts(&self) -> Vec<String> {
        let (mut seen, mut texts) = (BTreeSet::new(), Vec::new());
        each_text(&mut self.clone(), &mut |text| {
            if seen.insert(text.clone()) {
                texts.push(text.clone());
            }
        });
        texts
    }

    /// Which translations are missing or are not used by any text, a note a language.
    pub fn translation_gaps(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let languages: BTreeSet<&String> = self.reports.all_languages(&self.division.languages).collect();
        for language in languages {
            let (_, missing) = self.in_language(language);
            let path = format!("{FOLDER}/{language}.toml");
            if !missing.is_empty() {
                let n = missing.len();
                let what = if n == 1 { "1 text has".to_owned() } else { format!("{n} texts have") };
                problems.push(
                    Problem::warning(format!(
                        "{what} no translation for the reports in “{language}”; what is printed of them is printed as written."
                    ))
                    .at(Place::file(&path))
                    .hint(format!(
                        "`termwise translate {language}` adds them to the file; then write the translations. A text that was edited \
                         needs its translation anew."
                    )),
                );
            }
        }
        let used: BTreeSet<String> = self.printed_texts().iter().map(|text| key(text)).collect();
        for (language, translation) in &self.translations {
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
}

/// Whether a name is an abbreviation in capitals, which is the same in every language.
pub fn is_abbreviation(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

/// Visits every text that a report may print. Names and keys are left alone; texts that are keys to the
/// data as well (levels, answers) are shown to `visit` and not changed: see [`Project::own`].
fn each_text(project: &mut Project, visit: &mut dyn FnMut(&mut String)) {
    visit(&mut project.division.contact);
    // A period that is called by its month is printed by the language's own name of it; “Term 2” is a text.
    let named = |name: &str| name.contains(|c: char| c.is_whitespace() || c.is_ascii_digit());
    for period in project.calendar.periods.iter().filter(|period| named(&period.name)) {
        visit(&mut period.name.clone());
    }
    for plc in &mut project.plcs {
        visit(&mut plc.name);
    }
    for measure in &mut project.measures.measures {
        visit(&mut measure.title);
        measure.instruments.iter_mut().for_each(|(_, name)| visit(name));
    }
    for table in &mut project.measures.expectations {
        visit(&mut table.title);
    }
    // The answers of surveys are words; the levels of scales that are letters and numbers are not.
    for scale in &project.measures.scales {
        let ScaleKind::Ordered { levels, .. } = &scale.kind else { continue };
        for level in levels.iter().filter(|level| level.chars().filter(|c| c.is_alphabetic()).count() > 3) {
            visit(&mut level.clone());
        }
    }
    for goal in project.goals.iter().filter(|goal| !AREAS.contains(&goal.area.as_str())) {
        visit(&mut goal.area.clone());
    }
    // Programs are keys to the data as well; one that is an abbreviation is a name.
    let populations = project.goals.iter().flat_map(|goal| goal.compare.iter().flatten().chain([&goal.population]));
    for program in populations.flat_map(|population| &population.programs) {
        if !is_abbreviation(program) {
            visit(&mut program.clone());
        }
    }
    for goal in &mut project.goals {
        each_text_of_goal(goal, visit);
    }
    project.plc_goals.iter_mut().for_each(|goal| visit(&mut goal.title));
    project.reports.extra.iter_mut().for_each(|report| visit(&mut report.title));
}

fn each_text_of_goal(goal: &mut Goal, visit: &mut dyn FnMut(&mut String)) {
    for text in [&mut goal.title, &mut goal.statement, &mut goal.why] {
        visit(text);
    }
    let maybe = [&mut goal.priority, &mut goal.evidence, &mut goal.indicator, &mut goal.families];
    maybe.into_iter().chain([&mut goal.council_question]).flatten().for_each(&mut *visit);
    goal.questions.iter_mut().for_each(&mut *visit);
    for strategy in &mut goal.strategies {
        visit(&mut strategy.text);
        strategy.team.iter_mut().for_each(&mut *visit);
    }
    for decision in &mut goal.decisions {
        visit(&mut decision.meeting);
        visit(&mut decision.text);
    }
    for Amendment { reason, agreed_by, statement, title, .. } in &mut goal.amendments {
        title.iter_mut().chain(statement).for_each(&mut *visit);
        visit(reason);
        agreed_by.iter_mut().for_each(&mut *visit);
    }
    match &mut goal.kind {
        GoalKind::Several { parts, .. } => {
            for part in parts {
                // What a part shares with its goal is one text.
                each_text_of_goal(part, visit);
            }
        }
        GoalKind::Narrative(narrative) => {
            narrative.rubric.iter_mut().for_each(&mut *visit);
            for judgement in &mut narrative.judgements {
                visit(&mut judgement.text);
                judgement.agreed_by.iter_mut().for_each(&mut *visit);
            }
        }
        GoalKind::Share { .. } | GoalKind::MatchedGrowth { .. } | GoalKind::Metric { .. } => {}
    }
}
