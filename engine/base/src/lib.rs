//! What every stage may use: [`problem`]s for people, [`digest`]s, and [`helper`] processes.

pub mod digest;
pub mod helper;
pub mod problem;
