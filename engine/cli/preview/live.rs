//! The pages in a browser, made again when something that they are made from is saved.
//!
//! Comes in: the arguments. It answers this machine only, and what went wrong stands above the last
//! good pages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use serde_json::{Value, json};

use termwise_reports::pictures;
use termwise_reports::typeset::WEB;

use super::subject::{self, Figures};
use super::{Args, Desk};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Longest time that a browser takes to ask.
const ASKING: Duration = Duration::from_secs(10);

/// Largest question of a browser.
const QUESTION: u64 = 64 << 10;

/// What the figures and their words are made from, beside the spreadsheets.
const FIGURES: [&str; 7] =
    ["termwise.toml", "measures.toml", "plugins.lock", "mappings", "goals", "translations", "templates/words"];

/// What the browser is shown.
#[derive(Default)]
struct Shown {
    version: u64,
    pages: Vec<Vec<u8>>,
    web: Option<Vec<u8>>,
    pdf: Vec<u8>,
    /// What is wrong, with file and line.
    faults: String,
}

/// Files with size and time.
type Files = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

/// Serves until the process is stopped. An error means that there was nothing to show at the start.
pub(super) fn serve(desk: &Desk, args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    // Looked at before it is read, so that a change in between is not missed.
    let mut seen = (of_figures(&args.project), None);
    let mut figures = Ok(subject::read(args)?);
    let port = args.port;
    let listener = TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("port {port} is taken; choose another one with --port"))?;
    let port = listener.local_addr()?.port();
    let shown = Arc::new(Mutex::new(Shown::default()));
    writeln!(out, "Open http://localhost:{port} – it follows your changes. Ctrl-C ends it.")?;
    if !args.project.join("templates").is_dir() {
        writeln!(
            out,
            "There is no templates/ folder yet: `termwise template copy` puts a shipped file there to change it."
        )?;
    }
    out.flush()?;
    let for_browser = Arc::clone(&shown);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shown = Arc::clone(&for_browser);
            thread::spawn(move || answer(stream, &shown));
        }
    });
    loop {
        let now = (of_figures(&args.project), Some(of_templates(&args.project)));
        if seen != now {
            // A template alone does not change the figures.
            if seen.0 != now.0 {
                figures = subject::read(args).map_err(|error| format!("error: {error:#}"));
            }
            let told = show(desk, &figures, f32::from(args.dpi), &shown);
            match told {
                Ok(template) => writeln!(out, "made: {template}")?,
                Err(fault) => eprintln!("{fault}\n"),
            }
            out.flush()?;
            seen = now;
        }
        thread::sleep(LOOK);
    }
}

/// Makes the pages and shows them. A fault is shown above those of the last good state.
fn show<'a>(
    desk: &Desk,
    figures: &'a Result<Figures, String>,
    dpi: f32,
    shown: &Mutex<Shown>,
) -> Result<&'a str, String> {
    let made = figures.as_ref().map_err(Clone::clone).and_then(|figures| {
        let (bytes, notes) = desk.make(figures).map_err(|problem| problem.to_string())?;
        let web = figures.template.ends_with(WEB);
        let pages = if web { Ok(Vec::new()) } else { pictures::of_pages(&bytes, dpi) };
        Ok((figures.template.as_str(), bytes, notes, web, pages.map_err(|error| format!("error: {error:#}"))?))
    });
    let mut shown = lock(shown);
    shown.version += 1;
    match made {
        Ok((template, bytes, notes, web, pages)) => {
            shown.faults = notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n");
            if web {
                shown.web = Some(bytes);
            } else {
                (shown.pages, shown.pdf) = (pages, bytes);
            }
            Ok(template)
        }
        Err(fault) => {
            shown.faults.clone_from(&fault);
            Err(fault)
        }
    }
}

fn of_figures(project: &Path) -> Files {
    FIGURES.iter().flat_map(|place| files(&project.join(place))).collect()
}

fn of_templates(project: &Path) -> Files {
    files(&project.join("templates")).collect()
}

/// A file, or all in a folder.
fn files(place: &Path) -> impl Iterator<Item = (PathBuf, (u64, Option<SystemTime>))> + use<> {
    let found = walkdir::WalkDir::new(place).into_iter().filter_map(Result::ok);
    found.filter_map(|file| {
        let meta = file.metadata().ok()?;
        Some((file.path().to_owned(), (meta.len(), meta.modified().ok())))
    })
}

fn lock(shown: &Mutex<Shown>) -> MutexGuard<'_, Shown> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one question of the browser.
fn answer(mut stream: TcpStream, shown: &Mutex<Shown>) {
    let mut line = String::new();
    let _ = stream.set_read_timeout(Some(ASKING));
    let mut reader = BufReader::new(match stream.try_clone() {
        Ok(stream) => stream.take(QUESTION),
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
