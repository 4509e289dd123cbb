//! Doctor: findings → what a clerk can mend them with.
//!
//! Comes in: the problems of a check, and the workbooks they are about. Goes out: copies of the
//! workbooks with every finding marked in its cell, and a list for the terminal in which the same
//! finding is told once. It finds nothing itself and never changes a spreadsheet of the division.

mod annotate;
mod copies;
mod finding;
mod grouped;
mod list;
mod names;

pub use annotate::annotate;
pub use copies::write as write_copies;
pub use grouped::write as write_grouped;

#[cfg(test)]
mod tests;
