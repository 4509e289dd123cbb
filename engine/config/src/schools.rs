//! The sections `[[school]]` and `[[plc]]`: schools and their professional learning communities.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::audience::Audience;
use super::calendar::{Calendar, Period};
use super::check::{Check, Names};
use super::ids::{PeriodId, SchoolId};
use super::population::{Population, RawPopulation};
use super::spot::{At, spanned};

/// A school.
#[derive(Debug, Clone)]
pub struct School {
    /// Id used in folders: `a–z`, `0–9`, `-`.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Other spellings met in spreadsheets.
    pub also_called: Vec<String>,
    /// Language in which its goals and the names of its teams are written.
    pub written_in: String,
    /// Grades in order, as in `K`, `1`, `2`.
    pub grades: Vec<String>,
    /// Parts of it that are taught as one class: whoever names one names a teacher.
    pub one_class: Vec<Population>,
    /// How many were asked in a staff survey, by reporting period.
    pub staff_asked: BTreeMap<PeriodId, u32>,
}

impl School {
    /// Whether a spreadsheet's `word` means this school (id, name or another spelling; case and
    /// surrounding space ignored).
    pub fn is_called(&self, word: &str) -> bool {
        let word = word.trim().to_lowercase();
        self.id.to_lowercase() == word
            || self.name.to_lowercase() == word
            || self.also_called.iter().any(|a| a.trim().to_lowercase() == word)
    }
}

/// A professional learning community: a team of one school.
#[derive(Debug, Clone)]
pub struct Plc {
    /// Id used in file names.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// The school it belongs to.
    pub school: SchoolId,
    /// The grades it teaches.
    pub grades: Vec<String>,
    /// Whether its packet ends with the names of its students by where they stand.
    pub names: bool,
}

/// A school of the division.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "School")]
pub(super) struct RawSchool {
    /// Short name used in folders and by goals: the letters a–z, digits and “-”.
    id: At<String>,
    /// Name as printed.
    name: At<String>,
    /// Other names that spreadsheets have for it.
    #[serde(default)]
    also_called: Vec<At<String>>,
    /// Language in which its goals and the names of its teams are written. Left out: the division's.
    written_in: Option<At<String>>,
    /// Grades in order, as in `["K", "1", "2"]`.
    grades: At<Vec<At<String>>>,
    /// Parts of the school that are taught as one class. A figure about one class is a figure about its teacher, so
    /// it is shown to few.
    #[serde(default)]
    one_class: Vec<At<RawPopulation>>,
    /// How many were asked in a staff survey, by reporting period, as in `{ "2025-26/P1" = 33 }`.
    #[serde(default)]
    staff_asked: BTreeMap<String, At<u32>>,
}

/// A professional learning community of one school.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Plc")]
pub(super) struct RawPlc {
    /// Short name used in file names and by goals: the letters a–z, digits and “-”.
    id: At<String>,
    /// Name as printed.
    name: At<String>,
    /// Id of its school.
    school: At<String>,
    /// The grades it teaches.
    #[serde(default)]
    grades: Vec<At<String>>,
    /// Whether its packet ends with the names of its students by where they stand.
    #[serde(default)]
    names: bool,
}

impl Check<'_> {
    pub(super) fn schools(&mut self, raw: &At<Vec<RawSchool>>, written_in: &str) -> Vec<School> {
        if raw.get_ref().is_empty() {
            self.fault(raw.span(), "The division has no school.", "Add a [[school]] with `id`, `name` and `grades`.");
        }
        let (mut seen, mut names) = (BTreeSet::new(), Names::of("schools"));
        raw.get_ref()
            .iter()
            .map(|school| {
                self.id(&school.id, &mut seen, "school");
                if school.id.get_ref() == Audience::Division.id() {
                    self.fault(
                        school.id.span(),
                        "A school cannot have the id “division”.",
                        "The division's own reports lie in that folder; choose another id.",
                    );
                }
                let words: Vec<_> = [&school.id, &school.name].into_iter().chain(&school.also_called).collect();
                let words: Vec<_> = words.iter().map(|word| (word.get_ref().as_str(), word.span())).collect();
                names.take(self, school.id.get_ref(), &words);
                let grades = self.grades(school);
                School {
                    id: school.id.get_ref().clone(),
                    name: self.text(&school.name, "name"),
                    also_called: self.list(&spanned(&school.also_called), "also-called"),
                    written_in: self.written_in(school.written_in.as_deref(), written_in),
                    one_class: school.one_class.iter().map(|class| self.one_class(class, school, &grades)).collect(),
                    grades,
                    staff_asked: BTreeMap::new(),
                }
            })
            .collect()
    }

    fn grades(&mut self, school: &RawSchool) -> Vec<String> {
        let grades = spanned(school.grades.get_ref());
        if grades.is_empty() {
            self.fault(school.grades.span(), "This school has no grade.", "Name its grades, as in [\"K\", \"1\"].");
        }
        self.list(&grades, "grades")
    }

    /// What is taught as one class: students, of grades that the school has.
    fn one_class(&mut self, class: &At<RawPopulation>, school: &RawSchool, grades: &[String]) -> Population {
        let population = class.get_ref().checked();
        if population.staff {
            self.fault(class.span(), "A class has students, not staff.", "Take `staff` away.");
        }
        for grade in population.grades.iter().filter(|grade| !grades.contains(grade)) {
            self.fault(
                class.span(),
                format!("{} has no grade “{grade}”.", school.name.get_ref()),
                format!("Its grades are {}.", grades.join(", ")),
            );
        }
        population
    }

    pub(super) fn school(&mut self, id: &Spanned<String>, schools: &[School]) -> SchoolId {
        let found = schools.iter().position(|s| s.id == *id.get_ref());
        if found.is_none() {
            self.unknown(id.span(), "school", id.get_ref(), schools.iter().map(|s| s.id.as_str()));
        }
        SchoolId(found.unwrap_or(0))
    }

    pub(super) fn grade(&mut self, grade: &Spanned<String>, school: Option<&School>) {
        let Some(school) = school else { return };
        if !school.grades.contains(grade.get_ref()) {
            self.fault(
                grade.span(),
                format!("{} has no grade “{}”.", school.name, grade.get_ref()),
                format!("Its grades are {}.", school.grades.join(", ")),
            );
        }
    }

    pub(super) fn plcs(&mut self, raw: &[RawPlc], schools: &[School]) -> Vec<Plc> {
        let mut seen = BTreeSet::new();
        raw.iter()
            .map(|plc| {
                self.id(&plc.id, &mut seen, "PLC");
                let school = self.school(&plc.school, schools);
                for grade in &plc.grades {
                    self.grade(grade, schools.get(school.0));
                }
                Plc {
                    id: plc.id.get_ref().clone(),
                    name: self.text(&plc.name, "name"),
                    school,
                    grades: self.list(&spanned(&plc.grades), "grades"),
                    names: plc.names,
                }
            })
            .collect()
    }

    /// How many were asked, of periods that are known only when the calendar is.
    pub(super) fn staff_asked(&mut self, raw: &[RawSchool], schools: &mut [School], calendar: &Calendar) {
        for (raw, school) in raw.iter().zip(schools) {
            for (key, asked) in &raw.staff_asked {
                self.number(asked, key, 1.., "how many were asked, 1 or more");
                match calendar.by_key(key) {
                    Some(period) => drop(school.staff_asked.insert(period, *asked.get_ref())),
                    None => {
                        let known: Vec<String> = calendar.periods.iter().map(Period::key).collect();
                        self.unknown(asked.span(), "reporting period", key, known.iter().map(String::as_str));
                    }
                }
            }
        }
    }
}
