#![no_main]
//! Any pattern of the mapping language held against any word: the first line is the pattern. Whatever both are, the
//! answer must come soon.

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;

use termwise_config::pattern::Pattern;

fuzz_target!(|text: &str| {
    let (pattern, word) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(pattern) = Pattern::new(pattern) {
        let begun = Instant::now();
        assert!(pattern.matches(word) == pattern.capture(word).is_some());
        // Milliseconds are usual, even with the sanitizer; a machine that is busy needs more.
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
});
