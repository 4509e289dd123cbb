//! How far the same students moved: median and mean gain, and how many fell, stayed and rose.
//!
//! Matched are those with a score both times; everybody else is left out and counted by reason.

use termwise_plugin::{
    ColumnKind, Description, Direction, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind, Question,
    Reading, statistics,
};

/// The metric.
pub struct MatchedGrowth;

/// JSON Schema of the parameters.
const PARAMETERS: &str = r#"{
    "type": "object",
    "properties": {
        "same-within": {
            "type": "number", "minimum": 0, "default": 0,
            "description": "A gain or loss of no more than this counts as staying the same."
        }
    },
    "additionalProperties": false
}"#;

impl Metric for MatchedGrowth {
    fn describe() -> Description {
        Description::new(
            "matched-growth",
            env!("CARGO_PKG_VERSION"),
            "Growth of the same students",
            "The gains of students assessed both times, in levels or points.",
        )
        .parameters(PARAMETERS)
        .column("start-value", ColumnKind::Value, Moment::Start, "The first reading.")
        .column("start-class", ColumnKind::Class, Moment::Start, "What the first reading counts as.")
        .column("end-value", ColumnKind::Value, Moment::Now, "The later reading.")
        .column("end-class", ColumnKind::Class, Moment::Now, "What the later reading counts as.")
        .output(OutputSpec::new("median-gain", "Median gain", "steps", PrivacyKind::Quantile))
        .output(OutputSpec::new("mean-gain", "Mean gain", "points", PrivacyKind::Mean))
        .output(
            OutputSpec::distribution(
                "moved",
                "Students by how they moved",
                &[("fell", "Fell"), ("stayed", "Stayed the same"), ("rose", "Rose")],
            )
            .better(Direction::Neither),
        )
        .left_out("start-missing", "no first result")
        .left_out("end-missing", "no later result")
        .left_out("not-a-score", "a result that is no score")
        .message("one-measure", "growth is counted on one measure at a time")
        .message("no-mean", "Levels have no mean gain: the steps between them need not be equal.")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let [scale] = question.scales.as_slice() else { return Err(Fault::Told("one-measure".into())) };
        let same = question.number("same-within")?;
        let start = question.scores("start-value", "start-class", 0, 0)?;
        let end = question.scores("end-value", "end-class", 0, 0)?;
        question.each_group(|rows| {
            let mut gains = Vec::with_capacity(rows.len());
            let [mut start_missing, mut end_missing, mut no_score] = [0; 3];
            for row in rows {
                match (start.at(row), end.at(row)) {
                    (Reading::Score(start), Reading::Score(end)) => gains.push(end - start),
                    (Reading::Missing, _) => start_missing += 1,
                    (_, Reading::Missing) => end_missing += 1,
                    _ => no_score += 1,
                }
            }
            let matched = gains.len() as u32;
            // One part in 10⁹ for gains such as 0.3 − 0.1.
            let fell = gains.iter().filter(|gain| **gain < -same - 1e-9).count() as u32;
            let rose = gains.iter().filter(|gain| **gain > same + 1e-9).count() as u32;
            let median =
                Output::number(statistics::median(&mut gains), matched).within(statistics::median_interval(&gains));
            let mean = if scale.ordered {
                Output::number(None, matched)
            } else {
                Output::number(statistics::mean(&gains), matched).within(statistics::mean_interval(&gains))
            };
            let moved = Output::distribution(vec![fell, matched - fell - rose, rose]);
            Measurement::new([median, mean, moved], [start_missing, end_missing, no_score])
                .note("no-mean", scale.ordered)
        })
    }
}

termwise_plugin::export!(MatchedGrowth);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{COUNTS_AS_BELOW, EXCLUDED, MISSING, SCORE, kit};

    const X: f64 = f64::NAN;

    fn question() -> Question {
        // Gains 3, 2, 1, 0, −1; then no first reading, no second, out of range, absent.
        Question::of_groups(&[9])
            .with("same-within", 0.0)
            .numbers_column("start-value", vec![1.0, 2.0, 3.0, 4.0, 5.0, X, 5.0, X, 2.0])
            .numbers_column("end-value", vec![4.0, 4.0, 4.0, 4.0, 4.0, 6.0, X, 3.0, X])
            .codes_column(
                "start-class",
                vec![SCORE, SCORE, SCORE, SCORE, SCORE, MISSING, SCORE, COUNTS_AS_BELOW, SCORE],
            )
            .codes_column("end-class", vec![SCORE, SCORE, SCORE, SCORE, SCORE, SCORE, MISSING, SCORE, EXCLUDED])
    }

    #[test]
    fn growth_by_hand() {
        let found = kit::keeps_the_rules::<MatchedGrowth>(&question());
        assert_eq!((found[0].outputs[0].value, found[0].outputs[1].value), (Some(1.0), Some(1.0)));
        assert_eq!(found[0].outputs[2].counts, [1, 1, 3]);
        assert_eq!(found[0].left_out, [1, 1, 2]);
        let wide = kit::keeps_the_rules::<MatchedGrowth>(&question().with("same-within", 1.0));
        assert_eq!(wide[0].outputs[2].counts, [0, 3, 2]);
    }

    #[test]
    fn levels_have_no_mean_gain() {
        let found = kit::keeps_the_rules::<MatchedGrowth>(&question().on_scales(1, 9));
        assert_eq!((found[0].outputs[0].value, found[0].outputs[1].value), (Some(1.0), None));
        assert_eq!(found[0].notes, ["no-mean"]);
    }
}
