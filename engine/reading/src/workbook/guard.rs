//! Catches the panics of parsers that were not written for hostile files.
//!
//! Comes in: a piece of work. Goes out: its result, or nothing if it panicked. The panic's own words
//! are not shown, because they can quote a cell.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs `work`; nothing if it panicked.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    result.ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_panic_becomes_nothing() {
        assert_eq!(super::quietly(|| 1), Some(1));
        assert_eq!(super::quietly(|| -> i32 { panic!("not shown") }), None);
    }
}
