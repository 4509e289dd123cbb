//! A plugin for the engine's own tests: it breaks one rule, chosen by the parameter `how`.
//!
//! Never shipped. Its component lies in `tests/fixtures/plugins`, pinned there by the same lock.

use termwise_plugin::{
    ColumnKind, Description, Fault, Interval, Measurement, Metric, Moment, Output, OutputSpec, Question,
};

/// The metric.
pub struct Misbehaving;

impl Metric for Misbehaving {
    fn describe() -> Description {
        Description::new("misbehaving", "1.0.0", "Breaks one rule", "Breaks the rule that its parameter chooses.")
            .parameters(
                r#"{"type": "object", "properties": {"how": {"type": "integer", "minimum": 0, "default": 0}},
                    "additionalProperties": false}"#,
            )
            .column("class", ColumnKind::Class, Moment::Now, "Every row counts as met.")
            .output(OutputSpec::proportion("share", "All of them"))
            .left_out("missing", "no result")
            .message("odd", "This is odd.")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let mut found = question
            .each_group(|rows| Measurement::new([Output::proportion(rows.len() as u32, rows.len() as u32)], [0]))?;
        let first = &mut found[0];
        match question.whole("how")? {
            0 => {}
            1 => endless(),
            2 => hoard(),
            3 => panic!("nobody hears this"),
            4 => drop(found.pop()),
            5 => first.outputs[0].value = Some(f64::NAN),
            6 => first.outputs[0].value = Some(f64::INFINITY),
            7 => first.outputs[0].numerator = Some(first.outputs[0].denominator + 1),
            8 => first.outputs[0].denominator += 1,
            9 => first.outputs[0].value = Some(0.5),
            10 => first.left_out[0] = 1,
            11 => first.left_out.push(0),
            12 => first.outputs.clear(),
            13 => first.outputs[0].interval = Some(Interval { low: 0.9, high: 0.1 }),
            14 => first.outputs[0].counts = vec![0; 16 << 20],
            15 => return Err(Fault::MissingColumn("row-3-is-ill".into())),
            16 => return Err(Fault::BadParameter("how".into())),
            17 => drop(deeper(0)),
            _ => return Err(Fault::BadShape),
        }
        Ok(found)
    }
}

fn endless() {
    let mut turns = 0u64;
    loop {
        turns = core::hint::black_box(turns.wrapping_add(1));
    }
}

fn hoard() {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    loop {
        kept.push(vec![1; 4 << 20]);
        core::hint::black_box(&kept);
    }
}

/// Calls itself without end, with something to keep on each level.
#[allow(unconditional_recursion)]
fn deeper(level: u64) -> Box<u64> {
    let kept = core::hint::black_box([level; 64]);
    let below = deeper(level + 1);
    Box::new(*below + kept[core::hint::black_box(7)])
}

termwise_plugin::export!(Misbehaving);
