//! SMART goals and their strategies (`goals/*.toml`).

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_base::problem::Place;

pub use super::audience::Audience;
use super::{MeasureId, PeriodId, SchoolId};

/// Whose results a goal is about. Empty lists mean “all”.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Population {
    /// Grades, as in `3`.
    pub grades: Vec<String>,
    /// Programs, as in `EUBP`.
    pub programs: Vec<String>,
    /// True if the goal is about the staff's answers to a survey, not about students.
    pub staff: bool,
}

impl Population {
    /// Whether a student can be in both.
    pub fn meets(&self, other: &Self) -> bool {
        let share = |a: &[String], b: &[String]| a.is_empty() || b.is_empty() || a.iter().any(|one| b.contains(one));
        share(&self.grades, &other.grades) && share(&self.programs, &other.programs)
    }
}

/// Where the goal starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum Baseline {
    /// Computed from the results of this period.
    Period(PeriodId),
    /// Computed from the results of the first period, from this one on, that has enough of them.
    FirstFull(PeriodId),
    /// A stated figure as of a day.
    Value {
        /// In the unit of the goal's output: shares are 0–1.
        value: f64,
        /// The day it held.
        on: Date,
    },
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// More.
    Up,
    /// Less.
    Down,
}

impl Way {
    /// 1 if more is better, −1 if less is.
    pub fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }
}

/// What becomes of a goal’s results: a number, several, or none.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// One figure, counted by a metric.
    Measured(Measured),
    /// Several figures, and a rule that says how many of them must reach their targets.
    Several(Several),
    /// No number: dated judgements on a rubric.
    Narrative(Narrative),
}

impl Plan {
    /// The kind of goal, as files and models name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Measured(Measured { kind: Counting::Share { .. }, .. }) => "share",
            Self::Measured(Measured { kind: Counting::MatchedGrowth { .. }, .. }) => "matched-growth",
            Self::Measured(Measured { kind: Counting::Metric { .. }, .. }) => "metric",
            Self::Several(_) => "several",
            Self::Narrative(_) => "narrative",
        }
    }
}

/// One figure of a goal: who is asked, what is counted, and where it starts and ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The school whose results count.
    pub school: SchoolId,
    /// Whose results of this school.
    pub population: Population,
    /// Which measures (m of the k-of-m rule).
    pub measures: Vec<MeasureId>,
    /// The plugin that computes it, as in `share-at-or-above`.
    pub metric: String,
    /// Parameters that the goal sets for it.
    pub parameters: BTreeMap<String, Parameter>,
    /// Two parts of the population that the metric compares.
    pub compare: Option<[Population; 2]>,
    /// What is counted.
    pub kind: Counting,
    /// The metric's output that the goal is judged by; none is its first.
    pub output: Option<String>,
    /// Which way is better, where the metric leaves it open.
    pub direction: Option<Way>,
    /// How far from the line is still near it, in the goal's own unit.
    pub tolerance: Option<f64>,
    /// What is said of a student who counts, in the past tense, as in “read at or above level”; none
    /// means a phrase made from the measure.
    pub indicator: Option<String>,
    /// What it aims at.
    pub aims: Aims,
    /// Of a part of a goal: the deadlines that amendments of the whole set, each after its day.
    pub put_off: Vec<(Date, Date)>,
}

/// What a measured goal counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Counting {
    /// Share of students at or above the line of the expectation table, on at least `at_least` of
    /// the goal's measures.
    Share {
        /// k of the k-of-m rule.
        at_least: u32,
    },
    /// Share of the same students who grew by at least `gain` steps of the scale since the period
    /// `from` of the same school year.
    MatchedGrowth {
        /// Id of the starting period within the year, as in `P1`.
        from: String,
        /// Steps by period id (`P2` → 2); `*` is every other period.
        gain: BTreeMap<String, f64>,
    },
    /// Whatever the goal's metric counts.
    Metric {
        /// Id of the period within the year that it compares with; none: the baseline's period.
        from: Option<String>,
    },
}

impl Counting {
    /// The period within the year from which on growth is counted, as in `P1`; none for a goal about where
    /// students stand.
    pub fn since(&self) -> Option<&str> {
        match self {
            Self::MatchedGrowth { from, .. } | Self::Metric { from: Some(from) } => Some(from),
            Self::Share { .. } | Self::Metric { from: None } => None,
        }
    }

    /// For growth of the same students: how much of it is asked for by a period, in steps of the scale; none if that was
    /// not agreed on, or the goal is about something else.
    pub fn gain(&self, period: &str) -> Option<f64> {
        match self {
            Self::MatchedGrowth { gain, .. } => gain.get(period).or_else(|| gain.get("*")).copied(),
            _ => None,
        }
    }
}

/// A goal with several measures, each judged by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Several {
    /// Whose results, for parts that do not say it.
    pub population: Population,
    /// The day by which it should be reached, as first agreed.
    pub deadline: Date,
    /// How many of the parts must be reached; all, if that is their number.
    pub at_least: u32,
    /// The parts: goals that are measured, and take what they do not say from the whole.
    pub parts: Vec<Goal>,
}

/// A goal without a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrative {
    /// Whom it is about.
    pub population: Population,
    /// The day by which it should be reached, as first agreed.
    pub deadline: Date,
    /// Levels, lowest first.
    pub rubric: Vec<String>,
    /// Place of the level to be reached.
    pub target: usize,
    /// Levels on the way: at the close of a period, the place of the level. By time.
    pub interim: Vec<(PeriodId, usize)>,
    /// Judgements by day.
    pub judgements: Vec<Judgement>,
}

/// What was found at a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The day.
    pub on: Date,
    /// Place of the level in the rubric.
    pub level: usize,
    /// What it rests on.
    pub text: String,
    /// Who agreed.
    pub agreed_by: Vec<String>,
}

/// A parameter of a metric.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Parameter {
    /// True or false.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
    /// Numbers.
    Numbers(Vec<f64>),
}

/// How far a strategy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Somebody thought of it.
    Proposed,
    /// It was chosen.
    Selected,
    /// It is done.
    UnderWay,
    /// It came to its end.
    Done,
    /// It was given up.
    Stopped,
}

impl Stage {
    /// Every stage, in the order of a strategy's life.
    pub const ALL: [Self; 5] = [Self::Proposed, Self::Selected, Self::UnderWay, Self::Done, Self::Stopped];

    /// Its word in files and dictionaries.
    pub fn id(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Selected => "selected",
            Self::UnderWay => "under-way",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }
}

/// A strategy that the team chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    /// What is done.
    pub text: String,
    /// The team that does it (never a person).
    pub team: Option<String>,
    /// At which grades; empty: at all of the goal's.
    pub grades: Vec<String>,
    /// Since when it has its status.
    pub since: Option<Date>,
    /// How far it is now.
    pub status: Stage,
    /// What it was before, by day.
    pub history: Vec<(Stage, Date)>,
}

impl Strategy {
    /// Whether it was known on a day: not all that is dated of it lies later.
    pub fn known(&self, day: Date) -> bool {
        let mut dates = self.since.into_iter().chain(self.history.iter().map(|(_, day)| *day)).peekable();
        dates.peek().is_none() || dates.any(|dated| dated <= day)
    }

    /// From when it was (or has been) under way, and when it ended.
    pub fn phase(&self) -> Option<(Date, Option<Date>)> {
        let begun = self.history.iter().find(|(stage, _)| *stage == Stage::UnderWay).map(|(_, day)| *day);
        match self.status {
            Stage::UnderWay => begun.or(self.since).map(|day| (day, None)),
            Stage::Done | Stage::Stopped => begun.map(|day| (day, self.since)),
            Stage::Proposed | Stage::Selected => None,
        }
    }

    /// The same, as it was known on a day: what began later is not under way yet, and what ended later has not
    /// ended.
    pub fn phase_on(&self, day: Date) -> Option<(Date, Option<Date>)> {
        let (from, to) = self.phase()?;
        (from <= day).then(|| (from, to.filter(|to| *to <= day)))
    }

    /// How far it was on a day, and since when; none if nothing is written of it up to then. A status without a
    /// day holds at any time.
    pub fn on(&self, day: Date) -> Option<(Stage, Option<Date>)> {
        let Some(since) = self.since else { return Some((self.status, None)) };
        let last = self.history.iter().copied().chain([(self.status, since)]).rev().find(|(_, on)| *on <= day);
        last.map(|(stage, on)| (stage, Some(on)))
    }
}

/// What a meeting decided about a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The day.
    pub on: Date,
    /// Which meeting, as in “Staff meeting”.
    pub meeting: String,
    /// What was decided.
    pub text: String,
    /// To whom it is read back.
    pub audiences: Vec<Audience>,
}

/// A change of a goal that people agreed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    /// The day from which it holds.
    pub on: Date,
    /// Why.
    pub reason: String,
    /// Who agreed, as in “Parent council”.
    pub agreed_by: Vec<String>,
    /// The new target.
    pub target: Option<f64>,
    /// The new deadline.
    pub deadline: Option<Date>,
    /// The new baseline.
    pub baseline: Option<Baseline>,
    /// The new targets on the way.
    pub interim: Option<Vec<Interim>>,
    /// The goal in its new words.
    pub statement: Option<String>,
    /// The new short title.
    pub title: Option<String>,
}

impl Amendment {
    /// What a goal aims at from then on.
    pub fn change(&self, aim: &mut Aim) {
        let Self { target, deadline, baseline, interim, .. } = self;
        aim.target = target.unwrap_or(aim.target);
        aim.deadline = deadline.unwrap_or(aim.deadline);
        if let Some(baseline) = baseline {
            aim.baseline = baseline.clone();
        }
        if let Some(interim) = interim {
            aim.interim.clone_from(interim);
        }
    }
}

/// What a goal aims at: the part of it that amendments change.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    /// Start.
    pub baseline: Baseline,
    /// Target, in the unit of the goal's output: shares are 0–1.
    pub target: f64,
    /// The day by which it should be reached.
    pub deadline: Date,
    /// Targets on the way, by time.
    pub interim: Vec<Interim>,
}

/// What a measured goal aims at, day by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Aims {
    /// As first agreed.
    pub first: Aim,
    /// By day, what each amendment that counts left in force from then on.
    amended: Vec<(Date, Aim)>,
}

impl Aims {
    /// An aim that nobody amended.
    pub fn new(first: Aim) -> Self {
        Self { first, amended: Vec::new() }
    }

    /// With the goal's amendments; `put_off` are the deadlines that the whole sets for its parts, each after its day.
    pub fn amended(first: Aim, amendments: &[Amendment], put_off: &[(Date, Date)]) -> Self {
        let mut aim = first.clone();
        let amended = course(first.deadline, amendments, put_off).map(|step| {
            if let Some(amendment) = step.amendment {
                amendment.change(&mut aim);
            }
            aim.deadline = step.deadline;
            (step.on, aim.clone())
        });
        let amended = amended.collect();
        Self { first, amended }
    }

    /// What was in force on a day.
    pub fn on(&self, day: Date) -> &Aim {
        self.amended.iter().rev().find(|(from, _)| *from <= day).map_or(&self.first, |(_, aim)| aim)
    }
}

/// A change of a goal that counts.
struct Step<'a> {
    on: Date,
    /// The deadline in force from then on.
    deadline: Date,
    /// The goal's own amendment; none if it is the whole's.
    amendment: Option<&'a Amendment>,
}

/// What changed a goal, by day. What is agreed after the deadline in force, when the goal has ended, changes nothing.
fn course<'a>(
    mut deadline: Date,
    amendments: &'a [Amendment],
    put_off: &'a [(Date, Date)],
) -> impl Iterator<Item = Step<'a>> {
    let mut own = amendments.iter().peekable();
    let mut whole = put_off.iter().peekable();
    std::iter::from_fn(move || {
        let (on, later, amendment) = match whole.next_if(|(day, _)| own.peek().is_none_or(|own| *day <= own.on)) {
            Some((day, later)) => (*day, Some(*later), None),
            None => own.next().map(|own| (own.on, own.deadline, Some(own)))?,
        };
        if on > deadline {
            return None;
        }
        deadline = later.unwrap_or(deadline);
        Some(Step { on, deadline, amendment })
    })
    .fuse()
}

/// A goal of a team.
#[derive(Debug, Clone, PartialEq)]
pub struct PlcGoal {
    /// Id, unique in the project.
    pub id: String,
    /// Place of the team in the project.
    pub plc: usize,
    /// Place of the school goal that it serves in the project, if any.
    pub serves: Option<usize>,
    /// Short title.
    pub title: String,
    /// Whose results.
    pub population: Population,
    /// Target share, 0–1.
    pub target: f64,
}

/// A target on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interim {
    /// At the close of this period …
    pub period: PeriodId,
    /// … the figure should stand here, in the goal's unit.
    pub target: f64,
}

/// A SMART goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// Id, unique in the project.
    pub id: String,
    /// The school whose goal it is.
    pub school: SchoolId,
    /// `literacy`, `numeracy`, `well-being` or a division's own word.
    pub area: String,
    /// Language in which its texts are written.
    pub written_in: String,
    /// Short title.
    pub title: String,
    /// The goal as it was agreed.
    pub statement: String,
    /// Why it matters, in one or two sentences.
    pub why: String,
    /// The same in so few words that a table has room for it; none prints the whole why there.
    pub why_short: Option<String>,
    /// Which priority of the school plan it serves.
    pub priority: Option<String>,
    /// What the why rests on.
    pub evidence: Option<String>,
    /// Survey statements that stand beside the why.
    pub beliefs: Vec<MeasureId>,
    /// How it is measured, or judged without a number.
    pub plan: Plan,
    /// What was agreed since, by day.
    pub amendments: Vec<Amendment>,
    /// Strategies, in order.
    pub strategies: Vec<Strategy>,
    /// What meetings decided, by day.
    pub decisions: Vec<Decision>,
    /// Questions for discussion among staff.
    pub questions: Vec<String>,
    /// How families can help, in plain words.
    pub families: Option<String>,
    /// A question for the parent council.
    pub council_question: Option<String>,
    /// Audiences that see it.
    pub audiences: Vec<Audience>,
    /// Ids of the PLCs that work on it.
    pub plcs: Vec<String>,
    /// Whether it is a draft: judged and shown among staff, and agreed by nobody yet.
    pub draft: bool,
    /// Where it stands in its file, for messages: path and 1-based line.
    pub place: (String, usize),
    /// Where its settings stand.
    pub places: Places,
}

/// Where the settings of a goal stand in its file, by name, as in `target`, `interim.0.target` or
/// `amendment.1.deadline`; the members of lists in the order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(pub BTreeMap<String, Place>);

impl Places {
    /// The place of a setting, else of the nearest thing around it that has one.
    pub fn at(&self, name: &str) -> Place {
        let mut name = name;
        loop {
            if let Some(place) = self.0.get(name) {
                return place.clone();
            }
            match name.rsplit_once('.') {
                Some((around, _)) => name = around,
                None => return self.0.get("").cloned().unwrap_or_default(),
            }
        }
    }
}

impl Goal {
    /// How it is measured; none for a goal with parts or without a number.
    pub fn measured(&self) -> Option<&Measured> {
        match &self.plan {
            Plan::Measured(plan) => Some(plan),
            Plan::Several(_) | Plan::Narrative(_) => None,
        }
    }

    /// The goal itself, or its parts: whatever is measured by itself.
    pub fn measured_parts(&self) -> impl Iterator<Item = (&Goal, &Measured)> {
        let all = match &self.plan {
            Plan::Measured(_) => std::slice::from_ref(self),
            Plan::Several(several) => &several.parts,
            Plan::Narrative(_) => &[],
        };
        all.iter().filter_map(|goal| Some((goal, goal.measured()?)))
    }

    /// The parts of a goal with several measures; empty for others.
    pub fn parts(&self) -> &[Goal] {
        match &self.plan {
            Plan::Several(several) => &several.parts,
            Plan::Measured(_) | Plan::Narrative(_) => &[],
        }
    }

    /// Whose results, or whom a goal without a number is about.
    pub fn population(&self) -> &Population {
        match &self.plan {
            Plan::Measured(plan) => &plan.population,
            Plan::Several(several) => &several.population,
            Plan::Narrative(narrative) => &narrative.population,
        }
    }

    /// What it counts, if it is measured.
    pub fn kind(&self) -> Option<&Counting> {
        self.measured().map(|plan| &plan.kind)
    }

    /// Its measures; none for a goal with parts or without a number.
    pub fn measures(&self) -> &[MeasureId] {
        self.measured().map_or(&[], |plan| &plan.measures)
    }

    /// The two groups that it compares, if it does.
    pub fn compare(&self) -> Option<&[Population; 2]> {
        self.measured()?.compare.as_ref()
    }

    /// What a measured goal aims at on a day: as first agreed, with every amendment up to that day. An amendment that
    /// comes after the deadline then in force changes nothing: the goal has ended.
    pub fn aim(&self, on: Date) -> Option<&Aim> {
        Some(self.measured()?.aims.on(on))
    }

    /// The deadline as first agreed.
    pub fn first_deadline(&self) -> Date {
        match &self.plan {
            Plan::Measured(plan) => plan.aims.first.deadline,
            Plan::Several(several) => several.deadline,
            Plan::Narrative(narrative) => narrative.deadline,
        }
    }

    /// The deadline in force on a day.
    pub fn deadline(&self, on: Date) -> Date {
        let last = self.course().take_while(|step| step.on <= on).last();
        last.map_or(self.first_deadline(), |step| step.deadline)
    }

    /// The amendments up to a day that count, by day.
    pub fn in_force(&self, on: Date) -> impl Iterator<Item = &Amendment> {
        self.course().take_while(move |step| step.on <= on).filter_map(|step| step.amendment)
    }

    fn course(&self) -> impl Iterator<Item = Step<'_>> {
        course(self.first_deadline(), &self.amendments, self.put_off())
    }

    /// Of a part of a goal: the deadlines that amendments of the whole set, each after its day.
    pub fn put_off(&self) -> &[(Date, Date)] {
        self.measured().map_or(&[], |plan| &plan.put_off)
    }
}
