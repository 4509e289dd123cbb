//! Disclosure: what each audience may see.
//!
//! Comes in: judged goals, unprotected. Goes out: [`Cleared`] figures, which nothing else can make
//! and reports accept alone, so an unprotected number on a page does not compile. Every share,
//! count, interval and bar passes through here once; charts, tables, alt texts and attachments are
//! made from the same cleared figures. It uses no clock, file or database.

use std::ops::Deref;

use jiff::civil::Date;

use crate::config::goals::Audience;
use crate::config::{MeasureId, PeriodId, Privacy};
use crate::goals::verdict::Lack;
use crate::goals::{Judged, Share, Verdict};
use crate::metrics::Description;
use crate::metrics::ask::{Distribution, Group, Parts};

/// Something that an audience may see. Only this module makes one.
#[derive(Debug, Clone)]
pub struct Cleared<T>(T);

impl<T> Deref for Cleared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
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
        /// Share in whole percent, as 0–1; the bound if coded.
        share: f64,
        /// How it is to be read.
        bound: Bound,
        /// Students asked about.
        of: u32,
        /// Students who count; none where this audience sees no counts or the share is coded.
        met: Option<u32>,
        /// Interval (0–1); none where `met` is none.
        interval: Option<(f64, f64)>,
    },
}

impl Figure {
    /// The share, if it may be shown.
    pub fn share(&self) -> Option<f64> {
        match self {
            Self::Shown { share, .. } => Some(*share),
            Self::Nothing | Self::Hidden => None,
        }
    }

    /// The share, if it may be shown as it is.
    pub fn exact(&self) -> Option<f64> {
        match self {
            Self::Shown { share, bound: Bound::Exact, .. } => Some(*share),
            _ => None,
        }
    }
}

/// A verdict that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClearedVerdict {
    /// As judged.
    Judged(Verdict),
    /// Not shown, to protect privacy.
    NotShown,
}

impl ClearedVerdict {
    /// Its key in dictionaries, the ledger and report models.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict.key(),
            Self::NotShown => "not-shown",
        }
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

/// All figures of one goal for one audience.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalFigures {
    /// Place of the goal in the project.
    pub goal: usize,
    /// The verdict.
    pub verdict: ClearedVerdict,
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
    /// By grade and program, now.
    pub groups: Vec<(Group, Figure)>,
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

/// Clears the judged goals of one school for one audience. Goals keep their order; a goal that the
/// audience is not meant to see is left out.
pub fn clear(privacy: &Privacy, audience: Audience, goals: &[(usize, &Judged)]) -> Cleared<Vec<GoalFigures>> {
    let rule = Rule::new(privacy, audience);
    let family: Vec<GoalFigures> = goals
        .iter()
        .filter(|(_, judged)| judged.goal.audiences.contains(&audience))
        .map(|(place, judged)| rule.goal(*place, judged))
        .collect();
    // Complementary suppression — over the whole report family and over earlier reports — belongs
    // here: it sees every figure of the family and may only take away. It is not done yet.
    Cleared(family)
}

/// The rules for one audience.
struct Rule<'a> {
    /// Groups of fewer students are hidden.
    minimum: u32,
    /// Whether counts of students who meet the line may be seen.
    counts: bool,
    /// Coding tiers, largest group first.
    coding: &'a [(u32, f64)],
}

impl<'a> Rule<'a> {
    fn new(privacy: &'a Privacy, audience: Audience) -> Self {
        Self {
            minimum: privacy.minimum_group.get(&audience).copied().unwrap_or(10).max(3),
            counts: audience != Audience::ParentCouncil,
            coding: &privacy.coding,
        }
    }

    fn goal(&self, place: usize, judged: &Judged) -> GoalFigures {
        let point = judged.point_now();
        // A share of the few who have a result is no result of the group; staff may see it beside its
        // count, the public does not.
        let partial = judged.verdict == Verdict::NotEnoughData(Lack::LowCoverage) && !self.counts;
        let now = if partial { Figure::Nothing } else { point.map_or(Figure::Nothing, |p| self.share(&p.all)) };
        let hidden = now == Figure::Hidden;
        let start = judged.start.as_ref().map(|start| {
            let figure = match start.period.and_then(|id| judged.points.iter().find(|p| p.period == id)) {
                Some(point) => self.share(&point.all),
                // A stated baseline is part of the goal's own text.
                None => {
                    Figure::Shown { share: whole(start.share), bound: Bound::Exact, of: 0, met: None, interval: None }
                }
            };
            (start.on, figure)
        });
        let exact_start = start.as_ref().is_some_and(|(_, figure)| figure.exact().is_some());
        let before = judged.point_before().map(|p| (p.period, self.share(&p.all)));
        GoalFigures {
            goal: place,
            verdict: if hidden { ClearedVerdict::NotShown } else { self.verdict(&judged.verdict) },
            more_students: now
                .exact()
                .filter(|_| !matches!(judged.verdict, Verdict::NotEnoughData(_)))
                .and(judged.more_students),
            start,
            before,
            // The line's first corner is the baseline itself.
            aimline: judged
                .aimline
                .as_ref()
                .filter(|_| exact_start)
                .map_or(Vec::new(), |line| line.corners().iter().map(|(day, share)| (*day, whole(*share))).collect()),
            expected: judged.expected.filter(|_| exact_start).map(whole),
            points: judged
                .points
                .iter()
                .map(|p| PointFigure {
                    period: p.period,
                    on: p.on,
                    figure: if partial && p.period == judged.now { Figure::Nothing } else { self.share(&p.all) },
                    same_children: p.same_children,
                })
                .collect(),
            groups: point
                .filter(|_| !hidden)
                .map_or(Vec::new(), |p| p.groups.iter().map(|(g, s)| (g.clone(), self.share(s))).collect()),
            median: point.filter(|_| !hidden && self.counts).and_then(|p| p.all.median),
            bars: self.bars(&judged.distributions, &judged.parts),
            parts: judged.parts.clone(),
            metric: judged.metric.clone(),
            left_out: point.filter(|_| !hidden).map_or(Vec::new(), |p| {
                p.all.left_out.iter().filter(|(_, n)| *n > 0).map(|(key, n)| (key.clone(), self.count(*n))).collect()
            }),
            now,
        }
    }

    /// Too few students is told to all; the share that hides behind it is not.
    fn verdict(&self, verdict: &Verdict) -> ClearedVerdict {
        match verdict {
            Verdict::NotEnoughData(Lack::FewStudents) => ClearedVerdict::NotShown,
            other => ClearedVerdict::Judged(other.clone()),
        }
    }

    /// Primary suppression and top and bottom coding of one share.
    fn share(&self, share: &Share) -> Figure {
        let Some(value) = share.value() else { return Figure::Nothing };
        if share.of < self.minimum {
            return Figure::Hidden;
        }
        let (value, bound) = self.coded(value, share.of);
        let exact = bound == Bound::Exact;
        Figure::Shown {
            share: value,
            bound,
            of: share.of,
            met: (self.counts && exact).then_some(share.met),
            interval: share.interval.filter(|_| self.counts && exact).map(|(low, high)| (whole(low), whole(high))),
        }
    }

    /// Shares so near to 0 or 1 that they tell of single students become a bound. The tiers follow
    /// NCES 2011-603 (Seastrom 2010): the smaller the group, the wider the bound.
    fn coded(&self, value: f64, of: u32) -> (f64, Bound) {
        let width = self.coding.iter().find(|(size, _)| of >= *size).map_or(0.2, |(_, width)| *width);
        if value <= width + 1e-9 {
            (width, Bound::OrLess)
        } else if value >= 1.0 - width - 1e-9 {
            (1.0 - width, Bound::OrMore)
        } else {
            (whole(value), Bound::Exact)
        }
    }

    /// All bars of a goal have the same parts: if one has to be pooled, all are, so that no finer
    /// part can be worked out from its neighbour.
    fn bars(&self, distributions: &[Distribution], parts: &Parts) -> Vec<Bar> {
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

    fn share(met: u32, of: u32) -> Share {
        Share { met, of, population: of, interval: Some((0.1, 0.9)), median: None, left_out: vec![] }
    }

    #[test]
    fn a_group_below_the_threshold_is_hidden_and_one_at_it_is_not() {
        let privacy = privacy();
        let public = Rule::new(&privacy, Audience::ParentCouncil);
        assert_eq!(public.share(&share(5, 9)), Figure::Hidden);
        assert!(matches!(public.share(&share(5, 10)), Figure::Shown { met: None, interval: None, of: 10, .. }));
        let staff = Rule::new(&privacy, Audience::Staff);
        assert_eq!(staff.share(&share(2, 4)), Figure::Hidden);
        assert!(matches!(staff.share(&share(3, 5)), Figure::Shown { met: Some(3), .. }));
        assert_eq!(staff.share(&share(0, 0)), Figure::Nothing);
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
            let Figure::Shown { share, bound: found, met: count, .. } = rule.share(&share(met, of)) else {
                panic!("{met} of {of} should be shown")
            };
            assert!((share - expected).abs() < 1e-9, "{met} of {of}: {share}");
            assert_eq!(found, bound, "{met} of {of}");
            assert_eq!(count, None);
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
        let all: Vec<BarParts> = rule.bars(&two, &parts).into_iter().map(|bar| bar.parts).collect();
        assert_eq!(all, [BarParts::Two(0.6, Bound::Exact), BarParts::Two(0.6, Bound::Exact)]);
    }
}
