//! The patterns of the mapping language: `*`, `?` and captures such as `{period}`.
//!
//! Comes in: a pattern and a word from a spreadsheet (a sheet's name, a header, a cell). Goes out:
//! whether it fits and what was captured. Case and the kind of white space never matter.

use super::mapping::{FACTS, Facts};

/// Wildcards and captures a pattern may hold; matching tries every way, so the number is bounded.
const MOST_WILD: usize = 8;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

impl Pattern {
    /// Reads a pattern; the error is one sentence.
    pub fn new(pattern: &str) -> Result<Self, String> {
        Self::capturing(pattern, &FACTS)
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
        if wild > MOST_WILD {
            return Err(format!("a pattern may hold at most {MOST_WILD} of * and captures"));
        }
        Ok(Self { parts })
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
        let letters = lower(word);
        letters.len() <= LONGEST_WORD && self.fit(&self.parts, &letters, 0, &mut Vec::new())
    }

    /// Whether a word that begins with this letter could fit; cheap, to spare the rest of the look.
    pub fn may_begin(&self, letter: char) -> bool {
        match self.parts.first() {
            Some(Part::Letter(first)) => letter.to_lowercase().next() == Some(*first),
            _ => true,
        }
    }

    /// Whether a word that [`prepare`] made ready fits, the whole of it.
    pub fn fits(&self, letters: &[char]) -> bool {
        letters.len() <= LONGEST_WORD && self.fit(&self.parts, letters, 0, &mut Vec::new())
    }

    /// What is captured from `word`, or nothing if it does not fit. Captures are as short as
    /// possible and never empty.
    pub fn capture(&self, word: &str) -> Option<Facts> {
        let word = fold(word);
        let letters = lower(&word);
        let mut found = Vec::new();
        if letters.len() > LONGEST_WORD || !self.fit(&self.parts, &letters, 0, &mut found) {
            return None;
        }
        // Lower case is taken letter by letter, so places in `letters` are places in `word`.
        let original: Vec<char> = word.chars().collect();
        Some(
            self.captures()
                .zip(found)
                .map(|(name, (start, end))| {
                    (name.to_owned(), original[start..end].iter().collect::<String>().trim().to_owned())
                })
                .collect(),
        )
    }

    fn fit(&self, parts: &[Part], letters: &[char], at: usize, found: &mut Vec<(usize, usize)>) -> bool {
        let Some((part, rest)) = parts.split_first() else { return at == letters.len() };
        match part {
            Part::Letter(c) => letters.get(at) == Some(c) && self.fit(rest, letters, at + 1, found),
            Part::One => at < letters.len() && self.fit(rest, letters, at + 1, found),
            Part::Any => (at..=letters.len()).any(|next| self.fit(rest, letters, next, found)),
            Part::Capture(_) => {
                for next in at + 1..=letters.len() {
                    found.push((at, next));
                    if self.fit(rest, letters, next, found) {
                        return true;
                    }
                    found.pop();
                }
                false
            }
        }
    }
}

/// Makes a word ready to be held against many patterns.
pub fn prepare(word: &str) -> Vec<char> {
    lower(word)
}

/// One letter in, one letter out, so that places stay the same.
fn lower(word: &str) -> Vec<char> {
    fold(word).chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
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

    #[test]
    fn faulty_patterns_are_refused() {
        assert!(Pattern::new("{perod}").is_err());
        assert!(Pattern::new("{period}{year}").is_err());
        assert!(Pattern::new("{period} {period}").is_err());
        assert!(Pattern::new("*a*b*c*d*e*f*g*h*i").is_err());
    }
}
