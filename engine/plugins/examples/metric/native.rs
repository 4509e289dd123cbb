// What a metric costs without an engine: the count of share-at-or-above, compiled for this
// processor. `main.rs` compiles and runs this file; prints the fastest run in nanoseconds and
// what it counted.

#[path = "../../../../plugins/share-at-or-above/src/count.rs"]
mod count;
mod rows;

use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    let (value, class, line) = rows::rows();
    let size = rows::ROWS / rows::GROUPS;
    let mut fastest = Duration::MAX;
    let mut met = 0;
    for _ in 0..rows::RUNS {
        let start = Instant::now();
        let found: Vec<count::Counts> = (0..rows::GROUPS)
            .map(|group| {
                let rows = group * size..(group + 1) * size;
                count::count(&value[rows.clone()], &class[rows.clone()], &line[rows])
            })
            .collect();
        fastest = fastest.min(start.elapsed());
        met = black_box(found).iter().map(|counts| counts.met).sum();
    }
    println!("{} {met}", fastest.as_nanos());
}
