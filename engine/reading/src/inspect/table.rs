//! Where the table of a sheet is: its header block, the explanations under it, its columns.
//!
//! Comes in: a sheet. Goes out: a [`Table`] with one [`Column`] per headed or filled column, or
//! nothing if no row could be a header. A row with figures is never taken for a header, so a list
//! without headings stays unread rather than having its first student become one.

use std::collections::{BTreeMap, BTreeSet};

use crate::dataset::header;
use crate::workbook::{Merge, Sheet};

use super::cell::{Cell, Column};
use super::explanations;
use super::known::Known;
use super::top::Top;
use super::vocabulary;

/// Rows from the top in which a header is looked for; a mapping looks at 25 unless told otherwise.
const TOP: u32 = 60;
/// Rows a header block may have.
const MOST_ROWS: u32 = 3;
/// Longest text of a heading that stands over several columns.
const LONGEST_GROUP: usize = 60;

/// A table found on a sheet.
#[derive(Debug)]
pub(super) struct Table {
    /// First row of the header block, zero-based.
    pub(super) first: u32,
    pub(super) header_rows: u32,
    pub(super) explanation_rows: u32,
    /// Every column of the table, left to right, also those without a heading.
    pub(super) columns: Vec<Column>,
    /// The words of the header block by row, as written.
    pub(super) words: Vec<Vec<String>>,
    /// What stands above the header: address of the cell and its text.
    pub(super) notes: Vec<((u32, u32), String)>,
    /// Columns between others that are empty.
    pub(super) spacers: usize,
}

impl Table {
    /// First row of data.
    pub(super) fn data(&self) -> u32 {
        self.first + self.header_rows + self.explanation_rows
    }

    /// Whether a row repeats the header.
    pub(super) fn is_header_again(&self, cells: &[(u32, Cell)]) -> bool {
        let header = |text: &String| self.words.iter().flatten().any(|word| word == text);
        let again = cells.iter().filter(|(_, cell)| header(&cell.text())).count();
        cells.len() > 1 && again * 3 >= cells.len() * 2
    }

    pub(super) fn column(&self, col: u32) -> Option<&Column> {
        self.columns.iter().find(|column| column.col == col)
    }
}

/// Finds the table of a sheet and counts what its columns hold.
pub(super) fn find(sheet: &Sheet, known: &Known<'_>) -> Option<Table> {
    let top: Vec<Top> = sheet.rows().take_while(|row| row.number < TOP).map(|row| Top::of(&row)).collect();
    let main = main_row(&top, known)?;
    let merges = sheet.merges.as_deref().unwrap_or_default();
    let (first, last) = block(&top, main, merges, known);
    let header_rows = top[last].number - top[first].number + 1;
    let first_row = top[first].number;
    let paths = header::paths(sheet, first_row, header_rows);
    let mut table = Table {
        first: first_row,
        header_rows,
        explanation_rows: 0,
        columns: Vec::new(),
        words: words(&top[first..=last]),
        notes: notes(&top[..first]),
        spacers: 0,
    };
    table.explanation_rows = explanations::count(sheet, table.data(), paths.keys().next().copied().unwrap_or(0));
    table.columns = columns(sheet, &table, paths);
    table.spacers = spacers(&table.columns);
    Some(table)
}

/// The row that says most of what headers say; without any known word, the first row of words that
/// is as wide as what stands under it.
fn main_row(top: &[Top], known: &Known<'_>) -> Option<usize> {
    let wide = |row: &Top| row.words() >= 2;
    let best = top.iter().filter(|row| row.could_head() && wide(row)).map(|row| row.known(known)).max().unwrap_or(0);
    if best >= 3 {
        return top.iter().position(|row| row.could_head() && wide(row) && row.known(known) == best);
    }
    top.iter().enumerate().position(|(place, row)| {
        let below = &top[(place + 1)..(place + 6).min(top.len())];
        let width = below.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let figures = below.iter().any(|row| !row.could_head());
        let enough = row.cells.len() * 3 >= width * 2 && (wide(row) || width == 1);
        row.could_head() && !below.is_empty() && enough && (figures || wide(row))
    })
}

/// The first and the last row (places in `top`) of the block around the main row.
fn block(top: &[Top], main: usize, merges: &[Merge], known: &Known<'_>) -> (usize, usize) {
    let (mut first, mut last) = (main, main);
    let rows = |first: usize, last: usize| top[last].number - top[first].number + 1;
    while last + 1 < top.len() && rows(first, last + 1) <= MOST_ROWS && continues(top, first, last, merges) {
        last += 1;
    }
    while first > 0 && rows(first - 1, last) <= MOST_ROWS && groups(top, first - 1, last, merges, known) {
        first -= 1;
    }
    (first, last)
}

/// Whether the row under the block belongs to it: cells merged down reach it, or it names columns
/// that the block leaves without a name of their own while its first column stays blank.
fn continues(top: &[Top], first: usize, last: usize, merges: &[Merge]) -> bool {
    let (above, next) = (&top[last], &top[last + 1]);
    if next.number != above.number + 1 || !next.could_head() {
        return false;
    }
    let block = top[first].number..=above.number;
    let reaches = |m: &Merge| block.contains(&m.top) && m.bottom >= next.number && m.left == m.right;
    if merges.iter().any(reaches) {
        return true;
    }
    let start = above.cells.keys().next().copied().unwrap_or(0);
    let names = next.cells.keys().any(|col| !above.cells.contains_key(col) && *col > start);
    names && !next.cells.contains_key(&start)
}

/// Whether a row above the block holds headings over several columns, and is no title or note.
fn groups(top: &[Top], upper: usize, last: usize, merges: &[Merge], known: &Known<'_>) -> bool {
    let (row, below) = (&top[upper], &top[upper + 1]);
    let short = row.cells.values().all(|cell| cell.text().chars().count() <= LONGEST_GROUP);
    if row.number + 1 != below.number || !row.could_head() || !short {
        return false;
    }
    // The rows under the block show how wide the table is: headings may leave its first columns blank.
    let end = (last + 6).min(top.len() - 1);
    let columns: BTreeSet<u32> = top[upper + 1..=end].iter().flat_map(|row| row.cells.keys().copied()).collect();
    let (Some(left), Some(right)) = (columns.first(), columns.last()) else { return false };
    if !row.cells.keys().all(|col| (left..=right).contains(&col)) {
        return false;
    }
    // A title is merged over the whole table, or stands alone at its left edge.
    let across = |m: &&Merge| m.top == row.number && m.right > m.left && (m.left > *left || m.right < *right);
    if merges.iter().any(|m| across(&m)) && (row.cells.len() > 1 || !row.cells.contains_key(left)) {
        return true;
    }
    let period = |cell: &Cell| {
        let text = cell.text();
        known.period(&text).is_some() || vocabulary::grade(&text).is_some() || known.measure(&text).is_some()
    };
    let named: Vec<String> = below.cells.values().map(Cell::text).collect();
    let repeated = named.iter().collect::<BTreeSet<_>>().len() < named.len();
    let alone = row.cells.len() == 1 && row.cells.contains_key(left);
    !alone && (row.cells.values().any(period) || (repeated && row.cells.len() > 1))
}

fn columns(sheet: &Sheet, table: &Table, paths: BTreeMap<u32, String>) -> Vec<Column> {
    let mut columns: BTreeMap<u32, Column> =
        paths.into_iter().map(|(col, path)| (col, Column { col, path, ..Column::default() })).collect();
    let headed = columns.len();
    let (mut before, mut tail) = (table.data(), false);
    for row in sheet.rows().filter(|row| row.number >= table.data()) {
        let cells: Vec<(u32, Cell)> = row.cells().map(|(col, value)| (col, Cell::of(value))).collect();
        let first = cells.first().map(|(_, cell)| cell.text()).unwrap_or_default();
        // Titles between the rows, totals, legends and the header itself would blur what columns hold.
        let apart = row.number > before + 1 || tail;
        before = row.number;
        tail = apart && cells.len() <= 2 && headed > 3;
        if (cells.len() == 1 && headed > 2) || tail || vocabulary::is_total(&first) || table.is_header_again(&cells) {
            continue;
        }
        if cells.len() == 2 && headed > 2 && vocabulary::is_legend(&first) {
            break;
        }
        for (col, cell) in cells {
            let column = columns.entry(col).or_insert_with(|| Column { col, ..Column::default() });
            column.values.add(cell);
        }
    }
    columns.into_values().filter(|column| !column.path.is_empty() || column.values.total() > 0).collect()
}

fn spacers(columns: &[Column]) -> usize {
    columns.windows(2).map(|two| (two[1].col - two[0].col - 1) as usize).sum()
}

fn words(block: &[Top]) -> Vec<Vec<String>> {
    block.iter().map(|row| row.cells.values().map(Cell::text).collect()).collect()
}

fn notes(above: &[Top]) -> Vec<((u32, u32), String)> {
    above.iter().flat_map(|row| row.cells.iter().map(|(col, cell)| ((row.number, *col), cell.text()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Option<(u32, u32, u32, Vec<String>)> {
        let table = find(&Sheet::from_lines("s", lines), &Known { project: None })?;
        let paths = table.columns.iter().map(|column| column.path.clone()).collect();
        Some((table.first, table.header_rows, table.explanation_rows, paths))
    }

    #[test]
    fn a_header_of_two_rows_stands_under_notes_and_over_an_explanation() {
        let lines = [
            "Reading levels 2025-26",
            "",
            "||November||March|",
            "Student #|Student|English|Ukrainian|English|Ukrainian",
            "|Last, First|level A–Z|level A–Z|level A–Z|level A–Z",
            "12|Alder, Ann|B||C|",
            "13|Birch, Bo|C||D|",
            "14|Cedar, Cy|C|A|D|B",
            "15|Dogwood, Di|C|A|D|B",
            "16|Elm, Em|C|A|D|B",
        ];
        let (first, rows, explanations, paths) = found(&lines).expect("a table");
        assert_eq!((first, rows, explanations), (2, 2, 1));
        assert_eq!(paths[2..4], ["November / English", "November / Ukrainian"]);
    }

    #[test]
    fn the_names_of_columns_may_stand_under_a_row_that_names_some() {
        let lines = ["Student #|Student|November||March|", "||A|B|A|B", "12|Alder, Ann|1|2|3|4"];
        let (first, rows, _, paths) = found(&lines).expect("a table");
        assert_eq!((first, rows), (0, 2));
        assert_eq!(paths[5], "March / B");
    }

    #[test]
    fn a_list_without_headings_has_no_header() {
        assert_eq!(found(&["038043|Abernethy, Mila|K|B", "038044|Birch, Bo|K|C"]), None);
    }
}
