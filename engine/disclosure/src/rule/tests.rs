use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use termwise_config::load::load;
use termwise_config::measures::Band;
use termwise_config::{MeasureId, Project};
use termwise_judging::goals::panel::Word;
use termwise_judging::goals::smart::Smart;
use termwise_judging::goals::{self, Belief, Start};

use super::*;

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

#[test]
fn who_came_and_went_is_told_in_numbers_where_none_of_them_is_small() {
    let privacy = privacy();
    let [staff, public] = [Audience::Staff, Audience::ParentCouncil].map(|audience| Rule::new(&privacy, audience));
    let people = |rule: &Rule, [same, newly_measured, arrived, no_longer_measured, left]: [u32; 5]| {
        let since = PeriodId(0);
        let moves = Moves { since, same, newly_measured, arrived, no_longer_measured, left, stood: None };
        let People { kin, gone, others, .. } = rule.people(&moves, true, [None, None]);
        (kin, gone, others)
    };
    let both = |same: u32, newly: u32, arrived: u32| {
        let [same, newly_measured, arrived] = [same, newly, arrived].map(Count::Exactly);
        Kin::Both { same, newly_measured, arrived }
    };
    let untold = Kin::Both { same: Count::Untold, newly_measured: Count::Untold, arrived: Count::Untold };
    let n = Count::Exactly;
    for (moved, kin, gone, others) in [
        ([0, 20, 0, 10, 0], Kin::Different, n(10), Some((true, true))),
        // Two of thirty are hardly any, and four of sixteen are some.
        ([2, 18, 10, 6, 0], Kin::Hardly, n(6), Some((true, true))),
        ([3, 20, 7, 0, 0], Kin::Hardly, n(0), Some((true, false))),
        ([3, 20, 6, 0, 0], untold, n(0), Some((true, false))),
        ([4, 6, 6, 0, 0], untold, n(0), Some((true, false))),
        ([5, 40, 6, 0, 0], both(5, 40, 6), n(0), Some((true, false))),
        ([40, 0, 0, 0, 0], Kin::All, n(0), Some((false, false))),
        // One in ten is a few, and more is not.
        ([40, 3, 0, 0, 1], Kin::Same, Count::Untold, None),
        ([39, 3, 0, 0, 1], untold, Count::Untold, None),
        ([40, 3, 0, 2, 0], untold, Count::Untold, None),
        // Five are told, however many the others are.
        ([60, 5, 0, 0, 0], both(60, 5, 0), n(0), Some((true, false))),
        ([60, 0, 0, 3, 2], both(60, 0, 0), n(5), Some((false, true))),
        ([60, 5, 6, 7, 0], both(60, 5, 6), n(7), Some((true, true))),
        ([60, 6, 3, 7, 0], untold, Count::Untold, None),
        ([60, 6, 3, 0, 0], untold, Count::Untold, None),
        ([60, 3, 6, 0, 0], untold, Count::Untold, None),
        ([60, 6, 6, 4, 0], untold, Count::Untold, None),
    ] {
        assert_eq!(people(&staff, moved), (kin, gone, others), "{moved:?}");
    }
    // The public sees no such number.
    assert_eq!(people(&public, [60, 20, 0, 12, 0]), (untold, Count::Untold, Some((true, true))));
    assert_eq!(people(&public, [40, 0, 0, 0, 0]), (Kin::All, n(0), Some((false, false))));
    assert_eq!(people(&public, [60, 9, 0, 0, 0]), (untold, Count::Untold, None));
}

#[test]
fn how_the_same_students_stood_is_told_in_numbers_where_none_of_them_is_small() {
    let privacy = privacy();
    let [staff, public] = [Audience::Staff, Audience::ParentCouncil].map(|audience| Rule::new(&privacy, audience));
    let same = |rule: &Rule, [stayed_at, rose, fell, stayed_below]: [u32; 4], newly: u32, exact: bool| {
        let stood = Stood { stayed_at, rose, fell, stayed_below };
        let moves = Moves {
            since: PeriodId(0),
            same: stood.all().iter().sum(),
            newly_measured: newly,
            arrived: 0,
            no_longer_measured: 0,
            left: 0,
            stood: Some(stood),
        };
        rule.people(&moves, exact, [None, None]).same
    };
    let told =
        |[stayed_at, rose, fell, stayed_below]: [u32; 4]| Same::Stood(Stood { stayed_at, rose, fell, stayed_below });
    assert_eq!(same(&staff, [30, 12, 8, 10], 0, true), told([30, 12, 8, 10]));
    assert_eq!(same(&staff, [30, 0, 0, 5], 0, true), told([30, 0, 0, 5]));
    assert_eq!(same(&staff, [5, 0, 0, 0], 0, true), told([5, 0, 0, 0]));
    // A small number, a small number beside them, a bound in place of a share, the public: more or fewer.
    for (rule, four, newly, exact) in [
        (&staff, [30, 12, 4, 10], 0, true),
        (&staff, [30, 12, 8, 10], 3, true),
        (&staff, [30, 12, 8, 10], 0, false),
        (&public, [30, 12, 11, 10], 0, true),
    ] {
        assert_eq!(same(rule, four, newly, exact), Same::More(std::cmp::Ordering::Greater), "{four:?}");
    }
    assert_eq!(same(&staff, [1, 1, 2, 1], 0, true), Same::More(std::cmp::Ordering::Less));
    assert_eq!(same(&staff, [1, 1, 1, 1], 0, true), Same::Untold);
    assert_eq!(same(&public, [3, 2, 2, 2], 0, true), Same::Untold);
}

fn project() -> Project {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/prairie-crocus")).0.expect("the sample")
}

const PERIODS: [&str; 2] = ["2025-26/P1", "2025-26/P2"];

/// A goal with everything that can be known of it: 30 of 60 in November, 36 of 60 in March.
fn judged(project: &Project) -> Judged<'_> {
    let goal = project.goals.iter().find(|goal| goal.id == "sb-reading-48").expect("a goal");
    let [before, now] = PERIODS.map(|key| project.calendar.by_key(key).expect("a period"));
    let mut judged = goals::judge_several(project, goal, (1, Vec::new()), (now, date(2026, 3, 13)));
    let point = |period: PeriodId, met: u32| {
        let found = Found { median: Some(2.0), left_out: vec![("missing".into(), 7)], ..share(met, 60) };
        Point::plain(period, project.calendar.period(period).closes, found)
    };
    judged.points = vec![point(before, 30), point(now, 36)];
    judged.start = Some(Start { on: date(2025, 6, 26), value: 0.404, ahead: None, point: None });
    judged.verdict = Verdict::Behind;
    judged.panel = Panel { latest: Some(Word::Behind), ..Panel::default() };
    judged.tolerance = Some(0.02);
    judged.chance = Some(0.1234);
    judged.first_met = Some(true);
    judged.more_students = Some(9);
    judged.expected = Some(0.655);
    judged.corrected = 7;
    judged
}

/// Of the facts that tell how a verdict came about: how many an audience sees.
fn seen(goal: &GoalFigures) -> Vec<&'static str> {
    let facts = [
        ("panel", goal.panel != Panel::default()),
        ("tolerance", goal.tolerance.is_some()),
        ("chance", goal.chance.is_some()),
        ("first", goal.first_met.is_some()),
        ("more", goal.more_students.is_some()),
        ("expected", goal.expected.is_some()),
        ("median", goal.median.is_some()),
        ("left out", !goal.left_out.is_empty()),
        ("corrected", goal.corrected.is_some()),
    ];
    facts.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

#[test]
fn what_stands_behind_a_verdict_is_seen_by_those_who_see_the_figure() {
    let (privacy, project) = (privacy(), project());
    let [staff, public] = [Audience::Staff, Audience::ParentCouncil].map(|audience| Rule::new(&privacy, audience));
    let whole = judged(&project);
    let goal = staff.goal(0, None, &whole);
    let all = ["panel", "tolerance", "chance", "first", "more", "expected", "median", "left out", "corrected"];
    assert_eq!(seen(&goal), all);
    assert_eq!((goal.chance, goal.expected), (Some(0.12), Some(0.66)));
    assert_eq!((goal.corrected, &goal.left_out[0].1), (Some(Count::Exactly(7)), &Count::Exactly(7)));
    assert_eq!((goal.start.as_ref().map(|(_, figure)| figure.value()), goal.hidden), (Some(Some(0.4)), None));
    assert_eq!(goal.points.iter().map(|point| point.figure.value()).collect::<Vec<_>>(), [Some(0.5), Some(0.6)]);
    // The public sees the figure, and not how it was judged.
    let goal = public.goal(0, None, &whole);
    assert_eq!(seen(&goal), ["first", "more", "expected", "left out", "corrected"]);
    assert_eq!((goal.corrected, &goal.left_out[0].1), (Some(Count::Untold), &Count::Untold));

    // One class: nothing of it, but where the line stands, which the goal's own text says.
    let mut one_class = judged(&project);
    one_class.points.iter_mut().for_each(|point| point.all.one_class = true);
    let goal = staff.goal(0, None, &one_class);
    assert_eq!((&goal.now, goal.hidden), (&Figure::Hidden, Some(Hiding::OneClass)));
    assert_eq!(goal.verdict, ClearedVerdict::NotShown(Hiding::OneClass));
    assert_eq!(seen(&goal), ["expected"]);
    assert!(goal.points.iter().all(|point| point.figure == Figure::Hidden));
    // A start that was counted is hidden as any figure, and the line with it.
    let start = |point: Point| Some(Start { on: point.on, value: 0.5, ahead: None, point: Some(point) });
    let mut counted = judged(&project);
    counted.start = start(one_class.points[0].clone());
    let goal = staff.goal(0, None, &counted);
    assert_eq!((goal.start.as_ref().map(|(_, figure)| figure.value()), goal.expected), (Some(None), None));
    assert_eq!(goal.chance, None);

    // Nobody corrected anything: nothing is said, in place of a nought.
    let mut plain = judged(&project);
    plain.corrected = 0;
    assert_eq!(staff.goal(0, None, &plain).corrected, None);
}

#[test]
fn a_share_of_the_few_who_have_a_result_is_not_for_the_public() {
    let (privacy, project) = (privacy(), project());
    let mut few = judged(&project);
    few.verdict = Verdict::NotEnoughData(Lack::LowCoverage);
    let now = |audience: Audience| {
        let goal = Rule::new(&privacy, audience).goal(0, None, &few);
        let last = goal.points.last().map(|point| point.figure.value());
        (goal.now.value(), last.flatten(), goal.points[0].figure.value(), goal.more_students)
    };
    assert_eq!(now(Audience::Staff), (Some(0.6), Some(0.6), Some(0.5), None));
    assert_eq!(now(Audience::ParentCouncil), (None, None, Some(0.5), None));
    // For another reason it is a result of the group.
    few.verdict = Verdict::NotEnoughData(Lack::FewStudents);
    assert_eq!(Rule::new(&privacy, Audience::ParentCouncil).goal(0, None, &few).now.value(), Some(0.6));
}

#[test]
fn letters_have_no_number_of_a_small_group() {
    let (privacy, project) = (privacy(), project());
    let rule = Rule::new(&privacy, Audience::Staff);
    let open = |fact: Fact, visible: bool, shown: bool| {
        let mut judged = judged(&project);
        judged.smart = Smart { letters: vec![Letter { letter: 'M', facts: vec![fact] }] };
        !rule.letters(&judged, visible, shown)[0].facts.is_empty()
    };
    for (fact, wanted) in [
        (Fact::Population(5), true),
        (Fact::Population(4), false),
        (Fact::Readings { of: 5, population: 5, enough: true }, true),
        (Fact::Readings { of: 4, population: 4, enough: true }, false),
        (Fact::Readings { of: 40, population: 44, enough: true }, false),
        (Fact::Readings { of: 40, population: 45, enough: true }, true),
    ] {
        assert_eq!(open(fact.clone(), true, false), wanted, "{fact:?}");
        assert!(!open(fact, false, true), "what is not visible has no number");
    }
    for (students, elsewhere, wanted) in [(5, 0, true), (4, 0, false), (40, 4, false), (40, 5, true)] {
        let fact = Fact::Change { needed: 0.1, largest: 0.2, students, elsewhere, seen: 3, division: false };
        assert_eq!(open(fact.clone(), true, true), wanted, "{students} and {elsewhere}");
        assert!(!open(fact, true, false));
    }
}

#[test]
fn a_gap_is_hidden_beside_a_share_that_is_a_bound() {
    let privacy = privacy();
    let rule = Rule::new(&privacy, Audience::Staff);
    let gap = |number: f64, sides: [(u32, u32); 2]| Found {
        number: Some(number),
        of: sides[0].1 + sides[1].1,
        rests_on: sides.into(),
        ahead: Some(Ahead::Second),
        ..Found::default()
    };
    let shown = |unit: &Unit, found: &Found| match rule.figure(unit, found) {
        Figure::Shown { value, ahead, bound: Bound::Exact, .. } => Some((value, ahead)),
        _ => None,
    };
    let open = gap(0.104, [(9, 20), (11, 20)]);
    assert_eq!(shown(&Unit::Gap, &open), Some((0.1, Some(Ahead::Second))));
    assert_eq!(shown(&Unit::Gap, &gap(0.0, [(9, 20), (9, 20)])), Some((0.0, None)), "nobody is ahead");
    for sides in [[(20, 20), (11, 20)], [(9, 20), (2, 20)]] {
        let near = gap(0.4, sides);
        for unit in [Unit::Gap, Unit::Difference] {
            assert_eq!(rule.hides(&unit, &near), Some(Hiding::Bound), "{sides:?}");
        }
        assert_eq!(rule.hides(&Unit::Steps("points".into()), &near), None, "a number of points tells of no share");
    }
    // The smaller side decides.
    assert_eq!(rule.hides(&Unit::Gap, &gap(0.1, [(30, 60), (2, 4)])), Some(Hiding::Small(5)));
}

#[test]
fn groups_are_hidden_until_none_follows_from_the_others() {
    let privacy = privacy();
    let rule = Rule::new(&privacy, Audience::Staff);
    let hidden = |groups: &[(u32, u32)], own: Option<usize>| -> String {
        let grade = |place: usize| Group::Grade(place.to_string());
        let groups: Vec<(Group, Found)> =
            groups.iter().enumerate().map(|(place, (met, of))| (grade(place), share(*met, *of))).collect();
        let shown = rule.groups(&Unit::Share, &groups, |_| false, |group| own.is_some_and(|own| *group == grade(own)));
        let mark = |figure: &Figure| match figure {
            Figure::Hidden => 'h',
            Figure::Nothing => '-',
            Figure::Shown { bound: Bound::Exact, .. } => 'x',
            Figure::Shown { .. } => 'b',
        };
        shown.iter().map(|(_, figure)| mark(figure)).collect()
    };
    assert_eq!(hidden(&[(10, 20), (12, 30), (20, 40)], None), "xxx");
    assert_eq!(hidden(&[(1, 3), (12, 30), (20, 40)], None), "hhx", "the smallest of the others");
    assert_eq!(hidden(&[(1, 3), (12, 30), (20, 40)], Some(1)), "hxh", "rather one without a goal of its own");
    assert_eq!(hidden(&[(1, 2), (1, 2), (12, 30), (20, 40)], None), "hhhx", "four together are small");
    assert_eq!(hidden(&[(1, 2), (1, 3), (12, 30), (20, 40)], None), "hhxx", "five are not");
    assert_eq!(hidden(&[(0, 0), (1, 3), (12, 30), (20, 40)], None), "-hhx", "a grade without a result hides nothing");
    // A bound alone would follow from the whole; two do not.
    assert_eq!(hidden(&[(0, 20), (12, 30), (20, 40)], None), "hhx");
    assert_eq!(hidden(&[(0, 20), (30, 30), (20, 40)], None), "bbx");
    assert_eq!(hidden(&[(1, 3), (0, 20)], None), "hh", "where nothing else is left, a bound goes, too");
}

#[test]
fn bars_of_a_class_are_for_its_team() {
    let (privacy, project) = (privacy(), project());
    let mut judged = judged(&project);
    let [before, now] = PERIODS.map(|key| project.calendar.by_key(key).expect("a period"));
    judged.parts = Parts::Bands(vec![Band::Below, Band::At]);
    let bar = |period, counts| Distribution { period, measure: MeasureId(0), counts };
    judged.distributions = vec![bar(before, vec![30, 30]), bar(now, vec![24, 36])];
    let of = |judged: &Judged, audience: Audience, taken: Option<PeriodId>| {
        let bars = Rule::new(&privacy, audience).bars(judged, |period| Some(period) == taken);
        bars.into_iter().map(|bar| bar.of).collect::<Vec<_>>()
    };
    assert_eq!(of(&judged, Audience::Staff, None), [Some(60), Some(60)]);
    assert_eq!(of(&judged, Audience::Staff, Some(before)), [None, Some(60)]);
    judged.points[1].all.one_class = true;
    assert_eq!(of(&judged, Audience::Staff, None), [Some(60), None]);
    assert_eq!(of(&judged, Audience::Plc, None), [Some(60), Some(60)]);
    assert_eq!(of(&judged, Audience::Plc, Some(now)), [Some(60), None]);
}

#[test]
fn a_part_of_a_bar_may_be_empty_where_many_are_counted() {
    let privacy = privacy();
    let rule = Rule::new(&privacy, Audience::Staff);
    let parts = Parts::Bands(vec![Band::Below, Band::Approaching, Band::At]);
    let whole = |counts: [u32; 3]| {
        let distribution = Distribution { period: PeriodId(0), measure: MeasureId(0), counts: counts.into() };
        matches!(rule.bar(&distribution, &parts, false).parts, BarParts::All(_))
    };
    assert!(whole([5, 10, 10]) && !whole([4, 10, 10]), "five are no small part");
    assert!(whole([0, 10, 10]) && !whole([0, 9, 10]), "nobody, of four times the minimum and more");
    let least = Distribution { period: PeriodId(0), measure: MeasureId(0), counts: vec![2, 0, 3] };
    let bar = rule.bar(&least, &parts, false);
    assert_eq!((bar.of, bar.parts), (Some(5), BarParts::Two(0.6, Bound::Exact)));
}

#[test]
fn what_staff_said_is_told_as_any_share_and_not_to_the_public() {
    let (privacy, project) = (privacy(), project());
    let mut judged = judged(&project);
    let [first, last] = PERIODS.map(|key| project.calendar.by_key(key).expect("a period"));
    let belief = |surveys: &[(PeriodId, u32, u32)]| Belief { measure: MeasureId(0), surveys: surveys.into() };
    judged.beliefs = vec![belief(&[(first, 12, 30), (first, 1, 30), (last, 2, 4)]), belief(&[(last, 10, 20)])];
    judged.asked = BTreeMap::from([(first, 40), (last, 20)]);
    let told = |audience: Audience| {
        let beliefs = Rule::new(&privacy, audience).beliefs(&judged);
        let survey = |survey: &SurveyFigure| (survey.figure.value(), survey.response);
        beliefs.iter().map(|belief| belief.surveys.iter().map(survey).collect()).collect::<Vec<Vec<_>>>()
    };
    assert_eq!(
        told(Audience::Staff),
        [vec![(Some(0.4), Some(0.75)), (None, None)], vec![(Some(0.5), Some(1.0))]],
        "the first and the last; of four nothing, nor how many they are of"
    );
    assert_eq!(told(Audience::ParentCouncil), Vec::<Vec<_>>::new());
    // More answered than were asked: nobody knows how many were.
    judged.asked.insert(last, 19);
    let one = Rule::new(&privacy, Audience::Staff).beliefs(&judged);
    assert_eq!(one[1].surveys[0].response, None);
}

#[test]
fn figures_are_rounded_as_they_are_printed() {
    assert_eq!([0.745, 0.744, 0.0, 1.0].map(|share| rounded(&Unit::Share, share)), [0.75, 0.74, 0.0, 1.0]);
    let steps = Unit::Steps("levels".into());
    assert_eq!([1.25, 1.24, -0.5, 3.0].map(|value| rounded(&steps, value)), [1.3, 1.2, -0.5, 3.0]);
    let privacy = privacy();
    let rule = Rule::new(&privacy, Audience::Staff);
    assert_eq!(
        [1, 4, 5, 40].map(|n| rule.count(n)),
        [Count::Fewer(5), Count::Fewer(5), Count::Exactly(5), Count::Exactly(40)]
    );
}
