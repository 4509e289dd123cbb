//! Windows of growth: from when to when a goal counts it, and which results are measured with one yardstick.
//!
//! Comes in: a goal and the calendar. Goes out: periods. A share of children who grew by four levels since
//! November and one of those who grew by two are no points of one line.

use termwise_config::goals::{Baseline, Counting};
use termwise_config::{PeriodId, Project};

/// Whether results of two periods are measured with one yardstick: growth is counted over a window, and those of
/// March and of June are not as long.
pub fn alike(project: &Project, kind: &Counting, one: PeriodId, two: PeriodId) -> bool {
    let id = |period| project.calendar.period(period).id.as_str();
    kind.since().is_none() || id(one) == id(two)
}

/// The period from which growth in `now` is compared with: that of the same name in the school year in which
/// the goal starts. None for a goal that is not about growth, or where the start's year has no such period.
pub fn like_start(project: &Project, kind: &Counting, baseline: &Baseline, now: PeriodId) -> Option<PeriodId> {
    kind.since()?;
    let calendar = &project.calendar;
    let year = match baseline {
        Baseline::Period(period) | Baseline::FirstFull(period) => calendar.period(*period).year.as_str(),
        Baseline::Value { on, .. } => {
            let begun = calendar.periods.iter().rev().find(|period| period.opens <= *on);
            begun.or(calendar.periods.first())?.year.as_str()
        }
    };
    calendar.by_key(&format!("{year}/{}", calendar.period(now).id))
}
