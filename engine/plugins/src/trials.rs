//! Rehearsal: a new metric, or a new version of one, is computed for some reporting periods before
//! anybody but the analyst sees it, and is then let out step by step.
//!
//! Comes in: what the ledger recorded of a component. Goes out: who may see it, and whether it may
//! go a step further. No step can be skipped.

use termwise_config::goals::Audience;

/// Who sees a component's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nobody but the analyst.
    Analyst,
    /// The PLCs too.
    Plc,
    /// The staff too.
    Staff,
    /// Everybody: the rehearsal is over.
    ParentCouncil,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 4] = [Self::Analyst, Self::Plc, Self::Staff, Self::ParentCouncil];

    /// Its word in the ledger and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Plc => "plc",
            Self::Staff => "staff",
            Self::ParentCouncil => "parent-council",
        }
    }

    /// The stage of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| *stage > self)
    }

    /// Whether this audience sees the figures.
    pub fn shows(self, audience: Audience) -> bool {
        let from = match audience {
            Audience::Plc => Self::Plc,
            Audience::Staff | Audience::Leadership | Audience::Division => Self::Staff,
            Audience::ParentCouncil => Self::ParentCouncil,
        };
        self >= from
    }
}

/// How far a component in rehearsal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Reporting periods that it has to be rehearsed for.
    pub needed: u32,
    /// Reporting periods for which it was computed, by key.
    pub periods: Vec<String>,
    /// Who sees it.
    pub stage: Stage,
}

impl Trial {
    /// A component that was never run.
    pub fn new(needed: u32) -> Self {
        Self { needed, periods: Vec::new(), stage: Stage::Analyst }
    }

    /// How far it is, as part of a sentence.
    pub fn how_far(&self) -> String {
        let done = self.periods.len();
        format!("{done} of {} reporting periods, seen by: {}", self.needed, self.stage.word())
    }

    /// The next stage, if it may be taken; `to` is what was asked for, none for the next one.
    pub fn promote(&self, to: Option<Stage>) -> Result<Stage, String> {
        let Some(next) = self.stage.next() else { return Err("it is already seen by everybody".into()) };
        let done = u32::try_from(self.periods.len()).unwrap_or(u32::MAX);
        if self.stage == Stage::Analyst && done < self.needed {
            return Err(format!(
                "it was computed for {done} of the {} reporting periods that its rehearsal takes",
                self.needed
            ));
        }
        match to {
            Some(to) if to <= self.stage => Err(format!("it is already seen by: {}", self.stage.word())),
            Some(to) if to != next => {
                Err(format!("no step can be skipped: after “{}” comes “{}”", self.stage.word(), next.word()))
            }
            _ => Ok(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(periods: &[&str], stage: Stage) -> Trial {
        Trial { needed: 2, periods: periods.iter().map(|p| (*p).to_owned()).collect(), stage }
    }

    #[test]
    fn no_step_is_skipped() {
        let told = trial(&["2025-26/P1"], Stage::Analyst).promote(None).expect_err("too early");
        assert_eq!(told, "it was computed for 1 of the 2 reporting periods that its rehearsal takes");
        let ready = trial(&["2025-26/P1", "2025-26/P2"], Stage::Analyst);
        assert_eq!(ready.promote(None), Ok(Stage::Plc));
        assert_eq!(ready.promote(Some(Stage::Plc)), Ok(Stage::Plc));
        assert!(ready.promote(Some(Stage::Staff)).is_err());
        assert!(ready.promote(Some(Stage::ParentCouncil)).is_err());
        assert_eq!(Trial { stage: Stage::Staff, ..ready.clone() }.promote(None), Ok(Stage::ParentCouncil));
        assert!(Trial { stage: Stage::ParentCouncil, ..ready }.promote(None).is_err());
    }

    #[test]
    fn each_stage_adds_an_audience_and_leadership_sees_what_staff_see() {
        let seen = |stage: Stage| Audience::ALL.iter().filter(|a| stage.shows(**a)).count();
        assert_eq!(Stage::ALL.map(seen), [0, 1, 4, 5]);
        assert!(Stage::Plc.shows(Audience::Plc) && Stage::Staff.shows(Audience::Staff));
    }
}
