//! Columns that are left out although they look like results.
//!
//! Comes in: the rows of a sheet and the columns that are read. Goes out: a question for each other
//! column that is full of what could be results: its header may have been changed or emptied.

use std::collections::{BTreeMap, BTreeSet};

use termwise_base::problem::{Place, Problem};
use termwise_config::MeasureId;

use crate::workbook::Row;

use super::plan::Plan;
use super::table::Told;
use super::values::Outcome;

/// Fewer cells than these could be anything.
const FEWEST: u32 = 5;

/// What is known of the columns that nobody reads.
#[derive(Debug, Default)]
pub(super) struct Strays {
    /// Columns that are read, have a role, were asked about, or are left out on purpose.
    claimed: BTreeSet<u32>,
    /// Measures of the columns that are read, one for each scale with named levels.
    measures: Vec<MeasureId>,
    /// What to ask about a column whose header says nothing known.
    unsure: BTreeMap<u32, Problem>,
    /// Other columns by what was seen in them.
    seen: BTreeMap<u32, Seen>,
}

#[derive(Debug)]
struct Seen {
    first: u32,
    filled: u32,
    fitting: u32,
}

impl Strays {
    /// A header, and what its columns are.
    pub(super) fn header(
        &mut self,
        claimed: BTreeSet<u32>,
        measures: BTreeSet<MeasureId>,
        unsure: BTreeMap<u32, Problem>,
    ) {
        self.claimed = claimed;
        self.measures = measures.into_iter().collect();
        self.unsure.extend(unsure);
    }

    /// Looks at the cells of a row that nobody reads.
    pub(super) fn look(&mut self, plan: &Plan<'_>, line: &Row) {
        for (col, value) in line.cells() {
            if self.claimed.contains(&col) || self.measures.is_empty() {
                continue;
            }
            // Numbers alone could be anything: only named levels tell.
            let mut readers = self.measures.iter().map(|measure| plan.reader(*measure)).filter(|r| r.is_ordered());
            let fits = readers.any(|reader| matches!(reader.read(value, None), Outcome::Reading(_)));
            let seen = self.seen.entry(col).or_insert(Seen { first: line.number, filled: 0, fitting: 0 });
            seen.filled += 1;
            seen.fitting += u32::from(fits);
        }
    }

    /// Asks about columns of which at least four cells in five could be results.
    pub(super) fn finish(&mut self, at: &Place, plan: &Plan<'_>, told: &mut Told) {
        for (col, seen) in std::mem::take(&mut self.seen) {
            if seen.fitting < FEWEST || seen.fitting * 5 < seen.filled * 4 {
                continue;
            }
            let problem = self.unsure.remove(&col).unwrap_or_else(|| {
                Problem::warning(
                    "This column holds what looks like results, but the mapping does not know its header, so it is not read.",
                )
                .at(at.clone().cell(seen.first, col))
                .hint(format!(
                    "Correct the header above it, add a [[value]] in {0}, or name the column in `ignore` in {0}.",
                    plan.mapping.path
                ))
            });
            told.push_once(problem);
        }
    }
}
