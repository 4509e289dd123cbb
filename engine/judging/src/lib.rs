//! Judging: observations → verdicts.
//!
//! Who is on the [`roll`] and who of them is counted ([`population`]), where they stand ([`standing`], [`moves`]), what
//! metrics are asked ([`question`], [`ask`]) over which time ([`window`]); and what the answers mean for a goal
//! ([`goals`]). Everything here is unprotected, and
//! nothing here reads a file, a clock or a database. Metrics are asked through [`termwise_metric::Metrics`], so that
//! no judgement knows how a metric is run.

pub mod ask;
mod distribution;
pub mod moves;
pub mod population;
pub mod question;
pub mod roll;
pub mod standing;
mod table;
pub mod window;

pub mod goals;
