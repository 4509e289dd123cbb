//! Share of the same students who grew by at least so many steps, and the median gain.
//!
//! Matched are those with a score both times; everybody else is left out and counted by reason.

use termwise_plugin::{
    ColumnKind, ColumnSpec, Description, Direction, Fault, MISSING, Measurement, Metric, Output, OutputSpec,
    ParameterSpec, PrivacyKind, Question, SCORE, english, statistics,
};

/// The metric.
pub struct MatchedGrowth;

impl Metric for MatchedGrowth {
    fn describe() -> Description {
        let column = |name: &str, kind, text: &str| ColumnSpec {
            name: name.into(),
            kind,
            by_measure: true,
            explanation: english(text),
        };
        let output = |key: &str, title: &str, unit: &str, privacy| OutputSpec {
            key: key.into(),
            title: english(title),
            unit: unit.into(),
            direction: Direction::Up,
            privacy,
        };
        Description {
            id: "matched-growth".into(),
            version: "1.0.0".into(),
            title: english("Growth of the same students"),
            explanation: english("The share of students assessed both times who grew by at least the gain asked for."),
            parameters: vec![ParameterSpec {
                name: "gain".into(),
                explanation: english("Steps of the scale by which a student must have grown."),
                default: None,
                lowest: -1e6,
                highest: 1e6,
            }],
            columns: vec![
                column("start-value", ColumnKind::Number, "The first reading."),
                column("start-class", ColumnKind::Class, "What the first reading counts as."),
                column("end-value", ColumnKind::Number, "The later reading."),
                column("end-class", ColumnKind::Class, "What the later reading counts as."),
            ],
            outputs: vec![
                output("share-growing", "Share who grew", "share", PrivacyKind::Proportion),
                output("median-gain", "Median gain", "steps", PrivacyKind::Quantile),
            ],
            left_out: vec!["start-missing".into(), "end-missing".into(), "not-a-score".into()],
        }
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let gain = question.parameter("gain")?;
        if !gain.is_finite() {
            return Err(Fault::BadParameter("gain".into()));
        }
        let (start, end) = (question.numbers("start-value", 0)?, question.numbers("end-value", 0)?);
        let (start_class, end_class) = (question.classes("start-class", 0)?, question.classes("end-class", 0)?);
        let mut gains = Vec::new();
        let answer = |rows: core::ops::Range<usize>| {
            gains.clear();
            let (mut start_missing, mut end_missing, mut not_a_score) = (0u32, 0u32, 0u32);
            for row in rows {
                match (start_class[row], end_class[row]) {
                    (SCORE, SCORE) => gains.push(end[row] - start[row]),
                    (MISSING, _) => start_missing += 1,
                    (_, MISSING) => end_missing += 1,
                    _ => not_a_score += 1,
                }
            }
            // One part in 10⁹ for gains such as 0.3 − 0.1.
            let met = gains.iter().filter(|g| **g >= gain - 1e-9).count() as u32;
            let matched = gains.len() as u32;
            Measurement {
                outputs: vec![
                    Output::proportion(met, matched),
                    Output::quantile(statistics::median(&mut gains), matched),
                ],
                left_out: vec![start_missing, end_missing, not_a_score],
            }
        };
        Ok(question.groups()?.into_iter().map(answer).collect())
    }
}

termwise_plugin::export!(MatchedGrowth);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{COUNTS_AS_BELOW, Cells, Column, EXCLUDED, Parameter};

    #[test]
    fn growth_by_hand() {
        let x = f64::NAN;
        // Gains 3, 2, 1, 0; then no first reading, no second, out of range, absent.
        let start = vec![1.0, 2.0, 3.0, 4.0, x, 5.0, x, 2.0];
        let end = vec![4.0, 4.0, 4.0, 4.0, 6.0, x, 3.0, x];
        let start_class = vec![SCORE, SCORE, SCORE, SCORE, MISSING, SCORE, COUNTS_AS_BELOW, SCORE];
        let end_class = vec![SCORE, SCORE, SCORE, SCORE, SCORE, MISSING, SCORE, EXCLUDED];
        let column = |name: &str, cells| Column { name: name.into(), series: 0, cells };
        let found = MatchedGrowth::evaluate(&Question {
            parameters: vec![Parameter { name: "gain".into(), value: 2.0 }],
            offsets: vec![0, 8],
            columns: vec![
                column("start-value", Cells::Number(start)),
                column("end-value", Cells::Number(end)),
                column("start-class", Cells::Class(start_class)),
                column("end-class", Cells::Class(end_class)),
            ],
        })
        .expect("an answer");
        assert_eq!(found[0].outputs[0].numerator, Some(2));
        assert_eq!(found[0].outputs[0].denominator, 4);
        assert_eq!(found[0].outputs[1].value, Some(1.5));
        assert_eq!(found[0].left_out, [1, 1, 2]);
    }
}
