//! Debian's version order: `[epoch:]upstream[-revision]`.
//!
//! Source: deb-version(7), "Sorting algorithm", and Debian Policy 5.6.12. Each of upstream and
//! revision is read as alternating runs of non-digits and digits. In a run of non-digits `~` sorts
//! before the end of the run, the end before letters, letters before everything else; a run of
//! digits is a number of any length, a missing one is 0.

use std::cmp::Ordering;

/// The parts of a version. A prefix that is no number is no epoch but part of the upstream version,
/// so that any string has an order.
fn split(version: &str) -> (&[u8], &[u8], &[u8]) {
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => (epoch, rest),
        _ => ("", version),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch.as_bytes(), upstream.as_bytes(), revision.as_bytes())
}

/// Orders two versions.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (a, b) = (split(a), split(b));
    compare_numbers(a.0, b.0).then_with(|| compare_part(a.1, b.1)).then_with(|| compare_part(a.2, b.2))
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
        let (left, right) = (digits(a), digits(b));
        match compare_numbers(&a[..left], &b[..right]) {
            Ordering::Equal => (a, b) = (&a[left..], &b[right..]),
            unequal => return unequal,
        }
    }
    Ordering::Equal
}

/// The length of the run of digits at the start.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|b| **b == b'0').count();
    &number[zeros..]
}

fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (without_zeros(a), without_zeros(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
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
    let (epoch, upstream, revision) = split(version);
    let mut key = Vec::with_capacity(version.len() * 2 + 8);
    push_number(&mut key, epoch);
    push_part(&mut key, upstream);
    push_part(&mut key, revision);
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
        part = &part[end..];
        let end = digits(part);
        push_number(key, &part[..end]);
        part = &part[end..];
        if part.is_empty() {
            key.push(END);
            return;
        }
    }
}

/// A number as its length and its digits: longer is greater.
fn push_number(key: &mut Vec<u8>, number: &[u8]) {
    let number = without_zeros(number);
    match u8::try_from(number.len()) {
        Ok(length) if length < 0xff => key.push(length),
        _ => {
            key.push(0xff);
            key.extend(u64::try_from(number.len()).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    key.extend(number);
}

/// Whether dpkg takes the text for a version (`parseversion` in dpkg's lib/dpkg/parsehelp.c as
/// described in deb-version(7)): errors only, not what dpkg merely warns of.
pub(crate) fn check(version: &str) -> Result<(), String> {
    let shown = || version.chars().take(64).collect::<String>().escape_debug().to_string();
    if version.is_empty() {
        return Err("the version is empty".to_owned());
    }
    let rest = match version.split_once(':') {
        Some((epoch, rest)) => {
            if epoch.is_empty() || !epoch.bytes().all(|b| b.is_ascii_digit()) {
                return Err(format!("'{}' has an epoch that is no number", shown()));
            }
            // dpkg holds the epoch in an int.
            if without_zeros(epoch.as_bytes()).len() > 10
                || epoch.trim_start_matches('0').parse::<u64>().unwrap_or(0) > 2_147_483_647
            {
                return Err(format!("'{}' has an epoch that is too big", shown()));
            }
            rest
        }
        None => version,
    };
    let (upstream, revision) = rest.rsplit_once('-').map_or((rest, None), |(u, r)| (u, Some(r)));
    if upstream.is_empty() {
        return Err(format!("'{}' has no upstream version", shown()));
    }
    if revision.is_some_and(str::is_empty) {
        return Err(format!("'{}' has an empty revision", shown()));
    }
    let allowed = |b: u8, more: &[u8]| b.is_ascii_alphanumeric() || more.contains(&b);
    let bad = upstream
        .chars()
        .find(|c| !u8::try_from(*c).is_ok_and(|b| allowed(b, b"-+.~:")))
        .or_else(|| revision?.chars().find(|c| !u8::try_from(*c).is_ok_and(|b| allowed(b, b"+.~"))));
    match bad {
        Some(c) => Err(format!("'{}' holds '{}', which no version may hold", shown(), c.escape_debug())),
        None => Ok(()),
    }
}
