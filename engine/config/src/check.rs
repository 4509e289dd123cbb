//! One collector of faults for every section of every file.
//!
//! Comes in: values with their spans. Goes out: checked values, and a problem at file, line and column for
//! each that cannot be used. A faulty value is replaced by a harmless one, so that the rest is still looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::{Range, RangeBounds};

use jiff::civil::Date;
use toml::Spanned;
use toml::value::Datetime;

use termwise_base::problem::{Problem, meant};

use super::toml_file::TomlText;
use super::words::{Word, Words};

/// Bytes of a MiB.
pub(crate) const MIB: u64 = 1 << 20;
/// Most MiB that a bound may be: 1 TiB.
pub(crate) const MOST_MIB: u64 = 1 << 20;

/// Checks one file's entries, keeping every problem.
pub(crate) struct Check<'a> {
    pub(crate) text: &'a TomlText,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    /// An error at `span`: what is wrong, and the line to write instead.
    pub(crate) fn fault(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::error(message).at(self.text.place(span)).hint(hint));
    }

    /// A name that means nothing, with the nearest of those that do.
    pub(crate) fn unknown<'a>(
        &mut self,
        span: Range<usize>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = meant(name, &known).unwrap_or_else(|| match known.len() {
            0 => "There is none yet.".to_owned(),
            _ if known.iter().any(|word| !word.contains(char::is_alphanumeric)) => {
                format!("Known: “{}”.", known.join("”, “"))
            }
            _ => format!("Known: {}.", known.join(", ")),
        });
        self.fault(span, format!("There is no {what} “{name}”."), hint);
    }

    /// What a word of the language of the files means.
    pub(crate) fn word<T: Words>(&mut self, word: &Spanned<Word<T>>, what: &str) -> Option<T> {
        let known = word.get_ref().known();
        if known.is_none() {
            self.unknown(word.span(), what, word.get_ref().written(), T::iter().map(T::id));
        }
        known
    }

    /// The same, where the file may say nothing.
    pub(crate) fn word_or<T: Words>(&mut self, word: Option<&Spanned<Word<T>>>, what: &str, default: T) -> T {
        word.and_then(|word| self.word(word, what)).unwrap_or(default)
    }

    /// A date without a time.
    pub(crate) fn date(&mut self, value: &Spanned<Datetime>) -> Date {
        self.maybe_date(value).unwrap_or_default()
    }

    /// The same; none if it is not one.
    pub(crate) fn maybe_date(&mut self, value: &Spanned<Datetime>) -> Option<Date> {
        let date = date_of(value.get_ref());
        if date.is_none() {
            self.fault(
                value.span(),
                format!("“{}” is not a date.", value.get_ref()),
                "Write a date as 2026-06-26, without quotes and without a time.",
            );
        }
        date
    }

    /// A share of the whole, 0 to 1.
    pub(crate) fn fraction(&mut self, value: &Spanned<f64>, name: &str) -> f64 {
        let share = *value.get_ref();
        if !(0.0..=1.0).contains(&share) {
            self.fault(
                value.span(),
                format!("`{name}` is {share}, which is not a share."),
                "Write a share between 0 and 1: 75% is 0.75.",
            );
        }
        share
    }

    /// A number within bounds; `expected` says which, as in “a number from 0 to 100”.
    pub(crate) fn number<T: PartialOrd + Display + Copy>(
        &mut self,
        value: &Spanned<T>,
        name: &str,
        bounds: impl RangeBounds<T>,
        expected: &str,
    ) -> Option<T> {
        let number = *value.get_ref();
        let within = bounds.contains(&number);
        if !within {
            let message = format!("`{name}` is {number}, which is out of range.");
            self.fault(value.span(), message, format!("Write {expected}."));
        }
        within.then_some(number)
    }

    /// How many of something, at least one.
    pub(crate) fn count(&mut self, value: Option<&Spanned<u64>>, name: &str) -> Option<u64> {
        self.number(value?, name, 1.., "a whole number, 1 or more")
    }

    /// A number of MiB, in bytes.
    pub(crate) fn bytes(&mut self, value: Option<&Spanned<u64>>, name: &str) -> Option<u64> {
        self.number(value?, name, 1..=MOST_MIB, "a number of MiB from 1 to 1048576").map(|mib| mib * MIB)
    }

    /// A text that somebody will read: not empty, not only spaces.
    pub(crate) fn text(&mut self, value: &Spanned<String>, name: &str) -> String {
        if value.get_ref().trim().is_empty() {
            self.fault(value.span(), format!("`{name}` is empty."), format!("Write a text, as in `{name} = \"…\"`."));
        }
        value.get_ref().clone()
    }

    /// A list of words, each of them once and none of them empty.
    pub(crate) fn list(&mut self, values: &[Spanned<String>], name: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        for value in values {
            let word = value.get_ref().trim();
            if word.is_empty() {
                self.fault(value.span(), format!("`{name}` has an empty entry."), "Fill it in, or take it away.");
            } else if !seen.insert(word) {
                self.fault(value.span(), format!("`{name}` names “{word}” twice."), "Name each once.");
            }
        }
        values.iter().map(|value| value.get_ref().clone()).collect()
    }

    /// An id that also becomes part of file names; each of its kind has its own.
    pub(crate) fn id(&mut self, id: &Spanned<String>, seen: &mut BTreeSet<String>, what: &str) {
        let word = id.get_ref();
        if word.is_empty() || !word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            self.fault(
                id.span(),
                format!("The id “{word}” of a {what} cannot be used in file names."),
                "Use the letters a–z, digits and “-”.",
            );
        }
        if !seen.insert(word.clone()) {
            self.fault(id.span(), format!("The id “{word}” names two {what}s."), "Give each its own id.");
        }
    }

    /// A code of a language, as in `en` or `pt-br`.
    pub(crate) fn language(&mut self, code: &Spanned<String>) {
        let mut parts = code.get_ref().split('-');
        let first = parts.next().unwrap_or_default();
        let sound = (2..=3).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_lowercase())
            && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if !sound {
            self.fault(
                code.span(),
                format!("“{}” is not a code of a language.", code.get_ref()),
                "Write two or three small letters (ISO 639), as in \"en\", \"fr\" or \"uk\".",
            );
        }
    }

    /// The language that something is written in, if it says so; else that of what it belongs to.
    pub(crate) fn written_in(&mut self, raw: Option<&Spanned<String>>, whole: &str) -> String {
        let Some(raw) = raw else { return whole.to_owned() };
        let code = raw.get_ref();
        // Readers and typesetting know languages by these codes.
        if !(2..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.fault(
                raw.span(),
                format!("“{code}” is not a code of a language."),
                "Write two or three small letters (ISO 639), as in `written-in = \"fr\"`.",
            );
        }
        code.clone()
    }
}

/// Which thing each word names: the words by which spreadsheets are read must not name two things.
pub(crate) struct Names {
    what: &'static str,
    taken: BTreeMap<String, String>,
}

impl Names {
    /// Of things that are called `what` in messages, as in “schools”.
    pub(crate) fn of(what: &'static str) -> Self {
        Self { what, taken: BTreeMap::new() }
    }

    /// The words of the thing with this id; a thing may have one word more than once.
    pub(crate) fn take(&mut self, check: &mut Check<'_>, id: &str, words: &[(&str, Range<usize>)]) {
        for (word, span) in words {
            match self.taken.get(&word.trim().to_lowercase()) {
                Some(other) if other != id => check.fault(
                    span.clone(),
                    format!("“{word}” names two {}, {other} and {id}.", self.what),
                    "Give each its own id, names and `also-called`; spreadsheets are read by them.",
                ),
                _ => drop(self.taken.insert(word.trim().to_lowercase(), id.to_owned())),
            }
        }
    }
}

/// The day of a TOML date that has no time; none for anything else.
pub(crate) fn date_of(value: &Datetime) -> Option<Date> {
    match (value.date, value.time) {
        (Some(date), None) => {
            Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
        }
        _ => None,
    }
}
