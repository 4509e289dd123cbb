//! What one reader finds in two places: figures and counts that cannot both be told.
//!
//! Comes in: everything that the reports of a run were written from, cleared. Goes out: [`Breach`]es, each with both
//! places. It is a second look: what it finds should have been hidden or coarsened before, so the reports are not made.

use std::collections::BTreeMap;

use termwise_config::goals::{Audience, Population};
use termwise_config::{Project, SchoolId};
use termwise_judging::ask::Group;

use super::counts::{given_away, given_away_by_sheet};
use super::{Cleared, Crowd, Figure, GoalFigures, Overview, Topic, known, minimum};

/// What one school gives to a report.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Who reads the report.
    pub audience: Audience,
    /// The team, for a packet.
    pub plc: Option<&'a str>,
    /// The school.
    pub school: SchoolId,
    /// Its goals.
    pub goals: &'a Cleared<Vec<GoalFigures>>,
    /// Its sheet for the leadership team.
    pub overview: Option<&'a Cleared<Overview>>,
}

/// Where something stands: the place of its source in the list, and what it is, as in “goal “reading-1”, grade 3,
/// 2025-26/P2”.
pub type Spot = (usize, String);

/// Two places that cannot both be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The rule that is broken, in one word.
    pub rule: &'static str,
    /// Id of the goal, or title of the candidate.
    pub goal: String,
    /// Both places; they may be one.
    pub two: [Spot; 2],
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

const OURS: &str = "Please report this as a bug: counts should be coarsened before they are printed.";

/// Every breach over sources that one run gives to its readers.
pub fn breaches(project: &Project, sources: &[Source<'_>]) -> Vec<Breach> {
    let mut found = one_figure(project, sources);
    for (place, source) in sources.iter().enumerate() {
        found.extend(Look { project, place, source }.counts());
    }
    found
}

/// Goals with a number: the whole, or its parts.
pub fn leaves(goals: &[GoalFigures]) -> impl Iterator<Item = &GoalFigures> {
    goals.iter().flat_map(|goal| {
        let whole = goal.several.is_empty().then_some(goal);
        whole.into_iter().chain(&goal.several)
    })
}

/// What one reader sees of the same people, question and time is one figure, hidden or not.
fn one_figure(project: &Project, sources: &[Source<'_>]) -> Vec<Breach> {
    type Reader<'a> = (Audience, Option<&'a str>, SchoolId);
    type Printed<'a> = (Spot, &'a Figure, String);
    let mut all: BTreeMap<(Reader<'_>, Topic), Vec<Printed<'_>>> = BTreeMap::new();
    for (place, source) in sources.iter().enumerate() {
        let grades = &project.school(source.school).grades;
        let reader = (source.audience, source.plc, source.school);
        for (known, figure, goal, what) in figures_of(project, source, grades) {
            all.entry((reader, known)).or_default().push(((place, what), figure, goal));
        }
    }
    let help = "Give both goals to the same audiences, or leave one of them out. If they are not about the same students, please report this as a bug.";
    let of = |figure: &Figure| match figure {
        Figure::Shown { value, bound, .. } => Some((value.to_bits(), *bound)),
        Figure::Hidden | Figure::Nothing => None,
    };
    let mut found = Vec::new();
    for places in all.into_values() {
        let hidden = places.iter().find(|(_, figure, _)| **figure == Figure::Hidden);
        let mut shown = places.iter().filter(|(_, figure, _)| of(figure).is_some());
        let Some((one, figure, goal)) = shown.next() else { continue };
        let mut breach = |rule: &'static str, other: [&Spot; 2], message: String| {
            let two = other.map(Spot::clone);
            found.push(Breach { rule, goal: goal.clone(), two, message, help });
        };
        if let Some((other, ..)) = hidden {
            let message = format!("A figure of “{goal}” is hidden in one place and printed in another.");
            breach("hidden", [other, one], message);
        }
        for (other, ..) in shown.filter(|(_, other, _)| of(other) != of(figure)) {
            breach("values", [one, other], format!("A figure of “{goal}” is printed with two values."));
        }
    }
    found
}

/// Every figure of a source: what it is about, the figure, its goal, and where it stands.
fn figures_of<'a>(
    project: &Project,
    source: &Source<'a>,
    grades: &[String],
) -> Vec<(Topic, &'a Figure, String, String)> {
    let mut all = Vec::new();
    for figures in leaves(source.goals) {
        let goal = figures.of(project);
        for point in &figures.points {
            let period = project.calendar.period(point.period).key();
            let groups = point.groups.iter().map(|(group, figure)| (group, figure));
            for (group, figure) in std::iter::once((&Group::All, &point.figure)).chain(groups) {
                let what = format!("goal “{}”{}, {period}", goal.id, of_group(group));
                let about = known(goal, grades, point.period, group);
                all.extend(about.map(|about| (about, figure, goal.id.clone(), what)));
            }
        }
        for belief in &figures.beliefs {
            for survey in &belief.surveys {
                let title = &project.measures.measure(belief.measure).title;
                let staff = Population { staff: true, ..Default::default() };
                let known = Topic::at_line(belief.measure, survey.period, Crowd::of(&staff, grades, &Group::All));
                all.push((known, &survey.figure, goal.id.clone(), format!("what staff believe: “{title}”")));
            }
        }
    }
    for candidate in source.overview.iter().flat_map(|overview| &overview.candidates) {
        let crowd = Crowd::of(&candidate.population, grades, &Group::All);
        let title = &project.measures.measure(candidate.measure).title;
        let known = Topic::at_line(candidate.measure, candidate.period, crowd);
        all.push((known, &candidate.figure, title.clone(), format!("candidate for a goal: “{title}”")));
    }
    all
}

/// One source, looked at by itself.
struct Look<'a> {
    project: &'a Project,
    place: usize,
    source: &'a Source<'a>,
}

impl Look<'_> {
    fn breach(&self, rule: &'static str, goal: &str, two: [String; 2], message: String) -> Breach {
        Breach { rule, goal: goal.to_owned(), two: two.map(|what| (self.place, what)), message, help: OURS }
    }

    /// No two counts give one that is not told.
    fn counts(&self) -> Vec<Breach> {
        let minimum = minimum(&self.project.privacy, self.source.audience);
        let grades = &self.project.school(self.source.school).grades;
        let goals: Vec<(Crowd, &GoalFigures)> = leaves(self.source.goals)
            .chain(self.source.goals.iter().filter(|goal| !goal.several.is_empty()))
            .map(|figures| (Crowd::of(figures.of(self.project).population(), grades, &Group::All), figures))
            .collect();
        let id = |place: usize| &goals[place].1.of(self.project).id;
        let mut found: Vec<Breach> = given_away(minimum, &goals)
            .into_iter()
            .map(|given| {
                let message = "Two printed counts give away a third one, which is hidden because it is small.";
                let two = [given.one, given.other].map(|place| format!("goal “{}”", id(place)));
                self.breach("counts", id(given.one), two, message.to_owned())
            })
            .collect();
        for figures in leaves(self.source.goals) {
            found.extend(self.rest(figures));
        }
        if let Some(overview) = self.source.overview {
            found.extend(self.sheet(minimum, overview));
        }
        found
    }

    /// The whole and the parts that are shown give the one that is not.
    fn rest(&self, figures: &GoalFigures) -> Vec<Breach> {
        let goal = &figures.of(self.project).id;
        let mut found = Vec::new();
        for point in figures.points.iter().filter(|point| matches!(point.figure, Figure::Shown { .. })) {
            let period = self.project.calendar.period(point.period).key();
            for by_grade in [true, false] {
                let kind = |group: &Group| matches!(group, Group::Grade(_)) == by_grade;
                let mine: Vec<_> =
                    point.groups.iter().filter(|(group, figure)| kind(group) && *figure != Figure::Nothing).collect();
                let hidden: Vec<_> = mine.iter().filter(|(_, figure)| *figure == Figure::Hidden).collect();
                if hidden.len() == 1 && mine.len() > 1 {
                    let two = [
                        format!("goal “{goal}”, {period}"),
                        format!("goal “{goal}”{}, {period}", of_group(&hidden[0].0)),
                    ];
                    let message = format!("A hidden group of “{goal}” is the whole minus the groups that are shown.");
                    found.push(self.breach("rest", goal, two, message));
                }
            }
        }
        found
    }

    /// The leadership's sheet tells no more of a goal than its own figure.
    fn sheet(&self, minimum: u32, overview: &Overview) -> Vec<Breach> {
        let id = |goal: usize| self.project.goals[goal].id.as_str();
        let on_sheet = |id: &str| format!("how the teams' goals add up to “{id}”");
        let mut found: Vec<Breach> = given_away_by_sheet(minimum, overview)
            .into_iter()
            .map(|(goal, _)| {
                let message = "Two counts on the leadership sheet give away a third one, which is small.".to_owned();
                self.breach("sheet", id(goal), [on_sheet(id(goal)), on_sheet(id(goal))], message)
            })
            .collect();
        for line in &overview.alignment {
            let id = id(line.goal);
            let own = self.source.goals.iter().find(|goal| goal.goal == line.goal);
            let same = own.is_some_and(|own| own.now == line.now);
            let exact = line.now.exact().is_some();
            if !same || (!exact && (line.best_case.is_some() || line.students.is_some())) {
                let message = format!("The leadership sheet says more about “{id}” than the goal's own figure.");
                found.push(self.breach("alignment", id, [on_sheet(id), format!("goal “{id}”")], message));
            }
        }
        found
    }
}

fn of_group(group: &Group) -> String {
    match group {
        Group::All => String::new(),
        Group::Grade(grade) => format!(", grade {grade}"),
        Group::Program(program) => format!(", program {program}"),
    }
}

#[cfg(test)]
mod tests;
