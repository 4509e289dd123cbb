//! The rows under a header: data, totals, headings between, the legend at the end.
//!
//! Comes in: a sheet, its table and what its columns are. Goes out: how many rows are data, and
//! patterns for rows that are none, made only of words that occur. A pattern that would fit a row of
//! data, or that holds a part of a name, is never proposed.

use std::collections::BTreeSet;

use termwise_config::mapping::MappingKind;
use termwise_config::pattern::Pattern;

use crate::workbook::{Row, Sheet, Value};

use super::cell::Cell;
use super::patterns::escape;
use super::roles::{Given, IDENTITY, Role, is_id};
use super::table::Table;
use super::vocabulary::{has_words, is_legend, is_total, plain};

/// First cells of data rows that are kept to try patterns on them.
const MOST_KEPT: usize = 20_000;

/// What the rows of a sheet are.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Rows of data.
    pub(super) data: u32,
    /// Rows like the header that come again.
    pub(super) headers_again: u32,
    /// Patterns for rows between or under the data that hold figures but nobody's.
    pub(super) skip: Vec<String>,
    /// Pattern for the row that ends the table.
    pub(super) stop: Option<String>,
    /// What stands under the table, the first few texts.
    pub(super) legend: Vec<String>,
}

struct Odd {
    first: String,
    values: bool,
    after: bool,
}

/// Looks at every row under the header. Without a kind, every row counts that is filled.
pub(super) fn look(sheet: &Sheet, table: &Table, given: &[Given], kind: Option<MappingKind>) -> Rows {
    if kind.is_none() {
        let data = sheet.rows().filter(|row| row.number >= table.data()).count();
        return Rows { data: u32::try_from(data).unwrap_or(u32::MAX), ..Rows::default() };
    }
    let (anonymous, roster) = (kind == Some(MappingKind::Survey), kind == Some(MappingKind::Roster));
    let cols = |wanted: &dyn Fn(&Role) -> bool| -> BTreeSet<u32> {
        given.iter().filter(|one| wanted(&one.role)).map(|one| one.col).collect()
    };
    let ids = cols(&|role| matches!(role, Role::Named("id" | "provincial-id")));
    let names = cols(&|role| matches!(role, Role::Named("name" | "family" | "given")));
    let results = if roster {
        cols(&|role| matches!(role, Role::Named("grade" | "school")))
    } else {
        cols(&|role| *role == Role::Results)
    };
    let header: BTreeSet<&str> = table.words.iter().flatten().map(String::as_str).collect();
    let mut found = Rows::default();
    let mut odd: Vec<Odd> = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    for row in sheet.rows().filter(|row| row.number >= table.data()) {
        let cells = cells(&row);
        let Some((_, first)) = cells.first() else { continue };
        let first = first.text();
        let at = |cols: &BTreeSet<u32>, what: &dyn Fn(&Cell) -> bool| {
            cells.iter().any(|(col, cell)| cols.contains(col) && what(cell))
        };
        let values = at(&results, &|_| true);
        if table.is_header_again(&cells) {
            found.headers_again += 1;
            continue;
        }
        let identified = if anonymous {
            values
        } else if ids.is_empty() {
            at(&names, &|cell| matches!(cell, Cell::Text(_)) && !is_no_name(&cell.text()))
        } else {
            at(&ids, &is_id) || (at(&names, &|_| true) && values)
        };
        if identified && !is_total(&first) && (values || !is_legend(&first)) {
            found.data += 1;
            odd.iter_mut().for_each(|row| row.after = false);
            if kept.len() < MOST_KEPT {
                kept.push(first);
            }
        } else if matches!(cells[0].1, Cell::Text(_)) {
            odd.push(Odd { first, values, after: true });
        }
    }
    patterns(&mut found, &odd, &kept, &header);
    found
}

fn cells(row: &Row) -> Vec<(u32, Cell)> {
    let filled = row.cells().filter(|(_, value)| !matches!(value, Value::Text(text) if text.trim().is_empty()));
    filled.map(|(col, value)| (col, Cell::of(value))).filter(|(_, cell)| !cell.text().is_empty()).collect()
}

/// Whether a text in a column of names names nobody: “Grade 3 at or above level”.
fn is_no_name(text: &str) -> bool {
    let text = plain(text);
    let words =
        ["above", "below", "level", "students", "average", "total", "percent", "benchmark", "eleves", "moyenne"];
    text.contains(' ') && words.iter().any(|word| has_words(&text, word))
}

/// Patterns for what is no data: the first row under the table that holds no result ends it.
fn patterns(found: &mut Rows, odd: &[Odd], kept: &[String], header: &BTreeSet<&str>) {
    let end = odd.iter().position(|row| row.after && !row.values && !is_total(&row.first));
    let sound = |pattern: &str| {
        Pattern::new(pattern)
            .is_ok_and(|p| !kept.iter().any(|row| p.matches(row)) && !header.iter().any(|h| p.matches(h)))
    };
    let between = odd
        .iter()
        .enumerate()
        .filter(|(place, row)| end.is_none_or(|end| *place < end) && (row.values || is_total(&row.first)));
    for (_, row) in between {
        if found.skip.iter().any(|known| Pattern::new(known).is_ok_and(|p| p.matches(&row.first))) {
            continue;
        }
        if let Some(pattern) = candidates(&row.first).into_iter().find(|pattern| sound(pattern)) {
            found.skip.push(pattern);
        }
    }
    if let Some(end) = end {
        let earlier =
            |pattern: &str| Pattern::new(pattern).is_ok_and(|p| odd[..end].iter().any(|row| p.matches(&row.first)));
        found.stop = candidates(&odd[end].first).into_iter().find(|pattern| sound(pattern) && !earlier(pattern));
        found.legend = odd[end..].iter().take(12).map(|row| row.first.clone()).collect();
    }
}

/// Patterns for a text, the shortest first: its first word, its first two, the whole.
fn candidates(text: &str) -> Vec<String> {
    let safe = escape(text);
    let words: Vec<&str> = safe.split(' ').collect();
    let short = |n: usize| -> Option<String> {
        let part = words.get(..n)?.join(" ");
        let part = part.trim_end_matches([':', ',', ';', '.', '=', '-']).to_owned();
        (part.chars().filter(|c| c.is_alphanumeric() || *c == '#').count() >= if n == 1 { 3 } else { 2 })
            .then(|| format!("{part}*"))
    };
    [short(1), short(2), short(3), Some(safe.clone()).filter(|whole| whole.len() < 60)].into_iter().flatten().collect()
}

/// Words of the names on a sheet, to keep them out of everything that is shown.
pub(super) fn name_words(table: &Table, given: &[Given]) -> BTreeSet<String> {
    let identity = given.iter().filter(|one| matches!(one.role, Role::Named(role) if IDENTITY.contains(&role)));
    identity
        .filter_map(|one| table.column(one.col))
        .flat_map(|column| column.values.seen.keys())
        .flat_map(|name| plain(name).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| word.chars().count() >= 3)
        .collect()
}

/// Whether a text holds a word of a name.
pub(super) fn names_somebody(text: &str, names: &BTreeSet<String>) -> bool {
    plain(text).split(' ').any(|word| names.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::known::Known;

    fn rows(lines: &[&str]) -> Rows {
        let sheet = Sheet::from_lines("s", lines);
        let known = Known { project: None };
        let table = crate::inspect::table::find(&sheet, &known).expect("a table");
        let mut given = crate::inspect::roles::assign(&table, &known);
        for one in given.iter_mut().filter(|one| one.role == Role::Candidate) {
            one.role = Role::Results;
        }
        look(&sheet, &table, &given, Some(MappingKind::Assessment))
    }

    #[test]
    fn totals_are_skipped_and_a_legend_ends_the_table() {
        let found = rows(&[
            "Student #|Student|Nov|Mar",
            "12|Alder, Ann|B|C",
            "13|Birch, Bo|C|D",
            "# at or above|| 1|2",
            "Student #|Student|Nov|Mar",
            "14|Cedar, Cy|C|D",
            "Average||2|2",
            "Legend",
            "ABS = absent",
        ]);
        assert_eq!((found.data, found.headers_again), (3, 1));
        assert_eq!(found.skip, ["# at*", "Average*"]);
        assert_eq!(found.stop.as_deref(), Some("Legend*"));
    }

    #[test]
    fn a_pattern_never_fits_a_row_of_data() {
        let found = rows(&["Student|Gr|Nov", "Grade, Ann|3|B", "Gra, Bo|3|C", "Grade 3 at level||2"]);
        assert_eq!(found.skip, ["Grade 3*"]);
        assert_eq!(found.data, 2);
    }
}
