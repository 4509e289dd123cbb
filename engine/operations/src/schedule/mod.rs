//! The schedule: when the engine runs by itself.
//!
//! Comes in: the expressions of `[schedule]`, the division's zone, the instant of the last scheduled
//! run that succeeded, a clock. Goes out: what is due, what comes next, and calls of the run. It
//! knows nothing of what a run does.

mod clock;
mod expression;
mod lock;
mod serve;

use anyhow::Context;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ZonedDateTime};

use termwise_base::problem::{Place, Problem};
use termwise_config::schedule::{self, Job};

pub use clock::{Clock, Stop, SystemClock, Waited};
pub use expression::{Expression, next, parse};
pub use lock::{AtWork, RunLock};
pub use serve::{Served, serve};

/// A schedule whose expressions were understood.
#[derive(Debug, Clone)]
pub struct Timetable {
    jobs: Vec<(Job, Expression)>,
    zone: TimeZone,
}

/// A job and an instant at which it is due, in the division's zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The job.
    pub job: Job,
    /// When.
    pub at: ZonedDateTime,
}

impl Timetable {
    /// Understands every expression, or says what is wrong with each that it cannot.
    pub fn new(schedule: &schedule::Schedule, zone: TimeZone) -> Result<Self, Vec<Problem>> {
        let (mut jobs, mut problems) = (Vec::new(), Vec::new());
        for job in &schedule.jobs {
            match parse(&job.cron) {
                Ok(expression) => jobs.push((job.clone(), expression)),
                Err(problem) => problems.push(problem.at(Place::file("termwise.toml").at(job.line.max(1), 1))),
            }
        }
        if problems.is_empty() { Ok(Self { jobs, zone }) } else { Err(problems) }
    }

    /// Whether there is nothing to run ever.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The jobs that have come due since the last scheduled run that succeeded started, each with
    /// its first due time after that; all jobs at once if there never was such a run. Every job asks
    /// for the same complete run, so one run answers them all, also after a long downtime.
    pub fn due(&self, last: Option<Timestamp>, now: Timestamp) -> Vec<Due> {
        let now = now.to_zoned_datetime(self.zone.clone());
        let Some(last) = last.map(|last| last.to_zoned_datetime(self.zone.clone())) else {
            return self.jobs.iter().map(|(job, _)| Due { job: job.clone(), at: now.clone() }).collect();
        };
        let mut due: Vec<Due> = self.jobs.iter().filter_map(|job| self.after(job, &last)).collect();
        due.retain(|due| due.at <= now);
        due.sort_by(|a, b| a.at.cmp(&b.at));
        due
    }

    /// The next `count` due times of all jobs after `now`, by time.
    pub fn upcoming(&self, now: Timestamp, count: usize) -> Vec<Due> {
        let now = now.to_zoned_datetime(self.zone.clone());
        let mut ahead: Vec<Due> = self.jobs.iter().filter_map(|job| self.after(job, &now)).collect();
        let mut found = Vec::new();
        while found.len() < count {
            // The first of those that come soonest, so that jobs of the same time keep their order.
            let Some(soonest) = (0..ahead.len()).min_by(|a, b| ahead[*a].at.cmp(&ahead[*b].at)) else { break };
            let due = ahead.remove(soonest);
            if let Some(job) = self.jobs.iter().find(|(job, _)| *job == due.job)
                && let Some(later) = self.after(job, &due.at)
            {
                ahead.insert(soonest, later);
            }
            found.push(due);
        }
        found
    }

    fn after(&self, (job, expression): &(Job, Expression), instant: &ZonedDateTime) -> Option<Due> {
        next(expression, instant).map(|at| Due { job: job.clone(), at })
    }
}

/// The zone of that name from the bundled time zone database, so that every machine agrees. Where
/// the environment variable `TZDIR` names a folder of newer zone files, those are used instead: a
/// law that changes the clocks must not need a new program.
pub fn zone(name: &str) -> anyhow::Result<TimeZone> {
    let database = match std::env::var_os("TZDIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => TimeZoneDatabase::from_dir(&folder)
            .with_context(|| format!("TZDIR names {}, which holds no time zones", folder.display()))?,
        None => TimeZoneDatabase::bundled(),
    };
    database.get(name).with_context(|| format!("there is no time zone “{name}”; write it as in America/Winnipeg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(jobs: &[(&str, &str)]) -> Timetable {
        let jobs =
            jobs.iter().map(|(name, cron)| Job { name: (*name).into(), cron: (*cron).into(), line: 7 }).collect();
        Timetable::new(&schedule::Schedule { jobs }, zone("America/Winnipeg").unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn names(due: &[Due]) -> Vec<&str> {
        due.iter().map(|due| due.job.name.as_str()).collect()
    }

    #[test]
    fn a_job_is_due_once_after_any_downtime() {
        let plan = plan(&[("nightly", "15 4 * * 1-5"), ("after-period", "30 5 25 3,6,11 *")]);
        // Winnipeg is UTC−6 in winter. 2025-11-24 is a Monday.
        let ran = at("2025-11-21T10:15:01Z");
        assert!(plan.due(Some(ran), at("2025-11-24T10:14:59Z")).is_empty(), "a second before");
        assert_eq!(names(&plan.due(Some(ran), at("2025-11-24T10:15:00Z"))), ["nightly"]);
        let late = plan.due(Some(ran), at("2025-12-10T12:00:00Z"));
        assert_eq!(names(&late), ["nightly", "after-period"], "each once, though nightly was missed 13 times");
        assert!(plan.due(Some(at("2025-12-10T12:00:01Z")), at("2025-12-10T13:00:00Z")).is_empty());
    }

    #[test]
    fn what_never_ran_is_due() {
        let plan = plan(&[("nightly", "15 4 * * *")]);
        assert_eq!(names(&plan.due(None, at("2025-11-23T00:00:00Z"))), ["nightly"]);
    }

    #[test]
    fn what_comes_is_listed_by_time_over_all_jobs() {
        let plan = plan(&[("nightly", "15 4 * * 1-5"), ("after-period", "30 5 25 3,6,11 *")]);
        let next: Vec<String> = plan
            .upcoming(at("2025-11-24T06:00:00Z"), 4)
            .iter()
            .map(|due| format!("{} {}", due.at.strftime("%F %T %:z"), due.job.name))
            .collect();
        assert_eq!(
            next,
            [
                "2025-11-24 04:15:00 -06:00 nightly",
                "2025-11-25 04:15:00 -06:00 nightly",
                "2025-11-25 05:30:00 -06:00 after-period",
                "2025-11-26 04:15:00 -06:00 nightly",
            ]
        );
    }

    #[test]
    fn every_expression_that_cannot_be_understood_is_told_with_its_line() {
        let job = |cron: &str, line| Job { name: "x".into(), cron: cron.into(), line };
        let schedule = schedule::Schedule { jobs: vec![job("61 4 * * *", 8), job("0 4 * * *", 9), job("soon", 10)] };
        let problems = Timetable::new(&schedule, TimeZone::UTC).unwrap_err();
        let lines: Vec<Option<usize>> = problems.iter().map(|problem| problem.place.line).collect();
        assert_eq!(lines, [Some(8), Some(10)]);
    }

    #[test]
    fn an_unknown_zone_is_named() {
        assert!(zone("America/Winipeg").unwrap_err().to_string().contains("America/Winipeg"));
    }
}
