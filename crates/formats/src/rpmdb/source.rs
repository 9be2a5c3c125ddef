//! A file that is read at places, and whose length is known.

use super::Error;
use std::io::{self, Read, Seek, SeekFrom};

/// A file of a known length.
#[derive(Debug)]
pub(super) struct Source<F> {
    file: F,
    length: u64,
}

impl<F: Read + Seek> Source<F> {
    /// Asks for the length.
    pub(super) fn new(mut file: F, limit: u64) -> Result<Self, Error> {
        let length = file.seek(SeekFrom::End(0)).map_err(|error| Error::Read { offset: 0, error })?;
        if length > limit {
            return Err(Error::TooLarge { limit, what: "bytes" });
        }
        Ok(Self { file, length })
    }

    /// Its length in bytes, when it was opened.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether so many bytes from there are within the file.
    pub(super) fn has(&self, offset: u64, bytes: u64) -> bool {
        offset.checked_add(bytes).is_some_and(|end| end <= self.length)
    }

    /// Fills the buffer from a place.
    pub(super) fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<(), Error> {
        let failed = |error: io::Error| Error::Read { offset, error };
        self.file.seek(SeekFrom::Start(offset)).map_err(failed)?;
        self.file.read_exact(buffer).map_err(failed)
    }
}
