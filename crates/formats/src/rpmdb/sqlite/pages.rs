//! The pages of a database, those of the write-ahead log before those of the file.

use super::super::visited::MOST_PAGES;
use super::super::{Error, Source, be16, be32, wide};
use super::wal::Log;
use super::{damaged, unsupported};
use std::io::{Read, Seek};

/// Bytes at the start of page 1 that are no part of its tree.
pub(super) const FILE_HEADER: usize = 100;

/// The pages as of the last transaction that was committed.
pub(super) struct Pages<F> {
    file: Source<F>,
    log: Option<Log<F>>,
    /// Bytes of a page.
    page: usize,
    /// Bytes of a page that are used; some may be reserved at its end.
    usable: usize,
    /// How many there are.
    count: u32,
}

impl<F: Read + Seek> Pages<F> {
    /// Reads the file's header, and the log.
    pub(super) fn open(mut file: Source<F>, log: Option<Source<F>>) -> Result<Self, Error> {
        let mut header = [0; FILE_HEADER];
        if !file.has(0, wide(FILE_HEADER)) {
            return Err(damaged(0, "the file ends within its header"));
        }
        file.read_at(0, &mut header)?;
        let page = match be16(&header, 16).unwrap_or_default() {
            1 => 65_536,
            page => usize::from(page),
        };
        if !page.is_power_of_two() || page < 512 {
            return Err(damaged(16, format!("it says that its pages have {page} bytes")));
        }
        let log = log.map(|log| Log::open(log, page)).transpose()?.flatten();
        // One page, for now, of which the header may be a newer one in the log.
        let mut pages = Self { file, log, page, usable: page, count: 1 };
        let mut first = vec![0; page];
        pages.read(1, &mut first)?;
        let reserved = usize::from(first.get(20).copied().unwrap_or_default());
        pages.usable = page - reserved;
        if pages.usable < 480 {
            return Err(damaged(20, format!("it says that {reserved} bytes of a page are reserved")));
        }
        if be32(&first, 56).is_some_and(|encoding| encoding > 1) {
            return Err(unsupported("has text in UTF-16, which rpm does not write"));
        }
        if first.get(19).is_some_and(|version| *version > 2) {
            return Err(unsupported("is of a version that is not known"));
        }
        pages.count = match &pages.log {
            Some(log) if log.pages() > MOST_PAGES => {
                return Err(damaged(28, format!("its write-ahead log says that it has {} pages", log.pages())));
            }
            Some(log) => log.pages(),
            None => pages.count_of(&first)?,
        };
        Ok(pages)
    }

    /// How many pages the header says there are, held against the file's length. The header's number is valid
    /// only if it was written by the last that changed the file.
    fn count_of(&self, header: &[u8]) -> Result<u32, Error> {
        let held = u32::try_from(self.file.length() / wide(self.page)).unwrap_or(u32::MAX);
        let is_valid = be32(header, 24) == be32(header, 92);
        match be32(header, 28).filter(|said| is_valid && *said > 0) {
            Some(said) if said > held => Err(damaged(
                self.file.length(),
                format!("the file ends, after {held} of {said} pages of {} bytes", self.page),
            )),
            Some(said) => Ok(said),
            None => Ok(held),
        }
    }

    /// How many pages there are; they are counted from 1.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of a page.
    pub(super) fn page(&self) -> usize {
        self.page
    }

    /// Bytes of a page that are used.
    pub(super) fn usable(&self) -> usize {
        self.usable
    }

    /// Where a page lies in the file, in bytes, whether it is the page's last state or not.
    pub(super) fn offset(&self, number: u32) -> u64 {
        u64::from(number.saturating_sub(1)) * wide(self.page)
    }

    /// Fills the buffer, of a page's size, with a page.
    pub(super) fn read(&mut self, number: u32, buffer: &mut [u8]) -> Result<(), Error> {
        let offset = self.offset(number);
        if number == 0 || number > self.count {
            return Err(damaged(offset, format!("page {number} should lie here, of {} in all", self.count)));
        }
        if let Some(log) = &mut self.log
            && log.read(number, buffer)?
        {
            return Ok(());
        }
        if !self.file.has(offset, wide(self.page)) {
            return Err(damaged(self.file.length(), format!("the file ends before its page {number}")));
        }
        self.file.read_at(offset, buffer)
    }
}
