//! The rule panel: what the last point, points in a row, their median and their trend say of one line.
//!
//! Comes in: points since the goal's start, each with its distance to the line. Goes out: one word for
//! each rule that has enough points. With fewer there is no word, no trend and no forecast. (Rules about
//! single points are unreliable with few of them; median and trend rules do better: Christ, Van Norman.)

use termwise_config::Judging;

use super::ROUNDING;

/// A point as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Days since the first of them.
    pub day: f64,
    /// The figure in the goal's unit (shares are 0–1).
    pub value: f64,
    /// How far it is ahead of the line (below 0: on its wrong side), in the goal's unit.
    pub ahead: f64,
    /// How far from the line was still near it, in the goal's unit.
    pub tolerance: f64,
}

/// The points that the rules look at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// Points by time, the last one now.
    pub steps: Vec<Step>,
    /// The deadline, in days since the first of them.
    pub deadline: f64,
    /// The target, in the goal's unit.
    pub target: f64,
    /// 1 if more is better, −1 if less is.
    pub sign: f64,
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Farther from the line than the watch tolerances.
    Behind,
    /// Farther than the tolerance.
    Watch,
    /// Near the line or better.
    OnTrack,
}

impl Word {
    /// Its key in dictionaries.
    pub fn key(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Watch => "watch",
            Self::OnTrack => "on-track",
        }
    }
}

/// What every rule says; none where it has too few points, or nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Panel {
    /// The last point.
    pub latest: Option<Word>,
    /// Points in a row.
    pub consecutive: Option<Word>,
    /// The median of the last points.
    pub median: Option<Word>,
    /// The trend, carried on to the deadline.
    pub trend: Option<Word>,
    /// Points that the rules had.
    pub points: usize,
}

impl Panel {
    /// The words that were said.
    pub fn words(&self) -> impl Iterator<Item = Word> {
        [self.latest, self.consecutive, self.median, self.trend].into_iter().flatten()
    }

    /// Whether one rule says on track and another does not.
    pub fn disagrees(&self) -> bool {
        self.words().any(|word| word == Word::OnTrack) && self.words().any(|word| word != Word::OnTrack)
    }

    /// Whether any rule beside that about the last point had a word.
    pub fn has_several(&self) -> bool {
        self.words().count() > 1
    }
}

/// The word for a distance from the line.
pub fn word(judging: &Judging, ahead: f64, tolerance: f64) -> Word {
    if ahead >= -tolerance - ROUNDING {
        Word::OnTrack
    } else if ahead >= -judging.watch_tolerances * tolerance - ROUNDING {
        Word::Watch
    } else {
        Word::Behind
    }
}

/// Asks every rule that has enough points.
pub fn panel(judging: &Judging, latest: Word, series: &Series, tolerance: f64) -> Panel {
    let steps = &series.steps;
    let last = |n: u32| steps.len().checked_sub(n as usize).map(|from| &steps[from..]);
    let consecutive = last(judging.consecutive_points).and_then(|steps| {
        let words: Vec<Word> = steps.iter().map(|step| word(judging, step.ahead, step.tolerance)).collect();
        let all = |wanted: fn(&Word) -> bool| words.iter().all(wanted);
        if all(|word| *word == Word::OnTrack) {
            Some(Word::OnTrack)
        } else if all(|word| *word == Word::Behind) {
            Some(Word::Behind)
        } else if all(|word| *word != Word::OnTrack) {
            Some(Word::Watch)
        } else {
            None
        }
    });
    let median = last(judging.median_points)
        .map(|steps| word(judging, median(steps.iter().map(|step| step.ahead).collect()), tolerance));
    let trend = (steps.len() >= judging.trend_points as usize).then(|| {
        let ahead = series.sign * (forecast(steps, series.deadline) - series.target);
        word(judging, ahead, tolerance)
    });
    Panel { latest: Some(latest), consecutive, median, trend, points: steps.len() }
}

/// The middle value; of an even number, the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// Where the least-squares line through the points stands on a day.
fn forecast(steps: &[Step], day: f64) -> f64 {
    let n = steps.len() as f64;
    let mean_day = steps.iter().map(|step| step.day).sum::<f64>() / n;
    let mean = steps.iter().map(|step| step.value).sum::<f64>() / n;
    let across: f64 = steps.iter().map(|step| (step.day - mean_day) * (step.value - mean)).sum();
    let along: f64 = steps.iter().map(|step| (step.day - mean_day).powi(2)).sum();
    // Points of one day have no trend.
    if along > 0.0 { mean + across / along * (day - mean_day) } else { mean }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(ahead: &[f64]) -> Series {
        let step = |(place, ahead): (usize, &f64)| Step {
            day: place as f64 * 100.0,
            value: 0.5 + ahead,
            ahead: *ahead,
            tolerance: 0.04,
        };
        Series { steps: ahead.iter().enumerate().map(step).collect(), deadline: 1000.0, target: 0.5, sign: 1.0 }
    }

    fn asked(ahead: &[f64]) -> Panel {
        let latest = word(&Judging::default(), *ahead.last().unwrap_or(&0.0), 0.04);
        panel(&Judging::default(), latest, &series(ahead), 0.04)
    }

    #[test]
    fn a_rule_without_enough_points_has_no_word() {
        let two = asked(&[0.0, 0.0]);
        assert_eq!((two.consecutive, two.median, two.trend), (None, None, None));
        assert!(!two.has_several());
        let five = asked(&[0.0; 5]);
        assert_eq!((five.consecutive, five.median, five.trend), (Some(Word::OnTrack), Some(Word::OnTrack), None));
        assert!(!five.disagrees());
    }

    #[test]
    fn rules_disagree_where_one_point_stands_alone() {
        // Three points under the line and one jump: the median stays behind, the points in a row say nothing.
        let panel = asked(&[-0.1, -0.12, -0.1, 0.02]);
        assert_eq!(panel.latest, Some(Word::OnTrack));
        assert_eq!(panel.consecutive, None);
        assert_eq!(panel.median, Some(Word::Behind));
        assert!(panel.disagrees());
        // Watch and behind is no disagreement.
        assert!(!asked(&[-0.1, -0.1, -0.1, -0.06]).disagrees());
    }

    #[test]
    fn the_trend_is_carried_on_to_the_deadline() {
        // Six points fall by 0.02 each hundred days from 0.5: at day 1000 the line stands at 0.3.
        let falling: Vec<f64> = (0..6).map(|n| f64::from(n) * -0.02).collect();
        assert_eq!(asked(&falling).trend, Some(Word::Behind));
        let rising: Vec<f64> = (0..6).map(|n| f64::from(n) * 0.02 - 0.1).collect();
        assert_eq!(asked(&rising).trend, Some(Word::OnTrack));
    }
}
