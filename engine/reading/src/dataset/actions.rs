//! Strategies and decisions that a school keeps in a spreadsheet.
//!
//! Comes in: sheets with a row for each strategy, or each decision of a meeting. Goes out: [`Action`]s with
//! the goal that they belong to, or a problem at the cell. Names of people have no column here.

use termwise_base::problem::{Problem, nearest};
use termwise_config::Goal;
use termwise_config::goals::{Audience, Decision, Stage, Strategy};
use termwise_config::mapping::MappingKind;
use termwise_config::wording;

use crate::workbook::{Row, Sheet};

use super::header::{Header, Layout};
use super::table::{self, Context, Rows, TableReader, Told};
use super::{Aside, words};

/// What a row says of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A strategy: the goal's place in the project.
    Strategy(usize, Strategy),
    /// A decision of a meeting.
    Decision(usize, Decision),
}

/// Reads one sheet.
pub(super) fn read(context: &Context<'_, '_>, sheet: &Sheet, rows: &mut Rows, told: &mut Told) -> Vec<Action> {
    let mut reader = ActionReader { context, sheet, found: Vec::new() };
    table::read(context, sheet, rows, told, &mut reader);
    reader.found
}

struct ActionReader<'r, 'a> {
    context: &'r Context<'r, 'a>,
    sheet: &'r Sheet,
    found: Vec<Action>,
}

impl TableReader for ActionReader<'_, '_> {
    fn header(&mut self, _: &Header, _: &Layout, _: &mut Told) {}

    fn row(&mut self, layout: &Layout, line: &Row, rows: &mut Rows, told: &mut Told) {
        let filled = ["goal", "text"].iter().any(|role| !self.word(layout, line, role).is_empty());
        if !filled {
            return;
        }
        let row = rows.data();
        match self.action(layout, line) {
            Ok(action) => {
                for role in ["text", "team", "meeting"] {
                    self.wording(layout, line, role, told);
                }
                self.found.push(action);
            }
            Err((why, problem)) => {
                rows.set_aside(row, why);
                told.push(problem);
            }
        }
    }
}

impl ActionReader<'_, '_> {
    fn word(&self, layout: &Layout, line: &Row, role: &str) -> String {
        let cell = layout.roles.get(role).and_then(|col| line.get(*col));
        cell.map(|value| words::text(value).trim().to_owned()).unwrap_or_default()
    }

    /// What singles somebody out or claims a cause is flagged, as in the goals' own files.
    fn wording(&self, layout: &Layout, line: &Row, role: &str, told: &mut Told) {
        let word = self.word(layout, line, role);
        let Some(col) = layout.roles.get(role) else { return };
        for finding in wording::read(&word, &wording::LANGUAGES) {
            let message = format!("{} (“{}”)", finding.rule.why(), wording::shown(&word, &finding));
            let place = self.context.at(self.sheet).cell(line.number, *col);
            told.push(Problem::warning(message).at(place).hint(finding.rule.instead()));
        }
    }

    fn action(&self, layout: &Layout, line: &Row) -> Result<Action, (Aside, Problem)> {
        let word = |role: &str| self.word(layout, line, role);
        let fault = |why, role: &str, message: &str| {
            let col = layout.roles.get(role).copied().unwrap_or(0);
            let found = word(role);
            let problem = Problem::warning(format!("{message}; the row was set aside."))
                .at(self.context.at(self.sheet).cell(line.number, col));
            (why, if found.is_empty() { problem } else { problem.found(format!("“{found}”")) })
        };
        let named = word("goal");
        let plain = named.to_lowercase();
        let goals = &self.context.project.goals;
        let titled = |g: &Goal| {
            let later = g.amendments.iter().filter_map(|amendment| amendment.title.as_ref());
            std::iter::once(&g.title).chain(later).any(|title| title.to_lowercase() == plain)
        };
        let goal = goals.iter().position(|g| g.id == plain || titled(g)).ok_or_else(|| {
            let known: Vec<&str> = goals.iter().flat_map(|g| [g.id.as_str(), g.title.as_str()]).collect();
            let near = nearest(&named, known);
            let (why, problem) = fault(Aside::Word, "goal", "No goal has this id or title");
            let hint = match near.first() {
                Some(near) => format!("Did you mean “{near}”?"),
                None => "Write the id or the title of a goal.".to_owned(),
            };
            (why, problem.hint(hint))
        })?;
        let text = word("text");
        if text.is_empty() {
            let (why, problem) = fault(Aside::Unreadable, "text", "This row does not say what is done");
            return Err((why, problem.hint("Fill in the cell, or delete the row.")));
        }
        let day = |role: &str| -> Result<Option<jiff::civil::Date>, (Aside, Problem)> {
            let Some(value) = layout.roles.get(role).and_then(|col| line.get(*col)) else { return Ok(None) };
            if words::text(value).trim().is_empty() {
                return Ok(None);
            }
            words::date(value).map(Some).ok_or_else(|| {
                let (why, problem) = fault(Aside::Unreadable, role, "This is not a date");
                (why, problem.expected("a date, or a day written as 2026-03-20"))
            })
        };
        let since = day("since")?;
        if self.context.plan.mapping.kind == MappingKind::Decisions {
            let Some(on) = since else {
                let (why, problem) = fault(Aside::Unreadable, "since", "This decision has no day");
                return Err((why, problem.hint("Write the day of the meeting.")));
            };
            let meeting = Some(word("meeting")).filter(|word| !word.is_empty());
            let audiences = vec![Audience::Staff, Audience::Plc, Audience::Leadership];
            let meeting = meeting.unwrap_or_else(|| "Staff meeting".to_owned());
            return Ok(Action::Decision(goal, Decision { on, meeting, text, audiences }));
        }
        let status = word("status");
        let status = stage(&status).ok_or_else(|| {
            let (why, problem) = fault(Aside::Word, "status", "This word is not a status of a strategy");
            (why, problem.expected(Stage::ALL.map(Stage::id).join(", ")))
        })?;
        let mut grades = Vec::new();
        for written in word("grade").split([',', ';', '/']).map(str::trim).filter(|word| !word.is_empty()) {
            match self.context.lookup.grade(written) {
                Ok(grade) => grades.push(grade),
                Err(_) => return Err(fault(Aside::Word, "grade", "No school has this grade")),
            }
        }
        let team = Some(word("team")).filter(|word| !word.is_empty());
        Ok(Action::Strategy(goal, Strategy { text, team, grades, since, status, history: Vec::new() }))
    }
}

/// The status that a word means; an empty cell is a proposal.
fn stage(word: &str) -> Option<Stage> {
    let plain = word.trim().to_lowercase().replace([' ', '_'], "-");
    match plain.as_str() {
        "" | "proposed" | "idea" | "planned" => Some(Stage::Proposed),
        "selected" | "chosen" | "agreed" => Some(Stage::Selected),
        "under-way" | "underway" | "in-progress" | "started" | "ongoing" => Some(Stage::UnderWay),
        "done" | "completed" | "complete" | "finished" => Some(Stage::Done),
        "stopped" | "ended" | "dropped" | "given-up" => Some(Stage::Stopped),
        _ => None,
    }
}
