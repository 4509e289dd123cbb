//! Sees to it that every character of a model can be printed, before it is typeset.
//!
//! Comes in: a model and the fonts. Goes out: the model, and a note for each character that no font has.
//! A missing glyph would stop the export of an accessible PDF, so one name could stop a batch. What a
//! font lacks is printed without its accents where that helps (`ẍ` → `x`), else as `�`; the note names the
//! text, so that somebody can add a font.

use std::collections::BTreeMap;

use serde_json::Value;
use typst::text::FontBook;
use unicode_normalization::UnicodeNormalization;

use termwise_base::problem::{Place, Problem};

use super::leaves;

/// Which characters the fonts have.
pub struct Glyphs {
    /// One bit a character, in words of 64.
    known: Vec<u64>,
}

impl Glyphs {
    /// Of all fonts together: Typst takes the next font for what one lacks.
    pub fn of(book: &FontBook) -> Self {
        let mut known = vec![0_u64; 0x11_0000 / 64];
        let mut index = 0;
        while let Some(info) = book.info(index) {
            for point in info.coverage.iter() {
                known[point as usize / 64] |= 1 << (point % 64);
            }
            index += 1;
        }
        Self { known }
    }

    /// Whether `c` can be printed, or needs no glyph.
    fn has(&self, c: char) -> bool {
        let point = c as usize;
        self.known[point / 64] & (1 << (point % 64)) != 0 || needs_none(c)
    }

    /// Whether every character of `text` can be printed.
    pub fn cover(&self, text: &str) -> bool {
        text.chars().all(|c| self.has(c))
    }

    /// A text that can be printed, and the characters that had to go.
    fn mend(&self, text: &str) -> (String, Vec<char>) {
        let mut lost = Vec::new();
        let mut out = String::with_capacity(text.len());
        // Put together first: a font may have `é` and lack the accent by itself.
        for c in text.nfc() {
            if self.has(c) {
                out.push(c);
                continue;
            }
            lost.push(c);
            let base: String = c.nfkd().filter(|part| self.has(*part) && part.is_alphanumeric()).collect();
            if !base.is_empty() {
                out.push_str(&base);
            } else if !unicode_normalization::char::is_combining_mark(c) {
                out.push(if self.has('\u{fffd}') { '\u{fffd}' } else { '?' });
            }
        }
        (out, lost)
    }

    /// Mends every text of the model, and tells what was mended.
    pub fn check(&self, report: &str, model: &mut Value) -> Vec<Problem> {
        let mut found: BTreeMap<char, String> = BTreeMap::new();
        leaves::mend(model, &mut |path, text| {
            if self.cover(text) {
                return None;
            }
            let (mended, lost) = self.mend(text);
            for c in lost {
                // People's names stay out of messages.
                let shown =
                    if path.starts_with("names") { String::new() } else { format!(" (in “{}”)", start_of(text)) };
                found.entry(c).or_insert(shown);
            }
            Some(mended)
        });
        found
            .into_iter()
            .map(|(c, shown)| {
                Problem::warning(format!(
                    "No font has the character U+{:04X}{shown}; the report “{report}” is printed without it.",
                    u32::from(c)
                ))
                .at(Place::file(report))
                .hint("Put a font that has it into templates/fonts/ (.ttf or .otf), or spell the text with other characters.")
            })
            .collect()
    }
}

/// Characters that print nothing by themselves.
fn needs_none(c: char) -> bool {
    matches!(c, '\n' | '\t' | '\r' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{ad}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
        || c.is_whitespace()
}

fn start_of(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn glyphs() -> Glyphs {
        Glyphs::of(&FontBook::from_fonts(typst_kit::fonts::embedded().map(|(font, _)| font).collect::<Vec<_>>().iter()))
    }

    #[test]
    fn names_in_latin_and_cyrillic_stay_as_they_are() {
        let mut model = json!({"school": "École Łódź – Їжачок, Ґанок, Nguyễn"});
        let before = model.clone();
        assert_eq!(glyphs().check("r", &mut model), []);
        assert_eq!(model, before);
    }

    #[test]
    fn what_no_font_has_is_replaced_and_told() {
        let mut model = json!({"school": "ᓄᓇᕗᑦ School", "names": ["ᓄ"]});
        let told = glyphs().check("blue-heron/staff", &mut model);
        assert!(model["school"].as_str().unwrap().ends_with(" School"));
        assert!(glyphs().cover(model["school"].as_str().unwrap()));
        assert!(told.iter().all(|problem| !problem.is_error()));
        assert!(told.iter().any(|problem| problem.message.contains("ᓄᓇᕗᑦ School")), "{told:?}");
    }

    #[test]
    fn an_accent_that_no_font_has_goes_and_its_letter_stays() {
        // A font of ASCII alone.
        let mut glyphs = Glyphs { known: vec![0; 0x11_0000 / 64] };
        (0x20..0x7f_usize).for_each(|point| glyphs.known[point / 64] |= 1 << (point % 64));
        assert_eq!(glyphs.mend("Zo\u{eb} R\u{fc}\u{301}e"), ("Zoe Rue".into(), vec!['\u{eb}', '\u{1d8}']));
        assert_eq!(glyphs.mend("\u{407}"), ("?".into(), vec!['\u{407}']));
    }
}
