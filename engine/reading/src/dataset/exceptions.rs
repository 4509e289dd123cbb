//! Sheets of exceptions → the lines of the list.
//!
//! Comes in: sheets that a clerk keeps. Goes out: one [`Exception`] a line, or a problem at its cell.

use termwise_base::problem::{Place, Problem};
use termwise_config::mapping::Facts;

use crate::workbook::{Row, Sheet, Value};

use super::facts::of_sheet;
use super::header::{Header, Layout};
use super::meant::{Exception, Line};
use super::roster::{names, unknown};
use super::table::{self, Context, Rows, TableReader, Told};
use super::{Aside, words};

/// Reads one sheet.
pub(super) fn read(context: &Context<'_, '_>, sheet: &Sheet, rows: &mut Rows, told: &mut Told) -> Vec<Line> {
    let base = of_sheet(context.plan, context.set, context.path, sheet);
    let mut reader = ExceptionReader { context, sheet, base, found: Vec::new() };
    table::read(context, sheet, rows, told, &mut reader);
    reader.found
}

struct ExceptionReader<'r, 'a> {
    context: &'r Context<'r, 'a>,
    sheet: &'r Sheet,
    base: Facts,
    found: Vec<Line>,
}

impl TableReader for ExceptionReader<'_, '_> {
    fn header(&mut self, _: &Header, _: &Layout, _: &mut Told) {}

    fn row(&mut self, layout: &Layout, line: &Row, rows: &mut Rows, told: &mut Told) {
        let names = names(layout, line);
        if names.is_empty() {
            return;
        }
        let row = rows.data();
        match self.line(layout, line) {
            Ok((line, place)) => {
                let lines = names.into_iter().map(|name| Exception { name, ..line.clone() });
                self.found.extend(lines.map(|line| (line, (self.context.file, row), place.clone())));
            }
            Err((why, problem)) => {
                rows.set_aside(row, why);
                told.push(problem);
            }
        }
    }
}

impl ExceptionReader<'_, '_> {
    fn line(&self, layout: &Layout, line: &Row) -> Result<(Exception, Place), (Aside, Problem)> {
        let col = |role: &str| layout.roles.get(role).copied();
        let cell = |role: &str| col(role).and_then(|col| line.get(col));
        let place = |role: &str| {
            let col = col(role).or(col("id")).or(col("provincial-id")).unwrap_or(0);
            self.context.at(self.sheet).cell(line.number, col)
        };
        let number = |role: &str| cell(role).and_then(words::id_key);
        let (id, provincial) = (number("id"), number("provincial-id"));
        if id.is_none() && provincial.is_none() {
            let problem = Problem::warning("This exception has no student number, so it was set aside.");
            return Err((Aside::Student, problem.at(place("id")).hint("Write the number as the roster has it.")));
        }
        let word = |fact: &str| {
            let own =
                cell(fact).map(|value: Value<'_>| words::text(value).into_owned()).filter(|word| !word.is_empty());
            own.or_else(|| self.base.get(fact).cloned())
        };
        let fault = |why, fact: &str| (Aside::Word, unknown(why, place(fact), word(fact).as_ref()));
        let school = word("school").map(|word| self.context.lookup.school(&word)).transpose();
        let year = word("year").map(|word| self.context.lookup.year(&word)).transpose();
        let grade = word("grade").map(|word| self.context.lookup.grade(&word)).transpose();
        let exception = Exception {
            name: String::new(),
            id,
            provincial,
            school: school.map_err(|why| fault(why, "school"))?,
            year: year.map_err(|why| fault(why, "year"))?,
            grade: grade.map_err(|why| fault(why, "grade"))?,
        };
        Ok((exception, place("id")))
    }
}
