//! `termwise inspect`: what is in a spreadsheet, and a mapping that could read it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;

use termwise_base::problem::Problem;
use termwise_config::schema::{self, Which};
use termwise_config::{Project, load};
use termwise_reading::inspect::{self, Proposal, Request};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  termwise inspect samples/prairie-crocus/data/2025-26/roster.xlsx\n  \
    termwise inspect marks.xlsx --project my-division --write\n\n\
    Without --write, nothing is written. With it, Termwise adds the proposal to the project (or starts one), copies the \
    file into it if it lies elsewhere, and checks the project.")]
pub struct Args {
    /// The spreadsheet
    pub file: PathBuf,
    /// The project folder (default: the nearest folder above the file with a termwise.toml)
    #[arg(long)]
    pub project: Option<PathBuf>,
    /// Look at this sheet only
    #[arg(long)]
    pub sheet: Option<String>,
    /// Add the proposal to the project, then check it
    #[arg(long)]
    pub write: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Inspects a file. False if there is something to mend: the file cannot be opened, or with --write
/// there is no proposal or the check does not accept it.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let root = root(args)?;
    let project = match &root {
        Some(root) if root.join("termwise.toml").is_file() => Some(super::project(root)?),
        _ => None,
    };
    let today = match &project {
        Some(project) => super::today(project)?,
        None => termwise_operations::schedule::zone("America/Winnipeg")?.to_datetime(Timestamp::now()).date(),
    };
    let inside = project.as_ref().and_then(|project| inside(&project.root, &args.file));
    let shown = inside.clone().unwrap_or_else(|| args.file.to_string_lossy().replace('\\', "/"));
    let request =
        Request { path: &args.file, shown, inside, project: project.as_ref(), sheet: args.sheet.as_deref(), today };
    let found = match inspect::inspect(&request) {
        Ok(found) => found,
        Err(problem) => {
            eprintln!("{problem}\n");
            return Ok(false);
        }
    };
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
    } else {
        write!(out, "{}", found.text())?;
    }
    if !args.write {
        return Ok(true);
    }
    let Some(proposal) = &found.proposal else { return Ok(false) };
    let Some(root) = root else {
        bail!("there is no project above {}; name a folder with --project", args.file.display())
    };
    let inside = request.inside.is_some();
    if let Some(why) = in_the_way(&root, &args.file, inside, project.as_ref(), &proposal.path) {
        eprintln!("Nothing was written: {why}.");
        return Ok(false);
    }
    let written = write_proposal(&root, &args.file, inside, project.as_ref(), proposal)?;
    accepted(&root, proposal, &written, today, &mut std::io::stderr())
}

/// Why nothing may be written: another file lies where this one would go, or a source reads it already.
fn in_the_way(root: &Path, file: &Path, inside: bool, project: Option<&Project>, path: &str) -> Option<String> {
    let target = root.join(path);
    if !inside && target.exists() && fs::read(&target).ok() != fs::read(file).ok() {
        return Some(format!("there is another file at {}; rename one of the two", target.display()));
    }
    let source = termwise_reading::sources::reading(project?, path)?;
    let advice = if inside || target.exists() { "" } else { "; put the file there" };
    Some(format!("the source “{}” reads {path} already{advice}", source.id))
}

/// The project folder: the one named, else the nearest one above the file.
fn root(args: &Args) -> anyhow::Result<Option<PathBuf>> {
    if let Some(root) = &args.project {
        return Ok(Some(root.clone()));
    }
    let file = fs::canonicalize(&args.file).with_context(|| format!("{} cannot be found", args.file.display()))?;
    Ok(file.ancestors().skip(1).find(|folder| folder.join("termwise.toml").is_file()).map(Path::to_path_buf))
}

/// The file's path relative to the project, with `/`, if it lies there.
fn inside(root: &Path, file: &Path) -> Option<String> {
    let (root, file) = (fs::canonicalize(root).ok()?, fs::canonicalize(file).ok()?);
    let parts = file.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// Writes what is proposed; the paths that were written come back. Nothing of the division's is ever overwritten.
fn write_proposal(
    root: &Path,
    file: &Path,
    inside: bool,
    project: Option<&Project>,
    proposal: &Proposal,
) -> anyhow::Result<Vec<String>> {
    let mut written = Vec::new();
    fs::create_dir_all(root.join("mappings"))
        .with_context(|| format!("{} cannot be made", root.join("mappings").display()))?;
    if !inside {
        let target = root.join(&proposal.path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        if !target.exists() {
            fs::copy(file, &target).with_context(|| format!("{} cannot be copied", file.display()))?;
            written.push(proposal.path.clone());
        }
    }
    for mapping in &proposal.mappings {
        let path = format!("mappings/{}.toml", mapping.name);
        put_new(&root.join(&path), Which::Mapping, &mapping.text)?;
        written.push(path);
    }
    if let Some(starter) = &proposal.starter {
        put_new(&root.join("termwise.toml"), Which::Project, starter)?;
    }
    append(&root.join("termwise.toml"), &proposal.sources)?;
    written.push("termwise.toml".to_owned());
    if !proposal.measures.is_empty() || project.is_none() {
        let measures = root.join("measures.toml");
        if !measures.exists() {
            put_new(&measures, Which::Measures, "")?;
        }
        append(&measures, &proposal.measures)?;
        written.push("measures.toml".to_owned());
    }
    schema::write(root).with_context(|| format!("{} cannot be written", root.join(schema::FOLDER).display()))?;
    written.push(schema::FOLDER.to_owned());
    Ok(written)
}

/// A new file, which begins by naming its schema.
fn put_new(path: &Path, which: Which, text: &str) -> anyhow::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    write!(file, "{}{text}", which.first_line())?;
    Ok(())
}

fn append(path: &Path, text: &str) -> anyhow::Result<()> {
    let before = fs::read_to_string(path).unwrap_or_default();
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let mut file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    write!(file, "{gap}\n# Added by `termwise inspect`.\n{}\n", text.trim_end())?;
    Ok(())
}

/// Checks the project as `termwise check` does and says whether the proposal holds.
fn accepted(
    root: &Path,
    proposal: &Proposal,
    written: &[String],
    today: jiff::civil::Date,
    err: &mut dyn Write,
) -> anyhow::Result<bool> {
    writeln!(err, "\nWritten: {}", written.join(", "))?;
    let (project, problems) = load::load(root);
    let Some(project) = project else {
        problems.iter().for_each(|problem| eprintln!("{problem}\n"));
        writeln!(err, "Not accepted: the configuration cannot be used.")?;
        return Ok(false);
    };
    let outcome = termwise_run::check(&project, today)?;
    let mine = |problem: &&Problem| problem.place.file.as_deref() == Some(proposal.path.as_str());
    let files: Vec<_> = outcome.files.iter().filter(|file| file.path == proposal.path).collect();
    for file in &files {
        let in_part = super::check::in_part(file);
        writeln!(err, "{}: {} rows, {} used{in_part}, {} set aside", file.path, file.rows, file.used, file.set_aside)?;
    }
    let own: Vec<Problem> = outcome.problems.iter().filter(mine).cloned().collect();
    super::tell(&own, 6);
    let others = outcome.problems.iter().filter(|problem| problem.is_error() && !mine(problem));
    let others: Vec<Problem> = others.cloned().collect();
    super::tell(&others, 4);
    // Fewer than half of the rows means that something is misread, not that some cells are faulty.
    let good = !files.is_empty()
        && files.iter().all(|file| file.used > 0 && file.used * 2 >= file.rows)
        && !own.iter().any(Problem::is_error);
    let (rows, used) = files.iter().fold((0, 0), |(rows, used), file| (rows + file.rows, used + file.used));
    let verdict = if good { "Accepted" } else { "Not accepted yet" };
    writeln!(err, "{verdict}: the check reads {used} of {rows} rows with this proposal.")?;
    if good && !others.is_empty() {
        writeln!(err, "The project has other errors, listed above; `termwise check` lists them again.")?;
    }
    if !proposal.questions.is_empty() {
        writeln!(err, "Left to decide:")?;
        for question in proposal.questions.iter().take(12) {
            writeln!(err, "  - {question}")?;
        }
    }
    Ok(good)
}
