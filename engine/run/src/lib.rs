//! One run, from spreadsheets to reports: the only place that knows every stage and the ledger.
//!
//! sources → workbook → dataset → metrics → goals → disclosure → reports; delivery follows on its
//! own. Comes in: a checked project and what the caller asked for. Goes out: an [`Outcome`].

use std::borrow::Cow;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;

use termwise_base::problem::Problem;
use termwise_config::wording;
use termwise_config::{Edition, Project};
use termwise_judging::roll::Roll;
use termwise_operations::delivery;
use termwise_operations::ledger::{GoalBook, Ledger, RunStart, RunStatus};
use termwise_plugins::host::Plugins;
use termwise_reading::dataset::{self, Action, Dataset};
use termwise_reading::sources;
use termwise_reading::workbook::Shelf;
use termwise_reports::pool;
use termwise_reports::templates::TemplateRoots;

mod alike;
mod asked;
mod corrections;
mod dictionaries;
mod digest;
mod editions;
mod edits;
mod enrolled;
mod family;
mod idle;
pub mod inquire;
mod judging;
mod making;
mod noted;
mod outcome;
mod period;
pub mod record;
pub mod rehearsal;
pub mod replay;
pub mod translating;

pub use dictionaries::{unusable, words};
pub use editions::no_template;
use editions::{Plan, Prepared, RunFacts, prepare};
pub use inquire::inquire;
pub use judging::InReleases;
use judging::{Before, cleared_for_staff, decidable, judge};
pub use outcome::{Decides, Options, Outcome, RehearsedGoal, Step, VerdictRow};
use record::{broken_record, quiet_edits, texts};

/// Runs once. Files, cells, plugins and templates that fail are in the outcome's problems; an error means
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
    let shelf = Shelf::of_project(project)?;
    let dataset = dataset::build(project, &files, &shelf, &mut problems);
    let with_actions = with_actions(project, &dataset);
    let project = &*with_actions;
    let roll = Roll::new(project, &dataset);
    shelf.tidy(SystemTime::now());
    let mut plugins = Plugins::of_project(project)?;
    // First of all: it says which version of a metric in rehearsal is which.
    let trials = rehearsal::trials(&project.root, &mut plugins)?;
    // Whether there are results or not: a goal that contradicts itself is told when it is entered.
    let asked = asked::check(&roll, &mut plugins);
    let Some(period) = period::reported_on(project, &dataset, options, &mut problems) else {
        problems.extend(asked.problems);
        return Ok(Outcome { files: dataset.files, problems, frozen: files, ..Outcome::default() });
    };
    problems.extend(period::stopped(project, &dataset, period));
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
    let known = Before { trials: &trials, at_fault: &asked.at_fault };
    let mut judged = judge(&roll, (period, options.as_of), &mut plugins, &known, &mut problems);
    let for_staff = cleared_for_staff(project, &judged);
    let from_results = asked::judged(&roll, (&judged, &for_staff, period), &asked, &mut plugins);
    problems.extend(asked.problems.into_iter().chain(from_results));
    let name = project.calendar.period(period).key();
    let issued = before.as_ref().map(|ledger| corrections::issued(project, ledger, &dataset, &name)).transpose()?;
    let issued = issued.flatten();
    for judged in judged.iter_mut().flat_map(InReleases::all).filter(|_| issued.is_some()) {
        judged.corrected = issued.as_ref().map_or(0, |issued| issued.corrected(&roll, judged));
    }
    let was_final = match &before {
        Some(ledger) => corrections::was_final(project, ledger, &mut judged, options.as_of, &mut problems)?,
        None => String::new(),
    };
    // What was changed quietly comes before what a clerk mistyped.
    problems.splice(0..0, first);

    let templates = TemplateRoots::of_project(&project.root);
    problems.extend(idle::check(project, &templates));
    let since = issued.as_ref().map_or("", |issued| issued.code.as_str()).to_owned() + &was_final;
    let since = (since.as_str(), &book);
    let digest = digest::digest(project, &dataset, (&plugins, &trials), &templates, period, since);
    let mut outcome = Outcome {
        code: digest[..8].to_owned(),
        period: project.calendar.period(period).key(),
        files: dataset.files.clone(),
        decidable: decidable(project, &for_staff, &templates, period)?,
        rehearsals: rehearsal::rows(project, &judged),
        frozen: files,
        ..Outcome::default()
    };
    let from = RunFacts { code: &outcome.code, book: &book, period, options, keep: options.models.is_some() };
    let Plan { mut prepared, mut wanted, refusals } = prepare(&roll, &judged, &mut plugins, &from, &mut problems)?;
    // Before anything is typeset: what cannot both be true is not printed.
    for refusal in refusals {
        let (gone, rest): (Vec<Prepared>, _) =
            prepared.into_iter().partition(|report| refusal.reports.contains(&report.edition.report));
        prepared = rest;
        for one in wanted.iter_mut().filter(|one| gone.iter().any(|report| report.edition == one.edition)) {
            one.refused.get_or_insert_with(|| refusal.problem.message.clone());
        }
        problems.push(refusal.problem);
    }
    outcome.not_made = wanted.iter().filter(|one| one.refused.is_some()).map(|one| one.edition.clone()).collect();
    if let Some(folder) = &options.models {
        making::write_models(folder, &prepared)?;
    }
    outcome.verdicts = prepared.iter().flat_map(|report| report.verdicts.iter().cloned()).collect();
    outcome.verdicts.sort_by(|a, b| (&a.school, a.audience, &a.goal).cmp(&(&b.school, b.audience, &b.goal)));
    outcome.verdicts.dedup();
    if options.dry_run {
        outcome.reports = prepared.into_iter().map(|report| report.edition).collect();
        outcome.problems = problems;
        return Ok(outcome);
    }

    let jobs = making::jobs(project, options, &outcome.code, &prepared)?;
    let mut ledger = Ledger::open(&project.root)?;
    let run = ledger.begin(&RunStart {
        code: outcome.code.clone(),
        started: now,
        trigger: options.trigger.clone(),
        period: outcome.period.clone(),
        as_of: options.as_of,
        inputs_digest: digest,
    })?;
    ledger.record_inputs(run, &dataset.files.iter().map(noted::input_row).collect::<Vec<_>>())?;
    ledger.record_goal_texts(&recorded)?;
    ledger.record_made_from(run, &rehearsal::made_from(project, &outcome.frozen)?)?;
    rehearsal::record(&mut ledger, run, &outcome.period, &plugins, &judged)?;
    ledger
        .record_goals(run, &outcome.verdicts.iter().map(|v| noted::goal_row(v, &outcome.period)).collect::<Vec<_>>())?;

    // From here on nothing that this run replaces can be approved or delivered, whatever becomes of the run.
    let scope = noted::scope(project, options);
    outcome.withdrawn = ledger.expect(run, (&scope, &outcome.period), &wanted, now)?;
    delivery::clear(&project.root, &ledger, &mut problems)?;

    tell(Step::Typesetting(jobs.len()));
    let typeset = pool::typeset(&jobs, &templates, options.workers, options.deadline, &mut |_| tell(Step::Typeset));
    let became = making::became(project, prepared, typeset, now, (&mut outcome, &mut problems));
    outcome.withdrawn.extend(ledger.record_editions(run, &became, now)?);
    outcome.withdrawn.sort_by_key(Edition::path);
    problems.splice(0..0, delivery::withdrawn(&ledger, &outcome.withdrawn)?);
    delivery::clear(&project.root, &ledger, &mut problems)?;
    ledger.record_problems(run, &problems)?;
    let failed = outcome.reports.is_empty() && !jobs.is_empty();
    ledger.finish(run, now, if failed { RunStatus::Failed } else { RunStatus::Done })?;
    outcome.problems = problems;
    Ok(outcome)
}

/// The project with the strategies and decisions that stand in spreadsheets, after those of its own files.
pub fn with_actions<'a>(project: &'a Project, dataset: &Dataset) -> Cow<'a, Project> {
    if dataset.actions.is_empty() {
        return Cow::Borrowed(project);
    }
    let mut project = project.clone();
    for action in &dataset.actions {
        match action {
            Action::Strategy(goal, strategy) => project.goals[*goal].strategies.push(strategy.clone()),
            Action::Decision(goal, decision) => project.goals[*goal].decisions.push(decision.clone()),
        }
    }
    project.goals.iter_mut().for_each(|goal| goal.decisions.sort_by_key(|decision| decision.on));
    Cow::Owned(project)
}

/// Reads and judges without writing reports: what `check` shows.
pub fn check(project: &Project, as_of: Date) -> anyhow::Result<Outcome> {
    run(project, &Options::dry(as_of), Timestamp::UNIX_EPOCH, &mut |_| {})
}
