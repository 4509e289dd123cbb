//! What a workbook is made of: the values of its cells, and what is known of a sheet beside them.

use serde::{Deserialize, Serialize};

/// The value of a filled cell. Numbers that are shown as dates are dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A number.
    Number(f64),
    /// A share that is shown as a percentage: 79 % is 0.79 (xlsx and xlsm; the other formats do not tell
    /// how a number is shown).
    Percent(f64),
    /// Text, never empty.
    Text(&'a str),
    /// True or false.
    Bool(bool),
    /// A date or time as a serial number of the 1900 system; see [`super::day`].
    Date(f64),
    /// An error, as in `#N/A`.
    Error(&'static str),
}

/// A rectangle of merged cells, zero-based, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// Last row.
    pub bottom: u32,
    /// First column.
    pub left: u32,
    /// Last column.
    pub right: u32,
}

/// What a sheet is, beside its cells; see [`super::Sheet`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SheetInfo {
    pub(super) name: String,
    pub(super) hidden: bool,
    pub(super) merges: Option<Vec<Merge>>,
    pub(super) comments: Vec<(u32, u32)>,
}
