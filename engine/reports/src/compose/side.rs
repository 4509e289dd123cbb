//! On which side of a line a result is: the only place that says so.
//!
//! “Under the target” is good news of absences and bad news of readers. Every sentence about a side comes from one
//! function of the way that is better and the side, so that none can be said of the wrong one.

use termwise_judging::goals::{Unit, Way};

use super::Writer;

/// Which way is better, as sentences need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Better {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Less of a gap, whoever is ahead.
    Narrower,
}

impl Better {
    /// Every way.
    #[cfg(test)]
    pub(super) const ALL: [Self; 3] = [Self::Up, Self::Down, Self::Narrower];

    pub(super) fn of(unit: &Unit, way: Way) -> Self {
        match (unit, way) {
            (Unit::Gap, _) => Self::Narrower,
            (_, Way::Up) => Self::Up,
            (_, Way::Down) => Self::Down,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Narrower => "narrower",
        }
    }
}

/// Where a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// At the target or beyond it.
    Reached,
    /// Not there, and the date has passed.
    Missed,
    /// A little on the wrong side of the line.
    Little,
    /// Well on the wrong side of it.
    Well,
}

impl Side {
    /// Every side.
    #[cfg(test)]
    pub(super) const ALL: [Self; 4] = [Self::Reached, Self::Missed, Self::Little, Self::Well];

    fn key(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Missed => "missed",
            Self::Little => "little",
            Self::Well => "well",
        }
    }
}

impl Writer<'_> {
    /// The sentence for a side.
    pub(super) fn side(&self, better: Better, side: Side) -> String {
        self.words.text(&format!("side.{}-{}", better.key(), side.key()), &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{SHIPPED, Words};

    /// Words for the two sides of a line, by language: lower, higher.
    const WORDS: [(&str, [&str; 2]); 3] =
        [("en", ["under", "over"]), ("fr", ["sous", "au-dessus"]), ("uk", ["нижчий", "вищий"])];

    #[test]
    fn every_sentence_about_a_side_says_the_side_of_its_way() {
        assert_eq!(SHIPPED.len(), WORDS.len(), "a language has no test of its sides");
        for (language, [lower, higher]) in WORDS {
            let path = format!("{}/../../report-templates/words/{language}.toml", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).expect("a dictionary");
            let words = Words::new(language, &path, &text, None).expect("shipped words");
            let mut seen = std::collections::BTreeSet::new();
            for better in Better::ALL {
                for side in Side::ALL {
                    let key = format!("side.{}-{}", better.key(), side.key());
                    let said = words.text(&key, &[]).to_lowercase();
                    assert!(seen.insert(said.clone()), "{language}: {key} says what another one says: {said}");
                    let (low, high) = (said.contains(lower), said.contains(higher));
                    match (better, side) {
                        (Better::Up, Side::Reached) => assert!(!low, "{language}: {key}: {said}"),
                        (Better::Down, Side::Reached) => assert!(!high, "{language}: {key}: {said}"),
                        (Better::Up, _) => assert!(low && !high, "{language}: {key}: {said}"),
                        (Better::Down, _) => assert!(high && !low, "{language}: {key}: {said}"),
                        // A gap is wider or not; neither of its sides is under anything.
                        (Better::Narrower, _) => assert!(!low && !high, "{language}: {key}: {said}"),
                    }
                }
            }
            // What stands in the key of the verdicts is read beside goals of every way.
            for verdict in ["watch", "behind", "target-not-met", "target-met", "on-track", "too-early", "mixed"] {
                let said = words.text(&format!("page.verdict-{verdict}-means"), &[]).to_lowercase();
                assert!(!said.contains(lower) && !said.contains(higher), "{language}: {verdict}: {said}");
            }
        }
    }
}
