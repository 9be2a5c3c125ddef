//! Lines with their indentation, under ceilings.

use super::MAX_LINE_BYTES;
use std::io::{self, BufRead, Read as _};

/// A line that says something.
pub(super) struct Line<'a> {
    /// Which one, from 1.
    pub(super) number: u64,
    /// Blanks before it.
    pub(super) indent: usize,
    /// Without blanks at its ends.
    pub(super) text: &'a str,
}

pub(super) struct Lines<R: BufRead> {
    body: R,
    bytes: Vec<u8>,
    text: String,
    number: u64,
    most: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(body: R, most: u64) -> Self {
        Self { body, bytes: Vec::new(), text: String::new(), number: 0, most }
    }

    /// The next line that is neither empty nor a comment.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.bytes.clear();
            let most = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
            let read = (&mut self.body).take(most).read_until(b'\n', &mut self.bytes)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.number > self.most {
                return Err(io::Error::other(format!("has more than {} lines", self.most)));
            }
            if read == MAX_LINE_BYTES && self.bytes.last() != Some(&b'\n') {
                return Err(io::Error::other(format!("line {} is longer than {MAX_LINE_BYTES} bytes", self.number)));
            }
            self.text.clear();
            self.text.push_str(&String::from_utf8_lossy(&self.bytes));
            let text = self.text.trim_end();
            if !matches!(text.trim_start().as_bytes().first(), None | Some(b'#')) {
                break;
            }
        }
        let text = self.text.trim_end();
        let inner = text.trim_start_matches(' ');
        Ok(Some(Line { number: self.number, indent: text.len() - inner.len(), text: inner }))
    }
}
