//! Who is on the rosters, and how a row of results finds its student.
//!
//! Comes in: roster rows. Goes out: people with enrolments and the look-up from a student number or
//! a name. A student is never chosen among several.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use termwise_base::problem::{Place, Problem};
use termwise_config::SchoolId;

use super::meant::{self, Exception, Faulty, Line};
use super::words::{IdKey, near_key};
use super::{Enrolment, PersonId};

/// One roster row, resolved.
#[derive(Debug, Clone)]
pub(super) struct RosterRow {
    pub(super) id: Option<IdKey>,
    pub(super) provincial: Option<IdKey>,
    /// Every way in which the name may be written.
    pub(super) names: Vec<String>,
    /// The name as people write it; empty if the row has none.
    pub(super) written: String,
    pub(super) school: SchoolId,
    pub(super) year: u16,
    pub(super) grade: String,
    pub(super) program: String,
    pub(super) entered: Option<Date>,
    pub(super) left: Option<Date>,
    /// The sheet it stands on, and the cell of its number, for messages.
    pub(super) sheet: Arc<Place>,
    pub(super) cell: (u32, u32),
    /// The file and the row's place among the file's rows.
    pub(super) row: (usize, usize),
}

impl RosterRow {
    pub(super) fn place(&self) -> Place {
        (*self.sheet).clone().cell(self.cell.0, self.cell.1)
    }
}

/// Somebody who may be meant by a name.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) person: PersonId,
    pub(super) school: SchoolId,
    pub(super) grade: String,
    pub(super) program: String,
    /// Where the roster has the name.
    pub(super) place: Place,
}

/// What is known of a name that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought<'s> {
    pub(super) year: u16,
    pub(super) school: Option<SchoolId>,
    pub(super) grade: Option<&'s str>,
    pub(super) program: Option<&'s str>,
}

/// Everybody on the rosters.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) count: u32,
    pub(super) enrolments: Vec<Enrolment>,
    pub(super) ids: HashMap<IdKey, PersonId>,
    pub(super) provincial: HashMap<IdKey, PersonId>,
    pub(super) names: HashMap<(u16, String), Vec<Candidate>>,
    /// Words of near keys → the names of a year that hold them; made when the first name is not found.
    near: OnceLock<HashMap<(u16, String), Vec<String>>>,
    exceptions: HashMap<String, Vec<Exception>>,
    pub(super) enrolled: HashSet<(PersonId, u16)>,
    /// Every way in which a person's name is written in a year.
    pub(super) named: HashMap<(PersonId, u16), Vec<String>>,
    /// The names as the newest roster writes them.
    pub(super) written: BTreeMap<PersonId, (u16, String)>,
    pub(super) years: BTreeSet<u16>,
}

/// Why a row finds nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Nobody {
    /// The number is on no roster.
    UnknownNumber,
    /// The number is on a roster, but not on this year's.
    OtherYear,
    /// The name is not on the roster; but one name there is spelled almost the same, at this place.
    UnknownName(Option<Place>),
    /// Several students have this name.
    SeveralNames,
    /// There is no roster for the year at all.
    NoRoster,
    /// The two numbers of the row belong to two students.
    TwoNumbers,
    /// The number belongs to a student whose name is quite another one.
    OtherName,
}

impl People {
    /// By person, the first eight bytes of the SHA-256 of the smallest of their numbers.
    pub(super) fn keys(&self) -> Vec<Option<u64>> {
        let mut smallest: Vec<Option<&IdKey>> = vec![None; self.count as usize];
        // A local number goes before a provincial one, which a student may get later.
        for ids in [&self.ids, &self.provincial] {
            let mut found: HashMap<PersonId, &IdKey> = HashMap::new();
            for (id, person) in ids {
                let known = found.entry(*person).or_insert(id);
                *known = (*known).min(id);
            }
            for (person, id) in found {
                smallest[person.0 as usize].get_or_insert(id);
            }
        }
        let digest = |id: &IdKey| {
            let bytes = Sha256::digest(format!("{id:?}"));
            bytes.iter().take(8).fold(0, |all, byte| (all << 8) | u64::from(*byte))
        };
        smallest.into_iter().map(|id| id.map(digest)).collect()
    }

    /// By person, the name as the newest roster writes it.
    pub(super) fn written(&self) -> Vec<Option<String>> {
        let name = |person: u32| self.written.get(&PersonId(person)).map(|(_, name)| name.clone());
        (0..self.count).map(|person| name(person).filter(|name| !name.is_empty())).collect()
    }

    /// Whether the local number is on any roster.
    pub(super) fn is_known(&self, number: &IdKey) -> bool {
        self.ids.contains_key(number)
    }

    /// Whether somebody on any roster has this name.
    pub(super) fn is_name(&self, name: &str) -> bool {
        self.years.iter().any(|year| self.names.contains_key(&(*year, name.to_owned())))
    }

    /// Whether there is a roster for the year.
    pub(super) fn has_year(&self, year: u16) -> bool {
        self.years.contains(&year)
    }

    /// The student with this local or provincial number.
    pub(super) fn by_number(&self, id: &IdKey, provincial: bool, year: u16) -> Result<PersonId, Nobody> {
        if !self.has_year(year) {
            return Err(Nobody::NoRoster);
        }
        let known = if provincial { &self.provincial } else { &self.ids };
        let person = *known.get(id).ok_or(Nobody::UnknownNumber)?;
        if self.enrolled.contains(&(person, year)) { Ok(person) } else { Err(Nobody::OtherYear) }
    }

    /// The student with this local number; a provincial one helps where the local one is unknown.
    pub(super) fn by_numbers(
        &self,
        id: Option<&IdKey>,
        provincial: Option<&IdKey>,
        year: u16,
    ) -> Result<PersonId, Nobody> {
        let known = |number: Option<&IdKey>, people: &HashMap<IdKey, PersonId>| people.get(number?).copied();
        let both = known(id, &self.ids).zip(known(provincial, &self.provincial));
        if self.has_year(year) && both.is_some_and(|(one, other)| one != other) {
            return Err(Nobody::TwoNumbers);
        }
        let local = id.map(|id| self.by_number(id, false, year));
        let provincial = provincial.map(|id| self.by_number(id, true, year));
        match (local, provincial) {
            (Some(Ok(person)), _) | (_, Some(Ok(person))) => Ok(person),
            (Some(Err(why)), _) | (None, Some(Err(why))) => Err(why),
            (None, None) => Err(Nobody::UnknownNumber),
        }
    }

    /// The one student of one of these names in the school, the year and the grade, as far as these are
    /// known. The list of exceptions goes before the roster.
    pub(super) fn by_names(&self, names: &[String], sought: Sought<'_>) -> Result<PersonId, Nobody> {
        if !self.has_year(sought.year) {
            return Err(Nobody::NoRoster);
        }
        if let Some(found) = names.iter().find_map(|name| self.excepted(name, sought)) {
            return found;
        }
        let mut answer = Err(Nobody::UnknownName(None));
        for name in names {
            answer = self.by_name(name, sought);
            if answer != Err(Nobody::UnknownName(None)) {
                return answer;
            }
        }
        answer.map_err(|_| Nobody::UnknownName(names.iter().find_map(|name| self.nearly(name, sought))))
    }

    fn excepted(&self, name: &str, sought: Sought<'_>) -> Option<Result<PersonId, Nobody>> {
        let holds = |line: &&Exception| {
            line.year.is_none_or(|year| year == sought.year)
                && (line.school.is_none() || sought.school.is_none() || line.school == sought.school)
                && (sought.grade.is_none() || line.grade.as_deref().is_none_or(|grade| Some(grade) == sought.grade))
        };
        let mut found = self
            .exceptions
            .get(name)?
            .iter()
            .filter(holds)
            .map(|line| self.by_numbers(line.id.as_ref(), line.provincial.as_ref(), sought.year));
        let first = found.next()?;
        Some(if found.all(|other| other == first) { first } else { Err(Nobody::SeveralNames) })
    }

    fn by_name(&self, name: &str, sought: Sought<'_>) -> Result<PersonId, Nobody> {
        let all = self.names.get(&(sought.year, name.to_owned())).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<&Candidate> = all.iter().filter(|candidate| candidate.fits(sought)).collect();
        let several = |found: &[&Candidate]| found.iter().any(|c| c.person != found[0].person);
        if several(&found) {
            // The program only helps to tell two apart; sheets and rosters may spell it differently.
            let same = |c: &&Candidate| sought.program.is_some_and(|p| p.eq_ignore_ascii_case(&c.program));
            let narrowed: Vec<&Candidate> = found.iter().copied().filter(same).collect();
            if narrowed.is_empty() || several(&narrowed) {
                return Err(Nobody::SeveralNames);
            }
            found = narrowed;
        }
        found.first().map(|c| c.person).ok_or(Nobody::UnknownName(None))
    }

    /// Where the roster has a name that is written nearly like this one, if there is just one.
    fn nearly(&self, name: &str, sought: Sought<'_>) -> Option<Place> {
        let wanted = near_key(name);
        let alike = |known: &str| {
            let known = near_key(known);
            let (one, other): (BTreeSet<&str>, BTreeSet<&str>) =
                (wanted.split(' ').collect(), known.split(' ').collect());
            // Middle names come and go.
            let middle = one.len() > 1 && other.len() > 1 && (one.is_subset(&other) || other.is_subset(&one));
            wanted == known || middle || initials(&wanted, &known) || initials(&known, &wanted)
        };
        // Two names that are alike have a word in common, so only those names are compared.
        let near = self.near.get_or_init(|| self.by_near_words());
        let likely: BTreeSet<&String> =
            wanted.split(' ').filter_map(|word| near.get(&(sought.year, word.to_owned()))).flatten().collect();
        let mut found: Vec<&Candidate> = likely
            .into_iter()
            .filter(|known| alike(known))
            .filter_map(|known| self.names.get(&(sought.year, known.clone())))
            .flatten()
            .filter(|candidate| candidate.fits(sought))
            .collect();
        found.sort_by(|a, b| a.place.cmp(&b.place));
        let first = *found.first()?;
        found.iter().all(|c| c.person == first.person).then(|| first.place.clone())
    }

    fn by_near_words(&self) -> HashMap<(u16, String), Vec<String>> {
        let mut index: HashMap<(u16, String), Vec<String>> = HashMap::new();
        for (year, name) in self.names.keys() {
            for word in near_key(name).split(' ') {
                index.entry((*year, word.to_owned())).or_default().push(name.clone());
            }
        }
        index
    }

    /// Takes the list of exceptions. Places of the lines that mean nobody come back, with the reason.
    pub(super) fn except(&mut self, lines: Vec<Line>) -> Vec<Faulty> {
        let whom = |line: &Exception| {
            let local = line.id.as_ref().and_then(|id| self.ids.get(id));
            local.or_else(|| line.provincial.as_ref().and_then(|id| self.provincial.get(id))).copied()
        };
        let (lines, mut faulty) = meant::agreeing(lines, whom);
        for (line, row, place) in lines {
            let known = |number: &Option<IdKey>, people: &HashMap<IdKey, PersonId>| {
                number.as_ref().and_then(|number| people.get(number).copied())
            };
            let (local, provincial) = (known(&line.id, &self.ids), known(&line.provincial, &self.provincial));
            let message = match (local, provincial) {
                (None, None) => "The student number of this exception is on no roster, so the line was set aside.",
                (Some(one), Some(other)) if one != other => {
                    "The two numbers of this exception belong to two students, so the line was set aside."
                }
                _ => {
                    self.exceptions.entry(line.name.clone()).or_default().push(line);
                    continue;
                }
            };
            faulty.push((row, Problem::warning(message).at(place).hint("Correct the number, or delete the line.")));
        }
        faulty
    }

    /// Whether a row with the number of a person bears the name of somebody else: not a word of it is
    /// one of theirs.
    pub(super) fn is_another(&self, person: PersonId, year: u16, names: &[String]) -> bool {
        let Some(known) = self.named.get(&(person, year)).filter(|known| !known.is_empty()) else { return false };
        // Nearly always the name is just the one on the roster.
        if names.iter().any(|name| known.contains(name)) {
            return false;
        }
        let words = |names: &[String]| -> BTreeSet<String> {
            names.iter().flat_map(|name| name.split(' ')).map(near_key).filter(|word| word.len() > 1).collect()
        };
        let (written, known) = (words(names), words(known));
        !written.is_empty() && written.is_disjoint(&known)
    }

    /// The grade of a student on a day of a year, if it is known beyond doubt.
    pub(super) fn grade_of(&self, person: PersonId, year: &str, day: Date) -> Option<&str> {
        let start = self.enrolments.partition_point(|e| e.person < person);
        let mine = || self.enrolments[start..].iter().take_while(|e| e.person == person).filter(|e| e.year == year);
        let holds = |e: &&Enrolment| e.entered.is_none_or(|d| d <= day) && e.left.is_none_or(|d| d > day);
        mine().find(holds).or_else(|| mine().last()).map(|e| e.grade.as_str())
    }
}

impl Candidate {
    fn fits(&self, sought: Sought<'_>) -> bool {
        sought.school.is_none_or(|school| school == self.school) && sought.grade.is_none_or(|grade| grade == self.grade)
    }
}

/// Whether one name is the other with its given name shortened to a letter.
fn initials(short: &str, long: &str) -> bool {
    match (short.split_once(' '), long.split_once(' ')) {
        (Some((initial, family)), Some((given, rest))) => {
            initial.chars().count() == 1 && given.starts_with(initial) && family == rest
        }
        _ => false,
    }
}
