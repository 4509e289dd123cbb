//! The report model: what a template gets as `/model.json`.
//!
//! Every string is ready to print and every number has been cleared. The shape is a contract with
//! the templates of divisions; its name and version stand in `schema`.

use schemars::JsonSchema;
use serde::Serialize;

use termwise_config::goals::Audience;
use termwise_config::reports::Paper;

/// Name and version of the shape. The number rises when a field goes or changes its meaning; new fields
/// may come without.
pub const SCHEMA: &str = "termwise:report@1";

/// The JSON Schema of a model (draft 2020-12).
pub fn schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Model>().to_value()
}

/// One report, as a template gets it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Model {
    /// `termwise:report@1`.
    pub schema: &'static str,
    /// Whom the report is for.
    pub audience: Audience,
    /// Which report: the audience, or the id of a report of the division's own.
    pub report: String,
    /// Language of the report as an ISO 639 code, as in `en`; the document and its dates are in it.
    pub lang: String,
    /// Region as an ISO 3166 code, as in `CA`.
    pub region: String,
    /// Title of the document.
    pub title: String,
    /// Name of the school division, as in `termwise.toml`.
    pub division: String,
    /// Name of the school; empty for a report about all schools.
    pub school: String,
    /// The team, for a PLC packet.
    pub plc: Option<PlcModel>,
    /// The reporting period that the figures are about.
    pub period: PeriodModel,
    /// The run that made the report, for the foot of the page.
    pub run: RunModel,
    /// How readers get the report in another format, as the division wrote it.
    pub contact: String,
    /// Fixed words of the pages, by their keys in the section `[page]` of the dictionary.
    pub words: std::collections::BTreeMap<String, String>,
    /// Goals in the order of the project's files.
    pub goals: Vec<GoalModel>,
    /// Students by name and by where they stand: in the packet of a team whose division turned names on, and
    /// nowhere else.
    pub names: Vec<NamesModel>,
    /// Answers to the staff survey; none where the survey has no result for this audience.
    pub survey: Option<DistributionModel>,
    /// How the teams' goals add up, and possible new goals; only for the leadership team.
    pub overview: Option<OverviewModel>,
    /// What became of the rows of the spreadsheets.
    pub data: DataModel,
    /// Notes for the end of the report: rules, methods, privacy.
    pub notes: Vec<NoteModel>,
    /// The cleared figures as CSV with a header row, to be attached to the PDF.
    pub figures_csv: String,
    /// Size of the pages.
    pub paper: Paper,
    /// A sentence about the translation, if nobody has reviewed it yet.
    pub translation: Option<String>,
    /// Passages in another language: texts of the division that have no translation.
    pub foreign: Vec<ForeignModel>,
    /// The same report in a second language, for an edition in two languages.
    pub other: Option<Box<Model>>,
}

impl Model {
    /// Puts a number in the place of each student's name, as in “N 3”: whoever designs a report needs none.
    pub fn number_names(&mut self) {
        let groups = self.names.iter_mut().flat_map(|list| &mut list.groups);
        for (place, name) in groups.flat_map(|group| &mut group.names).enumerate() {
            *name = format!("N {}", place + 1);
        }
    }
}

/// A passage in another language than the report's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ForeignModel {
    /// The passage, wherever it occurs.
    pub text: String,
    /// Its language, as in `en`.
    pub lang: String,
}

/// A team.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlcModel {
    /// Name of the team (PLC).
    pub name: String,
    /// Grades of the team as a phrase, as in “Grades 2–4”.
    pub grades: String,
}

/// The students of one measure.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NamesModel {
    /// As in “Grade 1 reading  ·  Reading level (English)”.
    pub title: String,
    /// By where they stand, lowest first.
    pub groups: Vec<NameGroupModel>,
}

/// Students who stand in one place.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NameGroupModel {
    /// `below`, `at`, `above` or `no-result`.
    pub key: String,
    /// As in “Below (12)”.
    pub word: String,
    /// Names by the alphabet, as the roster spells them.
    pub names: Vec<String>,
}

/// The reporting period.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PeriodModel {
    /// As in “March 2026”, or “Term 2 (March 2026)”.
    pub name: String,
    /// School year, as in “2025–26”.
    pub year: String,
}

/// The run that a report comes from.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunModel {
    /// Short code of the inputs; the same inputs give the same code.
    pub code: String,
    /// The day of the run, as in “March 20, 2026”.
    pub made: String,
}

/// A figure with its time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FigureModel {
    /// As in “63%”.
    pub text: String,
    /// As in “March 2026”.
    pub when: String,
    /// As in “34 of 54”.
    pub n: Option<String>,
}

/// Where a goal stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VerdictModel {
    /// One of ten keys, as in `on-track`; shape and tone follow from it.
    pub key: &'static str,
    /// The verdict as printed, as in “On track”.
    pub word: String,
    /// The reason for the verdict, in one sentence or a few.
    pub explain: String,
    /// Key of the reason, where there is one: as in `low-coverage`, or of the audience's rule that hides the
    /// result, as in `small` or `one-class`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<&'static str>,
    /// Key of the rule that hides the figure, where another reason stands before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_by: Option<&'static str>,
    /// The part of the goal that the sentences point at: `panel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_by: Option<&'static str>,
}

/// A data table that stands beside a chart, with the same numbers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableModel {
    /// Caption, to be printed above the table.
    pub caption: String,
    /// Header cells, one per column.
    pub columns: Vec<String>,
    /// Rows of body cells; the first cell of a row names it.
    pub rows: Vec<Vec<String>>,
}

/// One goal.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalModel {
    /// Id of the goal, as in its file.
    pub id: String,
    /// Name of its school.
    pub school: String,
    /// `share`, `matched-growth`, `metric`, `several` or `narrative`.
    pub kind: &'static str,
    /// As in “Literacy”.
    pub area: String,
    /// Short title of the goal.
    pub title: String,
    /// The mark of a draft that nobody has agreed on yet, to be printed wherever the goal is shown. None for an
    /// agreed goal, and never for the parent council or the division office, who get no drafts.
    pub draft: Option<String>,
    /// The goal in one sentence, as in force in this period. If it names an earlier target, it says so.
    pub statement: String,
    /// What the statement said before it was amended, until when, and why it changed.
    pub statement_was: Option<String>,
    /// Why the goal matters, as the school wrote it.
    pub why: String,
    /// A short form of the why; the whole why if there is none.
    pub why_short: String,
    /// Where the goal stands.
    pub verdict: VerdictModel,
    /// The sentence that the chart shows.
    pub sentence: String,
    /// Where it started.
    pub baseline: FigureModel,
    /// The figure of the reporting period before; none if there is none.
    pub last: Option<FigureModel>,
    /// The figure now.
    pub now: FigureModel,
    /// The target, with the month of its deadline.
    pub target: FigureModel,
    /// The target or deadline before the last amendment of it, and until when.
    pub target_was: Option<String>,
    /// Change since the point before, after the same children.
    pub change: Option<String>,
    /// Those measured both times, and who is new or gone.
    pub same_children: Option<SameChildrenModel>,
    /// “about k more students”.
    pub more: Option<String>,
    /// A sentence for small groups: a few students could change the result by several points.
    pub could_change: Option<String>,
    /// The main chart; none where the goal has no number of its own.
    pub progress: Option<ProgressModel>,
    /// Stacked bars of where students are, by period or by measure.
    pub distribution: Option<DistributionModel>,
    /// Dots for each grade and program, in the period reported on.
    pub groups: Option<DotsModel>,
    /// Each grade and program over time, if there are at least two groups and two periods.
    pub over_time: Option<MultiplesModel>,
    /// Bars of who is counted now, compared with the period before.
    pub moved: Option<DistributionModel>,
    /// Strategies that were known on the day of the run.
    pub strategies: Vec<StrategyModel>,
    /// Questions for the staff meeting; empty for parents.
    pub questions: Vec<String>,
    /// How families can help, as the school wrote it.
    pub families: Option<String>,
    /// A question for the parent council, as the school wrote it.
    pub council_question: Option<String>,
    /// Who is counted and who is not.
    pub counted: String,
    /// The parts of a goal with several measures.
    pub parts: Vec<PartGoalModel>,
    /// How many of the parts must be reached.
    pub rule: Option<String>,
    /// The rubric of a narrative goal.
    pub rubric: Option<RubricModel>,
    /// What was agreed since the goal was first agreed.
    pub amendments: Vec<AmendmentModel>,
    /// What meetings decided, newest first, with what happened since.
    pub decisions: Vec<DecisionModel>,
    /// Who is behind the change.
    pub people: Option<String>,
    /// A sentence about results that were corrected since the last reports.
    pub corrected: Option<String>,
    /// The five letters of the SMART check; empty for parents.
    pub smart: Vec<LetterModel>,
    /// What each rule says, if more than one has enough results.
    pub panel: Option<TableModel>,
    /// What a group this size can show, a sentence each; empty for parents.
    pub decide: Vec<String>,
    /// What staff believe, before and now, as a table.
    pub beliefs: Option<TableModel>,
}

/// The children behind a change. A number that the audience is not told is null.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SameChildrenModel {
    /// Since when, as in “November 2025”.
    pub since: String,
    /// Measured both times.
    pub both: Option<u32>,
    /// Of them, at or above the line both times.
    pub stayed_at: Option<u32>,
    /// Of them, below it then and at or above it now.
    pub rose: Option<u32>,
    /// Of them, at or above it then and below it now.
    pub fell: Option<u32>,
    /// Of them, below it both times.
    pub stayed_below: Option<u32>,
    /// Measured now and not then.
    pub new: Option<u32>,
    /// Measured then and not now.
    pub gone: Option<u32>,
    /// The same as one clause, ready to print.
    pub text: String,
}

/// One measure of a goal with several.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PartGoalModel {
    /// Short title of the part.
    pub title: String,
    /// Where the part stands.
    pub verdict: VerdictModel,
    /// The sentence that the chart shows.
    pub sentence: String,
    /// Where it started.
    pub baseline: FigureModel,
    /// The figure now.
    pub now: FigureModel,
    /// The target, with the month of its deadline.
    pub target: FigureModel,
    /// Change since the point before.
    pub change: Option<String>,
    /// “about k more students”.
    pub more: Option<String>,
    /// Who is behind the change.
    pub people: Option<String>,
    /// Its chart.
    pub progress: ProgressModel,
    /// What each rule says, if more than one has enough results.
    pub panel: Option<TableModel>,
    /// Who is counted and who is not.
    pub counted: String,
}

/// The levels of a goal without a number.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RubricModel {
    /// Levels, lowest first.
    pub levels: Vec<String>,
    /// Place of the level reached in `levels`, from 0; none if nobody has judged yet.
    pub reached: Option<usize>,
    /// Place of the target level in `levels`, from 0.
    pub target: usize,
    /// Judgements up to now: when, level, evidence, who.
    pub table: TableModel,
}

/// A change of a goal.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AmendmentModel {
    /// As in “January 20, 2026”.
    pub on: String,
    /// What was changed, as in “the target from 75% to 70%”.
    pub what: String,
    /// Why it was changed, as the school wrote it.
    pub reason: String,
    /// Who agreed to it.
    pub agreed_by: String,
    /// On the last amendment: whether the goal as first agreed has been met.
    pub first: Option<String>,
}

/// A decision, read back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DecisionModel {
    /// Title of the goal that it is about.
    pub goal: String,
    /// “You decided … on …”, with the goal's name.
    pub text: String,
    /// The day, as in `2026-01-20`.
    pub on: String,
    /// What was known before, and what happened since; no cause.
    pub since: String,
    /// Closing day of the result before the decision, as in `2025-11-28`.
    pub before_on: Option<String>,
    /// Closing days of the results since then, earliest first.
    pub since_on: Vec<String>,
}

/// A letter of the SMART check.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LetterModel {
    /// `S`, `M`, `A`, `R` or `T`.
    pub letter: String,
    /// As in “Specific”.
    pub word: String,
    /// Whether nothing is missing.
    pub holds: bool,
    /// The evidence, or what is missing.
    pub text: String,
}

/// What the leadership team looks at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OverviewModel {
    /// How the teams' goals add up, one row per school goal.
    pub alignment: Option<TableModel>,
    /// What the table says, a sentence each.
    pub alignment_notes: Vec<String>,
    /// Possible goals, by area.
    pub candidates: Vec<CandidatesModel>,
    /// What these figures do not say, a sentence each.
    pub limits: Vec<String>,
}

/// Possible goals of one area.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CandidatesModel {
    /// As in “Literacy”.
    pub area: String,
    /// Evidence, one row per group; the group with the most room that it can show comes first.
    pub table: TableModel,
}

/// The main chart: `t` runs 0–1 along the time axis, `y` 0–1 from the bottom of the axis of values to its
/// top.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProgressModel {
    /// Whose result it is and what is counted, as in “Grade 1 students; read at or above level”.
    pub subject: String,
    /// Marks of the axis of values.
    pub axis: Vec<AxisModel>,
    /// Labels of the time axis.
    pub ticks: Vec<TickModel>,
    /// Results, earliest first.
    pub points: Vec<PointModel>,
    /// The start; none if it is hidden or not known.
    pub baseline: Option<MarkModel>,
    /// Corners of the line to the target.
    pub aimline: Vec<CornerModel>,
    /// Interim targets.
    pub interim: Vec<MarkModel>,
    /// The target at its deadline.
    pub target: MarkModel,
    /// The target as first agreed, if it was amended.
    pub first_target: Option<MarkModel>,
    /// Strategies by the time in which they were under way.
    pub phases: Vec<PhaseModel>,
    /// Where a gap is small enough, whoever is ahead.
    pub zone: Option<ZoneModel>,
    /// Why some points are not joined to the one before, where that is so.
    pub alone: Option<String>,
    /// Alt text, from the same numbers.
    pub alt: String,
    /// Data table, from the same numbers.
    pub table: TableModel,
}

/// A zone of the chart.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ZoneModel {
    /// Its lower end, 0–1 from the bottom.
    pub low: f64,
    /// Its upper end, likewise.
    pub high: f64,
}

/// A mark of the axis of values.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AxisModel {
    /// Place on the axis of values, 0–1 from the bottom.
    pub y: f64,
    /// As in “50%”.
    pub text: String,
}

/// The time in which a strategy was under way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PhaseModel {
    /// Where it begins on the time axis, 0–1.
    pub t: f64,
    /// Where it ends on the time axis, 0–1, if it has ended.
    pub until: Option<f64>,
    /// The letter that stands for it on the chart.
    pub key: String,
    /// What staff do.
    pub text: String,
    /// When it began, as in “October 2025”.
    pub when: String,
    /// When it ended, if it has.
    pub ended: Option<String>,
}

/// A label of the time axis.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TickModel {
    /// Place on the time axis, 0–1.
    pub t: f64,
    /// As in “Nov 2025”.
    pub label: String,
}

/// A point of the chart. A hidden point has no numbers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PointModel {
    /// Place on the time axis, 0–1.
    pub t: f64,
    /// As in “Nov 2025”.
    pub label: String,
    /// Whether the result is hidden to protect people.
    pub hidden: bool,
    /// Place of the figure, 0–1 from the bottom; of its bound, if only “or less” or “or more” is printed.
    pub y: Option<f64>,
    /// Lower end of the 95% interval around it, 0–1 from the bottom.
    pub low: Option<f64>,
    /// Upper end, likewise.
    pub high: Option<f64>,
    /// As in “63%”.
    pub text: String,
    /// Same children as the point before, measured in the same way.
    pub joined: bool,
    /// What changed since the point before.
    pub broken: Option<String>,
    /// Whether it came after the goal had ended.
    pub after: bool,
}

/// A marked value of the chart: start, interim target or target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MarkModel {
    /// Place on the time axis, 0–1.
    pub t: f64,
    /// Place on the axis of values, 0–1 from the bottom.
    pub y: f64,
    /// As in “Target 75%”.
    pub text: String,
}

/// A corner of a line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CornerModel {
    /// Place on the time axis, 0–1.
    pub t: f64,
    /// Place on the axis of values, 0–1 from the bottom.
    pub y: f64,
}

/// Stacked bars.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DistributionModel {
    /// Heading above the chart, if it needs one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The legend, from the lowest part to the highest.
    pub bands: Vec<BandModel>,
    /// One bar for each period, measure or question.
    pub bars: Vec<BarModel>,
    /// Alt text, from the same numbers.
    pub alt: String,
    /// Data table, from the same numbers.
    pub table: TableModel,
}

/// A part of the bars.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BandModel {
    /// `below`, `approaching`, `at`, `above`, or `level-1` … for answers.
    pub key: String,
    /// Its name in the legend, as in “At level”.
    pub word: String,
}

/// One bar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BarModel {
    /// As in “Nov 2025”.
    pub label: String,
    /// As in “54 students”.
    pub n: String,
    /// Whether the bar is hidden to protect people.
    pub hidden: bool,
    /// Parts, lowest first. `pooled-below` and `pooled-at` where finer parts would be too small.
    pub parts: Vec<PartModel>,
}

/// A part of a bar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PartModel {
    /// Key of its band, or a pooled key.
    pub key: String,
    /// Share of the bar, 0–1, in whole percent.
    pub share: f64,
    /// As in “20%”.
    pub text: String,
}

/// Dots against the target: one per group, in an order that ranks nobody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DotsModel {
    /// Marks of the axis of values.
    pub axis: Vec<AxisModel>,
    /// The target, for the line across all rows.
    pub target: DotModel,
    /// One row per group.
    pub dots: Vec<DotModel>,
    /// Alt text, from the same numbers.
    pub alt: String,
    /// Data table, from the same numbers.
    pub table: TableModel,
}

/// Small charts on one scale: one per group, in an order that ranks nobody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MultiplesModel {
    /// Heading above the charts.
    pub title: String,
    /// One small chart per group.
    pub panels: Vec<PanelModel>,
    /// The numbers of all of them: one row per group, one column per period.
    pub table: TableModel,
}

/// The small chart of one group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PanelModel {
    /// As in “Grade 3”.
    pub title: String,
    /// Its results over time.
    pub progress: ProgressModel,
}

/// One group, or the target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DotModel {
    /// As in “Grade 3”.
    pub label: String,
    /// Place on the axis, 0–1 from the left; none if there is nothing to show.
    pub x: Option<f64>,
    /// Lower end of the 95% interval around it, likewise.
    pub low: Option<f64>,
    /// Upper end, likewise.
    pub high: Option<f64>,
    /// As in “63%”.
    pub text: String,
    /// Whether the result is hidden to protect people.
    pub hidden: bool,
}

/// A strategy as it stood on the closing day of the period.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StrategyModel {
    /// What staff do.
    pub text: String,
    /// The team that does it; empty if none is named.
    pub team: String,
    /// Its grades as a phrase; empty if it is for all grades of the goal.
    pub grades: String,
    /// When the status began, as in “October 2025”; empty if not known.
    pub since: String,
    /// Status as printed, as in “Under way”.
    pub status: String,
    /// Status key on the closing day, as in `under-way`; `later` for one that was not under way yet.
    pub key: String,
}

/// What became of the rows of the spreadsheets.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DataModel {
    /// How many rows were used, set aside or without results.
    pub sentence: String,
    /// Header cells of the table of files.
    pub columns: Vec<String>,
    /// One row per file; empty for audiences that get no table of files.
    pub rows: Vec<Vec<String>>,
}

/// A note at the end of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoteModel {
    /// Heading of the note, as in “Rounding”.
    pub title: String,
    /// The note itself, in whole sentences.
    pub text: String,
}
