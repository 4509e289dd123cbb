//! The change in the share at or above the line, split into what the same children did and what the
//! change of the group did.
//!
//! Rows are everybody who belonged to the group at the start or now. With p the share of a group and
//! S those who belonged both times with a reading that decides both times:
//!
//! ```text
//! change           = p(now) − p(then)
//! by same children = p(S, now) − p(S, then)
//! by change of group = change − by same children
//! ```

use termwise_plugin::{
    Band, ColumnKind, Description, Direction, Fault, Measurement, Metric, Moment, Output, OutputSpec, PrivacyKind,
    Question, Reading, Scores, statistics,
};

/// The metric.
pub struct WhoMoved;

/// Fewest same children for a word about regression to the mean.
const ENOUGH: usize = 10;

/// What a reading means for the share.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    At,
    Below,
    NoLine,
    Excluded,
    Missing,
}

fn standing(scores: Scores, line: &[f64], row: usize) -> Standing {
    match scores.at(row) {
        Reading::Score(_) if line[row].is_nan() => Standing::NoLine,
        Reading::Score(value) if value >= line[row] => Standing::At,
        Reading::Score(_) | Reading::CountsAsBelow => Standing::Below,
        Reading::Excluded => Standing::Excluded,
        Reading::Missing => Standing::Missing,
    }
}

impl Standing {
    fn decided(self) -> bool {
        matches!(self, Self::At | Self::Below)
    }
}

impl Metric for WhoMoved {
    fn describe() -> Description {
        let change = |key: &str, title: &str| OutputSpec::new(key, title, "share", PrivacyKind::Difference);
        Description::new(
            "who-moved",
            env!("CARGO_PKG_VERSION"),
            "Who moved",
            "Whether the share at or above level changed because the same children moved, or because the group is another.",
        )
        .column("then-value", ColumnKind::Value, Moment::Start, "The earlier score.")
        .column("then-class", ColumnKind::Class, Moment::Start, "What the earlier reading counts as.")
        .column("then-line", ColumnKind::Line(Band::At), Moment::Start, "The lowest score at level then.")
        .column("then-member", ColumnKind::Member, Moment::Start, "Who belonged to the group then.")
        .column("now-value", ColumnKind::Value, Moment::Now, "The later score.")
        .column("now-class", ColumnKind::Class, Moment::Now, "What the later reading counts as.")
        .column("now-line", ColumnKind::Line(Band::At), Moment::Now, "The lowest score at level now.")
        .column("now-member", ColumnKind::Member, Moment::Now, "Who belongs to the group now.")
        .output(OutputSpec::proportion("now", "Share at or above level now"))
        .output(OutputSpec::proportion("then", "Share at or above level then"))
        .output(OutputSpec::proportion("same-now", "The same children now"))
        .output(OutputSpec::proportion("same-then", "The same children then"))
        .output(OutputSpec::count("rose", "Same children who came to level"))
        .output(OutputSpec::count("fell", "Same children who fell below").better(Direction::Down))
        .output(change("same-change", "Change by the same children").resting_on(&["same-now", "same-then"]))
        .output(
            change("group-change", "Change by who is in the group")
                .resting_on(&["now", "then", "same-now", "same-then"])
                .better(Direction::Neither),
        )
        .left_out("left", "no longer in the group")
        .left_out("missing", "no result now")
        .left_out("excluded", "excluded with a reason")
        .left_out("no-line", "no expectation for the grade")
        .message("one-measure", "who moved is told of one measure at a time")
        .message(
            "regression-to-the-mean",
            "At least half of what low starters gained more than others would come about by regression to the mean.",
        )
    }

    fn evaluate(question: &Question) -> Result<Vec<Measurement>, Fault> {
        let [scale] = question.scales.as_slice() else { return Err(Fault::Told("one-measure".into())) };
        let then = question.scores("then-value", "then-class", 0, 0)?;
        let now = question.scores("now-value", "now-class", 0, 0)?;
        let (then_line, now_line) = (question.numbers("then-line", 0, 0)?, question.numbers("now-line", 0, 0)?);
        let (then_member, now_member) = (question.codes("then-member", 0, 0)?, question.codes("now-member", 0, 0)?);
        question.each_group(|rows| {
            let (mut met_then, mut of_then, mut met_now, mut of_now) = (0, 0, 0, 0);
            let [mut both, mut fell, mut rose, mut neither] = [0u32; 4];
            let [mut left, mut missing, mut excluded, mut no_line] = [0; 4];
            let mut pairs = Vec::new();
            for row in rows {
                let earlier = if then_member[row] == 1 { standing(then, then_line, row) } else { Standing::Missing };
                if earlier.decided() {
                    met_then += u32::from(earlier == Standing::At);
                    of_then += 1;
                }
                if now_member[row] != 1 {
                    left += 1;
                    continue;
                }
                let later = standing(now, now_line, row);
                match later {
                    Standing::At | Standing::Below => {
                        met_now += u32::from(later == Standing::At);
                        of_now += 1;
                    }
                    Standing::NoLine => no_line += 1,
                    Standing::Excluded => excluded += 1,
                    Standing::Missing => missing += 1,
                }
                match (earlier, later) {
                    (Standing::At, Standing::At) => both += 1,
                    (Standing::At, Standing::Below) => fell += 1,
                    (Standing::Below, Standing::At) => rose += 1,
                    (Standing::Below, Standing::Below) => neither += 1,
                    _ => {}
                }
                if earlier.decided()
                    && later.decided()
                    && let (Some(first), Some(second)) = (then.score(row), now.score(row))
                {
                    pairs.push((first, second, earlier == Standing::Below));
                }
            }
            let same = both + fell + rose + neither;
            let share = |met: u32, of: u32| (of > 0).then(|| f64::from(met) / f64::from(of));
            // Of pairs: at level now against at level then.
            let change = statistics::paired_difference(both, rose, fell, neither);
            let by_same = share(both + rose, same).zip(share(both + fell, same)).map(|(now, then)| now - then);
            let whole = share(met_now, of_now).zip(share(met_then, of_then)).map(|(now, then)| now - then);
            let outputs = [
                Output::proportion(met_now, of_now),
                Output::proportion(met_then, of_then),
                Output::proportion(both + rose, same),
                Output::proportion(both + fell, same),
                Output::count(rose, same),
                Output::count(fell, same),
                Output::number(by_same, same).within(change.map(|d| (d.low, d.high))),
                Output::number(whole.zip(by_same).map(|(whole, same)| whole - same), same),
            ];
            Measurement::new(outputs, [left, missing, excluded, no_line])
                .note("regression-to-the-mean", !scale.ordered && regresses(&pairs))
        })
    }
}

/// Whether those who started below the line gained more than all did, and at least half of that would
/// come about without any change in them.
///
/// Galton (1886): where start and end correlate with r, a group that was picked by its start is
/// expected to move by (1 − r)·(mean of all − its mean) towards the mean (Davis 1976, American Journal
/// of Epidemiology 104(5), 493–498).
fn regresses(pairs: &[(f64, f64, bool)]) -> bool {
    if pairs.len() < ENOUGH {
        return false;
    }
    let (start, end): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(a, b, _)| (*a, *b)).unzip();
    let low: Vec<f64> = pairs.iter().filter(|p| p.2).map(|p| p.0).collect();
    let gains = |only_low: bool| -> Vec<f64> {
        pairs.iter().filter(|p| p.2 || !only_low).map(|(start, end, _)| end - start).collect()
    };
    let found = (|| {
        let r = statistics::correlation(&start, &end)?;
        let expected = statistics::regression_to_the_mean(r, statistics::mean(&start)?, statistics::mean(&low)?)?;
        Some((statistics::mean(&gains(true))? - statistics::mean(&gains(false))?, expected))
    })();
    found.is_some_and(|(more, expected)| more > 1e-9 && expected >= more / 2.0)
}

termwise_plugin::export!(WhoMoved);

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_plugin::{MISSING, SCORE, kit};

    const X: f64 = f64::NAN;

    /// Rows as (then, now, member then, member now); NaN is no reading. The line is 3.
    fn question(rows: &[(f64, f64, u8, u8)]) -> Question {
        let class = |value: f64| if value.is_nan() { MISSING } else { SCORE };
        Question::of_groups(&[rows.len() as u32])
            .numbers_column("then-value", rows.iter().map(|r| r.0).collect())
            .codes_column("then-class", rows.iter().map(|r| class(r.0)).collect())
            .numbers_column("then-line", vec![3.0; rows.len()])
            .codes_column("then-member", rows.iter().map(|r| r.2).collect())
            .numbers_column("now-value", rows.iter().map(|r| r.1).collect())
            .codes_column("now-class", rows.iter().map(|r| class(r.1)).collect())
            .numbers_column("now-line", vec![3.0; rows.len()])
            .codes_column("now-member", rows.iter().map(|r| r.3).collect())
    }

    #[test]
    fn same_children_and_change_of_group_by_hand() {
        // Same: at–at, below–at, below–below, at–below, below–at. One left at level, two came at level,
        // one was not assessed now.
        let rows = [
            (4.0, 4.0, 1, 1),
            (2.0, 3.0, 1, 1),
            (1.0, 2.0, 1, 1),
            (3.0, 2.0, 1, 1),
            (2.0, 5.0, 1, 1),
            (5.0, X, 1, 0),
            (X, 4.0, 0, 1),
            (1.0, 4.0, 0, 1),
            (2.0, X, 1, 1),
        ];
        let found = kit::keeps_the_rules::<WhoMoved>(&question(&rows));
        let value = |place: usize| found[0].outputs[place].value.expect("a number");
        // Then: 3 of 7 at level; now: 5 of 7. The same five: 2 of 5, then 3 of 5.
        assert_eq!((value(0), value(1)), (5.0 / 7.0, 3.0 / 7.0));
        assert_eq!((value(2), value(3)), (3.0 / 5.0, 2.0 / 5.0));
        assert_eq!((value(4), value(5)), (2.0, 1.0));
        assert!((value(6) - 0.2).abs() < 1e-12);
        assert!((value(6) + value(7) - (value(0) - value(1))).abs() < 1e-12);
        assert_eq!(found[0].left_out, [1, 1, 0, 0]);
    }

    #[test]
    fn low_starters_who_only_regress_are_told() {
        // Start and end hardly go together: low ones rise, high ones fall.
        let noise = [(1.0, 4.0), (2.0, 5.0), (1.0, 3.0), (2.0, 2.0), (1.0, 5.0), (5.0, 2.0), (6.0, 4.0), (5.0, 3.0)];
        let mut rows: Vec<_> = noise.iter().map(|(a, b)| (*a, *b, 1, 1)).collect();
        rows.extend([(4.0, 5.0, 1, 1), (6.0, 3.0, 1, 1)]);
        assert_eq!(kit::keeps_the_rules::<WhoMoved>(&question(&rows))[0].notes, ["regression-to-the-mean"]);
        // Everybody gains the same.
        let steady: Vec<_> = (0..12).map(|i| (f64::from(i), f64::from(i + 1), 1, 1)).collect();
        assert!(kit::keeps_the_rules::<WhoMoved>(&question(&steady))[0].notes.is_empty());
    }

    #[test]
    fn the_parts_always_add_up() {
        let mut state = 5u64;
        for _ in 0..300 {
            let rows: Vec<_> = (0..25)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let draw = (state >> 33) as u32;
                    let value = |n: u32| if n == 0 { X } else { f64::from(n) };
                    (value(draw % 6), value(draw / 6 % 6), u8::from(draw & 0x700 != 0), u8::from(draw & 0x7000 != 0))
                })
                .collect();
            let found = kit::keeps_the_rules::<WhoMoved>(&question(&rows));
            let value = |place: usize| found[0].outputs[place].value;
            if let (Some(now), Some(then), Some(same), Some(group)) = (value(0), value(1), value(6), value(7)) {
                assert!((same + group - (now - then)).abs() < 1e-12);
            }
        }
    }
}
