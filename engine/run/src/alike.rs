//! One fault of a template, reported once and not for every report that has it.
//!
//! Comes in: problems with the report each was found in. Goes out: those that differ in nothing but the
//! report's name as one, with the names of the others in it.

use termwise_base::problem::Problem;

/// How many of the others are named.
const NAMED: usize = 3;

/// Puts equal problems together; each stands where the first of its kind stood.
pub(super) fn together(found: Vec<(String, Problem)>) -> Vec<Problem> {
    let mut kinds: Vec<(Problem, String, Problem, Vec<String>)> = Vec::new();
    for (report, problem) in found {
        let kind = without(&report, &problem);
        match kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((.., others)) => others.push(report),
            None => kinds.push((kind, report, problem, Vec::new())),
        }
    }
    kinds.into_iter().map(|(_, report, problem, others)| with(problem, &report, &others)).collect()
}

fn quoted(report: &str) -> String {
    format!("“{report}”")
}

/// The problem as it would read for any report.
fn without(report: &str, problem: &Problem) -> Problem {
    let mut any = problem.clone();
    any.message = any.message.replacen(&quoted(report), "“”", 1);
    if any.place.file.as_deref() == Some(report) {
        any.place.file = None;
    }
    any
}

fn with(mut problem: Problem, report: &str, others: &[String]) -> Problem {
    if others.is_empty() {
        return problem;
    }
    // School and file say enough: all are of one period.
    let short = |path: &String| {
        path.rsplitn(3, '/').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/")
    };
    let mut named: Vec<String> = others.iter().take(NAMED).map(short).collect();
    if others.len() > NAMED {
        named.push("…".to_owned());
    }
    let word = if others.len() == 1 { "other" } else { "others" };
    let told = format!("{} (and {} {word}: {})", quoted(report), others.len(), named.join(", "));
    problem.message = problem.message.replacen(&quoted(report), &told, 1);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use termwise_base::problem::Place;

    #[test]
    fn equal_faults_are_one_and_name_their_reports() {
        let fault = |report: &str, why: &str, line: usize| {
            let told = Problem::error(format!("The report “{report}” could not be typeset: {why}."));
            (report.to_owned(), told.at(Place::file("templates/staff.typ").at(line, 1)))
        };
        let found = ["a", "b", "c", "d", "e"].map(|school| fault(&format!("out/Y/P/{school}/staff.pdf"), "x", 3));
        let all = found.into_iter().chain([fault("out/Y/P/f/staff.pdf", "x", 4)]).collect();
        let told: Vec<String> = together(all).into_iter().map(|problem| problem.message).collect();
        assert_eq!(
            told,
            [
                "The report “out/Y/P/a/staff.pdf” (and 4 others: b/staff.pdf, c/staff.pdf, d/staff.pdf, …) could not \
                 be typeset: x.",
                "The report “out/Y/P/f/staff.pdf” could not be typeset: x.",
            ]
        );
    }
}
