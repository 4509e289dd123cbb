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
    /// For whom.
    pub audience: Audience,
    /// Which report: the audience, or the id of a report of the division's own.
    pub report: String,
    /// Language, as in `en`.
    pub lang: String,
    /// Region, as in `CA`.
    pub region: String,
    /// Title of the document.
    pub title: String,
    /// Division's name.
    pub division: String,
    /// School's name; empty for a report about all schools.
    pub school: String,
    /// The team, for a PLC packet.
    pub plc: Option<PlcModel>,
    /// The reporting period.
    pub period: PeriodModel,
    /// From which run.
    pub run: RunModel,
    /// How to get another format.
    pub contact: String,
    /// Fixed words of the pages.
    pub words: std::collections::BTreeMap<String, String>,
    /// Goals, in order.
    pub goals: Vec<GoalModel>,
    /// Students by name and by where they stand: in the packet of a team whose division turned names on, and
    /// nowhere else.
    pub names: Vec<NamesModel>,
    /// Answers to the staff survey.
    pub survey: Option<DistributionModel>,
    /// How the teams' goals add up, and candidates for new goals; for leadership.
    pub overview: Option<OverviewModel>,
    /// Rows used and set aside.
    pub data: DataModel,
    /// Notes at the end.
    pub notes: Vec<NoteModel>,
    /// The cleared figures as CSV.
    pub figures_csv: String,
    /// Size of the pages.
    pub paper: Paper,
    /// What is to be said of the translation, as that nobody has reviewed it yet.
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
    /// Its name.
    pub name: String,
    /// Its grades, as a phrase.
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
    /// As in “March 2026”.
    pub name: String,
    /// School year.
    pub year: String,
}

/// The run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunModel {
    /// Short code of the inputs.
    pub code: String,
    /// The day.
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

/// The verdict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VerdictModel {
    /// Key, for shape and tone.
    pub key: &'static str,
    /// As it is printed, in the language of the report.
    pub word: String,
    /// One or two sentences.
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
    /// As printed above the table.
    pub caption: String,
    /// Header cells.
    pub columns: Vec<String>,
    /// Body cells.
    pub rows: Vec<Vec<String>>,
}

/// One goal.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GoalModel {
    /// Its id, as in `reading-1`.
    pub id: String,
    /// Its school, as printed.
    pub school: String,
    /// `share`, `matched-growth`, `metric`, `several` or `narrative`.
    pub kind: &'static str,
    /// As in “Literacy”.
    pub area: String,
    /// Short title.
    pub title: String,
    /// That it is a draft which nobody has agreed on yet, to be printed wherever the goal is shown; none for an
    /// agreed goal, and never for the parent council or the division's office, who get no drafts.
    pub draft: Option<String>,
    /// The words that hold in this period. Where they name another target than the one in force, they say so.
    pub statement: String,
    /// What it said before it was amended, until when and why.
    pub statement_was: Option<String>,
    /// Why the school set it, as written.
    pub why: String,
    /// The why in few words where the goal has it so, else the whole why.
    pub why_short: String,
    /// The verdict.
    pub verdict: VerdictModel,
    /// The sentence that the chart shows.
    pub sentence: String,
    /// Where it started.
    pub baseline: FigureModel,
    /// The point before.
    pub last: Option<FigureModel>,
    /// The figure of the period reported on.
    pub now: FigureModel,
    /// The target.
    pub target: FigureModel,
    /// The target or deadline before the last amendment of it, and until when.
    pub target_was: Option<String>,
    /// Change since the point before, after the same children.
    pub change: Option<String>,
    /// Those measured both times, and who is new or gone.
    pub same_children: Option<SameChildrenModel>,
    /// “about k more students”.
    pub more: Option<String>,
    /// What a few students could change, in words.
    pub could_change: Option<String>,
    /// The main chart; none where the goal has no number of its own.
    pub progress: Option<ProgressModel>,
    /// Bars by period or measure.
    pub distribution: Option<DistributionModel>,
    /// By grade and program.
    pub groups: Option<DotsModel>,
    /// Each grade and program over time, where there are at least two of them and two periods.
    pub over_time: Option<MultiplesModel>,
    /// Whom the results now are about, beside the point before.
    pub moved: Option<DistributionModel>,
    /// What staff do to reach it, in the order of its file.
    pub strategies: Vec<StrategyModel>,
    /// What staff ask themselves about it; empty for the parent council.
    pub questions: Vec<String>,
    /// How families can help.
    pub families: Option<String>,
    /// For the council.
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
    /// Results that were corrected.
    pub corrected: Option<String>,
    /// The SMART check.
    pub smart: Vec<LetterModel>,
    /// The rules side by side.
    pub panel: Option<TableModel>,
    /// What so many students can decide, a sentence each.
    pub decide: Vec<String>,
    /// What staff believe.
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
    /// The same in words.
    pub text: String,
}

/// One measure of a goal with several.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PartGoalModel {
    /// Short title.
    pub title: String,
    /// Its verdict.
    pub verdict: VerdictModel,
    /// The sentence that the chart shows.
    pub sentence: String,
    /// Where it started.
    pub baseline: FigureModel,
    /// The figure of the period reported on.
    pub now: FigureModel,
    /// The target.
    pub target: FigureModel,
    /// Change since the point before.
    pub change: Option<String>,
    /// “about k more students”.
    pub more: Option<String>,
    /// Who is behind the change.
    pub people: Option<String>,
    /// Its chart.
    pub progress: ProgressModel,
    /// The rules side by side.
    pub panel: Option<TableModel>,
    /// Who is counted and who is not.
    pub counted: String,
}

/// The levels of a goal without a number.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RubricModel {
    /// Levels, lowest first.
    pub levels: Vec<String>,
    /// Place of the level reached.
    pub reached: Option<usize>,
    /// Place of the level aimed at.
    pub target: usize,
    /// Judgements up to now.
    pub table: TableModel,
}

/// A change of a goal.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AmendmentModel {
    /// As in “January 20, 2026”.
    pub on: String,
    /// What changed.
    pub what: String,
    /// Why it was agreed on, as written.
    pub reason: String,
    /// Who agreed.
    pub agreed_by: String,
    /// On the last one: whether what was agreed first is reached.
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
    /// Closing days of the results that are named as before it and as since then.
    pub before_on: Option<String>,
    /// By time.
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
    /// How the teams' goals add up, a row a school goal.
    pub alignment: Option<TableModel>,
    /// What that says, sentence by sentence.
    pub alignment_notes: Vec<String>,
    /// Candidates for goals, by area.
    pub candidates: Vec<CandidatesModel>,
    /// What cannot be said from this.
    pub limits: Vec<String>,
}

/// Candidates for goals of one area.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CandidatesModel {
    /// As in “Literacy”.
    pub area: String,
    /// Evidence, a row a candidate, largest decidable gap first.
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
    /// Points by time.
    pub points: Vec<PointModel>,
    /// The start.
    pub baseline: Option<MarkModel>,
    /// Corners of the line to the target.
    pub aimline: Vec<CornerModel>,
    /// Targets on the way.
    pub interim: Vec<MarkModel>,
    /// The target.
    pub target: MarkModel,
    /// What was agreed first, where that was amended.
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
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A mark of the axis of values.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AxisModel {
    /// Where on the axis (0–1 from its bottom).
    pub y: f64,
    /// As in “50%”.
    pub text: String,
}

/// The time in which a strategy was under way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PhaseModel {
    /// Its beginning.
    pub t: f64,
    /// Its end, if it has ended.
    pub until: Option<f64>,
    /// The letter that stands for it on the chart.
    pub key: String,
    /// What is done.
    pub text: String,
    /// As in “October 2025”.
    pub when: String,
    /// When it ended, likewise.
    pub ended: Option<String>,
}

/// A label of the time axis.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TickModel {
    /// Where on the time axis (0–1).
    pub t: f64,
    /// As in “Nov 2025”.
    pub label: String,
}

/// A point of the chart. A hidden point has no numbers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PointModel {
    /// Where on the time axis (0–1).
    pub t: f64,
    /// As in “Nov 2025”.
    pub label: String,
    /// Hidden to protect privacy.
    pub hidden: bool,
    /// Place of the figure, or of the bound of a coded one.
    pub y: Option<f64>,
    /// Low end of the band.
    pub low: Option<f64>,
    /// High end of the band.
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

/// A marked value.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MarkModel {
    /// Where on the time axis (0–1).
    pub t: f64,
    /// How high (0–1 from the bottom of the axis of values).
    pub y: f64,
    /// As in “Target 75%”.
    pub text: String,
}

/// A corner of a line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CornerModel {
    /// Where on the time axis (0–1).
    pub t: f64,
    /// How high (0–1 from the bottom of the axis of values).
    pub y: f64,
}

/// Stacked bars.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DistributionModel {
    /// What the bars show; none where the heading above them says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Parts from lowest to highest.
    pub bands: Vec<BandModel>,
    /// One a period or group, in the order of the chart.
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
    /// As it is printed, in the language of the report.
    pub word: String,
}

/// One bar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BarModel {
    /// As in “Nov 2025”.
    pub label: String,
    /// As in “54 students”.
    pub n: String,
    /// Hidden to protect privacy.
    pub hidden: bool,
    /// Parts, lowest first. `pooled-below` and `pooled-at` where finer parts would be too small.
    pub parts: Vec<PartModel>,
}

/// A part of a bar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PartModel {
    /// Key of the band.
    pub key: String,
    /// How much of the bar it is (0–1).
    pub share: f64,
    /// As in “20%”.
    pub text: String,
}

/// Dots against the target: one a group, in an order that ranks nobody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DotsModel {
    /// Marks of the axis of values.
    pub axis: Vec<AxisModel>,
    /// The target.
    pub target: DotModel,
    /// The groups, in the order of grades and programs.
    pub dots: Vec<DotModel>,
    /// Alt text, from the same numbers.
    pub alt: String,
    /// Data table, from the same numbers.
    pub table: TableModel,
}

/// Small charts on one scale: one a group, in an order that ranks nobody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MultiplesModel {
    /// What they show.
    pub title: String,
    /// A chart for each group, in the order of grades and programs.
    pub panels: Vec<PanelModel>,
    /// The numbers of all of them: a row a group, a column a period.
    pub table: TableModel,
}

/// One group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PanelModel {
    /// As in “Grade 3”.
    pub title: String,
    /// Its results.
    pub progress: ProgressModel,
}

/// One group, or the target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DotModel {
    /// As in “Grade 3”.
    pub label: String,
    /// Place on the axis, 0–1; none if there is nothing to show.
    pub x: Option<f64>,
    /// Low end of the band.
    pub low: Option<f64>,
    /// High end of the band.
    pub high: Option<f64>,
    /// As in “63%”.
    pub text: String,
    /// Hidden to protect privacy.
    pub hidden: bool,
}

/// A strategy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StrategyModel {
    /// What is done.
    pub text: String,
    /// The team.
    pub team: String,
    /// At which grades; empty: at all of the goal's.
    pub grades: String,
    /// Since when.
    pub since: String,
    /// Status word.
    pub status: String,
    /// Status key on the closing day, as in `under-way`; `later` for one that was not under way yet.
    pub key: String,
}

/// Rows used and set aside.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DataModel {
    /// One sentence.
    pub sentence: String,
    /// Header cells.
    pub columns: Vec<String>,
    /// One row a file; empty for the parent council.
    pub rows: Vec<Vec<String>>,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoteModel {
    /// What it is about, as printed above it.
    pub title: String,
    /// Its sentences.
    pub text: String,
}
