//! What every stage may use: [`problem`]s for people, [`digest`]s, numbers [`drawn`] alike everywhere, [`private`]
//! folders and [`helper`] processes.

pub mod digest;
pub mod drawn;
pub mod helper;
pub mod private;
pub mod problem;
