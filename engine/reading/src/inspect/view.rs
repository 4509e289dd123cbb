//! What was found, as data.
//!
//! Comes in: looked-at sheets, families and the proposal. Goes out: an [`Inspection`] that may be
//! shown to anybody who may see the file's headings: identities are shapes, and of other columns only
//! values of results and of roles are shown.

use serde::Serialize;

use termwise_base::problem::{Problem, a1};

use crate::workbook::Workbook;

use super::cell::{Cell, Column, shape};
use super::family::Family;
use super::propose::Proposal;
use super::roles::{Given, IDENTITY, Role, Sure, short};
use super::rows::names_somebody;
use super::{Looked, Request};

/// What is in a file.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// The file as messages name it.
    pub file: String,
    /// Its sheets in their order.
    pub sheets: Vec<SheetView>,
    /// Sheets that could not be read.
    pub problems: Vec<Problem>,
    /// Sources that read this file already.
    pub already_read: Vec<String>,
    /// What to write down so that Termwise reads the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// Why there is no proposal, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proposal: Option<String>,
}

/// What was found on one sheet.
#[derive(Debug, Clone, Serialize)]
pub struct SheetView {
    /// Name on the tab.
    pub name: String,
    /// Whether the tab is hidden.
    pub hidden: bool,
    /// Rows that hold something.
    pub rows: u32,
    /// Number of the last column that holds something.
    pub columns: u32,
    /// The table, if one was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableView>,
    /// What the sheet is: assessment, roster, survey, or why it is none.
    pub kind: String,
}

/// A table on a sheet. Cells are named as in `A1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableView {
    /// First cell of the header.
    pub header: String,
    /// Rows of the header.
    pub header_rows: u32,
    /// Rows of explanation under it.
    pub explanation_rows: u32,
    /// Rows of data.
    pub data_rows: u32,
    /// Empty columns between others.
    pub spacer_columns: usize,
    /// How often the header comes again.
    pub headers_again: u32,
    /// Texts above the header.
    pub notes: Vec<String>,
    /// Texts under the table.
    pub legend: Vec<String>,
    /// Rows of totals, by pattern.
    pub totals: Vec<String>,
    /// Its columns with a heading, from the left.
    pub columns: Vec<ColumnView>,
}

/// A column, and what it was taken for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnView {
    /// Letters, as in `AB`.
    pub letters: String,
    /// Its headings from the top, as in `March / Level`.
    pub header: String,
    /// Role of the mapping language, `result`, or `–`.
    pub role: String,
    /// How sure that is.
    pub(super) sure: Sure,
    /// Why it was taken for that, in a few words.
    pub why: String,
    /// Text, numbers, dates, …
    pub values: String,
    /// Filled cells.
    pub filled: u32,
    /// Up to three values, or shapes of them.
    pub samples: Vec<String>,
}

/// Puts together what was found.
pub(super) fn inspection(
    request: &Request<'_>,
    book: &Workbook,
    sheets: &[Looked],
    families: &[Family],
    proposal: Option<Proposal>,
) -> Inspection {
    let kind_of = |place: usize| match families.iter().find(|family| family.sheets.contains(&place)).map(|f| &f.kind) {
        None => "no table: no row with headings was found".to_owned(),
        Some(Ok(kind)) => format!("{kind:?}").to_lowercase(),
        Some(Err(why)) => why.clone(),
    };
    let views: Vec<SheetView> =
        sheets.iter().enumerate().map(|(place, sheet)| sheet_view(sheet, kind_of(place))).collect();
    let no_proposal = proposal.is_none().then(|| no_proposal(sheets, families));
    let already_read = match (&request.inside, request.project) {
        (Some(path), Some(project)) => crate::sources::found(project)
            .into_iter()
            .filter(|(found, _)| found == path)
            .map(|(_, index)| project.sources[index].id.clone())
            .collect(),
        _ => Vec::new(),
    };
    Inspection {
        file: request.shown.clone(),
        sheets: views,
        problems: book.problems.clone(),
        already_read,
        proposal,
        no_proposal,
    }
}

fn no_proposal(sheets: &[Looked], families: &[Family]) -> String {
    let hidden = families.iter().any(|family| family.kind.is_ok());
    if hidden {
        return "All sheets with students are hidden. Show them in the spreadsheet program, then inspect again."
            .to_owned();
    }
    let reasons: Vec<&str> =
        families.iter().filter_map(|family| family.kind.as_ref().err().map(String::as_str)).collect();
    let mut why = match reasons.first() {
        Some(why) => format!("This does not look like a table of students: {why}."),
        None if sheets.is_empty() => "There is no sheet with cells.".to_owned(),
        None => "No row with headings was found.".to_owned(),
    };
    why.push_str(
        " Termwise reads one row per student (with a number or a name) and result, an enrolment list, or one row per \
         anonymous respondent. Ask for the list that these figures were made from, or give the columns headings such as \
         “Student #”, “Grade” and “November / Level”, and inspect again.",
    );
    why
}

fn sheet_view(sheet: &Looked, kind: String) -> SheetView {
    let safe = |text: &String| if names_somebody(text, &sheet.names) { shape(text) } else { short(text) };
    let table = sheet.table.as_ref().map(|table| TableView {
        header: a1(table.first, table.columns.first().map_or(0, |column| column.col)),
        header_rows: table.header_rows,
        explanation_rows: table.explanation_rows,
        data_rows: sheet.rows.data,
        spacer_columns: table.spacers,
        headers_again: sheet.rows.headers_again,
        notes: table.notes.iter().take(6).map(|(_, text)| safe(text)).collect(),
        legend: sheet.rows.legend.iter().take(6).map(safe).collect(),
        totals: sheet.rows.skip.iter().map(safe).collect(),
        columns: table.columns.iter().map(|column| column_view(column, sheet)).collect(),
    });
    SheetView { name: sheet.name.clone(), hidden: sheet.hidden, rows: sheet.size.0, columns: sheet.size.1, table, kind }
}

fn column_view(column: &Column, sheet: &Looked) -> ColumnView {
    let given = sheet.given.iter().find(|one| one.col == column.col);
    let letters = a1(0, column.col).trim_end_matches('1').to_owned();
    ColumnView {
        letters,
        header: column.path.clone(),
        role: given.map_or("–".to_owned(), |one| role_word(&one.role)),
        sure: given.map_or(Sure::Guess, |one| one.sure),
        why: given.map(|one| one.why.clone()).unwrap_or_default(),
        values: column.kind().to_owned(),
        filled: column.values.total(),
        samples: samples(column, given, sheet),
    }
}

fn role_word(role: &Role) -> String {
    match role {
        Role::Named(name) => (*name).to_owned(),
        Role::Results => "result".to_owned(),
        Role::Candidate | Role::Aside => "–".to_owned(),
    }
}

/// Three values; shapes where a value could tell who somebody is.
fn samples(column: &Column, given: Option<&Given>, sheet: &Looked) -> Vec<String> {
    let open = match given.map(|one| &one.role) {
        Some(Role::Named(role)) => !IDENTITY.contains(role),
        Some(Role::Results) => true,
        _ => column.values.share(|cell| !matches!(cell, Cell::Text(_))) > 0.9 && sheet.names.is_empty(),
    };
    let mut out: Vec<String> = Vec::new();
    for (text, _) in column.values.commonest() {
        let shown = if open && !names_somebody(text, &sheet.names) { short(text) } else { shape(&short(text)) };
        if !out.contains(&shown) {
            out.push(shown);
        }
        if out.len() == 3 {
            break;
        }
    }
    out
}
