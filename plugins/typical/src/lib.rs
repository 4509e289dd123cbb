//! The median, and where the scale is one of numbers, the mean.

use termwise_plugin::{
    ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind, Question, Reading,
    statistics,
};

/// The metric.
pub struct Typical;

impl Metric for Typical {
    fn describe() -> Description {
        Description::new(
            "typical",
            env!("CARGO_PKG_VERSION"),
            "Median level and mean score",
            "The middle score of the group; its mean only where steps of the scale are equal.",
        )
        .column("value", ColumnKind::Value, Moment::Now, "The score.")
        .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
        .output(OutputSpec::new("median", "Median", "points", PrivacyKind::Quantile))
        .output(OutputSpec::new("mean", "Mean", "points", PrivacyKind::Mean))
        .left_out("missing", "no result")
        .left_out("excluded", "excluded with a reason")
        .left_out("not-a-score", "a result that is no score")
        .message("one-measure", "a typical score is of one measure at a time")
        .message("no-mean", "Levels have no mean: the steps between them need not be equal.")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let [scale] = question.scales.as_slice() else { return Err(Fault::Told("one-measure".into())) };
        let scores = question.scores("value", "class", 0, 0)?;
        question.each_group(|rows| {
            let mut values = Vec::with_capacity(rows.len());
            let [mut missing, mut excluded, mut no_score] = [0; 3];
            for row in rows {
                match scores.at(row) {
                    Reading::Score(value) => values.push(value),
                    Reading::CountsAsBelow => no_score += 1,
                    Reading::Excluded => excluded += 1,
                    Reading::Missing => missing += 1,
                }
            }
            let of = values.len() as u32;
            let median =
                Output::number(statistics::median(&mut values), of).within(statistics::median_interval(&values));
            let mean = if scale.ordered {
                Output::number(None, of)
            } else {
                Output::number(statistics::mean(&values), of).within(statistics::mean_interval(&values))
            };
            Measurement::new([median, mean], [missing, excluded, no_score]).note("no-mean", scale.ordered)
        })
    }
}

termwise_plugin::export!(Typical);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{COUNTS_AS_BELOW, EXCLUDED, MISSING, SCORE, kit};

    const X: f64 = f64::NAN;

    fn question(levels: u32) -> Question {
        Question::of_groups(&[9, 0, 1])
            .on_scales(1, levels)
            .numbers_column("value", vec![2.0, 4.0, 4.0, 5.0, 7.0, 8.0, X, X, X, 3.0])
            .codes_column(
                "class",
                vec![SCORE, SCORE, SCORE, SCORE, SCORE, SCORE, COUNTS_AS_BELOW, EXCLUDED, MISSING, SCORE],
            )
    }

    #[test]
    fn median_and_mean_by_hand() {
        let found = kit::keeps_the_rules::<Typical>(&question(0));
        assert_eq!((found[0].outputs[0].value, found[0].outputs[1].value), (Some(4.5), Some(5.0)));
        // Six values: the whole range is the only interval that reaches 95 %.
        assert_eq!(found[0].outputs[0].interval.map(|i| (i.low, i.high)), Some((2.0, 8.0)));
        assert_eq!(found[0].left_out, [1, 1, 1]);
        assert_eq!(found[1].outputs[0].value, None);
        assert_eq!(found[2].outputs[1].value, Some(3.0));
        assert!(found[2].outputs[1].interval.is_none());
    }

    #[test]
    fn levels_have_a_median_and_no_mean() {
        let found = kit::keeps_the_rules::<Typical>(&question(9));
        assert_eq!((found[0].outputs[0].value, found[0].outputs[1].value), (Some(4.5), None));
        assert_eq!(found[0].notes, ["no-mean"]);
    }
}
