//! Compiled components on disk.
//!
//! Comes in: a component's bytes. Goes out: the component, ready to run. Loading compiled code is
//! loading machine code, so only what this user's host wrote is ever loaded: folder and files belong
//! to the user alone, which is checked each time; a file is named by the component's digest, the
//! engine's version and its settings, and ends with a checksum of the rest and of that name, so that
//! code of one component is not taken for that of another. A file that does not fit is as good as
//! none. (The checksum is against accidents; the permissions are against people.)

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Write};
use std::path::Path;

use wasmtime::Engine;
use wasmtime::component::Component;

use termwise_base::private;
use termwise_metric::Cause;

/// Bytes of the checksum at the end.
const CHECKSUM: usize = 4;

/// The component with this SHA-256: from the cache, or made by `compile` and put there. Without a cache
/// folder (an empty path), or where it cannot be written, it is compiled each time.
pub fn component(
    engine: &Engine,
    folder: &Path,
    sha256: &str,
    compile: impl FnOnce() -> Result<Vec<u8>, Cause>,
) -> Result<Component, Cause> {
    if folder.as_os_str().is_empty() {
        return load(engine, &compile()?);
    }
    let mut compatibility = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut compatibility);
    let path = folder.join(format!("{sha256}-{:016x}.compiled", compatibility.finish()));
    if sound(&path) {
        // SAFETY: `sound` passes only whole files that belong to this user and that nobody else can
        // write, so this host wrote them; wasmtime checks version and settings itself. Files are
        // replaced by renaming and never written in place, so the mapped bytes do not change.
        #[allow(unsafe_code)]
        if let Ok(component) = unsafe { Component::deserialize_file(engine, &path) } {
            return Ok(component);
        }
    }
    let compiled = compile()?;
    let component = load(engine, &compiled)?;
    if let Err(why) = write(folder, &path, &compiled) {
        tracing::debug!(%why, "a compiled plugin could not be kept");
    }
    Ok(component)
}

/// Code that was compiled just now, ready to run.
fn load(engine: &Engine, compiled: &[u8]) -> Result<Component, Cause> {
    // SAFETY: the code comes from the compiler, here or in a process that this one started, by way of
    // a folder that nobody else can enter; wasmtime checks version and settings itself.
    #[allow(unsafe_code)]
    let component = unsafe { Component::deserialize(engine, compiled) };
    component.map_err(|_| Cause::Unfit("what was compiled of it cannot be loaded".to_owned()))
}

/// Whether the file is this user's alone, and whole.
fn sound(path: &Path) -> bool {
    if !path.is_file() || !private::is_ours_alone(path) {
        return false;
    }
    checksummed(path).unwrap_or(false)
}

/// Whether the file ends with the checksum of the rest and of its name. Read piece by piece: an interpreter's file has
/// tens of megabytes, and memory for all of them would take longer than the reading.
fn checksummed(path: &Path) -> std::io::Result<bool> {
    let mut file = std::fs::File::open(path)?;
    let Some(contents) = file.metadata()?.len().checked_sub(CHECKSUM as u64) else { return Ok(false) };
    let mut hasher = crc32fast::Hasher::new();
    let mut piece = vec![0; 256 << 10];
    let mut left = contents;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
        file.read_exact(&mut piece[..most])?;
        hasher.update(&piece[..most]);
        left -= most as u64;
    }
    let mut checksum = [0; CHECKSUM];
    file.read_exact(&mut checksum)?;
    hasher.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    Ok(hasher.finalize().to_le_bytes() == checksum)
}

fn checksum_of(path: &Path, contents: &[u8]) -> [u8; CHECKSUM] {
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(contents);
    checksum.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    checksum.finalize().to_le_bytes()
}

/// Writes to a file of another name and renames it: nobody meets half a file. Not synced, as the checksum finds what
/// a power cut left.
fn write(folder: &Path, path: &Path, compiled: &[u8]) -> std::io::Result<()> {
    private::closed_folder(folder)?;
    // tempfile makes files that only their owner can read and write.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(compiled)?;
    file.write_all(&checksum_of(path, compiled))?;
    file.persist(path)?;
    Ok(())
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

    fn made(folder: &Path) {
        let engine = Engine::default();
        let compile = || Ok(engine.precompile_component(EMPTY).expect("code"));
        component(&engine, folder, "digest", compile).expect("an empty component");
    }

    fn compiled() -> (tempfile::TempDir, std::path::PathBuf) {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("cache");
        made(&folder);
        let file = kept(&folder);
        (place, file)
    }

    #[test]
    fn a_compiled_component_is_kept_and_read_again() {
        let (_place, file) = compiled();
        assert!(sound(&file));
    }

    #[test]
    fn a_changed_file_is_as_good_as_none() {
        let (_place, file) = compiled();
        let mut bytes = std::fs::read(&file).expect("the file");
        let last = bytes.len() - 1;
        bytes[last / 2] ^= 1;
        std::fs::write(&file, bytes).expect("the file");
        assert!(!sound(&file));
        std::fs::write(&file, b"short").expect("the file");
        assert!(!sound(&file));
        // It is made anew in its place.
        made(file.parent().expect("a folder"));
        assert!(sound(&file));
    }

    #[test]
    fn code_of_one_component_is_not_taken_for_that_of_another() {
        let (_place, file) = compiled();
        let other = file.with_file_name("another-0000000000000000.compiled");
        std::fs::copy(&file, &other).expect("a copy");
        assert!(sound(&file) && !sound(&other));
    }

    #[test]
    fn what_cannot_be_compiled_is_told_and_not_kept() {
        let place = tempfile::tempdir().expect("a folder");
        let why = Cause::Unfit("it is none".into());
        let told = component(&Engine::default(), place.path(), "digest", || Err(why.clone())).err();
        assert_eq!(told, Some(why));
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
        assert!(!sound(&file), "a file that the group can write");
        set(&file, 0o600);
        set(&folder, 0o770);
        assert!(!sound(&file), "a folder that the group can write");
        set(&folder, 0o700);
        assert!(sound(&file));
        let elsewhere = folder.parent().expect("a folder").join("elsewhere");
        std::fs::rename(&file, &elsewhere).expect("moved");
        std::os::unix::fs::symlink(&elsewhere, &file).expect("a link");
        assert!(!sound(&file), "a link");
    }
}
