//! Scales, codes, measures and dated expectation tables (`measures.toml`).
//!
//! Comes in: the file. Goes out: checked [`Measures`], every fault as a problem at its line.

mod codes;
mod expectation;
mod measure;
mod scale;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use termwise_base::problem::Problem;

use super::check::{Check, Names};
use super::spot::At;
use super::{Calendar, PeriodId, School, toml_file};

pub(super) use codes::RawCode;
pub use codes::{Code, CodeClass};
pub use expectation::{Band, Expectation};
pub(super) use expectation::{unknown_grades, unknown_periods};
pub use measure::Measure;
pub use scale::Scale;
pub use values::ScaleKind;

/// Place of a measure in [`Measures::measures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureId(pub usize);

/// Everything in `measures.toml`, checked.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    /// Scales that measures name, in the order of their names.
    pub scales: Vec<Scale>,
    /// Measures; [`MeasureId`] is the place in this list.
    pub measures: Vec<Measure>,
    /// Expectation tables, sorted by the day they come into force.
    pub expectations: Vec<Expectation>,
}

impl Measures {
    /// The measure with this id.
    pub fn measure(&self, id: MeasureId) -> &Measure {
        &self.measures[id.0]
    }

    /// The scale of a measure.
    pub fn scale_of(&self, id: MeasureId) -> &Scale {
        &self.scales[self.measures[id.0].scale]
    }

    /// The measure named `id` in the files.
    pub fn by_id(&self, id: &str) -> Option<MeasureId> {
        self.measures.iter().position(|m| m.id == id).map(MeasureId)
    }

    /// The measure that a spreadsheet calls `word` (id, title or another spelling; case ignored).
    pub fn by_word(&self, word: &str) -> Option<MeasureId> {
        let word = word.trim().to_lowercase();
        self.measures
            .iter()
            .position(|m| {
                m.id.to_lowercase() == word
                    || m.title.to_lowercase() == word
                    || m.also_called.iter().any(|a| a.trim().to_lowercase() == word)
            })
            .map(MeasureId)
    }

    /// The table in force for a measure on the closing day of a period.
    pub fn expectation(&self, measure: MeasureId, calendar: &Calendar, period: PeriodId) -> Option<&Expectation> {
        let day = calendar.period(period).closes;
        self.expectations.iter().rev().find(|e| e.from <= day && e.measures.contains(&measure))
    }

    /// The lowest value that counts as `band` for a grade in a period, by the table in force.
    pub fn line(
        &self,
        measure: MeasureId,
        band: Band,
        grade: &str,
        calendar: &Calendar,
        period: PeriodId,
    ) -> Option<f64> {
        let grades = self.expectation(measure, calendar, period)?.lines.get(&band)?;
        let periods = grades.get(grade).or_else(|| grades.get("*"))?;
        periods.get(&calendar.period(period).id).or_else(|| periods.get("*")).copied()
    }
}

/// Scales, measures and dated expectation tables: the file `measures.toml`.
#[derive(Deserialize, JsonSchema)]
#[schemars(title = "Termwise measures")]
pub(super) struct File {
    /// How values are written, by the scale's name.
    #[serde(default)]
    scale: BTreeMap<String, At<scale::RawScale>>,
    /// What is assessed, by the measure's name.
    #[serde(default)]
    measure: BTreeMap<At<String>, measure::RawMeasure>,
    /// Which values count as at level, from a day on.
    #[serde(default)]
    expectation: Vec<expectation::RawExpectation>,
}

/// Reads measures.toml. What is faulty is left out and reported.
pub fn load(root: &Path, problems: &mut Vec<Problem>) -> Measures {
    let Some((file, text)) = toml_file::read::<File>(root, "measures.toml", problems) else {
        return Measures::default();
    };
    let mut check = Check { text: &text, problems };
    let scales: Vec<Scale> = file.scale.iter().map(|(id, raw)| check.scale(id, raw)).collect();
    let mut names = Names::of("measures");
    let measures = file.measure.iter().filter_map(|(id, raw)| check.measure(id, raw, &scales, &mut names)).collect();
    let mut checked = Measures { scales, measures, expectations: Vec::new() };
    let mut seen = BTreeSet::new();
    let mut expectations: Vec<Expectation> =
        file.expectation.iter().filter_map(|raw| check.expectation(raw, &checked, &mut seen)).collect();
    expectations.sort_by_key(|e| e.from);
    checked.expectations = expectations;
    checked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> (Measures, Vec<Problem>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("measures.toml"), text).expect("written");
        let mut problems = Vec::new();
        let measures = load(folder.path(), &mut problems);
        (measures, problems)
    }

    const SOUND: &str = r#"
[scale.level]
kind = "ordered"
levels = ["RB", "A", "B", "C"]
aliases = { PreA = "RB" }
[scale.level.codes]
abs = { class = "excluded", reason = "absent" }
ND = { class = "score", level = "RB" }
"?" = { class = "error" }
[scale.raw]
kind = "number"
lowest = 0
highest = 40
[measure.reading]
title = "Reading"
scale = "level"
[[expectation]]
title = "2024"
measures = ["reading"]
from = 2024-09-01
at = { K = { P1 = "A", "*" = "B" }, "*" = "C" }
"#;

    #[test]
    fn a_sound_file_is_read_whole() {
        let (measures, problems) = load_text(SOUND);
        assert_eq!(problems, []);
        let scale = measures.scale_of(MeasureId(0));
        assert_eq!(scale.codes["ABS"], Code::Excluded("absent".into()));
        assert_eq!(scale.codes["ND"], Code::Score(0.0));
        let lines = &measures.expectations[0].lines[&Band::At];
        assert_eq!((lines["K"]["P1"], lines["K"]["*"], lines["*"]["*"]), (1.0, 2.0, 3.0));
    }

    #[test]
    fn every_fault_is_told_at_its_line() {
        let faulty = SOUND
            .replace("PreA = \"RB\"", "PreA = \"RX\"")
            .replace(", reason = \"absent\"", "")
            .replace("scale = \"level\"", "scale = \"levels\"");
        let (_, problems) = load_text(&faulty);
        let lines: Vec<Option<usize>> = problems.iter().map(|p| p.place.line).collect();
        assert_eq!(lines, [Some(5), Some(7), Some(16), Some(19)], "{problems:?}");
    }

    #[test]
    fn lines_out_of_order_are_told() {
        let (_, problems) = load_text(&format!("{SOUND}approaching = \"C\"\n"));
        assert!(problems.iter().all(|p| p.message.contains("out of order")));
        assert_eq!(problems.len(), 2);
    }
}
