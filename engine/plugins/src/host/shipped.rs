//! Components that come with the engine.

use crate::lock::{Lock, Locked};

/// File name and bytes. A new one is one line here.
macro_rules! components {
    ($($file:literal),* $(,)?) => {
        [$(($file, include_bytes!(concat!("../../../../plugins/prebuilt/", $file)).as_slice())),*]
    };
}

/// Entries of the shipped lock with their components' bytes.
pub fn all() -> anyhow::Result<Vec<(Locked, &'static [u8])>> {
    let components = components![
        "chronic-absence.wasm",
        "distribution.wasm",
        "exceedance.wasm",
        "gap.wasm",
        "matched-growth.wasm",
        "rate-of-improvement.wasm",
        "share-at-or-above.wasm",
        "share-growing.wasm",
        "survey-agreement.wasm",
        "typical.wasm",
        "who-moved.wasm",
    ];
    let lock = Lock::parse(include_str!("../../../../plugins/prebuilt/plugins.lock"))?;
    let bytes = |locked: &Locked| components.iter().find(|(file, _)| *file == locked.file).map_or(&[][..], |c| c.1);
    Ok(lock.plugin.into_iter().map(|locked| (bytes(&locked), locked)).map(|(bytes, locked)| (locked, bytes)).collect())
}
