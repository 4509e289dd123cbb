//! The verdict of one goal in one period: which words there are, and the rule that gives them.
//!
//! The rule is written out in docs/write-a-goal.md; the numbers in it are configuration. Comparisons allow
//! one part in 10⁹ for binary rounding, in favour of the school.

use std::fmt;

use jiff::civil::Date;

use termwise_config::Judging;

use super::panel::{self, Panel, Word};
use super::{Aim, Point, ROUNDING, Way};

/// Why there is not enough data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Nothing was read for this period.
    NoReadings,
    /// Fewer students than the minimum have the readings needed.
    FewStudents,
    /// Too small a part of the population has the readings needed.
    LowCoverage,
    /// Nobody belongs to the group on the day that counts.
    Nobody,
    /// The goal ended without a result after its start.
    NothingByTheEnd,
    /// The starting figure is not known, so there is no line to hold the point against.
    NoBaseline,
    /// A part of the goal has no verdict, and it decides.
    Part,
}

/// Why it is too early to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Early {
    /// The period is the one that the goal starts from.
    Baseline,
    /// The figure could as well be there if nothing had changed.
    Chance,
    /// The line asks for less so far than the tolerance.
    Line,
    /// Nothing was agreed that it could be held against yet.
    NothingYet,
    /// There is no growth over a time as long, in the year in which the goal starts, that it could be held against.
    NothingAlike,
    /// Growth is counted from this period on.
    GrowthBegins,
}

/// Why there is nothing to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The instrument changed after the goal's start: from, to, and the day of the start.
    Instrument(String, String, Date),
    /// Told by a metric or a rule, in English.
    Told(String),
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instrument(from, to, start) => write!(
                f,
                "the instrument changed from “{from}” to “{to}” after the goal started in {}; agree on a new baseline \
                 and record it as an amendment",
                start.strftime("%B %Y")
            ),
            Self::Told(why) => f.write_str(why),
        }
    }
}

/// What the data say of a goal. (“Not shown” is not a verdict of the data: disclosure says it.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The figure has reached the target.
    TargetMet,
    /// Near the aimline or better, and hardly so if nothing had changed.
    OnTrack,
    /// Near the aimline or better, but nobody can tell yet.
    TooEarly(Early),
    /// The rules disagree.
    Mixed,
    /// On the wrong side of the line by more than the tolerance.
    Watch,
    /// Farther away.
    Behind,
    /// The deadline has passed without the target.
    TargetNotMet,
    /// Too little to judge by.
    NotEnoughData(Lack),
    /// The metric could not be computed, because …
    NotAvailable(Missing),
}

impl Verdict {
    /// Its key in dictionaries, the ledger and report models.
    pub fn key(&self) -> &'static str {
        match self {
            Self::TargetMet => "target-met",
            Self::OnTrack => "on-track",
            Self::TooEarly(_) => "too-early",
            Self::Mixed => "mixed",
            Self::Watch => "watch",
            Self::Behind => "behind",
            Self::TargetNotMet => "target-not-met",
            Self::NotEnoughData(_) => "not-enough-data",
            Self::NotAvailable(_) => "not-available",
        }
    }

    /// Its place from worst (0) to best; none where there is no verdict.
    pub fn rank(&self) -> Option<u8> {
        match self {
            Self::TargetMet => Some(6),
            Self::OnTrack => Some(5),
            Self::TooEarly(_) => Some(4),
            Self::Mixed => Some(3),
            Self::Watch => Some(2),
            Self::Behind => Some(1),
            Self::TargetNotMet => Some(0),
            Self::NotEnoughData(_) | Self::NotAvailable(_) => None,
        }
    }
}

/// What a figure is held against.
#[derive(Debug, Clone)]
pub struct Held<'a> {
    /// The project's tolerances and minimums.
    pub judging: &'a Judging,
    /// What the goal aims at now.
    pub aim: &'a Aim,
    /// Which way is better.
    pub way: Way,
    /// The day of judgement.
    pub on: Date,
    /// The figure now.
    pub point: Option<&'a Point>,
    /// Whether the point is the one that the goal starts from.
    pub is_start: bool,
    /// Whether the deadline has passed, so that the figure decides.
    pub ended: bool,
    /// Whether anybody belongs to the group.
    pub anybody: bool,
    /// Whether growth is counted from the period reported on.
    pub opens: bool,
    /// Whether only results over another time are there to hold it against.
    pub unlike: bool,
    /// Where the line stands, in the goal's unit (shares are 0–1); none without a start.
    pub expected: Option<f64>,
    /// How far the line has moved from the start, towards the target, in the goal's unit.
    pub asked_so_far: f64,
    /// How far from the line is still near it, in the goal's unit.
    pub tolerance: f64,
    /// The chance of a figure so good if nothing had changed (0–1); none where it cannot be known.
    pub chance: Option<f64>,
    /// Points since the start, and what the trend through them would come to at the deadline.
    pub series: &'a panel::Series,
}

/// Judges a figure, and says what each rule with enough points finds.
pub fn verdict(held: &Held<'_>) -> (Verdict, Panel) {
    let none = |verdict| (verdict, Panel::default());
    let lack = |lack| (Verdict::NotEnoughData(lack), Panel::default());
    let nothing = match (held.anybody, held.ended) {
        (false, _) => Lack::Nobody,
        (_, true) => Lack::NothingByTheEnd,
        (_, false) => Lack::NoReadings,
    };
    if held.opens && held.anybody && !held.ended {
        return none(Verdict::TooEarly(Early::GrowthBegins));
    }
    // The figure that a goal starts from decides nothing.
    let passed = held.ended || held.on >= held.aim.deadline;
    let Some(point) = held.point.filter(|_| !(passed && held.is_start)) else {
        return lack(if held.is_start { Lack::NothingByTheEnd } else { nothing });
    };
    let Some(value) = point.all.value() else { return lack(nothing) };
    let (judging, all) = (held.judging, &point.all);
    if all.fewest() < judging.minimum_students {
        return lack(Lack::FewStudents);
    }
    if f64::from(all.of) < judging.minimum_coverage * f64::from(all.population) - ROUNDING {
        return lack(Lack::LowCoverage);
    }
    if held.is_start {
        return none(Verdict::TooEarly(Early::Baseline));
    }
    let ahead = |of: f64| held.way.sign() * (value - of);
    if ahead(held.aim.target) >= -ROUNDING {
        return none(Verdict::TargetMet);
    }
    if passed {
        return none(Verdict::TargetNotMet);
    }
    let Some(expected) = held.expected else {
        return if held.unlike { none(Verdict::TooEarly(Early::NothingAlike)) } else { lack(Lack::NoBaseline) };
    };
    let latest = panel::word(judging, ahead(expected), held.tolerance);
    let panel = panel::panel(judging, latest, held.series, held.tolerance);
    let verdict = match latest {
        _ if panel.disagrees() => Verdict::Mixed,
        Word::Behind => Verdict::Behind,
        Word::Watch => Verdict::Watch,
        Word::OnTrack => match held.chance {
            Some(chance) if chance > judging.false_on_track => Verdict::TooEarly(Early::Chance),
            None if held.asked_so_far <= held.tolerance + ROUNDING => Verdict::TooEarly(Early::Line),
            _ => Verdict::OnTrack,
        },
    };
    (verdict, panel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::Found;
    use jiff::civil::date;
    use termwise_config::PeriodId;
    use termwise_config::goals::Baseline;

    fn judged(met: u32, of: u32, population: u32, expected: Option<f64>, on: Date, chance: f64) -> Verdict {
        held_against(met, of, population, |held| (held.expected, held.on, held.chance) = (expected, on, Some(chance)))
    }

    /// The verdict on a figure in March, held against 0.7 unless a test changes that.
    fn held_against(met: u32, of: u32, population: u32, change: impl FnOnce(&mut Held<'_>)) -> Verdict {
        let found = Found { met: Some(met), of, population, ..Found::default() };
        let point = Point::plain(PeriodId(1), date(2026, 3, 13), found);
        let aim = Aim {
            baseline: Baseline::Value { value: 0.5, on: date(2025, 6, 27) },
            target: 0.8,
            deadline: date(2026, 6, 26),
            interim: vec![],
        };
        let (judging, series) = (Judging::default(), panel::Series::default());
        let mut held = Held {
            judging: &judging,
            aim: &aim,
            way: Way::Up,
            on: date(2026, 3, 13),
            point: Some(&point),
            is_start: false,
            ended: false,
            anybody: true,
            opens: false,
            unlike: false,
            expected: Some(0.7),
            asked_so_far: 0.2,
            tolerance: 0.03_f64.max(2.0 / f64::from(of.max(1))),
            chance: Some(0.01),
            series: &series,
        };
        change(&mut held);
        verdict(&held).0
    }

    #[test]
    fn each_verdict_follows_from_its_rule() {
        let march = date(2026, 3, 13);
        let sure = |met, of| judged(met, of, of, Some(0.7), march, 0.01);
        // 100 students: the tolerance is the larger of 3 points and 2 students, so 3 points.
        assert_eq!(sure(80, 100), Verdict::TargetMet);
        assert_eq!(sure(67, 100), Verdict::OnTrack);
        assert_eq!(sure(66, 100), Verdict::Watch);
        assert_eq!(sure(64, 100), Verdict::Watch);
        assert_eq!(sure(63, 100), Verdict::Behind);
        assert_eq!(judged(79, 100, 100, Some(0.7), date(2026, 6, 26), 0.01), Verdict::TargetNotMet);
        // 20 students: two students are 10 points.
        assert_eq!(sure(12, 20), Verdict::OnTrack);
        assert_eq!(sure(11, 20), Verdict::Watch);
        assert_eq!(sure(9, 20), Verdict::Behind);
    }

    #[test]
    fn on_track_is_not_said_of_what_chance_can_do() {
        let march = date(2026, 3, 13);
        assert_eq!(judged(67, 100, 100, Some(0.7), march, 0.2), Verdict::OnTrack);
        assert_eq!(judged(67, 100, 100, Some(0.7), march, 0.21), Verdict::TooEarly(Early::Chance));
        // Chance takes no verdict away that was not on track.
        assert_eq!(judged(66, 100, 100, Some(0.7), march, 0.9), Verdict::Watch);
        assert_eq!(judged(80, 100, 100, Some(0.7), march, 0.9), Verdict::TargetMet);
    }

    #[test]
    fn too_little_data_is_said_and_never_judged() {
        let march = date(2026, 3, 13);
        assert_eq!(judged(4, 4, 4, Some(0.7), march, 0.0), Verdict::NotEnoughData(Lack::FewStudents));
        assert_eq!(judged(9, 9, 20, Some(0.7), march, 0.0), Verdict::NotEnoughData(Lack::LowCoverage));
        assert_eq!(judged(0, 0, 20, Some(0.7), march, 0.0), Verdict::NotEnoughData(Lack::NoReadings));
        assert_eq!(judged(60, 100, 100, None, march, 0.0), Verdict::NotEnoughData(Lack::NoBaseline));
    }

    #[test]
    fn limits_belong_to_what_can_be_judged() {
        // Five students, and half of those who belong, are enough.
        assert_eq!(held_against(5, 5, 5, |_| {}), Verdict::TargetMet);
        assert_eq!(held_against(10, 10, 20, |_| {}), Verdict::TargetMet);
        assert_eq!(held_against(10, 10, 21, |_| {}), Verdict::NotEnoughData(Lack::LowCoverage));
    }

    #[test]
    fn where_chance_is_unknown_the_line_must_have_moved_by_more_than_the_tolerance() {
        let asked = |asked: f64| held_against(70, 100, 100, |held| (held.chance, held.asked_so_far) = (None, asked));
        assert_eq!(asked(0.2), Verdict::OnTrack);
        assert_eq!(asked(0.031), Verdict::OnTrack);
        assert_eq!(asked(0.03), Verdict::TooEarly(Early::Line));
        // A chance that is known decides by itself.
        assert_eq!(held_against(70, 100, 100, |held| held.asked_so_far = 0.0), Verdict::OnTrack);
    }

    #[test]
    fn growth_begins_with_its_first_result_while_the_goal_runs() {
        let begins = Verdict::TooEarly(Early::GrowthBegins);
        assert_eq!(held_against(60, 100, 100, |held| held.opens = true), begins);
        assert_ne!(held_against(60, 100, 100, |held| (held.opens, held.ended) = (true, true)), begins);
        assert_ne!(held_against(60, 100, 100, |held| (held.opens, held.anybody) = (true, false)), begins);
        assert_eq!(held_against(60, 100, 100, |held| held.is_start = true), Verdict::TooEarly(Early::Baseline));
        // When the goal is over, its start decides nothing.
        let over = held_against(90, 100, 100, |held| (held.is_start, held.ended) = (true, true));
        assert_eq!(over, Verdict::NotEnoughData(Lack::NothingByTheEnd));
    }
}
