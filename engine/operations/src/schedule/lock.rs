//! One run at a time in a project, however it was started and on whichever machine of the drive.
//!
//! Comes in: the project folder. Goes out: a lock that the operating system takes back when the
//! process ends, however it ends; so a lock is never left behind.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use termwise_base::private;

/// The right to run in a project; given back when dropped.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

/// Another run holds the lock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct AtWork {
    /// Its process and the instant since when, as far as it left word.
    pub by: Option<(u32, String)>,
}

impl std::fmt::Display for AtWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "another run is at work in this project")?;
        if let Some((process, since)) = &self.by {
            write!(f, " (process {process}, since {since})")?;
        }
        write!(f, "; wait until it has finished")
    }
}

/// What the holder writes beside the lock.
#[derive(Serialize, Deserialize)]
struct Holder {
    process: u32,
    since: String,
}

impl RunLock {
    /// Takes the lock, or fails with [`AtWork`] (or with what keeps it from being taken at all).
    pub fn take(root: &Path, now: Timestamp) -> anyhow::Result<Self> {
        let folder = root.join(private::FOLDER);
        private::folder(&folder).context("the folder .termwise of the project cannot be written")?;
        let path = folder.join("lock");
        // The holder writes beside the lock: Windows lets nobody read a locked file.
        let holder = folder.join("lock-holder.json");
        private::file(&path)?;
        let file = File::options().read(true).write(true).open(&path).context("the lock cannot be opened")?;
        match file.try_lock() {
            Ok(()) => {
                let told = Holder { process: std::process::id(), since: format!("{now:.0}") };
                private::file(&holder)?;
                fs::write(&holder, serde_json::to_vec(&told)?).context("the lock cannot be written")?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let told = fs::read(&holder).ok().and_then(|bytes| serde_json::from_slice::<Holder>(&bytes).ok());
                Err(AtWork { by: told.map(|holder| (holder.process, holder.since)) }.into())
            }
            Err(TryLockError::Error(error)) => Err(error).context("the file system cannot lock files"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_told_who_holds_the_lock_and_since_when() {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-11-23T10:15:00.5Z".parse().unwrap();
        let lock = RunLock::take(folder.path(), now).unwrap();
        let error = RunLock::take(folder.path(), now).unwrap_err();
        assert_eq!(
            error.downcast_ref::<AtWork>().unwrap().to_string(),
            format!(
                "another run is at work in this project (process {}, since 2026-11-23T10:15:00Z); wait until it has finished",
                std::process::id()
            )
        );
        drop(lock);
        RunLock::take(folder.path(), now).unwrap();
    }
}
