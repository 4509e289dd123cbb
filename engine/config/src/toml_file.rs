//! One TOML file → a typed value, every fault at its line and column.
//!
//! Comes in: a path below the project folder and a serde type, with [`toml::Spanned`] where a later check wants to
//! point at a value. Goes out: the value and the file's [`TomlText`], or problems in plain words. It never stops at
//! the first misspelt setting: the schema of the type says which settings are read, and which must be there.

use std::ops::Range;
use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::de::DeTable;

use termwise_base::problem::{Place, Problem, meant, nearest};

use super::shape::{Shape, Unknown};

/// Misspelt settings reported for one file; more than this is one fault repeated.
const MOST_UNKNOWN: usize = 50;

/// The text of a configuration file, kept so that later checks can point into it.
#[derive(Debug, Clone)]
pub struct TomlText {
    /// Path relative to the project folder, with `/`.
    pub path: String,
    /// The file's text.
    pub text: String,
}

impl TomlText {
    /// The place of a span of bytes: file, 1-based line and column (in characters), source line.
    pub fn place(&self, span: Range<usize>) -> Place {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        let excerpt = self.text[line_start..].lines().next().unwrap_or("").to_owned();
        let mut place = Place::file(&self.path).at(line, column);
        place.excerpt = Some(excerpt);
        place
    }
}

/// Reads `root/path` as a `T`. Every fault becomes a problem; none of them stops other files.
pub fn read<T: DeserializeOwned + JsonSchema>(
    root: &Path,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Option<(T, TomlText)> {
    let bytes = match std::fs::read(root.join(path)) {
        Ok(bytes) => bytes,
        Err(error) => {
            let problem = if error.kind() == std::io::ErrorKind::NotFound {
                Problem::error(format!("There is no file {path} in the project folder."))
            } else {
                Problem::error(format!("{path} cannot be read: {error}."))
            };
            problems.push(problem.at(Place::file(path)));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => parse(path, text, problems),
        Err(error) => {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let mut place = Place::file(path);
            place.line = Some(line);
            problems.push(
                Problem::error("This configuration file is not saved as UTF-8.")
                    .at(place)
                    .hint("Save it again with the encoding UTF-8."),
            );
            None
        }
    }
}

/// Reads `text`, the contents of `path`, as a `T`.
pub fn parse<T: DeserializeOwned + JsonSchema>(
    path: &str,
    text: String,
    problems: &mut Vec<Problem>,
) -> Option<(T, TomlText)> {
    // Some editors on Windows put a byte order mark first; it is no part of the text.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    let text = TomlText { path: path.to_owned(), text };
    let (table, mut faults) = DeTable::parse_recoverable(&text.text);
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.span().map_or(0, |span| span.start));
        problems.extend(faults.iter().map(|fault| {
            Problem::error(format!("This line is not valid TOML: {}.", fault.message()))
                .at(text.place(fault.span().unwrap_or(0..0)))
        }));
        return None;
    }
    let shape = Shape::of::<T>();
    let differences = shape.differences(table.get_ref());
    let (unknown, missing) = (differences.unknown, differences.missing);
    let sound = unknown.is_empty() && missing.is_empty();
    let mut suggested: Vec<&str> = Vec::new();
    for setting in unknown.iter().take(MOST_UNKNOWN) {
        suggested.extend(nearest(&setting.name, setting.known.iter().map(String::as_str)));
        problems.push(unknown_setting(setting).at(text.place(setting.span.clone())));
    }
    for (name, span) in missing {
        // A misspelt setting has been reported already; that it is “missing” would be said twice.
        if !suggested.contains(&name.as_str()) {
            problems.push(
                Problem::error(format!("The setting “{name}” is missing here."))
                    .at(text.place(span))
                    .hint(format!("Add a line `{name} = …`.")),
            );
        }
    }
    match T::deserialize(toml::de::Deserializer::from(table.clone())) {
        Ok(value) => sound.then_some((value, text)),
        Err(fault) => {
            // What is missing cannot be read, and has been reported.
            problems.extend(sound.then(|| refused(&shape, table.get_ref(), &fault, &text)));
            None
        }
    }
}

/// A setting that nothing reads, with the nearest of those that would be read in its place.
fn unknown_setting(setting: &Unknown) -> Problem {
    let known: Vec<&str> = setting.known.iter().map(String::as_str).collect();
    let hint = meant(&setting.name, &known).unwrap_or_else(|| format!("Known here: {}.", known.join(", ")));
    Problem::error(format!("There is no setting “{}” here.", setting.name)).hint(hint)
}

/// Why a value cannot be read.
fn refused(shape: &Shape, table: &DeTable<'_>, fault: &toml::de::Error, text: &TomlText) -> Problem {
    let span = fault.span().unwrap_or(0..0);
    let mut problem = Problem::error("A value of another kind is needed here.").at(text.place(span.clone()));
    let message = fault.message().lines().next().unwrap_or("");
    let kinds = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, expected)) = kinds.and_then(|rest| rest.split_once(", expected ")) {
        problem = problem.found(found.replace('`', "")).expected(plain(expected));
    }
    match shape.about(table, &span) {
        Some(about) => problem.hint(about),
        None => problem,
    }
}

/// What serde expects, in words for people.
fn plain(expected: &str) -> String {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i32" | "i64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "a string" => "a text in quotes".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list, as in [\"…\"]".to_owned(),
        "a map" => "a table".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.to_owned(),
    }
}

/// Paths (relative to `root`, with `/`, sorted) of the `.toml` files in a folder of the project;
/// empty if there is no such folder.
pub fn in_folder(root: &Path, folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return Vec::new() };
    let mut paths: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml") && !name.starts_with('.'))
        .map(|name| format!("{folder}/{name}"))
        .collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::spot::At;

    #[derive(Debug, serde::Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    struct Example {
        name: String,
        #[serde(default)]
        also_called: Vec<At<String>>,
        #[serde(default)]
        part: Vec<At<Part>>,
    }

    #[derive(Debug, serde::Deserialize, JsonSchema)]
    struct Part {
        #[allow(dead_code)]
        size: u32,
    }

    fn faults(text: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        assert!(parse::<Example>("x.toml", text.to_owned(), &mut problems).is_none());
        problems
    }

    fn at(problem: &Problem) -> (usize, usize) {
        (problem.place.line.expect("a line"), problem.place.column.expect("a column"))
    }

    #[test]
    fn a_sound_file_keeps_its_spans() {
        let mut problems = Vec::new();
        let text = "\u{feff}name = \"é\"\nalso-called = [\"b\", \"c\"]\n";
        let (value, text) = parse::<Example>("x.toml", text.into(), &mut problems).expect("sound");
        assert!(problems.is_empty());
        assert_eq!((value.name.as_str(), value.part.len()), ("é", 0));
        assert_eq!(at(&Problem::note("").at(text.place(value.also_called[1].span()))), (2, 21));
    }

    #[test]
    fn every_misspelt_setting_is_told_with_the_nearest_name() {
        let found = faults("nmae = \"x\"\n[[part]]\nsize = 1\n[[part]]\nsize = 2\nsiez = 3\n");
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((at(&found[0]), found[0].hint.as_deref()), ((1, 1), Some("Did you mean “name”?")));
        assert_eq!((at(&found[1]), found[1].hint.as_deref()), ((6, 1), Some("Did you mean “size”?")));
        assert_eq!(found[1].place.excerpt.as_deref(), Some("siez = 3"));
    }

    #[test]
    fn a_missing_setting_points_at_its_table() {
        let found = faults("name = \"x\"\n[[part]]\n");
        assert_eq!(found[0].message, "The setting “size” is missing here.");
        assert_eq!(at(&found[0]), (2, 1));
    }

    #[test]
    fn a_value_of_another_kind_says_what_is_needed() {
        let found = faults("name = \"x\"\n[[part]]\nsize = \"big\"\n");
        assert_eq!(at(&found[0]), (3, 8));
        assert_eq!(found[0].found.as_deref(), Some("string \"big\""));
        assert_eq!(found[0].expected.as_deref(), Some("a whole number, 0 or more"));
    }

    #[test]
    fn broken_lines_are_all_told() {
        let found = faults("name = \"x\nalso-called = [\n");
        assert_eq!(found[0].place.line, Some(1), "{found:?}");
    }

    #[test]
    fn a_file_in_another_encoding_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("x.toml"), b"a = 1\nname = \"\xe9\"\n").expect("written");
        let mut problems = Vec::new();
        assert!(read::<Example>(folder.path(), "x.toml", &mut problems).is_none());
        assert_eq!((problems[0].place.line, problems[0].message.contains("UTF-8")), (Some(2), true));
    }
}
