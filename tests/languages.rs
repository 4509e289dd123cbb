//! Metrics in every language, as a new author would make them: `plugin new`, then `plugin test`. The
//! same metric in Rust, Python, JavaScript and TypeScript gives the same answers to the last bit.
//!
//! The languages' own tools are needed. Where they are missing, each test says so and how to get them;
//! with TERMWISE_ALL_LANGUAGES set, that is a failure.

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::repository;

use termwise_config::PluginLimits;
use termwise_metric::{Measurement, Parameters};
use termwise_plugins::examples::examples;
use termwise_plugins::host::{Plugins, Release};

/// Says on the terminal, past the test runner's capture, that a test was left out.
fn left_out(language: &str, how: &str) {
    assert!(std::env::var_os("TERMWISE_ALL_LANGUAGES").is_none(), "{language}: tools are missing: {how}");
    let _ = writeln!(std::io::stderr(), "left out: metrics in {language}. To run this test: {how}");
}

fn termwise(folder: &Path, arguments: &[&str], set: &[(&str, &Path)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_termwise"))
        .args(arguments)
        .current_dir(folder)
        .envs(set.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("termwise starts")
}

fn said(output: &Output) -> String {
    [output.stdout.as_slice(), output.stderr.as_slice()].map(String::from_utf8_lossy).concat()
}

/// Starts a metric, tests it, and gives its component.
fn made(place: &Path, language: &str, options: &[&str], set: &[(&str, &Path)]) -> Vec<u8> {
    for arguments in [["plugin", "test", "."], ["plugin", "build", "."]] {
        let output = termwise(&place.join("my-share"), &[&arguments, options].concat(), set);
        assert!(output.status.success(), "{language}: {}", said(&output));
        if arguments[1] == "test" {
            assert!(said(&output).contains("my-share 1.0.0: 2 of 2 worked examples"), "{}", said(&output));
        }
    }
    std::fs::read(place.join("my-share/built/my-share.wasm")).expect("a component")
}

fn new(place: &Path, language: &str) {
    let output = termwise(place, &["plugin", "new", "my-share", "--lang", language], &[]);
    assert!(output.status.success(), "{}", said(&output));
}

/// The component's answers are those of the shipped metric, bit for bit.
fn answers_as_shipped(bytes: &[u8]) {
    let limits = PluginLimits::default();
    let mut own = Plugins::single("my-share", bytes, 4, &limits).expect("a host");
    let empty = tempfile::tempdir().expect("a folder");
    let mut shipped = Plugins::open(empty.path(), Path::new(""), &limits, &Default::default()).expect("plugins");
    let description = own.describe("my-share", Release::Current).expect("a description").clone();
    let exact = |found: &[Measurement]| -> Vec<_> {
        let bits = |m: &Measurement| {
            let output = &m.outputs[0];
            let ends = output.interval.map(|(low, high)| (low.to_bits(), high.to_bits()));
            (output.value.map(f64::to_bits), ends, output.numerator, output.denominator, m.left_out.clone())
        };
        found.iter().map(bits).collect()
    };
    for example in examples(&description, 3_000).iter().filter(|example| example.table.scales.len() == 1) {
        let found = own.evaluate("my-share", Release::Current, &Parameters::new(), &example.table).expect("an answer");
        let expected = shipped
            .evaluate("share-at-or-above", Release::Current, &Parameters::new(), &example.table)
            .expect("an answer");
        assert_eq!(exact(&found), exact(&expected), "{}", example.what);
    }
}

#[test]
fn a_metric_in_rust() {
    let debian = Path::new("/usr/lib/rustlib/src/rust").exists() && Path::new("/usr/bin/rustc").exists();
    let libraries = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"])
        .output()
        .is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir());
    if !debian && !libraries {
        return left_out(
            "Rust",
            "`rustup target add wasm32-unknown-unknown`, or on Debian: rustc-web and rust-web-src",
        );
    }
    let place = tempfile::tempdir().expect("a folder");
    new(place.path(), "rust");
    let target = repository().join("target/new-rust");
    let mut set = vec![("CARGO_TARGET_DIR", target.as_path())];
    let mut options = Vec::new();
    if !libraries {
        set.push(("RUSTC", Path::new("/usr/bin/rustc")));
        options.push("--build-std");
    }
    answers_as_shipped(&made(place.path(), "Rust", &options, &set));
}

#[test]
fn a_metric_in_python() {
    let of_project = repository().join("target/venv/bin/componentize-py");
    let on_path = Command::new("componentize-py").arg("--version").output().is_ok();
    let program = match std::env::var_os("COMPONENTIZE_PY") {
        Some(program) => PathBuf::from(program),
        None if of_project.is_file() => of_project,
        None if on_path => PathBuf::from("componentize-py"),
        None => return left_out("Python", "`pip install componentize-py==0.25.1`"),
    };
    let place = tempfile::tempdir().expect("a folder");
    new(place.path(), "python");
    answers_as_shipped(&made(place.path(), "Python", &[], &[("COMPONENTIZE_PY", &program)]));
}

/// The folder with the JavaScript tools, if they are there.
fn node_modules() -> Option<PathBuf> {
    let folder = repository().join("target/js-tools/node_modules");
    folder.join("@bytecodealliance/componentize-js").is_dir().then_some(folder)
}

const JAVASCRIPT_TOOLS: &str = "install Node.js 20, then `mkdir -p target/js-tools && cp \
     plugins/templates/typescript/package.json target/js-tools/ && npm install --prefix target/js-tools`";

#[cfg(unix)]
fn in_javascript(language: &str, check: bool) {
    let Some(tools) = node_modules() else { return left_out(language, JAVASCRIPT_TOOLS) };
    let place = tempfile::tempdir().expect("a folder");
    new(place.path(), language);
    let folder = place.path().join("my-share");
    std::os::unix::fs::symlink(&tools, folder.join("node_modules")).expect("a link");
    if check {
        let types = Command::new("node")
            .arg(tools.join("typescript/bin/tsc"))
            .args(["--noEmit", "--project", "."])
            .current_dir(&folder)
            .output()
            .expect("node starts");
        assert!(types.status.success(), "{}", said(&types));
    }
    answers_as_shipped(&made(place.path(), language, &[], &[]));
}

#[cfg(unix)]
#[test]
fn a_metric_in_javascript() {
    in_javascript("javascript", false);
}

#[cfg(unix)]
#[test]
fn a_metric_in_typescript() {
    in_javascript("typescript", true);
}
