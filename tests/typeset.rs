//! Typesetting in worker processes, through the real binary: order, isolation, deadline, messages.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use termwise_base::problem::Problem;
use termwise_reports::pool::Workshop;
use termwise_reports::templates::TemplateRoots;
use termwise_reports::typeset::{PrintJob, Typeset};

const GOOD: &str = r#"#let model = json("/model.json")
#set document(title: model.title)
#set text(lang: "en")
= #model.title
"#;

/// Runs for hours: a single `while` would be stopped by Typst itself.
const ENDLESS: &str = "#for i in range(100000) { for j in range(100000) { let x = i * j } }\n";

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("templates").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn job(root: &Path, name: &str, template: &str) -> PrintJob {
    PrintJob {
        name: name.to_owned(),
        template: template.to_owned(),
        model: format!(r#"{{"title": "{name}", "lang": "en"}}"#),
        out: root.join("out").join(format!("{name}.pdf")),
        ident: name.to_owned(),
        date: "2026-03-13".parse().unwrap(),
    }
}

fn typeset(
    root: &Path,
    jobs: &[PrintJob],
    workers: usize,
    deadline: u64,
) -> (Vec<Result<Typeset, Problem>>, Vec<String>) {
    let mut seen = Vec::new();
    let results = Workshop::program(env!("CARGO_BIN_EXE_termwise")).typeset(
        jobs,
        &TemplateRoots::of_project(root),
        workers,
        Duration::from_secs(deadline),
        &mut |job| seen.push(job.name.clone()),
    );
    (results, seen)
}

/// Names of all files under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn reports_come_in_the_order_of_the_jobs_and_twice_the_same() {
    let project = project(&[("good.typ", GOOD)]);
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let jobs: Vec<PrintJob> = names.iter().map(|name| job(project.path(), name, "good.typ")).collect();
    let (first, mut seen) = typeset(project.path(), &jobs, 2, 60);
    let first: Vec<Typeset> = first.into_iter().map(Result::unwrap).collect();
    let pdfs: Vec<Vec<u8>> = jobs.iter().map(|job| fs::read(&job.out).unwrap()).collect();
    for (typeset, pdf) in first.iter().zip(&pdfs) {
        assert_eq!(typeset.pages, 1);
        assert_eq!(typeset.bytes, pdf.len() as u64);
    }
    seen.sort();
    assert_eq!(seen, names, "progress told of each report once");
    let (again, _) = typeset(project.path(), &jobs, 1, 60);
    assert_eq!(again.into_iter().map(Result::unwrap).collect::<Vec<_>>(), first, "same digests, however many workers");
    assert_eq!(jobs.iter().map(|job| fs::read(&job.out).unwrap()).collect::<Vec<_>>(), pdfs);
}

#[test]
fn a_broken_template_fails_its_report_and_shows_the_line() {
    let project = project(&[("good.typ", GOOD), ("broken.typ", "= Title\n\n#let share = 0.5\n  #shre\n")]);
    let jobs = [job(project.path(), "broken", "broken.typ"), job(project.path(), "good", "good.typ")];
    let (results, _) = typeset(project.path(), &jobs, 1, 60);
    insta::assert_snapshot!(results[0].as_ref().unwrap_err(), @r"
    error: The report “broken” could not be typeset: unknown variable: shre.
      --> templates/broken.typ:4:4
        |
      4 |   #shre
        |    ^
    ");
    assert!(results[1].is_ok());
    assert_eq!(files(&project.path().join("out")), [jobs[1].out.clone()], "nothing half-written stays");
}

#[test]
fn an_endless_template_is_ended_at_its_deadline_and_the_others_are_made() {
    let project = project(&[("good.typ", GOOD), ("endless.typ", ENDLESS)]);
    let jobs = [
        job(project.path(), "before", "good.typ"),
        job(project.path(), "endless", "endless.typ"),
        job(project.path(), "after", "good.typ"),
    ];
    let (results, _) = typeset(project.path(), &jobs, 1, 2);
    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    insta::assert_snapshot!(results[1].as_ref().unwrap_err(), @r"
    error: The report “endless” took longer than 2 seconds to typeset and was stopped.
      --> templates/endless.typ
      help: Look for a loop in the template that never ends, or for a very large table.
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_template_that_eats_memory_ends_its_own_worker_only() {
    let hungry = "#let text = \"x\" * 1000000\n#for i in range(24) { text = text + text }\n#text.len()\n";
    let project = project(&[("good.typ", GOOD), ("hungry.typ", hungry)]);
    let jobs = [job(project.path(), "hungry", "hungry.typ"), job(project.path(), "good", "good.typ")];
    let (results, _) = typeset(project.path(), &jobs, 1, 60);
    insta::assert_snapshot!(results[0].as_ref().unwrap_err(), @r"
    error: The report “hungry” could not be typeset: it needed more than 1 GiB of memory, the most that a report may have.
      help: Look for a loop in the template that never ends, or for very large pictures.
    ");
    assert!(results[1].is_ok(), "{results:?}");
}

#[cfg(unix)]
#[test]
fn a_finished_report_is_readable_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let project = project(&[("good.typ", GOOD)]);
    let jobs = [job(project.path(), "good", "good.typ")];
    typeset(project.path(), &jobs, 1, 60).0.pop().unwrap().unwrap();
    assert_eq!(fs::metadata(&jobs[0].out).unwrap().permissions().mode() & 0o777, 0o600);
}
