//! Typesets one report: a template and its model become a PDF or a web page.
//!
//! Comes in: a [`PrintJob`]. Goes out: the bytes of a PDF (PDF/A-3a and PDF/UA-1), or the [`Problem`]
//! that the template's author can mend. A template sees its own files, `/model.json` and the date of
//! the job: no other file, no package, no network, no clock. So the same job gives the same bytes.

mod faults;
#[cfg(test)]
mod tests;
mod world;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use typst::diag::{SourceResult, Warned};
use typst::foundations::{Bytes, Datetime, Smart};
use typst::syntax::FileId;
use typst::text::Font;
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt};
use typst_html::{HtmlDocument, HtmlOptions};
use typst_kit::files::FileStore;
use typst_kit::fonts::{self, FontStore};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use termwise_base::problem::{Place, Problem};

use super::contrast;
use super::glyphs::Glyphs;
use super::leaves;
use super::order;
use super::proof::{self, NO_HEADS, Structure};
use super::templates::TemplateRoots;
use faults::advice;
use world::{ReportWorld, Templates, file_id, parts};

/// Where a template finds its model.
const MODEL: &str = "/model.json";

/// How many faults of a page are told.
const MOST_FAULTS: usize = 5;

/// How the templates of web pages end.
pub const WEB: &str = ".html.typ";

/// For how many reports Typst keeps a result that none of them used. Reports share their templates,
/// words and labels: keeping nothing takes four times as long; keeping for five reports takes as long as
/// for one and half a gigabyte more, now that reports in several languages follow each other. What is kept
/// changes the time only, never the bytes.
const KEPT: usize = 1;

/// One report to typeset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// What people call it, for progress and messages.
    pub name: String,
    /// Entry file of the template, as in `staff.typ`.
    pub template: String,
    /// The report model, JSON text.
    pub model: Arc<str>,
    /// Where the PDF goes.
    pub out: PathBuf,
    /// Identifies the report over time; becomes the PDF's document id.
    pub ident: String,
    /// “Today” for the template, and the PDF's creation date.
    pub date: Date,
}

/// A report that was typeset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typeset {
    /// How many pages it has; 1 for a web page.
    pub pages: usize,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// What the template's author should know: Typst's warnings.
    pub notes: Vec<Problem>,
    /// What a reader with assistive technology meets.
    pub structure: Structure,
}

/// What stays the same from report to report: library, fonts, parsed templates.
pub struct Press {
    library: LazyHash<Library>,
    fonts: FontStore,
    files: FileStore<Templates>,
    model: FileId,
    glyphs: Glyphs,
}

impl Press {
    /// Loads the fonts: the project's, the shipped ones, then those that come with Typst.
    pub fn new(templates: TemplateRoots) -> Self {
        let mut store = FontStore::new();
        for path in templates.paths().iter().filter(|path| path.starts_with("fonts/")) {
            let is_font = [".ttf", ".otf", ".ttc"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending));
            if let Some(bytes) = templates.read(path).filter(|_| is_font) {
                store.extend(Font::iter(Bytes::new(bytes)).map(|font| (font.clone(), font.info().clone())));
            }
        }
        store.extend(fonts::embedded());
        Self {
            // Row headers of tables, and web pages.
            library: LazyHash::new(
                Library::builder().with_features([Feature::A11yExtras, Feature::Html].into_iter().collect()).build(),
            ),
            glyphs: Glyphs::of(store.book()),
            fonts: store,
            files: FileStore::new(Templates(templates)),
            model: file_id(MODEL).expect("a valid path"),
        }
    }

    /// Typesets one report and forgets what the last few reports had no use for, so that memory does
    /// not grow.
    pub fn print(
        &self,
        name: &str,
        template: &str,
        model: String,
        ident: &str,
        date: Date,
    ) -> Result<Finished, Problem> {
        let main = file_id(template)
            .ok_or_else(|| Problem::error(format!("The path of the template of the report “{name}” is not valid.")))?;
        let mut value: serde_json::Value = serde_json::from_str(&model)
            .map_err(|fault| Problem::error(format!("The model of the report “{name}” is not valid JSON: {fault}.")))?;
        let missing = self.glyphs.check(name, &mut value);
        let broken = leaves::break_long_words(&mut value);
        let model = if missing.is_empty() && !broken { model } else { value.to_string() };
        let world = ReportWorld { press: self, main, model: Bytes::from_string(model), date };
        let web = template.ends_with(WEB);
        let pdf = if web { world.publish(name) } else { world.print(name, ident) };
        typst::comemo::evict(KEPT);
        let mut pdf = pdf?;
        let proof = if web { proof::alt_texts(&value) } else { proof::check(&pdf.bytes, &value) };
        let seen = std::mem::take(&mut pdf.seen);
        let place = seen.iter().find_map(|fault| fault.place.clone());
        let seen: Vec<String> = seen.into_iter().map(|fault| fault.what).take(MOST_FAULTS).collect();
        let proof = if seen.is_empty() {
            proof
        } else {
            // A table that was seen on its page is told with its page.
            let read = proof.err().unwrap_or_default();
            let told = |fault: &String| fault.ends_with(NO_HEADS) && seen.iter().any(|known| known.ends_with(NO_HEADS));
            Err(seen.iter().chain(read.iter().filter(|fault| !told(fault))).cloned().collect())
        };
        pdf.structure = proof.map_err(|faults| {
            let told = faults.join("; ");
            Problem::error(format!("The report “{name}” is not accessible, so it was not made: {told}."))
                .at(place.unwrap_or_else(|| Place::file(self.files.loader().0.shown(template))))
                .hint(
                    advice(&told)
                        .unwrap_or("Mend the template. docs/write-a-template.md says what an accessible page needs."),
                )
        })?;
        pdf.notes.extend(missing);
        Ok(pdf)
    }
}

/// A finished PDF or web page in memory.
#[derive(Debug)]
pub struct Finished {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has; 1 for a web page.
    pub pages: usize,
    /// Typst's warnings, and characters that no font has.
    pub notes: Vec<Problem>,
    /// What a reader with assistive technology meets.
    pub structure: Structure,
    /// What a reader would stumble over on the laid-out pages.
    seen: Vec<Seen>,
}

/// A fault of a laid-out page.
#[derive(Debug)]
struct Seen {
    what: String,
    /// Which call of the template made it.
    place: Option<Place>,
}

impl ReportWorld<'_> {
    fn print(&self, name: &str, ident: &str) -> Result<Finished, Problem> {
        let Warned { output, warnings } = typst::compile::<PagedDocument>(self);
        let mut notes: Vec<Problem> = warnings.iter().map(|warning| self.note(name, warning)).collect();
        if let Ok(document) = &output {
            notes.extend(order::unfilled(document).into_iter().map(|word| {
                Problem::warning(format!("The report “{name}” prints “{{{word}}}”, which was not filled in."))
                    .at(Place::file(self.shown(self.main)))
                    .hint("Fill it in with `fill(…)` in the template, or correct the word in templates/words.")
            }));
        }
        let exported = output.and_then(|document| Ok((self.export(&document, ident)?, document)));
        match exported {
            Ok((bytes, document)) => Ok(Finished {
                bytes,
                pages: document.pages().len(),
                notes,
                structure: Structure::default(),
                seen: self.look(&document),
            }),
            Err(errors) => Err(self.fault(name, &errors)),
        }
    }

    /// Looks at the pages before they are a file: contrast and reading order.
    fn look(&self, document: &PagedDocument) -> Vec<Seen> {
        let order = order::check(document);
        let order = order.into_iter().map(|fault| Seen { what: fault.what, place: self.locate(fault.span.into()) });
        let faint = contrast::check(document).into_iter().map(|what| Seen { what, place: None });
        order.chain(faint).collect()
    }

    /// Makes a web page.
    fn publish(&self, name: &str) -> Result<Finished, Problem> {
        let Warned { output, warnings } = typst::compile::<HtmlDocument>(self);
        // Typst says of every page that this export is young.
        let told = warnings.iter().filter(|warning| !warning.message.contains("html export"));
        let notes = told.map(|warning| self.note(name, warning)).collect();
        let page = output.and_then(|document| typst_html::html(&document, &HtmlOptions { pretty: false }));
        let page = page.map_err(|errors| self.fault(name, &errors))?;
        Ok(Finished { bytes: page.into_bytes(), pages: 1, notes, structure: Structure::default(), seen: Vec::new() })
    }

    fn export(&self, document: &PagedDocument, ident: &str) -> SourceResult<Vec<u8>> {
        let options = PdfOptions {
            ident: Smart::Custom(ident.to_owned()),
            creator: Smart::Custom(Some("Termwise".to_owned())),
            timestamp: parts(self.date)
                .and_then(|(year, month, day)| Datetime::from_ymd_hms(year, month, day, 0, 0, 0))
                .map(Timestamp::new_utc),
            standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
                .expect("typst-pdf combines PDF/A-3a and PDF/UA-1"),
            ..PdfOptions::default()
        };
        let mut bytes = typst_pdf::pdf(document, &options)?;
        super::streams::close(&mut bytes);
        Ok(bytes)
    }
}
