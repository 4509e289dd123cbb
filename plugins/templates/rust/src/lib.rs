//! The share of students at or above the line. Change it into your own metric.

use termwise_plugin::{
    Band, ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, Question, Reading,
};

/// The metric.
pub struct MyMetric;

impl Metric for MyMetric {
    fn describe() -> Description {
        Description::new("my-metric", "1.0.0", "Share at or above level", "Of the students who count, those at level.")
            .column("value", ColumnKind::Value, Moment::Now, "The score.")
            .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
            .column("line", ColumnKind::Line(Band::At), Moment::Now, "The lowest score at level.")
            .output(OutputSpec::proportion("share", "Share at or above level"))
            .left_out("missing", "without a result")
            .left_out("excluded", "left out with a reason")
            .left_out("no-line", "without an expectation")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let (scores, line) = (question.scores("value", "class", 0, 0)?, question.numbers("line", 0, 0)?);
        question.each_group(|rows| {
            let [mut met, mut of, mut missing, mut excluded, mut no_line] = [0; 5];
            for row in rows {
                match scores.at(row) {
                    Reading::Score(_) if line[row].is_nan() => no_line += 1,
                    Reading::Score(value) => {
                        met += u32::from(value >= line[row]);
                        of += 1;
                    }
                    Reading::CountsAsBelow => of += 1,
                    Reading::Excluded => excluded += 1,
                    Reading::Missing => missing += 1,
                }
            }
            Measurement::new([Output::proportion(met, of)], [missing, excluded, no_line])
        })
    }
}

termwise_plugin::export!(MyMetric);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{EXCLUDED, SCORE, kit};

    #[test]
    fn one_of_two() {
        let question = Question::of_groups(&[3])
            .numbers_column("value", vec![4.0, 2.0, f64::NAN])
            .codes_column("class", vec![SCORE, SCORE, EXCLUDED])
            .numbers_column("line", vec![3.0; 3]);
        let found = kit::keeps_the_rules::<MyMetric>(&question);
        assert_eq!(found[0].outputs[0].value, Some(0.5));
    }
}
