//! `plugins.lock`: which components may run, pinned by digest.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// A lock file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Lock {
    /// How the components were built; none for components built elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toolchain: Option<Toolchain>,
    /// One entry a plugin, by name.
    #[serde(default)]
    pub plugin: Vec<Locked>,
}

/// The toolchain of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Toolchain {
    /// Output of `rustc -vV`, on one line.
    pub rustc: String,
    /// SHA-256 of the plugins' Cargo.lock.
    pub cargo_lock: String,
    /// The cargo command.
    pub recipe: String,
}

/// One pinned plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Locked {
    /// Name that goals use.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Contract version.
    pub contract: String,
    /// File name of the component.
    pub file: String,
    /// SHA-256 of the component, hex.
    pub sha256: String,
    /// SHA-256 of its sources, hex; none for components built elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<String>,
    /// Columns that it may be given.
    pub columns: Vec<String>,
}

impl Lock {
    /// Reads a lock's text.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        toml::from_str(text).map_err(|why| anyhow::anyhow!("plugins.lock cannot be read: {}", why.message()))
    }

    /// Reads `plugins.lock` of a project, if it has one.
    pub fn read(root: &Path) -> anyhow::Result<Option<Self>> {
        let path = root.join("plugins.lock");
        if !path.is_file() {
            return Ok(None);
        }
        Self::parse(&std::fs::read_to_string(&path)?).map(Some)
    }
}
