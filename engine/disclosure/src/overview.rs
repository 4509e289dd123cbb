//! What the leadership team may see: how teams' goals add up, and candidates for goals.
//!
//! The same thresholds as for any figure. A group that is hidden is left out whole.

use std::collections::BTreeSet;

use termwise_config::goals::Population;
use termwise_config::{MeasureId, PeriodId, Project, SchoolId};
use termwise_judging::ask::Group;
use termwise_judging::goals::align::Alignment;
use termwise_judging::goals::inquire::Candidate;
use termwise_judging::goals::{Found, Unit, Verdict};

use super::rule::{Rule, whole};
use super::topic::{Crowd, Topic};
use super::{Audience, Bound, Cleared, ClearedVerdict, Count, Figure, GoalFigures};

/// Alignment and candidates of one school.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct Overview {
    /// A line for each school goal that can be added up.
    pub alignment: Vec<AlignmentFigures>,
    /// Places of team goals that serve no school goal.
    pub orphans: Vec<usize>,
    /// Candidates, largest decidable room first.
    pub candidates: Vec<CandidateFigures>,
    /// Smaller groups of which nothing is shown.
    pub left_out: usize,
}

/// How one school goal is served.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct AlignmentFigures {
    /// Place of the goal in the project.
    pub goal: usize,
    /// Places of the team goals that serve it.
    pub teams: Vec<usize>,
    /// Students in the goal's figure; none if hidden.
    pub students: Option<u32>,
    /// The share now.
    pub now: Figure,
    /// Students in at least one team goal.
    pub covered: Count,
    /// Students in more than one.
    pub twice: Count,
    /// The share if every team goal were met, at best, in whole percent (0–1).
    pub best_case: Option<f64>,
}

/// One candidate.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct CandidateFigures {
    /// Its area.
    pub area: String,
    /// Whose results.
    pub population: Population,
    /// What is measured.
    pub measure: MeasureId,
    /// The reporting period of the results.
    pub period: PeriodId,
    /// The share at or above the line.
    pub figure: Figure,
    /// What one student is worth, as a share.
    pub one_student: f64,
    /// The smallest change that can be shown, as a share.
    pub smallest: f64,
    /// For a program: the share of the others, and the chance of such a distance if there were none (0–1).
    pub others: Option<(Figure, f64)>,
}

/// Clears alignment and candidates of one school for one audience, beside the goals that it sees: what is
/// hidden there is hidden here, and how a goal is served is told of its own cleared figure.
pub fn clear_overview(
    project: &Project,
    (audience, school): (Audience, SchoolId),
    goals: &Cleared<Vec<GoalFigures>>,
    alignment: &[Alignment],
    orphans: Vec<usize>,
    candidates: &[Candidate],
) -> Cleared<Overview> {
    let rule = Rule::new(&project.privacy, audience);
    let open = open(project, &rule, school, goals, candidates);
    let found = |met: u32, of: u32| Found { met: Some(met), of, ..Found::default() };
    let candidate = |(place, candidate): (usize, &Candidate)| {
        let figure = rule.figure(&Unit::Share, &found(candidate.met, candidate.of));
        // The whole and one part of it give the rest.
        let others = candidate.others.filter(|_| open.others[place]).and_then(|others| {
            let figure = rule.figure(&Unit::Share, &found(others.met, others.of));
            figure.exact().map(|_| (figure, whole(others.chance)))
        });
        Some(CandidateFigures {
            area: candidate.area.clone(),
            population: candidate.population.clone(),
            measure: candidate.measure,
            period: candidate.period,
            figure,
            one_student: 1.0 / f64::from(candidate.of),
            smallest: candidate.smallest?,
            others,
        })
    };
    let with_room = || candidates.iter().enumerate().filter(|(_, candidate)| candidate.decidable_room() > 0.0);
    let shown: Vec<CandidateFigures> =
        with_room().filter(|(place, _)| open.own[*place]).filter_map(candidate).collect();
    Cleared(Overview {
        alignment: alignment.iter().filter_map(|line| aligned(&rule, goals, line)).collect(),
        orphans,
        left_out: with_room().count() - shown.len(),
        candidates: shown,
    })
}

/// How a school goal is served, as far as its own figure may be seen.
fn aligned(rule: &Rule, goals: &[GoalFigures], line: &Alignment) -> Option<AlignmentFigures> {
    let goal = goals.iter().find(|goal| goal.goal == line.goal)?;
    // Counts are told of the figure that is told, and of no other one.
    let same = matches!(goal.now, Figure::Shown { bound: Bound::Exact, met: Some(met), of, .. }
        if (met, of) == (line.met, line.students));
    let judged = !matches!(goal.verdict, ClearedVerdict::Judged(Verdict::NotEnoughData(_) | Verdict::NotAvailable(_)));
    let count = |n: u32, beside: u32| match n {
        _ if !same || (n != beside && beside - n.min(beside) < rule.minimum) => Count::Untold,
        0 => Count::Exactly(0),
        n => rule.count(n),
    };
    Some(AlignmentFigures {
        goal: line.goal,
        teams: line.teams.iter().map(|team| team.plc_goal).collect(),
        students: same.then_some(line.students),
        covered: count(line.covered, line.students),
        twice: count(line.twice, line.covered),
        best_case: line
            .best_case
            .filter(|_| same && judged)
            .map(|best| whole(f64::from(best) / f64::from(line.students.max(1)))),
        now: goal.now.again(),
    })
}

/// Which candidates may be seen, and which of them with the others beside them.
struct Open {
    own: Vec<bool>,
    others: Vec<bool>,
}

/// A candidate is seen by the rules of any figure; not where a goal's table hides it; and not where the whole
/// and the other parts would give away what is hidden.
fn open(project: &Project, rule: &Rule, school: SchoolId, goals: &[GoalFigures], candidates: &[Candidate]) -> Open {
    let grades = &project.school(school).grades;
    let about = |candidate: &Candidate| {
        let crowd = Crowd::of(&candidate.population, grades, &Group::All);
        Topic::at_line(candidate.measure, candidate.period, crowd)
    };
    let keys: Vec<Topic> = candidates.iter().map(about).collect();
    let (mut printed, mut hidden) = (BTreeSet::new(), BTreeSet::new());
    for figures in goals.iter().flat_map(|goal| std::iter::once(goal).chain(&goal.several)) {
        let goal = figures.of(project);
        for point in &figures.points {
            let groups = point.groups.iter().map(|(group, figure)| (group, figure));
            for (group, figure) in std::iter::once((&Group::All, &point.figure)).chain(groups) {
                let set = match figure {
                    Figure::Hidden => &mut hidden,
                    Figure::Shown { .. } => &mut printed,
                    Figure::Nothing => continue,
                };
                set.extend(super::known(goal, grades, point.period, group));
            }
        }
    }
    let mut own: Vec<bool> = candidates
        .iter()
        .zip(&keys)
        .map(|(candidate, key)| {
            let Candidate { met, of, one_class, .. } = *candidate;
            let found = Found { met: Some(met), of, one_class, ..Found::default() };
            !hidden.contains(key) && rule.figure(&Unit::Share, &found).exact().is_some()
        })
        .collect();
    // Of a whole: its grades, or its programs.
    let parts_of = |whole: &Topic, part: &Topic, by_grade: bool| {
        let (a, b) = (&whole.crowd, &part.crowd);
        let cut = if by_grade {
            a.grades.is_empty() && b.grades.len() == 1 && a.programs == b.programs
        } else {
            a.programs.is_empty() && b.programs.len() == 1 && a.grades == b.grades
        };
        cut && (&whole.question, whole.period, a.staff) == (&part.question, part.period, b.staff)
    };
    let wholes = || (0..keys.len()).flat_map(|whole| [(whole, true), (whole, false)]);
    loop {
        let seen = |place: usize| own[place] || printed.contains(&keys[place]);
        let taken = wholes().filter(|(whole, _)| seen(*whole)).find_map(|(whole, by_grade)| {
            let parts: Vec<usize> =
                (0..keys.len()).filter(|part| parts_of(&keys[whole], &keys[*part], by_grade)).collect();
            let of = |parts: &[usize]| parts.iter().map(|part| candidates[*part].of).sum::<u32>();
            if parts.is_empty() {
                return None;
            }
            let unknown: Vec<usize> = parts.iter().copied().filter(|part| !seen(*part)).collect();
            // Those who belong to none of the parts.
            let rest = candidates[whole].of.saturating_sub(of(&parts));
            let alone = (unknown.len() == 1 && rest == 0) || of(&unknown) + rest < rule.minimum;
            if of(&unknown) + rest == 0 || !alone {
                return None;
            }
            let free = |part: &usize| own[*part] && !printed.contains(&keys[*part]);
            let smallest = parts.iter().copied().filter(free).min_by_key(|part| candidates[*part].of);
            smallest.or(Some(whole).filter(free))
        });
        match taken {
            Some(place) => own[place] = false,
            None => break,
        }
    }
    let others = (0..keys.len()).map(|place| {
        wholes().filter(|(whole, by_grade)| parts_of(&keys[*whole], &keys[place], *by_grade)).all(
            |(whole, by_grade)| {
                let others =
                    (0..keys.len()).filter(|part| *part != place && parts_of(&keys[whole], &keys[*part], by_grade));
                let others: Vec<usize> = others.collect();
                own[whole] && (others.len() != 1 || own[others[0]])
            },
        )
    });
    let others = others.collect();
    Open { own, others }
}
