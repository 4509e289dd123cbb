//! A first termwise.toml for a division that has none.
//!
//! Comes in: grades, school years and reporting periods that the file speaks of. Goes out: the text
//! of a configuration that can be used at once and corrected later; every guess in it says so.

use std::collections::{BTreeMap, BTreeSet};

use super::Looked;
use super::facts::{Facts, SCHOOL};
use super::family::Family;
use super::known::PeriodWord;
use super::results::slug;
use super::times::month_place;
use super::toml_text::{list, quoted};
use super::vocabulary;

/// Schools taken over from a column; a column with more words holds something else.
const MOST_SCHOOLS: usize = 60;
/// School years taken over from a column.
const MOST_YEARS: usize = 10;
/// Months in which the reporting periods of most schools end.
const USUAL: [u32; 3] = [11, 3, 6];

/// What the file tells of the division.
#[derive(Debug, Default)]
pub(super) struct Starter {
    grades: BTreeSet<String>,
    years: BTreeSet<String>,
    /// Month of the end → words.
    periods: BTreeMap<u32, Vec<PeriodWord>>,
    schools: BTreeSet<String>,
    /// Words of columns of schools, and school years, that were left out.
    left_out: BTreeSet<String>,
}

impl Starter {
    /// Adds what one family of sheets tells.
    pub(super) fn gather(&mut self, sheets: &[Looked], family: &Family, facts: &Facts) {
        self.years.extend(facts.years.iter().take(MOST_YEARS).cloned());
        self.left_out.extend(facts.years.iter().skip(MOST_YEARS).cloned());
        for period in &facts.periods {
            let words = self.periods.entry(month_place(period.month)).or_default();
            if !words.iter().any(|known| known.word.eq_ignore_ascii_case(&period.word)) {
                words.push(period.clone());
            }
        }
        for place in &family.sheets {
            let sheet = &sheets[*place];
            let grades = sheet.column_of("grade").into_iter().flat_map(|column| column.values.seen.keys());
            self.grades.extend(grades.filter_map(|word| vocabulary::grade(word)));
            let tab = super::patterns::grade_parts(&sheet.name)
                .map(|(before, after)| sheet.name[before.len()..sheet.name.len() - after.len()].to_owned());
            self.grades.extend(tab.and_then(|word| vocabulary::grade(&word)));
            let schools = sheet.column_of("school").into_iter().flat_map(|column| column.values.seen.keys());
            self.schools.extend(schools.clone().take(MOST_SCHOOLS).cloned());
            self.left_out.extend(schools.skip(MOST_SCHOOLS).cloned());
        }
    }
}

/// The text of termwise.toml, without its sources.
pub(super) fn text(starter: &Starter) -> String {
    let mut grades: Vec<&String> = starter.grades.iter().collect();
    grades.sort_by_key(|grade| grade.parse::<u32>().unwrap_or(u32::from(*grade != "N")));
    grades.sort_by_key(|grade| match grade.as_str() {
        "N" => 0,
        "K" => 1,
        number => number.parse::<u32>().map_or(99, |n| n + 1),
    });
    let usual = ["K", "1", "2", "3", "4", "5", "6", "7", "8"].map(str::to_owned);
    let grades: Vec<String> = if grades.is_empty() { usual.to_vec() } else { grades.into_iter().cloned().collect() };
    let mut out = String::from(
        "# A first configuration, made from one spreadsheet. Correct the names, the days and the grades.\n\
         # Reports need goals: add a [[goal]] to a file in the folder “goals”; the sample division shows how.\n\n\
         [division]\nname = \"My division\"\ntime-zone = \"America/Winnipeg\"\n\
         contact = \"To get this report in another format, please ask the school office.\"\n\n",
    );
    if starter.schools.is_empty() {
        out.push_str(&format!("[[school]]\nid = \"{SCHOOL}\"\nname = \"My school\"\ngrades = {}\n\n", list(&grades)));
    }
    let mut ids = BTreeSet::new();
    for school in &starter.schools {
        let wanted = slug(school);
        let id = (1..)
            .map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}-{n}") })
            .find(|id| ids.insert(id.clone()));
        let id = quoted(&id.unwrap_or(wanted));
        out.push_str(&format!("[[school]]\nid = {id}\nname = {}\ngrades = {}\n\n", quoted(school), list(&grades)));
    }
    let left_out = starter.left_out.difference(&starter.schools).filter(|word| !starter.years.contains(*word)).count();
    if left_out > 0 {
        out.push_str(&format!(
            "# {left_out} more words that may be schools or school years were left out: add those that are.\n\n"
        ));
    }
    let periods = periods(starter);
    for year in &starter.years {
        out.push_str(&year_text(year, &periods));
    }
    out
}

/// Month of the end and words of each period, in order: those found, filled up to three.
fn periods(starter: &Starter) -> Vec<(u32, Vec<String>)> {
    let mut all: BTreeMap<u32, (u32, Vec<String>)> = BTreeMap::new();
    for (place, words) in &starter.periods {
        all.insert(*place, (words[0].month, words.iter().map(|period| period.word.clone()).collect()));
    }
    for month in USUAL {
        let near = all.keys().any(|place| place.abs_diff(month_place(month)) <= 1);
        if all.len() < 3 && !near {
            all.insert(month_place(month), (month, Vec::new()));
        }
    }
    all.into_values().collect()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn year_text(year: &str, periods: &[(u32, Vec<String>)]) -> String {
    let first: i32 = year.get(..4).and_then(|from| from.parse().ok()).unwrap_or(2025);
    let mut out = format!("[[year]]\nid = {}\n", quoted(year));
    let mut opens = format!("{first}-09-01");
    for (place, (month, words)) in periods.iter().enumerate() {
        let of = if *month >= 8 { first } else { first + 1 };
        let name = words.first().cloned().unwrap_or_else(|| MONTHS[(*month - 1) as usize].to_owned());
        let closes = format!("{of}-{month:02}-25");
        out.push_str(&format!("[[year.period]]\nid = \"P{}\"\nname = {}\n", place + 1, quoted(&name)));
        if words.len() > 1 {
            out.push_str(&format!("also-called = {}\n", list(&words[1..])));
        }
        out.push_str(&format!(
            "opens = {opens} # check this\ncloses = {closes} # check this: the last day of the period\n"
        ));
        opens = format!("{of}-{month:02}-26");
    }
    out.push('\n');
    out
}
