//! Where a table's header is, and which column means what.
//!
//! Comes in: a sheet and a plan. Goes out: a [`Header`] with the path of every column (`March /
//! Level`) and a [`Layout`] of columns by role, or problems that name the nearest headers. Headers
//! are found by their words, never by a fixed row.

use std::collections::{BTreeMap, BTreeSet};

use termwise_base::problem::{Place, Problem, nearest};
use termwise_config::mapping::{Facts, MappingKind};
use termwise_config::pattern::{Pattern, Prepared, fold, prepare};

use crate::workbook::{Sheet, Value};

use super::plan::{Plan, list, plain};
use super::words;

/// Columns a header may have; a sheet of a spreadsheet program does not have more.
const MOST_COLUMNS: u32 = 16_384;

/// A header block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// First row of the block.
    pub(super) first: u32,
    /// First row under the block and its explanations.
    pub(super) after: u32,
    /// Column → path of its header.
    pub(super) paths: BTreeMap<u32, String>,
    /// What the leftmost cell of the first row says, to notice when the block comes again.
    pub(super) marker: String,
}

/// A column with results.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ValueColumn {
    pub(super) col: u32,
    /// Facts that its header and its mapping tell.
    pub(super) facts: Facts,
    /// Whether its pattern has letters of its own, so that every capture must make sense.
    pub(super) meant: bool,
    /// Place among the mapping's columns of results.
    pub(super) value: usize,
}

/// Columns by what they mean.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Layout {
    pub(super) roles: BTreeMap<String, u32>,
    pub(super) values: Vec<ValueColumn>,
}

/// The first header block that starts in rows `from..from + within`.
pub(super) fn find(sheet: &Sheet, plan: &Plan<'_>, from: u32, within: u32) -> Option<Header> {
    let rows = plan.mapping.header_rows;
    let fits = |start: u32| holds_all(sheet, plan, start);
    let mut start = (from..from.saturating_add(within)).find(|start| fits(*start))?;
    // A title above an upper header that holds all the words would count as its first row.
    while rows > 1 && is_title(sheet, plan, start) && fits(start + 1) {
        start += 1;
    }
    Some(read(sheet, plan, start))
}

/// Whether the block that starts here holds all the words.
pub(super) fn holds_all(sheet: &Sheet, plan: &Plan<'_>, start: u32) -> bool {
    let texts = block_texts(sheet, start, plan.mapping.header_rows);
    !texts.is_empty() && plan.mapping.header_find.iter().all(|word| texts.iter().any(|text| word.fits(text)))
}

fn block_texts(sheet: &Sheet, start: u32, rows: u32) -> Vec<Prepared> {
    (start..start.saturating_add(rows))
        .filter_map(|number| sheet.at(number))
        .flat_map(|row| {
            let texts =
                row.cells().filter_map(|(_, v)| if let Value::Text(text) = v { Some(prepare(text)) } else { None });
            texts.collect::<Vec<_>>()
        })
        .collect()
}

fn is_title(sheet: &Sheet, plan: &Plan<'_>, number: u32) -> bool {
    let texts = block_texts(sheet, number, 1);
    texts.len() <= 1 && !plan.mapping.header_find.iter().any(|word| texts.iter().any(|text| word.fits(text)))
}

/// Reads the block that starts at a row.
fn read(sheet: &Sheet, plan: &Plan<'_>, first: u32) -> Header {
    let rows = plan.mapping.header_rows;
    let paths = paths(sheet, first, rows);
    let marker = sheet.row(sheet.place_of(first)).and_then(|row| row.first().map(|(_, value)| header_text(value)));
    Header { first, after: first + rows + plan.mapping.explanation_rows, paths, marker: marker.unwrap_or_default() }
}

/// The path of every headed column of the block of `rows` rows that starts at `first`.
pub(crate) fn paths(sheet: &Sheet, first: u32, rows: u32) -> BTreeMap<u32, String> {
    let last = first + rows - 1;
    let mut grid: Vec<BTreeMap<u32, String>> = vec![BTreeMap::new(); rows as usize];
    for (offset, cells) in (0..rows).zip(&mut grid) {
        let number = first + offset;
        if let Some(row) = sheet.at(number) {
            cells.extend(
                row.cells().filter(|(col, _)| *col < MOST_COLUMNS).map(|(col, value)| (col, header_text(value))),
            );
        }
    }
    let mut merged = false;
    for merge in sheet.merges.iter().flatten().filter(|m| m.bottom >= first && m.top <= last && m.left < MOST_COLUMNS) {
        merged |= merge.right > merge.left;
        let Some(text) = sheet.at(merge.top).and_then(|row| row.get(merge.left).map(header_text)) else { continue };
        for row in merge.top.max(first)..=merge.bottom.min(last) {
            for col in merge.left..=merge.right.min(MOST_COLUMNS) {
                grid[(row - first) as usize].insert(col, text.clone());
            }
        }
    }
    if !merged {
        fill_across(&mut grid);
    }
    let columns: BTreeSet<u32> = grid.iter().flat_map(|cells| cells.keys().copied()).collect();
    columns
        .into_iter()
        .map(|col| {
            let mut parts: Vec<&str> = grid.iter().filter_map(|cells| cells.get(&col).map(String::as_str)).collect();
            parts.retain(|part| !part.is_empty());
            parts.dedup();
            (col, parts.join(" / "))
        })
        .filter(|(_, path)| !path.is_empty())
        .collect()
}

fn header_text(value: Value<'_>) -> String {
    words::text(value).into_owned()
}

/// Where a format does not tell merged cells, a heading is taken to reach over the headed columns to
/// its right, up to the next heading or gap. A heading with nothing under it stands for itself.
fn fill_across(grid: &mut [BTreeMap<u32, String>]) {
    for upper in 0..grid.len().saturating_sub(1) {
        let (above, below) = grid.split_at_mut(upper + 1);
        let headed: BTreeSet<u32> = below.iter().flat_map(|cells| cells.keys().copied()).collect();
        let cells = &mut above[upper];
        let end = headed.iter().chain(cells.keys()).copied().max().unwrap_or(0);
        let mut group: Option<String> = None;
        for col in 0..=end {
            match (cells.get(&col), headed.contains(&col)) {
                (Some(text), true) => group = Some(text.clone()),
                (None, true) => {
                    if let Some(text) = &group {
                        cells.insert(col, text.clone());
                    }
                }
                (_, false) => group = None,
            }
        }
    }
}

impl Header {
    /// Where in the block a word of a column's header stands: in its own cell, or in one to its left
    /// that reaches over it.
    pub(super) fn cell_of(&self, sheet: &Sheet, plan: &Plan<'_>, col: u32, word: &str) -> (u32, u32) {
        let rows = self.first..self.first + plan.mapping.header_rows;
        let cells = rows.clone().filter_map(|number| sheet.at(number)).flat_map(|row| {
            let fits = |value: Value<'_>| fold(&header_text(value)).contains(word);
            let found = row.cells().filter(|(at, value)| *at <= col && fits(*value)).map(|(at, _)| at).last();
            found.map(|at| (at, row.number))
        });
        match cells.max() {
            Some((at, number)) if !word.is_empty() => (number, at),
            _ => (rows.end.saturating_sub(1), col),
        }
    }

    /// A problem if the block has a column that is not read.
    pub(super) fn too_wide(&self, sheet: &Sheet, plan: &Plan<'_>, place: &Place) -> Option<Problem> {
        let rows = (self.first..self.first + plan.mapping.header_rows).filter_map(|number| sheet.at(number));
        let (number, col) = rows
            .filter_map(|row| row.cells().find(|(col, _)| *col >= MOST_COLUMNS).map(|(col, _)| (row.number, col)))
            .next()?;
        Some(
            Problem::warning("The columns from this one on are not read: they are more than a table may have.")
                .at(place.clone().cell(number, col))
                .expected(format!("at most {MOST_COLUMNS} columns"))
                .hint("Delete the columns that are not needed, or split the table."),
        )
    }

    /// Which column means what. Columns with a role carry no results.
    pub(super) fn layout(&self, plan: &Plan<'_>) -> Layout {
        let prepared: Vec<(u32, Prepared, Prepared)> = self
            .paths
            .iter()
            .map(|(col, path)| {
                let last = path.rsplit(" / ").next().unwrap_or(path);
                (*col, prepare(path), prepare(last))
            })
            .collect();
        let mut layout = Layout::default();
        for (role, patterns) in &plan.mapping.columns {
            let found = patterns.iter().find_map(|p| {
                prepared.iter().find(|(_, path, last)| p.fits(path) || p.fits(last)).map(|(col, ..)| *col)
            });
            if let Some(col) = found {
                layout.roles.insert((*role).to_owned(), col);
            }
        }
        let taken: BTreeSet<u32> = layout.roles.values().copied().collect();
        for (col, path) in self.paths.iter().filter(|(col, _)| !taken.contains(*col)) {
            let last = path.rsplit(" / ").next().unwrap_or(path);
            let fitting = plan.mapping.values.iter().enumerate().filter_map(|(place, value)| {
                let captured = value.column.capture(path).or_else(|| value.column.capture(last))?;
                Some((place, value, captured))
            });
            // The first that fits counts; but a cell may hold several results, each a part of it.
            let mut parts = true;
            for (number, (place, value, captured)) in fitting.enumerate() {
                parts &= value.cell.is_some();
                if number > 0 && !parts {
                    break;
                }
                let mut facts = value.set.clone();
                facts.extend(captured);
                layout.values.push(ValueColumn { col: *col, facts, meant: value.column.has_letters(), value: place });
            }
        }
        layout
    }

    /// Problems of columns that should be there, and whether the table can be read without them.
    /// `knows` says whether a fact is known without a column.
    pub(super) fn missing(
        &self,
        plan: &Plan<'_>,
        layout: &Layout,
        place: &Place,
        knows: &dyn Fn(&str) -> bool,
    ) -> (Vec<Problem>, bool) {
        let mut problems = Vec::new();
        let names = || self.paths.values().map(String::as_str);
        let absent = |what: &str, wanted: &[String], error: bool| {
            let message = format!("The column with {what} is missing.");
            let problem = if error { Problem::error(message) } else { Problem::warning(message) };
            let near = wanted.iter().find_map(|name| {
                let lasts = names().map(|path| path.rsplit(" / ").next().unwrap_or(path));
                nearest(&plain(name), names().chain(lasts)).first().map(|n| (*n).to_owned())
            });
            let problem =
                problem.at(place.clone()).found(list(names())).expected(list(wanted.iter().map(String::as_str)));
            match near {
                Some(near) => problem.hint(format!(
                    "Did you mean “{near}”? Correct the header, or add this name in {}.",
                    plan.mapping.path
                )),
                None => problem.hint(format!("Correct the header, or the names in {}.", plan.mapping.path)),
            }
        };
        let has = |role: &str| layout.roles.contains_key(role);
        let wanted = |roles: &[&str]| -> Vec<String> {
            roles
                .iter()
                .filter_map(|role| plan.mapping.columns.get(*role))
                .flatten()
                .map(|pattern| pattern.written().to_owned())
                .collect()
        };
        let identity = ["id", "provincial-id", "name", "given", "family"];
        let numbered = has("id") || has("provincial-id");
        let known = if plan.is_roster() {
            numbered
        } else if plan.mapping.kind == MappingKind::Names {
            numbered && (has("name") || (has("given") && has("family")))
        } else if plan.mapping.kind.is_about_goals() {
            has("goal") && has("text")
        } else {
            has("id") || has("provincial-id") || has("name") || (has("given") && has("family"))
        };
        let anonymous = plan.mapping.kind == MappingKind::Survey;
        let mut usable = true;
        if !known && !anonymous {
            let (what, roles) = if plan.mapping.kind.is_about_goals() {
                ("goals or what is done", &["goal", "text"][..])
            } else {
                ("student numbers or names", &identity[..])
            };
            problems.push(absent(what, &wanted(roles), true));
            usable = false;
        }
        if plan.is_roster() {
            for role in ["name", "family", "given", "preferred", "entered", "left", "grade", "program", "school"] {
                if plan.mapping.columns.contains_key(role) && !has(role) {
                    problems.push(absent(&format!("the role “{role}”"), &wanted(&[role]), role == "grade"));
                }
            }
        } else if plan.mapping.kind == MappingKind::Names || plan.mapping.kind.is_about_goals() {
            // Neither a list of exceptions nor one of strategies has results.
        } else if layout.values.is_empty() {
            let patterns: Vec<String> =
                plan.mapping.values.iter().map(|value| value.column.written().to_owned()).collect();
            problems.push(absent("results", &patterns, true));
            usable = false;
        } else {
            for role in ["period", "measure"] {
                let told = layout.values.iter().all(|value| value.facts.contains_key(role));
                if plan.mapping.columns.contains_key(role) && !has(role) && !told && !knows(role) {
                    problems.push(absent(&format!("the role “{role}”"), &wanted(&[role]), true));
                    usable = false;
                }
            }
            for value in plan.mapping.values.iter().filter(|value| value.column.has_letters()) {
                let found = self.paths.values().any(|path| {
                    value.column.matches(path) || value.column.matches(path.rsplit(" / ").next().unwrap_or(path))
                });
                if !found {
                    problems.push(absent("some results", &[value.column.written().to_owned()], false));
                }
            }
        }
        (problems, usable)
    }
}

/// The problem of a sheet without a header.
pub(super) fn not_found(sheet: &Sheet, plan: &Plan<'_>, path: &str, only: bool) -> Problem {
    let within = plan.mapping.header_within;
    // The row that holds most of the words is the header that was meant, so its cells may be shown:
    // they are headers, never names.
    let mut best: (usize, Vec<String>, Vec<&str>) = (0, Vec::new(), Vec::new());
    // Of a header of several rows, the rows above that one belong to it, too.
    let mut above: Vec<(u32, Vec<String>)> = Vec::new();
    let rows = plan.mapping.header_rows;
    for row in sheet.rows().take_while(|row| row.number < within) {
        let texts: Vec<String> = row.cells().map(|(_, value)| fold(&words::text(value))).collect();
        let letters: Vec<Prepared> = texts.iter().map(|text| prepare(text)).collect();
        let (found, lacking): (Vec<_>, Vec<_>) =
            plan.mapping.header_find.iter().partition(|p| letters.iter().any(|t| p.fits(t)));
        above.retain(|(number, _)| number + rows > row.number);
        above.push((row.number, texts));
        if found.len() > best.0 {
            let texts = above.iter().flat_map(|(_, texts)| texts).filter(|text| !text.is_empty()).cloned().collect();
            best = (found.len(), texts, lacking.into_iter().map(Pattern::written).collect());
        }
    }
    // Without a list of sheets, a tab without the header may well be a page of notes.
    let message = "The header of the table was not found on this sheet.";
    let severe = only || !plan.mapping.sheets.is_empty();
    let problem = if severe { Problem::error(message) } else { Problem::warning(message) };
    let problem = problem.at(Place::file(path).sheet(&sheet.name)).expected(format!(
        "a row with {} within the first {within} rows",
        list(plan.mapping.header_find.iter().map(Pattern::written))
    ));
    let near = best.2.iter().find_map(|word| nearest(&plain(word), best.1.iter().map(String::as_str)).first().copied());
    if let (true, Some(separator)) = (plan.mapping.csv_separator.is_some() && best.0 == 0, plan.mapping.csv_separator) {
        return problem.hint(format!(
            "Look whether its cells are parted by “{separator}”; if not, correct `separator` under [csv] in {}.",
            plan.mapping.path
        ));
    }
    match (near, best.0) {
        (Some(near), _) => problem
            .found(list(best.1.iter().map(String::as_str)))
            .hint(format!("Is “{near}” meant? Correct the header, or `find` under [header] in {}.", plan.mapping.path)),
        (None, 1..) => problem
            .found(list(best.1.iter().map(String::as_str)))
            .hint(format!("{} is missing there.", list(best.2.iter().copied()))),
        (None, _) => problem
            .hint(format!("If the sheet holds no results, add it to `skip` under [sheets] in {}.", plan.mapping.path)),
    }
}
