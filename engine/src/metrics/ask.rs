//! The goals' questions: who is asked about, in which period, in which groups.
//!
//! Comes in: the dataset and the project's goals. Goes out: a table of numbers per goal for the
//! plugin and, from its answers, [`Answers`]. Only whole groups leave this file; students are row
//! numbers from here on.

use std::collections::BTreeSet;

use crate::config::goals::{Baseline, GoalKind, Population};
use crate::config::measures::{Band, ScaleKind};
use crate::config::{CodeClass, Goal, MeasureId, PeriodId, Project, SchoolId};
use crate::dataset::{Dataset, PersonId, PersonKind};

use super::{Column, ColumnData, Measurement, Parameter, Parameters, Table, Unavailable};

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

/// What a plugin found for one group in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// When.
    pub period: PeriodId,
    /// Who.
    pub group: Group,
    /// Students of the group enrolled on the period's closing day (respondents for a survey).
    pub population: u32,
    /// The plugin's numbers.
    pub measurement: Measurement,
}

/// Counts by band (or by answer, for a survey) of one measure in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// When.
    pub period: PeriodId,
    /// What.
    pub measure: MeasureId,
    /// Counts from the lowest part to the highest; their sum is the number of students placed.
    pub counts: Vec<u32>,
}

/// What the parts of a goal's distributions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    /// Bands of the expectation table, lowest first.
    Bands(Vec<Band>),
    /// Answers of a survey, lowest first, and the first of them that counts as at.
    Levels(Vec<String>, usize),
}

/// Everything that was found for one goal.
#[derive(Debug, Clone)]
pub struct Answers {
    /// One answer per period and group, by time, then group; or why there are none.
    pub result: Result<Vec<Answer>, Unavailable>,
    /// Distributions by measure, then period (share goals only).
    pub distributions: Vec<Distribution>,
    /// What their parts are.
    pub parts: Parts,
}

/// The periods in which a goal is measured, up to `now`: from its baseline on; a growth goal has
/// none in the starting period of a year, because nobody can have grown yet.
pub fn periods_of(project: &Project, goal: &Goal, now: PeriodId) -> Vec<PeriodId> {
    let calendar = &project.calendar;
    (0..=now.0)
        .map(PeriodId)
        .filter(|id| match &goal.baseline {
            Baseline::Period(start) => *id >= *start,
            Baseline::Value { on, .. } => calendar.period(*id).closes > *on,
        })
        .filter(|id| match &goal.kind {
            GoalKind::Share { .. } => true,
            // A period for which no gain is set is not asked about.
            GoalKind::MatchedGrowth { from, gain } => {
                let set = gain.contains_key("*") || gain.contains_key(&calendar.period(*id).id);
                set && start_of(project, *id, from).is_some_and(|start| start < *id)
            }
        })
        .collect()
}

/// The starting period `from` of the same school year as `period`.
fn start_of(project: &Project, period: PeriodId, from: &str) -> Option<PeriodId> {
    let year = &project.calendar.period(period).year;
    project.calendar.by_key(&format!("{year}/{from}"))
}

/// A plugin call: metric name, parameters, table → one measurement per group.
pub type Evaluate<'a> = dyn FnMut(&str, &Parameters, &Table) -> Result<Vec<Measurement>, Unavailable> + 'a;

/// Asks one goal's plugin about every period and group, in one call.
pub fn ask(project: &Project, dataset: &Dataset, goal: &Goal, now: PeriodId, evaluate: &mut Evaluate) -> Answers {
    let mut groups = Vec::new();
    let mut distributions = Vec::new();
    let parts = parts_of(project, goal, now);
    for period in periods_of(project, goal, now) {
        let members = members(project, dataset, goal, period);
        // A period without a single reading has no point on the line: the window was missed, or is
        // still to come.
        if members.is_empty() || !goal.measures.iter().any(|m| has_readings(dataset, *m, period, &members)) {
            continue;
        }
        for (group, rows) in split(&members) {
            groups.push(Asked { period, group, rows });
        }
        if matches!(goal.kind, GoalKind::Share { .. }) {
            for measure in &goal.measures {
                distributions.push(count_parts(project, dataset, *measure, period, &members, &parts));
            }
        }
    }
    distributions.sort_by_key(|d| (d.measure, d.period));
    let table = table(project, dataset, goal, &groups);
    let mut parameters = Parameters::new();
    if let GoalKind::Share { at_least } = goal.kind {
        parameters.insert("at-least".into(), Parameter::Number(f64::from(at_least)));
    }
    // A gain that differs between periods is asked for one period at a time.
    let result = match &goal.kind {
        GoalKind::Share { .. } => evaluate(&goal.metric, &parameters, &table),
        GoalKind::MatchedGrowth { gain, .. } => {
            let mut all = Vec::new();
            let mut failed = None;
            for chunk in groups.chunk_by(|a, b| a.period == b.period) {
                let id = &project.calendar.period(chunk[0].period).id;
                let steps = gain.get(id).or_else(|| gain.get("*")).copied().unwrap_or(f64::NAN);
                parameters.insert("gain".into(), Parameter::Number(steps));
                match evaluate(&goal.metric, &parameters, &self::table(project, dataset, goal, chunk)) {
                    Ok(found) => all.extend(found),
                    Err(why) => {
                        failed = Some(why);
                        break;
                    }
                }
            }
            failed.map_or(Ok(all), Err)
        }
    };
    let result = result.map(|measurements| {
        groups
            .into_iter()
            .zip(measurements)
            .map(|(asked, measurement)| Answer {
                period: asked.period,
                group: asked.group,
                population: u32::try_from(asked.rows.len()).unwrap_or(u32::MAX),
                measurement,
            })
            .collect()
    });
    Answers { result, distributions, parts }
}

/// One group that the plugin is asked about.
struct Asked {
    period: PeriodId,
    group: Group,
    rows: Vec<Member>,
}

/// One person of a goal's population in one period.
#[derive(Debug, Clone)]
struct Member {
    person: PersonId,
    grade: String,
    program: String,
}

/// Who belongs to the goal's population on the day that counts for the period, in order of person.
fn members(project: &Project, dataset: &Dataset, goal: &Goal, period: PeriodId) -> Vec<Member> {
    let Population { grades, programs, staff } = &goal.population;
    let kind = if *staff { PersonKind::StaffRespondent } else { PersonKind::Student };
    let mut found: Vec<Member> = enrolled(project, dataset, goal.school, period)
        .filter(|m| dataset.people[m.person.0 as usize] == kind)
        .filter(|m| grades.is_empty() || grades.contains(&m.grade))
        .filter(|m| programs.is_empty() || programs.contains(&m.program))
        .collect();
    found.sort_by_key(|m| m.person);
    found.dedup_by_key(|m| m.person);
    if *staff {
        // Nobody keeps a list of who could have answered: those who did are the population.
        found.retain(|m| goal.measures.iter().any(|id| reading(dataset, *id, period, m.person).is_some()));
    }
    found
}

/// Enrolments of a school that hold on the day that counts for the period.
fn enrolled<'a>(
    project: &'a Project,
    dataset: &'a Dataset,
    school: SchoolId,
    period: PeriodId,
) -> impl Iterator<Item = Member> + 'a {
    let day = project.calendar.membership_day(period);
    let period = project.calendar.period(period);
    dataset
        .enrolments
        .iter()
        .filter(move |e| {
            e.school == school
                && e.year == period.year
                && e.entered.is_none_or(|first| first <= day)
                && e.left.is_none_or(|gone| gone > day)
        })
        .map(|e| Member { person: e.person, grade: e.grade.clone(), program: e.program.clone() })
}

/// The population as a whole, then by grade and by program where there is more than one.
fn split(members: &[Member]) -> Vec<(Group, Vec<Member>)> {
    let mut groups = vec![(Group::All, members.to_vec())];
    let grades: BTreeSet<&String> = members.iter().map(|m| &m.grade).collect();
    if grades.len() > 1 {
        let mut grades: Vec<&String> = grades.into_iter().collect();
        grades.sort_by_key(|g| (g.parse::<u32>().map_or(0, |n| n + 1), (*g).clone()));
        for grade in grades {
            let rows = members.iter().filter(|m| m.grade == *grade).cloned().collect();
            groups.push((Group::Grade(grade.clone()), rows));
        }
    }
    let programs: BTreeSet<&String> = members.iter().map(|m| &m.program).filter(|p| !p.is_empty()).collect();
    if programs.len() > 1 {
        for program in programs {
            let rows = members.iter().filter(|m| m.program == *program).cloned().collect();
            groups.push((Group::Program(program.clone()), rows));
        }
    }
    groups
}

/// One reading, if there is one: (class, value).
fn reading(dataset: &Dataset, measure: MeasureId, period: PeriodId, person: PersonId) -> Option<(CodeClass, f64)> {
    let obs = &dataset.observations;
    let key = |i: usize| (obs.measure[i], obs.period[i], obs.person[i]);
    let (mut low, mut high) = (0, obs.person.len());
    while low < high {
        let middle = low.midpoint(high);
        if key(middle) < (measure, period, person) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low < obs.person.len() && key(low) == (measure, period, person)).then(|| (obs.class[low], obs.value[low]))
}

fn has_readings(dataset: &Dataset, measure: MeasureId, period: PeriodId, members: &[Member]) -> bool {
    members.iter().any(|m| reading(dataset, measure, period, m.person).is_some())
}

/// The plugin's table for these groups, rows in their order.
fn table(project: &Project, dataset: &Dataset, goal: &Goal, groups: &[Asked]) -> Table {
    let mut offsets = vec![0];
    let mut total = 0;
    for asked in groups {
        total += u32::try_from(asked.rows.len()).expect("fewer than 2^32 students");
        offsets.push(total);
    }
    let mut columns = Vec::new();
    for (series, measure) in goal.measures.iter().enumerate() {
        let series = u32::try_from(series).expect("a few measures");
        let mut add = |name: &str, data| columns.push(Column { name: name.into(), series, data });
        match &goal.kind {
            GoalKind::Share { .. } => {
                let (class, value) = readings(dataset, *measure, groups, Some);
                let lines = groups
                    .iter()
                    .flat_map(|asked| {
                        asked.rows.iter().map(|m| {
                            project
                                .measures
                                .line(*measure, Band::At, &m.grade, &project.calendar, asked.period)
                                .unwrap_or(f64::NAN)
                        })
                    })
                    .collect();
                add("value", ColumnData::Number(value));
                add("class", ColumnData::Class(class));
                add("line", ColumnData::Number(lines));
            }
            GoalKind::MatchedGrowth { from, .. } => {
                let (class, value) = readings(dataset, *measure, groups, |period| start_of(project, period, from));
                add("start-value", ColumnData::Number(value));
                add("start-class", ColumnData::Class(class));
                let (class, value) = readings(dataset, *measure, groups, Some);
                add("end-value", ColumnData::Number(value));
                add("end-class", ColumnData::Class(class));
            }
        }
    }
    Table { offsets, columns }
}

/// Classes and values of a measure for the rows of the groups, each in the period that `when` makes
/// of the group's own.
fn readings(
    dataset: &Dataset,
    measure: MeasureId,
    groups: &[Asked],
    when: impl Fn(PeriodId) -> Option<PeriodId>,
) -> (Vec<u8>, Vec<f64>) {
    groups
        .iter()
        .flat_map(|asked| {
            let period = when(asked.period);
            asked.rows.iter().map(move |m| {
                let found = period.and_then(|period| reading(dataset, measure, period, m.person));
                found.map_or((CodeClass::Missing as u8, f64::NAN), |(class, value)| (class as u8, value))
            })
        })
        .unzip()
}

/// Which parts the goal's distributions have: answers for a survey, else the bands that the table
/// of its first measure has lines for.
fn parts_of(project: &Project, goal: &Goal, now: PeriodId) -> Parts {
    let Some(first) = goal.measures.first() else { return Parts::Bands(vec![Band::Below, Band::At]) };
    if goal.population.staff
        && let ScaleKind::Ordered { levels, .. } = &project.measures.scale_of(*first).kind
    {
        let at = project.measures.line(*first, Band::At, "*", &project.calendar, now).unwrap_or(f64::NAN);
        let at = (0..levels.len()).find(|i| *i as f64 >= at).unwrap_or(levels.len());
        return Parts::Levels(levels.clone(), at);
    }
    let has = |band: Band| {
        goal.measures.iter().all(|m| {
            let table = project.measures.expectation(*m, &project.calendar, now);
            table.is_some_and(|t| t.lines.contains_key(&band))
        })
    };
    let mut bands = vec![Band::Below];
    if has(Band::Approaching) {
        bands.push(Band::Approaching);
    }
    bands.push(Band::At);
    if has(Band::Above) {
        bands.push(Band::Above);
    }
    Parts::Bands(bands)
}

/// Counts the members by part. Readings that count as below are in the lowest part; readings that
/// are left out, or have no line to be held against, are not counted.
fn count_parts(
    project: &Project,
    dataset: &Dataset,
    measure: MeasureId,
    period: PeriodId,
    members: &[Member],
    parts: &Parts,
) -> Distribution {
    let length = match parts {
        Parts::Bands(bands) => bands.len(),
        Parts::Levels(levels, _) => levels.len(),
    };
    let mut counts = vec![0u32; length];
    for member in members {
        let Some((class, value)) = reading(dataset, measure, period, member.person) else { continue };
        let place = match (class, parts) {
            (CodeClass::CountsAsBelow, _) => Some(0),
            (CodeClass::Score, Parts::Levels(levels, _)) => (0..levels.len()).rev().find(|i| value >= *i as f64),
            (CodeClass::Score, Parts::Bands(bands)) => {
                let line = |band: Band| project.measures.line(measure, band, &member.grade, &project.calendar, period);
                line(Band::At).map(|_| {
                    let reached = |band: Band| line(band).is_some_and(|line| value >= line);
                    (1..bands.len()).rev().find(|i| reached(bands[*i])).unwrap_or(0)
                })
            }
            (CodeClass::Excluded | CodeClass::Missing, _) => None,
        };
        if let Some(place) = place {
            counts[place] += 1;
        }
    }
    Distribution { period, measure, counts }
}
