//! Who is still enrolled on the day that counts: a school that seems to have emptied has exit days that are wrong.
//!
//! Comes in: the roll. Goes out: a problem for each school of which nobody, or hardly anybody, of the period
//! before is enrolled. It names no student.

use std::collections::BTreeSet;

use termwise_base::problem::{Place, Problem, nearest};
use termwise_config::goals::{Measured, Population};
use termwise_config::{Calendar, Goal, PeriodId, Project, SchoolId};
use termwise_judging::population;
use termwise_judging::roll::Roll;
use termwise_reading::dataset::{PersonId, PersonKind};

/// A smaller part of the students of the period before than this is reported.
const HARDLY: f64 = 0.5;

/// Compares each school's enrolment in a period with that of the period before.
pub(super) fn check(roll: &Roll<'_>, now: PeriodId) -> Vec<Problem> {
    let Some(before) = now.0.checked_sub(1).map(PeriodId) else { return Vec::new() };
    let schools = (0..roll.project.schools.len()).map(SchoolId);
    schools.filter_map(|school| emptied(roll, school, (before, now))).collect()
}

/// Programs that goals name and nobody on the school's rosters is in, and sides of a comparison without anybody: where a
/// word is misspelt, no result of the goal is ever found.
pub(super) fn programs(roll: &Roll<'_>, now: PeriodId) -> Vec<Problem> {
    let (project, dataset, mut found) = (roll.project, roll.dataset, Vec::new());
    for school in (0..project.schools.len()).map(SchoolId) {
        let student = |person: PersonId| dataset.people[person.0 as usize] == PersonKind::Student;
        let mine = || roll.of_school(school).filter(|of| student(of.person));
        let known: BTreeSet<&str> = mine().map(|enrolment| enrolment.program.as_str()).collect();
        // Without a roster nothing is known of any program.
        let Some(newest) = mine().map(|enrolment| enrolment.year.as_str()).max() else { continue };
        // A program may begin in a year of which there is no roster yet.
        let later = |goal: &Goal| {
            let deadline = goal.deadline(jiff::civil::Date::MAX);
            let last = project.calendar.periods.iter().rev().find(|period| period.opens <= deadline);
            last.is_none_or(|last| last.year.as_str() > newest)
        };
        let unknown = |of: &str, population: &Population, later: bool| -> Vec<Problem> {
            let strange = population.programs.iter().filter(|program| !known.contains(program.as_str()));
            let told = strange.map(|program| nobody_in(project, school, of, program, &known));
            told.map(|problem| if later { problem.softened() } else { problem }).collect()
        };
        for (goal, plan) in project.goals.iter().filter(|goal| goal.school == school).flat_map(Goal::measured_parts) {
            let of = format!("The goal “{}”", goal.id);
            let (later, sides) = (later(goal), plan.compare.iter().flatten());
            let own = unknown(&of, &plan.population, later).into_iter().map(|problem| problem.at(goal.places.at("")));
            let compared = sides.flat_map(|side| unknown(&of, side, later));
            let compared = compared.map(|problem| problem.at(goal.places.at("compare")));
            let strange: Vec<Problem> = own.chain(compared).collect();
            if strange.is_empty() {
                found.extend(empty_side(roll, (goal, plan), now));
            }
            found.extend(strange);
        }
        for team in project.plc_goals.iter().filter(|team| project.plcs[team.plc].school == school) {
            let later = team.serves.is_none_or(|goal| later(&project.goals[goal]));
            found.extend(unknown(&format!("The team's goal “{}”", team.id), &team.population, later));
        }
    }
    found
}

fn nobody_in(project: &Project, school: SchoolId, of: &str, program: &str, known: &BTreeSet<&str>) -> Problem {
    let name = &project.school(school).name;
    let known = known.iter().copied().filter(|known| !known.is_empty());
    let hint = match nearest(program, known.clone()).first() {
        Some(near) => format!("Did you mean “{near}”?"),
        None => "Write the program as the roster has it.".to_owned(),
    };
    let listed: Vec<&str> = known.collect();
    let has = if listed.is_empty() { "no program".to_owned() } else { listed.join(", ") };
    Problem::error(format!("{of} names the program “{program}”, and nobody on the rosters of {name} is in it."))
        .expected(format!("a program of its rosters ({has})"))
        .hint(hint)
}

/// One of the two groups that a goal compares has nobody of its population, though somebody is enrolled.
fn empty_side(roll: &Roll<'_>, (goal, plan): (&Goal, &Measured), now: PeriodId) -> Option<Problem> {
    let sides = plan.compare.as_ref()?;
    let members = roll.members(plan, now);
    let of = |side: &Population| members.iter().filter(|member| population::belongs(side, member)).count();
    let [first, second] = [of(&sides[0]), of(&sides[1])];
    ((first == 0) != (second == 0)).then(|| {
        let which = if first == 0 { "first" } else { "second" };
        Problem::warning(format!(
            "The goal “{}” compares two groups, and nobody is in the {which} one, so there is no gap to report.",
            goal.id
        ))
        .found(format!("{first} and {second} students on {}", roll.project.calendar.membership_day(now)))
        .hint("Correct `compare`, or `population`.")
        .at(goal.places.at("compare"))
    })
}

fn emptied(roll: &Roll<'_>, school: SchoolId, (before, now): (PeriodId, PeriodId)) -> Option<Problem> {
    let students = |period| -> BTreeSet<PersonId> {
        roll.enrolled(school, period)
            .map(|member| member.person)
            .filter(|person| roll.dataset.people[person.0 as usize] == PersonKind::Student)
            .collect()
    };
    let (then, here) = (students(before), students(now));
    let calendar: &Calendar = &roll.project.calendar;
    let one_year = calendar.period(before).year == calendar.period(now).year;
    // In a new school year the oldest have moved on, so only that nobody is there means something.
    let stayed = if one_year { then.intersection(&here).count() } else { here.len() };
    let (few, all) = (stayed as f64, then.len() as f64);
    if then.is_empty() || stayed > 0 && !(one_year && few < HARDLY * all) {
        return None;
    }
    let (name, day) = (&roll.project.school(school).name, calendar.membership_day(now).strftime("%-d %B %Y"));
    let message =
        format!("{stayed} of {} students of the previous period are enrolled at {name} on {day}.", then.len());
    let problem = if stayed == 0 { Problem::error(message) } else { Problem::warning(message) };
    let hint = "A day of leaving counts as the first day no longer enrolled: where exit days are the day after the last \
                day of classes, let the period close on that last day, or choose another day with `as-of` under [roster]; \
                else correct the roster's exit days.";
    Some(problem.at(Place::file("termwise.toml")).expected("most of them").hint(hint))
}
