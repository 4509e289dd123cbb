//! Sheets of one layout, and what they hold together: results, an enrolment list, answers, or nothing
//! for a mapping.
//!
//! Comes in: the looked-at sheets of a workbook. Goes out: [`Family`]s with their kind, and what each
//! group of result columns measures.

use std::collections::BTreeMap;

use termwise_config::mapping::MappingKind;
use termwise_config::measures::ScaleKind;

use super::Looked;
use super::cell::Values;
use super::headings::Heading;
use super::known::Known;
use super::results::{self, Hints, Measured};
use super::roles::{Role, Sure};
use super::vocabulary::plain;

/// Columns (or rows of a long table) that measure the same.
#[derive(Debug)]
pub(super) struct Group {
    /// Sheets (places) and columns.
    pub(super) columns: Vec<(usize, u32)>,
    /// Their heading paths with what these say, each once.
    pub(super) headings: Vec<(String, Heading)>,
    /// What is measured, or why it is nothing.
    pub(super) measured: Result<Measured, String>,
    /// The word in the column of measures, for a long table.
    pub(super) by_word: Option<String>,
}

/// Sheets that one mapping reads.
#[derive(Debug)]
pub(super) struct Family {
    /// Places among the workbook's sheets.
    pub(super) sheets: Vec<usize>,
    /// What the rows are; nothing if no mapping can read them, with the reason.
    pub(super) kind: Result<MappingKind, String>,
    pub(super) groups: Vec<Group>,
}

/// Puts sheets of one layout together, in their order.
pub(super) fn gather(sheets: &mut [Looked], known: &Known<'_>, hints: &Hints) -> Vec<Family> {
    let mut layouts: Vec<(String, Vec<usize>)> = Vec::new();
    for (place, sheet) in sheets.iter().enumerate().filter(|(_, sheet)| sheet.table.is_some()) {
        let layout = layout(sheet);
        match layouts.iter_mut().find(|(known, _)| *known == layout) {
            Some((_, places)) => places.push(place),
            None => layouts.push((layout, vec![place])),
        }
    }
    let mut families: Vec<Family> =
        layouts.into_iter().map(|(_, places)| family(sheets, places, known, hints)).collect();
    for family in &mut families {
        settle(family, sheets);
    }
    families
}

/// Two sheets have one layout if the same headings name the same roles in header blocks of one form.
fn layout(sheet: &Looked) -> String {
    let Some(table) = &sheet.table else { return String::new() };
    let role = |col: u32| sheet.given.iter().find(|one| one.col == col).map(|one| &one.role);
    let named = table.columns.iter().filter_map(|column| match role(column.col) {
        Some(Role::Named(name)) => Some(format!("{name}={}", column.path)),
        _ => None,
    });
    let mut parts: Vec<String> = named.collect();
    if parts.len() < 2 {
        parts.extend(table.columns.iter().map(|column| column.path.clone()));
    }
    format!("{}/{}/{}/{}", sheet.hidden, table.header_rows, table.explanation_rows, parts.join("|"))
}

fn family(sheets: &[Looked], places: Vec<usize>, known: &Known<'_>, hints: &Hints) -> Family {
    let has = |roles: &[&str]| places.iter().any(|place| sheets[*place].has(roles));
    let identity = has(&["id", "provincial-id", "name"]) || (has(&["given"]) && has(&["family"]));
    let hints = Hints {
        periods: hints.periods
            || has(&["period"])
            || places.iter().any(|place| known.period_in(&sheets[*place].name).is_some()),
        anonymous: !identity,
        texts: [hints.texts.clone(), places.iter().flat_map(|place| sheets[*place].texts()).collect()].concat(),
        ..hints.clone()
    };
    let mut groups = groups(sheets, &places);
    for (group, values) in &mut groups {
        let heading = &group.headings[0].1;
        let labelled =
            Heading { label: group.by_word.clone().unwrap_or_else(|| heading.label.clone()), ..heading.clone() };
        let hints = Hints { listed: group.by_word.is_some(), ..hints.clone() };
        group.measured = results::measure(&labelled, values, known, &hints);
    }
    let timed = hints.periods || groups.iter().any(|(group, _)| group.headings.iter().any(|(_, h)| h.period.is_some()));
    if timed && identity {
        leave_untimed(&mut groups, hints.periods);
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(group, _)| group).collect();
    part_names(&mut groups);
    let kind = kind(sheets, &places, &groups, identity, timed);
    Family { sheets: places, kind, groups }
}

/// Gives new measures of one name, as of columns “Level” and “Accuracy” in one file, names of their own.
fn part_names(groups: &mut [Group]) {
    let names = |groups: &[Group]| -> Vec<(String, bool)> {
        groups.iter().filter_map(|group| group.measured.as_ref().ok()).map(|m| (m.id.clone(), m.is_new)).collect()
    };
    let all = names(groups);
    for group in groups {
        let label = group.headings[0].1.label.clone();
        let Ok(measured) = &mut group.measured else { continue };
        if measured.is_new && all.iter().filter(|(id, _)| *id == measured.id).count() > 1 && !label.is_empty() {
            measured.rename(&label);
        }
    }
}

/// Where headings name periods, a new measure under a heading without one is more likely a note.
fn leave_untimed(groups: &mut [(Group, Values)], elsewhere: bool) {
    for (group, _) in groups {
        let untimed = !elsewhere && group.headings.iter().all(|(_, heading)| heading.period.is_none());
        if untimed && group.measured.as_ref().is_ok_and(|measured| measured.is_new) {
            group.measured = Err("its heading names no reporting period, as the others do".to_owned());
        }
    }
}

/// A column that may hold results, or the rows of it in which one word names the measure.
struct Candidate<'a> {
    /// Place of its sheet, and the column.
    at: (usize, u32),
    path: &'a str,
    heading: &'a Heading,
    /// The word in the column of measures, for a long table.
    word: Option<&'a str>,
    values: &'a Values,
}

impl Candidate<'_> {
    /// Equal for candidates that measure the same.
    fn key(&self) -> String {
        let label = plain(&self.heading.label);
        self.word.map_or(label.clone(), |word| format!("{label}\u{0}{}", plain(word)))
    }
}

/// Candidate columns by what their headings say beside period and grade.
fn groups(sheets: &[Looked], places: &[usize]) -> Vec<(Group, Values)> {
    let mut groups: Vec<(String, Group, Values)> = Vec::new();
    for candidate in places.iter().flat_map(|place| candidates(*place, &sheets[*place])) {
        let Candidate { at, path, heading, word, values } = candidate;
        let key = candidate.key();
        let known = groups.iter().position(|(known, ..)| *known == key).unwrap_or_else(|| {
            let group = Group {
                columns: Vec::new(),
                headings: Vec::new(),
                measured: Err(String::new()),
                by_word: word.map(str::to_owned),
            };
            groups.push((key, group, Values::default()));
            groups.len() - 1
        });
        let (_, group, all) = &mut groups[known];
        group.columns.push(at);
        if !group.headings.iter().any(|(known, _)| known == path) {
            group.headings.push((path.to_owned(), heading.clone()));
        }
        all.extend(values);
    }
    groups.into_iter().map(|(_, group, values)| (group, values)).collect()
}

/// The candidates of one sheet, column by column.
fn candidates(place: usize, sheet: &Looked) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    for (col, heading) in &sheet.headings {
        let Some(column) = sheet.table.as_ref().and_then(|table| table.column(*col)) else { continue };
        let candidate = |word, values| Candidate { at: (place, *col), path: &column.path, heading, word, values };
        match sheet.by_measure.get(col) {
            Some(words) if !words.is_empty() => {
                found.extend(words.iter().map(|(word, values)| candidate(Some(word.as_str()), values)));
            }
            _ => found.push(candidate(None, &column.values)),
        }
    }
    found
}

fn kind(
    sheets: &[Looked],
    places: &[usize],
    groups: &[Group],
    identity: bool,
    timed: bool,
) -> Result<MappingKind, String> {
    let has = |roles: &[&str]| places.iter().any(|place| sheets[*place].has(roles));
    let results: Vec<&Measured> = groups.iter().filter_map(|group| group.measured.as_ref().ok()).collect();
    if identity {
        let numbered = has(&["id", "provincial-id"]);
        let certain = results.iter().any(|measured| !measured.is_new);
        if has(&["entered", "left"]) && numbered && !certain {
            return Ok(MappingKind::Roster);
        }
        let school =
            has(&["grade", "program", "provincial-id", "period"]) || timed || certain || strong_id(sheets, places);
        if !results.is_empty() && school {
            return Ok(MappingKind::Assessment);
        }
        if numbered && has(&["grade"]) {
            return Ok(MappingKind::Roster);
        }
        return Err(if results.is_empty() {
            "there are names or numbers, but no column of results was recognised".to_owned()
        } else {
            "nothing says that these rows are students: no grade, no reporting period, no measure of the project"
                .to_owned()
        });
    }
    let answers = |measured: &&&Measured| match (&measured.new_scale, measured.is_new) {
        (Some(guess), _) => ["agreement", "agreement-4", "frequency", "yes-no"].contains(&guess.scale.id.as_str()),
        (None, _) => true,
    };
    let statements =
        groups.iter().filter(|group| group.measured.is_ok() && group.headings[0].0.split(' ').count() >= 4).count();
    if results.iter().filter(answers).count() >= 2 && (statements >= 2 || results.iter().all(|m| likert(m))) {
        return Ok(MappingKind::Survey);
    }
    Err("no column says whose results these are: no student number and no name".to_owned())
}

fn likert(measured: &Measured) -> bool {
    let kind = measured.new_scale.as_ref().map(|guess| &guess.scale.kind);
    matches!(kind, Some(ScaleKind::Ordered { levels, .. }) if levels.iter().any(|level| level.contains("gree") || level == "Never"))
}

/// Whether the number column says that it is about students.
fn strong_id(sheets: &[Looked], places: &[usize]) -> bool {
    places.iter().any(|place| {
        let sheet = &sheets[*place];
        sheet.path_of("id").or_else(|| sheet.path_of("name")).is_some_and(|path| {
            let path = plain(path);
            ["student", "pupil", "eleve", "lasid", "learner"]
                .iter()
                .any(|word| super::vocabulary::has_words(&path, word))
        })
    })
}

/// Writes back into the sheets what their columns turned out to be.
fn settle(family: &mut Family, sheets: &mut [Looked]) {
    let mut outcome: BTreeMap<(usize, u32), (Role, String, Sure)> = BTreeMap::new();
    for group in &family.groups {
        for at in &group.columns {
            let found = match &group.measured {
                Ok(measured) => {
                    let named = if measured.is_new { "new measure" } else { "measure" };
                    let sure = if measured.is_new || measured.doubt.is_some() { Sure::Likely } else { Sure::Certain };
                    (Role::Results, format!("{named} “{}”: {}", measured.title, measured.why), sure)
                }
                Err(why) => (Role::Aside, why.clone(), Sure::Guess),
            };
            match outcome.get(at) {
                Some((Role::Results, ..)) if found.0 != Role::Results => {}
                _ => {
                    outcome.insert(*at, found);
                }
            }
        }
    }
    let usable = family.kind.is_ok();
    for ((place, col), (role, why, sure)) in outcome {
        if let Some(one) = sheets[place].given.iter_mut().find(|one| one.col == col) {
            one.role = if usable { role } else { Role::Aside };
            one.why = if usable { why } else { String::new() };
            one.sure = sure;
        }
    }
}
