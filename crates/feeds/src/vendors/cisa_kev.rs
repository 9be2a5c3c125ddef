//! CISA's catalogue of known exploited vulnerabilities.
//!
//! Address: <https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json>; its
//! schema stands beside it (`known_exploited_vulnerabilities_schema.json`). A list of CVEs with the day
//! each was added and the day by which United States agencies have to act; `dateReleased` is the list's own date.
//!
//! What is odd: it says nothing of packages; `knownRansomwareCampaignUse` is `Known` or `Unknown`.

use super::cve_text;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::json_list::{self, Item, Limits};
use jiff::civil::Date;
use model::{CveRecord, KnownExploited, Platform};
use serde::Deserialize;
use std::io::BufRead;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct CisaKev;

/// Where the document is.
pub const URL: &str = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";

/// The catalogue had 1,404 entries in 2025, of some 2 KB.
const LIMITS: Limits = Limits { records: 1_000_000, record_bytes: 256 << 10 };

impl Feed for CisaKev {
    fn id(&self) -> &'static str {
        "cisa-kev"
    }

    fn title(&self) -> &'static str {
        "CISA known exploited vulnerabilities"
    }

    fn parser_version(&self) -> u32 {
        2
    }

    fn usual_records(&self) -> u64 {
        // 1,404 entries in August 2025.
        800
    }

    fn platforms(&self) -> Vec<Platform> {
        Vec::new()
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let url = config.url.clone().unwrap_or_else(|| URL.to_owned());
        Ok(vec![Document { name: "catalogue.json".to_owned(), url }])
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let mut released = None;
        let mut dated = |at: &str| released = cve_text::utc(at);
        let entries =
            json_list::each_beside(body, &["vulnerabilities"], LIMITS, "dateReleased", &mut dated, &mut |item| {
                match item {
                    Item::TooLong(start) => sink.skipped(Skipped::new(start, None, "the record is too long"))?,
                    Item::Record(text) => match serde_json::from_str::<Entry>(text) {
                        Err(error) => sink.skipped(Skipped::new(text, None, format!("no entry: {error}")))?,
                        Ok(entry) => match record(&entry) {
                            Ok(record) => sink.cve(record)?,
                            Err(why) => sink.skipped(Skipped::new(&entry.cve, None, why))?,
                        },
                    },
                }
                Ok(())
            })?;
        if entries == 0 {
            return Err(Unreadable::Malformed { line: 1, why: "the catalogue is empty".to_owned() });
        }
        if let Some(at) = released {
            sink.dated(at);
        }
        Ok(())
    }
}

/// An entry of the catalogue.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve: String,
    #[serde(default)]
    vulnerability_name: String,
    #[serde(default)]
    short_description: String,
    date_added: String,
    #[serde(default)]
    due_date: String,
    #[serde(default)]
    known_ransomware_campaign_use: String,
    #[serde(default)]
    cwes: Vec<String>,
}

fn record(entry: &Entry) -> Result<CveRecord, String> {
    cve_text::cve_id(&entry.cve)?;
    let added: Date = entry.date_added.parse().map_err(|error| format!("dateAdded: {error}"))?;
    let due = match entry.due_date.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|error| format!("dueDate: {error}"))?),
    };
    Ok(CveRecord {
        id: entry.cve.clone(),
        title: cve_text::one_line(&entry.vulnerability_name),
        description: cve_text::paragraph(&entry.short_description),
        weaknesses: cve_text::weaknesses(entry.cwes.iter().map(String::as_str)),
        exploited: Some(KnownExploited { added, due, ransomware: entry.known_ransomware_campaign_use == "Known" }),
        ..CveRecord::default()
    })
}
