//! The section `[plugins]`: bounds on the division's own metrics, and whose signatures count.

use std::ops::Bound;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use termwise_base::problem::{Place, Problem};

use super::check::{Check, MIB, MOST_MIB};
use super::spot::At;

/// Longest time that a clock is asked to wait, in seconds: eleven days.
const MOST_SECONDS: f64 = 1e6;

/// Bounds on one call of a plugin.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginLimits {
    /// Fuel per call: a base and an amount per row.
    pub fuel_base: u64,
    /// Fuel per row.
    pub fuel_per_row: u64,
    /// Wall-clock time.
    pub time: Duration,
    /// Linear memory, bytes.
    pub memory: usize,
    /// Most bytes of one answer.
    pub output: usize,
    /// Wall-clock time for making machine code of a component, once.
    pub compile_time: Duration,
    /// Memory for it, bytes.
    pub compile_memory: usize,
}

impl Default for PluginLimits {
    fn default() -> Self {
        Self {
            fuel_base: 50_000_000,
            fuel_per_row: 20_000,
            time: Duration::from_secs(10),
            memory: 256 << 20,
            output: 16 << 20,
            // A component with a Python in it (18 MB) takes 20 s on one core, and 400 MB.
            compile_time: Duration::from_secs(120),
            compile_memory: 2 << 30,
        }
    }
}

/// Whose signatures on plugins count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SigningKeys {
    /// minisign public keys, base64 (the second line of a key's file).
    pub keys: Vec<String>,
    /// Whether a division's own plugin must be signed by one of them.
    pub required: bool,
}

/// Bounds on the division's own metrics, and who must have signed them.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Plugins")]
pub(super) struct RawPlugins {
    /// Fuel of a call, whatever its number of rows.
    #[schemars(range(min = 1), extend("default" = PluginLimits::default().fuel_base))]
    fuel_base: Option<At<u64>>,
    /// Fuel for each row.
    #[schemars(extend("default" = PluginLimits::default().fuel_per_row))]
    fuel_per_row: Option<At<u64>>,
    /// Longest time of a call, in seconds.
    #[schemars(extend("exclusiveMinimum" = 0, "default" = PluginLimits::default().time.as_secs()))]
    seconds: Option<At<f64>>,
    /// Most memory of a call, in MiB.
    #[schemars(range(min = 1, max = MOST_MIB), extend("default" = PluginLimits::default().memory as u64 / MIB))]
    memory_mib: Option<At<u64>>,
    /// Largest answer, in MiB.
    #[schemars(range(min = 1, max = MOST_MIB), extend("default" = PluginLimits::default().output as u64 / MIB))]
    output_mib: Option<At<u64>>,
    /// Longest time to compile a component, in seconds.
    #[schemars(extend("exclusiveMinimum" = 0, "default" = PluginLimits::default().compile_time.as_secs()))]
    compile_seconds: Option<At<f64>>,
    /// Most memory to compile a component, in MiB.
    #[schemars(range(min = 1, max = MOST_MIB), extend("default" = PluginLimits::default().compile_memory as u64 / MIB))]
    compile_memory_mib: Option<At<u64>>,
    /// Public keys of minisign whose signatures count: the second line of each key's file.
    #[serde(default)]
    trusted_keys: Vec<At<String>>,
    /// Whether each plugin of your own must be signed with one of them.
    #[serde(default)]
    require_signature: bool,
}

impl Check<'_> {
    pub(super) fn signing_keys(&mut self, raw: &RawPlugins) -> SigningKeys {
        for key in &raw.trusted_keys {
            if minisign_verify::PublicKey::from_base64(key.get_ref()).is_err() {
                self.fault(
                    key.span(),
                    "This is not a minisign public key.",
                    "Copy the second line of the key's file, as in minisign.pub: 56 letters that begin with RW.",
                );
            }
        }
        if raw.require_signature && raw.trusted_keys.is_empty() {
            self.problems.push(
                Problem::error("`require-signature` is set, but no key is trusted, so no plugin could run.")
                    .at(Place::file("termwise.toml"))
                    .hint("Add `trusted-keys = [\"RW…\"]` under [plugins]."),
            );
        }
        let keys = raw.trusted_keys.iter().map(|key| key.get_ref().clone()).collect();
        SigningKeys { keys, required: raw.require_signature }
    }

    pub(super) fn plugin_limits(&mut self, raw: &RawPlugins) -> PluginLimits {
        let default = PluginLimits::default();
        PluginLimits {
            fuel_base: self.count(raw.fuel_base.as_deref(), "fuel-base").unwrap_or(default.fuel_base),
            fuel_per_row: raw.fuel_per_row.as_ref().map_or(default.fuel_per_row, |fuel| *fuel.get_ref()),
            time: self.duration(raw.seconds.as_ref(), "seconds").unwrap_or(default.time),
            memory: self.size(raw.memory_mib.as_ref(), "memory-mib").unwrap_or(default.memory),
            output: self.size(raw.output_mib.as_ref(), "output-mib").unwrap_or(default.output),
            compile_time: self
                .duration(raw.compile_seconds.as_ref(), "compile-seconds")
                .unwrap_or(default.compile_time),
            compile_memory: self
                .size(raw.compile_memory_mib.as_ref(), "compile-memory-mib")
                .unwrap_or(default.compile_memory),
        }
    }

    fn size(&mut self, value: Option<&At<u64>>, name: &str) -> Option<usize> {
        self.bytes(value.map(|value| &**value), name).and_then(|bytes| usize::try_from(bytes).ok())
    }

    /// A length of time that a clock can wait for.
    fn duration(&mut self, value: Option<&At<f64>>, name: &str) -> Option<Duration> {
        let above_zero = (Bound::Excluded(0.0), Bound::Included(MOST_SECONDS));
        let seconds = self.number(value?, name, above_zero, "a number of seconds above 0, as in 10 or 0.5")?;
        Some(Duration::from_secs_f64(seconds))
    }
}
