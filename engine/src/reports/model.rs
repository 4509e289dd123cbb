//! The report model: what a template gets as `/model.json`.
//!
//! Every string is ready to print and every number has been cleared. The shape is a contract with
//! the templates of divisions; its name and version stand in `schema`.

use serde::Serialize;

use crate::config::goals::Audience;

/// One report.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Model {
    /// `termwise:report@1`.
    pub schema: &'static str,
    /// For whom.
    pub audience: Audience,
    /// Language, as in `en`.
    pub lang: String,
    /// Region, as in `CA`.
    pub region: String,
    /// Title of the document.
    pub title: String,
    /// Division's name.
    pub division: String,
    /// School's name.
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
    /// Answers to the staff survey.
    pub survey: Option<DistributionModel>,
    /// Rows used and set aside.
    pub data: DataModel,
    /// Notes at the end.
    pub notes: Vec<NoteModel>,
    /// The cleared figures as CSV.
    pub figures_csv: String,
}

/// A team.
#[derive(Debug, Clone, Serialize)]
pub struct PlcModel {
    /// Its name.
    pub name: String,
    /// Its grades, as a phrase.
    pub grades: String,
}

/// The reporting period.
#[derive(Debug, Clone, Serialize)]
pub struct PeriodModel {
    /// As in “March 2026”.
    pub name: String,
    /// School year.
    pub year: String,
}

/// The run.
#[derive(Debug, Clone, Serialize)]
pub struct RunModel {
    /// Short code of the inputs.
    pub code: String,
    /// The day.
    pub made: String,
}

/// A figure with its time.
#[derive(Debug, Clone, Serialize)]
pub struct FigureModel {
    /// As in “63%”.
    pub text: String,
    /// As in “March 2026”.
    pub when: String,
    /// As in “34 of 54”.
    pub n: Option<String>,
}

/// The verdict.
#[derive(Debug, Clone, Serialize)]
pub struct VerdictModel {
    /// Key, for shape and tone.
    pub key: &'static str,
    /// Word.
    pub word: String,
    /// One sentence.
    pub explain: String,
}

/// A data table that stands beside a chart, with the same numbers.
#[derive(Debug, Clone, Serialize)]
pub struct TableModel {
    /// Caption.
    pub caption: String,
    /// Header cells.
    pub columns: Vec<String>,
    /// Body cells.
    pub rows: Vec<Vec<String>>,
}

/// One goal.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct GoalModel {
    /// Id.
    pub id: String,
    /// As in “Literacy”.
    pub area: String,
    /// Short title.
    pub title: String,
    /// As agreed.
    pub statement: String,
    /// Why.
    pub why: String,
    /// The verdict.
    pub verdict: VerdictModel,
    /// The sentence that the chart shows.
    pub sentence: String,
    /// Where it started.
    pub baseline: FigureModel,
    /// The point before.
    pub last: Option<FigureModel>,
    /// Now.
    pub now: FigureModel,
    /// The target.
    pub target: FigureModel,
    /// Change since the point before.
    pub change: Option<String>,
    /// “about k more students”.
    pub more: Option<String>,
    /// What a few students could change, in words.
    pub could_change: Option<String>,
    /// The main chart.
    pub progress: ProgressModel,
    /// Bars by period or measure.
    pub distribution: Option<DistributionModel>,
    /// By grade and program.
    pub groups: Option<TableModel>,
    /// Strategies.
    pub strategies: Vec<StrategyModel>,
    /// Questions.
    pub questions: Vec<String>,
    /// How families can help.
    pub families: Option<String>,
    /// For the council.
    pub council_question: Option<String>,
    /// Who is counted and who is not.
    pub counted: String,
}

/// The main chart: `t` runs 0–1 along the time axis, shares are 0–1.
#[derive(Debug, Clone, Serialize)]
pub struct ProgressModel {
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
    /// Alt text, from the same numbers.
    pub alt: String,
    /// Data table, from the same numbers.
    pub table: TableModel,
}

/// A label of the time axis.
#[derive(Debug, Clone, Serialize)]
pub struct TickModel {
    /// Place.
    pub t: f64,
    /// As in “Nov 2025”.
    pub label: String,
}

/// A point of the chart. A hidden point has no numbers.
#[derive(Debug, Clone, Serialize)]
pub struct PointModel {
    /// Place.
    pub t: f64,
    /// As in “Nov 2025”.
    pub label: String,
    /// Hidden to protect privacy.
    pub hidden: bool,
    /// Share, or the bound of a coded one.
    pub share: Option<f64>,
    /// Low end of the band.
    pub low: Option<f64>,
    /// High end of the band.
    pub high: Option<f64>,
    /// As in “63%”.
    pub text: String,
    /// Same children as the point before.
    pub joined: bool,
}

/// A marked value.
#[derive(Debug, Clone, Serialize)]
pub struct MarkModel {
    /// Place.
    pub t: f64,
    /// Share.
    pub share: f64,
    /// As in “Target 75%”.
    pub text: String,
}

/// A corner of a line.
#[derive(Debug, Clone, Serialize)]
pub struct CornerModel {
    /// Place.
    pub t: f64,
    /// Share.
    pub share: f64,
}

/// Stacked bars.
#[derive(Debug, Clone, Serialize)]
pub struct DistributionModel {
    /// Title, for a survey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Parts from lowest to highest.
    pub bands: Vec<BandModel>,
    /// Bars.
    pub bars: Vec<BarModel>,
    /// Alt text, from the same numbers.
    pub alt: String,
    /// Data table, from the same numbers.
    pub table: TableModel,
}

/// A part of the bars.
#[derive(Debug, Clone, Serialize)]
pub struct BandModel {
    /// `below`, `approaching`, `at`, `above`, or `level-1` … for answers.
    pub key: String,
    /// Word.
    pub word: String,
}

/// One bar.
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
pub struct PartModel {
    /// Key of the band.
    pub key: String,
    /// Share.
    pub share: f64,
    /// As in “20%”.
    pub text: String,
}

/// A strategy.
#[derive(Debug, Clone, Serialize)]
pub struct StrategyModel {
    /// What is done.
    pub text: String,
    /// The team.
    pub team: String,
    /// Since when.
    pub since: String,
    /// Status word.
    pub status: String,
    /// Status key, as in `under-way`.
    pub key: String,
}

/// Rows used and set aside.
#[derive(Debug, Clone, Serialize)]
pub struct DataModel {
    /// One sentence.
    pub sentence: String,
    /// Header cells.
    pub columns: Vec<String>,
    /// One row a file; empty for the parent council.
    pub rows: Vec<Vec<String>>,
}

/// A note.
#[derive(Debug, Clone, Serialize)]
pub struct NoteModel {
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
}
