//! Operations: what happened ([`ledger`]), where reports go ([`delivery`]) and when the engine runs ([`schedule`]).

pub mod ledger;

pub mod delivery;
pub mod schedule;
