//! A plugin for the engine's own tests: it breaks one rule, chosen by the parameter `how`.
//!
//! Never shipped. Its component lies in `tests/fixtures/plugins`, pinned there by the same lock.

use core::ops::Range;

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
            .column("value", ColumnKind::Value, Moment::Now, "For answers that hang on the order.")
            .output(OutputSpec::proportion("share", "All of them"))
            .left_out("missing", "no result")
            .message("odd", "This is odd.")
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let mut found = question
            .each_group(|rows| Measurement::new([Output::proportion(rows.len() as u32, rows.len() as u32)], [0]))?;
        let values = question.numbers("value", 0, 0)?;
        let groups: Vec<Range<usize>> = question.groups()?.collect();
        let Some(first) = found.first_mut() else { return Ok(found) };
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
            18 => first.notes.push("row-3-is-ill".into()),
            19 => first.notes = vec!["odd".into(); 1000],
            20 => return Err(Fault::Told("row-3-is-ill".into())),
            21 => return Err(Fault::BadParameter("row-3-is-ill".into())),
            22 => first.outputs[0].contributors += 1,
            23 => first.outputs[0].contributors = 0,
            24 => first.outputs[0].counts = vec![1],
            25 => first.outputs[0].numerator = None,
            26 => first.left_out = vec![u32::MAX],
            27 => first.left_out.clear(),
            28 => found.push(found[0].clone()),
            29 => first.outputs[0].interval = Some(Interval { low: f64::NAN, high: f64::INFINITY }),
            // How many rows before the highest: hangs on the order of rows.
            40 => counted(&mut found, &groups, |_, rows| {
                let highest = values[rows.clone()].iter().copied().fold(f64::NEG_INFINITY, f64::max);
                values[rows].iter().take_while(|value| **value != highest).count()
            }),
            // Which of the groups it is.
            41 => counted(&mut found, &groups, |place, rows| place % (rows.len() + 1)),
            // Where in memory the group's cells are.
            42 => counted(&mut found, &groups, |_, rows| {
                values[rows.clone()].as_ptr() as usize / size_of::<f64>() % (rows.len() + 1)
            }),
            _ => return Err(Fault::BadShape),
        }
        Ok(found)
    }
}

/// Answers with a number of rows that `count` makes of each group's place and rows.
fn counted(found: &mut Vec<Measurement>, groups: &[Range<usize>], count: impl Fn(usize, Range<usize>) -> usize) {
    found.clear();
    found.extend(groups.iter().enumerate().map(|(place, rows)| {
        Measurement::new([Output::proportion(count(place, rows.clone()) as u32, rows.len() as u32)], [0])
    }));
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
