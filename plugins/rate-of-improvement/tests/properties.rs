//! What must hold of rates, whatever the scores.

use proptest::prelude::*;
use rate_of_improvement::RateOfImprovement;
use termwise_plugin::{COUNTS_AS_BELOW, Cells, EXCLUDED, MISSING, Measurement, Metric, Question, SCORE, kit};

const PERIODS: usize = 5;

/// A student's scores with their classes, one for each period.
type Student = [(f64, u8); PERIODS];

fn students() -> impl Strategy<Value = Vec<Vec<Student>>> {
    let class = prop_oneof![12 => Just(SCORE), 1 => Just(COUNTS_AS_BELOW), 1 => Just(EXCLUDED), 1 => Just(MISSING)];
    let score = prop_oneof![20 => (0..400u32).prop_map(|n| f64::from(n) / 4.0), 1 => Just(f64::NAN)];
    let student = prop::array::uniform5((score, class));
    prop::collection::vec(prop::collection::vec(student, 0..25), 1..4)
}

/// Periods are `step` days apart.
fn question(groups: &[Vec<Student>], rate: f64, points: u8, step: u8) -> Question {
    let rows: Vec<&Student> = groups.iter().flatten().collect();
    let sizes: Vec<u32> = groups.iter().map(|rows| rows.len() as u32).collect();
    let mut question = Question::of_groups(&sizes).with("rate", rate).with("points", f64::from(points));
    for period in 0..PERIODS {
        let day = period as f64 * f64::from(step);
        question = question
            .column_of("value", 0, period as u32, Cells::Numbers(rows.iter().map(|row| row[period].0).collect()))
            .column_of("class", 0, period as u32, Cells::Codes(rows.iter().map(|row| row[period].1).collect()))
            .column_of("day", 0, period as u32, Cells::Numbers(vec![day; rows.len()]));
    }
    question
}

fn ask(question: &Question) -> Vec<Measurement> {
    RateOfImprovement::evaluate(question).expect("an answer")
}

fn changed(groups: &[Vec<Student>], change: impl Fn(usize, f64) -> f64) -> Vec<Vec<Student>> {
    let each = |student: &Student| core::array::from_fn(|p| (change(p, student[p].0), student[p].1));
    groups.iter().map(|rows| rows.iter().map(each).collect()).collect()
}

fn near(found: Option<f64>, wanted: Option<f64>) -> bool {
    match (found, wanted) {
        (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-9,
        (found, wanted) => found == wanted,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_rules_and_bounds_hold(groups in students(), rate in -5.0..5.0f64, points in 3..6u8) {
        for found in kit::keeps_the_rules::<RateOfImprovement>(&question(&groups, rate, points, 7)) {
            let [fast, median, mean] = found.outputs.as_slice() else { panic!("three outputs") };
            prop_assert!(fast.denominator == median.denominator && fast.denominator == mean.denominator);
            prop_assert_eq!(median.value.is_none(), fast.denominator == 0);
            for rate in [median, mean] {
                // Scores from 0 to 100 a week apart: no slope is steeper than the steepest step.
                prop_assert!(rate.value.is_none_or(|rate| rate.abs() <= 100.0));
                let ends = rate.interval.as_ref().map(|ends| (ends.low, ends.high));
                prop_assert!(ends.is_none_or(|(low, high)| Some(low) <= rate.value && rate.value <= Some(high)));
            }
        }
    }

    #[test]
    fn who_asks_for_less_finds_no_fewer(groups in students(), one in -5.0..5.0f64, other in -5.0..5.0f64) {
        let found = |rate: f64| ask(&question(&groups, rate, 3, 7));
        for (less, more) in found(one.min(other)).iter().zip(&found(one.max(other))) {
            prop_assert!(less.outputs[0].numerator >= more.outputs[0].numerator);
        }
    }

    #[test]
    fn more_points_wanted_count_no_more_students(groups in students(), points in 3..5u8) {
        let found = |points: u8| ask(&question(&groups, 1.0, points, 7));
        for (few, many) in found(points).iter().zip(&found(points + 1)) {
            prop_assert!(few.outputs[0].denominator >= many.outputs[0].denominator);
        }
    }

    #[test]
    fn the_level_of_all_scores_does_not_matter(groups in students(), by in -50..50i8) {
        let higher = changed(&groups, |_, score| score + f64::from(by));
        let found = ask(&question(&groups, 1.0, 3, 7));
        for (found, higher) in found.iter().zip(&ask(&question(&higher, 1.0, 3, 7))) {
            prop_assert!(near(found.outputs[1].value, higher.outputs[1].value));
            prop_assert!(near(found.outputs[2].value, higher.outputs[2].value));
            prop_assert_eq!(found.outputs[0].numerator, higher.outputs[0].numerator);
        }
    }

    #[test]
    fn so_many_points_a_week_more_are_so_many_more(groups in students(), by in -8..8i8) {
        let faster = changed(&groups, |period, score| score + period as f64 * f64::from(by));
        let found = ask(&question(&groups, 1.0, 3, 7));
        for (found, faster) in found.iter().zip(&ask(&question(&faster, 1.0, 3, 7))) {
            for place in [1, 2] {
                let wanted = found.outputs[place].value.map(|rate| rate + f64::from(by));
                prop_assert!(near(faster.outputs[place].value, wanted));
            }
        }
    }

    #[test]
    fn a_nearer_target_asks_for_no_less(groups in students(), one in 1..60u8, other in 1..60u8) {
        let towards = |day: u8| question(&groups, 0.5, 3, 7).with("target", 100.0).with("target-day", f64::from(day));
        let (near, far) = (towards(one.min(other)), towards(one.max(other)));
        for (near, far) in kit::keeps_the_rules::<RateOfImprovement>(&near).iter().zip(&ask(&far)) {
            prop_assert!(near.outputs[0].numerator <= far.outputs[0].numerator);
            prop_assert!(near.left_out[1] >= far.left_out[1]);
            prop_assert_eq!(near.left_out[0], far.left_out[0]);
        }
    }

    #[test]
    fn a_target_asks_for_no_less_than_the_rate(groups in students(), rate in -5.0..5.0f64, target in 0..100u8) {
        let alone = question(&groups, rate, 3, 7);
        let with = alone.clone().with("target", f64::from(target)).with("target-day", 29.0);
        for (alone, with) in ask(&alone).iter().zip(&ask(&with)) {
            prop_assert!(with.outputs[0].numerator <= alone.outputs[0].numerator);
            prop_assert_eq!(&alone.left_out[..1], &with.left_out[..1]);
        }
    }

    #[test]
    fn twice_the_time_is_half_the_rate(groups in students()) {
        let slow = ask(&question(&groups, 1.0, 3, 14));
        for (found, slow) in ask(&question(&groups, 1.0, 3, 7)).iter().zip(&slow) {
            prop_assert!(near(slow.outputs[1].value, found.outputs[1].value.map(|rate| rate / 2.0)));
        }
    }
}
