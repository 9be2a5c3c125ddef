//! The attributes of a start tag, and references in values.

use memchr::{memchr, memchr3};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// Attributes of a tag that are compared one by one; beyond them names are hashed.
const FEW: usize = 16;
/// What is wrong with a tag that has an attribute twice.
const TWICE: &str = "an attribute stands there twice";

/// An attribute: where its name and its value stand in what is behind the name of the tag.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    name: Range<usize>,
    value: Range<usize>,
    /// The value stands for itself: nothing in it has to be resolved.
    is_plain: bool,
}

impl Attribute {
    /// Its name as it is written; `rest` is what it was read from.
    pub(super) fn name<'t>(&self, rest: &'t str) -> &'t str {
        rest.get(self.name.clone()).unwrap_or_default()
    }

    /// What its value stands for.
    pub(super) fn value<'t>(&self, rest: &'t str) -> Option<Cow<'t, str>> {
        let raw = rest.get(self.value.clone())?;
        if self.is_plain { Some(Cow::Borrowed(raw)) } else { value(raw) }
    }
}

/// Reads what stands in a tag behind its name, each attribute once.
///
/// # Errors
/// Why it is not well formed (XML 1.0, 3.1): a value that can't be read must not read as one that is not there.
pub(super) fn read(rest: &str, into: &mut Vec<Attribute>) -> Result<(), &'static str> {
    into.clear();
    let bytes = rest.as_bytes();
    let past_blanks = |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut at = 0;
    loop {
        let from = past_blanks(at);
        if from == bytes.len() {
            let mut seen = HashSet::new();
            let is_repeated = into.len() > FEW && !into.iter().all(|one| seen.insert(one.name(rest)));
            return if is_repeated { Err(TWICE) } else { Ok(()) };
        }
        if from == at {
            return Err("an attribute does not stand apart from what is before it");
        }
        let is_end = |byte: &u8| matches!(byte, b'=' | b'<' | b'/' | b'&' | b'"' | b'\'') || *byte <= b' ';
        let name = from..bytes[from..].iter().position(is_end).map_or(bytes.len(), |length| from + length);
        let equals = past_blanks(name.end);
        if name.is_empty() || bytes.get(equals) != Some(&b'=') {
            return Err("an attribute has no name or no value");
        }
        let open = past_blanks(equals + 1);
        let Some(quote @ (b'"' | b'\'')) = bytes.get(open) else {
            return Err("the value of an attribute has no quotes");
        };
        // The tag ends outside of values, so that each is closed.
        let Some(length) = memchr(*quote, &bytes[open + 1..]) else {
            return Err("the value of an attribute does not end");
        };
        let value = open + 1..open + 1 + length;
        at = value.end + 1;
        // Without a branch for each byte: nearly always there is none of these.
        let raw = &bytes[value.clone()];
        let is_plain = !raw.iter().fold(false, |odd, byte| odd | (*byte < b' ') | (*byte == b'&') | (*byte == b'<'));
        if !is_plain {
            if raw.contains(&b'<') {
                return Err("the value of an attribute has a '<' in it");
            }
            if rest.get(value.clone()).and_then(self::value).is_none() {
                return Err("the value of an attribute has a reference to nothing that is known");
            }
        }
        if into.len() < FEW && into.iter().any(|one| bytes[one.name.clone()] == bytes[name.clone()]) {
            return Err(TWICE);
        }
        into.push(Attribute { name, value, is_plain });
    }
}

/// What a value stands for (XML 1.0, 3.3.3): references resolved, each newline and tab a blank. `None` where it
/// has a reference to nothing that is known.
pub(super) fn value(raw: &str) -> Option<Cow<'_, str>> {
    let bytes = raw.as_bytes();
    if memchr(b'&', bytes).is_none() && memchr3(b'\n', b'\r', b'\t', bytes).is_none() {
        return Some(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\n', '\r', '\t']) {
        value.push_str(&rest[..at]);
        let found = &rest[at..];
        rest = if let Some(reference) = found.strip_prefix('&') {
            let (name, behind) = reference.split_once(';')?;
            value.push(character(name)?);
            behind
        } else {
            value.push(' ');
            // The two bytes of one newline are one blank (2.11).
            found.strip_prefix("\r\n").unwrap_or(&found[1..])
        };
    }
    value.push_str(rest);
    Some(Cow::Owned(value))
}

/// The character of a reference without its `&` and `;`.
pub(super) fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return Some(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "apos" => '\'',
            "quot" => '"',
            _ => return None,
        });
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    // The language's own reading of numbers takes a sign, too.
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, radix).ok().filter(|_| plain)?;
    // XML 1.0, 2.2.
    let is_allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    char::from_u32(number).filter(is_allowed)
}
