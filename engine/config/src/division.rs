//! The division, its schools and its professional learning communities.

use std::collections::BTreeMap;

use super::PeriodId;
use super::goals::Population;

/// Place of a school in [`super::Project::schools`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolId(pub usize);

/// The division that the reports come from.
#[derive(Debug, Clone)]
pub struct Division {
    /// Name as printed.
    pub name: String,
    /// IANA zone, as in `America/Winnipeg`.
    pub time_zone: String,
    /// Languages of the reports, BCP 47, as in `en`.
    pub languages: Vec<String>,
    /// Language in which the project's own texts are written, unless a school or a goal has its own.
    pub written_in: String,
    /// One sentence: how to get a report in another format.
    pub contact: String,
}

/// A school.
#[derive(Debug, Clone)]
pub struct School {
    /// Id used in folders: `a–z`, `0–9`, `-`.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Other spellings met in spreadsheets.
    pub also_called: Vec<String>,
    /// Language in which its goals and the names of its teams are written.
    pub written_in: String,
    /// Grades in order, as in `K`, `1`, `2`.
    pub grades: Vec<String>,
    /// Parts of it that are taught as one class: whoever names one names a teacher.
    pub one_class: Vec<Population>,
    /// How many were asked in a staff survey, by reporting period.
    pub staff_asked: BTreeMap<PeriodId, u32>,
}

impl School {
    /// Whether a spreadsheet's `word` means this school (id, name or another spelling; case and
    /// surrounding space ignored).
    pub fn is_called(&self, word: &str) -> bool {
        let word = word.trim().to_lowercase();
        self.id.to_lowercase() == word
            || self.name.to_lowercase() == word
            || self.also_called.iter().any(|a| a.trim().to_lowercase() == word)
    }
}

/// A professional learning community: a team of one school.
#[derive(Debug, Clone)]
pub struct Plc {
    /// Id used in file names.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// The school it belongs to.
    pub school: SchoolId,
    /// The grades it teaches.
    pub grades: Vec<String>,
    /// Whether its packet ends with the names of its students by where they stand.
    pub names: bool,
}
