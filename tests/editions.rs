//! Languages, editions and templates of the division's own, through the real binary.

use std::path::Path;

use serde_json::Value;

mod common;

use common::{change, json, messages, sample, told};

/// Runs for some reports and gives what was made, with the models beside it.
fn run(project: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["run", "--as-of", "2026-03-20", "--json", "--models", "models"];
    arguments.extend(more);
    json(project, &arguments)
}

fn reports(outcome: &Value) -> Vec<&str> {
    let list = outcome["reports"].as_array().expect("reports").iter();
    list.filter_map(Value::as_str).filter_map(|path| path.rsplit('/').next()).collect()
}

fn model(project: &Path, school: &str, report: &str) -> Value {
    common::model(project, &format!("{school}/{report}"))
}

fn goals(model: &Value) -> Vec<&str> {
    model["goals"].as_array().expect("goals").iter().filter_map(|goal| goal["id"].as_str()).collect()
}

const PARENTS: [&str; 4] = ["--school", "blue-heron", "--audience", "parent-council"];

/// One wrong number in one translation: that edition is not made, alone or beside another; the others are.
#[test]
fn an_edition_with_another_number_is_not_made() {
    let project = sample();
    change(
        project.path(),
        "translations/uk.toml",
        "До червня 2026 року не більше ніж 12\u{a0}%",
        "До червня 2026 року не більше ніж 21\u{a0}%",
    );
    let outcome = run(project.path(), &PARENTS);
    let made = reports(&outcome);
    assert!(made.contains(&"parent-council.en.pdf") && made.contains(&"parent-council.fr.html"), "{made:?}");
    assert!(!made.iter().any(|name| name.contains("uk")), "{made:?}");
    let errors = messages(&outcome, "error");
    assert!(errors.contains("does not say the same as"), "{errors}");
    assert!(errors.contains("goals.0.statement: the numbers are 12 2026 and 12 2026 2026 21"), "{errors}");
}

/// A text that was edited has no translation any more: it is printed as written and marked, told once, and
/// added to the file that translators fill in.
#[test]
fn an_edited_text_loses_its_translation_and_is_marked() {
    let project = sample();
    change(
        project.path(),
        "goals/blue-heron-belief.toml",
        "title = \"Coming to school\"",
        "title = \"Here every day\"",
    );
    let outcome = run(project.path(), &PARENTS);
    assert_eq!(messages(&outcome, "error"), "");
    assert!(messages(&outcome, "warning").contains("1 text has no translation for the reports in “fr”"));
    assert!(messages(&outcome, "note").contains("1 of the translations belong to no text"));
    let french = model(project.path(), "blue-heron", "parent-council.fr");
    assert_eq!(french["foreign"], serde_json::json!([{"text": "Here every day", "lang": "en"}]));
    assert!(
        french["goals"][0]["progress"]["table"]["caption"]
            .as_str()
            .expect("a caption")
            .starts_with("«\u{a0}Here every day\u{a0}»")
    );

    let (code, said) = told(project.path(), &["translate", "fr"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 of 269 texts have no translation; 1 were added to translations/fr.toml."), "{said}");
    let (_, again) = told(project.path(), &["translate", "fr"]);
    assert!(again.contains("1 of 269 texts have no translation; 0 were added"), "{again}");
    change(
        project.path(),
        "translations/fr.toml",
        "\"Here every day\" = \"\"",
        "\"Here every day\" = \"Chaque jour à l'école\"",
    );
    let outcome = run(project.path(), &PARENTS);
    assert!(!messages(&outcome, "warning").contains("“fr”"));
    assert_eq!(model(project.path(), "blue-heron", "parent-council.fr")["foreign"], serde_json::json!([]));
}

/// A report like a team's packet is made for each team, with that team's goals only.
#[test]
fn reports_of_the_divisions_own_get_the_figures_of_their_audience() {
    let project = sample();
    let folder = project.path();
    std::fs::create_dir_all(folder.join("templates")).expect("a folder");
    let page = "#import \"lib/page.typ\": masthead, report\n#import \"lib/parts.typ\": *\n#let pages(m) = {\n  masthead(m)\n  \
                heading(level: 1, m.words.our-goals)\n  for g in m.goals { block[#g.title: #g.sentence] }\n  notes-part(m)\n}\n\
                #report(json(\"/model.json\"), pages)\n";
    std::fs::write(folder.join("templates/own.typ"), page).expect("a template");
    let own = |id: &str, like: &str, template: &str| {
        format!("[[report]]\nid = \"{id}\"\nlike = \"{like}\"\ntitle = \"Ours\"\ntemplate = \"{template}\"\n")
    };
    let more =
        [own("trustees", "parent-council", "own.typ"), own("teams", "plc", "own.typ"), own("lost", "staff", "no.typ")];
    change(folder, "termwise.toml", "[privacy]\n", &format!("{}\n[privacy]\n", more.join("\n")));
    let outcome = run(folder, &["--school", "blue-heron"]);
    let made = reports(&outcome);
    for name in ["trustees.en.pdf", "trustees.uk.pdf", "trustees.en-uk.pdf", "teams-bilingual.en.pdf", "staff.en.pdf"] {
        assert!(made.contains(&name), "{name}: {made:?}");
    }
    assert!(!made.contains(&"teams.en.pdf") && !made.contains(&"lost.en.pdf"), "{made:?}");
    assert!(messages(&outcome, "error").contains("There is no template “no.typ”"));
    let of = |report: &str| model(folder, "blue-heron", report);
    let (packet, ours) = (of("plc-bilingual.en"), of("teams-bilingual.en"));
    assert_eq!(goals(&packet), goals(&ours));
    assert!(goals(&ours).len() < goals(&of("staff.en")).len());
    assert_eq!(of("parent-council.en")["figures-csv"], of("trustees.en")["figures-csv"]);
    assert_eq!(ours["title"], "Ours");
    // Held as parents' reports are.
    let (_, said) = told(folder, &["deliver"]);
    assert!(said.contains("waits for approval: out/2025-26/P2/blue-heron/trustees.en.pdf"), "{said}");
}

/// A report of the division's own has languages, a head, an approval and a folder of its own, and goes nowhere else.
#[test]
fn reports_of_the_divisions_own_go_where_they_are_named() {
    let project = sample();
    let folder = project.path();
    std::fs::create_dir_all(folder.join("templates/words")).expect("a folder");
    let page = "#import \"lib/page.typ\": masthead, report\n#let pages(m) = {\n  masthead(m)\n  heading(level: 1, \
                m.words.own-greeting)\n  pagebreak()\n  heading(level: 1, m.words.our-goals)\n}\n#report(json(\"/model.json\"), \
                pages)\n";
    std::fs::write(folder.join("templates/trustees.typ"), page).expect("a template");
    for (language, greeting, head) in
        [("en", "Dear {name},", "For the trustees"), ("fr", "Bonjour,", "Pour la commission")]
    {
        let words = format!("[own]\ngreeting = \"{greeting}\"\nfor-trustees = \"{head}\"\n");
        std::fs::write(folder.join(format!("templates/words/{language}.toml")), words).expect("words");
    }
    let own = "[[report]]\nid = \"trustees\"\nlike = \"division\"\ntitle = \"Ours\"\nlanguages = [\"en\", \"fr\"]\n\n[privacy]\n";
    change(folder, "termwise.toml", "[privacy]\n", own);
    let folders = "hold = [\"parent-council\", \"trustees\"]\n[[delivery.folder]]\nname = \"board\"\npath = \"board\"\naudiences = \
                   [\"trustees\"]\n[[delivery.folder]]\nname = \"office\"\npath = \"office\"\naudiences = [\"division\"]\n";
    change(folder, "termwise.toml", "hold = [\"parent-council\"]\n", folders);
    change(folder, "termwise.toml", "audiences = []", "audiences = [\"staff\"]");
    let outcome = run(folder, &["--audience", "division"]);
    assert_eq!(reports(&outcome), ["division.en.pdf", "trustees.en.pdf", "trustees.fr.pdf"], "{outcome}");
    let unfilled = messages(&outcome, "warning");
    assert!(unfilled.contains("trustees.en.pdf” prints “{name}”, which was not filled in"), "{unfilled}");
    let french = model(folder, "division", "trustees.fr");
    assert_eq!((&french["report"], &french["audience"]), (&"trustees".into(), &"division".into()));
    let made = std::fs::read(folder.join("out/2025-26/P2/division/trustees.fr.pdf")).expect("the report");
    let text = pdf_extract::extract_text_from_mem(&made).expect("a text");
    assert!(text.contains("Pour la commission"), "{text}");

    assert!(!folder.join("board").exists(), "it waits for approval");
    let (code, said) = told(folder, &["approve", "--audience", "trustees"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(folder.join("board/2025-26/P2/division/trustees.fr.pdf").is_file(), "{said}");
    assert!(folder.join("office/2025-26/P2/division/division.en.pdf").is_file());
    assert!(!folder.join("office/2025-26/P2/division/trustees.en.pdf").exists());
    assert!(!folder.join("board/2025-26/P2/division/division.en.pdf").exists());

    change(folder, "termwise.toml", "audiences = [\"trustees\"]", "audiences = [\"trustes\"]");
    let (_, said) = told(folder, &["check"]);
    assert!(said.contains("There is no audience or report of your own “trustes”."), "{said}");
    assert!(said.contains("Did you mean “trustees”?"), "{said}");
}

/// The division's summary stands in the order of the schools' names and has no groups, not in its data either.
#[test]
fn the_divisions_summary_has_every_school_and_no_groups() {
    let project = sample();
    let outcome = run(project.path(), &["--audience", "division"]);
    assert_eq!(reports(&outcome), ["division.en.pdf"]);
    let model = model(project.path(), "division", "division.en");
    let mut schools: Vec<&str> =
        model["goals"].as_array().expect("goals").iter().filter_map(|goal| goal["school"].as_str()).collect();
    schools.dedup();
    assert_eq!(schools, ["Blue Heron School", "Saskatoon Berry School", "Willow Bend Colony School"]);
    let csv = model["figures-csv"].as_str().expect("figures");
    assert!(!csv.contains("grade ") && !csv.contains("program "), "{csv}");
    assert_eq!(csv.matches("how_to_read").count(), 1);
    assert!(model["goals"].as_array().expect("goals").iter().all(|goal| goal["groups"].is_null()));
    // Seventeen children are shown to a school's staff and council, three grades of a colony are not.
    assert!(csv.contains("wb-numeracy-13,2025-26/P2,all,,hidden,"), "{csv}");
}

/// A name that no font has is told and printed as far as it goes; a page without header cells is not made.
#[test]
fn odd_letters_never_stop_a_run_and_bare_tables_do() {
    let project = sample();
    change(project.path(), "termwise.toml", "name = \"Blue Heron School\"", "name = \"Blue Heron ᓄᓇ School\"");
    let staff = ["--school", "blue-heron", "--audience", "staff"];
    let outcome = run(project.path(), &staff);
    assert_eq!(reports(&outcome), ["staff.en.pdf"]);
    let warnings = messages(&outcome, "warning");
    assert!(warnings.contains("No font has the character U+14C4 (in “Blue Heron ᓄᓇ School”)"), "{warnings}");

    std::fs::create_dir_all(project.path().join("templates")).expect("a folder");
    let page = "#import \"lib/page.typ\": masthead, report\n#let pages(m) = { masthead(m); heading(level: 1)[T]; table(columns: \
                2)[a][b] }\n#report(json(\"/model.json\"), pages)\n";
    std::fs::write(project.path().join("templates/staff.typ"), page).expect("a template");
    let outcome = run(project.path(), &staff);
    assert_eq!(reports(&outcome), [""; 0]);
    let errors = messages(&outcome, "error");
    assert!(
        errors.contains("is not accessible, so it was not made: a table on page 1 has no header cells"),
        "{errors}"
    );
}

/// A colour that is too faint for its ground, wherever a template takes it from, keeps its report from being made.
#[test]
fn faint_texts_are_found_on_white_and_on_colours() {
    let project = sample();
    std::fs::create_dir_all(project.path().join("templates/lib")).expect("a folder");
    let theme =
        std::fs::read_to_string(common::repository().join("report-templates/lib/theme.typ")).expect("the theme");
    let run_with = |from: &str, to: &str| {
        assert!(theme.contains(from), "{from}");
        std::fs::write(project.path().join("templates/lib/theme.typ"), theme.replace(from, to)).expect("a theme");
        messages(&run(project.path(), &["--school", "willow-bend", "--audience", "staff"]), "error")
    };
    let on_white = run_with("muted = rgb(\"#556168\")", "muted = rgb(\"#9aa5aa\")");
    assert!(on_white.contains("has a contrast of 2.5:1; at least 4.5:1 is needed"), "{on_white}");
    let on_colour = run_with("wash = rgb(\"#f1f4f5\")", "wash = rgb(\"#33424a\")");
    assert!(on_colour.contains("is not accessible"), "{on_colour}");
    assert_eq!(run_with("accent = rgb(\"#0b5566\")", "accent = rgb(\"#5a2d66\")"), "");
}

/// Pages have the size that the project asks for.
#[test]
fn pages_are_letter_or_a4() {
    let project = sample();
    let size = |file: &str| -> Vec<i64> {
        let path = project.path().join("out/2025-26/P2/willow-bend").join(file);
        let document = pdf_extract::Document::load(path).expect("a PDF");
        let page = document.get_pages()[&1];
        let page = document.get_object(page).and_then(|page| page.as_dict().cloned()).expect("a page");
        let sides = page.get(b"MediaBox").and_then(|sides| sides.as_array()).expect("its size");
        sides[2..].iter().map(|side| side.as_float().expect("a number").round() as i64).collect()
    };
    let only = ["--school", "willow-bend", "--audience", "staff"];
    run(project.path(), &only);
    assert_eq!(size("staff.en.pdf"), [612, 792]);
    change(project.path(), "termwise.toml", "paper = \"letter\"", "paper = \"a4\"");
    run(project.path(), &only);
    assert_eq!(size("staff.en.pdf"), [595, 842]);
}

#[test]
fn a_preview_writes_pictures_of_every_shipped_example() {
    let folder = tempfile::tempdir().expect("a folder");
    for report in ["staff", "plc", "parent-council", "leadership", "division"] {
        let (code, said) = told(folder.path(), &["preview", report, "--sample", "--pictures", report]);
        assert_eq!(code, Some(0), "{said}");
        let first = std::fs::read(folder.path().join(report).join(format!("{report}-01.png"))).expect("a page");
        assert!(first.starts_with(b"\x89PNG"), "{report}");
    }
    let (code, said) = told(folder.path(), &["preview", "staff", "--sample", "--web", "--pictures", "web"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error: There is no template “staff.html.typ”"), "{said}");
}

/// Where a division turned names on for one team, its packet ends with them, and nothing else has any.
#[test]
fn names_are_in_the_packet_of_the_team_that_has_them_on_and_nowhere_else() {
    let project = sample();
    let folder = project.path();
    change(
        folder,
        "termwise.toml",
        "name = \"English–Ukrainian Bilingual PLC\"\n",
        "name = \"English–Ukrainian Bilingual PLC\"\nnames = true\n",
    );
    change(
        folder,
        "termwise.toml",
        "[privacy]\n",
        "[[report]]\nid = \"teams\"\nlike = \"plc\"\ntitle = \"Ours\"\ntemplate = \"plc.typ\"\n\n[privacy]\n",
    );
    let (_, said) = told(folder, &["check"]);
    assert!(said.contains("gets the packets with students' names"), "{said}");
    let outcome = run(folder, &["--school", "blue-heron"]);
    assert_eq!(messages(&outcome, "error"), "");
    let packet = model(folder, "blue-heron", "plc-bilingual.en");
    let lists = packet["names"].as_array().expect("lists");
    assert!(!lists.is_empty());
    let names: Vec<&str> = lists[0]["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|group| group["names"].as_array().expect("names"))
        .filter_map(Value::as_str)
        .collect();
    assert!(names.len() > 20 && names.iter().all(|name| name.contains(' ')), "{}", names.len());
    // As many names as the word says, and as many results as the bar of the period counts.
    let group = |key: &str| {
        lists[0]["groups"].as_array().expect("groups").iter().find(|g| g["key"] == key).expect("a group")["names"]
            .as_array()
            .expect("names")
            .len()
    };
    let goal = packet["goals"]
        .as_array()
        .expect("goals")
        .iter()
        .find(|goal| goal["title"] == lists[0]["title"])
        .expect("its goal");
    let counted =
        format!("{}\u{a0}of\u{a0}{}", group("at") + group("above"), group("below") + group("at") + group("above"));
    assert_eq!(goal["now"]["n"], counted.as_str());

    let text =
        |file: &str| pdf_extract::extract_text(folder.join("out/2025-26/P2/blue-heron").join(file)).expect("text");
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(squeezed(&text("plc-bilingual.en.pdf")).contains(names[0]));
    for other in [
        "plc-early-literacy.en",
        "plc-grades-2-4.en",
        "teams-bilingual.en",
        "staff.en",
        "parent-council.uk",
        "leadership.en",
    ] {
        assert_eq!(model(folder, "blue-heron", other)["names"], serde_json::json!([]), "{other}");
        let page = squeezed(&text(&format!("{other}.pdf")));
        assert!(!names.iter().any(|name| page.contains(name)), "{other}");
    }
    // Neither the data attached to the packet, nor what the run says, nor the ledger has a name.
    let said = outcome.to_string() + packet["figures-csv"].as_str().expect("figures");
    let ledger = std::fs::read(folder.join(".termwise/ledger.sqlite")).expect("the ledger");
    let ledger = String::from_utf8_lossy(&ledger);
    assert!(!names.iter().any(|name| said.contains(name) || ledger.contains(name)));
}

/// Texts for parents that are harder than the limit are not printed; the other languages are.
#[test]
fn texts_for_parents_that_are_too_hard_are_not_printed() {
    let project = sample();
    let hard = "Notwithstanding considerable instructional differentiation, comprehensive diagnostic documentation \
                demonstrates insufficiently consolidated phonological representations necessitating individualized \
                interdisciplinary interventions throughout successive instructional sequences. ";
    change(project.path(), "goals/blue-heron-belief.toml", "why = \"\"\"", &format!("why = \"\"\"{}", hard.repeat(4)));
    let outcome = run(project.path(), &PARENTS);
    let errors = messages(&outcome, "error");
    assert_eq!(errors.matches("too hard to read").count(), 1, "{errors}");
    assert!(errors.contains("Flesch–Kincaid grade level; the hardest text is goals."), "{errors}");
    let made = reports(&outcome);
    assert!(!made.iter().any(|name| name.contains(".en")), "{made:?}");

    // A division may set its own limit.
    change(
        project.path(),
        "termwise.toml",
        "[reports.languages]",
        "[reports.reading-level]\nen = 30\n\n[reports.languages]",
    );
    assert!(reports(&run(project.path(), &PARENTS)).contains(&"parent-council.en.pdf"));
}

/// A report of the division's own is made, and let go, by its id alone.
#[test]
fn a_report_of_the_divisions_own_is_asked_for_by_its_id() {
    let project = sample();
    let folder = project.path();
    change(
        folder,
        "termwise.toml",
        "[privacy]\n",
        "[[report]]\nid = \"trustees\"\nlike = \"parent-council\"\ntitle = \"Ours\"\ntemplate = \"parent-council.typ\"\n\n[privacy]\n",
    );
    let outcome = run(folder, &["--school", "willow-bend", "--audience", "trustees"]);
    let made = reports(&outcome);
    assert!(made.contains(&"trustees.en.pdf") && made.iter().all(|name| name.starts_with("trustees.")), "{made:?}");
    run(folder, &["--school", "willow-bend", "--audience", "parent-council"]);
    let (_, said) = told(folder, &["approve", "--audience", "trustees"]);
    assert!(said.contains("approved: out/2025-26/P2/willow-bend/trustees.en.pdf"), "{said}");
    assert!(!said.contains("approved: out/2025-26/P2/willow-bend/parent-council"), "{said}");
    let (code, said) = told(folder, &["run", "--dry-run", "--audience", "trustee"]);
    assert!(code == Some(1) && said.contains("there is no audience “trustee”; did you mean “trustees”?"), "{said}");
}

/// A broken template is told once, with the reports that it costs.
#[test]
fn a_fault_of_many_reports_is_told_once() {
    let project = sample();
    let folder = project.path();
    std::fs::create_dir_all(folder.join("templates")).expect("a folder");
    std::fs::write(folder.join("templates/staff.typ"), "= Title\n#shre\n").expect("a template");
    let (code, said) = told(folder, &["run", "--as-of", "2026-03-20", "--audience", "staff"]);
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(said.matches("unknown variable: shre").count(), 1, "{said}");
    assert!(
        said.contains(
            "blue-heron/staff.en.pdf” (and 2 others: saskatoon-berry/staff.en.pdf, willow-bend/staff.en.pdf) could not"
        ),
        "{said}"
    );
    assert!(said.contains("3 reports were not made; the errors say why.\n"), "{said}");
}

/// Words under `[own]` reach the templates; editions that both have one must agree on it.
#[test]
fn words_of_the_divisions_own_reach_its_templates() {
    let project = sample();
    let folder = project.path();
    let words = |language: &str, text: &str| {
        std::fs::create_dir_all(folder.join("templates/words")).expect("a folder");
        std::fs::write(folder.join(format!("templates/words/{language}.toml")), text).expect("words");
    };
    let parents = ["--school", "willow-bend", "--audience", "parent-council"];
    words("en", "[page]\nour-goals = \"Where we are heading\"\n[own]\nmeets = \"We meet on May 5.\"\n");
    words("fr", "[own]\nmeets = \"Nous nous réunissons le 5 mai.\"\n");
    let outcome = run(folder, &parents);
    let made = reports(&outcome);
    for name in ["parent-council.en.pdf", "parent-council.fr.pdf", "parent-council.uk.pdf"] {
        assert!(made.contains(&name), "{name}: {made:?}");
    }
    let english = model(folder, "willow-bend", "parent-council.en");
    assert_eq!(english["words"]["own-meets"], "We meet on May 5.");
    assert_eq!(english["words"]["our-goals"], "Where we are heading");

    words("fr", "[own]\nmeets = \"Nous nous réunissons le 6 mai.\"\n");
    let outcome = run(folder, &parents);
    assert!(!reports(&outcome).contains(&"parent-council.fr.pdf"));
    assert!(messages(&outcome, "error").contains("words.own-meets: the numbers are 5 and 6"));
}
