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

use crate::problem::{Problem, nearest};

use super::goals::{Audience, Baseline, GoalKind, Interim, Parameter, Population, Strategy};
use super::oneroster::{self, IdFrom, OneRoster};
use super::settings::{FolderSink, Job};
use super::toml_file::{self, TomlText};
use super::{
    AsOf, Calendar, Delivery, Division, Goal, Judging, MeasureId, Measures, Period, PeriodId, Plc, PluginLimits,
    Privacy, Project, ReadingLimits, Schedule, School, SchoolId, SigningKeys, SourceSpec, mapping, measures,
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
    grades: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlc {
    id: Spanned<String>,
    name: String,
    school: Spanned<String>,
    #[serde(default)]
    grades: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYear {
    id: String,
    period: Vec<RawPeriod>,
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
}

impl Default for RawJudging {
    fn default() -> Self {
        Self {
            tolerance_points: 3.0,
            tolerance_students: 2.0,
            watch_tolerances: 2.0,
            minimum_students: 5,
            minimum_coverage: Spanned::new(0..0, 0.5),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawDelivery {
    #[serde(default)]
    hold: Option<Vec<Audience>>,
    #[serde(default)]
    folder: Vec<RawFolder>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFolder {
    name: Spanned<String>,
    path: String,
    #[serde(default)]
    audiences: Vec<Audience>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoalFile {
    #[serde(default)]
    goal: Vec<Spanned<RawGoal>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawGoal {
    id: Spanned<String>,
    school: Spanned<String>,
    area: String,
    title: String,
    statement: String,
    why: String,
    indicator: Option<String>,
    #[serde(default)]
    population: RawPopulation,
    measures: Vec<Spanned<String>>,
    at_least: Option<Spanned<u32>>,
    metric: Option<String>,
    /// The metric's own parameters.
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    /// The metric's output that the goal is judged by; none is its first.
    output: Option<String>,
    /// For a goal of kind `metric`: the period of the year that it compares with.
    from: Option<Spanned<String>>,
    /// Two parts of the population that the metric compares.
    compare: Option<Spanned<Vec<RawPopulation>>>,
    #[serde(default = "share")]
    kind: Spanned<String>,
    growth: Option<RawGrowth>,
    baseline: Spanned<RawBaseline>,
    target: Spanned<f64>,
    deadline: Spanned<Datetime>,
    #[serde(default)]
    interim: Vec<RawInterim>,
    #[serde(default)]
    strategy: Vec<RawStrategy>,
    #[serde(default)]
    questions: Vec<String>,
    families: Option<String>,
    council_question: Option<String>,
    audiences: Option<Vec<Audience>>,
    #[serde(default)]
    plcs: Vec<Spanned<String>>,
}

fn share() -> Spanned<String> {
    Spanned::new(0..0, "share".to_owned())
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawPopulation {
    #[serde(default)]
    grades: Vec<Spanned<String>>,
    #[serde(default)]
    programs: Vec<String>,
    #[serde(default)]
    staff: bool,
}

impl RawPopulation {
    fn checked(&self) -> Population {
        Population {
            grades: self.grades.iter().map(|g| g.get_ref().clone()).collect(),
            programs: self.programs.clone(),
            staff: self.staff,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGrowth {
    from: Spanned<String>,
    gain: Gain,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Gain {
    Every(f64),
    ByPeriod(BTreeMap<String, f64>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBaseline {
    period: Option<String>,
    share: Option<f64>,
    on: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInterim {
    period: Spanned<String>,
    target: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStrategy {
    text: String,
    team: Option<String>,
    since: Option<Spanned<Datetime>>,
    #[serde(default = "proposed")]
    status: Spanned<String>,
}

fn proposed() -> Spanned<String> {
    Spanned::new(0..0, "proposed".to_owned())
}

/// Statuses of a strategy, in the order of its life.
const STATUSES: [&str; 5] = ["proposed", "selected", "under-way", "done", "stopped"];

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
                .at(crate::problem::Place::file(place))
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
    let schools = check.schools(&file.school);
    let plcs = check.plcs(&file.plc, &schools);
    let mut calendar = check.calendar(&file.year);
    calendar.as_of = file.roster.as_of.as_ref().map(|word| check.as_of(word)).unwrap_or_default();
    let sources = check.sources(&file.source, &mappings);
    let privacy = check.privacy(&file.privacy);
    let judging = Judging {
        tolerance_points: file.judging.tolerance_points / 100.0,
        tolerance_students: file.judging.tolerance_students,
        watch_tolerances: file.judging.watch_tolerances,
        minimum_students: file.judging.minimum_students,
        minimum_coverage: check.fraction(&file.judging.minimum_coverage, "minimum-coverage"),
    };
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
    let delivery = check.delivery(&file.delivery);
    let signing_keys = check.signing_keys(&file.plugins);
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
        privacy,
        judging,
        schedule,
        delivery,
        plugin_limits: plugin_limits(&file.plugins),
        signing_keys,
        reading_limits: reading_limits(&file.reading),
        digest: digest(root),
    };
    project.goals = goals(root, &project, &mut problems);
    let usable = !problems.iter().any(Problem::is_error);
    (usable.then_some(project), problems)
}

/// Checks one file's entries, keeping every problem.
struct Check<'a> {
    text: &'a TomlText,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn fault(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::error(message).at(self.text.place(span)).hint(hint));
    }

    fn unknown<'a>(
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

    fn date(&mut self, value: &Spanned<Datetime>) -> Date {
        date_of(value.get_ref()).unwrap_or_else(|| {
            self.fault(
                value.span(),
                format!("“{}” is not a day.", value.get_ref()),
                "Write a day as 2026-06-26, without quotes.",
            );
            Date::default()
        })
    }

    fn fraction(&mut self, value: &Spanned<f64>, name: &str) -> f64 {
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

    fn id(&mut self, id: &Spanned<String>, seen: &mut BTreeSet<String>, what: &str) {
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
        Division {
            name: raw.name.clone(),
            time_zone: zone.clone(),
            languages: raw.languages.get_ref().clone(),
            contact: raw.contact.clone(),
        }
    }

    fn schools(&mut self, raw: &[RawSchool]) -> Vec<School> {
        let mut seen = BTreeSet::new();
        raw.iter()
            .map(|school| {
                self.id(&school.id, &mut seen, "school");
                School {
                    id: school.id.get_ref().clone(),
                    name: school.name.clone(),
                    also_called: school.also_called.clone(),
                    grades: school.grades.clone(),
                }
            })
            .collect()
    }

    fn school(&mut self, id: &Spanned<String>, schools: &[School]) -> SchoolId {
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
                }
            })
            .collect()
    }

    fn grade(&mut self, grade: &Spanned<String>, school: Option<&School>) {
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

    fn calendar(&mut self, years: &[RawYear]) -> Calendar {
        let mut seen = BTreeSet::new();
        let mut periods = Vec::new();
        for year in years {
            for period in &year.period {
                let key = format!("{}/{}", year.id, period.id.get_ref());
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
                periods.push(Period {
                    year: year.id.clone(),
                    id: period.id.get_ref().clone(),
                    name: period.name.clone(),
                    also_called: period.also_called.clone(),
                    opens,
                    closes,
                });
            }
        }
        periods.sort_by_key(|p: &Period| p.closes);
        Calendar { periods, as_of: AsOf::default() }
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
        let mut minimum_group =
            BTreeMap::from([(Audience::Staff, 5), (Audience::Plc, 5), (Audience::ParentCouncil, 10)]);
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

    fn delivery(&mut self, raw: &RawDelivery) -> Delivery {
        let mut seen = BTreeSet::new();
        Delivery {
            hold: raw.hold.clone().unwrap_or_else(|| vec![Audience::ParentCouncil]),
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
                    FolderSink {
                        name: folder.name.get_ref().clone(),
                        path: folder.path.clone(),
                        audiences: folder.audiences.clone(),
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
                    .at(crate::problem::Place::file("termwise.toml"))
                    .hint("Add `trusted-keys = [\"RW…\"]` under [plugins]."),
            );
        }
        let keys = raw.trusted_keys.iter().map(|key| key.get_ref().clone()).collect();
        SigningKeys { keys, required: raw.require_signature }
    }

    fn goal(&mut self, raw: &RawGoal, project: &Project, line: usize) -> Goal {
        let school = self.school(&raw.school, &project.schools);
        for grade in &raw.population.grades {
            self.grade(grade, project.schools.get(school.0));
        }
        let measures = self.measures(&raw.measures, &project.measures);
        let deadline = self.date(&raw.deadline);
        for id in &raw.plcs {
            if !project.plcs.iter().any(|p| p.id == *id.get_ref() && p.school == school) {
                let known: Vec<&str> =
                    project.plcs.iter().filter(|p| p.school == school).map(|p| p.id.as_str()).collect();
                self.unknown(id.span(), "PLC of this school", id.get_ref(), known);
            }
        }
        let kind = self.kind(raw, &measures, project);
        let compare = raw.compare.as_ref().and_then(|sides| self.compare(sides, project.schools.get(school.0)));
        Goal {
            id: raw.id.get_ref().clone(),
            school,
            area: raw.area.clone(),
            title: raw.title.clone(),
            statement: raw.statement.clone(),
            why: raw.why.clone(),
            indicator: raw.indicator.clone(),
            population: raw.population.checked(),
            metric: raw.metric.clone().unwrap_or_else(|| match kind {
                GoalKind::Share { .. } => "share-at-or-above".into(),
                GoalKind::MatchedGrowth { .. } | GoalKind::Metric { .. } => "share-growing".into(),
            }),
            parameters: raw.parameters.clone(),
            output: raw.output.clone(),
            compare,
            kind,
            measures,
            baseline: self.baseline(&raw.baseline, &project.calendar),
            target: self.fraction(&raw.target, "target"),
            deadline,
            interim: raw
                .interim
                .iter()
                .map(|interim| Interim {
                    period: self.period(&interim.period, &project.calendar),
                    target: self.fraction(&interim.target, "target"),
                })
                .collect(),
            strategies: raw.strategy.iter().map(|s| self.strategy(s)).collect(),
            questions: raw.questions.clone(),
            families: raw.families.clone(),
            council_question: raw.council_question.clone(),
            audiences: raw.audiences.clone().unwrap_or_else(|| Audience::ALL.to_vec()),
            plcs: raw.plcs.iter().map(|p| p.get_ref().clone()).collect(),
            place: (self.text.path.clone(), line),
        }
    }

    /// The two sides of a comparison.
    fn compare(&mut self, raw: &Spanned<Vec<RawPopulation>>, school: Option<&School>) -> Option<[Population; 2]> {
        let [first, second] = raw.get_ref().as_slice() else {
            self.fault(
                raw.span(),
                "`compare` names two parts of the population, no more and no less.",
                "Write `compare = [{ programs = [\"EUBP\"] }, { programs = [\"English\"] }]`.",
            );
            return None;
        };
        for grade in first.grades.iter().chain(&second.grades) {
            self.grade(grade, school);
        }
        Some([first.checked(), second.checked()])
    }

    fn measures(&mut self, raw: &[Spanned<String>], measures: &Measures) -> Vec<MeasureId> {
        raw.iter()
            .filter_map(|id| {
                let found = measures.by_id(id.get_ref());
                if found.is_none() {
                    self.unknown(
                        id.span(),
                        "measure",
                        id.get_ref(),
                        measures.measures.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(),
                    );
                }
                found
            })
            .collect()
    }

    fn kind(&mut self, raw: &RawGoal, measures: &[MeasureId], project: &Project) -> GoalKind {
        if raw.kind.get_ref() != "metric" {
            self.only_for_metrics(raw);
        }
        match (raw.kind.get_ref().as_str(), &raw.growth) {
            ("metric", None) => {
                if raw.metric.is_none() {
                    self.fault(
                        raw.kind.span(),
                        "A goal of kind “metric” does not say which metric computes it.",
                        "Add `metric = \"NAME\"`; `termwise plugin list` shows the names.",
                    );
                }
                if raw.indicator.is_none() {
                    self.fault(
                        raw.kind.span(),
                        "A goal of kind “metric” does not say what is counted.",
                        "Add `indicator = \"…\"`: what is said of a student who counts, as in “missed one day in ten”.",
                    );
                }
                if let Some(from) = &raw.from {
                    self.period_of_a_year(from, &project.calendar);
                }
                GoalKind::Metric { from: raw.from.as_ref().map(|from| from.get_ref().clone()) }
            }
            ("share", None) => {
                let all = u32::try_from(measures.len()).unwrap_or(1).max(1);
                let at_least = raw.at_least.as_ref().map_or(all, |k| *k.get_ref());
                if let Some(k) = raw.at_least.as_ref().filter(|_| at_least == 0 || at_least > all) {
                    self.fault(
                        k.span(),
                        format!("`at-least` is {at_least}, but the goal has {all} measures."),
                        format!("Use a number from 1 to {all}."),
                    );
                }
                for (id, name) in measures.iter().zip(&raw.measures) {
                    if !project.measures.expectations.iter().any(|e| e.measures.contains(id)) {
                        self.fault(
                            name.span(),
                            format!(
                                "The measure “{}” has no expectation table, so nobody can be at level.",
                                name.get_ref()
                            ),
                            "Add an [[expectation]] for it to measures.toml.",
                        );
                    }
                }
                GoalKind::Share { at_least }
            }
            ("matched-growth", Some(growth)) => {
                self.period_of_a_year(&growth.from, &project.calendar);
                if measures.len() != 1 {
                    self.fault(
                        raw.kind.span(),
                        format!("A growth goal is about one measure; this one names {}.", measures.len()),
                        "Make a goal for each measure.",
                    );
                }
                let gain = match &growth.gain {
                    Gain::Every(steps) => BTreeMap::from([("*".to_owned(), *steps)]),
                    Gain::ByPeriod(map) => map.clone(),
                };
                GoalKind::MatchedGrowth { from: growth.from.get_ref().clone(), gain }
            }
            ("matched-growth", None) => {
                self.fault(
                    raw.kind.span(),
                    "A growth goal needs to know from when and by how much.",
                    "Add `growth = { from = \"P1\", gain = 2 }`.",
                );
                GoalKind::Share { at_least: 1 }
            }
            ("share" | "metric", Some(growth)) => {
                self.fault(
                    growth.from.span(),
                    "`growth` belongs to goals of kind “matched-growth”.",
                    "Set `kind = \"matched-growth\"`, or take `growth` away.",
                );
                GoalKind::Share { at_least: 1 }
            }
            (other, _) => {
                self.unknown(raw.kind.span(), "kind of goal", other, ["share", "matched-growth", "metric"]);
                GoalKind::Share { at_least: 1 }
            }
        }
    }

    /// What the kinds with a plugin of their own set by themselves.
    fn only_for_metrics(&mut self, raw: &RawGoal) {
        if let Some(from) = &raw.from {
            self.fault(
                from.span(),
                "`from` belongs to goals of kind “metric”.",
                "Write `growth = { from = …, gain = … }` for a growth goal, or set `kind = \"metric\"`.",
            );
        }
    }

    /// The id of a period within a year, as in `P1`.
    fn period_of_a_year(&mut self, id: &Spanned<String>, calendar: &Calendar) {
        if !calendar.periods.iter().any(|p| p.id == *id.get_ref()) {
            let known: BTreeSet<&str> = calendar.periods.iter().map(|p| p.id.as_str()).collect();
            self.unknown(id.span(), "reporting period", id.get_ref(), known);
        }
    }

    fn period(&mut self, key: &Spanned<String>, calendar: &Calendar) -> PeriodId {
        calendar.by_key(key.get_ref()).unwrap_or_else(|| {
            let known: Vec<String> = calendar.periods.iter().map(Period::key).collect();
            self.unknown(
                key.span(),
                "reporting period",
                key.get_ref(),
                known.iter().map(String::as_str).collect::<Vec<_>>(),
            );
            PeriodId(0)
        })
    }

    fn baseline(&mut self, raw: &Spanned<RawBaseline>, calendar: &Calendar) -> Baseline {
        match raw.get_ref() {
            RawBaseline { period: Some(period), share: None, on: None } => {
                Baseline::Period(self.period(&Spanned::new(raw.span(), period.clone()), calendar))
            }
            RawBaseline { period: None, share: Some(share), on: Some(on) } => Baseline::Value {
                share: self.fraction(&Spanned::new(raw.span(), *share), "share"),
                on: self.date(&Spanned::new(raw.span(), *on)),
            },
            _ => {
                self.fault(
                    raw.span(),
                    "The baseline is neither a reporting period nor a share with its day.",
                    "Write `{ period = \"2024-25/P3\" }` or `{ share = 0.58, on = 2025-06-20 }`.",
                );
                Baseline::Period(PeriodId(0))
            }
        }
    }

    fn strategy(&mut self, raw: &RawStrategy) -> Strategy {
        if !STATUSES.contains(&raw.status.get_ref().as_str()) {
            self.unknown(raw.status.span(), "status", raw.status.get_ref(), STATUSES);
        }
        Strategy {
            text: raw.text.clone(),
            team: raw.team.clone(),
            since: raw.since.as_ref().map(|day| self.date(day)),
            status: raw.status.get_ref().clone(),
        }
    }
}

/// Reads every goal file, in the order of their names.
fn goals(root: &Path, project: &Project, problems: &mut Vec<Problem>) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut seen = BTreeSet::new();
    for path in toml_file::in_folder(root, "goals") {
        let Some((file, text)) = toml_file::read::<GoalFile>(root, &path, problems) else { continue };
        for raw in &file.goal {
            let mut check = Check { text: &text, problems };
            let raw = raw.get_ref();
            check.id(&raw.id, &mut seen, "goal");
            let line = text.place(raw.id.span()).line.unwrap_or(0);
            goals.push(check.goal(raw, project, line));
        }
    }
    if goals.is_empty() && !problems.iter().any(Problem::is_error) {
        problems.push(
            Problem::warning("This project has no goals, so its reports have nothing to say.")
                .hint("Add a [[goal]] to a file in the folder “goals”."),
        );
    }
    goals
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

fn date_of(value: &Datetime) -> Option<Date> {
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
    crate::digest::hex(&hash.finalize())
}

/// The configuration files of a project, relative to its folder.
pub fn files(root: &Path) -> Vec<String> {
    let mut names = vec!["termwise.toml".to_owned(), "measures.toml".to_owned()];
    names.extend(toml_file::in_folder(root, "mappings"));
    names.extend(toml_file::in_folder(root, "goals"));
    names
}
