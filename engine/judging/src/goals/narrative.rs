//! A goal without a number: dated judgements on a rubric.
//!
//! The last judgement by the deadline decides.

use jiff::civil::Date;

use termwise_config::goals::Narrative;
use termwise_config::{Goal, PeriodId, Project};

use super::smart;
use super::verdict::{Early, Verdict};
use super::{Judged, closes};

/// Judges a narrative goal by its latest judgement up to the period's closing day, or up to the deadline once that
/// has passed.
pub fn judge_narrative<'a>(
    project: &Project,
    (goal, narrative): (&'a Goal, &Narrative),
    (now, day): (PeriodId, Date),
) -> Judged<'a> {
    let mut term = super::term(project, goal, now, day);
    // A report about an earlier period does not know how it ends.
    let after = closes(project, now);
    if term.ended && term.at > now && narrative.judgements.iter().any(|j| j.on > after && j.on <= term.deadline) {
        term = super::open(project, goal, now, day);
    }
    let mut judged = Judged::blank(project, goal, &term);
    let closes = closes(project, term.at);
    let on = if term.ended { term.deadline } else { closes.min(term.deadline) };
    judged.judgement = narrative.judgements.iter().rposition(|judgement| judgement.on <= on);
    let level = judged.judgement.map(|place| narrative.judgements[place].level);
    let passed = term.ended || closes >= term.deadline;
    judged.verdict = verdict(narrative, level, term.at, passed);
    judged.smart = smart::check_narrative(project, &judged, narrative);
    judged
}

fn verdict(narrative: &Narrative, level: Option<usize>, now: PeriodId, passed: bool) -> Verdict {
    match level {
        Some(level) if level >= narrative.target => Verdict::TargetMet,
        _ if passed => Verdict::TargetNotMet,
        Some(level) => match narrative.interim.iter().rev().find(|(period, _)| *period <= now) {
            None => Verdict::TooEarly(Early::NothingYet),
            Some((_, expected)) if level >= *expected => Verdict::OnTrack,
            Some((_, expected)) if level + 1 == *expected => Verdict::Watch,
            Some(_) => Verdict::Behind,
        },
        None => Verdict::TooEarly(Early::NothingYet),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use termwise_config::goals::Population;

    use super::*;

    #[test]
    fn levels_are_held_against_those_on_the_way() {
        let narrative = Narrative {
            population: Population::default(),
            deadline: date(2026, 6, 26),
            rubric: ["none", "some", "many", "all"].map(str::to_owned).to_vec(),
            target: 3,
            interim: vec![(PeriodId(1), 1), (PeriodId(2), 2)],
            judgements: Vec::new(),
        };
        let judged = |level, now, passed| verdict(&narrative, level, PeriodId(now), passed);
        assert_eq!(judged(Some(3), 0, false), Verdict::TargetMet);
        assert_eq!(judged(Some(2), 3, true), Verdict::TargetNotMet);
        assert_eq!(judged(None, 2, false), Verdict::TooEarly(Early::NothingYet));
        assert_eq!(judged(Some(0), 0, false), Verdict::TooEarly(Early::NothingYet));
        assert_eq!(judged(Some(1), 1, false), Verdict::OnTrack);
        assert_eq!(judged(Some(1), 2, false), Verdict::Watch);
        assert_eq!(judged(Some(0), 2, false), Verdict::Behind);
    }
}
