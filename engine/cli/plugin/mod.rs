//! `termwise plugin new|build|check|test|bench|list|pin|promote|impact`.

mod bench;
mod build;
mod check;
mod impact;
mod list;
mod new;
mod pin;
mod promote;
mod test;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args as ClapArgs, Subcommand};

use termwise_config::PluginLimits;
use termwise_plugins::builder::{self, Build, Language};
use termwise_plugins::host::{Plugins, Release};

/// Arguments of `termwise plugin`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: PluginCommand,
}

#[derive(Debug, Subcommand)]
enum PluginCommand {
    /// Start a metric in a new folder
    #[command(after_help = "Example:\n  termwise plugin new reading-below --lang python\n  cd reading-below\n  \
                            termwise plugin test .")]
    New(new::Args),
    /// Build a metric from its sources
    Build(build::Args),
    /// Check a component: contract, imports, description, determinism, bounds
    Check(check::Args),
    /// Test a component on its worked examples (fixtures/*.toml); sources are built first
    Test(test::Args),
    /// Show what a component costs: fuel, time and memory against their budgets
    Bench(bench::Args),
    /// List the plugins of a project with their trust: pinned, signed, unsigned, modified, not granted
    List(list::Args),
    /// Let a component run in a project, once you have seen what it asks for
    #[command(after_help = "Examples:\n  termwise plugin pin metric.wasm\n  \
                            termwise plugin pin metric-2.0.0.wasm --rehearse 2")]
    Pin(pin::Args),
    /// Promote a rehearsed metric to the next audience: PLCs, then staff, then parents
    Promote(promote::Args),
    /// Show which figures of past reports a new version would change
    Impact(impact::Args),
}

/// Runs the command. `Ok(false)` means that a check failed and was told.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    match &args.command {
        PluginCommand::New(args) => new::run(args, out),
        PluginCommand::Build(args) => build::run(args, out),
        PluginCommand::Check(args) => check::run(args, out),
        PluginCommand::Test(args) => test::run(args, out),
        PluginCommand::Bench(args) => bench::run(args, out),
        PluginCommand::List(args) => list::run(args, out),
        PluginCommand::Pin(args) => pin::run(args, out),
        PluginCommand::Promote(args) => promote::run(args, out),
        PluginCommand::Impact(args) => impact::run(args, out),
    }
}

/// A component on its own, from its file or built from its folder.
struct Alone {
    /// Its bytes.
    bytes: Vec<u8>,
    /// The host, holding it under the name [`Alone::NAME`].
    plugins: Plugins,
    /// How many times the usual fuel it gets.
    fuel: u32,
}

impl Alone {
    /// Its name in the host, until its own is known.
    const NAME: &str = builder::ALONE;

    fn of(place: &Path, fuel: Option<u32>, build_std: bool) -> anyhow::Result<Self> {
        if place.is_dir() {
            let built = builder::build(&Build { folder: place.to_owned(), build_std })?;
            let (bytes, mut plugins, usual) = (built.bytes, built.plugins, built.locked.fuel.unwrap_or(1));
            if let Some(other) = fuel.filter(|fuel| *fuel != usual) {
                plugins.put(Self::NAME, Release::Current, &bytes, other);
            }
            return Ok(Self { bytes, plugins, fuel: fuel.unwrap_or(usual) });
        }
        let bytes = std::fs::read(place).with_context(|| format!("{} cannot be read.", place.display()))?;
        // Interpreters are megabytes large; a metric of its own is not.
        let usual = if bytes.len() > 1_000_000 { Language::Python.fuel() } else { 1 };
        let fuel = fuel.unwrap_or(usual);
        let program = termwise_base::helper::this_program()?;
        let plugins = Plugins::stranger(&program, Self::NAME, &bytes, fuel, &PluginLimits::default())?;
        Ok(Self { bytes, plugins, fuel })
    }

    /// Its entry for a lock.
    fn entry(&mut self) -> anyhow::Result<termwise_plugins::lock::Locked> {
        builder::entry_of(&mut self.plugins, &self.bytes, self.fuel)
    }

    /// What the component says of itself; says why it is not usable otherwise.
    fn describe(&mut self, out: &mut dyn Write) -> anyhow::Result<Option<termwise_metric::Description>> {
        match self.plugins.describe(Self::NAME, Release::Current) {
            Ok(description) => Ok(Some(description.clone())),
            Err(why) => {
                writeln!(out, "  not usable: {}", why.cause_alone())?;
                Ok(None)
            }
        }
    }
}

/// A project's folder, for the commands that work on one.
#[derive(Debug, ClapArgs)]
struct InProject {
    /// The project folder
    #[arg(long, default_value = ".")]
    project: PathBuf,
}

impl InProject {
    /// The project, if its configuration can be worked with.
    fn load(&self) -> anyhow::Result<termwise_config::Project> {
        let (project, problems) = termwise_config::load::load(&self.project);
        project.with_context(|| {
            let first = problems.iter().find(|p| p.is_error()).map_or_else(String::new, ToString::to_string);
            format!("The project {} cannot be used: {first}", self.project.display())
        })
    }
}
