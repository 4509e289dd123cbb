//! School years and reporting periods that cannot be.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;

use super::super::check::Check;

/// A school year or a reporting period as it stands in `termwise.toml`.
pub struct RawTime {
    /// `2025-26`, or `2025-26/P1`.
    pub key: String,
    /// What spreadsheets and people call it.
    pub names: Vec<String>,
    /// First day and where it stands.
    pub first: (Date, Range<usize>),
    /// Last day and where it stands.
    pub last: (Date, Range<usize>),
    /// The periods of a year, in the order of the file.
    pub periods: Vec<RawTime>,
    /// Where its id stands.
    pub place: Range<usize>,
}

/// Tells of school years and periods that overlap, are out of order, or go by one name.
pub fn years(check: &mut Check<'_>, years: &[RawTime]) {
    for year in years {
        if year.last.0 < year.first.0 {
            check.fault(
                year.last.1.clone(),
                format!("The school year {} ends on {}, before it begins on {}.", year.key, year.last.0, year.first.0),
                "Correct `first-day` or `last-day`.",
            );
        }
        periods(check, year);
    }
    let all: Vec<&RawTime> = years.iter().flat_map(|year| &year.periods).collect();
    for (place, later) in all.iter().enumerate() {
        for other in &all[..place] {
            if later.first.0 <= other.last.0 && other.first.0 <= later.last.0 && later.key != other.key {
                check.fault(
                    later.first.1.clone(),
                    format!(
                        "The reporting periods {} ({} to {}) and {} ({} to {}) overlap, so a day belongs to both.",
                        other.key, other.first.0, other.last.0, later.key, later.first.0, later.last.0
                    ),
                    "Let each open after the one before has closed.",
                );
            }
        }
    }
}

/// The periods of one year.
fn periods(check: &mut Check<'_>, year: &RawTime) {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for (place, period) in year.periods.iter().enumerate() {
        for name in &period.names {
            let word = name.trim().to_lowercase();
            match names.get(&word) {
                Some(other) if *other != period.key => check.fault(
                    period.place.clone(),
                    format!("“{name}” means two reporting periods, {other} and {}.", period.key),
                    "Give each its own id, name and `also-called`; spreadsheets are read by them.",
                ),
                _ => drop(names.insert(word, &period.key)),
            }
        }
        let before = place.checked_sub(1).map(|before| &year.periods[before]);
        if let Some(before) = before.filter(|before| period.last.0 < before.first.0) {
            check.fault(
                period.first.1.clone(),
                format!(
                    "The reporting period {} ({} to {}) stands after {} and is earlier.",
                    period.key, period.first.0, period.last.0, before.key
                ),
                "Correct the years of its days, or write the periods in the order of time.",
            );
        }
    }
}
