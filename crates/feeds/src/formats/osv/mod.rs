//! Records in the Open Source Vulnerability format: <https://ossf.github.io/osv-schema/>.
//!
//! A document is one record, or a list of them. What a record means is the publisher's: AlmaLinux
//! and Rocky write one for every erratum ([`errata`]), Ubuntu one for every CVE and one for every
//! notice. Only `ECOSYSTEM` ranges that begin at 0 and end at one fixed version, or nowhere, are
//! taken; the list of affected versions beside them says nothing more and is passed over.

pub mod errata;

use super::cve_id::CveId;
use super::json_list::{self, Item, Limits};
use crate::feed::{Skipped, Unreadable};
use jiff::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use std::io::{BufRead, Read as _};

/// Most records of a list, and the longest one; Ubuntu's of a kernel CVE come to some 5 MB.
const LIMITS: Limits = Limits { records: 2_000_000, record_bytes: 64 << 20 };

/// A record, as far as it is used.
#[derive(Debug, Clone, Deserialize)]
pub struct Record<'a> {
    /// Its id: `ALSA-2022:4940`, `UBUNTU-CVE-2024-51988`.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// One line.
    #[serde(borrow, default)]
    pub summary: Cow<'a, str>,
    /// The long text.
    #[serde(borrow, default)]
    pub details: Cow<'a, str>,
    /// Other names of the same.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it has to do with; the CVEs of an erratum in early records.
    #[serde(default)]
    pub related: Vec<String>,
    /// What it is derived from; the CVEs of an erratum since schema 1.7.
    #[serde(default)]
    pub upstream: Vec<String>,
    /// When it was published.
    #[serde(borrow, default)]
    pub published: Cow<'a, str>,
    /// When it was last changed.
    #[serde(borrow, default)]
    pub modified: Cow<'a, str>,
    /// When it was withdrawn; empty where it holds.
    #[serde(borrow, default)]
    pub withdrawn: Cow<'a, str>,
    /// Severities by kind.
    #[serde(default)]
    pub severity: Vec<Severity>,
    /// What it says of packages; `None` where the record has no such list.
    #[serde(borrow, default)]
    pub affected: Option<Vec<Affected<'a>>>,
    /// Links.
    #[serde(default)]
    pub references: Vec<Reference>,
}

/// A severity: a vector of CVSS, or a word of the publisher's (`Ubuntu`).
#[derive(Debug, Clone, Deserialize)]
pub struct Severity {
    /// `CVSS_V3`, `Ubuntu` ...
    #[serde(rename = "type")]
    pub kind: String,
    /// The vector or word.
    pub score: String,
}

/// A link.
#[derive(Debug, Clone, Deserialize)]
pub struct Reference {
    /// The address.
    pub url: String,
}

/// What is said of one package.
#[derive(Debug, Clone, Deserialize)]
pub struct Affected<'a> {
    /// Which.
    #[serde(borrow)]
    pub package: Package<'a>,
    /// Which versions.
    #[serde(borrow, default)]
    pub ranges: Vec<Range<'a>>,
    /// What the ecosystem adds.
    #[serde(default)]
    pub ecosystem_specific: Option<EcosystemSpecific>,
}

/// A package.
#[derive(Debug, Clone, Deserialize)]
pub struct Package<'a> {
    /// `AlmaLinux:8`, `Ubuntu:Pro:18.04:LTS`.
    #[serde(borrow)]
    pub ecosystem: Cow<'a, str>,
    /// Its name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// Its package URL; empty where there is none.
    #[serde(borrow, default)]
    pub purl: Cow<'a, str>,
}

impl Package<'_> {
    /// A qualifier of the package URL, not decoded: `distro` of `pkg:deb/ubuntu/x@1?arch=source&distro=jammy`.
    #[must_use]
    pub fn qualifier(&self, name: &str) -> Option<&str> {
        let (_, qualifiers) = self.purl.split_once('?')?;
        qualifiers
            .split('#')
            .next()?
            .split('&')
            .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
    }
}

/// A range of versions.
#[derive(Debug, Clone, Deserialize)]
pub struct Range<'a> {
    /// `ECOSYSTEM`, `SEMVER`, `GIT`.
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    /// Where it begins and ends.
    #[serde(borrow, default)]
    pub events: Vec<Event<'a>>,
}

/// A point of a range. Each object has one of the keys.
#[derive(Debug, Clone, Deserialize)]
pub struct Event<'a> {
    /// It begins at this version, or at all (`0`).
    #[serde(borrow)]
    pub introduced: Option<Cow<'a, str>>,
    /// It ends before this version.
    #[serde(borrow)]
    pub fixed: Option<Cow<'a, str>>,
    /// It ends with this version.
    #[serde(borrow)]
    pub last_affected: Option<Cow<'a, str>>,
}

/// What Ubuntu adds.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct EcosystemSpecific {
    /// What the fix needs: `No subscription required`, `Available with Ubuntu Pro: ...`.
    #[serde(default)]
    pub availability: String,
    /// Ubuntu's priority, in records before schema 1.7.
    #[serde(default)]
    pub ubuntu_priority: String,
}

impl Record<'_> {
    /// What it says of packages.
    #[must_use]
    pub fn packages(&self) -> &[Affected<'_>] {
        self.affected.as_deref().unwrap_or_default()
    }

    /// Its other names: of the same, of what it has to do with, of what it is derived from.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().chain(&self.related).chain(&self.upstream).map(String::as_str)
    }

    /// A note on the record, which is not understood: what it names is lost.
    pub(crate) fn unread(&self, why: impl Into<String>) -> Skipped {
        let cves: Vec<Cow<'_, str>> = self.names().filter_map(|name| CveId::of(name).id()).collect();
        let packages = self.packages().iter().map(|affected| affected.package.name.as_ref());
        let note = Skipped::new(&self.id, None, why).of_cves(cves.iter().map(AsRef::as_ref));
        note.of_packages(packages).of_anything()
    }

    /// Whether the record is taken back at a moment (none: at any), with a note where that is to come; `withdrawn`
    /// is a time (<https://ossf.github.io/osv-schema/#withdrawn-field>).
    ///
    /// # Errors
    /// A note on the record, which says nothing where it can't be told whether it holds.
    pub(crate) fn is_withdrawn(&self, until: Option<Timestamp>) -> Result<(bool, Option<Skipped>), Box<Skipped>> {
        let written = self.withdrawn.as_ref();
        if written.is_empty() {
            return Ok((false, None));
        }
        let Some(at) = super::errata::text::date(written) else {
            let why = format!("withdrawn '{}' is no date: nobody knows whether it holds", shown(written));
            return Err(Box::new(self.unread(why)));
        };
        if until.is_none_or(|until| at <= until) {
            return Ok((true, None));
        }
        let why = format!("it is said to be withdrawn at {at}, which is still to come: it holds until then");
        Ok((false, Some(Skipped::new(&self.id, None, why).harmless())))
    }
}

impl Affected<'_> {
    /// The version that the package is fixed in; `None` where it is affected without a fix.
    ///
    /// # Errors
    /// Why the ranges say something else.
    pub fn fixed(&self) -> Result<Option<&str>, String> {
        let [range] = self.ranges.as_slice() else {
            return Err(format!("it has {} ranges of versions, not one", self.ranges.len()));
        };
        if range.kind != "ECOSYSTEM" {
            return Err(format!("its range is of the kind '{}'", shown(&range.kind)));
        }
        let (mut begins, mut fixed) = (false, None);
        for event in &range.events {
            match event {
                Event { introduced: Some(at), fixed: None, last_affected: None } if at == "0" && !begins => {
                    begins = true;
                }
                Event { introduced: Some(at), .. } => {
                    return Err(format!("a range of it begins at '{}'", shown(at)));
                }
                Event { fixed: Some(at), last_affected: None, .. } if fixed.is_none() => fixed = Some(at.as_ref()),
                Event { fixed: Some(_), .. } => return Err("its range has several ends".to_owned()),
                Event { last_affected: Some(at), .. } => {
                    return Err(format!("its range ends with the last affected version '{}'", shown(at)));
                }
                // A kind of event of the future, or `limit`, which bounds no ecosystem's range.
                Event { .. } => return Err("its range has an event of a kind that is not known".to_owned()),
            }
        }
        if begins { Ok(fixed) } else { Err("its range has no beginning".to_owned()) }
    }
}

fn shown(text: &str) -> String {
    super::errata::shown(text)
}

/// A note on what [`read`] hands over as no record.
pub(crate) fn unread(text: &str, why: String) -> Skipped {
    super::salvage::skipped(text, why, &[&["affected", "*", "package", "name"]], &|name| Some(name.to_owned()))
}

/// What [`read`] hands over.
#[derive(Debug)]
pub enum Entry<'a> {
    /// A record.
    Record(Box<Record<'a>>),
    /// Something that is none, with how it begins and why.
    Bad(&'a str, String),
}

/// Reads a document and hands over its records.
///
/// # Errors
/// When the document is neither a record nor a list of them, is too long, or `each` says so.
pub fn read(
    body: &mut dyn BufRead,
    each: &mut dyn FnMut(Entry<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut handed = |text: &str| match serde_json::from_str::<Record<'_>>(text) {
        Ok(record) => each(Entry::Record(Box::new(record))),
        Err(error) => each(Entry::Bad(text, format!("no OSV record: {error}"))),
    };
    if super::peek::first_byte(body)? == Some(b'[') {
        return json_list::each(body, &[], LIMITS, &mut |item| match item {
            Item::Record(text) => handed(text),
            // The start of a record that is too long is no record, and is told as one.
            Item::TooLong(start) => handed(start),
        })
        .map(drop);
    }
    let limit = LIMITS.record_bytes as u64;
    let mut text = String::new();
    let read = body.take(limit + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => Unreadable::Malformed { line: 1, why: error.to_string() },
        _ => Unreadable::Io(error.to_string()),
    })?;
    if read as u64 > limit {
        return Err(Unreadable::Malformed { line: 1, why: format!("the record is longer than {limit} bytes") });
    }
    match serde_json::from_str::<Record<'_>>(&text) {
        Ok(record) => each(Entry::Record(Box::new(record))),
        // Of one that is a record but for a field it is told what it names; anything else is another document.
        Err(error) if looks_like_one(&text) => each(Entry::Bad(&text, format!("no OSV record: {error}"))),
        Err(error) => Err(Unreadable::Malformed { line: error.line() as u64, why: format!("no OSV record: {error}") }),
    }
}

/// Whether a text is an object with what every record has.
fn looks_like_one(text: &str) -> bool {
    let read: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    read.is_ok_and(|fields| {
        fields.contains_key("affected") && (fields.contains_key("id") || fields.contains_key("modified"))
    })
}

#[cfg(test)]
mod tests;
