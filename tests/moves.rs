//! A student who moves in the middle of a period is counted once, where enrolled on the day that counts,
//! whichever school's file has the result.

use std::path::Path;

use termwise_config::load::load;
use termwise_config::measures::Band;
use termwise_config::{CodeClass, PluginLimits, SigningKeys};
use termwise_config::{PeriodId, ReadingLimits};
use termwise_judging::ask::{Group, ask};
use termwise_judging::roll::Roll;
use termwise_judging::standing::Stands;
use termwise_metric::Metrics;
use termwise_metric::{
    Column, ColumnData, Description, Kind, Measurement, Output, Parameters, Scale, Table, Unavailable,
};
use termwise_plugins::host::{Plugins, Release};
use termwise_reading::dataset;
use termwise_reading::sources;
use termwise_reading::workbook::Shelf;

/// The rule of where somebody stands is that of the metric: every class of reading, with and without a value and a line.
#[test]
fn where_somebody_stands_is_what_the_shipped_metric_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let (limits, keys) = (PluginLimits::default(), SigningKeys::default());
    let mut plugins = Plugins::open(folder.path(), &folder.path().join("cache"), &limits, &keys).expect("a host");
    let name = "share-at-or-above";
    let columns = plugins.describe(name, Release::Current).expect("a description").columns.clone();
    let classes = [CodeClass::Score, CodeClass::CountsAsBelow, CodeClass::Excluded, CodeClass::Missing];
    let numbers = [f64::NAN, 1.0, 2.0, 3.0];
    let mut checked = 0;
    for (class, value, line) in classes
        .into_iter()
        .flat_map(|class| numbers.map(|value| (class, value)))
        .flat_map(|(class, value)| [f64::NAN, 2.0].map(|line| (class, value, line)))
    {
        let data = |kind: Kind| match kind {
            Kind::Value => ColumnData::Numbers(vec![value]),
            Kind::Class => ColumnData::Codes(vec![class as u8]),
            Kind::Line(_) => ColumnData::Numbers(vec![line]),
            other => panic!("{other:?} is not asked for"),
        };
        let columns =
            columns.iter().map(|c| Column { name: c.name.clone(), measure: 0, period: 0, data: data(c.kind) });
        let table = Table { offsets: vec![0, 1], columns: columns.collect(), scales: vec![Scale::default()] };
        let found = plugins.evaluate(name, Release::Current, &Parameters::new(), &table).expect("an answer");
        let output = &found[0].outputs[0];
        let counted = (output.denominator == 1).then_some(output.numerator == Some(1));
        let stands = Stands::of(Some((class, value)), |band| (band == Band::At && !line.is_nan()).then_some(line));
        assert_eq!(stands.and_then(Stands::reached), counted, "{class:?} {value} against {line}");
        checked += 1;
    }
    assert_eq!(checked, 32);
}

const SETTINGS: &str = r#"
[division]
name = "Division"
time-zone = "America/Winnipeg"
contact = "Ask the office."
[[school]]
id = "north"
name = "North School"
grades = ["1", "2"]
[[school]]
id = "south"
name = "South School"
grades = ["1", "2"]
[[year]]
id = "2025-26"
[[year.period]]
id = "P1"
name = "November"
opens = 2025-09-03
closes = 2025-11-21
[[source]]
id = "roster"
files = ["data/roster.csv"]
mapping = "roster"
set = { year = "2025-26" }
[[source]]
id = "north"
files = ["data/north.csv"]
mapping = "marks"
set = { school = "north", year = "2025-26", period = "P1", measure = "reading" }
[[source]]
id = "south"
files = ["data/south.csv"]
mapping = "marks"
set = { school = "south", year = "2025-26", period = "P1", measure = "reading" }
"#;

const MEASURES: &str = r#"
[scale.level]
kind = "ordered"
levels = ["A", "B", "C", "D"]
[scale.level.codes]
Moved = { class = "excluded", reason = "transferred" }
[measure.reading]
title = "Reading level"
scale = "level"
[[expectation]]
measures = ["reading"]
from = 2020-09-01
title = "Expectations"
[expectation.at]
1 = { P1 = "B" }
2 = { P1 = "C" }
"#;

const ROSTER: &str = "kind = \"roster\"\n[header]\nfind = [\"No\", \"School\"]\n[columns]\nid = \"No\"\nschool = \"School\"\n\
    grade = \"Grade\"\nentered = \"From\"\nleft = \"To\"\n";
const MARKS: &str = "kind = \"assessment\"\n[header]\nfind = [\"No\", \"Level\"]\n[columns]\nid = \"No\"\n[[value]]\n\
    column = \"Level\"\n";

/// Student 3 moves from North, grade 1, to South on 15 October.
const ENROLLED: &str = "No,School,Grade,From,To\n1,north,1,,\n2,north,1,,\n3,north,1,,2025-10-15\n3,south,1,2025-10-15,\n\
    4,south,1,,\n5,south,1,2025-11-03,\n";

/// Readings (places of levels) of the population of each school's goal.
fn populations(as_of: &str, north: &str, south: &str) -> [Vec<f64>; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    let goal = |school: &str| {
        format!(
            "[[goal]]\nid = \"{school}\"\nschool = \"{school}\"\narea = \"literacy\"\ntitle = \"t\"\nstatement = \"s\"\n\
             why = \"w\"\nmeasures = [\"reading\"]\nbaseline = {{ share = 0.5, on = 2025-06-20 }}\ntarget = 0.8\n\
             deadline = 2026-06-26\n"
        )
    };
    write("termwise.toml", &format!("{SETTINGS}{as_of}"));
    write("measures.toml", MEASURES);
    write("mappings/roster.toml", ROSTER);
    write("mappings/marks.toml", MARKS);
    write("goals/both.toml", &format!("{}{}", goal("north"), goal("south")));
    write("data/roster.csv", ENROLLED);
    write("data/north.csv", north);
    write("data/south.csv", south);
    read(folder.path())
}

/// Takes the values of the first group that it is asked about, and answers nothing.
struct Recorded(Vec<f64>);

impl Metrics for Recorded {
    fn describe(&mut self, name: &str) -> Result<Description, Unavailable> {
        let empty = tempfile::tempdir().expect("a folder");
        let mut plugins =
            Plugins::open(empty.path(), Path::new(""), &PluginLimits::default(), &Default::default()).expect("plugins");
        plugins.describe(name, Release::Current).cloned()
    }

    fn evaluate(&mut self, _: &str, _: &Parameters, table: &Table) -> Result<Vec<Measurement>, Unavailable> {
        let column = table.columns.iter().find(|column| column.name == "value").expect("values");
        let ColumnData::Numbers(all) = &column.data else { panic!("numbers expected") };
        self.0 = all[..table.offsets[1] as usize].to_vec();
        let nothing = Measurement { outputs: Vec::new(), left_out: Vec::new(), notes: Vec::new() };
        Ok(vec![nothing; table.groups()])
    }
}

fn read(root: &Path) -> [Vec<f64>; 2] {
    let (project, problems) = load(root);
    let project = project.unwrap_or_else(|| panic!("{problems:#?}"));
    let mut problems = Vec::new();
    let files = sources::freeze(&project, &mut problems);
    let shelf = Shelf::in_this_process(&root.join("cells"), &ReadingLimits::default()).expect("a folder");
    let dataset = dataset::build(&project, &files, &shelf, &mut problems);
    assert_eq!(problems, []);
    [0, 1].map(|goal| {
        let mut asked = Recorded(Vec::new());
        let answers = ask(
            &Roll::new(&project, &dataset),
            project.goals[goal].measured().expect("measured"),
            PeriodId(0),
            &mut asked,
        );
        let values = asked.0;
        let answers = answers.result.expect("answers");
        assert_eq!(answers[0].group, Group::All);
        assert_eq!(answers[0].population as usize, values.len());
        values
    })
}

/// A metric of a share: of each group so many as `met` says of its size; none where it says nothing.
struct Share(fn(u32) -> Option<u32>);

impl Metrics for Share {
    fn describe(&mut self, name: &str) -> Result<Description, Unavailable> {
        Recorded(Vec::new()).describe(name)
    }

    fn evaluate(&mut self, _: &str, _: &Parameters, table: &Table) -> Result<Vec<Measurement>, Unavailable> {
        let group = |rows: &[u32]| {
            let of = rows[1] - rows[0];
            let met = self.0(of);
            let (numerator, denominator) = (Some(met.unwrap_or(0)), met.map_or(0, |_| of));
            let share = Output { numerator, denominator, contributors: denominator, ..Output::default() };
            Measurement { outputs: vec![share], left_out: Vec::new(), notes: Vec::new() }
        };
        Ok(table.offsets.windows(2).map(group).collect())
    }
}

/// Who stayed and who rose is told of a metric that counts students one by one, and of no other.
#[test]
fn a_metric_that_does_not_add_up_over_students_says_nothing_of_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    let winter = "[[year.period]]\nid = \"P2\"\nname = \"March\"\nopens = 2025-11-24\ncloses = 2026-03-13\n\
                  [[source]]\nid = \"again\"\nfiles = [\"data/south.csv\"]\nmapping = \"marks\"\n\
                  set = { school = \"south\", year = \"2025-26\", period = \"P2\", measure = \"reading\" }\n";
    let settings = SETTINGS.replacen("[[source]]\nid = \"roster\"", &format!("{winter}[[source]]\nid = \"roster\""), 1);
    write("termwise.toml", &settings);
    write("measures.toml", MEASURES);
    write("mappings/roster.toml", ROSTER);
    write("mappings/marks.toml", MARKS);
    write(
        "goals/one.toml",
        "[[goal]]\nid = \"g\"\nschool = \"south\"\narea = \"literacy\"\ntitle = \"t\"\nstatement = \"s\"\nwhy = \"w\"\n\
         kind = \"metric\"\nmetric = \"chronic-absence\"\nindicator = \"i\"\nmeasures = [\"reading\"]\n\
         baseline = { value = 0.5, on = 2025-06-20 }\ntarget = 0.3\ndeadline = 2026-06-26\n",
    );
    write("data/roster.csv", ENROLLED);
    write("data/north.csv", NORTH);
    write("data/south.csv", SOUTH_WITH);
    let (project, problems) = load(folder.path());
    let project = project.unwrap_or_else(|| panic!("{problems:#?}"));
    let mut problems = Vec::new();
    let files = sources::freeze(&project, &mut problems);
    let shelf = Shelf::in_this_process(&folder.path().join("cells"), &ReadingLimits::default()).expect("a folder");
    let dataset = dataset::build(&project, &files, &shelf, &mut problems);
    let moves = |met: fn(u32) -> Option<u32>| {
        let answers = ask(
            &Roll::new(&project, &dataset),
            project.goals[0].measured().expect("measured"),
            PeriodId(1),
            &mut Share(met),
        );
        answers.moves.expect("two periods")
    };
    let all = moves(Some);
    assert_eq!(all.stood.map(|stood| stood.all()), Some([3, 0, 0, 0]));
    // Half of a group, and nothing of one alone: nobody is said to be another student for it.
    for met in [(|of| (of > 1).then_some(of / 2)) as fn(u32) -> Option<u32>, |of| Some(of / 2)] {
        let some = moves(met);
        assert_eq!((some.stood, some.same, some.left), (None, 3, 0));
    }
}

const NORTH: &str = "No,Level\n1,A\n2,B\n3,D\n";
const NORTH_WITHOUT: &str = "No,Level\n1,A\n2,B\n3,Moved\n";
const SOUTH: &str = "No,Level\n4,C\n5,C\n";
const SOUTH_WITH: &str = "No,Level\n3,D\n4,C\n5,C\n";

#[test]
fn one_who_moves_counts_where_enrolled_when_the_period_closes() {
    // The result may be in the old school's file, in the new one's, or in both.
    for (north, south) in [(NORTH, SOUTH), (NORTH_WITHOUT, SOUTH_WITH), (NORTH, SOUTH_WITH)] {
        assert_eq!(populations("", north, south), [vec![0.0, 1.0], vec![3.0, 2.0, 2.0]]);
    }
}

#[test]
fn a_division_may_take_the_groups_of_another_day() {
    let at_north = [vec![0.0, 1.0, 3.0], vec![2.0]];
    assert_eq!(populations("[roster]\nas-of = \"year-start\"\n", NORTH, SOUTH), at_north);
    assert_eq!(populations("[roster]\nas-of = \"09-30\"\n", NORTH, SOUTH), at_north);
    let in_october = [vec![0.0, 1.0], vec![3.0, 2.0]];
    assert_eq!(populations("[roster]\nas-of = \"10-15\"\n", NORTH, SOUTH), in_october);
    assert_eq!(populations("[roster]\nas-of = \"period-close\"\n", NORTH, SOUTH)[1].len(), 3);
}
