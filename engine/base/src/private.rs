//! Folders and files that only their owner may look into.
//!
//! What the engine keeps for itself rests on spreadsheets with students' names: frozen copies, cells, the
//! ledger, compiled plugins. Permissions are those of Unix; elsewhere the surroundings decide.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Folder of a project that the engine keeps for itself, relative to the project.
pub const FOLDER: &str = ".termwise";

/// A place in the engine's own folder of the project at `root`. It may not be there yet.
pub fn place(root: &Path, within: &str) -> PathBuf {
    root.join(FOLDER).join(within)
}

/// Makes a folder and those above it that are missing (mode 0700). One that is there stays as it is.
pub fn folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The same, and takes a folder that is there away from everybody but its owner. A link is an error: where it
/// leads is not ours to close.
pub fn closed_folder(place: &Path) -> io::Result<()> {
    folder(place)?;
    if fs::symlink_metadata(place)?.is_symlink() {
        return Err(io::Error::other("the folder is a link"));
    }
    #[cfg(unix)]
    fs::set_permissions(place, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Makes an empty file if there is none (mode 0600). One that is there stays as it is.
pub fn file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Writes a whole file in a folder of its owner's, or none: beside the target first, then under its name, so that
/// nobody ever sees half a file. On the disk when this comes back, as far as the system can promise that.
pub fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = target.parent().ok_or_else(|| io::Error::other("the path has no folder"))?;
    folder(parent)?;
    // `tempfile` makes files that only their owner can read and write.
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    // The new name itself must outlive a power cut.
    if let Ok(parent) = File::open(parent) {
        let _ = parent.sync_all();
    }
    Ok(())
}

/// Whether a file and the folder it lies in belong to the user who runs this, and nobody else may look into
/// either. A link never does: it could lead to a file that was meant for something else. On Windows a project
/// folder in a user's profile is closed to others by inheritance, so there the answer is yes.
pub fn is_ours_alone(path: &Path) -> bool {
    #[cfg(unix)]
    return is_only_this_users(path);
    #[cfg(not(unix))]
    return path.parent().is_some();
}

#[cfg(unix)]
fn is_only_this_users(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Some(folder) = path.parent() else { return false };
    let me = nix::unistd::geteuid().as_raw();
    [folder, path].into_iter().all(|place| {
        fs::symlink_metadata(place).is_ok_and(|meta| !meta.is_symlink() && meta.uid() == me && meta.mode() & 0o077 == 0)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_its_owners() {
        let root = tempfile::tempdir().unwrap();
        let target = place(root.path(), "frozen/a");
        write(&target, b"one").unwrap();
        write(&target, b"two").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two");
        let lock = place(root.path(), "lock");
        file(&lock).unwrap();
        for folder in [root.path().join(".termwise"), root.path().join(".termwise/frozen")] {
            assert_eq!(mode(&folder), 0o700);
        }
        assert_eq!((mode(&target), mode(&lock)), (0o600, 0o600));
        assert!(is_ours_alone(&target) && is_ours_alone(&lock));
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn an_open_folder_is_closed_only_where_that_is_asked() {
        let root = tempfile::tempdir().unwrap();
        let open = root.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        folder(&open).unwrap();
        write(&open.join("a"), b"a").unwrap();
        assert_eq!(mode(&open), 0o755);
        assert!(!is_ours_alone(&open.join("a")), "others may look into the folder");
        closed_folder(&open).unwrap();
        assert_eq!(mode(&open), 0o700);
        assert!(is_ours_alone(&open.join("a")));

        let link = root.path().join("link");
        symlink(&open, &link).unwrap();
        assert!(closed_folder(&link).is_err());
        assert!(!is_ours_alone(&link.join("a")));
    }
}
