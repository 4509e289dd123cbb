//! `termwise.toml` and `goals/*.toml` → a checked [`Project`].
//!
//! Everything is read and every name resolved before anything is reported: all problems come out at
//! once, each at its line.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::value::Datetime;

use termwise_base::problem::{Problem, nearest};

use super::calendar::Days;
use super::contradictions::{self, RawTime};
use super::goal_file::{self, RawPopulation};
use super::goals::Audience;
use super::oneroster::{self, IdFrom, OneRoster};
use super::reports::{ExtraReport, RawExtraReport, RawReports};
use super::settings::{FolderSink, Job, OwnReport, Readers};
use super::toml_file::{self, TomlText};
use super::{
    AsOf, Calendar, Delivery, Division, Judging, Period, Plc, PluginLimits, Privacy, Project, ReadingLimits, Schedule,
    School, SchoolId, SigningKeys, SourceSpec, mapping, measures, translations,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    division: RawDivision,
    school: Vec<RawSchool>,
    #[serde(default)]
    plc: Vec<RawPlc>,
    year: Vec<RawYear>,
    // A project that is just being set up has no sources yet.
    #[serde(default)]
    source: Vec<RawSource>,
    #[serde(default)]
    roster: RawRoster,
    #[serde(default)]
    privacy: RawPrivacy,
    #[serde(default)]
    judging: RawJudging,
    #[serde(default)]
    schedule: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    delivery: RawDelivery,
    #[serde(default)]
    plugins: RawPlugins,
    #[serde(default)]
    reading: RawReading,
    #[serde(default)]
    reports: RawReports,
    #[serde(default)]
    report: Vec<RawExtraReport>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRoster {
    as_of: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawDivision {
    name: String,
    time_zone: Spanned<String>,
    #[serde(default = "english")]
    languages: Spanned<Vec<String>>,
    /// Language of the project's own texts; none: the first of `languages`.
    written_in: Option<Spanned<String>>,
    contact: String,
}

fn english() -> Spanned<Vec<String>> {
    Spanned::new(0..0, vec!["en".to_owned()])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSchool {
    id: Spanned<String>,
    name: String,
    #[serde(default)]
    also_called: Vec<String>,
    /// Language of its goals and teams; none: the division's.
    written_in: Option<Spanned<String>>,
    grades: Vec<String>,
    /// What is taught as one class.
    #[serde(default)]
    one_class: Vec<RawPopulation>,
    /// How many were asked in a staff survey, by reporting period.
    #[serde(default)]
    staff_asked: BTreeMap<String, Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlc {
    id: Spanned<String>,
    name: String,
    school: Spanned<String>,
    #[serde(default)]
    grades: Vec<Spanned<String>>,
    #[serde(default)]
    names: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawYear {
    id: Spanned<String>,
    period: Vec<RawPeriod>,
    /// First and last day of classes.
    first_day: Option<Spanned<Datetime>>,
    last_day: Option<Spanned<Datetime>>,
    /// Days without classes.
    #[serde(default)]
    no_classes: Vec<Spanned<RawDays>>,
    /// What one school has besides.
    #[serde(default)]
    school: Vec<RawSchoolYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSchoolYear {
    school: Spanned<String>,
    #[serde(default)]
    no_classes: Vec<Spanned<RawDays>>,
}

/// A day or a run of days.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawDays {
    Day(Datetime),
    Run { from: Datetime, to: Datetime },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawPeriod {
    id: Spanned<String>,
    name: String,
    #[serde(default)]
    also_called: Vec<String>,
    opens: Spanned<Datetime>,
    closes: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    id: Spanned<String>,
    files: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    mapping: Spanned<String>,
    #[serde(default)]
    set: BTreeMap<String, Spanned<String>>,
    oneroster: Option<Spanned<RawOneRoster>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawOneRoster {
    id: Option<Spanned<String>>,
    provincial_id: Option<Spanned<String>>,
    program: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawPrivacy {
    #[serde(default)]
    minimum_group: BTreeMap<Audience, Spanned<u32>>,
    #[serde(default)]
    coding: Vec<RawCoding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCoding {
    from: u32,
    percent: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct RawJudging {
    tolerance_points: f64,
    tolerance_students: f64,
    watch_tolerances: f64,
    minimum_students: u32,
    minimum_coverage: Spanned<f64>,
    full_coverage: Spanned<f64>,
    tolerance_part: Spanned<f64>,
    false_on_track: Spanned<f64>,
    consecutive_points: u32,
    median_points: u32,
    trend_points: u32,
    aimline_days: Spanned<String>,
    deciding_period: Spanned<String>,
}

impl Default for RawJudging {
    fn default() -> Self {
        Self {
            tolerance_points: 3.0,
            tolerance_students: 2.0,
            watch_tolerances: 2.0,
            minimum_students: 5,
            minimum_coverage: Spanned::new(0..0, 0.5),
            full_coverage: Spanned::new(0..0, 0.8),
            tolerance_part: Spanned::new(0..0, 0.1),
            false_on_track: Spanned::new(0..0, 0.2),
            consecutive_points: 4,
            median_points: 3,
            trend_points: 6,
            aimline_days: Spanned::new(0..0, CALENDAR_DAYS.into()),
            deciding_period: Spanned::new(0..0, CLOSED_BY_DEADLINE.into()),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawDelivery {
    #[serde(default)]
    hold: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    folder: Vec<RawFolder>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFolder {
    name: Spanned<String>,
    path: String,
    #[serde(default)]
    audiences: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawPlugins {
    fuel_base: Option<u64>,
    fuel_per_row: Option<u64>,
    seconds: Option<Spanned<f64>>,
    memory_mib: Option<usize>,
    output_mib: Option<usize>,
    compile_seconds: Option<Spanned<f64>>,
    compile_memory_mib: Option<usize>,
    #[serde(default)]
    trusted_keys: Vec<Spanned<String>>,
    #[serde(default)]
    require_signature: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawReading {
    file_mib: Option<u64>,
    inflated_mib: Option<u64>,
    cells: Option<u64>,
    sheets: Option<usize>,
    memory_mib: Option<u64>,
    seconds: Option<u64>,
}

/// How days on the aimline may be counted.
const CALENDAR_DAYS: &str = "calendar";
const INSTRUCTIONAL_DAYS: &str = "instructional";
/// The last period that closes on or before the deadline decides a goal.
const CLOSED_BY_DEADLINE: &str = "closed-by-deadline";
/// The period in which the deadline lies decides it.
const CONTAINING_DEADLINE: &str = "containing-deadline";

/// Default tiers of top and bottom coding (NCES 2011-603, Seastrom 2010): group size from which on,
/// width of the coded ends.
const CODING: [(u32, f64); 5] = [(201, 0.01), (101, 0.02), (41, 0.05), (21, 0.10), (0, 0.20)];

/// Reads a project folder. The project is returned if the configuration can be worked with;
/// problems that are errors mean that it is not.
pub fn load(root: &Path) -> (Option<Project>, Vec<Problem>) {
    let mut problems = Vec::new();
    if !root.join("termwise.toml").is_file() {
        let place = root.join("termwise.toml").display().to_string();
        problems.push(
            Problem::error("There is no termwise.toml in this folder.")
                .at(termwise_base::problem::Place::file(place))
                .hint("Name the division's project folder, as in `termwise run samples/prairie-crocus`."),
        );
        return (None, problems);
    }
    let measures = measures::load(root, &mut problems);
    let mappings = mapping::load_all(root, &mut problems);
    let Some((file, text)) = toml_file::read::<File>(root, "termwise.toml", &mut problems) else {
        return (None, problems);
    };
    let mut check = Check { text: &text, problems: &mut problems };
    let division = check.division(&file.division);
    let mut schools = check.schools(&file.school, &division.written_in);
    let plcs = check.plcs(&file.plc, &schools);
    let before = check.problems.len();
    let mut calendar = check.calendar(&file.year, &schools);
    // Goals are not held against days that are wrong themselves.
    let sound = !check.problems[before..].iter().any(Problem::is_error);
    check.staff_asked(&file.school, &mut schools, &calendar);
    calendar.as_of = file.roster.as_of.as_ref().map(|word| check.as_of(word)).unwrap_or_default();
    let sources = check.sources(&file.source, &mappings);
    let privacy = check.privacy(&file.privacy);
    let judging = check.judging(&file.judging);
    let schedule = Schedule {
        jobs: file
            .schedule
            .iter()
            .map(|(name, cron)| Job {
                name: name.clone(),
                cron: cron.get_ref().clone(),
                line: text.place(cron.span()).line.unwrap_or(0),
            })
            .collect(),
    };
    let reports = check.reports(&file.reports, &file.report, &plcs);
    let delivery = check.delivery(&file.delivery, &reports.extra, &plcs);
    let signing_keys = check.signing_keys(&file.plugins);
    let translations = translations::load(root, &mut problems);
    let mut project = Project {
        root: root.to_owned(),
        division,
        schools,
        plcs,
        calendar,
        sources,
        mappings,
        measures,
        goals: Vec::new(),
        plc_goals: Vec::new(),
        privacy,
        reports,
        translations,
        language: None,
        untranslated: BTreeMap::new(),
        judging,
        schedule,
        delivery,
        plugin_limits: plugin_limits(&file.plugins),
        signing_keys,
        reading_limits: reading_limits(&file.reading),
        digest: digest(root),
    };
    goal_file::load(root, &mut project, sound, &mut problems);
    let usable = !problems.iter().any(Problem::is_error);
    (usable.then_some(project), problems)
}

/// Checks one file's entries, keeping every problem.
pub(super) struct Check<'a> {
    pub(super) text: &'a TomlText,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    pub(super) fn fault(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::error(message).at(self.text.place(span)).hint(hint));
    }

    pub(super) fn unknown<'a>(
        &mut self,
        span: Range<usize>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str> + Clone,
    ) {
        let near = nearest(name, known.clone());
        let hint = if near.is_empty() {
            format!("Known: {}.", known.into_iter().collect::<Vec<_>>().join(", "))
        } else {
            format!("Did you mean {}?", near.iter().map(|n| format!("“{n}”")).collect::<Vec<_>>().join(" or "))
        };
        self.fault(span, format!("There is no {what} “{name}”."), hint);
    }

    pub(super) fn date(&mut self, value: &Spanned<Datetime>) -> Date {
        date_of(value.get_ref()).unwrap_or_else(|| {
            self.fault(
                value.span(),
                format!("“{}” is not a day.", value.get_ref()),
                "Write a day as 2026-06-26, without quotes.",
            );
            Date::default()
        })
    }

    pub(super) fn fraction(&mut self, value: &Spanned<f64>, name: &str) -> f64 {
        let share = *value.get_ref();
        if !(0.0..=1.0).contains(&share) {
            self.fault(
                value.span(),
                format!("`{name}` is {share}, which is no share."),
                "Write a share between 0 and 1: 75 % is 0.75.",
            );
        }
        share
    }

    pub(super) fn id(&mut self, id: &Spanned<String>, seen: &mut BTreeSet<String>, what: &str) {
        let word = id.get_ref();
        if word.is_empty() || !word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            self.fault(
                id.span(),
                format!("The id “{word}” of a {what} cannot be used in file names."),
                "Use the letters a–z, digits and “-”.",
            );
        }
        if !seen.insert(word.clone()) {
            self.fault(id.span(), format!("The id “{word}” names two {what}s."), "Give each its own id.");
        }
    }

    fn division(&mut self, raw: &RawDivision) -> Division {
        let zone = raw.time_zone.get_ref();
        if jiff::tz::TimeZone::get(zone).is_err() {
            self.fault(
                raw.time_zone.span(),
                format!("“{zone}” is not a time zone."),
                "Use an IANA name, as in “America/Winnipeg”.",
            );
        }
        let mut languages = raw.languages.get_ref().clone();
        if languages.is_empty() {
            self.fault(raw.languages.span(), "There is no language to report in.", "Name one, as in [\"en\"].");
            languages.push("en".into());
        }
        Division {
            name: raw.name.clone(),
            time_zone: zone.clone(),
            written_in: self.written_in(raw.written_in.as_ref(), languages.first().map_or("", String::as_str)),
            languages,
            contact: raw.contact.clone(),
        }
    }

    /// The language that something is written in, if it says so; else that of what it belongs to.
    pub(super) fn written_in(&mut self, raw: Option<&Spanned<String>>, whole: &str) -> String {
        let Some(raw) = raw else { return whole.to_owned() };
        let code = raw.get_ref();
        // Readers and typesetting know languages by these codes.
        if !(2..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.fault(
                raw.span(),
                format!("“{code}” is no code of a language."),
                "Write two or three small letters (ISO 639), as in `written-in = \"fr\"`.",
            );
        }
        code.clone()
    }

    fn schools(&mut self, raw: &[RawSchool], written_in: &str) -> Vec<School> {
        let mut seen = BTreeSet::new();
        raw.iter()
            .map(|school| {
                self.id(&school.id, &mut seen, "school");
                if school.id.get_ref() == Audience::Division.id() {
                    self.fault(
                        school.id.span(),
                        "A school cannot have the id “division”.",
                        "The division's own reports lie in that folder; choose another id.",
                    );
                }
                School {
                    id: school.id.get_ref().clone(),
                    name: school.name.clone(),
                    also_called: school.also_called.clone(),
                    written_in: self.written_in(school.written_in.as_ref(), written_in),
                    grades: school.grades.clone(),
                    one_class: school.one_class.iter().map(RawPopulation::checked).collect(),
                    staff_asked: BTreeMap::new(),
                }
            })
            .collect()
    }

    pub(super) fn school(&mut self, id: &Spanned<String>, schools: &[School]) -> SchoolId {
        let found = schools.iter().position(|s| s.id == *id.get_ref());
        if found.is_none() {
            self.unknown(id.span(), "school", id.get_ref(), schools.iter().map(|s| s.id.as_str()));
        }
        SchoolId(found.unwrap_or(0))
    }

    fn plcs(&mut self, raw: &[RawPlc], schools: &[School]) -> Vec<Plc> {
        let mut seen = BTreeSet::new();
        raw.iter()
            .map(|plc| {
                self.id(&plc.id, &mut seen, "PLC");
                let school = self.school(&plc.school, schools);
                for grade in &plc.grades {
                    self.grade(grade, schools.get(school.0));
                }
                Plc {
                    id: plc.id.get_ref().clone(),
                    name: plc.name.clone(),
                    school,
                    grades: plc.grades.iter().map(|g| g.get_ref().clone()).collect(),
                    names: plc.names,
                }
            })
            .collect()
    }

    pub(super) fn grade(&mut self, grade: &Spanned<String>, school: Option<&School>) {
        let Some(school) = school else { return };
        if !school.grades.contains(grade.get_ref()) {
            self.fault(
                grade.span(),
                format!("{} has no grade “{}”.", school.name, grade.get_ref()),
                format!("Its grades are {}.", school.grades.join(", ")),
            );
        }
    }

    fn as_of(&mut self, word: &Spanned<String>) -> AsOf {
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

    fn calendar(&mut self, years: &[RawYear], schools: &[School]) -> Calendar {
        let mut seen = BTreeSet::new();
        let mut days = BTreeMap::new();
        let mut periods = Vec::new();
        let mut times = Vec::new();
        let sound = self.problems.len();
        for (place, year) in years.iter().enumerate() {
            let id = year.id.get_ref();
            if years[..place].iter().any(|other| other.id.get_ref() == id) {
                self.fault(
                    year.id.span(),
                    format!("There are two school years {id}."),
                    "Put all of its reporting periods into one [[year]], or correct one of the two.",
                );
            }
            let of_year = self.days(year, schools);
            let mut time = RawTime {
                key: id.clone(),
                names: Vec::new(),
                first: (of_year.first.unwrap_or(Date::MIN), 0..0),
                last: (of_year.last.unwrap_or(Date::MAX), year.last_day.as_ref().map_or(0..0, Spanned::span)),
                periods: Vec::new(),
                place: year.id.span(),
            };
            days.insert(id.clone(), of_year);
            for period in &year.period {
                let key = format!("{id}/{}", period.id.get_ref());
                if !seen.insert(key.clone()) {
                    self.fault(period.id.span(), format!("There are two reporting periods {key}."), "Name each once.");
                }
                let (opens, closes) = (self.date(&period.opens), self.date(&period.closes));
                if opens > closes {
                    self.fault(
                        period.closes.span(),
                        format!("Reporting period {key} closes before it opens."),
                        "Put the later day after `closes`.",
                    );
                }
                let called = [period.id.get_ref(), &period.name].into_iter().chain(&period.also_called);
                time.periods.push(RawTime {
                    key,
                    names: called.cloned().collect(),
                    first: (opens, period.opens.span()),
                    last: (closes, period.closes.span()),
                    periods: Vec::new(),
                    place: period.id.span(),
                });
                periods.push(Period {
                    year: id.clone(),
                    id: period.id.get_ref().clone(),
                    name: period.name.clone(),
                    also_called: period.also_called.clone(),
                    opens,
                    closes,
                });
            }
            times.push(time);
        }
        // Days that cannot be read, or that are turned around, are no days to compare with.
        if !self.problems[sound..].iter().any(Problem::is_error) {
            contradictions::years(self, &times);
        }
        periods.sort_by_key(|p: &Period| p.closes);
        Calendar { periods, as_of: AsOf::default(), days }
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
    fn runs(&mut self, raw: &[Spanned<RawDays>]) -> Vec<(Date, Date)> {
        raw.iter()
            .filter_map(|days| {
                let run = match days.get_ref() {
                    RawDays::Day(day) => date_of(day).map(|day| (day, day)),
                    RawDays::Run { from, to } => date_of(from).zip(date_of(to)).filter(|(from, to)| from <= to),
                };
                if run.is_none() {
                    self.fault(
                        days.span(),
                        "This is no day and no run of days.",
                        "Write `2025-10-13` or `{ from = 2025-12-22, to = 2026-01-02 }`, without quotes.",
                    );
                }
                run
            })
            .collect()
    }

    fn staff_asked(&mut self, raw: &[RawSchool], schools: &mut [School], calendar: &Calendar) {
        for (raw, school) in raw.iter().zip(schools) {
            for (key, asked) in &raw.staff_asked {
                match calendar.by_key(key) {
                    Some(period) => drop(school.staff_asked.insert(period, *asked.get_ref())),
                    None => {
                        let known: Vec<String> = calendar.periods.iter().map(Period::key).collect();
                        let known: Vec<&str> = known.iter().map(String::as_str).collect();
                        self.unknown(asked.span(), "reporting period", key, known);
                    }
                }
            }
        }
    }

    fn sources(&mut self, raw: &[RawSource], mappings: &BTreeMap<String, super::Mapping>) -> Vec<SourceSpec> {
        let mut seen = BTreeSet::new();
        raw.iter()
            .map(|source| {
                self.id(&source.id, &mut seen, "source");
                if !mappings.contains_key(source.mapping.get_ref()) {
                    let known: Vec<&str> = mappings.keys().map(String::as_str).collect();
                    self.unknown(source.mapping.span(), "mapping", source.mapping.get_ref(), known);
                }
                for (fact, value) in &source.set {
                    if !mapping::FACTS.contains(&fact.as_str()) {
                        self.unknown(value.span(), "fact", fact, mapping::FACTS);
                    }
                }
                SourceSpec {
                    id: source.id.get_ref().clone(),
                    files: source.files.clone(),
                    except: source.except.clone(),
                    mapping: source.mapping.get_ref().clone(),
                    set: source.set.iter().map(|(k, v)| (k.clone(), v.get_ref().clone())).collect(),
                    oneroster: self.oneroster(source),
                    line: self.text.place(source.id.span()).line.unwrap_or(0),
                }
            })
            .collect()
    }

    fn oneroster(&mut self, source: &RawSource) -> OneRoster {
        let Some(raw) = &source.oneroster else { return OneRoster::default() };
        if source.mapping.get_ref() != oneroster::NAME {
            self.fault(
                raw.span(),
                format!("Settings of OneRoster exports stand here, but the mapping is “{}”.", source.mapping.get_ref()),
                "Set `mapping = \"oneroster\"`, or take [source.oneroster] away.",
            );
        }
        let raw = raw.get_ref();
        let program = raw.program.as_ref().inspect(|column| {
            if !oneroster::is_metadata(column.get_ref()) {
                self.unknown(column.span(), "column of one's own", column.get_ref(), [oneroster::PROGRAM]);
            }
        });
        OneRoster {
            program: program.map(|column| column.get_ref().clone()),
            id: raw.id.as_ref().and_then(|word| self.id_from(word)),
            provincial: raw.provincial_id.as_ref().and_then(|word| self.id_from(word)),
        }
    }

    fn id_from(&mut self, word: &Spanned<String>) -> Option<IdFrom> {
        let found = IdFrom::new(word.get_ref());
        if found.is_none() {
            self.unknown(word.span(), "place of student numbers", word.get_ref(), oneroster::PLACES);
        }
        found
    }

    fn privacy(&mut self, raw: &RawPrivacy) -> Privacy {
        let mut minimum_group = Audience::ALL.into_iter().map(|audience| (audience, 5)).collect::<BTreeMap<_, _>>();
        minimum_group.insert(Audience::ParentCouncil, 10);
        minimum_group.insert(Audience::Division, 10);
        for (audience, value) in &raw.minimum_group {
            let least = *value.get_ref();
            if least < 3 {
                self.fault(
                    value.span(),
                    format!("A smallest group of {least} would let single students be recognised."),
                    "Use at least 3 (the absolute minimum named by PTAC); 10 is usual for the public.",
                );
            }
            minimum_group.insert(*audience, least);
        }
        let mut coding: Vec<(u32, f64)> = CODING.to_vec();
        if !raw.coding.is_empty() {
            coding = raw
                .coding
                .iter()
                .map(|tier| {
                    let percent = *tier.percent.get_ref();
                    if !(0.0..50.0).contains(&percent) || percent <= 0.0 {
                        self.fault(
                            tier.percent.span(),
                            format!("`percent` is {percent}, which leaves nobody or everybody uncoded."),
                            "Use a number above 0 and below 50.",
                        );
                    }
                    (tier.from, percent / 100.0)
                })
                .collect();
            coding.sort_by_key(|tier| std::cmp::Reverse(tier.0));
        }
        Privacy { minimum_group, coding }
    }

    fn judging(&mut self, raw: &RawJudging) -> Judging {
        let days = raw.aimline_days.get_ref().as_str();
        if ![CALENDAR_DAYS, INSTRUCTIONAL_DAYS].contains(&days) {
            self.unknown(raw.aimline_days.span(), "way to count days", days, [CALENDAR_DAYS, INSTRUCTIONAL_DAYS]);
        }
        let deciding = raw.deciding_period.get_ref().as_str();
        if ![CLOSED_BY_DEADLINE, CONTAINING_DEADLINE].contains(&deciding) {
            let known = [CLOSED_BY_DEADLINE, CONTAINING_DEADLINE];
            self.unknown(raw.deciding_period.span(), "rule for the deciding period", deciding, known);
        }
        Judging {
            tolerance_points: raw.tolerance_points / 100.0,
            tolerance_students: raw.tolerance_students,
            watch_tolerances: raw.watch_tolerances,
            minimum_students: raw.minimum_students,
            minimum_coverage: self.fraction(&raw.minimum_coverage, "minimum-coverage"),
            full_coverage: self.fraction(&raw.full_coverage, "full-coverage"),
            tolerance_part: self.fraction(&raw.tolerance_part, "tolerance-part"),
            false_on_track: self.fraction(&raw.false_on_track, "false-on-track"),
            // A rule about fewer points than these would be the rule about the last point again.
            consecutive_points: raw.consecutive_points.max(2),
            median_points: raw.median_points.max(2),
            trend_points: raw.trend_points.max(3),
            instructional_days: days == INSTRUCTIONAL_DAYS,
            containing_deadline: deciding == CONTAINING_DEADLINE,
        }
    }

    /// Audiences, and reports of the division's own by their ids.
    fn readers(&mut self, raw: &[Spanned<String>], extra: &[ExtraReport], plcs: &[Plc]) -> Readers {
        let mut readers = Readers::default();
        for word in raw {
            let audience = Audience::ALL.into_iter().find(|audience| audience.id() == word.get_ref());
            let own = extra.iter().find(|report| report.id == *word.get_ref());
            match (audience, own) {
                (Some(audience), _) => readers.audiences.push(audience),
                (None, Some(own)) => {
                    readers.own.push(OwnReport { id: own.id.clone(), like: own.like, names: own.names(plcs) })
                }
                (None, None) => {
                    let known = Audience::ALL.iter().map(|audience| audience.id());
                    let known: Vec<&str> = known.chain(extra.iter().map(|report| report.id.as_str())).collect();
                    self.unknown(word.span(), "audience or report of your own", word.get_ref(), known);
                }
            }
        }
        readers
    }

    fn delivery(&mut self, raw: &RawDelivery, extra: &[ExtraReport], plcs: &[Plc]) -> Delivery {
        let names = plcs.iter().any(|plc| plc.names);
        let mut seen = BTreeSet::new();
        let council = || Readers::of(&[Audience::ParentCouncil]);
        Delivery {
            hold: raw.hold.as_ref().map_or_else(council, |hold| self.readers(hold, extra, plcs)),
            folders: raw
                .folder
                .iter()
                .map(|folder| {
                    if !seen.insert(folder.name.get_ref().clone()) {
                        self.fault(
                            folder.name.span(),
                            format!("Two delivery folders are called “{}”.", folder.name.get_ref()),
                            "Give each its own name.",
                        );
                    }
                    if names && folder.audiences.is_empty() {
                        let place = self.text.place(folder.name.span());
                        self.problems.push(
                            Problem::warning(format!(
                                "The folder “{}” takes every report, so it gets the packets with students' names, too.",
                                folder.name.get_ref()
                            ))
                            .at(place)
                            .hint("List its `audiences`; name \"plc\" there if its readers may see the names."),
                        );
                    }
                    FolderSink {
                        name: folder.name.get_ref().clone(),
                        path: folder.path.clone(),
                        readers: self.readers(&folder.audiences, extra, plcs),
                    }
                })
                .collect(),
        }
    }

    fn signing_keys(&mut self, raw: &RawPlugins) -> SigningKeys {
        for key in &raw.trusted_keys {
            if minisign_verify::PublicKey::from_base64(key.get_ref()).is_err() {
                self.fault(
                    key.span(),
                    "This is not a minisign public key.",
                    "Copy the second line of the key's file, as in minisign.pub: 56 letters that begin with RW.",
                );
            }
        }
        for seconds in raw.seconds.iter().chain(&raw.compile_seconds).filter(|s| duration(Some(*s)).is_none()) {
            self.fault(
                seconds.span(),
                "This is no length of time that a plugin could be given.",
                "Write a number of seconds above 0, as in 10 or 0.5.",
            );
        }
        if raw.require_signature && raw.trusted_keys.is_empty() {
            self.problems.push(
                Problem::error("`require-signature` is set, but no key is trusted, so no plugin could run.")
                    .at(termwise_base::problem::Place::file("termwise.toml"))
                    .hint("Add `trusted-keys = [\"RW…\"]` under [plugins]."),
            );
        }
        let keys = raw.trusted_keys.iter().map(|key| key.get_ref().clone()).collect();
        SigningKeys { keys, required: raw.require_signature }
    }
}

fn plugin_limits(raw: &RawPlugins) -> PluginLimits {
    let default = PluginLimits::default();
    PluginLimits {
        fuel_base: raw.fuel_base.unwrap_or(default.fuel_base),
        fuel_per_row: raw.fuel_per_row.unwrap_or(default.fuel_per_row),
        time: duration(raw.seconds.as_ref()).unwrap_or(default.time),
        memory: mebibytes(raw.memory_mib).unwrap_or(default.memory),
        output: mebibytes(raw.output_mib).unwrap_or(default.output),
        compile_time: duration(raw.compile_seconds.as_ref()).unwrap_or(default.compile_time),
        compile_memory: mebibytes(raw.compile_memory_mib).unwrap_or(default.compile_memory),
    }
}

/// A length of time, if it is one that a clock can wait for.
fn duration(seconds: Option<&Spanned<f64>>) -> Option<Duration> {
    seconds.map(|s| *s.get_ref()).filter(|s| *s > 0.0 && *s <= 1e6).map(Duration::from_secs_f64)
}

fn mebibytes(mib: Option<usize>) -> Option<usize> {
    mib.map(|mib| mib.saturating_mul(1 << 20))
}

fn reading_limits(raw: &RawReading) -> ReadingLimits {
    let default = ReadingLimits::default();
    ReadingLimits {
        file_bytes: raw.file_mib.map_or(default.file_bytes, |mib| mib << 20),
        inflated_bytes: raw.inflated_mib.map_or(default.inflated_bytes, |mib| mib << 20),
        cells: raw.cells.unwrap_or(default.cells),
        sheets: raw.sheets.unwrap_or(default.sheets),
        memory_bytes: raw.memory_mib.map_or(default.memory_bytes, |mib| mib << 20),
        seconds: raw.seconds.unwrap_or(default.seconds),
    }
}

pub(super) fn date_of(value: &Datetime) -> Option<Date> {
    match (value.date, value.time) {
        (Some(date), None) => {
            Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
        }
        _ => None,
    }
}

/// SHA-256 over the names and bytes of the configuration files, in the order of their names.
fn digest(root: &Path) -> String {
    let names = files(root);
    let mut hash = Sha256::new();
    for name in names {
        if let Ok(bytes) = std::fs::read(root.join(&name)) {
            hash.update(name.as_bytes());
            hash.update([0]);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
        }
    }
    termwise_base::digest::hex(&hash.finalize())
}

/// The configuration files of a project, relative to its folder.
pub fn files(root: &Path) -> Vec<String> {
    let mut names = vec!["termwise.toml".to_owned(), "measures.toml".to_owned()];
    names.extend(toml_file::in_folder(root, "mappings"));
    names.extend(toml_file::in_folder(root, "goals"));
    names.extend(toml_file::in_folder(root, translations::FOLDER));
    names
}
