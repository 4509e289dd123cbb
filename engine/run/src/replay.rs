//! A past run once more, from its own frozen files: what another version of a metric would have
//! changed.
//!
//! Comes in: the ledger, the frozen files, a component. Goes out: the figures of every past report
//! that would be others. Nothing is written into the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;

use termwise_config::{Project, load};
use termwise_judging::roll::Roll;
use termwise_operations::ledger::{GoalBook, Ledger, RunRow, RunStatus};
use termwise_plugins::host::{Plugins, Release};
use termwise_reading::dataset;
use termwise_reading::sources::{FrozenFile, frozen_folder};
use termwise_reading::workbook::Shelf;

use super::{Before, Options, Prepared, RunFacts, judge, prepare, rehearsal};

/// A figure that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The report's path.
    pub report: String,
    /// Goal, period and group.
    pub figure: String,
    /// As it was printed.
    pub before: String,
    /// As the new version has it.
    pub after: String,
}

/// What a new version would change in one run.
#[derive(Debug, Clone)]
pub struct Impact {
    /// The run's code and period, and its day.
    pub run: RunRow,
    /// Reports compared.
    pub reports: usize,
    /// Goals that the metric computes.
    pub goals: Vec<String>,
    /// Figures that would change; or why the run cannot be replayed.
    pub changes: Result<Vec<Change>, String>,
}

/// A component to put in the place of another.
#[derive(Debug, Clone, Copy)]
pub struct Replacement<'a> {
    /// The plugin's name.
    pub name: &'a str,
    /// The component.
    pub bytes: &'a [u8],
    /// How many times the usual fuel it gets.
    pub fuel: u32,
}

/// Replays every finished run of a project, newest first, with its own plugins and with the new one.
/// Runs that were made from the same inputs are replayed once.
pub fn impact(project: &Project, new: Replacement<'_>) -> anyhow::Result<Vec<Impact>> {
    let Some(ledger) = Ledger::open_existing(&project.root)? else { return Ok(Vec::new()) };
    let mut seen = std::collections::BTreeSet::new();
    let mut all = Vec::new();
    for run in ledger.runs(usize::MAX >> 1)? {
        let again = (run.start.inputs_digest.clone(), run.start.as_of);
        if run.status != RunStatus::Done || !seen.insert(again) {
            continue;
        }
        let mut impact = Impact { run: run.clone(), reports: 0, goals: Vec::new(), changes: Ok(Vec::new()) };
        match replay(project, &ledger, &run, new) {
            Ok(Replayed { before, after, goals }) => {
                impact.reports = before.len();
                impact.goals = goals;
                impact.changes = Ok(changes(&before, &after));
            }
            Err(why) => impact.changes = Err(format!("{why:#}")),
        }
        all.push(impact);
    }
    Ok(all)
}

struct Replayed {
    before: Vec<Prepared>,
    after: Vec<Prepared>,
    goals: Vec<String>,
}

/// What a past run was made from: its configuration and its frozen files. The folder holds the
/// configuration; it is readable by its owner only and goes with the value.
pub(super) fn past(
    project: &Project,
    ledger: &Ledger,
    run: &RunRow,
) -> anyhow::Result<(Project, Vec<FrozenFile>, tempfile::TempDir)> {
    let made_from = ledger.made_from(run.id)?;
    anyhow::ensure!(!made_from.is_empty(), "it was made before runs kept their configuration");
    let frozen = frozen_folder(&project.root);
    let place = tempfile::tempdir()?;
    let mut files = Vec::new();
    for file in made_from {
        let copy = frozen.join(&file.digest);
        match file.source {
            Some(source_index) => {
                anyhow::ensure!(copy.is_file(), "the frozen copy of {} is gone", file.path);
                let (path_relative, digest) = (file.path, file.digest);
                files.push(FrozenFile { path_relative, frozen_path: copy, digest, source_index });
            }
            None => {
                let target = place.path().join(&file.path);
                std::fs::create_dir_all(target.parent().unwrap_or(Path::new(".")))?;
                std::fs::copy(&copy, target).with_context(|| format!("the kept copy of {} is gone", file.path))?;
            }
        }
    }
    let (then, problems) = load::load(place.path());
    let then = then.with_context(|| {
        let first = problems.iter().find(|p| p.is_error()).map_or_else(String::new, ToString::to_string);
        format!("its configuration cannot be read by this version: {first}")
    })?;
    Ok((then, files, place))
}

fn replay(project: &Project, ledger: &Ledger, run: &RunRow, new: Replacement<'_>) -> anyhow::Result<Replayed> {
    let (then, files, _place) = past(project, ledger, run)?;
    let shelf = Shelf::of_project(project)?;
    let dataset = dataset::build(&then, &files, &shelf, &mut Vec::new());
    let then = super::with_actions(&then, &dataset);
    let roll = Roll::new(&then, &dataset);
    let period = then.calendar.by_key(&run.start.period).context("its reporting period is not in its calendar")?;
    let options = Options { period: Some(period), trigger: "replay".into(), ..Options::dry(run.start.as_of) };
    let reports = |change: bool| -> anyhow::Result<Vec<Prepared>> {
        let mut plugins = Plugins::of_project(&then)?;
        // Who saw a version in rehearsal then is shown the new one in its place now.
        let trials = rehearsal::trials_at(ledger, &mut plugins, run.start.started)?;
        if change {
            plugins.put(new.name, Release::Current, new.bytes, new.fuel);
            plugins.put(new.name, Release::Trial, new.bytes, new.fuel);
        }
        let known = Before { trials: &trials, at_fault: &BTreeSet::new() };
        let judged = judge(&roll, (period, run.start.as_of), &mut plugins, &known, &mut Vec::new());
        let from = RunFacts { code: &run.start.code, book: &GoalBook::default(), period, options: &options };
        prepare(&roll, &judged, &mut plugins, &from, &mut Vec::new()).map(|plan| plan.prepared)
    };
    let (before, after) = (reports(false)?, reports(true)?);
    let goals = then
        .goals
        .iter()
        .filter(|goal| goal.measured_parts().any(|(_, plan)| plan.metric == new.name))
        .map(|goal| goal.id.clone())
        .collect();
    Ok(Replayed { before, after, goals })
}

/// Every figure, verdict and count that differs, in the order of the reports.
fn changes(before: &[Prepared], after: &[Prepared]) -> Vec<Change> {
    let mut changes = Vec::new();
    for (old, new) in before.iter().zip(after) {
        let (was, would) = (figures(old), figures(new));
        let names: std::collections::BTreeSet<&String> = was.keys().chain(would.keys()).collect();
        for name in names {
            let value =
                |figures: &BTreeMap<String, String>| figures.get(name).map_or("not there", String::as_str).to_owned();
            let (before, after) = (value(&was), value(&would));
            if before != after {
                changes.push(Change { report: old.edition.path(), figure: name.clone(), before, after });
            }
        }
    }
    changes
}

/// A report's figures by what they are: each leaf of each goal's model that has a digit in it or is a
/// verdict.
fn figures(report: &Prepared) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for goal in &report.model.goals {
        if let Ok(value) = serde_json::to_value(goal) {
            leaves(&goal.id, &value, &mut found);
        }
    }
    found
}

fn leaves(name: &str, value: &serde_json::Value, found: &mut BTreeMap<String, String>) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                leaves(&format!("{name}, {field}"), value, found);
            }
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                leaves(&format!("{name} {}", place + 1), value, found);
            }
        }
        Value::Null => {}
        Value::String(text) => drop(found.insert(name.to_owned(), text.clone())),
        other => drop(found.insert(name.to_owned(), other.to_string())),
    }
}
