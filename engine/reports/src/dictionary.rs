//! Dictionary files: what stands in them and where, and a division's words held against the shipped ones.
//!
//! Comes in: the text of a `words/<language>.toml`. Goes out: its words by key, or every fault at its
//! line and column. It never looks at what a report says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use termwise_base::problem::{Place, Problem, nearest};

/// A text, or one text per plural category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Entry {
    Text(String),
    Plural(BTreeMap<String, String>),
}

/// Words by flat key, as in `page.goal-n`.
pub(super) type Entries = BTreeMap<String, Entry>;

/// The section of words that no shipped template has. They stand among those of the pages: `own-greeting`.
const OWN: &str = "own";

/// CLDR's categories.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

impl Entry {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::Plural(forms) => forms.values().map(String::as_str).collect(),
        }
    }

    /// What is filled in, in any of the forms.
    fn blanks(&self) -> BTreeSet<&str> {
        self.texts().into_iter().flat_map(blanks).collect()
    }

    /// The text that stands for all of them in a message.
    fn shown(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Plural(forms) => forms.get("other").map_or("", String::as_str),
        }
    }
}

/// The names in braces, without the sign for an upper-case letter.
fn blanks(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split('{').skip(1).filter_map(|piece| piece.split_once('}'));
    pieces.map(|(name, _)| name.strip_prefix('^').unwrap_or(name))
}

/// One file.
pub(super) struct Dictionary<'a> {
    path: &'a str,
    text: &'a str,
    words: Vec<Word>,
}

struct Word {
    /// `None`: only the division's own templates know it.
    section: Option<String>,
    name: String,
    entry: Entry,
    key: Range<usize>,
    value: Range<usize>,
}

impl Word {
    fn key(&self) -> String {
        match &self.section {
            Some(section) => format!("{section}.{}", self.name),
            None => format!("page.own-{}", self.name),
        }
    }
}

impl<'a> Dictionary<'a> {
    /// Reads a file; the fault of one that is no dictionary has its place.
    pub fn read(path: &'a str, text: &'a str) -> Result<Self, Problem> {
        type Sections = BTreeMap<String, BTreeMap<Spanned<String>, Spanned<Entry>>>;
        let this = |words| Self { path, text, words };
        let sections: Sections = toml::from_str(text).map_err(|fault| {
            let place = this(Vec::new()).place(fault.span().unwrap_or(0..0).start);
            let message = fault.message();
            let kind = message.contains("untagged enum") || message.starts_with("invalid type");
            let problem = Problem::error(format!("The dictionary cannot be read: {}.", fault.message())).at(place);
            if !kind {
                return problem;
            }
            Problem { message: "A value of another kind is needed here.".into(), ..problem }.expected(
                "a table of words, as in [page]; each word is a text, or a table of plural forms as in { one = \"…\", \
                 other = \"…\" }",
            )
        })?;
        let mut words = Vec::new();
        for (section, entries) in sections {
            let section = (section != OWN).then_some(section);
            words.extend(entries.into_iter().map(|(key, value)| Word {
                section: section.clone(),
                name: key.get_ref().clone(),
                key: key.span(),
                value: value.span(),
                entry: value.into_inner(),
            }));
        }
        words.sort_by_key(|word| word.key.start);
        Ok(this(words))
    }

    /// Its words.
    pub fn entries(&self) -> Entries {
        self.words.iter().map(|word| (word.key(), word.entry.clone())).collect()
    }

    /// Holds a division's words against the shipped ones: what cannot be used, and what reads as if
    /// something were forgotten.
    pub fn check(&self, shipped: &Entries) -> (Vec<Problem>, Vec<Problem>) {
        let (mut faults, mut notes) = (Vec::new(), Vec::new());
        for word in &self.words {
            let known = match (&word.section, shipped.get(&word.key())) {
                (None, _) => {
                    if matches!(word.entry, Entry::Plural(_)) {
                        faults.push(
                            Problem::error(format!("The division's own word “{}” is not a text.", word.name))
                                .at(self.place(word.value.start))
                                .expected("one text; a template fills in what is in braces"),
                        );
                    }
                    continue;
                }
                (Some(_), None) => {
                    faults.push(self.unknown(word, shipped));
                    continue;
                }
                (Some(section), Some(_)) if section == "dictionary" => continue,
                (Some(_), Some(known)) => known,
            };
            if let (Entry::Plural(_), Entry::Text(text)) = (&word.entry, known) {
                faults.push(
                    Problem::error(format!("The word “{}” is not counted, so it has no plural forms.", word.key()))
                        .at(self.place(word.value.start))
                        .expected("one text")
                        .hint(format!("The shipped text is “{text}”.")),
                );
                continue;
            }
            if let Entry::Plural(forms) = &word.entry {
                let odd = forms.keys().find(|form| !FORMS.contains(&form.as_str()));
                if odd.is_some() || !forms.contains_key("other") {
                    let odd = odd.map_or_else(|| "no “other”".to_owned(), |form| format!("“{form}”"));
                    faults.push(
                        Problem::error(format!("The plural forms of the word “{}” cannot be used.", word.key()))
                            .at(self.place(word.value.start))
                            .found(odd)
                            .expected("“other”, and where the language has them zero, one, two, few and many"),
                    );
                }
            }
            let (have, may) = (word.entry.blanks(), known.blanks());
            let list = |names: &BTreeSet<&str>| {
                let names: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
                if names.is_empty() { "no word in braces".to_owned() } else { names.join(", ") }
            };
            let shown = format!("The shipped text is “{}”.", known.shown());
            for name in have.difference(&may) {
                faults.push(
                    Problem::error(format!("Nothing fills in {{{name}}} in the word “{}”.", word.key()))
                        .at(self.place(self.blank(word, name)))
                        .expected(list(&may))
                        .hint(&shown),
                );
            }
            let gone: BTreeSet<&str> = may.difference(&have).copied().collect();
            if !gone.is_empty() {
                notes.push(
                    Problem::warning(format!(
                        "The word “{}” leaves out {}, so the reports do not print it.",
                        word.key(),
                        list(&gone)
                    ))
                    .at(self.place(word.value.start))
                    .expected(list(&may))
                    .hint(&shown),
                );
            }
        }
        (faults, notes)
    }

    /// A word that no report uses, with the one that is probably meant.
    fn unknown(&self, word: &Word, shipped: &Entries) -> Problem {
        let key = word.key();
        let same = |other: &&String| other.split_once('.').is_some_and(|(_, name)| name == word.name);
        let meant: Vec<&str> = match shipped.keys().find(same) {
            Some(other) => vec![other],
            None => Self::near(word, shipped).into_iter().collect(),
        };
        let meant: Vec<String> = meant.iter().map(|other| format!("“{other}”")).collect();
        let own = "Words for templates of your own go under [own].";
        let hint = if meant.is_empty() {
            format!("report-templates/words/en.toml has every word (`termwise template copy words/en.toml`). {own}")
        } else {
            format!("Is {} meant? {own}", meant.join(" or "))
        };
        Problem::error(format!("The reports use no word “{key}”.")).at(self.place(word.key.start)).hint(hint)
    }

    /// The word of the same section with the nearest name.
    fn near<'s>(word: &Word, shipped: &'s Entries) -> Option<&'s str> {
        let section = word.key().split_once('.').map(|(section, _)| format!("{section}."))?;
        let names = shipped.keys().filter_map(|other| other.strip_prefix(&section));
        let name = *nearest(&word.name, names).first()?;
        shipped.keys().find(|other| other.strip_prefix(&section) == Some(name)).map(String::as_str)
    }

    /// Where a blank stands in a word.
    fn blank(&self, word: &Word, name: &str) -> usize {
        let value = &self.text[word.value.clone()];
        let found = [format!("{{{name}}}"), format!("{{^{name}}}")].iter().find_map(|blank| value.find(blank));
        word.value.start + found.unwrap_or(0)
    }

    /// Where the file as a whole is wrong.
    pub fn whole(&self) -> Place {
        Place::file(self.path)
    }

    fn place(&self, at: usize) -> Place {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        let mut place = Place::file(self.path).at(line, column);
        place.excerpt = self.text.lines().nth(line - 1).map(|line| line.replace('\t', " "));
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = "[page]\ngoal-n = \"Goal {n} of {total}\"\nlead = \"{^who} in {period}\"\n[count]\nstudents = { \
                           one = \"{n} student\", other = \"{n} students\" }\n";

    /// Every fault and note of a division's words.
    fn told(own: &str) -> Vec<String> {
        let shipped = Dictionary::read("shipped", SHIPPED).expect("a dictionary").entries();
        let own = Dictionary::read("templates/words/en.toml", own).expect("a dictionary");
        let (faults, notes) = own.check(&shipped);
        faults.into_iter().chain(notes).map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn words_that_fill_in_the_same_are_good() {
        let own = "[page]\ngoal-n = \"{total}: {n}\"\nlead = \"{period}, {who}\"\n[count]\nstudents = { one = \"one \
                   child\", other = \"{n} children\" }\n[own]\ngreeting = \"Dear {whoever}\"\n";
        assert_eq!(told(own), [""; 0]);
        let entries = Dictionary::read("x", own).expect("a dictionary").entries();
        assert_eq!(entries["page.own-greeting"], Entry::Text("Dear {whoever}".into()));
    }

    #[test]
    fn a_blank_that_nothing_fills_in_has_its_place() {
        let told = told("[page]\ngoal-n = \"Goal {n} of {totl}\"\n");
        assert!(told[0].contains("error: Nothing fills in {totl} in the word “page.goal-n”."), "{told:?}");
        assert!(told[0].contains("templates/words/en.toml:2:23\n"), "{told:?}");
        assert!(told[0].contains("expected: {n}, {total}\n"), "{told:?}");
        assert!(told[1].contains("warning: The word “page.goal-n” leaves out {total}"), "{told:?}");
    }

    #[test]
    fn an_unknown_word_names_the_one_that_is_meant() {
        let first = |own: &str| told(own).remove(0);
        assert!(first("[page]\ngaol-n = \"x\"\n").contains("Is “page.goal-n” meant?"));
        assert!(first("[count]\ngoal-n = \"x\"\n").contains("Is “page.goal-n” meant?"));
        let told = first("[page]\n  welcome = \"x\"\n");
        assert!(told.contains(":2:3\n") && !told.contains("meant?") && told.contains("under [own]"), "{told}");
    }

    #[test]
    fn plural_forms_are_checked() {
        assert!(told("[count]\nstudents = { one = \"{n}\" }\n")[0].contains("found: no “other”"));
        assert!(told("[count]\nstudents = { som = \"{n}\", other = \"{n}\" }\n")[0].contains("found: “som”"));
    }
}
