//! Rows of explanation between a header and the data.
//!
//! Comes in: a sheet and the row under its header. Goes out: how many rows under it explain the columns: words where
//! the rows farther down hold something else.

use std::collections::BTreeMap;

use crate::workbook::Sheet;

use super::cell::{Cell, shape};
use super::top::Top;

/// Rows of explanation that may stand under a header.
const MOST_EXPLANATIONS: u32 = 4;

/// Counts the rows of explanation from row `from` on; `start` is the first column of the table.
pub(super) fn count(sheet: &Sheet, from: u32, start: u32) -> u32 {
    // What the columns usually look like, told by rows that can be no explanation.
    let mut forms: BTreeMap<u32, BTreeMap<u8, u32>> = BTreeMap::new();
    for row in sheet.rows().filter(|row| row.number >= from + MOST_EXPLANATIONS).take(200) {
        for (col, value) in row.cells() {
            *forms.entry(col).or_default().entry(form(&Cell::of(value))).or_default() += 1;
        }
    }
    let usual = |col: u32| {
        let seen = forms.get(&col)?;
        let (form, times) = seen.iter().max_by_key(|(_, times)| **times)?;
        (times * 5 >= seen.values().sum::<u32>() * 3).then_some(*form)
    };
    let mut rows = 0;
    for row in sheet.rows().filter(|row| (from..from + MOST_EXPLANATIONS).contains(&row.number)) {
        let top = Top::of(&row);
        if top.number != from + rows || !top.could_head() || top.cells.len() < 2 {
            break;
        }
        let judged: Vec<bool> = top.cells.iter().filter_map(|(col, cell)| Some(usual(*col)? != form(cell))).collect();
        let unlike = judged.iter().filter(|unlike| **unlike).count();
        let first = top.cells.get(&start).is_none_or(|cell| usual(start).is_some_and(|usual| usual != form(cell)));
        if judged.is_empty() || unlike * 5 < judged.len() * 3 || !first {
            break;
        }
        rows += 1;
    }
    rows
}

/// A coarse form of a value: number, date, short code, two words, text, …
fn form(cell: &Cell) -> u8 {
    match cell {
        Cell::Date(_) => 1,
        Cell::Bool(_) => 2,
        Cell::Error(_) => 3,
        cell if cell.number().is_some() => 4,
        cell => {
            let text = cell.text();
            match (text.chars().count(), shape(&text).contains(' ')) {
                (..=5, _) => 5,
                (6..=40, true) => 6,
                (6..=40, false) => 7,
                _ => 8,
            }
        }
    }
}
