//! Small charts: each grade and program over time.

use jiff::civil::Date;

use termwise_config::Goal;
use termwise_disclosure::{Figure, GoalFigures, PointFigure};
use termwise_judging::ask::Group;

use super::super::model::{MarkModel, MultiplesModel, PanelModel, PointModel, ProgressModel, TableModel, TickModel};
use super::Writer;
use super::progress::{Axis, Joint};

impl Writer<'_> {
    /// The results of each group, all charts on one scale; none where the dots of one period say as much.
    pub(super) fn over_time(&self, goal: &Goal, figures: &GoalFigures) -> Option<MultiplesModel> {
        let points: Vec<&PointFigure> =
            figures.points.iter().filter(|point| !point.groups.is_empty() && !point.after).collect();
        let mut groups: Vec<&Group> = Vec::new();
        for (group, figure) in points.iter().flat_map(|point| &point.groups) {
            if *figure != Figure::Nothing && !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups.sort_by_key(|group| match group {
            Group::All => (0, None),
            Group::Grade(grade) => (1, Some(grade.parse::<u32>().unwrap_or(0))),
            Group::Program(_) => (2, None),
        });
        let any = points.iter().flat_map(|point| &point.groups).any(|(_, figure)| figure.value().is_some());
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return None };
        if points.len() < 2 || groups.len() < 2 || !any || !self.subject.audience.in_detail() {
            return None;
        }
        let words = self.words;
        let aimed = figures.aim.as_ref()?.target;
        let values = points.iter().flat_map(|point| &point.groups).filter_map(|(_, figure)| figure.place());
        let axis = Axis::of(figures, values.chain([aimed]));
        let span = f64::from(first.on.until(last.on).map_or(1, |span| span.get_days()).max(1));
        let t = |day: Date| f64::from(first.on.until(day).map_or(0, |span| span.get_days())) / span;
        let shown = |figure: &Figure| self.figure(goal, &figures.unit, figure);
        let target = self.agreed(goal, figures, aimed);
        let mut rows = Vec::new();
        let panels = groups.into_iter().map(|group| {
            let title = self.group_name(group);
            let mut alt = vec![words.text("chart.over-time-alt", &[("group", &title)])];
            let mut row = vec![title.clone()];
            let mut table = Vec::new();
            let mut places = Vec::new();
            let mut joint = Joint::new(goal);
            for point in &figures.points {
                joint.step(point);
                if point.groups.is_empty() {
                    continue;
                }
                let figure =
                    point.groups.iter().find(|(known, _)| known == group).map_or(&Figure::Nothing, |(_, own)| own);
                let (when, text) = (self.when(point.period), shown(figure));
                alt.push(words.text("chart.alt-point", &[("when", &when), ("percent", &text)]));
                let n = self.n(figure);
                row.push(match &n {
                    Some(n) => words.text("chart.over-time-cell", &[("figure", &text), ("n", n)]),
                    None if *figure == Figure::Hidden => words.text("number.hidden-short", &[]),
                    None => words.text("number.none", &[]),
                });
                table.push(vec![when, text, n.unwrap_or_else(|| words.text("number.none", &[]))]);
                if *figure == Figure::Nothing {
                    continue;
                }
                places.push(PointModel {
                    t: t(point.on),
                    label: self.short(point.period),
                    hidden: *figure == Figure::Hidden,
                    y: figure.place().map(|value| axis.y(value)),
                    low: None,
                    high: None,
                    text: self.on_chart(goal, figures, figure),
                    joined: joint.draw(),
                    broken: None,
                    after: point.after,
                });
            }
            alt.push(words.text("chart.over-time-target", &[("percent", &target)]));
            rows.push(row);
            let people = if goal.population().staff { "chart.column-staff" } else { "chart.column-students" };
            let columns = ["chart.column-period", "chart.column-figure", people];
            PanelModel {
                progress: ProgressModel {
                    subject: title.clone(),
                    axis: self.axis_marks(figures, &axis),
                    ticks: points
                        .iter()
                        .map(|point| TickModel { t: t(point.on), label: self.short(point.period) })
                        .collect(),
                    points: places,
                    baseline: None,
                    aimline: Vec::new(),
                    interim: Vec::new(),
                    target: MarkModel {
                        t: 1.0,
                        y: axis.y(aimed),
                        text: words.text("chart.target", &[("percent", &target)]),
                    },
                    first_target: None,
                    zone: self.zone(figures, &axis),
                    phases: Vec::new(),
                    alone: None,
                    alt: alt.join(" "),
                    table: TableModel {
                        caption: title.clone(),
                        columns: columns.iter().map(|key| words.text(key, &[])).collect(),
                        rows: table,
                    },
                },
                title,
            }
        });
        let panels = panels.collect();
        let title = words.text("chart.over-time-caption", &[]);
        let mut columns = vec![words.text("chart.column-group", &[])];
        columns.extend(points.iter().map(|point| self.short(point.period)));
        Some(MultiplesModel { panels, table: TableModel { caption: title.clone(), columns, rows }, title })
    }
}
