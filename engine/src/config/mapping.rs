//! The mapping language: how one family of spreadsheets becomes observations (`mappings/*.toml`).

use std::collections::BTreeMap;

use super::measures::Code;

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingKind {
    /// Students' results.
    Assessment,
    /// Who is enrolled where.
    Roster,
    /// Anonymous answers of staff.
    Survey,
}

/// A fact about a cell that may come from the sheet's name, the file's name, another cell, a row's
/// column, the value column's header, or the source's own settings.
pub type Facts = BTreeMap<String, String>;

/// Names of facts that a capture or a setting may give.
pub const FACTS: [&str; 6] = ["school", "year", "period", "measure", "grade", "program"];

/// A column that carries results.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueColumn {
    /// Pattern on the header path, as in `{period} / Level`; `*` and `?` are wildcards.
    pub column: String,
    /// Facts that hold for every cell of the column.
    pub set: Facts,
}

/// A fact taken from a cell above the table.
#[derive(Debug, Clone, PartialEq)]
pub struct FromCell {
    /// A1 address.
    pub cell: String,
    /// Pattern with captures, as in `Reporting period: {period}`.
    pub pattern: String,
}

/// One mapping file, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Name: the file's stem.
    pub name: String,
    /// Path relative to the project, for messages.
    pub path: String,
    /// What the rows are.
    pub kind: MappingKind,
    /// Sheets to read (globs); empty means every visible one.
    pub sheets: Vec<String>,
    /// Sheets to leave out (globs).
    pub skip_sheets: Vec<String>,
    /// Whether hidden sheets are read as well.
    pub hidden_sheets: bool,
    /// Words that the header rows contain (globs, case ignored).
    pub header_find: Vec<String>,
    /// How many rows from the top are searched for the header.
    pub header_within: u32,
    /// How many rows the header has.
    pub header_rows: u32,
    /// How many rows of explanation stand under the header.
    pub explanation_rows: u32,
    /// Rows whose first filled cell matches one of these are no data (totals, averages).
    pub skip_rows: Vec<String>,
    /// A row whose first filled cell matches one of these ends the table (legend).
    pub stop_rows: Vec<String>,
    /// Role → column names (globs on the header path), best first. Roles: `id`, `provincial-id`,
    /// `name`, `given`, `family`, `preferred`, `entered`, `left`, and the names in [`FACTS`].
    pub columns: BTreeMap<String, Vec<String>>,
    /// Columns with results.
    pub values: Vec<ValueColumn>,
    /// Pattern on the sheet's name, with captures.
    pub from_sheet: Option<String>,
    /// Pattern on the file's path relative to the project, with captures.
    pub from_file: Option<String>,
    /// Facts from single cells.
    pub from_cells: Vec<FromCell>,
    /// Codes of these files, upper case; they go before the scale's own.
    pub codes: BTreeMap<String, Code>,
    /// Csv: separator, or found by looking.
    pub csv_separator: Option<char>,
    /// Csv: encoding label, or found by looking.
    pub csv_encoding: Option<String>,
    /// Decimal comma in text numbers, or found by looking.
    pub decimal_comma: Option<bool>,
}

/// Which files are read with which mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceSpec {
    /// Id for messages.
    pub id: String,
    /// Globs relative to the project folder.
    pub files: Vec<String>,
    /// Name of the mapping.
    pub mapping: String,
    /// Facts that hold for every cell of these files.
    pub set: Facts,
    /// Line in termwise.toml, for messages.
    pub line: usize,
}
