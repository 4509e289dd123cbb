//! The schemas: named in the sample's files, kept beside the sample, and the source of the reference page.

use std::path::{Path, PathBuf};

use serde_json::Value;

use termwise_config::schema::{self, Which};
use termwise_config::{load, reference};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The configuration files of the sample.
fn files() -> Vec<String> {
    load::files(&repository().join("samples/prairie-crocus"))
}

/// Whether a text stands in a file; `TERMWISE_UPDATE_REFERENCE` writes it.
fn kept(text: &str, file: &str) {
    let path = repository().join(file);
    if std::env::var_os("TERMWISE_UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, text).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let command = "TERMWISE_UPDATE_REFERENCE=1 cargo test -p termwise-config --test configuration";
    assert!(found == text, "{file} is out of date: run {command}");
}

#[test]
fn the_reference_page_and_the_schemas_of_the_sample_are_up_to_date() {
    kept(&reference::markdown(), "docs/configuration.md");
    for which in Which::all() {
        kept(&schema::text(which), &format!("samples/prairie-crocus/{}", which.path()));
    }
}

/// A setting that nobody explains helps nobody.
#[test]
fn every_setting_is_explained() {
    for which in Which::all() {
        let schema = schema::of(which);
        let tables = schema["$defs"].as_object().into_iter().flatten().map(|(_, table)| table).chain([&schema]);
        for table in tables {
            for (name, setting) in table["properties"].as_object().into_iter().flatten() {
                let target = setting["$ref"].as_str().and_then(|name| schema.pointer(name.trim_start_matches('#')));
                let explained =
                    [Some(setting), target].into_iter().flatten().any(|node| node["description"].is_string());
                assert!(explained, "{}: {name}: {setting}", which.files());
            }
        }
    }
}

/// Nothing in a schema is null: no keyword takes it.
#[test]
fn schemas_say_nothing_with_null() {
    for which in Which::all() {
        let nulls = schema::text(which).lines().filter(|line| line.trim_end_matches(',').ends_with(": null")).count();
        let defaults = schema::text(which).matches("\"default\": null").count();
        assert_eq!(nulls, defaults, "{}", which.files());
    }
}

#[test]
fn every_role_of_columns_is_in_the_schema() {
    let schema = schema::of(Which::Mapping);
    let roles = schema["properties"]["columns"]["propertyNames"]["enum"].as_array().expect("the roles");
    for role in ["id", "given", "goal", "text", "team", "status", "since", "meeting", "program"] {
        assert!(roles.contains(&Value::from(role)), "{role}");
    }
}

#[test]
fn every_file_of_the_sample_names_its_schema() {
    let sample = repository().join("samples/prairie-crocus");
    let mut named = 0;
    for file in files().into_iter().filter(|file| !file.starts_with("translations/")) {
        let which = match file.split('/').next() {
            Some("mappings") => Which::Mapping,
            Some("goals") => Which::Goals,
            Some("measures.toml") => Which::Measures,
            _ => Which::Project,
        };
        let text = std::fs::read_to_string(sample.join(&file)).expect("a file of the sample");
        assert!(text.starts_with(&which.first_line()), "{file}");
        // Relative to the file itself.
        let line = text.lines().next().expect("a line").trim_start_matches("#:schema ");
        let place = sample.join(&file).parent().expect("its folder").join(line);
        assert_eq!(std::fs::read_to_string(place).expect("the schema is there"), schema::text(which), "{file}");
        named += 1;
    }
    assert!(named > 10);
}
