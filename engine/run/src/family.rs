//! One truth over the family: what cannot both be true is not printed.
//!
//! Comes in: every report of a run with the cleared figures that it was written from, before anything is
//! typeset. Goes out: refusals, each with the reports that are not made and a problem that names both places.
//! It looks at cleared figures and at the models' keys and days, never at sentences; it mends nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::civil::Date;

use termwise_base::problem::{Place, Problem};
use termwise_config::goals::Audience;
use termwise_config::{Edition, PeriodId, Plc, Project, ReportId, SchoolId};
use termwise_disclosure::{self as disclosure, Cleared, ClearedVerdict, Figure, GoalFigures, Hiding, Overview};
use termwise_judging::ask::Group;
use termwise_judging::goals::Unit;
use termwise_reports::model::{GoalModel, Model, VerdictModel};

/// What one school gives to a report.
pub(super) struct SchoolFigures {
    pub school: SchoolId,
    pub goals: Cleared<Vec<GoalFigures>>,
    pub overview: Option<Cleared<Overview>>,
    /// Places of goals that this audience sees judged by a metric in rehearsal.
    pub trials: BTreeSet<usize>,
}

/// What a report was written from; its editions share it.
pub(super) struct Sources {
    pub report: ReportId,
    pub audience: Audience,
    /// The team, for a packet.
    pub plc: Option<String>,
    pub now: PeriodId,
    pub parts: Vec<SchoolFigures>,
}

impl Sources {
    pub(super) fn new(
        report: &ReportId,
        (audience, plc): (Audience, Option<&Plc>),
        now: PeriodId,
        parts: Vec<SchoolFigures>,
    ) -> Rc<Self> {
        let plc = plc.map(|plc| plc.id.clone());
        Rc::new(Self { report: report.clone(), audience, plc, now, parts })
    }

    /// What each school gives to the report.
    fn sources(&self) -> impl Iterator<Item = disclosure::Source<'_>> {
        self.parts.iter().map(|part| disclosure::Source {
            audience: self.audience,
            plc: self.plc.as_deref(),
            school: part.school,
            goals: &part.goals,
            overview: part.overview.as_ref(),
        })
    }
}

/// An edition of a report, as it is to be typeset.
pub(super) struct Page<'a> {
    pub edition: &'a Edition,
    pub from: &'a Sources,
    pub model: &'a Model,
}

/// Reports that are not made, and why.
pub(super) struct Refusal {
    pub reports: BTreeSet<ReportId>,
    pub problem: Problem,
}

/// Holds all reports of a run, made on a day, against each other and against their figures.
pub(super) fn check(project: &Project, pages: &[Page<'_>], made: Date) -> Vec<Refusal> {
    let places = project.goals.iter().enumerate().map(|(place, goal)| (goal.id.as_str(), place)).collect();
    let mut pass = Pass { project, places, pages, made, found: BTreeMap::new() };
    pass.verdicts();
    for page in pages {
        for model in std::iter::once(page.model).chain(page.model.other.as_deref()) {
            pass.model(page, model);
        }
    }
    pass.figures_together();
    pass.found.into_values().collect()
}

/// One rule about one goal in some reports: reported once.
type Reported = (&'static str, String, BTreeSet<ReportId>);

struct Pass<'a> {
    project: &'a Project,
    /// Places of goals, by id.
    places: BTreeMap<&'a str, usize>,
    pages: &'a [Page<'a>],
    made: Date,
    found: BTreeMap<Reported, Refusal>,
}

/// Where something stands.
#[derive(Clone)]
struct Spot<'a> {
    page: &'a Page<'a>,
    /// As in “goal “reading-1”, Grade 3, 2025-26/P2”.
    what: String,
}

impl Spot<'_> {
    fn named(&self) -> String {
        format!("{}, {}", self.page.edition, self.what)
    }
}

impl<'a> Pass<'a> {
    /// Two places that cannot both be true; they may be in one report.
    fn refuse(&mut self, rule: &'static str, goal: &str, two: [&Spot<'_>; 2], message: &str, help: &str) {
        let reports: BTreeSet<ReportId> = two.iter().map(|spot| spot.page.from.report.clone()).collect();
        let word = if reports.len() == 1 { "The report is" } else { "The reports are" };
        let problem = Problem::error(format!("{message} {word} not made, in any language."))
            .at(Place::file(two[0].page.edition.path()))
            .found(format!("{} and {}", two[0].named(), two[1].named()))
            .hint(help);
        self.found.entry((rule, goal.to_owned(), reports.clone())).or_insert(Refusal { reports, problem });
    }

    /// A goal has one verdict for one reason in every report, or the rule that hides it from an audience is named.
    fn verdicts(&mut self) {
        struct Seen<'a> {
            spot: Spot<'a>,
            verdict: &'a VerdictModel,
            trial: bool,
        }
        let mut all: BTreeMap<(&str, Option<usize>), Vec<Seen<'a>>> = BTreeMap::new();
        for page in self.pages {
            for goal in &page.model.goals {
                let place = self.places.get(goal.id.as_str());
                let trial = page.from.parts.iter().any(|part| place.is_some_and(|place| part.trials.contains(place)));
                let parts = goal.parts.iter().enumerate().map(|(place, part)| (Some(place), &part.verdict));
                for (part, verdict) in std::iter::once((None, &goal.verdict)).chain(parts) {
                    let of = part.map_or_else(String::new, |part| format!(", part {}", part + 1));
                    let ground = verdict.ground.map_or_else(String::new, |ground| format!(" ({ground})"));
                    let what = format!("goal “{}”{of}: {}{ground}", goal.id, verdict.key);
                    all.entry((&goal.id, part)).or_default().push(Seen { spot: Spot { page, what }, verdict, trial });
                }
            }
        }
        for ((goal, _), seen) in all {
            let (hidden, judged): (Vec<_>, Vec<_>) = seen.iter().partition(|seen| seen.verdict.key == "not-shown");
            for one in hidden {
                let named = one.verdict.ground.is_some_and(is_rule) && !one.verdict.explain.is_empty();
                let other = judged.first().unwrap_or(&one);
                if !named {
                    let message =
                        format!("The goal “{goal}” is not shown to one audience, and no rule for it is named.");
                    let help = "Check [privacy] in termwise.toml and the section [hidden] of the dictionary.";
                    self.refuse("rule", goal, [&one.spot, &other.spot], &message, help);
                }
            }
            // While a metric is in rehearsal, some see it and others do not yet.
            for trial in [false, true] {
                let mut same = judged.iter().filter(|seen| seen.trial == trial);
                let Some(first) = same.next() else { continue };
                let of = |seen: &Seen| (seen.verdict.key, seen.verdict.ground);
                for other in same.filter(|other| of(other) != of(first)) {
                    let message = format!("The goal “{goal}” has two verdicts, or one for two reasons.");
                    let help = "The reports are written from the same spreadsheets; please report this as a fault of \
                                the engine, with the output of `termwise check --json`.";
                    self.refuse("verdict", goal, [&first.spot, &other.spot], &message, help);
                }
            }
        }
    }

    /// What one reader sees twice, and counts that give another one: found on the figures, before any word.
    fn figures_together(&mut self) {
        let mut seen = BTreeSet::new();
        let pages = self.pages.iter().filter(|page| seen.insert(&page.from.report));
        let (pages, sources): (Vec<&Page<'_>>, Vec<disclosure::Source<'_>>) =
            pages.flat_map(|page| page.from.sources().map(move |source| (page, source))).unzip();
        for breach in disclosure::breaches(self.project, &sources) {
            let two = breach.two.map(|(source, what)| Spot { page: pages[source], what });
            self.refuse(breach.rule, &breach.goal, [&two[0], &two[1]], &breach.message, breach.help);
        }
    }

    /// What a model says beside its figures.
    fn model(&mut self, page: &'a Page<'a>, model: &Model) {
        let closes = self.project.calendar.period(page.from.now).closes;
        let figures: BTreeMap<usize, &GoalFigures> =
            page.from.parts.iter().flat_map(|part| part.goals.iter()).map(|figures| (figures.goal, figures)).collect();
        let mut rows: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in model.figures_csv.lines().skip(1) {
            rows.entry(row.split(',').next().unwrap_or_default()).or_default().push(row);
        }
        for goal in &model.goals {
            let Some(figures) = self.places.get(goal.id.as_str()).and_then(|place| figures.get(place)) else {
                continue;
            };
            self.figures(page, goal, figures, &rows);
            self.actions(page, goal, figures, closes);
            let spot = |what: &str| Spot { page, what: format!("goal “{}”, {what}", goal.id) };
            let panels = std::iter::once((&goal.verdict, goal.panel.is_some()))
                .chain(goal.parts.iter().map(|part| (&part.verdict, part.panel.is_some())));
            for (verdict, there) in panels {
                let printed = there && matches!(model.audience, Audience::Staff | Audience::Plc);
                if verdict.shown_by.is_some() && !printed {
                    let message =
                        format!("The verdict of “{}” points at a table that this report does not have.", goal.id);
                    let help = "Please report this as a fault of the engine.";
                    self.refuse("table", &goal.id, [&spot("verdict"), &spot("the rules side by side")], &message, help);
                }
            }
            if self.project.goals[figures.goal].why_short.is_none() && goal.why_short != goal.why {
                let message = format!("The why of “{}” was cut.", goal.id);
                let help = "Write `why-short` in the goal, in words that make sense alone.";
                self.refuse("why", &goal.id, [&spot("why"), &spot("why, in short")], &message, help);
            }
        }
    }

    /// Verdict, target, chart and attached figures are those that were cleared.
    fn figures(
        &mut self,
        page: &'a Page<'a>,
        model: &GoalModel,
        figures: &GoalFigures,
        rows: &BTreeMap<&str, Vec<&str>>,
    ) {
        let spot = |what: &str| Spot { page, what: format!("goal “{}”, {what}", model.id) };
        let help = "Please report this as a fault of the engine.";
        if model.verdict.key != figures.verdict.key() {
            let message = format!("The verdict of “{}” is not the one that was cleared.", model.id);
            self.refuse("cleared", &model.id, [&spot("verdict"), &spot("figures")], &message, help);
        }
        if let (ClearedVerdict::Judged(_), Some(by)) = (&figures.verdict, figures.hidden)
            && model.verdict.hidden_by != Some(by.key())
        {
            let message = format!("A figure of “{}” is hidden, and no rule for it is named.", model.id);
            self.refuse("rule", &model.id, [&spot("verdict"), &spot("figures")], &message, help);
        }
        let first = figures.of(self.project).measured().map(|plan| plan.aims.first.target);
        let amended = |target: &f64| first.is_some_and(|first| (first - target).abs() > 1e-9);
        let target = figures.aim.as_ref().map(|aim| aim.target).filter(amended);
        if let (Unit::Share, Some(target), true) = (&figures.unit, target, model.amendments.is_empty()) {
            let said = percents(&model.statement);
            let target = target * 100.0;
            if !said.is_empty() && !said.iter().any(|percent| (percent - target).abs() < 0.5 + 1e-9) {
                let message =
                    format!("“{}” is printed with a statement of another target than the one in force.", model.id);
                let help = "Amend the statement with the target: docs/write-a-goal.md, “Amendments”.";
                self.refuse("statement", &model.id, [&spot("statement"), &spot("target")], &message, help);
            }
        }
        let charts = std::iter::once((figures, model.progress.as_ref()))
            .chain(figures.several.iter().zip(model.parts.iter().map(|part| Some(&part.progress))));
        for (figures, chart) in charts {
            let id = figures.of(self.project).id.clone();
            let drawn = figures.points.iter().filter(|point| point.figure != Figure::Nothing);
            let hidden = drawn.map(|point| point.figure == Figure::Hidden);
            let on_chart = chart.map(|chart| chart.points.iter().map(|point| point.hidden && point.y.is_none()));
            if on_chart.is_some_and(|on_chart| !on_chart.eq(hidden)) {
                let message = format!("The chart of “{id}” shows what is hidden, or hides what is shown.");
                self.refuse("chart", &id, [&spot("chart"), &spot("figures")], &message, help);
            }
            for row in rows.get(id.as_str()).into_iter().flatten() {
                let cells: Vec<&str> = row.split(',').collect();
                let [_, period, group, value, ..] = cells[..] else { continue };
                let Some(point) =
                    figures.points.iter().find(|point| self.project.calendar.period(point.period).key() == period)
                else {
                    continue;
                };
                let figure = match group {
                    "all" => Some(&point.figure),
                    _ => point.groups.iter().find(|(known, _)| in_csv(known) == group).map(|(_, figure)| figure),
                };
                let wanted = figure.and_then(Figure::place).map_or_else(String::new, |value| format!("{value:.2}"));
                if value != wanted {
                    let message = format!("The attached figures of “{id}” are not those that were cleared.");
                    self.refuse("attached", &id, [&spot("attached figures"), &spot("figures")], &message, help);
                }
            }
        }
    }

    /// Strategies stand as they stood on the closing day; a decision's “since then” begins after it.
    fn actions(&mut self, page: &'a Page<'a>, model: &GoalModel, figures: &GoalFigures, closes: Date) {
        let goal = &self.project.goals[figures.goal];
        let spot = |what: &str| Spot { page, what: format!("goal “{}”, {what}", goal.id) };
        let made = self.made;
        let known = goal.strategies.iter().filter(|strategy| strategy.known(made));
        for (place, (printed, strategy)) in model.strategies.iter().zip(known).enumerate() {
            let stage = strategy.on(closes).map(|(stage, _)| stage.id());
            if printed.key == "under-way" && stage != Some("under-way") {
                let message =
                    format!("A strategy of “{}” is printed as under way on {closes}, and it was not.", goal.id);
                let help = "Correct its `status`, `since` or `history`.";
                let two = [spot(&format!("strategy {}: under way", place + 1)), spot("its status and history")];
                self.refuse("strategy", &goal.id, [&two[0], &two[1]], &message, help);
            }
        }
        for decision in &model.decisions {
            let late = decision.since_on.first().is_some_and(|first| *first <= decision.on)
                || decision.before_on.as_ref().is_some_and(|before| *before > decision.on);
            if late || decision.goal != model.title {
                let message = format!("A decision of “{}” is read back with results of another time or goal.", goal.id);
                let help = "Please report this as a fault of the engine.";
                let two = [spot(&format!("decision of {}", decision.on)), spot("the results since then")];
                self.refuse("decision", &goal.id, [&two[0], &two[1]], &message, help);
            }
        }
    }
}

/// Whether a reason is a rule of an audience.
fn is_rule(ground: &str) -> bool {
    [Hiding::Small(0), Hiding::OneClass, Hiding::Bound, Hiding::Beside, Hiding::Part]
        .iter()
        .any(|by| by.key() == ground)
}

/// A group as the attached figures name it.
fn in_csv(group: &Group) -> String {
    match group {
        Group::All => "all".to_owned(),
        Group::Grade(grade) => format!("grade {grade}"),
        Group::Program(program) => format!("program {program}"),
    }
}

/// The numbers before a percent sign.
fn percents(text: &str) -> Vec<f64> {
    let parts: Vec<&str> = text.split('%').collect();
    let number = |before: &&str| {
        let before = before.trim_end();
        let digits = before.rsplit(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').next()?;
        digits.replace(',', ".").parse().ok()
    };
    parts[..parts.len() - 1].iter().filter_map(number).collect()
}

#[cfg(test)]
mod tests;
