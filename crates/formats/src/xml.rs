//! XML read as a stream of elements and texts, under ceilings.
//!
//! The reader knows the five entities of XML and character references and nothing else: a document
//! type declaration is refused, so nothing that a document declares can unfold. Names are local
//! names; namespaces are not told apart, since no format read here needs that. Documents are UTF-8: one that
//! declares another encoding is refused, as no publisher read here has one and its texts would be misread. What
//! XML does not allow to stand outside of the one root element, and control characters, are refused with their line:
//! a document that was damaged or joined of two must not read as one that says less.
//!
//! Format: <https://www.w3.org/TR/xml/>, without what this leaves out. It is a reader of our own since the
//! documents of OVAL have some 54 MB and a million tags: pieces are borrowed from the text as it was read, which
//! takes a third of the time of a reader that copies them. The tests hold it against the crate `quick-xml`
//! (`docs/decisions/0010-xml.md`).

mod attributes;
mod window;

use attributes::Attribute;
use memchr::{memchr, memchr2, memchr3};
use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;
use window::Window;

/// Longest piece of a document between two marks (a start tag with its attributes, a text), in bytes.
const MAX_PIECE_BYTES: usize = 4 << 20;
/// Deepest nesting of elements.
const MAX_DEPTH: u32 = 64;
/// Longest reference, from `&` to `;`: a character's number with leading zeros to spare.
const MAX_REFERENCE_BYTES: usize = 64;

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
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    /// Its name as it is written, and what stands behind it in the tag.
    name: &'a str,
    rest: &'a str,
    attributes: &'a [Attribute],
}

impl<'a> Element<'a> {
    /// Its name without a namespace prefix.
    #[must_use]
    pub fn name(&self) -> &'a str {
        memchr(b':', self.name.as_bytes()).map_or(self.name, |at| &self.name[at + 1..])
    }

    /// The value of an attribute, `None` where it is missing.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let attribute = self.attributes.iter().find(|one| one.name(self.rest) == name)?;
        attribute.value(self.rest).map(Cow::into_owned)
    }

    /// Every attribute, by its name as it is written, in the order of the document.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + use<'a> {
        let rest = self.rest;
        self.attributes.iter().filter_map(move |one| Some((one.name(rest), one.value(rest)?)))
    }
}

/// A streaming reader.
pub struct Xml<R: BufRead> {
    window: Window<R>,
    /// The names of the elements that are open, one behind the other, and where each begins.
    names: String,
    open: Vec<usize>,
    /// Those of the tag that was passed last.
    attributes: Vec<Attribute>,
    /// The element that is open has no content: its end comes next.
    is_empty: bool,
    depth: u32,
    /// Nothing was read yet; the root element was opened.
    is_first: bool,
    had_root: bool,
}

impl<R: BufRead> fmt::Debug for Xml<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Xml").field("line", &self.line()).field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl<R: BufRead> Xml<R> {
    /// Reads a document from its beginning.
    pub fn new(body: R) -> Self {
        Self {
            window: Window::new(body),
            names: String::new(),
            open: Vec::new(),
            attributes: Vec::new(),
            is_empty: false,
            depth: 0,
            is_first: true,
            had_root: false,
        }
    }

    /// The line that is being read, from 1.
    pub fn line(&self) -> u64 {
        self.window.line()
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
        Ok(match self.advance()? {
            Found::Start { length, name } => {
                let (name, rest) = self.window.passed(1, length).split_at(name);
                Some(Piece::Start(Element { name, rest, attributes: &self.attributes }))
            }
            Found::Text { mark, length } => Some(Piece::Text(Cow::Borrowed(self.window.passed(mark, length)))),
            Found::Character(character) => Some(Piece::Text(Cow::Owned(character.to_string()))),
            Found::End => Some(Piece::End),
            Found::Eof => None,
        })
    }

    /// The text of the current element up to its end, without what its own elements hold. At most
    /// `limit` bytes are kept; the second value says whether that was all.
    ///
    /// # Errors
    /// As [`Xml::piece`].
    pub fn text(&mut self, limit: usize) -> Result<(String, bool), XmlError> {
        let mut text = String::new();
        let whole = self.text_into(&mut text, limit)?;
        Ok((text, whole))
    }

    /// As [`Xml::text`], in place of what is in `text`.
    ///
    /// # Errors
    /// As [`Xml::piece`].
    pub fn text_into(&mut self, text: &mut String, limit: usize) -> Result<bool, XmlError> {
        text.clear();
        let (mut whole, depth) = (true, self.depth);
        while self.depth >= depth {
            let inside = self.depth == depth;
            match self.piece()? {
                Some(Piece::Text(piece)) if inside => {
                    let room = limit.saturating_sub(text.len());
                    let end = if piece.len() <= room { piece.len() } else { piece.floor_char_boundary(room) };
                    text.push_str(&piece[..end]);
                    whole &= end == piece.len();
                }
                Some(_) => {}
                None => break,
            }
        }
        Ok(whole)
    }

    /// Passes over the rest of the current element.
    ///
    /// # Errors
    /// As [`Xml::piece`].
    pub fn skip(&mut self) -> Result<(), XmlError> {
        let depth = self.depth;
        while self.depth >= depth {
            if matches!(self.advance()?, Found::Eof) {
                break;
            }
        }
        Ok(())
    }

    /// Goes to the next piece and passes it.
    fn advance(&mut self) -> Result<Found, XmlError> {
        if self.is_empty {
            self.is_empty = false;
            return Ok(self.close());
        }
        if self.is_first && self.window.begins("\u{feff}".as_bytes())? {
            // A byte order mark says nothing.
            self.window.pass("\u{feff}".len());
        }
        loop {
            let is_first = std::mem::replace(&mut self.is_first, false);
            let Some(first) = self.window.byte(0)? else {
                if self.depth > 0 {
                    return self.malformed(format!("the document ends with {} elements open", self.depth));
                }
                return Ok(Found::Eof);
            };
            let found = match first {
                b'<' => self.markup(is_first)?,
                b'&' => {
                    self.inside("a reference")?;
                    Some(self.reference()?)
                }
                _ => {
                    let end = self.window.find(1, |text| memchr2(b'<', b'&', text))?;
                    let length = end.unwrap_or_else(|| self.window.left());
                    let ahead = self.window.ahead(0, length);
                    let blanks = length - ahead.trim_ascii_start().len();
                    if self.depth == 0 && blanks < length {
                        // The line of what is wrong, not of the blanks before it.
                        self.window.pass(blanks);
                        self.inside("a text")?;
                    }
                    self.window.pass(length);
                    Some(Found::Text { mark: 0, length })
                }
            };
            if let Some(found) = found {
                return Ok(found);
            }
        }
    }

    /// Refuses what may only stand inside of an element, outside of any.
    fn inside(&self, what: &str) -> Result<(), XmlError> {
        if self.depth > 0 { Ok(()) } else { self.malformed(format!("{what} stands outside of the root element")) }
    }

    /// What begins with `<`, in the document's first place or later; `None` where it says nothing.
    fn markup(&mut self, is_first: bool) -> Result<Option<Found>, XmlError> {
        match self.window.byte(1)? {
            Some(b'/') => self.end().map(Some),
            Some(b'?') => self.instruction(is_first).map(|()| None),
            Some(b'!') => self.declaration(),
            Some(_) => self.start().map(Some),
            None => self.malformed("the document ends within a tag".to_owned()),
        }
    }

    /// `<?NAME ... ?>`; the one of the name `xml` declares the document and stands first (XML 1.0, 2.6 and 2.8).
    fn instruction(&mut self, is_first: bool) -> Result<(), XmlError> {
        let length = self.pass_to(2, b"?>", "an instruction")?;
        let text = self.window.passed(2, length);
        let (name, rest) = text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()));
        if !name.eq_ignore_ascii_case("xml") {
            return Ok(());
        }
        if !is_first || name != "xml" {
            return self.malformed("an XML declaration stands behind the document's beginning".to_owned());
        }
        let mut read = Vec::new();
        if let Err(fault) = attributes::read(rest, &mut read) {
            return self.malformed(format!("the XML declaration: {fault}"));
        }
        let encoding = read.iter().find(|one| one.name(rest) == "encoding").and_then(|one| one.value(rest));
        let encoding = encoding.as_deref().unwrap_or("UTF-8");
        // US-ASCII is a part of UTF-8.
        if !["UTF-8", "UTF8", "US-ASCII", "ASCII"].iter().any(|known| encoding.eq_ignore_ascii_case(known)) {
            let encoding = crate::shown(encoding.as_bytes());
            return self.malformed(format!("it is declared to be in {encoding}, where UTF-8 is expected"));
        }
        Ok(())
    }

    fn start(&mut self) -> Result<Found, XmlError> {
        if self.depth == 0 && self.had_root {
            return self.malformed("a second root element begins".to_owned());
        }
        self.had_root = true;
        let mut from = 1;
        let end = loop {
            let Some(at) = self.window.find(from, |text| memchr3(b'>', b'"', b'\'', text))? else {
                return self.malformed("the document ends within a tag".to_owned());
            };
            // A bracket in a value is none.
            let Some(quote @ (b'"' | b'\'')) = self.window.byte(at)? else { break at };
            match self.window.find(at + 1, |text| memchr(quote, text))? {
                Some(close) => from = close + 1,
                None => return self.malformed("the document ends within the value of an attribute".to_owned()),
            }
        };
        let tag = self.window.ahead(1, end);
        self.is_empty = tag.ends_with('/');
        let tag = tag.strip_suffix('/').unwrap_or(tag);
        let name = tag.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'<').unwrap_or(tag.len());
        let length = tag.len();
        if name == 0 || tag.as_bytes().get(name) == Some(&b'<') {
            return self.malformed("a '<' begins no tag".to_owned());
        }
        if let Err(fault) = attributes::read(&tag[name..], &mut self.attributes) {
            return self.malformed(fault.to_owned());
        }
        if self.depth >= MAX_DEPTH {
            return self.malformed(format!("elements are nested deeper than {MAX_DEPTH}"));
        }
        self.open.push(self.names.len());
        self.names.push_str(&tag[..name]);
        self.depth += 1;
        self.window.pass(end + 1);
        Ok(Found::Start { length, name })
    }

    fn end(&mut self) -> Result<Found, XmlError> {
        let Some(end) = self.window.find(2, |text| memchr(b'>', text))? else {
            return self.malformed("the document ends within a tag".to_owned());
        };
        let name = self.window.ahead(2, end).trim_ascii_end();
        let open = self.open.last().map(|from| &self.names[*from..]);
        if open != Some(name) {
            let name = crate::shown(name.as_bytes());
            return self.malformed(match open {
                Some(open) => format!("'{}' is open and '{name}' is closed", crate::shown(open.as_bytes())),
                None => format!("'{name}' is closed without being open"),
            });
        }
        self.window.pass(end + 1);
        Ok(self.close())
    }

    fn close(&mut self) -> Found {
        if let Some(from) = self.open.pop() {
            self.names.truncate(from);
        }
        self.depth = self.depth.saturating_sub(1);
        Found::End
    }

    /// `<!-- -->`, `<![CDATA[ ]]>`, or what is not read here.
    fn declaration(&mut self) -> Result<Option<Found>, XmlError> {
        const CDATA: &[u8] = b"<![CDATA[";
        if self.window.begins(b"<!--")? {
            self.pass_to(4, b"-->", "a comment")?;
            return Ok(None);
        }
        if self.window.begins(CDATA)? {
            self.inside("a text")?;
            let length = self.pass_to(CDATA.len(), b"]]>", "a text")?;
            return Ok(Some(Found::Text { mark: CDATA.len(), length }));
        }
        self.malformed("it has a document type declaration".to_owned())
    }

    /// Passes what begins `from` bytes ahead and ends with `mark`; its length.
    fn pass_to(&mut self, from: usize, mark: &[u8], what: &str) -> Result<usize, XmlError> {
        let Some(end) = self.window.find_all(from, mark)? else {
            return self.malformed(format!("the document ends within {what}"));
        };
        self.window.pass(end + mark.len());
        Ok(end - from)
    }

    /// `&lt;`, `&#60;`, `&#x3c;`.
    fn reference(&mut self) -> Result<Found, XmlError> {
        let end = self.window.find(1, |text| memchr3(b';', b'<', b'&', text))?;
        let end = match end {
            Some(end) if end <= MAX_REFERENCE_BYTES && self.window.byte(end)? == Some(b';') => end,
            _ => return self.malformed("a '&' begins no reference".to_owned()),
        };
        let name = self.window.ahead(1, end);
        let Some(character) = attributes::character(name) else {
            let shown: String = name.chars().take(40).flat_map(char::escape_debug).collect();
            return self.malformed(if name.starts_with('#') {
                format!("'{shown}' is no character")
            } else {
                format!("the entity '{shown}' is none of XML's own")
            });
        };
        self.window.pass(end + 1);
        Ok(Found::Character(character))
    }

    fn malformed<T>(&self, why: String) -> Result<T, XmlError> {
        Err(XmlError::Malformed { line: self.line(), why })
    }
}

/// A piece that was passed.
enum Found {
    /// A tag of so many bytes between the brackets, of which the first are the name.
    Start {
        length: usize,
        name: usize,
    },
    /// A text of so many bytes behind a mark.
    Text {
        mark: usize,
        length: usize,
    },
    Character(char),
    End,
    Eof,
}

#[cfg(test)]
mod tests;
