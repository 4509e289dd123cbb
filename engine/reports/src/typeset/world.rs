//! What a template can reach: its own files, the model, the fonts and the day of the job.

use jiff::civil::Date;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World};
use typst_kit::files::FileLoader;

use super::super::templates::TemplateRoots;
use super::Press;

/// Why no package is loaded: a report is made from what is in the project.
pub(super) const NO_PACKAGES: &str = "packages are never downloaded";

/// Loads template files for Typst.
pub(super) struct Templates(pub TemplateRoots);

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
pub(super) struct ReportWorld<'a> {
    pub press: &'a Press,
    pub main: FileId,
    pub model: Bytes,
    pub date: Date,
}

impl World for ReportWorld<'_> {
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

/// A path of the virtual folder that templates live in.
pub(super) fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

/// Year, month and day in Typst's types.
pub(super) fn parts(date: Date) -> Option<(i32, u8, u8)> {
    Some((date.year().into(), date.month().try_into().ok()?, date.day().try_into().ok()?))
}
