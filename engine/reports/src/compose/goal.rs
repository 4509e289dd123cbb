//! One goal of a report: its numbers, verdict and sentence.

use jiff::civil::Date;

use termwise_config::Goal;
use termwise_config::goals::{Audience, Plan, Stage, Strategy};
use termwise_disclosure::{Bound, ClearedVerdict, Figure, GoalFigures};
use termwise_judging::goals::verdict::Lack;
use termwise_judging::goals::{Unit, Verdict, Way};

use super::super::model::{FigureModel, GoalModel, PartGoalModel, StrategyModel};
use super::Writer;

impl Writer<'_> {
    pub(super) fn goal(&self, figures: &GoalFigures) -> GoalModel {
        let goal = self.goal_of(figures);
        let words = self.words;
        let parents = self.subject.audience == Audience::ParentCouncil;
        let [baseline, now, target] = self.ends(goal, figures);
        GoalModel {
            id: goal.id.clone(),
            school: self.project.school(goal.school).name.clone(),
            kind: goal.plan.kind(),
            area: self.known("area", &goal.area),
            title: goal.title.clone(),
            draft: goal.draft.then(|| words.text("record.draft-mark", &[])),
            statement: goal.statement.clone(),
            statement_was: self.was.get(&goal.id).cloned(),
            why: goal.why.clone(),
            why_short: goal.why_short.clone().unwrap_or_else(|| goal.why.clone()),
            verdict: self.verdict(figures),
            sentence: self.sentence(goal, figures),
            baseline,
            last: figures.before.as_ref().map(|(p, f)| self.figure_model(goal, figures, f, self.when(*p))),
            now,
            target,
            target_was: self.target_was(goal, figures),
            change: self.change(goal, figures),
            same_children: self.same_children(goal, figures),
            more: self.more(goal, figures),
            could_change: match &figures.now {
                Figure::Shown { of, bound: Bound::Exact, .. }
                    if *of < 100 && figures.unit == Unit::Share && !goal.population().staff =>
                {
                    Some(words.text("sentence.could-change", &[]))
                }
                _ => None,
            },
            progress: self.progress(goal, figures),
            distribution: (!goal.population().staff).then(|| self.distribution(goal, figures)).flatten(),
            groups: self.groups(figures),
            over_time: self.over_time(goal, figures),
            moved: self.moved(goal, figures),
            strategies: goal
                .strategies
                .iter()
                .filter(|s| s.known(self.made))
                .map(|strategy| self.strategy(strategy))
                .collect(),
            questions: if parents { Vec::new() } else { goal.questions.clone() },
            families: goal.families.clone(),
            council_question: goal.council_question.clone(),
            counted: if goal.measured().is_some() { self.counted(goal, figures) } else { String::new() },
            parts: figures.several.iter().filter_map(|part| self.part(part)).collect(),
            rule: self.rule(goal),
            rubric: self.rubric(goal, figures),
            amendments: self.amendments(goal, figures),
            decisions: self.decisions(goal, figures),
            people: self.people(figures),
            corrected: self.corrected(figures),
            smart: self.smart(goal, figures),
            panel: self.panel(figures),
            decide: self.decide(goal, figures),
            beliefs: self.beliefs(figures),
        }
    }

    /// One measure of a goal with several.
    fn part(&self, figures: &GoalFigures) -> Option<PartGoalModel> {
        let goal = self.goal_of(figures);
        let [baseline, now, target] = self.ends(goal, figures);
        Some(PartGoalModel {
            title: goal.title.clone(),
            verdict: self.verdict(figures),
            sentence: self.sentence(goal, figures),
            baseline,
            now,
            target,
            change: self.change(goal, figures),
            more: self.more(goal, figures),
            people: self.people(figures),
            progress: self.progress(goal, figures)?,
            panel: self.panel(figures),
            counted: self.counted(goal, figures),
        })
    }

    /// Start, now and target.
    fn ends(&self, goal: &Goal, figures: &GoalFigures) -> [FigureModel; 3] {
        let words = self.words;
        let by = words.month_year(figures.deadline);
        let when = self.when(figures.at);
        let text = |text: String, when: String| FigureModel { text, when, n: None };
        match &goal.plan {
            Plan::Narrative(narrative) => {
                let level = |place: usize| narrative.rubric[narrative.judgements[place].level].clone();
                let day = |place: usize| words.month_year(narrative.judgements[place].on);
                let none = || text(words.text("number.none", &[]), String::new());
                let first = narrative.judgements.first().map(|_| text(level(0), day(0)));
                [
                    first.filter(|_| figures.judgement.is_some()).unwrap_or_else(none),
                    figures.judgement.map_or_else(none, |place| text(level(place), day(place))),
                    text(narrative.rubric[narrative.target].clone(), by),
                ]
            }
            Plan::Several(several) => {
                let all = words.number(several.parts.len() as u32);
                let met = figures.several.iter().filter(|part| part.verdict.key() == "target-met").count() as u32;
                let open = figures.several.iter().all(|part| !part.verdict.is_hidden());
                let of = |n: u32| words.text("number.of", &[("met", &words.number(n)), ("of", &all)]);
                let now = if open { of(met) } else { words.text("number.hidden-short", &[]) };
                [text(words.text("number.none", &[]), String::new()), text(now, when), text(of(several.at_least), by)]
            }
            Plan::Measured(plan) => {
                let start = figures.start.as_ref();
                let figure = start.map_or(&Figure::Nothing, |(_, figure)| figure);
                let on = |(day, _): &(Date, Figure)| words.month_year(*day);
                let aim = figures.aim.as_ref().unwrap_or(&plan.aims.first);
                [
                    self.figure_model(goal, figures, figure, start.map_or_else(String::new, on)),
                    FigureModel { text: self.now_text(goal, figures), when, n: self.n(&figures.now) },
                    text(self.agreed(goal, figures, aim.target), by),
                ]
            }
        }
    }

    /// The figure now; where too few have results for it to be the group's, that is said and not that there is none.
    pub(super) fn now_text(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let few = figures.verdict == ClearedVerdict::Judged(Verdict::NotEnoughData(Lack::LowCoverage));
        if few && figures.now == Figure::Nothing {
            return self.words.text("number.too-few", &[]);
        }
        self.figure(goal, &figures.unit, &figures.now)
    }

    fn more(&self, goal: &Goal, figures: &GoalFigures) -> Option<String> {
        let key = match (goal.population().staff, figures.way) {
            (true, _) => "sentence.more-staff",
            (_, Way::Up) => "sentence.more",
            (_, Way::Down) => "sentence.fewer",
        };
        figures.more_students.filter(|n| *n > 0).map(|n| self.words.count(key, n, &[]))
    }

    /// A strategy as it stood on the closing day.
    fn strategy(&self, strategy: &Strategy) -> StrategyModel {
        let words = self.words;
        let closes = self.project.calendar.period(self.subject.now).closes;
        let (key, since) = match (strategy.on(closes), strategy.status) {
            (Some((stage, since)), _) => (stage.id(), since),
            (None, stage @ (Stage::Proposed | Stage::Selected)) => (stage.id(), strategy.since),
            // It begins (and may have ended) after the period.
            (None, _) => ("later", None),
        };
        StrategyModel {
            text: strategy.text.clone(),
            team: strategy.team.clone().unwrap_or_default(),
            grades: if strategy.grades.is_empty() { String::new() } else { self.grades(&strategy.grades) },
            since: since.map_or_else(String::new, |day| words.month_year(day)),
            status: words.text(&format!("status.{key}"), &[]),
            key: key.to_owned(),
        }
    }
}
