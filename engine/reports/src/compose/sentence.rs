//! The sentence above a goal's chart, and who is counted in it.

use termwise_config::Goal;
use termwise_config::goals::{Counting, Plan, Population};
use termwise_disclosure::{Bound, ClearedVerdict, Count, Figure, GoalFigures};
use termwise_judging::ask::Group;
use termwise_judging::goals::verdict::{Early, Lack};
use termwise_judging::goals::{Unit, Verdict};

use super::Writer;

impl Writer<'_> {
    /// The sentence above the chart.
    pub(super) fn sentence(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let words = self.words;
        match &goal.plan {
            Plan::Several(_) => return self.several_sentence(goal, figures),
            Plan::Narrative(_) => return self.narrative_sentence(goal, figures),
            Plan::Measured(_) => {}
        }
        let (who, indicator) = (self.who(goal), self.indicator(goal, figures.at));
        let at = self.at(goal, figures.at);
        let first = match &figures.now {
            Figure::Shown { value, bound, of, met, ahead, .. } => {
                let value = self.spelt(goal, &figures.unit, *value, *bound);
                let of = words.number(*of);
                let mut values = vec![
                    ("percent", value.as_str()),
                    ("who", who.as_str()),
                    ("indicator", indicator.as_str()),
                    ("at", at.as_str()),
                    ("of", of.as_str()),
                ];
                match (&figures.unit, met) {
                    (Unit::Share, Some(met)) => {
                        let met = words.number(*met);
                        values.push(("met", met.as_str()));
                        words.text("sentence.counts", &values)
                    }
                    (Unit::Share, None) => {
                        let key = if goal.population().staff { "-staff" } else { "" };
                        words.text(&format!("sentence.share{key}"), &values)
                    }
                    (Unit::Gap, _) => {
                        let sides = goal.compare().map(|sides| sides.each_ref().map(|side| self.side_of(side)));
                        let [one, two] = sides.unwrap_or_default();
                        let ahead = self.ahead(goal, *ahead);
                        values.extend([("first", one.as_str()), ("second", two.as_str())]);
                        values.extend(ahead.as_deref().map(|side| ("ahead", side)));
                        words.text(if ahead.is_some() { "sentence.gap" } else { "sentence.no-gap" }, &values)
                    }
                    (Unit::Difference | Unit::Steps(_), _) => {
                        let what = self.output_title(goal, figures);
                        values.push(("what", what.as_str()));
                        words.text("sentence.number", &values)
                    }
                }
            }
            Figure::Hidden => words.text("sentence.hidden", &[("who", &who), ("at", &at)]),
            // There are results, of too few to be the group's.
            Figure::Nothing if figures.verdict == ClearedVerdict::Judged(Verdict::NotEnoughData(Lack::LowCoverage)) => {
                words.text("sentence.too-few", &[("who", &who), ("when", &self.when(figures.at))])
            }
            Figure::Nothing => words.text(
                match figures.verdict {
                    ClearedVerdict::Judged(Verdict::NotEnoughData(Lack::Nobody)) => "sentence.nobody",
                    ClearedVerdict::Judged(Verdict::NotEnoughData(Lack::NothingByTheEnd)) => {
                        "sentence.nothing-by-the-end"
                    }
                    ClearedVerdict::Judged(Verdict::TooEarly(Early::GrowthBegins)) => "sentence.growth-begins",
                    _ if self.no_gain(figures) => "sentence.no-gain",
                    // One of the groups may have results.
                    _ if goal.compare().is_some() => "sentence.nothing-gap",
                    _ => "sentence.nothing",
                },
                &[("who", &who), ("when", &self.when(figures.at)), ("on", &self.counted_on(figures))],
            ),
        };
        match (figures.now.value(), figures.expected) {
            // Where the line stood does not matter once the goal has ended.
            (Some(_), Some(expected)) if !figures.ended => {
                let expected = self.spelt(goal, &figures.unit, expected, Bound::Exact);
                format!("{first}{}", words.text("sentence.line", &[("percent", &expected)]))
            }
            _ => format!("{first}{}", words.text("sentence.stop", &[])),
        }
    }

    /// Who is counted, who is not, and why.
    pub(super) fn counted(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let words = self.words;
        let on = self.counted_on(figures);
        let who = self.who(goal);
        let mut sentences = Vec::new();
        if !goal.population().staff {
            sentences.push(words.text("counted.population", &[("who", &who), ("on", &on)]));
        }
        if let Figure::Shown { of, .. } = figures.now {
            let key = if goal.population().staff { "counted.answers" } else { "counted.of" };
            sentences.push(words.count(key, of, &[]));
        }
        let left: Vec<String> = figures
            .left_out
            .iter()
            .filter_map(|(key, count)| {
                let own = figures
                    .metric
                    .iter()
                    .find_map(|metric| Some((metric, metric.left_out.iter().find(|(known, _)| known == key)?)));
                let reason = match own {
                    Some((metric, (_, texts))) if !self.words.has(&format!("left-out.{key}")) => {
                        self.own(&metric.id, key, texts)
                    }
                    _ => self.known("left-out", key),
                };
                match count {
                    Count::Exactly(n) => {
                        Some(words.text("counted.exactly", &[("n", &words.number(*n)), ("reason", &reason)]))
                    }
                    Count::Fewer(n) => {
                        Some(words.text("counted.fewer", &[("n", &words.number(*n)), ("reason", &reason)]))
                    }
                    Count::Untold => None,
                }
            })
            .collect();
        if !left.is_empty() {
            sentences.push(words.text("counted.left-out", &[("list", &words.list(&left))]));
        } else if figures.left_out.iter().any(|(_, count)| *count == Count::Untold) {
            sentences.push(words.text("counted.some-left-out", &[]));
        }
        if let Some(median) = figures.median {
            sentences.push(words.text("counted.median", &[("n", &words.tenths(median))]));
        }
        sentences.join(" ")
    }

    /// What the metric calls the output that the goal is judged by.
    pub(super) fn output_title(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let Some(metric) = &figures.metric else { return String::new() };
        let named = goal.measured().and_then(|plan| plan.output.as_ref());
        let found = metric.outputs.iter().find(|o| named.is_none_or(|key| *key == o.key));
        found.map_or_else(String::new, |output| self.own(&metric.id, &output.key, &output.title))
    }

    /// One side of a comparison: “Grade 2”, “the EUBP program”.
    pub(super) fn side_of(&self, side: &Population) -> String {
        let mut words = Vec::new();
        if !side.grades.is_empty() {
            words.push(self.grades(&side.grades));
        }
        words.extend(side.programs.iter().map(|p| self.group_name(&Group::Program(p.clone()))));
        self.words.list(&words)
    }

    /// The day on which the students of the figures are those enrolled.
    pub(super) fn counted_on(&self, figures: &GoalFigures) -> String {
        self.words.date(self.project.calendar.membership_day(figures.at))
    }

    /// Whether the goal is about growth and asks for none by the period that its figures are about.
    pub(super) fn no_gain(&self, figures: &GoalFigures) -> bool {
        let Some(kind) = self.goal_of(figures).kind() else { return false };
        matches!(kind, Counting::MatchedGrowth { .. })
            && kind.gain(&self.project.calendar.period(figures.at).id).is_none()
    }
}
