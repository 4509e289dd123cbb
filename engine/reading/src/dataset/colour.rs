//! Meaning that is carried by a colour alone.
//!
//! Comes in: a sheet and its columns of results. Goes out: whether an empty cell is coloured otherwise
//! than its column and its row are. Nobody can know what such a colour means, so it is told.

use std::collections::BTreeMap;

use crate::workbook::{Row, Sheet};

/// The fill that is usual in each column of results.
#[derive(Debug, Default)]
pub(super) struct Colours {
    usual: BTreeMap<u32, u32>,
    any: bool,
}

impl Colours {
    /// Looks through the rows from `after` on.
    pub(super) fn of(sheet: &Sheet, after: u32, columns: impl Iterator<Item = u32> + Clone) -> Self {
        if !sheet.is_coloured() {
            return Self::default();
        }
        let mut filled: BTreeMap<u32, BTreeMap<u32, u32>> = BTreeMap::new();
        let mut empty = filled.clone();
        for row in sheet.rows().filter(|row| row.number >= after) {
            for col in columns.clone() {
                let counts = if row.get(col).is_some() { &mut filled } else { &mut empty };
                *counts.entry(col).or_default().entry(row.fill(col)).or_default() += 1;
            }
        }
        let usual = columns
            .map(|col| {
                let most = |counts: &BTreeMap<u32, u32>| counts.iter().max_by_key(|(_, n)| **n).map(|(fill, _)| *fill);
                // A column that nobody has filled in yet may be coloured throughout.
                let alike = || empty.get(&col).filter(|counts| counts.len() == 1).and_then(most);
                (col, filled.get(&col).and_then(most).or_else(alike).unwrap_or(0))
            })
            .collect();
        Self { usual, any: true }
    }

    /// Whether the empty cell in a column is marked by its colour. `named` is the column that says who
    /// the row is about: a row that is coloured throughout is striped or picked out as a whole.
    pub(super) fn marks(&self, row: &Row, col: u32, named: u32) -> bool {
        self.any && {
            let fill = row.fill(col);
            fill != 0 && self.usual.get(&col) != Some(&fill) && row.fill(named) != fill
        }
    }
}
