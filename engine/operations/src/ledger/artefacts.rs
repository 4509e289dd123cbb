//! Reports in the ledger: which content is current, which waits for approval, what went where.

use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params};

use termwise_config::goals::Audience;
use termwise_config::{Edition, ReportId};

use super::runs::{instant, read};
use super::{Ledger, RunId};

/// Where a report stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtefactStatus {
    /// Made; needs no approval.
    Produced,
    /// Made; waits for approval.
    Held,
    /// Approved.
    Approved,
    /// Lies in one sink at least.
    Delivered,
}

impl ArtefactStatus {
    /// Its word for people and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Produced => "produced",
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Delivered => "delivered",
        }
    }
}

/// What a sink did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It lies there now.
    New,
    /// The same bytes lay there before.
    AlreadyThere,
    /// Other bytes had the name; it lies there under a revision's name.
    Revision,
}

impl Placed {
    /// Its word in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::AlreadyThere => "already-there",
            Self::Revision => "revision",
        }
    }
}

/// A report with one content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// Key in the ledger; 0 before it is recorded.
    pub id: i64,
    /// The file.
    pub edition: Edition,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Audience id.
    pub audience: String,
    /// When it was first made with this content.
    pub produced: Timestamp,
    /// Where it stands.
    pub status: ArtefactStatus,
}

/// A report in a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The sink's name.
    pub sink: String,
    /// The name it has there.
    pub name: String,
    /// When it was put there.
    pub at: Timestamp,
    /// What the sink did, as a word.
    pub outcome: String,
}

/// Which reports are meant. Empty parts mean “any”.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// School id.
    pub school: Option<String>,
    /// Audience id.
    pub audience: Option<String>,
    /// Period key.
    pub period: Option<String>,
    /// What reports are called in their schools ([`termwise_config::edition::name`]).
    pub reports: Option<Vec<String>>,
}

impl Filter {
    /// Whether a report has one of the names.
    pub(super) fn names(&self, report: &ReportId) -> bool {
        self.reports.as_ref().is_none_or(|names| names.contains(&report.name))
    }
}

impl Ledger {
    /// Notes a report that a run made. The same content as before keeps its row, its approval and
    /// its deliveries; other content is a new row, which must be approved and delivered anew.
    pub fn record_artefact(&mut self, run: RunId, artefact: &Artefact, hold: bool) -> anyhow::Result<i64> {
        let step = self.connection.transaction()?;
        let id = put(&step, run, artefact, hold)?;
        step.commit()?;
        Ok(id)
    }

    /// The content that holds of every report that `filter` means, by path. What was superseded is not among it.
    pub fn artefacts(&self, filter: &Filter) -> anyhow::Result<Vec<Artefact>> {
        self.select(filter, "1")
    }

    /// Reports that wait for approval, by path.
    pub fn artefacts_held(&self, filter: &Filter) -> anyhow::Result<Vec<Artefact>> {
        self.select(filter, "must_wait AND approved IS NULL")
    }

    /// Reports that may be delivered: approved, or in no need of it.
    pub fn artefacts_free(&self, filter: &Filter) -> anyhow::Result<Vec<Artefact>> {
        self.select(filter, "(NOT must_wait OR approved IS NOT NULL)")
    }

    fn select(&self, filter: &Filter, which: &str) -> anyhow::Result<Vec<Artefact>> {
        let sql = format!(
            "SELECT report, edition, id, sha256, audience, produced, must_wait, approved IS NOT NULL,
                    EXISTS (SELECT 1 FROM deliveries WHERE artefact = a.id)
             FROM artefacts a
             WHERE superseded IS NULL
               AND (?1 IS NULL OR school = ?1) AND (?2 IS NULL OR audience = ?2) AND (?3 IS NULL OR period = ?3)
               AND {which}
             ORDER BY {BY_PATH}"
        );
        let values: [&dyn ToSql; 3] = [&filter.school, &filter.audience, &filter.period];
        let mut query = self.connection.prepare(&sql)?;
        let rows = query.query_map(values, artefact)?;
        let mut found = rows.collect::<Result<Vec<_>, _>>()?;
        found.retain(|artefact| filter.names(&artefact.edition.report));
        Ok(found)
    }

    /// Approves a report with exactly this content. False if its content has changed since, or was superseded.
    pub fn approve(&mut self, artefact: &Artefact, at: Timestamp) -> anyhow::Result<bool> {
        self.approve_together(std::slice::from_ref(artefact), at)
    }

    /// Approves the editions of a report, all or none. False if one of them has changed since, or was superseded.
    pub fn approve_together(&mut self, artefacts: &[Artefact], at: Timestamp) -> anyhow::Result<bool> {
        let step = self.connection.transaction()?;
        for artefact in artefacts {
            let changed = step.execute(
                "UPDATE artefacts SET approved = coalesce(approved, ?3)
                 WHERE id = ?1 AND sha256 = ?2 AND superseded IS NULL",
                params![artefact.id, artefact.sha256, instant(at)],
            )?;
            if changed != 1 {
                return Ok(false);
            }
        }
        step.commit()?;
        Ok(true)
    }

    /// Notes that a report lies in a sink. Once per report and sink: a second time changes nothing.
    pub fn delivered(
        &mut self,
        artefact: &Artefact,
        sink: &str,
        name: &str,
        outcome: Placed,
        at: Timestamp,
    ) -> anyhow::Result<()> {
        self.connection.execute(
            "INSERT INTO deliveries (artefact, sink, at, name, outcome) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (artefact, sink) DO NOTHING",
            params![artefact.id, sink, instant(at), name, outcome.word()],
        )?;
        Ok(())
    }

    /// Whether another report of the same school, or the division's own, was made later for the same period from other
    /// spreadsheets, settings or plugins: it may say something else.
    pub fn is_outdated(&self, artefact: &Artefact) -> anyhow::Result<bool> {
        let mut query = self.connection.prepare(
            "WITH later AS (
                 SELECT DISTINCT a.last_run AS made, b.last_run AS run FROM artefacts a
                 JOIN artefacts b ON b.period = a.period AND b.superseded IS NULL AND b.last_run > a.last_run
                 WHERE a.id = ?1 AND (b.school = a.school OR ?2 IN (a.school, b.school)))
             SELECT EXISTS (
                 SELECT 1 FROM later WHERE EXISTS (
                     SELECT path, source, digest FROM made_from WHERE run = later.run
                     EXCEPT SELECT path, source, digest FROM made_from WHERE run = later.made)
                 OR EXISTS (
                     SELECT path, source, digest FROM made_from WHERE run = later.made
                     EXCEPT SELECT path, source, digest FROM made_from WHERE run = later.run))",
        )?;
        Ok(query.query_row(params![artefact.id, Audience::Division.id()], |row| row.get(0))?)
    }

    /// Where a report lies, by sink.
    pub fn deliveries(&self, artefact: &Artefact) -> anyhow::Result<Vec<Delivered>> {
        let mut query = self
            .connection
            .prepare("SELECT sink, name, at, outcome FROM deliveries WHERE artefact = ?1 ORDER BY sink")?;
        let rows = query.query_map([artefact.id], |row| {
            Ok(Delivered { sink: row.get(0)?, name: row.get(1)?, at: read(row, 2)?, outcome: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Notes a report within a step; see [`Ledger::record_artefact`].
pub(super) fn put(step: &Connection, run: RunId, artefact: &Artefact, hold: bool) -> anyhow::Result<i64> {
    let (report, edition) = columns(&artefact.edition);
    let current: Option<(i64, String)> = step
        .query_row(
            "SELECT id, sha256 FROM artefacts WHERE report = ?1 AND edition = ?2 ORDER BY id DESC LIMIT 1",
            [&report, &edition],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((id, _)) = current.filter(|(_, sha256)| *sha256 == artefact.sha256) {
        // Whether it must wait follows the configuration of today.
        step.execute(
            "UPDATE artefacts SET last_run = ?2, must_wait = ?3, superseded = NULL WHERE id = ?1",
            params![id, run.0, hold],
        )?;
        return Ok(id);
    }
    supersede(step, &artefact.edition, artefact.produced)?;
    step.execute(
        "INSERT INTO artefacts
           (report, edition, sha256, school, period, audience, first_run, last_run, produced, must_wait)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)",
        params![
            report,
            edition,
            artefact.sha256,
            artefact.edition.report.school,
            artefact.edition.report.period,
            artefact.audience,
            run.0,
            instant(artefact.produced),
            hold
        ],
    )?;
    Ok(step.last_insert_rowid())
}

/// What held of an edition holds no longer. Its row, its approval and its deliveries stay, with the instant. False if
/// nothing held of it.
pub(super) fn supersede(step: &Connection, edition: &Edition, at: Timestamp) -> anyhow::Result<bool> {
    let (report, edition) = columns(edition);
    let changed = step.execute(
        "UPDATE artefacts SET superseded = ?3 WHERE report = ?1 AND edition = ?2 AND superseded IS NULL",
        params![report, edition, instant(at)],
    )?;
    Ok(changed > 0)
}

/// How the ledger writes an edition: its report's id, and its own ending.
pub(super) fn columns(edition: &Edition) -> (String, String) {
    (edition.report.to_string(), edition.ending())
}

/// Editions in the order of their paths.
pub(super) const BY_PATH: &str = "report || '.' || edition";

/// The edition in the first two columns: [`columns`] read again.
pub(super) fn edition(row: &Row<'_>) -> rusqlite::Result<Edition> {
    let report: ReportId = read(row, 0)?;
    let wrong = |error| rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error));
    report.edition(&row.get::<_, String>(1)?).map_err(wrong)
}

fn artefact(row: &Row<'_>) -> rusqlite::Result<Artefact> {
    let (must_wait, approved, delivered): (bool, bool, bool) = (row.get(6)?, row.get(7)?, row.get(8)?);
    let status = match (delivered, approved, must_wait) {
        (true, ..) => ArtefactStatus::Delivered,
        (_, true, _) => ArtefactStatus::Approved,
        (_, _, true) => ArtefactStatus::Held,
        _ => ArtefactStatus::Produced,
    };
    Ok(Artefact {
        id: row.get(2)?,
        edition: edition(row)?,
        sha256: row.get(3)?,
        audience: row.get(4)?,
        produced: read(row, 5)?,
        status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::RunStart;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn run(ledger: &mut Ledger) -> RunId {
        let start = RunStart {
            code: "1a2b3c4d".to_owned(),
            started: at("2026-03-20T09:15:00Z"),
            trigger: "command".to_owned(),
            period: "2025-26/P2".to_owned(),
            as_of: jiff::civil::date(2026, 3, 20),
            inputs_digest: "00".to_owned(),
        };
        ledger.begin(&start).unwrap()
    }

    fn report(sha256: &str) -> Artefact {
        Artefact {
            id: 0,
            edition: "2025-26/P2/blue-heron/parent-council".parse::<ReportId>().unwrap().edition("en.pdf").unwrap(),
            sha256: sha256.to_owned(),
            audience: "parent-council".to_owned(),
            produced: at("2026-03-20T09:15:30Z"),
            status: ArtefactStatus::Produced,
        }
    }

    #[test]
    fn approval_holds_for_the_content_that_was_approved() {
        let mut ledger = Ledger::in_memory().unwrap();
        let now = at("2026-03-21T00:00:00Z");
        let first = run(&mut ledger);
        ledger.record_artefact(first, &report("aa"), true).unwrap();
        let held = ledger.artefacts_held(&Filter::default()).unwrap();
        assert_eq!(held.len(), 1);
        assert!(ledger.approve(&held[0], now).unwrap());
        assert!(ledger.artefacts_held(&Filter::default()).unwrap().is_empty());

        // The same bytes again: still approved, the same row.
        let second = run(&mut ledger);
        assert_eq!(ledger.record_artefact(second, &report("aa"), true).unwrap(), held[0].id);
        assert_eq!(ledger.artefacts_free(&Filter::default()).unwrap()[0].status, ArtefactStatus::Approved);

        // Other bytes: waits again, and the old approval cannot be repeated.
        ledger.record_artefact(second, &report("bb"), true).unwrap();
        assert_eq!(ledger.artefacts_held(&Filter::default()).unwrap()[0].sha256, "bb");
        assert!(ledger.artefacts_free(&Filter::default()).unwrap().is_empty());
        assert!(!ledger.approve(&held[0], now).unwrap());
    }

    #[test]
    fn a_report_has_one_row_per_sink() {
        let mut ledger = Ledger::in_memory().unwrap();
        let id = run(&mut ledger);
        ledger.record_artefact(id, &report("aa"), false).unwrap();
        let artefact = ledger.artefacts_free(&Filter::default()).unwrap().remove(0);
        let first = at("2026-03-21T00:00:00Z");
        ledger.delivered(&artefact, "shared drive", "a.pdf", Placed::New, first).unwrap();
        ledger.delivered(&artefact, "shared drive", "a.pdf", Placed::AlreadyThere, at("2026-03-22T00:00:00Z")).unwrap();
        ledger.delivered(&artefact, "archive", "a.rev2.pdf", Placed::Revision, first).unwrap();
        let found = ledger.deliveries(&artefact).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].sink.as_str(), found[1].at, found[1].outcome.as_str()), ("shared drive", first, "new"));
    }

    #[test]
    fn a_filter_picks_by_school_audience_and_period() {
        let mut ledger = Ledger::in_memory().unwrap();
        let id = run(&mut ledger);
        ledger.record_artefact(id, &report("aa"), true).unwrap();
        let school = |school: &str| Filter { school: Some(school.to_owned()), ..Filter::default() };
        assert_eq!(ledger.artefacts_held(&school("blue-heron")).unwrap().len(), 1);
        assert!(ledger.artefacts_held(&school("willow-bend")).unwrap().is_empty());
        let (period, audience) = (Some("2025-26/P2".to_owned()), Some("staff".to_owned()));
        let both = Filter { period, audience, ..Filter::default() };
        assert!(ledger.artefacts(&both).unwrap().is_empty());
    }
}
