//! The contract's versions, side by side: one adapter for each that was ever released.
//!
//! A component says which version it follows by the name of the interface that it exports, as in
//! `termwise:metric/metric@1.0.0`. A released version is never changed and never taken away.

mod v1_0_0;

use wasmtime::component::{Component, ComponentExportIndex, Linker};
use wasmtime::{Engine, Store};

use termwise_metric::{Description, Measurement, Parameters, Table};

use crate::guard::Guarded;

/// The interface's name without its version.
const INTERFACE: &str = "termwise:metric/metric@";

/// Every version that this engine speaks.
pub const VERSIONS: [&str; 1] = ["1.0.0"];

/// A component's functions, by its version of the contract.
pub enum Contract {
    /// `termwise:metric@1.0.0`.
    V1_0_0(v1_0_0::Exports),
}

/// What a component is asked.
pub struct Asked<'a> {
    /// Its description.
    pub description: &'a Description,
    /// Parameters, complete.
    pub parameters: &'a Parameters,
    /// Groups and columns.
    pub table: &'a Table,
}

/// Why a call gave no measurements.
pub enum Failure {
    /// Stopped by the host, or trapped.
    Trap(wasmtime::Error),
    /// Does not fit the contract.
    Unfit(String),
    /// The plugin's own fault.
    Refused(String),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}

impl Contract {
    /// The version that a component follows; else one sentence.
    pub fn of(engine: &Engine, component: &Component) -> Result<Self, String> {
        let kind = component.component_type();
        let exported: Vec<String> = kind.exports(engine).map(|(name, _)| name.to_owned()).collect();
        let versions: Vec<&str> = exported.iter().filter_map(|name| name.strip_prefix(INTERFACE)).collect();
        let find = |version: &str| -> Option<ComponentExportIndex> {
            component.get_export_index(None, format!("{INTERFACE}{version}"))
        };
        match versions.as_slice() {
            [] => Err("it has no interface termwise:metric/metric, so it is not a metric".into()),
            ["1.0.0"] => match find("1.0.0") {
                Some(interface) => Ok(Self::V1_0_0(v1_0_0::exports(component, &interface)?)),
                None => Err("its interface termwise:metric/metric cannot be found".into()),
            },
            [version] if version.len() <= 20 && version.chars().all(|c| c.is_ascii_digit() || c == '.') => {
                Err(format!(
                    "it follows the contract termwise:metric@{version}, and this engine knows {}",
                    VERSIONS.join(", ")
                ))
            }
            _ => Err(format!("it follows no version of the contract that this engine knows ({})", VERSIONS.join(", "))),
        }
    }

    /// The version's number.
    pub fn version(&self) -> &'static str {
        match self {
            Self::V1_0_0(_) => "1.0.0",
        }
    }

    /// Asks the component what it is.
    pub fn describe(
        &self,
        store: &mut Store<Guarded>,
        linker: &Linker<Guarded>,
        component: &Component,
    ) -> Result<Description, Failure> {
        match self {
            Self::V1_0_0(exports) => v1_0_0::describe(store, linker, component, exports),
        }
    }

    /// Asks the component about every group of a table; `each` takes a group's number and what was
    /// found for it, and may say that it cannot be.
    pub fn evaluate(
        &self,
        store: &mut Store<Guarded>,
        linker: &Linker<Guarded>,
        component: &Component,
        asked: &Asked<'_>,
        each: &mut dyn FnMut(usize, Measurement) -> Result<(), String>,
    ) -> Result<(), Failure> {
        match self {
            Self::V1_0_0(exports) => v1_0_0::evaluate(store, linker, component, exports, asked, each),
        }
    }
}
