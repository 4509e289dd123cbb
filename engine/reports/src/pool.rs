//! Typesets many reports in worker processes.
//!
//! Comes in: [`PrintJob`]s. Goes out: a result for each, in the jobs' order whatever the timing. A report
//! that takes too long or breaks its worker costs that report only; a new worker takes the next one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, thread};

use termwise_base::helper::{self, End, Helper, Lost};
use termwise_base::problem::{Place, Problem};

use super::templates::TemplateRoots;
use super::typeset::{PrintJob, Typeset};
use super::worker::{Answer, Order, temporary_prefix};

/// The program and the subcommand that make a worker.
#[derive(Debug, Clone)]
pub struct Workshop {
    program: PathBuf,
}

impl Workshop {
    /// Workers are further processes of the program that is running.
    pub fn this_program() -> std::io::Result<Self> {
        Ok(Self { program: helper::this_program()? })
    }

    /// Workers are processes of another program, which must know `typeset-worker`.
    pub fn program(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// Typesets all `jobs` on `workers` processes, each report within `deadline`.
    pub fn typeset(
        &self,
        jobs: &[PrintJob],
        templates: &TemplateRoots,
        workers: usize,
        deadline: Duration,
        progress: &mut dyn FnMut(&PrintJob),
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
    jobs: &[PrintJob],
    templates: &TemplateRoots,
    workers: usize,
    deadline: Duration,
    progress: &mut dyn FnMut(&PrintJob),
) -> Vec<Result<Typeset, Problem>> {
    match Workshop::this_program() {
        Ok(workshop) => workshop.typeset(jobs, templates, workers, deadline, progress),
        Err(error) => jobs.iter().map(|job| Err(no_worker(job, &error.to_string()))).collect(),
    }
}

/// The next job that nobody has taken.
fn take<'a>(jobs: &'a [PrintJob], next: &AtomicUsize) -> Option<(usize, &'a PrintJob)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(place).map(|job| (place, job))
}

/// Hands jobs to one worker at a time and replaces it when it is lost.
struct Desk<'a> {
    program: &'a Path,
    templates: &'a TemplateRoots,
    worker: Option<Helper<Order, Answer>>,
}

impl Desk<'_> {
    fn make(&mut self, job: &PrintJob, deadline: Duration) -> Result<Typeset, Problem> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.start().map_err(|reason| no_worker(job, &reason))?,
        };
        let order = Order {
            name: job.name.clone(),
            template: job.template.clone(),
            model: job.model.clone(),
            out: job.out.clone(),
            ident: job.ident.clone(),
            date: job.date.to_string(),
        };
        match worker.ask(&order, deadline) {
            Ok(Answer::Done(typeset)) => {
                self.worker = Some(worker);
                Ok(typeset)
            }
            Ok(Answer::Failed(problem)) => {
                self.worker = Some(worker);
                Err(problem)
            }
            Err(Lost::Ended) => Err(broken(job, end(worker, &job.out))),
            Err(Lost::TooSlow) => {
                end(worker, &job.out);
                Err(Problem::error(format!(
                    "The report “{}” took longer than {} to typeset and was stopped.",
                    job.name,
                    seconds(deadline)
                ))
                .at(Place::file(self.templates.shown(&job.template)))
                .hint("Look for a loop in the template that never ends, or for a very large table."))
            }
        }
    }

    fn start(&self) -> Result<Helper<Order, Answer>, String> {
        let mut arguments: Vec<OsString> = vec!["typeset-worker".into()];
        if let Some(folder) = &self.templates.overrides {
            arguments.extend(["--templates".into(), folder.into()]);
        }
        Helper::start(self.program, &arguments)
    }
}

/// Ends a worker and removes what it had half written beside `out`.
fn end(worker: Helper<Order, Answer>, out: &Path) -> End {
    let prefix = temporary_prefix(worker.id());
    let end = worker.end();
    for entry in out.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_file(entry.path());
        }
    }
    end
}

fn no_worker(job: &PrintJob, reason: &str) -> Problem {
    Problem::error(format!("The report “{}” could not be typeset: no worker process, {reason}.", job.name))
        .hint("Check that termwise may start more processes of itself.")
}

/// A worker that ended by itself.
fn broken(job: &PrintJob, end: End) -> Problem {
    let (why, hint) = match end {
        End::Memory => (
            "it needed more than 1 GiB of memory, the most that a report may have",
            "Look for a loop in the template that never ends, or for very large pictures.",
        ),
        End::Stack => ("its content is nested too deeply", "Look for a function of the template that calls itself."),
        End::Unknown => {
            ("the worker process ended unexpectedly", "Run again; if it happens again, please report it as a bug.")
        }
    };
    Problem::error(format!("The report “{}” could not be typeset: {why}.", job.name)).hint(hint)
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs_f64() {
        one if (one - 1.0).abs() < f64::EPSILON => "1 second".to_owned(),
        n => format!("{n} seconds"),
    }
}
