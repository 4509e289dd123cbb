//! Benchmarks, side by side in one run: `cargo run --example bench`; one of them:
//! `cargo run --example bench -- metric` (or `reading`, or `typesetting`).

mod metric;
mod reading;
mod typeset;

fn main() -> anyhow::Result<()> {
    if typeset::is_worker()? || reading::is_other()? {
        return Ok(());
    }
    let chosen = std::env::args().nth(1);
    let wanted = |name: &str| chosen.as_deref().is_none_or(|one| one == name);
    if wanted("reading") {
        println!("Reading");
        reading::run(9)?;
    }
    if wanted("metric") {
        println!("A metric");
        metric::run()?;
    }
    if wanted("typesetting") {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        println!("Typesetting");
        typeset::run(workers)?;
    }
    Ok(())
}
