//! The SMART check in words, and what so many students can decide.

use termwise_config::Goal;
use termwise_disclosure::GoalFigures;
use termwise_judging::goals::decide::{Decidable, Rewording};
use termwise_judging::goals::smart::Fact;
use termwise_judging::goals::{Unit, Way};

use super::super::model::LetterModel;
use super::Writer;

impl Writer<'_> {
    /// The five letters; none for parents.
    pub(super) fn smart(&self, goal: &Goal, figures: &GoalFigures) -> Vec<LetterModel> {
        let words = self.words;
        let letter = |letter: &termwise_disclosure::ClearedLetter| {
            // Where something is missing, that is what counts.
            let told: Vec<String> = letter
                .facts
                .iter()
                .filter(|fact| letter.holds || !fact.holds())
                .map(|fact| self.fact(goal, figures, fact))
                .collect();
            LetterModel {
                letter: letter.letter.to_string(),
                word: words.text(&format!("smart.{}", letter.letter.to_ascii_lowercase()), &[]),
                holds: letter.holds,
                text: match (told.is_empty(), letter.letter) {
                    (false, _) => told.join(" "),
                    // How many have the readings, without the counts.
                    (true, 'M') => {
                        let full = words.percent(self.project.judging.full_coverage);
                        let key = if letter.holds { "smart.untold-full" } else { "smart.untold-few" };
                        words.text(key, &[("full", &full)])
                    }
                    (true, _) => words.text("smart.untold", &[]),
                },
            }
        };
        figures.smart.iter().map(letter).collect()
    }

    fn fact(&self, goal: &Goal, figures: &GoalFigures, fact: &Fact) -> String {
        let words = self.words;
        let text = |key: &str, values: &[(&str, &str)]| words.text(&format!("fact.{key}"), values);
        let title = |measure| self.project.measures.measure(measure).title.clone();
        match fact {
            Fact::Population(n) => {
                let key = if goal.population().staff { "fact.answers" } else { "fact.population" };
                words.count(key, *n, &[("who", &self.who(goal))])
            }
            Fact::NoPopulation => text("no-population", &[("who", &self.who(goal))]),
            Fact::Measured(measures) => {
                let one = |(measure, instrument): &(termwise_config::MeasureId, Option<String>)| match instrument {
                    Some(name) => text("instrument", &[("title", &title(*measure)), ("name", &self.named(name))]),
                    None => title(*measure),
                };
                let period = self.project.calendar.period(figures.at);
                let (opens, closes) = (words.date(period.opens), words.date(period.closes));
                let list = words.list(&measures.iter().map(one).collect::<Vec<_>>());
                text("measured", &[("opens", &opens), ("closes", &closes), ("list", &list)])
            }
            Fact::NeverRead(measure) => text("never-read", &[("title", &title(*measure))]),
            Fact::Rubric(n) => text("rubric", &[("n", &words.number(*n as u32))]),
            Fact::Readings { of, population, enough } => {
                let share = words.percent(f64::from(*of) / f64::from((*population).max(1)));
                let full = words.percent(self.project.judging.full_coverage);
                let key = if *enough { "readings" } else { "few-readings" };
                let (of, population) = (words.number(*of), words.number(*population));
                text(key, &[("share", &share), ("of", &of), ("population", &population), ("full", &full)])
            }
            Fact::NoFigure => text("no-figure", &[("when", &self.when(figures.at))]),
            Fact::JudgedNow(true) => text("judged", &[("when", &self.when(figures.at))]),
            Fact::JudgedNow(false) => text("not-judged", &[("when", &self.when(figures.at))]),
            Fact::Change { needed, largest, students, seen, division, .. } => {
                let plain = |value: f64| {
                    let unit = if figures.unit == Unit::Share { Unit::Difference } else { figures.unit.clone() };
                    self.spelt(goal, &unit, value, termwise_disclosure::Bound::Exact)
                };
                let largest_text = plain(termwise_disclosure::rounded(&figures.unit, *largest));
                let needed_text = plain(termwise_disclosure::rounded(&figures.unit, *needed));
                let place = if *division { "change-division" } else { "change-school" };
                let place = text(place, &[]);
                let key = if fact.holds() { "change" } else { "change-more" };
                let (n, seen) = (words.number(*students), words.number(*seen as u32));
                text(
                    key,
                    &[
                        ("needed", &needed_text),
                        ("largest", &largest_text),
                        ("n", &n),
                        ("seen", &seen),
                        ("place", &place),
                    ],
                )
            }
            Fact::NothingEarlier => text("nothing-earlier", &[]),
            Fact::NoStart => text("no-start", &[]),
            Fact::NoNumber => text("no-number", &[]),
            Fact::Why(true) => text("why", &[]),
            Fact::Why(false) => text("no-why", &[]),
            Fact::Priority(Some(priority)) => text("priority", &[("text", &words.told(priority, &goal.written_in))]),
            Fact::Priority(None) => text("no-priority", &[]),
            Fact::Evidence(Some(evidence)) => text("evidence", &[("text", &words.told(evidence, &goal.written_in))]),
            Fact::Evidence(None) => text("no-evidence", &[]),
            Fact::Served { strategies: 0, teams: 0 } => text("not-served", &[]),
            Fact::Served { strategies, teams } => text(
                "served",
                &[("strategies", &words.number(*strategies as u32)), ("teams", &words.number(*teams as u32))],
            ),
            Fact::Deadline(period) => {
                text("deadline", &[("period", &self.when(*period)), ("on", &words.date(figures.deadline))])
            }
            Fact::NoPeriod => text("no-period", &[("on", &words.date(figures.deadline))]),
            Fact::Given(period) => text("given", &[("period", &self.name_of(*period))]),
            Fact::NotGiven(period) => text("not-given", &[("period", &self.name_of(*period))]),
            Fact::Part(place) => {
                let part = figures.several.get(*place).map_or_else(String::new, |p| self.goal_of(p).title.clone());
                text("part", &[("title", &part)])
            }
        }
    }

    /// What so many students can decide; for staff.
    pub(super) fn decide(&self, goal: &Goal, figures: &GoalFigures) -> Vec<String> {
        match &figures.decidable {
            Some(found) if self.subject.audience.in_detail() => self.decides(goal, figures, found),
            _ => Vec::new(),
        }
    }

    pub(super) fn decides(&self, goal: &Goal, figures: &GoalFigures, found: &Decidable) -> Vec<String> {
        let words = self.words;
        let points = |share: f64| words.tenths(share * 100.0);
        let percent = |share: f64| words.percent(share);
        // Of a survey, the staff who answered are counted.
        let [one, smallest, none] = match goal.population().staff {
            true => ["decide.one-answer", "decide.smallest-answers", "decide.none-answers"],
            false => ["decide.one-student", "decide.smallest", "decide.none"],
        };
        let mut told = vec![words.text(one, &[("points", &points(found.one_student))])];
        let most = percent(self.project.judging.false_on_track);
        told.push(match found.smallest {
            Some(change) => {
                let counted = (change * f64::from(found.students)).round().max(1.0) as u32;
                words.count(smallest, counted, &[("points", &points(change)), ("most", &most)])
            }
            None => {
                let key = if figures.way == Way::Down { "decide.none-down" } else { none };
                words.text(key, &[("most", &most)])
            }
        });
        let key = if found.can { "decide.can" } else { "decide.cannot" };
        told.push(words.text(key, &[("needed", &points(found.needed))]));
        told.push(words.text("decide.false-met", &[("chance", &percent(found.false_met))]));
        if let Some(chance) = found.false_behind {
            told.push(words.text("decide.false-behind", &[("chance", &percent(chance))]));
        }
        told.extend(found.rewordings.iter().map(|rewording| match rewording {
            Rewording::SameStudents { students, crossings } => {
                words.text("decide.same-students", &[("n", &words.number(*students)), ("k", &words.number(*crossings))])
            }
            Rewording::Grades { grades, students } => {
                let grades = self.grades(grades);
                words.text("decide.grades", &[("grades", &grades), ("n", &words.number(*students))])
            }
            Rewording::Years { students } => words.text("decide.years", &[("n", &words.number(*students))]),
        }));
        told
    }
}
