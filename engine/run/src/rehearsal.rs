//! What a run has to do with metrics in rehearsal: how far they are, what the analyst is shown, and
//! what the ledger keeps.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use termwise_config::goals::Audience;
use termwise_config::{Project, load};
use termwise_disclosure::{self as disclosure, Figure};
use termwise_judging::goals::{Judged, Unit};
use termwise_operations::ledger::{Ledger, MadeFrom, RehearsalRow, Rehearsed, RunId};
use termwise_plugins::host::{Plugins, Release};
use termwise_plugins::lock::Locked;
use termwise_plugins::trials::{Stage, Trial};
use termwise_reading::sources::{self, FrozenFile};

use super::{InReleases, RehearsedGoal};

/// Trials of the plugins that are in rehearsal, by name. What the ledger knows to be unfinished stays
/// in rehearsal, even where plugins.lock no longer says so.
pub fn trials(root: &Path, plugins: &mut Plugins) -> anyhow::Result<BTreeMap<String, Trial>> {
    let known = match Ledger::open_existing(root)? {
        Some(ledger) => ledger.rehearsed()?,
        None => BTreeMap::new(),
    };
    Ok(trials_of(&known, plugins))
}

/// The same, as they were at a moment of the past.
pub(super) fn trials_at(
    ledger: &Ledger,
    plugins: &mut Plugins,
    at: Timestamp,
) -> anyhow::Result<BTreeMap<String, Trial>> {
    let mut known = ledger.rehearsed()?;
    for rehearsed in known.values_mut() {
        rehearsed.stages.retain(|(_, promoted)| *promoted <= at);
    }
    Ok(trials_of(&known, plugins))
}

fn trials_of(known: &BTreeMap<String, Rehearsed>, plugins: &mut Plugins) -> BTreeMap<String, Trial> {
    let unfinished = |sha256: &str| {
        let rehearsed = known.get(sha256)?;
        (stage(rehearsed) < Stage::ParentCouncil).then_some(rehearsed.needed)
    };
    plugins.take_back(unfinished);
    let in_trial = plugins.pinned().filter(|(_, release)| *release == Release::Trial);
    in_trial.map(|(locked, _)| (locked.name.clone(), trial(locked, known.get(&locked.sha256)))).collect()
}

/// How far one component is.
pub fn trial(locked: &Locked, rehearsed: Option<&Rehearsed>) -> Trial {
    let mut trial = Trial::new(locked.rehearsal.unwrap_or(0));
    if let Some(rehearsed) = rehearsed {
        // Fewer periods in the lock do not shorten a rehearsal that has begun.
        trial.needed = trial.needed.max(rehearsed.needed);
        trial.periods.clone_from(&rehearsed.periods);
        trial.stage = stage(rehearsed);
    }
    trial
}

fn stage(rehearsed: &Rehearsed) -> Stage {
    rehearsed.stages.iter().filter_map(|(word, _)| Stage::of(word)).max().unwrap_or(Stage::Analyst)
}

/// What the analyst is shown, protected as for staff.
pub(super) fn rows(project: &Project, judged: &[InReleases<'_>]) -> Vec<RehearsedGoal> {
    let mut rows = Vec::new();
    for (place, both) in judged.iter().enumerate() {
        let Some((trial, progress)) = &both.trial else { continue };
        let told = |judged: &Judged| {
            let figures = disclosure::clear(&project.privacy, Audience::Staff, &[(place, judged)]);
            figures.first().map_or_else(
                || "not for staff".to_owned(),
                |f| match f.now {
                    Figure::Shown { value, of, .. } if f.unit == Unit::Share => {
                        format!("{} ({:.0} % of {of})", f.verdict.key(), value * 100.0)
                    }
                    Figure::Shown { value, of, .. } => format!("{} ({value:.2}, {of})", f.verdict.key()),
                    _ => f.verdict.key().to_owned(),
                },
            )
        };
        rows.push(RehearsedGoal {
            goal: trial.goal.id.clone(),
            metric: trial.goal.measured().map_or_else(String::new, |plan| plan.metric.clone()),
            how_far: progress.how_far(),
            now: told(&both.current),
            then: told(trial),
        });
    }
    rows
}

/// Notes which components in rehearsal were computed for the period, for all of their goals.
pub(super) fn record(
    ledger: &mut Ledger,
    run: RunId,
    period: &str,
    plugins: &Plugins,
    judged: &[InReleases<'_>],
) -> anyhow::Result<()> {
    for (locked, _) in plugins.pinned().filter(|(_, release)| *release == Release::Trial) {
        let trials = judged.iter().filter_map(|both| both.trial.as_ref());
        let parts = trials.flat_map(|(judged, _)| std::iter::once(judged).chain(&judged.several));
        let asks = |judged: &&Judged| judged.goal.measured().is_some_and(|plan| plan.metric == locked.name);
        let mut mine = parts.filter(asks).peekable();
        let computed = mine.peek().is_some() && mine.all(|judged| judged.point_now().is_some());
        if computed {
            ledger.record_rehearsal(run, &row(locked), period)?;
        }
    }
    Ok(())
}

/// A component's row in the ledger.
pub fn row(locked: &Locked) -> RehearsalRow {
    RehearsalRow {
        sha256: locked.sha256.clone(),
        plugin: locked.name.clone(),
        version: locked.version.clone(),
        needed: locked.rehearsal.unwrap_or(0),
    }
}

/// Everything that a run is made from, kept among the frozen files.
pub(super) fn made_from(project: &Project, frozen: &[FrozenFile]) -> anyhow::Result<Vec<MadeFrom>> {
    let root = &project.root;
    let mut paths = load::files(root);
    paths.push("plugins.lock".to_owned());
    for folder in ["plugins", "templates/words"] {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        paths.extend(entries.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy())));
    }
    let mut files = Vec::new();
    for path in paths {
        let file = root.join(&path);
        if file.is_file() {
            let digest = sources::keep(root, &std::fs::read(file)?)?;
            files.push(MadeFrom { path, source: None, digest });
        }
    }
    files.extend(frozen.iter().map(|file| MadeFrom {
        path: file.path_relative.clone(),
        source: Some(file.source_index),
        digest: file.digest.clone(),
    }));
    Ok(files)
}
