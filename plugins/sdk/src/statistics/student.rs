//! Student's t distribution, by `+ - * / sqrt` alone.

/// Most steps of a continued fraction or a series; tens to a few hundred do.
const MOST_STEPS: u32 = 100_000;

const ROOT_PI: f64 = 1.772_453_850_905_516;

/// P(T ≤ `t`) for Student's t distribution with `df` degrees of freedom, a real number above 0.
///
/// None when `df` is not above 0 or `t` is not finite. Accurate to some 11 digits of the smaller
/// tail, and to fewer only beyond |t| = 4 with millions of degrees of freedom.
pub fn student_cdf(t: f64, df: f64) -> Option<f64> {
    if !t.is_finite() || !df.is_finite() || df <= 0.0 {
        return None;
    }
    let tail = upper_tail(t.abs(), df);
    Some(if t > 0.0 { 1.0 - tail } else { tail })
}

/// The t with P(T ≤ t) = `p` for Student's t distribution with `df` degrees of freedom, a real
/// number above 0. Accurate to some 11 significant digits, as [`student_cdf`].
///
/// None when `p` is not between 0 and 1, `df` is not above 0, or the quantile is beyond the
/// doubles (a tiny `df`).
///
/// The tail falls as t grows, so the quantile is found by halving.
pub fn student_quantile(p: f64, df: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0 && df > 0.0 && df.is_finite()) {
        return None;
    }
    if p == 0.5 {
        return Some(0.0);
    }
    let wanted = if p < 0.5 { p } else { 1.0 - p };
    let mut high = 1.0;
    while upper_tail(high, df) > wanted {
        high *= 2.0;
        if high > 1e150 {
            return None;
        }
    }
    let mut low = if high > 1.0 { high / 2.0 } else { 0.0 };
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return Some(if p < 0.5 { -high } else { high });
        }
        if upper_tail(middle, df) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// P(T > `t`) for `t` ≥ 0: half the regularised incomplete beta function
/// I(df / (df + t²); df/2, ½) (NIST Digital Library of Mathematical Functions, 8.17).
fn upper_tail(t: f64, df: f64) -> f64 {
    let (a, ratio) = (df / 2.0, t / df.sqrt());
    let square = ratio * ratio;
    // z = df / (df + t²); its power by the logarithm of 1 + t²/df, which a large df does not spoil.
    let (z, rest) = (1.0 / (1.0 + square), square / (1.0 + square));
    let front = exp_of_negative(-a * ln_1p(square)) * rest.sqrt() * gamma_ratio(a) / ROOT_PI;
    // The series is for the middle, where the fraction would lose the digits of t² beside df; the
    // fraction is for the tail, where ½ less the series would lose those of the tail.
    if square < 1.0 && t < 4.0 { 0.5 - front * central_series(a, rest) } else { 0.5 * front / a * beta_fraction(z, a) }
}

/// Σ Π (a + ½ + j)/(3/2 + j)·x over the terms from the first, 1 (DLMF 8.17.8 with a = ½).
fn central_series(a: f64, x: f64) -> f64 {
    let (mut term, mut total) = (1.0, 1.0);
    for j in 0..MOST_STEPS {
        term *= (a + 0.5 + f64::from(j)) / (1.5 + f64::from(j)) * x;
        total += term;
        if term < total * 1e-17 {
            break;
        }
    }
    total
}

/// The continued fraction of I(x; a, ½) (DLMF 8.17.22) by the method of Lentz, W. J. (1976),
/// Applied Optics 15(3), 668–671.
fn beta_fraction(x: f64, a: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let b = 0.5;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in (1..MOST_STEPS).map(f64::from) {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + coefficient * d);
            c = away_from_zero(1.0 + coefficient / c);
            step = c * d;
            fraction *= step;
        }
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

/// Γ(a + ½) / Γ(a) for a > 0.
///
/// From 20 on by its series in w = (a − ¼)⁻², from DLMF 5.11.8 with h = ¾ and h = ¼ (the next term
/// is below 10⁻¹⁵); below, by stepping up with Γ(a + 1) = a·Γ(a).
fn gamma_ratio(a: f64) -> f64 {
    let (mut above, mut factor) = (a, 1.0);
    while above < 20.0 {
        factor *= above / (above + 0.5);
        above += 1.0;
    }
    let shifted = above - 0.25;
    let w = 1.0 / (shifted * shifted);
    let series =
        1.0 + w * (1.0 / 64.0 + w * (-19.0 / 8192.0 + w * (631.0 / 524_288.0 + w * (-174_317.0 / 134_217_728.0))));
    factor * shifted.sqrt() * series
}

const LN_2: f64 = std::f64::consts::LN_2;
/// ln 2 in two parts, the first with zeros at its end, so that its small multiples are exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// ln(1 + x) for x ≥ 0.
fn ln_1p(x: f64) -> f64 {
    // 1 + x = 2^k·m, with m near 1; ln m = 2·artanh((m − 1) / (m + 1)).
    if x < 0.4 {
        return twice_artanh(x / (2.0 + x));
    }
    let (mut m, mut k) = (1.0 + x, 0.0);
    while m > std::f64::consts::SQRT_2 {
        m /= 2.0;
        k += 1.0;
    }
    k * LN_2_HIGH + (k * LN_2_LOW + twice_artanh((m - 1.0) / (m + 1.0)))
}

/// 2·(s + s³/3 + s⁵/5 + …) for |s| ≤ 0.172, where 12 terms do.
fn twice_artanh(s: f64) -> f64 {
    let square = s * s;
    let series = (0..12).rev().fold(0.0, |rest, i| rest * square + 1.0 / f64::from(2 * i + 1));
    2.0 * s * series
}

/// eˣ for x ≤ 0; 0 below −700.
fn exp_of_negative(x: f64) -> f64 {
    if x < -700.0 {
        return 0.0;
    }
    let k = (-x / LN_2 + 0.5).floor();
    let r = (x + k * LN_2_HIGH) + k * LN_2_LOW;
    // |r| ≤ ½·ln 2, where 16 terms of the power series do.
    let series = (1..16).rev().fold(1.0, |rest, i| 1.0 + rest * r / f64::from(i));
    (0..k as u32).fold(series, |value, _| value / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::prints;
    use super::*;

    /// Published: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, critical values of
    /// Student's t distribution, and every textbook.
    #[test]
    fn quantiles_agree_with_the_tables() {
        let freedoms = [1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0];
        for (p, table) in [
            (0.95, [6.314, 2.920, 2.353, 2.132, 2.015, 1.812, 1.725, 1.697, 1.671, 1.658]),
            (0.975, [12.706, 4.303, 3.182, 2.776, 2.571, 2.228, 2.086, 2.042, 2.000, 1.980]),
            (0.995, [63.657, 9.925, 5.841, 4.604, 4.032, 3.169, 2.845, 2.750, 2.660, 2.617]),
        ] {
            for (df, t) in freedoms.into_iter().zip(table) {
                let found = student_quantile(p, df).expect("a quantile");
                assert!(prints(found, t, 3), "{p}, {df}: {found}");
            }
        }
    }

    /// Computed: mpmath 1.4.1 with 40 digits, the root of its incomplete beta function; scipy 1.17.1
    /// agrees to 13 digits.
    #[test]
    fn quantiles_agree_with_mpmath() {
        for (p, df, t) in [
            (0.6, 0.5, 0.397975426784791),
            (0.9, 0.5, 10.2703244102345),
            (0.975, 0.5, 164.557673480488),
            (0.995, 0.5, 4113.96458880417),
            (0.9999, 0.5, 10284911.5631657),
            (0.6, 1.0, 0.324919696232906),
            (0.9, 1.0, 3.07768353717525),
            (0.975, 1.0, 12.7062047361747),
            (0.995, 1.0, 63.6567411628715),
            (0.9999, 1.0, 3183.0987571185),
            (0.6, 1.5, 0.300745392569795),
            (0.9, 1.5, 2.19639841756554),
            (0.975, 1.5, 6.01666310442793),
            (0.995, 1.5, 17.8203105144628),
            (0.9999, 1.5, 242.264098846524),
            (0.6, 2.7, 0.279328463317969),
            (0.9, 2.7, 1.68810817514664),
            (0.975, 2.7, 3.39214838317375),
            (0.995, 2.7, 6.53312843340845),
            (0.9999, 2.7, 28.4646988178164),
            (0.6, 7.25, 0.26282275942678),
            (0.9, 7.25, 1.4098848953259),
            (0.975, 7.25, 2.34819484910537),
            (0.995, 7.25, 3.45875596244381),
            (0.9999, 7.25, 6.88406874113859),
            (0.6, 33.3, 0.255380571708316),
            (0.9, 33.3, 1.30749640908748),
            (0.975, 33.3, 2.03381922413405),
            (0.995, 33.3, 2.73177948417507),
            (0.9999, 33.3, 4.17763087534501),
            (0.6, 100.0, 0.254022182458228),
            (0.9, 100.0, 1.29007476134652),
            (0.975, 100.0, 1.98397151852355),
            (0.995, 100.0, 2.62589052143802),
            (0.9999, 100.0, 3.86159979095009),
            (0.6, 1000.0, 0.253414515839499),
            (0.9, 1000.0, 1.28239872146092),
            (0.975, 1000.0, 1.96233908082641),
            (0.995, 1000.0, 2.58075469806595),
            (0.9999, 1000.0, 3.7328516045754),
            (0.6, 12345.6, 0.253352562805347),
            (0.9, 12345.6, 1.28162014309541),
            (0.975, 12345.6, 1.96015615825951),
            (0.995, 12345.6, 2.57622760442521),
            (0.9999, 12345.6, 3.72013372294294),
            (0.6, 1000000.0, 0.253347170537842),
            (0.9, 1000000.0, 1.28155241212994),
            (0.975, 1000000.0, 1.95996635681411),
            (0.995, 1000000.0, 2.57583422010533),
            (0.9999, 1000000.0, 3.71903027476257),
        ] {
            let found = student_quantile(p, df).expect("a quantile");
            assert!((found / t - 1.0).abs() < 1e-12, "{p}, {df}: {found} and not {t}");
        }
    }

    /// By algebra: P = ½ + arctan(t)/π for one degree of freedom, ½ + t/(2√(2 + t²)) for two.
    #[test]
    fn the_distribution_agrees_with_its_closed_forms() {
        for t in [0.0, 1e-9, 0.1, 1.0, 1.7, 1.8, 5.0, 1e3] {
            let one = student_cdf(t, 1.0).expect("a probability");
            assert!((one - (0.5 + f64::atan(t) / std::f64::consts::PI)).abs() < 1e-15, "{t}: {one}");
            let two = student_cdf(-t, 2.0).expect("a probability");
            assert!((two - (0.5 - t / (2.0 * (2.0 + t * t).sqrt()))).abs() < 1e-15, "{t}: {two}");
        }
    }

    #[test]
    fn logarithm_and_power_agree_with_the_machines() {
        for x in [0.0, 1e-12, 0.1, 0.399, 0.4, 0.5, 1.0, 3.0, 1e6, 1e300] {
            assert!((ln_1p(x) - f64::ln_1p(x)).abs() <= 4e-16 * f64::ln_1p(x), "{x}");
            assert!((exp_of_negative(-x) - f64::exp(-x)).abs() <= 1e-15 * f64::exp(-x), "{x}");
        }
    }

    #[test]
    fn what_is_no_distribution_has_no_quantile() {
        assert_eq!(student_quantile(0.5, 3.0), Some(0.0));
        for (p, df) in [(0.0, 3.0), (1.0, 3.0), (f64::NAN, 3.0), (0.9, 0.0), (0.9, f64::INFINITY), (0.9, 1e-6)] {
            assert_eq!(student_quantile(p, df), None, "{p}, {df}");
        }
        assert_eq!((student_cdf(f64::NAN, 1.0), student_cdf(1.0, -1.0)), (None, None));
    }
}
