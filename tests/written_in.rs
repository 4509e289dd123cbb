//! Goals and schools that write in another language than their division: every edition is made, what has no
//! translation is printed as it is written, marked, and never half of a sentence.

use std::path::Path;

use serde_json::Value;

mod common;

use common::{change, copy_of, goal, json, messages, model, repository, sample, termwise, told};

/// Composes the reports and gives what the run told; the models lie in `models`.
fn models(project: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["run", "--as-of", "2026-03-20", "--json", "--dry-run", "--models", "models"];
    arguments.extend(more);
    json(project, &arguments)
}

/// Every report was composed, and its editions say the same.
fn all_made(outcome: &Value) {
    assert_eq!(messages(outcome, "error"), "");
    assert_eq!(outcome["not_made"], serde_json::json!([]), "{outcome}");
}

/// The language in which a model marks a passage.
fn marked<'a>(model: &'a Value, text: &str) -> Option<&'a str> {
    let foreign = model["foreign"].as_array().expect("passages").iter();
    foreign.into_iter().find(|passage| passage["text"] == text).and_then(|passage| passage["lang"].as_str())
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// The goal on attendance, written in French.
const ABSENCE: &str = r#"id = "bh-absence"
school = "blue-heron"
written-in = "fr"
area = "well-being"
title = "Venir à l’école"
statement = "D’ici juin 2026, au plus 12 % de nos élèves manqueront un dixième de leurs 184,5 jours d’école ou plus."
indicator = "ont manqué un dixième de leurs 184,5 jours d’école ou plus"
why = """En juin 2025, un élève sur cinq avait manqué un dixième de l’étape ou plus. Les familles nous ont dit que les matins \
sont difficiles, et être ici passe avant tout ce que nous enseignons."""
priority = "Appartenance"
evidence = "Présences de 2024-25 et conversations de l’automne"
population = { grades = [] }
measures = ["days-enrolled", "days-absent"]
kind = "metric"
metric = "chronic-absence"
baseline = { period = "2024-25/P3" }
target = 0.12
deadline = 2026-06-26
questions = ["Que remarquons-nous depuis novembre?"]
families = "Dites-nous ce qui rend les matins plus faciles."
council-question = "Que pourrions-nous faire ensemble pour les matins?"
plcs = ["early-literacy", "grades-2-4"]
[[goal.strategy]]
text = "Un accueil à la porte et vingt minutes calmes au début de la journée"
team = "Toutes les équipes"
since = 2025-10-01
status = "under-way"
[[goal.decision]]
on = 2025-12-03
meeting = "Réunion du personnel"
text = "Téléphoner aux familles avant la dixième absence"
[[goal.amendment]]
on = 2025-12-03
reason = "L’étape compte moins de jours que prévu."
agreed-by = ["Réunion du personnel", "Conseil des parents"]
target = 0.15

"#;

/// The sample division with that goal, all audiences in three languages.
fn with_a_goal_in_french() -> tempfile::TempDir {
    let project = sample();
    let file = project.path().join("goals/blue-heron-belief.toml");
    let text = std::fs::read_to_string(&file).expect("the goals");
    let start = text.find("id = \"bh-absence\"").expect("the goal");
    let end = start + text[start..].find("[[goal]]").expect("the next goal");
    std::fs::write(&file, format!("{}{ABSENCE}{}", &text[..start], &text[end..])).expect("written");
    in_three_languages(project.path());
    project
}

fn in_three_languages(project: &Path) {
    let three = "[\"en\", \"fr\", \"uk\"]";
    let audiences = ["staff", "plc", "leadership", "division"].map(|audience| format!("\n{audience} = {three}"));
    change(
        project,
        "termwise.toml",
        "parent-council = [\"en\", \"fr\", \"uk\"]",
        &format!("parent-council = {three}{}", audiences.concat()),
    );
}

#[test]
fn a_goal_in_french_is_printed_as_written_and_marked_in_every_other_language() {
    let project = with_a_goal_in_french();
    let outcome = models(project.path(), &["--school", "blue-heron"]);
    all_made(&outcome);
    let indicator = "ont manqué un dixième de leurs 184,5 jours d’école ou plus";
    for (report, quoted) in [
        ("blue-heron/staff.en", format!(" students (14%): “{indicator}”; the line to the target ")),
        ("blue-heron/staff.uk", format!(" – учні, про яких можна сказати: «{indicator}»; лінія ")),
    ] {
        let model = model(project.path(), report);
        let goal = goal(&model, "bh-absence");
        let (sentence, alt) = (string(&goal["sentence"]), string(&goal["progress"]["alt"]));
        assert!(sentence.contains(&quoted), "{sentence}");
        assert!(alt.contains(indicator) && !alt.contains(&format!("who {indicator}")), "{alt}");
        for text in [
            "Venir à l’école",
            indicator,
            "Dites-nous ce qui rend les matins plus faciles.",
            "Que remarquons-nous depuis novembre?",
            "Toutes les équipes",
            "Un accueil à la porte et vingt minutes calmes au début de la journée",
            "Téléphoner aux familles avant la dixième absence",
            "L’étape compte moins de jours que prévu.",
            "Conseil des parents",
            "Appartenance",
        ] {
            assert_eq!(marked(&model, text), Some("fr"), "{report}: {text}: {}", model["foreign"]);
        }
    }
    // Two languages beside Ukrainian would be marked, each as its own.
    change(
        project.path(),
        "goals/blue-heron-belief.toml",
        "title = \"Learning outdoors and from the land\"",
        "title = \"Learning outdoors\"",
    );
    all_made(&models(project.path(), &["--school", "blue-heron"]));
    let ukrainian = model(project.path(), "blue-heron/staff.uk");
    let found = ["Learning outdoors", "Venir à l’école"].map(|title| marked(&ukrainian, title));
    assert_eq!(found, [Some("en"), Some("fr")]);

    // In French it is at home: nothing of it is marked, and its sentence is whole.
    let french = model(project.path(), "blue-heron/staff.fr");
    let own = goal(&french, "bh-absence");
    let sentence = string(&own["sentence"]);
    assert!(sentence.contains(&format!("\u{a0}%) {indicator}; la ligne ")), "{sentence}");
    assert_eq!(own["title"], "Venir à l’école");
    let decision = string(&own["decisions"][0]["text"]);
    assert!(decision.starts_with("Réunion du personnel, "), "{decision}");
    assert_eq!(french["foreign"], serde_json::json!([{"text": "Learning outdoors", "lang": "en"}]));
}

/// The web page carries the language of each passage, and the PDF of every edition is made.
#[test]
fn the_pages_carry_the_language_of_each_passage() {
    let project = with_a_goal_in_french();
    let folder = project.path();
    let arguments =
        ["run", "--as-of", "2026-03-20", "--json", "--school", "blue-heron", "--audience", "parent-council"];
    let output = termwise(folder, &arguments);
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    all_made(&outcome);
    let page =
        |name: &str| std::fs::read_to_string(folder.join("out/2025-26/P2/blue-heron").join(name)).expect("the page");
    let english = page("parent-council.en.html");
    assert!(english.contains("<span lang=\"fr\">Venir à l’école</span>"), "{english}");
    assert!(!page("parent-council.fr.html").contains("<span lang="));
    // The text of the page is the model's, its numbers too.
    assert!(english.contains("184,5"), "{english}");
    for language in ["en", "fr", "uk"] {
        assert!(folder.join(format!("out/2025-26/P2/blue-heron/parent-council.{language}.pdf")).is_file());
    }
}

/// What is missing is counted for each language, listed, and used once it is written.
#[test]
fn texts_of_a_goal_are_translated_back_into_the_divisions_language() {
    let project = with_a_goal_in_french();
    let folder = project.path();
    let (_, said) = told(folder, &["check", "--all", "--as-of", "2026-03-20"]);
    assert!(said.contains("15 texts have no translation for the reports in “en” (15 written in “fr”)"), "{said}");
    assert!(said.contains("15 texts have no translation for the reports in “uk” (15 written in “fr”)"), "{said}");
    assert!(!said.contains("no translation for the reports in “fr”"), "{said}");

    let (code, said) = told(folder, &["translate", "en"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("15 of 15 texts have no translation; 15 were added to translations/en.toml."), "{said}");
    let (_, listed) = told(folder, &["translate", "fr", "--show"]);
    assert_eq!(listed, "", "a text in French needs no translation into it");
    let indicator = "ont manqué un dixième de leurs 184,5 jours d’école ou plus";
    for (text, translation) in [
        (indicator, "missed a tenth of their 184.5 school days or more"),
        ("Venir à l’école", "Coming to school"),
        // A name may stay as it is.
        ("Toutes les équipes", "Toutes les équipes"),
    ] {
        change(
            folder,
            "translations/en.toml",
            &format!("\"{text}\" = \"\""),
            &format!("\"{text}\" = \"{translation}\""),
        );
    }
    let outcome = models(folder, &["--school", "blue-heron"]);
    all_made(&outcome);
    assert!(messages(&outcome, "warning").contains("12 texts have no translation for the reports in “en”"));
    let english = model(folder, "blue-heron/staff.en");
    let own = goal(&english, "bh-absence");
    let sentence = string(&own["sentence"]);
    assert!(
        sentence.contains("missed a tenth of their 184.5 school days or more between November 24, 2025"),
        "{sentence}"
    );
    assert_eq!(own["title"], "Coming to school");
    assert_eq!([indicator, "Toutes les équipes"].map(|text| marked(&english, text)), [None, None]);
    assert_eq!(marked(&english, "Appartenance"), Some("fr"));
    // Nobody has read the translation yet; where nothing is translated, there is nothing to say.
    assert!(english["translation"].is_string(), "{}", english["translation"]);
    all_made(&models(folder, &["--school", "willow-bend"]));
    assert!(model(folder, "willow-bend/staff.en")["translation"].is_null());
}

/// A school writes in its own language; one goal of it may write in another.
#[test]
fn a_school_has_a_language_for_its_goals_and_teams() {
    let project = sample();
    let folder = project.path();
    in_three_languages(folder);
    change(
        folder,
        "termwise.toml",
        "also-called = [\"Willow Bend\", \"WBCS\"]\n",
        "also-called = [\"Willow Bend\", \"WBCS\"]\nwritten-in = \"de\"\n",
    );
    change(
        folder,
        "goals/willow-bend.toml",
        "id = \"wb-numeracy-13\"\n",
        "id = \"wb-numeracy-13\"\nwritten-in = \"en\"\n",
    );
    let outcome = models(folder, &[]);
    all_made(&outcome);
    let english = model(folder, "willow-bend/staff.en");
    assert_eq!(marked(&english, "Reading in our multi-grade classroom"), Some("de"));
    assert_eq!(marked(&english, "Grade 1–3 mathematics"), None, "a goal of its own language");
    assert_eq!(marked(&model(folder, "willow-bend/plc-willow-all.en"), "Multi-grade PLC"), Some("de"));
    // The translations are of German texts now, and hold.
    assert_eq!(model(folder, "willow-bend/staff.fr")["foreign"], serde_json::json!([]));
    assert_eq!(model(folder, "blue-heron/staff.en")["foreign"], serde_json::json!([]));
    let all = model(folder, "division/division.en");
    assert_eq!(marked(&all, "Reading in our multi-grade classroom"), Some("de"));

    change(folder, "termwise.toml", "written-in = \"de\"", "written-in = \"German\"");
    let (code, said) = told(folder, &["check"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("“German” is not a code of a language.") && said.contains("termwise.toml:"), "{said}");
}

/// A period that is not called by its month has a translation, which may be the same.
#[test]
fn names_of_periods_are_listed_and_may_stay_as_they_are() {
    let project = sample();
    let folder = project.path();
    change(
        folder,
        "termwise.toml",
        "name = \"March\"\nalso-called = [",
        "name = \"Winter\"\nalso-called = [\"March\", ",
    );
    let open = |language: &str| told(folder, &["translate", language, "--show"]).1;
    assert_eq!(open("fr"), "Winter\n");
    let parents = ["--school", "blue-heron", "--audience", "parent-council"];
    all_made(&models(folder, &parents));
    let french = model(folder, "blue-heron/parent-council.fr");
    assert_eq!(french["period"]["name"], "«\u{a0}Winter\u{a0}» (mars 2026)");
    assert_eq!(marked(&french, "Winter"), Some("en"));

    for (language, name) in [("fr", "Hiver"), ("uk", "Winter")] {
        told(folder, &["translate", language]);
        let file = format!("translations/{language}.toml");
        change(folder, &file, "\"Winter\" = \"\"", &format!("\"Winter\" = \"{name}\""));
    }
    let outcome = models(folder, &parents);
    all_made(&outcome);
    let (warnings, notes) = (messages(&outcome, "warning"), messages(&outcome, "note"));
    assert!(!warnings.contains("no translation"), "{warnings}");
    assert!(!notes.contains("belong to no text"), "{notes}");
    let name = |language: &str| {
        let model = model(folder, &format!("blue-heron/parent-council.{language}"));
        assert_eq!(model["foreign"], serde_json::json!([]), "{language}");
        string(&model["period"]["name"]).to_owned()
    };
    assert_eq!(["en", "fr"].map(name), ["Winter (March 2026)", "Hiver (mars 2026)"]);
    assert!(name("uk").starts_with("Winter (березень 2026"), "{}", name("uk"));
}

/// Names of several words that both languages have are no texts that somebody forgot.
#[test]
fn a_name_that_is_the_same_in_every_language_is_no_missing_translation() {
    let project = sample();
    let folder = project.path();
    let change_all = |from: &str, to: &str| {
        for language in ["fr", "uk"] {
            let file = format!("translations/{language}.toml");
            let path = folder.join(&file);
            let text = std::fs::read_to_string(&path).expect("translations");
            let key = format!("\"{from}\" = ");
            let line = text.lines().find(|line| line.starts_with(&key)).unwrap_or_else(|| panic!("{file}: {from}"));
            std::fs::write(&path, text.replace(line, &format!("\"{from}\" = \"{to}\""))).expect("written");
        }
    };
    for name in [
        "All grade teams",
        "Coming to school",
        "What could the school do together with families to make mornings easier?",
    ] {
        change_all(name, name);
    }
    let outcome = models(folder, &["--school", "blue-heron", "--audience", "parent-council"]);
    all_made(&outcome);
    assert!(!messages(&outcome, "warning").contains("no translation"));
    let french = model(folder, "blue-heron/parent-council.fr");
    assert_eq!(french["foreign"], serde_json::json!([]));
    assert_eq!(goal(&french, "bh-absence")["title"], "Coming to school");
    assert!(!told(folder, &["translate", "fr", "--show"]).1.contains("Coming to school"));
}

/// Opening and closing marks of the shipped languages.
const OPEN: [char; 3] = ['“', '«', '„'];
const CLOSE: [char; 3] = ['”', '»', '“'];

/// The text with a sign in place of a passage, wherever that stands in it as whole words.
fn signed(text: &str, passage: &str) -> String {
    let pattern = format!(r"(^|[^\p{{L}}\p{{N}}]){}($|[^\p{{L}}\p{{N}}])", regex::escape(passage));
    let passage = regex::Regex::new(&pattern).expect("a pattern");
    passage.replace_all(text, "${1}\u{fffc}${2}").into_owned()
}

/// What stands in a leaf beside the passages in another language may not run on into them: a passage is the
/// whole leaf, one of the parts of a label, or in quotation marks.
fn mixed(leaf: &str, foreign: &[String]) -> Option<String> {
    // Each passage that was found becomes one sign, so that a shorter one is not looked for within it.
    let text = foreign
        .iter()
        .filter(|passage| leaf.contains(passage.as_str()))
        .fold(leaf.to_owned(), |text, passage| signed(&text, passage));
    let quiet = |c: char| c == '\u{a0}' || c == '\u{202f}';
    let parts = text.split("  ·  ").filter(|part| part.contains('\u{fffc}'));
    for part in parts.filter(|part| *part != "\u{fffc}") {
        for (at, sign) in part.match_indices('\u{fffc}') {
            let before = part[..at].trim_end_matches(quiet).ends_with(OPEN);
            let after = part[at + sign.len()..].trim_start_matches(quiet).starts_with(CLOSE);
            if !(before && after) {
                return Some(text.clone());
            }
        }
    }
    None
}

/// Every text of every model in these languages; how many passages were looked at, and what was mixed.
fn look(folder: &Path) -> (usize, Vec<String>) {
    let (mut seen, mut faults) = (0, Vec::new());
    let files = walkdir::WalkDir::new(folder.join("models")).sort_by_file_name().into_iter().flatten();
    for file in files.filter(|entry| entry.file_type().is_file()) {
        let mut model: Value = serde_json::from_slice(&std::fs::read(file.path()).expect("a model")).expect("JSON");
        let passages = model["foreign"].as_array().expect("passages").iter();
        let mut foreign: Vec<String> = passages.map(|passage| string(&passage["text"]).to_owned()).collect();
        // What the report's own language says in the same words cannot be told from it here.
        let own = dictionary(string(&model["lang"]));
        foreign.retain(|passage| signed(&own, &passage.to_lowercase()) == own);
        let map = model.as_object_mut().expect("a model");
        for part in ["foreign", "words", "figures-csv", "data", "other"] {
            map.remove(part);
        }
        let mut leaves = Vec::new();
        texts(&model, String::new(), &mut leaves);
        // What is a key is not printed.
        leaves.retain(|(path, _)| ![".id", ".key", ".kind"].iter().any(|key| path.ends_with(key)));
        for (path, leaf) in leaves {
            seen += usize::from(foreign.iter().any(|passage| leaf.contains(passage.as_str())));
            if let Some(text) = mixed(&leaf, &foreign) {
                faults.push(format!("{}: {path}: {text}", file.path().display()));
            }
        }
    }
    (seen, faults)
}

/// The text of a shipped dictionary, in small letters.
fn dictionary(language: &str) -> String {
    let file = repository().join(format!("report-templates/words/{language}.toml"));
    std::fs::read_to_string(file).expect("a dictionary").to_lowercase()
}

fn texts(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((path, text.clone())),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, inner)| texts(inner, format!("{path}.{place}"), found));
        }
        Value::Object(map) => map.iter().for_each(|(key, inner)| texts(inner, format!("{path}.{key}"), found)),
        _ => {}
    }
}

/// No sentence of any report is half in one language and half in another: the sample division, all audiences,
/// with no translation at all and texts in a language that no report has, so that each of them is foreign.
#[test]
fn no_sentence_of_the_sample_mixes_languages() {
    let project = sample();
    let folder = project.path();
    in_three_languages(folder);
    std::fs::remove_dir_all(folder.join("translations")).expect("translations");
    change(
        folder,
        "termwise.toml",
        "languages = [\"en\"]\ncontact",
        "languages = [\"en\"]\nwritten-in = \"de\"\ncontact",
    );
    all_made(&models(folder, &[]));
    let (seen, faults) = look(folder);
    assert!(seen > 5_000, "only {seen} passages");
    assert!(faults.is_empty(), "{} of {seen}:\n{}", faults.len(), faults[..faults.len().min(30)].join("\n"));
}

/// The same over the worked examples: every kind of goal, with decisions, amendments and names of periods.
#[test]
fn no_sentence_of_any_kind_of_goal_mixes_languages() {
    let project = copy_of("tests/worked");
    let folder = project.path();
    change(
        folder,
        "termwise.toml",
        "languages = [\"en\"]",
        "languages = [\"en\", \"fr\", \"uk\"]\nwritten-in = \"de\"",
    );
    change(folder, "termwise.toml", "name = \"March\"", "name = \"Frühling\", also-called = [\"March\"]");
    all_made(&models(folder, &[]));
    let (seen, faults) = look(folder);
    assert!(seen > 3_000, "only {seen} passages");
    assert!(faults.is_empty(), "{} of {seen}:\n{}", faults.len(), faults[..faults.len().min(30)].join("\n"));
}

/// The look at models finds what it is there for.
#[test]
fn the_look_at_models_finds_half_sentences() {
    let foreign = ["missed a tenth of their days".to_owned(), "missed".to_owned()];
    let found = |leaf: &str| mixed(leaf, &foreign).is_some();
    assert!(found("24\u{a0}% des élèves missed a tenth of their days."));
    assert!(found("24\u{a0}% des élèves\u{a0}: missed"));
    assert!(found("«\u{a0}missed a tenth of their days en mars"));
    assert!(!found("24\u{a0}% des élèves\u{a0}: «\u{a0}missed a tenth of their days\u{a0}»."));
    assert!(!found("dismissed") && found("all missed"));
    assert!(!found("missed a tenth of their days") && !found("missed  ·  2e année") && !found("24\u{a0}%"));
}
