//! Whole datasets from small files: a roster, a few results, and what schools do to them.

mod bounds;
mod identity;
mod language;
mod oneroster;
mod patterns;
mod privacy;
mod whole;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;

use termwise_base::problem::Problem;
use termwise_config::mapping::{Facts, Mapping};
use termwise_config::{
    Calendar, Delivery, Division, Judging, Period, PluginLimits, Privacy, Project, ReadingLimits, Schedule, School,
    SourceSpec, mapping, measures,
};

use super::*;
use crate::workbook::Shelf;
use crate::workbook::made::{Made, xlsx};

const MEASURES: &str = r#"
[scale.level]
kind = "ordered"
levels = ["RB", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K"]
[scale.level.codes]
ABS = { class = "excluded", reason = "absent" }
OOR = { class = "counts-as-below" }
[scale.agree]
kind = "ordered"
levels = ["No", "Partly", "Yes"]
[measure.reading]
title = "Reading level"
scale = "level"
also-called = ["Rdg Lvl"]
[measure.ours]
title = "Our goals are clear"
scale = "agree"
"#;

const ROSTER: &str = r#"
kind = "roster"
[header]
find = ["Student #", "Grade"]
[columns]
id = "Student #"
name = "Name"
grade = "Grade"
program = "Program"
entered = "Entry"
left = "Exit"
"#;

const WIDE: &str = r#"
kind = "assessment"
[sheets]
use = ["Gr *"]
[header]
find = ["Student #", "Level"]
rows = 2
[rows]
skip-when = ["Average*"]
stop-when = ["Legend*"]
[columns]
id = "Student #"
name = "Name"
[[value]]
column = "{period} / Level"
set = { measure = "reading" }
[from-sheet]
pattern = "Gr {grade}*"
"#;

const LONG: &str = r#"
kind = "assessment"
[header]
find = ["Student #", "Result"]
[columns]
id = "Student #"
name = "Name"
period = "Term"
measure = "What"
[[value]]
column = "Result"
[from-file]
pattern = "*/{year}/*"
"#;

const SURVEY: &str = r#"
kind = "survey"
[header]
find = ["Our goals*"]
[[value]]
column = "{measure}"
"#;

fn school(id: &str, name: &str) -> School {
    School {
        id: id.into(),
        name: name.into(),
        also_called: vec![],
        written_in: "en".into(),
        grades: vec!["K".into(), "1".into()],
        one_class: vec![],
        staff_asked: BTreeMap::new(),
    }
}

/// A division of two schools and one year of two periods, in a folder of its own.
struct Try {
    folder: tempfile::TempDir,
    sources: Vec<SourceSpec>,
}

impl Try {
    fn new() -> Self {
        let mut new = Self { folder: tempfile::tempdir().expect("a folder"), sources: Vec::new() };
        for (name, text) in [("roster", ROSTER), ("wide", WIDE), ("long", LONG), ("survey", SURVEY)] {
            new.write(&format!("mappings/{name}.toml"), text.as_bytes());
        }
        new.write("measures.toml", MEASURES.as_bytes());
        new.source("data/roster-*.csv", "roster", &[("year", "2025-26")]);
        new.source("data/north/*", "wide", &[("school", "north"), ("year", "2025-26")]);
        new.source("data/2025-26/*", "long", &[]);
        new.source("data/survey*", "survey", &[("school", "south"), ("year", "2025-26"), ("period", "P1")]);
        new.write("data/roster-north.csv", "Student #,Name,Grade,Program,Entry,Exit\n0101,\"Birch, Ana\",1,EUBP,,\n102,\"Alder, Bo\",1,English,,2026-01-10\n103,\"O’Elm, Zoé\",K,English,,\n104,\"Fir, Sam\",1,EUBP,,\n105,\"Fir, Sam\",1,English,,\n".as_bytes());
        new
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }

    fn source(&mut self, files: &str, mapping: &str, set: &[(&str, &str)]) {
        let set: Facts = set.iter().map(|(fact, word)| ((*fact).to_owned(), (*word).to_owned())).collect();
        self.sources.push(SourceSpec {
            id: mapping.into(),
            files: vec![files.into()],
            except: vec![],
            mapping: mapping.into(),
            set,
            oneroster: Default::default(),
            line: 1,
        });
    }

    fn project(&self) -> Project {
        let root = self.folder.path();
        let mut problems = Vec::new();
        let measures = measures::load(root, &mut problems);
        let mappings: BTreeMap<String, Mapping> = mapping::load_all(root, &mut problems);
        assert_eq!(problems, []);
        project(root, measures, mappings, self.sources.clone())
    }

    fn shelf(&self) -> Shelf {
        let folder = self.folder.path().join(".termwise/cells");
        Shelf::in_this_process(&folder, &ReadingLimits::default()).expect("a folder")
    }

    /// The dataset and the problems, without those of sources that find no file.
    fn build(&self) -> (Dataset, Vec<Problem>) {
        let project = self.project();
        let files = crate::sources::freeze(&project, &mut Vec::new());
        let mut problems = Vec::new();
        let dataset = build(&project, &files, &self.shelf(), &mut problems);
        for tally in &dataset.files {
            assert!(tally.adds_up(), "{tally:?}");
        }
        (dataset, problems)
    }
}

fn project(
    root: &Path,
    measures: termwise_config::Measures,
    mappings: BTreeMap<String, Mapping>,
    sources: Vec<SourceSpec>,
) -> Project {
    let period = |id: &str, name: &str, closes| Period {
        year: "2025-26".into(),
        id: id.into(),
        name: name.into(),
        also_called: vec![],
        opens: date(2025, 9, 3),
        closes,
    };
    let periods = vec![period("P1", "November", date(2025, 11, 21)), period("P2", "March", date(2026, 3, 13))];
    Project {
        root: root.to_owned(),
        division: Division {
            name: "Division".into(),
            time_zone: "America/Winnipeg".into(),
            languages: vec!["en".into()],
            written_in: "en".into(),
            contact: String::new(),
        },
        schools: vec![school("north", "North School"), school("south", "South School")],
        plcs: vec![],
        calendar: Calendar { periods, ..Calendar::default() },
        sources: sources
            .into_iter()
            .map(|mut source| {
                if source.mapping == "roster" {
                    source.set.insert("school".into(), "north".into());
                }
                source
            })
            .collect(),
        mappings,
        measures,
        goals: vec![],
        plc_goals: vec![],
        reports: Default::default(),
        translations: BTreeMap::new(),
        language: None,
        untranslated: BTreeMap::new(),
        privacy: Privacy { minimum_group: BTreeMap::new(), coding: vec![] },
        judging: Judging::default(),
        schedule: Schedule::default(),
        delivery: Delivery::default(),
        plugin_limits: PluginLimits::default(),
        signing_keys: termwise_config::SigningKeys::default(),
        reading_limits: ReadingLimits::default(),
        digest: String::new(),
    }
}

/// (person, period, class, value) of every observation.
fn readings(dataset: &Dataset) -> Vec<(u32, usize, CodeClass, f64)> {
    let o = &dataset.observations;
    (0..o.person.len())
        .map(|i| (o.person[i].0, o.period[i].0, o.class[i], if o.value[i].is_nan() { -1.0 } else { o.value[i] }))
        .collect()
}

/// Message start and cell of every problem.
fn cells(problems: &[Problem]) -> Vec<(String, String)> {
    problems
        .iter()
        .map(|p| {
            (
                p.place.cell.clone().unwrap_or_default(),
                p.message.split_whitespace().take(6).collect::<Vec<_>>().join(" "),
            )
        })
        .collect()
}

fn has(problems: &[Problem], cell: &str, words: &str) -> bool {
    problems.iter().any(|p| p.place.cell.as_deref() == Some(cell) && p.message.contains(words))
}

const WIDE_LINES: &[&str] = &[
    "North School reading 2025-26",
    "kept by the grade team",
    "Student #|Name|November||March|",
    "||Level|Score|Level|Score",
    "n:101|Birch, Ana|B|n:3|C/D|",
    "00102|Alder, Bo|abs||d:46085|",
    "103.0|Elm, Zoe|<C|||",
    "|sam fir|C|||",
    "|zoe o'elm|D|||",
    "n:999|Nobody|C|||",
    "Average||n:2.5|||",
    "Student #|Name|November||March|",
    "||Level|Score|Level|Score",
    "n:104|Fir, Sam|Q|||",
    "n:105|Fir, Sam|||OOR|",
    "Legend|B|below|||",
    "n:101|Birch, Ana|A|||",
];
const MERGES: &[&str] = &["A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "A12:A13", "B12:B13", "C12:D12", "E12:F12"];

#[test]
fn a_wide_workbook_with_everything_schools_do() {
    let new = Try::new();
    let sheets = [
        Made { name: "Gr 1", lines: WIDE_LINES, merges: MERGES, hidden: false },
        Made { name: "Summary", lines: &["Total|n:5"], merges: &[], hidden: false },
        Made { name: "Gr old", lines: WIDE_LINES, merges: MERGES, hidden: true },
    ];
    new.write("data/north/reading.xlsx", &xlsx(&sheets));
    let (dataset, problems) = new.build();
    assert_eq!(dataset.people.len(), 5);
    // Levels by place: B is 2, C/D counts as C (3), <C is B (2); the code OOR counts as below.
    assert_eq!(
        readings(&dataset),
        [
            (0, 0, CodeClass::Score, 2.0),
            (1, 0, CodeClass::Excluded, -1.0),
            (2, 0, CodeClass::Score, 2.0),
            (0, 1, CodeClass::Score, 3.0),
            (4, 1, CodeClass::CountsAsBelow, -1.0),
        ]
    );
    assert_eq!(dataset.reasons, ["", "absent"]);
    assert!(has(&problems, "E6", "could not be read"), "{:?}", cells(&problems));
    assert!(has(&problems, "B8", "Several students"), "{:?}", cells(&problems));
    // The sheet speaks of grade 1, the roster has this child in Kindergarten.
    assert!(has(&problems, "B9", "not on the roster"), "{:?}", cells(&problems));
    assert!(has(&problems, "A10", "on no roster"));
    assert!(has(&problems, "C14", "could not be read"));
    // Under the legend stands a student, and the hidden tab holds the same table.
    assert!(has(&problems, "A16", "The table ends"), "{:?}", cells(&problems));
    assert!(problems.iter().any(|p| p.place.sheet.as_deref() == Some("Gr old") && p.message.contains("hidden")));
    assert_eq!(problems.len(), 7, "{:?}", cells(&problems));
    let tally = &dataset.files[0];
    assert_eq!(tally.path, "data/north/reading.xlsx");
    // Of the row with a date among its levels, the other results were used.
    assert_eq!((tally.rows, tally.used, tally.in_part, tally.cells_set_aside, tally.set_aside), (9, 3, 1, 1, 5));
    assert_eq!(tally.sheets, ["Gr 1", "Summary", "Gr old"]);
    let date = problems.iter().find(|p| p.place.cell.as_deref() == Some("E6")).expect("told");
    assert_eq!(date.found.as_deref(), Some("“2026-03-04 (a date)”"));
    let private = ["Birch", "Alder", "Elm", "Fir", "Nobody", "999", "101"];
    for problem in &problems {
        let text = problem.to_string();
        assert!(private.iter().all(|word| !text.to_lowercase().contains(&word.to_lowercase())), "{text}");
    }
}

#[test]
fn a_long_csv_finds_its_facts_in_rows_and_path() {
    let new = Try::new();
    let text = "Student #;Name;What;Term;Result\r\n101;;Rdg Lvl;November;B\r\n101;;Reading level;March;C\r\n\
                102;;Rdg Lvl;Novembre;B\r\n;\"O\u{2019}Elm, Zo\u{e9}\";Rdg Lvl;P1;A\r\n103;;Rdg Lvl;P1;A\r\n\
                105;;Rdg Lvl;P2;B\r\n105;;Rdg Lvl;P2;C\r\n\
                101;;Rdg Lvl;November;abs\r\n";
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(text);
    new.write("data/2025-26/all.csv", &bytes);
    let (dataset, problems) = new.build();
    assert_eq!(
        readings(&dataset),
        [(0, 0, CodeClass::Score, 2.0), (2, 0, CodeClass::Score, 1.0), (0, 1, CodeClass::Score, 3.0)]
    );
    assert!(has(&problems, "D4", "no reporting period"), "{:?}", cells(&problems));
    assert!(has(&problems, "E8", "two different results"), "{:?}", cells(&problems));
    assert_eq!(problems.len(), 2);
    let tally = &dataset.files[0];
    assert_eq!((tally.rows, tally.used, tally.set_aside, tally.observations), (8, 5, 3, 3));
}

#[test]
fn rosters_know_moves_and_contradictions() {
    let mut new = Try::new();
    new.source("data/south.csv", "roster", &[("school", "south"), ("year", "2025-26")]);
    new.write(
        "data/south.csv",
        "Student #,Name,Grade,Program,Entry,Exit\n102,\"Alder, Bo\",1,English,2026-01-10,\n101,\"Other, One\",1,,,\n\
         104,\"Fir, Sam\",1,,,\n106,\"Yew, Li\",9,,,\n107,\"Ash, Io\",1,,yesterday,\n,\"Oak, Al\",1,,,\n"
            .as_bytes(),
    );
    let mut project = new.project();
    project.sources[4].set.insert("school".into(), "south".into());
    let files = crate::sources::freeze(&project, &mut Vec::new());
    let mut problems = Vec::new();
    let dataset = build(&project, &files, &new.shelf(), &mut problems);
    let moved: Vec<(usize, bool)> =
        dataset.enrolments.iter().filter(|e| e.person == PersonId(1)).map(|e| (e.school.0, e.left.is_some())).collect();
    assert_eq!(moved, [(0, true), (1, false)]);
    for (cell, words) in [
        ("A3", "two different names"),
        ("A4", "enrolled twice"),
        ("C5", "no grade"),
        ("E6", "should hold a date"),
        ("A7", "no student number"),
    ] {
        assert!(has(&problems, cell, words), "{cell} {words}: {:?}", cells(&problems));
    }
    let south = dataset.files.iter().find(|f| f.path == "data/south.csv").expect("there");
    assert_eq!((south.rows, south.used, south.set_aside), (6, 1, 5));
}

#[test]
fn surveys_count_rows_as_people() {
    let new = Try::new();
    new.write("data/survey.csv", "When,Our goals are clear\nx,Yes\ny,partly\nz,\nw,Perhaps\n".as_bytes());
    let (dataset, problems) = new.build();
    assert_eq!(readings(&dataset), [(5, 0, CodeClass::Score, 2.0), (6, 0, CodeClass::Score, 1.0)]);
    assert_eq!(dataset.people[5], PersonKind::StaffRespondent);
    assert_eq!(dataset.enrolments.iter().filter(|e| e.school == SchoolId(1)).count(), 3);
    assert!(has(&problems, "B5", "could not be read"));
    assert_eq!(problems.len(), 1, "{:?}", cells(&problems));
}

#[test]
fn what_is_missing_is_told_with_the_nearest_name() {
    let new = Try::new();
    let renamed: Vec<String> = WIDE_LINES.iter().map(|line| line.replace("Level", "Levl")).collect();
    let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
    new.write("data/north/a.xlsx", &xlsx(&[Made { name: "Gr 1", lines: &renamed, merges: MERGES, hidden: false }]));
    new.write(
        "data/north/b.xlsx",
        &xlsx(&[Made { name: "Grade 1", lines: WIDE_LINES, merges: MERGES, hidden: false }]),
    );
    new.write("data/north/c.xlsx", b"PK\x03\x04 cut off");
    let sound = Made { name: "Gr 1", lines: WIDE_LINES, merges: MERGES, hidden: false };
    new.write("data/north/d.xlsx", &xlsx(&[sound]));
    let (dataset, problems) = new.build();
    let of = |file: &str| problems.iter().find(|p| p.place.file.as_deref() == Some(file)).expect("told");
    assert!(of("data/north/a.xlsx").message.contains("header"), "{}", of("data/north/a.xlsx"));
    assert!(of("data/north/a.xlsx").found.as_deref().unwrap_or_default().contains("Student #"));
    assert!(of("data/north/b.xlsx").hint.as_deref().unwrap_or_default().contains("Grade 1"));
    assert!(of("data/north/c.xlsx").message.contains("incomplete"));
    assert_eq!(dataset.observations.person.len(), 5);
}
