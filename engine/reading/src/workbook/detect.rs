//! What a file really is, by its first bytes, whatever its name says.
//!
//! Comes in: bytes and a name. Goes out: the kind of reader it needs, or a message that says what it
//! is instead of a spreadsheet.

use termwise_base::problem::Problem;

use super::protected;

/// Which reader a file needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// Comma, semicolon or tab separated text.
    Text,
    /// A zip archive: xlsx, xlsm, xlsb, ods, or text files.
    Zip,
    /// An old binary workbook (BIFF5 or 8 in a compound file).
    Xls,
}

const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Looks at the bytes.
pub(super) fn kind(bytes: &[u8], name: &str) -> Result<FileKind, Problem> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let text_ending = matches!(ending.as_str(), "csv" | "tsv" | "txt" | "tab");
    if bytes.is_empty() {
        return Err(Problem::error("This file is empty (0 bytes).")
            .hint("It may still have been on its way when it was copied: copy it again."));
    }
    if bytes.iter().take(4096).all(|b| *b == 0) {
        return Err(Problem::error("This file holds nothing but zeros, so copying it did not finish.")
            .hint("Copy it again from where it came."));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(FileKind::Zip);
    }
    if bytes.starts_with(&COMPOUND) {
        return compound(bytes);
    }
    if bytes.starts_with(b"%PDF") {
        return Err(not_a_spreadsheet("a PDF", "Ask for the spreadsheet that it was made from."));
    }
    // BIFF2 to BIFF4: a stream without a compound file around it.
    if matches!(bytes.get(..2), Some([0x09, 0x00 | 0x02 | 0x04])) && bytes.get(3) == Some(&0) {
        return Err(Problem::error("This workbook is in a format of Excel 4 or older.")
            .hint("Open it in the spreadsheet program and save it as .xlsx."));
    }
    let start = beginning(bytes);
    if start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Err(Problem::error("This file is in the XML format of Excel 2003.")
            .hint("Open it in the spreadsheet program and save it as .xlsx."));
    }
    if ["<html", "<!doctype html", "<table", "<body"].iter().any(|tag| start.contains(tag)) {
        return Err(Problem::error(format!("This file is a web page, although its name ends in .{ending}."))
            .hint("Open it in the spreadsheet program and save it as .xlsx."));
    }
    if text_ending {
        return Ok(FileKind::Text);
    }
    if start.starts_with("<?xml") {
        return Err(not_a_spreadsheet("an XML file", "Export it as .xlsx or .csv."));
    }
    let printable = bytes.iter().take(4096).filter(|b| **b < 9).count() == 0;
    if printable {
        return Err(Problem::error(format!("This file is plain text, although its name ends in .{ending}."))
            .hint("Rename it to .csv, or open it in the spreadsheet program and save it as .xlsx."));
    }
    Err(Problem::error("This file is not a spreadsheet.").hint("Save it as .xlsx, .ods or .csv."))
}

/// A compound file is an old workbook, a new one with a password, or another Office document.
fn compound(bytes: &[u8]) -> Result<FileKind, Problem> {
    // Streams are named in UTF-16, in directory entries of 128 bytes.
    let has = |name: &str| {
        let wanted: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let sector = 128;
        bytes.chunks(sector).any(|entry| entry.starts_with(&wanted))
    };
    if has("EncryptedPackage") {
        Err(protected())
    } else if has("Workbook") || has("Book") || has("WORKBOOK") || has("BOOK") {
        Ok(FileKind::Xls)
    } else if has("WordDocument") {
        Err(not_a_spreadsheet("a Word document", "Copy its table into a spreadsheet."))
    } else if has("PowerPoint Document") {
        Err(not_a_spreadsheet("a presentation", "Ask for the spreadsheet."))
    } else {
        // Perhaps cut off before its directory; the reader finds out.
        Ok(FileKind::Xls)
    }
}

/// Whether an old workbook is enciphered: the record FilePass (0x002f) stands among the first of its
/// stream, which begins with the record BOF (0x0809) ([MS-XLS] 2.4.21, 2.4.117).
pub(super) fn is_enciphered_xls(bytes: &[u8]) -> bool {
    let number = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    // Streams begin at sectors of 512 bytes, short ones at sectors of 64.
    (0..bytes.len()).step_by(64).filter(|at| number(*at) == Some(0x0809)).any(|start| {
        let mut at = start;
        (0..8).any(|_| {
            let kind = number(at);
            at += 4 + usize::from(number(at + 2).unwrap_or(u16::MAX));
            kind == Some(0x002f)
        })
    })
}

fn not_a_spreadsheet(what: &str, hint: &str) -> Problem {
    Problem::error(format!("This file is {what}, so it cannot be read as a spreadsheet.")).hint(hint)
}

/// The first letters in lower case, without byte order mark and white space; UTF-16 is read by
/// leaving out its zeros, which is enough for tags.
fn beginning(bytes: &[u8]) -> String {
    let letters: Vec<u8> = bytes.iter().take(2048).copied().filter(|b| *b != 0 && b.is_ascii()).collect();
    String::from_utf8_lossy(&letters).trim_start().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], name: &str) -> String {
        kind(bytes, name).expect_err("refused").message
    }

    #[test]
    fn text_by_its_ending_only() {
        assert_eq!(kind(b"a;b\n1;2\n", "x.csv").ok(), Some(FileKind::Text));
        assert!(told(b"a;b\n1;2\n", "x.xls").contains("plain text"));
    }

    #[test]
    fn an_enciphered_workbook_is_known_by_its_records() {
        let mut bytes = vec![0; 1024];
        bytes[512..516].copy_from_slice(&[0x09, 0x08, 16, 0]);
        assert!(!is_enciphered_xls(&bytes));
        bytes[532..536].copy_from_slice(&[0x2f, 0x00, 6, 0]);
        assert!(is_enciphered_xls(&bytes));
    }

    #[test]
    fn what_is_no_spreadsheet_is_named() {
        assert!(told(b"", "x.xlsx").contains("empty"));
        assert!(told(&[0; 600], "x.xlsx").contains("zeros"));
        assert!(told(b"\xef\xbb\xbf <HTML><table>", "x.xls").contains("web page"));
        assert!(told(b"%PDF-1.7", "x.xlsx").contains("PDF"));
        assert!(
            told(b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", "x.xls")
                .contains("Excel 2003")
        );
        assert!(told(&[0x09, 0x04, 0x06, 0x00, 0, 0], "x.xls").contains("Excel 4"));
    }
}
