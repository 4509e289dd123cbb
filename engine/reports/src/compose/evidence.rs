//! What a goal page says besides its figures: amendments, decisions, who is behind a change, the rules
//! side by side, beliefs, rubrics.

use termwise_config::Goal;
use termwise_config::goals::{Audience, Plan};
use termwise_disclosure::{Count, GoalFigures, Kin, PointFigure};
use termwise_judging::goals::panel::Word;

use super::super::model::{AmendmentModel, DecisionModel, RubricModel, TableModel};
use super::Writer;
use super::same::{counted, newly};

impl Writer<'_> {
    /// “all of its 3 parts”, “one of its 3 parts”.
    pub(super) fn rule(&self, goal: &Goal) -> Option<String> {
        let Plan::Several(several) = &goal.plan else { return None };
        let all = several.parts.len() as u32;
        let key = match several.at_least {
            k if k == all => "several.all",
            1 => "several.any",
            _ => "several.some",
        };
        Some(self.words.text(key, &[("k", &self.words.number(several.at_least)), ("m", &self.words.number(all))]))
    }

    pub(super) fn several_sentence(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let words = self.words;
        let rule = self.rule(goal).unwrap_or_default();
        let parts: Vec<String> = figures
            .several
            .iter()
            .map(|part| {
                let word = words.text(&format!("page.verdict-{}", part.verdict.key()), &[]);
                words.text("several.part", &[("title", &self.goal_of(part).title), ("verdict", &word)])
            })
            .collect();
        words.text("several.sentence", &[("rule", &rule), ("parts", &words.list(&parts))])
    }

    pub(super) fn narrative_sentence(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let Plan::Narrative(narrative) = &goal.plan else { return String::new() };
        let words = self.words;
        let target = &narrative.rubric[narrative.target];
        let by = words.month_year(figures.deadline);
        match figures.judgement {
            None => {
                let closes = self.project.calendar.period(figures.at).closes;
                let until = words.date(if figures.ended { figures.deadline } else { closes });
                words.text("narrative.none", &[("target", target), ("by", &by), ("until", &until)])
            }
            Some(place) => {
                let judgement = &narrative.judgements[place];
                words.text(
                    "narrative.sentence",
                    &[
                        ("level", narrative.rubric[judgement.level].as_str()),
                        ("on", &words.date(judgement.on)),
                        ("who", &words.list(&judgement.agreed_by)),
                        ("target", target),
                        ("by", &by),
                    ],
                )
            }
        }
    }

    /// The levels of a narrative goal, and what was said of them up to now.
    pub(super) fn rubric(&self, goal: &Goal, figures: &GoalFigures) -> Option<RubricModel> {
        let Plan::Narrative(narrative) = &goal.plan else { return None };
        let words = self.words;
        let seen = figures.judgement.map_or(0, |place| place + 1);
        // Judgements after the end change nothing, and are told as such.
        let day = figures.agreed.max(self.project.calendar.period(self.subject.now).closes);
        let later = narrative.judgements[seen..].iter().filter(|j| figures.ended && j.on <= day).map(|j| (j, true));
        let head = ["narrative.column-on", "narrative.column-level", "narrative.column-text", "narrative.column-who"];
        Some(RubricModel {
            levels: narrative.rubric.clone(),
            reached: figures.judgement.map(|place| narrative.judgements[place].level),
            target: narrative.target,
            table: TableModel {
                caption: words.text("narrative.caption", &[("title", &goal.title)]),
                columns: head.iter().map(|key| words.text(key, &[])).collect(),
                rows: narrative.judgements[..seen]
                    .iter()
                    .map(|j| (j, false))
                    .chain(later)
                    .map(|(j, after)| {
                        let level = narrative.rubric[j.level].clone();
                        let key = if after { "chart.row-after" } else { "chart.row-point" };
                        let on = words.text(key, &[("when", &words.date(j.on))]);
                        vec![on, level, j.text.clone(), words.list(&j.agreed_by)]
                    })
                    .collect(),
            },
        })
    }

    /// What was agreed since, of the goal and of each of its parts, and whether what was agreed first is reached.
    pub(super) fn amendments(&self, goal: &Goal, figures: &GoalFigures) -> Vec<AmendmentModel> {
        let mut told = self.amended(goal, figures);
        for part in &figures.several {
            let goal = self.goal_of(part);
            let of_part = |what: &str| self.words.text("amendment.part", &[("title", &goal.title), ("what", what)]);
            let own = self.amended(goal, part);
            // A deadline is put off for the whole goal: what was agreed first is a part's own.
            if let (true, Some(first), Some(last)) = (own.is_empty(), self.first_met(goal, part), told.last_mut()) {
                last.first = Some(
                    [last.first.take(), Some(of_part(&first))].into_iter().flatten().collect::<Vec<_>>().join(" "),
                );
            }
            told.extend(own.into_iter().map(|one| AmendmentModel {
                what: of_part(&one.what),
                first: one.first.map(|first| of_part(&first)),
                ..one
            }));
        }
        told
    }

    fn amended(&self, goal: &Goal, figures: &GoalFigures) -> Vec<AmendmentModel> {
        let words = self.words;
        let (mut target, mut deadline) = (goal.measured().map(|plan| plan.aims.first.target), goal.first_deadline());
        let mut told = Vec::new();
        for amendment in goal.in_force(figures.agreed) {
            let mut changes = Vec::new();
            let from_to = |key: &str, from: String, to: String| words.text(key, &[("from", &from), ("to", &to)]);
            if let Some((before, new)) = target.zip(amendment.target) {
                let (from, to) = (self.agreed(goal, figures, before), self.agreed(goal, figures, new));
                changes.push(from_to("amendment.target", from, to));
                target = Some(new);
            }
            if let Some(new) = amendment.deadline {
                changes.push(from_to("amendment.deadline", words.date(deadline), words.date(new)));
                deadline = new;
            }
            if amendment.baseline.is_some() {
                changes.push(words.text("amendment.baseline", &[]));
            }
            if amendment.interim.is_some() {
                changes.push(words.text("amendment.interim", &[]));
            }
            if amendment.statement.is_some() || amendment.title.is_some() {
                changes.push(words.text("amendment.words", &[]));
            }
            told.push(AmendmentModel {
                on: words.date(amendment.on),
                what: words.list(&changes),
                // The template sets it among other sentences.
                reason: words.apart(&amendment.reason),
                agreed_by: words.list(&amendment.agreed_by),
                first: None,
            });
        }
        if let Some(last) = told.last_mut() {
            last.first = self.first_met(goal, figures);
        }
        told
    }

    /// Whether what was agreed first is reached, where it was amended.
    fn first_met(&self, goal: &Goal, figures: &GoalFigures) -> Option<String> {
        let first = &goal.measured()?.aims.first;
        let target = self.agreed(goal, figures, first.target);
        let by = self.words.month_year(first.deadline);
        let key = match figures.first_met? {
            true => "amendment.first-met",
            false if figures.day > first.deadline => "amendment.first-not-met",
            false => "amendment.first-not-yet",
        };
        Some(self.words.text(key, &[("target", &target), ("by", &by)]))
    }

    /// What meetings decided, newest first, with the figures that came since.
    pub(super) fn decisions(&self, goal: &Goal, figures: &GoalFigures) -> Vec<DecisionModel> {
        let words = self.words;
        let now = self.project.calendar.period(self.subject.now).closes;
        let mine = goal.decisions.iter().rev();
        mine.filter(|d| d.on <= now && d.audiences.contains(&self.subject.audience))
            .map(|decision| {
                let on = words.date(decision.on);
                let point = |p: &PointFigure| {
                    let figure = self.figure(goal, &figures.unit, &p.figure);
                    words.text("decision.point", &[("when", &self.when(p.period)), ("figure", &figure)])
                };
                let before = figures.points.iter().rev().find(|p| p.on <= decision.on);
                let since: Vec<&PointFigure> = figures.points.iter().filter(|p| p.on > decision.on).collect();
                let mut told = Vec::new();
                told.extend(before.map(|p| words.text("decision.before", &[("point", &point(p))])));
                told.push(if since.is_empty() {
                    words.text("decision.nothing-since", &[])
                } else {
                    let points: Vec<String> = since.iter().map(|p| point(p)).collect();
                    words.text("decision.since", &[("points", &words.list(&points))])
                });
                let [title, text, meeting] = [&goal.title, &decision.text, &decision.meeting];
                DecisionModel {
                    goal: title.clone(),
                    text: words
                        .text("decision.text", &[("on", &on), ("meeting", meeting), ("text", text), ("goal", title)]),
                    on: decision.on.to_string(),
                    since: told.join(" "),
                    before_on: before.map(|p| p.on.to_string()),
                    since_on: since.iter().map(|p| p.on.to_string()).collect(),
                }
            })
            .collect()
    }

    /// Who is behind the change since the point before.
    pub(super) fn people(&self, figures: &GoalFigures) -> Option<String> {
        let people = figures.people?;
        if self.goal_of(figures).population().staff || !self.subject.audience.in_detail() {
            return None;
        }
        let words = self.words;
        let when = self.when(people.since);
        let mut sentences = Vec::new();
        if let Some(stood) = self.stood(self.goal_of(figures), &people) {
            sentences.push(words.text("people.stood", &[("stood", &stood), ("when", &when)]));
        }
        sentences.push(match people.kin {
            Kin::All => words.text("people.all", &[("when", &when)]),
            Kin::Same => words.text("people.same", &[("when", &when)]),
            Kin::Different => words.text("people.different", &[("when", &when)]),
            Kin::Hardly => words.text("people.hardly", &[("when", &when)]),
            Kin::Both { same: Count::Exactly(same), newly_measured, arrived } => {
                let key = |key: &str| format!("people.{key}{}", counted(self.goal_of(figures)));
                let mut clauses = vec![words.text(&key("both"), &[("when", &when), ("same", &words.number(same))])];
                let new = format!("people.both-newly{}", newly(self.goal_of(figures)));
                for (key, count) in [(new, newly_measured), ("people.both-arrived".into(), arrived)] {
                    if let Some(n) = self.count(count).filter(|_| count != Count::Exactly(0)) {
                        clauses.push(words.text(&key, &[("n", &n)]));
                    }
                }
                clauses.join("; ") + "."
            }
            Kin::Both { .. } => words.text(
                match people.others {
                    Some((true, _)) => "people.some",
                    Some((false, _)) => "people.none-new",
                    None => "people.not-all",
                },
                &[("when", &when)],
            ),
        });
        if let Some(gone) = self.count(people.gone).filter(|_| people.gone != Count::Exactly(0)) {
            sentences.push(words.text("people.gone", &[("n", &gone)]));
        }
        Some(sentences.join(" "))
    }

    /// Results of earlier periods that are others now than in the last reports.
    pub(super) fn corrected(&self, figures: &GoalFigures) -> Option<String> {
        let n = self.count(figures.corrected?);
        Some(match n {
            // A verdict that stays only changes so.
            Some(n) if figures.ended => self.words.text("people.corrected-final", &[("n", &n)]),
            None if figures.ended => self.words.text("people.some-corrected-final", &[]),
            Some(n) => self.words.text("people.corrected", &[("n", &n)]),
            None => self.words.text("people.some-corrected", &[]),
        })
    }

    /// Whether the report prints the rules side by side: the staff's, and with the parts of a goal the team's.
    pub(super) fn prints_panel(&self, figures: &GoalFigures) -> bool {
        let printed = match self.subject.audience {
            Audience::Staff => true,
            Audience::Plc => figures.part.is_some(),
            Audience::ParentCouncil | Audience::Leadership | Audience::Division => false,
        };
        printed && figures.panel.has_several()
    }

    /// The rules side by side, where more than one had a word.
    pub(super) fn panel(&self, figures: &GoalFigures) -> Option<TableModel> {
        let panel = figures.panel;
        if !panel.has_several() || !self.subject.audience.in_detail() {
            return None;
        }
        let words = self.words;
        let judging = &self.project.judging;
        let row = |key: &str, n: u32, word: Option<Word>| {
            let said = match word {
                Some(word) => words.text(&format!("page.verdict-{}", word.key()), &[]),
                None => words.text("panel.nothing", &[]),
            };
            vec![words.text(&format!("panel.{key}"), &[("n", &words.number(n))]), said]
        };
        let enough = |n: u32| panel.points >= n as usize;
        let mut rows = vec![row("latest", 1, panel.latest)];
        if enough(judging.consecutive_points) {
            rows.push(row("consecutive", judging.consecutive_points, panel.consecutive));
        }
        if enough(judging.median_points) {
            rows.push(row("median", judging.median_points, panel.median));
        }
        if enough(judging.trend_points) {
            rows.push(row("trend", panel.points as u32, panel.trend));
        }
        Some(TableModel {
            caption: words.text("panel.caption", &[]),
            columns: vec![words.text("panel.column-rule", &[]), words.text("panel.column-says", &[])],
            rows,
        })
    }

    /// What staff said, before and now, beside the why.
    pub(super) fn beliefs(&self, figures: &GoalFigures) -> Option<TableModel> {
        if figures.beliefs.iter().all(|belief| belief.surveys.is_empty()) {
            return None;
        }
        let words = self.words;
        let goal = self.goal_of(figures);
        let none = || words.text("number.none", &[]);
        let head = ["statement", "before", "now", "change", "response"];
        let rows = figures.beliefs.iter().map(|belief| {
            let (first, last) = (belief.surveys.first(), belief.surveys.last());
            let one = belief.surveys.len() < 2;
            let cell = |survey: Option<&termwise_disclosure::SurveyFigure>| {
                survey.map_or_else(none, |survey| {
                    let figure = self.figure(goal, &termwise_judging::goals::Unit::Share, &survey.figure);
                    words.text("beliefs.cell", &[("figure", &figure), ("when", &self.short(survey.period))])
                })
            };
            let exact = |survey: Option<&termwise_disclosure::SurveyFigure>| survey.and_then(|s| s.figure.exact());
            let change = match (exact(first), exact(last)) {
                (Some(before), Some(now)) if !one => {
                    let points = ((now - before) * 100.0).round();
                    let sign = if points > 0.0 {
                        "+"
                    } else if points < 0.0 {
                        "\u{2212}"
                    } else {
                        ""
                    };
                    words.count("beliefs.change", points.abs() as u32, &[("sign", sign)])
                }
                _ => none(),
            };
            let response: Vec<String> =
                belief.surveys.iter().filter_map(|s| s.response).map(|share| words.percent(share)).collect();
            vec![
                self.project.measures.measure(belief.measure).title.clone(),
                if one { none() } else { cell(first) },
                cell(last),
                change,
                if response.is_empty() { none() } else { response.join(" → ") },
            ]
        });
        Some(TableModel {
            caption: words.text("beliefs.caption", &[]),
            rows: rows.collect(),
            columns: head.iter().map(|key| words.text(&format!("beliefs.column-{key}"), &[])).collect(),
        })
    }
}
