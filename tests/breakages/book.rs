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

/// How the kinds of relations between parts begin.
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

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

    /// Edits a text file in Windows-1252 at the level of its letters, each one byte; an edit that changes
    /// nothing is a fault of the test.
    pub fn text(&self, path: &str, edit: impl FnOnce(String) -> String) {
        let letters: String = self.bytes(path).into_iter().map(char::from).collect();
        let edited = edit(letters.clone());
        assert!(edited != letters, "{path} was edited");
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

    /// Says that days count from 1904 on, and leaves the days as they are.
    pub fn flag1904(&mut self) {
        self.edit("xl/workbook.xml", |xml| xml.replacen("<workbookPr ", "<workbookPr date1904=\"1\" ", 1));
    }

    /// Counts days from 1904 on and writes the days of the sheets so that they stay the same.
    pub fn date1904(&mut self, sheet: &str, columns: &str) {
        self.flag1904();
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

    pub fn remove_sheet(&mut self, sheet: &str) {
        let tag = Regex::new(&format!("<sheet name=\"{}\"[^>]*/>", regex::escape(&escaped(sheet)))).expect("a pattern");
        self.edit("xl/workbook.xml", |xml| tag.replace(&xml, "").into_owned());
    }

    /// Adds a copy of a sheet under another name.
    pub fn copy_sheet(&mut self, sheet: &str, name: &str) {
        let xml = self.text(&self.part_of(sheet));
        // Comments and drawings stay with the first one.
        let apart = Regex::new("<(?:legacyDrawing|drawing) [^>]*/>").expect("a pattern");
        self.add_part(name, apart.replace_all(&xml, "").into_owned());
    }

    /// Adds a sheet that says one thing.
    pub fn add_sheet(&mut self, name: &str, says: &str) {
        let cell = format!("<c r=\"A1\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(says));
        self.add_part(
            name,
            format!(
                "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
                 <row r=\"1\">{cell}</row></sheetData></worksheet>"
            ),
        );
    }

    fn add_part(&mut self, name: &str, xml: String) {
        let number = 900 + self.parts.len();
        let tag = format!("<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/></sheets>", escaped(name));
        self.edit("xl/workbook.xml", |xml| xml.replacen("</sheets>", &tag, 1));
        let relation = format!(
            "<Relationship Id=\"rId{number}\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>\
             </Relationships>"
        );
        self.edit("xl/_rels/workbook.xml.rels", |xml| xml.replacen("</Relationships>", &relation, 1));
        let kind = format!(
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"application/vnd.openxmlformats-\
             officedocument.spreadsheetml.worksheet+xml\"/></Types>"
        );
        self.edit("[Content_Types].xml", |xml| xml.replacen("</Types>", &kind, 1));
        self.parts.push((format!("xl/worksheets/sheet{number}.xml"), xml.into_bytes()));
    }

    /// Cuts the XML of a sheet off in the middle.
    pub fn damage(&mut self, sheet: &str) {
        let part = self.part_of(sheet);
        self.edit(&part, |xml| xml[..xml.find("</sheetData>").expect("rows") / 2].to_owned());
    }

    pub fn hide_row(&mut self, sheet: &str, row: u32) {
        let part = self.part_of(sheet);
        self.edit(&part, |xml| {
            xml.replacen(&format!("<row r=\"{row}\""), &format!("<row r=\"{row}\" hidden=\"1\""), 1)
        });
    }

    /// Writes a comment on a cell of a sheet that has none.
    pub fn comment(&mut self, sheet: &str, at: &str, says: &str) {
        let part = self.part_of(sheet);
        let file = part.rsplit('/').next().expect("a file").to_owned();
        let relations = format!("xl/worksheets/_rels/{file}.rels");
        assert!(self.parts.iter().all(|(name, _)| *name != relations), "{sheet} has no comments yet");
        let relation = format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship \
             Id=\"rId1\" Type=\"{RELATION}/comments\" Target=\"../comments900.xml\"/></Relationships>"
        );
        let comment = format!(
            "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author/></authors>\
             <commentList><comment ref=\"{at}\" authorId=\"0\"><text><t>{}</t></text></comment></commentList></comments>",
            escaped(says)
        );
        self.parts.push((relations, relation.into_bytes()));
        self.parts.push(("xl/comments900.xml".to_owned(), comment.into_bytes()));
    }

    /// Moves a column and all to its right by so many columns; formulas stay as they are.
    pub fn push_right(&mut self, sheet: &str, from: &str, by: u32) {
        let from = column_number(from);
        let moved = |column: &str| {
            let number = column_number(column);
            if number >= from { column_name(number + by) } else { column.to_owned() }
        };
        let cells = Regex::new("(<c r=\")([A-Z]+)").expect("a pattern");
        let merges = Regex::new("<mergeCell ref=\"([A-Z]+)(\\d+):([A-Z]+)(\\d+)\"").expect("a pattern");
        let part = self.part_of(sheet);
        self.edit(&part, |xml| {
            let xml = cells.replace_all(&xml, |found: &Captures<'_>| format!("{}{}", &found[1], moved(&found[2])));
            let merged = |found: &Captures<'_>| {
                format!("<mergeCell ref=\"{}{}:{}{}\"", moved(&found[1]), &found[2], moved(&found[3]), &found[4])
            };
            merges.replace_all(&xml, merged).into_owned()
        });
    }

    /// Takes the cells of a column away; the others stay where they are.
    pub fn clear_column(&mut self, sheet: &str, column: &str) {
        let cells = Regex::new(&format!("<c r=\"{column}\\d+\"[^>]*?(?:/>|>.*?</c>)")).expect("a pattern");
        let part = self.part_of(sheet);
        self.edit(&part, |xml| cells.replace_all(&xml, "").into_owned());
    }

    /// Writes the cells of a row once more, into an empty one.
    pub fn copy_row(&mut self, sheet: &str, from: u32, to: u32) {
        let row = Regex::new(&format!("<row r=\"{from}\"[^>]*>(.*?)</row>")).expect("a pattern");
        let cells = Regex::new(&format!("<c r=\"([A-Z]+){from}\"([^>]*?(?:/>|>.*?</c>))")).expect("a pattern");
        let xml = self.text(&self.part_of(sheet));
        let inner = row.captures(&xml).expect("a row")[1].to_owned();
        for cell in cells.captures_iter(&inner) {
            let at = format!("{}{to}", &cell[1]);
            self.put(sheet, &at, &format!("<c r=\"{at}\"{}", &cell[2]));
        }
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

fn column_number(name: &str) -> u32 {
    name.bytes().fold(0, |number, letter| number * 26 + u32::from(letter - b'A') + 1)
}

fn column_name(mut number: u32) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        letters.push(char::from(b'A' + u8::try_from((number - 1) % 26).expect("a letter")));
        number = (number - 1) / 26;
    }
    letters.iter().rev().collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
