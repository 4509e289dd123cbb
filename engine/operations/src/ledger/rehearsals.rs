//! Rehearsals of metrics, and what a run was made from, which a later replay needs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::params;

use termwise_config::goals::Audience;

use super::runs::instant;
use super::{Ledger, RunId};

/// A component that was rehearsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsalRow {
    /// SHA-256 of the component.
    pub sha256: String,
    /// Name of the plugin.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// Reporting periods that its rehearsal takes.
    pub needed: u32,
}

/// A file that a run was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFrom {
    /// Path relative to the project.
    pub path: String,
    /// For a spreadsheet: the place of its source; none for configuration and plugins.
    pub source: Option<usize>,
    /// SHA-256, by which the frozen copy is named.
    pub digest: String,
}

/// What is known of a component's rehearsal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsed {
    /// Reporting periods that its rehearsal takes, as it was when it was last run.
    pub needed: u32,
    /// Periods for which it was computed, sorted.
    pub periods: Vec<String>,
    /// Stages that it was promoted to, by their words, with when, in no order.
    pub stages: Vec<(String, Timestamp)>,
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
        let mut query = self.connection.prepare("SELECT sha256, stage, at FROM promotions")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
        for row in rows {
            let (sha256, stage, at) = row?;
            all.entry(sha256).or_default().stages.push((stage, at.parse()?));
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

    /// Every promotion, by time, as a line for people.
    pub fn promotions(&self) -> anyhow::Result<Vec<String>> {
        let mut query =
            self.connection.prepare("SELECT at, plugin, version, stage, agreed FROM promotions ORDER BY at, plugin")?;
        let rows = query.query_map([], |row| {
            let text = |place| row.get::<_, String>(place);
            let day: String = text(0)?.chars().take(10).collect();
            Ok(format!("{day}: {} {} let out to {}, agreed by {}", text(1)?, text(2)?, text(3)?, text(4)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes what a run is made from.
    pub fn record_made_from(&mut self, run: RunId, files: &[MadeFrom]) -> anyhow::Result<()> {
        let step = self.connection.transaction()?;
        for file in files {
            let source = file.source.map_or(-1, |place| i64::try_from(place).unwrap_or(i64::MAX));
            step.execute(
                "INSERT OR REPLACE INTO made_from (run, path, source, digest) VALUES (?1, ?2, ?3, ?4)",
                params![run.0, file.path, source, file.digest],
            )?;
        }
        Ok(step.commit()?)
    }

    /// What a run was made from; empty where the run is from before this was kept.
    pub fn made_from(&self, run: RunId) -> anyhow::Result<Vec<MadeFrom>> {
        let mut query = self
            .connection
            .prepare("SELECT path, source, digest FROM made_from WHERE run = ?1 ORDER BY path, source")?;
        let rows = query.query_map([run.0], |row| {
            let source: i64 = row.get(1)?;
            Ok(MadeFrom { path: row.get(0)?, source: usize::try_from(source).ok(), digest: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
