//! The write-ahead log (`rpmdb.sqlite-wal`): what was committed and is not yet in the file.
//!
//! Source: "WAL-mode File Format", <https://www.sqlite.org/walformat.html>. A header of 32 bytes, then frames: 24
//! bytes and a page each. A frame counts if it has the header's two salts and its checksum, which goes
//! on from the frame before, is right; and only up to the last frame that ends a transaction. What
//! follows is left of an earlier round, or of a transaction that is not finished.

use super::super::{Error, Source, be32, big, wide};
use super::damaged;
use std::collections::HashMap;
use std::io::{Read, Seek};

const HEADER: usize = 32;
const FRAME: usize = 24;
/// The lowest bit says that checksums take numbers with the most significant byte first.
const MAGIC: u32 = 0x377f_0682;
/// Most distinct pages of a log: 4 GB of rpm's pages.
const MOST_PAGES: usize = 1 << 20;

/// A log with at least one finished transaction.
pub(super) struct Log<F> {
    source: Source<F>,
    /// Where the last committed state of each page lies.
    places: HashMap<u32, u64>,
    /// Pages of the database after the last transaction.
    pages: u32,
}

/// A checksum that goes on from piece to piece.
struct Sum {
    big: bool,
    sum: (u32, u32),
}

impl Sum {
    /// Adds bytes, a multiple of eight.
    fn add(&mut self, bytes: &[u8]) {
        let number = |bytes, at| {
            let bytes = big(bytes, at).unwrap_or_default();
            if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        let (mut a, mut b) = self.sum;
        for pair in bytes.chunks_exact(8) {
            a = a.wrapping_add(number(pair, 0)).wrapping_add(b);
            b = b.wrapping_add(number(pair, 4)).wrapping_add(a);
        }
        self.sum = (a, b);
    }

    /// Whether it stands at a place, where it is always written most significant byte first.
    fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        (be32(bytes, at), be32(bytes, at + 4)) == (Some(self.sum.0), Some(self.sum.1))
    }
}

impl<F: Read + Seek> Log<F> {
    /// Finds the frames that count; none where the log holds nothing that was committed.
    pub(super) fn open(mut source: Source<F>, page: usize) -> Result<Option<Self>, Error> {
        let mut header = [0; HEADER];
        if !source.has(0, wide(HEADER)) {
            return Ok(None);
        }
        source.read_at(0, &mut header)?;
        let magic = be32(&header, 0).unwrap_or_default();
        let mut sum = Sum { big: magic & 1 == 1, sum: (0, 0) };
        let (start, _) = header.split_at(24);
        sum.add(start);
        // As SQLite does: a log that was never begun properly holds nothing.
        if magic & !1 != MAGIC || be32(&header, 4) != Some(3_007_000) || !sum.stands_at(&header, 24) {
            return Ok(None);
        }
        let said = be32(&header, 8).unwrap_or_default();
        if u64::from(said) != wide(page) {
            let why = format!("its write-ahead log has pages of {said} bytes, not of {page}");
            return Err(damaged(16, why));
        }
        let salts: [u8; 8] = big(&header, 16).unwrap_or_default();
        let mut log = Self { source, places: HashMap::new(), pages: 0 };
        log.scan(page, salts, sum)?;
        Ok((log.pages > 0).then_some(log))
    }

    fn scan(&mut self, page: usize, salts: [u8; 8], mut sum: Sum) -> Result<(), Error> {
        let mut frame = vec![0; FRAME + page];
        // Frames of a transaction whose end was not met yet.
        let mut pending = Vec::new();
        let mut offset = wide(HEADER);
        while self.source.has(offset, wide(frame.len())) {
            self.source.read_at(offset, &mut frame)?;
            let (head, content) = frame.split_at(FRAME);
            let (start, _) = head.split_at(8);
            sum.add(start);
            sum.add(content);
            let number = be32(head, 0).unwrap_or_default();
            if !head.get(8..).is_some_and(|rest| rest.starts_with(&salts)) || !sum.stands_at(head, 16) || number == 0 {
                break;
            }
            if self.places.len() + pending.len() > MOST_PAGES {
                return Err(Error::TooLarge { limit: wide(MOST_PAGES), what: "pages in its write-ahead log" });
            }
            pending.push((number, offset + wide(FRAME)));
            let pages = be32(head, 4).unwrap_or_default();
            if pages > 0 {
                self.places.extend(pending.drain(..));
                self.pages = pages;
            }
            offset += wide(frame.len());
        }
        Ok(())
    }

    /// How many pages the database has.
    pub(super) fn pages(&self) -> u32 {
        self.pages
    }

    /// Fills the buffer with a page; false where the log does not hold it.
    pub(super) fn read(&mut self, number: u32, buffer: &mut [u8]) -> Result<bool, Error> {
        let Some(place) = self.places.get(&number) else { return Ok(false) };
        self.source.read_at(*place, buffer)?;
        Ok(true)
    }
}
