//! The mapping language: how one family of spreadsheets becomes observations (`mappings/*.toml`).
//!
//! Comes in: the files. Goes out: checked [`Mapping`]s with their patterns ready for use, every fault as a problem at
//! its line. It never opens a spreadsheet.

mod columns;
mod csv;
mod from;
mod layout;

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use termwise_base::problem::{Place, Problem};

use super::check::Check;
use super::measures::{Code, RawCode};
use super::oneroster;
use super::pattern::Pattern;
use super::spot::At;
use super::toml_file;
use super::words::{Word, Words};

pub use super::facts::{Fact, Facts};
pub use columns::{Role, Unit, ValueColumn};
pub use from::{FromCell, address};

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum MappingKind {
    /// Students' results.
    Assessment,
    /// Who is enrolled where.
    Roster,
    /// Anonymous answers of staff.
    Survey,
    /// Who is enrolled where, as a OneRoster export tells it; see [`super::oneroster`].
    #[strum(disabled)]
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
    pub sheets: Vec<Pattern>,
    /// Sheets to leave out (globs).
    pub skip_sheets: Vec<Pattern>,
    /// Whether hidden sheets are read as well.
    pub hidden_sheets: bool,
    /// Words that the header rows contain (globs, case ignored).
    pub header_find: Vec<Pattern>,
    /// How many rows from the top are searched for the header.
    pub header_within: u32,
    /// How many rows the header has.
    pub header_rows: u32,
    /// How many rows of explanation stand under the header.
    pub explanation_rows: u32,
    /// Rows whose first filled cell matches one of these are no data (totals, averages).
    pub skip_rows: Vec<Pattern>,
    /// A row whose first filled cell matches one of these ends the table (legend).
    pub stop_rows: Vec<Pattern>,
    /// [`Role`] by its word → column names (globs on the header path), best first.
    pub columns: BTreeMap<&'static str, Vec<Pattern>>,
    /// Columns with results.
    pub values: Vec<ValueColumn>,
    /// Patterns on the sheet's name, with captures; the first that fits counts.
    pub from_sheet: Vec<Pattern>,
    /// Patterns on the file's path relative to the project, with captures; the first that fits counts.
    pub from_file: Vec<Pattern>,
    /// Facts from single cells.
    pub from_cells: Vec<FromCell>,
    /// Codes of these files, upper case; they go before the scale's own.
    pub codes: BTreeMap<String, Code>,
    /// Csv: separator, or found by looking.
    pub csv_separator: Option<char>,
    /// Csv: encoding label, or found by looking.
    pub csv_encoding: Option<String>,
    /// Columns that are left out on purpose although they look like results (globs).
    pub ignore: Vec<Pattern>,
    /// Whether a result assessed at another grade than the student's counts all the same.
    pub keep_off_grade: bool,
    /// Decimal comma in text numbers, or found by looking.
    pub decimal_comma: Option<bool>,
}

/// How one family of spreadsheets becomes observations: a file in the folder `mappings`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(title = "Termwise mapping")]
pub(super) struct File {
    /// What the rows of the files are.
    kind: At<Word<MappingKind>>,
    #[serde(default)]
    sheets: layout::RawSheets,
    header: layout::RawHeader,
    #[serde(default)]
    rows: layout::RawRows,
    /// Columns by what they mean: role = names of the column, best first; * and ? are wildcards.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, columns::OneOrMany>", extend("propertyNames" = { "enum": words::<Role>() }))]
    columns: BTreeMap<At<Word<Role>>, At<columns::OneOrMany>>,
    /// Columns with results.
    #[serde(default)]
    value: Vec<columns::RawValue>,
    /// Facts that the name of the sheet gives.
    from_sheet: Option<from::RawFrom>,
    /// Facts that the path of the file, relative to the project folder, gives.
    from_file: Option<from::RawFrom>,
    /// Facts that a cell above the table gives.
    #[serde(default)]
    from_cell: Vec<from::RawFromCell>,
    /// Columns that look like results and are none; they are not asked about.
    #[serde(default)]
    ignore: Vec<At<String>>,
    /// What becomes of a result whose assessment-grade is not the student's grade.
    #[schemars(extend("default" = "exclude"))]
    off_grade: Option<At<Word<OffGrade>>>,
    /// Codes of these files; they go before the codes of the scales.
    #[serde(default)]
    codes: BTreeMap<String, At<RawCode>>,
    #[serde(default)]
    csv: csv::RawCsv,
}

/// What becomes of a result that was assessed at another grade than the student's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
enum OffGrade {
    /// It counts as left out, with that reason.
    Exclude,
    /// It counts like any other.
    Keep,
}

/// Every word of a set, for the schema.
fn words<T: Words>() -> Vec<&'static str> {
    T::iter().map(T::id).collect()
}

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
        let kind = self.word(&file.kind, "kind of mapping");
        let columns = self.columns(&file.columns, kind);
        let values = self.values(&file.value);
        if let Some(kind) = kind {
            self.identity(file.kind.span(), kind, &columns, !file.value.is_empty());
        }
        let off_grade = self.word_or(file.off_grade.as_deref(), "way with results of another grade", OffGrade::Exclude);
        Mapping {
            name: name.to_owned(),
            path: path.to_owned(),
            kind: kind.unwrap_or(MappingKind::Assessment),
            sheets: self.globs(&file.sheets.used),
            skip_sheets: self.globs(&file.sheets.skip),
            hidden_sheets: file.sheets.hidden,
            header_find: self.header_words(&file.header),
            header_within: self.bounded(file.header.within.as_ref(), "within", 25, 1..=500),
            header_rows: self.bounded(file.header.rows.as_ref(), "rows", 1, 1..=5),
            explanation_rows: self.bounded(file.header.explanation_rows.as_ref(), "explanation-rows", 0, 0..=20),
            skip_rows: self.globs(&file.rows.skip_when),
            stop_rows: self.globs(&file.rows.stop_when),
            columns,
            values,
            from_sheet: self.from(file.from_sheet.as_ref()),
            from_file: self.from(file.from_file.as_ref()),
            from_cells: file.from_cell.iter().filter_map(|from| self.cell_fact(from)).collect(),
            codes: self.codes(&file.codes, None),
            ignore: self.globs(&file.ignore),
            keep_off_grade: off_grade == OffGrade::Keep,
            csv_separator: self.separator(&file.csv),
            csv_encoding: self.encoding(&file.csv),
            decimal_comma: self.decimal(&file.csv),
        }
    }
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
        assert_eq!(mapping.columns["name"].iter().map(Pattern::written).collect::<Vec<_>>(), ["Student"]);
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
        assert_eq!(address("XFD1048576"), Some((1_048_575, 16_383)));
        for none in ["2B", "A0", "XFE1", "A1048577", "", "7"] {
            assert_eq!(address(none), None, "{none}");
        }
    }
}
