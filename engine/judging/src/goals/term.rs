//! When a goal ends: which reporting period decides it, and from when its verdict stays as it is.
//!
//! Comes in: a goal, the calendar, the period reported on and the day of judgement. Goes out: the period that
//! the goal's figures are about. The rule is written out in docs/write-a-goal.md.

use jiff::civil::Date;

use termwise_config::{Goal, PeriodId, Project};

use super::closes;

/// What a goal is judged by in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The period that its figures are about: the one reported on, or the deciding one of a goal that has ended.
    pub at: PeriodId,
    /// Whether the deadline has passed, so that what comes later changes nothing.
    pub ended: bool,
    /// The deadline in force.
    pub deadline: Date,
    /// The day of judgement.
    pub day: Date,
    /// The day up to which amendments count.
    pub agreed: Date,
}

/// The period whose result decides a goal with this deadline, by the division's rule.
pub fn deciding(project: &Project, deadline: Date) -> Option<PeriodId> {
    project.calendar.deciding(deadline, project.judging.containing_deadline)
}

/// How a goal stands in time when `now` is reported on a day. The day of judgement is the closing day of the
/// period if that is later.
///
/// A goal whose deadline has passed is given as ended, at its deciding period, also where that is later than `now`:
/// whether there is a result after `now` that decides it, only its metric knows ([`open`] is for that).
pub fn term(project: &Project, goal: &Goal, now: PeriodId, day: Date) -> Term {
    let day = day.max(closes(project, now));
    let deadline = goal.deadline(day);
    match deciding(project, deadline) {
        // A period that contains the deadline closes after it: its result is waited for.
        Some(at) if day > deadline && day >= closes(project, at) => {
            Term { at, ended: true, deadline, day, agreed: day }
        }
        // Nothing closed by the deadline, so nothing could decide it.
        None if day > deadline => Term { at: now, ended: true, deadline, day, agreed: day },
        _ => open(project, goal, now, day),
    }
}

/// How a goal stands in time that has not ended, or whose end is not known yet in the period reported on.
pub fn open(project: &Project, goal: &Goal, now: PeriodId, day: Date) -> Term {
    let on = closes(project, now);
    let deadline = goal.deadline(on);
    // A deadline that was put off in time is not printed as the old one after that has passed.
    let put_off = deadline < day && goal.deadline(day) > deadline;
    let agreed = if put_off { day } else { on };
    Term { at: now, ended: false, deadline: goal.deadline(agreed), day: day.max(on), agreed }
}
