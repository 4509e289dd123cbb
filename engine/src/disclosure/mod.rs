//! Disclosure: what each audience may see.
//!
//! Comes in: judged goals, unprotected. Goes out: [`Cleared`] figures, which nothing else can make
//! and reports accept alone, so an unprotected number on a page does not compile. Every share,
//! count, interval and bar passes through here once; charts, tables, alt texts and attachments are
//! made from the same cleared figures. It uses no clock, file or database.

mod counts;
mod family;
mod names;
mod overview;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Deref;

use jiff::civil::Date;

use crate::config::goals::{Aim, Audience, GoalKind, Way};
use crate::config::{Goal, MeasureId, PeriodId, Privacy, Project};
use crate::goals::decide::Decidable;
use crate::goals::smart::{Fact, Letter};
use crate::goals::verdict::Lack;
use crate::goals::{Ahead, Break, Found, Judged, Panel, Point, Unit, Verdict};
use crate::metrics::Description;
use crate::metrics::ask::{Distribution, Group, Parts};
use crate::metrics::moves::{Moves, Stood};

pub use counts::{given_away, given_away_by_sheet};
pub use family::{Crowd, Known, known};
pub use names::{NameList, clear_names};
pub use overview::{AlignmentFigures, CandidateFigures, Overview, clear_overview};

/// Something that an audience may see. Only this module makes one.
#[derive(Debug, Clone)]
pub struct Cleared<T>(T);

impl<T> Deref for Cleared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
impl<T> Cleared<T> {
    /// For tests of what looks at cleared figures: the same with a fault in it.
    pub(crate) fn altered(mut self, change: impl FnOnce(&mut T)) -> Self {
        change(&mut self.0);
        self
    }
}

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
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// There is nothing to show: nobody had the readings needed.
    Nothing,
    /// Hidden to protect privacy. It carries nothing.
    Hidden,
    /// May be shown.
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
#[derive(Debug, Clone, PartialEq)]
pub struct PointFigure {
    /// When.
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
    /// Where the aimline stood.
    pub expected: Option<f64>,
    /// By grade and program; empty where the figure itself is hidden.
    pub groups: Vec<(Group, Figure)>,
}

/// One bar of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// When.
    pub period: PeriodId,
    /// What.
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
    /// None.
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
#[derive(Debug, Clone, PartialEq)]
pub struct ClearedLetter {
    /// `S`, `M`, `A`, `R` or `T`.
    pub letter: char,
    /// Whether nothing is missing.
    pub holds: bool,
    /// Facts whose numbers may be seen; of the others, whether they hold is all that is told.
    pub facts: Vec<Fact>,
}

/// What staff said of one statement, before and now.
#[derive(Debug, Clone, PartialEq)]
pub struct BeliefFigures {
    /// The statement.
    pub measure: MeasureId,
    /// First and last survey; one, if there was only one.
    pub surveys: Vec<SurveyFigure>,
}

/// One survey.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyFigure {
    /// When.
    pub period: PeriodId,
    /// Share in agreement.
    pub figure: Figure,
    /// Share of those asked who answered; none where nobody says how many were asked.
    pub response: Option<f64>,
}

/// All figures of one goal for one audience.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalFigures {
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
    /// What it aims at.
    pub aim: Aim,
    /// Whether the figure reaches what was agreed first, where that was amended.
    pub first_met: Option<bool>,
    /// What the rules say.
    pub panel: Panel,
    /// How far from the line is still near it.
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
    /// Corners of the aimline; empty where the start is hidden.
    pub aimline: Vec<(Date, f64)>,
    /// Where the aimline stands now.
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
        match (&goal.kind, self.part) {
            (GoalKind::Several { parts, .. }, Some(part)) => &parts[part],
            _ => goal,
        }
    }

    /// By grade and program in a period.
    pub fn groups(&self, period: PeriodId) -> &[(Group, Figure)] {
        self.points.iter().find(|point| point.period == period).map_or(&[], |point| &point.groups)
    }
}

/// Clears the judged goals of one school for one audience. Goals keep their order; a goal that the
/// audience is not meant to see is left out.
pub fn clear(privacy: &Privacy, audience: Audience, goals: &[(usize, &Judged)]) -> Cleared<Vec<GoalFigures>> {
    let mut rule = Rule::new(privacy, audience);
    let mine: Vec<(usize, &Judged)> =
        goals.iter().copied().filter(|(_, judged)| judged.goal.audiences.contains(&audience)).collect();
    rule.own = family::of_goals(&mine);
    // A figure that is taken away may leave another one alone.
    let mut figures: Vec<GoalFigures> = loop {
        let figures: Vec<GoalFigures> = mine.iter().map(|(place, judged)| rule.goal(*place, None, judged)).collect();
        let more = family::gives_away(&rule, &mine, &figures);
        if more.is_empty() {
            break figures;
        }
        rule.taken.extend(more);
    };
    counts::coarsen(&rule, &mine, &mut figures);
    // Over earlier reports and other audiences nothing is taken away yet.
    Cleared(figures)
}

/// The smallest group that an audience sees.
pub fn minimum(privacy: &Privacy, audience: Audience) -> u32 {
    privacy.minimum_group.get(&audience).copied().unwrap_or(10).max(3)
}

/// Groups that cut a population into parts: its grades, its programs.
const KINDS: [fn(&Group) -> bool; 2] = [|g| matches!(g, Group::Grade(_)), |g| matches!(g, Group::Program(_))];

/// The rules for one audience.
struct Rule<'a> {
    /// Who reads.
    audience: Audience,
    /// Groups of fewer students are hidden.
    minimum: u32,
    /// Whether counts of students who meet the line may be seen.
    counts: bool,
    /// Whether grades and programs may be seen beside the whole.
    groups: bool,
    /// Whether a class may be seen by itself: by the team that teaches it.
    classes: bool,
    /// Coding tiers, largest group first.
    coding: &'a [(u32, f64)],
    /// What the goals' own figures are about.
    own: BTreeSet<Known>,
    /// Figures that are hidden because others would give a hidden one away together with them.
    taken: BTreeSet<family::Spot>,
}

impl<'a> Rule<'a> {
    fn new(privacy: &'a Privacy, audience: Audience) -> Self {
        Self {
            audience,
            minimum: minimum(privacy, audience),
            counts: audience != Audience::ParentCouncil,
            groups: audience.in_detail(),
            classes: audience == Audience::Plc,
            coding: &privacy.coding,
            own: BTreeSet::new(),
            taken: BTreeSet::new(),
        }
    }

    fn goal(&self, place: usize, part: Option<usize>, judged: &Judged) -> GoalFigures {
        let point = judged.point_now();
        let unit = &judged.unit;
        let spot = |period: PeriodId, group: &Group| (place, part, period, group.clone());
        let taken = |period: PeriodId| self.taken.contains(&spot(period, &Group::All));
        let shown = |point: &Point| {
            if taken(point.period) { Figure::Hidden } else { self.figure(unit, &point.all) }
        };
        // A share of the few who have a result is no result of the group; staff may see it beside its
        // count, the public does not.
        let partial = judged.verdict == Verdict::NotEnoughData(Lack::LowCoverage) && !self.counts;
        let now = if partial { Figure::Nothing } else { point.map_or(Figure::Nothing, shown) };
        let hidden = now == Figure::Hidden;
        let by = point.filter(|_| hidden).map(|point| self.hides(unit, &point.all).unwrap_or(Hiding::Beside));
        let start = judged.start.as_ref().map(|start| {
            let figure = match &start.point {
                Some(point) => shown(point),
                // A stated baseline is part of the goal's own text.
                None => stated(rounded(unit, start.value), start.ahead),
            };
            (start.on, figure)
        });
        let exact_start = start.as_ref().is_some_and(|(_, figure)| figure.exact().is_some());
        let before = judged.point_before().map(|p| (p.period, shown(p)));
        let exact_now = now.exact().is_some();
        // Where the line stands tells where it starts.
        let line = |value: Option<f64>| value.filter(|_| exact_start).map(|value| rounded(unit, value));
        let figures = GoalFigures {
            goal: place,
            at: judged.now,
            ended: judged.ended,
            agreed: judged.agreed,
            day: judged.day,
            was_final: judged.was_final.get(&self.audience).filter(|_| !hidden).cloned(),
            one_line: judged.one_line,
            part,
            unit: unit.clone(),
            way: judged.way,
            aim: judged.aim.clone(),
            first_met: judged.first_met.filter(|_| exact_now),
            panel: if hidden || !self.counts { Panel::default() } else { judged.panel },
            tolerance: judged.tolerance.filter(|_| exact_now && self.counts),
            chance: judged.chance.filter(|_| exact_now && exact_start && self.counts).map(whole),
            people: judged
                .moves
                .as_ref()
                .filter(|_| matches!(now, Figure::Shown { .. }) && !matches!(before, Some((_, Figure::Hidden))))
                .map(|moves| {
                    let exact = exact_now && before.as_ref().is_some_and(|(_, f)| f.exact().is_some());
                    let founds = [judged.point_before(), point].map(|point| point.map(|point| &point.all));
                    self.people(moves, exact, founds)
                }),
            corrected: (judged.corrected > 0 && !hidden).then(|| self.count(judged.corrected)),
            smart: if self.counts { self.letters(judged, !hidden, exact_now && exact_start) } else { Vec::new() },
            decidable: judged.decidable.clone().filter(|_| exact_now && exact_start && self.counts),
            several: judged.several.iter().enumerate().map(|(i, part)| self.goal(place, Some(i), part)).collect(),
            judgement: judged.judgement,
            beliefs: self.beliefs(judged),
            verdict: self.verdict(&judged.verdict, by),
            hidden: by,
            more_students: now
                .exact()
                .filter(|_| !matches!(judged.verdict, Verdict::NotEnoughData(_) | Verdict::NotAvailable(_)))
                .and(judged.more_students),
            start,
            before,
            // The line's first corner is the baseline itself.
            aimline: judged.aimline.as_ref().filter(|_| exact_start).map_or(Vec::new(), |line| {
                line.corners().iter().map(|(day, value)| (*day, rounded(unit, *value))).collect()
            }),
            expected: line(judged.expected),
            points: judged
                .points
                .iter()
                .chain(&judged.later)
                .map(|p| {
                    let figure = if partial && p.period == judged.now { Figure::Nothing } else { shown(p) };
                    let open = figure != Figure::Hidden;
                    PointFigure {
                        period: p.period,
                        on: p.on,
                        figure,
                        same_children: p.same_children,
                        broken: p.broken.clone(),
                        alike: p.alike,
                        after: p.after,
                        expected: line(p.expected),
                        groups: if open && self.groups {
                            let taken = |group: &Group| self.taken.contains(&spot(p.period, group));
                            let own = |group: &Group| family::is_own(self, judged, p.period, group);
                            self.groups(unit, &p.groups, taken, own)
                        } else {
                            Vec::new()
                        },
                    }
                })
                .collect(),
            median: point.filter(|_| !hidden && self.counts).and_then(|p| p.all.median),
            bars: self.bars(judged, taken),
            parts: judged.parts.clone(),
            metric: judged.metric.clone(),
            left_out: point.filter(|_| !hidden).map_or(Vec::new(), |p| {
                p.all.left_out.iter().filter(|(_, n)| *n > 0).map(|(key, n)| (key.clone(), self.count(*n))).collect()
            }),
            now,
        };
        self.whole_goal(figures)
    }

    /// A goal with several measures is shown only if each of them may be.
    fn whole_goal(&self, mut figures: GoalFigures) -> GoalFigures {
        if figures.several.iter().any(|part| part.verdict.is_hidden()) {
            figures.verdict = ClearedVerdict::NotShown(Hiding::Part);
        }
        // Neither is a verdict that was given before.
        if figures.verdict.is_hidden() {
            figures.was_final = None;
        }
        figures
    }

    /// Figures by grade and by program. While just one of a kind is hidden, or all that are hidden have fewer
    /// students together than the minimum, the smallest of the others is hidden with them: the whole and the
    /// rest would give them away.
    fn groups(
        &self,
        unit: &Unit,
        groups: &[(Group, Found)],
        taken: impl Fn(&Group) -> bool,
        own: impl Fn(&Group) -> bool,
    ) -> Vec<(Group, Figure)> {
        let figure = |group: &Group, found: &Found| {
            if taken(group) { Figure::Hidden } else { self.figure(unit, found) }
        };
        let mut shown: Vec<(Group, Figure)> =
            groups.iter().map(|(group, found)| (group.clone(), figure(group, found))).collect();
        for kind in KINDS {
            let mine: Vec<usize> = (0..shown.len()).filter(|i| kind(&shown[*i].0)).collect();
            loop {
                let hidden = mine.iter().filter(|i| shown[**i].1 == Figure::Hidden).count();
                // A bound that stands alone would follow from the whole and the others, too.
                let told = |figure: &Figure| matches!(figure, Figure::Nothing) || figure.exact().is_some();
                let untold = mine.iter().filter(|i| !told(&shown[**i].1));
                let (n, of) = untold.fold((0, 0), |(n, of), i| (n + 1, of + groups[*i].1.of));
                let open = mine.iter().filter(|i| match &shown[**i].1 {
                    Figure::Shown { bound, .. } => hidden == 1 || *bound == Bound::Exact,
                    Figure::Hidden | Figure::Nothing => false,
                });
                // Rather one that has no goal of its own, whose figure would have to go, too.
                match open.min_by_key(|i| (own(&groups[**i].0), groups[**i].1.of)) {
                    Some(smallest) if hidden == 1 || n == 1 || (n > 1 && of < self.minimum) => {
                        shown[*smallest].1 = Figure::Hidden
                    }
                    _ => break,
                }
            }
        }
        shown
    }

    /// Who is behind a change. Numbers are told where none of them is a small group, and none follows from the others
    /// and from the two figures, of then and now; `exact` is whether both of these are told as they are.
    fn people(&self, moves: &Moves, exact: bool, figures: [Option<&Found>; 2]) -> People {
        let new = moves.newly_measured + moves.arrived;
        let gone = moves.no_longer_measured + moves.left;
        let open = |n: u32| n == 0 || n >= self.minimum;
        let all_open = [moves.newly_measured, moves.arrived, new, gone].into_iter().all(open);
        let few = new < self.minimum && gone < self.minimum && 10 * (new + gone) <= moves.same;
        let told = self.counts && all_open && moves.same >= self.minimum;
        let kin = if moves.same == 0 {
            Kin::Different
        } else if moves.same < self.minimum && 10 * moves.same <= moves.same + new {
            Kin::Hardly
        } else if new + gone == 0 {
            Kin::All
        } else if few {
            Kin::Same
        } else if told {
            Kin::Both {
                same: Count::Exactly(moves.same),
                newly_measured: Count::Exactly(moves.newly_measured),
                arrived: Count::Exactly(moves.arrived),
            }
        } else {
            // Two exact counts would give the small one away by a subtraction.
            Kin::Both { same: Count::Untold, newly_measured: Count::Untold, arrived: Count::Untold }
        };
        let same = match moves.stood {
            // One small number of the four would follow from the others and from the shares.
            Some(stood) if told && exact && stood.all().into_iter().all(open) && self.rest_open(stood, figures) => {
                Same::Stood(stood)
            }
            Some(stood) if moves.same >= self.minimum => Same::More(stood.rose.cmp(&stood.fell)),
            _ => Same::Untold,
        };
        let gone_told = match gone {
            0 if all_open => Count::Exactly(0),
            n if all_open && self.counts => Count::Exactly(n),
            _ => Count::Untold,
        };
        People { since: moves.since, kin, gone: gone_told, others: all_open.then_some((new > 0, gone > 0)), same }
    }

    /// Whether the students whom a figure counts beside the same ones, gone since or new, may be told by themselves:
    /// their figure is what is left when the same students are taken from it.
    fn rest_open(&self, stood: Stood, [then, now]: [Option<&Found>; 2]) -> bool {
        let same: u32 = stood.all().iter().sum();
        [(then, stood.stayed_at + stood.fell), (now, stood.stayed_at + stood.rose)].into_iter().all(|(found, at)| {
            let Some((found, met)) = found.and_then(|found| Some((found, found.met?))) else { return true };
            let (of, met) = (found.of.saturating_sub(same), met.saturating_sub(at));
            of == 0 || (of >= self.minimum && self.coded(f64::from(met) / f64::from(of), of).1 == Bound::Exact)
        })
    }

    /// What staff said of statements: as any share, and not for the public.
    fn beliefs(&self, judged: &Judged) -> Vec<BeliefFigures> {
        if !self.counts {
            return Vec::new();
        }
        let survey = |(period, met, of): &(PeriodId, u32, u32)| {
            let found = Found { met: Some(*met), of: *of, population: *of, ..Found::default() };
            let response = judged.asked.get(period).filter(|asked| **asked >= *of && *of >= self.minimum);
            SurveyFigure {
                period: *period,
                figure: self.figure(&Unit::Share, &found),
                response: response.map(|asked| whole(f64::from(*of) / f64::from(*asked))),
            }
        };
        let ends = |surveys: &[(PeriodId, u32, u32)]| match surveys {
            [] => Vec::new(),
            [only] => vec![survey(only)],
            [first, .., last] => vec![survey(first), survey(last)],
        };
        judged.beliefs.iter().map(|b| BeliefFigures { measure: b.measure, surveys: ends(&b.surveys) }).collect()
    }

    /// The SMART check without numbers of small groups.
    fn letters(&self, judged: &Judged, visible: bool, figures_shown: bool) -> Vec<ClearedLetter> {
        let open = |fact: &&Fact| match fact {
            Fact::Population(n) => visible && *n >= self.minimum,
            Fact::Readings { of, population, .. } => {
                let without = population.saturating_sub(*of);
                visible && *of >= self.minimum && (without == 0 || without >= self.minimum)
            }
            Fact::Change { students, elsewhere, .. } => {
                figures_shown && *students >= self.minimum && (*elsewhere == 0 || *elsewhere >= self.minimum)
            }
            _ => true,
        };
        let letter = |letter: &Letter| ClearedLetter {
            letter: letter.letter,
            holds: letter.holds(),
            facts: letter.facts.iter().filter(open).cloned().collect(),
        };
        judged.smart.letters.iter().map(letter).collect()
    }

    /// A reason that was found before anybody looked at the result is the same for everybody; it tells nothing
    /// of the result. (Without a start the verdict has looked: it says that the target is not reached.)
    fn verdict(&self, verdict: &Verdict, hidden: Option<Hiding>) -> ClearedVerdict {
        match (hidden, verdict) {
            (_, Verdict::NotAvailable(_))
            | (
                _,
                Verdict::NotEnoughData(
                    Lack::NoReadings | Lack::FewStudents | Lack::LowCoverage | Lack::Nobody | Lack::NothingByTheEnd,
                ),
            )
            | (None, _) => ClearedVerdict::Judged(verdict.clone()),
            (Some(by), _) => ClearedVerdict::NotShown(by),
        }
    }

    /// The rule by which a figure is hidden for its own sake.
    fn hides(&self, unit: &Unit, found: &Found) -> Option<Hiding> {
        found.value()?;
        if found.fewest() < self.minimum {
            return Some(Hiding::Small(self.minimum));
        }
        if found.one_class && !self.classes {
            return Some(Hiding::OneClass);
        }
        // A difference beside a coded share would tell what the code hides.
        let coded = |(met, of): &(u32, u32)| self.coded(f64::from(*met) / f64::from(*of), *of).1 != Bound::Exact;
        (matches!(unit, Unit::Difference | Unit::Gap) && found.rests_on.iter().any(coded)).then_some(Hiding::Bound)
    }

    /// Primary suppression and top and bottom coding of one figure.
    fn figure(&self, unit: &Unit, found: &Found) -> Figure {
        let Some(value) = found.value() else { return Figure::Nothing };
        if self.hides(unit, found).is_some() {
            return Figure::Hidden;
        }
        let (value, bound) = match unit {
            Unit::Share => self.coded(value, found.of),
            Unit::Difference | Unit::Gap => (whole(value), Bound::Exact),
            Unit::Steps(_) => (rounded(unit, value), Bound::Exact),
        };
        let exact = bound == Bound::Exact;
        Figure::Shown {
            value,
            bound,
            of: found.of,
            met: found.met.filter(|_| self.counts && exact),
            interval: found
                .interval
                .filter(|_| self.counts && exact)
                .map(|(low, high)| (rounded(unit, low), rounded(unit, high))),
            ahead: found.ahead.filter(|_| value > 0.0),
        }
    }

    /// Shares so near to 0 or 1 that they tell of single students become a bound. The tiers follow
    /// NCES 2011-603 (Seastrom 2010): the smaller the group, the wider the bound.
    fn coded(&self, value: f64, of: u32) -> (f64, Bound) {
        let width = self.coding.iter().find(|(size, _)| of >= *size).map_or(0.2, |(_, width)| *width);
        // A bound is printed in whole percent, and stays true: “99% or more”, never “100% or more”.
        let whole_width = (width * 100.0 - 1e-9).ceil().max(1.0) / 100.0;
        if value <= width + 1e-9 {
            (whole_width, Bound::OrLess)
        } else if value >= 1.0 - width - 1e-9 {
            (1.0 - whole_width, Bound::OrMore)
        } else {
            (whole(value), Bound::Exact)
        }
    }

    /// All bars of a goal have the same parts: if one has to be pooled, all are, so that no finer
    /// part can be worked out from its neighbour.
    fn bars(&self, judged: &Judged, taken: impl Fn(PeriodId) -> bool) -> Vec<Bar> {
        let class = |d: &Distribution| judged.points.iter().any(|p| p.period == d.period && p.all.one_class);
        let mut bars = self.pooled(&judged.distributions, &judged.parts);
        for (bar, distribution) in bars.iter_mut().zip(&judged.distributions) {
            if (class(distribution) && !self.classes) || taken(distribution.period) {
                (bar.of, bar.parts) = (None, BarParts::Hidden);
            }
        }
        bars
    }

    fn pooled(&self, distributions: &[Distribution], parts: &Parts) -> Vec<Bar> {
        let bars: Vec<Bar> = distributions.iter().map(|d| self.bar(d, parts, false)).collect();
        if !bars.iter().any(|bar| matches!(bar.parts, BarParts::Two(..))) {
            return bars;
        }
        distributions.iter().map(|d| self.bar(d, parts, true)).collect()
    }

    /// A bar shows all parts only if none of them is a small group of its own; else it is `pooled`
    /// into two parts under the rules of a share.
    fn bar(&self, distribution: &Distribution, parts: &Parts, pooled: bool) -> Bar {
        let of: u32 = distribution.counts.iter().sum();
        let first_at = match parts {
            Parts::Bands(bands) => {
                bands.iter().position(|b| *b == crate::config::measures::Band::At).unwrap_or(bands.len())
            }
            Parts::Levels(_, at) => *at,
        };
        let at: u32 = distribution.counts.iter().skip(first_at).sum();
        let share = f64::from(at) / f64::from(of.max(1));
        let small = |count: u32| count < self.minimum && !(count == 0 && of >= 4 * self.minimum);
        let parts = if of < self.minimum {
            BarParts::Hidden
        } else if pooled
            || distribution.counts.iter().any(|count| small(*count))
            || self.coded(share, of).1 != Bound::Exact
        {
            let (share, bound) = self.coded(share, of);
            BarParts::Two(share, bound)
        } else {
            BarParts::All(whole_parts(&distribution.counts, of))
        };
        Bar {
            period: distribution.period,
            measure: distribution.measure,
            of: (parts != BarParts::Hidden).then_some(of),
            parts,
        }
    }

    fn count(&self, count: u32) -> Count {
        if !self.counts {
            Count::Untold
        } else if count < self.minimum {
            Count::Fewer(self.minimum)
        } else {
            Count::Exactly(count)
        }
    }
}

/// A figure that is part of the goal's own text.
fn stated(value: f64, ahead: Option<Ahead>) -> Figure {
    Figure::Shown { value, bound: Bound::Exact, of: 0, met: None, interval: None, ahead: ahead.filter(|_| value > 0.0) }
}

/// Rounded as the unit is printed: whole percent, or tenths of levels and points.
pub fn rounded(unit: &Unit, value: f64) -> f64 {
    match unit {
        Unit::Share | Unit::Difference | Unit::Gap => whole(value),
        Unit::Steps(_) => (value * 10.0 + 1e-9).round() / 10.0,
    }
}

/// Rounded to whole percent, halves up.
fn whole(share: f64) -> f64 {
    (share * 100.0 + 1e-9).round() / 100.0
}

/// Shares of the parts in whole percent.
fn whole_parts(counts: &[u32], of: u32) -> Vec<f64> {
    counts.iter().map(|count| whole(f64::from(*count) / f64::from(of))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::measures::Band;
    use std::collections::BTreeMap;

    fn privacy() -> Privacy {
        Privacy {
            minimum_group: BTreeMap::from([(Audience::Staff, 5), (Audience::Plc, 5), (Audience::ParentCouncil, 10)]),
            coding: vec![(200, 0.01), (101, 0.02), (41, 0.05), (21, 0.10), (0, 0.20)],
        }
    }

    fn share(met: u32, of: u32) -> Found {
        Found { met: Some(met), of, population: of, interval: Some((0.1, 0.9)), ..Found::default() }
    }

    #[test]
    fn a_group_below_the_threshold_is_hidden_and_one_at_it_is_not() {
        let privacy = privacy();
        let public = Rule::new(&privacy, Audience::ParentCouncil);
        assert_eq!(public.figure(&Unit::Share, &share(5, 9)), Figure::Hidden);
        assert!(matches!(
            public.figure(&Unit::Share, &share(5, 10)),
            Figure::Shown { met: None, interval: None, of: 10, .. }
        ));
        let staff = Rule::new(&privacy, Audience::Staff);
        assert_eq!(staff.figure(&Unit::Share, &share(2, 4)), Figure::Hidden);
        assert!(matches!(staff.figure(&Unit::Share, &share(3, 5)), Figure::Shown { met: Some(3), .. }));
        assert_eq!(staff.figure(&Unit::Share, &share(0, 0)), Figure::Nothing);
    }

    #[test]
    fn nobody_and_everybody_are_coded_by_the_size_of_the_group() {
        let privacy = privacy();
        let rule = Rule::new(&privacy, Audience::ParentCouncil);
        for (met, of, expected, bound) in [
            (0, 54, 0.05, Bound::OrLess),
            (54, 54, 0.95, Bound::OrMore),
            (53, 54, 0.95, Bound::OrMore),
            (51, 54, 0.94, Bound::Exact),
            (12, 12, 0.80, Bound::OrMore),
            (2, 12, 0.20, Bound::OrLess),
            (30, 30, 0.90, Bound::OrMore),
            (359, 360, 0.99, Bound::OrMore),
        ] {
            let Figure::Shown { value: share, bound: found, met: count, .. } =
                rule.figure(&Unit::Share, &share(met, of))
            else {
                panic!("{met} of {of} should be shown")
            };
            assert!((share - expected).abs() < 1e-9, "{met} of {of}: {share}");
            assert_eq!(found, bound, "{met} of {of}");
            assert_eq!(count, None);
        }
    }

    /// 20 of 46, and of the same 40 20 stayed at level: none of the 6 others is at level.
    #[test]
    fn the_same_students_in_numbers_leave_no_others_to_be_worked_out() {
        let privacy = privacy();
        let rule = Rule::new(&privacy, Audience::Staff);
        let stood = Stood { stayed_at: 20, rose: 0, fell: 0, stayed_below: 20 };
        let told = |new: (u32, u32), gone: (u32, u32)| {
            let moves = Moves {
                since: PeriodId(0),
                same: 40,
                newly_measured: new.1,
                arrived: 0,
                no_longer_measured: gone.1,
                left: 0,
                stood: Some(stood),
            };
            let (then, now) = (share(20 + gone.0, 40 + gone.1), share(20 + new.0, 40 + new.1));
            matches!(rule.people(&moves, true, [Some(&then), Some(&now)]).same, Same::Stood(_))
        };
        assert!(told((0, 0), (0, 0)), "nobody else");
        for met in 0..=6 {
            // A share of 6 is told as it is between 20 % and 80 %: 2, 3 or 4 of them.
            let open = (2..=4).contains(&met);
            assert_eq!(told((met, 6), (0, 0)), open, "{met} of 6 new");
            assert_eq!(told((0, 0), (met, 6)), open, "{met} of 6 gone");
            assert_eq!(told((3, 6), (met, 6)), open, "both");
        }
    }

    #[test]
    fn a_bar_with_a_small_part_falls_back_to_two_parts() {
        let privacy = privacy();
        let rule = Rule::new(&privacy, Audience::Staff);
        let parts = Parts::Bands(vec![Band::Below, Band::Approaching, Band::At, Band::Above]);
        let bar = |counts: Vec<u32>| {
            rule.bar(&Distribution { period: PeriodId(0), measure: MeasureId(0), counts }, &parts, false).parts
        };
        assert_eq!(bar(vec![10, 10, 20, 10]), BarParts::All(vec![0.2, 0.2, 0.4, 0.2]));
        assert_eq!(bar(vec![3, 17, 20, 10]), BarParts::Two(0.6, Bound::Exact));
        assert_eq!(bar(vec![0, 0, 0, 50]), BarParts::Two(0.95, Bound::OrMore));
        assert_eq!(bar(vec![1, 1, 1, 1]), BarParts::Hidden);
        let two = [vec![10, 10, 20, 10], vec![3, 17, 20, 10]].map(|counts| Distribution {
            period: PeriodId(0),
            measure: MeasureId(0),
            counts,
        });
        let all: Vec<BarParts> = rule.pooled(&two, &parts).into_iter().map(|bar| bar.parts).collect();
        assert_eq!(all, [BarParts::Two(0.6, Bound::Exact), BarParts::Two(0.6, Bound::Exact)]);
    }
}
