//! What tells the school year, the reporting period, the school and the grade of a family of sheets.
//!
//! Comes in: the file's path, tabs, titles and columns. Goes out: patterns for the mapping, settings
//! for the source, and what nothing tells. What is taken for want of anything better is always told
//! as a question.

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_base::problem::a1;
use termwise_config::mapping::MappingKind;

use super::family::Family;
use super::known::{Known, PeriodWord};
use super::patterns::{around, common_pattern, escape_keeping, glob_escape, grade_parts};
use super::times::{self, month_place};
use super::{Looked, Request};

/// Id of the one school of a new project.
pub(super) const SCHOOL: &str = "my-school";

/// Facts of a family of sheets.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// Path in the project, as it is or as it will be.
    pub(super) path: String,
    /// Glob for this file and its like of other years and periods.
    pub(super) files: String,
    /// The school years that the rows are of; the first one is the file's.
    pub(super) years: Vec<String>,
    pub(super) from_file: Option<String>,
    pub(super) from_sheet: Option<String>,
    /// Address and pattern.
    pub(super) from_cells: Vec<(String, String)>,
    /// Settings of the source, and why.
    pub(super) set: BTreeMap<&'static str, (String, String)>,
    /// Every reporting period that is named.
    pub(super) periods: Vec<PeriodWord>,
    pub(super) questions: Vec<String>,
    /// Whether grades stand in a column or a tab's name.
    pub(super) graded: bool,
}

/// Finds the facts of a family.
pub(super) fn find(request: &Request<'_>, known: &Known<'_>, sheets: &[Looked], family: &Family) -> Facts {
    let mut facts = Facts { periods: periods(known, sheets, family), ..Facts::default() };
    let told = year(request, sheets, family, &mut facts);
    let year = facts.years[0].clone();
    facts.path = request.inside.clone().unwrap_or_else(|| format!("data/{year}/{}", request.file_name()));
    from_sheet(known, sheets, family, &mut facts);
    from_file(known, sheets, family, told, &mut facts);
    school(request, known, sheets, family, &mut facts);
    period(known, sheets, family, &year, request.today, &mut facts);
    facts.graded |= has(sheets, family, "grade");
    facts
}

fn has(sheets: &[Looked], family: &Family, role: &str) -> bool {
    family.sheets.iter().any(|place| sheets[*place].has(&[role]))
}

/// Every period that headings, the column of periods or tabs name, in the order of a school year.
fn periods(known: &Known<'_>, sheets: &[Looked], family: &Family) -> Vec<PeriodWord> {
    let mut found: Vec<PeriodWord> = Vec::new();
    let headings = family.groups.iter().filter(|group| group.measured.is_ok()).flat_map(|group| &group.headings);
    found.extend(headings.filter_map(|(_, heading)| heading.period.clone()));
    for place in &family.sheets {
        let column = sheets[*place].column_of("period");
        found.extend(column.into_iter().flat_map(|c| c.values.seen.keys()).filter_map(|word| known.period(word)));
        found.extend(known.period_in(&sheets[*place].name).map(|(_, period)| period));
    }
    found.sort_by_key(|period| (month_place(period.month), period.word.clone()));
    found.dedup_by(|a, b| a.word.to_lowercase() == b.word.to_lowercase());
    found
}

/// The school year: from a column, the path, a title, else by today. True if the path must tell it.
fn year(request: &Request<'_>, sheets: &[Looked], family: &Family, facts: &mut Facts) -> bool {
    let column = family.sheets.iter().find_map(|place| sheets[*place].column_of("year"));
    if let Some(column) = column {
        facts.years = column.values.seen.keys().filter_map(|word| Some(times::year_in(word)?.1)).collect();
        facts.years.sort_by(|a, b| b.cmp(a));
        facts.years.dedup();
        return false;
    }
    let path = request.inside.clone().unwrap_or_else(|| request.shown.clone());
    if let Some((_, year)) = times::year_in(&path) {
        facts.years = vec![year];
        return true;
    }
    let titles: Vec<&((u32, u32), String)> =
        family.sheets.iter().filter_map(|place| sheets[*place].table.as_ref()).flat_map(|table| &table.notes).collect();
    for ((row, col), text) in titles {
        let Some((span, year)) = times::year_in(text) else { continue };
        if request.inside.is_some() {
            facts.from_cells.push((a1(*row, *col), around(text, span, "{year}")));
        }
        facts.years = vec![year];
        return request.inside.is_none();
    }
    if let Some((_, year)) = family.sheets.iter().find_map(|place| times::year_in(&sheets[*place].name)) {
        facts.years = vec![year];
        return request.inside.is_none();
    }
    let year = usual_year(request, facts);
    facts
        .questions
        .push(format!("Nothing in the file says which school year it is about; {year} is taken. Is that right?"));
    if request.inside.is_some() {
        facts.set.insert("year", (year.clone(), "check this: nothing says which school year it is".to_owned()));
    }
    facts.years = vec![year];
    request.inside.is_none()
}

/// The last school year in which the periods found had ended by today; a project's own years first.
fn usual_year(request: &Request<'_>, facts: &Facts) -> String {
    if let Some(project) = request.project {
        let calendar = &project.calendar;
        let closed = calendar.last_closed(request.today).map(|id| calendar.period(id).year.clone());
        if let Some(year) = closed.or_else(|| calendar.periods.last().map(|p| p.year.clone())) {
            return year;
        }
    }
    let last = facts.periods.iter().map(|period| month_place(period.month)).max().unwrap_or(0);
    let today = month_place(u32::from(request.today.month().unsigned_abs()));
    let begun = i32::from(request.today.year()) - i32::from(request.today.month() < 8);
    let start = if last >= today { begun - 1 } else { begun };
    format!("{start}-{:02}", (start + 1) % 100)
}

/// A pattern on the tabs' names where all of them are built alike.
fn from_sheet(known: &Known<'_>, sheets: &[Looked], family: &Family, facts: &mut Facts) {
    let names: Vec<&str> = family.sheets.iter().map(|place| sheets[*place].name.as_str()).collect();
    let in_header =
        family.groups.iter().any(|g| g.measured.is_ok() && g.headings.iter().any(|(_, h)| h.period.is_some()));
    if !in_header && !has(sheets, family, "period") {
        let parts = |name: &str| {
            known.period_in(name).map(|(span, _)| (name[..span.start].to_owned(), name[span.end..].to_owned()))
        };
        if let Some(pattern) = common_pattern(&names, parts, "{period}") {
            facts.from_sheet = Some(pattern);
            return;
        }
    }
    if !has(sheets, family, "grade") && family.kind.as_ref().is_ok_and(|kind| *kind != MappingKind::Survey) {
        facts.from_sheet = common_pattern(&names, grade_parts, "{grade}");
        facts.graded = facts.from_sheet.is_some();
    }
}

/// A pattern on the path: the year, and the period if nothing else tells it.
fn from_file(known: &Known<'_>, sheets: &[Looked], family: &Family, by_path: bool, facts: &mut Facts) {
    let mut captures: Vec<(std::ops::Range<usize>, &str)> = Vec::new();
    let year = times::year_in(&facts.path).map(|(span, _)| span);
    if by_path && let Some(span) = year.clone() {
        captures.push((span, "{year}"));
    }
    let timed = !facts.periods.is_empty() || has(sheets, family, "period");
    let start = facts.path.rfind('/').map_or(0, |at| at + 1);
    let stem_end = facts.path.rfind('.').filter(|dot| *dot > start).unwrap_or(facts.path.len());
    if !timed && let Some((span, period)) = known.period_in(&facts.path[start..stem_end]) {
        let span = start + span.start..start + span.end;
        if year.is_none_or(|year| span.start >= year.end || span.end <= year.start) {
            captures.push((span, "{period}"));
            facts.periods.push(period);
        }
    }
    captures.sort_by_key(|(span, _)| span.start);
    let (mut pattern, mut glob, mut at) = (String::new(), String::new(), 0);
    for (span, capture) in &captures {
        pattern.push_str(&escape_keeping(&facts.path[at..span.start]));
        pattern.push_str(capture);
        glob.push_str(&glob_escape(&facts.path[at..span.start]));
        glob.push('*');
        at = span.end;
    }
    glob.push_str(&glob_escape(&facts.path[at..]));
    // The year may stand in the name once more.
    if by_path && let Some((span, _)) = times::year_in(&facts.path) {
        glob = glob.replace(&facts.path[span], "*");
    }
    facts.files = glob;
    if captures.is_empty() {
        return;
    }
    let after: String = facts.path[at..].chars().take(1).collect();
    pattern.push_str(&escape_keeping(&after));
    if !after.is_empty() {
        pattern.push('*');
    }
    facts.from_file = Some(pattern);
}

fn school(request: &Request<'_>, known: &Known<'_>, sheets: &[Looked], family: &Family, facts: &mut Facts) {
    if has(sheets, family, "school") {
        return;
    }
    let Some(project) = request.project else {
        facts.set.insert("school", (SCHOOL.to_owned(), "the one school of this new project".to_owned()));
        return;
    };
    let folders = request.inside.as_deref().unwrap_or(&request.shown).split('/');
    let by_path = folders.clone().find_map(|part| known.school(part.rsplit_once('.').map_or(part, |(stem, _)| stem)));
    let by_path = by_path.or_else(|| known.school_in(request.stem()));
    let titles = family.sheets.iter().filter_map(|place| sheets[*place].table.as_ref()).flat_map(|t| &t.notes);
    let by_title = || titles.clone().find_map(|(_, text)| known.school_in(text));
    let only = || (project.schools.len() == 1).then(|| project.schools[0].id.clone());
    if let Some(id) = by_path {
        facts.set.insert("school", (id, "by the path".to_owned()));
    } else if let Some(id) = by_title() {
        facts.set.insert("school", (id, "by the title on the sheet".to_owned()));
    } else if let Some(id) = only() {
        facts.set.insert("school", (id, "the only school".to_owned()));
    } else if family.kind != Ok(MappingKind::Assessment)
        || !(has(sheets, family, "id") || has(sheets, family, "provincial-id"))
    {
        // A student number finds its student without the school.
        let known: Vec<&str> = project.schools.iter().map(|s| s.id.as_str()).collect();
        facts.questions.push(format!(
            "Nothing says which school this is. Add `set = {{ school = \"…\" }}` to the source; one of {}.",
            known.join(", ")
        ));
    }
}

/// Without any word for the period, the last closed one is taken, and asked about.
fn period(known: &Known<'_>, sheets: &[Looked], family: &Family, year: &str, today: Date, facts: &mut Facts) {
    let told = !facts.periods.is_empty() || has(sheets, family, "period");
    if told || family.kind == Ok(MappingKind::Roster) {
        return;
    }
    let title = family
        .sheets
        .iter()
        .filter_map(|place| sheets[*place].table.as_ref())
        .find_map(|table| table.notes.iter().find_map(|(_, text)| known.period_in(text).map(|(_, period)| period)));
    if let Some(title) = title {
        let id = title.id.clone().or_else(|| nearest(known, year, title.month)).unwrap_or_else(|| title.word.clone());
        let why = format!("check this: the title says “{}”", title.word);
        facts.questions.push(format!("Are all results of “{}”, as the title says?", title.word));
        facts.set.insert("period", (id, why));
        facts.periods.push(title);
        return;
    }
    let id = known.project.map_or_else(
        || "P1".to_owned(),
        |project| {
            let calendar = &project.calendar;
            let closed = calendar.of_year(year).rfind(|id| calendar.period(*id).closes <= today);
            closed
                .or_else(|| calendar.of_year(year).next())
                .map_or_else(|| "P1".to_owned(), |id| calendar.period(id).id.clone())
        },
    );
    facts
        .questions
        .push(format!("Nothing says which reporting period this is; {id} of {year} is taken. Which one is it?"));
    facts.set.insert("period", (id, "check this: nothing says which reporting period it is".to_owned()));
}

/// The project's period of a year that ends nearest to a month.
pub(super) fn nearest(known: &Known<'_>, year: &str, month: u32) -> Option<String> {
    let project = known.project?;
    let calendar = &project.calendar;
    let far = |closes: Date| month_place(u32::from(closes.month().unsigned_abs())).abs_diff(month_place(month));
    let any = calendar.of_year(year).next().is_some();
    let periods = calendar.periods.iter().filter(|p| !any || p.year == year);
    periods.min_by_key(|p| (far(p.closes), p.closes)).map(|p| p.id.clone())
}
