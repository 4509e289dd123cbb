//! Words and numbers of one language: a dictionary file plus CLDR's plurals, decimals and dates.
//!
//! Comes in: a dictionary (`words/en.toml`). Goes out: text ready to print. Nothing that a reader
//! sees is written in Rust or in a template: it stands in the dictionary.

use std::collections::BTreeMap;

use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{M, YM, YMD};
use icu_decimal::DecimalFormatter;
use icu_locale_core::Locale;
use icu_plurals::{PluralOperands, PluralRuleType, PluralRules, PluralRulesOptions};
use jiff::civil::Date;

use termwise_base::problem::{Place, Problem};

use super::dictionary::{Dictionary, Entries, Entry};

/// The dictionary of one language with its rules for numbers and dates.
pub struct Words {
    /// Language code, as in `en`.
    pub language: String,
    /// What the division may have forgotten in its own words.
    pub notes: Vec<Problem>,
    path: String,
    entries: Entries,
    plurals: PluralRules,
    ordinals: PluralRules,
    decimal: DecimalFormatter,
    full_date: DateTimeFormatter<YMD>,
    month_year: DateTimeFormatter<YM>,
    short_month: DateTimeFormatter<YM>,
    month: DateTimeFormatter<M>,
}

/// Languages with a shipped dictionary.
pub const SHIPPED: [&str; 3] = ["en", "fr", "uk"];

impl Words {
    /// Reads a dictionary; entries of `overrides` (a division's own words) go before it.
    ///
    /// Fails with every problem when a file is no dictionary, when the division's words cannot be used, or
    /// when the language is not known to CLDR.
    pub fn new(language: &str, path: &str, text: &str, overrides: Option<(&str, &str)>) -> Result<Self, Vec<Problem>> {
        let mut entries = Dictionary::read(path, text).map_err(|fault| vec![fault])?.entries();
        let mut notes = Vec::new();
        if let Some((path, text)) = overrides {
            let own = Dictionary::read(path, text).map_err(|fault| vec![fault])?;
            notes = checked(&own, &entries)?;
            entries.extend(own.entries());
        }
        Self::of(language, path, entries, notes)
    }

    /// Reads a division's dictionary of a language that is not shipped: it needs every word of the English
    /// one, each with its path and text.
    pub fn of_division(language: &str, own: (&str, &str), english: (&str, &str)) -> Result<Self, Vec<Problem>> {
        let english = Dictionary::read(english.0, english.1).map_err(|fault| vec![fault])?.entries();
        let dictionary = Dictionary::read(own.0, own.1).map_err(|fault| vec![fault])?;
        let notes = checked(&dictionary, &english)?;
        let entries = dictionary.entries();
        let missing: Vec<&String> = english.keys().filter(|key| !entries.contains_key(*key)).collect();
        if let Some(first) = missing.first() {
            let words = if missing.len() == 1 { "1 word".to_owned() } else { format!("{} words", missing.len()) };
            return Err(vec![
                Problem::error(format!("The dictionary lacks {words}, among them “{first}”."))
                    .at(dictionary.whole())
                    .hint("A language that is not shipped needs every word of report-templates/words/en.toml."),
            ]);
        }
        Self::of(language, own.0, entries, notes)
    }

    fn of(language: &str, path: &str, entries: Entries, notes: Vec<Problem>) -> Result<Self, Vec<Problem>> {
        // Canadian habits for dates and numbers.
        let fault = || vec![Problem::error(format!("The language “{language}” is not known.")).at(Place::file(path))];
        let locale: Locale = format!("{language}-CA").parse().map_err(|_| fault())?;
        Ok(Self {
            language: language.to_owned(),
            path: path.to_owned(),
            notes,
            entries,
            plurals: PluralRules::try_new_cardinal((&locale).into()).map_err(|_| fault())?,
            ordinals: PluralRules::try_new(
                (&locale).into(),
                PluralRulesOptions::default().with_type(PluralRuleType::Ordinal),
            )
            .map_err(|_| fault())?,
            decimal: DecimalFormatter::try_new(
                (&locale).into(),
                icu_decimal::options::DecimalFormatterOptions::default(),
            )
            .map_err(|_| fault())?,
            full_date: DateTimeFormatter::try_new((&locale).into(), YMD::long()).map_err(|_| fault())?,
            month_year: DateTimeFormatter::try_new((&locale).into(), YM::long()).map_err(|_| fault())?,
            short_month: DateTimeFormatter::try_new((&locale).into(), YM::medium()).map_err(|_| fault())?,
            month: DateTimeFormatter::try_new((&locale).into(), M::long()).map_err(|_| fault())?,
        })
    }

    /// The text of `key` with `{name}` replaced.
    ///
    /// A key that the dictionary lacks is a fault of this program, not of its user: it prints as
    /// `⟦key⟧` and a test keeps it from happening.
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        match self.entries.get(key) {
            Some(Entry::Text(text)) => fill(text, values),
            Some(Entry::Plural(forms)) => fill(forms.get("other").map_or("", String::as_str), values),
            None => {
                tracing::error!(key, dictionary = %self.path, "a word is missing from the dictionary");
                format!("⟦{key}⟧")
            }
        }
    }

    /// The text of `key` in the plural form for `n`, with `{n}` and the others replaced.
    pub fn count(&self, key: &str, n: u32, values: &[(&str, &str)]) -> String {
        let number = self.number(n);
        let mut all = vec![("n", number.as_str())];
        all.extend_from_slice(values);
        self.form(key, &self.plurals, n, &all)
    }

    /// As [`Self::count`], of a number with a tenth where it has one.
    pub fn count_tenths(&self, key: &str, n: f64) -> String {
        let number = tenths(n);
        self.form(key, &self.plurals, &number, &[("n", &self.decimal.format(&number).to_string())])
    }

    /// A whole number as the language writes its place in a row: “1re”, “2e” of a school's grades.
    pub fn ordinal(&self, key: &str, n: u32) -> String {
        self.form(key, &self.ordinals, n, &[("n", &self.number(n))])
    }

    fn form(&self, key: &str, rules: &PluralRules, n: impl Into<PluralOperands>, values: &[(&str, &str)]) -> String {
        match self.entries.get(key) {
            Some(Entry::Plural(forms)) => fill(form_of(forms, rules, n), values),
            _ => self.text(key, values),
        }
    }

    /// The text of `key` where some of the values, by name, are in another language. No half of a sentence is
    /// in one language and half in another: where the dictionary has a sentence that keeps them to themselves
    /// (`KEY-apart`), it is taken, and what is filled in stands in quotation marks.
    pub fn text_apart(&self, key: &str, values: &[(&str, &str)], foreign: &[&str]) -> String {
        let apart = format!("{key}-apart");
        let key = if self.has(&apart) { &apart } else { key };
        match self.entries.get(key) {
            Some(Entry::Text(text)) => fill(&self.quoting(text, foreign), values),
            Some(Entry::Plural(forms)) => {
                let other = forms.get("other").map_or("", String::as_str);
                fill(&self.quoting(other, foreign), values)
            }
            None => self.text(key, values),
        }
    }

    /// As [`Self::text_apart`], in the plural form for `n`.
    pub fn count_apart(&self, key: &str, n: u32, values: &[(&str, &str)], foreign: &[&str]) -> String {
        let Some(Entry::Plural(forms)) = self.entries.get(key) else { return self.text_apart(key, values, foreign) };
        let number = self.number(n);
        let mut all = vec![("n", number.as_str())];
        all.extend_from_slice(values);
        fill(&self.quoting(form_of(forms, &self.plurals, n), foreign), &all)
    }

    /// A text in the quotation marks of the language.
    pub fn quoted(&self, text: &str) -> String {
        self.text("number.quoted", &[("text", text)])
    }

    /// The pattern with quotation marks around the blanks of these names, but for those that have them.
    fn quoting(&self, pattern: &str, foreign: &[&str]) -> String {
        let mut out = String::with_capacity(pattern.len() + 16);
        let mut rest = pattern;
        while let Some((before, blank)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = blank.split_once('}') else {
                rest = &rest[before.len()..];
                break;
            };
            let open = out.trim_end_matches(['\u{a0}', '\u{202f}']).ends_with(['“', '«', '„', '‘', '"']);
            let blank = format!("{{{name}}}");
            let apart = foreign.contains(&name.trim_start_matches('^')) && !open;
            out.push_str(&if apart { self.quoted(&blank.replace('^', "")) } else { blank });
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// Whether the dictionary has `key`.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// All plain texts of a section, keys without its name.
    pub fn section(&self, section: &str) -> BTreeMap<String, String> {
        let prefix = format!("{section}.");
        self.entries
            .iter()
            .filter_map(|(key, entry)| match (key.strip_prefix(&prefix), entry) {
                (Some(key), Entry::Text(text)) => Some((key.to_owned(), text.clone())),
                _ => None,
            })
            .collect()
    }

    /// A whole number, grouped as the language does.
    pub fn number(&self, n: u32) -> String {
        self.decimal.format(&fixed_decimal::Decimal::from(n)).to_string()
    }

    /// A number with at most one decimal.
    pub fn tenths(&self, value: f64) -> String {
        self.decimal.format(&tenths(value)).to_string()
    }

    /// A share (0–1) in whole percent.
    pub fn percent(&self, share: f64) -> String {
        self.text("number.percent", &[("n", &self.number((share * 100.0).round() as u32))])
    }

    /// A share (0–1) as it was agreed on: in whole percent, or with a tenth where it has one.
    pub fn percent_agreed(&self, share: f64) -> String {
        self.text("number.percent", &[("n", &self.tenths(share * 100.0))])
    }

    /// `13 March 2026`, in the language's order.
    pub fn date(&self, date: Date) -> String {
        self.full_date.format(&icu(date)).to_string()
    }

    /// `March 2026`.
    pub fn month_year(&self, date: Date) -> String {
        self.month_year.format(&icu(date)).to_string()
    }

    /// `Mar 2026`.
    pub fn short_month(&self, date: Date) -> String {
        self.short_month.format(&icu(date)).to_string()
    }

    /// What still has to be done with the dictionary, as in “needs review by a native speaker”.
    pub fn review(&self) -> Option<String> {
        let said = |key: &str| match self.entries.get(key) {
            Some(Entry::Text(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        said("dictionary.review").filter(|_| said("dictionary.reviewed-by").is_none())
    }

    /// `March`.
    pub fn month(&self, date: Date) -> String {
        self.month.format(&icu(date)).to_string()
    }

    /// Parts joined as a list: “a, b and c”.
    pub fn list(&self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [one] => one.clone(),
            [rest @ .., last] => self.text("number.list-and", &[("rest", &rest.join(", ")), ("last", last)]),
        }
    }
}

/// A number in tenths, without a zero at its end.
fn tenths(value: f64) -> fixed_decimal::Decimal {
    let mut decimal = fixed_decimal::Decimal::from((value * 10.0).round() as i64);
    decimal.multiply_pow10(-1);
    decimal.absolute.trim_end();
    decimal
}

/// The form for `n`, or the one for all others.
fn form_of<'a>(forms: &'a BTreeMap<String, String>, rules: &PluralRules, n: impl Into<PluralOperands>) -> &'a str {
    let category = format!("{:?}", rules.category_for(n)).to_lowercase();
    forms.get(&category).or_else(|| forms.get("other")).map_or("", String::as_str)
}

/// The notes on a division's words, if they can be used.
fn checked(own: &Dictionary<'_>, shipped: &Entries) -> Result<Vec<Problem>, Vec<Problem>> {
    let (faults, notes) = own.check(shipped);
    if faults.is_empty() { Ok(notes) } else { Err(faults) }
}

fn icu(date: Date) -> icu_calendar::Date<icu_calendar::Iso> {
    let month = u8::try_from(date.month()).expect("a month");
    let day = u8::try_from(date.day()).expect("a day");
    icu_calendar::Date::try_new_iso(i32::from(date.year()), month, day).expect("a real day")
}

/// Replaces every `{name}` by its value, and `{^name}` by its value with its first letter in upper case;
/// an unknown name stays as it is.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    // A date that ends in a stop (“2026 р.”) ends the sentence, too.
    let one_stop = |out: &str, rest: &mut &str| {
        if out.ends_with('.') && rest.starts_with('.') && !rest.starts_with("..") {
            *rest = &rest[1..];
        }
    };
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        let name = &rest[1..close];
        let (name, upper) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) if upper => out.push_str(&capitalised(value)),
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[..=close]),
        }
        rest = &rest[close + 1..];
        one_stop(&out, &mut rest);
    }
    out.push_str(rest);
    out
}

/// The text with its first letter in upper case.
fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const SMALL: &str = r#"
[number]
percent = "{n}%"
list-and = "{rest} and {last}"
quoted = "“{text}”"
[sentence]
more = { one = "about {n} more student", other = "about {n} more students" }
plain = "From {a} to {b}, {unknown}."
plain-apart = "This holds from {a}: {b}."
named = { one = "{^who} has {n}: “{what}”", other = "{^who} have {n}: “{what}”" }
"#;

    fn words() -> Words {
        Words::new("en", "words/en.toml", SMALL, None).expect("a good dictionary")
    }

    #[test]
    fn texts_are_filled_and_counted() {
        let words = words();
        assert_eq!(words.count("sentence.more", 1, &[]), "about 1 more student");
        assert_eq!(words.count("sentence.more", 1200, &[]), "about 1,200 more students");
        assert_eq!(words.text("sentence.plain", &[("a", "1"), ("b", "2")]), "From 1 to 2, {unknown}.");
        assert_eq!(words.list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }

    #[test]
    fn what_is_in_another_language_is_set_apart() {
        let words = words();
        let values = [("a", "1"), ("b", "ont lu")];
        assert_eq!(words.text_apart("sentence.plain", &values, &["b"]), "This holds from 1: “ont lu”.");
        // Where it has its marks, it gets no others; and its first letter stays as it is written.
        let values = [("who", "élèves"), ("what", "deux livres")];
        let told = words.count_apart("sentence.named", 2, &values, &["who", "what"]);
        assert_eq!(told, "“élèves” have 2: “deux livres”");
        assert_eq!(words.quoting("{a} {", &["a"]), "“{a}” {");
    }

    #[test]
    fn numbers_and_dates_follow_canadian_english() {
        let words = words();
        assert_eq!(words.percent(0.63), "63%");
        assert_eq!(words.tenths(2.0), "2");
        assert_eq!(words.tenths(2.45), "2.5");
        assert_eq!(words.month_year(date(2026, 3, 13)), "March 2026");
        assert_eq!(words.short_month(date(2026, 3, 13)), "Mar 2026");
        assert_eq!(words.month(date(2026, 3, 13)), "March");
        assert_eq!(words.date(date(2026, 3, 13)), "March 13, 2026");
    }
}
