//! What a run is asked for, and what it did.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use serde::Serialize;

use termwise_base::problem::Problem;
use termwise_config::goals::Audience;
use termwise_config::{Edition, PeriodId, SchoolId};
use termwise_reading::dataset::Tally;
use termwise_reading::sources::FrozenFile;

/// What the caller asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The period to report on; none: the latest closed one that has results.
    pub period: Option<PeriodId>,
    /// The day of the run.
    pub as_of: Date,
    /// Only this school.
    pub school: Option<SchoolId>,
    /// Only this audience's reports, and those of the division's own that are like them.
    pub audience: Option<Audience>,
    /// Of these, only the report with this id: the audience's, or that of a report of the division's own.
    pub report: Option<String>,
    /// Judge, but write no report and no ledger.
    pub dry_run: bool,
    /// Typesetting processes.
    pub workers: usize,
    /// Longest time for one report.
    pub deadline: Duration,
    /// `command`, or `schedule:NAME`.
    pub trigger: String,
    /// Also write what each template gets into this folder, as JSON.
    pub models: Option<PathBuf>,
    /// Numbers stand for the names of students.
    pub nameless: bool,
}

impl Options {
    /// To judge everything and write nothing.
    pub fn dry(as_of: Date) -> Self {
        Self {
            period: None,
            as_of,
            school: None,
            audience: None,
            report: None,
            dry_run: true,
            workers: 1,
            deadline: Duration::from_secs(60),
            trigger: "command".into(),
            models: None,
            nameless: false,
        }
    }
}

/// What a run did. Nothing in it is unprotected: verdicts are as the audience sees them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outcome {
    /// Code printed on the reports.
    pub code: String,
    /// The period reported on.
    pub period: String,
    /// Files and what became of their rows.
    pub files: Vec<Tally>,
    /// Verdicts by school, audience and goal.
    pub verdicts: Vec<VerdictRow>,
    /// Editions made; in JSON each as its path, relative to the project.
    pub reports: Vec<Edition>,
    /// Editions that were asked for and could not be made.
    pub not_made: Vec<Edition>,
    /// Editions of earlier runs that no longer hold and were withdrawn; nothing came in their place.
    pub withdrawn: Vec<Edition>,
    /// What the students of each goal can decide.
    pub decidable: Vec<Decides>,
    /// Everything that a person can mend.
    pub problems: Vec<Problem>,
    /// Metrics in rehearsal, for the analyst only.
    #[serde(skip)]
    pub rehearsals: Vec<RehearsedGoal>,
    /// The copies that were read, for those who want to look into them again.
    #[serde(skip)]
    pub frozen: Vec<FrozenFile>,
}

/// One goal whose metric is in rehearsal, as staff would see it: for the analyst.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsedGoal {
    /// Goal id.
    pub goal: String,
    /// Plugin.
    pub metric: String,
    /// How far the rehearsal is.
    pub how_far: String,
    /// Verdict and figure as they are, and as the rehearsed component has them.
    pub now: String,
    /// See `now`.
    pub then: String,
}

/// What the students of one goal can decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decides {
    /// Goal id.
    pub goal: String,
    /// What a group of this size can show, a sentence each.
    pub sentences: Vec<String>,
}

/// One verdict as an audience sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictRow {
    /// School id.
    pub school: String,
    /// Audience id.
    pub audience: &'static str,
    /// Goal id.
    pub goal: String,
    /// Verdict key.
    pub verdict: &'static str,
    /// Whether it is the last one, which only a correction changes.
    #[serde(skip)]
    pub is_final: bool,
}

/// What is going on, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading spreadsheets.
    Reading,
    /// Asking metrics and judging goals.
    Judging,
    /// Typesetting begins, of this many editions.
    Typesetting(usize),
    /// One report is done.
    Typeset,
}
