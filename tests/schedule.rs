//! The schedule through the real binary: `run --due` and `serve`, with real signals.
//!
//! The clock is the machine's. So a schedule that shall not come due meanwhile is due half a day away, and a downtime
//! is told by putting back the start of the last run in the ledger.
#![cfg(unix)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};

use termwise_operations::schedule::RunLock;

mod common;
use common::told;

/// Longest wait for anything; a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(300);

const ZONE: &str = "America/Winnipeg";

const SETTINGS: &str = r#"
[division]
name = "Division"
time-zone = "America/Winnipeg"
contact = "Ask the office."
[[school]]
id = "north"
name = "North School"
grades = ["1", "2"]
[[year]]
id = "2025-26"
[[year.period]]
id = "P1"
name = "November"
opens = 2025-09-03
closes = 2025-11-21
[[source]]
id = "roster"
files = ["data/roster.csv"]
mapping = "roster"
set = { year = "2025-26" }
[[source]]
id = "north"
files = ["data/north.csv"]
mapping = "marks"
set = { school = "north", year = "2025-26", period = "P1", measure = "reading" }
"#;

const MEASURES: &str = r#"
[scale.level]
kind = "ordered"
levels = ["A", "B", "C", "D"]
[measure.reading]
title = "Reading level"
scale = "level"
[[expectation]]
measures = ["reading"]
from = 2020-09-01
title = "Expectations"
[expectation.at]
1 = { P1 = "B" }
2 = { P1 = "C" }
"#;

const GOAL: &str = r#"
[[goal]]
id = "reading"
school = "north"
area = "literacy"
title = "More children read at level"
statement = "By June 2026, 80% of students will read at level."
why = "Everybody reads."
measures = ["reading"]
baseline = { share = 0.5, on = 2025-06-20 }
target = 0.8
deadline = 2026-06-26
"#;

const ROSTER: &str = "kind = \"roster\"\n[header]\nfind = [\"No\", \"School\"]\n[columns]\nid = \"No\"\nschool = \"School\"\n\
    grade = \"Grade\"\n";
const MARKS: &str = "kind = \"assessment\"\n[header]\nfind = [\"No\", \"Level\"]\n[columns]\nid = \"No\"\n[[value]]\n\
    column = \"Level\"\n";

/// A small division with these jobs (name and cron line).
fn division(jobs: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    let jobs: String = jobs.iter().map(|(name, cron)| format!("{name} = \"{cron}\"\n")).collect();
    write("termwise.toml", &format!("{SETTINGS}[schedule]\n{jobs}"));
    write("measures.toml", MEASURES);
    write("mappings/roster.toml", ROSTER);
    write("mappings/marks.toml", MARKS);
    write("goals/north.toml", GOAL);
    let students = (1..=24).map(|n| format!("{n},north,{}\n", 1 + n % 2)).collect::<String>();
    write("data/roster.csv", &format!("No,School,Grade\n{students}"));
    let levels = (1..=24).map(|n| format!("{n},{}\n", ["A", "B", "C", "D"][n % 4])).collect::<String>();
    write("data/north.csv", &format!("No,Level\n{levels}"));
    folder
}

/// A cron line that is due once a day, half a day and some minutes from now.
fn half_a_day_away(minutes: i64) -> String {
    let then = Timestamp::now().in_tz(ZONE).expect("a zone") + 12.hours().minutes(minutes);
    format!("{} {} * * *", then.minute(), then.hour())
}

fn ledger(project: &Path) -> rusqlite::Connection {
    let ledger = rusqlite::Connection::open(project.join(".termwise/ledger.sqlite")).expect("the ledger");
    ledger.busy_timeout(PATIENCE).expect("a timeout");
    ledger
}

/// What every run was for, how it ended and when it had started, in their order.
fn runs(project: &Path) -> Vec<(String, String, String)> {
    let ledger = ledger(project);
    let mut query = ledger.prepare("SELECT trigger_name, status, started FROM runs ORDER BY id").expect("a query");
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("runs")
}

/// That there were so many runs, all of the schedule and all finished.
fn finished(project: &Path, many: usize) {
    let runs = runs(project);
    assert_eq!(runs.len(), many, "{runs:?}");
    assert!(runs.iter().all(|(trigger, status, _)| trigger.starts_with("schedule:") && status == "done"), "{runs:?}");
}

/// `termwise serve`, and what it logs.
struct Server {
    process: Child,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(project: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let process = Command::new(env!("CARGO_BIN_EXE_termwise"))
            .arg("serve")
            .current_dir(project)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).expect("a log"))
            .spawn()
            .expect("termwise starts");
        Self { process, log, _folder: folder }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    /// Waits until it has logged something, in lines such as `… INFO waiting job="nightly" at=…`.
    fn has_logged(&mut self, what: &str) {
        let begun = Instant::now();
        while !self.log().contains(&format!("INFO {what}")) {
            let ended = self.process.try_wait().expect("a process");
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "no “{what}”, {ended:?}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.process.id().to_string()]).status();
        assert!(sent.expect("kill starts").success());
    }

    /// How it ended, and what it logged.
    fn ends(mut self) -> (ExitStatus, String) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().expect("a process") {
                return (status, self.log());
            }
            assert!(begun.elapsed() < PATIENCE, "it does not stop:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn what_is_due_is_run_once_and_so_is_what_a_downtime_missed() {
    let division = division(&[("early", half_a_day_away(0)), ("late", half_a_day_away(1))]);
    let project = division.path();
    // What never ran is due.
    let due = || told(project, &["run", "--due"]);
    assert_eq!(due(), (Some(0), "Ran for “early”.\n".to_owned()));
    assert!(project.join("out/2025-26/P1/north/staff.en.pdf").is_file());
    assert_eq!(due(), (Some(0), "Nothing is due.\n".to_owned()));
    finished(project, 1);

    // Five days in which the machine was off: both jobs missed five times each.
    let then = Timestamp::now() - (5 * 24).hours();
    ledger(project).execute("UPDATE runs SET started = ?1", [format!("{then:.9}")]).expect("an update");
    assert_eq!(due(), (Some(0), "Ran for “early”.\n".to_owned()));
    assert_eq!(due(), (Some(0), "Nothing is due.\n".to_owned()));
    finished(project, 2);
}

#[test]
fn serve_runs_what_is_due_once_and_stops_when_asked_to() {
    let division = division(&[("nightly", half_a_day_away(0))]);
    let project = division.path();
    for signal in ["INT", "TERM"] {
        let mut server = Server::start(project);
        server.has_logged("waiting");
        server.signal(signal);
        let (status, log) = server.ends();
        assert_eq!(status.code(), Some(0), "{signal}: {log}");
        assert!(log.contains("INFO stopped"), "{signal}: {log}");
        // The second server finds nothing due.
        let ran = log.contains("INFO starting jobs=\"nightly\"") && log.contains("INFO finished job=\"nightly\"");
        assert_eq!(ran, signal == "INT", "{log}");
        finished(project, 1);
    }
}

#[test]
fn after_a_downtime_serve_runs_once_for_all_that_was_missed() {
    let division = division(&[("early", half_a_day_away(0)), ("late", half_a_day_away(1))]);
    let project = division.path();
    assert_eq!(told(project, &["run", "--due"]).0, Some(0));
    let then = Timestamp::now() - (5 * 24).hours();
    ledger(project).execute("UPDATE runs SET started = ?1", [format!("{then:.9}")]).expect("an update");
    let mut server = Server::start(project);
    server.has_logged("waiting");
    server.signal("TERM");
    let (_, log) = server.ends();
    assert!(log.contains("INFO starting jobs=\"early, late\""), "{log}");
    finished(project, 2);
}

#[test]
fn a_run_in_hand_is_finished_before_serve_stops() {
    let division = division(&[("nightly", half_a_day_away(0))]);
    let project = division.path();
    let mut server = Server::start(project);
    server.has_logged("starting");
    server.signal("TERM");
    let (status, log) = server.ends();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("INFO finished job=\"nightly\"") && log.contains("INFO stopped"), "{log}");
    finished(project, 1);
    assert!(project.join("out/2025-26/P1/north/staff.en.pdf").is_file());
}

#[test]
fn each_due_time_has_one_run() {
    let division = division(&[("minutely", "* * * * *".to_owned())]);
    let project = division.path();
    let mut server = Server::start(project);
    server.has_logged("starting");
    let begun = Instant::now();
    while runs(project).iter().filter(|(_, status, _)| status == "done").count() < 2 {
        assert!(begun.elapsed() < PATIENCE, "{}", server.log());
        std::thread::sleep(Duration::from_millis(500));
    }
    server.signal("INT");
    let (status, log) = server.ends();
    assert_eq!(status.code(), Some(0), "{log}");
    let runs = runs(project);
    finished(project, runs.len());
    // As in `2026-11-23T10:15`.
    let minutes: Vec<&str> = runs.iter().map(|(_, _, started)| &started[..16]).collect();
    assert!(minutes.windows(2).all(|two| two[0] < two[1]), "{minutes:?}");
}

#[test]
fn two_at_once_make_one_run() {
    let division = division(&[("nightly", half_a_day_away(0))]);
    let project = division.path();
    let (one, two) = std::thread::scope(|scope| {
        let both = [(), ()].map(|()| scope.spawn(|| told(project, &["run", "--due"])));
        let [one, two] = both.map(|one| one.join().expect("a call"));
        (one, two)
    });
    let ran = |(code, said): &(Option<i32>, String)| *code == Some(0) && said == "Ran for “nightly”.\n";
    assert!(ran(&one) != ran(&two), "{one:?} {two:?}");
    let (code, said) = if ran(&one) { two } else { one };
    // The other came too late, or met the one at work.
    let late = code == Some(0) && said == "Nothing is due.\n";
    assert!(late || code == Some(1) && said.contains("another run is at work"), "{said}");
    finished(project, 1);
}

#[test]
fn while_another_run_is_at_work_nothing_is_run() {
    let division = division(&[("nightly", half_a_day_away(0))]);
    let project = division.path();
    let lock = RunLock::take(project, Timestamp::now()).expect("the lock");
    let (code, said) = told(project, &["run", "--due"]);
    assert_eq!(code, Some(1), "{said}");
    let holder = format!("another run is at work in this project (process {}, since ", std::process::id());
    assert!(said.contains(&holder), "{said}");

    let mut server = Server::start(project);
    server.has_logged("another run is at work");
    assert_eq!(runs(project), []);
    drop(lock);
    server.has_logged("finished");
    server.signal("INT");
    assert_eq!(server.ends().0.code(), Some(0));
    finished(project, 1);
}
