//! `termwise plugin list`: which plugins a project may run, and how far each is trusted.

use std::collections::BTreeSet;
use std::io::Write;

use termwise_metric::{Cause, english};
use termwise_operations::ledger::Ledger;
use termwise_plugins::host::{Plugins, Release};
use termwise_plugins::lock::Locked;
use termwise_run::rehearsal;

use super::InProject;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    project: std::path::PathBuf,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = InProject { project: args.project.clone() }.load()?;
    let mut plugins = Plugins::of_project(&project)?;
    let trials = rehearsal::trials(&project.root, &mut plugins)?;
    let pinned: Vec<(Locked, Release)> = plugins.pinned().map(|(locked, release)| (locked.clone(), release)).collect();
    let mut runs = true;
    for (locked, release) in &pinned {
        let name = &locked.name;
        let (state, why) = match plugins.state(name, *release) {
            Ok(state) => (state.to_string(), None),
            Err(why) => {
                runs = false;
                let state = match why.cause {
                    Cause::Modified => "modified",
                    Cause::NotGranted(_) => "not granted",
                    Cause::Untrusted(_) => "unsigned",
                    _ => "not usable",
                };
                (state.to_owned(), Some(why))
            }
        };
        let title = plugins.describe(name, *release).map(|d| english(&d.title).to_owned()).unwrap_or_default();
        let from = if plugins.is_shipped(name, *release) { "shipped" } else { "this division's" };
        writeln!(out, "{name} {}  {state}  ({from}) {title}", locked.version)?;
        if let Some(why) = why {
            writeln!(out, "    does not run: {why}")?;
        }
        writeln!(out, "    contract {}, sha256 {}…", locked.contract, &locked.sha256[..12.min(locked.sha256.len())])?;
        writeln!(out, "    is given: {}", locked.columns.join(", "))?;
        if let (Release::Trial, Some(trial)) = (release, trials.get(name)) {
            writeln!(out, "    in rehearsal: {}", trial.how_far())?;
        }
    }
    let files: BTreeSet<&str> = pinned.iter().map(|(locked, _)| locked.file.as_str()).collect();
    let mut strays: Vec<String> = std::fs::read_dir(project.root.join("plugins"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".wasm") && !files.contains(name.as_str()))
        .collect();
    strays.sort();
    for stray in strays {
        writeln!(out, "plugins/{stray}  not pinned: it does not run; `termwise plugin pin` lets it")?;
    }
    if let Some(ledger) = Ledger::open_existing(&project.root)? {
        for promotion in ledger.promotions()? {
            writeln!(out, "{promotion}")?;
        }
    }
    Ok(runs)
}
