//! Runs: when, why, from what, and how they ended.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, params};

use termwise_base::problem::{Problem, Severity};

use super::Ledger;

/// A run's key in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub(super) i64);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// Not ended yet.
    Running,
    /// All that could be done was done.
    Done,
    /// It could not be done.
    Failed,
    /// The process ended in the middle of it.
    Abandoned,
}

impl RunStatus {
    /// Its word in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
        }
    }
}

impl FromStr for RunStatus {
    type Err = rusqlite::Error;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Running, Self::Done, Self::Failed, Self::Abandoned]
            .into_iter()
            .find(|status| status.word() == word)
            .ok_or(rusqlite::Error::InvalidQuery)
    }
}

/// What is known of a run when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStart {
    /// The run's code, as printed on its reports.
    pub code: String,
    /// The instant at which it started.
    pub started: Timestamp,
    /// `command`, or `schedule:NAME`.
    pub trigger: String,
    /// The period reported on, as in `2025-26/P2`.
    pub period: String,
    /// The day that the reports take as today.
    pub as_of: Date,
    /// SHA-256 over everything that the run is made from.
    pub inputs_digest: String,
}

/// A file that a run read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRow {
    /// Path relative to the project.
    pub path: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub digest: String,
    /// Rows found.
    pub rows: u64,
    /// Rows used.
    pub used: u64,
    /// Rows set aside.
    pub set_aside: u64,
}

/// A verdict as one audience saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalRow {
    /// Goal id.
    pub goal: String,
    /// School id.
    pub school: String,
    /// Period key.
    pub period: String,
    /// Audience id.
    pub audience: String,
    /// Verdict key after disclosure, as in `on-track` or `not-shown`.
    pub verdict: String,
    /// Whether a figure was shown.
    pub shown: bool,
    /// Whether it was given as the last one: of a goal that had ended, by a metric that was not in rehearsal.
    pub is_final: bool,
}

/// A final verdict that a run gave of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalVerdict {
    /// Verdict key, as in `target-met`.
    pub verdict: String,
    /// Id of the audience that it was given to.
    pub audience: String,
    /// The day of the run.
    pub day: Date,
}

/// A run as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its key in the ledger.
    pub id: RunId,
    /// What was known at its start.
    pub start: RunStart,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// How it ended.
    pub status: RunStatus,
}

impl Ledger {
    /// Begins a run. Runs that still count as running are called abandoned: the caller holds the
    /// project's lock, so they cannot be alive.
    pub fn begin(&mut self, start: &RunStart) -> anyhow::Result<RunId> {
        let step = self.connection.transaction()?;
        step.execute("UPDATE runs SET status = 'abandoned' WHERE status = 'running'", [])?;
        step.execute(
            "INSERT INTO runs (code, started, trigger_name, period, as_of, inputs_digest, status)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'running')",
            params![
                start.code,
                instant(start.started),
                start.trigger,
                start.period,
                start.as_of.to_string(),
                start.inputs_digest
            ],
        )?;
        let id = RunId(step.last_insert_rowid());
        step.commit()?;
        Ok(id)
    }

    /// Notes the files that a run read.
    pub fn record_inputs(&mut self, run: RunId, inputs: &[InputRow]) -> anyhow::Result<()> {
        let step = self.connection.transaction()?;
        for input in inputs {
            step.execute(
                "INSERT INTO inputs (run, path, digest, row_count, used, set_aside) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (run, path) DO UPDATE SET digest = excluded.digest, row_count = excluded.row_count,
                   used = excluded.used, set_aside = excluded.set_aside",
                params![run.0, input.path, input.digest, whole(input.rows), whole(input.used), whole(input.set_aside)],
            )?;
        }
        Ok(step.commit()?)
    }

    /// Adds to the problems of a run.
    pub fn record_problems(&mut self, run: RunId, problems: &[Problem]) -> anyhow::Result<()> {
        let step = self.connection.transaction()?;
        let mut number: i64 =
            step.query_row("SELECT count(*) FROM problems WHERE run = ?1", [run.0], |row| row.get(0))?;
        for problem in problems {
            number += 1;
            let severity = match problem.severity {
                Severity::Note => "note",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            step.execute(
                "INSERT INTO problems (run, number, severity, message, place, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    run.0,
                    number,
                    severity,
                    problem.message,
                    problem.place.to_string(),
                    serde_json::to_string(problem)?
                ],
            )?;
        }
        Ok(step.commit()?)
    }

    /// Notes verdicts as the audiences saw them.
    pub fn record_goals(&mut self, run: RunId, goals: &[GoalRow]) -> anyhow::Result<()> {
        let step = self.connection.transaction()?;
        for goal in goals {
            step.execute(
                "INSERT INTO goals (run, goal, school, period, audience, verdict, shown, final)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (run, goal, audience) DO UPDATE
                 SET verdict = excluded.verdict, shown = excluded.shown, final = excluded.final",
                params![
                    run.0,
                    goal.goal,
                    goal.school,
                    goal.period,
                    goal.audience,
                    goal.verdict,
                    goal.shown,
                    goal.is_final
                ],
            )?;
        }
        Ok(step.commit()?)
    }

    /// Ends a run.
    pub fn finish(&mut self, run: RunId, finished: Timestamp, status: RunStatus) -> anyhow::Result<()> {
        self.connection.execute(
            "UPDATE runs SET finished = ?2, status = ?3 WHERE id = ?1",
            params![run.0, instant(finished), status.word()],
        )?;
        Ok(())
    }

    /// Final verdicts that runs up to a day gave of a goal, audience by audience as far as they were shown, newest
    /// first.
    pub fn final_verdicts(&self, goal: &str, until: Date) -> anyhow::Result<Vec<FinalVerdict>> {
        let mut query = self.connection.prepare(
            "SELECT goals.verdict, goals.audience, runs.as_of FROM goals JOIN runs ON runs.id = goals.run
             WHERE goals.goal = ?1 AND runs.as_of <= ?2 AND runs.status = 'done' AND goals.shown = 1 AND goals.final = 1
             ORDER BY runs.id DESC, goals.audience",
        )?;
        let rows = query.query_map(params![goal, until.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })?;
        rows.map(|row| {
            let (verdict, audience, day) = row?;
            Ok(FinalVerdict { verdict, audience, day: day.parse()? })
        })
        .collect()
    }

    /// The newest runs, newest first.
    pub fn runs(&self, most: usize) -> anyhow::Result<Vec<RunRow>> {
        let mut query = self.connection.prepare(&format!("{RUN} ORDER BY id DESC LIMIT ?1"))?;
        let rows = query.query_map([i64::try_from(most)?], run_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Runs of which a report was delivered, newest first.
    pub fn runs_delivered(&self) -> anyhow::Result<Vec<RunRow>> {
        let mut query = self.connection.prepare(&format!(
            "{RUN} WHERE id IN (SELECT first_run FROM artefacts JOIN deliveries ON artefact = artefacts.id)
             ORDER BY id DESC"
        ))?;
        let rows = query.query_map([], run_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The problems of a run, in the order in which they were noted.
    pub fn problems(&self, run: RunId) -> anyhow::Result<Vec<Problem>> {
        let mut query = self.connection.prepare("SELECT body FROM problems WHERE run = ?1 ORDER BY number")?;
        let bodies = query.query_map([run.0], |row| row.get::<_, String>(0))?;
        bodies.map(|body| Ok(serde_json::from_str(&body?)?)).collect()
    }

    /// When the last run that succeeded for this trigger had started.
    pub fn last_success(&self, trigger: &str) -> anyhow::Result<Option<Timestamp>> {
        self.last_started("trigger_name = ?1", trigger)
    }

    /// When the last scheduled run that succeeded had started, whichever job it was for.
    pub fn last_scheduled_success(&self) -> anyhow::Result<Option<Timestamp>> {
        self.last_started("trigger_name GLOB ?1", "schedule:*")
    }

    fn last_started(&self, which: &str, value: &str) -> anyhow::Result<Option<Timestamp>> {
        let sql = format!(
            "SELECT started FROM runs WHERE status = 'done' AND {which} ORDER BY started DESC, id DESC LIMIT 1"
        );
        let found: Option<String> = self.connection.query_row(&sql, [value], |row| row.get(0)).optional()?;
        Ok(found.map(|text| text.parse()).transpose()?)
    }
}

const RUN: &str = "SELECT id, code, started, trigger_name, period, as_of, inputs_digest, finished, status FROM runs";

fn run_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: RunId(row.get(0)?),
        start: RunStart {
            code: row.get(1)?,
            started: read(row, 2)?,
            trigger: row.get(3)?,
            period: row.get(4)?,
            as_of: read(row, 5)?,
            inputs_digest: row.get(6)?,
        },
        finished: row.get::<_, Option<String>>(7)?.and_then(|text| text.parse().ok()),
        status: row.get::<_, String>(8)?.parse()?,
    })
}

/// An instant as text that sorts by time: always nine decimals, always UTC.
pub(super) fn instant(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// A column that holds a written instant or day.
pub(super) fn read<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    row.get::<_, String>(column)?.parse().map_err(|_| {
        rusqlite::Error::InvalidColumnType(column, "an instant or a day".to_owned(), rusqlite::types::Type::Text)
    })
}

/// SQLite's integers are signed; no count of ours comes near the bound.
fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_base::problem::Place;

    fn start(trigger: &str, started: &str) -> RunStart {
        RunStart {
            code: "1a2b3c4d".to_owned(),
            started: started.parse().unwrap(),
            trigger: trigger.to_owned(),
            period: "2025-26/P2".to_owned(),
            as_of: jiff::civil::date(2026, 3, 20),
            inputs_digest: "00".to_owned(),
        }
    }

    #[test]
    fn only_a_run_that_succeeded_counts_for_its_trigger() {
        let mut ledger = Ledger::in_memory().unwrap();
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        for (trigger, started, status) in [
            ("schedule:nightly", "2026-03-20T09:15:00Z", RunStatus::Done),
            ("schedule:after-period", "2026-03-21T09:15:00Z", RunStatus::Done),
            ("schedule:nightly", "2026-03-22T09:15:00.5Z", RunStatus::Failed),
            ("command", "2026-03-23T09:15:00Z", RunStatus::Done),
        ] {
            let run = ledger.begin(&start(trigger, started)).unwrap();
            ledger.finish(run, at("2026-03-24T00:00:00Z"), status).unwrap();
        }
        assert_eq!(ledger.last_success("schedule:nightly").unwrap(), Some(at("2026-03-20T09:15:00Z")));
        assert_eq!(ledger.last_success("schedule:never").unwrap(), None);
        assert_eq!(ledger.last_scheduled_success().unwrap(), Some(at("2026-03-21T09:15:00Z")));
    }

    #[test]
    fn a_run_that_never_ended_is_abandoned_when_the_next_begins() {
        let mut ledger = Ledger::in_memory().unwrap();
        ledger.begin(&start("command", "2026-03-20T09:15:00Z")).unwrap();
        ledger.begin(&start("command", "2026-03-20T10:15:00Z")).unwrap();
        let statuses: Vec<RunStatus> = ledger.runs(9).unwrap().into_iter().map(|run| run.status).collect();
        assert_eq!(statuses, [RunStatus::Running, RunStatus::Abandoned]);
    }

    #[test]
    fn what_is_recorded_can_be_read_again() {
        let mut ledger = Ledger::in_memory().unwrap();
        let began = start("command", "2026-03-20T09:15:00.25Z");
        let run = ledger.begin(&began).unwrap();
        let input =
            InputRow { path: "data/a.xlsx".to_owned(), digest: "ff".to_owned(), rows: 30, used: 28, set_aside: 2 };
        ledger.record_inputs(run, std::slice::from_ref(&input)).unwrap();
        ledger.record_inputs(run, &[input]).unwrap();
        let first = Problem::warning("One.").at(Place::file("data/a.xlsx").sheet("Gr 3").cell(11, 4));
        let second = Problem::error("Two.");
        ledger.record_problems(run, std::slice::from_ref(&first)).unwrap();
        ledger.record_problems(run, std::slice::from_ref(&second)).unwrap();
        assert_eq!(ledger.problems(run).unwrap(), [first, second]);
        let verdict = GoalRow {
            goal: "bh-reading-1".to_owned(),
            school: "blue-heron".to_owned(),
            period: "2025-26/P2".to_owned(),
            audience: "staff".to_owned(),
            verdict: "on-track".to_owned(),
            shown: true,
            is_final: true,
        };
        ledger.record_goals(run, &[verdict]).unwrap();
        ledger.finish(run, "2026-03-20T09:16:00Z".parse().unwrap(), RunStatus::Done).unwrap();
        let found = ledger.runs(1).unwrap().remove(0);
        assert_eq!(found.start, began);
        assert_eq!(found.status, RunStatus::Done);
    }
}
