//! Rust sources → a component, by cargo and the compiler's own WebAssembly target.
//!
//! The bytes depend on the sources, the lock file of their dependencies and the compiler, and on
//! nothing else: paths are remapped and the profile is fixed in the plugins' workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use termwise_base::digest::sha256;

use super::workspace::workspace;
use crate::lock::Toolchain;

/// Rust's name of the target.
const TARGET: &str = "wasm32-unknown-unknown";

/// Builds the component of a package, and says with what.
pub fn component(folder: &Path, build_std: bool) -> anyhow::Result<(Vec<u8>, Option<Toolchain>)> {
    let name = package_name(&folder.join("Cargo.toml"))?;
    let workspace = workspace(folder);
    let module = compile(folder, &workspace, &name, build_std)?;
    let component = wit_component::ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("The module of {name} does not follow the contract termwise:metric."))?;
    let toolchain = Toolchain {
        rustc: rustc_version()?,
        cargo_lock: sha256(&std::fs::read(workspace.join("Cargo.lock"))?),
        recipe: format!("cargo {} with {FEATURES}", recipe(build_std, true).join(" ")),
    };
    Ok((component, Some(toolchain)))
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

/// `rustc -vV` of the compiler that cargo will use, on one line.
pub fn rustc_version() -> anyhow::Result<String> {
    Ok(rustc_says(compiler(), &["-vV"])?.lines().collect::<Vec<_>>().join("; "))
}
