//! Figures as they are printed: with their unit, as a bound, hidden, or missing.

use termwise_config::Goal;
use termwise_config::measures::ScaleKind;
use termwise_disclosure::{Bound, Count, Figure, GoalFigures};
use termwise_judging::goals::{Ahead, Unit};

use super::super::model::FigureModel;
use super::Writer;

impl Writer<'_> {
    pub(super) fn percent(&self, share: f64, bound: Bound) -> String {
        let percent = self.words.percent(share);
        match bound {
            Bound::Exact => percent,
            Bound::OrLess => self.words.text("number.or-less", &[("percent", &percent)]),
            Bound::OrMore => self.words.text("number.or-more", &[("percent", &percent)]),
        }
    }

    /// “63%”, “12 percentage points”, “3.5 levels”.
    pub(super) fn value(&self, goal: &Goal, unit: &Unit, value: f64, bound: Bound) -> String {
        match unit {
            Unit::Share => self.percent(value, bound),
            Unit::Difference | Unit::Gap => {
                let points = self.words.count("number.points", (value.abs() * 100.0).round() as u32, &[]);
                if value < 0.0 { self.words.text("number.minus", &[("n", &points)]) } else { points }
            }
            Unit::Steps(_) => {
                let n = self.words.tenths(value.abs());
                let steps = self.words.text(self.steps(goal), &[("n", &n)]);
                if value < 0.0 { self.words.text("number.minus", &[("n", &steps)]) } else { steps }
            }
        }
    }

    /// As in a sentence: a difference is spelt out as “percentage points”.
    pub(super) fn spelt(&self, goal: &Goal, unit: &Unit, value: f64, bound: Bound) -> String {
        if !matches!(unit, Unit::Difference | Unit::Gap) {
            return self.value(goal, unit, value, bound);
        }
        let points = self.words.count("number.percentage-points", (value.abs() * 100.0).round() as u32, &[]);
        if value < 0.0 { self.words.text("number.minus", &[("n", &points)]) } else { points }
    }

    /// A target, or where a line stands.
    pub(super) fn plain(&self, goal: &Goal, figures: &GoalFigures, value: f64) -> String {
        self.value(goal, &figures.unit, value, Bound::Exact)
    }

    /// A target, in words as it was agreed on.
    pub(super) fn agreed(&self, goal: &Goal, figures: &GoalFigures, value: f64) -> String {
        match figures.unit {
            Unit::Share => self.words.percent_agreed(value),
            Unit::Difference | Unit::Gap => {
                let points = self.words.count_tenths("number.points", value.abs() * 100.0);
                if value < 0.0 { self.words.text("number.minus", &[("n", &points)]) } else { points }
            }
            Unit::Steps(_) => self.plain(goal, figures, value),
        }
    }

    /// A number as it is printed where it was agreed on: with a tenth of a percent, a point or a level.
    pub(super) fn as_agreed(unit: &Unit, value: f64) -> f64 {
        let tenths = if matches!(unit, Unit::Steps(_)) { 10.0 } else { 1000.0 };
        (value * tenths).round() / tenths
    }

    /// What the numbers of a goal that is no share are called.
    pub(super) fn steps(&self, goal: &Goal) -> &'static str {
        match goal.measures().first().map(|m| &self.project.measures.scale_of(*m).kind) {
            Some(ScaleKind::Ordered { .. }) => "number.levels",
            _ => "number.score-points",
        }
    }

    /// “63%”, “95% or more”, “hidden to protect privacy”, “no result”.
    pub(super) fn figure(&self, goal: &Goal, unit: &Unit, figure: &Figure) -> String {
        match figure {
            Figure::Nothing => self.words.text("number.nothing", &[]),
            Figure::Hidden => self.words.text("number.hidden", &[]),
            Figure::Shown { value, bound, ahead, .. } => {
                let text = self.value(goal, unit, *value, *bound);
                match self.ahead(goal, *ahead) {
                    Some(side) => self.words.text("number.ahead", &[("figure", &text), ("side", &side)]),
                    None => text,
                }
            }
        }
    }

    /// Which of the two sides of a gap is ahead, by name.
    pub(super) fn ahead(&self, goal: &Goal, ahead: Option<Ahead>) -> Option<String> {
        let [first, second] = goal.compare()?;
        Some(self.side_of(match ahead? {
            Ahead::First => first,
            Ahead::Second => second,
        }))
    }

    /// “34 of 54”, or “54” where the count of those who met the line is not for this audience.
    pub(super) fn n(&self, figure: &Figure) -> Option<String> {
        match figure {
            Figure::Shown { of: 0, .. } | Figure::Nothing | Figure::Hidden => None,
            Figure::Shown { met: Some(met), of, .. } => Some(
                self.words.text("number.of", &[("met", &self.words.number(*met)), ("of", &self.words.number(*of))]),
            ),
            Figure::Shown { of, .. } => Some(self.words.number(*of)),
        }
    }

    /// A figure at its place on a chart: of a gap the place says who is ahead.
    pub(super) fn on_chart(&self, goal: &Goal, figures: &GoalFigures, figure: &Figure) -> String {
        match (&figures.unit, figure.value()) {
            (Unit::Gap, Some(size)) => self.plain(goal, figures, size),
            _ => self.figure(goal, &figures.unit, figure),
        }
    }

    pub(super) fn figure_model(
        &self,
        goal: &Goal,
        figures: &GoalFigures,
        figure: &Figure,
        when: String,
    ) -> FigureModel {
        FigureModel { text: self.figure(goal, &figures.unit, figure), when, n: self.n(figure) }
    }

    /// “12”, “fewer than 5”; none where this audience is not told.
    pub(super) fn count(&self, count: Count) -> Option<String> {
        match count {
            Count::Exactly(n) => Some(self.words.number(n)),
            Count::Fewer(n) => Some(self.words.text("number.fewer", &[("n", &self.words.number(n))])),
            Count::Untold => None,
        }
    }
}
