//! The words that schools use, in English and French: roles of columns, grades, totals, legends.
//!
//! Comes in: a header or another short text. Goes out: what such a text usually means. No project is
//! needed; see `known` for a project's own words.

use unicode_normalization::UnicodeNormalization;

use termwise_config::pattern::fold;

use crate::dataset::words;

/// Roles and the headers that name them, best first; see [`plain`] for how headers are compared.
const ROLES: [(&str, &[&str]); 14] = [
    (
        "provincial-id",
        &[
            "met #",
            "met",
            "met no",
            "met number",
            "provincial student #",
            "provincial number",
            "provincial id",
            "provincial student number",
            "student met",
            "numero met",
            "no met",
            "state id",
            "sasid",
            "oen",
            "asn",
        ],
    ),
    (
        "id",
        &[
            "student number",
            "student #",
            "student no",
            "student id",
            "student local id",
            "local id",
            "lasid",
            "local #",
            "local number",
            "pupil number",
            "pupil #",
            "pupil no",
            "pupil id",
            "learner id",
            "id number",
            "sis id",
            "no d eleve",
            "no eleve",
            "numero de l eleve",
            "numero d eleve",
            "no de l eleve",
            "id eleve",
            "id",
            "number",
            "no",
            "#",
            "numero",
        ],
    ),
    (
        "family",
        &[
            "legal last name",
            "last name",
            "family name",
            "legal surname",
            "surname",
            "student last name",
            "nom de famille",
            "last",
        ],
    ),
    (
        "preferred",
        &[
            "preferred name",
            "preferred first name",
            "preferred given name",
            "usual name",
            "goes by",
            "known as",
            "prenom usuel",
        ],
    ),
    (
        "given",
        &[
            "legal first name",
            "legal given name",
            "first name",
            "given name",
            "given names",
            "student first name",
            "forename",
            "prenom",
            "first",
            "given",
        ],
    ),
    (
        "name",
        &[
            "student name",
            "name of student",
            "student",
            "full name",
            "pupil name",
            "pupil",
            "learner",
            "name",
            "names",
            "child",
            "nom de l eleve",
            "nom et prenom",
            "eleve",
            "nom",
            "students",
            "eleves",
        ],
    ),
    (
        "grade",
        &[
            "grade",
            "gr",
            "enrolled grade",
            "enrollment grade",
            "enrolment grade",
            "current grade",
            "student grade",
            "grade level",
            "class grade",
            "niveau scolaire",
            "niveau",
            "annee",
            "gr level",
        ],
    ),
    ("program", &["program", "programme", "prog", "stream"]),
    ("school", &["school", "school name", "ecole", "building", "nom de l ecole"]),
    ("year", &["school year", "year", "annee scolaire", "sy", "academic year"]),
    (
        "period",
        &[
            "reporting period",
            "benchmark period",
            "assessment period",
            "testing period",
            "period",
            "term",
            "etape",
            "season",
            "testing window",
            "window",
            "time of year",
            "benchmark time",
            "terme",
            "periode",
            "administration",
        ],
    ),
    (
        "measure",
        &[
            "measure",
            "subject",
            "assessment",
            "test",
            "subtest",
            "competency",
            "category",
            "matiere",
            "evaluation",
            "assessment name",
            "measure name",
            "strand",
        ],
    ),
    (
        "entered",
        &[
            "entry date",
            "date entered",
            "entered",
            "enrolment date",
            "enrollment date",
            "start date",
            "entry",
            "date d entree",
        ],
    ),
    ("left", &["exit date", "date left", "withdrawal date", "left", "end date", "exit", "date de sortie", "withdrawn"]),
];

/// Headers of columns that are about students or classes but hold no results.
const ASIDE: [&str; 40] = [
    "comment",
    "comments",
    "note",
    "notes",
    "remark",
    "remarks",
    "remarque",
    "remarques",
    "commentaires",
    "group",
    "guided group",
    "reading group",
    "teacher",
    "teacher name",
    "homeroom",
    "homeroom teacher",
    "class",
    "room",
    "section",
    "enseignant",
    "classe",
    "birthdate",
    "birth date",
    "date of birth",
    "dob",
    "date de naissance",
    "age",
    "gender",
    "sex",
    "sexe",
    "phone",
    "email",
    "parent",
    "guardian",
    "address",
    "strategies",
    "next steps",
    "intervention",
    "date",
    "response",
];

/// Words in the headers of figures that are made from results.
const DERIVED: [&str; 8] = ["percentile", "growth", "rank", "norm", "stanine", "change", "rang", "ntile"];

/// Words that begin a row of totals.
const TOTALS: [&str; 14] = [
    "total",
    "totals",
    "average",
    "mean",
    "median",
    "sum",
    "count",
    "moyenne",
    "somme",
    "class average",
    "grand total",
    "number of",
    "nombre",
    "percent",
];

/// A header or name made comparable: lower case, without accents and signs; `#` stays a word.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in fold(text).nfd() {
        match c {
            '#' => out.push_str(" # "),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            c if ('\u{300}'..='\u{36f}').contains(&c) => {}
            '°' | 'º' => {}
            _ => out.push(' '),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether one run of words stands in another, word by word.
pub(super) fn has_words(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
}

/// The role that a header names and how well: smaller is better, below 100 the header says just that.
pub(super) fn role(path: &str) -> Option<(&'static str, usize)> {
    let last = plain(path.rsplit(" / ").next().unwrap_or(path));
    let whole = plain(path);
    let exact = ROLES.iter().find_map(|(role, names)| {
        let place = names.iter().position(|name| *name == last || *name == whole)?;
        Some((*role, place))
    });
    exact.or_else(|| {
        // Single words are too common to be looked for inside longer headers.
        let several = |name: &&str| name.contains(' ') && has_words(&last, name);
        ROLES.iter().find_map(|(role, names)| Some((*role, 100 + names.iter().position(several)?)))
    })
}

/// Whether a header names something that is no result.
pub(super) fn is_aside(path: &str) -> bool {
    let last = plain(path.rsplit(" / ").next().unwrap_or(path));
    ASIDE.contains(&last.as_str())
        || (last.split(' ').count() <= 5 && ["comment", "teacher", "birth"].iter().any(|w| has_words(&last, w)))
}

/// Whether a header names a figure made from results.
pub(super) fn is_derived(path: &str) -> bool {
    let path = plain(path);
    path.split(' ').count() <= 8 && DERIVED.iter().any(|word| has_words(&path, word))
}

/// A bare grade or one with its word: `Grade 4`, `Gr. 3`, `K`, `Maternelle`.
pub(super) fn grade(word: &str) -> Option<String> {
    let grade = words::grade(word);
    let known = grade == "K" || grade == "N" || grade.parse::<u32>().is_ok_and(|n| (1..=12).contains(&n));
    known.then_some(grade)
}

/// Whether a row that begins with this is a row of totals.
pub(super) fn is_total(text: &str) -> bool {
    let text = plain(text);
    TOTALS.iter().any(|word| text == *word || text.starts_with(&format!("{word} "))) || text.starts_with("# ")
}

/// Whether a row that begins with this explains the table.
pub(super) fn is_legend(text: &str) -> bool {
    let text = plain(text);
    ["legend", "legende", "key", "codes", "scale", "notes", "note", "echelle"]
        .iter()
        .any(|word| text == *word || text.starts_with(&format!("{word} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_roles_in_two_languages() {
        for (header, wanted) in [
            ("Student #", "id"),
            ("student_local_id", "id"),
            ("Student No.", "id"),
            ("No d’élève", "id"),
            ("Provincial Student #", "provincial-id"),
            ("Élève / Student", "name"),
            ("Legal Last Name", "family"),
            ("Enrollment Grade", "grade"),
            ("Benchmark Period", "period"),
            ("Student Name (Last, First)", "name"),
        ] {
            assert_eq!(role(header).map(|(role, _)| role), Some(wanted), "{header}");
        }
        assert_eq!(role("Sepal.Length"), None);
        assert!(is_aside("Guided group") && is_derived("National Norm Percentile"));
    }
}
