//! A folder that receives reports: a shared drive, a synchronised folder, a web server's root.
//!
//! Comes in: a name and bytes. Goes out: a whole file in its place, or none. It never overwrites: a
//! file that readers may have opened stays, and a changed report lies beside it as `….rev2.pdf`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Put, Sink};
use crate::ledger::Placed;

/// Most revisions of one report that are looked through.
const MOST_REVISIONS: u32 = 10_000;

/// A folder sink.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at `root`; it is made when the first report arrives.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }
}

impl Sink for Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> anyhow::Result<Put> {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let place =
            folder.split('/').filter(|part| !part.is_empty()).fold(self.root.clone(), |path, part| path.join(part));
        make_folders(&place).with_context(|| format!("the folder {} cannot be made", place.display()))?;
        let full = |file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };

        // Only the newest revision counts as “already there”: a report that went back to an earlier
        // content must again be the newest that readers find.
        let mut revision = 1;
        while revision < MOST_REVISIONS && place.join(revised(file, revision + 1)).exists() {
            revision += 1;
        }
        if same(&place.join(revised(file, revision)), bytes)? {
            return Ok(Put { name: full(&revised(file, revision)), outcome: Placed::AlreadyThere });
        }
        loop {
            let candidate = revised(file, revision);
            if put_if_absent(&place, &candidate, bytes)? {
                let outcome = if revision == 1 { Placed::New } else { Placed::Revision };
                return Ok(Put { name: full(&candidate), outcome });
            }
            // Another process may have put the same report there in the meantime.
            if same(&place.join(&candidate), bytes)? {
                return Ok(Put { name: full(&candidate), outcome: Placed::AlreadyThere });
            }
            revision += 1;
            anyhow::ensure!(revision <= MOST_REVISIONS, "there are too many revisions of {name}");
        }
    }
}

/// `staff.en.pdf`, `staff.en.rev2.pdf`, `staff.en.rev3.pdf` …
fn revised(file: &str, revision: u32) -> String {
    match file.rsplit_once('.') {
        _ if revision == 1 => file.to_owned(),
        Some((stem, extension)) => format!("{stem}.rev{revision}.{extension}"),
        None => format!("{file}.rev{revision}"),
    }
}

/// Whether the file is there with exactly these bytes.
fn same(path: &Path, bytes: &[u8]) -> anyhow::Result<bool> {
    match fs::metadata(path) {
        Ok(meta) if meta.len() != bytes.len() as u64 => Ok(false),
        Ok(_) => Ok(fs::read(path).with_context(|| format!("{} cannot be read", path.display()))? == bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Puts the whole file there, on the disk and not only in its cache, unless the name is taken.
fn put_if_absent(folder: &Path, file: &str, bytes: &[u8]) -> anyhow::Result<bool> {
    let at = || format!("the folder {} cannot be written", folder.display());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".termwise-");
    // Readers of the folder are meant to read it; the surroundings' umask decides who they are.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(folder).with_context(at)?;
    temporary.write_all(bytes).with_context(at)?;
    temporary.as_file().sync_all().with_context(at)?;
    match temporary.persist_noclobber(folder.join(file)) {
        Ok(_) => {
            sync_folder(folder).with_context(at)?;
            Ok(true)
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error).with_context(at),
    }
}

/// Makes a folder and those above it, each entry on the disk.
fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folders(parent)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        other => other?,
    }
    parent.map_or(Ok(()), sync_folder)
}

/// The entries of a folder are on the disk only when the folder itself was synced. Windows has no
/// such call and needs none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &Path, bytes: &[u8]) -> (String, Placed) {
        let put = Folder::new(folder.join("drive/reports")).put("2025-26/P2/blue-heron/staff.en.pdf", bytes).unwrap();
        (put.name, put.outcome)
    }

    #[test]
    fn nothing_is_overwritten_and_the_same_is_not_put_twice() {
        let folder = tempfile::tempdir().unwrap();
        let name = |end: &str| format!("2025-26/P2/blue-heron/staff.en{end}.pdf");
        assert_eq!(put(folder.path(), b"one"), (name(""), Placed::New));
        assert_eq!(put(folder.path(), b"one"), (name(""), Placed::AlreadyThere));
        assert_eq!(put(folder.path(), b"two"), (name(".rev2"), Placed::Revision));
        assert_eq!(put(folder.path(), b"two"), (name(".rev2"), Placed::AlreadyThere));
        assert_eq!(put(folder.path(), b"one"), (name(".rev3"), Placed::Revision), "the newest is what holds now");
        let place = folder.path().join("drive/reports/2025-26/P2/blue-heron");
        assert_eq!(fs::read(place.join("staff.en.pdf")).unwrap(), b"one");
        assert_eq!(fs::read(place.join("staff.en.rev2.pdf")).unwrap(), b"two");
        assert_eq!(fs::read_dir(place).unwrap().count(), 3, "no temporary file stays");
    }

    #[test]
    fn two_at_once_never_mix() {
        let folder = tempfile::tempdir().unwrap();
        let contents: Vec<Vec<u8>> = (0..8u8).map(|n| vec![n; 100_000]).collect();
        std::thread::scope(|scope| {
            for content in &contents {
                scope.spawn(|| put(folder.path(), content));
            }
        });
        let place = folder.path().join("drive/reports/2025-26/P2/blue-heron");
        let mut found: Vec<Vec<u8>> =
            fs::read_dir(place).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
        found.sort();
        assert_eq!(found, contents);
    }

    #[test]
    fn a_place_that_cannot_be_a_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("drive"), "a file").unwrap();
        let error = Folder::new(folder.path().join("drive")).put("a/b.pdf", b"x").unwrap_err();
        assert!(format!("{error:#}").contains("cannot be made"), "{error:#}");
    }
}
