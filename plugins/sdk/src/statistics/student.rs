//! Student's t distribution, by `+ - * / sqrt` alone.

/// Most steps of a continued fraction or a series; some 200 do for the degrees of freedom of a
/// school's data, and a million for none.
const MOST_STEPS: u32 = 100_000;

const ROOT_PI: f64 = 1.772_453_850_905_516;

/// P(T ≤ `t`) for Student's t distribution with `df` degrees of freedom, a real number above 0.
///
/// None when `df` is not above 0 or `t` is not finite. Accurate to some 12 digits of the smaller
/// tail.
pub fn student_cdf(t: f64, df: f64) -> Option<f64> {
    if !t.is_finite() || !df.is_finite() || df <= 0.0 {
        return None;
    }
    let tail = upper_tail(t.abs(), df);
    Some(if t > 0.0 { 1.0 - tail } else { tail })
}

/// The t with P(T ≤ t) = `p` for Student's t distribution with `df` degrees of freedom, a real
/// number above 0. Accurate to some 10 significant digits.
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
    if t * t < 3.0 { 0.5 - front * central_series(a, rest) } else { 0.5 * front / a * beta_fraction(z, a) }
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
