//! Share of students at or above the line on at least k of m measures.
//!
//! A student whose readings are not all there is decided by those that are, if no reading could
//! change the outcome: k reached counts as at; k out of reach counts as below. Otherwise the student
//! is left out, with the reason.

pub mod count;

use count::count;
use termwise_plugin::{
    Band, COUNTS_AS_BELOW, ColumnKind, Description, EXCLUDED, Fault, Measurement, Metric, Moment, Output, OutputSpec,
    Question, SCORE,
};

/// The metric.
pub struct ShareAtOrAbove;

/// One measure's columns.
struct Series<'a> {
    value: &'a [f64],
    class: &'a [u8],
    line: &'a [f64],
}

/// JSON Schema of the parameters.
const PARAMETERS: &str = r#"{
    "type": "object",
    "properties": {
        "at-least": {
            "type": "integer", "minimum": 1, "maximum": 1000, "default": 1,
            "description": "On how many of the measures a student must be at or above level."
        }
    },
    "additionalProperties": false
}"#;

impl Metric for ShareAtOrAbove {
    fn describe() -> Description {
        Description::new(
            "share-at-or-above",
            env!("CARGO_PKG_VERSION"),
            "Share at or above level",
            "The share of students at or above the expected level on at least k of the goal's m measures.",
        )
        .parameters(PARAMETERS)
        .column("value", ColumnKind::Value, Moment::Now, "The reading, as a place on the scale.")
        .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
        .column("line", ColumnKind::Line(Band::At), Moment::Now, "The lowest value that is at level.")
        .output(OutputSpec::proportion("share", "Share at or above level"))
        .left_out("missing", "no result")
        .left_out("excluded", "excluded with a reason")
        .left_out("no-line", "no expectation for the grade")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let at_least = question.whole("at-least")?;
        if at_least < 1 || at_least > question.measures() {
            return Err(Fault::BadParameter("at-least".into()));
        }
        let series: Vec<Series> = (0..question.measures())
            .map(|i| {
                Ok(Series {
                    value: question.numbers("value", i, 0)?,
                    class: question.codes("class", i, 0)?,
                    line: question.numbers("line", i, 0)?,
                })
            })
            .collect::<Result<_, Fault>>()?;
        match series.as_slice() {
            [one] => question.each_group(|rows| single(one, rows)),
            many => question.each_group(|rows| several(many, rows, at_least)),
        }
    }
}

/// One measure: every row falls into one class.
fn single(series: &Series, rows: core::ops::Range<usize>) -> Measurement {
    let total = rows.len() as u32;
    let found = count(&series.value[rows.clone()], &series.class[rows.clone()], &series.line[rows]);
    let missing = total - found.of - found.excluded - found.no_line;
    Measurement::new([Output::proportion(found.met, found.of)], [missing, found.excluded, found.no_line])
}

/// Several measures: k reached, k out of reach, or not decided.
fn several(series: &[Series], rows: core::ops::Range<usize>, at_least: u32) -> Measurement {
    let (mut met, mut of) = (0u32, 0u32);
    let (mut missing, mut excluded, mut no_line) = (0u32, 0u32, 0u32);
    for row in rows {
        let (mut reached, mut open) = (0u32, 0u32);
        let (mut any_missing, mut any_excluded) = (false, false);
        for one in series {
            match one.class[row] {
                SCORE if one.value[row].is_nan() => {
                    open += 1;
                    any_missing = true;
                }
                SCORE if one.line[row].is_nan() => open += 1,
                SCORE => reached += u32::from(one.value[row] >= one.line[row]),
                COUNTS_AS_BELOW => {}
                EXCLUDED => {
                    open += 1;
                    any_excluded = true;
                }
                _ => {
                    open += 1;
                    any_missing = true;
                }
            }
        }
        if reached >= at_least {
            met += 1;
            of += 1;
        } else if reached + open < at_least {
            of += 1;
        } else if any_missing {
            missing += 1;
        } else if any_excluded {
            excluded += 1;
        } else {
            no_line += 1;
        }
    }
    Measurement::new([Output::proportion(met, of)], [missing, excluded, no_line])
}

termwise_plugin::export!(ShareAtOrAbove);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{Cells, MISSING, kit};

    /// Rows as (class, value) per measure; the line is 3 everywhere.
    fn question(at_least: f64, sizes: &[u32], measures: &[&[(u8, f64)]]) -> Question {
        let mut question = Question::of_groups(sizes).on_scales(measures.len(), 0).with("at-least", at_least);
        for (measure, rows) in measures.iter().enumerate() {
            let measure = measure as u32;
            let values = rows.iter().map(|r| r.1).collect();
            question = question
                .column_of("value", measure, 0, Cells::Numbers(values))
                .column_of("class", measure, 0, Cells::Codes(rows.iter().map(|r| r.0).collect()))
                .column_of("line", measure, 0, Cells::Numbers(vec![3.0; rows.len()]));
        }
        question
    }

    fn counts(m: &Measurement) -> (u32, u32, &[u32]) {
        (m.outputs[0].numerator.expect("a proportion"), m.outputs[0].denominator, &m.left_out)
    }

    const X: f64 = f64::NAN;

    #[test]
    fn one_measure_by_hand() {
        // First group: at, at, below; out of range counts as below; one absent, one without a reading.
        let rows =
            [(SCORE, 3.0), (SCORE, 4.0), (SCORE, 2.0), (COUNTS_AS_BELOW, X), (EXCLUDED, X), (MISSING, X), (MISSING, X)];
        let found = kit::keeps_the_rules::<ShareAtOrAbove>(&question(1.0, &[6, 1], &[&rows]));
        assert_eq!(counts(&found[0]), (2, 4, [1, 1, 0].as_slice()));
        assert_eq!(counts(&found[1]), (0, 0, [1, 0, 0].as_slice()));
        assert!(found[1].outputs[0].value.is_none());
    }

    #[test]
    fn two_of_three_is_decided_only_when_it_is_certain() {
        let at = (SCORE, 3.0);
        let below = (SCORE, 1.0);
        let none = (MISSING, X);
        let absent = (EXCLUDED, X);
        // Students: at-at-none is at; below-below-none is below; at-below-none could go either way;
        // at-below-absent likewise, but by exclusion; at-at-at is at.
        let first = [at, below, at, at, at];
        let second = [at, below, below, below, at];
        let third = [none, none, none, absent, at];
        let found = kit::keeps_the_rules::<ShareAtOrAbove>(&question(2.0, &[5], &[&first, &second, &third]));
        assert_eq!(counts(&found[0]), (2, 3, [1, 1, 0].as_slice()));
    }

    #[test]
    fn a_rule_that_cannot_be_met_is_refused() {
        let found = ShareAtOrAbove::evaluate(&question(2.0, &[1], &[&[(SCORE, 3.0)]]));
        assert!(matches!(found, Err(Fault::BadParameter(_))));
    }
}
