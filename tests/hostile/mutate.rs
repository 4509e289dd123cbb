//! Changes to a file's bytes that nobody meant, the same ones in every run.

use std::io::{Cursor, Read, Write};

use termwise_base::drawn::SplitMix64;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Draws changes.
pub struct Dice(pub SplitMix64);

impl Dice {
    /// A number below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        self.0.below(most as u64) as usize
    }
}

/// What spreadsheets of ill will say of themselves.
const CLAIMS: [&str; 12] = [
    "r=\"XFD1048576\"",
    "ref=\"A1:XFD1048576\"",
    "r=\"A4294967295\"",
    "count=\"4294967295\"",
    "<v>99999999999</v>",
    "t=\"s\"",
    "table:number-columns-repeated=\"16384\"",
    "table:number-rows-repeated=\"1048576\"",
    "s=\"65000\"",
    "<!ENTITY a \"aaaaaaaaaa\">",
    "]]>",
    "&#x10FFFF;",
];

/// A changed copy.
pub fn mutated(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    // Behind its packing a zip's parts are only reached by packing them again.
    if bytes.starts_with(b"PK")
        && dice.below(3) > 0
        && let Some(again) = inside(bytes, dice)
    {
        return again;
    }
    scrambled(bytes, other, dice)
}

fn scrambled(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=dice.below(4) {
        if out.is_empty() {
            break;
        }
        let at = dice.below(out.len());
        let len = (1 + dice.below(64)).min(out.len() - at);
        match dice.below(8) {
            0 => out[at] ^= 1 << dice.below(8),
            1 => out[at..at + len].fill(0),
            2 => out[at..at + len].fill(0xff),
            3 => out.truncate(at),
            4 => drop(out.drain(at..at + len)),
            5 => {
                let copy = out[at..at + len].to_vec();
                out.splice(at..at, copy);
            }
            6 => {
                let from = dice.below(other.len());
                let part = &other[from..(from + len).min(other.len())];
                out.splice(at..(at + len), part.iter().copied());
            }
            // Sizes and counts are often four bytes long.
            _ => {
                let number = [0u32, 1, 0x7fff_ffff, 0xffff_ffff, 65_536][dice.below(5)].to_le_bytes();
                let end = (at + 4).min(out.len());
                out[at..end].copy_from_slice(&number[..end - at]);
            }
        }
    }
    out
}

fn inside(bytes: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let chosen = dice.below(zip.len());
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut part = Vec::new();
        entry.read_to_end(&mut part).ok()?;
        if index == chosen {
            part = if dice.below(2) == 0 { scrambled(&part, bytes, dice) } else { claimed(&part, dice) };
        }
        out.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).ok()?;
        out.write_all(&part).ok()?;
    }
    Some(out.finish().ok()?.into_inner())
}

/// A part of XML with a claim in the place of an attribute or between tags.
fn claimed(part: &[u8], dice: &mut Dice) -> Vec<u8> {
    let claim = CLAIMS[dice.below(CLAIMS.len())].as_bytes();
    let text = String::from_utf8_lossy(part);
    let marks: Vec<usize> = text.match_indices([' ', '>']).map(|(at, _)| at).collect();
    if marks.is_empty() {
        return claim.to_vec();
    }
    let at = marks[dice.below(marks.len())] + 1;
    let rest = &part[at.min(part.len())..];
    let skip = rest.iter().position(|b| matches!(b, b' ' | b'>' | b'/')).unwrap_or(0);
    let skip = if dice.below(2) == 0 { skip } else { 0 };
    [&part[..at.min(part.len())], claim, &rest[skip..]].concat()
}
