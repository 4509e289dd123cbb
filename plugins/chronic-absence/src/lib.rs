//! Students who miss much school: the share absent on at least a tenth of their days enrolled.
//!
//! The first measure is days enrolled, the second days absent, for whatever reason. One day in ten is
//! the usual line: Balfanz and Byrnes (2012), The Importance of Being in School.

use termwise_plugin::{
    ColumnKind, Description, Direction, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind, Question,
    Reading, statistics,
};

/// The metric.
pub struct ChronicAbsence;

/// JSON Schema of the parameters.
const PARAMETERS: &str = r#"{
    "type": "object",
    "properties": {
        "at-least": {
            "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.1,
            "description": "Share of days enrolled from which on absence is chronic."
        },
        "days": {
            "type": "integer", "minimum": 1, "maximum": 400, "default": 10,
            "description": "Fewest days enrolled for a student to be counted."
        }
    },
    "additionalProperties": false
}"#;

impl Metric for ChronicAbsence {
    fn describe() -> Description {
        Description::new(
            "chronic-absence",
            env!("CARGO_PKG_VERSION"),
            "Chronic absence",
            "The share of students absent on at least one day in ten, for whatever reason, and the middle attendance rate.",
        )
        .parameters(PARAMETERS)
        .column("days", ColumnKind::Value, Moment::Now, "First measure: days enrolled. Second: days absent.")
        .column("class", ColumnKind::Class, Moment::Now, "What the readings count as.")
        .output(OutputSpec::proportion("chronic", "Share chronically absent").better(Direction::Down))
        .output(OutputSpec::new("attendance", "Median attendance rate", "share", PrivacyKind::Quantile))
        .left_out("missing", "no attendance recorded")
        .left_out("too-short", "enrolled for too few days")
        .left_out("contradiction", "more days absent than enrolled")
        .message("two-measures", "it needs two measures: days enrolled, then days absent")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        if question.measures() != 2 {
            return Err(Fault::Told("two-measures".into()));
        }
        if question.scales.iter().any(|scale| scale.ordered) {
            return Err(Fault::OrderedScale);
        }
        let (line, fewest) = (question.number("at-least")?, question.number("days")?);
        let (enrolled, absent) = (question.scores("days", "class", 0, 0)?, question.scores("days", "class", 1, 0)?);
        question.each_group(|rows| {
            let mut rates = Vec::with_capacity(rows.len());
            let [mut chronic, mut missing, mut short, mut contradiction] = [0; 4];
            for row in rows {
                match (enrolled.at(row), absent.at(row)) {
                    (Reading::Score(days), Reading::Score(_)) if days < fewest => short += 1,
                    (Reading::Score(days), Reading::Score(away)) if away > days || away < 0.0 => contradiction += 1,
                    (Reading::Score(days), Reading::Score(away)) => {
                        // One part in 10⁹: 18 of 180 days are a tenth.
                        chronic += u32::from(away / days >= line - 1e-9);
                        rates.push((days - away) / days);
                    }
                    _ => missing += 1,
                }
            }
            let of = rates.len() as u32;
            let outputs = [
                Output::proportion(chronic, of),
                Output::number(statistics::median(&mut rates), of).within(statistics::median_interval(&rates)),
            ];
            Measurement::new(outputs, [missing, short, contradiction])
        })
    }
}

termwise_plugin::export!(ChronicAbsence);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{Cells, MISSING, SCORE, kit};

    fn question(days: &[(f64, f64)]) -> Question {
        let column = |pick: fn(&(f64, f64)) -> f64| -> Vec<f64> { days.iter().map(pick).collect() };
        let class = |cells: &[f64]| cells.iter().map(|c| if c.is_nan() { MISSING } else { SCORE }).collect();
        let (enrolled, absent) = (column(|d| d.0), column(|d| d.1));
        Question::of_groups(&[days.len() as u32])
            .on_scales(2, 0)
            .with("at-least", 0.1)
            .with("days", 10.0)
            .column_of("class", 0, 0, Cells::Codes(class(&enrolled)))
            .column_of("class", 1, 0, Cells::Codes(class(&absent)))
            .column_of("days", 0, 0, Cells::Numbers(enrolled))
            .column_of("days", 1, 0, Cells::Numbers(absent))
    }

    #[test]
    fn absence_by_hand() {
        let days =
            [(180.0, 18.0), (180.0, 17.0), (100.0, 0.0), (90.0, 30.0), (5.0, 5.0), (20.0, 25.0), (180.0, f64::NAN)];
        let found = kit::keeps_the_rules::<ChronicAbsence>(&question(&days));
        assert_eq!((found[0].outputs[0].numerator, found[0].outputs[0].denominator), (Some(2), 4));
        // Rates 0.9, 0.9055…, 1 and 0.666…: the middle of 0.9 and 163/180.
        let middle = (0.9 + 163.0 / 180.0) / 2.0;
        assert!((found[0].outputs[1].value.expect("a rate") - middle).abs() < 1e-12);
        assert_eq!(found[0].left_out, [1, 1, 1]);
    }

    #[test]
    fn one_measure_is_not_enough() {
        let found = ChronicAbsence::evaluate(&question(&[(180.0, 1.0)]).on_scales(1, 0));
        assert!(matches!(found, Err(Fault::Told(key)) if key == "two-measures"));
    }
}
