//! `termwise plugin impact`: what a new version of a metric would change in past reports.

use std::io::Write;
use std::path::PathBuf;

use termwise_run::replay::{self, Replacement};

use super::{Alone, InProject};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The new version (.wasm)
    component: PathBuf,
    #[command(flatten)]
    place: InProject,
    /// The plugin that it replaces (default: the one of the same name)
    #[arg(long)]
    instead_of: Option<String>,
    /// Give it this many times the usual fuel
    #[arg(long)]
    fuel: Option<u32>,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = args.place.load()?;
    let mut alone = Alone::of(&args.component, args.fuel, false)?;
    let Some(description) = alone.describe(out)? else { return Ok(false) };
    let name = args.instead_of.clone().unwrap_or(description.id);
    let new = Replacement { name: &name, bytes: &alone.bytes, fuel: alone.fuel };
    let impacts = replay::impact(&project, new)?;
    if impacts.is_empty() {
        writeln!(out, "This project has no finished run yet, so nothing can change.")?;
        return Ok(true);
    }
    writeln!(out, "{name}: {} in place of the version that each run used", description.version)?;
    let mut whole = true;
    for impact in impacts {
        let start = &impact.run.start;
        write!(out, "run {} of {} for {}: ", start.code, start.as_of, start.period)?;
        match impact.changes {
            Err(why) => {
                whole = false;
                writeln!(out, "cannot be replayed, because {why}")?;
            }
            Ok(_) if impact.goals.is_empty() => writeln!(out, "no goal uses this metric")?,
            Ok(changes) if changes.is_empty() => {
                writeln!(out, "no figure changes in {} reports ({})", impact.reports, impact.goals.join(", "))?;
            }
            Ok(changes) => {
                writeln!(out, "{} figures would change", changes.len())?;
                let mut report = String::new();
                for change in changes {
                    if change.report != report {
                        report.clone_from(&change.report);
                        writeln!(out, "  {report}")?;
                    }
                    writeln!(out, "    {}: {} → {}", change.figure, change.before, change.after)?;
                }
            }
        }
    }
    Ok(whole)
}
