//! Composes the report model of one school and audience from cleared figures and words.
//!
//! Comes in: cleared figures, the project's texts, a dictionary. Goes out: a [`Model`]. It never
//! sees an unprotected number, so sentences, charts, tables and alt texts say the same.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::config::goals::{Audience, GoalKind};
use crate::config::measures::{Band, ScaleKind};
use crate::config::{Goal, Period, PeriodId, Plc, Project, SchoolId};
use crate::dataset::{Aside, Tally};
use crate::disclosure::{Bar, BarParts, Bound, Cleared, ClearedVerdict, Count, Figure, GoalFigures};
use crate::goals::Verdict;
use crate::goals::verdict::Lack;
use crate::metrics::ask::{Group, Parts};
use crate::metrics::{Texts, english};

use super::model::{
    BandModel, BarModel, CornerModel, DataModel, DistributionModel, FigureModel, GoalModel, MarkModel, Model,
    NoteModel, PartModel, PeriodModel, PlcModel, PointModel, ProgressModel, RunModel, StrategyModel, TableModel,
    TickModel, VerdictModel,
};
use super::words::Words;

/// What a report is about.
pub struct Subject<'a> {
    /// The school.
    pub school: SchoolId,
    /// For whom.
    pub audience: Audience,
    /// The team, for a PLC packet.
    pub plc: Option<&'a Plc>,
    /// The period reported on.
    pub now: PeriodId,
}

/// The run that the report comes from.
pub struct Origin<'a> {
    /// Short code of its inputs.
    pub code: &'a str,
    /// The day of the run.
    pub made: Date,
    /// What became of the rows of each file.
    pub files: &'a [Tally],
}

/// Composes one report. For a PLC, only the goals that it works on.
pub fn compose(
    project: &Project,
    subject: &Subject,
    figures: &Cleared<Vec<GoalFigures>>,
    words: &Words,
    origin: &Origin,
) -> Model {
    let writer = Writer { project, subject, words };
    let chosen: Vec<&GoalFigures> =
        figures.iter().filter(|f| subject.plc.is_none_or(|plc| project.goals[f.goal].plcs.contains(&plc.id))).collect();
    let school = project.school(subject.school);
    let now = project.calendar.period(subject.now);
    let audience = subject.audience.id();
    Model {
        schema: "termwise:report@1",
        audience: subject.audience,
        lang: words.language.clone(),
        region: "CA".into(),
        title: words.text(&format!("title.{audience}"), &[("school", &school.name)]),
        division: project.division.name.clone(),
        school: school.name.clone(),
        plc: subject.plc.map(|plc| PlcModel { name: plc.name.clone(), grades: writer.grades(&plc.grades) }),
        period: PeriodModel { name: writer.when(subject.now), year: year(now) },
        run: RunModel { code: origin.code.to_owned(), made: words.date(origin.made) },
        contact: project.division.contact.clone(),
        words: words.section("page"),
        goals: chosen.iter().map(|f| writer.goal(f)).collect(),
        survey: writer.survey(&chosen),
        data: writer.data(origin.files),
        notes: writer.notes(&chosen, origin.files),
        figures_csv: writer.csv(&chosen),
    }
}

/// `2025–26`, with a dash as printed.
fn year(period: &Period) -> String {
    period.year.replace('-', "–")
}

/// Writes one report's texts.
struct Writer<'a> {
    project: &'a Project,
    subject: &'a Subject<'a>,
    words: &'a Words,
}

impl Writer<'_> {
    /// “March 2026”; “Term 2 (March 2026)” where the division's name is no month.
    fn when(&self, id: PeriodId) -> String {
        let period = self.project.calendar.period(id);
        let month_year = self.words.month_year(period.closes);
        if period.name == self.words.month(period.closes) {
            month_year
        } else {
            self.words.text("number.named-period", &[("name", &period.name), ("month", &month_year)])
        }
    }

    fn short(&self, id: PeriodId) -> String {
        self.words.short_month(self.project.calendar.period(id).closes)
    }

    /// “Grade 3”, “Kindergarten”.
    fn grade(&self, grade: &str) -> String {
        if grade.eq_ignore_ascii_case("k") {
            self.words.text("subject.kindergarten", &[])
        } else {
            self.words.text("subject.grade", &[("grade", grade)])
        }
    }

    /// “Kindergarten and Grade 1”; “Grades 5–8” or “Kindergarten to Grade 3” for a run of more than two.
    fn grades(&self, grades: &[String]) -> String {
        let number = |grade: &String| if grade.eq_ignore_ascii_case("k") { Some(0) } else { grade.parse().ok() };
        let numbers: Vec<u32> = grades.iter().filter_map(number).collect();
        let run = numbers.len() == grades.len() && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
        match (numbers.first(), numbers.last()) {
            (Some(0), Some(last)) if run && numbers.len() > 2 => {
                self.words.text("subject.kindergarten-run", &[("last", &last.to_string())])
            }
            (Some(first), Some(last)) if run && numbers.len() > 2 => {
                self.words.text("subject.grade-run", &[("first", &first.to_string()), ("last", &last.to_string())])
            }
            _ => self.words.list(&grades.iter().map(|g| self.grade(g)).collect::<Vec<_>>()),
        }
    }

    /// “Grade 3 students”, “Grade 1 students in the EUBP program”.
    fn who(&self, goal: &Goal) -> String {
        let population = &goal.population;
        if population.staff {
            return self.words.text("subject.staff", &[]);
        }
        let school = self.project.school(goal.school);
        let who = if population.grades.is_empty() || population.grades == school.grades {
            self.words.text("subject.students", &[])
        } else {
            self.words.text("subject.grade-students", &[("grades", &self.grades(&population.grades))])
        };
        if population.programs.is_empty() {
            who
        } else {
            let programs = self.words.list(&population.programs);
            self.words.text("subject.program", &[("who", &who), ("program", &programs)])
        }
    }

    /// “read at or above level in English”.
    fn indicator(&self, goal: &Goal) -> String {
        if let Some(own) = &goal.indicator {
            return own.clone();
        }
        let titles: Vec<String> =
            goal.measures.iter().map(|m| self.project.measures.measure(*m).title.clone()).collect();
        let titles = self.words.list(&titles);
        match &goal.kind {
            GoalKind::Share { .. } if goal.population.staff => {
                self.words.text("subject.agreed", &[("measures", &titles)])
            }
            GoalKind::Share { at_least } if (*at_least as usize) < goal.measures.len() => {
                let (k, m) = (self.words.number(*at_least), self.words.number(goal.measures.len() as u32));
                self.words.text("subject.at-level-of", &[("k", &k), ("m", &m), ("measures", &titles)])
            }
            // A goal of kind “metric” has its own words, which its configuration requires.
            GoalKind::Share { .. } | GoalKind::Metric { .. } => {
                self.words.text("subject.at-level", &[("measures", &titles)])
            }
            GoalKind::MatchedGrowth { from, gain } => {
                let now = self.project.calendar.period(self.subject.now);
                let steps = gain.get(&now.id).or_else(|| gain.get("*")).copied().unwrap_or(0.0);
                let start = self.project.calendar.by_key(&format!("{}/{from}", now.year));
                let since = start.map_or_else(|| from.clone(), |id| self.when(id));
                let steps = self.words.count(self.step(goal), steps.round() as u32, &[]);
                self.words.text("subject.grew", &[("steps", &steps), ("measures", &titles), ("since", &since)])
            }
        }
    }

    /// What one step of a growth goal's scale is called.
    fn step(&self, goal: &Goal) -> &'static str {
        match goal.measures.first().map(|m| &self.project.measures.scale_of(*m).kind) {
            Some(ScaleKind::Ordered { .. }) => "subject.levels",
            _ => "subject.points",
        }
    }

    fn percent(&self, share: f64, bound: Bound) -> String {
        let percent = self.words.percent(share);
        match bound {
            Bound::Exact => percent,
            Bound::OrLess => self.words.text("number.or-less", &[("percent", &percent)]),
            Bound::OrMore => self.words.text("number.or-more", &[("percent", &percent)]),
        }
    }

    /// “63%”, “95% or more”, “hidden to protect privacy”, “no result”.
    fn figure(&self, figure: &Figure) -> String {
        match figure {
            Figure::Nothing => self.words.text("number.nothing", &[]),
            Figure::Hidden => self.words.text("number.hidden", &[]),
            Figure::Shown { share, bound, .. } => self.percent(*share, *bound),
        }
    }

    /// “34 of 54”, or “54” where the count of those who met the line is not for this audience.
    fn n(&self, figure: &Figure) -> Option<String> {
        match figure {
            Figure::Shown { of: 0, .. } | Figure::Nothing | Figure::Hidden => None,
            Figure::Shown { met: Some(met), of, .. } => Some(
                self.words.text("number.of", &[("met", &self.words.number(*met)), ("of", &self.words.number(*of))]),
            ),
            Figure::Shown { of, .. } => Some(self.words.number(*of)),
        }
    }

    fn figure_model(&self, figure: &Figure, when: String) -> FigureModel {
        FigureModel { text: self.figure(figure), when, n: self.n(figure) }
    }

    fn goal(&self, figures: &GoalFigures) -> GoalModel {
        let goal = &self.project.goals[figures.goal];
        let words = self.words;
        let deadline = words.month_year(goal.deadline);
        let start = figures.start.as_ref();
        let nothing = Figure::Nothing;
        let parents = self.subject.audience == Audience::ParentCouncil;
        GoalModel {
            id: goal.id.clone(),
            area: self.known("area", &goal.area),
            title: goal.title.clone(),
            statement: goal.statement.clone(),
            why: goal.why.clone(),
            verdict: self.verdict(figures),
            sentence: self.sentence(goal, figures),
            baseline: self.figure_model(
                start.map_or(&nothing, |(_, figure)| figure),
                start.map_or_else(String::new, |(on, _)| words.month_year(*on)),
            ),
            last: figures.before.as_ref().map(|(period, figure)| self.figure_model(figure, self.when(*period))),
            now: self.figure_model(&figures.now, self.when(self.subject.now)),
            target: FigureModel { text: words.percent(goal.target), when: deadline, n: None },
            change: self.change(figures),
            more: figures.more_students.filter(|n| *n > 0).map(|n| {
                words.count(if goal.population.staff { "sentence.more-staff" } else { "sentence.more" }, n, &[])
            }),
            could_change: match &figures.now {
                Figure::Shown { of, bound: Bound::Exact, .. } if *of < 100 => {
                    Some(words.text("sentence.could-change", &[]))
                }
                _ => None,
            },
            progress: self.progress(goal, figures),
            distribution: (!goal.population.staff).then(|| self.distribution(goal, figures)).flatten(),
            groups: self.groups(figures),
            strategies: goal
                .strategies
                .iter()
                .map(|s| StrategyModel {
                    text: s.text.clone(),
                    team: s.team.clone().unwrap_or_default(),
                    since: s.since.map_or_else(String::new, |day| words.month_year(day)),
                    status: words.text(&format!("status.{}", s.status), &[]),
                    key: s.status.clone(),
                })
                .collect(),
            questions: if parents { Vec::new() } else { goal.questions.clone() },
            families: goal.families.clone(),
            council_question: goal.council_question.clone(),
            counted: self.counted(goal, figures),
        }
    }

    /// The dictionary's word for a key of configuration, or the key itself as the division wrote it.
    /// A metric's own text, in the report's language where it has one.
    fn own(&self, texts: &Texts) -> String {
        texts.get(&self.words.language).cloned().unwrap_or_else(|| english(texts).to_owned())
    }

    fn known(&self, section: &str, key: &str) -> String {
        let full = format!("{section}.{key}");
        if self.words.has(&full) { self.words.text(&full, &[]) } else { key.to_owned() }
    }

    fn verdict(&self, figures: &GoalFigures) -> VerdictModel {
        let words = self.words;
        let key = figures.verdict.key();
        let explain = match &figures.verdict {
            ClearedVerdict::NotShown => words.text("explain.not-shown", &[]),
            // Parents are told plainly; what to mend is for staff.
            ClearedVerdict::Judged(Verdict::NotAvailable(_)) if self.subject.audience == Audience::ParentCouncil => {
                words.text("explain.not-available-plainly", &[])
            }
            ClearedVerdict::Judged(Verdict::NotAvailable(why)) => words.text("explain.not-available", &[("why", why)]),
            ClearedVerdict::Judged(Verdict::NotEnoughData(lack)) => {
                let key = match lack {
                    Lack::NoReadings => "explain.no-readings",
                    Lack::FewStudents => "explain.not-shown",
                    Lack::LowCoverage => "explain.low-coverage",
                    Lack::NoBaseline => "explain.no-baseline",
                };
                words.text(key, &[("when", &self.when(self.subject.now))])
            }
            ClearedVerdict::Judged(_) if self.subject.audience == Audience::ParentCouncil => {
                words.text(&format!("page.verdict-{key}-means"), &[])
            }
            ClearedVerdict::Judged(_) => words.text(&format!("explain.{key}"), &[]),
        };
        VerdictModel { key, word: words.text(&format!("page.verdict-{key}"), &[]), explain }
    }

    /// The sentence above the chart.
    fn sentence(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let words = self.words;
        let (who, indicator) = (self.who(goal), self.indicator(goal));
        let when = self.when(self.subject.now);
        let first = match &figures.now {
            Figure::Shown { share, bound, of, met, .. } => {
                let percent = self.percent(*share, *bound);
                let values = [
                    ("percent", percent.as_str()),
                    ("who", who.as_str()),
                    ("indicator", indicator.as_str()),
                    ("when", when.as_str()),
                ];
                let key = if goal.population.staff { "-staff" } else { "" };
                match met {
                    Some(met) => {
                        let (met, of) = (words.number(*met), words.number(*of));
                        let mut all = values.to_vec();
                        all.extend([("met", met.as_str()), ("of", of.as_str())]);
                        words.text("sentence.counts", &all)
                    }
                    None => words.text(&format!("sentence.share{key}"), &values),
                }
            }
            Figure::Hidden => words.text("sentence.hidden", &[("who", &who), ("when", &when)]),
            Figure::Nothing => words.text("sentence.nothing", &[("who", &who), ("when", &when)]),
        };
        match (figures.now.share(), figures.expected) {
            (Some(_), Some(expected)) => {
                format!("{first}{}", words.text("sentence.line", &[("percent", &words.percent(expected))]))
            }
            _ => format!("{first}{}", words.text("sentence.stop", &[])),
        }
    }

    /// “+4 percentage points since November 2025”.
    fn change(&self, figures: &GoalFigures) -> Option<String> {
        if matches!(figures.verdict, ClearedVerdict::Judged(Verdict::NotEnoughData(_))) {
            return None;
        }
        let (period, before) = figures.before.as_ref()?;
        let points = ((figures.now.exact()? - before.exact()?) * 100.0).round();
        let when = self.when(*period);
        let same = figures.points.iter().any(|p| p.period == self.subject.now && p.same_children);
        let staff = self.project.goals[figures.goal].population.staff;
        let key = match (points > 0.0, points < 0.0) {
            (true, _) => "change.up",
            (_, true) => "change.down",
            _ => "change.same",
        };
        let text = self.words.count(key, points.abs() as u32, &[("when", &when)]);
        Some(if same || staff { text } else { self.words.text("change.different", &[("change", &text)]) })
    }

    fn progress(&self, goal: &Goal, figures: &GoalFigures) -> ProgressModel {
        let words = self.words;
        let calendar = &self.project.calendar;
        let now = calendar.period(self.subject.now).closes;
        let mut days: Vec<Date> = figures.points.iter().map(|p| p.on).collect();
        days.extend(figures.start.as_ref().map(|(on, _)| *on));
        days.push(goal.deadline);
        days.push(now);
        let first = days.iter().min().copied().unwrap_or(now);
        let last = days.iter().max().copied().unwrap_or(now);
        let whole = f64::from(first.until(last).map_or(1, |span| span.get_days()).max(1));
        let t = |day: Date| f64::from(first.until(day).map_or(0, |span| span.get_days())) / whole;
        let mut ticks: BTreeMap<Date, String> = figures.points.iter().map(|p| (p.on, self.short(p.period))).collect();
        for day in figures.start.iter().map(|(on, _)| *on).chain([now, goal.deadline]) {
            ticks.entry(day).or_insert_with(|| words.short_month(day));
        }
        let points = figures.points.iter().filter(|p| p.figure != Figure::Nothing).map(|p| {
            let (share, interval) = match &p.figure {
                Figure::Shown { share, interval, .. } => (Some(*share), *interval),
                Figure::Hidden | Figure::Nothing => (None, None),
            };
            PointModel {
                t: t(p.on),
                label: self.short(p.period),
                hidden: p.figure == Figure::Hidden,
                share,
                low: interval.map(|i| i.0),
                high: interval.map(|i| i.1),
                text: self.figure(&p.figure),
                joined: p.same_children && !goal.population.staff,
            }
        });
        let target = words.percent(goal.target);
        ProgressModel {
            ticks: ticks.into_iter().map(|(day, label)| TickModel { t: t(day), label }).collect(),
            points: points.collect(),
            baseline: figures.start.as_ref().and_then(|(on, figure)| {
                let text = words.text("chart.start", &[("percent", &self.figure(figure))]);
                figure.exact().map(|share| MarkModel { t: t(*on), share, text })
            }),
            aimline: figures.aimline.iter().map(|(on, share)| CornerModel { t: t(*on), share: *share }).collect(),
            interim: goal
                .interim
                .iter()
                .map(|i| {
                    let on = calendar.period(i.period).closes;
                    MarkModel { t: t(on), share: i.target, text: words.percent(i.target) }
                })
                .collect(),
            target: MarkModel {
                t: t(goal.deadline),
                share: goal.target,
                text: words.text("chart.target", &[("percent", &target)]),
            },
            alt: self.progress_alt(goal, figures),
            table: self.progress_table(goal, figures),
        }
    }

    fn progress_alt(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let words = self.words;
        let mut sentences =
            vec![words.text("chart.progress-alt", &[("who", &self.who(goal)), ("indicator", &self.indicator(goal))])];
        if let Some((on, figure)) = &figures.start {
            sentences.push(
                words.text("chart.alt-start", &[("when", &words.month_year(*on)), ("percent", &self.figure(figure))]),
            );
        }
        for point in &figures.points {
            let (when, percent) = (self.when(point.period), self.figure(&point.figure));
            sentences.push(words.text("chart.alt-point", &[("when", &when), ("percent", &percent)]));
        }
        if let Some(expected) = figures.expected {
            sentences.push(words.text(
                "chart.alt-line",
                &[("when", &self.when(self.subject.now)), ("percent", &words.percent(expected))],
            ));
        }
        sentences.push(words.text(
            "chart.alt-target",
            &[("when", &words.month_year(goal.deadline)), ("percent", &words.percent(goal.target))],
        ));
        sentences.join(" ")
    }

    fn progress_table(&self, goal: &Goal, figures: &GoalFigures) -> TableModel {
        let words = self.words;
        let line = |day: Date| {
            let corners = &figures.aimline;
            let line = match (corners.first(), corners.last()) {
                (Some(first), Some(last)) if corners.len() > 1 => {
                    Some(crate::goals::Aimline::new(*first, corners[1..corners.len() - 1].iter().copied(), *last))
                }
                _ => None,
            };
            line.and_then(|line| line.at(day))
                .map_or_else(|| words.text("number.none", &[]), |share| words.percent(share))
        };
        let mut rows = Vec::new();
        if let Some((on, figure)) = figures.start.as_ref().filter(|(on, _)| !figures.points.iter().any(|p| p.on == *on))
        {
            let none = words.text("number.none", &[]);
            rows.push(vec![
                words.text("chart.row-start", &[("when", &words.month_year(*on))]),
                self.figure(figure),
                none,
                line(*on),
            ]);
        }
        for point in &figures.points {
            let n = self.n(&point.figure).unwrap_or_else(|| words.text("number.none", &[]));
            rows.push(vec![self.when(point.period), self.figure(&point.figure), n, line(point.on)]);
        }
        let none = words.text("number.none", &[]);
        rows.push(vec![
            words.text("chart.row-target", &[("when", &words.month_year(goal.deadline))]),
            words.percent(goal.target),
            none.clone(),
            none,
        ]);
        let people = if goal.population.staff { "chart.column-staff" } else { "chart.column-students" };
        TableModel {
            caption: words.text("chart.progress-caption", &[("title", &goal.title)]),
            columns: ["chart.column-period", "chart.column-share", people, "chart.column-line"]
                .iter()
                .map(|key| words.text(key, &[]))
                .collect(),
            rows,
        }
    }

    /// Bars by period for a goal with one measure; by measure, now, for one with several.
    fn distribution(&self, goal: &Goal, figures: &GoalFigures) -> Option<DistributionModel> {
        let several = goal.measures.len() > 1;
        let bars: Vec<&Bar> = figures.bars.iter().filter(|bar| !several || bar.period == self.subject.now).collect();
        let labels: Vec<String> = bars
            .iter()
            .map(|bar| {
                if several { self.project.measures.measure(bar.measure).title.clone() } else { self.short(bar.period) }
            })
            .collect();
        let title = self.words.text("chart.distribution-caption", &[("title", &goal.title)]);
        self.bars(&bars, &labels, &figures.parts, &title, "count.students")
    }

    /// The staff's answers, now, one bar a question.
    fn survey(&self, chosen: &[&GoalFigures]) -> Option<DistributionModel> {
        if self.subject.audience == Audience::ParentCouncil {
            return None;
        }
        let figures = chosen.iter().find(|f| self.project.goals[f.goal].population.staff)?;
        let latest = figures.bars.iter().map(|b| b.period).max()?;
        let bars: Vec<&Bar> = figures.bars.iter().filter(|b| b.period == latest).collect();
        let labels: Vec<String> = bars.iter().map(|b| self.project.measures.measure(b.measure).title.clone()).collect();
        let title = self.words.text("chart.survey-caption", &[("when", &self.when(latest))]);
        let mut model = self.bars(&bars, &labels, &figures.parts, &title, "count.answers")?;
        model.title = Some(title);
        Some(model)
    }

    fn bars(
        &self,
        bars: &[&Bar],
        labels: &[String],
        parts: &Parts,
        caption: &str,
        count: &str,
    ) -> Option<DistributionModel> {
        if bars.is_empty() {
            return None;
        }
        let words = self.words;
        let mut bands: Vec<BandModel> = match parts {
            Parts::Bands(bands) => bands
                .iter()
                .map(|band| {
                    let last = bands.last() == Some(band);
                    let key = match band {
                        Band::Below => "below",
                        Band::Approaching => "approaching",
                        Band::At => "at",
                        Band::Above => "above",
                    };
                    let word = if last && *band == Band::At { "band.at-or-above" } else { &format!("band.{key}") };
                    BandModel { key: key.into(), word: words.text(word, &[]) }
                })
                .collect(),
            Parts::Levels(levels, _) => levels
                .iter()
                .enumerate()
                .map(|(i, level)| BandModel { key: format!("level-{}", i + 1), word: level.clone() })
                .collect(),
        };
        let pooled = bars.iter().any(|bar| matches!(bar.parts, BarParts::Two(..)));
        let all = bars.iter().any(|bar| matches!(bar.parts, BarParts::All(_)));
        let pooled_bands = ["pooled-below", "pooled-at"].map(|key| {
            let staff = if matches!(parts, Parts::Levels(..)) { "-answers" } else { "" };
            BandModel { key: key.into(), word: words.text(&format!("band.{key}{staff}"), &[]) }
        });
        let fine: Vec<String> = bands.iter().map(|b| b.key.clone()).collect();
        if !all {
            bands.clear();
        }
        if pooled {
            bands.extend(pooled_bands);
        }
        let models: Vec<BarModel> = bars
            .iter()
            .zip(labels)
            .map(|(bar, label)| BarModel {
                label: label.clone(),
                n: bar.of.map_or_else(|| words.text("number.hidden", &[]), |of| words.count(count, of, &[])),
                hidden: bar.parts == BarParts::Hidden,
                parts: match &bar.parts {
                    BarParts::Hidden => Vec::new(),
                    BarParts::All(shares) => fine
                        .iter()
                        .zip(shares)
                        .map(|(key, share)| PartModel { key: key.clone(), share: *share, text: words.percent(*share) })
                        .collect(),
                    BarParts::Two(share, bound) => {
                        let other = match bound {
                            Bound::Exact => Bound::Exact,
                            Bound::OrLess => Bound::OrMore,
                            Bound::OrMore => Bound::OrLess,
                        };
                        vec![
                            PartModel {
                                key: "pooled-below".into(),
                                share: 1.0 - share,
                                text: self.percent(1.0 - share, other),
                            },
                            PartModel { key: "pooled-at".into(), share: *share, text: self.percent(*share, *bound) },
                        ]
                    }
                },
            })
            .collect();
        let mut columns = vec![words.text("chart.column-bar", &[])];
        columns.extend(bands.iter().map(|b| b.word.clone()));
        columns.push(words.text("chart.column-n", &[]));
        let rows: Vec<Vec<String>> = models
            .iter()
            .zip(bars)
            .map(|(bar, figures)| {
                let mut row = vec![bar.label.clone()];
                for band in &bands {
                    let part = bar.parts.iter().find(|p| p.key == band.key);
                    row.push(match part {
                        Some(part) => part.text.clone(),
                        None if bar.hidden => words.text("number.hidden-short", &[]),
                        None => words.text("number.none", &[]),
                    });
                }
                row.push(figures.of.map_or_else(|| words.text("number.hidden-short", &[]), |of| words.number(of)));
                row
            })
            .collect();
        let mut alt = vec![words.text("chart.distribution-alt", &[("title", caption)])];
        for bar in &models {
            let parts: Vec<String> = bar
                .parts
                .iter()
                .map(|part| {
                    let word = bands.iter().find(|b| b.key == part.key).map_or("", |b| b.word.as_str());
                    words.text("chart.alt-part", &[("word", word), ("percent", &part.text)])
                })
                .collect();
            let parts = if bar.hidden { words.text("number.hidden", &[]) } else { words.list(&parts) };
            alt.push(words.text("chart.alt-bar", &[("label", &bar.label), ("parts", &parts)]));
        }
        Some(DistributionModel {
            title: None,
            bands,
            bars: models,
            alt: alt.join(" "),
            table: TableModel { caption: caption.to_owned(), columns, rows },
        })
    }

    fn groups(&self, figures: &GoalFigures) -> Option<TableModel> {
        if figures.groups.is_empty() || self.subject.audience == Audience::ParentCouncil {
            return None;
        }
        let words = self.words;
        Some(TableModel {
            caption: words.text("chart.groups-caption", &[("when", &self.when(self.subject.now))]),
            columns: ["chart.column-group", "chart.column-share", "chart.column-students"]
                .iter()
                .map(|key| words.text(key, &[]))
                .collect(),
            rows: figures
                .groups
                .iter()
                .map(|(group, figure)| {
                    let label = match group {
                        Group::All => words.text("subject.students", &[]),
                        Group::Grade(grade) => self.grade(grade),
                        Group::Program(program) => words.text("subject.program-name", &[("program", program)]),
                    };
                    let n = self.n(figure).unwrap_or_else(|| words.text("number.none", &[]));
                    vec![label, self.figure(figure), n]
                })
                .collect(),
        })
    }

    /// Who is counted, who is not, and why.
    fn counted(&self, goal: &Goal, figures: &GoalFigures) -> String {
        let words = self.words;
        let on = words.date(self.project.calendar.membership_day(self.subject.now));
        let who = self.who(goal);
        let mut sentences = Vec::new();
        if !goal.population.staff {
            sentences.push(words.text("counted.population", &[("who", &who), ("on", &on)]));
        }
        if let Figure::Shown { of, .. } = figures.now {
            let key = if goal.population.staff { "counted.answers" } else { "counted.of" };
            sentences.push(words.count(key, of, &[]));
        }
        let left: Vec<String> = figures
            .left_out
            .iter()
            .filter_map(|(key, count)| {
                let own = figures.metric.iter().flat_map(|m| &m.left_out).find(|(known, _)| known == key);
                let reason = match own {
                    Some((_, texts)) if !self.words.has(&format!("left-out.{key}")) => self.own(texts),
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

    /// What became of every row of the files that this school's report rests on.
    fn data(&self, files: &[Tally]) -> DataModel {
        let words = self.words;
        let mine: Vec<&Tally> =
            files.iter().filter(|f| f.school.is_none_or(|school| school == self.subject.school)).collect();
        let sum = |of: fn(&Tally) -> u32| mine.iter().map(|file| of(file)).sum::<u32>();
        let mut reasons: BTreeMap<Aside, u32> = BTreeMap::new();
        for (why, rows) in mine.iter().flat_map(|file| &file.set_aside_by) {
            *reasons.entry(*why).or_default() += rows;
        }
        let reasons: Vec<String> = reasons
            .into_iter()
            .map(|(why, rows)| words.text(&format!("data.{}", aside_key(why)), &[("n", &words.number(rows))]))
            .collect();
        let aside = words.number(sum(|f| f.set_aside));
        let aside = if reasons.is_empty() {
            words.text("data.aside", &[("n", &aside)])
        } else {
            words.text("data.aside-why", &[("n", &aside), ("reasons", &reasons.join(", "))])
        };
        let rows = if self.subject.audience == Audience::ParentCouncil {
            Vec::new()
        } else {
            mine.iter()
                .map(|f| {
                    let name = f.path.strip_prefix("data/").unwrap_or(&f.path).to_owned();
                    let counts = [f.filled, f.used, f.set_aside, f.no_data()];
                    [name].into_iter().chain(counts.map(|n| words.number(n))).collect()
                })
                .collect()
        };
        DataModel {
            sentence: words.text(
                "data.sentence",
                &[
                    ("rows", &words.count("data.filled", sum(|f| f.filled), &[])),
                    ("used", &words.number(sum(|f| f.used))),
                    ("aside", &aside),
                    ("others", &words.number(sum(Tally::no_data))),
                ],
            ),
            columns: ["file", "filled", "used", "aside", "others"]
                .iter()
                .map(|key| words.text(&format!("data.column-{key}"), &[]))
                .collect(),
            rows,
        }
    }

    fn notes(&self, chosen: &[&GoalFigures], files: &[Tally]) -> Vec<NoteModel> {
        let words = self.words;
        let judging = &self.project.judging;
        let mut notes = Vec::new();
        let mut note = |key: &str, values: &[(&str, &str)]| {
            notes.push(NoteModel {
                title: words.text(&format!("notes.{key}-title"), &[]),
                text: words.text(&format!("notes.{key}"), values),
            });
        };
        let parents = self.subject.audience == Audience::ParentCouncil;
        let tables = self.tables(chosen);
        if !tables.is_empty() {
            note("tables", &[("tables", &words.list(&tables))]);
        }
        if !parents {
            note(
                "verdicts",
                &[
                    ("points", &words.tenths(judging.tolerance_points * 100.0)),
                    ("students", &words.tenths(judging.tolerance_students)),
                    ("times", &words.tenths(judging.watch_tolerances)),
                    ("minimum", &words.number(judging.minimum_students)),
                    ("coverage", &words.percent(judging.minimum_coverage)),
                ],
            );
            note("line", &[]);
            note("band", &[]);
        }
        let minimum = self.project.privacy.minimum_group.get(&self.subject.audience).copied().unwrap_or(10);
        note("privacy", &[("minimum", &words.number(minimum))]);
        note("children", &[]);
        if chosen.iter().any(|f| !f.bars.is_empty()) && !parents {
            note("rounding", &[]);
        }
        if parents {
            // The other audiences have a table of the files.
            note("rows", &[("sentence", &self.data(files).sentence)]);
        }
        notes
    }

    /// Titles of the expectation tables that the goals' lines come from.
    fn tables(&self, chosen: &[&GoalFigures]) -> Vec<String> {
        let mut titles = Vec::new();
        for figures in chosen {
            let goal = &self.project.goals[figures.goal];
            if goal.population.staff || !matches!(goal.kind, GoalKind::Share { .. }) {
                continue;
            }
            let periods = figures.points.iter().map(|p| p.period).chain([self.subject.now]);
            for (period, measure) in periods.flat_map(|p| goal.measures.iter().map(move |m| (p, *m))) {
                let table = self.project.measures.expectation(measure, &self.project.calendar, period);
                if let Some(table) = table
                    && !titles.contains(&table.title)
                {
                    titles.push(table.title.clone());
                }
            }
        }
        titles
    }

    /// The cleared figures, one line each; hidden ones say so and carry no number.
    fn csv(&self, chosen: &[&GoalFigures]) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        let number = |share: f64| format!("{share:.2}");
        let header = ["goal", "reporting_period", "group", "share", "how_to_read", "students"];
        let mut write = |row: [String; 6]| out.write_record(&row).expect("memory takes every record");
        write(header.map(str::to_owned));
        let mut line = |goal: &str, period: &str, group: &str, figure: &Figure| {
            let (share, bound, of) = match figure {
                Figure::Nothing => (String::new(), "no result", String::new()),
                Figure::Hidden => (String::new(), "hidden", String::new()),
                Figure::Shown { share, bound, of, .. } => (
                    number(*share),
                    match bound {
                        Bound::Exact => "exact",
                        Bound::OrLess => "or less",
                        Bound::OrMore => "or more",
                    },
                    if *of == 0 { String::new() } else { of.to_string() },
                ),
            };
            write([goal.into(), period.into(), group.into(), share, bound.into(), of]);
        };
        for figures in chosen {
            let goal = &self.project.goals[figures.goal];
            for point in &figures.points {
                line(&goal.id, &self.project.calendar.period(point.period).key(), "all", &point.figure);
            }
            if self.subject.audience != Audience::ParentCouncil {
                for (group, figure) in &figures.groups {
                    let name = match group {
                        Group::All => "all".to_owned(),
                        Group::Grade(grade) => format!("grade {grade}"),
                        Group::Program(program) => format!("program {program}"),
                    };
                    line(&goal.id, &self.project.calendar.period(self.subject.now).key(), &name, figure);
                }
            }
        }
        String::from_utf8(out.into_inner().expect("memory takes every record")).expect("written from strings")
    }
}
/// The dictionary's key of a reason for setting rows aside.
fn aside_key(why: Aside) -> &'static str {
    match why {
        Aside::Unreadable => "aside-unreadable",
        Aside::Student => "aside-student",
        Aside::Word => "aside-word",
        Aside::Contradiction => "aside-contradiction",
        Aside::Table => "aside-table",
    }
}
