//! `termwise check`: everything that is wrong, before anything is made.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use jiff::civil::Date;

use crate::problem::Severity;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  termwise check samples/prairie-crocus --all")]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Take this day as today, as in 2026-03-20
    #[arg(long)]
    pub as_of: Option<String>,
    /// Show every problem, not only the first of them
    #[arg(long)]
    pub all: bool,
    /// Answer as JSON
    #[arg(long)]
    pub json: bool,
}

/// Checks configuration, spreadsheets, plugins and goals. False if there is an error to mend.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = super::project(&args.project)?;
    let as_of = day(args.as_of.as_deref())?.map_or_else(|| super::today(&project), Ok)?;
    let outcome = crate::run::check(&project, as_of)?;
    let good = !outcome.problems.iter().any(crate::problem::Problem::is_error);
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&outcome)?)?;
        return Ok(good);
    }
    super::tell(&outcome.problems, if args.all { usize::MAX } else { 12 });
    for file in &outcome.files {
        writeln!(
            out,
            "{}: {} rows filled in, {} used, {} set aside, {} without data",
            file.path,
            file.filled,
            file.used,
            file.set_aside,
            file.no_data()
        )?;
    }
    let count = |severity| outcome.problems.iter().filter(|p| p.severity == severity).count();
    let period = if outcome.period.is_empty() { "no reporting period" } else { &outcome.period };
    writeln!(
        out,
        "Checked {} goals for {}: {} errors, {} warnings, {} notes.",
        project.goals.len(),
        period,
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note)
    )?;
    Ok(good)
}

/// A day written as 2026-03-20.
pub fn day(text: Option<&str>) -> anyhow::Result<Option<Date>> {
    text.map(|text| text.parse::<Date>().with_context(|| format!("“{text}” is not a day; write it as 2026-03-20")))
        .transpose()
}
