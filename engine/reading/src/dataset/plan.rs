//! A mapping made ready for reading: its readers of values built once.
//!
//! Comes in: the project. Goes out: one [`Plan`] per mapping. Its patterns were made when the configuration was read.

use termwise_base::problem::{Place, Problem, nearest};
use termwise_config::mapping::{Mapping, MappingKind};
use termwise_config::pattern::{Pattern, prepare};
use termwise_config::{MeasureId, Project};

use crate::workbook::{Sheet, Workbook};

use super::values::ScaleReader;

/// A mapping, ready for reading.
pub(super) struct Plan<'a> {
    pub(super) mapping: &'a Mapping,
    /// Place of the reason why results of another grade are left out, if they are.
    pub(super) off_grade: Option<u16>,
    readers: Vec<ScaleReader<'a>>,
    scale_of: Vec<usize>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(project: &'a Project, mapping: &'a Mapping, reasons: &[String]) -> Self {
        Self {
            mapping,
            off_grade: super::values::off_grade(mapping)
                .and_then(|reason| reasons.iter().position(|known| known == reason))
                .and_then(|place| u16::try_from(place).ok()),
            readers: project.measures.scales.iter().map(|s| ScaleReader::new(s, &mapping.codes, reasons)).collect(),
            scale_of: project.measures.measures.iter().map(|measure| measure.scale).collect(),
        }
    }

    pub(super) fn is_roster(&self) -> bool {
        matches!(self.mapping.kind, MappingKind::Roster | MappingKind::OneRoster)
    }

    /// Who reads the values of a measure.
    pub(super) fn reader(&self, measure: MeasureId) -> &ScaleReader<'a> {
        &self.readers[self.scale_of[measure.0]]
    }

    /// Whether the mapping leaves a column with this header out on purpose.
    pub(super) fn ignores(&self, path: &str) -> bool {
        let (whole, last) = (prepare(path), prepare(path.rsplit(" / ").next().unwrap_or(path)));
        self.mapping.ignore.iter().any(|pattern| pattern.fits(&whole) || pattern.fits(&last))
    }

    /// Whether the mapping leaves a sheet of this name out on purpose.
    pub(super) fn skips(&self, name: &str) -> bool {
        let letters = prepare(name);
        self.mapping.skip_sheets.iter().any(|pattern| pattern.fits(&letters))
    }

    /// The sheets that the mapping wants, and a problem if there is none.
    pub(super) fn choose<'b>(
        &self,
        book: &'b Workbook,
        path: &str,
        problems: &mut Vec<Problem>,
    ) -> Vec<(u16, &'b Sheet)> {
        let numbered = || (0u16..).zip(&book.sheets);
        // A text file has no tabs: its one sheet is always meant.
        if book.separator.is_some() {
            return numbered().collect();
        }
        let fits = |patterns: &[Pattern], name: &str| {
            let letters = prepare(name);
            patterns.iter().any(|pattern| pattern.fits(&letters))
        };
        let sheets = &self.mapping.sheets;
        let wanted = |sheet: &Sheet| {
            (sheets.is_empty() || fits(sheets, &sheet.name)) && !fits(&self.mapping.skip_sheets, &sheet.name)
        };
        let found: Vec<(u16, &Sheet)> =
            numbered().filter(|(_, s)| wanted(s) && (self.mapping.hidden_sheets || !s.hidden)).collect();
        if found.is_empty() && book.problems.is_empty() {
            let problem = Problem::error("This workbook has no sheet that the mapping reads.")
                .at(Place::file(path))
                .found(list(book.sheets.iter().map(|sheet| sheet.name.as_str())));
            let hint = if numbered().any(|(_, sheet)| wanted(sheet)) {
                format!("The sheets that fit are hidden: show them, or set `hidden = true` in {}.", self.mapping.path)
            } else {
                let names = book.sheets.iter().map(|sheet| sheet.name.as_str());
                let near =
                    sheets.iter().find_map(|glob| nearest(&plain(glob.written()), names.clone()).first().copied());
                match near {
                    Some(near) => {
                        format!("Did you mean “{near}”? Correct `use` under [sheets] in {}.", self.mapping.path)
                    }
                    None => format!("Correct the sheet's name, or `use` under [sheets] in {}.", self.mapping.path),
                }
            };
            let expected = if sheets.is_empty() {
                "a visible sheet".to_owned()
            } else {
                list(sheets.iter().map(Pattern::written))
            };
            problems.push(problem.expected(expected).hint(hint));
        }
        found
    }
}

/// Names in quotes, not too many of them.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<String> = names.map(|name| format!("“{name}”")).collect();
    if all.len() > 12 { format!("{} and {} more", all[..12].join(", "), all.len() - 12) } else { all.join(", ") }
}

/// A pattern without its wildcards, to be held against names by likeness.
pub(super) fn plain(pattern: &str) -> String {
    pattern.replace(['*', '?'], "").trim().to_owned()
}
