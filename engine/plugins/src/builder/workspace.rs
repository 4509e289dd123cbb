//! The workspace of a metric's sources, and their digest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The folder of the workspace that a plugin belongs to: the nearest one above with a `[workspace]`,
/// or its own.
pub fn workspace(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .find(|dir| std::fs::read_to_string(dir.join("Cargo.toml")).is_ok_and(|text| text.contains("[workspace]")))
        .unwrap_or(folder)
        .to_owned()
}

/// SHA-256 over the names and bytes of a metric's sources: its own folder, the SDK and the contract
/// beside it, and the workspace's manifest and lock file, in the order of their names.
pub fn sources_digest(folder: &Path) -> anyhow::Result<String> {
    let workspace = workspace(folder);
    let mut files = BTreeMap::new();
    let places = [folder.to_owned(), workspace.join("sdk"), workspace.join("wit")];
    for place in places.into_iter().filter(|place| place.exists()) {
        for entry in walkdir::WalkDir::new(&place).into_iter().filter_entry(|e| e.file_name() != "target") {
            let entry = entry?;
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&workspace).unwrap_or(entry.path());
                let name: Vec<String> =
                    name.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
                files.insert(name.join("/"), std::fs::read(entry.path())?);
            }
        }
    }
    for name in ["Cargo.toml", "Cargo.lock"] {
        // A metric in Python or JavaScript has neither.
        let path = workspace.join(name);
        files.insert(name.to_owned(), if path.exists() { std::fs::read(path)? } else { Vec::new() });
    }
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        // A checkout may have changed the ends of lines.
        let text: Vec<u8> = bytes.into_iter().filter(|byte| *byte != b'\r').collect();
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(&text);
    }
    Ok(termwise_base::digest::hex(&hash.finalize()))
}
