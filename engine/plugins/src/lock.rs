//! `plugins.lock`: which components may run, pinned by digest, and what each is granted.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::describe::kebab;

/// A lock file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// How the components were built; none for components built elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toolchain: Option<Toolchain>,
    /// One entry a component, by name, then version.
    #[serde(default)]
    pub plugin: Vec<Locked>,
}

/// The toolchain of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Toolchain {
    /// Output of `rustc -vV`, on one line.
    pub rustc: String,
    /// SHA-256 of the plugins' Cargo.lock.
    pub cargo_lock: String,
    /// The cargo command.
    pub recipe: String,
}

/// One pinned component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
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
    /// What it may be given, as in `value@now`.
    pub columns: Vec<String>,
    /// How many times the usual fuel it may use; none is once. Interpreters need more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u32>,
    /// Reporting periods for which it is only rehearsed before anybody but the analyst sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<u32>,
}

const HEAD: &str = "# Which plugins may run, by digest, and what each is given. \
                    Written by `termwise plugin pin` and `build`.\n\n";

impl Lock {
    /// Reads a lock's text.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let lock: Self = toml::from_str(text)
            .map_err(|why| anyhow::anyhow!("plugins.lock cannot be read: {}", why.message()))
            .context("Pin the plugins again with `termwise plugin pin`.")?;
        let same = |a: &Locked, b: &Locked| a.name == b.name && a.rehearsal.is_some() == b.rehearsal.is_some();
        for (place, locked) in lock.plugin.iter().enumerate() {
            if !kebab(&locked.name) {
                anyhow::bail!("plugins.lock: the name in entry {} is not in kebab-case.", place + 1);
            }
            if lock.plugin[..place].iter().any(|earlier| same(earlier, locked)) {
                anyhow::bail!("plugins.lock names “{}” twice; keep the entry that is meant.", locked.name);
            }
            // A file is looked for in the folder of plugins and nowhere else.
            if Path::new(&locked.file).file_name() != Some(locked.file.as_ref()) {
                anyhow::bail!("plugins.lock: the file of “{}” is not a plain file name.", locked.name);
            }
        }
        Ok(lock)
    }

    /// Reads `plugins.lock` of a folder, if it has one.
    pub fn read(root: &Path) -> anyhow::Result<Option<Self>> {
        let path = root.join("plugins.lock");
        if !path.is_file() {
            return Ok(None);
        }
        Self::parse(&std::fs::read_to_string(&path)?).map(Some)
    }

    /// Puts an entry in place of an older one of the same name that is as much, or as little, in
    /// rehearsal; entries stay in order.
    pub fn put(&mut self, locked: Locked) {
        self.plugin.retain(|p| p.name != locked.name || p.rehearsal.is_some() != locked.rehearsal.is_some());
        self.plugin.push(locked);
        self.plugin.sort_by(|a, b| (&a.name, a.rehearsal.is_some()).cmp(&(&b.name, b.rehearsal.is_some())));
    }

    /// Writes `plugins.lock` into a folder, whole or not at all.
    pub fn write(&self, root: &Path) -> anyhow::Result<()> {
        let (file, new) = (root.join("plugins.lock"), root.join(".plugins.lock.new"));
        std::fs::write(&new, format!("{HEAD}{}", toml::to_string(self)?))?;
        std::fs::rename(new, file).context("plugins.lock cannot be written.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, file: &str) -> String {
        format!(
            "[[plugin]]\nname = {name:?}\nversion = \"1.0.0\"\ncontract = \"1.0.0\"\nfile = {file:?}\n\
             sha256 = \"00\"\ncolumns = []\n"
        )
    }

    #[test]
    fn an_entry_leads_to_a_file_in_the_folder_of_plugins_and_nowhere_else() {
        assert!(Lock::parse(&entry("share", "share.wasm")).is_ok());
        for file in ["../share.wasm", "/share.wasm", "a/../../share.wasm", "..", ".", "", "share.wasm/", "a/share.wasm"]
        {
            let told = Lock::parse(&entry("share", file)).expect_err(file).to_string();
            assert_eq!(told, "plugins.lock: the file of “share” is not a plain file name.", "{file}");
        }
    }

    #[test]
    fn a_name_stands_there_once_and_once_in_rehearsal() {
        let twice = entry("share", "a.wasm") + &entry("share", "b.wasm");
        let told = Lock::parse(&twice).expect_err("twice").to_string();
        assert_eq!(told, "plugins.lock names “share” twice; keep the entry that is meant.");
        assert!(Lock::parse(&(twice + "rehearsal = 2\n")).is_ok());
        assert!(Lock::parse(&entry("Sh\u{202e}are", "a.wasm")).is_err());
    }
}
