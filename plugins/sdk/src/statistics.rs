//! Statistics for metrics, each with its source.

/// 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_964;

/// Wilson's 95 % score interval of `met` of `of` (0–1); none when `of` is 0.
///
/// Wilson, E. B. (1927), Journal of the American Statistical Association 22(158), 209–212:
/// centre (p̂ + z²/2n) / (1 + z²/n), half-width z·√(p̂(1 − p̂)/n + z²/4n²) / (1 + z²/n).
pub fn wilson(met: u32, of: u32) -> Option<(f64, f64)> {
    if of == 0 {
        return None;
    }
    let (n, p) = (f64::from(of), f64::from(met) / f64::from(of));
    let z2 = Z * Z;
    let scale = 1.0 + z2 / n;
    let centre = (p + z2 / (2.0 * n)) / scale;
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}

/// The median; for an even number of values the mean of the middle two. Sorts `values`.
pub fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    Some(if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Low and high ends in percent, one decimal, from a table worked out apart from this code.
    #[test]
    fn wilson_intervals_agree_with_a_table() {
        for (met, of, low, high) in [
            (0, 10, 0.0, 27.8),
            (7, 10, 39.7, 89.2),
            (10, 10, 72.2, 100.0),
            (14, 20, 48.1, 85.5),
            (16, 23, 49.1, 84.4),
            (36, 52, 55.7, 80.1),
            (50, 72, 58.0, 78.9),
            (252, 360, 65.1, 74.5),
        ] {
            let (found_low, found_high) = wilson(met, of).expect("a group");
            assert!((found_low * 100.0 - low).abs() < 0.051, "{met}/{of}: {found_low}");
            assert!((found_high * 100.0 - high).abs() < 0.051, "{met}/{of}: {found_high}");
        }
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
