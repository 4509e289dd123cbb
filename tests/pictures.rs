//! Pages of the shipped reports, compared with the pictures of the gallery (`docs/gallery`).
//!
//! `TERMWISE_UPDATE_PICTURES=1 cargo test --test pictures` makes those pictures again; then look at what
//! changed before it is committed. Pages that `docs/gallery.md` shows are kept at full size, the others at half.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::Command;

mod common;

use common::{change, repository, sample, told};

const UPDATE: &str = "TERMWISE_UPDATE_PICTURES=1 cargo test --test pictures";
/// Resolution in which pages are made. They are compared at half of it.
const DPI: &str = "100";
/// Colours of a kept picture: enough that it is nowhere farther than `STEP` from the page, and small.
const COLOURS: usize = 64;
/// A pixel differs if red, green or blue is farther apart than this, of 255, after each pixel became the
/// mean of itself and its eight neighbours. Edges that are smoothed in another way stay below it.
const STEP: u8 = 10;
/// This share of a page's pixels may differ: 11 of a letter page's, less than where one letter became another.
const ALLOWED: f64 = 0.000_05;

/// Rows of pixels, each red, green and blue.
#[derive(Clone)]
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// A PNG of any kind without transparent parts.
    fn read(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let mut decoder = png::Decoder::new(BufReader::new(file));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a picture of some size")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG");
        let samples = info.color_type.samples();
        assert!(samples >= 3, "{} has no colours", path.display());
        let pixels = bytes[..info.buffer_size()].chunks_exact(samples).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        Self { width: info.width as usize, height: info.height as usize, pixels: pixels.collect() }
    }

    /// The mean of the pixels in a box, which is cut at the edges.
    fn mean(&self, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> [u8; 3] {
        let (mut sums, mut count) = ([0_usize; 3], 0);
        for y in rows.start..rows.end.min(self.height) {
            for pixel in &self.pixels[y * self.width + columns.start..y * self.width + columns.end.min(self.width)] {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += usize::from(*value);
                }
                count += 1;
            }
        }
        sums.map(|sum| u8::try_from((sum + count / 2) / count).expect("a mean of bytes"))
    }

    /// Half as wide and half as high.
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let places = (0..width * height).map(|at| (2 * (at % width), 2 * (at / width)));
        Self { width, height, pixels: places.map(|(x, y)| self.mean(x..x + 2, y..y + 2)).collect() }
    }

    /// Each pixel the mean of itself and its eight neighbours.
    fn blurred(&self) -> Self {
        let places = (0..self.pixels.len()).map(|at| (at % self.width, at / self.width));
        let pixels = places.map(|(x, y)| self.mean(x.saturating_sub(1)..x + 2, y.saturating_sub(1)..y + 2));
        Self { pixels: pixels.collect(), ..*self }
    }

    /// The colours that tell most of the picture: the most frequent one, then whichever has most pixels
    /// farthest from those before it; and for each pixel the place of its nearest colour.
    fn in_few_colours(&self) -> (Vec<[u8; 3]>, Vec<u8>) {
        let mut counts = std::collections::BTreeMap::new();
        for pixel in &self.pixels {
            *counts.entry(*pixel).or_insert(0_u64) += 1;
        }
        let far =
            |a: &[u8; 3], b: &[u8; 3]| -> u64 { a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum() };
        // Each colour with its distance from the palette and its place there.
        let mut nearest: Vec<([u8; 3], u64, u64, u8)> =
            counts.into_iter().map(|(colour, count)| (colour, count, 1 << 20, 0)).collect();
        let mut palette = Vec::new();
        while palette.len() < COLOURS {
            let next = nearest.iter().max_by_key(|(_, count, distance, _)| count * distance);
            let Some((colour, _, 1.., _)) = next.copied() else { break };
            for (own, _, distance, place) in &mut nearest {
                if far(own, &colour) < *distance {
                    (*distance, *place) = (far(own, &colour), u8::try_from(palette.len()).expect("few colours"));
                }
            }
            palette.push(colour);
        }
        let place = |pixel| nearest[nearest.binary_search_by_key(pixel, |(colour, ..)| *colour).expect("counted")].3;
        let places = self.pixels.iter().map(place).collect();
        (palette, places)
    }

    /// Writes a small PNG: few colours, a byte a pixel.
    fn keep(&self, path: &Path) {
        let (palette, places) = self.in_few_colours();
        self.write(path, Some(palette.concat()), &places);
    }

    fn write(&self, path: &Path, palette: Option<Vec<u8>>, bytes: &[u8]) {
        let file = BufWriter::new(File::create(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display())));
        let side = |length| u32::try_from(length).expect("a picture of some size");
        let mut encoder = png::Encoder::new(file, side(self.width), side(self.height));
        encoder.set_compression(png::Compression::High);
        encoder.set_color(png::ColorType::Rgb);
        if let Some(palette) = palette {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette);
            encoder.set_filter(png::Filter::NoFilter);
        }
        encoder.write_header().and_then(|mut writer| writer.write_image_data(bytes)).expect("a PNG");
    }

    /// The share of pixels that differ, and the picture that shows them: what is kept on the left, what was
    /// made on the right, with what differs in red. Pages of another size differ in whole.
    fn difference(&self, made: &Self) -> (f64, Self) {
        let (before, after) = (self.blurred(), made.blurred());
        let same_size = (self.width, self.height) == (made.width, made.height);
        let apart = |at: usize| {
            !same_size || { before.pixels[at].iter().zip(after.pixels[at]).any(|(a, b)| a.abs_diff(b) > STEP) }
        };
        let red: Vec<bool> = (0..made.pixels.len()).map(apart).collect();
        let (width, height) = (self.width + made.width, self.height.max(made.height));
        let pixel = |at: usize| {
            let (x, y) = (at % width, at / width);
            let picture = if x < self.width { self } else { made };
            let own = if x < self.width { x } else { x - self.width };
            if y >= picture.height {
                return [128; 3];
            }
            let own = y * picture.width + own;
            // Lighter, so that red stands out.
            let light = picture.pixels[own].map(|value| 128 + value / 2);
            if x < self.width {
                picture.pixels[own]
            } else if red[own] {
                [220, 0, 0]
            } else {
                light
            }
        };
        let shown = Self { width, height, pixels: (0..width * height).map(pixel).collect() };
        (red.iter().filter(|apart| **apart).count() as f64 / red.len() as f64, shown)
    }
}

/// The pages that `termwise preview` makes with these arguments.
fn made(folder: &Path, arguments: &[&str]) -> Vec<Picture> {
    made_at(DPI, folder, arguments)
}

/// The same with so many dots per inch.
fn made_at(dpi: &str, folder: &Path, arguments: &[&str]) -> Vec<Picture> {
    let pictures = tempfile::tempdir().expect("a folder");
    let to = pictures.path().to_str().expect("a plain path");
    let (code, said) = told(folder, &[&["preview"], arguments, &["--dpi", dpi, "--pictures", to]].concat());
    assert_eq!(code, Some(0), "{said}");
    files(pictures.path()).iter().map(|path| Picture::read(path)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).expect("a folder").flatten().map(|file| file.path()).collect();
    paths.sort();
    paths
}

fn gallery() -> PathBuf {
    repository().join("docs/gallery")
}

fn name(report: &str, place: usize) -> String {
    format!("{report}-{:02}.png", place + 1)
}

/// The kept pictures of a report: `staff` has `staff-01.png` and not `staff-uk-01.png`.
fn kept(folder: &Path, report: &str) -> Vec<PathBuf> {
    let number = |path: &PathBuf| -> Option<usize> {
        path.file_name()?.to_str()?.strip_prefix(report)?.strip_prefix('-')?.strip_suffix(".png")?.parse().ok()
    };
    files(folder).into_iter().filter(|path| number(path).is_some()).collect()
}

/// The pictures that `docs/gallery.md` shows.
fn shown() -> BTreeSet<String> {
    let text = fs::read_to_string(repository().join("docs/gallery.md")).expect("the gallery");
    let picture = regex::Regex::new(r"\(gallery/([a-z0-9-]+\.png)\)").expect("a pattern");
    picture.captures_iter(&text).map(|found| found[1].to_owned()).collect()
}

/// Makes the kept pictures of a report again.
fn update(folder: &Path, report: &str, pages: &[Picture]) {
    kept(folder, report).iter().for_each(|path| fs::remove_file(path).expect("removed"));
    let shown = shown();
    for (place, page) in pages.iter().enumerate() {
        let name = name(report, place);
        if shown.contains(&name) { page.keep(&folder.join(name)) } else { page.halved().keep(&folder.join(name)) }
    }
}

/// Where pictures of differences are written.
fn red() -> PathBuf {
    repository().join("target/pictures")
}

/// What is not as in the kept pictures, for people; pictures of it are written into the folder `red`.
fn differences(folder: &Path, report: &str, pages: &[Picture], red: &Path) -> Vec<String> {
    let kept = kept(folder, report);
    let mut found = Vec::new();
    if kept.len() != pages.len() {
        found.push(format!("{report}: {} pages and no longer {}", pages.len(), kept.len()));
    }
    for (place, (path, page)) in kept.iter().zip(pages).enumerate() {
        let (small, page_kept) = (page.halved(), Picture::read(path));
        let page_kept = if page_kept.width > small.width { page_kept.halved() } else { page_kept };
        let (share, picture) = page_kept.difference(&small);
        if share > ALLOWED {
            let to = red.join(name(report, place));
            fs::create_dir_all(red).expect("a folder");
            picture.write(&to, None, &picture.pixels.concat());
            let share = share * 100.0;
            found.push(format!(
                "{report}, page {}: {share:.3} % of the pixels differ, see {}",
                place + 1,
                to.display()
            ));
        }
    }
    found
}

/// Compares a report with the gallery, or makes its pictures again.
fn check(report: &str, pages: &[Picture]) {
    if std::env::var_os("TERMWISE_UPDATE_PICTURES").is_some() {
        return update(&gallery(), report, pages);
    }
    let found = differences(&gallery(), report, pages, &red());
    assert!(found.is_empty(), "{}\nIf the pages are as they should be: {UPDATE}", found.join("\n"));
}

fn check_example(report: &str) {
    check(report, &made(&repository(), &[report, "--sample"]));
}

#[test]
fn staff_looks_as_in_the_gallery() {
    check_example("staff");
}

#[test]
fn plc_looks_as_in_the_gallery() {
    check_example("plc");
}

#[test]
fn parent_council_looks_as_in_the_gallery() {
    check_example("parent-council");
}

#[test]
fn leadership_looks_as_in_the_gallery() {
    check_example("leadership");
}

#[test]
fn division_looks_as_in_the_gallery() {
    check_example("division");
}

/// The first two pages of the sample division's reports in the other languages.
#[test]
fn other_languages_look_as_in_the_gallery() {
    let project = sample();
    change(project.path(), "termwise.toml", "languages = [\"en\"]", "languages = [\"en\", \"fr\", \"uk\"]");
    // The foot tells no code of the run: it changes with every byte that goes into a run.
    let words = project.path().join("templates/words");
    fs::create_dir_all(&words).expect("a folder");
    for lang in ["fr", "uk"] {
        fs::write(words.join(format!("{lang}.toml")), "[page]\nrun = \"–\"\n").expect("written");
    }
    for lang in ["fr", "uk"] {
        for report in ["staff", "plc-bilingual", "parent-council", "leadership"] {
            let more = [report, "--school", "blue-heron", "--as-of", "2026-04-15", "--lang", lang];
            let mut pages = made(project.path(), &more);
            assert!(pages.len() > 1, "{report} has one page in “{lang}”");
            pages.truncate(2);
            check(&format!("{report}-{lang}"), &pages);
        }
    }
}

/// The web page is compared with nothing, for browsers draw it each in its own way (`.ci/validate-pages.mjs`
/// looks at its structure). Its picture is made again where there is a Chromium, else it stays as it is.
#[test]
fn the_gallery_has_the_web_page() {
    let picture = gallery().join("parent-council-web.png");
    if std::env::var_os("TERMWISE_UPDATE_PICTURES").is_some() {
        let folder = tempfile::tempdir().expect("a folder");
        let (code, said) = told(folder.path(), &["preview", "parent-council", "--sample", "--web", "--pictures", "."]);
        assert_eq!(code, Some(0), "{said}");
        let chromium = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(["--screenshot=page.png", "--window-size=1000,1300", "parent-council.html"])
            .current_dir(folder.path())
            .output();
        match chromium {
            Ok(_) => Picture::read(&folder.path().join("page.png")).keep(&picture),
            Err(fault) => eprintln!("{} stays as it is: no chromium ({fault})", picture.display()),
        }
    }
    assert!(picture.is_file(), "{} is missing: {UPDATE} where there is a Chromium", picture.display());
}

/// The gallery shows only pictures that there are, and the folder stays small.
#[test]
fn the_gallery_is_whole_and_small() {
    // While they are made again they may be missing.
    if std::env::var_os("TERMWISE_UPDATE_PICTURES").is_some() {
        return;
    }
    let (shown, files) = (shown(), files(&gallery()));
    let names: BTreeSet<String> =
        files.iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect();
    let missing: Vec<_> = shown.difference(&names).collect();
    assert!(missing.is_empty() && shown.len() > 10, "docs/gallery.md shows what is not there: {missing:?}");
    let bytes: u64 = files.iter().map(|path| fs::metadata(path).expect("a file").len()).sum();
    assert!(bytes < 3_000_000, "docs/gallery has {bytes} bytes");
}

/// A report's pages with one text of the shipped files replaced through the project's `templates/`.
fn changed(report: &str, file: &str, from: &str, to: &str) -> Vec<Picture> {
    let project = sample();
    let own = Path::new("templates").join(file);
    let to_file = project.path().join(&own);
    fs::create_dir_all(to_file.parent().expect("a folder")).expect("a folder");
    fs::copy(repository().join("report-templates").join(file), &to_file).expect("a copy");
    change(project.path(), own.to_str().expect("a plain path"), from, to);
    made(project.path(), &[report, "--sample"])
}

/// Keeps pages as the gallery does, and asks what differs in others.
fn compare(report: &str, pages: &[Picture], others: &[Picture]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    update(folder.path(), report, pages);
    differences(folder.path(), report, others, &red().join("tried"))
}

/// Every change is found, on the pages that have it: another accent colour, a block that moved by 1 pt, one
/// letter, a page more.
#[test]
fn the_comparison_finds_what_changed() {
    let report = "parent-council";
    let pages = made(&repository(), &[report, "--sample"]);
    let find = |file, from, to| compare(report, &pages, &changed(report, file, from, to));

    let colour = find("lib/theme.typ", "accent = rgb(\"#0b5566\")", "accent = rgb(\"#0b6655\")");
    assert_eq!(colour.len(), pages.len(), "{colour:?}");
    let moved = find("lib/page.typ", "stroke: 2pt + accent)", "stroke: 2pt + accent)\n  v(1pt)");
    assert!(moved[0].starts_with("parent-council, page 1: "), "{moved:?}");
    let path = red().join("tried/parent-council-01.png");
    assert!(moved[0].ends_with(&format!("see {}", path.display())) && path.is_file(), "{moved:?}");
    let model = "example/parent-council.json";
    let letter = find(model, "\"title\": \"Coming to school\"", "\"title\": \"Coming to schoel\"");
    assert!(letter[0].starts_with("parent-council, page 1: "), "{letter:?}");
    let more = find("parent-council.typ", "  survey-part(m)\n", "  pagebreak()\n  survey-part(m)\n");
    assert_eq!(more[0], format!("parent-council: {} pages and no longer {}", pages.len() + 1, pages.len()));
}

/// The same pages differ in nothing, nor do those whose edges are smoothed in another way: drawn twice as
/// large and halved.
#[test]
fn the_comparison_forgives_how_edges_are_smoothed() {
    let report = "parent-council";
    let pages = made(&repository(), &[report, "--sample"]);
    assert_eq!(compare(report, &pages, &pages), [""; 0]);
    let smoother: Vec<_> = made_at("200", &repository(), &[report, "--sample"]).iter().map(Picture::halved).collect();
    assert!(smoother[0].pixels != pages[0].pixels);
    assert_eq!(compare(report, &pages, &smoother), [""; 0]);
}
