//! All files of a run → one [`Dataset`]: rosters first, then results, then what contradicts itself.
//!
//! Files are read side by side and put together in the order of their paths, so the outcome does not
//! depend on who was first.

use std::collections::BTreeMap;

use rayon::prelude::*;

use termwise_base::problem::{Place, Problem};
use termwise_config::mapping::MappingKind;
use termwise_config::pattern::Pattern;
use termwise_config::{CodeClass, Project, SourceSpec};

use crate::sources::FrozenFile;
use crate::workbook::{CsvHints, Sheet, Shelf, Workbook};

use super::actions::{self, Action};
use super::facts::Lookup;
use super::gather::gather;
use super::people::{People, RosterRow};
use super::plan::Plan;
use super::results::{self, FoundResult, Results};
use super::table::{Context, Rows, Told};
use super::values::{reasons, shown};
use super::{
    Aside, Dataset, Enrolment, NotData, Observations, PersonId, PersonKind, SourceCell, Tally, exceptions, header,
    meant, oneroster, roster, withhold,
};

/// What one file gave, before the files are put together.
#[derive(Default)]
struct Read {
    sheets: Vec<String>,
    filled: usize,
    results: Results,
    roster: Vec<RosterRow>,
    /// Who stands in a roster of which no row could be used.
    strangers: withhold::Strangers,
    exceptions: Vec<meant::Line>,
    actions: Vec<Action>,
    problems: Vec<Problem>,
}

/// Leaves out the files beyond as many as observations can point at, with a problem.
fn bound(files: &mut Vec<&FrozenFile>, most: usize) -> Option<Problem> {
    let first = files.get(most)?;
    let problem = Problem::error(format!("{} files are more than one run can read.", files.len()))
        .at(Place::file(&first.path_relative))
        .found(format!("this file and the {} after it were not read", files.len() - most - 1))
        .expected(format!("at most {most} files"))
        .hint("Make `files` of the [[source]] narrower, or put the years that are over into another project.");
    files.truncate(most);
    Some(problem)
}

/// Readings point at their reason by a number of 16 bits; what is left out for one beyond would have none.
fn too_many_reasons(reasons: &[String], most: usize) -> Option<Problem> {
    let beyond = reasons.get(most + 1)?;
    Some(
        Problem::error("There are more reasons for leaving a result out than one run can keep apart.")
            .at(Place::file("measures.toml"))
            .found(format!("{} reasons; the first one too many is “{beyond}”", reasons.len() - 1))
            .expected(format!("at most {most}"))
            .hint("Give codes of class “excluded” that mean the same one `reason`."),
    )
}

/// Reads every file. One bad file, sheet or cell never stops the rest.
pub fn build(project: &Project, files: &[FrozenFile], shelf: &Shelf, problems: &mut Vec<Problem>) -> Dataset {
    let reasons = reasons(&project.measures, project.mappings.values());
    problems.extend(too_many_reasons(&reasons, usize::from(u16::MAX)));
    let plans: BTreeMap<&str, Plan<'_>> =
        project.mappings.iter().map(|(name, mapping)| (name.as_str(), Plan::new(project, mapping, &reasons))).collect();
    let lookup = Lookup::new(project);
    let mut files: Vec<&FrozenFile> = files.iter().collect();
    files.sort_by(|a, b| (&a.path_relative, a.source_index).cmp(&(&b.path_relative, b.source_index)));
    problems.extend(bound(&mut files, usize::from(u16::MAX)));
    let sources: Vec<(&FrozenFile, &SourceSpec, &Plan<'_>)> = files
        .into_iter()
        .filter_map(|file| {
            let source = project.sources.get(file.source_index)?;
            Some((file, source, plans.get(source.mapping.as_str())?))
        })
        .collect();

    let read_all = |kinds: &[MappingKind], people: &People| -> Vec<(usize, Read)> {
        sources
            .par_iter()
            .enumerate()
            .filter(|(_, (_, _, plan))| kinds.contains(&plan.mapping.kind))
            .map(|(place, source)| (place, Reading { project, lookup: &lookup, people, shelf }.file(place, source)))
            .collect()
    };
    let mut done: BTreeMap<usize, Read> = BTreeMap::new();
    let nobody = People::default();
    let mut rows = Vec::new();
    for (place, mut read) in read_all(&[MappingKind::Roster, MappingKind::OneRoster], &nobody) {
        rows.append(&mut read.roster);
        done.insert(place, read);
    }
    let mut contradictions = Vec::new();
    let (mut people, set_aside) = gather(project, &lookup.years, rows, &mut contradictions);
    for (file, row) in set_aside {
        if let Some(read) = done.get_mut(&file) {
            read.results.rows.set_aside(row, Aside::Contradiction);
        }
    }
    for (place, mut read) in read_all(&[MappingKind::Names], &nobody) {
        for ((_, row), problem) in people.except(std::mem::take(&mut read.exceptions)) {
            read.results.rows.set_aside(row, Aside::Student);
            read.problems.push(problem);
        }
        done.insert(place, read);
    }
    done.extend(read_all(&[MappingKind::Assessment, MappingKind::Survey], &people));
    done.extend(read_all(&[MappingKind::Strategies, MappingKind::Decisions], &people));

    let mut dataset = Dataset {
        people: vec![PersonKind::Student; people.count as usize],
        enrolments: std::mem::take(&mut people.enrolments),
        keys: people.keys(),
        names: withhold::names(project, &people),
        reasons,
        actions: done.values_mut().flat_map(|read| std::mem::take(&mut read.actions)).collect(),
        ..Dataset::default()
    };
    problems.extend(without_roster(&lookup, &sources, &done));
    let found = done.values().map(|read| read.results.found.len()).sum();
    let mut all: Vec<(usize, FoundResult)> = Vec::with_capacity(found);
    for (place, read) in &mut done {
        let first = u32::try_from(dataset.people.len()).expect("fewer than 2^32 people");
        for (at, (school, year)) in (first..).zip(&read.results.respondents) {
            dataset.people.push(PersonKind::StaffRespondent);
            dataset.keys.push(None);
            dataset.enrolments.push(Enrolment {
                person: PersonId(at),
                school: *school,
                year: lookup.years[usize::from(*year)].to_owned(),
                grade: String::new(),
                program: String::new(),
                entered: None,
                left: None,
            });
        }
        let survey = !read.results.respondents.is_empty();
        all.extend(std::mem::take(&mut read.results.found).into_iter().map(|found| {
            let person = if survey { first + found.person } else { found.person };
            (*place, FoundResult { person, ..found })
        }));
        problems.append(&mut read.problems);
    }
    problems.append(&mut contradictions);
    let kept = settle(project, &sources, &dataset.reasons, all, &mut done, problems);
    dataset.observations = columns(&kept);
    dataset.files = tallies(&lookup, &sources, &done, &kept);
    let strangers = done.into_values().map(|read| read.strangers);
    let strangers = strangers.fold(withhold::Strangers::default(), withhold::Strangers::and);
    withhold::Private::of(&people, &strangers).withhold(problems);
    // The engine's own books must balance; if they do not, nobody should trust the counts.
    problems.extend(dataset.files.iter().filter(|tally| !tally.adds_up()).map(|tally| {
        Problem::error("The rows of this file do not add up: used, set aside and without data are not all of them.")
            .at(Place::file(&tally.path))
            .found(format!(
                "{} filled rows, but {} used, {} used in part, {} set aside and {} without data",
                tally.filled,
                tally.used,
                tally.in_part,
                tally.set_aside,
                tally.no_data()
            ))
            .hint("This is a fault of Termwise: please report it.")
    }));
    dataset
}

/// School years with results, but without a roster: one problem each, however many files there are.
fn without_roster(
    lookup: &Lookup<'_>,
    sources: &[(&FrozenFile, &SourceSpec, &Plan<'_>)],
    done: &BTreeMap<usize, Read>,
) -> Vec<Problem> {
    let mut years: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for (place, read) in done {
        for year in &read.results.no_roster {
            years.entry(*year).or_default().push(&sources[*place].0.path_relative);
        }
    }
    let told = |(year, files): (u16, Vec<&str>)| {
        let year = lookup.years[usize::from(year)];
        Problem::error(format!("There is no roster of {year}, so no result of that year finds its student."))
            .at(Place::file("termwise.toml"))
            .found(format!("results of {year} in {}", super::plan::list(files.into_iter())))
            .hint(
                "If there is a roster, correct what is reported of it first; otherwise add a [[source]] with a roster mapping \
                 for this year.",
            )
    };
    years.into_iter().map(told).collect()
}

/// What every file is read with.
struct Reading<'r, 'a> {
    project: &'r Project,
    lookup: &'r Lookup<'a>,
    people: &'r People,
    shelf: &'r Shelf,
}

impl Reading<'_, '_> {
    /// Opens and reads one file.
    fn file(&self, place: usize, (file, source, plan): &(&FrozenFile, &SourceSpec, &Plan<'_>)) -> Read {
        let path = file.path_relative.as_str();
        let mut read = Read::default();
        let hints = CsvHints { separator: plan.mapping.csv_separator, encoding: plan.mapping.csv_encoding.clone() };
        let mut book = match self.shelf.open(&file.frozen_path, &file.digest, path, &hints) {
            Ok(book) => book,
            Err(problem) => {
                read.problems.push(problem);
                return read;
            }
        };
        let mut told = Told::default();
        std::mem::take(&mut book.problems).into_iter().for_each(|problem| told.push(problem));
        read.sheets = book.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        read.filled = book.sheets.iter().map(Sheet::len).sum();
        let comma = decimal_comma(plan, &book);
        let Self { project, lookup, people, .. } = *self;
        let context = Context { project, lookup, people, plan, set: &source.set, path, file: place, comma };
        if plan.mapping.kind == MappingKind::OneRoster {
            read.export(&context, source, &book, &mut told);
        } else {
            for (number, sheet) in chosen(plan, &book, path, &mut read.results.rows, &mut told) {
                read.sheet(&context, number, sheet, &mut told);
            }
        }
        let roster = matches!(plan.mapping.kind, MappingKind::Roster | MappingKind::OneRoster);
        if roster && read.roster.is_empty() {
            read.strangers = withhold::Strangers::of(&book);
        }
        read.problems = told.finish(path);
        read
    }
}

impl Read {
    fn export(&mut self, context: &Context<'_, '_>, source: &SourceSpec, book: &Workbook, told: &mut Told) {
        let Context { project, lookup, set, path, file, .. } = *context;
        let export =
            oneroster::ExportSource { lookup, schools: &project.schools, settings: &source.oneroster, set, path, file };
        self.roster = oneroster::read(&export, book, &mut self.results.rows, told);
    }

    fn sheet(&mut self, context: &Context<'_, '_>, number: u16, sheet: &Sheet, told: &mut Told) {
        let rows = &mut self.results.rows;
        match context.plan.mapping.kind {
            MappingKind::Roster => self.roster.extend(roster::read(context, sheet, rows, told)),
            MappingKind::Names => self.exceptions.extend(exceptions::read(context, sheet, rows, told)),
            MappingKind::Strategies | MappingKind::Decisions => {
                self.actions.extend(actions::read(context, sheet, rows, told));
            }
            _ => results::read(context, number, sheet, &mut self.results, told),
        }
    }
}

/// The sheets that the mapping reads. The others are counted, and told if the table stands on them.
fn chosen<'b>(
    plan: &Plan<'_>,
    book: &'b Workbook,
    path: &str,
    rows: &mut Rows,
    told: &mut Told,
) -> Vec<(u16, &'b Sheet)> {
    let mut problems = Vec::new();
    let chosen = plan.choose(book, path, &mut problems);
    problems.into_iter().for_each(|problem| told.push(problem));
    for (number, sheet) in (0u16..).zip(&book.sheets) {
        if !chosen.iter().any(|(other, _)| *other == number) {
            rows.no_data(NotData::OtherSheet, sheet.len());
            unread(plan, sheet, path).into_iter().for_each(|problem| told.push(problem));
        }
    }
    rows.only = chosen.len() == 1;
    chosen
}

/// A sheet that is not read although the table stands on it: its name may have been changed.
fn unread(plan: &Plan<'_>, sheet: &Sheet, path: &str) -> Option<Problem> {
    if plan.skips(&sheet.name) || header::find(sheet, plan, 0, plan.mapping.header_within).is_none() {
        return None;
    }
    let place = Place::file(path).sheet(&sheet.name);
    let skip = format!("If it is not to be read, add it to `skip` under [sheets] in {}.", plan.mapping.path);
    Some(if sheet.hidden {
        Problem::note("This hidden sheet holds the table that is looked for, but hidden sheets are not read.")
            .at(place)
            .hint(skip)
    } else {
        Problem::warning(
            "This sheet holds the table that is looked for, but its name does not fit the mapping, so it was not read.",
        )
        .at(place)
        .expected(super::plan::list(plan.mapping.sheets.iter().map(Pattern::written)))
        .hint(format!("Correct the sheet's name, or `use` under [sheets]. {skip}"))
    })
}

/// A file that needs semicolons to part its cells has commas in its numbers.
fn decimal_comma(plan: &Plan<'_>, book: &Workbook) -> Option<bool> {
    plan.mapping.decimal_comma.or_else(|| (book.separator == Some(';')).then_some(true))
}

/// Keeps one reading for each person, measure and period: equal ones once, a result before a code of
/// class “excluded”, different results not at all. Sorted by measure, period, person.
fn settle(
    project: &Project,
    sources: &[(&FrozenFile, &SourceSpec, &Plan<'_>)],
    reasons: &[String],
    mut all: Vec<(usize, FoundResult)>,
    done: &mut BTreeMap<usize, Read>,
    problems: &mut Vec<Problem>,
) -> Vec<(usize, FoundResult)> {
    // Two whole numbers compare faster than seven; files, sheets and measures are far fewer than 2^16.
    all.sort_unstable_by_key(|(file, f)| {
        let what = (f.measure.0 as u64) << 48 | (f.period.0 as u64) << 32 | u64::from(f.person);
        let place = (*file as u64) << 48 | u64::from(f.sheet) << 32 | u64::from(f.row);
        (what, place, f.col)
    });
    let mut kept: Vec<u32> = Vec::with_capacity(all.len());
    let mut next = 0;
    for same in all.chunk_by(|(_, a), (_, b)| (a.measure, a.period, a.person) == (b.measure, b.period, b.person)) {
        let begins = next;
        next += same.len();
        // A student who moved has a code such as “transferred” in the old school's file and a result in
        // the new one's: a result goes before a code that only says why there is none.
        let counted = |(_, found): &&(usize, FoundResult)| found.reading.class != CodeClass::Excluded;
        let results = same.iter().filter(counted).count();
        let counts = |one: &&(usize, FoundResult)| results == 0 || counted(one);
        let first_place = begins + same.iter().position(|one| counts(&one)).expect("one of them counts");
        let same: Vec<&(usize, FoundResult)> = same.iter().filter(counts).collect();
        let (first_file, first) = same[0];
        let equal = |found: &FoundResult| {
            let (a, b) = (found.reading, first.reading);
            a.class == b.class && a.reason == b.reason && (a.class != CodeClass::Score || a.value == b.value)
        };
        if same.iter().all(|(_, found)| equal(found)) {
            kept.push(u32::try_from(first_place).expect("fewer than 2^32 results"));
            continue;
        }
        let place = |file: usize, found: &FoundResult| {
            let sheet = done[&file].sheets.get(usize::from(found.sheet)).cloned().unwrap_or_default();
            Place::file(&sources[file].0.path_relative).sheet(sheet).cell(found.row, found.col)
        };
        let scale = project.measures.scale_of(first.measure);
        let period = project.calendar.period(first.period);
        for (file, found) in same.iter().copied().filter(|(_, found)| !equal(found)) {
            problems.push(
                Problem::warning(format!(
                    "One student has two different results for {} in {} ({}); both were set aside.",
                    project.measures.measure(first.measure).title,
                    period.name,
                    period.year
                ))
                .at(place(*file, found))
                .found(format!(
                    "{} here, but {} in {}",
                    shown(scale, found.reading, reasons),
                    shown(scale, first.reading, reasons),
                    place(*first_file, first)
                ))
                .expected("one result, or the same result twice")
                .hint("Delete the one that does not hold."),
            );
        }
        for (file, found) in same {
            if let Some(read) = done.get_mut(file) {
                read.results.rows.set_aside(found.data_row as usize, Aside::Contradiction);
            }
        }
    }
    // In place: a large division has many.
    for (to, from) in kept.iter().enumerate() {
        all[to] = all[*from as usize];
    }
    all.truncate(kept.len());
    all
}

fn columns(kept: &[(usize, FoundResult)]) -> Observations {
    let mut columns = Observations::with_capacity(kept.len());
    for (file, found) in kept {
        columns.person.push(PersonId(found.person));
        columns.measure.push(found.measure);
        columns.period.push(found.period);
        columns.value.push(found.reading.value);
        columns.class.push(found.reading.class);
        columns.reason.push(found.reading.reason);
        columns.cell.push(SourceCell {
            file: u16::try_from(*file).expect("files are bounded by u16::MAX"),
            sheet: found.sheet,
            row: found.row,
            col: found.col,
        });
    }
    columns
}

fn tallies(
    lookup: &Lookup<'_>,
    sources: &[(&FrozenFile, &SourceSpec, &Plan<'_>)],
    done: &BTreeMap<usize, Read>,
    kept: &[(usize, FoundResult)],
) -> Vec<Tally> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut observations = vec![0u32; sources.len()];
    // Rows from which a reading came, by file: counted from what reports use.
    let mut gave: Vec<Vec<bool>> = vec![Vec::new(); sources.len()];
    for (file, found) in kept {
        observations[*file] += 1;
        let (rows, row) = (&mut gave[*file], found.data_row as usize);
        rows.resize(rows.len().max(row + 1), false);
        rows[row] = true;
    }
    sources
        .iter()
        .enumerate()
        .map(|(place, (file, source, _))| {
            let read = done.get(&place);
            let rows = read.map(|read| read.results.rows.aside.as_slice()).unwrap_or_default();
            let cells = read.map(|read| read.results.rows.cells.as_slice()).unwrap_or_default();
            let mut set_aside_by = BTreeMap::new();
            let (mut in_part, mut cells_set_aside) = (0, 0);
            for (row, why) in rows.iter().enumerate().filter_map(|(row, why)| Some((row, (*why)?))) {
                if gave[place].get(row).is_some_and(|gave| *gave) {
                    in_part += 1;
                    cells_set_aside += cells.get(row).copied().unwrap_or(1);
                } else {
                    *set_aside_by.entry(why).or_default() += 1;
                }
            }
            let set_aside = set_aside_by.values().sum();
            Tally {
                path: file.path_relative.clone(),
                source: file.source_index,
                digest: file.digest.clone(),
                sheets: read.map(|read| read.sheets.clone()).unwrap_or_default(),
                school: source.set.get("school").and_then(|word| lookup.school(word).ok()),
                filled: read.map_or(0, |read| count(read.filled)),
                rows: count(rows.len()),
                used: count(rows.len()) - set_aside - in_part,
                in_part,
                cells_set_aside,
                set_aside,
                set_aside_by,
                not_data: read.map(|read| read.results.rows.not_data.clone()).unwrap_or_default(),
                observations: observations[place],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_cannot_number_is_reported() {
        let file = |name: &str| FrozenFile {
            path_relative: name.to_owned(),
            frozen_path: "none".into(),
            digest: String::new(),
            source_index: 0,
        };
        let files = ["a.csv", "b.csv", "c.csv", "d.csv"].map(file);
        let mut all: Vec<&FrozenFile> = files.iter().collect();
        assert!(bound(&mut all, 4).is_none() && all.len() == 4);
        let told = bound(&mut all, 2).expect("a problem").to_string();
        assert_eq!(all.len(), 2);
        assert!(told.contains("4 files are more than one run can read") && told.contains("c.csv"), "{told}");
        let reasons = ["", "absent", "moved", "new"].map(str::to_owned);
        assert!(too_many_reasons(&reasons, 3).is_none());
        let told = too_many_reasons(&reasons, 2).expect("a problem").to_string();
        assert!(told.contains("3 reasons") && told.contains("“new”"), "{told}");
    }
}
