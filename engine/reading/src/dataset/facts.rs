//! Facts: which school, year, reporting period, measure, grade and program a cell is about.
//!
//! Comes in: words from a column's header, a row, the sheet's name, the file's path, a cell above the
//! table, the source's settings. Goes out: the project's own ids. The most specific word wins; a word
//! that means nothing is told, never skipped.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use termwise_base::problem::nearest;
use termwise_config::mapping::{Facts, FromCell};
use termwise_config::pattern::fold;
use termwise_config::{MeasureId, PeriodId, Project, SchoolId};

use crate::workbook::Sheet;

use super::plan::{Plan, list};
use super::words;

/// Looks words up in the project.
pub(super) struct Lookup<'a> {
    project: &'a Project,
    pub(super) years: Vec<&'a str>,
    grades: BTreeSet<&'a str>,
}

/// A word that means nothing: what was expected, and the nearest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    pub(super) message: String,
    pub(super) expected: String,
    pub(super) hint: Option<String>,
    /// Whether a known name is near.
    pub(super) near: bool,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(project: &'a Project) -> Self {
        let years: BTreeSet<&str> = project.calendar.periods.iter().map(|p| p.year.as_str()).collect();
        let grades = project.schools.iter().flat_map(|s| &s.grades).map(String::as_str).collect();
        Self { project, years: years.into_iter().collect(), grades }
    }

    /// First and last day of the periods of a school year.
    pub(super) fn year_days(&self, year: u16) -> (Option<jiff::civil::Date>, Option<jiff::civil::Date>) {
        let calendar = &self.project.calendar;
        let Some(year) = self.years.get(usize::from(year)) else { return (None, None) };
        let days = || calendar.of_year(year).map(|id| calendar.period(id));
        (days().map(|period| period.opens).min(), days().map(|period| period.closes).max())
    }

    /// The school year of a period.
    pub(super) fn year_of(&self, period: PeriodId) -> &'a str {
        &self.project.calendar.period(period).year
    }

    /// The day whose enrolments make the groups of a period.
    pub(super) fn membership_day(&self, period: PeriodId) -> Date {
        self.project.calendar.membership_day(period)
    }

    pub(super) fn school(&self, word: &str) -> Result<SchoolId, Unknown> {
        let folded = fold(word);
        self.project.schools.iter().position(|school| school.is_called(&folded)).map(SchoolId).ok_or_else(|| {
            let names = self.project.schools.iter().map(|s| s.name.as_str());
            unknown("school", word, names, "Add it to `also-called` of the school in termwise.toml.")
        })
    }

    /// The place of a school year among the project's.
    pub(super) fn year(&self, word: &str) -> Result<u16, Unknown> {
        let wanted = words::year(word);
        let found = self.years.iter().position(|year| words::year(year) == wanted);
        found
            .and_then(|i| u16::try_from(i).ok())
            .ok_or_else(|| unknown("school year", word, self.years.iter().copied(), "Add the year to termwise.toml."))
    }

    /// The closing day of the last period of a school year.
    pub(super) fn last_day(&self, year: u16) -> Option<Date> {
        let year = self.years.get(usize::from(year))?;
        let calendar = &self.project.calendar;
        calendar.of_year(year).last().map(|id| calendar.period(id).closes)
    }

    pub(super) fn period(&self, year: Option<u16>, word: &str) -> Result<PeriodId, Unknown> {
        let folded = fold(word);
        let calendar = &self.project.calendar;
        if let Some(found) = calendar.by_key(&folded) {
            return Ok(found);
        }
        let Some(year) = year.and_then(|year| self.years.get(usize::from(year)).copied()) else {
            return Err(Unknown {
                message: "Nothing says which school year this reporting period belongs to.".to_owned(),
                expected: "a school year from the header, a column, the sheet, the file's path or the source"
                    .to_owned(),
                hint: Some("Add `year` to `set` of the source in termwise.toml.".to_owned()),
                near: false,
            });
        };
        calendar.by_word(year, &folded).ok_or_else(|| {
            let names = calendar.periods.iter().filter(|p| p.year == year).map(|p| p.name.as_str());
            unknown(
                &format!("reporting period of {year}"),
                word,
                names,
                "Add it to `also-called` of the period in termwise.toml.",
            )
        })
    }

    pub(super) fn measure(&self, word: &str) -> Result<MeasureId, Unknown> {
        self.project.measures.by_word(&fold(word)).ok_or_else(|| {
            let names = self.project.measures.measures.iter().map(|m| m.title.as_str());
            unknown("measure", word, names, "Add it to `also-called` of the measure in measures.toml.")
        })
    }

    /// A grade of the project, or any that a student can be in; nothing if the word is none.
    pub(super) fn any_grade(&self, word: &str) -> Option<String> {
        let grade = words::grade(word);
        let usual = grade == "N" || grade == "K" || grade.parse::<u32>().is_ok_and(|n| (1..=12).contains(&n));
        (usual || self.grades.contains(grade.as_str())).then_some(grade)
    }

    pub(super) fn grade(&self, word: &str) -> Result<String, Unknown> {
        let grade = words::grade(word);
        if self.grades.contains(grade.as_str()) {
            return Ok(grade);
        }
        Err(unknown(
            "grade",
            word,
            self.grades.iter().copied(),
            "Correct the grade, or the school's grades in termwise.toml.",
        ))
    }
}

fn unknown<'b>(what: &str, word: &str, names: impl Iterator<Item = &'b str> + Clone, otherwise: &str) -> Unknown {
    let near = nearest(word, names.clone());
    Unknown {
        message: format!("There is no {what} of this name."),
        expected: list(names),
        near: !near.is_empty(),
        hint: Some(match near.first() {
            Some(near) => format!("Did you mean “{near}”? {otherwise}"),
            None => otherwise.to_owned(),
        }),
    }
}

/// Facts of a whole sheet, from its name, the file's path, its cells and the source.
pub(super) fn of_sheet(plan: &Plan<'_>, set: &Facts, path: &str, sheet: &Sheet) -> Facts {
    let mut facts = set.clone();
    for FromCell { cell: (row, col), pattern } in &plan.mapping.from_cells {
        let said = sheet.at(*row).and_then(|row| row.get(*col).map(|value| words::text(value).into_owned()));
        facts.extend(said.and_then(|said| pattern.capture(&said)).unwrap_or_default());
    }
    facts.extend(plan.mapping.from_file.iter().find_map(|pattern| pattern.capture(path)).unwrap_or_default());
    facts.extend(plan.mapping.from_sheet.iter().find_map(|pattern| pattern.capture(&sheet.name)).unwrap_or_default());
    facts
}

/// What a cell is about, resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct About {
    pub(super) school: Option<SchoolId>,
    pub(super) year: Option<u16>,
    pub(super) period: Option<PeriodId>,
    pub(super) measure: Option<MeasureId>,
}

/// Resolves words once and remembers them: a long table says the same few words in every row.
pub(super) struct Memory<'l, 'a> {
    lookup: &'l Lookup<'a>,
    known: HashMap<(u8, u16), HashMap<String, Result<usize, Unknown>>>,
}

impl<'l, 'a> Memory<'l, 'a> {
    pub(super) fn new(lookup: &'l Lookup<'a>) -> Self {
        Self { lookup, known: HashMap::new() }
    }

    /// Resolves the four facts; the error names the fact that failed.
    pub(super) fn about(&mut self, words: &BTreeMap<&str, &str>) -> Result<About, (&'static str, Unknown)> {
        let mut about = About::default();
        if let Some(word) = words.get("school") {
            about.school = Some(SchoolId(self.get(0, 0, word).map_err(|why| ("school", why))?));
        }
        if let Some(word) = words.get("year") {
            let place = self.get(1, 0, word).map_err(|why| ("year", why))?;
            about.year = u16::try_from(place).ok();
        }
        if let Some(word) = words.get("period") {
            let year = about.year.map_or(u16::MAX, |year| year);
            about.period = Some(PeriodId(self.get(2, year, word).map_err(|why| ("period", why))?));
            if about.year.is_none() {
                about.year = about.period.and_then(|id| {
                    let year = self.lookup.project.calendar.period(id).year.as_str();
                    self.lookup.years.iter().position(|y| *y == year).and_then(|i| u16::try_from(i).ok())
                });
            }
        }
        if let Some(word) = words.get("measure") {
            about.measure = Some(MeasureId(self.get(3, 0, word).map_err(|why| ("measure", why))?));
        }
        Ok(about)
    }

    fn get(&mut self, kind: u8, year: u16, word: &str) -> Result<usize, Unknown> {
        if let Some(found) = self.known.get(&(kind, year)).and_then(|words| words.get(word)) {
            return found.clone();
        }
        let found = match kind {
            0 => self.lookup.school(word).map(|id| id.0),
            1 => self.lookup.year(word).map(usize::from),
            2 => self.lookup.period(Some(year).filter(|year| *year != u16::MAX), word).map(|id| id.0),
            _ => self.lookup.measure(word).map(|id| id.0),
        };
        self.known.entry((kind, year)).or_default().insert(word.to_owned(), found.clone());
        found
    }
}
