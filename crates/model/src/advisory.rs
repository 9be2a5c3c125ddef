//! What vendors publish, in one shape for every vendor.
//!
//! Advisories are labels; what is matched are *facts*: one CVE, one source or binary package, one
//! release. "All CVEs of an advisory times all its packages" is never assumed (matching.md).

use crate::{Platform, Severity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One record of one feed, as the vendor keyed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// The feed's own key, unique within the feed: `DSA-5900-1`, or `CVE-2024-1234 openssl` for
    /// feeds that are keyed by CVE and package.
    pub id: String,
    /// One line for people; empty when the vendor gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is about. Only security advisories and statements are judged by.
    #[serde(default, skip_serializing_if = "AdvisoryKind::is_security")]
    pub kind: AdvisoryKind,
    /// When the vendor published it, if the record says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When the vendor last changed it, if the record says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// The vendor says that the whole advisory no longer holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// CVEs that the record names, sorted, without duplicates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cves: Vec<String>,
    /// What the record says of packages.
    pub facts: Vec<Fact>,
    /// Links for people, in the vendor's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// What an advisory is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdvisoryKind {
    /// Security: what verdicts are made from.
    #[default]
    Security,
    /// A mended fault without a security statement.
    Bugfix,
    /// Something new.
    Enhancement,
    /// Anything else that a vendor announces (a new package, an unspecified update).
    Other,
}

impl AdvisoryKind {
    /// Whether it is [`AdvisoryKind::Security`].
    #[must_use]
    pub const fn is_security(&self) -> bool {
        matches!(self, Self::Security)
    }
}

/// One statement of a vendor about one package of one release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fact {
    /// The release it speaks of.
    pub platform: Platform,
    /// The package it speaks of.
    pub subject: Subject,
    /// The CVE it speaks of (or the vendor's placeholder such as `TEMP-0000000-A1B2C3`); empty in
    /// an advisory that states a fix without naming CVEs.
    pub cve: String,
    /// What it says.
    pub status: FactStatus,
    /// The vendor's own words for this row (`no-dsa: Minor issue`), for people; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// The vendor's severity for this package and release.
    #[serde(default, skip_serializing_if = "Severity::is_unknown")]
    pub severity: Severity,
    /// Architectures the statement is limited to; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arches: Vec<String>,
    /// Channel that a host must have for the fix (`esm-infra`, `eus:9.2`, `lts`); empty is the base
    /// release.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// Module label `name:stream`; empty is non-modular. `*` is modular with a stream that the vendor
    /// does not name in the record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
}

/// Which packages a fact speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Subject {
    /// Every binary built from this source package, compared by *source* version.
    Source(String),
    /// This binary package, compared by its own version.
    Binary(String),
}

impl Subject {
    /// The name, whichever kind it is.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Source(name) | Self::Binary(name) => name,
        }
    }
}

/// What a vendor says of one (CVE, package, release).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "version")]
pub enum FactStatus {
    /// Fixed in this version; anything below is affected.
    Fixed(String),
    /// Affected, no fix yet.
    Affected,
    /// Affected, and the vendor will not fix it in this release.
    WillNotFix,
    /// The vendor has not decided.
    UnderInvestigation,
    /// No version of this release is affected.
    NotAffected,
}
