//! What messages must not show: names and numbers of people on the rosters.
//!
//! Cells get shifted, and then a name stands where a result, a header or a reason should. Comes in: every problem of a
//! run, after everything was read, and everybody on the rosters. Goes out: the same problems without what could be a
//! name or a number. What a school calls its files and tabs stays, because nobody finds the place without it; what is
//! expected stays, because it is made of the project's own words.
//!
//! The only names that leave reading are those of [`names`].

use std::collections::{BTreeSet, HashSet};

use termwise_base::problem::Problem;
use termwise_config::Project;

use crate::workbook::{Sheet, Value, Workbook};

use super::people::People;
use super::words::{self, IdKey};

/// By person, the name as the newest roster writes it. Nothing unless a PLC of the division has names switched on.
pub(super) fn names(project: &Project, people: &People) -> Vec<Option<String>> {
    if project.plcs.iter().any(|plc| plc.names) { people.written() } else { Vec::new() }
}

/// What stands in a roster of which nothing could be used, as when its mapping names the wrong row or column. Who is in
/// it is not known then, so every cell of its rows could be somebody.
#[derive(Default)]
pub(super) struct Strangers {
    words: BTreeSet<String>,
    numbers: HashSet<IdKey>,
}

impl Strangers {
    /// Of every row of a workbook that holds a number or a date: headers and legends hold none.
    pub(super) fn of(book: &Workbook) -> Self {
        let mut strangers = Self::default();
        for row in book.sheets.iter().flat_map(Sheet::rows) {
            let keys: Vec<IdKey> = row.cells().filter_map(|(_, value)| words::id_key(value)).collect();
            let dated = row.cells().any(|(_, value)| matches!(value, Value::Date(_)));
            if !dated && !keys.iter().any(|key| matches!(key, IdKey::Number(_))) {
                continue;
            }
            for (_, value) in row.cells() {
                strangers.words.extend(long_words(&words::name_key(&words::text(value))).map(str::to_owned));
            }
            strangers.numbers.extend(keys.into_iter().filter(is_distinctive));
        }
        strangers
    }

    /// Together with those of another roster.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.words.extend(other.words);
        self.numbers.extend(other.numbers);
        self
    }

    /// Whether every word could be theirs.
    fn holds(&self, text: &str) -> bool {
        let key = words::name_key(text);
        let mut words = long_words(&key).peekable();
        words.peek().is_some() && words.all(|word| self.words.contains(word))
    }
}

/// The words of a key of a name that have more than two letters; shorter ones are levels and initials as well.
fn long_words(key: &str) -> impl Iterator<Item = &str> {
    key.split(' ').filter(|word| word.chars().count() > 2)
}

/// Whether a cell that stands somewhere in a roster can be a student number: neither a word nor a number below 1000.
fn is_distinctive(number: &IdKey) -> bool {
    match number {
        IdKey::Number(number) => *number >= 1000,
        IdKey::Text(text) => text.contains(|c: char| c.is_ascii_digit()),
    }
}

/// Everybody's names and numbers.
pub(super) struct Private<'p> {
    /// Whole names, their words sorted: lists write the family name first or last.
    whole: HashSet<String>,
    /// Words of names ([`long_words`]).
    words: BTreeSet<&'p str>,
    /// Numbers, but for those below 1000, which results are as well.
    numbers: HashSet<&'p IdKey>,
    strangers: &'p Strangers,
}

impl<'p> Private<'p> {
    /// Of everybody on the rosters, and of who stands in rosters that could not be used.
    pub(super) fn of(people: &'p People, strangers: &'p Strangers) -> Self {
        let names = people.named.values().flatten().map(String::as_str);
        Self::new(names, people.ids.keys().chain(people.provincial.keys()), strangers)
    }

    /// Of keys of names ([`words::name_key`]) and of numbers.
    fn new(
        names: impl Iterator<Item = &'p str> + Clone,
        numbers: impl Iterator<Item = &'p IdKey>,
        strangers: &'p Strangers,
    ) -> Self {
        Self {
            whole: names.clone().map(sorted).collect(),
            words: names.flat_map(long_words).collect(),
            numbers: numbers.filter(|number| !matches!(number, IdKey::Number(..1000))).collect(),
            strangers,
        }
    }

    /// Takes back what problems show if it could be a name or a number of somebody.
    pub(super) fn withhold(&self, problems: &mut [Problem]) {
        for problem in problems {
            let cell = problem.place.cell.is_some();
            if problem.found.as_deref().is_some_and(|found| self.is_shown(found, cell)) {
                problem.found = Some("(not shown, because it could be a name or a student number)".to_owned());
            }
            if problem.hint.as_deref().is_some_and(|hint| self.is_shown(hint, false)) {
                problem.hint = Some("Look at the place and correct what stands there.".to_owned());
            }
            for text in quoted(&problem.message).map(str::to_owned).collect::<Vec<_>>() {
                if self.is_private(&text, cell) {
                    problem.message = problem.message.replace(&format!("“{text}”"), "“…”");
                }
            }
        }
    }

    /// Whether something quoted could be somebody. `cell` says that it is what stands in one cell.
    fn is_shown(&self, shown: &str, cell: bool) -> bool {
        quoted(shown).any(|text| self.is_private(text, cell)) || self.is_in_pieces(shown)
    }

    /// A header over several rows is quoted with slashes between them.
    fn is_private(&self, text: &str, cell: bool) -> bool {
        text.split(" / ").any(|part| self.is_somebody(part)) || cell && self.is_among(text)
    }

    fn is_somebody(&self, text: &str) -> bool {
        self.is_number(text) || self.whole.contains(&sorted(&words::name_key(text))) || self.strangers.holds(text)
    }

    fn is_number(&self, text: &str) -> bool {
        let known = |number| self.numbers.contains(&number) || self.strangers.numbers.contains(&number);
        words::id_key(Value::Text(text)).is_some_and(known)
    }

    /// Whether a cell holds one word of a name, or a number, among other letters: `H/Birch`, `025204?`. In a list of
    /// headers or tabs that would be mere chance.
    fn is_among(&self, cell: &str) -> bool {
        let cut = cell.ends_with('…');
        let mut parts = cell.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).peekable();
        let mut found = words::name_key(cell).split(' ').any(|word| self.words.contains(word));
        while let Some(part) = parts.next() {
            let key = words::name_key(part);
            found |= self.is_number(part) || self.words.contains(key.as_str());
            // What is shown of a long cell may end within a name.
            let last = cut && parts.peek().is_none() && key.len() > 1;
            found |= last && self.words.range(key.as_str()..).next().is_some_and(|word| word.starts_with(&key));
        }
        found
    }

    /// Whether a list shows all words of a name, each for itself: a row of students that was taken for a header has
    /// the family name in one cell and the given name in the next.
    fn is_in_pieces(&self, shown: &str) -> bool {
        let pieces: HashSet<String> = quoted(shown).map(words::name_key).collect();
        pieces.len() > 1
            && pieces.iter().any(|piece| self.words.contains(piece.as_str()))
            && self.whole.iter().any(|name| name.contains(' ') && name.split(' ').all(|word| pieces.contains(word)))
    }
}

/// What stands in quotes. Everything that comes from a file does; quotes within it were made straight before.
fn quoted(shown: &str) -> impl Iterator<Item = &str> {
    shown.split('“').skip(1).filter_map(|rest| rest.split_once('”')).map(|(text, _)| text)
}

/// A key of a name with its words in the order of the alphabet.
fn sorted(name: &str) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use termwise_base::problem::Place;

    use super::*;

    /// Ana Birch (7302), Bo Li (45), Zoé Marie O’Elm (AB-9).
    fn withheld(problem: Problem) -> Problem {
        let names = ["ana birch", "bo li", "zoe marie oelm"];
        let numbers = [IdKey::Number(7302), IdKey::Number(45), IdKey::Text("AB-9".to_owned())];
        let mut problems = [problem];
        Private::new(names.into_iter(), numbers.iter(), &Strangers::default()).withhold(&mut problems);
        let [problem] = problems;
        problem
    }

    fn hides(shown: &str, cell: bool) -> bool {
        let place = if cell { Place::file("a.csv").cell(1, 1) } else { Place::file("a.csv") };
        let found = withheld(Problem::warning("It could not be read.").at(place).found(shown)).found;
        found.expect("something") != shown
    }

    #[test]
    fn whole_names_and_numbers_are_never_shown() {
        for shown in [
            "“Birch, Ana”",
            "“Ana Birch”",
            "“BIRCH ANA”",
            "“Li, Bo”",
            "“O’Elm, Zoe Marie”",
            "“7302”",
            "“007302.0”",
            "“ab-9”",
            "“Term”, “Level”, “Ana Birch”",
            "“7302”, “Level”",
            "“3” here, but “Ana Birch” in a.csv",
        ] {
            assert!(hides(shown, true) && hides(shown, false), "{shown}");
        }
    }

    #[test]
    fn a_word_of_a_name_is_not_shown_of_a_cell_and_may_be_in_a_list() {
        for shown in [
            "“H/Birch”",
            "“(Birch)”",
            "“7302?”",
            "“ana’s”",
            "“15;7302;x”",
            "“O'Elm Z.”",
            "“see the notes of the meeting about Bir…”",
            "“Birch-Smith”",
        ] {
            assert!(hides(shown, true), "{shown}");
        }
        for shown in ["“Birch”, “Level”", "“Ana”", "“Birch Street”"] {
            assert!(!hides(shown, false), "{shown}");
        }
    }

    #[test]
    fn results_words_and_small_numbers_stay() {
        for shown in ["“Q”", "“45”", "“J/K”", "“Li”", "“73”", "“Term 1”", "2026-01-10", "“xy…”", "no quotes: Ana Birch"]
        {
            assert!(!hides(shown, true), "{shown}");
        }
    }

    #[test]
    fn a_name_in_two_cells_of_a_list_is_a_name() {
        assert!(hides("“Birch”, “Ana”, “Grade 3”", false));
        assert!(hides("“Li”, “x”, “Bo”, “Birch”", false));
        assert!(!hides("“Birch”, “Zoé”, “Grade 3”", false));
    }

    #[test]
    fn messages_and_help_are_looked_at_as_well() {
        let place = Place::file("a.xlsx").sheet("Ana Birch").cell(1, 1);
        let message = "This text singles somebody out (“because Ana Birch was away”).";
        let problem = withheld(
            Problem::warning(message).at(place.clone()).expected("“x”").hint("Did you mean “Birch, Ana”? Or “x”?"),
        );
        assert_eq!(problem.message, "This text singles somebody out (“…”).");
        assert_eq!(problem.hint.as_deref(), Some("Look at the place and correct what stands there."));
        assert_eq!((problem.expected.as_deref(), problem.place), (Some("“x”"), place));
        let plain = Problem::warning("There is no grade “3”.").hint("Did you mean “4”?");
        assert_eq!(withheld(plain.clone()), plain);
    }

    #[test]
    fn of_a_roster_that_could_not_be_used_no_row_is_shown() {
        let lines = ["Pupil No|Surname|Given|School", "7302|Birch|Ana|Maple", "x|Legend|of|codes"];
        let sheet = Sheet::from_lines("Enrolment", &lines);
        let book = Workbook { sheets: vec![sheet], separator: None, problems: Vec::new() };
        let strangers = Strangers::of(&book);
        let shown = |text: &str| {
            let mut problems = [Problem::error("It is missing.").found(text)];
            Private::new(std::iter::empty(), std::iter::empty(), &strangers).withhold(&mut problems);
            problems[0].found.as_deref() == Some(text)
        };
        for text in ["“Surname / Birch”", "“Pupil No / 7302”", "“Birch”", "“Birch, Ana”", "“Given”, “Ana”"]
        {
            assert!(!shown(text), "{text}");
        }
        for text in ["“Pupil No”, “Surname”, “Given”", "“Legend”", "“Birch Street”", "“45”"] {
            assert!(shown(text), "{text}");
        }
    }
}
