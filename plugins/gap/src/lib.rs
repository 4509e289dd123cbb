//! The gap between two groups: their shares at or above the line, and the difference.

use termwise_plugin::{
    Band, ColumnKind, Description, Direction, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind,
    Question, Reading, statistics,
};

/// The metric.
pub struct Gap;

impl Metric for Gap {
    fn describe() -> Description {
        Description::new(
            "gap",
            env!("CARGO_PKG_VERSION"),
            "Gap between two groups",
            "The share at or above level in the first group less that in the second.",
        )
        .column("value", ColumnKind::Value, Moment::Now, "The score.")
        .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
        .column("line", ColumnKind::Line(Band::At), Moment::Now, "The lowest score that is at level.")
        .column("side", ColumnKind::Side, Moment::Now, "Which of the two groups the student is in.")
        .output(OutputSpec::proportion("both", "Share at or above level, both groups"))
        .output(OutputSpec::proportion("first", "Share at or above level, first group"))
        .output(OutputSpec::proportion("second", "Share at or above level, second group"))
        .output(
            OutputSpec::new("gap", "Gap", "share", PrivacyKind::Difference)
                .resting_on(&["first", "second"])
                .better(Direction::Neither),
        )
        .left_out("neither", "in neither group")
        .left_out("missing", "no result")
        .left_out("excluded", "excluded with a reason")
        .left_out("no-line", "no expectation for the grade")
        .message("one-measure", "a gap is counted on one measure at a time")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        if question.measures() != 1 {
            return Err(Fault::Told("one-measure".into()));
        }
        let scores = question.scores("value", "class", 0, 0)?;
        let (line, side) = (question.numbers("line", 0, 0)?, question.codes("side", 0, 0)?);
        question.each_group(|rows| {
            let (mut met, mut of) = ([0u32; 2], [0u32; 2]);
            let [mut neither, mut missing, mut excluded, mut no_line] = [0; 4];
            for row in rows {
                let place = usize::from(side[row]);
                if place > 1 {
                    neither += 1;
                    continue;
                }
                match scores.at(row) {
                    Reading::Score(_) if line[row].is_nan() => no_line += 1,
                    Reading::Score(value) => {
                        met[place] += u32::from(value >= line[row]);
                        of[place] += 1;
                    }
                    Reading::CountsAsBelow => of[place] += 1,
                    Reading::Excluded => excluded += 1,
                    Reading::Missing => missing += 1,
                }
            }
            let gap = statistics::newcombe_difference(met[0], of[0], met[1], of[1]);
            let outputs = [
                Output::proportion(met[0] + met[1], of[0] + of[1]),
                Output::proportion(met[0], of[0]),
                Output::proportion(met[1], of[1]),
                Output::number(gap.map(|d| d.value), of[0] + of[1]).within(gap.map(|d| (d.low, d.high))),
            ];
            Measurement::new(outputs, [neither, missing, excluded, no_line])
        })
    }
}

termwise_plugin::export!(Gap);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{COUNTS_AS_BELOW, NEITHER, SCORE, kit};

    /// Newcombe (1998), table II, method 10: 9/10 − 3/10 is 0.6, from 0.1705 to 0.8090.
    #[test]
    fn a_published_difference() {
        let values: Vec<f64> = (0..20).map(|row| if row < 9 || (10..13).contains(&row) { 5.0 } else { 1.0 }).collect();
        let sides: Vec<u8> = (0..20).map(|row| u8::from(row >= 10)).collect();
        let question = Question::of_groups(&[20])
            .numbers_column("value", values)
            .codes_column("class", vec![SCORE; 20])
            .numbers_column("line", vec![3.0; 20])
            .codes_column("side", sides);
        let found = kit::keeps_the_rules::<Gap>(&question);
        let gap = &found[0].outputs[3];
        assert!((gap.value.expect("a gap") - 0.6).abs() < 1e-12);
        let ends = gap.interval.expect("an interval");
        assert!((ends.low - 0.1705).abs() < 5e-5 && (ends.high - 0.8090).abs() < 5e-5, "{ends:?}");
        assert_eq!(found[0].outputs[0].numerator, Some(12));
    }

    #[test]
    fn nobody_on_a_side_has_no_gap() {
        let question = Question::of_groups(&[3])
            .numbers_column("value", vec![5.0, f64::NAN, 5.0])
            .codes_column("class", vec![SCORE, COUNTS_AS_BELOW, SCORE])
            .numbers_column("line", vec![3.0; 3])
            .codes_column("side", vec![0, 0, NEITHER]);
        let found = kit::keeps_the_rules::<Gap>(&question);
        assert_eq!((found[0].outputs[1].value, found[0].outputs[3].value), (Some(0.5), None));
        assert_eq!(found[0].left_out, [1, 0, 0, 0]);
    }
}
