//! `termwise plugin bench`: what a component costs, against its budgets.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use termwise_config::PluginLimits;
use termwise_plugins::examples::sized;
use termwise_plugins::host::{Plugins, Release};

use super::Alone;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The component (.wasm), or the folder of its sources
    component: PathBuf,
    /// Give it this many times the usual fuel
    #[arg(long)]
    fuel: Option<u32>,
    /// For Rust sources: build the standard library as well
    #[arg(long)]
    build_std: bool,
}

/// Rows of a call, and of each group in it.
const SIZES: [(u32, u32); 4] = [(1_000, 25), (10_000, 25), (100_000, 100), (1_000_000, 1_000)];

pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<bool> {
    let begun = Instant::now();
    let mut alone = Alone::of(&args.component, args.fuel, args.build_std)?;
    let compiled = begun.elapsed();
    let Some(description) = alone.describe(out)? else { return Ok(false) };
    let limits = PluginLimits::default();
    let kilobytes = alone.bytes.len().div_ceil(1000);
    writeln!(out, "{} {} ({kilobytes} kB)", description.id, description.version)?;
    writeln!(out, "  compile and describe, once     {}", milliseconds(compiled))?;
    writeln!(out, "  load from the cache            {}", milliseconds(cached(&alone)?))?;
    writeln!(out, "  per 1 000 rows:")?;
    writeln!(
        out,
        "  {:>10} {:>7}  {:>14} {:>10}  {:>10}  {:>12}",
        "rows", "groups", "fuel", "of budget", "time", "memory"
    )?;
    let parameters = description.parameters.example();
    for (rows, size) in SIZES {
        let table = sized(&description, rows, size);
        let mut best: Option<termwise_plugins::host::Cost> = None;
        for _ in 0..3 {
            if let Err(why) = alone.plugins.evaluate(Alone::NAME, Release::Current, &parameters, &table) {
                writeln!(out, "  {rows:>10} {:>7}  no answer: {}", table.groups(), why.cause_alone())?;
                return Ok(false);
            }
            let cost = alone.plugins.cost();
            best = Some(best.filter(|best| best.time <= cost.time).unwrap_or(cost));
        }
        let Some(cost) = best else { continue };
        let (used, given) = cost.fuel;
        let thousands = f64::from(rows) / 1000.0;
        writeln!(
            out,
            "  {rows:>10} {:>7}  {:>14.0} {:>8.2} %  {:>7.3} ms  {:>8.1} MiB",
            table.groups(),
            used as f64 / thousands,
            100.0 * used as f64 / given as f64,
            cost.time.as_secs_f64() * 1e3 / thousands,
            cost.memory as f64 / f64::from(1 << 20),
        )?;
    }
    writeln!(
        out,
        "  budget: {} × ({} + {} a row) units of fuel, {} s, {} MiB of memory; the memory is that of the whole call",
        alone.fuel,
        limits.fuel_base,
        limits.fuel_per_row,
        limits.time.as_secs(),
        limits.memory >> 20
    )?;
    Ok(true)
}

/// Time to load the component when its compiled code is in a cache, describing included.
fn cached(alone: &Alone) -> anyhow::Result<Duration> {
    let place = tempfile::tempdir()?;
    let mut best = Duration::MAX;
    for _ in 0..4 {
        let mut plugins = Plugins::cached(&place.path().join("cache"), &PluginLimits::default())?;
        let begun = Instant::now();
        plugins.put(Alone::NAME, Release::Current, &alone.bytes, alone.fuel);
        best = best.min(begun.elapsed());
    }
    Ok(best)
}

fn milliseconds(time: Duration) -> String {
    format!("{:>9.2} ms", time.as_secs_f64() * 1e3)
}
