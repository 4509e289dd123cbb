//! Thresholds, bounds, schedule and delivery: every number that a division may set.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::edition::ReportId;
use super::goals::Audience;

/// Thresholds that protect small groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Privacy {
    /// Smallest group that an audience may see: a group with `n < k` is hidden.
    pub minimum_group: BTreeMap<Audience, u32>,
    /// Top and bottom coding: for groups of at least `.0` students, shares nearer to 0 or 1 than
    /// `.1` are printed as “… or less” / “… or more”. Sorted by size, largest first.
    pub coding: Vec<(u32, f64)>,
}

/// Tolerances and minimums of the verdicts.
#[derive(Debug, Clone, PartialEq)]
pub struct Judging {
    /// On track: at most this far below the aimline (share, 0.03 is 3 percentage points) …
    pub tolerance_points: f64,
    /// … or this many students, whichever is larger.
    pub tolerance_students: f64,
    /// Watch: at most this many tolerances below the aimline; farther is behind.
    pub watch_tolerances: f64,
    /// Fewer students with the readings needed: “not enough data”.
    pub minimum_students: u32,
    /// A smaller part of the population with the readings needed: “not enough data” (0–1).
    pub minimum_coverage: f64,
    /// From this part of the population on, a period counts as fully measured (0–1).
    pub full_coverage: f64,
    /// For figures that are no shares: the tolerance as a part of the way from start to target (0–1).
    pub tolerance_part: f64,
    /// “On track” is said only if the chance of a figure so good is at most this, had nothing changed.
    pub false_on_track: f64,
    /// Points in a row of the rule about consecutive points.
    pub consecutive_points: u32,
    /// Points of the rule about their median.
    pub median_points: u32,
    /// Least points of the rule about the trend.
    pub trend_points: u32,
    /// Whether days on the aimline are days of classes, not calendar days.
    pub instructional_days: bool,
    /// Whether the period in which the deadline lies decides a goal, though it closes later; else the last one
    /// that closes by the deadline does.
    pub containing_deadline: bool,
}

impl Default for Judging {
    fn default() -> Self {
        Self {
            tolerance_points: 0.03,
            tolerance_students: 2.0,
            watch_tolerances: 2.0,
            minimum_students: 5,
            minimum_coverage: 0.5,
            full_coverage: 0.8,
            tolerance_part: 0.1,
            false_on_track: 0.2,
            consecutive_points: 4,
            median_points: 3,
            trend_points: 6,
            instructional_days: false,
            containing_deadline: false,
        }
    }
}

/// When the engine runs by itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// Name → expression (5-field crontab line or the `cron` crate's form) with its line in the
    /// file.
    pub jobs: Vec<Job>,
}

/// One scheduled job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Name, as in `nightly`.
    pub name: String,
    /// The expression as written.
    pub cron: String,
    /// Line in termwise.toml, for messages.
    pub line: usize,
}

/// Where finished reports go.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Delivery {
    /// Whose reports wait for `termwise approve`.
    pub hold: Readers,
    /// Folders that receive the reports.
    pub folders: Vec<FolderSink>,
}

/// A folder that receives reports.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderSink {
    /// Name for messages and the ledger.
    pub name: String,
    /// Path, relative to the project folder or absolute.
    pub path: String,
    /// Whose reports it receives; empty means all.
    pub readers: Readers,
}

/// Whose reports are meant: those of audiences, and reports of the division's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readers {
    /// Audiences.
    pub audiences: Vec<Audience>,
    /// Reports of the division's own.
    pub own: Vec<OwnReport>,
}

/// A report of the division's own, as it is found again among those that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReport {
    /// Its id, which its names begin with.
    pub id: String,
    /// The audience that it is like.
    pub like: Audience,
    /// What it is called in a school ([`super::edition::name`]): one name, or one for each PLC.
    pub names: Vec<String>,
}

impl OwnReport {
    /// Whether `report`, made for the audience with this id, is it.
    pub fn is(&self, audience: &str, report: &ReportId) -> bool {
        audience == self.like.id() && self.names.contains(&report.name)
    }
}

impl Readers {
    /// Those of audiences only.
    pub fn of(audiences: &[Audience]) -> Self {
        Self { audiences: audiences.to_vec(), own: Vec::new() }
    }

    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.audiences.is_empty() && self.own.is_empty()
    }

    /// Whether an audience is named whose id this is.
    pub fn has_audience(&self, audience: &str) -> bool {
        self.audiences.iter().any(|own| own.id() == audience)
    }

    /// Whether a report of the division's own is named that is this one.
    pub fn has_own(&self, audience: &str, report: &ReportId) -> bool {
        self.own.iter().any(|own| own.is(audience, report))
    }
}

/// Bounds on one call of a plugin.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginLimits {
    /// Fuel per call: a base and an amount per row.
    pub fuel_base: u64,
    /// Fuel per row.
    pub fuel_per_row: u64,
    /// Wall-clock time.
    pub time: Duration,
    /// Linear memory, bytes.
    pub memory: usize,
    /// Most bytes of one answer.
    pub output: usize,
    /// Wall-clock time for making machine code of a component, once.
    pub compile_time: Duration,
    /// Memory for it, bytes.
    pub compile_memory: usize,
}

impl Default for PluginLimits {
    fn default() -> Self {
        Self {
            fuel_base: 50_000_000,
            fuel_per_row: 20_000,
            time: Duration::from_secs(10),
            memory: 256 << 20,
            output: 16 << 20,
            // A component with a Python in it (18 MB) takes 20 s on one core, and 400 MB.
            compile_time: Duration::from_secs(120),
            compile_memory: 2 << 30,
        }
    }
}

/// Whose signatures on plugins count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SigningKeys {
    /// minisign public keys, base64 (the second line of a key's file).
    pub keys: Vec<String>,
    /// Whether a division's own plugin must be signed by one of them.
    pub required: bool,
}

/// Bounds on one spreadsheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadingLimits {
    /// Largest file, bytes.
    pub file_bytes: u64,
    /// Most bytes after inflation.
    pub inflated_bytes: u64,
    /// Most cells of a sheet that hold something.
    pub cells: u64,
    /// Most sheets.
    pub sheets: usize,
    /// Most memory of the process that reads it, bytes.
    pub memory_bytes: u64,
    /// Longest time to read it, without the time that its size allows; see [`ReadingLimits::time`].
    pub seconds: u64,
}

impl ReadingLimits {
    /// Longest time to read a file of so many bytes: one more second for every MiB, because a slow
    /// machine still reads several MiB of a sound spreadsheet in a second.
    pub fn time(&self, file_bytes: u64) -> Duration {
        Duration::from_secs(self.seconds + (file_bytes >> 20))
    }
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self {
            file_bytes: 100 << 20,
            inflated_bytes: 1 << 30,
            cells: 20_000_000,
            sheets: 1_000,
            memory_bytes: 1536 << 20,
            seconds: 8,
        }
    }
}
