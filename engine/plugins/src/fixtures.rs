//! Worked examples of a metric (`fixtures/*.toml`), and whether a component gives their answers.
//!
//! Comes in: a fixture file and a component. Goes out: for each case, what differs. Answers in a
//! fixture come from somewhere else than the metric: counted by hand, or computed by another program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

use termwise_metric::{Column, ColumnData, Description, Measurement, Output, Parameters, Scale, Table, Unavailable};

use crate::host::{Plugins, Release};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// One worked example.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Where the answer comes from.
    pub answer_from: Option<String>,
    #[serde(default)]
    parameters: Parameters,
    #[serde(default)]
    scales: Vec<RawScale>,
    groups: Vec<u32>,
    #[serde(default = "tolerance")]
    tolerance: f64,
    columns: BTreeMap<String, Cells>,
    #[serde(default)]
    expect: Vec<Expected>,
    fault: Option<String>,
}

fn tolerance() -> f64 {
    1e-9
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScale {
    levels: Option<u32>,
    lowest: Option<f64>,
    highest: Option<f64>,
}

/// Cells of a column: one for all rows, or one for each.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Cells {
    Same(Cell),
    Each(Vec<Cell>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Cell {
    Flag(bool),
    Number(f64),
    Word(String),
}

/// What one group's answer should be; what is not named is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expected {
    #[serde(default)]
    outputs: BTreeMap<String, ExpectedOutput>,
    #[serde(default)]
    left_out: BTreeMap<String, u32>,
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedOutput {
    value: Option<NumberOrNone>,
    numerator: Option<u32>,
    denominator: Option<u32>,
    contributors: Option<u32>,
    low: Option<NumberOrNone>,
    high: Option<NumberOrNone>,
    counts: Option<Vec<u32>>,
}

/// A number, or the word `none`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum NumberOrNone {
    Number(f64),
    Word(String),
}

/// Reads every fixture of a metric's folder, sorted by file.
pub fn read(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<Case>)>> {
    let place = folder.join("fixtures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&place)
        .with_context(|| format!("There are no fixtures: the folder {} cannot be read.", place.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files.into_iter().map(|path| parse(&path).map(|cases| (path.clone(), cases))).collect()
}

fn parse(path: &Path) -> anyhow::Result<Vec<Case>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read.", path.display()))?;
    let file: File = toml::from_str(&text).map_err(|why| {
        let line = why.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        anyhow::anyhow!("{}:{line}: {}", path.display(), why.message())
    })?;
    Ok(file.case)
}

/// Asks the component and says what differs; empty when all is as expected.
pub fn differences(plugins: &mut Plugins, name: &str, case: &Case) -> anyhow::Result<Vec<String>> {
    let told = |why: Unavailable| anyhow::anyhow!("{why}");
    let description = plugins.describe(name, Release::Current).map_err(told)?.clone();
    let table = case.table(&description)?;
    let found = plugins.evaluate(name, Release::Current, &case.parameters, &table);
    Ok(match (found, &case.fault) {
        (Err(why), Some(fault)) => {
            let expected = fault_words(fault, &description);
            let told = why.cause_alone();
            if told == expected {
                vec![]
            } else {
                vec![format!("fault: found “{told}”, expected “{expected}”")]
            }
        }
        (Err(why), None) => vec![format!("no answer: {why}")],
        (Ok(_), Some(fault)) => vec![format!("an answer, where the fault “{fault}” was expected")],
        (Ok(found), None) if found.len() != case.expect.len() => {
            vec![format!("{} groups were asked about, and the case expects {} answers", found.len(), case.expect.len())]
        }
        (Ok(found), None) => {
            let groups = found.iter().zip(&case.expect).enumerate();
            groups
                .flat_map(|(group, (found, expected))| expected.compare(group, found, &description, case.tolerance))
                .collect()
        }
    })
}

/// The sentence that the host makes of a fault.
fn fault_words(fault: &str, description: &Description) -> String {
    match fault.split_once(' ') {
        Some(("bad-parameter", name)) => format!("it cannot use the value of the parameter “{name}”"),
        Some(("missing-column", name)) => format!("it misses the column “{name}”"),
        Some(("told", key)) => description
            .messages
            .iter()
            .find(|(known, _)| known == key)
            .map_or_else(|| key.to_owned(), |(_, texts)| termwise_metric::english(texts).to_owned()),
        _ if fault == "ordered-scale" => "it needs a scale of numbers, and a measure has ordered levels".into(),
        _ if fault == "bad-shape" => "the columns it was given do not fit together".into(),
        _ => fault.to_owned(),
    }
}

impl Case {
    /// The table that the case describes.
    fn table(&self, description: &Description) -> anyhow::Result<Table> {
        let mut offsets = vec![0u32];
        for size in &self.groups {
            offsets.push(offsets[offsets.len() - 1] + size);
        }
        let rows = offsets[offsets.len() - 1] as usize;
        let mut columns = Vec::new();
        for (key, cells) in &self.columns {
            let (name, period) = key.split_once('@').unwrap_or((key, "0"));
            let (name, measure) = name.split_once('/').unwrap_or((name, "0"));
            let Some(spec) = description.columns.iter().find(|spec| spec.name == name) else {
                let known: Vec<&str> = description.columns.iter().map(|c| c.name.as_str()).collect();
                bail!("case “{}”: the metric has no column “{name}” (it has: {})", self.name, known.join(", "));
            };
            let number =
                |text: &str| text.parse().with_context(|| format!("case “{}”: “{key}” is not a column", self.name));
            let cells: Vec<&Cell> = match cells {
                Cells::Same(cell) => vec![cell; rows],
                Cells::Each(cells) => cells.iter().collect(),
            };
            if cells.len() != rows {
                bail!("case “{}”: column “{key}” has {} cells, and the groups {rows} rows", self.name, cells.len());
            }
            let wrong = |cell: &Cell| anyhow::anyhow!("case “{}”: column “{key}” has a cell {cell:?}", self.name);
            let data = if spec.kind.is_numbers() {
                let cells = cells.iter().map(|cell| cell.number().ok_or_else(|| wrong(cell)));
                ColumnData::Numbers(cells.collect::<Result<_, _>>()?)
            } else {
                let cells = cells.iter().map(|cell| cell.code().ok_or_else(|| wrong(cell)));
                ColumnData::Codes(cells.collect::<Result<_, _>>()?)
            };
            columns.push(Column { name: name.to_owned(), measure: number(measure)?, period: number(period)?, data });
        }
        let mut scales: Vec<Scale> = self.scales.iter().map(RawScale::scale).collect();
        let measures = columns.iter().map(|c| c.measure as usize + 1).max().unwrap_or(1);
        scales.resize(measures.max(scales.len()), Scale::default());
        Ok(Table { offsets, columns, scales })
    }
}

impl RawScale {
    fn scale(&self) -> Scale {
        match self.levels {
            Some(levels) if levels > 0 => Scale { levels, range: Some((0.0, f64::from(levels - 1))) },
            _ => Scale { levels: 0, range: self.lowest.zip(self.highest) },
        }
    }
}

impl Cell {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Flag(_) | Self::Word(_) => None,
        }
    }

    fn code(&self) -> Option<u8> {
        match self {
            Self::Flag(flag) => Some(u8::from(*flag)),
            Self::Number(number) => (0..=255u8).find(|code| f64::from(*code) == *number),
            Self::Word(word) => match word.as_str() {
                "score" => Some(0),
                "below" => Some(1),
                "excluded" => Some(2),
                "missing" => Some(3),
                "neither" => Some(255),
                _ => None,
            },
        }
    }
}

impl Expected {
    fn compare(&self, group: usize, found: &Measurement, description: &Description, tolerance: f64) -> Vec<String> {
        let mut told = Vec::new();
        let mut differs = |what: String, found: String, expected: String| {
            if found != expected {
                told.push(format!("group {}, {what}: found {found}, expected {expected}", group + 1));
            }
        };
        for (key, expected) in &self.outputs {
            let place = description.outputs.iter().position(|spec| spec.key == *key);
            match place.and_then(|place| found.outputs.get(place)) {
                Some(found) => expected.compare(key, found, tolerance, &mut differs),
                None => differs(key.clone(), "no such output".into(), "one".into()),
            }
        }
        for (key, count) in &found.left_out {
            let expected = self.left_out.get(key).copied().unwrap_or(0);
            differs(format!("left out “{key}”"), count.to_string(), expected.to_string());
        }
        for key in self.left_out.keys().filter(|key| !found.left_out.iter().any(|(known, _)| known == *key)) {
            differs(format!("left out “{key}”"), "no such reason".into(), "one".into());
        }
        let sorted = |notes: &[String]| {
            let mut notes = notes.to_vec();
            notes.sort();
            format!("[{}]", notes.join(", "))
        };
        differs("notes".into(), sorted(&found.notes), sorted(&self.notes));
        told
    }
}

impl ExpectedOutput {
    fn compare(&self, key: &str, found: &Output, tolerance: f64, differs: &mut dyn FnMut(String, String, String)) {
        let mut count = |what: &str, found: Option<u32>, expected: Option<u32>| {
            if let Some(expected) = expected {
                let found = found.map_or("none".to_owned(), |n| n.to_string());
                differs(format!("{key}.{what}"), found, expected.to_string());
            }
        };
        count("numerator", found.numerator, self.numerator);
        count("denominator", Some(found.denominator), self.denominator);
        count("contributors", Some(found.contributors), self.contributors);
        let mut number = |what: &str, found: Option<f64>, expected: &Option<NumberOrNone>| {
            let shown = |n: Option<f64>| n.map_or("none".to_owned(), |n| n.to_string());
            match (expected, found) {
                (None, _) => {}
                (Some(NumberOrNone::Number(expected)), Some(found))
                    if (found - expected).abs() <= tolerance * expected.abs().max(1.0) => {}
                (Some(NumberOrNone::Number(expected)), found) => {
                    differs(format!("{key}.{what}"), shown(found), expected.to_string());
                }
                (Some(NumberOrNone::Word(word)), found) => differs(format!("{key}.{what}"), shown(found), word.clone()),
            }
        };
        number("value", found.value, &self.value);
        number("low", found.interval.map(|i| i.0), &self.low);
        number("high", found.interval.map(|i| i.1), &self.high);
        if let Some(expected) = &self.counts {
            differs(format!("{key}.counts"), format!("{:?}", found.counts), format!("{expected:?}"));
        }
    }
}
