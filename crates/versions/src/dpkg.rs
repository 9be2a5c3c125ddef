//! Debian's version order: `[epoch:]upstream[-revision]`.
//!
//! Source: deb-version(7), "Sorting algorithm", and Debian Policy 5.6.12. Each of upstream and
//! revision is read as alternating runs of non-digits and digits. In a run of non-digits `~` sorts
//! before the end of the run, the end before letters, letters before everything else; a run of
//! digits is a number of any length, a missing one is 0.

use crate::evr::{Evr, Release, bad_character, shown};
use crate::number::{Number, digits};
use std::cmp::Ordering;

/// The parts of a version. A prefix that is no number is no epoch but part of the upstream version,
/// so that any string has an order.
fn split(version: &str) -> Evr<'_> {
    Evr::split(version, false)
}

/// Orders two versions.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    a.compare_version(&b, compare_part).then_with(|| compare_revision(a.release, b.release))
}

/// Orders an installed version against a literal.
pub(crate) fn compare_literal(installed: &str, literal: &str) -> Ordering {
    split(installed).compare_literal(&split(literal), compare_part, compare_revision)
}

/// A missing revision is the empty one, which equals `0`.
fn compare_revision(a: Release<'_>, b: Release<'_>) -> Ordering {
    compare_part(a.unwrap_or_default(), b.unwrap_or_default())
}

/// The rank of a byte within a run of non-digits; the end of the run, be it a digit or the end of
/// the part, is `None`.
fn rank(byte: Option<&u8>) -> u16 {
    match byte {
        Some(b'~') => 0,
        None => 1,
        Some(b) if b.is_ascii_digit() => 1,
        Some(b) if b.is_ascii_alphabetic() => u16::from(*b),
        Some(b) => u16::from(*b) + 256,
    }
}

fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        loop {
            let (left, right) = (rank(a.first()), rank(b.first()));
            if left != right {
                return left.cmp(&right);
            }
            if left == 1 {
                break;
            }
            (a, b) = (&a[1..], &b[1..]);
        }
        let (left, right);
        ((left, a), (right, b)) = (digits(a), digits(b));
        match Number::new(left).cmp(&Number::new(right)) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    Ordering::Equal
}

/// `~` within a run of non-digits.
const TILDE: u8 = 1;
/// The end of a run of non-digits, and, where a run would have to begin, the end of the part. Both
/// can share a byte: after a run of digits the next run of non-digits is never empty.
const END: u8 = 2;
/// Escapes bytes from 0x7f on, which no valid version holds.
const OTHER: u8 = 0xff;

/// Bytes whose order is the version's order.
pub(crate) fn key(version: &str) -> Vec<u8> {
    let parts = split(version);
    let mut key = Vec::with_capacity(version.len() * 2 + 8);
    parts.epoch().push(&mut key, 0);
    push_part(&mut key, parts.version);
    push_part(&mut key, parts.release.unwrap_or_default());
    key
}

fn push_part(key: &mut Vec<u8>, mut part: &[u8]) {
    loop {
        let end = part.iter().position(u8::is_ascii_digit).unwrap_or(part.len());
        for byte in &part[..end] {
            match byte {
                b'~' => key.push(TILDE),
                b if b.is_ascii_alphabetic() => key.push(*b),
                0..=0x7e => key.push(byte | 0x80),
                _ => key.extend([OTHER, *byte]),
            }
        }
        key.push(END);
        let (number, rest) = digits(&part[end..]);
        Number::new(number).push(key, 0);
        part = rest;
        if part.is_empty() {
            key.push(END);
            return;
        }
    }
}

/// Whether dpkg takes the text for a version (`parseversion` in dpkg's lib/dpkg/parsehelp.c as
/// described in deb-version(7)): errors only, not what dpkg merely warns of.
pub(crate) fn check(version: &str) -> Result<(), String> {
    if version.is_empty() {
        return Err("the version is empty".to_owned());
    }
    // dpkg holds the epoch in an int.
    Evr::check_epoch(version, Some(2_147_483_647))?;
    let rest = version.split_once(':').map_or(version, |(_, rest)| rest);
    let (upstream, revision) = rest.rsplit_once('-').map_or((rest, None), |(u, r)| (u, Some(r)));
    if upstream.is_empty() {
        return Err(format!("'{}' has no upstream version", shown(version)));
    }
    if revision.is_some_and(str::is_empty) {
        return Err(format!("'{}' has an empty revision", shown(version)));
    }
    let allowed = |b: u8, more: &[u8]| b.is_ascii_alphanumeric() || more.contains(&b);
    let bad = upstream
        .chars()
        .find(|c| !u8::try_from(*c).is_ok_and(|b| allowed(b, b"-+.~:")))
        .or_else(|| revision?.chars().find(|c| !u8::try_from(*c).is_ok_and(|b| allowed(b, b"+.~"))));
    match bad {
        Some(c) => Err(bad_character(version, c)),
        None => Ok(()),
    }
}
