//! `termwise approve`: lets reports go that wait for a person's word, and delivers them.

use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;

use termwise_config::Project;
use termwise_operations::delivery;
use termwise_operations::ledger::{ArtefactStatus, Ledger};

use super::select::Select;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  termwise approve --all\n  termwise approve --school blue-heron --period 2025-26/P2\n  \
                  termwise approve --audience trustees        (a report of your own)"
)]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Approve every report that waits
    #[arg(long)]
    pub all: bool,
    /// Which reports
    #[command(flatten)]
    pub select: Select,
}

/// Approves the reports with the content they have now, all editions of a report at once, and delivers them;
/// without a choice it only lists what waits. False if something could not be approved or delivered.
pub fn run(args: &Args, project: &Project, now: Timestamp, out: &mut dyn Write) -> anyhow::Result<bool> {
    let filter = args.select.filter(project)?;
    let mut ledger = Ledger::open(&project.root)?;
    if args.select.is_empty() && !args.all {
        let waiting: Vec<_> =
            delivery::editions(&ledger, &filter)?.into_iter().filter(delivery::Editions::waits).collect();
        let (whole, lacking): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|report| report.missing.is_empty() && !report.outdated);
        for report in lacking.iter().filter(|report| !report.missing.is_empty()) {
            writeln!(out, "{}", report.incomplete())?;
        }
        let old: Vec<_> = lacking.iter().filter(|report| report.missing.is_empty()).collect();
        if let Some(problem) = delivery::outdated(&old) {
            writeln!(out, "{problem}")?;
        }
        let held =
            whole.iter().flat_map(|report| &report.all).filter(|artefact| artefact.status == ArtefactStatus::Held);
        for artefact in held {
            writeln!(out, "waits for approval: {}", artefact.edition)?;
        }
        let what = match (whole.is_empty(), lacking.is_empty()) {
            (true, true) => "Nothing waits for approval.",
            (true, false) => "Nothing can be approved yet.",
            _ => "Choose with --all, --school, --audience or --period.",
        };
        writeln!(out, "{what}")?;
        return Ok(whole.is_empty() && lacking.is_empty());
    }
    let (approved, problems) = delivery::approve(&project.root, &mut ledger, &filter, now)?;
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    for artefact in &approved {
        writeln!(out, "approved: {}", artefact.edition)?;
    }
    if approved.is_empty() && problems.is_empty() {
        writeln!(out, "Nothing waits for approval.")?;
    }
    Ok(super::deliver::deliver(project, &mut ledger, &filter, (now, &problems), out)? && problems.is_empty())
}
