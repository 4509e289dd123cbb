//! What things are called in a report's language: periods, grades, groups, and what is counted.

use termwise_config::goals::Counting;
use termwise_config::measures::ScaleKind;
use termwise_config::translations::{fallback, is_abbreviation, is_word};
use termwise_config::{Goal, PeriodId};
use termwise_judging::ask::Group;
use termwise_metric::Texts;

use super::Writer;

impl Writer<'_> {
    /// A name of the division's from the data, in the language of the report if the division translated it.
    pub(super) fn named(&self, name: &str) -> String {
        self.words.told(name, &self.project.division.written_in)
    }

    /// “March 2026”; “Term 2 (March 2026)” where the division's name is no month.
    pub(super) fn when(&self, id: PeriodId) -> String {
        let period = self.project.calendar.period(id);
        let month_year = self.words.month_year(period.closes);
        if period.is_named_by_month() {
            month_year
        } else {
            self.words.text("number.named-period", &[("name", &self.named(&period.name)), ("month", &month_year)])
        }
    }

    /// “March”, “Term 2”.
    pub(super) fn name_of(&self, id: PeriodId) -> String {
        let period = self.project.calendar.period(id);
        if period.is_named_by_month() { self.words.month(period.closes) } else { self.named(&period.name) }
    }

    pub(super) fn short(&self, id: PeriodId) -> String {
        self.words.short_month(self.project.calendar.period(id).closes)
    }

    /// “Grade 3”, “Kindergarten”.
    pub(super) fn grade(&self, grade: &str) -> String {
        if grade.eq_ignore_ascii_case("k") {
            self.words.text("subject.kindergarten", &[])
        } else {
            self.words.text("subject.grade", &[("grade", &self.ordinal(grade))])
        }
    }

    /// A program's name; an abbreviation is the same in every language.
    pub(super) fn program(&self, program: &str) -> String {
        match self.project.translated(program, &self.project.division.written_in) {
            Some(own) => own.to_owned(),
            None if is_abbreviation(program) => program.to_owned(),
            None => self.named(program),
        }
    }

    /// A level of a scale or an answer; one that is letters and numbers is the same in every language.
    pub(super) fn level(&self, level: &str) -> String {
        if is_word(level) { self.named(level) } else { level.to_owned() }
    }

    /// “Grade 3”, “programme anglais”.
    pub(super) fn group_name(&self, group: &Group) -> String {
        match group {
            Group::All => self.words.text("subject.students", &[]),
            Group::Grade(grade) => self.grade(grade),
            Group::Program(program) => self.words.text("subject.program-name", &[("program", &self.program(program))]),
        }
    }

    /// The number of a grade as the language writes it: “3”, “3e”. A grade without a number stays.
    pub(super) fn ordinal(&self, grade: &str) -> String {
        grade.parse().map_or_else(|_| grade.to_owned(), |n| self.words.ordinal("subject.ordinal", n))
    }

    /// “Kindergarten and Grade 1”; “Grades 5–8” or “Kindergarten to Grade 3” for a run of more than two.
    pub(super) fn grades(&self, grades: &[String]) -> String {
        let number = |grade: &String| if grade.eq_ignore_ascii_case("k") { Some(0) } else { grade.parse().ok() };
        let numbers: Vec<u32> = grades.iter().filter_map(number).collect();
        let run = numbers.len() == grades.len() && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
        match (numbers.first(), numbers.last()) {
            (Some(0), Some(last)) if run && numbers.len() > 2 => {
                self.words.text("subject.kindergarten-run", &[("last", &self.words.ordinal("subject.ordinal", *last))])
            }
            (Some(first), Some(last)) if run && numbers.len() > 2 => {
                let [first, last] = [*first, *last].map(|n| self.words.ordinal("subject.ordinal", n));
                self.words.text("subject.grade-run", &[("first", &first), ("last", &last)])
            }
            _ => self.words.list(&grades.iter().map(|g| self.grade(g)).collect::<Vec<_>>()),
        }
    }

    /// “Grade 3 students”, “Grade 1 students in the EUBP program”.
    pub(super) fn who(&self, goal: &Goal) -> String {
        let population = goal.population();
        if population.staff {
            return self.words.text("subject.staff", &[]);
        }
        let school = self.project.school(goal.school);
        let who = if population.grades.is_empty() || population.grades == school.grades {
            self.words.text("subject.students", &[])
        } else {
            self.words.text("subject.grade-students", &[("grades", &self.grades(&population.grades))])
        };
        if population.programs.is_empty() {
            who
        } else {
            let programs: Vec<String> = population.programs.iter().map(|program| self.program(program)).collect();
            let programs = self.words.list(&programs);
            self.words.text("subject.program", &[("who", &who), ("program", &programs)])
        }
    }

    /// “read at or above level in English”, of results of a period.
    pub(super) fn indicator(&self, goal: &Goal, at: PeriodId) -> String {
        if let Some(own) = goal.measured().and_then(|plan| plan.indicator.as_ref()) {
            return own.clone();
        }
        let titles: Vec<String> =
            goal.measures().iter().map(|m| self.project.measures.measure(*m).title.clone()).collect();
        let titles = self.words.list(&titles);
        match goal.kind() {
            Some(Counting::Share { .. }) if goal.population().staff => {
                self.words.text("subject.agreed", &[("measures", &titles)])
            }
            Some(Counting::Share { at_least }) if (*at_least as usize) < goal.measures().len() => {
                let (k, m) = (self.words.number(*at_least), self.words.number(goal.measures().len() as u32));
                self.words.text("subject.at-level-of", &[("k", &k), ("m", &m), ("measures", &titles)])
            }
            // A goal of kind “metric” has its own words, which its configuration requires.
            Some(Counting::Share { .. } | Counting::Metric { .. }) | None => {
                self.words.text("subject.at-level", &[("measures", &titles)])
            }
            Some(Counting::MatchedGrowth { from, gain }) => {
                let now = self.project.calendar.period(at);
                let Some(steps) = gain.get(&now.id).or_else(|| gain.get("*")).filter(|_| now.id != *from) else {
                    return self.words.text("subject.grew-enough", &[("measures", &titles)]);
                };
                let start = self.project.calendar.by_key(&format!("{}/{from}", now.year));
                let since = start.map_or_else(|| from.clone(), |id| self.when(id));
                let steps = self.words.count(self.step(goal), steps.round() as u32, &[]);
                self.words.text("subject.grew", &[("steps", &steps), ("measures", &titles), ("since", &since)])
            }
        }
    }

    /// What one step of a growth goal's scale is called.
    pub(super) fn step(&self, goal: &Goal) -> &'static str {
        match goal.measures().first().map(|m| &self.project.measures.scale_of(*m).kind) {
            Some(ScaleKind::Ordered { .. }) => "subject.levels",
            _ => "subject.points",
        }
    }

    /// A metric's own text, in the report's language where it has one. The shipped ones speak English; the
    /// dictionary has their words in other languages.
    pub(super) fn own(&self, metric: &str, key: &str, texts: &Texts) -> String {
        let word = format!("metric.{metric}-{key}");
        match (texts.get(&self.words.language), fallback(texts)) {
            (Some(own), _) => own.clone(),
            (None, _) if self.words.has(&word) => self.words.text(&word, &[]),
            (None, Some((written_in, text))) => self.words.told(text, written_in),
            (None, None) => String::new(),
        }
    }

    /// The dictionary's word for a key of configuration, or the key itself as the division wrote it.
    pub(super) fn known(&self, section: &str, key: &str) -> String {
        let full = format!("{section}.{key}");
        if self.words.has(&full) { self.words.text(&full, &[]) } else { self.named(key) }
    }
}
