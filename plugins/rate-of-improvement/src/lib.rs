//! How fast students improve, in points a week, against the rate that the aimline asks for.
//!
//! Each student's rate is the least-squares slope over all of their scores; a student with fewer
//! points than the rule asks for has none, because two or three scores say little about a slope.

use termwise_plugin::{
    ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind, Question, statistics,
};

/// The metric.
pub struct RateOfImprovement;

/// JSON Schema of the parameters.
const PARAMETERS: &str = r#"{
    "type": "object",
    "properties": {
        "rate": {
            "type": "number", "minimum": -1000000, "maximum": 1000000,
            "description": "Points a week that the aimline asks for."
        },
        "points": {
            "type": "integer", "minimum": 3, "maximum": 100, "default": 3,
            "description": "Fewest scores that a student's rate may rest on."
        }
    },
    "required": ["rate"],
    "additionalProperties": false
}"#;

impl Metric for RateOfImprovement {
    fn describe() -> Description {
        Description::new(
            "rate-of-improvement",
            env!("CARGO_PKG_VERSION"),
            "Rate of improvement",
            "The share of students who improve at least as fast as the aimline asks, and the middle rate.",
        )
        .parameters(PARAMETERS)
        .column("value", ColumnKind::Value, Moment::Each, "The scores.")
        .column("class", ColumnKind::Class, Moment::Each, "What the readings count as.")
        .column("day", ColumnKind::Day, Moment::Each, "Days since the first period.")
        .output(OutputSpec::proportion("fast-enough", "Share who improve fast enough"))
        .output(OutputSpec::new("median-rate", "Median rate", "points-a-week", PrivacyKind::Quantile))
        .output(OutputSpec::new("mean-rate", "Mean rate", "points-a-week", PrivacyKind::Mean))
        .left_out("too-few-points", "fewer scores than the rule asks for")
        .message("one-measure", "a rate is of one measure at a time")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let [scale] = question.scales.as_slice() else { return Err(Fault::Told("one-measure".into())) };
        if scale.ordered {
            return Err(Fault::OrderedScale);
        }
        let (rate, points) = (question.number("rate")?, question.whole("points")? as usize);
        let periods: Vec<_> = (0..question.periods("value"))
            .map(|period| Ok((question.scores("value", "class", 0, period)?, question.numbers("day", 0, period)?)))
            .collect::<Result<_, Fault>>()?;
        let (mut weeks, mut scores) = (Vec::new(), Vec::new());
        question.each_group(|rows| {
            let mut rates = Vec::with_capacity(rows.len());
            let mut too_few = 0;
            for row in rows {
                weeks.clear();
                scores.clear();
                for (readings, day) in &periods {
                    if let Some(score) = readings.score(row).filter(|_| !day[row].is_nan()) {
                        weeks.push(day[row] / 7.0);
                        scores.push(score);
                    }
                }
                let slope = if scores.len() < points { None } else { statistics::slope(&weeks, &scores) };
                match slope {
                    Some(line) => rates.push(line.slope),
                    None => too_few += 1,
                }
            }
            let of = rates.len() as u32;
            // One part in 10⁹: a student exactly on the aimline is fast enough.
            let fast = rates.iter().filter(|found| **found >= rate - 1e-9).count() as u32;
            let outputs = [
                Output::proportion(fast, of),
                Output::number(statistics::median(&mut rates), of).within(statistics::median_interval(&rates)),
                Output::number(statistics::mean(&rates), of).within(statistics::mean_interval(&rates)),
            ];
            Measurement::new(outputs, [too_few])
        })
    }
}

termwise_plugin::export!(RateOfImprovement);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{Cells, MISSING, SCORE, kit};

    const X: f64 = f64::NAN;

    /// Scores of each student in four periods, ten weeks apart.
    fn question(students: &[[f64; 4]]) -> Question {
        let mut question = Question::of_groups(&[students.len() as u32]).with("rate", 0.5).with("points", 3.0);
        for period in 0..4u32 {
            let scores: Vec<f64> = students.iter().map(|s| s[period as usize]).collect();
            let class = scores.iter().map(|score| if score.is_nan() { MISSING } else { SCORE }).collect();
            question = question
                .column_of("day", 0, period, Cells::Numbers(vec![f64::from(period * 70); students.len()]))
                .column_of("class", 0, period, Cells::Codes(class))
                .column_of("value", 0, period, Cells::Numbers(scores));
        }
        question
    }

    #[test]
    fn slopes_by_hand() {
        // 1 point a week; 0.5 with a gap; none; two scores only.
        let students = [[10.0, 20.0, 30.0, 40.0], [10.0, X, 20.0, 25.0], [7.0, 7.0, 7.0, 7.0], [1.0, X, X, 90.0]];
        let found = kit::keeps_the_rules::<RateOfImprovement>(&question(&students));
        assert_eq!((found[0].outputs[0].numerator, found[0].outputs[0].denominator), (Some(2), 3));
        assert!((found[0].outputs[1].value.expect("a rate") - 0.5).abs() < 1e-12);
        assert!((found[0].outputs[2].value.expect("a rate") - 0.5).abs() < 1e-12);
        assert_eq!(found[0].left_out, [1]);
    }

    #[test]
    fn levels_have_no_slope() {
        let levels = question(&[[1.0, 2.0, 3.0, 4.0]]).on_scales(1, 9);
        assert!(matches!(RateOfImprovement::evaluate(&levels), Err(Fault::OrderedScale)));
    }
}
