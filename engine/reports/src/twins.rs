//! Proves that two language editions of a report say the same.
//!
//! Comes in: the models of two editions, or what was found in their PDFs. Goes out: a problem for every
//! difference that language does not explain. Texts differ; shape, keys, places on charts and every
//! number in every text do not, and no run of words stays untranslated unless it is marked as a passage
//! in another language.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use termwise_base::problem::{Place, Problem};

use super::leaves;
use super::model::{ForeignModel, Model};

/// Parts of a model that are about the language itself, or names that keep their spelling.
const OWN: [&str; 6] = ["lang", "foreign", "other", "translation", "title", "figures-csv"];
/// Leaves that are names or keys: the same in every language.
const SAME: [&str; 15] = [
    "schema",
    "audience",
    "region",
    "division",
    "school",
    "code",
    "id",
    "kind",
    "key",
    "letter",
    "paper",
    "year",
    "ground",
    "hidden-by",
    "shown-by",
];
/// So many words one after the other that are the same in two languages are taken for untranslated.
const WORDS: usize = 3;
/// How many differences are told.
const MOST: usize = 5;

/// Compares two editions, each with its path; none differ in an empty answer. `alike` are texts of the division
/// that are the same in both languages.
pub fn compare(one: (&str, &Model), two: (&str, &Model), alike: &BTreeSet<&str>) -> Vec<Problem> {
    let (a, b) = (leaves_of(one.1), leaves_of(two.1));
    // Marked passages, and names, which keep their spelling; the longest first.
    let marked = one.1.foreign.iter().chain(&two.1.foreign).map(|passage| passage.text.as_str());
    let names = one.1.goals.iter().map(|goal| goal.school.as_str()).chain([one.1.division.as_str(), &one.1.school]);
    let mut kept: Vec<&str> =
        marked.chain(names).chain(alike.iter().copied()).filter(|text| !text.is_empty()).collect();
    kept.sort_by_key(|text| (std::cmp::Reverse(text.len()), *text));
    kept.dedup();
    let mut differences = Vec::new();
    for path in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
        if let Some(difference) = differ(path, a.get(path), b.get(path), (Tongue::of(one.1), Tongue::of(two.1)), &kept)
        {
            differences.push(format!("{path}: {difference}"));
        }
    }
    if differences.is_empty() {
        return Vec::new();
    }
    let more = differences.len().saturating_sub(MOST);
    let mut told = differences.into_iter().take(MOST).collect::<Vec<_>>().join("; ");
    if more > 0 {
        told.push_str(&format!("; and {more} more"));
    }
    vec![
        Problem::error(format!("The report does not say the same as {}, so it is not made. {told}.", one.0))
            .at(Place::file(two.0))
            .hint("Mend the translation (translations/ or templates/words/) so that both have the same numbers."),
    ]
}

/// Two editions whose pages have other headings, tables or figures.
pub fn other_pages(one: &str, two: &str) -> Problem {
    Problem::error(format!(
        "The pages do not have the same headings, tables and figures as {one}, so they were not made."
    ))
    .at(Place::file(two))
    .hint("A template that looks at the language or at the length of a text may leave a part out. Mend the template.")
}

fn leaves_of(model: &Model) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut value = serde_json::to_value(model).expect("a model is JSON");
    if let Value::Object(map) = &mut value {
        OWN.iter().for_each(|name| {
            map.remove(*name);
        });
    }
    leaves::walk(&value, &mut String::new(), &mut |path, leaf| {
        found.insert(path.to_owned(), leaf.clone());
    });
    found
}

/// The language of an edition, and its passages in others.
#[derive(Clone, Copy)]
struct Tongue<'a> {
    lang: &'a str,
    foreign: &'a [ForeignModel],
}

impl<'a> Tongue<'a> {
    fn of(model: &'a Model) -> Self {
        Self { lang: &model.lang, foreign: &model.foreign }
    }

    /// Every number in a text, sorted: those of a passage in another language as that one writes them.
    fn numbers(&self, text: &str) -> Vec<String> {
        let mut rest = text.to_owned();
        let mut found = Vec::new();
        // The longest come first.
        for passage in self.foreign.iter().filter(|passage| !passage.text.is_empty()) {
            let (others, times) = leaves::without(&rest, &passage.text);
            for _ in 0..times {
                found.extend(numbers(&passage.text, &passage.lang));
            }
            rest = others;
        }
        found.extend(numbers(&rest, self.lang));
        found.sort();
        found
    }
}

fn differ(
    path: &str,
    one: Option<&Value>,
    two: Option<&Value>,
    (tongue_one, tongue_two): (Tongue<'_>, Tongue<'_>),
    kept: &[&str],
) -> Option<String> {
    let (Some(one), Some(two)) = (one, two) else {
        // A word of the division's own may be for one report alone; a template that needs it says so.
        if path.starts_with("words.own-") {
            return None;
        }
        let lacking = if one.is_none() { tongue_one.lang } else { tongue_two.lang };
        return Some(format!("missing in “{lacking}”"));
    };
    let (Value::String(one), Value::String(two)) = (one, two) else {
        return (one != two).then(|| format!("{one} and {two}"));
    };
    let last = path.rsplit('.').next().unwrap_or(path);
    // Names of people keep their spelling.
    let name = path.starts_with("names.") && path.contains(".names.");
    if name || SAME.contains(&last) {
        return (one != two).then(|| format!("“{one}” and “{two}”"));
    }
    let numbers = (tongue_one.numbers(one), tongue_two.numbers(two));
    if numbers.0 != numbers.1 {
        return Some(format!("the numbers are {} and {}", numbers.0.join(" "), numbers.1.join(" ")));
    }
    // Names keep their spelling, and so do the files in the table of the data.
    let own = |text: &str| kept.iter().fold(text.to_owned(), |text, passage| leaves::without(&text, passage).0);
    if path.starts_with("data.rows") {
        return None;
    }
    // A part of a text that is kept, as the first sentence of a why.
    if one == two && kept.iter().any(|text| text.contains(one.as_str())) {
        return None;
    }
    shared(&own(one), &own(two)).map(|words| format!("“{words}” is not translated"))
}

/// The first run of words that both texts have.
fn shared(one: &str, two: &str) -> Option<String> {
    let words = |text: &str| -> Vec<String> {
        text.split_whitespace()
            .map(|word| word.trim_matches(|c: char| ".,;:!?()“”«»".contains(c)).to_lowercase())
            .collect()
    };
    let (one, two) = (words(one), words(two));
    // Blanks (`{when}`), file names and signs are no words.
    let letters =
        |word: &String| word.chars().count() > 1 && word.chars().all(|c| c.is_alphabetic() || "-’'".contains(c));
    let spoken = |run: &[String]| run.iter().all(letters);
    let runs: BTreeSet<&[String]> = two.windows(WORDS).collect();
    one.windows(WORDS).find(|run| spoken(run) && runs.contains(run)).map(|run| run.join(" "))
}

/// Every number in a text, smallest spelling, sorted: `1,234.5` in English and `1 234,5` in French are
/// the same number.
fn numbers(text: &str, lang: &str) -> Vec<String> {
    let english = lang.starts_with("en");
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let mut number = String::new();
        while at < chars.len() {
            let c = chars[at];
            let group = match c {
                ',' => english,
                '\u{a0}' | '\u{202f}' => !english,
                _ => false,
            };
            let three = digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4);
            let decimal = c == if english { '.' } else { ',' };
            if c.is_ascii_digit() {
                number.push(c);
            } else if decimal && digit(at + 1) {
                number.push('.');
            } else if !(group && three && number.len() < 4) {
                break;
            }
            at += 1;
        }
        found.push(number);
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_however_a_language_writes_them() {
        assert_eq!(numbers("1,234.5 of 54 (63%)", "en"), numbers("63\u{a0}% : 1\u{a0}234,5 sur 54", "fr"));
        assert_eq!(numbers("Grade 1, March 13, 2026", "en"), ["1", "13", "2026"]);
        assert_eq!(numbers("2025–26", "uk"), ["2025", "26"]);
        assert_eq!(numbers("Grades 1, 2 and 3.", "en"), ["1", "2", "3"]);
        assert_ne!(numbers("63%", "en"), numbers("36\u{a0}%", "fr"));
    }

    #[test]
    fn numbers_of_a_passage_are_those_of_its_language() {
        let foreign = [ForeignModel { text: "ont manqué 2,5 jours sur 1\u{a0}000".into(), lang: "fr".into() }];
        let text = "In March 2026, this holds for 1,200 students: “ont manqué 2,5 jours sur 1\u{a0}000”.";
        let en = Tongue { lang: "en", foreign: &foreign };
        assert_eq!(en.numbers(text), ["1000", "1200", "2.5", "2026"]);
        let uk = Tongue { lang: "uk", foreign: &foreign };
        assert_eq!(uk.numbers("1\u{a0}200 учнів: «ont manqué 2,5 jours sur 1\u{a0}000»."), ["1000", "1200", "2.5"]);
    }

    #[test]
    fn a_text_that_stayed_as_it_was_is_told_unless_it_is_marked() {
        let differ = |one: &str, two: &str, kept: &[&str]| {
            let (one, two) = (Value::String(one.into()), Value::String(two.into()));
            let [en, fr] = ["en", "fr"].map(|lang| Tongue { lang, foreign: &[] });
            differ("words.x", Some(&one), Some(&two), (en, fr), kept)
        };
        let (one, two) = ("School plan: Reading to learn.", "Plan de l'école\u{a0}: Reading to learn.");
        assert_eq!(differ(one, two, &[]).as_deref(), Some("“reading to learn” is not translated"));
        assert_eq!(differ(one, two, &["Reading to learn"]), None);
        assert_eq!(differ("Page 3 of 4", "Page 3 sur 4", &[]), None);
        // A passage keeps its numbers as its language writes them; what stands around it does not.
        let passage = [ForeignModel { text: "At 12.5%".into(), lang: "en".into() }];
        let differ_beside = |one: &str, two: &str| {
            let (one, two) = (Value::String(one.into()), Value::String(two.into()));
            let (en, fr) = (Tongue { lang: "en", foreign: &[] }, Tongue { lang: "fr", foreign: &passage });
            super::differ("words.x", Some(&one), Some(&two), (en, fr), &["At 12.5%"])
        };
        let (one, two) = ("The title: “At 12.5%”; 3 of 4.", "Le titre\u{a0}: «\u{a0}At 12.5%\u{a0}»\u{a0}; 3 sur 5.");
        assert!(differ_beside(one, two).expect("another number").contains("and"));
        assert_eq!(differ_beside(one, &two.replace("sur 5", "sur 4")), None);
        let name = ["Les lectrices et lecteurs de demain. Depuis 1998."];
        let first = "Les lectrices et lecteurs de demain.";
        assert_eq!(differ(first, first, &name), None);
        assert!(differ(first, first, &[]).is_some());
    }
}
