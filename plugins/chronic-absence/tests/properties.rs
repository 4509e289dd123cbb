//! What must hold of chronic absence, whoever was away.

use chronic_absence::ChronicAbsence;
use proptest::prelude::*;
use termwise_plugin::{COUNTS_AS_BELOW, Cells, EXCLUDED, MISSING, Measurement, Metric, Question, SCORE, kit};

/// Days enrolled and absent with their classes, in half days.
type Student = ((f64, u8), (f64, u8));

fn student() -> impl Strategy<Value = Student> {
    let class = || prop_oneof![12 => Just(SCORE), 1 => Just(COUNTS_AS_BELOW), 1 => Just(EXCLUDED), 1 => Just(MISSING)];
    let half_days =
        |highest: u32| prop_oneof![20 => (0..=highest).prop_map(|d| f64::from(d) / 2.0), 1 => Just(f64::NAN)];
    ((half_days(400), class()), (half_days(120), class()))
}

fn students() -> impl Strategy<Value = Vec<Vec<Student>>> {
    prop::collection::vec(prop::collection::vec(student(), 0..40), 1..4)
}

fn question(groups: &[Vec<Student>], at_least: f64, days: f64) -> Question {
    let rows: Vec<&Student> = groups.iter().flatten().collect();
    Question::of_groups(&groups.iter().map(|rows| rows.len() as u32).collect::<Vec<_>>())
        .on_scales(2, 0)
        .with("at-least", at_least)
        .with("days", days)
        .column_of("days", 0, 0, Cells::Numbers(rows.iter().map(|row| row.0.0).collect()))
        .column_of("class", 0, 0, Cells::Codes(rows.iter().map(|row| row.0.1).collect()))
        .column_of("days", 1, 0, Cells::Numbers(rows.iter().map(|row| row.1.0).collect()))
        .column_of("class", 1, 0, Cells::Codes(rows.iter().map(|row| row.1.1).collect()))
}

fn ask(groups: &[Vec<Student>], at_least: f64, days: f64) -> Vec<Measurement> {
    ChronicAbsence::evaluate(&question(groups, at_least, days)).expect("an answer")
}

proptest! {
    #[test]
    fn the_rules_and_bounds_hold(groups in students(), at_least in 0.01..1.0f64, days in 1..60u8) {
        for found in kit::keeps_the_rules::<ChronicAbsence>(&question(&groups, at_least, f64::from(days))) {
            let rate = &found.outputs[1];
            prop_assert!(rate.value.is_none_or(|rate| (0.0..=1.0).contains(&rate)));
            prop_assert_eq!(rate.value.is_none(), rate.contributors == 0);
            let ends = rate.interval.as_ref().map(|ends| (ends.low, ends.high));
            prop_assert!(ends.is_none_or(|(low, high)| Some(low) <= rate.value && rate.value <= Some(high)));
        }
    }

    #[test]
    fn a_stricter_line_finds_no_fewer(groups in students(), one in 0.01..1.0f64, other in 0.01..1.0f64) {
        let (strict, lenient) = (one.min(other), one.max(other));
        for (strict, lenient) in ask(&groups, strict, 10.0).iter().zip(&ask(&groups, lenient, 10.0)) {
            prop_assert!(strict.outputs[0].numerator >= lenient.outputs[0].numerator);
            prop_assert_eq!(strict.outputs[0].denominator, lenient.outputs[0].denominator);
        }
    }

    #[test]
    fn more_days_wanted_count_no_more_students(groups in students(), one in 1..200u8, other in 1..200u8) {
        let (few, many) = (f64::from(one.min(other)), f64::from(one.max(other)));
        for (few, many) in ask(&groups, 0.1, few).iter().zip(&ask(&groups, 0.1, many)) {
            prop_assert!(few.outputs[0].denominator >= many.outputs[0].denominator);
            prop_assert!(few.left_out[1] <= many.left_out[1]);
        }
    }

    #[test]
    fn half_days_and_days_tell_the_same(groups in students(), at_least in 0.01..1.0f64) {
        let doubled: Vec<Vec<Student>> = groups
            .iter()
            .map(|rows| rows.iter().map(|((e, ec), (a, ac))| ((e * 2.0, *ec), (a * 2.0, *ac))).collect())
            .collect();
        let told = |found: Vec<Measurement>| format!("{found:?}");
        prop_assert_eq!(told(ask(&groups, at_least, 10.0)), told(ask(&doubled, at_least, 20.0)));
    }
}
