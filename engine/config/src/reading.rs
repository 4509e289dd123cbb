//! The section `[reading]`: bounds on one spreadsheet.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{Check, MIB, MOST_MIB};
use super::spot::At;

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
    /// Longest time to read it, in seconds, without the time that its size allows; see [`ReadingLimits::time`].
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

/// Bounds on one spreadsheet, so that a faulty or hostile file costs one file and not the run.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Reading")]
pub(super) struct RawReading {
    /// Largest file, in MiB.
    #[schemars(range(min = 1, max = MOST_MIB), extend("default" = ReadingLimits::default().file_bytes / MIB))]
    file_mib: Option<At<u64>>,
    /// Largest size after inflation, in MiB.
    #[schemars(range(min = 1, max = MOST_MIB), extend("default" = ReadingLimits::default().inflated_bytes / MIB))]
    inflated_mib: Option<At<u64>>,
    /// Most cells of a sheet that hold something.
    #[schemars(range(min = 1), extend("default" = ReadingLimits::default().cells))]
    cells: Option<At<u64>>,
    /// Most sheets of a file.
    #[schemars(range(min = 1), extend("default" = ReadingLimits::default().sheets))]
    sheets: Option<At<u32>>,
    /// Most memory of the process that reads a file, in MiB.
    #[schemars(range(min = 1, max = MOST_MIB), extend("default" = ReadingLimits::default().memory_bytes / MIB))]
    memory_mib: Option<At<u64>>,
    /// Longest time to read a file, in seconds; one more is allowed for every MiB of it.
    #[schemars(range(min = 1), extend("default" = ReadingLimits::default().seconds))]
    seconds: Option<At<u64>>,
}

impl Check<'_> {
    pub(super) fn reading_limits(&mut self, raw: &RawReading) -> ReadingLimits {
        let default = ReadingLimits::default();
        let sheets = raw.sheets.as_ref().and_then(|n| self.number(n, "sheets", 1.., "a number of sheets, 1 or more"));
        let seconds = raw.seconds.as_ref();
        let seconds = seconds.and_then(|n| self.number(n, "seconds", 1..=1_000_000, "a number of seconds, 1 or more"));
        ReadingLimits {
            file_bytes: self.bytes(raw.file_mib.as_deref(), "file-mib").unwrap_or(default.file_bytes),
            inflated_bytes: self.bytes(raw.inflated_mib.as_deref(), "inflated-mib").unwrap_or(default.inflated_bytes),
            cells: self.count(raw.cells.as_deref(), "cells").unwrap_or(default.cells),
            sheets: sheets.map_or(default.sheets, |sheets| sheets as usize),
            memory_bytes: self.bytes(raw.memory_mib.as_deref(), "memory-mib").unwrap_or(default.memory_bytes),
            seconds: seconds.unwrap_or(default.seconds),
        }
    }
}
