//! JavaScript and TypeScript sources → a component, by `componentize-js`.
//!
//! The interpreter is in the component (12 MB); it imports no function. The tools come from the
//! folder's own `package.json`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use super::Language;

/// Builds the component of `metric.js` or `metric.ts`.
pub fn component(folder: &Path, language: Language) -> anyhow::Result<Vec<u8>> {
    if !folder.join("node_modules/@bytecodealliance/componentize-js").is_dir() {
        bail!(
            "The JavaScript tools are not installed in {}.\nhelp: run `npm install` there (Node.js 20 or newer).",
            folder.display()
        );
    }
    let place = tempfile::tempdir()?;
    let out = place.path().join("metric.wasm");
    let source = if language == Language::Typescript { "metric.ts" } else { "metric.js" };
    let node = std::env::var_os("NODE").unwrap_or_else(|| "node".into());
    let output = Command::new(node)
        .args(["build.mjs", source])
        .arg(&out)
        .current_dir(folder)
        .output()
        .context("node cannot be started.\nhelp: install Node.js 20 or newer.")?;
    if !output.status.success() {
        bail!("{source} cannot be built:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::read(&out).with_context(|| format!("{} made no component.", folder.join("build.mjs").display()))
}
