//! Write a Termwise metric in Rust: implement [`Metric`], then [`export!`] it.
//!
//! A metric is a pure function from columns of cells to one [`Measurement`] per group. It sees
//! students as row numbers, never as names. Errors are returned and not panicked: a panic reaches
//! the engine without a message.
//!
//! ```
//! use termwise_plugin::*;
//!
//! struct Below;
//!
//! impl Metric for Below {
//!     fn describe() -> Description {
//!         Description::new("below", "1.0.0", "Share below level", "The share of scores under the line.")
//!             .column("value", ColumnKind::Value, Moment::Now, "The score.")
//!             .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
//!             .column("line", ColumnKind::Line(Band::At), Moment::Now, "The lowest score at level.")
//!             .output(OutputSpec::proportion("share", "Share below level").better(Direction::Down))
//!             .left_out("no-score", "no score, or no line for it")
//!     }
//!
//!     fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
//!         let (scores, line) = (question.scores("value", "class", 0, 0)?, question.numbers("line", 0, 0)?);
//!         question.each_group(|rows| {
//!             let (mut below, mut of, mut left_out) = (0, 0, 0);
//!             for row in rows {
//!                 match scores.at(row) {
//!                     Reading::Score(value) if !line[row].is_nan() => {
//!                         below += u32::from(value < line[row]);
//!                         of += 1;
//!                     }
//!                     _ => left_out += 1,
//!                 }
//!             }
//!             Measurement::new([Output::proportion(below, of)], [left_out])
//!         })
//!     }
//! }
//!
//! export!(Below);
//!
//! let question = Question::of_groups(&[3]).numbers_column("value", vec![1.0, 4.0, f64::NAN])
//!     .codes_column("class", vec![SCORE, SCORE, MISSING]).numbers_column("line", vec![3.0; 3]);
//! let found = Below::evaluate(&question).expect("an answer");
//! assert_eq!((found[0].outputs[0].numerator, found[0].outputs[0].denominator), (Some(1), 2));
//! ```

mod describe;
pub mod kit;
mod question;
pub mod statistics;

/// Bindings made from the contract. Authors use the re-exports below.
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit/v1.0.0",
        world: "plugin",
        pub_export_macro: true,
        export_macro_name: "export_bindings",
        default_bindings_module: "termwise_plugin::bindings",
    });
}

pub use bindings::exports::termwise::metric::metric::Guest;
pub use bindings::termwise::metric::types::{
    Band, Cells, Column, ColumnKind, ColumnSpec, Description, Direction, Fault, Interval, Measurement, Message, Moment,
    Output, OutputSpec, Parameter, ParameterValue, PrivacyKind, Question, Scale, Text,
};
pub use describe::Texts;
pub use question::{Reading, Scores};

/// Class of a reading: a score, with a value.
pub const SCORE: u8 = 0;
/// Class of a reading: no score, but the student counts as below.
pub const COUNTS_AS_BELOW: u8 = 1;
/// Class of a reading: left out, with a reason (absent, exempt).
pub const EXCLUDED: u8 = 2;
/// Class of a reading: there is none.
pub const MISSING: u8 = 3;
/// Side of a student who is in neither of two compared groups.
pub const NEITHER: u8 = 255;

/// A metric: what it is, and what it finds.
pub trait Metric {
    /// What the metric is; always the same.
    fn describe() -> Description;

    /// One measurement per group, in their order.
    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault>;
}

/// Makes a [`Metric`] the component's metric.
#[macro_export]
macro_rules! export {
    ($metric:ty) => {
        #[cfg(target_arch = "wasm32")]
        mod termwise_export {
            use super::*;

            struct Component;
            impl $crate::Guest for Component {
                fn describe() -> $crate::Description {
                    <$metric as $crate::Metric>::describe()
                }
                fn evaluate(
                    question: $crate::Question,
                ) -> ::core::result::Result<::std::vec::Vec<$crate::Measurement>, $crate::Fault> {
                    <$metric as $crate::Metric>::evaluate(&question)
                }
            }
            $crate::bindings::export_bindings!(Component with_types_in $crate::bindings);
        }
    };
}

impl Measurement {
    /// Outputs and counts of rows left out, each in the order of the description.
    pub fn new(outputs: impl Into<Vec<Output>>, left_out: impl Into<Vec<u32>>) -> Self {
        Self { outputs: outputs.into(), left_out: left_out.into(), notes: Vec::new() }
    }

    /// Says one of the description's messages of this group, if `holds`.
    #[must_use]
    pub fn note(mut self, key: &str, holds: bool) -> Self {
        if holds {
            self.notes.push(key.into());
        }
        self
    }
}

impl Output {
    /// A proportion with its Wilson interval.
    pub fn proportion(met: u32, of: u32) -> Self {
        Self {
            value: (of > 0).then(|| f64::from(met) / f64::from(of)),
            numerator: Some(met),
            interval: interval(statistics::wilson(met, of)),
            ..Self::number(None, of)
        }
    }

    /// A number of rows among those asked about.
    pub fn count(met: u32, of: u32) -> Self {
        Self { numerator: Some(met), ..Self::number(Some(f64::from(met)), of) }
    }

    /// A mean, quantile or difference to which `of` rows contributed, all that were asked about.
    pub fn number(value: Option<f64>, of: u32) -> Self {
        Self { value, numerator: None, denominator: of, contributors: of, interval: None, counts: Vec::new() }
    }

    /// Counts by part, lowest first.
    pub fn distribution(counts: Vec<u32>) -> Self {
        let of = counts.iter().sum();
        Self { counts, ..Self::number(None, of) }
    }

    /// With this interval around the value.
    #[must_use]
    pub fn within(mut self, ends: Option<(f64, f64)>) -> Self {
        self.interval = interval(ends);
        self
    }

    /// With so many rows whose readings went in, where that is fewer than were asked about.
    #[must_use]
    pub fn contributed_by(mut self, rows: u32) -> Self {
        self.contributors = rows;
        self
    }
}

fn interval(ends: Option<(f64, f64)>) -> Option<Interval> {
    ends.map(|(low, high)| Interval { low, high })
}
