//! `termwise plugin …` and what plugins do in a run, through the real binary on the sample division.

mod common;

use std::path::Path;

use common::{change, repository, sample, termwise, told};
use serde_json::Value;

/// A second version of `share-at-or-above`: who is on the line does not count.
const SECOND: &str = "tests/fixtures/plugins/share-at-or-above.wasm";

/// A file of the repository, as an argument.
fn file(path: &str) -> String {
    repository().join(path).display().to_string()
}

fn pin(project: &Path, arguments: &[&str]) -> String {
    let (code, told) = told(project, &[&["plugin", "pin"], arguments].concat());
    assert_eq!(code, Some(0), "{told}");
    told
}

fn verdicts(project: &Path, day: &str) -> Value {
    let output = termwise(project, &["run", "--as-of", day, "--json"]);
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
    outcome["verdicts"].clone()
}

#[test]
fn a_shipped_component_passes_its_check_and_shows_what_it_asks_for() {
    let place = tempfile::tempdir().expect("a folder");
    let (code, told) = told(place.path(), &["plugin", "check", &file("plugins/prebuilt/share-growing.wasm")]);
    assert_eq!(code, Some(0), "{told}");
    let told: Vec<&str> = told.lines().skip(1).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_shipped_metric_passes_its_check_and_gives_its_worked_examples() {
    let place = tempfile::tempdir().expect("a folder");
    let lock = std::fs::read_to_string(repository().join("plugins/prebuilt/plugins.lock")).expect("the lock");
    let names: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    assert_eq!(names.len(), 11);
    for name in names {
        let component = file(&format!("plugins/prebuilt/{name}.wasm"));
        let (code, said) = told(place.path(), &["plugin", "check", &component]);
        assert_eq!(code, Some(0), "{name}: {said}");
        let folder = file(&format!("plugins/{name}"));
        let (code, said) = told(place.path(), &["plugin", "test", &component, "--folder", &folder]);
        assert_eq!(code, Some(0), "{name}: {said}");
    }
}

#[test]
fn a_wrong_worked_example_is_told_with_both_numbers() {
    let place = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(place.path().join("fixtures")).expect("a folder");
    let case = "[[case]]\nname = \"wrong\"\nanswer-from = \"a guess\"\ngroups = [2]\n[case.columns]\nvalue = [1, 4]\n\
                class = \"score\"\nline = 3\n[[case.expect]]\noutputs.share = { value = 1, numerator = 2 }\n";
    std::fs::write(place.path().join("fixtures/wrong.toml"), case).expect("written");
    let component = file("plugins/prebuilt/share-at-or-above.wasm");
    let (code, told) = told(place.path(), &["plugin", "test", &component, "--folder", "."]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(told);
}

#[test]
fn bench_shows_every_cost_against_its_budget() {
    let place = tempfile::tempdir().expect("a folder");
    let (code, told) = told(place.path(), &["plugin", "bench", &file("plugins/prebuilt/share-at-or-above.wasm")]);
    assert_eq!(code, Some(0), "{told}");
    for part in ["load from the cache", "fuel", "of budget", "MiB", "1000000"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn nothing_is_granted_where_nobody_can_answer() {
    let project = sample();
    let (code, told) = told(project.path(), &["plugin", "pin", &file(SECOND)]);
    assert_eq!(code, Some(1));
    assert!(told.contains("asks for line-at@now") && told.contains("add --yes"), "{told}");
    assert!(!project.path().join("plugins.lock").exists());
}

#[test]
fn a_pinned_component_is_listed_and_a_changed_one_does_not_run() {
    let project = sample();
    let told_pin = pin(project.path(), &[&file(SECOND), "--yes"]);
    assert!(told_pin.contains("pinned: share-at-or-above 2.0.0"), "{told_pin}");
    let (code, list) = told(project.path(), &["plugin", "list"]);
    assert_eq!(code, Some(0), "{list}");
    assert!(list.contains("share-at-or-above 2.0.0  pinned  (this division's)"), "{list}");
    // A column taken from the grant.
    change(project.path(), "plugins.lock", "\"line-at@now\", ", "");
    let (code, list) = told(project.path(), &["plugin", "list"]);
    assert_eq!(code, Some(1));
    assert!(list.contains("share-at-or-above 2.0.0  not granted"), "{list}");
    let (code, check) =
        told(project.path(), &["plugin", "check", &file(SECOND), "--project", &project.path().display().to_string()]);
    assert_eq!(code, Some(1));
    assert!(check.contains("plugins.lock does not grant line-at@now"), "{check}");
    // A byte changed.
    let component = project.path().join("plugins/share-at-or-above.wasm");
    let mut bytes = std::fs::read(&component).expect("the component");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&component, bytes).expect("written");
    let (_, list) = told(project.path(), &["plugin", "list"]);
    assert!(list.contains("share-at-or-above 2.0.0  modified"), "{list}");
    // A component that nobody pinned.
    std::fs::write(project.path().join("plugins/stray.wasm"), b"").expect("written");
    let (_, list) = told(project.path(), &["plugin", "list"]);
    assert!(list.contains("plugins/stray.wasm  not pinned"), "{list}");
}

#[test]
fn signatures_count_where_the_division_lists_keys() {
    let project = sample();
    let place = tempfile::tempdir().expect("a folder");
    let component = place.path().join("second.wasm");
    std::fs::copy(file(SECOND), &component).expect("a copy");
    let component = component.display().to_string();
    let keys = minisign::KeyPair::generate_unencrypted_keypair().expect("keys");
    let sign = |bytes: &[u8]| {
        let signature = minisign::sign(None, &keys.sk, std::io::Cursor::new(bytes), None, None).expect("a signature");
        std::fs::write(place.path().join("second.wasm.minisig"), signature.into_string()).expect("written");
    };
    let section = format!("\n[plugins]\ntrusted-keys = [\"{}\"]\n", keys.pk.to_base64());
    let settings = project.path().join("termwise.toml");
    let text = std::fs::read_to_string(&settings).expect("the settings");
    std::fs::write(&settings, format!("{text}{section}")).expect("written");

    pin(project.path(), &[&component, "--yes"]);
    let (_, list) = told(project.path(), &["plugin", "list"]);
    assert!(list.contains("share-at-or-above 2.0.0  unsigned"), "{list}");

    std::fs::write(&settings, format!("{text}{section}require-signature = true\n")).expect("written");
    let (code, list) = told(project.path(), &["plugin", "list"]);
    assert_eq!(code, Some(1));
    assert!(list.contains("it is not signed, and termwise.toml requires it"), "{list}");

    sign(b"other bytes");
    let (code, refused) = told(project.path(), &["plugin", "pin", &component, "--yes"]);
    assert_eq!(code, Some(1));
    assert!(refused.contains("not by a key in termwise.toml, or not of these bytes"), "{refused}");

    sign(&std::fs::read(&component).expect("the component"));
    pin(project.path(), &[&component, "--yes"]);
    let (code, list) = told(project.path(), &["plugin", "list"]);
    assert_eq!(code, Some(0), "{list}");
    assert!(list.contains("share-at-or-above 2.0.0  signed"), "{list}");
}

#[test]
fn a_key_that_is_none_is_told_with_its_place() {
    let project = sample();
    let settings = project.path().join("termwise.toml");
    let text = std::fs::read_to_string(&settings).expect("the settings");
    std::fs::write(&settings, format!("{text}\n[plugins]\ntrusted-keys = [\"abc\"]\n")).expect("written");
    let (code, told) = told(project.path(), &["check"]);
    assert_eq!(code, Some(1));
    assert!(told.contains("This is not a minisign public key."), "{told}");
}

/// Audience, goal and verdict of each row, as text.
fn rows(verdicts: &Value, audience: &str) -> Vec<String> {
    let all = verdicts.as_array().expect("rows").iter().filter(|row| row["audience"] == audience);
    all.map(|row| format!("{} {}", row["goal"], row["verdict"])).collect()
}

#[test]
fn a_rehearsed_version_goes_out_step_by_step_and_no_step_is_skipped() {
    let project = sample();
    let here = project.path();
    let before = verdicts(here, "2026-04-15");
    pin(here, &[&file(SECOND), "--rehearse", "2", "--yes"]);

    // Only the analyst sees it: every verdict is as it was.
    let first = verdicts(here, "2026-04-15");
    assert_eq!(first, before);
    let (_, check) = told(here, &["check", "--as-of", "2026-04-15"]);
    assert!(check.contains("In rehearsal"), "{check}");
    let rehearsed = check.lines().filter(|line| line.contains("share-at-or-above")).count();
    assert!(rehearsed > 0, "{check}");

    let promote =
        |to: &str| told(here, &["plugin", "promote", "share-at-or-above", "--to", to, "--agreed-by", "office"]);
    let (code, early) = promote("plc");
    assert_eq!(code, Some(1));
    assert!(early.contains("1 of the 2 reporting periods"), "{early}");

    // Taking the mark out of the lock does not end a rehearsal.
    let lock = std::fs::read_to_string(here.join("plugins.lock")).expect("the lock");
    change(here, "plugins.lock", "rehearsal = 2\n", "");
    assert_eq!(verdicts(here, "2026-04-15"), before);
    std::fs::write(here.join("plugins.lock"), lock).expect("written");

    verdicts(here, "2025-12-01");
    let (code, skipped) = promote("staff");
    assert_eq!(code, Some(1));
    assert!(skipped.contains("no step can be skipped"), "{skipped}");
    let (code, told_plc) = promote("plc");
    assert_eq!(code, Some(0), "{told_plc}");

    let for_plcs = verdicts(here, "2026-04-15");
    assert_ne!(rows(&for_plcs, "plc"), rows(&before, "plc"));
    assert_eq!(rows(&for_plcs, "staff"), rows(&before, "staff"));
    assert_eq!(rows(&for_plcs, "parent-council"), rows(&before, "parent-council"));

    assert_eq!(promote("staff").0, Some(0));
    assert_eq!(promote("parent-council").0, Some(0));
    let lock = std::fs::read_to_string(here.join("plugins.lock")).expect("the lock");
    assert!(!lock.contains("rehearsal"), "{lock}");
    let last = verdicts(here, "2026-04-15");
    for audience in ["plc", "staff", "parent-council"] {
        assert_ne!(rows(&last, audience), rows(&before, audience), "{audience}");
    }
    let (_, list) = told(here, &["plugin", "list"]);
    assert_eq!(list.lines().filter(|line| line.contains("agreed by office")).count(), 3, "{list}");
}

#[test]
fn a_new_metric_in_rehearsal_is_not_available_to_anybody_yet() {
    let project = sample();
    let here = project.path();
    let golden = file("tests/fixtures/plugins/misbehaving.wasm");
    pin(here, &[&golden, "--rehearse", "1", "--yes"]);
    change(
        here,
        "goals/saskatoon-berry.toml",
        "measures = [\"reading-en\"]\nkind = \"share\"",
        "measures = [\"reading-en\"]\nkind = \"metric\"\nmetric = \"misbehaving\"",
    );
    let found = verdicts(here, "2026-04-15");
    for audience in ["plc", "staff", "parent-council"] {
        assert!(rows(&found, audience).contains(&"\"sb-reading-k3\" \"not-available\"".to_owned()), "{found}");
    }
}

#[test]
fn impact_lists_every_figure_of_past_reports_that_would_change() {
    let project = sample();
    let here = project.path();
    let (code, told_none) = told(here, &["plugin", "impact", &file(SECOND)]);
    assert_eq!(code, Some(0));
    assert!(told_none.contains("no finished run yet"), "{told_none}");

    verdicts(here, "2026-04-15");
    verdicts(here, "2025-12-01");
    // What is in the project now does not matter: runs are replayed from what they were made from.
    std::fs::remove_dir_all(here.join("data")).expect("the data");
    let (code, same) = told(here, &["plugin", "impact", &file("plugins/prebuilt/share-at-or-above.wasm")]);
    assert_eq!(code, Some(0), "{same}");
    assert_eq!(same.matches("no figure changes").count(), 2, "{same}");

    let (code, other) = told(here, &["plugin", "impact", &file(SECOND)]);
    assert_eq!(code, Some(0), "{other}");
    for period in ["2025-26/P1", "2025-26/P2"] {
        assert!(other.contains(&format!("for {period}: ")), "{other}");
    }
    assert!(other.contains("figures would change") && other.contains("/blue-heron/staff.en.pdf"), "{other}");
    // Growth goals use another metric.
    assert!(other.contains("sb-reading-k3"), "{other}");
    assert!(!other.contains("sb-growth-46"), "{other}");
}

/// A goal may use any metric, and any of its outputs that is a proportion.
#[test]
fn a_goal_may_name_its_metric_and_output() {
    let project = sample();
    let here = project.path();
    let goals = "goals/saskatoon-berry.toml";
    let of =
        |all: &Value| rows(all, "staff").into_iter().filter(|row| row.contains("sb-reading-k3")).collect::<Vec<_>>();
    let before = of(&verdicts(here, "2026-04-15"));
    // Of the younger ones only: the older ones are of no group that is compared below.
    let young = "population = { grades = [\"K\", \"1\", \"2\", \"3\"] }\nmeasures = [\"reading-en\"]\n";
    let by = |metric: &str| format!("{young}kind = \"metric\"\nmetric = \"{metric}\"");
    change(here, goals, &format!("{young}kind = \"share\""), &by("share-at-or-above"));
    assert_eq!(of(&verdicts(here, "2026-04-15")), before);

    change(here, goals, &by("share-at-or-above"), &by("gap"));
    let (_, check) = told(here, &["check", "--as-of", "2026-04-15"]);
    assert!(check.contains("compares two groups, and the goal does not say which"), "{check}");

    // Both sides together are everybody.
    let sides = "compare = [{ grades = [\"K\", \"1\"] }, { grades = [\"2\", \"3\"] }]";
    change(here, goals, &by("gap"), &format!("{}\noutput = \"both\"\n{sides}", by("gap")));
    assert_eq!(of(&verdicts(here, "2026-04-15")), before);

    change(here, goals, "output = \"both\"", "output = \"gap\"");
    // A gap is to fall: one of no more than the share that was the target is a target met.
    assert_ne!(before, ["\"sb-reading-k3\" \"target-met\""]);
    assert_eq!(of(&verdicts(here, "2026-04-15")), ["\"sb-reading-k3\" \"target-met\""]);

    change(here, goals, &by("gap"), &by("matched-growth"));
    change(here, goals, "output = \"gap\"", "parameters = { same-within = -1 }");
    let (_, check) = told(here, &["check", "--as-of", "2026-04-15"]);
    assert!(check.contains("its parameter “same-within” is not at least 0"), "{check}");
}
