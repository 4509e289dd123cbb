//! Share of students at or above the line on at least k of m measures.
//!
//! A student whose readings are not all there is decided by those that are, if no reading could
//! change the outcome: k reached counts as at; k out of reach counts as below. Otherwise the student
//! is left out, with the reason.

use termwise_plugin::{
    COUNTS_AS_BELOW, ColumnKind, ColumnSpec, Description, Direction, EXCLUDED, Fault, Measurement, Metric, Output,
    OutputSpec, ParameterSpec, PrivacyKind, Question, SCORE, english,
};

/// The metric.
pub struct ShareAtOrAbove;

/// One measure's columns.
struct Series<'a> {
    value: &'a [f64],
    class: &'a [u8],
    line: &'a [f64],
}

impl Metric for ShareAtOrAbove {
    fn describe() -> Description {
        let column = |name: &str, kind, text: &str| ColumnSpec {
            name: name.into(),
            kind,
            by_measure: true,
            explanation: english(text),
        };
        Description {
            id: "share-at-or-above".into(),
            version: "1.0.0".into(),
            title: english("Share at or above level"),
            explanation: english(
                "The share of students at or above the expected level on at least k of the goal's m measures.",
            ),
            parameters: vec![ParameterSpec {
                name: "at-least".into(),
                explanation: english("On how many of the measures a student must be at or above level."),
                default: Some(1.0),
                lowest: 1.0,
                highest: 1000.0,
            }],
            columns: vec![
                column("value", ColumnKind::Number, "The reading, as a place on the scale."),
                column("class", ColumnKind::Class, "What the reading counts as."),
                column("line", ColumnKind::Number, "The lowest value that is at level."),
            ],
            outputs: vec![OutputSpec {
                key: "share".into(),
                title: english("Share at or above level"),
                unit: "share".into(),
                direction: Direction::Up,
                privacy: PrivacyKind::Proportion,
            }],
            left_out: vec!["missing".into(), "excluded".into(), "no-line".into()],
        }
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let measures = question.series("value");
        let at_least = question.parameter("at-least")?;
        if at_least < 1.0 || at_least > f64::from(measures) || at_least.fract() != 0.0 {
            return Err(Fault::BadParameter("at-least".into()));
        }
        let series: Vec<Series> = (0..measures)
            .map(|i| {
                Ok(Series {
                    value: question.numbers("value", i)?,
                    class: question.classes("class", i)?,
                    line: question.numbers("line", i)?,
                })
            })
            .collect::<Result<_, Fault>>()?;
        let groups = question.groups()?;
        Ok(match series.as_slice() {
            [one] => groups.into_iter().map(|rows| single(one, rows)).collect(),
            many => groups.into_iter().map(|rows| several(many, rows, at_least as u32)).collect(),
        })
    }
}

/// One measure: every row has one class, so the counts need no branches.
fn single(series: &Series, rows: core::ops::Range<usize>) -> Measurement {
    let (mut met, mut of, mut excluded, mut no_line) = (0u32, 0u32, 0u32, 0u32);
    let total = rows.len() as u32;
    let (value, class, line) = (&series.value[rows.clone()], &series.class[rows.clone()], &series.line[rows]);
    for ((value, class), line) in value.iter().zip(class).zip(line) {
        let score = *class == SCORE;
        let lined = !line.is_nan();
        met += u32::from(score & (value >= line));
        of += u32::from((score & lined) | (*class == COUNTS_AS_BELOW));
        excluded += u32::from(*class == EXCLUDED);
        no_line += u32::from(score & !lined);
    }
    Measurement {
        outputs: vec![Output::proportion(met, of)],
        left_out: vec![total - of - excluded - no_line, excluded, no_line],
    }
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
    Measurement { outputs: vec![Output::proportion(met, of)], left_out: vec![missing, excluded, no_line] }
}

termwise_plugin::export!(ShareAtOrAbove);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{Cells, Column, MISSING, Parameter};

    /// Rows as (class, value) per measure; the line is 3 everywhere.
    fn ask(at_least: f64, offsets: Vec<u32>, measures: &[&[(u8, f64)]]) -> Result<Vec<Measurement>, Fault> {
        let mut columns = Vec::new();
        for (series, rows) in measures.iter().enumerate() {
            let series = series as u32;
            let mut add = |name: &str, cells| columns.push(Column { name: name.into(), series, cells });
            add("value", Cells::Number(rows.iter().map(|r| r.1).collect()));
            add("class", Cells::Class(rows.iter().map(|r| r.0).collect()));
            add("line", Cells::Number(vec![3.0; rows.len()]));
        }
        let parameters = vec![Parameter { name: "at-least".into(), value: at_least }];
        ShareAtOrAbove::evaluate(&Question { parameters, offsets, columns })
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
        let found = ask(1.0, vec![0, 6, 7], &[&rows]).expect("an answer");
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
        let found = ask(2.0, vec![0, 5], &[&first, &second, &third]).expect("an answer");
        assert_eq!(counts(&found[0]), (2, 3, [1, 1, 0].as_slice()));
    }

    #[test]
    fn a_rule_that_cannot_be_met_is_refused() {
        assert!(matches!(ask(2.0, vec![0, 1], &[&[(SCORE, 3.0)]]), Err(Fault::BadParameter(_))));
    }
}
