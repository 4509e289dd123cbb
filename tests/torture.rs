//! Reports at their limits, right through to accessible PDFs: longest plausible names, no goal and thirty, one
//! period and twelve, everything hidden, a school of one student. The PDFs stay in `target/torture`, to be
//! looked at.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use termwise_reports::pool::Workshop;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::typeset::PrintJob;

mod common;

use common::{change, json as printed, messages, models, repository, sample, termwise};

const LONG: &str = "École élémentaire et communautaire franco-manitobaine Notre-Dame-de-Lourdes–Sainte-Anne-des-Chênes, \
                    programme d'immersion et Англо-українська двомовна програма імені Лесі Українки";
const REPORTS: [&str; 5] = ["staff", "plc-bilingual", "parent-council", "leadership", "division"];
const LANGUAGES: [&str; 3] = ["en", "fr", "uk"];

type Change = fn(&mut Value);

/// What is done to a model.
const TORTURES: [(&str, Change); 7] = [
    ("long", long_names),
    ("no-goal", |model| {
        model["goals"] = json!([]);
        model["survey"] = Value::Null;
    }),
    ("one-goal", |model| goals(model).truncate(1)),
    ("many-goals", |model| {
        let once = goals(model).clone();
        while goals(model).len() < 30 {
            goals(model).extend(once.clone());
        }
        goals(model).truncate(30);
    }),
    ("one-period", |model| each_chart(model, &mut |chart| periods(chart, 1))),
    ("twelve-periods", |model| each_chart(model, &mut |chart| periods(chart, 12))),
    ("all-hidden", |model| each_chart(model, &mut hide)),
];

fn goals(model: &mut Value) -> &mut Vec<Value> {
    model["goals"].as_array_mut().expect("goals")
}

/// Every object that has an alt text.
fn each_chart(value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    if value.get("alt").is_some() {
        change(value);
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(|inner| each_chart(inner, change)),
        Value::Array(list) => list.iter_mut().for_each(|inner| each_chart(inner, change)),
        _ => {}
    }
}

fn long_names(model: &mut Value) {
    for name in ["division", "school"] {
        if model[name] != "" {
            model[name] = json!(LONG);
        }
    }
    if model["plc"].is_object() {
        model["plc"]["name"] = json!(LONG);
    }
    for goal in goals(model) {
        for name in ["title", "school", "area"] {
            goal[name] = json!(LONG);
        }
        let strategies = goal["strategies"].as_array_mut().into_iter().flatten();
        strategies.for_each(|strategy| strategy["team"] = json!(LONG));
        for dot in goal.pointer_mut("/groups/dots").and_then(Value::as_array_mut).into_iter().flatten() {
            dot["label"] = json!(LONG);
        }
        // A word that no hyphen helps.
        goal["statement"] =
            json!("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft. ".repeat(4));
    }
}

/// So many points, from nobody to everybody; bars likewise.
fn periods(chart: &mut Value, n: usize) {
    chart["alt"] = json!("Shares by reporting period.");
    if let Some(point) = chart["points"].as_array().and_then(|points| points.first()).cloned() {
        let points = (0..n).map(|i| {
            let (t, y) = (i as f64 / 11.0, [0.0, 1.0, 0.5][i % 3]);
            let mut point = point.clone();
            point["t"] = json!(t);
            point["y"] = json!(y);
            point["low"] = json!(f64::max(0.0, y - 0.1));
            point["high"] = json!(f64::min(1.0, y + 0.1));
            point["hidden"] = json!(i % 5 == 4);
            point["joined"] = json!(i % 2 == 1);
            point["label"] = json!(format!("Nov {}", 2015 + i));
            point["text"] = json!(format!("{}%", y * 100.0));
            point
        });
        chart["points"] = points.collect();
        let ticks = (0..n).map(|i| json!({"t": i as f64 / 11.0, "label": format!("Nov {}", 2015 + i)}));
        chart["ticks"] = ticks.collect();
    }
    if let Some(bar) = chart["bars"].as_array().and_then(|bars| bars.first()).cloned() {
        chart["bars"] = (0..n).map(|_| bar.clone()).collect();
    }
    if let Some(row) = chart["table"]["rows"].as_array().and_then(|rows| rows.first()).cloned() {
        chart["table"]["rows"] = (0..n).map(|_| row.clone()).collect();
    }
}

fn hide(chart: &mut Value) {
    for list in ["points", "bars", "dots"] {
        for one in chart.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            one["hidden"] = json!(true);
            one["text"] = json!("hidden to protect privacy");
            for number in ["y", "x", "low", "high"] {
                if one.get(number).is_some() {
                    one[number] = Value::Null;
                }
            }
            if one.get("parts").is_some() {
                one["parts"] = json!([]);
                one["n"] = json!("");
            }
        }
    }
}

/// A division that prints everything in three languages.
fn division() -> tempfile::TempDir {
    let project = sample();
    change(project.path(), "termwise.toml", "languages = [\"en\"]", "languages = [\"en\", \"fr\", \"uk\"]");
    project
}

fn kept(name: &str) -> PathBuf {
    repository().join("target/torture").join(name)
}

#[test]
fn models_at_their_limits_become_accessible_pdfs() {
    let project = division();
    let output = termwise(project.path(), &["run", "--as-of", "2026-03-20", "--dry-run", "--models", "models"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut jobs = Vec::new();
    for (place, report) in REPORTS.into_iter().enumerate() {
        for (at, (torture, change)) in TORTURES.into_iter().enumerate() {
            let lang = LANGUAGES[(place + at) % 3];
            let school = if report == "division" { "division" } else { "blue-heron" };
            let path = format!("models/out/2025-26/P2/{school}/{report}.{lang}.json");
            let text = std::fs::read(project.path().join(&path)).unwrap_or_else(|_| panic!("{path}"));
            let mut model: Value = serde_json::from_slice(&text).expect("a model");
            change(&mut model);
            model["paper"] = json!(["letter", "a4"][at % 2]);
            let audience = if report.starts_with("plc") { "plc" } else { report };
            jobs.push(PrintJob {
                name: format!("{report}-{torture}.{lang}"),
                template: format!("{audience}.typ"),
                model: model.to_string(),
                out: kept(&format!("{report}-{torture}.{lang}.pdf")),
                ident: "torture".into(),
                date: "2026-03-20".parse().expect("a day"),
            });
        }
    }
    let made = Workshop::program(env!("CARGO_BIN_EXE_termwise")).typeset(
        &jobs,
        &TemplateRoots::shipped(),
        2,
        Duration::from_secs(60),
        &mut |_| {},
    );
    for (job, made) in jobs.iter().zip(made) {
        let made = made.unwrap_or_else(|problem| panic!("{}: {problem}", job.name));
        let told: Vec<String> = made.notes.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}: {}", job.name, told.join("\n"));
        assert!(made.pages > 0 && job.out.is_file());
    }
}

/// Rows of the data that is attached to each report: its place, and the cells of a row.
fn figures(models: &BTreeMap<String, Value>) -> Vec<(&str, Vec<&str>)> {
    let rows = models.iter().flat_map(|(place, model)| {
        let csv = model["figures-csv"].as_str().expect("figures").lines();
        csv.skip(1).map(|line| (place.as_str(), line.split(',').collect::<Vec<_>>()))
    });
    let rows: Vec<_> = rows.collect();
    assert!(rows.iter().all(|(_, cells)| cells.len() == 6), "goal, period, group, figure, how to read it, students");
    rows
}

/// Places in a model where a result of students stands in another form than in words.
fn leaves(model: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for goal in model["goals"].as_array().expect("goals") {
        let mut tell = |what: &str, value: &Value| found.push(format!("{}: {what}: {value}", goal["id"]));
        for name in ["more", "same-children", "decide", "change"] {
            let value = &goal[name];
            if !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
                tell(name, value);
            }
        }
        for chart in ["progress", "distribution", "groups", "moved"] {
            for mark in ["points", "bars", "dots"] {
                let marks = goal[chart][mark].as_array().into_iter().flatten();
                marks.filter(|mark| mark["hidden"] != true).for_each(|mark| tell(chart, mark));
            }
        }
    }
    found
}

/// A division whose smallest group is larger than every school prints every report without a figure.
#[test]
fn everything_is_hidden_where_every_group_is_too_small() {
    let project = division();
    let run = || {
        let arguments = ["run", "--as-of", "2026-03-20", "--json", "--dry-run", "--models", "models"];
        assert_eq!(messages(&printed(project.path(), &arguments), "error"), "");
        let models = models(project.path());
        assert!(models.len() >= 29, "{}", models.len());
        models
    };
    // As it is, there is much to be seen.
    let before = run();
    let open = |rows: &[(&str, Vec<&str>)]| rows.iter().filter(|(_, cells)| !cells[3].is_empty()).count();
    assert!(open(&figures(&before)) > 500, "{}", open(&figures(&before)));
    assert!(before.values().flat_map(leaves).count() > 500);

    change(
        project.path(),
        "termwise.toml",
        "minimum-group = { parent-council = 10, staff = 5, plc = 5 }",
        "minimum-group = { parent-council = 999, staff = 999, plc = 999, leadership = 999, division = 999 }",
    );
    std::fs::remove_dir_all(project.path().join("models")).expect("the models");
    let after = run();
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    let rows = figures(&after);
    let hidden = rows.iter().filter(|(_, cells)| cells[4] == "hidden").count();
    assert!(hidden > 200, "{hidden} of {}", rows.len());
    for (place, cells) in rows {
        let told = cells[3].is_empty() && cells[5].is_empty() && ["hidden", "no result"].contains(&cells[4]);
        assert!(told, "{place}: {cells:?}");
    }
    let seen: Vec<String> = after
        .iter()
        .flat_map(|(place, model)| leaves(model).into_iter().map(move |l| format!("{place}: {l}")))
        .collect();
    assert!(seen.is_empty(), "{}", seen.join("\n"));
    // What was counted in a group, as in “54 of 70”, is nowhere; how many parts of a goal are to be reached is no count.
    let counts = regex::Regex::new("[0-9]\u{a0}of\u{a0}[0-9]").expect("a pattern");
    let goals = |models: &BTreeMap<String, Value>| -> Vec<String> {
        let all = models.values().flat_map(|model| model["goals"].as_array().expect("goals").clone());
        let plain = |mut goal: Value| {
            goal.as_object_mut().expect("a goal").remove("target");
            goal.to_string()
        };
        all.map(plain).collect()
    };
    assert!(goals(&before).iter().filter(|goal| counts.is_match(goal)).count() > 20);
    for goal in goals(&after) {
        assert!(!counts.is_match(&goal), "{goal}");
    }
}
