//! `termwise serve`: runs by the schedule until it is stopped.

use std::path::PathBuf;

use termwise_config::Project;
use termwise_config::schedule::Job;
use termwise_operations::ledger::Ledger;
use termwise_operations::schedule::{self, Clock, RunLock, Served, Stop, SystemClock, Timetable};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  termwise serve /srv/termwise/division")]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
}

/// How the ledger names what a job started.
pub fn trigger(job: &Job) -> String {
    format!("schedule:{}", job.name)
}

/// Serves until Ctrl-C or the service manager's stop. `run` makes one complete run for a job, with
/// [`trigger`] as its trigger in the ledger; the project's lock is held meanwhile.
pub fn run(project: &Project, run: &mut dyn FnMut(&Job) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let plan = super::schedule::plan(project)?;
    anyhow::ensure!(!plan.is_empty(), "termwise.toml has no job in [schedule]");
    let clock = SystemClock { stop: Stop::on_signal()? };
    let mut last = || Ledger::open(&project.root)?.last_scheduled_success();
    schedule::serve(&project.root, &plan, &clock, &mut last, run, &mut |served| match served {
        Served::Waiting(due) => tracing::info!(job = due.job.name, at = %due.at, "waiting"),
        Served::NothingLeft => tracing::info!("the schedule is over"),
        Served::Starting(due) => {
            let jobs: Vec<&str> = due.iter().map(|due| due.job.name.as_str()).collect();
            tracing::info!(jobs = jobs.join(", "), "starting");
        }
        Served::Finished(job) => tracing::info!(job = job.name, "finished"),
        Served::Failed(job, error) => tracing::error!(job = job.name, "failed: {error:#}"),
        Served::Busy(held) => tracing::info!("{held}"),
        Served::Stopped => tracing::info!("stopped"),
    })
}

/// `termwise run --due`, for cron and systemd timers: runs once if something is due. Returns the job
/// that it ran for.
pub fn run_due(
    project: &Project,
    plan: &Timetable,
    clock: &dyn Clock,
    run: &mut dyn FnMut(&Job) -> anyhow::Result<()>,
) -> anyhow::Result<Option<Job>> {
    let now = clock.now();
    let due = || anyhow::Ok(plan.due(Ledger::open(&project.root)?.last_scheduled_success()?, now));
    if due()?.is_empty() {
        return Ok(None);
    }
    let _lock = RunLock::take(&project.root, now)?;
    // Another process may have run between the question and the lock.
    let Some(first) = due()?.into_iter().next() else { return Ok(None) };
    run(&first.job)?;
    Ok(Some(first.job))
}
