//! Properties of every shipped metric, on the real components: the order of rows and groups does not
//! matter, a group's answer does not depend on the others, nobody is lost, and every figure stays
//! within its bounds.
//!
//! That counts add up and that nobody is lost is checked by the host at each call; an answer that
//! breaks it would be none.

use std::path::Path;

use proptest::prelude::*;

use termwise_config::PluginLimits;
use termwise_metric::{Cause, Measurement, Parameters, PrivacyKind, Scale, Table, Unavailable};
use termwise_plugins::examples::drawn;
use termwise_plugins::host::{Plugins, Release};
use termwise_plugins::steady::{all_alike, reordered, same, turned};

fn plugins() -> Plugins {
    let empty = tempfile::tempdir().expect("a folder");
    Plugins::open(empty.path(), Path::new(""), &PluginLimits::default(), &Default::default()).expect("plugins")
}

/// What a metric answers on a drawn table, or that it does not answer on such a scale or so many measures.
fn ask(plugins: &mut Plugins, name: &str, table: &Table) -> Option<Vec<Measurement>> {
    let description = plugins.describe(name, Release::Current).expect("a description");
    let parameters: Parameters = description.parameters.example();
    match plugins.evaluate(name, Release::Current, &parameters, table) {
        Ok(found) => Some(found),
        Err(Unavailable { cause: Cause::Refused(_), .. }) => None,
        Err(why) => panic!("{name}: {why}"),
    }
}

#[test]
fn every_metric_keeps_its_properties_on_whatever_it_is_given() {
    let mut plugins = plugins();
    let names: Vec<String> = plugins.pinned().map(|(locked, _)| locked.name.clone()).collect();
    assert_eq!(names.len(), 11);
    let mut answered = std::collections::BTreeMap::<String, u32>::new();
    let config = ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let answered_cell = std::cell::RefCell::new(&mut answered);
    let plugins = std::cell::RefCell::new(&mut plugins);
    runner
        .run(&(any::<u64>(), 0u32..160, 0u32..12, 1u32..3), |(seed, rows, levels, measures)| {
            let scale = match levels {
                0..4 => Scale { levels: 0, range: Some((0.0, 40.0)) },
                _ => Scale { levels, range: Some((0.0, f64::from(levels - 1))) },
            };
            let plugins = &mut **plugins.borrow_mut();
            for name in &names {
                let description = plugins.describe(name, Release::Current).expect("a description").clone();
                let table = drawn(&description, seed, rows, measures, scale);
                let Some(found) = ask(plugins, name, &table) else { continue };
                *answered_cell.borrow_mut().entry(name.clone()).or_default() += 1;
                // Permutation.
                let again = ask(plugins, name, &turned(&table)).expect("an answer");
                prop_assert!(same(&found, &again), "{name}: another order, another answer");
                // Split groups.
                let mut apart = Vec::new();
                for group in 0..table.groups() {
                    apart.extend(ask(plugins, name, &reordered(&table, &[group], false)).expect("an answer"));
                }
                prop_assert!(all_alike(&found, &apart), "{name}: a group by itself answers otherwise");
                // Bounds.
                for measurement in &found {
                    for (output, spec) in measurement.outputs.iter().zip(&description.outputs) {
                        let key = &spec.key;
                        if let (Some(value), Some((low, high))) = (output.value, output.interval) {
                            prop_assert!(
                                low <= value + 1e-9 && value <= high + 1e-9,
                                "{name} {key}: {low} {value} {high}"
                            );
                        }
                        if spec.unit == "share" {
                            let (least, most) =
                                if spec.privacy == PrivacyKind::Difference { (-2.0, 2.0) } else { (0.0, 1.0) };
                            let within = output.value.is_none_or(|value| (least..=most).contains(&value));
                            prop_assert!(within, "{name} {key}: {:?}", output.value);
                        }
                    }
                }
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(answered.len(), names.len(), "each was answered by some: {answered:?}");
    assert!(answered.values().all(|n| *n >= 5), "{answered:?}");
}
