//! Numbers and levels that do not go together: start, targets on the way, target.

use jiff::civil::Date;

use termwise_base::problem::Problem;

use super::super::Calendar;
use super::super::goals::{Aim, Baseline, Goal, Plan, Way};
use super::{Findings, Setting, Stage};

/// Binary rounding.
const ROUNDING: f64 = 1e-9;

/// What a goal's numbers are.
#[derive(Debug, Clone, PartialEq)]
pub enum Counted {
    /// A part of the students, 0–1.
    Share,
    /// The distance between two shares.
    Difference {
        /// Whether it is one between two groups, of which only the size matters.
        gap: bool,
    },
    /// Levels or points; lowest and highest, where they are known.
    Steps(Option<(f64, f64)>),
}

impl Counted {
    /// A number as a person would write it.
    pub fn shown(&self, value: f64) -> String {
        let plain = |value: f64| {
            let rounded = (value * 100.0).round() / 100.0;
            format!("{rounded}")
        };
        match self {
            Self::Share => format!("{} %", plain(value * 100.0)),
            Self::Difference { .. } => format!("{} points", plain(value * 100.0)),
            Self::Steps(_) => plain(value),
        }
    }

    /// Lowest and highest number that there can be.
    fn range(&self) -> Option<(f64, f64)> {
        match self {
            Self::Share => Some((0.0, 1.0)),
            Self::Difference { .. } => Some((-1.0, 1.0)),
            Self::Steps(range) => *range,
        }
    }
}

/// Where a goal starts, as it was worked out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// The day.
    pub on: Date,
    /// The figure in the unit of the goal's output (shares are 0–1).
    pub value: f64,
    /// Whether it may be printed.
    pub shown: bool,
    /// Whether it stands in the file: only then does the goal contradict itself. What is worked out from
    /// results may be corrected.
    pub stated: bool,
}

impl Start {
    /// The problem that a number is on the wrong side of it.
    fn problem(self, message: String) -> Problem {
        if self.stated { Problem::error(message) } else { Problem::warning(message) }
    }
}

/// What the goal's metric, and results, say of it.
pub struct Known<'a> {
    /// Which way is better.
    pub way: Way,
    /// What is counted.
    pub counted: Counted,
    /// Where a goal with this baseline starts, if that is worked out from results and known.
    pub start: &'a dyn Fn(&Baseline) -> Option<Start>,
}

/// What is wrong with the numbers of a goal or a part of one.
pub fn levels(goal: &Goal, calendar: &Calendar, known: &Known) -> Vec<Problem> {
    Findings::new(goal).each_stage(|findings, stage| {
        let Some(aim) = &stage.aim else { return };
        if outside(findings, stage, aim, &known.counted) {
            return;
        }
        let start = match &aim.baseline {
            Baseline::Value { value, on } => Some(Start { on: *on, value: *value, shown: true, stated: true }),
            other => (known.start)(other),
        };
        let line = Line { known, start, aim };
        if trivial(findings, stage, aim.target, known) || line.starts_there(findings, stage) {
            return;
        }
        line.on_the_way(findings, stage, calendar);
    })
}

/// Whether a number is one that there cannot be.
fn outside(findings: &mut Findings, stage: &Stage, aim: &Aim, counted: &Counted) -> bool {
    let Some((low, high)) = counted.range() else { return false };
    let what = match counted {
        Counted::Share => "A share",
        Counted::Difference { .. } => "A difference between shares",
        Counted::Steps(_) => "A figure on the measure's scale",
    };
    let hint = match counted {
        Counted::Share | Counted::Difference { .. } => "Write parts of 1: 75 % is 0.75, and 3 points are 0.03.",
        Counted::Steps(_) => "Write it in the unit of the measure's scale; measures.toml describes it.",
    };
    let mut any = false;
    // Of a gap only the size is aimed at; which group is ahead at the start is told by the sign.
    let least = if matches!(counted, Counted::Difference { gap: true }) { 0.0 } else { low };
    let mut look = |value: f64, low: f64, setting: &Setting, name: &str| {
        if value < low - ROUNDING || value > high + ROUNDING {
            any = true;
            let problem = Problem::error(format!("The {name} of the goal “{}” cannot be.", findings.goal.id))
                .found(format!("{value}"))
                .expected(format!("{what} lies between {low} and {high}"))
                .hint(hint);
            findings.tell(stage, &[setting], problem);
        }
    };
    look(aim.target, least, &stage.target, "target");
    if let Baseline::Value { value, .. } = &aim.baseline {
        look(*value, low, &stage.baseline, "baseline");
    }
    for (place, interim) in aim.interim.iter().enumerate() {
        look(interim.target, least, &target_of(&stage.interim, place), "target on the way");
    }
    any
}

/// The setting of the number of one target on the way.
fn target_of(interim: &Setting, place: usize) -> Setting {
    let one = interim.of(place);
    Setting { name: format!("{}.target", one.name), rank: one.rank }
}

/// A target that every result reaches.
fn trivial(findings: &mut Findings, stage: &Stage, target: f64, known: &Known) -> bool {
    let always = match (&known.counted, known.way) {
        (Counted::Share, Way::Up) => target <= ROUNDING,
        (Counted::Share | Counted::Difference { .. }, Way::Down) => target >= 1.0 - ROUNDING,
        _ => false,
    };
    if always {
        let problem =
            Problem::error(format!("The target of the goal “{}” is one that every result reaches.", findings.goal.id))
                .found(format!("at {} {}", side(known.way), known.counted.shown(target)))
                .expected("a target that some results do not reach")
                .hint("Write what was agreed on as `target`: 75 % is 0.75.");
        findings.tell(stage, &[&stage.target], problem);
    }
    always
}

fn side(way: Way) -> &'static str {
    match way {
        Way::Up => "least",
        Way::Down => "most",
    }
}

/// From start to target.
struct Line<'a> {
    known: &'a Known<'a>,
    start: Option<Start>,
    aim: &'a Aim,
}

impl Line<'_> {
    /// How much better one number is than another; of a gap only the size counts.
    fn better(&self, than: f64, value: f64) -> f64 {
        let size = |value: f64| match self.known.counted {
            Counted::Difference { gap: true } => value.abs(),
            _ => value,
        };
        let by = size(value) - size(than);
        match self.known.way {
            Way::Up => by,
            Way::Down => -by,
        }
    }

    /// Whether the goal is at its target when it starts, or beyond it.
    fn starts_there(&self, findings: &mut Findings, stage: &Stage) -> bool {
        let Some(start) = self.start else { return false };
        let by = self.better(start.value, self.aim.target);
        if by > ROUNDING {
            return false;
        }
        let (id, shown) = (&findings.goal.id, |value| self.known.counted.shown(value));
        let from = if start.shown { format!("start {} on", shown(start.value)) } else { "start on".to_owned() };
        let higher = match self.known.way {
            Way::Up => "above",
            Way::Down => "below",
        };
        let problem = if by > -ROUNDING {
            Problem::warning(format!("The goal “{id}” aims at where it starts."))
                .hint("If the figure is to be held, the statement should say so; else correct `target` or `baseline`.")
        } else {
            start
                .problem(format!("The target of the goal “{id}” is on the wrong side of its start."))
                .hint("Correct `target` or `baseline`; where more is not better, the metric's `output` or `direction`.")
        };
        let problem = problem
            .found(format!("target {}, {from} {}", shown(self.aim.target), start.on))
            .expected(format!("a target {higher} the start"));
        findings.tell(stage, &[&stage.target, &stage.baseline], problem);
        by <= -ROUNDING
    }

    /// Targets on the way that do not lie between start and target, or that turn back.
    fn on_the_way(&self, findings: &mut Findings, stage: &Stage, calendar: &Calendar) {
        let shown = |value: f64| self.known.counted.shown(value);
        let deadline = self.aim.deadline;
        // Growth is counted over a time, and only figures over times as long can be compared.
        let windowed = findings.goal.kind().is_some_and(|kind| kind.since().is_some());
        let ends = calendar.deciding(deadline, false).map(|period| &calendar.period(period).id);
        let unlike = |period| windowed && ends != Some(&calendar.period(period).id);
        for (place, interim) in self.aim.interim.iter().enumerate().filter(|(_, i)| !unlike(i.period)) {
            let setting = target_of(&stage.interim, place);
            let period = calendar.period(interim.period);
            // What is not between start and deadline is told of its day.
            if period.closes >= deadline || self.start.is_some_and(|start| period.closes <= start.on) {
                continue;
            }
            let found = format!("{} for {}", shown(interim.target), period.key());
            let id = findings.goal.id.clone();
            if self.better(self.aim.target, interim.target) > ROUNDING {
                // What was asked for before an amendment and is over cannot be asked for otherwise.
                let over = stage.target.rank > setting.rank && stage.on.is_some_and(|on| period.closes <= on);
                let message = format!("A target on the way to the goal “{id}” asks for more than its target.");
                let problem = if over { Problem::warning(message) } else { Problem::error(message) };
                let hint = if stage.target.rank > setting.rank {
                    "Give the amendment its own `interim`."
                } else {
                    "Correct the number here, or `target`."
                };
                let problem = problem
                    .found(found.clone())
                    .expected(format!("no more than the target, {}", shown(self.aim.target)));
                findings.tell(stage, &[&setting, &stage.target], problem.hint(hint));
            }
            if let Some(start) = self.start.filter(|start| self.better(start.value, interim.target) < -ROUNDING) {
                let from = if start.shown { format!(", {}", shown(start.value)) } else { String::new() };
                let problem = start.problem(format!(
                    "A target on the way to the goal “{id}” is on the wrong side of its start: the line would lead away from the target."
                ))
                .found(found.clone())
                .expected(format!("no less than the start{from}"))
                .hint("Correct the number; a line through it would call a figure good that is worse than the start.");
                findings.tell(stage, &[&setting, &stage.baseline], problem);
            }
            let before = self.aim.interim[..place].iter().rev().find(|before| !unlike(before.period));
            if let Some(before) = before.filter(|before| {
                before.period != interim.period && self.better(before.target, interim.target) < -ROUNDING
            }) {
                let earlier = calendar.period(before.period).key();
                let problem = Problem::error(format!("The targets on the way to the goal “{id}” go back."))
                    .found(format!("{found} after {} for {earlier}", shown(before.target)))
                    .expected("each as near to the target as the one before, or nearer")
                    .hint("Correct the numbers or their periods.");
                findings.tell(stage, &[&setting], problem);
            }
        }
    }
}

/// A team's goal that every result reaches.
pub fn team(id: &str, target: f64) -> Option<Problem> {
    (target.abs() <= ROUNDING).then(|| {
        Problem::error(format!("The target of the team's goal “{id}” is one that every result reaches."))
            .found("at least 0 %")
            .expected("a target that some results do not reach")
            .hint("Write what was agreed on as `target`: 75 % is 0.75.")
    })
}

/// What is wrong with the levels of a goal without a number.
pub fn narrative(goal: &Goal, calendar: &Calendar) -> Vec<Problem> {
    let Plan::Narrative(narrative) = &goal.plan else { return Vec::new() };
    let mut findings = Findings::new(goal);
    let (id, rubric) = (&goal.id, &narrative.rubric);
    let level = |place: usize| rubric.get(place).map_or("", String::as_str);
    if let Some(twice) = (1..rubric.len()).find(|place| rubric[..*place].contains(&rubric[*place])) {
        let problem = Problem::error(format!("The rubric of the goal “{id}” has one level twice."))
            .found(format!("“{}”", level(twice)))
            .hint("Give each level its own words, lowest first.");
        findings.at("rubric", problem);
    }
    if narrative.target == 0 {
        let problem =
            Problem::error(format!("The goal “{id}” aims at the lowest level, which every judgement reaches."))
                .found(format!("“{}”", level(0)))
                .expected("a level above the lowest; the rubric begins with the lowest")
                .hint("Correct `target-level`, or turn the rubric around.");
        findings.at("target-level", problem);
    }
    for (place, (period, on_the_way)) in narrative.interim.iter().enumerate() {
        let name = format!("interim.{place}.target");
        let found = format!("“{}” for {}", level(*on_the_way), calendar.period(*period).key());
        if *on_the_way > narrative.target {
            let problem = Problem::error(format!("A level on the way to the goal “{id}” is above its target."))
                .found(found.clone())
                .expected(format!("a level up to “{}”", level(narrative.target)))
                .hint("Correct it, or `target-level`.");
            findings.at(&name, problem);
        }
        let before = place.checked_sub(1).map(|before| narrative.interim[before]);
        if let Some((_, before)) = before.filter(|before| before.0 != *period && before.1 > *on_the_way) {
            let problem = Problem::error(format!("The levels on the way to the goal “{id}” go back."))
                .found(format!("{found} after “{}”", level(before)))
                .expected("each as high as the one before, or higher")
                .hint("Correct the levels or their periods.");
            findings.at(&name, problem);
        }
    }
    findings.done()
}
