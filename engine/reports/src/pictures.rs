//! Pages of a PDF as pictures (PNG): for the preview, the gallery and the tests that look at pages.

use anyhow::anyhow;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings};
use hayro_syntax::Pdf;

/// The pages of `pdf`, each as a PNG with so many dots per inch.
///
/// Fails if the bytes are no PDF.
pub fn of_pages(pdf: &[u8], dots_per_inch: f32) -> anyhow::Result<Vec<Vec<u8>>> {
    let pdf = Pdf::new(pdf.to_vec()).map_err(|_| anyhow!("this PDF cannot be read"))?;
    let (cache, interpreter) = (RenderCache::new(), InterpreterSettings::default());
    let scale = dots_per_inch / 72.0;
    let settings = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let pages = pdf.pages().iter().map(|page| {
        let picture = hayro::render(page, &cache, &interpreter, &settings);
        picture.into_png().map_err(|fault| anyhow!("a page cannot be drawn: {fault:?}"))
    });
    pages.collect()
}
