//! What is known of a CVE itself, whatever package it is in.
//!
//! Such records come from CVE Records (format 5), NVD, CISA's catalogue of known exploited
//! vulnerabilities and FIRST's EPSS. They rank and describe; they never decide whether a package of a
//! distribution is affected (matching rule 6).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What one feed says of one CVE. Parts that the feed does not speak of are empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CveRecord {
    /// The CVE's id: `CVE-2024-3094`.
    pub id: String,
    /// One line for people; empty when the feed gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is about, one paragraph of at most 2,000 characters; empty when the feed gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The numbering authority has rejected it: it names no vulnerability.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rejected: bool,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// Base scores, one a source and version of the metric.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cvss: Vec<Cvss>,
    /// Kinds of weakness: `CWE-787`, sorted, without duplicates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weaknesses: Vec<String>,
    /// That it is known to be exploited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exploited: Option<KnownExploited>,
    /// The estimated chance of exploitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<Epss>,
    /// Links for people, in the feed's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// A CVSS base score with the vector that it was computed from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cvss {
    /// Who scored it: `nvd@nist.gov`, `CISA-ADP`, the numbering authority's short name.
    pub source: String,
    /// The metric's version: `2.0`, `3.0`, `3.1`, `4.0`.
    pub version: String,
    /// The vector as it was written.
    pub vector: String,
    /// The base score, 0.0 to 10.0.
    pub score: f32,
}

/// An entry of CISA's catalogue of known exploited vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownExploited {
    /// When it was added.
    pub added: Date,
    /// By when United States federal agencies have to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Whether it is known to be used by ransomware.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ransomware: bool,
}

/// FIRST's exploit prediction score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epss {
    /// Chance of exploitation within 30 days, 0.0 to 1.0.
    pub score: f32,
    /// Share of all scored CVEs with the same or a lower score, 0.0 to 1.0.
    pub percentile: f32,
    /// The day of the scores.
    pub date: Date,
}
