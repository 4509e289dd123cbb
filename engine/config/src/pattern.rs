//! The patterns of the mapping language: `*`, `?` and captures such as `{period}`.
//!
//! Comes in: a pattern and a word from a spreadsheet (a sheet's name, a header, a cell). Goes out:
//! whether it fits and what was captured. Case and the kind of white space never matter.
//!
//! A pattern is matched by the `regex` crate, so the time grows with the length of pattern and word and never with
//! the number of ways in which they could fit.

use std::sync::OnceLock;

use regex::Regex;

use super::facts::{Fact, Facts};

/// Wildcards and captures a pattern may hold; one with more describes nothing that a person could check.
const MOST_WILD: usize = 8;

/// Longest pattern, in letters.
const LONGEST_PATTERN: usize = 1_000;

/// Longest word that is compared; a longer cell is no header and no name of a sheet.
const LONGEST_WORD: usize = 1_000;

/// The capture of the part of a cell that holds the result, as in `{value} / * SC`.
pub const VALUE: &str = "value";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Letter(char),
    One,
    Any,
    Capture(String),
}

/// A pattern, ready to be held against words.
#[derive(Debug, Clone)]
pub struct Pattern {
    written: String,
    parts: Vec<Part>,
    /// Made when it is first needed: many patterns are written, and few are held against a word that may fit.
    compiled: OnceLock<Regex>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Reads a pattern; the error is one sentence.
    pub fn new(pattern: &str) -> Result<Self, String> {
        Self::capturing(pattern, Fact::NAMES)
    }

    /// A pattern on what stands in a cell, which captures only [`VALUE`].
    pub fn of_value(pattern: &str) -> Result<Self, String> {
        Self::capturing(pattern, &[VALUE])
    }

    fn capturing(pattern: &str, known: &[&str]) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut letters = fold(pattern).chars().collect::<Vec<_>>().into_iter().peekable();
        let mut wild = 0;
        let mut seen: Vec<String> = Vec::new();
        while let Some(letter) = letters.next() {
            match letter {
                '*' if parts.last() == Some(&Part::Any) => {}
                '*' => parts.push(Part::Any),
                '?' => parts.push(Part::One),
                '{' => {
                    let name: String = letters.by_ref().take_while(|c| *c != '}').collect();
                    if !known.contains(&name.as_str()) {
                        return Err(format!("“{{{name}}}” cannot be captured; use one of {}", known.join(", ")));
                    }
                    if matches!(parts.last(), Some(Part::Capture(_))) {
                        return Err(format!("something must stand between “{{{name}}}” and the capture before it"));
                    }
                    if seen.contains(&name) {
                        return Err(format!("“{{{name}}}” is captured twice"));
                    }
                    seen.push(name.clone());
                    parts.push(Part::Capture(name));
                }
                other => parts.extend(other.to_lowercase().map(Part::Letter)),
            }
            wild += usize::from(matches!(letter, '*' | '{'));
        }
        if parts.len() > LONGEST_PATTERN {
            return Err(format!("a pattern may have at most {LONGEST_PATTERN} letters"));
        }
        if wild > MOST_WILD {
            return Err(format!("a pattern may hold at most {MOST_WILD} of * and captures"));
        }
        Ok(Self { written: pattern.to_owned(), parts, compiled: OnceLock::new() })
    }

    /// As it is written in the file.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The names that it captures.
    pub fn captures(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| if let Part::Capture(name) = part { Some(name.as_str()) } else { None })
    }

    /// Whether it holds letters of its own beside wildcards and captures.
    pub fn has_letters(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Letter(c) if !c.is_whitespace() && *c != '/'))
    }

    /// Whether `word` fits, the whole of it.
    pub fn matches(&self, word: &str) -> bool {
        self.fits(&prepare(word))
    }

    /// Whether a word that begins with this letter could fit; cheap, to spare the rest of the look.
    pub fn may_begin(&self, letter: char) -> bool {
        match self.parts.first() {
            Some(Part::Letter(first)) => letter.to_lowercase().next() == Some(*first),
            _ => true,
        }
    }

    /// Whether a word that [`prepare`] made ready fits, the whole of it.
    pub fn fits(&self, word: &Prepared) -> bool {
        word.letters <= LONGEST_WORD && self.regex().is_match(&word.text)
    }

    /// What is captured from `word`, or nothing if it does not fit. Captures are as short as
    /// possible and never empty.
    pub fn capture(&self, word: &str) -> Option<Facts> {
        let word = fold(word);
        let lower = lower(&word);
        if lower.letters > LONGEST_WORD {
            return None;
        }
        let found = self.regex().captures(&lower.text)?;
        // Lower case is taken letter by letter, so the same number of letters stands before a place in both.
        let original = |range: std::ops::Range<usize>| {
            let (before, inside) = (lower.text[..range.start].chars().count(), lower.text[range].chars().count());
            word.chars().skip(before).take(inside).collect::<String>().trim().to_owned()
        };
        let captured = self.captures().zip(found.iter().skip(1).flatten());
        Some(captured.map(|(name, part)| (name.to_owned(), original(part.range()))).collect())
    }

    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            let mut pattern = String::from(r"(?s)\A");
            for part in &self.parts {
                match part {
                    Part::Letter(letter) => pattern.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4]))),
                    Part::One => pattern.push('.'),
                    Part::Any => pattern.push_str(".*?"),
                    Part::Capture(_) => pattern.push_str("(.+?)"),
                }
            }
            pattern.push_str(r"\z");
            Regex::new(&pattern).expect("escaped letters and a few wildcards are a small regular expression")
        })
    }
}

/// A word in the form in which patterns are held against it.
#[derive(Debug, Clone)]
pub struct Prepared {
    text: String,
    letters: usize,
}

/// Makes a word ready to be held against many patterns.
pub fn prepare(word: &str) -> Prepared {
    lower(&fold(word))
}

/// One letter in, one letter out, so that places stay the same.
fn lower(folded: &str) -> Prepared {
    let (mut text, mut letters) = (String::with_capacity(folded.len()), 0);
    for letter in folded.chars() {
        text.push(letter.to_lowercase().next().unwrap_or(letter));
        letters += 1;
    }
    Prepared { text, letters }
}

/// Folds what differs only in looks: every white space (also the non-breaking ones) becomes one
/// plain space, curly quotes become straight, every dash becomes `-`, invisible marks go.
pub fn fold(text: &str) -> String {
    // Most cells need nothing; a look at their bytes is cheaper than taking them apart.
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'`';
    if text.bytes().all(plain) && !text.contains("  ") && text.trim_ascii().len() == text.len() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => {}
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{2bb}' | '\u{60}' | '\u{b4}' | '\u{2032}' => {
                out.push('\'')
            }
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}' => out.push('-'),
            c if c.is_whitespace() || c.is_control() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(pattern: &str, word: &str) -> Option<Vec<(String, String)>> {
        Pattern::new(pattern).expect("a pattern").capture(word).map(|facts| facts.into_iter().collect())
    }

    #[test]
    fn wildcards_ignore_case_and_white_space() {
        let pattern = Pattern::new("Gr *").expect("a pattern");
        assert!(pattern.matches("GR\u{a0}3 – Ms.\u{a0}B"));
        assert!(!pattern.matches("Grade 3"));
        assert!(Pattern::new("Present?").expect("a pattern").matches("present?"));
        assert!(Pattern::new("# at*").expect("a pattern").matches("# at or above"));
    }

    #[test]
    fn captures_keep_the_words_as_written() {
        let one = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(captured("{period} / Level", "Term 1 / level"), Some(vec![one("period", "Term 1")]));
        assert_eq!(captured("Gr {grade}*", "Gr 3 EUBP"), Some(vec![one("grade", "3")]));
        assert_eq!(captured("*/{year}/*", "data/2025-26/blue-heron/reading.xlsx"), Some(vec![one("year", "2025-26")]));
        assert_eq!(captured("{grade} / {period} / {measure}", "K / FALL / FSF").map(|f| f.len()), Some(3));
        assert_eq!(captured("{period} / Level", " / Level"), None);
    }

    /// What matching every way in turn would never get done with.
    #[test]
    fn a_long_word_that_hardly_fits_costs_no_time() {
        let word = "ab".repeat(300) + " scor";
        for pattern in ["{period}*{measure}*score", "*a*b*a*b*a*b*x", "{year}a{period}b{measure}c"] {
            let pattern = Pattern::new(pattern).expect("a pattern");
            let start = std::time::Instant::now();
            assert!(!pattern.matches(&word) && pattern.capture(&word).is_none());
            // Minutes before; a bound so wide that no busy machine breaks it.
            assert!(start.elapsed() < std::time::Duration::from_secs(10), "{pattern:?}");
        }
        assert!(Pattern::new(&"a".repeat(1_001)).is_err());
        assert_eq!(
            captured("{grade}*{period}", "GRÜSSE 3"),
            Some(vec![("grade".to_owned(), "G".to_owned()), ("period".to_owned(), "RÜSSE 3".to_owned()),])
        );
    }

    #[test]
    fn faulty_patterns_are_refused() {
        assert!(Pattern::new("{perod}").is_err());
        assert!(Pattern::new("{period}{year}").is_err());
        assert!(Pattern::new("{period} {period}").is_err());
        assert!(Pattern::new("*a*b*c*d*e*f*g*h*i").is_err());
    }
}
