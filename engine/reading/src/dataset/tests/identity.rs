//! Who a row is about: two numbers, names in two alphabets, exceptions, grades, moves.

use termwise_config::AsOf;

use super::*;

const NAMED: &str = "kind = \"assessment\"\n[header]\nfind = [\"Result\"]\n[columns]\nid = \"No\"\nprovincial-id = \"MET\"\n\
    name = \"Name\"\ngrade = \"Gr\"\nassessment-grade = \"Test\"\n[[value]]\ncolumn = \"Result\"\n";

const EXCEPTIONS: &str = "kind = \"names\"\n[header]\nfind = [\"Written\"]\n[columns]\nname = \"Written\"\nid = \"Means\"\n\
    grade = \"Gr\"\nschool = \"School\"\n";

/// Readings by person, and what was told, of results in November at North.
fn read(lines: &[&str], exceptions: &[&str], keep: bool) -> (Vec<u32>, Dataset, Vec<Problem>) {
    let mut new = Try::new();
    let roster = "Student #,MET,Name,Grade,Program,Entry,Exit\n101,900000001,\"Коваль, Олена\",1,EUBP,,\n\
        102,900000002,\"Melnyk, Yuliia\",1,EUBP,,\n103,900000003,\"Birch, Ana Marie\",K,English,,\n\
        104,,\"Fir, Sam\",1,EUBP,,\n105,,\"Fir, Sam\",1,English,,\n106,,\"Elm, Zoé\",1,English,,2025-10-01\n";
    new.write("data/roster-north.csv", roster.as_bytes());
    let with_met = ROSTER.replace("id = \"Student #\"", "id = \"Student #\"\nprovincial-id = \"MET\"");
    new.write("mappings/roster.toml", with_met.as_bytes());
    let mapping = if keep { format!("off-grade = \"keep\"\n{NAMED}") } else { NAMED.to_owned() };
    new.write("mappings/named.toml", mapping.as_bytes());
    new.write("mappings/exceptions.toml", EXCEPTIONS.as_bytes());
    let at = [("school", "north"), ("year", "2025-26"), ("period", "P1"), ("measure", "reading")];
    new.source("data/named.csv", "named", &at);
    new.source("data/exceptions.csv", "exceptions", &[("year", "2025-26")]);
    new.write("data/named.csv", lines.join("\n").as_bytes());
    if !exceptions.is_empty() {
        new.write("data/exceptions.csv", exceptions.join("\n").as_bytes());
    }
    let (dataset, problems) = new.build();
    (dataset.observations.person.iter().map(|person| person.0).collect(), dataset, problems)
}

#[test]
fn a_provincial_number_helps_where_the_local_one_is_unknown() {
    let lines = ["No,MET,Result", "101,,A", "999,900000002,B", ",900000003,C", "101,900000002,D"];
    let (people, _, problems) = read(&lines, &[], false);
    assert_eq!(people, [0, 1, 2]);
    assert_eq!(problems.len(), 1);
    assert!(has(&problems, "A5", "two students"));
}

#[test]
fn a_number_beside_another_name_is_told_at_the_number() {
    let lines = ["No,Name,Result", "101,\"Koval, O.\",A", "102,\"Birch, Ana\",B", "103,Ana Birch,C", "104,,D"];
    let (people, _, problems) = read(&lines, &[], false);
    assert_eq!(people, [0, 2, 3]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(has(&problems, "A3", "another name"));
}

#[test]
fn a_name_among_the_results_is_not_shown() {
    let (_, _, problems) = read(&["No,Result", "101,\"Melnyk, Yuliia\"", "102,900000001", "104,Q"], &[], false);
    let found: Vec<&str> = problems.iter().filter_map(|p| p.found.as_deref()).collect();
    assert_eq!(found.len(), 3);
    assert!(found[0].contains("not shown") && found[1].contains("not shown"), "{found:?}");
    assert_eq!(found[2], "“Q”");
    let hidden = ["H/Melnyk", "(Melnyk)", "900000001?", "Melnyk’s sheet", "\"15;102;Melnyk, Yuliia;4\""];
    for cell in hidden {
        let (_, _, problems) = read(&["No,Result", &format!("101,{cell}")], &[], false);
        assert!(problems[0].found.as_deref().is_some_and(|found| found.contains("not shown")), "{cell}: {problems:?}");
    }
}

#[test]
fn a_name_is_known_in_both_alphabets_and_never_guessed() {
    let lines = [
        "Name,Result",
        "Olena Koval,A",
        "\"Мельник, Юлія\",B",
        "\"Melnyk, Julia\",C",
        "\"Fir, Sam\",D",
        "\"Birch, Ana\",E",
    ];
    let (people, _, problems) = read(&lines, &[], false);
    assert_eq!(people, [0, 1]);
    assert!(has(&problems, "A5", "Several students"));
    let near: Vec<&Problem> =
        problems.iter().filter(|p| p.hint.as_deref().is_some_and(|h| h.contains("almost the same"))).collect();
    let cells: Vec<_> = near.iter().map(|p| (p.place.cell.as_deref(), p.hint.as_deref().unwrap_or(""))).collect();
    assert_eq!(cells.len(), 2, "{problems:?}");
    assert!(cells[0].0 == Some("A4") && cells[0].1.contains("data/roster-north.csv, sheet “roster-north”, cell A3"));
    assert!(cells[1].0 == Some("A6") && cells[1].1.contains("cell A4"));
    for problem in &problems {
        let text = problem.to_string().to_lowercase();
        assert!(["melnyk", "julia", "birch", "fir,"].iter().all(|name| !text.contains(name)), "{text}");
    }
}

#[test]
fn exceptions_say_whom_a_name_means() {
    let lines = ["Name,Gr,Result", "\"Melnyk, Julia\",1,A", "\"Fir, Sam\",1,B", "Sammy,1,C", "Ghost,1,D"];
    let exceptions = [
        "Written,Means,Gr,School",
        "\"Melnyk, Julia\",102,,",
        "\"Fir, Sam\",105,1,North School",
        "Sammy,104,,",
        "Ghost,777,,",
        "Nobody,,,",
    ];
    let (people, dataset, problems) = read(&lines, &exceptions, false);
    assert_eq!(people, [1, 3, 4]);
    assert!(has(&problems, "B5", "on no roster"));
    assert!(has(&problems, "B6", "no student number"));
    assert!(has(&problems, "A5", "not on the roster"));
    assert_eq!(problems.len(), 3);
    let tally = dataset.files.iter().find(|tally| tally.path.ends_with("exceptions.csv")).expect("counted");
    assert_eq!((tally.used, tally.set_aside), (3, 2));
}

#[test]
fn a_result_of_another_grade_is_left_out_with_its_reason() {
    let lines = ["No,Test,Result", "101,1,A", "102,Gr. K,B", "103,,C"];
    let (people, dataset, problems) = read(&lines, &[], false);
    assert_eq!(problems, []);
    assert_eq!(people, [0, 1, 2]);
    let (class, reason) = (&dataset.observations.class, &dataset.observations.reason);
    assert_eq!(class[..], [CodeClass::Score, CodeClass::Excluded, CodeClass::Score]);
    assert_eq!(dataset.reasons[usize::from(reason[1])], "assessed at another grade");
    let (_, kept, _) = read(&lines, &[], true);
    assert!(kept.observations.class.iter().all(|class| *class == CodeClass::Score));
}

#[test]
fn exceptions_that_contradict_each_other_hold_nowhere() {
    let lines = ["Name,Gr,Result", "Sammy,1,A", "Julia,1,B"];
    let exceptions = [
        "Written,Means,Gr,School",
        "Sammy,104,,",
        "sammy,105,1,",
        "Julia,102,1,",
        "Julia,103,K,",
        "Julia,102,,North School",
    ];
    let (people, dataset, problems) = read(&lines, &exceptions, false);
    // The line of grade 1 says the same as the line of the school; the one of Kindergarten does not.
    assert_eq!(people, [1]);
    for cell in ["B2", "B3", "B5", "B6"] {
        assert!(has(&problems, cell, "Two exceptions"), "{cell}: {problems:#?}");
    }
    assert!(!has(&problems, "B4", "Two exceptions"), "{problems:#?}");
    let tally = dataset.files.iter().find(|tally| tally.path.ends_with("exceptions.csv")).expect("counted");
    assert_eq!((tally.used, tally.set_aside), (1, 4));
}

#[test]
fn a_grade_that_is_none_is_told_and_one_outside_the_project_is_another() {
    let lines = ["No,Test,Result", "101,9,A", "102,later,B"];
    let (people, dataset, problems) = read(&lines, &[], false);
    assert_eq!(people, [0]);
    assert_eq!(dataset.observations.class, [CodeClass::Excluded]);
    assert!(has(&problems, "B3", "grade of the assessment"), "{problems:#?}");
    assert_eq!(problems.len(), 1);
}

#[test]
fn one_provincial_number_is_one_student() {
    let mut new = Try::new();
    let with_met = ROSTER.replace("id = \"Student #\"", "id = \"Student #\"\nprovincial-id = \"MET\"");
    new.write("mappings/roster.toml", with_met.as_bytes());
    let roster = "Student #,MET,Name,Grade,Program,Entry,Exit\n101,9001,\"Birch, Ana\",1,,,\n102,9001,\"Alder, Bo\",1,,,\n\
                  103,9003,\"Elm, Zoé\",1,,,\n101,9003,\"Birch, Ana\",1,,2026-01-10,\n";
    new.write("data/roster-north.csv", roster.as_bytes());
    new.sources.truncate(1);
    let (dataset, problems) = new.build();
    assert_eq!(dataset.people.len(), 2);
    assert!(has(&problems, "A3", "belongs to another student"), "{problems:#?}");
    assert!(has(&problems, "A5", "belongs to another student"), "{problems:#?}");
}

#[test]
fn nobody_is_in_two_schools_on_the_day_that_counts() {
    let mut new = Try::new();
    new.sources.truncate(1);
    let roster = "Student #,Name,Grade,School,Entry,Exit\n101,\"Birch, Ana\",1,north,,2025-10-05\n\
                  101,\"Birch, Ana\",1,south,2025-09-28,\n";
    new.write("data/roster-north.csv", roster.as_bytes());
    new.write("mappings/roster.toml", format!("{ROSTER}school = \"School\"\n").as_bytes());
    let (mut project, mut problems) = (new.project(), Vec::new());
    project.calendar.as_of = AsOf::Day(9, 30);
    let files = crate::sources::freeze(&project, &mut Vec::new());
    let dataset = build(&project, &files, &new.shelf(), &mut problems);
    assert_eq!(dataset.enrolments.len(), 1);
    assert!(has(&problems, "A3", "enrolled twice"), "{problems:#?}");
}

#[test]
fn membership_is_taken_on_the_day_that_the_division_says() {
    let new = Try::new();
    let mut calendar = new.project().calendar;
    let march = termwise_config::PeriodId(1);
    assert_eq!(calendar.membership_day(march), calendar.period(march).closes);
    calendar.as_of = AsOf::YearStart;
    assert_eq!(calendar.membership_day(march), calendar.period(termwise_config::PeriodId(0)).opens);
    calendar.as_of = AsOf::Day(9, 30);
    assert_eq!(calendar.membership_day(march), date(2025, 9, 30));
    calendar.as_of = AsOf::Day(2, 29);
    assert_eq!(calendar.membership_day(march), date(2026, 2, 28));
}
