//! What the figures of one report give away together.
//!
//! Comes in: the goals of a school, cleared one by one. Goes out: figures to hide besides, so that a group that
//! is hidden cannot be had from the whole and its other parts, also where these stand under other goals. Two
//! figures about the same people, question and time are one figure: hidden in one place, hidden everywhere.

use std::collections::{BTreeMap, BTreeSet};

use termwise_config::PeriodId;
use termwise_judging::ask::Group;
use termwise_judging::goals::Judged;

use super::rule::{KINDS, Rule};
use super::topic::{FigurePlace, Topic, grades, known, leaves};
use super::{Figure, GoalFigures};

/// Figures that must be hidden besides.
pub(super) fn gives_away(rule: &Rule, goals: &[(usize, &Judged)], figures: &[GoalFigures]) -> Vec<FigurePlace> {
    // Every figure of the report by what it is about.
    let mut all: BTreeMap<Topic, Vec<(FigurePlace, &Figure)>> = BTreeMap::new();
    let judged: BTreeMap<(usize, Option<usize>), &Judged> =
        leaves(goals).map(|(place, part, judged)| ((place, part), judged)).collect();
    for figures in figures.iter().flat_map(|figures| std::iter::once(figures).chain(&figures.several)) {
        let Some(judged) = judged.get(&(figures.goal, figures.part)) else { continue };
        let grades = grades(judged);
        for point in &figures.points {
            let whole = std::iter::once((&Group::All, &point.figure));
            for (group, figure) in whole.chain(point.groups.iter().map(|(group, figure)| (group, figure))) {
                let spot = (figures.goal, figures.part, point.period, group.clone());
                if let Some(about) = known(judged.goal, &grades, point.period, group) {
                    all.entry(about).or_default().push((spot, figure));
                }
            }
        }
    }
    let shown = |figure: &Figure| matches!(figure, Figure::Shown { .. });
    let mut more = BTreeSet::new();
    let open = |places: &[(FigurePlace, &Figure)]| -> Vec<FigurePlace> {
        places.iter().filter(|(_, figure)| shown(figure)).map(|(spot, _)| spot.clone()).collect()
    };
    for places in all.values().filter(|places| places.iter().any(|(_, figure)| **figure == Figure::Hidden)) {
        more.extend(open(places));
    }
    if more.is_empty() {
        for (place, part, judged) in leaves(goals) {
            let grades = grades(judged);
            let about = |period: PeriodId, group: &Group| known(judged.goal, &grades, period, group);
            for point in judged.points.iter().chain(&judged.later) {
                let whole = about(point.period, &Group::All).and_then(|about| all.get(&about));
                let whole = whole.is_some_and(|places| places.iter().any(|(_, figure)| shown(figure)));
                for kind in KINDS.iter().filter(|_| whole) {
                    let parts = point.groups.iter().filter(|(group, found)| kind(group) && found.of > 0);
                    let (known, unknown): (Vec<_>, Vec<_>) = parts
                        .map(|(group, found)| {
                            (
                                about(point.period, group)
                                    .and_then(|about| all.get(&about))
                                    .map_or(Vec::new(), |p| open(p)),
                                found,
                            )
                        })
                        .partition(|(spots, _)| !spots.is_empty());
                    let of: u32 = unknown.iter().map(|(_, found)| found.of).sum();
                    let alone = unknown.len() == 1 || of < rule.minimum;
                    let small = unknown.iter().any(|(_, found)| rule.hides(&judged.unit, found).is_some());
                    // Rather a row of a table than a goal's own figure.
                    let least = known
                        .into_iter()
                        .min_by_key(|(spots, found)| (spots.iter().any(|(.., group)| *group == Group::All), found.of));
                    if let (true, Some((spots, _))) = (small && alone, least) {
                        more.extend(spots);
                    }
                }
                if !more.is_empty() {
                    tracing::debug!(place, part, "a figure is hidden because others would give it away");
                }
            }
        }
    }
    more.into_iter().filter(|spot| !rule.taken.contains(spot)).collect()
}

#[cfg(test)]
mod tests;
