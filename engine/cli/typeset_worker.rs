//! `termwise typeset-worker`: one typesetting process. Hidden: [`termwise_reports::pool`] starts it.

use std::path::PathBuf;

/// Typesets the orders on stdin.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder whose templates go before the shipped ones
    #[arg(long)]
    templates: Option<PathBuf>,
}

/// Works until stdin ends.
pub fn run(args: &Args) -> anyhow::Result<()> {
    termwise_reports::worker::run(args.templates.clone())
}
