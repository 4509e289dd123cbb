//! Typesets one report: a template and its model become a PDF or a web page.
//!
//! Comes in: a [`Job`]. Goes out: the bytes of a PDF (PDF/A-3a and PDF/UA-1), or the [`Problem`]
//! that the template's author can mend. A template sees its own files, `/model.json` and the date of
//! the job: no other file, no package, no network, no clock. So the same job gives the same bytes.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use typst::diag::{FileError, FileResult, SourceDiagnostic, SourceResult, Warned};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{DiagSpan, DiagSpanKind, FileId, Lines, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World, WorldExt};
use typst_html::{HtmlDocument, HtmlOptions};
use typst_kit::files::{FileLoader, FileStore};
use typst_kit::fonts::{self, FontStore};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use termwise_base::problem::{Place, Problem};

use super::contrast;
use super::glyphs::Glyphs;
use super::leaves;
use super::order;
use super::proof::{self, Structure};
use super::templates::TemplateRoots;

/// Where a template finds its model.
const MODEL: &str = "/model.json";

/// How many faults of a page are told.
const MOST_FAULTS: usize = 5;

/// What is said of a table whose cells name neither rows nor columns.
pub(super) const NO_HEADS: &str = "has no header cells";

/// How the templates of web pages end.
pub const WEB: &str = ".html.typ";

/// Why no package is loaded: a report is made from what is in the project.
const NO_PACKAGES: &str = "packages are never downloaded";

/// For how many reports Typst keeps a result that none of them used. Reports share their templates,
/// words and labels: keeping nothing takes four times as long; keeping for five reports takes as long as
/// for one and half a gigabyte more, now that reports in several languages follow each other. What is kept
/// changes the time only, never the bytes.
const KEPT: usize = 1;

/// One report to typeset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What people call it, for progress and messages.
    pub name: String,
    /// Entry file of the template, as in `staff.typ`.
    pub template: String,
    /// The report model, JSON text.
    pub model: String,
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
    /// Pages.
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
        let edition = Edition { press: self, main, model: Bytes::from_string(model), date };
        let web = template.ends_with(WEB);
        let pdf = if web { edition.publish(name) } else { edition.print(name, ident) };
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
    /// Pages.
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

/// Loads template files for Typst.
struct Templates(TemplateRoots);

impl FileLoader for Templates {
    fn load(&self, id: FileId) -> FileResult<Bytes> {
        match id.root() {
            VirtualRoot::Project => {
                let path = id.vpath().get_without_slash();
                self.0.read(path).map(Bytes::new).ok_or_else(|| FileError::NotFound(path.into()))
            }
            VirtualRoot::Package(_) => Err(FileError::Other(Some(NO_PACKAGES.into()))),
        }
    }
}

/// The world as one report sees it.
struct Edition<'a> {
    press: &'a Press,
    main: FileId,
    model: Bytes,
    date: Date,
}

impl World for Edition<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.press.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.press.model { Err(FileError::NotSource) } else { self.press.files.source(id) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.press.model { Ok(self.model.clone()) } else { self.press.files.file(id) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        let (year, month, day) = parts(self.date)?;
        Datetime::from_ymd(year, month, day)
    }
}

impl Edition<'_> {
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

    /// The first error in full; the others are named in the help.
    fn fault(&self, name: &str, errors: &[SourceDiagnostic]) -> Problem {
        let Some(first) = errors.first() else {
            return Problem::error(format!("The report “{name}” could not be typeset."));
        };
        let mut problem =
            Problem::error(format!("The report “{name}” could not be typeset: {}.", sentence(&first.message)))
                .at(self.place(first));
        let mut help = self.help(first);
        help.extend(errors.iter().skip(1).take(3).map(|other| {
            let place = self.place(other).to_string();
            format!("also {}: {}", if place.is_empty() { "in the template" } else { &place }, sentence(&other.message))
        }));
        if errors.len() > 4 {
            help.push(format!("and {} more", errors.len() - 4));
        }
        if !help.is_empty() {
            problem = problem.hint(help.join("; "));
        }
        problem
    }

    fn note(&self, name: &str, warning: &SourceDiagnostic) -> Problem {
        let problem =
            Problem::note(format!("The report “{name}” was typeset with a warning: {}.", sentence(&warning.message)))
                .at(self.place(warning));
        match self.help(warning) {
            help if help.is_empty() => problem,
            help => problem.hint(help.join("; ")),
        }
    }

    /// Typst's hints, and by which calls the place was reached.
    fn help(&self, diagnostic: &SourceDiagnostic) -> Vec<String> {
        let hints = || diagnostic.hints.iter().map(|hint| sentence(&hint.v).to_owned()).collect();
        let mut help: Vec<String> =
            advice(&diagnostic.message).map_or_else(hints, |ours| vec![sentence(ours).to_owned()]);
        let calls = diagnostic.trace.iter().filter_map(|point| self.locate(point.span.into()));
        help.extend(calls.take(4).map(|place| format!("reached from {place}")));
        help
    }

    /// Where the error is, or else the nearest call that led to it.
    fn place(&self, diagnostic: &SourceDiagnostic) -> Place {
        self.locate(diagnostic.span)
            .or_else(|| diagnostic.trace.iter().find_map(|point| self.locate(point.span.into())))
            .unwrap_or_else(|| Place::file(self.shown(self.main)))
    }

    /// File, line, column and source line of a span.
    fn locate(&self, span: DiagSpan) -> Option<Place> {
        let id = span.id()?;
        let range = match span.get() {
            DiagSpanKind::Range { range, .. } => range,
            _ => self.range(span)?,
        };
        let lines = self.lines(id)?;
        let (line, column) = lines.byte_to_line_column(range.start)?;
        let text = lines.text().get(lines.line_to_range(line)?)?.trim_end();
        let mut place = Place::file(self.shown(id)).at(line + 1, column + 1);
        place.excerpt = Some(text.replace('\t', " ").chars().take(200).collect());
        Some(place)
    }

    fn lines(&self, id: FileId) -> Option<Lines<String>> {
        match self.source(id) {
            Ok(source) => Some(source.lines().clone()),
            Err(_) => self.file(id).ok()?.lines().ok(),
        }
    }

    fn shown(&self, id: FileId) -> String {
        match id.vpath().get_without_slash() {
            path if id == self.press.model => path.to_owned(),
            path => self.press.files.loader().0.shown(path),
        }
    }
}

/// A path of the virtual folder that templates live in.
fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

/// What to do about a fault, where we know better than Typst, which knows nothing of projects.
fn advice(message: &str) -> Option<&'static str> {
    let known = [
        (
            "header cells",
            "Put the cells that name the columns into `table.header(…)`, the first argument after `columns`.",
        ),
        (
            "missing alt text",
            "Say in words what the picture shows, as in `image(\"logo.svg\", alt: \"…\")` or `figure(alt: \"…\", …)`; \
             decoration goes into `pdf.artifact(…)`.",
        ),
        ("no alt text", "Say in words what the picture shows, as in `image(\"logo.svg\", alt: \"…\")`."),
        (
            "would escape",
            "A template can read only files in templates/. Copy the file there. A path starts at the file that names it, or at templates/ if it begins with /.",
        ),
        ("file not found", "A path starts at the file that names it, or at templates/ if it begins with /."),
        (
            "could not be displayed with font",
            "Use another character, or put a font that has it into templates/fonts/ and name it in `font-name` of \
             lib/theme.typ.",
        ),
        (
            NO_PACKAGES,
            "Copy the package's folder into templates/ and import its first file, as in `#import \"name/lib.typ\": …`. Do the same with what it imports.",
        ),
    ];
    known.into_iter().find(|(part, _)| message.contains(part)).map(|(_, ours)| ours)
}

/// A message without its own full stop, to be set into a sentence.
fn sentence(message: &str) -> &str {
    message.trim_end_matches('.')
}

/// Year, month and day in Typst's types.
fn parts(date: Date) -> Option<(i32, u8, u8)> {
    Some((date.year().into(), date.month().try_into().ok()?, date.day().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const PAGE: &str = r#"#let model = json("/model.json")
#set document(title: model.title)
#set text(lang: "en")
= #model.title
#datetime.today().display()
"#;

    /// Typesets `files` (path, text) with a small model.
    fn print(files: &[(&str, &str)]) -> Result<Finished, Problem> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join("templates").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let press = Press::new(TemplateRoots::of_project(folder.path()));
        let date = jiff::civil::date(2026, 3, 13);
        press.print(
            "Blue Heron, staff",
            "page.typ",
            r#"{"title": "Progress", "lang": "en"}"#.to_owned(),
            "blue-heron/staff",
            date,
        )
    }

    #[test]
    fn the_same_job_gives_the_same_bytes_of_an_archival_accessible_pdf() {
        let first = print(&[("page.typ", PAGE)]).unwrap();
        let again = print(&[("page.typ", PAGE)]).unwrap();
        assert_eq!(first.pages, 1);
        assert_eq!(first.bytes, again.bytes);
        let text = String::from_utf8_lossy(&first.bytes);
        assert!(text.contains("<pdfaid:part>3</pdfaid:part>") && text.contains("pdfuaid:part"));
        assert!(text.contains("2026-03-13"));
    }

    #[test]
    fn an_error_names_the_report_file_line_column_and_shows_the_line() {
        let problem = print(&[("page.typ", "#set text(lang: \"en\")\n= Été #missing\n")]).unwrap_err();
        assert!(problem.message.contains("Blue Heron, staff"), "{problem}");
        assert!(problem.message.contains("unknown variable: missing"), "{problem}");
        assert_eq!(problem.place.file.as_deref(), Some("templates/page.typ"));
        // Columns count characters: “= Été #” are seven.
        assert_eq!((problem.place.line, problem.place.column), (Some(2), Some(8)));
        assert_eq!(problem.place.excerpt.as_deref(), Some("= Été #missing"));
    }

    #[test]
    fn an_error_in_a_library_file_says_from_where_it_was_reached() {
        let library = "#let chart(data) = {\n  data.first()\n}\n";
        let page = "#import \"lib/chart.typ\": chart\n#chart(())\n";
        let problem = print(&[("page.typ", page), ("lib/chart.typ", library)]).unwrap_err();
        assert_eq!(problem.place.file.as_deref(), Some("templates/lib/chart.typ"));
        assert_eq!(problem.place.line, Some(2));
        assert!(problem.hint.unwrap().contains("reached from templates/page.typ:2:"), "the call is named");
    }

    #[test]
    fn a_page_that_is_not_accessible_is_an_error() {
        let problem = print(&[("page.typ", "#set document(title: \"T\")\n= T\n#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\"))\n")]).unwrap_err();
        assert!(problem.message.contains("alt"), "{problem}");
        assert_eq!(problem.place.line, Some(3));
    }

    #[test]
    fn what_is_read_in_another_order_than_it_is_seen_is_an_error() {
        let start = "#set document(title: \"T\")\n#set text(lang: \"en\")\n= First\n";
        let jump = format!("{start}#lorem(60)\n== Second\n#place(top + left, [== Third])\n");
        let problem = print(&[("page.typ", &jump)]).unwrap_err();
        let told = "the heading “Third” on page 1 stands above the heading “Second”, but is read after it";
        assert!(problem.message.contains(told), "{problem}");
        assert_eq!(problem.place.line, Some(6));
        // Columns are read one after the other.
        let columns = format!("{start}#grid(columns: 2, [#v(5cm)\n== Left], [== Right\n#v(9cm)\n== Below])\n== Last\n");
        assert!(print(&[("page.typ", &columns)]).is_ok());
        // From right to left the right one is the first.
        let leftwards = columns.replace("lang: \"en\"", "lang: \"he\"");
        // (The model is English, and that is the only fault.)
        let told = print(&[("page.typ", &leftwards)]).unwrap_err().message;
        assert!(told.contains("not “en”") && !told.contains("stands above"), "{told}");
        // Nobody reads what only decorates.
        let aside = format!("{start}#v(3cm)\n== Second\n#place(top + left, pdf.artifact(table(columns: 1)[a]))\n");
        assert!(print(&[("page.typ", &aside)]).is_ok());
    }

    #[test]
    fn a_table_without_header_cells_is_an_error_with_its_place() {
        let page = "#set document(title: \"T\")\n#set text(lang: \"en\")\n= T\n#table(columns: 2, [a], [b])\n";
        let problem = print(&[("page.typ", page)]).unwrap_err();
        assert!(problem.message.contains("a table on page 1 has no header cells"), "{problem}");
        assert_eq!(problem.place.line, Some(4));
        let row = page.replace("[a]", "pdf.header-cell(scope: \"row\")[a]");
        assert!(print(&[("page.typ", &row)]).is_ok());
    }

    #[test]
    fn a_template_reaches_neither_packages_nor_other_files() {
        for line in ["#import \"@preview/cetz:0.3.0\": canvas", "#read(\"../../secret.txt\")", "#read(\"/etc/passwd\")"]
        {
            assert!(print(&[("page.typ", line)]).is_err(), "{line}");
        }
    }

    #[test]
    fn what_to_do_is_said_in_words_of_projects() {
        let help =
            |line: &str| print(&[("page.typ", &format!("{PAGE}{line}\n"))]).unwrap_err().hint.unwrap_or_default();
        let package = help("#import \"@preview/cetz:0.3.0\": canvas");
        assert!(package.contains("Copy the package's folder into templates/"), "{package}");
        let outside = help("#read(\"../../secret.txt\")");
        assert!(outside.contains("only files in templates/") && !outside.contains("--root"), "{outside}");
        assert!(help("#image(\"logo.svg\")").contains("or at templates/ if it begins with /"));
        assert!(help("$ x $").contains("alt: "));
        assert!(help("#table(columns: 2)[a][b]").contains("`table.header(…)`"));
    }

    #[test]
    fn warnings_are_notes() {
        let pdf = print(&[("page.typ", &format!("{PAGE}#text(font: \"No Such Font\")[x]\n"))]).unwrap();
        assert_eq!(pdf.notes.len(), 1);
        assert!(!pdf.notes[0].is_error());
        assert_eq!(pdf.notes[0].place.line, Some(6));
    }
}
