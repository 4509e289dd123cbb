//! One file per released version of the contract, kept for ever: each turns the engine's own types
//! into that version's and back.

pub mod v1_0_0;
