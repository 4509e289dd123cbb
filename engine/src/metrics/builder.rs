//! `termwise plugin build`: a metric's Rust sources → a WebAssembly component and its line in
//! `plugins.lock`.
//!
//! The bytes depend on the sources, the lock file of their dependencies and the compiler, and on
//! nothing else: paths are remapped and the profile is fixed in the plugins' workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::config::PluginLimits;

use super::host::Plugins;
use super::lock::{Lock, Locked, Toolchain};
use crate::digest::sha256;

/// Rust's name of the target.
const TARGET: &str = "wasm32-unknown-unknown";

/// What to build and how.
#[derive(Debug, Clone)]
pub struct Build {
    /// The metric's folder (with its Cargo.toml).
    pub folder: PathBuf,
    /// Where the component and `plugins.lock` go.
    pub out: PathBuf,
    /// Build the standard library from its source as well (Debian's `rust-web-src`, or nightly).
    pub build_std: bool,
}

/// Builds one metric and pins it. Returns its entry in the lock.
///
/// Fails with the compiler's own message, or with what to install.
pub fn build(build: &Build) -> anyhow::Result<Locked> {
    let folder = build
        .folder
        .canonicalize()
        .with_context(|| format!("There is no plugin folder {}.", build.folder.display()))?;
    let manifest = folder.join("Cargo.toml");
    let name = package_name(&manifest)?;
    let workspace = workspace(&folder);
    let module = compile(&folder, &workspace, &name, build.build_std)?;
    let component = wit_component::ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("The module of {name} does not follow the contract termwise:metric@1.0.0."))?;
    let mut single = Plugins::single(&name, component.clone(), &PluginLimits::default())?;
    let description = single.describe(&name)?.clone();
    if description.id != name {
        bail!("The package is called {name}, but its description says “{}”. Give both one name.", description.id);
    }
    std::fs::create_dir_all(&build.out)?;
    let file = format!("{name}.wasm");
    std::fs::write(build.out.join(&file), &component)?;
    let mut columns: Vec<String> = description.columns.iter().map(|c| c.name.clone()).collect();
    columns.sort();
    let locked = Locked {
        name: name.clone(),
        version: description.version.clone(),
        contract: "1.0.0".into(),
        file,
        sha256: sha256(&component),
        sources: Some(sources_digest(&folder)?),
        columns,
    };
    pin(
        &build.out,
        &locked,
        Toolchain {
            rustc: rustc_version()?,
            cargo_lock: sha256(&std::fs::read(workspace.join("Cargo.lock"))?),
            recipe: format!("cargo {} with {FEATURES}", recipe(build.build_std, true).join(" ")),
        },
    )?;
    Ok(locked)
}

/// Puts an entry into the folder's `plugins.lock`, in place of an older one of the same name.
fn pin(out: &Path, locked: &Locked, toolchain: Toolchain) -> anyhow::Result<()> {
    let path = out.join("plugins.lock");
    let mut lock = if path.is_file() { Lock::parse(&std::fs::read_to_string(&path)?)? } else { Lock::default() };
    lock.toolchain = Some(toolchain);
    lock.plugin.retain(|p| p.name != locked.name);
    lock.plugin.push(locked.clone());
    lock.plugin.sort_by(|a, b| a.name.cmp(&b.name));
    let head = "# Which plugins may run, by digest. Written by `termwise plugin build`.\n\n";
    std::fs::write(path, format!("{head}{}", toml::to_string(&lock)?))?;
    Ok(())
}

/// The cargo command.
fn recipe(build_std: bool, locked: bool) -> Vec<&'static str> {
    let mut words = vec!["rustc", "--release", "--lib", "--crate-type", "cdylib", "--target", TARGET];
    if locked {
        words.push("--locked");
    }
    if build_std {
        words.push("-Zbuild-std=std,panic_abort");
    }
    words
}

/// Runs cargo and returns the core module.
fn compile(folder: &Path, workspace: &Path, name: &str, build_std: bool) -> anyhow::Result<Vec<u8>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(recipe(build_std, workspace.join("Cargo.lock").is_file())).current_dir(folder);
    // Paths of this machine must not reach the bytes.
    let mut flags = vec![remap(workspace, "/src")];
    if let Some(home) = cargo_home() {
        flags.push(remap(&home, "/cargo"));
    }
    flags.push(FEATURES.to_owned());
    if build_std {
        let sources = PathBuf::from(rustc_says(compiler(), &["--print", "sysroot"])?).join("lib/rustlib/src/rust");
        if !sources.is_dir() {
            bail!(
                "This Rust has no sources of its standard library in {}.\n\
                 help: install them (Debian: rustc-web and rust-web-src, with RUSTC=/usr/bin/rustc).",
                sources.display()
            );
        }
        flags.push(remap(&sources, "/rust"));
        // -Zbuild-std is not stable yet; the compiler's version is kept in the lock.
        cargo.env("RUSTC_BOOTSTRAP", "1");
        if let Some(linker) = linker()? {
            cargo.env(LINKER, linker);
        }
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    let output = cargo.output().context("cargo cannot be started; install Rust from rustup.rs.")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("E0463") || said.contains("target may not be installed") {
            bail!(
                "This Rust cannot build WebAssembly yet: the target {TARGET} is not installed.\n\
                 help: run `rustup target add {TARGET}`, then build again. With a compiler that has its own \
                 library sources (Debian: rustc-web and rust-web-src), set RUSTC to it and add --build-std."
            );
        }
        bail!("{name} does not compile:\n{said}");
    }
    let file = format!("{}.wasm", name.replace('-', "_"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from);
    let path = target.join(TARGET).join("release").join(file);
    std::fs::read(&path).with_context(|| format!("cargo made no {}.", path.display()))
}

/// Wide instructions, which make a metric about twice as fast.
const FEATURES: &str = "-Ctarget-feature=+simd128";

/// Cargo's name for the linker of the target.
const LINKER: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

fn remap(from: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", from.display())
}

fn cargo_home() -> Option<PathBuf> {
    let home = std::env::home_dir().map(|home| home.join(".cargo"));
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home)
}

/// The compiler that cargo will use.
fn compiler() -> std::ffi::OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// What a compiler prints.
fn rustc_says(rustc: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(rustc).args(arguments).output().context("rustc cannot be started.")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The linker for a compiler that has none of its own (Debian's): the one beside rustup's `rustc`.
/// None when the user has named one, or there is none to be found.
fn linker() -> anyhow::Result<Option<PathBuf>> {
    if std::env::var_os(LINKER).is_some() {
        return Ok(None);
    }
    for rustc in [compiler(), "rustc".into()] {
        let libraries = PathBuf::from(rustc_says(rustc, &["--print", "target-libdir"])?);
        let linker = libraries.with_file_name("bin").join("rust-lld");
        if linker.is_file() {
            return Ok(Some(linker));
        }
    }
    Ok(None)
}

/// The name in a package's manifest.
fn package_name(manifest: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(manifest)
        .with_context(|| format!("{} cannot be read; name a plugin's folder.", manifest.display()))?;
    let value: toml::Table = toml::from_str(&text)
        .map_err(|why| anyhow::anyhow!("{} is not a manifest: {}", manifest.display(), why.message()))?;
    let name = value.get("package").and_then(|p| p.get("name")).and_then(toml::Value::as_str);
    name.map(str::to_owned).with_context(|| format!("{} names no package.", manifest.display()))
}

/// The folder of the workspace that a plugin belongs to: the nearest one above with a `[workspace]`,
/// or its own.
fn workspace(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .find(|dir| std::fs::read_to_string(dir.join("Cargo.toml")).is_ok_and(|text| text.contains("[workspace]")))
        .unwrap_or(folder)
        .to_owned()
}

/// `rustc -vV` of the compiler that cargo will use, on one line.
pub fn rustc_version() -> anyhow::Result<String> {
    Ok(rustc_says(compiler(), &["-vV"])?.lines().collect::<Vec<_>>().join("; "))
}

/// SHA-256 over the names and bytes of a metric's sources: its own folder, the SDK and the contract
/// beside it, and the workspace's manifest and lock file, in the order of their names.
pub fn sources_digest(folder: &Path) -> anyhow::Result<String> {
    let workspace = workspace(folder);
    let mut files = BTreeMap::new();
    for place in [folder.to_owned(), workspace.join("sdk"), workspace.join("wit")] {
        for entry in walkdir::WalkDir::new(&place).into_iter().filter_entry(|e| e.file_name() != "target").flatten() {
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&workspace).unwrap_or(entry.path());
                let name: Vec<String> =
                    name.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
                files.insert(name.join("/"), std::fs::read(entry.path())?);
            }
        }
    }
    for name in ["Cargo.toml", "Cargo.lock"] {
        files.insert(name.to_owned(), std::fs::read(workspace.join(name)).unwrap_or_default());
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
    Ok(crate::digest::hex(&hash.finalize()))
}
