//! Copies by digest: `.termwise/frozen/<sha-256>`, readable by its owner only.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::digest::sha256;
use crate::problem::{Place, Problem};

/// Where the copies of a project are.
pub fn frozen_folder(root: &Path) -> PathBuf {
    root.join(".termwise").join("frozen")
}

/// Copies one file. A copy that is already there is not written again.
pub(super) fn copy(root: &Path, path: &str, most: u64) -> Result<(String, PathBuf), Problem> {
    let fault = |error: &io::Error| {
        let problem = if error.kind() == io::ErrorKind::PermissionDenied {
            Problem::error("This file cannot be opened: permission was denied.")
                .hint("Close it in other programs, and let the account that runs Termwise read it.")
        } else {
            Problem::error(format!("This file cannot be copied: {error}."))
        };
        problem.at(Place::file(path))
    };
    let source = root.join(path);
    let size = fs::metadata(&source).map_err(|error| fault(&error))?.len();
    if size > most {
        return Err(Problem::error("This file is larger than a spreadsheet may be.")
            .at(Place::file(path))
            .found(format!("{} MB", size >> 20))
            .expected(format!("at most {} MB", most >> 20))
            .hint("Split it, or raise `file-mib` under [reading] in termwise.toml."));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    File::open(&source).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(|error| fault(&error))?;
    let digest = sha256(&bytes);
    let folder = frozen_folder(root);
    let target = folder.join(&digest);
    if !target.is_file() {
        write(&folder, &target, &bytes).map_err(|error| fault(&error))?;
    }
    Ok((digest, target))
}

/// Writes beside the target, then renames, so that nobody ever sees half a file.
fn write(folder: &Path, target: &Path, bytes: &[u8]) -> io::Result<()> {
    private_folder(folder)?;
    // Temporary files are made readable by their owner only.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    // The new name itself must outlive a power cut, where the system can promise that.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Makes a folder that only its owner may look into.
#[cfg(unix)]
pub fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes a folder.
#[cfg(not(unix))]
pub fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
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
    fn too_large_and_missing_files_are_told() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("a.csv"), "abc").expect("written");
        assert!(copy(root.path(), "a.csv", 2).expect_err("refused").message.contains("larger"));
        assert!(copy(root.path(), "b.csv", 2).is_err());
    }
}
