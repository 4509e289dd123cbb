//! The process that reads spreadsheets: `termwise reading-worker`, started by [`super::Shelf`].
//!
//! Comes in: orders. Goes out: a spool at its place, or the problem that says why there is none. A
//! crash, an endless loop or hunger for memory in a parser ends this process only.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use termwise_base::helper;
use termwise_base::problem::{Place, Problem};
use termwise_config::ReadingLimits;

use super::spool::Sink;
use super::{CsvHints, read};

/// Deeply nested XML must not end the process sooner than needed; the default of 2 MB is little.
const STACK: usize = 64 << 20;

/// One spreadsheet to read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// The frozen copy.
    pub(super) from: PathBuf,
    /// What the file is called in messages.
    pub(super) name: String,
    pub(super) csv: CsvHints,
    /// Where the spool belongs.
    pub(super) spool: PathBuf,
    pub(super) limits: ReadingLimits,
}

/// What became of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// The spool is in its place.
    Read,
    /// There is none.
    Refused(Box<Problem>),
}

/// Runs the worker until stdin ends, with at most so many bytes of memory.
pub fn run(memory: u64) -> anyhow::Result<()> {
    helper::serve(
        memory,
        STACK,
        || (),
        |(), order: Order| match make(&order) {
            Ok(()) => Answer::Read,
            Err(problem) => Answer::Refused(Box::new(problem)),
        },
    )
}

pub(super) fn make(order: &Order) -> Result<(), Problem> {
    let place = || Place::file(&order.name);
    let bytes = std::fs::read(&order.from)
        .map_err(|error| Problem::error(format!("This file cannot be read: {error}.")).at(place()))?;
    let unwritten = |error: &io::Error| {
        Problem::error(format!("What was read of this file could not be put away: {error}."))
            .at(place())
            .hint("Check that the project's folder can be written and that the disk is not full.")
    };
    let folder = order.spool.parent().ok_or_else(|| unwritten(&io::Error::other("no folder")))?;
    // Temporary files are made readable by their owner only.
    let file = tempfile::NamedTempFile::new_in(folder).map_err(|error| unwritten(&error))?;
    let sink = file.reopen().and_then(Sink::file).map_err(|error| unwritten(&error))?;
    read(&bytes, &order.name, &order.limits, &order.csv, sink)?.close().map_err(|error| unwritten(&error))?;
    // Not synced: a spool that a power cut spoils is not whole, and then the file is parsed again.
    file.persist(&order.spool).map_err(|error| unwritten(&error.error))?;
    Ok(())
}
