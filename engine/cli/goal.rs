//! `termwise goal`: write a goal, and see how goals were changed.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::civil::Date;

use termwise_config::schema::{self, Which};
use termwise_config::{Project, goals};
use termwise_operations::ledger::{GoalRecord, Ledger, What, differences};
use termwise_run as run;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write a goal and show what a group its size can show; only a contradiction is refused
    New(Box<New>),
    /// Show how goals were agreed, amended and edited
    History(History),
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  termwise goal new samples/prairie-crocus --id bh-reading-3 --school blue-heron \\\n    \
                  --title \"Grade 3 reading\" --grades 3 --measures reading-en --baseline 2024-25/P3 \\\n    \
                  --target 0.75 --deadline 2026-06-26 --why \"…\"\n\nOn a terminal, Termwise asks for what you leave out."
)]
struct New {
    /// The project folder
    #[arg(default_value = ".")]
    project: PathBuf,
    /// Id: a–z, digits and “-”
    #[arg(long)]
    id: Option<String>,
    /// Id of the school
    #[arg(long)]
    school: Option<String>,
    /// literacy, numeracy, well-being or a word of your own
    #[arg(long)]
    area: Option<String>,
    /// Short title
    #[arg(long)]
    title: Option<String>,
    /// The goal in one sentence (default: composed from the rest)
    #[arg(long)]
    statement: Option<String>,
    /// Why it matters
    #[arg(long)]
    why: Option<String>,
    /// The priority of the school plan that it supports
    #[arg(long)]
    priority: Option<String>,
    /// The evidence behind the why
    #[arg(long)]
    evidence: Option<String>,
    /// Grades, for example 3,4 (default: all)
    #[arg(long, value_delimiter = ',')]
    grades: Vec<String>,
    /// Programs, for example EUBP
    #[arg(long, value_delimiter = ',')]
    programs: Vec<String>,
    /// Measures, for example reading-en
    #[arg(long, value_delimiter = ',')]
    measures: Vec<String>,
    /// How many of the measures a student must reach (default: all)
    #[arg(long)]
    at_least: Option<u32>,
    /// Reporting period it starts from, for example 2024-25/P3
    #[arg(long)]
    baseline: Option<String>,
    /// Target as a share, from 0 to 1
    #[arg(long)]
    target: Option<f64>,
    /// Date by which to reach it
    #[arg(long)]
    deadline: Option<Date>,
    /// Mark it as a draft: staff see it, and it is recorded as agreed once `draft = true` is removed
    #[arg(long)]
    draft: bool,
    /// Add it to this file of the project, for example goals/literacy.toml
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Use this date as today
    #[arg(long)]
    as_of: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  termwise goal history samples/prairie-crocus bh-reading-1\n\nFails if an entry was \
                  altered after it was made."
)]
struct History {
    /// The project folder
    #[arg(default_value = ".")]
    project: PathBuf,
    /// Only this goal
    goal: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What stands in the place of a file's name for a goal that is in none yet.
const NEW: &str = "the new goal";

/// What is said of a goal that is not agreed yet.
const DRAFT: &str = "is a draft now: it is recorded once `draft = true` is removed";

/// Runs the command.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    match &args.command {
        Command::New(new) => write_goal(new, out),
        Command::History(history) => show(history, out),
    }
}

/// An answer that was given, or asked for on a terminal.
fn answer(given: Option<&String>, name: &str, question: &str) -> anyhow::Result<String> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    if !std::io::stdin().is_terminal() {
        bail!("`--{name}` is missing; give {question}");
    }
    eprint!("{question} (--{name}): ");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let line = line.trim();
    if line.is_empty() {
        bail!("nothing was given for `--{name}`");
    }
    Ok(line.to_owned())
}

fn list(given: &[String], name: &str, question: &str) -> anyhow::Result<Vec<String>> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    Ok(answer(None, name, question)?.split(',').map(|word| word.trim().to_owned()).collect())
}

/// The goal as it stands in a file.
fn text(new: &New, project: &Project) -> anyhow::Result<(String, String)> {
    let id = answer(new.id.as_ref(), "id", "a short id, as in bh-reading-3")?;
    let school = answer(new.school.as_ref(), "school", "the id of the school")?;
    let title = answer(new.title.as_ref(), "title", "a short title")?;
    let measures = list(&new.measures, "measures", "what is measured, as in reading-en")?;
    let baseline = answer(new.baseline.as_ref(), "baseline", "the reporting period it starts from, as in 2024-25/P3")?;
    let target = answer(new.target.map(|t| t.to_string()).as_ref(), "target", "the target, from 0 to 1")?;
    let target: f64 = target.parse().with_context(|| format!("the target “{target}” is not a number"))?;
    let deadline =
        answer(new.deadline.map(|d| d.to_string()).as_ref(), "deadline", "the day by which, as in 2026-06-26")?;
    let day: Date =
        deadline.parse().with_context(|| format!("“{deadline}” is not a date; write it like 2026-06-26"))?;
    let why = answer(new.why.as_ref(), "why", "why it matters, in a sentence or two")?;
    let area = new.area.clone().or_else(|| area(project, &measures)).unwrap_or_else(|| "literacy".into());
    let statement = new.statement.clone().unwrap_or_else(|| {
        let who = if new.grades.is_empty() { String::new() } else { format!("Grade {} ", new.grades.join(" and ")) };
        let percent = (target * 100.0).round();
        format!("By {}, {percent} % of our {who}students will reach the expected level.", day.strftime("%B %Y"))
    });
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let words = |words: &[String]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "[[goal]]\nid = {}\nschool = {}\narea = {}\ntitle = {}\nstatement = {}\nwhy = {}\n",
        quoted(&id),
        quoted(&school),
        quoted(&area),
        quoted(&title),
        quoted(&statement),
        quoted(&why)
    );
    if new.draft {
        text.push_str("draft = true\n");
    }
    for (name, value) in [("priority", &new.priority), ("evidence", &new.evidence)] {
        if let Some(value) = value {
            text.push_str(&format!("{name} = {}\n", quoted(value)));
        }
    }
    let mut population = Vec::new();
    if !new.grades.is_empty() {
        population.push(format!("grades = [{}]", words(&new.grades)));
    }
    if !new.programs.is_empty() {
        population.push(format!("programs = [{}]", words(&new.programs)));
    }
    text.push_str(&format!("population = {{ {} }}\nmeasures = [{}]\n", population.join(", "), words(&measures)));
    if let Some(k) = new.at_least {
        text.push_str(&format!("at-least = {k}\n"));
    }
    text.push_str(&format!(
        "kind = \"share\"\nbaseline = {{ period = {} }}\ntarget = {target:?}\ndeadline = {day}\n",
        quoted(&baseline)
    ));
    Ok((id, text))
}

/// The area of the first measure, where it says so.
fn area(project: &Project, measures: &[String]) -> Option<String> {
    let measure = project.measures.by_id(measures.first()?)?;
    project.measures.measure(measure).area.clone()
}

fn write_goal(new: &New, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut project = super::project(&new.project)?;
    let as_of = super::check::day(new.as_of.as_deref())?.map_or_else(|| super::today(&project), Ok)?;
    let (id, text) = text(new, &project)?;
    let mut problems = Vec::new();
    goals::add(&mut project, NEW, &text, &mut problems);
    if problems.iter().any(termwise_base::problem::Problem::is_error) {
        for problem in &problems {
            eprintln!("{problem}\n");
        }
        bail!("the goal was not written");
    }
    let outcome = run::check(&project, as_of)?;
    writeln!(out, "{text}")?;
    match outcome.decidable.iter().find(|found| found.goal == id) {
        Some(found) => found.sentences.iter().try_for_each(|sentence| writeln!(out, "{sentence}"))?,
        None => writeln!(
            out,
            "What this goal can show is not known: there are no results to start from yet, or the group is too small to show."
        )?,
    }
    for finding in outcome.problems.iter().filter(|p| p.place.file.as_deref() == Some(NEW)) {
        writeln!(out, "\n{finding}")?;
    }
    if outcome.problems.iter().any(|p| p.is_error() && p.place.file.as_deref() == Some(NEW)) {
        bail!("the goal was not written; mend the errors above first");
    }
    if let Some(file) = &new.write {
        add(&project.root, file, &text)?;
        writeln!(out, "\nAdded to {}.", file.display())?;
    }
    Ok(true)
}

/// Adds the goal at the end of a file of the folder `goals`.
fn add(root: &Path, file: &Path, text: &str) -> anyhow::Result<()> {
    if file.parent() != Some(Path::new("goals")) || file.extension().is_none_or(|end| end != "toml") {
        bail!("“{}” is not a file of goals; name one like goals/literacy.toml", file.display());
    }
    let path = root.join(file);
    std::fs::create_dir_all(root.join("goals"))?;
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Which::Goals.first_line(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    };
    let gap = if before.is_empty() || before.ends_with("\n\n") { "" } else { "\n" };
    // Whole or not at all.
    let mut whole = tempfile::NamedTempFile::new_in(root.join("goals"))?;
    whole.write_all(format!("{before}{gap}{text}").as_bytes())?;
    whole.persist(&path).with_context(|| format!("{} cannot be written", file.display()))?;
    schema::write(root).with_context(|| format!("{} cannot be written", root.join(schema::FOLDER).display()))?;
    Ok(())
}

fn show(args: &History, out: &mut dyn Write) -> anyhow::Result<bool> {
    // `goal history GOAL` in the project's own folder.
    let (root, goal) = match (&args.goal, args.project.is_dir()) {
        (None, false) => (PathBuf::from("."), args.project.to_str().map(str::to_owned)),
        (goal, _) => (args.project.clone(), goal.clone()),
    };
    let project = super::project(&root)?;
    let Some(ledger) = Ledger::open_existing(&project.root)? else {
        writeln!(out, "Nothing is recorded yet: the first run records every goal.")?;
        return Ok(true);
    };
    let book = ledger.goal_book()?;
    let draft = |id: &str| project.goals.iter().any(|goal| goal.draft && goal.id == id);
    if let Some(goal) = goal.as_ref().filter(|goal| draft(goal) && !book.records.contains_key(*goal)) {
        if args.json {
            writeln!(out, "[]")?;
        } else {
            writeln!(out, "{goal}\n  {DRAFT}")?;
        }
        return Ok(true);
    }
    let chosen: Vec<&GoalRecord> =
        book.records.values().flatten().filter(|r| goal.as_ref().is_none_or(|goal| r.goal == *goal)).collect();
    if let (Some(goal), true) = (&goal, chosen.is_empty()) {
        let known: Vec<&str> = book.records.keys().map(String::as_str).collect();
        bail!("no goal “{goal}” is recorded; the recorded ones are {}", known.join(", "));
    }
    let broken = book.broken();
    let sound = broken.iter().all(|record| goal.as_ref().is_some_and(|goal| record.goal != *goal));
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&chosen)?)?;
        return Ok(sound);
    }
    let mut shown = "";
    for record in chosen {
        if shown != record.goal {
            writeln!(out, "{}", record.goal)?;
            shown = &record.goal;
        }
        let mark = if record.what == What::Edited { " without an amendment" } else { "" };
        writeln!(out, "  {} {} {}{mark} ({})", record.number, record.day, record.what.word(), &record.digest[..8])?;
        if let Some(before) = book.before(record).filter(|_| !record.body.is_empty()) {
            for (name, old, new) in differences(&before.body, &record.body) {
                writeln!(out, "      {name}: {old} → {new}")?;
            }
        }
        if broken.iter().any(|other| other.goal == record.goal && other.number == record.number) {
            writeln!(out, "      This entry was altered after it was made: its digest does not fit.")?;
        }
    }
    for open in project.goals.iter().filter(|open| open.draft && goal.as_ref().is_none_or(|goal| open.id == *goal)) {
        writeln!(out, "{}\n  {DRAFT}", open.id)?;
    }
    for school in &project.schools {
        let mine = project.goals.iter().filter(|g| project.school(g.school).id == school.id).map(|g| g.id.as_str());
        writeln!(out, "{}: record {}", school.name, &book.head(mine)[..8])?;
    }
    if !sound {
        writeln!(out, "The record does not hold: the entries marked above were altered.")?;
    }
    Ok(sound)
}
