//! Where the formats bring the headers that they find.

use super::{Error, Format, Header, Limits, Outcome, Package, Skipped, wide};

/// Most headers passed over that are named one by one.
const MOST_SKIPPED: usize = 1000;

/// Parses headers, gives the packages on, and keeps count.
pub(super) struct Sink<'a> {
    limits: Limits,
    /// Bytes that may still be charged. The headers of a sound database lie beside each other, so that
    /// they are no more than the file.
    room: u64,
    each: &'a mut dyn FnMut(&Package<'_>),
    /// Headers so far, good or not.
    headers: usize,
    outcome: Outcome,
}

impl<'a> Sink<'a> {
    pub(super) fn new(format: Format, limits: Limits, room: u64, each: &'a mut dyn FnMut(&Package<'_>)) -> Self {
        let outcome = Outcome { format, packages: 0, skipped: Vec::new(), skipped_more: 0 };
        Self { limits, room, each, headers: 0, outcome }
    }

    pub(super) fn outcome(self) -> Outcome {
        self.outcome
    }

    /// Asks leave to read a header of so many bytes: false where it is too large and was noted so.
    ///
    /// # Errors
    /// When there are too many headers.
    pub(super) fn admits(&mut self, number: u64, offset: u64, bytes: usize) -> Result<bool, Error> {
        self.headers += 1;
        if self.headers > self.limits.packages {
            return Err(Error::TooLarge { limit: wide(self.limits.packages), what: "packages" });
        }
        if bytes > self.limits.header {
            self.skip(number, offset, format!("has {bytes} bytes, more than {}", self.limits.header));
            return Ok(false);
        }
        Ok(true)
    }

    /// Counts bytes that are read, or were.
    ///
    /// # Errors
    /// When all of them together are more than the file has: headers lie over each other, and reading
    /// them would take as long as whoever made the file likes.
    pub(super) fn charge(&mut self, offset: u64, bytes: usize) -> Result<(), Error> {
        let room = self.room.checked_sub(wide(bytes));
        self.room = room.ok_or_else(|| self.damaged(offset, "headers lie over each other"))?;
        Ok(())
    }

    /// A header that was [admitted](Self::admits) and [charged](Self::charge).
    pub(super) fn header(&mut self, number: u64, offset: u64, bytes: &[u8]) {
        let header = Header::parse(bytes, self.limits.entries);
        match header.and_then(|header| Package::of(header, number)) {
            Ok(package) => {
                self.outcome.packages += 1;
                (self.each)(&package);
            }
            Err(why) => self.skip(number, offset, why),
        }
    }

    /// Notes a header that can't be used.
    pub(super) fn skip(&mut self, number: u64, offset: u64, why: impl Into<String>) {
        if self.outcome.skipped.len() < MOST_SKIPPED {
            self.outcome.skipped.push(Skipped { number, offset, why: why.into() });
        } else {
            self.outcome.skipped_more += 1;
        }
    }

    /// The error that packages are lost.
    pub(super) fn damaged(&self, offset: u64, why: impl Into<String>) -> Error {
        Error::Damaged { format: self.outcome.format, offset, why: why.into() }
    }

    /// The error that the database is of a kind that is not read.
    pub(super) fn unsupported(&self, why: impl Into<String>) -> Error {
        Error::Unsupported { format: self.outcome.format, why: why.into() }
    }
}
