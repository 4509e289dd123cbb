//! Counts of people that stand beside each other: no two of them give a third one that is not told.
//!
//! Comes in: the goals of a report, cleared one by one. They are coarsened until [`given_away`] finds nothing;
//! the pass over the family asks it again of what is about to be printed. “Fewer than 5” says nothing that its
//! neighbours do not say; where they would say more, nothing is said.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::PeriodId;
use termwise_judging::ask::Group;
use termwise_judging::goals::Judged;
use termwise_judging::goals::decide::Rewording;
use termwise_judging::goals::smart::Fact;

use super::topic::Crowd;
use super::{Bar, Count, Figure, GoalFigures, Kin, Overview, People, Rule, Same};

/// Counts that are told of the same people in the same period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldCounts {
    /// How many belong to them.
    pub population: BTreeSet<u32>,
    /// How many of them are counted, or left out for a reason.
    pub parts: BTreeSet<u32>,
    /// A count that is told as “fewer than” this.
    pub fewer: Option<u32>,
}

/// What one goal, or a part of one, tells of its people now.
pub fn told(figures: &GoalFigures) -> ToldCounts {
    let mut told = ToldCounts::default();
    for fact in figures.smart.iter().flat_map(|letter| &letter.facts) {
        match fact {
            Fact::Population(n) => drop(told.population.insert(*n)),
            Fact::Readings { of, population, .. } => {
                told.population.insert(*population);
                told.parts.insert(*of);
            }
            _ => {}
        }
    }
    if let Figure::Shown { of: of @ 1.., .. } = figures.now {
        told.parts.insert(of);
    }
    let bars = figures.bars.iter().filter(|bar: &&Bar| bar.period == figures.at);
    told.parts.extend(bars.filter_map(|bar| bar.of));
    for (_, count) in &figures.left_out {
        match count {
            Count::Exactly(n) => drop(told.parts.insert(*n)),
            Count::Fewer(n) => told.fewer = Some(*n),
            Count::Untold => {}
        }
    }
    if let Some([same, newly, arrived]) = here(figures) {
        told.parts.extend([same, newly, arrived, same + newly + arrived].into_iter().filter(|n| *n > 0));
    }
    for rewording in figures.decidable.iter().flat_map(|decidable| &decidable.rewordings) {
        if let Rewording::SameStudents { students, .. } | Rewording::Grades { students, .. } = rewording {
            told.parts.insert(*students);
        }
    }
    told
}

/// The same, the newly measured and the arrived, where their numbers are told.
fn here(figures: &GoalFigures) -> Option<[u32; 3]> {
    match figures.people?.kin {
        Kin::Both {
            same: Count::Exactly(same),
            newly_measured: Count::Exactly(newly),
            arrived: Count::Exactly(arrived),
        } => Some([same, newly, arrived]),
        _ => None,
    }
}

/// How many were measured both times, where that is told.
fn same_told(people: &People) -> Option<u32> {
    match (people.kin, people.same) {
        (Kin::Both { same: Count::Exactly(same), .. }, _) => Some(same),
        (_, Same::Stood(stood)) => Some(stood.all().iter().sum()),
        _ => None,
    }
}

/// A count that two others give: the goals' places in the list, and the two counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAway {
    /// Where one of the two stands.
    pub one: usize,
    /// Where the other stands, or the count that they give.
    pub other: usize,
    /// What they are, for a message.
    pub counts: (u32, u32),
}

/// Every count below the minimum that two others give, over goals with their people.
pub fn given_away(minimum: u32, goals: &[(Crowd, &GoalFigures)]) -> Vec<GivenAway> {
    let small = |a: u32, b: u32| a != b && a.abs_diff(b) < minimum;
    // People are those of a period: a goal that has ended tells of another one.
    let each = goals.iter().map(|(crowd, figures)| ((crowd, figures.at), told(figures)));
    let all: Vec<((&Crowd, PeriodId), ToldCounts)> = each.collect();
    let mut found = Vec::new();
    for (one, (crowd, first)) in all.iter().enumerate() {
        for (other, (_, second)) in all.iter().enumerate().filter(|(_, (known, _))| known == crowd) {
            // Who belongs, beside who is counted.
            for whole in &first.population {
                if let Some(part) = second.parts.iter().find(|part| small(*whole, **part)) {
                    found.push(GivenAway { one, other, counts: (*whole, *part) });
                }
                // The rest may be the small one itself.
                if second.fewer.is_some() {
                    found.push(GivenAway { one, other, counts: (*whole, 0) });
                }
            }
            // “Fewer than” beside two counts that are as near to each other.
            if first.fewer.is_some() {
                let counts: Vec<u32> = first.parts.iter().chain(&second.parts).copied().collect();
                let pair = counts.iter().flat_map(|a| counts.iter().map(move |b| (*a, *b)));
                found.extend(pair.filter(|(a, b)| a > b && small(*a, *b)).map(|counts| GivenAway {
                    one,
                    other,
                    counts,
                }));
            }
        }
    }
    for (place, (_, figures)) in goals.iter().enumerate() {
        let (Some(people), Some((_, Figure::Shown { of: before @ 1.., .. }))) = (figures.people, &figures.before)
        else {
            continue;
        };
        // Who was counted then, and who of them is now.
        if let Some(same) = same_told(&people).filter(|same| small(*before, *same)) {
            found.push(GivenAway { one: place, other: place, counts: (*before, same) });
        }
    }
    found
}

/// Counts of the leadership's sheet that two others give: the goal's place in the project, and the two counts.
pub fn given_away_by_sheet(minimum: u32, overview: &Overview) -> Vec<(usize, (u32, u32))> {
    let small = |a: u32, b: u32| a != b && a.abs_diff(b) < minimum;
    let mut found = Vec::new();
    for line in &overview.alignment {
        let Some(students) = line.students else { continue };
        let exact = |count: Count| if let Count::Exactly(n) = count { Some(n) } else { None };
        let (covered, twice) = (exact(line.covered), exact(line.twice));
        found.extend(covered.filter(|n| small(students, *n)).map(|n| (line.goal, (students, n))));
        found.extend(covered.zip(twice).filter(|(all, n)| *n > 0 && small(*all, *n)).map(|pair| (line.goal, pair)));
    }
    found
}

/// Coarsens the counts of a report's goals.
pub(super) fn coarsen(rule: &Rule, goals: &[(usize, &Judged)], figures: &mut [GoalFigures]) {
    let judged: BTreeMap<usize, &Judged> = goals.iter().copied().collect();
    let small = |n: u32| n > 0 && n < rule.minimum;
    for figures in figures.iter_mut().flat_map(each) {
        people(rule, figures);
    }
    // How many belong to a population is told where nobody can take those who are counted from it.
    // It is known of a goal without a result, too; the whole of a goal with parts tells it as well.
    let mut crowds: BTreeMap<(Crowd, PeriodId), ToldCounts> = BTreeMap::new();
    for figures in figures.iter() {
        let Some(whole) = judged.get(&figures.goal) else { continue };
        let parts = figures.several.iter().zip(&whole.several);
        for (figures, judged) in std::iter::once((figures, *whole)).chain(parts) {
            let one = told(figures);
            let all = crowds.entry((crowd(judged), judged.now)).or_default();
            all.population.extend(one.population);
            all.population.extend(judged.point_now().map(|point| point.all.population));
            all.parts.extend(one.parts);
            all.fewer = all.fewer.or(one.fewer);
        }
    }
    let tells = |told: &ToldCounts| {
        let near = |whole: &u32| told.parts.iter().any(|n| small(whole.abs_diff(*n)));
        told.fewer.is_some() || told.population.iter().any(near)
    };
    let few: BTreeSet<(Crowd, PeriodId)> =
        crowds.into_iter().filter(|(_, told)| tells(told)).map(|(crowd, _)| crowd).collect();
    for figures in figures.iter_mut() {
        let Some(whole) = judged.get(&figures.goal) else { continue };
        // The letters of a goal with parts rest on its parts.
        let mut untold = whole.several.iter().any(|part| few.contains(&(crowd(part), part.now)));
        for (part, judged) in figures.0.several.iter_mut().zip(&whole.several) {
            untold |= part.hidden.is_some();
            forget_population(part, few.contains(&(crowd(judged), judged.now)));
        }
        forget_population(figures, untold || few.contains(&(crowd(whole), whole.now)));
    }
    // “Fewer than” is said only where no two other counts say more.
    loop {
        let list: Vec<(Crowd, &GoalFigures)> = figures
            .iter()
            .filter_map(|figures| Some((figures, *judged.get(&figures.goal)?)))
            .flat_map(|(figures, whole)| {
                let parts = figures.several.iter().zip(&whole.several);
                std::iter::once((figures, whole)).chain(parts).map(|(figures, judged)| (crowd(judged), figures))
            })
            .collect();
        let places: BTreeSet<(usize, Option<usize>)> = given_away(rule.minimum, &list)
            .into_iter()
            .flat_map(|found| [found.one, found.other])
            .map(|place| (list[place].1.goal, list[place].1.part))
            .collect();
        let mut changed = false;
        for figures in figures.iter_mut().flat_map(each) {
            if places.contains(&(figures.goal, figures.part)) {
                changed |= forget_left_out(figures);
            }
        }
        if !changed {
            break;
        }
    }
}

/// A goal and its parts.
fn each(figures: &mut GoalFigures) -> impl Iterator<Item = &mut GoalFigures> {
    // The whole of a goal with parts has no counts of its own.
    let parts = !figures.several.is_empty();
    let (whole, several) = if parts { (None, figures.0.several.as_mut_slice()) } else { (Some(figures), &mut [][..]) };
    whole.into_iter().chain(several)
}

fn crowd(judged: &Judged) -> Crowd {
    let grades: Vec<String> = judged.by_grade.iter().map(|(grade, _)| grade.clone()).collect();
    Crowd::of(judged.goal.population(), &grades, &Group::All)
}

/// Takes away who is behind a change, and wordings about other students, where these counts would give a small
/// one.
fn people(rule: &Rule, figures: &mut GoalFigures) {
    let small = |a: u32, b: u32| a != b && a.abs_diff(b) < rule.minimum;
    let of = |figure: &Figure| if let Figure::Shown { of: of @ 1.., .. } = figure { Some(*of) } else { None };
    let now = of(&figures.now);
    let here = here(figures).map(|counts| counts.iter().sum::<u32>());
    let before = figures.before.as_ref().and_then(|(_, figure)| of(figure));
    if let Some(people) = &mut figures.0.people {
        let then = before.zip(same_told(people)).is_some_and(|(before, same)| small(before, same));
        if matches!(people.kin, Kin::Both { .. }) && (then || now.zip(here).is_some_and(|(now, here)| small(now, here)))
        {
            people.kin = Kin::Both { same: Count::Untold, newly_measured: Count::Untold, arrived: Count::Untold };
        }
        if let (true, Same::Stood(stood)) = (then, people.same) {
            people.same = Same::More(stood.rose.cmp(&stood.fell));
        }
    }
    if let Some(decidable) = &mut figures.0.decidable {
        let beside = |n: u32| now.is_some_and(|now| small(now, n));
        decidable.rewordings.retain(|rewording| match rewording {
            Rewording::SameStudents { students, .. } | Rewording::Grades { students, .. } => !beside(*students),
            Rewording::Years { .. } => true,
        });
    }
}

fn forget_population(figures: &mut GoalFigures, forget: bool) {
    for letter in figures.0.smart.iter_mut().filter(|_| forget) {
        letter.facts.retain(|fact| !matches!(fact, Fact::Population(_) | Fact::Readings { .. }));
    }
}

/// Says no more than that some are left out; whether that was a change.
fn forget_left_out(figures: &mut GoalFigures) -> bool {
    let open = figures.left_out.iter().any(|(_, count)| *count != Count::Untold);
    figures.0.left_out.iter_mut().for_each(|(_, count)| *count = Count::Untold);
    open
}

#[cfg(test)]
mod tests;
