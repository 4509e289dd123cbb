//! What spreadsheet programs allow: names of sheets, lengths of texts, numbers of rows and columns.
//!
//! Comes in: anything that was in somebody's file. Goes out: something that every spreadsheet program
//! opens, as near to it as can be. Lengths are counted in UTF-16, as the programs do.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// Rows and columns of a sheet.
pub(super) const ROWS: u32 = 1_048_576;
pub(super) const COLS: u32 = 16_384;
/// Letters of a cell.
pub(super) const CELL: usize = 32_767;
/// Letters of a note; some are kept for the name of its author.
pub(super) const NOTE: usize = 32_000;
const NAME: usize = 31;

/// Names of sheets that are taken.
#[derive(Debug, Default)]
pub(super) struct Names {
    // In small letters: programs take “A” and “a” for the same sheet.
    taken: BTreeSet<String>,
}

impl Names {
    /// A name like the wanted one that may be used and is not taken yet.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let allowed = allowed(wanted);
        let mut name = cut(&allowed, NAME).to_owned();
        let mut number = 2;
        while !self.taken.insert(name.to_lowercase()) {
            let end = format!(" ({number})");
            name = format!("{}{end}", cut(&allowed, NAME - end.len()).trim_end());
            number += 1;
        }
        name
    }
}

/// The name with every letter replaced that a sheet's name may not have.
fn allowed(wanted: &str) -> String {
    let bad =
        |c: char| c.is_control() || matches!(c, '*' | '?' | ':' | '[' | ']' | '\\' | '/' | '\u{fffe}' | '\u{ffff}');
    let name = cut(wanted, NAME).replace(bad, "_").trim().to_owned();
    let name = match (name.strip_prefix('\''), name.strip_suffix('\'')) {
        (None, None) => name,
        _ => name.replace('\'', "’"),
    };
    match name.as_str() {
        "" => "Sheet".to_owned(),
        // Excel keeps this name for itself.
        kept if kept.eq_ignore_ascii_case("history") => format!("{kept}_"),
        _ => name,
    }
}

/// The text, or its beginning and “…”.
pub(super) fn short(text: &str, most: usize) -> Cow<'_, str> {
    let start = cut(text, most);
    if start.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(format!("{}…", cut(text, most - 1))) }
}

/// The beginning of a text, at most so long.
fn cut(text: &str, most: usize) -> &str {
    let mut length = 0;
    let end = text.char_indices().find(|(_, letter)| {
        length += letter.len_utf16();
        length > most
    });
    end.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_allowed_and_taken_once() {
        let mut names = Names::default();
        assert_eq!(names.take("Gr 1/2: A?"), "Gr 1_2_ A_");
        assert_eq!(names.take("'quoted'"), "’quoted’");
        assert_eq!(names.take(" "), "Sheet");
        assert_eq!(names.take("history"), "history_");
        let long = "The results of all grades in the autumn";
        assert_eq!(names.take(long), "The results of all grades in th");
        assert_eq!(names.take(long), "The results of all grades i (2)");
        assert_eq!(names.take(&long.to_uppercase()), "THE RESULTS OF ALL GRADES I (3)");
        assert_eq!(names.take(&"😀".repeat(20)), "😀".repeat(15));
    }

    #[test]
    fn long_texts_end_in_an_ellipsis() {
        assert_eq!(short("abcd", 4), "abcd");
        assert_eq!(short("abcde", 4), "abc…");
        assert_eq!(short("a😀b", 3), "a…");
    }
}
