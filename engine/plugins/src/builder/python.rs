//! Python sources → a component, by `componentize-py`.
//!
//! The whole interpreter is in the component (18 MB); it imports no function. Its bytes are not the
//! same when it is built again, so it is pinned by digest and not compared with its sources.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// The release that this engine was tried with.
const RELEASE: &str = "componentize-py==0.25.1";

/// Builds the component of `metric.py`.
pub fn component(folder: &Path) -> anyhow::Result<Vec<u8>> {
    let place = tempfile::tempdir()?;
    let out = place.path().join("metric.wasm");
    let program = std::env::var_os("COMPONENTIZE_PY").unwrap_or_else(|| "componentize-py".into());
    let output = Command::new(&program)
        .args(["-d", "wit/v1.0.0", "-w", "plugin", "componentize", "--stub-wasi", "metric", "-o"])
        .arg(&out)
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .with_context(|| {
            format!(
                "componentize-py cannot be started.\nhelp: `pip install {RELEASE}` (Python 3.10 or newer); or name it \
                 in COMPONENTIZE_PY."
            )
        })?;
    if !output.status.success() {
        bail!("metric.py cannot be built:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::read(&out).context("componentize-py made no component.")
}
