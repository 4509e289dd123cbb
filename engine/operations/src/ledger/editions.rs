//! The editions of a report in the ledger: what the last run was asked to make, what it made, and what that
//! supersedes.
//!
//! A run first says what it is about to make ([`Ledger::expect`]): from then on nothing of those reports can be
//! approved or delivered, whatever happens to the run. When it has typeset, it says what became of each edition
//! ([`Ledger::record_editions`]). Both are one step each, so that a crash leaves either the one or the other.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::artefacts::{put, supersede};
use super::{Artefact, Filter, Ledger, RunId};

/// An edition that a run is asked to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Path relative to the project, with `/`.
    pub path: String,
    /// School id, or that of the division's report.
    pub school: String,
    /// Audience id.
    pub audience: String,
    /// Why it cannot be made, where that is known before typesetting.
    pub refused: Option<String>,
}

/// An edition that its report waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Path relative to the project, with `/`.
    pub path: String,
    /// Why it was refused; none if the run that was to make it did not come to its end.
    pub why: Option<String>,
}

/// What became of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It was made; whether it waits for approval.
    Made(Artefact, bool),
    /// It could not be made: path and why.
    Refused(String, String),
}

/// What the editions of one report share: their path without language and ending.
pub fn report_of(path: &str) -> &str {
    let file = path.rfind('/').map_or(0, |slash| slash + 1);
    path[file..].find('.').map_or(path, |dot| &path[..file + dot])
}

impl Ledger {
    /// Notes what a run is about to make of one period. Everything else that `scope` means, and every edition that
    /// is refused already, is superseded from now on. Goes out: the paths of what holds no longer, by path.
    pub fn expect(
        &mut self,
        run: RunId,
        (scope, period): (&Filter, &str),
        wanted: &[Wanted],
        at: Timestamp,
    ) -> anyhow::Result<Vec<String>> {
        let step = self.connection.transaction()?;
        let mut over = Vec::new();
        for path in known(&step, scope, period)? {
            match wanted.iter().find(|wanted| wanted.path == path) {
                Some(Wanted { refused: None, .. }) => continue,
                Some(_) => {}
                None => {
                    step.execute("UPDATE editions SET state = 'dropped', why = NULL WHERE path = ?1", [&path])?;
                }
            }
            if supersede(&step, &path, at)? {
                over.push(path);
            }
        }
        for Wanted { path, school, audience, refused } in wanted {
            let state = if refused.is_some() { "refused" } else { "wanted" };
            step.execute(
                "INSERT OR REPLACE INTO editions (path, report, school, period, audience, run, state, why)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![path, report_of(path), school, period, audience, run.0, state, refused],
            )?;
        }
        step.commit()?;
        Ok(over)
    }

    /// Notes what became of the editions that a run had typeset. Goes out: the paths of what holds no longer
    /// although nothing new came in its place.
    pub fn record_editions(&mut self, run: RunId, all: &[Became], at: Timestamp) -> anyhow::Result<Vec<String>> {
        let step = self.connection.transaction()?;
        let mut over = Vec::new();
        let became = |path: &str, state: &str, why: Option<&str>| {
            step.execute("UPDATE editions SET state = ?2, why = ?3 WHERE path = ?1", params![path, state, why])
        };
        for one in all {
            match one {
                Became::Made(artefact, hold) => {
                    put(&step, run, artefact, *hold)?;
                    became(&artefact.path, "made", None)?;
                }
                Became::Refused(path, why) => {
                    became(path, "refused", Some(why))?;
                    if supersede(&step, path, at)? {
                        over.push(path.clone());
                    }
                }
            }
        }
        step.commit()?;
        Ok(over)
    }

    /// Editions that the report of `path` waits for, by path.
    pub fn missing(&self, path: &str) -> anyhow::Result<Vec<Missing>> {
        let mut query = self.connection.prepare(
            "SELECT path, why FROM editions WHERE report = ?1 AND state IN ('wanted', 'refused') ORDER BY path",
        )?;
        let rows = query.query_map([report_of(path)], |row| Ok(Missing { path: row.get(0)?, why: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Paths at which no report holds any more, whoever superseded it: no file belongs there.
    pub fn withdrawn(&self) -> anyhow::Result<Vec<String>> {
        let mut query = self.connection.prepare(
            "SELECT path FROM artefacts WHERE superseded IS NOT NULL
             UNION SELECT path FROM editions WHERE state IN ('refused', 'dropped')
             EXCEPT SELECT path FROM artefacts WHERE superseded IS NULL
             EXCEPT SELECT path FROM editions WHERE state = 'wanted'
             ORDER BY path",
        )?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many reports at this path were delivered before they were superseded.
    pub fn delivered_before(&self, path: &str) -> anyhow::Result<u32> {
        Ok(self.connection.query_row(
            "SELECT count(DISTINCT a.id) FROM artefacts a JOIN deliveries d ON d.artefact = a.id
             WHERE a.path = ?1 AND a.superseded IS NOT NULL",
            [path],
            |row| row.get(0),
        )?)
    }
}

/// Every path of a period that the ledger knows and `scope` means, by path.
fn known(step: &Transaction<'_>, scope: &Filter, period: &str) -> anyhow::Result<Vec<String>> {
    let mut query = step.prepare(
        "SELECT path FROM artefacts
         WHERE period = ?1 AND (?2 IS NULL OR school = ?2) AND (?3 IS NULL OR audience = ?3)
         UNION SELECT path FROM editions
         WHERE period = ?1 AND (?2 IS NULL OR school = ?2) AND (?3 IS NULL OR audience = ?3)
         ORDER BY path",
    )?;
    let rows = query.query_map(params![period, scope.school, scope.audience], |row| row.get::<_, String>(0))?;
    let mut paths = rows.collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| scope.names(path));
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{RunStart, Status};

    const REPORT: &str = "out/2025-26/P2/blue-heron/parent-council";

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

    fn wanted(edition: &str, refused: Option<&str>) -> Wanted {
        Wanted {
            path: format!("{REPORT}.{edition}"),
            school: "blue-heron".into(),
            audience: "parent-council".into(),
            refused: refused.map(str::to_owned),
        }
    }

    fn made(edition: &str, sha256: &str) -> Became {
        let artefact = Artefact {
            id: 0,
            path: format!("{REPORT}.{edition}"),
            sha256: sha256.to_owned(),
            school: "blue-heron".to_owned(),
            period: "2025-26/P2".to_owned(),
            audience: "parent-council".to_owned(),
            produced: at(2),
            status: Status::Produced,
        };
        Became::Made(artefact, true)
    }

    fn run(ledger: &mut Ledger, scope: &Filter, plan: &[Wanted], became: &[Became]) -> Vec<String> {
        let id = begin(ledger);
        let mut over = ledger.expect(id, (scope, "2025-26/P2"), plan, at(3)).unwrap();
        over.extend(ledger.record_editions(id, became, at(3)).unwrap());
        over
    }

    #[test]
    fn editions_of_a_report_have_one_name() {
        for edition in ["en.pdf", "en-uk.pdf", "fr.html"] {
            assert_eq!(report_of(&format!("{REPORT}.{edition}")), REPORT);
        }
        assert_eq!(report_of("out/a.b/staff"), "out/a.b/staff");
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
        assert_eq!(run(&mut ledger, &any, &plan, &[made("en.pdf", "aa")]), [format!("{REPORT}.fr.pdf")]);
        let current = ledger.artefacts(&any).unwrap();
        assert_eq!(current.len(), 1);
        assert_eq!((current[0].id, current[0].status), (held[0].id, Status::Approved), "the same bytes");
        let missing = ledger.missing(&current[0].path).unwrap();
        assert_eq!(missing, [Missing { path: format!("{REPORT}.fr.pdf"), why: Some("other numbers".into()) }]);
        assert_eq!(ledger.withdrawn().unwrap(), [format!("{REPORT}.fr.pdf")]);

        // The same again: its row, and nothing is missing.
        run(&mut ledger, &any, &both, &[made("en.pdf", "aa"), made("fr.pdf", "bb")]);
        assert_eq!(ledger.artefacts(&any).unwrap()[1].id, held[1].id);
        assert!(ledger.missing(&current[0].path).unwrap().is_empty());
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
        let missing = ledger.missing(&format!("{REPORT}.en.pdf")).unwrap();
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
            assert_eq!(run(&mut ledger, &elsewhere, &[], &[]), [""; 0]);
        }
        let one = run(&mut ledger, &any, &both[..1], &[made("en.pdf", "aa")]);
        assert_eq!(one, [format!("{REPORT}.fr.pdf")]);
        assert!(ledger.missing(&format!("{REPORT}.en.pdf")).unwrap().is_empty(), "nobody waits for it");
        assert_eq!(ledger.withdrawn().unwrap(), one);
    }
}
