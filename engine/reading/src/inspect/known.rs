//! What is known beforehand: the project's own words, and behind them those of schools in general.
//!
//! Comes in: a word from a header, a tab, a path or a cell. Goes out: the reporting period, measure or
//! school that it names. Nothing here looks at a spreadsheet.

use termwise_config::pattern::fold;
use termwise_config::{MeasureId, Project};

use super::times::usual_month;
use super::vocabulary::{has_words, plain};

/// A reporting period that a word names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PeriodWord {
    /// As written.
    pub(super) word: String,
    /// Month in which such a period usually ends.
    pub(super) month: u32,
    /// Id in the project's calendar, if that knows the word.
    pub(super) id: Option<String>,
}

/// What is known beforehand: a project, or only what schools have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) project: Option<&'a Project>,
}

impl<'a> Known<'a> {
    /// The reporting period that a whole word names.
    pub(super) fn period(&self, word: &str) -> Option<PeriodWord> {
        let folded = fold(word);
        let id = self.project.and_then(|project| {
            let lower = folded.to_lowercase();
            let named = |p: &&termwise_config::Period| {
                p.id.to_lowercase() == lower
                    || p.name.to_lowercase() == lower
                    || p.also_called.iter().any(|a| a.trim().to_lowercase() == lower)
            };
            let periods = &project.calendar.periods;
            periods.iter().find(named).map(|p| (p.id.clone(), u32::from(p.closes.month().unsigned_abs())))
        });
        let month = id.as_ref().map(|(_, month)| *month).or_else(|| usual_month(&folded))?;
        Some(PeriodWord { word: folded, month, id: id.map(|(id, _)| id) })
    }

    /// A reporting period named somewhere in a short text, and where: the longest run of at most
    /// three words, the first of equally long ones.
    pub(super) fn period_in(&self, text: &str) -> Option<(std::ops::Range<usize>, PeriodWord)> {
        if text.chars().count() > 60 {
            return None;
        }
        let mut tokens: Vec<std::ops::Range<usize>> = Vec::new();
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            match tokens.last_mut() {
                Some(last) if last.end == at && c.is_alphanumeric() => last.end = end,
                _ if c.is_alphanumeric() => tokens.push(at..end),
                _ => {}
            }
        }
        (1..=3).rev().find_map(|length| {
            tokens.windows(length).find_map(|run| {
                let span = run[0].start..run[length - 1].end;
                self.period(&text[span.clone()]).map(|period| (span, period))
            })
        })
    }

    /// The measure that a spreadsheet calls this.
    pub(super) fn measure(&self, word: &str) -> Option<MeasureId> {
        self.project.and_then(|project| project.measures.by_word(&fold(word)))
    }

    /// The school that is called this; hyphens of file names count as spaces.
    pub(super) fn school(&self, word: &str) -> Option<String> {
        let (word, spaced) = (fold(word), fold(&word.replace(['-', '_'], " ")));
        let schools = &self.project?.schools;
        schools.iter().find(|s| s.is_called(&word) || s.is_called(&spaced)).map(|s| s.id.clone())
    }

    /// The school whose name stands in a text.
    pub(super) fn school_in(&self, text: &str) -> Option<String> {
        let text = plain(text);
        let schools = &self.project?.schools;
        let named = |name: &str| name.len() > 3 && has_words(&text, &plain(name));
        let found = schools.iter().find(|s| named(&s.name) || s.also_called.iter().any(|name| named(name)));
        found.map(|s| s.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_found_inside_headers() {
        let known = Known { project: None };
        let month = |text: &str| known.period_in(text).map(|(span, p)| (text[span].to_owned(), p.month));
        assert_eq!(month("Nov Rdg Lvl"), Some(("Nov".to_owned(), 11)));
        assert_eq!(month("Term 2 Level"), Some(("Term 2".to_owned(), 3)));
        assert_eq!(month("EOY"), Some(("EOY".to_owned(), 6)));
        assert_eq!(month("Étape 3"), Some(("Étape 3".to_owned(), 6)));
        assert_eq!(month("DORF ACC"), None);
    }
}
