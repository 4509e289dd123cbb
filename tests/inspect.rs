//! `termwise inspect` through the real binary: the sample division's own files, and layouts that it has never seen.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

mod common;

use common::{read, repository, sample_without, write as put};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// Exit code, what is said on stdout, and what on stderr.
fn said(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_termwise"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("termwise starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// The sample division without its mappings and sources; with its data or without.
fn bare(with_data: bool) -> tempfile::TempDir {
    let parts = ["mappings", "goals", "translations", "data"];
    let project = sample_without(if with_data { &parts[..3] } else { &parts });
    let settings = read(project.path(), "termwise.toml");
    let kept: String = settings.split_inclusive("\n\n").filter(|block| !block.contains("[[source]]")).collect();
    assert!(kept.len() < settings.len());
    put(project.path(), "termwise.toml", &kept);
    project
}

/// The sample division with a roster of its own making: numbers 10001 to 10012, Grade 3, Blue Heron.
fn with_roster() -> tempfile::TempDir {
    let project = bare(false);
    let mut csv = String::from("Student Number,Legal Last Name,Legal First Name,School,Grade,Program,Entry Date\n");
    for (number, (family, given)) in (10_001..).zip(PEOPLE) {
        let _ = writeln!(csv, "{number},{family},{given},Blue Heron School,3,English,2025-09-03");
    }
    put(project.path(), "data/2025-26/enrolment.csv", &csv);
    let file = project.path().join("data/2025-26/enrolment.csv");
    let (_, out, told) = said(&["inspect", text(&file), "--write"]);
    assert!(told.contains("12 of 12 rows"), "{out}{told}");
    project
}

/// Invented students.
const PEOPLE: [(&str, &str); 12] = [
    ("Alderlake", "Annika"),
    ("Birchwold", "Bohdan"),
    ("Cedarholm", "Celine"),
    ("Dogwoode", "Dmytro"),
    ("Elmstrand", "Esme"),
    ("Firbanks", "Farid"),
    ("Gorsefell", "Greta"),
    ("Hazelmoor", "Hugo"),
    ("Ironbark", "Ines"),
    ("Junipera", "Jonas"),
    ("Kapokish", "Kira"),
    ("Larchmont", "Luboslav"),
];

/// Nothing that is said or written tells a name or a number of the invented students.
fn nobody_named(text: &str) {
    for (family, given) in PEOPLE {
        assert!(!text.contains(family) && !text.contains(given), "a name was told:\n{text}");
    }
    assert!(!text.contains("1000") && !text.contains("1001"), "a number was told:\n{text}");
}

/// Every file in `mappings/` and the two configuration files, end to end.
fn written(project: &Path) -> String {
    let mut all = String::new();
    for entry in walkdir::WalkDir::new(project).sort_by_file_name().into_iter().flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "toml") {
            all.push_str(&std::fs::read_to_string(entry.path()).expect("text"));
        }
    }
    all
}

/// Inspects with --write in the project: exit code and everything that was said.
fn write(file: &Path, project: &Path) -> (i32, String) {
    let (code, out, told) = said(&["inspect", text(file), "--project", text(project), "--write"]);
    (code, format!("{out}{told}"))
}

fn used(text: &str) -> Option<(u32, u32)> {
    let line = text.lines().find(|line| line.contains("accepted") || line.contains("Accepted"))?;
    let numbers: Vec<u32> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    Some((*numbers.first()?, *numbers.get(1)?))
}

fn lines(sheet: &mut Worksheet, first: u32, lines: &[&str]) {
    for (row, line) in (first..).zip(lines) {
        for (col, cell) in (0..).zip(line.split('|')) {
            match cell.trim().parse::<f64>() {
                Ok(number) => drop(sheet.write_number(row, col, number).expect("written")),
                Err(_) if cell.trim().is_empty() => {}
                Err(_) => drop(sheet.write_string(row, col, cell.trim()).expect("written")),
            }
        }
    }
}

fn save(mut book: Workbook, folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    book.save(&path).expect("saved");
    path
}

/// Files of the sample with the rows that the hand-written mappings use (see the sample's own tests).
const SAMPLE: [(&str, u32, u32); 8] = [
    ("roster.xlsx", 632, 632),
    ("blue-heron/reading.xlsx", 362, 366),
    ("blue-heron/report-card.xls", 287, 287),
    ("blue-heron/staff-survey.xlsx", 55, 55),
    ("saskatoon-berry/reading.ods", 250, 250),
    ("saskatoon-berry/screener.csv", 271, 272),
    ("saskatoon-berry/problem-task.xlsx", 131, 134),
    ("willow-bend/all-results.xlsx", 18, 18),
];

#[test]
fn proposals_for_the_sample_read_as_many_rows_as_the_mappings_written_by_hand() {
    let project = bare(true);
    for (name, by_hand, rows) in SAMPLE {
        let file = project.path().join("data/2025-26").join(name);
        let (code, told) = write(&file, project.path());
        assert_eq!((code, used(&told)), (0, Some((by_hand, rows))), "{name}\n{told}");
    }
    let own = read(&repository(), "samples/prairie-crocus/measures.toml");
    assert_eq!(read(project.path(), "measures.toml"), own, "every measure was known");
    let (code, out, told) = said(&["check", text(project.path()), "--as-of", "2026-04-15"]);
    assert_eq!(code, 0, "{out}{told}");
    // The globs reach the other year, too.
    assert!(out.contains("data/2024-25/blue-heron/reading.xlsx: 623 rows filled in, 366 used"), "{out}");
}

#[test]
fn without_write_nothing_is_written() {
    let project = bare(true);
    let before = written(project.path());
    let file = project.path().join("data/2025-26/roster.xlsx");
    let (code, out, told) = said(&["inspect", text(&file)]);
    assert_eq!(code, 0, "{told}");
    assert!(out.contains("An enrolment list") && out.contains("--- mappings/roster.toml ---"), "{out}");
    assert!(!out.contains("Abernethy"), "{out}");
    assert_eq!(before, written(project.path()));
    assert!(!project.path().join(".termwise").exists());
    let (code, out, _) = said(&["inspect", text(&file), "--json"]);
    let data: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, data["sheets"][0]["kind"].as_str()), (0, Some("roster")));
}

/// Somerville: one wide header row `3 / FALL / …`, two rows of explanation, `?`, `n/a`, `@…`, `79%`.
#[test]
fn a_wide_header_with_two_rows_of_explanation() {
    let project = with_roster();
    let folder = tempfile::tempdir().expect("a folder");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Gr 3").expect("a name");
    lines(
        sheet,
        0,
        &[
            "LASID|LAST|FIRST|3 / FALL / F&P Level English|3 / FALL / DORF ACC|3 / WINTER / F&P Level English|3 / WINTER / DORF ACC|3 / SPRING / F&P Level English|3 / SPRING / DORF ACC",
            "Local id from the system|Family name|Given name|Independent level|Accuracy, percent|Independent level|Accuracy, percent|Independent level|Accuracy, percent",
            "please keep|please keep|please keep|letter only|from the form|letter only|from the form|letter only|from the form",
        ],
    );
    let levels = ["J", "K", "L", "M", "N", "J", "K", "?", "absent", "M", "O", "@moved"];
    for (place, (family, given)) in PEOPLE.into_iter().enumerate() {
        let later = ["K", "L", "M", "N", "O", "K", "L", "M", "N", "n/a", "P", ""][place];
        let row =
            format!("{}|{family}|{given}|{}|{}%|{later}|{}%||", 10_001 + place, levels[place], 80 + place, 82 + place);
        lines(sheet, 3 + u32::try_from(place).expect("small"), &[row.as_str()]);
    }
    let file = save(book, folder.path(), "reading 2025-26.xlsx");
    let (code, told) = write(&file, project.path());
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("explanation-rows = 2"), "{told}");
    nobody_named(&written(project.path()));
    nobody_named(&told);
    assert_eq!(used(&told), Some((11, 12)), "only the ? is set aside\n{told}");
    assert!(told.contains("does not know “?” (1)"), "{told}");
}

/// Indiana ILEARN: notes, merged labels, repeated sub-headings, and no student at all.
#[test]
fn counts_of_schools_are_no_students() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    lines(sheet, 0, &["ILEARN results 2025", "Public schools", "Suppressed below ten"]);
    for (place, grade) in (0u16..).zip(["Grade 3", "Grade 4"]) {
        sheet.merge_range(3, 2 + place * 4, 3, 5 + place * 4, grade, &Format::new()).expect("merged");
    }
    lines(
        sheet,
        4,
        &[
            "Corp ID|Corp name|Below|Approaching|At|Total Tested|Below|Approaching|At|Total Tested",
            "15|Adams|12|20|30|62|14|22|28|64",
            "25|Bluffton|10|21|33|64|11|25|27|63",
            "|Corporation Total|22|41|63|126|25|47|55|127",
        ],
    );
    let file = save(book, folder.path(), "ilearn.xlsx");
    let (code, out, told) = said(&["inspect", text(&file)]);
    assert_eq!(code, 0, "{told}");
    assert!(out.contains("No proposal.") && out.contains("Grade 3 / Below"), "{out}");
    let (code, _) = write(&file, &folder.path().join("new"));
    assert_eq!(code, 1);
}

/// Acadience: an export by period with two grades, levels and scores, in a division that has nothing yet.
#[test]
fn an_export_by_period_makes_a_project_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Data").expect("a name");
    lines(
        sheet,
        0,
        &[
            "School Year|Student ID|Student Last Name|Student First Name|Enrollment Grade|Assessment Grade|Benchmark Period|Reading Composite Level|Reading Composite Score|Reading Composite National Norm Percentile|Special Education",
        ],
    );
    let levels =
        ["Well Below Benchmark", "Below Benchmark", "At or Above Benchmark", "Above Benchmark", "Not Determined"];
    let mut row = 1;
    for (time, period) in ["BOY", "MOY", "EOY"].into_iter().enumerate() {
        for (place, (family, given)) in PEOPLE.into_iter().enumerate() {
            let line = format!(
                "2025-2026|{}|{family}|{given}|{}|3|{period}|{}|{}|{}|N",
                10_001 + place,
                2 + place % 3,
                levels[(place + time) % 5],
                150 + place * 9 + time * 20,
                20 + place
            );
            lines(sheet, row, &[line.as_str()]);
            row += 1;
        }
    }
    let file = save(book, folder.path(), "acadience_BNCH.xlsx");
    let project = folder.path().join("division");
    let (code, told) = write(&file, &project);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("grade = [\"Enrollment Grade\"]"), "{told}");
    assert!(!written(&project).contains("Percentile"), "{told}");
    nobody_named(&written(&project));
    // Once as results and once as the roster.
    assert_eq!(used(&told), Some((72, 72)), "{told}");
    let (code, out, err) = said(&["check", text(&project)]);
    assert_eq!(code, 0, "{out}{err}");
}

/// A hub of Google Sheets: a tab with an emoji, checkboxes, “Last, First”.
#[test]
fn a_hub_with_emoji_and_checkboxes() {
    let project = with_roster();
    let folder = tempfile::tempdir().expect("a folder");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("⭐Reading Hub").expect("a name");
    lines(sheet, 0, &["✔|Student Name|Grade|Nov Level|Mar Level|Parent contacted|Notes"]);
    for (place, (family, given)) in PEOPLE.into_iter().enumerate() {
        let row = u32::try_from(place).expect("small") + 1;
        let level = ["J", "K", "L", "M"][place % 4];
        lines(sheet, row, &[format!("|{family}, {given}|3|{level}|{level}+||L2 (10/14) {given}").as_str()]);
        sheet.write_boolean(row, 0, place % 2 == 0).expect("written");
        sheet.write_boolean(row, 5, place % 3 == 0).expect("written");
    }
    book.add_worksheet().set_name("📋 How to").expect("a name").write_string(0, 0, "Tick the box").expect("written");
    let file = save(book, folder.path(), "hub 2025-26.xlsx");
    let (code, told) = write(&file, project.path());
    assert_eq!((code, used(&told)), (0, Some((12, 12))), "{told}");
    nobody_named(&told);
    nobody_named(&written(project.path()));
}

/// Names and nothing else, a total and a legend below.
#[test]
fn names_only() {
    let project = with_roster();
    let folder = tempfile::tempdir().expect("a folder");
    let mut csv = String::from("Ms. B’s class 2025-26\n\nStudent,November,March\n");
    for (place, (family, given)) in PEOPLE.into_iter().enumerate() {
        let _ =
            writeln!(csv, "{given} {family},{},{}", ["1", "2", "3", "4"][place % 4], ["2", "3", "ABS", "4"][place % 4]);
    }
    csv.push_str("Average,2.5,3\nScale: 1 to 4\n");
    let file = folder.path().join("problem-task.csv");
    std::fs::write(&file, csv).expect("written");
    let (code, told) = write(&file, project.path());
    assert_eq!((code, used(&told)), (0, Some((12, 12))), "{told}");
    assert!(told.contains("Average*") && told.contains("measure = \"problem-task\""), "{told}");
    nobody_named(&told);
}

/// French spreadsheet program: semicolons, decimal commas, French words.
#[test]
fn a_text_file_with_decimal_commas() {
    let project = with_roster();
    let folder = tempfile::tempdir().expect("a folder");
    let mut csv = String::from("No d’élève;Nom de famille;Prénom;Niveau;Étape;Résultat en lecture\n");
    for (place, (family, given)) in PEOPLE.into_iter().enumerate() {
        let _ = writeln!(csv, "{};{family};{given};3;{};{},5", 10_001 + place, ["Nov", "Mar"][place % 2], 11 + place);
    }
    let file = folder.path().join("lecture 2025-26.csv");
    std::fs::write(&file, csv).expect("written");
    let (code, told) = write(&file, project.path());
    assert_eq!((code, used(&told)), (0, Some((12, 12))), "{told}");
    assert!(told.contains("decimal = \",\"") && told.contains("highest = 25"), "{told}");
    nobody_named(&told);
}

#[test]
fn a_list_without_students_is_shown_and_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("iris.csv");
    std::fs::write(&file, "Sepal.Length,Sepal.Width,Species\n5.1,3.5,setosa\n4.9,3.0,setosa\n6.3,3.3,virginica\n")
        .expect("written");
    let (code, out, told) = said(&["inspect", text(&file)]);
    assert_eq!(code, 0, "{told}");
    assert!(
        out.contains("Sepal.Length") && out.contains("No proposal. This does not look like a table of students"),
        "{out}"
    );
    assert_eq!(write(&file, &folder.path().join("p")).0, 1);
    assert!(!folder.path().join("p").exists());
}

/// A tab per grade without a column of grades, the period only in the titles, two results side by side.
#[test]
fn a_tab_per_grade_makes_a_project_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut book = Workbook::new();
    for (tab, grade) in ["Grade K", "Grade 1"].into_iter().enumerate() {
        let sheet = book.add_worksheet().set_name(grade).expect("a name");
        lines(sheet, 0, &["Spring reading 2025-26", "", "Student Number|Last Name|First Name|Level|Accuracy %"]);
        for (place, (family, given)) in PEOPLE.into_iter().enumerate().skip(tab * 6).take(6) {
            let level = ["A", "B", "C", "D", "E", "F"][place % 6];
            let row = 3 + u32::try_from(place - tab * 6).expect("small");
            lines(sheet, row, &[format!("{}|{family}|{given}|{level}|0.9{place}", 10_001 + place).as_str()]);
        }
    }
    let file = save(book, folder.path(), "tabs.xlsx");
    let project = folder.path().join("division");
    let (code, told) = write(&file, &project);
    assert_eq!((code, used(&told)), (0, Some((24, 24))), "{told}");
    assert!(told.contains("pattern = \"Grade {grade}\""), "{told}");
    assert!(told.contains("measure = \"tabs-level\"") && told.contains("measure = \"tabs-accuracy\""), "{told}");
    nobody_named(&written(&project));
    assert_eq!(said(&["check", text(&project)]).0, 0);
    // The same file again: a source reads it already.
    let (code, told) = write(&project.join("data/2025-26/tabs.xlsx"), &project);
    assert_eq!(code, 1);
    assert!(told.contains("reads data/2025-26/tabs.xlsx already"), "{told}");
}

/// Rows that name their measure, letters and numbers in one column.
#[test]
fn a_long_table_with_a_column_of_measures() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut csv = String::from("School Year,Student ID,Name,Grade,Window,Assessment,Score\n");
    for period in ["Fall", "Winter"] {
        for (place, (family, given)) in PEOPLE.into_iter().enumerate() {
            let student = format!("2025-2026,{},\"{family}, {given}\",4,{period}", 10_001 + place);
            let _ = writeln!(csv, "{student},Letter naming,{}", 20 + place * 3);
            let _ = writeln!(csv, "{student},Reading level,{}", ["J", "K", "L", "M", "EX", "O"][place % 6]);
        }
    }
    let file = folder.path().join("long.csv");
    std::fs::write(&file, csv).expect("written");
    let project = folder.path().join("division");
    let (code, told) = write(&file, &project);
    assert_eq!((code, used(&told)), (0, Some((96, 96))), "{told}");
    assert!(told.contains("EX = { class = \"excluded\", reason = \"exempt\" } # check this"), "{told}");
    nobody_named(&written(&project));
}

/// Answers without names; a free comment is left alone.
#[test]
fn an_anonymous_survey() {
    let project = bare(false);
    let folder = tempfile::tempdir().expect("a folder");
    let mut csv = String::from(
        "Timestamp,I believe every student can reach grade-level expectations,I use data every month to plan,Comments\n",
    );
    for place in 0..14 {
        let agree = ["Strongly agree", "Agree", "Disagree", "Prefer not to answer"][place % 4];
        let _ =
            writeln!(csv, "2025-11-0{},{agree},{},free words", place % 9 + 1, ["Never", "Often", "Always"][place % 3]);
    }
    let file = folder.path().join("Blue Heron survey November 2025-26.csv");
    std::fs::write(&file, csv).expect("written");
    let (code, told) = write(&file, project.path());
    assert_eq!((code, used(&told)), (0, Some((14, 14))), "{told}");
    assert!(told.contains("kind = \"survey\"") && told.contains("measure = \"belief-learn\""), "{told}");
    assert!(told.contains("school = \"blue-heron\"") && told.contains("survey {period}"), "{told}");
}

#[test]
fn what_is_there_is_kept_and_names_are_numbered() {
    let project = with_roster();
    let before = std::fs::read_to_string(project.path().join("termwise.toml")).expect("text");
    let folder = tempfile::tempdir().expect("a folder");
    let csv = "Student #,Grade,Nov Rdg Lvl\n10001,3,J\n10002,3,K\n10003,3,L\n";
    for name in ["one", "two"] {
        std::fs::create_dir_all(folder.path().join(name)).expect("a folder");
    }
    std::fs::write(folder.path().join("one/levels 2025-26.csv"), csv).expect("written");
    assert_eq!(write(&folder.path().join("one/levels 2025-26.csv"), project.path()).0, 0);
    // Another file of the same name is never written over the first one.
    std::fs::write(folder.path().join("two/levels 2025-26.csv"), csv.replace(",J", ",H")).expect("written");
    let (code, told) = write(&folder.path().join("two/levels 2025-26.csv"), project.path());
    assert!(code == 1 && told.contains("there is another file"), "{told}");
    std::fs::rename(folder.path().join("two/levels 2025-26.csv"), folder.path().join("two/levels.csv"))
        .expect("renamed");
    let (code, told) = write(&folder.path().join("two/levels.csv"), project.path());
    assert!(
        project.path().join("mappings/levels.toml").is_file()
            && project.path().join("mappings/levels-2.toml").is_file()
    );
    assert!(told.contains("Nothing in the file tells the school year"), "{code} {told}");
    // A file that an existing source will read needs no second mapping.
    std::fs::write(folder.path().join("one/levels 2024-25.csv"), csv).expect("written");
    let (code, told) = write(&folder.path().join("one/levels 2024-25.csv"), project.path());
    assert!(code == 1 && told.contains("reads data/2024-25/levels 2024-25.csv already; put the file there"), "{told}");
    let after = std::fs::read_to_string(project.path().join("termwise.toml")).expect("text");
    assert!(after.starts_with(&before), "termwise.toml only grows");
}
