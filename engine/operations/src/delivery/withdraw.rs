//! Withdrawal: files of the project's `out/` that a newer run superseded go.
//!
//! The ledger says first that they hold no longer; the files are tidied after it. A run that ends in between is
//! made up for by the next one. Nothing that lies in a sink is touched: a reader may have seen it.

use std::path::Path;
use std::{fs, io};

use termwise_base::problem::{Place, Problem};
use termwise_config::Edition;

use crate::ledger::Ledger;

/// Removes every file of an edition of which nothing holds any more. An [`Edition`] lies among the reports, whatever
/// the ledger says, so nothing but reports is ever removed.
pub fn clear(root: &Path, ledger: &Ledger, problems: &mut Vec<Problem>) -> anyhow::Result<()> {
    for edition in ledger.withdrawn()? {
        match fs::remove_file(edition.file(root)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => problems.push(
                Problem::warning(format!("A superseded report could not be removed: {error}."))
                    .at(Place::file(edition.path()))
                    .hint(
                        "It is neither approved nor delivered. Close it wherever it is open. The next run tries again.",
                    ),
            ),
            _ => {}
        }
    }
    Ok(())
}

/// How many withdrawn reports are named.
const NAMED: usize = 6;

/// The problem about reports that were withdrawn and have no successor; none if there are none.
pub fn withdrawn(ledger: &Ledger, editions: &[Edition]) -> anyhow::Result<Option<Problem>> {
    let Some(first) = editions.first() else { return Ok(None) };
    let mut delivered = 0;
    for edition in editions {
        delivered += u32::from(ledger.delivered_before(edition)? > 0);
    }
    let mut named = editions.iter().take(NAMED).map(Edition::path).collect::<Vec<_>>().join(", ");
    if editions.len() > NAMED {
        named.push_str(&format!(" and {} more", editions.len() - NAMED));
    }
    let (message, place) = match editions.len() {
        1 => {
            ("A report from an earlier run no longer holds, so it was withdrawn.".to_owned(), Place::file(first.path()))
        }
        n => (
            format!("{n} reports from earlier runs no longer hold, so they were withdrawn: {named}."),
            Place::default(),
        ),
    };
    Ok(Some(match delivered {
        0 => Problem::note(message).at(place),
        // Somebody may be reading what is not so.
        _ => Problem::warning(message)
            .at(place)
            .hint("Copies that were delivered stay where they are. Let their readers know if they must not use them."),
    }))
}
