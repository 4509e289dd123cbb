//! `termwise inquire`: candidates for goals, found in the data.

use std::io::Write;
use std::path::PathBuf;

use termwise_run::inquire;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Find possible goals in the data.\n\nFor each measure, Termwise looks at the school, its grades and its programs. It prints \
                  the share at or above the line, the difference that one student makes, and the smallest change \
                  that a group this size can show. The group with the most room beyond that change comes first. \
                  Small groups and single classes are left out, and no cause is named.",
    after_help = "Example:\n  termwise inquire samples/prairie-crocus --school blue-heron"
)]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Only this school
    #[arg(long, value_name = "ID")]
    pub school: Option<String>,
    /// Use this date as today, for example 2026-03-20
    #[arg(long)]
    pub as_of: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints the evidence sheet of each school.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = super::project(&args.project)?;
    let as_of = super::check::day(args.as_of.as_deref())?.map_or_else(|| super::today(&project), Ok)?;
    if let Some(id) = &args.school
        && !project.schools.iter().any(|school| school.id == *id)
    {
        let known: Vec<&str> = project.schools.iter().map(|school| school.id.as_str()).collect();
        anyhow::bail!("there is no school “{id}”; the schools are {}", known.join(", "));
    }
    let sheets = inquire(&project, as_of, args.school.as_deref())?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&sheets)?)?;
        return Ok(true);
    }
    for sheet in &sheets {
        writeln!(out, "{}, {}", sheet.school, sheet.period)?;
        if sheet.overview.candidates.is_empty() {
            writeln!(out, "  No group is large enough to show a change, or those that are must stay hidden.")?;
        }
        for area in &sheet.overview.candidates {
            writeln!(out, "\n{}", area.table.caption)?;
            table(&area.table.columns, &area.table.rows, out)?;
        }
        writeln!(out)?;
        for limit in &sheet.overview.limits {
            writeln!(out, "{limit}")?;
        }
        writeln!(out)?;
    }
    Ok(true)
}

/// A table in columns of their own width; the last one is left as it is.
fn table(columns: &[String], rows: &[Vec<String>], out: &mut dyn Write) -> std::io::Result<()> {
    let length = |text: &String| text.chars().count();
    let widths: Vec<usize> = (0..columns.len())
        .map(|c| rows.iter().map(|row| length(&row[c])).chain([length(&columns[c])]).max().unwrap_or(0))
        .collect();
    for row in std::iter::once(columns).chain(rows.iter().map(Vec::as_slice)) {
        let mut line = String::from(" ");
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!(" {cell:<width$} "));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
