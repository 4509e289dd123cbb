//! Components of every released version of the contract, kept as they were built: they must be loaded,
//! described and answered by this engine for ever.

use std::path::Path;

use termwise_base::digest::sha256;
use termwise_config::PluginLimits;
use termwise_metric::{Column, ColumnData, Kind, Parameter, Parameters, Scale, Table};
use termwise_plugins::examples::examples;
use termwise_plugins::host::{Plugins, Release};

/// The repository.
fn repository() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Version, digest of its component.
const GOLDEN: [(&str, &str); 1] = [("1.0.0", "dc19eb2bd25fc03a6446a9ae14c046e8d979f9e98041050247cea3b354363e38")];

fn golden(version: &str) -> Plugins {
    let bytes = std::fs::read(repository().join(format!("tests/fixtures/golden/{version}.wasm"))).expect("a component");
    let digest = GOLDEN.iter().find(|(known, _)| *known == version).expect("a released version").1;
    assert_eq!(sha256(&bytes), digest, "the golden component {version} was changed");
    Plugins::single("golden", &bytes, 1, &PluginLimits::default()).expect("a host")
}

#[test]
fn every_released_version_has_its_golden_component() {
    assert_eq!(GOLDEN.map(|(version, _)| version), termwise_plugins::VERSIONS);
}

#[test]
fn version_1_0_0_describes_itself_as_ever() {
    let mut plugins = golden("1.0.0");
    assert_eq!(plugins.contract("golden", Release::Current), Ok("1.0.0"));
    insta::assert_debug_snapshot!(plugins.describe("golden", Release::Current).expect("a description"));
}

/// Every column of the description, cell by cell: the sum of cells, each weighted by the place, measure
/// and period of its column, is worked out here again.
#[test]
fn version_1_0_0_is_given_every_cell_in_its_place() {
    let mut plugins = golden("1.0.0");
    let description = plugins.describe("golden", Release::Current).expect("a description").clone();
    for example in examples(&description, 90) {
        let mut table = example.table;
        for column in &mut table.columns {
            if let ColumnData::Numbers(cells) = &mut column.data {
                // Whole numbers, so that the order of adding does not matter.
                cells.iter_mut().for_each(|cell| *cell = cell.round());
            }
        }
        let range: f64 = table.scales.iter().filter_map(|scale| scale.range).map(|(low, high)| high - low).sum();
        let found = plugins.evaluate("golden", Release::Current, &Parameters::new(), &table).expect("an answer");
        for (group, measurement) in found.iter().enumerate() {
            let rows = table.offsets[group] as usize..table.offsets[group + 1] as usize;
            // 1.5 + 3 + 1 + 2.5 are the parameters' defaults.
            let mut sum = 8.0 + range;
            for (place, column) in table.columns.iter().enumerate() {
                let weight = f64::from(place as u32 + 1 + 7 * column.measure + 13 * column.period);
                for row in rows.clone() {
                    let cell = match &column.data {
                        ColumnData::Numbers(cells) => cells[row],
                        ColumnData::Codes(cells) => f64::from(cells[row]),
                    };
                    sum += if cell.is_nan() { 0.0 } else { cell * weight };
                }
            }
            let even = rows.len() as u32 - rows.len() as u32 / 2;
            let expected = (even > 0).then_some(sum);
            let levels = table.scales[0].levels > 0;
            let [proportion, count, mean, quantile, parts, by_level, difference] = &measurement.outputs[..] else {
                panic!("seven outputs")
            };
            assert_eq!((proportion.numerator, proportion.denominator), (Some(even / 2), even));
            assert_eq!(count.value, Some(f64::from(even / 2)));
            assert_eq!(mean.value, expected.filter(|_| !levels), "{}", example.what);
            assert_eq!(quantile.value, expected);
            assert_eq!(quantile.interval, expected.map(|sum| (sum - 1.0, sum + 1.0)));
            assert_eq!(parts.counts, [even / 3, even - even / 3]);
            assert_eq!(by_level.counts.iter().sum::<u32>(), if levels { even } else { 0 });
            assert_eq!((difference.value, difference.contributors), (expected.map(|sum| -sum), even.min(1)));
            assert_eq!(measurement.left_out, [("odd".to_owned(), rows.len() as u32 / 2)]);
            assert_eq!(measurement.notes, ["note"]);
        }
    }
    assert!(description.columns.iter().any(|column| column.kind == Kind::Side));
}

#[test]
fn version_1_0_0_gives_every_fault() {
    let mut plugins = golden("1.0.0");
    let data = ColumnData::Numbers(vec![1.0]);
    let columns = vec![Column { name: "value-now".into(), measure: 0, period: 0, data }];
    let table = Table { offsets: vec![0, 1], columns, scales: vec![Scale::default()] };
    for (word, told) in [
        ("bad-parameter", "it cannot use the value of the parameter “word”"),
        ("bad-shape", "the columns it was given do not fit together"),
        ("missing-column", "it misses the column “value-now”"),
        ("ordered-scale", "it needs a scale of numbers, and a measure has ordered levels"),
        ("told", "No answer today."),
    ] {
        let parameters = Parameters::from([("word".to_owned(), Parameter::Word(word.to_owned()))]);
        let why = plugins.evaluate("golden", Release::Current, &parameters, &table).expect_err(word);
        assert_eq!(why.cause_alone(), told);
    }
    let parameters = Parameters::from([("number".to_owned(), Parameter::Number(10.0))]);
    let why = plugins.evaluate("golden", Release::Current, &parameters, &table).expect_err("too large");
    assert_eq!(why.cause_alone(), "its parameter “number” is not at least -10 and below 10");
}
