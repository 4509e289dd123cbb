//! The text of a parameters' schema → the parameters that it describes.
//!
//! serde reads it and refuses every keyword, type and value that is not understood, so that no rule is silently
//! without effect. A component's author chose the text, so what messages repeat of it is cut and made printable.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::limits::Limits;
use super::{Allowed, Parameter, Property, Schema};

/// Most words that a parameter may be one of.
const WORDS: usize = 64;

/// Most numbers of a list.
const LONGEST: usize = 1000;

/// Longest message, in characters.
const MESSAGE: usize = 300;

/// Reads a schema; the error is the rest of a sentence about the metric (“the schema … is not understood: …”).
pub(super) fn read(text: &str) -> Result<Schema, String> {
    let Braced(object): Braced<Object> = serde_json::from_str(text).map_err(|why| {
        let what = if why.is_data() { "is not understood" } else { "is not JSON" };
        printable(&format!("the schema of its parameters {what}: {why}"))
    })?;
    if let Some(name) = object.required.iter().find(|name| !object.properties.0.contains_key(*name)) {
        let name = printable(name);
        return Err(format!("the schema of its parameters requires “{name}”, which it does not describe"));
    }
    Ok(Schema { properties: object.properties.0, required: object.required })
}

/// What stands in braces. A derived reader would take a list for it, value by value.
struct Braced<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Braced<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InBraces<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InBraces<T> {
            type Value = Braced<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object in braces")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Braced<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Braced)
            }
        }

        from.deserialize_map(InBraces(PhantomData))
    }
}

/// A schema as it is written. `$schema`, `title` and `description` are for its author.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    #[serde(rename = "type")]
    _type: ObjectType,
    #[serde(rename = "$schema", default)]
    _schema: String,
    #[serde(rename = "title", default)]
    _title: String,
    #[serde(rename = "description", default)]
    _description: String,
    #[serde(default)]
    properties: Properties,
    #[serde(default)]
    required: Vec<String>,
    #[serde(rename = "additionalProperties", default)]
    _additional: Closed,
}

#[derive(Deserialize)]
enum ObjectType {
    #[serde(rename = "object")]
    Object,
}

/// `additionalProperties`: a goal can never set a parameter that is not described.
#[derive(Default, Deserialize)]
#[serde(try_from = "Value")]
struct Closed;

impl TryFrom<Value> for Closed {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        if value == Value::Bool(false) { Ok(Self) } else { Err("`additionalProperties` can only be false") }
    }
}

/// Parameters by name. Each name stands once.
#[derive(Default)]
struct Properties(BTreeMap<String, Property>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ByName;

        impl<'de> Visitor<'de> for ByName {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a parameter for each name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    let about = |why: &dyn fmt::Display| A::Error::custom(format!("parameter “{name}”: {why}"));
                    let Braced(written): Braced<Written> = map.next_value().map_err(|why| about(&why))?;
                    let property = Property::try_from(written).map_err(|why| about(&why))?;
                    if properties.insert(name.clone(), property).is_some() {
                        return Err(about(&"it is described twice"));
                    }
                }
                Ok(Properties(properties))
            }
        }

        from.deserialize_map(ByName)
    }
}

/// A parameter as it is written.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Written {
    Number(WrittenNumber),
    Integer(WrittenNumber),
    Boolean(WrittenFlag),
    String(WrittenWord),
    Array(WrittenList),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WrittenNumber {
    #[serde(rename = "title", default)]
    _title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    default: Given,
    #[serde(default)]
    minimum: Limit,
    #[serde(default)]
    maximum: Limit,
    #[serde(default)]
    exclusive_minimum: Limit,
    #[serde(default)]
    exclusive_maximum: Limit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFlag {
    #[serde(rename = "title", default)]
    _title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    default: Given,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWord {
    #[serde(rename = "title", default)]
    _title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    default: Given,
    #[serde(rename = "enum", default)]
    words: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WrittenList {
    #[serde(rename = "title", default)]
    _title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    default: Given,
    #[serde(rename = "items")]
    _items: Braced<Items>,
    #[serde(default)]
    min_items: Size,
    #[serde(default)]
    max_items: Size,
}

/// What a list holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    #[serde(rename = "type")]
    _type: NumberType,
}

#[derive(Deserialize)]
enum NumberType {
    #[serde(rename = "number")]
    Number,
}

/// The value of `default`, if there is one.
#[derive(Default, Deserialize)]
#[serde(try_from = "Value")]
struct Given(Option<Parameter>);

impl TryFrom<Value> for Given {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let given = serde_json::from_value(value);
        given.map(|given| Self(Some(given))).map_err(|_| "`default` is not a number, true, false, a word or a list")
    }
}

/// The lowest or highest number, if there is one.
#[derive(Default, Deserialize)]
#[serde(try_from = "Value")]
struct Limit(Option<f64>);

impl TryFrom<Value> for Limit {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let number = value.as_f64().ok_or_else(|| format!("a limit is {value}, which is not a number"))?;
        Ok(Self(Some(number)))
    }
}

/// The fewest or most numbers of a list, if they are given.
#[derive(Default, Deserialize)]
#[serde(try_from = "Value")]
struct Size(Option<usize>);

impl TryFrom<Value> for Size {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let size = value.as_u64().and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= LONGEST);
        let size = size.ok_or_else(|| {
            format!("`minItems` or `maxItems` is {value}, which is not a whole number from 0 to {LONGEST}")
        })?;
        Ok(Self(Some(size)))
    }
}

/// The words of `enum`; none if every word fits.
#[derive(Default, Deserialize)]
#[serde(try_from = "Value")]
struct Words(Vec<String>);

impl TryFrom<Value> for Words {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let words: Option<Vec<String>> = serde_json::from_value(value).ok();
        let words = words.filter(|words| (1..=WORDS).contains(&words.len()));
        words.map(Self).ok_or_else(|| format!("`enum` is not a list of 1 to {WORDS} words"))
    }
}

impl WrittenNumber {
    fn limits(&self) -> Limits {
        Limits::new((self.minimum.0, self.exclusive_minimum.0), (self.maximum.0, self.exclusive_maximum.0))
    }
}

impl TryFrom<Written> for Property {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let (kind, description, default) = match written {
            Written::Number(number) => (Allowed::Number(number.limits()), number.description, number.default),
            Written::Integer(number) => (Allowed::Integer(number.limits()), number.description, number.default),
            Written::Boolean(flag) => (Allowed::Boolean, flag.description, flag.default),
            Written::String(word) => (Allowed::String(word.words.0), word.description, word.default),
            Written::Array(list) => {
                let (fewest, most) = (list.min_items.0.unwrap_or(0), list.max_items.0.unwrap_or(LONGEST));
                (Allowed::Numbers { fewest, most }, list.description, list.default)
            }
        };
        let property = Self { kind, description, default: default.0 };
        match (&property.default, property.kind.example()) {
            (_, None) => Err("nothing fits its limits".to_owned()),
            (Some(default), _) => {
                property.kind.check(default).map(|()| property).map_err(|why| format!("`default` {why}"))
            }
            (None, Some(_)) => Ok(property),
        }
    }
}

/// A message of bounded length in which a component's words cannot change how the rest shows.
fn printable(text: &str) -> String {
    let shown = |c: char| c.is_ascii_graphic() || c == ' ' || c.is_alphabetic() || "“”…".contains(c);
    text.chars().filter(|c| shown(*c)).take(MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Why a schema with one parameter is refused.
    fn why(property: &str) -> String {
        let text = format!(r#"{{"type": "object", "properties": {{"a": {property}}}}}"#);
        read(&text).expect_err(property)
    }

    #[test]
    fn keywords_that_are_not_understood_are_named_with_those_that_are() {
        let said = why(r#"{"type": "string", "pattern": "(a*)*"}"#);
        assert!(
            said.starts_with(
                "the schema of its parameters is not understood: parameter “a”: unknown field `pattern`, expected one of \
                 `title`, `description`, `default`, `enum`"
            ),
            "{said}"
        );
        for (property, said) in [
            (r#"{"$ref": "https://example.org"}"#, "missing field `type`"),
            (r#"{"type": "object"}"#, "unknown variant `object`, expected one of `number`, `integer`"),
            (r#"{"type": ["number", "null"]}"#, "parameter “a”: "),
            (r#"{"type": "number", "multipleOf": 2}"#, "unknown field `multipleOf`"),
            (r#"{"type": "boolean", "minimum": 2}"#, "unknown field `minimum`"),
            (r#"{"type": "number", "minimum": 1, "minimum": 2}"#, "duplicate field `minimum`"),
            (r#"["number"]"#, "invalid type: sequence, expected an object in braces"),
            (r#"{"type": "array", "items": ["number"]}"#, "invalid type: sequence, expected an object in braces"),
            (r#"{"type": "array", "minItems": 2}"#, "missing field `items`"),
            (r#"{"type": "array", "items": {"type": "string"}}"#, "unknown variant `string`, expected `number`"),
            (r#"{"type": "array", "items": {"type": "number", "minimum": 1}}"#, "unknown field `minimum`"),
        ] {
            assert!(why(property).contains(said), "{property}: {}", why(property));
        }
    }

    #[test]
    fn values_of_a_wrong_type_are_refused_and_never_left_out() {
        for (property, said) in [
            (r#"{"type": "number", "minimum": "1"}"#, r#"a limit is "1", which is not a number"#),
            (r#"{"type": "number", "exclusiveMaximum": true}"#, "a limit is true, which is not a number"),
            (r#"{"type": "number", "maximum": null}"#, "a limit is null, which is not a number"),
            (r#"{"type": "string", "enum": "all"}"#, "`enum` is not a list of 1 to 64 words"),
            (r#"{"type": "string", "enum": ["all", 1]}"#, "`enum` is not a list of 1 to 64 words"),
            (r#"{"type": "string", "enum": []}"#, "`enum` is not a list of 1 to 64 words"),
            (r#"{"type": "boolean", "description": 1}"#, "invalid type: integer `1`, expected a string"),
            (r#"{"type": "boolean", "default": null}"#, "`default` is not a number, true, false, a word or a list"),
        ] {
            assert!(why(property).contains(said), "{property}: {}", why(property));
        }
        for size in ["\"3\"", "1.5", "-1", "null", "1001", "1e12"] {
            let said = why(&format!(r#"{{"type": "array", "items": {{"type": "number"}}, "minItems": {size}}}"#));
            assert!(said.contains("which is not a whole number from 0 to 1000"), "{size}: {said}");
        }
    }

    #[test]
    fn limits_that_nothing_fits_and_defaults_that_do_not_fit_are_refused() {
        for (property, said) in [
            (r#"{"type": "number", "minimum": 2, "maximum": 1}"#, "nothing fits its limits"),
            (r#"{"type": "number", "exclusiveMinimum": 1, "maximum": 1}"#, "nothing fits its limits"),
            (r#"{"type": "integer", "minimum": 0.2, "maximum": 0.8}"#, "nothing fits its limits"),
            (
                r#"{"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 2}"#,
                "nothing fits its limits",
            ),
            (r#"{"type": "integer", "minimum": 1, "default": 0}"#, "`default` is not at least 1"),
            (r#"{"type": "string", "enum": ["all"], "default": "any"}"#, "`default` is not one of all"),
            (r#"{"type": "boolean", "default": 1}"#, "`default` is not true or false"),
        ] {
            assert!(why(property).contains(said), "{property}: {}", why(property));
        }
    }

    #[test]
    fn the_object_around_parameters_is_read_as_strictly() {
        for (text, said) in [
            ("", "the schema of its parameters is not JSON"),
            ("{", "the schema of its parameters is not JSON"),
            (r#"["object", "", "", ""]"#, "invalid type: sequence, expected an object in braces"),
            ("{}", "missing field `type`"),
            (r#"{"type": "array"}"#, "unknown variant `array`, expected `object`"),
            (r#"{"type": "object", "properties": []}"#, "expected an object with a parameter for each name"),
            (r#"{"type": "object", "oneOf": []}"#, "unknown field `oneOf`"),
            (r#"{"type": "object", "required": ["a"]}"#, "requires “a”, which it does not describe"),
            (r#"{"type": "object", "required": [1]}"#, "expected a string"),
            (r#"{"type": "object", "required": "a"}"#, "expected a sequence"),
            (r#"{"type": "object", "additionalProperties": true}"#, "`additionalProperties` can only be false"),
            (
                r#"{"type": "object", "properties": {"a": {"type": "boolean"}, "a": {"type": "boolean"}}}"#,
                "parameter “a”: it is described twice",
            ),
        ] {
            let found = read(text).expect_err(text);
            assert!(found.contains(said), "{text}: {found}");
        }
        assert!(read(r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}"#).is_ok());
    }

    #[test]
    fn a_message_stays_short_and_shows_as_it_is() {
        let said = why(&format!(r#"{{"type": "boolean", "{}\u001b[31m\u202e": 1}}"#, "x".repeat(10_000)));
        assert!(said.chars().count() <= MESSAGE && !said.contains(['\u{1b}', '\u{202e}']), "{said}");
    }
}
