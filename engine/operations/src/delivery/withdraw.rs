//! Withdrawal: files of the project's `out/` that a newer run superseded go.
//!
//! The ledger says first that they hold no longer; the files are tidied after it. A run that ends in between is
//! made up for by the next one. Nothing that lies in a sink is touched: a reader may have seen it.

use std::path::Path;
use std::{fs, io};

use termwise_base::problem::{Place, Problem};

use super::{OUT, file};
use crate::ledger::Ledger;

/// Removes every file at whose path no report holds any more.
pub fn clear(root: &Path, ledger: &Ledger, problems: &mut Vec<Problem>) -> anyhow::Result<()> {
    for path in ledger.withdrawn()? {
        // Nothing but reports is ever removed, whatever the ledger says.
        if !path.starts_with(&format!("{OUT}/")) || path.split('/').any(|part| part == "..") {
            continue;
        }
        match fs::remove_file(file(root, &path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => problems.push(
                Problem::warning(format!("A superseded report could not be removed: {error}."))
                    .at(Place::file(&path))
                    .hint("It is neither approved nor delivered. Close it where it is open; the next run tries again."),
            ),
            _ => {}
        }
    }
    Ok(())
}

/// So many withdrawn reports are named.
const NAMED: usize = 6;

/// What is said of reports that were withdrawn and have no successor.
pub fn withdrawn(ledger: &Ledger, paths: &[String]) -> anyhow::Result<Option<Problem>> {
    let Some(first) = paths.first() else { return Ok(None) };
    let mut delivered = 0;
    for path in paths {
        delivered += u32::from(ledger.delivered_before(path)? > 0);
    }
    let mut named = paths.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if paths.len() > NAMED {
        named.push_str(&format!(" and {} more", paths.len() - NAMED));
    }
    let (told, place) = match paths.len() {
        1 => ("A report of an earlier run no longer holds and was withdrawn.".to_owned(), Place::file(first)),
        n => (format!("{n} reports of earlier runs no longer hold and were withdrawn: {named}."), Place::default()),
    };
    Ok(Some(match delivered {
        0 => Problem::note(told).at(place),
        // Somebody may be reading what is not so.
        _ => Problem::warning(told)
            .at(place)
            .hint("What was delivered of them stays where it is; tell its readers if they must not use it."),
    }))
}
