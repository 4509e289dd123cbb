//! Who is still enrolled on the day that counts: a school that seems to have emptied has exit days that are wrong.
//!
//! Comes in: the dataset. Goes out: a problem for each school of which nobody, or hardly anybody, of the period
//! before is enrolled. It names no student.

use std::collections::BTreeSet;

use termwise_base::problem::{Place, Problem};
use termwise_config::{Calendar, PeriodId, Project, SchoolId};
use termwise_judging::population;
use termwise_reading::dataset::{Dataset, PersonId, PersonKind};

/// A smaller part of the students of the period before than this is told.
const HARDLY: f64 = 0.5;

/// Compares each school's enrolment in a period with that of the period before.
pub(super) fn check(project: &Project, dataset: &Dataset, now: PeriodId) -> Vec<Problem> {
    let Some(before) = now.0.checked_sub(1).map(PeriodId) else { return Vec::new() };
    let schools = (0..project.schools.len()).map(SchoolId);
    schools.filter_map(|school| emptied(project, dataset, school, (before, now))).collect()
}

fn emptied(
    project: &Project,
    dataset: &Dataset,
    school: SchoolId,
    (before, now): (PeriodId, PeriodId),
) -> Option<Problem> {
    let students = |period| -> BTreeSet<PersonId> {
        population::enrolled(project, dataset, school, period)
            .map(|member| member.person)
            .filter(|person| dataset.people[person.0 as usize] == PersonKind::Student)
            .collect()
    };
    let (then, here) = (students(before), students(now));
    let calendar: &Calendar = &project.calendar;
    let one_year = calendar.period(before).year == calendar.period(now).year;
    // In a new school year the oldest have moved on, so only that nobody is there means something.
    let stayed = if one_year { then.intersection(&here).count() } else { here.len() };
    let (few, all) = (stayed as f64, then.len() as f64);
    if then.is_empty() || stayed > 0 && !(one_year && few < HARDLY * all) {
        return None;
    }
    let (name, day) = (&project.school(school).name, calendar.membership_day(now).strftime("%-d %B %Y"));
    let message =
        format!("{stayed} of {} students of the previous period are enrolled at {name} on {day}.", then.len());
    let problem = if stayed == 0 { Problem::error(message) } else { Problem::warning(message) };
    let hint = "A day of leaving counts as the first day no longer enrolled: where exit days are the day after the last \
                day of classes, let the period close on that last day, or choose another day with `as-of` under [roster]; \
                else correct the roster's exit days.";
    Some(problem.at(Place::file("termwise.toml")).expected("most of them").hint(hint))
}
