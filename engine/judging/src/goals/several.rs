//! A goal with several measures: each is judged by itself, and a rule says how many must be reached.

use jiff::civil::Date;

use termwise_config::{Goal, PeriodId, Project};

use super::smart::Smart;
use super::verdict::{Lack, Verdict};
use super::{Judged, Term};

/// Puts the verdicts of a goal's parts together.
///
/// With the verdicts from best to worst, “k of m” gives the k-th; “all” is m of m and “any” is one of m. A
/// part without a verdict may turn out as anything: where that would make a difference, nobody knows.
pub fn judge_several<'a>(
    project: &Project,
    goal: &'a Goal,
    (at_least, parts): (u32, Vec<Judged<'a>>),
    (now, day): (PeriodId, Date),
) -> Judged<'a> {
    let open = super::open(project, goal, now, day);
    let ended = parts.iter().all(|part| part.ended);
    let term = if ended { super::term(project, goal, now, day) } else { open };
    let at = parts.iter().map(|part| part.now).max().filter(|_| ended).unwrap_or(now);
    let mut judged = Judged::blank(project, goal, &Term { at, ..term });
    let verdicts: Vec<&Verdict> = parts.iter().map(|part| &part.verdict).collect();
    judged.verdict = together(&verdicts, at_least as usize);
    judged.smart = Smart::together(&parts.iter().map(|part| &part.smart).collect::<Vec<_>>());
    judged.several = parts;
    judged
}

fn together(verdicts: &[&Verdict], at_least: usize) -> Verdict {
    let kth = |unknown: &Verdict| {
        let mut ordered: Vec<&Verdict> =
            verdicts.iter().map(|v| if v.rank().is_some() { *v } else { unknown }).collect();
        ordered.sort_by_key(|verdict| std::cmp::Reverse(verdict.rank()));
        ordered.get(at_least.saturating_sub(1)).map(|verdict| (*verdict).clone())
    };
    let (worst, best) = (kth(&Verdict::TargetNotMet), kth(&Verdict::TargetMet));
    match (worst, best) {
        (Some(worst), Some(best)) if worst.rank() == best.rank() => worst,
        _ => Verdict::NotEnoughData(Lack::Part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_any_and_k_of_m_follow_the_order() {
        use Verdict::{Behind, OnTrack, TargetMet, Watch};
        let three = [&OnTrack, &TargetMet, &Watch];
        assert_eq!(together(&three, 3), Watch);
        assert_eq!(together(&three, 2), OnTrack);
        assert_eq!(together(&three, 1), TargetMet);
        let unknown = Verdict::NotEnoughData(Lack::NoReadings);
        // Whatever the unknown part is, one is met, and all cannot be better than behind …
        assert_eq!(together(&[&TargetMet, &unknown], 1), TargetMet);
        assert_eq!(together(&[&TargetMet, &unknown], 2), Verdict::NotEnoughData(Lack::Part));
        assert_eq!(together(&[&Verdict::TargetNotMet, &unknown], 2), Verdict::TargetNotMet);
        // … but it could be worse.
        assert_eq!(together(&[&Behind, &unknown], 2), Verdict::NotEnoughData(Lack::Part));
    }
}
