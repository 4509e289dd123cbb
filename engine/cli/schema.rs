//! `termwise schema`: what a configuration file or a report model may hold.

use std::io::Write;

use clap::ValueEnum;

use termwise_config::schema::{self, Which};
use termwise_reports::model;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  termwise schema mapping > mapping.schema.json\n\nThen write as the first line of a mapping, for editors that know Taplo:\n  #:schema ../mapping.schema.json"
)]
pub struct Args {
    /// Which file
    #[arg(value_enum)]
    file: File,
}

/// The files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum File {
    /// A file in the folder mappings
    Mapping,
    /// measures.toml
    Measures,
    /// What a report template gets as /model.json
    Report,
}

/// Prints the schema.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
    let schema = match args.file {
        File::Mapping => schema::of(Which::Mapping),
        File::Measures => schema::of(Which::Measures),
        File::Report => model::schema(),
    };
    writeln!(out, "{}", serde_json::to_string_pretty(&schema)?)?;
    Ok(())
}
