//! XML read as a stream of elements and texts, under ceilings.
//!
//! The reader knows the five entities of XML and character references and nothing else: a document
//! type declaration is refused, so nothing that a document declares can unfold. Names are local
//! names; namespaces are not told apart, since no format read here needs that. Documents are UTF-8
//! (XML 1.0 lets others be declared; no publisher read here does).

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read};

/// Longest piece of a document between two marks (a start tag with its attributes, a text), in bytes.
const MAX_PIECE_BYTES: u64 = 4 << 20;
/// Deepest nesting of elements.
const MAX_DEPTH: u32 = 64;

/// Why a document could not be read on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// It is no XML, or none that is read here.
    #[error("line {line}: {why}")]
    Malformed {
        /// Where that shows, from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// Reading its bytes failed.
    #[error("{0}")]
    Io(String),
}

/// One piece of a document.
#[derive(Debug)]
pub enum Piece<'a> {
    /// An element begins; one without content ends right after.
    Start(Element<'a>),
    /// Text inside the current element, in as many pieces as it pleases the document.
    Text(Cow<'a, str>),
    /// The current element ends.
    End,
}

/// The start of an element.
pub struct Element<'a> {
    start: BytesStart<'a>,
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Element").field(&self.start).finish()
    }
}

impl Element<'_> {
    /// Its name without a namespace prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// The value of an attribute, `None` where it is missing or not well formed.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let attribute = self.start.attributes().with_checks(false).flatten().find(|a| a.key.as_ref() == name)?;
        Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
    }

    /// Every attribute that is well formed, by its name as it is written, in the order of the document.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.start.attributes();
        attributes.with_checks(false);
        attributes.flatten().filter_map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some((attribute.key.into_inner(), value))
        })
    }
}

/// A streaming reader.
pub struct Xml<R: BufRead> {
    reader: Reader<Counted<R>>,
    buffer: Vec<u8>,
    /// What the last piece consists of, so that no piece costs an allocation.
    content: String,
    depth: u32,
    ended: bool,
}

impl<R: BufRead> fmt::Debug for Xml<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Xml").field("line", &self.line()).field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl<R: BufRead> Xml<R> {
    /// Reads a document from its beginning.
    pub fn new(body: R) -> Self {
        let mut reader = Reader::from_reader(Counted { inner: body, lines: 0, piece: 0 });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), content: String::new(), depth: 0, ended: false }
    }

    /// The line that is being read, from 1.
    pub fn line(&self) -> u64 {
        self.reader.get_ref().lines + 1
    }

    /// How many elements are open.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// The next piece; `None` at the end of the document.
    ///
    /// # Errors
    /// [`XmlError`] when the document can't be read on.
    pub fn piece(&mut self) -> Result<Option<Piece<'_>>, XmlError> {
        let kind = self.advance()?;
        Ok(match kind {
            Kind::Start(name) => {
                Some(Piece::Start(Element { start: BytesStart::from_content(self.content.as_str(), name) }))
            }
            Kind::Text => Some(Piece::Text(Cow::Borrowed(&self.content))),
            Kind::End => Some(Piece::End),
            Kind::Eof => None,
        })
    }

    /// Goes to the next piece and puts what it consists of into `content`.
    fn advance(&mut self) -> Result<Kind, XmlError> {
        loop {
            if self.ended {
                return Ok(Kind::Eof);
            }
            self.buffer.clear();
            self.reader.get_mut().piece = 0;
            let line = self.line();
            match kind(self.reader.read_event_into(&mut self.buffer), line)? {
                Found::Start(start) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(malformed(line, format!("elements are nested deeper than {MAX_DEPTH}")));
                    }
                    self.content.clear();
                    self.content.push_str(&start);
                    return Ok(Kind::Start(start.name().into_inner().len()));
                }
                Found::End => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Kind::End);
                }
                Found::Text(text) => {
                    self.content.clear();
                    self.content.push_str(&text);
                    return Ok(Kind::Text);
                }
                Found::Other => {}
                Found::Eof if self.depth > 0 => {
                    return Err(malformed(line, format!("the document ends with {} elements open", self.depth)));
                }
                Found::Eof => self.ended = true,
            }
        }
    }

    /// The text of the current element up to its end, without what its own elements hold. At most
    /// `limit` bytes are kept; the second value says whether that was all.
    ///
    /// # Errors
    /// As [`Xml::piece`].
    pub fn text(&mut self, limit: usize) -> Result<(String, bool), XmlError> {
        let (mut text, mut whole, depth) = (String::new(), true, self.depth);
        while self.depth >= depth {
            let inside = self.depth == depth;
            match self.piece()? {
                Some(Piece::Text(piece)) if inside => {
                    let room = limit.saturating_sub(text.len());
                    let end = (0..=room.min(piece.len())).rev().find(|at| piece.is_char_boundary(*at)).unwrap_or(0);
                    text.push_str(&piece[..end]);
                    whole &= end == piece.len();
                }
                Some(_) => {}
                None => break,
            }
        }
        Ok((text, whole))
    }

    /// Passes over the rest of the current element.
    ///
    /// # Errors
    /// As [`Xml::piece`].
    pub fn skip(&mut self) -> Result<(), XmlError> {
        self.text(0).map(drop)
    }
}

/// A piece without its content; a start has the length of its name.
enum Kind {
    Start(usize),
    Text,
    End,
    Eof,
}

/// What an event comes down to.
enum Found<'a> {
    Start(BytesStart<'a>),
    End,
    Text(Cow<'a, str>),
    Other,
    Eof,
}

fn malformed(line: u64, why: String) -> XmlError {
    XmlError::Malformed { line, why }
}

fn kind(event: Result<Event<'_>, quick_xml::Error>, line: u64) -> Result<Found<'_>, XmlError> {
    Ok(match event {
        Ok(Event::Start(start) | Event::Empty(start)) => Found::Start(start),
        Ok(Event::End(_)) => Found::End,
        Ok(Event::Text(text)) => Found::Text(text.into_inner()),
        Ok(Event::CData(text)) => Found::Text(text.into_inner()),
        Ok(Event::GeneralRef(reference)) => Found::Text(Cow::Owned(resolve(&reference, line)?)),
        Ok(Event::DocType(_)) => return Err(malformed(line, "it has a document type declaration".to_owned())),
        Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => Found::Other,
        Ok(Event::Eof) => Found::Eof,
        Err(quick_xml::Error::Io(error))
            if error.kind() == io::ErrorKind::InvalidData
                && error.get_ref().is_some_and(|inner| inner.is::<TooLong>()) =>
        {
            return Err(malformed(line, error.to_string()));
        }
        Err(quick_xml::Error::Io(error)) => return Err(XmlError::Io(error.to_string())),
        Err(error) => return Err(malformed(line, error.to_string())),
    })
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>, line: u64) -> Result<String, XmlError> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => return Ok(character.to_string()),
        Err(error) => return Err(malformed(line, error.to_string())),
        Ok(None) => {}
    }
    let name: &str = reference;
    Ok(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => {
            let name: String = name.chars().take(40).flat_map(char::escape_debug).collect();
            return Err(malformed(line, format!("the entity '{name}' is none of XML's own")));
        }
    }
    .to_owned())
}

/// Counts lines, and the bytes since the last piece, which must stay under their ceiling: the
/// reader below it collects a piece as a whole.
struct Counted<R> {
    inner: R,
    lines: u64,
    piece: u64,
}

/// A piece is longer than its ceiling.
#[derive(Debug)]
struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a tag or text is longer than {MAX_PIECE_BYTES} bytes")
    }
}

impl std::error::Error for TooLong {}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(into.len());
        into[..n].copy_from_slice(&available[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > MAX_PIECE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TooLong));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        if let Ok(available) = self.inner.fill_buf() {
            let lines = memchr::memchr_iter(b'\n', &available[..n.min(available.len())]).count();
            self.lines += lines as u64;
        }
        self.piece += n as u64;
        self.inner.consume(n);
    }
}

#[cfg(test)]
mod tests;
