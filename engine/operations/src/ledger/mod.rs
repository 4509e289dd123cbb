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
use std::time::{Duration, Instant};

use anyhow::Context;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use termwise_base::private::{self, FOLDER};

pub use artefacts::{Artefact, ArtefactStatus, Delivered, Filter, Placed};
pub use editions::{Became, MissingEdition, WantedEdition};
pub use goal_records::{GoalBook, GoalRecord, What, differences};
pub use rehearsals::{MadeFrom, RehearsalRow, Rehearsed};
pub use runs::{FinalVerdict, GoalRow, InputRow, RunId, RunRow, RunStart, RunStatus};

/// How long to wait for another process that is writing.
const WAIT: Duration = Duration::from_secs(30);

/// The ledger's file in the engine's own folder.
const FILE: &str = "ledger.sqlite";

/// Schema steps; `user_version` counts those done. A step that was released is never changed.
const MIGRATIONS: [&str; 6] = [
    include_str!("schema.sql"),
    include_str!("rehearsals.sql"),
    include_str!("goal_records.sql"),
    include_str!("editions.sql"),
    include_str!("final_verdicts.sql"),
    include_str!("report_ids.sql"),
];

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
}

impl Ledger {
    /// Opens the ledger of the project at `root`; makes it if there is none.
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        let file = private::place(root, FILE);
        private::folder(&root.join(FOLDER))
            .and_then(|()| private::file(&file))
            .with_context(|| format!("the folder {FOLDER} of the project cannot be written"))?;
        Self::over(Connection::open(&file)?).with_context(|| format!("the ledger {} cannot be used", file.display()))
    }

    /// Opens the ledger of the project at `root` if it has one; writes nothing where there is none.
    pub fn open_existing(root: &Path) -> anyhow::Result<Option<Self>> {
        if private::place(root, FILE).is_file() { Self::open(root).map(Some) } else { Ok(None) }
    }

    /// A ledger in memory, for tests and trial runs that leave nothing behind.
    pub fn in_memory() -> anyhow::Result<Self> {
        Self::over(Connection::open_in_memory()?)
    }

    fn over(mut connection: Connection) -> anyhow::Result<Self> {
        // Another process may be writing a report's row right now.
        connection.busy_timeout(WAIT)?;
        write_ahead(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        migrate(&mut connection)?;
        Ok(Self { connection })
    }
}

/// Lets readers and a writer work at once. A new ledger takes the whole file for that, and SQLite does not wait for it as
/// it waits elsewhere.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())) {
            Err(why) if why.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < WAIT => {
                std::thread::sleep(Duration::from_millis(20));
            }
            answer => return answer,
        }
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
            let mode = |path| std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(".termwise"), 0o700);
            assert_eq!(mode(".termwise/ledger.sqlite"), 0o600);
        }
        drop(ledger);
        Ledger::open(folder.path()).unwrap();
    }

    #[test]
    fn a_new_ledger_can_be_opened_by_many_at_once() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let opened = std::thread::scope(|scope| {
                let each = [(); 8].map(|()| scope.spawn(|| Ledger::open(folder.path()).map(drop)));
                each.map(|one| one.join().unwrap())
            });
            for one in opened {
                one.unwrap();
            }
        }
    }

    #[test]
    fn a_ledger_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        Ledger::open(folder.path()).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
        let error = Ledger::open(folder.path()).unwrap_err();
        assert!(format!("{error:#}").contains("newer version"), "{error:#}");
    }

    /// A ledger as it was while editions were known by their paths.
    const BY_PATHS: &str = "
        INSERT INTO runs VALUES (1, '1a2b3c4d', '2026-03-20T09:15:00Z', NULL, 'command', '2025-26/P2', '2026-03-20',
            '00', 'done');
        INSERT INTO artefacts (id, path, sha256, school, period, audience, first_run, last_run, produced, must_wait,
            approved, superseded)
        VALUES
            (3, 'out/2025-26/P2/blue-heron/staff.en.pdf', 'aa', 'blue-heron', '2025-26/P2', 'staff', 1, 1,
                '2026-03-20T09:15:30Z', 0, NULL, '2026-03-20T10:15:30Z'),
            (4, 'out/2025-26/P2/blue-heron/staff.en.pdf', 'ab', 'blue-heron', '2025-26/P2', 'staff', 1, 1,
                '2026-03-20T10:15:30Z', 0, NULL, NULL),
            (5, 'out/2025-26/P2/blue-heron/plc-early-literacy.en-uk.pdf', 'bb', 'blue-heron', '2025-26/P2', 'plc', 1, 1,
                '2026-03-20T09:15:30Z', 1, '2026-03-21T09:15:30Z', NULL),
            (6, 'out/2025.26/P.2/division/division.fr.html', 'cc', 'division', '2025.26/P.2', 'division', 1, 1,
                '2026-03-20T09:15:30Z', 1, NULL, NULL);
        INSERT INTO deliveries VALUES (3, 'drive', '2026-03-20T09:30:00Z', '2025-26/P2/blue-heron/staff.en.pdf', 'new');
        INSERT INTO editions VALUES
            ('out/2025-26/P2/blue-heron/staff.en.pdf', 'out/2025-26/P2/blue-heron/staff', 'blue-heron', '2025-26/P2',
                'staff', 1, 'made', NULL),
            ('out/2025-26/P2/blue-heron/staff.fr.pdf', 'out/2025-26/P2/blue-heron/staff', 'blue-heron', '2025-26/P2',
                'staff', 1, 'refused', 'other numbers'),
            ('out/2025-26/P2/blue-heron/staff.uk.pdf', 'out/2025-26/P2/blue-heron/staff', 'blue-heron', '2025-26/P2',
                'staff', 1, 'dropped', NULL);";

    #[test]
    fn a_ledger_that_knew_paths_keeps_what_it_knows() {
        let connection = Connection::open_in_memory().unwrap();
        for sql in &MIGRATIONS[..5] {
            connection.execute_batch(sql).unwrap();
        }
        connection.pragma_update(None, "user_version", 5).unwrap();
        connection.execute_batch(BY_PATHS).unwrap();

        let ledger = Ledger::over(connection).unwrap();
        let all = ledger.artefacts(&Filter::default()).unwrap();
        let told: Vec<_> = all.iter().map(|a| (a.id, a.edition.path(), a.sha256.as_str(), a.status)).collect();
        let path = |within: &str| format!("out/{within}");
        assert_eq!(
            told,
            [
                (5, path("2025-26/P2/blue-heron/plc-early-literacy.en-uk.pdf"), "bb", ArtefactStatus::Approved),
                (4, path("2025-26/P2/blue-heron/staff.en.pdf"), "ab", ArtefactStatus::Produced),
                (6, path("2025.26/P.2/division/division.fr.html"), "cc", ArtefactStatus::Held),
            ]
        );
        assert_eq!(
            (all[2].edition.report.period.as_str(), all[2].edition.report.school.as_str()),
            ("2025.26/P.2", "division")
        );
        let staff = &all[1].edition;
        assert_eq!(ledger.delivered_before(staff).unwrap(), 1);
        let edition = |ending: &str| staff.report.edition(ending).unwrap();
        let missing = ledger.missing(&staff.report).unwrap();
        assert_eq!(missing, [MissingEdition { edition: edition("fr.pdf"), why: Some("other numbers".to_owned()) }]);
        assert_eq!(ledger.withdrawn().unwrap(), [edition("fr.pdf"), edition("uk.pdf")]);
        let faults: Vec<String> = ledger
            .connection
            .prepare("PRAGMA foreign_key_check")
            .and_then(|mut check| check.query_map([], |row| row.get(0))?.collect())
            .unwrap();
        assert_eq!(faults, [""; 0]);
    }
}
