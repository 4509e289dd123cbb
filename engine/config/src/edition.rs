//! What a report is called, and where its files lie.
//!
//! Comes in: period, school and report; language and format. Goes out: names, and paths relative to the project with
//! `/`. Nothing else writes such a path or takes one apart.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Folder of the project in which all reports of all runs lie.
pub const OUT: &str = "out";

/// One report about one reporting period, in all its editions.
///
/// Written as `2025-26/P2/blue-heron/plc-early-literacy`; read from the right, as a school year may have any name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId {
    /// Period key, as in `2025-26/P2`.
    pub period: String,
    /// School id; for the report of the whole division, `division`.
    pub school: String,
    /// What it is called in its school; see [`name`].
    pub name: String,
}

/// What a report is called in its school: by its audience or the id that the division gave it, and by the PLC that it
/// is for, as in `staff` and `plc-early-literacy`.
pub fn name(report: &str, plc: Option<&str>) -> String {
    plc.map_or_else(|| report.to_owned(), |plc| format!("{report}-{plc}"))
}

/// The folder in which the reports of a period lie, for people.
pub fn folder(root: &Path, period: &str) -> PathBuf {
    root.join(OUT).join(period)
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.period, self.school, self.name)
    }
}

impl FromStr for ReportId {
    type Err = NotAReport;

    fn from_str(text: &str) -> Result<Self, NotAReport> {
        let wrong = || NotAReport(text.to_owned());
        let mut parts = text.rsplitn(3, '/');
        let (Some(name), Some(school), Some(period)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        // Files are removed by such names: none may lead out of the folder.
        let leads = |part: &str| matches!(part, "" | "." | "..") || part.contains('\\');
        if text.split('/').any(leads) || name.contains('.') {
            return Err(wrong());
        }
        Ok(Self { period: period.to_owned(), school: school.to_owned(), name: name.to_owned() })
    }
}

impl ReportId {
    /// All of its files, for messages: `out/2025-26/P2/blue-heron/staff.*`.
    pub fn all_files(&self) -> String {
        format!("{OUT}/{self}.*")
    }

    /// One of its editions, by the end of its file's name; see [`Edition::ending`].
    pub fn edition(&self, ending: &str) -> Result<Edition, NotAReport> {
        let wrong = || NotAReport(format!("{self}.{ending}"));
        let (language, format) = ending.split_once('.').ok_or_else(wrong)?;
        let format = Format::ALL.into_iter().find(|known| known.ending() == format).ok_or_else(wrong)?;
        if language.is_empty() || language.contains(['/', '\\']) {
            return Err(wrong());
        }
        Ok(Edition { report: self.clone(), language: language.to_owned(), format })
    }
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A PDF, to be printed.
    Pdf,
    /// A web page.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Pdf, Self::Html];

    /// How names of its files end, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
        }
    }
}

/// A report in one language (or two languages side by side) and one format: one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition {
    /// The report.
    pub report: ReportId,
    /// Its language, as in `en`; of an edition in two languages both, as in `en-uk`.
    pub language: String,
    /// Its format.
    pub format: Format,
}

impl Edition {
    /// Where the file lies, relative to the project: `out/2025-26/P2/blue-heron/staff.en.pdf`.
    pub fn path(&self) -> String {
        format!("{OUT}/{}", self.name())
    }

    /// Where the file lies on this machine, in the project at `root`.
    pub fn file(&self, root: &Path) -> PathBuf {
        self.path().split('/').fold(root.to_owned(), |path, part| path.join(part))
    }

    /// The name that it is delivered under: `2025-26/P2/blue-heron/staff.en.pdf`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.report, self.ending())
    }

    /// The name of the file alone: `staff.en.pdf`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.report.name, self.ending())
    }

    /// What tells it from the report's other editions: `en.pdf`, `en-uk.pdf`, `fr.html`.
    pub fn ending(&self) -> String {
        format!("{}.{}", self.language, self.format.ending())
    }

    /// Where its model is written on request, relative to the folder asked for; a PDF and the web page of the same
    /// language have one model.
    pub fn model_path(&self) -> String {
        format!("{OUT}/{}.{}.json", self.report, self.language)
    }

    /// The same in another format.
    #[must_use]
    pub fn as_format(&self, format: Format) -> Self {
        Self { format, ..self.clone() }
    }
}

/// As its path.
impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path())
    }
}

/// As its path.
impl Serialize for Edition {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.path())
    }
}

/// A text that does not name a report, or an edition of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not the name of a report")]
pub struct NotAReport(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: String) -> ReportId {
        ReportId { period: "2025-26/P2".to_owned(), school: "blue-heron".to_owned(), name }
    }

    #[test]
    fn a_report_lies_under_year_period_and_school() {
        let parents = id(name("parent-council", None)).edition("en.pdf").expect("an edition");
        assert_eq!(parents.path(), "out/2025-26/P2/blue-heron/parent-council.en.pdf");
        assert_eq!(parents.file(Path::new("here")), Path::new("here").join(parents.path()));
        let both = id(name("plc", Some("early-literacy"))).edition("en-uk.pdf").expect("an edition");
        assert_eq!(both.name(), "2025-26/P2/blue-heron/plc-early-literacy.en-uk.pdf");
        assert_eq!(both.file_name(), "plc-early-literacy.en-uk.pdf");
        assert_eq!(both.as_format(Format::Html).ending(), "en-uk.html");
        assert_eq!(both.model_path(), "out/2025-26/P2/blue-heron/plc-early-literacy.en-uk.json");
        assert_eq!(both.report.all_files(), "out/2025-26/P2/blue-heron/plc-early-literacy.*");
    }

    #[test]
    fn what_was_written_can_be_read_again() {
        for period in ["2025-26/P2", "2025/26/P.2"] {
            let report = ReportId { period: period.to_owned(), ..id("staff".to_owned()) };
            assert_eq!(report.to_string().parse(), Ok(report.clone()));
            let edition = report.edition("fr.html").expect("an edition");
            assert_eq!(report.edition(&edition.ending()), Ok(edition));
        }
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for text in ["../P2/blue-heron/staff", "2025-26/P2/../staff", "2025-26//blue-heron/staff", "P2/staff", ""] {
            assert_eq!(text.parse::<ReportId>(), Err(NotAReport(text.to_owned())));
        }
        assert!(r"2025-26\..\P2/blue-heron/staff".parse::<ReportId>().is_err());
        assert!("2025-26/P2/blue-heron/staff.en".parse::<ReportId>().is_err());
        for ending in ["en", "en.exe", ".pdf", "../x.pdf", "en.pdf.exe"] {
            assert!(id("staff".to_owned()).edition(ending).is_err(), "{ending}");
        }
    }
}
