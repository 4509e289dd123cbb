//! Words that the files may use: kinds, roles, classes, audiences.
//!
//! Each set is an enum; its spelling in files, messages and schemas comes from the enum alone (by `strum`). A
//! file's word is read as it is written, so that a misspelt one is one problem among others and not the end
//! of reading.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use strum::{EnumMessage, IntoEnumIterator};

/// An enum whose variants are words of the files.
pub trait Words: Copy + IntoEnumIterator + EnumMessage + FromStr + Into<&'static str> {
    /// The word for it in files, options and folders.
    fn id(self) -> &'static str {
        self.into()
    }
}

impl<T: Copy + IntoEnumIterator + EnumMessage + FromStr + Into<&'static str>> Words for T {}

/// A word as it is written in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word<T> {
    written: String,
    of: PhantomData<T>,
}

impl<T: Words> Word<T> {
    /// What it means, if it means something.
    pub(crate) fn known(&self) -> Option<T> {
        self.written.parse().ok()
    }

    /// As it is written.
    pub(crate) fn written(&self) -> &str {
        &self.written
    }
}

impl<'de, T> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|written| Self { written, of: PhantomData })
    }
}

impl<T: Words> JsonSchema for Word<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        std::any::type_name::<T>().rsplit("::").next().unwrap_or("Word").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<serde_json::Value> = T::iter()
            .map(|word| serde_json::json!({ "const": word.id(), "description": word.get_documentation() }))
            .collect();
        json_schema!({ "type": "string", "oneOf": words })
    }
}
