//! Cells as schools write them, on each kind of scale.

use super::*;
use proptest::prelude::*;

fn levels() -> Scale {
    let names = ["RB", "A", "B", "C", "J", "K", "L", "Z"];
    Scale {
        id: "level".into(),
        kind: ScaleKind::Ordered {
            levels: names.map(str::to_owned).to_vec(),
            aliases: BTreeMap::from([("PreA".to_owned(), "RB".to_owned())]),
            range_counts_as_lower: true,
        },
        codes: BTreeMap::from([
            ("ABS".to_owned(), Code::Excluded("absent".into())),
            ("OOR".to_owned(), Code::CountsAsBelow),
            ("?".to_owned(), Code::Error),
        ]),
    }
}

fn card() -> Scale {
    Scale {
        id: "card".into(),
        kind: ScaleKind::Ordered {
            levels: ["ND", "1", "2", "3", "4"].map(str::to_owned).to_vec(),
            aliases: BTreeMap::new(),
            range_counts_as_lower: true,
        },
        codes: BTreeMap::new(),
    }
}

fn numbers(highest: f64) -> Scale {
    Scale { id: "n".into(), kind: ScaleKind::Number { lowest: 0.0, highest }, codes: BTreeMap::new() }
}

fn percents() -> Scale {
    Scale { id: "p".into(), kind: ScaleKind::Percent, codes: BTreeMap::new() }
}

/// The score, `None` for anything else.
fn scored(scale: &Scale, value: Value<'_>) -> Option<f64> {
    let reasons = vec![String::new(), "absent".to_owned()];
    match ScaleReader::new(scale, &BTreeMap::new(), &reasons).read(value, None) {
        Outcome::Reading(reading) if reading.class == CodeClass::Score => Some(reading.value),
        _ => None,
    }
}

#[test]
fn levels_are_read_as_schools_write_them() {
    let scale = levels();
    let cases = [
        ("J", 4.0),
        (" j ", 4.0),
        ("J/K", 4.0),
        ("J–L", 4.0),
        ("J+", 4.0),
        ("K−", 5.0),
        ("<C", 2.0),
        ("Below C", 2.0),
        (">Z", 7.0),
        ("Z+", 7.0),
        ("prea", 0.0),
        ("Level B", 2.0),
    ];
    for (text, value) in cases {
        assert_eq!(scored(&scale, Value::Text(text)), Some(value), "{text}");
    }
    for text in ["Q", "<RB", ">J", "A/Z", "K/J", "94% / 0.25 SC", "-", "?", "ABS", "OOR"] {
        assert_eq!(scored(&scale, Value::Text(text)), None, "{text}");
    }
}

#[test]
fn codes_have_their_class_and_the_mappings_win() {
    let scale = levels();
    let reasons = vec![String::new(), "absent".to_owned(), "not taught".to_owned()];
    let own = BTreeMap::from([("A".to_owned(), Code::Excluded("not taught".into()))]);
    let reader = ScaleReader::new(&scale, &own, &reasons);
    let class = |text| match reader.read(Value::Text(text), None) {
        Outcome::Reading(reading) => Some((reading.class, reading.reason)),
        _ => None,
    };
    assert_eq!(class("abs"), Some((CodeClass::Excluded, 1)));
    assert_eq!(class("OOR"), Some((CodeClass::CountsAsBelow, 0)));
    assert_eq!(class("A"), Some((CodeClass::Excluded, 2)));
    assert_eq!(class("?"), None);
    assert_eq!(reader.read(Value::Text("\u{a0}"), None), Outcome::Blank);
}

#[test]
fn marks_may_be_numbers_text_or_between() {
    let scale = card();
    assert_eq!(scored(&scale, Value::Number(3.0)), Some(3.0));
    for (text, value) in [("3", 3.0), ("3.0", 3.0), ("2+", 2.0), ("3-", 3.0), ("2/3", 2.0), ("3-4", 3.0), ("nd", 0.0)] {
        assert_eq!(scored(&scale, Value::Text(text)), Some(value), "{text}");
    }
    assert_eq!(scored(&scale, Value::Number(5.0)), None);
    assert_eq!(scored(&scale, Value::Number(0.0)), None);
    // 4 March 2026, which somebody typed as 3-4.
    assert_eq!(scored(&scale, Value::Date(46_085.0)), None);
}

#[test]
fn numbers_keep_within_their_bounds() {
    let scale = numbers(20.0);
    assert_eq!(scored(&scale, Value::Number(12.5)), Some(12.5));
    for (text, value) in [("12", 12.0), ("12,5", 12.5), ("12.5", 12.5), ("12/20", 12.0), ("0", 0.0)] {
        assert_eq!(scored(&scale, Value::Text(text)), Some(value), "{text}");
    }
    for text in ["12/25", "21", "-1", "85 %", "<5", "twelve", "1,234", "12/", "1.2.3", "NaN", "inf", "1e1"] {
        assert_eq!(scored(&scale, Value::Text(text)), None, "{text}");
    }
    assert_eq!(scored(&numbers(100.0), Value::Text("85 %")), Some(85.0));
}

#[test]
fn percentages_are_shares() {
    let scale = percents();
    assert_eq!(scored(&scale, Value::Number(0.79)), Some(0.79));
    for (text, value) in [("79%", 0.79), ("79 %", 0.79), ("0.79", 0.79), ("0,79", 0.79), ("100%", 1.0)] {
        assert_eq!(scored(&scale, Value::Text(text)), Some(value), "{text}");
    }
    assert_eq!(scored(&scale, Value::Percent(0.79)), Some(0.79));
    assert_eq!(scored(&numbers(100.0), Value::Percent(0.29)), Some(29.0));
    assert_eq!(scored(&numbers(20.0), Value::Percent(0.85)), None);
    assert_eq!(scored(&levels(), Value::Percent(0.01)), None);
    assert_eq!(scored(&scale, Value::Number(79.0)), None);
    assert_eq!(scored(&scale, Value::Text("105%")), None);
    assert_eq!(scored(&scale, Value::Text("12/20")), None);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,24}", comma in proptest::option::of(any::<bool>())) {
        for scale in [levels(), card(), numbers(20.0), percents()] {
            let reader = ScaleReader::new(&scale, &BTreeMap::new(), &[String::new()]);
            if let Outcome::Reading(reading) = reader.read(Value::Text(&text), comma) {
                prop_assert!(reading.class != CodeClass::Score || reading.value.is_finite());
            }
        }
    }

    #[test]
    fn texts_like_levels_make_it_no_panic(text in "[<>]?[A-LZ0-9]{0,2}[/+\\- –−]{0,2}[A-LZ0-9]{0,2}[%+]?") {
        for scale in [levels(), card(), numbers(20.0), percents()] {
            let _ = ScaleReader::new(&scale, &BTreeMap::new(), &[String::new()]).read(Value::Text(&text), None);
        }
    }
}
