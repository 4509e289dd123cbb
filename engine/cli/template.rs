//! `termwise template`: which files the reports are made of, and copies of them to change.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use termwise_base::problem::nearest;
use termwise_reports::templates::TemplateRoots;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the shipped files, and mark those of which the project has a copy
    List(ListArgs),
    /// Copy shipped files into the project's templates/ folder; files already there stay
    Copy(CopyArgs),
}

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  termwise template list")]
pub struct ListArgs {
    /// The project folder
    #[arg(default_value = ".")]
    project: PathBuf,
}

/// Arguments of `copy`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "termwise template copy <NAME>... [PROJECT]",
    after_help = "Examples:\n  termwise template copy staff.typ lib/theme.typ\n  termwise template copy words/en.toml \
                  samples/prairie-crocus"
)]
pub struct CopyArgs {
    /// Names as `termwise template list` gives them, then the project folder (default: this one)
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// Lists or copies.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    match &args.command {
        Command::List(args) => list(&args.project, out),
        Command::Copy(args) => copy(&args.names, out),
    }
    .map(|()| true)
}

/// What a division may change: templates, words and fonts, but neither the invented figures nor the papers
/// that come with them.
fn shipped() -> Vec<String> {
    let paths = TemplateRoots::shipped().paths().into_iter();
    paths.filter(|path| !path.starts_with("example/") && !path.ends_with(".md")).collect()
}

fn list(project: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    for path in shipped() {
        let own = if project.join("templates").join(&path).is_file() { " (in templates/)" } else { "" };
        let said = about(&path);
        let gap = if said.is_empty() { "" } else { "  " };
        writeln!(out, "{path:<24}{gap}{said}{own}")?;
    }
    writeln!(out, "Copy with: termwise template copy NAME")?;
    Ok(())
}

/// The first sentence of a file's own comment.
fn about(path: &str) -> String {
    let text = TemplateRoots::shipped().read(path);
    let text = text.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
    let comment = text.lines().map_while(|line| line.strip_prefix("//").or_else(|| line.strip_prefix('#')));
    let comment = comment.map(str::trim).collect::<Vec<_>>().join(" ");
    comment.split_once(". ").map_or(comment.as_str(), |(first, _)| first).trim_end_matches('.').to_owned()
}

fn copy(names: &[String], out: &mut dyn Write) -> anyhow::Result<()> {
    let shipped = shipped();
    let is_shipped = |name: &String| shipped.iter().any(|path| path == name);
    // As `cp` does: the last may be the folder.
    let (names, project) = match names {
        [names @ .., last] if !is_shipped(last) && Path::new(last).is_dir() => (names, Path::new(last)),
        names => (names, Path::new(".")),
    };
    if names.is_empty() {
        bail!("name a file to copy; `termwise template list` shows them");
    }
    if let Some(unknown) = names.iter().find(|name| !is_shipped(name)) {
        let near = nearest(unknown, shipped.iter().map(String::as_str)).into_iter().next();
        let meant =
            near.map_or("`termwise template list` shows them".to_owned(), |near| format!("did you mean “{near}”?"));
        bail!("there is no shipped file “{unknown}”; {meant}");
    }
    for name in names {
        let place = project.join("templates").join(name);
        let shown = place.strip_prefix(".").unwrap_or(&place).display();
        let folder = place.parent().context("a file is in a folder")?;
        let bytes = TemplateRoots::shipped().read(name).context("the file is shipped")?;
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let made = fs::OpenOptions::new().write(true).create_new(true).open(&place);
        match made {
            Ok(mut file) => {
                file.write_all(&bytes).with_context(|| format!("{shown} cannot be written"))?;
                writeln!(out, "copied: {shown}")?;
                if name.starts_with("words/") {
                    writeln!(out, "Keep only the words that you change: the others then follow the next version.")?;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                writeln!(out, "kept as it is: {shown}")?;
            }
            Err(error) => return Err(error).with_context(|| format!("{shown} cannot be written")),
        }
    }
    Ok(())
}
