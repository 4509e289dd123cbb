//! Cells in the order of a file → blocks in a sink, under the bounds of a sheet.

use termwise_config::ReadingLimits;

use super::block::{Block, Extent, coded};
use super::model::Value;
use super::spool::Sink;

/// Cells after which a block ends at the next row.
const BLOCK: usize = 1 << 14;

/// A cell on its way into a block.
#[derive(Debug, Clone, Copy)]
struct RawCell {
    row: u32,
    col: u32,
    kind: u8,
    word: u64,
}

/// Why a sheet cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// More filled cells than a sheet may have.
    Cells(u64),
    /// More text than a sheet may have.
    Text(u64),
    /// A row came after a later one had been put away: the sheet must be read in one piece.
    OutOfOrder,
    /// The spool cannot be written.
    Disk,
}

/// Collects the cells of a sheet under bounds, block by block.
pub(super) struct Builder<'s> {
    sink: &'s mut Sink,
    cells: Vec<RawCell>,
    text: String,
    fills: Vec<[u32; 3]>,
    colours_lost: bool,
    done: Vec<Extent>,
    sorted: bool,
    whole: bool,
    counted: u64,
    written: u64,
    most_cells: u64,
    most_text: u64,
}

impl<'s> Builder<'s> {
    pub(super) fn new(sink: &'s mut Sink, limits: &ReadingLimits) -> Self {
        Self {
            sink,
            cells: Vec::new(),
            text: String::new(),
            fills: Vec::new(),
            colours_lost: false,
            done: Vec::new(),
            sorted: true,
            whole: false,
            counted: 0,
            written: 0,
            most_cells: limits.cells.min(u64::from(u32::MAX)),
            most_text: limits.inflated_bytes.min(u64::from(u32::MAX)),
        }
    }

    /// Keeps the sheet in one piece, so that its rows may come in any order.
    pub(super) fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Adds a cell; blank text is left out.
    pub(super) fn push(&mut self, row: u32, col: u32, value: Value<'_>) -> Result<(), Refused> {
        if matches!(value, Value::Text(text) if text.bytes().all(|b| b.is_ascii_whitespace())) {
            return Ok(());
        }
        let full = self.cells.len() >= BLOCK && !self.whole;
        if full && self.cells.last().is_some_and(|last| last.row != row) {
            self.put_away()?;
        }
        if self.done.last().is_some_and(|done| done.last >= row) {
            return Err(Refused::OutOfOrder);
        }
        if self.counted >= self.most_cells {
            return Err(Refused::Cells(self.most_cells));
        }
        if let Value::Text(text) = value {
            if self.written + text.len() as u64 > self.most_text {
                return Err(Refused::Text(self.most_text));
            }
            self.written += text.len() as u64;
        }
        let (kind, word) = coded(value, &mut self.text);
        self.counted += 1;
        if let Some(last) = self.cells.last() {
            self.sorted &= (last.row, last.col) < (row, col);
        }
        self.cells.push(RawCell { row, col, kind, word });
        Ok(())
    }

    /// Remembers the fill colour of a cell, filled in or not.
    pub(super) fn fill(&mut self, row: u32, col: u32, fill: u32) {
        if (self.fills.len() as u64) < self.most_cells {
            self.fills.push([row, col, fill]);
        } else {
            self.colours_lost = true;
        }
    }

    /// The blocks of the sheet, all of them put away, and whether there were more coloured cells than a block may
    /// keep, so that some of them are not known.
    pub(super) fn finish(mut self) -> Result<(Vec<Extent>, bool), Refused> {
        self.put_away()?;
        Ok((self.done, self.colours_lost))
    }

    fn put_away(&mut self) -> Result<(), Refused> {
        let mut cells = std::mem::take(&mut self.cells);
        if !std::mem::replace(&mut self.sorted, true) {
            // A cell that is written twice keeps its last value, as in spreadsheet programs.
            cells.reverse();
            cells.sort_by_key(|cell| (cell.row, cell.col));
            cells.dedup_by_key(|cell| (cell.row, cell.col));
        }
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else { return Ok(()) };
        let (first, last) = (first.row, last.row);
        let mut fills = std::mem::take(&mut self.fills);
        fills.sort_unstable();
        fills.dedup_by_key(|[row, col, _]| (*row, *col));
        // A row may begin with a coloured empty cell: its colour belongs to the next block.
        self.fills = fills.split_off(fills.partition_point(|[row, ..]| *row <= last));
        let mut block = Block { text: std::mem::take(&mut self.text), fills, ..Block::default() };
        for (place, cell) in cells.iter().enumerate() {
            if block.rows.last() != Some(&cell.row) {
                block.rows.push(cell.row);
                block.starts.push(fits(place));
            }
        }
        block.cols = cells.iter().map(|cell| cell.col).collect();
        block.kinds = cells.iter().map(|cell| cell.kind).collect();
        block.words = cells.iter().map(|cell| cell.word).collect();
        let before = self.done.last().map_or(0, |done| done.before + done.rows);
        let (rows, filled, coloured) = (fits(block.rows.len()), fits(cells.len()), !block.fills.is_empty());
        let at = self.sink.put(block).map_err(|_| Refused::Disk)?;
        self.done.push(Extent { before, rows, first, last, cells: filled, coloured, at });
        cells.clear();
        self.cells = cells;
        Ok(())
    }
}

/// Sizes within a block are bounded by those of a sheet, which are below `u32::MAX`.
fn fits(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
