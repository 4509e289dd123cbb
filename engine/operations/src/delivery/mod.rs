//! Delivery: finished reports go where their readers look for them.
//!
//! Comes in: the reports that the ledger knows, lying in the project's `out/`. Goes out: copies in
//! every configured sink, and one row in the ledger for each. It never overwrites what a reader may
//! have seen, never sends what waits for approval, and never sends a file that was changed by hand. The
//! editions of a report (languages, two languages in one file, web pages) are approved and go together.
//!
//! A later sink is a file beside `folder.rs` that implements [`Sink`], and a line in [`sinks`].

mod folder;
mod together;
mod withdraw;

use std::fs;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;

use termwise_base::digest::sha256;
use termwise_base::problem::{Place, Problem};
use termwise_config::Edition;
use termwise_config::delivery::{self, OwnReport, Readers};

use crate::ledger::{Artefact, ArtefactStatus, Filter, Ledger, Placed};

pub use folder::Folder;
pub use together::{Editions, editions, outdated};
pub use withdraw::{clear, withdrawn};

/// A place that receives reports.
pub trait Sink {
    /// Puts a report there under `name` (a relative path with `/`), unless the same bytes are there
    /// already. Other bytes under that name stay as they are; the report then gets a revision's name.
    fn put(&self, name: &str, bytes: &[u8]) -> anyhow::Result<Put>;
}

/// What a sink did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The name under which the report lies there.
    pub name: String,
    /// What happened.
    pub outcome: Placed,
}

/// What was done in one delivery.
#[derive(Debug, Default)]
pub struct Round {
    /// Editions that went somewhere, or lay there already: which, to which sink, what it did.
    pub delivered: Vec<(Edition, String, Put)>,
    /// Reports that wait for approval.
    pub held: Vec<Artefact>,
    /// What could not be done, and which reports got a revision's name.
    pub problems: Vec<Problem>,
}

/// Approves the reports that `filter` means, each with the content it has now and all its editions at once. Goes
/// out: those approved, and a problem for each that lacks an edition or whose file is no longer what the run made.
pub fn approve(
    root: &Path,
    ledger: &mut Ledger,
    filter: &Filter,
    now: Timestamp,
) -> anyhow::Result<(Vec<Artefact>, Vec<Problem>)> {
    let (mut approved, mut problems) = (Vec::new(), Vec::new());
    let (old, waiting): (Vec<Editions>, Vec<Editions>) =
        editions(ledger, filter)?.into_iter().filter(Editions::waits).partition(|report| report.outdated);
    problems.extend(outdated(&old.iter().collect::<Vec<_>>()));
    for report in waiting {
        if !report.missing.is_empty() {
            problems.push(report.incomplete());
            continue;
        }
        let faults: Vec<Problem> = report.all.iter().filter_map(|artefact| content(root, artefact).err()).collect();
        if !faults.is_empty() {
            problems.extend(faults);
        } else if ledger.approve_together(&report.all, now)? {
            approved.extend(report.all.into_iter().filter(|artefact| artefact.status == ArtefactStatus::Held));
        }
    }
    Ok((approved, problems))
}

/// Delivers every report that may go and is not yet in every sink that it is for.
pub fn deliver(
    root: &Path,
    delivery: &delivery::Delivery,
    ledger: &mut Ledger,
    filter: &Filter,
    now: Timestamp,
) -> anyhow::Result<Round> {
    let sinks = sinks(root, delivery);
    let mut report = Round::default();
    let reports = editions(ledger, filter)?;
    let mut old = Vec::new();
    for together in &reports {
        let mut due = Vec::new();
        for artefact in together.all.iter().filter(|artefact| artefact.status != ArtefactStatus::Held) {
            let there = ledger.deliveries(artefact)?;
            let missing = |target: &&Target| there.iter().all(|row| row.sink != target.name);
            let targets: Vec<&Target> = sinks.iter().filter(|target| target.is_for(artefact)).filter(missing).collect();
            if !targets.is_empty() {
                due.push((artefact, targets));
            }
        }
        // Readers in one language shall not have what readers in another do not.
        let goes = together.waits() || !due.is_empty();
        if !together.missing.is_empty() {
            report.problems.extend(goes.then(|| together.incomplete()));
            continue;
        }
        if together.outdated {
            old.extend(goes.then_some(together));
            continue;
        }
        if together.waits() {
            report.held.extend(together.all.iter().filter(|artefact| artefact.status == ArtefactStatus::Held).cloned());
            continue;
        }
        let mut ready = Vec::new();
        let mut faults = Vec::new();
        for (artefact, targets) in due {
            match content(root, artefact) {
                Ok(bytes) => ready.push((artefact, targets, bytes)),
                Err(problem) => faults.push(problem),
            }
        }
        if !faults.is_empty() {
            report.problems.extend(faults);
            continue;
        }
        for (artefact, targets, bytes) in ready {
            send(ledger, artefact, &targets, &bytes, now, &mut report)?;
        }
    }
    report.problems.extend(outdated(&old));
    Ok(report)
}

/// Puts one report into the sinks that it is for.
fn send(
    ledger: &mut Ledger,
    artefact: &Artefact,
    targets: &[&Target],
    bytes: &[u8],
    now: Timestamp,
    report: &mut Round,
) -> anyhow::Result<()> {
    let name = artefact.edition.name();
    for target in targets {
        match target.sink.put(&name, bytes) {
            Ok(put) => {
                ledger.delivered(artefact, &target.name, &put.name, put.outcome, now)?;
                if put.outcome == Placed::Revision {
                    report.problems.push(revised(artefact, &target.name, &put.name));
                }
                report.delivered.push((artefact.edition.clone(), target.name.clone(), put));
            }
            Err(error) => report.problems.push(
                Problem::error(format!("A report could not be delivered to “{}”: {error:#}.", target.name))
                    .at(Place::file(artefact.edition.path()))
                    .hint("Nothing is lost: `termwise deliver` tries again."),
            ),
        }
    }
    Ok(())
}

/// A sink with its name and its audiences.
struct Target {
    name: String,
    readers: Readers,
    /// Reports of the division's own that this or another folder names: they go nowhere else.
    named: Vec<OwnReport>,
    sink: Box<dyn Sink>,
}

impl Target {
    fn is_for(&self, artefact: &Artefact) -> bool {
        let named = || self.named.iter().any(|own| own.is(&artefact.audience, &artefact.edition.report));
        self.readers.is_empty()
            || self.readers.has_own(&artefact.audience, &artefact.edition.report)
            || (self.readers.has_audience(&artefact.audience) && !named())
    }
}

/// Every configured sink.
fn sinks(root: &Path, delivery: &delivery::Delivery) -> Vec<Target> {
    let named: Vec<OwnReport> = delivery.folders.iter().flat_map(|folder| folder.readers.own.clone()).collect();
    let folders = delivery.folders.iter().map(|folder| Target {
        name: folder.name.clone(),
        readers: folder.readers.clone(),
        named: named.clone(),
        sink: Box::new(Folder::new(root.join(&folder.path))),
    });
    folders.collect()
}

/// The report's bytes, if they are still those that the run made.
fn content(root: &Path, artefact: &Artefact) -> Result<Vec<u8>, Problem> {
    let bytes = fs::read(artefact.edition.file(root)).with_context(|| "it cannot be read").map_err(|error| {
        Problem::error(format!("A finished report is missing: {error:#}."))
            .at(Place::file(artefact.edition.path()))
            .hint("Run `termwise run` again. The same inputs give the same report.")
    })?;
    if sha256(&bytes) == artefact.sha256 {
        return Ok(bytes);
    }
    Err(Problem::error("A finished report is no longer the file that the run made, so it is not sent.")
        .at(Place::file(artefact.edition.path()))
        .hint("Run `termwise run` again, and leave reports as they are: to change one, change what it is made from."))
}

fn revised(artefact: &Artefact, sink: &str, name: &str) -> Problem {
    Problem::note(format!("“{sink}” already has another report by that name, so the new one was delivered as {name}."))
        .at(Place::file(artefact.edition.path()))
}
