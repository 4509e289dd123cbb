//! Whether a description can be worked with: names, references, texts. The same rules for every
//! version of the contract.

use std::collections::{BTreeMap, BTreeSet};

use termwise_metric::{Description, Kind, Moment, PrivacyKind, Texts};

/// Most columns, outputs, reasons, messages and parts.
const MANY: usize = 64;
/// Longest text, in characters.
const LONG: usize = 2000;

/// Says in one sentence what is wrong with a description.
pub fn check(description: &Description) -> Result<(), String> {
    if !kebab(&description.id) {
        return Err("its id is not in kebab-case (a–z, 0–9 and hyphens, as in “share-at-or-above”)".into());
    }
    if description.version.len() > 40 || semver::Version::parse(&description.version).is_err() {
        return Err("its version is not one of three numbers, as in 1.0.0".into());
    }
    if description.title.is_empty() {
        return Err("it has no title".into());
    }
    let outputs = &description.outputs;
    if outputs.is_empty() {
        return Err("it describes no output".into());
    }
    let keys = |list: &[(String, Texts)]| -> Vec<String> { list.iter().map(|(key, _)| key.clone()).collect() };
    for (what, names) in [
        ("column", description.columns.iter().map(|c| c.name.clone()).collect()),
        ("output", outputs.iter().map(|o| o.key.clone()).collect()),
        ("reason", keys(&description.left_out)),
        ("message", keys(&description.messages)),
        ("parameter", description.parameters.list().map(|(name, ..)| name.to_owned()).collect()),
    ] {
        unique(what, &names)?;
    }
    if description.columns.iter().any(|c| c.kind == Kind::Member && c.moment == Moment::Each) {
        return Err(
            "it asks who belonged to the group in each period; the contract says it only of start and now".into()
        );
    }
    for output in outputs {
        let key = &output.key;
        if !kebab(&output.unit) {
            return Err(format!("the unit of its output “{key}” is not in kebab-case"));
        }
        unique("part", &keys(&output.parts))?;
        if !output.parts.is_empty() && output.privacy != PrivacyKind::Distribution {
            return Err(format!("its output “{key}” has parts and is not a distribution"));
        }
        if output.privacy == PrivacyKind::Difference && output.rests_on.is_empty() {
            return Err(format!("its difference “{key}” does not say which outputs it rests on"));
        }
        let others = |other: &String| other != key && outputs.iter().any(|o| o.key == *other);
        if !output.rests_on.iter().all(others) {
            return Err(format!("its output “{key}” rests on one that it does not describe"));
        }
    }
    let said = description.parameters.texts().all(fits) && texts(description).all(printable);
    if !said || told(description).any(BTreeMap::is_empty) {
        return Err("one of its texts is empty, too long or has characters that do not show".into());
    }
    Ok(())
}

fn texts(description: &Description) -> impl Iterator<Item = &Texts> {
    let described =
        description.outputs.iter().flat_map(|o| std::iter::once(&o.title).chain(o.parts.iter().map(|p| &p.1)));
    [&description.title, &description.explanation]
        .into_iter()
        .chain(description.columns.iter().map(|c| &c.explanation))
        .chain(described)
        .chain(description.left_out.iter().chain(&description.messages).map(|m| &m.1))
}

/// Those texts that stand for what they describe in reports and messages, so that one must be there.
fn told(description: &Description) -> impl Iterator<Item = &Texts> {
    let described =
        description.outputs.iter().flat_map(|o| std::iter::once(&o.title).chain(o.parts.iter().map(|p| &p.1)));
    described.chain(description.left_out.iter().chain(&description.messages).map(|m| &m.1))
}

fn printable(texts: &Texts) -> bool {
    texts.len() <= MANY
        && texts.iter().all(|(language, text)| {
            let plain = language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            plain && (2..=35).contains(&language.len()) && !text.trim().is_empty() && fits(text)
        })
}

/// Whether a text is not too long and shows as it is.
fn fits(text: &str) -> bool {
    text.chars().count() <= LONG && !text.chars().any(hidden)
}

/// Characters that change how others show and do not show themselves: controls, breaks of lines, turns
/// of the direction of writing (Unicode TR 36, 2.5, and TR 55) and tags. The joiners and single marks
/// of direction that some languages need are none of them.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

fn unique(what: &str, names: &[String]) -> Result<(), String> {
    if names.len() > MANY {
        return Err(format!("it describes more than {MANY} of one kind ({what})"));
    }
    if names.iter().any(|name| !kebab(name)) {
        return Err(format!("the name of a {what} is not in kebab-case"));
    }
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        return Err(format!("two of one kind ({what}) have the same name"));
    }
    Ok(())
}

/// Small letters, digits and single hyphens between them; at most 64.
pub fn kebab(name: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.len() <= 64 && name.split('-').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_kebab_case() {
        for good in ["share", "share-at-or-above", "k-4", "a1"] {
            assert!(kebab(good), "{good}");
        }
        for bad in ["", "-", "a-", "-a", "a--b", "Share", "a b", "a_b", "é", &"a".repeat(65), "../up"] {
            assert!(!kebab(bad), "{bad}");
        }
    }

    fn texts_of(text: &str) -> Texts {
        [("en".to_owned(), text.to_owned())].into()
    }

    #[test]
    fn a_text_shows_as_it_is() {
        for good in ["Share", "Частка", "נתח", "حصة", "می\u{200c}خواهم", "a\u{200f}b"] {
            assert!(printable(&texts_of(good)), "{good}");
        }
        for bad in ["", "  ", "a\nb", "a\u{1b}[2Jb", "a\u{202e}b", "a\u{2066}b", "a\u{2028}b", "a\u{e0041}b"] {
            assert!(!printable(&texts_of(bad)), "{bad:?}");
        }
        assert!(printable(&texts_of(&"x".repeat(LONG))) && !printable(&texts_of(&"x".repeat(LONG + 1))));
        assert!(!printable(&[("e\u{301}n".to_owned(), "Share".to_owned())].into()), "a language with marks");
    }
}
