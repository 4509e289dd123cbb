//! Typst's errors and warnings as problems: where in whose file, and what to do in words of projects.

use typst::diag::SourceDiagnostic;
use typst::syntax::{DiagSpan, DiagSpanKind, FileId, Lines};
use typst::{World, WorldExt};

use termwise_base::problem::{Place, Problem};

use super::world::{NO_PACKAGES, ReportWorld};

impl ReportWorld<'_> {
    /// The first error in full; the others are named in the help.
    pub(super) fn fault(&self, name: &str, errors: &[SourceDiagnostic]) -> Problem {
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

    pub(super) fn note(&self, name: &str, warning: &SourceDiagnostic) -> Problem {
        let problem =
            Problem::note(format!("The report “{name}” was typeset with a warning: {}.", sentence(&warning.message)))
                .at(self.place(warning));
        match self.help(warning) {
            help if help.is_empty() => problem,
            help => problem.hint(help.join("; ")),
        }
    }

    /// Typst's hints, and by which calls the place was reached.
    pub(super) fn help(&self, diagnostic: &SourceDiagnostic) -> Vec<String> {
        let hints = || diagnostic.hints.iter().map(|hint| sentence(&hint.v).to_owned()).collect();
        let mut help: Vec<String> =
            advice(&diagnostic.message).map_or_else(hints, |ours| vec![sentence(ours).to_owned()]);
        let calls = diagnostic.trace.iter().filter_map(|point| self.locate(point.span.into()));
        help.extend(calls.take(4).map(|place| format!("reached from {place}")));
        help
    }

    /// Where the error is, or else the nearest call that led to it.
    pub(super) fn place(&self, diagnostic: &SourceDiagnostic) -> Place {
        self.locate(diagnostic.span)
            .or_else(|| diagnostic.trace.iter().find_map(|point| self.locate(point.span.into())))
            .unwrap_or_else(|| Place::file(self.shown(self.main)))
    }

    /// File, line, column and source line of a span.
    pub(super) fn locate(&self, span: DiagSpan) -> Option<Place> {
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

    pub(super) fn lines(&self, id: FileId) -> Option<Lines<String>> {
        match self.source(id) {
            Ok(source) => Some(source.lines().clone()),
            Err(_) => self.file(id).ok()?.lines().ok(),
        }
    }

    pub(super) fn shown(&self, id: FileId) -> String {
        match id.vpath().get_without_slash() {
            path if id == self.press.model => path.to_owned(),
            path => self.press.files.loader().0.shown(path),
        }
    }
}

/// What to do about a fault, where we know better than Typst, which knows nothing of projects.
pub(super) fn advice(message: &str) -> Option<&'static str> {
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
            "A template can read only files in templates/. Copy the file there. A path starts at the file that names it, \
             or at templates/ if it begins with /.",
        ),
        ("file not found", "A path starts at the file that names it, or at templates/ if it begins with /."),
        (
            "could not be displayed with font",
            "Use another character, or put a font that has it into templates/fonts/ and name it in `font-name` of \
             lib/theme.typ.",
        ),
        (
            NO_PACKAGES,
            "Copy the package's folder into templates/ and import its first file, as in `#import \
             \"name/lib.typ\": …`. Do the same with what it imports.",
        ),
    ];
    known.into_iter().find(|(part, _)| message.contains(part)).map(|(_, ours)| ours)
}

/// A message without its own full stop, to be set into a sentence.
fn sentence(message: &str) -> &str {
    message.trim_end_matches('.')
}
