//! No name and no number of a student leaves reading, wherever in a file it stands; but for the names of a PLC that
//! has them switched on. What is searched is everything that reading gives: the dataset, its tallies, every problem.

use std::io::{Cursor, Write};

use termwise_config::Plc;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// Everybody on the roster, in pieces that stand nowhere else.
const SECRETS: [&str; 10] =
    ["zhuravel", "quillan", "7300451", "birchwood", "anastasia", "77031", "оленчук", "ярина", "7300453", "tamblyn"];

const PRIVATE_ROSTER: &str = "Student #,Name,Grade,Program,Entry,Exit\n7300451,\"Zhuravel, Quillan\",1,EUBP,,\n\
    AB-77031,\"Birchwood, Anastasia\",1,English,,\n7300453,\"Оленчук, Ярина\",K,English,,\n7300454,\"Tamblyn, Bo\",1,,,\n";

const NAMED: &str = "kind = \"assessment\"\n[header]\nfind = [\"Student #\", \"Level\"]\n[rows]\nstop-when = [\"Legend*\"]\n\
    [columns]\nid = \"Student #\"\nname = \"Name\"\ngrade = \"Gr\"\nperiod = \"Term\"\nassessment-grade = \"Test\"\n\
    [[value]]\ncolumn = \"Level\"\nset = { measure = \"reading\" }\n[[value]]\ncolumn = \"{measure}\"\n";

fn division(mapping: &str, file: &str, bytes: &[u8]) -> Try {
    let mut new = Try::new();
    new.sources.truncate(1);
    new.write("data/roster-north.csv", PRIVATE_ROSTER.as_bytes());
    new.write("mappings/named.toml", mapping.as_bytes());
    new.source(file, "named", &[("school", "north"), ("year", "2025-26")]);
    new.write(file, bytes);
    new
}

/// Reads, and fails if a secret is anywhere in what comes out. The number of readings, and the problems.
fn kept(new: &Try) -> (usize, Vec<Problem>) {
    let (dataset, problems) = new.build();
    let out = format!("{dataset:?}\n{problems:#?}");
    let shown: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
    let all = format!("{out}\n{shown}").to_lowercase();
    for secret in SECRETS {
        assert!(!all.contains(secret), "{secret} in {shown}");
    }
    (dataset.observations.person.len(), problems)
}

#[test]
fn names_in_any_column_of_a_text_file() {
    let lines = [
        "Student #,Name,Gr,Term,Test,Level,Reading level",
        "7300451,\"Zhuravel, Quillan\",1,November,1,C,",
        "7300451,,1,November,1,\"Zhuravel, Quillan\",",
        "7300451,,1,November,1,Zhuravel Quillan,",
        "7300451,,1,November,1,C/Zhuravel,",
        "7300451,,1,November,1,7300453,",
        "7300451,,1,November,1,AB-77031,",
        "7300451,,1,November,1,Tamblyn’s result,",
        "7300451,,1,Anastasia Birchwood,1,C,",
        "7300451,,1,November,Quillan,C,",
        "7300451,,1,November,7300453,C,",
        "7300451,,1,November,1,,\"Оленчук, Ярина\"",
        "7300451,\"Tamblyn, Bo\",1,November,1,C,",
        ",\"Zhuravel, Quilan\",1,November,1,C,",
        ",\"Birchwood, A.\",1,November,1,C,",
        "7300451,,1,November,1,a long text about the result of Anast,",
        "7300451,,1,November,1,a long text on the meeting with Anastasia Birchwood,",
        "Legend: C is Zhuravel's level,,,,,,",
        "7300453,,1,November,1,C,",
    ];
    let new = division(NAMED, "data/named.csv", lines.join("\n").as_bytes());
    let (read, problems) = kept(&new);
    assert_eq!(read, 1, "{problems:#?}");
    assert!(problems.len() >= 15, "{problems:#?}");
    assert!(problems.iter().filter(|p| p.found.as_deref().is_some_and(|f| f.contains("not shown"))).count() >= 10);
}

#[test]
fn rosters_that_contradict_themselves() {
    let more = "7300451,\"Tamblyn, Bo\",1,,,\n7300453,\"Оленчук, Ярина\",9,,,\n,\"Quillan, Zhuravel\",1,,,\n\
                AB-77031,\"Birchwood, Anastasia\",Birchwood,,,\n7300454,\"Tamblyn, Bo\",1,,Anastasia,\n\
                7300454,\"Tamblyn, Bo\",K,,,\n";
    let new = division(NAMED, "data/named.csv", b"Student #,Level\n");
    new.write("data/roster-north.csv", format!("{PRIVATE_ROSTER}{more}").as_bytes());
    let (_, problems) = kept(&new);
    assert!(problems.len() >= 6, "{problems:#?}");
}

#[test]
fn a_roster_that_is_described_wrongly() {
    let results = "Student #,Level\n7300451,C\n\"Zhuravel, Quillan\",C\n\"Tamblyn, Bo\",D\n";
    let described = [
        ("[columns]", "rows = 3\n[columns]"),
        ("[columns]", "rows = 5\n[columns]"),
        ("[columns]", "[columns]\nschool = \"Name\""),
        ("grade = \"Grade\"", "grade = \"Name\""),
        ("grade = \"Grade\"", "grade = \"Student #\""),
        ("entered = \"Entry\"", "entered = \"Name\""),
        ("id = \"Student #\"", "id = \"Pupil\""),
        ("find = [\"Student #\"", "find = [\"Pupil\""),
    ];
    for (from, to) in described {
        for mapping in [NAMED, &NAMED.replace("[rows]", "rows = 3\n[rows]")] {
            let new = division(mapping, "data/named.csv", results.as_bytes());
            assert!(ROSTER.contains(from), "{from}");
            new.write("mappings/roster.toml", ROSTER.replace(from, to).as_bytes());
            let (_, problems) = kept(&new);
            assert!(problems.iter().any(|p| p.place.file.as_deref() == Some("data/roster-north.csv")), "{to}");
        }
    }
}

#[test]
fn names_where_a_header_should_be() {
    // The header is gone; of a row of students with the word that is looked for, both halves of a name stand alone.
    let lines = ["Zhuravel,Quillan,Level 3", "Birchwood,Anastasia,Level 2", "\"Оленчук, Ярина\",7300453,Level 1"];
    for line in lines {
        let (_, problems) = kept(&division(NAMED, "data/named.csv", format!("{line}\nx,y,z\n").as_bytes()));
        assert!(problems.iter().any(|p| p.message.contains("header of the table")), "{problems:#?}");
    }
    // A name as the header of a column of results, and a column that lost its own.
    let (_, problems) = kept(&division(
        NAMED,
        "data/named.csv",
        "Student #,Level,\"Zhuravel, Quillan\",Tamblyn Bo\n7300451,C,D,D\n7300453,C,D,D\n".as_bytes(),
    ));
    assert!(!problems.is_empty());
}

#[test]
fn merged_cells_notes_tabs_and_comments_of_a_workbook() {
    let lines = [
        "Results of Quillan Zhuravel and AB-77031||||",
        "Student #|Name|Term|Level|Zhuravel, Quillan",
        "n:7300451|Zhuravel, Quillan|November|C|n:7300453",
        "n:7300453|Оленчук, Ярина|November|Anastasia Birchwood|",
        "n:7300454|Tamblyn, Bo|November||x",
        "AB-77031|Birchwood, Anastasia|Quillan|D|",
        "Note: ask Anastasia Birchwood (AB-77031)||||",
        "Legend: see Tamblyn||||",
        "n:7300451|Zhuravel, Quillan|November|C|",
    ];
    let sheets = [
        Made { name: "Results", lines: &lines, merges: &["A1:E1", "D4:D5"], hidden: false },
        Made { name: "Other", lines: &["Student #|Birchwood, Anastasia", "n:7300451|C"], merges: &[], hidden: false },
    ];
    let book = commented(xlsx(&sheets));
    let (read, problems) = kept(&division(NAMED, "data/named.xlsx", &book));
    assert_eq!(read, 1, "{problems:#?}");
    for said in ["is merged with", "has a comment", "could not be read", "belong to students", "reporting period"] {
        assert!(problems.iter().any(|p| p.message.contains(said)), "{said}: {problems:#?}");
    }
}

/// With a comment on the first result, whose text and author are somebody.
fn commented(book: Vec<u8>) -> Vec<u8> {
    let mut zip = ZipWriter::new_append(Cursor::new(book)).expect("an archive");
    let parts = [
        (
            "xl/worksheets/_rels/s1.xml.rels",
            "<Relationships><Relationship Id=\"rId1\" Type=\"http://x/comments\" Target=\"../comments1.xml\"/></Relationships>",
        ),
        (
            "xl/comments1.xml",
            "<comments><authors><author>Quillan Zhuravel</author></authors><commentList><comment ref=\"D3\" authorId=\"0\">\
             <text><t>AB-77031 Anastasia Birchwood helped</t></text></comment></commentList></comments>",
        ),
    ];
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

#[test]
fn only_a_plc_with_names_switched_on_gets_names() {
    let new =
        division(NAMED, "data/named.csv", b"Student #,Term,Level\n7300451,November,Quillan\n7300453,November,C\n");
    let mut project = new.project();
    let files = crate::sources::freeze(&project, &mut Vec::new());
    let plc = |names| Plc {
        id: "plc".into(),
        name: "PLC".into(),
        school: termwise_config::SchoolId(0),
        grades: vec!["1".into()],
        names,
    };
    for (plcs, named) in [(vec![], 0), (vec![plc(false)], 0), (vec![plc(false), plc(true)], 4)] {
        project.plcs = plcs;
        let mut problems = Vec::new();
        let dataset = build(&project, &files, &new.shelf(), &mut problems);
        assert_eq!(dataset.names.len(), named);
        // Messages show none, whoever may see them in a packet.
        let shown: String = problems.iter().map(|problem| problem.to_string().to_lowercase()).collect();
        assert!(shown.contains("not shown") && SECRETS.iter().all(|secret| !shown.contains(secret)), "{shown}");
        // The dataset knows people by a digest of their number.
        let out = format!("{dataset:?}");
        assert!(["7300451", "AB-77031"].iter().all(|number| !out.contains(number)));
    }
    let dataset = build(&project, &files, &new.shelf(), &mut Vec::new());
    let names: Vec<&str> = dataset.names.iter().flatten().map(String::as_str).collect();
    assert_eq!(names, ["Quillan Zhuravel", "Anastasia Birchwood", "Ярина Оленчук", "Bo Tamblyn"]);
}
