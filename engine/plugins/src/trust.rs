//! What a pinned component is worth: its digest, its grant, and a signature where the division
//! wants one.
//!
//! Signatures are minisign's: `NAME.wasm.minisig` beside the component, by a key that is listed in
//! `termwise.toml`. A component that its lock does not name as it is does not run, whatever its
//! signature.

use std::fmt;
use std::path::{Path, PathBuf};

use minisign_verify::{PublicKey, Signature};

use termwise_config::SigningKeys;
use termwise_metric::{Cause, Description};

use crate::lock::Locked;

/// State of a component, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its bytes are not those that the lock names.
    Modified,
    /// It asks for a column that the lock does not grant.
    NotGranted,
    /// Pinned, and without a signature by a listed key.
    Unsigned,
    /// Pinned; the division lists no keys.
    Pinned,
    /// Pinned, and signed by a listed key.
    Signed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Modified => "modified",
            Self::NotGranted => "not granted",
            Self::Unsigned => "unsigned",
            Self::Pinned => "pinned",
            Self::Signed => "signed",
        })
    }
}

/// Where a component's signature lies.
pub fn signature_path(component: &Path) -> PathBuf {
    let mut name = component.file_name().unwrap_or_default().to_owned();
    name.push(".minisig");
    component.with_file_name(name)
}

/// Whether the bytes are those of the lock and their signature does: the state, or why they do not
/// run. `signature` is the text of the signature's file, if there is one.
pub fn judge(locked: &Locked, bytes: &[u8], signature: Option<&str>, keys: &SigningKeys) -> Result<State, Cause> {
    if termwise_base::digest::sha256(bytes) != locked.sha256 {
        return Err(Cause::Modified);
    }
    if keys.keys.is_empty() {
        return Ok(State::Pinned);
    }
    let told = |why: &str| Err(Cause::Untrusted(why.to_owned()));
    let Some(text) = signature else {
        return if keys.required {
            told("it is not signed, and termwise.toml requires it")
        } else {
            Ok(State::Unsigned)
        };
    };
    let Ok(signature) = Signature::decode(text) else { return told("its signature cannot be read") };
    let mut signed = keys.keys.iter().filter_map(|key| PublicKey::from_base64(key).ok());
    if signed.any(|key| key.verify(bytes, &signature, false).is_ok()) {
        Ok(State::Signed)
    } else {
        told("its signature is not by a key in termwise.toml, or not of these bytes")
    }
}

/// Whether the component is the one that the lock speaks of, and wants no more than it grants.
pub fn grant(locked: &Locked, description: &Description, contract: &str) -> Result<(), Cause> {
    if (&description.id, &description.version) != (&locked.name, &locked.version) {
        let (id, version) = (&description.id, &description.version);
        return Err(Cause::Unfit(format!("it calls itself {id} {version}, unlike plugins.lock")));
    }
    if contract != locked.contract {
        return Err(Cause::Unfit(format!("it follows contract {contract}, unlike plugins.lock")));
    }
    match description.columns.iter().find(|wanted| !locked.columns.contains(&wanted.grant())) {
        Some(wanted) => Err(Cause::NotGranted(format!(
            "its column “{}” needs {}, which plugins.lock does not grant",
            wanted.name,
            wanted.grant()
        ))),
        None => Ok(()),
    }
}
