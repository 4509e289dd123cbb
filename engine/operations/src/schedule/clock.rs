//! The present instant and the way to wait, passed in so that tests need neither. What happens when clocks change is
//! in `expression.rs`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;

/// What the scheduler knows of time.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> Timestamp;
    /// Waits at most so long; wakes at once when the program is to stop.
    fn wait(&self, at_most: Duration) -> Waited;
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The time is over.
    Elapsed,
    /// The program is to stop.
    Stopped,
}

/// The wish to stop: set once, seen by all.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(AtomicBool, Mutex<()>, Condvar)>);

impl Stop {
    /// Stops on Ctrl-C and, where there are such, on the signals TERM and HUP. The run in hand is
    /// finished; a second wish ends the program at once, which leaves no half-written file: reports
    /// are put in place whole, and the ledger calls the run abandoned.
    pub fn on_signal() -> anyhow::Result<Self> {
        let stop = Self::default();
        let wish = stop.clone();
        ctrlc::set_handler(move || {
            if wish.is_set() {
                std::process::exit(130);
            }
            wish.set();
        })
        .context("Termwise cannot listen for the signals that stop it")?;
        Ok(stop)
    }

    /// Asks to stop.
    pub fn set(&self) {
        let (flag, lock, wake) = &*self.0;
        let _guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        flag.store(true, Ordering::SeqCst);
        wake.notify_all();
    }

    /// Whether somebody asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    /// Ends a wait.
    pub stop: Stop,
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait(&self, at_most: Duration) -> Waited {
        let (_, lock, wake) = &*self.stop.0;
        let guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = wake.wait_timeout_while(guard, at_most, |()| !self.stop.is_set());
        drop(wait.unwrap_or_else(PoisonError::into_inner));
        if self.stop.is_set() { Waited::Stopped } else { Waited::Elapsed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_to_stop_ends_a_wait_of_a_day_at_once() {
        let stop = Stop::default();
        let clock = SystemClock { stop: stop.clone() };
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| clock.wait(Duration::from_secs(86_400)));
            stop.set();
            assert_eq!(waiting.join().unwrap(), Waited::Stopped);
        });
        assert_eq!(clock.wait(Duration::from_secs(86_400)), Waited::Stopped, "also if asked before");
    }

    #[test]
    fn the_clock_is_the_machines_and_a_wait_comes_to_its_end() {
        let clock = SystemClock { stop: Stop::default() };
        let before = Timestamp::now();
        assert_eq!(clock.wait(Duration::from_millis(1)), Waited::Elapsed);
        let now = clock.now();
        assert!(before < now && now <= Timestamp::now());
    }
}
