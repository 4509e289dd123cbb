//! Roster sheets → roster rows.
//!
//! Comes in: an opened workbook and its plan. Goes out: one [`RosterRow`] per enrolment; a row that
//! cannot be read is set aside and told by its place only.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::mapping::{FACTS, Facts};
use crate::problem::{Place, Problem};
use crate::workbook::{Row, Sheet, Value};

use super::facts::{Lookup, Memory, of_sheet};
use super::header::Layout;
use super::people::RosterRow;
use super::plan::Plan;
use super::table::{Told, rows};
use super::words;

/// Reads one roster sheet; `set_aside` says of every row of data whether it was set aside.
#[allow(clippy::too_many_arguments)]
pub(super) fn read(
    lookup: &Lookup<'_>,
    schools: &[crate::config::School],
    plan: &Plan<'_>,
    set: &Facts,
    path: &str,
    file: usize,
    sheet: &Sheet,
    set_aside: &mut Vec<bool>,
    told: &mut Told,
) -> Vec<RosterRow> {
    let base = of_sheet(plan, set, path, sheet);
    let mut memory = Memory::new(lookup);
    let mut found = Vec::new();
    let on = Arc::new(Place::file(path).sheet(&sheet.name));
    rows(sheet, plan, path, told, |_, layout, line, told| {
        let Some(line) = line else { return };
        let place = |col: u32| Place::file(path).sheet(&sheet.name).cell(line.number, col);
        let col = |role: &str| layout.roles.get(role).copied();
        let cell = |role: &str| col(role).and_then(|col| line.get(col));
        let (id, provincial) = (cell("id"), cell("provincial-id"));
        let names = names(layout, line);
        if id.is_none() && provincial.is_none() && names.is_empty() {
            return;
        }
        let row = set_aside.len();
        set_aside.push(true);
        let id_col = col("id").or(col("provincial-id")).unwrap_or(0);
        let (id, provincial) = (id.and_then(words::id_key), provincial.and_then(words::id_key));
        if id.is_none() && provincial.is_none() {
            told.push(
                Problem::warning("This row of the roster has no student number, so it was set aside.")
                    .at(place(id_col))
                    .hint("Write the number in this cell."),
            );
            return;
        }
        let said: BTreeMap<&str, String> = FACTS
            .iter()
            .filter_map(|fact| {
                let own = cell(fact).map(|value| words::text(value).into_owned()).filter(|word| !word.is_empty());
                Some((*fact, own.or_else(|| base.get(*fact).cloned())?))
            })
            .collect();
        let about = ["school", "year"].iter().filter_map(|f| Some((*f, said.get(f)?.as_str()))).collect();
        let about = match memory.about(&about) {
            Ok(about) => about,
            Err((fact, why)) => {
                told.push(unknown(why, place(col(fact).unwrap_or(id_col)), said.get(fact)));
                return;
            }
        };
        let (Some(school), Some(year)) = (about.school, about.year) else {
            let what = if about.school.is_none() { "school" } else { "year" };
            told.push(
                Problem::warning(format!("Nothing tells the {what} of this enrolment, so it was set aside."))
                    .at(place(id_col))
                    .hint(format!("Add `{what}` to `set` of the source, or to [columns] in {}.", plan.mapping.path)),
            );
            return;
        };
        let grade = match said.get("grade").map(|word| lookup.grade(word)) {
            Some(Ok(grade)) if schools[school.0].grades.contains(&grade) => grade,
            Some(Ok(grade)) => {
                told.push(
                    Problem::warning(format!(
                        "{} has no grade {grade}; the row was set aside.",
                        schools[school.0].name
                    ))
                    .at(place(col("grade").unwrap_or(id_col)))
                    .expected(schools[school.0].grades.join(", "))
                    .hint("Correct the grade, or the school's grades in termwise.toml."),
                );
                return;
            }
            Some(Err(why)) => {
                told.push(unknown(why, place(col("grade").unwrap_or(id_col)), said.get("grade")));
                return;
            }
            None => {
                told.push(
                    Problem::warning("This row of the roster has no grade, so it was set aside.")
                        .at(place(col("grade").unwrap_or(id_col)))
                        .hint("Write the grade in this cell."),
                );
                return;
            }
        };
        let mut days = [None, None];
        for (day, role) in days.iter_mut().zip(["entered", "left"]) {
            let Some(value) = cell(role) else { continue };
            *day = words::date(value);
            if day.is_none() && !words::text(value).is_empty() {
                told.push(
                    Problem::warning("This cell should hold a day; the row was set aside.")
                        .at(place(col(role).unwrap_or(id_col)))
                        .found(words::quoted(value))
                        .expected("a date, as in 2025-09-04")
                        .hint("Format the cell as a date and type the day again."),
                );
                return;
            }
        }
        let [entered, left] = days;
        if let (Some(entered), Some(left)) = (entered, left)
            && left < entered
        {
            told.push(
                Problem::warning("The student left before the first day; the row was set aside.")
                    .at(place(col("left").unwrap_or(id_col)))
                    .found(left.to_string())
                    .expected(format!("a day after {entered}"))
                    .hint("Correct one of the two days."),
            );
            return;
        }
        set_aside[row] = false;
        found.push(RosterRow {
            id,
            provincial,
            names,
            school,
            year,
            grade,
            program: said.get("program").cloned().unwrap_or_default(),
            entered,
            left,
            sheet: Arc::clone(&on),
            cell: (line.number, id_col),
            row: (file, row),
        });
    });
    found
}

fn unknown(why: super::facts::Unknown, place: Place, found: Option<&String>) -> Problem {
    let mut problem =
        Problem::warning(format!("{} The row was set aside.", why.message)).at(place).expected(why.expected);
    problem.hint = why.hint;
    match found {
        Some(word) => problem.found(words::quoted(Value::Text(word))),
        None => problem,
    }
}

/// Every way in which a row writes the name.
pub(super) fn names(layout: &Layout, line: &Row) -> Vec<String> {
    let text = |role: &str| {
        let value = layout.roles.get(role).and_then(|col| line.get(*col))?;
        Some(words::text(value).into_owned()).filter(|text| !text.is_empty())
    };
    let mut names = Vec::new();
    if let Some(name) = text("name") {
        names.push(words::name_key(&name));
        if let (Some((family, _)), Some(preferred)) = (name.split_once(','), text("preferred")) {
            names.push(words::full_key(&preferred, family));
        }
    }
    if let Some(family) = text("family") {
        for given in [text("given"), text("preferred")].into_iter().flatten() {
            names.push(words::full_key(&given, &family));
        }
    }
    names.retain(|name| !name.is_empty());
    names.dedup();
    names
}
