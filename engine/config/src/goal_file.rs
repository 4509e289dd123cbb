//! `goals/*.toml` → checked goals and goals of teams.
//!
//! Comes in: the project as read so far. Goes out: its goals, every name in them resolved; all problems
//! at once, each at its line. What a goal means is described in docs/write-a-goal.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use jiff::civil::Date;
use termwise_base::problem::Problem;

mod places;

use super::contradictions;
use super::goals::{
    Aim, Aims, Amendment, Audience, Baseline, Counting, Decision, Goal, Interim, Judgement, Measured, Narrative,
    Parameter, Plan, PlcGoal, Population, Several, Stage, Strategy, Way,
};
use super::load::{Check, date_of};
use super::{Calendar, MeasureId, Measures, Period, PeriodId, Project, School, toml_file};

/// SMART goals of schools and goals of their PLCs: a file in the folder `goals`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Termwise goals")]
pub(super) struct File {
    /// SMART goals.
    #[serde(default)]
    #[schemars(with = "Vec<RawGoal>")]
    goal: Vec<Spanned<RawGoal>>,
    /// Goals of PLCs.
    #[serde(default)]
    plc_goal: Vec<RawPlcGoal>,
}

/// A SMART goal of a school.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawGoal {
    /// Id, unique in the project, in lower-case letters, digits and hyphens, as in "reading-3".
    #[schemars(with = "String")]
    id: Spanned<String>,
    /// Id of the school whose goal it is.
    #[schemars(with = "String")]
    school: Spanned<String>,
    /// Whether the goal is not agreed yet: only staff see it, and it is not recorded as agreed.
    #[serde(default)]
    draft: bool,
    /// What it is about: "literacy", "numeracy", "well-being" or a word of your own.
    area: String,
    /// Language in which the goal’s texts are written, as in "fr". Left out: the school’s language.
    #[schemars(with = "Option<String>")]
    written_in: Option<Spanned<String>>,
    /// Short title, as reports print it.
    #[schemars(with = "String")]
    title: Spanned<String>,
    /// The goal as it was agreed, in one sentence.
    #[schemars(with = "String")]
    statement: Spanned<String>,
    /// Why it matters, in one or two sentences.
    why: String,
    /// The why in a few words that make sense alone, for tables. Left out: tables print the whole why.
    why_short: Option<String>,
    /// Which priority of the school plan it serves.
    priority: Option<String>,
    /// What the why rests on.
    evidence: Option<String>,
    /// Ids of measures: survey statements that stand beside the why in the staff report.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    beliefs: Vec<Spanned<String>>,
    /// What is true of a student who counts, in the past tense, as in "read at or above level". Goals of kind
    /// "metric" need it; for others it is worded from the measure if left out.
    indicator: Option<String>,
    /// Whose results count. Left out: everyone in the school.
    #[serde(default)]
    population: RawPopulation,
    /// Ids of the measures that are counted.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    measures: Vec<Spanned<String>>,
    /// For kind "share": on how many of the measures a student must be at or above the line. Left out: on all.
    #[schemars(with = "Option<u32>", range(min = 1))]
    at_least: Option<Spanned<u32>>,
    /// Name of the metric that computes the goal; `termwise plugin list` prints the names. Kind "metric" needs it.
    #[schemars(with = "Option<String>")]
    metric: Option<Spanned<String>>,
    /// The metric’s own parameters.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Parameter>")]
    parameters: BTreeMap<String, Spanned<Parameter>>,
    /// The metric’s output that the goal is judged by. Left out: its first.
    #[schemars(with = "Option<String>")]
    output: Option<Spanned<String>>,
    /// For kind "metric": the reporting period of the school year to compare with, as in "P1".
    #[schemars(with = "Option<String>")]
    from: Option<Spanned<String>>,
    /// Which way is better, where the metric leaves it open.
    #[schemars(with = "Option<String>", extend("enum" = WAYS))]
    direction: Option<Spanned<String>>,
    /// The two parts of the population that the metric compares.
    #[schemars(with = "Option<Vec<RawPopulation>>", length(equal = 2))]
    compare: Option<Spanned<Vec<RawPopulation>>>,
    /// What is counted: students at or above the line ("share"), students who grew by enough since an earlier period
    /// of the school year ("matched-growth"), whatever a metric counts ("metric"), several measures in one goal
    /// ("several"), or no number but dated judgements on a rubric ("narrative").
    #[serde(default = "share")]
    #[schemars(with = "String", extend("enum" = KINDS, "default" = "share"))]
    kind: Spanned<String>,
    /// For kind "matched-growth": since when, and by how much.
    growth: Option<RawGrowth>,
    /// For kind "several": how many of the parts must be reached. Left out: all.
    #[schemars(with = "Option<RawRule>")]
    rule: Option<Spanned<RawRule>>,
    /// For kind "several": the parts, each with its own baseline and target.
    #[serde(default)]
    part: Vec<RawPart>,
    /// For kind "narrative": the levels, lowest first.
    #[schemars(with = "Option<Vec<String>>", length(min = 2))]
    rubric: Option<Spanned<Vec<String>>>,
    /// For kind "narrative": the level of the rubric to be reached.
    #[schemars(with = "Option<String>")]
    target_level: Option<Spanned<String>>,
    /// For kind "narrative": what was found, meeting by meeting.
    #[serde(default)]
    judgement: Vec<RawJudgement>,
    /// Where the goal starts.
    #[schemars(with = "Option<RawBaseline>")]
    baseline: Option<Spanned<RawBaseline>>,
    /// What it aims at, in the unit of the metric’s output: shares and gaps between shares from 0 to 1, medians and
    /// means in levels or points.
    #[schemars(with = "Option<f64>")]
    target: Option<Spanned<f64>>,
    /// How far from the line is still near it, in the goal’s unit. Left out: the division’s rule.
    #[schemars(with = "Option<f64>", range(min = 0))]
    tolerance: Option<Spanned<f64>>,
    /// The day by which it should be reached, as in 2026-06-26 (without quotes).
    #[schemars(with = "String", extend("format" = "date"))]
    deadline: Spanned<Datetime>,
    /// Targets on the way.
    #[serde(default)]
    interim: Vec<RawInterim>,
    /// What was agreed since.
    #[serde(default)]
    amendment: Vec<RawAmendment>,
    /// What staff do to reach it.
    #[serde(default)]
    strategy: Vec<RawStrategy>,
    /// What meetings decided about it.
    #[serde(default)]
    decision: Vec<RawDecision>,
    /// Questions for discussion among staff.
    #[serde(default)]
    questions: Vec<String>,
    /// How families can help, in plain words.
    families: Option<String>,
    /// A question for the parent council.
    council_question: Option<String>,
    /// Who sees the goal. Left out: everyone. A draft goes to staff, PLCs and leadership at most.
    audiences: Option<Vec<Audience>>,
    /// Ids of the PLCs that work on it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    plcs: Vec<Spanned<String>>,
}

/// The words of `kind`.
const KINDS: [&str; 5] = ["share", "matched-growth", "metric", "several", "narrative"];

/// The words of `direction`.
const WAYS: [&str; 2] = ["up", "down"];

/// One of several measures of a goal. What it leaves out of `population`, it takes from the goal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawPart {
    /// Short title, as reports print it.
    #[schemars(with = "String")]
    title: Spanned<String>,
    /// What is true of a student who counts, in the past tense, as in "read at or above level".
    indicator: Option<String>,
    /// Whose results count. Left out: those of the goal’s population.
    population: Option<RawPopulation>,
    /// Ids of the measures that are counted.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    measures: Vec<Spanned<String>>,
    /// For kind "share": on how many of the measures a student must be at or above the line. Left out: on all.
    #[schemars(with = "Option<u32>", range(min = 1))]
    at_least: Option<Spanned<u32>>,
    /// Name of the metric that computes the part. Kind "metric" needs it.
    #[schemars(with = "Option<String>")]
    metric: Option<Spanned<String>>,
    /// The metric’s own parameters.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Parameter>")]
    parameters: BTreeMap<String, Spanned<Parameter>>,
    /// The metric’s output that the part is judged by. Left out: its first.
    #[schemars(with = "Option<String>")]
    output: Option<Spanned<String>>,
    /// For kind "metric": the reporting period of the school year to compare with, as in "P1".
    #[schemars(with = "Option<String>")]
    from: Option<Spanned<String>>,
    /// Which way is better, where the metric leaves it open.
    #[schemars(with = "Option<String>", extend("enum" = WAYS))]
    direction: Option<Spanned<String>>,
    /// The two parts of the population that the metric compares.
    #[schemars(with = "Option<Vec<RawPopulation>>", length(equal = 2))]
    compare: Option<Spanned<Vec<RawPopulation>>>,
    /// What is counted, as in a goal.
    #[serde(default = "share")]
    #[schemars(with = "String", extend("enum" = KINDS[..3], "default" = "share"))]
    kind: Spanned<String>,
    /// For kind "matched-growth": since when, and by how much.
    growth: Option<RawGrowth>,
    /// Where the part starts.
    #[schemars(with = "Option<RawBaseline>")]
    baseline: Option<Spanned<RawBaseline>>,
    /// What it aims at, in the unit of the metric’s output.
    #[schemars(with = "Option<f64>")]
    target: Option<Spanned<f64>>,
    /// How far from the line is still near it, in the part’s unit. Left out: the division’s rule.
    #[schemars(with = "Option<f64>", range(min = 0))]
    tolerance: Option<Spanned<f64>>,
    /// Targets on the way.
    #[serde(default)]
    interim: Vec<RawInterim>,
    /// What was agreed since; a new deadline is an amendment of the goal itself.
    #[serde(default)]
    amendment: Vec<RawAmendment>,
}

/// What a goal and a part of one have in common: how it is measured.
struct RawMeasured<'a> {
    /// Where to point when something is missing.
    place: std::ops::Range<usize>,
    /// Whether it is a part of a goal.
    part: bool,
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
    tolerance: &'a Option<Spanned<f64>>,
    interim: &'a [RawInterim],
    amendments: &'a [RawAmendment],
}

impl RawGoal {
    fn measured(&self) -> RawMeasured<'_> {
        RawMeasured {
            place: self.id.span(),
            part: false,
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
            tolerance: &self.tolerance,
            interim: &self.interim,
            amendments: &self.amendment,
        }
    }
}

impl RawPart {
    fn measured<'a>(&'a self, goal: &'a RawGoal) -> RawMeasured<'a> {
        RawMeasured {
            place: self.title.span(),
            part: true,
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
            tolerance: &self.tolerance,
            interim: &self.interim,
            amendments: &self.amendment,
        }
    }
}

fn share() -> Spanned<String> {
    Spanned::new(0..0, "share".to_owned())
}

/// A part of a school. An empty list means all.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPopulation {
    /// Grades, as in "3".
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    grades: Vec<Spanned<String>>,
    /// Programs, as the roster spells them.
    #[serde(default)]
    programs: Vec<String>,
    /// Whether it is about the answers of a staff survey, not about students.
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

/// Growth of the same students within a school year.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawGrowth {
    /// The reporting period from which growth is counted, as in "P1".
    #[schemars(with = "String")]
    from: Spanned<String>,
    /// Steps of the scale to grow by: one number, or one for each reporting period, as in { P2 = 2, P3 = 4 }.
    gain: Gain,
}

/// One number for every period, or a number for each.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Gain {
    Every(f64),
    ByPeriod(BTreeMap<String, f64>),
}

/// How many parts must be reached: a number, "all" or "any".
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum RawRule {
    Number(u32),
    Word(String),
}

/// Where a goal starts: a reporting period, the first full one, or a figure with its day.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawBaseline {
    /// The reporting period from whose results the start is worked out, as in "2024-25/P3".
    period: Option<String>,
    /// From this reporting period on, the first in which enough of the population have results.
    first_full_period_from: Option<String>,
    /// The older word for `value`.
    share: Option<f64>,
    /// A stated figure, in the goal’s unit; needs `on`.
    value: Option<f64>,
    /// The day of the stated figure, as in 2025-06-20 (without quotes).
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    on: Option<Datetime>,
}

/// A target on the way.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawInterim {
    /// The reporting period at whose close it should be reached, as in "2025-26/P2".
    #[schemars(with = "String")]
    period: Spanned<String>,
    /// The figure, in the goal’s unit.
    #[schemars(with = "Option<f64>")]
    target: Option<Spanned<f64>>,
    /// For kind "narrative": the level of the rubric.
    #[schemars(with = "Option<String>")]
    level: Option<Spanned<String>>,
}

/// What a meeting found about a goal without a number.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawJudgement {
    /// The day, as in 2025-11-18 (without quotes).
    #[schemars(with = "String", extend("format" = "date"))]
    on: Spanned<Datetime>,
    /// The level of the rubric.
    #[schemars(with = "String")]
    level: Spanned<String>,
    /// What the judgement rests on.
    text: String,
    /// Who agreed.
    agreed_by: OneOrMany,
}

/// One text or several.
#[derive(Deserialize, JsonSchema)]
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

/// A change of a goal that people agreed on: at least one of statement, title, target, deadline, baseline, interim.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawAmendment {
    /// The day from which it holds, as in 2026-01-20 (without quotes).
    #[schemars(with = "String", extend("format" = "date"))]
    on: Spanned<Datetime>,
    /// The goal in its new words.
    #[schemars(with = "Option<String>")]
    statement: Option<Spanned<String>>,
    /// The new short title.
    #[schemars(with = "Option<String>")]
    title: Option<Spanned<String>>,
    /// Why it was changed.
    #[schemars(with = "String")]
    reason: Spanned<String>,
    /// Who agreed, as in ["Staff meeting", "Parent council"].
    agreed_by: OneOrMany,
    /// The new target, in the goal’s unit.
    #[schemars(with = "Option<f64>")]
    target: Option<Spanned<f64>>,
    /// The new deadline, as in 2026-06-26 (without quotes).
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    deadline: Option<Spanned<Datetime>>,
    /// Where the goal starts now.
    #[schemars(with = "Option<RawBaseline>")]
    baseline: Option<Spanned<RawBaseline>>,
    /// The new targets on the way; they take the place of the old ones.
    interim: Option<Vec<RawInterim>>,
}

/// What staff do to reach a goal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawStrategy {
    /// What is done.
    text: String,
    /// The team that does it, never a person.
    team: Option<String>,
    /// At which grades. Left out: at all of the goal’s.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    grades: Vec<Spanned<String>>,
    /// Since when it has its status, as in 2025-10-06 (without quotes).
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    since: Option<Spanned<Datetime>>,
    /// How far it is now.
    #[serde(default = "proposed")]
    #[schemars(with = "String", extend("enum" = Stage::ALL.map(Stage::id), "default" = Stage::Proposed.id()))]
    status: Spanned<String>,
    /// What it was before.
    #[serde(default)]
    history: Vec<RawStage>,
}

/// How far a strategy was.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawStage {
    /// How far it was.
    #[schemars(with = "String", extend("enum" = Stage::ALL.map(Stage::id)))]
    status: Spanned<String>,
    /// Since when, as in 2025-09-15 (without quotes).
    #[schemars(with = "String", extend("format" = "date"))]
    on: Spanned<Datetime>,
}

/// What a meeting decided about a goal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawDecision {
    /// The day, as in 2025-11-26 (without quotes).
    #[schemars(with = "String", extend("format" = "date"))]
    on: Spanned<Datetime>,
    /// Which meeting, as in "Staff meeting".
    meeting: String,
    /// What was decided.
    text: String,
    /// To whom it is read back. Left out: staff, PLCs and leadership.
    audiences: Option<Vec<Audience>>,
}

/// A PLC’s own goal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawPlcGoal {
    /// Id, unique in the project.
    #[schemars(with = "String")]
    id: Spanned<String>,
    /// Id of the PLC.
    #[schemars(with = "String")]
    plc: Spanned<String>,
    /// Id of the school’s goal that it serves.
    #[schemars(with = "Option<String>")]
    serves: Option<Spanned<String>>,
    /// Short title, as reports print it.
    #[schemars(with = "String")]
    title: Spanned<String>,
    /// Whose results count. Left out: everyone in the school.
    #[serde(default)]
    population: RawPopulation,
    /// The share to be reached, from 0 to 1.
    #[schemars(with = "f64", range(min = 0, max = 1))]
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
    let (mut teams, mut at_fault) = (Vec::new(), BTreeSet::new());
    for path in toml_file::in_folder(root, "goals") {
        let Some((file, text)) = toml_file::read::<File>(root, &path, problems) else { continue };
        for raw in &file.goal {
            let mut check = Check { text: &text, problems };
            let raw = raw.get_ref();
            check.id(&raw.id, &mut seen, "goal");
            match check.whole(raw, project, sound) {
                Some(goal) => project.goals.push(goal),
                None => drop(at_fault.insert(raw.id.get_ref().clone())),
            }
        }
        teams.push((file.plc_goal, text));
    }
    for (raw, text) in &teams {
        let mut check = Check { text, problems };
        for raw in raw {
            check.id(&raw.id, &mut seen, "goal");
            let goal = check.plc_goal(raw, project, &at_fault);
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
    let Some((file, text)) = toml_file::parse::<File>(name, text.to_owned(), problems) else { return };
    let mut seen: BTreeSet<String> = project.goals.iter().map(|goal| goal.id.clone()).collect();
    for raw in &file.goal {
        let mut check = Check { text: &text, problems };
        let raw = raw.get_ref();
        check.id(&raw.id, &mut seen, "goal");
        project.goals.extend(check.whole(raw, project, true));
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

impl Check<'_> {
    /// A goal, and whether it can be true. What cannot be read is not held against anything.
    /// None if a fault leaves no goal that means anything.
    fn whole(&mut self, raw: &RawGoal, project: &Project, sound: bool) -> Option<Goal> {
        let line = self.text.place(raw.id.span()).line.unwrap_or(0);
        let before = self.problems.len();
        let goal = self.goal(raw, project, line)?;
        if sound && !self.problems[before..].iter().any(Problem::is_error) {
            self.problems.extend(contradictions::of_the_file(
                &goal,
                &project.calendar,
                project.judging.containing_deadline,
            ));
        }
        Some(goal)
    }

    fn goal(&mut self, raw: &RawGoal, project: &Project, line: usize) -> Option<Goal> {
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
        let amendments: Vec<Amendment> = amendments_by_day(&raw.amendment)
            .into_iter()
            .filter_map(|amendment| self.amendment(amendment, raw.kind.get_ref(), &project.calendar))
            .collect();
        let here = project.schools.get(school.0);
        for grade in &raw.population.grades {
            self.grade(grade, here);
        }
        let deadline = self.date(&raw.deadline);
        let mut goal = Goal {
            id: raw.id.get_ref().clone(),
            school,
            area: raw.area.clone(),
            written_in: {
                let of_school = here.map_or("", |school| school.written_in.as_str());
                self.written_in(raw.written_in.as_ref(), of_school)
            },
            title: raw.title.get_ref().clone(),
            statement: raw.statement.get_ref().clone(),
            why: raw.why.clone(),
            why_short: raw.why_short.clone(),
            priority: raw.priority.clone(),
            evidence: raw.evidence.clone(),
            beliefs: self.measures(&raw.beliefs, &project.measures),
            // The parts are read when the goal is known that they take the rest from.
            plan: Plan::Several(Several {
                population: raw.population.checked(),
                deadline,
                at_least: 0,
                parts: Vec::new(),
            }),
            amendments,
            strategies: raw.strategy.iter().map(|s| self.strategy(s, here)).collect(),
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
        if let (part, false) = (raw.part.first(), raw.kind.get_ref() == "several")
            && let Some(part) = part
        {
            self.fault(
                part.title.span(),
                "Parts belong to goals of kind “several”.",
                "Set `kind = \"several\"`, or take the [[goal.part]] away.",
            );
        }
        goal.plan = match raw.kind.get_ref().as_str() {
            "several" => {
                self.no_number(raw);
                Plan::Several(self.several(raw, &goal, project)?)
            }
            "narrative" => {
                self.no_number(raw);
                Plan::Narrative(self.narrative(raw, deadline, &project.calendar)?)
            }
            _ => Plan::Measured(self.measured(&whole, &goal, &goal.amendments, project)?),
        };
        Some(goal)
    }

    /// A goal whose parts, or whose rubric, say where it starts and ends.
    fn no_number(&mut self, raw: &RawGoal) {
        if let Some(growth) = &raw.growth {
            self.fault(
                growth.from.span(),
                "`growth` belongs to goals of kind “matched-growth”.",
                "Set `kind = \"matched-growth\"`, or take `growth` away.",
            );
        }
        self.only_for_metrics(&raw.measured());
        for span in raw.target.iter().map(Spanned::span).chain(raw.baseline.iter().map(Spanned::span)) {
            self.fault(
                span,
                format!("A goal of kind “{}” has no number of its own.", raw.kind.get_ref()),
                "Take it away; the parts, or the rubric, say where it starts and ends.",
            );
        }
    }

    /// How a goal or a part of one is measured; none if that cannot be said.
    fn measured(
        &mut self,
        raw: &RawMeasured<'_>,
        goal: &Goal,
        amendments: &[Amendment],
        project: &Project,
    ) -> Option<Measured> {
        let here = project.schools.get(goal.school.0);
        let measures = self.measures(raw.measures, &project.measures);
        let kind = self.kind(raw, &measures, project);
        let first = self.aim(raw, goal.first_deadline(), &project.calendar);
        // Of a part, what its goal put off; the whole puts off nothing but by its amendments.
        let whole = if raw.part { &goal.amendments[..] } else { &[] };
        let put_off: Vec<_> = whole.iter().filter_map(|whole| Some((whole.on, whole.deadline?))).collect();
        let compare = raw.compare.as_ref().and_then(|sides| self.compare(sides, raw.population, here));
        let direction = raw.direction.as_ref().and_then(|word| self.direction(word));
        let tolerance = self.tolerance(raw.tolerance);
        let (kind, first) = (kind?, first?);
        let shipped = match kind {
            Counting::MatchedGrowth { .. } => "share-growing",
            Counting::Share { .. } | Counting::Metric { .. } => "share-at-or-above",
        };
        Some(Measured {
            school: goal.school,
            population: raw.population.checked(),
            measures,
            metric: raw.metric.as_ref().map_or(shipped, |metric| metric.get_ref()).to_owned(),
            parameters: raw.parameters.iter().map(|(name, value)| (name.clone(), value.get_ref().clone())).collect(),
            output: raw.output.as_ref().map(|output| output.get_ref().clone()),
            compare,
            direction,
            kind,
            tolerance,
            indicator: raw.indicator.clone(),
            aims: Aims::amended(first, amendments, &put_off),
            put_off,
        })
    }

    fn several(&mut self, raw: &RawGoal, goal: &Goal, project: &Project) -> Option<Several> {
        let here = project.schools.get(goal.school.0);
        let mut parts = Vec::new();
        for (place, part) in raw.part.iter().enumerate() {
            if ["several", "narrative"].contains(&part.kind.get_ref().as_str()) {
                self.fault(
                    part.kind.span(),
                    format!("A part cannot be of kind “{}”.", part.kind.get_ref()),
                    "Use share, matched-growth or metric.",
                );
                parts.push(None);
                continue;
            }
            for deadline in part.amendment.iter().filter_map(|amendment| amendment.deadline.as_ref()) {
                self.fault(
                    deadline.span(),
                    "A part ends with its goal.",
                    "Write the new `deadline` in a [[goal.amendment]] of the goal itself.",
                );
            }
            for grade in part.population.iter().flat_map(|population| &population.grades) {
                self.grade(grade, here);
            }
            let view = part.measured(raw);
            let amendments: Vec<Amendment> = amendments_by_day(view.amendments)
                .into_iter()
                .filter_map(|amendment| self.amendment(amendment, view.kind.get_ref(), &project.calendar))
                .collect();
            let plan = self.measured(&view, goal, &amendments, project);
            parts.push(plan.map(|plan| Goal {
                id: format!("{}.{}", goal.id, place + 1),
                title: part.title.get_ref().clone(),
                plan: Plan::Measured(plan),
                amendments,
                places: self.places(&view, raw, &project.calendar),
                ..goal.clone()
            }));
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
        Some(Several {
            population: raw.population.checked(),
            deadline: goal.first_deadline(),
            at_least,
            parts: parts.into_iter().collect::<Option<_>>()?,
        })
    }

    fn direction(&mut self, word: &Spanned<String>) -> Option<Way> {
        match word.get_ref().as_str() {
            "up" => Some(Way::Up),
            "down" => Some(Way::Down),
            other => {
                self.unknown(word.span(), "direction", other, WAYS);
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

    /// Start, target and deadline; none if one is missing or cannot be read.
    fn aim(&mut self, raw: &RawMeasured<'_>, deadline: Date, calendar: &Calendar) -> Option<Aim> {
        if raw.target.is_none() || raw.baseline.is_none() {
            self.fault(
                raw.place.clone(),
                "This goal does not say where it starts and what it aims at.",
                "Add `baseline = { period = \"…\" }` and `target = 0.75`.",
            );
        }
        let kind = raw.kind.get_ref();
        let baseline = raw.baseline.as_ref().and_then(|baseline| self.baseline(baseline, kind, calendar));
        let target = raw.target.as_ref().map(|target| self.figure(target, kind, "target"));
        let interim = self.interims(raw.interim, kind, calendar);
        Some(Aim { baseline: baseline?, target: target?, deadline, interim })
    }

    /// A number in the goal's unit: a share from 0 to 1, unless a metric of another kind counts it.
    fn figure(&mut self, value: &Spanned<f64>, kind: &str, name: &str) -> f64 {
        match kind {
            "metric" if value.get_ref().is_finite() => *value.get_ref(),
            _ => self.fraction(value, name),
        }
    }

    fn interims(&mut self, raw: &[RawInterim], kind: &str, calendar: &Calendar) -> Vec<Interim> {
        let mut found = Vec::new();
        for interim in interims_by_time(raw, calendar) {
            let period = self.period(&interim.period, calendar);
            match (&interim.target, &interim.level) {
                (Some(target), None) => {
                    let target = self.figure(target, kind, "target");
                    found.extend(period.map(|period| Interim { period, target }));
                }
                _ => self.fault(
                    interim.period.span(),
                    "This interim target has no number.",
                    "Write `{ period = \"2025-26/P2\", target = 0.68 }`.",
                ),
            }
        }
        found
    }

    /// A change that was agreed on; none if it says a baseline that cannot be read.
    fn amendment(&mut self, raw: &RawAmendment, kind: &str, calendar: &Calendar) -> Option<Amendment> {
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
        let baseline = match &raw.baseline {
            Some(baseline) => Some(self.baseline(baseline, kind, calendar)?),
            None => None,
        };
        Some(Amendment {
            on: self.date(&raw.on),
            reason: raw.reason.get_ref().clone(),
            agreed_by: raw.agreed_by.all(),
            target: raw.target.as_ref().map(|target| self.figure(target, kind, "target")),
            deadline: raw.deadline.as_ref().map(|day| self.date(day)),
            baseline,
            interim: raw.interim.as_ref().map(|interim| self.interims(interim, kind, calendar)),
            statement: raw.statement.as_ref().map(|text| text.get_ref().clone()),
            title: raw.title.as_ref().map(|text| text.get_ref().clone()),
        })
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

    /// What is counted; none if that cannot be said.
    fn kind(&mut self, raw: &RawMeasured<'_>, measures: &[MeasureId], project: &Project) -> Option<Counting> {
        let word = raw.kind.get_ref().as_str();
        if word != "metric" {
            self.only_for_metrics(raw);
        }
        if raw.measures.is_empty() && KINDS[..3].contains(&word) {
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
                Some(Counting::Metric { from: raw.from.as_ref().map(|from| from.get_ref().clone()) })
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
                Some(Counting::Share { at_least })
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
                Some(Counting::MatchedGrowth { from: growth.from.get_ref().clone(), gain })
            }
            ("matched-growth", None) => {
                self.fault(
                    raw.kind.span(),
                    "A growth goal needs to know from when and by how much.",
                    "Add `growth = { from = \"P1\", gain = 2 }`.",
                );
                None
            }
            ("share" | "metric", Some(growth)) => {
                self.fault(
                    growth.from.span(),
                    "`growth` belongs to goals of kind “matched-growth”.",
                    "Set `kind = \"matched-growth\"`, or take `growth` away.",
                );
                None
            }
            (other, _) => {
                self.unknown(raw.kind.span(), "kind of goal", other, KINDS);
                None
            }
        }
    }

    fn narrative(&mut self, raw: &RawGoal, deadline: Date, calendar: &Calendar) -> Option<Narrative> {
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
                None
            }
        };
        let mut interim = Vec::new();
        for raw in interims_by_time(&raw.interim, calendar) {
            let period = self.period(&raw.period, calendar);
            match &raw.level {
                Some(level) => interim.extend(period.zip(self.level(level, &rubric))),
                None => self.fault(
                    raw.period.span(),
                    "On the way to a level of a rubric there are levels, not numbers.",
                    "Write `{ period = \"2025-26/P2\", level = \"…\" }`.",
                ),
            }
        }
        let mut judgements = Vec::new();
        for raw in judgements_by_day(&raw.judgement) {
            let (on, level) = (self.date(&raw.on), self.level(&raw.level, &rubric));
            let (text, agreed_by) = (raw.text.clone(), raw.agreed_by.all());
            judgements.extend(level.map(|level| Judgement { on, level, text, agreed_by }));
        }
        let population = raw.population.checked();
        Some(Narrative { population, deadline, rubric, target: target?, interim, judgements })
    }

    /// The place of a level in a rubric, if it is there.
    fn level(&mut self, word: &Spanned<String>, rubric: &[String]) -> Option<usize> {
        let found = rubric.iter().position(|level| level == word.get_ref());
        if found.is_none() {
            self.unknown(word.span(), "level of the rubric", word.get_ref(), rubric.iter().map(String::as_str));
        }
        found
    }

    /// What the kinds with a plugin of their own set by themselves.
    fn only_for_metrics(&mut self, raw: &RawMeasured<'_>) {
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

    fn period(&mut self, key: &Spanned<String>, calendar: &Calendar) -> Option<PeriodId> {
        let found = calendar.by_key(key.get_ref());
        if found.is_none() {
            let known: Vec<String> = calendar.periods.iter().map(Period::key).collect();
            self.unknown(
                key.span(),
                "reporting period",
                key.get_ref(),
                known.iter().map(String::as_str).collect::<Vec<_>>(),
            );
        }
        found
    }

    fn baseline(&mut self, raw: &Spanned<RawBaseline>, kind: &str, calendar: &Calendar) -> Option<Baseline> {
        let RawBaseline { period, first_full_period_from, share, value, on } = raw.get_ref();
        let spanned = |text: &String| Spanned::new(raw.span(), text.clone());
        match (period, first_full_period_from, value.or(*share), on) {
            (Some(period), None, None, None) => self.period(&spanned(period), calendar).map(Baseline::Period),
            (None, Some(period), None, None) => self.period(&spanned(period), calendar).map(Baseline::FirstFull),
            (None, None, Some(value), Some(on)) if share.is_none() || raw.get_ref().value.is_none() => {
                let value = self.figure(&Spanned::new(raw.span(), value), kind, "value");
                Some(Baseline::Value { value, on: self.date(&Spanned::new(raw.span(), *on)) })
            }
            _ => {
                self.fault(
                    raw.span(),
                    "The baseline is neither a reporting period nor a share with its day.",
                    "Write `{ period = \"2024-25/P3\" }`, `{ value = 0.58, on = 2025-06-20 }` or \
                     `{ first-full-period-from = \"2025-26/P1\" }`.",
                );
                None
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

    fn plc_goal(&mut self, raw: &RawPlcGoal, project: &Project, at_fault: &BTreeSet<String>) -> Option<PlcGoal> {
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
            if found.is_none() && !at_fault.contains(id.get_ref()) {
                let known: Vec<&str> =
                    project.goals.iter().filter(|goal| goal.school == school).map(|goal| goal.id.as_str()).collect();
                self.unknown(id.span(), "goal of this team's school", id.get_ref(), known);
            }
            found
        });
        let target = self.fraction(&raw.target, "target");
        // A team may serve a goal of which less is better: what its metric counts is not known here.
        let more = serves.is_none_or(|goal| matches!(project.goals[goal].kind(), Some(Counting::Share { .. })));
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
