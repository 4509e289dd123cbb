//! What cannot be true of a goal, or is likely a slip of the pen, whatever the spreadsheets hold.
//!
//! Comes in: a goal that was read without a fault, and the calendar. Goes out: problems, each at its place:
//! errors where the goal contradicts itself, warnings where it likely says something else than was meant. A
//! goal is looked at as it was first agreed and after each amendment. What depends on a metric or on results
//! is handed in ([`Known`]); this module asks for neither.

mod levels;
mod periods;
pub mod texts;
mod times;

use std::collections::BTreeSet;

use jiff::civil::Date;

use termwise_base::problem::{Problem, Severity};

use super::goals::{Aim, Baseline, Counting, Goal, Way};
use super::{Calendar, Period};

pub use levels::{Counted, Known, Start, levels, narrative, team};
pub(super) use periods::{RawTime, years};
pub use times::in_time;

/// The errors that a goal's file alone gives away, without a metric and without results.
pub(super) fn of_the_file(goal: &Goal, calendar: &Calendar, containing: bool) -> Vec<Problem> {
    let mut found = in_time(goal, calendar, containing);
    found.extend(narrative(goal, calendar));
    for (part, plan) in goal.measured_parts() {
        // These two are what the engine ships; every other metric says by itself which way is better.
        let shipped = match &plan.kind {
            Counting::Share { .. } => plan.metric == "share-at-or-above" && plan.output.is_none(),
            Counting::MatchedGrowth { .. } => plan.metric == "share-growing" && plan.output.is_none(),
            Counting::Metric { .. } => false,
        };
        if shipped {
            let known = Known { way: Way::Up, counted: Counted::Share, start: &|_| None };
            found.extend(levels(part, calendar, &known));
        }
    }
    found.retain(Problem::is_error);
    found
}

/// A setting that amendments may change: its name among the places, and which amendment wrote it (0: none).
#[derive(Debug, Clone)]
struct Setting {
    name: String,
    rank: usize,
}

impl Setting {
    fn first(name: &str) -> Self {
        Self { name: name.to_owned(), rank: 0 }
    }

    fn amended(&mut self, place: usize, name: &str) {
        *self = Self { name: format!("amendment.{place}.{name}"), rank: place + 1 };
    }

    /// The setting of one target on the way.
    fn of(&self, place: usize) -> Self {
        Self { name: format!("{}.{place}", self.name), rank: self.rank }
    }
}

/// A goal as it reads from a day on: as first agreed, or after one more amendment.
#[derive(Debug, Clone)]
struct Stage {
    /// The deadline in force.
    ends: Date,
    /// What a measured goal aims at, with that deadline.
    aim: Option<Aim>,
    /// The day of the amendment; none: as first agreed.
    on: Option<Date>,
    rank: usize,
    texts: [String; 2],
    target: Setting,
    deadline: Setting,
    baseline: Setting,
    interim: Setting,
    title: Setting,
    statement: Setting,
}

impl Stage {
    fn put_off(&mut self, deadline: Date) {
        self.ends = deadline;
        self.aim.iter_mut().for_each(|aim| aim.deadline = deadline);
    }
}

/// Every way in which a goal has read. An amendment that came after the goal had ended changes nothing.
fn stages(goal: &Goal) -> Vec<Stage> {
    let mut now = Stage {
        ends: goal.first_deadline(),
        aim: goal.measured().map(|plan| plan.aims.first.clone()),
        on: None,
        rank: 0,
        texts: [goal.title.clone(), goal.statement.clone()],
        target: Setting::first("target"),
        deadline: Setting::first("deadline"),
        baseline: Setting::first("baseline"),
        interim: Setting::first("interim"),
        title: Setting::first("title"),
        statement: Setting::first("statement"),
    };
    let mut all = vec![now.clone()];
    // A part has the deadline of its goal: where that is amended, it is told of the goal.
    let mut whole = goal.put_off().iter().enumerate().peekable();
    let mut put_off = |now: &mut Stage, all: &mut Vec<Stage>, until: Date| {
        while let Some((place, (day, deadline))) = whole.next_if(|(_, (day, _))| *day <= until) {
            if *day <= now.ends {
                now.on = Some(*day);
                now.put_off(*deadline);
                now.deadline = Setting { name: format!("put-off.{place}"), rank: now.rank };
                all.push(now.clone());
            }
        }
    };
    for (place, amendment) in goal.amendments.iter().enumerate() {
        put_off(&mut now, &mut all, amendment.on);
        if amendment.on > now.ends {
            continue;
        }
        (now.on, now.rank) = (Some(amendment.on), place + 1);
        if let Some(deadline) = amendment.deadline {
            now.put_off(deadline);
            now.deadline.amended(place, "deadline");
        }
        if let Some(aim) = &mut now.aim {
            amendment.change(aim);
        }
        let numbers = [
            (amendment.target.is_some(), &mut now.target, "target"),
            (amendment.baseline.is_some(), &mut now.baseline, "baseline"),
            (amendment.interim.is_some(), &mut now.interim, "interim"),
        ];
        for (_, setting, name) in numbers.into_iter().filter(|(changed, ..)| *changed) {
            setting.amended(place, name);
        }
        if let Some(title) = &amendment.title {
            now.texts[0].clone_from(title);
            now.title.amended(place, "title");
        }
        if let Some(statement) = &amendment.statement {
            now.texts[1].clone_from(statement);
            now.statement.amended(place, "statement");
        }
        all.push(now.clone());
    }
    put_off(&mut now, &mut all, Date::MAX);
    all
}

/// The day on which a goal starts, or the first on which it may.
fn start(baseline: &Baseline, calendar: &Calendar) -> Date {
    match baseline {
        Baseline::Value { on, .. } => *on,
        Baseline::Period(period) | Baseline::FirstFull(period) => calendar.period(*period).closes,
    }
}

/// What was found, each once.
struct Findings<'a> {
    goal: &'a Goal,
    stages: Vec<Stage>,
    told: BTreeSet<String>,
    found: Vec<Problem>,
}

impl<'a> Findings<'a> {
    fn new(goal: &'a Goal) -> Self {
        Self { goal, stages: stages(goal), told: BTreeSet::new(), found: Vec::new() }
    }

    /// Looks at every stage, the latest first: what still holds is told as it is.
    fn each_stage(mut self, mut look: impl FnMut(&mut Self, &Stage)) -> Vec<Problem> {
        for stage in self.stages.clone().iter().rev() {
            look(&mut self, stage);
        }
        self.done()
    }

    fn done(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| (problem.place.line, problem.place.column));
        self.found
    }

    /// Tells of settings that do not go together, at the one that was written last. What an amendment has
    /// mended since needs nothing to be done.
    fn tell(&mut self, stage: &Stage, settings: &[&Setting], mut problem: Problem) {
        let newest = settings.iter().rev().max_by_key(|setting| setting.rank).map_or("", |setting| &setting.name);
        let place = self.goal.places.at(newest);
        if !self.told.insert(format!("{place} {}", problem.message)) {
            return;
        }
        let later = self.stages.iter().find(|other| (other.rank, other.on) > (stage.rank, stage.on));
        let later = later.and_then(|other| other.on);
        if let (true, Some(day)) = (problem.is_error(), later) {
            problem.severity = Severity::Warning;
            problem = problem.hint(format!("It was amended on {day}: nothing else needs to be done."));
        }
        self.found.push(problem.at(place));
    }

    /// Tells something at a place of its own.
    fn at(&mut self, name: &str, problem: Problem) {
        self.found.push(problem.at(self.goal.places.at(name)));
    }
}

/// A period as messages name it: `2025-26/P3 (closes on 2026-06-26)`.
fn named(period: &Period) -> String {
    format!("{} (closes on {})", period.key(), period.closes)
}
