use std::collections::BTreeMap;

use termwise_config::MeasureId;

use super::*;
use termwise_config::measures::Band;

fn privacy() -> Privacy {
    Privacy {
        minimum_group: BTreeMap::from([(Audience::Staff, 5), (Audience::Plc, 5), (Audience::ParentCouncil, 10)]),
        coding: vec![(200, 0.01), (101, 0.02), (41, 0.05), (21, 0.10), (0, 0.20)],
    }
}

fn share(met: u32, of: u32) -> Found {
    Found { met: Some(met), of, population: of, interval: Some((0.1, 0.9)), ..Found::default() }
}

#[test]
fn a_group_below_the_threshold_is_hidden_and_one_at_it_is_not() {
    let privacy = privacy();
    let public = Rule::new(&privacy, Audience::ParentCouncil);
    assert_eq!(public.figure(&Unit::Share, &share(5, 9)), Figure::Hidden);
    assert!(matches!(
        public.figure(&Unit::Share, &share(5, 10)),
        Figure::Shown { met: None, interval: None, of: 10, .. }
    ));
    let staff = Rule::new(&privacy, Audience::Staff);
    assert_eq!(staff.figure(&Unit::Share, &share(2, 4)), Figure::Hidden);
    assert!(matches!(staff.figure(&Unit::Share, &share(3, 5)), Figure::Shown { met: Some(3), .. }));
    assert_eq!(staff.figure(&Unit::Share, &share(0, 0)), Figure::Nothing);
}

#[test]
fn nobody_and_everybody_are_coded_by_the_size_of_the_group() {
    let privacy = privacy();
    let rule = Rule::new(&privacy, Audience::ParentCouncil);
    for (met, of, expected, bound) in [
        (0, 54, 0.05, Bound::OrLess),
        (54, 54, 0.95, Bound::OrMore),
        (53, 54, 0.95, Bound::OrMore),
        (51, 54, 0.94, Bound::Exact),
        (12, 12, 0.80, Bound::OrMore),
        (2, 12, 0.20, Bound::OrLess),
        (30, 30, 0.90, Bound::OrMore),
        (359, 360, 0.99, Bound::OrMore),
    ] {
        let Figure::Shown { value: share, bound: found, met: count, .. } = rule.figure(&Unit::Share, &share(met, of))
        else {
            panic!("{met} of {of} should be shown")
        };
        assert!((share - expected).abs() < 1e-9, "{met} of {of}: {share}");
        assert_eq!(found, bound, "{met} of {of}");
        assert_eq!(count, None);
    }
}

/// 20 of 46, and of the same 40 20 stayed at level: none of the 6 others is at level.
#[test]
fn the_same_students_in_numbers_leave_no_others_to_be_worked_out() {
    let privacy = privacy();
    let rule = Rule::new(&privacy, Audience::Staff);
    let stood = Stood { stayed_at: 20, rose: 0, fell: 0, stayed_below: 20 };
    let told = |new: (u32, u32), gone: (u32, u32)| {
        let moves = Moves {
            since: PeriodId(0),
            same: 40,
            newly_measured: new.1,
            arrived: 0,
            no_longer_measured: gone.1,
            left: 0,
            stood: Some(stood),
        };
        let (then, now) = (share(20 + gone.0, 40 + gone.1), share(20 + new.0, 40 + new.1));
        matches!(rule.people(&moves, true, [Some(&then), Some(&now)]).same, Same::Stood(_))
    };
    assert!(told((0, 0), (0, 0)), "nobody else");
    for met in 0..=6 {
        // A share of 6 is told as it is between 20 % and 80 %: 2, 3 or 4 of them.
        let open = (2..=4).contains(&met);
        assert_eq!(told((met, 6), (0, 0)), open, "{met} of 6 new");
        assert_eq!(told((0, 0), (met, 6)), open, "{met} of 6 gone");
        assert_eq!(told((3, 6), (met, 6)), open, "both");
    }
}

#[test]
fn a_bar_with_a_small_part_falls_back_to_two_parts() {
    let privacy = privacy();
    let rule = Rule::new(&privacy, Audience::Staff);
    let parts = Parts::Bands(vec![Band::Below, Band::Approaching, Band::At, Band::Above]);
    let bar = |counts: Vec<u32>| {
        rule.bar(&Distribution { period: PeriodId(0), measure: MeasureId(0), counts }, &parts, false).parts
    };
    assert_eq!(bar(vec![10, 10, 20, 10]), BarParts::All(vec![0.2, 0.2, 0.4, 0.2]));
    assert_eq!(bar(vec![3, 17, 20, 10]), BarParts::Two(0.6, Bound::Exact));
    assert_eq!(bar(vec![0, 0, 0, 50]), BarParts::Two(0.95, Bound::OrMore));
    assert_eq!(bar(vec![1, 1, 1, 1]), BarParts::Hidden);
    let two = [vec![10, 10, 20, 10], vec![3, 17, 20, 10]].map(|counts| Distribution {
        period: PeriodId(0),
        measure: MeasureId(0),
        counts,
    });
    let all: Vec<BarParts> = rule.pooled(&two, &parts).into_iter().map(|bar| bar.parts).collect();
    assert_eq!(all, [BarParts::Two(0.6, Bound::Exact), BarParts::Two(0.6, Bound::Exact)]);
}
