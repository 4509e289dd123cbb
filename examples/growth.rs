//! How a run grows with the division: `cargo run --example growth`.
//!
//! Larger divisions (`samples/generate/larger.py`) are checked and run through the real binary, without typesetting,
//! once cold and then three times with the spreadsheets in the cache; the middle of these counts. Arguments are how
//! many times the sample's three schools; `--beside PROGRAM` lets another build of Termwise take turns with this
//! one. `TERMWISE_PYTHON` names a Python that has what `samples/generate/requirements.txt` lists.

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    growth::main()
}

#[cfg(not(unix))]
fn main() {
    println!("Processor time and memory of other processes are only measured on Unix.");
}

#[cfg(unix)]
mod growth {
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    use anyhow::Context;
    use nix::sys::resource::{UsageWho, getrusage};

    /// Measured runs of one command on one division.
    const ROUNDS: usize = 3;
    /// What is run; both read, judge and compose everything.
    const COMMANDS: [&[&str]; 2] = [&["check"], &["run", "--dry-run"]];
    /// The day of the runs: November and March of the sample have closed.
    const AS_OF: [&str; 2] = ["--as-of", "2026-04-15"];

    /// What one run took.
    #[derive(Clone, Copy)]
    struct Took {
        /// Processor time of the command and its helpers, in seconds.
        seconds: f64,
        /// Peak memory of the largest of these processes, in MiB.
        memory: f64,
    }

    pub fn main() -> anyhow::Result<()> {
        let mut given: Vec<String> = std::env::args().skip(1).collect();
        if given.first().is_some_and(|word| word == "one") {
            return one(&given[1..]);
        }
        let mut programs = vec![("this build".to_owned(), built()?)];
        if let Some(at) = given.iter().position(|word| word == "--beside") {
            let other = given.drain(at..).nth(1).context("--beside needs the path of another `termwise`")?;
            programs.push((other.clone(), PathBuf::from(other)));
        }
        let mut times: Vec<u32> = given.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
        if times.is_empty() {
            times = vec![1, 3, 10, 30];
        }
        let folder = tempfile::tempdir()?;
        let mut made = Vec::new();
        for times in &times {
            made.push((*times, division(folder.path(), *times)?));
        }
        let mut all = vec![Vec::new(); programs.len() * COMMANDS.len()];
        for (times, project) in &made {
            for (side, took) in all.iter_mut().zip(measure(&programs, project)?) {
                side.push((*times, took));
            }
        }
        for (side, took) in all.iter().enumerate() {
            println!("  {} with {}", COMMANDS[side % COMMANDS.len()].join(" "), programs[side / COMMANDS.len()].0);
            show(took);
        }
        Ok(())
    }

    /// The program of this checkout, built as this example is.
    fn built() -> anyhow::Result<PathBuf> {
        let done = Command::new(env!("CARGO")).args(["build", "--quiet", "--bin", "termwise"]).status()?;
        anyhow::ensure!(done.success(), "`cargo build` failed");
        let here = std::env::current_exe()?;
        let folder = here.ancestors().nth(2).context("examples lie below the program")?;
        Ok(folder.join("termwise"))
    }

    /// A division of so many times the sample's schools.
    fn division(folder: &Path, times: u32) -> anyhow::Result<PathBuf> {
        let project = folder.join(times.to_string());
        let python = std::env::var("TERMWISE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/generate/larger.py");
        let done = Command::new(&python).arg(script).args(["--times", &times.to_string()]).arg(&project).status();
        let done = done.with_context(|| format!("{python} cannot be started"))?;
        anyhow::ensure!(done.success(), "{python} failed: does it have samples/generate/requirements.txt?");
        Ok(project)
    }

    /// Each program's commands on one division, programs taking turns.
    fn measure(programs: &[(String, PathBuf)], project: &Path) -> anyhow::Result<Vec<Took>> {
        let sides: Vec<(&Path, &[&str])> =
            programs.iter().flat_map(|(_, program)| COMMANDS.map(|command| (program.as_path(), command))).collect();
        let mut took = vec![Vec::new(); sides.len()];
        for round in 0..=ROUNDS {
            for ((program, command), took) in sides.iter().zip(&mut took) {
                let one = in_between(program, command, project)?;
                // The first round fills the caches.
                if round > 0 {
                    took.push(one);
                }
            }
        }
        let middle = |mut took: Vec<Took>| {
            took.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
            took[took.len() / 2]
        };
        Ok(took.into_iter().map(middle).collect())
    }

    /// One run, started by a process of its own: what processes took is known of all that one has started, together.
    fn in_between(program: &Path, command: &[&str], project: &Path) -> anyhow::Result<Took> {
        let mut line = Command::new(std::env::current_exe()?);
        line.arg("one").arg(program).arg(command[0]).arg(project).args(&command[1..]).args(AS_OF);
        let done = line.stderr(Stdio::inherit()).output()?;
        let said = String::from_utf8_lossy(&done.stdout);
        let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [seconds, memory] => Ok(Took { seconds, memory }),
            _ => anyhow::bail!("{} ended without figures", program.display()),
        }
    }

    /// Runs a command and prints processor time in seconds and peak memory in MiB. Faults that it finds in
    /// spreadsheets (exit code 1) are part of the sample.
    fn one(command: &[String]) -> anyhow::Result<()> {
        let [program, arguments @ ..] = command else { anyhow::bail!("which program?") };
        let done = Command::new(program).args(arguments).output()?;
        let said = String::from_utf8_lossy(&done.stderr);
        anyhow::ensure!(matches!(done.status.code(), Some(0 | 1)) && !done.stdout.is_empty(), "{said}");
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let time = usage.user_time() + usage.system_time();
        let seconds = time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        println!("{seconds} {}", usage.max_rss() as f64 / 1024.0);
        Ok(())
    }

    /// A line for each division, with the power of the number of schools from the one before it, and from the first to
    /// the last but for the smallest: there, starting up is most of the time.
    fn show(took: &[(u32, Took)]) {
        let power = |(few, before): (u32, Took), (many, after): (u32, Took)| {
            (after.seconds / before.seconds).ln() / (f64::from(many) / f64::from(few)).ln()
        };
        for (place, (times, one)) in took.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| took[before]);
            let grown = before.map_or_else(String::new, |before| format!("power {:.2}", power(before, (*times, *one))));
            println!("    {:4} schools {:8.2} s {:7.0} MiB  {grown}", times * 3, one.seconds, one.memory);
        }
        if let [_, second, .., last] = took {
            println!("    from {} to {} schools: power {:.2}", second.0 * 3, last.0 * 3, power(*second, *last));
        }
    }
}
