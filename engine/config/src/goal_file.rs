//! `goals/*.toml` → checked goals and goals of teams.
//!
//! Comes in: the project as read so far. Goes out: its goals, every name in them resolved; all problems
//! at once, each at its line. What a goal means is described in docs/write-a-goal.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use termwise_base::problem::Problem;

mod places;

use super::contradictions;
use super::goals::{
    Aim, Amendment, Audience, Baseline, Decision, Goal, GoalKind, Interim, Judgement, Narrative, Parameter, PlcGoal,
    Population, Stage, Strategy, Way,
};
use super::load::{Check, date_of};
use super::{Calendar, MeasureId, Measures, Period, PeriodId, Project, School, SchoolId, toml_file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GoalFile {
    #[serde(default)]
    goal: Vec<Spanned<RawGoal>>,
    #[serde(default)]
    plc_goal: Vec<RawPlcGoal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawGoal {
    id: Spanned<String>,
    school: Spanned<String>,
    /// Not agreed yet: shown among staff only, and not recorded as agreed.
    #[serde(default)]
    draft: bool,
    area: String,
    /// Language of its texts; none: the school's.
    written_in: Option<Spanned<String>>,
    title: Spanned<String>,
    statement: Spanned<String>,
    why: String,
    why_short: Option<String>,
    priority: Option<String>,
    evidence: Option<String>,
    #[serde(default)]
    beliefs: Vec<Spanned<String>>,
    indicator: Option<String>,
    #[serde(default)]
    population: RawPopulation,
    #[serde(default)]
    measures: Vec<Spanned<String>>,
    at_least: Option<Spanned<u32>>,
    metric: Option<Spanned<String>>,
    /// The metric's own parameters.
    #[serde(default)]
    parameters: BTreeMap<String, Spanned<Parameter>>,
    /// The metric's output that the goal is judged by; none is its first.
    output: Option<Spanned<String>>,
    /// For a goal of kind `metric`: the period of the year that it compares with.
    from: Option<Spanned<String>>,
    direction: Option<Spanned<String>>,
    /// Two parts of the population that the metric compares.
    compare: Option<Spanned<Vec<RawPopulation>>>,
    #[serde(default = "share")]
    kind: Spanned<String>,
    growth: Option<RawGrowth>,
    rule: Option<Spanned<RawRule>>,
    #[serde(default)]
    part: Vec<RawPart>,
    rubric: Option<Spanned<Vec<String>>>,
    target_level: Option<Spanned<String>>,
    #[serde(default)]
    judgement: Vec<RawJudgement>,
    baseline: Option<Spanned<RawBaseline>>,
    target: Option<Spanned<f64>>,
    tolerance: Option<Spanned<f64>>,
    deadline: Spanned<Datetime>,
    #[serde(default)]
    interim: Vec<RawInterim>,
    #[serde(default)]
    amendment: Vec<RawAmendment>,
    #[serde(default)]
    strategy: Vec<RawStrategy>,
    #[serde(default)]
    decision: Vec<RawDecision>,
    #[serde(default)]
    questions: Vec<String>,
    families: Option<String>,
    council_question: Option<String>,
    audiences: Option<Vec<Audience>>,
    #[serde(default)]
    plcs: Vec<Spanned<String>>,
}

/// One of several measures of a goal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawPart {
    title: Spanned<String>,
    indicator: Option<String>,
    population: Option<RawPopulation>,
    #[serde(default)]
    measures: Vec<Spanned<String>>,
    at_least: Option<Spanned<u32>>,
    metric: Option<Spanned<String>>,
    #[serde(default)]
    parameters: BTreeMap<String, Spanned<Parameter>>,
    output: Option<Spanned<String>>,
    from: Option<Spanned<String>>,
    direction: Option<Spanned<String>>,
    compare: Option<Spanned<Vec<RawPopulation>>>,
    #[serde(default = "share")]
    kind: Spanned<String>,
    growth: Option<RawGrowth>,
    baseline: Option<Spanned<RawBaseline>>,
    target: Option<Spanned<f64>>,
    tolerance: Option<Spanned<f64>>,
    #[serde(default)]
    interim: Vec<RawInterim>,
    #[serde(default)]
    amendment: Vec<RawAmendment>,
}

/// What a goal and a part of one have in common: how it is measured.
struct Measured<'a> {
    /// Where to point when something is missing.
    place: std::ops::Range<usize>,
    title: &'a Spanned<String>,
    indicator: &'a Option<String>,
    population: &'a RawPopulation,
    measures: &'a [Spanned<String>],
    at_least: &'a Option<Spanned<u32>>,
    metric: &'a Option<Spanned<String>>,
    output: &'a Option<Spanned<String>>,
    parameters: &'a BTreeMap<String, Spanned<Parameter>>,
    from: &'a Option<Spanned<String>>,
    direction: &'a Option<Spanned<String>>,
    compare: &'a Option<Spanned<Vec<RawPopulation>>>,
    kind: &'a Spanned<String>,
    growth: &'a Option<RawGrowth>,
    baseline: &'a Option<Spanned<RawBaseline>>,
    target: &'a Option<Spanned<f64>>,
    interim: &'a [RawInterim],
    amendments: &'a [RawAmendment],
}

impl RawGoal {
    fn measured(&self) -> Measured<'_> {
        Measured {
            place: self.id.span(),
            title: &self.title,
            indicator: &self.indicator,
            population: &self.population,
            measures: &self.measures,
            at_least: &self.at_least,
            metric: &self.metric,
            output: &self.output,
            parameters: &self.parameters,
            from: &self.from,
            direction: &self.direction,
            compare: &self.compare,
            kind: &self.kind,
            growth: &self.growth,
            baseline: &self.baseline,
            target: &self.target,
            interim: &self.interim,
            amendments: &self.amendment,
        }
    }
}

impl RawPart {
    fn measured<'a>(&'a self, goal: &'a RawGoal) -> Measured<'a> {
        Measured {
            place: self.title.span(),
            title: &self.title,
            indicator: &self.indicator,
            population: self.population.as_ref().unwrap_or(&goal.population),
            measures: &self.measures,
            at_least: &self.at_least,
            metric: &self.metric,
            output: &self.output,
            parameters: &self.parameters,
            from: &self.from,
            direction: &self.direction,
            compare: &self.compare,
            kind: &self.kind,
            growth: &self.growth,
            baseline: &self.baseline,
            target: &self.target,
            interim: &self.interim,
            amendments: &self.amendment,
        }
    }
}

fn share() -> Spanned<String> {
    Spanned::new(0..0, "share".to_owned())
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPopulation {
    #[serde(default)]
    grades: Vec<Spanned<String>>,
    #[serde(default)]
    programs: Vec<String>,
    #[serde(default)]
    staff: bool,
}

impl RawPopulation {
    pub(super) fn checked(&self) -> Population {
        Population {
            grades: self.grades.iter().map(|g| g.get_ref().clone()).collect(),
            programs: self.programs.clone(),
            staff: self.staff,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGrowth {
    from: Spanned<String>,
    gain: Gain,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Gain {
    Every(f64),
    ByPeriod(BTreeMap<String, f64>),
}

/// How many parts must be reached.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawRule {
    Number(u32),
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawBaseline {
    period: Option<String>,
    first_full_period_from: Option<String>,
    /// The older word for `value`.
    share: Option<f64>,
    value: Option<f64>,
    on: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInterim {
    period: Spanned<String>,
    target: Option<Spanned<f64>>,
    level: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawJudgement {
    on: Spanned<Datetime>,
    level: Spanned<String>,
    text: String,
    agreed_by: OneOrMany,
}

/// One text or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn all(&self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one.clone()],
            Self::Many(many) => many.clone(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawAmendment {
    on: Spanned<Datetime>,
    statement: Option<Spanned<String>>,
    title: Option<Spanned<String>>,
    reason: Spanned<String>,
    agreed_by: OneOrMany,
    target: Option<Spanned<f64>>,
    deadline: Option<Spanned<Datetime>>,
    baseline: Option<Spanned<RawBaseline>>,
    interim: Option<Vec<RawInterim>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStrategy {
    text: String,
    team: Option<String>,
    #[serde(default)]
    grades: Vec<Spanned<String>>,
    since: Option<Spanned<Datetime>>,
    #[serde(default = "proposed")]
    status: Spanned<String>,
    #[serde(default)]
    history: Vec<RawStage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStage {
    status: Spanned<String>,
    on: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDecision {
    on: Spanned<Datetime>,
    meeting: String,
    text: String,
    /// To whom it is read back: staff, teams and leadership, unless it says so.
    audiences: Option<Vec<Audience>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlcGoal {
    id: Spanned<String>,
    plc: Spanned<String>,
    serves: Option<Spanned<String>>,
    title: Spanned<String>,
    #[serde(default)]
    population: RawPopulation,
    target: Spanned<f64>,
}

/// Who hears of the decisions of a staff meeting, and who sees a goal before it is agreed.
const AMONG_STAFF: [Audience; 3] = [Audience::Staff, Audience::Plc, Audience::Leadership];

fn proposed() -> Spanned<String> {
    Spanned::new(0..0, Stage::Proposed.id().to_owned())
}

/// Reads every goal file into the project, in the order of their names.
/// The goals are held against the calendar if that is `sound`.
pub(super) fn load(root: &Path, project: &mut Project, sound: bool, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    let mut teams = Vec::new();
    for path in toml_file::in_folder(root, "goals") {
        let Some((file, text)) = toml_file::read::<GoalFile>(root, &path, problems) else { continue };
        for raw in &file.goal {
            let mut check = Check { text: &text, problems };
            let raw = raw.get_ref();
            check.id(&raw.id, &mut seen, "goal");
            let goal = check.whole(raw, project, sound);
            project.goals.push(goal);
        }
        teams.push((file.plc_goal, text));
    }
    for (raw, text) in &teams {
        let mut check = Check { text, problems };
        for raw in raw {
            check.id(&raw.id, &mut seen, "goal");
            let goal = check.plc_goal(raw, project);
            project.plc_goals.extend(goal);
        }
    }
    if project.goals.is_empty() && !problems.iter().any(Problem::is_error) {
        problems.push(
            Problem::warning("This project has no goals, so its reports have nothing to say.")
                .hint("Add a [[goal]] to a file in the folder “goals”."),
        );
    }
}

/// Adds the goals of a text that is in no file yet, as `goal new` makes one.
pub fn add(project: &mut Project, name: &str, text: &str, problems: &mut Vec<Problem>) {
    let Some((file, text)) = toml_file::parse::<GoalFile>(name, text.to_owned(), problems) else { return };
    let mut seen: BTreeSet<String> = project.goals.iter().map(|goal| goal.id.clone()).collect();
    for raw in &file.goal {
        let mut check = Check { text: &text, problems };
        let raw = raw.get_ref();
        check.id(&raw.id, &mut seen, "goal");
        let goal = check.whole(raw, project, true);
        project.goals.push(goal);
    }
}

/// Who sees a goal: all, or those named; a draft only those of them who work on it.
fn audiences(raw: &RawGoal) -> Vec<Audience> {
    let named = raw.audiences.clone().unwrap_or_else(|| Audience::ALL.to_vec());
    if !raw.draft {
        return named;
    }
    let among: Vec<Audience> = named.into_iter().filter(|audience| AMONG_STAFF.contains(audience)).collect();
    if among.is_empty() { AMONG_STAFF.to_vec() } else { among }
}

/// Amendments in the order of their days: a goal's places are named by it.
fn amendments_by_day(raw: &[RawAmendment]) -> Vec<&RawAmendment> {
    let mut sorted: Vec<&RawAmendment> = raw.iter().collect();
    sorted.sort_by_key(|amendment| date_of(amendment.on.get_ref()));
    sorted
}

/// Targets on the way in the order of time.
fn interims_by_time<'a>(raw: &'a [RawInterim], calendar: &Calendar) -> Vec<&'a RawInterim> {
    let mut sorted: Vec<&RawInterim> = raw.iter().collect();
    sorted.sort_by_key(|interim| calendar.by_key(interim.period.get_ref()));
    sorted
}

/// Judgements in the order of their days.
fn judgements_by_day(raw: &[RawJudgement]) -> Vec<&RawJudgement> {
    let mut sorted: Vec<&RawJudgement> = raw.iter().collect();
    sorted.sort_by_key(|judgement| date_of(judgement.on.get_ref()));
    sorted
}

/// A goal's way of being measured, checked.
struct Checked {
    measures: Vec<MeasureId>,
    kind: GoalKind,
    metric: String,
    parameters: BTreeMap<String, Parameter>,
    output: Option<String>,
    compare: Option<[Population; 2]>,
    direction: Option<Way>,
    aim: Aim,
    amendments: Vec<Amendment>,
}

impl Check<'_> {
    /// A goal, and whether it can be true. What cannot be read is not held against anything.
    fn whole(&mut self, raw: &RawGoal, project: &Project, sound: bool) -> Goal {
        let line = self.text.place(raw.id.span()).line.unwrap_or(0);
        let before = self.problems.len();
        let goal = self.goal(raw, project, line);
        if sound && !self.problems[before..].iter().any(Problem::is_error) {
            self.problems.extend(contradictions::of_the_file(
                &goal,
                &project.calendar,
                project.judging.containing_deadline,
            ));
        }
        goal
    }

    fn goal(&mut self, raw: &RawGoal, project: &Project, line: usize) -> Goal {
        let school = self.school(&raw.school, &project.schools);
        for id in &raw.plcs {
            if !project.plcs.iter().any(|p| p.id == *id.get_ref() && p.school == school) {
                let known: Vec<&str> =
                    project.plcs.iter().filter(|p| p.school == school).map(|p| p.id.as_str()).collect();
                self.unknown(id.span(), "PLC of this school", id.get_ref(), known);
            }
        }
        let mut decisions: Vec<Decision> = raw
            .decision
            .iter()
            .map(|d| Decision {
                on: self.date(&d.on),
                meeting: d.meeting.clone(),
                text: d.text.clone(),
                audiences: d.audiences.clone().unwrap_or_else(|| AMONG_STAFF.to_vec()),
            })
            .collect();
        decisions.sort_by_key(|decision| decision.on);
        let whole = raw.measured();
        let checked = self.measured(&whole, raw, project, school);
        let mut goal = Goal {
            id: raw.id.get_ref().clone(),
            school,
            area: raw.area.clone(),
            written_in: {
                let of_school = project.schools.get(school.0).map_or("", |school| school.written_in.as_str());
                self.written_in(raw.written_in.as_ref(), of_school)
            },
            title: raw.title.get_ref().clone(),
            statement: raw.statement.get_ref().clone(),
            why: raw.why.clone(),
            why_short: raw.why_short.clone(),
            priority: raw.priority.clone(),
            evidence: raw.evidence.clone(),
            beliefs: self.measures(&raw.beliefs, &project.measures),
            indicator: raw.indicator.clone(),
            population: raw.population.checked(),
            metric: checked.metric,
            parameters: checked.parameters,
            output: checked.output,
            compare: checked.compare,
            direction: checked.direction,
            kind: checked.kind,
            measures: checked.measures,
            first: checked.aim,
            amendments: checked.amendments,
            put_off: Vec::new(),
            tolerance: self.tolerance(&raw.tolerance),
            strategies: raw.strategy.iter().map(|s| self.strategy(s, project.schools.get(school.0))).collect(),
            decisions,
            questions: raw.questions.clone(),
            families: raw.families.clone(),
            council_question: raw.council_question.clone(),
            audiences: audiences(raw),
            plcs: raw.plcs.iter().map(|p| p.get_ref().clone()).collect(),
            draft: raw.draft,
            place: (self.text.path.clone(), line),
            places: self.places(&whole, raw, &project.calendar),
        };
        if raw.kind.get_ref() == "several" {
            goal.kind = self.several(raw, &goal, project);
        } else if let Some(part) = raw.part.first() {
            self.fault(
                part.title.span(),
                "Parts belong to goals of kind “several”.",
                "Set `kind = \"several\"`, or take the [[goal.part]] away.",
            );
        }
        goal
    }

    /// How a goal or a part of one is measured.
    fn measured(&mut self, raw: &Measured<'_>, goal: &RawGoal, project: &Project, school: SchoolId) -> Checked {
        let here = project.schools.get(school.0);
        for grade in &raw.population.grades {
            self.grade(grade, here);
        }
        let measures = self.measures(raw.measures, &project.measures);
        let kind = self.kind(raw, goal, &measures, project);
        let aim = self.aim(raw, &kind, goal, project);
        let amendments = amendments_by_day(raw.amendments);
        let amendments = amendments.into_iter().map(|a| self.amendment(a, &kind, &project.calendar)).collect();
        Checked {
            parameters: raw.parameters.iter().map(|(name, value)| (name.clone(), value.get_ref().clone())).collect(),
            output: raw.output.as_ref().map(|output| output.get_ref().clone()),
            metric: raw.metric.as_ref().map(|metric| metric.get_ref().clone()).unwrap_or_else(|| match kind {
                // Their parts have metrics, or nothing has.
                GoalKind::Several { .. } | GoalKind::Narrative(_) => String::new(),
                GoalKind::MatchedGrowth { .. } => "share-growing".into(),
                _ => "share-at-or-above".into(),
            }),
            compare: raw.compare.as_ref().and_then(|sides| self.compare(sides, raw.population, here)),
            direction: raw.direction.as_ref().and_then(|word| self.direction(word)),
            measures,
            kind,
            aim,
            amendments,
        }
    }

    fn several(&mut self, raw: &RawGoal, goal: &Goal, project: &Project) -> GoalKind {
        let mut parts = Vec::new();
        for (place, part) in raw.part.iter().enumerate() {
            if ["several", "narrative"].contains(&part.kind.get_ref().as_str()) {
                self.fault(
                    part.kind.span(),
                    format!("A part cannot be of kind “{}”.", part.kind.get_ref()),
                    "Use share, matched-growth or metric.",
                );
                continue;
            }
            for deadline in part.amendment.iter().filter_map(|amendment| amendment.deadline.as_ref()) {
                self.fault(
                    deadline.span(),
                    "A part ends with its goal.",
                    "Write the new `deadline` in a [[goal.amendment]] of the goal itself.",
                );
            }
            let view = part.measured(raw);
            let checked = self.measured(&view, raw, project, goal.school);
            parts.push(Goal {
                id: format!("{}.{}", goal.id, place + 1),
                title: part.title.get_ref().clone(),
                indicator: part.indicator.clone(),
                population: view.population.checked(),
                metric: checked.metric,
                parameters: checked.parameters,
                output: checked.output,
                compare: checked.compare,
                direction: checked.direction,
                kind: checked.kind,
                measures: checked.measures,
                first: checked.aim,
                amendments: checked.amendments,
                put_off: goal.amendments.iter().filter_map(|whole| Some((whole.on, whole.deadline?))).collect(),
                tolerance: self.tolerance(&part.tolerance),
                places: self.places(&view, raw, &project.calendar),
                ..goal.clone()
            });
        }
        let all = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        if all < 2 {
            self.fault(
                raw.kind.span(),
                "A goal of kind “several” has at least two parts.",
                "Add a [[goal.part]] each.",
            );
        }
        let at_least = match raw.rule.as_ref().map(Spanned::get_ref) {
            None => all,
            Some(RawRule::Word(word)) if word == "all" => all,
            Some(RawRule::Word(word)) if word == "any" => 1,
            Some(RawRule::Number(k)) if (1..=all).contains(k) => *k,
            Some(_) => {
                let span = raw.rule.as_ref().map_or(0..0, Spanned::span);
                self.fault(span, "This rule is not known.", format!("Use “all”, “any” or a number from 1 to {all}."));
                all
            }
        };
        GoalKind::Several { at_least, parts }
    }

    fn direction(&mut self, word: &Spanned<String>) -> Option<Way> {
        match word.get_ref().as_str() {
            "up" => Some(Way::Up),
            "down" => Some(Way::Down),
            other => {
                self.unknown(word.span(), "direction", other, ["up", "down"]);
                None
            }
        }
    }

    fn tolerance(&mut self, raw: &Option<Spanned<f64>>) -> Option<f64> {
        let value = raw.as_ref()?;
        if !value.get_ref().is_finite() || *value.get_ref() < 0.0 {
            self.fault(value.span(), "A tolerance is a number of 0 or more.", "Write it in the goal's unit.");
        }
        Some(*value.get_ref())
    }

    /// Start, target and deadline.
    fn aim(&mut self, raw: &Measured<'_>, kind: &GoalKind, goal: &RawGoal, project: &Project) -> Aim {
        let numbers =
            !matches!(goal.kind.get_ref().as_str(), "several" | "narrative") || !std::ptr::eq(raw.kind, &goal.kind);
        let deadline = self.date(&goal.deadline);
        if !numbers {
            for span in raw.target.iter().map(Spanned::span).chain(raw.baseline.iter().map(Spanned::span)) {
                self.fault(
                    span,
                    format!("A goal of kind “{}” has no number of its own.", goal.kind.get_ref()),
                    "Take it away; the parts, or the rubric, say where it starts and ends.",
                );
            }
            return Aim { baseline: Baseline::Period(PeriodId(0)), target: 0.0, deadline, interim: Vec::new() };
        }
        if raw.target.is_none() || raw.baseline.is_none() {
            self.fault(
                raw.place.clone(),
                "This goal does not say where it starts and what it aims at.",
                "Add `baseline = { period = \"…\" }` and `target = 0.75`.",
            );
        }
        let baseline = raw.baseline.as_ref().map(|baseline| self.baseline(baseline, kind, &project.calendar));
        Aim {
            baseline: baseline.unwrap_or(Baseline::Period(PeriodId(0))),
            target: raw.target.as_ref().map_or(0.0, |target| self.figure(target, kind, "target")),
            deadline,
            interim: self.interims(raw.interim, kind, &project.calendar),
        }
    }

    /// A number in the goal's unit: a share from 0 to 1, unless a metric of another kind counts it.
    fn figure(&mut self, value: &Spanned<f64>, kind: &GoalKind, name: &str) -> f64 {
        match kind {
            GoalKind::Metric { .. } if value.get_ref().is_finite() => *value.get_ref(),
            _ => self.fraction(value, name),
        }
    }

    fn interims(&mut self, raw: &[RawInterim], kind: &GoalKind, calendar: &Calendar) -> Vec<Interim> {
        let mut found = Vec::new();
        for interim in interims_by_time(raw, calendar) {
            let period = self.period(&interim.period, calendar);
            match (&interim.target, &interim.level) {
                (Some(target), None) => found.push(Interim { period, target: self.figure(target, kind, "target") }),
                _ => self.fault(
                    interim.period.span(),
                    "This interim target has no number.",
                    "Write `{ period = \"2025-26/P2\", target = 0.68 }`.",
                ),
            }
        }
        found
    }

    fn amendment(&mut self, raw: &RawAmendment, kind: &GoalKind, calendar: &Calendar) -> Amendment {
        if raw.reason.get_ref().trim().is_empty() || raw.agreed_by.all().iter().all(|who| who.trim().is_empty()) {
            self.fault(
                raw.reason.span(),
                "An amendment says why, and who agreed.",
                "Fill in `reason` and `agreed-by`, as in `agreed-by = [\"Staff meeting\"]`.",
            );
        }
        let numbers = raw.target.is_some() || raw.deadline.is_some() || raw.baseline.is_some() || raw.interim.is_some();
        if !numbers && raw.statement.is_none() && raw.title.is_none() {
            self.fault(
                raw.on.span(),
                "This amendment changes nothing.",
                "Add what is new: `target`, `deadline`, `baseline`, `interim`, `statement` or `title`.",
            );
        }
        Amendment {
            on: self.date(&raw.on),
            reason: raw.reason.get_ref().clone(),
            agreed_by: raw.agreed_by.all(),
            target: raw.target.as_ref().map(|target| self.figure(target, kind, "target")),
            deadline: raw.deadline.as_ref().map(|day| self.date(day)),
            baseline: raw.baseline.as_ref().map(|baseline| self.baseline(baseline, kind, calendar)),
            interim: raw.interim.as_ref().map(|interim| self.interims(interim, kind, calendar)),
            statement: raw.statement.as_ref().map(|text| text.get_ref().clone()),
            title: raw.title.as_ref().map(|text| text.get_ref().clone()),
        }
    }

    /// The two sides of a comparison.
    fn compare(
        &mut self,
        raw: &Spanned<Vec<RawPopulation>>,
        whole: &RawPopulation,
        school: Option<&School>,
    ) -> Option<[Population; 2]> {
        let [first, second] = raw.get_ref().as_slice() else {
            self.fault(
                raw.span(),
                "`compare` names two parts of the population, no more and no less.",
                "Write `compare = [{ programs = [\"EUBP\"] }, { programs = [\"English\"] }]`.",
            );
            return None;
        };
        for grade in first.grades.iter().chain(&second.grades) {
            self.grade(grade, school);
        }
        let (first, second, whole) = (first.checked(), second.checked(), whole.checked());
        if first.meets(&second) {
            self.fault(
                raw.span(),
                "A student can be in both groups that `compare` names.",
                "Name two groups that share nobody: two programs, or other grades.",
            );
            return None;
        }
        if [&first, &second].iter().any(|side| !side.meets(&whole)) {
            self.fault(
                raw.span(),
                "`compare` names a group that has nobody of the goal’s population.",
                "Name two parts of the population, or widen `population`.",
            );
            return None;
        }
        Some([first, second])
    }

    fn measures(&mut self, raw: &[Spanned<String>], measures: &Measures) -> Vec<MeasureId> {
        raw.iter()
            .filter_map(|id| {
                let found = measures.by_id(id.get_ref());
                if found.is_none() {
                    self.unknown(
                        id.span(),
                        "measure",
                        id.get_ref(),
                        measures.measures.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(),
                    );
                }
                found
            })
            .collect()
    }

    fn kind(&mut self, raw: &Measured<'_>, goal: &RawGoal, measures: &[MeasureId], project: &Project) -> GoalKind {
        let word = raw.kind.get_ref().as_str();
        if word != "metric" {
            self.only_for_metrics(raw);
        }
        if raw.measures.is_empty() && ["share", "matched-growth", "metric"].contains(&word) {
            self.fault(raw.place.clone(), "This goal does not say what is measured.", "Add `measures = [\"…\"]`.");
        }
        match (word, raw.growth) {
            ("metric", None) => {
                if raw.metric.is_none() {
                    self.fault(
                        raw.kind.span(),
                        "A goal of kind “metric” does not say which metric computes it.",
                        "Add `metric = \"NAME\"`; `termwise plugin list` shows the names.",
                    );
                }
                if raw.indicator.is_none() {
                    self.fault(
                        raw.kind.span(),
                        "A goal of kind “metric” does not say what is counted.",
                        "Add `indicator = \"…\"`: what is said of a student who counts, as in “missed one day in ten”.",
                    );
                }
                if let Some(from) = raw.from {
                    self.period_of_a_year(from, &project.calendar);
                }
                GoalKind::Metric { from: raw.from.as_ref().map(|from| from.get_ref().clone()) }
            }
            ("share", None) => {
                let all = u32::try_from(measures.len()).unwrap_or(1).max(1);
                let at_least = raw.at_least.as_ref().map_or(all, |k| *k.get_ref());
                if let Some(k) = raw.at_least.as_ref().filter(|_| at_least == 0 || at_least > all) {
                    self.fault(
                        k.span(),
                        format!("`at-least` is {at_least}, but the goal has {all} measures."),
                        format!("Use a number from 1 to {all}."),
                    );
                }
                for (id, name) in measures.iter().zip(raw.measures) {
                    if !project.measures.expectations.iter().any(|e| e.measures.contains(id)) {
                        self.fault(
                            name.span(),
                            format!(
                                "The measure “{}” has no expectation table, so nobody can be at level.",
                                name.get_ref()
                            ),
                            "Add an [[expectation]] for it to measures.toml.",
                        );
                    }
                }
                GoalKind::Share { at_least }
            }
            ("matched-growth", Some(growth)) => {
                self.period_of_a_year(&growth.from, &project.calendar);
                if measures.len() != 1 {
                    self.fault(
                        raw.kind.span(),
                        format!("A growth goal is about one measure; this one names {}.", measures.len()),
                        "Make a goal for each measure.",
                    );
                }
                let gain = match &growth.gain {
                    Gain::Every(steps) => BTreeMap::from([("*".to_owned(), *steps)]),
                    Gain::ByPeriod(map) => map.clone(),
                };
                GoalKind::MatchedGrowth { from: growth.from.get_ref().clone(), gain }
            }
            ("matched-growth", None) => {
                self.fault(
                    raw.kind.span(),
                    "A growth goal needs to know from when and by how much.",
                    "Add `growth = { from = \"P1\", gain = 2 }`.",
                );
                GoalKind::Share { at_least: 1 }
            }
            // The parts are read when the goal is known that they take the rest from.
            ("several", None) => GoalKind::Several { at_least: 0, parts: Vec::new() },
            ("narrative", None) => self.narrative(goal, &project.calendar),
            ("share" | "metric" | "several" | "narrative", Some(growth)) => {
                self.fault(
                    growth.from.span(),
                    "`growth` belongs to goals of kind “matched-growth”.",
                    "Set `kind = \"matched-growth\"`, or take `growth` away.",
                );
                GoalKind::Share { at_least: 1 }
            }
            (other, _) => {
                let known = ["share", "matched-growth", "metric", "several", "narrative"];
                self.unknown(raw.kind.span(), "kind of goal", other, known);
                GoalKind::Share { at_least: 1 }
            }
        }
    }

    fn narrative(&mut self, raw: &RawGoal, calendar: &Calendar) -> GoalKind {
        let rubric = raw.rubric.as_ref().map(|rubric| rubric.get_ref().clone()).unwrap_or_default();
        if rubric.len() < 2 {
            let span = raw.rubric.as_ref().map_or(raw.kind.span(), Spanned::span);
            self.fault(
                span,
                "A narrative goal needs a rubric of at least two levels.",
                "Add `rubric = [\"lowest level\", …, \"highest level\"]`.",
            );
        }
        let target = match &raw.target_level {
            Some(word) => self.level(word, &rubric),
            None => {
                let hint = "Add `target-level = \"…\"`, one of the rubric's.";
                self.fault(raw.kind.span(), "A narrative goal does not say which level is to be reached.", hint);
                0
            }
        };
        let mut interim = Vec::new();
        for raw in interims_by_time(&raw.interim, calendar) {
            let period = self.period(&raw.period, calendar);
            match &raw.level {
                Some(level) => interim.push((period, self.level(level, &rubric))),
                None => self.fault(
                    raw.period.span(),
                    "On the way to a level of a rubric there are levels, not numbers.",
                    "Write `{ period = \"2025-26/P2\", level = \"…\" }`.",
                ),
            }
        }
        let judgements = judgements_by_day(&raw.judgement)
            .into_iter()
            .map(|j| Judgement {
                on: self.date(&j.on),
                level: self.level(&j.level, &rubric),
                text: j.text.clone(),
                agreed_by: j.agreed_by.all(),
            })
            .collect();
        GoalKind::Narrative(Narrative { rubric, target, interim, judgements })
    }

    /// The place of a level in a rubric.
    fn level(&mut self, word: &Spanned<String>, rubric: &[String]) -> usize {
        rubric.iter().position(|level| level == word.get_ref()).unwrap_or_else(|| {
            self.unknown(word.span(), "level of the rubric", word.get_ref(), rubric.iter().map(String::as_str));
            0
        })
    }

    /// What the kinds with a plugin of their own set by themselves.
    fn only_for_metrics(&mut self, raw: &Measured<'_>) {
        if let Some(from) = raw.from {
            self.fault(
                from.span(),
                "`from` belongs to goals of kind “metric”.",
                "Write `growth = { from = …, gain = … }` for a growth goal, or set `kind = \"metric\"`.",
            );
        }
    }

    /// The id of a period within a year, as in `P1`.
    fn period_of_a_year(&mut self, id: &Spanned<String>, calendar: &Calendar) {
        if !calendar.periods.iter().any(|p| p.id == *id.get_ref()) {
            let known: BTreeSet<&str> = calendar.periods.iter().map(|p| p.id.as_str()).collect();
            self.unknown(id.span(), "reporting period", id.get_ref(), known);
        }
    }

    fn period(&mut self, key: &Spanned<String>, calendar: &Calendar) -> PeriodId {
        calendar.by_key(key.get_ref()).unwrap_or_else(|| {
            let known: Vec<String> = calendar.periods.iter().map(Period::key).collect();
            self.unknown(
                key.span(),
                "reporting period",
                key.get_ref(),
                known.iter().map(String::as_str).collect::<Vec<_>>(),
            );
            PeriodId(0)
        })
    }

    fn baseline(&mut self, raw: &Spanned<RawBaseline>, kind: &GoalKind, calendar: &Calendar) -> Baseline {
        let RawBaseline { period, first_full_period_from, share, value, on } = raw.get_ref();
        let spanned = |text: &String| Spanned::new(raw.span(), text.clone());
        match (period, first_full_period_from, value.or(*share), on) {
            (Some(period), None, None, None) => Baseline::Period(self.period(&spanned(period), calendar)),
            (None, Some(period), None, None) => Baseline::FirstFull(self.period(&spanned(period), calendar)),
            (None, None, Some(value), Some(on)) if share.is_none() || raw.get_ref().value.is_none() => {
                Baseline::Value {
                    value: self.figure(&Spanned::new(raw.span(), value), kind, "value"),
                    on: self.date(&Spanned::new(raw.span(), *on)),
                }
            }
            _ => {
                self.fault(
                    raw.span(),
                    "The baseline is neither a reporting period nor a share with its day.",
                    "Write `{ period = \"2024-25/P3\" }`, `{ value = 0.58, on = 2025-06-20 }` or \
                     `{ first-full-period-from = \"2025-26/P1\" }`.",
                );
                Baseline::Period(PeriodId(0))
            }
        }
    }

    fn stage(&mut self, word: &Spanned<String>) -> Stage {
        Stage::ALL.into_iter().find(|stage| stage.id() == word.get_ref()).unwrap_or_else(|| {
            self.unknown(word.span(), "status", word.get_ref(), Stage::ALL.map(Stage::id));
            Stage::Proposed
        })
    }

    fn strategy(&mut self, raw: &RawStrategy, school: Option<&School>) -> Strategy {
        for grade in &raw.grades {
            self.grade(grade, school);
        }
        let mut history: Vec<_> = raw.history.iter().map(|h| (self.stage(&h.status), self.date(&h.on))).collect();
        history.sort_by_key(|(_, day)| *day);
        Strategy {
            text: raw.text.clone(),
            team: raw.team.clone(),
            grades: raw.grades.iter().map(|g| g.get_ref().clone()).collect(),
            since: raw.since.as_ref().map(|day| self.date(day)),
            status: self.stage(&raw.status),
            history,
        }
    }

    fn plc_goal(&mut self, raw: &RawPlcGoal, project: &Project) -> Option<PlcGoal> {
        let plc = project.plcs.iter().position(|plc| plc.id == *raw.plc.get_ref());
        if plc.is_none() {
            self.unknown(raw.plc.span(), "PLC", raw.plc.get_ref(), project.plcs.iter().map(|p| p.id.as_str()));
        }
        let plc = plc?;
        let school = project.plcs[plc].school;
        for grade in &raw.population.grades {
            self.grade(grade, project.schools.get(school.0));
        }
        let serves = raw.serves.as_ref().and_then(|id| {
            let found = project.goals.iter().position(|goal| goal.id == *id.get_ref() && goal.school == school);
            if found.is_none() {
                let known: Vec<&str> =
                    project.goals.iter().filter(|goal| goal.school == school).map(|goal| goal.id.as_str()).collect();
                self.unknown(id.span(), "goal of this team's school", id.get_ref(), known);
            }
            found
        });
        let target = self.fraction(&raw.target, "target");
        // A team may serve a goal of which less is better: what its metric counts is not known here.
        let more = serves.is_none_or(|goal| matches!(project.goals[goal].kind, GoalKind::Share { .. }));
        if let Some(problem) = contradictions::team(raw.id.get_ref(), target).filter(|_| more) {
            self.problems.push(problem.at(self.text.place(raw.target.span())));
        }
        if let Some(problem) = contradictions::texts::of_team(raw.id.get_ref(), raw.title.get_ref(), target) {
            self.problems.push(problem.at(self.text.place(raw.title.span())));
        }
        Some(PlcGoal {
            id: raw.id.get_ref().clone(),
            plc,
            serves,
            title: raw.title.get_ref().clone(),
            population: raw.population.checked(),
            target,
        })
    }
}
