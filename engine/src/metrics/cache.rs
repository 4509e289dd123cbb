//! Compiled components on disk.
//!
//! Loading compiled code is loading machine code, so only what this host wrote is ever loaded: the
//! folder and files belong to the owner alone, and each file carries a digest of its contents made
//! with a key that lies beside it under the same protection.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::lock::digest;

/// The component of these bytes: from the cache, or compiled and put there. Without a cache folder
/// (an empty path), or where it cannot be written, it is compiled each time.
pub fn component(engine: &Engine, folder: &Path, bytes: &[u8]) -> wasmtime::Result<Component> {
    if folder.as_os_str().is_empty() {
        return Component::new(engine, bytes);
    }
    let mut compatibility = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut compatibility);
    let name = format!("{}-{:016x}.compiled", digest(bytes), compatibility.finish());
    let path = folder.join(name);
    if let Some(compiled) = read(&path) {
        // SAFETY: `read` returns only bytes whose digest this host wrote beside them, into a folder
        // that nobody but the owner can write; wasmtime checks version and settings itself.
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

/// The file's contents after its 32 digest bytes, if they fit and the file is the owner's alone.
fn read(path: &Path) -> Option<Vec<u8>> {
    if !owners_alone(path) {
        return None;
    }
    let mut bytes = std::fs::read(path).ok()?;
    if bytes.len() < 32 {
        return None;
    }
    let contents = bytes.split_off(32);
    (Sha256::digest(&contents).as_slice() == bytes).then_some(contents)
}

fn write(folder: &Path, path: &Path, compiled: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // tempfile makes files that only their owner can read and write.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&Sha256::digest(compiled))?;
    file.write_all(compiled)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(unix)]
fn owners_alone(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn owners_alone(path: &Path) -> bool {
    path.is_file()
}
