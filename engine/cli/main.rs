//! The face: arguments in, messages and exit codes out.
//!
//! Exit codes: 0 done, 1 failed or something to mend, 2 wrong usage. Messages go to stderr, results
//! to stdout.

pub mod approve;
pub mod check;
pub mod compile_worker;
pub mod deliver;
pub mod goal;
pub mod inquire;
pub mod inspect;
pub mod plugin;
pub mod preview;
pub mod reading_worker;
pub mod run;
pub mod schedule;
pub mod schema;
pub mod select;
pub mod serve;
pub mod template;
pub mod translate;
pub mod typeset_worker;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;

use termwise_base::problem::Problem;
use termwise_config::{Project, load};

/// Turn a school division's spreadsheets into progress reports on its SMART goals.
#[derive(Debug, Parser)]
#[command(name = "termwise", version, arg_required_else_help = true)]
#[command(after_help = "Start here:\n  termwise check samples/prairie-crocus\n  termwise run samples/prairie-crocus")]
struct Cli {
    /// Form of the log lines on stderr
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// Log this and everything more serious: error, warn, info, debug or trace
    #[arg(long, global = true, default_value = "warn")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

/// Form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// One JSON object per line
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read the spreadsheets, judge the goals and make the reports
    Run(run::Args),
    /// Check configuration and spreadsheets without making a report
    Check(check::Args),
    /// Look into a spreadsheet and propose how to read it
    Inspect(inspect::Args),
    /// Find possible goals in the data
    Inquire(inquire::Args),
    /// Write a goal, or show how goals have changed
    Goal(goal::Args),
    /// Approve reports that wait, and deliver them
    Approve(approve::Args),
    /// Deliver reports that have not been delivered yet
    Deliver(deliver::Args),
    /// Run on schedule until stopped
    Serve(serve::Args),
    /// Show what the schedule runs next
    Schedule(schedule::Args),
    /// Print the JSON Schema of a configuration file or of the data that templates get
    Schema(schema::Args),
    /// Show a report in the browser while you write its template
    Preview(preview::Args),
    /// List the templates and words that reports are made of, or copy them to change
    Template(template::Args),
    /// Find texts without a translation and add them to the translation file
    Translate(translate::Args),
    /// Write your own metrics: start, build, test, pin and rehearse
    Plugin(plugin::Args),
    #[command(hide = true)]
    CompileWorker(compile_worker::Args),
    #[command(hide = true)]
    ReadingWorker(reading_worker::Args),
    #[command(hide = true)]
    TypesetWorker(typeset_worker::Args),
}

/// Reads the arguments and runs the command.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log(&cli);
    let mut out = std::io::stdout().lock();
    let done = match &cli.command {
        Command::Run(args) => run::run(args, &mut out),
        Command::Check(args) => check::run(args, &mut out),
        Command::Inspect(args) => inspect::run(args, &mut out),
        Command::Inquire(args) => inquire::run(args, &mut out),
        Command::Goal(args) => goal::run(args, &mut out),
        Command::Approve(args) => {
            project(&args.project).and_then(|p| approve::run(args, &p, Timestamp::now(), &mut out))
        }
        Command::Deliver(args) => {
            project(&args.project).and_then(|p| deliver::run(args, &p, Timestamp::now(), &mut out))
        }
        Command::Serve(args) => project(&args.project).and_then(|p| {
            serve::run(&p, &mut |job| run::scheduled(&args.project, &serve::trigger(job))).map(|()| true)
        }),
        Command::Schedule(args) => match &args.command {
            schedule::Command::Next(next) => {
                project(&next.project).and_then(|p| schedule::next(next, &p, Timestamp::now(), &mut out).map(|()| true))
            }
        },
        Command::Schema(args) => schema::run(args, &mut out).map(|()| true),
        Command::Preview(args) => preview::run(args, &mut out),
        Command::Template(args) => template::run(args, &mut out),
        Command::Translate(args) => translate::run(args, &mut out),
        Command::Plugin(args) => plugin::run(args, &mut out),
        Command::CompileWorker(args) => {
            drop(out);
            compile_worker::run(args).map(|()| true)
        }
        Command::ReadingWorker(args) => {
            drop(out);
            reading_worker::run(args).map(|()| true)
        }
        Command::TypesetWorker(args) => {
            drop(out);
            typeset_worker::run(args).map(|()| true)
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // The reader of our output went away, as `head` does.
        Err(error)
            if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn log(cli: &Cli) {
    use tracing_subscriber::EnvFilter;
    // Workers answer on stdout and are quiet; `serve` says what it does unless told otherwise.
    let level = if cli.log == "warn" && matches!(cli.command, Command::Serve(_)) { "info" } else { cli.log.as_str() };
    let filter = EnvFilter::try_new(format!("warn,termwise={level}")).unwrap_or_else(|_| EnvFilter::new("warn"));
    let writer = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match cli.log_format {
        LogFormat::Text => {
            writer.with_ansi(std::env::var_os("NO_COLOR").is_none() && terminal()).with_target(false).init()
        }
        LogFormat::Json => writer.json().init(),
    }
}

/// Whether stderr is a terminal.
fn terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stderr())
}

/// The project, or everything that is wrong with its configuration.
fn project(root: &Path) -> anyhow::Result<Project> {
    let (project, problems) = load::load(root);
    for problem in problems.iter().filter(|p| project.is_some() || p.is_error()) {
        eprintln!("{problem}\n");
    }
    project.ok_or_else(|| {
        let faults = problems.iter().filter(|p| p.is_error()).count();
        anyhow::anyhow!("the configuration cannot be used; {}", count(faults, "thing", "things"))
    })
}

fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one} to mend") } else { format!("{n} {many} to mend") }
}

/// Today in the division's zone.
fn today(project: &Project) -> anyhow::Result<Date> {
    let zone = termwise_operations::schedule::zone(&project.division.time_zone)?;
    Ok(zone.to_datetime(Timestamp::now()).date())
}

/// Problems for people: the errors and warnings that matter most, and how many others there are.
fn tell(problems: &[Problem], most: usize) {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|p| std::cmp::Reverse(p.severity));
    for problem in sorted.iter().take(most) {
        eprintln!("{problem}\n");
    }
    if sorted.len() > most {
        eprintln!("… and {} more; `termwise check --all` or `--json` shows every one.\n", sorted.len() - most);
    }
}
