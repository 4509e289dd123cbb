//! `manifest.csv`: which version an export is of, and which files it says it has.

use std::collections::HashMap;

use termwise_base::problem::{Place, Problem};

use crate::workbook::Workbook;

use crate::dataset::NotData;
use crate::dataset::table::{Rows, Told};

use super::csv::{Csv, text};

/// The files that are read.
pub(super) const FILES: [&str; 7] =
    ["users", "enrollments", "orgs", "classes", "academicSessions", "roles", "demographics"];

/// Versions of the standard, as far as they differ here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// A user has one role, in users.csv (1.0 and 1.1).
    V1p1,
    /// Roles are in a file of their own (1.2).
    V1p2,
}

/// What a manifest says; an export may come without one.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// Property → value and its place.
    said: HashMap<String, (String, Place)>,
}

impl Manifest {
    pub(super) fn read(book: &Workbook, path: &str, rows: &mut Rows, told: &mut Told) -> Self {
        let mut said = HashMap::new();
        if let Some(csv) = Csv::open(book, path, "manifest") {
            let (name, value) = (csv.column("propertyName"), csv.column("value"));
            csv.each(rows, told, NotData::Reference, |row, _, _| {
                let place = csv.place(row.number, value);
                said.insert(text(row, name).to_lowercase(), (text(row, value).into_owned(), place));
            });
        }
        Self { said }
    }

    fn file(&self, name: &str) -> Option<(&str, &Place)> {
        let (value, place) = self.said.get(&format!("file.{}", name.to_lowercase()))?;
        Some((value.as_str(), place))
    }

    /// The version, from the manifest or else from the columns.
    pub(super) fn version(&self, users: &Csv<'_>, told: &mut Told) -> Version {
        match self.said.get("oneroster.version") {
            Some((word, _)) if word.starts_with("1.2") => return Version::V1p2,
            Some((word, _)) if word.starts_with("1.1") || word.starts_with("1.0") => return Version::V1p1,
            Some((word, place)) if !word.is_empty() => told.push(
                Problem::warning("This version of OneRoster is not known; the export is read by its columns.")
                    .at(place.clone())
                    .found(format!("“{word}”"))
                    .expected("1.1 or 1.2")
                    .hint("Choose OneRoster 1.1 or 1.2 where the export is made."),
            ),
            _ => {}
        }
        if users.column("role").is_some() { Version::V1p1 } else { Version::V1p2 }
    }

    /// Why nothing can be read, if so: changes only, or no users.
    pub(super) fn refusal(&self, book: &Workbook, path: &str) -> Option<Problem> {
        let delta =
            FILES.iter().find_map(|name| self.file(name).filter(|(value, _)| value.eq_ignore_ascii_case("delta")));
        if let Some((_, place)) = delta {
            return Some(
                Problem::error("This export holds changes only (delta), so it was not read: only bulk is read.")
                    .at(place.clone())
                    .found("“delta”")
                    .expected("“bulk”")
                    .hint("Export the whole of it: choose “bulk” or “full” where the export is made."),
            );
        }
        match self.file("users") {
            Some((value, place)) if value.eq_ignore_ascii_case("absent") => Some(
                Problem::error("The manifest says that this export has no users.csv, so nobody can be read from it.")
                    .at(place.clone())
                    .found("“absent”")
                    .expected("“bulk”")
                    .hint("Include the users where the export is made."),
            ),
            _ if Csv::open(book, path, "users").is_none() => Some(
                Problem::error("This export has no users.csv, or it is empty, so nobody can be read from it.")
                    .at(Place::file(path))
                    .expected("the files of OneRoster 1.1 or 1.2: users, enrollments, orgs, classes, academicSessions")
                    .hint("Include the users where the export is made, or copy the whole export again."),
            ),
            _ => None,
        }
    }

    /// Whether a file may be read; tells where manifest and files disagree.
    pub(super) fn open<'b>(&self, book: &'b Workbook, path: &'b str, name: &str, told: &mut Told) -> Option<Csv<'b>> {
        let csv = Csv::open(book, path, name);
        match (self.file(name), &csv) {
            (Some((value, place)), None) if value.eq_ignore_ascii_case("bulk") => told.push(
                Problem::error(format!("The manifest says that {name}.csv is there, but it is missing or empty."))
                    .at(place.clone())
                    .hint("Copy every file of the export again. If nothing changes, export again."),
            ),
            (Some((value, place)), Some(_)) if value.eq_ignore_ascii_case("absent") => {
                told.push(
                    Problem::warning(format!("The manifest says that {name}.csv is absent, so it was not read."))
                        .at(place.clone())
                        .hint("If it belongs to the export, export again. If not, delete the file."),
                );
                return None;
            }
            _ => {}
        }
        csv
    }
}
