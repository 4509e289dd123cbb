//! Can this goal be decided? What a change looks like with so many students, and what chance does.
//!
//! Comes in: a judged goal with its start and its number of students. Goes out: what one student is worth,
//! the smallest change that such a group can show, the chances of a false “met” and a false “behind”, and
//! wordings that would decide more. It refuses nothing. The method and its assumptions are described in
//! docs/decide.md; `tests/simulation.rs` checks it against drawn schools.

use termwise_config::Project;
use termwise_config::goals::{Aim, Baseline, Counting, Way};

use super::ROUNDING;
use super::chance::{self, From};
use super::{Judged, Unit, more_students};

/// What so many students can decide.
#[derive(Debug, Clone, PartialEq)]
pub struct Decidable {
    /// Students in the figure.
    pub students: u32,
    /// What one of them is worth, as a share.
    pub one_student: f64,
    /// The change from start to target, towards it, as a share.
    pub needed: f64,
    /// The smallest change from the start, as a share, of which the chance is at most `false-on-track` if
    /// nothing changed; none if even everybody would not be enough.
    pub smallest: Option<f64>,
    /// The chance that the target is met although nothing changed (0–1).
    pub false_met: f64,
    /// The chance of “behind” now although the school stands on the line (0–1); none without a line.
    pub false_behind: Option<f64>,
    /// The chance that the target is met if the share behind the results is just the target (0–1).
    pub power: f64,
    /// Whether the change needed is at least the smallest that can be shown.
    pub can: bool,
    /// Other wordings.
    pub rewordings: Vec<Rewording>,
}

/// A wording that decides more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewording {
    /// Follow the same students: so many of them crossing the line, and none back, can be told from chance.
    SameStudents {
        /// Students who could be followed.
        students: u32,
        /// How many crossings show.
        crossings: u32,
    },
    /// Take these grades together.
    Grades {
        /// The grades.
        grades: Vec<String>,
        /// Students in them.
        students: u32,
    },
    /// Take two years together.
    Years {
        /// Students in them.
        students: u32,
    },
}

/// Asks what the students of a goal can decide; none for goals that are not about a share, or without
/// students or a start.
pub fn decidable(project: &Project, judged: &Judged<'_>) -> Option<Decidable> {
    if judged.unit != Unit::Share || judged.start.is_none() {
        return None;
    }
    let (start, aim) = (judged.start.as_ref()?, judged.aim.as_ref()?);
    let counted = start.point.as_ref().and_then(|point| Some((point.all.met?, point.all.of)));
    let now = judged.point_now().map(|point| point.all.of).filter(|of| *of > 0);
    let students = now.or(counted.map(|(_, of)| of)).filter(|of| *of > 0)?;
    let from = counted.map_or(From::Stated(start.value), |(met, of)| From::Counted(met, of));
    let plan = Plan { way: judged.way, start: start.value, target: aim.target, from };
    let level = project.judging.false_on_track;
    let needed = judged.way.sign() * (aim.target - start.value);
    let smallest = plan.smallest(students, level);
    let can = smallest.is_some_and(|smallest| needed >= smallest - ROUNDING);
    let rewordings = if can { Vec::new() } else { rewordings(project, (judged, aim), &plan, students, needed) };
    Some(Decidable {
        students,
        one_student: 1.0 / f64::from(students),
        needed,
        smallest,
        false_met: plan.false_met(students),
        false_behind: judged.expected.map(|line| {
            let tolerance =
                (project.judging.tolerance_points).max(project.judging.tolerance_students / f64::from(students));
            false_behind(plan.way, line, project.judging.watch_tolerances * tolerance, students)
        }),
        power: plan.power(students),
        can,
        rewordings,
    })
}

/// A goal as numbers.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Which way is better.
    pub way: Way,
    /// Share at the start.
    pub start: f64,
    /// Share aimed at.
    pub target: f64,
    /// What the start rests on.
    pub from: From,
}

impl Plan {
    /// The smallest change, as a share, that so many students can show.
    pub fn smallest(&self, students: u32, level: f64) -> Option<f64> {
        let change = |met: u32| self.way.sign() * (f64::from(met) / f64::from(students) - self.start);
        let shows = |met: &u32| {
            change(*met) > ROUNDING && chance::if_nothing_changed((*met, students), self.from, self.way) <= level
        };
        let found = match self.way {
            Way::Up => (0..=students).find(shows),
            Way::Down => (0..=students).rev().find(shows),
        };
        found.map(change)
    }

    /// How many students meet the target, just.
    fn reached(&self, students: u32) -> u32 {
        match self.way {
            Way::Up => more_students(Way::Up, self.target, 0, students),
            Way::Down => students - more_students(Way::Down, self.target, students, students),
        }
    }

    /// The chance that the target is met although nothing changed (0–1).
    pub fn false_met(&self, students: u32) -> f64 {
        let reached = self.reached(students);
        match (self.way, self.from) {
            (Way::Up, From::Counted(met, of)) => chance::predictive_at_least(reached, students, (met, of)),
            (Way::Up, From::Stated(share)) => chance::binomial_at_least(reached, students, share),
            (Way::Down, From::Counted(met, of)) => {
                chance::predictive_at_least(students - reached, students, (of - met, of))
            }
            (Way::Down, From::Stated(share)) => chance::binomial_at_most(reached, students, share),
        }
    }

    /// The chance that the target is met if the share behind the results is just the target (0–1).
    pub fn power(&self, students: u32) -> f64 {
        let reached = self.reached(students);
        match self.way {
            Way::Up => chance::binomial_at_least(reached, students, self.target),
            Way::Down => chance::binomial_at_most(reached, students, self.target),
        }
    }
}

/// The chance of a figure more than `width` on the wrong side of the line, though the school stands on it.
pub fn false_behind(way: Way, line: f64, width: f64, students: u32) -> f64 {
    let n = f64::from(students);
    match way {
        // The largest count that lies farther away than the width.
        Way::Up => {
            let most = ((line - width - ROUNDING) * n).ceil() - 1.0;
            if most < 0.0 { 0.0 } else { chance::binomial_at_most(most as u32, students, line) }
        }
        Way::Down => {
            let least = ((line + width + ROUNDING) * n).floor() + 1.0;
            if least > n { 0.0 } else { chance::binomial_at_least(least as u32, students, line) }
        }
    }
}

fn rewordings(
    project: &Project,
    (judged, aim): (&Judged<'_>, &Aim),
    plan: &Plan,
    students: u32,
    needed: f64,
) -> Vec<Rewording> {
    let level = project.judging.false_on_track;
    let mut found = Vec::new();
    let goal = judged.goal;
    // Only of a goal about a line it is known who crosses it.
    let line = matches!(goal.kind(), Some(Counting::Share { .. })) && judged.way == Way::Up;
    if !goal.population().staff && line && level > 0.0 {
        // The sign test: if nothing changed, a crossing goes either way with the same chance.
        let crossings = (-level.log2()).ceil().max(1.0) as u32;
        let followed = judged.moves.map_or(students, |moves| moves.same.max(moves.same + moves.newly_measured));
        if f64::from(crossings) <= needed * f64::from(followed) + ROUNDING {
            found.push(Rewording::SameStudents { students: followed, crossings });
        }
    }
    let enough = |students: u32| {
        let scaled = |met: u32, of: u32| {
            let met = f64::from(met) / f64::from(of.max(1)) * f64::from(students);
            From::Counted(met.round() as u32, students)
        };
        let from = match plan.from {
            From::Counted(met, of) => scaled(met, of),
            stated @ From::Stated(_) => stated,
        };
        Plan { from, ..*plan }.smallest(students, level).is_some_and(|smallest| needed >= smallest - ROUNDING)
    };
    if let Some((grades, students)) = wider(project, judged).into_iter().find(|(_, students)| enough(*students)) {
        found.push(Rewording::Grades { grades, students });
    }
    if !goal.population().staff && !matches!(aim.baseline, Baseline::FirstFull(_)) && enough(2 * students) {
        found.push(Rewording::Years { students: 2 * students });
    }
    found
}

/// The goal's grades with their neighbours, one more each time, and how many students that would be.
fn wider(project: &Project, judged: &Judged<'_>) -> Vec<(Vec<String>, u32)> {
    let goal = judged.goal;
    let all = &project.school(goal.school).grades;
    let place = |grade: &String| all.iter().position(|g| g == grade);
    let places: Vec<usize> = goal.population().grades.iter().filter_map(place).collect();
    let (Some(&first), Some(&last)) = (places.iter().min(), places.iter().max()) else { return Vec::new() };
    let (mut low, mut high) = (first, last);
    let mut wider = Vec::new();
    while low > 0 || high + 1 < all.len() {
        if high + 1 < all.len() && (low == 0 || high - last <= first - low) {
            high += 1;
        } else {
            low -= 1;
        }
        let grades: Vec<String> = all[low..=high].to_vec();
        let students = judged.by_grade.iter().filter(|(grade, _)| grades.contains(grade)).map(|(_, n)| n).sum();
        wider.push((grades, students));
    }
    wider
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(start: f64, target: f64, from: From) -> Plan {
        Plan { way: Way::Up, start, target, from }
    }

    #[test]
    fn the_smallest_change_is_the_first_that_chance_hardly_makes() {
        // By scipy.stats.fisher_exact([[x, 20-x], [12, 8]], "greater"): x = 15 0.2505, x = 16 0.1503.
        let found = plan(0.6, 0.75, From::Counted(12, 20)).smallest(20, 0.2).expect("there is one");
        assert!((found - 0.2).abs() < 1e-12, "{found}");
        // By scipy.stats.binom.sf(x - 1, 20, 0.6): x = 14 0.2500, x = 15 0.1256.
        let found = plan(0.6, 0.75, From::Stated(0.6)).smallest(20, 0.2).expect("there is one");
        assert!((found - 0.15).abs() < 1e-12, "{found}");
        // Three of three students against three of four say nothing.
        assert_eq!(plan(0.75, 1.0, From::Counted(3, 4)).smallest(3, 0.2), None);
    }

    #[test]
    fn false_met_and_power_are_tails() {
        let stated = plan(0.6, 0.75, From::Stated(0.6));
        // By hand: 15 of 20 are needed; scipy.stats.binom.sf(14, 20, .6) and sf(14, 20, .75).
        assert!((stated.false_met(20) - 0.125_598_973_316_207_75).abs() < 1e-9, "{}", stated.false_met(20));
        assert!((stated.power(20) - 0.617_172_653_926_804).abs() < 1e-6, "{}", stated.power(20));
        // Behind is more than 20 points below a line at 70 %: at most 9 of 20; scipy.stats.binom.cdf(9, 20, .7).
        let behind = false_behind(Way::Up, 0.7, 0.2, 20);
        assert!((behind - 0.017_144_816_098_6).abs() < 1e-6, "{behind}");
    }
}
