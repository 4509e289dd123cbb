//! The rows of a table: from under the header to its end, without totals, legends and repeated
//! headers.
//!
//! Comes in: a sheet, a plan and the first header. Goes out: data rows, one after the other, each
//! with the header that stands above it. Hidden rows are data.

use std::collections::BTreeMap;

use termwise_base::problem::{Place, Problem};
use termwise_config::Project;
use termwise_config::mapping::Facts;
use termwise_config::pattern::{Pattern, prepare};

use crate::workbook::{Row, Sheet, Value};

use super::facts::Lookup;
use super::header::{self, Header, Layout};
use super::people::People;
use super::plan::Plan;
use super::{Aside, NotData, words};

/// The file that is read, and what is known before it is.
pub(super) struct Context<'c, 'a> {
    pub(super) project: &'c Project,
    pub(super) lookup: &'c Lookup<'a>,
    /// Everybody on the rosters; nobody while rosters are read.
    pub(super) people: &'c People,
    pub(super) plan: &'c Plan<'a>,
    /// Facts that the source sets.
    pub(super) set: &'c Facts,
    pub(super) path: &'c str,
    /// Place among the files of the run.
    pub(super) file: usize,
    /// Whether numbers in text have a decimal comma; none if nobody knows.
    pub(super) comma: Option<bool>,
}

impl Context<'_, '_> {
    /// A sheet of the file, for messages.
    pub(super) fn at(&self, sheet: &Sheet) -> Place {
        Place::file(self.path).sheet(&sheet.name)
    }
}

/// Problems told per file; more of them say nothing new.
const MOST_TOLD: usize = 500;

/// Problems of one file, not endlessly many.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) problems: Vec<Problem>,
    more: usize,
}

impl Told {
    pub(super) fn push(&mut self, problem: Problem) {
        if self.problems.len() < MOST_TOLD {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Tells a problem unless the same was told of the same place.
    pub(super) fn push_once(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.push(problem);
        }
    }

    pub(super) fn finish(mut self, path: &str) -> Vec<Problem> {
        if self.more > 0 {
            self.problems.push(
                Problem::warning(format!("This file has {} more problems like these.", self.more))
                    .at(Place::file(path))
                    .hint("Correct what is listed first, then run again."),
            );
        }
        self.problems
    }
}

/// What became of the filled rows of a file.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// One entry per row of data: why it was set aside, if it was.
    pub(super) aside: Vec<Option<Aside>>,
    /// For each of them, how often something in it was set aside: its cells that could not be used.
    pub(super) cells: Vec<u32>,
    pub(super) not_data: BTreeMap<NotData, u32>,
    /// Whether the file has no other sheet that could hold the table.
    pub(super) only: bool,
}

impl Rows {
    /// A new row of data; its place.
    pub(super) fn data(&mut self) -> usize {
        self.aside.push(None);
        self.cells.push(0);
        self.aside.len() - 1
    }

    /// A row of data that is set aside.
    pub(super) fn data_aside(&mut self, why: Aside) {
        self.aside.push(Some(why));
        self.cells.push(1);
    }

    /// Sets something in a row of data aside, or the row; the first reason stays.
    pub(super) fn set_aside(&mut self, row: usize, why: Aside) {
        self.aside[row].get_or_insert(why);
        self.cells[row] += 1;
    }

    /// Counts rows that are no data.
    pub(super) fn no_data(&mut self, kind: NotData, rows: usize) {
        if rows > 0 {
            *self.not_data.entry(kind).or_default() += u32::try_from(rows).unwrap_or(u32::MAX);
        }
    }
}

/// What one kind of mapping makes of the rows of a table.
pub(super) trait TableReader {
    /// A header, with what its columns mean, before the rows under it.
    fn header(&mut self, header: &Header, layout: &Layout, told: &mut Told);

    /// Whether a row that looks like totals or the end is a known student's with results.
    fn is_students(&self, _layout: &Layout, _row: &Row) -> bool {
        false
    }

    /// Whether a fact is known of the whole sheet, so that a column for it may be missing.
    fn knows(&self, _fact: &str) -> bool {
        true
    }

    /// A row under the header. It is to be counted in `rows` unless it holds no data.
    fn row(&mut self, layout: &Layout, row: &Row, rows: &mut Rows, told: &mut Told);
}

/// Finds the header and hands every row of the table to the reader. Counts every filled row of the
/// sheet once.
pub(super) fn read(
    context: &Context<'_, '_>,
    sheet: &Sheet,
    rows: &mut Rows,
    told: &mut Told,
    reader: &mut dyn TableReader,
) {
    if sheet.is_empty() {
        return;
    }
    let plan = context.plan;
    let Some(header) = header::find(sheet, plan, 0, plan.mapping.header_within) else {
        if sheet.is_broken() {
            told.push(broken(context.at(sheet)));
            return lost(sheet, 0, rows);
        }
        let problem = header::not_found(sheet, plan, context.path, rows.only);
        if problem.is_error() {
            lost(sheet, 0, rows);
        } else {
            rows.no_data(NotData::OtherSheet, sheet.len());
        }
        told.push(problem);
        return;
    };
    rows.no_data(NotData::Above, sheet.place_of(header.first));
    OpenTable { sheet, plan, place: context.at(sheet) }.read(header, rows, told, reader);
}

/// The rows from a place on are lost with their table.
fn lost(sheet: &Sheet, from: usize, rows: &mut Rows) {
    (from..sheet.len()).for_each(|_| rows.data_aside(Aside::Table));
}

/// A sheet with a table on it.
struct OpenTable<'t, 'a> {
    sheet: &'t Sheet,
    plan: &'t Plan<'a>,
    place: Place,
}

impl OpenTable<'_, '_> {
    /// Hands over the rows from the header to the end.
    fn read(&self, mut header: Header, rows: &mut Rows, told: &mut Told, reader: &mut dyn TableReader) {
        let Self { sheet, plan, .. } = *self;
        let Some((mut layout, mut index)) = self.begin(&header, rows, told, reader) else {
            return lost(sheet, sheet.place_of(header.after), rows);
        };
        while let Some(row) = sheet.row(index) {
            index += 1;
            let Some((_, first)) = row.first() else { continue };
            match kind(sheet, plan, &header, &row, first) {
                RowKind::End | RowKind::Totals if reader.is_students(&layout, &row) => {
                    reader.row(&layout, &row, rows, told);
                }
                RowKind::End => return self.end(index, &layout, rows, told, reader),
                RowKind::Totals => rows.no_data(NotData::Totals, 1),
                RowKind::Header(again) => {
                    header = again;
                    let Some(begun) = self.begin(&header, rows, told, reader) else {
                        return lost(sheet, sheet.place_of(header.after), rows);
                    };
                    (layout, index) = begun;
                }
                RowKind::Row => {
                    let before = rows.aside.len();
                    reader.row(&layout, &row, rows, told);
                    if rows.aside.len() == before {
                        rows.no_data(NotData::NoResult, 1);
                    }
                }
            }
        }
        self.whole(index, rows, told);
    }

    /// Counts the rows from the one that ends the table, which stands before `index`; those of students are set aside
    /// with a problem.
    fn end(&self, index: usize, layout: &Layout, rows: &mut Rows, told: &mut Told, reader: &mut dyn TableReader) {
        let Self { sheet, plan, .. } = *self;
        rows.no_data(NotData::Below, 1);
        let (mut at, mut lost) = (index, 0);
        while let Some(row) = sheet.row(at) {
            at += 1;
            if reader.is_students(layout, &row) {
                rows.data_aside(Aside::Table);
                lost += 1;
            } else {
                rows.no_data(NotData::Below, 1);
            }
        }
        if let (1.., Some(end)) = (lost, sheet.row(index - 1)) {
            let message = format!(
                "The table ends with this row, but {lost} rows below it belong to students; they were set aside."
            );
            let hint = format!("Correct the row, or `stop-when` under [rows] in {}.", plan.mapping.path);
            told.push(Problem::warning(message).at(self.place.clone().cell(end.number, 0)).hint(hint));
        }
        self.whole(at, rows, told);
    }

    /// Sees to it that the rows from `index` on, of which none could be read back, are counted.
    fn whole(&self, index: usize, rows: &mut Rows, told: &mut Told) {
        if self.sheet.is_broken() {
            told.push(broken(self.place.clone()));
            lost(self.sheet, index, rows);
        }
    }

    /// Hands a header to the reader and counts its rows: what its columns mean, and the first row under it.
    /// Nothing if the table cannot be read.
    fn begin(
        &self,
        header: &Header,
        rows: &mut Rows,
        told: &mut Told,
        reader: &mut dyn TableReader,
    ) -> Option<(Layout, usize)> {
        let Self { sheet, plan, .. } = *self;
        let layout = header.layout(plan);
        let (from, after) = (sheet.place_of(header.first), sheet.place_of(header.after));
        let (problems, usable) = header.missing(plan, &layout, &self.place, &|fact| reader.knows(fact));
        problems.into_iter().for_each(|problem| told.push(problem));
        if !usable {
            rows.no_data(NotData::Header, after - from);
            return None;
        }
        header.too_wide(sheet, plan, &self.place).into_iter().for_each(|problem| told.push(problem));
        reader.header(header, &layout, told);
        for row in (from..after).map_while(|index| sheet.row(index)) {
            // Where the explanations were deleted, a student stands in their place.
            if row.number >= header.first + plan.mapping.header_rows && reader.is_students(&layout, &row) {
                reader.row(&layout, &row, rows, told);
            } else {
                rows.no_data(NotData::Header, 1);
            }
        }
        Some((layout, after))
    }
}

/// The problem of a sheet of which a part cannot be read back from the disk.
pub(super) fn broken(place: Place) -> Problem {
    Problem::error("What was read of this sheet is damaged, so its other rows were set aside.")
        .at(place)
        .hint("Delete the folder .termwise/cells, then run again.")
}

/// What a row under the header is.
enum RowKind {
    Row,
    Totals,
    End,
    Header(Header),
}

fn kind(sheet: &Sheet, plan: &Plan<'_>, header: &Header, row: &Row, first: Value<'_>) -> RowKind {
    if matches!(first, Value::Number(_)) {
        return RowKind::Row;
    }
    let said = words::text(first);
    let begins = |pattern: &&Pattern| said.chars().next().is_some_and(|letter| pattern.may_begin(letter));
    let fits = |patterns: &[Pattern]| {
        let mut likely = patterns.iter().filter(begins).peekable();
        likely.peek().is_some() && {
            let letters = prepare(&said);
            likely.any(|pattern| pattern.fits(&letters))
        }
    };
    if fits(&plan.mapping.stop_rows) {
        return RowKind::End;
    }
    if fits(&plan.mapping.skip_rows) {
        return RowKind::Totals;
    }
    let again = said == header.marker && header::holds_all(sheet, plan, row.number);
    let again = again.then(|| header::find(sheet, plan, row.number, 1)).flatten();
    again.map_or(RowKind::Row, RowKind::Header)
}
