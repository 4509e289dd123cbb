//! What must hold of who moved, whatever the children did.

use proptest::prelude::*;
use termwise_plugin::{COUNTS_AS_BELOW, EXCLUDED, MISSING, Measurement, Metric, Question, SCORE, kit};
use who_moved::WhoMoved;

/// Value, class, line and membership at one time.
type Time = (f64, u8, f64, u8);

fn time() -> impl Strategy<Value = Time> {
    let class = prop_oneof![8 => Just(SCORE), 1 => Just(COUNTS_AS_BELOW), 1 => Just(EXCLUDED), 1 => Just(MISSING)];
    let value = prop_oneof![12 => (0..8u8).prop_map(f64::from), 1 => Just(f64::NAN)];
    let line = prop_oneof![12 => (2..5u8).prop_map(f64::from), 1 => Just(f64::NAN)];
    (value, class, line, prop_oneof![5 => Just(1u8), 1 => Just(0u8)])
}

/// Groups of children, each then and now.
fn children() -> impl Strategy<Value = Vec<Vec<(Time, Time)>>> {
    prop::collection::vec(prop::collection::vec((time(), time()), 0..40), 1..4)
}

fn question(groups: &[Vec<(Time, Time)>]) -> Question {
    let rows: Vec<&(Time, Time)> = groups.iter().flatten().collect();
    let numbers = |pick: fn(&(Time, Time)) -> f64| rows.iter().map(|row| pick(row)).collect::<Vec<f64>>();
    let codes = |pick: fn(&(Time, Time)) -> u8| rows.iter().map(|row| pick(row)).collect::<Vec<u8>>();
    Question::of_groups(&groups.iter().map(|rows| rows.len() as u32).collect::<Vec<_>>())
        .numbers_column("then-value", numbers(|row| row.0.0))
        .codes_column("then-class", codes(|row| row.0.1))
        .numbers_column("then-line", numbers(|row| row.0.2))
        .codes_column("then-member", codes(|row| row.0.3))
        .numbers_column("now-value", numbers(|row| row.1.0))
        .codes_column("now-class", codes(|row| row.1.1))
        .numbers_column("now-line", numbers(|row| row.1.2))
        .codes_column("now-member", codes(|row| row.1.3))
}

fn value(found: &Measurement, key: &str) -> Option<f64> {
    let outputs = WhoMoved::describe().outputs;
    found.outputs[outputs.iter().position(|spec| spec.key == key).expect("an output")].value
}

proptest! {
    #[test]
    fn the_parts_add_up_within_bounds(groups in children()) {
        for found in kit::keeps_the_rules::<WhoMoved>(&question(&groups)) {
            let value = |key| value(&found, key);
            for key in ["now", "then", "same-now", "same-then"] {
                prop_assert!(value(key).is_none_or(|share| (0.0..=1.0).contains(&share)));
            }
            if let (Some(same), Some(group)) = (value("same-change"), value("group-change")) {
                let whole = value("now").expect("same children") - value("then").expect("same children");
                prop_assert!((same + group - whole).abs() < 1e-15);
                let of = f64::from(found.outputs[2].denominator);
                let moved = value("rose").expect("a count") - value("fell").expect("a count");
                prop_assert!((same * of - moved).abs() < 1e-12);
                let ends = found.outputs[6].interval.expect("an interval");
                prop_assert!(-1.0 <= ends.low && ends.low <= same + 1e-15 && same <= ends.high + 1e-15 && ends.high <= 1.0);
            } else {
                prop_assert_eq!(found.outputs[2].denominator, 0);
            }
        }
    }

    #[test]
    fn told_backwards_the_same_children_undo_it(groups in children()) {
        let turned: Vec<Vec<_>> =
            groups.iter().map(|rows| rows.iter().map(|(then, now)| (*now, *then)).collect()).collect();
        let (found, back) = (WhoMoved::evaluate(&question(&groups)), WhoMoved::evaluate(&question(&turned)));
        for (one, other) in found.expect("an answer").iter().zip(&back.expect("an answer")) {
            prop_assert_eq!(value(one, "now"), value(other, "then"));
            prop_assert_eq!(value(one, "rose"), value(other, "fell"));
            prop_assert_eq!(value(one, "same-change"), value(other, "same-change").map(|change| 0.0 - change));
            let ends = |found: &Measurement| found.outputs[6].interval.map(|ends| (ends.low, ends.high));
            if let (Some((low, high)), Some((back_low, back_high))) = (ends(one), ends(other)) {
                prop_assert!((low + back_high).abs() < 1e-12 && (high + back_low).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_better_score_now_lowers_no_share(groups in children(), pick in any::<prop::sample::Index>()) {
        let before = WhoMoved::evaluate(&question(&groups)).expect("an answer");
        let mut groups = groups;
        let mut all: Vec<&mut (Time, Time)> = groups.iter_mut().flatten().collect();
        if all.is_empty() {
            return Ok(());
        }
        let place = pick.index(all.len());
        all[place].1.0 += 3.0;
        for (before, after) in before.iter().zip(&WhoMoved::evaluate(&question(&groups)).expect("an answer")) {
            for key in ["now", "same-now", "rose", "same-change"] {
                prop_assert!(value(before, key) <= value(after, key), "{}", key);
            }
            prop_assert_eq!(value(before, "then"), value(after, "then"));
            prop_assert!(value(before, "fell") >= value(after, "fell"));
        }
    }
}
