//! A file in the folder `goals`: what it may hold, and how it becomes goals.
//!
//! Comes in: the project as read so far. Goes out: its goals, every name in them resolved; all problems
//! at once, each at its line. What a goal means is described in docs/write-a-goal.md.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use termwise_base::problem::Problem;

use super::super::audience::Audience;
use super::super::check::Check;
use super::super::population::RawPopulation;
use super::super::spot::{At, Day, spanned};
use super::super::words::{Word, Words};
use super::super::{Project, SchoolId, contradictions, toml_file};
use super::aim::{RawBaseline, RawInterim};
use super::amendment::RawAmendment;
use super::counting::Kind;
use super::decision::RawDecision;
use super::growth::RawGrowth;
use super::measured::{Frame, Parameter, RawMeasured, Way};
use super::narrative::{RawJudgement, RawNarrative};
use super::places::RawWhole;
use super::several::{RawPart, RawRule, Several};
use super::strategy::RawStrategy;
use super::team::RawPlcGoal;
use super::{AMONG_STAFF, Goal, Plan};

/// SMART goals of schools and goals of their PLCs: a file in the folder `goals`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(title = "Termwise goals")]
pub(crate) struct File {
    /// SMART goals.
    #[serde(default)]
    goal: Vec<RawGoal>,
    /// Goals of PLCs.
    #[serde(default)]
    plc_goal: Vec<RawPlcGoal>,
}

/// A SMART goal of a school.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Goal")]
pub(super) struct RawGoal {
    /// Id, unique in the project, in lower-case letters, digits and hyphens, as in "reading-3".
    pub(super) id: At<String>,
    /// Id of the school whose goal it is.
    pub(super) school: At<String>,
    /// Whether the goal is not agreed yet: only staff see it, and it is not recorded as agreed.
    #[serde(default)]
    pub(super) draft: bool,
    /// What it is about: "literacy", "numeracy", "well-being" or a word of your own.
    pub(super) area: At<String>,
    /// Language in which the goal’s texts are written, as in "fr". Left out: the school’s language.
    pub(super) written_in: Option<At<String>>,
    /// Short title, as reports print it.
    pub(super) title: At<String>,
    /// The goal as it was agreed, in one sentence.
    pub(super) statement: At<String>,
    /// Why it matters, in one or two sentences.
    pub(super) why: At<String>,
    /// The why in a few words that make sense alone, for tables. Left out: tables print the whole why.
    pub(super) why_short: Option<At<String>>,
    /// Which priority of the school plan it serves.
    pub(super) priority: Option<At<String>>,
    /// What the why rests on.
    pub(super) evidence: Option<At<String>>,
    /// Ids of measures: survey statements that stand beside the why in the staff report.
    #[serde(default)]
    pub(super) beliefs: Vec<At<String>>,
    /// What is true of a student who counts, in the past tense, as in "read at or above level". Goals of kind
    /// "metric" need it; for others it is worded from the measure if left out.
    pub(super) indicator: Option<At<String>>,
    /// Whose results count. Left out: everyone in the school.
    #[serde(default)]
    pub(super) population: RawPopulation,
    /// Ids of the measures that are counted.
    #[serde(default)]
    pub(super) measures: Vec<At<String>>,
    /// For kind "share": on how many of the measures a student must be at or above the line. Left out: on all.
    #[schemars(range(min = 1))]
    pub(super) at_least: Option<At<u32>>,
    /// Name of the metric that computes the goal; `termwise plugin list` prints the names. Kind "metric" needs it.
    pub(super) metric: Option<At<String>>,
    /// The metric’s own parameters.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, At<Parameter>>,
    /// The metric’s output that the goal is judged by. Left out: its first.
    pub(super) output: Option<At<String>>,
    /// For kind "metric": the reporting period of the school year to compare with, as in "P1".
    pub(super) from: Option<At<String>>,
    /// Which way is better, where the metric leaves it open.
    pub(super) direction: Option<At<Word<Way>>>,
    /// The two parts of the population that the metric compares.
    #[schemars(length(equal = 2))]
    pub(super) compare: Option<At<Vec<RawPopulation>>>,
    /// What is counted: students at or above the line ("share"), students who grew by enough since an earlier period
    /// of the school year ("matched-growth"), whatever a metric counts ("metric"), several measures in one goal
    /// ("several"), or no number but dated judgements on a rubric ("narrative").
    #[schemars(extend("default" = "share"))]
    pub(super) kind: Option<At<Word<Kind>>>,
    /// For kind "matched-growth": since when, and by how much.
    pub(super) growth: Option<RawGrowth>,
    /// For kind "several": how many of the parts must be reached. Left out: all.
    pub(super) rule: Option<At<RawRule>>,
    /// For kind "several": the parts, each with its own baseline and target.
    #[serde(default)]
    pub(super) part: Vec<RawPart>,
    /// For kind "narrative": the levels, lowest first.
    #[schemars(length(min = 2))]
    pub(super) rubric: Option<At<Vec<At<String>>>>,
    /// For kind "narrative": the level of the rubric to be reached.
    pub(super) target_level: Option<At<String>>,
    /// For kind "narrative": what was found, meeting by meeting.
    #[serde(default)]
    pub(super) judgement: Vec<RawJudgement>,
    /// Where the goal starts.
    pub(super) baseline: Option<At<RawBaseline>>,
    /// What it aims at, in the unit of the metric’s output: shares and gaps between shares from 0 to 1, medians and
    /// means in levels or points.
    pub(super) target: Option<At<f64>>,
    /// How far from the line is still near it, in the goal’s unit. Left out: the division’s rule.
    #[schemars(range(min = 0))]
    pub(super) tolerance: Option<At<f64>>,
    /// The day by which it should be reached, as in 2026-06-26 (without quotes).
    pub(super) deadline: Day,
    /// Targets on the way.
    #[serde(default)]
    pub(super) interim: Vec<RawInterim>,
    /// What was agreed since.
    #[serde(default)]
    pub(super) amendment: Vec<RawAmendment>,
    /// What staff do to reach it.
    #[serde(default)]
    pub(super) strategy: Vec<RawStrategy>,
    /// What meetings decided about it.
    #[serde(default)]
    pub(super) decision: Vec<RawDecision>,
    /// Questions for discussion among staff.
    #[serde(default)]
    pub(super) questions: Vec<At<String>>,
    /// How families can help, in plain words.
    pub(super) families: Option<At<String>>,
    /// A question for the parent council.
    pub(super) council_question: Option<At<String>>,
    /// Who sees the goal. Left out: everyone. A draft goes to staff, PLCs and leadership at most.
    pub(super) audiences: Option<At<Vec<At<Word<Audience>>>>>,
    /// Ids of the PLCs that work on it.
    #[serde(default)]
    pub(super) plcs: Vec<At<String>>,
}

impl RawGoal {
    /// Where the kind is written, else the id.
    fn kind_place(&self) -> Range<usize> {
        self.kind.as_ref().map_or_else(|| self.id.span(), |kind| kind.span())
    }

    fn narrative(&self) -> RawNarrative<'_> {
        RawNarrative {
            kind_place: self.kind_place(),
            rubric: self.rubric.as_ref(),
            target_level: self.target_level.as_ref(),
            interim: &self.interim,
            judgements: &self.judgement,
        }
    }

    fn whole(&self) -> RawWhole<'_> {
        RawWhole {
            statement: &self.statement,
            deadline: &self.deadline,
            amendments: &self.amendment,
            narrative: self.narrative(),
        }
    }

    fn measured(&self, kind: Option<Kind>) -> RawMeasured<'_> {
        RawMeasured {
            place: self.id.span(),
            kind,
            kind_place: self.kind_place(),
            title: &self.title,
            indicator: self.indicator.as_ref(),
            population: None,
            measures: &self.measures,
            at_least: self.at_least.as_ref(),
            metric: self.metric.as_ref(),
            output: self.output.as_ref(),
            parameters: &self.parameters,
            from: self.from.as_ref(),
            direction: self.direction.as_ref(),
            compare: self.compare.as_ref(),
            growth: self.growth.as_ref(),
            baseline: self.baseline.as_ref(),
            target: self.target.as_ref(),
            tolerance: self.tolerance.as_ref(),
            interim: &self.interim,
            amendments: &self.amendment,
        }
    }
}

/// Reads every goal file into the project, in the order of their names.
/// The goals are held against the calendar if that is `sound`.
pub(crate) fn load(root: &Path, project: &mut Project, sound: bool, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    let (mut teams, mut at_fault) = (Vec::new(), BTreeSet::new());
    for path in toml_file::in_folder(root, "goals") {
        let Some((file, text)) = toml_file::read::<File>(root, &path, problems) else { continue };
        for raw in &file.goal {
            let mut check = Check { text: &text, problems };
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

/// Adds the goals of a text that is in no file yet, as `goal new` makes one. Faults come out at the places of
/// `text`, which is called `name` in them.
pub fn add(project: &mut Project, name: &str, text: &str, problems: &mut Vec<Problem>) {
    let Some((file, text)) = toml_file::parse::<File>(name, text.to_owned(), problems) else { return };
    let mut seen: BTreeSet<String> = project.goals.iter().map(|goal| goal.id.clone()).collect();
    for raw in &file.goal {
        let mut check = Check { text: &text, problems };
        check.id(&raw.id, &mut seen, "goal");
        project.goals.extend(check.whole(raw, project, true));
    }
}

impl Check<'_> {
    /// A goal, and whether it can be true. What cannot be read is not held against anything.
    /// None if a fault leaves no goal that means anything.
    fn whole(&mut self, raw: &RawGoal, project: &Project, sound: bool) -> Option<Goal> {
        let before = self.problems.len();
        let goal = self.goal(raw, project)?;
        if sound && !self.problems[before..].iter().any(Problem::is_error) {
            self.problems.extend(contradictions::of_the_file(
                &goal,
                &project.calendar,
                project.judging.containing_deadline,
            ));
        }
        Some(goal)
    }

    fn goal(&mut self, raw: &RawGoal, project: &Project) -> Option<Goal> {
        let school = self.school(&raw.school, &project.schools);
        let here = project.schools.get(school.0);
        let kind = match &raw.kind {
            Some(word) => self.word(word, "kind of goal"),
            None => Some(Kind::Share),
        };
        let view = raw.measured(kind);
        let amendments = self.amendments(&raw.amendment, kind, &project.calendar);
        let population = self.population(&raw.population, here);
        let deadline = self.date(&raw.deadline);
        if let Some(kind) = kind {
            self.settings(raw, &view, kind);
        }
        let plan = match kind {
            Some(Kind::Narrative) => {
                self.narrative(&raw.narrative(), (population, deadline), &project.calendar).map(Plan::Narrative)
            }
            Some(Kind::Several) => {
                let at_least = self.rule(raw.rule.as_ref(), raw.part.len(), &view.kind_place);
                Some(Plan::Several(Several { population, deadline, at_least, parts: Vec::new() }))
            }
            _ => {
                let frame = Frame { school, population, deadline, put_off: Vec::new() };
                self.measured(&view, frame, &amendments, project).map(Plan::Measured)
            }
        };
        let [title, statement, area, why] = self.words(raw);
        let goal = Goal {
            id: raw.id.get_ref().clone(),
            school,
            area,
            written_in: self
                .written_in(raw.written_in.as_deref(), here.map_or("", |school| school.written_in.as_str())),
            title,
            statement,
            why,
            why_short: self.maybe_text(raw.why_short.as_deref(), "why-short"),
            priority: raw.priority.as_ref().map(|text| text.get_ref().clone()),
            evidence: raw.evidence.as_ref().map(|text| text.get_ref().clone()),
            beliefs: self.measures(&raw.beliefs, "beliefs", &project.measures),
            amendments,
            strategies: raw.strategy.iter().map(|strategy| self.strategy(strategy, here)).collect(),
            decisions: self.decisions(&raw.decision),
            questions: self.list(&spanned(&raw.questions), "questions"),
            families: self.maybe_text(raw.families.as_deref(), "families"),
            council_question: self.maybe_text(raw.council_question.as_deref(), "council-question"),
            audiences: self.who_sees(raw),
            plcs: self.plcs_of(raw, school, project),
            draft: raw.draft,
            place: (self.text.path.clone(), self.text.place(raw.id.span()).line.unwrap_or(0)),
            places: self.places(&view, &raw.whole(), &project.calendar),
            plan: plan?,
        };
        self.with_parts(goal, raw, project)
    }

    /// The same with its parts, if it has any; none if one of them cannot be read.
    fn with_parts(&mut self, mut goal: Goal, raw: &RawGoal, project: &Project) -> Option<Goal> {
        if matches!(goal.plan, Plan::Several(_)) {
            let found = self.parts(&raw.part, &raw.whole(), &goal, project)?;
            if let Plan::Several(several) = &mut goal.plan {
                several.parts = found;
            }
        }
        Some(goal)
    }

    /// Title, statement, area and why. Only the why may be empty: the SMART check asks for it.
    fn words(&mut self, raw: &RawGoal) -> [String; 4] {
        let named = [(&raw.title, "title"), (&raw.statement, "statement"), (&raw.area, "area")];
        let [title, statement, area] = named.map(|(text, name)| self.text(text, name));
        [title, statement, area, raw.why.get_ref().clone()]
    }

    /// Settings that stand in a goal of another kind than theirs, where they would change nothing.
    fn settings(&mut self, raw: &RawGoal, view: &RawMeasured<'_>, kind: Kind) {
        self.settings_of_kind(view, kind);
        self.belongs("rule", raw.rule.as_ref().map(|rule| rule.span()), kind, &[Kind::Several]);
        for (name, span) in [
            ("rubric", raw.rubric.as_ref().map(|rubric| rubric.span())),
            ("target-level", raw.target_level.as_ref().map(|level| level.span())),
            ("judgement", raw.judgement.first().map(|judgement| judgement.on.span())),
        ] {
            self.belongs(name, span, kind, &[Kind::Narrative]);
        }
        if let (Some(part), true) = (raw.part.first(), kind != Kind::Several) {
            self.fault(
                part.title.span(),
                "Parts belong to goals of kind “several”.",
                "Set `kind = \"several\"`, or take the [[goal.part]] away.",
            );
        }
        if Kind::MEASURED.contains(&kind) {
            return;
        }
        let target = raw.target.as_ref().map(|target| target.span());
        let baseline = raw.baseline.as_ref().map(|baseline| baseline.span());
        let interim = raw.interim.first().map(|interim| interim.period.span()).filter(|_| kind == Kind::Several);
        for span in [target, baseline, interim].into_iter().flatten() {
            self.fault(
                span,
                format!("A goal of kind “{}” has no number of its own.", kind.id()),
                "Take it away; the parts, or the rubric, say where it starts and ends.",
            );
        }
    }

    /// Who sees a goal: all, or those named; a draft only those of them who work on it.
    fn who_sees(&mut self, raw: &RawGoal) -> Vec<Audience> {
        let named = self.audiences(raw.audiences.as_ref()).unwrap_or_else(|| Audience::ALL.to_vec());
        if !raw.draft {
            return named;
        }
        let among: Vec<Audience> = named.into_iter().filter(|audience| AMONG_STAFF.contains(audience)).collect();
        if among.is_empty() { AMONG_STAFF.to_vec() } else { among }
    }

    fn plcs_of(&mut self, raw: &RawGoal, school: SchoolId, project: &Project) -> Vec<String> {
        let mine: Vec<&str> =
            project.plcs.iter().filter(|plc| plc.school == school).map(|plc| plc.id.as_str()).collect();
        for id in raw.plcs.iter().filter(|id| !mine.contains(&id.get_ref().as_str())) {
            self.unknown(id.span(), "PLC of this school", id.get_ref(), mine.iter().copied());
        }
        self.list(&spanned(&raw.plcs), "plcs")
    }
}
