//! The dictionary of one report, filled in so that no sentence is half in one language and half in another.
//!
//! Comes in: a key of the dictionary and what is filled in. Goes out: a sentence. A text that is in another
//! language than the report, because nobody translated it, stands in quotation marks, or in a sentence that
//! keeps it to itself. It holds for whatever is filled in, so no sentence has to think of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;

use termwise_config::Project;

use super::super::words::Words;

/// Words of the report's language, and which texts are not in it.
pub(super) struct Phrases<'a> {
    words: &'a Words,
    project: &'a Project,
    /// Texts that are in no file of the project, met on the way, each with its language.
    met: RefCell<BTreeMap<String, String>>,
}

/// Numbers and dates are the language's own.
impl Deref for Phrases<'_> {
    type Target = Words;

    fn deref(&self) -> &Words {
        self.words
    }
}

impl<'a> Phrases<'a> {
    /// `project` is in the language of `words`.
    pub(super) fn new(project: &'a Project, words: &'a Words) -> Self {
        Self { words, project, met: RefCell::default() }
    }

    /// The text of `key`, as [`Words::text`].
    pub(super) fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        match self.foreign_of(values).as_slice() {
            [] => self.words.text(key, values),
            foreign => self.words.text_apart(key, values, foreign),
        }
    }

    /// The text of `key` for `n`, as [`Words::count`].
    pub(super) fn count(&self, key: &str, n: u32, values: &[(&str, &str)]) -> String {
        match self.foreign_of(values).as_slice() {
            [] => self.words.count(key, n, values),
            foreign => self.words.count_apart(key, n, values, foreign),
        }
    }

    /// Parts joined as a list, as [`Words::list`].
    pub(super) fn list(&self, parts: &[String]) -> String {
        self.words.list(&parts.iter().map(|part| self.apart(part)).collect::<Vec<_>>())
    }

    /// A text that stands among others: in quotation marks if it is in another language.
    pub(super) fn apart(&self, text: &str) -> String {
        if self.is_foreign(text) { self.words.quoted(text) } else { text.to_owned() }
    }

    /// A text that is written in `written_in` and stands in the data or comes from a metric: its translation,
    /// or the text itself, which is then known to be in another language.
    pub(super) fn told(&self, text: &str, written_in: &str) -> String {
        if let Some(own) = self.project.translated(text, written_in) {
            return own.to_owned();
        }
        self.met.borrow_mut().entry(text.to_owned()).or_insert_with(|| written_in.to_owned());
        text.to_owned()
    }

    /// Every text that is in another language than the report, with its own.
    pub(super) fn foreign(&self) -> BTreeMap<String, String> {
        let mut all = self.met.borrow().clone();
        all.extend(self.project.untranslated.clone());
        all
    }

    fn is_foreign(&self, text: &str) -> bool {
        self.project.untranslated.contains_key(text) || self.met.borrow().contains_key(text)
    }

    /// The names of the values that are in another language.
    fn foreign_of<'n>(&self, values: &[(&'n str, &str)]) -> Vec<&'n str> {
        values.iter().filter(|(_, value)| self.is_foreign(value)).map(|(name, _)| *name).collect()
    }
}
