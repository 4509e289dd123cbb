//! A sheet: its filled cells, block by block.
//!
//! Comes in: cells in the order of the file. Goes out: a [`Sheet`] whose rows are read from the top
//! or by their number. Only one block is in memory at a time when the cells lie in a spool, so a long
//! sheet needs no more memory than a short one.

use std::cell::{Cell as Flag, RefCell};
use std::sync::Arc;

use termwise_config::ReadingLimits;

use super::block::{Block, Extent};
use super::builder::Builder;
use super::model::{Merge, SheetInfo, Value};
use super::spool::{Sink, Spool};

/// One sheet. Only filled cells are kept, by row, then column.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Name on the tab (a text file: the file's stem).
    pub name: String,
    /// Whether the tab is hidden.
    pub hidden: bool,
    /// Merged cells, if the format tells them.
    pub merges: Option<Vec<Merge>>,
    /// Cells that have a comment or note, sorted by row, then column (xlsx only).
    pub comments: Vec<(u32, u32)>,
    blocks: Vec<Extent>,
    spool: Spool,
    // The block that was asked for last.
    open: RefCell<Option<(usize, Arc<Block>)>>,
    broken: Flag<bool>,
}

/// The filled cells of one row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Zero-based number.
    pub number: u32,
    block: Arc<Block>,
    start: usize,
    end: usize,
}

impl Row {
    /// Columns and values, left to right.
    pub fn cells(&self) -> impl Iterator<Item = (u32, Value<'_>)> {
        (self.start..self.end).map(|at| (self.block.cols[at], self.block.seen(at)))
    }

    /// The leftmost filled cell.
    pub fn first(&self) -> Option<(u32, Value<'_>)> {
        self.cells().next()
    }

    /// The value in a column.
    pub fn get(&self, col: u32) -> Option<Value<'_>> {
        let cols = &self.block.cols[self.start..self.end];
        // Most rows are filled from their first column on.
        let likely = (col as usize).min(cols.len().wrapping_sub(1));
        let at = match cols.get(likely) {
            Some(found) if *found == col => likely,
            _ => cols.binary_search(&col).ok()?,
        };
        Some(self.block.seen(self.start + at))
    }

    /// The number of the fill colour of a column's cell, filled in or not; 0 for none.
    pub fn fill(&self, col: u32) -> u32 {
        let fills = &self.block.fills;
        if fills.is_empty() {
            return 0;
        }
        fills.binary_search_by_key(&(self.number, col), |[row, col, _]| (*row, *col)).map_or(0, |at| fills[at][2])
    }
}

impl Sheet {
    pub(super) fn new(about: SheetInfo, blocks: Vec<Extent>, spool: Spool) -> Self {
        let SheetInfo { name, hidden, merges, comments } = about;
        Self { name, hidden, merges, comments, blocks, spool, ..Self::default() }
    }

    /// Whether nothing is filled in.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// How many rows hold something.
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (last.before + last.rows) as usize)
    }

    /// How many cells hold something.
    pub fn filled(&self) -> usize {
        self.blocks.iter().map(|block| block.cells as usize).sum()
    }

    /// Whether cells are coloured (xlsx only).
    pub fn is_coloured(&self) -> bool {
        self.blocks.iter().any(|block| block.coloured)
    }

    /// Whether a part of the sheet could not be read back from the spool. Asked when the last row was
    /// read.
    pub fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// The `index`-th of the rows that hold something.
    pub fn row(&self, index: usize) -> Option<Row> {
        let wanted = u32::try_from(index).ok()?;
        let block = match &*self.open.borrow() {
            Some((place, block)) if self.blocks[*place].holds(wanted) => Some((*place, Arc::clone(block))),
            _ => None,
        };
        let (place, block) = match block {
            Some(found) => found,
            None => self.load(self.blocks.partition_point(|block| block.before + block.rows <= wanted))?,
        };
        let (number, start, end) = block.row(index - self.blocks[place].before as usize)?;
        Some(Row { number, block, start, end })
    }

    fn load(&self, place: usize) -> Option<(usize, Arc<Block>)> {
        let at = self.blocks.get(place)?.at;
        let Some(block) = self.spool.load(at) else {
            self.broken.set(true);
            return None;
        };
        *self.open.borrow_mut() = Some((place, Arc::clone(&block)));
        Some((place, block))
    }

    /// Rows that hold something, from the top.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        (0..self.len()).map_while(|index| self.row(index))
    }

    /// The first of the rows that hold something at or below row `number`, by place.
    pub fn place_of(&self, number: u32) -> usize {
        let place = self.blocks.partition_point(|block| block.last < number);
        let Some(info) = self.blocks.get(place) else { return self.len() };
        let before = info.before as usize;
        if number <= info.first {
            return before;
        }
        let found = self.load_or_open(place);
        before + found.map_or(0, |block| block.rows.partition_point(|row| *row < number))
    }

    fn load_or_open(&self, place: usize) -> Option<Arc<Block>> {
        if let Some((open, block)) = &*self.open.borrow()
            && *open == place
        {
            return Some(Arc::clone(block));
        }
        self.load(place).map(|(_, block)| block)
    }

    /// The filled cells of a zero-based row.
    pub fn at(&self, number: u32) -> Option<Row> {
        self.row(self.place_of(number)).filter(|row| row.number == number)
    }

    /// A sheet made of lines of text, for trying things out: cells are split at `|`, trimmed, and
    /// empty ones left out.
    pub fn from_lines(name: &str, lines: &[&str]) -> Self {
        let mut sink = Sink::default();
        let mut builder = Builder::new(&mut sink, &ReadingLimits::default());
        for (row, line) in (0..).zip(lines) {
            for (col, cell) in (0..).zip(line.split('|')) {
                // The default bounds are far above any text written by hand.
                let _ = builder.push(row, col, Value::Text(cell.trim()));
            }
        }
        let (blocks, _) = builder.finish().unwrap_or_default();
        Self::new(SheetInfo { name: name.to_owned(), ..SheetInfo::default() }, blocks, sink.into_spool())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::builder::Refused;
    use proptest::prelude::*;

    fn sheet(limits: &ReadingLimits, cells: &[(u32, u32, Value<'_>)]) -> Result<Sheet, Refused> {
        let mut sink = Sink::default();
        let mut builder = Builder::new(&mut sink, limits);
        for (row, col, value) in cells {
            builder.push(*row, *col, *value)?;
        }
        let (blocks, _) = builder.finish()?;
        Ok(Sheet::new(SheetInfo::default(), blocks, sink.into_spool()))
    }

    fn value(sheet: &Sheet, row: u32, col: u32) -> Option<String> {
        sheet.at(row)?.get(col).map(|value| format!("{value:?}"))
    }

    #[test]
    fn cells_are_found_by_their_address() {
        let sheet = Sheet::from_lines("s", &["a||c", "", "|e"]);
        assert_eq!(value(&sheet, 0, 2).as_deref(), Some("Text(\"c\")"));
        assert_eq!(value(&sheet, 0, 1), None);
        assert_eq!(value(&sheet, 2, 1).as_deref(), Some("Text(\"e\")"));
        assert_eq!(sheet.rows().map(|row| row.number).collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn cells_out_of_order_are_sorted_and_the_last_value_stays() {
        let numbers = [(1, 0, Value::Number(1.0)), (0, 0, Value::Number(2.0)), (1, 0, Value::Number(3.0))];
        let sheet = sheet(&ReadingLimits::default(), &numbers).expect("within bounds");
        assert_eq!(value(&sheet, 0, 0).as_deref(), Some("Number(2.0)"));
        assert_eq!(value(&sheet, 1, 0).as_deref(), Some("Number(3.0)"));
        assert_eq!(sheet.filled(), 2);
    }

    #[test]
    fn bounds_hold() {
        let limits = ReadingLimits { cells: 2, inflated_bytes: 5, ..ReadingLimits::default() };
        let refused = |cells: &[(u32, u32, Value<'_>)]| sheet(&limits, cells).map(|_| ()).expect_err("refused");
        assert_eq!(refused(&[(0, 0, Value::Text("abcdef"))]), Refused::Text(5));
        let one = Value::Number(1.0);
        assert_eq!(refused(&[(0, 0, Value::Text("abc")), (0, 1, one), (0, 2, one)]), Refused::Cells(2));
    }

    #[test]
    fn a_row_that_comes_too_late_is_noticed() {
        let mut cells: Vec<_> = (1..40_000).map(|row| (row, 0, Value::Number(f64::from(row)))).collect();
        cells.push((0, 0, Value::Bool(true)));
        assert_eq!(sheet(&ReadingLimits::default(), &cells).map(|_| ()), Err(Refused::OutOfOrder));
    }

    #[test]
    fn colours_stay_with_their_row_across_blocks() {
        let mut sink = Sink::default();
        let mut builder = Builder::new(&mut sink, &ReadingLimits::default());
        for row in 0..40_000 {
            builder.fill(row, 0, 7);
            builder.push(row, 1, Value::Bool(true)).expect("within bounds");
        }
        let (blocks, lost) = builder.finish().expect("put away");
        let sheet = Sheet::new(SheetInfo::default(), blocks, sink.into_spool());
        assert!(!lost);
        assert!(sheet.blocks.len() > 1);
        assert!(sheet.rows().all(|row| row.fill(0) == 7 && row.fill(1) == 0));
    }

    #[test]
    fn colours_beyond_the_bound_are_reported() {
        let mut sink = Sink::default();
        let mut builder = Builder::new(&mut sink, &ReadingLimits { cells: 2, ..ReadingLimits::default() });
        for col in 0..3 {
            builder.fill(0, col, 7);
        }
        builder.push(0, 0, Value::Bool(true)).expect("within bounds");
        assert!(builder.finish().expect("put away").1);
    }

    proptest! {
        /// Blocks are no part of what is read: rows come back as they were written.
        #[test]
        fn rows_come_back_from_any_place(gaps in proptest::collection::vec(1u32..4, 1..60_000), at in 0u32..200_000) {
            let mut row = 0;
            let numbers: Vec<u32> = gaps.iter().map(|gap| { row += gap; row }).collect();
            let cells: Vec<_> = numbers.iter().map(|row| (*row, row % 5, Value::Number(f64::from(*row)))).collect();
            let sheet = sheet(&ReadingLimits::default(), &cells).expect("within bounds");
            prop_assert_eq!(sheet.len(), numbers.len());
            prop_assert_eq!(sheet.place_of(at), numbers.partition_point(|row| *row < at));
            prop_assert!(sheet.rows().map(|row| row.number).eq(numbers.iter().copied()));
            prop_assert_eq!(sheet.at(at).is_some(), numbers.binary_search(&at).is_ok());
        }
    }
}
