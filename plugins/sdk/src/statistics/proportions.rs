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

    /// The bits that transcriptions of the documented steps give in Python 3.11 and in Node.js 20.
    #[test]
    fn wilson_has_the_same_bits_as_python_and_javascript() {
        for (met, of, low, high) in [
            (7, 10, 0x3FD9_64D0_2BC7_3CC8, 0x3FEC_8CF9_53F6_41EA),
            (36, 52, 0x3FE1_D56F_6EBC_F792, 0x3FE9_A095_E26F_B386),
            (1, 3, 0x3FAF_7BDF_4715_44F0, 0x3FE9_5ADA_40BB_5A6F),
            (u32::MAX - 1, u32::MAX, 0x3FEF_FFFF_FF4A_B8DB, 0x3FEF_FFFF_FFFA_59E9),
        ] {
            let found = wilson(met, of).map(|(low, high)| (low.to_bits(), high.to_bits()));
            assert_eq!(found, Some((low, high)), "{met}/{of}");
        }
    }

    /// Published: remission before and after consolidation (Cavo 2012), as the tests of the R
    /// package contingencytables print it for Fagerland, Lydersen and Laake (2017), Statistical
    /// Analysis of Contingency Tables, chapter 8: −0.0621 (−0.1186 to −0.0046).
    #[test]
    fn paired_differences_agree_with_a_published_example() {
        let found = paired_difference(59, 6, 16, 80).expect("pairs");
        assert!(prints(found.value, -0.0621, 4), "{found:?}");
        assert!(prints(found.low, -0.1186, 4) && prints(found.high, -0.0046, 4), "{found:?}");
    }

    /// Computed: Newcombe's formula in Python over the Wilson limits of statsmodels 0.15.0. The
    /// tables are those of Bentur (2009), Altman (2000) table 6.2, Armitage and Berry (1994), and
    /// tables with an empty cell or margin.
    #[test]
    fn paired_differences_agree_with_statsmodels() {
        for (counts, value, low, high) in [
            ([1, 1, 7, 12], -0.2857142857142857, -0.506920226686141, -0.025559124164859837),
            ([14, 5, 0, 22], 0.12195121951219512, 0.011483241383033221, 0.2264926843512112),
            ([20, 12, 2, 16], 0.2, 0.05615642484174821, 0.32920699540014053),
            ([36, 12, 2, 0], 0.2, 0.0569295840032388, 0.3404276029749408),
            ([5, 3, 3, 0], 0.0, -0.3937301844902613, 0.3937301844902613),
            ([0, 0, 0, 5], 0.0, -0.43448246478317487, 0.43448246478317487),
        ] {
            let [a, b, c, d] = counts;
            let found = paired_difference(a, b, c, d).expect("pairs");
            assert!((found.value - value).abs() < 1e-14, "{counts:?}: {found:?}");
            assert!((found.low - low).abs() < 1e-13 && (found.high - high).abs() < 1e-13, "{counts:?}: {found:?}");
        }
        assert_eq!(paired_difference(0, 0, 0, 0), None);
    }

    /// Published: 6 and 16 changed, P = 0.052479 (tests of contingencytables, as above); 12 and 2,
    /// P = 0.0129 (StatsDirect's help, "McNemar", after Armitage and Berry 1994, p. 127).
    #[test]
    fn mcnemar_agrees_with_published_examples() {
        assert!(prints(mcnemar_exact(6, 16), 0.052479, 6));
        assert!(prints(mcnemar_exact(12, 2), 0.0129, 4));
    }

    /// Computed: `scipy.stats.binomtest` of scipy 1.17.1.
    #[test]
    fn mcnemar_agrees_with_scipy() {
        for (first, second, p) in [
            (0, 6, 0.03125),
            (7, 1, 0.0703125),
            (10, 6, 0.454498291015625),
            (38, 42, 0.7375543089843226),
            (500, 600, 0.0028195449914364284),
            (1000, 1400, 3.262202836750829e-16),
        ] {
            let found = mcnemar_exact(first, second);
            assert!((found / p - 1.0).abs() < 1e-11, "{first}, {second}: {found}");
        }
        assert_eq!((mcnemar_exact(0, 0), mcnemar_exact(3, 3)), (1.0, 1.0));
    }
}
