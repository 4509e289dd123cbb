//! The main chart of a goal: its places, its words, and the same numbers as a table.

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_config::goals::{Aim, Counting, Strategy};
use termwise_config::{Goal, PeriodId};
use termwise_disclosure::{Figure, GoalFigures, PointFigure};
use termwise_judging::goals::{Break, Unit};
use termwise_judging::window;

use super::super::model::{
    AxisModel, CornerModel, MarkModel, PhaseModel, PointModel, ProgressModel, TableModel, TickModel, ZoneModel,
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
        let mut values: Vec<f64> = figures.aimline.iter().map(|(_, value)| *value * toward(figures)).collect();
        values.extend(std::iter::once(0.0).chain(more));
        if let Some(aim) = &figures.aim {
            values.push(aim.target);
            values.extend(aim.interim.iter().map(|interim| interim.target * toward(figures)));
            if figures.unit == Unit::Gap {
                values.push(-aim.target);
            }
        }
        for figure in figures.points.iter().map(|p| &p.figure).chain(figures.start.iter().map(|(_, f)| f)) {
            if let Figure::Shown { interval, .. } = figure {
                values.extend(figure.place());
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

/// On which side of nothing a gap's line runs: that of the group that was ahead at the start. 1 for all other
/// figures.
fn toward(figures: &GoalFigures) -> f64 {
    match figures.start.as_ref().map(|(_, figure)| figure) {
        Some(Figure::Shown { ahead: Some(ahead), .. }) => ahead.sign(),
        _ => 1.0,
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
        Self { people: !goal.population().staff, whole: false }
    }

    /// Goes on to the next period, drawn or not.
    pub(super) fn step(&mut self, point: &PointFigure) {
        self.go_on(point.same_children && point.broken.is_none() && point.alike && !point.after);
    }

    /// Goes on to a period that is, or is not, of the same children by the same instrument as the one before it.
    fn go_on(&mut self, alike: bool) {
        self.whole &= alike;
    }

    /// Draws the point; says whether it is joined to the one before.
    pub(super) fn draw(&mut self) -> bool {
        std::mem::replace(&mut self.whole, true) && self.people
    }
}

impl Writer<'_> {
    /// The chart of a goal with a line of its own.
    pub(super) fn progress(&self, goal: &Goal, figures: &GoalFigures) -> Option<ProgressModel> {
        let words = self.words;
        let calendar = &self.project.calendar;
        let aims = (&goal.measured()?.aims.first, figures.aim.as_ref()?);
        let (agreed, aim) = aims;
        let now = calendar.period(figures.at).closes;
        let mut days: Vec<Date> = figures.points.iter().map(|p| p.on).collect();
        days.extend(figures.start.as_ref().map(|(on, _)| *on));
        days.extend([aim.deadline, agreed.deadline, now]);
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
            let interval = match &p.figure {
                Figure::Shown { interval, .. } => *interval,
                Figure::Hidden | Figure::Nothing => None,
            };
            Some(PointModel {
                t: t(p.on),
                label: self.short(p.period),
                hidden: p.figure == Figure::Hidden,
                y: p.figure.place().map(|value| axis.y(value)),
                low: interval.map(|i| axis.y(i.0)),
                high: interval.map(|i| axis.y(i.1)),
                text: self.on_chart(goal, figures, &p.figure),
                joined: joint.draw(),
                broken: p.broken.as_ref().map(|broken| self.broken(broken)),
                after: p.after,
            })
        });
        let mark = |day: Date, value: f64, text: String| MarkModel { t: t(day), y: axis.y(value), text };
        let amended = (agreed.target, agreed.deadline) != (aim.target, aim.deadline);
        let facts = Facts::of(self, (goal, figures), aims);
        let side = toward(figures);
        let interim = || aim.interim.iter().filter(|i| self.on_line(goal, figures, i.period));
        Some(ProgressModel {
            axis: self.axis_marks(figures, &axis),
            ticks: ticks.into_iter().map(|(day, label)| TickModel { t: t(day), label }).collect(),
            points: points.collect(),
            baseline: figures.start.as_ref().and_then(|(on, figure)| {
                let text = self.figure(goal, &figures.unit, figure);
                let text = words.text("chart.start", &[("percent", &text)]);
                figure.exact().and(figure.place()).map(|value| mark(*on, value, text))
            }),
            aimline: figures
                .aimline
                .iter()
                .map(|(on, value)| CornerModel { t: t(*on), y: axis.y(*value * side) })
                .collect(),
            interim: interim()
                .map(|i| mark(calendar.period(i.period).closes, i.target * side, self.agreed(goal, figures, i.target)))
                .collect(),
            zone: self.zone(figures, &axis),
            target: mark(
                aim.deadline,
                aim.target * side,
                words.text("chart.target", &[("percent", &self.agreed(goal, figures, aim.target))]),
            ),
            first_target: amended.then(|| {
                let text = words.text("chart.first-target", &[("percent", &self.agreed(goal, figures, agreed.target))]);
                mark(agreed.deadline, agreed.target * side, text)
            }),
            phases: self
                .phases(goal, (first, last))
                .into_iter()
                .enumerate()
                .map(|(place, (strategy, (from, to)))| PhaseModel {
                    t: t(from),
                    until: to.map(&t),
                    key: char::from(b'A' + (place % 26) as u8).to_string(),
                    text: strategy.text.clone(),
                    when: words.month_year(from),
                    ended: to.map(|to| words.month_year(to)),
                })
                .collect(),
            subject: [self.who(goal), words.apart(&self.charted(goal, figures))].join("; "),
            alone: self.alone(goal, figures),
            alt: self.progress_alt(goal, figures, &facts, (first, last)),
            table: self.progress_table(goal, figures, &facts),
        })
    }

    /// What the chart counts: of growth over times of different length, that it is as much as is expected.
    fn charted(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let at = match (goal.kind(), figures.one_line) {
            (Some(Counting::MatchedGrowth { from, .. }), false) => {
                let year = &self.project.calendar.period(figures.at).year;
                self.project.calendar.by_key(&format!("{year}/{from}"))
            }
            _ => None,
        };
        self.indicator(goal, at.unwrap_or(figures.at))
    }

    /// “4 levels since November 2025”: what a growth goal counts in a period.
    fn gain(&self, goal: &Goal, period: PeriodId) -> Option<String> {
        let Some(Counting::MatchedGrowth { from, gain }) = goal.kind() else { return None };
        let calendar = &self.project.calendar;
        let steps = gain.get(&calendar.period(period).id).or_else(|| gain.get("*"))?;
        let since = calendar.by_key(&format!("{}/{from}", calendar.period(period).year))?;
        let steps = self.words.count(self.step(goal), steps.round() as u32, &[]);
        Some(self.words.text("chart.gain", &[("steps", &steps), ("since", &self.when(since))]))
    }

    /// Where a gap is as small as agreed, whoever is ahead.
    pub(super) fn zone(&self, figures: &GoalFigures, axis: &Axis) -> Option<ZoneModel> {
        let target = figures.aim.as_ref()?.target;
        (figures.unit == Unit::Gap).then(|| ZoneModel { low: axis.y(-target), high: axis.y(target) })
    }

    /// Whether what is agreed for a period is a corner of the line that is drawn.
    fn on_line(&self, goal: &Goal, figures: &GoalFigures, period: PeriodId) -> bool {
        figures.one_line || goal.kind().is_none_or(|kind| window::alike(self.project, kind, period, figures.at))
    }

    /// The strategies that were under way in the time of the chart. Parents read what the school is doing beside it.
    fn phases<'g>(&self, goal: &'g Goal, (first, last): (Date, Date)) -> Vec<(&'g Strategy, (Date, Option<Date>))> {
        let told = goal.strategies.iter().filter(|_| self.subject.audience.in_detail());
        // As it was known on the closing day.
        let now = self.project.calendar.period(self.subject.now).closes;
        told.filter_map(|s| Some((s, s.phase_on(now)?)))
            .filter(|(_, (from, to))| *from <= last && to.is_none_or(|to| to >= first))
            .collect()
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
            // Of a gap it is said who is ahead.
            Unit::Gap => self.words.number((value.abs() * 100.0).round() as u32),
            Unit::Difference => sign(self.words.number((value.abs() * 100.0).round() as u32)),
            Unit::Steps(_) => sign(self.words.tenths(value.abs())),
        }
    }

    /// Other people, or nobody knows whether they are the same.
    fn alone(&self, goal: &Goal, figures: &GoalFigures) -> Option<String> {
        let seen = |figure: &Figure| matches!(figure, Figure::Shown { .. });
        let staff = goal.population().staff;
        let pairs = figures.points.iter().filter(|p| p.figure != Figure::Nothing).collect::<Vec<_>>();
        let apart =
            |two: &[&PointFigure]| seen(&two[0].figure) && seen(&two[1].figure) && (staff || !two[1].same_children);
        let apart = pairs.windows(2).any(apart);
        if let (Unit::Gap, Some([first, second])) = (&figures.unit, goal.compare()) {
            let (first, second) = (self.side_of(first), self.side_of(second));
            return Some(self.words.text("chart.gap-sides", &[("first", &first), ("second", &second)]));
        }
        if !figures.one_line && pairs.windows(2).any(|two| !two[1].alike) {
            let from = goal.kind().and_then(Counting::since).unwrap_or_default();
            let year = &self.project.calendar.period(figures.at).year;
            let from = self.project.calendar.by_key(&format!("{year}/{from}"));
            let from = from.map_or_else(String::new, |from| self.name_of(from));
            return Some(
                self.words.text("chart.alone-window", &[("from", &from), ("when", &self.name_of(figures.at))]),
            );
        }
        let key = if staff { "chart.alone-staff" } else { "chart.alone" };
        apart.then(|| self.words.text(key, &[]))
    }

    /// Why two points stand apart.
    fn broken(&self, broken: &Break) -> String {
        match broken {
            Break::Instrument(_, to) => self.words.text("chart.new-instrument", &[("name", &self.named(to))]),
            Break::Table(title) => self.words.text("chart.new-table", &[("name", &self.named(title))]),
        }
    }

    /// The facts in words.
    fn progress_alt(&self, goal: &Goal, figures: &GoalFigures, facts: &Facts, span: (Date, Date)) -> String {
        let words = self.words;
        let key = if figures.unit == Unit::Share { "chart.progress-alt" } else { "chart.progress-alt-number" };
        let (who, indicator) = (self.who(goal), self.charted(goal, figures));
        let mut sentences = vec![words.text(key, &[("who", &who), ("indicator", &indicator)])];
        for row in &facts.rows {
            if let Some(why) = &row.broken {
                sentences.push(words.text("chart.alt-broken", &[("why", why)]));
            }
            sentences.push(words.text("chart.alt-point", &[("when", &row.when), ("percent", &row.figure)]));
            if let Some(line) = row.line.as_ref().filter(|_| row.now) {
                sentences.push(words.text("chart.alt-line", &[("when", &row.when), ("percent", line)]));
            }
        }
        for (strategy, (from, to)) in self.phases(goal, span) {
            let since = words.month_year(from);
            let key = if to.is_some() { "chart.alt-phase-ended" } else { "chart.alt-phase" };
            let until = to.map_or_else(String::new, |to| words.month_year(to));
            sentences.push(words.text(key, &[("text", &strategy.text), ("since", &since), ("until", &until)]));
        }
        sentences.join(" ")
    }

    /// The facts in rows.
    fn progress_table(&self, goal: &Goal, figures: &GoalFigures, facts: &Facts) -> TableModel {
        let words = self.words;
        let none = || words.text("number.none", &[]);
        let hidden = words.text("number.hidden", &[]);
        let rows = facts.rows.iter().map(|row| {
            // The column is narrow, and the chart beside it says why.
            let figure = if row.figure == hidden { words.text("number.hidden-short", &[]) } else { row.figure.clone() };
            let (n, line) = (row.n.clone().unwrap_or_else(none), row.line.clone().unwrap_or_else(none));
            vec![row.when.clone(), figure, n, line]
        });
        let people = if goal.population().staff { "chart.column-staff" } else { "chart.column-students" };
        let figure = if figures.unit == Unit::Share { "chart.column-share" } else { "chart.column-figure" };
        TableModel {
            caption: words.text("chart.progress-caption", &[("title", &goal.title)]),
            rows: rows.collect(),
            columns: ["chart.column-period", figure, people, "chart.column-line"]
                .iter()
                .map(|key| words.text(key, &[]))
                .collect(),
        }
    }
}

/// One line of what a chart tells.
struct Row {
    /// When, as printed.
    when: String,
    figure: String,
    n: Option<String>,
    line: Option<String>,
    broken: Option<String>,
    /// Whether it is the period that the report is about.
    now: bool,
}

/// What a chart tells, by time: table, alt text and sentence take it from here, so that none says more than the
/// others.
struct Facts {
    rows: Vec<Row>,
}

impl Facts {
    fn of(writer: &Writer<'_>, (goal, figures): (&Goal, &GoalFigures), (first, aim): (&Aim, &Aim)) -> Self {
        let words = writer.words;
        let plain = |value: f64| writer.plain(goal, figures, value);
        let figure = |figure: &Figure| writer.figure(goal, &figures.unit, figure);
        let row = |when: String, figure: String| Row { when, figure, n: None, line: None, broken: None, now: false };
        let mut rows: Vec<(Date, Row)> = Vec::new();
        if let Some((on, start)) = figures.start.as_ref().filter(|(on, _)| !figures.points.iter().any(|p| p.on == *on))
        {
            let when = words.text("chart.row-start", &[("when", &words.month_year(*on))]);
            let line = figures.aimline.first().map(|(_, value)| plain(*value));
            rows.push((*on, Row { line, ..row(when, figure(start)) }));
        }
        for point in &figures.points {
            let key = if point.after { "chart.row-after" } else { "chart.row-point" };
            let when = words.text(key, &[("when", &writer.when(point.period))]);
            // Growth over times of different length: each says over which.
            let when = match writer.gain(goal, point.period).filter(|_| !figures.one_line) {
                Some(gain) => words.text("chart.row-window", &[("when", &when), ("gain", &gain)]),
                None => when,
            };
            let fact = Row {
                n: writer.n(&point.figure),
                line: point.expected.map(plain),
                broken: point.broken.as_ref().map(|broken| writer.broken(broken)),
                now: point.period == figures.at,
                ..row(
                    when,
                    if point.period == figures.at { writer.now_text(goal, figures) } else { figure(&point.figure) },
                )
            };
            rows.push((point.on, fact));
        }
        // A period without a result has its line all the same.
        if !rows.iter().any(|(_, row)| row.now) {
            let nothing = row(writer.when(figures.at), writer.now_text(goal, figures));
            let on = writer.project.calendar.period(figures.at).closes;
            rows.push((on, Row { line: figures.expected.map(plain), now: true, ..nothing }));
        }
        rows.sort_by_key(|(on, _)| *on);
        let mut rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
        let mut target = |key: &str, deadline: Date, value: f64| {
            rows.push(row(
                words.text(key, &[("when", &words.month_year(deadline))]),
                writer.agreed(goal, figures, value),
            ));
        };
        if (first.target, first.deadline) != (aim.target, aim.deadline) {
            target("chart.row-first-target", first.deadline, first.target);
        }
        target("chart.row-target", aim.deadline, aim.target);
        Self { rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_without_a_figure_does_not_join_what_it_parts() {
        let mut joint = Joint { people: true, whole: false };
        let mut drawn = |periods: &[bool]| {
            periods.iter().for_each(|alike| joint.go_on(*alike));
            joint.draw()
        };
        assert!(!drawn(&[false]), "the first");
        assert!(drawn(&[true]));
        assert!(drawn(&[true, true]), "a gap among the same children");
        assert!(!drawn(&[false, true]), "another year, or another expectation, between");
    }
}
