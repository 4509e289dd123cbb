//! Faults that make many rows useless at once, told once each with the number of rows.
//!
//! A class without a year or a school outside the project concerns every enrolment in it; the place
//! to mend it is the row of the class or the school.

use termwise_base::problem::Problem;

use crate::dataset::table::Told;
use crate::workbook::Row;

use super::csv::Csv;

/// One of [`SharedFaults`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SharedFault(usize);

/// Faults of rows that others lean on.
#[derive(Debug, Default)]
pub(super) struct SharedFaults {
    /// The problem, whose message ends before the number of rows, and that number.
    all: Vec<(Problem, usize)>,
}

impl SharedFaults {
    /// Keeps a fault that may concern rows. Its message is a clause: “The school of this row is none of
    /// the project's”.
    pub(super) fn new_one(&mut self, problem: Problem) -> SharedFault {
        self.all.push((problem, 0));
        SharedFault(self.all.len() - 1)
    }

    /// Keeps the fault of an id that two rows give different meanings; nobody knows which one is meant elsewhere.
    pub(super) fn twice(&mut self, csv: &Csv<'_>, row: &Row, what: &str) -> SharedFault {
        self.new_one(
            Problem::warning(format!("The sourcedId of this {what} is used twice, each time for something else"))
                .at(csv.place(row.number, csv.column("sourcedId")))
                .hint("Export it again. If nothing changes, ask those who run the student system."),
        )
    }

    /// One more row is useless because of it.
    pub(super) fn count(&mut self, cause: SharedFault) {
        self.all[cause.0].1 += 1;
    }

    /// Tells the faults that concern any row.
    pub(super) fn tell(self, told: &mut Told) {
        for (mut problem, rows) in self.all.into_iter().filter(|(_, rows)| *rows > 0) {
            let rows = if rows == 1 { "one row was".to_owned() } else { format!("{rows} rows were") };
            problem.message = format!("{}, so {rows} set aside.", problem.message);
            told.push(problem);
        }
    }
}
