//! Stanzas of `Name: value` fields, as dpkg and apt write them: deb822(5).
//!
//! A [`Reader`] streams the document through one buffer and lends one [`Stanza`] at a time. A
//! stanza that is too large is reported and passed over; the next one is read as if nothing had
//! happened. Lines that begin with `#` are comments; the databases of dpkg and apt hold none.

use crate::{Skipped, shown};
use memchr::{memchr, memchr_iter, memmem};
use std::io::{self, Read};

/// Ceilings of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one line.
    pub line: usize,
    /// Bytes of one stanza. The reader's buffer grows up to this.
    pub stanza: usize,
    /// Fields of one stanza.
    pub fields: usize,
    /// Stanzas of the document.
    pub stanzas: u64,
}

impl Default for Limits {
    /// Real documents stay far below: the largest stanza of Debian 12's lists has 60 KB, the
    /// largest line 40 KB, and the whole archive 64,000 stanzas an architecture.
    fn default() -> Self {
        Self { line: 512 << 10, stanza: 1 << 20, fields: 512, stanzas: 2_000_000 }
    }
}

/// What keeps a reader from giving a stanza.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// One stanza is beyond a ceiling. It is passed over; the next call goes on behind it.
    #[error("{0}")]
    Stanza(Skipped),
    /// The document can't be read on; no further stanza follows.
    #[error("line {line}: {error}")]
    Read {
        /// How far it was read.
        line: u64,
        /// Why it went no further.
        error: io::Error,
    },
}

/// How much is asked of the source at a time.
const CHUNK: usize = 64 << 10;

/// Reads a document stanza by stanza.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    limits: Limits,
    buffer: Vec<u8>,
    /// What of the buffer is read and not yet given out.
    start: usize,
    end: usize,
    /// The line at `start`, counted from 1.
    line: u64,
    stanzas: u64,
    /// The source has ended, or failed.
    ended: bool,
}

impl<R: Read> Reader<R> {
    /// Prepares to read a document.
    pub fn new(source: R, limits: Limits) -> Self {
        Self { source, limits, buffer: Vec::new(), start: 0, end: 0, line: 1, stanzas: 0, ended: false }
    }

    /// The next stanza, `None` at the end.
    ///
    /// # Errors
    /// [`Error::Stanza`] for a stanza beyond a ceiling, after which reading may go on;
    /// [`Error::Read`] when the source fails or holds too many stanzas, after which it ends.
    pub fn next_stanza(&mut self) -> Result<Option<Stanza<'_>>, Error> {
        if !self.skip_blank_lines()? {
            return Ok(None);
        }
        self.stanzas += 1;
        if self.stanzas > self.limits.stanzas {
            let error = io::Error::other(format!("more than {} stanzas", self.limits.stanzas));
            self.ended = true;
            self.start = self.end;
            return Err(Error::Read { line: self.line, error });
        }
        let line = self.line;
        let mut searched = 0;
        let (length, gap) = loop {
            let unread = &self.buffer[self.start..self.end];
            // The separator may have begun just before what was searched.
            match separator(unread, searched) {
                Some(found) => break found,
                None if self.ended => break (unread.len(), 0),
                None if unread.len() > self.limits.stanza => return Err(self.pass_over(line)),
                None => searched = unread.len().saturating_sub(2),
            }
            self.fill()?;
        };
        let from = self.start;
        self.start += length + gap;
        let newlines = memchr_iter(b'\n', &self.buffer[from..self.start]).count();
        self.line += u64::try_from(newlines).unwrap_or(0);
        let bytes = &self.buffer[from..from + length];
        check(bytes, newlines, &self.limits, line).map_err(Error::Stanza)?;
        Ok(Some(Stanza { bytes, line }))
    }

    /// Moves to the first byte of a stanza; false at the end.
    fn skip_blank_lines(&mut self) -> Result<bool, Error> {
        loop {
            while self.start < self.end {
                match self.buffer[self.start] {
                    b'\n' => self.line += 1,
                    b'\r' => {}
                    _ => return Ok(true),
                }
                self.start += 1;
            }
            if self.ended {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    /// Reads on to the end of a stanza that is too large, keeping nothing of it.
    fn pass_over(&mut self, line: u64) -> Error {
        let why = format!("a stanza of more than {} bytes", self.limits.stanza);
        loop {
            let unread = &self.buffer[self.start..self.end];
            let found = separator(unread, 0);
            // Two bytes stay, since the separator may have begun in them.
            let drop = found.map_or(unread.len().saturating_sub(2), |(length, gap)| length + gap);
            self.line += u64::try_from(memchr_iter(b'\n', &unread[..drop]).count()).unwrap_or(0);
            self.start += drop;
            if found.is_some() {
                break;
            }
            if self.ended {
                self.start = self.end;
                break;
            }
            if let Err(error) = self.fill() {
                return error;
            }
        }
        Error::Stanza(Skipped::new(line, why))
    }

    /// Reads more behind `end`, moving what is left to the front first.
    fn fill(&mut self) -> Result<(), Error> {
        if self.buffer.len() - self.end < CHUNK {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            if self.buffer.len() - self.end < CHUNK {
                let more = (self.end + CHUNK).max(2 * CHUNK).max(self.buffer.len() * 3 / 2);
                self.buffer.resize(more.min(self.limits.stanza + 3 * CHUNK).max(self.end + CHUNK), 0);
            }
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(());
                }
                Ok(read) => {
                    self.end += read;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.start = self.end;
                    return Err(Error::Read { line: self.line, error });
                }
            }
        }
    }
}

/// The blank line that ends the first stanza: the stanza's length without its last newline, and the
/// length of the separator.
fn separator(bytes: &[u8], searched: usize) -> Option<(usize, usize)> {
    let plain = memmem::find(&bytes[searched..], b"\n\n").map(|at| (searched + at, 2));
    // Up to the first newline of it, which may be the last byte of the other.
    let within = plain.map_or(bytes, |(at, _)| &bytes[..=at]);
    if memchr(b'\r', &within[searched.min(within.len())..]).is_none() {
        return plain;
    }
    memmem::find(within, b"\n\r\n").map(|at| (at, 3)).or(plain)
}

fn check(bytes: &[u8], newlines: usize, limits: &Limits, line: u64) -> Result<(), Skipped> {
    if bytes.len() > limits.stanza {
        return Err(Skipped::new(line, format!("a stanza of more than {} bytes", limits.stanza)));
    }
    if bytes.len() > limits.line
        && let Some(at) = bytes.split(|b| *b == b'\n').position(|text| text.len() > limits.line)
    {
        let line = line + u64::try_from(at).unwrap_or(0);
        return Err(Skipped::new(line, format!("a line of more than {} bytes", limits.line)));
    }
    if newlines > limits.fields {
        let fields = bytes.split(|b| *b == b'\n').filter(|text| !matches!(text.first(), Some(b' ' | b'\t' | b'#')));
        if fields.count() > limits.fields {
            return Err(Skipped::new(line, format!("a stanza of more than {} fields", limits.fields)));
        }
    }
    Ok(())
}

/// One stanza, lent from the reader's buffer.
#[derive(Debug, Clone, Copy)]
pub struct Stanza<'a> {
    bytes: &'a [u8],
    line: u64,
}

/// One field of a stanza.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name as written; names are compared without regard to case.
    pub name: &'a [u8],
    /// Its value without the white space around it. Continuation lines keep their newline and
    /// leading space.
    pub value: &'a [u8],
    /// Where it begins.
    pub line: u64,
}

impl Field<'_> {
    /// Whether the field has this name.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value as text on one line: comment lines left out, continuation lines joined by a space,
    /// bytes that are not UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        for line in self.value.split(|b| *b == b'\n').filter(|line| !line.starts_with(b"#")) {
            let line = String::from_utf8_lossy(line.trim_ascii());
            if !text.is_empty() && !line.is_empty() {
                text.push(' ');
            }
            text.push_str(&line);
        }
        text
    }
}

impl<'a> Stanza<'a> {
    /// A stanza of its own, for documents that are one stanza.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, line: 1 }
    }

    /// Its bytes, without the blank line behind it.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its first line, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Its fields in order. A line that is neither a field nor a continuation is an error that
    /// names it; the fields behind it follow.
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        Fields { rest: self.bytes, line: self.line }
    }

    /// The first field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Field<'a>> {
        self.fields().flatten().find(|field| field.is(name))
    }
}

/// The fields of a stanza: see [`Stanza::fields`].
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
    line: u64,
}

impl<'a> Fields<'a> {
    fn take_line(&mut self) -> &'a [u8] {
        let end = memchr(b'\n', self.rest).map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.line += 1;
        line
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Skipped>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (from, at) = (self.rest, self.line);
            let first = self.take_line();
            if first.starts_with(b"#") || first.trim_ascii().is_empty() {
                continue;
            }
            let mut length = first.len();
            // Comments between continuation lines belong to the value; those behind it don't matter.
            while matches!(self.rest.first(), Some(b' ' | b'\t' | b'#')) {
                length += self.take_line().len();
            }
            let colon = memchr(b':', first);
            let Some(colon) = colon.filter(|colon| is_name(first[..*colon].trim_ascii_end())) else {
                return Some(Err(Skipped::new(
                    at,
                    format!("neither field nor continuation: {}", shown(first.trim_ascii_end())),
                )));
            };
            let name = first[..colon].trim_ascii_end();
            return Some(Ok(Field { name, value: from[colon + 1..length].trim_ascii(), line: at }));
        }
        None
    }
}

fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests;
