//! `termwise plugin pin`: lets a component run in a project, after showing what it asks for.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};

use termwise_plugins::lock::Lock;
use termwise_plugins::trust::{self, State};

use super::{Alone, InProject, check};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The component (.wasm)
    component: PathBuf,
    #[command(flatten)]
    place: InProject,
    /// Rehearse it for this many reporting periods beside the present version; only the analyst sees it
    #[arg(long, value_name = "PERIODS", value_parser = clap::value_parser!(u32).range(1..))]
    rehearse: Option<u32>,
    /// Allow it this many times the usual fuel
    #[arg(long)]
    fuel: Option<u32>,
    /// Grant what it asks for without a question
    #[arg(long)]
    yes: bool,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = args.place.load()?;
    let mut alone = Alone::of(&args.component, args.fuel, false)?;
    let Some(description) = alone.describe(out)? else { return Ok(false) };
    let mut locked = alone.entry()?;
    let mut lock = Lock::read(&project.root)?.unwrap_or_default();

    check::describe(&description, out)?;
    writeln!(out, "  sha256 {}", locked.sha256)?;
    let before = lock.plugin.iter().find(|p| p.name == locked.name && p.rehearsal.is_none());
    match before {
        Some(before) if before.sha256 == locked.sha256 && args.rehearse.is_none() => {
            writeln!(out, "  already pinned")?;
        }
        Some(before) => {
            let new: Vec<&str> =
                locked.columns.iter().filter(|c| !before.columns.contains(c)).map(String::as_str).collect();
            let new = if new.is_empty() { "nothing new".to_owned() } else { new.join(", ") };
            let (old, version) = (&before.version, &locked.version);
            let how = if args.rehearse.is_some() { "beside" } else { "in place of" };
            writeln!(out, "  {version} {how} {old}; it asks for {new}")?;
        }
        None => {}
    }
    let path = args.component.as_path();
    let signature = std::fs::read_to_string(trust::signature_path(path)).ok();
    let state = trust::judge(&locked, &alone.bytes, signature.as_deref(), &project.signing_keys);
    match &state {
        Ok(State::Pinned) => writeln!(out, "  trust: by its digest (termwise.toml lists no keys)")?,
        Ok(state) => writeln!(out, "  trust: {state}")?,
        Err(termwise_metric::Cause::Untrusted(why)) => bail!("It is not pinned: {why}."),
        Err(_) => bail!("It is not pinned: its bytes changed while it was read."),
    }
    if !args.yes && !agreed(&locked.columns, out)? {
        writeln!(out, "  not pinned")?;
        return Ok(false);
    }
    if let Some(periods) = args.rehearse {
        locked.rehearsal = Some(periods);
        locked.file = format!("{}-{}.wasm", locked.name, locked.version);
        if before.is_some_and(|before| before.file == locked.file) {
            bail!("The version {} is already pinned; give the new one another version.", locked.version);
        }
    }
    let folder = project.root.join("plugins");
    std::fs::create_dir_all(&folder)?;
    let target = folder.join(&locked.file);
    std::fs::write(&target, &alone.bytes).with_context(|| format!("{} cannot be written.", target.display()))?;
    let beside = trust::signature_path(&target);
    match signature {
        Some(text) => std::fs::write(beside, text)?,
        None => drop(std::fs::remove_file(beside)),
    }
    lock.put(locked.clone());
    lock.write(&project.root)?;
    let rehearsed = args.rehearse.map_or_else(String::new, |periods| {
        format!(", in rehearsal for {periods} reporting periods: only `termwise check` shows its figures")
    });
    writeln!(out, "  pinned: {} {}{rehearsed}", locked.name, locked.version)?;
    Ok(true)
}

/// Asks whether the columns are granted. Where nobody can answer, nothing is granted.
fn agreed(columns: &[String], out: &mut dyn Write) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("There is no terminal to ask on.\nhelp: Read what it asks for above, then add --yes.");
    }
    write!(out, "  Give it {}? [y/N] ", columns.join(", "))?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
