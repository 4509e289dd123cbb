//! The rows of a table: from under the header to its end, without totals, legends and repeated
//! headers.
//!
//! Comes in: a sheet, a plan and the first header. Goes out: data rows, one after the other, each
//! with the header that stands above it. Hidden rows are data.

use std::collections::BTreeMap;

use termwise_base::problem::{Place, Problem};
use termwise_config::pattern::{Pattern, prepare};

use crate::workbook::{Row, Sheet, Value};

use super::header::{self, Header, Layout};
use super::plan::Plan;
use super::{Aside, NotData, words};

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
                    .hint("Correct what is told first, then run again."),
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

/// What a reader makes of the rows of a table.
pub(super) trait Reader {
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
    sheet: &Sheet,
    plan: &Plan<'_>,
    path: &str,
    rows: &mut Rows,
    told: &mut Told,
    reader: &mut dyn Reader,
) {
    if sheet.is_empty() {
        return;
    }
    let lost = |rows: &mut Rows, from: usize| (from..sheet.len()).for_each(|_| rows.data_aside(Aside::Table));
    let Some(mut header) = header::find(sheet, plan, 0, plan.mapping.header_within) else {
        let problem = header::not_found(sheet, plan, path, rows.only);
        if problem.is_error() {
            lost(rows, 0);
        } else {
            rows.no_data(NotData::OtherSheet, sheet.len());
        }
        told.push(problem);
        return;
    };
    let place = || Place::file(path).sheet(&sheet.name);
    rows.no_data(NotData::Above, sheet.place_of(header.first));
    let Some((mut layout, mut index)) = begin(sheet, plan, &header, &place(), rows, told, reader) else {
        return lost(rows, sheet.place_of(header.after));
    };
    while let Some(row) = sheet.row(index) {
        index += 1;
        let Some((_, first)) = row.first() else { continue };
        match kind(sheet, plan, &header, &row, first) {
            Kind::End | Kind::Totals if reader.is_students(&layout, &row) => reader.row(&layout, &row, rows, told),
            Kind::End => {
                rows.no_data(NotData::Below, 1);
                let number = row.number;
                let mut lost = 0;
                for row in (index..sheet.len()).map_while(|index| sheet.row(index)) {
                    if reader.is_students(&layout, &row) {
                        rows.data_aside(Aside::Table);
                        lost += 1;
                    } else {
                        rows.no_data(NotData::Below, 1);
                    }
                }
                if lost > 0 {
                    told.push(
                        Problem::warning(format!(
                            "The table ends with this row, but {lost} rows below it belong to students; they were set aside."
                        ))
                        .at(Place { cell: Some(termwise_base::problem::a1(number, 0)), ..place() })
                        .hint(format!("Correct the row, or `stop-when` under [rows] in {}.", plan.mapping.path)),
                    );
                }
                return;
            }
            Kind::Totals => rows.no_data(NotData::Totals, 1),
            Kind::Header(again) => {
                header = again;
                let Some(begun) = begin(sheet, plan, &header, &place(), rows, told, reader) else {
                    return lost(rows, sheet.place_of(header.after));
                };
                (layout, index) = begun;
            }
            Kind::Row => {
                let before = rows.aside.len();
                reader.row(&layout, &row, rows, told);
                if rows.aside.len() == before {
                    rows.no_data(NotData::NoResult, 1);
                }
            }
        }
    }
    if sheet.is_broken() {
        told.push(
            Problem::error("What was read of this sheet is damaged, so its other rows were set aside.")
                .at(place())
                .hint("Delete the folder .termwise/cells, then run again."),
        );
        lost(rows, index.saturating_sub(1));
    }
}

/// Hands a header to the reader and counts its rows: what its columns mean, and the first row under it.
/// Nothing if the table cannot be read.
fn begin(
    sheet: &Sheet,
    plan: &Plan<'_>,
    header: &Header,
    place: &Place,
    rows: &mut Rows,
    told: &mut Told,
    reader: &mut dyn Reader,
) -> Option<(Layout, usize)> {
    let layout = header.layout(plan);
    let (from, after) = (sheet.place_of(header.first), sheet.place_of(header.after));
    let (problems, usable) = header.missing(plan, &layout, place, &|fact| reader.knows(fact));
    problems.into_iter().for_each(|problem| told.push(problem));
    if !usable {
        rows.no_data(NotData::Header, after - from);
        return None;
    }
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

/// What a row under the header is.
enum Kind {
    Row,
    Totals,
    End,
    Header(Header),
}

fn kind(sheet: &Sheet, plan: &Plan<'_>, header: &Header, row: &Row, first: Value<'_>) -> Kind {
    if matches!(first, Value::Number(_)) {
        return Kind::Row;
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
        return Kind::End;
    }
    if fits(&plan.mapping.skip_rows) {
        return Kind::Totals;
    }
    let again = said == header.marker && header::holds_all(sheet, plan, row.number);
    let again = again.then(|| header::find(sheet, plan, row.number, 1)).flatten();
    again.map_or(Kind::Row, Kind::Header)
}
