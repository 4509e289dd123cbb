//! Disclosure: what each audience may see.
//!
//! Comes in: judged goals, unprotected. Goes out: [`Cleared`] figures, which nothing else can make
//! and reports accept alone, so an unprotected number on a page does not compile. Every share,
//! count, interval and bar passes through here once; charts, tables, alt texts and attachments are
//! made from the same cleared figures. It uses no clock, file or database.

mod counts;
mod family;
mod figures;
mod names;
mod overview;
mod rule;
mod together;
mod topic;

use std::ops::Deref;

use termwise_config::Privacy;
use termwise_config::goals::Audience;
use termwise_judging::goals::Judged;

pub use figures::*;
pub use names::{NameList, clear_names};
pub use overview::{AlignmentFigures, CandidateFigures, Overview, clear_overview};
pub use rule::rounded;
pub use together::{Breach, Source, Spot, breaches};

use rule::Rule;
use topic::{Crowd, Topic, known};

/// Something that an audience may see. Only this crate makes one:
///
/// ```compile_fail
/// let leaked = termwise_disclosure::Cleared(vec!["54 students"]);
/// ```
///
/// Neither can what is in it be written down, copied or changed elsewhere:
///
/// ```compile_fail
/// use termwise_disclosure::{Bound, Figure};
/// let leaked = Figure::Shown { value: 0.5, bound: Bound::Exact, of: 2, met: Some(1), interval: None, ahead: None };
/// ```
///
/// ```compile_fail
/// use termwise_disclosure::{Cleared, GoalFigures};
/// fn leak(mut figures: Cleared<Vec<GoalFigures>>) {
///     figures[0].more_students = Some(1);
/// }
/// ```
///
/// ```compile_fail
/// use termwise_disclosure::GoalFigures;
/// fn leak(figures: &GoalFigures) -> GoalFigures {
///     figures.clone()
/// }
/// ```
///
/// It may be read:
///
/// ```
/// use termwise_disclosure::{Cleared, GoalFigures};
/// fn read(figures: &Cleared<Vec<GoalFigures>>) -> Option<u32> {
///     figures.first()?.more_students
/// }
/// ```
#[derive(Debug)]
pub struct Cleared<T>(T);

impl<T> Deref for Cleared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
impl<T> Cleared<T> {
    /// For tests of what looks at cleared figures: the same with a fault in it.
    fn altered(mut self, change: impl FnOnce(&mut T)) -> Self {
        change(&mut self.0);
        self
    }
}

/// Clears the judged goals of one school for one audience. Goals keep their order; a goal that the
/// audience is not meant to see is left out.
pub fn clear(privacy: &Privacy, audience: Audience, goals: &[(usize, &Judged)]) -> Cleared<Vec<GoalFigures>> {
    let mut rule = Rule::new(privacy, audience);
    let mine: Vec<(usize, &Judged)> =
        goals.iter().copied().filter(|(_, judged)| judged.goal.audiences.contains(&audience)).collect();
    rule.own = topic::of_goals(&mine);
    // A figure that is taken away may leave another one alone.
    let mut figures: Vec<GoalFigures> = loop {
        let figures: Vec<GoalFigures> = mine.iter().map(|(place, judged)| rule.goal(*place, None, judged)).collect();
        let more = family::gives_away(&rule, &mine, &figures);
        if more.is_empty() {
            break figures;
        }
        rule.taken.extend(more);
    };
    counts::coarsen(&rule, &mine, &mut figures);
    // Over earlier reports and other audiences nothing is taken away yet.
    Cleared(figures)
}

/// The smallest group that an audience sees.
pub fn minimum(privacy: &Privacy, audience: Audience) -> u32 {
    privacy.minimum_group.get(&audience).copied().unwrap_or(10).max(3)
}
