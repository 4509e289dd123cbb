//! The section `[division]`: who the reports come from.

use schemars::JsonSchema;
use serde::Deserialize;

use super::check::Check;
use super::spot::{At, spanned};

/// The division that the reports come from.
#[derive(Debug, Clone)]
pub struct Division {
    /// Name as printed.
    pub name: String,
    /// IANA zone, as in `America/Winnipeg`.
    pub time_zone: String,
    /// Languages of the reports, BCP 47, as in `en`.
    pub languages: Vec<String>,
    /// Language in which the project's own texts are written, unless a school or a goal has its own.
    pub written_in: String,
    /// One sentence: how to get a report in another format.
    pub contact: String,
}

/// Who the reports come from.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Division")]
pub(super) struct RawDivision {
    /// Name as printed.
    name: At<String>,
    /// Time zone by its IANA name, as in `America/Winnipeg`. Dates and the schedule follow its clock.
    time_zone: At<String>,
    /// Languages of the reports, as in `["en", "fr"]`. Left out: English.
    languages: Option<At<Vec<At<String>>>>,
    /// Language in which the project's own texts are written. Left out: the first of `languages`.
    written_in: Option<At<String>>,
    /// One sentence for readers: how to get a report in another format or language.
    contact: At<String>,
}

impl Check<'_> {
    pub(super) fn division(&mut self, raw: &RawDivision) -> Division {
        let zone = raw.time_zone.get_ref();
        if jiff::tz::TimeZone::get(zone).is_err() {
            self.fault(
                raw.time_zone.span(),
                format!("“{zone}” is not a time zone."),
                "Use an IANA name, as in “America/Winnipeg”.",
            );
        }
        let languages = match &raw.languages {
            Some(languages) => self.languages(languages, "languages"),
            None => vec!["en".to_owned()],
        };
        Division {
            name: self.text(&raw.name, "name"),
            time_zone: zone.clone(),
            written_in: self.written_in(raw.written_in.as_deref(), languages.first().map_or("", String::as_str)),
            languages,
            contact: self.text(&raw.contact, "contact"),
        }
    }

    /// A list of languages to report in: at least one, each once.
    pub(super) fn languages(&mut self, raw: &At<Vec<At<String>>>, name: &str) -> Vec<String> {
        let codes = spanned(raw.get_ref());
        if codes.is_empty() {
            self.fault(raw.span(), "There is no language to report in.", "Name one, as in [\"en\"].");
            return vec!["en".to_owned()];
        }
        codes.iter().for_each(|code| self.language(code));
        self.list(&codes, name)
    }
}
