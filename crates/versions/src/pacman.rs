//! pacman's version order: `[epoch:]pkgver[-pkgrel]`.
//!
//! Source: vercmp(8) and the behaviour of `vercmp` of pacman 6. Like rpm's order before the tilde and
//! the caret, with three differences: the *number* of separators counts (`1..1` is after `1.1`), letters
//! directly after a segment sort before the end (`1.0rc` before `1.0` before `1.0.a`), and a pkgrel is
//! compared only where both versions have one.
//!
//! What `vercmp` computes is no order, in two ways: `1.0-1`, `1.0` and `1.0-2` are "equal" in a chain whose
//! ends are not, and versions that end with a separator run in circles (`1.` < `1.1` < `1..a` < `1.`).
//! So there are two functions: [`compare`] is an order, and sorts a missing pkgrel first and a
//! trailing separator as one separator followed by something between letters and digits;
//! [`compare_as_tool`] is what `vercmp` says. docs/versions.md has the proof that they differ
//! nowhere else.

use crate::evr::{Evr, Release, bad_character, missing_first, shown};
use crate::number::{Number, digits, length, span};
use std::cmp::Ordering;

/// What follows some separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What<'a> {
    Letters(&'a [u8]),
    End,
    Digits(Number<'a>),
}

/// A segment with the number of separators before it. The order of fields and variants is that of
/// pacman: letters at once, the end, digits at once; then with one separator, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Segment<'a> {
    separators: usize,
    what: What<'a>,
}

/// Reads a part to its end, which is a segment too: so no reading is the beginning of another.
struct Segments<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let (separators, text) = span(self.0?, |b| !b.is_ascii_alphanumeric());
        let (what, rest) = match text.first() {
            // vercmp takes any number of trailing separators for the same.
            None => {
                self.0 = None;
                return Some(Segment { separators: separators.len().min(1), what: What::End });
            }
            Some(b) if b.is_ascii_digit() => {
                let (number, rest) = digits(text);
                (What::Digits(Number::new(number)), rest)
            }
            Some(_) => {
                let (letters, rest) = span(text, u8::is_ascii_alphabetic);
                (What::Letters(letters), rest)
            }
        };
        self.0 = Some(rest);
        Some(Segment { separators: separators.len(), what })
    }
}

fn split(version: &str) -> Evr<'_> {
    Evr::split(version, true)
}

fn compare_part(a: &[u8], b: &[u8]) -> Ordering {
    Segments(Some(a)).cmp(Segments(Some(b)))
}

/// As `vercmp`: trailing separators are after any letters and before any digits, whatever separators
/// stand before those.
fn compare_part_as_tool(a: &[u8], b: &[u8]) -> Ordering {
    let pairs = Segments(Some(a)).zip(Segments(Some(b)));
    pairs
        .map(|(a, b)| match ((a.separators, a.what), (b.separators, b.what)) {
            ((1.., What::End), (_, What::Letters(_))) | ((_, What::Digits(_)), (1.., What::End)) => Ordering::Greater,
            ((1.., What::End), (_, What::Digits(_))) | ((_, What::Letters(_)), (1.., What::End)) => Ordering::Less,
            _ => a.cmp(&b),
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn compare_release(a: Release<'_>, b: Release<'_>) -> Ordering {
    missing_first(a, b, compare_part)
}

/// Orders two versions; an order, unlike [`compare_as_tool`].
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    a.compare_version(&b, compare_part).then_with(|| compare_release(a.release, b.release))
}

/// What `vercmp` says.
pub(crate) fn compare_as_tool(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    a.compare_version(&b, compare_part_as_tool).then_with(|| match (a.release, b.release) {
        (Some(a), Some(b)) => compare_part_as_tool(a, b),
        _ => Ordering::Equal,
    })
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

/// First byte of a segment with too many separators for one byte.
const MANY: u8 = 0xff;
/// Up to so many separators fit.
const FEW: u8 = 80;
/// Ends letters: before every letter.
const LETTERS_END: u8 = 0;

/// Bytes whose order is the version's order. A version without pkgrel has the key that every pkgrel of
/// it begins with.
pub(crate) fn key(version: &str) -> Vec<u8> {
    let parts = split(version);
    let mut key = Vec::with_capacity(version.len() * 2 + 8);
    parts.epoch().push(&mut key, 0);
    push_part(&mut key, parts.version);
    if let Some(release) = parts.release {
        push_part(&mut key, release);
    }
    key
}

fn push_part(key: &mut Vec<u8>, part: &[u8]) {
    for Segment { separators, what } in Segments(Some(part)) {
        let kind = match what {
            What::Letters(_) => 0,
            What::End => 1,
            What::Digits(_) => 2,
        };
        match u8::try_from(separators) {
            Ok(few) if few < FEW => key.push(few * 3 + kind),
            _ => {
                key.push(MANY);
                key.extend(length(separators));
                key.push(kind);
            }
        }
        match what {
            What::Letters(letters) => {
                key.extend(letters);
                key.push(LETTERS_END);
            }
            What::End => {}
            What::Digits(number) => number.push(key, 0),
        }
    }
}

/// Whether makepkg would take the text for epoch, pkgver and pkgrel (PKGBUILD(5)).
pub(crate) fn check(version: &str) -> Result<(), String> {
    if version.is_empty() {
        return Err("the version is empty".to_owned());
    }
    Evr::check_epoch(version, None)?;
    let rest = version.split_once(':').map_or(version, |(_, rest)| rest);
    let (pkgver, pkgrel) = rest.rsplit_once('-').map_or((rest, None), |(v, r)| (v, Some(r)));
    if pkgver.is_empty() {
        return Err(format!("'{}' has no pkgver", shown(version)));
    }
    let forbidden = |c: &char| !c.is_ascii() || c.is_ascii_whitespace() || c.is_ascii_control() || ":/-".contains(*c);
    if let Some(bad) = pkgver.chars().find(forbidden) {
        return Err(bad_character(version, bad));
    }
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match pkgrel {
        Some(pkgrel) if !pkgrel.split_once('.').map_or(number(pkgrel), |(a, b)| number(a) && number(b)) => {
            Err(format!("'{}' has a pkgrel that is not N or N.N", shown(version)))
        }
        _ => Ok(()),
    }
}
