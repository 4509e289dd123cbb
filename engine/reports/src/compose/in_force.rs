//! The words of a goal that hold in the period reported on.
//!
//! A goal is agreed on in words, and amendments change its numbers. No page prints a target in words and
//! another one in figures without saying which of them holds.

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_config::contradictions::{Counted, texts};
use termwise_config::goals::{Amendment, Plan};
use termwise_config::{Goal, Project};
use termwise_disclosure::GoalFigures;
use termwise_judging::goals::Unit;

use super::super::words::Words;
use super::phrases::Phrases;
use super::{Subject, Writer};

/// The school's goals with the titles and statements in force, each marked where it names another target or
/// deadline than those that hold, by place in the project; and what statements said before they were amended, by goal.
pub(super) fn in_force(
    project: &Project,
    subject: &Subject,
    figures: &[&GoalFigures],
    words: &Words,
) -> (BTreeMap<usize, Goal>, BTreeMap<String, String>) {
    let phrases = Phrases::new(project, words);
    let writer = Writer::new(project, subject, &phrases);
    let (mut changed, mut was) = (BTreeMap::new(), BTreeMap::new());
    let mine = project.goals.iter().enumerate().filter(|(_, goal)| goal.school == subject.school);
    for (place, goal) in mine {
        let mine = figures.iter().copied().find(|figures| figures.goal == place);
        let texts = writer.texts(goal, mine);
        let new = changed.entry(place).or_insert_with(|| goal.clone());
        (new.title, new.statement) = (texts.title, texts.statement);
        was.extend(texts.was.map(|was| (goal.id.clone(), was)));
        if let Plan::Several(new) = &mut new.plan {
            for (part, (old, new)) in goal.parts().iter().zip(&mut new.parts).enumerate() {
                new.title = writer.texts(old, mine.and_then(|mine| mine.several.get(part))).title;
            }
        }
    }
    (changed, was)
}

/// The words of a goal.
struct Texts {
    title: String,
    statement: String,
    was: Option<String>,
}

impl Writer<'_> {
    fn texts(&self, goal: &Goal, figures: Option<&GoalFigures>) -> Texts {
        let (words, calendar) = (self.words, &self.project.calendar);
        let on = figures.map_or_else(|| calendar.period(self.subject.now).closes, |figures| self.words_of(figures));
        let amended: Vec<&Amendment> = goal.in_force(on).collect();
        let title = Written::of(&goal.title, &amended, |amendment| amendment.title.as_deref());
        let statement = Written::of(&goal.statement, &amended, |amendment| amendment.statement.as_deref());
        let counted = |id: &str| {
            let mine = figures?;
            let figures =
                if id == goal.id { Some(mine) } else { mine.several.iter().find(|f| self.goal_of(f).id == id) };
            Some(match figures?.unit {
                Unit::Share => Counted::Share,
                Unit::Difference => Counted::Difference { gap: false },
                Unit::Gap => Counted::Difference { gap: true },
                Unit::Steps(_) => Counted::Steps(None),
            })
        };
        let stale = |text: &str| texts::is_stale(goal, text, on, calendar, &counted);
        let when = words.month_year(goal.deadline(on));
        let target = figures.zip(goal.aim(on)).map(|(figures, aim)| self.agreed(goal, figures, aim.target));
        let title = match (&target, stale(title.text)) {
            (_, false) => title.text.to_owned(),
            (Some(target), true) => {
                words.text("in-force.title", &[("title", title.text), ("target", target), ("when", &when)])
            }
            (None, true) => words.text("in-force.title-open", &[("title", title.text), ("when", &when)]),
        };
        // The last amendment since that changed what the text may name.
        let since = amended[statement.rank..].iter().rev().find(|a| a.target.is_some() || a.deadline.is_some());
        let marked = match (stale(statement.text), since) {
            (false, _) => statement.text.to_owned(),
            (true, since) => {
                let day = since.map_or_else(String::new, |amendment| words.date(amendment.on));
                let mut values = vec![("statement", statement.text), ("when", when.as_str()), ("day", day.as_str())];
                values.extend(target.as_ref().map(|target| ("target", target.as_str())));
                let agreed = statement.rank.checked_sub(1).map(|place| words.date(amended[place].on));
                values.extend(agreed.as_ref().map(|agreed| ("since", agreed.as_str())));
                let key = match (since.is_some(), target.is_some()) {
                    (true, true) if agreed.is_some() => "in-force.agreed",
                    (true, false) if agreed.is_some() => "in-force.agreed-open",
                    (true, true) => "in-force.first",
                    (true, false) => "in-force.first-open",
                    (false, true) => "in-force.statement",
                    (false, false) => "in-force.statement-open",
                };
                words.text(key, &values)
            }
        };
        let was = statement.before.map(|(before, amendment)| {
            let (day, reason) = (words.date(amendment.on), amendment.reason.as_str());
            words.text("in-force.was", &[("day", &day), ("statement", before), ("reason", reason)])
        });
        Texts { title, statement: marked, was }
    }

    /// The day whose words figures are told in: all that was agreed on, for a goal that has ended.
    fn words_of(&self, figures: &GoalFigures) -> Date {
        figures.agreed
    }

    /// What the target and the deadline were before they were amended last, and until when.
    pub(super) fn target_was(&self, goal: &Goal, figures: &GoalFigures) -> Option<String> {
        let words = self.words;
        let (mut target, mut deadline) = (None, None);
        let (mut aim_target, mut aim_deadline) =
            (goal.measured().map(|plan| plan.aims.first.target), goal.first_deadline());
        for amendment in goal.in_force(self.words_of(figures)) {
            let before = aim_target.filter(|before| amendment.target.is_some_and(|new| new != *before));
            if let Some(before) = before {
                target = Some((before, amendment.on));
                aim_target = amendment.target;
            }
            if let Some(new) = amendment.deadline.filter(|new| *new != aim_deadline) {
                deadline = Some((aim_deadline, amendment.on));
                aim_deadline = new;
            }
        }
        let target = target.map(|(target, day)| {
            let (target, day) = (self.agreed(goal, figures, target), words.date(day));
            words.text("in-force.target-was", &[("target", &target), ("day", &day)])
        });
        let deadline = deadline.map(|(deadline, day)| {
            let (when, day) = (words.month_year(deadline), words.date(day));
            words.text("in-force.deadline-was", &[("when", &when), ("day", &day)])
        });
        let told: Vec<String> = target.into_iter().chain(deadline).collect();
        (!told.is_empty()).then(|| told.join("; "))
    }
}

/// A text of a goal as it reads now.
struct Written<'a> {
    text: &'a str,
    /// How many amendments there were up to the one that wrote it.
    rank: usize,
    /// What it was before, and the amendment that changed it.
    before: Option<(&'a str, &'a Amendment)>,
}

impl<'a> Written<'a> {
    fn of(first: &'a str, amended: &[&'a Amendment], text: impl Fn(&'a Amendment) -> Option<&'a str>) -> Self {
        let mut written = Self { text: first, rank: 0, before: None };
        for (place, amendment) in amended.iter().enumerate() {
            if let Some(new) = text(amendment) {
                written = Self { text: new, rank: place + 1, before: Some((written.text, amendment)) };
            }
        }
        written
    }
}
