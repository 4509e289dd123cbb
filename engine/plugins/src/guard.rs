//! The bounds of one call of a plugin, and the sentence for each of them.
//!
//! Comes in: what the component asks for while it runs. Goes out: leave or refusal, and after a stop
//! the reason in words. Fuel is the budget that decides; the clock only catches what fuel does not.

use wasmtime::{ResourceLimiter, Trap};

use termwise_config::PluginLimits;

use termwise_metric::{Cause, Limit};

/// Most entries of one table: functions that can be called by number.
const TABLE: usize = 100_000;

/// Most instances, memories and tables of a component.
const PARTS: usize = 64;

/// Bytes of stack for a component's calls.
pub const STACK: usize = 1 << 20;

/// What a store holds: its bounds, and which of them was met.
pub struct Guarded {
    memory: usize,
    met: Option<Met>,
    /// Linear memory in use, in bytes; it never shrinks, so this is also the most that was used.
    pub used: usize,
}

#[derive(Clone, Copy)]
enum Met {
    Memory,
    Table,
}

impl Guarded {
    /// Bounds with this much linear memory, in bytes, for the whole component.
    pub fn new(memory: usize) -> Self {
        Self { memory, met: None, used: 0 }
    }
}

impl ResourceLimiter for Guarded {
    fn memory_growing(&mut self, current: usize, desired: usize, most: Option<usize>) -> wasmtime::Result<bool> {
        if most.is_some_and(|most| desired > most) {
            return Ok(false);
        }
        // A component may have several memories; the bound is on all of them together. They never
        // shrink, so that what is in use is also the most that was.
        let together = self.used.saturating_add(desired.saturating_sub(current));
        if together <= self.memory {
            self.used = together;
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
        PARTS
    }

    fn tables(&self) -> usize {
        PARTS
    }

    // An interpreter comes with three.
    fn memories(&self) -> usize {
        PARTS
    }
}

/// Why a call broke off, in words: a bound that was met, or the component's own fault.
pub fn told(error: &wasmtime::Error, guarded: &Guarded, limits: &PluginLimits, fuel: u64) -> Cause {
    tracing::debug!(?error, "a call of a plugin broke off");
    let limit = match (guarded.met, error.downcast_ref::<Trap>()) {
        (Some(Met::Memory), _) => Some(Limit::Memory(guarded.memory)),
        (Some(Met::Table), _) => Some(Limit::Table(TABLE)),
        (_, Some(Trap::OutOfFuel)) => Some(Limit::Fuel(fuel)),
        (_, Some(Trap::Interrupt)) => Some(Limit::Time(limits.time.as_millis())),
        (_, Some(Trap::StackOverflow)) => Some(Limit::Stack(STACK)),
        // wasmtime has no types for these two.
        _ => match format!("{error:?}") {
            told if told.contains("fuel allocated for hostcalls") => Some(Limit::Output(limits.output)),
            told if told.contains("count too high") => Some(Limit::Parts(PARTS)),
            _ => None,
        },
    };
    match (limit, error.is::<Trap>()) {
        (Some(limit), _) => Cause::Stopped(limit),
        (None, true) => Cause::Refused("it broke off with a fault of its own".to_owned()),
        (None, false) => Cause::Unfit("it does not follow the contract it was built for".to_owned()),
    }
}
