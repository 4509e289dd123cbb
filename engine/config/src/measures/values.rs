//! Values: how they are written on a scale, and which of them can be true.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::check::Check;

/// How values of a scale are read.
#[derive(Debug, Clone, PartialEq)]
pub enum ScaleKind {
    /// Named levels from lowest to highest; the value is the place in this list.
    Ordered {
        /// Level names, lowest first.
        levels: Vec<String>,
        /// Other spellings → level name.
        aliases: BTreeMap<String, String>,
        /// Whether a range such as `J/K` counts as its lower level (else its upper).
        range_counts_as_lower: bool,
    },
    /// A number with bounds.
    Number {
        /// Lowest value that can be true.
        lowest: f64,
        /// Highest value that can be true.
        highest: f64,
    },
    /// A share between 0 and 1, written `0.79`, `79%` or `79 %`; values are kept as 0–1.
    Percent,
}

/// A level's name or a number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Entry {
    Number(f64),
    Word(String),
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl Check<'_> {
    /// A level's place or a number within the scale, which is given by its name and kind.
    pub(super) fn value(&mut self, entry: &Entry, span: Range<usize>, scale: (&str, &ScaleKind)) -> Option<f64> {
        let (name, kind) = scale;
        let word = entry.to_string();
        match (kind, entry) {
            (ScaleKind::Ordered { levels, .. }, _) => {
                let place = levels.iter().position(|level| *level == word);
                if place.is_none() {
                    self.unknown(span, "level", &word, levels.iter().map(String::as_str));
                }
                place.map(|i| i as f64)
            }
            (ScaleKind::Number { lowest, highest }, Entry::Number(number)) if (*lowest..=*highest).contains(number) => {
                Some(*number)
            }
            (ScaleKind::Percent, Entry::Number(number)) if (0.0..=1.0).contains(number) => Some(*number),
            (kind, _) => {
                let expected = match kind {
                    ScaleKind::Number { lowest, highest } => format!("Use a number from {lowest} to {highest}."),
                    _ => "Use a share between 0 and 1: 75% is 0.75.".to_owned(),
                };
                self.fault(span, format!("“{word}” is not on the scale “{name}”."), expected);
                None
            }
        }
    }
}
