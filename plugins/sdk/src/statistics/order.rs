//! Figures that go by rank.

use super::binomial::half_tail;
use super::{all_finite, sorted};

/// The median; for an even number of values the mean of the middle two. Sorts `values`. None when
/// there are none, or one is not finite.
pub fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() || !all_finite(values) {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    Some(if values.len() % 2 == 1 { values[middle] } else { values[middle - 1].midpoint(values[middle]) })
}

/// The quantile at `p`, from 0 (the least value) to 1 (the greatest): the value at rank
/// (n − 1)·p, counted from 0, on the line between its neighbours.
///
/// None when there are no values, one is not finite, or `p` is not from 0 to 1.
///
/// Hyndman, R. J., Fan, Y. (1996), Sample quantiles in statistical packages, The American
/// Statistician 50(4), 361–365, definition 7: what R, NumPy and Excel's PERCENTILE.INC use.
pub fn quantile(values: &[f64], p: f64) -> Option<f64> {
    sorted_quantile(&sorted(values)?, p)
}

/// [`quantile`] of finite values in ascending order.
pub(super) fn sorted_quantile(sorted: &[f64], p: f64) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&p) {
        return None;
    }
    let rank = (sorted.len() - 1) as f64 * p;
    let below = rank.floor() as usize;
    let low = sorted[below];
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    Some((low + (rank - below as f64) * (high - low)).clamp(low, high))
}

/// The interval of the median between two of the values, which covers it with at least 95 %
/// whatever the distribution: from the k-th least to the k-th greatest value, with the greatest k
/// for which 2·P(X < k) ≤ 5 % of a binomial X of n trials with ½.
///
/// None for fewer than six values: from the least to the greatest of five covers the median with
/// 93.75 % only. None when a value is not finite. Of values with ties it covers at least as much.
///
/// Thompson, W. R. (1936), On confidence ranges for the median and other expectation
/// distributions, Annals of Mathematical Statistics 7(3), 122–128.
pub fn median_interval(values: &[f64]) -> Option<(f64, f64)> {
    let sorted = sorted(values)?;
    let from = median_rank(sorted.len() as u64)? as usize;
    Some((*sorted.get(from)?, *sorted.get(sorted.len() - 1 - from)?))
}

/// Rank of the lower end, counted from 0; none when even the least value is too high.
fn median_rank(n: u64) -> Option<u64> {
    let covers = |rank: u64| 2.0 * half_tail(rank, n) <= 0.05;
    if n == 0 || !covers(0) {
        return None;
    }
    // The tail grows with the rank: halve between one that covers and one that does not.
    let (mut low, mut high) = (0, n / 2);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if covers(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!((median(&mut []), median(&mut [1.0, f64::NAN])), (None, None));
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    /// Computed: `numpy.quantile` of NumPy 2.4.6, whose default is definition 7.
    #[test]
    fn quantiles_agree_with_numpy() {
        let values = [7.0, 1.0, 3.0, 9.0, 4.5, 2.0];
        for (p, wanted) in [(0.0, 1.0), (0.1, 1.5), (0.25, 2.25), (0.5, 3.75), (0.6, 4.5), (0.975, 8.75), (1.0, 9.0)] {
            let found = quantile(&values, p).expect("six values");
            assert!((found - wanted).abs() < 1e-14, "{p}: {found}");
        }
        assert_eq!((quantile(&[], 0.5), quantile(&values, 1.1), quantile(&values, f64::NAN)), (None, None, None));
        assert_eq!(quantile(&[2.0], 0.3), Some(2.0));
    }

    /// Ranks up to 20 as a textbook prints them with their coverage ("Table A.7: Confidence
    /// intervals for the population median", from 96.9 % for n = 6); all as
    /// `scipy.stats.binom.cdf` of scipy 1.17.1 gives them.
    #[test]
    fn ranks_of_the_medians_interval_agree_with_a_table() {
        for (n, low, high) in [
            (6, 1, 6),
            (7, 1, 7),
            (8, 1, 8),
            (9, 2, 8),
            (10, 2, 9),
            (11, 2, 10),
            (12, 3, 10),
            (13, 3, 11),
            (14, 3, 12),
            (15, 4, 12),
            (16, 4, 13),
            (17, 5, 13),
            (18, 5, 14),
            (19, 5, 15),
            (20, 6, 15),
            (25, 8, 18),
            (30, 10, 21),
            (50, 18, 33),
            (100, 40, 61),
            (101, 41, 61),
            (1000, 469, 532),
        ] {
            let values: Vec<f64> = (1..=n).rev().map(f64::from).collect();
            assert_eq!(median_interval(&values), Some((f64::from(low), f64::from(high))), "{n}");
        }
    }

    /// Published: the example of `ci.median` in the R package statpsych prints 10.8 to 30.9.
    #[test]
    fn the_medians_interval_agrees_with_statpsych() {
        let values = [
            30.2, 20.4, 15.1, 10.2, 10.5, 60.8, 20.8, 25.0, 20.7, 30.9, 10.8, 5.1, 50.9, 40.0, 20.9, 10.8, 0.0, 20.5,
            50.8,
        ];
        assert_eq!(median_interval(&values), Some((10.8, 30.9)));
    }

    #[test]
    fn five_values_have_no_interval() {
        assert_eq!(median_interval(&[1.0, 2.0, 3.0, 4.0, 5.0]), None);
        assert_eq!(median_interval(&[]), None);
    }
}
