//! The section `[privacy]`: thresholds that protect small groups.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::check::Check;
use super::goals::Audience;
use super::spot::At;
use super::words::Word;

/// Smallest group that may be set (PTAC names 3 as the absolute minimum).
const LEAST_GROUP: u32 = 3;

/// Default tiers of top and bottom coding (NCES 2011-603, Seastrom 2010): group size from which on,
/// width of the coded ends.
const CODING: [(u32, f64); 5] = [(201, 0.01), (101, 0.02), (41, 0.05), (21, 0.10), (0, 0.20)];

/// Thresholds that protect small groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Privacy {
    /// Smallest group that an audience may see: a group with `n < k` is hidden.
    pub minimum_group: BTreeMap<Audience, u32>,
    /// Top and bottom coding: for groups of at least `.0` students, shares nearer to 0 or 1 than
    /// `.1` are printed as “… or less” / “… or more”. Sorted by size, largest first.
    pub coding: Vec<(u32, f64)>,
}

impl Default for Privacy {
    fn default() -> Self {
        let least = |audience| match audience {
            Audience::ParentCouncil | Audience::Division => 10,
            Audience::Staff | Audience::Plc | Audience::Leadership => 5,
        };
        let minimum_group = Audience::ALL.into_iter().map(|audience| (audience, least(audience))).collect();
        Self { minimum_group, coding: CODING.to_vec() }
    }
}

/// What reports hide so that nobody can be recognised.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Privacy")]
pub(super) struct RawPrivacy {
    /// Smallest group of students that an audience may see: 3 or more. Left out: 5 for staff, PLCs and leadership, 10
    /// for the parent council and the division.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Audience, u32>")]
    minimum_group: BTreeMap<At<Word<Audience>>, At<u32>>,
    /// How far from 0 and 100% a share must be to be printed as it is, by size of the group. Left out: the steps of
    /// NCES 2011-603.
    #[serde(default)]
    coding: Vec<RawCoding>,
}

/// One step: from this size of a group on, this width of the ends.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Coding")]
struct RawCoding {
    /// Number of students from which on it holds.
    from: At<u32>,
    /// Percent at both ends that are printed as “or less” and “or more”: above 0 and below 50.
    #[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 50))]
    percent: At<f64>,
}

impl Check<'_> {
    pub(super) fn privacy(&mut self, raw: &RawPrivacy) -> Privacy {
        let mut privacy = Privacy::default();
        for (audience, value) in &raw.minimum_group {
            let least = *value.get_ref();
            if least < LEAST_GROUP {
                self.fault(
                    value.span(),
                    format!("A smallest group of {least} would let single students be recognised."),
                    "Use at least 3 (the absolute minimum named by PTAC); 10 is usual for the public.",
                );
            }
            if let Some(audience) = self.word(audience, "audience") {
                privacy.minimum_group.insert(audience, least);
            }
        }
        if !raw.coding.is_empty() {
            privacy.coding = self.coding(&raw.coding);
        }
        privacy
    }

    fn coding(&mut self, raw: &[RawCoding]) -> Vec<(u32, f64)> {
        let mut tiers: Vec<(u32, f64)> = Vec::new();
        for tier in raw {
            let (from, percent) = (*tier.from.get_ref(), *tier.percent.get_ref());
            if !(0.0..50.0).contains(&percent) || percent <= 0.0 {
                self.fault(
                    tier.percent.span(),
                    format!("`percent` is {percent}, which leaves nobody or everybody uncoded."),
                    "Use a number above 0 and below 50.",
                );
            }
            if tiers.iter().any(|(size, _)| *size == from) {
                let message = format!("Two steps of the coding begin with {from} students.");
                self.fault(tier.from.span(), message, "Keep one of the two.");
            }
            tiers.push((from, percent / 100.0));
        }
        tiers.sort_by_key(|tier| std::cmp::Reverse(tier.0));
        for pair in tiers.windows(2).filter(|pair| pair[0].1 > pair[1].1) {
            let span =
                raw.iter().find(|tier| *tier.from.get_ref() == pair[1].0).map_or(0..0, |tier| tier.percent.span());
            self.fault(
                span,
                format!("Groups of {} students or more would be coded more widely than smaller ones.", pair[0].0),
                "A smaller group needs at least the `percent` of a larger one.",
            );
        }
        tiers
    }
}
