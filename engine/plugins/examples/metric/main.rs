//! A shipped metric through the whole host (limits, copies, checks) against the same count compiled
//! for the processor, 1 000 000 rows in 1 000 groups: `cargo run --example metric`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use termwise_config::{PluginLimits, SigningKeys};
use termwise_metric::{Column, ColumnData, Parameters, Scale, Table};
use termwise_plugins::host::{Plugins, Release};

mod rows;

/// Prints both times and their ratio.
fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (native, expected) = native(folder.path())?;

    let (limits, keys) = (PluginLimits::default(), SigningKeys::default());
    let name = "share-at-or-above";
    let cache = folder.path().join("cache");
    let start = Instant::now();
    Plugins::open(folder.path(), &cache, &limits, &keys)?.describe(name, Release::Current)?;
    let compiled = start.elapsed();
    let mut plugins = Plugins::open(folder.path(), &cache, &limits, &keys)?;
    let start = Instant::now();
    plugins.describe(name, Release::Current)?;
    let loaded = start.elapsed();

    let table = table();
    let mut hosted = Duration::MAX;
    for _ in 0..rows::RUNS {
        let start = Instant::now();
        let found = plugins.evaluate(name, Release::Current, &Parameters::new(), &table)?;
        hosted = hosted.min(start.elapsed());
        let met: u32 = found.iter().filter_map(|m| m.outputs[0].numerator).sum();
        ensure!(met == expected, "the component counted {met}, the native program {expected}");
    }
    println!("  {} rows in {} groups, fastest of {} runs", rows::ROWS, rows::GROUPS, rows::RUNS);
    println!("  native Rust (-C opt-level=3)    {:8.2} ms", milliseconds(native));
    println!("  component, limited and checked  {:8.2} ms", milliseconds(hosted));
    println!("  ratio                           {:8.2}", hosted.as_secs_f64() / native.as_secs_f64());
    println!("  first use: compile {:.1} ms; later: load {:.2} ms", milliseconds(compiled), milliseconds(loaded));
    Ok(())
}

/// Compiles the native program with full optimisation (this benchmark's own profile has less) and
/// runs it: the fastest run, and what was counted.
fn native(folder: &Path) -> anyhow::Result<(Duration, u32)> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/metric/native.rs");
    let program = folder.join(format!("native{}", std::env::consts::EXE_SUFFIX));
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let done = Command::new(rustc)
        .args(["--edition", "2024", "-C", "opt-level=3", "-C", "codegen-units=1", "-o"])
        .args([&program, &source])
        .status()
        .context("rustc cannot be started")?;
    ensure!(done.success(), "the native program does not compile");
    let said = String::from_utf8(Command::new(&program).output()?.stdout)?;
    let (time, met) = said.trim().split_once(' ').context("the native program says nothing")?;
    Ok((Duration::from_nanos(time.parse()?), met.parse()?))
}

fn table() -> Table {
    let (value, class, line) = rows::rows();
    let size = rows::ROWS / rows::GROUPS;
    let column = |name: &str, data| Column { name: name.into(), measure: 0, period: 0, data };
    Table {
        offsets: (0..=rows::GROUPS).map(|group| (group * size) as u32).collect(),
        columns: vec![
            column("value", ColumnData::Numbers(value)),
            column("class", ColumnData::Codes(class)),
            column("line", ColumnData::Numbers(line)),
        ],
        scales: vec![Scale::default()],
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
