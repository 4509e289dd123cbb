//! Between which numbers a parameter lies.

/// One end: the number, and whether the number itself is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct End {
    at: f64,
    open: bool,
}

/// The lowest and the highest number, as far as there are any.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Limits {
    low: Option<End>,
    high: Option<End>,
}

impl Limits {
    /// Of each end, the closed limit (`minimum`) and the open one (`exclusiveMinimum`). Where both are given, both
    /// hold, as in JSON Schema (draft 2020-12, validation, 6.2).
    pub(super) fn new(low: (Option<f64>, Option<f64>), high: (Option<f64>, Option<f64>)) -> Self {
        let ends = |(closed, open): (Option<f64>, Option<f64>)| {
            let closed = closed.map(|at| End { at, open: false });
            closed.into_iter().chain(open.map(|at| End { at, open: true }))
        };
        let low = ends(low).reduce(|one, other| if other.at >= one.at { other } else { one });
        let high = ends(high).reduce(|one, other| if other.at <= one.at { other } else { one });
        Self { low, high }
    }

    /// Whether a number lies between them.
    fn hold(&self, n: f64) -> bool {
        let above = self.low.is_none_or(|low| n > low.at || (n == low.at && !low.open));
        let below = self.high.is_none_or(|high| n < high.at || (n == high.at && !high.open));
        n.is_finite() && above && below
    }

    /// Whether a number fits; else the rest of a sentence.
    pub(super) fn check(&self, n: f64) -> Result<(), String> {
        if self.hold(n) {
            return Ok(());
        }
        Err(match (self.low, self.high) {
            (Some(End { at: low, open: false }), Some(End { at: high, open: false })) => {
                format!("is not between {low} and {high}")
            }
            (Some(low), Some(high)) => format!("is not {} and {}", low.lowest(), high.highest()),
            (Some(low), None) => format!("is not {}", low.lowest()),
            (None, Some(high)) => format!("is not {}", high.highest()),
            (None, None) => "is not a finite number".to_owned(),
        })
    }

    /// A number that fits, 1 if that does; none if nothing fits.
    pub(super) fn example(&self, whole: bool) -> Option<f64> {
        let (low, high) = (self.low.map(|end| end.at), self.high.map(|end| end.at));
        let between = low.zip(high).map(|(low, high)| low + (high - low) / 2.0);
        let next = [low.map(|low| low.floor() + 1.0), high.map(|high| high.ceil() - 1.0)];
        let candidates = [Some(1.0), low, high, between].into_iter().chain(next);
        candidates.flatten().find(|n| self.hold(*n) && (!whole || n.fract() == 0.0))
    }
}

impl End {
    fn lowest(self) -> String {
        format!("{} {}", if self.open { "above" } else { "at least" }, self.at)
    }

    fn highest(self) -> String {
        format!("{} {}", if self.open { "below" } else { "at most" }, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_limit_does_not_open_the_closed_one_beside_it() {
        // Both hold: 2 or more, and more than 0.
        let both = Limits::new((Some(2.0), Some(0.0)), (Some(8.0), Some(9.0)));
        assert!(both.check(2.0).is_ok() && both.check(8.0).is_ok());
        assert_eq!(both.check(1.0), Err("is not between 2 and 8".to_owned()));
        let open = Limits::new((Some(2.0), Some(2.0)), (Some(8.0), Some(8.0)));
        assert_eq!(open.check(2.0), Err("is not above 2 and below 8".to_owned()));
        assert!(open.check(8.0).is_err() && open.check(7.9).is_ok());
    }

    #[test]
    fn what_does_not_fit_is_said_with_what_would() {
        let said = |low, high, n| Limits::new(low, high).check(n).expect_err("outside");
        assert_eq!(said((None, Some(0.0)), (Some(10.0), None), 0.0), "is not above 0 and at most 10");
        assert_eq!(said((Some(1.0), None), (None, None), 0.0), "is not at least 1");
        assert_eq!(said((None, None), (None, Some(1.0)), 1.0), "is not below 1");
        assert_eq!(said((None, None), (None, None), f64::INFINITY), "is not a finite number");
    }

    #[test]
    fn an_example_fits() {
        let ends = [None, Some(-3.0), Some(0.0), Some(0.5), Some(1.0), Some(7.25)];
        let mut found = 0;
        for (low, above) in ends.iter().flat_map(|low| ends.map(|above| (*low, above))) {
            for (high, below) in ends.iter().flat_map(|high| ends.map(|below| (*high, below))) {
                let limits = Limits::new((low, above), (high, below));
                for whole in [false, true] {
                    if let Some(n) = limits.example(whole) {
                        assert!(limits.hold(n) && (!whole || n.fract() == 0.0), "{limits:?}: {n}");
                        found += 1;
                    } else {
                        // Nothing on a fine grid fits either.
                        let grid = (-400..=1000).map(|n| f64::from(n) / if whole { 1.0 } else { 100.0 });
                        assert!(grid.into_iter().all(|n| !limits.hold(n)), "{limits:?}");
                    }
                }
            }
        }
        assert!(found > 500, "{found}");
    }
}
