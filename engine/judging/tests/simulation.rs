//! The method of docs/decide.md, checked against thousands of drawn schools, always the same ones.
//!
//! Under “nothing changed” a goal must not be called met or on track more often than was stated; under
//! “all goes to plan” it must not be called behind more often; and the chance to see a target met must be
//! the one stated. The table in the document is the one made here.

use jiff::civil::date;

use termwise_base::drawn::SplitMix64;
use termwise_config::goals::{Aim, Baseline};
use termwise_config::{Judging, PeriodId};
use termwise_judging::goals::chance::{self, From};
use termwise_judging::goals::decide::{Plan, false_behind};
use termwise_judging::goals::panel::Series;
use termwise_judging::goals::verdict::{Held, verdict};
use termwise_judging::goals::{Found, Point, Verdict, Way};

/// Schools drawn for each line of the table.
const SCHOOLS: u32 = 4_000;

/// Draws students.
struct Draw(SplitMix64);

impl Draw {
    /// How many of so many students are at level.
    fn students(&mut self, of: u32, share: f64) -> u32 {
        (0..of).filter(|_| self.0.unit() < share).count() as u32
    }
}

/// What the engine says of a school at a part of the way from start to deadline.
fn judged(from: From, start: f64, target: f64, (met, of): (u32, u32), part: f64) -> Verdict {
    let judging = Judging::default();
    let aim = Aim {
        baseline: Baseline::Value { value: start, on: date(2025, 6, 27) },
        target,
        deadline: date(2026, 6, 26),
        interim: vec![],
    };
    let found = Found { met: Some(met), of, population: of, ..Found::default() };
    let point = Point::plain(PeriodId(1), date(2026, 3, 13), found);
    let expected = start + part * (target - start);
    let held = Held {
        judging: &judging,
        aim: &aim,
        way: Way::Up,
        on: if part < 1.0 { date(2026, 3, 13) } else { date(2026, 6, 26) },
        point: Some(&point),
        is_start: false,
        ended: false,
        anybody: true,
        opens: false,
        unlike: false,
        expected: Some(expected),
        asked_so_far: expected - start,
        tolerance: judging.tolerance_points.max(judging.tolerance_students / f64::from(of)),
        chance: Some(chance::if_nothing_changed((met, of), from, Way::Up)),
        series: &Series::default(),
    };
    verdict(&held).0
}

/// Three standard errors of a frequency among so many draws.
fn margin(share: f64) -> f64 {
    3.0 * (share.max(0.002) * (1.0 - share) / f64::from(SCHOOLS)).sqrt()
}

/// One line of the table.
struct Line {
    students: u32,
    share: f64,
    /// Met or on track though nothing changed: seen and stated.
    false_good: (f64, f64),
    /// Behind though all goes to plan: seen and stated.
    false_behind: (f64, f64),
    /// Met when the share behind the results has reached the target: seen and stated.
    power: (f64, f64),
}

fn simulate(students: u32, share: f64, change: f64, draw: &mut Draw) -> Line {
    let judging = Judging::default();
    let part = 0.7;
    let mut sums = [0.0; 6];
    for _ in 0..SCHOOLS {
        let before = draw.students(students, share);
        let start = f64::from(before) / f64::from(students);
        let target = (start + change).min(1.0);
        let plan = Plan { way: Way::Up, start, target, from: From::Counted(before, students) };
        let now = (draw.students(students, share), students);
        let good = matches!(judged(plan.from, start, target, now, part), Verdict::TargetMet | Verdict::OnTrack);
        sums[0] += f64::from(u8::from(good));
        sums[1] += plan.false_met(students).max(judging.false_on_track);
        // All goes to plan: the share behind the results stands on the line.
        let line = start + part * (target - start);
        let on_plan = (draw.students(students, line), students);
        sums[2] += f64::from(u8::from(judged(plan.from, start, target, on_plan, part) == Verdict::Behind));
        let tolerance = judging.tolerance_points.max(judging.tolerance_students / f64::from(students));
        sums[3] += false_behind(Way::Up, line, judging.watch_tolerances * tolerance, students);
        let reached = (draw.students(students, target), students);
        sums[4] += f64::from(u8::from(judged(plan.from, start, target, reached, 1.0) == Verdict::TargetMet));
        sums[5] += plan.power(students);
    }
    let [a, b, c, d, e, f] = sums.map(|sum| sum / f64::from(SCHOOLS));
    Line { students, share, false_good: (a, b), false_behind: (c, d), power: (e, f) }
}

#[test]
fn false_verdicts_stay_under_the_stated_rates() {
    let mut draw = Draw(SplitMix64(20_260_313));
    let mut table = String::new();
    for students in [8, 20, 36, 72, 150, 360] {
        for share in [0.40, 0.60, 0.75] {
            for change in [0.05, 0.10, 0.15] {
                let line = simulate(students, share, change, &mut draw);
                let Line { false_good, false_behind, power, .. } = line;
                let what = format!("{students} students, {share}, {change}");
                assert!(false_good.0 <= false_good.1 + margin(false_good.1), "{what}: good {false_good:?}");
                assert!((false_behind.0 - false_behind.1).abs() <= margin(false_behind.1), "{what}: {false_behind:?}");
                assert!((power.0 - power.1).abs() <= margin(power.1), "{what}: power {power:?}");
                if change == 0.10 {
                    table.push_str(&row(&line));
                }
            }
        }
    }
    let document = std::fs::read_to_string("../../docs/decide.md").expect("the document");
    assert!(document.contains(&table), "docs/decide.md should have this table:\n{table}");
}

fn row(line: &Line) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let pair = |(seen, stated): (f64, f64)| format!("{} ({})", percent(seen), percent(stated));
    format!(
        "| {} | {} | {} | {} | {} |\n",
        line.students,
        percent(line.share),
        pair(line.false_good),
        pair(line.false_behind),
        pair(line.power)
    )
}

/// The same with a start that was stated and not counted.
#[test]
fn a_stated_start_keeps_the_rate_as_well() {
    let mut draw = Draw(SplitMix64(7));
    for students in [12, 40, 120] {
        for share in [0.45, 0.70] {
            let target = share + 0.12;
            let plan = Plan { way: Way::Up, start: share, target, from: From::Stated(share) };
            let mut good = 0.0;
            for _ in 0..SCHOOLS {
                let now = (draw.students(students, share), students);
                let found = judged(plan.from, share, target, now, 0.7);
                good += f64::from(u8::from(matches!(found, Verdict::TargetMet | Verdict::OnTrack)));
            }
            let (seen, stated) = (good / f64::from(SCHOOLS), plan.false_met(students).max(0.2));
            assert!(seen <= stated + margin(stated), "{students} students, {share}: {seen} above {stated}");
        }
    }
}
