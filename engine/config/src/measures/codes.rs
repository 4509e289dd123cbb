//! Codes: words in cells that are no value of a scale, and what they count as.
//!
//! Three enums grow together here: `Class` is what may be written, [`Code`] what that means once it is checked, and
//! [`CodeClass`] what a result with it counts as. `Code::Error` has no [`CodeClass`], because such a cell gives no
//! result, and [`CodeClass::Missing`] no `Class`, because nobody writes it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use super::super::check::Check;
use super::super::pattern::fold;
use super::super::spot::At;
use super::super::words::Word;
use super::values::{Entry, ScaleKind};

/// What a reading counts as. The declared class of every code, and of every proper value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CodeClass {
    /// A score on the scale; it has a value.
    Score = 0,
    /// No score, but the student counts as below (“out of range — below”).
    CountsAsBelow = 1,
    /// Left out of the denominator, with a reason (absent, exempt).
    Excluded = 2,
    /// No reading at all was found.
    Missing = 3,
}

/// What a code in a cell means.
#[derive(Debug, Clone, PartialEq)]
pub enum Code {
    /// A place on the scale, as `ND` is the lowest of `ND, 1, 2, 3, 4`.
    Score(f64),
    /// A level by its name, where the scale is not known yet (in a mapping).
    Level(String),
    /// Counts as below.
    CountsAsBelow,
    /// Left out, with the reason that is printed.
    Excluded(String),
    /// A data error: the cell is set aside and reported.
    Error,
}

/// What a code may be declared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
enum Class {
    /// A value of the scale, as ND is the lowest of ND, 1, 2, 3, 4.
    Score,
    /// Not a value, but the student counts as below.
    CountsAsBelow,
    /// The student is left out, with a reason that reports print.
    Excluded,
    /// A slip: the cell is set aside and reported.
    Error,
}

/// A code as written in measures.toml and in mappings.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Code")]
pub(in super::super) struct RawCode {
    /// What it counts as.
    class: At<Word<Class>>,
    /// Class score: which level or number.
    level: Option<At<Entry>>,
    /// Class excluded: the reason that reports print.
    reason: Option<At<String>>,
}

impl Check<'_> {
    /// Checks codes; without a scale (in a mapping) a level is kept by its name, because it could belong to any scale.
    pub(in super::super) fn codes(
        &mut self,
        raw: &BTreeMap<String, At<RawCode>>,
        scale: Option<(&str, &ScaleKind)>,
    ) -> BTreeMap<String, Code> {
        let mut codes = BTreeMap::new();
        for (word, code) in raw {
            let key = fold(word).to_uppercase();
            if key.is_empty() {
                self.fault(code.span(), "A code is a word; this one is empty.", "Write the word, or take this away.");
            }
            if codes.contains_key(&key) {
                let message = format!("“{word}” is declared twice: upper and lower case are one code.");
                self.fault(code.span(), message, "Keep one of the two.");
            }
            if let Some(meaning) = self.code(word, code, scale) {
                codes.insert(key, meaning);
            }
        }
        codes
    }

    fn code(&mut self, word: &str, code: &At<RawCode>, scale: Option<(&str, &ScaleKind)>) -> Option<Code> {
        let span = code.span();
        let code = code.get_ref();
        let class = self.word(&code.class, "class of codes")?;
        if let Some(level) = code.level.as_ref().filter(|_| class != Class::Score) {
            self.fault(level.span(), "Only a code of class “score” has a level.", "Take `level` away.");
        }
        match class {
            Class::Score => match (&code.level, scale) {
                (Some(level), Some(scale)) => self.value(level.get_ref(), level.span(), scale).map(Code::Score),
                (Some(level), None) => Some(Code::Level(level.get_ref().to_string())),
                (None, _) => {
                    self.fault(span, format!("The code “{word}” is a score, but which?"), "Add `level = …`.");
                    None
                }
            },
            Class::CountsAsBelow => Some(Code::CountsAsBelow),
            Class::Excluded => {
                let reason = code.reason.as_ref().map_or("", |reason| reason.get_ref().trim());
                if reason.is_empty() {
                    self.fault(
                        code.reason.as_ref().map_or(span, |reason| reason.span()),
                        format!("The code “{word}” leaves students out, but the report must say why."),
                        "Add `reason = \"absent\"` or the like.",
                    );
                }
                Some(Code::Excluded(code.reason.as_ref().map(|reason| reason.get_ref().clone()).unwrap_or_default()))
            }
            Class::Error => Some(Code::Error),
        }
    }
}
