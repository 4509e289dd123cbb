//! The goals' questions: from each metric's description to its table, and its answers back.
//!
//! Comes in: the dataset, the project's goals, and what each metric wants to see. Goes out: a table
//! for the plugin that holds what it described and nothing else and, from its answers, [`Answers`].

use std::collections::BTreeMap;

use termwise_config::goals::{Aim, Aims, Baseline, Counting, Measured};
use termwise_config::measures::{Band, ScaleKind};
use termwise_config::{CodeClass, MeasureId, PeriodId, Project, SchoolId};
use termwise_reading::dataset::{Dataset, PersonId};

use termwise_metric::{
    Cause, Column, ColumnData, ColumnSpec, Description, Kind, Measurement, Metrics, Moment, Parameter, Parameters,
    PrivacyKind, Scale, Table, Unavailable,
};

use crate::moves::Moves;
use crate::population::{self, Member, belongs, has_readings, members, reading, split, start_of};
use crate::standing::Stands;
use crate::window::alike;

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
    /// Whether the group is one class, whose figure would be its teacher's.
    pub one_class: bool,
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
    /// What the metric says of itself, where it got so far.
    pub metric: Option<Description>,
    /// One answer per period and group, by time, then group; or why there are none.
    pub result: Result<Vec<Answer>, Unavailable>,
    /// Distributions by measure, then period (share goals only).
    pub distributions: Vec<Distribution>,
    /// What their parts are.
    pub parts: Parts,
    /// Periods of the past in which anybody of the population has a reading, also before the baseline.
    pub given: Vec<PeriodId>,
    /// Measures of which nobody in the school has ever had a reading.
    pub never_read: Vec<MeasureId>,
    /// Who is behind the change since the period before.
    pub moves: Option<Moves>,
    /// Students of the school's programs that the goal is about who have a reading now, by grade.
    pub by_grade: Vec<(String, u32)>,
    /// How many belong to the population on the day that counts for the period.
    pub population: u32,
}

/// More measures than this no metric is tried with.
const MOST_MEASURES: usize = 4;

/// One group that the plugin is asked about.
struct Asked {
    start: PeriodId,
    period: PeriodId,
    group: Group,
    rows: Vec<Member>,
}

/// Asks one goal's plugin about every period and group, in one call.
pub fn ask(project: &Project, dataset: &Dataset, goal: &Measured, now: PeriodId, metrics: &mut dyn Metrics) -> Answers {
    let parts = parts_of(project, goal, now);
    let mut distributions = Vec::new();
    let (metric, result) = match metrics.describe(&goal.metric) {
        Err(why) => (None, Err(why)),
        Ok(metric) => {
            let groups = groups(project, dataset, goal, now, &metric);
            if matches!(goal.kind, Counting::Share { .. }) {
                for Asked { period, rows, .. } in groups.iter().filter(|asked| asked.group == Group::All) {
                    for measure in &goal.measures {
                        distributions.push(count_parts(project, dataset, *measure, *period, rows, &parts));
                    }
                }
            }
            let result = answers(project, dataset, goal, &metric, groups, metrics);
            (Some(metric), result)
        }
    };
    distributions.sort_by_key(|d| (d.measure, d.period));
    let given: Vec<PeriodId> = (0..=now.0)
        .map(PeriodId)
        .filter(|period| has_readings(dataset, &goal.measures, *period, &members(project, dataset, goal, *period)))
        .collect();
    let measured = |before: &Answer| {
        before.group == Group::All && before.period < now && alike(project, &goal.kind, before.period, now)
    };
    let before = result.iter().flatten().filter(|a| measured(a)).map(|a| a.period).max();
    let moves = before.map(|before| {
        let counted = match &metric {
            Some(metric) if !goal.population.staff && goal.metric != "share-at-or-above" => {
                let whole = |period: PeriodId| {
                    result
                        .iter()
                        .flatten()
                        .find(|a| a.group == Group::All && a.period == period)
                        .map(|a| &a.measurement)
                };
                let mut who = |period| counted(project, dataset, goal, metric, (period, whole(period)?), metrics);
                who(before).zip(who(now))
            }
            _ => None,
        };
        let counts = |period: PeriodId, person: PersonId| {
            let (then, here) = counted.as_ref()?;
            if period == now { here } else { then }.get(&person).copied()
        };
        let known: Option<&dyn Fn(PeriodId, PersonId) -> Option<bool>> =
            if counted.is_some() { Some(&counts) } else { None };
        Moves::between(project, dataset, goal, (before, now), known)
    });
    let read = |measure: MeasureId| dataset.observations.measure.binary_search(&measure).is_ok();
    let never_read = goal.measures.iter().copied().filter(|measure| !read(*measure)).collect();
    Answers {
        metric,
        result,
        distributions,
        parts,
        given,
        never_read,
        moves,
        by_grade: by_grade(project, dataset, goal, now),
        population: u32::try_from(members(project, dataset, goal, now).len()).unwrap_or(u32::MAX),
    }
}

/// Of whom the goal's share is made in a period: everybody of whom the metric knows, and whether they count. The
/// metric is asked about one student at a time; the answers stay in this stage. None if its figure is no share, or
/// if what it says of each does not add up to what it says of all: then it does not count students one by one.
fn counted(
    project: &Project,
    dataset: &Dataset,
    goal: &Measured,
    metric: &Description,
    (period, whole): (PeriodId, &Measurement),
    metrics: &mut dyn Metrics,
) -> Option<BTreeMap<PersonId, bool>> {
    let place = metric.judged_by(goal)?;
    if metric.outputs.get(place)?.privacy != PrivacyKind::Proportion {
        return None;
    }
    let asked = |group: Asked| {
        let Asked { start, period, rows, .. } = group;
        rows.into_iter().filter(|row| row.now).map(move |row| Asked {
            start,
            period,
            group: Group::All,
            rows: vec![row],
        })
    };
    let all = groups(project, dataset, goal, period, metric).into_iter();
    let mine: Vec<Asked> =
        all.filter(|asked| asked.period == period && asked.group == Group::All).flat_map(asked).collect();
    let people: Vec<PersonId> = mine.iter().map(|asked| asked.rows[0].person).collect();
    let answers = answers(project, dataset, goal, metric, mine, metrics).ok()?;
    let counts = |(person, answer): (PersonId, Answer)| {
        let output = answer.measurement.outputs.get(place)?;
        (output.denominator == 1).then_some((person, output.numerator? > 0))
    };
    let counted: BTreeMap<PersonId, bool> = people.into_iter().zip(answers).filter_map(counts).collect();
    let whole = whole.outputs.get(place)?;
    let met = counted.values().filter(|counts| **counts).count();
    let adds_up = whole.denominator as usize == counted.len() && whole.numerator.map(|n| n as usize) == Some(met);
    adds_up.then_some(counted)
}

/// Students with a reading on the goal's first measure, by grade: how many there would be in a goal about
/// more grades.
fn by_grade(project: &Project, dataset: &Dataset, goal: &Measured, now: PeriodId) -> Vec<(String, u32)> {
    let (Some(measure), false) = (goal.measures.first(), goal.population.staff) else { return Vec::new() };
    let mut whole = goal.clone();
    whole.population.grades.clear();
    let everybody = members(project, dataset, &whole, now);
    let read = |m: &&Member| reading(dataset, *measure, now, m.person).is_some();
    let count = |grade: &String| everybody.iter().filter(|m| m.grade == *grade).filter(read).count();
    let grades = &project.school(goal.school).grades;
    grades.iter().map(|grade| (grade.clone(), u32::try_from(count(grade)).unwrap_or(u32::MAX))).collect()
}

/// What the goal's metric finds in the latest period up to `now` that has results: everybody and the groups.
pub fn latest(
    project: &Project,
    dataset: &Dataset,
    goal: &Measured,
    now: PeriodId,
    metrics: &mut dyn Metrics,
) -> Vec<Answer> {
    let Ok(metric) = metrics.describe(&goal.metric) else { return Vec::new() };
    let mut groups = groups(project, dataset, goal, now, &metric);
    let last = groups.iter().map(|asked| asked.period).max();
    groups.retain(|asked| Some(asked.period) == last);
    answers(project, dataset, goal, &metric, groups, metrics).unwrap_or_default()
}

/// How many measures the goal's metric would take, if it refuses as many as the goal names whatever the results:
/// it is asked about a group without anybody.
pub fn measures_taken(
    project: &Project,
    dataset: &Dataset,
    goal: &Measured,
    metric: &Description,
    metrics: &mut dyn Metrics,
) -> Option<usize> {
    let last = project.calendar.periods.len().checked_sub(1).map(PeriodId)?;
    let first = *goal.measures.first()?;
    let mut refused = |measures: Vec<MeasureId>| {
        let goal = Measured { measures, ..goal.clone() };
        let nobody = Asked { start: start_of(project, &goal, last), period: last, group: Group::All, rows: Vec::new() };
        let answer = answers(project, dataset, &goal, metric, vec![nobody], metrics);
        matches!(answer, Err(Unavailable { cause: Cause::Refused(_), .. }))
    };
    let named = goal.measures.len();
    if !refused(goal.measures.clone()) {
        return None;
    }
    let other = |n: usize| goal.measures.iter().copied().chain(std::iter::repeat(first)).take(n).collect();
    (1..=MOST_MEASURES).find(|n| *n != named && !refused(other(*n)))
}

/// What the goal's metric finds in a school before and up to `until`, as far back as results go: the
/// population as a whole.
pub fn past(
    project: &Project,
    dataset: &Dataset,
    goal: &Measured,
    (school, until): (SchoolId, PeriodId),
    metrics: &mut dyn Metrics,
) -> Vec<Answer> {
    let first = Aim { baseline: Baseline::Period(PeriodId(0)), ..goal.aims.first.clone() };
    let goal = Measured { school, aims: Aims::new(first), ..goal.clone() };
    let Ok(metric) = metrics.describe(&goal.metric) else { return Vec::new() };
    let mut groups = groups(project, dataset, &goal, until, &metric);
    groups.retain(|asked| asked.group == Group::All);
    answers(project, dataset, &goal, &metric, groups, metrics).unwrap_or_default()
}

/// The groups that a metric is asked about. A period without a single reading has no point on the
/// line: the window was missed, or is still to come.
fn groups(project: &Project, dataset: &Dataset, goal: &Measured, now: PeriodId, metric: &Description) -> Vec<Asked> {
    let wants = |kind: Kind| metric.columns.iter().any(|c| c.kind == kind && c.moment != Moment::Now);
    let since = metric.columns.iter().any(|c| c.moment != Moment::Now);
    let mut groups = Vec::new();
    for period in population::periods_of(project, goal, now) {
        let start = start_of(project, goal, period);
        let people = if since {
            population::members_since(project, dataset, goal, (start, period), wants(Kind::Member))
        } else {
            members(project, dataset, goal, period)
        };
        if has_readings(dataset, &goal.measures, period, &people) {
            groups.extend(split(people).into_iter().map(|(group, rows)| Asked { start, period, group, rows }));
        }
    }
    groups
}

/// The plugin's answers for these groups.
fn answers(
    project: &Project,
    dataset: &Dataset,
    goal: &Measured,
    metric: &Description,
    groups: Vec<Asked>,
    metrics: &mut dyn Metrics,
) -> Result<Vec<Answer>, Unavailable> {
    if goal.compare.is_none() && metric.columns.iter().any(|c| c.kind == Kind::Side) {
        let why = "it compares two groups, and the goal does not say which (`compare`)".to_owned();
        return Err(Unavailable::new(&goal.metric, Cause::Refused(why)));
    }
    let mut ask = |groups: &[Asked], parameters: &Parameters| {
        metrics.evaluate(&goal.metric, parameters, &table(project, dataset, goal, metric, groups))
    };
    let mut parameters = goal.parameters.clone();
    let found = match &goal.kind {
        Counting::Share { at_least } => {
            // The k of a k-of-m rule is a whole number.
            if metric.parameters.has_whole("at-least") {
                parameters.entry("at-least".into()).or_insert(Parameter::Number(f64::from(*at_least)));
            }
            ask(&groups, &parameters)?
        }
        Counting::Metric { .. } => ask(&groups, &parameters)?,
        // A gain that differs between periods is asked for one period at a time.
        Counting::MatchedGrowth { .. } => {
            let mut all = Vec::new();
            for chunk in groups.chunk_by(|a, b| a.period == b.period) {
                let id = &project.calendar.period(chunk[0].period).id;
                let steps = goal.kind.gain(id).unwrap_or(f64::NAN);
                parameters.insert("gain".into(), Parameter::Number(steps));
                all.extend(ask(chunk, &parameters)?);
            }
            all
        }
    };
    let population = |rows: &[Member]| u32::try_from(rows.iter().filter(|m| m.now).count()).unwrap_or(u32::MAX);
    Ok(groups
        .into_iter()
        .zip(found)
        .map(|(asked, measurement)| Answer {
            population: population(&asked.rows),
            one_class: population::is_one_class(project, dataset, goal, asked.period, &asked.rows),
            period: asked.period,
            group: asked.group,
            measurement,
        })
        .collect())
}

/// The plugin's table for these groups, rows in their order: the columns that it describes.
fn table(project: &Project, dataset: &Dataset, goal: &Measured, metric: &Description, groups: &[Asked]) -> Table {
    let mut offsets = vec![0];
    let mut total = 0;
    for asked in groups {
        total += u32::try_from(asked.rows.len()).expect("fewer than 2^32 students");
        offsets.push(total);
    }
    let scene = Scene { project, dataset, goal, groups };
    let measures = u32::try_from(goal.measures.len()).expect("a few measures");
    let periods = groups.iter().map(|asked| asked.period.0 - asked.start.0 + 1).max().unwrap_or(1);
    let mut columns = Vec::new();
    for spec in &metric.columns {
        let measures = if spec.kind.by_measure() { measures } else { 1 };
        let periods = if spec.moment == Moment::Each { u32::try_from(periods).expect("a few periods") } else { 1 };
        for measure in 0..measures {
            for period in 0..periods {
                let data = scene.cells(spec, measure as usize, period as usize);
                columns.push(Column { name: spec.name.clone(), measure, period, data });
            }
        }
    }
    let scales = goal.measures.iter().map(|id| scale(&project.measures.scale_of(*id).kind)).collect();
    Table { offsets, columns, scales }
}

fn scale(kind: &ScaleKind) -> Scale {
    match kind {
        ScaleKind::Ordered { levels, .. } => {
            let highest = levels.len().saturating_sub(1) as f64;
            Scale { levels: u32::try_from(levels.len()).unwrap_or(u32::MAX), range: Some((0.0, highest)) }
        }
        ScaleKind::Number { lowest, highest } => Scale { levels: 0, range: Some((*lowest, *highest)) },
        ScaleKind::Percent => Scale { levels: 0, range: Some((0.0, 1.0)) },
    }
}

/// What a table is made from.
struct Scene<'a> {
    project: &'a Project,
    dataset: &'a Dataset,
    goal: &'a Measured,
    groups: &'a [Asked],
}

impl Scene<'_> {
    /// One column: of one measure, in the `step`th of its periods.
    fn cells(&self, spec: &ColumnSpec, measure: usize, step: usize) -> ColumnData {
        let id = self.goal.measures.get(measure).copied();
        let read = |period: Option<PeriodId>, member: &Member| reading(self.dataset, id?, period?, member.person);
        match spec.kind {
            Kind::Value => {
                ColumnData::Numbers(self.each(spec.moment, step, |period, _, member| {
                    read(period, member).map_or(f64::NAN, |found| found.1)
                }))
            }
            Kind::Class => ColumnData::Codes(self.each(spec.moment, step, |period, _, member| {
                read(period, member).map_or(CodeClass::Missing as u8, |found| found.0 as u8)
            })),
            Kind::Line(band) => ColumnData::Numbers(self.each(spec.moment, step, |period, asked, member| {
                // The grade of the time, where it is known.
                let earlier = period.is_some_and(|period| period < asked.period);
                let grade = member.then.as_ref().filter(|_| earlier).unwrap_or(&member.grade);
                let (measures, calendar) = (&self.project.measures, &self.project.calendar);
                let line = id.zip(period).and_then(|(id, period)| measures.line(id, band, grade, calendar, period));
                line.unwrap_or(f64::NAN)
            })),
            Kind::Day => ColumnData::Numbers(self.each(spec.moment, step, |period, asked, _| {
                let closes = |period| self.project.calendar.period(period).closes;
                let days = |period| (closes(period) - closes(asked.start)).get_days();
                period.map_or(f64::NAN, |period| f64::from(days(period)))
            })),
            Kind::Member => ColumnData::Codes(self.each(spec.moment, step, |period, asked, member| {
                u8::from(match period {
                    Some(period) if period == asked.period => member.now,
                    Some(period) if period == asked.start => member.then.is_some(),
                    _ => false,
                })
            })),
            Kind::Side => ColumnData::Codes(self.each(spec.moment, step, |_, _, member| {
                let sides = self.goal.compare.as_ref();
                let side = sides.and_then(|sides| sides.iter().position(|side| belongs(side, member)));
                side.map_or(u8::MAX, |side| side as u8)
            })),
        }
    }

    /// One cell for each row; `cell` is given the period, if the row's group has so many.
    fn each<T>(&self, moment: Moment, step: usize, cell: impl Fn(Option<PeriodId>, &Asked, &Member) -> T) -> Vec<T> {
        let mut cells = Vec::with_capacity(self.groups.iter().map(|asked| asked.rows.len()).sum());
        for asked in self.groups {
            let period = match moment {
                Moment::Now => Some(asked.period),
                Moment::Start => Some(asked.start),
                Moment::Each => Some(PeriodId(asked.start.0 + step)).filter(|period| *period <= asked.period),
            };
            cells.extend(asked.rows.iter().map(|member| cell(period, asked, member)));
        }
        cells
    }
}

/// Which parts the goal's distributions have: answers for a survey, else the bands that the table
/// of its first measure has lines for.
fn parts_of(project: &Project, goal: &Measured, now: PeriodId) -> Parts {
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
        let line = |band: Band| project.measures.line(measure, band, &member.grade, &project.calendar, period);
        let place = match (class, parts) {
            (CodeClass::CountsAsBelow, _) => Some(0),
            (CodeClass::Score, Parts::Levels(levels, _)) => (0..levels.len()).rev().find(|i| value >= *i as f64),
            (CodeClass::Score, Parts::Bands(bands)) => Stands::of(Some((class, value)), line).map(|_| {
                let reached = |band: Band| line(band).is_some_and(|line| value >= line);
                (1..bands.len()).rev().find(|i| reached(bands[*i])).unwrap_or(0)
            }),
            (CodeClass::Excluded | CodeClass::Missing, _) => None,
        };
        if let Some(place) = place {
            counts[place] += 1;
        }
    }
    Distribution { period, measure, counts }
}
