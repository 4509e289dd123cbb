//! Reports: cleared figures and words → report models → typeset PDFs.
//!
//! Comes in: [`termwise_disclosure::Cleared`] figures and a dictionary. Goes out: models for templates
//! and, from worker processes, PDF files. It never sees an unprotected figure.

pub mod compose;
mod leaves;
pub mod model;
mod streams;
pub mod pictures;
pub mod pool;
pub mod proof;
mod dictionary;
pub mod glyphs;
pub mod contrast;
pub mod order;
pub mod reading;
pub mod templates;
pub mod typeset;
pub mod twins;
pub mod words;
pub mod worker;
