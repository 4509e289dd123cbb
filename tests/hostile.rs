//! Files of ill will, and files that were damaged by accident: no crash, no hang, bounded memory, and a
//! sentence for the clerk. Everything goes through the reading worker of the real binary.

#[path = "hostile/mutate.rs"]
mod mutate;

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mutate::{Dice, mutated};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use termwise_base::digest::sha256;
use termwise_base::drawn::SplitMix64;
use termwise_base::problem::Problem;
use termwise_config::ReadingLimits;
use termwise_reading::workbook::{CsvHints, Shelf, Workbook};

/// Changed copies that are read.
const MUTATIONS: usize = 3_000;

/// Less than a run allows, so that hunger shows.
fn limits() -> ReadingLimits {
    ReadingLimits {
        inflated_bytes: 64 << 20,
        cells: 200_000,
        memory_bytes: 768 << 20,
        seconds: 10,
        ..ReadingLimits::default()
    }
}

struct Table {
    folder: tempfile::TempDir,
    shelf: Shelf,
}

impl Table {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let program = Path::new(env!("CARGO_BIN_EXE_termwise"));
        let shelf = Shelf::with_program(&folder.path().join("cells"), &limits(), program).expect("a shelf");
        Self { folder, shelf }
    }

    fn open(&self, bytes: &[u8], name: &str) -> Result<Workbook, Problem> {
        let digest = sha256(bytes);
        let path = self.folder.path().join(&digest);
        std::fs::write(&path, bytes).expect("written");
        let read = self.shelf.open(&path, &digest, name, &CsvHints::default());
        std::fs::remove_file(path).expect("removed");
        read
    }

    fn told(&self, bytes: &[u8], name: &str) -> String {
        match self.open(bytes, name) {
            Err(problem) => problem.message,
            Ok(book) => book.problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Data files of the sample division: xlsx, xls, ods and csv.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let root = Path::new("samples/prairie-crocus/data/2025-26");
    let folders = ["blue-heron", "saskatoon-berry", "willow-bend"];
    let files = folders.iter().flat_map(|school| std::fs::read_dir(root.join(school)).expect("a folder").flatten());
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
    paths.sort();
    let mut seeds: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| {
            (path.file_name().expect("a name").to_string_lossy().into_owned(), std::fs::read(path).expect("read"))
        })
        .collect();
    seeds.push(("marks.xlsb".to_owned(), std::fs::read("engine/fuzz/seeds/xlsb/marks.xlsb").expect("read")));
    seeds
}

#[test]
fn thousands_of_damaged_files_neither_crash_nor_hang() {
    let table = Table::new();
    let seeds = seeds();
    let next = AtomicUsize::new(0);
    let counts = Mutex::new([0usize; 3]);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= MUTATIONS {
                        return;
                    }
                    let (name, bytes) = &seeds[number % seeds.len()];
                    let other = &seeds[(number / seeds.len()) % seeds.len()].1;
                    let bytes = mutated(bytes, other, &mut Dice(SplitMix64(number as u64)));
                    let place = match table.open(&bytes, name) {
                        Ok(book) => {
                            // What was read can be read back whole.
                            for sheet in &book.sheets {
                                assert_eq!(sheet.rows().count(), sheet.len(), "mutation {number} of {name}");
                                assert!(!sheet.is_broken(), "mutation {number} of {name}");
                            }
                            0
                        }
                        Err(problem) => {
                            let told = problem.to_string();
                            assert!(!told.contains("nobody foresaw"), "mutation {number} of {name}: {told}");
                            assert!(!told.contains("took longer"), "mutation {number} of {name}: {told}");
                            assert!(problem.hint.is_some(), "mutation {number} of {name} without help: {told}");
                            assert_eq!(problem.place.file.as_deref(), Some(name.as_str()));
                            1 + usize::from(told.contains("more memory") || told.contains("too deeply"))
                        }
                    };
                    counts.lock().expect("counts")[place] += 1;
                }
            });
        }
    });
    let [read, refused, stopped] = *counts.lock().expect("counts");
    assert_eq!(read + refused + stopped, MUTATIONS);
    // The changes reach both what is readable and what is not.
    assert!(read > MUTATIONS / 20 && refused > MUTATIONS / 20, "{read} read, {refused} refused, {stopped} stopped");
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(part).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

const RELATIONS: &[u8] = b"<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
const BOOK: &[u8] = b"<workbook><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
const SHEETS: &[u8] = b"<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/s1.xml\"/></Relationships>";

/// A workbook of one sheet.
fn xlsx(sheet: &[u8]) -> Vec<u8> {
    packed(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        ("xl/worksheets/s1.xml", sheet),
    ])
}

fn ods(table: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"A\">{table}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    packed(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn a_zip_bomb_is_not_inflated() {
    let table = Table::new();
    let sheet =
        [b"<worksheet><sheetData>".to_vec(), vec![b' '; 80 << 20], b"</sheetData></worksheet>".to_vec()].concat();
    let bomb = xlsx(&sheet);
    assert!(bomb.len() < 1 << 20);
    assert!(table.told(&bomb, "bomb.xlsx").contains("unpacks to more"));
}

#[test]
fn a_claim_of_billions_of_cells_costs_nothing() {
    let table = Table::new();
    let sheet = b"<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
        <row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row></sheetData></worksheet>";
    let book = table.open(&xlsx(sheet), "claim.xlsx").expect("read");
    assert_eq!(book.sheets[0].filled(), 2);
}

#[test]
fn repeated_cells_are_bounded() {
    let table = Table::new();
    let cell = "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    let told = table.told(
        &ods(&format!("<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>")),
        "rows.ods",
    );
    assert!(told.contains("more cells") || told.contains("more memory"), "{told}");
    // Empty ones are nothing.
    let empty = "<table:table-row table:number-rows-repeated=\"1048575\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let one = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell></table:table-row>";
    let book = table.open(&ods(&format!("{one}{empty}")), "empty.ods").expect("read");
    assert_eq!(book.sheets[0].filled(), 1);
}

#[test]
fn deep_xml_is_survived() {
    let table = Table::new();
    let deep =
        [b"<worksheet><sheetData>".to_vec(), b"<a>".repeat(2_000_000), b"</sheetData></worksheet>".to_vec()].concat();
    let read = table.open(&xlsx(&deep), "deep.xlsx");
    assert!(read.is_ok() || !read.expect_err("refused").message.contains("foresaw"));
    let deep = format!(
        "<table:table-row><table:table-cell>{}</table:table-cell></table:table-row>",
        "<text:p>".repeat(500_000)
    );
    let read = table.open(&ods(&deep), "deep.ods");
    assert!(read.is_ok() || !read.expect_err("refused").message.contains("foresaw"));
}

#[test]
fn too_many_cells_and_too_much_text_are_refused() {
    let table = Table::new();
    let rows: String = (1..=210_000).map(|row| format!("<row r=\"{row}\"><c><v>1</v></c></row>")).collect();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    assert!(table.told(&xlsx(sheet.as_bytes()), "cells.xlsx").contains("more cells"));
}

#[test]
fn paths_inside_an_archive_lead_nowhere() {
    let table = Table::new();
    let marker = table.folder.path().join("escaped.txt");
    let up = format!("../../../../../../..{}", marker.display());
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        (
            "xl/worksheets/s1.xml",
            b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>",
        ),
    ];
    parts.push((&up, b"out"));
    let book = table.open(&packed(&parts), "paths.xlsx").expect("read");
    assert_eq!(book.sheets[0].filled(), 1);
    assert!(!marker.exists());
}

/// Sectors of a compound file that lead in a circle.
#[test]
fn a_circle_of_sectors_ends() {
    let table = Table::new();
    let sound = std::fs::read("samples/prairie-crocus/data/2025-26/blue-heron/report-card.xls").expect("read");
    for sector in 0..64u32 {
        let mut bytes = sound.clone();
        // The first allocation table begins in the sector that the header names (MS-CFB 2.2).
        let first = u32::from_le_bytes(bytes[76..80].try_into().expect("four bytes")) as usize;
        let at = 512 + first * 512 + sector as usize * 4;
        bytes[at..at + 4].copy_from_slice(&sector.to_le_bytes());
        let told = table.told(&bytes, "circle.xls");
        assert!(!told.contains("foresaw") && !told.contains("took longer"), "sector {sector}: {told}");
    }
}

/// Runs on after a worker was lost.
#[test]
fn the_next_file_is_read_after_one_that_ate_all_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let tight = ReadingLimits { memory_bytes: 300 << 20, inflated_bytes: 1 << 30, ..limits() };
    let program = Path::new(env!("CARGO_BIN_EXE_termwise"));
    let shelf = Shelf::with_program(&folder.path().join("cells"), &tight, program).expect("a shelf");
    let open = |bytes: &[u8], name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        shelf.open(&path, &sha256(bytes), name, &CsvHints::default())
    };
    let text = "x".repeat(400 << 20);
    let strings = format!("<sst><si><t>{text}</t></si></sst>");
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        (
            "xl/worksheets/s1.xml",
            b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>",
        ),
    ];
    parts.push(("xl/sharedStrings.xml", strings.as_bytes()));
    let told = open(&packed(&parts), "hungry.xlsx").expect_err("refused").message;
    #[cfg(target_os = "linux")]
    assert!(told.contains("more memory"), "{told}");
    parts.pop();
    assert_eq!(open(&packed(&parts), "plain.xlsx").expect("read").sheets[0].filled(), 1, "{told}");
}

#[test]
fn a_file_that_takes_too_long_is_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Path::new(env!("CARGO_BIN_EXE_termwise"));
    let hurried = ReadingLimits { seconds: 0, ..limits() };
    let shelf = Shelf::with_program(&folder.path().join("cells"), &hurried, program).expect("a shelf");
    // So long that its reader cannot be done before anybody has begun to wait.
    let strings = format!("<sst>{}</sst>", "<si><t>x</t></si>".repeat(2_000_000));
    let sheet = b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    let bytes = packed(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", SHEETS),
        ("xl/worksheets/s1.xml", sheet),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ]);
    let path = folder.path().join("slow.xlsx");
    std::fs::write(&path, &bytes).expect("written");
    let told = shelf.open(&path, &sha256(&bytes), "slow.xlsx", &CsvHints::default()).expect_err("given up");
    assert!(told.message.contains("took longer than 0 seconds"), "{told}");
    assert!(told.hint.as_deref().is_some_and(|hint| hint.contains("`seconds`")));
}

/// A pattern with several wildcards and a header that nearly fits it can be held against each other in more ways than
/// there is time for; here, once for a header that fits and once for one that does not.
#[test]
fn a_long_header_that_hardly_fits_a_pattern_is_a_message() {
    let project = tempfile::tempdir().expect("a folder");
    let letters = "ab".repeat(300);
    let files = [
        ("measures.toml", MEASURES.to_owned()),
        ("termwise.toml", DIVISION.to_owned()),
        ("mappings/wild.toml", WILD.to_owned()),
        ("data/fits.csv", format!("Student #,{letters} score\n1,A\n")),
        ("data/hardly.csv", format!("Student #,{letters} scor\n1,A\n")),
    ];
    for (path, text) in files {
        let path = project.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let (code, said) = ended(project.path(), Duration::from_secs(60));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("data/fits.csv") && said.contains("no reporting period of 2025-26 of this name"), "{said}");
    assert!(said.contains("data/hardly.csv") && said.contains("The column with results is missing"), "{said}");
}

const MEASURES: &str = "[scale.level]\nkind = \"ordered\"\nlevels = [\"A\", \"B\"]\n\
    [measure.reading]\ntitle = \"Reading\"\nscale = \"level\"\n";

const DIVISION: &str = "[division]\nname = \"Division\"\ntime-zone = \"America/Winnipeg\"\ncontact = \"Ask us.\"\n\
    [[school]]\nid = \"north\"\nname = \"North\"\ngrades = [\"1\"]\n\
    [[year]]\nid = \"2025-26\"\n[[year.period]]\nid = \"P1\"\nname = \"November\"\nopens = 2025-09-03\ncloses = 2025-11-21\n\
    [[source]]\nid = \"wild\"\nfiles = [\"data/*.csv\"]\nmapping = \"wild\"\nset = { school = \"north\", year = \"2025-26\" }\n";

const WILD: &str = "kind = \"assessment\"\n[header]\nfind = [\"Student #\"]\n[columns]\nid = \"Student #\"\n\
    [[value]]\ncolumn = \"{period}*{measure}*score\"\n";

/// What `termwise check` says of a project, and its exit code. It is ended if it takes longer than anything sound does.
fn ended(project: &Path, most: Duration) -> (Option<i32>, String) {
    let said = std::fs::File::create(project.join("said.txt")).expect("a file");
    let mut process = Command::new(env!("CARGO_BIN_EXE_termwise"))
        .arg("check")
        .current_dir(project)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(said.try_clone().expect("the same file"))
        .stderr(said)
        .spawn()
        .expect("termwise starts");
    let begun = Instant::now();
    let status = loop {
        match process.try_wait().expect("a state") {
            Some(status) => break status,
            None if begun.elapsed() > most => {
                process.kill().expect("ended");
                panic!("`termwise check` took longer than {most:?}");
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    (status.code(), std::fs::read_to_string(project.join("said.txt")).expect("read"))
}
