//! Parameters of a metric, and the small part of JSON Schema that describes them.
//!
//! The contract allows an object whose properties are numbers, integers, booleans, strings or
//! arrays of numbers. Only the keywords below are understood; another one is an error in the
//! description, so that no rule is silently without effect.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub use termwise_config::goals::Parameter;

/// Parameters by name.
pub type Parameters = BTreeMap<String, Parameter>;

/// What parameters a metric has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schema {
    properties: BTreeMap<String, Property>,
    required: Vec<String>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
struct Property {
    kind: Kind,
    lowest: Option<f64>,
    highest: Option<f64>,
    /// Whether the ends themselves are allowed.
    open: (bool, bool),
    /// Fewest and most numbers of a list.
    items: (usize, usize),
    words: Vec<String>,
    default: Option<Parameter>,
    description: String,
}

/// Most words that a parameter may be one of.
const WORDS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Integer,
    Boolean,
    String,
    Numbers,
}

impl Schema {
    /// Reads a schema; says in one sentence what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|_| "its parameters are no JSON Schema".to_owned())?;
        let Value::Object(object) = &value else { return Err("its parameters are no JSON Schema".into()) };
        only(object, &["$schema", "type", "title", "description", "properties", "required", "additionalProperties"])?;
        if object.get("type").and_then(Value::as_str) != Some("object") {
            return Err("the schema of its parameters is not of type “object”".into());
        }
        let mut properties = BTreeMap::new();
        if let Some(found) = object.get("properties") {
            let found = found.as_object().ok_or("`properties` in the schema of its parameters is no object")?;
            for (name, property) in found {
                let property = Property::parse(property)
                    .map_err(|why| format!("its parameter “{}” is not described well: {why}", plain(name)))?;
                properties.insert(name.clone(), property);
            }
        }
        let required = object.get("required").and_then(Value::as_array).into_iter().flatten();
        let required: Vec<String> = required.filter_map(Value::as_str).map(str::to_owned).collect();
        if required.iter().any(|name| !properties.contains_key(name)) {
            return Err("the schema of its parameters requires one that it does not describe".into());
        }
        Ok(Self { properties, required })
    }

    /// Name, description and default of each parameter.
    pub fn list(&self) -> impl Iterator<Item = (&str, &str, Option<&Parameter>)> {
        self.properties.iter().map(|(name, p)| (name.as_str(), p.description.as_str(), p.default.as_ref()))
    }

    /// Whether there is a parameter of this name that is a whole number.
    pub fn has_whole(&self, name: &str) -> bool {
        self.properties.get(name).is_some_and(|p| p.kind == Kind::Integer)
    }

    /// Every text of the schema that may be printed.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.properties.values().flat_map(|p| p.words.iter().map(String::as_str).chain([p.description.as_str()]))
    }

    /// The given parameters checked, and defaults for the others; or what does not fit.
    pub fn complete(&self, given: &Parameters) -> Result<Parameters, String> {
        if let Some(name) = given.keys().find(|name| !self.properties.contains_key(*name)) {
            let known: Vec<&str> = self.properties.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(format!("it has no parameter “{}” (it has: {known})", plain(name)));
        }
        let mut complete = Parameters::new();
        for (name, property) in &self.properties {
            match given.get(name).or(property.default.as_ref()) {
                Some(value) => {
                    property.check(value).map_err(|why| format!("its parameter “{name}” {why}"))?;
                    complete.insert(name.clone(), value.clone());
                }
                None if self.required.contains(name) => return Err(format!("its parameter “{name}” is not set")),
                None => {}
            }
        }
        Ok(complete)
    }

    /// Parameters for a trial: defaults, and for the others something that fits.
    pub fn example(&self) -> Parameters {
        let example = |p: &Property| match p.kind {
            Kind::Number | Kind::Integer => {
                Parameter::Number(p.lowest.unwrap_or(1.0).max(1.0).min(p.highest.unwrap_or(1.0)))
            }
            Kind::Boolean => Parameter::Flag(false),
            Kind::String => Parameter::Word(p.words.first().cloned().unwrap_or_default()),
            Kind::Numbers => Parameter::Numbers(vec![p.lowest.unwrap_or(0.0); p.items.0.max(1)]),
        };
        self.properties
            .iter()
            .filter(|(name, p)| p.default.is_some() || self.required.contains(name))
            .map(|(name, p)| (name.clone(), p.default.clone().unwrap_or_else(|| example(p))))
            .collect()
    }
}

impl Property {
    fn parse(value: &Value) -> Result<Self, String> {
        let object = value.as_object().ok_or("it is no object")?;
        let number = |key: &str| object.get(key).map(|v| v.as_f64().ok_or(format!("`{key}` is no number"))).transpose();
        let size = |key: &str, default: usize| {
            object.get(key).and_then(Value::as_u64).map_or(default, |n| usize::try_from(n).unwrap_or(default))
        };
        let kind = match object.get("type").and_then(Value::as_str) {
            Some("number") => Kind::Number,
            Some("integer") => Kind::Integer,
            Some("boolean") => Kind::Boolean,
            Some("string") => Kind::String,
            Some("array") => Kind::Numbers,
            _ => return Err("its type is none of number, integer, boolean, string, array".into()),
        };
        let keys: &[&str] = match kind {
            Kind::Number | Kind::Integer => &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
            Kind::Boolean => &[],
            Kind::String => &["enum"],
            Kind::Numbers => &["items", "minItems", "maxItems"],
        };
        let common = ["type", "title", "description", "default"];
        only(object, &[&common[..], keys].concat())?;
        if kind == Kind::Numbers {
            let items = object.get("items").and_then(Value::as_object).ok_or("`items` is missing")?;
            if items.get("type").and_then(Value::as_str) != Some("number") || items.len() != 1 {
                return Err("`items` is not { \"type\": \"number\" }".into());
            }
        }
        let words = object.get("enum").and_then(Value::as_array).into_iter().flatten();
        let mut property = Self {
            kind,
            lowest: number("minimum")?.or(number("exclusiveMinimum")?),
            highest: number("maximum")?.or(number("exclusiveMaximum")?),
            open: (object.contains_key("exclusiveMinimum"), object.contains_key("exclusiveMaximum")),
            items: (size("minItems", 0), size("maxItems", 1000)),
            words: words.filter_map(Value::as_str).map(str::to_owned).take(WORDS + 1).collect(),
            default: None,
            description: object.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        };
        if property.words.len() > WORDS {
            return Err(format!("`enum` has more than {WORDS} words"));
        }
        if let Some(default) = object.get("default") {
            let default: Parameter = serde_json::from_value(default.clone()).map_err(|_| "`default` does not fit")?;
            property.check(&default).map_err(|why| format!("its default {why}"))?;
            property.default = Some(default);
        }
        Ok(property)
    }

    /// Whether a value fits; else the rest of a sentence.
    fn check(&self, value: &Parameter) -> Result<(), String> {
        match (self.kind, value) {
            (Kind::Number, Parameter::Number(n)) => self.within(*n),
            (Kind::Integer, Parameter::Number(n)) if n.fract() == 0.0 => self.within(*n),
            (Kind::Integer, Parameter::Number(_)) => Err("is not a whole number".into()),
            (Kind::Boolean, Parameter::Flag(_)) => Ok(()),
            (Kind::String, Parameter::Word(word)) if self.words.is_empty() || self.words.contains(word) => Ok(()),
            (Kind::String, Parameter::Word(_)) => Err(format!("is none of {}", self.words.join(", "))),
            (Kind::Numbers, Parameter::Numbers(list)) if (self.items.0..=self.items.1).contains(&list.len()) => {
                list.iter().all(|n| n.is_finite()).then_some(()).ok_or("has a number that is not finite".into())
            }
            (Kind::Numbers, Parameter::Numbers(_)) => {
                Err(format!("has not {} to {} numbers", self.items.0, self.items.1))
            }
            (kind, _) => Err(format!(
                "is not {}",
                match kind {
                    Kind::Number => "a number",
                    Kind::Integer => "a whole number",
                    Kind::Boolean => "true or false",
                    Kind::String => "a word",
                    Kind::Numbers => "a list of numbers",
                }
            )),
        }
    }

    fn within(&self, n: f64) -> Result<(), String> {
        let low = self.lowest.is_none_or(|low| n > low || (n == low && !self.open.0));
        let high = self.highest.is_none_or(|high| n < high || (n == high && !self.open.1));
        if n.is_finite() && low && high {
            return Ok(());
        }
        Err(match (self.lowest, self.highest) {
            (Some(low), Some(high)) => format!("is not between {low} and {high}"),
            (Some(low), None) => format!("is not {low} or more"),
            (None, Some(high)) => format!("is not {high} or less"),
            (None, None) => "is not a finite number".to_owned(),
        })
    }
}

/// Nothing but these keywords.
fn only(object: &Map<String, Value>, keys: &[&str]) -> Result<(), String> {
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(format!("the keyword “{}” is not understood here", plain(key))),
        None => Ok(()),
    }
}

/// A name that is fit to be printed: letters, digits and hyphens.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '$').take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{"type": "object", "required": ["gain"], "properties": {
        "gain": {"type": "number", "exclusiveMinimum": 0, "maximum": 10},
        "at-least": {"type": "integer", "minimum": 1, "default": 1},
        "strict": {"type": "boolean", "default": false},
        "rule": {"type": "string", "enum": ["all", "any"], "default": "all"},
        "cuts": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 3}}}"#;

    fn complete(given: &str) -> Result<Parameters, String> {
        Schema::parse(SCHEMA).expect("a schema").complete(&serde_json::from_str(given).expect("parameters"))
    }

    #[test]
    fn defaults_fill_what_is_not_given() {
        let found = complete(r#"{"gain": 2}"#).expect("parameters");
        assert_eq!(found["at-least"], Parameter::Number(1.0));
        assert_eq!(found["rule"], Parameter::Word("all".into()));
        assert_eq!(found["strict"], Parameter::Flag(false));
        assert!(!found.contains_key("cuts"));
    }

    #[test]
    fn what_does_not_fit_is_told_with_what_would() {
        for (given, told) in [
            ("{}", "its parameter “gain” is not set"),
            (r#"{"gain": 0}"#, "its parameter “gain” is not between 0 and 10"),
            (r#"{"gain": "2"}"#, "its parameter “gain” is not a number"),
            (r#"{"gain": 2, "at-least": 1.5}"#, "its parameter “at-least” is not a whole number"),
            (r#"{"gain": 2, "at-least": 0}"#, "its parameter “at-least” is not 1 or more"),
            (r#"{"gain": 2, "rule": "some"}"#, "its parameter “rule” is none of all, any"),
            (r#"{"gain": 2, "cuts": [1, 2, 3, 4]}"#, "its parameter “cuts” has not 1 to 3 numbers"),
            (r#"{"gain": 2, "gian": 2}"#, "it has no parameter “gian” (it has: at-least, cuts, gain, rule, strict)"),
        ] {
            assert_eq!(complete(given).expect_err(given), told);
        }
    }

    #[test]
    fn a_schema_that_is_not_understood_is_refused() {
        for schema in [
            "",
            "[]",
            r#"{"type": "array"}"#,
            r#"{"type": "object", "properties": {"a": {"$ref": "https://example.org"}}}"#,
            r#"{"type": "object", "properties": {"a": {"type": "string", "pattern": "(a*)*"}}}"#,
            r#"{"type": "object", "properties": {"a": {"type": "integer", "minimum": 1, "default": 0}}}"#,
            r#"{"type": "object", "required": ["a"]}"#,
        ] {
            assert!(Schema::parse(schema).is_err(), "{schema}");
        }
    }

    #[test]
    fn an_example_fits_its_own_schema() {
        let schema = Schema::parse(SCHEMA).expect("a schema");
        assert!(schema.complete(&schema.example()).is_ok());
    }
}
