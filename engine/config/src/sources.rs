//! The section `[[source]]`: which files are read, and with which mapping.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Measures;
use super::check::Check;
use super::facts::{Fact, Facts};
use super::mapping::Mapping;
use super::oneroster::{self, IdFrom, OneRoster};
use super::pattern::fold;
use super::schools::School;
use super::spot::{At, spanned};
use super::words::{Word, Words};

/// Which files are read with which mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceSpec {
    /// Id for messages.
    pub id: String,
    /// Globs relative to the project folder.
    pub files: Vec<String>,
    /// Globs of files that are not read although `files` finds them.
    pub except: Vec<String>,
    /// Name of the mapping.
    pub mapping: String,
    /// Facts that hold for every cell of these files.
    pub set: Facts,
    /// What is said of OneRoster exports.
    pub oneroster: OneRoster,
    /// Line in termwise.toml, for messages.
    pub line: usize,
}

/// A family of files and the mapping that reads them.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Source")]
pub(super) struct RawSource {
    /// Name for messages: the letters a–z, digits and “-”.
    id: At<String>,
    /// Which files, relative to the project folder: `*` within a folder, `**` across folders.
    files: At<Vec<At<String>>>,
    /// Which of them are left out.
    #[serde(default)]
    except: Vec<At<String>>,
    /// Name of the mapping: a file in `mappings/` without `.toml`, or "oneroster".
    mapping: At<String>,
    /// What is true of every cell of these files, as in `{ school = "blue-heron" }`.
    #[serde(default)]
    set: BTreeMap<At<Word<Fact>>, At<String>>,
    /// Where OneRoster exports keep what the standard leaves open.
    oneroster: Option<At<RawOneRoster>>,
}

/// Where OneRoster exports keep what the standard leaves open.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "OneRoster")]
struct RawOneRoster {
    /// Where the local student number is: "identifier", "sourcedId", "userIds:TYPE" or "metadata.NAME". Left out:
    /// `identifier`, else `sourcedId`.
    id: Option<At<String>>,
    /// Where the provincial student number is, if anywhere.
    provincial_id: Option<At<String>>,
    /// Column with the program, as in "metadata.program".
    program: Option<At<String>>,
}

/// What the facts of a source may name. Years and periods have more spellings than these; reading knows them.
pub(super) struct Named<'a> {
    pub(super) schools: &'a [School],
    pub(super) measures: &'a Measures,
}

impl Check<'_> {
    pub(super) fn sources(
        &mut self,
        raw: &[RawSource],
        mappings: &BTreeMap<String, Mapping>,
        named: &Named<'_>,
    ) -> Vec<SourceSpec> {
        let mut seen = BTreeSet::new();
        raw.iter()
            .map(|source| {
                self.id(&source.id, &mut seen, "source");
                if !mappings.contains_key(source.mapping.get_ref()) {
                    let known = mappings.keys().map(String::as_str);
                    self.unknown(source.mapping.span(), "mapping", source.mapping.get_ref(), known);
                }
                if source.files.get_ref().is_empty() {
                    self.fault(
                        source.files.span(),
                        format!("The source “{}” names no file.", source.id.get_ref()),
                        "Write where they lie, as in `files = [\"data/*/reading*.xlsx\"]`.",
                    );
                }
                SourceSpec {
                    id: source.id.get_ref().clone(),
                    files: self.list(&spanned(source.files.get_ref()), "files"),
                    except: self.list(&spanned(&source.except), "except"),
                    mapping: source.mapping.get_ref().clone(),
                    set: self.set(&source.set, named),
                    oneroster: self.oneroster(source),
                    line: self.text.place(source.id.span()).line.unwrap_or(0),
                }
            })
            .collect()
    }

    /// Facts, each of which names something that there is.
    fn set(&mut self, raw: &BTreeMap<At<Word<Fact>>, At<String>>, named: &Named<'_>) -> Facts {
        let mut facts = Facts::new();
        for (fact, value) in raw {
            let Some(fact) = self.word(fact, "fact") else { continue };
            let word = self.text(value, fact.id());
            let name = fold(&word);
            let (what, known): (&str, Vec<&str>) = match fact {
                Fact::School if !named.schools.iter().any(|school| school.is_called(&name)) => {
                    ("school", named.schools.iter().map(|school| school.id.as_str()).collect())
                }
                Fact::Measure if named.measures.by_word(&name).is_none() => {
                    ("measure", named.measures.measures.iter().map(|measure| measure.id.as_str()).collect())
                }
                _ => ("", Vec::new()),
            };
            if !what.is_empty() && !word.trim().is_empty() {
                self.unknown(value.span(), what, &word, known);
            }
            facts.insert(fact.id().to_owned(), word);
        }
        facts
    }

    fn oneroster(&mut self, source: &RawSource) -> OneRoster {
        let Some(raw) = &source.oneroster else { return OneRoster::default() };
        if source.mapping.get_ref() != oneroster::NAME {
            self.fault(
                raw.span(),
                format!("Settings of OneRoster exports stand here, but the mapping is “{}”.", source.mapping.get_ref()),
                "Set `mapping = \"oneroster\"`, or take [source.oneroster] away.",
            );
        }
        let raw = raw.get_ref();
        let program = raw.program.as_ref().inspect(|column| {
            if !oneroster::is_metadata(column.get_ref()) {
                self.unknown(column.span(), "column of your own", column.get_ref(), [oneroster::PROGRAM]);
            }
        });
        OneRoster {
            program: program.map(|column| column.get_ref().clone()),
            id: raw.id.as_ref().and_then(|word| self.id_from(word)),
            provincial: raw.provincial_id.as_ref().and_then(|word| self.id_from(word)),
        }
    }

    fn id_from(&mut self, word: &Spanned<String>) -> Option<IdFrom> {
        let found = IdFrom::new(word.get_ref());
        if found.is_none() {
            self.unknown(word.span(), "place of student numbers", word.get_ref(), oneroster::PLACES);
        }
        found
    }
}
