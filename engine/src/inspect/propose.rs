//! The proposal: mapping files, source blocks, and what measures.toml lacks.
//!
//! Comes in: families of sheets with their facts. Goes out: TOML text with short comments that say
//! why, and the questions that only the division can answer. Names and numbers of students never come
//! in: patterns and codes that hold a word of a name are left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::mapping::MappingKind;
use crate::config::measures::ScaleKind;
use crate::config::pattern::{Pattern, fold};
use crate::workbook::Workbook;

use super::facts::{self, Facts};
use super::family::{Family, Group};
use super::known::{self, Known};
use super::results::{Heading, Measured, Part, slug};
use super::roles::{Given, IDENTITY, Role, short};
use super::rows::{escape, names_somebody};
use super::scales::well_known;
use super::starter::{self, Starter};
use super::toml_text::{aliases, inline, key, line, list, quoted};
use super::{Looked, Request};

/// Longest heading that is written out whole in a pattern.
const LONGEST_LITERAL: usize = 44;
/// Codes proposed for one scale.
const MOST_CODES: usize = 30;

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
struct Taken {
    mappings: BTreeSet<String>,
    sources: BTreeSet<String>,
    scales: BTreeMap<String, usize>,
    measures: BTreeSet<String>,
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
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
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

struct Writer<'w> {
    request: &'w Request<'w>,
    known: &'w Known<'w>,
    book: &'w Workbook,
    sheets: &'w [Looked],
    family: &'w Family,
    facts: Facts,
}

impl Writer<'_> {
    fn kind(&self) -> MappingKind {
        *self.family.kind.as_ref().unwrap_or(&MappingKind::Assessment)
    }

    fn of_family(&self) -> impl Iterator<Item = &Looked> {
        self.family.sheets.iter().map(|place| &self.sheets[*place])
    }

    fn measured(&self) -> impl Iterator<Item = (&Group, &Measured)> {
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
        proposal.sources.push_str(&self.source(&name, taken));
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
        proposal.sources.push_str(&self.source(&name, taken));
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
                let pattern = mapping.from_file.as_deref().and_then(|p| Pattern::new(p).ok());
                let told = source.set.get("year").cloned().or_else(|| pattern?.capture(path)?.get("year").cloned());
                told.is_none_or(|year| self.facts.years.contains(&crate::dataset::words::year(&year)))
            })
        })
    }

    /// Name of the mapping and the source: school and file, and the tab where there are several tables.
    fn name(&self, several: bool) -> String {
        let stem = self.request.stem();
        let stem = known::year_in(stem)
            .map_or(stem.to_owned(), |(span, _)| format!("{} {}", &stem[..span.start], &stem[span.end..]));
        let school = self.facts.set.get("school").map(|(id, _)| id.as_str()).filter(|_| self.request.project.is_some());
        let tab = self.of_family().next().map(|sheet| sheet.name.as_str()).filter(|_| several);
        let parts: Vec<&str> = school.into_iter().chain([stem.as_str()]).chain(tab).collect();
        slug(&parts.join(" "))
    }

    fn source(&mut self, mapping: &str, taken: &mut Taken) -> String {
        let mut out = String::from("[[source]]\n");
        line(&mut out, "id", &quoted(&free(mapping, &mut taken.sources)), "");
        let mut files = glob_escape(&self.facts.path);
        for (part, _) in [known::year_in(&self.facts.path)].into_iter().flatten() {
            if self.facts.from_file.as_ref().is_some_and(|pattern| pattern.contains("{year}")) {
                files = files.replacen(&glob_escape(&self.facts.path[part]), "*", 1);
            }
        }
        line(&mut out, "files", &list(&[files]), "");
        line(&mut out, "mapping", &quoted(mapping), "");
        let set: Vec<(&str, &str)> = self.facts.set.iter().map(|(fact, (word, _))| (*fact, word.as_str())).collect();
        if !set.is_empty() {
            let why: Vec<String> = self.facts.set.iter().map(|(fact, (_, why))| format!("{fact}: {why}")).collect();
            line(&mut out, "set", &inline(&set), &why.join("; "));
        }
        out.push('\n');
        out
    }

    fn mapping(&mut self, kind: MappingKind, ids: &BTreeMap<String, String>) -> String {
        let (word, rows) = match kind {
            MappingKind::Assessment => ("assessment", "students with results"),
            MappingKind::Roster => ("roster", "enrolments"),
            MappingKind::Survey => ("survey", "answers of people without names"),
        };
        let count: u32 = self.of_family().map(|sheet| sheet.rows.data).sum();
        let mut out = format!(
            "# Proposed by `termwise inspect` for {}: {count} rows of {rows}.\n# Look through it; “check this” stands where it may be wrong.\n",
            self.request.file_name()
        );
        line(&mut out, "kind", &quoted(word), "");
        self.sheets_part(&mut out);
        self.header_part(&mut out);
        self.rows_part(&mut out);
        self.columns_part(&mut out, kind);
        if kind != MappingKind::Roster {
            self.values_part(&mut out, ids);
        }
        self.from_part(&mut out, kind);
        self.codes_part(&mut out, kind);
        if let Some(separator) = self.book.separator.filter(|_| self.decimal_comma()) {
            out.push_str("[csv]\n");
            line(&mut out, "separator", &quoted(&separator.to_string()), "");
            line(&mut out, "decimal", "\",\"", "numbers such as 12,5 occur");
        }
        out
    }

    fn decimal_comma(&self) -> bool {
        let comma = |text: &str| {
            text.split_once(',').is_some_and(|(a, b)| {
                !a.is_empty() && !b.is_empty() && format!("{a}{b}").bytes().all(|c| c.is_ascii_digit())
            })
        };
        self.of_family()
            .filter_map(|sheet| sheet.table.as_ref())
            .flat_map(|t| &t.columns)
            .any(|c| c.values.seen.keys().any(|key| comma(key)))
    }

    fn sheets_part(&self, out: &mut String) {
        if self.book.separator.is_some() {
            return;
        }
        let wanted: Vec<&str> = self.of_family().map(|sheet| sheet.name.as_str()).collect();
        let others: Vec<&str> = self
            .book
            .sheets
            .iter()
            .filter(|s| !wanted.contains(&s.name.as_str()) && !s.hidden)
            .map(|s| s.name.as_str())
            .collect();
        if others.is_empty() && wanted.len() == 1 {
            return;
        }
        out.push_str("[sheets]\n");
        match glob_of(&wanted, &others) {
            Some(glob) => line(out, "use", &list(&[glob]), &format!("{} tabs", wanted.len())),
            None if wanted.len() <= others.len() || wanted.len() == 1 => {
                line(out, "use", &list(&wanted.iter().map(|name| escape(name)).collect::<Vec<_>>()), "");
            }
            None => {}
        }
        if !others.is_empty() {
            line(out, "skip", &list(&others.iter().map(|name| escape(name)).collect::<Vec<_>>()), "of another layout");
        }
    }

    fn header_part(&self, out: &mut String) {
        let Some(table) = self.of_family().find_map(|sheet| sheet.table.as_ref()) else { return };
        out.push_str("[header]\n");
        line(out, "find", &list(&self.find_words()), "");
        let deepest =
            self.of_family().filter_map(|sheet| sheet.table.as_ref()).map(|table| table.first).max().unwrap_or(0);
        if deepest >= 25 {
            line(out, "within", &(deepest + 5).to_string(), "");
        }
        if table.header_rows > 1 {
            line(out, "rows", &table.header_rows.to_string(), "");
        }
        if table.explanation_rows > 0 {
            line(out, "explanation-rows", &table.explanation_rows.to_string(), "rows under the header that explain it");
        }
    }

    /// Words that find the header on every sheet: one of its first row and one of its last among them.
    fn find_words(&self) -> Vec<String> {
        let tables: Vec<_> = self.of_family().filter_map(|sheet| sheet.table.as_ref()).collect();
        let Some(first) = tables.first() else { return Vec::new() };
        let everywhere = |word: &String| {
            word.chars().count() < 300
                && tables.iter().all(|table| table.words.iter().flatten().any(|other| other == word))
        };
        let place = |word: &String| first.words.iter().position(|row| row.contains(word));
        let given = self.of_family().next().map(|sheet| sheet.given.as_slice()).unwrap_or_default();
        let mut all: Vec<(usize, String)> = first
            .words
            .iter()
            .flatten()
            .filter(|w| everywhere(w))
            .map(|word| (self.weight(word, given), word.clone()))
            .collect();
        all.sort_by_key(|(weight, _)| *weight);
        let mut picked: Vec<String> = Vec::new();
        let last = first.words.len() - 1;
        let only_in = |word: &String, row: usize| {
            first.words.iter().enumerate().all(|(at, words)| (at == row) == words.contains(word))
        };
        for (_, word) in &all {
            let needed = picked.len() < 2
                && (last == 0
                    || picked.is_empty()
                    || (only_in(word, last) && !picked.iter().any(|p| only_in(p, last)))
                    || (only_in(word, 0) && !picked.iter().any(|p| only_in(p, 0))));
            if needed && !picked.contains(word) && place(word).is_some() {
                picked.push(word.clone());
            }
        }
        picked.iter().map(|word| self.cut(&escape(word), 60)).collect()
    }

    /// Words of columns with a role come first, then those of results, then the rest.
    fn weight(&self, word: &str, given: &[Given]) -> usize {
        let table = self.of_family().find_map(|sheet| sheet.table.as_ref());
        let column =
            table.and_then(|table| table.columns.iter().find(|column| column.last() == word || column.path == word));
        match column.and_then(|column| given.iter().find(|one| one.col == column.col)).map(|one| &one.role) {
            Some(Role::Named(role)) if IDENTITY.contains(role) => 0,
            Some(Role::Named(_)) => 1,
            Some(Role::Results) => 2,
            _ if self.known.period_in(word).is_some() => 3,
            _ => 4,
        }
    }

    /// A text cut at a word, with `*` for the rest.
    fn cut(&self, text: &str, most: usize) -> String {
        if text.chars().count() <= most {
            return text.to_owned();
        }
        let cut: String = text.chars().take(most).collect();
        format!("{}*", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
    }

    fn rows_part(&self, out: &mut String) {
        let mut skip: Vec<String> = Vec::new();
        let mut stop: Vec<String> = Vec::new();
        for sheet in self.of_family() {
            let sound = |pattern: &&String| !names_somebody(pattern, &sheet.names);
            skip.extend(sheet.rows.skip.iter().filter(sound).cloned());
            stop.extend(sheet.rows.stop.iter().filter(sound).cloned());
        }
        for list in [&mut skip, &mut stop] {
            let mut seen = BTreeSet::new();
            list.retain(|pattern| seen.insert(pattern.to_lowercase()));
            list.truncate(12);
        }
        if skip.is_empty() && stop.is_empty() {
            return;
        }
        out.push_str("[rows]\n");
        if !skip.is_empty() {
            line(out, "skip-when", &list(&skip), "rows with figures that are nobody's");
        }
        if !stop.is_empty() {
            line(out, "stop-when", &list(&stop), "what stands from here on is no data");
        }
    }

    fn columns_part(&self, out: &mut String, kind: MappingKind) {
        let mut roles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for sheet in self.of_family() {
            for one in &sheet.given {
                let (Role::Named(role), Some(column)) =
                    (&one.role, sheet.table.as_ref().and_then(|t| t.column(one.col)))
                else {
                    continue;
                };
                let unfit = match kind {
                    MappingKind::Roster => matches!(*role, "period" | "measure"),
                    MappingKind::Assessment => matches!(*role, "entered" | "left"),
                    MappingKind::Survey => {
                        !matches!(*role, "school" | "year" | "period" | "measure" | "grade" | "program")
                    }
                };
                let name = escape(&column.path);
                if !unfit && !roles.get(role).is_some_and(|names| names.contains(&name)) {
                    roles.entry(role).or_default().push(name);
                }
            }
        }
        if roles.is_empty() {
            return;
        }
        out.push_str("[columns]\n");
        const ORDER: [&str; 14] = [
            "id",
            "provincial-id",
            "name",
            "family",
            "given",
            "preferred",
            "school",
            "grade",
            "program",
            "year",
            "period",
            "measure",
            "entered",
            "left",
        ];
        for role in ORDER {
            if let Some(names) = roles.get(role) {
                line(out, role, &list(names), "");
            }
        }
    }

    fn values_part(&mut self, out: &mut String, ids: &BTreeMap<String, String>) {
        let mut blocks: Vec<(String, Vec<(String, String)>, String)> = Vec::new();
        let mut asked = BTreeSet::new();
        let mut questions = Vec::new();
        for (group, measured) in self.measured() {
            let id = ids.get(&measured.id).unwrap_or(&measured.id);
            for (path, heading) in &group.headings {
                let (column, mut set, captured) = self.value_pattern(path, heading, measured);
                if !captured && group.by_word.is_none() {
                    set.push(("measure".to_owned(), id.clone()));
                }
                let mut comment = String::new();
                if let Some(period) = heading.period.as_ref().filter(|_| !self.resolves(heading)) {
                    let year = &self.facts.years[0];
                    let ours = facts::nearest(self.known, year, period.month).unwrap_or_else(|| "P1".to_owned());
                    comment = format!("check this: “{}” is taken for {ours}", period.word);
                    if asked.insert(period.word.to_lowercase()) {
                        questions.push(format!(
                            "The calendar has no reporting period “{}”; {ours} is taken. If that is right, add `also-called = [{}]` to {ours} of {year} in termwise.toml.",
                            period.word, quoted(&period.word)
                        ));
                    }
                    set.push(("period".to_owned(), ours));
                }
                set.sort();
                if !blocks.iter().any(|(known, facts, _)| *known == column && *facts == set) {
                    blocks.push((column, set, comment));
                }
            }
            if let Some(doubt) = &measured.doubt {
                questions.push(doubt.clone());
            }
        }
        questions.extend(self.lacking_in_column());
        self.facts.questions.extend(questions);
        for (column, set, comment) in blocks {
            out.push_str("[[value]]\n");
            line(out, "column", &quoted(&column), &comment);
            if !set.is_empty() {
                line(out, "set", &inline(&set), "");
            }
        }
    }

    /// Words in a column of periods that the calendar lacks: only the calendar can learn them.
    fn lacking_in_column(&self) -> Vec<String> {
        let Some(project) = self.known.project else { return Vec::new() };
        let year = &self.facts.years[0];
        let column = self.of_family().find_map(|sheet| sheet.column_of("period"));
        let words = column.into_iter().flat_map(|column| column.values.seen.keys());
        let lacking = words.filter_map(|word| self.known.period(word)).filter(|p| p.id.is_none());
        let ask = lacking.map(|period| {
            let ours = facts::nearest(self.known, year, period.month).unwrap_or_else(|| "P1".to_owned());
            format!(
                "Rows say “{}”, which the calendar does not know. Add `also-called = [{}]` to the period that is meant (perhaps {ours}) in termwise.toml; until then these rows are set aside.",
                period.word, quoted(&period.word)
            )
        });
        let mut all: Vec<String> = ask.collect();
        let known: BTreeSet<&str> = project.calendar.periods.iter().map(|p| p.year.as_str()).collect();
        for year in self.facts.years.iter().filter(|year| !known.contains(year.as_str())) {
            all.push(format!("termwise.toml has no school year {year}. Add it with its reporting periods; until then its rows are set aside."));
        }
        all
    }

    /// Whether the calendar will know the period of a heading by its word.
    fn resolves(&self, heading: &Heading) -> bool {
        self.known.project.is_none() || heading.period.as_ref().is_none_or(|period| period.id.is_some())
    }

    /// A pattern on the heading, and whether it captures the measure.
    fn value_pattern(
        &self,
        path: &str,
        heading: &Heading,
        measured: &Measured,
    ) -> (String, Vec<(String, String)>, bool) {
        let mut captured = false;
        let mut parts: Vec<String> = Vec::new();
        let named = |label: &str| match self.known.measure(label) {
            Some(id) => self.known.project.is_some_and(|project| project.measures.measure(id).id == measured.id),
            None => measured.is_new && fold(label).to_lowercase() == measured.title.to_lowercase(),
        };
        for segment in &heading.segments {
            let mut text = String::new();
            for part in segment {
                match part {
                    Part::Period(_) if self.resolves(heading) => text.push_str("{period}"),
                    Part::Grade(_) => text.push_str("{grade}"),
                    Part::Words(words)
                        if segment.len() == 1
                            && heading.segments.len() > 1
                            && *words == heading.label
                            && named(words) =>
                    {
                        captured = true;
                        text.push_str("{measure}");
                    }
                    Part::Words(words) => text.push_str(&escape_inside(words)),
                    Part::Period(word) => text.push_str(&escape_inside(word)),
                }
            }
            parts.push(text);
        }
        let pattern = parts.join(" / ");
        let literal = !pattern.contains('{');
        if literal && path.chars().count() > LONGEST_LITERAL {
            return (self.shortened(path), Vec::new(), captured);
        }
        (pattern, Vec::new(), captured)
    }

    /// The first words of a long heading, as many as no other column begins with.
    fn shortened(&self, path: &str) -> String {
        let whole = escape(path);
        let others: Vec<&str> = self
            .of_family()
            .filter_map(|sheet| sheet.table.as_ref())
            .flat_map(|t| &t.columns)
            .map(|c| c.path.as_str())
            .filter(|other| *other != path && !other.is_empty())
            .collect();
        let words: Vec<&str> = whole.split(' ').collect();
        let fits = |pattern: &str| {
            Pattern::new(pattern).is_ok_and(|p| p.matches(path) && !others.iter().any(|other| p.matches(other)))
        };
        (5..words.len()).map(|n| format!("{}*", words[..n].join(" "))).find(|pattern| fits(pattern)).unwrap_or(whole)
    }

    fn from_part(&self, out: &mut String, kind: MappingKind) {
        if let Some(pattern) =
            self.facts.from_sheet.as_ref().filter(|p| kind != MappingKind::Roster || p.contains("{grade}"))
        {
            out.push_str("[from-sheet]\n");
            line(out, "pattern", &quoted(pattern), "");
        }
        if let Some(pattern) = &self.facts.from_file {
            out.push_str("[from-file]\n");
            line(out, "pattern", &quoted(pattern), "");
        }
        for (cell, pattern) in &self.facts.from_cells {
            out.push_str("[[from-cell]]\n");
            line(out, "cell", &quoted(cell), "");
            line(out, "pattern", &quoted(pattern), "");
        }
    }

    /// Well-known words that an existing scale does not declare, for this file only.
    fn codes_part(&self, out: &mut String, kind: MappingKind) {
        if kind == MappingKind::Roster {
            return;
        }
        let levels: BTreeSet<String> = self.levels();
        let mut codes: BTreeMap<String, &'static str> = BTreeMap::new();
        for (_, measured) in self.measured().filter(|(_, measured)| measured.new_scale.is_none()) {
            for (word, _) in &measured.fit.unread {
                let upper = fold(word).to_uppercase();
                if let Some(reason) = well_known(word).filter(|_| !levels.contains(&upper)) {
                    codes.insert(upper, reason);
                }
            }
        }
        if codes.is_empty() {
            return;
        }
        out.push_str("[codes]\n");
        for (word, reason) in codes {
            line(out, &key(&word), &format!("{{ class = \"excluded\", reason = {} }}", quoted(reason)), "check this");
        }
    }

    /// Every level that a scale of this file has, upper case: a code of the mapping must not hide one.
    fn levels(&self) -> BTreeSet<String> {
        let kinds = self.measured().filter_map(|(_, measured)| match &measured.new_scale {
            Some(guess) => Some(&guess.scale.kind),
            None => self.known.project?.measures.scales.iter().find(|s| s.id == measured.scale).map(|s| &s.kind),
        });
        let levels =
            kinds.filter_map(|kind| if let ScaleKind::Ordered { levels, .. } = kind { Some(levels) } else { None });
        levels.flatten().map(|level| level.to_uppercase()).collect()
    }

    /// Blocks for measures.toml; comes back with the ids that new measures got.
    fn measures(&mut self, proposal: &mut Proposal, taken: &mut Taken) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        let mut out = String::new();
        let mut questions = Vec::new();
        let mut scales: BTreeMap<String, String> = BTreeMap::new();
        let groups: Vec<(&Group, &Measured)> = self.measured().filter(|(_, measured)| measured.is_new).collect();
        for (_, measured) in &groups {
            let Some(guess) = &measured.new_scale else { continue };
            if scales.contains_key(&measured.scale) {
                continue;
            }
            let times = taken.scales.entry(measured.scale.clone()).and_modify(|n| *n += 1).or_insert(1);
            let id = if self.known.project.is_some_and(|p| p.measures.scales.iter().any(|s| s.id == measured.scale))
                || *times > 1
            {
                format!("{}-{}", measured.scale, *times + 1)
            } else {
                measured.scale.clone()
            };
            let same = groups.iter().filter(|(_, other)| other.scale == measured.scale);
            let unread: Vec<&(String, u32)> = same.flat_map(|(_, other)| &other.fit.unread).collect();
            out.push_str(&self.scale_text(&id, &guess.scale.kind, &guess.what, &unread, &mut questions));
            scales.insert(measured.scale.clone(), id);
        }
        for (group, measured) in &groups {
            if ids.contains_key(&measured.id) {
                continue;
            }
            let id = free(&measured.id, &mut taken.measures);
            let scale = scales.get(&measured.scale).unwrap_or(&measured.scale);
            out.push_str(&format!("[measure.{}]\n", key(&id)));
            line(&mut out, "title", &quoted(&measured.title), "as printed in reports; check this");
            line(&mut out, "scale", &quoted(scale), "");
            let label = group.by_word.as_deref().unwrap_or(&group.headings[0].1.label);
            if !label.is_empty()
                && label.chars().count() < 60
                && fold(label).to_lowercase() != measured.title.to_lowercase()
                && label.contains(|c: char| c.is_alphabetic())
                && group.by_word.is_some()
            {
                line(&mut out, "also-called", &list(&[label]), "");
            }
            out.push('\n');
            questions.push(format!(
                "“{}” is proposed as a new measure ({}). Is it one of yours under another name?",
                short(&measured.title),
                measured.why
            ));
            ids.insert(measured.id.clone(), id);
        }
        proposal.measures.push_str(&out);
        self.facts.questions.extend(questions);
        ids
    }

    fn scale_text(
        &self,
        id: &str,
        kind: &ScaleKind,
        what: &str,
        unread: &[&(String, u32)],
        questions: &mut Vec<String>,
    ) -> String {
        let mut out = format!("# {what}\n[scale.{}]\n", key(id));
        match kind {
            ScaleKind::Ordered { levels, aliases: other, .. } => {
                line(&mut out, "kind", "\"ordered\"", "");
                line(&mut out, "levels", &list(levels), "lowest first; check this");
                line(&mut out, "range", "\"lower\"", "“J/K” counts as J; check this");
                if !other.is_empty() {
                    line(&mut out, "aliases", &aliases(other), "");
                }
            }
            ScaleKind::Number { lowest, highest } => {
                line(&mut out, "kind", "\"number\"", "");
                line(&mut out, "lowest", &lowest.to_string(), "");
                line(&mut out, "highest", &highest.to_string(), "check this: what is the most that can be true?");
            }
            ScaleKind::Percent => line(&mut out, "kind", "\"percent\"", ""),
        }
        let mut codes: BTreeMap<String, String> = BTreeMap::new();
        let safe = |word: &str| {
            word.chars().count() <= 20
                && word.split(' ').count() <= 3
                && !word.starts_with("20")
                && !self.of_family().any(|sheet| names_somebody(word, &sheet.names))
        };
        for (word, times) in unread {
            let shown = word.to_uppercase();
            if !safe(word) || codes.len() >= MOST_CODES || codes.contains_key(&shown) {
                continue;
            }
            let line = match well_known(word) {
                Some(reason) => format!("{{ class = \"excluded\", reason = {} }} # check this", quoted(reason)),
                None => {
                    questions.push(format!("What does “{word}” mean ({times} cells)? It is proposed as an error of the scale “{id}”, so these cells are set aside."));
                    "{ class = \"error\" } # check this: nobody said what it means".to_owned()
                }
            };
            codes.insert(shown, line);
        }
        if !codes.is_empty() {
            out.push_str(&format!("[scale.{}.codes]\n", key(id)));
            for (word, line) in codes {
                out.push_str(&format!("{} = {line}\n", key(&word)));
            }
        }
        out.push('\n');
        out
    }
}

/// Like [`escape`], but spaces at the ends stay: they part words from captures.
fn escape_inside(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '*' | '{' | '}') { '?' } else { c }).collect()
}

/// Signs with a meaning of their own in a glob, made plain.
fn glob_escape(path: &str) -> String {
    path.chars()
        .map(|c| if matches!(c, '*' | '?' | '[' | ']' | '{' | '}') { format!("[{c}]") } else { c.to_string() })
        .collect()
}

/// A glob for several tabs that begin or end alike and that fits none of the others.
fn glob_of(wanted: &[&str], others: &[&str]) -> Option<String> {
    let first = wanted.first().filter(|_| wanted.len() > 1)?;
    let start: Vec<&str> = first.split(' ').collect();
    let front = (1..start.len()).rev().map(|n| format!("{} *", escape(&start[..n].join(" "))));
    let back = (1..start.len()).map(|n| format!("* {}", escape(&start[n..].join(" "))));
    front.chain(back).find(|glob| {
        Pattern::new(glob)
            .is_ok_and(|p| wanted.iter().all(|name| p.matches(name)) && !others.iter().any(|name| p.matches(name)))
    })
}
