//! What was corrected since reports were last issued.
//!
//! The reports issued last are those of the newest run about this period, or else about the nearest one before it, of
//! which at least one report was delivered; not of a run of the same spreadsheets. Its spreadsheets are read again from
//! their frozen copies and compared with those of today, student by student.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_base::problem::{Place, Problem};
use termwise_config::goals::Audience;
use termwise_config::{CodeClass, Goal, PeriodId, Project};
use termwise_judging::goals::{Judged, term};
use termwise_judging::question;
use termwise_judging::roll::Roll;
use termwise_operations::ledger::{FinalVerdict, Ledger, RunRow, RunStatus};
use termwise_reading::dataset::{self, Dataset, PersonId};
use termwise_reading::workbook::Shelf;

use super::{InReleases, replay};

/// Readings as they were when reports were last issued.
pub(super) struct Issued {
    /// Code of that run, which is an input of this one.
    pub(super) code: String,
    /// What it read, by student, measure and period.
    readings: BTreeMap<(u64, String, String), (CodeClass, f64)>,
    /// Its period.
    period: String,
    /// Its day.
    day: Date,
}

/// Finds and reads what was issued last; none if nothing was, or if it cannot be read any more.
pub(super) fn issued(
    project: &Project,
    ledger: &Ledger,
    dataset: &Dataset,
    period: &str,
) -> anyhow::Result<Option<Issued>> {
    let mut now: Vec<(&str, &str)> = dataset.files.iter().map(|f| (f.path.as_str(), f.digest.as_str())).collect();
    now.sort_unstable();
    let mut runs: Vec<RunRow> = ledger.runs_delivered()?;
    runs.retain(|run| run.status == RunStatus::Done);
    // Newest first; a report about an earlier period, made in between, says nothing of this one.
    let at = project.calendar.by_key(period);
    runs.sort_by_key(|run| Reverse(project.calendar.by_key(&run.start.period).filter(|then| Some(*then) <= at)));
    for run in runs {
        let made_from = ledger.made_from(run.id)?;
        let mut then: Vec<(&str, &str)> = made_from
            .iter()
            .filter(|file| file.source.is_some())
            .map(|file| (file.path.as_str(), file.digest.as_str()))
            .collect();
        then.sort_unstable();
        // Of the same spreadsheets, about whichever period: nothing was corrected since.
        if then == now {
            continue;
        }
        return Ok(read(project, ledger, &run)
            .inspect_err(|why| tracing::warn!("what was issued last cannot be compared: {why:#}"))
            .ok());
    }
    Ok(None)
}

fn read(project: &Project, ledger: &Ledger, run: &RunRow) -> anyhow::Result<Issued> {
    let (then, files, _place) = replay::past(project, ledger, run)?;
    let shelf = Shelf::of_project(project)?;
    let dataset = dataset::build(&then, &files, &shelf, &mut Vec::new());
    let rows = &dataset.observations;
    let mut readings = BTreeMap::new();
    for (row, person) in rows.person.iter().enumerate() {
        let Some(key) = dataset.keys[person.0 as usize] else { continue };
        let measure = then.measures.measure(rows.measure[row]).id.clone();
        let period = then.calendar.period(rows.period[row]).key();
        readings.insert((key, measure, period), (rows.class[row], rows.value[row]));
    }
    Ok(Issued { code: run.start.code.clone(), readings, period: run.start.period.clone(), day: run.start.as_of })
}

impl Issued {
    /// How many readings of a goal's students, up to the period reported on then, are others now or gone. Of a goal
    /// that has ended, also those that came late: its verdict only changes by a correction.
    pub(super) fn corrected(&self, roll: &Roll<'_>, judged: &Judged<'_>) -> u32 {
        let (goal, now) = (judged.goal, judged.now);
        let late = judged.ended && self.day > judged.deadline;
        let project = roll.project;
        let Some(last) = project.calendar.by_key(&self.period) else { return 0 };
        let mut corrected = 0;
        for (_, part) in goal.measured_parts() {
            for period in question::periods_of(project, part, now.min(last)) {
                let members = roll.members(part, period);
                for measure in &part.measures {
                    let changed = |person: PersonId| self.changed(roll, (*measure, period, person), late);
                    corrected += members.iter().filter(|member| changed(member.person)).count();
                }
            }
        }
        u32::try_from(corrected).unwrap_or(u32::MAX)
    }

    fn changed(
        &self,
        roll: &Roll<'_>,
        (measure, period, person): (termwise_config::MeasureId, PeriodId, PersonId),
        late: bool,
    ) -> bool {
        let Some(key) = roll.dataset.keys[person.0 as usize] else { return false };
        let project = roll.project;
        let name = (key, project.measures.measure(measure).id.clone(), project.calendar.period(period).key());
        let Some((class, value)) = self.readings.get(&name) else {
            return late && roll.reading(measure, period, person).is_some();
        };
        match roll.reading(measure, period, person) {
            None => true,
            // Readings without a score have no value to compare.
            Some((now, found)) => now != *class || (now == CodeClass::Score && found.to_bits() != value.to_bits()),
        }
    }
}

/// A final verdict only changes by a correction, of whatever it rests on: where a run gave another one, that is
/// reported, and goes into the reports of those who had been given it. Goes out: what was found, for the run's digest.
pub(super) fn was_final(
    project: &Project,
    ledger: &Ledger,
    judged: &mut [InReleases<'_>],
    day: Date,
    problems: &mut Vec<Problem>,
) -> anyhow::Result<String> {
    let mut all = String::new();
    // While a metric is in rehearsal, some see another verdict than others.
    for judged in judged.iter_mut().filter(|both| both.trial.is_none()).map(|both| &mut both.current) {
        // A report about an earlier period does not know the end; a goal may have been opened again.
        if !judged.ended && !is_open(project, judged.goal, day) {
            continue;
        }
        let given = ledger.final_verdicts(&judged.goal.id, day)?;
        let mut other = given.iter().filter(|given| given.verdict != judged.verdict.key());
        let Some(FinalVerdict { verdict, day, .. }) = other.next() else { continue };
        let (file, line) = &judged.goal.place;
        let word = |key: &str| key.replace('-', " ");
        problems.push(
            Problem::warning(format!(
                "The goal “{}” had ended, and its verdict was “{}” on {day}; now it is “{}”.",
                judged.goal.id,
                word(verdict),
                word(judged.verdict.key())
            ))
            .at(Place::file(file).at(*line, 1))
            .expected("a verdict that stays, unless something that it rests on was wrong")
            .hint(
                "If results, the roster, a table or the goal were corrected, there is nothing to do: the reports say so. If \
                 not, find out what was changed since; `termwise goal history` shows the goal.",
            ),
        );
        for audience in Audience::ALL {
            let mut told = given.iter().filter(|given| given.audience == audience.id());
            let other = told.find(|given| given.verdict != judged.verdict.key());
            if let Some(FinalVerdict { verdict, day, .. }) = other {
                all.push_str(&format!(" {} {} {verdict} {day};", judged.goal.id, audience.id()));
                judged.was_final.insert(audience, (verdict.clone(), *day));
            }
        }
    }
    Ok(all)
}

/// Whether a goal goes on on a day.
fn is_open(project: &Project, goal: &Goal, day: Date) -> bool {
    let deadline = goal.deadline(day);
    let closes = term::deciding(project, deadline).map(|last| project.calendar.period(last).closes);
    day <= deadline || closes.is_some_and(|closes| day < closes)
}
