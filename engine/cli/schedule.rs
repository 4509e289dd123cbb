//! `termwise schedule next`: what the schedule will run, and when.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;

use termwise_config::Project;
use termwise_operations::schedule::{Timetable, zone};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

/// What is asked.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show what the schedule runs next
    #[command(after_help = "Example:\n  termwise schedule next samples/prairie-crocus -n 10")]
    Next(Next),
}

/// Arguments of `next`.
#[derive(Debug, clap::Args)]
pub struct Next {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// How many runs to list
    #[arg(short, long, default_value_t = 5)]
    pub number: usize,
}

/// Lists what comes, in the division's zone.
pub fn next(args: &Next, project: &Project, now: Timestamp, out: &mut dyn Write) -> anyhow::Result<()> {
    let plan = plan(project)?;
    let upcoming = plan.upcoming(now, args.number.min(1000));
    if upcoming.is_empty() {
        writeln!(out, "The schedule runs nothing: no job in [schedule] of termwise.toml is due again.")?;
    }
    let width = upcoming.iter().map(|due| due.job.name.chars().count()).max().unwrap_or(0);
    for due in &upcoming {
        let when = due.at.strftime("%a %Y-%m-%d %H:%M:%S %:z");
        let (name, cron, zone) = (&due.job.name, &due.job.cron, &project.division.time_zone);
        writeln!(out, "{when} {zone}  {name:width$}  {cron}")?;
    }
    Ok(())
}

/// The project's schedule, or everything that is wrong with it.
pub fn plan(project: &Project) -> anyhow::Result<Timetable> {
    Timetable::new(&project.schedule, zone(&project.division.time_zone)?).map_err(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the schedule cannot be used\n{}", all.join("\n"))
    })
}
