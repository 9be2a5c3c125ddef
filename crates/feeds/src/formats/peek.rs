//! The first byte of a document that says something, to tell its shape by.

use crate::feed::Unreadable;
use std::io::BufRead;

/// Passes over white space and a byte order mark and gives the byte that comes next, unread.
pub(crate) fn first_byte(body: &mut dyn BufRead) -> Result<Option<u8>, Unreadable> {
    loop {
        let available = body.fill_buf().map_err(|error| Unreadable::Io(error.to_string()))?;
        let Some(first) = available.first().copied() else { return Ok(None) };
        // The three bytes of a UTF-8 byte order mark occur in no other place before a document.
        if !matches!(first, b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf) {
            return Ok(Some(first));
        }
        body.consume(1);
    }
}
