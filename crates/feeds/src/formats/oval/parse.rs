//! The stream of elements, and the document as a whole.

use super::model::{Document, Strings, Sym};
use super::{parse_definition, parse_rest};
use crate::feed::Unreadable;
use formats::xml::{Piece, Xml, XmlError};
use std::io::BufRead;

/// Longest text that decides anything (an id, a pattern, a version), in bytes.
const MAX_TEXT_BYTES: usize = 64 << 10;
/// Most things of one sort; the largest documents have 18,000 definitions and 22,000 tests.
pub(super) const MAX_ITEMS: usize = 1_000_000;
/// Most nodes of all criteria together; the largest documents have 300,000.
pub(super) const MAX_NODES: usize = 10_000_000;

/// Attributes that decide something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Arithmetic,
    Check,
    CheckExistence,
    Class,
    Comment,
    Datatype,
    Date,
    DefinitionRef,
    Deprecated,
    EntityCheck,
    Id,
    Impact,
    ItemField,
    Negate,
    ObjectRef,
    Operation,
    Operator,
    Pattern,
    RefId,
    RefUrl,
    Source,
    State,
    StateOperator,
    StateRef,
    TestRef,
    VarCheck,
    VarRef,
}

/// One more than the last [`Key`].
const KEYS: usize = Key::VarRef as usize + 1;

impl Key {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "arithmetic_operation" => Self::Arithmetic,
            "check" => Self::Check,
            "check_existence" => Self::CheckExistence,
            "class" => Self::Class,
            "comment" => Self::Comment,
            "datatype" => Self::Datatype,
            "date" => Self::Date,
            "definition_ref" => Self::DefinitionRef,
            "deprecated" => Self::Deprecated,
            "entity_check" => Self::EntityCheck,
            "id" => Self::Id,
            "impact" | "priority" => Self::Impact,
            "item_field" => Self::ItemField,
            "negate" => Self::Negate,
            "object_ref" => Self::ObjectRef,
            "operation" => Self::Operation,
            "operator" => Self::Operator,
            "pattern" => Self::Pattern,
            "ref_id" => Self::RefId,
            "ref_url" => Self::RefUrl,
            "source" => Self::Source,
            "state" => Self::State,
            "state_operator" => Self::StateOperator,
            "state_ref" => Self::StateRef,
            "test_ref" => Self::TestRef,
            "var_check" => Self::VarCheck,
            "var_ref" => Self::VarRef,
            _ => return None,
        })
    }
}

/// The elements of a document, one after the other.
pub(super) struct Stream<R: BufRead> {
    xml: Xml<R>,
    /// The texts read so far.
    pub(super) strings: Strings,
    name: String,
    attributes: [Option<Sym>; KEYS],
    /// The text that was read last.
    read: String,
}

impl<R: BufRead> Stream<R> {
    /// Goes to the next element inside the current one; `false` where that one ends. The texts
    /// between them are passed over.
    pub(super) fn open(&mut self) -> Result<bool, Unreadable> {
        loop {
            match self.xml.piece().map_err(unreadable)? {
                None | Some(Piece::End) => return Ok(false),
                Some(Piece::Text(_)) => {}
                Some(Piece::Start(element)) => {
                    self.name.clear();
                    self.name.push_str(element.name());
                    self.attributes = [None; KEYS];
                    // Comments of tests, objects and states are repeated in the criteria.
                    let comments = matches!(self.name.as_str(), "criterion" | "extend_definition");
                    for (name, value) in element.attributes() {
                        match Key::of(name) {
                            Some(Key::Comment) if !comments => {}
                            Some(key) => self.attributes[key as usize] = Some(self.strings.intern(&value)),
                            None => {}
                        }
                    }
                    return Ok(true);
                }
            }
        }
    }

    /// The local name of the element that was opened last.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// An attribute of the element that was opened last.
    pub(super) fn get(&self, key: Key) -> Option<Sym> {
        self.attributes[key as usize]
    }

    /// The same as text.
    pub(super) fn get_text(&self, key: Key) -> Option<&str> {
        self.get(key).map(|sym| self.strings.get(sym))
    }

    /// Whether an attribute is XML's true.
    pub(super) fn is_true(&self, key: Key) -> bool {
        matches!(self.get_text(key), Some("true" | "1"))
    }

    /// Whether what was opened last is negated; where that can't be told, it is said in `fault`.
    pub(super) fn is_negated(&self, fault: &mut Option<String>) -> bool {
        match self.get_text(Key::Negate) {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(odd) => {
                *fault = Some(format!("'{}' is neither true nor false", odd.escape_debug()));
                false
            }
        }
    }

    /// The text of the element that was opened last, trimmed, up to its end.
    pub(super) fn text(&mut self) -> Result<Sym, Unreadable> {
        let line = self.line();
        if !self.xml.text_into(&mut self.read, MAX_TEXT_BYTES).map_err(unreadable)? {
            // A pattern or list cut in two would mean something else.
            let why = format!("the text of '{}' is longer than {MAX_TEXT_BYTES} bytes", self.name);
            return Err(Unreadable::Malformed { line, why });
        }
        Ok(self.strings.intern(self.read.trim()))
    }

    /// The text of the element, kept without a number and cut to `limit` bytes.
    pub(super) fn prose(&mut self, limit: usize) -> Result<&str, Unreadable> {
        self.xml.text_into(&mut self.read, limit).map_err(unreadable)?;
        Ok(&self.read)
    }

    /// Passes over the rest of the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), Unreadable> {
        self.xml.skip().map_err(unreadable)
    }

    /// The line that is being read.
    pub(super) fn line(&self) -> u64 {
        self.xml.line()
    }

    /// An error at this place, for what exceeds its ceiling.
    pub(super) fn too_many(&self, what: &str, limit: usize) -> Unreadable {
        Unreadable::Malformed { line: self.line(), why: format!("more than {limit} {what}") }
    }
}

fn unreadable(error: XmlError) -> Unreadable {
    match error {
        XmlError::Malformed { line, why } => Unreadable::Malformed { line, why },
        XmlError::Io(why) => Unreadable::Io(why),
    }
}

/// Reads a document.
///
/// Parts of a definition that are not understood make that definition skipped
/// ([`Document::skipped`]); tests, objects, states and variables that are not understood are kept
/// with the reason, and what refers to them can't be evaluated.
///
/// # Errors
/// When it is no XML, no OVAL, or beyond a ceiling.
pub fn parse<R: BufRead>(body: R) -> Result<Document, Unreadable> {
    let mut stream = Stream {
        xml: Xml::new(body),
        strings: Strings::default(),
        name: String::new(),
        attributes: [None; KEYS],
        read: String::new(),
    };
    if !stream.open()? {
        return Err(Unreadable::Malformed { line: 1, why: "the document is empty".to_owned() });
    }
    if stream.name() != "oval_definitions" {
        let name: String = stream.name().chars().take(40).collect();
        let why = format!("it is no OVAL document: its first element is '{name}', not 'oval_definitions'");
        return Err(Unreadable::Malformed { line: stream.line(), why });
    }
    let mut document = Document::default();
    while stream.open()? {
        match stream.name() {
            "generator" => generator(&mut stream, &mut document)?,
            "definitions" => parse_definition::definitions(&mut stream, &mut document)?,
            "tests" => parse_rest::tests(&mut stream, &mut document)?,
            "objects" => parse_rest::objects(&mut stream, &mut document)?,
            "states" => parse_rest::states(&mut stream, &mut document)?,
            "variables" => parse_rest::variables(&mut stream, &mut document)?,
            _ => stream.skip()?,
        }
    }
    document.strings = stream.strings;
    Ok(document)
}

fn generator<R: BufRead>(stream: &mut Stream<R>, document: &mut Document) -> Result<(), Unreadable> {
    while stream.open()? {
        match stream.name() {
            "product_name" => document.product = stream.prose(200)?.trim().to_owned(),
            "timestamp" => document.generated = stream.prose(64)?.trim().to_owned(),
            _ => stream.skip()?,
        }
    }
    Ok(())
}
