//! The sections `[[year]]` and `[roster]`: school years, their reporting periods and days of classes.
//!
//! Comes in: the raw years. Goes out: a checked [`Calendar`]. Whether years and periods can be true of each other
//! is asked of `contradictions`, once every day of them can be read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use termwise_base::problem::Problem;

use super::calendar::{AsOf, Calendar, Days, Period};
use super::check::{Check, date_of};
use super::contradictions::{self, RawTime};
use super::schools::School;
use super::spot::{At, Day, spanned};

/// Which day decides to which grade, program and school a student belongs.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Roster")]
pub(super) struct RawRoster {
    /// The closing day of each reporting period ("period-close"), the first day of the school year ("year-start"),
    /// or a month and day, as in "09-30". Left out: "period-close".
    as_of: Option<At<String>>,
}

/// A school year.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Year")]
pub(super) struct RawYear {
    /// Name of the year, as in "2025-26".
    id: At<String>,
    /// Its reporting periods, in the order of time.
    period: At<Vec<RawPeriod>>,
    /// First day of classes, as in 2025-09-03 (without quotes). Left out: the day on which the first period opens.
    first_day: Option<Day>,
    /// Last day of classes. Left out: the day on which the last period closes.
    last_day: Option<Day>,
    /// Days without classes: `2025-10-13`, or `{ from = 2025-12-22, to = 2026-01-02 }`.
    #[serde(default)]
    no_classes: Vec<At<RawDays>>,
    /// Days without classes of single schools.
    #[serde(default)]
    school: Vec<RawSchoolYear>,
}

/// What one school has besides.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SchoolYear")]
struct RawSchoolYear {
    /// Id of the school.
    school: At<String>,
    /// Its own days without classes.
    #[serde(default)]
    no_classes: Vec<At<RawDays>>,
}

/// A day or a run of days.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Days")]
enum RawDays {
    /// One day.
    Day(#[schemars(with = "Day")] Datetime),
    /// From a day to a day, both without classes.
    Run(RawRun),
}

/// From a day to a day, both included.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Run")]
struct RawRun {
    /// First day.
    #[schemars(with = "Day")]
    from: Datetime,
    /// Last day.
    #[schemars(with = "Day")]
    to: Datetime,
}

/// A reporting period.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Period")]
struct RawPeriod {
    /// Short name within the year, as in "P1". Files and options name the period 2025-26/P1.
    id: At<String>,
    /// What people call it, as in "November".
    name: At<String>,
    /// Other names that spreadsheets have for it, as in ["Nov", "Term 1"].
    #[serde(default)]
    also_called: Vec<At<String>>,
    /// First day, as in 2025-09-03 (without quotes).
    opens: Day,
    /// Last day; results count as of this day.
    closes: Day,
}

impl Check<'_> {
    pub(super) fn as_of(&mut self, raw: &RawRoster) -> AsOf {
        let Some(word) = &raw.as_of else { return AsOf::default() };
        let day = |text: &str| {
            let (month, day) = text.split_once('-')?;
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            // 2024 has every day that a year can have.
            Date::new(2024, month, day).ok().map(|_| AsOf::Day(month, day))
        };
        match word.get_ref().as_str() {
            "period-close" => AsOf::PeriodClose,
            "year-start" => AsOf::YearStart,
            other => day(other).unwrap_or_else(|| {
                self.unknown(word.span(), "day for `as-of`", other, ["period-close", "year-start", "09-30"]);
                AsOf::default()
            }),
        }
    }

    pub(super) fn calendar(&mut self, years: &At<Vec<RawYear>>, schools: &[School]) -> Calendar {
        let before = self.problems.len();
        if years.get_ref().is_empty() {
            self.fault(years.span(), "There is no school year.", "Add a [[year]] with its reporting periods.");
        }
        let mut seen = BTreeSet::new();
        let mut calendar = Calendar::default();
        let mut times = Vec::new();
        for year in years.get_ref() {
            let id = year.id.get_ref();
            self.part_of_path(&year.id, "school year");
            if calendar.days.contains_key(id) {
                self.fault(
                    year.id.span(),
                    format!("There are two school years {id}."),
                    "Put all of its reporting periods into one [[year]], or correct one of the two.",
                );
            }
            let days = self.days(year, schools);
            if year.period.get_ref().is_empty() {
                let hint = "Add a [[year.period]] with `id`, `name`, `opens` and `closes`.";
                self.fault(year.period.span(), "This school year has no reporting period.", hint);
            }
            let mut time = RawTime {
                key: id.clone(),
                names: Vec::new(),
                first: (days.first.unwrap_or(Date::MIN), 0..0),
                last: (days.last.unwrap_or(Date::MAX), year.last_day.as_ref().map_or(0..0, |day| day.span())),
                periods: Vec::new(),
                place: year.id.span(),
            };
            calendar.days.insert(id.clone(), days);
            for raw in year.period.get_ref() {
                let period = self.reporting_period(id, raw);
                if !seen.insert(period.key()) {
                    let message = format!("There are two reporting periods {}.", period.key());
                    self.fault(raw.id.span(), message, "Name each once.");
                }
                time.periods.push(raw.time(&period));
                calendar.periods.push(period);
            }
            times.push(time);
        }
        // Days that cannot be read, or that are turned around, are no days to compare with.
        if !self.problems[before..].iter().any(Problem::is_error) {
            contradictions::years(self, &times);
        }
        calendar.periods.sort_by_key(|period| period.closes);
        calendar
    }

    fn reporting_period(&mut self, year: &str, raw: &RawPeriod) -> Period {
        self.part_of_path(&raw.id, "reporting period");
        let period = Period {
            year: year.to_owned(),
            id: raw.id.get_ref().clone(),
            name: self.text(&raw.name, "name"),
            also_called: self.list(&spanned(&raw.also_called), "also-called"),
            opens: self.date(&raw.opens),
            closes: self.date(&raw.closes),
        };
        if period.opens > period.closes {
            self.fault(
                raw.closes.span(),
                format!("Reporting period {} closes before it opens.", period.key()),
                "Put the later day after `closes`.",
            );
        }
        period
    }

    /// An id of a year or a period, which names folders.
    fn part_of_path(&mut self, id: &Spanned<String>, what: &str) {
        let sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let word = id.get_ref();
        if word.is_empty() || word.starts_with('.') || !word.chars().all(sound) {
            self.fault(
                id.span(),
                format!("The id “{word}” of a {what} cannot be used in names of folders."),
                "Use letters, digits and “-”, as in 2025-26 or P1.",
            );
        }
    }

    /// The days of classes of a year.
    fn days(&mut self, year: &RawYear, schools: &[School]) -> Days {
        let mut days = Days {
            first: year.first_day.as_ref().map(|day| self.date(day)),
            last: year.last_day.as_ref().map(|day| self.date(day)),
            without: self.runs(&year.no_classes),
            without_at: BTreeMap::new(),
        };
        for own in &year.school {
            let school = self.school(&own.school, schools);
            let runs = self.runs(&own.no_classes);
            days.without_at.entry(school).or_default().extend(runs);
        }
        days
    }

    /// Runs of days, both ends included.
    fn runs(&mut self, raw: &[At<RawDays>]) -> Vec<(Date, Date)> {
        raw.iter()
            .filter_map(|days| {
                let run = match days.get_ref() {
                    RawDays::Day(day) => date_of(day).map(|day| (day, day)),
                    RawDays::Run(RawRun { from, to }) => date_of(from).zip(date_of(to)).filter(|(from, to)| from <= to),
                };
                if run.is_none() {
                    self.fault(
                        days.span(),
                        "This is not a date, and not a range of dates from the earlier to the later.",
                        "Write `2025-10-13` or `{ from = 2025-12-22, to = 2026-01-02 }`, without quotes and without times.",
                    );
                }
                run
            })
            .collect()
    }
}

impl RawPeriod {
    /// What is held against the other periods.
    fn time(&self, period: &Period) -> RawTime {
        let called = [&period.id, &period.name].into_iter().chain(&period.also_called);
        RawTime {
            key: period.key(),
            names: called.cloned().collect(),
            first: (period.opens, self.opens.span()),
            last: (period.closes, self.closes.span()),
            periods: Vec::new(),
            place: self.id.span(),
        }
    }
}
