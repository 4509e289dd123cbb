//! Composes the report model of one school and audience from cleared figures and words.
//!
//! Comes in: cleared figures, the project's texts, a dictionary. Goes out: a [`Model`]. It never
//! sees an unprotected number, so sentences, charts, tables and alt texts say the same.

mod bars;
mod evidence;
mod goal;
mod in_force;
mod leadership;
mod multiples;
mod naming;
mod notes;
mod phrases;
mod printing;
mod progress;
mod same;
mod sentence;
mod side;
mod smart;
mod time;
mod together;
mod verdict;

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_config::goals::Audience;
use termwise_config::reports::ExtraReport;
use termwise_config::{Goal, Period, PeriodId, Plc, Project, SchoolId};
use termwise_disclosure::{Cleared, GoalFigures, NameList, Overview};
use termwise_judging::standing::Stands;
use termwise_reading::dataset::Tally;

use super::model::{ForeignModel, Model, NameGroupModel, NamesModel, PeriodModel, PlcModel, RunModel, SCHEMA};
use super::words::Words;
use phrases::Phrases;
pub use together::together;

/// What a report is about.
pub struct Subject<'a> {
    /// The school.
    pub school: SchoolId,
    /// For whom.
    pub audience: Audience,
    /// The team, for a PLC packet.
    pub plc: Option<&'a Plc>,
    /// The period reported on.
    pub now: PeriodId,
    /// A report of the division's own.
    pub own: Option<&'a ExtraReport>,
}

/// The run that the report comes from.
pub struct Origin<'a> {
    /// Short code of its inputs.
    pub code: &'a str,
    /// The day of the run.
    pub made: Date,
    /// What became of the rows of each file.
    pub files: &'a [Tally],
    /// Goals that were edited without an amendment.
    pub edits: &'a [Edit],
    /// Short digest of the record of the school's goals.
    pub record: &'a str,
}

/// A goal that was edited without an amendment.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Place of the goal in the project.
    pub goal: usize,
    /// The day of the run that saw it.
    pub day: Date,
    /// What changed, in order.
    pub changed: Vec<Changed>,
}

/// One thing that an edit changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Place of the part, where it is about one measure of several.
    pub part: Option<usize>,
    /// Its name under `[record]` in the dictionaries.
    pub field: &'static str,
    /// What was said before.
    pub before: Said,
    /// What is said now.
    pub after: Said,
}

/// What a goal said of one thing.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Nothing, or too much for a note.
    Untold,
    /// A text, as it was written.
    Text(String),
    /// An area, as a key.
    Area(String),
    /// A target, in the goal's unit.
    Number(f64),
    /// A day.
    Day(Date),
}

/// What the students of a goal, or of each of its parts, can decide, without a report around it: id and
/// sentences.
pub fn decide(project: &Project, figures: &GoalFigures, now: PeriodId, words: &Words) -> Vec<(String, Vec<String>)> {
    let school = project.goals[figures.goal].school;
    let subject = Subject { school, audience: Audience::Staff, plc: None, now, own: None };
    let phrases = Phrases::new(project, words);
    let writer = Writer::new(project, &subject, &phrases);
    std::iter::once(figures)
        .chain(&figures.several)
        .map(|figures| (writer.goal_of(figures), figures))
        .map(|(goal, figures)| (goal.id.clone(), writer.decide(goal, figures)))
        .filter(|(_, sentences)| !sentences.is_empty())
        .collect()
}

/// The leadership team's sheet alone, without a report around it.
pub fn overview(
    project: &Project,
    subject: &Subject,
    overview: &Cleared<Overview>,
    words: &Words,
) -> super::model::OverviewModel {
    Writer::new(project, subject, &Phrases::new(project, words)).overview(overview)
}

/// What one audience alone gets beside the figures of its goals.
pub struct Beside<'a> {
    /// For leadership: how the teams' goals add up, and candidates.
    pub overview: Option<&'a Cleared<Overview>>,
    /// For a team: its students by name.
    pub names: &'a Cleared<Vec<NameList>>,
}

/// Composes one report. For a PLC, only the goals that it works on.
pub fn compose(
    project: &Project,
    subject: &Subject,
    figures: &Cleared<Vec<GoalFigures>>,
    words: &Words,
    beside: &Beside,
    origin: &Origin,
) -> Model {
    let figures_of: Vec<&GoalFigures> = figures.iter().collect();
    let (in_force, was) = in_force::in_force(project, subject, &figures_of, words);
    let phrases = Phrases::new(project, words);
    let writer = Writer { in_force, was, made: origin.made, ..Writer::new(project, subject, &phrases) };
    let chosen: Vec<&GoalFigures> =
        figures.iter().filter(|f| subject.plc.is_none_or(|plc| project.goals[f.goal].plcs.contains(&plc.id))).collect();
    let school = project.school(subject.school);
    let now = project.calendar.period(subject.now);
    let audience = subject.audience.id();
    let mut model = Model {
        schema: SCHEMA,
        audience: subject.audience,
        report: subject.own.map_or_else(|| subject.audience.id().to_owned(), |own| own.id.clone()),
        lang: words.language.clone(),
        region: "CA".into(),
        title: subject
            .own
            .map(|own| own.title.as_str())
            .map_or_else(|| words.text(&format!("title.{audience}"), &[("school", &school.name)]), str::to_owned),
        division: project.division.name.clone(),
        school: school.name.clone(),
        plc: subject.plc.map(|plc| PlcModel { name: plc.name.clone(), grades: writer.grades(&plc.grades) }),
        period: PeriodModel { name: writer.when(subject.now), year: year(now) },
        run: RunModel { code: origin.code.to_owned(), made: words.date(origin.made) },
        contact: project.division.contact.clone(),
        words: words.section("page"),
        goals: chosen.iter().map(|f| writer.goal(f)).collect(),
        names: writer.names(beside.names),
        survey: writer.survey(&chosen),
        overview: beside.overview.map(|overview| writer.overview(overview)),
        data: writer.data(origin.files),
        notes: writer.notes(&chosen, origin),
        figures_csv: writer.csv(&chosen),
        paper: project.reports.paper,
        translation: writer.translation(),
        foreign: Vec::new(),
        other: None,
    };
    model.foreign = printed(&model, &phrases.foreign());
    model
}

/// Of all texts without a translation, those that the model prints, longest first, so that a text is not marked in parts.
fn printed(model: &Model, foreign: &BTreeMap<String, String>) -> Vec<ForeignModel> {
    if foreign.is_empty() {
        return Vec::new();
    }
    let mut texts = Vec::new();
    super::leaves::each(&serde_json::to_value(model).expect("a model is JSON"), &mut |_, text| {
        texts.push(text.to_owned());
    });
    let printed = |one: &str| !one.is_empty() && texts.iter().any(|text| super::leaves::without(text, one).1 > 0);
    let mut found: Vec<ForeignModel> = foreign
        .iter()
        .filter(|(text, _)| printed(text))
        .map(|(text, lang)| ForeignModel { text: text.clone(), lang: lang.clone() })
        .collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.text.len()), one.text.clone()));
    found
}

/// `2025–26`, with a dash as printed.
fn year(period: &Period) -> String {
    period.year.replace('-', "–")
}

/// Writes one report's texts.
struct Writer<'a> {
    project: &'a Project,
    subject: &'a Subject<'a>,
    words: &'a Phrases<'a>,
    /// Goals whose texts read otherwise now than as they were first agreed, by place in the project.
    in_force: BTreeMap<usize, Goal>,
    /// What statements said before they were amended, by goal.
    was: BTreeMap<String, String>,
    /// The day of the run: what is dated later is not known yet.
    made: Date,
}

impl<'a> Writer<'a> {
    fn new(project: &'a Project, subject: &'a Subject<'a>, words: &'a Phrases<'a>) -> Self {
        Self { project, subject, words, in_force: BTreeMap::new(), was: BTreeMap::new(), made: Date::MAX }
    }
}

impl Writer<'_> {
    /// That a translation is not reviewed yet; nothing to say where the school's texts are in its language.
    fn translation(&self) -> Option<String> {
        let division = self.subject.audience == Audience::Division;
        let goals = self.project.goals.iter().filter(|goal| division || goal.school == self.subject.school);
        let mut written_in = goals.map(|goal| &goal.written_in).chain([&self.project.division.written_in]);
        let own = self.project.language.as_ref().filter(|language| written_in.any(|own| own != *language));
        let own = own.and_then(|language| self.project.translations.get(language));
        let open = own.is_some_and(|own| !own.review.is_empty() && own.reviewed_by.is_empty());
        (open || self.words.review().is_some()).then(|| self.words.text("notes.translation", &[]))
    }

    /// A goal by its place in the project, with the texts that hold now.
    fn goal_at(&self, place: usize) -> &Goal {
        self.in_force.get(&place).unwrap_or(&self.project.goals[place])
    }

    /// The goal that figures belong to, or its part.
    fn goal_of(&self, figures: &GoalFigures) -> &Goal {
        let goal = self.goal_at(figures.goal);
        figures.part.and_then(|part| goal.parts().get(part)).unwrap_or(goal)
    }

    /// Who stands where, for the team itself.
    fn names(&self, lists: &Cleared<Vec<NameList>>) -> Vec<NamesModel> {
        let words = self.words;
        lists
            .iter()
            .map(|list| {
                let goal = self.goal_at(list.goal);
                let part = list.part.and_then(|part| goal.parts().get(part)).unwrap_or(goal);
                let mut title = vec![part.title.clone()];
                if part.measures().len() > 1 {
                    title.push(self.project.measures.measure(list.measure).title.clone());
                }
                let group = |(stands, names): &(Stands, Vec<String>)| NameGroupModel {
                    key: stands.key().to_owned(),
                    word: words.text(
                        &format!("names.{}", stands.key()),
                        &[("n", &words.number(u32::try_from(names.len()).unwrap_or(u32::MAX)))],
                    ),
                    names: names.clone(),
                };
                NamesModel { title: title.join("  ·  "), groups: list.groups.iter().map(group).collect() }
            })
            .collect()
    }
}
