//! The plugin host: loads pinned components, limits them, calls them.
//!
//! A component gets no import at all: no clock, no files, no network, no randomness. Each call runs
//! in a fresh store with fuel (the deterministic budget), a deadline (the clock), and bounds on
//! memory. Compiled code is loaded from disk only where this host wrote it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store};

use crate::config::PluginLimits;
use crate::problem::nearest;

use super::contract::v1_0_0::{self, Exports, Failure};
use super::guard::{self, Guarded};
use super::lock::{Lock, Locked};
use super::{Description, Measurement, Parameters, Table, Unavailable, cache};

/// Components that come with the engine: file name and bytes. A new one is one line here.
const SHIPPED: [(&str, &[u8]); 2] = [
    ("share-at-or-above.wasm", include_bytes!("../../../plugins/prebuilt/share-at-or-above.wasm")),
    ("matched-growth.wasm", include_bytes!("../../../plugins/prebuilt/matched-growth.wasm")),
];

/// Their lock.
const SHIPPED_LOCK: &str = include_str!("../../../plugins/prebuilt/plugins.lock");

/// Where a component's bytes are.
#[derive(Debug, Clone)]
enum Origin {
    Shipped(&'static [u8]),
    File(PathBuf),
}

/// One usable plugin.
struct Loaded {
    component: Component,
    exports: Exports,
    description: Description,
}

/// The plugins that may run, loaded when they are first asked.
pub struct Plugins {
    engine: Engine,
    linker: Linker<Guarded>,
    limits: PluginLimits,
    cache: PathBuf,
    pinned: BTreeMap<String, (Locked, Origin)>,
    loaded: BTreeMap<String, Result<Loaded, Unavailable>>,
}

impl Plugins {
    /// Reads the lock of the project (`plugins.lock`, components in `plugins/`) over the shipped one.
    /// Nothing is loaded yet; `cache` is where compiled code may be kept.
    pub fn open(root: &Path, cache: &Path, limits: &PluginLimits) -> anyhow::Result<Self> {
        let mut pinned = BTreeMap::new();
        for locked in Lock::parse(SHIPPED_LOCK)?.plugin {
            let bytes = SHIPPED.iter().find(|(file, _)| *file == locked.file).map_or(&[][..], |(_, bytes)| *bytes);
            pinned.insert(locked.name.clone(), (locked, Origin::Shipped(bytes)));
        }
        if let Some(lock) = Lock::read(root)? {
            for locked in lock.plugin {
                let path = root.join("plugins").join(&locked.file);
                pinned.insert(locked.name.clone(), (locked, Origin::File(path)));
            }
        }
        let engine = engine()?;
        let linker = Linker::new(&engine);
        Ok(Self { engine, linker, limits: limits.clone(), cache: cache.to_owned(), pinned, loaded: BTreeMap::new() })
    }

    /// One component of its own, outside any lock: for `plugin check` and `plugin build`.
    pub fn single(name: &str, bytes: Vec<u8>, limits: &PluginLimits) -> anyhow::Result<Self> {
        let engine = engine()?;
        let linker = Linker::new(&engine);
        let mut plugins = Self {
            engine,
            linker,
            limits: limits.clone(),
            cache: PathBuf::new(),
            pinned: BTreeMap::new(),
            loaded: BTreeMap::new(),
        };
        let loaded = plugins.prepare(name, &bytes);
        plugins.loaded.insert(name.to_owned(), loaded);
        Ok(plugins)
    }

    /// What the lock says of each plugin, by name.
    pub fn pinned(&self) -> impl Iterator<Item = &Locked> {
        self.pinned.values().map(|(locked, _)| locked)
    }

    /// What a plugin says of itself.
    pub fn describe(&mut self, name: &str) -> Result<&Description, Unavailable> {
        self.load(name);
        match &self.loaded[name] {
            Ok(loaded) => Ok(&loaded.description),
            Err(why) => Err(why.clone()),
        }
    }

    /// One measurement for each group of the table, or why there are none.
    pub fn evaluate(
        &mut self,
        name: &str,
        parameters: &Parameters,
        table: &Table,
    ) -> Result<Vec<Measurement>, Unavailable> {
        self.load(name);
        let loaded = self.loaded[name].as_ref().map_err(Clone::clone)?;
        for wanted in &loaded.description.columns {
            if !table.columns.iter().any(|c| c.name == wanted.name) {
                let why = format!("it asks for a column “{}” that a goal of this kind does not give", wanted.name);
                return Err(Unavailable::Unfit { name: name.to_owned(), why });
            }
        }
        let rows = u64::from(table.offsets.last().copied().unwrap_or(0));
        let fuel = self.limits.fuel_base.saturating_add(self.limits.fuel_per_row.saturating_mul(rows));
        let mut store = self.store(fuel).map_err(|why| unfit(name, &why))?;
        let parameters = complete(parameters, &loaded.description);
        let found = self.timed(|| {
            v1_0_0::evaluate(
                &mut store,
                &self.linker,
                &loaded.component,
                &loaded.exports,
                (&loaded.description, &parameters, table),
            )
        });
        found.map_err(|failure| self.unavailable(name, failure, &store))
    }

    /// Fuel, in units, that the last evaluation of such a table would be given.
    pub fn limits(&self) -> &PluginLimits {
        &self.limits
    }

    fn load(&mut self, name: &str) {
        if self.loaded.contains_key(name) {
            return;
        }
        let loaded = self
            .bytes(name)
            .and_then(|bytes| self.prepare(name, &bytes))
            .and_then(|loaded| self.granted(name, &loaded.description).map(|()| loaded));
        self.loaded.insert(name.to_owned(), loaded);
    }

    /// Whether the component is the one that the lock speaks of, and wants no more than it grants.
    fn granted(&self, name: &str, description: &Description) -> Result<(), Unavailable> {
        let Some((locked, _)) = self.pinned.get(name) else { return Ok(()) };
        if (&description.id, &description.version) != (&locked.name, &locked.version) {
            let (id, version) = (&description.id, &description.version);
            return Err(unfit(name, &format!("it calls itself {id} {version}, unlike plugins.lock")));
        }
        match description.columns.iter().find(|wanted| !locked.columns.contains(&wanted.name)) {
            Some(wanted) => Err(unfit(
                name,
                &format!("it asks for the column “{}”, which plugins.lock does not grant", wanted.name),
            )),
            None => Ok(()),
        }
    }

    /// The component's bytes, if they are those that the lock names.
    fn bytes(&self, name: &str) -> Result<Vec<u8>, Unavailable> {
        let Some((locked, origin)) = self.pinned.get(name) else {
            let nearest = nearest(name, self.pinned.keys().map(String::as_str)).into_iter().map(str::to_owned);
            return Err(Unavailable::Unknown { name: name.to_owned(), nearest: nearest.collect() });
        };
        let bytes = match origin {
            Origin::Shipped(bytes) => bytes.to_vec(),
            Origin::File(path) => std::fs::read(path)
                .map_err(|_| unfit(name, &format!("its file plugins/{} cannot be read", locked.file)))?,
        };
        if crate::digest::sha256(&bytes) == locked.sha256 {
            Ok(bytes)
        } else {
            Err(Unavailable::Modified(name.to_owned()))
        }
    }

    /// Compiles (or takes from the cache), checks imports and asks for the description.
    fn prepare(&self, name: &str, bytes: &[u8]) -> Result<Loaded, Unavailable> {
        let component = cache::component(&self.engine, &self.cache, bytes)
            .map_err(|_| unfit(name, "it is not a WebAssembly component that this engine can compile"))?;
        let imports: Vec<String> = component
            .component_type()
            .imports(&self.engine)
            .filter(|(_, item)| !types_only(&self.engine, &item.ty))
            .map(|(import, _)| import.to_owned())
            .collect();
        if let Some(import) = imports.first() {
            return Err(unfit(name, &format!("it asks for “{import}”, and a metric may ask for nothing")));
        }
        let exports = v1_0_0::exports(&component).map_err(|why| unfit(name, &why))?;
        let mut store = self.store(self.limits.fuel_base).map_err(|why| unfit(name, &why))?;
        let description = self
            .timed(|| v1_0_0::describe(&mut store, &self.linker, &component, &exports))
            .map_err(|failure| self.unavailable(name, failure, &store))?;
        Ok(Loaded { component, exports, description })
    }

    fn store(&self, fuel: u64) -> Result<Store<Guarded>, String> {
        let mut store = Store::new(&self.engine, Guarded::new(self.limits.memory));
        store.limiter(|guarded| guarded);
        store.set_fuel(fuel).map_err(|_| "it cannot be given fuel".to_owned())?;
        store.set_epoch_deadline(1);
        // What an answer may take up on this side, in bytes.
        store.set_hostcall_fuel(self.limits.output);
        Ok(store)
    }

    /// Runs `call` with a watch that ends the epoch at the deadline.
    fn timed<T>(&self, call: impl FnOnce() -> T) -> T {
        let (done, waiting) = mpsc::channel::<()>();
        let (engine, time) = (self.engine.clone(), self.limits.time);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                if waiting.recv_timeout(time) == Err(mpsc::RecvTimeoutError::Timeout) {
                    engine.increment_epoch();
                }
            });
            let result = call();
            drop(done);
            result
        })
    }

    fn unavailable(&self, name: &str, failure: Failure, store: &Store<Guarded>) -> Unavailable {
        match failure {
            Failure::Unfit(why) => unfit(name, &why),
            Failure::Refused(why) => Unavailable::Refused { name: name.to_owned(), why },
            Failure::Trap(error) => guard::told(name, &error, store.data(), &self.limits),
        }
    }
}

fn unfit(name: &str, why: &str) -> Unavailable {
    Unavailable::Unfit { name: name.to_owned(), why: why.to_owned() }
}

/// The goal's parameters and the plugin's defaults for the others; none that it does not know.
fn complete(given: &Parameters, description: &Description) -> Parameters {
    description
        .parameters
        .iter()
        .filter_map(|(name, default)| {
            let value = given.get(name).cloned().or_else(|| default.map(super::Parameter::Number));
            value.map(|value| (name.clone(), value))
        })
        .collect()
}

/// Whether an import is an interface that only names types (those of the contract).
fn types_only(engine: &Engine, item: &wasmtime::component::types::ComponentItem) -> bool {
    use wasmtime::component::types::ComponentItem;
    match item {
        ComponentItem::ComponentInstance(instance) => {
            instance.exports(engine).all(|(_, export)| matches!(export.ty, ComponentItem::Type(_)))
        }
        ComponentItem::Type(_) => true,
        _ => false,
    }
}

/// The engine's settings: same inputs, same bytes, on every machine.
fn engine() -> anyhow::Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .wasm_backtrace_max_frames(None);
    Engine::new(&config).map_err(|why| anyhow::anyhow!("The plugin engine cannot start: {why}"))
}
