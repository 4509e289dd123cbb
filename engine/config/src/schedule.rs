//! The section `[schedule]`: when Termwise runs by itself.

use std::collections::BTreeMap;

use super::check::Check;
use super::crontab;
use super::spot::At;

/// When the engine runs by itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// In the order of their names.
    pub jobs: Vec<Job>,
}

/// One scheduled job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Name, as in `nightly`.
    pub name: String,
    /// The expression as written; [`crontab::parse`] understands it.
    pub cron: String,
    /// Line in termwise.toml, for messages.
    pub line: usize,
}

/// Name → crontab line.
pub(super) type RawSchedule = BTreeMap<String, At<String>>;

impl Check<'_> {
    pub(super) fn schedule(&mut self, raw: &RawSchedule) -> Schedule {
        let jobs = raw.iter().map(|(name, cron)| {
            let place = self.text.place(cron.span());
            let line = place.line.unwrap_or(0);
            self.problems.extend(crontab::parse(cron.get_ref()).err().map(|problem| problem.at(place)));
            Job { name: name.clone(), cron: cron.get_ref().clone(), line }
        });
        Schedule { jobs: jobs.collect() }
    }
}
