//! Whose results a row holds.
//!
//! Comes in: a row, its columns and the people on the rosters. Goes out: a person, or a problem at the
//! cell that should say who. It never chooses among several and never says who a row is about.

use std::collections::BTreeSet;

use termwise_base::problem::{Place, Problem};
use termwise_config::SchoolId;
use termwise_config::mapping::Facts;

use crate::workbook::{Row, Value};

use super::facts::About;
use super::header::Layout;
use super::people::{Nobody, Sought};
use super::roster::names;
use super::table::{Context, Told};
use super::{PersonId, words};

/// A row that asks whose it is.
pub(super) struct Line<'l> {
    pub(super) layout: &'l Layout,
    pub(super) row: &'l Row,
    pub(super) about: About,
    /// Place of the school year among the project's.
    pub(super) year: u16,
    /// Facts of the whole sheet.
    pub(super) base: &'l Facts,
    /// The place of a column's cell.
    pub(super) place: &'l dyn Fn(u32) -> Place,
}

impl<'l> Line<'l> {
    /// The column of a role and what stands there, if anything does.
    fn filled(&self, role: &str) -> Option<(u32, Value<'l>)> {
        let col = self.layout.roles.get(role).copied()?;
        let value = self.row.get(col).filter(|value| !words::text(*value).is_empty())?;
        Some((col, value))
    }

    fn names(&self) -> Vec<String> {
        names(self.layout, self.row)
    }
}

/// A new respondent.
pub(super) fn respondent(
    about: About,
    respondents: &mut Vec<(SchoolId, u16)>,
    told: &mut Told,
    place: Place,
) -> Option<u32> {
    let (Some(school), Some(year)) = (about.school, about.year) else {
        told.push(
            Problem::warning("Nothing says which school this answer comes from, so it was set aside.")
                .at(place)
                .hint("Add `school` to `set` of the source in termwise.toml."),
        );
        return None;
    };
    respondents.push((school, year));
    Some(u32::try_from(respondents.len() - 1).expect("a file has fewer than 2^32 rows"))
}

/// The student of a row: by local number, else by provincial number, else by name.
pub(super) fn student(
    context: &Context<'_, '_>,
    line: &Line<'_>,
    no_roster: &mut BTreeSet<u16>,
    told: &mut Told,
) -> Option<u32> {
    let (col, answer) = match looked_up(context, line) {
        Ok(found) => found,
        Err(problem) => {
            told.push(problem);
            return None;
        }
    };
    match answer {
        Ok(PersonId(person)) => return Some(person),
        // Said once for the run: it is true of every row of the year.
        Err(Nobody::NoRoster) => drop(no_roster.insert(line.year)),
        Err(why) => told.push(nobody(why, context.lookup.years[usize::from(line.year)]).at((line.place)(col))),
    }
    None
}

/// The column that says whose row it is, and whom it means; a problem if it says nothing.
fn looked_up(context: &Context<'_, '_>, line: &Line<'_>) -> Result<(u32, Result<PersonId, Nobody>), Problem> {
    let people = context.people;
    let (id, provincial) = (line.filled("id"), line.filled("provincial-id"));
    if let Some((col, Value::Error(word))) = id.or(provincial) {
        return Err(Problem::warning("The formula in this cell has an error, so nobody knows whose row this is.")
            .at((line.place)(col))
            .found(words::quoted(Value::Error(word)))
            .expected("a student number")
            .hint("Correct the formula, or write the number."));
    }
    if let Some((col, _)) = id.or(provincial) {
        let number = |cell: Option<(u32, Value<'_>)>| cell.and_then(|(_, value)| words::id_key(value));
        let found = people.by_numbers(number(id).as_ref(), number(provincial).as_ref(), line.year);
        let another = |person: &PersonId| people.is_another(*person, line.year, &line.names());
        return Ok((col, if found.as_ref().is_ok_and(another) { Err(Nobody::OtherName) } else { found }));
    }
    let roles = &line.layout.roles;
    let first = ["id", "provincial-id", "name", "family"].iter().find_map(|role| roles.get(*role)).copied();
    let names = line.names();
    if names.is_empty() {
        return Err(Problem::warning("This row has a result but no student, so it was set aside.")
            .at((line.place)(first.unwrap_or(0)))
            .hint("Write the student number in this cell, or name the row in `skip-when` of the mapping."));
    }
    let col = line.filled("name").or(line.filled("family")).map(|(col, _)| col).or(first).unwrap_or(0);
    let word = |fact: &str| {
        let own = line.filled(fact).map(|(_, value)| words::text(value).into_owned());
        own.or_else(|| line.base.get(fact).cloned())
    };
    let grade = word("grade").and_then(|word| context.lookup.grade(&word).ok());
    let program = word("program");
    let sought =
        Sought { year: line.year, school: line.about.school, grade: grade.as_deref(), program: program.as_deref() };
    Ok((col, people.by_names(&names, sought)))
}

/// The problem of a row that finds nobody.
fn nobody(why: Nobody, year: &str) -> Problem {
    let (message, hint) = match why {
        Nobody::NoRoster => (
            format!("There is no roster of {year}, so the row was set aside."),
            "Add a [[source]] with a roster mapping for this year.",
        ),
        Nobody::UnknownNumber => (
            "The student number in this cell is on no roster, so the row was set aside.".to_owned(),
            "Correct the number, or add the student to the roster.",
        ),
        Nobody::OtherYear => (
            format!("The student of this row is not on the roster of {year}, so the row was set aside."),
            "Correct the number, or add the student to the roster of that year.",
        ),
        Nobody::UnknownName(near) => {
            let message = format!("The name in this cell is not on the roster of {year}, so the row was set aside.");
            // Where it stands, never the name itself.
            let near = near.map(|near| {
                format!(
                    "One name on the roster ({near}) is spelled almost the same. If it is the same child, write the \
                     student number here, or add a line to the list of exceptions."
                )
            });
            let otherwise = || "Write the student number, or the name as the roster has it.".to_owned();
            return Problem::warning(message).hint(near.unwrap_or_else(otherwise));
        }
        Nobody::OtherName => (
            "The student number in this cell belongs to a student of another name, so the row was set aside."
                .to_owned(),
            "Correct the number or the name.",
        ),
        Nobody::TwoNumbers => (
            "The two student numbers of this row belong to two students, so the row was set aside.".to_owned(),
            "Correct one of the numbers.",
        ),
        Nobody::SeveralNames => (
            "Several students on the roster have the name in this cell, so the row was set aside.".to_owned(),
            "Write the student number as well.",
        ),
    };
    Problem::warning(message).hint(hint)
}
