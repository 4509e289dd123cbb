//! Shares of a group, and differences of shares.

use super::Difference;
use super::binomial::half_tail;

/// 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95 % score interval of the share `met` / `of`, from 0 to 1.
///
/// None when `of` is 0 or `met` is more than `of`.
///
/// Wilson, E. B. (1927), Journal of the American Statistical Association 22(158), 209–212:
/// (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n), without continuity correction.
///
/// Any language with IEEE 754 doubles finds the same bits with z = 1.959963984540054 and these
/// steps, each rounded on its own (no fused multiply-add), from left to right:
///
/// ```text
/// n, p   = of, met / of
/// z2     = z * z
/// scale  = 1 + z2 / n
/// centre = (p + z2 / (2 * n)) / scale
/// half   = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / scale
/// low    = 0 if met = 0  else max(centre - half, 0)
/// high   = 1 if met = of else min(centre + half, 1)
/// ```
///
/// At the ends the limit is 0 or 1 by algebra; naming it keeps a last-bit error out.
pub fn wilson(met: u32, of: u32) -> Option<(f64, f64)> {
    score_interval(f64::from(met), f64::from(of))
}

/// [`wilson`] of whole numbers that may be sums of counts.
fn score_interval(met: f64, of: f64) -> Option<(f64, f64)> {
    if of == 0.0 || met > of {
        return None;
    }
    let (n, p) = (of, met / of);
    let z2 = Z * Z;
    let scale = 1.0 + z2 / n;
    let centre = (p + z2 / (2.0 * n)) / scale;
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    let low = if met == 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if met == of { 1.0 } else { (centre + half).min(1.0) };
    Some((low, high))
}

/// Difference of the shares of two separate groups, p₁ − p₂, from −1 to 1, with the hybrid score
/// interval.
///
/// None when a group is empty or has more met than members. For the same students at two points
/// use [`paired_difference`]; this interval would be too wide.
///
/// Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions:
/// comparison of eleven methods, Statistics in Medicine 17(8), 873–890, method 10: with Wilson's
/// limits l and u of each share, from d − √((p₁ − l₁)² + (u₂ − p₂)²) to
/// d + √((u₁ − p₁)² + (p₂ − l₂)²), without continuity correction.
pub fn newcombe_difference(met1: u32, of1: u32, met2: u32, of2: u32) -> Option<Difference> {
    square_and_add((f64::from(met1), f64::from(of1)), (f64::from(met2), f64::from(of2)), 0.0)
}

/// Difference of two shares of the same students, first less second, from −1 to 1, with the score
/// interval for pairs.
///
/// The four counts are the students who met both times, the first time only, the second time
/// only, and neither time. None when there are none. Swap the middle two for second less first.
///
/// Newcombe, R. G. (1998), Improved confidence intervals for the difference between binomial
/// proportions based on paired data, Statistics in Medicine 17(22), 2635–2650, method 10: as
/// [`newcombe_difference`], less 2φ times the product under each root. φ is the correlation of
/// the pairs, (ad − bc) / √((a + b)(c + d)(a + c)(b + d)); a positive ad − bc is first made
/// smaller by n/2, to 0 at the least, and φ is 0 where a factor is.
pub fn paired_difference(both: u32, first_only: u32, second_only: u32, neither: u32) -> Option<Difference> {
    let [a, b, c, d] = [both, first_only, second_only, neither].map(f64::from);
    let n = a + b + c + d;
    let margins = (a + b) * (c + d) * (a + c) * (b + d);
    let excess = a * d - b * c;
    let corrected = if excess > 0.0 { (excess - n / 2.0).max(0.0) } else { excess };
    let phi = if margins > 0.0 { corrected / margins.sqrt() } else { 0.0 };
    let found = square_and_add((a + b, n), (a + c, n), phi)?;
    // (b − c) / n keeps equal changes at exactly 0, where the difference of two shares may not.
    Some(Difference { value: (b - c) / n, ..found })
}

/// Newcombe's interval from Wilson's intervals of two shares that are correlated by `phi`.
fn square_and_add((met1, of1): (f64, f64), (met2, of2): (f64, f64), phi: f64) -> Option<Difference> {
    let ((low1, high1), (low2, high2)) = (score_interval(met1, of1)?, score_interval(met2, of2)?);
    let (p1, p2) = (met1 / of1, met2 / of2);
    let reach = |a: f64, b: f64| (a * a - 2.0 * phi * a * b + b * b).max(0.0).sqrt();
    let value = p1 - p2;
    Some(Difference {
        value,
        low: (value - reach(p1 - low1, high2 - p2)).max(-1.0),
        high: (value + reach(high1 - p1, p2 - low2)).min(1.0),
    })
}

/// Two-sided exact p-value, from 0 to 1, that as many students change one way as the other: the
/// binomial test of the pairs that changed. It is 1 when none did.
///
/// McNemar, Q. (1947), Psychometrika 12(2), 153–157; the exact form is twice the smaller tail of
/// the binomial distribution with n = `first_only` + `second_only` and ½, at most 1 (Fagerland,
/// M. W., Lydersen, S., Laake, P. (2013), BMC Medical Research Methodology 13, 91).
pub fn mcnemar_exact(first_only: u32, second_only: u32) -> f64 {
    let changed = u64::from(first_only) + u64::from(second_only);
    (2.0 * half_tail(u64::from(first_only.min(second_only)), changed)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::prints;
    use super::*;

    /// Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in
    /// Medicine 17(8), 857–872, table I, method 3 (score, no continuity correction).
    #[test]
    fn wilson_agrees_with_newcombes_table() {
        for (met, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let found = wilson(met, of).expect("a group");
            assert!(prints(found.0, low, 4) && prints(found.1, high, 4), "{met}/{of}: {found:?}");
        }
    }

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
            let found = wilson(met, of).expect("a group");
            assert!(prints(found.0 * 100.0, low, 1) && prints(found.1 * 100.0, high, 1), "{met}/{of}: {found:?}");
        }
        assert_eq!((wilson(0, 0), wilson(2, 1)), (None, None));
    }

    /// Newcombe (1998), Statistics in Medicine 17(8), 873–890, table II, method 10.
    #[test]
    fn differences_agree_with_newcombes_table() {
        for (met1, of1, met2, of2, low, high) in [
            (56, 70, 48, 80, 0.0524, 0.3339),
            (9, 10, 3, 10, 0.1705, 0.8090),
            (6, 7, 2, 7, 0.0582, 0.8062),
            (5, 56, 0, 29, -0.0381, 0.1926),
            (0, 10, 0, 20, -0.1611, 0.2775),
            (0, 10, 0, 10, -0.2775, 0.2775),
            (10, 10, 0, 20, 0.6791, 1.0),
            (10, 10, 0, 10, 0.6075, 1.0),
        ] {
            let found = newcombe_difference(met1, of1, met2, of2).expect("two groups");
            assert!(prints(found.low, low, 4) && prints(found.high, high, 4), "{met1}/{of1} {met2}/{of2}: {found:?}");
        }
        assert_eq!(newcombe_difference(0, 0, 1, 2), None);
        assert_eq!(newcombe_difference(1, 2, 3, 2), None);
    }
}
