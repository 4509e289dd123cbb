//! Chances: how likely a figure like this would be if nothing had changed, or if all went to plan.
//!
//! Comes in: counts of students and shares. Goes out: probabilities, 0–1. Students' results are taken as
//! independent of each other, each with the same chance: the assumption behind every count here, named
//! wherever its results are printed. Sums of exact terms; the logarithms of factorials are those of
//! `libm`, the same on every machine.

use super::Way;

/// `ln n!`.
fn ln_factorial(n: u32) -> f64 {
    libm::lgamma(f64::from(n) + 1.0)
}

/// `ln (n choose k)`.
fn ln_choose(n: u32, k: u32) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// P(X ≥ `met`) for X ~ binomial(`of`, `share`).
pub fn binomial_at_least(met: u32, of: u32, share: f64) -> f64 {
    if met == 0 {
        return 1.0;
    }
    if met > of || share <= 0.0 {
        return 0.0;
    }
    if share >= 1.0 {
        return 1.0;
    }
    let (ln_p, ln_q) = (libm::log(share), libm::log1p(-share));
    let term = |k: u32| libm::exp(ln_choose(of, k) + f64::from(k) * ln_p + f64::from(of - k) * ln_q);
    (met..=of).map(term).sum::<f64>().min(1.0)
}

/// P(X ≤ `met`) for X ~ binomial(`of`, `share`).
pub fn binomial_at_most(met: u32, of: u32, share: f64) -> f64 {
    if met >= of { 1.0 } else { binomial_at_least(of - met, of, 1.0 - share) }
}

/// P(X ≥ `met`) where `met` of `of` now and `met_then` of `of_then` before come from one urn: the one-sided
/// probability of Fisher's exact test.
pub fn fisher_at_least((met, of): (u32, u32), (met_then, of_then): (u32, u32)) -> f64 {
    let (all, met_all) = (of + of_then, met + met_then);
    let whole = ln_choose(all, met_all);
    let term = |k: u32| libm::exp(ln_choose(of, k) + ln_choose(of_then, met_all - k) - whole);
    let least = met.max(met_all.saturating_sub(of_then));
    (least..=of.min(met_all)).map(term).sum::<f64>().min(1.0)
}

/// P(Z ≥ `z`) of the standard normal distribution.
pub fn normal_at_least(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// P(|D| ≤ `size`) for a difference D that is normal around `mean` with this standard deviation.
pub fn normal_within(size: f64, mean: f64, deviation: f64) -> f64 {
    normal_at_least((mean - size) / deviation) - normal_at_least((mean + size) / deviation)
}

/// P(X ≥ `met`) for `of` further students where `met_then` of `of_then` are known: beta-binomial, with
/// Jeffreys' prior on the share. It carries the uncertainty of the baseline as well as that of the students
/// to come.
pub fn predictive_at_least(met: u32, of: u32, (met_then, of_then): (u32, u32)) -> f64 {
    let (a, b) = (f64::from(met_then) + 0.5, f64::from(of_then - met_then) + 0.5);
    let ln_beta = |a: f64, b: f64| libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let whole = ln_beta(a, b);
    let term = |k: u32| libm::exp(ln_choose(of, k) + ln_beta(a + f64::from(k), b + f64::from(of - k)) - whole);
    (met..=of).map(term).sum::<f64>().min(1.0)
}

/// Where a share starts from: counted, or stated without a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum From {
    /// So many of so many.
    Counted(u32, u32),
    /// A share, 0–1.
    Stated(f64),
}

/// The chance that a share at least as good as `met` of `of` comes about although nothing has changed since
/// the start. For a way down, “good” is low.
pub fn if_nothing_changed((met, of): (u32, u32), from: From, way: Way) -> f64 {
    let (met, from) = match (way, from) {
        (Way::Up, from) => (met, from),
        (Way::Down, From::Counted(met_then, of_then)) => (of - met, From::Counted(of_then - met_then, of_then)),
        (Way::Down, From::Stated(share)) => (of - met, From::Stated(1.0 - share)),
    };
    match from {
        From::Counted(met_then, of_then) => fisher_at_least((met, of), (met_then, of_then)),
        From::Stated(share) => binomial_at_least(met, of, share),
    }
}

/// Variance of a share: p̃(1−p̃)/ñ with one success and one failure added (Agresti and Caffo 2000).
pub fn variance((met, of): (u32, u32)) -> f64 {
    let of = f64::from(of) + 2.0;
    let share = (f64::from(met) + 1.0) / of;
    share * (1.0 - share) / of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-10, "{found} is not {expected}");
    }

    #[test]
    fn tails_are_those_of_the_definitions() {
        // By hand: three fair coins show at least two heads in 4 of 8 cases.
        near(binomial_at_least(2, 3, 0.5), 0.5);
        near(binomial_at_most(1, 3, 0.5), 0.5);
        near(binomial_at_least(0, 3, 0.2), 1.0);
        near(binomial_at_least(3, 3, 0.2), 0.008);
        // Fisher's lady tasting tea: 4 of 4 by chance is 1/70, at least 3 of 4 is 17/70.
        near(fisher_at_least((4, 4), (0, 4)), 1.0 / 70.0);
        near(fisher_at_least((3, 4), (1, 4)), 17.0 / 70.0);
        // One student known to be at level, Jeffreys' prior: the next is at level with 1.5 in 2.
        near(predictive_at_least(1, 1, (1, 1)), 0.75);
        near(normal_at_least(0.0), 0.5);
        assert!((normal_at_least(1.959_963_984_540_054) - 0.025).abs() < 1e-12);
    }

    #[test]
    fn down_is_up_seen_from_the_other_side() {
        near(
            if_nothing_changed((3, 40), From::Counted(9, 38), Way::Down),
            if_nothing_changed((37, 40), From::Counted(29, 38), Way::Up),
        );
        near(if_nothing_changed((3, 40), From::Stated(0.25), Way::Down), binomial_at_most(3, 40, 0.25));
    }

    #[test]
    fn spreads_are_those_of_the_definitions() {
        // One of one more each way: 2 of 4, so 1/4 of 1/4; 3 of 6, so 1/4 of 1/6.
        near(variance((1, 2)), 1.0 / 16.0);
        near(variance((2, 4)), 1.0 / 24.0);
        // 1 of 3 and one more each way: 2 of 5.
        near(variance((1, 3)), 0.4 * 0.6 / 5.0);
        // Within one deviation of the mean 68.27 %, and around another mean the two tails of it.
        assert!((normal_within(2.0, 0.0, 2.0) - 0.682_689_492_137_086).abs() < 1e-12);
        near(normal_within(1.0, 3.0, 2.0), normal_at_least(1.0) - normal_at_least(2.0));
        assert!(binomial_at_least(2, 4, 0.0) == 0.0 && binomial_at_least(0, 4, 0.0) == 1.0);
    }
}
