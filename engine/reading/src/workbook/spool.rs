//! The spool: cells of a workbook on the disk, as they were read.
//!
//! Comes in: blocks of cells. Goes out: a file that a later run opens instead of parsing the
//! spreadsheet again, or the same blocks in memory. A spool holds what the spreadsheet holds, so it is
//! readable by its owner only.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use termwise_base::problem::Problem;

use super::block::{Block, Extent};
use super::model::SheetInfo;

/// First and last bytes of a spool. To be changed with the form of anything in it.
pub(super) const MARK: &[u8; 8] = b"TWspool2";

/// Largest block or table of contents that is believed.
const MOST: u64 = 1 << 32;

/// Where blocks go.
#[derive(Debug, Default)]
pub(super) struct Sink {
    held: Vec<Arc<Block>>,
    file: Option<(BufWriter<File>, u64)>,
}

/// Where blocks come from.
#[derive(Debug, Clone, Default)]
pub(super) enum Spool {
    /// Nowhere: an empty sheet.
    #[default]
    Nothing,
    /// Memory, by place.
    Held(Vec<Arc<Block>>),
    /// A file.
    File(Arc<Mutex<File>>),
}

/// What stands at the end of a spool: a workbook without its cells.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Contents {
    /// Each sheet, and where its cells lie.
    pub(super) sheets: Vec<(SheetInfo, Vec<Extent>)>,
    /// The separator of a text file.
    pub(super) separator: Option<char>,
    pub(super) problems: Vec<Problem>,
}

impl Sink {
    /// A new spool in an empty file.
    pub(super) fn file(file: File) -> std::io::Result<Self> {
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(MARK)?;
        Ok(Self { held: Vec::new(), file: Some((file, MARK.len() as u64)) })
    }

    /// Puts a block away; where it is comes back.
    pub(super) fn put(&mut self, block: Block) -> std::io::Result<(u64, u64)> {
        let Some((file, at)) = &mut self.file else {
            self.held.push(Arc::new(block));
            return Ok((self.held.len() as u64 - 1, 0));
        };
        let bytes = block.bytes();
        file.write_all(&bytes)?;
        let place = (*at, bytes.len() as u64);
        *at += place.1;
        Ok(place)
    }

    /// Blocks in memory, to be read.
    pub(super) fn into_spool(self) -> Spool {
        Spool::Held(self.held)
    }

    /// Writes the table of contents.
    pub(super) fn close(self, contents: &Contents) -> std::io::Result<()> {
        let Some((mut file, _)) = self.file else { return Ok(()) };
        let bytes = serde_json::to_vec(contents)?;
        file.write_all(&bytes)?;
        file.write_all(&(bytes.len() as u64).to_le_bytes())?;
        file.write_all(MARK)?;
        file.flush()
    }
}

impl Spool {
    pub(super) fn load(&self, (at, len): (u64, u64)) -> Option<Arc<Block>> {
        match self {
            Self::Nothing => None,
            Self::Held(blocks) => blocks.get(usize::try_from(at).ok()?).map(Arc::clone),
            Self::File(file) => {
                let bytes = part(&mut *file.lock().ok()?, at, len)?;
                Block::from_bytes(&bytes).map(Arc::new)
            }
        }
    }
}

fn part(file: &mut File, at: u64, len: u64) -> Option<Vec<u8>> {
    if len > MOST {
        return None;
    }
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = vec![0; usize::try_from(len).ok()?];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// Opens a spool: its contents, and where their blocks come from. Nothing if it is not whole.
pub(super) fn open(path: &Path) -> Option<(Contents, Spool)> {
    let mut file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    let end = size.checked_sub(16)?;
    let tail = part(&mut file, end, 16)?;
    let (len, mark) = tail.split_at(8);
    let len = u64::from_le_bytes(len.try_into().ok()?);
    if mark != MARK || len > end {
        return None;
    }
    let contents = serde_json::from_slice(&part(&mut file, end - len, len)?).ok()?;
    Some((contents, Spool::File(Arc::new(Mutex::new(file)))))
}
