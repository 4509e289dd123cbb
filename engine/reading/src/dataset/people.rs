//! Who is on the rosters, and how a row of results finds its student.
//!
//! Comes in: roster rows. Goes out: people with enrolments and the look-up from a student number or
//! a name. A student is never chosen among several.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use termwise_base::problem::{Place, Problem};
use termwise_config::{Project, SchoolId};

use crate::workbook::Value;

use super::words::{self, IdKey, near_key};
use super::{Enrolment, PersonId, exceptions};

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
    fn place(&self) -> Place {
        (*self.sheet).clone().cell(self.cell.0, self.cell.1)
    }
}

/// Somebody who may be meant by a name.
#[derive(Debug, Clone)]
struct Candidate {
    person: PersonId,
    school: SchoolId,
    grade: String,
    program: String,
    /// Where the roster has the name.
    place: Place,
}

/// One line of the list of exceptions: whom a name means.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) name: String,
    pub(super) id: Option<IdKey>,
    pub(super) provincial: Option<IdKey>,
    /// Where it holds; anywhere if not said.
    pub(super) school: Option<SchoolId>,
    pub(super) year: Option<u16>,
    pub(super) grade: Option<String>,
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
    ids: HashMap<IdKey, PersonId>,
    provincial: HashMap<IdKey, PersonId>,
    names: HashMap<(u16, String), Vec<Candidate>>,
    /// Words of near keys → the names of a year that hold them; made when the first name is not found.
    near: OnceLock<HashMap<(u16, String), Vec<String>>>,
    exceptions: HashMap<String, Vec<Exception>>,
    enrolled: HashSet<(PersonId, u16)>,
    /// Every way in which a person's name is written in a year.
    named: HashMap<(PersonId, u16), Vec<String>>,
    /// The names as the newest roster writes them.
    written: BTreeMap<PersonId, (u16, String)>,
    years: BTreeSet<u16>,
}

/// Why a row finds nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Nobody {
    /// The number is on no roster.
    UnknownNumber,
    /// The number is on a roster, but not on this year's.
    OtherYear,
    /// The name is not on the roster; but one name there is written nearly so, at this place.
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
    pub(super) fn except(&mut self, lines: Vec<(Exception, (usize, usize), Place)>) -> Vec<((usize, usize), Problem)> {
        let meant = |line: &Exception| {
            let local = line.id.as_ref().and_then(|id| self.ids.get(id));
            local.or_else(|| line.provincial.as_ref().and_then(|id| self.provincial.get(id))).copied()
        };
        let (lines, mut faulty) = exceptions::agreeing(lines, meant);
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

    /// Takes back what problems show if it could be a name or a number of somebody on the rosters: cells
    /// get shifted, and then a name stands where a result should.
    pub(super) fn withhold(&self, problems: &mut [Problem]) {
        let whole: HashSet<&str> = self.named.values().flatten().map(String::as_str).collect();
        let words: BTreeSet<&str> =
            whole.iter().flat_map(|name| name.split(' ')).filter(|word| word.chars().count() > 2).collect();
        let number = |text: &str| {
            let number = words::id_key(Value::Text(text)).filter(|n| !matches!(n, IdKey::Number(..1000)));
            number.is_some_and(|n| self.ids.contains_key(&n) || self.provincial.contains_key(&n))
        };
        // A cell may hold one word of a name, or a number, among other letters: `H/Birch`, `025204?`. In a
        // list of headers or tabs that would be mere chance.
        let among = |cell: &str| {
            let cut = cell.ends_with('…');
            let mut parts = cell.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).peekable();
            let mut found = words::name_key(cell).split(' ').any(|word| words.contains(word));
            while let Some(part) = parts.next() {
                let key = words::name_key(part);
                // What is shown of a long cell may end within a name.
                let begun = |word: &&&str| cut && key.len() > 1 && word.starts_with(key.as_str());
                found |= number(part) || words.contains(key.as_str());
                found |= parts.peek().is_none() && words.range(key.as_str()..).next().is_some_and(|word| begun(&word));
            }
            found
        };
        let private = |shown: &str, cell: bool| {
            // What comes from a file stands in quotes.
            let mut quoted = shown.split('“').skip(1).filter_map(|rest| rest.split('”').next());
            quoted.any(|text| number(text) || whole.contains(words::name_key(text).as_str()) || cell && among(text))
        };
        for problem in problems {
            if problem.found.as_ref().is_some_and(|found| private(found, problem.place.cell.is_some())) {
                problem.found = Some("(not shown, because it could be a name or a student number)".to_owned());
            }
            if problem.hint.as_ref().is_some_and(|hint| private(hint, false)) {
                problem.hint = Some("Look at the place and correct what stands there.".to_owned());
            }
        }
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

/// Makes people of roster rows. Rows that contradict each other are set aside: their places among
/// the files' rows come back.
pub(super) fn gather(
    project: &Project,
    years: &[&str],
    rows: Vec<RosterRow>,
    problems: &mut Vec<Problem>,
) -> (People, Vec<(usize, usize)>) {
    let mut people = People::default();
    let mut set_aside = Vec::new();
    let mut named: HashMap<(PersonId, u16), Vec<String>> = HashMap::new();
    let mut kept: Vec<(PersonId, RosterRow)> = Vec::new();
    for row in rows {
        people.years.insert(row.year);
        let known = row.id.as_ref().and_then(|id| people.ids.get(id).copied());
        let other = row.provincial.as_ref().and_then(|id| people.provincial.get(id).copied());
        // The provincial number joins rows whose local number is missing, or new in another year; two
        // students of one year cannot share it.
        let taken = |person: &PersonId| row.id.is_some() && named.contains_key(&(*person, row.year));
        if other.is_some() && other != known && (known.is_some() || other.as_ref().is_some_and(taken)) {
            problems.push(
                Problem::warning("The provincial number of this row belongs to another student on the rosters; the row was set aside.")
                    .at(row.place())
                    .hint("Correct the student number or the provincial number in one of the rows."),
            );
            set_aside.push(row.row);
            continue;
        }
        let known = known.or(other);
        let person = known.unwrap_or_else(|| {
            people.count += 1;
            PersonId(people.count - 1)
        });
        let names = named.entry((person, row.year)).or_default();
        if !names.is_empty() && !row.names.is_empty() && !row.names.iter().any(|name| names.contains(name)) {
            problems.push(
                Problem::warning("This student number stands for two different names in the same year; the second row was set aside.")
                    .at(row.place())
                    .hint("Correct the number in one of the rows."),
            );
            set_aside.push(row.row);
            continue;
        }
        names.extend(row.names.iter().cloned());
        let written = people.written.entry(person).or_default();
        if !row.written.is_empty() && written.0 <= row.year {
            *written = (row.year, row.written.clone());
        }
        if let Some(id) = &row.id {
            people.ids.insert(id.clone(), person);
        }
        if let Some(id) = &row.provincial {
            people.provincial.insert(id.clone(), person);
        }
        kept.push((person, row));
    }
    kept.sort_by(|(a, one), (b, two)| {
        (a, one.year, one.entered, one.school, one.row).cmp(&(b, two.year, two.entered, two.school, two.row))
    });
    let mut done: Vec<(PersonId, RosterRow)> = Vec::new();
    for (person, row) in kept {
        let same = |other: &RosterRow| {
            (other.year, other.school, &other.grade, &other.program, other.entered, other.left)
                == (row.year, row.school, &row.grade, &row.program, row.entered, row.left)
        };
        let before = done.iter_mut().rev().take_while(|(other, _)| *other == person).find(|(_, o)| o.year == row.year);
        if let Some((_, before)) = before {
            if same(before) {
                continue;
            }
            // A student who entered another school later has left the first one.
            if before.left.is_none() && row.entered.is_some() && before.entered < row.entered {
                before.left = row.entered;
            }
            if together(project, years, before, &row) {
                problems.push(
                    Problem::warning("This student is enrolled twice on the same day; the second row was set aside.")
                        .at(row.place())
                        .expected(format!("only one enrolment at a time (the other one: {})", before.place()))
                        .hint("Write the first day no longer enrolled where the student left."),
                );
                set_aside.push(row.row);
                continue;
            }
        }
        done.push((person, row));
    }
    people.named = named;
    for (person, row) in done {
        people.enrolled.insert((person, row.year));
        for name in &row.names {
            people.names.entry((row.year, name.clone())).or_default().push(Candidate {
                person,
                school: row.school,
                grade: row.grade.clone(),
                program: row.program.clone(),
                place: row.place(),
            });
        }
        people.enrolments.push(Enrolment {
            person,
            school: row.school,
            year: years.get(usize::from(row.year)).copied().unwrap_or_default().to_owned(),
            grade: row.grade,
            program: row.program,
            entered: row.entered,
            left: row.left,
        });
    }
    people
        .enrolments
        .sort_by(|a, b| (a.person, &a.year, a.entered, a.school).cmp(&(b.person, &b.year, b.entered, b.school)));
    (people, set_aside)
}

/// Whether two enrolments of a year hold on a day that counts: when a period closes, or when its groups
/// are taken.
fn together(project: &Project, years: &[&str], one: &RosterRow, two: &RosterRow) -> bool {
    let year = years.get(usize::from(one.year)).copied().unwrap_or_default();
    let holds = |row: &RosterRow, day: Date| row.entered.is_none_or(|d| d <= day) && row.left.is_none_or(|d| d > day);
    project.calendar.of_year(year).any(|id| {
        let days = [project.calendar.period(id).closes, project.calendar.membership_day(id)];
        days.into_iter().any(|day| holds(one, day) && holds(two, day))
    })
}
