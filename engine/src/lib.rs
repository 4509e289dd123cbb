//! Termwise: from a school division's spreadsheets to progress reports on its SMART goals.
//!
//! The modules stand in the order in which data flows; a stage imports only what stands above it.
//! `run` tells the whole story on one page.

// The tools that every stage may use.
pub mod config;
pub mod digest;
pub mod helper;
pub mod ledger;
pub mod problem;
pub mod wording;

// The stages, in the order of the flow.
pub mod sources;
pub mod workbook;
pub mod dataset;
pub mod doctor;
pub mod inspect;
pub mod metrics;
pub mod goals;
pub mod disclosure;
pub mod reports;
pub mod delivery;

// What sits on top.
pub mod run;
pub mod schedule;
pub mod cli;
