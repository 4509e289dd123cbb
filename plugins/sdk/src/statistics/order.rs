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
    Some(if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 })
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
