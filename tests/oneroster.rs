//! The sample division with its roster of 2025-26 as a OneRoster export: same goals, same verdicts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use calamine::{Data, Reader};
use serde_json::Value;

mod common;

use common::{change, json, sample};

const SCHOOLS: [&str; 3] = ["Blue Heron School", "Saskatoon Berry School", "Willow Bend Colony School"];

fn check(project: &Path) -> Value {
    json(project, &["check", "--as-of", "2026-04-15", "--json"])
}

/// Rows of the division's enrolment list, whose header is its fifth row.
fn roster(project: &Path) -> Vec<Vec<String>> {
    let mut book = calamine::open_workbook_auto(project.join("data/2025-26/roster.xlsx")).expect("the roster");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    let word = |cell: &Data| match cell {
        Data::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    };
    range.rows().skip(5).map(|row| row.iter().map(word).collect()).collect()
}

/// Writes the enrolments as OneRoster 1.1: a user for each student, an enrolment for each row.
fn write_export(folder: &Path, rows: &[Vec<String>]) {
    let mut users = String::from(
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,\
         middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.program,preferredGivenName\r\n",
    );
    let mut enrolments = String::from(
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\r\n",
    );
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let [id, family, given, preferred, school, grade, program, entered, left] = row.as_slice() else {
            panic!("nine columns expected")
        };
        let org = SCHOOLS.iter().position(|name| name == school).expect("a school");
        let ceds = match grade.as_str() {
            "Kindergarten" => "KG".to_owned(),
            digit => format!("{digit:0>2}"),
        };
        // Users that OneRoster would have twice cannot be told apart by a number without its zeros.
        let user = format!("user-{}", id.trim_start_matches('0'));
        if seen.insert(user.clone(), school.clone()).is_none() {
            let _ = write!(
                users,
                "{user},,,true,org-{org},student,,,{given},{family},,{id},,,,,{ceds},,{program},{preferred}\r\n"
            );
        }
        let _ = write!(enrolments, "e{number},,,class-{org},org-{org},{user},student,,{entered},{left}\r\n");
    }
    let mut orgs = String::from("sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n");
    let mut classes = String::from(
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,\
         termSourcedIds,subjects,subjectCodes,periods\r\n",
    );
    for (number, name) in SCHOOLS.iter().enumerate() {
        let _ = write!(orgs, "org-{number},,,{name},school,,division\r\n");
        let _ = write!(classes, "class-{number},,,Homerooms,,,,homeroom,,org-{number},\"term-1,year\",,,\r\n");
    }
    let sessions = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\r\n\
                    year,,,2025-26,schoolYear,2025-09-01,2026-07-01,,2026\r\nterm-1,,,Fall,term,2025-09-01,2026-02-01,year,2026\r\n";
    let manifest = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.1\r\nfile.users,bulk\r\n\
                    file.enrollments,bulk\r\nfile.orgs,bulk\r\nfile.classes,bulk\r\nfile.academicSessions,bulk\r\n\
                    file.demographics,absent\r\n";
    std::fs::create_dir_all(folder).expect("a folder");
    for (name, text) in [
        ("manifest", manifest),
        ("users", users.as_str()),
        ("enrollments", &enrolments),
        ("orgs", &orgs),
        ("classes", &classes),
        ("academicSessions", sessions),
    ] {
        std::fs::write(folder.join(format!("{name}.csv")), text).expect("written");
    }
}

#[test]
fn an_export_in_place_of_the_roster_gives_the_same_verdicts() {
    let project = sample();
    let before = check(project.path());
    let rows = roster(project.path());
    std::fs::remove_file(project.path().join("data/2025-26/roster.xlsx")).expect("removed");
    write_export(&project.path().join("data/2025-26/oneroster"), &rows);
    let source = "[[source]]\nid = \"export\"\nfiles = [\"data/*/oneroster/manifest.csv\"]\nmapping = \"oneroster\"\n\n[privacy]";
    change(project.path(), "termwise.toml", "[privacy]", source);
    let after = check(project.path());
    assert!(before["verdicts"].as_array().is_some_and(|verdicts| verdicts.len() > 20), "{before}");
    assert_eq!(after["verdicts"], before["verdicts"]);
    let about = |outcome: &Value, path: &str| {
        let files = outcome["files"].as_array().expect("files");
        files.iter().find(|file| file["path"] == path).cloned().unwrap_or_else(|| panic!("{path} is missing"))
    };
    let export = about(&after, "data/2025-26/oneroster/manifest.csv");
    assert_eq!(export["set_aside"], 0, "{}", after["problems"]);
    // Nothing else reads differently.
    let results = "data/2025-26/blue-heron/reading.xlsx";
    assert_eq!(about(&after, results), about(&before, results));
}
