//! Some rows of a sheet, as they lie in memory and in a spool.
//!
//! Comes in: cells in the order of their rows. Goes out: a [`Block`] of plain columns, which is written as it lies and
//! read back by the same program.

use serde::{Deserialize, Serialize};

use super::model::Value;

/// Which rows of its sheet a block holds, and where it lies in the spool.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Extent {
    /// How many filled rows stand before it.
    pub(super) before: u32,
    /// How many rows it holds.
    pub(super) rows: u32,
    /// Number of its first and of its last row.
    pub(super) first: u32,
    pub(super) last: u32,
    /// How many filled cells it holds.
    pub(super) cells: u32,
    /// Whether any cell of it is coloured.
    pub(super) coloured: bool,
    /// Where it lies in the spool.
    pub(super) at: (u64, u64),
}

/// Some rows of a sheet, column by column of what is known of each cell.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Number of each row, and where its cells begin.
    pub(super) rows: Vec<u32>,
    pub(super) starts: Vec<u32>,
    /// Column, kind and value of each cell.
    pub(super) cols: Vec<u32>,
    pub(super) kinds: Vec<u8>,
    pub(super) words: Vec<u64>,
    // All text of the block end to end: one allocation instead of one per cell.
    pub(super) text: String,
    /// Coloured cells, filled or not: row, column and number of the fill.
    pub(super) fills: Vec<[u32; 3]>,
}

const NUMBER: u8 = 0;
const DATE: u8 = 1;
const TEXT: u8 = 2;
const BOOL: u8 = 3;
const ERROR: u8 = 4;
const PERCENT: u8 = 5;

impl Block {
    /// The value of the `at`-th cell.
    pub(super) fn seen(&self, at: usize) -> Value<'_> {
        let word = self.words[at];
        match self.kinds[at] {
            NUMBER => Value::Number(f64::from_bits(word)),
            PERCENT => Value::Percent(f64::from_bits(word)),
            DATE => Value::Date(f64::from_bits(word)),
            BOOL => Value::Bool(word != 0),
            TEXT => Value::Text(&self.text[text_range(word)]),
            _ => Value::Error(ERRORS[word as usize]),
        }
    }

    /// The number of the `index`-th row, and where its cells begin and end.
    pub(super) fn row(&self, index: usize) -> Option<(u32, usize, usize)> {
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
        block.is_sound().then_some(block)
    }

    /// Whether every row and every cell can be read back. A spool that was damaged on the disk must neither stop
    /// the run nor turn a cell into another one.
    fn is_sound(&self) -> bool {
        let cells = self.cols.len();
        let equal = cells == self.kinds.len() && cells == self.words.len() && self.rows.len() == self.starts.len();
        let begun = self.starts.first().copied().unwrap_or(0) == 0;
        equal
            && begun
            && self.starts.is_sorted()
            && self.starts.last().is_none_or(|last| *last as usize <= cells)
            && self.kinds.iter().zip(&self.words).all(|(kind, word)| match *kind {
                TEXT => self.text.get(text_range(*word)).is_some(),
                ERROR => *word < ERRORS.len() as u64,
                kind => kind <= PERCENT,
            })
    }
}

fn collected<T: bytemuck::Pod>(bytes: &[u8]) -> Option<Vec<T>> {
    bytes.len().is_multiple_of(size_of::<T>()).then(|| bytemuck::pod_collect_to_vec(bytes))
}

impl Extent {
    /// Whether the `index`-th filled row of the sheet stands in it.
    pub(super) fn holds(&self, index: u32) -> bool {
        (self.before..self.before + self.rows).contains(&index)
    }
}

const ERRORS: [&str; 9] =
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA", "#ERROR!"];

/// The kind of a value and the number that stands for it; text is added to the text of its block, which is shorter
/// than 4 GiB.
pub(super) fn coded(value: Value<'_>, all: &mut String) -> (u8, u64) {
    match value {
        Value::Number(number) => (NUMBER, number.to_bits()),
        Value::Percent(share) => (PERCENT, share.to_bits()),
        Value::Date(serial) => (DATE, serial.to_bits()),
        Value::Bool(yes) => (BOOL, u64::from(yes)),
        Value::Error(word) => (ERROR, error_place(word)),
        Value::Text(text) => {
            let start = all.len() as u64;
            all.push_str(text);
            (TEXT, start << 32 | text.len() as u64)
        }
    }
}

/// Where in the text of its block a cell's text stands.
fn text_range(word: u64) -> std::ops::Range<usize> {
    let (start, len) = ((word >> 32) as usize, (word & 0xffff_ffff) as usize);
    start..start + len
}

fn error_place(word: &str) -> u64 {
    ERRORS.iter().position(|known| *known == word).unwrap_or(ERRORS.len() - 1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        let mut block = Block { rows: vec![3, 7], starts: vec![0, 2], cols: vec![0, 4, 1], ..Block::default() };
        for value in [Value::Text("É"), Value::Error("#REF!"), Value::Percent(0.5)] {
            let (kind, word) = coded(value, &mut block.text);
            block.kinds.push(kind);
            block.words.push(word);
        }
        block
    }

    #[test]
    fn a_block_comes_back_from_its_bytes() {
        let found = Block::from_bytes(&block().bytes()).expect("a block");
        let cells: Vec<Value<'_>> = (0..3).map(|at| found.seen(at)).collect();
        assert_eq!(cells, [Value::Text("É"), Value::Error("#REF!"), Value::Percent(0.5)]);
        assert_eq!((found.row(0), found.row(1), found.row(2)), (Some((3, 0, 2)), Some((7, 2, 3)), None));
    }

    /// What a damaged disk may give back: a block is refused whole, so that no cell of it becomes empty or another.
    #[test]
    fn damaged_blocks_are_refused() {
        let damages: [fn(&mut Block); 8] = [
            |block| block.starts[0] = 1,
            |block| block.starts[1] = 4,
            |block| block.starts.swap(0, 1),
            |block| block.words[0] = 1 << 32 | 1,
            |block| block.words[0] = 3,
            |block| block.words[1] = 9,
            |block| block.kinds[2] = 6,
            |block| block.cols.truncate(2),
        ];
        for (number, damage) in damages.iter().enumerate() {
            let mut block = block();
            damage(&mut block);
            assert!(Block::from_bytes(&block.bytes()).is_none(), "damage {number}");
        }
        let bytes = block().bytes();
        assert!((0..bytes.len()).all(|len| Block::from_bytes(&bytes[..len]).is_none()));
    }
}
