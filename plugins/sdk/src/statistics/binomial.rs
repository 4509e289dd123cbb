//! Tails of the binomial distribution with probability ½.

/// P(X ≤ `k`) of a binomial X of `n` trials with probability ½.
///
/// The terms are found outwards from the middle one, C(n, k − 1) = C(n, k) · k / (n − k + 1), which
/// needs no factorial and no power of ½; terms too small to change the sum are left off, so the
/// work grows with √n.
pub fn half_tail(k: u64, n: u64) -> f64 {
    let middle = n / 2;
    if k > middle {
        return 1.0 - if k >= n { 0.0 } else { half_tail(n - k - 1, n) };
    }
    let (mut term, mut tail, mut beyond) = (1.0, 0.0, 0.0);
    for i in (0..=middle).rev() {
        if i <= k {
            tail += term;
        } else {
            beyond += term;
        }
        term *= i as f64 / (n - i + 1) as f64;
        if term < f64::MIN_POSITIVE {
            break;
        }
    }
    // The upper half mirrors the lower one; an even n has one middle term.
    let all = 2.0 * (tail + beyond) - if n.is_multiple_of(2) { 1.0 } else { 0.0 };
    tail / all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted by hand from Pascal's triangle.
    #[test]
    fn small_tails_are_pascals() {
        assert_eq!(half_tail(0, 0), 1.0);
        assert_eq!(half_tail(0, 1), 0.5);
        assert_eq!(half_tail(1, 1), 1.0);
        assert_eq!(half_tail(0, 3), 0.125);
        assert_eq!(half_tail(1, 4), 5.0 / 16.0);
        assert_eq!(half_tail(2, 4), 11.0 / 16.0);
        assert_eq!(half_tail(3, 4), 15.0 / 16.0);
    }
}
