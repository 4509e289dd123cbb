//! What lies beyond a bound, or cannot be read back, is reported and counted.

use super::*;

#[test]
fn columns_beyond_the_last_are_reported() {
    let mut new = Try::new();
    let line = |first: &str, second: &str| format!("{first},{second}{},Level\n", ",".repeat(16_382));
    new.write("data/2025-26/wide.csv", (line("Student #", "Result") + &line("101", "A")).as_bytes());
    let set = [("school", "north"), ("period", "P1"), ("measure", "reading")];
    new.sources.truncate(1);
    new.write("mappings/long.toml", LONG.replace("period = \"Term\"\nmeasure = \"What\"\n", "").as_bytes());
    new.source("data/2025-26/*", "long", &set);
    let (dataset, problems) = new.build();
    assert_eq!(readings(&dataset), [(0, 0, CodeClass::Score, 1.0)]);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(has(&problems, "XFE1", "are not read"), "{problems:#?}");
}

/// Overwrites the beginning of a block of the largest spool.
fn damage(new: &Try, block: usize) {
    let folder = new.folder.path().join(".termwise/cells");
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let path = files.max_by_key(|path| path.metadata().map_or(0, |meta| meta.len())).expect("a spool");
    let mut bytes = std::fs::read(&path).expect("read");
    let end = bytes.len() - 16;
    let length = u64::from_le_bytes(bytes[end..end + 8].try_into().expect("eight bytes")) as usize;
    let contents: serde_json::Value = serde_json::from_slice(&bytes[end - length..end]).expect("a table of contents");
    let at = contents["sheets"][0][1][block]["at"][0].as_u64().expect("a place") as usize;
    bytes[at..at + 8].fill(0xff);
    std::fs::write(path, bytes).expect("written");
}

#[test]
fn rows_that_cannot_be_read_back_are_set_aside_with_a_message() {
    let mut new = Try::new();
    new.sources.truncate(1);
    new.source("data/2025-26/*", "long", &[("school", "north")]);
    // Results of a few students, again and again, in more than one block.
    let lines: String = (0..6_000).map(|row| format!("{},November,Reading level,A\n", 101 + row % 5)).collect();
    new.write("data/2025-26/long.csv", format!("Student #,Term,What,Result\n{lines}").as_bytes());
    let tally = |dataset: &Dataset| dataset.files.iter().find(|tally| tally.rows > 100).cloned().expect("counted");
    let (whole, problems) = new.build();
    assert_eq!(problems, []);
    assert_eq!((tally(&whole).rows, tally(&whole).set_aside), (6_000, 0));
    for (block, all) in [(1, false), (0, true)] {
        damage(&new, block);
        let (part, problems) = new.build();
        assert_eq!(problems.iter().filter(|p| p.message.contains("is damaged")).count(), 1, "{problems:#?}");
        assert!(problems[0].hint.as_deref().is_some_and(|hint| hint.contains(".termwise/cells")));
        let tally = tally(&part);
        assert!(tally.set_aside_by[&Aside::Table] > 1_000, "{tally:?}");
        assert_eq!(tally.used == 0, all, "{tally:?}");
    }
}
