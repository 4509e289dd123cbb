//! Typesetting against bare Typst, the same documents in the same number of processes:
//! `cargo run --example typesetting`.
//!
//! Ours goes through the pool: orders and answers as JSON, digests, whole files put in place. Bare
//! Typst is what an embedder would write at the least: a world over the same files, compile, export
//! with the same standards, write; it forgets nothing between reports, which is fastest. Both are started anew in each round and take turns, so that a
//! machine that slows down slows both.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use std::{env, fmt, fs};

use anyhow::{Context, ensure};
use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration as TypstDuration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use termwise_reports::pool::Workshop;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::typeset::PrintJob;

/// Reports in one round.
const REPORTS: usize = 200;
/// Rounds of each.
const ROUNDS: usize = 3;

fn main() -> anyhow::Result<()> {
    if is_worker()? {
        return Ok(());
    }
    run(std::thread::available_parallelism().map_or(2, usize::from)).map(|_| ())
}

/// This program is its own worker, ours and the bare one. True if that is what it was started for.
fn is_worker() -> anyhow::Result<bool> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["typeset-worker"] => termwise_reports::worker::run(None)?,
        ["typeset-worker", "--templates", folder] => termwise_reports::worker::run(Some(folder.into()))?,
        ["bare-typst", list, folder, workers, which] => {
            bare(list, Path::new(folder), workers.parse()?, which.parse()?)?
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Runs both in turns and prints, for each, the wall-clock time and the processor time of its
/// processes. The ratio is of the best rounds, so that other work on the machine counts little.
fn run(workers: usize) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let jobs = documents(folder.path())?;
    let (mut ours, mut theirs) = (Time::WORST, Time::WORST);
    for round in 1..=ROUNDS {
        let bare = Time::of(|| run_bare(&jobs, folder.path(), workers))?;
        let pool = Time::of(|| run_pool(&jobs, workers))?;
        println!("  round {round}: bare Typst {bare}, termwise {pool}");
        ours = ours.best(pool);
        theirs = theirs.best(bare);
    }
    let ratio = ours.wall / theirs.wall;
    println!(
        "  {REPORTS} reports on {workers} processes: {ratio:.2} × the time of bare Typst (at most 1.25), {:.2} × its processor time",
        ours.processor / theirs.processor
    );
    Ok(ratio)
}

/// How long one side took, in seconds.
#[derive(Clone, Copy)]
struct Time {
    wall: f64,
    processor: f64,
}

impl Time {
    const WORST: Self = Self { wall: f64::INFINITY, processor: f64::INFINITY };

    fn of(work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Self> {
        let (start, before) = (Instant::now(), processor_time_of_children());
        work()?;
        Ok(Self { wall: start.elapsed().as_secs_f64(), processor: processor_time_of_children() - before })
    }

    fn best(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), processor: self.processor.min(other.processor) }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s (processor {:.2} s)", self.wall, self.processor)
    }
}

/// Seconds of processor time that ended child processes took; only Linux tells.
fn processor_time_of_children() -> f64 {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{UsageWho, getrusage};
        let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        getrusage(UsageWho::RUSAGE_CHILDREN)
            .map_or(f64::NAN, |usage| seconds(usage.user_time()) + seconds(usage.system_time()))
    }
    #[cfg(not(target_os = "linux"))]
    f64::NAN
}

/// Reports of all three audiences from the templates' example models, no two alike.
fn documents(out: &Path) -> anyhow::Result<Vec<PrintJob>> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../report-templates/example");
    let audiences = ["staff", "plc", "parent-council"];
    let models: Vec<Value> = audiences
        .iter()
        .map(|audience| {
            let file = examples.join(format!("{audience}.json"));
            let text = fs::read(&file).with_context(|| format!("{} is missing", file.display()))?;
            Ok(serde_json::from_slice(&text)?)
        })
        .collect::<anyhow::Result<_>>()?;
    let job = |number: usize| {
        let kind = number % audiences.len();
        let mut model = models[kind].clone();
        model["school"] = format!("School No. {number}").into();
        PrintJob {
            name: format!("report {number}"),
            template: format!("{}.typ", audiences[kind]),
            model: model.to_string().into(),
            out: out.join("ours").join(format!("{number}.pdf")),
            ident: format!("bench/{number}"),
            date: jiff::civil::date(2026, 3, 13),
        }
    };
    Ok((0..REPORTS).map(job).collect())
}

fn run_pool(jobs: &[PrintJob], workers: usize) -> anyhow::Result<()> {
    let workshop = Workshop::this_program()?;
    let done = workshop.typeset(jobs, &TemplateRoots::shipped(), workers, Duration::from_secs(60), &mut |_| {});
    for result in done {
        if let Err(problem) = result {
            anyhow::bail!("{problem}");
        }
    }
    Ok(())
}

fn run_bare(jobs: &[PrintJob], folder: &Path, workers: usize) -> anyhow::Result<()> {
    let list: Vec<(&str, &str)> = jobs.iter().map(|job| (job.template.as_str(), &*job.model)).collect();
    let file = folder.join("list.json");
    fs::write(&file, serde_json::to_vec(&list)?)?;
    fs::create_dir_all(folder.join("bare"))?;
    let children: Vec<Child> = (0..workers)
        .map(|which| {
            Command::new(env::current_exe()?)
                .arg("bare-typst")
                .args([&file, &folder.join("bare")])
                .args([workers.to_string(), which.to_string()])
                .env("RAYON_NUM_THREADS", "1")
                .spawn()
        })
        .collect::<Result<_, _>>()?;
    for mut child in children {
        ensure!(child.wait()?.success(), "bare Typst failed");
    }
    Ok(())
}

/// One bare process: every `workers`th document of the list.
fn bare(list: &str, folder: &Path, workers: usize, which: usize) -> anyhow::Result<()> {
    let documents: Vec<(String, String)> = serde_json::from_slice(&fs::read(list)?)?;
    let fonts = fonts();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    let mut world = Bare {
        library: LazyHash::new(Library::default()),
        book,
        fonts,
        sources: HashMap::new(),
        main: id("x")?,
        model: Bytes::new([]),
    };
    for path in TemplateRoots::shipped().paths().iter().filter(|path| path.ends_with(".typ")) {
        let text = TemplateRoots::shipped().read(path).context("a shipped file")?.into_owned();
        world.sources.insert(id(path)?, Source::new(id(path)?, String::from_utf8(text)?));
    }
    let options = PdfOptions {
        ident: Smart::Custom("bench".to_owned()),
        timestamp: Datetime::from_ymd_hms(2026, 3, 13, 0, 0, 0).map(Timestamp::new_utc),
        standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]).map_err(|e| anyhow::anyhow!("{e:?}"))?,
        ..PdfOptions::default()
    };
    for (number, (template, model)) in documents.into_iter().enumerate().skip(which).step_by(workers) {
        world.main = id(&template)?;
        world.model = Bytes::from_string(model);
        let document = typst::compile::<PagedDocument>(&world).output.map_err(|e| anyhow::anyhow!("{e:?}"))?;
        let pdf = typst_pdf::pdf(&document, &options).map_err(|e| anyhow::anyhow!("{e:?}"))?;
        fs::write(folder.join(format!("{number}.pdf")), pdf)?;
    }
    Ok(())
}

/// The least that Typst asks for.
struct Bare {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: HashMap<FileId, Source>,
    main: FileId,
    model: Bytes,
}

impl World for Bare {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| FileError::NotFound(PathBuf::from(id.vpath().get_with_slash())))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match id.vpath().get_without_slash() {
            "model.json" => Ok(self.model.clone()),
            path => TemplateRoots::shipped().read(path).map(Bytes::new).ok_or(FileError::NotFound(path.into())),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<TypstDuration>) -> Option<Datetime> {
        Datetime::from_ymd(2026, 3, 13)
    }
}

fn id(path: &str) -> anyhow::Result<FileId> {
    Ok(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).map_err(|e| anyhow::anyhow!("{e:?}"))?).intern())
}

fn fonts() -> Vec<Font> {
    let shipped = TemplateRoots::shipped();
    let files = shipped.paths().into_iter().filter(|path| path.ends_with(".otf") || path.ends_with(".ttf"));
    let ours = files.filter_map(|path| shipped.read(&path)).flat_map(|bytes| Font::iter(Bytes::new(bytes)));
    ours.chain(typst_kit::fonts::embedded().map(|(font, _)| font)).collect()
}
