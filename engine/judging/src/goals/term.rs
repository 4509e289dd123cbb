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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;
    use termwise_config::goals::{Aim, Aims, Amendment, Plan};
    use termwise_config::load::load;

    use super::*;

    /// The sample, whose periods close on 13 March and 26 June 2026, and a goal of it with another deadline.
    fn goal(deadline: Date) -> (Project, Goal) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/prairie-crocus");
        let project = load(&root).0.expect("the sample");
        let mut goal = project.goals.iter().find(|goal| goal.id == "sb-reading-48").expect("a goal").clone();
        let Plan::Measured(plan) = &mut goal.plan else { panic!("a measured goal") };
        plan.aims = Aims::new(Aim { deadline, ..plan.aims.first.clone() });
        goal.amendments.clear();
        (project, goal)
    }

    fn period(project: &Project, key: &str) -> PeriodId {
        project.calendar.by_key(key).expect("a period")
    }

    #[test]
    fn a_goal_ends_on_the_day_after_its_deadline() {
        let (project, goal) = goal(date(2026, 3, 20));
        let [autumn, winter] = ["2025-26/P1", "2025-26/P2"].map(|key| period(&project, key));
        let ended = |now: PeriodId, day: Date| {
            let term = term(&project, &goal, now, day);
            (term.ended, term.at, term.day)
        };
        assert_eq!(ended(autumn, date(2025, 12, 1)), (false, autumn, date(2025, 12, 1)));
        assert_eq!(ended(winter, date(2026, 3, 20)), (false, winter, date(2026, 3, 20)));
        assert_eq!(ended(winter, date(2026, 3, 21)), (true, winter, date(2026, 3, 21)));
        // The day of judgement is no earlier than the closing day.
        assert_eq!(ended(winter, date(2026, 1, 1)), (false, winter, date(2026, 3, 13)));
    }

    #[test]
    fn a_period_that_contains_the_deadline_is_waited_for() {
        let (mut project, goal) = goal(date(2026, 3, 20));
        project.judging.containing_deadline = true;
        let [winter, spring] = ["2025-26/P2", "2025-26/P3"].map(|key| period(&project, key));
        let ended = |day: Date| {
            let term = term(&project, &goal, winter, day);
            (term.ended, term.at)
        };
        assert_eq!(ended(date(2026, 6, 25)), (false, winter));
        assert_eq!(ended(date(2026, 6, 26)), (true, spring));
    }

    #[test]
    fn a_deadline_before_every_period_is_over_without_a_result() {
        let (project, goal) = goal(date(2024, 9, 10));
        let now = period(&project, "2024-25/P1");
        let ended = |day: Date| {
            let term = term(&project, &goal, now, day);
            (term.ended, term.at)
        };
        assert_eq!(ended(date(2024, 9, 1)), (true, now), "its first period closes later");
    }

    #[test]
    fn a_deadline_that_was_put_off_in_time_is_printed_once_the_old_one_has_passed() {
        let (project, mut goal) = goal(date(2026, 3, 20));
        goal.amendments = vec![Amendment {
            on: date(2026, 3, 18),
            reason: "A term more.".into(),
            agreed_by: vec!["Staff meeting".into()],
            target: None,
            deadline: Some(date(2026, 12, 31)),
            baseline: None,
            interim: None,
            statement: None,
            title: None,
        }];
        let winter = period(&project, "2025-26/P2");
        let agreed = |day: Date| {
            let term = open(&project, &goal, winter, day);
            (term.agreed, term.deadline)
        };
        assert_eq!(agreed(date(2026, 3, 20)), (date(2026, 3, 13), date(2026, 3, 20)));
        assert_eq!(agreed(date(2026, 3, 21)), (date(2026, 3, 21), date(2026, 12, 31)));
        // One that was only ever this one stays.
        goal.amendments.clear();
        let term = open(&project, &goal, winter, date(2026, 3, 21));
        assert_eq!((term.agreed, term.ended), (date(2026, 3, 13), false));
    }
}
