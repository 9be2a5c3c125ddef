//! apk's version order: `number{.number}{letter}{_suffix{number}}{~hash}{-rnumber}`.
//!
//! Source: the behaviour of apk-tools 3 and 2 (`apk version -t`) and their test data; there is no
//! written specification. A version is read as tokens, each of which decides what may follow. The order
//! is that of apk-tools 3, with two extensions where it has nothing to say:
//!
//! - Where it can't read on it stops, and calls two versions equal that both have something unreadable at the
//!   same place. From there on this reads as leniently as apk-tools 2 does, which knew digits after
//!   the letter (`6.6.2p1`, Alpine's opensmtpd) and empty numbers (`1..2`). So strict verdicts are
//!   apk-tools 3's, and versions of older hosts still have an order among themselves.
//! - Its numbers overflow at 64 bits, ours don't.
//!
//! docs/versions.md says where apk-tools 2 decides otherwise.

use crate::evr::shown;
use crate::number::{Number, digits, span};
use std::cmp::Ordering;

/// A token. The order of the variants is the order of apk: what is further down sorts after.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    /// Index into [`PRE_RELEASE`]: these sort before the version without them.
    PreRelease(u8),
    Unreadable,
    End,
    Revision(Number<'a>),
    /// Compared as text.
    Hash(&'a [u8]),
    SuffixNumber(Number<'a>),
    /// Index into [`POST_RELEASE`].
    PostRelease(u8),
    Letter(u8),
    /// A number after a point that begins with 0 is compared as text, and so before all others.
    ZeroLed(&'a [u8]),
    Digits(Number<'a>),
}

const PRE_RELEASE: [&[u8]; 4] = [b"alpha", b"beta", b"pre", b"rc"];
const POST_RELEASE: [&[u8]; 5] = [b"cvs", b"svn", b"git", b"hg", b"p"];

/// What was read last, in the order in which tokens may follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Start,
    Number,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
    End,
}

/// Reads a version to its end or to what can't be read even leniently, either of which is a token
/// too: so no reading is the beginning of another.
struct Tokens<'a> {
    rest: &'a [u8],
    place: Place,
    lenient: bool,
}

impl<'a> Tokens<'a> {
    fn new(version: &'a str) -> Self {
        Self { rest: version.as_bytes(), place: Place::Start, lenient: false }
    }

    /// The next token; `None` where it can't be read, and then nothing is consumed.
    fn read(&mut self) -> Option<Token<'a>> {
        let first = self.rest.first().copied();
        let (token, place, rest) = match first {
            Some(b'0'..=b'9') if self.place == Place::Start => {
                let (number, rest) = digits(self.rest);
                (Token::Digits(Number::new(number)), Place::Number, rest)
            }
            _ if self.place == Place::Start => return None,
            None => (Token::End, Place::End, self.rest),
            Some(letter @ b'a'..=b'z') if self.place == Place::Number => {
                (Token::Letter(letter), Place::Letter, &self.rest[1..])
            }
            Some(b'.') if self.place == Place::Number => {
                let (number, rest) = self.number(1)?;
                let zero_led = matches!(number.first(), None | Some(b'0'));
                let token = if zero_led { Token::ZeroLed(number) } else { Token::Digits(Number::new(number)) };
                (token, Place::Number, rest)
            }
            Some(b'0'..=b'9') if self.place == Place::Suffix => {
                let (number, rest) = digits(self.rest);
                (Token::SuffixNumber(Number::new(number)), Place::SuffixNumber, rest)
            }
            Some(b'0'..=b'9') if self.place == Place::Letter && self.lenient => {
                let (number, rest) = digits(self.rest);
                (Token::Digits(Number::new(number)), Place::Number, rest)
            }
            Some(b'_') if self.place <= Place::SuffixNumber => {
                let (word, rest) = span(&self.rest[1..], u8::is_ascii_lowercase);
                (suffix(word)?, Place::Suffix, rest)
            }
            Some(b'~') if self.place < Place::Hash => {
                let (hash, rest) = span(&self.rest[1..], |b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if hash.is_empty() {
                    return None;
                }
                (Token::Hash(hash), Place::Hash, rest)
            }
            Some(b'-')
                if self.rest.get(1) == Some(&b'r')
                    && (self.place < Place::Revision || self.lenient && self.place == Place::Revision) =>
            {
                let (number, rest) = self.number(2)?;
                (Token::Revision(Number::new(number)), Place::Revision, rest)
            }
            _ => return None,
        };
        (self.place, self.rest) = (place, rest);
        Some(token)
    }

    /// The digits from `at` on, which only lenient reading takes when there are none.
    fn number(&self, at: usize) -> Option<(&'a [u8], &'a [u8])> {
        let (number, rest) = digits(&self.rest[at..]);
        (!number.is_empty() || self.lenient).then_some((number, rest))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.place == Place::End {
            return None;
        }
        let token = self.read();
        if token.is_none() {
            if self.lenient {
                self.place = Place::End;
            }
            // apk-tools 2 takes a missing first number for 0.
            if self.place == Place::Start {
                self.place = Place::Number;
            }
            self.lenient = true;
        }
        Some(token.unwrap_or(Token::Unreadable))
    }
}

fn suffix(word: &[u8]) -> Option<Token<'static>> {
    let among = |words: &[&[u8]]| words.iter().zip(0..).find(|(known, _)| **known == word).map(|(_, at)| at);
    among(&PRE_RELEASE).map(Token::PreRelease).or_else(|| among(&POST_RELEASE).map(Token::PostRelease))
}

/// Orders two versions.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    Tokens::new(a).cmp(Tokens::new(b))
}

/// Orders an installed version against a literal: one without `-rN` ignores the installed one's.
pub(crate) fn compare_literal(installed: &str, literal: &str) -> Ordering {
    let without = |version| split_revision(version).map_or(version, |(rest, _)| rest);
    match split_revision(literal) {
        Some(_) => compare(installed, literal),
        None => compare(without(installed), literal),
    }
}

/// A version before and after its `-r`.
fn split_revision(version: &str) -> Option<(&str, &str)> {
    let (rest, number) = version.rsplit_once("-r")?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some((rest, number))
}

/// First bytes of tokens in a key, in the order of [`Token`].
mod first {
    pub(super) const PRE_RELEASE: u8 = 1;
    pub(super) const UNREADABLE: u8 = 5;
    pub(super) const END: u8 = 6;
    pub(super) const REVISION: u8 = 7;
    pub(super) const HASH: u8 = 8;
    pub(super) const SUFFIX_NUMBER: u8 = 9;
    pub(super) const POST_RELEASE: u8 = 10;
    /// Letters stand for themselves: 0x61 to 0x7a.
    pub(super) const ZERO_LED: u8 = 0x7e;
    /// Numbers begin with their length.
    pub(super) const DIGITS: u8 = 0x80;
    /// Ends text: before every digit.
    pub(super) const TEXT_END: u8 = 0;
}

/// Bytes whose order is the version's order.
pub(crate) fn key(version: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(version.len() * 3 / 2 + 8);
    for token in Tokens::new(version) {
        match token {
            Token::PreRelease(at) => key.push(first::PRE_RELEASE + at),
            Token::Unreadable => key.push(first::UNREADABLE),
            Token::End => key.push(first::END),
            Token::Revision(number) => push_after(&mut key, first::REVISION, number),
            Token::Hash(text) => push_text(&mut key, first::HASH, text),
            Token::SuffixNumber(number) => push_after(&mut key, first::SUFFIX_NUMBER, number),
            Token::PostRelease(at) => key.push(first::POST_RELEASE + at),
            Token::Letter(letter) => key.push(letter),
            Token::ZeroLed(text) => push_text(&mut key, first::ZERO_LED, text),
            Token::Digits(number) => number.push(&mut key, first::DIGITS),
        }
    }
    key
}

fn push_after(key: &mut Vec<u8>, first: u8, number: Number<'_>) {
    key.push(first);
    number.push(key, 0);
}

fn push_text(key: &mut Vec<u8>, first: u8, text: &[u8]) {
    key.push(first);
    key.extend(text);
    key.push(first::TEXT_END);
}

/// Whether apk-tools 3 takes the text for a version (`apk version --check`), or would but for
/// digits after the letter, which apk-tools 2 took and Alpine used.
pub(crate) fn check(version: &str) -> Result<(), String> {
    if version.is_empty() {
        return Err("the version is empty".to_owned());
    }
    let mut tokens = Tokens::new(version);
    let mut digits_after_letter = false;
    loop {
        let before = tokens.rest;
        tokens.lenient = tokens.place == Place::Letter && before.first().is_some_and(u8::is_ascii_digit);
        digits_after_letter |= tokens.lenient;
        match tokens.read() {
            // Only apk-tools 3 knows hashes.
            Some(Token::Hash(_)) if digits_after_letter => return Err(unreadable(version, before)),
            Some(Token::End) => return Ok(()),
            Some(_) => {}
            None if tokens.place == Place::Start => {
                return Err(format!("'{}' does not begin with a number", shown(version)));
            }
            None => return Err(unreadable(version, before)),
        }
    }
}

fn unreadable(version: &str, rest: &[u8]) -> String {
    let rest = String::from_utf8_lossy(rest);
    format!("'{}' can't be read from '{}' on", shown(version), shown(&rest))
}
