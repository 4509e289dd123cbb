//! `termwise plugin build`: a metric's sources → a WebAssembly component.
//!
//! Comes in: a folder with a metric in Rust, Python, JavaScript or TypeScript. Goes out: the
//! component's bytes. Each language's own tools do the work; this stage finds them, fixes what
//! decides the bytes, and says what to install where they are missing.

mod javascript;
mod python;
pub mod rust;
pub mod start;
mod workspace;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use termwise_base::digest::sha256;
use termwise_config::PluginLimits;

use crate::host::{Plugins, Release};
use crate::lock::{Locked, Toolchain};

pub use rust::rustc_version;
pub use workspace::sources_digest;

/// The language of a metric's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Rust, built by cargo for `wasm32-unknown-unknown`.
    Rust,
    /// Python, with its interpreter inside the component (componentize-py).
    Python,
    /// JavaScript, with its engine inside the component (componentize-js).
    Javascript,
    /// TypeScript; its types are taken away, then it is JavaScript.
    Typescript,
}

impl Language {
    /// The language of a folder, by the file that its kind of project always has.
    pub fn of(folder: &Path) -> Option<Self> {
        let marks = [
            ("Cargo.toml", Self::Rust),
            ("metric.py", Self::Python),
            ("metric.ts", Self::Typescript),
            ("metric.js", Self::Javascript),
        ];
        marks.into_iter().find(|(file, _)| folder.join(file).is_file()).map(|(_, language)| language)
    }

    /// How many times the usual fuel its components need: an interpreter takes many steps for one.
    pub fn fuel(self) -> u32 {
        match self {
            Self::Rust => 1,
            Self::Python | Self::Javascript | Self::Typescript => 4,
        }
    }
}

/// What to build and how.
#[derive(Debug, Clone)]
pub struct Build {
    /// The metric's folder.
    pub folder: PathBuf,
    /// For Rust: build the standard library from its source as well (Debian's `rust-web-src`, or
    /// nightly).
    pub build_std: bool,
}

/// A component as it was built.
pub struct Built {
    /// The component.
    pub bytes: Vec<u8>,
    /// The host, holding it under the name [`ALONE`].
    pub plugins: Plugins,
    /// Its entry for a lock; the columns are those that its description asks for.
    pub locked: Locked,
    /// The compiler, where the bytes can be made again from the sources.
    pub toolchain: Option<Toolchain>,
}

/// Builds one metric and asks it what it is.
///
/// Fails with the compiler's own message, or with what to install.
pub fn build(build: &Build) -> anyhow::Result<Built> {
    let folder = build
        .folder
        .canonicalize()
        .with_context(|| format!("There is no plugin folder {}.", build.folder.display()))?;
    let Some(language) = Language::of(&folder) else {
        bail!(
            "{} holds no metric: there is no Cargo.toml, metric.py, metric.js or metric.ts.\n\
             help: `termwise plugin new --lang python my-metric` makes a folder to start from.",
            build.folder.display()
        );
    };
    let (bytes, toolchain) = match language {
        Language::Rust => rust::component(&folder, build.build_std)?,
        Language::Python => (python::component(&folder)?, None),
        Language::Javascript | Language::Typescript => (javascript::component(&folder, language)?, None),
    };
    let (mut locked, plugins) = entry(&bytes, language.fuel())?;
    if toolchain.is_some() {
        locked.sources = Some(sources_digest(&folder)?);
    }
    Ok(Built { bytes, plugins, locked, toolchain })
}

/// Under which name a component stands in a host of its own, until its own name is known.
pub const ALONE: &str = "component";

/// A component's entry for a lock, with all the columns that it asks for, and the host that asked it.
pub fn entry(bytes: &[u8], fuel: u32) -> anyhow::Result<(Locked, Plugins)> {
    let mut plugins = Plugins::single(ALONE, bytes, fuel, &PluginLimits::default())?;
    Ok((entry_of(&mut plugins, bytes, fuel)?, plugins))
}

/// The entry of a component that a host holds as [`ALONE`].
pub fn entry_of(plugins: &mut Plugins, bytes: &[u8], fuel: u32) -> anyhow::Result<Locked> {
    let told =
        |why: termwise_metric::Unavailable| anyhow::anyhow!("This component cannot be used: {}.", why.cause_alone());
    let contract = plugins.contract(ALONE, Release::Current).map_err(told)?.to_owned();
    let description = plugins.describe(ALONE, Release::Current).map_err(told)?;
    Ok(Locked {
        name: description.id.clone(),
        version: description.version.clone(),
        contract,
        file: format!("{}.wasm", description.id),
        sha256: sha256(bytes),
        sources: None,
        columns: description.grants(),
        fuel: (fuel > 1).then_some(fuel),
        rehearsal: None,
    })
}
