//! Who reports are for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumIter, EnumMessage, EnumString, IntoStaticStr, VariantArray};

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
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
    EnumCount,
    EnumIter,
    EnumMessage,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
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
    pub const ALL: [Self; Self::COUNT] = *Self::VARIANTS.first_chunk().expect("as many as there are");

    /// Whether its readers get groups, rules and files beside each goal's figures. Parents are told plainly, and
    /// the division's office in brief.
    pub fn in_detail(self) -> bool {
        !matches!(self, Self::ParentCouncil | Self::Division)
    }

    /// Its name in files, options and folders.
    pub fn id(self) -> &'static str {
        self.into()
    }
}
