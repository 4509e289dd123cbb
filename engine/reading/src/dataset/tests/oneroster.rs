//! OneRoster exports of a few students, as 1.1 and 1.2, as a folder and as a zip.

use std::io::{Cursor, Write};

use termwise_config::oneroster::{IdFrom, OneRoster};

use super::*;

type Files = Vec<(&'static str, String)>;

const V1P1: [(&str, &str); 7] = [
    (
        "manifest.csv",
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\nfile.results,absent\n",
    ),
    (
        "orgs.csv",
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n\
         o1,,,North School,school,1201,d\no2,,,Somewhere,school,south,d\no3,,,Far High,school,1301,d\nd,,,Division,district,,\n",
    ),
    (
        "academicSessions.csv",
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n\
         y26,,,2025-26,schoolYear,2025-09-01,2026-07-01,,2026\nt1,,,Fall,term,2025-09-01,2026-02-01,y26,\n\
         y25,,,2024-25,term,2024-09-01,2025-07-01,,2025\n",
    ),
    (
        "classes.csv",
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds\n\
         c1,,,Room 1,01,,,homeroom,,o1,\"t1,y26\"\nc2,,,Room 2,01,,,homeroom,,o2,y26\nc3,,,Old room,KG,,,homeroom,,o1,y25\n",
    ),
    (
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,\
         middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.met,metadata.program\n\
         u1,,,true,o1,student,,{MET:900001},Ana,Birch,,0101,,,,,01,,900001,EUBP\n\
         u2,active,,true,\"o1,o2\",student,,,Bo,Alder,,102,,,,,01,,900002,English\n\
         u3,,,true,\"o1,d\",student,,,Zoé,O'Elm,,103,,,,,KG,,,\n\
         u4,tobedeleted,,true,o1,student,,,Gone,Away,,104,,,,,01,,,\n\
         t1,,,true,o1,teacher,,,Tea,Cher,,900,,,,,,,,\n\
         u5,,,true,o1,student,,,No,Grade,,105,,,,,PS,,,\n\
         u6,,,true,o3,student,,,Far,Off,,106,,,,,09,,,\n",
    ),
    (
        "enrollments.csv",
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
         e1,,,c1,o1,u1,student,true,2025-09-04,2026-02-01\ne2,,,c1,o1,u1,student,,2025-10-01,2026-06-27\n\
         e3,,,c1,o1,u2,student,,,2026-01-10\ne4,,,c2,o2,u2,student,,2026-01-10,\n\
         e5,,,c1,o1,t1,teacher,,,\ne6,,,c9,o1,u1,student,,,\ne7,,,c3,o1,u1,student,,,\ne8,,,c1,o1,u9,student,,,\n\
         e9,,,c1,o1,u5,student,,,\n",
    ),
    ("demographics.csv", "userSourcedId,status,dateLastModified,birthdate,metadata.program\nu3,,,2020-01-01,French\n"),
];

fn files(files: &[(&'static str, &str)]) -> Files {
    files.iter().map(|(name, text)| (*name, (*text).to_owned())).collect()
}

/// A project whose only roster is an export.
fn export(settings: OneRoster) -> Try {
    let mut new = Try::new();
    new.sources.remove(0);
    new.source("data/oneroster/*", "oneroster", &[]);
    new.sources.last_mut().expect("a source").oneroster = settings;
    new
}

fn as_folder(files: &Files, settings: OneRoster) -> Try {
    let new = export(settings);
    for (name, text) in files {
        new.write(&format!("data/oneroster/{name}"), text.as_bytes());
    }
    new
}

fn as_zip(files: &Files, settings: OneRoster) -> Try {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(format!("export/{name}"), zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(text.as_bytes()).expect("written");
    }
    let new = export(settings);
    new.write("data/oneroster/export.zip", &zip.finish().expect("an archive").into_inner());
    new
}

/// School, grade, program, days of every enrolment, in the order of people.
fn enrolments(dataset: &Dataset) -> Vec<String> {
    let day = |day: Option<jiff::civil::Date>| day.map_or("-".to_owned(), |day| day.to_string());
    dataset
        .enrolments
        .iter()
        .map(|e| {
            let (entered, left) = (day(e.entered), day(e.left));
            format!("{} {} {} {} “{}” {entered} {left}", e.person.0, e.school.0, e.year, e.grade, e.program)
        })
        .collect()
}

const EXPECTED: [&str; 4] = [
    "0 0 2025-26 1 “EUBP” 2025-09-04 2026-06-27",
    "1 0 2025-26 1 “English” - 2026-01-10",
    "1 1 2025-26 1 “English” 2026-01-10 -",
    "2 0 2025-26 K “French” - -",
];

fn places(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|p| format!("{} {}", p.place.sheet.clone().unwrap_or_default(), p.place.cell.clone().unwrap_or_default()))
        .collect()
}

#[test]
fn a_folder_of_version_1_1_is_a_roster() {
    let (dataset, problems) = as_folder(&files(&V1P1), OneRoster::default()).build();
    assert_eq!(enrolments(&dataset), EXPECTED);
    let told = |place: &str, words: &str| {
        let found = problems.iter().zip(places(&problems)).any(|(p, at)| at == place && p.message.contains(words));
        assert!(found, "{place} {words}: {problems:#?}");
    };
    told("users Q7", "no such grade");
    told("orgs D4", "not one of the project's schools, so one row was");
    told("enrollments D7", "class of this enrolment");
    told("academicSessions I4", "not one of the project's, so one row was");
    told("enrollments F9", "not among the students");
    assert_eq!(problems.len(), 5, "{problems:#?}");
    let tally = &dataset.files[0];
    assert_eq!(tally.path, "data/oneroster/manifest.csv");
    // Students of users.csv: five; of enrollments.csv: eight. Set aside: two and four.
    assert_eq!((tally.rows, tally.used, tally.set_aside), (13, 7, 6), "{tally:?}");
    for problem in &problems {
        let text = problem.to_string();
        assert!(["Birch", "Alder", "Elm", "900", "0101"].iter().all(|word| !text.contains(word)), "{text}");
    }
}

#[test]
fn a_zip_gives_the_same_as_the_folder() {
    let (folder, of_folder) = as_folder(&files(&V1P1), OneRoster::default()).build();
    let (zip, of_zip) = as_zip(&files(&V1P1), OneRoster::default()).build();
    assert_eq!(enrolments(&zip), enrolments(&folder));
    assert_eq!(places(&of_zip), places(&of_folder));
    assert_eq!(zip.files[0].path, "data/oneroster/export.zip");
}

/// The same division as 1.2 writes it, in other cases of letters and without a manifest.
fn version_1_2() -> Files {
    let users = "SourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,\
                 email,sms,phone,agentSourcedIds,Grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,\
                 preferredFamilyName,primaryOrgSourcedId,pronouns,metadata.program\n\
                 u1,,,true,,,Ana,Birch,,0101,,,,,01,,,Annie,,,o1,,EUBP\nu2,,,true,,,Bo,Alder,,102,,,,,01,,,,,,o2,,English\n\
                 u3,,,true,,,Zoé,O'Elm,,103,,,,,TK,,,,,,,,French\nt1,,,true,,,Tea,Cher,,900,,,,,,,,,,,o1,,\n";
    let roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n\
                 r1,,,u1,primary,student,,,o1,\nr2,,,u2,primary,student,,,o1,\nr3,,,u3,primary,student,,2026-03-01,o1,\n\
                 r4,,,t1,primary,teacher,,,o1,\nr5,tobedeleted,,t1,secondary,student,,,o1,\n";
    let mut new = files(&V1P1);
    new.retain(|(name, _)| !["manifest.csv", "demographics.csv", "users.csv", "academicSessions.csv"].contains(name));
    new.extend([("users.csv", users.to_owned()), ("roles.csv", roles.to_owned())]);
    new
}

#[test]
fn version_1_2_has_roles_and_preferred_names() {
    let mut new = as_folder(&version_1_2(), OneRoster::default());
    new.sources.last_mut().expect("a source").set.insert("year".into(), "2025-26".into());
    new.write(
        "data/2025-26/all.csv",
        "Student #,Name,What,Term,Result\n,\"Birch, Annie\",Rdg Lvl,P1,B\n,Zoe OElm,Rdg Lvl,P1,C\n".as_bytes(),
    );
    let (dataset, problems) = new.build();
    // Without sessions the year is the source's, also of the class of the year before.
    let mut expected = EXPECTED.map(str::to_owned);
    expected[0] = "0 0 2025-26 1 “EUBP” - -".into();
    expected[3] = "2 0 2025-26 K “French” - 2026-03-01".into();
    assert_eq!(enrolments(&dataset), expected);
    assert_eq!(readings(&dataset), [(0, 0, CodeClass::Score, 2.0), (2, 0, CodeClass::Score, 3.0)]);
    let mut told = places(&problems);
    told.sort();
    assert_eq!(told, ["enrollments D7", "enrollments F10", "enrollments F9"], "{problems:#?}");
}

#[test]
fn numbers_are_taken_from_where_the_source_says() {
    let settings = OneRoster {
        id: Some(IdFrom::UserIds("MET".into())),
        provincial: Some(IdFrom::Metadata("metadata.met".into())),
        program: None,
    };
    let (dataset, problems) = as_folder(&files(&V1P1), settings).build();
    // Only Ana has a MET among her userIds, Bo has one in the column; Zoé has none at all.
    assert_eq!(dataset.people.len(), 2);
    assert!(places(&problems).contains(&"users H4".to_owned()), "{problems:#?}");
    let missing = OneRoster { id: Some(IdFrom::Metadata("metadata.local".into())), ..OneRoster::default() };
    let (dataset, problems) = as_folder(&files(&V1P1), missing).build();
    assert_eq!(dataset.people.len(), 0);
    assert!(problems[0].message.contains("“metadata.local”"), "{problems:#?}");
    let tally = &dataset.files[0];
    assert_eq!((tally.used, tally.set_aside), (0, 16), "{tally:?}");
}

fn changed(file: &str, from: &str, to: &str) -> Files {
    let mut new = files(&V1P1);
    let text = &mut new.iter_mut().find(|(name, _)| *name == file).expect("a file").1;
    assert!(text.contains(from));
    *text = text.replace(from, to);
    new
}

#[test]
fn what_cannot_be_read_at_all_has_its_own_message() {
    let mut no_users = files(&V1P1);
    no_users.retain(|(name, _)| *name != "users.csv");
    let cases = [
        (no_users, "no users.csv, or it is empty", ""),
        (
            changed("manifest.csv", "users,bulk", "users,absent"),
            "manifest says that this export has no users.csv",
            "B4",
        ),
        (changed("manifest.csv", "users,bulk", "users,delta"), "changes only (delta)", "B4"),
        (changed("manifest.csv", "users,bulk", "enrollments,delta"), "changes only (delta)", "B4"),
        (changed("users.csv", ",role,", ",rolle,"), "Nothing says who is a student", "A1"),
    ];
    for (files, words, cell) in cases {
        let (dataset, problems) = as_folder(&files, OneRoster::default()).build();
        assert_eq!(dataset.people.len(), 0, "{words}");
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(problems[0].message.contains(words) && problems[0].is_error(), "{problems:#?}");
        assert_eq!(problems[0].place.cell.as_deref().unwrap_or_default(), cell);
    }
}

#[test]
fn files_that_the_manifest_has_otherwise_are_told() {
    let (_, problems) = as_folder(&changed("manifest.csv", "file.results", "file.orgs"), OneRoster::default()).build();
    assert!(problems.iter().any(|p| p.message.contains("orgs.csv is absent")), "{problems:#?}");
    let (_, problems) =
        as_folder(&changed("manifest.csv", "results,absent", "roles,bulk"), OneRoster::default()).build();
    assert!(problems.iter().any(|p| p.message.contains("roles.csv is there, but")), "{problems:#?}");
}

#[test]
fn a_version_that_is_not_known_is_told_and_read_by_its_columns() {
    let (dataset, problems) =
        as_folder(&changed("manifest.csv", "version,1.1", "version,2.0"), OneRoster::default()).build();
    assert_eq!(enrolments(&dataset), EXPECTED);
    assert!(problems.iter().any(|p| p.message.contains("version of OneRoster")), "{problems:#?}");
}

#[test]
fn students_without_a_year_a_school_or_sound_days_are_set_aside() {
    let two_years = changed("academicSessions.csv", "2024-25,term", "2024-25,schoolYear");
    let (dataset, problems) = as_folder(&two_years, OneRoster::default()).build();
    // Zoé has no enrolment, so only a single session of type schoolYear could tell her year.
    assert_eq!(dataset.people.len(), 2);
    assert!(problems.iter().any(|p| p.message.contains("Nothing says which school year")), "{problems:#?}");
    let several = changed("users.csv", "\"o1,d\"", "\"o1,o2\"");
    let (_, problems) = as_folder(&several, OneRoster::default()).build();
    assert!(problems.iter().any(|p| p.message.contains("several schools")), "{problems:#?}");
    let backwards = changed("enrollments.csv", "2025-10-01,2026-06-27", "2025-10-01,2025-09-27");
    let (_, problems) = as_folder(&backwards, OneRoster::default()).build();
    assert!(places(&problems).contains(&"enrollments J3".to_owned()), "{problems:#?}");
    let no_day = changed("enrollments.csv", "2025-10-01,2026-06-27", "soon,2026-06-27");
    let (_, problems) = as_folder(&no_day, OneRoster::default()).build();
    assert!(places(&problems).contains(&"enrollments I3".to_owned()), "{problems:#?}");
}

#[test]
fn everybody_leaving_on_the_last_closing_day_is_told() {
    // The project's last period closes on 13 March.
    let mut early = changed("enrollments.csv", "2026-06-27", "2026-03-13");
    early.retain(|(name, _)| *name != "users.csv");
    let users = V1P1.iter().find(|(name, _)| *name == "users.csv").expect("there").1;
    let only: Vec<&str> = users.lines().take(2).collect();
    early.push(("users.csv", only.join("\n")));
    let (_, problems) = as_folder(&early, OneRoster::default()).build();
    assert!(problems.iter().any(|p| p.message.contains("Most students leave on 2026-03-13")), "{problems:#?}");
}

#[test]
fn an_id_that_means_two_things_is_reported_and_one_that_stands_twice_is_not() {
    let cases = [
        ("classes.csv", "c2,,,Room 2", "c1,,,Room B,01,,,homeroom,,o2,y26\nc2,,,Room 2", "classes A3"),
        ("academicSessions.csv", "y25,,,", "y26,,,Other,schoolYear,,,,2025\ny25,,,", "academicSessions A4"),
        ("orgs.csv", "o2,,,Somewhere", "o1,,,South School,school,1301,d\no2,,,Somewhere", "orgs A3"),
    ];
    for (file, from, to, place) in cases {
        let (_, problems) = as_folder(&changed(file, from, to), OneRoster::default()).build();
        let twice: Vec<Problem> = problems.into_iter().filter(|p| p.message.contains("used twice")).collect();
        assert_eq!(places(&twice), [place], "{twice:#?}");
    }
    let same = changed("classes.csv", "c2,,,", "c1,,,Room 1,01,,,homeroom,,o1,\"t1,y26\"\nc2,,,");
    let (dataset, problems) = as_folder(&same, OneRoster::default()).build();
    assert_eq!(enrolments(&dataset), EXPECTED);
    assert!(problems.iter().all(|p| !p.message.contains("used twice")), "{problems:#?}");
}

#[test]
fn a_day_of_a_role_that_cannot_be_read_is_reported() {
    let mut new = version_1_2();
    let roles = &mut new.iter_mut().find(|(name, _)| *name == "roles.csv").expect("roles").1;
    *roles = roles.replace("2026-03-01", "in March");
    let (dataset, problems) = as_folder(&new, OneRoster::default()).build();
    let unread: Vec<Problem> = problems.into_iter().filter(|p| p.message.contains("counts without it")).collect();
    assert_eq!(places(&unread), ["roles H4"], "{unread:#?}");
    assert!(dataset.enrolments.iter().all(|enrolment| enrolment.left != Some(date(2026, 3, 1))));
}
