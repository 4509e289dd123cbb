//! Reading, beside bare calamine: the same files, turn by turn: `cargo run --example reading`.
//!
//! Bare calamine takes every cell of every sheet (the csv crate: every field of every record) and
//! keeps them; ours goes all the way to typed, checked readings with rosters joined, by worker
//! processes. Each side of the large file runs in a process of its own, so that its peak of memory can
//! be told. openpyxl and pandas are reference lines where Python has them.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use calamine::{Data, Range, Reader, open_workbook_auto_from_rs};
use rust_xlsxwriter::Workbook;

use termwise_reading::dataset;
use termwise_reading::sources;
use termwise_reading::sources::FrozenFile;
use termwise_reading::workbook::Shelf;

/// Rows and columns of the large file.
const LARGE: (u32, u16) = (100_000, 12);

fn main() -> anyhow::Result<()> {
    if is_other()? { Ok(()) } else { run(9) }
}

/// Serves as the reading worker of a benchmark, or as one side of the comparison; true if so.
fn is_other() -> anyhow::Result<bool> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["reading-worker", memory] => {
            termwise_reading::workbook::worker::run(memory.trim_start_matches("--memory=").parse()?)?;
        }
        ["make", folder] => large(Path::new(folder))?,
        ["side", side, project] => one_side(side, Path::new(project))?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Compares on the sample's files and on a large one.
fn run(rounds: usize) -> anyhow::Result<()> {
    println!("  the sample's files");
    compare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/prairie-crocus"), rounds, None)?;
    let folder = tempfile::tempdir()?;
    // Made by another process: the peak of memory of a process counts into those that it starts.
    let made = Command::new(std::env::current_exe()?).arg("make").arg(folder.path()).status()?;
    anyhow::ensure!(made.success(), "the large file could not be made");
    println!("  one file of {} rows and {} columns", LARGE.0, LARGE.1);
    compare(folder.path(), (rounds / 2).max(3), Some(1.25))?;
    for library in ["openpyxl", "pandas"] {
        reference(library, &folder.path().join("data/results.xlsx"));
    }
    Ok(())
}

/// What one side took.
#[derive(Debug, Clone, Copy)]
struct Took {
    time: Duration,
    memory_kib: u64,
    counted: u64,
}

fn compare(project: &Path, rounds: usize, most: Option<f64>) -> anyhow::Result<()> {
    let mut took: [Vec<Took>; 3] = Default::default();
    for _ in 0..rounds.max(1) {
        for (side, took) in ["bare", "first", "again"].iter().zip(&mut took) {
            took.push(run_side(side, project)?);
        }
    }
    let [bare, first, again] = took.map(|mut took| {
        took.sort_by_key(|one| one.time);
        took[took.len() / 2]
    });
    let line = |name: &str, one: Took| {
        let ratio = one.time.as_secs_f64() / bare.time.as_secs_f64();
        let (ms, mib) = (one.time.as_secs_f64() * 1e3, one.memory_kib >> 10);
        println!("    {name:<34}{ms:8.1} ms  ratio {ratio:.2}  peak {mib} MiB");
        ratio
    };
    line("bare calamine and csv", bare);
    let bound = most.map(|most| format!(" (at most {most})")).unwrap_or_default();
    let ratio = line(&format!("ours, parsed{bound}"), first);
    line("ours, files unchanged", again);
    println!(
        "    {} cells, {} readings{}",
        bare.counted,
        first.counted,
        if most.is_some_and(|most| ratio > most) { "  TOO SLOW" } else { "" }
    );
    Ok(())
}

fn run_side(side: &str, project: &Path) -> anyhow::Result<Took> {
    let done = Command::new(std::env::current_exe()?).args(["side", side]).arg(project).output()?;
    let said = String::from_utf8_lossy(&done.stdout);
    let numbers: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [micros, memory_kib, counted] => Ok(Took { time: Duration::from_micros(micros), memory_kib, counted }),
        _ => bail!("the side {side} ended without figures: {}", String::from_utf8_lossy(&done.stderr)),
    }
}

/// One side, in a process of its own: prints microseconds, peak memory (of this process or of its
/// largest worker, KiB) and what it counted.
fn one_side(side: &str, project: &Path) -> anyhow::Result<()> {
    let (loaded, problems) = termwise_config::load::load(project);
    let loaded =
        loaded.with_context(|| format!("{} has {} problems: {problems:?}", project.display(), problems.len()))?;
    let files = sources::freeze(&loaded, &mut Vec::new());
    let cells = project.join(".termwise/cells-of-the-benchmark");
    if side == "first" {
        let _ = std::fs::remove_dir_all(&cells);
    }
    let start = Instant::now();
    let counted = if side == "bare" {
        calamine_alone(&files)?
    } else {
        let shelf = Shelf::new(&cells, &loaded.reading_limits)?;
        let found = dataset::build(&loaded, &files, &shelf, &mut Vec::new());
        anyhow::ensure!((side == "again") == (shelf.parsed() == 0), "{} files were parsed", shelf.parsed());
        black_box(found).observations.person.len()
    };
    println!("{} {} {counted}", start.elapsed().as_micros(), peak_kib());
    Ok(())
}

#[cfg(target_os = "linux")]
fn peak_kib() -> i64 {
    use nix::sys::resource::{UsageWho, getrusage};
    let peak = |who| getrusage(who).map_or(0, |usage| usage.max_rss());
    peak(UsageWho::RUSAGE_SELF).max(peak(UsageWho::RUSAGE_CHILDREN))
}

#[cfg(not(target_os = "linux"))]
fn peak_kib() -> i64 {
    0
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

/// A project with one long table: students, reporting periods and measures in rows.
fn large(folder: &Path) -> anyhow::Result<()> {
    let write = |path: &str, text: &str| -> anyhow::Result<()> {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(std::fs::write(path, text)?)
    };
    let mut measures = String::from("[scale.points]\nkind = \"number\"\nlowest = 0\nhighest = 100\n");
    for n in 0..10 {
        measures += &format!("[measure.m{n}]\ntitle = \"Measure {n}\"\nscale = \"points\"\n");
    }
    write("measures.toml", &measures)?;
    write(
        "termwise.toml",
        r#"
[division]
name = "Large"
time-zone = "America/Winnipeg"
languages = ["en"]
contact = "Ask."
[[school]]
id = "one"
name = "One School"
grades = ["1", "2", "3", "4"]
[[year]]
id = "2025-26"
period = [
    { id = "P1", name = "November", opens = 2025-09-03, closes = 2025-11-21 },
    { id = "P2", name = "March", opens = 2025-11-24, closes = 2026-03-13 },
    { id = "P3", name = "June", opens = 2026-03-16, closes = 2026-06-26 },
]
[[source]]
id = "roster"
files = ["data/roster.csv"]
mapping = "roster"
set = { school = "one", year = "2025-26" }
[[source]]
id = "results"
files = ["data/results.xlsx"]
mapping = "results"
set = { school = "one", year = "2025-26" }
"#,
    )?;
    write(
        "mappings/roster.toml",
        "kind = \"roster\"\n[header]\nfind = [\"Number\"]\n[columns]\nid = \"Number\"\ngrade = \"Grade\"\n",
    )?;
    write(
        "mappings/results.toml",
        "kind = \"assessment\"\n[header]\nfind = [\"Number\", \"Score\"]\n[columns]\nid = \"Number\"\n\
         period = \"Term\"\nmeasure = \"Measure\"\n[[value]]\ncolumn = \"Score\"\n",
    )?;
    let students = LARGE.0.div_ceil(30);
    let mut roster = String::from("Number,Grade\n");
    for student in 0..students {
        roster += &format!("{},{}\n", 10_000 + student, 1 + student % 4);
    }
    write("data/roster.csv", &roster)?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head =
        ["Number", "Family", "Given", "Grade", "School", "Term", "Measure", "Score", "Max", "Date", "By", "Note"];
    for (col, word) in (0..LARGE.1).zip(head) {
        sheet.write(0, col, word)?;
    }
    for row in 0..LARGE.0 {
        let (student, what) = (row / 30, row % 30);
        let at = row + 1;
        sheet.write(at, 0, 10_000 + student)?;
        sheet.write(at, 1, format!("Family {student}"))?;
        sheet.write(at, 2, format!("Given {}", student % 400))?;
        sheet.write(at, 3, 1 + student % 4)?;
        sheet.write(at, 4, "One School")?;
        sheet.write(at, 5, ["November", "March", "June"][(what / 10) as usize])?;
        sheet.write(at, 6, format!("Measure {}", what % 10))?;
        sheet.write(at, 7, (row * 7) % 101)?;
        sheet.write(at, 8, 100)?;
        sheet.write(at, 9, 45_000 + row % 200)?;
        sheet.write(at, 10, "team")?;
        sheet.write(at, 11, f64::from(row % 17) / 4.0)?;
    }
    book.save(folder.join("data/results.xlsx"))?;
    Ok(())
}

/// The same file by a Python library, if there is one.
fn reference(library: &str, file: &Path) {
    let read = match library {
        "openpyxl" => {
            "n = sum(1 for row in openpyxl.load_workbook(f, read_only=True).active.iter_rows(values_only=True) for c in row if c is not None)"
        }
        _ => "n = int(pandas.read_excel(f).notna().sum().sum())",
    };
    let script = format!(
        "import resource, sys, time, {library}\nf = sys.argv[1]\nt = time.perf_counter()\n{read}\n\
         print(round((time.perf_counter() - t) * 1e3), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, n)"
    );
    let python = std::env::var("TERMWISE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let done = Command::new(python).args(["-c", &script]).arg(file).output();
    let said = done.ok().filter(|done| done.status.success());
    match said.map(|done| String::from_utf8_lossy(&done.stdout).trim().to_owned()) {
        Some(said) => println!("    {library}: ms, peak MiB, cells: {said}"),
        None => println!("    {library}: not there (TERMWISE_PYTHON names a Python that has it)"),
    }
}
