//! Problems → a text in which the same finding is told once, with every place where it stands.
//!
//! Comes in: the problems of a check. Goes out: first what is wrong with the configuration, each with
//! its line; then file by file, those with errors first, what was found and where. Unless everything is
//! asked for, it stays short, and what is left out is counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use termwise_base::problem::{Problem, Severity};

/// Letters of a line.
const WIDTH: usize = 100;
/// Groups, and places of a group, that are shown.
const GROUPS: usize = 12;
const PLACES: usize = 10;
/// A finding that was longer stands on a line of its own.
const LONG: usize = 40;

/// Problems that say the same of one file; one problem alone if it is not about a spreadsheet.
struct Group<'a> {
    file: Option<&'a str>,
    problems: Vec<&'a Problem>,
}

/// Writes the problems: all of them, or those that matter most.
pub fn write(problems: &[Problem], all: bool, out: &mut dyn Write) -> io::Result<()> {
    let groups = arranged(problems);
    let shown = chosen(&groups, if all { usize::MAX } else { GROUPS });
    let most = if all { usize::MAX } else { PLACES };
    let mut told = 0;
    let mut file = None;
    for group in shown.iter().map(|place| &groups[*place]) {
        match group.file {
            None => writeln!(out, "{}", group.problems[0])?,
            Some(path) => {
                if file != group.file {
                    wrap(out, 0, 2, &[path.to_owned()])?;
                }
                tell(out, &group.problems, most)?;
            }
        }
        writeln!(out)?;
        file = group.file;
        told += group.problems.len().min(most);
    }
    if told < problems.len() {
        writeln!(out, "… and {} more; `termwise check --all` shows every one.\n", problems.len() - told)?;
    }
    Ok(())
}

/// Groups in the order in which they are told.
fn arranged(problems: &[Problem]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = BTreeMap::new();
    let mut faulty = BTreeSet::new();
    for problem in problems {
        let place = &problem.place;
        let file = place.file.as_deref().filter(|_| place.line.is_none() && place.excerpt.is_none());
        let Some(file) = file else {
            groups.push(Group { file: None, problems: vec![problem] });
            continue;
        };
        if problem.is_error() {
            faulty.insert(file);
        }
        let key = (file, problem.severity, &problem.message, &problem.expected, &problem.hint);
        let at = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.problems.push(problem),
            None => groups.push(Group { file: Some(file), problems: vec![problem] }),
        }
    }
    // Sorting keeps the order of reading where nothing else decides.
    groups.sort_by_key(|group| {
        (group.file.map(|file| (!faulty.contains(file), file)), Reverse(group.problems[0].severity))
    });
    groups
}

/// Which groups are shown: never a warning in place of an error.
fn chosen(groups: &[Group<'_>], most: usize) -> BTreeSet<usize> {
    let mut places: Vec<usize> = (0..groups.len()).collect();
    places.sort_by_key(|place| Reverse(groups[*place].problems[0].severity));
    places.into_iter().take(most).collect()
}

/// Message, places, what was expected, what to do.
fn tell(out: &mut dyn Write, problems: &[&Problem], most: usize) -> io::Result<()> {
    let first = problems[0];
    let word = match first.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    prose(out, 2, &format!("{word}: {}", first.message))?;
    places(out, &problems[..problems.len().min(most)])?;
    if problems.len() > most {
        writeln!(out, "    … and {} more places", problems.len() - most)?;
    }
    for (title, more) in [("expected", &first.expected), ("help", &first.hint)] {
        if let Some(more) = more {
            prose(out, 4, &format!("{title}: {more}"))?;
        }
    }
    Ok(())
}

/// Places of one group, sheet by sheet, each with what was found there.
fn places(out: &mut dyn Write, problems: &[&Problem]) -> io::Result<()> {
    let mut sheets: Vec<(Option<&str>, Vec<&Problem>)> = Vec::new();
    for problem in problems {
        let sheet = problem.place.sheet.as_deref();
        match sheets.iter_mut().find(|(known, _)| *known == sheet) {
            Some((_, same)) => same.push(problem),
            None => sheets.push((sheet, vec![problem])),
        }
    }
    for (sheet, problems) in sheets {
        let label = sheet.map(|name| format!("sheet “{name}”"));
        let is_long = |problem: &&Problem| problem.found.as_ref().is_some_and(|found| found.chars().count() > LONG);
        let (long, short): (Vec<&Problem>, Vec<&Problem>) = problems.into_iter().partition(is_long);
        let items: Vec<String> = short.iter().map(|problem| item(problem)).filter(|item| !item.is_empty()).collect();
        let last = items.len().saturating_sub(1);
        let mut pieces: Vec<String> = Vec::new();
        match &label {
            Some(label) if items.is_empty() && !short.is_empty() => pieces.push(label.clone()),
            Some(label) if !items.is_empty() => pieces.push(format!("{label}:")),
            None if !items.is_empty() && short[0].place.cell.is_none() => pieces.push("found:".to_owned()),
            _ => {}
        }
        let commas = items.into_iter().enumerate().map(|(at, item)| if at < last { item + "," } else { item });
        pieces.extend(commas);
        if !pieces.is_empty() {
            wrap(out, 4, 6, &pieces)?;
        }
        for problem in long {
            prose(out, 4, &format!("{}: {}", label.as_deref().unwrap_or("found"), item(problem)))?;
        }
    }
    Ok(())
}

/// A cell and what was found in it.
fn item(problem: &Problem) -> String {
    let parts = [problem.place.cell.as_deref(), problem.found.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Writes a sentence on as many lines as it needs.
fn prose(out: &mut dyn Write, indent: usize, text: &str) -> io::Result<()> {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    wrap(out, indent, indent + 2, &words)
}

/// Writes pieces side by side; lines after the first begin further right. A piece that is longer than a
/// line is broken.
fn wrap(out: &mut dyn Write, indent: usize, further: usize, pieces: &[String]) -> io::Result<()> {
    let mut line = " ".repeat(indent);
    let mut used = indent;
    let mut begun = false;
    for piece in pieces.iter().flat_map(|piece| broken(piece, WIDTH - further)) {
        let length = piece.chars().count();
        if begun && used + 1 + length > WIDTH {
            writeln!(out, "{line}")?;
            line = " ".repeat(further);
            used = further;
            begun = false;
        }
        if begun {
            line.push(' ');
            used += 1;
        }
        line.push_str(&piece);
        used += length;
        begun = true;
    }
    writeln!(out, "{line}")
}

/// A piece in parts that fit on a line. What would move the cursor of a terminal is left out.
fn broken(piece: &str, most: usize) -> Vec<String> {
    let letters: Vec<char> = piece.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    letters.chunks(most).map(|part| part.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_base::problem::Place;

    fn told(problems: &[Problem], all: bool) -> String {
        let mut out = Vec::new();
        write(problems, all, &mut out).expect("written");
        String::from_utf8(out).expect("text")
    }

    fn unreadable(file: &str, sheet: &str, row: u32, found: &str) -> Problem {
        Problem::warning("This result could not be read, so it was set aside.")
            .at(Place::file(file).sheet(sheet).cell(row, 5))
            .found(found)
            .expected("a level from RB to Z, or a declared code")
            .hint("Correct the cell, or declare the word as a code of the scale “reading-level” in measures.toml.")
    }

    #[test]
    fn the_same_finding_is_told_once() {
        let problems = [
            unreadable("a.xlsx", "Gr 1 A", 13, "“Q?”"),
            unreadable("a.xlsx", "Gr 2", 3, "“??”"),
            unreadable("a.xlsx", "Gr 1 A", 19, "“R?”"),
            unreadable("a.xlsx", "Gr 1 A", 30, "“R” here, but “S” in a.xlsx, sheet “Gr 4 C”, cell F31"),
            Problem::note("This sheet was passed over.").at(Place::file("a.xlsx").sheet("Old")),
        ];
        assert_eq!(
            told(&problems, false),
            "a.xlsx\n  \
             warning: This result could not be read, so it was set aside.\n    \
             sheet “Gr 1 A”: F14 “Q?”, F20 “R?”\n    \
             sheet “Gr 1 A”: F31 “R” here, but “S” in a.xlsx, sheet “Gr 4 C”, cell F31\n    \
             sheet “Gr 2”: F4 “??”\n    \
             expected: a level from RB to Z, or a declared code\n    \
             help: Correct the cell, or declare the word as a code of the scale “reading-level” in\n      \
             measures.toml.\n\n  \
             note: This sheet was passed over.\n    \
             sheet “Old”\n\n"
        );
    }

    #[test]
    fn configuration_comes_first_then_files_with_errors() {
        let mut line = Place::file("termwise.toml").at(5, 1);
        line.excerpt = Some("time-zome = 1".to_owned());
        let text = told(
            &[
                unreadable("a.xlsx", "s", 1, "“x”"),
                Problem::error("This file is damaged.").at(Place::file("b.xlsx")).found("a hole"),
                Problem::warning("Nothing has a place."),
                Problem::error("There is no setting “time-zome”.").at(line),
            ],
            false,
        );
        let heads: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
        assert_eq!(
            heads,
            ["error: There is no setting “time-zome”.", "warning: Nothing has a place.", "b.xlsx", "a.xlsx"]
        );
        assert!(text.contains("  --> termwise.toml:5:1\n    |\n  5 | time-zome = 1\n    | ^\n"), "{text}");
        assert!(text.contains("  error: This file is damaged.\n    found: a hole\n"), "{text}");
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let mut problems: Vec<Problem> = (0..25).map(|row| unreadable("a.xlsx", "s", row, "“x”")).collect();
        problems.extend((0..20).map(|n| Problem::warning("No goal.").at(Place::file("goals/a.toml").at(n + 1, 1))));
        problems.push(Problem::error("This file is damaged.").at(Place::file("z.xlsx")));
        let text = told(&problems, false);
        // 11 of the warnings and the error are shown; 9 warnings and the 25 results are not.
        assert!(text.contains("z.xlsx\n  error: This file is damaged."), "{text}");
        assert!(text.ends_with("… and 34 more; `termwise check --all` shows every one.\n\n"), "{text}");
        let text = told(&problems[..25], false);
        assert!(text.contains("    … and 15 more places\n"), "{text}");
        assert!(text.ends_with("… and 15 more; `termwise check --all` shows every one.\n\n"), "{text}");
        let text = told(&problems, true);
        assert_eq!(text.matches("“x”").count(), 25);
        assert!(!text.contains('…'), "{text}");
    }

    #[test]
    fn lines_are_short() {
        let long = "word ".repeat(60);
        let problems: Vec<Problem> = (0..60)
            .map(|row| unreadable(&"path/".repeat(40), &"sheet".repeat(30), row, "“x”").expected(&long))
            .chain([unreadable("b.xlsx", "s", 1, &"x".repeat(300)).hint(&long)])
            .collect();
        let text = told(&problems, true);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(text.matches("“x”").count(), 60);
    }
}
