//! The ledger: what was run, from what, with which outcome, and where every report went.
//!
//! Comes in: facts that the stages report, with the instant at which they happened (it reads no
//! clock). Goes out: answers such as “which reports wait for approval”. It holds no student, no
//! staff member and no figure. SQLite, one file, safe against a power cut.

mod artefacts;
mod editions;
mod goal_records;
mod rehearsals;
mod runs;

use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use anyhow::Context;
use rusqlite::{Connection, TransactionBehavior};

pub use artefacts::{Artefact, Delivered, Filter, Outcome, Status};
pub use editions::{Became, Missing, Wanted, report_of};
pub use goal_records::{GoalBook, GoalRecord, What, differences};
pub use rehearsals::{MadeFrom, RehearsalRow, Rehearsed};
pub use runs::{Given, GoalRow, InputRow, RunId, RunRow, RunStart, RunStatus};

/// Folder of the project that the engine keeps for itself.
pub const FOLDER: &str = ".termwise";

/// Schema steps; `user_version` counts those done. A step that was released is never changed.
const MIGRATIONS: [&str; 5] = [
    include_str!("schema.sql"),
    include_str!("rehearsals.sql"),
    include_str!("goal_records.sql"),
    include_str!("editions.sql"),
    include_str!("final_verdicts.sql"),
];

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
}

impl Ledger {
    /// Opens the ledger of the project at `root`; makes it if there is none.
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        let file = private_folder(root)
            .map(|folder| folder.join("ledger.sqlite"))
            .and_then(|file| private_file(&file).map(|()| file))
            .with_context(|| format!("the folder {FOLDER} of the project cannot be written"))?;
        Self::over(Connection::open(&file)?).with_context(|| format!("the ledger {} cannot be used", file.display()))
    }

    /// Opens the ledger of the project at `root` if it has one; writes nothing where there is none.
    pub fn open_existing(root: &Path) -> anyhow::Result<Option<Self>> {
        if root.join(FOLDER).join("ledger.sqlite").is_file() { Self::open(root).map(Some) } else { Ok(None) }
    }

    /// A ledger in memory, for tests and trial runs that leave nothing behind.
    pub fn in_memory() -> anyhow::Result<Self> {
        Self::over(Connection::open_in_memory()?)
    }

    fn over(mut connection: Connection) -> anyhow::Result<Self> {
        // Another process may be writing a report's row right now.
        connection.busy_timeout(Duration::from_secs(30))?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        migrate(&mut connection)?;
        Ok(Self { connection })
    }
}

fn migrate(connection: &mut Connection) -> anyhow::Result<()> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done: i64 = step.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(done)?;
    anyhow::ensure!(
        done <= MIGRATIONS.len(),
        "it was written by a newer version of termwise (schema {done}, this version knows {})",
        MIGRATIONS.len()
    );
    for sql in &MIGRATIONS[done..] {
        step.execute_batch(sql)?;
    }
    step.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len())?)?;
    step.commit()?;
    Ok(())
}

/// The engine's own folder, readable for its owner only.
pub(crate) fn private_folder(root: &Path) -> io::Result<std::path::PathBuf> {
    let folder = root.join(FOLDER);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    Ok(folder)
}

/// Makes the file if there is none, readable for its owner only.
pub(crate) fn private_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_ledger_is_durable_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let mode: String = ledger.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        let synchronous: i64 = ledger.connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(".termwise"), 0o700);
            assert_eq!(mode(".termwise/ledger.sqlite"), 0o600);
        }
        drop(ledger);
        Ledger::open(folder.path()).unwrap();
    }

    #[test]
    fn a_ledger_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        Ledger::open(folder.path()).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
        let error = Ledger::open(folder.path()).unwrap_err();
        assert!(format!("{error:#}").contains("newer version"), "{error:#}");
    }
}
