//! Share of the same students who grew by at least so many steps, and the median gain.
//!
//! Matched are those with a score both times; everybody else is left out and counted by reason.

use termwise_plugin::{
    ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind, Question, Reading,
    statistics,
};

/// The metric.
pub struct ShareGrowing;

/// JSON Schema of the parameters.
const PARAMETERS: &str = r#"{
    "type": "object",
    "properties": {
        "gain": {
            "type": "number", "minimum": -1000000, "maximum": 1000000,
            "description": "Steps or points by which a student must have grown."
        }
    },
    "required": ["gain"],
    "additionalProperties": false
}"#;

impl Metric for ShareGrowing {
    fn describe() -> Description {
        Description::new(
            "share-growing",
            env!("CARGO_PKG_VERSION"),
            "Share of the same students who grew",
            "The share of students assessed both times who grew by at least the gain asked for.",
        )
        .parameters(PARAMETERS)
        .column("start-value", ColumnKind::Value, Moment::Start, "The first reading.")
        .column("start-class", ColumnKind::Class, Moment::Start, "What the first reading counts as.")
        .column("end-value", ColumnKind::Value, Moment::Now, "The later reading.")
        .column("end-class", ColumnKind::Class, Moment::Now, "What the later reading counts as.")
        .output(OutputSpec::proportion("share-growing", "Share who grew"))
        .output(OutputSpec::new("median-gain", "Median gain", "steps", PrivacyKind::Quantile))
        .left_out("start-missing", "no first result")
        .left_out("end-missing", "no later result")
        .left_out("not-a-score", "a result that is no score")
        .message("one-measure", "growth is counted on one measure at a time")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        if question.measures() != 1 {
            return Err(Fault::Told("one-measure".into()));
        }
        let gain = question.number("gain")?;
        let start = question.scores("start-value", "start-class", 0, 0)?;
        let end = question.scores("end-value", "end-class", 0, 0)?;
        question.each_group(|rows| {
            let mut gains = Vec::with_capacity(rows.len());
            let [mut start_missing, mut end_missing, mut not_a_score] = [0u32; 3];
            for row in rows {
                match (start.at(row), end.at(row)) {
                    (Reading::Score(start), Reading::Score(end)) => gains.push(end - start),
                    (Reading::Missing, _) => start_missing += 1,
                    (_, Reading::Missing) => end_missing += 1,
                    _ => not_a_score += 1,
                }
            }
            // One part in 10⁹ for gains such as 0.3 − 0.1.
            let met = gains.iter().filter(|g| **g >= gain - 1e-9).count() as u32;
            let matched = gains.len() as u32;
            let outputs = [Output::proportion(met, matched), Output::number(statistics::median(&mut gains), matched)];
            Measurement::new(outputs, [start_missing, end_missing, not_a_score])
        })
    }
}

termwise_plugin::export!(ShareGrowing);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{COUNTS_AS_BELOW, EXCLUDED, MISSING, SCORE, kit};

    #[test]
    fn growth_by_hand() {
        let x = f64::NAN;
        // Gains 3, 2, 1, 0; then no first reading, no second, out of range, absent.
        let question = Question::of_groups(&[8])
            .with("gain", 2.0)
            .numbers_column("start-value", vec![1.0, 2.0, 3.0, 4.0, x, 5.0, x, 2.0])
            .numbers_column("end-value", vec![4.0, 4.0, 4.0, 4.0, 6.0, x, 3.0, x])
            .codes_column("start-class", vec![SCORE, SCORE, SCORE, SCORE, MISSING, SCORE, COUNTS_AS_BELOW, SCORE])
            .codes_column("end-class", vec![SCORE, SCORE, SCORE, SCORE, SCORE, MISSING, SCORE, EXCLUDED]);
        let found = kit::keeps_the_rules::<ShareGrowing>(&question);
        assert_eq!(found[0].outputs[0].numerator, Some(2));
        assert_eq!(found[0].outputs[0].denominator, 4);
        assert_eq!(found[0].outputs[1].value, Some(1.5));
        assert_eq!(found[0].left_out, [1, 1, 2]);
    }
}
