//! Days that do not go together: start, targets on the way, deadline, amendments, reporting periods.

use jiff::ToSpan;
use jiff::civil::Date;

use termwise_base::problem::Problem;

use super::super::goals::{Aim, Baseline, Counting, Goal, Plan};
use super::super::{Calendar, Period, PeriodId};
use super::{Findings, Setting, Stage, named, start};

/// A deadline so many days after the last configured period is one of a year that is not configured yet; one
/// that is nearer belongs to that period.
const BEYOND: i64 = 42;

/// What is wrong with the days of a goal, or of its parts. With `containing`, a goal is decided by the reporting
/// period in which its deadline lies.
pub fn in_time(goal: &Goal, calendar: &Calendar, containing: bool) -> Vec<Problem> {
    if calendar.periods.is_empty() {
        return Vec::new();
    }
    let mut found = amendments(goal, calendar);
    if let Plan::Narrative(narrative) = &goal.plan {
        found.extend(Findings::new(goal).each_stage(|findings, stage| {
            decided(findings, stage, (calendar, containing), None);
            let interim: Vec<(PeriodId, bool)> =
                narrative.interim.iter().map(|(period, level)| (*period, *level == narrative.target)).collect();
            on_the_way(findings, stage, calendar, None, &interim);
        }));
        for (place, judgement) in narrative.judgements.iter().enumerate() {
            let deadline = goal.deadline(judgement.on);
            if judgement.on > deadline {
                let told = Problem::warning(format!(
                    "A judgement of {} comes after the deadline of the goal “{}”, so it decides nothing.",
                    judgement.on, goal.id
                ))
                .found(format!("deadline {deadline}"))
                .hint("Correct `on`, or take it into a new goal.");
                found.push(told.at(goal.places.at(&format!("judgement.{place}"))));
            }
        }
        return found;
    }
    for (part, plan) in goal.measured_parts() {
        if !std::ptr::eq(part, goal) {
            found.extend(amendments(part, calendar));
        }
        found.extend(Findings::new(part).each_stage(|findings, stage| {
            let Some(aim) = &stage.aim else { return };
            let start = start(&aim.baseline, calendar);
            begins_before_it_ends(findings, (stage, aim), calendar, start);
            if start < aim.deadline {
                decided(findings, stage, (calendar, containing), Some(start));
                grows(findings, (stage, aim), &plan.kind, (calendar, containing));
            }
            let target = aim.target;
            let interim: Vec<(PeriodId, bool)> =
                aim.interim.iter().map(|i| (i.period, (i.target - target).abs() < 1e-9)).collect();
            on_the_way(findings, stage, calendar, Some(start), &interim);
        }));
    }
    found
}

fn begins_before_it_ends(findings: &mut Findings, (stage, aim): (&Stage, &Aim), calendar: &Calendar, start: Date) {
    let deadline = aim.deadline;
    if start < deadline {
        return;
    }
    let id = &findings.goal.id;
    let same = match &aim.baseline {
        Baseline::Period(period) | Baseline::FirstFull(period) => calendar.period(*period).opens <= deadline,
        Baseline::Value { .. } => start == deadline,
    };
    let message = match (same, &aim.baseline) {
        (true, Baseline::Value { .. }) => format!("The goal “{id}” starts on the very day on which it ends."),
        (true, _) => format!("The goal “{id}” starts from the very reporting period in which it ends."),
        (false, _) => format!("The goal “{id}” starts after it has ended."),
    };
    let from = match &aim.baseline {
        Baseline::Value { on, .. } => on.to_string(),
        Baseline::Period(period) | Baseline::FirstFull(period) => named(calendar.period(*period)),
    };
    let problem = Problem::error(message)
        .found(format!("baseline of {from}, deadline {deadline}"))
        .expected("a baseline before the deadline")
        .hint("Correct the year or the period of `baseline`, or the day of `deadline`.");
    findings.tell(stage, &[&stage.baseline, &stage.deadline], problem);
}

/// Whether any reporting period could decide the goal.
fn decided(findings: &mut Findings, stage: &Stage, (calendar, containing): (&Calendar, bool), start: Option<Date>) {
    let (id, deadline) = (&findings.goal.id, stage.ends);
    let Some(last) = calendar.periods.last() else { return };
    let after = |period: &&Period| start.is_none_or(|start| period.closes > start);
    let any = calendar.deciding(deadline, containing).is_some_and(|period| after(&calendar.period(period)));
    if beyond(last, deadline) {
        let message =
            format!("The calendar ends before the deadline of the goal “{id}”: reporting periods are missing.");
        let problem = if any { Problem::note(message) } else { Problem::warning(message) };
        let problem = problem.found(format!("deadline {deadline}; the last reporting period is {}", named(last))).hint(
            "Add the [[year]] of the deadline with its reporting periods to termwise.toml, or correct `deadline`.",
        );
        findings.tell(stage, &[&stage.deadline], problem);
    } else if !any {
        let since = start.map_or(String::new(), |start| format!(" after its start on {start} and"));
        let next = calendar.periods.iter().filter(after).find(|period| period.closes > deadline);
        let mut problem = Problem::error(format!(
            "No reporting period closes{since} on or before the deadline of the goal “{id}”, so nothing could ever decide it."
        ))
        .found(format!("deadline {deadline}"));
        problem = match next {
            Some(next) => {
                problem.expected(format!("a deadline on or after {}, when {} closes", next.closes, next.key())).hint(
                    "Move the deadline to a day on which a reporting period has closed, or start from an earlier one.",
                )
            }
            None => problem.hint("Start from an earlier reporting period, or move the deadline."),
        };
        findings.tell(stage, &[&stage.deadline, &stage.baseline], problem);
    }
}

/// Whether anybody can have grown by the start, by the targets on the way and when the goal is decided.
fn grows(
    findings: &mut Findings,
    (stage, aim): (&Stage, &Aim),
    kind: &Counting,
    (calendar, containing): (&Calendar, bool),
) {
    let Some(from) = kind.since() else { return };
    let (id, deadline) = (findings.goal.id.clone(), aim.deadline);
    let later = "a later reporting period of the school year than the one from which growth is counted";
    if let Baseline::Period(start) = aim.baseline
        && before_growth(calendar, start, from)
    {
        let problem = Problem::error(format!(
            "The goal “{id}” starts before anybody can have grown: growth is counted from {from}."
        ))
        .found(format!("baseline of {}", named(calendar.period(start))))
        .expected(later)
        .hint("Correct the period of `baseline`, or state its `value`.");
        findings.tell(stage, &[&stage.baseline], problem);
    }
    for (place, interim) in aim.interim.iter().enumerate() {
        if before_growth(calendar, interim.period, from) {
            let problem = Problem::error(format!(
                "A target on the way to the goal “{id}” lies before anybody can have grown: growth is counted from {from}."
            ))
            .found(named(calendar.period(interim.period)))
            .expected(later)
            .hint("Correct the period, or take it out.");
            findings.tell(stage, &[&stage.interim.of(place)], problem);
        }
    }
    // While the year of the deadline is not configured whole, nobody knows which period decides.
    let reached = calendar.periods.last().is_some_and(|last| !beyond(last, deadline));
    let decides = calendar.deciding(deadline, containing).filter(|_| reached);
    let (early, decides) = match decides {
        Some(decides) if before_growth(calendar, decides, from) => (Some(decides), None),
        decides => (None, decides),
    };
    gains(findings, stage, (kind, calendar), decides.map(|decides| calendar.period(decides)));
    if let Some(decides) = early {
        let problem = Problem::error(format!(
            "The goal “{id}” is decided before anybody can have grown: growth is counted from {from}."
        ))
        .found(format!("deadline {deadline}, decided by {}", named(calendar.period(decides))))
        .expected(format!("a deadline on or after the closing day of {later}"))
        .hint("Correct `deadline`, or `from`.");
        findings.tell(stage, &[&stage.deadline], problem);
    }
}

/// Whether the gains that are asked for are of periods in which anybody can have grown, and one is asked for when the
/// goal is decided, where that is known.
fn gains(findings: &mut Findings, stage: &Stage, (kind, calendar): (&Counting, &Calendar), decides: Option<&Period>) {
    let Counting::MatchedGrowth { from, gain } = kind else { return };
    let id = findings.goal.id.clone();
    let setting = Setting::first("growth");
    let mut told = Vec::new();
    for key in gain.keys().filter(|key| *key != "*") {
        let known = calendar.periods.iter().position(|period| period.id == *key);
        if known.is_some_and(|place| before_growth(calendar, PeriodId(place), from)) {
            told.push(
                Problem::error(format!("The goal “{id}” asks for a gain in {key}, and growth is counted from {from}."))
                    .expected("gains for periods after the one from which growth is counted")
                    .hint("Correct the period of the gain, or `from`."),
            );
        }
    }
    if let Some(decides) = decides.filter(|decides| kind.gain(&decides.id).is_none()) {
        told.push(
            Problem::error(format!("The goal “{id}” asks for no gain in {}, which decides it.", decides.id))
                .found(format!("deadline {}, decided by {}", stage.ends, named(decides)))
                .expected(format!("a gain for {}, as in `gain = {{ {} = 4 }}`", decides.id, decides.id))
                .hint("Say how much growth is asked for by then, or correct `deadline`."),
        );
    }
    for problem in told {
        findings.tell(stage, &[&setting], problem);
    }
}

/// Whether a period is the one from which growth is counted, or an earlier one of the year. The order of a year
/// that has not all its periods yet is that of the other years.
fn before_growth(calendar: &Calendar, period: PeriodId, from: &str) -> bool {
    let period = calendar.period(period);
    let opens = calendar.periods.iter().filter(|opens| opens.id == from);
    let mut in_years =
        opens.filter_map(|opens| Some((calendar.by_key(&format!("{}/{}", opens.year, period.id))?, opens)));
    period.id == from || in_years.any(|(same, opens)| calendar.period(same).closes <= opens.closes)
}

/// Whether a deadline lies so far after the last configured period that others are missing before it.
fn beyond(last: &Period, deadline: Date) -> bool {
    last.closes.checked_add(BEYOND.days()).is_ok_and(|far| deadline > far)
}

/// Targets on the way by period, each with whether it equals the target itself.
fn on_the_way(
    findings: &mut Findings,
    stage: &Stage,
    calendar: &Calendar,
    start: Option<Date>,
    interim: &[(PeriodId, bool)],
) {
    let (id, deadline) = (findings.goal.id.clone(), stage.ends);
    for (place, (period, reached)) in interim.iter().enumerate() {
        let period = calendar.period(*period);
        let setting = stage.interim.of(place);
        let own = "Give the amendment its own `interim`, or take this target on the way out.";
        if let Some(start) = start.filter(|start| period.closes <= *start) {
            let message =
                format!("A target on the way to the goal “{id}” is not after its start, so the line passes it by.");
            // What was on the way before a new start was agreed on is over.
            let over = stage.baseline.rank > setting.rank;
            let problem = if over { Problem::warning(message) } else { Problem::error(message) };
            let problem = problem
                .found(format!("{}, start {start}", named(period)))
                .expected("a period that closes between start and deadline")
                .hint(if over { own } else { "Correct the year or the period, or take it out." });
            findings.tell(stage, &[&setting], problem);
        }
        if period.closes >= deadline {
            let on_the_day = period.closes == deadline;
            let message = match (on_the_day, reached) {
                (true, true) => format!("The last target on the way to the goal “{id}” is the target itself."),
                (true, false) => format!("The goal “{id}” has two targets for its last day."),
                (false, _) => format!("A target on the way to the goal “{id}” comes after its deadline."),
            };
            let problem = if on_the_day && *reached { Problem::warning(message) } else { Problem::error(message) };
            let newer = stage.deadline.rank > setting.rank;
            let problem = problem
                .found(format!("{}, deadline {deadline}", named(period)))
                .expected("a period that closes between start and deadline")
                .hint(if newer { own } else { "Take it out; `target` and `deadline` say where the goal ends." });
            findings.tell(stage, &[&setting], problem);
        }
        if place > 0 && interim[place - 1].0 == interim[place].0 {
            let problem = Problem::error(format!("The goal “{id}” has two targets for one reporting period."))
                .found(period.key())
                .expected("one target on the way for each period")
                .hint("Keep one of the two, or correct the period of the other.");
            findings.tell(stage, &[&setting], problem);
        }
    }
}

/// Amendments whose day or contents cannot be.
fn amendments(goal: &Goal, calendar: &Calendar) -> Vec<Problem> {
    let mut findings = Findings::new(goal);
    let (mut aim, mut ends) = (goal.measured().map(|plan| plan.aims.first.clone()), goal.first_deadline());
    let mut put_off = goal.put_off().iter().peekable();
    for (place, amendment) in goal.amendments.iter().enumerate() {
        let (on, name) = (amendment.on, format!("amendment.{place}"));
        while let Some((day, deadline)) = put_off.next_if(|(day, _)| *day <= on) {
            if *day <= ends {
                ends = *deadline;
            }
        }
        if on > ends {
            // It contradicts nothing that is printed, because it is ignored.
            let problem = Problem::warning(format!(
                "An amendment of the goal “{}” comes after its deadline, when it had ended: it changes nothing.",
                goal.id
            ))
            .found(format!("amendment of {on}, deadline {ends}"))
            .expected("a day up to the deadline that was in force")
            .hint("Correct `on`; what was agreed after the end is a new goal.");
            findings.at(&name, problem);
            continue;
        }
        if let Some(aim) = &aim {
            let before = start(&aim.baseline, calendar);
            if on < before {
                let problem =
                    Problem::warning(format!("An amendment of the goal “{}” comes before its start.", goal.id))
                        .found(format!("amendment of {on}, start {before}"))
                        .hint("Correct the year of `on`, or the baseline.");
                findings.at(&name, problem);
            }
        } else if amendment.target.is_some() || amendment.baseline.is_some() || amendment.interim.is_some() {
            let problem = Problem::error(format!("The goal “{}” has no number of its own to amend.", goal.id))
                .expected("`deadline`, `statement` or `title`")
                .hint("Write what is new below the [[goal.part]] that it is about, as [[goal.part.amendment]].");
            findings.at(&name, problem);
        }
        if let Some(deadline) = amendment.deadline.filter(|deadline| *deadline < on) {
            let problem = Problem::error(format!(
                "An amendment of the goal “{}” sets a deadline that had passed when it was agreed.",
                goal.id
            ))
            .found(format!("amendment of {on}, deadline {deadline}"))
            .hint("Correct the year of `deadline` or of `on`.");
            findings.at(&format!("{name}.deadline"), problem);
        }
        let twice = goal.amendments[..place].iter().any(|other| {
            other.on == on
                && ((other.target.is_some() && amendment.target.is_some())
                    || (other.deadline.is_some() && amendment.deadline.is_some())
                    || (other.baseline.is_some() && amendment.baseline.is_some())
                    || (other.interim.is_some() && amendment.interim.is_some())
                    || (other.statement.is_some() && amendment.statement.is_some())
                    || (other.title.is_some() && amendment.title.is_some()))
        });
        if twice {
            let problem = Problem::error(format!(
                "Two amendments of the goal “{}” change the same on one day, so nobody can say which holds.",
                goal.id
            ))
            .found(format!("two amendments of {on}"))
            .hint("Put what was agreed on that day into one amendment.");
            findings.at(&name, problem);
        }
        aim.iter_mut().for_each(|aim| amendment.change(aim));
        ends = amendment.deadline.unwrap_or(ends);
    }
    findings.done()
}
