//! Drawn counts: from everything printed, no hidden count can be had by one subtraction.

use std::path::Path;

use proptest::prelude::*;

use termwise_config::goals::Audience;
use termwise_config::load::load;
use termwise_config::{MeasureId, Project};
use termwise_judging::ask::Distribution;
use termwise_judging::goals::smart::{Letter, Smart};
use termwise_judging::goals::{self, Found, Point, Verdict};
use termwise_judging::moves::Moves;

use super::*;
use crate::clear;

const MINIMUM: u32 = 5;

/// Two goals about the same students.
const GOALS: [&str; 2] = ["sb-reading-48", "sb-problem-48"];

fn project() -> Project {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/prairie-crocus")).0.expect("the sample")
}

/// What is drawn for one goal: left out for two reasons; the same, the newly measured and the arrived; gone.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    left_out: [u32; 2],
    here: [u32; 3],
    gone: u32,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    // Small numbers are what matters.
    let few = || prop_oneof![3 => 0..6_u32, 1 => 5..30_u32];
    (few(), few(), 20..60_u32, few(), few(), few()).prop_map(|(a, b, same, newly, arrived, gone)| Drawn {
        left_out: [a, b],
        here: [same, newly, arrived],
        gone,
    })
}

fn judged<'a>(project: &'a Project, id: &str, drawn: Drawn, population: u32) -> Judged<'a> {
    let goal = project.goals.iter().find(|goal| goal.id == id).expect("a goal");
    let [before, now] = ["2025-26/P1", "2025-26/P2"].map(|key| project.calendar.by_key(key).expect("a period"));
    let mut judged = goals::judge_several(project, goal, (0, Vec::new()), (now, jiff::civil::date(2026, 3, 13)));
    let [same, newly_measured, arrived] = drawn.here;
    let of = same + newly_measured + arrived;
    let point = |period, of: u32, left_out| {
        let found = Found { met: Some(of / 2), of, population, left_out, ..Found::default() };
        Point::plain(period, project.calendar.period(period).closes, found)
    };
    let [a, b] = drawn.left_out;
    let left_out = vec![("missing".to_owned(), a), ("excluded".to_owned(), b)];
    judged.points = vec![point(before, same + drawn.gone, Vec::new()), point(now, of, left_out)];
    judged.verdict = Verdict::Behind;
    judged.moves = Some(Moves {
        since: before,
        same,
        newly_measured,
        arrived,
        no_longer_measured: drawn.gone,
        left: 0,
        stood: None,
    });
    judged.distributions = vec![Distribution { period: now, measure: MeasureId(0), counts: vec![of / 2, of - of / 2] }];
    judged.smart = Smart {
        letters: vec![
            Letter { letter: 'S', facts: vec![Fact::Population(population)] },
            Letter { letter: 'M', facts: vec![Fact::Readings { of, population, enough: true }] },
        ],
    };
    judged
}

/// Every number of people that is printed of a goal: how many belong, and the others.
fn printed(figures: &GoalFigures) -> (Vec<u32>, Vec<u32>) {
    let (mut belong, mut others) = (Vec::new(), Vec::new());
    for fact in figures.smart.iter().flat_map(|letter| &letter.facts) {
        match fact {
            Fact::Population(n) => belong.push(*n),
            Fact::Readings { of, population, .. } => {
                belong.push(*population);
                others.push(*of);
            }
            _ => {}
        }
    }
    let exact = |count: &Count| if let Count::Exactly(n @ 1..) = count { Some(*n) } else { None };
    others.extend(figures.left_out.iter().filter_map(|(_, count)| exact(count)));
    others.extend(figures.bars.iter().filter_map(|bar| bar.of));
    if let Figure::Shown { of, .. } = figures.now {
        others.push(of);
    }
    if let Some(Kin::Both { same, newly_measured, arrived }) = figures.people.map(|people| people.kin) {
        // Together they are those who are counted; one less another is nothing.
        others.push([same, newly_measured, arrived].iter().filter_map(exact).sum());
    }
    (belong, others.into_iter().filter(|n| *n > 0).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_hidden_count_can_be_had_by_one_subtraction(one in drawn(), two in drawn(), more in 0..12_u32) {
        let project = project();
        let counted = |drawn: Drawn| drawn.here.iter().sum::<u32>() + drawn.left_out.iter().sum::<u32>();
        // Everybody who belongs is counted in one of the ways, but for those for whom there is no line.
        let population = counted(one).max(counted(two)) + more;
        let all = [judged(&project, GOALS[0], one, population), judged(&project, GOALS[1], two, population)];
        let mine: Vec<(usize, &Judged)> = all.iter().enumerate().collect();
        for audience in [Audience::Staff, Audience::Plc, Audience::Leadership] {
            let cleared = clear(&project.privacy, audience, &mine);
            let everybody: Vec<u32> = cleared.iter().flat_map(|figures| printed(figures).0).collect();
            for (figures, drawn) in cleared.iter().zip([one, two]) {
                let (_, others) = printed(figures);
                let of = drawn.here.iter().sum::<u32>();
                let small = |n: &u32| (1..MINIMUM).contains(n);
                let hidden: Vec<u32> = drawn.left_out.into_iter().chain([population - of]).filter(small).collect();
                for (a, b) in everybody.iter().chain(&others).flat_map(|a| others.iter().map(move |b| (*a, *b))) {
                    let difference = a.abs_diff(b);
                    // ToldCounts in numbers is not hidden; nothing small is.
                    prop_assert!(!hidden.contains(&difference), "{a} − {b} of {figures:?} gives one of {hidden:?}");
                }
                // Who was counted then, less who of them is now.
                if let (Some(people), Some((_, Figure::Shown { of: before, .. }))) = (figures.people, &figures.before) {
                    prop_assert!(same_told(&people).is_none_or(|same| !small(&(before - same))), "{people:?}");
                }
            }
            let list: Vec<(Crowd, &GoalFigures)> =
                cleared.iter().zip(&all).map(|(figures, judged)| (crowd(judged), figures)).collect();
            prop_assert_eq!(given_away(MINIMUM, &list), vec![]);
        }
    }
}

/// “Fewer than 5” beside 359 and 355, and “115 belong” beside “112 counted”.
#[test]
fn what_two_counts_give_is_not_told() {
    let project = project();
    let plain = |here: u32, a: u32, b: u32| Drawn { left_out: [a, b], here: [here, 0, 0], gone: 0 };
    let facts = |figures: &GoalFigures| figures.smart.iter().map(|letter| letter.facts.len()).sum::<usize>();
    let cleared = |drawn: [Drawn; 2], population: u32| {
        let all = [judged(&project, GOALS[0], drawn[0], population), judged(&project, GOALS[1], drawn[1], population)];
        let mine: Vec<(usize, &Judged)> = all.iter().enumerate().collect();
        clear(&project.privacy, Audience::Staff, &mine)
    };
    // 355 of 359 in one goal, all 359 in the other: the second would tell of the first.
    let found = cleared([plain(355, 4, 0), plain(359, 0, 0)], 359);
    assert_eq!(found[0].left_out, [("missing".to_owned(), Count::Untold)]);
    assert_eq!((facts(&found[0]), facts(&found[1])), (0, 0));
    // 112 counted; who belongs is not told, so “fewer than 5” may be.
    let found = cleared([plain(112, 3, 0), plain(112, 3, 0)], 115);
    assert_eq!(found[0].left_out, [("missing".to_owned(), Count::Fewer(5))]);
    assert_eq!(facts(&found[0]), 0);
    // Several reasons: 120 − 100 − 18 would be 2.
    let found = cleared([plain(100, 18, 2), plain(100, 18, 2)], 120);
    assert_eq!((found[0].left_out[0].1, found[0].left_out[1].1), (Count::Exactly(18), Count::Fewer(5)));
    assert_eq!(facts(&found[0]), 0);
    // Nothing small: everything is told.
    let found = cleared([plain(100, 12, 8), plain(100, 12, 8)], 120);
    assert_eq!(facts(&found[0]), 2);
}
