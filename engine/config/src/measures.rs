//! Scales, codes, measures and dated expectation tables (`measures.toml`).
//!
//! Comes in: the file. Goes out: checked [`Measures`], every fault as a problem at its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use termwise_base::problem::{Problem, nearest};

use super::toml_file::{self, TomlText};
use super::{Calendar, PeriodId};

/// Place of a measure in [`Measures::measures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureId(pub usize);

/// What a reading counts as. The declared class of every code, and of every proper value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CodeClass {
    /// A score on the scale; it has a value.
    Score = 0,
    /// No score, but the student counts as below (“out of range — below”).
    CountsAsBelow = 1,
    /// Left out of the denominator, with a reason (absent, exempt).
    Excluded = 2,
    /// No reading at all was found.
    Missing = 3,
}

/// What a code in a cell means.
#[derive(Debug, Clone, PartialEq)]
pub enum Code {
    /// A place on the scale, as `ND` is the lowest of `ND, 1, 2, 3, 4`.
    Score(f64),
    /// A level by its name, where the scale is not known yet (in a mapping).
    Level(String),
    /// Counts as below.
    CountsAsBelow,
    /// Left out, with the reason that is printed.
    Excluded(String),
    /// A data error: the cell is set aside and reported.
    Error,
}

/// How values of a scale are read.
#[derive(Debug, Clone, PartialEq)]
pub enum ScaleKind {
    /// Named levels from lowest to highest; the value is the place in this list.
    Ordered {
        /// Level names, lowest first.
        levels: Vec<String>,
        /// Other spellings → level name.
        aliases: BTreeMap<String, String>,
        /// Whether a range such as `J/K` counts as its lower level (else its upper).
        range_counts_as_lower: bool,
    },
    /// A number with bounds.
    Number {
        /// Lowest value that can be true.
        lowest: f64,
        /// Highest value that can be true.
        highest: f64,
    },
    /// A share between 0 and 1, written `0.79`, `79%` or `79 %`; values are kept as 0–1.
    Percent,
}

/// A scale with its codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// Name in the file.
    pub id: String,
    /// How values are read.
    pub kind: ScaleKind,
    /// Codes by their spelling, upper case.
    pub codes: BTreeMap<String, Code>,
}

/// Something that is assessed: one number or level a student a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Name in the files.
    pub id: String,
    /// Name as printed, as in “English reading level”.
    pub title: String,
    /// Place in [`Measures::scales`].
    pub scale: usize,
    /// Other spellings met in spreadsheets.
    pub also_called: Vec<String>,
    /// `literacy`, `numeracy`, `well-being` or a division's own word, where it says so.
    pub area: Option<String>,
    /// With what it is taken, from a day on, by day; empty where nobody says.
    pub instruments: Vec<(Date, String)>,
    /// Whether a reading is counted over the whole reporting period, as days absent are, and not found on a day
    /// in it; none where nobody says.
    pub over_period: Option<bool>,
}

impl Measure {
    /// With what it was taken on a day.
    pub fn instrument(&self, on: Date) -> Option<&str> {
        self.instruments.iter().rev().find(|(from, _)| *from <= on).map(|(_, name)| name.as_str())
    }
}

/// Which part of the expectation table a threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Below every line of the table.
    Below,
    /// At least the “approaching” line.
    Approaching,
    /// At least the “at” line: the student is at or above level.
    At,
    /// At least the “above” line.
    Above,
}

/// An expectation table of some measures, in force from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Measures it speaks of.
    pub measures: Vec<MeasureId>,
    /// First day in force.
    pub from: Date,
    /// As printed, as in “Division reading expectations, September 2025”.
    pub title: String,
    /// Lowest value of each band: band → grade → period id (`P1`) → value.
    /// Grade or period id `*` means “every other”.
    pub lines: BTreeMap<Band, BTreeMap<String, BTreeMap<String, f64>>>,
}

/// Everything in `measures.toml`, checked.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    /// Scales.
    pub scales: Vec<Scale>,
    /// Measures; [`MeasureId`] is the place in this list.
    pub measures: Vec<Measure>,
    /// Expectation tables, sorted by the day they come into force.
    pub expectations: Vec<Expectation>,
}

impl Measures {
    /// The measure with this id.
    pub fn measure(&self, id: MeasureId) -> &Measure {
        &self.measures[id.0]
    }

    /// The scale of a measure.
    pub fn scale_of(&self, id: MeasureId) -> &Scale {
        &self.scales[self.measures[id.0].scale]
    }

    /// The measure named `id` in the files.
    pub fn by_id(&self, id: &str) -> Option<MeasureId> {
        self.measures.iter().position(|m| m.id == id).map(MeasureId)
    }

    /// The measure that a spreadsheet calls `word` (id, title or another spelling; case ignored).
    pub fn by_word(&self, word: &str) -> Option<MeasureId> {
        let word = word.trim().to_lowercase();
        self.measures
            .iter()
            .position(|m| {
                m.id.to_lowercase() == word
                    || m.title.to_lowercase() == word
                    || m.also_called.iter().any(|a| a.trim().to_lowercase() == word)
            })
            .map(MeasureId)
    }

    /// The table in force for a measure on the closing day of a period.
    pub fn expectation(&self, measure: MeasureId, calendar: &Calendar, period: PeriodId) -> Option<&Expectation> {
        let day = calendar.period(period).closes;
        self.expectations.iter().rev().find(|e| e.from <= day && e.measures.contains(&measure))
    }

    /// The lowest value that counts as `band` for a grade in a period, by the table in force.
    pub fn line(
        &self,
        measure: MeasureId,
        band: Band,
        grade: &str,
        calendar: &Calendar,
        period: PeriodId,
    ) -> Option<f64> {
        let grades = self.expectation(measure, calendar, period)?.lines.get(&band)?;
        let periods = grades.get(grade).or_else(|| grades.get("*"))?;
        periods.get(&calendar.period(period).id).or_else(|| periods.get("*")).copied()
    }
}

/// Scales, measures and dated expectation tables: the file `measures.toml`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Termwise measures")]
pub(super) struct File {
    /// How values are written, by the scale's name.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawScale>")]
    scale: BTreeMap<String, Spanned<RawScale>>,
    /// What is assessed, by the measure's name.
    #[serde(default)]
    measure: BTreeMap<String, RawMeasure>,
    /// Which values count as at level, from a day on.
    #[serde(default)]
    expectation: Vec<RawExpectation>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawScale {
    /// Named levels, yes or no, numbers, or shares.
    #[schemars(with = "String", extend("enum" = KINDS))]
    kind: Spanned<String>,
    /// Ordered scales: the levels, lowest first.
    #[schemars(with = "Option<Vec<String>>")]
    levels: Option<Spanned<Vec<String>>>,
    /// Ordered scales: whether a range such as J/K counts as its lower or its upper level.
    #[schemars(with = "Option<String>", extend("enum" = ["lower", "upper"]))]
    range: Option<Spanned<String>>,
    /// Ordered scales: whether levels are also written with their number, as in 4 or 4 - Agree.
    #[schemars(with = "Option<bool>")]
    numbered: Option<Spanned<bool>>,
    /// Other spellings of levels: spelling = level.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    aliases: BTreeMap<String, Spanned<String>>,
    /// Number scales: the lowest number that can be true.
    #[schemars(with = "Option<f64>")]
    lowest: Option<Spanned<f64>>,
    /// Number scales: the highest number that can be true.
    #[schemars(with = "Option<f64>")]
    highest: Option<Spanned<f64>>,
    /// What words mean that are no value of the scale.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawCode>")]
    codes: BTreeMap<String, Spanned<RawCode>>,
}

/// A code as written in measures.toml and in mappings.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCode {
    /// A score, counted as below, left out with a reason, or a data error.
    #[schemars(with = "String", extend("enum" = CLASSES))]
    class: Spanned<String>,
    /// Class score: which level or number.
    #[schemars(with = "Option<Entry>")]
    level: Option<Spanned<Entry>>,
    /// Class excluded: the reason that reports print.
    reason: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawMeasure {
    /// Name as printed.
    title: String,
    /// Name of its scale.
    #[schemars(with = "String")]
    scale: Spanned<String>,
    /// Other names that spreadsheets have for it.
    #[serde(default)]
    also_called: Vec<String>,
    /// What it belongs to: literacy, numeracy, well-being or a word of one's own.
    area: Option<String>,
    /// With what it is taken, from a day on.
    #[serde(default)]
    instrument: Vec<RawInstrument>,
    /// Whether a reading is counted over the whole reporting period, as days absent are.
    over_period: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawInstrument {
    /// Name as printed, with its edition.
    name: String,
    /// First day on which it was used, as in 2025-09-01 (without quotes).
    #[schemars(with = "String", extend("format" = "date"))]
    from: Spanned<Datetime>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawExpectation {
    /// Name as printed.
    title: String,
    /// Measures that it speaks of; they share a scale.
    #[schemars(with = "Vec<String>")]
    measures: Spanned<Vec<String>>,
    /// First day in force, as in 2025-09-01 (without quotes).
    #[schemars(with = "String", extend("format" = "date"))]
    from: Spanned<Datetime>,
    /// Lowest value at level: one for all, by grade, or by grade and reporting period.
    #[schemars(with = "Lines")]
    at: Spanned<Lines>,
    /// Lowest value that is approaching.
    #[schemars(with = "Option<Lines>")]
    approaching: Option<Spanned<Lines>>,
    /// Lowest value above level.
    #[schemars(with = "Option<Lines>")]
    above: Option<Spanned<Lines>>,
}

/// A level's name or a number.
#[derive(Deserialize, Clone, JsonSchema)]
#[serde(untagged)]
enum Entry {
    Number(f64),
    Word(String),
}

/// One line of a table: a value for all, by grade, or by grade and period.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Lines {
    All(Entry),
    ByGrade(BTreeMap<String, ByPeriod>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum ByPeriod {
    All(Entry),
    ByPeriod(BTreeMap<String, Entry>),
}

const KINDS: [&str; 4] = ["ordered", "yes-no", "number", "percent"];

/// What stands between the number and the name of a level, as in `4 – Agree`.
const BETWEEN: [&str; 6] = ["-", ".", ")", ":", "=", " "];

/// How schools write no and yes (the words are English, French and Ukrainian).
const NO_YES: [[&str; 6]; 2] = [["N", "False", "0", "Non", "Ні", "✗"], ["Y", "True", "1", "Oui", "Так", "✓"]];
pub(super) const CLASSES: [&str; 4] = ["score", "counts-as-below", "excluded", "error"];

/// Reads measures.toml. What is faulty is left out and told.
pub fn load(root: &Path, problems: &mut Vec<Problem>) -> Measures {
    let Some((file, text)) = toml_file::read::<File>(root, "measures.toml", problems) else {
        return Measures::default();
    };
    let mut check = Check { text: &text, problems };
    let scales: Vec<Scale> = file.scale.iter().map(|(id, raw)| check.scale(id, raw)).collect();
    let measures: Vec<Measure> = file.measure.iter().filter_map(|(id, raw)| check.measure(id, raw, &scales)).collect();
    let mut checked = Measures { scales, measures, expectations: Vec::new() };
    let mut expectations: Vec<Expectation> =
        file.expectation.iter().filter_map(|raw| check.expectation(raw, &checked)).collect();
    expectations.sort_by_key(|e| e.from);
    checked.expectations = expectations;
    checked
}

/// Checks entries of one file, keeping every problem. Mappings use it for their codes.
pub(super) struct Check<'a> {
    pub(super) text: &'a TomlText,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    pub(super) fn fault(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::error(message).at(self.text.place(span)).hint(hint));
    }

    pub(super) fn unknown(&mut self, span: Range<usize>, what: &str, name: &str, known: &[&str]) {
        let near = nearest(name, known.iter().copied());
        let hint = if near.is_empty() {
            format!("Known: {}.", known.join(", "))
        } else {
            format!("Did you mean {}?", near.iter().map(|n| format!("“{n}”")).collect::<Vec<_>>().join(" or "))
        };
        self.fault(span, format!("There is no {what} “{name}”."), hint);
    }

    fn scale(&mut self, id: &str, raw: &Spanned<RawScale>) -> Scale {
        let span = raw.span();
        let raw = raw.get_ref();
        let kind = match raw.kind.get_ref().as_str() {
            "ordered" => self.ordered(raw, span),
            "yes-no" => yes_no(raw),
            "number" => self.number(raw, span),
            "percent" => ScaleKind::Percent,
            other => {
                self.unknown(raw.kind.span(), "kind of scale", other, &KINDS);
                ScaleKind::Percent
            }
        };
        if !matches!(kind, ScaleKind::Ordered { .. }) {
            let misplaced = [
                raw.levels.as_ref().map(Spanned::span),
                raw.range.as_ref().map(Spanned::span),
                raw.numbered.as_ref().map(Spanned::span),
            ];
            for span in misplaced.into_iter().flatten() {
                self.fault(span, "Only ordered scales have levels and ranges.", "Use `kind = \"ordered\"`.");
            }
        }
        let mut scale = Scale { id: id.to_owned(), kind, codes: BTreeMap::new() };
        scale.codes = self.codes(&raw.codes, Some(&scale));
        scale
    }

    fn ordered(&mut self, raw: &RawScale, span: Range<usize>) -> ScaleKind {
        let levels = raw.levels.as_ref().map(|levels| levels.get_ref().clone()).unwrap_or_default();
        if levels.len() < 2 {
            let span = raw.levels.as_ref().map_or(span, Spanned::span);
            self.fault(
                span,
                "An ordered scale needs at least two levels.",
                "Add `levels = [\"lowest\", …, \"highest\"]`.",
            );
        }
        for (i, level) in levels.iter().enumerate() {
            if levels[..i].iter().any(|other| other.to_lowercase() == level.to_lowercase()) {
                let span = raw.levels.as_ref().map_or(0..0, Spanned::span);
                self.fault(span, format!("The level “{level}” stands twice in the list."), "Name each level once.");
            }
        }
        for meant in raw.aliases.values() {
            if !levels.contains(meant.get_ref()) {
                let known: Vec<&str> = levels.iter().map(String::as_str).collect();
                self.unknown(meant.span(), "level", meant.get_ref(), &known);
            }
        }
        let range = raw.range.as_ref().map_or("lower", |range| range.get_ref().as_str());
        if let Some(span) = raw.range.as_ref().filter(|_| !["lower", "upper"].contains(&range)).map(Spanned::span) {
            self.unknown(span, "reading of ranges", range, &["lower", "upper"]);
        }
        let own = raw.aliases.iter().map(|(word, level)| (word.clone(), level.get_ref().clone()));
        let numbered = raw.numbered.as_ref().is_some_and(|numbered| *numbered.get_ref());
        let mut aliases: BTreeMap<String, String> = if numbered { numbers(&levels) } else { BTreeMap::new() };
        if let Some(span) = raw.numbered.as_ref().filter(|_| numbered).map(Spanned::span)
            && levels.iter().any(|level| level.parse::<f64>().is_ok())
        {
            self.fault(
                span,
                "The levels of this scale are numbers themselves, so they cannot be numbered as well.",
                "Take `numbered` away.",
            );
        }
        // What somebody wrote goes before what follows from a rule.
        aliases.extend(own);
        ScaleKind::Ordered { levels, aliases, range_counts_as_lower: range != "upper" }
    }

    fn number(&mut self, raw: &RawScale, span: Range<usize>) -> ScaleKind {
        let (Some(lowest), Some(highest)) = (&raw.lowest, &raw.highest) else {
            self.fault(
                span,
                "A number scale needs the lowest and the highest number that can be true.",
                "Add `lowest = 0` and `highest = 40`.",
            );
            return ScaleKind::Number { lowest: 0.0, highest: 0.0 };
        };
        if lowest.get_ref() >= highest.get_ref() {
            self.fault(highest.span(), "`highest` is not above `lowest`.", "Put the larger number after `highest`.");
        }
        ScaleKind::Number { lowest: *lowest.get_ref(), highest: *highest.get_ref() }
    }

    /// Checks codes; without a scale (in a mapping) a level's name is refused, because it could
    /// belong to any scale.
    pub(super) fn codes(
        &mut self,
        raw: &BTreeMap<String, Spanned<RawCode>>,
        scale: Option<&Scale>,
    ) -> BTreeMap<String, Code> {
        let mut codes = BTreeMap::new();
        for (word, code) in raw {
            let span = code.span();
            let code = code.get_ref();
            let class = code.class.get_ref().as_str();
            if let Some(level) = code.level.as_ref().filter(|_| class != "score") {
                self.fault(level.span(), "Only a code of class “score” has a level.", "Take `level` away.");
            }
            let meaning = match class {
                "score" => match (&code.level, scale) {
                    (Some(level), Some(scale)) => self.value(level.get_ref(), level.span(), scale).map(Code::Score),
                    (Some(level), None) => Some(match level.get_ref() {
                        Entry::Number(number) => Code::Level(number.to_string()),
                        Entry::Word(word) => Code::Level(word.clone()),
                    }),
                    (None, _) => {
                        self.fault(span, format!("The code “{word}” is a score, but which?"), "Add `level = …`.");
                        None
                    }
                },
                "counts-as-below" => Some(Code::CountsAsBelow),
                "excluded" => {
                    if code.reason.is_none() {
                        self.fault(
                            span,
                            format!("The code “{word}” leaves students out, but the report must say why."),
                            "Add `reason = \"absent\"` or the like.",
                        );
                    }
                    Some(Code::Excluded(code.reason.clone().unwrap_or_default()))
                }
                "error" => Some(Code::Error),
                other => {
                    self.unknown(code.class.span(), "class of codes", other, &CLASSES);
                    None
                }
            };
            if let Some(meaning) = meaning {
                codes.insert(super::pattern::fold(word).to_uppercase(), meaning);
            }
        }
        codes
    }

    fn measure(&mut self, id: &str, raw: &RawMeasure, scales: &[Scale]) -> Option<Measure> {
        let scale = scales.iter().position(|s| s.id == *raw.scale.get_ref());
        if scale.is_none() {
            let known: Vec<&str> = scales.iter().map(|s| s.id.as_str()).collect();
            self.unknown(raw.scale.span(), "scale", raw.scale.get_ref(), &known);
        }
        let mut instruments: Vec<(Date, String)> = Vec::new();
        for instrument in &raw.instrument {
            match toml_day(instrument.from.get_ref()) {
                Some(day) => instruments.push((day, instrument.name.clone())),
                None => self.fault(
                    instrument.from.span(),
                    format!("“{}” is not a day.", instrument.from.get_ref()),
                    "Write a day as 2025-09-01, without quotes.",
                ),
            }
        }
        instruments.sort_by_key(|(day, _)| *day);
        Some(Measure {
            id: id.to_owned(),
            title: raw.title.clone(),
            scale: scale?,
            also_called: raw.also_called.clone(),
            over_period: raw.over_period,
            area: raw.area.clone(),
            instruments,
        })
    }

    fn expectation(&mut self, raw: &RawExpectation, measures: &Measures) -> Option<Expectation> {
        let names = raw.measures.get_ref();
        let mut ids = Vec::new();
        for name in names {
            if let Some(id) = measures.by_id(name) {
                ids.push(id);
            } else {
                let known: Vec<&str> = measures.measures.iter().map(|m| m.id.as_str()).collect();
                self.unknown(raw.measures.span(), "measure", name, &known);
            }
        }
        let first = ids.first().copied();
        if first.is_none() && names.is_empty() {
            self.fault(raw.measures.span(), "This table speaks of no measure.", "Name at least one in `measures`.");
        }
        let scale = measures.scale_of(first?);
        if let Some(other) = ids.iter().find(|id| measures.scale_of(**id).id != scale.id) {
            let message =
                format!("The measures of one table must share a scale; “{}” has another.", measures.measure(*other).id);
            self.fault(raw.measures.span(), message, "Make a table for each scale.");
        }
        let from = toml_day(raw.from.get_ref());
        if from.is_none() {
            self.fault(raw.from.span(), "`from` is no day.", "Write a day as 2024-09-01, without quotes.");
        }
        let mut lines = BTreeMap::new();
        let bands = [(Band::Approaching, &raw.approaching), (Band::Above, &raw.above)];
        lines.insert(Band::At, self.lines(&raw.at, scale));
        for (band, raw) in bands {
            if let Some(raw) = raw {
                lines.insert(band, self.lines(raw, scale));
            }
        }
        self.order(&lines, raw.at.span());
        Some(Expectation { measures: ids, from: from?, title: raw.title.clone(), lines })
    }

    fn lines(&mut self, raw: &Spanned<Lines>, scale: &Scale) -> BTreeMap<String, BTreeMap<String, f64>> {
        let every = |value: f64| BTreeMap::from([("*".to_owned(), value)]);
        let span = raw.span();
        match raw.get_ref() {
            Lines::All(entry) => {
                self.value(entry, span, scale).map(|v| BTreeMap::from([("*".to_owned(), every(v))])).unwrap_or_default()
            }
            Lines::ByGrade(grades) => grades
                .iter()
                .map(|(grade, periods)| {
                    let periods = match periods {
                        ByPeriod::All(entry) => self.value(entry, span.clone(), scale).map(every).unwrap_or_default(),
                        ByPeriod::ByPeriod(periods) => periods
                            .iter()
                            .filter_map(|(id, entry)| Some((id.clone(), self.value(entry, span.clone(), scale)?)))
                            .collect(),
                    };
                    (grade.clone(), periods)
                })
                .collect(),
        }
    }

    /// “Approaching” must not stand above “at”, nor “at” above “above”.
    fn order(&mut self, lines: &BTreeMap<Band, BTreeMap<String, BTreeMap<String, f64>>>, span: Range<usize>) {
        let line = |band: Band, grade: &str, period: &str| -> Option<f64> {
            let grades = lines.get(&band)?;
            let periods = grades.get(grade).or_else(|| grades.get("*"))?;
            periods.get(period).or_else(|| periods.get("*")).copied()
        };
        let Some(at) = lines.get(&Band::At) else { return };
        for (grade, periods) in at {
            for (period, at) in periods {
                let approaching = line(Band::Approaching, grade, period).is_some_and(|v| v > *at);
                let above = line(Band::Above, grade, period).is_some_and(|v| v < *at);
                if approaching || above {
                    self.fault(
                        span.clone(),
                        format!("For grade {grade}, period {period}, the lines of this table are out of order."),
                        "The lines must rise from `approaching` over `at` to `above`.",
                    );
                }
            }
        }
    }

    /// A level's place or a number within the scale.
    fn value(&mut self, entry: &Entry, span: Range<usize>, scale: &Scale) -> Option<f64> {
        match (&scale.kind, entry) {
            (ScaleKind::Ordered { levels, .. }, entry) => {
                let word = match entry {
                    Entry::Word(word) => word.clone(),
                    Entry::Number(number) => number.to_string(),
                };
                let place = levels.iter().position(|level| *level == word);
                if place.is_none() {
                    let known: Vec<&str> = levels.iter().map(String::as_str).collect();
                    self.unknown(span, "level", &word, &known);
                }
                place.map(|i| i as f64)
            }
            (ScaleKind::Number { lowest, highest }, Entry::Number(number)) if (*lowest..=*highest).contains(number) => {
                Some(*number)
            }
            (ScaleKind::Percent, Entry::Number(number)) if (0.0..=1.0).contains(number) => Some(*number),
            (kind, entry) => {
                let found = match entry {
                    Entry::Word(word) => word.clone(),
                    Entry::Number(number) => number.to_string(),
                };
                let expected = match kind {
                    ScaleKind::Number { lowest, highest } => format!("Use a number from {lowest} to {highest}."),
                    _ => "Use a share between 0 and 1: 75 % is 0.75.".to_owned(),
                };
                self.fault(span, format!("“{found}” is not on the scale “{}”.", scale.id), expected);
                None
            }
        }
    }
}

/// A scale of two levels, with the usual spellings of both.
fn yes_no(raw: &RawScale) -> ScaleKind {
    let levels = ["No", "Yes"].map(str::to_owned).to_vec();
    let usual = levels.iter().zip(NO_YES).flat_map(|(level, words)| words.map(|word| (word.to_owned(), level.clone())));
    let mut aliases: BTreeMap<String, String> = usual.collect();
    aliases.extend(raw.aliases.iter().map(|(word, level)| (word.clone(), level.get_ref().clone())));
    ScaleKind::Ordered { levels, aliases, range_counts_as_lower: true }
}

/// The spellings of levels that a survey program numbers from 1: `4`, `4 - Agree`, `Agree (4)`.
fn numbers(levels: &[String]) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for (number, level) in (1..).zip(levels) {
        let mut add = |word: String| words.insert(word, level.clone());
        add(number.to_string());
        add(format!("{level} ({number})"));
        for between in BETWEEN {
            add(format!("{number}{between}{level}"));
            add(format!("{number}{between} {level}"));
            add(format!("{number} {between} {level}"));
        }
    }
    words
}

/// The day of a TOML date.
fn toml_day(value: &Datetime) -> Option<Date> {
    let date = value.date?;
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> (Measures, Vec<Problem>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("measures.toml"), text).expect("written");
        let mut problems = Vec::new();
        let measures = load(folder.path(), &mut problems);
        (measures, problems)
    }

    const SOUND: &str = r#"
[scale.level]
kind = "ordered"
levels = ["RB", "A", "B", "C"]
aliases = { PreA = "RB" }
[scale.level.codes]
abs = { class = "excluded", reason = "absent" }
ND = { class = "score", level = "RB" }
"?" = { class = "error" }
[scale.raw]
kind = "number"
lowest = 0
highest = 40
[measure.reading]
title = "Reading"
scale = "level"
[[expectation]]
title = "2024"
measures = ["reading"]
from = 2024-09-01
at = { K = { P1 = "A", "*" = "B" }, "*" = "C" }
"#;

    #[test]
    fn a_sound_file_is_read_whole() {
        let (measures, problems) = load_text(SOUND);
        assert_eq!(problems, []);
        let scale = measures.scale_of(MeasureId(0));
        assert_eq!(scale.codes["ABS"], Code::Excluded("absent".into()));
        assert_eq!(scale.codes["ND"], Code::Score(0.0));
        let lines = &measures.expectations[0].lines[&Band::At];
        assert_eq!((lines["K"]["P1"], lines["K"]["*"], lines["*"]["*"]), (1.0, 2.0, 3.0));
    }

    #[test]
    fn every_fault_is_told_at_its_line() {
        let faulty = SOUND
            .replace("PreA = \"RB\"", "PreA = \"RX\"")
            .replace(", reason = \"absent\"", "")
            .replace("scale = \"level\"", "scale = \"levels\"");
        let (_, problems) = load_text(&faulty);
        let lines: Vec<Option<usize>> = problems.iter().map(|p| p.place.line).collect();
        assert_eq!(lines, [Some(5), Some(7), Some(16), Some(19)], "{problems:?}");
    }

    #[test]
    fn lines_out_of_order_are_told() {
        let (_, problems) = load_text(&format!("{SOUND}approaching = \"C\"\n"));
        assert!(problems.iter().all(|p| p.message.contains("out of order")));
        assert_eq!(problems.len(), 2);
    }
}
