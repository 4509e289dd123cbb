//! `termwise check`: everything that is wrong, before anything is made.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::Date;

use termwise_base::problem::Severity;
use termwise_config::Project;
use termwise_reading::doctor;
use termwise_run::Outcome;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  termwise check samples/prairie-crocus --all\n  \
                  termwise check samples/prairie-crocus --annotate to-mend")]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Use this date as today, for example 2026-03-20
    #[arg(long)]
    pub as_of: Option<String>,
    /// Show every problem, not only the first few
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write copies of the spreadsheets with something to mend into this folder, each finding marked
    #[arg(long, value_name = "FOLDER")]
    pub annotate: Option<PathBuf>,
}

/// Checks configuration, spreadsheets, plugins and goals. False if there is an error to mend.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = super::project(&args.project)?;
    let as_of = day(args.as_of.as_deref())?.map_or_else(|| super::today(&project), Ok)?;
    let outcome = termwise_run::check(&project, as_of)?;
    let good = !outcome.problems.iter().any(termwise_base::problem::Problem::is_error);
    let copies = args.annotate.as_deref().map(|folder| copies(&project, &outcome, folder)).transpose()?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&outcome)?)?;
        // Nothing else may stand beside JSON.
        copies.iter().for_each(|told| eprint!("{told}"));
        return Ok(good);
    }
    doctor::write_grouped(&outcome.problems, args.all, &mut std::io::stderr().lock())?;
    for file in &outcome.files {
        writeln!(
            out,
            "{}: {} filled in, {} used{}, {} set aside, {} without data",
            file.path,
            counted(file.filled as usize, "row"),
            file.used,
            in_part(file),
            file.set_aside,
            file.no_data()
        )?;
    }
    if !outcome.rehearsals.is_empty() {
        writeln!(out, "In rehearsal (only you see this; figures as staff would see them):")?;
        for row in &outcome.rehearsals {
            writeln!(out, "  {} by {}: {} → {} ({})", row.goal, row.metric, row.now, row.then, row.how_far)?;
        }
    }
    if !outcome.decidable.is_empty() {
        writeln!(out, "What groups of this size can show:")?;
        for found in &outcome.decidable {
            writeln!(out, "  {}: {}", found.goal, found.sentences.join(" "))?;
        }
    }
    let count = |severity| outcome.problems.iter().filter(|p| p.severity == severity).count();
    let period = if outcome.period.is_empty() { "no reporting period" } else { &outcome.period };
    writeln!(
        out,
        "Checked {} for {period}: {}, {}, {}.",
        counted(project.goals.len(), "goal"),
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
        counted(count(Severity::Note), "note")
    )?;
    write!(out, "{}", copies.unwrap_or_default())?;
    Ok(good)
}

/// Writes the copies and says which.
fn copies(project: &Project, outcome: &Outcome, folder: &Path) -> anyhow::Result<String> {
    let written = doctor::write_copies(project, &outcome.frozen, &outcome.problems, folder)?;
    if written.is_empty() {
        return Ok("No spreadsheet has a finding, so no copy was written.\n".to_owned());
    }
    let lines: String = written.iter().map(|path| format!("wrote {}\n", path.display())).collect();
    Ok(format!(
        "{lines}These copies hold values only, with the same personal data as the originals. Keep them as safe, and \
         delete them once everything is mended.\n"
    ))
}

/// “1 note”, “2 notes”.
fn counted(n: usize, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}

/// A day written as 2026-03-20.
pub fn day(text: Option<&str>) -> anyhow::Result<Option<Date>> {
    text.map(|text| text.parse::<Date>().with_context(|| format!("“{text}” is not a date; write it like 2026-03-20")))
        .transpose()
}

/// “, 13 used in part (15 cells set aside)”, where there are such rows.
pub(super) fn in_part(file: &termwise_reading::dataset::Tally) -> String {
    match (file.in_part, file.cells_set_aside) {
        (0, _) => String::new(),
        (rows, 1) => format!(", {rows} used in part (1 cell set aside)"),
        (rows, cells) => format!(", {rows} used in part ({cells} cells set aside)"),
    }
}
