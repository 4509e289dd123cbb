//! A small division made in a test: one school, three years, whatever students, results and goals the test writes.

// Each test file uses some of these.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::common::{termwise, told};

const SETTINGS: &str = r#"
[division]
name = "Two Creeks School Division"
time-zone = "America/Winnipeg"
languages = ["en"]
contact = "Ask the office."
[[school]]
id = "maple"
name = "Maple School"
grades = ["1", "2", "3", "4"]
[[year]]
id = "2024-25"
first-day = 2024-09-04
last-day = 2025-06-26
period = [
    { id = "P1", name = "November", opens = 2024-09-04, closes = 2024-11-22 },
    { id = "P2", name = "March", opens = 2024-11-25, closes = 2025-03-14 },
    { id = "P3", name = "June", opens = 2025-03-17, closes = 2025-06-26 },
]
[[year]]
id = "2025-26"
first-day = 2025-09-03
last-day = 2026-06-26
period = [
    { id = "P1", name = "November", opens = 2025-09-03, closes = 2025-11-21 },
    { id = "P2", name = "March", opens = 2025-11-24, closes = 2026-03-13 },
    { id = "P3", name = "June", opens = 2026-03-16, closes = 2026-06-26 },
]
[[year]]
id = "2026-27"
first-day = 2026-09-08
last-day = 2027-06-25
period = [
    { id = "P1", name = "November", opens = 2026-09-08, closes = 2026-11-20 },
    { id = "P2", name = "March", opens = 2026-11-23, closes = 2027-03-12 },
    { id = "P3", name = "June", opens = 2027-03-15, closes = 2027-06-25 },
]
[[source]]
id = "roster"
files = ["data/*/roster.csv"]
mapping = "roster"
[[source]]
id = "results"
files = ["data/*/results.csv"]
mapping = "results"
set = { school = "maple" }
[delivery]
hold = []
"#;

const MEASURES: &str = r#"
[scale.points]
kind = "number"
lowest = 0
highest = 100
[scale.days]
kind = "number"
lowest = 0
highest = 200
[measure.math]
title = "Mathematics"
area = "numeracy"
scale = "points"
[measure.enrolled]
title = "Days enrolled"
scale = "days"
[measure.absent]
title = "Days absent"
scale = "days"
[[expectation]]
title = "Expected points"
measures = ["math"]
from = 2020-09-01
at = 60
"#;

const ROSTER: &str = "kind = \"roster\"\n[header]\nfind = [\"No\", \"School\"]\n[columns]\nid = \"No\"\nschool = \"School\"\n\
    grade = \"Grade\"\nprogram = \"Program\"\nentered = \"From\"\nleft = \"To\"\n[from-file]\npattern = \"data/{year}/*\"\n";
const RESULTS: &str = "kind = \"assessment\"\n[header]\nfind = [\"No\", \"Term\"]\n[columns]\nid = \"No\"\nperiod = \"Term\"\n\
    [[value]]\ncolumn = \"Math\"\nset = { measure = \"math\" }\n[[value]]\ncolumn = \"Enrolled\"\nset = { measure = \"enrolled\" }\n\
    [[value]]\ncolumn = \"Absent\"\nset = { measure = \"absent\" }\n[from-file]\npattern = \"data/{year}/*\"\n";

/// A student in a school year.
#[derive(Debug, Clone)]
pub struct Student {
    pub number: u32,
    pub grade: &'static str,
    pub program: &'static str,
    pub entered: String,
    pub left: String,
}

impl Student {
    pub fn new(number: u32, grade: &'static str, program: &'static str) -> Self {
        Self { number, grade, program, entered: String::new(), left: String::new() }
    }
}

/// What the spreadsheets and goals say.
#[derive(Debug, Clone, Default)]
pub struct Division {
    pub students: BTreeMap<&'static str, Vec<Student>>,
    /// Year, period, student → points in mathematics.
    pub math: BTreeMap<(&'static str, &'static str, u32), u32>,
    /// Year, period, student → days enrolled, days absent.
    pub days: BTreeMap<(&'static str, &'static str, u32), (u32, u32)>,
    pub goals: Vec<String>,
    /// Added to termwise.toml.
    pub settings: String,
    /// Of the reports, as in `en fr`; English, if empty.
    pub languages: &'static str,
}

impl Division {
    /// Students of one grade and program in a year, so many of them at or above the line in a period.
    pub fn cohort(
        &mut self,
        year: &'static str,
        numbers: std::ops::Range<u32>,
        (grade, program): (&'static str, &'static str),
    ) {
        self.students.entry(year).or_default().extend(numbers.map(|n| Student::new(n, grade, program)));
    }

    /// Results in mathematics: the first `met` of these students reach the line.
    pub fn results(&mut self, year: &'static str, period: &'static str, numbers: std::ops::Range<u32>, met: u32) {
        for (place, number) in (0..).zip(numbers) {
            self.math.insert((year, period, number), if place < met { 70 } else { 50 });
        }
    }

    /// A goal about mathematics; `more` are further lines.
    pub fn goal(&mut self, id: &str, more: &str) {
        self.goals.push(format!(
            "[[goal]]\nid = \"{id}\"\nschool = \"maple\"\narea = \"numeracy\"\ntitle = \"Goal {id}\"\n\
             statement = \"We will reach what we agreed on.\"\nwhy = \"It matters.\"\nmeasures = [\"math\"]\n{more}\n"
        ));
    }

    /// Writes the project.
    pub fn write(&self, root: &Path) {
        let write = |name: &str, text: &str| {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("written");
        };
        let languages = if self.languages.is_empty() { "en" } else { self.languages };
        let quoted = languages.split(' ').map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ");
        let settings = SETTINGS.replace("[\"en\"]", &format!("[{quoted}]"));
        write("termwise.toml", &format!("{settings}{}", self.settings));
        write("measures.toml", MEASURES);
        write("mappings/roster.toml", ROSTER);
        write("mappings/results.toml", RESULTS);
        write("goals/goals.toml", &self.goals.concat());
        for (year, students) in &self.students {
            let mut roster = "No,School,Grade,Program,From,To\n".to_owned();
            for Student { number, grade, program, entered, left } in students {
                writeln!(roster, "{number},maple,{grade},{program},{entered},{left}").expect("memory");
            }
            write(&format!("data/{year}/roster.csv"), &roster);
            let mut results = "No,Term,Math,Enrolled,Absent\n".to_owned();
            for (period, name) in [("P1", "November"), ("P2", "March"), ("P3", "June")] {
                for Student { number, .. } in students {
                    let math = self.math.get(&(year, period, *number)).map_or_else(String::new, u32::to_string);
                    let days = self.days.get(&(year, period, *number));
                    let (enrolled, absent) =
                        days.map_or_else(Default::default, |(e, a)| (e.to_string(), a.to_string()));
                    if !(math.is_empty() && enrolled.is_empty()) {
                        writeln!(results, "{number},{name},{math},{enrolled},{absent}").expect("memory");
                    }
                }
            }
            write(&format!("data/{year}/results.csv"), &results);
        }
    }

    /// The goals of the staff report as its template gets them, by id. `period` as in `2025-26/P2`; none: the one that
    /// a run of the day reports on.
    pub fn judged(&self, as_of: &str, period: Option<&str>) -> BTreeMap<String, Value> {
        self.report(as_of, period, "staff").1
    }

    /// The model of a report and its goals by id.
    pub fn report(&self, as_of: &str, period: Option<&str>, report: &str) -> (Value, BTreeMap<String, Value>) {
        let folder = tempfile::tempdir().expect("a folder");
        self.write(folder.path());
        let mut arguments = vec!["run", "--as-of", as_of, "--dry-run", "--models", "models", "--json"];
        arguments.extend(period.iter().flat_map(|period| ["--period", period]));
        let output = termwise(folder.path(), &arguments);
        let outcome: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let path = format!("models/out/{}/maple/{report}.en.json", outcome["period"].as_str().expect("a period"));
        let model = std::fs::read(folder.path().join(&path));
        let model = model.unwrap_or_else(|why| panic!("{path}: {why}; {}", outcome["problems"]));
        let model: Value = serde_json::from_slice(&model).expect("JSON");
        let goals = model["goals"].as_array().expect("goals").iter();
        let goals = goals.map(|goal| (goal["id"].as_str().expect("an id").to_owned(), goal.clone())).collect();
        (model, goals)
    }

    /// What `check` says and its exit code.
    pub fn check(&self, as_of: &str) -> (Option<i32>, String) {
        let folder = tempfile::tempdir().expect("a folder");
        self.write(folder.path());
        told(folder.path(), &["check", "--as-of", as_of, "--all"])
    }
}

/// A text of a model.
pub fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    path.iter().fold(value, |value, key| &value[*key]).as_str().unwrap_or_default()
}
