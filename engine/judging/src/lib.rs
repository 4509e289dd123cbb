//! Judging: observations → verdicts.
//!
//! Who is counted ([`population`]), where they stand ([`standing`], [`moves`]), what metrics are asked ([`ask`]) over
//! which time ([`window`]); and what the answers mean for a goal ([`goals`]). Everything here is unprotected, and
//! nothing here reads a file, a clock or a database. Metrics are asked through [`termwise_metric::Metrics`], so that
//! no judgement knows how a metric is run.

pub mod ask;
pub mod moves;
pub mod population;
pub mod standing;
pub mod window;

pub mod goals;
