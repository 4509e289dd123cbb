//! Write a Termwise metric in Rust: implement [`Metric`], then [`export!`] it.
//!
//! A metric is a pure function from columns of numbers to one [`Measurement`] per group. It sees
//! students as row numbers, never as names. Errors are returned and not panicked: a panic reaches
//! the engine without a message.
//!
//! ```ignore
//! struct Mine;
//! impl Metric for Mine {
//!     fn describe() -> Description { … }
//!     fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> { … }
//! }
//! termwise_plugin::export!(Mine);
//! ```

pub mod statistics;

/// Bindings made from the contract. Authors use the re-exports below.
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit/v1.0.0",
        world: "metric",
        pub_export_macro: true,
        export_macro_name: "export_bindings",
        default_bindings_module: "termwise_plugin::bindings",
    });
}

pub use bindings::termwise::metric::types::{
    Cells, Column, ColumnKind, ColumnSpec, Description, Direction, Fault, Interval, Measurement, Output, OutputSpec,
    Parameter, ParameterSpec, PrivacyKind, Question, Text,
};

/// Class of a reading: a score, with a value.
pub const SCORE: u8 = 0;
/// Class of a reading: no score, but the student counts as below.
pub const COUNTS_AS_BELOW: u8 = 1;
/// Class of a reading: left out, with a reason (absent, exempt).
pub const EXCLUDED: u8 = 2;
/// Class of a reading: there is none.
pub const MISSING: u8 = 3;

/// A metric: what it is, and what it finds.
pub trait Metric {
    /// What the metric is. Called once.
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
            impl $crate::bindings::Guest for Component {
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

/// English text for a description.
pub fn english(text: &str) -> Vec<Text> {
    vec![Text { language: "en".into(), text: text.into() }]
}

impl Question {
    /// The parameter's value.
    pub fn parameter(&self, name: &str) -> Result<f64, Fault> {
        self.parameters
            .iter()
            .find(|p| p.name == name)
            .map(|p| p.value)
            .ok_or_else(|| Fault::BadParameter(name.into()))
    }

    /// How many measures the column `name` comes for.
    pub fn series(&self, name: &str) -> u32 {
        self.columns.iter().filter(|c| c.name == name).map(|c| c.series + 1).max().unwrap_or(0)
    }

    /// A column of numbers, one per row.
    pub fn numbers(&self, name: &str, series: u32) -> Result<&[f64], Fault> {
        match self.columns.iter().find(|c| c.name == name && c.series == series) {
            Some(Column { cells: Cells::Number(cells), .. }) if cells.len() == self.rows() => Ok(cells),
            Some(_) => Err(Fault::BadShape),
            None => Err(Fault::MissingColumn(name.into())),
        }
    }

    /// A column of classes, one per row.
    pub fn classes(&self, name: &str, series: u32) -> Result<&[u8], Fault> {
        match self.columns.iter().find(|c| c.name == name && c.series == series) {
            Some(Column { cells: Cells::Class(cells), .. }) if cells.len() == self.rows() => Ok(cells),
            Some(_) => Err(Fault::BadShape),
            None => Err(Fault::MissingColumn(name.into())),
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.offsets.last().map_or(0, |end| *end as usize)
    }

    /// The rows of each group.
    pub fn groups(&self) -> Result<Vec<core::ops::Range<usize>>, Fault> {
        if self.offsets.first() != Some(&0) || !self.offsets.is_sorted() {
            return Err(Fault::BadShape);
        }
        Ok(self.offsets.windows(2).map(|pair| pair[0] as usize..pair[1] as usize).collect())
    }
}

impl Output {
    /// A proportion with its Wilson interval.
    pub fn proportion(met: u32, of: u32) -> Self {
        Self {
            value: (of > 0).then(|| f64::from(met) / f64::from(of)),
            numerator: Some(met),
            denominator: of,
            contributors: of,
            interval: statistics::wilson(met, of).map(|(low, high)| Interval { low, high }),
            counts: Vec::new(),
        }
    }

    /// A median or another quantile of `of` rows.
    pub fn quantile(value: Option<f64>, of: u32) -> Self {
        Self { value, numerator: None, denominator: of, contributors: of, interval: None, counts: Vec::new() }
    }
}
