//! Benchmarks, side by side in one run: `cargo run --example bench`.

mod reading;
mod typeset;

fn main() -> anyhow::Result<()> {
    if typeset::is_worker()? {
        return Ok(());
    }
    println!("Reading");
    reading::run(std::path::Path::new("samples/prairie-crocus"), 15)?;
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    println!("Typesetting");
    typeset::run(workers)?;
    Ok(())
}
