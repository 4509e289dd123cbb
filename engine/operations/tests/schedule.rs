//! The schedule across processes: the lock is the operating system's, and dies with its holder.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use termwise_operations::schedule::{AtWork, RunLock};

/// Not a test of its own: run by the test below as another process, which takes the lock of the
/// folder in `TERMWISE_TEST_LOCK`, says so, and keeps it until its stdin ends or it is killed.
#[test]
fn holder() {
    let Some(folder) = std::env::var_os("TERMWISE_TEST_LOCK") else { return };
    let _lock = RunLock::take(folder.as_ref(), "2026-11-23T10:15:00Z".parse().unwrap()).unwrap();
    println!("\nholding");
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().lock().read_line(&mut String::new());
}

#[test]
fn a_run_in_another_process_keeps_us_out_until_it_ends_however_it_ends() {
    let project = tempfile::tempdir().unwrap();
    let now = "2026-11-23T10:20:00Z".parse().unwrap();
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "holder", "--nocapture", "--test-threads=1"])
        .env("TERMWISE_TEST_LOCK", project.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "holding"), "the other process takes the lock");

    let error = RunLock::take(project.path(), now).unwrap_err();
    let held = error.downcast_ref::<AtWork>().unwrap();
    assert_eq!(held.by, Some((other.id(), "2026-11-23T10:15:00Z".to_owned())));

    other.kill().unwrap();
    other.wait().unwrap();
    RunLock::take(project.path(), now).expect("a killed process leaves no lock behind");
}
