//! The attributes of a start tag, and references in values.

use memchr::{memchr, memchr3};
use std::borrow::Cow;
use std::collections::HashSet;

/// Attributes of a tag that are compared one by one; beyond them names are hashed.
const FEW: usize = 16;

/// Why what stands in a tag behind its name is not well formed (XML 1.0, 3.1), if so. A value that can't be read
/// must not read as one that is not there.
pub(super) fn fault(mut rest: &str) -> Option<&'static str> {
    let mut few = [""; FEW];
    let mut many = HashSet::new();
    for count in 0.. {
        let text = rest.trim_ascii_start();
        if text.is_empty() {
            return None;
        }
        if text.len() == rest.len() {
            return Some("an attribute does not stand apart from what is before it");
        }
        let is_end = |byte: u8| matches!(byte, b'=' | b'<' | b'/' | b'&' | b'"' | b'\'') || byte <= b' ';
        let name = &text[..text.bytes().position(is_end).unwrap_or(text.len())];
        let Some(value) = text[name.len()..].trim_ascii_start().strip_prefix('=').filter(|_| !name.is_empty()) else {
            return Some("an attribute has no name or no value");
        };
        let value = value.trim_ascii_start();
        let Some(quote @ (b'"' | b'\'')) = value.bytes().next() else {
            return Some("the value of an attribute has no quotes");
        };
        // The tag ends outside of values, so that each is closed.
        let Some(end) = memchr(quote, &value.as_bytes()[1..]) else {
            return Some("the value of an attribute does not end");
        };
        let raw = &value[1..=end];
        rest = &value[end + 2..];
        if memchr(b'<', raw.as_bytes()).is_some() {
            return Some("the value of an attribute has a '<' in it");
        }
        if self::value(raw).is_none() {
            return Some("the value of an attribute has a reference to nothing that is known");
        }
        let known = few.get(..count).map_or_else(|| few.contains(&name), |few| few.contains(&name));
        if known || (count >= FEW && !many.insert(name)) {
            return Some("an attribute stands there twice");
        }
        if let Some(place) = few.get_mut(count) {
            *place = name;
        }
    }
    None
}

/// The attributes in a tag behind its name, as they are written; of one without [`fault`].
pub(super) fn of(mut rest: &str) -> impl Iterator<Item = (&str, &str)> {
    std::iter::from_fn(move || {
        let text = rest.trim_ascii_start();
        let (name, value) = text.split_at(memchr(b'=', text.as_bytes())?);
        let name = name.trim_ascii_end();
        let value = value[1..].trim_ascii_start();
        let quote = value.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let end = memchr(quote, &value.as_bytes()[1..])?;
        rest = &value[end + 2..];
        // A word without a value before it is none.
        let name = name.rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
        (!name.is_empty()).then(|| (name, &value[1..=end]))
    })
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
