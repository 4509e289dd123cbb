//! Which scale reads the values of a column.
//!
//! Comes in: values. Goes out: how many of them each scale reads, the project's scales first, then
//! guesses that many schools would recognise; and what the words beside the scale may mean. A word
//! that nobody knows is proposed as an error, so that nothing is counted by guessing.

use std::collections::BTreeMap;

use termwise_config::CodeClass;
use termwise_config::measures::{Scale, ScaleKind};

use crate::dataset::values::{Outcome, ScaleReader};

use super::cell::{Cell, Values};
use super::vocabulary::plain;

/// Least part of the filled cells that a scale must read to be taken for the right one.
pub(super) const ENOUGH: f64 = 0.8;

/// How a scale reads some values.
#[derive(Debug, Clone, Default)]
pub(super) struct Fit {
    /// Filled cells.
    pub(super) total: u32,
    /// Read as a score.
    pub(super) scores: u32,
    /// Read as a declared code.
    pub(super) codes: u32,
    /// What it cannot read, most frequent first.
    pub(super) unread: Vec<(String, u32)>,
}

impl Fit {
    /// Part of the cells that are read, well-known words beside the scale included.
    pub(super) fn share(&self) -> f64 {
        if self.total == 0 {
            return 0.0;
        }
        let known: u32 = self.unread.iter().filter(|(word, _)| well_known(word).is_some()).map(|(_, n)| n).sum();
        f64::from(self.scores + self.codes + known) / f64::from(self.total)
    }

    /// Whether the scale is likely the right one.
    pub(super) fn is_good(&self) -> bool {
        self.scores > 0 && self.share() >= ENOUGH
    }
}

/// Holds values against a scale.
pub(super) fn fit(scale: &Scale, values: &Values, comma: Option<bool>) -> Fit {
    let reader = ScaleReader::new(scale, &BTreeMap::new(), &[String::new()]);
    let mut fit = Fit { total: values.total(), ..Fit::default() };
    let mut unread: Vec<(String, u32)> = Vec::new();
    for (cell, times) in values.cells() {
        match reader.read(cell.value(), comma) {
            Outcome::Reading(reading) if reading.class == CodeClass::Score => fit.scores += times,
            Outcome::Reading(_) => fit.codes += times,
            Outcome::Blank => fit.total -= times,
            Outcome::Rejected(_) => unread.push((cell.text(), times)),
        }
    }
    unread.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    fit.unread = unread;
    fit
}

/// What a word beside a scale usually means: the reason why there is no score.
pub(super) fn well_known(word: &str) -> Option<&'static str> {
    let word = plain(word);
    Some(match word.as_str() {
        "abs" | "absent" | "a" | "absente" => "absent",
        "ex" | "exempt" | "exc" | "excused" | "exempte" => "exempt",
        "na" | "n a" | "nm" | "not assessed" | "nya" | "non evalue" | "ne" | "not determined" | "not tested" => {
            "not assessed"
        }
        "tr" | "trans" | "transferred" | "moved" | "mvd" | "left" | "withdrawn" | "transfere" => "transferred",
        "in" | "inc" | "incomplete" | "incomplet" => "incomplete",
        "prefer not to answer" | "no answer" | "don t know" | "pas de reponse" | "ne sais pas" => "no answer",
        _ => return None,
    })
}

/// Ladders of levels that many schools use, lowest first, with other spellings of a level.
type Ladder = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const LADDERS: [Ladder; 10] = [
    (
        "reading-level",
        "letters from A to Z, as of levelled books",
        &[
            "RB", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T",
            "U", "V", "W", "X", "Y", "Z",
        ],
        &[("PreA", "RB"), ("Pre-A", "RB")],
    ),
    ("report-card-mark", "marks ND and 1 to 4", &["ND", "1", "2", "3", "4"], &[]),
    ("rubric-4", "marks from 1 to 4", &["1", "2", "3", "4"], &[]),
    (
        "agreement",
        "five steps of agreement",
        &["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"],
        &[("Neither agree nor disagree", "Neutral")],
    ),
    ("agreement-4", "four steps of agreement", &["Strongly disagree", "Disagree", "Agree", "Strongly agree"], &[]),
    (
        "frequency",
        "steps from never to always",
        &["Never", "Rarely", "Sometimes", "Usually", "Always"],
        &[("Seldom", "Rarely"), ("Often", "Usually")],
    ),
    ("learning-behaviour", "R, S, U, C: rarely, sometimes, usually, consistently", &["R", "S", "U", "C"], &[]),
    (
        "benchmark",
        "steps below and above a benchmark",
        &["Well Below Benchmark", "Below Benchmark", "At Benchmark", "Above Benchmark", "Well Above Benchmark"],
        &[
            ("At or Above Benchmark", "At Benchmark"),
            ("Well Below", "Well Below Benchmark"),
            ("Below", "Below Benchmark"),
            ("At", "At Benchmark"),
            ("At or Above", "At Benchmark"),
            ("Above", "Above Benchmark"),
            ("Well Above", "Well Above Benchmark"),
            ("Intensive", "Well Below Benchmark"),
            ("Strategic", "Below Benchmark"),
            ("Core", "At Benchmark"),
        ],
    ),
    (
        "meeting",
        "steps from not meeting to meeting expectations",
        &["Not meeting", "Approaching", "Meeting", "Exceeding"],
        &[
            ("Needs ongoing help", "Not meeting"),
            ("Approaching expectations", "Approaching"),
            ("Meeting expectations", "Meeting"),
            ("Not meeting expectations", "Not meeting"),
            ("Emerging", "Not meeting"),
            ("Developing", "Approaching"),
            ("Proficient", "Meeting"),
            ("Extending", "Exceeding"),
        ],
    ),
    (
        "yes-no",
        "yes or no",
        &["No", "Yes"],
        &[("N", "No"), ("Y", "Yes"), ("FALSE", "No"), ("TRUE", "Yes"), ("Non", "No"), ("Oui", "Yes")],
    ),
];

/// A scale that a file seems to need.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Guess {
    pub(super) scale: Scale,
    /// In words, for people.
    pub(super) what: String,
    /// What nobody can know from the values alone.
    pub(super) doubt: Option<String>,
}

fn ladder((id, what, levels, aliases): &Ladder) -> Guess {
    let word = |text: &&str| (*text).to_owned();
    Guess {
        scale: Scale {
            id: (*id).to_owned(),
            kind: ScaleKind::Ordered {
                levels: levels.iter().map(word).collect(),
                aliases: aliases.iter().map(|(from, to)| (word(from), word(to))).collect(),
                range_counts_as_lower: true,
            },
            codes: BTreeMap::new(),
        },
        what: (*what).to_owned(),
        doubt: None,
    }
}

/// The best guess at the scale of some values; `header` may speak of percent.
pub(super) fn guess(values: &Values, header: &str, comma: Option<bool>) -> Option<(Guess, Fit)> {
    let numbers = values.share(|cell| number(cell, comma).is_some());
    if numbers < ENOUGH
        || values.share(|cell| number(cell, comma).is_some_and(|n| n.fract() == 0.0 && (1.0..=4.0).contains(&n)))
            > ENOUGH
    {
        for entry in &LADDERS {
            let guess = ladder(entry);
            let fit = fit(&guess.scale, values, comma);
            if fit.is_good() && plausible(&guess, values) {
                return Some((only_seen(guess, values), fit));
            }
        }
    }
    let share = values.share(|cell| matches!(cell, Cell::Text(text) if text.trim().ends_with('%')));
    let header = plain(&header.replace('%', " percent "));
    let says =
        ["percent", "pct", "acc", "accuracy", "pourcentage"].iter().any(|w| super::vocabulary::has_words(&header, w));
    let fractions = values.share(|cell| number(cell, comma).is_some_and(|n| (0.0..=1.0).contains(&n)));
    if share > 0.5 || (says && fractions >= ENOUGH) {
        let scale = Scale { id: "percent".to_owned(), kind: ScaleKind::Percent, codes: BTreeMap::new() };
        let fit = fit(&scale, values, comma);
        return fit.is_good().then(|| (Guess { scale, what: "percentages".to_owned(), doubt: None }, fit));
    }
    if numbers < ENOUGH {
        return None;
    }
    Some(number_guess(values, says, comma))
}

/// A guess with only those spellings of its levels that occur.
fn only_seen(mut guess: Guess, values: &Values) -> Guess {
    if let ScaleKind::Ordered { aliases, .. } = &mut guess.scale.kind {
        aliases.retain(|spelling, _| values.seen.keys().any(|seen| seen.to_lowercase() == spelling.to_lowercase()));
    }
    guess
}

/// A number scale with round bounds around what was seen.
fn number_guess(values: &Values, percent: bool, comma: Option<bool>) -> (Guess, Fit) {
    let found: Vec<f64> = values.cells().filter_map(|(cell, _)| number(cell, comma)).collect();
    let (least, most) = found.iter().fold((f64::INFINITY, 1f64), |(a, b), n| (a.min(*n), b.max(*n)));
    let highest = if percent && most <= 100.0 { 100.0 } else { round_up(most) };
    let lowest = if least < 0.0 { -round_up(-least) } else { 0.0 };
    let doubt = format!(
        "The highest number seen is {most}; {highest} is only a round number above it. What is the most that can be true?"
    );
    let scale = Scale { id: "score".to_owned(), kind: ScaleKind::Number { lowest, highest }, codes: BTreeMap::new() };
    let fit = fit(&scale, values, comma);
    (Guess { scale, what: format!("numbers from {least} to {most}"), doubt: Some(doubt) }, fit)
}

fn round_up(most: f64) -> f64 {
    let step = 10f64.powf(most.log10().floor().max(1.0)) / 2.0;
    (most / step).ceil() * step
}

/// A number, also as text with a decimal comma or in `12/20`.
fn number(cell: &Cell, comma: Option<bool>) -> Option<f64> {
    match cell {
        Cell::Text(text)
            if comma != Some(true) && text.contains(',') && text.split(',').nth(1).is_some_and(|p| p.len() == 3) =>
        {
            None
        }
        cell => cell.number(),
    }
}

/// Few different values can be levels by accident: two letters may be groups.
fn plausible(guess: &Guess, values: &Values) -> bool {
    let different = |what: &dyn Fn(&str) -> bool| values.seen.keys().filter(|key| what(key)).count();
    match guess.scale.id.as_str() {
        "reading-level" => {
            let letter = |key: &str| key.len() <= 3 && !key.bytes().any(|b| b.is_ascii_digit());
            different(&|key| letter(key) && well_known(key).is_none_or(|_| key == "A")) >= 4
        }
        "report-card-mark" => values.seen.keys().any(|key| key.eq_ignore_ascii_case("ND")),
        "rubric-4" | "learning-behaviour" => different(&|_| true) >= 2,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(words: &[&str]) -> Values {
        let mut values = Values::default();
        words.iter().for_each(|word| values.add(Cell::Text((*word).to_owned())));
        values
    }

    fn guessed(words: &[&str], header: &str) -> Option<String> {
        guess(&values(words), header, None).map(|(guess, _)| guess.scale.id)
    }

    #[test]
    fn values_tell_their_scale() {
        assert_eq!(guessed(&["A", "J/K", "<C", "M", "N", "ABS"], "Level").as_deref(), Some("reading-level"));
        assert_eq!(guessed(&["ND", "1", "2+", "3", "4"], "Mark").as_deref(), Some("report-card-mark"));
        assert_eq!(guessed(&["1", "2", "3-", "4"], "Mark").as_deref(), Some("rubric-4"));
        assert_eq!(guessed(&["Agree", "Neutral", "Strongly agree"], "x").as_deref(), Some("agreement"));
        assert_eq!(guessed(&["79%", "80 %"], "x").as_deref(), Some("percent"));
        assert_eq!(guessed(&["15", "18", "22"], "Score").as_deref(), Some("score"));
        assert_eq!(
            guessed(&["At or Above Benchmark", "Below Benchmark", "Not Determined"], "Level").as_deref(),
            Some("benchmark")
        );
        assert_eq!(guessed(&["A", "B", "A"], "Group"), None);
        assert_eq!(guessed(&["reads well", "shy"], "x"), None);
    }

    #[test]
    fn bounds_are_round() {
        assert_eq!([37.0, 40.0, 5.0, 331.0].map(round_up), [40.0, 40.0, 5.0, 350.0]);
    }
}
