//! The zip archive around xlsx, xlsm, xlsb and ods files, or around text files.
//!
//! Comes in: bytes. Goes out: which format it is and which cells are merged, or a message. It
//! inflates under a bound and believes no size that the archive states; it writes no file, so paths
//! inside the archive mean nothing.

use std::io::{Cursor, Read};
use std::sync::LazyLock;

use regex::bytes::Regex;
use zip::ZipArchive;

use termwise_base::problem::Problem;
use termwise_config::ReadingLimits;
use termwise_config::mapping::address;

use super::model::Merge;
use super::protected;

/// Deflate cannot make more than this of one byte (Deutsch 1996, RFC 1951; zlib's technical notes:
/// 1032 to 1).
const MOST_INFLATION: u64 = 1032;

/// Entries of an archive; a workbook of a thousand sheets stays far below.
const MOST_ENTRIES: usize = 20_000;

/// Most merged ranges, and most comments, of one sheet.
pub(super) const MOST_PARTS: usize = 100_000;

/// Largest part that is read whole (workbook.xml, its relations, the comments of a sheet).
const MOST_PART: u64 = 8 << 20;

/// What kind of workbook an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xlsx,
    Xlsb,
    Ods,
    /// Text files only, as in a OneRoster export.
    Text,
}

/// What stands beside the cells of a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) merges: Vec<Merge>,
    /// Cells with a comment, sorted by row, then column.
    pub(super) comments: Vec<(u32, u32)>,
    /// Whether there are more of them than are looked at.
    pub(super) cut: bool,
}

/// Looks into an archive: what it holds, and that it does not hold too much.
pub(super) fn examine(bytes: &[u8], limits: &ReadingLimits) -> Result<Format, Problem> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        Problem::error("This file is incomplete: its end is missing or damaged.")
            .hint("It may still have been on its way when it was copied: copy it again, or save it again.")
    })?;
    if zip.len() > MOST_ENTRIES {
        return Err(too_large(limits));
    }
    let names: Vec<String> = zip.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let format = format(&names)?;
    let mut packed = 0u64;
    let mut stored = 0u64;
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|_| super::damaged())?;
        if entry.encrypted() {
            return Err(protected());
        }
        match entry.compression() {
            zip::CompressionMethod::Stored => stored = stored.saturating_add(entry.compressed_size()),
            _ => packed = packed.saturating_add(entry.compressed_size()),
        }
    }
    // If even the best packing stays within the bound, there is nothing to count; text files are counted
    // while they are read.
    if format != Format::Text && packed.saturating_mul(MOST_INFLATION).saturating_add(stored) > limits.inflated_bytes {
        count(&mut zip, limits)?;
    }
    Ok(format)
}

fn format(names: &[String]) -> Result<Format, Problem> {
    let has = |wanted: &dyn Fn(&str) -> bool| names.iter().any(|name| wanted(&name.to_lowercase()));
    if has(&|name| name.ends_with("workbook.bin")) {
        Ok(Format::Xlsb)
    } else if has(&|name| name.starts_with("xl/")) || has(&|name| name.ends_with("workbook.xml")) {
        Ok(Format::Xlsx)
    } else if has(&|name| name == "content.xml") {
        Ok(Format::Ods)
    } else if has(&|name| name.starts_with("word/")) {
        Err(Problem::error("This file is a Word document, so it cannot be read as a spreadsheet.")
            .hint("Copy its table into a spreadsheet."))
    } else if has(&|name| name.ends_with(".iwa")) {
        Err(Problem::error("This file was made by Numbers.").hint("In Numbers, export it to Excel."))
    } else if has(&is_workbook) {
        Err(Problem::error("This file is a zip archive with spreadsheets inside.")
            .hint("Unpack it and put the spreadsheets that it holds into the folder."))
    } else if names.iter().any(|name| is_text(name)) {
        Ok(Format::Text)
    } else {
        Err(Problem::error("This file is a zip archive without a workbook inside.")
            .hint("Unpack it and put the spreadsheets that it holds into the folder."))
    }
}

fn is_workbook(name: &str) -> bool {
    [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"].iter().any(|ending| name.ends_with(ending))
}

/// Whether an entry is a text file that becomes a sheet; hidden files and what macOS adds are none.
pub(super) fn is_text(entry: &str) -> bool {
    let name = file_name(entry);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    matches!(ending.as_str(), "csv" | "tsv") && !name.starts_with('.') && !entry.starts_with("__MACOSX/")
}

/// The name of an entry without its folders.
pub(super) fn file_name(entry: &str) -> &str {
    entry.rsplit(['/', '\\']).next().unwrap_or(entry)
}

/// Inflates every entry, keeping nothing, until the bound is reached.
fn count(zip: &mut ZipArchive<Cursor<&[u8]>>, limits: &ReadingLimits) -> Result<(), Problem> {
    let mut left = limits.inflated_bytes;
    let mut buffer = vec![0; 1 << 16];
    for index in 0..zip.len() {
        // An entry that cannot be inflated is told when it is needed.
        let Ok(mut entry) = zip.by_index(index) else { continue };
        while let Ok(read @ 1..) = entry.read(&mut buffer) {
            left = left.checked_sub(read as u64).ok_or_else(|| too_large(limits))?;
        }
    }
    Ok(())
}

pub(super) fn too_large(limits: &ReadingLimits) -> Problem {
    Problem::error("This file unpacks to more than a spreadsheet may hold, so it was not read.")
        .expected(format!("at most {} MB unpacked", limits.inflated_bytes >> 20))
        .hint("If the file is what it should be, raise `inflated-mib` under [reading] in termwise.toml.")
}

/// Merged and commented cells by sheet of an xlsx file, in the order of the workbook. Nothing if the
/// parts are not where they usually are.
pub(super) fn parts(bytes: &[u8]) -> Option<Vec<Parts>> {
    let zip = &mut ZipArchive::new(Cursor::new(bytes)).ok()?;
    let names: &[String] = &zip.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect::<Vec<_>>();
    let workbook = names.iter().find(|name| name.to_lowercase().ends_with("workbook.xml"))?;
    let folder = workbook.rsplit_once('/').map_or("", |(folder, _)| folder);
    let targets = relations(zip, names, workbook)?;
    let text = part(zip, workbook)?;
    tags(&text, "sheet")
        .map(|tag| {
            let id = related(tag)?;
            let (_, target, _) = targets.iter().find(|(known, ..)| known == id)?;
            let name = names.iter().find(|name| name.eq_ignore_ascii_case(&resolved(folder, target)))?;
            let mut parts = Parts::default();
            merges(zip.by_name(name).ok()?, &mut parts)?;
            comments(zip, names, name, &mut parts);
            Some(parts)
        })
        .collect()
}

/// Id, target and type of the relations of a part.
fn relations(zip: &mut ZipArchive<Cursor<&[u8]>>, names: &[String], of: &str) -> Option<Vec<(String, String, String)>> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let wanted = format!("{folder}/_rels/{file}.rels");
    let found = names.iter().find(|name| name.eq_ignore_ascii_case(wanted.trim_start_matches('/')))?;
    let text = part(zip, found)?;
    let of_tag = |tag: &str| {
        let get = |name| attribute(tag, name).map(str::to_owned);
        Some((get("Id")?, get("Target")?, get("Type").unwrap_or_default()))
    };
    Some(tags(&text, "Relationship").filter_map(of_tag).collect())
}

/// The path of a target that is written relative to a folder, or from the top with `/`.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(path) = target.strip_prefix('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Cells of a sheet that have a comment (of either kind).
fn comments(zip: &mut ZipArchive<Cursor<&[u8]>>, names: &[String], sheet: &str, parts: &mut Parts) {
    let folder = sheet.rsplit_once('/').map_or("", |(folder, _)| folder);
    let found = &mut parts.comments;
    for (_, target, kind) in relations(zip, names, sheet).unwrap_or_default() {
        if !kind.to_lowercase().contains("comment") {
            continue;
        }
        let path = resolved(folder, &target);
        let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(&path)) else { continue };
        let Some((text, whole)) = beginning(zip, name) else { continue };
        let text = String::from_utf8_lossy(&text);
        let cells = tags(&text, "comment").chain(tags(&text, "threadedComment"));
        found.extend(cells.filter_map(|tag| attribute(tag, "ref").and_then(address)).take(MOST_PARTS + 1));
        parts.cut |= !whole || found.len() > MOST_PARTS;
    }
    found.sort_unstable();
    found.dedup();
}

/// A small part; nothing if it is not whole.
fn part(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let (text, whole) = beginning(zip, name)?;
    String::from_utf8(text).ok().filter(|_| whole)
}

/// The first bytes of a part, and whether they are all of it.
fn beginning(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<(Vec<u8>, bool)> {
    let mut text = Vec::new();
    zip.by_name(name).ok()?.take(MOST_PART + 1).read_to_end(&mut text).ok()?;
    let whole = text.len() as u64 <= MOST_PART;
    Some((text, whole))
}

/// The start tags of elements of this name, with any prefix.
fn tags<'a>(xml: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    xml.split('<').skip(1).filter_map(move |tag| {
        let end = tag.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
        let found = &tag[..end];
        let local = found.rsplit_once(':').map_or(found, |(_, local)| local);
        (local == name).then_some(tag)
    })
}

/// The value of an attribute.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let quotes: Vec<&str> = tag.split('"').collect();
    quotes.chunks(2).find_map(|pair| {
        let key = pair[0].trim_end().strip_suffix('=')?.trim_end();
        let key = key.rsplit(char::is_whitespace).next()?;
        (key == name).then(|| pair.get(1).copied())?
    })
}

/// The value of `r:id`, whatever the prefix is.
fn related(tag: &str) -> Option<&str> {
    let quotes: Vec<&str> = tag.split('"').collect();
    quotes.chunks(2).find_map(|pair| {
        let key = pair[0].trim_end().strip_suffix('=')?.trim_end();
        let key = key.rsplit(char::is_whitespace).next()?;
        key.ends_with(":id").then(|| pair.get(1).copied())?
    })
}

static MERGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"mergeCell\s[^>]{0,40}?ref="([A-Za-z]{1,3}[0-9]{1,7}):([A-Za-z]{1,3}[0-9]{1,7})""#)
        .expect("a fixed pattern")
});

/// Longest text that the pattern can fit, so that a match across two buffers is found.
const CARRY: usize = 128;

/// The merged ranges of a sheet's XML: they stand behind the cells, so only a search is needed.
fn merges(mut xml: impl Read, parts: &mut Parts) -> Option<()> {
    let mut window: Vec<u8> = Vec::with_capacity(1 << 17);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = xml.read(&mut buffer).ok()?;
        if read == 0 {
            return Some(());
        }
        window.extend_from_slice(&buffer[..read]);
        let mut done = 0;
        for found in MERGE.captures_iter(&window) {
            done = found.get(0).map_or(0, |m| m.end());
            let corner = |i: usize| found.get(i).and_then(|m| std::str::from_utf8(m.as_bytes()).ok()).and_then(address);
            let (Some((top, left)), Some((bottom, right))) = (corner(1), corner(2)) else { continue };
            if parts.merges.len() < MOST_PARTS {
                parts.merges.push(Merge { top, bottom, left, right });
            } else {
                parts.cut = true;
            }
        }
        let keep = done.max(window.len().saturating_sub(CARRY));
        window.drain(..keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_are_found_across_buffers() {
        let mut xml = vec![b' '; (1 << 16) - 20];
        xml.extend(br#"</sheetData><x:mergeCells count="2"><x:mergeCell ref="B4:C4"/><x:mergeCell ref="A4:A5"/>"#);
        let mut parts = Parts::default();
        merges(Cursor::new(xml), &mut parts).expect("read");
        assert_eq!(
            parts.merges,
            [Merge { top: 3, bottom: 3, left: 1, right: 2 }, Merge { top: 3, bottom: 4, left: 0, right: 0 }]
        );
    }

    #[test]
    fn merges_beyond_the_bound_are_noticed() {
        let xml = r#"<mergeCell ref="B4:C4"/>"#.repeat(MOST_PARTS + 1);
        let mut parts = Parts::default();
        merges(Cursor::new(&xml[..xml.len() - 24]), &mut parts).expect("read");
        assert!(!parts.cut && parts.merges.len() == MOST_PARTS);
        let mut parts = Parts::default();
        merges(Cursor::new(xml), &mut parts).expect("read");
        assert!(parts.cut && parts.merges.len() == MOST_PARTS);
    }

    #[test]
    fn attributes_are_found_whatever_their_order() {
        let tag = "sheet r:id=\"rId3\" sheetId=\"1\" name=\"Gr 1 &amp; 2\"/>";
        assert_eq!((related(tag), attribute(tag, "sheetId"), attribute(tag, "Id")), (Some("rId3"), Some("1"), None));
    }
}
