//! From what was prepared to files: typesetting, and what became of each edition.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;

use termwise_base::problem::Problem;
use termwise_config::{Edition, Format, Project, ReportId};
use termwise_operations::ledger::{Artefact, ArtefactStatus, Became};
use termwise_reports::proof::Structure;
use termwise_reports::twins;
use termwise_reports::typeset::{PrintJob, Typeset};

use super::alike;
use super::editions::Prepared;
use super::outcome::{Options, Outcome};

/// The orders for the typesetting processes, in the order of the reports.
pub(super) fn jobs(
    project: &Project,
    options: &Options,
    code: &str,
    prepared: &[Prepared],
) -> anyhow::Result<Vec<PrintJob>> {
    let mut jobs = Vec::new();
    for report in prepared {
        if let Some(folder) = &options.models {
            write_model(folder, report)?;
        }
        let path = report.edition.path();
        jobs.push(PrintJob {
            template: report.template.clone(),
            model: serde_json::to_string(&report.model)?,
            out: report.edition.file(&project.root),
            ident: format!("{path} {code}"),
            name: path,
            date: options.as_of,
        });
    }
    Ok(jobs)
}

/// Writes a report's model under the report's own name.
fn write_model(folder: &Path, report: &Prepared) -> anyhow::Result<()> {
    let path = folder.join(report.edition.model_path());
    std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
    std::fs::write(&path, serde_json::to_string_pretty(&report.model)? + "\n")
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// What became of the editions that were typeset: for the ledger, in the outcome, and as problems.
pub(super) fn became(
    project: &Project,
    prepared: Vec<Prepared>,
    typeset: Vec<Result<Typeset, Problem>>,
    now: Timestamp,
    (outcome, problems): (&mut Outcome, &mut Vec<Problem>),
) -> Vec<Became> {
    let mut found: Vec<(String, Problem)> = Vec::new();
    let mut became = Vec::new();
    // Editions in print are compared page by page with each other, and so are web pages.
    let mut pages_of: BTreeMap<(ReportId, Format), (String, Option<Structure>)> = BTreeMap::new();
    for (made, Prepared { edition, audience, model, .. }) in typeset.into_iter().zip(prepared) {
        let path = edition.path();
        let made = match made {
            Ok(made) => made,
            Err(problem) => {
                became.push(Became::Refused(edition.clone(), problem.message.clone()));
                found.push((path, problem));
                outcome.not_made.push(edition);
                continue;
            }
        };
        let pages = made.structure.of_one(1 + usize::from(model.other.is_some()));
        let twin = (edition.report.clone(), edition.format);
        let (first, expected) = pages_of.entry(twin).or_insert_with(|| (path.clone(), pages.clone()));
        if pages.is_none() || *expected != pages {
            let problem = twins::other_pages(first, &path);
            became.push(Became::Refused(edition.clone(), problem.message.clone()));
            problems.push(problem);
            outcome.not_made.push(edition);
            continue;
        }
        found.extend(made.notes.into_iter().map(|note| (path.clone(), note)));
        let hold = &project.delivery.hold;
        let held = hold.has_audience(audience.id()) || hold.has_own(audience.id(), &edition.report);
        became.push(Became::Made(artefact(&edition, audience.id(), made.sha256, now), held));
        outcome.reports.push(edition);
    }
    problems.extend(alike::together(found));
    became
}

fn artefact(edition: &Edition, audience: &str, sha256: String, now: Timestamp) -> Artefact {
    Artefact {
        id: 0,
        edition: edition.clone(),
        sha256,
        audience: audience.to_owned(),
        produced: now,
        status: ArtefactStatus::Produced,
    }
}
