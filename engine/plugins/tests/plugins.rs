//! Plugins through the real host: what is pinned runs, what breaks a rule is told and changes nothing.
//!
//! The misbehaving component is built from `plugins/tests/misbehaving`, which breaks one rule for each
//! value of its parameter. Nothing here needs a WebAssembly toolchain.

use std::path::{Path, PathBuf};
use std::time::Duration;

use termwise_base::digest::sha256;
use termwise_config::{PluginLimits, SigningKeys};
use termwise_metric::{
    Cause, Column, ColumnData, Limit, Measurement, Parameter, Parameters, Scale, Table, Unavailable,
};
use termwise_plugins::builder;
use termwise_plugins::host::{Plugins, Release};
use termwise_plugins::lock::Lock;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A project that pins the misbehaving plugin.
fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().expect("a folder");
    let fixtures = repository().join("tests/fixtures/plugins");
    std::fs::create_dir(project.path().join("plugins")).expect("a folder");
    for (from, to) in [("plugins.lock", "plugins.lock"), ("misbehaving.wasm", "plugins/misbehaving.wasm")] {
        std::fs::copy(fixtures.join(from), project.path().join(to)).expect("a copy");
    }
    project
}

fn open(project: &Path, limits: &PluginLimits) -> Plugins {
    Plugins::open(project, &project.join(".termwise/cache"), limits, &SigningKeys::default()).expect("plugins")
}

fn parameter(name: &str, value: f64) -> Parameters {
    Parameters::from([(name.to_owned(), Parameter::Number(value))])
}

fn column(name: &str, data: ColumnData) -> Column {
    Column { name: name.into(), measure: 0, period: 0, data }
}

fn table(offsets: Vec<u32>, columns: Vec<Column>) -> Table {
    Table { offsets, columns, scales: vec![Scale::default()] }
}

/// Two groups of two rows.
fn small() -> Table {
    let columns = vec![
        column("class", ColumnData::Codes(vec![0; 4])),
        column("value", ColumnData::Numbers(vec![1.0, 2.0, 3.0, 4.0])),
    ];
    table(vec![0, 2, 4], columns)
}

fn misbehave_within(how: f64, limits: &PluginLimits) -> Result<Vec<Measurement>, Unavailable> {
    let project = project();
    let mut plugins = open(project.path(), limits);
    let found = plugins.evaluate("misbehaving", Release::Current, &parameter("how", how), &small());
    // Whatever happened: the host and the plugin itself go on working.
    plugins.evaluate("misbehaving", Release::Current, &parameter("how", 0.0), &small()).expect("an answer");
    found
}

fn misbehave(how: f64) -> Unavailable {
    misbehave_within(how, &PluginLimits::default()).expect_err("a rule is broken")
}

/// More fuel than usual, so that another bound is met first.
fn roomy() -> PluginLimits {
    PluginLimits { fuel_base: 5_000_000_000, ..PluginLimits::default() }
}

#[test]
fn a_plugin_without_end_is_stopped_by_its_budget() {
    let told = misbehave(1.0);
    assert_eq!(told.cause, Cause::Stopped(Limit::Fuel(50_080_000)));
    assert_eq!(
        told.to_string(),
        "the plugin “misbehaving” (metric “Breaks one rule”) was stopped: it needed more than its fuel budget of \
         50080000 units"
    );
}

#[test]
fn a_plugin_without_end_is_stopped_by_the_clock_when_its_budget_is_too_large() {
    let limits = PluginLimits { fuel_base: u64::MAX / 2, time: Duration::from_millis(200), ..PluginLimits::default() };
    let told = misbehave_within(1.0, &limits).expect_err("no end");
    assert_eq!(
        told.to_string(),
        "the plugin “misbehaving” (metric “Breaks one rule”) was stopped: it took longer than 0.2 seconds"
    );
}

#[test]
fn a_plugin_that_hoards_memory_is_stopped() {
    let told = misbehave_within(2.0, &roomy()).expect_err("no end");
    assert_eq!(
        told.to_string(),
        "the plugin “misbehaving” (metric “Breaks one rule”) was stopped: it asked for more than 256 MiB of memory"
    );
}

#[test]
fn an_answer_without_measure_is_stopped() {
    let told = misbehave_within(14.0, &roomy()).expect_err("a long answer");
    assert_eq!(
        told.to_string(),
        "the plugin “misbehaving” (metric “Breaks one rule”) was stopped: its answer is larger than 16 MiB"
    );
}

#[test]
fn a_plugin_that_breaks_off_is_told() {
    let told = misbehave(3.0);
    assert_eq!(
        told.to_string(),
        "the plugin “misbehaving” (metric “Breaks one rule”) gave no answer: it broke off with a fault of its own"
    );
    // Depth without end meets the stack's bound or runs off the guest's own stack.
    let told = misbehave(17.0);
    assert!(matches!(told.cause, Cause::Stopped(Limit::Stack(_)) | Cause::Refused(_)), "{told:?}");
}

#[test]
fn answers_that_cannot_be_true_are_refused() {
    for how in 4..=13 {
        let told = misbehave(f64::from(how));
        assert!(matches!(told, Unavailable { cause: Cause::Unfit(_), .. }), "{how}: {told:?}");
    }
    assert_eq!(
        misbehave(9.0).to_string(),
        "the plugin “misbehaving” (metric “Breaks one rule”) cannot be used: its proportion “share” is not its numerator over its denominator"
    );
}

#[test]
fn a_plugins_own_text_is_never_repeated() {
    let told = misbehave(15.0).to_string();
    assert!(!told.contains("ill"), "{told}");
    assert_eq!(
        misbehave(16.0).to_string(),
        "the plugin “misbehaving” (metric “Breaks one rule”) gave no answer: it cannot use the value of the parameter “how”"
    );
}

#[test]
fn changed_bytes_are_not_run() {
    let project = project();
    let file = project.path().join("plugins/misbehaving.wasm");
    let mut bytes = std::fs::read(&file).expect("the component");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("the component");
    let told = open(project.path(), &PluginLimits::default()).describe("misbehaving", Release::Current).err();
    assert_eq!(told, Some(Unavailable::new("misbehaving", Cause::Modified)));
}

#[test]
fn a_column_that_the_lock_does_not_grant_is_not_given() {
    let project = project();
    let lock = project.path().join("plugins.lock");
    let text = std::fs::read_to_string(&lock).expect("the lock");
    std::fs::write(&lock, text.replace("\"class@now\", ", "")).expect("the lock");
    let told =
        open(project.path(), &PluginLimits::default()).describe("misbehaving", Release::Current).expect_err("no grant");
    assert_eq!(
        told.to_string(),
        "the plugin “misbehaving” cannot be used: its column “class” needs class@now, which plugins.lock does not grant"
    );
}

#[test]
fn an_unknown_plugin_is_told_with_the_nearest_name() {
    let project = tempfile::tempdir().expect("a folder");
    let told = open(project.path(), &PluginLimits::default())
        .describe("share-at-or-abve", Release::Current)
        .expect_err("unknown");
    assert!(told.to_string().contains("did you mean share-at-or-above"), "{told}");
}

#[test]
fn a_component_that_asks_for_a_function_is_refused() {
    // (component (import "clock" (func))), by hand: preamble, section of types, section of imports.
    let bytes = b"\0asm\x0d\0\x01\0\x07\x05\x01\x40\0\x01\0\x0a\x0a\x01\0\x05clock\x01\0";
    let mut plugins = Plugins::single("curious", bytes, 1, &PluginLimits::default()).expect("a host");
    let told = plugins.describe("curious", Release::Current).expect_err("an import");
    assert_eq!(
        told.to_string(),
        "the plugin “curious” cannot be used: it asks for “clock”, and a metric may ask for nothing"
    );
}

#[test]
fn bytes_that_are_no_component_are_refused() {
    for bytes in [&b""[..], b"not a component", b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0"] {
        let mut plugins = Plugins::single("empty", bytes, 1, &PluginLimits::default()).expect("a host");
        let told = plugins.describe("empty", Release::Current).expect_err("nothing to run");
        assert!(matches!(told, Unavailable { cause: Cause::Unfit(_), .. }), "{told:?}");
    }
}

/// Ends of the Wilson interval in percent, one decimal, from a table worked out apart from this code.
#[test]
fn the_shipped_component_gives_published_intervals() {
    let published = [(0, 10, 0.0, 27.8), (7, 10, 39.7, 89.2), (10, 10, 72.2, 100.0), (14, 20, 48.1, 85.5)];
    let published = published.into_iter().chain([(16, 23, 49.1, 84.4), (36, 52, 55.7, 80.1)]);
    let published: Vec<_> = published.chain([(50, 72, 58.0, 78.9), (252, 360, 65.1, 74.5)]).collect();
    let (mut offsets, mut value) = (vec![0u32], Vec::new());
    for (met, of, _, _) in &published {
        value.extend((0..*of).map(|row| if row < *met { 3.0 } else { 2.0 }));
        offsets.push(value.len() as u32);
    }
    let rows = value.len();
    let columns = vec![
        column("value", ColumnData::Numbers(value)),
        column("class", ColumnData::Codes(vec![0; rows])),
        column("line", ColumnData::Numbers(vec![3.0; rows])),
    ];
    let empty = tempfile::tempdir().expect("a folder");
    let mut plugins = open(empty.path(), &PluginLimits::default());
    let found = plugins
        .evaluate("share-at-or-above", Release::Current, &Parameters::new(), &table(offsets, columns))
        .expect("an answer");
    for ((met, of, low, high), measurement) in published.into_iter().zip(found) {
        let output = &measurement.outputs[0];
        assert_eq!((output.numerator, output.denominator), (Some(met), of));
        let (found_low, found_high) = output.interval.expect("an interval");
        assert!((found_low * 100.0 - low).abs() < 0.051 && (found_high * 100.0 - high).abs() < 0.051, "{met} of {of}");
    }
}

/// The component counts sixteen rows at a time and the host asks in batches: groups of every size up
/// to more than a batch, counted again here row by row.
#[test]
fn the_shipped_component_counts_groups_of_every_size() {
    let sizes = (0..70).chain([255, 256, 4_079, 4_081, 20_000, 1, 0, 33_000, 17]);
    let (mut offsets, mut rows) = (vec![0u32], Vec::new());
    let mut state = 7u64;
    for size in sizes {
        for _ in 0..size {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let draw = state >> 40;
            let value = if draw.is_multiple_of(31) { f64::NAN } else { (draw % 5) as f64 };
            let line = if draw.is_multiple_of(17) { f64::NAN } else { (draw % 3) as f64 + 0.5 };
            rows.push((value, (draw / 7 % 4) as u8, line));
        }
        offsets.push(rows.len() as u32);
    }
    let columns = vec![
        column("value", ColumnData::Numbers(rows.iter().map(|r| r.0).collect())),
        column("class", ColumnData::Codes(rows.iter().map(|r| r.1).collect())),
        column("line", ColumnData::Numbers(rows.iter().map(|r| r.2).collect())),
    ];
    let empty = tempfile::tempdir().expect("a folder");
    let mut plugins = open(empty.path(), &PluginLimits::default());
    let table = table(offsets.clone(), columns);
    let found = plugins.evaluate("share-at-or-above", Release::Current, &Parameters::new(), &table).expect("an answer");
    assert_eq!(found.len(), offsets.len() - 1);
    for (group, measurement) in found.iter().enumerate() {
        let rows = &rows[offsets[group] as usize..offsets[group + 1] as usize];
        let count = |wanted: &dyn Fn(&(f64, u8, f64)) -> bool| rows.iter().filter(|row| wanted(row)).count() as u32;
        let met = count(&|(value, class, line)| *class == 0 && value >= line);
        let of = met + count(&|(value, class, line)| *class == 1 || (*class == 0 && value < line));
        // A score without a value is none.
        let missing = count(&|(value, class, _)| *class == 3 || (*class == 0 && value.is_nan()));
        let left_out = [("missing", missing), ("excluded", count(&|r| r.1 == 2))];
        let output = &measurement.outputs[0];
        assert_eq!((output.numerator, output.denominator), (Some(met), of), "group {group}");
        let no_line = ("no-line".to_owned(), rows.len() as u32 - of - left_out[0].1 - left_out[1].1);
        let mut expected: Vec<(String, u32)> = left_out.map(|(key, n)| (key.to_owned(), n)).into();
        expected.push(no_line);
        assert_eq!(measurement.left_out, expected, "group {group}");
    }
}

/// Four students by hand: 2 to 4, 3 to 4, 1 to 4 and 5 to 5 grow by 2, 1, 3 and 0.
#[test]
fn the_shipped_growth_component_by_hand() {
    let columns = vec![
        column("start-value", ColumnData::Numbers(vec![2.0, 3.0, 1.0, 5.0, f64::NAN])),
        column("start-class", ColumnData::Codes(vec![0, 0, 0, 0, 3])),
        column("end-value", ColumnData::Numbers(vec![4.0, 4.0, 4.0, 5.0, 6.0])),
        column("end-class", ColumnData::Codes(vec![0, 0, 0, 0, 0])),
    ];
    let empty = tempfile::tempdir().expect("a folder");
    let mut plugins = open(empty.path(), &PluginLimits::default());
    let table = table(vec![0, 5], columns);
    let found =
        plugins.evaluate("share-growing", Release::Current, &parameter("gain", 2.0), &table).expect("an answer");
    let [share, median] = &found[0].outputs[..] else { panic!("two outputs") };
    assert_eq!((share.numerator, share.denominator, share.value), (Some(2), 4, Some(0.5)));
    assert_eq!((median.value, median.contributors), (Some(1.5), 4));
    assert_eq!(found[0].left_out[0], ("start-missing".to_owned(), 1));
}

/// The committed components are those of the committed sources. Whether the sources still give these
/// bytes is checked by `.ci/rebuild-plugins.sh`, which needs a WebAssembly toolchain.
#[test]
fn the_locks_name_the_sources_and_bytes_that_are_here() {
    for (place, folders) in [("plugins/prebuilt", "plugins"), ("tests/fixtures/plugins", "plugins/tests")] {
        let (place, folders) = (repository().join(place), repository().join(folders));
        let lock = Lock::read(&place).expect("a lock").expect("a lock");
        let mut components: Vec<std::ffi::OsString> =
            lock.plugin.iter().map(|locked| locked.file.clone().into()).collect();
        components.sort();
        let mut here: Vec<_> = std::fs::read_dir(&place).expect("a folder").flatten().map(|e| e.file_name()).collect();
        here.retain(|name| name.to_string_lossy().ends_with(".wasm"));
        here.sort();
        assert_eq!(here, components, "a component without an entry, or an entry without one");
        for locked in &lock.plugin {
            let name = &locked.name;
            let bytes = std::fs::read(place.join(&locked.file)).expect("the component");
            assert_eq!(sha256(&bytes), locked.sha256, "{name}: the component is not the one in the lock");
            // Components from other languages' tools cannot be made again byte for byte.
            let Some(sources) = &locked.sources else { continue };
            assert_eq!(
                &builder::sources_digest(&folders.join(name)).expect("the sources"),
                sources,
                "{name}: the sources changed after the component was built; run .ci/rebuild-plugins.sh --write"
            );
        }
    }
}
