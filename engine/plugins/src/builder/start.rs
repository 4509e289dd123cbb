//! A folder to start a metric from: the templates in `plugins/templates`, embedded.

use std::path::Path;

use anyhow::{Context, bail};

use super::Language;
use crate::describe::kebab;

/// A file of a template: where it goes, and its text.
type File = (&'static str, &'static str);

/// Files at `plugins/…`, each under its own name or another.
macro_rules! files {
    ($($to:literal: $from:literal),* $(,)?) => {
        &[$(($to, include_str!(concat!("../../../../plugins/", $from)))),*]
    };
}

const EVERY: &[File] = files![
    "fixtures/worked.toml": "templates/all/fixtures/worked.toml",
    "wit/v1.0.0/metric.wit": "wit/v1.0.0/metric.wit",
];

const RUST: &[File] = files![
    "Cargo.toml": "templates/rust/Cargo.toml",
    "src/lib.rs": "templates/rust/src/lib.rs",
    ".gitignore": "templates/rust/gitignore",
    "README.md": "templates/rust/README.md",
    "sdk/Cargo.toml": "sdk/Cargo.toml",
    "sdk/src/lib.rs": "sdk/src/lib.rs",
    "sdk/src/describe.rs": "sdk/src/describe.rs",
    "sdk/src/kit.rs": "sdk/src/kit.rs",
    "sdk/src/question.rs": "sdk/src/question.rs",
    "sdk/src/statistics.rs": "sdk/src/statistics.rs",
    "sdk/src/statistics/binomial.rs": "sdk/src/statistics/binomial.rs",
    "sdk/src/statistics/bootstrap.rs": "sdk/src/statistics/bootstrap.rs",
    "sdk/src/statistics/lines.rs": "sdk/src/statistics/lines.rs",
    "sdk/src/statistics/means.rs": "sdk/src/statistics/means.rs",
    "sdk/src/statistics/nist.rs": "sdk/src/statistics/nist.rs",
    "sdk/src/statistics/order.rs": "sdk/src/statistics/order.rs",
    "sdk/src/statistics/properties.rs": "sdk/src/statistics/properties.rs",
    "sdk/src/statistics/proportions.rs": "sdk/src/statistics/proportions.rs",
    "sdk/src/statistics/student.rs": "sdk/src/statistics/student.rs",
];

const PYTHON: &[File] = files![
    "metric.py": "templates/python/metric.py",
    "termwise_plugin.py": "templates/python/termwise_plugin.py",
    "requirements.txt": "templates/python/requirements.txt",
    ".gitignore": "templates/python/gitignore",
    "README.md": "templates/python/README.md",
];

const JAVASCRIPT: &[File] = files![
    "metric.js": "templates/javascript/metric.js",
    "termwise-plugin.js": "templates/javascript/termwise-plugin.js",
    "build.mjs": "templates/javascript/build.mjs",
    "package.json": "templates/javascript/package.json",
    ".gitignore": "templates/javascript/gitignore",
    "README.md": "templates/javascript/README.md",
];

const TYPESCRIPT: &[File] = files![
    "metric.ts": "templates/typescript/metric.ts",
    "termwise-plugin.js": "templates/javascript/termwise-plugin.js",
    "termwise-plugin.d.ts": "templates/typescript/termwise-plugin.d.ts",
    "tsconfig.json": "templates/typescript/tsconfig.json",
    "build.mjs": "templates/javascript/build.mjs",
    "package.json": "templates/typescript/package.json",
    ".gitignore": "templates/javascript/gitignore",
    "README.md": "templates/javascript/README.md",
];

/// Writes the files of a new metric into a folder that must not be there yet; their paths.
pub fn start(name: &str, language: Language, folder: &Path) -> anyhow::Result<Vec<&'static str>> {
    if !kebab(name) {
        bail!("“{name}” cannot be the name of a metric.\nhelp: use a–z, 0–9 and hyphens, as in “share-below”.");
    }
    if folder.exists() {
        bail!("{} is already there.\nhelp: choose another place with --into.", folder.display());
    }
    let own = match language {
        Language::Rust => RUST,
        Language::Python => PYTHON,
        Language::Javascript => JAVASCRIPT,
        Language::Typescript => TYPESCRIPT,
    };
    let mut written = Vec::new();
    for (path, text) in own.iter().chain(EVERY) {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
        // The SDK and the contract are the same in every folder.
        let text = if path.starts_with("sdk/") || path.starts_with("wit/") {
            (*text).to_owned()
        } else {
            text.replace("my-metric", name).replace("MyMetric", &camel(name))
        };
        std::fs::write(&file, text).with_context(|| format!("{} cannot be written.", file.display()))?;
        written.push(*path);
    }
    Ok(written)
}

/// `share-below` → `ShareBelow`; a name that begins with a digit gets an M.
fn camel(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    let camel: String = words.collect();
    if camel.starts_with(|c: char| c.is_ascii_digit()) { format!("M{camel}") } else { camel }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rust_names() {
        assert_eq!(camel("share-below"), "ShareBelow");
        assert_eq!(camel("3-of-4"), "M3Of4");
    }

    #[test]
    fn a_folder_that_is_there_is_left_alone() {
        let place = tempfile::tempdir().expect("a folder");
        assert!(start("share-below", Language::Python, place.path()).is_err());
        assert!(start("Share Below", Language::Python, &place.path().join("new")).is_err());
    }
}
