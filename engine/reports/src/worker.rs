//! The worker process that typesets: `termwise typeset-worker`, started by [`super::pool`].
//!
//! Comes in on stdin: one order a line, JSON. Goes out: the PDF at its place, and on stdout one
//! answer a line, JSON. A process of its own, because a template may loop, recurse or eat memory:
//! then only this process ends. It ends by itself when stdin is closed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fs, process};

use serde::{Deserialize, Serialize};

use termwise_base::digest::sha256;
use termwise_base::helper;
use termwise_base::problem::{Place, Problem};

use super::templates::TemplateRoots;
use super::typeset::{Press, Typeset};

/// Typst recurses deeply over nested content; the default of 8 MB has overflowed.
const STACK: usize = 128 << 20;

/// Address space of one worker. Reports need some 130 MB; the rest is room for large pictures and tables.
const MEMORY: u64 = 1 << 30;

/// Start of the name of a half-written report; see [`temporary_prefix`].
const TEMPORARY: &str = ".termwise-";

/// What the pool asks for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub name: String,
    pub template: String,
    pub model: String,
    pub out: PathBuf,
    pub ident: String,
    pub date: String,
}

/// What the worker answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// Done.
    Done(Typeset),
    /// Could not be done.
    Failed(Problem),
}

/// Runs the worker until stdin ends.
pub fn run(overrides: Option<PathBuf>) -> anyhow::Result<()> {
    // Fonts are loaded before the clock of the first report starts.
    let prepare = || Press::new(TemplateRoots { overrides });
    helper::serve(MEMORY, STACK, prepare, |press: &Press, order: Order| match make(press, order) {
        Ok(typeset) => Answer::Done(typeset),
        Err(problem) => Answer::Failed(problem),
    })
}

fn make(press: &Press, order: Order) -> Result<Typeset, Problem> {
    let date = order
        .date
        .parse()
        .map_err(|_| Problem::error(format!("The report “{}” has a date that cannot be read.", order.name)))?;
    let pdf = press.print(&order.name, &order.template, order.model, &order.ident, date)?;
    write(&order.out, &pdf.bytes).map_err(|error| {
        Problem::error(format!("The report “{}” could not be written: {error}.", order.name))
            .at(Place::file(order.out.display().to_string()))
            .hint("Check that termwise may write to the folder and that the disk is not full.")
    })?;
    Ok(Typeset {
        pages: pdf.pages,
        bytes: pdf.bytes.len() as u64,
        sha256: sha256(&pdf.bytes),
        notes: pdf.notes,
        structure: pdf.structure,
    })
}

/// Puts a whole file in its place or none. Not synced: a report can be made again, and its digest is
/// checked before it is delivered. `tempfile` makes it readable for its owner only, and so it stays:
/// a report may still wait for approval.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("the path has no folder"))?;
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(&temporary_prefix(process::id())).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Names a worker's half-written files, so that the pool can remove those of a worker that it ended.
pub(super) fn temporary_prefix(process: u32) -> String {
    format!("{TEMPORARY}{process}-")
}
