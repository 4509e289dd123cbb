//! Two columns of numbers: lines, correlation and what selection does.

use super::{all_finite, mean, median, student_quantile, sum};

/// Most points for [`theil_sen`], whose work and memory grow with their square: two million slopes.
const MOST_THEIL_SEN_POINTS: usize = 2_000;

/// A least-squares line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Units of y for one unit of x.
    pub slope: f64,
    /// y at x = 0.
    pub intercept: f64,
    /// Standard deviation of the residuals, with the divisor n − 2; none for two points.
    pub residual_deviation: Option<f64>,
    /// Standard error of the slope; none for two points.
    pub standard_error: Option<f64>,
    /// 95 % interval of the slope by Student's t with n − 2 degrees of freedom; none for two
    /// points.
    pub interval: Option<(f64, f64)>,
}

/// Means, and sums of squares and products about them.
struct Moments {
    mean_x: f64,
    mean_y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
    away_x: Vec<f64>,
    away_y: Vec<f64>,
}

/// None when the columns differ in length, a value is not finite, or there are none.
fn moments(x: &[f64], y: &[f64]) -> Option<Moments> {
    if x.len() != y.len() {
        return None;
    }
    let (mean_x, mean_y) = (mean(x)?, mean(y)?);
    let away_x: Vec<f64> = x.iter().map(|x| x - mean_x).collect();
    let away_y: Vec<f64> = y.iter().map(|y| y - mean_y).collect();
    let (xx, xy, yy) = (products(&away_x, &away_x), products(&away_x, &away_y), products(&away_y, &away_y));
    (xx.is_finite() && yy.is_finite()).then_some(Moments { mean_x, mean_y, xx, xy, yy, away_x, away_y })
}

/// Σab, less what the rounding of the means left in them.
fn products(a: &[f64], b: &[f64]) -> f64 {
    let each: Vec<f64> = a.iter().zip(b).map(|(a, b)| a * b).collect();
    sum(&each) - sum(a) * sum(b) / a.len() as f64
}

/// The least-squares line of `y` over `x`: slope Σ(x − x̄)(y − ȳ) / Σ(x − x̄)², through the means,
/// with the interval slope ± t(n − 2)·s/√Σ(x − x̄)².
///
/// None when the columns differ in length, a value is not finite, or all x are equal. The interval
/// takes residuals as independent and equally spread; fewer than ten or so points say little.
///
/// Draper, N. R., Smith, H. (1998), Applied Regression Analysis, 3rd edition, chapter 1; the
/// method is of Legendre (1805) and Gauss (1809).
pub fn slope(x: &[f64], y: &[f64]) -> Option<Slope> {
    let about = moments(x, y)?;
    let slope = about.xy / about.xx;
    if about.xx <= 0.0 || !slope.is_finite() {
        return None;
    }
    let intercept = about.mean_y - slope * about.mean_x;
    let freedom = x.len() as f64 - 2.0;
    let (mut residual_deviation, mut standard_error, mut interval) = (None, None, None);
    if freedom > 0.0 {
        let residuals: Vec<f64> = about.away_x.iter().zip(&about.away_y).map(|(x, y)| y - slope * x).collect();
        let deviation = (products(&residuals, &residuals).max(0.0) / freedom).sqrt();
        let error = deviation / about.xx.sqrt();
        let half = student_quantile(0.975, freedom)? * error;
        residual_deviation = Some(deviation);
        standard_error = Some(error);
        interval = Some((slope - half, slope + half));
    }
    Some(Slope { slope, intercept, residual_deviation, standard_error, interval })
}

/// The median of the slopes between all pairs of points with different x: a slope that up to 29 %
/// of wild points do not spoil.
///
/// None when the columns differ in length, a value is not finite, all x are equal, or there are
/// more than 2000 points.
///
/// Theil, H. (1950), A rank-invariant method of linear and polynomial regression analysis,
/// Proceedings of the Royal Netherlands Academy of Sciences 53, 386–392, 521–525, 1397–1412; for
/// equal x Sen, P. K. (1968), Journal of the American Statistical Association 63(324), 1379–1389.
pub fn theil_sen(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() != y.len() || x.len() > MOST_THEIL_SEN_POINTS || !all_finite(x) || !all_finite(y) {
        return None;
    }
    let mut slopes = Vec::with_capacity(x.len() * x.len().saturating_sub(1) / 2);
    for i in 0..x.len() {
        let others = (0..i).filter(|&j| x[i] != x[j]);
        slopes.extend(others.map(|j| (y[i] - y[j]) / (x[i] - x[j])));
    }
    median(&mut slopes)
}

/// Pearson's correlation, from −1 to 1: Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)²·Σ(y − ȳ)²).
///
/// None when the columns differ in length, a value is not finite, or a column does not vary.
///
/// Pearson, K. (1896), Mathematical contributions to the theory of evolution III, Philosophical
/// Transactions of the Royal Society A 187, 253–318.
pub fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let about = moments(x, y)?;
    let correlation = about.xy / (about.xx.sqrt() * about.yy.sqrt());
    (about.xx > 0.0 && about.yy > 0.0 && correlation.is_finite()).then(|| correlation.clamp(-1.0, 1.0))
}

/// The change to expect, without any effect, of a group that was selected by its start:
/// (1 − r)·(μ − x̄), in the units of the means.
///
/// `correlation` is that of start and end among all, μ is the `mean_of_all` at the start and x̄ the
/// `mean_of_selected`. Weak starters rise and strong ones fall by it, so a gain counts as such only
/// beyond it. It assumes that start and end have the same mean and spread among all, and that
/// their relation is a straight line: for unlike instruments give standard units.
///
/// None when `correlation` is not from −1 to 1, or a mean is not finite.
///
/// Galton, F. (1886), Regression towards mediocrity in hereditary stature, Journal of the
/// Anthropological Institute 15, 246–263; Davis, C. E. (1976), The effect of regression to the
/// mean in epidemiologic and clinical studies, American Journal of Epidemiology 104(5), 493–498.
pub fn regression_to_the_mean(correlation: f64, mean_of_all: f64, mean_of_selected: f64) -> Option<f64> {
    let change = (1.0 - correlation) * (mean_of_all - mean_of_selected);
    ((-1.0..=1.0).contains(&correlation) && change.is_finite()).then_some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEKS: [f64; 9] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.5, 9.0];
    const WORDS: [f64; 9] = [10.0, 11.5, 11.0, 14.0, 13.5, 17.0, 16.0, 21.0, 19.5];

    fn near(found: f64, wanted: f64) -> bool {
        (found - wanted).abs() < 1e-12
    }

    /// Computed: `scipy.stats.linregress` and `t.ppf` of scipy 1.17.1.
    #[test]
    fn a_line_agrees_with_scipy() {
        let found = slope(&WEEKS, &WORDS).expect("a line");
        assert!(near(found.slope, 1.2118055555555556) && near(found.intercept, 9.784143518518519), "{found:?}");
        assert!(near(found.standard_error.expect("nine points"), 0.15281722975462073), "{found:?}");
        let (low, high) = found.interval.expect("nine points");
        assert!(near(low, 0.850450228016553) && near(high, 1.573160883094558), "{found:?}");
        assert!(near(correlation(&WEEKS, &WORDS).expect("nine points"), 0.9485937395652139));
    }

    #[test]
    fn two_points_have_a_line_without_an_interval() {
        let line = slope(&[1.0, 3.0], &[2.0, 8.0]).expect("a line");
        assert_eq!((line.slope, line.intercept), (3.0, -1.0));
        assert_eq!((line.interval, line.standard_error, line.residual_deviation), (None, None, None));
        assert_eq!(slope(&[1.0, 1.0], &[2.0, 8.0]), None);
        assert_eq!(slope(&[1.0], &[2.0]), None);
        assert_eq!(slope(&[1.0, 2.0], &[2.0]), None);
        assert_eq!(slope(&[1.0, 2.0], &[2.0, f64::NAN]), None);
        assert_eq!(correlation(&[1.0, 2.0], &[5.0, 5.0]), None);
        assert_eq!(correlation(&[], &[]), None);
    }

    /// Computed: `scipy.stats.theilslopes` of scipy 1.17.1.
    #[test]
    fn theil_sen_agrees_with_scipy() {
        assert_eq!(theil_sen(&WEEKS, &WORDS), Some(1.25));
        let (x, y) = ([0.0, 1.0, 1.0, 2.0, 4.0, 4.0, 7.0], [1.0, 2.0, 5.0, 3.0, 4.0, 9.0, 20.0]);
        assert_eq!(theil_sen(&x, &y), Some(2.0));
        assert_eq!((theil_sen(&[1.0, 1.0], &[2.0, 3.0]), theil_sen(&[], &[])), (None, None));
        assert_eq!(theil_sen(&[0.0; 2001], &[0.0; 2001]), None);
    }

    /// Galton (1886): children's deviates are two thirds of their mid-parents'.
    #[test]
    fn galtons_families_regress_by_a_third() {
        let change = regression_to_the_mean(2.0 / 3.0, 68.25, 71.25).expect("a change");
        assert!(near(change, -1.0));
        assert_eq!(regression_to_the_mean(1.0, 10.0, 3.0), Some(0.0));
        assert_eq!(regression_to_the_mean(0.0, 10.0, 3.0), Some(7.0));
        assert_eq!(regression_to_the_mean(1.1, 10.0, 3.0), None);
        assert_eq!(regression_to_the_mean(0.5, f64::NAN, 3.0), None);
    }
}
