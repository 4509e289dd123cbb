//! A row near the top of a sheet, and how much of it looks like a header.

use std::collections::BTreeMap;

use crate::workbook::Row;

use super::cell::Cell;
use super::known::Known;
use super::vocabulary;

/// A row near the top.
pub(super) struct Top {
    pub(super) number: u32,
    pub(super) cells: BTreeMap<u32, Cell>,
}

impl Top {
    pub(super) fn of(row: &Row) -> Self {
        let filled = row.cells().map(|(col, value)| (col, Cell::of(value))).filter(|(_, cell)| !cell.text().is_empty());
        Self { number: row.number, cells: filled.collect() }
    }

    /// Words only, no figures; a year may stand among them.
    pub(super) fn could_head(&self) -> bool {
        let year = |cell: &Cell| cell.number().is_some_and(|n| (2000.0..2100.0).contains(&n));
        self.cells.values().any(Cell::is_words) && self.cells.values().all(|cell| cell.is_words() || year(cell))
    }

    /// How many cells hold words.
    pub(super) fn words(&self) -> usize {
        self.cells.values().filter(|cell| cell.is_words()).count()
    }

    /// How much of what stands here is known to stand in headers.
    pub(super) fn known(&self, known: &Known<'_>) -> usize {
        self.cells.values().map(|cell| weight(known, &cell.text())).sum()
    }
}

fn weight(known: &Known<'_>, text: &str) -> usize {
    match vocabulary::role(text) {
        Some((_, place)) if place < 100 => 4,
        Some(_) => 3,
        None if vocabulary::is_aside(text) || known.measure(text).is_some() => 3,
        None if known.period_in(text).is_some() => 2,
        None if vocabulary::grade(text).is_some() => 1,
        None => 0,
    }
}
