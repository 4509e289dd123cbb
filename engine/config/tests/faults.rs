//! Numbers, dates, names and lists of the configuration that cannot be meant: each is reported at its place.

use std::path::{Path, PathBuf};

use termwise_base::problem::Problem;
use termwise_config::load;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The configuration files of the sample.
fn files() -> Vec<String> {
    load::files(&repository().join("samples/prairie-crocus"))
}

/// The sample's configuration, without its spreadsheets.
fn configuration() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files() {
        let (from, to) = (repository().join("samples/prairie-crocus").join(&file), folder.path().join(&file));
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        std::fs::copy(from, to).expect("a copy");
    }
    folder
}

/// What is wrong with a project, as it is printed.
fn errors(project: &Path) -> String {
    let (loaded, problems) = load::load(project);
    let errors: Vec<String> = problems.iter().filter(|problem| problem.is_error()).map(Problem::to_string).collect();
    assert_eq!(loaded.is_none(), !errors.is_empty());
    errors.join("\n\n")
}

/// Puts `to` in the place of the first `from`, and says at which line and column the mark `⟦` in it stands.
fn put(project: &Path, file: &str, from: &str, to: &str) -> (usize, usize) {
    let path = project.join(file);
    let text = std::fs::read_to_string(&path).expect("a file of the project");
    assert!(text.contains(from), "{file} has no {from:?}");
    let text = text.replacen(from, to, 1);
    let (before, after) = text.split_once('⟦').expect("a mark");
    std::fs::write(path, format!("{before}{after}")).expect("written");
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or("").chars().count() + 1)
}

/// Changes one thing after the other in a file of a project, each time reading the project anew.
fn every_fault(file: &str, cases: &[(&str, &str, &str)]) {
    let project = configuration();
    assert_eq!(errors(project.path()), "");
    let sound = std::fs::read_to_string(project.path().join(file)).expect("a file of the project");
    let mut wrong = Vec::new();
    for (from, to, message) in cases {
        let (line, column) = put(project.path(), file, from, to);
        let said = errors(project.path());
        let wanted = format!("error: {message}\n  --> {file}:{line}:{column}\n");
        if !said.contains(&wanted) {
            wrong.push(format!("{to}\nexpected: {wanted}found:\n{said}\n"));
        }
        std::fs::write(project.path().join(file), &sound).expect("written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers_of_the_project_are_held_to_what_they_can_be() {
    every_fault(
        "termwise.toml",
        &[
            ("tolerance-points = 3", "tolerance-points = ⟦-50", "`tolerance-points` is -50, which is out of range."),
            (
                "tolerance-points = 3",
                "tolerance-points = ⟦100.5",
                "`tolerance-points` is 100.5, which is out of range.",
            ),
            ("tolerance-points = 3", "tolerance-points = ⟦nan", "`tolerance-points` is NaN, which is out of range."),
            ("tolerance-points = 3", "tolerance-points = ⟦\"3\"", "A value of another kind is needed here."),
            (
                "tolerance-students = 2",
                "tolerance-students = ⟦-1",
                "`tolerance-students` is -1, which is out of range.",
            ),
            (
                "tolerance-students = 2",
                "tolerance-students = ⟦inf",
                "`tolerance-students` is inf, which is out of range.",
            ),
            ("watch-tolerances = 2", "watch-tolerances = ⟦0.5", "`watch-tolerances` is 0.5, which is out of range."),
            ("minimum-students = 5", "minimum-students = ⟦0", "`minimum-students` is 0, which is out of range."),
            ("minimum-students = 5", "minimum-students = ⟦-5", "A value of another kind is needed here."),
            ("minimum-coverage = 0.5", "minimum-coverage = ⟦50", "`minimum-coverage` is 50, which is not a share."),
            ("minimum-coverage = 0.5", "full-coverage = ⟦nan", "`full-coverage` is NaN, which is not a share."),
            (
                "minimum-coverage = 0.5",
                "minimum-coverage = 0.9\nfull-coverage = ⟦0.6",
                "`full-coverage` is 0.6, which is below `minimum-coverage`, 0.9.",
            ),
            ("minimum-coverage = 0.5", "tolerance-part = ⟦-0.1", "`tolerance-part` is -0.1, which is not a share."),
            ("minimum-coverage = 0.5", "false-on-track = ⟦1.5", "`false-on-track` is 1.5, which is not a share."),
            ("minimum-coverage = 0.5", "consecutive-points = ⟦1", "`consecutive-points` is 1, which is out of range."),
            ("minimum-coverage = 0.5", "median-points = ⟦0", "`median-points` is 0, which is out of range."),
            ("minimum-coverage = 0.5", "trend-points = ⟦2", "`trend-points` is 2, which is out of range."),
            ("minimum-coverage = 0.5", "aimline-days = ⟦\"school\"", "There is no way to count days “school”."),
            (
                "minimum-coverage = 0.5",
                "deciding-period = ⟦\"closed\"",
                "There is no rule for the deciding period “closed”.",
            ),
            ("staff = 5, plc = 5", "staff = ⟦2", "A smallest group of 2 would let single students be recognised."),
            ("staff = 5, plc = 5", "⟦teachers = 5", "There is no audience “teachers”."),
            (
                "[judging]",
                "[[privacy.coding]]\nfrom = 0\npercent = ⟦50\n[judging]",
                "`percent` is 50, which leaves nobody or everybody uncoded.",
            ),
            (
                "[judging]",
                "[[privacy.coding]]\nfrom = 0\npercent = 20\n[[privacy.coding]]\nfrom = ⟦0\npercent = 10\n[judging]",
                "Two steps of the coding begin with 0 students.",
            ),
            (
                "[judging]",
                "[[privacy.coding]]\nfrom = 0\npercent = ⟦5\n[[privacy.coding]]\nfrom = 100\npercent = 10\n[judging]",
                "Groups of 100 students or more would be coded more widely than smaller ones.",
            ),
            ("\"2025-26/P1\" = 33", "\"2025-26/P1\" = ⟦0", "`2025-26/P1` is 0, which is out of range."),
            ("\"2025-26/P1\" = 33", "\"2025-26/P4\" = ⟦33", "There is no reporting period “2025-26/P4”."),
            ("[judging]", "[reading]\nfile-mib = ⟦0\n[judging]", "`file-mib` is 0, which is out of range."),
            (
                "[judging]",
                "[reading]\nmemory-mib = ⟦17592186044416\n[judging]",
                "`memory-mib` is 17592186044416, which is out of range.",
            ),
            ("[judging]", "[reading]\ncells = ⟦0\n[judging]", "`cells` is 0, which is out of range."),
            ("[judging]", "[reading]\nsheets = ⟦0\n[judging]", "`sheets` is 0, which is out of range."),
            ("[judging]", "[reading]\nseconds = ⟦0\n[judging]", "`seconds` is 0, which is out of range."),
            ("[judging]", "[plugins]\nseconds = ⟦0\n[judging]", "`seconds` is 0, which is out of range."),
            (
                "[judging]",
                "[plugins]\ncompile-seconds = ⟦nan\n[judging]",
                "`compile-seconds` is NaN, which is out of range.",
            ),
            ("[judging]", "[plugins]\nmemory-mib = ⟦0\n[judging]", "`memory-mib` is 0, which is out of range."),
            ("[judging]", "[plugins]\nfuel-base = ⟦0\n[judging]", "`fuel-base` is 0, which is out of range."),
            (
                "[judging]",
                "[reports.reading-level]\nen = ⟦-8\n[judging]",
                "`reading-level` is -8, which is out of range.",
            ),
        ],
    );
}

#[test]
fn dates_and_names_of_the_project_are_held_to_what_they_can_be() {
    every_fault(
        "termwise.toml",
        &[
            ("opens = 2025-11-24", "opens = ⟦2025-11-24T08:00:00", "“2025-11-24T08:00:00” is not a date."),
            ("opens = 2025-11-24", "opens = ⟦08:00:00", "“08:00:00” is not a date."),
            ("opens = 2025-11-24", "opens = ⟦\"2025-11-24\"", "A value of another kind is needed here."),
            ("first-day = 2025-09-03", "first-day = ⟦2025-09-03T00:00:00Z", "“2025-09-03T00:00:00Z” is not a date."),
            ("closes = 2025-11-21", "closes = ⟦2025-08-21", "Reporting period 2025-26/P1 closes before it opens."),
            (
                "opens = 2025-11-24",
                "opens = ⟦2025-11-21",
                "The reporting periods 2025-26/P1 (2025-09-03 to 2025-11-21) and 2025-26/P2 (2025-11-21 to 2026-03-13) \
                 overlap, so a day belongs to both.",
            ),
            (
                "{ from = 2025-12-22, to = 2026-01-02 }",
                "⟦{ from = 2026-01-02, to = 2025-12-22 }",
                "This is not a date, and not a range of dates from the earlier to the later.",
            ),
            (
                "{ from = 2025-12-22, to = 2026-01-02 }",
                "{ from = 2025-12-22, to = 2026-01-02, ⟦until = 2026-01-02 }",
                "There is no setting “until” here.",
            ),
            (
                "id = \"2025-26\"",
                "id = ⟦\"2025/26\"",
                "The id “2025/26” of a school year cannot be used in names of folders.",
            ),
            ("[[year]]\nid = \"2025-26\"", "[[year]]\nid = ⟦\"2024-25\"", "There are two school years 2024-25."),
            (
                "[[year]]\nid = \"2024-25\"",
                "[[year]]\nid = \"2023-24\"\nperiod = ⟦[]\n[[year]]\nid = \"2024-25\"",
                "This school year has no reporting period.",
            ),
            ("time-zone = \"America/Winnipeg\"", "time-zone = ⟦\"Winnipeg\"", "“Winnipeg” is not a time zone."),
            ("languages = [\"en\"]", "languages = ⟦[]", "There is no language to report in."),
            ("languages = [\"en\"]", "languages = [\"en\", ⟦\"en\"]", "`languages` names “en” twice."),
            ("languages = [\"en\"]", "languages = [⟦\"English\"]", "“English” is not a code of a language."),
            ("parent-council = [\"en\", \"fr\", \"uk\"]", "parent-council = ⟦[]", "There is no language to report in."),
            ("[[\"en\", \"uk\"]]", "[⟦[\"en\", \"en\"]]", "A bilingual edition has two languages."),
            ("paper = \"letter\"", "paper = ⟦\"legal\"", "There is no size of paper “legal”."),
            ("name = \"Prairie Crocus School Division\"", "name = ⟦\" \"", "`name` is empty."),
            ("id = \"saskatoon-berry\"\nname", "id = ⟦\"blue-heron\"\nname", "The id “blue-heron” names two schools."),
            ("\"Saskatoon Berry\", \"SBS\"", "⟦\"BHS\"", "“BHS” names two schools, blue-heron and saskatoon-berry."),
            ("grades = [\"K\", \"1\", \"2\", \"3\", \"4\"]\nstaff", "grades = ⟦[]\nstaff", "This school has no grade."),
            ("\"K\", \"1\", \"2\", \"3\", \"4\"]\nstaff", "\"K\", ⟦\"K\"]\nstaff", "`grades` names “K” twice."),
            ("{ grades = [\"8\"] }", "⟦{ grades = [\"9\"] }", "Saskatoon Berry School has no grade “9”."),
            ("{ grades = [\"8\"] }", "⟦{ staff = true }", "A class has students, not staff."),
            ("school = \"blue-heron\"", "school = ⟦\"blue-herron\"", "There is no school “blue-herron”."),
            (
                "also-called = [\"Nov\", \"Term 1\"]",
                "also-called = [\"Nov\", ⟦\"Nov\"]",
                "`also-called` names “Nov” twice.",
            ),
            ("files = [\"data/*/roster.xlsx\"]", "files = ⟦[]", "The source “roster” names no file."),
            ("files = [\"data/*/roster.xlsx\"]", "files = [⟦\"\"]", "`files` has an empty entry."),
            (
                "set = { school = \"blue-heron\" }",
                "set = { school = ⟦\"blue-herron\" }",
                "There is no school “blue-herron”.",
            ),
            ("set = { school = \"blue-heron\" }", "set = { ⟦schol = \"blue-heron\" }", "There is no fact “schol”."),
            ("measure = \"screener\"", "measure = ⟦\"screnner\"", "There is no measure “screnner”."),
            (
                "nightly = \"15 4 * * 1-5\"",
                "nightly = ⟦\"at 4\"",
                "The schedule “at 4” cannot be understood: it has 2 fields.",
            ),
            (
                "nightly = \"15 4 * * 1-5\"",
                "nightly = ⟦\"15 25 * * 1-5\"",
                "The schedule “15 25 * * 1-5” cannot be understood: the hour is “25”, but it goes from 0 to 23.",
            ),
            (
                "nightly = \"15 4 * * 1-5\"",
                "nightly = ⟦\"0 4 31 2 *\"",
                "The schedule “0 4 31 2 *” cannot be understood: that day is not on any calendar.",
            ),
            (
                "hold = [\"parent-council\"]",
                "hold = [⟦\"parents\"]",
                "There is no audience or report of your own “parents”.",
            ),
            ("path = \"delivered\"", "path = ⟦\"\"", "`path` is empty."),
            (
                "[judging]",
                "[[report]]\nid = \"trustees\"\nlike = ⟦\"board\"\ntitle = \"T\"\n[judging]",
                "There is no audience “board”.",
            ),
            ("[judging]", "[roster]\nas-of = ⟦\"02-30\"\n[judging]", "There is no day for `as-of` “02-30”."),
        ],
    );
}

#[test]
fn measures_are_held_to_what_they_can_be() {
    every_fault(
        "measures.toml",
        &[
            ("lowest = 0\nhighest = 40", "lowest = 40\nhighest = ⟦40", "`highest` is not above `lowest`."),
            (
                "lowest = 0\nhighest = 40",
                "lowest = 0\nhighest = ⟦nan",
                "A bound of a scale is a number that can be written down.",
            ),
            ("kind = \"number\"", "kind = ⟦\"numbr\"", "There is no kind of scale “numbr”."),
            (
                "levels = [\"1\", \"2\", \"3\", \"4\"]",
                "levels = ⟦[\"1\"]",
                "An ordered scale needs at least two levels.",
            ),
            (
                "levels = [\"1\", \"2\", \"3\", \"4\"]",
                "levels = [\"1\", \"2\", ⟦\"2\"]",
                "The level “2” stands twice in the list.",
            ),
            ("levels = [\"1\", \"2\", \"3\", \"4\"]", "levels = [\"1\", \"2\", ⟦\"\"]", "A level has no name."),
            (
                "lowest = 0\nhighest = 200",
                "lowest = 0\nhighest = 200\nlevels = ⟦[\"a\", \"b\"]",
                "Only ordered scales have levels and ranges.",
            ),
            ("aliases = { \"PreA\" = \"RB\" }", "lowest = ⟦0", "Only number scales have bounds."),
            (
                "aliases = { \"PreA\" = \"RB\" }",
                "aliases = { \"B\" = ⟦\"A\" }",
                "“B” is a level itself, so it cannot be a spelling of “A”.",
            ),
            ("aliases = { \"PreA\" = \"RB\" }", "aliases = { \"PreA\" = ⟦\"RX\" }", "There is no level “RX”."),
            ("range = \"lower\"", "range = ⟦\"middle\"", "There is no reading of ranges “middle”."),
            (
                "ABS = { class",
                "abs = ⟦{ class = \"error\" }\nABS = { class",
                "“abs” is declared twice: upper and lower case are one code.",
            ),
            (
                "OOR = { class = \"counts-as-below\" }",
                "OOR = { class = ⟦\"counts-below\" }",
                "There is no class of codes “counts-below”.",
            ),
            (
                "reason = \"absent\"",
                "reason = ⟦\" \"",
                "The code “ABS” leaves students out, but the report must say why.",
            ),
            (
                "ABS = { class",
                "Z = ⟦{ class = \"error\" }\nABS = { class",
                "“Z” is a level of this scale, so it cannot be a code as well.",
            ),
            ("title = \"English reading level\"", "title = ⟦\"\"", "`title` is empty."),
            (
                "also-called = [\"Ukrainian\"]",
                "also-called = [⟦\"english\"]",
                "“english” names two measures, reading-en and reading-uk.",
            ),
            ("from = 2025-09-01 }", "from = ⟦2025-09-01T08:00:00 }", "“2025-09-01T08:00:00” is not a date."),
            ("from = 2025-09-01 }", "from = ⟦2020-09-01 }", "Two instruments are used from 2020-09-01 on."),
            (
                "measures = [\"reading-en\"]\nfrom = 2024-09-01",
                "measures = ⟦[]\nfrom = 2024-09-01",
                "This table speaks of no measure.",
            ),
            (
                "measures = [\"reading-en\"]\nfrom = 2024-09-01",
                "measures = [\"reading-en\", ⟦\"reading-en\"]\nfrom = 2024-09-01",
                "`measures` names “reading-en” twice.",
            ),
            (
                "measures = [\"reading-en\"]\nfrom = 2024-09-01",
                "measures = [\"reading-en\"]\nfrom = ⟦2024-09-01T00:00:00",
                "“2024-09-01T00:00:00” is not a date.",
            ),
            (
                "[[expectation]]",
                "[[expectation]]\ntitle = \"A\"\nmeasures = [\"screener\"]\nfrom = 2024-09-01\nat = 20\n[[expectation]]\ntitle = \"B\"\n\
                 measures = [\"screener\"]\nfrom = ⟦2024-09-01\nat = 25\n[[expectation]]",
                "Two tables speak of “screener” from 2024-09-01 on.",
            ),
            (
                "[[expectation]]",
                "[[expectation]]\ntitle = \"A\"\nmeasures = [\"screener\"]\nfrom = 2024-09-01\nat = ⟦41\n[[expectation]]",
                "“41” is not on the scale “screener-score”.",
            ),
            (
                "[[expectation]]",
                "[[expectation]]\ntitle = \"A\"\nmeasures = [\"screener\"]\nfrom = 2024-09-01\nat = ⟦{}\n[[expectation]]",
                "This line of the table has no value.",
            ),
            (
                "[[expectation]]",
                "[[expectation]]\ntitle = \"A\"\nmeasures = [\"screener\"]\nfrom = 2024-09-01\nat = ⟦{ 3 = { P4 = 20 } }\n[[expectation]]",
                "No school year has a reporting period “P4”, of which this table speaks.",
            ),
            (
                "[[expectation]]",
                "[[expectation]]\ntitle = \"A\"\nmeasures = [\"screener\"]\nfrom = 2024-09-01\nat = ⟦{ P1 = 20, P2 = 21 }\n[[expectation]]",
                "No school has a grade of which this table speaks, so it would never be used.",
            ),
        ],
    );
}

#[test]
fn mappings_are_held_to_what_they_can_be() {
    every_fault(
        "mappings/reading-tabs.toml",
        &[
            ("kind = \"assessment\"", "kind = ⟦\"asessment\"", "There is no kind of mapping “asessment”."),
            ("kind = \"assessment\"", "kind = ⟦\"one-roster\"", "There is no kind of mapping “one-roster”."),
            (
                "find = [\"Student #\", \"English\"]",
                "find = ⟦[]",
                "The header cannot be found without words to look for.",
            ),
            (
                "find = [\"Student #\", \"English\"]",
                "find = [\"English\", ⟦\"English\"]",
                "`find` names “English” twice.",
            ),
            ("rows = 2", "rows = ⟦6", "`rows` is 6, which is out of range."),
            ("rows = 2", "within = ⟦0", "`within` is 0, which is out of range."),
            ("explanation-rows = 1", "explanation-rows = ⟦21", "`explanation-rows` is 21, which is out of range."),
            ("use = [\"Gr *\"]", "use = [⟦\" \"]", "This pattern is empty, so nothing fits it."),
            ("id = [\"Student #\"]", "id = ⟦[]", "`id` is an empty list."),
            ("name = [\"Student\"]", "⟦nmae = [\"Student\"]", "There is no role of columns “nmae”."),
            (
                "column = \"{period} / English\"",
                "column = ⟦\"{perod} / English\"",
                "This pattern cannot be used: “{perod}” cannot be captured; use one of school, year, period, measure, grade, program.",
            ),
            ("set = { measure = \"reading-en\" }", "set = { measure = ⟦\"\" }", "`measure` is empty."),
            ("set = { measure = \"reading-en\" }", "unit = ⟦\"percents\"", "There is no unit “percents”."),
            ("pattern = \"data/{year}/*\"", "pattern = ⟦\"data/*\"", "This pattern captures nothing."),
            (
                "[from-file]",
                "[[from-cell]]\ncell = ⟦\"XFE1\"\npattern = \"{year}\"\n[from-file]",
                "“XFE1” is not the address of a cell.",
            ),
            ("[from-file]", "[csv]\nseparator = ⟦\".\"\n[from-file]", "There is no separator “.”."),
            ("[from-file]", "[csv]\nencoding = ⟦\"utf8000\"\n[from-file]", "There is no encoding “utf8000”."),
            (
                "[from-file]",
                "[codes]\nX = { class = \"score\", level = 1 }\nx = ⟦{ class = \"error\" }\n[from-file]",
                "“x” is declared twice: upper and lower case are one code.",
            ),
        ],
    );
}

/// Each misspelt setting of a project, at its place and with the nearest name.
fn every_slip(slips: &[(&str, &str, &str, &str)]) {
    let project = configuration();
    let places: Vec<(usize, usize)> =
        slips.iter().map(|(file, from, to, _)| put(project.path(), file, from, to)).collect();
    let said = errors(project.path());
    for ((file, _, to, near), (line, column)) in slips.iter().zip(places) {
        let name = to.trim_start_matches('⟦').split(' ').next().expect("a name");
        let wanted = format!("error: There is no setting “{name}” here.\n  --> {file}:{line}:{column}\n");
        assert!(said.contains(&wanted), "{wanted}{said}");
        assert!(said.contains(&format!("Did you mean “{near}”")), "{near}: {said}");
    }
}

#[test]
fn every_misspelt_setting_is_listed_in_every_file() {
    every_slip(&[
        ("termwise.toml", "tolerance-points = 3", "⟦tolerance-point = 3", "tolerance-points"),
        ("termwise.toml", "paper = \"letter\"", "⟦papr = \"letter\"", "paper"),
        ("measures.toml", "lowest = 0", "⟦lowst = 0", "lowest"),
        ("mappings/reading-tabs.toml", "skip-when", "⟦skip-if", "skip-when"),
    ]);
    // Goals are read when everything that they name is known.
    every_slip(&[
        ("goals/willow-bend.toml", "council-question =", "⟦council-qestion =", "council-question"),
        ("goals/willow-bend.toml", "team = \"Multi-grade team\"", "⟦tem = \"Multi-grade team\"", "team"),
    ]);
}

#[test]
fn every_missing_setting_is_listed() {
    let project = configuration();
    let goals = project.path().join("goals/saskatoon-berry.toml");
    let text = std::fs::read_to_string(&goals).expect("the goals");
    std::fs::write(&goals, text.replace("statement = ", "# statement = ")).expect("written");
    let said = errors(project.path());
    let missing = said.matches("error: The setting “statement” is missing here.\n").count();
    assert_eq!(missing, text.matches("statement = ").count(), "{said}");
    assert!(missing > 1);
}
