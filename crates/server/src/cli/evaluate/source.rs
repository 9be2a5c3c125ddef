//! Where verdicts come from: feed files on the command line, or a data directory.

use super::input::{HostContext, PackageLine, entries};
use super::judged::Judged;
use crate::cli::DataArgs;
use crate::cli::output::Output;
use crate::local::Local;
use anyhow::Context as _;
use axum::http::Method;
use jiff::Timestamp;
use jiff::civil::Date;
use matching::{Explanation, Rules};
use model::inventory::Entry;
use model::{Clock as _, Platform};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Options that say what to judge by.
#[derive(Debug, Clone, clap::Args)]
pub struct SourceArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Judge by this file of a feed instead of a data directory; may be repeated
    #[arg(long = "feed", value_name = "ID=FILE", value_parser = feed_file)]
    feeds: Vec<FeedFile>,
    /// Judge as on this day: 2026-11-22, or a time in RFC 3339. Feeds older than their limit on that
    /// day say nothing of what they do not name; advisories published after it are left out
    #[arg(long, value_name = "DATE", value_parser = as_of, requires = "feeds")]
    as_of: Option<Timestamp>,
}

/// A feed and the file to read it from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFile {
    /// Id of the feed.
    pub id: String,
    /// A document of it, may be compressed.
    pub path: PathBuf,
}

fn feed_file(text: &str) -> Result<FeedFile, String> {
    match text.split_once('=') {
        Some((id, path)) if !id.is_empty() && !path.is_empty() => {
            Ok(FeedFile { id: id.to_owned(), path: PathBuf::from(path) })
        }
        _ => Err("expected ID=FILE, such as debian-tracker=tracker.json".to_owned()),
    }
}

/// A day, of which the last second is meant, or a moment.
fn as_of(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day: Date = text.parse().map_err(|_| "expected a day such as 2026-11-22, or a time in RFC 3339".to_owned())?;
    day.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|e| e.to_string())
}

/// Who judges.
pub enum Judge {
    /// Rules in this process.
    Here(Box<Rules>),
    /// The data directory, through the API.
    There(Local),
}

/// What is to be judged, in the shape of `POST /api/v1/evaluate`.
#[derive(Debug, Serialize)]
pub struct Request<'a> {
    /// Release that the packages are of.
    pub platform: &'a Platform,
    /// The host.
    pub host: &'a HostContext,
    /// Its packages.
    pub packages: &'a [PackageLine],
}

/// Which explanations are wanted, in the shape of `POST /api/v1/explain`.
#[derive(Debug, Serialize)]
struct ExplainRequest<'a> {
    #[serde(flatten)]
    request: &'a Request<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cve: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
struct Explanations {
    items: Vec<Explanation>,
}

impl SourceArgs {
    /// Whether feed files were named.
    #[must_use]
    pub fn has_feeds(&self) -> bool {
        !self.feeds.is_empty()
    }

    /// Where the data directory is.
    #[must_use]
    pub const fn data(&self) -> &DataArgs {
        &self.data
    }

    /// Who judges packages of the platform.
    ///
    /// # Errors
    /// When a feed file can't be read, or the data directory can't be reached.
    pub fn judge(&self, platform: &Platform, out: &mut Output) -> anyhow::Result<Judge> {
        if self.has_feeds() {
            return Ok(Judge::Here(Box::new(self.rules(platform, out)?)));
        }
        Ok(Judge::There(self.data.open()?))
    }

    /// The rules of the feed files named; of none, rules by which everything is not assessed.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn rules(&self, platform: &Platform, out: &mut Output) -> anyhow::Result<Rules> {
        let at = self.as_of.unwrap_or_else(|| model::clock::SystemClock.now());
        super::feed_files::rules(&self.feeds, platform, at, self.as_of.is_some(), out)
    }
}

impl Judge {
    /// Judges packages.
    ///
    /// # Errors
    /// When the data directory says so.
    pub fn evaluate(&self, request: &Request<'_>) -> anyhow::Result<Judged> {
        match self {
            Self::Here(rules) => {
                let (entries, _) = entries(request.platform, request.host, request.packages);
                Ok(Judged::by(rules, &entries, &request.host.bits()))
            }
            Self::There(local) => {
                local.json(&Method::POST, "/api/v1/evaluate", Some(request)).context("the packages can't be judged")
            }
        }
    }

    /// Explains what is said of the packages: of one CVE or of all, of the packages of one name or
    /// of all.
    ///
    /// # Errors
    /// As [`Judge::evaluate`].
    pub fn explain(
        &self,
        request: &Request<'_>,
        cve: Option<&str>,
        package: Option<&str>,
    ) -> anyhow::Result<Vec<Explanation>> {
        match self {
            Self::Here(rules) => {
                let (entries, _) = entries(request.platform, request.host, request.packages);
                Ok(explain(rules, &entries, cve, package))
            }
            Self::There(local) => {
                let request = ExplainRequest { request, cve, package };
                let answer: Explanations = local
                    .json(&Method::POST, "/api/v1/explain", Some(&request))
                    .context("the verdicts can't be explained")?;
                Ok(answer.items)
            }
        }
    }
}

/// The explanations of the packages of a name (binary or source), or of all.
#[must_use]
pub fn explain(rules: &Rules, entries: &[Entry], cve: Option<&str>, package: Option<&str>) -> Vec<Explanation> {
    entries
        .iter()
        .filter(|entry| package.is_none_or(|name| entry.package.name == name || entry.package.source == name))
        .map(|entry| rules.explain(&entry.package, entry.role, cve))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_to_its_end() {
        assert_eq!(as_of("2026-11-22").unwrap(), "2026-11-22T23:59:59Z".parse().unwrap());
        assert_eq!(as_of("2026-11-22T06:00:00+01:00").unwrap(), "2026-11-22T05:00:00Z".parse().unwrap());
        assert!(as_of("22.11.2026").unwrap_err().contains("2026-11-22"));
    }

    #[test]
    fn a_feed_is_an_id_and_a_file() {
        let file = feed_file("debian-tracker=/tmp/a=b.json").unwrap();
        assert_eq!((file.id.as_str(), file.path.to_str()), ("debian-tracker", Some("/tmp/a=b.json")));
        for text in ["tracker.json", "=x", "x="] {
            assert!(feed_file(text).is_err());
        }
    }
}
