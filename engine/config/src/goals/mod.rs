//! SMART goals and their strategies (`goals/*.toml`).
//!
//! Comes in: the files, and the project as read so far. Goes out: checked [`Goal`]s and [`PlcGoal`]s. Each section of
//! the file is one module: its raw form, its checked type and its check.

mod aim;
mod amendment;
mod counting;
mod course;
mod decision;
mod file;
mod growth;
mod measured;
mod narrative;
mod places;
mod population;
mod several;
mod strategy;
mod team;
mod texts;

use jiff::civil::Date;

pub use super::audience::Audience;
pub use super::population::Population;
use super::{MeasureId, SchoolId};

use course::Step;

pub use aim::{Aim, Baseline, Interim};
pub use amendment::Amendment;
pub use counting::Counting;
pub use course::Aims;
pub use decision::Decision;
pub use file::add;
pub(crate) use file::{File, load};
pub use measured::{Measured, Parameter, Way};
pub use narrative::{Judgement, Narrative};
pub use places::Places;
pub use several::Several;
pub use strategy::{Stage, Strategy};
pub use team::PlcGoal;
pub use texts::Text;

/// Who hears of the decisions of a staff meeting, and who sees a goal before it is agreed.
const AMONG_STAFF: [Audience; 3] = [Audience::Staff, Audience::Plc, Audience::Leadership];

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

/// What becomes of a goal’s results: a number, several, or none.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all goals are of the largest sort, and a division has tens of them"
)]
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
        course::course(self.first_deadline(), &self.amendments, self.put_off())
    }

    /// Of a part of a goal: the deadlines that amendments of the whole set, each after its day.
    pub fn put_off(&self) -> &[(Date, Date)] {
        self.measured().map_or(&[], |plan| &plan.put_off)
    }
}
