//! What holds for all counts and values.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// A group: how many met, of how many.
fn group() -> impl Strategy<Value = (u32, u32)> {
    (1u32..2000).prop_flat_map(|of| (0..=of, Just(of)))
}

/// Values whose sum in another order is another double, unless it is rounded once.
fn values() -> impl Strategy<Value = Vec<f64>> {
    vec((-1000i32..1000, -30i32..30).prop_map(|(digits, power)| f64::from(digits) * 1.1f64.powi(power)), 0..40)
}

fn bits(pair: Option<(f64, f64)>) -> Option<(u64, u64)> {
    pair.map(|(low, high)| (low.to_bits(), high.to_bits()))
}

proptest! {
    #[test]
    fn a_share_lies_in_its_interval((met, of) in group()) {
        let (low, high) = wilson(met, of).unwrap();
        let share = f64::from(met) / f64::from(of);
        prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0, "{low} {share} {high}");
    }

    #[test]
    fn a_share_and_its_rest_mirror((met, of) in group()) {
        let ((low, high), (rest_low, rest_high)) = (wilson(met, of).unwrap(), wilson(of - met, of).unwrap());
        prop_assert!((low + rest_high - 1.0).abs() < 1e-12 && (high + rest_low - 1.0).abs() < 1e-12);
    }

    #[test]
    fn more_students_narrow_the_interval((met, of) in group()) {
        let ((low, high), (many_low, many_high)) = (wilson(met, of).unwrap(), wilson(2 * met, 2 * of).unwrap());
        prop_assert!(many_high - many_low < high - low);
    }

    #[test]
    fn a_difference_lies_in_its_interval_and_turns((met1, of1) in group(), (met2, of2) in group()) {
        let found = newcombe_difference(met1, of1, met2, of2).unwrap();
        prop_assert!(-1.0 <= found.low && found.low <= found.value, "{found:?}");
        prop_assert!(found.value <= found.high && found.high <= 1.0, "{found:?}");
        let turned = newcombe_difference(met2, of2, met1, of1).unwrap();
        prop_assert_eq!((turned.value, turned.low, turned.high), (-found.value, -found.high, -found.low));
        let more = newcombe_difference(3 * met1, 3 * of1, 3 * met2, 3 * of2).unwrap();
        prop_assert!(more.high - more.low < found.high - found.low);
    }

    #[test]
    fn a_paired_difference_lies_in_its_interval_and_turns(counts in [0u32..300, 0u32..300, 0u32..300, 0u32..300]) {
        let [both, first, second, neither] = counts;
        prop_assume!(both + first + second + neither > 0);
        let found = paired_difference(both, first, second, neither).unwrap();
        prop_assert!(-1.0 <= found.low && found.low <= found.value + 1e-15, "{found:?}");
        prop_assert!(found.value <= found.high + 1e-15 && found.high <= 1.0, "{found:?}");
        let turned = paired_difference(both, second, first, neither).unwrap();
        prop_assert_eq!(turned.value, -found.value);
        prop_assert!((turned.low + found.high).abs() < 1e-12 && (turned.high + found.low).abs() < 1e-12);
        let not_met = paired_difference(neither, second, first, both).unwrap();
        prop_assert!((not_met.low - turned.low).abs() < 1e-12 && (not_met.high - turned.high).abs() < 1e-12);
    }

    #[test]
    fn a_p_value_is_a_probability(first in 0u32..5000, second in 0u32..5000) {
        let p = mcnemar_exact(first, second);
        prop_assert!((0.0..=1.0).contains(&p), "{p}");
        prop_assert_eq!(p, mcnemar_exact(second, first));
        prop_assert!(mcnemar_exact(first.max(second) + 1, first.min(second)) <= p * (1.0 + 1e-12));
    }

    #[test]
    fn quantiles_of_student_rise_and_mirror(p in 0.001f64..0.999, df in 0.5f64..500.0) {
        let t = student_quantile(p, df).unwrap();
        prop_assert!(student_quantile(p + 0.0005, df).unwrap() > t);
        let mirrored = student_quantile(1.0 - p, df).unwrap();
        prop_assert!((t + mirrored).abs() < 1e-9 * (1.0 + t.abs()), "{t} {mirrored}");
        prop_assert!((student_cdf(t, df).unwrap() - p).abs() < 1e-12);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        (values, shuffled) in values().prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
    ) {
        prop_assert_eq!(sum(&values).to_bits(), sum(&shuffled).to_bits());
        prop_assert_eq!(mean(&values).map(f64::to_bits), mean(&shuffled).map(f64::to_bits));
        prop_assert_eq!(bits(mean_interval(&values)), bits(mean_interval(&shuffled)));
        prop_assert_eq!(bits(median_interval(&values)), bits(median_interval(&shuffled)));
        prop_assert_eq!(quantile(&values, 0.3), quantile(&shuffled, 0.3));
    }

    #[test]
    fn the_order_of_pairs_does_not_matter(
        (pairs, shuffled) in vec((-50f64..50.0, -50f64..50.0), 0..25)
            .prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle()))
    ) {
        let ((x, y), (shuffled_x, shuffled_y)): ((Vec<_>, Vec<_>), (Vec<_>, Vec<_>)) =
            (pairs.into_iter().unzip(), shuffled.into_iter().unzip());
        prop_assert_eq!(slope(&x, &y), slope(&shuffled_x, &shuffled_y));
        prop_assert_eq!(theil_sen(&x, &y), theil_sen(&shuffled_x, &shuffled_y));
        prop_assert_eq!(correlation(&x, &y), correlation(&shuffled_x, &shuffled_y));
        prop_assert!(correlation(&x, &y).is_none_or(|r| (-1.0..=1.0).contains(&r)));
    }

    #[test]
    fn figures_lie_in_their_intervals(values in values()) {
        let mut copy = values.clone();
        if let (Some((low, high)), Some(median)) = (median_interval(&values), median(&mut copy)) {
            prop_assert!(low <= median && median <= high);
        }
        if let (Some((low, high)), Some(mean)) = (mean_interval(&values), mean(&values)) {
            prop_assert!(low <= mean && mean <= high);
        }
        let (low, high) = (quantile(&values, 0.0), quantile(&values, 1.0));
        prop_assert!((0..=20).all(|i| (low..=high).contains(&quantile(&values, f64::from(i) / 20.0))));
    }

    #[test]
    fn the_difference_of_means_turns(first in values(), second in values()) {
        if let Some(found) = welch_difference(&first, &second) {
            prop_assert!(found.low <= found.value && found.value <= found.high, "{found:?}");
            let turned = welch_difference(&second, &first).unwrap();
            prop_assert_eq!((turned.value, turned.low, turned.high), (-found.value, -found.high, -found.low));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn resampling_does_not_see_the_order_of_rows(
        (values, shuffled) in values().prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
    ) {
        let of_means = |values: &[f64]| bootstrap(values, |drawn| mean(drawn).unwrap());
        prop_assert_eq!(bits(of_means(&values)), bits(of_means(&shuffled)));
        if let Some((low, high)) = of_means(&values) {
            prop_assert!(low <= high && quantile(&values, 0.0).unwrap() <= low + 1e-9);
        }
    }
}
