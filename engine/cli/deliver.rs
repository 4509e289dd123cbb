//! `termwise deliver`: puts every report that may go where it is not yet.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;

use termwise_base::problem::Problem;
use termwise_config::Project;
use termwise_operations::delivery;
use termwise_operations::ledger::{Filter, Ledger, Placed};

use super::select::Select;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  termwise deliver\n  termwise deliver samples/prairie-crocus --school blue-heron")]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Which reports
    #[command(flatten)]
    pub select: Select,
}

/// Delivers and says what went where. False if something could not be delivered.
pub fn run(args: &Args, project: &Project, now: Timestamp, out: &mut dyn Write) -> anyhow::Result<bool> {
    let filter = args.select.filter(project)?;
    let mut ledger = Ledger::open(&project.root)?;
    deliver(project, &mut ledger, &filter, (now, &[]), out)
}

/// The same for commands that have the ledger open, as after a run or an approval; `told` are problems that were
/// told already.
pub fn deliver(
    project: &Project,
    ledger: &mut Ledger,
    filter: &Filter,
    (now, told): (Timestamp, &[Problem]),
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let report = delivery::deliver(&project.root, &project.delivery, ledger, filter, now)?;
    for (_, sink, put) in &report.delivered {
        let word = if put.outcome == Placed::AlreadyThere { "already in" } else { "delivered to" };
        writeln!(out, "{word} {sink}: {}", put.name)?;
    }
    for problem in report.problems.iter().filter(|problem| !told.contains(problem)) {
        writeln!(out, "{problem}")?;
    }
    for held in &report.held {
        writeln!(out, "waits for approval: {}", held.edition)?;
    }
    if !report.held.is_empty() {
        writeln!(out, "Read what waits, then run: termwise approve {} --all", project.root.display())?;
    }
    if report.delivered.is_empty() && report.problems.is_empty() && report.held.is_empty() {
        writeln!(out, "Nothing to deliver.")?;
    }
    Ok(!report.problems.iter().any(Problem::is_error))
}
