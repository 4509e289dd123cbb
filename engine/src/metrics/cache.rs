//! Compiled components on disk.
//!
//! Comes in: a component's bytes. Goes out: the component, ready to run. Loading compiled code is
//! loading machine code, so only what this user's host wrote is ever loaded: folder and files belong
//! to the user alone, which is checked each time, and each file begins with the digest of its name and
//! the rest: code of one component is not taken for that of another. A file that does not fit is as
//! good as none.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::Cause;
use crate::digest::sha256;

/// The component of these bytes: from the cache, or made by `compile` and put there. Without a cache
/// folder (an empty path), or where it cannot be written, it is compiled each time.
pub fn component(
    engine: &Engine,
    folder: &Path,
    bytes: &[u8],
    compile: impl FnOnce() -> Result<Vec<u8>, Cause>,
) -> Result<Component, Cause> {
    if folder.as_os_str().is_empty() {
        return load(engine, &compile()?).ok_or_else(unloaded);
    }
    let mut compatibility = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut compatibility);
    let name = format!("{}-{:016x}.compiled", sha256(bytes), compatibility.finish());
    let path = folder.join(name);
    if let Some(component) = read(&path).and_then(|compiled| load(engine, &compiled)) {
        return Ok(component);
    }
    let compiled = compile()?;
    let component = load(engine, &compiled).ok_or_else(unloaded)?;
    if let Err(why) = write(folder, &path, &compiled) {
        tracing::debug!(%why, "a compiled plugin could not be kept");
    }
    Ok(component)
}

/// Compiled code, ready to run; none if it is of another version or for another machine.
fn load(engine: &Engine, compiled: &[u8]) -> Option<Component> {
    // SAFETY: the code was compiled just now, or comes from `read`, which returns only whole files that
    // belong to this user and that nobody else can write, so this host wrote them; wasmtime checks
    // version and settings itself.
    #[allow(unsafe_code)]
    unsafe { Component::deserialize(engine, compiled) }.ok()
}

fn unloaded() -> Cause {
    Cause::Unfit("what was compiled of it cannot be loaded".to_owned())
}

/// What a file begins with: the digest of its name and contents.
fn mark(path: &Path, contents: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    digest.update([0]);
    digest.update(contents);
    digest.finalize().to_vec()
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
    (mark(path, &contents) == bytes).then_some(contents)
}

/// Writes to a file of another name and renames it: nobody meets half a file.
fn write(folder: &Path, path: &Path, compiled: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    close(folder)?;
    // tempfile makes files that only their owner can read and write.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&mark(path, compiled))?;
    file.write_all(compiled)?;
    file.persist(path)?;
    Ok(())
}

/// Takes the folder's permissions away from everybody but its owner.
#[cfg(unix)]
fn close(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // Where a link leads is not ours to close, and code from there would not be loaded.
    if std::fs::symlink_metadata(folder)?.is_symlink() {
        return Err(std::io::Error::other("the folder is a link"));
    }
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

    /// The empty component, from the cache or compiled, as if its bytes were these.
    fn made(folder: &Path, bytes: &[u8]) {
        let engine = Engine::default();
        component(&engine, folder, bytes, || Ok(engine.precompile_component(EMPTY).expect("code"))).expect("a component");
    }

    fn compiled() -> (tempfile::TempDir, std::path::PathBuf) {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("cache");
        made(&folder, EMPTY);
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
        made(file.parent().expect("a folder"), EMPTY);
        assert!(read(&file).is_some());
    }

    #[test]
    fn code_of_one_component_is_not_taken_for_that_of_another() {
        let (_place, file) = compiled();
        let other = file.with_file_name(format!("{}-0000000000000000.compiled", sha256(b"another")));
        std::fs::copy(&file, &other).expect("a copy");
        assert!(read(&file).is_some());
        assert!(read(&other).is_none());
    }

    #[test]
    fn what_cannot_be_compiled_is_told_and_not_kept() {
        let place = tempfile::tempdir().expect("a folder");
        let told = component(&Engine::default(), place.path(), b"", || Err(unloaded())).err();
        assert_eq!(told, Some(unloaded()));
        assert_eq!(std::fs::read_dir(place.path()).expect("a folder").count(), 0);
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
