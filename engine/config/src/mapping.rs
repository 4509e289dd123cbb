//! The mapping language: how one family of spreadsheets becomes observations (`mappings/*.toml`).
//!
//! Comes in: the files. Goes out: checked [`Mapping`]s, every fault as a problem at its line. It
//! never opens a spreadsheet.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use termwise_base::problem::{Place, Problem};

use super::measures::{Check, Code, RawCode};
use super::oneroster::{self, OneRoster};
use super::pattern::Pattern;
use super::toml_file;

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingKind {
    /// Students' results.
    Assessment,
    /// Who is enrolled where.
    Roster,
    /// Anonymous answers of staff.
    Survey,
    /// Who is enrolled where, as a OneRoster export tells it; see [`super::oneroster`].
    OneRoster,
    /// Which student is meant by a name that results are written under: the list of exceptions.
    Names,
    /// What a school does for its goals.
    Strategies,
    /// What meetings decided about them.
    Decisions,
}

impl MappingKind {
    /// Whether the rows are about goals, and not about people.
    pub fn is_about_goals(self) -> bool {
        matches!(self, Self::Strategies | Self::Decisions)
    }
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
    /// Pattern on what stands in the cell, with `{value}`, where the result is only a part of it.
    pub cell: Option<String>,
    /// How a bare number is meant, if not as the scale says.
    pub unit: Option<Unit>,
    /// Facts that hold for every cell of the column.
    pub set: Facts,
}

/// How a bare number in a cell is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share of the whole: 0.79.
    Share,
    /// Hundredths of the whole: 79.
    Percent,
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
    /// Role → column names (globs on the header path), best first; see [`ROLES`] and [`FACTS`].
    pub columns: BTreeMap<String, Vec<String>>,
    /// Columns with results.
    pub values: Vec<ValueColumn>,
    /// Patterns on the sheet's name, with captures; the first that fits counts.
    pub from_sheet: Vec<String>,
    /// Patterns on the file's path relative to the project, with captures; the first that fits counts.
    pub from_file: Vec<String>,
    /// Facts from single cells.
    pub from_cells: Vec<FromCell>,
    /// Codes of these files, upper case; they go before the scale's own.
    pub codes: BTreeMap<String, Code>,
    /// Csv: separator, or found by looking.
    pub csv_separator: Option<char>,
    /// Csv: encoding label, or found by looking.
    pub csv_encoding: Option<String>,
    /// Columns that are left out on purpose although they look like results (globs).
    pub ignore: Vec<String>,
    /// Whether a result assessed at another grade than the student's counts all the same.
    pub keep_off_grade: bool,
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
    /// Globs of files that are not read although `files` finds them.
    pub except: Vec<String>,
    /// Name of the mapping.
    pub mapping: String,
    /// Facts that hold for every cell of these files.
    pub set: Facts,
    /// What is said of OneRoster exports.
    pub oneroster: OneRoster,
    /// Line in termwise.toml, for messages.
    pub line: usize,
}

/// Roles of columns beside those named in [`FACTS`].
pub const ROLES: [&str; 15] = [
    "id",
    "provincial-id",
    "name",
    "given",
    "family",
    "preferred",
    "entered",
    "left",
    "assessment-grade",
    "goal",
    "text",
    "team",
    "status",
    "since",
    "meeting",
];

/// How one family of spreadsheets becomes observations: a file in the folder `mappings`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Termwise mapping")]
pub(super) struct File {
    /// What the rows of the files are.
    #[schemars(with = "String", extend("enum" = KINDS))]
    kind: Spanned<String>,
    /// Which sheets are read.
    #[serde(default)]
    sheets: RawSheets,
    /// Where the header of the table is.
    header: RawHeader,
    /// Which rows under the header are no data.
    #[serde(default)]
    rows: RawRows,
    /// Columns by what they mean: role = names of the column, best first. Roles: id, provincial-id,
    /// name, given, family, preferred, entered, left, assessment-grade, school, year, period, measure,
    /// grade, program.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, OneOrMany>", extend("propertyNames" = serde_json::json!({ "enum": roles() })))]
    columns: BTreeMap<Spanned<String>, Spanned<OneOrMany>>,
    /// Columns with results.
    #[serde(default)]
    value: Vec<RawValue>,
    /// Facts that the name of the sheet tells.
    from_sheet: Option<RawFrom>,
    /// Facts that the path of the file, relative to the project folder, tells.
    from_file: Option<RawFrom>,
    /// Facts that a cell above the table tells.
    #[serde(default)]
    from_cell: Vec<RawFromCell>,
    /// Columns that look like results and are none; they are not asked about.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    ignore: Vec<Spanned<String>>,
    /// What becomes of a result whose assessment-grade is not the student's grade: "exclude" counts it
    /// as left out, with that reason; "keep" counts it like any other.
    #[schemars(with = "Option<String>", extend("enum" = OFF_GRADE, "default" = "exclude"))]
    off_grade: Option<Spanned<String>>,
    /// Codes of these files; they go before the codes of the scales.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawCode>")]
    codes: BTreeMap<String, Spanned<RawCode>>,
    /// How text files (.csv, .tsv) are written; found by looking where it is not said.
    #[serde(default)]
    csv: RawCsv,
}

const KINDS: [&str; 6] = ["assessment", "roster", "survey", "names", "strategies", "decisions"];

const OFF_GRADE: [&str; 2] = ["exclude", "keep"];

fn roles() -> Vec<&'static str> {
    ROLES.iter().chain(&FACTS).copied().collect()
}

#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawSheets {
    /// Sheets to read (* and ? are wildcards); none means every visible one.
    #[serde(default, rename = "use")]
    #[schemars(with = "Vec<String>")]
    used: Vec<Spanned<String>>,
    /// Sheets to leave out.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    skip: Vec<Spanned<String>>,
    /// Whether hidden sheets are read as well.
    #[serde(default)]
    hidden: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawHeader {
    /// Words that the header rows hold, each in a cell of its own; * and ? are wildcards.
    #[schemars(with = "Vec<String>", length(min = 1))]
    find: Spanned<Vec<String>>,
    /// How many rows from the top are searched.
    #[schemars(with = "Option<u32>", range(min = 1, max = 500), extend("default" = 25))]
    within: Option<Spanned<u32>>,
    /// How many rows the header has.
    #[schemars(with = "Option<u32>", range(min = 1, max = 5), extend("default" = 1))]
    rows: Option<Spanned<u32>>,
    /// How many rows of explanation stand under the header.
    #[schemars(with = "Option<u32>", range(max = 20), extend("default" = 0))]
    explanation_rows: Option<Spanned<u32>>,
}

#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRows {
    /// Rows whose first filled cell fits one of these are no data: totals, averages, headings.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    skip_when: Vec<Spanned<String>>,
    /// A row whose first filled cell fits one of these ends the table: a legend, notes.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    stop_when: Vec<Spanned<String>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn names(&self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name.clone()],
            Self::Many(names) => names.clone(),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawValue {
    /// The header of the column, upper rows first, parted by " / "; * and ? are wildcards, and
    /// {period}, {measure}, {grade}, {year}, {school} and {program} capture what stands there.
    #[schemars(with = "String")]
    column: Spanned<String>,
    /// What stands in the cell, with {value} where the result is, if it is only a part of it.
    #[schemars(with = "Option<String>")]
    cell: Option<Spanned<String>>,
    /// How a bare number is meant: "share" (0.79) or "percent" (79).
    #[schemars(with = "Option<String>", extend("enum" = UNITS))]
    unit: Option<Spanned<String>>,
    /// Facts that hold for every cell of the column.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>", extend("propertyNames" = serde_json::json!({ "enum": FACTS })))]
    set: BTreeMap<Spanned<String>, String>,
}

const UNITS: [&str; 2] = ["share", "percent"];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawFrom {
    /// What is written there, with captures, as in "Gr {grade}*"; the first pattern that fits counts.
    #[schemars(with = "OneOrMany")]
    pattern: Spanned<OneOrMany>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawFromCell {
    /// Address of the cell, as in B2.
    #[schemars(with = "String", regex(pattern = "^[A-Za-z]{1,3}[0-9]{1,7}$"))]
    cell: Spanned<String>,
    /// What is written there, with captures, as in "Reporting period: {period}".
    #[schemars(with = "String")]
    pattern: Spanned<String>,
}

#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawCsv {
    /// What parts the cells.
    #[schemars(with = "Option<String>", extend("enum" = SEPARATORS))]
    separator: Option<Spanned<String>>,
    /// How letters are stored, as in "windows-1252".
    #[schemars(with = "Option<String>")]
    encoding: Option<Spanned<String>>,
    /// The decimal sign of numbers.
    #[schemars(with = "Option<String>", extend("enum" = [",", "."]))]
    decimal: Option<Spanned<String>>,
}

const SEPARATORS: [&str; 4] = [",", ";", "tab", "|"];

/// Reads every file in `mappings/`, by the stem of its name.
pub fn load_all(root: &Path, problems: &mut Vec<Problem>) -> BTreeMap<String, Mapping> {
    let mut mappings = BTreeMap::new();
    for path in toml_file::in_folder(root, "mappings") {
        let Some((file, text)) = toml_file::read::<File>(root, &path, problems) else { continue };
        let name = path.trim_start_matches("mappings/").trim_end_matches(".toml").to_owned();
        if name == oneroster::NAME {
            problems.push(
                Problem::error("The mapping “oneroster” is built in, so no file may have its name.")
                    .at(Place::file(&path))
                    .hint("Give the file another name, and use that name in termwise.toml."),
            );
        }
        let mapping = Check { text: &text, problems }.mapping(&name, &path, &file);
        mappings.insert(name, mapping);
    }
    mappings.extend(built_in().map(|mapping| (mapping.name.clone(), mapping)));
    mappings
}

/// The mapping that stands for OneRoster exports: the least that a file may say, as another kind. Which
/// files and columns an export has is not written in mappings.
fn built_in() -> Option<Mapping> {
    let least = "kind = \"roster\"\nheader = { find = [\"sourcedId\"] }\ncolumns = { id = \"sourcedId\" }\n";
    let problems = &mut Vec::new();
    let (file, text) = toml_file::parse::<File>("termwise.toml", least.to_owned(), problems)?;
    let mapping = Check { text: &text, problems }.mapping(oneroster::NAME, &text.path, &file);
    Some(Mapping { kind: MappingKind::OneRoster, ..mapping })
}

impl Check<'_> {
    fn mapping(&mut self, name: &str, path: &str, file: &File) -> Mapping {
        let kind = match file.kind.get_ref().as_str() {
            "assessment" => MappingKind::Assessment,
            "roster" => MappingKind::Roster,
            "survey" => MappingKind::Survey,
            "names" => MappingKind::Names,
            "strategies" => MappingKind::Strategies,
            "decisions" => MappingKind::Decisions,
            other => {
                self.unknown(file.kind.span(), "kind of mapping", other, &KINDS);
                MappingKind::Assessment
            }
        };
        if file.header.find.get_ref().is_empty() {
            self.fault(
                file.header.find.span(),
                "The header cannot be found without words to look for.",
                "Add two or three words of the header row, as in `find = [\"Student #\", \"Level\"]`.",
            );
        }
        for word in file.header.find.get_ref() {
            self.pattern(&Spanned::new(file.header.find.span(), word.clone()), false);
        }
        let header_rows = self.bounded(file.header.rows.as_ref(), "rows", 1, 1..=5);
        let header_within = self.bounded(file.header.within.as_ref(), "within", 25, 1..=500);
        let explanation_rows = self.bounded(file.header.explanation_rows.as_ref(), "explanation-rows", 0, 0..=20);
        let lists = [&file.sheets.used, &file.sheets.skip, &file.rows.skip_when, &file.rows.stop_when, &file.ignore];
        let [sheets, skip_sheets, skip_rows, stop_rows, ignore] =
            lists.map(|list| list.iter().map(|glob| self.pattern(glob, false)).collect::<Vec<String>>());
        let columns = self.columns(file, kind);
        let values = self.values(file);
        self.identity(file, kind, &columns, &values);
        Mapping {
            name: name.to_owned(),
            path: path.to_owned(),
            kind,
            sheets,
            skip_sheets,
            hidden_sheets: file.sheets.hidden,
            header_find: file.header.find.get_ref().clone(),
            header_within,
            header_rows,
            explanation_rows,
            skip_rows,
            stop_rows,
            columns,
            values,
            from_sheet: file.from_sheet.as_ref().map(|from| self.patterns(&from.pattern)).unwrap_or_default(),
            from_file: file.from_file.as_ref().map(|from| self.patterns(&from.pattern)).unwrap_or_default(),
            from_cells: file.from_cell.iter().map(|from| self.cell_fact(from)).collect(),
            codes: self.codes(&file.codes, None),
            ignore,
            keep_off_grade: file.off_grade.as_ref().is_some_and(|word| self.off_grade(word)),
            csv_separator: file.csv.separator.as_ref().and_then(|separator| self.separator(separator)),
            csv_encoding: file.csv.encoding.as_ref().and_then(|encoding| self.encoding(encoding)),
            decimal_comma: file.csv.decimal.as_ref().and_then(|decimal| self.decimal(decimal)),
        }
    }

    /// Checks a pattern and hands it back.
    fn pattern(&mut self, pattern: &Spanned<String>, must_capture: bool) -> String {
        match Pattern::new(pattern.get_ref()) {
            Err(why) => self.fault(
                pattern.span(),
                format!("This pattern cannot be used: {why}."),
                "Use * and ? for any letters, and captures such as {period}.",
            ),
            Ok(sound) if must_capture && sound.captures().next().is_none() => self.fault(
                pattern.span(),
                "This pattern captures nothing.",
                "Name what it tells, as in `pattern = \"Gr {grade}*\"`.",
            ),
            Ok(_) => {}
        }
        pattern.get_ref().clone()
    }

    /// Checks patterns that must capture something.
    fn patterns(&mut self, patterns: &Spanned<OneOrMany>) -> Vec<String> {
        let names = patterns.get_ref().names().into_iter();
        names.map(|name| self.pattern(&Spanned::new(patterns.span(), name), true)).collect()
    }

    fn cell_pattern(&mut self, pattern: &Spanned<String>) -> String {
        let fault = match Pattern::of_value(pattern.get_ref()) {
            Err(why) => Some(format!("This pattern cannot be used: {why}.")),
            Ok(sound) if sound.captures().next().is_none() => Some("This pattern captures no value.".to_owned()),
            Ok(_) => None,
        };
        if let Some(message) = fault {
            self.fault(
                pattern.span(),
                message,
                "Write {value} where the result stands, as in `cell = \"{value} / * SC\"`.",
            );
        }
        pattern.get_ref().clone()
    }

    fn off_grade(&mut self, word: &Spanned<String>) -> bool {
        if !OFF_GRADE.contains(&word.get_ref().as_str()) {
            self.unknown(word.span(), "way with results of another grade", word.get_ref(), &OFF_GRADE);
        }
        word.get_ref() == "keep"
    }

    fn unit(&mut self, unit: &Spanned<String>) -> Option<Unit> {
        match unit.get_ref().as_str() {
            "share" => Some(Unit::Share),
            "percent" => Some(Unit::Percent),
            other => {
                self.unknown(unit.span(), "unit", other, &UNITS);
                None
            }
        }
    }

    fn bounded(
        &mut self,
        value: Option<&Spanned<u32>>,
        name: &str,
        default: u32,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> u32 {
        let Some(value) = value else { return default };
        if !bounds.contains(value.get_ref()) {
            self.fault(
                value.span(),
                format!("`{name}` is {}.", value.get_ref()),
                format!("Use a number from {} to {}.", bounds.start(), bounds.end()),
            );
            return default;
        }
        *value.get_ref()
    }

    fn columns(&mut self, file: &File, kind: MappingKind) -> BTreeMap<String, Vec<String>> {
        let known = roles();
        let mut columns = BTreeMap::new();
        for (role, names) in &file.columns {
            if !known.contains(&role.get_ref().as_str()) {
                self.unknown(role.span(), "role of columns", role.get_ref(), &known);
                continue;
            }
            if kind == MappingKind::Survey && ROLES.contains(&role.get_ref().as_str()) {
                self.fault(
                    role.span(),
                    format!("A survey is anonymous: it has no column “{}”.", role.get_ref()),
                    "Take this line away; the column is then not read.",
                );
            }
            let names: Vec<String> = names
                .get_ref()
                .names()
                .into_iter()
                .map(|name| self.pattern(&Spanned::new(names.span(), name), false))
                .collect();
            if !names.is_empty() {
                columns.insert(role.get_ref().clone(), names);
            }
        }
        columns
    }

    fn values(&mut self, file: &File) -> Vec<ValueColumn> {
        file.value
            .iter()
            .map(|value| {
                for fact in value.set.keys() {
                    if !FACTS.contains(&fact.get_ref().as_str()) {
                        self.unknown(fact.span(), "fact", fact.get_ref(), &FACTS);
                    }
                }
                ValueColumn {
                    column: self.pattern(&value.column, false),
                    cell: value.cell.as_ref().map(|cell| self.cell_pattern(cell)),
                    unit: value.unit.as_ref().and_then(|unit| self.unit(unit)),
                    set: value.set.iter().map(|(fact, word)| (fact.get_ref().clone(), word.clone())).collect(),
                }
            })
            .collect()
    }

    /// A roster needs numbers and grades, results need somebody whose results they are.
    fn identity(
        &mut self,
        file: &File,
        kind: MappingKind,
        columns: &BTreeMap<String, Vec<String>>,
        values: &[ValueColumn],
    ) {
        let has = |role: &str| columns.contains_key(role);
        let span = file.kind.span();
        if kind == MappingKind::Roster && !has("id") && !has("provincial-id") {
            self.fault(
                span.clone(),
                "A roster needs a column with student numbers, so that a student is known again next year.",
                "Add `id = [\"Student #\"]` under [columns].",
            );
        }
        let named = has("name") || (has("given") && has("family"));
        if kind == MappingKind::Assessment && !has("id") && !has("provincial-id") && !named {
            self.fault(
                span.clone(),
                "No column tells whose results these are.",
                "Add `id` (or `name`) under [columns].",
            );
        }
        if kind == MappingKind::Names && !(named && (has("id") || has("provincial-id"))) {
            self.fault(
                span.clone(),
                "A list of exceptions says whom a name means.",
                "Add `name` (as results have it) and `id` (as the roster has it) under [columns].",
            );
        }
        if kind.is_about_goals() && !(has("goal") && has("text")) {
            self.fault(
                span.clone(),
                "No column tells which goal this is about, or what is done.",
                "Add `goal` and `text` under [columns].",
            );
        }
        if kind == MappingKind::Decisions && !has("since") {
            self.fault(span.clone(), "A decision needs its day.", "Add `since` under [columns].");
        }
        if matches!(kind, MappingKind::Assessment | MappingKind::Survey) && values.is_empty() {
            self.fault(span, "No column with results is named.", "Add a [[value]] with `column = …`.");
        }
    }

    fn cell_fact(&mut self, from: &RawFromCell) -> FromCell {
        if address(from.cell.get_ref()).is_none() {
            self.fault(
                from.cell.span(),
                format!("“{}” is not the address of a cell.", from.cell.get_ref()),
                "Write it as in B2.",
            );
        }
        FromCell { cell: from.cell.get_ref().clone(), pattern: self.pattern(&from.pattern, true) }
    }

    fn separator(&mut self, separator: &Spanned<String>) -> Option<char> {
        let known = match separator.get_ref().as_str() {
            "," => Some(','),
            ";" => Some(';'),
            "\t" | "tab" => Some('\t'),
            "|" => Some('|'),
            _ => None,
        };
        if known.is_none() {
            self.unknown(separator.span(), "separator", separator.get_ref(), &SEPARATORS);
        }
        known
    }

    fn encoding(&mut self, encoding: &Spanned<String>) -> Option<String> {
        let known = encoding_rs::Encoding::for_label(encoding.get_ref().as_bytes());
        if known.is_none() {
            let common = ["utf-8", "windows-1252", "utf-16le", "utf-16be", "windows-1251"];
            self.unknown(encoding.span(), "encoding", encoding.get_ref(), &common);
        }
        known.map(|encoding| encoding.name().to_owned())
    }

    fn decimal(&mut self, decimal: &Spanned<String>) -> Option<bool> {
        match decimal.get_ref().as_str() {
            "," => Some(true),
            "." => Some(false),
            other => {
                self.unknown(decimal.span(), "decimal sign", other, &[",", "."]);
                None
            }
        }
    }
}

/// Zero-based row and column of an A1 address.
pub fn address(cell: &str) -> Option<(u32, u32)> {
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = cell.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || !number.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut col = 0u32;
    for letter in letters.chars() {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        col = col * 26 + (letter as u32 - 'A' as u32 + 1);
    }
    let row: u32 = number.parse().ok()?;
    (row >= 1).then(|| (row - 1, col - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> (Option<Mapping>, Vec<Problem>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("mappings")).expect("made");
        std::fs::write(folder.path().join("mappings/m.toml"), text).expect("written");
        let mut problems = Vec::new();
        let mapping = load_all(folder.path(), &mut problems).remove("m");
        (mapping, problems)
    }

    const SOUND: &str = r#"
kind = "assessment"
[sheets]
use = ["Gr *"]
[header]
find = ["Student #", "Level"]
rows = 2
[columns]
id = ["Student #", "Local ID"]
name = "Student"
[[value]]
column = "{period} / Level"
set = { measure = "reading" }
[from-sheet]
pattern = "Gr {grade}*"
[[from-cell]]
cell = "B2"
pattern = "Reporting period: {period}"
[codes]
x = { class = "excluded", reason = "not assessed" }
[csv]
separator = "tab"
decimal = ","
"#;

    #[test]
    fn a_sound_mapping_is_read_whole() {
        let (mapping, problems) = load_text(SOUND);
        assert_eq!(problems, []);
        let mapping = mapping.expect("a mapping");
        assert_eq!((mapping.header_rows, mapping.header_within), (2, 25));
        assert_eq!(mapping.columns["name"], ["Student"]);
        assert_eq!(mapping.codes["X"], Code::Excluded("not assessed".into()));
        assert_eq!((mapping.csv_separator, mapping.decimal_comma), (Some('\t'), Some(true)));
    }

    #[test]
    fn every_fault_is_told_at_its_line() {
        let faulty = SOUND
            .replace("name = \"Student\"", "nmae = \"Student\"")
            .replace("\"{period} / Level\"", "\"{perod} / Level\"")
            .replace("\"B2\"", "\"2B\"")
            .replace("decimal = \",\"", "decimal = \";\"");
        let (_, problems) = load_text(&faulty);
        let mut lines: Vec<Option<usize>> = problems.iter().map(|p| p.place.line).collect();
        lines.sort();
        assert_eq!(lines, [Some(10), Some(12), Some(17), Some(23)], "{problems:?}");
        assert!(problems.iter().any(|p| p.hint.as_deref() == Some("Did you mean “name”?")), "{problems:?}");
    }

    #[test]
    fn addresses_are_read_like_a_spreadsheet() {
        assert_eq!(address("B2"), Some((1, 1)));
        assert_eq!(address("aa10"), Some((9, 26)));
        assert_eq!(address("2B"), None);
        assert_eq!(address("A0"), None);
    }
}
