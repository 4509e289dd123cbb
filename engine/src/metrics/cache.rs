//! Compiled components on disk.
//!
//! Comes in: a component's bytes. Goes out: the component, ready to run. Loading compiled code is
//! loading machine code, so only what this user's host wrote is ever loaded: folder and files belong
//! to the user alone, which is checked each time, and each file begins with the digest of the rest.
//! A file that does not fit is as good as none.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::digest::sha256;

/// The component of these bytes: from the cache, or compiled and put there. Without a cache folder
/// (an empty path), or where it cannot be written, it is compiled each time.
pub fn component(engine: &Engine, folder: &Path, bytes: &[u8]) -> wasmtime::Result<Component> {
    if folder.as_os_str().is_empty() {
        return Component::new(engine, bytes);
    }
    let mut compatibility = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut compatibility);
    let name = format!("{}-{:016x}.compiled", sha256(bytes), compatibility.finish());
    let path = folder.join(name);
    if let Some(compiled) = read(&path) {
        // SAFETY: `read` returns only whole files that belong to this user and that nobody else can
        // write, so this host wrote them; wasmtime checks version and settings itself.
        #[allow(unsafe_code)]
        if let Ok(component) = unsafe { Component::deserialize(engine, compiled) } {
            return Ok(component);
        }
    }
    let component = Component::new(engine, bytes)?;
    if let Ok(compiled) = component.serialize()
        && let Err(why) = write(folder, &path, &compiled)
    {
        tracing::debug!(%why, "a compiled plugin could not be kept");
    }
    Ok(component)
}

/// The file's contents after its 32 digest bytes, if they fit and the file is this user's alone.
fn read(path: &Path) -> Option<Vec<u8>> {
    if !path.is_file() || !ours_alone(path) {
        return None;
    }
    let mut bytes = std::fs::read(path).ok()?;
    if bytes.len() < 32 {
        return None;
    }
    let contents = bytes.split_off(32);
    (Sha256::digest(&contents).as_slice() == bytes).then_some(contents)
}

/// Writes to a file of another name and renames it: nobody meets half a file.
fn write(folder: &Path, path: &Path, compiled: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    close(folder)?;
    // tempfile makes files that only their owner can read and write.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&Sha256::digest(compiled))?;
    file.write_all(compiled)?;
    file.persist(path)?;
    Ok(())
}

/// Takes the folder's permissions away from everybody but its owner.
#[cfg(unix)]
fn close(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

/// Whether file and folder belong to the user who runs this and to nobody else.
#[cfg(unix)]
fn ours_alone(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Some(folder) = path.parent() else { return false };
    // A file just made tells who we are.
    let Ok(me) = tempfile::NamedTempFile::new_in(folder).and_then(|file| file.as_file().metadata()) else {
        return false;
    };
    // Not followed: a link could lead to a file of ours that was never meant as code.
    [folder, path].into_iter().all(|place| {
        std::fs::symlink_metadata(place)
            .is_ok_and(|meta| !meta.is_symlink() && meta.uid() == me.uid() && meta.mode() & 0o077 == 0)
    })
}

// On Windows a project folder in a user's profile is closed to others by inheritance.
#[cfg(not(unix))]
fn close(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn ours_alone(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty component: the magic number and the version of the component format.
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn kept(folder: &Path) -> std::path::PathBuf {
        let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).collect();
        assert_eq!(files.len(), 1);
        files.remove(0)
    }

    fn compiled() -> (tempfile::TempDir, std::path::PathBuf) {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("cache");
        component(&Engine::default(), &folder, EMPTY).expect("an empty component");
        let file = kept(&folder);
        (place, file)
    }

    #[test]
    fn a_compiled_component_is_kept_and_read_again() {
        let (_place, file) = compiled();
        assert!(read(&file).is_some());
    }

    #[test]
    fn a_changed_file_is_as_good_as_none() {
        let (_place, file) = compiled();
        let mut bytes = std::fs::read(&file).expect("the file");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&file, bytes).expect("the file");
        assert!(read(&file).is_none());
        std::fs::write(&file, b"short").expect("the file");
        assert!(read(&file).is_none());
        // It is made anew in its place.
        component(&Engine::default(), file.parent().expect("a folder"), EMPTY).expect("an empty component");
        assert!(read(&file).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn code_that_others_could_have_written_is_not_loaded() {
        use std::os::unix::fs::PermissionsExt;
        let (_place, file) = compiled();
        let folder = file.parent().expect("a folder").to_owned();
        let set = |place: &Path, mode| {
            std::fs::set_permissions(place, std::fs::Permissions::from_mode(mode)).expect("permissions");
        };
        set(&file, 0o620);
        assert!(read(&file).is_none(), "a file that the group can write");
        set(&file, 0o600);
        set(&folder, 0o770);
        assert!(read(&file).is_none(), "a folder that the group can write");
        set(&folder, 0o700);
        assert!(read(&file).is_some());
        let elsewhere = folder.parent().expect("a folder").join("elsewhere");
        std::fs::rename(&file, &elsewhere).expect("moved");
        std::os::unix::fs::symlink(&elsewhere, &file).expect("a link");
        assert!(read(&file).is_none(), "a link");
    }
}
