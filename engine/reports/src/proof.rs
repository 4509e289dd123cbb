//! Reads a finished PDF again: a report that is not accessible, or whose alt texts say something else
//! than its data, is not written.
//!
//! Comes in: the bytes of a PDF and the model it was made from. Goes out: its [`Structure`], or every
//! fault that was found. This check is ours and looks at what readers with assistive technology meet
//! (Matterhorn Protocol 1.1: 06 metadata, 07 dictionary, 11 language, 13 graphics, 14 headings,
//! 15 tables, 17 outlines); the standards as a whole are enforced by the exporter.

use std::collections::BTreeSet;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, String as Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::leaves;

/// Structure elements that are looked at; a document with more is not a report.
const MOST_ELEMENTS: usize = 1_000_000;
/// How many faults are told.
const MOST_FAULTS: usize = 5;
/// How every fault of a table whose cells name neither rows nor columns ends.
pub(super) const NO_HEADS: &str = "has no header cells";

/// What a reader with assistive technology meets, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// Levels of the headings.
    pub headings: Vec<u8>,
    /// Rows of each table.
    pub tables: Vec<usize>,
    /// How many figures there are.
    pub figures: usize,
}

impl Structure {
    /// What one of so many languages has, in order of size; none if they do not all have the same. Longer words may
    /// need another order of parts side by side, but no part is left out.
    pub fn of_one(&self, languages: usize) -> Option<Self> {
        fn same<T: Ord + Clone>(list: &[T], languages: usize) -> Option<Vec<T>> {
            let sorted = |part: &[T]| {
                let mut part = part.to_vec();
                part.sort_unstable();
                part
            };
            let length = list.len() / languages;
            let one = sorted(&list[..length]);
            let all =
                list.len().is_multiple_of(languages) && list.chunks(length.max(1)).all(|part| sorted(part) == one);
            all.then_some(one)
        }
        Some(Self {
            headings: same(&self.headings, languages)?,
            tables: same(&self.tables, languages)?,
            figures: self.figures.is_multiple_of(languages).then_some(self.figures / languages)?,
        })
    }
}

/// Checks a report.
pub fn check(pdf: &[u8], model: &Value) -> Result<Structure, Vec<String>> {
    let mut faults = alt_texts_of(model);
    let mut proof = Proof { model, numbers: None, structure: Structure::default(), faults: &mut faults, elements: 0 };
    match Pdf::new(pdf.to_vec()) {
        Ok(pdf) => proof.document(&pdf),
        Err(_) => proof.faults.push("the PDF cannot be read again".into()),
    }
    let structure = proof.structure;
    faults.dedup();
    faults.truncate(MOST_FAULTS);
    if faults.is_empty() { Ok(structure) } else { Err(faults) }
}

/// Checks the alt texts of the model alone: all that a web page adds is in its template.
pub fn alt_texts(model: &Value) -> Result<Structure, Vec<String>> {
    match alt_texts_of(model) {
        faults if faults.is_empty() => Ok(Structure::default()),
        faults => Err(faults),
    }
}

struct Proof<'a> {
    model: &'a Value,
    /// Every number in the model; made when it is first needed.
    numbers: Option<BTreeSet<String>>,
    structure: Structure,
    faults: &'a mut Vec<String>,
    elements: usize,
}

impl Proof<'_> {
    fn document(&mut self, pdf: &Pdf) {
        let Some(catalog) = pdf.xref().get::<Dict>(pdf.xref().root_id()) else {
            return self.faults.push("the PDF has no catalog".into());
        };
        let lang = self.model.get("lang").and_then(Value::as_str).unwrap_or("");
        let said = catalog.get::<Text>("Lang").map(|text| decode(text.as_bytes())).unwrap_or_default();
        if said.split('-').next().unwrap_or("") != lang {
            self.faults.push(format!("the language of the document is “{said}”, not “{lang}”"));
        }
        let marked = catalog.get::<Dict>("MarkInfo").and_then(|info| info.get::<bool>("Marked"));
        if marked != Some(true) {
            self.faults.push("the document is not tagged".into());
        }
        let titled = catalog.get::<Dict>("ViewerPreferences").and_then(|view| view.get::<bool>("DisplayDocTitle"));
        let title = pdf.metadata().title.as_ref().map(|title| decode(title)).unwrap_or_default();
        if titled != Some(true) || title.trim().is_empty() {
            self.faults.push("the document shows no title".into());
        }
        match catalog.get::<Dict>("StructTreeRoot") {
            Some(root) => self.children(&root, &mut Vec::new()),
            None => self.faults.push("the document has no structure".into()),
        }
        let bookmarks = catalog.get::<Dict>("Outlines").is_some_and(|outlines| outlines.contains_key("First"));
        if !bookmarks && !self.structure.headings.is_empty() {
            self.faults.push("the document has headings but no bookmarks".into());
        }
        let mut before = 0;
        for level in self.structure.headings.clone() {
            if level > before + 1 {
                self.faults.push(format!("a heading of level {level} follows one of level {before}"));
            }
            before = level;
        }
    }

    /// Visits the elements below one; `within` are the ways down, so that a circle ends.
    fn children(&mut self, parent: &Dict<'_>, within: &mut Vec<ObjectIdentifier>) {
        if let Some(list) = parent.get::<Array>("K") {
            for child in list.iter::<Object>() {
                self.child(child, within);
            }
        } else if let Some(child) = parent.get::<Object>("K") {
            self.child(child, within);
        }
    }

    fn child(&mut self, child: Object<'_>, within: &mut Vec<ObjectIdentifier>) {
        let Object::Dict(element) = child else { return };
        let Some(role) = element.get::<Name>("S") else { return };
        self.elements += 1;
        let id = element.obj_id();
        if self.elements > MOST_ELEMENTS || id.is_some_and(|id| within.contains(&id)) {
            return;
        }
        within.extend(id);
        match role.as_str() {
            "Figure" | "Formula" => {
                self.structure.figures += 1;
                let alt = element.get::<Text>("Alt").map(|text| decode(text.as_bytes())).unwrap_or_default();
                self.alt(&alt);
            }
            "Table" => self.table(&element),
            heading if heading.len() == 2 && heading.starts_with('H') => {
                self.structure.headings.extend(heading[1..].parse::<u8>().ok());
            }
            _ => {}
        }
        self.children(&element, within);
        if id.is_some() {
            within.pop();
        }
    }

    /// An alt text is one of the model's, or every number in it is.
    fn alt(&mut self, alt: &str) {
        if alt.trim().is_empty() {
            return self.faults.push("a picture has no alt text".into());
        }
        let model = self.model;
        let numbers = self.numbers.get_or_insert_with(|| {
            let mut found = BTreeSet::new();
            leaves::each(model, &mut |_, text| found.extend(numbers(text)));
            found
        });
        if let Some(number) = self::numbers(alt).find(|number| !numbers.contains(number)) {
            let start: String = alt.chars().take(40).collect();
            self.faults.push(format!("the alt text “{start}…” has the number {number}, which is not in the data"));
        }
    }

    /// A table has rows, and header cells in them.
    fn table(&mut self, table: &Dict<'_>) {
        let (mut rows, mut heads) = (0, 0);
        count_rows(table, &mut rows, &mut heads, 0);
        if heads == 0 {
            self.faults.push(format!("a table of {rows} rows {NO_HEADS}"));
        }
        self.structure.tables.push(rows);
    }
}

fn count_rows(element: &Dict<'_>, rows: &mut usize, heads: &mut usize, depth: usize) {
    let Some(list) = element.get::<Array>("K").filter(|_| depth < 4) else { return };
    for child in list.iter::<Object>() {
        let Object::Dict(child) = child else { continue };
        match child.get::<Name>("S").as_ref().map(Name::as_str) {
            Some("TR") => {
                *rows += 1;
                count_rows(&child, rows, heads, depth + 1);
            }
            Some("THead" | "TBody" | "TFoot") => count_rows(&child, rows, heads, depth + 1),
            Some("TH") => *heads += 1,
            _ => {}
        }
    }
}

/// Charts of the model whose alt text has a number that neither their table nor their labels have.
fn alt_texts_of(model: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    charts(model, &mut |chart, alt| {
        let mut shown = BTreeSet::new();
        for (_, part) in chart.as_object().into_iter().flatten().filter(|(name, _)| *name != "alt") {
            leaves::each(part, &mut |_, text| shown.extend(numbers(text)));
        }
        if let Some(number) = numbers(alt).find(|number| !shown.contains(number)) {
            let start: String = alt.chars().take(40).collect();
            faults.push(format!("the alt text “{start}…” has the number {number}, which is not in its table"));
        }
    });
    faults
}

/// Every object of the model that is a chart: an alt text beside a table.
fn charts<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Value, &'a str)) {
    match value {
        Value::Object(map) => {
            if let (Some(Value::String(alt)), true) = (map.get("alt"), map.contains_key("table")) {
                visit(value, alt);
            }
            map.values().for_each(|inner| charts(inner, visit));
        }
        Value::Array(list) => list.iter().for_each(|inner| charts(inner, visit)),
        _ => {}
    }
}

/// Runs of digits in a text.
fn numbers(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned)
}

/// A text string of PDF: UTF-16 with a mark, UTF-8 with a mark, else single bytes.
fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        plain => plain.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_alt_text_with_another_number_than_its_table_is_found() {
        let chart =
            |alt: &str| json!({"lang": "en", "chart": {"alt": alt, "table": {"rows": [["March 2026", "63%"]]}}});
        assert_eq!(alt_texts_of(&chart("March 2026: 63%.")), Vec::<String>::new());
        assert_eq!(alt_texts_of(&chart("March 2026: 36%.")).len(), 1);
    }

    #[test]
    fn text_strings_are_read_in_each_of_their_forms() {
        assert_eq!(decode(&[0xFE, 0xFF, 0x04, 0x23]), "У");
        assert_eq!(decode(b"en-CA"), "en-CA");
        assert_eq!(decode("\u{feff}Мета".as_bytes()), "Мета");
    }

    #[test]
    fn an_edition_in_two_languages_has_everything_twice() {
        let both = |headings: &[u8]| Structure { headings: headings.to_vec(), tables: vec![3, 3], figures: 2 };
        let one = Structure { headings: vec![1, 2], tables: vec![3], figures: 1 };
        assert_eq!(both(&[1, 2, 1, 2]).of_one(2), Some(one.clone()));
        assert_eq!(one.of_one(1), Some(one.clone()));
        assert_eq!(Structure::default().of_one(2), Some(Structure::default()));
        assert_eq!(both(&[1, 2, 1, 1]).of_one(2), None);
        assert_eq!(both(&[1, 2, 1]).of_one(2), None);
        // Side by side in another order, because its words are longer.
        let turned = |tables: &[usize]| Structure { headings: vec![1], tables: tables.to_vec(), figures: 1 }.of_one(1);
        assert_eq!(turned(&[3, 7, 3]), turned(&[7, 3, 3]));
        assert_ne!(turned(&[3, 7, 3]), turned(&[7, 7, 3]));
    }

    #[test]
    fn what_is_no_pdf_is_a_fault() {
        assert!(check(b"%PDF-1.7 nothing", &json!({})).is_err());
    }
}
