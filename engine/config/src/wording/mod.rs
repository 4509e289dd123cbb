//! The wording of goals, strategies and dictionaries: nobody is singled out, no cause is claimed.
//!
//! Comes in: a text and the languages that it may be in. Goes out: findings, each with its place in the
//! text and the rule. A lint flags and forbids nothing; people decide. It never prints a name that it found.

mod en;
mod fr;
mod toml_texts;
mod uk;

use std::sync::LazyLock;

use regex::Regex;

pub use toml_texts::check;

/// Languages with rules, BCP 47.
pub const LANGUAGES: [&str; 3] = ["en", "fr", "uk"];

/// What a text must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// It points at a teacher.
    Teacher,
    /// It points at a class, and so at its teacher.
    Class,
    /// It points at a child.
    Child,
    /// It puts people or teams in an order.
    Ranking,
    /// It claims a cause for a result.
    Cause,
}

impl Rule {
    /// What is wrong, as a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Self::Teacher => "This wording points at a teacher.",
            Self::Class => "This wording points at a class, and so at its teacher.",
            Self::Child => "This wording points at a child.",
            Self::Ranking => "This wording puts people or groups in an order.",
            Self::Cause => "This wording claims a cause for a result.",
        }
    }

    /// What to write instead.
    pub fn instead(self) -> &'static str {
        match self {
            Self::Teacher => "Name a team, as in “Grade 3 team”.",
            Self::Class => "Name a grade or a program, as in “Grade 3 students”.",
            Self::Child => "Speak of all who are meant, as in “students who were absent”.",
            Self::Ranking => "Say what the data show of each group, without an order.",
            Self::Cause => "Say what was done and what happened since, as two facts.",
        }
    }
}

/// A place in a text that a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// First byte of the wording.
    pub start: usize,
    /// Byte after it.
    pub end: usize,
}

/// Patterns of one language by rule. Words are whole words; a capital in a pattern is a capital.
type Patterns = &'static [(Rule, &'static [&'static str])];

/// The patterns of each language, ready to be used.
type Compiled = Vec<(&'static str, Vec<(Rule, Regex)>)>;

static RULES: LazyLock<Compiled> = LazyLock::new(|| {
    let compiled = |patterns: Patterns| {
        let all = patterns.iter().flat_map(|(rule, list)| list.iter().map(move |pattern| (*rule, pattern)));
        all.map(|(rule, pattern)| (rule, Regex::new(pattern).expect("tested below"))).collect()
    };
    vec![("en", compiled(en::PATTERNS)), ("fr", compiled(fr::PATTERNS)), ("uk", compiled(uk::PATTERNS))]
});

/// Reads a text with the rules of these languages: findings in order of place. Of overlapping findings of
/// one rule the longest is kept.
pub fn read(text: &str, languages: &[&str]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mine = RULES.iter().filter(|(language, _)| languages.contains(language));
    for (rule, pattern) in mine.flat_map(|(_, rules)| rules) {
        for hit in pattern.find_iter(text) {
            let new = Finding { rule: *rule, start: hit.start(), end: hit.end() };
            let overlaps = |old: &Finding| old.rule == new.rule && old.start < new.end && new.start < old.end;
            match found.iter_mut().find(|old| overlaps(old)) {
                Some(old) if new.end - new.start > old.end - old.start => *old = new,
                Some(_) => {}
                None => found.push(new),
            }
        }
    }
    found.sort_by_key(|finding| (finding.start, finding.end, finding.rule));
    found
}

/// The wording as it may be printed: capitalised words after the first and initials are left out, so that
/// no message carries a name.
pub fn shown(text: &str, finding: &Finding) -> String {
    let wording = &text[finding.start..finding.end];
    if matches!(finding.rule, Rule::Cause | Rule::Ranking) {
        return wording.to_owned();
    }
    let name = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let words = wording.split_whitespace().enumerate();
    words.map(|(place, word)| if place > 0 && name(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<Rule> {
        let mut rules: Vec<Rule> = read(text, &LANGUAGES).into_iter().map(|finding| finding.rule).collect();
        rules.dedup();
        rules
    }

    #[test]
    fn what_singles_out_or_claims_a_cause_is_flagged() {
        use Rule::{Cause, Child, Class, Ranking, Teacher};
        for (text, rule) in [
            ("Results in Mrs. Kowalchuk's room went up.", Teacher),
            ("Ms Dyck will lead this.", Teacher),
            ("The Grade 3 teacher regroups her readers.", Teacher),
            ("One teacher has not started yet.", Teacher),
            ("Teacher A and teacher B differ.", Teacher),
            ("the kindergarten teacher's results", Teacher),
            ("Room 12 needs support.", Class),
            ("Class 3B is behind.", Class),
            ("3A and 3B should work together", Class),
            ("the class of 2.1", Class),
            ("the split class", Class),
            ("One boy could not read yet.", Child),
            ("A student who arrived in May", Child),
            ("the girl with the new glasses", Child),
            ("a Grade 2 student whose family moved", Child),
            ("two students with autism", Child),
            ("student J.D. was absent", Child),
            ("The weakest class", Ranking),
            ("our best teacher", Ranking),
            ("the lowest group in the school", Ranking),
            ("Grade 2 ranked last", Ranking),
            ("Scores rose because of the new books.", Cause),
            ("Thanks to small groups, more students read.", Cause),
            ("The workshop led to higher results", Cause),
            ("as a result of coaching", Cause),
            ("The gap is due to absences.", Cause),
            ("This proves that the strategy works", Cause),
            ("the strategy worked", Cause),
            ("number talks improved the results", Cause),
            ("la classe de Mme Roy", Teacher),
            ("M. Tremblay a regroupé les lecteurs", Teacher),
            ("l’enseignante de 3e année", Teacher),
            ("l'enseignant de maternelle", Teacher),
            ("la classe 3B", Class),
            ("le local 12", Class),
            ("un élève qui est arrivé en mai", Child),
            ("une fille dont la famille a déménagé", Child),
            ("la meilleure enseignante", Ranking),
            ("le groupe le plus faible", Ranking),
            ("Grâce à l’atelier, les résultats montent.", Cause),
            ("à cause des absences", Cause),
            ("en raison de la stratégie", Cause),
            ("La stratégie a permis d’améliorer les résultats", Cause),
            ("пані Олена Коваль веде групу", Teacher),
            ("учителька 3-го класу", Teacher),
            ("вчитель 2 класу", Teacher),
            ("3-А клас відстає", Class),
            ("клас пані Коваль", Teacher),
            ("один учень не читає", Child),
            ("хлопчик, який приїхав у травні", Child),
            ("учениця, що відсутня", Child),
            ("найслабший клас", Ranking),
            ("найкраща вчителька", Ranking),
            ("Завдяки новим книжкам результати зросли.", Cause),
            ("через те, що діти хворіли", Cause),
            ("внаслідок відсутності", Cause),
            ("Це спричинило зростання", Cause),
            ("стратегія призвела до кращих результатів", Cause),
        ] {
            assert!(rules(text).contains(&rule), "{text}: {:?} is not {rule:?}", rules(text));
        }
    }

    #[test]
    fn plain_plural_wording_passes() {
        for text in [
            "By June 2026, 75 % of our Grade 3 students will read at or above the expected level.",
            "Our youngest readers were at the expected level.",
            "Small-group reading four days a week, regrouped every six weeks from running records",
            "A reading conference with each student every two weeks, with one next step in the student's words",
            "What would one more student at the line look like?",
            "One student is worth 1.4 percentage points.",
            "What do the texts ask of a reader that the first edition did not?",
            "Name causes that are within our control.",
            "We are a small school, and one student is a large share.",
            "every child at the end of Grade 1",
            "how far each child has come since November",
            "Ask your child to explain how they found an answer.",
            "Which students moved across the line since November?",
            "Short small-group lessons for students who are one level below the line",
            "Grade 1 team and learning support",
            "Daily read-aloud in every early years classroom, with a shared list of books",
            "Grades 2 and 4 bilingual classes",
            "Older and younger students read in pairs for twenty minutes each morning",
            "because explaining is where understanding shows",
            "in at least two of the three mathematics categories",
            "in every class and in both programs",
            "Visits to each other's classrooms, followed by a short conversation",
            "At least 3 or 4 on the common rubric (P1, P2)",
            "Which strategy should we strengthen, change or stop, and what evidence do we need for that?",
            "Reading in our multi-grade classroom",
            "teachers' teams and learning-support teachers",
            "All teachers meet once in each six-day cycle.",
            "How would you like us to tell you about your child's growth during the year?",
            "It is the best way to meet new words.",
            "Ten quiet minutes with a book at home is a wonderful help.",
            "les élèves de 3e année qui lisent au niveau attendu",
            "Les équipes de la maternelle à la 4e année",
            "Chaque élève compte.",
            "Toutes les classes bilingues lisent chaque jour.",
            "un objectif en littératie",
            "учні 3-го класу читають на очікуваному рівні",
            "Кожна дитина робить поступ.",
            "Учителі всіх класів зустрічаються щотижня.",
            "через рік, у червні",
            "команда вчителів початкової школи",
            "",
            "👩‍🏫 … — 3½ §",
        ] {
            assert!(read(text, &LANGUAGES).is_empty(), "{text}: {:?}", rules(text));
        }
    }

    #[test]
    fn no_message_carries_a_name() {
        let text = "Results in Mrs. Kowalchuk's room went up.";
        let found = read(text, &["en"]);
        assert_eq!(shown(text, &found[0]), "Mrs. …");
        let text = "student J.D. was absent";
        assert_eq!(shown(text, &read(text, &["en"])[0]), "student …");
    }
}
