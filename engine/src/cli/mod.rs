//! The face: arguments in, messages and exit codes out.

pub mod approve;
pub mod deliver;
pub mod plugin;
pub mod schedule;
pub mod select;
pub mod serve;
pub mod typeset_worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "termwise", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(hide = true)]
    TypesetWorker(typeset_worker::Args),
}

/// Reads the arguments and runs the command.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::TypesetWorker(args) => typeset_worker::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
