//! A workbook in the making: sheet after sheet into a sink, under bounds.
//!
//! Comes in: what a reader of one format finds. Goes out: a [`Workbook`] in memory or a spool on the
//! disk. A sheet that cannot be read becomes a problem; the others stay.

use termwise_base::problem::{Place, Problem};
use termwise_config::ReadingLimits;

use super::Workbook;
use super::archive::MOST_PARTS;
use super::builder::{Builder, Refused};
use super::model::SheetInfo;
use super::spool::{Contents, Sink};

/// Why a sheet could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It is too much, or cannot be put away.
    Refused(Refused),
    /// Its inside makes no sense.
    Damaged,
}

impl From<Refused> for Stop {
    fn from(why: Refused) -> Self {
        Self::Refused(why)
    }
}

/// The workbook so far.
pub(super) struct Draft<'a> {
    /// What the file is called in messages.
    pub(super) name: &'a str,
    pub(super) limits: &'a ReadingLimits,
    sink: Sink,
    contents: Contents,
}

impl<'a> Draft<'a> {
    pub(super) fn new(name: &'a str, limits: &'a ReadingLimits, sink: Sink) -> Self {
        Self { name, limits, sink, contents: Contents::default() }
    }

    /// Adds a sheet. `fill` hands over its cells; it is called again from the start if the rows turn
    /// out to stand in no order. True if the sheet was read.
    pub(super) fn sheet(
        &mut self,
        about: SheetInfo,
        mut fill: impl FnMut(&mut Builder<'_>) -> Result<(), Stop>,
    ) -> bool {
        let mut attempt = |whole: bool| {
            let builder = Builder::new(&mut self.sink, self.limits);
            let mut builder = if whole { builder.whole() } else { builder };
            fill(&mut builder)?;
            Ok(builder.finish()?)
        };
        let read = match attempt(false) {
            Err(Stop::Refused(Refused::OutOfOrder)) => attempt(true),
            read => read,
        };
        match read {
            Ok((blocks, colours_lost)) => {
                if colours_lost {
                    self.broken(&about, too_many_colours(self.limits));
                }
                self.contents.sheets.push((about, blocks));
                return true;
            }
            Err(Stop::Refused(why)) => self.broken(&about, too_much(why)),
            Err(Stop::Damaged) => self.broken(&about, damaged_sheet()),
        }
        false
    }

    /// What is known of the sheets that were read, in their order.
    pub(super) fn abouts(&mut self) -> impl Iterator<Item = &mut SheetInfo> {
        self.contents.sheets.iter_mut().map(|(about, _)| about)
    }

    /// Says by what the cells of a text file are separated; nothing if its sheets differ.
    pub(super) fn separated(&mut self, by: Option<char>) {
        self.contents.separator = by;
    }

    /// Adds a problem of the file.
    pub(super) fn told(&mut self, problem: Problem) {
        self.contents.problems.push(problem);
    }

    /// Keeps the problem of a sheet that could not be read, or not wholly.
    pub(super) fn broken(&mut self, about: &SheetInfo, problem: Problem) {
        self.contents.problems.push(problem.at(Place::file(self.name).sheet(&about.name)));
    }

    /// Keeps the problem of a sheet of which not every merged or commented cell is known.
    pub(super) fn too_many_parts(&mut self, sheet: &str) {
        self.contents.problems.push(
            Problem::warning(
                "This sheet has more merged cells or comments than are looked at, so some of them go unnoticed.",
            )
            .at(Place::file(self.name).sheet(sheet))
            .expected(format!("at most {MOST_PARTS} of each"))
            .hint("Unmerge the cells, delete the comments, or split the sheet."),
        );
    }

    pub(super) fn is_empty(&self) -> bool {
        self.contents.sheets.is_empty() && self.contents.problems.is_empty()
    }

    /// The workbook, in memory.
    pub(super) fn held(self) -> Workbook {
        Workbook::of(self.contents, &self.sink.into_spool())
    }

    /// Finishes the spool.
    pub(super) fn close(self) -> std::io::Result<()> {
        self.sink.close(&self.contents)
    }
}

/// The message for a sheet whose inside makes no sense.
pub(super) fn damaged_sheet() -> Problem {
    Problem::error("This sheet is damaged, so it was set aside.")
        .hint("Open the workbook in the spreadsheet program and save it again.")
}

/// The message for a sheet whose colours are not all known.
fn too_many_colours(limits: &ReadingLimits) -> Problem {
    Problem::note("This sheet has more coloured cells than are looked at, so an empty coloured cell may go unreported.")
        .expected(format!("at most {} coloured cells in a part of the sheet", limits.cells))
        .hint("Take the colours away where they mean nothing, or raise `cells` under [reading] in termwise.toml.")
}

/// Sheets that can be numbered, whatever the division allows.
const MOST_SHEETS: usize = u16::MAX as usize;

/// A problem if a workbook has more sheets than it may.
pub(super) fn bound_sheets(found: usize, limits: &ReadingLimits) -> Result<(), Problem> {
    let most = limits.sheets.min(MOST_SHEETS);
    if found <= most {
        return Ok(());
    }
    let raise = if most < MOST_SHEETS { ", or raise `sheets` under [reading] in termwise.toml" } else { "" };
    Err(Problem::error("This workbook has more sheets than a workbook may.")
        .found(format!("{found} sheets"))
        .expected(format!("at most {most}"))
        .hint(format!("Split it{raise}.")))
}

/// The message for a sheet that is too much.
pub(super) fn too_much(why: Refused) -> Problem {
    match why {
        Refused::Cells(most) => Problem::error("This sheet holds more cells than a sheet may.")
            .expected(format!("at most {most} filled cells"))
            .hint("Split it, or raise `cells` under [reading] in termwise.toml."),
        Refused::Text(most) => Problem::error("This sheet holds more text than a sheet may.")
            .expected(format!("at most {} MB", most >> 20))
            .hint("Split it, or raise `inflated-mib` under [reading] in termwise.toml."),
        Refused::OutOfOrder => super::damaged(),
        Refused::Disk => Problem::error("What was read of this sheet could not be put away.")
            .hint("Check that the project's folder can be written and that the disk is not full."),
    }
}
