//! A sheet: its filled cells, block by block.
//!
//! Comes in: cells in the order of the file. Goes out: a [`Sheet`] whose rows are read from the top
//! or by their number. Only one block is in memory at a time when the cells lie in a spool, so a long
//! sheet needs no more memory than a short one.

use std::cell::{Cell as Flag, RefCell};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use termwise_config::ReadingLimits;

use super::spool::{Sink, Spool};

/// Cells after which a block ends at the next row.
const BLOCK: usize = 1 << 14;

/// The value of a filled cell. Numbers that are shown as dates are dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A number.
    Number(f64),
    /// A share that is shown as a percentage: 79 % is 0.79 (xlsx and xlsm; the other formats do not tell
    /// how a number is shown).
    Percent(f64),
    /// Text, never empty.
    Text(&'a str),
    /// True or false.
    Bool(bool),
    /// A date or time as a serial number of the 1900 system; see [`super::day`].
    Date(f64),
    /// An error, as in `#N/A`.
    Error(&'static str),
}

/// A rectangle of merged cells, zero-based, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// Last row.
    pub bottom: u32,
    /// First column.
    pub left: u32,
    /// Last column.
    pub right: u32,
}

/// What a sheet is, beside its cells; see [`Sheet`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) hidden: bool,
    pub(super) merges: Option<Vec<Merge>>,
    pub(super) comments: Vec<(u32, u32)>,
}

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
    blocks: Vec<Place>,
    spool: Spool,
    // The block that was asked for last.
    open: RefCell<Option<(usize, Arc<Block>)>>,
    broken: Flag<bool>,
}

/// Where a block is, and which rows it holds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Place {
    /// How many filled rows stand before it.
    before: u32,
    /// How many rows it holds.
    rows: u32,
    /// Number of its first and of its last row.
    first: u32,
    last: u32,
    /// How many filled cells it holds.
    cells: u32,
    /// Whether any cell of it is coloured.
    coloured: bool,
    /// Where it lies in the spool.
    at: (u64, u64),
}

/// Some rows of a sheet, column by column of what is known of each cell.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Number of each row, and where its cells begin.
    rows: Vec<u32>,
    starts: Vec<u32>,
    /// Column, kind and value of each cell.
    cols: Vec<u32>,
    kinds: Vec<u8>,
    words: Vec<u64>,
    // All text of the block end to end: one allocation instead of one per cell.
    text: String,
    /// Coloured cells, filled or not: row, column and number of the fill.
    fills: Vec<[u32; 3]>,
}

/// A cell on its way into a block.
#[derive(Debug, Clone, Copy)]
struct Cell {
    row: u32,
    col: u32,
    kind: u8,
    word: u64,
}

const NUMBER: u8 = 0;
const DATE: u8 = 1;
const TEXT: u8 = 2;
const BOOL: u8 = 3;
const ERROR: u8 = 4;
const PERCENT: u8 = 5;

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

impl Block {
    fn seen(&self, at: usize) -> Value<'_> {
        let word = self.words[at];
        match self.kinds[at] {
            NUMBER => Value::Number(f64::from_bits(word)),
            PERCENT => Value::Percent(f64::from_bits(word)),
            DATE => Value::Date(f64::from_bits(word)),
            BOOL => Value::Bool(word != 0),
            TEXT => {
                let (start, len) = ((word >> 32) as usize, (word & 0xffff_ffff) as usize);
                // A spool that was damaged on the disk must not stop the run.
                Value::Text(self.text.get(start..start + len).unwrap_or_default())
            }
            _ => Value::Error(ERRORS[(word as usize).min(ERRORS.len() - 1)]),
        }
    }

    fn row(&self, index: usize) -> Option<(u32, usize, usize)> {
        let number = *self.rows.get(index)?;
        let start = *self.starts.get(index)? as usize;
        let end = self.starts.get(index + 1).map_or(self.cols.len(), |next| *next as usize);
        (start <= end && end <= self.cols.len()).then_some((number, start, end))
    }

    /// The block as bytes, to be read back by the same program.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let parts: [&[u8]; 7] = [
            bytemuck::cast_slice(&self.rows),
            bytemuck::cast_slice(&self.starts),
            bytemuck::cast_slice(&self.cols),
            &self.kinds,
            bytemuck::cast_slice(&self.words),
            self.text.as_bytes(),
            bytemuck::cast_slice(&self.fills),
        ];
        let mut bytes: Vec<u8> = parts.iter().flat_map(|part| (part.len() as u64).to_le_bytes()).collect();
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }

    /// The block that [`Block::bytes`] wrote; nothing if the bytes are none.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (lengths, mut rest) = bytes.split_at_checked(7 * 8)?;
        let mut parts = lengths.chunks_exact(8).map(|length| {
            let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
            let (part, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(part)
        });
        let mut next = || parts.next().flatten();
        let block = Self {
            rows: collected(next()?)?,
            starts: collected(next()?)?,
            cols: collected(next()?)?,
            kinds: next()?.to_vec(),
            words: collected(next()?)?,
            text: String::from_utf8(next()?.to_vec()).ok()?,
            fills: collected(next()?)?,
        };
        let cells = block.cols.len();
        (cells == block.kinds.len() && cells == block.words.len() && block.rows.len() == block.starts.len())
            .then_some(block)
    }
}

fn collected<T: bytemuck::Pod>(bytes: &[u8]) -> Option<Vec<T>> {
    bytes.len().is_multiple_of(size_of::<T>()).then(|| bytemuck::pod_collect_to_vec(bytes))
}

impl Sheet {
    pub(super) fn new(about: About, blocks: Vec<Place>, spool: Spool) -> Self {
        let About { name, hidden, merges, comments } = about;
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
        let blocks = builder.finish().unwrap_or_default();
        Self::new(About { name: name.to_owned(), ..About::default() }, blocks, sink.into_spool())
    }
}

impl Place {
    fn holds(&self, index: u32) -> bool {
        (self.before..self.before + self.rows).contains(&index)
    }
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
    cells: Vec<Cell>,
    text: String,
    fills: Vec<[u32; 3]>,
    done: Vec<Place>,
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
        let (kind, word) = match value {
            Value::Number(number) => (NUMBER, number.to_bits()),
            Value::Percent(share) => (PERCENT, share.to_bits()),
            Value::Date(serial) => (DATE, serial.to_bits()),
            Value::Bool(yes) => (BOOL, u64::from(yes)),
            Value::Error(word) => (ERROR, error_place(word)),
            Value::Text(text) => {
                if self.written + text.len() as u64 > self.most_text {
                    return Err(Refused::Text(self.most_text));
                }
                self.written += text.len() as u64;
                let start = self.text.len() as u64;
                self.text.push_str(text);
                (TEXT, start << 32 | text.len() as u64)
            }
        };
        self.counted += 1;
        if let Some(last) = self.cells.last() {
            self.sorted &= (last.row, last.col) < (row, col);
        }
        self.cells.push(Cell { row, col, kind, word });
        Ok(())
    }

    /// Remembers the fill colour of a cell, filled in or not.
    pub(super) fn fill(&mut self, row: u32, col: u32, fill: u32) {
        // Past the bound of cells a colour says nothing new.
        if (self.fills.len() as u64) < self.most_cells {
            self.fills.push([row, col, fill]);
        }
    }

    /// The blocks of the sheet, all of them put away.
    pub(super) fn finish(mut self) -> Result<Vec<Place>, Refused> {
        self.put_away()?;
        Ok(self.done)
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
        self.done.push(Place { before, rows, first, last, cells: filled, coloured, at });
        cells.clear();
        self.cells = cells;
        Ok(())
    }
}

/// Sizes within a block are bounded by those of a sheet, which are below `u32::MAX`.
fn fits(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

const ERRORS: [&str; 9] =
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA", "#ERROR!"];

fn error_place(word: &str) -> u64 {
    ERRORS.iter().position(|known| *known == word).unwrap_or(ERRORS.len() - 1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sheet(limits: &ReadingLimits, cells: &[(u32, u32, Value<'_>)]) -> Result<Sheet, Refused> {
        let mut sink = Sink::default();
        let mut builder = Builder::new(&mut sink, limits);
        for (row, col, value) in cells {
            builder.push(*row, *col, *value)?;
        }
        let blocks = builder.finish()?;
        Ok(Sheet::new(About::default(), blocks, sink.into_spool()))
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
        let sheet = Sheet::new(About::default(), builder.finish().expect("put away"), sink.into_spool());
        assert!(sheet.blocks.len() > 1);
        assert!(sheet.rows().all(|row| row.fill(0) == 7 && row.fill(1) == 0));
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
