//! `termwise plugin …`.
use std::io::Write;
use std::path::PathBuf;
use clap::{Args as ClapArgs, Subcommand};
use crate::metrics::builder::{self, Build};
use crate::metrics::lock::Lock;

/// Arguments of `termwise plugin`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: PluginCommand,
}

#[derive(Debug, Subcommand)]
enum PluginCommand {
    /// Build a metric and pin it
    Build {
        folder: PathBuf,
        #[arg(long, default_value = "plugins")]
        out: PathBuf,
        #[arg(long)]
        build_std: bool,
    },
}

/// Runs the command. `Ok(false)` means that a check failed and was told.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    match &args.command {
        PluginCommand::Build { folder, out: place, build_std } => {
            let built = builder::build(&Build { folder: folder.clone(), build_std: *build_std })?;
            std::fs::create_dir_all(place)?;
            std::fs::write(place.join(&built.locked.file), &built.bytes)?;
            let mut lock = Lock::read(place)?.unwrap_or_default();
            lock.toolchain = built.toolchain;
            lock.put(built.locked);
            lock.write(place)?;
            writeln!(out, "built")?;
            Ok(true)
        }
    }
}
