//! Rehearsals of metrics, and the settings of a run that a later replay needs.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::Timestamp;
use rusqlite::params;

use super::runs::instant;
use super::{Ledger, RunId};
use crate::config::goals::Audience;

/// A component that was rehearsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsalRow {
    /// SHA-256 of the component.
    pub sha256: String,
    /// Plugin.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// Reporting periods that its rehearsal takes.
    pub needed: u32,
}

/// What is known of a component's rehearsal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsed {
    /// Reporting periods that its rehearsal takes, as it was when it was last run.
    pub needed: u32,
    /// Periods for which it was computed, sorted.
    pub periods: Vec<String>,
    /// Stages that it was promoted to, by their words, in no order.
    pub stages: Vec<String>,
}

impl Ledger {
    /// Notes that a component in rehearsal was computed for a period.
    pub fn record_rehearsal(&mut self, run: RunId, row: &RehearsalRow, period: &str) -> anyhow::Result<()> {
        self.connection.execute(
            "INSERT INTO rehearsals (sha256, plugin, version, needed, period, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (sha256, period) DO UPDATE SET run = excluded.run,
               needed = max(needed, excluded.needed)",
            params![row.sha256, row.plugin, row.version, row.needed, period, run.0],
        )?;
        Ok(())
    }

    /// Every component that was ever rehearsed or promoted, by its digest.
    pub fn rehearsed(&self) -> anyhow::Result<BTreeMap<String, Rehearsed>> {
        let mut all: BTreeMap<String, Rehearsed> = BTreeMap::new();
        let mut query = self.connection.prepare("SELECT sha256, needed, period FROM rehearsals ORDER BY period")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get(2)?)))?;
        for row in rows {
            let (sha256, needed, period) = row?;
            let one = all.entry(sha256).or_default();
            one.needed = one.needed.max(needed);
            one.periods.push(period);
        }
        let mut query = self.connection.prepare("SELECT sha256, stage FROM promotions")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        for row in rows {
            let (sha256, stage) = row?;
            all.entry(sha256).or_default().stages.push(stage);
        }
        Ok(all)
    }

    /// Lets a component out to an audience.
    pub fn promote(&mut self, row: &RehearsalRow, to: Audience, at: Timestamp, agreed: &str) -> anyhow::Result<()> {
        self.connection.execute(
            "INSERT INTO promotions (sha256, plugin, version, stage, at, agreed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![row.sha256, row.plugin, row.version, to.id(), instant(at), agreed],
        )?;
        Ok(())
    }

    /// Notes the settings of a run: path and digest of each file.
    pub fn record_settings(&mut self, run: RunId, files: &[(String, String)]) -> anyhow::Result<()> {
        let step = self.connection.transaction()?;
        for (path, digest) in files {
            step.execute(
                "INSERT INTO settings (run, path, digest) VALUES (?1, ?2, ?3)
                 ON CONFLICT (run, path) DO UPDATE SET digest = excluded.digest",
                params![run.0, path, digest],
            )?;
        }
        Ok(step.commit()?)
    }

    /// The files that a run was made from, settings first: path and digest. None where the run is
    /// from before settings were kept.
    pub fn files_of(&self, run: RunId) -> anyhow::Result<Option<Vec<(String, String)>>> {
        let list = |sql: &str| -> anyhow::Result<Vec<(String, String)>> {
            let mut query = self.connection.prepare(sql)?;
            let rows = query.query_map([run.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>().context("the ledger cannot be read")
        };
        let mut files = list("SELECT path, digest FROM settings WHERE run = ?1 ORDER BY path")?;
        if files.is_empty() {
            return Ok(None);
        }
        files.extend(list("SELECT path, digest FROM inputs WHERE run = ?1 ORDER BY path")?);
        Ok(Some(files))
    }

    /// Paths of the reports that a run made.
    pub fn reports_of(&self, run: RunId) -> anyhow::Result<Vec<String>> {
        let mut query = self.connection.prepare(
            "SELECT path FROM artefacts WHERE first_run <= ?1 AND last_run >= ?1 ORDER BY path",
        )?;
        let rows = query.query_map([run.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
