// The benchmark's rows, for the engine and for the native program alike: std only.

/// Rows in all.
pub const ROWS: usize = 1_000_000;
/// Groups of equal size.
pub const GROUPS: usize = 1_000;
/// Runs of which the fastest counts.
pub const RUNS: usize = 40;

/// Values, classes and lines as a school's: about 85 % scores, the rest codes and gaps.
pub fn rows() -> (Vec<f64>, Vec<u8>, Vec<f64>) {
    let mut state = 1u64;
    let mut next = |below: u64| {
        // Knuth's MMIX generator: the same rows on every machine.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let value = (0..ROWS).map(|_| next(5) as f64).collect();
    let class = (0..ROWS).map(|_| next(20).saturating_sub(16) as u8).collect();
    (value, class, vec![3.0; ROWS])
}
