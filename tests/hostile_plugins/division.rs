//! A copy of the sample division with plugins that somebody sent it, through the real binary.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

use termwise_base::digest::sha256;
use termwise_plugins::lock::{Lock, Locked};

/// The goals that tests give a hostile metric, with the files they stand in. Each of another school,
/// and each of one measure.
pub const GOALS: [(&str, &str); 3] =
    [("bh-reading-1", "blue-heron-literacy"), ("sb-screener-78", "saskatoon-berry"), ("wb-reading", "willow-bend")];

/// A copy of the sample division.
pub struct Division {
    folder: tempfile::TempDir,
    /// Goals that a metric of its own computes.
    given: RefCell<BTreeSet<String>>,
}

impl Division {
    /// The division as it is.
    pub fn new() -> Self {
        let folder = crate::common::sample();
        std::fs::create_dir(folder.path().join("plugins")).expect("a folder");
        Self { folder, given: RefCell::default() }
    }

    /// A place in it.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// Adds to `termwise.toml`.
    pub fn set(&self, text: &str) {
        let file = self.path("termwise.toml");
        let settings = std::fs::read_to_string(&file).expect("the settings");
        std::fs::write(file, format!("{settings}\n{text}\n")).expect("the settings");
    }

    /// Puts a component into the division and pins it, granted what a hand-made component asks for;
    /// `change` may change the entry.
    pub fn pin(&self, name: &str, bytes: &[u8], change: impl FnOnce(&mut Locked)) {
        let mut lock = Lock::read(self.folder.path()).expect("a lock").unwrap_or_default();
        let mut locked = Locked {
            name: name.into(),
            version: "1.0.0".into(),
            contract: "1.0.0".into(),
            file: format!("{name}.wasm"),
            sha256: sha256(bytes),
            sources: None,
            columns: ["class@now", "value@now"].map(str::to_owned).into(),
            fuel: None,
            rehearsal: None,
        };
        std::fs::write(self.path("plugins").join(&locked.file), bytes).expect("the component");
        change(&mut locked);
        lock.put(locked);
        lock.write(self.folder.path()).expect("the lock");
    }

    /// Lets a metric compute one of [`GOALS`]; `parameters` are those of an inline table.
    pub fn give(&self, goal: &str, metric: &str, parameters: &str) {
        self.given.borrow_mut().insert(goal.to_owned());
        let (_, file) = GOALS.iter().find(|(id, _)| *id == goal).expect("one of the goals");
        let file = self.path(&format!("goals/{file}.toml"));
        let text = std::fs::read_to_string(&file).expect("the goals");
        let (before, rest) = text.split_once(&format!("id = \"{goal}\"")).expect("the goal");
        let kind = format!("kind = \"metric\"\nmetric = \"{metric}\"\nparameters = {{ {parameters} }}");
        let rest = rest.replacen("kind = \"share\"", &kind, 1);
        std::fs::write(file, format!("{before}id = \"{goal}\"{rest}")).expect("the goals");
    }

    /// Runs the program in the division.
    pub fn termwise(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_termwise"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .output()
            .expect("termwise starts")
    }

    /// Reads and judges: what the run told of each goal that is not available. Verdicts of the goals
    /// without a metric of the division's own are those of a division that has none.
    pub fn told(&self) -> BTreeMap<String, String> {
        let outcome = self.outcome(&["run", "--dry-run"]);
        // What is not available in the sample itself, for reasons of its own.
        let own: BTreeSet<&str> = rows(usual())
            .filter(|row| row["verdict"] == "not-available")
            .map(|row| row["goal"].as_str().expect("a goal"))
            .collect();
        let mut told = BTreeMap::new();
        for problem in outcome["problems"].as_array().expect("problems") {
            let message = problem["message"].as_str().expect("a message");
            let Some(rest) = message.strip_prefix("The goal “") else { continue };
            let Some((goal, why)) = rest.split_once("” is not available, because ") else { continue };
            assert_eq!(problem["severity"], "warning", "{message}");
            if own.contains(goal) {
                continue;
            }
            told.insert(goal.to_owned(), why.to_owned());
        }
        let others = |outcome: &Value| -> Vec<Value> {
            let rows = outcome["verdicts"].as_array().expect("verdicts").iter();
            rows.filter(|row| !self.given.borrow().contains(row["goal"].as_str().expect("a goal"))).cloned().collect()
        };
        assert_eq!(others(&outcome), others(usual()), "other goals changed");
        for row in rows(&outcome).filter(|row| !own.contains(row["goal"].as_str().expect("a goal"))) {
            let lost = told.contains_key(row["goal"].as_str().expect("a goal"));
            assert_eq!(row["verdict"] == "not-available", lost, "{row}");
        }
        told
    }

    /// What a run says of itself; it must have come to its end.
    pub fn outcome(&self, arguments: &[&str]) -> Value {
        let output = self.termwise(&[arguments, &["--as-of", "2026-04-15", "--json"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON on stdout")
    }
}

fn rows(outcome: &Value) -> impl Iterator<Item = &Value> {
    outcome["verdicts"].as_array().expect("verdicts").iter()
}

/// A run without plugins of the division's own.
pub fn usual() -> &'static Value {
    static USUAL: OnceLock<Value> = OnceLock::new();
    USUAL.get_or_init(|| Division::new().outcome(&["run", "--dry-run"]))
}
