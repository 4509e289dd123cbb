//! The shelf: opens spreadsheets without ever parsing one in this process.
//!
//! Comes in: a frozen copy. Goes out: a [`Workbook`] whose cells lie in a spool, made by a worker
//! process under bounds of memory and time. A spreadsheet that was read before, with the same bytes
//! and the same settings, is not parsed again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use termwise_base::digest::sha256;
use termwise_base::helper::{self, End, Helper, Lost};
use termwise_base::private;
use termwise_base::problem::{Place, Problem};
use termwise_config::{Project, ReadingLimits};

use super::spool::{self, MARK};
use super::worker::{Answer, Order, make};
use super::{CsvHints, Workbook};

/// Spools that nobody asked for in so long are taken away.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Opens spreadsheets; may be used by several threads.
pub struct Shelf {
    folder: PathBuf,
    limits: ReadingLimits,
    /// Which program to start; none: read in this process.
    program: Option<PathBuf>,
    idle: Mutex<Vec<Helper<Order, Answer>>>,
    asked: Mutex<BTreeSet<PathBuf>>,
    parsed: AtomicUsize,
}

impl Shelf {
    /// The shelf of a project, in the folder that the engine keeps for itself, within the limits of its configuration.
    pub fn of_project(project: &Project) -> std::io::Result<Self> {
        Self::new(&private::place(&project.root, "cells"), &project.reading_limits)
    }

    /// A shelf in `folder` (made if needed, readable by its owner only) whose workers are further
    /// processes of this program.
    pub fn new(folder: &Path, limits: &ReadingLimits) -> std::io::Result<Self> {
        Self::of(folder, limits, Some(helper::this_program()?))
    }

    /// The same, with workers of another program, which must know `reading-worker`.
    pub fn with_program(folder: &Path, limits: &ReadingLimits, program: &Path) -> std::io::Result<Self> {
        Self::of(folder, limits, Some(program.to_owned()))
    }

    /// A shelf that parses in this process, for files that can be trusted.
    pub fn in_this_process(folder: &Path, limits: &ReadingLimits) -> std::io::Result<Self> {
        Self::of(folder, limits, None)
    }

    fn of(folder: &Path, limits: &ReadingLimits, program: Option<PathBuf>) -> std::io::Result<Self> {
        private::folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            limits: limits.clone(),
            program,
            idle: Mutex::default(),
            asked: Mutex::default(),
            parsed: AtomicUsize::new(0),
        })
    }

    /// How many files had to be parsed so far.
    pub fn parsed(&self) -> usize {
        self.parsed.load(Ordering::Relaxed)
    }

    /// Opens the frozen copy at `path` whose SHA-256 is `digest`; `name` is what the file is called in
    /// messages and by whose ending text files are known.
    pub fn open(&self, path: &Path, digest: &str, name: &str, csv: &CsvHints) -> Result<Workbook, Problem> {
        let place = || Place::file(name);
        let spool = self.folder.join(self.key(digest, name, csv));
        if let Ok(mut asked) = self.asked.lock() {
            asked.insert(spool.clone());
        }
        let opened = || spool::open(&spool).map(|(contents, cells)| Workbook::of(contents, &cells));
        if let Some(book) = opened() {
            return Ok(book);
        }
        self.parsed.fetch_add(1, Ordering::Relaxed);
        let size = std::fs::metadata(path).map_or(0, |meta| meta.len());
        let order = Order {
            from: path.to_owned(),
            name: name.to_owned(),
            csv: csv.clone(),
            spool: spool.clone(),
            limits: self.limits.clone(),
        };
        match &self.program {
            None => make(&order)?,
            Some(program) => self.order(program, &order, size).map_err(|problem| problem.at(place()))?,
        }
        opened().ok_or_else(|| {
            Problem::error("What was read of this file disappeared before it could be used.")
                .at(place())
                .hint("Let no other program tidy the folder .termwise while Termwise runs.")
        })
    }

    /// Opens a file that is not frozen, as one that somebody only wants to look at.
    pub fn open_loose(&self, path: &Path, name: &str, csv: &CsvHints) -> Result<Workbook, Problem> {
        let unread = |error: std::io::Error| {
            Problem::error(format!("This file cannot be read: {error}."))
                .at(Place::file(name))
                .hint("Look whether the name is right and the file may be read.")
        };
        let size = std::fs::metadata(path).map_err(unread)?.len();
        if size > self.limits.file_bytes {
            return Err(Problem::error("This file is larger than a spreadsheet may be.")
                .at(Place::file(name))
                .found(format!("{} MB", size >> 20))
                .expected(format!("at most {} MB", self.limits.file_bytes >> 20))
                .hint("Split it, or raise `file-mib` under [reading] in termwise.toml."));
        }
        let digest = sha256(&std::fs::read(path).map_err(unread)?);
        self.open(path, &digest, name, csv)
    }

    /// Everything that decides what is read, so that nothing old is taken for it.
    fn key(&self, digest: &str, name: &str, csv: &CsvHints) -> String {
        let ReadingLimits { inflated_bytes, cells, sheets, .. } = self.limits;
        let version = env!("CARGO_PKG_VERSION");
        sha256(format!("{MARK:?} {version} {digest} {name} {csv:?} {inflated_bytes} {cells} {sheets}").as_bytes())
    }

    fn order(&self, program: &Path, order: &Order, size: u64) -> Result<(), Problem> {
        let waiting = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut worker = match waiting {
            Some(worker) => worker,
            None => self.start(program).map_err(|reason| {
                Problem::error(format!("This file could not be read: no reading process, {reason}."))
                    .hint("Check that the program may start further processes of itself.")
            })?,
        };
        let time = self.limits.time(size);
        match worker.ask(order, time) {
            Ok(answer) => {
                if let Ok(mut idle) = self.idle.lock() {
                    idle.push(worker);
                }
                match answer {
                    Answer::Read => Ok(()),
                    Answer::Refused(problem) => Err(Problem { place: Place::default(), ..*problem }),
                }
            }
            Err(Lost::TooSlow) => {
                worker.end();
                Err(Problem::error(format!("Reading this file took longer than {} seconds, so it was set aside.", time.as_secs()))
                    .hint("Open it in the spreadsheet program and save it again, or raise `seconds` under [reading] in termwise.toml."))
            }
            Err(Lost::Ended) => Err(lost(worker.end(), self.limits.memory_bytes)),
        }
    }

    fn start(&self, program: &Path) -> Result<Helper<Order, Answer>, String> {
        let arguments: [OsString; 2] =
            ["reading-worker".into(), format!("--memory={}", self.limits.memory_bytes).into()];
        Helper::start(program, &arguments)
    }

    /// Takes spools away that were not asked for in a long time.
    pub fn tidy(&self, now: SystemTime) {
        let asked = self.asked.lock().map(|asked| asked.clone()).unwrap_or_default();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let modified = entry.metadata().and_then(|meta| meta.modified());
            let old = modified.is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age > KEPT));
            if old && !asked.contains(&path) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

fn lost(end: End, memory: u64) -> Problem {
    match end {
        End::Memory => Problem::error("This file needs more memory than a spreadsheet may, so it was set aside.")
            .expected(format!("at most {} MB while it is read", memory >> 20))
            .hint("Open it in the spreadsheet program and save it again as .xlsx, or raise `memory-mib` under [reading] in termwise.toml."),
        End::Stack => Problem::error("The inside of this file is nested too deeply, so it was set aside.")
            .hint("Open it in the spreadsheet program and save it again as .xlsx."),
        End::Unknown => Problem::error("Reading this file failed for an unknown reason, so it was set aside.")
            .hint("Open it in the spreadsheet program and save it again as .xlsx."),
    }
}
