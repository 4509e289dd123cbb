//! The sections `[reports]` and `[[report]]`: how reports come out: paper, languages, editions, and reports of the division's own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use super::check::Check;
use super::goals::Audience;
use super::spot::At;
use super::words::Word;
use super::{Plc, edition};

/// No formula of reading levels goes higher.
const HIGHEST_LEVEL: f64 = 200.0;

/// Size of the pages.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    JsonSchema,
    EnumIter,
    EnumMessage,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Paper {
    /// 8.5 × 11 inches.
    #[default]
    Letter,
    /// 210 × 297 mm.
    A4,
}

/// A report that the division adds: a shipped audience's figures, with a template of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraReport {
    /// Used in file names.
    pub id: String,
    /// Whose figures it gets, protected as for them, and held for approval as theirs.
    pub like: Audience,
    /// Entry file in `templates/`.
    pub template: String,
    /// Title, as printed.
    pub title: String,
    /// Its languages; none: those of the audience that it is like.
    pub languages: Option<Vec<String>>,
}

impl ExtraReport {
    /// What it is called in a school ([`edition::name`]): one name, or one for each PLC.
    pub fn names(&self, plcs: &[Plc]) -> Vec<String> {
        match self.like {
            Audience::Plc => plcs.iter().map(|plc| edition::name(&self.id, Some(&plc.id))).collect(),
            _ => vec![self.id.clone()],
        }
    }
}

/// How reports come out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reports {
    /// Size of the pages.
    pub paper: Paper,
    /// Languages by audience; others have those of the division.
    pub languages: BTreeMap<Audience, Vec<String>>,
    /// Two languages in one file, by audience.
    pub bilingual: BTreeMap<Audience, Vec<[String; 2]>>,
    /// Reports of the division's own.
    pub extra: Vec<ExtraReport>,
    /// Limit of the texts for parents by language, in the unit of that language's formula. The formulas are in
    /// `engine/reports/src/reading.rs`.
    pub reading_level: BTreeMap<String, f64>,
}

impl Reports {
    /// The languages of an audience's reports.
    pub fn languages<'a>(&'a self, audience: Audience, division: &'a [String]) -> &'a [String] {
        self.languages.get(&audience).map_or(division, Vec::as_slice)
    }

    /// The languages of one of its reports: those of an audience, or a report of the division's own.
    pub fn languages_of<'a>(
        &'a self,
        audience: Audience,
        own: Option<&'a ExtraReport>,
        division: &'a [String],
    ) -> &'a [String] {
        let named = own.and_then(|report| report.languages.as_deref());
        named.unwrap_or_else(|| self.languages(audience, division))
    }

    /// Every language of every report; some more than once.
    pub fn all_languages<'a>(&'a self, division: &'a [String]) -> impl Iterator<Item = &'a String> {
        let every = Audience::ALL.into_iter().flat_map(move |audience| self.languages(audience, division));
        let own = self.extra.iter().filter_map(|report| report.languages.as_ref()).flatten();
        every.chain(self.bilingual.values().flatten().flatten()).chain(own)
    }
}

/// Two languages that stand side by side.
type RawPair = At<Vec<At<String>>>;

/// How reports come out.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Reports")]
pub(super) struct RawReports {
    /// Size of the pages.
    #[schemars(extend("default" = "letter"))]
    paper: Option<At<Word<Paper>>>,
    /// Languages by audience, as in `{ parent-council = ["en", "uk"] }`. Left out: those of the division.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Audience, Vec<String>>")]
    languages: BTreeMap<At<Word<Audience>>, At<Vec<At<String>>>>,
    /// Two languages in one file, by audience, as in `{ parent-council = [["en", "uk"]] }`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Audience, Vec<[String; 2]>>")]
    bilingual: BTreeMap<At<Word<Audience>>, Vec<RawPair>>,
    /// Highest reading level of the texts for parents by language, in the unit of its formula: a school grade for
    /// English, an index for French and Ukrainian.
    #[serde(default)]
    reading_level: BTreeMap<At<String>, At<f64>>,
}

/// A report that the division adds: a shipped audience's figures, with a template of its own.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Report")]
pub(super) struct RawExtraReport {
    /// Short name used in file names: the letters a–z, digits and “-”.
    id: At<String>,
    /// The audience whose figures it gets, protected and held for approval as for that audience.
    like: At<Word<Audience>>,
    /// Entry file in `templates/`. Left out: the id with `.typ`.
    template: Option<At<String>>,
    /// Title, as printed.
    title: At<String>,
    /// Its languages. Left out: those of the audience that it is like.
    languages: Option<At<Vec<At<String>>>>,
}

/// Whether a team's packet has this name.
fn packets_name(file: &str, plcs: &[Plc]) -> bool {
    plcs.iter().any(|plc| edition::name(Audience::Plc.id(), Some(&plc.id)) == file)
}

impl Check<'_> {
    /// Two reports whose files would have one name.
    fn same_files(&mut self, raw: &[RawExtraReport], extra: &[ExtraReport], plcs: &[Plc]) {
        let shipped = Audience::ALL.into_iter().filter(|audience| *audience != Audience::Plc);
        let packets = plcs.iter().map(|plc| edition::name(Audience::Plc.id(), Some(&plc.id)));
        let mut taken: BTreeSet<String> = shipped.map(|audience| audience.id().to_owned()).chain(packets).collect();
        for (raw, report) in raw.iter().zip(extra) {
            let same = report.names(plcs).into_iter().filter(|file| !taken.insert(file.clone())).min();
            // One id given twice has been told.
            if let Some(file) = same.filter(|file| *file != report.id || packets_name(file, plcs)) {
                self.fault(
                    raw.id.span(),
                    format!("Another report's files are called “{file}”, too."),
                    "Give this report another id.",
                );
            }
        }
    }

    pub(super) fn reports(&mut self, raw: &RawReports, extra: &[RawExtraReport], plcs: &[Plc]) -> Reports {
        let mut seen: BTreeSet<String> = Audience::ALL.iter().map(|audience| audience.id().to_owned()).collect();
        let mut languages = BTreeMap::new();
        for (audience, codes) in &raw.languages {
            let codes = self.languages(codes, "languages");
            languages.extend(self.word(audience, "audience").map(|audience| (audience, codes)));
        }
        let mut bilingual: BTreeMap<Audience, Vec<[String; 2]>> = BTreeMap::new();
        for (audience, pairs) in &raw.bilingual {
            let pairs: Vec<[String; 2]> = pairs.iter().filter_map(|pair| self.pair(pair)).collect();
            bilingual.extend(self.word(audience, "audience").map(|audience| (audience, pairs)));
        }
        let reports: Vec<ExtraReport> = extra.iter().map(|report| self.extra_report(report, &mut seen)).collect();
        self.same_files(extra, &reports, plcs);
        let above_zero = (Bound::Excluded(0.0), Bound::Included(HIGHEST_LEVEL));
        for (language, level) in &raw.reading_level {
            self.language(language);
            self.number(level, "reading-level", above_zero, "a number above 0, as in 8");
        }
        Reports {
            paper: self.word_or(raw.paper.as_deref(), "size of paper", Paper::default()),
            languages,
            bilingual,
            extra: reports,
            reading_level: raw
                .reading_level
                .iter()
                .map(|(language, level)| (language.get_ref().clone(), *level.get_ref()))
                .collect(),
        }
    }

    /// The two languages of an edition.
    fn pair(&mut self, pair: &At<Vec<At<String>>>) -> Option<[String; 2]> {
        pair.get_ref().iter().for_each(|code| self.language(code));
        match pair.get_ref().as_slice() {
            [one, two] if one.get_ref() != two.get_ref() => Some([one.get_ref().clone(), two.get_ref().clone()]),
            _ => {
                self.fault(
                    pair.span(),
                    "A bilingual edition has two languages.",
                    "Write a list of pairs, as in bilingual = { parent-council = [[\"en\", \"uk\"]] }.",
                );
                None
            }
        }
    }

    fn extra_report(&mut self, raw: &RawExtraReport, seen: &mut BTreeSet<String>) -> ExtraReport {
        self.id(&raw.id, seen, "report");
        let id = raw.id.get_ref().clone();
        if raw.languages.as_ref().is_some_and(|languages| languages.get_ref().is_empty()) {
            self.fault(
                raw.id.span(),
                format!("The report “{id}” has no language."),
                "Name at least one in its `languages`, or leave them out: then it has those of the audience that it is like.",
            );
        }
        let named = raw.languages.as_ref().filter(|languages| !languages.get_ref().is_empty());
        ExtraReport {
            like: self.word(&raw.like, "audience").unwrap_or(Audience::Staff),
            template: raw.template.as_ref().map_or_else(|| format!("{id}.typ"), |file| self.text(file, "template")),
            title: self.text(&raw.title, "title"),
            languages: named.map(|languages| self.languages(languages, "languages")),
            id,
        }
    }
}
