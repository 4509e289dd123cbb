//! Candidates for goals, found in the data: where there is room that so many students could show.
//!
//! Comes in: the roll and a metric. Goes out: for each measure with an expectation table, the school,
//! its grades, its programs and programs within grades, each with its share at or above the line and what
//! could be decided about it. It names no cause and holds no person against another.

use std::collections::BTreeMap;

use termwise_config::Goal;
use termwise_config::goals::{Population, Way};
use termwise_config::{MeasureId, PeriodId, Project, SchoolId};
use termwise_metric::Metrics;

use crate::ask::{self, Answer, Group};
use crate::question::Question;
use crate::roll::Roll;

use super::chance::{self, From};
use super::decide::Plan;

/// A group with room to grow. Unprotected.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// `literacy`, `numeracy`, `well-being` or a division's own word.
    pub area: String,
    /// Whose results.
    pub population: Population,
    /// What is measured.
    pub measure: MeasureId,
    /// The latest period with results.
    pub period: PeriodId,
    /// At or above the line.
    pub met: u32,
    /// With a result.
    pub of: u32,
    /// Whether the group is one class.
    pub one_class: bool,
    /// The smallest change that so many students can show, as a share; none if none can.
    pub smallest: Option<f64>,
    /// For a program: the others of the same grades, as counts, and the chance of such a distance if there
    /// were none.
    pub others: Option<Others>,
}

/// Those whom a program is held beside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Others {
    /// At or above the line.
    pub met: u32,
    /// With a result.
    pub of: u32,
    /// The chance of a difference so large if both were alike (0–1), one-sided, by Fisher's exact test.
    pub chance: f64,
}

impl Candidate {
    /// Room above the share that is larger than the smallest change: the order of the evidence sheet.
    pub fn decidable_room(&self) -> f64 {
        let room = 1.0 - f64::from(self.met) / f64::from(self.of.max(1));
        self.smallest.map_or(-1.0, |smallest| room - smallest)
    }
}

/// Every group of a school in the latest period, up to `now`, in which a measure was taken; largest decidable
/// room first. Groups that cannot show any change are among them, because what is shown of the others could
/// give them away.
pub fn candidates(roll: &Roll<'_>, school: SchoolId, now: PeriodId, metrics: &mut dyn Metrics) -> Vec<Candidate> {
    let project = roll.project;
    let mut found = Vec::new();
    for measure in (0..project.measures.measures.len()).map(MeasureId) {
        if project.measures.expectation(measure, &project.calendar, now).is_none() {
            continue;
        }
        let survey = asked_of_staff(project, measure);
        let area = area(project, measure);
        let mut ask = |population: Population| -> Vec<Answer> {
            ask::latest(roll, &Question::at_line(project, (school, population), measure, now), metrics)
        };
        let whole = ask(Population { staff: survey, ..Population::default() });
        let grades: Vec<String> = whole
            .iter()
            .filter_map(|answer| match &answer.group {
                Group::Grade(grade) => Some(grade.clone()),
                _ => None,
            })
            .collect();
        let mut families = vec![(Population { staff: survey, ..Population::default() }, whole)];
        for grade in grades {
            let population = Population { grades: vec![grade], ..Population::default() };
            let answers = ask(population.clone());
            families.push((population, answers));
        }
        let mut seen: BTreeMap<(Vec<String>, Vec<String>), ()> = BTreeMap::new();
        for (parent, answers) in families {
            for answer in &answers {
                let mut population = parent.clone();
                match &answer.group {
                    Group::All => {}
                    Group::Grade(grade) => population.grades = vec![grade.clone()],
                    Group::Program(program) => population.programs = vec![program.clone()],
                }
                let key = (population.grades.clone(), population.programs.clone());
                if seen.insert(key, ()).is_none() {
                    let all = answers.iter().find(|a| a.group == Group::All);
                    found.extend(candidate(project, &area, measure, population, answer, all));
                }
            }
        }
    }
    found.sort_by(|a, b| {
        b.decidable_room().total_cmp(&a.decidable_room()).then_with(|| {
            (&a.area, a.measure, &a.population.grades, &a.population.programs).cmp(&(
                &b.area,
                b.measure,
                &b.population.grades,
                &b.population.programs,
            ))
        })
    });
    found
}

fn candidate(
    project: &Project,
    area: &str,
    measure: MeasureId,
    population: Population,
    answer: &Answer,
    all: Option<&Answer>,
) -> Option<Candidate> {
    let counts = |answer: &Answer| {
        let output = answer.measurement.outputs.first()?;
        Some((output.numerator?, output.denominator))
    };
    let (met, of) = counts(answer)?;
    if of == 0 {
        return None;
    }
    let share = f64::from(met) / f64::from(of);
    let plan = Plan { way: Way::Up, start: share, target: 1.0, from: From::Counted(met, of) };
    let others = match (&answer.group, all.and_then(counts)) {
        (Group::Program(_), Some((all_met, all_of))) if all_of > of => {
            let (rest_met, rest_of) = (all_met.saturating_sub(met), all_of - of);
            let rest = f64::from(rest_met) / f64::from(rest_of);
            // Whichever of the two is ahead.
            let chance = if share >= rest {
                chance::fisher_at_least((met, of), (rest_met, rest_of))
            } else {
                chance::fisher_at_least((rest_met, rest_of), (met, of))
            };
            Some(Others { met: rest_met, of: rest_of, chance })
        }
        _ => None,
    };
    Some(Candidate {
        area: area.to_owned(),
        population,
        measure,
        period: answer.period,
        met,
        of,
        one_class: answer.one_class,
        smallest: plan.smallest(of, project.judging.false_on_track),
        others,
    })
}

/// The area of a measure: its own, else that of a goal about it.
fn area(project: &Project, measure: MeasureId) -> String {
    let own = project.measures.measure(measure).area.clone();
    let goal = || {
        let about = |goal: &&Goal| goal.measured_parts().any(|(_, plan)| plan.measures.contains(&measure));
        project.goals.iter().find(about).map(|goal| goal.area.clone())
    };
    own.or_else(goal).unwrap_or_else(|| "other".to_owned())
}

/// Whether a measure is a statement of a staff survey: a goal about staff, or a belief, names it.
fn asked_of_staff(project: &Project, measure: MeasureId) -> bool {
    project.goals.iter().any(|goal| {
        goal.beliefs.contains(&measure)
            || goal.measured_parts().any(|(_, plan)| plan.population.staff && plan.measures.contains(&measure))
    })
}
