//! Texts of a file as patterns: escaped, with captures, and common to several names.
//!
//! Comes in: headings, tabs, paths. Goes out: patterns of the mapping language and globs that fit
//! them. Nothing here decides what a text means.

use termwise_config::pattern::Pattern;

/// A text as a pattern that fits it: signs with a meaning of their own become `?`.
pub(super) fn escape(text: &str) -> String {
    termwise_config::pattern::fold(text).chars().map(|c| if matches!(c, '*' | '{' | '}') { '?' } else { c }).collect()
}

/// Like [`escape`], for a piece between captures: its white space stays as it is.
pub(super) fn escape_inside(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '*' | '{' | '}') { '?' } else { c }).collect()
}

/// A capture in a text: what stands before and after it, cut after one sign.
pub(super) fn around(text: &str, span: std::ops::Range<usize>, capture: &str) -> String {
    let after: String = text[span.end..].chars().take(1).collect();
    let rest = if text[span.end..].chars().count() > 1 { "*" } else { "" };
    format!("{}{capture}{}{rest}", escape_keeping(&text[..span.start]), escape_keeping(&after))
}

/// Like [`escape`], but spaces at the ends stay.
pub(super) fn escape_keeping(text: &str) -> String {
    let (start, end) = (text.starts_with(' '), text.len() > 1 && text.ends_with(' '));
    format!("{}{}{}", if start { " " } else { "" }, escape(text), if end { " " } else { "" })
}

/// Signs with a meaning of their own in a glob, made plain.
pub(super) fn glob_escape(path: &str) -> String {
    let plain = |c: char| if matches!(c, '*' | '?' | '[' | ']' | '{' | '}') { format!("[{c}]") } else { c.to_string() };
    path.chars().map(plain).collect()
}

/// What stands before and after a grade in the name of a tab.
pub(super) fn grade_parts(name: &str) -> Option<(String, String)> {
    let pattern =
        regex::Regex::new(r"(?i)^(.*?\b(?:grade|gr|niveau)\.? ?)(K|N|1[0-2]|[1-9])\b(.*)$|^()(K|1[0-2]|[1-9])(\b.*)$")
            .ok()?;
    let found = pattern.captures(name)?;
    let part =
        |one: usize, two: usize| found.get(one).or(found.get(two)).map(|m| m.as_str().to_owned()).unwrap_or_default();
    Some((part(1, 4), part(3, 6)))
}

/// One pattern for all names: the same words before, and after it nothing, the same, or a space.
pub(super) fn common_pattern(
    names: &[&str],
    parts: impl Fn(&str) -> Option<(String, String)>,
    capture: &str,
) -> Option<String> {
    let all: Vec<(String, String)> = names.iter().map(|name| parts(name)).collect::<Option<_>>()?;
    let (before, after) = all.first()?;
    if all.iter().any(|(other, _)| other != before) {
        return None;
    }
    let end = if all.iter().all(|(_, other)| other == after) {
        escape_keeping(after)
    } else if all.iter().all(|(_, other)| other.starts_with(' ')) {
        " *".to_owned()
    } else {
        return None;
    };
    Some(format!("{}{capture}{end}", escape_keeping(before)))
}

/// A glob for several tabs that begin or end alike and that fits none of the others.
pub(super) fn glob_of(wanted: &[&str], others: &[&str]) -> Option<String> {
    let first = wanted.first().filter(|_| wanted.len() > 1)?;
    let start: Vec<&str> = first.split(' ').collect();
    let front = (1..start.len()).rev().map(|n| format!("{} *", escape(&start[..n].join(" "))));
    let back = (1..start.len()).map(|n| format!("* {}", escape(&start[n..].join(" "))));
    front.chain(back).find(|glob| {
        Pattern::new(glob)
            .is_ok_and(|p| wanted.iter().all(|name| p.matches(name)) && !others.iter().any(|name| p.matches(name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_of_one_form_give_one_pattern() {
        let grades = |names: &[&str]| common_pattern(names, grade_parts, "{grade}");
        assert_eq!(grades(&["Gr K A", "Gr 1 B – EUBP"]).as_deref(), Some("Gr {grade} *"));
        assert_eq!(grades(&["Grade 1", "Grade 2"]).as_deref(), Some("Grade {grade}"));
        assert_eq!(grades(&["Gr 1", "Gr 2 A"]), None);
        assert_eq!(grades(&["Summary", "Gr 2"]), None);
    }
}
