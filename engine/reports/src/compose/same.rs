//! The same children first: who was measured both times and how they stood, then who is new and who is gone; only
//! then the change of the figure.

use std::cmp::Ordering;

use termwise_config::Goal;
use termwise_config::goals::Counting;
use termwise_disclosure::{Count, Figure, GoalFigures, Kin, People, Same};
use termwise_judging::goals::verdict::Verdict;
use termwise_judging::goals::{Break, Unit};

use termwise_disclosure::ClearedVerdict;

use super::super::model::SameChildrenModel;
use super::Writer;

impl Writer<'_> {
    /// “of 40 measured both times 20 stayed at level, 8 rose …; 5 are new, 6 are gone; the share is up 3 percentage
    /// points since November 2025”. A change is never told without the children behind it.
    pub(super) fn change(&self, goal: &Goal, figures: &GoalFigures) -> Option<String> {
        if matches!(figures.verdict, ClearedVerdict::Judged(Verdict::NotEnoughData(_) | Verdict::NotAvailable(_))) {
            return None;
        }
        let words = self.words;
        let (period, _) = figures.before.as_ref()?;
        let point = figures.points.iter().find(|p| p.period == figures.at)?;
        if let Some(Break::Instrument(from, to)) = &point.broken {
            let when = self.when(*period);
            let values = [("from", &*self.named(from)), ("to", &*self.named(to)), ("when", &when)];
            return Some(words.text("change.instrument", &values));
        }
        let text = self.moved_by(goal, figures)?;
        let text = match &point.broken {
            Some(Break::Table(title)) => {
                words.text("change.table", &[("change", &text), ("table", &self.named(title))])
            }
            _ => text,
        };
        if goal.population().staff {
            return Some(words.text("change.anonymous", &[("change", &text)]));
        }
        let first = self.both_times(goal, &figures.people?);
        Some(words.text("change.same-first", &[("same", &first), ("change", &text)]))
    }

    /// “up 4 percentage points since November 2025”.
    fn moved_by(&self, goal: &Goal, figures: &GoalFigures) -> Option<String> {
        let words = self.words;
        let (period, before) = figures.before.as_ref()?;
        let since = self.since(goal, *period);
        let change = figures.now.exact()? - before.exact()?;
        let way = match (change > 1e-9, change < -1e-9) {
            (true, _) => "up",
            (_, true) => "down",
            _ => "same",
        };
        let points = (change.abs() * 100.0).round() as u32;
        Some(match &figures.unit {
            Unit::Gap => {
                let ahead = |figure: &Figure| match figure {
                    Figure::Shown { ahead, .. } => *ahead,
                    _ => None,
                };
                let (then, now) = (ahead(before), ahead(&figures.now));
                match (self.ahead(goal, then), self.ahead(goal, now)) {
                    (Some(was), Some(is)) if then != now => {
                        words.text("change.changed-sides", &[("since", &since), ("was", &was), ("is", &is)])
                    }
                    _ => words.count(&format!("change.gap-{way}"), points, &[("since", &since)]),
                }
            }
            Unit::Steps(_) => {
                let n = words.text(self.steps(goal), &[("n", &words.tenths(change.abs()))]);
                words.text(&format!("change.{way}-steps"), &[("n", &n), ("since", &since)])
            }
            Unit::Share | Unit::Difference => words.count(&format!("change.{way}"), points, &[("since", &since)]),
        })
    }

    /// The children behind a change, as the beginning of a sentence about it.
    fn both_times(&self, goal: &Goal, people: &People) -> String {
        let words = self.words;
        let mut told: Vec<String> = self.stood(goal, people).into_iter().collect();
        match people.kin {
            Kin::All => told.push(words.text("same.all", &[])),
            Kin::Same => told.push(words.text("same.all-but-few", &[])),
            Kin::Different => told.push(words.text("same.different", &[])),
            Kin::Hardly => told.push(words.text("same.hardly", &[])),
            Kin::Both { same, newly_measured, arrived } => {
                if let (Count::Exactly(n), Same::Untold) = (same, people.same) {
                    told.push(words.text("same.both", &[("n", &words.number(n))]));
                }
                let new = match (newly_measured, arrived) {
                    (Count::Exactly(newly), Count::Exactly(arrived)) => Some(newly + arrived),
                    _ => None,
                };
                let new = new.map(|n| words.number(n));
                let gone = self.count(people.gone);
                told.push(match (new, gone) {
                    (Some(new), Some(gone)) => words.text("same.new-and-gone", &[("new", &new), ("gone", &gone)]),
                    _ => words.text(
                        match people.others {
                            Some((true, true)) => "same.some-new-and-gone",
                            Some((true, false)) => "same.some-new",
                            Some((false, _)) => "same.some-gone",
                            None => "same.not-all",
                        },
                        &[],
                    ),
                });
            }
        }
        told.join("; ")
    }

    /// How those measured both times stood then and now: at a level, or in what the goal counts.
    pub(super) fn stood(&self, goal: &Goal, people: &People) -> Option<String> {
        let words = self.words;
        let counted = counted(goal);
        Some(match people.same {
            Same::Stood(stood) => {
                let [at, rose, fell, below] = stood.all().map(|n| words.number(n));
                let all = words.number(stood.all().iter().sum());
                let values = [("n", &*all), ("at", &at), ("rose", &rose), ("fell", &fell), ("below", &below)];
                words.text(&format!("same.stood{counted}"), &values)
            }
            Same::More(order) => {
                let key = match order {
                    Ordering::Greater => "more-rose",
                    Ordering::Equal => "as-many",
                    Ordering::Less => "more-fell",
                };
                words.text(&format!("same.{key}{counted}"), &[])
            }
            Same::Untold => return None,
        })
    }

    /// The same as numbers, for charts and programs.
    pub(super) fn same_children(&self, goal: &Goal, figures: &GoalFigures) -> Option<SameChildrenModel> {
        let people = figures.people.filter(|_| !goal.population().staff)?;
        let stood = match people.same {
            Same::Stood(stood) => Some(stood),
            _ => None,
        };
        let exact = |count: Count| match count {
            Count::Exactly(n) => Some(n),
            _ => None,
        };
        let (both, new) = match people.kin {
            Kin::Both { same, newly_measured, arrived } => {
                (exact(same), exact(newly_measured).zip(exact(arrived)).map(|(a, b)| a + b))
            }
            _ => (None, None),
        };
        Some(SameChildrenModel {
            since: self.when(people.since),
            both: both.or(stood.map(|stood| stood.all().iter().sum())),
            stayed_at: stood.map(|stood| stood.stayed_at),
            rose: stood.map(|stood| stood.rose),
            fell: stood.map(|stood| stood.fell),
            stayed_below: stood.map(|stood| stood.stayed_below),
            new,
            gone: exact(people.gone),
            text: self.both_times(goal, &people),
        })
    }
}

/// How the words about children end: a metric may count fewer than have a result.
pub(super) fn counted(goal: &Goal) -> &'static str {
    if matches!(goal.kind(), Some(Counting::Share { .. })) { "" } else { "-counted" }
}

/// How the words about those who are new end: who had some of several results then was not counted all the same.
pub(super) fn newly(goal: &Goal) -> &'static str {
    if goal.measures().len() > 1 { "-counted" } else { counted(goal) }
}
