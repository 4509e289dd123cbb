//! The rows of a table: from under the header to its end, without totals, legends and repeated
//! headers.
//!
//! Comes in: a sheet, a plan and the first header. Goes out: data rows, one after the other, each
//! with the header that stands above it. Hidden rows are data.

use crate::config::pattern::{Pattern, prepare};
use crate::problem::{Place, Problem};
use crate::workbook::{Row, Sheet, Value};

use super::header::{self, Header, Layout};
use super::plan::Plan;
use super::words;

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

/// Finds the header and hands every data row to `each` with its layout. `each` is called first with
/// no row for every header found.
pub(super) fn rows(
    sheet: &Sheet,
    plan: &Plan<'_>,
    path: &str,
    told: &mut Told,
    mut each: impl FnMut(&Header, &Layout, Option<&Row>, &mut Told),
) {
    if sheet.is_empty() {
        return;
    }
    let Some(mut header) = header::find(sheet, plan, 0, plan.mapping.header_within) else {
        told.push(header::not_found(sheet, plan, path));
        return;
    };
    let place = || Place::file(path).sheet(&sheet.name);
    let mut layout = header.layout(plan);
    let (problems, usable) = header.missing(plan, &layout, &place());
    problems.into_iter().for_each(|problem| told.push(problem));
    if !usable {
        return;
    }
    each(&header, &layout, None, told);
    let mut index = sheet.place_of(header.after);
    while let Some(row) = sheet.row(index) {
        index += 1;
        let Some((_, first)) = row.first() else { continue };
        if !matches!(first, Value::Number(_)) {
            let said = words::text(first);
            let begins = |pattern: &&Pattern| said.chars().next().is_some_and(|letter| pattern.may_begin(letter));
            let fits = |patterns: &[Pattern]| {
                let mut likely = patterns.iter().filter(begins).peekable();
                likely.peek().is_some() && {
                    let letters = prepare(&said);
                    likely.any(|pattern| pattern.fits(&letters))
                }
            };
            if fits(&plan.stop_rows) {
                break;
            }
            if fits(&plan.skip_rows) {
                continue;
            }
            if said == header.marker && header::holds_all(sheet, plan, row.number) {
                let Some(again) = header::find(sheet, plan, row.number, 1) else { continue };
                header = again;
                layout = header.layout(plan);
                let (problems, usable) = header.missing(plan, &layout, &place());
                problems.into_iter().for_each(|problem| told.push(problem));
                if !usable {
                    return;
                }
                each(&header, &layout, None, told);
                index = sheet.place_of(header.after);
                continue;
            }
        }
        each(&header, &layout, Some(&row), told);
    }
}
