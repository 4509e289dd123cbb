//! Embeds the shipped report templates, words and fonts, so that one file is all there is to install.
//!
//! Comes in: `report-templates/`. Goes out: `$OUT_DIR/report_templates.rs`, a list of
//! `(path, bytes)` sorted by path. It needs no network and no tool but Cargo.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What a report may consist of, and the licences of the fonts.
const EXTENSIONS: [&str; 9] = ["typ", "toml", "json", "csv", "svg", "ttf", "otf", "txt", "md"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    embed(&root.join("../../report-templates"), &out.join("report_templates.rs"));
}

/// Writes the list of the files in `folder`.
fn embed(folder: &Path, list: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(folder, "", &mut files);
    files.sort();
    let mut text = String::from("&[\n");
    for (name, path) in &files {
        writeln!(text, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())
            .expect("writing to a string");
    }
    text.push_str("]\n");
    fs::write(list, text).expect("OUT_DIR can be written");
}

/// Every file under `folder`, named by its path with `/`; hidden files and `tests` are left out.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') || name == "tests" {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&e)) {
            files.push((format!("{prefix}{name}"), path));
        }
    }
}
