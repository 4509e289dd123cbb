//! How many students are in which part of a scale.
//!
//! Comes in: members and the roll. Goes out: counts, period by period and measure by measure; unprotected.

use termwise_config::goals::Measured;
use termwise_config::measures::{Band, ScaleKind};
use termwise_config::{CodeClass, MeasureId, PeriodId, Project};

use crate::roll::{Member, Roll};
use crate::standing::Stands;

/// Counts by band (or by answer, for a survey) of one measure in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// The period whose results are counted.
    pub period: PeriodId,
    /// The measure whose results are counted.
    pub measure: MeasureId,
    /// Counts from the lowest part to the highest; their sum is the number of students placed.
    pub counts: Vec<u32>,
}

/// What the parts of a goal's distributions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    /// Bands of the expectation table, lowest first.
    Bands(Vec<Band>),
    /// Answers of a survey, lowest first, and the first of them that counts as at.
    Levels(Vec<String>, usize),
}

/// Which parts the goal's distributions have: answers for a survey, else the bands that the table
/// of its first measure has lines for.
pub(crate) fn parts_of(project: &Project, plan: &Measured, now: PeriodId) -> Parts {
    let Some(first) = plan.measures.first() else { return Parts::Bands(vec![Band::Below, Band::At]) };
    if plan.population.staff
        && let ScaleKind::Ordered { levels, .. } = &project.measures.scale_of(*first).kind
    {
        let at = project.measures.line(*first, Band::At, "*", &project.calendar, now).unwrap_or(f64::NAN);
        let at = (0..levels.len()).find(|i| *i as f64 >= at).unwrap_or(levels.len());
        return Parts::Levels(levels.clone(), at);
    }
    let has = |band: Band| {
        plan.measures.iter().all(|m| {
            let table = project.measures.expectation(*m, &project.calendar, now);
            table.is_some_and(|t| t.lines.contains_key(&band))
        })
    };
    let mut bands = vec![Band::Below];
    if has(Band::Approaching) {
        bands.push(Band::Approaching);
    }
    bands.push(Band::At);
    if has(Band::Above) {
        bands.push(Band::Above);
    }
    Parts::Bands(bands)
}

/// Counts the members by part. Readings that count as below are in the lowest part; readings that
/// are left out, or have no line to be held against, are not counted.
pub(crate) fn count_parts(
    roll: &Roll<'_>,
    (measure, period): (MeasureId, PeriodId),
    members: &[Member<'_>],
    parts: &Parts,
) -> Distribution {
    let Project { measures, calendar, .. } = roll.project;
    let length = match parts {
        Parts::Bands(bands) => bands.len(),
        Parts::Levels(levels, _) => levels.len(),
    };
    let mut counts = vec![0u32; length];
    for member in members {
        let Some((class, value)) = roll.reading(measure, period, member.person) else { continue };
        let line = |band: Band| measures.line(measure, band, member.grade, calendar, period);
        let place = match (class, parts) {
            (CodeClass::CountsAsBelow, _) => Some(0),
            (CodeClass::Score, Parts::Levels(levels, _)) => (0..levels.len()).rev().find(|i| value >= *i as f64),
            (CodeClass::Score, Parts::Bands(bands)) => Stands::of(Some((class, value)), line).map(|_| {
                let reached = |band: Band| line(band).is_some_and(|line| value >= line);
                (1..bands.len()).rev().find(|i| reached(bands[*i])).unwrap_or(0)
            }),
            (CodeClass::Excluded | CodeClass::Missing, _) => None,
        };
        if let Some(place) = place {
            counts[place] += 1;
        }
    }
    Distribution { period, measure, counts }
}
