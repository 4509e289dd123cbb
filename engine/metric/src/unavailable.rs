//! Why a metric has no answer, in words that name the plugin and, where one was met, the limit.

use std::fmt;

/// Why a metric has no answer; told as “not available, because …”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// The plugin, as goals name it.
    pub plugin: String,
    /// The metric's title, where the plugin got so far as to say it.
    pub metric: Option<String>,
    /// What happened.
    pub cause: Cause,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// No such plugin in `plugins.lock`; nearest names.
    Unknown(Vec<String>),
    /// The component's bytes are not those that the lock names.
    Modified,
    /// The lock does not grant what it asks for: one sentence.
    NotGranted(String),
    /// Its signature does not do: one sentence.
    Untrusted(String),
    /// It cannot be loaded or does not follow the contract: one sentence.
    Unfit(String),
    /// It was stopped at a limit.
    Stopped(Limit),
    /// It answered with an error of its own: one sentence.
    Refused(String),
    /// It is tried out and not for this audience yet: how far it is.
    Rehearsal(String),
}

/// A limit that a call or a component ran into, as it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Units of computing (Wasmtime’s fuel).
    Fuel(u64),
    /// Milliseconds of one call.
    Time(u128),
    /// Bytes of linear memory.
    Memory(usize),
    /// Entries of a table.
    Table(usize),
    /// Bytes of an answer.
    Output(usize),
    /// Bytes of stack.
    Stack(usize),
    /// How many memories, tables or instances a component may be made of.
    Parts(usize),
    /// Milliseconds for compiling it.
    CompileTime(u128),
    /// Bytes of memory for compiling it.
    CompileMemory(usize),
}

impl Unavailable {
    /// A plugin without an answer.
    pub fn new(plugin: &str, cause: Cause) -> Self {
        Self { plugin: plugin.to_owned(), metric: None, cause }
    }

    /// It cannot be loaded or does not follow the contract.
    pub fn unfit(plugin: &str, why: impl Into<String>) -> Self {
        Self::new(plugin, Cause::Unfit(why.into()))
    }
}

impl Unavailable {
    /// The cause without the plugin's name, as the rest of a sentence: for a component that has none
    /// yet.
    pub fn cause_alone(&self) -> String {
        match &self.cause {
            Cause::NotGranted(why)
            | Cause::Untrusted(why)
            | Cause::Unfit(why)
            | Cause::Refused(why)
            | Cause::Rehearsal(why) => why.clone(),
            Cause::Stopped(limit) => limit.to_string(),
            Cause::Unknown(_) | Cause::Modified => self.to_string(),
        }
    }
}

impl std::error::Error for Unavailable {}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plugin “{}”", self.plugin)?;
        if let Some(metric) = &self.metric {
            write!(f, " (metric “{metric}”)")?;
        }
        match &self.cause {
            Cause::Unknown(nearest) if nearest.is_empty() => write!(f, " is not in plugins.lock"),
            Cause::Unknown(nearest) => {
                write!(f, " is not in plugins.lock (did you mean {}?)", nearest.join(", "))
            }
            Cause::Modified => write!(f, " is not the one that plugins.lock names (its digest differs)"),
            Cause::NotGranted(why) | Cause::Untrusted(why) | Cause::Unfit(why) => {
                write!(f, " cannot be used: {why}")
            }
            Cause::Stopped(limit) => write!(f, " was stopped: {limit}"),
            Cause::Refused(why) => write!(f, " gave no answer: {why}"),
            Cause::Rehearsal(how_far) => write!(f, " is in rehearsal ({how_far})"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |bytes: &usize| bytes >> 20;
        match self {
            Self::Fuel(units) => write!(f, "it needed more than its fuel budget of {units} units"),
            Self::Time(milliseconds) => write!(f, "it took longer than {} seconds", *milliseconds as f64 / 1000.0),
            Self::Memory(bytes) => write!(f, "it asked for more than {} MiB of memory", mebibytes(bytes)),
            Self::Table(entries) => write!(f, "it asked for a table of more than {entries} entries"),
            Self::Output(bytes) => write!(f, "its answer is larger than {} MiB", mebibytes(bytes)),
            Self::Parts(most) => write!(f, "it is made of more than {most} memories, tables or instances"),
            Self::CompileTime(milliseconds) => {
                write!(f, "compiling it took longer than {} seconds", *milliseconds as f64 / 1000.0)
            }
            Self::CompileMemory(bytes) => {
                write!(f, "compiling it needed more than {} MiB of memory", mebibytes(bytes))
            }
            Self::Stack(bytes) => write!(f, "its calls went deeper than its stack of {} kB allows", bytes >> 10),
        }
    }
}
