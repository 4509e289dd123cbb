//! Reading, beside bare calamine: the same files, the same process, turn by turn.
//!
//! Bare calamine takes every cell of every sheet (the csv crate: every field of every record) and
//! keeps them; ours goes all the way to typed, checked readings with rosters joined.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use calamine::{Data, Range, Reader, open_workbook_auto_from_rs};
use termwise::config::Project;
use termwise::sources::FrozenFile;
use termwise::{config, dataset, sources};

/// Reads the spreadsheets of a project both ways, `rounds` times, and prints the medians and their
/// ratio.
pub fn run(project: &Path, rounds: usize) -> anyhow::Result<f64> {
    let (loaded, problems) = config::load::load(project);
    let loaded = loaded.with_context(|| format!("{} has {} problems", project.display(), problems.len()))?;
    let files = sources::freeze(&loaded, &mut Vec::new());
    let bytes: u64 = files.iter().filter_map(|file| std::fs::metadata(&file.frozen_path).ok()).map(|m| m.len()).sum();
    let (mut bare, mut one, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut counts = (0, 0);
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        counts.0 = black_box(calamine_alone(&files)?);
        bare.push(start.elapsed());
        let start = Instant::now();
        counts.1 = single.install(|| ours(&loaded, &files));
        one.push(start.elapsed());
        let start = Instant::now();
        black_box(ours(&loaded, &files));
        all.push(start.elapsed());
    }
    let (bare, one, all) = (median(bare), median(one), median(all));
    let ratio = all.as_secs_f64() / bare.as_secs_f64();
    println!("  {} files, {} kB, {} cells, {} readings", files.len(), bytes >> 10, counts.0, counts.1);
    println!("  bare calamine and csv            {:8.1} ms", bare.as_secs_f64() * 1e3);
    println!("  ours, as a run reads             {:8.1} ms  ratio {ratio:.2} (at most 1.5)", all.as_secs_f64() * 1e3);
    let alone = one.as_secs_f64() / bare.as_secs_f64();
    println!("  ours, held to one thread         {:8.1} ms  ratio {alone:.2}", one.as_secs_f64() * 1e3);
    Ok(ratio)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ours(project: &Project, files: &[FrozenFile]) -> usize {
    dataset::build(project, files, &mut Vec::new()).observations.person.len()
}

fn calamine_alone(files: &[FrozenFile]) -> anyhow::Result<usize> {
    let mut cells = 0;
    for file in files {
        let bytes = std::fs::read(&file.frozen_path)?;
        if file.path_relative.ends_with(".csv") {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(b';').from_reader(&bytes[..]);
            let records: Vec<csv::ByteRecord> = reader.byte_records().collect::<Result<_, _>>()?;
            cells += black_box(&records).iter().map(csv::ByteRecord::len).sum::<usize>();
            continue;
        }
        let mut book = open_workbook_auto_from_rs(std::io::Cursor::new(bytes))?;
        let ranges: Vec<(String, Range<Data>)> = book.worksheets();
        cells += black_box(&ranges).iter().map(|(_, range)| range.used_cells().count()).sum::<usize>();
    }
    Ok(cells)
}
