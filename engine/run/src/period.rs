//! Which reporting period a run is about, and which sources have nothing for its school year.

use std::collections::{BTreeMap, BTreeSet};

use termwise_base::problem::{Place, Problem};
use termwise_config::{Calendar, PeriodId, Project};
use termwise_reading::dataset::Dataset;

use super::Options;

/// The period asked for, else the latest closed one that has results. A closed period without any
/// gets a note and is passed over: nobody needs empty reports. None, with a problem that
/// says so, when there is nothing to report on.
pub(super) fn reported_on(
    project: &Project,
    dataset: &Dataset,
    options: &Options,
    problems: &mut Vec<Problem>,
) -> Option<PeriodId> {
    if options.period.is_some() {
        return options.period;
    }
    let calendar: &Calendar = &project.calendar;
    let nothing = |message: String| {
        Problem::error(message)
            .at(Place::file("termwise.toml"))
            .hint("Name a reporting period with --period, or add the missing files; the other problems name them.")
    };
    let Some(closed) = calendar.last_closed(options.as_of) else {
        problems.insert(0, nothing(format!("No reporting period has closed by {}.", options.as_of)));
        return None;
    };
    let seen = dataset.observations.period.iter().copied().filter(|p| *p <= closed).max();
    let Some(found) = seen else {
        problems.insert(0, nothing("No spreadsheet has a result for a closed reporting period.".into()));
        return None;
    };
    if found != closed {
        let (last, used) = (calendar.period(closed), calendar.period(found));
        problems.push(
            Problem::note(format!(
                "Reporting period {} closed on {}, but no file has results for it; the reports are about {}.",
                last.key(),
                last.closes,
                used.key()
            ))
            .at(Place::file("termwise.toml"))
            .hint("Add the missing files, or choose a period with --period."),
        );
    }
    Some(found)
}

/// Sources that had results in the school year before and have none in this one: a file may be missing.
pub(super) fn stopped(project: &Project, dataset: &Dataset, period: PeriodId) -> Vec<Problem> {
    let calendar = &project.calendar;
    let now = calendar.period(period).year.as_str();
    let mut years: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    let rows = &dataset.observations;
    for (cell, period) in rows.cell.iter().zip(&rows.period) {
        let source = dataset.files[usize::from(cell.file)].source;
        years.entry(source).or_default().insert(&calendar.period(*period).year);
    }
    let before = |years: &BTreeSet<&str>| years.iter().rev().find(|year| **year < now).map(|year| (*year).to_owned());
    years
        .into_iter()
        .filter(|(_, years)| !years.contains(now))
        // Where a file gave nothing, what is wrong with it has been reported.
        .filter(|(source, _)| !dataset.files.iter().any(|file| file.source == *source && file.observations == 0))
        .filter_map(|(source, years)| {
            let (source, last) = (project.sources.get(source)?, before(&years)?);
            let mut place = Place::file("termwise.toml");
            place.line = Some(source.line);
            Some(
                Problem::warning(format!("The source “{}” has results for {last} but none for {now}.", source.id))
                    .at(place)
                    .hint("If the school still keeps this spreadsheet, put this year's file where `files` looks."),
            )
        })
        .collect()
}
