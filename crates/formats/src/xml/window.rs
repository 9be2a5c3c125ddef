//! The part of a document that is being looked at: text, read on as it is needed.

use super::{MAX_PIECE_BYTES, XmlError};
use std::cell::Cell;
use std::io::{self, BufRead};

/// Most bytes taken over at a time.
const CHUNK: usize = 64 << 10;

/// A stretch of text of a document, of which the beginning was passed. Places are counted in bytes from what
/// was passed last.
pub(super) struct Window<R> {
    inner: R,
    text: String,
    /// How much of the text was passed before the last piece, and with it.
    before: usize,
    passed: usize,
    /// Bytes at the end of what was read that begin a character, at most three.
    partial: Vec<u8>,
    /// What stands behind the text: nothing more, or what can't be read.
    end: Option<Result<(), Fault>>,
    /// Newlines before the text, and how far they were counted in it, so that each is counted once.
    counted: Cell<(u64, usize)>,
}

/// Why there is no more text.
#[derive(Debug, Clone)]
enum Fault {
    NotUtf8,
    Control,
    Io(String),
}

impl<R: BufRead> Window<R> {
    pub(super) fn new(inner: R) -> Self {
        let (text, partial) = (String::new(), Vec::new());
        Self { inner, text, before: 0, passed: 0, partial, end: None, counted: Cell::new((0, 0)) }
    }

    /// The line of what comes next, from 1.
    pub(super) fn line(&self) -> u64 {
        let (mut lines, from) = self.counted.get();
        if let Some(passed) = self.text.as_bytes().get(from..self.passed) {
            lines += memchr::memchr_iter(b'\n', passed).count() as u64;
            self.counted.set((lines, self.passed));
        }
        lines + 1
    }

    /// How much of what was read is ahead.
    pub(super) fn left(&self) -> usize {
        self.text.len() - self.passed
    }

    /// A byte ahead; `None` behind the end of the document.
    pub(super) fn byte(&mut self, ahead: usize) -> Result<Option<u8>, XmlError> {
        loop {
            if let Some(byte) = self.text.as_bytes().get(self.passed + ahead) {
                return Ok(Some(*byte));
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Whether what is ahead begins so.
    pub(super) fn begins(&mut self, with: &[u8]) -> Result<bool, XmlError> {
        for (ahead, byte) in with.iter().enumerate() {
            if self.byte(ahead)? != Some(*byte) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where, counted from here, `find` finds something `from` bytes ahead or behind that.
    pub(super) fn find(
        &mut self,
        mut from: usize,
        find: impl Fn(&[u8]) -> Option<usize>,
    ) -> Result<Option<usize>, XmlError> {
        loop {
            let ahead = self.text.as_bytes().get(self.passed + from..).unwrap_or_default();
            if let Some(at) = find(ahead) {
                return Ok(Some(from + at));
            }
            from += ahead.len();
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// The same for a mark of several bytes.
    pub(super) fn find_all(&mut self, from: usize, mark: &[u8]) -> Result<Option<usize>, XmlError> {
        let mut at = from;
        while let Some(found) = self.find(at, |text| memchr::memchr(mark[0], text))? {
            let mut is_all = true;
            for (ahead, byte) in mark.iter().enumerate().skip(1) {
                is_all = is_all && self.byte(found + ahead)? == Some(*byte);
            }
            if is_all {
                return Ok(Some(found));
            }
            at = found + 1;
        }
        Ok(None)
    }

    /// The text ahead between two places, which lie beside ASCII and in what was read.
    pub(super) fn ahead(&self, from: usize, to: usize) -> &str {
        self.text.get(self.passed + from..self.passed + to).unwrap_or_default()
    }

    /// Passes so many bytes.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.before = self.passed;
        self.passed += bytes;
    }

    /// The text of what was passed last, from a place in it.
    pub(super) fn passed(&self, from: usize, length: usize) -> &str {
        self.text.get(self.before + from..self.before + from + length).unwrap_or_default()
    }

    /// Reads on; `false` where there is no more.
    fn more(&mut self) -> Result<bool, XmlError> {
        if self.left() > MAX_PIECE_BYTES {
            return self.fail(format!("a tag or text is longer than {MAX_PIECE_BYTES} bytes"));
        }
        match self.end.clone() {
            None => {}
            Some(Ok(())) => return Ok(false),
            Some(Err(Fault::NotUtf8)) => return self.fail_ahead("the text is not UTF-8"),
            Some(Err(Fault::Control)) => return self.fail_ahead("a control character stands in the text"),
            Some(Err(Fault::Io(why))) => return Err(XmlError::Io(why)),
        }
        self.drop_passed();
        let read = loop {
            match self.inner.fill_buf() {
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.end = Some(Err(Fault::Io(error.to_string())));
                    return self.more();
                }
            }
        };
        let read = &read[..read.len().min(CHUNK)];
        let length = read.len();
        if length == 0 {
            self.end = Some(if self.partial.is_empty() { Ok(()) } else { Err(Fault::NotUtf8) });
            return self.more();
        }
        let fault = if self.partial.is_empty() {
            take(&mut self.text, &mut self.partial, read)
        } else {
            let joined = [std::mem::take(&mut self.partial).as_slice(), read].concat();
            take(&mut self.text, &mut self.partial, &joined)
        };
        self.inner.consume(length);
        self.end = fault.map(Err);
        Ok(true)
    }

    /// Makes room: what was passed is no longer needed.
    fn drop_passed(&mut self) {
        let lines = self.line() - 1;
        self.text.drain(..self.passed);
        (self.before, self.passed) = (0, 0);
        self.counted.set((lines, 0));
    }

    /// Fails at the end of what was read.
    fn fail_ahead<T>(&self, why: &str) -> Result<T, XmlError> {
        let ahead = self.text.as_bytes().get(self.passed..).unwrap_or_default();
        let line = self.line() + memchr::memchr_iter(b'\n', ahead).count() as u64;
        Err(XmlError::Malformed { line, why: why.to_owned() })
    }

    fn fail<T>(&self, why: String) -> Result<T, XmlError> {
        Err(XmlError::Malformed { line: self.line(), why })
    }
}

/// Adds the text of bytes; what begins a character at their end goes to `partial`. What stands behind it that is no
/// text, if something does.
fn take(text: &mut String, partial: &mut Vec<u8>, bytes: &[u8]) -> Option<Fault> {
    // Without a branch for each byte: nearly always there is none.
    let has_controls = bytes.iter().fold(false, |found, byte| found | is_control(*byte));
    let control = if has_controls { bytes.iter().position(|byte| is_control(*byte)) } else { None };
    let bytes = &bytes[..control.unwrap_or(bytes.len())];
    match std::str::from_utf8(bytes) {
        Ok(more) => {
            text.push_str(more);
            control.map(|_| Fault::Control)
        }
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            text.push_str(&String::from_utf8_lossy(valid));
            partial.extend_from_slice(rest);
            // A character that a control character cuts off does not go on either.
            (error.error_len().is_some() || control.is_some()).then_some(Fault::NotUtf8)
        }
    }
}

/// Whether a byte is one of the characters that XML does not allow (1.0, 2.2).
const fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}
