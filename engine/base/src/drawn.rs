//! Numbers that look drawn and are the same in every run and on every machine.

/// SplitMix64: G. L. Steele, D. Lea and C. H. Flood, “Fast splittable pseudorandom number generators”, OOPSLA 2014,
/// 453–472, with the constants of S. Vigna's public-domain splitmix64.c (2015).
#[derive(Debug, Clone)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next of 2⁶⁴ numbers, each as likely as any other.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, and without, `many`; 0 if that is 0. The remainder is taken, so small numbers are more
    /// likely by at most `many` / 2⁶⁴.
    pub fn below(&mut self, many: u64) -> u64 {
        self.next_u64() % many.max(1)
    }

    /// A number from 0 up to, and without, 1, in steps of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs for the seed 1234567, as published with the reference implementation.
    #[test]
    fn it_draws_what_the_reference_draws() {
        let mut draw = SplitMix64(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| draw.next_u64()).collect();
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
