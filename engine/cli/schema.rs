//! `termwise schema`: what a configuration file or a report model may hold.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;

use termwise_config::reference;
use termwise_config::schema::{self, Which};
use termwise_reports::model;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  termwise schema --into my-division\n\nThe first line of a file names its schema, for editors that know Taplo:\n  #:schema ./schemas/project.json         in termwise.toml\n  #:schema ./schemas/measures.json        in measures.toml\n  #:schema ../schemas/mapping.json        in a mapping\n  #:schema ../schemas/goals.json          in a file of goals"
)]
#[group(required = true, multiple = false)]
pub struct Args {
    /// Print the schema of this file
    #[arg(value_enum)]
    file: Option<File>,
    /// Write the schemas of all configuration files into this project folder
    #[arg(long, value_name = "PROJECT")]
    into: Option<PathBuf>,
    /// Print the reference page of all configuration files
    #[arg(long)]
    markdown: bool,
}

/// The files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum File {
    /// termwise.toml
    Project,
    /// measures.toml
    Measures,
    /// A file in the folder mappings
    Mapping,
    /// A file in the folder goals
    Goals,
    /// What a report template gets as /model.json
    Report,
}

/// Prints a schema or the page, or writes the schemas.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(project) = &args.into {
        let written = schema::write(project).with_context(|| format!("{} cannot be written", project.display()))?;
        writeln!(out, "Written: {}", written.join(", "))?;
    }
    if args.markdown {
        write!(out, "{}", reference::markdown())?;
    }
    let Some(file) = args.file else { return Ok(()) };
    let which = match file {
        File::Project => Which::Project,
        File::Measures => Which::Measures,
        File::Mapping => Which::Mapping,
        File::Goals => Which::Goals,
        File::Report => {
            writeln!(out, "{}", serde_json::to_string_pretty(&model::schema())?)?;
            return Ok(());
        }
    };
    write!(out, "{}", schema::text(which))?;
    Ok(())
}
