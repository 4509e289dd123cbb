//! What each column of a table is about, with the reason.
//!
//! Comes in: a table. Goes out: a [`Given`] per column: a role of the mapping language, a column that
//! may hold results, or one that is left aside. A heading alone decides nothing: the values under it
//! must look like what it says.

use serde::Serialize;

use crate::dataset::words;

use super::cell::{Cell, Column};
use super::known::Known;
use super::table::Table;
use super::times;
use super::vocabulary::{self, plain};

/// How sure a reading of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Sure {
    /// Heading and values agree.
    Certain,
    /// The heading says something like it, and the values do not contradict.
    Likely,
    /// Only the values speak for it.
    Guess,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// A role of the mapping language: `id`, `name`, `grade`, `period`, …
    Named(&'static str),
    /// Perhaps results: its scale decides.
    Candidate,
    /// Results of a scale that the project has, or that was proposed.
    Results,
    /// Nothing that a mapping reads.
    Aside,
}

/// One column, judged.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) col: u32,
    pub(super) role: Role,
    pub(super) why: String,
    pub(super) sure: Sure,
}

/// Roles whose cells tell who somebody is; their values are never shown.
pub(super) const IDENTITY: [&str; 6] = ["id", "provincial-id", "name", "given", "family", "preferred"];

/// Judges every column.
pub(super) fn assign(table: &Table, known: &Known<'_>) -> Vec<Given> {
    let mut best: Vec<(&'static str, usize, u32)> = Vec::new();
    let mut given: Vec<Given> = table.columns.iter().map(|column| first_look(column, known)).collect();
    // Of several columns of one role the one with the clearest heading is meant, then the leftmost.
    for (one, column) in given.iter().zip(&table.columns) {
        let Role::Named(role) = one.role else { continue };
        let rank = vocabulary::role(&column.path).map_or(usize::MAX, |(_, rank)| rank);
        match best.iter_mut().find(|(name, ..)| *name == role) {
            Some(entry) if rank < entry.1 => *entry = (role, rank, one.col),
            Some(_) => {}
            None => best.push((role, rank, one.col)),
        }
    }
    for one in &mut given {
        let Role::Named(role) = one.role else { continue };
        if !best.iter().any(|(name, _, col)| *name == role && *col == one.col) {
            one.role = Role::Aside;
            one.why = format!("a second column that could be “{role}”; the other one has the clearer heading");
            one.sure = Sure::Likely;
        }
    }
    let has = |given: &[Given], roles: &[&str]| {
        given.iter().any(|one| matches!(one.role, Role::Named(role) if roles.contains(&role)))
    };
    if !has(&given, &["id", "provincial-id"]) && has(&given, &["grade"]) {
        numbers_as_id(table, &mut given);
    }
    given
}

/// A column of long whole numbers, each once, may be student numbers without a heading that says so.
fn numbers_as_id(table: &Table, given: &mut [Given]) {
    let found = table.columns.iter().zip(given).find(|(column, one)| {
        let long = |cell: &Cell| cell.text().len() >= 5 && cell.text().bytes().all(|b| b.is_ascii_digit());
        one.role == Role::Candidate
            && !column.path.is_empty()
            && column.values.total() > 5
            && column.values.share(long) > 0.95
            && column.values.seen.values().all(|(_, times)| *times == 1)
    });
    if let Some((_, one)) = found {
        one.role = Role::Named("id");
        one.why = "long whole numbers, each once, beside a column of grades".to_owned();
        one.sure = Sure::Guess;
    }
}

fn first_look(column: &Column, known: &Known<'_>) -> Given {
    let given = |role, why: String, sure| Given { col: column.col, role, why, sure };
    let aside = |why: &str| given(Role::Aside, why.to_owned(), Sure::Likely);
    if column.path.is_empty() {
        return aside("no heading, so a mapping cannot name it");
    }
    if let Some((role, rank)) = vocabulary::role(&column.path) {
        if is_running(column) {
            return aside("a running number");
        }
        let role = if role == "name" && column.values.share(is_number) > 0.9 { "id" } else { role };
        if let Some(why) = values_agree(role, column, known) {
            let sure = if rank < 100 { Sure::Certain } else { Sure::Likely };
            return given(Role::Named(role), format!("headed “{}”; {why}", short(column.last())), sure);
        }
    }
    if vocabulary::is_aside(&column.path) {
        return aside("no result by its heading");
    }
    if vocabulary::is_derived(&column.path) {
        return aside("made from results by its heading; Termwise counts for itself");
    }
    if is_running(column) {
        return aside("a running number");
    }
    given(Role::Candidate, String::new(), Sure::Guess)
}

/// Why the values of a column can be what its heading says; nothing if they cannot.
fn values_agree(role: &str, column: &Column, known: &Known<'_>) -> Option<String> {
    let values = &column.values;
    if values.total() == 0 {
        // An empty column of results must not become the column of periods.
        let kept = ["left", "entered", "preferred", "program"];
        return kept.contains(&role).then(|| "nothing filled in".to_owned());
    }
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let by_share = |share: f64, what: &str| (share >= 0.8).then(|| format!("{} of its cells {what}", percent(share)));
    match role {
        "id" | "provincial-id" => by_share(values.share(is_id), "can be numbers of students"),
        "name" | "given" | "family" | "preferred" => by_share(values.share(is_name), "can be names"),
        "grade" => by_share(values.share(|cell| vocabulary::grade(&cell.text()).is_some()), "are grades"),
        "year" => by_share(values.share(|cell| times::year_in(&cell.text()).is_some()), "are school years"),
        "period" => by_share(values.share(|cell| known.period(&cell.text()).is_some()), "are reporting periods"),
        "entered" | "left" => by_share(values.share(|cell| words::date(cell.value()).is_some()), "are days"),
        "school" | "program" => by_share(values.share(|cell| cell.number().is_none()), "are words"),
        "measure" => {
            let several = values.seen.len() <= 60 && values.total() as usize >= values.seen.len() * 2;
            let words = values.share(|cell| cell.is_words() && cell.text().len() > 2);
            by_share(words, "are words that come again").filter(|_| several && values.seen.len() > 1)
        }
        _ => None,
    }
}

fn is_number(cell: &Cell) -> bool {
    cell.number().is_some()
}

/// A number of a student: digits, or a short word with digits.
pub(super) fn is_id(cell: &Cell) -> bool {
    let text = cell.text();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    words::id_key(cell.value()).is_some() && digits > 0 && text.len() <= 20 && !text.contains(' ')
}

fn is_name(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if text.chars().filter(|c| c.is_alphabetic()).count() >= 2 && text.len() < 80)
}

/// A column that only counts rows: headed by nothing more than “No.”, small whole numbers from 1 on.
fn is_running(column: &Column) -> bool {
    let header = plain(column.last());
    if !["no", "#", "number", "id", "nr", "row", "n", "response", "numero"].contains(&header.as_str()) {
        return false;
    }
    let numbers: Vec<f64> = column.values.cells().filter_map(|(cell, _)| cell.number()).collect();
    let most = numbers.iter().copied().fold(0.0, f64::max);
    !numbers.is_empty() && numbers.contains(&1.0) && most <= f64::from(column.values.total()) * 1.5 + 5.0
}

/// A heading, not too long to be shown.
pub(super) fn short(text: &str) -> String {
    let mut out: String = text.chars().take(48).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::Sheet;

    fn roles(lines: &[&str]) -> Vec<String> {
        let known = Known { project: None };
        let table = super::super::table::find(&Sheet::from_lines("s", lines), &known).expect("a table");
        let name = |one: Given| match one.role {
            Role::Named(role) => role.to_owned(),
            Role::Candidate => "?".to_owned(),
            _ => "-".to_owned(),
        };
        assign(&table, &known).into_iter().map(name).collect()
    }

    #[test]
    fn headings_and_values_must_agree() {
        let lines = ["No.|Student|Gr|Term|Score|Comments", "1|Alder, Ann|3|Term 1|15|x", "2|Birch, Bo|K|Term 2|12|y"];
        assert_eq!(roles(&lines), ["-", "name", "grade", "period", "?", "-"]);
        let lines = ["Student|Grade|Level", "038043|A|B", "038044|B|C"];
        assert_eq!(roles(&lines), ["id", "?", "?"]);
    }

    #[test]
    fn of_two_grades_the_first_named_is_meant() {
        let lines = ["Student ID|Assessment Grade|Grade|Score", "38043|3|4|12", "38044|3|4|13"];
        assert_eq!(roles(&lines), ["id", "?", "grade", "?"]);
    }
}
