//! Hostile plugins: whatever a component does, it is told, its goals are not available, its bounds
//! hold, and everything else in the run is as it would be without it.
//!
//! Most go through the real binary on a copy of the sample division. What can be said in Rust is in
//! `plugins/tests/misbehaving`, which breaks one rule for each value of its parameter; what no toolchain
//! would make is made by hand.

mod common;
#[path = "hostile_plugins/component.rs"]
mod component;
#[path = "hostile_plugins/division.rs"]
mod division;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use component::{Component, MEAN, PROPORTION, english, value};
use division::{Division, GOALS};

use termwise_config::{PluginLimits, SigningKeys};
use termwise_metric::{Cause, Limit, Unavailable};
use termwise_plugins::host::{Plugins, Release};

fn misbehaving() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/plugins/misbehaving.wasm");
    std::fs::read(path).expect("the component")
}

/// The misbehaving plugin breaks these rules, one goal each, in divisions with these settings; each
/// goal is told with this reason.
fn misbehaves(settings: &str, rules: &[(u32, &str)]) {
    let bytes = misbehaving();
    for some in rules.chunks(GOALS.len()) {
        let division = Division::new();
        division.set(settings);
        division.pin("misbehaving", &bytes, |_| ());
        for ((goal, _), (how, _)) in GOALS.iter().zip(some) {
            division.give(goal, "misbehaving", &format!("how = {how}"));
        }
        let told = division.told();
        assert_eq!(told.len(), some.len(), "{told:?}");
        for ((goal, _), (how, why)) in GOALS.iter().zip(some) {
            let expected = format!("the plugin “misbehaving” (metric “Breaks one rule”) {why}.");
            assert_eq!(told[*goal], expected, "rule {how}");
        }
    }
}

/// These components, each the metric of one goal, are told with these reasons, which begin after the
/// plugin's name.
fn refused(settings: &str, components: &[(&str, Vec<u8>, &str)]) {
    for some in components.chunks(GOALS.len()) {
        let division = Division::new();
        division.set(settings);
        for ((goal, _), (name, bytes, _)) in GOALS.iter().zip(some) {
            division.pin(name, bytes, |_| ());
            division.give(goal, name, "");
        }
        let told = division.told();
        assert_eq!(told.len(), some.len(), "{told:?}");
        for ((goal, _), (name, _, why)) in GOALS.iter().zip(some) {
            assert_eq!(told[*goal], format!("the plugin “{name}” {why}."));
        }
    }
}

/// A component by hand with a change.
fn made<'a>(name: &'a str, why: &'a str, change: impl FnOnce(&mut Component)) -> (&'a str, Vec<u8>, &'a str) {
    let mut component = Component::named(name);
    change(&mut component);
    (name, component.bytes(), why)
}

/// A component that says of every group that all of it counts.
fn good(name: &str) -> Vec<u8> {
    let mut component = Component::named(name);
    component.description.outputs[0].1 = PROPORTION;
    component.answering = value("1")
        + "(i32.store8 offset=16 (local.get $output) (i32.const 1))
           (i32.store offset=20 (local.get $output) (local.get $rows))";
    component.bytes()
}

const NOT_THE_CONTRACT: &str = "cannot be used: it does not follow the contract it was built for";
const NOT_THE_CONTRACT_IN_ANSWER: &str =
    "(metric “Made by hand”) cannot be used: it does not follow the contract it was built for";
const HIDDEN: &str = "cannot be used: one of its texts is empty, too long or has characters that do not show";

#[test]
fn the_component_made_by_hand_is_a_metric_when_it_breaks_no_rule() {
    let mut component = Component::named("made-by-hand");
    component.answering = value("2.5");
    let bytes = component.bytes();
    let mut plugins = Plugins::single("made-by-hand", &bytes, 1, &PluginLimits::default()).expect("a host");
    let description = plugins.describe("made-by-hand", Release::Current).expect("a description");
    assert_eq!((description.id.as_str(), description.version.as_str()), ("made-by-hand", "1.0.0"));
    assert_eq!(description.grants(), ["class@now"]);
    let table = termwise_metric::Table {
        offsets: vec![0, 2, 5],
        columns: vec![termwise_metric::Column {
            name: "class".into(),
            measure: 0,
            period: 0,
            data: termwise_metric::ColumnData::Codes(vec![0; 5]),
        }],
        scales: vec![termwise_metric::Scale::default()],
    };
    let parameters = termwise_metric::Parameters::new();
    let found = plugins.evaluate("made-by-hand", Release::Current, &parameters, &table).expect("an answer");
    let told: Vec<_> = found.iter().map(|one| (one.outputs[0].value, one.outputs[0].denominator)).collect();
    assert_eq!(told, [(Some(2.5), 2), (Some(2.5), 3)]);
}

// Bounds.

#[test]
fn without_end_it_is_stopped_by_fuel() {
    misbehaves(
        "[plugins]\nfuel-base = 30000000\nfuel-per-row = 0",
        &[(1, "was stopped: it needed more than its fuel budget of 30000000 units")],
    );
}

#[test]
fn without_end_it_is_stopped_by_the_clock_where_fuel_is_without_measure() {
    let begun = Instant::now();
    misbehaves(
        "[plugins]\nfuel-base = 9000000000000000000\nseconds = 0.5",
        &[(1, "was stopped: it took longer than 0.5 seconds")],
    );
    // The message proves which bound it was. This only proves that nobody waited for the fuel, which
    // would last for years.
    assert!(begun.elapsed() < Duration::from_secs(60));
}

/// One instruction that writes much is cheap in fuel and long on the clock.
#[test]
fn long_instructions_are_stopped_by_the_clock() {
    refused(
        "[plugins]\nfuel-base = 9000000000000000000\nseconds = 0.5",
        &[made("filling", "(metric “Made by hand”) was stopped: it took longer than 0.5 seconds", |component| {
            component.evaluating = "(drop (memory.grow (i32.const 1000)))
                (loop $again
                  (memory.fill (i32.const 131072) (i32.const 0) (i32.const 60000000))
                  (br $again))"
                .into();
        })],
    );
}

#[test]
fn memory_without_end_is_stopped() {
    misbehaves(
        "[plugins]\nmemory-mib = 64\nfuel-base = 5000000000",
        &[(2, "was stopped: it asked for more than 64 MiB of memory")],
    );
}

/// The process itself, as the system counts it: all that a hoarding plugin adds stays below twice its
/// bound.
#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_the_run_stays_below_twice_the_bound() {
    let peak = |division: &Division| {
        let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_termwise"))
            .args(["run", "--dry-run", "--json", "--as-of", "2026-04-15"])
            .current_dir(division.path(""))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("termwise starts");
        let mut most = 0u64;
        while run.try_wait().expect("a process").is_none() {
            let status = std::fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            most = most.max(kilobytes.unwrap_or(0));
            std::thread::sleep(Duration::from_millis(1));
        }
        most << 10
    };
    let usual = peak(&Division::new());
    let division = Division::new();
    division.set("[plugins]\nmemory-mib = 200\nfuel-base = 5000000000");
    division.pin("misbehaving", &misbehaving(), |_| ());
    division.give("wb-reading", "misbehaving", "how = 2");
    let hoarding = peak(&division);
    assert!(division.told()["wb-reading"].contains("more than 200 MiB of memory"));
    assert!(usual > 0 && hoarding < usual + (400 << 20), "{usual} bytes without, {hoarding} with the plugin");
}

#[test]
fn an_answer_without_measure_is_stopped() {
    misbehaves(
        "[plugins]\noutput-mib = 4\nfuel-base = 5000000000",
        &[(14, "was stopped: its answer is larger than 4 MiB")],
    );
}

#[test]
fn depth_without_end_is_stopped() {
    let stack = "(metric “Made by hand”) was stopped: its calls went deeper than its stack of 1024 kB allows";
    refused(
        "",
        &[
            made("deep", stack, |component| {
                component.fields =
                    "(func $deep (param i64) (call $deep (local.get 0)) (call $deep (local.get 0)))".into();
                component.evaluating = "(call $deep (i64.const 1))".into();
            }),
            made(
                "wide",
                "(metric “Made by hand”) was stopped: it asked for a table of more than 100000 entries",
                |component| {
                    component.fields = "(table $wide 1 funcref)".into();
                    component.evaluating = "(drop (table.grow $wide (ref.null func) (i32.const 1000000)))".into();
                },
            ),
            made("many", "was stopped: it is made of more than 64 memories, tables or instances", |component| {
                component.fields = "(table 1 funcref)".repeat(65);
            }),
        ],
    );
    // The guest's own stack in its own memory.
    let bytes = misbehaving();
    let division = Division::new();
    division.pin("misbehaving", &bytes, |_| ());
    division.give("wb-reading", "misbehaving", "how = 17");
    let told = &division.told()["wb-reading"];
    let expected = ["was stopped: its calls went deeper", "gave no answer: it broke off with a fault of its own"];
    assert!(expected.iter().any(|why| told.contains(why)), "{told}");
}

#[test]
fn what_loops_before_it_is_asked_is_stopped() {
    let fuel = "was stopped: it needed more than its fuel budget of 50000000 units";
    let endless = "(loop $again (br $again))";
    refused(
        "[plugins]\nfuel-per-row = 0",
        &[
            made("starting", fuel, |component| {
                component.fields = format!("(func $first {endless}) (start $first)");
            }),
            made("describing", fuel, |component| component.describing = endless.into()),
            made(
                "placing",
                "(metric “Made by hand”) was stopped: it needed more than its fuel budget of 50000000 units",
                |component| {
                    component.place = Some(format!("{endless} (unreachable)"));
                },
            ),
        ],
    );
}

/// A compiler's work is not counted in fuel. A megabyte of nested loops would keep it for hours, and a
/// megabyte of branches takes almost a gigabyte.
#[test]
fn a_program_that_cannot_be_compiled_in_time_or_in_memory_is_set_aside() {
    let depth = 100_000;
    let loops = format!("{}{}", "(loop ".repeat(depth), "(br_if 0 (i32.const 0)))".repeat(depth));
    let branches = "(if (local.get $rows) (then (local.set $rows (i32.eqz (local.get $rows)))))".repeat(100_000);
    let with = |name, why, code: String| made(name, why, |component| component.evaluating = code);
    refused(
        "[plugins]\ncompile-seconds = 1.5",
        &[with("endless-loops", "was stopped: compiling it took longer than 1.5 seconds", loops)],
    );
    // Components in components, each in the fourth section of the one around it: 280 kB.
    let within = |inner: Vec<u8>, _| {
        let length = u32::try_from(inner.len()).expect("a length");
        let length = (0..5).map(|place| (length >> (7 * place) & 127) as u8 | if place < 4 { 128 } else { 0 });
        [b"\0asm\x0d\0\x01\0\x04".to_vec(), length.collect(), inner].concat()
    };
    let nested = (0..20_000).fold(b"\0asm\x0d\0\x01\0".to_vec(), within);
    let memory = "was stopped: compiling it needed more than 400 MiB of memory";
    refused("[plugins]\ncompile-memory-mib = 400", &[with("branches", memory, branches), ("nested", nested, memory)]);
}

#[test]
fn the_bounds_hold_for_a_component_that_nobody_has_pinned() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_termwise"));
    let limits = PluginLimits { compile_time: Duration::from_millis(300), ..PluginLimits::default() };
    let mut component = Component::named("loops");
    let depth = 100_000;
    component.evaluating = format!("{}{}", "(loop ".repeat(depth), "(br_if 0 (i32.const 0)))".repeat(depth));
    let mut plugins = Plugins::stranger(&program, "loops", &component.bytes(), 1, &limits).expect("a host");
    let told = plugins.describe("loops", Release::Current).expect_err("too slow");
    assert_eq!(told.cause, Cause::Stopped(Limit::CompileTime(300)));
    let good = Component::named("good").bytes();
    let mut plugins = Plugins::stranger(&program, "good", &good, 1, &PluginLimits::default()).expect("a host");
    assert!(plugins.describe("good", Release::Current).is_ok());
}

// Answers.

#[test]
fn answers_that_cannot_be_true_are_refused() {
    let unfit = "cannot be used: ";
    let said = |why: &str| format!("{unfit}{why}");
    let rules = [
        (4, "it answered for"),
        (5, "its output “share” is not a finite number"),
        (6, "its output “share” is not a finite number"),
        (7, "the numerator of its output “share” is more than its denominator"),
        (8, "its output “share” counts more rows than it was given"),
        (9, "its proportion “share” is not its numerator over its denominator"),
        (10, "it counted"),
        (11, "its answer does not have the reasons that its description names"),
        (12, "its answer does not have the outputs that its description names"),
        (13, "its output “share” is not a finite number"),
        (19, "it says the same thing twice of one group"),
        (22, "its output “share” counts more rows than it was given"),
        (23, "its output “share” is a number that nobody's readings went into"),
        (24, "its output “share” has parts and is not a distribution"),
        (25, "its proportion “share” has no numerator"),
        (26, "it counted"),
        (27, "its answer does not have the reasons that its description names"),
        (28, "it answered for"),
        (29, "its output “share” is not a finite number"),
    ];
    let bytes = misbehaving();
    for some in rules.chunks(GOALS.len()) {
        let division = Division::new();
        division.pin("misbehaving", &bytes, |_| ());
        for ((goal, _), (how, _)) in GOALS.iter().zip(some) {
            division.give(goal, "misbehaving", &format!("how = {how}"));
        }
        let told = division.told();
        for ((goal, _), (how, why)) in GOALS.iter().zip(some) {
            let expected = format!("the plugin “misbehaving” (metric “Breaks one rule”) {}", said(why));
            assert!(told[*goal].starts_with(&expected), "rule {how}: {}", told[*goal]);
        }
    }
}

#[test]
fn a_mean_of_levels_is_refused() {
    let why = "(metric “Made by hand”) cannot be used: its output “number” is a mean of ordered levels, \
               whose steps need not be equal";
    let (name, bytes, why) = made("mean", why, |component| {
        component.description.outputs[0].1 = MEAN;
        component.answering = value("2.5");
    });
    let division = Division::new();
    division.pin(name, &bytes, |_| ());
    // Reading is in levels.
    division.give("bh-reading-1", name, "");
    assert_eq!(division.told()["bh-reading-1"], format!("the plugin “{name}” {why}."));
}

#[test]
fn a_number_that_no_report_can_print_is_refused() {
    let why = "(metric “Made by hand”) cannot be used: its output “number” is larger than a report can print";
    refused("", &[made("huge-number", why, |component| component.answering = value("1e300"))]);
}

#[test]
fn its_own_words_are_not_repeated() {
    misbehaves(
        "",
        &[
            (3, "gave no answer: it broke off with a fault of its own"),
            (15, "gave no answer: it misses a column that it does not describe"),
            (16, "gave no answer: it cannot use the value of the parameter “how”"),
            (18, "cannot be used: it says something that its description does not name"),
            (20, "gave no answer: it says something that its description does not name"),
            (21, "gave no answer: it misses a parameter that it does not describe"),
        ],
    );
}

#[test]
fn answers_that_hang_on_an_order_or_an_address_are_refused() {
    let why = "cannot be used: it answers differently when rows or groups come in another order";
    misbehaves("", &[(40, why), (41, why), (42, why)]);
}

#[test]
fn answers_that_are_no_answers_are_refused() {
    refused(
        "",
        &[
            made("nowhere", NOT_THE_CONTRACT_IN_ANSWER, |c| c.evaluating = "(return (i32.const -16))".into()),
            made("crooked", NOT_THE_CONTRACT_IN_ANSWER, |c| c.evaluating = "(return (i32.const 1025))".into()),
            made("neither", NOT_THE_CONTRACT_IN_ANSWER, |c| {
                c.evaluating = "(i32.store8 (local.get $result) (i32.const 7)) (return (local.get $result))".into();
            }),
            made("endless-list", NOT_THE_CONTRACT_IN_ANSWER, |c| {
                c.evaluating = "(i32.store offset=8 (local.get $result) (i32.const 0x7fffffff)) \
                                (return (local.get $result))"
                    .into();
            }),
            made("places-nowhere", NOT_THE_CONTRACT_IN_ANSWER, |c| c.place = Some("(i32.const -65536)".into())),
            made("places-crooked", NOT_THE_CONTRACT_IN_ANSWER, |c| {
                c.place = Some("(i32.add (local.get $at) (i32.const 1))".into());
            }),
        ],
    );
}

// Descriptions.

#[test]
fn descriptions_that_cannot_be_worked_with_are_refused() {
    let many = |n: usize| (0..n).map(|place| (format!("output-{place}").into_bytes(), 3)).collect::<Vec<_>>();
    let schema = |properties: &str| format!(r#"{{"type": "object", "properties": {properties}}}"#).into_bytes();
    let twice = "cannot be used: two of one kind (column) have the same name";
    let named = "cannot be used: the name of a parameter is not in kebab-case";
    let reference = "cannot be used: the schema of its parameters is not understood: parameter “a”: unknown field \
         `$ref`, expected one of `title`, `description`, `default`, `minimum`, `maximum`, `exclusiveMinimum`, \
         `exclusiveMaximum` at line 1 column 95";
    let pattern = "cannot be used: the schema of its parameters is not understood: parameter “a”: unknown field \
         `pattern`, expected one of `title`, `description`, `default`, `enum` at line 1 column 78";
    refused(
        "",
        &[
            made("many-outputs", "cannot be used: it describes more than 64 of one kind (output)", |c| {
                c.description.outputs = many(65);
            }),
            made("no-output", "cannot be used: it describes no output", |c| c.description.outputs.clear()),
            made("two-columns", twice, |c| c.description.columns.push((b"class".to_vec(), component::CLASS, 1))),
            made("long-title", HIDDEN, |c| c.description.title = vec![english(&"long ".repeat(1000))]),
            made("many-titles", HIDDEN, |c| {
                c.description.title = (0..100).map(|n| (format!("x{n}").into_bytes(), b"Title".to_vec())).collect();
            }),
            made("empty-message", HIDDEN, |c| c.description.messages.push((b"odd".to_vec(), Vec::new()))),
            made("escape", HIDDEN, |c| c.description.title = vec![english("Good\u{1b}[2J")]),
            made("turned", HIDDEN, |c| c.description.title = vec![english("Good \u{202e}doog")]),
            made("tagged", HIDDEN, |c| {
                c.description.parameters = schema(r#"{"a": {"type": "string", "enum": ["one\u2028two"]}}"#);
            }),
            made("reference", reference, |c| {
                c.description.parameters = schema(r#"{"a": {"type": "number", "$ref": "https://example.org/schema"}}"#);
            }),
            made("pattern", pattern, |c| {
                c.description.parameters = schema(r#"{"a": {"type": "string", "pattern": "(a*)*b"}}"#);
            }),
            made(
                "no-schema",
                "cannot be used: the schema of its parameters is not understood: invalid type: sequence, expected an object in braces at line 1 column 0",
                |c| {
                    c.description.parameters = "[".repeat(100_000).into_bytes();
                },
            ),
            made("named", named, |c| c.description.parameters = schema(r#"{"a\nb": {"type": "number"}}"#)),
            made("version", "cannot be used: its version is not one of three numbers, as in 1.0.0", |c| {
                c.description.version = format!("1.0.0-{}", "a".repeat(1000)).into_bytes();
            }),
            made("not-utf-8", NOT_THE_CONTRACT, |c| c.description.title[0].1 = vec![0xff, 0xfe, 0xfd]),
        ],
    );
}

#[test]
fn a_description_without_measure_is_stopped() {
    refused(
        "[plugins]\noutput-mib = 1",
        &[made("huge", "was stopped: its answer is larger than 1 MiB", |component| {
            component.description.explanation = vec![english(&"x".repeat(2 << 20))];
        })],
    );
}

#[test]
fn an_id_is_not_a_path_and_not_another_plugins() {
    let calls = "cannot be used: it calls itself share-at-or-above 1.0.0, unlike plugins.lock";
    let kebab = "cannot be used: its id is not in kebab-case (a–z, 0–9 and hyphens, as in “share-at-or-above”)";
    refused(
        "",
        &[
            made("upwards", kebab, |component| component.description.id = b"../upwards".to_vec()),
            made("impostor", calls, |component| component.description.id = b"share-at-or-above".to_vec()),
        ],
    );
}

// What a component is.

#[test]
fn a_component_that_asks_for_something_is_refused() {
    let wasi = "\npackage wasi:clocks@0.2.0 { interface monotonic-clock { now: func() -> u64; } }\n";
    refused(
        "",
        &[
            made(
                "clock",
                "cannot be used: it asks for “wasi:clocks/monotonic-clock@0.2.0”, and a metric may ask for nothing",
                |c| {
                    c.contract = c
                        .contract
                        .replace("world plugin {", "world plugin {\n  import wasi:clocks/monotonic-clock@0.2.0;")
                        + wasi;
                    c.fields = r#"(import "wasi:clocks/monotonic-clock@0.2.0" "now" (func $now (result i64)))"#.into();
                    c.evaluating = "(drop (call $now))".into();
                },
            ),
            made("function", "cannot be used: it asks for “tell”, and a metric may ask for nothing", |c| {
                c.contract = c.contract.replace("world plugin {", "world plugin {\n  import tell: func(what: u32);");
                c.fields = r#"(import "$root" "tell" (func $tell (param i32)))"#.into();
                c.evaluating = "(call $tell (i32.load8_u (i32.const 0)))".into();
            }),
            made(
                "tomorrow",
                "cannot be used: it follows the contract termwise:metric@9.0.0, and this engine knows 1.0.0",
                |c| {
                    c.contract = c.contract.replace("metric@1.0.0", "metric@9.0.0");
                },
            ),
        ],
    );
}

#[test]
fn a_contract_of_the_same_name_with_other_types_is_refused() {
    let types = "cannot be used: its function “describe” is not that of the contract";
    refused(
        "",
        &[made("other-types", types, |component| {
            component.contract =
                component.contract.replace("enum direction { up, down, neither }", "enum direction { up, down }");
        })],
    );
}

#[test]
fn bytes_that_are_no_metric_are_refused() {
    let good = Component::named("cut-off").bytes();
    let not = "cannot be used: it is not a WebAssembly component that this engine can compile";
    let empty = "cannot be used: it has no interface termwise:metric/metric, so it is not a metric";
    refused(
        "",
        &[
            ("cut-off", good[..good.len() / 2].to_vec(), not),
            ("core-module", wat::parse_str("(module)").expect("a module"), not),
            ("text", b"(component)".to_vec(), not),
            ("nothing", Vec::new(), not),
            ("empty", wat::parse_str("(component)").expect("a component"), empty),
        ],
    );
}

// Locks, files, signatures.

/// A goal's metric is a good component, in a division that `change` makes bad; what is told.
fn told_after(change: impl FnOnce(&Division)) -> String {
    let division = Division::new();
    division.pin("good", &good("good"), |_| ());
    division.give("wb-reading", "good", "");
    assert!(division.told().is_empty(), "a good component");
    change(&division);
    division.told().remove("wb-reading").unwrap_or_default()
}

fn relock(division: &Division, from: &str, to: &str) {
    let file = division.path("plugins.lock");
    let lock = std::fs::read_to_string(&file).expect("the lock");
    assert!(lock.contains(from), "{lock}");
    std::fs::write(file, lock.replace(from, to)).expect("the lock");
}

#[test]
fn what_the_lock_does_not_name_as_it_is_does_not_run() {
    let told = told_after(|division| {
        let file = division.path("plugins/good.wasm");
        let mut bytes = std::fs::read(&file).expect("the component");
        *bytes.last_mut().expect("a byte") ^= 1;
        std::fs::write(file, bytes).expect("the component");
    });
    assert_eq!(told, "the plugin “good” is not the one that plugins.lock names (its digest differs).");
    let told = told_after(|division| relock(division, "sha256 = \"", "sha256 = \"00"));
    assert_eq!(told, "the plugin “good” is not the one that plugins.lock names (its digest differs).");
    let told = told_after(|division| relock(division, "version = \"1.0.0\"", "version = \"2.0.0\""));
    assert_eq!(told, "the plugin “good” cannot be used: it calls itself good 1.0.0, unlike plugins.lock.");
    let told = told_after(|division| relock(division, "contract = \"1.0.0\"", "contract = \"0.9.0\""));
    assert_eq!(told, "the plugin “good” cannot be used: it follows contract 1.0.0, unlike plugins.lock.");
    let told = told_after(|division| relock(division, "\"class@now\", ", ""));
    assert_eq!(
        told,
        "the plugin “good” cannot be used: its column “class” needs class@now, which plugins.lock does not grant."
    );
}

/// A goal that names a metric which is not there is at fault itself, as a misspelt one is.
#[test]
fn a_metric_that_is_not_in_the_lock_is_an_error() {
    let division = Division::new();
    division.pin("good", &good("good"), |_| ());
    division.give("wb-reading", "good", "");
    relock(&division, "name = \"good\"", "name = \"goof\"");
    let output = division.termwise(&["run", "--dry-run", "--as-of", "2026-04-15", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("the plugin “good” is not in plugins.lock (did you mean goof?)."), "{told}");
}

#[test]
fn a_file_that_is_not_there_or_no_file_is_told() {
    let told = told_after(|division| std::fs::remove_file(division.path("plugins/good.wasm")).expect("removed"));
    assert_eq!(told, "the plugin “good” cannot be used: its file plugins/good.wasm is not there.");
    let told = told_after(|division| {
        let file = std::fs::File::create(division.path("plugins/good.wasm")).expect("a file");
        file.set_len(65 << 20).expect("a long file");
    });
    assert_eq!(told, "the plugin “good” cannot be used: its file plugins/good.wasm is larger than 64 MiB.");
}

/// A device that never ends, and a pipe that nobody writes to.
#[cfg(unix)]
#[test]
fn a_device_or_a_pipe_is_not_read() {
    let told = told_after(|division| {
        let file = division.path("plugins/good.wasm");
        std::fs::remove_file(&file).expect("removed");
        std::os::unix::fs::symlink("/dev/zero", file).expect("a link");
    });
    assert_eq!(told, "the plugin “good” cannot be used: its file plugins/good.wasm is not there.");
    let told = told_after(|division| {
        let file = division.path("plugins/good.wasm");
        std::fs::remove_file(&file).expect("removed");
        assert!(std::process::Command::new("mkfifo").arg(file).status().expect("mkfifo").success());
    });
    assert_eq!(told, "the plugin “good” cannot be used: its file plugins/good.wasm is not there.");
}

/// A lock that cannot be what somebody meant stops the run before anything is made.
#[test]
fn a_lock_that_leads_elsewhere_or_names_two_stops_the_run() {
    for (from, to, why) in [
        (
            "file = \"good.wasm\"",
            "file = \"../good.wasm\"",
            "plugins.lock: the file of “good” is not a plain file name.",
        ),
        (
            "file = \"good.wasm\"",
            "file = \"/etc/passwd\"",
            "plugins.lock: the file of “good” is not a plain file name.",
        ),
        ("name = \"good\"", "name = \"go\\u001bod\"", "plugins.lock: the name in entry 1 is not in kebab-case."),
    ] {
        let division = Division::new();
        division.pin("good", &good("good"), |_| ());
        division.give("wb-reading", "good", "");
        relock(&division, from, to);
        let output = division.termwise(&["run", "--dry-run"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(why), "{said}");
    }
    let division = Division::new();
    division.pin("good", &good("good"), |_| ());
    let file = division.path("plugins.lock");
    let lock = std::fs::read_to_string(&file).expect("the lock");
    let entry = &lock[lock.find("[[plugin]]").expect("an entry")..];
    std::fs::write(&file, format!("{lock}\n{entry}")).expect("the lock");
    let output = division.termwise(&["check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("plugins.lock names “good” twice"), "{said}");
}

#[test]
fn signatures_are_held_against_the_keys() {
    let sign = |pair: &minisign::KeyPair, bytes: &[u8]| {
        minisign::sign(None, &pair.sk, bytes, None, None).expect("a signature").into_string()
    };
    let pair = || minisign::KeyPair::generate_unencrypted_keypair().expect("a pair of keys");
    let (ours, theirs) = (pair(), pair());
    let bytes = good("signed");
    let told = |signature: Option<String>, required: bool| {
        let division = Division::new();
        let key = ours.pk.to_base64();
        division.set(&format!("[plugins]\ntrusted-keys = [\"{key}\"]\nrequire-signature = {required}"));
        division.pin("signed", &bytes, |_| ());
        division.give("wb-reading", "signed", "");
        if let Some(signature) = signature {
            std::fs::write(division.path("plugins/signed.wasm.minisig"), signature).expect("a signature");
        }
        division.told().remove("wb-reading")
    };
    let untrusted = |why: &str| Some(format!("the plugin “signed” cannot be used: {why}."));
    assert_eq!(told(Some(sign(&ours, &bytes)), true), None);
    assert_eq!(told(None, false), None);
    assert_eq!(told(None, true), untrusted("it is not signed, and termwise.toml requires it"));
    let wrong = "its signature is not by a key in termwise.toml, or not of these bytes";
    assert_eq!(told(Some(sign(&theirs, &bytes)), true), untrusted(wrong));
    assert_eq!(told(Some(sign(&theirs, &bytes)), false), untrusted(wrong), "worse than none");
    assert_eq!(told(Some(sign(&ours, b"other bytes")), true), untrusted(wrong));
    assert_eq!(told(Some("untrusted comment: x\n".into()), true), untrusted("its signature cannot be read"));
}

#[test]
fn parameters_that_the_metric_does_not_have_are_told() {
    let division = Division::new();
    division.pin("misbehaving", &misbehaving(), |_| ());
    for ((goal, _), parameters) in GOALS.iter().zip(["hwo = 1", "how = 0.5", "how = \"much\""]) {
        division.give(goal, "misbehaving", parameters);
    }
    // The goals are at fault, not the plugin: that is an error.
    let output = division.termwise(&["check", "--as-of", "2026-04-15", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let outcome: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
    let why = |goal: &str| {
        let problems = outcome["problems"].as_array().expect("problems").iter();
        let mine = problems.filter(|problem| problem["severity"] == "error");
        let begins = format!("The goal “{goal}” is not available, because ");
        let told = mine.filter_map(|problem| problem["message"].as_str()?.strip_prefix(begins.as_str()));
        let told: Vec<&str> = told.collect();
        assert_eq!(told.len(), 1, "{goal}: {outcome}");
        told[0].split_once("gave no answer: ").expect("an answer").1.to_owned()
    };
    assert_eq!(why("bh-reading-1"), "it has no parameter “hwo” (it has: how).");
    assert_eq!(why("sb-screener-78"), "its parameter “how” is not a whole number.");
    assert_eq!(why("wb-reading"), "its parameter “how” is not a whole number.");
}

// Compiled code on disk.

/// Compiled code that was changed, or lies open to others, or is another component's, is made anew.
#[cfg(unix)]
#[test]
fn poisoned_code_is_not_run() {
    use std::os::unix::fs::PermissionsExt;
    let project = tempfile::tempdir().expect("a folder");
    let (good, bad) = (Component::named("good").bytes(), Component::named("bad").bytes());
    std::fs::create_dir(project.path().join("plugins")).expect("a folder");
    let mut lock = termwise_plugins::lock::Lock::default();
    for (name, bytes) in [("good", &good), ("bad", &bad)] {
        std::fs::write(project.path().join(format!("plugins/{name}.wasm")), bytes).expect("a component");
        let mut locked = termwise_plugins::builder::entry(bytes, 1).expect("an entry").0;
        locked.name = name.into();
        lock.put(locked);
    }
    lock.write(project.path()).expect("a lock");
    let cache = project.path().join("cache");
    let title = |name: &str| -> Result<String, Unavailable> {
        let (limits, keys) = (PluginLimits::default(), SigningKeys::default());
        let mut plugins = Plugins::open(project.path(), &cache, &limits, &keys).expect("plugins");
        plugins.describe(name, Release::Current).map(|description| description.id.clone())
    };
    let file = |bytes: &[u8]| {
        let digest = termwise_base::digest::sha256(bytes);
        let files = std::fs::read_dir(&cache).expect("the cache").flatten().map(|entry| entry.path());
        let mut found: Vec<_> = files.filter(|p| p.to_string_lossy().contains(&digest)).collect();
        assert_eq!(found.len(), 1);
        found.remove(0)
    };
    assert_eq!((title("good").as_deref(), title("bad").as_deref()), (Ok("good"), Ok("bad")));
    let (mine, other) = (file(&good), file(&bad));
    let whole = std::fs::read(&mine).expect("code");

    std::fs::copy(&other, &mine).expect("another component's code");
    assert_eq!(title("good").as_deref(), Ok("good"));
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(&mine, changed).expect("changed code");
    assert_eq!(title("good").as_deref(), Ok("good"));
    assert_eq!(std::fs::read(&mine).expect("code"), whole, "made anew");
    std::fs::write(&mine, &whole[..40]).expect("half a file");
    assert_eq!(title("good").as_deref(), Ok("good"));

    // Written by somebody who may write here, or lying elsewhere: the other component's code, whole.
    std::fs::remove_file(&mine).expect("removed");
    std::os::unix::fs::symlink(&other, &mine).expect("a link");
    assert_eq!(title("good").as_deref(), Ok("good"));
    std::fs::copy(&other, &mine).expect("another component's code");
    std::fs::set_permissions(&mine, std::fs::Permissions::from_mode(0o666)).expect("permissions");
    assert_eq!(title("good").as_deref(), Ok("good"));
    std::fs::set_permissions(&cache, std::fs::Permissions::from_mode(0o777)).expect("permissions");
    assert_eq!(title("good").as_deref(), Ok("good"));
    let mode = std::fs::metadata(&cache).expect("the cache").permissions().mode();
    assert_eq!(mode & 0o077, 0, "the folder is closed again");
}

// Reports.

/// Nothing of a failed plugin is in any report, staff are told why, and all other numbers are there.
#[test]
fn the_reports_have_nothing_of_a_plugin_that_failed() {
    let division = Division::new();
    division.pin("misbehaving", &misbehaving(), |_| ());
    // A number that is none, words of its own, and answers by order.
    for ((goal, _), how) in GOALS.iter().zip([5, 18, 40]) {
        division.give(goal, "misbehaving", &format!("how = {how}"));
    }
    let told = division.told();
    assert_eq!(told.len(), 3);
    let outcome = division.outcome(&["run"]);
    let expected: serde_json::Value = serde_json::from_str(include_str!("oracle/expected.json")).expect("JSON");
    let count = |goal: &str| {
        let found = &expected[goal]["2025-26/P2"];
        format!("{} of {}", found["met"], found["of"])
    };
    let reports = outcome["reports"].as_array().expect("reports");
    assert_eq!(reports.len(), division::usual()["reports"].as_array().expect("reports").len(), "all reports are made");
    for report in reports.iter().filter_map(|report| report.as_str()) {
        let path = division.path(report);
        let text = if report.ends_with(".pdf") {
            pdf_extract::extract_text(path).expect("text of the PDF")
        } else {
            std::fs::read_to_string(path).expect("a web page")
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for trace in ["NaN", "row-3", "is-ill"] {
            assert!(!text.contains(trace), "{report}: “{trace}” in {text}");
        }
        assert!(!report.contains("parent-council") || !text.contains("misbehaving"), "{report}: for parents, {text}");
        let (goals, others): (&[&str], &[&str]) = match report.split('/').nth(3) {
            Some("blue-heron") => (&["bh-reading-1"], &["bh-growth-2", "bh-numeracy-34", "bh-ukrainian-2"]),
            Some("saskatoon-berry") => (&["sb-screener-78"], &["sb-growth-46", "sb-reading-k3"]),
            _ => (&["wb-reading"], &["wb-numeracy-13"]),
        };
        if report.contains("staff") {
            for goal in goals {
                let why = told[*goal].trim_end_matches('.');
                assert!(text.contains(&format!("not available, because {why}")), "{report}: {text}");
                assert!(!text.contains(&count(goal)), "{report}: {goal}");
            }
            for goal in others {
                assert!(text.contains(&count(goal)), "{report}: {goal}");
            }
        }
    }
}
