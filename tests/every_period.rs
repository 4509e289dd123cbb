//! A period without a reading, or without one of the spreadsheets, costs nobody a report: every period of the
//! sample division, whole and with each of its files taken away.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

mod common;
#[path = "common/division.rs"]
mod division;

use common::{change, sample, termwise};
use division::Division;

const PERIODS: [(&str, &str); 6] = [
    ("2024-25/P1", "2024-12-01"),
    ("2024-25/P2", "2025-04-01"),
    ("2024-25/P3", "2025-07-05"),
    ("2025-26/P1", "2025-12-01"),
    ("2025-26/P2", "2026-04-15"),
    ("2025-26/P3", "2026-07-05"),
];

/// The sample, every report of which is made in three languages.
fn in_three_languages() -> tempfile::TempDir {
    let project = sample();
    change(project.path(), "termwise.toml", "languages = [\"en\"]", "languages = [\"en\", \"fr\", \"uk\"]");
    project
}

fn spreadsheets(project: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(project.join("data")).sort_by_file_name().into_iter();
    files.map(|entry| entry.expect("readable").into_path()).filter(|path| path.is_file()).collect()
}

/// Reports that a run would make, or made, and what it says is wrong with reports.
fn run(project: &Path, period: &str, as_of: &str, more: &[&str]) -> (BTreeSet<String>, Vec<String>) {
    let arguments = [&["run", "--period", period, "--as-of", as_of, "--json"], more].concat();
    let output = termwise(project, &arguments);
    let outcome: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{period}: {}", String::from_utf8_lossy(&output.stderr)));
    let texts = |key: &str| -> Vec<String> {
        let list = outcome[key].as_array().expect("a list").iter();
        list.map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect()
    };
    let refused = texts("not_made");
    let told = if refused.is_empty() { Vec::new() } else { [refused, texts("problems")].concat() };
    (texts("reports").into_iter().collect(), told)
}

/// Alt texts that say more than the rest of their chart, by the engine's own check of a finished report.
fn alt_texts(models: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for entry in walkdir::WalkDir::new(models).sort_by_file_name() {
        let path = entry.expect("readable").into_path();
        if path.is_file() {
            let model: Value = serde_json::from_slice(&std::fs::read(&path).expect("a model")).expect("JSON");
            let found = termwise_reports::proof::alt_texts(&model).err().unwrap_or_default();
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    faults
}

#[test]
fn every_report_of_every_period_is_made_whatever_file_is_missing() {
    let project = in_three_languages();
    let files = spreadsheets(project.path());
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for (period, as_of) in PERIODS {
        for missing in std::iter::once(None).chain(files.iter().map(Some)) {
            // Only what the period can read makes a difference.
            let hidden = project.path().join("hidden");
            if let Some(file) = missing {
                std::fs::rename(file, &hidden).expect("moved");
            }
            let models = tempfile::tempdir().expect("a folder");
            let folder = models.path().to_string_lossy().into_owned();
            let (reports, told) = run(project.path(), period, as_of, &["--dry-run", "--models", &folder]);
            let faults = alt_texts(models.path());
            if let Some(file) = missing {
                std::fs::rename(&hidden, file).expect("moved back");
            }
            let reports: BTreeSet<String> = reports.iter().map(|path| path.replace(period, "")).collect();
            let without = missing.map_or_else(String::new, |file| format!(" without {}", file.display()));
            assert!(told.is_empty() && faults.is_empty(), "{period}{without}: {told:#?} {faults:#?}");
            if expected.is_empty() {
                expected.clone_from(&reports);
            }
            assert_eq!(reports, expected, "{period}{without}");
        }
    }
    assert!(expected.len() >= 63, "{}", expected.len());
}

/// The same, typeset and read again: each period as it is.
#[test]
fn every_report_of_every_period_is_typeset() {
    let all = std::env::var_os("TERMWISE_ALL_LANGUAGES").is_some();
    let project = if all { in_three_languages() } else { sample() };
    for (period, as_of) in PERIODS {
        // As the example of `run --help` does it.
        let (reports, told) = run(project.path(), period, as_of, &[]);
        assert!(told.is_empty(), "{period}: {told:#?}");
        assert!(reports.len() >= 25, "{period}: {}", reports.len());
    }
}

/// What a period has when the newest files of a school are missing, typeset.
#[test]
fn a_school_without_its_newest_files_gets_its_reports() {
    let project = sample();
    for school in ["blue-heron", "saskatoon-berry", "willow-bend"] {
        std::fs::remove_dir_all(project.path().join("data/2025-26").join(school)).expect("taken away");
        let (reports, told) = run(project.path(), "2025-26/P2", "2026-04-15", &["--school", school]);
        assert!(told.is_empty(), "{school}: {told:#?}");
        assert!(reports.len() >= 6, "{school}: {reports:?}");
    }
}

/// A goal of each kind about the small division.
fn goals(division: &mut Division, deadline: &str) {
    let grade = "population = { grades = [\"3\"] }\n";
    let ends = |target: &str| format!("target = {target}\ndeadline = {deadline}\n");
    let base = "baseline = { period = \"2024-25/P1\" }\n";
    division.goal("share", &format!("{grade}{base}{}", ends("0.75")));
    division.goal("full", &format!("baseline = {{ first-full-period-from = \"2024-25/P1\" }}\n{}", ends("0.8")));
    let amended = "[[goal.amendment]]\non = 2025-02-03\nreason = \"It was too much.\"\nagreed-by = [\"Staff meeting\"]\n\
                   target = 0.7\n";
    let strategy = "[[goal.strategy]]\ntext = \"Number talks\"\nsince = 2025-01-20\nstatus = \"done\"\n\
                    history = [{ status = \"under-way\", on = 2024-10-01 }]\n";
    division.goal(
        "amended",
        &format!("{grade}baseline = {{ value = 0.4, on = 2024-09-04 }}\n{}{amended}{strategy}", ends("0.8")),
    );
    let gap = "kind = \"metric\"\nmetric = \"gap\"\noutput = \"gap\"\nindicator = \"were at level\"\n\
               compare = [{ programs = [\"North\"] }, { programs = [\"South\"] }]\n";
    division.goal("gap", &format!("{gap}baseline = {{ value = 0.25, on = 2024-09-04 }}\n{}", ends("0.05")));
    let two = "kind = \"several\"\nrule = \"any\"\n";
    let part = |title: &str, grade: &str| {
        format!(
            "[[goal.part]]\ntitle = \"{title}\"\npopulation = {{ grades = [\"{grade}\"] }}\nmeasures = [\"math\"]\n\
             baseline = {{ value = 0.4, on = 2024-09-04 }}\ntarget = 0.7\n"
        )
    };
    let several =
        format!("{two}deadline = {deadline}\n{}{}", part("The younger ones", "2"), part("The older ones", "3"));
    division.goal("several", &several);
    division.goals.last_mut().map(|text| *text = text.replace("measures = [\"math\"]\nkind", "kind")).expect("a goal");
    // Growth since November is judged in a later period of the same year.
    let deadline = if deadline == "2026-12-31" { "2026-07-31" } else { deadline };
    let grown = |target: &str| format!("target = {target}\ndeadline = {deadline}\n");
    let growth = "kind = \"matched-growth\"\ngrowth = { from = \"P1\", gain = { P2 = 2, P3 = 4 } }\n";
    division.goal("growth", &format!("{growth}baseline = {{ period = \"2024-25/P2\" }}\n{}", grown("0.9")));
    let median = "kind = \"metric\"\nmetric = \"matched-growth\"\noutput = \"median-gain\"\nfrom = \"P1\"\n\
                  indicator = \"gained since November\"\n";
    division.goal("median", &format!("{median}baseline = {{ value = 0.0, on = 2024-09-04 }}\n{}", grown("9.0")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// The same over divisions of which nobody knows what they have: each period may have results of everybody, of
    /// some or of nobody, and students come and go.
    #[test]
    fn every_report_of_a_drawn_division_is_made(
        met in proptest::collection::vec(prop_oneof![1 => Just(None), 3 => (0u32..=40).prop_map(Some)], 12),
        size in 3u32..40,
        leave in 0u32..40,
        deadline in 0usize..4,
    ) {
        let mut division = Division { languages: "en fr uk", ..Division::default() };
        let years = ["2024-25", "2025-26"];
        for (year, first) in years.into_iter().zip([1000, 2000]) {
            for (place, (grade, program)) in [("2", "North"), ("2", "South"), ("3", "North"), ("3", "South")].into_iter().enumerate() {
                let from = first + 100 * place as u32;
                division.cohort(year, from..from + size, (grade, program));
                for (place, period) in ["P1", "P2", "P3"].into_iter().enumerate() {
                    if let Some(met) = met[(place * 5 + from as usize / 100) % 12] {
                        division.results(year, period, from..from + size, met);
                    }
                }
            }
        }
        let students = division.students.get_mut("2025-26").expect("students");
        students.iter_mut().take(leave as usize).for_each(|student| student.left = "2026-01-15".into());
        goals(&mut division, ["2025-06-30", "2026-06-26", "2026-07-31", "2026-12-31"][deadline]);
        let folder = tempfile::tempdir().expect("a folder");
        division.write(folder.path());
        for (period, as_of) in PERIODS {
            let models = tempfile::tempdir().expect("a folder");
            let path = models.path().to_string_lossy().into_owned();
            let (reports, told) = run(folder.path(), period, as_of, &["--dry-run", "--models", &path]);
            let faults = alt_texts(models.path());
            prop_assert!(told.is_empty() && faults.is_empty() && reports.len() >= 9, "{} {:?} {:#?} {:#?}", period, reports, told, faults);
        }
        // One of them for good.
        let (reports, told) = run(folder.path(), "2025-26/P1", "2025-12-01", &[]);
        let kept = if told.is_empty() { None } else { Some(folder.keep()) };
        prop_assert!(told.is_empty() && reports.len() >= 9, "{:?} {:?} {:#?}", kept, reports, told);
    }
}
