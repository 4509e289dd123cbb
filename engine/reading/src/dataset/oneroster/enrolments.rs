//! enrollments.csv: where and when each student was.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use termwise_base::problem::{Place, Problem};
use termwise_config::SchoolId;

use crate::workbook::Row;

use crate::dataset::table::{Rows, Told};
use crate::dataset::{Aside, NotData, words};

use super::causes::{SharedFault, SharedFaults};
use super::csv::{Csv, Status, text};
use super::schools::{Among, Schools};
use super::users::{User, is_student, unknown_status};
use super::years::Class;
use super::{Export, no_year};

/// A student at a school in a school year: all enrolments there, taken together.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub(super) school: SchoolId,
    pub(super) year: u16,
    pub(super) entered: Option<Date>,
    pub(super) left: Option<Date>,
    /// Places among the rows of data.
    pub(super) rows: Vec<usize>,
    /// Sheet and cell of the first enrolment.
    pub(super) at: Option<(Arc<Place>, (u32, u32))>,
}

/// What a student's enrolments come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Stays {
    /// Whether there is any enrolment, usable or not.
    pub(super) any: bool,
    pub(super) stays: Vec<Stay>,
}

/// Why an enrolment cannot be used.
pub(super) enum Fault {
    Told(Aside, Box<Problem>),
    Counted(SharedFault),
}

impl Fault {
    pub(super) fn told(why: Aside, problem: Problem) -> Self {
        Self::Told(why, Box::new(problem))
    }
}

struct Columns {
    class: Option<u32>,
    school: Option<u32>,
    user: Option<u32>,
    role: Option<u32>,
    begin: Option<u32>,
    end: Option<u32>,
}

/// Reads the enrolments, by the place of their user.
pub(super) fn read(
    export: &mut Export<'_>,
    csv: &Csv<'_>,
    classes: Option<&HashMap<String, Class>>,
    rows: &mut Rows,
    told: &mut Told,
) -> Vec<Stays> {
    let [class, school, user, role, begin, end] =
        ["classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"]
            .map(|name| csv.column(name));
    let columns = Columns { class, school, user, role, begin, end };
    let on = Arc::new(csv.on());
    let mut stays = vec![Stays::default(); export.users.all.len()];
    csv.each(rows, told, NotData::NoStudent, |row, rows, told| {
        let said = text(row, columns.role);
        if csv.status(row) == Status::Deleted || !(said.is_empty() || is_student(&said)) {
            return;
        }
        let user = export.users.by_id.get(&*text(row, columns.user)).copied();
        if user.is_none() && said.is_empty() {
            // Nothing says that this is about a student.
            return;
        }
        let data_row = rows.data();
        let stay = match user {
            Some(user) => {
                stays[user].any = true;
                one(export, csv, classes, &columns, row, user)
            }
            None => Err(no_student(csv.place(row.number, columns.user))),
        };
        match (stay, user) {
            (Ok(stay), Some(user)) => {
                let at = (Arc::clone(&on), (row.number, columns.user.unwrap_or(0)));
                add(&mut stays[user].stays, Stay { rows: vec![data_row], at: Some(at), ..stay });
            }
            (Err(Fault::Counted(cause)), _) => {
                rows.set_aside(data_row, Aside::Word);
                export.causes.count(cause);
            }
            (Err(Fault::Told(why, problem)), _) => {
                rows.set_aside(data_row, why);
                told.push(*problem);
            }
            (Ok(_), None) => {}
        }
    });
    stays
}

/// One enrolment, resolved.
fn one(
    export: &mut Export<'_>,
    csv: &Csv<'_>,
    classes: Option<&HashMap<String, Class>>,
    columns: &Columns,
    row: &Row,
    user: usize,
) -> Result<Stay, Fault> {
    if csv.status(row) == Status::Unknown {
        return Err(Fault::told(Aside::Word, unknown_status(csv, row)));
    }
    let class = match classes {
        Some(classes) => Some(classes.get(&*text(row, columns.class)).ok_or_else(|| {
            let problem =
                Problem::warning("The class of this enrolment is not in classes.csv, so the row was set aside.")
                    .at(csv.place(row.number, columns.class))
                    .hint("Copy every file of the export again. If nothing changes, export again.");
            Fault::told(Aside::Word, problem)
        })?),
        None => None,
    };
    let school = match (text(row, columns.school), class) {
        (own, _) if !own.is_empty() => own.into_owned(),
        (_, Some(class)) => class.school.clone(),
        _ => String::new(),
    };
    let school = if school.is_empty() {
        let Export { schools, causes, users, .. } = export;
        of_user(schools, causes, &users.all[user], &csv.place(row.number, columns.school))?
    } else {
        let place = || csv.place(row.number, columns.school);
        export.schools.of(&school, place, &mut export.causes).map_err(Fault::Counted)?
    };
    let told = class.map_or(Ok(None), |class| class.year).map_err(Fault::Counted)?;
    let year = told
        .or(export.years.otherwise)
        .ok_or_else(|| Fault::told(Aside::Word, no_year(csv.place(row.number, columns.class))))?;
    let (entered, left) = (day(csv, row, columns.begin)?, day(csv, row, columns.end)?);
    if let (Some(entered), Some(left)) = (entered, left)
        && left < entered
    {
        let problem = Problem::warning("This enrolment ends before it begins; the row was set aside.")
            .at(csv.place(row.number, columns.end))
            .found(left.to_string())
            .expected(format!("a day after {entered}"))
            .hint("Correct one of the two days where the export is made.");
        return Err(Fault::told(Aside::Contradiction, problem));
    }
    Ok(Stay { school, year, entered, left, rows: Vec::new(), at: None })
}

/// Adds an enrolment to the stay that it belongs to: from the earliest day to the latest. An
/// enrolment that does not say its day leaves it open.
fn add(stays: &mut Vec<Stay>, new: Stay) {
    match stays.iter_mut().find(|stay| (stay.school, stay.year) == (new.school, new.year)) {
        None => stays.push(new),
        Some(stay) => {
            stay.entered = stay.entered.zip(new.entered).map(|(one, other)| one.min(other));
            stay.left = stay.left.zip(new.left).map(|(one, other)| one.max(other));
            stay.rows.extend(new.rows);
        }
    }
}

fn day(csv: &Csv<'_>, row: &Row, col: Option<u32>) -> Result<Option<Date>, Fault> {
    match col.and_then(|col| row.get(col)) {
        Some(value) if !words::text(value).is_empty() => words::date(value).map(Some).ok_or_else(|| {
            let problem = Problem::warning("This cell should hold a date; the row was set aside.")
                .at(csv.place(row.number, col))
                .found(words::quoted(value))
                .expected("a date, as in 2025-09-04")
                .hint("Correct the day where the export is made.");
            Fault::told(Aside::Unreadable, problem)
        }),
        _ => Ok(None),
    }
}

fn no_student(place: Place) -> Fault {
    let problem = Problem::warning(
        "The user of this enrolment is not among the students of users.csv, so the row was set aside.",
    )
    .at(place)
    .hint("Copy every file of the export again. If nothing changes, export again.");
    Fault::told(Aside::Student, problem)
}

/// The one school among the user's own organisations.
pub(super) fn of_user(
    schools: &mut Schools<'_>,
    causes: &mut SharedFaults,
    user: &User,
    place: &Place,
) -> Result<SchoolId, Fault> {
    let (message, expected) = match schools.among(&user.orgs, || place.clone(), causes) {
        Some(Ok(school)) => return Ok(school),
        Some(Err(Among::None(cause))) => return Err(Fault::Counted(cause)),
        Some(Err(Among::Several)) => (
            "This student belongs to several schools, and no enrolment says which one; the row was set aside.",
            "one school",
        ),
        None => ("Nothing says which school this student goes to, so the row was set aside.", "a school"),
    };
    let hint = "Name the school in the enrolment, or one organisation for the user, where the export is made.";
    Err(Fault::told(Aside::Word, Problem::warning(message).at(place.clone()).expected(expected).hint(hint)))
}
