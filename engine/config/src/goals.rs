//! SMART goals and their strategies (`goals/*.toml`).

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_base::problem::Place;

use super::{MeasureId, PeriodId, SchoolId};

/// Who a report is for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    clap::ValueEnum,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// The staff meeting.
    Staff,
    /// One professional learning community.
    Plc,
    /// The parent council.
    ParentCouncil,
    /// The principal and the leadership team.
    Leadership,
    /// The division's office: all schools in one report.
    Division,
}

impl Audience {
    /// Every audience, in the order in which reports are made.
    pub const ALL: [Self; 5] = [Self::Staff, Self::Plc, Self::ParentCouncil, Self::Leadership, Self::Division];

    /// Whether its readers get groups, rules and files beside each goal's figures. Parents are told plainly, and
    /// the division's office in brief.
    pub fn in_detail(self) -> bool {
        !matches!(self, Self::ParentCouncil | Self::Division)
    }

    /// Its name in files, options and folders.
    pub fn id(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Plc => "plc",
            Self::ParentCouncil => "parent-council",
            Self::Leadership => "leadership",
            Self::Division => "division",
        }
    }
}

/// Whose results a goal is about. Empty lists mean “all”.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

impl GoalKind {
    /// For growth of the same students: how much of it is asked for by a period, in steps of the scale; none if that was
    /// not agreed on, or the goal is about something else.
    pub fn gain(&self, period: &str) -> Option<f64> {
        match self {
            Self::MatchedGrowth { gain, .. } => gain.get(period).or_else(|| gain.get("*")).copied(),
            _ => None,
        }
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

/// What is counted.
#[derive(Debug, Clone, PartialEq)]
pub enum GoalKind {
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
    /// Several measures, each a goal of its own; so many of them must be reached.
    Several {
        /// How many of the parts; all, if that is their number.
        at_least: u32,
        /// The parts, which take what they do not say from the goal.
        parts: Vec<Goal>,
    },
    /// No number: dated judgements on a rubric.
    Narrative(Narrative),
}

/// A goal without a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrative {
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
    /// What is said of a student who counts, in the past tense, as in “read at or above level”; none
    /// means a phrase made from the measure.
    pub indicator: Option<String>,
    /// Whose results.
    pub population: Population,
    /// Which measures (m of the k-of-m rule).
    pub measures: Vec<MeasureId>,
    /// The plugin that computes it, as in `share-at-or-above`.
    pub metric: String,
    /// Parameters that the goal sets for it.
    pub parameters: BTreeMap<String, Parameter>,
    /// The metric's output that the goal is judged by; none is its first.
    pub output: Option<String>,
    /// Which way is better, where the metric leaves it open.
    pub direction: Option<Way>,
    /// Two parts of the population that the metric compares.
    pub compare: Option<[Population; 2]>,
    /// What is counted.
    pub kind: GoalKind,
    /// What it aimed at when it was first agreed.
    pub first: Aim,
    /// What was agreed since, by day.
    pub amendments: Vec<Amendment>,
    /// Of a part of a goal: the deadlines that amendments of the whole set, each after its day.
    pub put_off: Vec<(Date, Date)>,
    /// How far below the line is still near it, in the goal's own unit.
    pub tolerance: Option<f64>,
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
    /// What it aims at on a day: as first agreed, with every amendment up to that day. An amendment that comes
    /// after the deadline then in force changes nothing: the goal has ended.
    pub fn aim(&self, on: Date) -> Aim {
        self.course(on).0
    }

    /// The amendments up to a day that count, by day.
    pub fn in_force(&self, on: Date) -> impl Iterator<Item = &Amendment> {
        self.course(on).1.into_iter()
    }

    /// What it aims at on a day, and its own amendments that led there. What is agreed after the deadline, when the
    /// goal has ended, changes nothing.
    fn course(&self, on: Date) -> (Aim, Vec<&Amendment>) {
        let (mut aim, mut held) = (self.first.clone(), Vec::new());
        let mut own = self.amendments.iter().take_while(|amendment| amendment.on <= on).peekable();
        let mut whole = self.put_off.iter().take_while(|(day, _)| *day <= on).peekable();
        loop {
            if let Some((day, deadline)) = whole.next_if(|(day, _)| own.peek().is_none_or(|own| *day <= own.on)) {
                if *day > aim.deadline {
                    break;
                }
                aim.deadline = *deadline;
            } else if let Some(amendment) = own.next() {
                if amendment.on > aim.deadline {
                    break;
                }
                amendment.change(&mut aim);
                held.push(amendment);
            } else {
                break;
            }
        }
        (aim, held)
    }

    /// The goal itself, or its parts: whatever is measured by itself.
    pub fn measured(&self) -> &[Goal] {
        match &self.kind {
            GoalKind::Several { parts, .. } => parts,
            GoalKind::Narrative(_) => &[],
            _ => std::slice::from_ref(self),
        }
    }
}
