//! Whether a report is read in the order in which it is seen.
//!
//! Comes in: a document that was laid out. Goes out: a fault for each heading, table or figure that stands
//! above, and not beside, what is read before it: whoever listens to the report would jump back
//! up the page (WCAG 2.1, 1.3.2; Matterhorn Protocol 1.1, 09-001). Also each table without header cells, with
//! the place in the template that it comes from.

use std::collections::BTreeSet;

use typst::foundations::{Content, Smart};
use typst::introspection::{Location, Tag};
use typst::layout::{Abs, Dir, Frame, FrameItem, Point, Transform};
use typst::model::{FigureElem, HeadingElem, TableChild, TableElem, TableItem};
use typst::pdf::{ArtifactElem, TableCellKind};
use typst::syntax::Span;
use typst_layout::PagedDocument;

use super::proof::NO_HEADS;

/// How far two things on one line may be out of line, in points.
const SLACK: f64 = 2.0;

/// Something that a listener would stumble over.
#[derive(Debug)]
pub struct Fault {
    /// What, as a clause.
    pub what: String,
    /// Which call of the template made it.
    pub span: Span,
}

/// Looks at headings, tables and figures in the order in which they are read.
pub fn check(document: &PagedDocument) -> Vec<Fault> {
    let mut look = Look { before: None, page: 0, leftwards: leftwards(document), within: None, faults: Vec::new() };
    for (place, page) in document.pages().iter().enumerate() {
        look.page = place + 1;
        look.frame(&page.frame, Transform::identity());
    }
    look.faults
}

/// Whether the report is written from right to left: its first text is.
fn leftwards(document: &PagedDocument) -> bool {
    fn first(frame: &Frame) -> Option<Dir> {
        frame.items().find_map(|(_, item)| match item {
            FrameItem::Group(group) => first(&group.frame),
            FrameItem::Text(text) => Some(text.lang.dir()),
            _ => None,
        })
    }
    document.pages().iter().find_map(|page| first(&page.frame)) == Some(Dir::RTL)
}

/// Texts of the pages with something in braces, which nobody filled in.
pub fn unfilled(document: &PagedDocument) -> Vec<String> {
    fn look(frame: &Frame, found: &mut BTreeSet<String>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => look(&group.frame, found),
                FrameItem::Text(text) => {
                    let rest = text.text.split_once('{').map_or("", |(_, rest)| rest);
                    let name = rest.split_once('}').map_or("", |(name, _)| name);
                    if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                        found.insert(name.to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    let mut found = BTreeSet::new();
    document.pages().iter().for_each(|page| look(&page.frame, &mut found));
    found.into_iter().collect()
}

struct Look {
    /// What was read last: page, place and what it is.
    before: Option<(usize, Point, String)>,
    page: usize,
    /// Columns follow each other from right to left.
    leftwards: bool,
    /// The artifact that is being passed, which nobody reads.
    within: Option<Location>,
    faults: Vec<Fault>,
}

impl Look {
    fn frame(&mut self, frame: &Frame, within: Transform) {
        for (at, item) in frame.items() {
            let here = within.pre_concat(Transform::translate(at.x, at.y));
            match item {
                FrameItem::Group(group) => self.frame(&group.frame, here.pre_concat(group.transform)),
                FrameItem::Tag(Tag::End(location, ..)) if self.within == Some(*location) => self.within = None,
                FrameItem::Tag(Tag::Start(content, _)) if self.within.is_none() => {
                    if content.is::<ArtifactElem>() {
                        self.within = content.location();
                    } else {
                        self.element(content, Point::zero().transform(here));
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, content: &Content, at: Point) {
        let what = if let Some(table) = content.to_packed::<TableElem>() {
            if !has_heads(table) {
                let what = format!("a table on page {} {NO_HEADS}", self.page);
                self.faults.push(Fault { what, span: content.span() });
            }
            "a table".to_owned()
        } else if let Some(heading) = content.to_packed::<HeadingElem>() {
            let text: String = heading.body.plain_text().chars().take(40).collect();
            format!("the heading “{text}”")
        } else if content.is::<FigureElem>() {
            "a figure".to_owned()
        } else {
            return;
        };
        let slack = Abs::pt(SLACK);
        if let Some((page, before, known)) = &self.before
            && *page == self.page
            && at.y < before.y - slack
            && if self.leftwards { at.x > before.x - slack } else { at.x < before.x + slack }
        {
            let what = format!("{what} on page {} stands above {known}, but is read after it", self.page);
            self.faults.push(Fault { what, span: content.span() });
        }
        self.before = Some((self.page, at, what));
    }
}

/// Whether a table says which of its cells name a column or a row.
fn has_heads(table: &TableElem) -> bool {
    table.children.iter().any(|child| match child {
        TableChild::Header(_) => true,
        TableChild::Item(TableItem::Cell(cell)) => {
            matches!(cell.kind.as_option(), Some(Smart::Custom(TableCellKind::Header(..))))
        }
        _ => false,
    })
}
