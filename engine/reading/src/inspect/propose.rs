//! The proposal: mapping files, source blocks, and what measures.toml lacks.
//!
//! Comes in: families of sheets with their facts. Goes out: TOML text with short comments that say
//! why, and the questions that only the division can answer. Names and numbers of students never come
//! in: patterns and codes that hold a word of a name are left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use termwise_config::mapping::MappingKind;
use termwise_config::pattern::Pattern;

use crate::workbook::Workbook;

use super::facts::{self, Facts};
use super::family::{Family, Group};
use super::known::Known;
use super::results::{Measured, slug};
use super::starter::{self, Starter};
use super::times;
use super::toml_text::{inline, line, list, quoted};
use super::{Looked, Request};

/// A mapping file to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MappingFile {
    /// Name without folder and ending.
    pub name: String,
    /// The file's text.
    pub text: String,
}

/// What to add to a project so that it reads the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Mapping files.
    pub mappings: Vec<MappingFile>,
    /// Blocks for termwise.toml.
    pub sources: String,
    /// Blocks for measures.toml; empty if nothing is missing there.
    pub measures: String,
    /// Where the file must lie, relative to the project.
    pub path: String,
    /// A whole termwise.toml, if there is no project yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starter: Option<String>,
    /// What only the division can answer.
    pub questions: Vec<String>,
}

/// Names that are taken, so that nothing is written twice.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) mappings: BTreeSet<String>,
    pub(super) sources: BTreeSet<String>,
    pub(super) scales: BTreeMap<String, usize>,
    pub(super) measures: BTreeSet<String>,
}

impl Taken {
    fn of(known: &Known<'_>) -> Self {
        let Some(project) = known.project else { return Self::default() };
        Self {
            mappings: project.mappings.keys().cloned().collect(),
            sources: project.sources.iter().map(|source| source.id.clone()).collect(),
            scales: project.measures.scales.iter().map(|scale| (scale.id.clone(), 0)).collect(),
            measures: project.measures.measures.iter().map(|measure| measure.id.clone()).collect(),
        }
    }
}

/// The first of `name`, `name-2`, … that is free; it is taken from then on.
pub(super) fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let found =
        (1..).map(|n| if n == 1 { name.to_owned() } else { format!("{name}-{n}") }).find(|name| !taken.contains(name));
    let found = found.unwrap_or_else(|| name.to_owned());
    taken.insert(found.clone());
    found
}

/// Writes the proposal; nothing if no family of sheets can be read by a mapping.
pub(super) fn propose(
    request: &Request<'_>,
    known: &Known<'_>,
    book: &Workbook,
    sheets: &[Looked],
    families: &[Family],
) -> Option<Proposal> {
    let usable: Vec<&Family> = families
        .iter()
        .filter(|family| family.kind.is_ok() && family.sheets.iter().any(|place| !sheets[*place].hidden))
        .collect();
    let mut taken = Taken::of(known);
    let mut proposal = Proposal::default();
    let mut starter = Starter::default();
    let rostered = usable.iter().any(|family| family.kind == Ok(MappingKind::Roster));
    for family in &usable {
        let facts = facts::find(request, known, sheets, family);
        proposal.path.clone_from(&facts.path);
        let mut writer = Writer { request, known, book, sheets, family, facts };
        writer.add(&mut proposal, &mut taken, usable.len() > 1);
        if !rostered {
            writer.add_roster(&mut proposal, &mut taken);
        }
        starter.gather(sheets, family, &writer.facts);
        for question in writer.facts.questions {
            if !proposal.questions.contains(&question) {
                proposal.questions.push(question);
            }
        }
    }
    if usable.is_empty() {
        return None;
    }
    if request.project.is_none() {
        proposal.starter = Some(starter::text(&starter));
    }
    Some(proposal)
}

/// Writes the parts of a proposal for one family of sheets.
pub(super) struct Writer<'w> {
    pub(super) request: &'w Request<'w>,
    pub(super) known: &'w Known<'w>,
    pub(super) book: &'w Workbook,
    pub(super) sheets: &'w [Looked],
    pub(super) family: &'w Family,
    pub(super) facts: Facts,
}

impl Writer<'_> {
    pub(super) fn kind(&self) -> MappingKind {
        *self.family.kind.as_ref().unwrap_or(&MappingKind::Assessment)
    }

    /// The sheets of the family.
    pub(super) fn of_family(&self) -> impl Iterator<Item = &Looked> {
        self.family.sheets.iter().map(|place| &self.sheets[*place])
    }

    /// Groups of columns with what they measure.
    pub(super) fn measured(&self) -> impl Iterator<Item = (&Group, &Measured)> {
        let wanted = self.kind() != MappingKind::Roster;
        self.family
            .groups
            .iter()
            .filter(move |_| wanted)
            .filter_map(|group| Some((group, group.measured.as_ref().ok()?)))
    }

    /// The mapping, its source, and the measures it needs.
    fn add(&mut self, proposal: &mut Proposal, taken: &mut Taken, several: bool) {
        let name = free(&self.name(several), &mut taken.mappings);
        let ids = self.measures(proposal, taken);
        let text = self.mapping(self.kind(), &ids);
        proposal.mappings.push(MappingFile { name: name.clone(), text });
        proposal.sources.push_str(&self.source(&name, taken, self.kind() == MappingKind::Roster));
        let lacking = self.lacking();
        self.facts.questions.extend(lacking);
    }

    /// A second mapping that takes the enrolment from the same file, where no roster tells it.
    fn add_roster(&mut self, proposal: &mut Proposal, taken: &mut Taken) {
        if self.kind() != MappingKind::Assessment || self.has_roster() {
            return;
        }
        let numbered = self.of_family().any(|sheet| sheet.has(&["id", "provincial-id"]));
        let years = self.facts.years.join(", ");
        if !numbered || !self.facts.graded {
            let lacks = if numbered { "grades" } else { "student numbers" };
            self.facts.questions.push(format!(
                "There is no roster of {years}, and this file has no {lacks} to make one of. No row finds its student \
                 until an enrolment list is there: inspect that file, too."
            ));
            return;
        }
        let name = free(
            &format!("{}-roster", proposal.mappings.last().map_or("file", |m| m.name.as_str())),
            &mut taken.mappings,
        );
        let mut text = format!(
            "# There is no roster of {years}, so this mapping takes the enrolment from the file with the results.\n\
             # It means that students who are missing in this file are not counted at all. Better: an enrolment list.\n"
        );
        text.push_str(&self.mapping(MappingKind::Roster, &BTreeMap::new()));
        proposal.mappings.push(MappingFile { name: name.clone(), text });
        proposal.sources.push_str(&self.source(&name, taken, true));
        self.facts.questions.push(format!(
            "There is no roster of {years}. The proposal makes one of this file: students who are missing in it are not counted. \
             Is there an enrolment list?"
        ));
    }

    /// Whether a source with a roster mapping finds a file of the year.
    fn has_roster(&self) -> bool {
        let Some(project) = self.request.project else { return false };
        let rosters = project.sources.iter().filter_map(|source| {
            let mapping = project.mappings.get(&source.mapping)?;
            (mapping.kind == MappingKind::Roster).then_some((source, mapping))
        });
        let found = crate::sources::found(project);
        rosters.into_iter().any(|(source, mapping)| {
            let mine = found.iter().filter(|(_, index)| project.sources.get(*index).is_some_and(|s| s.id == source.id));
            mine.map(|(path, _)| path).any(|path| {
                let captured = |p: &Pattern| p.capture(path)?.get("year").cloned();
                let told = source.set.get("year").cloned().or_else(|| mapping.from_file.iter().find_map(captured));
                told.is_none_or(|year| self.facts.years.contains(&crate::dataset::words::year(&year)))
            })
        })
    }

    /// Name of the mapping and the source: school and file, and the tab where there are several tables.
    fn name(&self, several: bool) -> String {
        let stem = self.request.stem();
        let stem = times::year_in(stem)
            .map_or(stem.to_owned(), |(span, _)| format!("{} {}", &stem[..span.start], &stem[span.end..]));
        let school = self.facts.set.get("school").map(|(id, _)| id.as_str()).filter(|_| self.request.project.is_some());
        let tab = self.of_family().next().map(|sheet| sheet.name.as_str()).filter(|_| several);
        let parts: Vec<&str> = school.into_iter().chain([stem.as_str()]).chain(tab).collect();
        slug(&parts.join(" "))
    }

    fn source(&self, mapping: &str, taken: &mut Taken, roster: bool) -> String {
        let mut out = String::from("[[source]]\n");
        line(&mut out, "id", &quoted(&free(mapping, &mut taken.sources)), "");
        line(&mut out, "files", &list(&[self.facts.files.as_str()]), "");
        line(&mut out, "mapping", &quoted(mapping), "");
        // An enrolment is of a year, not of a period.
        let wanted: Vec<_> = self.facts.set.iter().filter(|(fact, _)| !roster || **fact != "period").collect();
        let set: Vec<(&str, &str)> = wanted.iter().map(|(fact, (word, _))| (**fact, word.as_str())).collect();
        if !set.is_empty() {
            let why: Vec<String> = wanted.iter().map(|(fact, (_, why))| format!("{fact}: {why}")).collect();
            line(&mut out, "set", &inline(&set), &why.join("; "));
        }
        out.push('\n');
        out
    }
}
