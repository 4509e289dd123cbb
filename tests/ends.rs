//! When a goal ends: the deadline decides, and what comes later changes nothing.

use proptest::prelude::*;

mod common;
#[path = "common/division.rs"]
mod division;

use division::{Division, Student, text};

const BASE: &str = "population = { grades = [\"3\"] }\nbaseline = { value = 0.4, on = 2024-09-04 }\ntarget = 0.6\n";

const DELIVERED: &str = "[[delivery.folder]]\nname = \"shared drive\"\npath = \"delivered\"\naudiences = []\n";

/// Grade 3 of two years: 12 of 24 in June 2025, 20 of 24 of the next children in November 2025 and March 2026.
fn two_cohorts() -> Division {
    let mut division = Division::default();
    division.cohort("2024-25", 100..124, ("3", ""));
    division.cohort("2025-26", 200..224, ("3", ""));
    division.results("2024-25", "P2", 100..124, 11);
    division.results("2024-25", "P3", 100..124, 12);
    division.results("2025-26", "P1", 200..224, 20);
    division.results("2025-26", "P2", 200..224, 20);
    division
}

#[test]
fn a_goal_that_was_missed_is_not_met_by_the_next_children() {
    let mut division = two_cohorts();
    division.goal("g", &format!("{BASE}deadline = 2025-06-27"));
    for as_of in ["2025-07-01", "2025-12-01", "2026-04-15", "2027-04-01"] {
        let goal = &division.judged(as_of, None)["g"];
        assert_eq!(text(goal, &["verdict", "key"]), "target-not-met", "{as_of}");
        assert_eq!(text(goal, &["now", "text"]), "50%", "{as_of}");
        assert_eq!(text(goal, &["now", "when"]), "June 2025", "{as_of}");
        let explain = text(goal, &["verdict", "explain"]);
        assert!(explain.contains("ended on June 27, 2025"), "{as_of}: {explain}");
        let alt = text(goal, &["progress", "alt"]);
        let later = alt.contains("November 2025, after the goal ended: 83%");
        assert_eq!(later, as_of > "2025-11-21", "{as_of}: {alt}");
        // The same children are those of June 2025; nobody is compared with the next ones.
        assert!(!goal["people"].to_string().contains("November 2025"), "{as_of}: {}", goal["people"]);
    }
}

#[test]
fn a_deadline_after_the_last_closing_day_is_decided_by_the_last_period_before_it() {
    let mut division = two_cohorts();
    division.goal("june", &format!("{BASE}deadline = 2025-06-30"));
    division.goal("year", &format!("{BASE}deadline = 2025-12-31"));
    let verdict = |as_of: &str, period: Option<&str>, id: &str| {
        let goal = division.judged(as_of, period)[id].clone();
        (text(&goal, &["verdict", "key"]).to_owned(), text(&goal, &["now", "when"]).to_owned())
    };
    let is = |key: &str, when: &str| (key.to_owned(), when.to_owned());
    // On the deadline itself the goal is still on its way.
    let (key, when) = verdict("2025-06-30", None, "june");
    assert!(key != "target-not-met" && when == "June 2025", "{key} {when}");
    assert_eq!(verdict("2025-07-01", None, "june"), is("target-not-met", "June 2025"));
    assert_eq!(verdict("2026-04-15", None, "june"), is("target-not-met", "June 2025"));
    // By the end of 2025: November decides, not March.
    assert_eq!(verdict("2026-01-15", None, "year"), is("target-met", "November 2025"));
    assert_eq!(verdict("2026-04-15", None, "year"), is("target-met", "November 2025"));
    // A report about an earlier period does not know the end.
    let (key, when) = verdict("2026-04-15", Some("2024-25/P2"), "year");
    assert!(key != "target-not-met" && when == "March 2025", "{key} {when}");
    division.settings = "[judging]\ndeciding-period = \"containing-deadline\"\n".into();
    division.results("2025-26", "P2", 200..224, 10);
    let verdict = |as_of: &str, id: &str| text(&division.judged(as_of, None)[id], &["verdict", "key"]).to_owned();
    assert_eq!(verdict("2026-04-15", "year"), "target-not-met", "March contains the last of December");
}

#[test]
fn without_a_result_by_then_nothing_is_decided_and_without_the_last_the_one_before_decides() {
    let mut division = two_cohorts();
    division.math.retain(|(year, period, _), _| (*year, *period) != ("2024-25", "P3"));
    division.goal("g", &format!("{BASE}deadline = 2025-06-27"));
    let goal = &division.judged("2025-12-01", None)["g"];
    assert_eq!(text(goal, &["verdict", "key"]), "target-not-met");
    assert_eq!(text(goal, &["now", "when"]), "March 2025", "the last result decides");
    division.math.retain(|(year, ..), _| *year != "2024-25");
    let goal = &division.judged("2025-12-01", None)["g"];
    assert_eq!(text(goal, &["verdict", "key"]), "not-enough-data");
    assert!(text(goal, &["verdict", "explain"]).contains("with no result"), "{}", goal["verdict"]);
}

#[test]
fn an_amendment_after_the_end_changes_nothing() {
    let mut division = two_cohorts();
    let late = "[[goal.amendment]]\non = 2025-09-15\nreason = \"We want to go on.\"\nagreed-by = [\"Staff meeting\"]\n\
                target = 0.45\ndeadline = 2026-06-26\n";
    division.goal("g", &format!("{BASE}deadline = 2025-06-27\n{late}"));
    let goal = &division.judged("2026-04-15", None)["g"];
    assert_eq!(text(goal, &["verdict", "key"]), "target-not-met");
    assert_eq!(text(goal, &["target", "text"]), "60%");
    assert_eq!(goal["amendments"].as_array().map(Vec::len), Some(0), "{}", goal["amendments"]);
}

/// What meetings agreed for a goal with parts holds for each of its parts.
#[test]
fn a_goal_with_parts_that_is_put_off_in_time_goes_on() {
    let mut division = two_cohorts();
    let several = |amended: &str| {
        let part = |title: &str| {
            format!(
                "[[goal.part]]\ntitle = \"{title}\"\nmeasures = [\"math\"]\npopulation = {{ grades = [\"3\"] }}\n\
                 baseline = {{ value = 0.4, on = 2024-09-04 }}\ntarget = 0.6\n"
            )
        };
        let both = part("One") + &part("Two");
        format!(
            "[[goal]]\nid = \"g\"\nschool = \"maple\"\narea = \"numeracy\"\ntitle = \"Goal\"\nstatement = \"We will.\"\n\
             why = \"It matters.\"\nkind = \"several\"\nrule = \"all\"\ndeadline = 2025-06-27\n{amended}{both}"
        )
    };
    let put_off = |on: &str| {
        format!(
            "[[goal.amendment]]\non = {on}\nreason = \"A year more.\"\nagreed-by = [\"Staff meeting\"]\n\
             deadline = 2026-06-26\n"
        )
    };
    let mut verdicts = |amended: &str| {
        division.goals = vec![several(amended)];
        let goal = &division.judged("2025-12-01", None)["g"];
        let of = |value: &serde_json::Value| text(value, &["verdict", "key"]).to_owned();
        [of(goal), of(&goal["parts"][0]), of(&goal["parts"][1])]
    };
    assert_eq!(verdicts(""), ["target-not-met"; 3]);
    assert_eq!(verdicts(&put_off("2025-03-20")), ["target-met"; 3], "20 of 24 in November");
    assert_eq!(verdicts(&put_off("2025-09-15")), ["target-not-met"; 3], "it had ended");
}

#[test]
fn nobody_enrolled_on_the_closing_day_is_told_and_is_no_lack_of_results() {
    let mut division = two_cohorts();
    // Exit days are the day after the last day of classes, and the period closes a day too late.
    division.students.get_mut("2024-25").expect("students").iter_mut().for_each(|s| s.left = "2025-06-26".into());
    division.goal("g", &format!("{BASE}deadline = 2025-12-31"));
    let (code, told) = division.check("2025-07-01");
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("0 of 24 students of the previous period are enrolled at Maple School on 26 June 2025"),
        "{told}"
    );
    let goal = &division.judged("2025-07-01", Some("2024-25/P3"))["g"];
    let said = format!("{} {}", goal["sentence"], goal["verdict"]["explain"]);
    assert!(said.contains("Nobody") && said.contains("June 26, 2025") && !said.contains("no results"), "{said}");
}

/// A run that leaves its ledger in the folder; the goal as an audience's report has it.
fn issued(
    folder: &std::path::Path,
    division: &Division,
    as_of: &str,
    (audience, period): (&str, Option<&str>),
) -> serde_json::Value {
    division.write(folder);
    let mut arguments = vec!["run", "--as-of", as_of, "--models", "models", "--json"];
    arguments.extend(period.iter().flat_map(|period| ["--period", period]));
    let output = common::termwise(folder, &arguments);
    let outcome: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let path = format!("models/out/{}/maple/{audience}.en.json", outcome["period"].as_str().expect("a period"));
    let model = std::fs::read(folder.join(path)).expect("a model");
    serde_json::from_slice::<serde_json::Value>(&model).expect("JSON")["goals"][0].clone()
}

fn explained(goal: &serde_json::Value) -> (&str, &str) {
    (text(goal, &["verdict", "key"]), text(goal, &["verdict", "explain"]))
}

#[test]
fn a_final_verdict_by_the_last_result_before_the_deciding_period_is_named_too() {
    let mut division = two_cohorts();
    division.math.retain(|(year, period, _), _| (*year, *period) != ("2024-25", "P3"));
    division.goal("g", &format!("{BASE}deadline = 2025-06-27"));
    let folder = tempfile::tempdir().expect("a folder");
    let first = issued(folder.path(), &division, "2025-07-01", ("staff", None));
    assert_eq!((text(&first, &["verdict", "key"]), text(&first, &["now", "when"])), ("target-not-met", "March 2025"));
    division.results("2024-25", "P2", 100..124, 20);
    for as_of in ["2025-07-10", "2025-12-10"] {
        let goal = issued(folder.path(), &division, as_of, ("staff", None));
        let (key, explain) = explained(&goal);
        assert_eq!(key, "target-met", "{as_of}");
        assert!(explain.contains("On July 1, 2025 the verdict was “Target not met”"), "{as_of}: {explain}");
    }
}

#[test]
fn a_verdict_that_was_not_final_is_never_named_as_one() {
    let mut division = two_cohorts();
    division.goal("g", &format!("{BASE}deadline = 2026-06-26"));
    let folder = tempfile::tempdir().expect("a folder");
    let first = issued(folder.path(), &division, "2025-12-15", ("staff", None));
    assert!(!explained(&first).1.contains("ended on"), "{}", explained(&first).1);
    let amended = "[[goal.amendment]]\non = 2025-10-20\ndeadline = 2025-11-28\nreason = \"It is time.\"\n\
                   agreed-by = [\"Staff meeting\"]\n";
    for goal in [format!("{BASE}deadline = 2026-06-26\n{amended}"), format!("{BASE}deadline = 2025-11-28")] {
        division.goals.clear();
        division.goal("g", &goal);
        let goal = issued(folder.path(), &division, "2026-01-10", ("staff", None));
        let explain = explained(&goal).1;
        assert!(explain.contains("ended on November 28, 2025") && !explain.contains("the verdict was"), "{explain}");
    }
}

#[test]
fn a_verdict_that_was_hidden_from_readers_is_not_told_to_them_later() {
    let mut division = Division::default();
    division.cohort("2024-25", 100..112, ("3", ""));
    division.results("2024-25", "P3", 100..109, 4);
    division.goal("g", &format!("{BASE}deadline = 2025-06-27"));
    let folder = tempfile::tempdir().expect("a folder");
    let council = issued(folder.path(), &division, "2025-07-01", ("parent-council", None));
    assert_eq!(text(&council, &["verdict", "key"]), "not-shown");
    division.results("2024-25", "P3", 100..112, 9);
    let council = issued(folder.path(), &division, "2025-07-10", ("parent-council", None));
    assert_eq!(explained(&council).0, "target-met");
    assert!(!explained(&council).1.contains("the verdict was"), "{}", explained(&council).1);
    let staff = issued(folder.path(), &division, "2025-07-10", ("staff", None));
    assert!(
        explained(&staff).1.contains("On July 1, 2025 the verdict was “Target not met”"),
        "{}",
        explained(&staff).1
    );
}

#[test]
fn a_final_verdict_of_a_goal_that_is_opened_again_is_named() {
    let mut division = two_cohorts();
    division.goal("g", &format!("{BASE}deadline = 2025-06-27"));
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(explained(&issued(folder.path(), &division, "2025-07-01", ("staff", None))).0, "target-not-met");
    division.goals.clear();
    let amended = "[[goal.amendment]]\non = 2025-06-20\ndeadline = 2026-06-26\nreason = \"A year more.\"\n\
                   agreed-by = [\"Staff meeting\"]\n";
    division.goal("g", &format!("{BASE}deadline = 2025-06-27\n{amended}"));
    let goal = issued(folder.path(), &division, "2025-12-10", ("staff", None));
    let (key, explain) = explained(&goal);
    assert!(
        key != "target-not-met" && explain.contains("On July 1, 2025 the verdict was “Target not met”"),
        "{key} {explain}"
    );
    // A report about a period of before says nothing of the end.
    let goal = issued(folder.path(), &division, "2025-12-11", ("staff", Some("2024-25/P2")));
    assert!(!explained(&goal).1.contains("ended on"), "{}", explained(&goal).1);
}

#[test]
fn a_report_about_an_earlier_period_hides_no_correction() {
    let mut division = two_cohorts();
    division.goal("g", &format!("{BASE}deadline = 2026-06-26"));
    division.settings = DELIVERED.into();
    let folder = tempfile::tempdir().expect("a folder");
    issued(folder.path(), &division, "2025-07-01", ("staff", None));
    issued(folder.path(), &division, "2025-07-02", ("staff", Some("2024-25/P1")));
    division.results("2024-25", "P3", 100..124, 20);
    let goal = issued(folder.path(), &division, "2025-07-03", ("staff", None));
    assert!(text(&goal, &["corrected"]).contains("8 earlier results"), "{}", goal["corrected"]);
}

/// What was agreed of a part is printed with its name; a part has no deadline of its own.
#[test]
fn amendments_of_parts_are_printed() {
    let mut division = two_cohorts();
    let part = |title: &str, amended: &str| {
        format!(
            "[[goal.part]]\ntitle = \"{title}\"\nmeasures = [\"math\"]\npopulation = {{ grades = [\"3\"] }}\n\
             baseline = {{ value = 0.4, on = 2024-09-04 }}\ntarget = 0.6\n{amended}"
        )
    };
    let agreed = |table: &str, on: &str, what: &str| {
        format!("[[goal.{table}]]\non = {on}\nreason = \"We know more.\"\nagreed-by = [\"Staff meeting\"]\n{what}\n")
    };
    let mut goal = |own: &str| {
        division.goals = vec![format!(
            "[[goal]]\nid = \"g\"\nschool = \"maple\"\narea = \"numeracy\"\ntitle = \"Goal\"\nstatement = \"We will.\"\n\
             why = \"It matters.\"\nkind = \"several\"\nrule = \"all\"\ndeadline = 2025-06-27\n{}{}{}",
            agreed("amendment", "2025-03-20", "deadline = 2025-12-31"),
            part("Number sense", &agreed("part.amendment", "2025-02-03", own)),
            part("Problems", ""),
        )];
        division.clone()
    };
    let goals = goal("target = 0.45").judged("2026-01-10", None);
    let told = goals["g"]["amendments"].to_string();
    assert!(told.contains("Number sense: the target from 60% to 45%"), "{told}");
    assert!(told.contains("Problems: The goal as first agreed (60% by June 2025) was not met."), "{told}");
    let (code, told) = goal("deadline = 2026-06-26").check("2026-01-10");
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("A part ends with its goal."), "{told}");
}

#[test]
fn a_final_verdict_changes_by_a_correction_only_and_names_it() {
    let mut division = two_cohorts();
    division.goal("g", &format!("{BASE}deadline = 2025-06-27"));
    division.settings = DELIVERED.into();
    let folder = tempfile::tempdir().expect("a folder");
    let run_of = |division: &Division, as_of: &str, period: Option<&str>| {
        issued(folder.path(), division, as_of, ("staff", period))
    };
    let run = |division: &Division, as_of: &str| run_of(division, as_of, None);
    let first = run(&division, "2025-07-01");
    assert_eq!((text(&first, &["verdict", "key"]), &first["corrected"]), ("target-not-met", &serde_json::Value::Null));
    // A report about a period before the end does not know it, and its verdict was none that stays.
    let before = run_of(&division, "2025-07-02", Some("2024-25/P2"));
    assert_ne!(text(&before, &["verdict", "key"]), "target-not-met");
    let again = run(&division, "2025-07-03");
    let explain = text(&again, &["verdict", "explain"]);
    assert!(explain.contains("ended on") && !explain.contains("the verdict was"), "{explain}");
    // Five results of June were wrong; the next children are no correction.
    division.math.extend((112..117).map(|number| (("2024-25", "P3", number), 70)));
    let second = run(&division, "2025-12-01");
    assert_eq!(text(&second, &["verdict", "key"]), "target-met");
    let corrected = text(&second, &["corrected"]);
    assert!(corrected.contains("after the goal had ended: 5 results"), "{corrected}");
    let explain = text(&second, &["verdict", "explain"]);
    assert!(explain.contains("On July 3, 2025 the verdict was “Target not met”"), "{explain}");
    // Six who had none come late.
    division.cohort("2024-25", 130..136, ("3", ""));
    division.results("2024-25", "P3", 130..136, 0);
    let third = run(&division, "2026-04-15");
    assert_eq!(text(&third, &["verdict", "key"]), "target-not-met");
    let corrected = text(&third, &["corrected"]);
    assert!(corrected.contains("6 results"), "{corrected}");
}

/// Draws what happened by the deadline and what came later.
fn story() -> impl Strategy<Value = (u32, [Option<u32>; 3], [Option<u32>; 3], u32, bool)> {
    let met = || prop_oneof![1 => Just(None), 4 => (0u32..=20).prop_map(Some)];
    (0u32..3, [met(), met(), met()], [met(), met(), met()], 1u32..15, any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever results and children come later, a final verdict stays, with its figure.
    #[test]
    fn a_final_verdict_never_changes((late, before, after, newcomers, computed) in story()) {
        let mut division = Division::default();
        division.cohort("2024-25", 100..120, ("3", ""));
        for (period, met) in ["P1", "P2", "P3"].into_iter().zip(before) {
            if let Some(met) = met {
                division.results("2024-25", period, 100..120, met);
            }
        }
        let baseline =
            if computed { "baseline = { period = \"2024-25/P1\" }" } else { "baseline = { value = 0.3, on = 2024-09-04 }" };
        let deadline = ["2025-06-26", "2025-06-30", "2025-09-20"][late as usize];
        division.goal("g", &format!("population = {{ grades = [\"3\"] }}\n{baseline}\ntarget = 0.7\ndeadline = {deadline}"));
        let full = "baseline = { first-full-period-from = \"2024-25/P1\" }";
        division.goal("full", &format!("population = {{ grades = [\"3\"] }}\n{full}\ntarget = 0.7\ndeadline = {deadline}"));
        if division.math.is_empty() {
            return Ok(());
        }
        let first = division.judged("2025-09-21", None);
        // The same children go on, others come, and all have new results; some of the old ones leave the school.
        division.cohort("2025-26", 100..120, ("4", ""));
        division.cohort("2025-26", 200..200 + newcomers, ("3", ""));
        division.students.entry("2025-26").or_default().push(Student::new(999, "3", ""));
        for (period, met) in ["P1", "P2", "P3"].into_iter().zip(after) {
            if let Some(met) = met {
                division.results("2025-26", period, 100..120, met);
                division.results("2025-26", period, 200..200 + newcomers, met.min(newcomers));
            }
        }
        for as_of in ["2025-11-25", "2026-03-20", "2026-07-02"] {
            let now = division.judged(as_of, None);
            for id in ["g", "full"] {
                for part in ["verdict", "now", "baseline", "target", "sentence", "more", "change", "people", "counted"] {
                    prop_assert_eq!(&first[id][part], &now[id][part], "{} {} {}", id, as_of, part);
                }
            }
        }
    }
}
