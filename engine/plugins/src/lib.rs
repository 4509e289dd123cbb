//! Plugins: metrics as WebAssembly components.
//!
//! Comes in: a project's pinned components and, for each question, a [`termwise_metric::Table`]. Goes out: what a
//! component says of itself and what it answers, held to its contract and its limits, or the reason why not
//! ([`termwise_metric::Unavailable`]). This is the only crate that knows Wasmtime.

mod answer;
pub mod builder;
mod cache;
pub mod compile;
mod contract;
mod describe;
pub mod examples;
pub mod fixtures;
mod guard;
pub mod host;
pub mod lock;
pub mod steady;
pub mod trials;
pub mod trust;

pub use contract::VERSIONS;
