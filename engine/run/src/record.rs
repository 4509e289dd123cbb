//! What a goal says, for its record: all that people agreed on, and nothing that may change by itself; and
//! what a run reports about its quiet edits. What reports print of them is in [`super::edits`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use termwise_base::problem::Problem;
use termwise_config::goals::{Aim, Amendment, Baseline, Counting, Goal, Interim, Plan, Population, Way};
use termwise_config::{Period, PeriodId, Project};
use termwise_operations::ledger::{GoalBook, GoalRecord, What, differences};

/// What the goals say, for the record.
pub(super) fn texts(project: &Project) -> BTreeMap<String, serde_json::Value> {
    project.goals.iter().map(|goal| (goal.id.clone(), text(project, goal))).collect()
}

/// A goal that this run saw changed without an amendment.
pub(super) fn quiet_edits(recorded: &[GoalRecord], book: &GoalBook) -> Vec<Problem> {
    let told = |record: &GoalRecord| {
        let before = book.before(record)?;
        let entries = book.records.get(&record.goal)?.iter();
        if let Some(same) = entries.rev().find(|entry| entry.number < before.number && entry.body == record.body) {
            return Some(Problem::note(format!(
                "The goal “{}” reads again as it did on {}; the record keeps what it said in between.",
                record.goal, same.day
            )));
        }
        let names: Vec<String> = differences(&before.body, &record.body)
            .into_iter()
            .map(|(name, before, after)| format!("{name}: {before} → {after}"))
            .collect();
        Some(
            Problem::warning(format!(
                "The goal “{}” was changed without an amendment since {} ({}).",
                record.goal,
                before.day,
                names.join("; ")
            ))
            .hint(
                "Put the old text back and write the change below it as [[goal.amendment]] with `on`, `reason` and \
                 `agreed-by`; `termwise goal history` shows the record.",
            ),
        )
    };
    recorded.iter().filter(|record| record.what == What::Edited).filter_map(told).collect()
}

/// An entry of the record that was altered after it was made.
pub(super) fn broken_record(record: &GoalRecord) -> Problem {
    Problem::warning(format!(
        "The record of the goal “{}” was altered: its entry {} of {} does not match its digest.",
        record.goal, record.number, record.day
    ))
    .hint("Compare printed reports with `termwise goal history`; restore the ledger from a backup.")
}

/// A goal as a JSON object; its amendments stand by themselves, so that adding one is not an edit.
pub fn text(project: &Project, goal: &Goal) -> Value {
    let writer = Record(project);
    let parts: Vec<Value> = goal.parts().iter().map(|part| writer.measured(part)).collect();
    // A part's amendments are the goal's.
    let amendments = goal.amendments.iter().map(|a| writer.amendment(a, None)).chain(
        goal.parts()
            .iter()
            .flat_map(|part| part.amendments.iter().map(|amendment| writer.amendment(amendment, Some(&part.id)))),
    );
    let mut text = json!({
        "school": project.school(goal.school).id,
        "area": goal.area,
        "title": goal.title,
        "statement": goal.statement,
        "measured": writer.measured(goal),
        "parts": parts,
        "amendments": amendments.collect::<Vec<_>>(),
    });
    // Only where it is so: what was recorded before drafts were known still reads the same.
    if goal.draft {
        text["draft"] = Value::Bool(true);
    }
    text
}

struct Record<'a>(&'a Project);

impl Record<'_> {
    fn period(&self, period: PeriodId) -> String {
        self.0.calendar.period(period).key()
    }

    fn measured(&self, goal: &Goal) -> Value {
        let plan = goal.measured();
        let measures: Vec<&str> =
            goal.measures().iter().map(|measure| self.0.measures.measure(*measure).id.as_str()).collect();
        json!({
            "title": goal.title,
            "population": population(goal.population()),
            "measures": measures,
            "metric": plan.map_or("", |plan| &plan.metric),
            "output": plan.and_then(|plan| plan.output.as_ref()),
            "parameters": plan.map_or_else(BTreeMap::new, |plan| plan.parameters.clone()),
            "compare": goal.compare().map(|sides| sides.each_ref().map(population)),
            "direction": plan.and_then(|plan| plan.direction).map(|way| if way == Way::Up { "up" } else { "down" }),
            "tolerance": plan.and_then(|plan| plan.tolerance),
            "kind": self.kind(&goal.plan),
            "aim": plan.map_or_else(|| self.no_aim(goal), |plan| self.aim(&plan.aims.first)),
        })
    }

    /// The aim of a goal without a figure of its own. Ledgers have recorded it in this form from the start: another
    /// would read as an edit that nobody made.
    fn no_aim(&self, goal: &Goal) -> Value {
        json!({
            "baseline": {"period": self.0.calendar.periods.first().map(Period::key)},
            "target": 0.0,
            "deadline": goal.first_deadline().to_string(),
            "interim": [],
        })
    }

    fn kind(&self, plan: &Plan) -> Value {
        match plan {
            Plan::Measured(plan) => match &plan.kind {
                Counting::Share { at_least } => json!({"kind": "share", "at-least": at_least}),
                Counting::MatchedGrowth { from, gain } => json!({"kind": "matched-growth", "from": from, "gain": gain}),
                Counting::Metric { from } => json!({"kind": "metric", "from": from}),
            },
            Plan::Several(several) => json!({"kind": "several", "at-least": several.at_least}),
            Plan::Narrative(narrative) => json!({
                "kind": "narrative",
                "rubric": narrative.rubric,
                "target-level": narrative.rubric.get(narrative.target),
                "interim": narrative
                    .interim
                    .iter()
                    .map(|(period, level)| json!([self.period(*period), narrative.rubric.get(*level)]))
                    .collect::<Vec<_>>(),
            }),
        }
    }

    fn baseline(&self, baseline: &Baseline) -> Value {
        match baseline {
            Baseline::Period(period) => json!({"period": self.period(*period)}),
            Baseline::FirstFull(period) => json!({"first-full-period-from": self.period(*period)}),
            Baseline::Value { value, on } => json!({"value": value, "on": on.to_string()}),
        }
    }

    fn interim(&self, interim: &[Interim]) -> Value {
        interim.iter().map(|i| json!([self.period(i.period), i.target])).collect()
    }

    fn aim(&self, aim: &Aim) -> Value {
        json!({
            "baseline": self.baseline(&aim.baseline),
            "target": aim.target,
            "deadline": aim.deadline.to_string(),
            "interim": self.interim(&aim.interim),
        })
    }

    fn amendment(&self, amendment: &Amendment, part: Option<&str>) -> Value {
        let mut text = json!({
            "part": part,
            "on": amendment.on.to_string(),
            "reason": amendment.reason,
            "agreed-by": amendment.agreed_by,
            "target": amendment.target,
            "deadline": amendment.deadline.map(|day| day.to_string()),
            "baseline": amendment.baseline.as_ref().map(|baseline| self.baseline(baseline)),
            "interim": amendment.interim.as_ref().map(|interim| self.interim(interim)),
        });
        // Only where they are written: records from before they could be stay as they are.
        for (name, words) in [("title", &amendment.title), ("statement", &amendment.statement)] {
            if let (Some(words), Value::Object(fields)) = (words, &mut text) {
                fields.insert(name.to_owned(), Value::String(words.clone()));
            }
        }
        text
    }
}

fn population(population: &Population) -> Value {
    json!({"grades": population.grades, "programs": population.programs, "staff": population.staff})
}
