//! `[epoch:]version[-release]`, which dpkg, rpm and pacman share, though not what a missing part means.

use crate::number::{Number, digits};
use std::cmp::Ordering;

/// A release, where a version has one.
pub(crate) type Release<'a> = Option<&'a [u8]>;

/// The parts of a version. Any text has them: what is no epoch belongs to the version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evr<'a> {
    /// The digits before the first colon.
    pub(crate) epoch: Option<&'a [u8]>,
    /// dpkg's upstream version.
    pub(crate) version: &'a [u8],
    /// dpkg's revision, pacman's pkgrel: what follows the last dash.
    pub(crate) release: Release<'a>,
}

impl<'a> Evr<'a> {
    /// Splits. A colon without digits before it ends an (empty) epoch for rpm and pacman
    /// (`parseEVR`), and is part of the version for dpkg.
    pub(crate) fn split(text: &'a str, empty_epoch: bool) -> Self {
        let (number, rest) = digits(text.as_bytes());
        let (epoch, rest) = match rest.split_first() {
            Some((b':', rest)) if empty_epoch || !number.is_empty() => (Some(number), rest),
            _ => (None, text.as_bytes()),
        };
        match rest.iter().rposition(|b| *b == b'-') {
            Some(dash) => Self { epoch, version: &rest[..dash], release: Some(&rest[dash + 1..]) },
            None => Self { epoch, version: rest, release: None },
        }
    }

    /// The epoch; missing or empty is 0.
    pub(crate) fn epoch(&self) -> Number<'a> {
        Number::new(self.epoch.unwrap_or_default())
    }

    /// Orders by epoch, then by version, with the scheme's own order of that part.
    pub(crate) fn compare_version(&self, other: &Self, part: fn(&[u8], &[u8]) -> Ordering) -> Ordering {
        self.epoch().cmp(&other.epoch()).then_with(|| part(self.version, other.version))
    }

    /// Orders against a literal, whose missing epoch or release says nothing about `self`'s.
    /// `release` orders releases, of which `self`'s may be missing.
    pub(crate) fn compare_literal(
        &self,
        literal: &Self,
        part: fn(&[u8], &[u8]) -> Ordering,
        release: fn(Release<'_>, Release<'_>) -> Ordering,
    ) -> Ordering {
        let epoch = if literal.epoch.is_some() { self.epoch().cmp(&literal.epoch()) } else { Ordering::Equal };
        epoch.then_with(|| part(self.version, literal.version)).then_with(|| {
            if literal.release.is_some() { release(self.release, literal.release) } else { Ordering::Equal }
        })
    }

    /// What is wrong with the epoch of a version; `greatest` where the tool has a greatest one.
    pub(crate) fn check_epoch(text: &str, greatest: Option<u32>) -> Result<(), String> {
        let Some((epoch, _)) = text.split_once(':') else { return Ok(()) };
        if epoch.is_empty() || !epoch.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("'{}' has an epoch that is no number", shown(text)));
        }
        // Ten digits fit the u64 that the comparison is made in.
        let number = Number::new(epoch.as_bytes()).digits();
        let value = number.iter().take(10).fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
        if greatest.is_some_and(|greatest| number.len() > 10 || value > u64::from(greatest)) {
            return Err(format!("'{}' has an epoch that is too big", shown(text)));
        }
        Ok(())
    }
}

/// Orders releases where a missing one comes before every other.
pub(crate) fn missing_first(a: Release<'_>, b: Release<'_>, part: fn(&[u8], &[u8]) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => part(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// A version for a message: short, and without control characters.
pub(crate) fn shown(version: &str) -> String {
    version.chars().take(64).collect::<String>().escape_debug().to_string()
}

/// The message for a character that stands where the scheme allows none of its kind.
pub(crate) fn bad_character(version: &str, found: char) -> String {
    format!("'{}' holds '{}', which no version may hold", shown(version), found.escape_debug())
}
