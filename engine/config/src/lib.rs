//! Configuration: `termwise.toml`, `measures.toml`, `mappings/*.toml`, `goals/*.toml` → checked types.
//!
//! Comes in: a project folder. Goes out: a [`Project`] in which every name resolves, or all the
//! problems at once, each with file, line and column. It reads configuration files only, never data.

mod audience;
pub mod calendar;
mod check;
pub mod contradictions;
pub mod crontab;
pub mod delivery;
pub mod division;
pub mod edition;
mod facts;
pub mod goals;
mod ids;
mod judging;
pub mod load;
pub mod mapping;
pub mod measures;
pub mod oneroster;
pub mod pattern;
mod plugins;
mod population;
mod privacy;
mod reading;
pub mod reference;
pub mod reports;
pub mod schedule;
pub mod schema;
mod schools;
mod shape;
mod sources;
mod spot;
pub mod toml_file;
pub mod translations;
pub mod wording;
mod words;
mod years;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use calendar::{AsOf, Calendar, Period};
pub use delivery::Delivery;
pub use division::Division;
pub use edition::{Edition, Format, ReportId};
pub use goals::Goal;
pub use ids::{PeriodId, SchoolId};
pub use judging::Judging;
pub use mapping::Mapping;
pub use measures::{CodeClass, MeasureId, Measures};
pub use plugins::{PluginLimits, SigningKeys};
pub use privacy::Privacy;
pub use reading::ReadingLimits;
pub use reports::Reports;
pub use schedule::Schedule;
pub use schools::{Plc, School};
pub use sources::SourceSpec;
pub use translations::Translation;

/// A division's project, checked: every id in it resolves.
#[derive(Debug, Clone)]
pub struct Project {
    /// The project folder.
    pub root: PathBuf,
    /// Who the reports come from.
    pub division: Division,
    /// Schools in the order of the file; [`SchoolId`] is the place in this list.
    pub schools: Vec<School>,
    /// Professional learning communities.
    pub plcs: Vec<Plc>,
    /// School years and reporting periods.
    pub calendar: Calendar,
    /// Which files are read with which mapping.
    pub sources: Vec<SourceSpec>,
    /// Mappings by name (the file's stem).
    pub mappings: BTreeMap<String, Mapping>,
    /// Scales, codes, measures and expectation tables.
    pub measures: Measures,
    /// SMART goals in the order of their files (sorted by name) and of each file.
    pub goals: Vec<Goal>,
    /// Goals of the teams, in the same order.
    pub plc_goals: Vec<goals::PlcGoal>,
    /// Thresholds that protect small groups.
    pub privacy: Privacy,
    /// Tolerances and minimums of the verdicts.
    pub judging: Judging,
    /// Paper, languages and editions of the reports.
    pub reports: Reports,
    /// The texts of the project in other languages.
    pub translations: BTreeMap<String, Translation>,
    /// The language that the texts are in as far as they are translated; none: each as it is written.
    pub language: Option<String>,
    /// The texts that are not in it, because they have no translation, each with its own language.
    pub untranslated: BTreeMap<String, String>,
    /// When `serve` and `run --due` run.
    pub schedule: Schedule,
    /// Where finished reports go.
    pub delivery: Delivery,
    /// Bounds on plugins.
    pub plugin_limits: PluginLimits,
    /// Whose signatures on plugins count.
    pub signing_keys: SigningKeys,
    /// Bounds on spreadsheets.
    pub reading_limits: ReadingLimits,
    /// SHA-256 (hex) over every configuration file, in the order of their names.
    pub digest: String,
}

impl Project {
    /// The school with this id.
    pub fn school(&self, id: SchoolId) -> &School {
        &self.schools[id.0]
    }
}
