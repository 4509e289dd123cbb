//! Statistics for metrics, each with its source.
//!
//! What comes in are counts and columns of numbers, what goes out are figures and their intervals.
//! Nothing here reads a clock, draws at random or keeps state, and nothing panics: where a figure
//! does not exist, the answer is none.
//!
//! - Every interval has a confidence of 95 %.
//! - Figures are in the units of the values; shares are from 0 to 1.
//! - A value that is no finite number makes the answer none.
//! - The order of rows never matters, to the last bit: sums are rounded once ([`sum`]), and what
//!   goes by rank or by lot is sorted first. Pairs may be reordered as pairs.
//! - Only `+ - * / sqrt` and whole-number steps are used, which IEEE 754 defines to the bit, so a
//!   component and a test on any machine agree; `ln` and `exp` are worked out from them.
//!
//! Of 30 students 12 met a goal in fall and in spring, 9 in spring only and 3 in fall only:
//!
//! ```
//! use termwise_plugin::statistics::{mcnemar_exact, paired_difference, wilson};
//!
//! let (low, high) = wilson(21, 30).expect("some students");
//! assert_eq!(format!("{low:.2} to {high:.2}"), "0.52 to 0.83");
//! let rise = paired_difference(12, 9, 3, 6).expect("some students");
//! assert_eq!(format!("{:+.2} ({:+.2} to {:+.2})", rise.value, rise.low, rise.high), "+0.20 (-0.03 to +0.40)");
//! assert_eq!(format!("{:.2}", mcnemar_exact(9, 3)), "0.15");
//! ```

mod binomial;
mod bootstrap;
mod lines;
mod means;
#[cfg(test)]
mod nist;
mod order;
mod proportions;
#[cfg(test)]
mod properties;
mod student;

pub use bootstrap::bootstrap;
pub use lines::{Slope, correlation, regression_to_the_mean, slope, theil_sen};
pub use means::{mean, mean_interval, standard_deviation, sum, welch_difference};
pub use order::{median, median_interval, quantile};
pub use proportions::{mcnemar_exact, newcombe_difference, paired_difference, wilson};
pub use student::{student_cdf, student_quantile};

/// A difference, first less second, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

fn all_finite(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_finite())
}

/// A copy in ascending order; none when a value is no finite number.
fn sorted(values: &[f64]) -> Option<Vec<f64>> {
    let mut sorted = all_finite(values).then(|| values.to_vec())?;
    sorted.sort_unstable_by(f64::total_cmp);
    Some(sorted)
}

/// Whether `found` has all the digits of `printed`, which ends `digits` places after the point.
#[cfg(test)]
fn prints(found: f64, printed: f64, digits: i32) -> bool {
    (found - printed).abs() <= 0.5 * 10f64.powi(-digits) * 1.000_001
}
