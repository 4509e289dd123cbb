//! The section `[delivery]`: where finished reports go, and which of them wait for approval.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use termwise_base::problem::Problem;

use super::Plc;
use super::check::Check;
use super::edition::ReportId;
use super::goals::Audience;
use super::reports::ExtraReport;
use super::spot::At;
use super::words::Words;

/// Where finished reports go.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Delivery {
    /// Whose reports wait for `termwise approve`.
    pub hold: Readers,
    /// Folders that receive the reports.
    pub folders: Vec<FolderSink>,
}

/// A folder that receives reports.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderSink {
    /// Name for messages and the ledger.
    pub name: String,
    /// Path, relative to the project folder or absolute.
    pub path: String,
    /// Whose reports it receives; empty means all.
    pub readers: Readers,
}

/// Whose reports are meant: those of audiences, and reports of the division's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readers {
    /// Readers of these audiences.
    pub audiences: Vec<Audience>,
    /// Reports of the division's own.
    pub own: Vec<OwnReport>,
}

/// A report of the division's own, as it is found again among those that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReport {
    /// Its id, which its names begin with.
    pub id: String,
    /// The audience that it is like.
    pub like: Audience,
    /// What it is called in a school ([`super::edition::name`]): one name, or one for each PLC.
    pub names: Vec<String>,
}

impl OwnReport {
    /// Whether `report`, made for the audience with this id, is it.
    pub fn is(&self, audience: &str, report: &ReportId) -> bool {
        audience == self.like.id() && self.names.contains(&report.name)
    }
}

impl Readers {
    /// Those of audiences only.
    pub fn of(audiences: &[Audience]) -> Self {
        Self { audiences: audiences.to_vec(), own: Vec::new() }
    }

    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.audiences.is_empty() && self.own.is_empty()
    }

    /// Whether an audience is named whose id this is.
    pub fn has_audience(&self, audience: &str) -> bool {
        self.audiences.iter().any(|own| own.id() == audience)
    }

    /// Whether a report of the division's own is named that is this one.
    pub fn has_own(&self, audience: &str, report: &ReportId) -> bool {
        self.own.iter().any(|own| own.is(audience, report))
    }
}

/// Where finished reports go.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Delivery")]
pub(super) struct RawDelivery {
    /// Audiences, and ids of reports of your own, whose reports wait for `termwise approve`. Left out: the parent
    /// council.
    hold: Option<Vec<At<String>>>,
    /// Folders that receive copies.
    #[serde(default)]
    folder: Vec<RawFolder>,
}

/// A folder that receives copies of finished reports.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Folder")]
struct RawFolder {
    /// Name for messages, as in "shared drive".
    name: At<String>,
    /// Where it is, relative to the project folder or absolute.
    path: At<String>,
    /// Audiences, and ids of reports of your own, that it receives. Left out, or empty: all.
    #[serde(default)]
    audiences: Vec<At<String>>,
}

impl Check<'_> {
    pub(super) fn delivery(&mut self, raw: &RawDelivery, extra: &[ExtraReport], plcs: &[Plc]) -> Delivery {
        let names = plcs.iter().any(|plc| plc.names);
        let mut seen = BTreeSet::new();
        let council = || Readers::of(&[Audience::ParentCouncil]);
        Delivery {
            hold: raw.hold.as_ref().map_or_else(council, |hold| self.readers(hold, extra, plcs)),
            folders: raw.folder.iter().map(|folder| self.folder(folder, names, &mut seen, (extra, plcs))).collect(),
        }
    }

    fn folder(
        &mut self,
        folder: &RawFolder,
        names: bool,
        seen: &mut BTreeSet<String>,
        (extra, plcs): (&[ExtraReport], &[Plc]),
    ) -> FolderSink {
        if !seen.insert(folder.name.get_ref().clone()) {
            self.fault(
                folder.name.span(),
                format!("Two delivery folders are called “{}”.", folder.name.get_ref()),
                "Give each its own name.",
            );
        }
        if names && folder.audiences.is_empty() {
            let place = self.text.place(folder.name.span());
            self.problems.push(
                Problem::warning(format!(
                    "The folder “{}” takes every report, so it gets the packets with students' names, too.",
                    folder.name.get_ref()
                ))
                .at(place)
                .hint("List its `audiences`; name \"plc\" there if its readers may see the names."),
            );
        }
        FolderSink {
            name: self.text(&folder.name, "name"),
            path: self.text(&folder.path, "path"),
            readers: self.readers(&folder.audiences, extra, plcs),
        }
    }

    /// Audiences, and reports of the division's own by their ids.
    fn readers(&mut self, raw: &[At<String>], extra: &[ExtraReport], plcs: &[Plc]) -> Readers {
        let mut readers = Readers::default();
        for word in raw {
            let own = extra.iter().find(|report| report.id == *word.get_ref());
            match (word.get_ref().parse::<Audience>(), own) {
                (Ok(audience), _) => readers.audiences.push(audience),
                (Err(_), Some(own)) => {
                    readers.own.push(OwnReport { id: own.id.clone(), like: own.like, names: own.names(plcs) })
                }
                (Err(_), None) => {
                    let known = Audience::ALL.map(Words::id).into_iter();
                    let known = known.chain(extra.iter().map(|report| report.id.as_str()));
                    self.unknown(word.span(), "audience or report of your own", word.get_ref(), known);
                }
            }
        }
        readers
    }
}
