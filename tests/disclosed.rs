//! What a report shows beside what it hides, through the real binary and real files: groups and their neighbours, who
//! is behind a change, the letters of the SMART check, and how many people are counted.
//!
//! Expected numbers are counted here, from what the test itself wrote into the spreadsheets; whether a hidden one can
//! be worked out is decided by elimination, as whoever holds the report would do it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

mod common;
#[path = "common/division.rs"]
mod division;

use common::{goal, json, models};
use division::{Division, Student};

const YEAR: &str = "2025-26";
const AS_OF: &str = "2026-03-20";
const PRIVACY: &str =
    "[privacy]\nminimum-group = { parent-council = 10, staff = 5, plc = 5, leadership = 5, division = 10 }\n";
/// A stated start, so that nothing but the goal's own people is counted.
const AIM: &str = "baseline = { value = 0.4, on = 2025-06-27 }\ntarget = 0.9\ndeadline = 2026-06-26\n";

/// The models of one run, by report: `staff`, `parent-council`, `leadership`, `division`.
fn reports(division: &Division) -> BTreeMap<String, Value> {
    let folder = tempfile::tempdir().expect("a folder");
    division.write(folder.path());
    let outcome = json(folder.path(), &["run", "--as-of", AS_OF, "--dry-run", "--models", "models", "--json"]);
    assert_eq!(outcome["not_made"], serde_json::json!([]), "{}", outcome["problems"]);
    let name = |place: &str| place.split(['/', '.']).nth(1).expect("a report").to_owned();
    models(folder.path()).into_iter().map(|(place, model)| (name(&place), model)).collect()
}

fn minimum(report: &str) -> u32 {
    if ["parent-council", "division"].contains(&report) { 10 } else { 5 }
}

// ---- Groups and their neighbours.

const GRADES: [&str; 4] = ["1", "2", "3", "4"];
const PROGRAMS: [&str; 2] = ["North", "South"];

/// Students of a grade in a program who have a result, and how many of them reach the line.
type Cells = BTreeMap<(&'static str, &'static str), (u32, u32)>;

/// The people of a goal or a group: of these grades and programs; of all, where there are none.
#[derive(Debug, Clone, Default, PartialEq)]
struct People {
    grades: Vec<String>,
    programs: Vec<String>,
}

impl People {
    fn of(grades: &[&str], programs: &[&str]) -> Self {
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        Self { grades: owned(grades), programs: owned(programs) }
    }

    /// Those of them who are in a group, as the data attached to a report names it: `grade 3`, `program North`.
    fn group(&self, name: &str) -> Self {
        match name.split_once(' ') {
            None => self.clone(),
            Some(("grade", grade)) => Self { grades: vec![grade.to_owned()], ..self.clone() },
            Some((_, program)) => Self { programs: vec![program.to_owned()], ..self.clone() },
        }
    }

    fn has(&self, grade: &str, program: &str) -> bool {
        let among = |list: &[String], one: &str| list.is_empty() || list.iter().any(|known| known == one);
        among(&self.grades, grade) && among(&self.programs, program)
    }

    /// How many have a result, and how many of them reach the line.
    fn count(&self, cells: &Cells) -> (u32, u32) {
        let mine = cells.iter().filter(|((grade, program), _)| self.has(grade, program));
        mine.fold((0, 0), |(of, met), (_, cell)| (of + cell.0, met + cell.1))
    }

    /// One number for each grade of each program: 1 where it belongs to these people. (Nobody tells the reader that
    /// there is none of a grade in a program.)
    fn row(&self) -> Vec<f64> {
        let cells = GRADES.iter().flat_map(|grade| PROGRAMS.map(|program| (*grade, program)));
        cells.map(|(grade, program)| f64::from(u8::from(self.has(grade, program)))).collect()
    }
}

/// Whether a row is a sum of multiples of the others: then its count follows from theirs.
fn follows(row: &[f64], others: &[Vec<f64>]) -> bool {
    let mut rows: Vec<Vec<f64>> = others.to_vec();
    let mut row = row.to_vec();
    for column in 0..row.len() {
        let Some(place) = rows.iter().position(|other| other[column].abs() > 1e-9) else { continue };
        let pivot = rows.swap_remove(place);
        for other in rows.iter_mut().chain([&mut row]) {
            let times = other[column] / pivot[column];
            other.iter_mut().zip(&pivot).for_each(|(value, one)| *value -= times * one);
        }
    }
    row.iter().all(|value| value.abs() < 1e-6)
}

#[test]
fn elimination_finds_what_follows_and_nothing_else() {
    let rows = |rows: &[&[f64]]| rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>();
    let whole_and_two = rows(&[&[1.0, 1.0, 1.0], &[1.0, 0.0, 0.0], &[0.0, 0.0, 1.0]]);
    assert!(follows(&[0.0, 1.0, 0.0], &whole_and_two));
    assert!(!follows(&[0.0, 1.0, 0.0], &whole_and_two[..2]));
    // Three pairs give each of the three.
    let pairs = rows(&[&[1.0, 1.0, 0.0], &[0.0, 1.0, 1.0], &[1.0, 0.0, 1.0]]);
    assert!(follows(&[1.0, 0.0, 0.0], &pairs) && !follows(&[1.0, 0.0, 0.0], &pairs[..2]));
}

/// The school with these cells and a goal about each of these people.
fn school(cells: &Cells, goals: &[People]) -> Division {
    let mut division = Division { settings: PRIVACY.into(), ..Division::default() };
    for (place, ((grade, program), (of, met))) in (0..).zip(cells) {
        let numbers = 1000 + 100 * place..1000 + 100 * place + of;
        division.cohort(YEAR, numbers.clone(), (grade, program));
        division.results(YEAR, "P2", numbers, *met);
    }
    for (place, people) in goals.iter().enumerate() {
        let People { grades, programs } = people;
        division.goal(
            &format!("g{place}"),
            &format!("population = {{ grades = {grades:?}, programs = {programs:?} }}\n{AIM}"),
        );
    }
    division
}

/// A row of the data attached to a report: whose it is, the figure, how it is to be read, and how many they are.
struct Row {
    people: People,
    figure: Option<f64>,
    read: String,
    students: Option<u32>,
}

fn rows(model: &Value, goals: &[People]) -> Vec<Row> {
    let csv = model["figures-csv"].as_str().expect("figures");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [id, period, group, figure, read, students] = cells[..] else { panic!("six cells expected: {line}") };
        let place: usize = id.strip_prefix('g').and_then(|place| place.parse().ok()).expect("a goal");
        let people = goals[place].group(group);
        let (figure, students) = (figure.parse().ok(), students.parse().ok());
        (period == "2025-26/P2").then(|| Row { people, figure, read: read.to_owned(), students })
    };
    csv.lines().skip(1).filter_map(row).collect()
}

/// What is wrong with what a report shows: a figure that is not the count's, a small group that is shown, or one that
/// follows from what is shown.
fn faults(report: &str, model: &Value, cells: &Cells, goals: &[People]) -> Vec<String> {
    let (minimum, rows) = (minimum(report), rows(model, goals));
    let mut faults = Vec::new();
    let mut shown = Vec::new();
    for row in &rows {
        let (of, met) = row.people.count(cells);
        let Some(figure) = row.figure else {
            if row.students.is_some() {
                faults.push(format!("{report}: {:?} is hidden, and its size is told", row.people));
            }
            continue;
        };
        let exact = (f64::from(met) * 100.0 / f64::from(of)).round() / 100.0;
        let right = match row.read.as_str() {
            "exact" => (figure - exact).abs() < 0.0101,
            "or less" => exact <= figure + 1e-9,
            "or more" => exact >= figure - 1e-9,
            _ => false,
        };
        if !right || row.students != Some(of) || of < minimum {
            faults.push(format!(
                "{report}: {:?}: {figure} {} of {:?}, counted {met} of {of}",
                row.people, row.read, row.students
            ));
        }
        shown.push(row.people.row());
    }
    let hidden = rows.iter().filter(|row| row.read == "hidden").map(|row| row.people.clone());
    let small =
        GRADES.map(|grade| People::of(&[grade], &[])).into_iter().chain(PROGRAMS.map(|one| People::of(&[], &[one])));
    for people in hidden.chain(small.filter(|people| (1..minimum).contains(&people.count(cells).0))) {
        if people.count(cells).0 > 0 && follows(&people.row(), &shown) {
            faults.push(format!("{report}: {people:?} is hidden and follows from what is shown"));
        }
    }
    faults
}

/// Who is shown by themselves in a report, in its own order.
fn shown(model: &Value, goals: &[People]) -> Vec<(People, u32)> {
    rows(model, goals).into_iter().filter_map(|row| Some((row.people, row.students?))).collect()
}

#[test]
fn a_small_group_takes_a_neighbour_with_it() {
    let cells: Cells = [(("1", "North"), (20, 9)), (("2", "North"), (3, 1)), (("3", "North"), (40, 25))].into();
    let (all, first) = (People::default(), People::of(&["1"], &[]));
    // 63 less 40 less 20 would be the three.
    let goals = [all.clone()];
    let made = reports(&school(&cells, &goals));
    let third = People::of(&["3"], &[]);
    assert_eq!(shown(&made["staff"], &goals), [(all.clone(), 63), (third, 40)]);
    // Where the first grade has a goal of its own, its neighbour goes.
    let goals = [all.clone(), first.clone()];
    let made = reports(&school(&cells, &goals));
    assert_eq!(shown(&made["staff"], &goals), [(all.clone(), 63), (first.clone(), 20), (first, 20)]);
    // Parents see no groups, but 23 less 20 are three all the same.
    let cells: Cells = [(("1", "North"), (20, 9)), (("2", "North"), (3, 1))].into();
    let made = reports(&school(&cells, &goals));
    for report in ["parent-council", "division", "staff", "leadership"] {
        assert_eq!(shown(&made[report], &goals), [(all.clone(), 23)], "{report}");
        assert_eq!(goal(&made[report], "g1")["verdict"]["key"], "not-shown", "{report}");
    }
}

#[test]
fn where_no_group_is_small_nothing_is_hidden() {
    let cells: Cells = GRADES
        .iter()
        .zip([(22, 9), (26, 14), (30, 17), (24, 11)])
        .flat_map(|(grade, (of, met))| PROGRAMS.map(|program| ((*grade, program), (of, met))))
        .collect();
    let goals = [People::default(), People::of(&["2"], &[]), People::of(&["3", "4"], &["North"])];
    for (report, model) in reports(&school(&cells, &goals)) {
        assert_eq!(faults(&report, &model, &cells, &goals), [""; 0]);
        let rows = rows(&model, &goals);
        assert!(rows.iter().all(|row| row.read == "exact"), "{report}");
        // The whole by four grades and two programs, the grade by programs, two grades of a program.
        let groups = if ["staff", "leadership"].contains(&report.as_str()) { 3 + 4 + 2 } else { 3 };
        assert!(rows.len() >= groups, "{report}: {}", rows.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Goals about the whole school, some of its grades and one of its programs, over groups of which some are small.
    #[test]
    fn no_hidden_group_follows_from_its_neighbours_and_the_whole(
        sizes in proptest::collection::vec(prop_oneof![2 => Just(0_u32), 3 => 1..8_u32, 3 => 10..40_u32], 8),
        met in proptest::collection::vec(0.0..1.0_f64, 8),
        own in 0..4_usize,
        program in any::<bool>(),
    ) {
        let places = GRADES.iter().flat_map(|grade| PROGRAMS.map(|program| (*grade, program)));
        let cells: Cells = places
            .zip(sizes.iter().zip(&met))
            .filter(|(_, (of, _))| **of > 0)
            .map(|(place, (of, met))| (place, (*of, (f64::from(*of) * met).round() as u32)))
            .collect();
        prop_assume!(!cells.is_empty());
        let mut goals = vec![People::default(), People::of(&[GRADES[own]], &[])];
        if program {
            goals.push(People::of(&[], &["South"]));
        }
        let made = reports(&school(&cells, &goals));
        for report in ["staff", "leadership", "parent-council", "division"] {
            let faults = faults(report, &made[report], &cells, &goals);
            prop_assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), made[report]["figures-csv"].as_str().unwrap_or_default());
        }
    }
}

// ---- Who is behind a change.

/// Who was measured in November and March: how those measured both times stood, and how many came and went.
#[derive(Debug, Clone, Copy)]
struct Moved {
    stayed_at: u32,
    rose: u32,
    fell: u32,
    stayed_below: u32,
    newly: u32,
    arrived: u32,
    gone: u32,
}

impl Moved {
    fn both(&self) -> u32 {
        self.stayed_at + self.rose + self.fell + self.stayed_below
    }

    /// The school year of these students: 70 points are at the line, 50 below it.
    fn division(&self) -> Division {
        let mut division = Division { settings: PRIVACY.into(), ..Division::default() };
        let mut next = 100;
        let mut add = |n: u32, entered: &str, points: [Option<u32>; 2]| {
            for number in next..next + n {
                let mut student = Student::new(number, "3", "");
                entered.clone_into(&mut student.entered);
                division.students.entry(YEAR).or_default().push(student);
                for (period, points) in ["P1", "P2"].into_iter().zip(points) {
                    division.math.extend(points.map(|points| ((YEAR, period, number), points)));
                }
            }
            next += n;
        };
        let (at, below) = (Some(70), Some(50));
        for (n, points) in [
            (self.stayed_at, [at, at]),
            (self.rose, [below, at]),
            (self.fell, [at, below]),
            (self.stayed_below, [below, below]),
            // Half of those who come and go are at the line.
            (self.newly / 2, [None, at]),
            (self.newly - self.newly / 2, [None, below]),
            (self.gone / 2, [at, None]),
            (self.gone - self.gone / 2, [below, None]),
        ] {
            add(n, "", points);
        }
        add(self.arrived / 2, "2026-01-12", [None, at]);
        add(self.arrived - self.arrived / 2, "2026-01-12", [None, below]);
        division.goal("g", "population = { grades = [\"3\"] }\nbaseline = { period = \"2025-26/P1\" }\ntarget = 0.95\ndeadline = 2026-06-26");
        division
    }
}

#[test]
fn who_is_behind_a_change_is_told_in_the_numbers_of_the_roster() {
    let moved = Moved { stayed_at: 31, rose: 12, fell: 8, stayed_below: 17, newly: 14, arrived: 11, gone: 9 };
    let made = reports(&moved.division());
    for report in ["staff", "leadership"] {
        let same = &goal(&made[report], "g")["same-children"];
        let number = |key: &str| same[key].as_u64();
        let told = ["both", "stayed-at", "rose", "fell", "stayed-below", "new", "gone"].map(number);
        assert_eq!(told, [68, 31, 12, 8, 17, 25, 9].map(Some), "{report}: {same}");
        // In words, the newly measured and the arrived each by themselves.
        let people = goal(&made[report], "g")["people"].to_string();
        for n in [68, 14, 11, 9] {
            assert!(has(&people, n), "{report}: {n} is not in {people}");
        }
    }
    for report in ["parent-council", "division"] {
        let same = &goal(&made[report], "g")["same-children"];
        let numbers = same.as_object().expect("the same children").values().filter(|value| value.is_number()).count();
        assert_eq!((numbers, &goal(&made[report], "g")["people"]), (0, &Value::Null), "{report}: {same}");
    }
}

/// Whether a text has a count of this many: not a percentage, and not a part of a date or of another number.
fn has(text: &str, n: u32) -> bool {
    let number = Regex::new(&format!(r"(?:^|[^0-9.,\-]){n}([^0-9]|$)")).expect("a pattern");
    number.captures_iter(text).any(|found| !["%", "-"].contains(&&found[1]))
}

#[test]
fn counts_are_told_from_percentages_and_dates() {
    assert!(has("64 of 67 students", 67) && has("64\u{a0}of\u{a0}67", 67) && has("(67)", 67));
    assert!(!has("67% of 670 students by 2026-67-01", 67));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of drawn numbers those that are told are right, none of them is small, and no two of them give a small one.
    #[test]
    fn no_few_students_behind_a_change_are_told(
        stood in proptest::collection::vec(prop_oneof![1 => 0..6_u32, 2 => 6..25_u32], 4),
        moved in proptest::collection::vec(prop_oneof![1 => Just(0_u32), 2 => 1..6_u32, 1 => 6..15_u32], 3),
    ) {
        let [stayed_at, rose, fell, stayed_below] = stood[..] else { unreachable!("four were drawn") };
        let [newly, arrived, gone] = moved[..] else { unreachable!("three were drawn") };
        let moved = Moved { stayed_at, rose, fell, stayed_below, newly, arrived, gone };
        prop_assume!(moved.both() + gone >= 10 && moved.both() + newly + arrived >= 10);
        let made = reports(&moved.division());
        for report in ["staff", "leadership", "parent-council"] {
            let found = goal(&made[report], "g");
            let same = &found["same-children"];
            let mut told = vec![];
            for (key, wanted) in [
                ("both", moved.both()),
                ("stayed-at", stayed_at),
                ("rose", rose),
                ("fell", fell),
                ("stayed-below", stayed_below),
                ("new", newly + arrived),
                ("gone", gone),
            ] {
                if let Some(n) = same[key].as_u64() {
                    prop_assert_eq!(n, u64::from(wanted), "{}: {}: {}", report, key, same);
                    told.push(wanted);
                }
            }
            // How many were counted then and now stands beside them.
            let counted = |key: &str| found[key]["n"].as_str().and_then(|n| n.rsplit('\u{a0}').next()?.parse::<u32>().ok());
            let (then, now) = (counted("last"), counted("now"));
            let small = |n: u32| (1..minimum(report)).contains(&n);
            prop_assert!(told.iter().all(|n| !small(*n)), "{}: {}", report, same);
            if let Some(both) = same["both"].as_u64() {
                for (whole, of) in [(then, moved.both() + gone), (now, moved.both() + newly + arrived)] {
                    prop_assert!(whole.is_none_or(|whole| whole == of), "{}: {:?} and not {}", report, whole, of);
                    prop_assert!(whole.is_none_or(|whole| !small(whole - both as u32)), "{}: {} of {:?}", report, both, whole);
                }
            }
            // That nobody came or went is no number of anybody.
            if report == "parent-council" {
                prop_assert!(told.iter().all(|n| *n == 0), "{}", same);
            }
        }
    }
}

// ---- The letters of the SMART check, and how many are counted.

/// Grade 1 with so many students, of whom the first have a result in March and the first of these reach the line.
fn counted(population: u32, of: u32, met: u32) -> BTreeMap<String, Value> {
    let mut division = Division { settings: PRIVACY.into(), ..Division::default() };
    division.cohort(YEAR, 100..100 + population, ("1", ""));
    division.results(YEAR, "P2", 100..100 + of, met);
    division.goal("g", &format!("population = {{ grades = [\"1\"] }}\n{AIM}"));
    reports(&division)
}

/// Every text of a value.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(list) => list.iter().map(texts).collect(),
        Value::Object(map) => map.values().map(texts).collect(),
        _ => String::new(),
    }
}

/// The text of one letter.
fn letter<'a>(goal: &'a Value, letter: &str) -> &'a str {
    let letters = goal["smart"].as_array().expect("letters");
    letters.iter().find(|one| one["letter"] == letter).and_then(|one| one["text"].as_str()).expect("the letter")
}

#[test]
fn letters_and_counts_have_the_numbers_of_the_roster() {
    // 7 of 71 have no result.
    let made = counted(71, 64, 40);
    for report in ["staff", "leadership"] {
        let found = goal(&made[report], "g");
        let (specific, measurable) = (letter(found, "S"), letter(found, "M"));
        assert!(has(specific, 71), "{report}: {specific}");
        assert!(has(measurable, 64) && has(measurable, 71) && measurable.contains("90%"), "{report}: {measurable}");
        let counted = texts(&found["counted"]);
        assert!(has(&counted, 64) && has(&counted, 7), "{report}: {counted}");
        assert_eq!(found["now"]["n"], "40\u{a0}of\u{a0}64", "{report}");
    }
    let parents = goal(&made["parent-council"], "g");
    assert_eq!(parents["smart"], serde_json::json!([]));
    assert_eq!(parents["now"]["n"], "64");
    let all = texts(parents);
    assert!(!has(&all, 71) && !has(&all, 40) && !has(&all, 7), "{all}");
}

#[test]
fn a_few_without_a_result_are_told_by_no_letter_and_no_count() {
    // 3 of 67 have no result: beside 64, 67 would tell of them.
    let made = counted(67, 64, 40);
    for (report, model) in &made {
        let found = goal(model, "g");
        assert!(found["now"]["n"].as_str().is_some_and(|n| n.ends_with("64")), "{report}: {}", found["now"]);
        let all = texts(found);
        assert!(!has(&all, 67) && !has(&texts(&found["counted"]), 3), "{report}: {all}");
    }
    // Whether nearly all have a result is told all the same.
    let staff = goal(&made["staff"], "g");
    let holds = staff["smart"].as_array().expect("letters").iter().filter(|one| one["letter"] == "M");
    assert_eq!(holds.map(|one| one["holds"].clone()).collect::<Vec<_>>(), [Value::Bool(true)]);
}

#[test]
fn a_group_that_is_too_small_has_no_number_anywhere() {
    for (population, of, met) in [(4, 4, 2), (63, 4, 2)] {
        for (report, model) in counted(population, of, met) {
            let found = goal(&model, "g");
            let now = format!("{} {}", found["now"]["text"], found["now"]["n"]);
            assert!(!now.contains(|c: char| c.is_ascii_digit()), "{report}: {now}");
            let letters = texts(&found["smart"]);
            assert!(!has(&letters, of) && !has(&letters, met) && !has(&letters, 63), "{report}: {letters}");
            assert!(!has(&texts(&found["counted"]), of), "{report}: {}", found["counted"]);
        }
    }
}
