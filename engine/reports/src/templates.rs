//! The files that a report is made of: templates, words, fonts.
//!
//! Comes in: the shipped files, embedded in the binary, and a project's `templates/` folder, which
//! replaces any of them by path and may add more. Goes out: bytes by path. It never reads outside
//! that folder, not even through a link.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The shipped files by path, sorted.
static SHIPPED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/report_templates.rs"));

/// Largest file of a project's `templates/` folder, so that a stray video is not read into memory.
const LARGEST_FILE: u64 = 64 << 20;

/// Where templates, words and fonts come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateRoots {
    /// A folder whose files go before the shipped ones of the same path; none: only shipped files.
    pub overrides: Option<PathBuf>,
}

impl TemplateRoots {
    /// The shipped files alone.
    pub fn shipped() -> Self {
        Self::default()
    }

    /// The shipped files, with those of the project's `templates/` folder before them, if it has one.
    pub fn of_project(root: &Path) -> Self {
        let folder = root.join("templates");
        Self { overrides: folder.is_dir().then_some(folder) }
    }

    /// The file at `path` (relative, with `/`), if there is one that may be read.
    pub fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        if let Some(file) = self.overriding(path) {
            return fs::read(file).ok().map(Cow::Owned);
        }
        SHIPPED.binary_search_by(|(name, _)| (*name).cmp(path)).ok().map(|place| Cow::Borrowed(SHIPPED[place].1))
    }

    /// How messages name the file: where a person finds it to change it.
    pub fn shown(&self, path: &str) -> String {
        if self.overriding(path).is_some() { format!("templates/{path}") } else { format!("report-templates/{path}") }
    }

    /// Every path that there is, sorted.
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect();
        paths.extend(self.own_paths());
        paths.sort();
        paths.dedup();
        paths
    }

    /// The paths of the project's own files, sorted.
    pub fn own_paths(&self) -> Vec<String> {
        let Some(folder) = &self.overrides else { return Vec::new() };
        let found = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
        let path = |entry: walkdir::DirEntry| {
            let parts = entry.path().strip_prefix(folder).ok()?.components();
            let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
            Some(parts?.join("/"))
        };
        let mut paths: Vec<String> = found.filter(|entry| entry.file_type().is_file()).filter_map(path).collect();
        paths.sort();
        paths
    }

    /// SHA-256 (hex) over all files as they are now, the invented figures aside: part of what a run was made
    /// from.
    pub fn digest(&self) -> String {
        let mut all = BTreeMap::new();
        for path in self.paths().into_iter().filter(|path| !path.starts_with("example/")) {
            if let Some(bytes) = self.read(&path) {
                all.insert(path, Sha256::digest(&bytes));
            }
        }
        let mut hash = Sha256::new();
        for (path, digest) in all {
            hash.update(path.as_bytes());
            hash.update([0]);
            hash.update(digest);
        }
        termwise_base::digest::hex(&hash.finalize())
    }

    /// The project's own file for `path`: inside the folder after links are followed, and not huge.
    fn overriding(&self, path: &str) -> Option<PathBuf> {
        let folder = self.overrides.as_ref()?.canonicalize().ok()?;
        let file = folder.join(path).canonicalize().ok()?;
        let meta = file.metadata().ok()?;
        (file.starts_with(&folder) && meta.is_file() && meta.len() <= LARGEST_FILE).then_some(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_files_are_sorted_so_that_they_can_be_searched() {
        assert!(SHIPPED.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn a_projects_file_goes_before_the_shipped_one_and_changes_the_digest() {
        let folder = tempfile::tempdir().unwrap();
        let before = TemplateRoots::of_project(folder.path());
        assert_eq!(before.overrides, None);
        fs::create_dir_all(folder.path().join("templates/lib")).unwrap();
        fs::write(folder.path().join("templates/lib/theme.typ"), "// ours").unwrap();
        let after = TemplateRoots::of_project(folder.path());
        assert_eq!(after.read("lib/theme.typ").as_deref(), Some(b"// ours".as_slice()));
        assert_eq!(after.shown("lib/theme.typ"), "templates/lib/theme.typ");
        assert_eq!(after.shown("staff.typ"), "report-templates/staff.typ");
        assert!(after.paths().contains(&"lib/theme.typ".to_owned()));
        assert_ne!(before.digest(), after.digest());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_the_folder_is_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("templates")).unwrap();
        fs::write(folder.path().join("roster.csv"), "secret").unwrap();
        std::os::unix::fs::symlink(folder.path().join("roster.csv"), folder.path().join("templates/link.csv")).unwrap();
        let roots = TemplateRoots::of_project(folder.path());
        assert_eq!(roots.read("link.csv"), None);
        assert_eq!(roots.read("../roster.csv"), None);
    }
}
