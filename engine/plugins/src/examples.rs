//! Tables for trying a component that nobody has asked anything yet.

use termwise_base::drawn::SplitMix64;
use termwise_metric::{Column, ColumnData, Description, Kind, Moment, Scale, Table};

/// A table for a trial, with what is particular about it.
#[derive(Debug, Clone)]
pub struct Example {
    /// In words, as in “levels, one measure”.
    pub what: String,
    /// The table.
    pub table: Table,
}

/// Tables of about `rows` rows in groups of many sizes, none among them: on numbers and on levels,
/// with one measure and with two. The same at every call.
pub fn examples(description: &Description, rows: u32) -> Vec<Example> {
    let mut all = Vec::new();
    for (scale, on) in [(NUMBERS, "a scale of numbers"), (LEVELS, "levels")] {
        for measures in [1, 2] {
            let count = if measures == 1 { "one measure" } else { "two measures" };
            all.push(Example {
                what: format!("{on}, {count}"),
                table: table(description, &mut Draw(SplitMix64(7)), rows, (measures, scale), None),
            });
        }
    }
    all
}

/// One table of `rows` rows in groups of `size`, with one measure on numbers.
pub fn sized(description: &Description, rows: u32, size: u32) -> Table {
    table(description, &mut Draw(SplitMix64(7)), rows, (1, NUMBERS), Some(size))
}

/// One table of `rows` rows in groups of many sizes, drawn from `seed`, with so many measures on one
/// scale.
pub fn drawn(description: &Description, seed: u64, rows: u32, measures: u32, scale: Scale) -> Table {
    table(description, &mut Draw(SplitMix64(seed)), rows, (measures, scale), None)
}

const NUMBERS: Scale = Scale { levels: 0, range: Some((0.0, 40.0)) };
const LEVELS: Scale = Scale { levels: 9, range: Some((0.0, 8.0)) };

fn table(
    description: &Description,
    draw: &mut Draw,
    rows: u32,
    (measures, scale): (u32, Scale),
    size: Option<u32>,
) -> Table {
    let mut offsets = vec![0u32];
    let mut next = 0;
    while offsets[offsets.len() - 1] < rows {
        let last = offsets[offsets.len() - 1];
        // 0, 5, 10 … 60 and again.
        offsets.push((last + size.unwrap_or(next)).min(rows));
        next = (next + 5) % 65;
    }
    let mut columns = Vec::new();
    for spec in &description.columns {
        let measures = if spec.kind.by_measure() { measures } else { 1 };
        let periods = if spec.moment == Moment::Each { 4 } else { 1 };
        for (measure, period) in (0..measures).flat_map(|m| (0..periods).map(move |p| (m, p))) {
            let data = match spec.kind {
                Kind::Value => ColumnData::Numbers((0..rows).map(|_| draw.value(scale)).collect()),
                Kind::Line(_) => ColumnData::Numbers((0..rows).map(|_| draw.line(scale)).collect()),
                Kind::Day => ColumnData::Numbers(vec![f64::from(period * 70); rows as usize]),
                Kind::Class => ColumnData::Codes((0..rows).map(|_| draw.class()).collect()),
                Kind::Member => ColumnData::Codes((0..rows).map(|_| u8::from(draw.of(10) > 0)).collect()),
                Kind::Side => ColumnData::Codes((0..rows).map(|_| [0, 1, 255][draw.of(3) as usize]).collect()),
            };
            columns.push(Column { name: spec.name.clone(), measure, period, data });
        }
    }
    // A score has a value, and nothing else has.
    let classes: Vec<Column> = columns.iter().filter(|c| kind(description, c) == Some(Kind::Class)).cloned().collect();
    for column in &mut columns {
        let spec = description.columns.iter().find(|spec| spec.name == column.name);
        let Some(spec) = spec.filter(|spec| spec.kind == Kind::Value) else { continue };
        let moment = |class: &Column| {
            description.columns.iter().find(|c| c.name == class.name).is_some_and(|c| c.moment == spec.moment)
        };
        let class = classes.iter().find(|c| moment(c) && c.measure == column.measure && c.period == column.period);
        if let (Some(Column { data: ColumnData::Codes(codes), .. }), ColumnData::Numbers(cells)) =
            (class, &mut column.data)
        {
            for (cell, code) in cells.iter_mut().zip(codes) {
                if *code != 0 {
                    *cell = f64::NAN;
                }
            }
        }
    }
    Table { offsets, columns, scales: vec![scale; measures as usize] }
}

fn kind(description: &Description, column: &Column) -> Option<Kind> {
    description.columns.iter().find(|spec| spec.name == column.name).map(|spec| spec.kind)
}

/// Draws cells.
struct Draw(SplitMix64);

impl Draw {
    fn of(&mut self, many: u64) -> u64 {
        self.0.below(many)
    }

    fn value(&mut self, scale: Scale) -> f64 {
        let highest = scale.range.map_or(10.0, |range| range.1);
        if scale.levels > 0 { self.of(u64::from(scale.levels)) as f64 } else { self.of(1000) as f64 / 1000.0 * highest }
    }

    fn line(&mut self, scale: Scale) -> f64 {
        if self.of(20) == 0 { f64::NAN } else { self.value(scale).round() }
    }

    fn class(&mut self) -> u8 {
        match self.of(12) {
            0 => 1,
            1 => 2,
            2 => 3,
            _ => 0,
        }
    }
}
