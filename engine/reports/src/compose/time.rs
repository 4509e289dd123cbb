//! When a figure holds: on a day of a reporting period, or over all of it.

use termwise_config::{Goal, PeriodId};

use super::Writer;

/// The metric whose measures are counted over a period, if nobody says so: days of absence.
const OVER_PERIODS: &str = "chronic-absence";

impl Writer<'_> {
    /// Whether a goal's readings are counted over a whole reporting period.
    pub(super) fn over_period(&self, goal: &Goal) -> bool {
        let said = goal.measures().iter().filter_map(|measure| self.project.measures.measure(*measure).over_period);
        said.reduce(|one, two| one || two).unwrap_or(goal.measured().is_some_and(|plan| plan.metric == OVER_PERIODS))
    }

    /// “in March 2026”; “between November 24, 2025 and March 13, 2026”.
    pub(super) fn at(&self, goal: &Goal, period: PeriodId) -> String {
        if !self.over_period(goal) {
            return self.words.text("time.in", &[("when", &self.when(period))]);
        }
        let period = self.project.calendar.period(period);
        let (opens, closes) = (self.words.date(period.opens), self.words.date(period.closes));
        self.words.text("time.between", &[("opens", &opens), ("closes", &closes)])
    }

    /// “since March 2026”; “from what it was between November 24, 2025 and March 13, 2026”.
    pub(super) fn since(&self, goal: &Goal, period: PeriodId) -> String {
        if self.over_period(goal) {
            return self.words.text("time.from", &[("at", &self.at(goal, period))]);
        }
        self.words.text("time.since", &[("when", &self.when(period))])
    }
}
