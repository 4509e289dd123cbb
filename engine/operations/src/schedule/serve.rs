//! The loop of `termwise serve`: waits for what is due and has it run.
//!
//! Comes in: a plan, a clock, the ledger's answer to “when did the last scheduled run succeed”, and a
//! closure that runs. Goes out: calls of that closure, never two at once, one for everything that
//! became due during a downtime.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use termwise_config::schedule::Job;

use super::{AtWork, Clock, Due, RunLock, Timetable, Waited};

/// Longest wait without looking at the clock: it may have been set, or the machine may have slept.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What the loop reports, for its log.
#[derive(Debug)]
pub enum Served<'a> {
    /// Nothing is due; this comes next.
    Waiting(&'a Due),
    /// Nothing will ever be due again; the loop ends.
    NothingLeft,
    /// Runs now for this job, and for those that became due with it.
    Starting(&'a [Due]),
    /// Done.
    Finished(&'a Job),
    /// Failed; it is not tried again before the next due time.
    Failed(&'a Job, &'a anyhow::Error),
    /// Another run is at work; tries again.
    Busy(&'a AtWork),
    /// Somebody asked to stop; the loop ends.
    Stopped,
}

/// Runs what is due until the clock says that the program is to stop.
///
/// `last` answers when the last scheduled run that succeeded had started. `run` makes one complete run
/// for the job that is named; this function holds the project's lock meanwhile, so `run` must not
/// take it. A run in hand is finished before the loop stops.
pub fn serve(
    root: &Path,
    plan: &Timetable,
    clock: &dyn Clock,
    last: &mut dyn FnMut() -> anyhow::Result<Option<Timestamp>>,
    run: &mut dyn FnMut(&Job) -> anyhow::Result<()>,
    tell: &mut dyn FnMut(Served<'_>),
) -> anyhow::Result<()> {
    // When this process last tried, successful or not: a run that fails is not tried again and again.
    let mut tried: Option<Timestamp> = None;
    let mut told: Option<Due> = None;
    loop {
        let now = clock.now();
        let due = plan.due(last()?.max(tried), now);
        let mut pause = LONGEST_WAIT;
        if let Some(first) = due.first() {
            match RunLock::take(root, now) {
                Ok(_lock) => {
                    // Another process may have run between the question and the lock.
                    if !plan.due(last()?.max(tried), now).is_empty() {
                        tell(Served::Starting(&due));
                        tried = Some(now);
                        match run(&first.job) {
                            Ok(()) => tell(Served::Finished(&first.job)),
                            Err(error) => tell(Served::Failed(&first.job, &error)),
                        }
                    }
                    told = None;
                    pause = Duration::ZERO;
                }
                Err(error) => match error.downcast::<AtWork>() {
                    Ok(held) => tell(Served::Busy(&held)),
                    Err(error) => return Err(error),
                },
            }
        } else {
            let Some(next) = plan.upcoming(now, 1).pop() else {
                tell(Served::NothingLeft);
                return Ok(());
            };
            let left = Duration::try_from(now.duration_until(next.at.timestamp())).unwrap_or_default();
            pause = pause.min(left);
            if told.as_ref() != Some(&next) {
                tell(Served::Waiting(&next));
                told = Some(next);
            }
        }
        if clock.wait(pause) == Waited::Stopped {
            tell(Served::Stopped);
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use termwise_config::schedule::Schedule;

    /// A clock that a wait moves on, until a given instant.
    struct Fast {
        now: Cell<Timestamp>,
        end: Timestamp,
    }

    impl Clock for Fast {
        fn now(&self) -> Timestamp {
            self.now.get()
        }

        fn wait(&self, at_most: Duration) -> Waited {
            self.now.set(self.now.get() + at_most);
            if self.now.get() >= self.end { Waited::Stopped } else { Waited::Elapsed }
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Serves between two instants; a run takes a second and fails where `fails` says so. Goes out:
    /// when runs started.
    fn served(jobs: &[(&str, &str)], from: &str, to: &str, last: Option<&str>, fails: &[usize]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let jobs =
            jobs.iter().map(|(name, cron)| Job { name: (*name).into(), cron: (*cron).into(), line: 1 }).collect();
        let plan = Timetable::new(&Schedule { jobs }, super::super::zone("America/Winnipeg").unwrap()).unwrap();
        let clock = Fast { now: Cell::new(at(from)), end: at(to) };
        let success = Cell::new(last.map(at));
        let started = RefCell::new(Vec::new());
        serve(
            folder.path(),
            &plan,
            &clock,
            &mut || Ok(success.get()),
            &mut |job| {
                let now = clock.now();
                assert!(RunLock::take(folder.path(), now).is_err(), "the lock is held while it runs");
                started.borrow_mut().push(format!("{now:.0} {}", job.name));
                clock.now.set(now + Duration::from_secs(1));
                anyhow::ensure!(!fails.contains(&(started.borrow().len() - 1)), "no");
                success.set(Some(now));
                Ok(())
            },
            &mut |_| {},
        )
        .unwrap();
        started.into_inner()
    }

    const NIGHTLY: (&str, &str) = ("nightly", "15 4 * * *");

    #[test]
    fn it_runs_when_due_and_not_before() {
        // 04:15 in Winnipeg is 10:15 UTC in winter.
        assert_eq!(
            served(&[NIGHTLY], "2025-11-23T12:00:30Z", "2025-11-25T12:00:00Z", Some("2025-11-23T10:15:00Z"), &[]),
            ["2025-11-24T10:15:00Z nightly", "2025-11-25T10:15:00Z nightly"]
        );
    }

    #[test]
    fn after_a_downtime_it_runs_once_for_all_that_was_missed() {
        let jobs = [NIGHTLY, ("after-period", "30 5 25 11 *")];
        assert_eq!(
            served(&jobs, "2025-11-28T08:00:00Z", "2025-11-28T12:00:00Z", Some("2025-11-23T10:15:00Z"), &[]),
            ["2025-11-28T08:00:00Z nightly", "2025-11-28T10:15:00Z nightly"]
        );
    }

    #[test]
    fn a_run_that_failed_waits_for_the_next_due_time() {
        assert_eq!(
            served(&[NIGHTLY], "2025-11-23T10:00:00Z", "2025-11-24T12:00:00Z", Some("2025-11-22T10:15:00Z"), &[0]),
            ["2025-11-23T10:15:00Z nightly", "2025-11-24T10:15:00Z nightly"]
        );
    }

    #[test]
    fn the_night_in_which_the_clocks_go_back_has_one_run() {
        assert_eq!(
            served(
                &[("x", "30 1 * * *")],
                "2025-11-02T05:00:00Z",
                "2025-11-02T20:00:00Z",
                Some("2025-11-01T06:30:00Z"),
                &[]
            ),
            ["2025-11-02T06:30:00Z x"]
        );
    }

    #[test]
    fn while_another_run_is_at_work_it_waits_and_then_runs() {
        let folder = tempfile::tempdir().unwrap();
        let plan = Timetable::new(
            &Schedule { jobs: vec![Job { name: "x".into(), cron: "@daily".into(), line: 1 }] },
            jiff::tz::TimeZone::UTC,
        )
        .unwrap();
        let clock = Fast { now: Cell::new(at("2025-11-23T00:00:00Z")), end: at("2025-11-23T00:10:00Z") };
        let lock = RefCell::new(Some(RunLock::take(folder.path(), clock.now()).unwrap()));
        let success = Cell::new(Some(at("2025-11-22T00:00:00Z")));
        let (mut busy, mut runs) = (0, 0);
        serve(
            folder.path(),
            &plan,
            &clock,
            &mut || Ok(success.get()),
            &mut |_| {
                runs += 1;
                success.set(Some(clock.now()));
                Ok(())
            },
            &mut |served| {
                if let Served::Busy(_) = served {
                    busy += 1;
                    if busy == 3 {
                        lock.borrow_mut().take();
                    }
                }
            },
        )
        .unwrap();
        assert_eq!((busy, runs), (3, 1));
    }

    #[test]
    fn a_schedule_that_is_over_ends_the_loop() {
        assert!(
            served(
                &[("x", "0 0 4 1 9 * 2024")],
                "2025-11-23T00:00:00Z",
                "2026-11-23T00:00:00Z",
                Some("2025-11-22T00:00:00Z"),
                &[]
            )
            .is_empty()
        );
    }
}
