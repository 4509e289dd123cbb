//! Whether every text of a page stands out from what is behind it.
//!
//! Comes in: a document that was laid out. Goes out: a fault for each text whose contrast is lower than WCAG 2.1
//! asks for (1.4.3, level AA): 4.5:1, or 3:1 from 18 points on, from 14 if bold. What is behind a text is the
//! last filled shape under its middle, else the page. Pictures and gradients behind a text are not looked at.

use std::collections::BTreeSet;

use typst::layout::{Abs, Frame, FrameItem, Point, Transform};
use typst::visualize::{Color, Paint};
use typst_layout::{Page, PagedDocument};

/// How many faults are told.
const MOST: usize = 5;

/// Texts that are too faint, each with its page.
pub fn check(document: &PagedDocument) -> Vec<String> {
    let mut faults = BTreeSet::new();
    for (place, page) in document.pages().iter().enumerate() {
        let mut look = Look { behind: Vec::new(), page: page_colour(page), number: place + 1, faults: &mut faults };
        look.frame(&page.frame, Transform::identity());
    }
    faults.into_iter().take(MOST).map(|(_, fault)| fault).collect()
}

fn page_colour(page: &Page) -> [f64; 3] {
    match page.fill_or_white() {
        Some(Paint::Solid(colour)) => channels(&colour).0,
        _ => [1.0; 3],
    }
}

/// One page, in the order of painting.
struct Look<'a> {
    /// Filled areas: left, top, right, bottom, colour.
    behind: Vec<([Abs; 4], [f64; 3])>,
    page: [f64; 3],
    number: usize,
    faults: &'a mut BTreeSet<(usize, String)>,
}

impl Look<'_> {
    fn frame(&mut self, frame: &Frame, within: Transform) {
        for (at, item) in frame.items() {
            let here = within.pre_concat(Transform::translate(at.x, at.y));
            match item {
                FrameItem::Group(group) => self.frame(&group.frame, here.pre_concat(group.transform)),
                FrameItem::Shape(shape, _) => {
                    let Some(fill) = &shape.fill else { continue };
                    let bounds = shape.bbox(false);
                    let corners = [bounds.min, bounds.max].map(|corner| corner.transform(here));
                    let area = [
                        corners[0].x.min(corners[1].x),
                        corners[0].y.min(corners[1].y),
                        corners[0].x.max(corners[1].x),
                        corners[0].y.max(corners[1].y),
                    ];
                    match fill {
                        Paint::Solid(colour) => {
                            let (colour, opaque) = channels(colour);
                            if opaque > 0.99 {
                                self.behind.push((area, colour));
                            }
                        }
                        // A pattern is light between its lines.
                        Paint::Gradient(_) | Paint::Tiling(_) => {}
                    }
                }
                FrameItem::Text(text) => {
                    let Paint::Solid(colour) = &text.fill else { continue };
                    if text.text.trim().is_empty() {
                        continue;
                    }
                    let middle = Point::new(text.width() / 2.0, -text.size * 0.3).transform(here);
                    let under = self.behind.iter().rev().find(|([left, top, right, bottom], _)| {
                        *left <= middle.x && middle.x <= *right && *top <= middle.y && middle.y <= *bottom
                    });
                    let behind = under.map_or(self.page, |(_, colour)| *colour);
                    let found = ratio(channels(colour).0, behind);
                    let size = text.size.to_pt();
                    let bold = text.font.info().variant.weight.to_number() >= 700;
                    let least = if size >= 18.0 || (bold && size >= 14.0) { 3.0 } else { 4.5 };
                    if found < least {
                        let start: String = text.text.chars().take(30).collect();
                        self.faults.insert((
                            self.number,
                            format!(
                                "the text “{start}” on page {} has a contrast of {found:.1}:1; at least {least}:1 is needed",
                                self.number
                            ),
                        ));
                    }
                }
                FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }
}

/// Red, green and blue from 0 to 1, and how opaque.
fn channels(colour: &Color) -> ([f64; 3], f64) {
    let rgb = colour.to_rgb();
    ([rgb.red, rgb.green, rgb.blue].map(f64::from), f64::from(rgb.alpha))
}

/// Contrast of two colours, 1–21 (WCAG 2.1, “contrast ratio” and “relative luminance”).
pub fn ratio(one: [f64; 3], two: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [red, green, blue] =
            colour.map(|c| if c <= 0.03928 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, two) = (luminance(one), luminance(two));
    (one.max(two) + 0.05) / (one.min(two) + 0.05)
}

#[cfg(test)]
mod tests {
    // Worked examples of WebAIM's contrast checker.
    #[test]
    fn contrast_is_as_published() {
        let close = |one, two, ratio: f64| assert!((super::ratio(one, two) - ratio).abs() < 0.01, "{ratio}");
        close([0.0; 3], [1.0; 3], 21.0);
        close([119.0 / 255.0; 3], [1.0; 3], 4.48);
        close([1.0, 0.0, 0.0], [1.0; 3], 4.0);
    }
}
