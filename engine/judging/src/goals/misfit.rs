//! A setting of a goal that does not fit its metric.

/// A setting of a goal that does not fit its metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The setting, as it is named among the goal's places.
    pub setting: String,
    /// Why there is no answer, as the rest of “not available, because …”.
    pub why: String,
    /// What to do.
    pub hint: String,
}

impl Misfit {
    /// A setting that does not fit.
    pub(super) fn new(setting: &str, why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), why: why.into(), hint: hint.into() }
    }
}
