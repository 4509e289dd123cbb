//! What was found, as text for people.
//!
//! Comes in: an [`Inspection`]. Goes out: its text: sheet by sheet, then what is unsure, then the
//! proposal. It shows only what the inspection holds.

use std::fmt::Write as _;

use super::propose::Proposal;
use super::roles::Sure;
use super::view::{ColumnView, Inspection, SheetView, TableView};

/// Columns shown of one table; wider tables go on like this.
const MOST_COLUMNS: usize = 40;
/// Sheets whose columns are shown.
const MOST_SHEETS: usize = 6;

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
        let _ = writeln!(out, "  header rows that come again: {}", table.headers_again);
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
            Sure::Certain => "",
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
