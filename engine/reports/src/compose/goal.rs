//! One goal of a report: its numbers, verdict and sentence.

use jiff::civil::Date;

use termwise_config::Goal;
use termwise_config::goals::{Audience, Counting, Plan, Stage, Strategy};
use termwise_disclosure::{Bound, ClearedVerdict, Count, Figure, GoalFigures, Hiding};
use termwise_judging::ask::Group;
use termwise_judging::goals::verdict::{Early, Lack, Missing};
use termwise_judging::goals::{Unit, Verdict, Way};

use super::super::model::{FigureModel, GoalModel, PartGoalModel, StrategyModel, VerdictModel};
use super::Writer;
use super::side::{Better, Side};

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

    fn verdict(&self, figures: &GoalFigures) -> VerdictModel {
        let words = self.words;
        let key = figures.verdict.key();
        let parents = self.subject.audience == Audience::ParentCouncil;
        let explain = match &figures.verdict {
            ClearedVerdict::NotShown(by) => self.hiding(*by),
            // Parents are told plainly; what to mend is for staff.
            ClearedVerdict::Judged(Verdict::NotAvailable(_)) if parents => {
                words.text("explain.not-available-plainly", &[])
            }
            ClearedVerdict::Judged(Verdict::NotAvailable(why)) => {
                let why = match why {
                    Missing::Instrument(from, to, start) => words.text(
                        "explain.instrument-changed",
                        &[("from", &self.named(from)), ("to", &self.named(to)), ("when", &words.month_year(*start))],
                    ),
                    // Written in English; elsewhere it is a passage in another language.
                    Missing::Told(why) => self.words.told(why, "en"),
                };
                words.text("explain.not-available", &[("why", &why)])
            }
            ClearedVerdict::Judged(Verdict::NotEnoughData(lack)) => {
                let n = words.number(self.project.judging.minimum_students);
                let key = match lack {
                    // Parents are told plainly; what to mend is for staff.
                    Lack::Nobody if parents => "explain.not-available-plainly".to_owned(),
                    Lack::NoReadings if self.goal_of(figures).compare().is_some() => {
                        "explain.no-readings-gap".to_owned()
                    }
                    Lack::NoReadings if self.no_gain(figures) => "explain.no-gain".to_owned(),
                    lack => format!("explain.{}", lacking(*lack)),
                };
                let (when, on) = (self.when(figures.at), self.counted_on(figures));
                words.text(&key, &[("when", &when), ("on", &on), ("n", &n)])
            }
            // A narrative goal has no line and no chance: people judge it.
            ClearedVerdict::Judged(_) if matches!(self.goal_of(figures).plan, Plan::Narrative(_)) => {
                let key = if figures.judgement.is_some() { "explain.narrative" } else { "explain.narrative-none" };
                words.text(key, &[])
            }
            // The parts say by what; the whole has no figure and no chance of its own.
            ClearedVerdict::Judged(_) if !figures.several.is_empty() => {
                words.text(&format!("explain.several-{key}"), &[])
            }
            ClearedVerdict::Judged(Verdict::TargetMet) => self.stands(figures, Side::Reached),
            ClearedVerdict::Judged(Verdict::TargetNotMet) => self.stands(figures, Side::Missed),
            ClearedVerdict::Judged(Verdict::Watch) => self.stands(figures, Side::Little),
            ClearedVerdict::Judged(Verdict::Behind) => self.stands(figures, Side::Well),
            ClearedVerdict::Judged(Verdict::TooEarly(Early::Chance) | Verdict::OnTrack | Verdict::Mixed) if parents => {
                words.text(&format!("page.verdict-{key}-means"), &[])
            }
            ClearedVerdict::Judged(Verdict::TooEarly(early)) => {
                let key = match early {
                    Early::Baseline => "explain.early-baseline",
                    Early::Chance => "explain.early-chance",
                    Early::Line => "explain.early-line",
                    Early::NothingYet => "explain.early-nothing",
                    Early::NothingAlike => "explain.early-alike",
                    Early::GrowthBegins => "explain.early-growth",
                };
                let chance = words.percent(figures.chance.unwrap_or(0.0));
                let most = words.percent(self.project.judging.false_on_track);
                // Rounding must not make the chance look as if it were low enough.
                let chance =
                    if chance == most { words.text("number.more-than", &[("percent", &most)]) } else { chance };
                words.text(key, &[("chance", &chance), ("most", &most), ("when", &self.when(figures.at))])
            }
            ClearedVerdict::Judged(Verdict::OnTrack) => match figures.chance {
                Some(chance) => words.text("explain.on-track", &[("chance", &words.percent(chance))]),
                None => words.text("explain.on-track-line", &[]),
            },
            ClearedVerdict::Judged(Verdict::Mixed) if self.prints_panel(figures) => {
                words.text("explain.mixed-table", &[])
            }
            ClearedVerdict::Judged(_) => words.text(&format!("explain.{key}"), &[]),
        };
        let ground = match &figures.verdict {
            ClearedVerdict::NotShown(by) => Some(by.key()),
            ClearedVerdict::Judged(Verdict::NotEnoughData(lack)) => Some(lacking(*lack)),
            ClearedVerdict::Judged(Verdict::NotAvailable(Missing::Instrument(..))) => Some("instrument"),
            ClearedVerdict::Judged(Verdict::TooEarly(early)) => Some(match early {
                Early::Baseline => "baseline",
                Early::Chance => "chance",
                Early::Line => "line",
                Early::NothingYet => "nothing-yet",
                Early::NothingAlike => "nothing-alike",
                Early::GrowthBegins => "growth-begins",
            }),
            ClearedVerdict::Judged(_) => None,
        };
        let ended = figures.ended.then(|| {
            let on = words.date(figures.deadline);
            match self.goal_of(figures).plan {
                Plan::Narrative(_) => words.text("explain.ended-judged", &[("on", &on)]),
                _ => words.text("explain.ended", &[("on", &on), ("period", &self.when(figures.at))]),
            }
        });
        let was = figures.was_final.as_ref().map(|(was, day)| {
            let word = words.text(&format!("page.verdict-{was}"), &[]);
            words.text("explain.was-final", &[("word", &word), ("day", &words.date(*day))])
        });
        let told = [Some(explain), ended, was, self.rounded(figures)];
        let explain = told.into_iter().flatten().collect::<Vec<_>>().join(" ");
        // A reason that is the same for everybody stands first, then the rule of this audience.
        let hidden = figures.hidden.filter(|_| !figures.verdict.is_hidden());
        let explain = hidden.map_or(explain.clone(), |by| format!("{explain} {}", self.hiding(by)));
        let mixed = figures.verdict == ClearedVerdict::Judged(Verdict::Mixed);
        VerdictModel {
            key,
            word: words.text(&format!("page.verdict-{key}"), &[]),
            explain,
            ground,
            hidden_by: hidden.map(Hiding::key),
            shown_by: (mixed && !parents && self.prints_panel(figures)).then_some("panel"),
        }
    }

    /// Which rule of this audience hides a figure.
    fn hiding(&self, by: Hiding) -> String {
        match by {
            Hiding::Small(n) => {
                let key = format!("hidden.small-{}", self.subject.audience.id());
                self.words.text(&key, &[("n", &self.words.number(n))])
            }
            other => self.words.text(&format!("hidden.{}", other.key()), &[]),
        }
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

    /// Whether the goal is about growth and asks for none by the period that its figures are about.
    fn no_gain(&self, figures: &GoalFigures) -> bool {
        let Some(kind) = self.goal_of(figures).kind() else { return false };
        matches!(kind, Counting::MatchedGrowth { .. })
            && kind.gain(&self.project.calendar.period(figures.at).id).is_none()
    }

    /// Two figures that are the same as printed, or even the other way round, where the verdict says that one is not
    /// reached.
    fn rounded(&self, figures: &GoalFigures) -> Option<String> {
        let goal = self.goal_of(figures);
        let target = figures.aim.as_ref()?.target;
        let (beside, printed) = match &figures.verdict {
            ClearedVerdict::Judged(Verdict::TargetNotMet) => {
                (Self::as_agreed(&figures.unit, target), self.agreed(goal, figures, target))
            }
            ClearedVerdict::Judged(Verdict::Watch | Verdict::Behind) => {
                figures.expected.map(|line| (line, self.plain(goal, figures, line)))?
            }
            _ => return None,
        };
        let Figure::Shown { value, bound, .. } = &figures.now else { return None };
        let past = *bound == Bound::Exact && figures.way.sign() * (value - beside) > 1e-9;
        let same = self.value(goal, &figures.unit, *value, *bound) == printed;
        let key = match (figures.several.is_empty(), same, past) {
            (true, true, _) => "explain.rounded",
            (true, false, true) => "explain.rounded-past",
            _ => return None,
        };
        Some(self.words.text(key, &[("percent", &printed)]))
    }

    /// On which side of target or line the figure is.
    fn stands(&self, figures: &GoalFigures, side: Side) -> String {
        self.side(Better::of(&figures.unit, figures.way), side)
    }

    /// The day on which the students of the figures are those enrolled.
    fn counted_on(&self, figures: &GoalFigures) -> String {
        self.words.date(self.project.calendar.membership_day(figures.at))
    }

    /// The sentence above the chart.
    fn sentence(&self, goal: &Goal, figures: &GoalFigures) -> String {
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

    /// One side of a comparison: “Grade 2”, “the EUBP program”.
    pub(super) fn side_of(&self, side: &termwise_config::goals::Population) -> String {
        let mut words = Vec::new();
        if !side.grades.is_empty() {
            words.push(self.grades(&side.grades));
        }
        words.extend(side.programs.iter().map(|p| self.group_name(&Group::Program(p.clone()))));
        self.words.list(&words)
    }

    /// What the metric calls the output that the goal is judged by.
    fn output_title(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let Some(metric) = &figures.metric else { return String::new() };
        let named = goal.measured().and_then(|plan| plan.output.as_ref());
        let found = metric.outputs.iter().find(|o| named.is_none_or(|key| *key == o.key));
        found.map_or_else(String::new, |output| self.own(&metric.id, &output.key, &output.title))
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
}

/// Key of what is lacking.
fn lacking(lack: Lack) -> &'static str {
    match lack {
        Lack::NoReadings => "no-readings",
        Lack::FewStudents => "few-students",
        Lack::LowCoverage => "low-coverage",
        Lack::Nobody => "nobody",
        Lack::NothingByTheEnd => "nothing-by-the-end",
        Lack::NoBaseline => "no-baseline",
        Lack::Part => "part",
    }
}
