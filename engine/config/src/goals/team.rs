//! `[[plc-goal]]`: goals of PLCs.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::check::Check;
use super::super::population::{Population, RawPopulation};
use super::super::spot::At;
use super::super::{Project, contradictions};
use super::counting::Counting;

/// A goal of a team.
#[derive(Debug, Clone, PartialEq)]
pub struct PlcGoal {
    /// Id, unique in the project.
    pub id: String,
    /// Place of the team in the project.
    pub plc: usize,
    /// Place of the school goal that it serves in the project, if any.
    pub serves: Option<usize>,
    /// Short title.
    pub title: String,
    /// Whose results.
    pub population: Population,
    /// Target share, 0–1.
    pub target: f64,
}

/// A PLC’s own goal.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PlcGoal")]
pub(super) struct RawPlcGoal {
    /// Id, unique in the project.
    pub(super) id: At<String>,
    /// Id of the PLC.
    plc: At<String>,
    /// Id of the school’s goal that it serves.
    serves: Option<At<String>>,
    /// Short title, as reports print it.
    title: At<String>,
    /// Whose results count. Left out: everyone in the school.
    #[serde(default)]
    population: RawPopulation,
    /// The share to be reached, from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    target: At<f64>,
}

impl Check<'_> {
    /// A team's goal; `at_fault` are the ids of goals that could not be read.
    pub(super) fn plc_goal(
        &mut self,
        raw: &RawPlcGoal,
        project: &Project,
        at_fault: &BTreeSet<String>,
    ) -> Option<PlcGoal> {
        let plc = project.plcs.iter().position(|plc| plc.id == *raw.plc.get_ref());
        if plc.is_none() {
            self.unknown(raw.plc.span(), "PLC", raw.plc.get_ref(), project.plcs.iter().map(|p| p.id.as_str()));
        }
        let plc = plc?;
        let school = project.plcs[plc].school;
        let population = self.population(&raw.population, project.schools.get(school.0));
        let serves = raw.serves.as_ref().and_then(|id| {
            let found = project.goals.iter().position(|goal| goal.id == *id.get_ref() && goal.school == school);
            if found.is_none() && !at_fault.contains(id.get_ref()) {
                let mine = project.goals.iter().filter(|goal| goal.school == school);
                self.unknown(id.span(), "goal of this team's school", id.get_ref(), mine.map(|goal| goal.id.as_str()));
            }
            found
        });
        let (title, target) = (self.text(&raw.title, "title"), self.fraction(&raw.target, "target"));
        // A team may serve a goal of which less is better: what its metric counts is not known here.
        let more = serves.is_none_or(|goal| matches!(project.goals[goal].kind(), Some(Counting::Share { .. })));
        if let Some(problem) = contradictions::team(raw.id.get_ref(), target).filter(|_| more) {
            self.problems.push(problem.at(self.text.place(raw.target.span())));
        }
        if let Some(problem) = contradictions::texts::of_team(raw.id.get_ref(), &title, target) {
            self.problems.push(problem.at(self.text.place(raw.title.span())));
        }
        Some(PlcGoal { id: raw.id.get_ref().clone(), plc, serves, title, population, target })
    }
}
