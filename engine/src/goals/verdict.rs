//! The verdict of one goal in one period.

use jiff::civil::Date;

use crate::config::{Goal, Judging};

use super::Point;

/// Why there is not enough data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// Nothing was read for this period.
    NoReadings,
    /// Fewer students than the minimum have the readings needed.
    FewStudents,
    /// Too small a part of the population has the readings needed.
    LowCoverage,
    /// The starting share is not known, so there is no line to hold the point against.
    NoBaseline,
}

/// What the data say of a goal. (“Not shown” is not a verdict of the data: disclosure says it.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The share has reached the target.
    TargetMet,
    /// At the aimline, or below it by no more than the tolerance.
    OnTrack,
    /// Below the tolerance, by no more than the watch tolerances.
    Watch,
    /// Farther below.
    Behind,
    /// The deadline has passed below the target.
    TargetNotMet,
    /// Too little to judge by.
    NotEnoughData(Lack),
    /// The metric could not be computed, because …
    NotAvailable(String),
}

impl Verdict {
    /// Its key in dictionaries, the ledger and report models.
    pub fn key(&self) -> &'static str {
        match self {
            Self::TargetMet => "target-met",
            Self::OnTrack => "on-track",
            Self::Watch => "watch",
            Self::Behind => "behind",
            Self::TargetNotMet => "target-not-met",
            Self::NotEnoughData(_) => "not-enough-data",
            Self::NotAvailable(_) => "not-available",
        }
    }
}

/// Judges a point against the target and the aimline.
///
/// The tolerance is the larger of some percentage points and some students (domain practice: three
/// points or two students); “watch” reaches to a multiple of it. All three are configuration.
/// Comparisons allow one part in 10⁹ for binary rounding, in favour of the school.
pub fn verdict(judging: &Judging, goal: &Goal, point: Option<&Point>, expected: Option<f64>, on: Date) -> Verdict {
    let Some(point) = point else { return Verdict::NotEnoughData(Lack::NoReadings) };
    let all = &point.all;
    let Some(share) = all.value() else { return Verdict::NotEnoughData(Lack::NoReadings) };
    if all.of < judging.minimum_students {
        return Verdict::NotEnoughData(Lack::FewStudents);
    }
    if f64::from(all.of) < judging.minimum_coverage * f64::from(all.population) - 1e-9 {
        return Verdict::NotEnoughData(Lack::LowCoverage);
    }
    let reached = |line: f64| share >= line - 1e-9;
    if reached(goal.target) {
        return Verdict::TargetMet;
    }
    if on >= goal.deadline {
        return Verdict::TargetNotMet;
    }
    let Some(expected) = expected else { return Verdict::NotEnoughData(Lack::NoBaseline) };
    let tolerance = judging.tolerance_points.max(judging.tolerance_students / f64::from(all.of));
    if reached(expected - tolerance) {
        Verdict::OnTrack
    } else if reached(expected - judging.watch_tolerances * tolerance) {
        Verdict::Watch
    } else {
        Verdict::Behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::goals::{Baseline, GoalKind, Population};
    use crate::config::{PeriodId, SchoolId};
    use crate::goals::Share;
    use jiff::civil::date;

    fn goal() -> Goal {
        Goal {
            id: "g".into(),
            school: SchoolId(0),
            area: "literacy".into(),
            title: String::new(),
            statement: String::new(),
            why: String::new(),
            indicator: None,
            population: Population::default(),
            measures: vec![],
            metric: "share-at-or-above".into(),
            parameters: std::collections::BTreeMap::new(),
            output: None,
            compare: None,
            kind: GoalKind::Share { at_least: 1 },
            baseline: Baseline::Value { share: 0.5, on: date(2025, 6, 27) },
            target: 0.8,
            deadline: date(2026, 6, 26),
            interim: vec![],
            strategies: vec![],
            questions: vec![],
            families: None,
            council_question: None,
            audiences: vec![],
            plcs: vec![],
            place: (String::new(), 0),
        }
    }

    fn point(met: u32, of: u32, population: u32) -> Point {
        Point {
            period: PeriodId(0),
            on: date(2026, 3, 13),
            all: Share { met, of, population, interval: None, median: None, left_out: vec![] },
            groups: vec![],
            same_children: false,
        }
    }

    const JUDGING: Judging = Judging {
        tolerance_points: 0.03,
        tolerance_students: 2.0,
        watch_tolerances: 2.0,
        minimum_students: 5,
        minimum_coverage: 0.5,
    };

    fn judged(met: u32, of: u32, population: u32, expected: f64, on: Date) -> Verdict {
        verdict(&JUDGING, &goal(), Some(&point(met, of, population)), Some(expected), on)
    }

    #[test]
    fn each_verdict_follows_from_its_rule() {
        let march = date(2026, 3, 13);
        // 100 students: the tolerance is the larger of 3 points and 2 students, so 3 points.
        assert_eq!(judged(80, 100, 100, 0.7, march), Verdict::TargetMet);
        assert_eq!(judged(67, 100, 100, 0.7, march), Verdict::OnTrack);
        assert_eq!(judged(66, 100, 100, 0.7, march), Verdict::Watch);
        assert_eq!(judged(64, 100, 100, 0.7, march), Verdict::Watch);
        assert_eq!(judged(63, 100, 100, 0.7, march), Verdict::Behind);
        assert_eq!(judged(79, 100, 100, 0.7, date(2026, 6, 26)), Verdict::TargetNotMet);
        // 20 students: two students are 10 points.
        assert_eq!(judged(12, 20, 20, 0.7, march), Verdict::OnTrack);
        assert_eq!(judged(11, 20, 20, 0.7, march), Verdict::Watch);
        assert_eq!(judged(9, 20, 20, 0.7, march), Verdict::Behind);
    }

    #[test]
    fn too_little_data_is_said_and_never_judged() {
        let march = date(2026, 3, 13);
        assert_eq!(judged(4, 4, 4, 0.7, march), Verdict::NotEnoughData(Lack::FewStudents));
        assert_eq!(judged(9, 9, 20, 0.7, march), Verdict::NotEnoughData(Lack::LowCoverage));
        assert_eq!(judged(0, 0, 20, 0.7, march), Verdict::NotEnoughData(Lack::NoReadings));
        assert_eq!(
            verdict(&JUDGING, &goal(), Some(&point(60, 100, 100)), None, march),
            Verdict::NotEnoughData(Lack::NoBaseline)
        );
        assert_eq!(verdict(&JUDGING, &goal(), None, Some(0.7), march), Verdict::NotEnoughData(Lack::NoReadings));
    }
}
