//! `termwise preview`: a report in the browser, made again whenever a template is saved.
//!
//! It shows cleared figures only, and only to this machine.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use termwise_base::problem::Problem;
use termwise_reports::pictures;
use termwise_reports::pool;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::typeset::{PrintJob, WEB};
use termwise_run as run;

mod live;
mod subject;

use subject::Figures;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  termwise preview staff samples/prairie-crocus --school blue-heron\n  termwise preview \
                  parent-council --lang fr\n  termwise preview staff --sample        (no data needed)\n  termwise \
                  preview staff --sample --pictures pages   (write the pages as PNG, then stop)"
)]
pub struct Args {
    /// Which report: an audience (`staff`), a team's packet (`plc-…`), or a report of the division's own
    report: String,
    /// The project folder
    #[arg(default_value = ".")]
    project: PathBuf,
    /// School (default: the first); not for a report about the whole division
    #[arg(long)]
    school: Option<String>,
    /// Language (default: the first of the report)
    #[arg(long)]
    lang: Option<String>,
    /// Use this date as today, for example 2026-03-20
    #[arg(long)]
    as_of: Option<String>,
    /// Use invented figures instead of the project's
    #[arg(long)]
    sample: bool,
    /// Show the web page instead of the PDF
    #[arg(long)]
    web: bool,
    /// Port of <http://localhost:PORT>, where the browser finds it; 0 picks a free one
    #[arg(long, default_value_t = 8484)]
    port: u16,
    /// Write the pages as pictures into this folder, then stop
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    /// Resolution of the pages, in dots per inch
    #[arg(long, value_name = "N", default_value_t = 110, value_parser = clap::value_parser!(u16).range(20..=300))]
    dpi: u16,
    /// Time limit for the report, in seconds
    #[arg(long, default_value_t = 20)]
    report_seconds: u64,
}

/// Makes one report again and again.
struct Desk {
    project: PathBuf,
    folder: tempfile::TempDir,
    deadline: Duration,
}

/// Shows the report until it is stopped, or writes its pages once.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let desk = Desk {
        project: args.project.clone(),
        folder: tempfile::tempdir()?,
        deadline: Duration::from_secs(args.report_seconds),
    };
    match &args.pictures {
        Some(folder) => write_once(&desk, &subject::read(args)?, args, folder, out),
        None => live::serve(&desk, args, out),
    }
}

impl Desk {
    /// Typesets the report as the templates are now.
    fn make(&self, figures: &Figures) -> Result<(Vec<u8>, Vec<Problem>), Problem> {
        let templates = TemplateRoots::of_project(&self.project);
        if templates.read(&figures.template).is_none() {
            return Err(run::no_template(&figures.template));
        }
        let end = if figures.template.ends_with(WEB) { "html" } else { "pdf" };
        let job = PrintJob {
            name: figures.template.clone(),
            template: figures.template.clone(),
            model: figures.model.clone(),
            out: self.folder.path().join(format!("preview.{end}")),
            ident: "preview".into(),
            date: figures.date,
        };
        let made = pool::typeset(std::slice::from_ref(&job), &templates, 1, self.deadline, &mut |_| {});
        let made = made.into_iter().next().expect("one job has one answer")?;
        let bytes = fs::read(&job.out)
            .map_err(|error| Problem::error(format!("The report that was just made cannot be read: {error}.")))?;
        let notes = figures.notes.iter().cloned().chain(made.notes).collect();
        Ok((bytes, notes))
    }
}

fn write_once(desk: &Desk, figures: &Figures, args: &Args, folder: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let (bytes, notes) = match desk.make(figures) {
        Ok(made) => made,
        Err(problem) => {
            eprintln!("{problem}\n");
            return Ok(false);
        }
    };
    super::tell(&notes, 8);
    fs::create_dir_all(folder)?;
    if args.web {
        fs::write(folder.join(format!("{}.html", args.report)), bytes)?;
        writeln!(out, "1 page is in {}.", folder.display())?;
        return Ok(true);
    }
    let pages = pictures::of_pages(&bytes, f32::from(args.dpi))?;
    for (place, page) in pages.iter().enumerate() {
        fs::write(folder.join(format!("{}-{:02}.png", args.report, place + 1)), page)?;
    }
    let pages = if pages.len() == 1 { "1 page is".to_owned() } else { format!("{} pages are", pages.len()) };
    writeln!(out, "{pages} in {}.", folder.display())?;
    Ok(true)
}
