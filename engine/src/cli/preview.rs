//! `termwise preview`: a report in the browser, made again whenever a template is saved.
//!
//! It shows cleared figures only, and only to this machine.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use anyhow::{Context, bail};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::config::Project;
use crate::problem::Problem;
use crate::reports::pictures;
use crate::reports::pool;
use crate::reports::templates::TemplateRoots;
use crate::reports::typeset::{Job, WEB};
use crate::run::{self, Options};

/// How often the templates are looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  termwise preview staff samples/prairie-crocus --school blue-heron\n  termwise preview \
                  parent-council --lang fr\n  termwise preview staff --sample        (no data needed)\n  termwise \
                  preview staff --sample --pictures pages   (write the pages as PNG and end)"
)]
pub struct Args {
    /// Which report: an audience (`staff`), `plc-…`, or a report of the division's own
    report: String,
    /// The project folder
    #[arg(default_value = ".")]
    project: PathBuf,
    /// Which school (default: the first)
    #[arg(long)]
    school: Option<String>,
    /// Which language (default: the first of the report)
    #[arg(long)]
    lang: Option<String>,
    /// Take this day as today, as in 2026-03-20
    #[arg(long)]
    as_of: Option<String>,
    /// Invented figures instead of the project's
    #[arg(long)]
    sample: bool,
    /// The web page instead of the PDF
    #[arg(long)]
    web: bool,
    /// Where the browser finds it: <http://localhost:PORT>
    #[arg(long, default_value_t = 8484)]
    port: u16,
    /// Write the pages as pictures into this folder, once, and end
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    /// Resolution of the pages, in dots per inch
    #[arg(long, value_name = "N", default_value_t = 110, value_parser = clap::value_parser!(u16).range(20..=300))]
    dpi: u16,
    /// Longest time for the report, in seconds
    #[arg(long, default_value_t = 20)]
    report_seconds: u64,
}

/// What the browser is shown.
#[derive(Default)]
struct Shown {
    version: u64,
    pages: Vec<Vec<u8>>,
    web: Option<Vec<u8>>,
    pdf: Vec<u8>,
    /// What is wrong with the template, with place and line.
    faults: String,
}

/// Makes one report again and again.
struct Desk {
    templates: TemplateRoots,
    template: String,
    model: String,
    date: Date,
    folder: tempfile::TempDir,
    deadline: Duration,
}

/// Shows the report until it is stopped, or writes its pages once.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    // Without a project the shipped templates and invented figures are shown.
    let project = if args.sample && !args.project.join("termwise.toml").is_file() {
        None
    } else {
        Some(super::project(&args.project)?)
    };
    let templates = project.as_ref().map_or_else(TemplateRoots::shipped, |p| TemplateRoots::of_project(&p.root));
    let date = match (&args.as_of, &project) {
        (Some(day), _) => day.parse().with_context(|| format!("“{day}” is no day; write it as in 2026-03-20"))?,
        (None, Some(project)) => super::today(project)?,
        (None, None) => Date::constant(2026, 3, 20),
    };
    let model = if args.sample { sample(args, &templates)? } else { real(args, project.as_ref(), date)? };
    let mut template = project
        .iter()
        .flat_map(|project| &project.reports.extra)
        .find(|report| report.id == args.report)
        .map_or_else(|| format!("{}.typ", audience_of(&args.report)), |report| report.template.clone());
    if args.web {
        template = template.trim_end_matches(".typ").to_owned() + WEB;
    }
    if templates.read(&template).is_none() {
        return Err(run::no_template(&template).fatal());
    }
    let desk = Desk {
        templates,
        template,
        model,
        date,
        folder: tempfile::tempdir()?,
        deadline: Duration::from_secs(args.report_seconds),
    };
    if let Some(folder) = &args.pictures {
        return write_once(&desk, args, folder, out);
    }
    serve(desk, args, out)
}

/// A team's packet is `plc-<team>`.
fn audience_of(report: &str) -> &str {
    if report.starts_with("plc") { "plc" } else { report }
}

/// The shipped invented figures of an audience.
fn sample(args: &Args, templates: &TemplateRoots) -> anyhow::Result<String> {
    let audience = audience_of(&args.report);
    let path = format!("example/{audience}.json");
    let model = templates
        .read(&path)
        .with_context(|| format!("there are no invented figures for “{audience}”; leave out --sample"))?;
    Ok(String::from_utf8(model.into_owned())?)
}

/// The figures of the project, cleared for the report's audience.
fn real(args: &Args, project: Option<&Project>, date: Date) -> anyhow::Result<String> {
    let project = project.context("there is no project here; use --sample for invented figures")?;
    let models = tempfile::tempdir()?;
    let school = args.school.clone().unwrap_or_else(|| project.schools[0].id.clone());
    let place = project.schools.iter().position(|own| own.id == school);
    let Some(place) = place else {
        bail!("there is no school “{school}”; there are {}", ids(project.schools.iter().map(|s| s.id.as_str())));
    };
    let options = Options {
        school: Some(crate::config::SchoolId(place)),
        models: Some(models.path().to_owned()),
        ..Options::dry(date)
    };
    let outcome = run::run(project, &options, jiff::Timestamp::UNIX_EPOCH, &mut |_| {})?;
    let lang = args.lang.as_deref().map(|lang| format!(".{lang}."));
    let wanted = |path: &&String| {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.ends_with(".pdf")
            && name.split('.').next() == Some(args.report.as_str())
            && lang.as_ref().is_none_or(|lang| name.contains(lang))
    };
    let Some(found) = outcome.reports.iter().find(wanted) else {
        let names =
            outcome.reports.iter().filter(|path| path.ends_with(".pdf")).filter_map(|path| path.rsplit('/').next());
        bail!("there is no such report of {school}; there are {}", ids(names));
    };
    let path = models.path().join(Path::new(found).with_extension("json"));
    let text = fs::read_to_string(&path).context("the figures cannot be read")?;
    let mut model: Value = serde_json::from_str(&text).context("the figures cannot be read")?;
    without_names(&mut model);
    Ok(model.to_string())
}

/// Whoever writes a template needs no student's name: a letter and a number stand for each.
fn without_names(model: &mut Value) {
    let mut n = 0;
    for list in model["names"].as_array_mut().into_iter().flatten() {
        for group in list["groups"].as_array_mut().into_iter().flatten() {
            for name in group["names"].as_array_mut().into_iter().flatten() {
                n += 1;
                *name = json!(format!("N {n}"));
            }
        }
    }
}

fn ids<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

impl Desk {
    /// Typesets the report as the templates are now.
    fn make(&self) -> Result<(Vec<u8>, Vec<Problem>), Problem> {
        let end = if self.template.ends_with(WEB) { "html" } else { "pdf" };
        let job = Job {
            name: self.template.clone(),
            template: self.template.clone(),
            model: self.model.clone(),
            out: self.folder.path().join(format!("preview.{end}")),
            ident: "preview".into(),
            date: self.date,
        };
        let made = pool::typeset(std::slice::from_ref(&job), &self.templates, 1, self.deadline, &mut |_| {});
        let made = made.into_iter().next().expect("one job has one answer")?;
        let bytes = fs::read(&job.out)
            .map_err(|error| Problem::error(format!("The report that was just made cannot be read: {error}.")))?;
        Ok((bytes, made.notes))
    }

    /// Changes when a file of the project's templates does.
    fn state(&self) -> BTreeMap<PathBuf, (u64, Option<SystemTime>)> {
        let folder = self.templates.overrides.iter();
        let files = folder.flat_map(|folder| walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok));
        files
            .filter_map(|file| Some((file.path().to_owned(), file.metadata().ok()?)))
            .map(|(path, meta)| (path, (meta.len(), meta.modified().ok())))
            .collect()
    }
}

fn write_once(desk: &Desk, args: &Args, folder: &Path, out: &mut dyn Write) -> anyhow::Result<bool> {
    let (bytes, notes) = match desk.make() {
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
    writeln!(out, "{} pages are in {}.", pages.len(), folder.display())?;
    Ok(true)
}

fn serve(desk: Desk, args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let (port, dpi) = (args.port, f32::from(args.dpi));
    let listener = TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("port {port} is taken; choose another one with --port"))?;
    let port = listener.local_addr()?.port();
    let shown = Arc::new(Mutex::new(Shown::default()));
    writeln!(out, "Open http://localhost:{port} – it follows your changes in templates/. Ctrl-C ends it.")?;
    if desk.templates.overrides.is_none() {
        writeln!(out, "There is no templates/ folder yet: copy a shipped file into it to change it.")?;
    }
    out.flush()?;
    let for_browser = Arc::clone(&shown);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shown = Arc::clone(&for_browser);
            thread::spawn(move || answer(stream, &shown));
        }
    });
    let mut seen = None;
    loop {
        let now = desk.state();
        if seen.as_ref() != Some(&now) {
            let made = desk.make();
            let mut shown = lock(&shown);
            shown.version += 1;
            match made {
                Ok((bytes, notes)) => {
                    shown.faults = notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
                    if desk.template.ends_with(WEB) {
                        shown.web = Some(bytes);
                    } else {
                        shown.pages = pictures::of_pages(&bytes, dpi)?;
                        shown.pdf = bytes;
                    }
                    writeln!(out, "made: {}", desk.template)?;
                }
                // The pages of the last good state stay; the fault stands above them.
                Err(problem) => {
                    shown.faults = problem.to_string();
                    eprintln!("{problem}\n");
                }
            }
            out.flush()?;
            seen = Some(now);
        }
        thread::sleep(LOOK);
    }
}

fn lock(shown: &Mutex<Shown>) -> MutexGuard<'_, Shown> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one question of the browser.
fn answer(mut stream: TcpStream, shown: &Mutex<Shown>) {
    let mut line = String::new();
    let mut reader = BufReader::new(match stream.try_clone() {
        Ok(stream) => stream,
        Err(_) => return,
    });
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let (mut host, mut header) = (String::new(), String::new());
    while reader.read_line(&mut header).is_ok_and(|n| n > 2) {
        if let Some(name) = header.to_ascii_lowercase().strip_prefix("host:") {
            name.trim().clone_into(&mut host);
        }
        header.clear();
    }
    let path = line.split_whitespace().nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    // Only this machine's own browser, not a page of another site that was pointed here.
    let local = ["localhost", "127.0.0.1"].contains(&host.split(':').next().unwrap_or(""));
    let shown = lock(shown);
    let page = path.strip_prefix("/page/").and_then(|n| n.parse::<usize>().ok()).and_then(|n| shown.pages.get(n));
    let (status, kind, body): (&str, &str, Vec<u8>) = match path.as_str() {
        _ if !local => ("403 Forbidden", "text/plain", b"only for this machine".to_vec()),
        "/" => ("200 OK", "text/html; charset=utf-8", VIEW.as_bytes().to_vec()),
        "/state" => ("200 OK", "application/json", state(&shown).to_string().into_bytes()),
        "/report.pdf" if !shown.pdf.is_empty() => ("200 OK", "application/pdf", shown.pdf.clone()),
        "/web" if shown.web.is_some() => ("200 OK", "text/html; charset=utf-8", shown.web.clone().unwrap_or_default()),
        _ => match page {
            Some(png) => ("200 OK", "image/png", png.clone()),
            None => ("404 Not Found", "text/plain", b"not here".to_vec()),
        },
    };
    drop(shown);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn state(shown: &Shown) -> Value {
    json!({"version": shown.version, "pages": shown.pages.len(), "web": shown.web.is_some(), "faults": shown.faults})
}

/// The page around the pages.
const VIEW: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Preview</title>
<style>body{margin:0;background:#556168;font:15px system-ui,sans-serif;text-align:center}
#faults{position:sticky;top:0;margin:0;padding:.8em 1em;background:#fff3cd;color:#1a2428;border-bottom:3px solid #8a5a00;text-align:left;white-space:pre-wrap;font:13px ui-monospace,monospace}
#faults:empty{display:none}img{display:block;margin:1em auto;max-width:96%;box-shadow:0 1px 8px #0008;background:#fff}
iframe{width:100%;height:100vh;border:0;background:#fff}</style>
<pre id="faults" role="alert"></pre><main id="pages"></main>
<script>
let seen = -1;
async function look() {
  try {
    const s = await (await fetch("/state")).json();
    if (s.version !== seen) {
      seen = s.version;
      document.getElementById("faults").textContent = s.faults;
      const main = document.getElementById("pages");
      if (s.web) {
        main.innerHTML = '<iframe title="The page" src="/web?' + seen + '"></iframe>';
      } else {
        main.replaceChildren(...Array.from({length: s.pages}, (_, n) => Object.assign(new Image(), {src: "/page/" + n + "?" + seen, alt: "Page " + (n + 1)})));
      }
    }
  } catch { }
  setTimeout(look, 300);
}
look();
</script></html>"#;
