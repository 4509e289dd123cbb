//! Whether a metric answers alike when the order does not matter: the same question, turned around.
//!
//! Comes in: a table and what was found for it, twice. Goes out: the turned table, and whether the
//! answers agree. In the turned table rows of each group and the groups themselves stand in the
//! opposite order, and the group that is then first stands there twice. The repeated group moves all
//! that follows to other addresses in the guest's memory and into other batches, so an answer
//! that hangs on an address or on what was asked before changes as well. Addresses alone cannot
//! differ from run to run: a component starts with the same memory each time.

use termwise_metric::{Column, ColumnData, Measurement, Output, Table};

/// What is said of a metric whose answers differ.
pub const UNSTEADY: &str = "it answers differently when rows or groups come in another order";

/// Part by which two numbers may differ: sums of the same numbers in another order do.
const TOLERANCE: f64 = 1e-9;

/// The same groups with the same rows in the opposite order, behind a copy of the last group.
pub fn turned(table: &Table) -> Table {
    let last = table.groups().checked_sub(1);
    let groups: Vec<usize> = last.into_iter().chain((0..table.groups()).rev()).collect();
    reordered(table, &groups, true)
}

/// The table with its groups in this order, and the rows of each turned around if `turned`.
pub fn reordered(table: &Table, groups: &[usize], turned: bool) -> Table {
    let mut offsets = vec![0];
    let mut order: Vec<usize> = Vec::with_capacity(table.rows() as usize);
    for group in groups {
        let rows = table.offsets[*group] as usize..table.offsets[group + 1] as usize;
        if turned {
            order.extend(rows.rev())
        } else {
            order.extend(rows)
        }
        offsets.push(u32::try_from(order.len()).expect("no more rows than before"));
    }
    let columns = table.columns.iter().map(|column| Column {
        data: match &column.data {
            ColumnData::Numbers(cells) => ColumnData::Numbers(order.iter().map(|row| cells[*row]).collect()),
            ColumnData::Codes(cells) => ColumnData::Codes(order.iter().map(|row| cells[*row]).collect()),
        },
        ..column.clone()
    });
    Table { offsets, columns: columns.collect(), scales: table.scales.clone() }
}

/// Whether `again`, the answers to the turned table in its order, are those to the table itself.
/// Counts are equal; numbers are equal within one part in 10⁹ (of one, for numbers below one).
pub fn same(found: &[Measurement], again: &[Measurement]) -> bool {
    let Some((copy, again)) = again.split_first() else { return found.is_empty() };
    again.first().is_some_and(|first| alike(copy, first))
        && found.len() == again.len()
        && found.iter().zip(again.iter().rev()).all(|(one, other)| alike(one, other))
}

/// Whether two lists of answers are alike, one by one.
pub fn all_alike(found: &[Measurement], again: &[Measurement]) -> bool {
    found.len() == again.len() && found.iter().zip(again).all(|(one, other)| alike(one, other))
}

fn alike(one: &Measurement, other: &Measurement) -> bool {
    one.outputs.len() == other.outputs.len()
        && one.left_out == other.left_out
        && one.notes == other.notes
        && one.outputs.iter().zip(&other.outputs).all(|(one, other)| output(one, other))
}

fn output(one: &Output, other: &Output) -> bool {
    let counts = |o: &Output| (o.numerator, o.denominator, o.contributors);
    let ends = |o: &Output| (o.interval.map(|i| i.0), o.interval.map(|i| i.1));
    counts(one) == counts(other)
        && one.counts == other.counts
        && close(one.value, other.value)
        && close(ends(one).0, ends(other).0)
        && close(ends(one).1, ends(other).1)
}

fn close(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= TOLERANCE * one.abs().max(other.abs()).max(1.0),
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(offsets: &[u32], cells: &[f64]) -> Table {
        let column = |name: &str, data| Column { name: name.into(), measure: 0, period: 0, data };
        Table {
            offsets: offsets.to_vec(),
            columns: vec![
                column("value", ColumnData::Numbers(cells.to_vec())),
                column("class", ColumnData::Codes(cells.iter().map(|c| *c as u8).collect())),
            ],
            scales: Vec::new(),
        }
    }

    /// A measurement that says the number 1, or what `change` makes of it.
    fn found(change: impl Fn(&mut Measurement)) -> Measurement {
        let output = Output {
            value: Some(1.0),
            numerator: Some(2),
            denominator: 3,
            contributors: 3,
            interval: Some((0.5, 1.5)),
            counts: vec![1],
        };
        let mut one =
            Measurement { outputs: vec![output], left_out: vec![("missing".into(), 1)], notes: vec!["odd".into()] };
        change(&mut one);
        one
    }

    #[test]
    fn rows_and_groups_are_turned_around_and_the_first_group_repeated() {
        let turned = turned(&table(&[0, 3, 3, 5], &[1.0, 2.0, 3.0, 4.0, 5.0]));
        assert_eq!(turned, table(&[0, 2, 4, 4, 7], &[5.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0]));
        assert_eq!(super::turned(&table(&[0], &[])), table(&[0], &[]));
    }

    #[test]
    fn answers_are_compared_group_by_group() {
        let of = |value: f64| found(|one| one.outputs[0].value = Some(value));
        let first = [of(1.0), of(2.0)];
        assert!(same(&first, &[of(2.0), of(2.0), of(1.0)]));
        assert!(same(&first, &[of(2.0), of(2.0 + 1e-12), of(1.0 - 1e-12)]), "rounding");
        assert!(!same(&first, &[of(2.0), of(1.0), of(2.0)]), "by place, not by group");
        assert!(!same(&first, &[of(2.0), of(2.0), of(1.000_001)]), "another number");
        assert!(!same(&first, &[of(3.0), of(2.0), of(1.0)]), "the repeated group");
        assert!(!same(&first, &[of(2.0), of(2.0)]), "a group too few");
        assert!(same(&[], &[]));
    }

    #[test]
    fn every_part_of_an_answer_is_compared() {
        let changes: [fn(&mut Measurement); 9] = [
            |one| one.outputs[0].value = None,
            |one| one.outputs[0].numerator = Some(1),
            |one| one.outputs[0].denominator = 4,
            |one| one.outputs[0].contributors = 2,
            |one| one.outputs[0].interval = Some((0.5, 1.6)),
            |one| one.outputs[0].counts = vec![2],
            |one| one.outputs.clear(),
            |one| one.left_out[0].1 = 2,
            |one| one.notes.clear(),
        ];
        let usual = || found(|_| ());
        assert!(same(&[usual()], &[usual(), usual()]));
        for (place, change) in changes.into_iter().enumerate() {
            assert!(!same(&[usual()], &[usual(), found(change)]), "{place}");
            assert!(!same(&[usual()], &[found(change), usual()]), "{place}, in the copy");
        }
    }
}
