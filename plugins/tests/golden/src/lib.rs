//! Says and asks everything that the contract 1.0.0 can say and ask. Its component is kept as it was
//! built when that version was released, and asked in every check of the project.

use termwise_plugin::{
    Band, Cells, ColumnKind, Description, Direction, Fault, Measurement, Metric, Moment, Output, OutputSpec,
    ParameterValue, PrivacyKind, Question,
};

/// The metric.
pub struct Golden;

const PARAMETERS: &str = r#"{
    "type": "object",
    "properties": {
        "number": {"type": "number", "minimum": -10, "exclusiveMaximum": 10, "default": 1.5},
        "whole": {"type": "integer", "minimum": 0, "default": 3},
        "flag": {"type": "boolean", "default": true},
        "word": {"type": "string", "enum": ["answer", "bad-parameter", "bad-shape", "missing-column", "ordered-scale", "told"], "default": "answer"},
        "list": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 4, "default": [1, 2.5]}
    },
    "additionalProperties": false
}"#;

impl Metric for Golden {
    fn describe() -> Description {
        let both = |en, fr| [("en", en), ("fr", fr)];
        let moments = [("now", Moment::Now), ("start", Moment::Start), ("each", Moment::Each)];
        let mut described = Description::new(
            "golden",
            "1.0.0",
            both("Everything", "Tout"),
            both("Says everything that the contract can say.", "Dit tout ce que le contrat peut dire."),
        )
        .parameters(PARAMETERS);
        for (word, moment) in moments {
            for (name, kind) in [
                ("value", ColumnKind::Value),
                ("class", ColumnKind::Class),
                ("approaching", ColumnKind::Line(Band::Approaching)),
                ("at", ColumnKind::Line(Band::At)),
                ("above", ColumnKind::Line(Band::Above)),
                ("day", ColumnKind::Day),
                ("member", ColumnKind::Member),
                ("side", ColumnKind::Side),
            ] {
                if name != "member" || word != "each" {
                    described = described.column(&format!("{name}-{word}"), kind, moment, "Summed.");
                }
            }
        }
        described
            .output(OutputSpec::proportion("proportion", both("Proportion", "Proportion")))
            .output(OutputSpec::count("count", "Count").better(Direction::Down))
            .output(OutputSpec::new("mean", "Mean", "points", PrivacyKind::Mean))
            .output(OutputSpec::new("quantile", "Quantile", "points", PrivacyKind::Quantile))
            .output(OutputSpec::distribution("parts", "Parts", &[("few", "Few"), ("many", "Many")]))
            .output(OutputSpec::distribution("levels", "Levels", &[]))
            .output(
                OutputSpec::new("difference", "Difference", "share", PrivacyKind::Difference)
                    .resting_on(&["proportion", "count"])
                    .better(Direction::Neither),
            )
            .left_out("odd", both("odd", "impair"))
            .message("note", both("A note.", "Une note."))
            .message("fault", both("No answer today.", "Pas de réponse."))
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        match question.word("word")? {
            "bad-parameter" => return Err(Fault::BadParameter("word".into())),
            "bad-shape" => return Err(Fault::BadShape),
            "missing-column" => return Err(Fault::MissingColumn("value-now".into())),
            "ordered-scale" => return Err(Fault::OrderedScale),
            "told" => return Err(Fault::Told("fault".into())),
            _ => {}
        }
        let list = question.parameters.iter().find(|p| p.name == "list").map(|p| &p.value);
        let Some(ParameterValue::Numbers(list)) = list else { return Err(Fault::BadParameter("list".into())) };
        let parameters = question.number("number")? + question.number("whole")? + list.iter().sum::<f64>();
        let levels = question.scales.first().map_or(0, |scale| scale.levels) as usize;
        let ordered = question.scales.iter().any(|scale| scale.ordered);
        let range = question.scales.iter().filter_map(|scale| Some(scale.highest? - scale.lowest?)).sum::<f64>();
        question.each_group(|rows| {
            let size = rows.len() as u32;
            let (odd, even) = (size / 2, size - size / 2);
            // Every cell goes in with the place of its column, so that a mix-up shows; whole numbers only,
            // so that the order of rows does not.
            let mut sum = parameters + range;
            for (place, column) in question.columns.iter().enumerate() {
                let weight = (place as u32 + 1 + 7 * column.measure + 13 * column.period) as f64;
                for row in rows.clone() {
                    let cell = match &column.cells {
                        Cells::Numbers(cells) => cells[row],
                        Cells::Codes(cells) => f64::from(cells[row]),
                    };
                    sum += if cell.is_nan() { 0.0 } else { cell * weight };
                }
            }
            let of_any = (even > 0).then_some(sum);
            let mut on_levels = vec![0; levels];
            if let Some(lowest) = on_levels.first_mut() {
                *lowest = even;
            }
            let by_level = if levels > 0 { Output::distribution(on_levels) } else { Output::distribution(vec![]) };
            let outputs = [
                Output::proportion(even / 2, even),
                Output::count(even / 2, even),
                Output::number(of_any.filter(|_| !ordered), even),
                Output::number(of_any, even).within(of_any.map(|sum| (sum - 1.0, sum + 1.0))),
                Output::distribution(vec![even / 3, even - even / 3]),
                by_level,
                Output::number(of_any.map(|sum| -sum), even).contributed_by(even.min(1)),
            ];
            Measurement::new(outputs, [odd]).note("note", question.flag("flag").unwrap_or(false))
        })
    }
}

termwise_plugin::export!(Golden);
