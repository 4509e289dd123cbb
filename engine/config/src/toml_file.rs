//! One TOML file → a typed value, every fault at its line and column.
//!
//! Comes in: a path below the project folder and a serde type (`deny_unknown_fields`, with
//! [`toml::Spanned`] where a later check wants to point at a value). Goes out: the value and the
//! file's [`TomlText`], or problems in plain words. It never stops at the first misspelt setting.

use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use termwise_base::problem::{Place, Problem, nearest};

/// Misspelt settings told per file; more than this is one fault repeated.
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
pub fn read<T: DeserializeOwned>(root: &Path, path: &str, problems: &mut Vec<Problem>) -> Option<(T, TomlText)> {
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
pub fn parse<T: DeserializeOwned>(path: &str, text: String, problems: &mut Vec<Problem>) -> Option<(T, TomlText)> {
    // Some editors on Windows put a byte order mark first; it is no part of the text.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    let text = TomlText { path: path.to_owned(), text };
    let (mut table, mut faults) = DeTable::parse_recoverable(&text.text);
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.span().map_or(0, |span| span.start));
        problems.extend(faults.iter().map(|fault| {
            Problem::error(format!("This line is not valid TOML: {}.", fault.message()))
                .at(text.place(fault.span().unwrap_or(0..0)))
        }));
        return None;
    }
    let mut suggested: Vec<String> = Vec::new();
    let mut clean = true;
    for _ in 0..MOST_UNKNOWN {
        let fault = match T::deserialize(toml::de::Deserializer::from(table.clone())) {
            Ok(value) => return clean.then_some((value, text)),
            Err(fault) => fault,
        };
        clean = false;
        let span = fault.span().unwrap_or(0..0);
        let place = text.place(span.clone());
        let message = fault.message().lines().next().unwrap_or("").to_owned();
        let words = backticked(&message);
        if message.starts_with("unknown field") {
            let known: Vec<&str> = words[1.min(words.len())..].to_vec();
            let wanted = words.first().copied().unwrap_or("");
            suggested.extend(nearest(wanted, known.iter().copied()).into_iter().map(str::to_owned));
            problems.push(unknown(format!("There is no setting “{wanted}” here."), wanted, &known).at(place));
            // Taken away, so that the faults after it come to light as well.
            if !remove(table.get_mut(), &span) {
                return None;
            }
            continue;
        }
        if message.starts_with("missing field") {
            let name = words.first().copied().unwrap_or("");
            // A misspelt setting has been told already; that it is “missing” would be said twice.
            if !suggested.iter().any(|s| s == name) {
                problems.push(
                    Problem::error(format!("The setting “{name}” is missing here."))
                        .at(place)
                        .hint(format!("Add a line `{name} = …`.")),
                );
            }
        } else if message.starts_with("unknown variant") {
            let wanted = words.first().copied().unwrap_or("");
            let known: Vec<&str> = words[1.min(words.len())..].to_vec();
            problems.push(unknown(format!("“{wanted}” is not one of the words known here."), wanted, &known).at(place));
        } else if let Some((found, expected)) =
            message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
        {
            problems.push(
                Problem::error("A value of another kind is needed here.")
                    .at(place)
                    .found(found.replace('`', ""))
                    .expected(expected.to_owned()),
            );
        } else {
            problems.push(Problem::error(format!("This setting cannot be read: {message}.")).at(place));
        }
        return None;
    }
    None
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

fn unknown(message: String, wanted: &str, known: &[&str]) -> Problem {
    let near = nearest(wanted, known.iter().copied());
    let problem = Problem::error(message);
    if !near.is_empty() {
        let near: Vec<String> = near.iter().map(|n| format!("“{n}”")).collect();
        problem.hint(format!("Did you mean {}?", near.join(" or ")))
    } else if known.is_empty() {
        problem
    } else {
        problem.hint(format!("Known here: {}.", known.join(", ")))
    }
}

/// The words between backticks of one of serde's messages.
fn backticked(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// Takes the key at `span` out of the table or of a table within it.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let mut removed = false;
    let kept = std::mem::take(table).into_iter().filter_map(|(key, mut value)| {
        if key.span() == *span {
            removed = true;
            return None;
        }
        removed |= remove_within(&mut value, span);
        Some((key, value))
    });
    *table = kept.collect();
    removed
}

fn remove_within(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => remove(table, span),
        DeValue::Array(items) => items.iter_mut().fold(false, |removed, item| removed | remove_within(item, span)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Example {
        name: String,
        #[serde(default)]
        also_called: Vec<Spanned<String>>,
        #[serde(default)]
        part: Vec<Part>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
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
        assert_eq!(found[0].expected.as_deref(), Some("u32"));
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
