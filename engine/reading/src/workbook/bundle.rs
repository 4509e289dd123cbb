//! A zip archive of text files, as rostering systems export them: every .csv or .tsv is a sheet.
//!
//! Comes in: bytes. Goes out: sheets named by the files' stems. Folders inside the archive mean
//! nothing, no file is written, and what is inflated is bounded while it is inflated.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use termwise_base::problem::{Place, Problem};

use super::draft::{Draft, bound_sheets, damaged_sheet};
use super::model::SheetInfo;
use super::{CsvHints, archive, text};

/// Reads the text files of an archive.
pub(super) fn read(bytes: &[u8], hints: &CsvHints, draft: &mut Draft<'_>) -> Result<(), Problem> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| super::damaged())?;
    let entries = chosen(&zip, draft);
    bound_sheets(entries.len(), draft.limits)?;
    let mut left = draft.limits.inflated_bytes;
    let only = entries.len() == 1;
    for (index, name) in entries {
        let about = SheetInfo { name, ..SheetInfo::default() };
        let mut inflated = Vec::new();
        let read = zip.by_index(index).ok().map(|entry| entry.take(left + 1).read_to_end(&mut inflated));
        left = left.checked_sub(inflated.len() as u64).ok_or_else(|| archive::too_large(draft.limits))?;
        if !matches!(read, Some(Ok(_))) {
            draft.broken(&about, damaged_sheet());
        } else if let Err(problem) = text::read_sheet(&inflated, about.clone(), hints, draft) {
            draft.broken(&about, problem);
        }
    }
    if !only {
        // The separator belongs to a file that is one sheet; of several, each has its own.
        draft.separated(None);
    }
    Ok(())
}

/// Place and sheet name of every entry that is read, in the order of the archive.
fn chosen(zip: &ZipArchive<Cursor<&[u8]>>, draft: &mut Draft<'_>) -> Vec<(usize, String)> {
    let place = Place::file(draft.name);
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, entry) in zip.file_names().enumerate() {
        let Ok(entry) = entry else {
            let problem = Problem::warning("A file in this archive has a name that cannot be read, so it was skipped.");
            draft.told(problem.at(place.clone()).hint("Rename the file, and make the archive again."));
            continue;
        };
        if !archive::is_text(&entry) {
            continue;
        }
        if leads_out(&entry) {
            let problem =
                Problem::warning("A file in this archive has a path that leads out of it, so it was skipped.");
            draft.told(problem.at(place.clone()).hint("Make the archive again, from the files themselves."));
            continue;
        }
        let stem = stem(&entry).to_owned();
        *seen.entry(stem.to_lowercase()).or_default() += 1;
        found.push((index, stem));
    }
    // Of two files of one name nobody knows which is meant, so none of them is read.
    seen.retain(|_, times| *times > 1);
    for stem in seen.keys() {
        draft.told(
            Problem::error(format!("This archive holds several files named “{stem}”, so none of them was read."))
                .at(place.clone())
                .expected("one file of each name, in whatever folder")
                .hint("Take away the ones that do not belong, and make the archive again."),
        );
    }
    found.retain(|(_, stem)| !seen.contains_key(&stem.to_lowercase()));
    found
}

fn leads_out(entry: &str) -> bool {
    let drive = entry.as_bytes().get(1) == Some(&b':');
    drive || entry.starts_with(['/', '\\']) || entry.split(['/', '\\']).any(|part| part == "..")
}

fn stem(entry: &str) -> &str {
    let name = archive::file_name(entry);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::workbook::{Value, Workbook, open_bytes};
    use termwise_config::ReadingLimits;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            zip.write_all(bytes).expect("written");
        }
        zip.finish().expect("an archive").into_inner()
    }

    fn open(entries: &[(&str, &[u8])], limits: &ReadingLimits) -> Result<Workbook, Problem> {
        open_bytes(&zipped(entries), "export.zip", limits, &CsvHints::default())
    }

    fn names(book: &Workbook) -> Vec<&str> {
        book.sheets.iter().map(|sheet| sheet.name.as_str()).collect()
    }

    #[test]
    fn every_text_file_is_a_sheet_whatever_its_folder() {
        let entries: [(&str, &[u8]); 5] = [
            ("export/users.csv", b"sourcedId,givenName\nu1,Ana\n"),
            ("export/deep/orgs.TSV", b"sourcedId\tname\no1\tNorth\n"),
            ("export/notes.txt", b"not read"),
            ("__MACOSX/export/._users.csv", b"\0\0"),
            ("empty.csv", b""),
        ];
        let book = open(&entries, &ReadingLimits::default()).expect("read");
        assert_eq!((names(&book), book.problems.len()), (vec!["users", "orgs", "empty"], 0));
        assert_eq!(book.sheets[0].at(1).expect("a row").get(1), Some(Value::Text("Ana")));
        assert_eq!(book.sheets[1].at(1).expect("a row").get(1), Some(Value::Text("North")));
        assert_eq!(book.separator, None);
        let one = open(&[("a.csv", b"x;y\n1;2\n")], &ReadingLimits::default()).expect("read");
        assert_eq!(one.separator, Some(';'));
    }

    #[test]
    fn paths_that_lead_out_and_doubled_names_are_told() {
        let entries: [(&str, &[u8]); 6] = [
            ("../users.csv", b"a,b\n"),
            ("/etc/orgs.csv", b"a,b\n"),
            ("C:\\x\\roles.csv", b"a,b\n"),
            ("one/classes.csv", b"a,b\n"),
            ("two/Classes.csv", b"a,b\n"),
            ("enrollments.csv", b"a,b\n"),
        ];
        let book = open(&entries, &ReadingLimits::default()).expect("read");
        assert_eq!(names(&book), ["enrollments"]);
        let told: Vec<&str> = book.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(told.iter().filter(|message| message.contains("leads out")).count(), 3, "{told:?}");
        assert_eq!(told.iter().filter(|message| message.contains("“classes”")).count(), 1, "{told:?}");
    }

    #[test]
    fn bounds_hold_while_inflating() {
        let zeros = vec![b'a'; 1 << 20];
        let little = ReadingLimits { inflated_bytes: (1 << 20) + 10, ..ReadingLimits::default() };
        let told = open(&[("a.csv", &zeros), ("b.csv", &zeros)], &little).expect_err("refused");
        assert!(told.message.contains("unpacks to more"), "{}", told.message);
        let one = ReadingLimits { sheets: 1, ..ReadingLimits::default() };
        let told = open(&[("a.csv", b"x"), ("b.csv", b"x")], &one).expect_err("refused");
        assert!(told.message.contains("more sheets"), "{}", told.message);
    }

    #[test]
    fn a_file_that_is_no_text_is_told_and_the_others_stay() {
        let book = open(&[("a.csv", b"x\0y\0\0"), ("b.csv", b"x,y\n")], &ReadingLimits::default()).expect("read");
        assert_eq!(names(&book), ["b"]);
        assert!(book.problems[0].message.contains("not text"));
        assert_eq!(book.problems[0].place.sheet.as_deref(), Some("a"));
    }

    #[test]
    fn an_archive_of_workbooks_is_told() {
        let told = open(&[("a.xlsx", b"x"), ("b.csv", b"x")], &ReadingLimits::default()).expect_err("refused");
        assert!(told.message.contains("spreadsheets inside"), "{}", told.message);
    }
}
