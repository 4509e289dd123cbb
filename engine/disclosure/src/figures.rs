//! What a cleared figure is: everything that an audience may see of a goal.
//!
//! Nothing outside this crate makes or changes one of these: they cannot be written down there, are not copied, and
//! what is lent cannot be altered.

use std::cmp::Ordering;
use std::ops::Deref;

use jiff::civil::Date;

use termwise_config::goals::{Aim, Way};
use termwise_config::{Goal, MeasureId, PeriodId, Project};
use termwise_judging::ask::{Group, Parts};
use termwise_judging::goals::decide::Decidable;
use termwise_judging::goals::smart::Fact;
use termwise_judging::goals::{Ahead, Break, Panel, Unit, Verdict};
use termwise_judging::moves::Stood;
use termwise_metric::Description;

/// How a shown share is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// As it is, in whole percent.
    Exact,
    /// So much or less (bottom coding).
    OrLess,
    /// So much or more (top coding).
    OrMore,
}

/// One figure of one group.
#[derive(Debug, PartialEq)]
pub enum Figure {
    /// There is nothing to show: nobody had the readings needed.
    Nothing,
    /// Hidden to protect privacy. It carries nothing.
    Hidden,
    /// May be shown.
    #[non_exhaustive]
    Shown {
        /// Rounded: shares and differences to whole percent (0–1), levels and points to tenths; the bound if
        /// coded.
        value: f64,
        /// How it is to be read.
        bound: Bound,
        /// Students asked about.
        of: u32,
        /// Students who count; none where this audience sees no counts or the share is coded.
        met: Option<u32>,
        /// Interval (0–1); none where `met` is none. That of a gap is of the first side less the second.
        interval: Option<(f64, f64)>,
        /// Who is ahead, for a gap that is not nothing as printed.
        ahead: Option<Ahead>,
    },
}

impl Figure {
    /// The same figure, for another place of the same reader.
    pub(super) fn again(&self) -> Self {
        match *self {
            Self::Nothing => Self::Nothing,
            Self::Hidden => Self::Hidden,
            Self::Shown { value, bound, of, met, interval, ahead } => {
                Self::Shown { value, bound, of, met, interval, ahead }
            }
        }
    }

    /// The value, if it may be shown.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Shown { value, .. } => Some(*value),
            Self::Nothing | Self::Hidden => None,
        }
    }

    /// Where it stands on a chart: of a gap, the first side less the second.
    pub fn place(&self) -> Option<f64> {
        match self {
            Self::Shown { value, ahead, .. } => Some(value * ahead.map_or(1.0, Ahead::sign)),
            Self::Nothing | Self::Hidden => None,
        }
    }

    /// The value, if it may be shown as it is.
    pub fn exact(&self) -> Option<f64> {
        match self {
            Self::Shown { value, bound: Bound::Exact, .. } => Some(*value),
            _ => None,
        }
    }
}

/// The rule of an audience by which something is hidden from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hiding {
    /// The group has fewer people than this, the audience's minimum.
    Small(u32),
    /// Everybody in the group is taught as one class, whose figure would be its teacher's.
    OneClass,
    /// A difference, beside a share so near to nobody or everybody that it is shown as a bound.
    Bound,
    /// Beside figures that are shown it would tell of a group that is hidden.
    Beside,
    /// A part of the goal is hidden.
    Part,
}

impl Hiding {
    /// Its key in dictionaries and report models.
    pub fn key(self) -> &'static str {
        match self {
            Self::Small(_) => "small",
            Self::OneClass => "one-class",
            Self::Bound => "bound",
            Self::Beside => "beside",
            Self::Part => "part",
        }
    }
}

/// A verdict that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClearedVerdict {
    /// As judged.
    Judged(Verdict),
    /// Not shown, by a rule of this audience.
    NotShown(Hiding),
}

impl ClearedVerdict {
    /// Its key in dictionaries, the ledger and report models.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict.key(),
            Self::NotShown(_) => "not-shown",
        }
    }

    /// Whether a rule of this audience hides it.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Self::NotShown(_))
    }
}

/// A point of the progress chart.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct PointFigure {
    /// The reporting period that it is about.
    pub period: PeriodId,
    /// Its closing day.
    pub on: Date,
    /// The figure.
    pub figure: Figure,
    /// Same children as the point before.
    pub same_children: bool,
    /// What changed since the point before.
    pub broken: Option<Break>,
    /// Whether it is measured with the same yardstick as the point before.
    pub alike: bool,
    /// Whether it came after the goal had ended.
    pub after: bool,
    /// Where the aimline stood on the closing day, in the goal's unit (shares are 0–1).
    pub expected: Option<f64>,
    /// By grade and program; empty where the figure itself is hidden.
    pub groups: Vec<(Group, Figure)>,
}

/// One bar of a distribution.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct Bar {
    /// The reporting period that it is about.
    pub period: PeriodId,
    /// The measure whose results it shows.
    pub measure: MeasureId,
    /// Students in it; none if the bar is hidden.
    pub of: Option<u32>,
    /// The parts to show.
    pub parts: BarParts,
}

/// The parts of a bar.
#[derive(Debug, Clone, PartialEq)]
pub enum BarParts {
    /// Hidden to protect privacy.
    Hidden,
    /// Every part, shares in whole percent (0–1), lowest first.
    All(Vec<f64>),
    /// Only “below” and “at or above”, because a finer part would be too small: (share at or above,
    /// how to read it).
    Two(f64, Bound),
}

/// Students left out of a denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(u32),
    /// At least one, but fewer than this.
    Fewer(u32),
    /// This audience sees no such counts.
    Untold,
}

/// Who is behind a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct People {
    /// Since when.
    pub since: PeriodId,
    /// Same students, others, or some of both.
    pub kin: Kin,
    /// Who had a result then and has none now, or left.
    pub gone: Count,
    /// Whether anybody has a result only now, and only then; none where that would tell of a few.
    pub others: Option<(bool, bool)>,
    /// How the same students stood at the line, then and now.
    pub same: Same,
}

/// How the same students stood at a line, as an audience may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// In numbers: none of the four is a small group.
    Stood(Stood),
    /// Whether more of them rose to it than fell below it (`Greater`), as many, or fewer.
    More(Ordering),
    /// The goal is about no such line, or too few were measured both times.
    Untold,
}

/// Whether two figures are about the same students.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kin {
    /// All, and nobody is gone.
    All,
    /// All but a few: at most one in ten is new or gone.
    Same,
    /// None of the students of one figure is in the other.
    Different,
    /// Hardly any.
    Hardly,
    /// Some of both: the same, newly measured, arrived.
    Both {
        /// Results both times.
        same: Count,
        /// Here both times, newly measured.
        newly_measured: Count,
        /// Arrived since.
        arrived: Count,
    },
}

/// A letter of the SMART check as an audience may see it.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct ClearedLetter {
    /// `S`, `M`, `A`, `R` or `T`.
    pub letter: char,
    /// Whether nothing is missing.
    pub holds: bool,
    /// Facts whose numbers may be seen; of the others, whether they hold is all that is told.
    pub facts: Vec<Fact>,
}

/// What staff said of one statement, before and now.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct BeliefFigures {
    /// The statement.
    pub measure: MeasureId,
    /// First and last survey; one, if there was only one.
    pub surveys: Vec<SurveyFigure>,
}

/// One survey.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct SurveyFigure {
    /// The reporting period that it is about.
    pub period: PeriodId,
    /// Share in agreement.
    pub figure: Figure,
    /// Share of those asked who answered; none where nobody says how many were asked.
    pub response: Option<f64>,
}

/// All figures of one goal for one audience: what [`clear`](crate::clear) found that it may see. Only this crate makes or
/// changes one; everybody may read it.
#[derive(Debug, PartialEq)]
pub struct GoalFigures(pub(super) GoalFacts);

impl Deref for GoalFigures {
    type Target = GoalFacts;
    fn deref(&self) -> &GoalFacts {
        &self.0
    }
}

/// What is known of one goal. It is nothing that a report takes: see [`GoalFigures`].
#[derive(Debug, PartialEq)]
pub struct GoalFacts {
    /// Place of the goal in the project.
    pub goal: usize,
    /// The period that its figures are about: the one reported on, or the one that decided a goal that has ended.
    pub at: PeriodId,
    /// Whether the goal has ended, so that its verdict stays.
    pub ended: bool,
    /// The day up to which amendments count.
    pub agreed: Date,
    /// The day of judgement.
    pub day: Date,
    /// Another verdict that this audience was given as the final one: its key, and the day.
    pub was_final: Option<(String, Date)>,
    /// Whether all points are of one line; growth over times of different length is not.
    pub one_line: bool,
    /// For a part of a goal: its place among the parts.
    pub part: Option<usize>,
    /// What its figures are.
    pub unit: Unit,
    /// Which way is better.
    pub way: Way,
    /// The deadline in force.
    pub deadline: Date,
    /// What it aims at; none for a goal with parts or without a number.
    pub aim: Option<Aim>,
    /// Whether the figure reaches what was agreed first, where that was amended.
    pub first_met: Option<bool>,
    /// What the rules say.
    pub panel: Panel,
    /// How far from the line is still near it, in the goal's unit (shares are 0–1).
    pub tolerance: Option<f64>,
    /// The chance of a figure so good if nothing had changed, in whole percent (0–1).
    pub chance: Option<f64>,
    /// Who is behind the change.
    pub people: Option<People>,
    /// Results that were corrected since the last reports.
    pub corrected: Option<Count>,
    /// The SMART check.
    pub smart: Vec<ClearedLetter>,
    /// What so many students can decide.
    pub decidable: Option<Decidable>,
    /// The parts of a goal with several measures.
    pub several: Vec<GoalFigures>,
    /// For a narrative goal: place of the latest judgement.
    pub judgement: Option<usize>,
    /// What staff believe, for staff.
    pub beliefs: Vec<BeliefFigures>,
    /// The verdict.
    pub verdict: ClearedVerdict,
    /// The rule that hides the figure of the period reported on, whatever the verdict says.
    pub hidden: Option<Hiding>,
    /// The period reported on.
    pub now: Figure,
    /// Where the goal started: the day and the figure.
    pub start: Option<(Date, Figure)>,
    /// The point before: its period and figure.
    pub before: Option<(PeriodId, Figure)>,
    /// Corners of the aimline, each a day and a figure in the goal's unit; empty where the start is hidden.
    pub aimline: Vec<(Date, f64)>,
    /// Where the aimline stands now, in the goal's unit.
    pub expected: Option<f64>,
    /// Further students needed; none where the figure is hidden or coded.
    pub more_students: Option<u32>,
    /// The progress chart.
    pub points: Vec<PointFigure>,
    /// Median gain (matched growth), in steps of the scale.
    pub median: Option<f64>,
    /// Distributions, by measure and time.
    pub bars: Vec<Bar>,
    /// What the parts of the bars are.
    pub parts: Parts,
    /// Left out of the denominator now, by reason key.
    pub left_out: Vec<(String, Count)>,
    /// What the metric says of itself; no figure is in it.
    pub metric: Option<Description>,
}

impl GoalFigures {
    /// The goal that the figures belong to, or its part.
    pub fn of<'a>(&self, project: &'a Project) -> &'a Goal {
        let goal = &project.goals[self.goal];
        self.part.and_then(|part| goal.parts().get(part)).unwrap_or(goal)
    }

    /// By grade and program in a period.
    pub fn groups(&self, period: PeriodId) -> &[(Group, Figure)] {
        self.points.iter().find(|point| point.period == period).map_or(&[], |point| &point.groups)
    }
}
