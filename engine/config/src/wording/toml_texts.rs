//! The texts of a project's own files: goals, strategies, decisions, and its own words.

use strum::IntoEnumIterator;
use toml::de::{DeTable, DeValue};

use termwise_base::problem::Problem;

use super::{Finding, LANGUAGES, read, shown};
use crate::goals::Text;
use crate::toml_file::{self, TomlText};
use crate::{Project, translations};

/// Reads every text of the goal files, of their translations and of the project's own dictionaries. Findings are warnings; they
/// say where, and carry no name.
pub fn check(project: &Project) -> Vec<Problem> {
    let root = &project.root;
    let mut problems = Vec::new();
    let texts: Vec<&str> = Text::iter().map(Text::id).collect();
    for path in toml_file::in_folder(root, "goals") {
        file(root, &path, &LANGUAGES, Some(&texts), &mut problems);
    }
    let in_one_language = ["templates/words", translations::FOLDER];
    for path in in_one_language.into_iter().flat_map(|folder| toml_file::in_folder(root, folder)) {
        // A dictionary and a file of translations are in one language.
        let own = LANGUAGES.into_iter().find(|language| path.ends_with(&format!("/{language}.toml")));
        file(root, &path, &own.map_or(LANGUAGES.to_vec(), |own| vec![own]), None, &mut problems);
    }
    problems
}

fn file(
    root: &std::path::Path,
    path: &str,
    languages: &[&str],
    settings: Option<&[&str]>,
    problems: &mut Vec<Problem>,
) {
    // What cannot be read has been told by those who need it.
    let Ok(text) = std::fs::read_to_string(root.join(path)) else { return };
    let Ok(table) = DeTable::parse(&text) else { return };
    let source = TomlText { path: path.to_owned(), text: text.clone() };
    let mut walk = Walk { source: &source, languages, settings, problems };
    walk.table(table.get_ref());
}

struct Walk<'a> {
    source: &'a TomlText,
    languages: &'a [&'a str],
    settings: Option<&'a [&'a str]>,
    problems: &'a mut Vec<Problem>,
}

impl Walk<'_> {
    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let wanted = self.settings.is_none_or(|settings| settings.contains(&key.get_ref().as_ref()));
            self.value(value.get_ref(), value.span(), wanted);
        }
    }

    fn value(&mut self, value: &DeValue<'_>, span: std::ops::Range<usize>, wanted: bool) {
        match value {
            DeValue::String(text) if wanted => self.text(text, span),
            DeValue::Array(list) => {
                list.iter().for_each(|entry| self.value(entry.get_ref(), entry.span(), wanted));
            }
            DeValue::Table(table) => self.table(table),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, span: std::ops::Range<usize>) {
        for finding in read(text, self.languages) {
            let Finding { rule, start, .. } = finding;
            // Where the wording stands in the file, if the file spells it in the same way; else the text's
            // first line.
            let wording = &text[finding.start..finding.end];
            let within = self.source.text.get(span.clone()).and_then(|raw| {
                let before = text[..start].matches(wording).count();
                raw.match_indices(wording).nth(before).map(|(place, _)| place)
            });
            let place = span.start + within.unwrap_or(0);
            let mut place = self.source.place(place..place);
            // The line may carry a name.
            place.excerpt = None;
            self.problems.push(
                Problem::warning(format!("{} (“{}”)", rule.why(), shown(text, &finding)))
                    .at(place)
                    .hint(rule.instead()),
            );
        }
    }
}
