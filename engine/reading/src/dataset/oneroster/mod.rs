//! OneRoster exports (1EdTech, CSV binding 1.1 and 1.2) → roster rows.
//!
//! Comes in: an export, opened as a workbook with a sheet for each csv file. Goes out: one
//! [`RosterRow`] per student, school and school year. It reads bulk exports only. A row that cannot be
//! used is set aside and told by its place; what many rows lean on (a school, a class, a session) is
//! told once, with the number of rows.

mod causes;
mod csv;
mod enrolments;
mod manifest;
mod schools;
mod users;
mod years;

use std::sync::Arc;

use termwise_base::problem::{Place, Problem};
use termwise_config::mapping::Facts;
use termwise_config::oneroster::OneRoster;
use termwise_config::{School, SchoolId};

use crate::workbook::Workbook;

use super::facts::Lookup;
use super::people::RosterRow;
use super::table::{Rows, Told};
use super::{Aside, NotData};

use causes::SharedFaults;
use csv::Csv;
use enrolments::{Fault, Stay};
use manifest::{FILES, Manifest, Version};
use schools::Schools;
use users::{Beside, User, Users};
use years::Years;

/// What an export is read with.
pub(super) struct ExportSource<'s> {
    pub(super) lookup: &'s Lookup<'s>,
    pub(super) schools: &'s [School],
    pub(super) settings: &'s OneRoster,
    /// Facts that the source sets.
    pub(super) set: &'s Facts,
    pub(super) path: &'s str,
    /// Place among the files of the run.
    pub(super) file: usize,
}

/// Reads an export.
pub(super) fn read(source: &ExportSource<'_>, book: &Workbook, rows: &mut Rows, told: &mut Told) -> Vec<RosterRow> {
    let manifest = Manifest::read(book, source.path, rows, told);
    let mut opened = vec!["manifest"];
    let found = match manifest.refusal(book, source.path) {
        Some(problem) => {
            told.push(problem);
            None
        }
        None => Export::read(source, book, &manifest, &mut opened, rows, told),
    };
    for sheet in book.sheets.iter().filter(|sheet| !opened.iter().any(|name| sheet.name.eq_ignore_ascii_case(name))) {
        // What should have been read and was not is set aside; the other files are nobody's data.
        if found.is_none() && ["users", "enrollments"].iter().any(|name| sheet.name.eq_ignore_ascii_case(name)) {
            rows.no_data(NotData::Header, sheet.len().min(1));
            (1..sheet.len()).for_each(|_| rows.data_aside(Aside::Table));
        } else {
            rows.no_data(NotData::OtherSheet, sheet.len());
        }
    }
    found.unwrap_or_default()
}

/// An export, as far as it is read.
struct Export<'s> {
    source: &'s ExportSource<'s>,
    causes: SharedFaults,
    schools: Schools<'s>,
    years: Years<'s>,
    users: Users,
}

impl<'s> Export<'s> {
    fn read<'b>(
        source: &'s ExportSource<'s>,
        book: &'b Workbook,
        manifest: &Manifest,
        opened: &mut Vec<&'static str>,
        rows: &mut Rows,
        told: &mut Told,
    ) -> Option<Vec<RosterRow>>
    where
        's: 'b,
    {
        let [users, enrollments, orgs, classes, sessions, roles, demographics] =
            FILES.map(|name| manifest.open(book, source.path, name, told));
        let users = users?;
        let version = version(manifest, &users, roles.as_ref(), told)?;
        let looked_up = [&orgs, &classes, &sessions, &roles, &demographics];
        opened.extend(FILES[2..].iter().zip(looked_up).filter(|(_, csv)| csv.is_some()).map(|(name, _)| *name));
        let set = source.set.get("year").map(String::as_str);
        let mut causes = SharedFaults::default();
        let mut years = Years::read(source.lookup, sessions.as_ref(), set, &mut causes, rows, told);
        let schools = Schools::read(source.lookup, source.schools, orgs.as_ref(), &mut causes, rows, told);
        let classes = classes.map(|csv| years.classes(&csv, &mut causes, rows, told));
        let mut beside = Beside::default();
        if let Some(csv) = demographics {
            users::demographics(&csv, source.settings, &mut beside, rows, told);
        }
        if let Some(csv) = roles {
            users::roles(&csv, &mut beside, rows, told);
        }
        let users = users::read(&users, source.settings, version, &beside, rows, told)?;
        opened.extend(["users", "enrollments"].iter().filter(|name| **name == "users" || enrollments.is_some()));
        let mut export = Self { source, causes, schools, years, users };
        let stays = match enrollments {
            Some(csv) => enrolments::read(&mut export, &csv, classes.as_ref(), rows, told),
            None => vec![enrolments::Stays::default(); export.users.all.len()],
        };
        let found = export.rows(stays, rows, told);
        export.causes.tell(told);
        Some(found)
    }

    /// The roster rows of all students.
    fn rows(&mut self, stays: Vec<enrolments::Stays>, rows: &mut Rows, told: &mut Told) -> Vec<RosterRow> {
        let users = std::mem::take(&mut self.users.all);
        let on = Arc::new(self.users.sheet.clone());
        let mut found = Vec::new();
        for (user, of_user) in users.iter().zip(stays) {
            let mut stays = of_user.stays;
            // Of a student whose enrolments are all useless it has been told why.
            if !of_user.any {
                match self.by_org(user) {
                    Ok(stay) => stays.push(stay),
                    Err(Fault::Counted(cause)) => self.causes.count(cause),
                    Err(Fault::Told(_, problem)) => told.push(*problem),
                }
            }
            let before = found.len();
            // With several stays a message must say which one it is about.
            let several = stays.len() > 1;
            for stay in stays {
                match self.row(user, &stay) {
                    Ok(row) => found.push(match &stay.at {
                        Some((sheet, cell)) if several => RosterRow { sheet: Arc::clone(sheet), cell: *cell, ..row },
                        _ => RosterRow { sheet: Arc::clone(&on), ..row },
                    }),
                    Err((why, problem)) => {
                        stay.rows.iter().for_each(|row| rows.set_aside(*row, why));
                        rows.set_aside(user.data_row, why);
                        told.push(problem);
                    }
                }
            }
            if found.len() == before {
                rows.set_aside(user.data_row, Aside::Word);
            }
        }
        self.early_end(&found, told);
        found
    }

    /// An `endDate` is the first day no longer enrolled. A system that writes the last day there takes
    /// everybody out of the last period, and nothing else would tell it.
    fn early_end(&self, found: &[RosterRow], told: &mut Told) {
        let leaves = |row: &&RosterRow| row.left.is_some() && row.left == self.source.lookup.last_day(row.year);
        let Some(first) = found.iter().find(leaves).filter(|_| found.iter().filter(leaves).count() * 2 > found.len())
        else {
            return;
        };
        let day = first.left.unwrap_or_default();
        told.push(
            Problem::warning(format!(
                "Most students leave on {day}, when the last reporting period closes, so they are not counted in it."
            ))
            .at(Place::file(self.source.path).sheet("enrollments"))
            .expected("in `endDate`, the first day no longer enrolled")
            .hint("Let the export give the day after the last one, or no day, where a class ends with the year."),
        );
    }

    /// A student without a single enrolment is where the user's organisation is.
    fn by_org(&mut self, user: &User) -> Result<Stay, Fault> {
        let place = self.users.sheet.clone().cell(user.row, self.users.org_col);
        let school = enrolments::of_user(&mut self.schools, &mut self.causes, user, &place)?;
        let year = self.years.otherwise.ok_or_else(|| Fault::told(Aside::Word, no_year(place)))?;
        let mut spans = user.spans.iter().filter(|(org, ..)| self.schools.is(org, school));
        let (entered, left) = match (spans.next(), spans.next()) {
            (Some((_, entered, left)), None) => (*entered, *left),
            _ => (None, None),
        };
        Ok(Stay { school, year, entered, left, rows: Vec::new(), at: None })
    }

    fn row(&self, user: &User, stay: &Stay) -> Result<RosterRow, (Aside, Problem)> {
        let Users { sheet, id_col, .. } = &self.users;
        if user.id.is_none() && user.provincial.is_none() {
            let problem = Problem::warning("This user has no student number, so the row was set aside.")
                .at(sheet.clone().cell(user.row, *id_col))
                .hint("Add the number where the export is made, or correct `id` under [source.oneroster].");
            return Err((Aside::Student, problem));
        }
        Ok(RosterRow {
            id: user.id.clone(),
            provincial: user.provincial.clone(),
            names: user.names.clone(),
            written: user.written.clone(),
            school: stay.school,
            year: stay.year,
            grade: self.grade(user, stay.school)?,
            program: user.program.clone(),
            entered: stay.entered,
            left: stay.left,
            sheet: Arc::default(),
            cell: (user.row, *id_col),
            row: (self.source.file, stay.rows.first().copied().unwrap_or(user.data_row)),
        })
    }

    fn grade(&self, user: &User, school: SchoolId) -> Result<String, (Aside, Problem)> {
        let place = self.users.sheet.clone().cell(user.row, self.users.grade_col);
        let School { name, grades, .. } = &self.source.schools[school.0];
        let told = |why, message: &str, hint: &str| {
            let problem = Problem::warning(message).at(place.clone()).expected(grades.join(", ")).hint(hint);
            let written = user.grades.join(", ");
            Err((why, if written.is_empty() { problem } else { problem.found(format!("“{written}”")) }))
        };
        let mut known: Vec<String> = user.grades.iter().filter_map(|word| ceds(self.source.lookup, word)).collect();
        let all = known.len() == user.grades.len();
        known.dedup();
        match known.as_slice() {
            [grade] if grades.contains(grade) && all => Ok(grade.clone()),
            _ if user.grades.is_empty() => told(
                Aside::Unreadable,
                "This user has no grade, so the row was set aside.",
                "Add the grade where the export is made.",
            ),
            [_, _, ..] => told(
                Aside::Word,
                "This user has several grades, so the row was set aside.",
                "Leave the grade of the enrolment where the export is made.",
            ),
            _ => told(
                Aside::Word,
                &format!("{name} has no such grade, so the row was set aside."),
                "Correct the grade, or the school's grades in termwise.toml.",
            ),
        }
    }
}

/// Which way the export tells who is a student; a problem if it tells it in none.
fn version(manifest: &Manifest, users: &Csv<'_>, roles: Option<&Csv<'_>>, told: &mut Told) -> Option<Version> {
    let version = manifest.version(users, told);
    match (version, users.column("role").is_some(), roles.is_some()) {
        (Version::V1p1, true, _) | (Version::V1p2, true, false) => Some(Version::V1p1),
        (_, _, true) => Some(Version::V1p2),
        (_, false, false) => {
            told.push(
                Problem::error(
                    "Nothing says who is a student: there is no roles.csv, and users.csv has no column “role”.",
                )
                .at(users.header())
                .expected("roles.csv (OneRoster 1.2), or the column “role” (1.1)")
                .hint("Include the roles where the export is made."),
            );
            None
        }
    }
}

fn no_year(place: Place) -> Problem {
    Problem::warning("Nothing says which school year this row belongs to, so it was set aside.")
        .at(place)
        .expected("a class with terms, or one session of type schoolYear")
        .hint("Add `set = { year = \"…\" }` to the source in termwise.toml.")
}

/// A grade of the Common Education Data Standards as Manitoba writes it; nothing for those that its
/// schools do not have (infants, preschool, postsecondary, ungraded).
fn ceds(lookup: &Lookup<'_>, word: &str) -> Option<String> {
    match word.trim().to_uppercase().as_str() {
        "PK" => Some("N".to_owned()),
        "KG" | "TK" => Some("K".to_owned()),
        "IT" | "PR" | "13" | "PS" | "UG" | "OTHER" => None,
        _ => lookup.any_grade(word),
    }
}
