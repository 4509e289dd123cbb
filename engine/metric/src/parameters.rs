//! Parameters of a metric, and the small part of JSON Schema that describes them.
//!
//! The contract allows an object whose properties are numbers, integers, booleans, strings or
//! arrays of numbers. What is not understood is an error in the description ([`schema`]), so that no rule is
//! silently without effect.

mod limits;
mod schema;

use std::collections::BTreeMap;

pub use termwise_config::goals::Parameter;

use limits::Limits;

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
    kind: Allowed,
    default: Option<Parameter>,
    description: String,
}

/// What a parameter may be.
#[derive(Debug, Clone, PartialEq)]
enum Allowed {
    Number(Limits),
    Integer(Limits),
    Boolean,
    /// One of these words; any word if there are none.
    String(Vec<String>),
    /// A list of numbers, at least and at most of this length.
    Numbers {
        fewest: usize,
        most: usize,
    },
}

impl Schema {
    /// Reads a schema; says in one sentence what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        schema::read(text)
    }

    /// Name, description and default of each parameter.
    pub fn list(&self) -> impl Iterator<Item = (&str, &str, Option<&Parameter>)> {
        self.properties.iter().map(|(name, p)| (name.as_str(), p.description.as_str(), p.default.as_ref()))
    }

    /// Whether there is a parameter of this name that is a whole number.
    pub fn has_whole(&self, name: &str) -> bool {
        self.properties.get(name).is_some_and(|property| matches!(property.kind, Allowed::Integer(_)))
    }

    /// Every text of the schema that may be printed.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.properties.values().flat_map(|property| {
            let words = if let Allowed::String(words) = &property.kind { words.as_slice() } else { &[] };
            words.iter().map(String::as_str).chain([property.description.as_str()])
        })
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
                    property.kind.check(value).map_err(|why| format!("its parameter “{name}” {why}"))?;
                    complete.insert(name.clone(), value.clone());
                }
                None if self.required.contains(name) => return Err(format!("its parameter “{name}” is not set")),
                None => {}
            }
        }
        Ok(complete)
    }

    /// Parameters for a trial: defaults, and something that fits for the others that are required.
    pub fn example(&self) -> Parameters {
        let example = |property: &Property| property.default.clone().or_else(|| property.kind.example());
        self.properties
            .iter()
            .filter(|(name, property)| property.default.is_some() || self.required.contains(name))
            .filter_map(|(name, property)| Some((name.clone(), example(property)?)))
            .collect()
    }
}

impl Allowed {
    /// Something that fits; none if nothing does.
    fn example(&self) -> Option<Parameter> {
        match self {
            Self::Number(limits) => limits.example(false).map(Parameter::Number),
            Self::Integer(limits) => limits.example(true).map(Parameter::Number),
            Self::Boolean => Some(Parameter::Flag(false)),
            Self::String(words) => Some(Parameter::Word(words.first().cloned().unwrap_or_default())),
            Self::Numbers { fewest, most } if fewest <= most => {
                Some(Parameter::Numbers(vec![0.0; (*fewest).max(1).min(*most)]))
            }
            Self::Numbers { .. } => None,
        }
    }

    /// Whether a value fits; else the rest of a sentence.
    fn check(&self, value: &Parameter) -> Result<(), String> {
        match (self, value) {
            (Self::Number(limits), Parameter::Number(n)) => limits.check(*n),
            (Self::Integer(limits), Parameter::Number(n)) if n.fract() == 0.0 => limits.check(*n),
            (Self::Boolean, Parameter::Flag(_)) => Ok(()),
            (Self::String(words), Parameter::Word(word)) if words.is_empty() || words.contains(word) => Ok(()),
            (Self::String(words), Parameter::Word(_)) => Err(format!("is not one of {}", words.join(", "))),
            (Self::Numbers { fewest, most }, Parameter::Numbers(list)) if !(*fewest..=*most).contains(&list.len()) => {
                Err(format!("is not a list of {fewest} to {most} numbers"))
            }
            (Self::Numbers { .. }, Parameter::Numbers(list)) => {
                list.iter().all(|n| n.is_finite()).then_some(()).ok_or("has a number that is not finite".into())
            }
            (Self::Number(_), _) => Err("is not a number".into()),
            (Self::Integer(_), _) => Err("is not a whole number".into()),
            (Self::Boolean, _) => Err("is not true or false".into()),
            (Self::String(_), _) => Err("is not a word".into()),
            (Self::Numbers { .. }, _) => Err("is not a list of numbers".into()),
        }
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
    fn what_does_not_fit_is_said_with_what_would() {
        for (given, told) in [
            ("{}", "its parameter “gain” is not set"),
            (r#"{"gain": 0}"#, "its parameter “gain” is not above 0 and at most 10"),
            (r#"{"gain": "2"}"#, "its parameter “gain” is not a number"),
            (r#"{"gain": 2, "at-least": 1.5}"#, "its parameter “at-least” is not a whole number"),
            (r#"{"gain": 2, "at-least": 0}"#, "its parameter “at-least” is not at least 1"),
            (r#"{"gain": 2, "rule": "some"}"#, "its parameter “rule” is not one of all, any"),
            (r#"{"gain": 2, "cuts": [1, 2, 3, 4]}"#, "its parameter “cuts” is not a list of 1 to 3 numbers"),
            (r#"{"gain": 2, "gian": 2}"#, "it has no parameter “gian” (it has: at-least, cuts, gain, rule, strict)"),
        ] {
            assert_eq!(complete(given).expect_err(given), told);
        }
    }

    #[test]
    fn an_example_fits_its_own_schema() {
        let schema = Schema::parse(SCHEMA).expect("a schema");
        assert!(schema.complete(&schema.example()).is_ok());
    }
}
