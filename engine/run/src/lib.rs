//! One run, from spreadsheets to reports: the only place that knows every stage and the ledger.
//!
//! sources → workbook → dataset → metrics → goals → disclosure → reports; delivery follows on its
//! own. Comes in: a checked project and what the caller asked for. Goes out: an [`Outcome`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use termwise_base::digest::hex;
use termwise_base::problem::{Place, Problem};
use termwise_config::goals::Audience;
use termwise_config::wording;
use termwise_config::{Calendar, PeriodId, Project, SchoolId};
use termwise_judging::roll::Roll;
use termwise_operations::delivery;
use termwise_operations::ledger::{
    Artefact, Became, Filter, GoalBook, GoalRow, InputRow, Ledger, RunStart, RunStatus, Status,
};
use termwise_plugins::host::{Edition, Plugins};
use termwise_plugins::trials::Trial;
use termwise_reading::dataset::{self, Action, Dataset, Tally};
use termwise_reading::sources::{self, FrozenFile};
use termwise_reading::workbook::Shelf;
use termwise_reports::pool;
use termwise_reports::proof::Structure;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::twins;
use termwise_reports::typeset::Job;

mod alike;
mod asked;
mod corrections;
mod editions;
mod edits;
mod enrolled;
mod family;
mod idle;
pub mod inquire;
mod judging;
pub mod record;
pub mod rehearsal;
pub mod replay;
pub mod translating;

use editions::{Made, Plan, Prepared, prepare};
pub use editions::{no_template, unusable, words};
pub use inquire::inquire;
pub use judging::InEditions;
use judging::{cleared_for_staff, decidable, judge};
use record::{broken_record, quiet_edits, texts};

/// What the caller asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The period to report on; none: the latest closed one that has results.
    pub period: Option<PeriodId>,
    /// The day of the run.
    pub as_of: Date,
    /// Only this school.
    pub school: Option<SchoolId>,
    /// Only this audience's reports, and those of the division's own that are like them.
    pub audience: Option<Audience>,
    /// Of these, only the report with this id: the audience's, or that of a report of the division's own.
    pub report: Option<String>,
    /// Judge, but write no report and no ledger.
    pub dry_run: bool,
    /// Typesetting processes.
    pub workers: usize,
    /// Longest time for one report.
    pub deadline: Duration,
    /// `command`, or `schedule:NAME`.
    pub trigger: String,
    /// Also write what each template gets into this folder, as JSON.
    pub models: Option<PathBuf>,
    /// Numbers stand for the names of students.
    pub nameless: bool,
}

impl Options {
    /// To judge everything and write nothing.
    pub fn dry(as_of: Date) -> Self {
        Self {
            period: None,
            as_of,
            school: None,
            audience: None,
            report: None,
            dry_run: true,
            workers: 1,
            deadline: Duration::from_secs(60),
            trigger: "command".into(),
            models: None,
            nameless: false,
        }
    }
}

/// What a run did. Nothing in it is unprotected: verdicts are as the audience sees them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outcome {
    /// Code printed on the reports.
    pub code: String,
    /// The period reported on.
    pub period: String,
    /// Files and what became of their rows.
    pub files: Vec<Tally>,
    /// Verdicts by school, audience and goal.
    pub verdicts: Vec<VerdictRow>,
    /// Reports made, by path relative to the project.
    pub reports: Vec<String>,
    /// Reports that were asked for and could not be made.
    pub not_made: Vec<String>,
    /// Reports of earlier runs that no longer hold and were withdrawn; nothing came in their place.
    pub withdrawn: Vec<String>,
    /// What the students of each goal can decide.
    pub decidable: Vec<Decides>,
    /// Everything that a person can mend.
    pub problems: Vec<Problem>,
    /// Metrics in rehearsal, for the analyst only.
    #[serde(skip)]
    pub rehearsals: Vec<rehearsal::Row>,
    /// The copies that were read, for those who want to look into them again.
    #[serde(skip)]
    pub frozen: Vec<FrozenFile>,
}

/// What the students of one goal can decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decides {
    /// Goal id.
    pub goal: String,
    /// Sentences.
    pub sentences: Vec<String>,
}

/// One verdict as an audience sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictRow {
    /// School id.
    pub school: String,
    /// Audience id.
    pub audience: &'static str,
    /// Goal id.
    pub goal: String,
    /// Verdict key.
    pub verdict: &'static str,
    /// Whether it is the last one, which only a correction changes.
    #[serde(skip)]
    pub is_final: bool,
}

/// What is going on, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading spreadsheets.
    Reading,
    /// Asking metrics and judging goals.
    Judging,
    /// So many reports are to be typeset.
    Typesetting(usize),
    /// One report is done.
    Typeset,
}

/// Runs once. Files, cells, plugins and templates that fail are told in the outcome; an error means
/// that the run as a whole could not be done.
pub fn run(
    project: &Project,
    options: &Options,
    now: Timestamp,
    tell: &mut dyn FnMut(Step),
) -> anyhow::Result<Outcome> {
    let mut problems = Vec::new();

    tell(Step::Reading);
    let files = sources::freeze(project, &mut problems);
    let shelf = Shelf::new(&project.root.join(".termwise/cells"), &project.reading_limits)?;
    let dataset = dataset::build(project, &files, &shelf, &mut problems);
    let with_actions = with_actions(project, &dataset);
    let project = &with_actions;
    let roll = Roll::new(project, &dataset);
    shelf.tidy(SystemTime::now());
    let mut plugins = Plugins::of_project(project)?;
    // First of all: it says which version of a metric in rehearsal is which.
    let trials = rehearsal::trials(&project.root, &mut plugins)?;
    // Whether there are results or not: a goal that contradicts itself is told when it is entered.
    let asked = asked::check(&roll, &mut plugins);
    let Some(period) = period(project, &dataset, options, &mut problems) else {
        problems.extend(asked.problems);
        return Ok(Outcome { files: dataset.files, problems, frozen: files, ..Outcome::default() });
    };
    problems.extend(stopped(project, &dataset, period));
    problems.extend(enrolled::check(&roll, period));
    problems.extend(enrolled::programs(&roll, period));
    tracing::info!(files = dataset.files.len(), readings = dataset.observations.person.len(), "read");

    problems.extend(wording::check(project));
    let before = Ledger::open_existing(&project.root)?;
    let mut book = before.as_ref().map_or_else(|| Ok(GoalBook::default()), Ledger::goal_book)?;
    let mut first: Vec<Problem> = book.broken().into_iter().map(broken_record).collect();
    let recorded = book.update(&texts(project), options.as_of);
    first.extend(quiet_edits(&recorded, &book));
    let told = translating::told(project, &dataset, &mut plugins)?;
    problems.extend(project.translation_gaps(&told, &edits::texts(&book, project)));
    tell(Step::Judging);
    let mut judged = judge(&roll, (period, options.as_of), &mut plugins, &trials, &asked.at_fault, &mut problems);
    let for_staff = cleared_for_staff(project, &judged);
    let from_results = asked::judged(&roll, (&judged, &for_staff, period), &asked, &mut plugins);
    problems.extend(asked.problems.into_iter().chain(from_results));
    let name = project.calendar.period(period).key();
    let issued = before.as_ref().map(|ledger| corrections::issued(project, ledger, &dataset, &name)).transpose()?;
    let issued = issued.flatten();
    for judged in judged.iter_mut().flat_map(InEditions::all).filter(|_| issued.is_some()) {
        judged.corrected = issued.as_ref().map_or(0, |issued| issued.corrected(&roll, judged));
    }
    let was_final = match &before {
        Some(ledger) => corrections::was_final(project, ledger, &mut judged, options.as_of, &mut problems)?,
        None => String::new(),
    };
    // What was changed quietly is told before what a clerk mistyped.
    problems.splice(0..0, first);

    let templates = TemplateRoots::of_project(&project.root);
    problems.extend(idle::check(project, &templates));
    let since = issued.as_ref().map_or("", |issued| issued.code.as_str()).to_owned() + &was_final;
    let since = (since.as_str(), &book);
    let digest = digest(project, &dataset, (&plugins, &trials), &templates, period, since);
    let mut outcome = Outcome {
        code: digest[..8].to_owned(),
        period: project.calendar.period(period).key(),
        files: dataset.files.clone(),
        decidable: decidable(project, &for_staff, &templates, period)?,
        rehearsals: rehearsal::rows(project, &judged),
        frozen: files,
        ..Outcome::default()
    };
    let from = Made { code: &outcome.code, book: &book, period, options };
    let Plan { mut prepared, mut wanted } = prepare(&roll, &judged, &mut plugins, &from, &mut problems)?;
    // Before anything is typeset: what cannot both be true is not printed.
    for refusal in family::check(project, &family::pages(&prepared), options.as_of) {
        let (gone, rest): (Vec<Prepared>, _) =
            prepared.into_iter().partition(|report| refusal.reports.contains(&report.from.report));
        prepared = rest;
        for one in wanted.iter_mut().filter(|one| gone.iter().any(|report| report.path == one.path)) {
            one.refused.get_or_insert_with(|| refusal.problem.message.clone());
        }
        problems.push(refusal.problem);
    }
    outcome.not_made = wanted.iter().filter(|one| one.refused.is_some()).map(|one| one.path.clone()).collect();
    let mut jobs = Vec::new();
    for report in &prepared {
        if let Some(folder) = &options.models {
            write_model(folder, report)?;
        }
        outcome.verdicts.extend(report.verdicts.iter().cloned());
        jobs.push(Job {
            name: report.path.clone(),
            template: report.template.clone(),
            model: serde_json::to_string(&report.model)?,
            out: project.root.join(&report.path),
            ident: format!("{} {}", report.path, outcome.code),
            date: options.as_of,
        });
    }
    outcome.verdicts.sort_by(|a, b| (&a.school, a.audience, &a.goal).cmp(&(&b.school, b.audience, &b.goal)));
    outcome.verdicts.dedup();
    if options.dry_run {
        outcome.reports = jobs.into_iter().map(|job| job.name).collect();
        outcome.problems = problems;
        return Ok(outcome);
    }

    let mut ledger = Ledger::open(&project.root)?;
    let run = ledger.begin(&RunStart {
        code: outcome.code.clone(),
        started: now,
        trigger: options.trigger.clone(),
        period: outcome.period.clone(),
        as_of: options.as_of,
        inputs_digest: digest,
    })?;
    ledger.record_inputs(run, &dataset.files.iter().map(input_row).collect::<Vec<_>>())?;
    ledger.record_goal_texts(&recorded)?;
    ledger.record_made_from(run, &rehearsal::made_from(project, &outcome.frozen)?)?;
    rehearsal::record(&mut ledger, run, &outcome.period, &plugins, &judged)?;
    ledger.record_goals(run, &outcome.verdicts.iter().map(|v| goal_row(v, &outcome.period)).collect::<Vec<_>>())?;

    // From here on nothing that this run replaces can be approved or delivered, whatever becomes of the run.
    let scope = scope(project, options);
    outcome.withdrawn = ledger.expect(run, (&scope, &outcome.period), &wanted, now)?;
    delivery::clear(&project.root, &ledger, &mut problems)?;

    tell(Step::Typesetting(jobs.len()));
    let typeset = pool::typeset(&jobs, &templates, options.workers, options.deadline, &mut |_| tell(Step::Typeset));
    let mut found: Vec<(String, Problem)> = Vec::new();
    let mut became = Vec::new();
    let mut pages_of: BTreeMap<String, (String, Option<Structure>)> = BTreeMap::new();
    for (made, Prepared { path, twin, school, audience, model, .. }) in typeset.into_iter().zip(prepared) {
        match made {
            Ok(made) => {
                let pages = made.structure.of_one(1 + usize::from(model.other.is_some()));
                let (first, expected) = pages_of.entry(twin).or_insert_with(|| (path.clone(), pages.clone()));
                if pages.is_none() || *expected != pages {
                    let problem = twins::other_pages(first, &path);
                    became.push(Became::Refused(path.clone(), problem.message.clone()));
                    problems.push(problem);
                    outcome.not_made.push(path);
                    continue;
                }
                found.extend(made.notes.into_iter().map(|note| (path.clone(), note)));
                let artefact = Artefact {
                    id: 0,
                    path: path.clone(),
                    sha256: made.sha256,
                    school,
                    period: outcome.period.clone(),
                    audience: audience.id().to_owned(),
                    produced: now,
                    status: Status::Produced,
                };
                let hold = &project.delivery.hold;
                let held = hold.has_audience(audience.id()) || hold.has_own(audience.id(), &artefact.path);
                became.push(Became::Made(artefact, held));
                outcome.reports.push(path);
            }
            Err(problem) => {
                became.push(Became::Refused(path.clone(), problem.message.clone()));
                found.push((path.clone(), problem));
                outcome.not_made.push(path);
            }
        }
    }
    outcome.withdrawn.extend(ledger.record_editions(run, &became, now)?);
    outcome.withdrawn.sort();
    problems.extend(alike::together(found));
    problems.splice(0..0, delivery::withdrawn(&ledger, &outcome.withdrawn)?);
    delivery::clear(&project.root, &ledger, &mut problems)?;
    ledger.record_problems(run, &problems)?;
    let failed = outcome.reports.is_empty() && !jobs.is_empty();
    ledger.finish(run, now, if failed { RunStatus::Failed } else { RunStatus::Done })?;
    outcome.problems = problems;
    Ok(outcome)
}

/// What a run is about, as the ledger asks for it: everything of this is superseded that it does not make again.
fn scope(project: &Project, options: &Options) -> Filter {
    let own = |id: &String| project.reports.extra.iter().find(|own| own.id == *id);
    Filter {
        school: options.school.map(|school| project.school(school).id.clone()),
        audience: options.audience.map(|audience| audience.id().to_owned()),
        period: None,
        reports: options
            .report
            .as_ref()
            .map(|id| own(id).map_or_else(|| vec![id.clone()], |own| own.files(&project.plcs))),
    }
}

/// The project with the strategies and decisions that stand in spreadsheets, after those of its own files.
pub fn with_actions(project: &Project, dataset: &Dataset) -> Project {
    let mut project = project.clone();
    for action in &dataset.actions {
        match action {
            Action::Strategy(goal, strategy) => project.goals[*goal].strategies.push(strategy.clone()),
            Action::Decision(goal, decision) => project.goals[*goal].decisions.push(decision.clone()),
        }
    }
    project.goals.iter_mut().for_each(|goal| goal.decisions.sort_by_key(|decision| decision.on));
    project
}

/// Writes a report's model under the report's own name.
fn write_model(folder: &Path, report: &Prepared) -> anyhow::Result<()> {
    let path = folder.join(Path::new(&report.path).with_extension("json"));
    std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
    std::fs::write(&path, serde_json::to_string_pretty(&report.model)? + "\n")
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// Reads and judges without writing reports: what `check` shows.
pub fn check(project: &Project, as_of: Date) -> anyhow::Result<Outcome> {
    run(project, &Options::dry(as_of), Timestamp::UNIX_EPOCH, &mut |_| {})
}

/// Sources that had results in the school year before and have none in this one: a file may be missing.
fn stopped(project: &Project, dataset: &Dataset, period: PeriodId) -> Vec<Problem> {
    let calendar = &project.calendar;
    let now = calendar.period(period).year.as_str();
    let mut years: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    let rows = &dataset.observations;
    for (cell, period) in rows.cell.iter().zip(&rows.period) {
        let source = dataset.files[usize::from(cell.file)].source;
        years.entry(source).or_default().insert(&calendar.period(*period).year);
    }
    let before = |years: &BTreeSet<&str>| years.iter().rev().find(|year| **year < now).map(|year| (*year).to_owned());
    years
        .into_iter()
        .filter(|(_, years)| !years.contains(now))
        // Where a file gave nothing, what is wrong with it has been told.
        .filter(|(source, _)| !dataset.files.iter().any(|file| file.source == *source && file.observations == 0))
        .filter_map(|(source, years)| {
            let (source, last) = (project.sources.get(source)?, before(&years)?);
            let mut place = Place::file("termwise.toml");
            place.line = Some(source.line);
            Some(
                Problem::warning(format!("The source “{}” has results of {last}, but none of {now}.", source.id))
                    .at(place)
                    .hint("If the school still keeps this spreadsheet, put this year's file where `files` looks."),
            )
        })
        .collect()
}

/// The period asked for, else the latest closed one that has results. A closed period without any
/// is told and passed over: no data is no reason to print empty reports. None, with a problem that
/// says so, when there is nothing to report on.
fn period(project: &Project, dataset: &Dataset, options: &Options, problems: &mut Vec<Problem>) -> Option<PeriodId> {
    if options.period.is_some() {
        return options.period;
    }
    let calendar: &Calendar = &project.calendar;
    let nothing = |message: String| {
        Problem::error(message)
            .at(Place::file("termwise.toml"))
            .hint("Name a reporting period with --period, or add the missing files; the other problems name them.")
    };
    let Some(closed) = calendar.last_closed(options.as_of) else {
        problems.insert(0, nothing(format!("No reporting period has closed by {}.", options.as_of)));
        return None;
    };
    let seen = dataset.observations.period.iter().copied().filter(|p| *p <= closed).max();
    let Some(found) = seen else {
        problems.insert(0, nothing("No spreadsheet has a result for a closed reporting period.".into()));
        return None;
    };
    if found != closed {
        let (last, used) = (calendar.period(closed), calendar.period(found));
        problems.push(
            Problem::note(format!(
                "Reporting period {} closed on {}, but no file has results for it; the reports are about {}.",
                last.key(),
                last.closes,
                used.key()
            ))
            .at(Place::file("termwise.toml"))
            .hint("Add the missing files, or choose a period with --period."),
        );
    }
    Some(found)
}

/// SHA-256 (hex) over everything that decides the reports: engine, configuration, inputs, plugins,
/// templates, period.
fn digest(
    project: &Project,
    dataset: &Dataset,
    (plugins, trials): (&Plugins, &BTreeMap<String, Trial>),
    templates: &TemplateRoots,
    period: PeriodId,
    (issued, book): (&str, &GoalBook),
) -> String {
    let mut parts = BTreeMap::from([
        ("engine".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("configuration".to_owned(), project.digest.clone()),
        ("templates".to_owned(), templates.digest()),
        ("period".to_owned(), project.calendar.period(period).key()),
        ("issued".to_owned(), issued.to_owned()),
        ("goals".to_owned(), book.head(project.goals.iter().map(|goal| goal.id.as_str()))),
    ]);
    parts.extend(dataset.files.iter().map(|f| (format!("file {}", f.path), f.digest.clone())));
    let named = |edition: Edition| if edition == Edition::Current { "plugin" } else { "rehearsed plugin" };
    parts.extend(plugins.pinned().map(|(p, edition)| (format!("{} {}", named(edition), p.name), p.sha256.clone())));
    parts.extend(trials.iter().map(|(name, trial)| (format!("stage {name}"), trial.stage.word().to_owned())));
    let mut hash = Sha256::new();
    for (name, value) in parts {
        hash.update(format!("{name}={value}\n").as_bytes());
    }
    hex(&hash.finalize())
}

fn input_row(file: &Tally) -> InputRow {
    InputRow {
        path: file.path.clone(),
        digest: file.digest.clone(),
        rows: u64::from(file.rows),
        used: u64::from(file.used),
        set_aside: u64::from(file.set_aside),
    }
}

fn goal_row(row: &VerdictRow, period: &str) -> GoalRow {
    GoalRow {
        goal: row.goal.clone(),
        school: row.school.clone(),
        period: period.to_owned(),
        audience: row.audience.to_owned(),
        verdict: row.verdict.to_owned(),
        shown: row.verdict != "not-shown",
        is_final: row.is_final,
    }
}

/// The folder where a run's reports of a period lie, for messages.
pub fn out_folder(root: &Path, period: &str) -> std::path::PathBuf {
    root.join("out").join(period)
}
