//! `termwise plugin promote`: the recorded step that lets a rehearsed metric out to one more audience.

use std::io::Write;

use anyhow::{Context, bail};
use jiff::Timestamp;

use termwise_config::goals::Audience;
use termwise_operations::ledger::Ledger;
use termwise_plugins::lock::Lock;
use termwise_plugins::trials::Stage;
use termwise_run::rehearsal;

use super::InProject;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plugin
    name: String,
    #[command(flatten)]
    place: InProject,
    /// The audience it goes to; it must be the next one
    #[arg(long, value_name = "AUDIENCE")]
    to: Option<Audience>,
    /// Who agreed: a team or a role, for example “assessment committee”
    #[arg(long, value_name = "WHO")]
    agreed_by: String,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = args.place.load()?;
    let mut lock = Lock::read(&project.root)?.unwrap_or_default();
    let found = lock.plugin.iter().find(|p| p.name == args.name && p.rehearsal.is_some()).cloned();
    let locked = found.with_context(|| {
        format!("No version of “{}” is in rehearsal.\nhelp: `termwise plugin list` shows those that are.", args.name)
    })?;
    if args.agreed_by.trim().is_empty() {
        bail!("Say who agreed, as in --agreed-by \"assessment committee\".");
    }
    let mut ledger = Ledger::open(&project.root)?;
    let trial = rehearsal::trial(&locked, ledger.rehearsed()?.get(&locked.sha256));
    let to = args.to.map(|audience| match audience {
        Audience::Plc => Stage::Plc,
        // Leadership sees what staff see.
        Audience::Staff | Audience::Leadership | Audience::Division => Stage::Staff,
        Audience::ParentCouncil => Stage::ParentCouncil,
    });
    let (name, version) = (&locked.name, &locked.version);
    let next = match trial.promote(to) {
        Ok(next) => next,
        Err(why) => bail!("{name} {version} stays where it is: {why}."),
    };
    let audience = match next {
        Stage::Analyst => unreachable!("a promotion goes up"),
        Stage::Plc => Audience::Plc,
        Stage::Staff => Audience::Staff,
        Stage::ParentCouncil => Audience::ParentCouncil,
    };
    ledger.promote(&rehearsal::row(&locked), audience, Timestamp::now(), args.agreed_by.trim())?;
    writeln!(out, "{name} {version} is now seen by: {}", next.word())?;
    if next == Stage::ParentCouncil {
        // Everybody has it: it takes the place of the version before.
        lock.plugin.retain(|p| p.name != *name);
        lock.put(termwise_plugins::lock::Locked { rehearsal: None, ..locked.clone() });
        lock.write(&project.root)?;
        writeln!(out, "  the rehearsal is over; plugins.lock names it alone")?;
    }
    Ok(true)
}
