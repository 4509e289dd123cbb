//! The main chart of a goal: its places, its words, and the same numbers as a table.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::config::Goal;
use crate::disclosure::{Figure, GoalFigures, PointFigure};
use crate::goals::{Break, Unit};

use super::super::model::{
    AxisModel, CornerModel, MarkModel, PhaseModel, PointModel, ProgressModel, TableModel, TickModel,
};
use super::Writer;

/// The axis of values: from where to where, and its marks.
pub(super) struct Axis {
    low: f64,
    high: f64,
    marks: Vec<f64>,
}

impl Axis {
    /// Shares have the whole axis; other figures as much as they need, in round steps.
    pub(super) fn of(figures: &GoalFigures, more: impl IntoIterator<Item = f64>) -> Self {
        if figures.unit == Unit::Share {
            return Self { low: 0.0, high: 1.0, marks: vec![0.0, 0.25, 0.5, 0.75, 1.0] };
        }
        let mut values: Vec<f64> = figures.aimline.iter().map(|(_, value)| *value).collect();
        values.extend([figures.aim.target, 0.0].into_iter().chain(more));
        values.extend(figures.aim.interim.iter().map(|interim| interim.target));
        for figure in figures.points.iter().map(|p| &p.figure).chain(figures.start.iter().map(|(_, f)| f)) {
            if let Figure::Shown { value, interval, .. } = figure {
                values.push(*value);
                values.extend(interval.iter().flat_map(|(low, high)| [*low, *high]));
            }
        }
        let (low, high) = values.iter().fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
        // About four steps of 1, 2 or 5 times a power of ten.
        let rough = ((high - low) / 4.0).max(1e-3);
        let ten = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|n| n * ten).find(|step| *step >= rough - 1e-9);
        let step = step.unwrap_or(10.0 * ten);
        let (first, last) = ((low / step - 1e-9).floor() as i32, (high / step - 1e-9).ceil() as i32);
        let marks: Vec<f64> = (first..=last.max(first + 1)).map(|n| f64::from(n) * step).collect();
        Self { low: marks[0], high: marks[marks.len() - 1], marks }
    }

    /// The place of a value, 0–1 from bottom to top.
    pub(super) fn y(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// Whether a point is of the same children, by the same instrument, as the one that was drawn before it.
/// Periods without a figure lie between them.
pub(super) struct Joint {
    people: bool,
    whole: bool,
}

impl Joint {
    /// Before the first point. Answers to a survey are nobody's.
    pub(super) fn new(goal: &Goal) -> Self {
        Self { people: !goal.population.staff, whole: false }
    }

    /// Goes on to the next period, drawn or not.
    pub(super) fn step(&mut self, point: &PointFigure) {
        self.whole &= point.same_children && point.broken.is_none();
    }

    /// Draws the point; says whether it is joined to the one before.
    pub(super) fn draw(&mut self) -> bool {
        std::mem::replace(&mut self.whole, true) && self.people
    }
}

impl Writer<'_> {
    pub(super) fn progress(&self, goal: &Goal, figures: &GoalFigures) -> ProgressModel {
        let words = self.words;
        let calendar = &self.project.calendar;
        let aim = &figures.aim;
        let now = calendar.period(self.subject.now).closes;
        let mut days: Vec<Date> = figures.points.iter().map(|p| p.on).collect();
        days.extend(figures.start.as_ref().map(|(on, _)| *on));
        days.extend([aim.deadline, goal.first.deadline, now]);
        let first = days.iter().min().copied().unwrap_or(now);
        let last = days.iter().max().copied().unwrap_or(now);
        let whole = f64::from(first.until(last).map_or(1, |span| span.get_days()).max(1));
        let t = |day: Date| (f64::from(first.until(day).map_or(0, |span| span.get_days())) / whole).clamp(0.0, 1.0);
        let axis = Axis::of(figures, []);
        let mut ticks: BTreeMap<Date, String> = figures.points.iter().map(|p| (p.on, self.short(p.period))).collect();
        for day in figures.start.iter().map(|(on, _)| *on).chain([now, aim.deadline]) {
            ticks.entry(day).or_insert_with(|| words.short_month(day));
        }
        let mut joint = Joint::new(goal);
        let points = figures.points.iter().filter_map(|p| {
            joint.step(p);
            if p.figure == Figure::Nothing {
                return None;
            }
            let (value, interval) = match &p.figure {
                Figure::Shown { value, interval, .. } => (Some(*value), *interval),
                Figure::Hidden | Figure::Nothing => (None, None),
            };
            Some(PointModel {
                t: t(p.on),
                label: self.short(p.period),
                hidden: p.figure == Figure::Hidden,
                y: value.map(|value| axis.y(value)),
                low: interval.map(|i| axis.y(i.0)),
                high: interval.map(|i| axis.y(i.1)),
                text: self.figure(goal, &figures.unit, &p.figure),
                joined: joint.draw(),
                broken: p.broken.as_ref().map(|broken| self.broken(broken)),
            })
        });
        let plain = |value: f64| self.plain(goal, figures, value);
        let mark = |day: Date, value: f64, text: String| MarkModel { t: t(day), y: axis.y(value), text };
        let amended = (goal.first.target, goal.first.deadline) != (aim.target, aim.deadline);
        let shown = |(from, to): (Date, Option<Date>)| from <= last && to.is_none_or(|to| to >= first);
        ProgressModel {
            axis: self.axis_marks(figures, &axis),
            ticks: ticks.into_iter().map(|(day, label)| TickModel { t: t(day), label }).collect(),
            points: points.collect(),
            baseline: figures.start.as_ref().and_then(|(on, figure)| {
                let text = self.figure(goal, &figures.unit, figure);
                let text = words.text("chart.start", &[("percent", &text)]);
                figure.exact().map(|value| mark(*on, value, text))
            }),
            aimline: figures.aimline.iter().map(|(on, value)| CornerModel { t: t(*on), y: axis.y(*value) }).collect(),
            interim: aim
                .interim
                .iter()
                .map(|i| mark(calendar.period(i.period).closes, i.target, plain(i.target)))
                .collect(),
            target: mark(aim.deadline, aim.target, words.text("chart.target", &[("percent", &plain(aim.target))])),
            first_target: amended.then(|| {
                let text = words.text("chart.first-target", &[("percent", &plain(goal.first.target))]);
                mark(goal.first.deadline, goal.first.target, text)
            }),
            phases: goal
                .strategies
                .iter()
                // Parents read what the school is doing beside the chart.
                .filter(|_| self.subject.audience.in_detail())
                .filter_map(|s| Some((s, s.phase().filter(|phase| shown(*phase))?)))
                .enumerate()
                .map(|(place, (strategy, (from, to)))| PhaseModel {
                    t: t(from),
                    until: to.map(&t),
                    key: char::from(b'A' + (place % 26) as u8).to_string(),
                    text: strategy.text.clone(),
                    when: words.month_year(from),
                })
                .collect(),
            subject: [self.who(goal), self.indicator(goal)].join("; "),
            alone: self.alone(goal, figures),
            alt: self.progress_alt(goal, figures),
            table: self.progress_table(goal, figures),
        }
    }

    pub(super) fn axis_marks(&self, figures: &GoalFigures, axis: &Axis) -> Vec<AxisModel> {
        axis.marks.iter().map(|v| AxisModel { y: axis.y(*v), text: self.axis_text(figures, *v) }).collect()
    }

    /// A mark of the axis: percent, percentage points or the bare number.
    fn axis_text(&self, figures: &GoalFigures, value: f64) -> String {
        let sign = |text: String| {
            if value < -1e-9 { self.words.text("number.minus", &[("n", &text)]) } else { text }
        };
        match figures.unit {
            Unit::Share => self.words.percent(value),
            Unit::Difference => sign(self.words.number((value.abs() * 100.0).round() as u32)),
            Unit::Steps(_) => sign(self.words.tenths(value.abs())),
        }
    }

    /// Other people, or nobody knows whether they are the same.
    fn alone(&self, goal: &Goal, figures: &GoalFigures) -> Option<String> {
        let seen = |figure: &Figure| matches!(figure, Figure::Shown { .. });
        let staff = goal.population.staff;
        let pairs = figures.points.iter().filter(|p| p.figure != Figure::Nothing).collect::<Vec<_>>();
        let apart =
            |two: &[&PointFigure]| seen(&two[0].figure) && seen(&two[1].figure) && (staff || !two[1].same_children);
        let key = if staff { "chart.alone-staff" } else { "chart.alone" };
        pairs.windows(2).any(apart).then(|| self.words.text(key, &[]))
    }

    /// Why two points stand apart.
    fn broken(&self, broken: &Break) -> String {
        match broken {
            Break::Instrument(_, to) => self.words.text("chart.new-instrument", &[("name", &self.named(to))]),
            Break::Table(title) => self.words.text("chart.new-table", &[("name", &self.named(title))]),
        }
    }

    fn progress_alt(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let words = self.words;
        let plain = |value: f64| self.plain(goal, figures, value);
        let shown = |figure: &Figure| self.figure(goal, &figures.unit, figure);
        let key = if figures.unit == Unit::Share { "chart.progress-alt" } else { "chart.progress-alt-number" };
        let mut sentences = vec![words.text(key, &[("who", &self.who(goal)), ("indicator", &self.indicator(goal))])];
        if let Some((on, figure)) = &figures.start {
            sentences
                .push(words.text("chart.alt-start", &[("when", &words.month_year(*on)), ("percent", &shown(figure))]));
        }
        for point in &figures.points {
            if let Some(broken) = &point.broken {
                sentences.push(words.text("chart.alt-broken", &[("why", &self.broken(broken))]));
            }
            let (when, percent) = (self.when(point.period), shown(&point.figure));
            sentences.push(words.text("chart.alt-point", &[("when", &when), ("percent", &percent)]));
        }
        if let Some(expected) = figures.expected {
            sentences.push(
                words.text("chart.alt-line", &[("when", &self.when(self.subject.now)), ("percent", &plain(expected))]),
            );
        }
        let first = &goal.first;
        if (first.target, first.deadline) != (figures.aim.target, figures.aim.deadline) {
            sentences.push(words.text(
                "chart.alt-first-target",
                &[("when", &words.month_year(first.deadline)), ("percent", &plain(first.target))],
            ));
        }
        sentences.push(words.text(
            "chart.alt-target",
            &[("when", &words.month_year(figures.aim.deadline)), ("percent", &plain(figures.aim.target))],
        ));
        // As on the chart: parents read what the school is doing beside it.
        let told = goal.strategies.iter().filter(|_| self.subject.audience.in_detail());
        for (strategy, (from, to)) in told.filter_map(|s| Some((s, s.phase()?))) {
            let since = words.month_year(from);
            let key = if to.is_some() { "chart.alt-phase-ended" } else { "chart.alt-phase" };
            let until = to.map_or_else(String::new, |to| words.month_year(to));
            sentences.push(words.text(key, &[("text", &strategy.text), ("since", &since), ("until", &until)]));
        }
        sentences.join(" ")
    }

    fn progress_table(&self, goal: &Goal, figures: &GoalFigures) -> TableModel {
        let words = self.words;
        let none = || words.text("number.none", &[]);
        let line = |value: Option<f64>| value.map_or_else(none, |value| self.plain(goal, figures, value));
        // The column is narrow, and the chart beside it says why.
        let shown = |figure: &Figure| match figure {
            Figure::Hidden => words.text("number.hidden-short", &[]),
            _ => self.figure(goal, &figures.unit, figure),
        };
        let mut rows = Vec::new();
        if let Some((on, figure)) = figures.start.as_ref().filter(|(on, _)| !figures.points.iter().any(|p| p.on == *on))
        {
            let start = figures.aimline.first().map(|(_, value)| *value);
            rows.push(vec![
                words.text("chart.row-start", &[("when", &words.month_year(*on))]),
                shown(figure),
                none(),
                line(start),
            ]);
        }
        for point in &figures.points {
            let n = self.n(&point.figure).unwrap_or_else(none);
            rows.push(vec![self.when(point.period), shown(&point.figure), n, line(point.expected)]);
        }
        let aim = &figures.aim;
        rows.push(vec![
            words.text("chart.row-target", &[("when", &words.month_year(aim.deadline))]),
            self.plain(goal, figures, aim.target),
            none(),
            none(),
        ]);
        let people = if goal.population.staff { "chart.column-staff" } else { "chart.column-students" };
        let figure = if figures.unit == Unit::Share { "chart.column-share" } else { "chart.column-figure" };
        TableModel {
            caption: words.text("chart.progress-caption", &[("title", &goal.title)]),
            columns: ["chart.column-period", figure, people, "chart.column-line"]
                .iter()
                .map(|key| words.text(key, &[]))
                .collect(),
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PeriodId;

    #[test]
    fn a_period_without_a_figure_does_not_join_what_it_parts() {
        let point = |same_children: bool, broken: Option<Break>| PointFigure {
            period: PeriodId(0),
            on: jiff::civil::date(2026, 3, 13),
            figure: Figure::Nothing,
            same_children,
            broken,
            expected: None,
            groups: Vec::new(),
        };
        let mut joint = Joint { people: true, whole: false };
        let mut drawn = |points: &[PointFigure]| {
            points.iter().for_each(|point| joint.step(point));
            joint.draw()
        };
        assert!(!drawn(&[point(false, None)]), "the first");
        assert!(drawn(&[point(true, None)]));
        assert!(drawn(&[point(true, None), point(true, None)]), "a gap among the same children");
        assert!(!drawn(&[point(false, None), point(true, None)]), "another year between");
        assert!(!drawn(&[point(true, Some(Break::Table("T".into()))), point(true, None)]), "another expectation");
    }
}
