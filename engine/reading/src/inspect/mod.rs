//! Inspect: what is in a spreadsheet that nobody has described yet, and a mapping that could read it.
//!
//! Comes in: a file and, if there is one, the project. Goes out: an [`Inspection`]: sheets, tables,
//! columns with their roles and the reasons, what is unsure, and a [`Proposal`]. It writes nothing,
//! and nothing in it names a student: identities are shown as shapes.

mod cell;
mod explanations;
mod facts;
mod family;
mod headings;
mod known;
mod mapping_text;
mod measures_text;
mod patterns;
mod propose;
mod results;
mod roles;
mod rows;
mod scales;
mod show;
mod starter;
mod table;
mod times;
mod toml_text;
mod top;
mod values_text;
mod view;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use termwise_base::problem::Problem;
use termwise_config::{Project, ReadingLimits};

use crate::workbook::{CsvHints, Sheet, Shelf, Workbook};

use cell::{Cell, Column, Values};
use headings::Heading;
use known::Known;
use results::Hints;
use roles::{Given, Role};
use rows::Rows;
use table::Table;

pub use propose::{MappingFile, Proposal};
pub use view::{ColumnView, Inspection, SheetView, TableView};

/// What is to be inspected.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Where the file is.
    pub path: &'a Path,
    /// The file as messages name it, with `/`.
    pub shown: String,
    /// Its path relative to the project folder, if it lies there.
    pub inside: Option<String>,
    /// The project, if there is one.
    pub project: Option<&'a Project>,
    /// Only this sheet.
    pub sheet: Option<&'a str>,
    /// Today, to tell which school year is the last one.
    pub today: Date,
}

impl Request<'_> {
    fn file_name(&self) -> &str {
        self.shown.rsplit('/').next().unwrap_or(&self.shown)
    }

    fn stem(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }
}

/// A sheet, looked at.
#[derive(Debug)]
struct Looked {
    name: String,
    hidden: bool,
    /// Rows that hold something, and the number of the last column.
    size: (u32, u32),
    table: Option<Table>,
    given: Vec<Given>,
    /// Columns that may hold results, taken apart.
    headings: BTreeMap<u32, Heading>,
    /// For a long table: column of results → word in the column of measures → values.
    by_measure: BTreeMap<u32, BTreeMap<String, Values>>,
    rows: Rows,
    /// Words of names on the sheet; nothing that holds one is shown.
    names: BTreeSet<String>,
}

impl Looked {
    fn has(&self, roles: &[&str]) -> bool {
        self.given.iter().any(|one| matches!(one.role, Role::Named(role) if roles.contains(&role)))
    }

    fn column_of(&self, role: &str) -> Option<&Column> {
        let one = self.given.iter().find(|one| matches!(one.role, Role::Named(name) if name == role))?;
        self.table.as_ref()?.column(one.col)
    }

    fn path_of(&self, role: &str) -> Option<&str> {
        self.column_of(role).map(|column| column.path.as_str())
    }

    /// Where names of measures may stand: tab and titles.
    fn texts(&self) -> Vec<String> {
        let notes = self.table.iter().flat_map(|table| &table.notes).map(|(_, text)| text.clone());
        [self.name.clone()].into_iter().chain(notes).collect()
    }
}

/// Looks into a file. The error is a file that cannot be opened as a spreadsheet.
pub fn inspect(request: &Request<'_>) -> Result<Inspection, Problem> {
    // What is read lies in a folder of its own while it is looked at, and nowhere afterwards.
    let folder = tempfile::tempdir().map_err(|error| Problem::error(format!("No room to work in: {error}.")))?;
    let book = open(request, folder.path())?;
    let known = Known { project: request.project };
    let comma = (book.separator == Some(';')).then_some(true);
    let wanted = |sheet: &&Sheet| request.sheet.is_none_or(|name| sheet.name == name);
    let chosen: Vec<&Sheet> = book.sheets.iter().filter(wanted).collect();
    if let (Some(name), true) = (request.sheet, chosen.is_empty()) {
        let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        return Err(Problem::error(format!("This workbook has no sheet “{name}”."))
            .at(termwise_base::problem::Place::file(&request.shown))
            .expected(names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")));
    }
    let mut sheets: Vec<Looked> = chosen.iter().map(|sheet| look(sheet, &known)).collect();
    let hints = hints(request, &sheets, comma);
    let families = family::gather(&mut sheets, &known, &hints);
    for family in &families {
        for place in &family.sheets {
            let one = &sheets[*place];
            let Some(table) = &one.table else { continue };
            let rows = rows::look(chosen[*place], table, &one.given, family.kind.as_ref().ok().copied());
            sheets[*place].rows = rows;
        }
    }
    let proposal = propose::propose(request, &known, &book, &sheets, &families);
    Ok(view::inspection(request, &book, &sheets, &families, proposal))
}

/// Opens the workbook, as a run does.
fn open(request: &Request<'_>, folder: &Path) -> Result<Workbook, Problem> {
    let limits = request.project.map_or_else(ReadingLimits::default, |project| project.reading_limits.clone());
    let shelf = Shelf::new(&folder.join("cells"), &limits)
        .map_err(|error| Problem::error(format!("No room to work in: {error}.")))?;
    shelf.open_loose(request.path, &request.shown, &CsvHints::default())
}

/// One sheet: its table, the roles of its columns, its headings taken apart.
fn look(sheet: &Sheet, known: &Known<'_>) -> Looked {
    let mut size = (0, 0);
    for row in sheet.rows() {
        size = (size.0 + 1, size.1.max(row.cells().map(|(col, _)| col + 1).max().unwrap_or(0)));
    }
    let table = table::find(sheet, known);
    let mut looked = Looked {
        name: sheet.name.clone(),
        hidden: sheet.hidden,
        size,
        given: table.as_ref().map(|table| roles::assign(table, known)).unwrap_or_default(),
        table,
        headings: BTreeMap::new(),
        by_measure: BTreeMap::new(),
        rows: Rows::default(),
        names: BTreeSet::new(),
    };
    let Some(table) = &looked.table else { return looked };
    looked.names = rows::name_words(table, &looked.given);
    for one in looked.given.iter().filter(|one| one.role == Role::Candidate) {
        if let Some(column) = table.column(one.col) {
            looked.headings.insert(one.col, headings::parse(&column.path, known));
        }
    }
    if let Some(column) = looked.column_of("measure") {
        looked.by_measure = by_measure(sheet, table, column.col, &looked.headings);
    }
    looked
}

/// The values of a long table by the measure that each row names.
fn by_measure(
    sheet: &Sheet,
    table: &Table,
    measure: u32,
    columns: &BTreeMap<u32, Heading>,
) -> BTreeMap<u32, BTreeMap<String, Values>> {
    let mut found: BTreeMap<u32, BTreeMap<String, Values>> = BTreeMap::new();
    for row in sheet.rows().filter(|row| row.number >= table.data()) {
        let cells: BTreeMap<u32, Cell> = row.cells().map(|(col, value)| (col, Cell::of(value))).collect();
        let Some(word) = cells.get(&measure).map(Cell::text).filter(|word| !word.is_empty()) else { continue };
        for (col, cell) in cells.iter().filter(|(col, _)| columns.contains_key(col)) {
            found.entry(*col).or_default().entry(word.clone()).or_default().add(cell.clone());
        }
    }
    found
}

/// Names around the tables that may be names of measures.
fn hints(request: &Request<'_>, sheets: &[Looked], comma: Option<bool>) -> Hints {
    let stem = request.stem().replace(['-', '_'], " ");
    let plain_stem = vocabulary::plain(&stem);
    let bare: Vec<&str> = plain_stem.split(' ').filter(|word| !word.bytes().all(|b| b.is_ascii_digit())).collect();
    let name = if bare.is_empty() {
        sheets.first().map(|sheet| sheet.name.clone()).unwrap_or_default()
    } else {
        bare.join(" ")
    };
    let known = Known { project: request.project };
    Hints {
        texts: vec![stem.clone()],
        name,
        comma,
        periods: known.period_in(&stem).is_some(),
        listed: false,
        anonymous: false,
    }
}
