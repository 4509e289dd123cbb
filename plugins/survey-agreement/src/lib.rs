//! How many agree with a statement: the share in the top answers, and how many answered at all.

use termwise_plugin::{
    ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, Question, Reading,
};

/// The metric.
pub struct SurveyAgreement;

/// JSON Schema of the parameters.
const PARAMETERS: &str = r#"{
    "type": "object",
    "properties": {
        "top": {
            "type": "integer", "minimum": 1, "maximum": 20, "default": 2,
            "description": "How many of the highest answers count as agreeing."
        },
        "enough": {
            "type": "number", "minimum": 0, "maximum": 1, "default": 0.5,
            "description": "Share of answers below which the result is marked as resting on few."
        }
    },
    "additionalProperties": false
}"#;

impl Metric for SurveyAgreement {
    fn describe() -> Description {
        Description::new(
            "survey-agreement",
            env!("CARGO_PKG_VERSION"),
            "Agreement in a survey",
            "The share of those who answered that chose one of the top answers, and the share that answered.",
        )
        .parameters(PARAMETERS)
        .column("answer", ColumnKind::Value, Moment::Now, "The answer, counted from 0.")
        .column("class", ColumnKind::Class, Moment::Now, "Whether there is an answer.")
        .output(OutputSpec::proportion("agree", "Share who agree"))
        .output(OutputSpec::distribution("answers", "Answers", &[]))
        .output(OutputSpec::proportion("response", "Share who answered"))
        .left_out("no-answer", "no answer")
        .left_out("excluded", "does not apply, or declined")
        .message("one-measure", "agreement is told of one statement at a time")
        .message("answers-only", "it needs a scale of ordered answers, with more answers than those that agree")
        .message("few-answers", "Few of those asked answered: they may think otherwise than the rest.")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let [scale] = question.scales.as_slice() else { return Err(Fault::Told("one-measure".into())) };
        let (top, enough) = (question.whole("top")?, question.number("enough")?);
        if !scale.ordered || top >= scale.levels {
            return Err(Fault::Told("answers-only".into()));
        }
        let (highest, first_top) = (scale.levels as usize - 1, (scale.levels - top) as usize);
        let answers = question.scores("answer", "class", 0, 0)?;
        question.each_group(|rows| {
            let asked = rows.len() as u32;
            let mut counts = vec![0u32; highest + 1];
            let [mut none, mut excluded] = [0; 2];
            for row in rows {
                match answers.at(row) {
                    Reading::Score(answer) => counts[(answer.max(0.0) as usize).min(highest)] += 1,
                    Reading::CountsAsBelow => counts[0] += 1,
                    Reading::Excluded => excluded += 1,
                    Reading::Missing => none += 1,
                }
            }
            let answered: u32 = counts.iter().sum();
            let agree = counts[first_top..].iter().sum();
            let few = asked > 0 && f64::from(answered) < enough * f64::from(asked);
            let outputs = [
                Output::proportion(agree, answered),
                Output::distribution(counts),
                Output::proportion(answered, asked),
            ];
            Measurement::new(outputs, [none, excluded]).note("few-answers", few)
        })
    }
}

termwise_plugin::export!(SurveyAgreement);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{EXCLUDED, MISSING, SCORE, kit};

    const X: f64 = f64::NAN;

    fn question(answers: &[f64], levels: u32) -> Question {
        let class = |(place, answer): (usize, &f64)| match (answer.is_nan(), place % 2) {
            (false, _) => SCORE,
            (true, 0) => MISSING,
            (true, _) => EXCLUDED,
        };
        Question::of_groups(&[answers.len() as u32])
            .on_scales(1, levels)
            .with("top", 2.0)
            .with("enough", 0.5)
            .codes_column("class", answers.iter().enumerate().map(class).collect())
            .numbers_column("answer", answers.to_vec())
    }

    #[test]
    fn the_top_two_boxes_by_hand() {
        let found = kit::keeps_the_rules::<SurveyAgreement>(&question(&[4.0, 3.0, 3.0, 2.0, 0.0, X, X], 5));
        assert_eq!((found[0].outputs[0].numerator, found[0].outputs[0].denominator), (Some(3), 5));
        assert_eq!(found[0].outputs[1].counts, [1, 0, 1, 2, 1]);
        assert_eq!((found[0].outputs[2].numerator, found[0].outputs[2].denominator), (Some(5), 7));
        assert_eq!(found[0].left_out, [1, 1]);
        assert!(found[0].notes.is_empty());
    }

    #[test]
    fn few_answers_are_told() {
        let found = kit::keeps_the_rules::<SurveyAgreement>(&question(&[4.0, X, X, X], 5));
        assert_eq!(found[0].notes, ["few-answers"]);
        assert!(matches!(SurveyAgreement::evaluate(&question(&[1.0], 2)), Err(Fault::Told(_))));
    }
}
