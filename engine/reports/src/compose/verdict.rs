//! The verdict of a goal in words, and why it is so.

use termwise_config::goals::{Audience, Plan};
use termwise_disclosure::{Bound, ClearedVerdict, Figure, GoalFigures, Hiding};
use termwise_judging::goals::Verdict;
use termwise_judging::goals::verdict::{Early, Lack, Missing};

use super::super::model::VerdictModel;
use super::Writer;
use super::side::{Better, Side};

impl Writer<'_> {
    pub(super) fn verdict(&self, figures: &GoalFigures) -> VerdictModel {
        let words = self.words;
        let key = figures.verdict.key();
        let parents = self.subject.audience == Audience::ParentCouncil;
        let explain = match &figures.verdict {
            ClearedVerdict::NotShown(by) => self.hiding(*by),
            // Parents are told plainly; what to mend is for staff.
            ClearedVerdict::Judged(Verdict::NotAvailable(_)) if parents => {
                words.text("explain.not-available-plainly", &[])
            }
            ClearedVerdict::Judged(Verdict::NotAvailable(why)) => {
                let why = match why {
                    Missing::Instrument(from, to, start) => words.text(
                        "explain.instrument-changed",
                        &[("from", &self.named(from)), ("to", &self.named(to)), ("when", &words.month_year(*start))],
                    ),
                    // Written in English; elsewhere it is a passage in another language.
                    Missing::Told(why) => self.words.told(why, "en"),
                };
                words.text("explain.not-available", &[("why", &why)])
            }
            ClearedVerdict::Judged(Verdict::NotEnoughData(lack)) => {
                let n = words.number(self.project.judging.minimum_students);
                let key = match lack {
                    // Parents are told plainly; what to mend is for staff.
                    Lack::Nobody if parents => "explain.not-available-plainly".to_owned(),
                    Lack::NoReadings if self.goal_of(figures).compare().is_some() => {
                        "explain.no-readings-gap".to_owned()
                    }
                    Lack::NoReadings if self.no_gain(figures) => "explain.no-gain".to_owned(),
                    lack => format!("explain.{}", lacking(*lack)),
                };
                let (when, on) = (self.when(figures.at), self.counted_on(figures));
                words.text(&key, &[("when", &when), ("on", &on), ("n", &n)])
            }
            // A narrative goal has no line and no chance: people judge it.
            ClearedVerdict::Judged(_) if matches!(self.goal_of(figures).plan, Plan::Narrative(_)) => {
                let key = if figures.judgement.is_some() { "explain.narrative" } else { "explain.narrative-none" };
                words.text(key, &[])
            }
            // The parts say by what; the whole has no figure and no chance of its own.
            ClearedVerdict::Judged(_) if !figures.several.is_empty() => {
                words.text(&format!("explain.several-{key}"), &[])
            }
            ClearedVerdict::Judged(Verdict::TargetMet) => self.stands(figures, Side::Reached),
            ClearedVerdict::Judged(Verdict::TargetNotMet) => self.stands(figures, Side::Missed),
            ClearedVerdict::Judged(Verdict::Watch) => self.stands(figures, Side::Little),
            ClearedVerdict::Judged(Verdict::Behind) => self.stands(figures, Side::Well),
            ClearedVerdict::Judged(Verdict::TooEarly(Early::Chance) | Verdict::OnTrack | Verdict::Mixed) if parents => {
                words.text(&format!("page.verdict-{key}-means"), &[])
            }
            ClearedVerdict::Judged(Verdict::TooEarly(early)) => {
                let key = match early {
                    Early::Baseline => "explain.early-baseline",
                    Early::Chance => "explain.early-chance",
                    Early::Line => "explain.early-line",
                    Early::NothingYet => "explain.early-nothing",
                    Early::NothingAlike => "explain.early-alike",
                    Early::GrowthBegins => "explain.early-growth",
                };
                let chance = words.percent(figures.chance.unwrap_or(0.0));
                let most = words.percent(self.project.judging.false_on_track);
                // Rounding must not make the chance look as if it were low enough.
                let chance =
                    if chance == most { words.text("number.more-than", &[("percent", &most)]) } else { chance };
                words.text(key, &[("chance", &chance), ("most", &most), ("when", &self.when(figures.at))])
            }
            ClearedVerdict::Judged(Verdict::OnTrack) => match figures.chance {
                Some(chance) => words.text("explain.on-track", &[("chance", &words.percent(chance))]),
                None => words.text("explain.on-track-line", &[]),
            },
            ClearedVerdict::Judged(Verdict::Mixed) if self.prints_panel(figures) => {
                words.text("explain.mixed-table", &[])
            }
            ClearedVerdict::Judged(_) => words.text(&format!("explain.{key}"), &[]),
        };
        let ground = match &figures.verdict {
            ClearedVerdict::NotShown(by) => Some(by.key()),
            ClearedVerdict::Judged(Verdict::NotEnoughData(lack)) => Some(lacking(*lack)),
            ClearedVerdict::Judged(Verdict::NotAvailable(Missing::Instrument(..))) => Some("instrument"),
            ClearedVerdict::Judged(Verdict::TooEarly(early)) => Some(match early {
                Early::Baseline => "baseline",
                Early::Chance => "chance",
                Early::Line => "line",
                Early::NothingYet => "nothing-yet",
                Early::NothingAlike => "nothing-alike",
                Early::GrowthBegins => "growth-begins",
            }),
            ClearedVerdict::Judged(_) => None,
        };
        let ended = figures.ended.then(|| {
            let on = words.date(figures.deadline);
            match self.goal_of(figures).plan {
                Plan::Narrative(_) => words.text("explain.ended-judged", &[("on", &on)]),
                _ => words.text("explain.ended", &[("on", &on), ("period", &self.when(figures.at))]),
            }
        });
        let was = figures.was_final.as_ref().map(|(was, day)| {
            let word = words.text(&format!("page.verdict-{was}"), &[]);
            words.text("explain.was-final", &[("word", &word), ("day", &words.date(*day))])
        });
        let told = [Some(explain), ended, was, self.rounded(figures)];
        let explain = told.into_iter().flatten().collect::<Vec<_>>().join(" ");
        // A reason that is the same for everybody stands first, then the rule of this audience.
        let hidden = figures.hidden.filter(|_| !figures.verdict.is_hidden());
        let explain = hidden.map_or(explain.clone(), |by| format!("{explain} {}", self.hiding(by)));
        let mixed = figures.verdict == ClearedVerdict::Judged(Verdict::Mixed);
        VerdictModel {
            key,
            word: words.text(&format!("page.verdict-{key}"), &[]),
            explain,
            ground,
            hidden_by: hidden.map(Hiding::key),
            shown_by: (mixed && !parents && self.prints_panel(figures)).then_some("panel"),
        }
    }

    /// Which rule of this audience hides a figure.
    pub(super) fn hiding(&self, by: Hiding) -> String {
        match by {
            Hiding::Small(n) => {
                let key = format!("hidden.small-{}", self.subject.audience.id());
                self.words.text(&key, &[("n", &self.words.number(n))])
            }
            other => self.words.text(&format!("hidden.{}", other.key()), &[]),
        }
    }

    /// Two figures that are the same as printed, or even the other way round, where the verdict says that one is not
    /// reached.
    pub(super) fn rounded(&self, figures: &GoalFigures) -> Option<String> {
        let goal = self.goal_of(figures);
        let target = figures.aim.as_ref()?.target;
        let (beside, printed) = match &figures.verdict {
            ClearedVerdict::Judged(Verdict::TargetNotMet) => {
                (Self::as_agreed(&figures.unit, target), self.agreed(goal, figures, target))
            }
            ClearedVerdict::Judged(Verdict::Watch | Verdict::Behind) => {
                figures.expected.map(|line| (line, self.plain(goal, figures, line)))?
            }
            _ => return None,
        };
        let Figure::Shown { value, bound, .. } = &figures.now else { return None };
        let past = *bound == Bound::Exact && figures.way.sign() * (value - beside) > 1e-9;
        let same = self.value(goal, &figures.unit, *value, *bound) == printed;
        let key = match (figures.several.is_empty(), same, past) {
            (true, true, _) => "explain.rounded",
            (true, false, true) => "explain.rounded-past",
            _ => return None,
        };
        Some(self.words.text(key, &[("percent", &printed)]))
    }

    /// On which side of target or line the figure is.
    pub(super) fn stands(&self, figures: &GoalFigures, side: Side) -> String {
        self.side(Better::of(&figures.unit, figures.way), side)
    }
}

/// Key of what is lacking.
fn lacking(lack: Lack) -> &'static str {
    match lack {
        Lack::NoReadings => "no-readings",
        Lack::FewStudents => "few-students",
        Lack::LowCoverage => "low-coverage",
        Lack::Nobody => "nobody",
        Lack::NothingByTheEnd => "nothing-by-the-end",
        Lack::NoBaseline => "no-baseline",
        Lack::Part => "part",
    }
}
