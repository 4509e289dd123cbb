//! Texts that reports print and that stand in no file of the project: those of the goals' metrics, and the
//! programs of the data.
//!
//! Comes in: the project, what was read, its metrics. Goes out: texts by language, for whoever translates.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use termwise_config::translations::{Told, is_abbreviation};
use termwise_config::{Goal, Project};
use termwise_metric::{Description, PrivacyKind};
use termwise_plugins::host::{Plugins, Release};
use termwise_reading::dataset::{self, Dataset};
use termwise_reading::sources;
use termwise_reading::workbook::Shelf;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::words::Words;

use super::{unusable, with_actions, words};

/// The project with the strategies and decisions of its spreadsheets, and what else there is to translate.
pub fn texts(project: &Project) -> anyhow::Result<(Project, Vec<Told>)> {
    // `check` reports what cannot be read.
    let mut problems = Vec::new();
    let files = sources::freeze(project, &mut problems);
    let shelf = Shelf::of_project(project)?;
    let dataset = dataset::build(project, &files, &shelf, &mut problems);
    shelf.tidy(SystemTime::now());
    let mut plugins = Plugins::of_project(project)?;
    let told = told(project, &dataset, &mut plugins)?;
    Ok((with_actions(project, &dataset), told))
}

/// Texts by language, each once.
pub(super) fn told(project: &Project, dataset: &Dataset, plugins: &mut Plugins) -> anyhow::Result<Vec<Told>> {
    let dictionary = words(&TemplateRoots::shipped(), "en").map_err(unusable)?;
    let mut told: BTreeSet<Told> = BTreeSet::new();
    for (_, goal) in project.goals.iter().flat_map(Goal::measured_parts) {
        // A metric that cannot be asked is told elsewhere.
        if let Ok(metric) = plugins.describe(&goal.metric, Release::Current) {
            told.extend(of_metric(metric, goal.output.as_deref(), &dictionary));
        }
    }
    told.extend(
        programs(project, dataset).into_iter().map(|name| [(project.division.written_in.clone(), name)].into()),
    );
    Ok(told.into_iter().collect())
}

/// What a report prints of a metric: the title of a figure that is not a share, and reasons that the dictionary
/// does not know.
fn of_metric(metric: &Description, output: Option<&str>, dictionary: &Words) -> Vec<Told> {
    let known = |key: &str| dictionary.has(&format!("metric.{}-{key}", metric.id));
    let judged = metric.outputs.iter().find(|own| output.is_none_or(|key| key == own.key));
    let judged = judged.filter(|own| matches!(own.privacy, PrivacyKind::Mean | PrivacyKind::Quantile));
    let title = judged.filter(|own| !known(&own.key)).map(|own| own.title.clone());
    let reasons = metric.left_out.iter().filter(|(key, _)| !dictionary.has(&format!("left-out.{key}")) && !known(key));
    title.into_iter().chain(reasons.map(|(_, texts)| texts.clone())).collect()
}

/// Programs of as many students as every audience may see; fewer may be a slip in a roster.
fn programs(project: &Project, dataset: &Dataset) -> Vec<String> {
    let least = project.privacy.minimum_group.values().min().copied().unwrap_or(10) as usize;
    let mut members: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for enrolment in dataset.enrolments.iter().filter(|enrolment| !is_abbreviation(&enrolment.program)) {
        members.entry(&enrolment.program).or_default().insert(enrolment.person);
    }
    let named = members.into_iter().filter(|(name, people)| !name.trim().is_empty() && people.len() >= least);
    named.map(|(name, _)| name.to_owned()).collect()
}
