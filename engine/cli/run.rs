//! `termwise run`: from spreadsheets to reports, once.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use termwise_config::goals::Audience;
use termwise_config::{Project, SchoolId, edition};
use termwise_operations::ledger::{Filter, Ledger};
use termwise_operations::schedule::{RunLock, Stop, SystemClock};
use termwise_run::{self as run, Options, Outcome, Step};

use super::select::Select;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  termwise run samples/prairie-crocus\n  termwise run --period 2025-26/P1 --school \
                        blue-heron\n  termwise run --due        (from cron or a systemd timer)"
)]
pub struct Args {
    /// The project folder
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Which reports
    #[command(flatten)]
    pub select: Select,
    /// Use this date as today, for example 2026-03-20
    #[arg(long)]
    pub as_of: Option<String>,
    /// Read and judge, but write no report
    #[arg(long)]
    pub dry_run: bool,
    /// Also write the data that each template gets into this folder, as JSON (cleared figures only)
    #[arg(long, value_name = "FOLDER")]
    pub models: Option<PathBuf>,
    /// Run only if the schedule says that a run is due
    #[arg(long, conflicts_with_all = ["dry_run", "as_of", "school", "audience", "period"])]
    pub due: bool,
    /// Typesetting processes (default: one per processor)
    #[arg(long)]
    pub workers: Option<usize>,
    /// Time limit for one report, in seconds
    #[arg(long, default_value_t = 60)]
    pub report_seconds: u64,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs once, delivers what may go, and says what was done.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let project = super::project(&args.project)?;
    if args.due {
        let plan = super::schedule::plan(&project)?;
        let clock = SystemClock { stop: Stop::on_signal()? };
        let job = super::serve::run_due(&project, &plan, &clock, &mut |job| {
            scheduled(&args.project, &super::serve::trigger(job))
        })?;
        match job {
            Some(job) => writeln!(out, "Ran for “{}”.", job.name)?,
            None => writeln!(out, "Nothing is due.")?,
        }
        return Ok(true);
    }
    let options = options(args, &project)?;
    let now = Timestamp::now();
    let lock = if options.dry_run { None } else { Some(RunLock::take(&project.root, now)?) };
    let bar = Bar::new();
    let outcome = run::run(&project, &options, now, &mut |step| bar.step(step));
    bar.0.finish_and_clear();
    let outcome = outcome?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&outcome)?)?;
    } else {
        super::tell(&outcome.problems, 8);
        if outcome.period.is_empty() {
            return Ok(false);
        }
        summary(&project, &outcome, options.dry_run, out)?;
    }
    let mut good = !outcome.reports.is_empty() && !failed(&outcome);
    if !options.dry_run && !outcome.reports.is_empty() {
        let mut ledger = Ledger::open(&project.root)?;
        let filter = Filter { period: Some(outcome.period.clone()), ..Filter::default() };
        let mut quiet = std::io::sink();
        let told: &mut dyn Write = if args.json { &mut quiet } else { out };
        if !project.delivery.folders.is_empty() {
            good &= super::deliver::deliver(&project, &mut ledger, &filter, (now, &[]), told)?;
        }
    }
    drop(lock);
    Ok(good)
}

/// One run for the schedule; the caller holds the lock. The configuration is read anew, so that
/// changes count from the next run on.
pub fn scheduled(root: &Path, trigger: &str) -> anyhow::Result<()> {
    let project = super::project(root)?;
    let options = Options {
        period: None,
        as_of: super::today(&project)?,
        school: None,
        audience: None,
        report: None,
        dry_run: false,
        workers: workers(None),
        deadline: Duration::from_secs(60),
        trigger: trigger.to_owned(),
        models: None,
        nameless: false,
    };
    let now = Timestamp::now();
    let outcome = run::run(&project, &options, now, &mut |_| {})?;
    for problem in outcome.problems.iter().filter(|p| p.is_error()) {
        tracing::error!("{problem}");
    }
    tracing::info!(reports = outcome.reports.len(), problems = outcome.problems.len(), code = outcome.code, "made");
    let mut ledger = Ledger::open(&project.root)?;
    super::deliver::deliver(&project, &mut ledger, &Filter::default(), (now, &[]), &mut std::io::sink())?;
    anyhow::ensure!(!outcome.reports.is_empty(), "no report could be made");
    Ok(())
}

fn options(args: &Args, project: &Project) -> anyhow::Result<Options> {
    // Unknown words are refused, with the nearest.
    args.select.filter(project)?;
    let (audience, own) = args.select.audience(project);
    Ok(Options {
        period: args.select.period.as_deref().and_then(|key| project.calendar.by_key(key)),
        as_of: super::check::day(args.as_of.as_deref())?.map_or_else(|| super::today(project), Ok)?,
        school: args
            .select
            .school
            .as_deref()
            .and_then(|id| project.schools.iter().position(|s| s.id == id))
            .map(SchoolId),
        audience,
        report: own.map(|own| own.id.clone()),
        dry_run: args.dry_run,
        workers: workers(args.workers),
        deadline: Duration::from_secs(args.report_seconds.max(1)),
        trigger: "command".into(),
        models: args.models.clone(),
        nameless: false,
    })
}

fn workers(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).clamp(1, 64)
}

/// Whether a report could not be made.
fn failed(outcome: &Outcome) -> bool {
    outcome.problems.iter().any(termwise_base::problem::Problem::is_error)
}

/// What was done, where it lies.
fn summary(project: &Project, outcome: &Outcome, dry: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let sum = |of: fn(&termwise_reading::dataset::Tally) -> u32| outcome.files.iter().map(of).sum::<u32>();
    let (used, in_part, aside) = (sum(|f| f.used), sum(|f| f.in_part), sum(|f| f.set_aside));
    let in_part = if in_part == 0 { String::new() } else { format!("{in_part} used in part, ") };
    writeln!(out, "Read {} files: {used} rows used, {in_part}{aside} set aside.", outcome.files.len())?;
    let mut school = "";
    for row in outcome.verdicts.iter().filter(|row| row.audience == Audience::Staff.id()) {
        if row.school != school {
            school = &row.school;
            writeln!(out, "{school}, {}", outcome.period)?;
        }
        writeln!(out, "  {:<32} {}", row.goal, row.verdict.replace('-', " "))?;
    }
    let folder = edition::folder(&project.root, &outcome.period);
    let done = if dry { "would be made" } else { "made" };
    let made = reports(outcome.reports.len());
    writeln!(out, "{made} {done} in {} (run {})", folder.display(), outcome.code)?;
    match outcome.not_made.len() {
        0 => {}
        n if dry => writeln!(out, "{} would not be made; the errors say why.", reports(n))?,
        1 => writeln!(out, "1 report was not made; the errors say why.")?,
        n => writeln!(out, "{n} reports were not made; the errors say why.")?,
    }
    for path in &outcome.withdrawn {
        writeln!(out, "withdrawn: {path}")?;
    }
    Ok(())
}

fn reports(n: usize) -> String {
    if n == 1 { "1 report".to_owned() } else { format!("{n} reports") }
}

/// A progress bar on a terminal; nothing in a pipe.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        if !super::terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template("{msg:12} {bar:32} {pos}/{len}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn step(&self, step: Step) {
        match step {
            Step::Reading => self.0.set_message("Reading"),
            Step::Judging => self.0.set_message("Judging"),
            Step::Typesetting(reports) => {
                self.0.set_length(reports as u64);
                self.0.set_message("Typesetting");
            }
            Step::Typeset => self.0.inc(1),
        }
    }
}
