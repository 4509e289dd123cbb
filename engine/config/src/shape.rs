//! What a file may hold, asked of the schema of the type that reads it: which settings are known, and which are missing.
//!
//! Comes in: a type's JSON Schema as `schemars` makes it, and a parsed file. It looks at names only; whether a value
//! can be read is for serde to say.

use std::ops::Range;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The schema of a file.
#[derive(Debug)]
pub(crate) struct Shape(Value);

/// Where a file and its schema differ.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    /// Settings that nothing reads.
    pub(crate) unknown: Vec<Unknown>,
    /// Settings that must be there and are not, each with the span of the table that lacks it.
    pub(crate) missing: Vec<(String, Range<usize>)>,
}

/// A setting that nothing reads.
#[derive(Debug)]
pub(crate) struct Unknown {
    /// As it is written.
    pub(crate) name: String,
    /// Where the name stands in the file, in bytes.
    pub(crate) span: Range<usize>,
    /// What would be read in its place.
    pub(crate) known: Vec<String>,
}

impl Shape {
    /// The schema of what `T` reads.
    pub(crate) fn of<T: JsonSchema>() -> Self {
        Self(of_type::<T>())
    }

    /// Every setting of a file that nothing reads, and every one that is missing.
    pub(crate) fn differences(&self, table: &DeTable<'_>) -> Differences {
        let mut found = Differences::default();
        self.in_table(&self.variants(&self.0), table, &(0..0), &mut found);
        found
    }

    /// `nodes` are the ways in which the table may be written.
    fn in_table(&self, nodes: &[&Value], table: &DeTable<'_>, span: &Range<usize>, found: &mut Differences) {
        let known: Vec<&String> =
            nodes.iter().filter_map(|node| node["properties"].as_object()).flat_map(|known| known.keys()).collect();
        let open =
            nodes.iter().any(|node| node.get("additionalProperties").is_some_and(|rest| rest.as_bool().is_none()));
        for (key, value) in table.iter() {
            let name = key.get_ref().to_string();
            if !known.is_empty() && !open && !known.contains(&&name) {
                let known = known.iter().map(|known| (*known).clone()).collect();
                found.unknown.push(Unknown { name, span: key.span(), known });
                continue;
            }
            self.in_value(&self.below(nodes, &Step::Key(&name)), value, found);
        }
        // Of several ways to write a value nobody knows which was meant.
        let [node] = nodes else { return };
        let required = node["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let lacking = required.filter(|name| !table.iter().any(|(key, _)| key.get_ref() == name));
        found.missing.extend(lacking.map(|name| (name.to_owned(), span.clone())));
    }

    fn in_value(&self, nodes: &[&Value], value: &Spanned<DeValue<'_>>, found: &mut Differences) {
        match value.get_ref() {
            DeValue::Table(table) => self.in_table(nodes, table, &value.span(), found),
            DeValue::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    self.in_value(&self.below(nodes, &Step::Place(place)), item, found);
                }
            }
            _ => {}
        }
    }

    /// What the innermost setting around a span is for.
    pub(crate) fn about(&self, table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
        self.about_in(&self.variants(&self.0), table, span)
    }

    fn about_in(&self, nodes: &[&Value], table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
        let around = |value: &Spanned<DeValue<'_>>| value.span().start <= span.start && span.end <= value.span().end;
        let (key, value) = table.iter().find(|(_, value)| around(value))?;
        let mut nodes = self.below(nodes, &Step::Key(key.get_ref()));
        let own = nodes.iter().find_map(|node| node["description"].as_str());
        let own = own.map(|about| format!("`{}`: {about}", key.get_ref()));
        let mut value = value.get_ref();
        while let DeValue::Array(items) = value {
            let Some((place, item)) = items.iter().enumerate().find(|(_, item)| around(item)) else { return own };
            nodes = self.below(&nodes, &Step::Place(place));
            value = item.get_ref();
        }
        match value {
            DeValue::Table(inner) => self.about_in(&nodes, inner, span).or(own),
            _ => own,
        }
    }

    /// The schemas of what lies one step below nodes, with the nodes that they refer to.
    fn below<'a>(&'a self, nodes: &[&'a Value], step: &Step<'_>) -> Vec<&'a Value> {
        let below = nodes.iter().filter_map(|node| match step {
            Step::Key(name) => node["properties"].get(name).or_else(|| node.get("additionalProperties")),
            Step::Place(place) => node["prefixItems"].get(place).or_else(|| node.get("items")),
        });
        below.flat_map(|node| self.variants(node)).collect()
    }

    /// A node with its references followed: itself, or each of the ways in which its value may be written.
    fn variants<'a>(&'a self, node: &'a Value) -> Vec<&'a Value> {
        let target = node["$ref"].as_str().and_then(|name| self.0.pointer(name.trim_start_matches('#')));
        if let Some(target) = target {
            return self.variants(target);
        }
        let ways = ["anyOf", "oneOf"].into_iter().find_map(|ways| node[ways].as_array());
        match ways {
            Some(ways) => ways
                .iter()
                .filter(|way| way["type"] != "null" && way.get("const").is_none())
                .flat_map(|way| self.variants(way))
                .collect(),
            None if node.is_object() => vec![node],
            None => Vec::new(),
        }
    }
}

/// The schema of what a type reads. Where it names settings, it allows no others: none would be read.
pub(crate) fn of_type<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    let close = |schema: &mut schemars::Schema| {
        if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
            schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    };
    RecursiveTransform(close).transform(&mut schema);
    schema.to_value()
}

/// One step down into a file.
enum Step<'a> {
    /// Into the value of this setting.
    Key(&'a str),
    /// Into the list's entry at this place.
    Place(usize),
}
