//! The list of exceptions: whom a name in a file of results means.
//!
//! Comes in: its lines as they were read. Goes out: those that agree with each other, and a problem for
//! each of the others.

use std::collections::HashMap;

use termwise_base::problem::{Place, Problem};
use termwise_config::SchoolId;

use super::PersonId;
use super::words::IdKey;

/// One line of the list of exceptions: whom a name means.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) name: String,
    pub(super) id: Option<IdKey>,
    pub(super) provincial: Option<IdKey>,
    /// Where it holds; anywhere if not said.
    pub(super) school: Option<SchoolId>,
    pub(super) year: Option<u16>,
    pub(super) grade: Option<String>,
}

/// A line, the file and the row's place among the file's rows, and its cell for messages.
pub(super) type Line = (Exception, (usize, usize), Place);

/// A faulty line by its file and row, and why it is.
pub(super) type Faulty = ((usize, usize), Problem);

/// Parts the lines that contradict each other from the rest: one name, and in some school, year and
/// grade two students. `meant` tells whom a line means, if anybody.
pub(super) fn agreeing(lines: Vec<Line>, meant: impl Fn(&Exception) -> Option<PersonId>) -> (Vec<Line>, Vec<Faulty>) {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, (line, ..)) in lines.iter().enumerate() {
        by_name.entry(line.name.as_str()).or_default().push(at);
    }
    let mut against: Vec<Option<Place>> = vec![None; lines.len()];
    for alike in by_name.values() {
        for (one, other) in alike.iter().flat_map(|one| alike.iter().map(move |other| (*one, *other))) {
            let (a, b) = (&lines[one].0, &lines[other].0);
            let two = meant(a).zip(meant(b)).is_some_and(|(a, b)| a != b);
            if two && overlap(&a.school, &b.school) && overlap(&a.year, &b.year) && overlap(&a.grade, &b.grade) {
                against[one].get_or_insert_with(|| lines[other].2.clone());
            }
        }
    }
    let mut sound = Vec::new();
    let mut faulty: Vec<Faulty> = Vec::new();
    for ((line, row, place), against) in lines.into_iter().zip(against) {
        match against {
            None => sound.push((line, row, place)),
            // A line may write the name in several ways; it is told once.
            Some(_) if faulty.last().is_some_and(|(told, _)| *told == row) => {}
            Some(other) => faulty.push((
                row,
                Problem::warning(
                    "Two exceptions say of one name that it means different students; both were set aside.",
                )
                .at(place)
                .expected(format!("one student (the other line: {other})"))
                .hint("Delete one of the lines, or say in which school, year or grade each holds."),
            )),
        }
    }
    (sound, faulty)
}

/// Whether two limits have something in common; none is no limit.
fn overlap<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}
