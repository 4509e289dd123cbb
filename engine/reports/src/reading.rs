//! How hard the texts for parents are to read, by a published formula of each language.
//!
//! Comes in: a model and the division's limits. Goes out: a problem if the texts are harder than the limit.
//! A formula counts words and syllables and knows nothing of sense: it catches long sentences and long words,
//! and a person still reads the page.
//!
//! | language | formula | source | easier is |
//! |---|---|---|---|
//! | English | Flesch–Kincaid grade level | Kincaid, Fishburne, Rogers and Chissom 1975, Research Branch Report 8-75 | lower |
//! | French | Flesch reading ease after Kandel and Moles | Kandel and Moles 1958, Cahiers d'études de radio-télévision 19 | higher |
//! | others | LIX | Björnsson 1968, Läsbarhet; compared over languages in Björnsson 1983, Reading Research Quarterly 18(4) | lower |

use std::collections::BTreeMap;

use serde_json::Value;

use termwise_base::problem::{Place, Problem};
use termwise_config::goals::Audience;

use super::leaves;
use super::model::Model;

/// Parts of a model that are no running text: keys, labels, charts with their tables, and the words of every
/// audience's pages.
const NO_TEXT: [&str; 10] =
    ["words", "progress", "distribution", "groups", "moved", "rubric", "figures-csv", "foreign", "data", "contact"];
/// Fewer words than this are a label.
const SENTENCE: usize = 4;

/// A published formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// Years of school in the United States.
    FleschKincaid,
    /// 0–100, more is easier.
    KandelMoles,
    /// Some 20–80, less is easier.
    Lix,
}

impl Formula {
    /// The formula of a language.
    pub fn of(language: &str) -> Self {
        match language {
            "en" => Self::FleschKincaid,
            "fr" => Self::KandelMoles,
            _ => Self::Lix,
        }
    }

    /// The limit where the division sets none; none for a language that nobody here has looked at.
    fn usual(language: &str) -> Option<f64> {
        match language {
            "en" => Some(8.0),
            "fr" => Some(60.0),
            "uk" => Some(50.0),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::FleschKincaid => "Flesch–Kincaid grade level",
            Self::KandelMoles => "Flesch reading ease after Kandel and Moles",
            Self::Lix => "LIX",
        }
    }

    /// Whether `level` is harder to read than `limit`.
    fn harder(self, level: f64, limit: f64) -> bool {
        match self {
            Self::KandelMoles => level < limit,
            Self::FleschKincaid | Self::Lix => level > limit,
        }
    }

    /// The level of so much text.
    fn level(self, c: &Counts) -> f64 {
        let (words, sentences) = (f64::from(c.words.max(1)), f64::from(c.sentences.max(1)));
        let (length, syllables) = (words / sentences, f64::from(c.syllables) / words);
        match self {
            Self::FleschKincaid => 0.39 * length + 11.8 * syllables - 15.59,
            Self::KandelMoles => 207.0 - 1.015 * length - 73.6 * syllables,
            Self::Lix => length + 100.0 * f64::from(c.long) / words,
        }
    }
}

/// What the formulas need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    sentences: u32,
    words: u32,
    syllables: u32,
    /// Words of more than six letters.
    long: u32,
}

impl Counts {
    /// A number is one word of one syllable, however it would be spoken.
    fn of(text: &str, language: &str) -> Self {
        let mut counts = Self::default();
        let mut open = false;
        let mut tokens = text.split_whitespace().peekable();
        while let Some(token) = tokens.next() {
            // “J/K”, “K–4” and “school-wide” are read as two words.
            for word in token.split(|c: char| !(c.is_alphanumeric() || "'’ʼ".contains(c))) {
                if !word.chars().any(char::is_alphanumeric) {
                    continue;
                }
                counts.words += 1;
                counts.long += u32::from(word.chars().filter(|c| c.is_alphabetic()).count() > 6);
                counts.syllables += syllables(word, language);
                open = true;
            }
            let bare = token.trim_end_matches(|c: char| ")”»\"’".contains(c));
            let next = tokens.peek().and_then(|next| next.chars().find(|c| c.is_alphanumeric()));
            // “e.g.” ends no sentence.
            let short = bare.ends_with('.') && bare.trim_end_matches('.').contains('.');
            let ends = !short && bare.ends_with(['.', '!', '?', '…']) && next.is_none_or(|c| !c.is_lowercase());
            if ends && open {
                counts.sentences += 1;
                open = false;
            }
        }
        counts.sentences += u32::from(open);
        counts
    }

    fn add(&mut self, other: Self) {
        self.sentences += other.sentences;
        self.words += other.words;
        self.syllables += other.syllables;
        self.long += other.long;
    }
}

/// Groups of vowels, with the silent endings of the language; at least one.
fn syllables(word: &str, language: &str) -> u32 {
    // The u of “qu” is no vowel.
    let word = word.to_lowercase().replace("qu", "q");
    let vowel = |c: char| "aeiouyàâäéèêëîïôöùûüœæаеєиіїоуюя".contains(c);
    let mut groups = 0;
    let mut within = false;
    for c in word.chars() {
        // Two vowels of Ukrainian are two syllables.
        let begins = vowel(c) && (!within || language == "uk");
        groups += u32::from(begins);
        within = vowel(c);
    }
    // Letters of the silent ending, if the word has one.
    let ends = |ending: &str| word.ends_with(ending);
    let ending = match language {
        "en" if ends("ed") && !["ted", "ded", "eed", "ied"].into_iter().any(ends) => 2,
        "en" if ends("es") && !["ses", "zes", "ces", "ges", "xes", "shes", "ches", "ies"].into_iter().any(ends) => 2,
        "en" if ends("e") && !ends("le") && !ends("ee") => 1,
        "fr" if ends("es") => 2,
        "fr" if ends("e") => 1,
        _ => 0,
    };
    let silent = ending > 0 && word.chars().rev().nth(ending).is_some_and(|c| !vowel(c));
    (groups - u32::from(silent && groups > 1)).max(1)
}

/// The level of a model's running text, its formula, and its hardest text with its place in the model.
fn measure(model: &Model) -> Option<(Formula, f64, String)> {
    let formula = Formula::of(&model.lang);
    let mut value = serde_json::to_value(model).expect("a model is JSON");
    strip(&mut value);
    // Passages that wait for their translation are counted in their own language's edition.
    let foreign = |text: &str| model.foreign.iter().any(|passage| leaves::without(text, &passage.text).1 > 0);
    let mut all = Counts::default();
    let mut hardest: Option<(f64, String)> = None;
    leaves::walk(&value, &mut String::new(), &mut |path, leaf| {
        let Some(text) = leaf.as_str() else { return };
        let counts = Counts::of(text, &model.lang);
        if counts.words < SENTENCE as u32 || !text.ends_with(['.', '!', '?', '…']) || foreign(text) {
            return;
        }
        all.add(counts);
        let level = formula.level(&counts);
        if hardest.as_ref().is_none_or(|(most, _)| formula.harder(level, *most)) {
            hardest = Some((level, path.to_owned()));
        }
    });
    hardest.map(|(_, path)| (formula, formula.level(&all), path))
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|name, _| !NO_TEXT.contains(&name.as_str()));
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

/// The problem of a report for parents that is harder to read than the division's limit, or the usual one.
pub fn check(path: &str, model: &Model, limits: &BTreeMap<String, f64>) -> Option<Problem> {
    if model.audience != Audience::ParentCouncil {
        return None;
    }
    let limit = limits.get(&model.lang).copied().or_else(|| Formula::usual(&model.lang))?;
    let (formula, level, hardest) = measure(model)?;
    formula.harder(level, limit).then(|| {
        Problem::error("The texts for parents are too hard to read, so the report is not made.")
            .at(Place::file(path))
            .found(format!("{level:.1} by {}; the hardest text is {hardest}", formula.name()))
            .expected(match formula {
                Formula::KandelMoles => format!("{limit:.1} or more"),
                Formula::FleschKincaid | Formula::Lix => format!("{limit:.1} or less"),
            })
            .hint(format!(
                "Shorten sentences and words in goals/ or translations/, or set reading-level = {{ {} = … }} in [reports].",
                model.lang
            ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Counted by hand.
    #[test]
    fn words_sentences_and_syllables_are_counted() {
        let counts = |text, language| {
            let c = Counts::of(text, language);
            (c.sentences, c.words, c.syllables, c.long)
        };
        assert_eq!(counts("Read every day. Ask what happened next!", "en"), (2, 7, 10, 1));
        assert_eq!(counts("34 of 54 students (63%) read at level, as of e.g. March 13.", "en"), (1, 14, 16, 1));
        assert_eq!(counts("Lisez chaque jour. Demandez-lui la suite.", "fr"), (2, 7, 10, 1));
        assert_eq!(counts("Читайте щодня вголос.", "uk"), (1, 3, 7, 1));
    }

    // Words whose syllables a dictionary gives (Carnegie Mellon Pronouncing Dictionary 0.7b).
    #[test]
    fn syllables_of_english_words_are_close_to_a_dictionarys() {
        let known = [
            ("reading", 2),
            ("level", 2),
            ("table", 2),
            ("school", 1),
            ("started", 2),
            ("moved", 1),
            ("changes", 2),
            ("families", 3),
            ("children", 2),
            ("grade", 1),
            ("average", 3),
            ("numbers", 2),
            ("people", 2),
            ("three", 1),
        ];
        for (word, syllables) in known {
            assert_eq!(super::syllables(word, "en"), syllables, "{word}");
        }
    }

    // The formulas with round numbers: 100 words, 10 sentences, 150 syllables, 20 long words.
    #[test]
    fn formulas_are_as_published() {
        let counts = Counts { sentences: 10, words: 100, syllables: 150, long: 20 };
        let close =
            |formula: Formula, level: f64| assert!((formula.level(&counts) - level).abs() < 1e-9, "{formula:?}");
        close(Formula::FleschKincaid, 6.01);
        close(Formula::KandelMoles, 86.45);
        close(Formula::Lix, 30.0);
        assert!(Formula::KandelMoles.harder(40.0, 50.0) && Formula::Lix.harder(60.0, 50.0));
    }
}
