//! Where students stand against the expectation table in force on the day: how many exceed it, how
//! many are in each of its bands, and how far the middle student is from the line.

use termwise_plugin::{
    Band, ColumnKind, Description, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind, Question,
    Reading, statistics,
};

/// The metric.
pub struct Exceedance;

impl Metric for Exceedance {
    fn describe() -> Description {
        Description::new(
            "exceedance",
            env!("CARGO_PKG_VERSION"),
            "Against the expectation table",
            "The share of students above expectation, by the table in force for their grade and the period.",
        )
        .column("value", ColumnKind::Value, Moment::Now, "The score.")
        .column("class", ColumnKind::Class, Moment::Now, "What the reading counts as.")
        .column("approaching", ColumnKind::Line(Band::Approaching), Moment::Now, "The lowest score that approaches.")
        .column("at", ColumnKind::Line(Band::At), Moment::Now, "The lowest score that is at level.")
        .column("above", ColumnKind::Line(Band::Above), Moment::Now, "The lowest score that exceeds.")
        .output(OutputSpec::proportion("exceeding", "Share above expectation"))
        .output(OutputSpec::distribution(
            "bands",
            "Students by band",
            &[("below", "Below"), ("approaching", "Approaching"), ("at", "At level"), ("above", "Above")],
        ))
        .output(OutputSpec::new("distance", "Median distance to the line", "steps", PrivacyKind::Quantile))
        .left_out("missing", "no result")
        .left_out("excluded", "excluded with a reason")
        .left_out("no-line", "no expectation for the grade")
        .message("one-measure", "an expectation table is for one measure at a time")
        .message("no-upper-line", "The table has no line for “above”, so nobody can exceed it.")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        if question.measures() != 1 {
            return Err(Fault::Told("one-measure".into()));
        }
        let scores = question.scores("value", "class", 0, 0)?;
        let (approaching, at) = (question.numbers("approaching", 0, 0)?, question.numbers("at", 0, 0)?);
        let above = question.numbers("above", 0, 0)?;
        question.each_group(|rows| {
            let mut bands = [0u32; 4];
            let mut distances = Vec::with_capacity(rows.len());
            let [mut missing, mut excluded, mut no_line] = [0; 3];
            let mut upper = false;
            for row in rows {
                match scores.at(row) {
                    Reading::Score(_) if at[row].is_nan() => no_line += 1,
                    Reading::Score(value) => {
                        // A line that the table does not have is reached by nobody.
                        let band = if value >= above[row] {
                            3
                        } else if value >= at[row] {
                            2
                        } else {
                            usize::from(value >= approaching[row])
                        };
                        bands[band] += 1;
                        upper |= !above[row].is_nan();
                        distances.push(value - at[row]);
                    }
                    Reading::CountsAsBelow => bands[0] += 1,
                    Reading::Excluded => excluded += 1,
                    Reading::Missing => missing += 1,
                }
            }
            let (of, scored) = (bands.iter().sum(), distances.len() as u32);
            let outputs = [
                Output::proportion(bands[3], of),
                Output::distribution(bands.to_vec()),
                Output::number(statistics::median(&mut distances), scored)
                    .within(statistics::median_interval(&distances)),
            ];
            Measurement::new(outputs, [missing, excluded, no_line]).note("no-upper-line", scored > 0 && !upper)
        })
    }
}

termwise_plugin::export!(Exceedance);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{COUNTS_AS_BELOW, EXCLUDED, MISSING, SCORE, kit};

    const X: f64 = f64::NAN;

    fn question(above: f64) -> Question {
        // Distances −3, −1, 0, 1, 3; then out of range, absent, none, and a grade without a table.
        Question::of_groups(&[9])
            .numbers_column("value", vec![2.0, 4.0, 5.0, 6.0, 8.0, X, X, X, 5.0])
            .codes_column("class", vec![SCORE, SCORE, SCORE, SCORE, SCORE, COUNTS_AS_BELOW, EXCLUDED, MISSING, SCORE])
            .numbers_column("approaching", vec![4.0; 9])
            .numbers_column("at", vec![5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, X])
            .numbers_column("above", vec![above; 9])
    }

    #[test]
    fn bands_by_hand() {
        let found = kit::keeps_the_rules::<Exceedance>(&question(7.0));
        assert_eq!(found[0].outputs[1].counts, [2, 1, 2, 1]);
        assert_eq!((found[0].outputs[0].numerator, found[0].outputs[0].denominator), (Some(1), 6));
        assert_eq!((found[0].outputs[2].value, found[0].outputs[2].contributors), (Some(0.0), 5));
        assert_eq!(found[0].left_out, [1, 1, 1]);
        assert!(found[0].notes.is_empty());
    }

    #[test]
    fn a_table_without_an_upper_line_says_so() {
        let found = kit::keeps_the_rules::<Exceedance>(&question(X));
        assert_eq!(found[0].outputs[0].numerator, Some(0));
        assert_eq!(found[0].notes, ["no-upper-line"]);
    }
}
