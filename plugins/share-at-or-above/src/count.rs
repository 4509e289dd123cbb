//! The count for one measure: three columns in, four numbers out. Nothing else is in this file, so
//! that the benchmark compiles it for the processor itself.

/// How the rows of a group fall out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Scores at or above the line.
    pub met: u32,
    /// Rows asked about: scores with a line, and readings that count as below.
    pub of: u32,
    /// Readings left out with a reason.
    pub excluded: u32,
    /// Scores without a line to be held against.
    pub no_line: u32,
}

/// A score whose value is NaN is no score.
fn without_line(value: &[f64], class: &[u8], line: &[f64]) -> u32 {
    let rows = value.iter().zip(class).zip(line);
    rows.filter(|((value, class), line)| **class == 0 && !value.is_nan() && line.is_nan()).count() as u32
}

/// Counts the rows of one group. Classes: 0 score, 1 counts as below, 2 excluded, others missing.
/// The columns have one length.
pub fn count(value: &[f64], class: &[u8], line: &[f64]) -> Counts {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    let mut found = wide::count(value, class, line);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    let mut found = count_each(value, class, line);
    // Neither reached nor short: seldom, so looked at again only then.
    if found.no_line > 0 {
        found.no_line = without_line(value, class, line);
    }
    found
}

/// The same, row by row, but for scores without a value, which it counts as without a line. Every row
/// adds 0 or 1 to every number: no branches.
pub fn count_each(value: &[f64], class: &[u8], line: &[f64]) -> Counts {
    let (mut met, mut of, mut excluded, mut no_line) = (0u32, 0u32, 0u32, 0u32);
    for ((value, class), line) in value.iter().zip(class).zip(line) {
        let score = *class == 0;
        // A score without a value, or without a line, can be neither above nor below.
        let (reached, short) = (value >= line, value < line);
        met += u32::from(score & reached);
        of += u32::from((score & (reached | short)) | (*class == 1));
        excluded += u32::from(*class == 2);
        no_line += u32::from(score & !(reached | short));
    }
    Counts { met, of, excluded, no_line }
}

/// Sixteen rows at a time: compilers do not find these instructions for WebAssembly by themselves.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wide {
    use core::arch::wasm32::*;

    use super::{Counts, count_each};

    const WIDE: usize = 16;

    pub fn count(value: &[f64], class: &[u8], line: &[f64]) -> Counts {
        let ((values, value), (classes, class), (lines, line)) =
            (value.as_chunks::<WIDE>(), class.as_chunks::<WIDE>(), line.as_chunks::<WIDE>());
        let mut all = count_each(value, class, line);
        // A byte counts 255 steps without overflow.
        for ((values, classes), lines) in values.chunks(255).zip(classes.chunks(255)).zip(lines.chunks(255)) {
            let none = u8x16_splat(0);
            let (mut score, mut met, mut below, mut as_below, mut excluded) = (none, none, none, none, none);
            for ((value, class), line) in values.iter().zip(classes).zip(lines) {
                let class = bytes(class);
                let is_score = u8x16_eq(class, none);
                // True is −1 in every lane: subtracting adds one.
                score = u8x16_sub(score, is_score);
                met = u8x16_sub(met, v128_and(is_score, compare(value, line, |a, b| f64x2_ge(a, b))));
                below = u8x16_sub(below, v128_and(is_score, compare(value, line, |a, b| f64x2_lt(a, b))));
                as_below = u8x16_sub(as_below, u8x16_eq(class, u8x16_splat(1)));
                excluded = u8x16_sub(excluded, u8x16_eq(class, u8x16_splat(2)));
            }
            let (met, below) = (sum(met), sum(below));
            all.met += met;
            all.of += met + below + sum(as_below);
            all.excluded += sum(excluded);
            all.no_line += sum(score) - met - below;
        }
        all
    }

    /// Sixteen comparisons of numbers, as bytes.
    #[inline(always)]
    fn compare(value: &[f64; WIDE], line: &[f64; WIDE], with: impl Fn(v128, v128) -> v128) -> v128 {
        let two = |i: usize| with(f64x2(value[i], value[i + 1]), f64x2(line[i], line[i + 1]));
        let four = |i: usize| i32x4_shuffle::<0, 2, 4, 6>(two(i), two(i + 2));
        let eight = |i: usize| i16x8_narrow_i32x4(four(i), four(i + 4));
        i8x16_narrow_i16x8(eight(0), eight(8))
    }

    #[inline(always)]
    fn bytes(b: &[u8; WIDE]) -> v128 {
        u8x16(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15])
    }

    fn sum(counts: v128) -> u32 {
        let fours = u32x4_extadd_pairwise_u16x8(u16x8_extadd_pairwise_u8x16(counts));
        u32x4_extract_lane::<0>(fours)
            + u32x4_extract_lane::<1>(fours)
            + u32x4_extract_lane::<2>(fours)
            + u32x4_extract_lane::<3>(fours)
    }
}
