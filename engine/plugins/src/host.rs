//! The plugin host: loads pinned components, limits them, calls them.
//!
//! A component gets no import at all: no clock, no files, no network, no randomness. Each call runs
//! in a fresh store with fuel (the deterministic budget), a deadline (the clock), and bounds on
//! memory. Compiled code is loaded from disk only where this host wrote it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use termwise_base::digest::sha256;
use termwise_base::helper;
use termwise_base::private;
use termwise_base::problem::nearest;
use termwise_config::{PluginLimits, SigningKeys};

use termwise_metric::{Cause, Description, Measurement, Parameters, Table, Unavailable};

use crate::contract::{Asked, Contract, Failure};
use crate::guard::{self, Guarded};
use crate::lock::{Lock, Locked};
use crate::trust::{self, State};
use crate::{answer, cache, compile, describe, steady};

mod shipped;

/// Largest component, in bytes.
const LARGEST: usize = 64 << 20;

/// Where a component's bytes are.
#[derive(Debug, Clone)]
enum Origin {
    Shipped(&'static [u8]),
    File(PathBuf),
}

/// Which of the components of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    /// The one that reports are made with.
    Current,
    /// The one in rehearsal.
    Trial,
}

/// One usable plugin.
struct Loaded {
    component: Component,
    contract: Contract,
    description: Description,
    /// How many times the usual fuel it gets.
    fuel: u64,
    state: State,
}

/// What a call cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Units of fuel used, and given.
    pub fuel: (u64, u64),
    /// Wall-clock time.
    pub time: Duration,
    /// Most linear memory, in bytes.
    pub memory: usize,
}

/// The plugins that may run, loaded when they are first asked.
pub struct Plugins {
    engine: Engine,
    linker: Linker<Guarded>,
    limits: PluginLimits,
    keys: SigningKeys,
    cache: PathBuf,
    shipped: BTreeMap<String, (Locked, Origin)>,
    /// Which program compiles; none: this process.
    compiler: Option<PathBuf>,
    pinned: BTreeMap<(String, Release), (Locked, Origin)>,
    loaded: BTreeMap<(String, Release), Result<Loaded, Unavailable>>,
    cost: Cost,
}

impl Plugins {
    /// Reads the lock of the project (`plugins.lock`, components in `plugins/`) over the shipped one.
    /// Nothing is loaded yet; `cache` is where compiled code may be kept.
    pub fn open(root: &Path, cache: &Path, limits: &PluginLimits, keys: &SigningKeys) -> anyhow::Result<Self> {
        let shipped: BTreeMap<String, (Locked, Origin)> = shipped::all()?
            .into_iter()
            .map(|(locked, bytes)| (locked.name.clone(), (locked, Origin::Shipped(bytes))))
            .collect();
        let mut pinned: BTreeMap<(String, Release), (Locked, Origin)> =
            shipped.iter().map(|(name, entry)| ((name.clone(), Release::Current), entry.clone())).collect();
        for locked in Lock::read(root)?.unwrap_or_default().plugin {
            let path = root.join("plugins").join(&locked.file);
            let release = if locked.rehearsal.is_some() { Release::Trial } else { Release::Current };
            pinned.insert((locked.name.clone(), release), (locked, Origin::File(path)));
        }
        let mut plugins = Self::empty(limits)?;
        plugins.cache = cache.to_owned();
        plugins.keys = keys.clone();
        plugins.pinned = pinned;
        plugins.shipped = shipped;
        Ok(plugins)
    }

    /// The plugins of a project as its configuration has them, with its cache.
    pub fn of_project(project: &termwise_config::Project) -> anyhow::Result<Self> {
        let cache = private::place(&project.root, "cache");
        let plugins = Self::open(&project.root, &cache, &project.plugin_limits, &project.signing_keys)?;
        Ok(plugins.compiled_by(helper::this_program()?))
    }

    /// The same, with another process to compile components: a further one of `program`, which must
    /// know `compile-worker`. Only then are time and memory for compiling bounded.
    #[must_use]
    pub fn compiled_by(mut self, program: PathBuf) -> Self {
        self.compiler = Some(program);
        self
    }

    /// One component of its own, outside any lock: for `plugin check`, `test`, `bench` and `build`.
    pub fn single(name: &str, bytes: &[u8], fuel: u32, limits: &PluginLimits) -> anyhow::Result<Self> {
        let mut plugins = Self::empty(limits)?;
        plugins.put(name, Release::Current, bytes, fuel);
        Ok(plugins)
    }

    /// No plugin yet, with a cache: for measuring how long one takes to load.
    pub fn cached(cache: &Path, limits: &PluginLimits) -> anyhow::Result<Self> {
        Ok(Self { cache: cache.to_owned(), ..Self::empty(limits)? })
    }

    fn empty(limits: &PluginLimits) -> anyhow::Result<Self> {
        let engine = compile::engine()?;
        Ok(Self {
            linker: Linker::new(&engine),
            engine,
            limits: limits.clone(),
            keys: SigningKeys::default(),
            cache: PathBuf::new(),
            shipped: BTreeMap::new(),
            compiler: None,
            pinned: BTreeMap::new(),
            loaded: BTreeMap::new(),
            cost: Cost::default(),
        })
    }

    /// The same for a component that nobody here has built, with another process of `program` to
    /// compile it.
    pub fn stranger(
        program: &Path,
        name: &str,
        bytes: &[u8],
        fuel: u32,
        limits: &PluginLimits,
    ) -> anyhow::Result<Self> {
        let mut plugins = Self::empty(limits)?.compiled_by(program.to_owned());
        plugins.put(name, Release::Current, bytes, fuel);
        Ok(plugins)
    }

    /// Puts a component in the place of one that is pinned: for comparing versions.
    pub fn put(&mut self, name: &str, release: Release, bytes: &[u8], fuel: u32) {
        let loaded = self.prepare(name, bytes, &sha256(bytes), u64::from(fuel), State::Pinned);
        self.loaded.insert((name.to_owned(), release), loaded);
    }

    /// What the lock says of each plugin, by name.
    pub fn pinned(&self) -> impl Iterator<Item = (&Locked, Release)> {
        self.pinned.iter().map(|((_, release), (locked, _))| (locked, *release))
    }

    /// Takes back to rehearsal what plugins.lock calls ready although it was being rehearsed and not
    /// promoted to the end: `rehearsed` says so of a component's digest, with its number of periods.
    pub fn take_back(&mut self, rehearsed: impl Fn(&str) -> Option<u32>) {
        let early: Vec<(String, u32)> = self
            .pinned
            .iter()
            .filter(|((_, release), _)| *release == Release::Current)
            .filter_map(|((name, _), (locked, _))| rehearsed(&locked.sha256).map(|cycles| (name.clone(), cycles)))
            .collect();
        for (name, cycles) in early {
            if let Some((mut locked, origin)) = self.pinned.remove(&(name.clone(), Release::Current)) {
                locked.rehearsal = Some(cycles);
                // What came with the engine stands in until then.
                if let Some(shipped) = self.shipped.get(&name) {
                    self.pinned.insert((name.clone(), Release::Current), shipped.clone());
                }
                self.pinned.insert((name, Release::Trial), (locked, origin));
            }
        }
    }

    /// Whether there is a component of this name in this release.
    pub fn has(&self, name: &str, release: Release) -> bool {
        self.pinned.contains_key(&(name.to_owned(), release))
    }

    /// Whether a component came with the engine.
    pub fn is_shipped(&self, name: &str, release: Release) -> bool {
        self.pinned.get(&(name.to_owned(), release)).is_some_and(|(_, origin)| matches!(origin, Origin::Shipped(_)))
    }

    /// How a component stands: pinned, signed … ; or why it does not run.
    pub fn state(&mut self, name: &str, release: Release) -> Result<State, Unavailable> {
        self.load(name, release).map(|loaded| loaded.state)
    }

    /// What a plugin says of itself.
    pub fn describe(&mut self, name: &str, release: Release) -> Result<&Description, Unavailable> {
        self.load(name, release).map(|loaded| &loaded.description)
    }

    /// The version of the contract that a plugin follows.
    pub fn contract(&mut self, name: &str, release: Release) -> Result<&'static str, Unavailable> {
        self.load(name, release).map(|loaded| loaded.contract.version())
    }

    /// One measurement for each group of the table, or why there are none.
    pub fn evaluate(
        &mut self,
        name: &str,
        release: Release,
        parameters: &Parameters,
        table: &Table,
    ) -> Result<Vec<Measurement>, Unavailable> {
        self.load(name, release)?;
        let loaded = self.loaded[&(name.to_owned(), release)].as_ref().map_err(Clone::clone)?;
        let description = &loaded.description;
        let title = Some(termwise_metric::english(&description.title).to_owned());
        let unavailable = |cause| Unavailable { plugin: name.to_owned(), metric: title.clone(), cause };
        let parameters = description.parameters.complete(parameters).map_err(|why| unavailable(Cause::Refused(why)))?;
        let rows = u64::from(table.rows());
        let usual = self.limits.fuel_base.saturating_add(self.limits.fuel_per_row.saturating_mul(rows));
        let fuel = usual.saturating_mul(loaded.fuel);
        let mut store = self.store(fuel).map_err(|why| unavailable(Cause::Unfit(why)))?;
        let asked = Asked { description, parameters: &parameters, table };
        let mut found = Vec::with_capacity(table.groups());
        let mut each = |group: usize, one: Measurement| {
            let rows = table.offsets[group + 1] - table.offsets[group];
            answer::check(&one, description, rows, &table.scales)?;
            found.push(one);
            Ok(())
        };
        let begun = Instant::now();
        let done =
            self.timed(|| loaded.contract.evaluate(&mut store, &self.linker, &loaded.component, &asked, &mut each));
        let left = store.get_fuel().unwrap_or(0);
        let cost = Cost { fuel: (fuel - left.min(fuel), fuel), time: begun.elapsed(), memory: store.data().used };
        let done = done.map_err(|failure| unavailable(self.cause(failure, &store, fuel)));
        self.cost = cost;
        done.map(|()| found)
    }

    /// What the last evaluation cost.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    fn load(&mut self, name: &str, release: Release) -> Result<&Loaded, Unavailable> {
        let key = (name.to_owned(), release);
        if !self.loaded.contains_key(&key) {
            let loaded = self.find(&key);
            self.loaded.insert(key.clone(), loaded);
        }
        self.loaded[&key].as_ref().map_err(Clone::clone)
    }

    /// The component of a pinned name, if its bytes and its grant are those of the lock.
    fn find(&self, key: &(String, Release)) -> Result<Loaded, Unavailable> {
        let (name, _) = key;
        let Some((locked, origin)) = self.pinned.get(key) else {
            if self.has(name, Release::Trial) {
                let how_far = "no earlier version is pinned for this audience".to_owned();
                return Err(Unavailable::new(name, Cause::Rehearsal(how_far)));
            }
            let known = self.pinned.keys().map(|(name, _)| name.as_str());
            let nearest = nearest(name, known).into_iter().map(str::to_owned).collect();
            return Err(Unavailable::new(name, Cause::Unknown(nearest)));
        };
        let told = |cause| Unavailable::new(name, cause);
        let (bytes, state) = match origin {
            Origin::Shipped(bytes) => {
                let judged = trust::judge(locked, bytes, None, &SigningKeys::default()).map_err(told)?;
                (bytes.to_vec(), judged)
            }
            Origin::File(path) => {
                let bytes = read(path)
                    .map_err(|why| Unavailable::unfit(name, format!("its file plugins/{} {why}", locked.file)))?;
                let signature = signature(path).map_err(|why| Unavailable::unfit(name, why))?;
                let state = trust::judge(locked, &bytes, signature.as_deref(), &self.keys).map_err(told)?;
                (bytes, state)
            }
        };
        // The digest is the one of the lock: that was checked just now.
        let loaded = self.prepare(name, &bytes, &locked.sha256, u64::from(locked.fuel.unwrap_or(1)), state)?;
        trust::grant(locked, &loaded.description, loaded.contract.version()).map_err(told)?;
        Ok(loaded)
    }

    /// Compiles (or takes from the cache), checks imports and asks for the description.
    fn prepare(&self, name: &str, bytes: &[u8], sha256: &str, fuel: u64, state: State) -> Result<Loaded, Unavailable> {
        let unfit = |why: String| Unavailable::unfit(name, why);
        if bytes.len() > LARGEST {
            return Err(unfit(format!("it is larger than {} MiB", LARGEST >> 20)));
        }
        let compile = || compile::compiled(&self.engine, self.compiler.as_deref(), bytes, &self.limits);
        let component = cache::component(&self.engine, &self.cache, sha256, compile)
            .map_err(|cause| Unavailable::new(name, cause))?;
        let kind = component.component_type();
        let import = kind.imports(&self.engine).find(|(_, item)| !types_only(&self.engine, &item.ty));
        if let Some((import, _)) = import {
            return Err(unfit(format!("it asks for “{}”, and a metric may ask for nothing", plain(import))));
        }
        let contract = Contract::of(&self.engine, &component).map_err(unfit)?;
        let budget = self.limits.fuel_base.saturating_mul(fuel);
        let mut store = self.store(budget).map_err(unfit)?;
        let description = self
            .timed(|| contract.describe(&mut store, &self.linker, &component))
            .map_err(|failure| Unavailable::new(name, self.cause(failure, &store, budget)))?;
        describe::check(&description).map_err(unfit)?;
        Ok(Loaded { component, contract, description, fuel, state })
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

    fn cause(&self, failure: Failure, store: &Store<Guarded>, fuel: u64) -> Cause {
        match failure {
            Failure::Unfit(why) => Cause::Unfit(why),
            Failure::Refused(why) => Cause::Refused(why),
            Failure::Trap(error) => guard::told(&error, store.data(), &self.limits, fuel),
        }
    }
}

/// The plugins in one of their releases, for a goal's questions.
pub struct OfRelease<'a> {
    /// The plugins.
    pub plugins: &'a mut Plugins,
    /// Which of them.
    pub release: Release,
}

impl termwise_metric::Metrics for OfRelease<'_> {
    fn describe(&mut self, name: &str) -> Result<Description, Unavailable> {
        self.plugins.describe(name, self.release).cloned()
    }

    fn evaluate(
        &mut self,
        name: &str,
        parameters: &Parameters,
        table: &Table,
    ) -> Result<Vec<Measurement>, Unavailable> {
        // Asked twice: an order that nobody can see must not decide what a report says.
        let found = self.plugins.evaluate(name, self.release, parameters, table)?;
        let again = self.plugins.evaluate(name, self.release, parameters, &steady::turned(table))?;
        if steady::same(&found, &again) {
            return Ok(found);
        }
        let metric = Some(termwise_metric::english(&self.plugins.describe(name, self.release)?.title).to_owned());
        Err(Unavailable { plugin: name.to_owned(), metric, cause: Cause::Unfit(steady::UNSTEADY.to_owned()) })
    }
}

/// A file's bytes; else the rest of a sentence. Only as many as a component may have are read,
/// whatever the file says of its size, and nothing is read from a pipe or a device.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let unread = |_| "cannot be read".to_owned();
    if !path.is_file() {
        return Err("is not there".to_owned());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() > LARGEST {
        return Err(format!("is larger than {} MiB", LARGEST >> 20));
    }
    Ok(bytes)
}

/// The text of the signature beside a component, if there is one; else the rest of a sentence.
fn signature(component: &Path) -> Result<Option<String>, String> {
    let path = trust::signature_path(component);
    if !path.exists() {
        return Ok(None);
    }
    let bytes = read(&path).map_err(|why| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        format!("its signature plugins/{name} {why}")
    })?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The beginning of a name that a component chose, fit to be printed.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic()).take(80).collect()
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
