//! What the mapping language says about cells: parts, units, spellings, colours and comments.

use rust_xlsxwriter::{Color, Format, Note, Workbook};

use super::*;

const SCALES: &str = r#"
[scale.level]
kind = "ordered"
levels = ["RB", "A", "B", "C"]
[scale.share]
kind = "percent"
[scale.ratio]
kind = "number"
lowest = 0
highest = 20
[scale.agree]
kind = "ordered"
levels = ["Disagree", "Neutral", "Agree"]
numbered = true
[scale.done]
kind = "yes-no"
aliases = { x = "Yes" }
[measure.accuracy]
title = "Accuracy"
scale = "share"
[measure.correction]
title = "Self-correction"
scale = "ratio"
[measure.level]
title = "Level"
scale = "level"
[measure.ours]
title = "Agreement"
scale = "agree"
[measure.took-part]
title = "Took part"
scale = "done"
"#;

/// Readings of the measure for students 101 to 103 in order; `None` where there is none.
fn column(lines: &[&str], mapping: &str) -> (Vec<(u32, f64)>, Vec<Problem>) {
    let mut new = Try::new();
    new.write("measures.toml", SCALES.as_bytes());
    new.write("mappings/own.toml", mapping.as_bytes());
    for name in ["wide", "long", "survey"] {
        std::fs::remove_file(new.folder.path().join(format!("mappings/{name}.toml"))).expect("removed");
    }
    new.sources.retain(|source| source.mapping == "roster");
    new.source("data/own.csv", "own", &[("school", "north"), ("year", "2025-26"), ("period", "P1")]);
    new.write("data/own.csv", lines.join("\n").as_bytes());
    let (dataset, problems) = new.build();
    let rows = &dataset.observations;
    (rows.person.iter().zip(&rows.value).map(|(person, value)| (person.0, *value)).collect(), problems)
}

fn mapping(values: &str) -> String {
    format!("kind = \"assessment\"\n[header]\nfind = [\"No\"]\n[columns]\nid = \"No\"\n{values}")
}

#[test]
fn one_cell_may_hold_two_results() {
    let mapping = mapping(
        "[[value]]\ncolumn = \"Record\"\ncell = \"{value} / *\"\nset = { measure = \"accuracy\" }\n\
         [[value]]\ncolumn = \"Record\"\ncell = \"* / {value} SC\"\nset = { measure = \"correction\" }\n",
    );
    let lines = ["No,Record", "101,94% / 0.25 SC", "102,94%"];
    let (found, problems) = column(&lines, &mapping);
    assert_eq!(found, [(0, 0.94), (0, 0.25)]);
    assert_eq!(problems.len(), 2);
    assert!(problems[0].hint.as_deref().is_some_and(|hint| hint.contains("“{value} / *”")), "{problems:?}");
    assert_eq!(problems[0].place.cell.as_deref(), Some("B3"));
}

#[test]
fn a_bare_number_is_what_its_unit_says() {
    let mapping_of = |unit: &str, measure: &str| {
        mapping(&format!("[[value]]\ncolumn = \"V\"\nunit = \"{unit}\"\nset = {{ measure = \"{measure}\" }}\n"))
    };
    let percent = mapping_of("percent", "accuracy");
    assert_eq!(column(&["No,V", "101,79", "102,79%", "103,0"], &percent).0, [(0, 0.79), (1, 0.79), (2, 0.0)]);
    assert_eq!(column(&["No,V", "101,179"], &percent).1.len(), 1);
    let share = mapping_of("share", "correction");
    assert_eq!(column(&["No,V", "101,0.5"], &share).0, [(0, 10.0)]);
}

#[test]
fn surveys_and_ticks_are_read_as_programs_write_them() {
    let agree = mapping("[[value]]\ncolumn = \"V\"\nset = { measure = \"ours\" }\n");
    let lines = ["No,V", "101,3", "102,2 – Neutral", "103,Agree (3)"];
    assert_eq!(column(&lines, &agree).0, [(0, 2.0), (1, 1.0), (2, 2.0)]);
    assert_eq!(column(&["No,V", "101,4", "102,1 - Agree"], &agree).1.len(), 2);
    let done = mapping("[[value]]\ncolumn = \"V\"\nset = { measure = \"took-part\" }\n");
    assert_eq!(column(&["No,V", "101,oui", "102,Ні", "103,X"], &done).0, [(0, 1.0), (1, 0.0), (2, 1.0)]);
    assert_eq!(column(&["No,V", "101,maybe"], &done).1.len(), 1);
}

#[test]
fn a_mappings_code_may_be_a_level() {
    let mapping = mapping(
        "[[value]]\ncolumn = \"V\"\nset = { measure = \"level\" }\n[codes]\n\
         emergent = { class = \"score\", level = \"RB\" }\nND = { class = \"score\", level = 3 }\n",
    );
    let (found, problems) = column(&["No,V", "101,Emergent", "102,ND"], &mapping);
    // 3 is no level of this scale: the code belongs to another one, so it is unknown here.
    assert_eq!(found, [(0, 0.0)]);
    assert_eq!(problems[0].found.as_deref(), Some("“ND”"));
}

/// Rows of the wide table: who, then November and March.
fn painted(paint: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> (Dataset, Vec<Problem>) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Gr 1").expect("a name");
    let lines = [["Student #", "Name", "November", "March"], ["", "", "Level", "Level"]];
    let students = [["101", "Birch, Ana", "A", "B"], ["102", "Alder, Bo", "B", ""], ["104", "Fir, Sam", "C", ""]];
    for (row, cells) in (0..).zip(lines.iter().chain(&students)) {
        for (col, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write(row, col, *cell).expect("written");
        }
    }
    paint(sheet);
    let new = Try::new();
    new.write("data/north/reading.xlsx", &book.save_to_buffer().expect("a workbook"));
    new.build()
}

fn fill(colour: Color) -> Format {
    Format::new().set_background_color(colour)
}

#[test]
fn a_colour_in_place_of_a_result_is_told() {
    let (dataset, problems) = painted(|sheet| {
        sheet.write_blank(3, 3, &fill(Color::Yellow)).expect("painted");
    });
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(has(&problems, "D4", "coloured"));
    let tally = &dataset.files[0];
    assert_eq!((tally.used, tally.in_part, tally.cells_set_aside, tally.set_aside), (2, 1, 1, 0));
}

#[test]
fn stripes_and_coloured_columns_mean_nothing() {
    let (_, problems) = painted(|sheet| {
        // A stripe through a whole row, and a column coloured throughout.
        for col in 0..4 {
            sheet.set_cell_format(3, col, &fill(Color::Silver)).expect("painted");
        }
        sheet.set_cell_format(2, 3, &fill(Color::Pink)).expect("painted");
        sheet.write_blank(4, 3, &fill(Color::Pink)).expect("painted");
    });
    assert_eq!(problems, []);
}

#[test]
fn comments_on_results_are_told_once() {
    let (_, problems) = painted(|sheet| {
        sheet.insert_note(2, 2, &Note::new("retested")).expect("a note");
        sheet.insert_note(3, 2, &Note::new("retested")).expect("a note");
        sheet.insert_note(3, 1, &Note::new("moved")).expect("a note");
    });
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(has(&problems, "C3", "1 more"));
}
