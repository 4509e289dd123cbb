//! The files of a project folder → a checked [`Project`].
//!
//! Everything is read and every name resolved before anything is reported: all problems come out at
//! once, each at its line. What each section may hold, and what it means, stands in the module of that section.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use termwise_base::problem::{Place, Problem};

use super::check::Check;
use super::delivery::RawDelivery;
use super::division::RawDivision;
use super::judging::RawJudging;
use super::plugins::RawPlugins;
use super::privacy::RawPrivacy;
use super::reading::RawReading;
use super::reports::{RawExtraReport, RawReports};
use super::schedule::RawSchedule;
use super::schools::{RawPlc, RawSchool};
use super::sources::{Named, RawSource};
use super::spot::At;
use super::years::{RawRoster, RawYear};
use super::{Mapping, Measures, Project, goals, mapping, measures, toml_file, translations};

/// A division's project: the file `termwise.toml`.
#[derive(Deserialize, JsonSchema)]
#[schemars(title = "Termwise project")]
pub(super) struct File {
    division: RawDivision,
    /// Its schools.
    school: At<Vec<RawSchool>>,
    /// Professional learning communities.
    #[serde(default)]
    plc: Vec<RawPlc>,
    /// School years and their reporting periods.
    year: At<Vec<RawYear>>,
    // A project that is just being set up has no sources yet.
    /// Which spreadsheets are read, and with which mapping.
    #[serde(default)]
    source: Vec<RawSource>,
    #[serde(default)]
    roster: RawRoster,
    #[serde(default)]
    privacy: RawPrivacy,
    #[serde(default)]
    judging: RawJudging,
    /// When `termwise serve` and `termwise run --due` run: name = crontab line, as in `nightly = "15 4 * * 1-5"`.
    #[serde(default)]
    schedule: RawSchedule,
    #[serde(default)]
    delivery: RawDelivery,
    #[serde(default)]
    plugins: RawPlugins,
    #[serde(default)]
    reading: RawReading,
    #[serde(default)]
    reports: RawReports,
    /// Reports of the division's own.
    #[serde(default)]
    report: Vec<RawExtraReport>,
}

/// Reads a project folder. The project is returned if the configuration can be worked with;
/// problems that are errors mean that it is not.
pub fn load(root: &Path) -> (Option<Project>, Vec<Problem>) {
    let mut problems = Vec::new();
    if !root.join("termwise.toml").is_file() {
        let place = root.join("termwise.toml").display().to_string();
        problems.push(
            Problem::error("There is no termwise.toml in this folder.")
                .at(Place::file(place))
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
    let (mut project, sound) = check.project(&file, measures, mappings);
    project.translations = translations::load(root, &mut problems);
    project.root = root.to_owned();
    project.digest = digest(root);
    goals::load(root, &mut project, sound, &mut problems);
    let usable = !problems.iter().any(Problem::is_error);
    (usable.then_some(project), problems)
}

impl Check<'_> {
    /// What `termwise.toml` says, and whether its calendar can be held against goals: days that are wrong
    /// themselves cannot.
    fn project(&mut self, file: &File, measures: Measures, mappings: BTreeMap<String, Mapping>) -> (Project, bool) {
        let division = self.division(&file.division);
        let mut schools = self.schools(&file.school, &division.written_in);
        let plcs = self.plcs(&file.plc, &schools);
        let before = self.problems.len();
        let mut calendar = self.calendar(&file.year, &schools);
        let sound = !self.problems[before..].iter().any(Problem::is_error);
        self.staff_asked(file.school.get_ref(), &mut schools, &calendar);
        calendar.as_of = self.as_of(&file.roster);
        self.problems.extend(measures::unknown_periods(&measures, &calendar));
        self.problems.extend(measures::unknown_grades(&measures, &schools));
        let named = Named { schools: &schools, measures: &measures };
        let sources = self.sources(&file.source, &mappings, &named);
        let privacy = self.privacy(&file.privacy);
        let judging = self.judging(&file.judging);
        let schedule = self.schedule(&file.schedule);
        let reports = self.reports(&file.reports, &file.report, &plcs);
        let delivery = self.delivery(&file.delivery, &reports.extra, &plcs);
        let project = Project {
            root: Default::default(),
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
            judging,
            reports,
            translations: BTreeMap::new(),
            language: None,
            untranslated: BTreeMap::new(),
            schedule,
            delivery,
            plugin_limits: self.plugin_limits(&file.plugins),
            signing_keys: self.signing_keys(&file.plugins),
            reading_limits: self.reading_limits(&file.reading),
            digest: String::new(),
        };
        (project, sound)
    }
}

/// SHA-256 over the names and bytes of the configuration files, in the order of their names.
fn digest(root: &Path) -> String {
    let mut hash = Sha256::new();
    for name in files(root) {
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
