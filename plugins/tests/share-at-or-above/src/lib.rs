//! Another version of the shipped metric, for tests of rehearsals and of what a version would change:
//! a student exactly on the line does not count.

use termwise_plugin::{
    Band, ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, Question, Reading,
};

/// The metric.
pub struct ShareStrictlyAbove;

impl Metric for ShareStrictlyAbove {
    fn describe() -> Description {
        Description::new("share-at-or-above", "2.0.0", "Share above level", "Those above the line; not those on it.")
            .parameters(
                r#"{"type": "object", "properties": {"at-least": {"type": "integer", "minimum": 1, "default": 1}},
                    "additionalProperties": false}"#,
            )
            .column("value", ColumnKind::Value, Moment::Now, "The score.")
            .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
            .column("line", ColumnKind::Line(Band::At), Moment::Now, "The lowest score at level.")
            .output(OutputSpec::proportion("share", "Share above level"))
            .left_out("missing", "no result")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let (scores, line) = (question.scores("value", "class", 0, 0)?, question.numbers("line", 0, 0)?);
        question.each_group(|rows| {
            let [mut met, mut of, mut missing] = [0; 3];
            for row in rows {
                match scores.at(row) {
                    Reading::Score(value) if !line[row].is_nan() => {
                        met += u32::from(value > line[row]);
                        of += 1;
                    }
                    Reading::CountsAsBelow => of += 1,
                    _ => missing += 1,
                }
            }
            Measurement::new([Output::proportion(met, of)], [missing])
        })
    }
}

termwise_plugin::export!(ShareStrictlyAbove);
