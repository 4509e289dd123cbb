//! The section `[csv]`: how text files are written.

use schemars::JsonSchema;
use serde::Deserialize;
use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

use super::super::check::Check;
use super::super::spot::At;
use super::super::words::Word;

/// How text files (.csv, .tsv) are written; found by looking where it is not said.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Csv")]
pub(super) struct RawCsv {
    /// What parts the cells.
    separator: Option<At<Word<Separator>>>,
    /// How letters are stored, as in "windows-1252".
    encoding: Option<At<String>>,
    /// The decimal sign of numbers.
    decimal: Option<At<Word<Decimal>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
enum Separator {
    #[strum(serialize = ",")]
    Comma,
    #[strum(serialize = ";")]
    Semicolon,
    #[strum(serialize = "\t", to_string = "tab")]
    Tab,
    #[strum(serialize = "|")]
    Bar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumMessage, EnumString, IntoStaticStr)]
enum Decimal {
    #[strum(serialize = ",")]
    Comma,
    #[strum(serialize = ".")]
    Point,
}

impl Check<'_> {
    pub(super) fn separator(&mut self, csv: &RawCsv) -> Option<char> {
        Some(match self.word(csv.separator.as_ref()?, "separator")? {
            Separator::Comma => ',',
            Separator::Semicolon => ';',
            Separator::Tab => '\t',
            Separator::Bar => '|',
        })
    }

    pub(super) fn encoding(&mut self, csv: &RawCsv) -> Option<String> {
        let encoding = csv.encoding.as_ref()?;
        let known = encoding_rs::Encoding::for_label(encoding.get_ref().as_bytes());
        if known.is_none() {
            let common = ["utf-8", "windows-1252", "utf-16le", "utf-16be", "windows-1251"];
            self.unknown(encoding.span(), "encoding", encoding.get_ref(), common);
        }
        known.map(|encoding| encoding.name().to_owned())
    }

    /// Whether numbers have a decimal comma.
    pub(super) fn decimal(&mut self, csv: &RawCsv) -> Option<bool> {
        self.word(csv.decimal.as_ref()?, "decimal sign").map(|sign| sign == Decimal::Comma)
    }
}
