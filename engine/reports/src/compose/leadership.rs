//! The leadership team's sheet: how the teams' goals add up, and candidates for goals as evidence, with
//! what cannot be said from it.

use termwise_config::Goal;
use termwise_config::goals::Population;
use termwise_disclosure::{AlignmentFigures, CandidateFigures, Count, Figure, Overview};
use termwise_judging::ask::Group;
use termwise_judging::goals::Unit;

use super::super::model::{CandidatesModel, OverviewModel, TableModel};
use super::Writer;

/// Candidates printed for each area; how many more there are is said.
const MOST: usize = 12;

impl Writer<'_> {
    pub(super) fn overview(&self, overview: &Overview) -> OverviewModel {
        let words = self.words;
        let mut areas: Vec<&str> = Vec::new();
        for candidate in &overview.candidates {
            if !areas.contains(&candidate.area.as_str()) {
                areas.push(&candidate.area);
            }
        }
        areas.sort_unstable();
        let mut limits = vec![words.text("inquiry.limits", &[])];
        if overview.left_out > 0 {
            limits.push(words.count("inquiry.left-out", overview.left_out as u32, &[]));
        }
        OverviewModel {
            alignment: self.alignment(&overview.alignment),
            alignment_notes: self.alignment_notes(overview),
            candidates: areas.iter().map(|area| self.candidates(area, &overview.candidates)).collect(),
            limits,
        }
    }

    fn alignment(&self, lines: &[AlignmentFigures]) -> Option<TableModel> {
        if lines.is_empty() {
            return None;
        }
        let words = self.words;
        let none = || words.text("number.none", &[]);
        let keys = ["goal", "teams", "now", "covered", "twice", "best", "target"];
        let rows = lines.iter().map(|line| {
            let goal = self.goal_at(line.goal);
            let team = |place: &usize| {
                let team = &self.project.plc_goals[*place];
                words.text(
                    "alignment.team",
                    &[
                        ("team", self.project.plcs[team.plc].name.as_str()),
                        ("title", &team.title),
                        ("target", &words.percent(team.target)),
                    ],
                )
            };
            let teams: Vec<String> = line.teams.iter().map(team).collect();
            let count = |count: Count| match (self.count(count), line.students) {
                (Some(n), Some(of)) => words.text("number.of", &[("met", &n), ("of", &words.number(of))]),
                _ => none(),
            };
            vec![
                self.titled(goal),
                if teams.is_empty() { none() } else { teams.join("; ") },
                // The column is narrow, and the table of the goals says by which rule.
                match &line.now {
                    Figure::Hidden => words.text("number.hidden-short", &[]),
                    shown => self.figure(goal, &Unit::Share, shown),
                },
                count(line.covered),
                self.count(line.twice).unwrap_or_else(none),
                line.best_case.map_or_else(none, |share| words.percent(share)),
                self.aimed(goal).map_or_else(none, |target| words.percent(target)),
            ]
        });
        Some(TableModel {
            caption: words.text("alignment.caption", &[]),
            rows: rows.collect(),
            columns: keys.iter().map(|key| words.text(&format!("alignment.column-{key}"), &[])).collect(),
        })
    }

    /// The target in force when the period closed, of a goal with a figure.
    fn aimed(&self, goal: &Goal) -> Option<f64> {
        Some(goal.aim(self.project.calendar.period(self.subject.now).closes)?.target)
    }

    /// A goal's title, with the mark of a draft.
    fn titled(&self, goal: &Goal) -> String {
        match goal.draft {
            true => self.words.text("record.draft-title", &[("title", &goal.title)]),
            false => goal.title.clone(),
        }
    }

    fn alignment_notes(&self, overview: &Overview) -> Vec<String> {
        let words = self.words;
        let mut notes = Vec::new();
        for line in &overview.alignment {
            let goal = self.goal_at(line.goal);
            if line.teams.is_empty() {
                notes.push(words.text("alignment.unserved", &[("title", &self.titled(goal))]));
            } else if let Some((best, target)) = line.best_case.zip(self.aimed(goal)) {
                let key = if best >= target - 1e-9 { "alignment.enough" } else { "alignment.not-enough" };
                let (best, target) = (words.percent(best), words.percent(target));
                notes.push(words.text(key, &[("title", &self.titled(goal)), ("best", &best), ("target", &target)]));
            }
            if let Some(n) = self.count(line.twice).filter(|_| line.twice != Count::Exactly(0)) {
                notes.push(words.text("alignment.twice", &[("title", &self.titled(goal)), ("n", &n)]));
            }
        }
        for place in &overview.orphans {
            let team = &self.project.plc_goals[*place];
            let name = self.project.plcs[team.plc].name.as_str();
            notes.push(words.text("alignment.orphan", &[("title", &team.title), ("team", name)]));
        }
        notes.push(words.text("alignment.best-means", &[]));
        notes
    }

    fn candidates(&self, area: &str, all: &[CandidateFigures]) -> CandidatesModel {
        let words = self.words;
        let mine: Vec<&CandidateFigures> = all.iter().filter(|candidate| candidate.area == area).collect();
        let keys = ["who", "what", "when", "share", "students", "one", "smallest", "others"];
        let rows = mine.iter().take(MOST).map(|candidate| self.candidate(candidate)).collect();
        let more = mine.len().saturating_sub(MOST) as u32;
        let area = self.known("area", area);
        let caption = if more == 0 {
            words.text("inquiry.caption", &[("area", &area)])
        } else {
            words.count("inquiry.caption-more", more, &[("area", &area)])
        };
        CandidatesModel {
            area,
            table: TableModel {
                caption,
                rows,
                columns: keys.iter().map(|key| words.text(&format!("inquiry.column-{key}"), &[])).collect(),
            },
        }
    }

    /// One row of evidence.
    fn candidate(&self, candidate: &CandidateFigures) -> Vec<String> {
        let words = self.words;
        let share = |share: f64| words.tenths(share * 100.0);
        let percent = |figure: &termwise_disclosure::Figure| {
            figure.exact().map_or_else(|| words.text("number.none", &[]), |value| words.percent(value))
        };
        vec![
            self.group(&candidate.population),
            self.project.measures.measure(candidate.measure).title.clone(),
            self.short(candidate.period),
            percent(&candidate.figure),
            self.n(&candidate.figure).unwrap_or_else(|| words.text("number.none", &[])),
            share(candidate.one_student),
            share(candidate.smallest),
            candidate.others.as_ref().map_or_else(
                || words.text("number.none", &[]),
                |(others, chance)| {
                    let values = [("share", percent(others)), ("chance", words.percent(*chance))];
                    words.text("inquiry.others", &[("share", &values[0].1), ("chance", &values[1].1)])
                },
            ),
        ]
    }

    /// “Grade 2, EUBP program”, “all students”, “staff”.
    fn group(&self, population: &Population) -> String {
        let words = self.words;
        if population.staff {
            return words.text("inquiry.staff", &[]);
        }
        let mut parts = Vec::new();
        if !population.grades.is_empty() {
            parts.push(self.grades(&population.grades));
        }
        parts.extend(population.programs.iter().map(|p| self.group_name(&Group::Program(p.clone()))));
        if parts.is_empty() { words.text("inquiry.all", &[]) } else { parts.join(", ") }
    }
}
