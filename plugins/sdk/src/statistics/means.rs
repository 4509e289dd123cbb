//! Sums, means and their differences.

use super::{Difference, all_finite, student_quantile};

/// The sum, rounded once: the double nearest the exact sum, in whatever order the values come.
/// The sum of none is 0; it is not a number or infinite when a value or the sum is.
///
/// Shewchuk, J. R. (1997), Adaptive precision floating-point arithmetic and fast robust geometric
/// predicates, Discrete & Computational Geometry 18, 305–363: partial sums that do not overlap.
/// Python's `math.fsum` gives the same bits.
pub fn sum(values: &[f64]) -> f64 {
    let mut partials: Vec<f64> = Vec::new();
    for &value in values {
        let mut rest = value;
        let mut kept = 0;
        for i in 0..partials.len() {
            let (total, error) = two_sum(rest, partials[i]);
            if error != 0.0 {
                partials[kept] = error;
                kept += 1;
            }
            rest = total;
        }
        partials.truncate(kept);
        partials.push(rest);
    }
    if !all_finite(&partials) {
        return plain_sum(values);
    }
    round(&partials)
}

/// The rounded sum of `a` and `b`, and what the rounding lost (Knuth 1969).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let total = a + b;
    let virtual_b = total - a;
    (total, (a - (total - virtual_b)) + (b - virtual_b))
}

/// Sum of partial sums that do not overlap and grow in size.
fn round(partials: &[f64]) -> f64 {
    let mut rest = partials.iter().rev();
    let Some(&(mut high)) = rest.next() else { return 0.0 };
    let mut low = 0.0;
    for &partial in rest.by_ref() {
        (high, low) = two_sum(high, partial);
        if low != 0.0 {
            break;
        }
    }
    // A tie was rounded to even although a smaller part lies beyond it: round towards that part.
    if let Some(&next) = rest.next()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let twice = low * 2.0;
        let other = high + twice;
        if twice == other - high {
            return other;
        }
    }
    high
}

/// The sum of sorted values, for those that are too large or no numbers.
fn plain_sum(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.iter().sum()
}

/// The mean. None when there are no values, or one is not finite.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() || !all_finite(values) {
        return None;
    }
    Some(sum(values) / values.len() as f64).filter(|mean| mean.is_finite())
}

/// Mean and variance, the latter with the divisor n − 1. None for fewer than two values.
///
/// Chan, T. F., Golub, G. H., LeVeque, R. J. (1983), Algorithms for computing the sample variance,
/// The American Statistician 37(3), 242–247: two passes, less the error of the rounded mean.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let mean = mean(values)?;
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let away: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let squares: Vec<f64> = away.iter().map(|a| a * a).collect();
    let left = sum(&away);
    let variance = ((sum(&squares) - left * left / n) / (n - 1.0)).max(0.0);
    variance.is_finite().then_some((mean, variance))
}

/// Standard deviation of a sample, with the divisor n − 1. None for fewer than two values, or when
/// one is not finite.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    moments(values).map(|(_, variance)| variance.sqrt())
}

/// Student's 95 % interval of the mean: x̄ ± t(n − 1)·s/√n.
///
/// For the mean change of the same students, give their differences. None for fewer than two
/// values, or when one is not finite. Levels of an ordinal scale have no mean: use
/// [`median_interval`](super::median_interval).
///
/// Student (1908), The probable error of a mean, Biometrika 6(1), 1–25.
pub fn mean_interval(values: &[f64]) -> Option<(f64, f64)> {
    let (mean, variance) = moments(values)?;
    let n = values.len() as f64;
    let half = student_quantile(0.975, n - 1.0)? * (variance / n).sqrt();
    Some((mean - half, mean + half))
}

/// Difference of the means of two separate groups, first less second, without the assumption that
/// they spread alike.
///
/// None when a group has fewer than two values, or one is not finite. Two groups without any
/// spread have an interval without width. For the same students at two points use
/// [`mean_interval`] of their differences.
///
/// Welch, B. L. (1947), The generalization of "Student's" problem when several different
/// population variances are involved, Biometrika 34(1–2), 28–35, with the degrees of freedom of
/// Satterthwaite, F. E. (1946), Biometrics Bulletin 2(6), 110–114:
/// (v₁ + v₂)² / (v₁²/(n₁ − 1) + v₂²/(n₂ − 1)) with v = s²/n.
pub fn welch_difference(first: &[f64], second: &[f64]) -> Option<Difference> {
    let ((mean1, variance1), (mean2, variance2)) = (moments(first)?, moments(second)?);
    let (n1, n2) = (first.len() as f64, second.len() as f64);
    let (v1, v2) = (variance1 / n1, variance2 / n2);
    let (value, v) = (mean1 - mean2, v1 + v2);
    if v == 0.0 {
        return Some(Difference { value, low: value, high: value });
    }
    let (part1, part2) = (v1 / v, v2 / v);
    let freedom = 1.0 / (part1 * part1 / (n1 - 1.0) + part2 * part2 / (n2 - 1.0));
    let half = student_quantile(0.975, freedom)? * v.sqrt();
    Some(Difference { value, low: value - half, high: value + half })
}

#[cfg(test)]
mod tests {
    use super::super::prints;
    use super::*;

    /// Extra hours of sleep by two drugs, Student (1908), as in R's data set `sleep`.
    const FIRST: [f64; 10] = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const SECOND: [f64; 10] = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    /// Exact by hand; `math.fsum` of Python 3.11 agrees.
    #[test]
    fn sums_are_rounded_once() {
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[1e16, 1.0, 1e-16]), 10_000_000_000_000_002.0);
        assert_eq!(sum(&[2f64.powi(53), -0.5, -(2f64.powi(-54))]), 2f64.powi(53) - 1.0);
        assert_eq!(sum(&[2f64.powi(53), 1.0, 2f64.powi(-100)]), 2f64.powi(53) + 2.0);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
    }

    /// Published: R prints for `t.test` of these pairs 0.7001142 to 2.4598858 (second less first)
    /// and a mean of 1.58.
    #[test]
    fn the_interval_of_a_mean_agrees_with_r() {
        let gains: Vec<f64> = SECOND.iter().zip(FIRST).map(|(second, first)| second - first).collect();
        let (low, high) = mean_interval(&gains).expect("ten gains");
        assert!(prints(mean(&gains).expect("ten gains"), 1.58, 2));
        assert!(prints(low, 0.700_114_2, 7) && prints(high, 2.459_885_8, 7), "{low} {high}");
    }

    /// Published: R prints for `t.test(extra ~ group, data = sleep)` −3.3654832 to 0.2054832.
    #[test]
    fn welchs_interval_agrees_with_r() {
        let found = welch_difference(&FIRST, &SECOND).expect("two groups");
        assert!(prints(found.low, -3.365_483_2, 7) && prints(found.high, 0.205_483_2, 7), "{found:?}");
        assert!((found.value + 1.58).abs() < 1e-15);
    }

    /// Computed: statsmodels 0.15.0, `CompareMeans.tconfint_diff(usevar="unequal")`; 4.05 degrees of
    /// freedom.
    #[test]
    fn welchs_interval_agrees_with_statsmodels_for_unlike_groups() {
        let found = welch_difference(&[5.0, 6.0, 7.0], &[1.0, 2.0, 4.0, 40.0, 3.5]).expect("two groups");
        assert!((found.low + 24.872419701323167).abs() < 1e-10, "{found:?}");
        assert!((found.high - 16.672419701323165).abs() < 1e-10, "{found:?}");
    }

    #[test]
    fn too_few_values_have_no_mean_or_spread() {
        assert_eq!((mean(&[]), mean(&[1.0, f64::NAN]), mean(&[4.0])), (None, None, Some(4.0)));
        assert_eq!((standard_deviation(&[4.0]), mean_interval(&[4.0])), (None, None));
        assert_eq!(mean_interval(&[4.0, 4.0]), Some((4.0, 4.0)));
        assert_eq!(welch_difference(&[4.0], &[1.0, 2.0]), None);
        let alike = Difference { value: 3.0, low: 3.0, high: 3.0 };
        assert_eq!(welch_difference(&[4.0, 4.0], &[1.0, 1.0]), Some(alike));
    }
}
