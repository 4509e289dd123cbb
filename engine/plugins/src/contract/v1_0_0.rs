//! `termwise:metric@1.0.0`: the engine's types to this version's and back.
//!
//! Comes in: a table and a component of this version. Goes out: what the component said, in the
//! engine's own types; whether it can be true is checked by the host, for every version alike. Of
//! the texts that a plugin writes only those of its description leave this file.

use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, Linker};

use termwise_metric::{
    Band, Column, ColumnData, ColumnSpec, Description, Direction, Kind, Measurement, Moment, Output, OutputSpec,
    Parameter, PrivacyKind, Scale, Schema, Texts,
};

use super::{Asked, Failure};
use crate::guard::Guarded;

mod bindings {
    // Borrowing: columns go from the table into the guest's memory without a copy in between.
    wasmtime::component::bindgen!({
        path: "../../plugins/wit/v1.0.0",
        world: "plugin",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}

use bindings::termwise::metric::types as wit;

/// The two functions of a component of this version.
pub struct Exports {
    describe: ComponentExportIndex,
    evaluate: ComponentExportIndex,
}

/// Finds the functions in the interface `interface`; says in one sentence what does not fit.
pub fn exports(component: &Component, interface: &ComponentExportIndex) -> Result<Exports, String> {
    let find = |name: &str| {
        component
            .get_export_index(Some(interface), name)
            .ok_or_else(|| format!("it has no function “{name}” of the contract termwise:metric@1.0.0"))
    };
    Ok(Exports { describe: find("describe")?, evaluate: find("evaluate")? })
}

// Lifted whole, because the guest frees its memory as soon as a call returns; the store's bound on
// what a guest hands over limits its size.
type Answered = Result<Vec<wit::Measurement>, wit::Fault>;

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
    description(found).map_err(Failure::Unfit)
}

fn description(found: wit::Description) -> Result<Description, String> {
    let messages = |list: Vec<wit::Message>| list.into_iter().map(|m| (m.key, texts(m.text))).collect();
    let outputs = found.outputs.into_iter().map(|o| OutputSpec {
        key: o.key,
        title: texts(o.title),
        unit: o.unit,
        direction: match o.direction {
            wit::Direction::Up => Direction::Up,
            wit::Direction::Down => Direction::Down,
            wit::Direction::Neither => Direction::Neither,
        },
        privacy: match o.privacy {
            wit::PrivacyKind::Count => PrivacyKind::Count,
            wit::PrivacyKind::Proportion => PrivacyKind::Proportion,
            wit::PrivacyKind::Mean => PrivacyKind::Mean,
            wit::PrivacyKind::Quantile => PrivacyKind::Quantile,
            wit::PrivacyKind::Distribution => PrivacyKind::Distribution,
            wit::PrivacyKind::Difference => PrivacyKind::Difference,
        },
        rests_on: o.rests_on,
        parts: messages(o.parts),
    });
    Ok(Description {
        outputs: outputs.collect(),
        id: found.id,
        version: found.version,
        title: texts(found.title),
        explanation: texts(found.explanation),
        parameters: Schema::parse(&found.parameters)?,
        columns: found.columns.into_iter().map(column_spec).collect(),
        left_out: messages(found.left_out),
        messages: messages(found.messages),
    })
}

fn texts(found: Vec<wit::Text>) -> Texts {
    found.into_iter().map(|text| (text.language, text.text)).collect()
}

fn column_spec(found: wit::ColumnSpec) -> ColumnSpec {
    ColumnSpec {
        name: found.name,
        kind: match found.kind {
            wit::ColumnKind::Value => Kind::Value,
            wit::ColumnKind::Class => Kind::Class,
            wit::ColumnKind::Line(wit::Band::Approaching) => Kind::Line(Band::Approaching),
            wit::ColumnKind::Line(wit::Band::At) => Kind::Line(Band::At),
            wit::ColumnKind::Line(wit::Band::Above) => Kind::Line(Band::Above),
            wit::ColumnKind::Day => Kind::Day,
            wit::ColumnKind::Member => Kind::Member,
            wit::ColumnKind::Side => Kind::Side,
        },
        moment: match found.moment {
            wit::Moment::Now => Moment::Now,
            wit::Moment::Start => Moment::Start,
            wit::Moment::Each => Moment::Each,
        },
        explanation: texts(found.explanation),
    }
}

/// Asks about a table in batches of whole groups, so that copies stay in the processor's cache and
/// the guest's memory stays small. One instance answers all batches of a call; `each` is given the
/// group's number and what was found for it.
pub fn evaluate(
    store: &mut Store<Guarded>,
    linker: &Linker<Guarded>,
    component: &Component,
    exports: &Exports,
    Asked { description, parameters, table }: &Asked<'_>,
    each: &mut dyn FnMut(usize, Measurement) -> Result<(), String>,
) -> Result<(), Failure> {
    let instance = linker.instantiate(&mut *store, component)?;
    let function = instance
        .get_typed_func::<(wit::Question<'_>,), (Answered,)>(&mut *store, exports.evaluate)
        .map_err(|_| Failure::Unfit("its function “evaluate” is not that of the contract".into()))?;
    let parameters: Vec<wit::Parameter> =
        parameters.iter().map(|(name, value)| wit::Parameter { name, value: parameter(value) }).collect();
    let scales: Vec<wit::Scale> = table.scales.iter().map(scale).collect();
    let wanted: Vec<&Column> =
        table.columns.iter().filter(|c| description.columns.iter().any(|spec| spec.name == c.name)).collect();
    let groups = table.groups();
    let (mut columns, mut offsets) = (Vec::with_capacity(wanted.len()), Vec::new());
    let mut first = 0;
    while first < groups {
        let last = batch(&table.offsets, first);
        offsets.clear();
        offsets.extend(table.offsets[first..=last].iter().map(|o| o - table.offsets[first]));
        let rows = table.offsets[first] as usize..table.offsets[last] as usize;
        columns.clear();
        columns.extend(wanted.iter().map(|column| wit::Column {
            name: &column.name,
            measure: column.measure,
            period: column.period,
            cells: match &column.data {
                ColumnData::Numbers(cells) => wit::Cells::Numbers(&cells[rows.clone()]),
                ColumnData::Codes(cells) => wit::Cells::Codes(&cells[rows.clone()]),
            },
        }));
        let question = wit::Question { parameters: &parameters, scales: &scales, offsets: &offsets, columns: &columns };
        let (answer,) = function.call(&mut *store, (question,))?;
        let list = answer.map_err(|fault| Failure::Refused(words(&fault, description)))?;
        if list.len() != last - first {
            let (asked, got) = (last - first, list.len());
            return Err(Failure::Unfit(format!("it answered for {got} groups and was asked about {asked}")));
        }
        for (group, one) in (first..last).zip(list) {
            let found = measurement(one, description).map_err(Failure::Unfit)?;
            each(group, found).map_err(Failure::Unfit)?;
        }
        first = last;
    }
    Ok(())
}

fn parameter(value: &Parameter) -> wit::ParameterValue<'_> {
    match value {
        Parameter::Number(n) => wit::ParameterValue::Number(*n),
        Parameter::Flag(flag) => wit::ParameterValue::Flag(*flag),
        Parameter::Word(word) => wit::ParameterValue::Word(word),
        Parameter::Numbers(list) => wit::ParameterValue::Numbers(list),
    }
}

fn scale(scale: &Scale) -> wit::Scale {
    wit::Scale {
        ordered: scale.levels > 0,
        levels: scale.levels,
        lowest: scale.range.map(|range| range.0),
        highest: scale.range.map(|range| range.1),
    }
}

/// Rows of one batch: 16 000 rows of a few columns stay in a processor's second cache.
const BATCH: u32 = 16_000;

/// The end of the batch of whole groups that begins at `first`; at least one group.
fn batch(offsets: &[u32], first: usize) -> usize {
    let end = offsets[first].saturating_add(BATCH);
    let within = offsets[first + 1..].partition_point(|offset| *offset <= end);
    first + within.max(1)
}

fn measurement(found: wit::Measurement, description: &Description) -> Result<Measurement, String> {
    if found.left_out.len() != description.left_out.len() {
        return Err("its answer does not have the reasons that its description names".into());
    }
    let outputs = found.outputs.into_iter().map(|output| Output {
        value: output.value,
        numerator: output.numerator,
        denominator: output.denominator,
        contributors: output.contributors,
        interval: output.interval.map(|i| (i.low, i.high)),
        counts: output.counts,
    });
    let reasons = description.left_out.iter().map(|(key, _)| key.clone());
    Ok(Measurement { outputs: outputs.collect(), left_out: reasons.zip(found.left_out).collect(), notes: found.notes })
}

fn words(fault: &wit::Fault, description: &Description) -> String {
    // Only names of the description are repeated; any other text of a plugin stays unsaid.
    match fault {
        wit::Fault::MissingColumn(column) if description.columns.iter().any(|c| c.name == *column) => {
            format!("it misses the column “{column}”")
        }
        wit::Fault::MissingColumn(_) => "it misses a column that it does not describe".to_owned(),
        wit::Fault::BadParameter(name) if description.parameters.list().any(|p| p.0 == *name) => {
            format!("it cannot use the value of the parameter “{name}”")
        }
        wit::Fault::BadParameter(_) => "it misses a parameter that it does not describe".to_owned(),
        wit::Fault::BadShape => "the columns it was given do not fit together".to_owned(),
        wit::Fault::OrderedScale => "it needs a scale of numbers, and a measure has ordered levels".to_owned(),
        wit::Fault::Told(key) => match description.messages.iter().find(|(known, _)| known == key) {
            Some((_, texts)) => termwise_metric::english(texts).to_owned(),
            None => "it says something that its description does not name".to_owned(),
        },
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

    #[test]
    fn a_plugins_own_words_are_not_repeated() {
        let spec =
            ColumnSpec { name: "class".into(), kind: Kind::Class, moment: Moment::Now, explanation: Texts::new() };
        let described = Description {
            id: "share".into(),
            version: "1.0.0".into(),
            title: Texts::new(),
            explanation: Texts::new(),
            parameters: Schema::default(),
            columns: vec![spec],
            outputs: Vec::new(),
            left_out: Vec::new(),
            messages: vec![("one".into(), [("en".to_owned(), "One only.".to_owned())].into())],
        };
        let told = |fault: wit::Fault| words(&fault, &described);
        assert_eq!(
            told(wit::Fault::MissingColumn("row-17-is-anna".into())),
            "it misses a column that it does not describe"
        );
        assert_eq!(told(wit::Fault::MissingColumn("class".into())), "it misses the column “class”");
        assert_eq!(told(wit::Fault::Told("anna".into())), "it says something that its description does not name");
        assert_eq!(told(wit::Fault::Told("one".into())), "One only.");
    }
}
