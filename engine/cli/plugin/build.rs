//! `termwise plugin build`.

use std::io::Write;
use std::path::PathBuf;

use termwise_plugins::builder::{self, Build};
use termwise_plugins::lock::Lock;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The metric's folder
    folder: PathBuf,
    /// Where the component and its lock go
    #[arg(long, default_value = "built")]
    out: PathBuf,
    /// For Rust: build the standard library from its source as well
    #[arg(long)]
    build_std: bool,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let built = builder::build(&Build { folder: args.folder.clone(), build_std: args.build_std })?;
    std::fs::create_dir_all(&args.out)?;
    let file = args.out.join(&built.locked.file);
    std::fs::write(&file, &built.bytes)?;
    let mut lock = Lock::read(&args.out)?.unwrap_or_default();
    if built.toolchain.is_some() {
        lock.toolchain = built.toolchain;
    }
    let (name, version, sha256) = (&built.locked.name, &built.locked.version, &built.locked.sha256);
    writeln!(out, "{name} {version} built: {} ({} kB)", file.display(), built.bytes.len().div_ceil(1000))?;
    writeln!(out, "  sha256 {sha256}")?;
    lock.put(built.locked.clone());
    lock.write(&args.out)?;
    writeln!(out, "  `termwise plugin pin {} --project DIR` lets it run in a project.", file.display())?;
    Ok(true)
}
