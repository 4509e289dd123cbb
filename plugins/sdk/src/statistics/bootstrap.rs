//! Intervals by resampling, with a generator that always starts alike.

use super::order::sorted_quantile;
use super::sorted;

/// How many times the values are drawn anew.
const RESAMPLES: usize = 2_000;

/// Where the generator starts; any number would do, and another one would give slightly other ends.
const SEED: u64 = 0x5445_524D_5749_5345;

/// The percentile bootstrap 95 % interval of a `statistic`: the 2.5 % and 97.5 % quantiles
/// (Hyndman and Fan's definition 7) of its value in 2000 resamples of n values with replacement.
///
/// The same values give the same interval to the last bit: the seed is fixed, and the values are
/// sorted before they are drawn. None for fewer than two values, or when a value or a result of
/// `statistic` is not finite. The interval is too narrow for small groups (below some 20) and
/// wrong for the least and greatest value; for a mean or a median prefer
/// [`mean_interval`](super::mean_interval) and [`median_interval`](super::median_interval). The
/// work is 2000 times n draws.
///
/// Efron, B. (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7(1),
/// 1–26; Efron, B., Tibshirani, R. J. (1993), An Introduction to the Bootstrap, chapter 13.
pub fn bootstrap(values: &[f64], statistic: impl Fn(&[f64]) -> f64) -> Option<(f64, f64)> {
    let values = sorted(values)?;
    if values.len() < 2 {
        return None;
    }
    let mut generator = SplitMix64(SEED);
    let mut resample = values.clone();
    let mut found = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        resample.fill_with(|| values[generator.below(values.len() as u64) as usize]);
        found.push(statistic(&resample));
    }
    let found = sorted(&found)?;
    Some((sorted_quantile(&found, 0.025)?, sorted_quantile(&found, 0.975)?))
}

/// Steele, G. L., Lea, D., Flood, C. H. (2014), Fast splittable pseudorandom number generators,
/// OOPSLA '14, 453–472, with the constants of Vigna's public-domain splitmix64.c (2015).
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound` − 1, each as likely as another; `bound` is above 0.
    ///
    /// Lemire, D. (2019), Fast random integer generation in an interval, ACM Transactions on
    /// Modeling and Computer Simulation 29(1), 3: the high half of a product, drawn again when the
    /// low half falls where one more number would fit.
    fn below(&mut self, bound: u64) -> u64 {
        let unfair = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next()) * u128::from(bound);
            if product as u64 >= unfair {
                return (product >> 64) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs for this seed as Rosetta Code prints them ("Pseudo-random numbers/
    /// Splitmix64"), and as a Python transcription of splitmix64.c gives them.
    #[test]
    fn the_generator_is_splitmix64() {
        let mut generator = SplitMix64(1_234_567);
        let found = [(); 5].map(|()| generator.next());
        assert_eq!(
            found,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }
}
