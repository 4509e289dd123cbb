//! The main job on the sample division, through the real binary: spreadsheets in, PDFs out.
//!
//! Expected numbers come from `tests/oracle`, which reads the workbooks with other libraries and
//! shares no code with the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

mod common;

use common::{sample, termwise};

/// One run for all tests that only look.
fn made() -> &'static (tempfile::TempDir, Value) {
    static MADE: OnceLock<(tempfile::TempDir, Value)> = OnceLock::new();
    MADE.get_or_init(|| {
        let project = sample();
        let output = termwise(project.path(), &["run", "--as-of", "2026-04-15", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let outcome = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
        (project, outcome)
    })
}

fn pdf(school: &str, file: &str) -> PathBuf {
    made().0.path().join("out/2025-26/P2").join(school).join(file)
}

/// The text of a PDF or web page with all white space folded.
fn text(path: &Path) -> String {
    let text = if path.extension().is_some_and(|end| end == "html") {
        // Without the drawings, which are full of coordinates.
        let page = std::fs::read_to_string(path).expect("a web page");
        page.split("<svg").map(|part| part.rsplit("</svg>").next().unwrap_or(part)).collect()
    } else {
        pdf_extract::extract_text(path).expect("text of the PDF")
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The file attached to a PDF.
fn attached(path: &Path) -> String {
    let document = pdf_extract::Document::load(path).expect("a PDF");
    let attached = document.objects.values().filter_map(|object| object.as_stream().ok()).find(|stream| {
        stream.dict.get(b"Type").and_then(|kind| kind.as_name()).is_ok_and(|name| name == b"EmbeddedFile")
    });
    let bytes = attached.expect("an attached file").decompressed_content().expect("its contents");
    String::from_utf8(bytes).expect("text")
}

fn oracle(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(file);
    serde_json::from_slice(&std::fs::read(path).expect("the oracle's file")).expect("JSON")
}

#[test]
fn every_school_and_audience_gets_its_reports() {
    let reports: Vec<&str> = made().1["reports"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    insta::assert_snapshot!(reports.join("\n"), @r"
    out/2025-26/P2/blue-heron/staff.en.pdf
    out/2025-26/P2/blue-heron/plc-early-literacy.en.pdf
    out/2025-26/P2/blue-heron/plc-bilingual.en.pdf
    out/2025-26/P2/blue-heron/plc-grades-2-4.en.pdf
    out/2025-26/P2/blue-heron/parent-council.en.html
    out/2025-26/P2/blue-heron/parent-council.en.pdf
    out/2025-26/P2/blue-heron/parent-council.fr.html
    out/2025-26/P2/blue-heron/parent-council.fr.pdf
    out/2025-26/P2/blue-heron/parent-council.uk.html
    out/2025-26/P2/blue-heron/parent-council.uk.pdf
    out/2025-26/P2/blue-heron/parent-council.en-uk.html
    out/2025-26/P2/blue-heron/parent-council.en-uk.pdf
    out/2025-26/P2/blue-heron/leadership.en.pdf
    out/2025-26/P2/saskatoon-berry/staff.en.pdf
    out/2025-26/P2/saskatoon-berry/plc-berry-early.en.pdf
    out/2025-26/P2/saskatoon-berry/plc-berry-middle.en.pdf
    out/2025-26/P2/saskatoon-berry/parent-council.en.html
    out/2025-26/P2/saskatoon-berry/parent-council.en.pdf
    out/2025-26/P2/saskatoon-berry/parent-council.fr.html
    out/2025-26/P2/saskatoon-berry/parent-council.fr.pdf
    out/2025-26/P2/saskatoon-berry/parent-council.uk.html
    out/2025-26/P2/saskatoon-berry/parent-council.uk.pdf
    out/2025-26/P2/saskatoon-berry/parent-council.en-uk.html
    out/2025-26/P2/saskatoon-berry/parent-council.en-uk.pdf
    out/2025-26/P2/saskatoon-berry/leadership.en.pdf
    out/2025-26/P2/willow-bend/staff.en.pdf
    out/2025-26/P2/willow-bend/plc-willow-all.en.pdf
    out/2025-26/P2/willow-bend/parent-council.en.html
    out/2025-26/P2/willow-bend/parent-council.en.pdf
    out/2025-26/P2/willow-bend/parent-council.fr.html
    out/2025-26/P2/willow-bend/parent-council.fr.pdf
    out/2025-26/P2/willow-bend/parent-council.uk.html
    out/2025-26/P2/willow-bend/parent-council.uk.pdf
    out/2025-26/P2/willow-bend/parent-council.en-uk.html
    out/2025-26/P2/willow-bend/parent-council.en-uk.pdf
    out/2025-26/P2/willow-bend/leadership.en.pdf
    out/2025-26/P2/division/division.en.pdf
    ");
    for report in reports {
        assert!(made().0.path().join(report).is_file(), "{report}");
    }
}

/// Each goal's share, from the workbooks by another way, stands in the staff report's text.
#[test]
fn the_staff_reports_print_the_numbers_of_the_oracle() {
    let expected = oracle("expected.json");
    let goals: BTreeMap<&str, &str> = BTreeMap::from([
        ("bh-absence", "blue-heron"),
        ("bh-belief", "blue-heron"),
        ("bh-growth-2", "blue-heron"),
        ("bh-numeracy-34", "blue-heron"),
        ("bh-reading-1", "blue-heron"),
        ("bh-ukrainian-2", "blue-heron"),
        ("bh-problem-14", "blue-heron"),
        ("bh-ukrainian-3", "blue-heron"),
        ("sb-reading-48", "saskatoon-berry"),
        ("sb-growth-46", "saskatoon-berry"),
        ("sb-reading-k3", "saskatoon-berry"),
        ("sb-screener-78", "saskatoon-berry"),
        ("wb-reading", "willow-bend"),
    ]);
    for (goal, school) in goals {
        let found = &expected[goal]["2025-26/P2"];
        let wanted = format!("{} of {}", found["met"], found["of"]);
        let text = text(&pdf(school, "staff.en.pdf"));
        // “2 of 34” is not in “12 of 345”.
        let whole = regex::Regex::new(&format!(r"\b{wanted}\b")).expect("a pattern");
        assert!(whole.is_match(&text), "{goal}: “{wanted}” is not in the staff report of {school}");
    }
}

/// Rows used and set aside stand in every report, the parents' too; and no word is missing.
#[test]
fn every_report_prints_how_many_rows_were_used() {
    let expected = oracle("expected-files.json");
    for report in made().1["reports"].as_array().expect("a list").iter().filter_map(Value::as_str) {
        let school = report.split('/').nth(3).expect("a school");
        let count = |key: &str| -> u64 {
            let files = expected.as_object().expect("files").iter();
            files
                .filter(|(path, _)| {
                    school == "division" || path.ends_with("/roster.xlsx") || path.contains(&format!("/{school}/"))
                })
                .map(|(_, file)| file[key].as_u64().expect("a count"))
                .sum()
        };
        let grouped = |n: u64| {
            let n = n.to_string();
            n.split_at_checked(n.len().saturating_sub(3))
                .filter(|(thousands, _)| !thousands.is_empty())
                .map_or(n.clone(), |(thousands, rest)| format!("{thousands},{rest}"))
        };
        let (used, aside, part) = (count("used"), count("set_aside"), count("in_part"));
        let others = count("filled") - used - aside - part;
        let used = match (part, count("cells_set_aside")) {
            (0, _) => format!("{} used", grouped(used)),
            (part, 1) => format!("{} used in full, {part} used except for 1 cell set aside", grouped(used)),
            (part, cells) => format!("{} used in full, {part} used except for {cells} cells set aside", grouped(used)),
        };
        let wanted = format!("{} rows in the files: {used}, {aside} set aside", grouped(count("filled")));
        let others = format!(", {} without results", grouped(others));
        let text = text(&made().0.path().join(report));
        if report.contains(".en.") {
            assert!(text.contains(&wanted), "{report}: “{wanted}” is missing");
            assert!(text.contains(&others), "{report}: “{others}” is missing");
        }
        assert!(!text.contains('⟦'), "{report}: a word is missing from the dictionary");
    }
}

#[test]
fn every_file_is_accounted_for_as_the_oracle_counts() {
    let expected = oracle("expected-files.json");
    let read: BTreeSet<&str> =
        made().1["files"].as_array().expect("a list").iter().filter_map(|file| file["path"].as_str()).collect();
    assert_eq!(read, expected.as_object().expect("files").keys().map(String::as_str).collect());
    for file in made().1["files"].as_array().expect("a list") {
        let path = file["path"].as_str().expect("a path");
        let wanted = &expected[path];
        for key in ["filled", "rows", "used", "in_part", "cells_set_aside", "set_aside"] {
            assert_eq!(file[key], wanted[key], "{path}: {key}");
        }
        assert_eq!(
            file["rows"].as_u64().expect("rows"),
            ["used", "in_part", "set_aside"].iter().map(|key| file[key].as_u64().expect("a count")).sum::<u64>()
        );
    }
}

#[test]
fn verdicts_are_as_worked_out_by_hand_from_the_oracles_figures() {
    let rows: Vec<String> = made().1["verdicts"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|row| row["audience"] == "staff" || row["audience"] == "parent-council")
        .map(|row| format!("{} {} {}", row["goal"], row["audience"], row["verdict"]).replace('"', ""))
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    bh-absence parent-council on-track
    bh-growth-2 parent-council watch
    bh-numeracy-34 parent-council target-met
    bh-outdoors parent-council on-track
    bh-reading-1 parent-council on-track
    bh-ukrainian-2 parent-council too-early
    bh-absence staff on-track
    bh-belief staff target-met
    bh-growth-2 staff watch
    bh-numeracy-34 staff target-met
    bh-outdoors staff on-track
    bh-problem-14 staff mixed
    bh-program-gap staff target-met
    bh-reading-1 staff on-track
    bh-ukrainian-2 staff too-early
    bh-ukrainian-3 staff not-available
    sb-growth-46 parent-council on-track
    sb-problem-48 parent-council not-enough-data
    sb-reading-48 parent-council target-not-met
    sb-reading-k3 parent-council on-track
    sb-screener-78 parent-council behind
    sb-balance staff on-track
    sb-growth-46 staff on-track
    sb-problem-48 staff not-enough-data
    sb-reading-48 staff target-not-met
    sb-reading-k3 staff on-track
    sb-screener-78 staff behind
    wb-numeracy-13 parent-council not-shown
    wb-reading parent-council too-early
    wb-numeracy-13 staff too-early
    wb-reading staff too-early
    ");
}

/// A group of six is told to staff and hidden from the public, in text and in the attached figures.
#[test]
fn a_small_group_is_hidden_from_the_parent_council() {
    let found = &oracle("expected.json")["wb-numeracy-13"]["2025-26/P2"];
    let wanted = format!("{} of {}", found["met"], found["of"]);
    assert!(text(&pdf("willow-bend", "staff.en.pdf")).contains(&wanted));
    let public = text(&pdf("willow-bend", "parent-council.en.pdf"));
    assert!(public.contains("hidden to protect privacy"), "{public}");
    let attached = attached(&pdf("willow-bend", "parent-council.en.pdf"));
    assert!(attached.contains("wb-numeracy-13,2025-26/P2,all,,hidden,\n"), "{attached}");
    let rows: Vec<&str> = attached.lines().filter(|line| line.starts_with("wb-numeracy-13,")).collect();
    assert!(rows.len() > 1 && rows.iter().all(|row| row.ends_with(",all,,hidden,")), "{rows:?}");
    assert!(attached.contains("wb-reading,2025-26/P2,all,0.65,exact,17\n"), "{attached}");
}

#[test]
fn no_name_or_number_of_a_student_leaves_the_engine() {
    let (project, outcome) = made();
    let told = outcome["problems"].to_string();
    let mut texts = vec![told];
    let reports = outcome["reports"].as_array().expect("a list").iter().filter_map(Value::as_str);
    texts.extend(reports.map(|report| text(&project.path().join(report))));
    let mut roster = calamine::open_workbook_auto(project.path().join("data/2025-26/roster.xlsx")).expect("the roster");
    let range = calamine::Reader::worksheet_range_at(&mut roster, 0).expect("a sheet").expect("cells");
    let mut checked = 0;
    let mut families = BTreeSet::new();
    for row in range.rows() {
        let [id, family, given, preferred] =
            [0, 1, 2, 3].map(|col| row.get(col).map(ToString::to_string).unwrap_or_default());
        if id.len() >= 5 && id.chars().all(|c| c.is_ascii_digit()) {
            checked += 1;
            let given = [given, preferred].into_iter().filter(|name| !name.is_empty());
            let names = given.flat_map(|given| [format!("{given} {family}"), format!("{family}, {given}")]);
            for hidden in names.chain([id]) {
                assert!(!texts.iter().any(|text| text.contains(&hidden)), "a student's name or number was printed");
            }
            families.insert(regex::escape(&family));
        }
    }
    assert!(checked > 300 && families.len() > 90, "only {checked} students were looked for");
    // No family's name by itself, either.
    let families: Vec<String> = families.into_iter().collect();
    let family = regex::Regex::new(&format!(r"\b(?:{})\b", families.join("|"))).expect("a pattern");
    for text in &texts {
        assert!(!family.is_match(text), "a family's name was printed");
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (first, outcome) = made();
    let second = sample();
    let output = termwise(second.path(), &["run", "--as-of", "2026-04-15", "--workers", "1"]);
    assert!(output.status.success());
    for report in outcome["reports"].as_array().expect("a list").iter().filter_map(Value::as_str) {
        let bytes = |project: &tempfile::TempDir| std::fs::read(project.path().join(report)).expect("a report");
        assert!(bytes(first) == bytes(&second), "{report} differs");
    }
}

/// A plugin whose bytes are not those of the lock: its goals are not available, and the run goes on.
#[test]
fn a_changed_plugin_makes_its_goals_unavailable_and_stops_nothing() {
    let project = sample();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins/prebuilt");
    std::fs::create_dir_all(project.path().join("plugins")).expect("a folder");
    let lock = std::fs::read_to_string(shipped.join("plugins.lock")).expect("the lock");
    std::fs::write(project.path().join("plugins.lock"), lock).expect("a lock");
    std::fs::copy(shipped.join("share-at-or-above.wasm"), project.path().join("plugins/share-at-or-above.wasm"))
        .expect("a copy");
    std::fs::write(project.path().join("plugins/share-growing.wasm"), b"something else").expect("a file");
    let output =
        termwise(project.path(), &["run", "--as-of", "2026-04-15", "--school", "blue-heron", "--audience", "staff"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = text(&project.path().join("out/2025-26/P2/blue-heron/staff.en.pdf"));
    assert!(text.contains("not available, because the plugin “share-growing”"), "{text}");
    let found = &oracle("expected.json")["bh-reading-1"]["2025-26/P2"];
    assert!(text.contains(&format!("{} of {}", found["met"], found["of"])));
}

/// Parents' reports wait for a person; the others are delivered, once.
#[test]
fn parents_reports_wait_for_approval() {
    let project = sample();
    assert!(termwise(project.path(), &["run", "--as-of", "2026-04-15", "--school", "willow-bend"]).status.success());
    let delivered = |name: &str| project.path().join("delivered/2025-26/P2/willow-bend").join(name).is_file();
    assert!(delivered("staff.en.pdf"));
    assert!(!delivered("parent-council.en.pdf"));
    let output = termwise(project.path(), &["approve", "--all"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(delivered("parent-council.en.pdf"));
    let again = termwise(project.path(), &["deliver"]);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "Nothing to deliver.\n");
}
