//! What is compared with what: gaps by their size, the same children first, growth over times as long, and every
//! sentence about a side of a line on the right side.

use proptest::prelude::*;
use serde_json::Value;

mod common;
#[path = "common/division.rs"]
mod division;

use division::{Division, Student, text};

const GAP: &str = "kind = \"metric\"\nmetric = \"gap\"\noutput = \"gap\"\nindicator = \"were at level\"\n";

fn gap(first: &str, second: &str, baseline: &str) -> String {
    let sides = format!("compare = [{{ programs = [\"{first}\"] }}, {{ programs = [\"{second}\"] }}]\n");
    format!("{GAP}{sides}{baseline}\ntarget = 0.03\ndeadline = 2026-06-26\n")
}

/// 373 of 500 are 74.6 %, printed as 75 %.
#[test]
fn what_rounding_hides_is_explained() {
    let mut division = Division::default();
    division.cohort("2024-25", 1000..1500, ("3", ""));
    division.results("2024-25", "P3", 1000..1500, 373);
    let mut explained = |target: &str| {
        division.goals.clear();
        let base = "population = { grades = [\"3\"] }\nbaseline = { value = 0.4, on = 2024-09-04 }\n";
        division.goal("g", &format!("{base}target = {target}\ndeadline = 2025-06-27\n"));
        let goal = &division.judged("2025-07-01", None)["g"];
        assert_eq!(text(goal, &["now", "text"]), "75%");
        (text(goal, &["verdict", "key"]).to_owned(), text(goal, &["verdict", "explain"]).to_owned())
    };
    let said = "ounded";
    let (key, explain) = explained("0.748");
    assert!(key == "target-not-met" && explain.ends_with("Before rounding, it does not reach 74.8%."), "{explain}");
    let (key, explain) = explained("0.75");
    assert!(key == "target-not-met" && explain.contains("Both figures round to 75%"), "{explain}");
    for (target, wanted) in [("0.76", "target-not-met"), ("0.754", "target-not-met"), ("0.746", "target-met")] {
        let (key, explain) = explained(target);
        assert!(key == wanted && !explain.contains(said), "{target}: {explain}");
    }
    let mut division = two_programs((35, 28), (27, 25));
    division.goal("g", &gap("North", "South", "baseline = { period = \"2024-25/P3\" }").replace("0.03", "0.045"));
    let goal = &division.judged("2026-07-01", Some("2025-26/P2"))["g"];
    assert_eq!(text(goal, &["target", "text"]), "4.5 points");
}

/// North and South with 50 students each: so many of them at the line in March 2026 and June 2025.
fn two_programs(then: (u32, u32), now: (u32, u32)) -> Division {
    let mut division = Division::default();
    for year in ["2024-25", "2025-26"] {
        division.cohort(year, 100..150, ("3", "North"));
        division.cohort(year, 200..250, ("3", "South"));
    }
    division.results("2024-25", "P3", 100..150, then.0);
    division.results("2024-25", "P3", 200..250, then.1);
    division.results("2025-26", "P2", 100..150, now.0);
    division.results("2025-26", "P2", 200..250, now.1);
    division
}

#[test]
fn a_gap_is_judged_by_its_size_and_says_who_is_ahead() {
    // 30 and 33 of 50: South is ahead by 6 points, and the target is 3.
    let mut division = two_programs((35, 28), (30, 33));
    division.goal("g", &gap("North", "South", "baseline = { period = \"2024-25/P3\" }"));
    let goal = &division.judged("2026-07-01", Some("2025-26/P2"))["g"];
    assert_eq!(text(goal, &["now", "text"]), "6 points, South program ahead");
    assert_eq!(text(goal, &["baseline", "text"]), "14 points, North program ahead");
    assert_ne!(text(goal, &["verdict", "key"]), "target-met");
    let change = text(goal, &["change"]);
    assert!(
        change.contains("changed sides since June 2025: then North program was ahead, now South program"),
        "{change}"
    );
    let sentence = text(goal, &["sentence"]);
    assert!(sentence.contains("was 6 percentage points in March 2026, with South program ahead"), "{sentence}");
    // The band lies around nothing, and the points on their own sides of it.
    let progress = &goal["progress"];
    let y = |value: &Value| value.as_f64().expect("a place");
    let (low, high) = (y(&progress["zone"]["low"]), y(&progress["zone"]["high"]));
    let places: Vec<f64> = progress["points"].as_array().expect("points").iter().map(|p| y(&p["y"])).collect();
    assert!(places[0] > high && places[1] < low, "{places:?} and {low}–{high}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Which of the two groups is named first makes no difference.
    #[test]
    fn a_gap_is_the_same_when_the_groups_swap_names(
        then in (0u32..=50, 0u32..=50), now in (0u32..=50, 0u32..=50), stated in -30i32..=30, target in 0u32..20
    ) {
        let mut division = two_programs(then, now);
        let base = "baseline = { period = \"2024-25/P3\" }";
        let value = |sign: i32| format!("baseline = {{ value = {}, on = 2025-06-26 }}", f64::from(sign * stated) / 100.0);
        let aim = |text: String| text.replace("target = 0.03", &format!("target = {}", f64::from(target) / 100.0));
        division.goal("counted", &aim(gap("North", "South", base)));
        division.goal("counted-swapped", &aim(gap("South", "North", base)));
        division.goal("stated", &aim(gap("North", "South", &value(1))));
        division.goal("stated-swapped", &aim(gap("South", "North", &value(-1))));
        let goals = division.judged("2026-03-20", None);
        for id in ["counted", "stated"] {
            let (one, two) = (&goals[id], &goals[&format!("{id}-swapped")]);
            for part in ["verdict", "now", "baseline", "target", "change", "panel", "decide"] {
                prop_assert_eq!(&one[part], &two[part], "{} {}", id, part);
            }
            prop_assert_eq!(&one["progress"]["table"]["rows"], &two["progress"]["table"]["rows"]);
        }
    }
}

#[test]
fn a_change_comes_after_the_same_children() {
    // November: 40 of 60. March: of the same 60, 6 fell and 6 rose; of 8 who are new 6 are at the line.
    let mut division = Division::default();
    division.cohort("2025-26", 100..160, ("3", ""));
    division.cohort("2025-26", 200..208, ("3", ""));
    let students = division.students.get_mut("2025-26").expect("students");
    students.iter_mut().filter(|s| s.number >= 200).for_each(|s| s.entered = "2026-01-10".into());
    division.results("2025-26", "P1", 100..160, 40);
    division.results("2025-26", "P2", 106..166, 40);
    division.math.retain(|(_, period, number), _| *period != "P2" || *number < 160);
    for number in 100..106 {
        division.math.insert(("2025-26", "P2", number), 50);
    }
    division.results("2025-26", "P2", 200..208, 6);
    division.goal("g", "population = { grades = [\"3\"] }\nbaseline = { period = \"2025-26/P1\" }\ntarget = 0.8\ndeadline = 2026-06-26");
    let goal = &division.judged("2026-03-20", None)["g"];
    let same = &goal["same-children"];
    let number = |key: &str| same[key].as_u64();
    assert_eq!(
        ["both", "stayed-at", "rose", "fell", "stayed-below"].map(number),
        [60, 34, 6, 6, 14].map(Some),
        "{same}"
    );
    let change = text(goal, &["change"]);
    let first = "of the 60 measured both times, 34 stayed at level, 6 rose, 6 fell and 14 stayed below";
    assert!(change.starts_with(first), "{change}");
    assert!(
        change.contains("8 measured only now, 0 only then") && change.contains("up 1 percentage point"),
        "{change}"
    );
}

#[test]
fn the_same_students_is_said_only_where_they_are() {
    // 11 of 23 become 10 of 19: four are gone, so it is not the same students all but a few, and no rise alone.
    let mut division = Division::default();
    division.cohort("2025-26", 100..123, ("3", ""));
    division.results("2025-26", "P1", 100..123, 11);
    division.results("2025-26", "P2", 100..119, 10);
    let students = division.students.get_mut("2025-26").expect("students");
    students.iter_mut().filter(|s| s.number >= 119).for_each(|s| s.left = "2026-02-01".into());
    let goal = "population = { grades = [\"3\"] }\nbaseline = { period = \"2025-26/P1\" }\ntarget = 0.8\ndeadline = 2026-06-26";
    division.goal("g", goal);
    let found = &division.judged("2026-03-20", None)["g"];
    let said = format!("{} {}", found["change"], found["people"]);
    assert!(!said.contains("apart from a few") && !said.contains("These are the same students"), "{said}");
    assert!(
        said.contains("not all of them are the same students") && said.contains("only partly about the same students"),
        "{said}"
    );
    let change = text(found, &["change"]);
    assert!(change.starts_with("of those measured both times, more fell below level than rose to it; "), "{change}");
    assert!(change.contains("up 5 percentage points"), "{change}");
    // Nobody is told apart from a class of which everybody stayed.
    let mut stayed = Division::default();
    stayed.cohort("2025-26", 100..123, ("3", ""));
    stayed.results("2025-26", "P1", 100..123, 11);
    stayed.results("2025-26", "P2", 100..123, 11);
    stayed.goal("g", goal);
    let found = &stayed.judged("2026-03-20", None)["g"];
    assert!(text(found, &["people"]).contains("These are the same students as in November 2025."), "{found}");
}

/// 40 children of each year who gain so many points until March and until June.
fn growing(gains: [(&'static str, &'static str, u32); 3]) -> Division {
    let mut division = Division::default();
    for (year, first) in [("2024-25", 100), ("2025-26", 200)] {
        division.cohort(year, first..first + 40, ("3", ""));
        for number in first..first + 40 {
            division.math.insert((year, "P1", number), 40);
        }
        for (_, period, met) in gains.iter().filter(|(in_year, ..)| *in_year == year) {
            let wanted = if *period == "P2" { 2 } else { 4 };
            for (place, number) in (0..).zip(first..first + 40) {
                division.math.insert((year, *period, number), 40 + if place < *met { wanted } else { 0 });
            }
        }
    }
    let kind = "kind = \"matched-growth\"\nmetric = \"share-growing\"\ngrowth = { from = \"P1\", gain = { P2 = 2, P3 = 4 } }\n";
    division.goal("g", &format!("{kind}baseline = {{ period = \"2024-25/P3\" }}\ntarget = 0.8\ndeadline = 2026-06-26"));
    division
}

#[test]
fn growth_until_march_is_held_against_growth_until_march() {
    // Until March 2025 10 of 40 grew, until June 2025 28; until March 2026 20.
    let division = growing([("2024-25", "P2", 10), ("2024-25", "P3", 28), ("2025-26", "P2", 20)]);
    let goal = &division.judged("2026-03-20", None)["g"];
    assert_eq!(text(goal, &["baseline", "text"]), "25%");
    assert_eq!(text(goal, &["baseline", "when"]), "March 2025");
    assert_eq!(text(goal, &["last", "when"]), "March 2025");
    let change = text(goal, &["change"]);
    assert!(change.contains("up 25 percentage points since March 2025"), "{change}");
    // By hand: from 25 % on 14 March 2025 to 80 % on 26 June 2026 (469 days), after 364 days: 25 + 55 · 364/469 = 67.7.
    let rows = goal["progress"]["table"]["rows"].as_array().expect("rows");
    let line = |when: &str| {
        rows.iter()
            .find(|row| row[0].as_str().is_some_and(|cell| cell.starts_with(when)))
            .unwrap_or_else(|| panic!("{when}: {rows:?}"))[3]
            .clone()
    };
    assert_eq!(line("March 2026"), "68%");
    assert_eq!(line("June 2025"), "–", "June has another yardstick");
    let joined = goal["progress"]["points"].as_array().expect("points").iter().filter(|p| p["joined"] == true).count();
    assert_eq!(joined, 0);
    assert!(
        text(goal, &["progress", "alone"]).contains("compared only with results from March"),
        "{}",
        goal["progress"]["alone"]
    );
    // In June the line runs from June to June.
    let mut division = division;
    for (place, number) in (0..).zip(200..240) {
        division.math.insert(("2025-26", "P3", number), 40 + if place < 30 { 4 } else { 0 });
    }
    let goal = &division.judged("2026-06-26", None)["g"];
    assert_eq!(text(goal, &["baseline", "when"]), "June 2025");
    assert!(text(goal, &["change"]).contains("since June 2025"), "{}", goal["change"]);
}

#[test]
fn growth_with_nothing_as_long_before_it_is_not_held_against_a_line() {
    let division = growing([("2024-25", "P3", 28), ("2024-25", "P3", 28), ("2025-26", "P2", 20)]);
    let goal = &division.judged("2026-03-20", None)["g"];
    assert_eq!(text(goal, &["verdict", "key"]), "too-early");
    assert!(
        text(goal, &["verdict", "explain"]).contains("no growth figure over an equal length of time"),
        "{}",
        goal["verdict"]
    );
    assert_eq!(goal["progress"]["aimline"].as_array().map(Vec::len), Some(0));
    assert_eq!(goal["change"], Value::Null);
}

/// 24 of 100 students missed a tenth of their days; no more than 20 % was agreed.
fn absent(target: &str, deadline: &str) -> Division {
    let mut division = Division::default();
    division.cohort("2025-26", 100..200, ("3", ""));
    for (period, away) in [("P1", 30), ("P2", 24)] {
        for (place, number) in (0..).zip(100..200) {
            division.days.insert(("2025-26", period, number), (60, if place < away { 9 } else { 1 }));
        }
    }
    division.goals.push(format!(
        "[[goal]]\nid = \"g\"\nschool = \"maple\"\narea = \"well-being\"\ntitle = \"Coming to school\"\nwhy = \"It matters.\"\n\
         statement = \"Fewer of us will miss a tenth of their days.\"\nindicator = \"missed a tenth of their days\"\n\
         kind = \"metric\"\nmetric = \"chronic-absence\"\nmeasures = [\"enrolled\", \"absent\"]\n\
         baseline = {{ period = \"2025-26/P1\" }}\ntarget = {target}\ndeadline = {deadline}\n"
    ));
    division
}

#[test]
fn what_should_fall_and_is_over_the_target_is_not_said_to_be_under_it() {
    for (target, deadline, key, word) in [
        ("0.20", "2026-03-13", "target-not-met", "over the target"),
        ("0.22", "2026-06-26", "", ""),
        ("0.05", "2026-06-26", "behind", "well over the line"),
        ("0.25", "2026-06-26", "target-met", "no more than the target"),
    ] {
        let division = absent(target, deadline);
        for report in ["staff", "parent-council", "leadership"] {
            let goal = &division.report("2026-03-20", None, report).1["g"];
            let explain = text(goal, &["verdict", "explain"]);
            assert!(!explain.contains("under"), "{report}: {explain}");
            if !key.is_empty() {
                assert_eq!(text(goal, &["verdict", "key"]), key, "{report}");
                assert!(explain.contains(word), "{report}: {explain}");
            }
        }
    }
}

#[test]
fn attendance_is_over_a_period_and_not_on_its_last_day() {
    let goal = &absent("0.10", "2026-06-26").judged("2026-03-20", None)["g"];
    let sentence = text(goal, &["sentence"]);
    assert!(sentence.contains("between November 24, 2025 and March 13, 2026"), "{sentence}");
    assert!(!sentence.contains(" in March"), "{sentence}");
    // A measure may say so itself, or that it is taken on a day.
    let folder = tempfile::tempdir().expect("a folder");
    absent("0.10", "2026-06-26").write(folder.path());
    let title = "title = \"Days absent\"\n";
    common::change(folder.path(), "measures.toml", title, &format!("{title}over-period = false\n"));
    let (code, told) = common::told(
        folder.path(),
        &["run", "--as-of", "2026-03-20", "--dry-run", "--audience", "staff", "--models", "models"],
    );
    assert_eq!(code, Some(0), "{told}");
    let model =
        std::fs::read_to_string(folder.path().join("models/out/2025-26/P2/maple/staff.en.json")).expect("a model");
    assert!(model.contains("missed a tenth of their days in March 2026"), "{model}");
}

#[test]
fn rows_and_cells_are_counted_for_what_they_are() {
    let mut division = absent("0.10", "2026-06-26");
    division.students.entry("2025-26").or_default().push(Student::new(777, "3", ""));
    let folder = tempfile::tempdir().expect("a folder");
    division.write(folder.path());
    // One cell of three rows cannot be read, the others can; of two rows nothing can.
    let path = folder.path().join("data/2025-26/results.csv");
    let results = std::fs::read_to_string(&path).expect("results");
    let mut lines: Vec<String> = results.lines().map(str::to_owned).collect();
    for line in &mut lines[1..4] {
        *line = line.replace(",,60,", ",??,60,");
    }
    for line in &mut lines[4..6] {
        *line = line.replacen(char::is_numeric, "9", 1).replacen("9", "9999", 1);
    }
    std::fs::write(&path, lines.join("\n") + "\n").expect("results");
    let output = common::termwise(folder.path(), &["check", "--as-of", "2026-03-20", "--json"]);
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let file = outcome["files"].as_array().expect("files").iter().find(|f| f["path"] == "data/2025-26/results.csv");
    let file = file.expect("the file");
    let counts = ["filled", "used", "in_part", "cells_set_aside", "set_aside"].map(|key| file[key].as_u64());
    assert_eq!(counts, [201, 195, 3, 3, 2].map(Some), "{file}");
    let arguments = ["run", "--as-of", "2026-03-20", "--dry-run", "--models", "models"];
    common::termwise(folder.path(), &arguments);
    let model = std::fs::read_to_string(folder.path().join("models/out/2025-26/P2/maple/parent-council.en.json"));
    let model = model.expect("a model");
    assert!(model.contains("3 used except for 3 cells set aside, 2 set aside"), "{model}");
}

#[test]
fn a_gap_with_one_side_unmeasured_says_so_and_a_goal_that_names_no_output_is_a_gap() {
    let mut division = two_programs((35, 28), (30, 33));
    let goal = gap("North", "South", "baseline = { period = \"2024-25/P3\" }").replace("output = \"gap\"\n", "");
    division.goal("g", &goal);
    division.goal("named", &gap("North", "South", "baseline = { period = \"2024-25/P3\" }"));
    let judged = division.judged("2026-07-01", Some("2025-26/P2"));
    assert_eq!(text(&judged["g"], &["now", "text"]), "6 points, South program ahead");
    // What is counted of each student is the output that is judged.
    for part in ["change", "same-children", "people"] {
        assert!(!judged["named"][part].is_null(), "{part}: {}", judged["named"]);
        assert_eq!(judged["g"][part], judged["named"][part], "{part}");
    }
    assert_eq!(judged["g"]["progress"]["table"]["rows"], judged["named"]["progress"]["table"]["rows"]);
    division.goals.pop();
    // In June only one of the two is measured: March decides, and June is not after the end.
    division.results("2025-26", "P3", 100..150, 30);
    let judged = division.judged("2026-07-01", Some("2025-26/P3"));
    assert_eq!(text(&judged["g"], &["now", "when"]), "March 2026");
    assert!(
        !judged["g"]["progress"].to_string().contains("after the goal ended"),
        "{}",
        judged["g"]["progress"]["alt"]
    );
    // Before the end there is no gap to tell, though half of the students have results.
    division.goals.clear();
    division.goal("g", &goal.replace("2026-06-26", "2027-06-25"));
    let judged = division.judged("2026-07-01", Some("2025-26/P3"));
    let said = format!("{} {}", text(&judged["g"], &["sentence"]), text(&judged["g"], &["verdict", "explain"]));
    assert!(said.contains("at least one of the two groups has no result"), "{said}");
    assert!(!said.contains("There are no results") && !said.contains("There is no result"), "{said}");
}

#[test]
fn a_program_that_nobody_is_in_is_told() {
    let mut division = two_programs((35, 28), (30, 33));
    division.goal("side", &gap("Nort", "South", "baseline = { value = 0.2, on = 2025-06-27 }"));
    let own = "population = { programs = [\"Suoth\"] }\nbaseline = { value = 0.4, on = 2025-06-27 }\ntarget = 0.6\n";
    division.goal("own", &format!("{own}deadline = 2026-06-26"));
    let (code, told) = division.check("2026-03-20");
    assert_eq!(code, Some(1), "{told}");
    for said in [
        "The goal “side” names the program “Nort”",
        "Did you mean “North”?",
        "The goal “own” names the program “Suoth”",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    // A program may begin in a year of which there is no roster yet.
    division.goals.clear();
    division.goal("next", &format!("{own}deadline = 2027-06-25"));
    let (code, told) = division.check("2026-03-20");
    assert!(code == Some(0) && told.contains("The goal “next” names the program “Suoth”"), "{told}");
    division.goals.clear();
    division.goal("sound", &gap("North", "South", "baseline = { value = 0.2, on = 2025-06-27 }"));
    let (code, told) = division.check("2026-03-20");
    assert!(code == Some(0) && !told.contains("nobody"), "{told}");
    // Nobody of Grade 2 is in one of the programs.
    division
        .students
        .get_mut("2025-26")
        .expect("students")
        .iter_mut()
        .filter(|s| s.program == "North")
        .for_each(|s| s.grade = "2");
    division.goals.clear();
    let of_grade = "population = { grades = [\"2\"] }\n".to_owned();
    division.goal("g", &(of_grade + &gap("North", "South", "baseline = { value = 0.2, on = 2025-06-27 }")));
    let (_, told) = division.check("2026-03-20");
    assert!(told.contains("nobody is in the second one"), "{told}");
}

#[test]
fn growth_without_a_gain_says_so() {
    let mut division = growing([("2024-25", "P3", 10), ("2025-26", "P2", 10), ("2025-26", "P3", 10)]);
    let growth = "kind = \"matched-growth\"\ngrowth = { from = \"P1\", gain = { P3 = 4 } }\n\
                  baseline = { value = 0.2, on = 2024-09-04 }\ntarget = 0.9\ndeadline = 2026-06-26\n";
    division.goal("none", growth);
    let goal = &division.judged("2026-03-20", Some("2025-26/P2"))["none"];
    let said = format!("{} {}", text(goal, &["sentence"]), text(goal, &["verdict", "explain"]));
    assert!(said.contains("No expected growth was agreed for March 2026") && !said.contains("no result"), "{said}");
}
