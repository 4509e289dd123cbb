//! What must hold of every verdict, whatever the numbers: a lost student never helps.

use jiff::civil::date;
use proptest::prelude::*;

use termwise_config::goals::{Aim, Baseline};
use termwise_config::{Judging, PeriodId};
use termwise_judging::goals::chance::{self, From};
use termwise_judging::goals::panel::{Series, Step};
use termwise_judging::goals::verdict::{Held, verdict};
use termwise_judging::goals::{Found, Point, Verdict, Way};

/// A school in the middle of its way.
#[derive(Debug, Clone)]
struct School {
    of: u32,
    met: u32,
    population: u32,
    from: From,
    target: f64,
    /// Part of the way gone; 1 is the deadline.
    part: f64,
    /// Distances of earlier points from the line.
    before: Vec<f64>,
}

fn school() -> impl Strategy<Value = School> {
    let from = prop_oneof![
        (1u32..120).prop_flat_map(|of| (0..=of, Just(of))).prop_map(|(met, of)| From::Counted(met, of)),
        (0.0f64..1.0).prop_map(From::Stated),
    ];
    (1u32..150, 0u32..30, from, 0.0f64..1.0, 0.05f64..1.05, proptest::collection::vec(-0.2f64..0.2, 0..8))
        .prop_flat_map(|(of, without, from, target, part, before)| {
            (1..=of).prop_map(move |met| School {
                of,
                met,
                population: of + without,
                from,
                target,
                part: part.min(1.0),
                before: before.clone(),
            })
        })
}

fn judged(school: &School, met: u32, way: Way) -> Verdict {
    let judging = Judging::default();
    let start = match school.from {
        From::Counted(met, of) => f64::from(met) / f64::from(of),
        From::Stated(share) => share,
    };
    let aim = Aim {
        baseline: Baseline::Value { value: start, on: date(2025, 6, 27) },
        target: school.target,
        deadline: date(2026, 6, 26),
        interim: vec![],
    };
    let found = Found { met: Some(met), of: school.of, population: school.population, ..Found::default() };
    let value = found.value().unwrap_or(0.0);
    let point = Point::plain(PeriodId(1), date(2026, 3, 13), found);
    let expected = start + school.part * (school.target - start);
    let tolerance = judging.tolerance_points.max(judging.tolerance_students / f64::from(school.of));
    let ahead = school.before.iter().copied().chain([way.sign() * (value - expected)]);
    let step = |(place, ahead): (usize, f64)| Step {
        day: place as f64 * 100.0,
        value: expected + way.sign() * ahead,
        ahead,
        tolerance,
    };
    let series = Series {
        steps: ahead.enumerate().map(step).collect(),
        deadline: school.before.len() as f64 * 100.0 + 105.0,
        target: school.target,
        sign: way.sign(),
    };
    let held = Held {
        judging: &judging,
        aim: &aim,
        way,
        on: if school.part < 1.0 { date(2026, 3, 13) } else { date(2026, 6, 26) },
        point: Some(&point),
        is_start: false,
        ended: false,
        anybody: true,
        opens: false,
        unlike: false,
        expected: Some(expected),
        asked_so_far: way.sign() * (expected - start),
        tolerance,
        chance: Some(chance::if_nothing_changed((met, school.of), school.from, way)),
        series: &series,
    };
    verdict(&held).0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn a_verdict_never_improves_when_a_student_at_the_bar_drops_below_it(school in school()) {
        let (with, without) = (judged(&school, school.met, Way::Up), judged(&school, school.met - 1, Way::Up));
        prop_assert_eq!(with.rank().is_some(), without.rank().is_some());
        prop_assert!(without.rank() <= with.rank(), "{:?} after {:?}", without, with);
        // For a share that should fall, one more is no better.
        let (fewer, more) = (judged(&school, school.met - 1, Way::Down), judged(&school, school.met, Way::Down));
        prop_assert!(more.rank() <= fewer.rank(), "{:?} after {:?}", more, fewer);
    }
}
