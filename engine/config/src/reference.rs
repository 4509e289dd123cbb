//! The reference page of the configuration, made from the schemas.
//!
//! Comes in: the schemas. Goes out: Markdown, one section a file and one table a kind of table in it. What stands in
//! the page stands in the doc comments of the types that read the files, and nowhere else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::{self, Which};

/// The page.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Configuration\n\nEvery setting of every file of a project. This page is made from the schemas by \
         `termwise schema --markdown`; correct the words in the source, not here. For what the settings are good for, \
         read [Describe your spreadsheets](describe-your-spreadsheets.md) and [Write a goal](write-a-goal.md).\n\n\
         **Editors.** The first line of a file names its schema, as in `#:schema ./schemas/project.json`. Editors that \
         know this line (Even Better TOML, and others that use Taplo) complete and check settings while you write. \
         `termwise schema --into PROJECT` writes the schemas into the folder `schemas` of a project; do it again after \
         an update of Termwise. Nothing of this needs a network.\n\n\
         **Values.** Texts stand in quotes, numbers and dates do not. A date is written as 2026-06-26, without a time. \
         Settings in bold must be there.\n",
    );
    for which in Which::all() {
        Page::of(which).write(&mut page);
    }
    page
}

/// One file's part of the page.
struct Page {
    which: Which,
    schema: Value,
}

impl Page {
    fn of(which: Which) -> Self {
        Self { which, schema: schema::of(which) }
    }

    fn write(&self, page: &mut String) {
        page.push_str(&format!("\n## {}\n\n{}.\n", self.which.files(), about(&self.schema)));
        let mut tables = vec![(String::new(), &self.schema)];
        let mut seen = BTreeSet::new();
        while !tables.is_empty() {
            let (name, node) = tables.remove(0);
            if !name.is_empty() {
                page.push_str(&format!("\n### {name}\n\n{}.\n", about(node)));
            }
            page.push_str("\n| setting | value | |\n|---|---|---|\n");
            for (key, value) in node["properties"].as_object().into_iter().flatten() {
                let bold = if required(node, key) { "**" } else { "" };
                let about = cell(&self.explained(value));
                page.push_str(&format!("| {bold}`{key}`{bold} | {} | {about} |\n", cell(&self.kind(value))));
                for (reference, below) in self.tables(value) {
                    if seen.insert(reference.to_owned()) {
                        tables.push((self.heading(&name, key, value), below));
                    }
                }
            }
        }
    }

    /// The heading of a table, as it is written in the file.
    fn heading(&self, around: &str, key: &str, value: &Value) -> String {
        let around = around.trim_matches(['[', ']', '`']);
        let dotted = if around.is_empty() { key.to_owned() } else { format!("{around}.{key}") };
        let (open, close) = if value["type"] == "array" { ("[[", "]]") } else { ("[", "]") };
        match value.get("additionalProperties").filter(|rest| rest.is_object()) {
            Some(_) => format!("`[{dotted}.NAME]`"),
            None => format!("`{open}{dotted}{close}`"),
        }
    }

    /// The tables that a value holds, by what the schema calls them.
    fn tables<'a>(&'a self, value: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let mut found = Vec::new();
        if let Some(reference) = value["$ref"].as_str() {
            let node = self.schema.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
            if node["properties"].is_object() {
                found.push((reference, node));
            }
            for way in ways(node) {
                found.extend(self.tables(way));
            }
        }
        for below in ["items", "additionalProperties"] {
            found.extend(value.get(below).into_iter().flat_map(|below| self.tables(below)));
        }
        for way in ways(value) {
            found.extend(self.tables(way));
        }
        found
    }

    /// What may be written, in a few words.
    fn kind(&self, value: &Value) -> String {
        if let Some(reference) = value["$ref"].as_str() {
            let node = self.schema.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
            return self.kind(node);
        }
        if let Some(words) = words(value) {
            return words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
        }
        let ways: Vec<String> = ways(value).map(|way| self.kind(way)).collect();
        if !ways.is_empty() {
            let ways: BTreeSet<String> = ways.into_iter().collect();
            return ways.into_iter().collect::<Vec<_>>().join(", or ");
        }
        let types: Vec<&str> = match &value["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
            kind => kind.as_str().into_iter().collect(),
        };
        match types.first() {
            Some(&"string") if value["format"] == "date" => "date".to_owned(),
            Some(&"string") => "text".to_owned(),
            Some(&"boolean") => "`true` or `false`".to_owned(),
            Some(&"integer") => format!("whole number{}", bounds(value)),
            Some(&"number") => format!("number{}", bounds(value)),
            Some(&"array") => match self.kind(&value["items"]).as_str() {
                "" => "list".to_owned(),
                "table" => "tables".to_owned(),
                item => format!("list of: {item}"),
            },
            Some(&"object") => match value.get("additionalProperties").filter(|rest| rest.is_object()) {
                Some(rest) => format!("name = {}", self.kind(rest)),
                None => "table".to_owned(),
            },
            _ => String::new(),
        }
    }

    /// What a setting is for, what its words mean, and what holds if it is left out.
    fn explained(&self, value: &Value) -> String {
        let target = value["$ref"].as_str().and_then(|name| self.schema.pointer(name.trim_start_matches('#')));
        let described = value["description"].as_str().or_else(|| target.and_then(|node| node["description"].as_str()));
        let mut text = described.unwrap_or_default().to_owned();
        let listed = words(value).or_else(|| words(target?)).into_iter().flatten();
        let meanings: Vec<String> =
            listed.filter_map(|(word, meaning)| Some(format!("`{word}`: {}", meaning?))).collect();
        if !meanings.is_empty() {
            text.push_str(&format!("<br>{}", meanings.join("<br>")));
        }
        if let Some(default) = value.get("default").filter(|default| says_something(default)) {
            text.push_str(&format!(" Left out: `{}`.", plain(default)));
        }
        text
    }
}

fn about(node: &Value) -> String {
    node["description"].as_str().unwrap_or_default().trim().trim_end_matches('.').to_owned()
}

fn required(node: &Value, key: &str) -> bool {
    node["required"].as_array().is_some_and(|required| required.iter().any(|name| name == key))
}

/// The words that may be written, each with what it means.
fn words(node: &Value) -> Option<Vec<(&str, Option<&str>)>> {
    if let Some(words) = node["enum"].as_array() {
        return Some(words.iter().filter_map(Value::as_str).map(|word| (word, None)).collect());
    }
    let ways = node["oneOf"].as_array().or_else(|| node["anyOf"].as_array())?;
    let words: Vec<_> =
        ways.iter().filter_map(|way| Some((way["const"].as_str()?, way["description"].as_str()))).collect();
    (!words.is_empty()).then_some(words)
}

/// The ways in which a value may be written, if there are several.
fn ways(node: &Value) -> impl Iterator<Item = &Value> {
    let ways = ["anyOf", "oneOf"].into_iter().filter_map(|ways| node[ways].as_array()).flatten();
    ways.filter(|way| way["type"] != "null" && way.get("const").is_none())
}

fn bounds(node: &Value) -> String {
    let bound = |name: &str| node.get(name).filter(|bound| bound.is_number()).map(plain);
    match (bound("minimum"), bound("maximum"), bound("exclusiveMinimum"), bound("exclusiveMaximum")) {
        (Some(least), Some(most), ..) => format!(", {least} to {most}"),
        (Some(least), None, ..) => format!(", {least} or more"),
        (None, Some(most), ..) => format!(", at most {most}"),
        (.., Some(above), Some(below)) => format!(", above {above} and below {below}"),
        (.., Some(above), None) => format!(", above {above}"),
        (.., None, Some(below)) => format!(", below {below}"),
        (None, None, None, None) => String::new(),
    }
}

fn plain(value: &Value) -> String {
    match value.as_f64() {
        Some(number) => number.to_string(),
        None => value.to_string(),
    }
}

/// An empty list, a table of defaults and “false” say nothing that the page does not say already.
fn says_something(default: &Value) -> bool {
    default.is_number() || default.is_string()
}

/// Text for one cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}
