//! TOML as a person would write it: one line per setting, a comment where something needs one.

use std::collections::BTreeMap;

/// A string in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A list of strings.
pub(super) fn list<S: AsRef<str>>(texts: &[S]) -> String {
    let all: Vec<String> = texts.iter().map(|text| quoted(text.as_ref())).collect();
    format!("[{}]", all.join(", "))
}

/// An inline table of strings.
pub(super) fn inline<K: AsRef<str>, V: AsRef<str>>(entries: &[(K, V)]) -> String {
    let all: Vec<String> =
        entries.iter().map(|(key, value)| format!("{} = {}", key.as_ref(), quoted(value.as_ref()))).collect();
    format!("{{ {} }}", all.join(", "))
}

/// A key, in quotes if it needs them.
pub(super) fn key(text: &str) -> String {
    let bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if bare { text.to_owned() } else { quoted(text) }
}

/// A setting with an optional comment behind it.
pub(super) fn line(out: &mut String, name: &str, value: &str, comment: &str) {
    out.push_str(name);
    out.push_str(" = ");
    out.push_str(value);
    if !comment.is_empty() {
        out.push_str(" # ");
        out.push_str(&comment.replace(['\n', '\r'], " "));
    }
    out.push('\n');
}

/// An inline table of spellings, for aliases of levels.
pub(super) fn aliases(entries: &BTreeMap<String, String>) -> String {
    let all: Vec<String> = entries.iter().map(|(from, to)| format!("{} = {}", quoted(from), quoted(to))).collect();
    format!("{{ {} }}", all.join(", "))
}
