//! academicSessions.csv and classes.csv: in which school year a class is taught.

use std::collections::{BTreeSet, HashMap};

use termwise_base::problem::{Place, Problem};

use crate::dataset::NotData;
use crate::dataset::facts::Lookup;
use crate::dataset::plan::list;
use crate::dataset::table::{Rows, Told};

use super::causes::{SharedFault, SharedFaults};
use super::csv::{self, Csv, Status, text};

/// Parents that are asked for the school year that a session does not tell.
const MOST_PARENTS: usize = 8;

/// What classes.csv says of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// Its year, if its terms tell one.
    pub(super) year: Result<Option<u16>, SharedFault>,
    /// `sourcedId` of its school, or empty.
    pub(super) school: String,
}

struct Session {
    year: String,
    parent: String,
    place: Place,
}

/// Sessions by their `sourcedId`, and what the export as a whole is about.
pub(super) struct Years<'s> {
    lookup: &'s Lookup<'s>,
    sessions: HashMap<String, Session>,
    known: HashMap<String, Result<Option<u16>, SharedFault>>,
    /// The year of what no class tells the year of.
    pub(super) otherwise: Option<u16>,
}

impl<'s> Years<'s> {
    /// Reads the sessions; `set` is the year that the source sets.
    pub(super) fn read(
        lookup: &'s Lookup<'s>,
        csv: Option<&Csv<'_>>,
        set: Option<&str>,
        causes: &mut SharedFaults,
        rows: &mut Rows,
        told: &mut Told,
    ) -> Self {
        let mut years = Self { lookup, sessions: HashMap::new(), known: HashMap::new(), otherwise: None };
        let mut whole: Vec<String> = Vec::new();
        if let Some(csv) = csv {
            let [id, kind, year, parent] =
                ["sourcedId", "type", "schoolYear", "parentSourcedId"].map(|name| csv.column(name));
            csv.each(rows, told, NotData::Reference, |row, _, _| {
                if csv.status(row) == Status::Deleted {
                    return;
                }
                let word = |col| text(row, col).into_owned();
                if text(row, kind).eq_ignore_ascii_case("schoolYear") {
                    whole.push(word(id));
                }
                let place = csv.place(row.number, year.or(id));
                let session = Session { year: word(year), parent: word(parent), place };
                let said = |session: &Session| (session.year.clone(), session.parent.clone());
                if years.sessions.get(&word(id)).is_some_and(|known| said(known) != said(&session)) {
                    years.known.insert(word(id), Err(causes.twice(csv, row, "session")));
                }
                years.sessions.insert(word(id), session);
            });
        }
        // Of several school years nobody knows which is meant, even if the project has only one of them.
        let only = if let [only] = whole.as_slice() { years.of(only, causes).ok().flatten() } else { None };
        years.otherwise = only.or_else(|| set.and_then(|word| lookup.year(word).ok()));
        years
    }

    /// The school year of a session; nothing if neither it nor its parents tell one.
    fn of(&mut self, id: &str, causes: &mut SharedFaults) -> Result<Option<u16>, SharedFault> {
        if let Some(known) = self.known.get(id) {
            return *known;
        }
        let mut at = self.sessions.get(id);
        for _ in 0..MOST_PARENTS {
            at = match at {
                Some(session) if session.year.is_empty() => self.sessions.get(&session.parent),
                _ => break,
            };
        }
        let found = match at.filter(|session| !session.year.is_empty()) {
            None => Ok(None),
            Some(session) => self.lookup.year(&ending_in(&session.year)).map(Some).map_err(|why| {
                causes.new_one(
                    Problem::warning("The school year of this session is not one of the project's")
                        .at(session.place.clone())
                        .found(format!("“{}”, that is {}", session.year, ending_in(&session.year)))
                        .expected(why.expected)
                        .hint("Add the year to termwise.toml if its students are to be read."),
                )
            }),
        };
        self.known.insert(id.to_owned(), found);
        found
    }

    /// Reads the classes by their `sourcedId`.
    pub(super) fn classes(
        &mut self,
        csv: &Csv<'_>,
        causes: &mut SharedFaults,
        rows: &mut Rows,
        told: &mut Told,
    ) -> HashMap<String, Class> {
        let [id, terms, school] = ["sourcedId", "termSourcedIds", "schoolSourcedId"].map(|name| csv.column(name));
        let mut classes: HashMap<String, Class> = HashMap::new();
        csv.each(rows, told, NotData::Reference, |row, _, _| {
            if csv.status(row) != Status::Deleted {
                let year = self.of_terms(&csv::list(&text(row, terms)), || csv.place(row.number, terms), causes);
                let (id, mut class) = (text(row, id), Class { year, school: text(row, school).into_owned() });
                if classes.get(&*id).is_some_and(|known| *known != class) {
                    class.year = Err(causes.twice(csv, row, "class"));
                }
                classes.insert(id.into_owned(), class);
            }
        });
        classes
    }

    /// The one year of the terms of a class.
    fn of_terms(
        &mut self,
        terms: &[String],
        place: impl Fn() -> Place,
        causes: &mut SharedFaults,
    ) -> Result<Option<u16>, SharedFault> {
        // An export without sessions tells no years at all; that is no fault of its classes.
        if let Some(missing) = terms.iter().find(|id| !self.sessions.is_empty() && !self.sessions.contains_key(*id)) {
            return Err(causes.new_one(
                Problem::warning("This class is in a term that academicSessions.csv does not have")
                    .at(place())
                    .found(format!("“{missing}”"))
                    .hint("Copy every file of the export again. If nothing changes, export again."),
            ));
        }
        let mut found = BTreeSet::new();
        for term in terms {
            found.extend(self.of(term, causes)?);
        }
        if found.len() > 1 {
            let years = found.iter().filter_map(|year| self.lookup.years.get(usize::from(*year)).copied());
            return Err(causes.new_one(
                Problem::warning("The terms of this class are in different school years")
                    .at(place())
                    .found(list(years))
                    .expected("terms of one school year")
                    .hint("Correct the terms of the class where the export is made."),
            ));
        }
        Ok(found.first().copied())
    }
}

/// The school year that ends in a calendar year, as OneRoster writes it: 2026 is 2025-26. Some
/// systems write both years.
fn ending_in(word: &str) -> String {
    match word.parse::<u32>() {
        Ok(end @ 1000..=9999) => format!("{}-{:02}", end - 1, end % 100),
        _ => word.to_owned(),
    }
}
