//! Reading: a division's spreadsheets → observations.
//!
//! The modules stand in the order of the flow: [`sources`] finds and freezes files, [`workbook`] opens them as
//! cells, [`dataset`] makes students and observations of cells. [`doctor`] says what is wrong with a file,
//! [`inspect`] proposes a mapping for one that nobody described yet.

pub mod sources;

pub mod workbook;

pub mod dataset;

pub mod doctor;
pub mod inspect;
