//! The sections `[columns]` and `[[value]]`: what the columns mean.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use super::super::check::Check;
use super::super::facts::{Fact, Facts};
use super::super::pattern::Pattern;
use super::super::spot::At;
use super::super::words::{Word, Words};
use super::{MappingKind, words};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// The local student number.
    Id,
    /// The provincial student number.
    ProvincialId,
    /// The whole name.
    Name,
    /// The given name.
    Given,
    /// The family name.
    Family,
    /// The given name that the student goes by.
    Preferred,
    /// First day of the enrolment.
    Entered,
    /// Last day of the enrolment.
    Left,
    /// The grade at which a result was assessed.
    AssessmentGrade,
    /// Which goal a strategy or decision is about.
    Goal,
    /// What is done, or was decided.
    Text,
    /// The team that does it.
    Team,
    /// How far a strategy is.
    Status,
    /// Since when, or on which day.
    Since,
    /// Which meeting decided.
    Meeting,
    /// The school.
    School,
    /// The school year.
    Year,
    /// The reporting period.
    Period,
    /// What was assessed.
    Measure,
    /// The student's grade.
    Grade,
    /// The student's program.
    Program,
}

/// A column that carries results.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueColumn {
    /// Pattern on the header path, as in `{period} / Level`; `*` and `?` are wildcards.
    pub column: Pattern,
    /// Pattern on what stands in the cell, with `{value}`, where the result is only a part of it.
    pub cell: Option<Pattern>,
    /// How a bare number is meant, if not as the scale says.
    pub unit: Option<Unit>,
    /// Facts that hold for every cell of the column.
    pub set: Facts,
}

/// How a bare number in a cell is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Unit {
    /// A share of the whole: 0.79.
    Share,
    /// Hundredths of the whole: 79.
    Percent,
}

/// One name, or several, best first.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// A column with results.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Value")]
pub(super) struct RawValue {
    /// The header of the column, upper rows first, parted by " / "; * and ? are wildcards, and
    /// {period}, {measure}, {grade}, {year}, {school} and {program} capture what stands there.
    column: At<String>,
    /// What stands in the cell, with {value} where the result is, if it is only a part of it.
    cell: Option<At<String>>,
    /// How a bare number is meant.
    unit: Option<At<Word<Unit>>>,
    /// Facts that hold for every cell of the column.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>", extend("propertyNames" = { "enum": words::<Fact>() }))]
    set: BTreeMap<At<Word<Fact>>, At<String>>,
}

impl Check<'_> {
    pub(super) fn columns(
        &mut self,
        raw: &BTreeMap<At<Word<Role>>, At<OneOrMany>>,
        kind: Option<MappingKind>,
    ) -> BTreeMap<&'static str, Vec<Pattern>> {
        let mut columns = BTreeMap::new();
        for (role, names) in raw {
            let span = role.span();
            let Some(role) = self.word(role, "role of columns") else { continue };
            if kind == Some(MappingKind::Survey) && !Fact::NAMES.contains(&role.id()) {
                self.fault(
                    span,
                    format!("A survey is anonymous: it has no column “{}”.", role.id()),
                    "Take this line away; the column is then not read.",
                );
            }
            columns.insert(role.id(), self.one_or_many(names, role.id(), false));
        }
        columns
    }

    pub(super) fn values(&mut self, raw: &[RawValue]) -> Vec<ValueColumn> {
        raw.iter().filter_map(|value| self.value_column(value)).collect()
    }

    fn value_column(&mut self, value: &RawValue) -> Option<ValueColumn> {
        let mut set = Facts::new();
        for (fact, word) in &value.set {
            if let Some(fact) = self.word(fact, "fact") {
                set.insert(fact.id().to_owned(), self.text(word, fact.id()));
            }
        }
        let column = self.pattern(&value.column, false);
        Some(ValueColumn {
            cell: value.cell.as_ref().and_then(|cell| self.cell_pattern(cell)),
            unit: value.unit.as_ref().and_then(|unit| self.word(unit, "unit")),
            set,
            column: column?,
        })
    }

    /// A pattern that can be used, and that says something if it `must_capture`.
    pub(super) fn pattern(&mut self, pattern: &At<String>, must_capture: bool) -> Option<Pattern> {
        self.pattern_at(pattern.span(), pattern.get_ref(), must_capture)
    }

    fn pattern_at(&mut self, span: Range<usize>, written: &str, must_capture: bool) -> Option<Pattern> {
        if written.trim().is_empty() {
            self.fault(span, "This pattern is empty, so nothing fits it.", "Fill it in, or take it away.");
            return None;
        }
        match Pattern::new(written) {
            Err(why) => self.fault(
                span,
                format!("This pattern cannot be used: {why}."),
                "Use * and ? for any letters, and captures such as {period}.",
            ),
            Ok(sound) if must_capture && sound.captures().next().is_none() => self.fault(
                span,
                "This pattern captures nothing.",
                "Name what it gives, as in `pattern = \"Gr {grade}*\"`.",
            ),
            Ok(sound) => return Some(sound),
        }
        None
    }

    /// Patterns, at least one.
    pub(super) fn one_or_many(&mut self, raw: &At<OneOrMany>, name: &str, must_capture: bool) -> Vec<Pattern> {
        let written = match raw.get_ref() {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many.as_slice(),
        };
        if written.is_empty() {
            let hint = format!("Write at least one, as in `{name} = [\"…\"]`, or take the line away.");
            self.fault(raw.span(), format!("`{name}` is an empty list."), hint);
        }
        written.iter().filter_map(|one| self.pattern_at(raw.span(), one, must_capture)).collect()
    }

    fn cell_pattern(&mut self, pattern: &At<String>) -> Option<Pattern> {
        let fault = match Pattern::of_value(pattern.get_ref()) {
            Err(why) => format!("This pattern cannot be used: {why}."),
            Ok(sound) if sound.captures().next().is_none() => "This pattern captures no value.".to_owned(),
            Ok(sound) => return Some(sound),
        };
        let hint = "Write {value} where the result stands, as in `cell = \"{value} / * SC\"`.";
        self.fault(pattern.span(), fault, hint);
        None
    }

    /// A roster needs numbers and grades, results need somebody whose results they are.
    pub(super) fn identity(
        &mut self,
        span: Range<usize>,
        kind: MappingKind,
        columns: &BTreeMap<&str, Vec<Pattern>>,
        valued: bool,
    ) {
        let has = |role: &str| columns.contains_key(role);
        if kind == MappingKind::Roster && !has("id") && !has("provincial-id") {
            self.fault(
                span.clone(),
                "A roster needs a column with student numbers, so that a student is known again next year.",
                "Add `id = [\"Student #\"]` under [columns].",
            );
        }
        let named = has("name") || (has("given") && has("family"));
        if kind == MappingKind::Assessment && !has("id") && !has("provincial-id") && !named {
            self.fault(
                span.clone(),
                "No column says whose results these are.",
                "Add `id` (or `name`) under [columns].",
            );
        }
        if kind == MappingKind::Names && !(named && (has("id") || has("provincial-id"))) {
            self.fault(
                span.clone(),
                "A list of exceptions says whom a name means.",
                "Add `name` (as results have it) and `id` (as the roster has it) under [columns].",
            );
        }
        if kind.is_about_goals() && !(has("goal") && has("text")) {
            self.fault(
                span.clone(),
                "No column says which goal this is about, or what is done.",
                "Add `goal` and `text` under [columns].",
            );
        }
        if kind == MappingKind::Decisions && !has("since") {
            self.fault(span.clone(), "A decision needs its day.", "Add `since` under [columns].");
        }
        if matches!(kind, MappingKind::Assessment | MappingKind::Survey) && !valued {
            self.fault(span, "No column with results is named.", "Add a [[value]] with `column = …`.");
        }
    }
}
