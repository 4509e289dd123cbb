//! PLC alignment: how the teams' goals add up to the school's.
//!
//! Comes in: for each school goal, its students now and the teams' goals that serve it, as counts. Goes out:
//! students covered, the share if every team goal is met, students counted twice, orphans. No team is held
//! against another.

use termwise_config::goals::{Counting, Measured, Population};
use termwise_config::{PeriodId, SchoolId};

use crate::moves::at_line;
use crate::population::belongs;
use crate::roll::{Member, Roll};

use super::{Judged, Unit};

/// How one school goal is served.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// Place of the goal in the project.
    pub goal: usize,
    /// Students in the goal's figure now, and those of them who meet it.
    pub students: u32,
    /// Of them, who meets it now.
    pub met: u32,
    /// Teams' goals that serve it.
    pub teams: Vec<TeamGoal>,
    /// Students in at least one of them.
    pub covered: u32,
    /// Students in more than one.
    pub twice: u32,
    /// Students who would meet the goal if every team's goal were met, at best: nobody counted twice. None
    /// where nobody serves it.
    pub best_case: Option<u32>,
}

/// A team's goal within a school goal.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamGoal {
    /// Place in the project's team goals.
    pub plc_goal: usize,
    /// Its students among those of the school goal.
    pub students: u32,
    /// Who of them meets the school goal's line now.
    pub met: u32,
    /// How many more that must become for the team's target.
    pub more: u32,
}

/// Adds up the teams' goals of one school. Only goals whose figure is a share of students can be added up.
pub fn align(roll: &Roll<'_>, school: SchoolId, judged: &[(usize, &Judged<'_>)]) -> Vec<Alignment> {
    let (project, mut found) = (roll.project, Vec::new());
    for (place, judged) in judged {
        let Some(plan) = judged.goal.measured() else { continue };
        let share = matches!(plan.kind, Counting::Share { .. }) && judged.unit == Unit::Share;
        if plan.school != school || plan.population.staff || !share {
            continue;
        }
        let people = standing(roll, plan, judged.now);
        let mut covered = vec![0_u32; people.len()];
        let mut teams = Vec::new();
        for (plc_goal, team) in project.plc_goals.iter().enumerate().filter(|(_, team)| team.serves == Some(*place)) {
            let plc = Population { grades: project.plcs[team.plc].grades.clone(), ..Population::default() };
            let mine = |member: &Member<'_>| belongs(&team.population, member) && belongs(&plc, member);
            let (mut students, mut met) = (0, 0);
            for (count, (member, meets)) in covered.iter_mut().zip(&people) {
                if mine(member) {
                    *count += 1;
                    students += 1;
                    met += u32::from(*meets);
                }
            }
            let more = super::more_students(super::Way::Up, team.target, met, students);
            teams.push(TeamGoal { plc_goal, students, met, more });
        }
        let met = people.iter().filter(|(_, meets)| *meets).count() as u32;
        let below = people.len() as u32 - met;
        let more: u32 = teams.iter().map(|team| team.more).sum();
        found.push(Alignment {
            goal: *place,
            students: people.len() as u32,
            met,
            covered: covered.iter().filter(|n| **n > 0).count() as u32,
            twice: covered.iter().filter(|n| **n > 1).count() as u32,
            best_case: (!teams.is_empty()).then_some(met + more.min(below)),
            teams,
        });
    }
    found
}

/// Students in the goal's figure now, with whether they meet its line, by the rule of `share-at-or-above`.
fn standing<'a>(roll: &Roll<'a>, plan: &Measured, now: PeriodId) -> Vec<(Member<'a>, bool)> {
    let meets = |member: Member<'a>| Some((member, at_line(roll, plan, now, &member)?));
    roll.members(plan, now).into_iter().filter_map(meets).collect()
}
