//! Roster rows → people with their enrolments.
//!
//! Comes in: the rows of every roster. Goes out: [`People`], and the rows that contradict others, which are set aside.

use jiff::civil::Date;

use termwise_base::problem::Problem;
use termwise_config::Project;

use super::people::{Candidate, People, RosterRow};
use super::{Enrolment, PersonId};

/// A row's file, and its place among the rows of that file.
pub(super) type RowPlace = (usize, usize);

/// Makes people of roster rows. The places of the rows that were set aside come back.
pub(super) fn gather(
    project: &Project,
    years: &[&str],
    rows: Vec<RosterRow>,
    problems: &mut Vec<Problem>,
) -> (People, Vec<RowPlace>) {
    let mut gathering = Gathering { project, years, problems, people: People::default(), set_aside: Vec::new() };
    let mut kept: Vec<(PersonId, RosterRow)> = Vec::new();
    for row in rows {
        if let Some(person) = gathering.admit(&row) {
            kept.push((person, row));
        }
    }
    for (person, row) in gathering.apart(kept) {
        gathering.enrol(person, row);
    }
    let Gathering { mut people, set_aside, .. } = gathering;
    people
        .enrolments
        .sort_by(|a, b| (a.person, &a.year, a.entered, a.school).cmp(&(b.person, &b.year, b.entered, b.school)));
    (people, set_aside)
}

/// People in the making.
struct Gathering<'g> {
    project: &'g Project,
    years: &'g [&'g str],
    problems: &'g mut Vec<Problem>,
    people: People,
    set_aside: Vec<RowPlace>,
}

impl Gathering<'_> {
    fn set_aside(&mut self, row: &RosterRow, problem: Problem) {
        self.problems.push(problem.at(row.place()));
        self.set_aside.push(row.row);
    }

    /// Whose row it is: somebody known by one of its numbers, else somebody new. Nobody if it contradicts a row
    /// before it.
    fn admit(&mut self, row: &RosterRow) -> Option<PersonId> {
        let people = &mut self.people;
        people.years.insert(row.year);
        let known = row.id.as_ref().and_then(|id| people.ids.get(id).copied());
        let other = row.provincial.as_ref().and_then(|id| people.provincial.get(id).copied());
        // The provincial number joins rows whose local number is missing, or new in another year; two
        // students of one year cannot share it.
        let taken = |person: &PersonId| row.id.is_some() && people.named.contains_key(&(*person, row.year));
        if other.is_some() && other != known && (known.is_some() || other.as_ref().is_some_and(taken)) {
            let message =
                "The provincial number of this row belongs to another student on the rosters; the row was set aside.";
            let hint = "Correct the student number or the provincial number in one of the rows.";
            self.set_aside(row, Problem::warning(message).hint(hint));
            return None;
        }
        let person = known.or(other).unwrap_or_else(|| {
            people.count += 1;
            PersonId(people.count - 1)
        });
        let names = people.named.entry((person, row.year)).or_default();
        if !names.is_empty() && !row.names.is_empty() && !row.names.iter().any(|name| names.contains(name)) {
            let message =
                "This student number stands for two different names in the same year; the second row was set aside.";
            self.set_aside(row, Problem::warning(message).hint("Correct the number in one of the rows."));
            return None;
        }
        names.extend(row.names.iter().cloned());
        let written = people.written.entry(person).or_default();
        if !row.written.is_empty() && written.0 <= row.year {
            *written = (row.year, row.written.clone());
        }
        people.ids.extend(row.id.iter().map(|id| (id.clone(), person)));
        people.provincial.extend(row.provincial.iter().map(|id| (id.clone(), person)));
        Some(person)
    }

    /// The enrolments in order, each once; those that hold at the same time as one before them are set aside.
    fn apart(&mut self, mut rows: Vec<(PersonId, RosterRow)>) -> Vec<(PersonId, RosterRow)> {
        rows.sort_by(|(a, one), (b, two)| {
            (a, one.year, one.entered, one.school, one.row).cmp(&(b, two.year, two.entered, two.school, two.row))
        });
        let mut done: Vec<(PersonId, RosterRow)> = Vec::new();
        for (person, row) in rows {
            let mut mine = done.iter_mut().rev().take_while(|(other, _)| *other == person).map(|(_, other)| other);
            if let Some(before) = mine.find(|other| other.year == row.year) {
                if is_same(before, &row) {
                    continue;
                }
                // A student who entered another school later has left the first one.
                if before.left.is_none() && row.entered.is_some() && before.entered < row.entered {
                    before.left = row.entered;
                }
                if together(self.project, self.years, before, &row) {
                    let expected = format!("only one enrolment at a time (the other one: {})", before.place());
                    let message = "This student is enrolled twice on the same day; the second row was set aside.";
                    let hint = "Write the first day no longer enrolled where the student left.";
                    self.set_aside(&row, Problem::warning(message).expected(expected).hint(hint));
                    continue;
                }
            }
            done.push((person, row));
        }
        done
    }

    fn enrol(&mut self, person: PersonId, row: RosterRow) {
        let people = &mut self.people;
        people.enrolled.insert((person, row.year));
        for name in &row.names {
            people.names.entry((row.year, name.clone())).or_default().push(Candidate {
                person,
                school: row.school,
                grade: row.grade.clone(),
                program: row.program.clone(),
                place: row.place(),
            });
        }
        people.enrolments.push(Enrolment {
            person,
            school: row.school,
            year: self.years[usize::from(row.year)].to_owned(),
            grade: row.grade,
            program: row.program,
            entered: row.entered,
            left: row.left,
        });
    }
}

fn is_same(one: &RosterRow, two: &RosterRow) -> bool {
    (one.school, &one.grade, &one.program, one.entered, one.left)
        == (two.school, &two.grade, &two.program, two.entered, two.left)
}

/// Whether two enrolments of a year hold on a day that counts: when a period closes, or when its groups
/// are taken.
fn together(project: &Project, years: &[&str], one: &RosterRow, two: &RosterRow) -> bool {
    let holds = |row: &RosterRow, day: Date| row.entered.is_none_or(|d| d <= day) && row.left.is_none_or(|d| d > day);
    project.calendar.of_year(years[usize::from(one.year)]).any(|id| {
        let days = [project.calendar.period(id).closes, project.calendar.membership_day(id)];
        days.into_iter().any(|day| holds(one, day) && holds(two, day))
    })
}
