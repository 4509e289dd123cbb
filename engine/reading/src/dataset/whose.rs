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
use super::results::Context;
use super::roster::names;
use super::table::Told;
use super::{PersonId, words};

/// A new respondent; the same one for all answers of a row.
pub(super) fn respondent(
    about: About,
    known: Option<(Option<u16>, Option<u32>)>,
    respondents: &mut Vec<(SchoolId, u16)>,
    told: &mut Told,
    place: Place,
) -> Option<u32> {
    if let Some((_, Some(who))) = known {
        return Some(who);
    }
    let (Some(school), Some(year)) = (about.school, about.year) else {
        told.push(
            Problem::warning("Nothing tells the school of this answer, so it was set aside.")
                .at(place)
                .hint("Add `school` to `set` of the source in termwise.toml."),
        );
        return None;
    };
    respondents.push((school, year));
    u32::try_from(respondents.len() - 1).ok()
}

/// The student of a row: by local number, else by provincial number, else by name.
#[allow(clippy::too_many_arguments)]
pub(super) fn student(
    context: &Context<'_, '_>,
    layout: &Layout,
    line: &Row,
    about: About,
    year: u16,
    base: &Facts,
    no_roster: &mut BTreeSet<u16>,
    told: &mut Told,
    place: &dyn Fn(u32) -> Place,
) -> Option<u32> {
    let people = context.people;
    let filled = |role: &str| {
        let col = layout.roles.get(role).copied()?;
        let value = line.get(col).filter(|value| !words::text(*value).is_empty())?;
        Some((col, value))
    };
    let first_col = ["id", "provincial-id", "name", "family"].iter().find_map(|role| layout.roles.get(*role)).copied();
    let (id, provincial) = (filled("id"), filled("provincial-id"));
    if let Some((col, Value::Error(word))) = id.or(provincial) {
        told.push(
            Problem::warning("The formula in this cell has an error, so whose row it is cannot be told.")
                .at(place(col))
                .found(words::quoted(Value::Error(word)))
                .expected("a student number")
                .hint("Correct the formula, or write the number."),
        );
        return None;
    }
    let (col, answer) = if let Some((col, _)) = id.or(provincial) {
        let number = |cell: Option<(u32, Value<'_>)>| cell.and_then(|(_, value)| words::id_key(value));
        let found = people.by_numbers(number(id).as_ref(), number(provincial).as_ref(), year);
        let another = |person: &PersonId| people.is_another(*person, year, &names(layout, line));
        (col, if found.as_ref().is_ok_and(another) { Err(Nobody::OtherName) } else { found })
    } else {
        let names = names(layout, line);
        let col = filled("name").or(filled("family")).map(|(col, _)| col).or(first_col).unwrap_or(0);
        if names.is_empty() {
            told.push(
                Problem::warning("This row has a result but no student, so it was set aside.")
                    .at(place(first_col.unwrap_or(0)))
                    .hint("Write the student number in this cell, or name the row in `skip-when` of the mapping."),
            );
            return None;
        }
        let word = |fact: &str| {
            filled(fact).map(|(_, value)| words::text(value).into_owned()).or_else(|| base.get(fact).cloned())
        };
        let grade = word("grade").and_then(|word| context.lookup.grade(&word).ok());
        let program = word("program");
        let sought = Sought { year, school: about.school, grade: grade.as_deref(), program: program.as_deref() };
        (col, people.by_names(&names, sought))
    };
    let why = match answer {
        Ok(PersonId(person)) => return Some(person),
        Err(why) => why,
    };
    let number = year;
    let year = context.lookup.years.get(usize::from(year)).copied().unwrap_or_default();
    let (message, hint) = match why {
        Nobody::NoRoster => {
            // Said once for the run: it is true of every row of the year.
            no_roster.insert(number);
            return None;
        }
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
            if let Some(near) = near {
                // Where it stands, never the name itself.
                let hint = format!(
                    "One name on the roster ({near}) is written nearly so. If it is the same child, write the student \
                     number here, or add a line to the list of exceptions."
                );
                told.push(Problem::warning(message).at(place(col)).hint(hint));
                return None;
            }
            (message, "Write the student number, or the name as the roster has it.")
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
    told.push(Problem::warning(message).at(place(col)).hint(hint));
    None
}
