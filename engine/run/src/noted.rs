//! A run as the ledger notes it: what it is about, what it read, which verdicts it gave.

use termwise_config::Project;
use termwise_operations::ledger::{Filter, GoalRow, InputRow};
use termwise_reading::dataset::Tally;

use super::outcome::{Options, VerdictRow};

/// What a run is about, as the ledger asks for it: everything of this is superseded that it does not make again.
pub(super) fn scope(project: &Project, options: &Options) -> Filter {
    let own = |id: &String| project.reports.extra.iter().find(|own| own.id == *id);
    Filter {
        school: options.school.map(|school| project.school(school).id.clone()),
        audience: options.audience.map(|audience| audience.id().to_owned()),
        period: None,
        reports: options
            .report
            .as_ref()
            .map(|id| own(id).map_or_else(|| vec![id.clone()], |own| own.names(&project.plcs))),
    }
}

/// A file and what became of its rows.
pub(super) fn input_row(file: &Tally) -> InputRow {
    InputRow {
        path: file.path.clone(),
        digest: file.digest.clone(),
        rows: u64::from(file.rows),
        used: u64::from(file.used),
        set_aside: u64::from(file.set_aside),
    }
}

/// A verdict as its audience saw it.
pub(super) fn goal_row(row: &VerdictRow, period: &str) -> GoalRow {
    GoalRow {
        goal: row.goal.clone(),
        school: row.school.clone(),
        period: period.to_owned(),
        audience: row.audience.to_owned(),
        verdict: row.verdict.to_owned(),
        shown: row.verdict != "not-shown",
        is_final: row.is_final,
    }
}
