//! A fault that a person can fix, told in that person's words.
//!
//! Comes in from every stage, goes out to the terminal, the ledger and the reports' data notes.
//! Problems are collected, never thrown at the first one. A problem never carries a student's or a
//! staff member's name or number: identity cells are named by their place only.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Something the reader should know; nothing was lost.
    Note,
    /// Something was set aside or replaced by a rule; the run goes on.
    Warning,
    /// A part of the work cannot be done; the rest goes on.
    Error,
}

/// Where a problem is. Empty parts are left out when it is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Path as the user knows it (relative to the project folder).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Sheet (tab) name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Cell in A1 notation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// 1-based line of a text file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// 1-based column (in characters) of a text file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The source line itself, for configuration files and templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

impl Place {
    /// A place that is a whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { file: Some(path.into()), ..Self::default() }
    }

    /// The same place, on one sheet.
    pub fn sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
        self
    }

    /// The same place, at a cell: zero-based `row` and `col`.
    pub fn cell(mut self, row: u32, col: u32) -> Self {
        self.cell = Some(a1(row, col));
        self
    }

    /// The same place, at a 1-based line and column of a text file.
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }
}

/// A1 notation of a zero-based row and column: `(0, 0)` is `A1`, `(9, 27)` is `AB10`.
pub fn a1(row: u32, col: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(col) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).expect("a remainder below 26");
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.iter().rev().collect();
    format!("{letters}{}", u64::from(row) + 1)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
                if let Some(column) = self.column {
                    write!(f, ":{column}")?;
                }
            }
            gap = ", ";
        }
        if let Some(sheet) = &self.sheet {
            write!(f, "{gap}sheet “{sheet}”")?;
            gap = ", ";
        }
        if let Some(cell) = &self.cell {
            write!(f, "{gap}cell {cell}")?;
        }
        Ok(())
    }
}

/// One fault: what happened, where, what was expected, what to do next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// What happened, one sentence, no blame, no jargon.
    pub message: String,
    /// Where it is: file, sheet, cell or line, as far as these are known.
    pub place: Place,
    /// What was found, if it may be shown (never a name or a student number).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What was expected instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// The end of a run that cannot go on: what, where and help, without the word “error” that goes before it.
    pub fn fatal(&self) -> anyhow::Error {
        let told = self.to_string();
        anyhow::anyhow!("{}", told.strip_prefix("error: ").unwrap_or(&told))
    }

    fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, message: message.into(), place: Place::default(), found: None, expected: None, hint: None }
    }

    /// A part of the work that cannot be done.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// Something set aside or replaced by a rule.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// Something the reader should know.
    pub fn note(message: impl Into<String>) -> Self {
        Self::new(Severity::Note, message)
    }

    /// Says where.
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Says what was found.
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Says what was expected.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same as a warning, where more has to be known before it is an error.
    #[must_use]
    pub fn softened(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Whether part of the work cannot be done.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{word}: {}", self.message)?;
        let place = self.place.to_string();
        if !place.is_empty() {
            write!(f, "\n  --> {place}")?;
        }
        if let (Some(line), Some(excerpt)) = (self.place.line, &self.place.excerpt) {
            let number = line.to_string();
            let gutter = " ".repeat(number.len());
            write!(f, "\n  {gutter} |\n  {number} | {excerpt}")?;
            if let Some(column) = self.place.column {
                write!(f, "\n  {gutter} | {}^", " ".repeat(column.saturating_sub(1)))?;
            }
        }
        if let Some(found) = &self.found {
            write!(f, "\n  found: {found}")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, "\n  expected: {expected}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  help: {hint}")?;
        }
        Ok(())
    }
}

/// The names in `known` nearest to `wanted`, best first, at most three, for “did you mean”.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(f64, &str)> =
        known.into_iter().map(|name| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().filter(|(score, _)| *score > 0.7).take(3).map(|(_, name)| name).collect()
}

/// “Did you mean …?”, if a known name is near.
pub fn meant(name: &str, known: &[&str]) -> Option<String> {
    let near = nearest(name, known.iter().copied());
    let near: Vec<String> = near.iter().map(|name| format!("“{name}”")).collect();
    (!near.is_empty()).then(|| format!("Did you mean {}?", near.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a1_notation_counts_letters_like_a_spreadsheet() {
        assert_eq!(a1(0, 0), "A1");
        assert_eq!(a1(9, 25), "Z10");
        assert_eq!(a1(9, 26), "AA10");
        assert_eq!(a1(0, 701), "ZZ1");
        assert_eq!(a1(0, 702), "AAA1");
        assert_eq!(a1(1_048_575, 16_383), "XFD1048576");
    }

    #[test]
    fn a_problem_reads_from_top_to_bottom() {
        let problem = Problem::warning("A reading level could not be read.")
            .at(Place::file("data/reading.xlsx").sheet("Gr 3").cell(11, 4))
            .found("“Q?”")
            .expected("a level from RB to Z")
            .hint("Correct the cell, or declare the code in measures.toml.");
        assert_eq!(
            problem.to_string(),
            "warning: A reading level could not be read.\n  --> data/reading.xlsx, sheet “Gr 3”, cell E12\n  \
             found: “Q?”\n  expected: a level from RB to Z\n  help: Correct the cell, or declare the code in measures.toml."
        );
    }

    #[test]
    fn the_nearest_names_come_first() {
        assert_eq!(nearest("Studnet #", ["Student #", "Teacher", "Level"]), ["Student #"]);
    }
}
