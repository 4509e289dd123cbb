//! Roster sheets → roster rows.
//!
//! Comes in: an opened workbook and its plan. Goes out: one [`RosterRow`] per enrolment; a row that
//! cannot be read is set aside and told by its place only.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use termwise_config::mapping::{Fact, Facts};

use termwise_base::problem::{Place, Problem};

use crate::workbook::{Row, Sheet, Value};

use super::facts::{Memory, of_sheet};
use super::header::{Header, Layout};
use super::people::RosterRow;
use super::table::{self, Context, Rows, TableReader, Told};
use super::{Aside, words};

/// Reads one roster sheet.
pub(super) fn read(context: &Context<'_, '_>, sheet: &Sheet, counted: &mut Rows, told: &mut Told) -> Vec<RosterRow> {
    let mut reader = RosterReader {
        context,
        sheet,
        base: of_sheet(context.plan, context.set, context.path, sheet),
        memory: Memory::new(context.lookup),
        on: Arc::new(context.at(sheet)),
        found: Vec::new(),
        beyond: Vec::new(),
    };
    table::read(context, sheet, counted, told, &mut reader);
    reader.days(told);
    reader.found
}

/// Reads the rows of one sheet.
struct RosterReader<'r, 'a> {
    context: &'r Context<'r, 'a>,
    sheet: &'r Sheet,
    base: Facts,
    memory: Memory<'r, 'a>,
    on: Arc<Place>,
    found: Vec<RosterRow>,
    /// First days after the end of the year: row, column, day, and the days of the year.
    beyond: Vec<(u32, u32, Date, Date, Date)>,
}

impl TableReader for RosterReader<'_, '_> {
    fn header(&mut self, _: &Header, _: &Layout, _: &mut Told) {}

    fn row(&mut self, layout: &Layout, line: &Row, rows: &mut Rows, told: &mut Told) {
        let filled = |role: &str| layout.roles.get(role).and_then(|col| line.get(*col)).is_some();
        if !filled("id") && !filled("provincial-id") && names(layout, line).is_empty() {
            return;
        }
        let row = rows.data();
        match self.enrolment(layout, line, row) {
            Ok(enrolment) => self.found.push(enrolment),
            Err((why, problem)) => {
                rows.set_aside(row, why);
                told.push(problem);
            }
        }
    }
}

impl RosterReader<'_, '_> {
    /// Tells first days that lie after the year: each, or all at once if most are so.
    fn days(&self, told: &mut Told) {
        let many = self.beyond.len() > 5 && self.beyond.len() * 2 > self.found.len();
        for (row, col, day, first, last) in self.beyond.iter().take(if many { 1 } else { usize::MAX }) {
            let (message, hint) = if many {
                (
                    format!("This first day and {} more are after the end of the school year.", self.beyond.len() - 1),
                    "The workbook may count days from 1904: save it again with the 1900 date system, or correct the days.",
                )
            } else {
                (
                    "This first day is after the end of the school year, so the student counts on no day of it."
                        .to_owned(),
                    "Correct the day, or the school year of the row.",
                )
            };
            told.push(
                Problem::warning(message)
                    .at(self.context.at(self.sheet).cell(*row, *col))
                    .found(day.to_string())
                    .expected(format!("a day up to {last} (the year begins on {first})"))
                    .hint(hint),
            );
        }
    }

    fn enrolment(&mut self, layout: &Layout, line: &Row, row: usize) -> Result<RosterRow, (Aside, Problem)> {
        let Self { context, base, memory, .. } = self;
        let Context { project, lookup, plan, .. } = *context;
        let schools = &project.schools;
        let place = |col: u32| self.context.at(self.sheet).cell(line.number, col);
        let col = |role: &str| layout.roles.get(role).copied();
        let cell = |role: &str| col(role).and_then(|col| line.get(col));
        let id_col = col("id").or(col("provincial-id")).unwrap_or(0);
        let (id, provincial) = (cell("id").and_then(words::id_key), cell("provincial-id").and_then(words::id_key));
        if id.is_none() && provincial.is_none() {
            let problem = Problem::warning("This row of the roster has no student number, so it was set aside.");
            return Err((Aside::Student, problem.at(place(id_col)).hint("Write the number in this cell.")));
        }
        let said: BTreeMap<&str, String> = Fact::NAMES
            .iter()
            .filter_map(|fact| {
                let own = cell(fact).map(|value| words::text(value).into_owned()).filter(|word| !word.is_empty());
                Some((*fact, own.or_else(|| base.get(*fact).cloned())?))
            })
            .collect();
        let about = ["school", "year"].iter().filter_map(|f| Some((*f, said.get(f)?.as_str()))).collect();
        let about = memory
            .about(&about)
            .map_err(|(fact, why)| (Aside::Word, unknown(why, place(col(fact).unwrap_or(id_col)), said.get(fact))))?;
        let (Some(school), Some(year)) = (about.school, about.year) else {
            let what = if about.school.is_none() { "school" } else { "year" };
            let problem =
                Problem::warning(format!("Nothing says which {what} this enrolment belongs to, so it was set aside."))
                    .at(place(col(what).unwrap_or(id_col)))
                    .hint(format!("Add `{what}` to `set` of the source, or to [columns] in {}.", plan.mapping.path));
            return Err((Aside::Word, problem));
        };
        let grade_at = place(col("grade").unwrap_or(id_col));
        let grade = match said.get("grade").map(|word| lookup.grade(word)) {
            Some(Ok(grade)) if schools[school.0].grades.contains(&grade) => grade,
            Some(Ok(grade)) => {
                let name = &schools[school.0].name;
                let problem = Problem::warning(format!("{name} has no grade {grade}; the row was set aside."))
                    .at(grade_at)
                    .expected(schools[school.0].grades.join(", "))
                    .hint("Correct the grade, or the school's grades in termwise.toml.");
                return Err((Aside::Word, problem));
            }
            Some(Err(why)) => return Err((Aside::Word, unknown(why, grade_at, said.get("grade")))),
            None => {
                let problem = Problem::warning("This row of the roster has no grade, so it was set aside.");
                return Err((Aside::Unreadable, problem.at(grade_at).hint("Write the grade in this cell.")));
            }
        };
        let day = |role: &str| match cell(role) {
            Some(value) if !words::text(value).is_empty() => words::date(value).map(Some).ok_or_else(|| {
                let problem = Problem::warning("This cell should hold a date; the row was set aside.")
                    .at(place(col(role).unwrap_or(id_col)))
                    .found(words::quoted(value))
                    .expected("a date, as in 2025-09-04")
                    .hint("Format the cell as a date and type the day again.");
                (Aside::Unreadable, problem)
            }),
            _ => Ok(None),
        };
        let (entered, left) = (day("entered")?, day("left")?);
        if let (Some(entered), Some(left)) = (entered, left)
            && left < entered
        {
            let problem = Problem::warning("The student left before the first day; the row was set aside.")
                .at(place(col("left").unwrap_or(id_col)))
                .found(left.to_string())
                .expected(format!("a day after {entered}"))
                .hint("Correct one of the two days.");
            return Err((Aside::Contradiction, problem));
        }
        let (first, last) = lookup.year_days(year);
        if let (Some(day), Some(last)) = (entered, last)
            && day > last
        {
            // No reason to set the row aside: the student is simply enrolled on no day of the year.
            self.beyond.push((line.number, col("entered").unwrap_or(id_col), day, first.unwrap_or(last), last));
        }
        Ok(RosterRow {
            id,
            provincial,
            names: names(layout, line),
            written: written(layout, line),
            school,
            year,
            grade,
            program: said.get("program").cloned().unwrap_or_default(),
            entered,
            left,
            sheet: Arc::clone(&self.on),
            cell: (line.number, id_col),
            row: (self.context.file, row),
        })
    }
}

pub(super) fn unknown(why: super::facts::Unknown, place: Place, found: Option<&String>) -> Problem {
    let mut problem =
        Problem::warning(format!("{} The row was set aside.", why.message)).at(place).expected(why.expected);
    problem.hint = why.hint;
    match found {
        Some(word) => problem.found(words::quoted(Value::Text(word))),
        None => problem,
    }
}

fn text_of(layout: &Layout, line: &Row, role: &str) -> Option<String> {
    let value = layout.roles.get(role).and_then(|col| line.get(*col))?;
    Some(words::text(value).trim().to_owned()).filter(|text| !text.is_empty())
}

/// The name with the first name first, as people write it.
fn written(layout: &Layout, line: &Row) -> String {
    let text = |role: &str| text_of(layout, line, role);
    let (mut given, mut family) = (text("given"), text("family"));
    if let (None, Some(name)) = (&family, text("name")) {
        match name.split_once(',') {
            Some((last, first)) => (given, family) = (Some(first.trim().to_owned()), Some(last.trim().to_owned())),
            None => (given, family) = (None, Some(name)),
        }
    }
    [text("preferred").or(given), family].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Every way in which a row writes the name.
pub(super) fn names(layout: &Layout, line: &Row) -> Vec<String> {
    let text = |role: &str| text_of(layout, line, role);
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
