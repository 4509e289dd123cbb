//! What reports tell from the record of the goals, in every language, and goals that nobody has agreed on yet:
//! through the real binary.

use std::path::Path;

use serde_json::Value;

mod common;

use common::{change, json, messages, model, sample, told};

const BELIEF: &str = "goals/blue-heron-belief.toml";

/// The sample with all its reports in three languages.
fn in_three_languages() -> tempfile::TempDir {
    let project = sample();
    change(project.path(), "termwise.toml", "languages = [\"en\"]\n", "languages = [\"en\", \"fr\", \"uk\"]\n");
    project
}

/// Runs on a day: what was said as JSON, without errors.
fn run(project: &Path, day: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["run", "--as-of", day, "--json", "--models", "models"];
    arguments.extend(more);
    json(project, &arguments)
}

/// The note about the record of a staff report.
fn note(project: &Path, language: &str) -> String {
    let model = model(project, &format!("blue-heron/staff.{language}"));
    let titles = ["The record of the goals", "Le registre des objectifs", "Запис про цілі"];
    let notes = model["notes"].as_array().expect("notes").iter();
    let found = notes.clone().find(|note| titles.iter().any(|title| note["title"] == *title)).expect("the note");
    found["text"].as_str().expect("a text").to_owned()
}

const HERE: [&str; 2] = ["--school", "blue-heron"];

/// One reworded title costs no edition: what changed is said in the words of each language, old and new texts are
/// quoted in their translation or as they were written; and put back, it is no change.
#[test]
fn a_reworded_title_is_told_in_every_language_and_put_back_it_is_no_change() {
    let project = in_three_languages();
    let folder = project.path();
    // The record begins in an earlier period.
    run(folder, "2025-11-28", &["--school", "blue-heron", "--audience", "staff", "--period", "2025-26/P1"]);
    let new = "title = \"At 12.5% or less of 1,234 days\"";
    change(folder, BELIEF, "title = \"Coming to school\"", new);
    run(folder, "2025-12-05", &["--school", "blue-heron", "--audience", "staff", "--period", "2025-26/P1"]);

    let outcome = run(folder, "2026-03-20", &HERE);
    assert_eq!(messages(&outcome, "error"), "");
    let office = run(folder, "2026-03-20", &["--audience", "division"]);
    assert_eq!(messages(&office, "error"), "");
    for language in ["en", "fr", "uk"] {
        assert!(folder.join(format!("out/2025-26/P2/division/division.{language}.pdf")).is_file(), "{language}");
        assert!(!note(folder, language).contains("measured"), "no raw keys");
    }
    let told_in = |language: &str, wanted: &str| {
        let note = note(folder, language);
        assert!(note.contains(wanted), "{language}: {note}");
    };
    told_in(
        "en",
        "without an amendment (found on December 5, 2025): the title from “Coming to school” to “At 12.5% or less",
    );
    told_in("fr", "le titre, de «\u{a0}Venir à l’école\u{a0}» à «\u{a0}At 12.5% or less of 1,234 days\u{a0}»");
    told_in("uk", "назва – було «Ходити до школи», стало «At 12.5% or less of 1,234 days»");
    // What has a translation is no passage in another language.
    let foreign = model(folder, "blue-heron/staff.fr")["foreign"].clone();
    assert_eq!(foreign, serde_json::json!([{"text": "At 12.5% or less of 1,234 days", "lang": "en"}]));
    assert!(!messages(&outcome, "note").contains("belong to no text"), "the translation is still printed");

    // Without a translation the old text is printed as it was written, too.
    change(folder, "translations/fr.toml", "\"Coming to school\" = \"Venir à l’école\"\n", "");
    let outcome = run(folder, "2026-03-20", &["--school", "blue-heron", "--audience", "staff"]);
    assert_eq!(messages(&outcome, "error"), "");
    told_in("fr", "le titre, de «\u{a0}Coming to school\u{a0}» à «\u{a0}At 12.5%");
    assert!(model(folder, "blue-heron/staff.fr")["foreign"].to_string().contains("\"text\":\"Coming to school\""));

    change(folder, BELIEF, new, "title = \"Coming to school\"");
    let outcome = run(folder, "2026-03-27", &HERE);
    assert_eq!(messages(&outcome, "error"), "");
    assert!(messages(&outcome, "note").contains("“bh-absence” reads again as it did on 2025-11-28"), "{outcome}");
    assert!(!messages(&outcome, "warning").contains("without an amendment"));
    assert!(!note(folder, "en").contains("without an amendment"), "{}", note(folder, "en"));
    assert!(!note(folder, "fr").contains("sans modification convenue"), "{}", note(folder, "fr"));
    // The record keeps both.
    let (code, said) = told(folder, &["goal", "history", "bh-absence"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 2025-12-05 edited") && said.contains("3 2026-03-27 edited"), "{said}");
}

/// Numbers, days and things without words of their own, of goals of other kinds and of their parts.
#[test]
fn other_edits_are_told_in_every_language_too() {
    let project = in_three_languages();
    let folder = project.path();
    let staff = ["--school", "blue-heron", "--audience", "staff"];
    run(folder, "2026-03-20", &staff);
    let literacy = "goals/blue-heron-literacy.toml";
    let text = std::fs::read_to_string(folder.join(literacy)).expect("goals");
    let (before, goal) = text.split_once("id = \"bh-reading-1\"").expect("the goal");
    let goal =
        goal.replacen("target = 0.75", "target = 0.7", 1).replacen("deadline = 2026-06-26", "deadline = 2026-06-19", 1);
    std::fs::write(folder.join(literacy), format!("{before}id = \"bh-reading-1\"{goal}")).expect("goals");
    change(folder, BELIEF, "area = \"well-being\"", "area = \"numeracy\"");
    let outcome = run(folder, "2026-03-27", &staff);
    assert_eq!(messages(&outcome, "error"), "");
    let (english, french) = (note(folder, "en"), note(folder, "fr"));
    assert!(
        english.contains("the target from 75% to 70% and the deadline from June 26, 2026 to June 19, 2026"),
        "{english}"
    );
    assert!(
        french.contains("la cible, de 75\u{a0}% à 70\u{a0}% et l’échéance, du 26 juin 2026 au 19 juin 2026"),
        "{french}"
    );
    assert!(english.contains("the area from Well-being to Numeracy"), "{english}");
}

/// A draft is judged and shown among staff, with its mark; parents and the division's office do not get it, and its
/// texts are nobody's word yet.
#[test]
fn a_draft_is_shown_among_staff_and_recorded_when_it_is_agreed() {
    let project = in_three_languages();
    let folder = project.path();
    let goal = "id = \"bh-absence\"\n";
    change(folder, BELIEF, goal, &format!("{goal}draft = true\n"));
    for asked in [&HERE[..], &["--audience", "division"][..]] {
        assert_eq!(messages(&run(folder, "2026-03-20", asked), "error"), "");
    }
    let marks =
        [("en", "Draft, not agreed yet"), ("fr", "Ébauche, pas encore convenue"), ("uk", "Чернетка, ще не погоджено")];
    for (language, mark) in marks {
        for report in ["staff", "leadership", "plc-early-literacy"] {
            let place = format!("blue-heron/{report}.{language}");
            let model = model(folder, &place);
            let goals = model["goals"].as_array().expect("goals");
            let draft = goals.iter().find(|goal| goal["id"] == "bh-absence").unwrap_or_else(|| panic!("{place}"));
            assert_eq!(draft["draft"], mark);
            assert!(goals.iter().filter(|goal| goal["id"] != "bh-absence").all(|goal| goal["draft"].is_null()));
            assert_ne!(draft["verdict"]["key"], "not-available");
            let file = folder.join(format!("out/2025-26/P2/{place}.pdf"));
            let text =
                pdf_extract::extract_text(file).expect("a text").split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(mark), "{place}: {text}");
        }
        for place in [format!("blue-heron/parent-council.{language}"), format!("division/division.{language}")] {
            let model = model(folder, &place).to_string();
            assert!(!model.contains("bh-absence") && !model.contains(mark), "{place}");
        }
    }
    let (code, said) = told(folder, &["goal", "history", "bh-absence"]);
    assert!(code == Some(0) && said.contains("is a draft now"), "{said}");

    // Edits of a draft are no quiet edits; the record begins with what was agreed.
    let staff = ["--school", "blue-heron", "--audience", "staff"];
    change(folder, BELIEF, "title = \"Coming to school\"", "title = \"Here every day\"");
    assert!(!messages(&run(folder, "2026-03-21", &staff), "warning").contains("without an amendment"));
    change(folder, BELIEF, "draft = true\n", "");
    assert!(!messages(&run(folder, "2026-03-22", &staff), "warning").contains("without an amendment"));
    let (_, said) = told(folder, &["goal", "history", "bh-absence"]);
    assert!(said.contains("1 2026-03-22 entered") && !said.contains("draft") && !said.contains("\n  2 "), "{said}");
    let model = model(folder, "blue-heron/staff.en").to_string();
    assert!(!model.contains(marks[0].1));

    // An agreed goal does not become a draft without a word.
    change(folder, BELIEF, goal, &format!("{goal}draft = true\n"));
    let outcome = run(folder, "2026-03-23", &staff);
    assert_eq!(messages(&outcome, "error"), "");
    assert!(messages(&outcome, "warning").contains("“bh-absence” was changed without an amendment since 2026-03-22"));
    assert!(
        note(folder, "en").contains("without an amendment (found on March 23, 2026): a draft again, no longer agreed"),
        "{}",
        note(folder, "en")
    );
    assert!(note(folder, "fr").contains("de nouveau une ébauche"), "{}", note(folder, "fr"));
    change(folder, BELIEF, "title = \"Here every day\"", "title = \"At school every day\"");
    assert!(!messages(&run(folder, "2026-03-24", &staff), "warning").contains("without an amendment"));
    change(folder, BELIEF, "draft = true\n", "");
    let outcome = run(folder, "2026-03-25", &staff);
    assert!(messages(&outcome, "warning").contains("title: Here every day → At school every day"), "{outcome}");
    let english = note(folder, "en");
    assert!(english.contains("the title from “Here every day” to “At school every day”"), "{english}");
    assert!(!english.contains("a draft"), "it is agreed again: {english}");
}

#[test]
fn a_new_goal_may_begin_as_a_draft() {
    let project = sample();
    let goal = "goal new . --id wb-new --school willow-bend --title Readers --measures reading-en --baseline 2024-25/P3 \
                --target 0.66 --deadline 2026-06-26 --why Why. --as-of 2026-03-20 --draft --write goals/new.toml";
    let (code, said) = told(project.path(), &goal.split_whitespace().collect::<Vec<_>>());
    assert_eq!(code, Some(0), "{said}");
    assert!(std::fs::read_to_string(project.path().join("goals/new.toml")).expect("a goal").contains("draft = true\n"));
    assert!(said.contains("One student counts for"), "{said}");
}
