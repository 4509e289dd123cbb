//! users.csv, with roles.csv and demographics.csv: who is a student, and under which numbers and
//! names.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use termwise_base::problem::{Place, Problem};
use termwise_config::oneroster::{IdFrom, OneRoster, PROGRAM};

use crate::workbook::{Row, Value};

use crate::dataset::table::{Rows, Told};
use crate::dataset::words::{self, IdKey};
use crate::dataset::{Aside, NotData};

use super::csv::{self, Csv, Status, text};
use super::manifest::Version;

/// A role of a student: the organisation, and from when to when.
type Span = (String, Option<Date>, Option<Date>);

/// A student of the export.
#[derive(Debug)]
pub(super) struct User {
    pub(super) id: Option<IdKey>,
    pub(super) provincial: Option<IdKey>,
    pub(super) names: Vec<String>,
    /// The name as people write it.
    pub(super) written: String,
    /// Grades as written.
    pub(super) grades: Vec<String>,
    pub(super) program: String,
    /// Organisations, the first one first.
    pub(super) orgs: Vec<String>,
    /// Where the student is in roles, by organisation: from when to when.
    pub(super) spans: Vec<Span>,
    /// Row of the sheet, and its place among the rows of data.
    pub(super) row: u32,
    pub(super) data_row: usize,
}

/// Students by their `sourcedId`, and the columns for messages.
pub(super) struct Users {
    pub(super) all: Vec<User>,
    pub(super) by_id: HashMap<String, usize>,
    pub(super) sheet: Place,
    pub(super) id_col: u32,
    pub(super) grade_col: u32,
    pub(super) org_col: u32,
}

/// What the other files tell of users, by `sourcedId`.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Students by roles.csv, with the organisations and days of their roles.
    pub(super) students: HashMap<String, Vec<Span>>,
    /// Program by demographics.csv.
    pub(super) programs: HashMap<String, String>,
    /// Whether demographics.csv has the column.
    pub(super) has_program: bool,
}

/// Reads the students of roles.csv.
pub(super) fn roles(csv: &Csv<'_>, beside: &mut Beside, rows: &mut Rows, told: &mut Told) {
    let [user, role, org, begin, end] =
        ["userSourcedId", "role", "orgSourcedId", "beginDate", "endDate"].map(|name| csv.column(name));
    csv.each(rows, told, NotData::Reference, |row, _, told| {
        if csv.status(row) == Status::Live && is_student(&text(row, role)) {
            let mut day = |col: Option<u32>| {
                let value = col.and_then(|col| row.get(col)).filter(|value| !words::text(*value).is_empty())?;
                let day = words::date(value);
                if day.is_none() {
                    told.push(
                        Problem::warning("This cell should hold a date, so the role counts without it.")
                            .at(csv.place(row.number, col))
                            .found(words::quoted(value))
                            .expected("a date, as in 2025-09-04")
                            .hint("Correct the day where the export is made."),
                    );
                }
                day
            };
            let span = (text(row, org).into_owned(), day(begin), day(end));
            beside.students.entry(text(row, user).into_owned()).or_default().push(span);
        }
    });
}

/// Reads the programs of demographics.csv.
pub(super) fn demographics(csv: &Csv<'_>, settings: &OneRoster, beside: &mut Beside, rows: &mut Rows, told: &mut Told) {
    let program = csv.column(settings.program.as_deref().unwrap_or(PROGRAM));
    beside.has_program = program.is_some();
    // The standard gives the row the user's own id; some systems add a column with it.
    let user = csv.column("userSourcedId").or(csv.column("sourcedId"));
    csv.each(rows, told, NotData::Reference, |row, _, _| {
        if csv.status(row) == Status::Live && !text(row, program).is_empty() {
            beside.programs.insert(text(row, user).into_owned(), text(row, program).into_owned());
        }
    });
}

/// The columns of users.csv that are asked for each user.
struct Columns {
    sourced_id: Option<u32>,
    role: Option<u32>,
    id: Vec<(IdFrom, Option<u32>)>,
    provincial: Option<(IdFrom, Option<u32>)>,
    names: [Option<u32>; 4],
    grades: Option<u32>,
    program: Option<u32>,
    orgs: [Option<u32>; 2],
}

/// Reads the students; nothing if a column is missing without which nobody is known.
pub(super) fn read(
    csv: &Csv<'_>,
    settings: &OneRoster,
    version: Version,
    beside: &Beside,
    rows: &mut Rows,
    told: &mut Told,
) -> Option<Users> {
    let columns = columns(csv, settings, beside, told)?;
    let mut users = Users {
        all: Vec::new(),
        by_id: HashMap::new(),
        sheet: csv.on(),
        id_col: columns.id.iter().find_map(|(_, col)| *col).unwrap_or(0),
        grade_col: columns.grades.unwrap_or(0),
        org_col: columns.orgs.iter().find_map(|col| *col).unwrap_or(0),
    };
    let mut twice: HashSet<String> = HashSet::new();
    csv.each(rows, told, NotData::NoStudent, |row, rows, told| {
        let key = text(row, columns.sourced_id).into_owned();
        let student = match version {
            Version::V1p1 => is_student(&text(row, columns.role)),
            Version::V1p2 => beside.students.contains_key(&key),
        };
        if !student || csv.status(row) == Status::Deleted {
            return;
        }
        let data_row = rows.data();
        if csv.status(row) == Status::Unknown {
            rows.set_aside(data_row, Aside::Word);
            told.push(unknown_status(csv, row));
        } else if users.by_id.contains_key(&key) || !twice.insert(key.clone()) {
            rows.set_aside(data_row, Aside::Contradiction);
            told.push(
                Problem::warning("The sourcedId of this user is used twice; the second row was set aside.")
                    .at(csv.place(row.number, columns.sourced_id))
                    .hint("Export it again. If nothing changes, ask those who run the student system."),
            );
        } else {
            users.by_id.insert(key.clone(), users.all.len());
            users.all.push(user(row, &key, &columns, beside, data_row));
        }
    });
    Some(users)
}

fn columns(csv: &Csv<'_>, settings: &OneRoster, beside: &Beside, told: &mut Told) -> Option<Columns> {
    let find = |name: &str| csv.column(name);
    let with = |from: &IdFrom| (from.clone(), find(from.column()));
    let id: Vec<(IdFrom, Option<u32>)> = match &settings.id {
        Some(from) => vec![with(from)],
        None => vec![with(&IdFrom::Identifier), with(&IdFrom::SourcedId)],
    };
    let missing = |what: &str, column: &str| {
        format!("The column “{column}” with {what}, which the source names, is not in this file.")
    };
    let sourced_id = find("sourcedId");
    if sourced_id.is_none() || id.iter().all(|(_, col)| col.is_none()) {
        let column = sourced_id.and(settings.id.as_ref()).map_or("sourcedId", IdFrom::column);
        let message = format!("The column “{column}” is not in this file, so nobody can be read from it.");
        told.push(
            Problem::error(message)
                .at(csv.header())
                .expected(format!("a header with “{column}”"))
                .hint("Add the column where the export is made, or correct [source.oneroster] in termwise.toml."),
        );
        return None;
    }
    let mut absent = |what: &str, column: &str| {
        let hint = "Add the column where the export is made, or correct [source.oneroster] in termwise.toml.";
        told.push(Problem::warning(missing(what, column)).at(csv.header()).hint(hint));
    };
    let provincial = settings.provincial.as_ref().map(with);
    if let Some((from, None)) = &provincial {
        absent("provincial numbers", from.column());
    }
    let program = find(settings.program.as_deref().unwrap_or(PROGRAM));
    if let (Some(column), None, false) = (&settings.program, program, beside.has_program) {
        absent("programs", column);
    }
    Some(Columns {
        sourced_id,
        role: find("role"),
        id,
        provincial,
        names: ["givenName", "familyName", "preferredGivenName", "preferredFamilyName"].map(find),
        grades: find("grades"),
        program,
        orgs: ["primaryOrgSourcedId", "orgSourcedIds"].map(find),
    })
}

fn user(row: &Row, key: &str, columns: &Columns, beside: &Beside, data_row: usize) -> User {
    let number = |(from, col): &(IdFrom, Option<u32>)| number(from, &text(row, *col));
    let spans = beside.students.get(key).cloned().unwrap_or_default();
    let mut orgs: Vec<String> = columns.orgs.iter().flat_map(|col| csv::list(&text(row, *col))).collect();
    if orgs.is_empty() {
        orgs = spans.iter().map(|(org, ..)| org.clone()).filter(|org| !org.is_empty()).collect();
    }
    let own = text(row, columns.program);
    let program = if own.is_empty() { beside.programs.get(key).cloned() } else { None };
    let [given, family, preferred, preferred_family] = columns.names.map(|col| text(row, col).trim().to_owned());
    let either = |one: &String, other: &String| if one.is_empty() { other.clone() } else { one.clone() };
    let written = format!("{} {}", either(&preferred, &given), either(&preferred_family, &family)).trim().to_owned();
    User {
        id: columns.id.iter().find_map(number),
        provincial: columns.provincial.as_ref().and_then(number),
        names: names([given, family, preferred, preferred_family]),
        written,
        grades: csv::list(&text(row, columns.grades)),
        program: program.unwrap_or_else(|| own.into_owned()),
        orgs,
        spans,
        row: row.number,
        data_row,
    }
}

/// Every way in which the name may be written.
fn names([given, family, preferred, preferred_family]: [String; 4]) -> Vec<String> {
    let last = if preferred_family.is_empty() { &family } else { &preferred_family };
    let first = if preferred.is_empty() { &given } else { &preferred };
    let mut names = Vec::new();
    for (given, family) in [(&given, &family), (first, last), (first, &family)] {
        let name = words::full_key(given, family);
        if !given.is_empty() && !family.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A student number from a cell; of `userIds`, from the entry `{type:id}` of the type.
fn number(from: &IdFrom, cell: &str) -> Option<IdKey> {
    let word = match from {
        IdFrom::UserIds(kind) => cell.split('{').find_map(|entry| {
            let (found, id) = entry.split('}').next()?.split_once(':')?;
            found.trim().eq_ignore_ascii_case(kind).then_some(id)
        })?,
        _ => cell,
    };
    words::id_key(Value::Text(word))
}

pub(super) fn is_student(role: &str) -> bool {
    role.eq_ignore_ascii_case("student")
}

/// The problem of a row that is neither active nor deleted.
pub(super) fn unknown_status(csv: &Csv<'_>, row: &Row) -> Problem {
    let status = csv.column("status");
    Problem::warning("Nothing says whether this row holds: its status is not known. The row was set aside.")
        .at(csv.place(row.number, status))
        .found(format!("“{}”", text(row, status)))
        .expected("nothing, “active” or “tobedeleted”")
        .hint("Export it again. If nothing changes, ask those who run the student system.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_among_several_ids() {
        let cell = "{LDAP:abirch},{MET:000123456},{Fed:x}";
        let key = |kind: &str| number(&IdFrom::UserIds(kind.into()), cell);
        assert_eq!(key("met"), Some(IdKey::Number(123_456)));
        assert_eq!(key("LDAP"), Some(IdKey::Text("ABIRCH".into())));
        assert_eq!(key("SIS"), None);
    }

    #[test]
    fn preferred_names_are_further_names() {
        let name = |words: [&str; 4]| names(words.map(str::to_owned));
        assert_eq!(name(["Ana", "Birch", "", ""]), [words::full_key("Ana", "Birch")]);
        assert_eq!(
            name(["Ana", "Birch", "Annie", ""]),
            [words::full_key("Ana", "Birch"), words::full_key("Annie", "Birch")]
        );
        assert!(name(["", "Birch", "", ""]).is_empty());
    }
}
