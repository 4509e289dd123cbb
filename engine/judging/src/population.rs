//! Who a goal is about, and when: its periods, its members, its groups.
//!
//! Comes in: the dataset and the calendar. Goes out: rows of people per period and group. Only whole
//! groups leave the stage; people are row numbers from [`crate::ask`] on.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::goals::{Baseline, Counting, Measured, Population};
use termwise_config::{CodeClass, MeasureId, PeriodId, Project, SchoolId};
use termwise_reading::dataset::{Dataset, PersonId, PersonKind};

use crate::ask::Group;
use crate::window::like_start;

/// The periods in which a goal is measured, up to `now`: from its baseline on; a goal that compares
/// with an earlier period of the year has none in that period itself, because nobody can have grown.
pub fn periods_of(project: &Project, goal: &Measured, now: PeriodId) -> Vec<PeriodId> {
    let calendar = &project.calendar;
    // What was agreed first stays on the chart, so its points do, too.
    let baselines = [&goal.aims.first.baseline, &goal.aims.on(calendar.period(now).closes).baseline];
    (0..=now.0)
        .map(PeriodId)
        .filter(|id| {
            // What is reported on is measured, even if the goal starts later; growth in spring beside growth in
            // the spring before.
            *id == now
                || baselines.iter().any(|baseline| like_start(project, &goal.kind, baseline, now) == Some(*id))
                || baselines.iter().any(|baseline| match baseline {
                    Baseline::Period(start) | Baseline::FirstFull(start) => *id >= *start,
                    Baseline::Value { on, .. } => calendar.period(*id).closes > *on,
                })
        })
        .filter(|id| match &goal.kind {
            Counting::Share { .. } | Counting::Metric { from: None } => true,
            Counting::Metric { from: Some(from) } => of_the_year(project, *id, from).is_some_and(|start| start < *id),
            // A period for which no gain is set is not asked about.
            Counting::MatchedGrowth { from, .. } => {
                let set = goal.kind.gain(&calendar.period(*id).id).is_some();
                set && of_the_year(project, *id, from).is_some_and(|start| start < *id)
            }
        })
        .collect()
}

/// The period with which a goal compares what it finds in `period`: the one that it names, else its
/// baseline's, else the first of the school year.
pub fn start_of(project: &Project, goal: &Measured, period: PeriodId) -> PeriodId {
    let named = goal.kind.since().and_then(|from| of_the_year(project, period, from));
    let baseline = match &goal.aims.on(project.calendar.period(period).closes).baseline {
        Baseline::Period(start) | Baseline::FirstFull(start) => Some(*start),
        Baseline::Value { .. } => None,
    };
    let first = || project.calendar.of_year(&project.calendar.period(period).year).min();
    named.or(baseline).or_else(first).unwrap_or(period).min(period)
}

/// The period `id` of the same school year as `period`.
fn of_the_year(project: &Project, period: PeriodId, id: &str) -> Option<PeriodId> {
    let year = &project.calendar.period(period).year;
    project.calendar.by_key(&format!("{year}/{id}"))
}

/// One person among those whom a plugin is asked about.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who; goes no further than this stage.
    pub person: PersonId,
    /// Grade now; of those who left, then.
    pub grade: String,
    /// Program, likewise.
    pub program: String,
    /// Whether the person belongs to the population now.
    pub now: bool,
    /// Grade at the start, of those who belonged then.
    pub then: Option<String>,
}

/// Who belongs to the goal's population on the day that counts for the period, in order of person.
pub fn members(project: &Project, dataset: &Dataset, goal: &Measured, period: PeriodId) -> Vec<Member> {
    let kind = if goal.population.staff { PersonKind::StaffRespondent } else { PersonKind::Student };
    let mut found: Vec<Member> = enrolled(project, dataset, goal.school, period)
        .filter(|m| dataset.people[m.person.0 as usize] == kind)
        .filter(|m| belongs(&goal.population, m))
        .collect();
    found.sort_by_key(|m| m.person);
    found.dedup_by_key(|m| m.person);
    if goal.population.staff {
        // Nobody keeps a list of who could have answered: those who did are the population.
        found.retain(|m| goal.measures.iter().any(|id| reading(dataset, *id, period, m.person).is_some()));
    }
    found
}

/// The members now, with their grade at the start; with `leavers` also those who belonged at the
/// start and no longer do. In order of person.
pub fn members_since(
    project: &Project,
    dataset: &Dataset,
    goal: &Measured,
    (start, now): (PeriodId, PeriodId),
    leavers: bool,
) -> Vec<Member> {
    let then: BTreeMap<PersonId, Member> =
        members(project, dataset, goal, start).into_iter().map(|m| (m.person, m)).collect();
    let mut found = members(project, dataset, goal, now);
    for member in &mut found {
        member.then = then.get(&member.person).map(|m| m.grade.clone());
    }
    if leavers {
        let here: BTreeSet<PersonId> = found.iter().map(|m| m.person).collect();
        let gone = then.into_values().filter(|m| !here.contains(&m.person));
        found.extend(gone.map(|m| Member { now: false, then: Some(m.grade.clone()), ..m }));
        found.sort_by_key(|m| m.person);
    }
    found
}

/// Whether a group is one class, so that its figure is a teacher's: everybody in it with a result is taught as
/// one class, and that class is not the whole school. A group of many classes is one class while the others
/// have no results.
pub fn is_one_class(project: &Project, dataset: &Dataset, goal: &Measured, period: PeriodId, rows: &[Member]) -> bool {
    let here: Vec<&Member> = rows.iter().filter(|member| member.now).collect();
    if here.is_empty() || goal.population.staff {
        return false;
    }
    let counts = |m: &&&Member| {
        let found = goal.measures.iter().filter_map(|measure| reading(dataset, *measure, period, m.person));
        found.into_iter().any(|(class, _)| matches!(class, CodeClass::Score | CodeClass::CountsAsBelow))
    };
    let measured: Vec<&Member> = here.iter().filter(counts).copied().collect();
    let shown = if measured.is_empty() { &here } else { &measured };
    let school: BTreeMap<PersonId, Member> =
        enrolled(project, dataset, goal.school, period).map(|m| (m.person, m)).collect();
    // A school that is one class has nobody else to be told from.
    let others = |class: &Population| here.len() < school.len() || school.values().any(|m| !belongs(class, m));
    let classes = &project.school(goal.school).one_class;
    classes.iter().any(|class| shown.iter().all(|m| belongs(class, m)) && others(class))
}

/// Whether somebody is in a part of a school.
pub fn belongs(population: &Population, member: &Member) -> bool {
    let Population { grades, programs, .. } = population;
    (grades.is_empty() || grades.contains(&member.grade)) && (programs.is_empty() || programs.contains(&member.program))
}

/// Enrolments of a school that hold on the day that counts for the period.
pub fn enrolled<'a>(
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
        .map(|e| Member { person: e.person, grade: e.grade.clone(), program: e.program.clone(), now: true, then: None })
}

/// The population as a whole, then by grade and by program where there is more than one.
pub fn split(members: Vec<Member>) -> Vec<(Group, Vec<Member>)> {
    let mut groups = Vec::new();
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
    groups.insert(0, (Group::All, members));
    groups
}

/// One reading, if there is one: (class, value).
pub fn reading(dataset: &Dataset, measure: MeasureId, period: PeriodId, person: PersonId) -> Option<(CodeClass, f64)> {
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

/// Whether anybody has a reading on any of the measures.
pub fn has_readings(dataset: &Dataset, measures: &[MeasureId], period: PeriodId, members: &[Member]) -> bool {
    measures.iter().any(|measure| members.iter().any(|m| reading(dataset, *measure, period, m.person).is_some()))
}
