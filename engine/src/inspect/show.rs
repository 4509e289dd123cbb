//! What was found, as data and as text for people.
//!
//! Comes in: looked-at sheets, families and the proposal. Goes out: an [`Inspection`] that may be
//! shown to anybody who may see the file's headings: identities are shapes, and of other columns only
//! values of results and of roles are shown.

use std::fmt::Write as _;

use serde::Serialize;

use crate::problem::{Problem, a1};
use crate::workbook::Workbook;

use super::cell::{Cell, Column, shape};
use super::family::Family;
use super::propose::Proposal;
use super::roles::{Given, IDENTITY, Role, Sure, short};
use super::rows::names_somebody;
use super::{Looked, Request};

/// Columns shown of one table; wider tables go on like this.
const MOST_COLUMNS: usize = 40;
/// Sheets whose columns are shown.
const MOST_SHEETS: usize = 6;

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

/// One sheet.
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

/// A table.
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
    /// Columns.
    pub columns: Vec<ColumnView>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnView {
    /// Letters, as in `AB`.
    pub letters: String,
    /// Heading path.
    pub header: String,
    /// Role of the mapping language, `result`, or `–`.
    pub role: String,
    /// How sure that is.
    sure: Sure,
    /// The reason.
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
        Some(why) => format!("This is no table of students: {why}."),
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

impl Inspection {
    /// The text for people.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", self.file);
        let mut shown: Vec<&TableView> = Vec::new();
        for sheet in &self.sheets {
            let same = sheet.table.as_ref().is_some_and(|table| shown.iter().any(|other| alike(other, table)));
            let full = !same && shown.len() < MOST_SHEETS;
            sheet_text(&mut out, sheet, full, same);
            if let Some(table) = sheet.table.as_ref().filter(|_| full) {
                shown.push(table);
            }
        }
        for problem in &self.problems {
            let _ = write!(out, "\n{problem}\n");
        }
        if !self.already_read.is_empty() {
            let _ = write!(out, "\nThis file is read already by the source “{}”.\n", self.already_read.join("”, “"));
        }
        if let Some(why) = &self.no_proposal {
            let _ = write!(out, "\nNo proposal. {why}\n");
        }
        if let Some(proposal) = &self.proposal {
            proposal_text(&mut out, proposal);
        }
        out
    }
}

/// Whether two tables have the same headings, so that one of them need not be told.
fn alike(one: &TableView, two: &TableView) -> bool {
    let heads =
        |table: &TableView| table.columns.iter().map(|c| (c.header.clone(), c.role.clone())).collect::<Vec<_>>();
    heads(one) == heads(two)
}

fn sheet_text(out: &mut String, sheet: &SheetView, full: bool, same: bool) {
    let hidden = if sheet.hidden { " (hidden)" } else { "" };
    let gap = if same { "" } else { "\n" };
    let _ = write!(out, "{gap}Sheet “{}”{hidden}: {} filled rows, {} columns. ", sheet.name, sheet.rows, sheet.columns);
    let Some(table) = &sheet.table else {
        let _ = writeln!(out, "{}.", capital(&sheet.kind));
        return;
    };
    let kind = match sheet.kind.as_str() {
        "assessment" => "Students with results".to_owned(),
        "roster" => "An enrolment list".to_owned(),
        "survey" => "Anonymous answers".to_owned(),
        why => format!("Not for a mapping: {why}"),
    };
    if same {
        let _ =
            writeln!(out, "{kind}; {} rows of data, header at {}, columns as above.", table.data_rows, table.header);
        return;
    }
    let _ = writeln!(out, "{kind}.");
    let rows = if table.header_rows == 1 { "1 row".to_owned() } else { format!("{} rows", table.header_rows) };
    let _ = write!(out, "  header at {} ({rows}", table.header);
    if table.explanation_rows > 0 {
        let _ = write!(out, ", then {} of explanation", table.explanation_rows);
    }
    let _ = writeln!(out, "); {} rows of data", table.data_rows);
    if !full {
        return;
    }
    for (word, texts) in [("above", &table.notes), ("below", &table.legend), ("totals", &table.totals)] {
        if !texts.is_empty() {
            let _ = writeln!(out, "  {word}: {}", texts.join(" | "));
        }
    }
    if table.spacer_columns > 0 {
        let _ = writeln!(out, "  {} empty columns between others", table.spacer_columns);
    }
    if table.headers_again > 0 {
        let _ = writeln!(out, "  the header comes again {} times", table.headers_again);
    }
    columns_text(out, &table.columns);
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn columns_text(out: &mut String, columns: &[ColumnView]) {
    let width = |of: fn(&ColumnView) -> usize, most: usize| {
        columns.iter().take(MOST_COLUMNS).map(of).max().unwrap_or(0).min(most)
    };
    let (heads, roles) = (width(|c| c.header.chars().count(), 40), width(|c| c.role.chars().count(), 14));
    let cut = |text: &str, most: usize| -> String {
        if text.chars().count() <= most {
            text.to_owned()
        } else {
            text.chars().take(most - 1).chain(['…']).collect()
        }
    };
    for column in columns.iter().take(MOST_COLUMNS) {
        let sure = match column.sure {
            Sure::Sure => "",
            Sure::Likely => " (likely)",
            Sure::Guess if column.role == "–" => "",
            Sure::Guess => " (a guess)",
        };
        let why = if column.why.is_empty() { String::new() } else { format!("{}{sure}", cut(&column.why, 90)) };
        let samples: Vec<String> = column.samples.iter().map(|sample| cut(sample, 24)).collect();
        let _ = writeln!(
            out,
            "  {:<3} {:<heads$}  {:<roles$}  {}  [{}: {}]",
            column.letters,
            cut(&column.header, 40),
            column.role,
            why,
            column.values,
            samples.join("; ")
        );
    }
    if columns.len() > MOST_COLUMNS {
        let _ = writeln!(out, "  … and {} more columns; --json shows all", columns.len() - MOST_COLUMNS);
    }
}

fn proposal_text(out: &mut String, proposal: &Proposal) {
    if !proposal.questions.is_empty() {
        out.push_str("\nQuestions\n");
        for question in proposal.questions.iter().take(30) {
            let _ = writeln!(out, "  - {question}");
        }
        if proposal.questions.len() > 30 {
            let _ = writeln!(out, "  … and {} more; --json shows all", proposal.questions.len() - 30);
        }
    }
    out.push_str("\nProposal\n");
    if let Some(starter) = &proposal.starter {
        let _ = write!(out, "\n--- termwise.toml (new) ---\n{starter}");
    }
    for mapping in &proposal.mappings {
        let _ = write!(out, "\n--- mappings/{}.toml ---\n{}", mapping.name, mapping.text);
    }
    let _ = write!(out, "\n--- termwise.toml, to add ---\n{}", proposal.sources.trim_end());
    out.push('\n');
    if !proposal.measures.is_empty() {
        let _ = write!(out, "\n--- measures.toml, to add ---\n{}", proposal.measures.trim_end());
        out.push('\n');
    }
}
