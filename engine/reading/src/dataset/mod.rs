//! Dataset: cells → typed observations.
//!
//! Comes in: opened workbooks and the project's mappings. Goes out: a [`Dataset`] — people,
//! enrolments and observations, each observation with its source cell — and a [`Tally`] per file.
//! It never guesses: what it cannot read is set aside with a problem. It uses no clock and no
//! database. Names and numbers of people stay inside; nothing here prints them.

mod actions;
mod build;
mod colour;
mod exceptions;
mod facts;
mod gather;
pub(crate) mod header;
mod meant;
mod numerals;
mod oneroster;
mod people;
mod plan;
mod results;
mod roster;
mod strays;
mod table;
pub(crate) mod values;
mod whose;
mod withhold;
pub(crate) mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use termwise_config::{CodeClass, MeasureId, PeriodId, SchoolId};

pub use actions::Action;
pub use build::build;

/// A person by place in [`Dataset::people`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// Whether a person is a student or an anonymous respondent of a staff survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonKind {
    /// A student on a roster.
    Student,
    /// One row of an anonymous staff survey.
    StaffRespondent,
}

/// Where a student was enrolled, from when to when. For a respondent: the school surveyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The student or respondent.
    pub person: PersonId,
    /// The school, by place in the project.
    pub school: SchoolId,
    /// School year, as in `2025-26`.
    pub year: String,
    /// Grade in that year.
    pub grade: String,
    /// Program, as in `EUBP`; empty when the roster has none.
    pub program: String,
    /// First day, if the roster gives one (otherwise from the start of the year).
    pub entered: Option<jiff::civil::Date>,
    /// First day no longer enrolled, if the roster gives one (exclusive, as in OneRoster).
    pub left: Option<jiff::civil::Date>,
}

/// All readings, in a struct of arrays: one row is one person, measure, period and cell.
/// Sorted by (measure, period, person); at most one row for each of these.
#[derive(Debug, Clone, Default)]
pub struct Observations {
    /// Whose reading it is.
    pub person: Vec<PersonId>,
    /// What was assessed, by place in the project.
    pub measure: Vec<MeasureId>,
    /// The reporting period, by place in the calendar.
    pub period: Vec<PeriodId>,
    /// Place on the scale (ordered scales: the level's place in the list; percent: 0–1); NaN unless
    /// `class` is [`CodeClass::Score`].
    pub value: Vec<f64>,
    /// What the reading counts as; never [`CodeClass::Missing`].
    pub class: Vec<CodeClass>,
    /// For [`CodeClass::Excluded`]: place in [`Dataset::reasons`]; otherwise 0.
    pub reason: Vec<u16>,
    /// The cell that it was read from.
    pub cell: Vec<SourceCell>,
}

impl Observations {
    /// None yet, with room for so many.
    fn with_capacity(rows: usize) -> Self {
        Self {
            person: Vec::with_capacity(rows),
            measure: Vec::with_capacity(rows),
            period: Vec::with_capacity(rows),
            value: Vec::with_capacity(rows),
            class: Vec::with_capacity(rows),
            reason: Vec::with_capacity(rows),
            cell: Vec::with_capacity(rows),
        }
    }
}

/// Where an observation was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceCell {
    /// Place in [`Dataset::files`].
    pub file: u16,
    /// Place in [`Tally::sheets`].
    pub sheet: u16,
    /// Zero-based row.
    pub row: u32,
    /// Zero-based column.
    pub col: u32,
}

/// Why a row of data was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aside {
    /// A cell of it could not be read.
    Unreadable,
    /// Its student was not found, or not beyond doubt.
    Student,
    /// A word of it (school, period, measure, grade …) means nothing to the project.
    Word,
    /// It contradicts another row.
    Contradiction,
    /// The table that it stands in has no header, or lacks a column.
    Table,
}

/// What a filled row is that is not data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotData {
    /// A row of a sheet that the mapping does not read.
    OtherSheet,
    /// Titles and notes above the table.
    Above,
    /// The header, its explanations, and where it comes again.
    Header,
    /// Totals and averages.
    Totals,
    /// A legend or the like under the table.
    Below,
    /// A row of the table without any result.
    NoResult,
    /// A row of an export that only says what others mean: a school, a class, a session, a role.
    Reference,
    /// A row of an export about somebody who is not a student, or that is marked as deleted.
    NoStudent,
}

/// What became of the filled rows of one file. Always
/// `filled = used + in_part + set_aside + not_data` and `rows = used + in_part + set_aside`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Path relative to the project folder.
    pub path: String,
    /// Place of the source in the project.
    #[serde(skip)]
    pub source: usize,
    /// SHA-256 of the bytes that were read, hex.
    pub digest: String,
    /// Names of its sheets, in order.
    pub sheets: Vec<String>,
    /// The school that the source sets, if it sets one.
    #[serde(skip)]
    pub school: Option<SchoolId>,
    /// Rows that hold something, on all sheets that could be opened.
    pub filled: u32,
    /// Rows of data (neither header, notes, totals nor legend).
    pub rows: u32,
    /// Rows from which at least one reading (or, for a roster, an enrolment) came and in which
    /// nothing was rejected.
    pub used: u32,
    /// Rows of which some cells were used and some set aside, each with a problem.
    pub in_part: u32,
    /// Those cells of these rows that were set aside.
    pub cells_set_aside: u32,
    /// Rows from which nothing was used, each with a problem.
    pub set_aside: u32,
    /// Rows set aside, by reason.
    pub set_aside_by: BTreeMap<Aside, u32>,
    /// Filled rows that are not data, by what they are.
    pub not_data: BTreeMap<NotData, u32>,
    /// Observations that came from it.
    pub observations: u32,
}

impl Tally {
    /// Filled rows that are not data.
    pub fn no_data(&self) -> u32 {
        self.not_data.values().sum()
    }

    /// Whether every filled row is accounted for.
    pub fn adds_up(&self) -> bool {
        let by_reason: u32 = self.set_aside_by.values().sum();
        self.rows == self.used + self.in_part + self.set_aside
            && self.set_aside == by_reason
            && self.filled == self.rows + self.no_data()
    }
}

/// Everything that was read, typed.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// Kind of each person; their identity is not kept beyond this stage, `keys` and `names` aside.
    pub people: Vec<PersonKind>,
    /// Enrolments, sorted by person, then year, then entry.
    pub enrolments: Vec<Enrolment>,
    /// Every reading that counts, one row each.
    pub observations: Observations,
    /// Reasons of exclusion, by place; place 0 is empty.
    pub reasons: Vec<String>,
    /// Files read, in order of path.
    pub files: Vec<Tally>,
    /// Strategies and decisions from spreadsheets, in order of file and row.
    pub actions: Vec<Action>,
    /// By person, a digest of the student number: the same in every reading of the same rosters, so that
    /// two readings can be compared. Kept in memory only; none for respondents and for students without
    /// a number.
    pub keys: Vec<Option<u64>>,
    /// By person, the name as the roster writes it. Empty unless a team's packet is to have names.
    pub names: Vec<Option<String>>,
}
