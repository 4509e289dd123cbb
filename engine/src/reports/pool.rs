//! Typesets many reports in worker processes.
//!
//! Comes in: [`Job`]s. Goes out: a result for each, in the jobs' order whatever the timing. A report
//! that takes too long or breaks its worker costs that report only; a new worker takes the next one.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, thread};

use super::templates::TemplateRoots;
use super::typeset::{Job, Typeset};
use super::worker::{Answer, Order, temporary_prefix};
use crate::problem::{Place, Problem};

/// Longest time from starting a worker to its first sign of life. Generous: a cold disk and a virus
/// scanner may stand between.
const START: Duration = Duration::from_secs(60);

/// Most bytes of a worker's stderr that are kept: enough to see why it ended.
const LAST_WORDS: u64 = 64 << 10;

/// The program and the subcommand that make a worker.
#[derive(Debug, Clone)]
pub struct Workshop {
    program: PathBuf,
}

impl Workshop {
    /// Workers are further processes of the program that is running.
    pub fn this_program() -> std::io::Result<Self> {
        let program = std::env::current_exe()?;
        // A Linux program replaced by its update while it serves is gone from its path, but not
        // from here.
        let running = Path::new("/proc/self/exe");
        let program = if !program.exists() && running.exists() { running.to_owned() } else { program };
        Ok(Self { program })
    }

    /// Workers are processes of another program, which must know `typeset-worker`.
    pub fn program(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// Typesets all `jobs` on `workers` processes, each report within `deadline`.
    pub fn typeset(
        &self,
        jobs: &[Job],
        templates: &TemplateRoots,
        workers: usize,
        deadline: Duration,
        progress: &mut dyn FnMut(&Job),
    ) -> Vec<Result<Typeset, Problem>> {
        let next = AtomicUsize::new(0);
        let (sender, finished) = mpsc::channel();
        let mut results: Vec<Option<Result<Typeset, Problem>>> = jobs.iter().map(|_| None).collect();
        thread::scope(|scope| {
            for _ in 0..workers.clamp(1, jobs.len().max(1)) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    let mut desk = Desk { program: &self.program, templates, worker: None };
                    while let Some((place, job)) = take(jobs, next) {
                        if sender.send((place, desk.make(job, deadline))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            for (place, result) in finished {
                progress(&jobs[place]);
                results[place] = Some(result);
            }
        });
        results.into_iter().map(|result| result.expect("every job was taken and answered")).collect()
    }
}

/// Typesets all `jobs` on `workers` further processes of this program, each report within
/// `deadline`. `progress` is told of each report when it is finished, in the order of time; the
/// results come in the order of the jobs.
pub fn typeset(
    jobs: &[Job],
    templates: &TemplateRoots,
    workers: usize,
    deadline: Duration,
    progress: &mut dyn FnMut(&Job),
) -> Vec<Result<Typeset, Problem>> {
    match Workshop::this_program() {
        Ok(workshop) => workshop.typeset(jobs, templates, workers, deadline, progress),
        Err(error) => jobs.iter().map(|job| Err(no_worker(job, &error.to_string()))).collect(),
    }
}

/// The next job that nobody has taken.
fn take<'a>(jobs: &'a [Job], next: &AtomicUsize) -> Option<(usize, &'a Job)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(place).map(|job| (place, job))
}

/// Hands jobs to one worker at a time and replaces it when it is lost.
struct Desk<'a> {
    program: &'a Path,
    templates: &'a TemplateRoots,
    worker: Option<Worker>,
}

impl Desk<'_> {
    fn make(&mut self, job: &Job, deadline: Duration) -> Result<Typeset, Problem> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(self.program, self.templates).map_err(|reason| no_worker(job, &reason))?,
        };
        match worker.ask(job, deadline) {
            Ok(Answer::Done(typeset)) => {
                self.worker = Some(worker);
                Ok(typeset)
            }
            Ok(Answer::Failed(problem)) => {
                self.worker = Some(worker);
                Err(problem)
            }
            Ok(Answer::Ready) | Err(Lost::Ended) => Err(broken(job, &worker.end(&job.out))),
            Err(Lost::TooSlow) => {
                worker.end(&job.out);
                Err(Problem::error(format!(
                    "The report “{}” took longer than {} to typeset and was given up.",
                    job.name,
                    seconds(deadline)
                ))
                .at(Place::file(self.templates.shown(&job.template)))
                .hint("Look for a loop in the template that does not end, or for a very large table."))
            }
        }
    }
}

/// Why a worker gave no answer.
enum Lost {
    TooSlow,
    Ended,
}

/// One worker process.
struct Worker {
    process: Child,
    /// Taken away to end the worker.
    orders: Option<ChildStdin>,
    answers: mpsc::Receiver<Answer>,
    last_words: Option<thread::JoinHandle<String>>,
}

impl Worker {
    fn start(program: &Path, templates: &TemplateRoots) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.arg("typeset-worker");
        if let Some(folder) = &templates.overrides {
            command.arg("--templates").arg(folder);
        }
        // A panic in a worker is told by its exit; a backtrace would only take time.
        command.env("RUST_BACKTRACE", "0").env("RAYON_NUM_THREADS", "1");
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let orders = process.stdin.take();
        let stdout = process.stdout.take().ok_or("it has no output")?;
        let stderr = process.stderr.take().ok_or("it has no error output")?;
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let Some(answer) = line.ok().and_then(|line| serde_json::from_str(&line).ok()) else { break };
                if sender.send(answer).is_err() {
                    break;
                }
            }
        });
        let last_words = thread::spawn(move || {
            let mut stderr = BufReader::new(stderr);
            let mut words = Vec::new();
            let _ = stderr.by_ref().take(LAST_WORDS).read_to_end(&mut words);
            // Read on, so that a worker that says much is not held up.
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            String::from_utf8_lossy(&words).into_owned()
        });
        let worker = Self { process, orders, answers, last_words: Some(last_words) };
        match worker.answers.recv_timeout(START) {
            Ok(Answer::Ready) => Ok(worker),
            _ => Err("it did not start".to_owned()),
        }
    }

    fn ask(&mut self, job: &Job, deadline: Duration) -> Result<Answer, Lost> {
        let order = Order {
            name: job.name.clone(),
            template: job.template.clone(),
            model: job.model.clone(),
            out: job.out.clone(),
            ident: job.ident.clone(),
            date: job.date.to_string(),
        };
        let mut line = serde_json::to_vec(&order).map_err(|_| Lost::Ended)?;
        line.push(b'\n');
        let orders = self.orders.as_mut().ok_or(Lost::Ended)?;
        orders.write_all(&line).and_then(|()| orders.flush()).map_err(|_| Lost::Ended)?;
        self.answers.recv_timeout(deadline).map_err(|error| match error {
            mpsc::RecvTimeoutError::Timeout => Lost::TooSlow,
            mpsc::RecvTimeoutError::Disconnected => Lost::Ended,
        })
    }

    /// Ends the worker, removes what it had half written beside `out`, and returns its last words.
    fn end(mut self, out: &Path) -> String {
        let prefix = temporary_prefix(self.process.id());
        let _ = self.process.kill();
        let _ = self.process.wait();
        for entry in out.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                let _ = fs::remove_file(entry.path());
            }
        }
        self.last_words.take().and_then(|words| words.join().ok()).unwrap_or_default()
    }
}

impl Drop for Worker {
    /// Closes stdin, which ends an idle worker, and leaves no process behind.
    fn drop(&mut self) {
        drop(self.orders.take());
        if self.last_words.is_none() {
            return;
        }
        let _ = self.process.wait();
    }
}

fn no_worker(job: &Job, reason: &str) -> Problem {
    Problem::error(format!("The report “{}” could not be typeset: no worker process, {reason}.", job.name))
        .hint("Check that the program may start further processes of itself.")
}

/// A worker that ended by itself. What it said last is read for its kind only and not passed on.
fn broken(job: &Job, last_words: &str) -> Problem {
    let (why, hint) = if last_words.contains("memory allocation") {
        ("it needed more memory than a report may have", "Look for a loop in the template that grows without end.")
    } else if last_words.contains("overflowed its stack") {
        ("its content is nested too deeply", "Look for a function of the template that calls itself.")
    } else {
        ("the worker process ended unexpectedly", "Run again; if it happens again, please report it as a bug.")
    };
    Problem::error(format!("The report “{}” could not be typeset: {why}.", job.name)).hint(hint)
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs_f64() {
        one if (one - 1.0).abs() < f64::EPSILON => "1 second".to_owned(),
        n => format!("{n} seconds"),
    }
}
