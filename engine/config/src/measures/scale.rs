//! Scales: what the file says of each, with its codes.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use super::super::check::Check;
use super::super::spot::{At, spanned};
use super::super::words::Word;
use super::codes::{Code, RawCode};
use super::values::ScaleKind;

/// A scale with its codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Name in the file.
    pub id: String,
    /// How values are read.
    pub kind: ScaleKind,
    /// Codes by their spelling, upper case.
    pub codes: BTreeMap<String, Code>,
}

/// The kinds of scales in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
enum Kind {
    /// Named levels, lowest first.
    Ordered,
    /// No and yes, as schools write them.
    YesNo,
    /// A number with bounds.
    Number,
    /// A share of the whole, as in 79% or 0.79.
    Percent,
}

/// Which level a range such as J/K counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
enum End {
    /// Its lower level.
    Lower,
    /// Its upper level.
    Upper,
}

/// How values are written.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Scale")]
pub(super) struct RawScale {
    /// Named levels, yes or no, numbers, or shares.
    kind: At<Word<Kind>>,
    /// Ordered scales: the levels, lowest first.
    levels: Option<At<Vec<At<String>>>>,
    /// Ordered scales: whether a range such as J/K counts as its lower or its upper level.
    #[schemars(extend("default" = "lower"))]
    range: Option<At<Word<End>>>,
    /// Ordered scales: whether levels are also written with their number, as in 4 or 4 - Agree.
    numbered: Option<At<bool>>,
    /// Other spellings of levels: spelling = level.
    #[serde(default)]
    aliases: BTreeMap<String, At<String>>,
    /// Number scales: the lowest number that can be true.
    lowest: Option<At<f64>>,
    /// Number scales: the highest number that can be true.
    highest: Option<At<f64>>,
    /// What words mean that are no value of the scale.
    #[serde(default)]
    codes: BTreeMap<String, At<RawCode>>,
}

/// What stands between the number and the name of a level, as in `4 – Agree`.
const BETWEEN: [&str; 6] = ["-", ".", ")", ":", "=", " "];

/// How schools write no and yes (the words are English, French and Ukrainian).
const NO_YES: [[&str; 6]; 2] = [["N", "False", "0", "Non", "Ні", "✗"], ["Y", "True", "1", "Oui", "Так", "✓"]];
impl Check<'_> {
    pub(super) fn scale(&mut self, id: &str, raw: &At<RawScale>) -> Scale {
        let span = raw.span();
        let raw = raw.get_ref();
        let word = self.word(&raw.kind, "kind of scale");
        let kind = match word {
            Some(Kind::Ordered) => self.ordered(raw, span),
            Some(Kind::YesNo) => self.yes_no(raw),
            Some(Kind::Number) => self.bounds(raw, span),
            Some(Kind::Percent) | None => ScaleKind::Percent,
        };
        self.misplaced(raw, word);
        let codes = self.codes(&raw.codes, Some((id, &kind)));
        self.codes_beside_values(raw, &kind);
        Scale { id: id.to_owned(), kind, codes }
    }

    /// Settings of another kind of scale.
    fn misplaced(&mut self, raw: &RawScale, kind: Option<Kind>) {
        let Some(kind) = kind else { return };
        let of_levels = [
            raw.levels.as_ref().map(|set| set.span()),
            raw.range.as_ref().map(|set| set.span()),
            raw.numbered.as_ref().map(|set| set.span()),
        ];
        for span in of_levels.into_iter().flatten().filter(|_| kind != Kind::Ordered) {
            self.fault(span, "Only ordered scales have levels and ranges.", "Use `kind = \"ordered\"`.");
        }
        for bound in raw.lowest.iter().chain(&raw.highest).filter(|_| kind != Kind::Number) {
            self.fault(bound.span(), "Only number scales have bounds.", "Use `kind = \"number\"`.");
        }
        for alias in raw.aliases.values().filter(|_| matches!(kind, Kind::Number | Kind::Percent)) {
            let hint = "Use `kind = \"ordered\"`, or declare the word under `codes`.";
            self.fault(alias.span(), "Only scales with levels have other spellings of them.", hint);
        }
    }

    /// One word cannot be a level and a code.
    fn codes_beside_values(&mut self, raw: &RawScale, kind: &ScaleKind) {
        let ScaleKind::Ordered { levels, aliases, .. } = kind else { return };
        for (word, code) in &raw.codes {
            let same = |known: &String| known.trim().to_lowercase() == word.trim().to_lowercase();
            if levels.iter().any(same) || aliases.keys().any(same) {
                self.fault(
                    code.span(),
                    format!("“{word}” is a level of this scale, so it cannot be a code as well."),
                    "Keep it among the levels, or among the codes.",
                );
            }
        }
    }

    fn ordered(&mut self, raw: &RawScale, span: Range<usize>) -> ScaleKind {
        let named = raw.levels.as_ref();
        let entries = named.map(|levels| spanned(levels.get_ref())).unwrap_or_default();
        if entries.len() < 2 {
            self.fault(
                named.map_or(span, |levels| levels.span()),
                "An ordered scale needs at least two levels.",
                "Add `levels = [\"lowest\", …, \"highest\"]`.",
            );
        }
        let levels: Vec<String> = entries.iter().map(|level| level.get_ref().clone()).collect();
        for (place, level) in entries.iter().enumerate() {
            let word = level.get_ref();
            if word.trim().is_empty() {
                self.fault(level.span(), "A level has no name.", "Fill it in, or take it away.");
            } else if levels[..place].iter().any(|other| other.to_lowercase() == word.to_lowercase()) {
                self.fault(
                    level.span(),
                    format!("The level “{word}” stands twice in the list."),
                    "Name each level once.",
                );
            }
        }
        self.aliases(raw, &levels);
        let numbered = raw.numbered.as_ref().filter(|numbered| *numbered.get_ref());
        if let Some(numbered) = numbered.filter(|_| levels.iter().any(|level| level.parse::<f64>().is_ok())) {
            self.fault(
                numbered.span(),
                "The levels of this scale are numbers themselves, so they cannot be numbered as well.",
                "Take `numbered` away.",
            );
        }
        let mut aliases = if numbered.is_some() { numbers(&levels) } else { BTreeMap::new() };
        // What somebody wrote goes before what follows from a rule.
        aliases.extend(written(raw));
        let range = self.word_or(raw.range.as_deref(), "reading of ranges", End::Lower);
        ScaleKind::Ordered { levels, aliases, range_counts_as_lower: range == End::Lower }
    }

    /// Other spellings, each of a level that there is, and none of them a level itself.
    fn aliases(&mut self, raw: &RawScale, levels: &[String]) {
        for (word, meant) in &raw.aliases {
            if !levels.contains(meant.get_ref()) {
                self.unknown(meant.span(), "level", meant.get_ref(), levels.iter().map(String::as_str));
            }
            if word.trim().is_empty() {
                self.fault(meant.span(), "This spelling is empty.", "Write the word, or take this away.");
            }
            if levels.contains(word) && word != meant.get_ref() {
                self.fault(
                    meant.span(),
                    format!("“{word}” is a level itself, so it cannot be a spelling of “{}”.", meant.get_ref()),
                    "Take this spelling away.",
                );
            }
        }
    }

    /// A scale of two levels, with the usual spellings of both.
    fn yes_no(&mut self, raw: &RawScale) -> ScaleKind {
        let levels = ["No", "Yes"].map(str::to_owned).to_vec();
        self.aliases(raw, &levels);
        let usual =
            levels.iter().zip(NO_YES).flat_map(|(level, words)| words.map(|word| (word.to_owned(), level.clone())));
        let mut aliases: BTreeMap<String, String> = usual.collect();
        aliases.extend(written(raw));
        ScaleKind::Ordered { levels, aliases, range_counts_as_lower: true }
    }

    fn bounds(&mut self, raw: &RawScale, span: Range<usize>) -> ScaleKind {
        let (Some(lowest), Some(highest)) = (&raw.lowest, &raw.highest) else {
            self.fault(
                span,
                "A number scale needs the lowest and the highest number that can be true.",
                "Add `lowest = 0` and `highest = 40`.",
            );
            return ScaleKind::Number { lowest: 0.0, highest: 0.0 };
        };
        for bound in [lowest, highest].into_iter().filter(|bound| !bound.get_ref().is_finite()) {
            self.fault(
                bound.span(),
                "A bound of a scale is a number that can be written down.",
                "Write a number, as in 40.",
            );
        }
        if lowest.get_ref() >= highest.get_ref() {
            self.fault(highest.span(), "`highest` is not above `lowest`.", "Put the larger number after `highest`.");
        }
        ScaleKind::Number { lowest: *lowest.get_ref(), highest: *highest.get_ref() }
    }
}

/// The spellings that the file names.
fn written(raw: &RawScale) -> impl Iterator<Item = (String, String)> {
    raw.aliases.iter().map(|(word, level)| (word.clone(), level.get_ref().clone()))
}

/// The spellings of levels that a survey program numbers from 1: `4`, `4 - Agree`, `Agree (4)`.
fn numbers(levels: &[String]) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for (number, level) in (1..).zip(levels) {
        let mut add = |word: String| words.insert(word, level.clone());
        add(number.to_string());
        add(format!("{level} ({number})"));
        for between in BETWEEN {
            add(format!("{number}{between}{level}"));
            add(format!("{number}{between} {level}"));
            add(format!("{number} {between} {level}"));
        }
    }
    words
}
