//! Spreadsheets of a copied division, broken as people break them.
//!
//! Workbooks are edited part by part in their XML, so that whatever is not touched stays as the
//! spreadsheet program wrote it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use regex::{Captures, Regex};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// What a cell is made to hold.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    Text(&'a str),
    Number(f64),
    Bool(bool),
    Error(&'a str),
    /// A serial number that is shown as a date.
    Date(f64),
    /// A formula and the text it came to.
    Formula(&'a str, &'a str),
    /// A formula and the error it came to.
    FailedFormula(&'a str, &'a str),
    Empty,
}

/// A copy of a division.
pub struct Division {
    pub folder: PathBuf,
}

impl Division {
    /// Edits a workbook.
    pub fn book(&self, path: &str, edit: impl FnOnce(&mut Book)) {
        let mut book = Book::open(&self.bytes(path));
        edit(&mut book);
        self.write(path, &book.bytes());
    }

    /// Edits a text file in Windows-1252 at the level of its letters, each one byte.
    pub fn text(&self, path: &str, edit: impl FnOnce(String) -> String) {
        let letters: String = self.bytes(path).into_iter().map(char::from).collect();
        let edited = edit(letters);
        self.write(path, &edited.chars().map(|c| u8::try_from(c).expect("one byte")).collect::<Vec<u8>>());
    }

    pub fn bytes(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(path)).expect("a file of the sample")
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.join(path);
        std::fs::write(&path, bytes).expect("written");
        settle(&path);
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.join(path)).expect("removed");
    }
}

/// An xlsx workbook as its parts.
pub struct Book {
    parts: Vec<(String, Vec<u8>)>,
}

impl Book {
    pub fn open(bytes: &[u8]) -> Self {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let parts = (0..zip.len())
            .map(|index| {
                let mut entry = zip.by_index(index).expect("a part");
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).expect("inflated");
                (entry.name().expect("a name").into_owned(), bytes)
            })
            .collect();
        Self { parts }
    }

    pub fn bytes(&self) -> Vec<u8> {
        archive(self.parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
    }

    /// Writes into a cell, whatever it held before. Its look goes, unless it becomes a date.
    pub fn set(&mut self, sheet: &str, at: &str, cell: Cell<'_>) {
        let text = |text: &str| {
            format!("<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>", escaped(text))
        };
        let formula = |kind: &str, formula: &str, cached: &str| {
            format!("<c r=\"{at}\" t=\"{kind}\"><f>{}</f><v>{}</v></c>", escaped(formula), escaped(cached))
        };
        let xml = match cell {
            Cell::Text(said) => text(said),
            Cell::Number(number) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
            Cell::Bool(yes) => format!("<c r=\"{at}\" t=\"b\"><v>{}</v></c>", u8::from(yes)),
            Cell::Error(word) => format!("<c r=\"{at}\" t=\"e\"><v>{word}</v></c>"),
            Cell::Date(serial) => {
                let style = self.style(
                    "<xf numFmtId=\"14\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>",
                );
                format!("<c r=\"{at}\" s=\"{style}\"><v>{serial}</v></c>")
            }
            Cell::Formula(written, cached) => formula("str", written, cached),
            Cell::FailedFormula(written, cached) => formula("e", written, cached),
            Cell::Empty => String::new(),
        };
        self.put(sheet, at, &xml);
    }

    /// Leaves nothing in a cell but a colour, as in `FFFF00`.
    pub fn fill(&mut self, sheet: &str, at: &str, colour: &str) {
        let fill = self.styled(
            "fills",
            &format!("<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FF{colour}\"/></patternFill></fill>"),
        );
        let style = self.style(&format!(
            "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" applyFill=\"1\"/>"
        ));
        self.put(sheet, at, &format!("<c r=\"{at}\" s=\"{style}\"/>"));
    }

    /// What the cells of a column say, by row.
    pub fn column(&self, sheet: &str, column: &str) -> BTreeMap<u32, String> {
        let xml = self.text(&self.part_of(sheet));
        let shared = self.text("xl/sharedStrings.xml");
        let text = Regex::new("<t[^>]*>([^<]*)</t>").expect("a pattern");
        let shared: Vec<String> =
            shared.split("<si>").skip(1).map(|si| text.captures_iter(si).map(|t| t[1].to_owned()).collect()).collect();
        let cell = Regex::new(&format!("<c r=\"{column}(\\d+)\"([^>]*)><v>([^<]*)</v>")).expect("a pattern");
        cell.captures_iter(&xml)
            .map(|found| {
                let place = found[3].parse::<usize>().ok().filter(|_| found[2].contains("t=\"s\""));
                (
                    found[1].parse().expect("a row"),
                    place.map_or_else(|| found[3].to_owned(), |place| shared[place].clone()),
                )
            })
            .collect()
    }

    /// Replaces the first such text of a part.
    pub fn replace(&mut self, part: &str, from: &str, to: &str) {
        self.edit(part, |xml| xml.replacen(from, to, 1));
    }

    pub fn rename_sheet(&mut self, sheet: &str, name: &str) {
        self.edit("xl/workbook.xml", |xml| {
            xml.replacen(&format!("name=\"{sheet}\""), &format!("name=\"{}\"", escaped(name)), 1)
        });
    }

    pub fn hide_sheet(&mut self, sheet: &str) {
        self.edit("xl/workbook.xml", |xml| {
            xml.replacen(&format!("name=\"{sheet}\""), &format!("name=\"{sheet}\" state=\"hidden\""), 1)
        });
    }

    /// Counts days from 1904 on and writes the days of the sheets so that they stay the same.
    pub fn date1904(&mut self, sheet: &str, columns: &str) {
        self.edit("xl/workbook.xml", |xml| xml.replacen("<workbookPr ", "<workbookPr date1904=\"1\" ", 1));
        let serial = Regex::new(&format!("(<c r=\"[{columns}]\\d+\" s=\"\\d+\"><v>)(\\d+)(</v>)")).expect("a pattern");
        let part = self.part_of(sheet);
        self.edit(&part, |xml| {
            let moved = |found: &Captures<'_>| {
                let days: u32 = found[2].parse().expect("a day");
                format!("{}{}{}", &found[1], days - 1462, &found[3])
            };
            serial.replace_all(&xml, moved).into_owned()
        });
    }

    pub fn merge(&mut self, sheet: &str, range: &str) {
        let part = self.part_of(sheet);
        self.edit(&part, |xml| xml.replacen("</mergeCells>", &format!("<mergeCell ref=\"{range}\"/></mergeCells>"), 1));
    }

    pub fn unmerge(&mut self, sheet: &str, range: &str) {
        let part = self.part_of(sheet);
        self.edit(&part, |xml| xml.replacen(&format!("<mergeCell ref=\"{range}\"/>"), "", 1));
    }

    /// Moves a row and all below it down by so many rows; formulas stay as they are.
    pub fn push_down(&mut self, sheet: &str, from: u32, by: u32) {
        let moved = |number: &str| {
            let number: u32 = number.parse().expect("a row");
            if number >= from { number + by } else { number }
        };
        let rows = Regex::new("(<row r=\"|<c r=\"[A-Z]+)(\\d+)\"").expect("a pattern");
        let merges = Regex::new("<mergeCell ref=\"([A-Z]+)(\\d+):([A-Z]+)(\\d+)\"").expect("a pattern");
        let part = self.part_of(sheet);
        self.edit(&part, |xml| {
            let xml = rows.replace_all(&xml, |found: &Captures<'_>| format!("{}{}\"", &found[1], moved(&found[2])));
            let merged = |found: &Captures<'_>| {
                format!("<mergeCell ref=\"{}{}:{}{}\"", &found[1], moved(&found[2]), &found[3], moved(&found[4]))
            };
            merges.replace_all(&xml, merged).into_owned()
        });
    }

    /// Puts the XML of a cell in its place.
    fn put(&mut self, sheet: &str, at: &str, cell: &str) {
        let split = at.find(|c: char| c.is_ascii_digit()).expect("a row");
        let (column, row) = (at[..split].to_owned(), &at[split..]);
        let this = Regex::new(&format!("<row r=\"{row}\"[^>]*?(?:/>|>.*?</row>)")).expect("a pattern");
        let cells = Regex::new("<c r=\"([A-Z]+)\\d+\"[^>]*?(?:/>|>.*?</c>)").expect("a pattern");
        let part = self.part_of(sheet);
        self.edit(&part, |xml| {
            let Some(found) = this.find(&xml) else {
                let number = |xml: &str| xml.split('"').next().and_then(|n| n.parse::<u32>().ok()).expect("a row");
                let wanted: u32 = row.parse().expect("a row");
                let next =
                    xml.match_indices("<row r=\"").find(|(place, tag)| number(&xml[place + tag.len()..]) > wanted);
                let place = next.map_or_else(|| xml.find("</sheetData>").expect("rows"), |(place, _)| place);
                return format!("{}<row r=\"{row}\">{cell}</row>{}", &xml[..place], &xml[place..]);
            };
            let open = found.as_str().find('>').expect("a tag") + 1;
            let tag = found.as_str()[..open].trim_end_matches('>').trim_end_matches('/');
            let order = |column: &str| (column.len(), column.to_owned());
            let mut kept: Vec<(String, String)> = cells
                .captures_iter(found.as_str())
                .map(|cell| (cell[1].to_owned(), cell[0].to_owned()))
                .filter(|(name, _)| *name != column)
                .collect();
            if !cell.is_empty() {
                kept.push((column.clone(), cell.to_owned()));
            }
            kept.sort_by_key(|(name, _)| order(name));
            let inner: String = kept.into_iter().map(|(_, cell)| cell).collect();
            format!("{}{tag}>{inner}</row>{}", &xml[..found.start()], &xml[found.end()..])
        });
    }

    /// The number of a new cell style.
    fn style(&mut self, xf: &str) -> usize {
        self.styled("cellXfs", xf)
    }

    /// Adds to a list of the styles; its place there.
    fn styled(&mut self, list: &str, entry: &str) -> usize {
        let head = Regex::new(&format!("<{list} count=\"(\\d+)\">")).expect("a pattern");
        let end = format!("</{list}>");
        let mut place = 0;
        self.edit("xl/styles.xml", |xml| {
            let count = |found: &Captures<'_>| {
                place = found[1].parse().expect("a count");
                format!("<{list} count=\"{}\">", place + 1)
            };
            let xml = head.replace(&xml, count).into_owned();
            xml.replacen(&end, &format!("{entry}{end}"), 1)
        });
        place
    }

    /// The part that holds a sheet.
    fn part_of(&self, sheet: &str) -> String {
        let workbook = self.text("xl/workbook.xml");
        let tag = workbook
            .split("<sheet ")
            .find(|tag| tag.starts_with(&format!("name=\"{}\"", escaped(sheet))))
            .unwrap_or_else(|| panic!("a sheet {sheet}"));
        let id = tag.split("r:id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a relation");
        let relations = self.text("xl/_rels/workbook.xml.rels");
        let relation =
            relations.split("<Relationship ").find(|tag| tag.contains(&format!("Id=\"{id}\""))).expect("a relation");
        let target = relation.split("Target=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a target");
        format!("xl/{target}")
    }

    fn text(&self, part: &str) -> String {
        let (_, bytes) = self.parts.iter().find(|(name, _)| name == part).unwrap_or_else(|| panic!("a part {part}"));
        String::from_utf8(bytes.clone()).expect("UTF-8")
    }

    /// Edits a part; an edit that changes nothing is a fault of the test.
    fn edit(&mut self, part: &str, edit: impl FnOnce(String) -> String) {
        let before = self.text(part);
        let after = edit(before.clone());
        assert!(before != after, "{part} was edited");
        let place = self.parts.iter().position(|(name, _)| name == part).expect("a part");
        self.parts[place].1 = after.into_bytes();
    }
}

/// A zip archive.
pub fn archive<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A compound file whose directory names these streams and nothing else.
pub fn compound(streams: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0u8; 512];
    bytes[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    for name in ["Root Entry"].iter().chain(streams) {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u8::try_from(entry.len() + 2).expect("a short name");
        entry.resize(128, 0);
        entry[64] = length;
        bytes.append(&mut entry);
    }
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().map(|entry| entry.expect("a readable folder")) {
        let within = entry.path().strip_prefix(from).expect("inside");
        let place = if within == Path::new("") { to.to_owned() } else { to.join(within) };
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&place).expect("a folder");
        } else {
            std::fs::copy(entry.path(), &place).expect("a copy");
            settle(&place);
        }
    }
}

/// Makes a file an hour old: files that may still be written are waited for.
fn settle(path: &Path) {
    let file = std::fs::File::options().append(true).open(path).expect("a file");
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("a time");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
