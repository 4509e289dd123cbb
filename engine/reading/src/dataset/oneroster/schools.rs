//! orgs.csv: which of the project's schools an organisation is.

use std::collections::{BTreeSet, HashMap};

use termwise_base::problem::{Place, Problem};
use termwise_config::{School, SchoolId};

use crate::dataset::NotData;
use crate::dataset::facts::Lookup;
use crate::dataset::plan::list;
use crate::dataset::table::{Rows, Told};

use super::causes::{SharedFault, SharedFaults};
use super::csv::{Csv, Status, text};

/// Organisations by their `sourcedId`.
pub(super) struct Schools<'s> {
    lookup: &'s Lookup<'s>,
    all: &'s [School],
    known: HashMap<String, Result<SchoolId, SharedFault>>,
}

impl<'s> Schools<'s> {
    pub(super) fn read(
        lookup: &'s Lookup<'s>,
        all: &'s [School],
        csv: Option<&Csv<'_>>,
        causes: &mut SharedFaults,
        rows: &mut Rows,
        told: &mut Told,
    ) -> Self {
        let mut schools = Self { lookup, all, known: HashMap::new() };
        let Some(csv) = csv else { return schools };
        let id = csv.column("sourcedId");
        let words = ["name", "identifier", "sourcedId"].map(|name| csv.column(name));
        csv.each(rows, told, NotData::Reference, |row, _, _| {
            if csv.status(row) != Status::Deleted {
                let said = words.map(|col| text(row, col));
                let place = csv.place(row.number, words[0].or(id));
                let found = schools.one_of(said.iter().map(AsRef::as_ref), place, causes);
                let id = text(row, id);
                let other = schools.known.get(&*id).is_some_and(|known| known.ok() != found.ok());
                let found = if other { Err(causes.twice(csv, row, "organisation")) } else { found };
                schools.known.insert(id.into_owned(), found);
            }
        });
        schools
    }

    /// The school that these words mean, all of them that mean any.
    fn one_of<'w>(
        &self,
        words: impl Iterator<Item = &'w str> + Clone,
        place: Place,
        causes: &mut SharedFaults,
    ) -> Result<SchoolId, SharedFault> {
        let filled = words.filter(|word| !word.is_empty());
        let found: BTreeSet<SchoolId> = filled.clone().filter_map(|word| self.lookup.school(word).ok()).collect();
        let message = match (found.first(), found.len()) {
            (Some(school), 1) => return Ok(*school),
            (None, _) => "This organisation is not one of the project's schools",
            _ => "The name and the numbers of this organisation mean different schools of the project",
        };
        Err(causes.new_one(
            Problem::warning(message)
                .at(place)
                .found(list(filled))
                .expected(list(self.all.iter().map(|school| school.name.as_str())))
                .hint("If it is one of them, add its name to `also-called` of the school in termwise.toml."),
        ))
    }

    /// The school with this `sourcedId`; without a row of its own, the id itself may name it.
    pub(super) fn of(
        &mut self,
        id: &str,
        place: impl FnOnce() -> Place,
        causes: &mut SharedFaults,
    ) -> Result<SchoolId, SharedFault> {
        if let Some(known) = self.known.get(id) {
            return *known;
        }
        let found = self.lookup.school(id).map_err(|_| {
            causes.new_one(
                Problem::warning("The organisation that this cell names is not in orgs.csv")
                    .at(place())
                    .hint("Copy every file of the export again. If nothing changes, export again."),
            )
        });
        self.known.insert(id.to_owned(), found);
        found
    }

    /// Whether an organisation that was asked for is this school.
    pub(super) fn is(&self, id: &str, school: SchoolId) -> bool {
        self.known.get(id) == Some(&Ok(school))
    }

    /// The one school among these organisations, the ones outside the project left out; nothing if no
    /// organisation is named, and no school if they are several.
    pub(super) fn among(
        &mut self,
        ids: &[String],
        place: impl Fn() -> Place,
        causes: &mut SharedFaults,
    ) -> Option<Result<SchoolId, Among>> {
        let found: Vec<Result<SchoolId, SharedFault>> = ids.iter().map(|id| self.of(id, &place, causes)).collect();
        let schools: BTreeSet<SchoolId> = found.iter().filter_map(|found| found.ok()).collect();
        match (schools.len(), found.first()) {
            (_, None) => None,
            (0, Some(first)) => Some(first.map_err(Among::None)),
            (1, _) => schools.first().map(|school| Ok(*school)),
            _ => Some(Err(Among::Several)),
        }
    }
}

/// Why a list of organisations means no school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// None of them is one.
    None(SharedFault),
    /// Several are.
    Several,
}
