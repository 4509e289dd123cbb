//! `termwise plugin new`: a folder with a metric to start from.

use std::io::Write;
use std::path::PathBuf;

use termwise_plugins::builder::{Language, start};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The metric's name, in kebab-case
    name: String,
    /// Its language
    #[arg(long = "lang", value_enum, default_value = "rust")]
    language: Language,
    /// The folder to make (default: the name)
    #[arg(long)]
    into: Option<PathBuf>,
}

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let folder = args.into.clone().unwrap_or_else(|| PathBuf::from(&args.name));
    let written = start::start(&args.name, args.language, &folder)?;
    writeln!(out, "{} files in {}", written.len(), folder.display())?;
    let (source, first) = match args.language {
        Language::Rust => ("src/lib.rs", "rustup target add wasm32-unknown-unknown"),
        Language::Python => ("metric.py", "pip install -r requirements.txt"),
        Language::Javascript => ("metric.js", "npm install"),
        Language::Typescript => ("metric.ts", "npm install"),
    };
    writeln!(out, "  {source} is the metric, fixtures/worked.toml its worked examples.")?;
    writeln!(out, "  next: cd {}, `{first}` (once), then `termwise plugin test .`", folder.display())?;
    Ok(true)
}
