//! Which measure the results under some headings are.
//!
//! Comes in: a heading, the values under all columns that share its label, and names around the
//! table. Goes out: a [`Measured`]: a measure of the project, or a new one with a scale that reads the
//! values; or in words why the columns are no results.

use termwise_config::measures::ScaleKind;
use termwise_config::{MeasureId, Project};

use super::cell::Values;
use super::headings::Heading;
use super::known::Known;
use super::scales::{self, Fit, Guess};
use super::vocabulary::{has_words, plain};

/// What the results under some headings measure.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    /// Id in measures.toml.
    pub(super) id: String,
    /// As printed.
    pub(super) title: String,
    /// The scale by its id, and the scale itself if it is new.
    pub(super) scale: String,
    pub(super) new_scale: Option<Guess>,
    /// Whether measures.toml lacks the measure.
    pub(super) is_new: bool,
    pub(super) fit: Fit,
    pub(super) why: String,
    /// What should be looked at before the proposal is used.
    pub(super) doubt: Option<String>,
}

impl Measured {
    /// Adds a label to the name of a new measure.
    pub(super) fn rename(&mut self, label: &str) {
        let id = slug(&format!("{} {label}", self.id));
        self.title = format!("{}: {label}", self.title);
        self.scale = self.scale.replacen(&self.id, &id, 1);
        self.id = id;
    }
}

/// What is known of a table beside the heading, where names of measures may stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Hints {
    /// Name of the file, folders, tabs, titles; best first.
    pub(super) texts: Vec<String>,
    /// A name for a measure whose heading says nothing, as in “Screener”.
    pub(super) name: String,
    pub(super) comma: Option<bool>,
    /// Whether something besides the heading tells the period.
    pub(super) periods: bool,
    /// Whether a column of measures names what the values are.
    pub(super) listed: bool,
    /// Whether rows are of anonymous people.
    pub(super) anonymous: bool,
}

/// Decides what a group of columns measures; the error says in words why it is nothing.
pub(super) fn measure(
    heading: &Heading,
    values: &Values,
    known: &Known<'_>,
    hints: &Hints,
) -> Result<Measured, String> {
    let label = heading.label.as_str();
    if let (Some(project), Some(id)) = (known.project, known.measure(label)) {
        return named(project, id, values, hints);
    }
    if values.total() == 0 {
        return Err("empty".to_owned());
    }
    if let Some(project) = known.project
        && let Some(found) = resembling(project, label, values, hints)
    {
        return Ok(found);
    }
    fresh(heading, values, known, hints)
}

fn existing(project: &Project, id: MeasureId, fit: Fit, why: String) -> Measured {
    let measure = project.measures.measure(id);
    Measured {
        id: measure.id.clone(),
        title: measure.title.clone(),
        scale: project.measures.scale_of(id).id.clone(),
        new_scale: None,
        is_new: false,
        fit,
        why,
        doubt: None,
    }
}

/// The heading names a measure of the project: its scale must read the values.
fn named(project: &Project, id: MeasureId, values: &Values, hints: &Hints) -> Result<Measured, String> {
    let scale = project.measures.scale_of(id);
    let fit = scales::fit(scale, values, hints.comma);
    let title = &project.measures.measure(id).title;
    if values.total() == 0 || fit.share() >= 0.5 {
        return Ok(existing(project, id, fit, format!("the heading names the measure “{title}”")));
    }
    Err(format!("the heading names the measure “{title}”, but its scale “{}” reads only {}", scale.id, of(&fit)))
}

/// `12 of 40 cells`.
pub(super) fn of(fit: &Fit) -> String {
    format!("{} of {} cells", fit.scores + fit.codes, fit.total)
}

/// A measure of the project whose scale reads the values and whose name stands near them.
fn resembling(project: &Project, label: &str, values: &Values, hints: &Hints) -> Option<Measured> {
    let mut found: Vec<(f64, MeasureId, Fit)> = (0..project.measures.measures.len())
        .map(MeasureId)
        .filter_map(|id| {
            let fit = scales::fit(project.measures.scale_of(id), values, hints.comma);
            let likeness = likeness(project, id, label, hints);
            (fit.is_good() && likeness > 0.0).then_some((likeness, id, fit))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (best, id, fit) = found.first()?;
    if found.get(1).is_some_and(|second| second.0 >= *best) {
        return None;
    }
    let title = &project.measures.measure(*id).title;
    let why = format!("a name like “{title}” stands there, and its scale reads {}", of(fit));
    let mut measured = existing(project, *id, fit.clone(), why);
    let what = if label.is_empty() {
        "what this file holds".to_owned()
    } else {
        format!("“{}”", super::roles::short(label))
    };
    measured.doubt = Some(format!("Is {what} the measure “{title}”?"));
    Some(measured)
}

/// How near the name of a measure is to a heading, or to the names around the table.
fn likeness(project: &Project, id: MeasureId, label: &str, hints: &Hints) -> f64 {
    let measure = project.measures.measure(id);
    let names = || [&measure.id, &measure.title].into_iter().chain(&measure.also_called);
    let label = plain(label);
    let inside = names().filter(|name| has_words(&label, &plain(name))).map(|name| name.len()).max();
    if let Some(length) = inside {
        return 10.0 + length as f64;
    }
    let alike = common(&label, &plain(&measure.title));
    if alike >= 0.6 {
        return 5.0 + alike;
    }
    if hints.anonymous {
        return 0.0;
    }
    let place = hints.texts.iter().position(|text| {
        let text = plain(text);
        names().any(|name| has_words(&text, &plain(name)) && name.len() > 2)
    });
    place.map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

/// The part of the second text's longer words that stand in the first, by their first five letters.
fn common(text: &str, title: &str) -> f64 {
    let stem = |word: &str| word.chars().take(5).collect::<String>();
    let there: Vec<String> = text.split(' ').map(stem).collect();
    let wanted: Vec<String> = title.split(' ').filter(|word| word.len() > 2).map(stem).collect();
    let hits = wanted.iter().filter(|word| there.contains(word)).count();
    if wanted.len() < 3 { 0.0 } else { hits as f64 / wanted.len() as f64 }
}

/// A measure that the project does not have yet.
fn fresh(heading: &Heading, values: &Values, known: &Known<'_>, hints: &Hints) -> Result<Measured, String> {
    let label = heading.label.as_str();
    let timed = heading.period.is_some() || hints.periods;
    let telling = speaks_of_results(label) || hints.listed;
    let whole = if says_nothing(label) { &hints.name } else { label };
    let (id, title) = (slug(whole), sentence(whole));
    let known_scale = known.project.and_then(|project| {
        let ordered = |kind: &ScaleKind| !matches!(kind, ScaleKind::Number { .. });
        let mut fits: Vec<(Fit, &termwise_config::measures::Scale)> = project
            .measures
            .scales
            .iter()
            .filter(|scale| ordered(&scale.kind))
            .map(|scale| (scales::fit(scale, values, hints.comma), scale))
            .filter(|(fit, _)| fit.is_good() && fit.share() >= 0.9)
            .collect();
        fits.sort_by(|a, b| b.0.share().total_cmp(&a.0.share()).then(size(&a.1.kind).cmp(&size(&b.1.kind))));
        fits.into_iter().next()
    });
    let guess = scales::guess(values, &format!("{label} {}", heading.segments.len()), hints.comma);
    // Levels that nobody would guess from the values (two letters may be groups) need a telling heading.
    if let Some((fit, scale)) = known_scale.filter(|_| guess.as_ref().is_some_and(|(g, _)| !is_number(g)) || telling) {
        let why = format!("no measure of this name, but the scale “{}” reads {}", scale.id, of(&fit));
        return Ok(Measured {
            id,
            title,
            scale: scale.id.clone(),
            new_scale: None,
            is_new: true,
            fit,
            why,
            doubt: None,
        });
    }
    let Some((guess, fit)) = guess else {
        return Err("its values are on no scale that is known here".to_owned());
    };
    let flag = guess.scale.id == "yes-no";
    if flag && !hints.anonymous && heading.period.is_none() {
        return Err("yes or no without a reporting period: a flag, not a result".to_owned());
    }
    if is_number(&guess) && !(heading.period.is_some() || telling && (timed || !hints.anonymous)) {
        return Err("numbers, but nothing says that they are results".to_owned());
    }
    let why = format!("{}: {}", guess.what, of(&fit));
    let scale = match is_number(&guess) {
        true if id.ends_with("score") => id.clone(),
        true => format!("{id}-score"),
        false => guess.scale.id.clone(),
    };
    let doubt = guess.doubt.clone();
    Ok(Measured { id, title, scale, new_scale: Some(guess), is_new: true, fit, why, doubt })
}

fn is_number(guess: &Guess) -> bool {
    matches!(guess.scale.kind, ScaleKind::Number { .. })
}

fn size(kind: &ScaleKind) -> usize {
    if let ScaleKind::Ordered { levels, .. } = kind { levels.len() } else { usize::MAX }
}

const RESULT_WORDS: [&str; 16] = [
    "score",
    "level",
    "lvl",
    "mark",
    "result",
    "points",
    "pts",
    "percent",
    "acc",
    "accuracy",
    "wpm",
    "raw",
    "niveau",
    "note",
    "resultat",
    "composite",
];

fn speaks_of_results(label: &str) -> bool {
    let label = plain(&label.replace('%', " percent "));
    RESULT_WORDS.iter().any(|word| has_words(&label, word))
}

/// Whether a label is only “Score” or the like, so that a measure cannot be named by it.
fn says_nothing(label: &str) -> bool {
    let label = plain(label);
    label.is_empty() || RESULT_WORDS.contains(&label.as_str())
}

/// An id: `a–z`, digits, hyphens; never empty.
pub(super) fn slug(text: &str) -> String {
    let ascii: String = plain(text).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = ascii.split_whitespace().collect();
    let mut out = String::new();
    for word in words {
        if out.len() + word.len() > 40 && !out.is_empty() {
            break;
        }
        if !out.is_empty() {
            out.push('-');
        }
        out.push_str(word);
    }
    if out.is_empty() { "result".to_owned() } else { out }
}

/// A title: the first letter large, not endless.
fn sentence(text: &str) -> String {
    let text: String = text.chars().take(90).collect();
    let mut letters = text.trim().chars();
    letters.next().map_or_else(|| "Result".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_fit_for_files() {
        assert_eq!(slug("F&P Level (English)"), "f-p-level-english");
        assert_eq!(slug("Рівень"), "result");
    }
}
