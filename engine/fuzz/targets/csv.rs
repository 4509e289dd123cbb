#![no_main]
//! Any bytes that are called a .csv file: read or refused, never more than the bounds allow.

use libfuzzer_sys::fuzz_target;

use termwise_config::ReadingLimits;
use termwise_reading::workbook::{CsvHints, open_bytes};

fuzz_target!(|bytes: &[u8]| {
    let limits = ReadingLimits { inflated_bytes: 16 << 20, cells: 100_000, ..ReadingLimits::default() };
    if let Ok(book) = open_bytes(bytes, "fuzzed.csv", &limits, &CsvHints::default()) {
        for sheet in &book.sheets {
            assert_eq!(sheet.rows().count(), sheet.len());
            assert!(sheet.filled() <= 100_000);
        }
    }
});
