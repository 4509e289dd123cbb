//! How many students are on each level of an ordered scale.

use termwise_plugin::{
    ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, Question, Reading,
};

/// The metric.
pub struct Distribution;

impl Metric for Distribution {
    fn describe() -> Description {
        Description::new(
            "distribution",
            env!("CARGO_PKG_VERSION"),
            "Distribution over levels",
            "How many students are on each level; readings that count as below are on the lowest.",
        )
        .column("value", ColumnKind::Value, Moment::Now, "The level, counted from 0.")
        .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
        .output(OutputSpec::distribution("levels", "Students on each level", &[]))
        .left_out("missing", "no result")
        .left_out("excluded", "excluded with a reason")
        .message("levels-only", "a distribution over levels needs a scale of ordered levels")
        .message("one-measure", "a distribution is of one measure at a time")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let [scale] = question.scales.as_slice() else { return Err(Fault::Told("one-measure".into())) };
        if !scale.ordered || scale.levels == 0 {
            return Err(Fault::Told("levels-only".into()));
        }
        let highest = scale.levels as usize - 1;
        let scores = question.scores("value", "class", 0, 0)?;
        question.each_group(|rows| {
            let mut counts = vec![0; highest + 1];
            let [mut missing, mut excluded] = [0; 2];
            for row in rows {
                match scores.at(row) {
                    // A value between two levels is on the lower of them.
                    Reading::Score(value) => counts[(value.max(0.0) as usize).min(highest)] += 1,
                    Reading::CountsAsBelow => counts[0] += 1,
                    Reading::Excluded => excluded += 1,
                    Reading::Missing => missing += 1,
                }
            }
            Measurement::new([Output::distribution(counts)], [missing, excluded])
        })
    }
}

termwise_plugin::export!(Distribution);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{COUNTS_AS_BELOW, EXCLUDED, MISSING, SCORE, kit};

    const X: f64 = f64::NAN;

    #[test]
    fn levels_are_counted_by_hand() {
        let question = Question::of_groups(&[7, 0])
            .on_scales(1, 4)
            .numbers_column("value", vec![0.0, 1.0, 1.0, 3.0, X, X, X])
            .codes_column("class", vec![SCORE, SCORE, SCORE, SCORE, COUNTS_AS_BELOW, EXCLUDED, MISSING]);
        let found = kit::keeps_the_rules::<Distribution>(&question);
        assert_eq!(found[0].outputs[0].counts, [2, 2, 0, 1]);
        assert_eq!(found[0].outputs[0].denominator, 5);
        assert_eq!(found[0].left_out, [1, 1]);
        assert_eq!(found[1].outputs[0].counts, [0; 4]);
    }

    #[test]
    fn numbers_have_no_levels() {
        let question = Question::of_groups(&[1]).numbers_column("value", vec![2.5]).codes_column("class", vec![SCORE]);
        assert!(matches!(Distribution::evaluate(&question), Err(Fault::Told(key)) if key == "levels-only"));
    }
}
