//! `termwise:metric@1.0.0`: the engine's types to this version's and back, every answer checked.
//!
//! Comes in: a table and a component of this version. Goes out: measurements that fit the plugin's
//! own description and the number of rows it was given, or what does not fit. No text that a plugin
//! wrote leaves this file, apart from its description.

use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, Linker};

use crate::metrics::guard::Guarded;
use crate::metrics::{
    Column, ColumnData, ColumnSpec, Description, Measurement, Output, Parameter, Parameters, PrivacyKind, Table,
};

mod bindings {
    // Borrowing: columns go from the table into the guest's memory without a copy in between.
    wasmtime::component::bindgen!({
        path: "plugins/wit/v1.0.0",
        world: "metric",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}

use bindings::termwise::metric::types as wit;

/// The two functions of a component that fits this version.
pub struct Exports {
    describe: ComponentExportIndex,
    evaluate: ComponentExportIndex,
}

/// Finds the exports; says in one sentence what does not fit.
pub fn exports(component: &Component) -> Result<Exports, String> {
    let find = |name: &str| {
        component
            .get_export_index(None, name)
            .ok_or_else(|| format!("it has no function “{name}” of the contract termwise:metric@1.0.0"))
    };
    Ok(Exports { describe: find("describe")?, evaluate: find("evaluate")? })
}

// Lifted whole, because the guest frees its memory as soon as a call returns; the store's bound on
// what a guest hands over limits its size.
type Answered = Result<Vec<wit::Measurement>, wit::Fault>;

/// Why a call gave no measurements.
pub enum Failure {
    /// Stopped by the host, or trapped.
    Trap(wasmtime::Error),
    /// Does not fit the contract.
    Unfit(String),
    /// The plugin's own fault.
    Refused(String),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}

/// Asks the component what it is.
pub fn describe(
    store: &mut Store<Guarded>,
    linker: &Linker<Guarded>,
    component: &Component,
    exports: &Exports,
) -> Result<Description, Failure> {
    let instance = linker.instantiate(&mut *store, component)?;
    let function = instance
        .get_typed_func::<(), (wit::Description,)>(&mut *store, exports.describe)
        .map_err(|_| Failure::Unfit("its function “describe” is not that of the contract".into()))?;
    let (found,) = function.call(&mut *store, ())?;
    Ok(description(found))
}

fn description(found: wit::Description) -> Description {
    let texts = |texts: Vec<wit::Text>| texts.into_iter().map(|t| (t.language, t.text)).collect();
    Description {
        id: found.id,
        version: found.version,
        title: texts(found.title),
        explanation: texts(found.explanation),
        parameters: found.parameters.into_iter().map(|p| (p.name, p.default)).collect(),
        columns: found
            .columns
            .into_iter()
            .map(|c| ColumnSpec {
                name: c.name,
                class: matches!(c.kind, wit::ColumnKind::Class),
                by_measure: c.by_measure,
            })
            .collect(),
        outputs: found
            .outputs
            .into_iter()
            .map(|o| {
                let privacy = match o.privacy {
                    wit::PrivacyKind::Count => PrivacyKind::Count,
                    wit::PrivacyKind::Proportion => PrivacyKind::Proportion,
                    wit::PrivacyKind::Mean => PrivacyKind::Mean,
                    wit::PrivacyKind::Quantile => PrivacyKind::Quantile,
                    wit::PrivacyKind::Distribution => PrivacyKind::Distribution,
                };
                (o.key, privacy)
            })
            .collect(),
        left_out: found.left_out,
    }
}

/// Asks about a table in batches of whole groups, so that copies stay in the processor's cache and
/// the guest's memory stays small. One instance answers all batches of a call.
pub fn evaluate(
    store: &mut Store<Guarded>,
    linker: &Linker<Guarded>,
    component: &Component,
    exports: &Exports,
    (description, parameters, table): (&Description, &Parameters, &Table),
) -> Result<Vec<Measurement>, Failure> {
    let instance = linker.instantiate(&mut *store, component)?;
    let function = instance
        .get_typed_func::<(wit::Question<'_>,), (Answered,)>(&mut *store, exports.evaluate)
        .map_err(|_| Failure::Unfit("its function “evaluate” is not that of the contract".into()))?;
    let parameters: Vec<wit::Parameter> = parameters
        .iter()
        .filter_map(|(name, value)| match value {
            Parameter::Number(value) => Some(wit::Parameter { name, value: *value }),
            Parameter::Word(_) => None,
        })
        .collect();
    let groups = table.offsets.len().saturating_sub(1);
    let mut found = Vec::with_capacity(groups);
    let mut first = 0;
    while first < groups {
        let last = batch(&table.offsets, first);
        let offsets: Vec<u32> = table.offsets[first..=last].iter().map(|o| o - table.offsets[first]).collect();
        let columns = columns(description, table, first, last);
        let question = wit::Question { parameters: &parameters, offsets: &offsets, columns: &columns };
        let (answer,) = function.call(&mut *store, (question,))?;
        let list = answer.map_err(|fault| Failure::Refused(words(&fault, description)))?;
        if list.len() != last - first {
            let (asked, got) = (last - first, list.len());
            return Err(Failure::Unfit(format!("it answered for {got} groups and was asked about {asked}")));
        }
        for (group, one) in (first..last).zip(list) {
            let rows = table.offsets[group + 1] - table.offsets[group];
            found.push(measurement(one, description, rows).map_err(Failure::Unfit)?);
        }
        first = last;
    }
    Ok(found)
}

/// Rows of one batch: 16 000 rows of a few columns stay in a processor's second cache.
const BATCH: u32 = 16_000;

/// The end of the batch of whole groups that begins at `first`; at least one group.
fn batch(offsets: &[u32], first: usize) -> usize {
    let end = offsets[first].saturating_add(BATCH);
    let within = offsets[first + 1..].partition_point(|offset| *offset <= end);
    first + within.max(1)
}

/// The columns of some groups: those that the description names and no others.
fn columns<'a>(description: &Description, table: &'a Table, first: usize, last: usize) -> Vec<wit::Column<'a>> {
    let rows = table.offsets[first] as usize..table.offsets[last] as usize;
    let wanted = |column: &&Column| {
        description.columns.iter().any(|spec| spec.name == column.name && (spec.by_measure || column.series == 0))
    };
    table
        .columns
        .iter()
        .filter(wanted)
        .map(|column| wit::Column {
            name: &column.name,
            series: column.series,
            cells: match &column.data {
                ColumnData::Number(cells) => wit::Cells::Number(&cells[rows.clone()]),
                ColumnData::Class(cells) => wit::Cells::Class(&cells[rows.clone()]),
            },
        })
        .collect()
}

/// Checks one measurement against the description and the number of rows asked about.
fn measurement(found: wit::Measurement, description: &Description, rows: u32) -> Result<Measurement, String> {
    if found.outputs.len() != description.outputs.len() || found.left_out.len() != description.left_out.len() {
        return Err("its answer has not the outputs that its description names".into());
    }
    let mut outputs = Vec::with_capacity(found.outputs.len());
    for (output, (key, privacy)) in found.outputs.into_iter().zip(&description.outputs) {
        let interval = output.interval.map(|i| (i.low, i.high));
        let finite = output.value.is_none_or(f64::is_finite)
            && interval.is_none_or(|(low, high)| low.is_finite() && high.is_finite() && low <= high);
        if !finite {
            return Err(format!("its output “{key}” is not a finite number"));
        }
        if output.denominator > rows || output.contributors > output.denominator {
            return Err(format!("its output “{key}” counts more rows than it was given"));
        }
        if *privacy == PrivacyKind::Proportion {
            let met = output.numerator.ok_or_else(|| format!("its proportion “{key}” has no numerator"))?;
            let share = (output.denominator > 0).then(|| f64::from(met) / f64::from(output.denominator));
            let agrees = match (output.value, share) {
                (Some(value), Some(share)) => (value - share).abs() < 1e-9,
                (None, None) => true,
                _ => false,
            };
            if met > output.denominator || !agrees {
                return Err(format!("its proportion “{key}” is not its numerator over its denominator"));
            }
            if interval.is_some_and(|(low, high)| low < 0.0 || high > 1.0) {
                return Err(format!("the interval of its proportion “{key}” is not between 0 and 1"));
            }
        }
        outputs.push(Output {
            value: output.value,
            numerator: output.numerator,
            denominator: output.denominator,
            contributors: output.contributors,
            interval,
        });
    }
    // Nobody disappears: each row is asked about by the first output, or left out for a reason.
    let left_out: u64 = found.left_out.iter().map(|n| u64::from(*n)).sum();
    let asked = outputs.first().map_or(0, |output| u64::from(output.denominator));
    if asked + left_out != u64::from(rows) {
        return Err(format!("it counted {asked} rows and left out {left_out}, and was given {rows}"));
    }
    Ok(Measurement { outputs, left_out: description.left_out.iter().cloned().zip(found.left_out).collect() })
}

fn words(fault: &wit::Fault, description: &Description) -> String {
    // Only names of the description are repeated; any other text of a plugin stays unsaid.
    match fault {
        wit::Fault::MissingColumn(column) if description.columns.iter().any(|c| c.name == *column) => {
            format!("it misses the column “{column}”")
        }
        wit::Fault::MissingColumn(_) => "it misses a column that it does not describe".to_owned(),
        wit::Fault::BadParameter(parameter) if description.parameters.iter().any(|p| p.0 == *parameter) => {
            format!("it cannot use the value of the parameter “{parameter}”")
        }
        wit::Fault::BadParameter(_) => "it misses a parameter that it does not describe".to_owned(),
        wit::Fault::BadShape => "the columns it was given do not fit together".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_whole_groups_and_at_least_one() {
        assert_eq!(batch(&[0, 10, 20, 30], 0), 3);
        assert_eq!(batch(&[0, 20_000, 30_000], 0), 1);
        assert_eq!(batch(&[0, 16_000, 16_001], 0), 1);
        assert_eq!(batch(&[0, 10, 15_000, 17_000, 17_000], 1), 2);
        assert_eq!(batch(&[0, 10, 16_010, 16_010], 1), 3);
    }

    fn described() -> Description {
        Description {
            id: "share".into(),
            version: "1.0.0".into(),
            title: [].into(),
            explanation: [].into(),
            parameters: Vec::new(),
            columns: vec![ColumnSpec { name: "class".into(), class: true, by_measure: false }],
            outputs: vec![("share".into(), PrivacyKind::Proportion)],
            left_out: vec!["missing".into()],
        }
    }

    fn answer(value: Option<f64>, met: u32, of: u32, left_out: u32) -> wit::Measurement {
        let interval = Some(wit::Interval { low: 0.1, high: 0.9 });
        let output = wit::Output {
            value,
            numerator: Some(met),
            denominator: of,
            contributors: of,
            interval,
            counts: Vec::new(),
        };
        wit::Measurement { outputs: vec![output], left_out: vec![left_out] }
    }

    #[test]
    fn an_answer_that_adds_up_is_taken() {
        let found = measurement(answer(Some(0.75), 3, 4, 2), &described(), 6).expect("an answer");
        assert_eq!((found.outputs[0].numerator, found.left_out), (Some(3), vec![("missing".to_owned(), 2)]));
    }

    #[test]
    fn an_answer_that_cannot_be_true_is_refused() {
        for (what, found) in [
            ("more than all", answer(Some(1.25), 5, 4, 2)),
            ("another share", answer(Some(0.5), 3, 4, 2)),
            ("not a number", answer(Some(f64::NAN), 3, 4, 2)),
            ("more rows than given", answer(Some(0.5), 4, 8, 0)),
            ("a row lost", answer(Some(0.75), 3, 4, 1)),
            ("a row twice", answer(Some(0.75), 3, 4, 3)),
        ] {
            assert!(measurement(found, &described(), 6).is_err(), "{what}");
        }
        let mut wide = answer(Some(0.75), 3, 4, 2);
        wide.outputs[0].interval = Some(wit::Interval { low: -0.1, high: 0.9 });
        assert!(measurement(wide, &described(), 6).is_err(), "an interval below 0");
        let mut short = answer(Some(0.75), 3, 4, 2);
        short.left_out.clear();
        assert!(measurement(short, &described(), 6).is_err(), "no count for a reason");
    }

    #[test]
    fn only_columns_that_are_described_reach_a_plugin() {
        let column = |name: &str, series| Column { name: name.into(), series, data: ColumnData::Class(vec![0]) };
        let table = Table {
            offsets: vec![0, 1],
            columns: vec![column("class", 0), column("class", 1), column("attendance", 0)],
        };
        let given = columns(&described(), &table, 0, 1);
        assert_eq!(given.iter().map(|c| (c.name, c.series)).collect::<Vec<_>>(), [("class", 0)]);
    }

    #[test]
    fn a_plugins_own_words_are_not_repeated() {
        let told = words(&wit::Fault::MissingColumn("row-17-is-anna".into()), &described());
        assert_eq!(told, "it misses a column that it does not describe");
        assert_eq!(words(&wit::Fault::MissingColumn("class".into()), &described()), "it misses the column “class”");
    }
}
