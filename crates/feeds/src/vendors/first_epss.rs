//! FIRST's exploit prediction scores (EPSS).
//!
//! Address: <https://epss.empiricalsecurity.com/epss_scores-current.csv.gz>; described in
//! <https://www.first.org/epss/data_stats>. A line a CVE: `CVE-2020-5902,0.96817,0.99999`, chance and
//! percentile, over a note with the model and the day.
//!
//! What is odd: the first editions (until 2022-02) have no such note, the very first no percentile
//! either. Scores without a day can't be told from yesterday's: such an edition is refused.

use super::cve_text;
use crate::feed::{Document, Feed, FeedConfig, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use jiff::civil::Date;
use model::{CveRecord, Epss, Platform};
use std::io::{BufRead, Read as _};

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct FirstEpss;

/// Where the document is.
pub const URL: &str = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";

/// Longest line in bytes; real ones have 40.
const MAX_LINE_BYTES: u64 = 4096;
/// Most lines; there were 300,000 in 2026.
const MAX_LINES: u64 = 10_000_000;

impl Feed for FirstEpss {
    fn id(&self) -> &'static str {
        "first-epss"
    }

    fn title(&self) -> &'static str {
        "FIRST exploit prediction scores (EPSS)"
    }

    fn parser_version(&self) -> u32 {
        1
    }

    fn usual_records(&self) -> u64 {
        // A part of all CVEs; see MAX_LINES.
        100_000
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
        Ok(vec![Document { name: "scores.csv".to_owned(), url }])
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let malformed = |line: u64, why: &str| Unreadable::Malformed { line, why: why.to_owned() };
        let (mut buffer, mut line, mut date, mut head) = (Vec::new(), 0_u64, None, false);
        loop {
            buffer.clear();
            let read = body.take(MAX_LINE_BYTES).read_until(b'\n', &mut buffer);
            match read.map_err(|error| Unreadable::Io(error.to_string()))? {
                0 => break,
                _ => line += 1,
            }
            if line > MAX_LINES {
                return Err(malformed(line, "too many lines"));
            }
            let text = std::str::from_utf8(&buffer).map_err(|_| malformed(line, "the line is not UTF-8"))?;
            if buffer.len() as u64 == MAX_LINE_BYTES && buffer.last() != Some(&b'\n') {
                return Err(malformed(line, "the line is too long"));
            }
            match (text.trim_end(), head) {
                (note, false) if note.starts_with('#') => date = day(note),
                ("cve,epss,percentile", false) if date.is_some() => head = true,
                ("cve,epss,percentile" | "cve,epss", false) => {
                    return Err(malformed(line, "the scores have no day (score_date)"));
                }
                (_, false) => return Err(malformed(line, "these are no scores: expected cve,epss,percentile")),
                ("", true) => {}
                (row, true) => match date.ok_or_else(String::new).and_then(|date| record(row, date)) {
                    Ok(record) => sink.cve(record)?,
                    Err(why) => sink.skipped(Skipped::new(row, Some(line), why))?,
                },
            }
        }
        if !head {
            return Err(malformed(1, "the document is empty"));
        }
        if let Some(at) = date.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok()) {
            sink.dated(at.timestamp());
        }
        Ok(())
    }
}

/// The day in `#model_version:v2022.01.01,score_date:2022-02-04T00:00:00+0000`.
fn day(note: &str) -> Option<Date> {
    note.split_once("score_date:")?.1.get(..10)?.parse().ok()
}

fn record(row: &str, date: Date) -> Result<CveRecord, String> {
    let mut parts = row.split(',');
    let (Some(cve), Some(score), Some(percentile), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("expected three fields".to_owned());
    };
    cve_text::cve_id(cve)?;
    let share = |text: &str| match text.parse::<f32>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err(format!("'{}' is no number from 0 to 1", text.escape_debug())),
    };
    let epss = Epss { score: share(score)?, percentile: share(percentile)?, date };
    Ok(CveRecord { id: cve.to_owned(), epss: Some(epss), ..CveRecord::default() })
}
