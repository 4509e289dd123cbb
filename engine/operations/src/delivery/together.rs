//! The editions of a report go together: readers in one language never have a figure that readers in another do
//! not.

use std::collections::BTreeMap;

use termwise_base::problem::{Place, Problem};
use termwise_config::ReportId;

use crate::ledger::{Artefact, ArtefactStatus, Filter, Ledger, MissingEdition};

/// One report in all its editions: languages, two languages in one file, web pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editions {
    /// The report.
    pub report: ReportId,
    /// Those that hold, by path.
    pub all: Vec<Artefact>,
    /// Those that the last run could not make; while there are any, none is approved or delivered.
    pub missing: Vec<MissingEdition>,
    /// Whether a later run about the period, of other reports, had other spreadsheets or settings.
    pub outdated: bool,
}

/// The reports that `filter` means, each with all its editions, by path. A report of which no edition holds has
/// nothing to send and is not among them.
pub fn editions(ledger: &Ledger, filter: &Filter) -> anyhow::Result<Vec<Editions>> {
    let mut reports: BTreeMap<String, Vec<Artefact>> = BTreeMap::new();
    for artefact in ledger.artefacts(filter)? {
        reports.entry(artefact.edition.report.to_string()).or_default().push(artefact);
    }
    let mut found = Vec::new();
    for all in reports.into_values() {
        let mut outdated = false;
        for artefact in &all {
            outdated |= ledger.is_outdated(artefact)?;
        }
        let report = all[0].edition.report.clone();
        found.push(Editions { missing: ledger.missing(&report)?, report, all, outdated });
    }
    Ok(found)
}

/// Reports that could contradict others of their period, because these were made of something else since.
pub fn outdated(reports: &[&Editions]) -> Option<Problem> {
    let first = reports.first()?;
    let many = match reports.len() {
        1 => "this report was made".to_owned(),
        n => format!("this report and {} more were made", n - 1),
    };
    let problem = Problem::warning(format!(
        "Spreadsheets or settings have changed since {many}, and other reports of the period rest on the changes. A \
         report that could contradict them is neither approved nor delivered."
    ));
    let place = Place::file(first.report.all_files());
    Some(
        problem.at(place).expected("all reports of a period made from the same spreadsheets and settings").hint(
            "Run `termwise run` for all schools and audiences of this period; it brings every report up to date.",
        ),
    )
}

impl Editions {
    /// Whether one of them needs a person's word.
    pub fn waits(&self) -> bool {
        self.all.iter().any(|artefact| artefact.status == ArtefactStatus::Held)
    }

    /// What is missing, why, and what to do.
    pub fn incomplete(&self) -> Problem {
        // Print and web page of one language have one reason.
        let mut reasons: Vec<(Option<&str>, Vec<String>)> = Vec::new();
        for MissingEdition { edition, why } in &self.missing {
            let file = edition.file_name();
            match reasons.iter_mut().find(|(known, _)| *known == why.as_deref()) {
                Some((_, files)) => files.push(file),
                None => reasons.push((why.as_deref(), vec![file])),
            }
        }
        let reason = |(why, files): &(Option<&str>, Vec<String>)| {
            let why = why.map_or("the run that makes it has not finished", |why| why.trim_end_matches('.'));
            format!("{}: {why}", files.join(", "))
        };
        let reasons: Vec<String> = reasons.iter().map(reason).collect();
        let (what, is) = if self.missing.len() == 1 { ("An edition", "is") } else { ("Editions", "are") };
        Problem::warning(format!(
            "{what} of this report {is} missing, so no other edition is approved or delivered. {}.",
            reasons.join("; ")
        ))
        .at(Place::file(self.report.all_files()))
        .expected("all its editions, which go to their readers together")
        .hint(
            "Correct what is named there, then run `termwise run` for this report. To do without an edition, take its \
             language out of `languages` in termwise.toml and run again.",
        )
    }
}
