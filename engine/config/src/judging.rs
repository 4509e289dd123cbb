//! The section `[judging]`: tolerances and minimums of the verdicts.
//!
//! The file speaks of percentage points, students and shares; the defaults stand once, in [`Judging::default`].

use std::fmt::Display;
use std::ops::RangeBounds;

use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use super::check::Check;
use super::spot::At;
use super::words::Word;

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
    /// “On track” is said only if the chance of a figure so good is at most this (0–1), had nothing changed.
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

/// How days on the line to the target are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
enum AimlineDays {
    /// Every day.
    #[default]
    Calendar,
    /// Days of classes only.
    Instructional,
}

/// Which reporting period decides a goal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
enum DecidingPeriod {
    /// The last one that closes on or before the deadline.
    #[default]
    ClosedByDeadline,
    /// The one in which the deadline lies.
    ContainingDeadline,
}

/// When a goal is on track, and when there is too little to say so.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Judging")]
pub(super) struct RawJudging {
    /// How many percentage points below the line to the target are still near it.
    #[schemars(range(min = 0, max = 100), extend("default" = Judging::default().tolerance_points * 100.0))]
    tolerance_points: Option<At<f64>>,
    /// How many students are, where that is more.
    #[schemars(range(min = 0), extend("default" = Judging::default().tolerance_students))]
    tolerance_students: Option<At<f64>>,
    /// How many tolerances below the line are still “Close: worth watching”.
    #[schemars(range(min = 1), extend("default" = Judging::default().watch_tolerances))]
    watch_tolerances: Option<At<f64>>,
    /// With fewer students there is no verdict.
    #[schemars(range(min = 1), extend("default" = Judging::default().minimum_students))]
    minimum_students: Option<At<u32>>,
    /// With a smaller share of the population (0 to 1) there is no verdict.
    #[schemars(range(min = 0, max = 1), extend("default" = Judging::default().minimum_coverage))]
    minimum_coverage: Option<At<f64>>,
    /// From this share of the population (0 to 1) on, a reporting period counts as fully measured.
    #[schemars(range(min = 0, max = 1), extend("default" = Judging::default().full_coverage))]
    full_coverage: Option<At<f64>>,
    /// For medians and means: the tolerance as a share (0 to 1) of the distance from start to target.
    #[schemars(range(min = 0, max = 1), extend("default" = Judging::default().tolerance_part))]
    tolerance_part: Option<At<f64>>,
    /// “On track” is reported only if the chance of such a figure, had nothing changed, is at most this (0 to 1).
    #[schemars(range(min = 0, max = 1), extend("default" = Judging::default().false_on_track))]
    false_on_track: Option<At<f64>>,
    /// How many points in a row the rule about consecutive points asks for.
    #[schemars(range(min = 2), extend("default" = Judging::default().consecutive_points))]
    consecutive_points: Option<At<u32>>,
    /// How many points the rule about their median asks for.
    #[schemars(range(min = 2), extend("default" = Judging::default().median_points))]
    median_points: Option<At<u32>>,
    /// How many points the rule about the trend asks for at least.
    #[schemars(range(min = 3), extend("default" = Judging::default().trend_points))]
    trend_points: Option<At<u32>>,
    /// How days on the line to the target are counted.
    #[schemars(extend("default" = "calendar"))]
    aimline_days: Option<At<Word<AimlineDays>>>,
    /// Which reporting period decides a goal.
    #[schemars(extend("default" = "closed-by-deadline"))]
    deciding_period: Option<At<Word<DecidingPeriod>>>,
}

impl Check<'_> {
    pub(super) fn judging(&mut self, raw: &RawJudging) -> Judging {
        let default = Judging::default();
        let days = self.word_or(raw.aimline_days.as_deref(), "way to count days", AimlineDays::default());
        let deciding =
            self.word_or(raw.deciding_period.as_deref(), "rule for the deciding period", DecidingPeriod::default());
        let students = "a number of students, 0 or more";
        let tolerances = "a number of tolerances, 1 or more";
        let points = "a number of percentage points from 0 to 100";
        let judging = Judging {
            tolerance_points: self
                .setting(&raw.tolerance_points, "tolerance-points", 0.0..=100.0, points)
                .map_or(default.tolerance_points, |points| points / 100.0),
            tolerance_students: self
                .setting(&raw.tolerance_students, "tolerance-students", 0.0..=MOST, students)
                .unwrap_or(default.tolerance_students),
            watch_tolerances: self
                .setting(&raw.watch_tolerances, "watch-tolerances", 1.0..=MOST, tolerances)
                .unwrap_or(default.watch_tolerances),
            minimum_students: self
                .setting(&raw.minimum_students, "minimum-students", 1.., "a number of students, 1 or more")
                .unwrap_or(default.minimum_students),
            minimum_coverage: self.share(&raw.minimum_coverage, "minimum-coverage", default.minimum_coverage),
            full_coverage: self.share(&raw.full_coverage, "full-coverage", default.full_coverage),
            tolerance_part: self.share(&raw.tolerance_part, "tolerance-part", default.tolerance_part),
            false_on_track: self.share(&raw.false_on_track, "false-on-track", default.false_on_track),
            // A rule about fewer points than these would be the rule about the last point again.
            consecutive_points: self
                .setting(&raw.consecutive_points, "consecutive-points", 2.., "a number of points, 2 or more")
                .unwrap_or(default.consecutive_points),
            median_points: self
                .setting(&raw.median_points, "median-points", 2.., "a number of points, 2 or more")
                .unwrap_or(default.median_points),
            trend_points: self
                .setting(&raw.trend_points, "trend-points", 3.., "a number of points, 3 or more")
                .unwrap_or(default.trend_points),
            instructional_days: days == AimlineDays::Instructional,
            containing_deadline: deciding == DecidingPeriod::ContainingDeadline,
        };
        if judging.full_coverage < judging.minimum_coverage {
            let place = raw.full_coverage.as_ref().or(raw.minimum_coverage.as_ref());
            self.fault(
                place.map_or(0..0, |place| place.span()),
                format!(
                    "`full-coverage` is {}, which is below `minimum-coverage`, {}.",
                    judging.full_coverage, judging.minimum_coverage
                ),
                "Let `full-coverage` be at least `minimum-coverage`.",
            );
        }
        judging
    }

    fn setting<T: PartialOrd + Display + Copy>(
        &mut self,
        value: &Option<At<T>>,
        name: &str,
        bounds: impl RangeBounds<T>,
        expected: &str,
    ) -> Option<T> {
        value.as_ref().and_then(|value| self.number(value, name, bounds, expected))
    }

    fn share(&mut self, value: &Option<At<f64>>, name: &str, default: f64) -> f64 {
        value.as_ref().map_or(default, |value| self.fraction(value, name))
    }
}

/// No number of students or tolerances is larger: keeps infinity out.
const MOST: f64 = 1e6;
