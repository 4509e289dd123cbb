#![no_main]
//! Any pattern of the mapping language held against any word: the first line is the pattern.

use libfuzzer_sys::fuzz_target;

use termwise_config::pattern::Pattern;

fuzz_target!(|text: &str| {
    let (pattern, word) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(pattern) = Pattern::new(pattern) {
        assert!(!pattern.matches(word) || pattern.capture(word).is_some());
    }
});
