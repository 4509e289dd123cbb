//! The sections `[sheets]`, `[header]` and `[rows]`: where the table is.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::check::Check;
use super::super::pattern::Pattern;
use super::super::spot::{At, spanned};

/// Which sheets are read.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Sheets")]
pub(super) struct RawSheets {
    /// Sheets to read (* and ? are wildcards); none means every visible one.
    #[serde(default, rename = "use")]
    pub(super) used: Vec<At<String>>,
    /// Sheets to leave out.
    #[serde(default)]
    pub(super) skip: Vec<At<String>>,
    /// Whether hidden sheets are read as well.
    #[serde(default)]
    pub(super) hidden: bool,
}

/// Where the header of the table is.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Header")]
pub(super) struct RawHeader {
    /// Words that the header rows hold, each in a cell of its own; * and ? are wildcards.
    #[schemars(length(min = 1))]
    pub(super) find: At<Vec<At<String>>>,
    /// How many rows from the top are searched.
    #[schemars(range(min = 1, max = 500), extend("default" = 25))]
    pub(super) within: Option<At<u32>>,
    /// How many rows the header has.
    #[schemars(range(min = 1, max = 5), extend("default" = 1))]
    pub(super) rows: Option<At<u32>>,
    /// How many rows of explanation stand under the header.
    #[schemars(range(max = 20), extend("default" = 0))]
    pub(super) explanation_rows: Option<At<u32>>,
}

/// Which rows under the header are no data.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Rows")]
pub(super) struct RawRows {
    /// Rows whose first filled cell fits one of these are no data: totals, averages, headings.
    #[serde(default)]
    pub(super) skip_when: Vec<At<String>>,
    /// A row whose first filled cell fits one of these ends the table: a legend, notes.
    #[serde(default)]
    pub(super) stop_when: Vec<At<String>>,
}

impl Check<'_> {
    /// Patterns that need not capture anything.
    pub(super) fn globs(&mut self, list: &[At<String>]) -> Vec<Pattern> {
        list.iter().filter_map(|glob| self.pattern(glob, false)).collect()
    }

    pub(super) fn header_words(&mut self, header: &RawHeader) -> Vec<Pattern> {
        let words = header.find.get_ref();
        if words.is_empty() {
            self.fault(
                header.find.span(),
                "The header cannot be found without words to look for.",
                "Add two or three words of the header row, as in `find = [\"Student #\", \"Level\"]`.",
            );
        }
        self.list(&spanned(words), "find");
        self.globs(words)
    }

    pub(super) fn bounded(
        &mut self,
        value: Option<&At<u32>>,
        name: &str,
        default: u32,
        bounds: RangeInclusive<u32>,
    ) -> u32 {
        let expected = format!("a number from {} to {}", bounds.start(), bounds.end());
        value.and_then(|value| self.number(value, name, bounds, &expected)).unwrap_or(default)
    }
}
