//! One file of an export: its columns by name, its rows, and where they stand.

use std::borrow::Cow;

use termwise_base::problem::Place;

use crate::workbook::{Row, Sheet, Workbook};

use crate::dataset::table::{Rows, Told, broken};
use crate::dataset::{Aside, NotData, words};

/// One file of an export. Its first filled row is the header.
pub(super) struct Csv<'b> {
    sheet: &'b Sheet,
    path: &'b str,
    columns: Vec<(String, u32)>,
    header: u32,
}

/// What the column `status` says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Live,
    Deleted,
    Unknown,
}

impl<'b> Csv<'b> {
    /// The file of this name, if the export has it and it is not blank.
    pub(super) fn open(book: &'b Workbook, path: &'b str, name: &str) -> Option<Self> {
        let exact = book.sheets.iter().find(|sheet| sheet.name == name);
        let sheet = exact.or_else(|| book.sheets.iter().find(|sheet| sheet.name.eq_ignore_ascii_case(name)))?;
        let header = sheet.row(0)?;
        let columns = header.cells().map(|(col, value)| (words::text(value).into_owned(), col)).collect();
        Some(Self { sheet, path, columns, header: header.number })
    }

    /// The column of this name; the standard writes names exactly so, some systems do not.
    pub(super) fn column(&self, name: &str) -> Option<u32> {
        let exact = self.columns.iter().find(|(known, _)| known == name);
        exact.or_else(|| self.columns.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))).map(|(_, col)| *col)
    }

    /// The name on the tab, for places that are kept.
    pub(super) fn on(&self) -> Place {
        Place::file(self.path).sheet(&self.sheet.name)
    }

    pub(super) fn place(&self, row: u32, col: Option<u32>) -> Place {
        self.on().cell(row, col.unwrap_or(0))
    }

    /// The place of the header.
    pub(super) fn header(&self) -> Place {
        self.on().cell(self.header, 0)
    }

    /// Hands over every row under the header and sees to it that all of them are counted: the rows
    /// that `each` does not count are of the kind `otherwise`.
    pub(super) fn each(
        &self,
        rows: &mut Rows,
        told: &mut Told,
        otherwise: NotData,
        mut each: impl FnMut(&Row, &mut Rows, &mut Told),
    ) {
        rows.no_data(NotData::Header, 1);
        let mut index = 1;
        while let Some(row) = self.sheet.row(index) {
            let before = rows.aside.len();
            each(&row, rows, told);
            if rows.aside.len() == before {
                rows.no_data(otherwise, 1);
            }
            index += 1;
        }
        if self.sheet.is_broken() {
            told.push(broken(self.on()));
            (index..self.sheet.len()).for_each(|_| rows.data_aside(Aside::Table));
        }
    }

    pub(super) fn status(&self, row: &Row) -> Status {
        match text(row, self.column("status")).to_lowercase().as_str() {
            "" | "active" => Status::Live,
            "tobedeleted" => Status::Deleted,
            _ => Status::Unknown,
        }
    }
}

/// What a cell says; nothing said is empty.
pub(super) fn text(row: &Row, col: Option<u32>) -> Cow<'_, str> {
    col.and_then(|col| row.get(col)).map(words::text).unwrap_or_default()
}

/// The parts of a list inside a cell.
pub(super) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
