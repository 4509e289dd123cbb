//! The bounds of one call of a plugin, and the sentence for each of them.
//!
//! Comes in: what the component asks for while it runs. Goes out: leave or refusal, and after a stop
//! the reason in words. Fuel is the budget that decides; the clock only catches what fuel does not.

use wasmtime::{ResourceLimiter, Trap};

use crate::config::PluginLimits;

use super::Unavailable;

/// Most entries of one table: functions that can be called by number.
const TABLE: usize = 100_000;

/// What a store holds: its bounds, and which of them was met.
pub struct Guarded {
    memory: usize,
    met: Option<Met>,
}

#[derive(Clone, Copy)]
enum Met {
    Memory,
    Table,
}

impl Guarded {
    /// Bounds with this much linear memory, in bytes, for the whole component.
    pub fn new(memory: usize) -> Self {
        Self { memory, met: None }
    }
}

impl ResourceLimiter for Guarded {
    fn memory_growing(&mut self, _current: usize, desired: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        if desired <= self.memory {
            return Ok(true);
        }
        // An error ends the call here: a guest that is only told “no” may go on trying.
        self.met = Some(Met::Memory);
        Err(wasmtime::Error::msg("memory bound"))
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        if desired <= TABLE {
            return Ok(true);
        }
        self.met = Some(Met::Table);
        Err(wasmtime::Error::msg("table bound"))
    }

    fn instances(&self) -> usize {
        16
    }

    fn tables(&self) -> usize {
        8
    }

    // One, so that the bound on a memory is the bound on all of it.
    fn memories(&self) -> usize {
        1
    }
}

/// Why a call broke off, in words: a bound that was met, or the component's own fault.
pub fn told(name: &str, error: &wasmtime::Error, guarded: &Guarded, limits: &PluginLimits) -> Unavailable {
    let name = name.to_owned();
    let mebibytes = |bytes: usize| bytes >> 20;
    let stopped = match (guarded.met, error.downcast_ref::<Trap>()) {
        (Some(Met::Memory), _) => Some(format!("it asked for more than {} MiB of memory", mebibytes(limits.memory))),
        (Some(Met::Table), _) => Some(format!("it asked for a table of more than {TABLE} entries")),
        (_, Some(Trap::OutOfFuel)) => Some("it needed more computing than its budget allows".to_owned()),
        (_, Some(Trap::Interrupt)) => Some(format!("it took longer than {} seconds", limits.time.as_secs_f64())),
        (_, Some(Trap::StackOverflow)) => Some("its calls went deeper than the stack allows".to_owned()),
        // wasmtime has no type for this one.
        _ if format!("{error:?}").contains("fuel allocated for hostcalls") => {
            Some(format!("its answer is larger than {} MiB", mebibytes(limits.output)))
        }
        _ => None,
    };
    match (stopped, error.is::<Trap>()) {
        (Some(why), _) => Unavailable::Stopped { name, why },
        (None, true) => Unavailable::Refused { name, why: "it broke off with a fault of its own".to_owned() },
        (None, false) => {
            Unavailable::Unfit { name, why: "it does not follow the contract it was built for".to_owned() }
        }
    }
}
