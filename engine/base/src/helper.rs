//! Further processes of this program that do one kind of work, order by order.
//!
//! Comes in: a hidden subcommand and orders. Goes out: answers, one line of JSON each. A process of its
//! own, because a template may loop and a hostile spreadsheet may eat memory: then only this process
//! ends, and the run goes on.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Longest time from starting a helper to its first sign of life. Generous: a cold disk and a virus
/// scanner may stand between.
const START: Duration = Duration::from_secs(60);

/// Most bytes of a helper's stderr that are kept: enough to see why it ended.
const LAST_WORDS: u64 = 64 << 10;

/// What a helper says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said<A> {
    /// It is prepared; the clock of the first order may start.
    Ready,
    /// The answer to an order.
    Answer(A),
}

/// Why a helper gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The time for the order is over.
    TooSlow,
    /// The process ended.
    Ended,
}

/// Why a helper's process ended, as far as its last words tell. They are not passed on, because they
/// could quote a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It needed more memory than it may have.
    Memory,
    /// Its work was nested too deeply.
    Stack,
    /// Nobody knows.
    Unknown,
}

/// The program that is running, to be started again.
pub fn this_program() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    // A Linux program replaced by its update while it serves is gone from its path, but not from here.
    let running = Path::new("/proc/self/exe");
    Ok(if !program.exists() && running.exists() { running.to_owned() } else { program })
}

/// One helper process that takes orders `O` and gives answers `A`.
pub struct Helper<O, A> {
    process: Child,
    /// Taken away to end the helper.
    orders: Option<ChildStdin>,
    answers: mpsc::Receiver<A>,
    last_words: Option<thread::JoinHandle<String>>,
    takes: PhantomData<fn(O)>,
}

impl<O: Serialize, A: DeserializeOwned + Send + 'static> Helper<O, A> {
    /// Starts `program` with a subcommand and waits until it is prepared; the error is one clause.
    pub fn start(program: &Path, arguments: &[OsString]) -> Result<Self, String> {
        let mut process = Command::new(program)
            .args(arguments)
            // A panic in a helper is told by its exit; a backtrace would only take time.
            .env("RUST_BACKTRACE", "0")
            .env("RAYON_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let orders = process.stdin.take();
        let stdout = process.stdout.take().ok_or("it has no output")?;
        let stderr = process.stderr.take().ok_or("it has no error output")?;
        let (ready, prepared) = mpsc::channel();
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let heard = match line.ok().and_then(|line| serde_json::from_str(&line).ok()) {
                    Some(Said::Ready) => ready.send(()).is_ok(),
                    Some(Said::Answer(answer)) => sender.send(answer).is_ok(),
                    None => false,
                };
                if !heard {
                    break;
                }
            }
        });
        let last_words = thread::spawn(move || {
            let mut stderr = BufReader::new(stderr);
            let mut words = Vec::new();
            let _ = stderr.by_ref().take(LAST_WORDS).read_to_end(&mut words);
            // Read on, so that a helper that says much is not held up.
            let _ = io::copy(&mut stderr, &mut io::sink());
            String::from_utf8_lossy(&words).into_owned()
        });
        let helper = Self { process, orders, answers, last_words: Some(last_words), takes: PhantomData };
        match prepared.recv_timeout(START) {
            Ok(()) => Ok(helper),
            Err(_) => Err("it did not start".to_owned()),
        }
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Gives an order and waits for the answer.
    pub fn ask(&mut self, order: &O, deadline: Duration) -> Result<A, Lost> {
        let mut line = serde_json::to_vec(order).map_err(|_| Lost::Ended)?;
        line.push(b'\n');
        let orders = self.orders.as_mut().ok_or(Lost::Ended)?;
        orders.write_all(&line).and_then(|()| orders.flush()).map_err(|_| Lost::Ended)?;
        self.answers.recv_timeout(deadline).map_err(|error| match error {
            mpsc::RecvTimeoutError::Timeout => Lost::TooSlow,
            mpsc::RecvTimeoutError::Disconnected => Lost::Ended,
        })
    }

    /// Ends the helper.
    pub fn end(mut self) -> End {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let words = self.last_words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        // Rust's own word, and that of WebAssembly's compiler.
        if words.contains("memory allocation") || words.contains("out of memory") {
            End::Memory
        } else if words.contains("overflowed its stack") {
            End::Stack
        } else {
            End::Unknown
        }
    }
}

impl<O, A> Drop for Helper<O, A> {
    /// Closes stdin, which ends an idle helper, and leaves no process behind.
    fn drop(&mut self) {
        drop(self.orders.take());
        if self.last_words.is_none() {
            return;
        }
        let _ = self.process.wait();
    }
}

/// The helper's side: answers the orders on stdin until it ends. `prepare` makes what the work needs.
pub fn serve<O, A, W>(
    memory: u64,
    stack: usize,
    prepare: impl FnOnce() -> W + Send,
    mut work: impl FnMut(&W, O) -> A + Send,
) -> anyhow::Result<()>
where
    O: DeserializeOwned,
    A: Serialize,
{
    // Ctrl-C and a service manager's stop reach the whole family of processes. The parent decides
    // whether the work in hand is finished; it closes stdin when it is done.
    ctrlc::set_handler(|| {}).context("the helper cannot ignore interrupts")?;
    limit_memory(memory);
    let orders = read_orders();
    let bench = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .stack_size(stack)
        .build()
        .context("the helper cannot start its thread")?;
    bench.install(move || {
        let tools = prepare();
        let mut out = io::BufWriter::new(io::stdout().lock());
        say(&mut out, &Said::<A>::Ready)?;
        for line in orders {
            let order: O = serde_json::from_str(&line).context("the helper got an order that it cannot read")?;
            say(&mut out, &Said::Answer(work(&tools, order)))?;
        }
        Ok(())
    })
}

/// Lines of stdin. The end of stdin ends the process even in the middle of its work: a template that
/// loops must not outlive the run that asked for it. The parent closes stdin only when nothing is due.
fn read_orders() -> mpsc::Receiver<String> {
    let (sender, orders) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if sender.send(line).is_err() {
                break;
            }
        }
        process::exit(0);
    });
    orders
}

fn say<A: Serialize>(out: &mut impl Write, said: &Said<A>) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, said)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// Bounds the address space of this process. Elsewhere than on Linux there is no such bound that std
/// offers; the deadline still holds.
fn limit_memory(bytes: u64) {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        // A tighter limit of the surroundings stays.
        let hard = getrlimit(Resource::RLIMIT_AS).map_or(bytes, |(_, hard)| hard.min(bytes));
        let _ = setrlimit(Resource::RLIMIT_AS, hard, hard);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = bytes;
}
