//! `termwise:metric@1.0.0`.

use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, Linker, WasmList};

use crate::metrics::host::Guarded;
use crate::metrics::{
    ColumnData, ColumnSpec, Description, Measurement, Output, Parameter, Parameters, PrivacyKind, Table,
};

mod bindings {
    wasmtime::component::bindgen!({ path: "plugins/wit/v1.0.0", world: "metric" });
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

type Answered = Result<WasmList<wit::Measurement>, wit::Fault>;

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
        .get_typed_func::<(wit::Question,), (Answered,)>(&mut *store, exports.evaluate)
        .map_err(|_| Failure::Unfit("its function “evaluate” is not that of the contract".into()))?;
    let parameters: Vec<wit::Parameter> = parameters
        .iter()
        .filter_map(|(name, value)| match value {
            Parameter::Number(value) => Some(wit::Parameter { name: name.clone(), value: *value }),
            Parameter::Word(_) => None,
        })
        .collect();
    let groups = table.offsets.len().saturating_sub(1);
    let mut found = Vec::with_capacity(groups);
    let mut first = 0;
    while first < groups {
        let last = batch(&table.offsets, first);
        let question = question(&parameters, table, first, last);
        let (answer,) = function.call(&mut *store, (question,))?;
        let list = answer.map_err(|fault| Failure::Refused(words(&fault)))?;
        if list.len() != last - first {
            let (asked, got) = (last - first, list.len());
            return Err(Failure::Unfit(format!("it answered for {got} groups and was asked about {asked}")));
        }
        for (place, one) in list.iter(&mut *store)?.enumerate() {
            let group = first + place;
            let rows = table.offsets[group + 1] - table.offsets[group];
            found.push(measurement(one?, description, rows).map_err(Failure::Unfit)?);
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

fn question(parameters: &[wit::Parameter], table: &Table, first: usize, last: usize) -> wit::Question {
    let rows = table.offsets[first] as usize..table.offsets[last] as usize;
    wit::Question {
        parameters: parameters.to_vec(),
        offsets: table.offsets[first..=last].iter().map(|offset| offset - table.offsets[first]).collect(),
        columns: table
            .columns
            .iter()
            .map(|column| wit::Column {
                name: column.name.clone(),
                series: column.series,
                cells: match &column.data {
                    ColumnData::Number(cells) => wit::Cells::Number(cells[rows.clone()].to_vec()),
                    ColumnData::Class(cells) => wit::Cells::Class(cells[rows.clone()].to_vec()),
                },
            })
            .collect(),
    }
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
        if output.denominator > rows || output.contributors > rows {
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
        }
        outputs.push(Output {
            value: output.value,
            numerator: output.numerator,
            denominator: output.denominator,
            contributors: output.contributors,
            interval,
        });
    }
    if found.left_out.iter().map(|n| u64::from(*n)).sum::<u64>() > u64::from(rows) {
        return Err("it left out more rows than it was given".into());
    }
    Ok(Measurement { outputs, left_out: description.left_out.iter().cloned().zip(found.left_out).collect() })
}

fn words(fault: &wit::Fault) -> String {
    // What a plugin says in its fault is a name of a column or parameter; anything else stays unsaid.
    let name = |name: &String| {
        let plain = name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if plain { format!("“{name}”") } else { "with an unreadable name".to_owned() }
    };
    match fault {
        wit::Fault::MissingColumn(column) => format!("it misses the column {}", name(column)),
        wit::Fault::BadParameter(parameter) => format!("it cannot use the value of the parameter {}", name(parameter)),
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
        assert_eq!(batch(&[0, 10, 15_000, 17_000, 17_000], 1), 3);
        assert_eq!(batch(&[0, 10, 16_010, 16_010], 1), 3);
    }
}
