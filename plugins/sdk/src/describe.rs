//! Descriptions, one call at a time.

use crate::{ColumnKind, ColumnSpec, Description, Direction, Message, Moment, OutputSpec, PrivacyKind, Text};

/// A text in one language or several: `"English"`, or `[("en", "…"), ("fr", "…")]`.
pub struct Texts(Vec<Text>);

impl From<&str> for Texts {
    fn from(english: &str) -> Self {
        [("en", english)].into()
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Texts {
    fn from(texts: [(&str, &str); N]) -> Self {
        Self(texts.into_iter().map(|(language, text)| Text { language: language.into(), text: text.into() }).collect())
    }
}

fn message(key: &str, text: impl Into<Texts>) -> Message {
    Message { key: key.into(), text: text.into().0 }
}

impl Description {
    /// A metric without parameters, columns and outputs yet.
    pub fn new(id: &str, version: &str, title: impl Into<Texts>, explanation: impl Into<Texts>) -> Self {
        Self {
            id: id.into(),
            version: version.into(),
            title: title.into().0,
            explanation: explanation.into().0,
            parameters: r#"{"type":"object","properties":{},"additionalProperties":false}"#.into(),
            columns: Vec::new(),
            outputs: Vec::new(),
            left_out: Vec::new(),
            messages: Vec::new(),
        }
    }

    /// The parameters, as a JSON Schema of an object.
    #[must_use]
    pub fn parameters(mut self, schema: &str) -> Self {
        self.parameters = schema.into();
        self
    }

    /// Wants a column.
    #[must_use]
    pub fn column(mut self, name: &str, kind: ColumnKind, moment: Moment, explanation: impl Into<Texts>) -> Self {
        self.columns.push(ColumnSpec { name: name.into(), kind, moment, explanation: explanation.into().0 });
        self
    }

    /// Answers with a number.
    #[must_use]
    pub fn output(mut self, output: OutputSpec) -> Self {
        self.outputs.push(output);
        self
    }

    /// May leave rows out for a reason.
    #[must_use]
    pub fn left_out(mut self, key: &str, text: impl Into<Texts>) -> Self {
        self.left_out.push(message(key, text));
        self
    }

    /// May say this, as a note or as a fault.
    #[must_use]
    pub fn message(mut self, key: &str, text: impl Into<Texts>) -> Self {
        self.messages.push(message(key, text));
        self
    }
}

impl OutputSpec {
    /// An output of any kind; more is better unless [`OutputSpec::better`] says otherwise.
    pub fn new(key: &str, title: impl Into<Texts>, unit: &str, privacy: PrivacyKind) -> Self {
        Self {
            key: key.into(),
            title: title.into().0,
            unit: unit.into(),
            direction: Direction::Up,
            privacy,
            rests_on: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// A proportion, from 0 to 1.
    pub fn proportion(key: &str, title: impl Into<Texts>) -> Self {
        Self::new(key, title, "share", PrivacyKind::Proportion)
    }

    /// A number of students.
    pub fn count(key: &str, title: impl Into<Texts>) -> Self {
        Self::new(key, title, "students", PrivacyKind::Count)
    }

    /// A distribution over these parts, lowest first; without any, over the measure's levels.
    pub fn distribution(key: &str, title: impl Into<Texts>, parts: &[(&str, &str)]) -> Self {
        let parts = parts.iter().map(|(key, text)| message(key, *text)).collect();
        Self { parts, ..Self::new(key, title, "students", PrivacyKind::Distribution) }.better(Direction::Neither)
    }

    /// Which way is better.
    #[must_use]
    pub fn better(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// Is made of these outputs, and shown only where they are.
    #[must_use]
    pub fn resting_on(mut self, keys: &[&str]) -> Self {
        self.rests_on = keys.iter().map(|key| (*key).to_owned()).collect();
        self
    }
}
