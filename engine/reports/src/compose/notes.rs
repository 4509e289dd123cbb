//! The data behind a report, its notes, and its figures as a file.

use std::collections::BTreeMap;

use termwise_config::Goal;
use termwise_config::goals::{Audience, Counting};
use termwise_disclosure::{self as disclosure, Bound, Figure, GoalFigures};
use termwise_judging::ask::Group;
use termwise_reading::dataset::{Aside, Tally};

use super::super::model::{DataModel, NoteModel};
use super::{Changed, Edit, Origin, Said, Writer};

impl Writer<'_> {
    /// What became of every row of the files that this school's report rests on.
    pub(super) fn data(&self, files: &[Tally]) -> DataModel {
        let words = self.words;
        let mine: Vec<&Tally> = files
            .iter()
            .filter(|f| {
                self.subject.audience == Audience::Division
                    || f.school.is_none_or(|school| school == self.subject.school)
            })
            .collect();
        let sum = |of: fn(&Tally) -> u32| mine.iter().map(|file| of(file)).sum::<u32>();
        let mut reasons: BTreeMap<Aside, u32> = BTreeMap::new();
        for (why, rows) in mine.iter().flat_map(|file| &file.set_aside_by) {
            *reasons.entry(*why).or_default() += rows;
        }
        let reasons: Vec<String> = reasons
            .into_iter()
            .map(|(why, rows)| words.text(&format!("data.{}", aside_key(why)), &[("n", &words.number(rows))]))
            .collect();
        let aside = words.number(sum(|f| f.set_aside));
        let aside = if reasons.is_empty() {
            words.text("data.aside", &[("n", &aside)])
        } else {
            words.text("data.aside-why", &[("n", &aside), ("reasons", &reasons.join(", "))])
        };
        let in_part = sum(|f| f.in_part);
        let used = words.number(sum(|f| f.used));
        let used = if in_part == 0 {
            words.text("data.used", &[("n", &used)])
        } else {
            let cells = words.count("data.cells", sum(|f| f.cells_set_aside), &[]);
            words.text("data.used-in-part", &[("n", &used), ("part", &words.number(in_part)), ("cells", &cells)])
        };
        let rows = if !self.subject.audience.in_detail() {
            Vec::new()
        } else {
            mine.iter()
                .map(|f| {
                    let name = f.path.strip_prefix("data/").unwrap_or(&f.path).to_owned();
                    let counts = [f.filled, f.used, f.in_part, f.set_aside, f.no_data()];
                    [name].into_iter().chain(counts.map(|n| words.number(n))).collect()
                })
                .collect()
        };
        DataModel {
            sentence: words.text(
                "data.sentence",
                &[
                    ("rows", &words.count("data.filled", sum(|f| f.filled), &[])),
                    ("used", &used),
                    ("aside", &aside),
                    ("others", &words.number(sum(Tally::no_data))),
                ],
            ),
            columns: ["file", "filled", "used", "in-part", "aside", "others"]
                .iter()
                .map(|key| words.text(&format!("data.column-{key}"), &[]))
                .collect(),
            rows,
        }
    }

    pub(super) fn notes(&self, chosen: &[&GoalFigures], origin: &Origin) -> Vec<NoteModel> {
        let words = self.words;
        let judging = &self.project.judging;
        let mut notes = Vec::new();
        let mut note = |key: &str, values: &[(&str, &str)]| {
            let instructional = if key == "line" && judging.instructional_days { "-instructional" } else { "" };
            notes.push(NoteModel {
                title: words.text(&format!("notes.{key}-title"), &[]),
                text: words.text(&format!("notes.{key}{instructional}"), values),
            });
        };
        let detail = self.subject.audience.in_detail();
        // The leadership's sheet has tables only.
        let charts = self.subject.audience != Audience::Leadership;
        let tables = self.tables(chosen);
        if !tables.is_empty() {
            note("tables", &[("tables", &words.list(&tables))]);
        }
        if detail {
            note(
                "verdicts",
                &[
                    ("points", &words.tenths(judging.tolerance_points * 100.0)),
                    ("students", &words.tenths(judging.tolerance_students)),
                    ("times", &words.tenths(judging.watch_tolerances)),
                    ("minimum", &words.number(judging.minimum_students)),
                    ("coverage", &words.percent(judging.minimum_coverage)),
                    ("part", &words.percent(judging.tolerance_part)),
                    ("chance", &words.percent(judging.false_on_track)),
                ],
            );
            let panels = |f: &&GoalFigures| std::iter::once(*f).chain(&f.several).any(|f| self.prints_panel(f));
            if chosen.iter().any(panels) {
                let [consecutive, median, trend] =
                    [judging.consecutive_points, judging.median_points, judging.trend_points].map(|n| words.number(n));
                note("rules", &[("consecutive", &consecutive), ("median", &median), ("trend", &trend)]);
            }
            note("chance", &[]);
            note("smart", &[("full", &words.percent(judging.full_coverage))]);
            note("line", &[]);
            if charts {
                note("band", &[]);
            }
        }
        let minimum = disclosure::minimum(&self.project.privacy, self.subject.audience);
        note("privacy", &[("minimum", &words.number(minimum))]);
        if charts {
            note("children", &[]);
        }
        if chosen.iter().any(|f| !f.bars.is_empty()) && detail {
            note("rounding", &[]);
        }
        if self.subject.audience == Audience::Division {
            note("alphabet", &[]);
        }
        if !detail {
            // The other audiences have a table of the files.
            note("rows", &[("sentence", &self.data(origin.files).sentence)]);
        } else {
            note("record", &[("code", origin.record)]);
            if let Some(record) = notes.last_mut() {
                for edit in origin.edits {
                    record.text.push(' ');
                    record.text.push_str(&self.edited(edit, chosen));
                }
            }
        }
        notes
    }

    /// A goal that was edited without an amendment.
    fn edited(&self, edit: &Edit, chosen: &[&GoalFigures]) -> String {
        let figures = chosen.iter().find(|figures| figures.goal == edit.goal).copied();
        let goal = self.goal_at(edit.goal);
        let changes: Vec<String> = edit.changed.iter().map(|changed| self.changed(goal, figures, changed)).collect();
        let (day, changes) = (self.words.date(edit.day), self.words.list(&changes));
        self.words.text("notes.edited", &[("title", &goal.title), ("day", &day), ("changes", &changes)])
    }

    /// One thing that changed: what it is in the words of this language, and what was said before and after. A
    /// text of the division is quoted in its translation, or as it was written and marked as such.
    fn changed(&self, goal: &Goal, figures: Option<&GoalFigures>, changed: &Changed) -> String {
        let words = self.words;
        let part = changed.part.and_then(|place| goal.parts().get(place));
        let of_part = |figures: &GoalFigures| figures.several.iter().position(|one| one.part == changed.part);
        let figures = match changed.part {
            None => figures,
            Some(_) => figures.and_then(|figures| of_part(figures).map(|place| &figures.several[place])),
        };
        // A number is printed in the unit that the metric gave it; without one only its name is.
        let figures = figures.filter(|figures| figures.metric.is_some());
        let name = words.text(&format!("record.{}", changed.field), &[]);
        let one = |key: &str, before: &str, after: &str| {
            words.text(key, &[("name", &name), ("before", before), ("after", after)])
        };
        let told = match (&changed.before, &changed.after) {
            (Said::Text(before), Said::Text(after)) => {
                let own = |text: &str| words.told(text, &goal.written_in);
                one("notes.edited-text", &own(before), &own(after))
            }
            (Said::Area(before), Said::Area(after)) => {
                one("notes.edited-one", &self.known("area", before), &self.known("area", after))
            }
            (Said::Day(before), Said::Day(after)) => one("notes.edited-day", &words.date(*before), &words.date(*after)),
            (Said::Number(before), Said::Number(after)) => match figures {
                Some(figures) => {
                    let value = |value: f64| self.agreed(part.unwrap_or(goal), figures, value);
                    one("notes.edited-one", &value(*before), &value(*after))
                }
                None => name.clone(),
            },
            _ => name.clone(),
        };
        match part {
            Some(part) => words.text("record.part", &[("part", &part.title), ("change", &told)]),
            None => told,
        }
    }

    /// Titles of the expectation tables that the goals' lines come from.
    fn tables(&self, chosen: &[&GoalFigures]) -> Vec<String> {
        let mut titles = Vec::new();
        for figures in chosen.iter().flat_map(|f| std::iter::once(*f).chain(&f.several)) {
            let goal = self.goal_of(figures);
            if goal.population().staff || !matches!(goal.kind(), Some(Counting::Share { .. })) {
                continue;
            }
            let periods = figures.points.iter().map(|p| p.period).chain([figures.at]);
            for (period, measure) in periods.flat_map(|p| goal.measures().iter().map(move |m| (p, *m))) {
                let table = self.project.measures.expectation(measure, &self.project.calendar, period);
                if let Some(table) = table
                    && !titles.contains(&table.title)
                {
                    titles.push(table.title.clone());
                }
            }
        }
        titles
    }

    /// The cleared figures, one line each; hidden ones say so and carry no number.
    pub(super) fn csv(&self, chosen: &[&GoalFigures]) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        let number = |value: f64| format!("{value:.2}");
        let header = ["goal", "reporting_period", "group", "figure", "how_to_read", "students"];
        let mut write = |row: [String; 6]| out.write_record(&row).expect("memory takes every record");
        write(header.map(str::to_owned));
        let mut line = |goal: &str, period: &str, group: &str, figure: &Figure| {
            let (share, bound, of) = match figure {
                Figure::Nothing => (String::new(), "no result", String::new()),
                Figure::Hidden => (String::new(), "hidden", String::new()),
                Figure::Shown { value, bound, of, .. } => (
                    // Of a gap it is the first side less the second.
                    number(figure.place().unwrap_or(*value)),
                    match bound {
                        Bound::Exact => "exact",
                        Bound::OrLess => "or less",
                        Bound::OrMore => "or more",
                    },
                    if *of == 0 { String::new() } else { of.to_string() },
                ),
            };
            write([goal.into(), period.into(), group.into(), share, bound.into(), of]);
        };
        // The parts of a goal with several measures follow it.
        for figures in chosen.iter().flat_map(|f| std::iter::once(*f).chain(&f.several)) {
            let goal = self.goal_of(figures);
            for point in &figures.points {
                let period = self.project.calendar.period(point.period).key();
                line(&goal.id, &period, "all", &point.figure);
                let groups = point.groups.iter().filter(|_| self.subject.audience.in_detail());
                for (group, figure) in groups {
                    let name = match group {
                        Group::All => "all".to_owned(),
                        Group::Grade(grade) => format!("grade {grade}"),
                        Group::Program(program) => format!("program {program}"),
                    };
                    line(&goal.id, &period, &name, figure);
                }
            }
        }
        String::from_utf8(out.into_inner().expect("memory takes every record")).expect("written from strings")
    }
}

/// The dictionary's key of a reason for setting rows aside.
fn aside_key(why: Aside) -> &'static str {
    match why {
        Aside::Unreadable => "aside-unreadable",
        Aside::Student => "aside-student",
        Aside::Word => "aside-word",
        Aside::Contradiction => "aside-contradiction",
        Aside::Table => "aside-table",
    }
}
