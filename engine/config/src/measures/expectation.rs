//! Expectation tables: which value counts as at level, by grade and reporting period, from a day on.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use termwise_base::problem::{Place, Problem};

use super::super::check::Check;
use super::super::spot::{At, Day, spanned};
use super::scale::Scale;
use super::values::Entry;
use super::{Calendar, MeasureId, Measures, School};

/// Which part of the expectation table a threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Below every line of the table.
    Below,
    /// At least the “approaching” line.
    Approaching,
    /// At least the “at” line: the student is at or above level.
    At,
    /// At least the “above” line.
    Above,
}

/// An expectation table of some measures, in force from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Measures it speaks of.
    pub measures: Vec<MeasureId>,
    /// First day in force.
    pub from: Date,
    /// As printed, as in “Division reading expectations, September 2025”.
    pub title: String,
    /// Lowest value of each band: band → grade → period id (`P1`) → value.
    /// Grade or period id `*` means “every other”.
    pub lines: BTreeMap<Band, BTreeMap<String, BTreeMap<String, f64>>>,
    /// Where its line “at” stands in measures.toml.
    pub place: Place,
}

/// Which values count as at level, from a day on.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Expectation")]
pub(super) struct RawExpectation {
    /// Name as printed.
    title: At<String>,
    /// Measures that it speaks of; they share a scale.
    measures: At<Vec<At<String>>>,
    /// First day in force, as in 2025-09-01 (without quotes).
    from: Day,
    /// Lowest value at level: one for all, by grade, or by grade and reporting period.
    at: At<Lines>,
    /// Lowest value that is approaching.
    approaching: Option<At<Lines>>,
    /// Lowest value above level.
    above: Option<At<Lines>>,
}

/// One line of a table: a value for all, by grade, or by grade and period.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Lines {
    All(Entry),
    ByGrade(BTreeMap<String, ByPeriod>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum ByPeriod {
    All(Entry),
    ByPeriod(BTreeMap<String, Entry>),
}

/// Tables that speak of reporting periods which no school year has: they would never be used.
pub(in super::super) fn unknown_periods(measures: &Measures, calendar: &Calendar) -> Vec<Problem> {
    let known: BTreeSet<&str> = calendar.periods.iter().map(|period| period.id.as_str()).collect();
    let mut problems = Vec::new();
    for table in &measures.expectations {
        let named: BTreeSet<&String> =
            table.lines.values().flat_map(|grades| grades.values()).flat_map(BTreeMap::keys).collect();
        for period in named.into_iter().filter(|period| *period != "*" && !known.contains(period.as_str())) {
            let known: Vec<&str> = known.iter().copied().collect();
            problems.push(
                Problem::error(format!(
                    "No school year has a reporting period “{period}”, of which this table speaks."
                ))
                .at(table.place.clone())
                .expected(known.join(", "))
                .hint("Use the ids of the periods in termwise.toml, or \"*\" for every other period."),
            );
        }
    }
    problems
}

/// Tables that speak of grades alone which no school has, as when periods stand where grades belong: they would never
/// be used. A table may cover more grades than the division has.
pub(in super::super) fn unknown_grades(measures: &Measures, schools: &[School]) -> Vec<Problem> {
    let known: BTreeSet<&String> = schools.iter().flat_map(|school| &school.grades).collect();
    let used = |grade: &String| grade == "*" || known.contains(grade);
    let idle = measures.expectations.iter().filter(|table| {
        let mut grades = table.lines.values().flat_map(BTreeMap::keys).peekable();
        grades.peek().is_some() && !grades.any(used)
    });
    idle.map(|table| {
        let grades: BTreeSet<&str> = table.lines.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
        Problem::error("No school has a grade of which this table speaks, so it would never be used.")
            .at(table.place.clone())
            .found(Vec::from_iter(grades).join(", "))
            .expected(known.iter().map(|grade| grade.as_str()).collect::<Vec<_>>().join(", "))
            .hint("Write a value by grade, as in `{ 3 = 60 }`, or by grade and reporting period, as in `{ 3 = { P1 = 60 } }`.")
    })
    .collect()
}

impl Check<'_> {
    /// A table; `seen` has what other tables speak of, and from when on.
    pub(super) fn expectation(
        &mut self,
        raw: &RawExpectation,
        measures: &Measures,
        seen: &mut BTreeSet<(MeasureId, Date)>,
    ) -> Option<Expectation> {
        let title = self.text(&raw.title, "title");
        let ids = self.measures_of_a_table(&raw.measures, measures);
        let from = self.maybe_date(&raw.from);
        for (id, from) in ids.iter().filter_map(|id| Some((*id, from?))) {
            if !seen.insert((id, from)) {
                self.fault(
                    raw.from.span(),
                    format!("Two tables speak of “{}” from {from} on.", measures.measure(id).id),
                    "Correct the date of one of the two, or put them together.",
                );
            }
        }
        let scale = measures.scale_of(*ids.first()?);
        let mut lines = BTreeMap::from([(Band::At, self.lines(&raw.at, scale))]);
        for (band, raw) in [(Band::Approaching, &raw.approaching), (Band::Above, &raw.above)] {
            lines.extend(raw.as_ref().map(|raw| (band, self.lines(raw, scale))));
        }
        self.order(&lines, raw.at.span());
        Some(Expectation { measures: ids, from: from?, title, lines, place: self.text.place(raw.at.span()) })
    }

    /// The measures of a table, which share a scale.
    fn measures_of_a_table(&mut self, raw: &At<Vec<At<String>>>, measures: &Measures) -> Vec<MeasureId> {
        if raw.get_ref().is_empty() {
            self.fault(raw.span(), "This table speaks of no measure.", "Name at least one in `measures`.");
        }
        self.list(&spanned(raw.get_ref()), "measures");
        let mut ids = Vec::new();
        for name in raw.get_ref() {
            match measures.by_id(name.get_ref()) {
                Some(id) => ids.push(id),
                None => {
                    let known = measures.measures.iter().map(|m| m.id.as_str());
                    self.unknown(name.span(), "measure", name.get_ref(), known);
                }
            }
        }
        let scale = |id: &MeasureId| measures.scale_of(*id).id.as_str();
        if let Some(other) = ids.iter().find(|id| ids.first().is_some_and(|first| scale(first) != scale(id))) {
            let message =
                format!("The measures of one table must share a scale; “{}” has another.", measures.measure(*other).id);
            self.fault(raw.span(), message, "Make a table for each scale.");
        }
        ids
    }

    fn lines(&mut self, raw: &At<Lines>, scale: &Scale) -> BTreeMap<String, BTreeMap<String, f64>> {
        let every = |value: f64| BTreeMap::from([("*".to_owned(), value)]);
        let span = raw.span();
        let scale = (scale.id.as_str(), &scale.kind);
        let grades = match raw.get_ref() {
            Lines::All(entry) => {
                let value = self.value(entry, span, scale);
                return value.map(|value| BTreeMap::from([("*".to_owned(), every(value))])).unwrap_or_default();
            }
            Lines::ByGrade(grades) => grades,
        };
        let mut lines = BTreeMap::new();
        for (grade, periods) in grades {
            let values = match periods {
                ByPeriod::All(entry) => self.value(entry, span.clone(), scale).map(every).unwrap_or_default(),
                ByPeriod::ByPeriod(periods) => periods
                    .iter()
                    .filter_map(|(id, entry)| Some((id.clone(), self.value(entry, span.clone(), scale)?)))
                    .collect(),
            };
            lines.insert(grade.clone(), values);
        }
        let empty = |periods: &ByPeriod| matches!(periods, ByPeriod::ByPeriod(periods) if periods.is_empty());
        if grades.is_empty() || grades.values().any(empty) {
            let hint = "Write a value for all, by grade, or by grade and reporting period.";
            self.fault(span, "This line of the table has no value.", hint);
        }
        lines
    }

    /// “Approaching” must not stand above “at”, nor “at” above “above”.
    fn order(&mut self, lines: &BTreeMap<Band, BTreeMap<String, BTreeMap<String, f64>>>, span: Range<usize>) {
        let line = |band: Band, grade: &str, period: &str| -> Option<f64> {
            let grades = lines.get(&band)?;
            let periods = grades.get(grade).or_else(|| grades.get("*"))?;
            periods.get(period).or_else(|| periods.get("*")).copied()
        };
        let Some(at) = lines.get(&Band::At) else { return };
        for (grade, periods) in at {
            for (period, at) in periods {
                let approaching = line(Band::Approaching, grade, period).is_some_and(|v| v > *at);
                let above = line(Band::Above, grade, period).is_some_and(|v| v < *at);
                if approaching || above {
                    self.fault(
                        span.clone(),
                        format!("For grade {grade}, period {period}, the lines of this table are out of order."),
                        "The lines must rise from `approaching` over `at` to `above`.",
                    );
                }
            }
        }
    }
}
