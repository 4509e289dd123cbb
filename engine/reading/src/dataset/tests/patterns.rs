//! Properties of patterns under ill will: long words of few letters, as many wildcards as are allowed. The answer is
//! compared with that of the plainest matcher, which tries each place of the pattern at each letter once.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use termwise_config::pattern::Pattern;

/// Longer than anything sound takes on the busiest machine.
const WATCHDOG: Duration = Duration::from_secs(30);

/// Pieces of patterns; captures stand between letters.
const PIECES: [&str; 9] = ["*", "?", "a", "b", "ab", "A", "a{period}b", "b{measure}a", "*a*b"];

/// Whether the rest of a pattern fits the rest of a word, for each rest of the word: from the end to the beginning.
fn plainly(pattern: &str, word: &str) -> bool {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let pattern = pattern.to_lowercase().replace("{period}", "+").replace("{measure}", "+");
    let mut fits: Vec<bool> = (0..=word.len()).map(|at| at == word.len()).collect();
    for part in pattern.chars().rev() {
        let mut any = false;
        let next: Vec<bool> = (0..=word.len())
            .rev()
            .map(|at| {
                let after = at < word.len() && fits[at + 1];
                let found = match part {
                    '*' => any || fits[at],
                    '+' => any || after,
                    '?' => after,
                    letter => after && word[at] == letter,
                };
                any |= found;
                found
            })
            .collect();
        fits = next.into_iter().rev().collect();
    }
    fits[0]
}

#[test]
fn the_plain_matcher_is_right() {
    for (pattern, word, fits) in [
        ("a*b", "ab", true),
        ("a*b", "aab", true),
        ("a*b", "aba", false),
        ("a?b", "ab", false),
        ("a?b", "axb", true),
        ("a{period}b", "ab", false),
        ("a{period}b", "AXXB", true),
        ("*", "", true),
        ("?", "", false),
    ] {
        assert_eq!(plainly(pattern, word), fits, "{pattern} {word}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn hostile_patterns_end_with_the_plain_answer(
        pieces in proptest::collection::vec(0..PIECES.len(), 1..12),
        word in "[abA]{0,40}|(ab){250,450}[abs]{0,3}|a{500,900}b{0,1}",
    ) {
        let written: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        // Too many wildcards, or one capture twice, are refused when the mapping is read.
        let Ok(pattern) = Pattern::new(&written) else { return Ok(()) };
        let begun = Instant::now();
        let (fits, captured) = (pattern.matches(&word), pattern.capture(&word));
        prop_assert!(begun.elapsed() < WATCHDOG, "{} took {:?}", written, begun.elapsed());
        prop_assert_eq!(fits, plainly(&written, &word), "{}", written);
        prop_assert_eq!(fits, captured.is_some());
        prop_assert!(captured.into_iter().flatten().all(|(_, part)| !part.is_empty()));
    }
}
