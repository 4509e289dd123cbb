//! The digest that a run's code is taken from.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use termwise_base::digest::hex;
use termwise_config::{PeriodId, Project};
use termwise_operations::ledger::GoalBook;
use termwise_plugins::host::{Plugins, Release};
use termwise_plugins::trials::Trial;
use termwise_reading::dataset::Dataset;
use termwise_reports::templates::TemplateRoots;

/// SHA-256 (hex) over everything that decides the reports: engine, configuration, inputs, plugins,
/// templates, period.
pub(super) fn digest(
    project: &Project,
    dataset: &Dataset,
    (plugins, trials): (&Plugins, &BTreeMap<String, Trial>),
    templates: &TemplateRoots,
    period: PeriodId,
    (issued, book): (&str, &GoalBook),
) -> String {
    let mut parts = BTreeMap::from([
        ("engine".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("configuration".to_owned(), project.digest.clone()),
        ("templates".to_owned(), templates.digest()),
        ("period".to_owned(), project.calendar.period(period).key()),
        ("issued".to_owned(), issued.to_owned()),
        ("goals".to_owned(), book.head(project.goals.iter().map(|goal| goal.id.as_str()))),
    ]);
    parts.extend(dataset.files.iter().map(|f| (format!("file {}", f.path), f.digest.clone())));
    let named = |release: Release| if release == Release::Current { "plugin" } else { "rehearsed plugin" };
    parts.extend(plugins.pinned().map(|(p, release)| (format!("{} {}", named(release), p.name), p.sha256.clone())));
    parts.extend(trials.iter().map(|(name, trial)| (format!("stage {name}"), trial.stage.word().to_owned())));
    let mut hash = Sha256::new();
    for (name, value) in parts {
        hash.update(format!("{name}={value}\n").as_bytes());
    }
    hex(&hash.finalize())
}
