//! Whether an answer can be true: the same rules for every version of the contract.

use termwise_metric::{Description, Measurement, Output, OutputSpec, PrivacyKind, Scale};

/// Largest number that is taken for one; beyond it a report would print a number that nobody answered.
const LARGEST: f64 = 1e12;

/// Checks one group's measurement against the description and the rows it was given; says in one
/// sentence what cannot be. No text that a plugin wrote is in it apart from its description's keys.
pub fn check(found: &Measurement, description: &Description, rows: u32, scales: &[Scale]) -> Result<(), String> {
    if found.outputs.len() != description.outputs.len() || found.left_out.len() != description.left_out.len() {
        return Err("its answer does not have the outputs that its description names".into());
    }
    for (output, spec) in found.outputs.iter().zip(&description.outputs) {
        number(output, spec, rows, scales)?;
    }
    if !found.notes.iter().all(|note| description.messages.iter().any(|(key, _)| key == note)) {
        return Err("it says something that its description does not name".into());
    }
    // Each once: a note is not a place to count in.
    if found.notes.iter().enumerate().any(|(place, note)| found.notes[..place].contains(note)) {
        return Err("it says the same thing twice of one group".into());
    }
    // Nobody disappears: each row is asked about by the first output, or left out for a reason.
    let left_out: u64 = found.left_out.iter().map(|(_, n)| u64::from(*n)).sum();
    let asked = found.outputs.first().map_or(0, |output| u64::from(output.denominator));
    if asked + left_out != u64::from(rows) {
        return Err(format!("it counted {asked} rows and left out {left_out}, and was given {rows}"));
    }
    Ok(())
}

fn number(output: &Output, spec: &OutputSpec, rows: u32, scales: &[Scale]) -> Result<(), String> {
    let key = &spec.key;
    let finite = output.value.is_none_or(f64::is_finite)
        && output.interval.is_none_or(|(low, high)| low.is_finite() && high.is_finite() && low <= high);
    if !finite {
        return Err(format!("its output “{key}” is not a finite number"));
    }
    let small = |number: f64| number.abs() <= LARGEST;
    if !output.value.is_none_or(small) || !output.interval.is_none_or(|(low, high)| small(low) && small(high)) {
        return Err(format!("its output “{key}” is larger than a report can print"));
    }
    if output.denominator > rows || output.contributors > output.denominator {
        return Err(format!("its output “{key}” counts more rows than it was given"));
    }
    if output.numerator.is_some_and(|met| met > output.denominator) {
        return Err(format!("the numerator of its output “{key}” is more than its denominator"));
    }
    if output.value.is_some() && output.contributors == 0 && spec.privacy != PrivacyKind::Count {
        return Err(format!("its output “{key}” is a number that nobody's readings went into"));
    }
    if spec.privacy != PrivacyKind::Distribution && !output.counts.is_empty() {
        return Err(format!("its output “{key}” has parts and is not a distribution"));
    }
    match spec.privacy {
        PrivacyKind::Count => {
            let met = output.numerator.ok_or_else(|| format!("its count “{key}” has no numerator"))?;
            if output.value.is_some_and(|value| value != f64::from(met)) {
                return Err(format!("its count “{key}” is not its numerator"));
            }
        }
        PrivacyKind::Proportion => {
            let met = output.numerator.ok_or_else(|| format!("its proportion “{key}” has no numerator"))?;
            let share = (output.denominator > 0).then(|| f64::from(met) / f64::from(output.denominator));
            let agrees = match (output.value, share) {
                (Some(value), Some(share)) => (value - share).abs() < 1e-9,
                (None, None) => true,
                _ => false,
            };
            if !agrees {
                return Err(format!("its proportion “{key}” is not its numerator over its denominator"));
            }
            if output.interval.is_some_and(|(low, high)| low < 0.0 || high > 1.0) {
                return Err(format!("the interval of its proportion “{key}” is not between 0 and 1"));
            }
        }
        PrivacyKind::Mean => {
            if output.value.is_some() && scales.iter().any(|scale| scale.levels > 0) {
                return Err(format!("its output “{key}” is a mean of ordered levels, whose steps need not be equal"));
            }
        }
        PrivacyKind::Distribution => {
            let parts = match (spec.parts.len(), scales.first()) {
                (0, Some(scale)) => scale.levels as usize,
                (parts, _) => parts,
            };
            let sum: u64 = output.counts.iter().map(|n| u64::from(*n)).sum();
            if output.counts.len() != parts || sum != u64::from(output.denominator) || output.value.is_some() {
                return Err(format!("the parts of its distribution “{key}” do not add up"));
            }
        }
        PrivacyKind::Quantile | PrivacyKind::Difference => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_metric::{Direction, Schema, Texts};

    fn described(privacy: PrivacyKind) -> Description {
        let output = OutputSpec {
            key: "share".into(),
            title: Texts::new(),
            unit: "share".into(),
            direction: Direction::Up,
            privacy,
            rests_on: Vec::new(),
            parts: Vec::new(),
        };
        Description {
            id: "share".into(),
            version: "1.0.0".into(),
            title: [("en".to_owned(), "Share".to_owned())].into(),
            explanation: Texts::new(),
            parameters: Schema::default(),
            columns: Vec::new(),
            outputs: vec![output],
            left_out: vec![("missing".into(), Texts::new())],
            messages: vec![("odd".into(), Texts::new())],
        }
    }

    fn answer(value: Option<f64>, met: u32, of: u32, left_out: u32) -> Measurement {
        let interval = Some((0.1, 0.9));
        let output =
            Output { value, numerator: Some(met), denominator: of, contributors: of, interval, counts: vec![] };
        Measurement { outputs: vec![output], left_out: vec![("missing".into(), left_out)], notes: vec![] }
    }

    fn proportion(found: &Measurement) -> Result<(), String> {
        check(found, &described(PrivacyKind::Proportion), 6, &[])
    }

    #[test]
    fn an_answer_that_adds_up_is_taken() {
        assert_eq!(proportion(&answer(Some(0.75), 3, 4, 2)), Ok(()));
    }

    #[test]
    fn an_answer_that_cannot_be_true_is_refused() {
        for privacy in [PrivacyKind::Quantile, PrivacyKind::Difference, PrivacyKind::Mean] {
            let told = check(&answer(Some(0.5), 5, 4, 2), &described(privacy), 6, &[]);
            assert_eq!(told, Err("the numerator of its output “share” is more than its denominator".into()));
        }
        for (what, found) in [
            ("more than all", answer(Some(1.25), 5, 4, 2)),
            ("another share", answer(Some(0.5), 3, 4, 2)),
            ("not a number", answer(Some(f64::NAN), 3, 4, 2)),
            ("more rows than given", answer(Some(0.5), 4, 8, 0)),
            ("a row lost", answer(Some(0.75), 3, 4, 1)),
            ("a row twice", answer(Some(0.75), 3, 4, 3)),
        ] {
            assert!(proportion(&found).is_err(), "{what}");
        }
        let change = |change: &dyn Fn(&mut Measurement)| {
            let mut found = answer(Some(0.75), 3, 4, 2);
            change(&mut found);
            proportion(&found)
        };
        assert!(change(&|m| m.outputs[0].interval = Some((-0.1, 0.9))).is_err(), "an interval below 0");
        assert!(change(&|m| m.left_out.clear()).is_err(), "no count for a reason");
        assert!(change(&|m| m.notes.push("row-3-is-ill".into())).is_err(), "an undeclared note");
        assert!(change(&|m| m.outputs[0].counts = vec![4]).is_err(), "parts of a proportion");
        assert!(change(&|m| m.outputs[0].contributors = 0).is_err(), "nobody's reading");
        assert!(change(&|m| m.notes = vec!["odd".into(); 2]).is_err(), "a note twice");
        assert_eq!(change(&|m| m.notes.push("odd".into())), Ok(()));
    }

    #[test]
    fn a_number_that_no_report_can_print_is_refused() {
        let told = |value: f64| {
            let mut found = answer(Some(value), 0, 4, 2);
            found.outputs[0].interval = None;
            check(&found, &described(PrivacyKind::Quantile), 6, &[])
        };
        assert_eq!((told(1e12), told(-1e12)), (Ok(()), Ok(())));
        assert_eq!(told(-1.1e12), Err("its output “share” is larger than a report can print".into()));
        let mut found = answer(Some(1.0), 0, 4, 2);
        found.outputs[0].interval = Some((0.0, f64::MAX));
        assert!(check(&found, &described(PrivacyKind::Quantile), 6, &[]).is_err());
    }

    #[test]
    fn a_mean_of_levels_is_refused_and_a_mean_of_numbers_is_not() {
        let found = answer(Some(2.5), 0, 4, 2);
        let levels = [Scale { levels: 5, range: Some((0.0, 4.0)) }];
        assert!(check(&found, &described(PrivacyKind::Mean), 6, &levels).is_err());
        assert_eq!(check(&found, &described(PrivacyKind::Mean), 6, &[Scale::default()]), Ok(()));
    }

    #[test]
    fn the_parts_of_a_distribution_add_up() {
        let levels = [Scale { levels: 3, range: Some((0.0, 2.0)) }];
        let found = |counts: Vec<u32>| {
            let mut found = answer(None, 0, 4, 2);
            found.outputs[0].counts = counts;
            check(&found, &described(PrivacyKind::Distribution), 6, &levels)
        };
        assert_eq!(found(vec![1, 3, 0]), Ok(()));
        assert!(found(vec![1, 3]).is_err());
        assert!(found(vec![1, 2, 0]).is_err());
    }
}
