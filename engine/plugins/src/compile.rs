//! Components → machine code, in a process of its own where the component is somebody else's.
//!
//! Comes in: a component's bytes. Goes out: compiled code, or why there is none. A compiler's time and
//! memory grow faster than some programs do: one megabyte of nested loops can keep it busy for hours.
//! No budget of fuel holds there, so the whole process ends at its bounds.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wasmtime::{Config, Engine};

use termwise_base::helper::{self, End, Helper, Lost};
use termwise_config::PluginLimits;
use termwise_metric::{Cause, Limit};

use crate::guard;

/// The compiler goes down into what is nested.
const STACK: usize = 64 << 20;

/// One component to compile.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    from: PathBuf,
    to: PathBuf,
}

/// What became of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    /// The compiled code is in its place.
    Compiled,
    /// It is no component.
    Unfit,
}

/// The engine's settings: same inputs, same bytes, on every machine.
pub fn engine() -> anyhow::Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .max_wasm_stack(guard::STACK)
        .wasm_backtrace_max_frames(None);
    Engine::new(&config).map_err(|why| anyhow::anyhow!("The plugin engine cannot start: {why}"))
}

/// Compiled code of a component: made here, without a bound, or by `program`, which must know
/// `compile-worker`.
pub fn compiled(
    engine: &Engine,
    program: Option<&Path>,
    bytes: &[u8],
    limits: &PluginLimits,
) -> Result<Vec<u8>, Cause> {
    match program {
        None => engine.precompile_component(bytes).map_err(|_| unfit()),
        Some(program) => apart(program, bytes, limits),
    }
}

fn unfit() -> Cause {
    Cause::Unfit("it is not a WebAssembly component that this engine can compile".to_owned())
}

fn apart(program: &Path, bytes: &[u8], limits: &PluginLimits) -> Result<Vec<u8>, Cause> {
    let unused = |why: String| Cause::Unfit(format!("it could not be compiled: {why}"));
    let unwritten = |_| unused("the folder for temporary files cannot be used".to_owned());
    // A folder that nobody else can enter.
    let place = tempfile::tempdir().map_err(unwritten)?;
    let order = Order { from: place.path().join("component"), to: place.path().join("compiled") };
    std::fs::write(&order.from, bytes).map_err(unwritten)?;
    let arguments: [OsString; 2] = ["compile-worker".into(), format!("--memory={}", limits.compile_memory).into()];
    let mut worker: Helper<Order, Answer> = Helper::start(program, &arguments)
        .map_err(|reason| unused(format!("there is no process for it, because {reason}")))?;
    match worker.ask(&order, limits.compile_time) {
        Ok(Answer::Compiled) => std::fs::read(&order.to).map_err(unwritten),
        Ok(Answer::Unfit) => Err(unfit()),
        Err(Lost::TooSlow) => {
            worker.end();
            Err(Cause::Stopped(Limit::CompileTime(limits.compile_time.as_millis())))
        }
        Err(Lost::Ended) => Err(match worker.end() {
            End::Memory => Cause::Stopped(Limit::CompileMemory(limits.compile_memory)),
            End::Stack => unused("its inside is nested too deeply".to_owned()),
            End::Unknown => unused("the compiler's process ended for an unknown reason".to_owned()),
        }),
    }
}

/// Runs the worker until stdin ends, with at most so many bytes of memory.
pub fn run(memory: u64) -> anyhow::Result<()> {
    let engine = engine()?;
    helper::serve(
        memory,
        STACK,
        || (),
        move |(), order: Order| make(&engine, &order).map_or(Answer::Unfit, |()| Answer::Compiled),
    )
}

fn make(engine: &Engine, order: &Order) -> anyhow::Result<()> {
    let compiled = engine.precompile_component(&std::fs::read(&order.from)?).map_err(|_| anyhow::anyhow!("unfit"))?;
    Ok(std::fs::write(&order.to, compiled)?)
}
