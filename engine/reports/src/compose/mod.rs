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
mod notes;
mod phrases;
mod progress;
mod same;
mod side;
mod smart;
mod time;

use std::collections::BTreeMap;

use jiff::civil::Date;

use termwise_config::goals::{Audience, Counting};
use termwise_config::measures::ScaleKind;
use termwise_config::reports::ExtraReport;
use termwise_config::translations::{fallback, is_abbreviation, is_word};
use termwise_config::{Goal, Period, PeriodId, Plc, Project, SchoolId};
use termwise_disclosure::{Bound, Cleared, Count, Figure, GoalFigures, NameList, Overview};
use termwise_judging::ask::Group;
use termwise_judging::goals::{Ahead, Unit};
use termwise_judging::standing::Stands;
use termwise_metric::Texts;
use termwise_reading::dataset::Tally;

use super::model::{
    FigureModel, ForeignModel, Model, NameGroupModel, NamesModel, NoteModel, PeriodModel, PlcModel, RunModel, SCHEMA,
};
use super::words::Words;
use phrases::Phrases;

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

/// One report about all schools from the reports about each, in the order of their names: no school is held
/// against another.
///
/// # Panics
///
/// If there is none.
pub fn together(mut models: Vec<Model>) -> Model {
    if models.len() == 1 {
        return models.remove(0);
    }
    models.sort_by_key(|model| model.school.to_lowercase());
    let mut rest = models.into_iter();
    let mut all = rest.next().expect("a division has a school");
    // A note that is not the same for all schools says for which one it is.
    let first = std::mem::take(&mut all.school);
    let rest: Vec<Model> = rest.collect();
    let mut notes: Vec<NoteModel> = Vec::new();
    let mut tell = |note: &NoteModel, school: Option<&str>| {
        let text = school.map_or_else(|| note.text.clone(), |school| format!("{school}: {}", note.text));
        match notes.iter_mut().find(|told| told.title == note.title) {
            Some(told) => told.text = format!("{} {text}", told.text),
            None => notes.push(NoteModel { title: note.title.clone(), text }),
        }
    };
    for note in &all.notes {
        let same = rest.iter().all(|model| model.notes.contains(note));
        tell(note, (!same).then_some(first.as_str()));
    }
    for model in &rest {
        let own = model.notes.iter().filter(|note| !all.notes.contains(note));
        own.for_each(|note| tell(note, Some(&model.school)));
    }
    all.notes = notes;
    for model in rest {
        all.goals.extend(model.goals);
        all.figures_csv.extend(model.figures_csv.split_once('\n').map(|(_, rows)| rows));
        all.foreign.extend(model.foreign.into_iter().filter(|one| !all.foreign.contains(one)).collect::<Vec<_>>());
    }
    all.foreign.sort_by_key(|one| (std::cmp::Reverse(one.text.len()), one.text.clone()));
    all
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

    /// A name of the division's from the data, in the language of the report if the division translated it.
    fn named(&self, name: &str) -> String {
        self.words.told(name, &self.project.division.written_in)
    }

    /// “March 2026”; “Term 2 (March 2026)” where the division's name is no month.
    fn when(&self, id: PeriodId) -> String {
        let period = self.project.calendar.period(id);
        let month_year = self.words.month_year(period.closes);
        if period.is_named_by_month() {
            month_year
        } else {
            self.words.text("number.named-period", &[("name", &self.named(&period.name)), ("month", &month_year)])
        }
    }

    /// “March”, “Term 2”.
    fn name_of(&self, id: PeriodId) -> String {
        let period = self.project.calendar.period(id);
        if period.is_named_by_month() { self.words.month(period.closes) } else { self.named(&period.name) }
    }

    fn short(&self, id: PeriodId) -> String {
        self.words.short_month(self.project.calendar.period(id).closes)
    }

    /// “Grade 3”, “Kindergarten”.
    fn grade(&self, grade: &str) -> String {
        if grade.eq_ignore_ascii_case("k") {
            self.words.text("subject.kindergarten", &[])
        } else {
            self.words.text("subject.grade", &[("grade", &self.ordinal(grade))])
        }
    }

    /// A program's name; an abbreviation is the same in every language.
    fn program(&self, program: &str) -> String {
        match self.project.translated(program, &self.project.division.written_in) {
            Some(own) => own.to_owned(),
            None if is_abbreviation(program) => program.to_owned(),
            None => self.named(program),
        }
    }

    /// A level of a scale or an answer; one that is letters and numbers is the same in every language.
    fn level(&self, level: &str) -> String {
        if is_word(level) { self.named(level) } else { level.to_owned() }
    }

    /// “Grade 3”, “programme anglais”.
    fn group_name(&self, group: &Group) -> String {
        match group {
            Group::All => self.words.text("subject.students", &[]),
            Group::Grade(grade) => self.grade(grade),
            Group::Program(program) => self.words.text("subject.program-name", &[("program", &self.program(program))]),
        }
    }

    /// The number of a grade as the language writes it: “3”, “3e”. A grade without a number stays.
    fn ordinal(&self, grade: &str) -> String {
        grade.parse().map_or_else(|_| grade.to_owned(), |n| self.words.ordinal("subject.ordinal", n))
    }

    /// “Kindergarten and Grade 1”; “Grades 5–8” or “Kindergarten to Grade 3” for a run of more than two.
    fn grades(&self, grades: &[String]) -> String {
        let number = |grade: &String| if grade.eq_ignore_ascii_case("k") { Some(0) } else { grade.parse().ok() };
        let numbers: Vec<u32> = grades.iter().filter_map(number).collect();
        let run = numbers.len() == grades.len() && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
        match (numbers.first(), numbers.last()) {
            (Some(0), Some(last)) if run && numbers.len() > 2 => {
                self.words.text("subject.kindergarten-run", &[("last", &self.words.ordinal("subject.ordinal", *last))])
            }
            (Some(first), Some(last)) if run && numbers.len() > 2 => {
                let [first, last] = [*first, *last].map(|n| self.words.ordinal("subject.ordinal", n));
                self.words.text("subject.grade-run", &[("first", &first), ("last", &last)])
            }
            _ => self.words.list(&grades.iter().map(|g| self.grade(g)).collect::<Vec<_>>()),
        }
    }

    /// “Grade 3 students”, “Grade 1 students in the EUBP program”.
    fn who(&self, goal: &Goal) -> String {
        let population = goal.population();
        if population.staff {
            return self.words.text("subject.staff", &[]);
        }
        let school = self.project.school(goal.school);
        let who = if population.grades.is_empty() || population.grades == school.grades {
            self.words.text("subject.students", &[])
        } else {
            self.words.text("subject.grade-students", &[("grades", &self.grades(&population.grades))])
        };
        if population.programs.is_empty() {
            who
        } else {
            let programs: Vec<String> = population.programs.iter().map(|program| self.program(program)).collect();
            let programs = self.words.list(&programs);
            self.words.text("subject.program", &[("who", &who), ("program", &programs)])
        }
    }

    /// “read at or above level in English”, of results of a period.
    fn indicator(&self, goal: &Goal, at: PeriodId) -> String {
        if let Some(own) = goal.measured().and_then(|plan| plan.indicator.as_ref()) {
            return own.clone();
        }
        let titles: Vec<String> =
            goal.measures().iter().map(|m| self.project.measures.measure(*m).title.clone()).collect();
        let titles = self.words.list(&titles);
        match goal.kind() {
            Some(Counting::Share { .. }) if goal.population().staff => {
                self.words.text("subject.agreed", &[("measures", &titles)])
            }
            Some(Counting::Share { at_least }) if (*at_least as usize) < goal.measures().len() => {
                let (k, m) = (self.words.number(*at_least), self.words.number(goal.measures().len() as u32));
                self.words.text("subject.at-level-of", &[("k", &k), ("m", &m), ("measures", &titles)])
            }
            // A goal of kind “metric” has its own words, which its configuration requires.
            Some(Counting::Share { .. } | Counting::Metric { .. }) | None => {
                self.words.text("subject.at-level", &[("measures", &titles)])
            }
            Some(Counting::MatchedGrowth { from, gain }) => {
                let now = self.project.calendar.period(at);
                let Some(steps) = gain.get(&now.id).or_else(|| gain.get("*")).filter(|_| now.id != *from) else {
                    return self.words.text("subject.grew-enough", &[("measures", &titles)]);
                };
                let start = self.project.calendar.by_key(&format!("{}/{from}", now.year));
                let since = start.map_or_else(|| from.clone(), |id| self.when(id));
                let steps = self.words.count(self.step(goal), steps.round() as u32, &[]);
                self.words.text("subject.grew", &[("steps", &steps), ("measures", &titles), ("since", &since)])
            }
        }
    }

    /// What one step of a growth goal's scale is called.
    fn step(&self, goal: &Goal) -> &'static str {
        match goal.measures().first().map(|m| &self.project.measures.scale_of(*m).kind) {
            Some(ScaleKind::Ordered { .. }) => "subject.levels",
            _ => "subject.points",
        }
    }

    fn percent(&self, share: f64, bound: Bound) -> String {
        let percent = self.words.percent(share);
        match bound {
            Bound::Exact => percent,
            Bound::OrLess => self.words.text("number.or-less", &[("percent", &percent)]),
            Bound::OrMore => self.words.text("number.or-more", &[("percent", &percent)]),
        }
    }

    /// “63%”, “12 percentage points”, “3.5 levels”.
    fn value(&self, goal: &Goal, unit: &Unit, value: f64, bound: Bound) -> String {
        match unit {
            Unit::Share => self.percent(value, bound),
            Unit::Difference | Unit::Gap => {
                let points = self.words.count("number.points", (value.abs() * 100.0).round() as u32, &[]);
                if value < 0.0 { self.words.text("number.minus", &[("n", &points)]) } else { points }
            }
            Unit::Steps(_) => {
                let n = self.words.tenths(value.abs());
                let steps = self.words.text(self.steps(goal), &[("n", &n)]);
                if value < 0.0 { self.words.text("number.minus", &[("n", &steps)]) } else { steps }
            }
        }
    }

    /// As in a sentence: a difference is spelt out as “percentage points”.
    fn spelt(&self, goal: &Goal, unit: &Unit, value: f64, bound: Bound) -> String {
        if !matches!(unit, Unit::Difference | Unit::Gap) {
            return self.value(goal, unit, value, bound);
        }
        let points = self.words.count("number.percentage-points", (value.abs() * 100.0).round() as u32, &[]);
        if value < 0.0 { self.words.text("number.minus", &[("n", &points)]) } else { points }
    }

    /// A target, or where a line stands.
    fn plain(&self, goal: &Goal, figures: &GoalFigures, value: f64) -> String {
        self.value(goal, &figures.unit, value, Bound::Exact)
    }

    /// A target, in words as it was agreed on.
    fn agreed(&self, goal: &Goal, figures: &GoalFigures, value: f64) -> String {
        match figures.unit {
            Unit::Share => self.words.percent_agreed(value),
            Unit::Difference | Unit::Gap => {
                let points = self.words.count_tenths("number.points", value.abs() * 100.0);
                if value < 0.0 { self.words.text("number.minus", &[("n", &points)]) } else { points }
            }
            Unit::Steps(_) => self.plain(goal, figures, value),
        }
    }

    /// A number as it is printed where it was agreed on: with a tenth of a percent, a point or a level.
    fn as_agreed(unit: &Unit, value: f64) -> f64 {
        let tenths = if matches!(unit, Unit::Steps(_)) { 10.0 } else { 1000.0 };
        (value * tenths).round() / tenths
    }

    /// What the numbers of a goal that is no share are called.
    fn steps(&self, goal: &Goal) -> &'static str {
        match goal.measures().first().map(|m| &self.project.measures.scale_of(*m).kind) {
            Some(ScaleKind::Ordered { .. }) => "number.levels",
            _ => "number.score-points",
        }
    }

    /// “63%”, “95% or more”, “hidden to protect privacy”, “no result”.
    fn figure(&self, goal: &Goal, unit: &Unit, figure: &Figure) -> String {
        match figure {
            Figure::Nothing => self.words.text("number.nothing", &[]),
            Figure::Hidden => self.words.text("number.hidden", &[]),
            Figure::Shown { value, bound, ahead, .. } => {
                let text = self.value(goal, unit, *value, *bound);
                match self.ahead(goal, *ahead) {
                    Some(side) => self.words.text("number.ahead", &[("figure", &text), ("side", &side)]),
                    None => text,
                }
            }
        }
    }

    /// Which of the two sides of a gap is ahead, by name.
    fn ahead(&self, goal: &Goal, ahead: Option<Ahead>) -> Option<String> {
        let [first, second] = goal.compare()?;
        Some(self.side_of(match ahead? {
            Ahead::First => first,
            Ahead::Second => second,
        }))
    }

    /// “34 of 54”, or “54” where the count of those who met the line is not for this audience.
    fn n(&self, figure: &Figure) -> Option<String> {
        match figure {
            Figure::Shown { of: 0, .. } | Figure::Nothing | Figure::Hidden => None,
            Figure::Shown { met: Some(met), of, .. } => Some(
                self.words.text("number.of", &[("met", &self.words.number(*met)), ("of", &self.words.number(*of))]),
            ),
            Figure::Shown { of, .. } => Some(self.words.number(*of)),
        }
    }

    /// A figure at its place on a chart: of a gap the place says who is ahead.
    fn on_chart(&self, goal: &Goal, figures: &GoalFigures, figure: &Figure) -> String {
        match (&figures.unit, figure.value()) {
            (Unit::Gap, Some(size)) => self.plain(goal, figures, size),
            _ => self.figure(goal, &figures.unit, figure),
        }
    }

    fn figure_model(&self, goal: &Goal, figures: &GoalFigures, figure: &Figure, when: String) -> FigureModel {
        FigureModel { text: self.figure(goal, &figures.unit, figure), when, n: self.n(figure) }
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

    /// “12”, “fewer than 5”; none where this audience is not told.
    fn count(&self, count: Count) -> Option<String> {
        match count {
            Count::Exactly(n) => Some(self.words.number(n)),
            Count::Fewer(n) => Some(self.words.text("number.fewer", &[("n", &self.words.number(n))])),
            Count::Untold => None,
        }
    }

    /// A metric's own text, in the report's language where it has one. The shipped ones speak English; the
    /// dictionary has their words in other languages.
    fn own(&self, metric: &str, key: &str, texts: &Texts) -> String {
        let word = format!("metric.{metric}-{key}");
        match (texts.get(&self.words.language), fallback(texts)) {
            (Some(own), _) => own.clone(),
            (None, _) if self.words.has(&word) => self.words.text(&word, &[]),
            (None, Some((written_in, text))) => self.words.told(text, written_in),
            (None, None) => String::new(),
        }
    }

    /// The dictionary's word for a key of configuration, or the key itself as the division wrote it.
    fn known(&self, section: &str, key: &str) -> String {
        let full = format!("{section}.{key}");
        if self.words.has(&full) { self.words.text(&full, &[]) } else { self.named(key) }
    }
}
