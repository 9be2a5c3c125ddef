//! The United States' National Vulnerability Database, format 2.0.
//!
//! Address: the yearly files that <https://nvd.nist.gov/vuln/data-feeds> lists
//! (`nvdcve-2.0-2024.json.gz`, dated by their `timestamp`); the format is that of the API,
//! <https://nvd.nist.gov/developers/vulnerabilities>. Descriptions, scores, kinds of weakness and dates of CVEs.
//!
//! What is odd: times are UTC without saying so; a CVE has scores of several sources; the older format
//! 1.1 has been retired and is refused. What it says of products (CPE) is not read: a package of a
//! distribution is never matched by it.

use super::cve_text::{self, paragraph, utc};
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::json_list::{self, Item, Limits};
use model::{CveRecord, Cvss, Platform};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct Nvd;

/// The page that lists the files.
pub const URL: &str = "https://nvd.nist.gov/vuln/data-feeds";
/// Where they are.
const FILES: &str = "https://nvd.nist.gov/feeds/json/cve/2.0/";

/// The largest year has 40,000 records, the largest record 2 MB (configurations).
const LIMITS: Limits = Limits { records: 10_000_000, record_bytes: 16 << 20 };

impl Feed for Nvd {
    fn id(&self) -> &'static str {
        "nvd"
    }

    fn title(&self) -> &'static str {
        "National Vulnerability Database"
    }

    fn parser_version(&self) -> u32 {
        2
    }

    fn platforms(&self) -> Vec<Platform> {
        Vec::new()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let page = config.url.clone().unwrap_or_else(|| URL.to_owned());
        let text = index(&page)?;
        let root = if config.url.is_some() { format!("{}/", page.trim_end_matches('/')) } else { FILES.to_owned() };
        let names: BTreeSet<String> = String::from_utf8_lossy(&text)
            .split("nvdcve-2.0-")
            .skip(1)
            .filter_map(|rest| rest.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit())))
            .map(|year| format!("nvdcve-2.0-{year}.json.gz"))
            .collect();
        if names.is_empty() {
            return Err(FetchError::Address { url: page, why: "the page lists no file of a year".to_owned() });
        }
        Ok(names.into_iter().map(|name| Document { url: format!("{root}{name}"), name }).collect())
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let mut made = None;
        json_list::each_beside(
            body,
            &["vulnerabilities"],
            LIMITS,
            "timestamp",
            &mut |at| made = utc(at),
            &mut |item| {
                match item {
                    Item::TooLong(start) => sink.skipped(Skipped::new(start, None, "the record is too long"))?,
                    Item::Record(text) => match serde_json::from_str::<Entry>(text) {
                        Err(error) => sink.skipped(Skipped::new(text, None, format!("no record: {error}")))?,
                        Ok(Entry { cve }) => match cve_text::cve_id(&cve.id) {
                            Ok(()) => sink.cve(record(cve))?,
                            Err(why) => sink.skipped(Skipped::new(&cve.id, None, why))?,
                        },
                    },
                }
                Ok(())
            },
        )?;
        if let Some(at) = made {
            sink.dated(at);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Entry {
    cve: Cve,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cve {
    id: String,
    #[serde(default)]
    published: String,
    #[serde(default)]
    last_modified: String,
    #[serde(default)]
    vuln_status: String,
    /// Scores by metric: `cvssMetricV31`, `cvssMetricV2`.
    #[serde(default)]
    metrics: BTreeMap<String, Vec<serde_json::Value>>,
    #[serde(default)]
    weaknesses: Vec<Weakness>,
    /// In several languages.
    #[serde(default)]
    descriptions: Vec<Text>,
    #[serde(default)]
    references: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    source: String,
    cvss_data: Score,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Score {
    version: String,
    vector_string: String,
    base_score: f32,
}

#[derive(Deserialize)]
struct Weakness {
    #[serde(default)]
    description: Vec<Text>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    lang: String,
    value: String,
}

#[derive(Deserialize)]
struct Reference {
    url: String,
}

fn record(cve: Cve) -> CveRecord {
    let scores = cve.metrics.into_iter().filter(|(metric, _)| metric.starts_with("cvss")).flat_map(|(_, of)| of);
    let cvss = scores
        .filter_map(|value| serde_json::from_value::<Metric>(value).ok())
        .filter(|metric| (0.0..=10.0).contains(&metric.cvss_data.base_score))
        .map(|Metric { source, cvss_data: Score { version, vector_string, base_score } }| Cvss {
            source: cve_text::one_line(&source),
            version,
            vector: vector_string,
            score: base_score,
        })
        .collect();
    let weaknesses = cve.weaknesses.iter().flat_map(|weakness| &weakness.description).map(|text| text.value.as_str());
    CveRecord {
        id: cve.id,
        description: cve
            .descriptions
            .iter()
            .find(|text| text.lang == "en")
            .map(|text| paragraph(&text.value))
            .unwrap_or_default(),
        rejected: cve.vuln_status == "Rejected",
        published: cve_text::utc(&cve.published),
        updated: cve_text::utc(&cve.last_modified),
        cvss,
        weaknesses: cve_text::weaknesses(weaknesses),
        references: cve_text::links(cve.references.into_iter().map(|reference| reference.url)),
        ..CveRecord::default()
    }
}
