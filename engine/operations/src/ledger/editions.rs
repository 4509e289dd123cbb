//! The editions of a report in the ledger: what the last run was asked to make, what it made, and what that
//! supersedes.
//!
//! A run first says what it is about to make ([`Ledger::expect`]): from then on nothing of those reports can be
//! approved or delivered, whatever happens to the run. When it has typeset, it says what became of each edition
//! ([`Ledger::record_editions`]). Both are one step each, so that a crash leaves either the one or the other.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use termwise_config::{Edition, ReportId};

use super::artefacts::{BY_PATH, columns, edition, put, supersede};
use super::{Artefact, Filter, Ledger, RunId};

/// An edition that a run is asked to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedEdition {
    /// The file.
    pub edition: Edition,
    /// Audience id.
    pub audience: String,
    /// Why it cannot be made, where that is known before typesetting.
    pub refused: Option<String>,
}

/// An edition that its report waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingEdition {
    /// The file.
    pub edition: Edition,
    /// Why it was refused; none if the run that was to make it did not come to its end.
    pub why: Option<String>,
}

/// What became of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It was made; whether it waits for approval.
    Made(Artefact, bool),
    /// It could not be made, and why.
    Refused(Edition, String),
}

impl Ledger {
    /// Notes what a run is about to make of one period. Everything else that `scope` means, and every edition that
    /// is refused already, is superseded from now on. Goes out: what holds no longer, by path.
    pub fn expect(
        &mut self,
        run: RunId,
        (scope, period): (&Filter, &str),
        wanted: &[WantedEdition],
        at: Timestamp,
    ) -> anyhow::Result<Vec<Edition>> {
        let step = self.connection.transaction()?;
        let mut over = Vec::new();
        for edition in known(&step, scope, period)? {
            match wanted.iter().find(|wanted| wanted.edition == edition) {
                Some(WantedEdition { refused: None, .. }) => continue,
                Some(_) => {}
                None => {
                    set_state(&step, &edition, "dropped", None)?;
                }
            }
            if supersede(&step, &edition, at)? {
                over.push(edition);
            }
        }
        for WantedEdition { edition, audience, refused } in wanted {
            let state = if refused.is_some() { "refused" } else { "wanted" };
            let (report, ending) = columns(edition);
            step.execute(
                "INSERT OR REPLACE INTO editions (report, edition, school, period, audience, run, state, why)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![report, ending, edition.report.school, period, audience, run.0, state, refused],
            )?;
        }
        step.commit()?;
        Ok(over)
    }

    /// Notes what became of the editions that a run had typeset. Goes out: what holds no longer although nothing new
    /// came in its place.
    pub fn record_editions(&mut self, run: RunId, all: &[Became], at: Timestamp) -> anyhow::Result<Vec<Edition>> {
        let step = self.connection.transaction()?;
        let mut over = Vec::new();
        for one in all {
            match one {
                Became::Made(artefact, hold) => {
                    put(&step, run, artefact, *hold)?;
                    set_state(&step, &artefact.edition, "made", None)?;
                }
                Became::Refused(edition, why) => {
                    set_state(&step, edition, "refused", Some(why))?;
                    if supersede(&step, edition, at)? {
                        over.push(edition.clone());
                    }
                }
            }
        }
        step.commit()?;
        Ok(over)
    }

    /// Editions that a report waits for, by path.
    pub fn missing(&self, report: &ReportId) -> anyhow::Result<Vec<MissingEdition>> {
        let mut query = self.connection.prepare(
            "SELECT report, edition, why FROM editions WHERE report = ?1 AND state IN ('wanted', 'refused')
             ORDER BY edition",
        )?;
        let rows = query
            .query_map([report.to_string()], |row| Ok(MissingEdition { edition: edition(row)?, why: row.get(2)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Editions of which nothing holds any more, whoever superseded it: they have no file, or one that is to go. By
    /// path.
    pub fn withdrawn(&self) -> anyhow::Result<Vec<Edition>> {
        let mut query = self.connection.prepare(&format!(
            "SELECT report, edition FROM (
                 SELECT report, edition FROM artefacts WHERE superseded IS NOT NULL
                 UNION SELECT report, edition FROM editions WHERE state IN ('refused', 'dropped')
                 EXCEPT SELECT report, edition FROM artefacts WHERE superseded IS NULL
                 EXCEPT SELECT report, edition FROM editions WHERE state = 'wanted')
             ORDER BY {BY_PATH}"
        ))?;
        let rows = query.query_map([], edition)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many contents of an edition were delivered before they were superseded.
    pub fn delivered_before(&self, edition: &Edition) -> anyhow::Result<u32> {
        let (report, edition) = columns(edition);
        Ok(self.connection.query_row(
            "SELECT count(DISTINCT a.id) FROM artefacts a JOIN deliveries d ON d.artefact = a.id
             WHERE a.report = ?1 AND a.edition = ?2 AND a.superseded IS NOT NULL",
            [report, edition],
            |row| row.get(0),
        )?)
    }
}

/// What became of an edition, and why where it was refused.
fn set_state(step: &Transaction<'_>, edition: &Edition, state: &str, why: Option<&str>) -> rusqlite::Result<usize> {
    let (report, ending) = columns(edition);
    step.execute(
        "UPDATE editions SET state = ?3, why = ?4 WHERE report = ?1 AND edition = ?2",
        params![report, ending, state, why],
    )
}

/// Every edition of a period that the ledger knows and `scope` means, by path.
fn known(step: &Transaction<'_>, scope: &Filter, period: &str) -> anyhow::Result<Vec<Edition>> {
    let mut query = step.prepare(&format!(
        "SELECT report, edition FROM (
             SELECT report, edition, school, period, audience FROM artefacts
             UNION SELECT report, edition, school, period, audience FROM editions)
         WHERE period = ?1 AND (?2 IS NULL OR school = ?2) AND (?3 IS NULL OR audience = ?3)
         GROUP BY report, edition
         ORDER BY {BY_PATH}"
    ))?;
    let rows = query.query_map(params![period, scope.school, scope.audience], edition)?;
    let mut editions = rows.collect::<Result<Vec<_>, _>>()?;
    editions.retain(|edition| scope.names(&edition.report));
    Ok(editions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{ArtefactStatus, RunStart};

    fn report() -> ReportId {
        "2025-26/P2/blue-heron/parent-council".parse().unwrap()
    }

    fn edition(ending: &str) -> Edition {
        report().edition(ending).unwrap()
    }

    fn at(hour: u8) -> Timestamp {
        format!("2026-03-20T{hour:02}:00:00Z").parse().unwrap()
    }

    fn begin(ledger: &mut Ledger) -> RunId {
        let start = RunStart {
            code: "1a2b3c4d".to_owned(),
            started: at(1),
            trigger: "command".to_owned(),
            period: "2025-26/P2".to_owned(),
            as_of: jiff::civil::date(2026, 3, 20),
            inputs_digest: "00".to_owned(),
        };
        ledger.begin(&start).unwrap()
    }

    fn wanted(ending: &str, refused: Option<&str>) -> WantedEdition {
        WantedEdition {
            edition: edition(ending),
            audience: "parent-council".into(),
            refused: refused.map(str::to_owned),
        }
    }

    fn made(ending: &str, sha256: &str) -> Became {
        let artefact = Artefact {
            id: 0,
            edition: edition(ending),
            sha256: sha256.to_owned(),
            audience: "parent-council".to_owned(),
            produced: at(2),
            status: ArtefactStatus::Produced,
        };
        Became::Made(artefact, true)
    }

    fn run(ledger: &mut Ledger, scope: &Filter, plan: &[WantedEdition], became: &[Became]) -> Vec<Edition> {
        let id = begin(ledger);
        let mut over = ledger.expect(id, (scope, "2025-26/P2"), plan, at(3)).unwrap();
        over.extend(ledger.record_editions(id, became, at(3)).unwrap());
        over
    }

    #[test]
    fn a_refused_edition_withdraws_the_old_one_and_holds_the_others() {
        let mut ledger = Ledger::in_memory().unwrap();
        let any = Filter::default();
        let both = [wanted("en.pdf", None), wanted("fr.pdf", None)];
        run(&mut ledger, &any, &both, &[made("en.pdf", "aa"), made("fr.pdf", "bb")]);
        let held = ledger.artefacts_held(&any).unwrap();
        assert_eq!(held.len(), 2);
        ledger.approve(&held[0], at(4)).unwrap();

        let plan = [wanted("en.pdf", None), wanted("fr.pdf", Some("other numbers"))];
        assert_eq!(run(&mut ledger, &any, &plan, &[made("en.pdf", "aa")]), [edition("fr.pdf")]);
        let current = ledger.artefacts(&any).unwrap();
        assert_eq!(current.len(), 1);
        assert_eq!((current[0].id, current[0].status), (held[0].id, ArtefactStatus::Approved), "the same bytes");
        let missing = ledger.missing(&report()).unwrap();
        assert_eq!(missing, [MissingEdition { edition: edition("fr.pdf"), why: Some("other numbers".into()) }]);
        assert_eq!(ledger.withdrawn().unwrap(), [edition("fr.pdf")]);

        // The same again: its row, and nothing is missing.
        run(&mut ledger, &any, &both, &[made("en.pdf", "aa"), made("fr.pdf", "bb")]);
        assert_eq!(ledger.artefacts(&any).unwrap()[1].id, held[1].id);
        assert!(ledger.missing(&report()).unwrap().is_empty());
        assert!(ledger.withdrawn().unwrap().is_empty());
    }

    #[test]
    fn a_run_that_does_not_end_leaves_its_reports_waiting() {
        let mut ledger = Ledger::in_memory().unwrap();
        let any = Filter::default();
        let both = [wanted("en.pdf", None), wanted("fr.pdf", None)];
        run(&mut ledger, &any, &both, &[made("en.pdf", "aa"), made("fr.pdf", "bb")]);
        let id = begin(&mut ledger);
        ledger.expect(id, (&any, "2025-26/P2"), &both, at(3)).unwrap();
        let missing = ledger.missing(&report()).unwrap();
        assert!(missing.len() == 2 && missing.iter().all(|missing| missing.why.is_none()), "{missing:?}");
        assert!(ledger.withdrawn().unwrap().is_empty(), "nothing is thrown away for it");
    }

    #[test]
    fn what_is_planned_no_longer_is_superseded_within_the_runs_reach_only() {
        let mut ledger = Ledger::in_memory().unwrap();
        let any = Filter::default();
        let both = [wanted("en.pdf", None), wanted("fr.pdf", None)];
        run(&mut ledger, &any, &both, &[made("en.pdf", "aa"), made("fr.pdf", "bb")]);
        for elsewhere in [
            Filter { school: Some("willow-bend".into()), ..Filter::default() },
            Filter { audience: Some("staff".into()), ..Filter::default() },
            Filter { reports: Some(vec!["trustees".into()]), ..Filter::default() },
        ] {
            assert_eq!(run(&mut ledger, &elsewhere, &[], &[]), []);
        }
        let one = run(&mut ledger, &any, &both[..1], &[made("en.pdf", "aa")]);
        assert_eq!(one, [edition("fr.pdf")]);
        assert!(ledger.missing(&report()).unwrap().is_empty(), "nobody waits for it");
        assert_eq!(ledger.withdrawn().unwrap(), one);
    }
}
