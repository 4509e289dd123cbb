//! Properties: nothing is lost between wide and long, and every row is accounted for.

use proptest::prelude::*;

use super::*;

const WORDS: [&str; 9] = ["RB", "A", "C", "K", "B/C", "<C", "ABS", "OOR", ""];
const STUDENTS: [&str; 4] = ["101", "102", "103", "104"];

const PLAIN_WIDE: &str = "kind = \"assessment\"\n[header]\nfind = [\"Student #\"]\n[columns]\nid = \"Student #\"\n\
    [[value]]\ncolumn = \"{period} {measure}\"\n";

fn dataset_of(path: &str, text: &str) -> (Dataset, Vec<Problem>) {
    let mut new = Try::new();
    new.write("mappings/wide.toml", PLAIN_WIDE.as_bytes());
    new.source("data/wide.csv", "wide", &[("school", "north"), ("year", "2025-26")]);
    new.write(path, text.as_bytes());
    new.build()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The same results as one row a student and as one row a result are the same observations, and
    /// the wide table can be written again from them.
    #[test]
    fn wide_to_long_to_wide_loses_nothing(cells in proptest::collection::vec(0..WORDS.len(), 8)) {
        let at = |student: usize, period: usize| WORDS[cells[student * 2 + period]];
        let mut wide = String::from("Student #,November reading,March reading\n");
        let mut long = String::from("Student #,Term,What,Result\n");
        for (number, student) in STUDENTS.iter().enumerate() {
            wide += &format!("{student},{},{}\n", at(number, 0), at(number, 1));
            long += &format!("{student},November,Reading level,{}\n{student},March,rdg lvl,{}\n", at(number, 0), at(number, 1));
        }
        let (one, problems) = dataset_of("data/wide.csv", &wide);
        prop_assert_eq!(problems, vec![]);
        let (two, problems) = dataset_of("data/2025-26/long.csv", &long);
        prop_assert_eq!(problems, vec![]);
        prop_assert_eq!(readings(&one), readings(&two));
        // Back to wide: every cell that was filled in is there, with its meaning, and no other.
        let rows = &one.observations;
        let mut again = vec![vec![None; 2]; STUDENTS.len()];
        for n in 0..rows.person.len() {
            let cell = &mut again[rows.person[n].0 as usize][rows.period[n].0];
            prop_assert!(cell.is_none());
            *cell = Some((rows.class[n], rows.value[n]));
        }
        for (student, periods) in again.iter().enumerate() {
            for (period, cell) in periods.iter().enumerate() {
                let meant = match at(student, period) {
                    "" => None,
                    "ABS" => Some((CodeClass::Excluded, None)),
                    "OOR" => Some((CodeClass::CountsAsBelow, None)),
                    "RB" => Some((CodeClass::Score, Some(0.0))),
                    "A" => Some((CodeClass::Score, Some(1.0))),
                    "B/C" | "<C" => Some((CodeClass::Score, Some(2.0))),
                    "C" => Some((CodeClass::Score, Some(3.0))),
                    _ => Some((CodeClass::Score, Some(11.0))),
                };
                let seen = cell.map(|(class, value)| (class, (!value.is_nan()).then_some(value)));
                prop_assert_eq!(seen, meant, "student {} period {}", student, period);
            }
        }
    }

    /// Whatever stands in a workbook, `filled = used + set aside + no data`, and the engine finds no
    /// fault with its own books.
    #[test]
    fn every_row_is_accounted_for(rows in proptest::collection::vec(0..14usize, 0..40), second in any::<bool>()) {
        let kinds = [
            "", "Class list|printed in March", "Student #|Name|November|November|March|March", "|| Level|Note|Level|Note",
            "n:101|Birch, Ana|A||B|", "n:102|Alder, Bo|Q?|||", "n:999|Nobody||||", "n:999|Nobody|A|||",
            "|Fir, Sam|A|||", "Average|||n:2||", "Legend|A|below", "n:103|O'Elm, Zoe|n:7|||e:#N/A",
            "d:46085|x|A", "n:101|Birch, Ana|C|||",
        ];
        let lines: Vec<&str> = rows.iter().map(|kind| kinds[*kind]).collect();
        let new = Try::new();
        let hidden = Made { name: "Gr old", lines: &lines, merges: &[], hidden: true };
        let sheets = [Made { name: "Gr 1", lines: &lines, merges: MERGES, hidden: false }, hidden];
        new.write("data/north/reading.xlsx", &xlsx(&sheets[..1 + usize::from(second)]));
        let (dataset, problems) = new.build();
        let filled = lines.iter().filter(|line| line.split('|').any(|cell| !cell.trim().is_empty())).count();
        if let Some(tally) = dataset.files.iter().find(|tally| tally.path.ends_with("reading.xlsx")) {
            let told = problems.iter().any(|p| p.message.contains("no sheet with cells"));
            prop_assert!(told || tally.filled as usize == filled * (1 + usize::from(second)), "{:?}", tally);
            prop_assert!(tally.adds_up(), "{:?}", tally);
        }
        prop_assert!(!problems.iter().any(|p| p.message.contains("add up")));
    }
}
