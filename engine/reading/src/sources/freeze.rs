//! Copies by digest: `.termwise/frozen/<sha-256>`, readable by its owner only.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use termwise_base::digest::sha256;
use termwise_base::private;
use termwise_base::problem::{Place, Problem};

/// Where the copies of a project are.
pub fn frozen_folder(root: &Path) -> PathBuf {
    private::place(root, "frozen")
}

/// How often a file that is being written is tried again, and the time between.
pub(super) const TRIES: u32 = 6;
pub(super) const PAUSE: Duration = Duration::from_millis(400);

/// A file that was changed so recently may still be on its way.
const FRESH: Duration = Duration::from_secs(60);

/// Copies one file: its digest and the copy. A copy that is already there, and whole, is not written
/// again. A file that changes while it is copied, or that is not whole yet although it is fresh, is
/// tried again for a moment and then set aside.
pub(super) fn copy(root: &Path, path: &str, most: u64) -> Result<(String, PathBuf), Problem> {
    let source = root.join(path);
    let bytes = settled(path, PAUSE, || {
        let before = state(&source).map_err(|error| fault(path, &error))?;
        if before.size > most {
            return Err(Problem::error("This file is larger than a spreadsheet may be.")
                .at(Place::file(path))
                .found(format!("{} MB", before.size >> 20))
                .expected(format!("at most {} MB", most >> 20))
                .hint("Split it, or raise `file-mib` under [reading] in termwise.toml."));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(before.size).unwrap_or(0));
        File::open(&source)
            .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
            .map_err(|error| fault(path, &error))?;
        let after = state(&source).map_err(|error| fault(path, &error))?;
        Ok((before, bytes, after))
    })?;
    keep(root, &bytes).map_err(|error| fault(path, &error))
}

/// The bytes of a file, once it rests. `look` reads it whole and says what it was before and after.
fn settled(
    path: &str,
    pause: Duration,
    mut look: impl FnMut() -> Result<(State, Vec<u8>, State), Problem>,
) -> Result<Vec<u8>, Problem> {
    for attempt in 1..=TRIES {
        let (before, bytes, after) = look()?;
        let rests = before == after && bytes.len() as u64 == after.size;
        // One that rests but is not whole is waited for; then its reader will say what is wrong with it.
        if rests && (attempt == TRIES || whole(path, &bytes) || !after.fresh()) {
            return Ok(bytes);
        }
        thread::sleep(pause);
    }
    Err(being_written(path))
}

/// The message for what never rests.
pub(super) fn being_written(path: &str) -> Problem {
    Problem::error("This file is still being written, so it was set aside.")
        .at(Place::file(path))
        .hint("Wait until it is saved or synchronised, then run again.")
}

/// What tells that a file was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    size: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn fresh(self) -> bool {
        // A time in the future, as a wrong clock makes it, tells nothing.
        self.modified.is_some_and(|then| then.elapsed().is_ok_and(|age| age < FRESH))
    }
}

fn state(path: &Path) -> io::Result<State> {
    let meta = fs::metadata(path)?;
    Ok(State { size: meta.len(), modified: meta.modified().ok() })
}

/// Whether the bytes look complete: a zip archive ends with its list of contents (PKWARE's APPNOTE,
/// section 4.3.16), and nothing is empty or all zeros at its end, as sync clients leave it.
fn whole(path: &str, bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    let zip = [".xlsx", ".xlsm", ".xlsb", ".ods", ".zip"].iter().any(|ending| path.to_lowercase().ends_with(ending));
    let blank = bytes[bytes.len().saturating_sub(512)..].iter().all(|byte| *byte == 0);
    !blank && (!zip || !bytes.starts_with(b"PK") || tail.windows(4).any(|mark| mark == b"PK\x05\x06"))
}

/// The message for what cannot be read.
pub(super) fn fault(path: &str, error: &io::Error) -> Problem {
    let problem = if error.kind() == io::ErrorKind::PermissionDenied {
        Problem::error("This file cannot be opened: permission was denied.")
            .hint("Close it in other programs, and let the account that runs Termwise read it.")
    } else {
        Problem::error(format!("This file cannot be copied: {error}."))
    };
    problem.at(Place::file(path))
}

/// Puts bytes under their digest.
pub(super) fn keep(root: &Path, bytes: &[u8]) -> io::Result<(String, PathBuf)> {
    let digest = sha256(bytes);
    let folder = frozen_folder(root);
    let target = folder.join(&digest);
    // A copy that was damaged since is written again: a run rests on these bytes and no others.
    let sound = fs::read(&target).is_ok_and(|copy| copy == bytes);
    if !sound {
        private::write(&target, bytes)?;
    }
    Ok((digest, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_by_its_digest_and_is_private() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("a.csv"), "abc").expect("written");
        let (digest, path) = copy(root.path(), "a.csv", 100).expect("copied");
        // FIPS 180-2, appendix B.1: the digest of “abc”.
        assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(fs::read(&path).expect("read"), b"abc");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o077;
            assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0, 0));
        }
        assert_eq!(copy(root.path(), "a.csv", 100).expect("copied again"), (digest, path));
        assert_eq!(fs::read_dir(frozen_folder(root.path())).expect("listed").count(), 1);
    }

    #[test]
    fn a_damaged_copy_is_written_again() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("a.csv"), "abc").expect("written");
        let (_, path) = copy(root.path(), "a.csv", 100).expect("copied");
        fs::write(&path, "abd").expect("damaged");
        copy(root.path(), "a.csv", 100).expect("copied");
        assert_eq!(fs::read(&path).expect("read"), b"abc");
    }

    #[test]
    fn a_half_written_file_is_waited_for() {
        let root = tempfile::tempdir().expect("a folder");
        let path = root.path().join("a.xlsx");
        fs::write(&path, b"PK\x03\x04 the first half").expect("written");
        let late = path.clone();
        let sync = thread::spawn(move || {
            thread::sleep(PAUSE / 2);
            fs::write(late, b"PK\x03\x04 both halves PK\x05\x06").expect("written");
        });
        let (_, copied) = copy(root.path(), "a.xlsx", 100).expect("copied");
        sync.join().expect("done");
        assert!(fs::read(copied).expect("read").ends_with(b"PK\x05\x06"));
    }

    #[test]
    fn a_file_that_never_rests_is_set_aside() {
        let mut size = 0;
        let mut look = || {
            size += 1;
            let state = |size| State { size, modified: Some(SystemTime::now()) };
            Ok((state(size), vec![b'a'; 3], state(size + 1)))
        };
        let told = settled("a.csv", Duration::ZERO, &mut look).expect_err("set aside");
        assert!(told.message.contains("still being written"));
        assert_eq!(size, u64::from(TRIES));
    }

    #[test]
    fn too_large_and_missing_files_are_told() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("a.csv"), "abc").expect("written");
        assert!(copy(root.path(), "a.csv", 2).expect_err("refused").message.contains("larger"));
        assert!(copy(root.path(), "b.csv", 2).is_err());
    }
}
