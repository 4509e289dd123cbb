//! Who a goal is about: its members and its groups.
//!
//! Comes in: the roll. Goes out: rows of people per period and group. Only whole groups leave the stage; people are
//! row numbers from [`crate::table`] on.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::goals::{Measured, Population};
use termwise_config::{CodeClass, MeasureId, PeriodId, SchoolId};
use termwise_reading::dataset::{PersonId, PersonKind};

use crate::question::Question;
use crate::roll::{Member, Roll};

/// A part of a goal's population.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Everyone in it.
    All,
    /// One grade.
    Grade(String),
    /// One program.
    Program(String),
}

/// A part of a school, and the measures that are asked about.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'q> {
    /// The school.
    pub school: SchoolId,
    /// Which of its people.
    pub population: &'q Population,
    /// What is measured.
    pub measures: &'q [MeasureId],
}

impl<'q> From<&'q Measured> for Whose<'q> {
    fn from(Measured { school, population, measures, .. }: &'q Measured) -> Self {
        Self { school: *school, population, measures }
    }
}

impl<'q> From<&'q Question> for Whose<'q> {
    fn from(Question { school, population, measures, .. }: &'q Question) -> Self {
        Self { school: *school, population, measures }
    }
}

impl<'a> Roll<'a> {
    /// Who belongs to a population on the day that counts for the period, in order of person.
    pub fn members<'q>(&self, whose: impl Into<Whose<'q>>, period: PeriodId) -> Vec<Member<'a>> {
        let Whose { school, population, measures } = whose.into();
        let kind = if population.staff { PersonKind::StaffRespondent } else { PersonKind::Student };
        let mut found: Vec<Member> = self
            .enrolled(school, period)
            .filter(|m| self.dataset.people[m.person.0 as usize] == kind)
            .filter(|m| belongs(population, m))
            .collect();
        found.dedup_by_key(|m| m.person);
        if population.staff {
            // Nobody keeps a list of who could have answered: those who did are the population.
            found.retain(|m| measures.iter().any(|id| self.reading(*id, period, m.person).is_some()));
        }
        found
    }

    /// The members now, with their grade at the start; with `leavers` also those who belonged at the
    /// start and no longer do. In order of person.
    pub fn members_since<'q>(
        &self,
        whose: impl Into<Whose<'q>>,
        (start, now): (PeriodId, PeriodId),
        leavers: bool,
    ) -> Vec<Member<'a>> {
        let whose = whose.into();
        let then: BTreeMap<PersonId, Member> = self.members(whose, start).into_iter().map(|m| (m.person, m)).collect();
        let mut found = self.members(whose, now);
        for member in &mut found {
            member.then = then.get(&member.person).map(|m| m.grade);
        }
        if leavers {
            let here: BTreeSet<PersonId> = found.iter().map(|m| m.person).collect();
            let gone = then.into_values().filter(|m| !here.contains(&m.person));
            found.extend(gone.map(|m| Member { now: false, then: Some(m.grade), ..m }));
            found.sort_by_key(|m| m.person);
        }
        found
    }

    /// Whether anybody has a reading on any of the measures.
    pub fn has_readings(&self, measures: &[MeasureId], period: PeriodId, members: &[Member<'_>]) -> bool {
        measures.iter().any(|measure| members.iter().any(|m| self.reading(*measure, period, m.person).is_some()))
    }

    /// Whether a group is one class, so that its figure is a teacher's: everybody in it with a result is taught as
    /// one class, and that class is not the whole school. A group of many classes is one class while the others
    /// have no results.
    pub fn is_one_class<'q>(&self, whose: impl Into<Whose<'q>>, period: PeriodId, rows: &[Member<'_>]) -> bool {
        let Whose { school, population, measures } = whose.into();
        let classes = &self.project.school(school).one_class;
        let here: Vec<&Member> = rows.iter().filter(|member| member.now).collect();
        if here.is_empty() || population.staff || classes.is_empty() {
            return false;
        }
        let counts = |m: &&&Member| {
            let mut found = measures.iter().filter_map(|measure| self.reading(*measure, period, m.person));
            found.any(|(class, _)| matches!(class, CodeClass::Score | CodeClass::CountsAsBelow))
        };
        let measured: Vec<&Member> = here.iter().filter(counts).copied().collect();
        let shown = if measured.is_empty() { &here } else { &measured };
        // A school that is one class has nobody else to be told from.
        let others = |class: &Population| {
            let whole: BTreeMap<PersonId, Member> = self.enrolled(school, period).map(|m| (m.person, m)).collect();
            here.len() < whole.len() || whole.values().any(|m| !belongs(class, m))
        };
        classes.iter().any(|class| shown.iter().all(|m| belongs(class, m)) && others(class))
    }
}

/// Whether somebody is in a part of a school.
pub fn belongs(population: &Population, member: &Member<'_>) -> bool {
    let is = |list: &[String], own: &str| list.is_empty() || list.iter().any(|one| one == own);
    is(&population.grades, member.grade) && is(&population.programs, member.program)
}

/// The population as a whole, then by grade and by program where there is more than one.
pub fn split(members: Vec<Member<'_>>) -> Vec<(Group, Vec<Member<'_>>)> {
    let mut groups = Vec::new();
    let grades: BTreeSet<&str> = members.iter().map(|m| m.grade).collect();
    if grades.len() > 1 {
        let mut grades: Vec<&str> = grades.into_iter().collect();
        grades.sort_by_key(|g| (g.parse::<u32>().map_or(0, |n| n + 1), *g));
        for grade in grades {
            let rows = members.iter().filter(|m| m.grade == grade).copied().collect();
            groups.push((Group::Grade(grade.to_owned()), rows));
        }
    }
    let programs: BTreeSet<&str> = members.iter().map(|m| m.program).filter(|p| !p.is_empty()).collect();
    if programs.len() > 1 {
        for program in programs {
            let rows = members.iter().filter(|m| m.program == program).copied().collect();
            groups.push((Group::Program(program.to_owned()), rows));
        }
    }
    groups.insert(0, (Group::All, members));
    groups
}
