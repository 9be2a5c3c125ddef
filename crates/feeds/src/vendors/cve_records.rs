//! The CVE Program's own records, format 5.
//!
//! Address: <https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip>, a document a CVE;
//! <https://github.com/cisagov/vulnrichment> has the same with CISA's additions, for import. Schema:
//! <https://github.com/CVEProject/cve-schema>. Titles, descriptions, scores, kinds of weakness and dates, from the
//! numbering authority (`cna`) and from those who add to its record (`adp`).
//!
//! What is odd: an authority may score twice in several versions of the metric; times lack a zone in
//! older records and are UTC; a rejected record has nothing but its state. What it says of affected
//! versions is not read: a package of a distribution is never matched by it.

use super::cve_text;
use crate::feed::{Document, Feed, FeedConfig, Sink, Unreadable};
use crate::fetch::FetchError;
use model::{CveRecord, Cvss, Platform};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct CveRecords;

/// Where the archive is.
pub const URL: &str = "https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip";

/// Largest record in bytes; the largest real ones have 3 MB.
const MAX_BYTES: u64 = 32 << 20;

impl Feed for CveRecords {
    fn id(&self) -> &'static str {
        "cve-records"
    }

    fn title(&self) -> &'static str {
        "CVE records"
    }

    fn parser_version(&self) -> u32 {
        2
    }

    fn usual_records(&self) -> u64 {
        // A part of all CVEs, of which there are more each year.
        100_000
    }

    fn platforms(&self) -> Vec<Platform> {
        Vec::new()
    }

    /// Some 300,000 documents, a few gigabytes.
    fn max_bytes(&self) -> u64 {
        16 << 30
    }

    fn takes_archives(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let url = config.url.clone().unwrap_or_else(|| URL.to_owned());
        Ok(vec![Document { name: "main.zip".to_owned(), url }])
    }

    fn wants(&self, member: &str) -> bool {
        let name = member.rsplit('/').next().unwrap_or_default();
        name.starts_with("CVE-") && name.ends_with(".json")
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let mut text = String::new();
        let read =
            body.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| Unreadable::Io(error.to_string()))?;
        if read as u64 > MAX_BYTES {
            return Err(Unreadable::Malformed { line: 1, why: format!("more than {MAX_BYTES} bytes") });
        }
        let document: Record = serde_json::from_str(&text)
            .map_err(|error| Unreadable::Malformed { line: error.line() as u64, why: error.to_string() })?;
        let malformed = |why: String| Unreadable::Malformed { line: 1, why };
        if document.data_type != "CVE_RECORD" || !document.data_version.starts_with("5.") {
            let (kind, version) = (document.data_type.escape_debug(), document.data_version.escape_debug());
            return Err(malformed(format!("'{kind} {version}' is no CVE record of format 5")));
        }
        cve_text::cve_id(&document.cve_metadata.cve_id).map_err(malformed)?;
        Ok(sink.cve(record(document))?)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    data_type: String,
    data_version: String,
    cve_metadata: Meta,
    containers: Containers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    cve_id: String,
    state: String,
    #[serde(default)]
    date_published: String,
    #[serde(default)]
    date_updated: String,
}

#[derive(Deserialize)]
struct Containers {
    cna: Container,
    #[serde(default)]
    adp: Vec<Container>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    #[serde(default)]
    title: String,
    /// In several languages.
    #[serde(default)]
    descriptions: Vec<Text>,
    provider_metadata: Provider,
    /// Each an object of one or more metrics: `cvssV3_1`, `other`.
    #[serde(default)]
    metrics: Vec<BTreeMap<String, serde_json::Value>>,
    #[serde(default)]
    problem_types: Vec<Problem>,
    #[serde(default)]
    references: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    #[serde(default)]
    short_name: String,
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    descriptions: Vec<Description>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    #[serde(default)]
    cwe_id: String,
}

#[derive(Deserialize)]
struct Reference {
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Score {
    version: String,
    vector_string: String,
    base_score: f32,
}

fn record(document: Record) -> CveRecord {
    let Record { cve_metadata: meta, containers: Containers { cna, adp }, .. } = document;
    let title = cve_text::one_line(&cna.title);
    let english = cna.descriptions.iter().find(|text| text.lang == "en" || text.lang.starts_with("en-"));
    let description = english.map(|text| cve_text::paragraph(&text.value)).unwrap_or_default();
    let (mut cvss, mut weaknesses, mut references) = (Vec::new(), Vec::new(), Vec::new());
    for container in std::iter::once(cna).chain(adp) {
        let source = cve_text::one_line(&container.provider_metadata.short_name);
        let scores = container.metrics.into_iter().flatten().filter(|(metric, _)| metric.starts_with("cvss"));
        for Score { version, vector_string, base_score } in
            scores.filter_map(|(_, value)| serde_json::from_value(value).ok())
        {
            if (0.0..=10.0).contains(&base_score) {
                cvss.push(Cvss { source: source.clone(), version, vector: vector_string, score: base_score });
            }
        }
        weaknesses.extend(container.problem_types.into_iter().flat_map(|problem| problem.descriptions));
        references.extend(container.references.into_iter().map(|reference| reference.url));
    }
    CveRecord {
        id: meta.cve_id,
        title,
        description,
        rejected: meta.state == "REJECTED",
        published: cve_text::utc(&meta.date_published),
        updated: cve_text::utc(&meta.date_updated),
        cvss,
        weaknesses: cve_text::weaknesses(weaknesses.iter().map(|description| description.cwe_id.as_str())),
        references: cve_text::links(references),
        ..CveRecord::default()
    }
}
