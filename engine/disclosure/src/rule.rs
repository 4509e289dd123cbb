//! The rules of one audience: which figures it may see, and how exactly.

use std::collections::BTreeSet;

use termwise_config::goals::Audience;
use termwise_config::{PeriodId, Privacy};
use termwise_judging::ask::{Distribution, Group, Parts};
use termwise_judging::goals::smart::{Fact, Letter};
use termwise_judging::goals::verdict::Lack;
use termwise_judging::goals::{Ahead, Found, Judged, Panel, Point, Unit, Verdict};
use termwise_judging::moves::{Moves, Stood};

use super::figures::*;
use super::minimum;
use super::topic::{FigurePlace, Topic, grades, known};

/// Groups that cut a population into parts: its grades, its programs.
pub(super) const KINDS: [fn(&Group) -> bool; 2] =
    [|g| matches!(g, Group::Grade(_)), |g| matches!(g, Group::Program(_))];

/// The rules for one audience.
pub(super) struct Rule<'a> {
    /// Who reads.
    audience: Audience,
    /// Groups of fewer students are hidden.
    pub(super) minimum: u32,
    /// Whether counts of students who meet the line may be seen.
    counts: bool,
    /// Whether grades and programs may be seen beside the whole.
    groups: bool,
    /// Whether a class may be seen by itself: by the team that teaches it.
    classes: bool,
    /// Coding tiers, largest group first.
    coding: &'a [(u32, f64)],
    /// What the goals' own figures are about.
    pub(super) own: BTreeSet<Topic>,
    /// Figures that are hidden because others would give a hidden one away together with them.
    pub(super) taken: BTreeSet<FigurePlace>,
}

impl<'a> Rule<'a> {
    pub(super) fn new(privacy: &'a Privacy, audience: Audience) -> Self {
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

    /// Whether a group of a judged goal has a goal of its own.
    fn owns(&self, judged: &Judged, period: PeriodId, group: &Group) -> bool {
        known(judged.goal, &grades(judged), period, group).is_some_and(|about| self.own.contains(&about))
    }

    pub(super) fn goal(&self, place: usize, part: Option<usize>, judged: &Judged) -> GoalFigures {
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
        let figures = GoalFacts {
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
            deadline: judged.deadline,
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
                            let own = |group: &Group| self.owns(judged, p.period, group);
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
        Self::whole_goal(figures)
    }

    /// A goal with several measures is shown only if each of them may be.
    fn whole_goal(mut figures: GoalFacts) -> GoalFigures {
        if figures.several.iter().any(|part| part.verdict.is_hidden()) {
            figures.verdict = ClearedVerdict::NotShown(Hiding::Part);
        }
        // Neither is a verdict that was given before.
        if figures.verdict.is_hidden() {
            figures.was_final = None;
        }
        GoalFigures(figures)
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
    pub(super) fn hides(&self, unit: &Unit, found: &Found) -> Option<Hiding> {
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
    pub(super) fn figure(&self, unit: &Unit, found: &Found) -> Figure {
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
                bands.iter().position(|b| *b == termwise_config::measures::Band::At).unwrap_or(bands.len())
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

    pub(super) fn count(&self, count: u32) -> Count {
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
pub(super) fn whole(share: f64) -> f64 {
    (share * 100.0 + 1e-9).round() / 100.0
}

/// Shares of the parts in whole percent.
fn whole_parts(counts: &[u32], of: u32) -> Vec<f64> {
    counts.iter().map(|count| whole(f64::from(*count) / f64::from(of))).collect()
}

#[cfg(test)]
mod tests;
