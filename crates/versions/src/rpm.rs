//! rpm's version order: `[epoch:]version[-release]`.
//!
//! Source: rpm-version(7) and the behaviour of `rpmvercmp` and `rpmverCmp` (rpm 4.15 or later, which
//! know the caret). Version and release are each read as segments: runs of ASCII letters, runs of
//! digits, `~` and `^`; whatever else stands between them only separates. Segment by segment `~` sorts
//! before the end, the end before `^`, that before letters, letters before numbers.
//!
//! This is an order (see docs/versions.md). A missing epoch is 0; a missing release sorts before every
//! release, which is right for sorting and wrong for advisories: [`crate::Scheme::compare_fixed`].

use crate::evr::{Evr, Release, bad_character, missing_first, shown};
use crate::number::{Number, digits, span};
use std::cmp::Ordering;

/// A segment. The order of the variants is the order of rpm.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a [u8]),
    Digits(Number<'a>),
}

/// Reads a part to its end, which is a segment too: so no reading is the beginning of another.
struct Segments<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let (_, text) = span(self.0?, |b| !(b.is_ascii_alphanumeric() || matches!(b, b'~' | b'^')));
        let (segment, rest) = match text.first() {
            None => (Segment::End, None),
            Some(b'~') => (Segment::Tilde, Some(&text[1..])),
            Some(b'^') => (Segment::Caret, Some(&text[1..])),
            Some(b) if b.is_ascii_digit() => {
                let (number, rest) = digits(text);
                (Segment::Digits(Number::new(number)), Some(rest))
            }
            Some(_) => {
                let (letters, rest) = span(text, u8::is_ascii_alphabetic);
                (Segment::Letters(letters), Some(rest))
            }
        };
        self.0 = rest;
        Some(segment)
    }
}

fn split(version: &str) -> Evr<'_> {
    Evr::split(version, true)
}

fn compare_part(a: &[u8], b: &[u8]) -> Ordering {
    Segments(Some(a)).cmp(Segments(Some(b)))
}

fn compare_release(a: Release<'_>, b: Release<'_>) -> Ordering {
    missing_first(a, b, compare_part)
}

/// Orders two versions.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    a.compare_version(&b, compare_part).then_with(|| compare_release(a.release, b.release))
}

/// Orders an installed version against the one that an advisory names.
pub(crate) fn compare_fixed(installed: &str, fixed: &str) -> Ordering {
    let (installed, fixed) = (split(installed), split(fixed));
    installed.compare_version(&fixed, compare_part).then_with(|| match fixed.release {
        None => Ordering::Equal,
        release => compare_release(installed.release, release),
    })
}

/// Orders an installed version against a literal.
pub(crate) fn compare_literal(installed: &str, literal: &str) -> Ordering {
    split(installed).compare_literal(&split(literal), compare_part, compare_release)
}

/// First bytes of segments in a key. Letters stand for themselves (0x41 to 0x7a) and are ended by 0;
/// numbers begin with their length.
const TILDE: u8 = 1;
const END: u8 = 2;
const CARET: u8 = 3;
const LETTERS_END: u8 = 0;
const NUMBER: u8 = 0x80;

/// Bytes whose order is the version's order. A version without release has the key that every release
/// of it begins with.
pub(crate) fn key(version: &str) -> Vec<u8> {
    let parts = split(version);
    let mut key = Vec::with_capacity(version.len() * 3 / 2 + 8);
    parts.epoch().push(&mut key, 0);
    push_part(&mut key, parts.version);
    if let Some(release) = parts.release {
        push_part(&mut key, release);
    }
    key
}

fn push_part(key: &mut Vec<u8>, part: &[u8]) {
    for segment in Segments(Some(part)) {
        match segment {
            Segment::Tilde => key.push(TILDE),
            Segment::End => key.push(END),
            Segment::Caret => key.push(CARET),
            Segment::Letters(letters) => {
                key.extend(letters);
                key.push(LETTERS_END);
            }
            Segment::Digits(number) => number.push(key, NUMBER),
        }
    }
}

/// Whether rpmbuild would take the text for epoch, version and release: `rpmCharCheck` in
/// build/parsePreamble.c, and the epoch is an unsigned 32-bit number.
pub(crate) fn check(version: &str) -> Result<(), String> {
    if version.is_empty() {
        return Err("the version is empty".to_owned());
    }
    Evr::check_epoch(version, Some(u32::MAX))?;
    let rest = version.split_once(':').map_or(version, |(_, rest)| rest);
    let (upstream, release) = rest.rsplit_once('-').map_or((rest, None), |(v, r)| (v, Some(r)));
    if upstream.is_empty() {
        return Err(format!("'{}' has no version", shown(version)));
    }
    if release.is_some_and(str::is_empty) {
        return Err(format!("'{}' has an empty release", shown(version)));
    }
    for part in [Some(upstream), release].into_iter().flatten() {
        if let Some(bad) = part.chars().find(|c| !c.is_ascii_alphanumeric() && !"._+%{}~^".contains(*c)) {
            return Err(bad_character(version, bad));
        }
        if part.contains("..") {
            return Err(format!("'{}' holds '..', which no version may hold", shown(version)));
        }
    }
    Ok(())
}
